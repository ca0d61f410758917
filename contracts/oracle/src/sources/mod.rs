//! Pull sources: what `poke` asks, and what it makes of the answers.
//!
//! A source that errs or answers nonsense is skipped with a reason, and what it said before
//! stands until it is too old. Errors and panics of the contract that is asked are contained in
//! its query. One that loops burns the gas of the poke, and of the poke only: prices come by
//! `push` meanwhile, and the guardian may switch the source off.

pub mod amm_twap;
pub mod external;
pub mod pyth;

use std::fmt;

use ballast_types::price::PriceAnswer;
use cosmwasm_std::Deps;

use crate::state::{CheckedKind, Observation, in_range};

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// The query failed, or its answer is in another form.
    NoAnswer,
    /// Zero, negative, out of range, or not to be represented.
    OutOfRange,
    /// Published after block time.
    FromTheFuture,
    /// A pool whose average needs more time.
    WarmingUp,
    /// A pool whose accumulator has too few digits for the price.
    Imprecise,
    /// A pool whose quote asset has no strict price now.
    NoQuotePrice,
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAnswer => "no answer",
            Self::OutOfRange => "out of range",
            Self::FromTheFuture => "from the future",
            Self::WarmingUp => "warming up",
            Self::Imprecise => "imprecise",
            Self::NoQuotePrice => "no quote price",
        })
    }
}

/// Asks a pull source and keeps what it says. `decimals` are those of the asset that is priced.
pub fn ask(
    deps: Deps,
    kind: &CheckedKind,
    decimals: u8,
    observed: &mut Observation,
    now: u64,
) -> Result<(), Skip> {
    let answer = match kind {
        CheckedKind::Push { .. } | CheckedKind::Fixed { .. } => return Ok(()),
        CheckedKind::Pyth { contract, price_id } => pyth::ask(deps.querier, contract, price_id)?,
        CheckedKind::External { contract, asset } => external::ask(deps.querier, contract, asset)?,
        CheckedKind::AmmTwap {
            pair,
            base,
            quote,
            quote_asset,
            window_secs,
        } => {
            let point = amm_twap::ask(deps.querier, pair, base, quote, now)?;
            let average = amm_twap::advance(&mut observed.points, point, *window_secs)?;
            let quote = amm_twap::quote_price(deps.storage, quote_asset, now)?;
            amm_twap::price(average, decimals, quote, now)?
        }
    };
    observed.said = Some(sane(answer, now)?);
    Ok(())
}

fn sane(answer: PriceAnswer, now: u64) -> Result<PriceAnswer, Skip> {
    if !in_range(answer.price) {
        return Err(Skip::OutOfRange);
    }
    if answer.published_at > now {
        return Err(Skip::FromTheFuture);
    }
    Ok(answer)
}
