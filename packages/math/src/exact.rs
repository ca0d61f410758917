//! Fractions of unbounded integers.
//!
//! Formulas that divide by ratios (the borrowing capacity, the liquidation amount) are
//! evaluated as they stand in the books, with no rounding on the way and no overflow
//! possible; the result is rounded once, by name.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "the integers are unbounded, and no divisor is zero"
)]

use std::ops::{Add, Mul, Sub};

use cosmwasm_std::{Decimal, Decimal256, Uint128, Uint256};
use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use crate::{
    MathError, Value,
    rounding::{pow10, to_u128},
};

/// An exact, signed fraction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(BigRational);

impl Exact {
    /// Zero.
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// One.
    pub fn one() -> Self {
        Self::from(Uint128::one())
    }

    /// A fraction of two whole numbers.
    pub fn from_ratio(numerator: Uint128, denominator: Uint128) -> Result<Self, MathError> {
        Self::from(numerator).checked_div(&Self::from(denominator))
    }

    /// Dollars.
    pub fn dollars(value: Value) -> Result<Self, MathError> {
        let atoms = Self(integer(&value.atomics().to_be_bytes()));
        atoms.checked_div(&Self::power_of_ten(36)?)
    }

    /// Base units of a one-dollar token with `decimals`, as dollars.
    pub fn from_units(units: Uint128, decimals: u8) -> Result<Self, MathError> {
        Self::from(units).checked_div(&Self::power_of_ten(decimals)?)
    }

    /// `self / other`.
    pub fn checked_div(&self, other: &Self) -> Result<Self, MathError> {
        if other.0.is_zero() {
            return Err(MathError::divide_by_zero("an exact fraction"));
        }
        Ok(Self(&self.0 / &other.0))
    }

    /// Whether it is above zero.
    pub fn is_positive(&self) -> bool {
        self.0.is_positive()
    }

    /// Dollars as base units of a one-dollar token, rounded down. Below zero is an error.
    pub fn units_floor(&self, decimals: u8) -> Result<Uint128, MathError> {
        (self.clone() * Self::power_of_ten(decimals)?).floor()
    }

    /// Dollars as base units of a one-dollar token, rounded up. Below zero is an error.
    pub fn units_ceil(&self, decimals: u8) -> Result<Uint128, MathError> {
        (self.clone() * Self::power_of_ten(decimals)?).ceil()
    }

    /// The whole number at or below it. Below zero is an error.
    pub fn floor(&self) -> Result<Uint128, MathError> {
        to_u128(whole(&self.0.floor())?)
    }

    /// The whole number at or above it. Below zero is an error.
    pub fn ceil(&self) -> Result<Uint128, MathError> {
        to_u128(whole(&self.0.ceil())?)
    }

    /// With 18 decimals, rounded down. Below zero is an error.
    pub fn decimal_floor(&self) -> Result<Decimal256, MathError> {
        let atoms = self.clone() * Self::power_of_ten(18)?;
        Ok(Decimal256::new(whole(&atoms.0.floor())?))
    }

    /// With 18 decimals, rounded up. Below zero is an error.
    pub fn decimal_ceil(&self) -> Result<Decimal256, MathError> {
        let atoms = self.clone() * Self::power_of_ten(18)?;
        Ok(Decimal256::new(whole(&atoms.0.ceil())?))
    }

    /// `10^exponent`.
    pub(crate) fn power_of_ten(exponent: u8) -> Result<Self, MathError> {
        Ok(Self(integer(&pow10(exponent)?.to_be_bytes())))
    }
}

impl From<Uint128> for Exact {
    fn from(number: Uint128) -> Self {
        Self(integer(&number.to_be_bytes()))
    }
}

impl From<Uint256> for Exact {
    fn from(number: Uint256) -> Self {
        Self(integer(&number.to_be_bytes()))
    }
}

impl TryFrom<Decimal> for Exact {
    type Error = MathError;

    fn try_from(decimal: Decimal) -> Result<Self, MathError> {
        Self::from(decimal.atomics()).checked_div(&Self::power_of_ten(18)?)
    }
}

impl TryFrom<Decimal256> for Exact {
    type Error = MathError;

    fn try_from(decimal: Decimal256) -> Result<Self, MathError> {
        Self::from(decimal.atomics()).checked_div(&Self::power_of_ten(18)?)
    }
}

impl Add for Exact {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Exact {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Exact {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

fn integer(big_endian: &[u8]) -> BigRational {
    BigRational::from_integer(BigInt::from_bytes_be(Sign::Plus, big_endian))
}

fn whole(number: &BigRational) -> Result<Uint256, MathError> {
    let (sign, bytes) = number.numer().to_bytes_be();
    if sign == Sign::Minus {
        return Err(MathError::out_of_range(
            "a fraction below zero as an amount",
        ));
    }
    let mut word = [0u8; 32];
    let start = word
        .len()
        .checked_sub(bytes.len())
        .ok_or(MathError::out_of_range("a fraction as an amount"))?;
    let tail = word
        .get_mut(start..)
        .ok_or(MathError::out_of_range("a fraction as an amount"))?;
    tail.copy_from_slice(&bytes);
    Ok(Uint256::from_be_bytes(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(7, 2, 3, 4)]
    #[case(6, 3, 2, 2)]
    #[case(0, 9, 0, 0)]
    #[case(u128::MAX, 1, u128::MAX, u128::MAX)]
    fn rounds_by_name(#[case] a: u128, #[case] b: u128, #[case] floor: u128, #[case] ceil: u128) {
        let x = Exact::from_ratio(Uint128::new(a), Uint128::new(b)).unwrap();
        assert_eq!(
            (x.floor().unwrap().u128(), x.ceil().unwrap().u128()),
            (floor, ceil)
        );
    }

    #[test]
    fn thirds_sum_to_one() {
        let third = Exact::from_ratio(Uint128::one(), Uint128::new(3)).unwrap();
        assert!(third.clone() + third.clone() + third == Exact::one());
    }

    #[test]
    fn what_is_no_amount_is_an_error() {
        let below = Exact::zero() - Exact::one();
        assert!(below.floor().is_err());
        let above = Exact::from(Uint128::MAX) + Exact::one();
        assert!(above.ceil().is_err());
        let far_above =
            Exact::from(Uint128::MAX) * Exact::from(Uint128::MAX) * Exact::from(Uint128::MAX);
        assert!(far_above.ceil().is_err());
        assert!(Exact::one().checked_div(&Exact::zero()).is_err());
    }

    #[test]
    fn decimals_round_by_name() {
        let third = Exact::from_ratio(Uint128::new(2), Uint128::new(3)).unwrap();
        let (floor, ceil) = (
            third.decimal_floor().unwrap(),
            third.decimal_ceil().unwrap(),
        );
        assert_eq!(floor.to_string(), "0.666666666666666666");
        assert_eq!(ceil.to_string(), "0.666666666666666667");
        let back = Exact::try_from(floor).unwrap();
        assert_eq!(back.decimal_ceil().unwrap(), floor);
        assert!(back < third);
        let too_large = Exact::from(Uint256::MAX);
        assert!(too_large.decimal_floor().is_err());
        assert!((Exact::zero() - Exact::one()).decimal_floor().is_err());
    }

    #[test]
    fn dollars_are_exact() {
        let value = Value::of(Uint128::new(1), Decimal::one(), 18).unwrap();
        let dollars = Exact::dollars(value).unwrap();
        assert!(dollars == Exact::from_units(Uint128::one(), 18).unwrap());
        assert_eq!(dollars.units_ceil(6).unwrap().u128(), 1);
        assert_eq!(dollars.units_floor(6).unwrap().u128(), 0);
    }
}
