//! Why a message is refused.

use ballast_kit::{ControlsError, MigrateError, UnknownHook};
use ballast_math::MathError;
use ballast_types::{address::InvalidAddress, oracle::PriceError};
use cosmwasm_std::{Addr, Decimal, StdError, Uint128};
use cw_utils::PaymentError;
use thiserror::Error;

/// Every text begins with the name of its variant: on a chain, only the text is seen.
#[derive(Error, Debug, PartialEq)]
#[allow(missing_docs, reason = "each text says what its fields are")]
pub enum ContractError {
    #[error("{0}")]
    Std(#[from] StdError),
    #[error("Payment: {0}")]
    Payment(#[from] PaymentError),
    #[error(transparent)]
    Controls(#[from] ControlsError),
    #[error(transparent)]
    Price(#[from] PriceError),
    #[error(transparent)]
    Math(#[from] MathError),
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    #[error(transparent)]
    InvalidAddress(#[from] InvalidAddress),
    #[error(transparent)]
    UnknownHook(#[from] UnknownHook),

    #[error("UnknownMarket: there is no market {market_ref:?}")]
    UnknownMarket { market_ref: String },
    #[error("DuplicateMarket: there is a market {market_ref:?} already")]
    DuplicateMarket { market_ref: String },
    #[error("InvalidRef: {market_ref:?} is not 1 to 32 characters of A-Z a-z 0-9 . - _ /")]
    InvalidRef { market_ref: String },
    #[error("InvalidName: {name:?} is not 1 to 64 bytes long")]
    InvalidName { name: String },
    #[error("UnknownAsset: the oracle does not know {asset}")]
    UnknownAsset { asset: String },
    #[error("InvalidTerms: {reason}")]
    InvalidTerms { reason: &'static str },

    #[error("NotTheDollar: {token} is not the pools' dollar")]
    NotTheDollar { token: Addr },
    #[error("ZeroAmount: an amount is zero")]
    ZeroAmount {},
    #[error("NothingBought: {usd} dollar units, the fee taken off, buy no unit")]
    NothingBought { usd: Uint128 },
    #[error("FeeTooHigh: the fee is {fee} now, above {max} nothing is bought")]
    FeeTooHigh { fee: Decimal, max: Decimal },
    #[error("Retiring: {asset} is retired, or will be at a price that is known")]
    Retiring { asset: String },
    #[error("CapExceeded: all units would be worth {worth}, the cap is {cap}")]
    CapExceeded { worth: Uint128, cap: Uint128 },
    #[error("NotBacked: {needed} must be withdrawable after it, {credit} would be")]
    NotBacked { credit: Uint128, needed: Uint128 },
    #[error("Slippage: {got} is less than the {min} asked for")]
    Slippage { got: Uint128, min: Uint128 },

    #[error("NothingToSell: no unit would be sold")]
    NothingToSell {},
    #[error("InsufficientUnits: {asked} units are more than the {held} there are")]
    InsufficientUnits { held: Uint128, asked: Uint128 },
    #[error("NothingOwed: nothing waits to be paid")]
    NothingOwed {},
    #[error("NothingPaid: there is no credit now, {owed} stay owed")]
    NothingPaid { owed: Uint128 },

    #[error("TooMany: {given} were asked, {max} are answered at once")]
    TooMany { given: usize, max: usize },
    #[error("UnknownReply: no submessage has the id {id}")]
    UnknownReply { id: u64 },
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_begin_with_their_variant() {
        let count = ballast_testing::errors_begin_with_their_names(include_str!("error.rs"));
        assert_eq!(count, 28);
    }
}
