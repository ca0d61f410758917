//! Ballast on an embedded chain, deployed from one declarative profile.
//!
//! Contract tests, stories, the `ballast` command and the benchmarks all stand in the same
//! [`World`]: a chain in memory with every contract on it, accounts with names, and price
//! feeds that go on pushing while time passes.
//!
//! ```
//! use ballast_sim::{Profile, World};
//! use serde_json::json;
//!
//! # fn main() -> anyhow::Result<()> {
//! let mut world = World::deploy(&Profile::find("devita")?)?;
//! let teddy = world.account("teddy");
//! let minter = world.contract("synth-minter")?;
//!
//! let life = world.coins("LIFE", "9 LIFE")?;
//! world.execute(&teddy, &minter, &json!({"deposit": {}}), &life)?;
//! world.execute(&teddy, &minter, &json!({"mint": {}}), &[])?;
//! assert_eq!(world.balance(&teddy, "LUSD")?.u128(), 1_000_000);
//! # Ok(())
//! # }
//! ```
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::indexing_slicing
    )
)]

pub mod amount;
pub mod benchmark;
pub mod conform;
mod contracts;
mod error;
mod feeds;
pub mod invariants;
mod kind;
pub mod plan;
pub mod profile;
mod scale;
mod snapshot;
mod storage;
mod world;

pub use error::error_name;
pub use feeds::Feeds;
pub use kind::ContractKind;
pub use plan::{Deployed, Names, Plan, Step};
pub use profile::{Profile, ProfileError};
pub use scale::{NotAScale, Scale};
pub use snapshot::Snapshot;
pub use storage::{Access, AccessKind, Counts, SharedStorage};
pub use world::{Chain, World};
