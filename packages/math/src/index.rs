//! An amount per share, accumulated (DESIGN §1).
//!
//! An [`Index`] spreads amounts over shares in one write: it grows by `amount / total_shares`,
//! and an account's part is its shares times the growth since it last looked. The index has
//! 27 digits more than the shares it divides by, and carries the remainder of each division
//! into the next, so nothing is lost by many small updates.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Int256, Int512, Uint128, Uint256};

use crate::{
    MathError,
    rounding::{narrow_signed, pow10, to_signed},
    shares::SHARE_DIGITS,
};

/// Digits of the index below those of a share.
pub const INDEX_DIGITS: u8 = 27;

/// An accumulated, signed amount per share.
#[cw_serde]
#[derive(Copy, Default, Eq)]
pub struct Index {
    /// The amount per share, with `18 + 27` digits below the base unit.
    per_share: Int256,
    /// What the last division left over, in the same digits; never negative.
    carry: Int256,
}

/// An amount an account has earned or owes, with all the digits of the index.
#[cw_serde]
#[derive(Copy, Default, Eq)]
pub struct Accrued(Int256);

impl Index {
    /// Spreads `amount` base units (negative: takes them back) over `total_shares`.
    ///
    /// # Errors
    /// Without shares there is nobody to give to: the caller decides who carries it.
    pub fn distribute(&mut self, amount: Int256, total_shares: Uint256) -> Result<(), MathError> {
        if total_shares.is_zero() {
            return Err(MathError::divide_by_zero("a distribution without shares"));
        }
        let fine = amount.full_mul(to_signed(unit()?)?);
        let total = fine.checked_add(Int512::from(self.carry))?;
        let shares = Int512::from(total_shares);
        // Euclidean, so that the carry is never negative whatever the sign of the amount.
        let quotient = total
            .checked_div_euclid(shares)
            .map_err(|_| MathError::out_of_range("a distribution"))?;
        let carry = total.checked_sub(quotient.checked_mul(shares)?)?;
        self.per_share = self.per_share.checked_add(narrow_signed(quotient)?)?;
        self.carry = narrow_signed(carry)?;
        Ok(())
    }

    /// What `shares` have accrued since the index stood at `since`.
    pub fn accrued_since(&self, since: Self, shares: Uint256) -> Result<Accrued, MathError> {
        let growth = self.per_share.checked_sub(since.per_share)?;
        Ok(Accrued(narrow_signed(growth.full_mul(to_signed(shares)?))?))
    }
}

impl Accrued {
    /// `self + other`.
    pub fn checked_add(self, other: Self) -> Result<Self, MathError> {
        Ok(Self(self.0.checked_add(other.0)?))
    }

    /// Takes whole base units out and keeps the rest: `floor`, for what is paid to a user.
    ///
    /// Below one base unit, or below zero, nothing is taken.
    pub fn take_floor(&mut self) -> Result<Uint128, MathError> {
        if self.0.is_negative() {
            return Ok(Uint128::zero());
        }
        let unit = unit()?;
        let whole = self
            .0
            .unsigned_abs()
            .checked_div(unit)
            .map_err(|_| MathError::divide_by_zero("an accrued amount"))?;
        self.0 = self.0.checked_sub(to_signed(whole.checked_mul(unit)?)?)?;
        crate::rounding::to_u128(whole)
    }

    /// The amount in base units, rounded down (towards −∞).
    pub fn units_floor(self) -> Result<Int256, MathError> {
        crate::rounding::signed_mul_div_floor(self.0, Uint256::one(), unit()?)
    }

    /// The amount in base units, rounded up (towards +∞).
    pub fn units_ceil(self) -> Result<Int256, MathError> {
        crate::rounding::signed_mul_div_ceil(self.0, Uint256::one(), unit()?)
    }
}

/// One base unit in the digits of the index.
fn unit() -> Result<Uint256, MathError> {
    pow10(SHARE_DIGITS.saturating_add(INDEX_DIGITS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount(n: i128) -> Int256 {
        Int256::from(n)
    }

    /// DESIGN §1: with 27 digits and no carry these thousand updates would credit nothing.
    #[test]
    fn a_thousand_units_into_many_shares_arrive() {
        let shares = Uint256::from(3_000_000_000_000_000_000_000_000_000u128);
        let mut index = Index::default();
        for _ in 0..1000 {
            index.distribute(amount(1), shares).unwrap();
        }
        let got = index.accrued_since(Index::default(), shares).unwrap();
        assert_eq!(got.units_ceil().unwrap(), amount(1000));
        assert!(got.units_floor().unwrap() >= amount(999));
    }

    #[test]
    fn the_last_share_carries_the_most() {
        let mut index = Index::default();
        index.distribute(amount(1 << 96), Uint256::one()).unwrap();
        let mut got = index
            .accrued_since(Index::default(), Uint256::one())
            .unwrap();
        assert_eq!(got.take_floor().unwrap().u128(), 1 << 96);
        assert_eq!(got, Accrued::default());
    }

    #[test]
    fn nobody_to_give_to_is_an_error() {
        assert!(
            Index::default()
                .distribute(amount(1), Uint256::zero())
                .is_err()
        );
    }

    #[test]
    fn what_is_owed_is_not_taken() {
        let mut index = Index::default();
        index.distribute(amount(-5), Uint256::from(2u128)).unwrap();
        let mut owed = index
            .accrued_since(Index::default(), Uint256::from(2u128))
            .unwrap();
        assert_eq!(owed.take_floor().unwrap(), Uint128::zero());
        assert_eq!(owed.units_floor().unwrap(), amount(-5));
    }

    proptest! {
        /// What accounts get never exceeds what was given, and misses less than a unit each.
        #[test]
        fn nothing_appears_and_little_is_lost(
            gifts in prop::collection::vec(-1_000_000_000_000i128..1_000_000_000_000, 1..20),
            holders in prop::collection::vec(1u128..1 << 100, 1..8),
        ) {
            let total = holders.iter().fold(Uint256::zero(), |t, h| t + Uint256::from(*h));
            let mut index = Index::default();
            let mut given = Int256::zero();
            for gift in gifts {
                index.distribute(amount(gift), total).unwrap();
                given += amount(gift);
            }
            let got = holders.iter().fold(Accrued::default(), |sum, h| {
                let part = index.accrued_since(Index::default(), Uint256::from(*h)).unwrap();
                sum.checked_add(part).unwrap()
            });
            prop_assert!(got.units_floor().unwrap() <= given);
            prop_assert!(got.units_ceil().unwrap() >= given - amount(1));
        }

        /// Many small gifts are worth as much as one large one.
        #[test]
        fn the_carry_makes_order_irrelevant(gifts in prop::collection::vec(0i128..1_000, 1..50), shares in 1u128..u128::MAX) {
            let shares = Uint256::from(shares);
            let mut many = Index::default();
            for gift in &gifts {
                many.distribute(amount(*gift), shares).unwrap();
            }
            let mut once = Index::default();
            once.distribute(amount(gifts.iter().sum()), shares).unwrap();
            prop_assert_eq!(many, once);
        }
    }
}
