//! The embedded chain: it counts what is asked of the storage.

use std::collections::BTreeMap;

use anyhow::Context;
use ballast_sim::{Profile, World, benchmark::gas::Estimate};
use cosmwasm_std::{Addr, Coin};
use cw_multi_test::{AppResponse, BankSudo, SudoMsg};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::meter::{Call, Meter};

/// What an act asks of the storage. It includes what the embedded chain reads and writes itself:
/// the record of each contract that is called, and balances of native coins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Distinct codes that are loaded.
    pub codes: u64,
    /// Records read one by one.
    pub reads: u64,
    /// Records that range scans came past.
    pub scanned: u64,
    /// Records written or removed.
    pub writes: u64,
}

/// A chain in memory.
#[derive(Default)]
pub struct EmbeddedMeter {
    world: Option<World>,
    learnt: BTreeMap<String, Addr>,
}

impl EmbeddedMeter {
    fn world(&self) -> anyhow::Result<&World> {
        self.world.as_ref().context("nothing is deployed yet")
    }

    fn world_mut(&mut self) -> anyhow::Result<&mut World> {
        self.world.as_mut().context("nothing is deployed yet")
    }

    fn find(&self, name: &str) -> anyhow::Result<Addr> {
        match self.learnt.get(name) {
            Some(address) => Ok(address.clone()),
            None => self.world()?.contract(name),
        }
    }

    fn execute(&mut self, sender: &str, call: &Call) -> anyhow::Result<AppResponse> {
        let sender = self.find(sender)?;
        let contract = self.find(&call.contract)?;
        self.world_mut()?
            .execute(&sender, &contract, &call.msg, &call.funds)
    }

    fn start_counting(&self) -> anyhow::Result<()> {
        let world = self.world()?;
        world.reset_counts();
        world.record();
        Ok(())
    }

    fn counts(&self, response: Option<&AppResponse>) -> anyhow::Result<Counts> {
        let world = self.world()?;
        let counts = world.counts();
        Ok(Counts {
            codes: Estimate::of(world, &world.take_record(), response).codes,
            reads: counts.reads,
            scanned: counts.scanned,
            writes: counts.writes,
        })
    }
}

impl Meter for EmbeddedMeter {
    type Cost = Counts;

    fn deploy(&mut self, profile: &Profile) -> anyhow::Result<()> {
        self.world = Some(World::deploy(profile)?);
        self.learnt.clear();
        Ok(())
    }

    fn learn(&mut self, name: &str, address: &str) {
        self.learnt
            .insert(name.to_owned(), Addr::unchecked(address));
    }

    fn address(&self, name: &str) -> anyhow::Result<String> {
        Ok(self.find(name)?.into_string())
    }

    fn rouse(&mut self, _accounts: &[String]) -> anyhow::Result<()> {
        Ok(())
    }

    fn give(&mut self, gifts: &[(String, Coin)]) -> anyhow::Result<()> {
        for (account, coin) in gifts {
            let to_address = self.address(account)?;
            self.world_mut()?.app.sudo(SudoMsg::Bank(BankSudo::Mint {
                to_address,
                amount: vec![coin.clone()],
            }))?;
        }
        Ok(())
    }

    fn prepare(&mut self, turns: Vec<(String, Vec<Call>)>) -> anyhow::Result<()> {
        for (sender, calls) in turns {
            for call in calls {
                self.execute(&sender, &call)
                    .with_context(|| format!("{sender} → {} {}", call.contract, call.msg))?;
            }
        }
        Ok(())
    }

    fn send(&mut self, sender: &str, call: &Call) -> anyhow::Result<Counts> {
        self.start_counting()?;
        let response = self.execute(sender, call)?;
        self.counts(Some(&response))
    }

    fn ask(&self, contract: &str, query: &Value) -> anyhow::Result<Value> {
        self.world()?.query(&self.find(contract)?, query)
    }

    fn weigh(&self, contract: &str, query: &Value) -> anyhow::Result<Counts> {
        self.start_counting()?;
        self.ask(contract, query)?;
        self.counts(None)
    }

    fn now(&self) -> anyhow::Result<u64> {
        Ok(self.world()?.now())
    }

    fn plant(&mut self, contract: &str, records: Vec<(Vec<u8>, Vec<u8>)>) -> anyhow::Result<()> {
        let address = self.find(contract)?;
        let mut storage = self.world_mut()?.app.contract_storage_mut(&address);
        for (key, value) in records {
            storage.set(&key, &value);
        }
        Ok(())
    }

    fn wait(&mut self, secs: u64) -> anyhow::Result<()> {
        self.world_mut()?.wait(secs);
        Ok(())
    }
}
