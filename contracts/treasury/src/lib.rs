//! Ballast.
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]

pub mod contract;
pub mod error;

pub use error::ContractError;
