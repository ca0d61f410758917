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
use ballast_types::{Token, price::PriceAnswer};
use cosmwasm_std::{Addr, Decimal, QuerierWrapper, Storage, Uint128, Uint512};
use serde::{Deserialize, Serialize};

use super::Skip;
use crate::state::{self, Point, Points};

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
    let record = state::record(storage, asset)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use std::str::FromStr;

    fn point(time: u64, cumulative: u128) -> Point {
        Point {
            time,
            cumulative: cumulative.into(),
        }
    }

    /// A pool that accumulates one million a second, polled at times with a window of 10: what
    /// each poll averages over.
    #[rstest]
    #[case::every_window(&[(0, None), (10, Some(10)), (20, Some(10)), (30, Some(10))])]
    #[case::oftener(&[(0, None), (5, None), (10, Some(10)), (12, Some(12)), (15, Some(10)), (20, Some(15)), (24, Some(19)), (25, Some(10))])]
    #[case::seldom(&[(0, None), (40, Some(40)), (80, Some(40))])]
    #[case::too_seldom(&[(0, None), (41, None), (82, None), (92, Some(10))])]
    #[case::too_seldom_but_with_a_newer_point(&[(0, None), (35, Some(35)), (41, None), (45, Some(10))])]
    #[case::twice_in_a_second(&[(0, None), (0, None), (10, Some(10)), (10, Some(10))])]
    fn averages_follow_the_polls(#[case] polls: &[(u64, Option<u64>)]) {
        let mut points = None;
        for (time, expected) in polls {
            let newest = point(1000 + time, u128::from(*time) * 1_000_000);
            let average = advance(&mut points, newest, 10);
            assert_eq!(average.ok().map(|a| a.elapsed_secs), *expected, "at {time}");
            if let Ok(average) = average {
                let expected = u128::from(average.elapsed_secs) * 1_000_000;
                assert_eq!(average.accumulated.u128(), expected, "at {time}");
            }
        }
    }

    #[test]
    fn the_accumulator_wraps() {
        let mut points = None;
        let _ = advance(&mut points, point(0, u128::MAX - 4_999_999), 10);
        let average = advance(&mut points, point(10, 5_000_000), 10).unwrap();
        assert_eq!(average.accumulated.u128(), 10_000_000);
    }

    #[rstest]
    #[case::equal_decimals(5_000_000, 10, 6, "1", 6, Some("0.5"))]
    #[case::base_with_more(50_000_000_000, 10, 8, "1", 6, Some("500000"))]
    #[case::base_with_less(20_000_000_000_000, 10, 6, "2", 8, Some("40000"))]
    #[case::rounds_down(1_000_001, 3, 0, "1", 0, Some("0.333333666666666666"))]
    #[case::imprecise(999, 10, 6, "1", 6, None)]
    #[case::just_precise(1000, 10, 6, "1", 6, Some("0.0001"))]
    #[case::too_large(u128::MAX, 1, 18, "1000000000000", 0, None)]
    fn prices(
        #[case] accumulated: u128,
        #[case] elapsed_secs: u64,
        #[case] decimals: u8,
        #[case] quote: &str,
        #[case] quote_decimals: u8,
        #[case] expected: Option<&str>,
    ) {
        let average = Average {
            accumulated: accumulated.into(),
            elapsed_secs,
        };
        let quote = QuotePrice {
            price: Decimal::from_str(quote).unwrap(),
            decimals: quote_decimals,
        };
        let price = super::price(average, decimals, quote, 7)
            .ok()
            .map(|answer| {
                assert_eq!((answer.published_at, answer.confidence), (7, None));
                answer.price
            });
        assert_eq!(price, expected.map(|p| Decimal::from_str(p).unwrap()));
    }

    proptest! {
        /// However the polls fall, an average is over one to four windows of what was truly
        /// accumulated, and it is there whenever the last gaps were no longer than a window.
        #[test]
        fn averages_are_true(start: u128, gaps in proptest::collection::vec((0u64..30, 0u128..1 << 40), 1..60)) {
            let mut points = None;
            let mut history: Vec<Point> = vec![];
            let mut newest = point(1000, start);
            for (gap, rate) in gaps {
                newest = Point {
                    time: newest.time + gap,
                    cumulative: newest.cumulative.wrapping_add((u128::from(gap) * rate).into()),
                };
                history.push(newest);
                match advance(&mut points, newest, 10) {
                    Ok(average) => {
                        prop_assert!((10..=40).contains(&average.elapsed_secs));
                        let truth = history.iter().any(|p| {
                            newest.time - p.time == average.elapsed_secs
                                && newest.cumulative.wrapping_sub(p.cumulative) == average.accumulated
                        });
                        prop_assert!(truth);
                    }
                    Err(why) => {
                        prop_assert_eq!(why, Skip::WarmingUp);
                        // a point at least a window and at most two windows old was at hand
                        // only if some gap before it was too long
                        let steady = history.windows(2).all(|w| w[1].time - w[0].time <= 10);
                        let old_enough = newest.time - history[0].time >= 10;
                        prop_assert!(!(steady && old_enough));
                    }
                }
            }
        }

        #[test]
        fn no_answer_panics(accumulated: u128, elapsed_secs: u64, decimals in 0u8..=18, quote_decimals in 0u8..=18, quote: u128) {
            let average = Average { accumulated: accumulated.into(), elapsed_secs };
            let quote = QuotePrice { price: Decimal::new(quote.into()), decimals: quote_decimals };
            let _ = price(average, decimals, quote, 7);
        }
    }
}
