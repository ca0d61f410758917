//! An amount per share, accumulated (DESIGN §1).
//!
//! An [`Index`] spreads amounts over shares in one write: it grows by `amount / total_shares`,
//! and an actor's part is its shares times the growth since it last looked. The index has
//! 27 digits more than the shares it divides by, and carries the remainder of each division
//! into the next, so nothing is lost by many small updates.
//!
//! Amounts are signed in the actors' favour and rounded down: together they never get more than
//! was given. A debt is a negative amount, so that debts never fall short.

use cosmwasm_std::{Decimal, Int256, Int512, Uint128, Uint256};

use crate::{
    MAX_DECIMALS, MathError,
    rounding::{
        narrow_signed, negate, positive_part, pow10, signed_mul_div_ceil, signed_mul_div_floor,
        to_signed, to_u128,
    },
    shares::SHARE_DIGITS,
    stored_as_array, stored_compactly,
};

/// Digits of the index below those of a share.
pub const INDEX_DIGITS: u8 = 27;

/// A billionth of a base unit, in digits below it, is not worth rounding for.
///
/// Indices round against every actor in their last digit, so that ten dollars for one holder of
/// three shares arrive as 9.99…9: rounded down to the base unit they would miss a whole one. What
/// an actor gets by this is a billionth of a base unit at most, once, for it is kept as a debt.
pub const NEGLIGIBLE_DIGITS: u8 = 9;

/// An accumulated, signed amount per share.
#[derive(Clone, Debug, PartialEq, Copy, Default, Eq)]
pub struct Index {
    /// The amount per share, with `18 + 27` digits below the base unit.
    per_share: Mark,
    /// What the last division left over, in the same digits; never negative.
    carry: Accrued,
}
stored_as_array!(Index { per_share, carry });

/// Where an index stood when an actor last looked.
#[derive(Clone, Debug, PartialEq, Copy, Default, Eq, PartialOrd, Ord)]
pub struct Mark(Int256);
stored_compactly!(Mark);

/// A signed amount with all the digits of the index: 45 below the base unit.
///
/// It holds 5·10³¹ base units, 700 times the 2⁹⁶ of DESIGN §1, and is a typed error beyond.
#[derive(Clone, Debug, PartialEq, Copy, Default, Eq, PartialOrd, Ord)]
pub struct Accrued(Int256);
stored_compactly!(Accrued);

impl Index {
    /// One that has spread nothing yet.
    pub const NOTHING: Self = Self {
        per_share: Mark(Int256::zero()),
        carry: Accrued::ZERO,
    };

    /// Gives `amount` (negative: a debt) to `total_shares`; each share gets the quotient rounded
    /// down (towards −∞), and the remainder is carried into the next.
    ///
    /// # Errors
    /// Without shares there is nobody to give to: the caller decides who carries it.
    pub fn distribute_floor(
        &mut self,
        amount: Accrued,
        total_shares: Uint256,
    ) -> Result<(), MathError> {
        if amount.is_zero() {
            return Ok(());
        }
        if total_shares.is_zero() {
            return Err(MathError::divide_by_zero("a distribution without shares"));
        }
        let total = Int512::from(amount.0).checked_add(Int512::from(self.carry.0))?;
        let shares = Int512::from(total_shares);
        // Euclidean, so that the carry is never negative whatever the sign of the amount.
        let quotient = total
            .checked_div_euclid(shares)
            .map_err(|_| MathError::out_of_range("a distribution"))?;
        let carry = total.checked_sub(quotient.checked_mul(shares)?)?;
        self.per_share = Mark(self.per_share.0.checked_add(narrow_signed(quotient)?)?);
        self.carry = Accrued(narrow_signed(carry)?);
        Ok(())
    }

    /// Where it stands.
    pub const fn mark(&self) -> Mark {
        self.per_share
    }

    /// What the last division left over.
    pub(crate) const fn carry(&self) -> Accrued {
        self.carry
    }

    /// What `shares` have accrued since the index stood at `since`.
    pub fn accrued_since(&self, since: Mark, shares: Uint256) -> Result<Accrued, MathError> {
        self.mark().accrued_since(since, shares)
    }

    /// Begins again at zero, with what the last division left over, and says where it stood.
    pub const fn restart(&mut self) -> Mark {
        let mark = self.mark();
        self.per_share = Mark(Int256::zero());
        mark
    }
}

impl Mark {
    /// What `shares` have accrued between `since` and here.
    pub fn accrued_since(self, since: Self, shares: Uint256) -> Result<Accrued, MathError> {
        let growth = self.0.checked_sub(since.0)?;
        Ok(Accrued(narrow_signed(growth.full_mul(to_signed(shares)?))?))
    }
}

impl Accrued {
    /// Nothing.
    pub const ZERO: Self = Self(Int256::zero());

    /// Whole base units, exactly.
    pub fn from_units(units: impl Into<Int256>) -> Result<Self, MathError> {
        let fine = units.into().full_mul(to_signed(unit()?)?);
        Ok(Self(narrow_signed(fine)?))
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is above zero.
    pub fn is_positive(self) -> bool {
        self > Self::ZERO
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.0.is_negative()
    }

    /// `self + other`.
    pub fn checked_add(self, other: Self) -> Result<Self, MathError> {
        Ok(Self(self.0.checked_add(other.0)?))
    }

    /// `self − other`.
    pub fn checked_sub(self, other: Self) -> Result<Self, MathError> {
        Ok(Self(self.0.checked_sub(other.0)?))
    }

    /// `−self`: a debt as what it is in its debtor's favour, and back.
    pub fn checked_neg(self) -> Result<Self, MathError> {
        Self::ZERO.checked_sub(self)
    }

    /// `floor(self · factor)` with all digits.
    pub fn mul_floor(self, factor: Decimal) -> Result<Self, MathError> {
        let one = pow10(MAX_DECIMALS)?;
        let product = signed_mul_div_floor(self.0, factor.atomics().into(), one)?;
        Ok(Self(product))
    }

    /// `floor(self · part / whole)` with all digits.
    pub(crate) fn part_floor(self, part: u64, whole: u64) -> Result<Self, MathError> {
        Ok(Self(signed_mul_div_floor(
            self.0,
            part.into(),
            whole.into(),
        )?))
    }

    /// Takes whole base units out and keeps the rest: `floor`, for what is paid to a user.
    ///
    /// Below one base unit, or below zero, nothing is taken. What misses a whole unit by less than
    /// [`NEGLIGIBLE_DIGITS`] counts as whole, and is owed from then on.
    pub fn take_floor(&mut self) -> Result<Uint128, MathError> {
        let whole = self.checked_neg()?.credit_floor()?;
        *self = self.checked_sub(Self::from_units(whole)?)?;
        Ok(whole)
    }

    /// The amount in base units, rounded down (towards −∞).
    pub fn units_floor(self) -> Result<Int256, MathError> {
        signed_mul_div_floor(self.0, Uint256::one(), unit()?)
    }

    /// The amount in base units, rounded up (towards +∞).
    pub fn units_ceil(self) -> Result<Int256, MathError> {
        signed_mul_div_ceil(self.0, Uint256::one(), unit()?)
    }

    /// What a debt of this amount is in base units, rounded up; zero when nothing is owed. Less
    /// than [`NEGLIGIBLE_DIGITS`] above a whole unit is not owed.
    pub fn owed_ceil(self) -> Result<Uint128, MathError> {
        to_u128(positive_part(self.balance_ceil()?))
    }

    /// What is owed, in base units, rounded up: [`Self::owed_ceil`] of a debt, and of a credit what
    /// [`Self::credit_floor`] is, below zero.
    pub fn balance_ceil(self) -> Result<Int256, MathError> {
        self.checked_sub(negligible()?)?.units_ceil()
    }

    /// What a debt of this amount is in its debtor's favour, in base units, rounded down: his
    /// credit. Zero when something is owed. Less than [`NEGLIGIBLE_DIGITS`] below a whole unit
    /// counts as whole.
    pub fn credit_floor(self) -> Result<Uint128, MathError> {
        let credit = self.checked_neg()?.checked_add(negligible()?)?;
        to_u128(positive_part(credit.units_floor()?))
    }

    /// What is left of `movement` after it has met what stands on the other side, and what is
    /// left of that: see [`meet`].
    pub(crate) fn meet(self, movement: Self) -> Result<(Self, Self), MathError> {
        let (left, rest) = meet(self.0, movement.0)?;
        Ok((Self(left), Self(rest)))
    }
}

/// A movement meets what is unassigned before anybody else: `(unassigned after, rest)`.
///
/// Only an opposite movement is met, by as much as both have; one in the same direction passes.
pub(crate) fn meet(unassigned: Int256, movement: Int256) -> Result<(Int256, Int256), MathError> {
    if unassigned.is_zero() || unassigned.is_negative() == movement.is_negative() {
        return Ok((unassigned, movement));
    }
    let size = unassigned.unsigned_abs().min(movement.unsigned_abs());
    let met = if movement.is_negative() {
        negate(size)?
    } else {
        to_signed(size)?
    };
    Ok((unassigned.checked_add(met)?, movement.checked_sub(met)?))
}

fn negligible() -> Result<Accrued, MathError> {
    let digits = SHARE_DIGITS
        .saturating_add(INDEX_DIGITS)
        .saturating_sub(NEGLIGIBLE_DIGITS);
    Ok(Accrued(to_signed(pow10(digits)?)?))
}

/// One base unit in the digits of the index.
fn unit() -> Result<Uint256, MathError> {
    pow10(SHARE_DIGITS.saturating_add(INDEX_DIGITS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn amount(n: i128) -> Int256 {
        Int256::from(n)
    }

    fn give(index: &mut Index, n: i128, shares: Uint256) {
        let fine = Accrued::from_units(n).unwrap();
        index.distribute_floor(fine, shares).unwrap();
    }

    /// DESIGN §1: with 27 digits and no carry these thousand updates would credit nothing.
    #[test]
    fn a_thousand_units_into_many_shares_arrive() {
        let shares = Uint256::from(3_000_000_000_000_000_000_000_000_000u128);
        let mut index = Index::default();
        for _ in 0..1000 {
            give(&mut index, 1, shares);
        }
        let got = index.accrued_since(Mark::default(), shares).unwrap();
        assert_eq!(got.units_ceil().unwrap(), amount(1000));
        assert!(got.units_floor().unwrap() >= amount(999));
    }

    #[test]
    fn the_last_share_carries_the_most() {
        let mut index = Index::default();
        give(&mut index, 1 << 96, Uint256::one());
        let mut got = index
            .accrued_since(Mark::default(), Uint256::one())
            .unwrap();
        assert_eq!(got.take_floor().unwrap().u128(), 1 << 96);
        assert_eq!(got, Accrued::ZERO);
    }

    #[test]
    fn nobody_to_give_to_is_an_error() {
        let one = Accrued::from_units(1).unwrap();
        let mut index = Index::default();
        assert!(index.distribute_floor(one, Uint256::zero()).is_err());
        index
            .distribute_floor(Accrued::ZERO, Uint256::zero())
            .unwrap();
    }

    #[test]
    fn what_is_owed_is_not_taken() {
        let mut index = Index::default();
        give(&mut index, -5, Uint256::from(2u128));
        let mut owed = index
            .accrued_since(Mark::default(), Uint256::from(2u128))
            .unwrap();
        assert_eq!(owed.take_floor().unwrap(), Uint128::zero());
        assert_eq!(owed.units_floor().unwrap(), amount(-5));
    }

    /// A debt that rounding made larger by a hair is the debt that was given, here as for accounts.
    #[rstest]
    #[case::debt(5, 1, 5)]
    #[case::debt_below(5, -1, 5)]
    #[case::nothing(0, 1, 0)]
    #[case::credit(-5, 1, -5)]
    #[case::credit_below(-5, -1, -5)]
    fn balances(#[case] n: i128, #[case] hair: i128, #[case] balance: i128) {
        let sum = Accrued(Accrued::from_units(n).unwrap().0 + amount(hair));
        assert_eq!(sum.balance_ceil().unwrap(), amount(balance));
        let owed = Int256::from(sum.owed_ceil().unwrap());
        let credit = Int256::from(sum.credit_floor().unwrap());
        assert_eq!(owed - credit, amount(balance));
    }

    /// The next opposite movement meets what is unassigned first, by as much as both have.
    #[rstest]
    #[case::same_direction(5, 3, 5, 3)]
    #[case::nothing_there(0, -3, 0, -3)]
    #[case::a_fall_meets_a_part(5, -3, 2, 0)]
    #[case::a_fall_meets_all(5, -8, 0, -3)]
    #[case::a_rise_meets_a_part(-5, 3, -2, 0)]
    #[case::a_rise_meets_all(-5, 8, 0, 3)]
    #[case::no_movement(5, 0, 5, 0)]
    fn meetings(#[case] u: i128, #[case] movement: i128, #[case] left: i128, #[case] rest: i128) {
        let met = meet(amount(u), amount(movement)).unwrap();
        assert_eq!(met, (amount(left), amount(rest)));
    }

    #[rstest]
    #[case(3, 2, 2, 0)]
    #[case(4, 2, 2, 0)]
    #[case(-3, 2, 0, 1)]
    #[case(-4, 2, 0, 2)]
    #[case(0, 1, 0, 0)]
    fn owed_up_credit_down(
        #[case] n: i128,
        #[case] by: u64,
        #[case] owed: u128,
        #[case] credit: u128,
    ) {
        let debt = Accrued::from_units(n).unwrap().part_floor(1, by).unwrap();
        assert_eq!(debt.owed_ceil().unwrap().u128(), owed);
        assert_eq!(debt.credit_floor().unwrap().u128(), credit);
    }

    /// A sole holder of three shares gets ten, not nine, and owes ten, not eleven; once.
    #[test]
    fn the_last_digit_costs_no_unit() {
        let three = Uint256::from(3u128);
        let mut index = Index::default();
        give(&mut index, 10, three);
        let mut got = index.accrued_since(Mark::default(), three).unwrap();
        assert!(got < Accrued::from_units(10).unwrap());
        assert_eq!(got.take_floor().unwrap().u128(), 10);
        assert!(got.is_negative());
        assert_eq!(got.take_floor().unwrap().u128(), 0);
        let mut index = Index::default();
        give(&mut index, -10, three);
        let owed = index.accrued_since(Mark::default(), three).unwrap();
        let debt = owed.checked_neg().unwrap();
        assert_eq!(debt.units_ceil().unwrap(), amount(11));
        assert_eq!(debt.owed_ceil().unwrap().u128(), 10);
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
                give(&mut index, gift, total);
                given += amount(gift);
            }
            let got = holders.iter().fold(Accrued::ZERO, |sum, h| {
                let part = index.accrued_since(Mark::default(), Uint256::from(*h)).unwrap();
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
                give(&mut many, *gift, shares);
            }
            let mut once = Index::default();
            give(&mut once, gifts.iter().sum(), shares);
            prop_assert_eq!(many, once);
        }
    }
}
