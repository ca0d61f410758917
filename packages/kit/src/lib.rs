//! What every Ballast contract shares, so that each has it in the same words.
//!
//! - [`controls`]: the two-step owner, the guardian who may only switch operations off, and
//!   the switches.
//! - [`migrate`]: a migration that checks the name and the version it comes from.
//! - [`reply`]: the response data of a submessage.
//! - [`hook`]: the message that is sent along with a cw20.
//! - [`page`]: how long a page of a query may be.
//!
//! And, on a chain, the allocator: one that never frees.
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]

#[cfg(target_arch = "wasm32")]
mod allocator;
pub mod controls;
pub mod hook;
pub mod migrate;
pub mod page;
pub mod reply;

pub use controls::{Controls, ControlsError};
pub use hook::UnknownHook;
pub use migrate::MigrateError;
