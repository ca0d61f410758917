#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]

mod account;
mod chain;
mod collateral;
pub mod contract;
mod delegate;
mod dollar;
mod donate;
pub mod error;
mod fees;
mod lanes;
mod liquidate;
mod market;
mod mint;
mod params;
mod poll;
mod pools;
mod position;
mod prices;
mod quarantine;
mod query;
mod receive;
mod rewards;
pub mod state;
mod undelegate;
mod weights;

pub use error::ContractError;
