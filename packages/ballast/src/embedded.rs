//! The embedded chain.

use anyhow::Context;
use ballast_sim::{Profile, Scale, Snapshot, World, error_name, invariants::Vigil};
use cosmwasm_std::{Addr, BankMsg, Coin, Decimal, Uint128};
use cw_multi_test::{AppResponse, Executor};
use serde_json::Value;

use crate::{
    chain::{Chain, Execution, Outcome, Reaction, Refusal, Sort},
    directory::Directory,
    resolve, text,
};

/// A protocol deployed on a chain in memory.
pub struct Embedded {
    world: World,
    directory: Directory,
    vigil: Vigil,
}

impl Embedded {
    /// Deploys a profile.
    pub fn deploy(profile: &Profile) -> anyhow::Result<Self> {
        Ok(Self::of(World::deploy(profile)?))
    }

    /// Goes on from a snapshot.
    pub fn from_snapshot(snapshot: &Snapshot) -> Self {
        Self::of(World::from_snapshot(snapshot))
    }

    /// What was deployed.
    pub const fn profile(&self) -> &Profile {
        self.world.profile()
    }

    /// Everything that is needed to go on from here.
    pub fn snapshot(&self) -> Snapshot {
        self.world.snapshot()
    }

    fn of(world: World) -> Self {
        let directory = directory(&world);
        Self {
            world,
            directory,
            vigil: Vigil::default(),
        }
    }

    fn account(&self, name: &str) -> anyhow::Result<Addr> {
        self.world
            .address(name)
            .with_context(|| format!("there is no account {name}"))
    }
}

impl Chain for Embedded {
    fn directory(&self) -> &Directory {
        &self.directory
    }

    fn sort(&self) -> Sort {
        Sort::Embedded
    }

    fn now(&self) -> u64 {
        self.world.now()
    }

    fn scale(&self) -> Scale {
        Scale::REAL
    }

    fn execute(&mut self, execution: &Execution) -> anyhow::Result<Reaction> {
        let sender = self.account(&execution.sender)?;
        let contract = Addr::unchecked(&execution.contract);
        let answer = self
            .world
            .execute(&sender, &contract, &execution.msg, &execution.funds);
        Ok(reaction(answer))
    }

    fn send_coins(&mut self, sender: &str, to: &str, coins: &[Coin]) -> anyhow::Result<Reaction> {
        let sender = self.account(sender)?;
        let msg = BankMsg::Send {
            to_address: to.to_owned(),
            amount: coins.to_vec(),
        };
        Ok(reaction(self.world.app.execute(sender, msg.into())))
    }

    fn query(&self, contract: &str, msg: &Value) -> anyhow::Result<Result<Value, Refusal>> {
        let answer = self.world.query(&Addr::unchecked(contract), msg);
        Ok(answer.map_err(|error| refusal(&error)))
    }

    fn balance(&self, address: &str, asset: &str) -> anyhow::Result<Uint128> {
        self.world.balance(&Addr::unchecked(address), asset)
    }

    fn broken(&mut self) -> Vec<String> {
        self.vigil.look(&self.world).err().unwrap_or_default()
    }

    fn wait(&mut self, secs: u64) -> anyhow::Result<()> {
        self.world.wait(secs);
        Ok(())
    }

    fn set_price(&mut self, asset: &str, price: Decimal) -> anyhow::Result<Reaction> {
        Ok(reaction(self.world.set_price(asset, price)))
    }

    fn push_price(
        &mut self,
        asset: &str,
        source: &str,
        price: Decimal,
    ) -> anyhow::Result<Reaction> {
        Ok(reaction(self.world.push_price(asset, source, price)))
    }

    fn silence(&mut self, asset: &str, silent: bool) -> anyhow::Result<()> {
        self.world.silence(asset, silent)
    }
}

fn reaction(answer: anyhow::Result<AppResponse>) -> Reaction {
    answer
        .map(|response| Outcome {
            events: response.events,
            receipts: Vec::new(),
        })
        .map_err(|error| refusal(&error))
}

fn refusal(error: &anyhow::Error) -> Refusal {
    let mut way: Vec<_> = error.chain().map(ToString::to_string).collect();
    let innermost = way.pop().unwrap_or_default();
    let name = error_name(error);
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric());
    // The frame that the name leads says more than what lies below it.
    let text = std::iter::once(&innermost)
        .chain(way.iter().rev())
        .find(|text| text.contains(&format!("{name}:")))
        .unwrap_or(&innermost);
    let start = text.find(&format!("{name}:")).unwrap_or_default();
    Refusal {
        text: text[start..].to_owned(),
        name: is_name.then_some(name),
        way: way.iter().map(|frame| call(frame)).collect(),
        receipts: Vec::new(),
    }
}

/// A frame of the chain's error, `Error executing WasmMsg: …`, as `sender → contract message`.
fn call(frame: &str) -> String {
    let line = frame.split_whitespace().collect::<Vec<_>>().join(" ");
    let part = |from: &str, to: &str| -> Option<&str> {
        let (_, rest) = line.split_once(from)?;
        Some(rest.split_once(to)?.0)
    };
    let parts = (
        part("sender: ", " "),
        part("contract_addr: \"", "\""),
        part("msg: ", ", funds: "),
    );
    match parts {
        (Some(sender), Some(contract), Some(msg)) => match serde_json::from_str(msg) {
            Ok(msg) => {
                let msg = resolve::with_hook(&msg);
                format!("{sender} → {contract} {}", text::json(&msg))
            }
            Err(_) => line.clone(),
        },
        _ => line.clone(),
    }
}

fn directory(world: &World) -> Directory {
    let names = world
        .names()
        .map(|(name, address)| (name, address.as_str(), world.contract_kind(name)));
    Directory::of(world.profile(), names, |asset| world.token(asset))
}
