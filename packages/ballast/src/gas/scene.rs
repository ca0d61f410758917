//! What is deployed for the measurement, and who acts in it.

use ballast_sim::{
    Profile,
    amount::parse_units,
    benchmark::{DOLLAR, Shape, collateral_id, profile, synth_id},
    profile::{LimitProfile, TokenProfile},
};
use ballast_types::{
    debt_registry::MAX_SYNTHS, pool_manager::MAX_MARKETS, synth_minter::MAX_COLLATERALS,
};
use clap::ValueEnum;
use cosmwasm_std::{Coin, Decimal, Uint128};
use serde::{Deserialize, Serialize};

use super::pool;

/// Who sets up, as the profiles have it.
pub const OWNER: &str = "owner";
/// Who flags, liquidates, exchanges and burns.
pub const KEEPER: &str = "keeper";
/// How often each act is measured.
pub const ROUNDS: usize = 2;
/// Accounts of a crowd that need not fill a page.
const FEW: usize = 12;
/// Flags on a full page of `due`.
pub const DUE_PAGE: usize = 30;
/// Prices stay good for as long as any measurement may take.
const MAX_AGE_SECS: u64 = 604_800;
/// A day.
pub const DAY_SECS: u64 = 86_400;

/// What is measured together, and has tables of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// What a user of synths does, at several sizes of the protocol.
    Issuance,
    /// The stability pool, which has one size.
    StabilityPool,
    /// What LPs, their pools and markets do, in pools of several sizes.
    Pools,
}

impl Part {
    /// In the order in which they are measured.
    pub const ALL: [Self; 3] = [Self::Issuance, Self::StabilityPool, Self::Pools];
}

/// A column of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// 4 synths and 2 collaterals, of which an account uses one.
    Steady,
    /// 64 synths and 8 collaterals, of which an account uses one.
    ManySynths,
    /// 64 synths and 8 collaterals, of which an account uses all.
    Limits,
    /// The stability pool with every guard on.
    StabilityPool,
    /// A pool with one market.
    OneMarket,
    /// A pool with sixteen markets of one contract.
    OneContract,
    /// A pool with sixteen market contracts.
    Contracts,
}

impl Column {
    /// In the order of the tables.
    pub const ALL: [Self; 7] = [
        Self::Steady,
        Self::ManySynths,
        Self::Limits,
        Self::StabilityPool,
        Self::OneMarket,
        Self::OneContract,
        Self::Contracts,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::ManySynths => "64 synths",
            Self::Limits => "limits",
            Self::StabilityPool => "stability pool",
            Self::OneMarket => "1 market",
            Self::OneContract => "16 markets of one contract",
            Self::Contracts => "16 market contracts",
        }
    }

    /// What it is measured with.
    pub const fn part(self) -> Part {
        match self {
            Self::Steady | Self::ManySynths | Self::Limits => Part::Issuance,
            Self::StabilityPool => Part::StabilityPool,
            Self::OneMarket | Self::OneContract | Self::Contracts => Part::Pools,
        }
    }

    /// Synths that have a supply.
    pub const fn synths(self) -> usize {
        match self {
            Self::Steady => STEADY.synths,
            Self::ManySynths | Self::Limits => LIMITS.synths,
            _ => 0,
        }
    }

    /// Collaterals that an account has staked.
    pub const fn collaterals(self) -> usize {
        match self {
            Self::Steady | Self::ManySynths => 1,
            Self::Limits => LIMITS.collaterals,
            _ => 0,
        }
    }

    /// Markets of a pool.
    pub const fn markets(self) -> usize {
        match self {
            Self::OneMarket => 1,
            Self::OneContract | Self::Contracts => MAX_MARKETS,
            _ => 0,
        }
    }

    /// Contracts that these belong to.
    pub const fn market_contracts(self) -> usize {
        match self {
            Self::OneMarket | Self::OneContract => 1,
            Self::Contracts => MAX_MARKETS,
            _ => 0,
        }
    }
}

/// A protocol of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scene {
    /// Its name.
    pub name: &'static str,
    /// Synths, the dollar among them.
    pub synths: usize,
    /// Collaterals.
    pub collaterals: usize,
    /// The accounts of the last are as many as fill a page of `due`, and what is independent of
    /// an account's collaterals is measured for it alone.
    pub columns: &'static [Column],
}

/// 4 synths and 2 collaterals.
pub const STEADY: Scene = Scene {
    name: "steady",
    synths: 4,
    collaterals: 2,
    columns: &[Column::Steady],
};

/// As many synths and collaterals as there may be.
pub const LIMITS: Scene = Scene {
    name: "limits",
    synths: MAX_SYNTHS,
    collaterals: MAX_COLLATERALS,
    columns: &[Column::ManySynths, Column::Limits],
};

impl Scene {
    /// What is deployed, all of it. Prices are pushed by messages, not by the deployment.
    pub fn profile(self) -> Profile {
        let mut profile = profile(Shape {
            accounts: 0,
            synths: self.synths,
            collaterals: self.collaterals,
            stake_all: true,
            due_page: 0,
        });
        profile.oracle.round_interval_secs = 1;
        profile.oracle.rule.max_age_secs = Some(MAX_AGE_SECS);
        // A real chain's clock cannot be moved; the lengths of these change no gas.
        if let Some(minter) = &mut profile.minter {
            minter.params.grace_secs = 1;
            minter.params.min_stake_secs = 1;
        }
        profile.embedded.accounts = self
            .accounts()
            .into_iter()
            .map(|account| (account, vec![]))
            .collect();
        profile.treasury.limits.insert(
            DOLLAR.to_owned(),
            LimitProfile {
                amount: format!("1_000_000 {DOLLAR}"),
                period_secs: DAY_SECS,
            },
        );
        profile
    }

    /// The column of what does not depend on an account's collaterals.
    pub fn main(self) -> Column {
        self.columns.last().copied().unwrap_or(Column::Steady)
    }

    /// Accounts that do what stakers do, one for each round.
    pub fn stakers(self, column: Column) -> Vec<String> {
        let collaterals = column.collaterals();
        (0..ROUNDS)
            .map(|round| format!("staker-{collaterals}-{round}"))
            .collect()
    }

    /// Accounts that stake a cw20, one for each round.
    pub fn savers(self) -> Vec<String> {
        (0..ROUNDS).map(|round| format!("saver-{round}")).collect()
    }

    /// An account that is indebted to the limit.
    pub fn member(self, column: Column, number: usize) -> String {
        format!("crowd-{}-{number}", column.collaterals())
    }

    /// All of these.
    pub fn members(self, column: Column) -> Vec<String> {
        let many = if column == self.main() { DUE_PAGE } else { FEW };
        (0..many)
            .map(|number| self.member(column, number))
            .collect()
    }

    fn accounts(self) -> Vec<String> {
        let columns = self.columns.iter().flat_map(|column| {
            let crowd = self.members(*column).into_iter();
            crowd.chain(self.stakers(*column))
        });
        columns
            .chain(self.savers())
            .chain([KEEPER.to_owned()])
            .collect()
    }

    /// Synths besides the dollar.
    pub fn other_synths(self) -> Vec<String> {
        (0..self.synths.saturating_sub(1)).map(synth_id).collect()
    }
}

/// What is deployed, with what acts need to know of it.
pub struct Deployment {
    /// All of it.
    pub profile: Profile,
    /// The start prices.
    pub prices: Vec<(String, Decimal)>,
}

impl Deployment {
    /// Of a scene.
    pub fn of(scene: Scene) -> Self {
        let mut profile = scene.profile();
        let prices = std::mem::take(&mut profile.embedded.prices);
        Self {
            profile,
            prices: prices.into_iter().collect(),
        }
    }

    /// Of the stability pool: the guarded profile, with the accounts that act on it.
    pub fn of_stability_pool() -> anyhow::Result<Self> {
        let accounts = pool::ACCOUNTS.map(str::to_owned);
        Ok(Self::of_profile(Profile::find("guarded")?, accounts))
    }

    /// Of a profile, with the accounts that act on it. Its prices are pushed by messages.
    pub fn of_profile(mut profile: Profile, accounts: impl IntoIterator<Item = String>) -> Self {
        profile.oracle.round_interval_secs = 1;
        profile.oracle.rule.max_age_secs = Some(MAX_AGE_SECS);
        profile.embedded.prices.clear();
        let accounts = accounts.into_iter();
        profile.embedded.accounts = accounts.map(|account| (account, vec![])).collect();
        Self {
            profile,
            prices: vec![],
        }
    }

    /// The profile without its first collateral and its last synth: what the owner adds to it
    /// is measured.
    pub fn reduced(&self) -> Profile {
        let mut profile = self.profile.clone();
        let collateral = collateral_id(0);
        let synth = profile.minter.as_mut().and_then(|minter| {
            minter.collaterals.retain(|one| one.asset != collateral);
            minter.synths.pop().map(|synth| synth.asset)
        });
        profile
            .oracle
            .assets
            .retain(|asset, _| *asset != collateral && Some(asset) != synth.as_ref());
        profile
    }

    /// Base units of whole tokens.
    pub fn units(&self, asset: &str, whole: &str) -> anyhow::Result<Uint128> {
        let decimals = self.profile.decimals(asset).unwrap_or_default();
        Ok(parse_units(whole, decimals)?)
    }

    /// A native collateral as coins; none for a cw20.
    pub fn coin(&self, asset: &str, amount: Uint128) -> Option<Coin> {
        match self.profile.taken().get(asset)? {
            TokenProfile::Native(denom) => Some(Coin {
                denom: denom.clone(),
                amount,
            }),
            TokenProfile::Cw20(_) | TokenProfile::Existing(_) => None,
        }
    }

    /// Denoms of the native coins that are taken.
    pub fn denoms(&self) -> Vec<String> {
        let taken = self.profile.taken().into_values();
        taken
            .filter_map(|token| match token {
                TokenProfile::Native(denom) => Some(denom.clone()),
                TokenProfile::Cw20(_) | TokenProfile::Existing(_) => None,
            })
            .collect()
    }
}
