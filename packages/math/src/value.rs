//! Dollars, exactly.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Decimal, Decimal256, Uint128, Uint256, Uint512};

use crate::{
    MAX_DECIMALS, MathError,
    rounding::{div_ceil_512, div_floor_512, narrow, pow10, scale_to_18, to_u128},
};

/// A USD value without rounding: a whole number of 1e-36 dollars.
///
/// An amount has at most 18 decimals and a price has 18, so their product is a whole number
/// at 36. It is rounded only on the way out, by [`Value::units_floor`] and its siblings.
/// Holds the sum of thousands of products at the limits of DESIGN §1 (2⁹⁶ whole tokens at
/// $1e12 each), and is a typed error beyond.
#[cw_serde]
#[derive(Copy, Default, Eq, PartialOrd, Ord)]
pub struct Value(Uint512);

impl Value {
    /// Nothing.
    pub const ZERO: Self = Self(Uint512::zero());

    /// What `amount` base units of an asset are worth at `price` dollars a whole token.
    ///
    /// `amount · price · 10^(18 − decimals)`, exact.
    pub fn of(amount: Uint128, price: Decimal, decimals: u8) -> Result<Self, MathError> {
        let scaled = Uint256::from(amount).full_mul(Uint256::from(price.atomics()));
        Ok(Self(
            scaled.checked_mul(Uint512::from(scale_to_18(decimals)?))?,
        ))
    }

    /// What `amount` base units of a one-dollar token are worth.
    pub fn of_dollars(amount: Uint128, decimals: u8) -> Result<Self, MathError> {
        Self::of(amount, Decimal::one(), decimals)
    }

    /// Dollars, exactly.
    pub fn of_usd(dollars: Decimal256) -> Result<Self, MathError> {
        Ok(Self(dollars.atomics().full_mul(pow10(MAX_DECIMALS)?)))
    }

    /// Whether nothing is there.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// `self + other`.
    pub fn checked_add(self, other: Self) -> Result<Self, MathError> {
        Ok(Self(self.0.checked_add(other.0)?))
    }

    /// `self − other`; an error when the result would be negative.
    pub fn checked_sub(self, other: Self) -> Result<Self, MathError> {
        Ok(Self(self.0.checked_sub(other.0)?))
    }

    /// `max(0, self − other)`.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The sum of many values.
    pub fn sum(values: impl IntoIterator<Item = Self>) -> Result<Self, MathError> {
        values.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// How many base units of a one-dollar token with `decimals` this is, rounded down.
    pub fn units_floor(self, decimals: u8) -> Result<Uint128, MathError> {
        to_u128(narrow(div_floor_512(self.0, dollar_unit(decimals)?)?)?)
    }

    /// How many base units of a one-dollar token with `decimals` this is, rounded up.
    pub fn units_ceil(self, decimals: u8) -> Result<Uint128, MathError> {
        to_u128(narrow(div_ceil_512(self.0, dollar_unit(decimals)?)?)?)
    }

    /// How many base units of an asset at `price` it buys, rounded down.
    pub fn amount_floor(self, price: Decimal, decimals: u8) -> Result<Uint128, MathError> {
        to_u128(narrow(div_floor_512(
            self.0,
            unit_value(price, decimals)?,
        )?)?)
    }

    /// How many base units of an asset at `price` are needed to be worth this, rounded up.
    pub fn amount_ceil(self, price: Decimal, decimals: u8) -> Result<Uint128, MathError> {
        to_u128(narrow(div_ceil_512(self.0, unit_value(price, decimals)?)?)?)
    }

    /// The value with 18 decimals, rounded down: how queries and events show what is owned.
    pub fn usd_floor(self) -> Result<Decimal256, MathError> {
        Ok(Decimal256::new(narrow(div_floor_512(
            self.0,
            pow10(MAX_DECIMALS)?.into(),
        )?)?))
    }

    /// The value with 18 decimals, rounded up: how queries and events show what is owed.
    pub fn usd_ceil(self) -> Result<Decimal256, MathError> {
        Ok(Decimal256::new(narrow(div_ceil_512(
            self.0,
            pow10(MAX_DECIMALS)?.into(),
        )?)?))
    }

    /// `self / other` with 18 decimals, rounded down; none when `other` is zero.
    pub fn ratio_floor(self, other: Self) -> Result<Option<Decimal256>, MathError> {
        if other.is_zero() {
            return Ok(None);
        }
        let scaled = self.0.checked_mul(pow10(MAX_DECIMALS)?.into())?;
        Ok(Some(Decimal256::new(narrow(div_floor_512(
            scaled, other.0,
        )?)?)))
    }

    /// `floor(self · factor)` at 36 decimals; `factor` ≤ 1 keeps a part of a fee.
    pub fn mul_floor(self, factor: Decimal) -> Result<Self, MathError> {
        let product = self.0.checked_mul(Uint512::from(factor.atomics()))?;
        Ok(Self(div_floor_512(product, pow10(MAX_DECIMALS)?.into())?))
    }

    /// So many 1e-36 dollars.
    pub(crate) const fn from_atomics(atoms: Uint512) -> Self {
        Self(atoms)
    }

    /// The whole number of 1e-36 dollars.
    pub const fn atomics(self) -> Uint512 {
        self.0
    }
}

/// One base unit of a one-dollar token, in 1e-36 dollars.
fn dollar_unit(decimals: u8) -> Result<Uint512, MathError> {
    unit_value(Decimal::one(), decimals)
}

/// One base unit of an asset at `price`, in 1e-36 dollars.
fn unit_value(price: Decimal, decimals: u8) -> Result<Uint512, MathError> {
    Ok(Value::of(Uint128::one(), price, decimals)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use std::str::FromStr;

    fn price(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    #[rstest]
    #[case(9_000_000, "0.5", 6, "4.5")]
    #[case(9_000_000, "0.25", 6, "2.25")]
    #[case(1, "0.000000000001", 18, "0")]
    #[case(1_500_000_000_000_000_000, "76000", 18, "114000")]
    #[case(3, "2", 0, "6")]
    fn values(#[case] amount: u128, #[case] p: &str, #[case] decimals: u8, #[case] usd: &str) {
        let value = Value::of(Uint128::new(amount), price(p), decimals).unwrap();
        assert_eq!(
            value.usd_floor().unwrap(),
            Decimal256::from_str(usd).unwrap()
        );
    }

    #[test]
    fn limits_of_the_design_do_not_overflow() {
        let most = Value::of(Uint128::new(1 << 96), price("1000000000000"), 0).unwrap();
        let sum = Value::sum([most; 64]).unwrap();
        assert_eq!(
            sum.ratio_floor(most).unwrap(),
            Some(Decimal256::from_ratio(64u128, 1u128))
        );
        // 5e42 dollars have no place in 128 bits of base units: an error, not a wrap.
        assert!(matches!(
            sum.units_floor(18),
            Err(MathError::OutOfRange { .. })
        ));
    }

    #[test]
    fn nineteen_decimals_are_refused() {
        assert_eq!(
            Value::of(Uint128::one(), Decimal::one(), 19),
            Err(MathError::TooManyDecimals { decimals: 19 })
        );
    }

    #[test]
    fn a_ratio_to_nothing_is_none() {
        let one = Value::of_dollars(Uint128::one(), 0).unwrap();
        assert_eq!(one.ratio_floor(Value::ZERO).unwrap(), None);
    }

    proptest! {
        #[test]
        fn amounts_come_back(amount in 0u128..1 << 96, p in 1u128..1 << 100, decimals in 0u8..=18) {
            let p = Decimal::new(Uint128::new(p));
            let value = Value::of(Uint128::new(amount), p, decimals).unwrap();
            prop_assert_eq!(value.amount_floor(p, decimals).unwrap().u128(), amount);
            prop_assert_eq!(value.amount_ceil(p, decimals).unwrap().u128(), amount);
        }

        #[test]
        fn units_differ_by_one_at_most(atoms in 0u128..1 << 90, p in 1u128..1 << 90, decimals in 0u8..=18) {
            let value = Value::of(Uint128::new(atoms), Decimal::new(Uint128::new(p)), 18).unwrap();
            if let (Ok(floor), Ok(ceil)) = (value.units_floor(decimals), value.units_ceil(decimals)) {
                prop_assert!(ceil.u128() - floor.u128() <= 1);
                prop_assert!(Value::of_dollars(floor, decimals).unwrap() <= value);
                prop_assert!(Value::of_dollars(ceil, decimals).unwrap() >= value);
            }
        }
    }
}
