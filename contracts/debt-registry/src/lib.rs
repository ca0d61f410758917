#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]

pub mod contract;
pub mod error;
pub mod pool;
pub mod state;

mod add_synth;
mod burn_usd;
mod donate;
mod events;
mod exchange;
mod issue;
mod liquidate;
mod mint_fees;
mod mint_usd;
mod query;
mod repay;
mod solvency;
mod tokens;

pub use error::ContractError;
