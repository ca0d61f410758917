#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]

mod accept_synth;
mod account;
mod burn;
mod collateral;
pub mod contract;
mod deposit;
mod due;
pub mod error;
mod events;
mod exchange;
mod flag;
mod hedge;
mod liquidate;
mod mint;
mod params;
mod payouts;
mod position;
mod receive;
mod registry;
mod reply;
mod state;
mod withdraw;
