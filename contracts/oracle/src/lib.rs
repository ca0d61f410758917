#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]

pub mod asset;
pub mod check;
pub mod contract;
pub mod error;
pub mod events;
pub mod halt;
pub mod poke;
pub mod push;
pub mod query;
pub mod retirement;
pub mod round;
pub mod sources;
pub mod state;
pub mod switch;

pub use error::ContractError;
