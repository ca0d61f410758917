//! The shares of a debt pool (DESIGN §4).
//!
//! A pool owes what the synths it has issued are worth. Stakers hold shares of that debt; the
//! shares are 18 digits finer than the base unit of the pool's dollar synth, so that rounding
//! one share up or down never moves a base unit.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Uint128, Uint256, Uint512};

use crate::{
    MathError, Value,
    rounding::{div_ceil_512, div_floor_512, narrow, pow10, to_u128},
};

/// How many digits a share is finer than the base unit it stands for.
pub const SHARE_DIGITS: u8 = 18;

/// A debt pool at one moment: its shares, and what it owes at the prices in force.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct SharePool {
    /// All shares there are.
    pub total_shares: Uint256,
    /// What the pool owes.
    pub debt: Value,
    /// Decimals of the pool's dollar synth, in whose base units debt is counted.
    pub decimals: u8,
}

/// What a repayment does to an account.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Repayment {
    /// Debt that is closed, in base units.
    pub amount: Uint128,
    /// Shares that are burnt for it.
    pub shares: Uint256,
}

impl SharePool {
    /// Shares for a debt of `amount`: `ceil(amount · total_shares / debt)`; the first staker
    /// gets as many as the debt issued.
    ///
    /// # Errors
    /// With shares left but no debt: the pool must begin a new epoch first.
    pub fn shares_to_issue(&self, amount: Uint128) -> Result<Uint256, MathError> {
        if self.total_shares.is_zero() {
            return Ok(Uint256::from(amount).checked_mul(pow10(SHARE_DIGITS)?)?);
        }
        let (numerator, denominator) = self.shares_quotient(amount)?;
        narrow(div_ceil_512(numerator, denominator)?)
    }

    /// Debt of an account: `ceil(shares · debt / total_shares)`, in base units.
    pub fn debt_of(&self, shares: Uint256) -> Result<Uint128, MathError> {
        if shares.is_zero() || self.debt.is_zero() {
            return Ok(Uint128::zero());
        }
        let unit = Value::of_dollars(Uint128::one(), self.decimals)?.atomics();
        let numerator = self.debt.atomics().checked_mul(shares.into())?;
        let denominator = unit.checked_mul(self.total_shares.into())?;
        to_u128(narrow(div_ceil_512(numerator, denominator)?)?)
    }

    /// What closing up to `amount` of the debt behind `shares` does: everything when `amount`
    /// covers the debt, else `floor(amount · total_shares / debt)` shares.
    pub fn repay(&self, shares: Uint256, amount: Uint128) -> Result<Repayment, MathError> {
        let debt = self.debt_of(shares)?;
        if amount >= debt {
            return Ok(Repayment {
                amount: debt,
                shares,
            });
        }
        let (numerator, denominator) = self.shares_quotient(amount)?;
        let burnt = narrow(div_floor_512(numerator, denominator)?)?;
        Ok(Repayment {
            amount,
            shares: burnt.min(shares),
        })
    }

    /// The least repayment after which the debt behind `shares` is at most `target`.
    ///
    /// Burnt shares are rounded down, so the debt after paying `debt − target` may round up to
    /// one unit more than `target`. The debt left never rises with the amount paid, so when
    /// the difference itself does not do, the least amount is found by bisection.
    pub fn repay_down_to(&self, shares: Uint256, target: Uint128) -> Result<Repayment, MathError> {
        let debt = self.debt_of(shares)?;
        if debt <= target {
            return Ok(Repayment {
                amount: Uint128::zero(),
                shares: Uint256::zero(),
            });
        }
        let reaches = |amount: Uint128| -> Result<bool, MathError> {
            let repayment = self.repay(shares, amount)?;
            let left = shares.checked_sub(repayment.shares)?;
            Ok(self.after(&repayment)?.debt_of(left)? <= target)
        };
        let difference = debt.checked_sub(target)?;
        let (mut short, mut enough) = (difference.saturating_sub(Uint128::one()), debt);
        if reaches(short)? {
            return self.repay(shares, short);
        }
        if reaches(difference)? {
            return self.repay(shares, difference);
        }
        while enough.checked_sub(short)? > Uint128::one() {
            let half = enough.checked_sub(short)?.checked_shr(1)?;
            let middle = short.checked_add(half)?;
            if reaches(middle)? {
                enough = middle;
            } else {
                short = middle;
            }
        }
        self.repay(shares, enough)
    }

    /// The pool after a repayment that burns as much of the synth as debt is closed.
    pub fn after(&self, repayment: &Repayment) -> Result<Self, MathError> {
        let burnt = Value::of_dollars(repayment.amount, self.decimals)?;
        Ok(Self {
            total_shares: self.total_shares.checked_sub(repayment.shares)?,
            debt: self.debt.saturating_sub(burnt),
            decimals: self.decimals,
        })
    }

    /// `amount · total_shares / debt` as a numerator and a denominator.
    fn shares_quotient(&self, amount: Uint128) -> Result<(Uint512, Uint512), MathError> {
        let value = Value::of_dollars(amount, self.decimals)?;
        Ok((
            value.atomics().checked_mul(self.total_shares.into())?,
            self.debt.atomics(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::Decimal;
    use proptest::prelude::*;
    use rstest::rstest;

    fn pool(shares: Uint256, debt: u128) -> SharePool {
        SharePool {
            total_shares: shares,
            debt: Value::of_dollars(Uint128::new(debt), 6).unwrap(),
            decimals: 6,
        }
    }

    /// DESIGN §4: Alice, Bob and Carol.
    #[test]
    fn alice_bob_and_carol() {
        let hundred = Uint128::new(100_000_000);
        let alice = pool(Uint256::zero(), 0).shares_to_issue(hundred).unwrap();
        let bob = pool(alice, 100_000_000).shares_to_issue(hundred).unwrap();
        assert_eq!(alice, bob);

        let doubled = pool(alice + bob, 400_000_000);
        assert_eq!(doubled.debt_of(alice).unwrap().u128(), 200_000_000);

        let carol = doubled.shares_to_issue(hundred).unwrap();
        assert_eq!(carol + carol, alice);
        let with_carol = pool(alice + bob + carol, 500_000_000);
        assert_eq!(with_carol.debt_of(alice).unwrap().u128(), 200_000_000);

        let repaid = with_carol.repay(alice, Uint128::new(200_000_000)).unwrap();
        assert_eq!(
            repaid,
            Repayment {
                amount: Uint128::new(200_000_000),
                shares: alice
            }
        );
        let after = with_carol.after(&repaid).unwrap();
        assert_eq!(after.debt, pool(alice, 300_000_000).debt);
        assert_eq!(after.debt_of(bob).unwrap().u128(), 200_000_000);
    }

    #[rstest]
    #[case::nothing_to_do(100, 100, 0)]
    #[case::more_than_the_debt(100, 200, 0)]
    #[case::half(100, 50, 50)]
    #[case::all(100, 0, 100)]
    fn down_to(#[case] debt: u128, #[case] target: u128, #[case] amount: u128) {
        let shares = pool(Uint256::zero(), 0)
            .shares_to_issue(Uint128::new(debt))
            .unwrap();
        let repayment = pool(shares, debt)
            .repay_down_to(shares, Uint128::new(target))
            .unwrap();
        assert_eq!(repayment.amount.u128(), amount);
    }

    #[test]
    fn shares_left_without_debt_cannot_be_added_to() {
        assert!(
            pool(Uint256::one(), 0)
                .shares_to_issue(Uint128::one())
                .is_err()
        );
    }

    #[test]
    fn the_limits_of_the_design_do_not_overflow() {
        let amount = Uint128::new(1 << 96);
        let shares = pool(Uint256::zero(), 0).shares_to_issue(amount).unwrap();
        let price = Decimal::from_ratio(1_000_000_000_000u128, 1u128);
        let worth = Value::of(amount, price, 18).unwrap();
        let full = SharePool {
            total_shares: shares,
            debt: worth,
            decimals: 0,
        };
        assert!(full.debt_of(shares).is_ok());
    }

    proptest! {
        /// Invariant 2: accounts owe at least what the pool owes, to a unit each.
        #[test]
        fn accounts_cover_the_pool(
            debts in prop::collection::vec(1u128..1 << 80, 1..12),
            permille in 1u64..1000,
            repay in prop::collection::vec(0u128..1 << 80, 1..12),
        ) {
            let mut state = pool(Uint256::zero(), 0);
            let mut accounts = vec![];
            for debt in debts {
                let amount = Uint128::new(debt);
                let shares = state.shares_to_issue(amount).unwrap();
                accounts.push(shares);
                state.total_shares += shares;
                state.debt = state.debt.checked_add(Value::of_dollars(amount, 6).unwrap()).unwrap();
            }
            // the prices of the pool's synths move
            state.debt = state.debt.mul_floor(Decimal::permille(permille)).unwrap();
            for (shares, amount) in accounts.iter_mut().zip(repay) {
                let repayment = state.repay(*shares, Uint128::new(amount)).unwrap();
                state = state.after(&repayment).unwrap();
                *shares -= repayment.shares;
            }
            let owed = Value::sum(accounts.iter().map(|s| {
                Value::of_dollars(state.debt_of(*s).unwrap(), 6).unwrap()
            })).unwrap();
            if !state.total_shares.is_zero() {
                prop_assert!(owed >= state.debt);
                let units = Value::of_dollars(Uint128::new(accounts.len() as u128), 6).unwrap();
                prop_assert!(owed.checked_sub(state.debt).unwrap() <= units);
            }
        }

        /// `repay_down_to` reaches its target, and one unit less would not.
        #[test]
        fn down_to_is_least(
            mine in 1u128..1 << 70, others in 0u128..1 << 70, debt in 1u128..1 << 80, part in 0u64..1000
        ) {
            let total = Uint256::from(mine) + Uint256::from(others);
            let state = pool(total, debt);
            let shares = Uint256::from(mine);
            let owed = state.debt_of(shares).unwrap();
            let target = owed.mul_floor(Decimal::permille(part));
            let repayment = state.repay_down_to(shares, target).unwrap();
            let left = |r: &Repayment| state.after(r).unwrap().debt_of(shares - r.shares).unwrap();
            if owed > target {
                prop_assert!(left(&repayment) <= target);
                let less = repayment.amount - Uint128::one();
                prop_assert!(left(&state.repay(shares, less).unwrap()) > target);
            }
        }
    }
}
