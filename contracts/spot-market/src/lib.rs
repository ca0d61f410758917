#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]

pub mod contract;
pub mod error;
pub mod state;

mod admin;
mod buy;
mod claim;
mod events;
mod manager;
mod query;
mod quote;
mod report;
mod sell;

pub use error::ContractError;
