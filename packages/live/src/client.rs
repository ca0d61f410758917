//! Sending transactions, once and never twice.
//!
//! A transaction carries the last height at which it may land, and its sender's sequence, which
//! no other transaction can use. So after a broadcast without a clear answer one waits: either
//! it is found in a block, or its sequence was used by another or its last height has gone by,
//! and then it never lands. What is signed anew is signed only after that.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use cosmwasm_std::Uint128;
use serde_json::Value;

use crate::{
    Gas, LiveError, Msg, Network, Node, Refusal, Signer, gas,
    node::{Account, Broadcast},
    signer::Turn,
    tx::{self, Landed, Outcome, Pending, Unsigned},
};

/// The first and the longest pause between two looks at whether a transaction has landed.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// How often a transaction is signed anew when its sender had moved on meanwhile, or when its
/// last height had passed before it was signed.
const TURNS: u32 = 6;

/// Transactions of one sender, who need not be waited for before the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Name of the account.
    pub from: String,
    /// What it sends.
    pub msgs: Vec<Msg>,
    /// How much gas it may use.
    pub gas: Gas,
}

/// A real chain: its node, and its command that signs.
pub struct Client {
    network: Network,
    node: Node,
    signer: Signer,
    turns: Mutex<BTreeMap<String, Turn>>,
}

/// What became of a transaction that was on its way.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// It is in a block.
    Landed(Box<Landed>),
    /// It is in no block, and cannot be in one any more.
    Lost,
}

impl Client {
    /// Finds the node, and makes sure that it is one of the network's chain and knows its
    /// latest blocks.
    pub fn connect(network: Network) -> Result<Self, LiveError> {
        let node = Node::of(&network);
        let status = node.status()?;
        if status.chain_id != network.chain_id {
            return Err(LiveError::WrongChain {
                rpc: network.rpc,
                expected: network.chain_id,
                actual: status.chain_id,
            });
        }
        if status.catching_up {
            return Err(LiveError::CatchingUp {
                rpc: network.rpc,
                height: status.height,
            });
        }
        Ok(Self {
            signer: Signer::of(&network),
            node,
            network,
            turns: Mutex::default(),
        })
    }

    /// The network.
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// The node.
    pub const fn node(&self) -> &Node {
        &self.node
    }

    /// The chain's own command.
    pub const fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Address of an account of the profile, or of a key; an address is its own.
    pub fn address(&self, account: &str) -> Result<String, LiveError> {
        let key = self.network.key(account);
        if self.network.is_address(key) {
            return Ok(key.to_owned());
        }
        self.signer.address(key)
    }

    /// Has a new key made and gives its address; see [`Signer::make_key`].
    pub fn make_key(&self, key: &str) -> Result<String, LiveError> {
        self.signer.make_key(key)
    }

    /// Height and time (in seconds since 1970) of the last block.
    pub fn now(&self) -> Result<(u64, u64), LiveError> {
        let status = self.node.status()?;
        Ok((status.height, status.time))
    }

    // ------------------------------------------------------------ questions

    /// Asks a contract, now or at a height.
    pub fn query(
        &self,
        contract: &str,
        query: &Value,
        height: Option<u64>,
    ) -> Result<Result<Value, Refusal>, LiveError> {
        self.node.smart(contract, query, height)
    }

    /// What a contract has stored under a key, now or at a height.
    pub fn query_raw(
        &self,
        contract: &str,
        key: &[u8],
        height: Option<u64>,
    ) -> Result<Vec<u8>, LiveError> {
        self.node.raw(contract, key, height)
    }

    /// What an address holds of a denom, now or at a height.
    pub fn balance(
        &self,
        address: &str,
        denom: &str,
        height: Option<u64>,
    ) -> Result<Uint128, LiveError> {
        self.node.balance(address, denom, height)
    }

    /// Gas that messages of an account would use in one transaction.
    pub fn simulate(&self, from: &str, msgs: Vec<Msg>) -> Result<Result<u64, Refusal>, LiveError> {
        let turn = self.turn(&self.address(from)?)?;
        self.node
            .simulate(unsigned(msgs).to_simulate(turn.sequence))
    }

    /// Gas that messages of an account are given in one transaction: what they would use, times
    /// the network's adjustment.
    pub fn gas_limit(&self, from: &str, msgs: Vec<Msg>) -> Result<Result<u64, Refusal>, LiveError> {
        let used = self.simulate(from, msgs)?;
        Ok(used.map(|used| gas::adjusted_ceil(used, self.network.gas_adjustment)))
    }

    // ------------------------------------------------------------ transactions

    /// Sends messages in one transaction, and waits until it has landed.
    pub fn send(&self, from: &str, msgs: Vec<Msg>, gas: Gas) -> Result<Outcome, LiveError> {
        self.send_noting(from, msgs, gas, |_| Ok(()))
    }

    /// As [`Client::send`]; `note` hears of the transaction before it leaves, and again when
    /// another takes its place because it cannot land any more.
    pub fn send_noting(
        &self,
        from: &str,
        msgs: Vec<Msg>,
        gas: Gas,
        note: impl FnMut(&Pending) -> Result<(), LiveError>,
    ) -> Result<Outcome, LiveError> {
        match self.submit(from, msgs, gas, note)? {
            Ok(pending) => self.wait(&pending),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Sends several transactions, and waits only then. Those of one sender land in their
    /// order. A simulation sees none of them: give a limit to one that needs an earlier one.
    pub fn send_all(&self, requests: Vec<Request>) -> Vec<Result<Outcome, LiveError>> {
        let mut senders: BTreeMap<String, Vec<(usize, Request)>> = BTreeMap::new();
        for (index, request) in requests.into_iter().enumerate() {
            let queue = senders.entry(request.from.clone()).or_default();
            queue.push((index, request));
        }
        // Signing takes longest: senders sign beside each other.
        let mut submitted: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = senders
                .into_values()
                .map(|queue| scope.spawn(move || self.submit_queue(queue)))
                .collect();
            threads
                .into_iter()
                .filter_map(|thread| thread.join().ok())
                .flatten()
                .collect()
        });
        submitted.sort_by_key(|(index, _)| *index);
        submitted
            .into_iter()
            .map(|(_, answer)| match answer? {
                Ok(pending) => self.wait(&pending),
                Err(refusal) => Ok(Err(refusal)),
            })
            .collect()
    }

    #[expect(clippy::type_complexity, reason = "an index with what `submit` gives")]
    fn submit_queue(
        &self,
        queue: Vec<(usize, Request)>,
    ) -> Vec<(usize, Result<Result<Pending, Refusal>, LiveError>)> {
        queue
            .into_iter()
            .map(|(index, Request { from, msgs, gas })| {
                (index, self.submit(&from, msgs, gas, |_| Ok(())))
            })
            .collect()
    }

    /// Signs and hands over, without waiting until it has landed. `note` hears of the
    /// transaction before it leaves; what it notes is enough for [`Client::fate`] later.
    pub fn submit(
        &self,
        from: &str,
        msgs: Vec<Msg>,
        gas: Gas,
        mut note: impl FnMut(&Pending) -> Result<(), LiveError>,
    ) -> Result<Result<Pending, Refusal>, LiveError> {
        let key = self.network.key(from);
        if self.network.is_address(key) {
            return Err(LiveError::NoKey {
                address: key.to_owned(),
            });
        }
        let sender = self.address(from)?;
        let mut tx = unsigned(msgs);
        let mut left = TURNS;
        let mut blocks = self.network.limits.timeout_blocks;
        loop {
            let turn = self.turn(&sender)?;
            match self.gas(&tx, gas, turn)? {
                Ok(limit) => tx.gas_limit = limit,
                // A node simulates on what it has committed, which a block that takes long, with
                // codes to compile say, may be ahead of.
                Err(refusal) if refusal.is_wrong_sequence() && left > 0 => {
                    self.forget(&sender);
                    left = left.saturating_sub(1);
                    thread::sleep(PAUSES.1);
                    continue;
                }
                Err(refusal) => return Ok(Err(refusal)),
            }
            tx.fee = self
                .network
                .gas_price
                .as_ref()
                .map_or_else(Vec::new, |price| price.fee_ceil(tx.gas_limit));
            let sent_height = self.node.status()?.height;
            tx.timeout_height = sent_height.saturating_add(blocks);
            let bytes = self.signer.sign(key, &tx, turn)?;
            let pending = Pending {
                hash: tx::hash(&bytes),
                sender: sender.clone(),
                sequence: turn.sequence,
                sent_height,
                timeout_height: tx.timeout_height,
            };
            note(&pending)?;
            match self.node.broadcast(&bytes) {
                Broadcast::Taken => {
                    self.took(&sender, turn);
                    return Ok(Ok(pending));
                }
                Broadcast::Unclear(_) => {
                    self.forget(&sender);
                    return Ok(Ok(pending));
                }
                Broadcast::Refused(refusal)
                    if refusal.is_wrong_sequence() || refusal.is_too_late() =>
                {
                    self.forget(&sender);
                    // Something between here and the node may have sent it twice, and this may
                    // be the answer to the second: only what cannot land is signed anew.
                    if matches!(self.fate(&pending)?, Fate::Landed(_)) {
                        return Ok(Ok(pending));
                    }
                    if left == 0 {
                        return Ok(Err(*refusal));
                    }
                    left = left.saturating_sub(1);
                    if refusal.is_too_late() {
                        // Signing took longer than that many blocks.
                        blocks = blocks.saturating_mul(2);
                    }
                }
                Broadcast::Refused(refusal) => {
                    self.forget(&sender);
                    return Ok(Err(*refusal));
                }
            }
        }
    }

    /// Waits until a transaction has landed; one that never will is an error.
    pub fn wait(&self, pending: &Pending) -> Result<Outcome, LiveError> {
        match self.fate(pending)? {
            Fate::Landed(landed) => Ok(landed.outcome),
            Fate::Lost => Err(LiveError::Lost {
                hash: pending.hash.clone(),
                timeout_height: pending.timeout_height,
            }),
        }
    }

    /// Waits until it is certain what becomes of a transaction.
    pub fn fate(&self, pending: &Pending) -> Result<Fate, LiveError> {
        let mut pause = PAUSES.0;
        let mut heard = Instant::now();
        loop {
            match self.look(pending) {
                Ok(Some(fate)) => {
                    if fate == Fate::Lost {
                        self.forget(&pending.sender);
                    }
                    return Ok(fate);
                }
                Ok(None) => heard = Instant::now(),
                Err(error) if heard.elapsed() > self.network.patience() => {
                    return Err(LiveError::Unclear {
                        hash: pending.hash.clone(),
                        timeout_height: pending.timeout_height,
                        error: Box::new(error),
                    });
                }
                Err(_) => {}
            }
            thread::sleep(pause);
            pause = pause.saturating_mul(3).checked_div(2).unwrap_or(pause);
            pause = pause.min(PAUSES.1);
        }
    }

    /// One look: none while it may still land.
    fn look(&self, pending: &Pending) -> Result<Option<Fate>, LiveError> {
        if let Some(landed) = self.node.tx(&pending.hash)? {
            return Ok(Some(Fate::Landed(Box::new(landed))));
        }
        let account = self.existing(&pending.sender)?;
        if account.sequence <= pending.sequence {
            let gone = account.height >= pending.timeout_height;
            return Ok(gone.then_some(Fate::Lost));
        }
        // Its turn is over. The index may lag behind, or not be there: the blocks decide.
        let last = account.height.min(pending.timeout_height);
        for height in pending.sent_height.saturating_add(1)..=last {
            if let Some(landed) = self.node.tx_in_block(&pending.hash, height)? {
                return Ok(Some(Fate::Landed(Box::new(landed))));
            }
        }
        Ok(Some(Fate::Lost))
    }

    fn gas(&self, tx: &Unsigned, gas: Gas, turn: Turn) -> Result<Result<u64, Refusal>, LiveError> {
        match gas {
            Gas::Limit(limit) => Ok(Ok(limit)),
            Gas::Simulated => Ok(self
                .node
                .simulate(tx.to_simulate(turn.sequence))?
                .map(|used| gas::adjusted_ceil(used, self.network.gas_adjustment))),
        }
    }

    fn existing(&self, address: &str) -> Result<Account, LiveError> {
        self.node
            .account(address)?
            .ok_or_else(|| LiveError::NoAccount {
                address: address.to_owned(),
            })
    }

    // ------------------------------------------------------------ whose turn it is

    fn turn(&self, sender: &str) -> Result<Turn, LiveError> {
        if let Some(turn) = self.turns().get(sender) {
            return Ok(*turn);
        }
        let Account {
            number, sequence, ..
        } = self.existing(sender)?;
        let turn = Turn { number, sequence };
        self.turns().insert(sender.to_owned(), turn);
        Ok(turn)
    }

    fn took(&self, sender: &str, turn: Turn) {
        let next = Turn {
            sequence: turn.sequence.saturating_add(1),
            ..turn
        };
        self.turns().insert(sender.to_owned(), next);
    }

    fn forget(&self, sender: &str) {
        self.turns().remove(sender);
    }

    fn turns(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Turn>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn unsigned(msgs: Vec<Msg>) -> Unsigned {
    Unsigned {
        msgs,
        fee: vec![],
        gas_limit: 0,
        timeout_height: 0,
        memo: String::new(),
    }
}
