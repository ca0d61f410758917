//! The part of a profile that declares pools: the pool manager, and what stands around it.
//!
//! Pools themselves are not declared: anyone creates one, on a deployment as in a story.

use std::collections::BTreeMap;

use ballast_types::{
    Usd,
    pool_manager::{CollateralTerms, Params},
    spot_market::Terms,
};
use cosmwasm_std::{Decimal, Uint128};
use serde::{Deserialize, Serialize};

use super::{Profile, ProfileError, SynthProfile, TokenProfile, invalid};

/// Collaterals, the pools' dollar, its markets and the numbers of pools.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolManagerProfile {
    /// Its numbers.
    #[serde(default)]
    pub params: PoolParamsProfile,
    /// The dollar that markets and LPs mint.
    pub dollar: SynthProfile,
    /// What may be delegated.
    pub collaterals: Vec<PoolCollateralProfile>,
    /// Incentives and cuts. None deploys no rewards distributor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distributor: Option<DistributorProfile>,
    /// Units of assets for dollars. None deploys no spot market.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot_market: Option<SpotMarketProfile>,
    /// Markets that answer whatever they are told, to try pools with: anyone may tell them. For
    /// no chain on which a dollar is worth anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hostile_markets: Vec<HostileMarketProfile>,
}

/// The numbers of the pool manager, as in its `Params`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PoolParamsProfile {
    /// A pool may put at most 1/this dollars of debt behind each dollar of collateral.
    pub min_liquidity_ratio: Decimal,
    /// The shortest delegation time of a pool.
    pub min_delegation_secs: u64,
    /// The longest delegation time of a pool.
    pub max_delegation_secs: u64,
    /// How long a market may hold an exit after `request_exit`.
    pub max_lock_secs: u64,
    /// From a deposit or an undelegation of one's own until one may withdraw.
    pub withdraw_timeout_secs: u64,
    /// What one market contract may need to answer for 16 refs.
    pub poll_gas: u64,
}

impl Default for PoolParamsProfile {
    fn default() -> Self {
        Self {
            min_liquidity_ratio: Decimal::one(),
            min_delegation_secs: 86_400,
            max_delegation_secs: 2_592_000,
            max_lock_secs: 604_800,
            withdraw_timeout_secs: 0,
            poll_gas: 3_000_000,
        }
    }
}

impl From<PoolParamsProfile> for Params {
    fn from(params: PoolParamsProfile) -> Self {
        Self {
            min_liquidity_ratio: params.min_liquidity_ratio,
            min_delegation_secs: params.min_delegation_secs,
            max_delegation_secs: params.max_delegation_secs,
            max_lock_secs: params.max_lock_secs,
            withdraw_timeout_secs: params.withdraw_timeout_secs,
            poll_gas: params.poll_gas,
        }
    }
}

/// What may be delegated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolCollateralProfile {
    /// Asset id.
    pub asset: String,
    /// Its token.
    pub token: TokenProfile,
    /// Its ratios, its penalty, and what keepers get.
    #[serde(default)]
    pub terms: PoolTermsProfile,
    /// The most that may be delegated: `1_000_000 ATOM`, or base units. 10¹² tokens by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<String>,
}

/// Ratios and penalty of a collateral in all pools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PoolTermsProfile {
    /// Collateral value needed per dollar of debt to mint or to leave.
    pub issuance_ratio: Decimal,
    /// Below it a position may be liquidated.
    pub liquidation_ratio: Decimal,
    /// What the liquidation of a last holder takes beyond the debt.
    pub liquidation_penalty: Decimal,
    /// The keeper's part of what goes to peers …
    pub keeper_part: Decimal,
    /// … but not more than this many dollars.
    pub max_keeper_reward: Decimal,
}

impl Default for PoolTermsProfile {
    fn default() -> Self {
        Self {
            issuance_ratio: Decimal::percent(400),
            liquidation_ratio: Decimal::percent(200),
            liquidation_penalty: Decimal::percent(10),
            keeper_part: Decimal::percent(5),
            max_keeper_reward: Decimal::percent(10_000),
        }
    }
}

/// Incentives for LPs, and who shares the cuts of pools' fees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistributorProfile {
    /// Which part of the cuts each account gets; together 1.
    pub recipients: BTreeMap<String, Decimal>,
    /// What incentives may be paid in.
    #[serde(default)]
    pub tokens: Vec<RewardTokenProfile>,
    /// Accounts that may open streams, beside the owner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub funders: Vec<String>,
}

/// What incentives are paid in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewardTokenProfile {
    /// Asset id. It needs no price.
    pub asset: String,
    /// Decimals of its token.
    pub decimals: u8,
    /// The token. One that is a collateral too says the same there.
    pub token: TokenProfile,
}

/// Units of assets for dollars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpotMarketProfile {
    /// Its markets. At the pool manager they are the first, in this order.
    pub markets: Vec<SpotProfile>,
}

/// A market of the spot market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpotProfile {
    /// Its name there and at the pool manager.
    #[serde(rename = "ref")]
    pub market_ref: String,
    /// What people call it.
    pub name: String,
    /// Asset id.
    pub asset: String,
    /// The most its net issuance may be: `1_000_000 dUSD`, or base units.
    pub ceiling: String,
    /// Fees and bounds.
    #[serde(default)]
    pub terms: SpotTermsProfile,
}

/// Fees and bounds of a market of the spot market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpotTermsProfile {
    /// What a trade costs in calm.
    pub base_fee: Decimal,
    /// A purchase that would cost more is refused.
    pub max_fee: Decimal,
    /// A sale costs this at most.
    pub max_exit_fee: Decimal,
    /// The most that all units may be worth: `1_000_000 dUSD`, or base units. 10¹² by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<String>,
    /// How much more than the units are worth pools must stand ready to pay, as a part of it.
    pub headroom: Decimal,
}

impl Default for SpotTermsProfile {
    fn default() -> Self {
        Self {
            base_fee: Decimal::permille(3),
            max_fee: Decimal::permille(15),
            max_exit_fee: Decimal::percent(10),
            cap: None,
            headroom: Decimal::percent(50),
        }
    }
}

/// A market that answers whatever it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostileMarketProfile {
    /// What the contract is called.
    #[serde(default = "hostile_market")]
    pub name: String,
    /// Its markets: the most the net issuance of each ref may be. At the pool manager they follow
    /// those of the spot market, by the order of the contracts and then of the refs.
    pub markets: BTreeMap<String, String>,
}

fn hostile_market() -> String {
    crate::ContractKind::HostileMarket.name().to_owned()
}

impl Profile {
    /// The terms of a pool collateral.
    pub fn pool_terms(
        &self,
        collateral: &PoolCollateralProfile,
    ) -> Result<CollateralTerms, ProfileError> {
        let terms = collateral.terms;
        Ok(CollateralTerms {
            issuance_ratio: terms.issuance_ratio,
            liquidation_ratio: terms.liquidation_ratio,
            liquidation_penalty: terms.liquidation_penalty,
            keeper_part: terms.keeper_part,
            max_keeper_reward: Usd::from(terms.max_keeper_reward),
            cap: self.most(&collateral.asset, collateral.cap.as_deref())?,
        })
    }

    /// The terms of a market of the spot market.
    pub fn spot_terms(
        &self,
        pools: &PoolManagerProfile,
        market: &SpotProfile,
    ) -> Result<Terms, ProfileError> {
        let terms = &market.terms;
        Ok(Terms {
            base_fee: terms.base_fee,
            max_fee: terms.max_fee,
            max_exit_fee: terms.max_exit_fee,
            cap: self.most(&pools.dollar.asset, terms.cap.as_deref())?,
            headroom: terms.headroom,
        })
    }

    /// Every market that the owner registers, in order: contract, ref, ceiling.
    pub fn registered_markets<'a>(
        &self,
        pools: &'a PoolManagerProfile,
    ) -> Result<Vec<(&'a str, &'a str, Uint128)>, ProfileError> {
        let spot = pools.spot_market.iter().flat_map(|spot| &spot.markets);
        let spot = spot.map(|market| {
            let contract = crate::ContractKind::SpotMarket.name();
            (contract, &market.market_ref, &market.ceiling)
        });
        let hostile = pools.hostile_markets.iter().flat_map(|contract| {
            let markets = contract.markets.iter();
            markets.map(|(market_ref, ceiling)| (contract.name.as_str(), market_ref, ceiling))
        });
        spot.chain(hostile)
            .map(|(contract, market_ref, ceiling)| {
                let ceiling = self.amount_of(&pools.dollar.asset, ceiling)?;
                Ok((contract, market_ref.as_str(), ceiling))
            })
            .collect()
    }

    /// Whether what is declared of pools fits the rest.
    pub(super) fn check_pools(&self, pools: &PoolManagerProfile) -> Result<(), ProfileError> {
        self.require_asset("pool_manager.dollar", &pools.dollar.asset)?;
        self.most(&pools.dollar.asset, pools.dollar.ceiling.as_deref())?;
        for collateral in &pools.collaterals {
            self.require_asset("pool_manager.collaterals", &collateral.asset)?;
            self.pool_terms(collateral)?;
        }
        for market in pools.spot_market.iter().flat_map(|spot| &spot.markets) {
            self.require_asset("pool_manager.spot_market", &market.asset)?;
            self.spot_terms(pools, market)?;
        }
        self.registered_markets(pools)?;
        let tokens = pools.distributor.iter().flat_map(|d| &d.tokens);
        for RewardTokenProfile {
            asset, decimals, ..
        } in tokens
        {
            let priced = self.oracle.assets.get(asset);
            if priced.is_some_and(|priced| priced.decimals != *decimals) {
                let problem = format!("{asset} has other decimals among oracle.assets");
                return Err(invalid("pool_manager.distributor.tokens", &problem));
            }
        }
        Ok(())
    }
}
