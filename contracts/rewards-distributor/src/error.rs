//! What the distributor answers when it refuses.

use ballast_kit::{ControlsError, MigrateError, UnknownHook};
use ballast_math::MathError;
use ballast_types::{Token, address::InvalidAddress, pool_manager::StreamId};
use cosmwasm_std::{Addr, Decimal, OverflowError, StdError, Uint128};
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
    Controls(#[from] ControlsError),
    #[error("{0}")]
    Migrate(#[from] MigrateError),
    #[error("Payment: {0}")]
    Payment(#[from] PaymentError),
    #[error(transparent)]
    InvalidAddress(#[from] InvalidAddress),
    #[error(transparent)]
    UnknownHook(#[from] UnknownHook),

    #[error("TooManyRecipients: {given} recipients, at most {max}")]
    TooManyRecipients { given: usize, max: usize },
    #[error("DuplicateRecipient: {recipient} is there twice")]
    DuplicateRecipient { recipient: String },
    #[error("ZeroShare: {recipient} has a share of zero")]
    ZeroShare { recipient: String },
    #[error("SharesDoNotSumToOne: the shares sum to {sum}")]
    SharesDoNotSumToOne { sum: Decimal },

    #[error("TokenNotAllowed: {token} is not among the tokens that may be funded")]
    TokenNotAllowed { token: Token },
    #[error("NotAFunder: {sender} may give gifts, and open no streams")]
    NotAFunder { sender: Addr },
    #[error("LabelTooLong: the name of {token} has {length} bytes, at most {max}")]
    LabelTooLong {
        token: Token,
        length: usize,
        max: usize,
    },
    #[error("ZeroAmount: the amount is zero")]
    ZeroAmount {},
    #[error("NotReceived: {owed} of {token} would be owed, {held} are here")]
    NotReceived {
        token: Token,
        owed: Uint128,
        held: Uint128,
    },

    #[error("NoDollar: the pool manager names no dollar")]
    NoDollar {},
    #[error("TooMany: {given} pools, at most {max} at once")]
    TooMany { given: usize, max: usize },
    #[error("NothingDue: nothing waits for {whom}")]
    NothingDue { whom: String },

    #[error("Unauthorized: {sender} is not the pool manager")]
    Unauthorized { sender: Addr },
    #[error("UnknownStream: {stream} is no stream of this distributor")]
    UnknownStream { stream: StreamId },
    #[error("ExceedsFunds: stream {stream} has {left} left, {amount} were asked for")]
    ExceedsFunds {
        stream: StreamId,
        left: Uint128,
        amount: Uint128,
    },
    #[error("BadAnswer: the manager has opened a stream and does not say which: {reason}")]
    BadAnswer { reason: String },
    #[error("StreamMismatch: the manager says {stream}, which is of another target or token")]
    StreamMismatch { stream: StreamId },
    #[error("UnknownReply: no submessage has the id {id}")]
    UnknownReply { id: u64 },
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
        assert_eq!(count, 25);
    }
}
