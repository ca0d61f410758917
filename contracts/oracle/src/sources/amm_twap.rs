//! A pool that keeps cumulative prices in the way of Astroport's constant-product pairs.
//!
//! For each direction the pair accumulates `seconds · 10^6 · to / from`, both balances in base
//! units, wraps at 2^128, and answers the sum as of now. The average of two points is their
//! difference over the time between them:
//!
//! ```text
//! price = (c − c₀) / (t − t₀) / 10^6 · 10^(base decimals − quote decimals) · price of the quote
//! ```
//!
//! Pairs of other kinds accumulate prices of whole tokens; they give the same number only where
//! base and quote have the same decimals.

use ballast_math::rounding::{div_floor_512, narrow, pow10, to_u128};
use ballast_types::{Token, oracle::PRICES, price::PriceAnswer};
use cosmwasm_std::{Addr, Decimal, QuerierWrapper, Storage, Uint128, Uint512};
use serde::{Deserialize, Serialize};

use super::Skip;
use crate::state::{Point, Points};

/// Digits of the accumulator.
const PRECISION: u8 = 6;
/// The average is over at most so many windows.
const LONGEST: u64 = 4;
/// Each addition to the accumulator drops a fraction, at most once a second; an average of less
/// than this a second could be wrong by more than a hundredth.
const LEAST_PER_SECOND: u128 = 100;

/// The pair's question.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Question {
    /// The accumulators as of now.
    CumulativePrices {},
}

/// The part of the pair's answer that is read.
#[derive(Deserialize)]
struct Answer {
    cumulative_prices: Vec<(AssetInfo, AssetInfo, Uint128)>,
}

/// A token in the pair's words.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum AssetInfo {
    Token { contract_addr: String },
    NativeToken { denom: String },
}

impl AssetInfo {
    fn is(&self, token: &Token) -> bool {
        match (self, token) {
            (Self::NativeToken { denom }, Token::Native(other)) => denom == other,
            (Self::Token { contract_addr }, Token::Cw20(other)) => contract_addr == other.as_str(),
            _ => false,
        }
    }
}

/// An average of the pool: how far its accumulator went, in how many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Average {
    /// What was accumulated.
    pub accumulated: Uint128,
    /// Over how long.
    pub elapsed_secs: u64,
}

/// The price and decimals of the quote asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotePrice {
    /// USD for one whole token.
    pub price: Decimal,
    /// Decimals of the token.
    pub decimals: u8,
}

/// Asks the pair for its accumulator of `base` in `quote`.
pub fn ask(
    querier: QuerierWrapper,
    pair: &Addr,
    base: &Token,
    quote: &Token,
    now: u64,
) -> Result<Point, Skip> {
    let answer: Answer = querier
        .query_wasm_smart(pair, &Question::CumulativePrices {})
        .map_err(|_| Skip::NoAnswer)?;
    answer
        .cumulative_prices
        .into_iter()
        .find(|(from, to, _)| from.is(base) && to.is(quote))
        .map(|(_, _, cumulative)| Point {
            time: now,
            cumulative,
        })
        .ok_or(Skip::NoAnswer)
}

/// Moves the two points along and gives the average up to the newest: over at least `window_secs`
/// and at most four times as long. With less behind it the pool is warming up; with more it
/// starts anew.
pub fn advance(
    points: &mut Option<Points>,
    newest: Point,
    window_secs: u64,
) -> Result<Average, Skip> {
    let Some(kept) = points else {
        *points = Some(Points {
            older: newest,
            newer: None,
        });
        return Err(Skip::WarmingUp);
    };
    match kept.newer {
        None if kept.older.time < newest.time => kept.newer = Some(newest),
        Some(newer) if newest.age_of(newer) >= window_secs => {
            *kept = Points {
                older: newer,
                newer: Some(newest),
            };
        }
        _ => {}
    }
    let elapsed_secs = newest.age_of(kept.older);
    if elapsed_secs > window_secs.saturating_mul(LONGEST) {
        let older = kept.newer.unwrap_or(newest);
        *kept = Points {
            older,
            newer: (older.time < newest.time).then_some(newest),
        };
        return Err(Skip::WarmingUp);
    }
    if elapsed_secs < window_secs {
        return Err(Skip::WarmingUp);
    }
    Ok(Average {
        accumulated: newest.cumulative.wrapping_sub(kept.older.cumulative),
        elapsed_secs,
    })
}

/// The strict price of the quote asset, as it stands in this oracle.
pub fn quote_price(storage: &dyn Storage, asset: &str, now: u64) -> Result<QuotePrice, Skip> {
    let record = PRICES
        .may_load(storage, asset)
        .ok()
        .flatten()
        .ok_or(Skip::NoQuotePrice)?;
    Ok(QuotePrice {
        price: record.strict(asset, now).map_err(|_| Skip::NoQuotePrice)?,
        decimals: record.decimals,
    })
}

/// The price of a whole base token in USD, rounded down.
pub fn price(
    average: Average,
    decimals: u8,
    quote: QuotePrice,
    now: u64,
) -> Result<PriceAnswer, Skip> {
    let least = Uint128::from(average.elapsed_secs)
        .checked_mul(Uint128::new(LEAST_PER_SECOND))
        .map_err(|_| Skip::Imprecise)?;
    if average.accumulated < least {
        return Err(Skip::Imprecise);
    }
    Ok(PriceAnswer {
        price: in_dollars(average, decimals, quote).ok_or(Skip::OutOfRange)?,
        published_at: now,
        confidence: None,
    })
}

fn in_dollars(average: Average, decimals: u8, quote: QuotePrice) -> Option<Decimal> {
    let dollars = average.accumulated.full_mul(quote.price.atomics());
    let numerator = Uint512::from(dollars)
        .checked_mul(pow10(decimals).ok()?.into())
        .ok()?;
    let denominator = Uint512::from(average.elapsed_secs)
        .checked_mul(pow10(quote.decimals.checked_add(PRECISION)?).ok()?.into())
        .ok()?;
    let atomics = narrow(div_floor_512(numerator, denominator).ok()?).ok()?;
    Some(Decimal::new(to_u128(atomics).ok()?))
}

impl Point {
    const fn age_of(&self, earlier: Self) -> u64 {
        self.time.saturating_sub(earlier.time)
    }
}
