//! Products and quotients with the direction of rounding in their names.
//!
//! Every product goes through 512 bits, so `a · b / c` is right whenever its result can be
//! represented, however large `a · b` is.

use cosmwasm_std::{Decimal, Int256, Int512, Uint128, Uint256, Uint512};

use crate::{MAX_DECIMALS, MathError};

/// `10^exponent`, for exponents that a `Uint256` holds (≤ 77).
pub fn pow10(exponent: u8) -> Result<Uint256, MathError> {
    Uint256::from(10u128)
        .checked_pow(u32::from(exponent))
        .map_err(|_| MathError::out_of_range("a power of ten"))
}

/// `10^(18 − decimals)`, which brings a token's base units to 18 digits.
pub fn scale_to_18(decimals: u8) -> Result<Uint256, MathError> {
    let missing = MAX_DECIMALS
        .checked_sub(decimals)
        .ok_or(MathError::TooManyDecimals { decimals })?;
    pow10(missing)
}

/// `floor(a / b)` in 512 bits.
pub fn div_floor_512(a: Uint512, b: Uint512) -> Result<Uint512, MathError> {
    a.checked_div(b)
        .map_err(|_| MathError::divide_by_zero("a quotient"))
}

/// `ceil(a / b)` in 512 bits.
pub fn div_ceil_512(a: Uint512, b: Uint512) -> Result<Uint512, MathError> {
    let quotient = div_floor_512(a, b)?;
    let remainder = a
        .checked_rem(b)
        .map_err(|_| MathError::divide_by_zero("a quotient"))?;
    if remainder.is_zero() {
        Ok(quotient)
    } else {
        Ok(quotient.checked_add(Uint512::one())?)
    }
}

/// `floor(a · b / c)`.
pub fn mul_div_floor(a: Uint256, b: Uint256, c: Uint256) -> Result<Uint256, MathError> {
    narrow(div_floor_512(a.full_mul(b), c.into())?)
}

/// `ceil(a · b / c)`.
pub fn mul_div_ceil(a: Uint256, b: Uint256, c: Uint256) -> Result<Uint256, MathError> {
    narrow(div_ceil_512(a.full_mul(b), c.into())?)
}

/// `floor(amount · factor)`, in base units.
pub fn mul_floor(amount: Uint128, factor: Decimal) -> Result<Uint128, MathError> {
    to_u128(mul_div_floor(
        amount.into(),
        factor.atomics().into(),
        pow10(MAX_DECIMALS)?,
    )?)
}

/// `ceil(amount · factor)`, in base units.
pub fn mul_ceil(amount: Uint128, factor: Decimal) -> Result<Uint128, MathError> {
    to_u128(mul_div_ceil(
        amount.into(),
        factor.atomics().into(),
        pow10(MAX_DECIMALS)?,
    )?)
}

/// `floor(a · b / c)` towards −∞ for a signed `a`.
pub fn signed_mul_div_floor(a: Int256, b: Uint256, c: Uint256) -> Result<Int256, MathError> {
    let magnitude = a.unsigned_abs();
    if a.is_negative() {
        negate(mul_div_ceil(magnitude, b, c)?)
    } else {
        to_signed(mul_div_floor(magnitude, b, c)?)
    }
}

/// `ceil(a · b / c)` towards +∞ for a signed `a`.
pub fn signed_mul_div_ceil(a: Int256, b: Uint256, c: Uint256) -> Result<Int256, MathError> {
    let magnitude = a.unsigned_abs();
    if a.is_negative() {
        negate(mul_div_floor(magnitude, b, c)?)
    } else {
        to_signed(mul_div_ceil(magnitude, b, c)?)
    }
}

/// `a − b` as a signed number.
pub fn difference(a: Uint256, b: Uint256) -> Result<Int256, MathError> {
    if a >= b {
        to_signed(a.checked_sub(b)?)
    } else {
        negate(b.checked_sub(a)?)
    }
}

/// An unsigned number as a signed one.
pub fn to_signed(a: Uint256) -> Result<Int256, MathError> {
    Int256::try_from(a).map_err(MathError::from)
}

/// `max(0, a)` as an unsigned number.
pub fn positive_part(a: Int256) -> Uint256 {
    if a.is_negative() {
        Uint256::zero()
    } else {
        a.unsigned_abs()
    }
}

/// Narrows to 128 bits, where token amounts live.
pub fn to_u128(a: Uint256) -> Result<Uint128, MathError> {
    Uint128::try_from(a).map_err(|_| MathError::out_of_range("a token amount"))
}

/// Narrows to 256 bits.
pub fn narrow(a: Uint512) -> Result<Uint256, MathError> {
    Uint256::try_from(a).map_err(|_| MathError::out_of_range("a 256-bit amount"))
}

pub(crate) fn narrow_signed(a: Int512) -> Result<Int256, MathError> {
    Int256::try_from(a).map_err(|_| MathError::out_of_range("a signed 256-bit amount"))
}

pub(crate) fn negate(a: Uint256) -> Result<Int256, MathError> {
    Int256::zero()
        .checked_sub(to_signed(a)?)
        .map_err(MathError::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case(7, 1, 2, 3, 4)]
    #[case(6, 1, 2, 3, 3)]
    #[case(0, 5, 3, 0, 0)]
    #[case(1, 1, u128::MAX, 0, 1)]
    fn directed(
        #[case] a: u128,
        #[case] b: u128,
        #[case] c: u128,
        #[case] floor: u128,
        #[case] ceil: u128,
    ) {
        let (a, b, c) = (Uint256::from(a), Uint256::from(b), Uint256::from(c));
        assert_eq!(mul_div_floor(a, b, c).unwrap(), Uint256::from(floor));
        assert_eq!(mul_div_ceil(a, b, c).unwrap(), Uint256::from(ceil));
    }

    #[test]
    fn intermediates_do_not_overflow_but_results_may() {
        let max = Uint256::MAX;
        assert_eq!(mul_div_floor(max, max, max).unwrap(), max);
        assert_eq!(
            mul_div_floor(max, Uint256::from(2u128), Uint256::one()),
            Err(MathError::out_of_range("a 256-bit amount"))
        );
        assert_eq!(
            mul_div_ceil(max, max, Uint256::zero()),
            Err(MathError::divide_by_zero("a quotient"))
        );
        assert_eq!(
            mul_ceil(Uint128::MAX, Decimal::percent(101)),
            Err(MathError::out_of_range("a token amount"))
        );
    }

    #[rstest]
    #[case(-7, 2, -4, -3)]
    #[case(7, 2, 3, 4)]
    #[case(-6, 2, -3, -3)]
    fn signed(#[case] a: i128, #[case] c: u128, #[case] floor: i128, #[case] ceil: i128) {
        let (a, c) = (Int256::from(a), Uint256::from(c));
        assert_eq!(
            signed_mul_div_floor(a, Uint256::one(), c).unwrap(),
            Int256::from(floor)
        );
        assert_eq!(
            signed_mul_div_ceil(a, Uint256::one(), c).unwrap(),
            Int256::from(ceil)
        );
    }

    proptest! {
        #[test]
        fn floor_and_ceil_bracket_the_product(a: u128, b: u128, c in 1u128..) {
            let (a, b, c) = (Uint256::from(a), Uint256::from(b), Uint256::from(c));
            let (floor, ceil) = (mul_div_floor(a, b, c).unwrap(), mul_div_ceil(a, b, c).unwrap());
            prop_assert!(ceil - floor <= Uint256::one());
            prop_assert!(floor.full_mul(c) <= a.full_mul(b));
            prop_assert!(ceil.full_mul(c) >= a.full_mul(b));
        }

        #[test]
        fn difference_is_signed(a: u128, b: u128) {
            let d = difference(Uint256::from(a), Uint256::from(b)).unwrap();
            prop_assert_eq!(d + Int256::from(b), Int256::from(a));
        }
    }
}
