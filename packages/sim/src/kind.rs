//! Which contracts there are.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of contract: one code, one message schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContractKind {
    /// Prices.
    Oracle,
    /// The only minter of every synth.
    DebtRegistry,
    /// Staking, minting, liquidation, exchange.
    SynthMinter,
    /// Fees, penalties, seigniorage, insurance.
    Treasury,
    /// DUCA: swaps, Reserve, par.
    StabilityPool,
    /// LPs, vaults, pools and the books of markets.
    PoolManager,
    /// What people ask about pools.
    PoolLens,
    /// Incentives and cuts.
    RewardsDistributor,
    /// A market: units of assets for the pools' dollar.
    SpotMarket,
    /// A market that answers whatever it is told, for trials.
    HostileMarket,
    /// cw20-base: synths, DUCA, LPD, and what a deployment takes as money.
    Cw20,
}

impl ContractKind {
    /// All, in the order in which their codes are stored.
    pub const ALL: [Self; 11] = [
        Self::Oracle,
        Self::DebtRegistry,
        Self::SynthMinter,
        Self::Treasury,
        Self::StabilityPool,
        Self::PoolManager,
        Self::PoolLens,
        Self::RewardsDistributor,
        Self::SpotMarket,
        Self::HostileMarket,
        Self::Cw20,
    ];

    /// Its name: what its contract is called, where there is one of it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Oracle => "oracle",
            Self::DebtRegistry => "debt-registry",
            Self::SynthMinter => "synth-minter",
            Self::Treasury => "treasury",
            Self::StabilityPool => "stability-pool",
            Self::PoolManager => "pool-manager",
            Self::PoolLens => "pool-lens",
            Self::RewardsDistributor => "rewards-distributor",
            Self::SpotMarket => "spot-market",
            Self::HostileMarket => "hostile-market",
            Self::Cw20 => "cw20",
        }
    }
}

impl fmt::Display for ContractKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
