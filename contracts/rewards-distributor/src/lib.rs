#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]

mod claim;
pub mod contract;
mod divide;
pub mod error;
mod events;
mod fund;
mod funders;
mod open;
mod payout;
mod query;
mod recipients;
mod state;
mod tokens;

pub use error::ContractError;
