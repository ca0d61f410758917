//! The oracle's averages and the fee an exchange pays for a price that moves (DESIGN §3, §5).

use cosmwasm_std::{Decimal, Uint256};

use crate::{
    MathError,
    rounding::{mul_div_ceil, mul_div_floor, pow10, to_u128},
};

/// Part of the volatility number that a round keeps.
const KEPT: Decimal = Decimal::percent(80);
/// A move of a round that adds nothing.
const FREE_MOVE: Decimal = Decimal::bps(25);

/// The volatility number after a round: `0.8·f + max(0, |p − p_prev|/p_prev − 0.25 %)`.
///
/// The move rounds up, since it is charged; what is kept rounds down, so that it dies out. A
/// move too large to be represented counts as the largest.
///
/// # Errors
/// When `previous` is zero, which is no price.
pub fn volatility(f: Decimal, previous: Decimal, price: Decimal) -> Result<Decimal, MathError> {
    let moved = price.abs_diff(previous);
    let one = pow10(18)?;
    let part = mul_div_ceil(moved.atomics().into(), one, previous.atomics().into())?;
    let part = Decimal::new(to_u128(part).unwrap_or(cosmwasm_std::Uint128::MAX));
    let kept = mul_div_floor(f.atomics().into(), KEPT.atomics().into(), one)?;
    Ok(Decimal::new(to_u128(kept)?).saturating_add(part.saturating_sub(FREE_MOVE)))
}

/// The average after a round: `ema + (price − ema) · min(1, elapsed / period)`, rounded
/// towards the average it was.
pub fn ema(
    ema: Decimal,
    price: Decimal,
    elapsed_secs: u64,
    period_secs: u64,
) -> Result<Decimal, MathError> {
    if elapsed_secs >= period_secs {
        return Ok(price);
    }
    let step = Decimal::new(to_u128(mul_div_floor(
        price.abs_diff(ema).atomics().into(),
        Uint256::from(elapsed_secs),
        Uint256::from(period_secs),
    )?)?);
    Ok(if price >= ema {
        ema.checked_add(step)?
    } else {
        ema.checked_sub(step)?
    })
}

/// Whether `|price − reference| ≤ part · reference`, without rounding.
pub fn is_within(price: Decimal, reference: Decimal, part: Decimal) -> Result<bool, MathError> {
    let moved = Uint256::from(price.abs_diff(reference).atomics()).full_mul(pow10(18)?);
    let allowed = Uint256::from(reference.atomics()).full_mul(Uint256::from(part.atomics()));
    Ok(moved <= allowed)
}

/// What an exchange costs, as a part of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExchangeFee {
    /// `base + f_from + f_to`, or the cap on the way into the dollar synth.
    Charged(Decimal),
    /// Above what may be charged: the exchange is refused.
    Refused(Decimal),
}

/// The fee of an exchange: `base + f_from + f_to`.
///
/// Above `max_fee` it is refused, except into the dollar synth, where it is charged up to
/// `max_exit_fee`: that is the way to repay, and it stays open.
pub fn exchange_fee(
    base: Decimal,
    f_from: Decimal,
    f_to: Decimal,
    into_dollars: bool,
    max_fee: Decimal,
    max_exit_fee: Decimal,
) -> ExchangeFee {
    let fee = base.saturating_add(f_from).saturating_add(f_to);
    if into_dollars {
        ExchangeFee::Charged(fee.min(max_exit_fee))
    } else if fee > max_fee {
        ExchangeFee::Refused(fee)
    } else {
        ExchangeFee::Charged(fee)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use std::str::FromStr;

    fn d(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    #[rstest]
    #[case::still("0", "100", "100", "0")]
    #[case::free_move("0", "100", "100.25", "0")]
    #[case::up("0", "100", "101", "0.0075")]
    #[case::down("0", "100", "99", "0.0075")]
    #[case::decays("0.01", "100", "100", "0.008")]
    #[case::decays_and_adds("0.01", "100", "102", "0.0255")]
    #[case::dies_out("0.000000000000000001", "3", "3", "0")]
    #[case::a_move_rounds_up("0", "3", "4", "0.330833333333333334")]
    #[case::doubles("0", "1", "2", "0.9975")]
    fn volatility_numbers(
        #[case] f: &str,
        #[case] previous: &str,
        #[case] price: &str,
        #[case] expected: &str,
    ) {
        assert_eq!(
            volatility(d(f), d(previous), d(price)).unwrap(),
            d(expected)
        );
    }

    #[test]
    fn the_widest_move_saturates() {
        let f = volatility(d("1"), d("0.000000000001"), d("1000000000000")).unwrap();
        assert!(f > d("1000000"));
        assert!(volatility(d("0"), Decimal::zero(), d("1")).is_err());
    }

    #[rstest]
    #[case("100", "110", 30, 300, "101")]
    #[case("100", "90", 30, 300, "99")]
    #[case("100", "110", 300, 300, "110")]
    #[case("100", "110", 900, 300, "110")]
    #[case("100", "110", 0, 300, "100")]
    fn averages(
        #[case] from: &str,
        #[case] price: &str,
        #[case] elapsed: u64,
        #[case] period: u64,
        #[case] expected: &str,
    ) {
        assert_eq!(
            ema(d(from), d(price), elapsed, period).unwrap(),
            d(expected)
        );
    }

    #[rstest]
    #[case("101", "100", "0.01", true)]
    #[case("99", "100", "0.01", true)]
    #[case("101.000000000000000001", "100", "0.01", false)]
    #[case("76000", "1", "0.5", false)]
    fn bands(#[case] price: &str, #[case] reference: &str, #[case] part: &str, #[case] ok: bool) {
        assert_eq!(is_within(d(price), d(reference), d(part)).unwrap(), ok);
    }

    #[rstest]
    #[case::calm("0.003", "0", "0", false, ExchangeFee::Charged(d("0.003")))]
    #[case::rises("0.003", "0.004", "0.005", false, ExchangeFee::Charged(d("0.012")))]
    #[case::at_the_limit("0.003", "0.012", "0", false, ExchangeFee::Charged(d("0.015")))]
    #[case::refused("0.003", "0.012", "0.0001", false, ExchangeFee::Refused(d("0.0151")))]
    #[case::into_dollars("0.003", "0.012", "0.0001", true, ExchangeFee::Charged(d("0.0151")))]
    #[case::capped("0.003", "5", "0", true, ExchangeFee::Charged(d("0.1")))]
    fn fees(
        #[case] base: &str,
        #[case] from: &str,
        #[case] to: &str,
        #[case] into_dollars: bool,
        #[case] expected: ExchangeFee,
    ) {
        let fee = exchange_fee(d(base), d(from), d(to), into_dollars, d("0.015"), d("0.1"));
        assert_eq!(fee, expected);
    }

    proptest! {
        #[test]
        fn an_average_lies_between(a in 1u128..1 << 100, b in 1u128..1 << 100, t in 0u64..1000, period in 1u64..1000) {
            let (a, b) = (Decimal::new(a.into()), Decimal::new(b.into()));
            let mean = ema(a, b, t, period).unwrap();
            prop_assert!(a.min(b) <= mean && mean <= a.max(b));
        }

        #[test]
        fn volatility_dies_out(f in 0u128..1 << 100, price in 1u128..1 << 100) {
            let price = Decimal::new(price.into());
            let mut f = Decimal::new(f.into());
            for _ in 0..400 {
                let next = volatility(f, price, price).unwrap();
                prop_assert!(next <= f);
                f = next;
            }
            prop_assert!(f.is_zero());
        }
    }
}
