//! The engine of the pools (DESIGN §6 and §7): state and steps, used by two contracts.
//!
//! The pool manager runs them and saves what they leave; the pool lens runs them over the manager's
//! storage and shows what they would leave. A code that answers every question would be larger than
//! chains take.
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]

pub mod account;
pub mod chain;
pub mod collateral;
pub mod delegate;
pub mod dollar;
pub mod donate;
pub mod error;
pub mod fees;
pub mod lanes;
pub mod liquidate;
pub mod market;
pub mod mint;
pub mod packed;
pub mod params;
pub mod poll;
pub mod pools;
pub mod position;
pub mod prices;
pub mod quarantine;
pub mod query;
pub mod receive;
pub mod rewards;
pub mod rows;
pub mod state;
pub mod undelegate;
pub mod weights;

pub use error::{ContractError, Refusal};
