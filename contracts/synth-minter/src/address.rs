//! Addresses as they arrive.

use cosmwasm_std::{Addr, Api};

use crate::error::ContractError;

/// A valid address, or a typed error: the chain's own names no variant.
pub fn valid(api: &dyn Api, text: &str) -> Result<Addr, ContractError> {
    api.addr_validate(text)
        .map_err(|error| ContractError::InvalidAddress {
            address: text.to_owned(),
            reason: error.to_string(),
        })
}

/// The sender when nobody is named.
pub fn valid_or(api: &dyn Api, text: Option<&str>, sender: &Addr) -> Result<Addr, ContractError> {
    text.map_or_else(|| Ok(sender.clone()), |text| valid(api, text))
}
