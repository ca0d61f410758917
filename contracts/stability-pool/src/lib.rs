#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]

mod amo;
mod burn;
pub mod contract;
mod desk;
mod donate;
pub mod error;
mod events;
mod forward;
mod guards;
mod limiter;
mod market;
mod payment;
mod provide;
mod query;
mod receive;
mod setup;
mod state;
mod swap;
mod withdraw;

pub use error::ContractError;
