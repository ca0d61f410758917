//! Others: accounts in the vaults that acts are about, and pools behind their markets. All of them
//! come by messages.

use std::time::Instant;

use anyhow::Context;
use cw_storage_plus::Item;
use serde::Serialize;

use super::{ATOM, Call, MANAGER, Meter, SIZES, Stage, pool_of};

/// Who made the pools of the crowd, and is their only LP.
const BACKER: &str = "backer";
/// Pools of the crowd have numbers above this: whatever their number is, those that act have theirs.
const LAST_NUMBER: u64 = 1_000_000;
/// How many pools the manager has made.
const POOL_COUNT: Item<u64> = Item::new("pools");
/// Sets of markets that pools stand behind: those of the three sizes, and the spot market's.
const MARKET_SETS: u32 = 4;
/// Vaults that each account is in: those of the three sizes, of the spot market and of rewards.
const VAULTS: u32 = 5;

/// How many others there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Crowd {
    /// Accounts in each vault of ATOM, besides those that act.
    pub accounts: u32,
    /// Pools behind each market, besides the one that acts.
    pub pools: u32,
}

/// What it took to gather a crowd.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Filling {
    /// Messages that were sent.
    pub messages: u64,
    /// Seconds that took.
    pub seconds: f64,
}

impl Crowd {
    /// Nobody.
    pub const NONE: Self = Self {
        accounts: 0,
        pools: 0,
    };

    /// Everybody by name.
    pub fn names(self) -> impl Iterator<Item = String> {
        let backer = (self != Self::NONE).then(|| BACKER.to_owned());
        backer.into_iter().chain((0..self.accounts).map(member))
    }

    /// How often the filling ticks.
    pub fn ticks(self) -> u64 {
        let accounts = u64::from(self.accounts) * u64::from(1 + VAULTS);
        accounts + u64::from(self.pools) * u64::from(MARKET_SETS)
    }
}

fn member(number: u32) -> String {
    format!("member-{number}")
}

impl<M: Meter> Stage<'_, M> {
    /// Before anything is measured: the pools stand behind their markets, the accounts have
    /// deposited.
    pub fn gather(&mut self) -> anyhow::Result<()> {
        if self.crowd == Crowd::NONE {
            return Ok(());
        }
        let deposit = self.deposit(ATOM, "1_000_000")?;
        self.prepare(BACKER, vec![deposit])?;
        self.count_pools(LAST_NUMBER)?;
        let mut pool = LAST_NUMBER;
        // The spot market's is the first.
        let spot = Self::weights(1, 1)?;
        let mut sets = vec![spot];
        for size in SIZES {
            let (_, markets, first) = pool_of(size);
            sets.push(Self::weights(first, markets.len())?);
        }
        for markets in sets {
            for _ in 0..self.crowd.pools {
                pool += 1;
                let mut calls = self.create_pool(pool, markets.clone())?.to_vec();
                calls.push(self.delegate(pool, ATOM, "10")?);
                self.fill(BACKER, calls)
                    .with_context(|| format!("pool {pool}"))?;
            }
        }
        self.count_pools(0)?;
        let deposit = self.deposit(ATOM, "10")?;
        self.everybody(&[deposit])
    }

    /// Every account delegates to a pool, and mints if it says so.
    pub fn join(&mut self, pool: u64, mints: bool) -> anyhow::Result<()> {
        let mut calls = vec![self.delegate(pool, ATOM, "1")?];
        if mints {
            calls.push(self.mint(pool, ATOM, Some("1"))?);
        }
        self.everybody(&calls)
    }

    fn everybody(&mut self, calls: &[Call]) -> anyhow::Result<()> {
        (0..self.crowd.accounts)
            .map(member)
            .try_for_each(|name| self.fill(&name, calls.to_vec()).context(name))
    }

    fn fill(&mut self, sender: &str, calls: Vec<Call>) -> anyhow::Result<()> {
        let start = Instant::now();
        self.filling.messages += u64::try_from(calls.len())?;
        self.prepare(sender, calls)?;
        self.filling.seconds += start.elapsed().as_secs_f64();
        (self.tick)();
        Ok(())
    }

    fn count_pools(&mut self, count: u64) -> anyhow::Result<()> {
        let record = (POOL_COUNT.as_slice().to_vec(), serde_json::to_vec(&count)?);
        self.meter.plant(MANAGER, vec![record])
    }
}
