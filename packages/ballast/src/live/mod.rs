//! A live chain: each act of a story is a real transaction, and time is the chain's own.
//!
//! | module | job |
//! | --- | --- |
//! | [`ground`] | the chain, its codes, and whoever pays |
//! | [`deploy`] | accounts, money and contracts of one story |
//! | [`feeding`] | which feeder says what, and as of when |
//! | [`together`] | many stories at a time |

pub mod deploy;
pub mod feeding;
pub mod ground;
pub mod together;

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use ballast_live::{LiveError, Msg, Outcome as Answer, Request, TxResult};
use ballast_sim::{Feeds, Scale};
use ballast_types::oracle::{AssetResponse, ExecuteMsg, PricePush, PriceView, QueryMsg};
use cosmwasm_std::{Coin, Decimal, Event, Uint128};
use serde_json::{Value, json};

use crate::{
    chain::{Chain, Execution, Outcome, Reaction, Receipt, Refusal, Sort},
    directory::{Directory, Token},
};
use ground::{GAS, Ground};

/// A protocol of its own on a chain that others use too.
pub struct Live<'g> {
    ground: &'g Ground,
    directory: Directory,
    /// Name of the key of each account.
    keys: BTreeMap<String, String>,
    feeds: Feeds,
    oracle: String,
    round_interval_secs: u64,
    /// Block time of the last act.
    now: u64,
    /// Block time of the last transaction. The feeders speak again after an act.
    last: u64,
}

impl Live<'_> {
    /// The name of an account's key.
    pub fn key(&self, account: &str) -> anyhow::Result<&str> {
        self.keys
            .get(account)
            .map(String::as_str)
            .with_context(|| format!("there is no account {account}"))
    }

    fn address(&self, account: &str) -> anyhow::Result<&str> {
        self.directory
            .entries
            .get(account)
            .map(|entry| entry.address.as_str())
            .with_context(|| format!("there is no account {account}"))
    }

    /// Sends one message: an act.
    fn act(&mut self, sender: &str, msg: Msg) -> anyhow::Result<Reaction> {
        let client = self.ground.client();
        let answer = client.send(self.key(sender)?, vec![msg], GAS)?;
        self.now = self.landed(&answer)?;
        Ok(reaction(answer))
    }

    /// Notes that a transaction has landed, and gives its block time. One that the node would
    /// not take is in no block: it was refused now.
    fn landed(&mut self, answer: &Answer) -> anyhow::Result<u64> {
        let height = match answer {
            Ok(result) => Some(result.height),
            Err(refusal) => refusal.landed.as_ref().map(|tx| tx.height),
        };
        let client = self.ground.client();
        let time = match height {
            Some(height) => client.node().block_time(height)?,
            None => client.now()?.1,
        };
        self.last = self.last.max(time);
        Ok(time)
    }

    // ------------------------------------------------------------ feeders

    /// Prices of one feeder as the messages of a transaction.
    fn push(&self, feeder: &str, prices: Vec<PricePush>) -> anyhow::Result<Request> {
        let sender = self.address(feeder)?;
        let msgs = feeding::batches(prices)
            .map(|prices| {
                let msg = serde_json::to_value(ExecuteMsg::Push { prices })?;
                Ok(Msg::execute(sender, &self.oracle, msg, vec![]))
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Request {
            from: self.key(feeder)?.to_owned(),
            msgs,
            gas: GAS,
        })
    }

    /// All these feeders push side by side. What is refused in company is pushed alone: one
    /// asset is retired, say.
    fn push_all(&mut self, sayings: Vec<feeding::Saying>) -> anyhow::Result<Vec<Answer>> {
        let answers = self.send_all(&sayings)?;
        let again: Vec<_> = sayings
            .into_iter()
            .zip(&answers)
            .filter(|((_, prices), answer)| answer.is_err() && prices.len() > 1)
            .flat_map(|((feeder, prices), _)| {
                prices
                    .into_iter()
                    .map(move |price| (feeder.clone(), vec![price]))
            })
            .collect();
        if !again.is_empty() {
            self.send_all(&again)?;
        }
        Ok(answers)
    }

    fn send_all(&mut self, sayings: &[feeding::Saying]) -> anyhow::Result<Vec<Answer>> {
        let requests = sayings
            .iter()
            .map(|(feeder, prices)| self.push(feeder, prices.clone()))
            .collect::<anyhow::Result<_>>()?;
        let answers = self.ground.client().send_all(requests);
        let answers = answers.into_iter().collect::<Result<Vec<_>, LiveError>>()?;
        for answer in &answers {
            self.landed(answer)?;
        }
        Ok(answers)
    }

    /// One feeder says a price, which makes a round; all that `rest` says follows it.
    ///
    /// The feeder's own goes to the node first, so that no other can be in a block before it.
    fn lead(
        &mut self,
        feeder: &str,
        price: PricePush,
        rest: Vec<feeding::Saying>,
    ) -> anyhow::Result<Reaction> {
        let Request { from, msgs, gas } = self.push(feeder, vec![price])?;
        let client = self.ground.client();
        let submitted = client.submit(&from, msgs, gas, |_| Ok(()))?;
        self.push_all(rest)?;
        let answer = match submitted {
            Ok(pending) => client.wait(&pending)?,
            Err(refusal) => Err(refusal),
        };
        self.now = self.landed(&answer)?;
        Ok(reaction(answer))
    }

    /// Waits until a round may be made again, and gives the time.
    fn round_is_due(&self, last: u64) -> anyhow::Result<u64> {
        self.ground
            .wait_until(last.saturating_add(self.round_interval_secs))
    }

    /// What the oracle has heard of an asset, and when.
    fn heard(&self, asset: &str) -> anyhow::Result<feeding::Heard> {
        let ask = |question: &QueryMsg| -> anyhow::Result<Value> {
            let question = serde_json::to_value(question)?;
            let answer = self.query(&self.oracle, &question)?;
            answer.map_err(|refusal| anyhow::anyhow!(refusal.text))
        };
        let sources: AssetResponse = serde_json::from_value(ask(&QueryMsg::Asset {
            asset: asset.to_owned(),
        })?)?;
        let views: Vec<PriceView> = serde_json::from_value(ask(&QueryMsg::Prices {
            assets: vec![asset.to_owned()],
        })?)?;
        let record = views.into_iter().find_map(|view| view.record);
        Ok(feeding::Heard {
            round: record.map(|record| record.published_at),
            sources: sources
                .sources
                .into_iter()
                .filter_map(|view| Some((view.source.name, view.observation?.published_at)))
                .collect(),
        })
    }
}

impl Chain for Live<'_> {
    fn directory(&self) -> &Directory {
        &self.directory
    }

    fn sort(&self) -> Sort {
        Sort::Live
    }

    fn now(&self) -> u64 {
        self.now
    }

    fn scale(&self) -> Scale {
        self.ground.scale()
    }

    fn execute(&mut self, execution: &Execution) -> anyhow::Result<Reaction> {
        let Execution {
            sender,
            contract,
            msg,
            funds,
        } = execution;
        let msg = Msg::execute(self.address(sender)?, contract, msg.clone(), funds.clone());
        self.act(sender, msg)
    }

    fn send_coins(&mut self, sender: &str, to: &str, coins: &[Coin]) -> anyhow::Result<Reaction> {
        let msg = Msg::BankSend {
            from: self.address(sender)?.to_owned(),
            to: to.to_owned(),
            coins: coins.to_vec(),
        };
        self.act(sender, msg)
    }

    fn query(&self, contract: &str, msg: &Value) -> anyhow::Result<Result<Value, Refusal>> {
        let answer = self.ground.client().query(contract, msg, None)?;
        Ok(answer.map_err(refusal))
    }

    fn balance(&self, address: &str, asset: &str) -> anyhow::Result<Uint128> {
        let known = self.directory.assets.get(asset);
        match known.and_then(|asset| asset.token.as_ref()) {
            Some(Token::Native(denom)) => Ok(self.ground.client().balance(address, denom, None)?),
            Some(Token::Cw20(token)) => {
                let question = json!({"balance": {"address": address}});
                let answer = self.query(token, &question)?;
                let answer = answer.map_err(|refusal| anyhow::anyhow!(refusal.text))?;
                let balance = answer.get("balance").cloned().unwrap_or_default();
                Ok(serde_json::from_value(balance)?)
            }
            None => bail!("{asset} has no token"),
        }
    }

    fn wait(&mut self, secs: u64) -> anyhow::Result<()> {
        let time = self.ground.wait_until(self.last.saturating_add(secs))?;
        self.last = self.last.max(time);
        let sayings = feeding::again(&self.feeds, time, None);
        self.push_all(sayings)?;
        self.now = self.last;
        Ok(())
    }

    fn set_price(&mut self, asset: &str, price: Decimal) -> anyhow::Result<Reaction> {
        self.feeds.set(asset, None, price)?;
        let feeders = self.feeds.of_asset(asset);
        let Some(((leader, price), followers)) = feeders.split_first() else {
            bail!("nobody pushes a price of {asset}");
        };
        let last = self.last;
        if !followers.is_empty() {
            let heard = self.heard(asset)?;
            let answers = self.push_all(feeding::quietly(asset, followers, &heard))?;
            if let Some(refusal) = answers.into_iter().find_map(Result::err) {
                return Ok(Err(self::refusal(refusal)));
            }
        }
        let time = self.round_is_due(last)?;
        let rest = feeding::again(&self.feeds, time, Some((asset, leader)));
        self.lead(leader, feeding::push(asset, *price, None), rest)
    }

    fn push_price(
        &mut self,
        asset: &str,
        source: &str,
        price: Decimal,
    ) -> anyhow::Result<Reaction> {
        self.feeds.set(asset, Some(source), price)?;
        let time = self.round_is_due(self.last)?;
        let rest = feeding::again(&self.feeds, time, Some((asset, source)));
        self.lead(source, feeding::push(asset, price, None), rest)
    }

    fn silence(&mut self, asset: &str, silent: bool) -> anyhow::Result<()> {
        self.feeds.silence(asset, silent)
    }
}

fn reaction(answer: Answer) -> Reaction {
    answer
        .map(|result| Outcome {
            events: events(&result),
            receipts: vec![Receipt {
                hash: result.hash,
                height: result.height,
                gas_used: result.gas_used,
            }],
        })
        .map_err(refusal)
}

/// What happened, without what the chain says twice: each transfer has three events.
fn events(result: &TxResult) -> Vec<Event> {
    let mut events = result.msg_events();
    events.retain(|event| {
        !matches!(
            event.ty.as_str(),
            "message" | "coin_spent" | "coin_received"
        )
    });
    events
}

fn refusal(refusal: ballast_live::Refusal) -> Refusal {
    Refusal {
        name: refusal.name,
        text: refusal.text,
        way: Vec::new(),
        receipts: refusal
            .landed
            .map(|tx| Receipt {
                hash: tx.hash,
                height: tx.height,
                gas_used: tx.gas_used,
            })
            .into_iter()
            .collect(),
    }
}
