//! A real chain on this machine: it says what gas each act took.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context;
use ballast_live::{Msg, Request, TxResult, msg::gzipped};
use ballast_sim::{ContractKind, Profile};
use cosmwasm_std::{Binary, Coin, QueryRequest, WasmQuery, to_json_binary};
use serde_json::{Value, json};

use super::meter::{Call, Meter};
use crate::{
    chain::Chain,
    live::{
        Live,
        ground::{GAS, Ground, existence_denom},
    },
};

/// Where `scripts/build` puts the probe, in the folder of the contracts.
const PROBE: &str = "tools/ballast_probe.wasm";
/// Senders that sign beside each other.
const SENDERS_AT_ONCE: usize = 4;

/// A real chain.
pub struct LiveMeter<'g> {
    ground: &'g Ground,
    /// The code of the probe.
    probe: Vec<u8>,
    /// What is deployed on it.
    deployed: Option<Deployed<'g>>,
}

struct Deployed<'g> {
    live: Live<'g>,
    owner: String,
    /// Address of the probe.
    probe: String,
    /// Its code.
    probe_code: u64,
    learnt: BTreeMap<String, String>,
}

impl<'g> LiveMeter<'g> {
    /// The probe is in this folder with the contracts.
    pub fn new(ground: &'g Ground, artifacts: &Path) -> anyhow::Result<Self> {
        let path = artifacts.join(PROBE);
        let wasm = fs::read(&path)
            .with_context(|| format!("{} is missing: run scripts/build", path.display()))?;
        Ok(Self {
            ground,
            probe: gzipped(&wasm)?,
            deployed: None,
        })
    }

    fn deployed(&self) -> anyhow::Result<&Deployed<'g>> {
        self.deployed.as_ref().context("nothing is deployed yet")
    }

    fn key(&self, account: &str) -> anyhow::Result<String> {
        Ok(self.deployed()?.live.key(account)?.to_owned())
    }

    fn message(&self, sender: &str, call: &Call) -> anyhow::Result<Msg> {
        Ok(Msg::execute(
            self.address(sender)?,
            self.address(&call.contract)?,
            call.msg.clone(),
            call.funds.clone(),
        ))
    }

    /// Sends one transaction.
    fn transact(&self, sender: &str, msg: Msg) -> anyhow::Result<TxResult> {
        let client = self.ground.client();
        Ok(client.send(&self.key(sender)?, vec![msg], GAS)??)
    }

    /// Sends messages in as few transactions as may be.
    fn transact_all(&self, turns: &[(String, Vec<Msg>)]) -> anyhow::Result<()> {
        let client = self.ground.client();
        let most = client.network().limits.messages_per_tx;
        for turns in turns.chunks(SENDERS_AT_ONCE) {
            let mut requests = vec![];
            for (sender, msgs) in turns {
                let from = self.key(sender)?;
                requests.extend(msgs.chunks(most).map(|msgs| Request {
                    from: from.clone(),
                    msgs: msgs.to_vec(),
                    gas: GAS,
                }));
            }
            for outcome in client.send_all(requests) {
                outcome??;
            }
        }
        Ok(())
    }

    /// Gas that a message to the probe uses.
    fn probe(&self, msg: Value) -> anyhow::Result<u64> {
        let Deployed { owner, probe, .. } = self.deployed()?;
        let msg = Msg::execute(self.address(owner)?, probe, msg, vec![]);
        let client = self.ground.client();
        Ok(client.simulate(&self.key(owner)?, vec![msg])??)
    }
}

impl Meter for LiveMeter<'_> {
    type Cost = u64;

    fn deploy(&mut self, profile: &Profile) -> anyhow::Result<()> {
        let owner = profile.owner.clone();
        self.deployed = Some(Deployed {
            live: self.ground.deploy(profile)?,
            owner: owner.clone(),
            probe: String::new(),
            probe_code: 0,
            learnt: BTreeMap::new(),
        });
        let sender = self.address(&owner)?;
        let store = Msg::StoreCode {
            sender: sender.clone(),
            wasm: self.probe.clone(),
        };
        let stored = self.transact(&owner, store)?;
        let code_id = stored.code_id(0).context("the probe has no code id")?;
        let instantiate = Msg::Instantiate {
            sender,
            admin: None,
            code_id,
            label: "probe".to_owned(),
            msg: json!({}),
            funds: vec![],
        };
        let made = self.transact(&owner, instantiate)?;
        let address = made.address(0).context("the probe has no address")?;
        if let Some(deployed) = &mut self.deployed {
            deployed.probe = address;
            deployed.probe_code = code_id;
        }
        Ok(())
    }

    fn learn(&mut self, name: &str, address: &str) {
        if let Some(deployed) = &mut self.deployed {
            deployed.learnt.insert(name.to_owned(), address.to_owned());
        }
    }

    fn address(&self, name: &str) -> anyhow::Result<String> {
        let Deployed { live, learnt, .. } = self.deployed()?;
        let entry = live.directory().entries.get(name);
        entry
            .map(|entry| &entry.address)
            .or_else(|| learnt.get(name))
            .cloned()
            .with_context(|| format!("{name} is neither an account nor a contract"))
    }

    fn rouse(&mut self, accounts: &[String]) -> anyhow::Result<()> {
        let owner = self.address(&self.deployed()?.owner)?;
        let mut turns = vec![];
        for account in accounts {
            let send = Msg::BankSend {
                from: self.address(account)?,
                to: owner.clone(),
                coins: vec![Coin::new(1_u128, existence_denom())],
            };
            turns.push((account.clone(), vec![send]));
        }
        self.transact_all(&turns)
    }

    fn give(&mut self, gifts: &[(String, Coin)]) -> anyhow::Result<()> {
        let mut payments = vec![];
        for (account, coin) in gifts {
            payments.push((self.address(account)?, vec![coin.clone()]));
        }
        self.ground.pay(payments)
    }

    fn prepare(&mut self, turns: Vec<(String, Vec<Call>)>) -> anyhow::Result<()> {
        let mut messages = vec![];
        for (sender, calls) in turns {
            let msgs = calls.iter().map(|call| self.message(&sender, call));
            let msgs = msgs.collect::<anyhow::Result<_>>()?;
            messages.push((sender, msgs));
        }
        self.transact_all(&messages)
    }

    fn send(&mut self, sender: &str, call: &Call) -> anyhow::Result<u64> {
        let message = self.message(sender, call)?;
        Ok(self.transact(sender, message)?.gas_used)
    }

    fn ask(&self, contract: &str, query: &Value) -> anyhow::Result<Value> {
        let client = self.ground.client();
        Ok(client.query(&self.address(contract)?, query, None)??)
    }

    fn weigh(&self, contract: &str, query: &Value) -> anyhow::Result<u64> {
        let request: QueryRequest = WasmQuery::Smart {
            contract_addr: self.address(contract)?,
            msg: Binary::new(serde_json::to_vec(query)?),
        }
        .into();
        let request = to_json_binary(&request)?;
        let asked = self.probe(json!({"ask": {"request": request}}))?;
        let apart = self.probe(json!({"nop": {"request": request}}))?;
        asked
            .checked_sub(apart)
            .context("a question that costs nothing")
    }

    fn now(&self) -> anyhow::Result<u64> {
        Ok(self.ground.client().now()?.1)
    }

    /// The contract becomes a probe that writes them, and an older version of itself beside them;
    /// then it is migrated to what it was.
    fn plant(&mut self, contract: &str, records: Vec<(Vec<u8>, Vec<u8>)>) -> anyhow::Result<()> {
        let Deployed {
            owner, probe_code, ..
        } = self.deployed()?;
        let mut kinds = ContractKind::ALL.into_iter();
        let kind = kinds.find(|kind| kind.name() == contract);
        let code_id = self.ground.code_id(kind.context("it has no code")?)?;
        let version = json!({"contract": format!("ballast-{contract}"), "version": "0.0.0"});
        let version = (b"contract_info".to_vec(), serde_json::to_vec(&version)?);
        let records: Vec<(Binary, Binary)> = records
            .into_iter()
            .chain([version])
            .map(|(key, value)| (key.into(), value.into()))
            .collect();
        let steps = [
            (*probe_code, json!({"records": records})),
            (code_id, json!({})),
        ];
        let (sender, contract) = (self.address(owner)?, self.address(contract)?);
        let msgs = steps.map(|(code_id, msg)| Msg::Migrate {
            sender: sender.clone(),
            contract: contract.clone(),
            code_id,
            msg,
        });
        self.transact_all(&[(owner.clone(), msgs.to_vec())])
    }

    fn wait(&mut self, secs: u64) -> anyhow::Result<()> {
        let (_, now) = self.ground.client().now()?;
        self.ground.wait_until(now + secs)?;
        Ok(())
    }
}
