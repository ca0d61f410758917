//! The message that is sent along with a cw20.

use cosmwasm_std::{Binary, from_json};
use serde::de::DeserializeOwned;
use thiserror::Error;

/// A message that the receiving contract does not know.
#[derive(Error, Debug, Clone, PartialEq, Eq)]
#[error("UnknownHook: {reason}")]
pub struct UnknownHook {
    /// What is wrong with it.
    pub reason: String,
}

/// Reads a hook, or answers a typed error: the standard library's has no name.
pub fn parse<T: DeserializeOwned>(hook: &Binary) -> Result<T, UnknownHook> {
    from_json(hook).map_err(|error| UnknownHook {
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_has_a_name() {
        assert_eq!(parse::<u8>(&Binary::from(b"7")), Ok(7));
        let error = parse::<u8>(&Binary::from(b"{}")).unwrap_err();
        assert!(error.to_string().starts_with("UnknownHook: "), "{error}");
    }
}
