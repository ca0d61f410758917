//! Addresses as they arrive in messages.

use cosmwasm_std::{Addr, Api};
use thiserror::Error;

/// A text that is no address of this chain.
#[derive(Error, Debug, Clone, PartialEq, Eq)]
#[error("InvalidAddress: {address:?} is no address: {reason}")]
pub struct InvalidAddress {
    /// As it arrived.
    pub address: String,
    /// What the chain says of it.
    pub reason: String,
}

/// A valid address, or a typed error: the chain's own has no name.
pub fn valid(api: &dyn Api, text: &str) -> Result<Addr, InvalidAddress> {
    api.addr_validate(text).map_err(|error| InvalidAddress {
        address: text.to_owned(),
        reason: error.to_string(),
    })
}

/// The sender when nobody is named.
pub fn valid_or(api: &dyn Api, text: Option<&str>, sender: &Addr) -> Result<Addr, InvalidAddress> {
    text.map_or_else(|| Ok(sender.clone()), |text| valid(api, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::MockApi;

    #[test]
    fn only_addresses_of_the_chain() {
        let api = MockApi::default();
        let sender = api.addr_make("sender");
        let other = api.addr_make("other");
        assert_eq!(valid_or(&api, None, &sender).unwrap(), sender);
        assert_eq!(
            valid_or(&api, Some(other.as_str()), &sender).unwrap(),
            other
        );
        for text in ["", "alice", "cosmwasm1alice", "osmo1x"] {
            let error = valid(&api, text).unwrap_err();
            assert!(error.to_string().starts_with("InvalidAddress: "), "{error}");
        }
    }
}
