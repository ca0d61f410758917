//! Why a message or a question is refused.

use ballast_kit::{ControlsError, MigrateError};
use ballast_math::MathError;
use ballast_types::{
    address::InvalidAddress,
    oracle::{MAX_PRICE, MIN_PRICE, PriceError},
};
use cosmwasm_std::{Addr, Decimal, StdError};
use cw_utils::PaymentError;
use thiserror::Error;

/// Why a message or a question is refused.
#[derive(Error, Debug, PartialEq)]
pub enum ContractError {
    /// A storage or query fault.
    #[error(transparent)]
    Std(#[from] StdError),
    /// No message takes funds.
    #[error("Payment: {0}")]
    Payment(#[from] PaymentError),
    /// Neither owner nor guardian.
    #[error(transparent)]
    Controls(#[from] ControlsError),
    /// A migration from another contract or from a version that is not older.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// A number that cannot be represented.
    #[error(transparent)]
    Math(#[from] MathError),
    /// No price or round to answer with.
    #[error(transparent)]
    Price(#[from] PriceError),
    /// An address the chain refuses.
    #[error(transparent)]
    InvalidAddress(#[from] InvalidAddress),
    /// Rounds without a pause between them.
    #[error("InvalidRoundInterval: the round interval must be at least one second")]
    InvalidRoundInterval {},
    /// A list without entries, or a change that changes nothing.
    #[error("Empty: {what} is empty")]
    Empty {
        /// Which list.
        what: &'static str,
    },
    /// More entries than one message may have.
    #[error("TooMany: {count} entries, at most {max} are allowed")]
    TooMany {
        /// How many were sent.
        count: usize,
        /// How many may be.
        max: usize,
    },
    /// The same asset twice in one message.
    #[error("Duplicate: {asset} appears twice")]
    Duplicate {
        /// The asset.
        asset: String,
    },
    /// No such asset.
    #[error("UnknownAsset: {asset} is not known here")]
    UnknownAsset {
        /// As sent.
        asset: String,
    },
    /// The id is taken.
    #[error("DuplicateAsset: {asset} exists already")]
    DuplicateAsset {
        /// The asset.
        asset: String,
    },
    /// Not 1 to 32 of the allowed characters.
    #[error("InvalidAssetId: {asset:?} is not 1 to 32 characters of A-Z a-z 0-9 . - _ /")]
    InvalidAssetId {
        /// As sent.
        asset: String,
    },
    /// More than 18 decimals.
    #[error("TooManyDecimals: {decimals} decimals are more than the 18 allowed")]
    TooManyDecimals {
        /// As sent.
        decimals: u8,
    },
    /// A rule that cannot work.
    #[error("InvalidRule: {reason}")]
    InvalidRule {
        /// Which figure and why.
        reason: String,
    },
    /// Sources that cannot work.
    #[error("InvalidSources: {reason}")]
    InvalidSources {
        /// Which source and why.
        reason: String,
    },
    /// The sender is not the feeder of a push source of the asset.
    #[error("NotAFeeder: {sender} is no feeder of {asset}")]
    NotAFeeder {
        /// The asset.
        asset: String,
        /// Who sent the message.
        sender: Addr,
    },
    /// Below the lowest or above the highest price.
    #[error(
        "PriceOutOfRange: {asset} at {price} is not from {min} to {max}",
        min = MIN_PRICE,
        max = MAX_PRICE
    )]
    PriceOutOfRange {
        /// The asset.
        asset: String,
        /// As sent.
        price: Decimal,
    },
    /// A price that is not yet true.
    #[error("FromTheFuture: the price of {asset} is of {published_at}, now is {now}")]
    FromTheFuture {
        /// The asset.
        asset: String,
        /// As sent.
        published_at: u64,
        /// Block time.
        now: u64,
    },
    /// A price older than the feeder's last.
    #[error(
        "OlderThanLast: the price of {asset} is of {published_at}, the feeder's last of {last}"
    )]
    OlderThanLast {
        /// The asset.
        asset: String,
        /// As sent.
        published_at: u64,
        /// Of the feeder's last.
        last: u64,
    },
    /// The synth is retired: nothing moves its price.
    #[error("Retired: {asset} is retired, its price is final")]
    Retired {
        /// The asset.
        asset: String,
    },
    /// There is no halt to end.
    #[error("NotHalted: {asset} is not halted")]
    NotHalted {
        /// The asset.
        asset: String,
    },
    /// No source of that name.
    #[error("UnknownSource: {asset} has no source {name:?}")]
    UnknownSource {
        /// The asset.
        asset: String,
        /// As sent.
        name: String,
    },
    /// Push and fixed sources cannot be switched.
    #[error("NotAPullSource: source {name:?} of {asset} is not asked by poke, so it has no switch")]
    NotAPullSource {
        /// The asset.
        asset: String,
        /// The source.
        name: String,
    },
    /// No retirement was announced.
    #[error("NotAnnounced: no retirement of {asset} is announced")]
    NotAnnounced {
        /// The asset.
        asset: String,
    },
    /// The notice still runs.
    #[error("TooEarly: {asset} retires at {from} at the earliest, now is {now}")]
    TooEarly {
        /// The asset.
        asset: String,
        /// When it may.
        from: u64,
        /// Block time.
        now: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On a chain only the text of an error is seen: it begins with the variant's name.
    #[test]
    fn texts_begin_with_their_variant() {
        let text = String::new;
        let errors = [
            ContractError::InvalidRoundInterval {},
            ContractError::Empty { what: "it" },
            ContractError::TooMany { count: 65, max: 64 },
            ContractError::Duplicate { asset: text() },
            ContractError::UnknownAsset { asset: text() },
            ContractError::DuplicateAsset { asset: text() },
            ContractError::InvalidAssetId { asset: text() },
            ContractError::TooManyDecimals { decimals: 19 },
            ContractError::InvalidRule { reason: text() },
            ContractError::InvalidSources { reason: text() },
            ContractError::NotAFeeder {
                asset: text(),
                sender: Addr::unchecked(""),
            },
            ContractError::PriceOutOfRange {
                asset: text(),
                price: Decimal::zero(),
            },
            ContractError::FromTheFuture {
                asset: text(),
                published_at: 1,
                now: 0,
            },
            ContractError::OlderThanLast {
                asset: text(),
                published_at: 1,
                last: 2,
            },
            ContractError::Retired { asset: text() },
            ContractError::NotHalted { asset: text() },
            ContractError::UnknownSource {
                asset: text(),
                name: text(),
            },
            ContractError::NotAPullSource {
                asset: text(),
                name: text(),
            },
            ContractError::NotAnnounced { asset: text() },
            ContractError::TooEarly {
                asset: text(),
                from: 1,
                now: 0,
            },
            ContractError::Payment(PaymentError::NonPayable {}),
        ];
        for error in errors {
            let debug = format!("{error:?}");
            let variant = debug.split([' ', '(', '{']).next().unwrap();
            let shown = error.to_string();
            assert!(shown.starts_with(&format!("{variant}: ")), "{shown}");
        }
    }

    #[test]
    fn wrapped_errors_keep_their_own_names() {
        let from_kit = ContractError::from(ControlsError::CannotRenounce {});
        assert!(from_kit.to_string().starts_with("CannotRenounce: "));
        let from_types = ContractError::from(PriceError::NoPrice {
            asset: "A".to_owned(),
        });
        assert!(from_types.to_string().starts_with("NoPrice: "));
    }

    #[test]
    fn the_range_is_told() {
        let error = ContractError::PriceOutOfRange {
            asset: "A".to_owned(),
            price: Decimal::zero(),
        };
        assert_eq!(
            error.to_string(),
            "PriceOutOfRange: A at 0 is not from 0.000000000001 to 1000000000000"
        );
    }
}
