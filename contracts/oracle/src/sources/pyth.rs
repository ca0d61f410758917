//! A Pyth contract. The few types of its query are mirrored here, for its own crate is bound to
//! another version of the standard library.

use ballast_math::rounding::{mul_div_ceil, mul_div_floor, pow10, to_u128};
use ballast_types::price::PriceAnswer;
use cosmwasm_std::{Addr, Decimal, Int64, QuerierWrapper, Uint64, Uint256};
use serde::{Deserialize, Serialize};

use super::Skip;

/// Pyth's question.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Question<'a> {
    /// The newest price of a feed, whatever its age.
    PriceFeed { id: &'a str },
}

/// The part of Pyth's answer that is read.
#[derive(Deserialize)]
struct Answer {
    price_feed: Feed,
}

#[derive(Deserialize)]
struct Feed {
    price: Price,
}

/// `price · 10^expo`, give or take `conf · 10^expo`.
#[derive(Debug, Clone, Deserialize)]
pub struct Price {
    /// A signed number, for some feeds can be negative.
    pub price: Int64,
    /// Half the width of the interval, in the same units.
    pub conf: Uint64,
    /// Power of ten.
    pub expo: i32,
    /// Unix seconds.
    pub publish_time: i64,
}

/// Asks for the newest price of the feed.
pub fn ask(querier: QuerierWrapper, contract: &Addr, price_id: &str) -> Result<PriceAnswer, Skip> {
    let answer: Answer = querier
        .query_wasm_smart(contract, &Question::PriceFeed { id: price_id })
        .map_err(|_| Skip::NoAnswer)?;
    in_dollars(&answer.price_feed.price)
}

/// The price in dollars, rounded down, and its confidence, rounded up. A price that is not
/// positive or has an exponent out of all proportion is out of range.
pub fn in_dollars(price: &Price) -> Result<PriceAnswer, Skip> {
    let mantissa = u64::try_from(price.price.i64()).map_err(|_| Skip::OutOfRange)?;
    let published_at = u64::try_from(price.publish_time).map_err(|_| Skip::OutOfRange)?;
    let (up, down) = powers(price.expo)?;
    let value = mul_div_floor(mantissa.into(), up, down).map_err(|_| Skip::OutOfRange)?;
    let width = mul_div_ceil(price.conf.u64().into(), up, down).map_err(|_| Skip::OutOfRange)?;
    Ok(PriceAnswer {
        price: decimal(value)?,
        published_at,
        confidence: Some(decimal(width)?),
    })
}

/// `10^(expo + 18)` as a fraction.
fn powers(expo: i32) -> Result<(Uint256, Uint256), Skip> {
    let shift = expo.checked_add(18).ok_or(Skip::OutOfRange)?;
    let power = u8::try_from(shift.unsigned_abs())
        .ok()
        .and_then(|digits| pow10(digits).ok())
        .ok_or(Skip::OutOfRange)?;
    Ok(if shift < 0 {
        (Uint256::one(), power)
    } else {
        (power, Uint256::one())
    })
}

fn decimal(atomics: Uint256) -> Result<Decimal, Skip> {
    to_u128(atomics)
        .map(Decimal::new)
        .map_err(|_| Skip::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use std::str::FromStr;

    fn price(price: i64, conf: u64, expo: i32, publish_time: i64) -> Price {
        Price {
            price: price.into(),
            conf: conf.into(),
            expo,
            publish_time,
        }
    }

    #[rstest]
    #[case::usual(price(6_789_012_345_678, 1_234_567, -8, 9), "67890.12345678", "0.01234567")]
    #[case::whole(price(42, 1, 0, 9), "42", "1")]
    #[case::positive_exponent(price(42, 1, 3, 9), "42000", "1000")]
    #[case::as_many_digits_as_kept(price(7, 3, -18, 9), "0.000000000000000007", "0.000000000000000003")]
    #[case::more_digits_than_kept(price(19, 11, -19, 9), "0.000000000000000001", "0.000000000000000002")]
    #[case::zero_stays_zero(price(0, 0, -8, 9), "0", "0")]
    #[case::tiny(price(5, 5, -76, 9), "0", "0.000000000000000001")]
    fn scaled(#[case] from: Price, #[case] expected: &str, #[case] confidence: &str) {
        assert_eq!(
            in_dollars(&from).unwrap(),
            PriceAnswer {
                price: Decimal::from_str(expected).unwrap(),
                published_at: 9,
                confidence: Some(Decimal::from_str(confidence).unwrap()),
            }
        );
    }

    #[rstest]
    #[case::negative(price(-1, 0, -8, 9))]
    #[case::before_time_began(price(1, 0, -8, -1))]
    #[case::too_large(price(i64::MAX, 0, 20, 9))]
    #[case::huge_exponent(price(1, 0, i32::MAX, 9))]
    #[case::most_negative_exponent(price(1, 0, i32::MIN, 9))]
    #[case::exponent_beyond_a_word(price(1, 0, 60, 9))]
    #[case::confidence_too_large(price(1, u64::MAX, 12, 9))]
    fn refused(#[case] from: Price) {
        assert_eq!(in_dollars(&from), Err(Skip::OutOfRange));
    }

    proptest! {
        #[test]
        fn nothing_panics(mantissa: i64, conf: u64, expo: i32, time: i64, small in -80i32..80) {
            let _ = in_dollars(&price(mantissa, conf, expo, time));
            let _ = in_dollars(&price(mantissa, conf, small, time));
        }
    }
}
