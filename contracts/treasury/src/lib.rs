#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]

pub mod contract;
pub mod error;
pub mod state;

mod cover;
mod deposit;
mod events;
mod insure;
mod query;
mod spend;

pub use error::ContractError;
