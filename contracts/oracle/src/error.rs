//! Why a message is refused.

use ballast_kit::{ControlsError, MigrateError};
use ballast_math::MathError;
use ballast_types::oracle::PriceError;
use cosmwasm_std::StdError;
use cw_utils::PaymentError;
use thiserror::Error;

/// Why a message is refused.
#[derive(Error, Debug, PartialEq)]
pub enum ContractError {
    /// A storage or query fault.
    #[error("{0}")]
    Std(#[from] StdError),
    /// Funds that the message does not take.
    #[error("Payment: {0}")]
    Payment(#[from] PaymentError),
    /// Owner or guardian.
    #[error("{0}")]
    Controls(#[from] ControlsError),
    /// A migration from another contract or a newer version.
    #[error("{0}")]
    Migrate(#[from] MigrateError),
    /// A number that cannot be represented.
    #[error("{0}")]
    Math(#[from] MathError),
    /// No price to answer with.
    #[error("{0}")]
    Price(#[from] PriceError),
}
