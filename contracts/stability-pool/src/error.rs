//! What the pool answers when it refuses.

use ballast_kit::{ControlsError, MigrateError, UnknownHook};
use ballast_math::MathError;
use ballast_types::{address::InvalidAddress, oracle::PriceError};
use cosmwasm_std::{Addr, Decimal, Decimal256, OverflowError, StdError, Uint128};
use cw_utils::PaymentError;
use thiserror::Error;

/// Every text begins with the name of its variant: on a chain, only the text is seen.
#[derive(Error, Debug, PartialEq)]
#[allow(missing_docs, reason = "each text says what its fields are")]
pub enum ContractError {
    #[error("{0}")]
    Std(#[from] StdError),
    #[error("{0}")]
    Math(#[from] MathError),
    #[error("{0}")]
    Price(#[from] PriceError),
    #[error("{0}")]
    Controls(#[from] ControlsError),
    #[error("{0}")]
    Migrate(#[from] MigrateError),
    #[error("Payment: {0}")]
    Payment(#[from] PaymentError),
    #[error(transparent)]
    InvalidAddress(#[from] InvalidAddress),
    #[error(transparent)]
    UnknownHook(#[from] UnknownHook),

    #[error("InvalidParams: {reason}")]
    InvalidParams { reason: String },
    #[error("UnknownAsset: the oracle does not know {asset}")]
    UnknownAsset { asset: String },
    #[error(
        "WeakPrice: {min_sources} sources make the price of {asset}, and {others} of its sources \
         are no pools with cumulative prices: three sources or such a pool must be live"
    )]
    WeakPrice {
        asset: String,
        min_sources: u8,
        others: usize,
    },
    #[error("DecimalsMismatch: {token} has {found} decimals, the oracle says {expected}")]
    DecimalsMismatch {
        token: String,
        expected: u8,
        found: u8,
    },
    #[error("UnknownReply: no submessage has the id {id}")]
    UnknownReply { id: u64 },

    #[error("NotAnAmo: {sender} does not have the AMO role")]
    NotAnAmo { sender: Addr },
    #[error("DuplicateAmo: {address} has the AMO role already")]
    DuplicateAmo { address: Addr },
    #[error("UnknownAmo: {address} does not have the AMO role")]
    UnknownAmo { address: Addr },

    #[error("UnknownToken: {token} cannot be used for this")]
    UnknownToken { token: Addr },
    #[error("NotNative: DCM is {token}, which is sent with a message rather than along with one")]
    NotNative { token: String },
    #[error("ZeroAmount: nothing to do with nothing")]
    ZeroAmount {},
    #[error("TooMany: {given} swaps, at most {max} at once")]
    TooMany { given: usize, max: usize },

    #[error("RoundsApart: the rounds of {first} and {second} are {gap} s apart, at most {max} s")]
    RoundsApart {
        first: String,
        second: String,
        gap: u64,
        max: u64,
    },
    #[error("Retiring: {asset} is retired, or will be at a price that is known")]
    Retiring { asset: String },

    #[error("NothingOut: it would give nothing")]
    NothingOut {},
    #[error("Slippage: {got} of {token} is less than the {min} asked for")]
    Slippage {
        token: &'static str,
        got: Uint128,
        min: Uint128,
    },
    #[error("EmptiesPool: {leaves} DCM would leave the pool, which has {held}")]
    EmptiesPool { leaves: Uint128, held: Uint128 },
    #[error("ExceedsSupply: there are {supply} LPD, {lpd} were asked about")]
    ExceedsSupply { supply: Uint128, lpd: Uint128 },
    #[error("NoShares: {amount} DCM buy no LPD")]
    NoShares { amount: Uint128 },

    #[error("OutsideBand: {price} is {spot}, more than {band} away from its average {average}")]
    OutsideBand {
        price: &'static str,
        spot: Decimal256,
        average: Decimal256,
        band: Decimal,
    },
    #[error("LimitExceeded: {asked} of {limit}, within 24 hours at most {headroom} more")]
    LimitExceeded {
        limit: &'static str,
        headroom: Uint128,
        asked: Uint128,
    },
    #[error("ParLimitExceeded: par would rise by {rise}, within 24 hours at most by {headroom}")]
    ParLimitExceeded {
        headroom: Decimal256,
        rise: Decimal256,
    },
    #[error("MintBelowPrice: DUCA stands at {price}, below {least} none is minted")]
    MintBelowPrice { price: Decimal256, least: Decimal },
    #[error("MintBelowCover: market cover would be {cover}, below {least} none is minted")]
    MintBelowCover { cover: Decimal256, least: Decimal },

    #[error("TooEarly: the next one is due at {at}, now is {now}")]
    TooEarly { at: u64, now: u64 },
    #[error("NothingToBurn: the pool has no DUCA")]
    NothingToBurn {},
    #[error(
        "NotInExcess: {duca} DUCA beside DCM worth {dcm_in_duca} are no more than a tenth of the \
         pool"
    )]
    NotInExcess { duca: Uint128, dcm_in_duca: Uint128 },
    #[error("NothingDue: no seigniorage waits to be paid")]
    NothingDue {},
}

/// A sum or a difference of amounts that does not exist is a fault of arithmetic like any other.
impl From<OverflowError> for ContractError {
    fn from(error: OverflowError) -> Self {
        Self::Math(error.into())
    }
}

#[cfg(test)]
mod tests {
    /// Reads this file: whatever variant comes next, its text begins with its name, or with that
    /// of the error it wraps.
    #[test]
    fn every_text_begins_with_the_name_of_its_variant() {
        let count = ballast_testing::errors_begin_with_their_names(include_str!("error.rs"));
        assert!(count > 30, "{count} variants were found");
    }
}
