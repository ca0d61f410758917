//! A vault, the positions in it, and how they are liquidated (DESIGN §6).
//!
//! An account's collateral is floor(shares · vault total / total shares), so that seized
//! collateral reaches all others in one write. Debt is what the account minted and its part of
//! what the vault was given; a negative one is a credit.
//!
//! - **With peers**, a position below the liquidation ratio loses its shares: its collateral, less
//!   the keeper's reward, and its debt go to the vault's other accounts.
//! - **The last holder**, of more than 99 % of the shares, has no peers to carry him. Anyone repays
//!   q of his debt and takes collateral worth q · (1 + penalty) out of his shares, in parts; what
//!   is left stays his. Debt that is left at no collateral goes to the pool's other vaults.

use cosmwasm_std::{Decimal, Uint128, Uint256, Uint512};

use crate::{
    Accrued, Distribution, MathError, Value,
    distribution::Actor,
    rounding::{
        div_ceil_512, div_floor_512, mul_div_ceil, mul_div_floor, mul_floor, narrow, pow10, to_u128,
    },
    shares::SHARE_DIGITS,
    stored_as_array,
};

/// Shares become finer when fewer than 10⁹ of them stand for a base unit of collateral.
const LEAST_DIGITS: u8 = 9;

/// What the accounts of a vault share.
#[derive(Clone, Debug, PartialEq, Default, Eq)]
pub struct Vault {
    /// Base units of collateral.
    collateral: Uint128,
    /// Over the accounts, by shares of the collateral.
    accounts: Distribution,
    /// The debts of all positions as of when each was last settled.
    settled: Accrued,
}
stored_as_array!(Vault {
    collateral,
    accounts,
    settled
});

/// What an account has in a vault.
#[derive(Clone, Debug, PartialEq, Copy, Default, Eq)]
pub struct Position {
    actor: Actor,
    /// What it owes, as of when it was last settled; negative for a credit.
    debt: Accrued,
    /// Fees it has earned and not claimed; negative when they were paid before they were settled.
    fees: Accrued,
}
stored_as_array!(Position { actor, debt, fees });

/// The collateral's and the dollar's terms in a liquidation.
#[derive(Clone, Debug, PartialEq, Copy, Eq)]
pub struct LiquidationTerms {
    /// Dollars for a whole token of the collateral.
    pub price: Decimal,
    /// Decimals of the collateral.
    pub decimals: u8,
    /// Decimals of the pools' dollar.
    pub dollar_decimals: u8,
    /// What a direct liquidation takes beyond the debt it repays, as a part of it.
    pub penalty: Decimal,
    /// The keeper's part of the collateral that goes to peers …
    pub keeper_part: Decimal,
    /// … but not more than this, in base units.
    pub max_keeper_reward: Uint128,
}

/// A liquidation to a vault's peers.
#[derive(Clone, Debug, PartialEq, Copy, Eq)]
pub struct PeerLiquidation {
    /// Collateral for the keeper.
    pub reward: Uint128,
    /// Collateral that the peers have got.
    pub collateral: Uint128,
    /// Debt that the peers have got.
    pub debt: Accrued,
}

/// A liquidation of a vault's last holder, whole or in part.
#[derive(Clone, Debug, PartialEq, Copy, Eq)]
pub struct DirectLiquidation {
    /// Base units of the dollar that are burnt.
    pub paid: Uint128,
    /// Collateral for the one who pays.
    pub taken: Uint128,
    /// Debt left at no collateral: for the pool's other vaults.
    pub debt_left: Accrued,
}

impl Vault {
    /// Base units of collateral.
    pub const fn collateral(&self) -> Uint128 {
        self.collateral
    }

    /// The accounts' shares, debt and fees.
    pub const fn accounts(&self) -> &Distribution {
        &self.accounts
    }

    /// What all accounts owe together, given and not yet taken included; negative when they are
    /// owed. To a unit each, and never more than they owe.
    pub fn owed(&self) -> Result<Accrued, MathError> {
        self.settled.checked_add(self.accounts.debt_pending()?)
    }

    /// Takes debt (negative: profit) and fees that the pool gives it.
    ///
    /// # Errors
    /// Without accounts, unless there is nothing to take.
    pub fn take(&mut self, debt: Accrued, fees: Accrued) -> Result<(), MathError> {
        self.accounts.charge_ceil(debt)?;
        self.accounts.pay_floor(fees)
    }

    /// Books what a position has come to owe and to earn. Everything below does it first.
    pub fn settle(&mut self, position: &mut Position) -> Result<(), MathError> {
        let shares = self.accounts.shares_of(&position.actor)?;
        self.set_shares(position, shares)
    }

    /// The position as [`Self::settle`] would leave it.
    pub fn preview(&self, position: &Position) -> Result<Position, MathError> {
        let flushed = self.accounts.preview(&position.actor)?;
        Ok(Position {
            debt: position.debt.checked_add(flushed.debt)?,
            fees: position.fees.checked_add(flushed.fees)?,
            ..*position
        })
    }

    /// The position's shares of the collateral.
    pub fn shares_of(&self, position: &Position) -> Result<Uint256, MathError> {
        self.accounts.shares_of(&position.actor)
    }

    /// The position's collateral: floor(shares · vault total / total shares).
    pub fn collateral_of(&self, position: &Position) -> Result<Uint128, MathError> {
        if self.accounts.is_empty() {
            return Ok(Uint128::zero());
        }
        to_u128(mul_div_floor(
            self.shares_of(position)?,
            self.collateral.into(),
            self.accounts.total_shares(),
        )?)
    }

    /// Adds collateral to a position: floor(amount · total shares / vault total) shares.
    ///
    /// # Errors
    /// `NoShares` when that is none.
    pub fn deposit(&mut self, position: &mut Position, amount: Uint128) -> Result<(), MathError> {
        let total = self.accounts.total_shares();
        let bought = if total.is_zero() {
            Uint256::from(amount).checked_mul(pow10(SHARE_DIGITS)?)?
        } else {
            mul_div_floor(amount.into(), total, self.collateral.into())?
        };
        if bought.is_zero() {
            return Err(MathError::NoShares {});
        }
        let shares = self.shares_of(position)?.checked_add(bought)?;
        self.set_shares(position, shares)?;
        self.collateral = self.collateral.checked_add(amount)?;
        Ok(())
    }

    /// Takes collateral out of a position: ceil(amount · total shares / vault total) shares, or
    /// all of them for all of it.
    ///
    /// # Errors
    /// `Insufficient`.
    pub fn withdraw(&mut self, position: &mut Position, amount: Uint128) -> Result<(), MathError> {
        let available = self.collateral_of(position)?;
        let shares = self.shares_of(position)?;
        let left = if amount == available {
            Uint256::zero()
        } else if amount < available {
            let total = self.accounts.total_shares();
            let burnt = mul_div_ceil(amount.into(), total, self.collateral.into())?;
            shares.checked_sub(burnt)?
        } else {
            return Err(MathError::Insufficient {});
        };
        self.set_shares(position, left)?;
        self.collateral = self.collateral.checked_sub(amount)?;
        Ok(())
    }

    /// The position owes `amount` more. The caller has compared it with what the collateral
    /// allows.
    pub fn mint(&mut self, position: &mut Position, amount: Uint128) -> Result<(), MathError> {
        self.settle(position)?;
        self.book(position, Accrued::from_units(amount)?)
    }

    /// Repays up to `burnt` base units of what the position owes, and says how many.
    pub fn repay(&mut self, position: &mut Position, burnt: Uint128) -> Result<Uint128, MathError> {
        self.settle(position)?;
        let paid = burnt.min(position.debt.owed_ceil()?);
        self.book(position, Accrued::from_units(paid)?.checked_neg()?)?;
        Ok(paid)
    }

    /// Takes a credit out of a position that leaves, to be paid in dollars: floor.
    pub fn take_credit(&mut self, position: &mut Position) -> Result<Uint128, MathError> {
        self.settle(position)?;
        let credit = position.debt.credit_floor()?;
        self.book(position, Accrued::from_units(credit)?)?;
        Ok(credit)
    }

    /// Takes the fees out of a position, to be minted: floor.
    pub fn take_fees(&mut self, position: &mut Position) -> Result<Uint128, MathError> {
        self.settle(position)?;
        position.fees.take_floor()
    }

    /// Liquidates a position to its peers. The caller has found it below the liquidation ratio and
    /// not the last holder.
    pub fn liquidate_to_peers(
        &mut self,
        position: &mut Position,
        terms: &LiquidationTerms,
    ) -> Result<PeerLiquidation, MathError> {
        let seized = self.collateral_of(position)?;
        let reward = mul_floor(seized, terms.keeper_part)?
            .min(terms.max_keeper_reward)
            .min(seized);
        self.set_shares(position, Uint256::zero())?;
        let debt = position.debt;
        self.book(position, debt.checked_neg()?)?;
        self.collateral = self.collateral.checked_sub(reward)?;
        self.accounts.charge_ceil(debt)?;
        self.refine()?;
        Ok(PeerLiquidation {
            reward,
            collateral: seized.checked_sub(reward)?,
            debt,
        })
    }

    /// The most that may be repaid for a vault's last holder: his debt, or, when his collateral
    /// does not cover it with the penalty, ceil(value / (1 + penalty)).
    pub fn most_for_last_holder(
        &self,
        position: &Position,
        terms: &LiquidationTerms,
    ) -> Result<Uint128, MathError> {
        let debt = self.preview(position)?.debt.owed_ceil()?;
        let value = Value::of(self.collateral_of(position)?, terms.price, terms.decimals)?;
        let unit = Value::of_dollars(Uint128::one(), terms.dollar_decimals)?;
        let whole = scaled(unit, terms.one_and_penalty()?)?;
        let covered = div_ceil_512(scaled(value, Decimal::one())?, whole)?;
        // More dollars than there can be cover any debt.
        let covered = narrow(covered).and_then(to_u128).unwrap_or(Uint128::MAX);
        Ok(debt.min(covered))
    }

    /// Liquidates a vault's last holder for up to `offered` base units of the dollar:
    /// floor(paid · (1 + penalty) / price) of his collateral, and all of it for the most that may
    /// be paid when the collateral does not cover his debt.
    pub fn liquidate_last_holder(
        &mut self,
        position: &mut Position,
        offered: Uint128,
        terms: &LiquidationTerms,
    ) -> Result<DirectLiquidation, MathError> {
        self.settle(position)?;
        let most = self.most_for_last_holder(position, terms)?;
        let held = self.collateral_of(position)?;
        let paid = offered.min(most);
        let closes_short = paid == most && most < position.debt.owed_ceil()?;
        let taken = if closes_short {
            held
        } else {
            terms.collateral_for_floor(paid, held)?
        };
        self.withdraw(position, taken)?;
        self.book(position, Accrued::from_units(paid)?.checked_neg()?)?;
        let debt_left = if taken == held {
            position.debt.max(Accrued::ZERO)
        } else {
            Accrued::ZERO
        };
        self.book(position, debt_left.checked_neg()?)?;
        self.refine()?;
        Ok(DirectLiquidation {
            paid,
            taken,
            debt_left,
        })
    }

    /// Whether a position has nobody to leave its collateral and debt to.
    pub fn is_last_holder(&self, position: &Position) -> Result<bool, MathError> {
        Ok(is_last_holder(
            self.shares_of(position)?,
            self.accounts.total_shares(),
        ))
    }

    fn set_shares(&mut self, position: &mut Position, shares: Uint256) -> Result<(), MathError> {
        let flushed = self.accounts.set_shares(&mut position.actor, shares)?;
        position.fees = position.fees.checked_add(flushed.fees)?;
        self.book(position, flushed.debt)
    }

    fn book(&mut self, position: &mut Position, debt: Accrued) -> Result<(), MathError> {
        position.debt = position.debt.checked_add(debt)?;
        self.settled = self.settled.checked_add(debt)?;
        Ok(())
    }

    /// Keeps at least 10⁹ shares for each base unit of collateral.
    fn refine(&mut self) -> Result<(), MathError> {
        let least = Uint256::from(self.collateral).checked_mul(pow10(LEAST_DIGITS)?)?;
        while !self.accounts.is_empty() && self.accounts.total_shares() < least {
            self.accounts.refine()?;
        }
        Ok(())
    }
}

impl Position {
    /// What it owes, as of when it was last settled; negative for a credit.
    pub const fn debt(&self) -> Accrued {
        self.debt
    }

    /// Fees it has earned and not claimed, as of when it was last settled; negative when they were
    /// paid before.
    pub const fn fees(&self) -> Accrued {
        self.fees
    }

    /// It is paid fees that the links above still hold for it: [`Vault::settle`] adds what is left.
    pub fn pay_in_advance(&mut self, fees: Uint128) -> Result<(), MathError> {
        self.fees = self.fees.checked_sub(Accrued::from_units(fees)?)?;
        Ok(())
    }

    /// Its shares, for what else is spread over them.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
}

impl LiquidationTerms {
    fn one_and_penalty(&self) -> Result<Decimal, MathError> {
        Ok(Decimal::one().checked_add(self.penalty)?)
    }

    /// floor(paid · (1 + penalty) / price), at most `held`.
    fn collateral_for_floor(&self, paid: Uint128, held: Uint128) -> Result<Uint128, MathError> {
        let paid = Value::of_dollars(paid, self.dollar_decimals)?;
        let unit = Value::of(Uint128::one(), self.price, self.decimals)?;
        let worth = scaled(paid, self.one_and_penalty()?)?;
        let amount = div_floor_512(worth, scaled(unit, Decimal::one())?)?;
        if amount >= Uint512::from(held) {
            return Ok(held);
        }
        to_u128(narrow(amount)?)
    }
}

/// A value times a ratio, in 10⁻⁵⁴ dollars: exactly.
fn scaled(value: Value, ratio: Decimal) -> Result<Uint512, MathError> {
    Ok(value
        .atomics()
        .checked_mul(Uint512::from(ratio.atomics()))?)
}

/// Whether a holder of `shares` has more than 99 % of a vault, and so nobody to leave its
/// collateral and debt to.
pub fn is_last_holder(shares: Uint256, total_shares: Uint256) -> bool {
    shares.full_mul(Uint256::from(100u128)) > total_shares.full_mul(Uint256::from(99u128))
}

/// The most a position may owe: floor(value / issuance ratio), in base units of the dollar.
pub fn max_debt_floor(
    value: Value,
    issuance_ratio: Decimal,
    decimals: u8,
) -> Result<Uint128, MathError> {
    let unit = Value::of_dollars(Uint128::one(), decimals)?;
    let most = div_floor_512(
        scaled(value, Decimal::one())?,
        scaled(unit, issuance_ratio)?,
    )?;
    to_u128(narrow(most)?)
}

/// Whether a position may be liquidated: it owes something, and value < debt · liquidation ratio.
/// At the line does not count.
pub fn is_liquidatable(
    value: Value,
    debt: Uint128,
    liquidation_ratio: Decimal,
    decimals: u8,
) -> Result<bool, MathError> {
    let line = scaled(Value::of_dollars(debt, decimals)?, liquidation_ratio)?;
    Ok(!debt.is_zero() && scaled(value, Decimal::one())? < line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use std::str::FromStr;

    fn n(amount: u128) -> Uint128 {
        Uint128::new(amount)
    }

    fn units(n: i128) -> Accrued {
        Accrued::from_units(n).unwrap()
    }

    fn terms(price: &str) -> LiquidationTerms {
        LiquidationTerms {
            price: Decimal::from_str(price).unwrap(),
            decimals: 6,
            dollar_decimals: 6,
            penalty: Decimal::percent(10),
            keeper_part: Decimal::percent(5),
            max_keeper_reward: n(3),
        }
    }

    /// A vault with so much collateral of each, who owes so much of it.
    fn vault<const N: usize>(of: [(u128, u128); N]) -> (Vault, [Position; N]) {
        let (mut vault, mut positions) = (Vault::default(), [Position::default(); N]);
        for ((collateral, debt), position) in of.into_iter().zip(&mut positions) {
            vault.deposit(position, n(collateral)).unwrap();
            vault.mint(position, n(debt)).unwrap();
        }
        (vault, positions)
    }

    fn owed(vault: &Vault, position: &Position) -> u128 {
        let debt = vault.preview(position).unwrap().debt();
        debt.owed_ceil().unwrap().u128()
    }

    #[test]
    fn in_and_out() {
        let (mut vault, [mut one, mut two]) = vault([(100, 0), (300, 0)]);
        assert_eq!(vault.collateral().u128(), 400);
        vault.withdraw(&mut two, n(100)).unwrap();
        assert_eq!(vault.collateral_of(&two).unwrap().u128(), 200);
        assert_eq!(
            vault.withdraw(&mut one, n(101)),
            Err(MathError::Insufficient {})
        );
        vault.withdraw(&mut one, n(100)).unwrap();
        vault.withdraw(&mut two, n(200)).unwrap();
        assert!(vault.collateral().is_zero() && vault.accounts().is_empty());
        assert!(vault.collateral_of(&one).unwrap().is_zero());
    }

    #[test]
    fn debt_and_fees_reach_accounts_by_their_collateral() {
        let (mut vault, [mut one, mut two]) = vault([(100, 10), (300, 0)]);
        vault.take(units(40), units(8)).unwrap();
        assert_eq!((owed(&vault, &one), owed(&vault, &two)), (20, 30));
        assert_eq!(vault.owed().unwrap(), units(50));
        assert_eq!(vault.take_fees(&mut one).unwrap().u128(), 2);
        assert_eq!(vault.take_fees(&mut one).unwrap().u128(), 0);
        assert_eq!(vault.repay(&mut one, n(25)).unwrap().u128(), 20);
        vault.take(units(-80), units(0)).unwrap();
        assert_eq!(vault.take_credit(&mut one).unwrap().u128(), 20);
        assert_eq!(vault.take_credit(&mut two).unwrap().u128(), 30);
        assert!(vault.owed().unwrap().is_zero());
    }

    #[test]
    fn a_deposit_that_buys_no_share_is_refused() {
        let mut position = Position::default();
        let error = Vault::default().deposit(&mut position, n(0)).unwrap_err();
        assert_eq!(error, MathError::NoShares {});
    }

    // ------------------------------------------------------------ liquidation

    /// Of 100 collateral and 50 of debt: the keeper gets 5 %, at most 3, and the peer the rest.
    #[rstest]
    #[case::capped(100, 3)]
    #[case::uncapped(40, 2)]
    #[case::rounded_down(39, 1)]
    fn to_peers(#[case] collateral: u128, #[case] reward: u128) {
        let (mut vault, [mut weak, mut peer]) = vault([(collateral, 50), (300, 7)]);
        assert!(!vault.is_last_holder(&weak).unwrap());
        vault.take(units(0), units(400)).unwrap();
        let done = vault.liquidate_to_peers(&mut weak, &terms("1")).unwrap();
        assert_eq!(
            done,
            PeerLiquidation {
                reward: n(reward),
                collateral: n(collateral - reward),
                debt: units(50),
            }
        );
        assert_eq!(owed(&vault, &peer), 57);
        let held = vault.collateral_of(&peer).unwrap().u128();
        assert_eq!(held, 300 + collateral - reward);
        assert_eq!((owed(&vault, &weak), weak.debt()), (0, units(0)));
        assert!(vault.collateral_of(&weak).unwrap().is_zero());
        // Fees that it had earned stay its own.
        let fees = 400 * collateral / (300 + collateral);
        assert_eq!(vault.take_fees(&mut weak).unwrap().u128(), fees);
        vault.repay(&mut peer, n(57)).unwrap();
        vault.withdraw(&mut peer, n(held)).unwrap();
        assert!(vault.collateral().is_zero());
    }

    /// 1,000 tokens and a debt of 100: (paid, taken, debt left).
    #[rstest]
    #[case::a_part("0.12", 50, (50, 458, 0))]
    #[case::all_of_it("0.12", 500, (100, 916, 0))]
    #[case::at_the_penalty("0.11", 100, (100, 1_000, 0))]
    #[case::under_water_a_part("0.099", 45, (45, 500, 0))]
    #[case::under_water("0.099", 500, (90, 1_000, 10))]
    #[case::under_water_rounds_up("0.1", 500, (91, 1_000, 9))]
    #[case::worthless("0", 500, (0, 1_000, 100))]
    fn last_holder(
        #[case] price: &str,
        #[case] offered: u128,
        #[case] expected: (u128, u128, i128),
    ) {
        let (mut vault, [mut last, peer]) = vault([(1_000, 100), (10, 0)]);
        assert!(vault.is_last_holder(&last).unwrap());
        let done = vault
            .liquidate_last_holder(&mut last, n(offered), &terms(price))
            .unwrap();
        assert_eq!(
            (done.paid.u128(), done.taken.u128(), done.debt_left),
            (expected.0, expected.1, units(expected.2))
        );
        // What is left stays his, and nobody else's moves.
        let left = 100 - expected.0 - u128::try_from(expected.2).unwrap();
        assert_eq!(owed(&vault, &last), left);
        assert_eq!(
            vault.collateral_of(&last).unwrap().u128(),
            1_000 - expected.1
        );
        assert_eq!(vault.collateral_of(&peer).unwrap().u128(), 10);
        assert_eq!(owed(&vault, &peer), 0);
        assert_eq!(vault.owed().unwrap(), units(left.try_into().unwrap()));
    }

    /// Nine tenths and more of all shares are cancelled again and again: deposits still buy, and
    /// what is given still arrives.
    #[test]
    fn a_vault_of_which_almost_all_has_been_liquidated() {
        let (mut vault, [mut last]) = vault([(1_000_000, 0)]);
        for round in 1..=12u128 {
            let mut weak = Position::default();
            let held = vault.collateral().u128();
            vault.deposit(&mut weak, n(held * 98)).unwrap();
            vault.mint(&mut weak, n(1_000)).unwrap();
            vault.liquidate_to_peers(&mut weak, &terms("1")).unwrap();
            assert_eq!(owed(&vault, &last), round * 1_000);
            // The collateral that came is taken out again, so that amounts stay small.
            let all = vault.collateral_of(&last).unwrap().u128();
            assert_eq!(all, held * 99 - 3);
            vault.withdraw(&mut last, n(all - 1_000_000)).unwrap();
            let fine = vault.accounts().total_shares() / Uint256::from(vault.collateral());
            assert!(fine >= Uint256::from(1_000_000_000u128), "{round}: {fine}");
        }
        let mut entrant = Position::default();
        vault.deposit(&mut entrant, n(1_000_000)).unwrap();
        let held = vault.collateral_of(&entrant).unwrap().u128();
        assert!((999_999..=1_000_000).contains(&held), "{held}");
        assert!(vault.accounts().epoch() > 1);
        vault.take(units(0), units(2_000_002)).unwrap();
        assert_eq!(vault.take_fees(&mut last).unwrap().u128(), 1_000_001);
        let fees = vault.take_fees(&mut entrant).unwrap().u128();
        assert!((1_000_000..=1_000_001).contains(&fees), "{fees}");
    }

    #[rstest]
    #[case(99, 100, false)]
    #[case(991, 1_000, true)]
    #[case(1, 1, true)]
    #[case(0, 1, false)]
    fn last_holders(#[case] shares: u128, #[case] total: u128, #[case] last: bool) {
        assert_eq!(is_last_holder(shares.into(), total.into()), last);
    }

    #[rstest]
    #[case::below(149, 100, true)]
    #[case::at_the_line(150, 100, false)]
    #[case::no_debt(0, 0, false)]
    fn lines(#[case] value: u128, #[case] debt: u128, #[case] weak: bool) {
        let value = Value::of_dollars(n(value), 6).unwrap();
        let ratio = Decimal::percent(150);
        assert_eq!(is_liquidatable(value, n(debt), ratio, 6).unwrap(), weak);
        let most = max_debt_floor(value, ratio, 6).unwrap();
        assert_eq!(most < n(debt), weak);
    }

    #[derive(Debug, Clone)]
    enum Act {
        Deposit(usize, u128),
        Withdraw(usize, u64),
        Mint(usize, u128),
        Repay(usize, u128),
        Take(i128, u128),
        Liquidate(usize, u128, u128),
        Claim(usize),
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            (0usize..4, 1u128..1 << 60).prop_map(|(i, n)| Act::Deposit(i, n)),
            (0usize..4, 0u64..=100).prop_map(|(i, n)| Act::Withdraw(i, n)),
            (0usize..4, 0u128..1 << 60).prop_map(|(i, n)| Act::Mint(i, n)),
            (0usize..4, 0u128..1 << 60).prop_map(|(i, n)| Act::Repay(i, n)),
            (-(1i128 << 60)..1 << 60, 0u128..1 << 60).prop_map(|(d, f)| Act::Take(d, f)),
            (0usize..4, 0u128..1 << 60, 1u128..1 << 60)
                .prop_map(|(i, q, p)| Act::Liquidate(i, q, p)),
            (0usize..4).prop_map(Act::Claim),
        ]
    }

    proptest! {
            /// A share never comes to stand for less collateral by what others put in or take out.
            #[test]
            fn shares_keep_their_worth(
                of in prop::collection::vec(1u128..1 << 40, 2..5),
                moves in prop::collection::vec((0usize..4, 1u128..1 << 40, any::<bool>()), 1..30),
            ) {
                let mut vault = Vault::default();
                let mut positions = [Position::default(); 4];
                for (position, amount) in positions.iter_mut().zip(&of) {
                    vault.deposit(position, n(*amount)).unwrap();
                }
                // What a liquidation leaves makes shares worth odd amounts.
                vault.liquidate_to_peers(&mut positions[0], &terms("1")).unwrap();
                for (i, amount, enters) in moves {
                    let (held, shares) = (vault.collateral(), vault.accounts().total_shares());
                    let position = &mut positions[i];
                    if enters {
                        vault.deposit(position, n(amount)).unwrap();
                    } else {
                        let most = vault.collateral_of(position).unwrap();
                        vault.withdraw(position, most.min(n(amount))).unwrap();
                    }
                    let after = Uint256::from(vault.collateral()).full_mul(shares);
                    let before = Uint256::from(held).full_mul(vault.accounts().total_shares());
                    prop_assert!(after >= before || shares.is_zero());
                }
            }

            /// Invariant 4: Σ collateral of accounts ≤ the vault's; Σ debt of accounts ≥ the vault's, to
            /// a unit each; fees claimed never exceed fees given; and what is owed is what was given,
            /// minted and left, less what was repaid and paid out.
            #[test]
            fn books_of_a_vault(acts in prop::collection::vec(act(), 1..60)) {
                let (mut vault, mut positions) = (Vault::default(), [Position::default(); 4]);
                let (mut expected, mut fees) = (Accrued::ZERO, Accrued::ZERO);
                for act in acts {
                    match act {
                        Act::Deposit(i, amount) => vault.deposit(&mut positions[i], n(amount)).unwrap(),
                        Act::Withdraw(i, part) => {
                            let held = vault.collateral_of(&positions[i]).unwrap();
                            vault.withdraw(&mut positions[i], held.mul_floor(Decimal::percent(part))).unwrap();
                        }
                        Act::Mint(i, amount) => {
                            vault.mint(&mut positions[i], n(amount)).unwrap();
                            expected = expected.checked_add(units(amount as i128)).unwrap();
                        }
                        Act::Repay(i, amount) => {
                            let paid = vault.repay(&mut positions[i], n(amount)).unwrap();
                            expected = expected.checked_sub(units(paid.u128() as i128)).unwrap();
                        }
                        Act::Take(debt, paid) if !vault.accounts().is_empty() => {
                            vault.take(units(debt), units(paid as i128)).unwrap();
                            expected = expected.checked_add(units(debt)).unwrap();
                            fees = fees.checked_add(units(paid as i128)).unwrap();
                        }
                        Act::Take(..) => prop_assert!(vault.take(units(1), units(1)).is_err()),
                        Act::Claim(i) => {
                            let paid = vault.take_fees(&mut positions[i]).unwrap();
                            fees = fees.checked_sub(units(paid.u128() as i128)).unwrap();
                            let credit = vault.take_credit(&mut positions[i]).unwrap();
                            expected = expected.checked_add(units(credit.u128() as i128)).unwrap();
                        }
                        Act::Liquidate(i, offered, price) => {
                            let position = &mut positions[i];
                            let terms = LiquidationTerms { price: Decimal::new(n(price)), ..terms("1") };
                            if vault.shares_of(position).unwrap().is_zero() {
                                continue;
                            }
                            if vault.is_last_holder(position).unwrap() {
                                let done = vault.liquidate_last_holder(position, n(offered), &terms).unwrap();
                                let paid = units(done.paid.u128() as i128);
                                expected = expected.checked_sub(paid).unwrap().checked_sub(done.debt_left).unwrap();
                            } else {
                                vault.liquidate_to_peers(position, &terms).unwrap();
                            }
                        }
                    }
                    prop_assert_eq!(vault.owed().unwrap(), expected);
                    let (mut held, mut owed, mut rounded, mut earned) = (0, Accrued::ZERO, 0i128, Accrued::ZERO);
                    for position in &positions {
                        held += vault.collateral_of(position).unwrap().u128();
                        let settled = vault.preview(position).unwrap();
                        owed = owed.checked_add(settled.debt()).unwrap();
                        rounded += settled.debt().owed_ceil().unwrap().u128() as i128;
                        rounded -= settled.debt().credit_floor().unwrap().u128() as i128;
                        earned = earned.checked_add(settled.fees()).unwrap();
                    }
                    prop_assert!(held <= vault.collateral().u128());
                    prop_assert!(vault.collateral().u128() - held <= 4);
                    prop_assert!(owed >= expected && owed < expected.checked_add(units(1)).unwrap());
                    let rounded = units(rounded);
    // Each may be rounded by a billionth of a unit in its favour.
                    let negligible = units(positions.len() as i128).part_floor(1, 1_000_000_000).unwrap();
                    prop_assert!(rounded.checked_add(negligible).unwrap() >= expected);
                    prop_assert!(rounded < expected.checked_add(units(5)).unwrap());
                    prop_assert!(earned <= fees);
                    prop_assert_eq!(vault.accounts().is_empty(), vault.collateral().is_zero());
                }
            }
        }
}
