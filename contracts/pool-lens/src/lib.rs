#![doc = include_str!("../README.md")]

pub mod contract;
mod error;
mod remote;

pub use error::ContractError;
