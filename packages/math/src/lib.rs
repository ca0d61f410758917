//! The arithmetic that decides money in Ballast: pure functions, no storage, no panics.
//!
//! Three habits hold everywhere:
//!
//! - **The direction of rounding is in the name.** `…_floor` and `…_ceil`, and a caller who
//!   forgets which one he needs cannot write the line. What a user owes, pays or must lock
//!   rounds up; what he gets, is credited or may take rounds down.
//! - **Round once**, where tokens move or a ratio is read. Until then numbers are exact:
//!   [`Value`] is a whole number of 1e-36 dollars, [`Exact`] is a fraction.
//! - **What cannot be represented is a [`MathError`]**, never a wrap and never a panic.
//!
//! | module | what it computes |
//! | --- | --- |
//! | [`mod@rounding`] | products and quotients through 512-bit intermediates |
//! | [`mod@value`] | dollars, exactly |
//! | [`mod@exact`] | fractions of unbounded integers, for formulas that divide by ratios |
//! | [`mod@shares`] | the debt pool's shares |
//! | [`mod@index`] | an amount per share, accumulated, with the remainder carried |
//! | [`mod@distribution`] | one link of Market → Pool → Vault → Account: debt and fees over shares |
//! | [`mod@market`] | a market's books: its debt, who was given it, its credit |
//! | [`mod@pool`] | what a pool puts behind its markets, and what its vaults carry |
//! | [`mod@vault`] | the positions in a vault, and their liquidation |
//! | [`mod@fees`] | cuts of a pool's fees, and reward streams |
//! | [`mod@position`] | borrowing capacity, the flag line, the ratio |
//! | [`mod@liquidation`] | how much is repaid and seized, and who gets it |
//! | [`mod@volatility`] | the oracle's volatility number, its average, the exchange fee |
//! | [`mod@rolling`] | a rolling limit over a period |
//! | [`mod@stored`] | how a record is stored |
//! | [`mod@stability`] | DUCA's stability pool: swaps, burns, contraction, par, liquidity |

#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::as_conversions))]

pub mod distribution;
pub mod error;
pub mod exact;
pub mod fees;
pub mod index;
pub mod liquidation;
pub mod market;
pub mod pool;
pub mod position;
pub mod rolling;
pub mod rounding;
pub mod shares;
pub mod stability;
pub mod stored;
pub mod value;
pub mod vault;
pub mod volatility;

pub use distribution::Distribution;
pub use error::MathError;
pub use exact::Exact;
pub use index::{Accrued, Index};
pub use rolling::{RollingLimit, Window};
pub use shares::SharePool;
pub use stability::StabilityPool;
pub use value::Value;

/// The most decimals an asset may have.
pub const MAX_DECIMALS: u8 = 18;
