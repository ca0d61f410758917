//! The oracle: prices are written, then read (DESIGN §3).
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]

pub mod contract;
pub mod error;

pub use error::ContractError;
