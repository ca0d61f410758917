//! Every message, query and shared interface of the Ballast contracts.
//!
//! A contract never imports another contract: what two of them say to each other is written
//! here, once. JSON is snake_case; token amounts are strings of base units, prices and ratios
//! are decimal strings, times are whole seconds.
//!
//! | module | whose words |
//! | --- | --- |
//! | [`oracle`] | the price oracle: messages, and the record that contracts read raw |
//! | [`price`] | the standard price query that any contract may answer |
//! | [`debt_registry`] | the only minter of every synth |
//! | [`issuer`] | what the registry and a contract that issues synths say to each other |
//! | [`synth_minter`] | staking, minting, flags, liquidation, exchange |
//! | [`treasury`] | fees, penalties, seigniorage, insurance |
//! | [`stability_pool`] | DUCA: swaps, mint, burn, contraction, liquidity |
//! | [`pool_manager`] | LPs, vaults, pools, the credit of markets, fees and rewards |
//! | [`pool_lens`] | what people ask about pools |
//! | [`market`] | what a market answers, and what it may call |
//! | [`spot_market`] | a market: units of an asset at the oracle's price |
//! | [`rewards_distributor`] | tokens of cuts and incentive streams |
//! | [`mod@address`] | addresses as they arrive |
//! | [`token`] | a native denom or a cw20 |
//! | [`cw20_raw`] | raw reads of a cw20-base |
//! | [`stored`] | records as they are stored |
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]
// What a query answers is named by its schema, which a build for the chain leaves out.
#![cfg_attr(target_arch = "wasm32", allow(unused_imports))]

pub mod address;
mod bag;
pub mod cw20_raw;
pub mod debt_registry;
pub mod issuer;
pub mod market;
pub mod oracle;
pub mod pool_lens;
pub mod pool_manager;
pub mod price;
mod read;
pub mod rewards_distributor;
pub mod spot_market;
pub mod stability_pool;
pub mod synth_minter;
pub mod token;
pub mod treasury;

use cosmwasm_schema::cw_serde;

pub use ballast_math::{
    Value,
    liquidation::{Kind as LiquidationKind, PenaltySplit},
    position::Terms,
    stored, stored_as_array,
};
pub use token::{Token, TokenUnchecked};

/// USD with 18 decimals.
pub type Usd = cosmwasm_std::Decimal256;

/// Nothing: the message of a migration that changes no state.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct MigrateMsg {}

/// Who may switch operations off, and which are off now.
#[cw_serde]
pub struct ControlsResponse<O> {
    /// May switch operations off; only the owner switches them on.
    pub guardian: Option<String>,
    /// Operations that are switched off.
    pub off: Vec<O>,
}

/// The most characters an asset id may have.
pub const MAX_ASSET_ID: usize = 32;

/// Whether `asset` can be an asset id: 1 to 32 characters of `A–Z a–z 0–9 . - _ /`.
pub fn is_asset_id(asset: &str) -> bool {
    (1..=MAX_ASSET_ID).contains(&asset.len())
        && asset
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/'))
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::from_json;

    /// A mistyped optional field must not mean its absence: `mint` without an amount mints the
    /// most.
    #[test]
    fn a_mistyped_field_is_an_error() {
        use super::synth_minter::{ExecuteMsg, ReceiveMsg};
        assert!(from_json::<ExecuteMsg>(br#"{"mint":{"amount":"1"}}"#).is_ok());
        assert!(from_json::<ExecuteMsg>(br#"{"mint":{"amout":"1"}}"#).is_err());
        assert!(from_json::<ReceiveMsg>(br#"{"burn":{"to_target":true}}"#).is_ok());
        assert!(from_json::<ReceiveMsg>(br#"{"burn":{"target":true}}"#).is_err());
    }
}
