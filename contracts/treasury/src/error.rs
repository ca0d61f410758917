//! Why a message is refused.

use cosmwasm_std::StdError;
use thiserror::Error;

/// Why a message is refused.
#[derive(Error, Debug, PartialEq)]
pub enum ContractError {
    /// A storage or query fault.
    #[error("{0}")]
    Std(#[from] StdError),
}
