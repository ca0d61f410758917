//! What the lens answers when it refuses.

use ballast_kit::MigrateError;
use ballast_types::address::InvalidAddress;
use cosmwasm_std::{Addr, StdError};
use cw_utils::PaymentError;
use thiserror::Error;

/// Everything that can go wrong, beside what the manager would refuse.
#[derive(Error, Debug, PartialEq)]
#[allow(missing_docs, reason = "each text says what its fields are")]
pub enum ContractError {
    #[error("{0}")]
    Std(#[from] StdError),
    #[error("{0}")]
    Migrate(#[from] MigrateError),
    #[error("Payment: {0}")]
    Payment(#[from] PaymentError),
    #[error(transparent)]
    InvalidAddress(#[from] InvalidAddress),
    #[error("{0}")]
    Pools(#[from] ballast_pools::Refusal),
    #[error("NotTheManager: {manager} is {found}, this lens reads {expected}")]
    NotTheManager {
        manager: Addr,
        found: String,
        expected: String,
    },
}

#[cfg(test)]
mod tests {
    /// Frontends match on the name.
    #[test]
    fn every_text_begins_with_the_name_of_its_variant() {
        let count = ballast_testing::errors_begin_with_their_names(include_str!("error.rs"));
        assert_eq!(count, 6);
    }
}
