//! Why a message is refused.

use ballast_kit::{ControlsError, MigrateError, UnknownHook};
use ballast_math::MathError;
use ballast_types::{Token, address::InvalidAddress};
use cosmwasm_std::{Addr, StdError, Uint128};
use cw_utils::PaymentError;
use thiserror::Error;

/// Why a message is refused.
#[derive(Error, Debug, PartialEq)]
pub enum ContractError {
    /// A storage, query or parsing fault.
    #[error("{0}")]
    Std(#[from] StdError),
    /// Not exactly the coins that the message takes.
    #[error("Payment: {0}")]
    Payment(#[from] PaymentError),
    /// The sender may not do this, or the operation is switched off.
    #[error(transparent)]
    Controls(#[from] ControlsError),
    /// A number that cannot be represented.
    #[error(transparent)]
    Math(#[from] MathError),
    /// The state is not one that this code can take over.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// A text that is no address.
    #[error(transparent)]
    InvalidAddress(#[from] InvalidAddress),
    /// A cw20 came with a message that is not known here.
    #[error(transparent)]
    UnknownHook(#[from] UnknownHook),
    /// An amount of zero.
    #[error("ZeroAmount: the amount is zero")]
    ZeroAmount {},
    /// A token claims to have come and does not say that it is here.
    #[error("NotReceived: {amount} of {token} are not here")]
    NotReceived {
        /// The token.
        token: Token,
        /// What was claimed.
        amount: Uint128,
    },
    /// Everything that lies here is in the books.
    #[error("NothingToBook: {held} of {token} are booked, {balance} are here")]
    NothingToBook {
        /// The token.
        token: Token,
        /// What is booked.
        held: Uint128,
        /// What is here.
        balance: Uint128,
    },
    /// More than there is that is not insurance.
    #[error("InsufficientFunds: {free} of {token} are free, {amount} are needed")]
    InsufficientFunds {
        /// The token.
        token: Token,
        /// What is not insurance.
        free: Uint128,
        /// What was asked.
        amount: Uint128,
    },
    /// Without a limit nothing is spent.
    #[error("NoLimit: {token} has no limit, hence nothing of it is spent")]
    NoLimit {
        /// The token.
        token: Token,
    },
    /// More than may go out now.
    #[error("LimitExceeded: {headroom} of {token} may be spent now, not {amount}")]
    LimitExceeded {
        /// The token.
        token: Token,
        /// What may go out now.
        headroom: Uint128,
        /// What was asked.
        amount: Uint128,
    },
    /// A native coin carries no hook.
    #[error("HookNeedsCw20: {token} cannot be sent with a hook")]
    HookNeedsCw20 {
        /// The token.
        token: Token,
    },
    /// A limit over no time.
    #[error("InvalidLimit: a period of {period_secs} seconds")]
    InvalidLimit {
        /// Its period.
        period_secs: u64,
    },
    /// Not a contract that is covered.
    #[error("NotAuthorized: {contract} is not covered")]
    NotAuthorized {
        /// The address.
        contract: Addr,
    },
}
