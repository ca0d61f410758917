//! A pool: what it puts behind each market, and the debt its vaults carry (DESIGN §6).

use cosmwasm_std::{Decimal, Uint128, Uint256, Uint512};

use crate::{
    Accrued, Distribution, MAX_DECIMALS, MathError, Value,
    distribution::{Actor, Flushed, Unassigned},
    rounding::{div_floor_512, mul_ceil, mul_div_ceil, narrow, pow10, scale_to_18, to_u128},
    stored_as_array, stored_compactly,
};

/// Digits of the product of two decimals.
const FACTOR_DIGITS: u8 = 36;

/// How long a new market, a higher weight or a higher `max_debt` is known beyond the longest time
/// that an LP may be held: a day.
pub const NOTICE_SECS: u64 = 86_400;

/// What a pool is ready to carry of one market's debt, as a part of the value of its vaults.
#[derive(Clone, Debug, PartialEq, Copy, Eq)]
pub struct Exposure {
    /// The market's weight share: its weight over the weights of all markets of the pool. Zero
    /// while the market is in quarantine, which gives the others nothing.
    pub share: Decimal,
    /// The most debt for each dollar of value.
    pub max_debt: Decimal,
}
stored_as_array!(Exposure { share, max_debt });

/// Collateral behind a market, weighed by exposure, in 10⁻¹⁸ base units of it. The capacity K is
/// the sum over the types of collateral at their prices, however many pools there are.
#[derive(Clone, Debug, PartialEq, Copy, Default, Eq)]
pub struct Backed(Uint256);
stored_compactly!(Backed);

impl Exposure {
    /// No share of debt, profit or fees.
    pub const NONE: Self = Self {
        share: Decimal::zero(),
        max_debt: Decimal::zero(),
    };

    /// The exposure of a market by its weight among `total_weight`, its share rounded down.
    pub fn of(
        weight: Uint128,
        total_weight: Uint128,
        max_debt: Decimal,
    ) -> Result<Self, MathError> {
        Ok(Self {
            share: Decimal::checked_from_ratio(weight, total_weight)?,
            max_debt,
        })
    }

    /// A pool's shares in a market: floor(value · weight share · `max_debt`), as fine as shares
    /// are. Zero means no share of debt, profit or fees.
    pub fn shares_floor(&self, value: Value, decimals: u8) -> Result<Uint256, MathError> {
        let product = value.atomics().checked_mul(Uint512::from(self.factor()))?;
        // 10⁻³⁶ dollars to 10⁻¹⁸ base units, and the digits of both decimals.
        let unit = scale_to_18(decimals)?.full_mul(pow10(FACTOR_DIGITS)?);
        narrow(div_floor_512(product, unit)?)
    }

    /// Collateral of a vault as it counts behind a market:
    /// floor(amount · weight share · `max_debt`).
    pub fn backed_floor(&self, amount: Uint128) -> Result<Backed, MathError> {
        let product = Uint256::from(amount).full_mul(self.factor());
        // A backing has the digits of one of both decimals.
        let digits = Uint512::from(pow10(MAX_DECIMALS)?);
        Ok(Backed(narrow(div_floor_512(product, digits)?)?))
    }

    /// What a pool of a value is ready to carry: floor(value · weight share · `max_debt`).
    pub fn capacity_floor(&self, value: Value) -> Result<Value, MathError> {
        value.mul_floor(self.share)?.mul_floor(self.max_debt)
    }

    /// A pool's part of L, in base units: ceil(weight share · max(0, what its LPs owe)), or what they
    /// still owe of what this market gave them if that is more; at most what the pool gives to K,
    /// which are its `shares` in the market.
    ///
    /// By its share of what is owed alone a market of a small weight would have given nearly nothing
    /// after each act, and could give as much again. Without the bound a pool that gives nothing to K
    /// would take room that others give.
    pub fn load_ceil(
        &self,
        owed: Accrued,
        taken: Accrued,
        shares: Uint256,
    ) -> Result<Uint128, MathError> {
        if shares.is_zero() {
            return Ok(Uint128::zero());
        }
        let share = mul_ceil(owed.owed_ceil()?, self.share)?;
        let load = share.max(taken.min(owed).owed_ceil()?);
        let given = mul_div_ceil(shares, Uint256::one(), pow10(MAX_DECIMALS)?)?;
        Ok(to_u128(given).map_or(load, |given| load.min(given)))
    }

    /// What of `self` is in force at once when `then` was before: no more of either. The rest waits
    /// for [`notice_secs`], so that no LP carries more before he could leave.
    #[must_use]
    pub fn at_once(self, then: Self) -> Self {
        Self {
            share: self.share.min(then.share),
            max_debt: self.max_debt.min(then.max_debt),
        }
    }

    fn factor(&self) -> Uint256 {
        self.share.atomics().full_mul(self.max_debt.atomics())
    }
}

/// How long a rise of a pool's exposure waits: max(delegation time, `max_lock`) + 1 day.
pub fn notice_secs(delegation_secs: u64, max_lock_secs: u64) -> u64 {
    delegation_secs
        .max(max_lock_secs)
        .saturating_add(NOTICE_SECS)
}

impl Backed {
    /// The sum after one vault's part of it has become another: `self − before + after`.
    pub fn replace(self, before: Self, after: Self) -> Result<Self, MathError> {
        Ok(Self(self.0.checked_sub(before.0)?.checked_add(after.0)?))
    }

    /// What it is worth: its part of K, rounded down at 36 decimals.
    pub fn value_floor(self, price: Decimal, decimals: u8) -> Result<Value, MathError> {
        let product = self
            .0
            .full_mul(Uint256::from(price.atomics()))
            .checked_mul(Uint512::from(scale_to_18(decimals)?))?;
        let digits = Uint512::from(pow10(MAX_DECIMALS)?);
        Ok(Value::from_atomics(div_floor_512(product, digits)?))
    }
}

/// A vault's shares in its pool: its value, as fine as shares are, rounded down.
pub fn vault_shares_floor(value: Value, decimals: u8) -> Result<Uint256, MathError> {
    let unit = Uint512::from(scale_to_18(decimals)?);
    narrow(div_floor_512(value.atomics(), unit)?)
}

/// What a pool's vaults share, and what its LPs owe.
#[derive(Clone, Debug, PartialEq, Default, Eq)]
pub struct PoolBooks {
    /// Over the vaults, by value.
    pub vaults: Distribution,
    /// What none of them carries.
    pub unassigned: Unassigned,
    /// What all LPs of the pool owe together, given and not yet taken included.
    owed: Accrued,
}
stored_as_array!(PoolBooks {
    vaults,
    unassigned,
    owed
});

impl PoolBooks {
    /// What all LPs of the pool owe together; negative when they are owed.
    pub const fn owed(&self) -> Accrued {
        self.owed
    }

    /// What the vaults are worth together, as of when the shares of each were last rewritten:
    /// the inverse of [`vault_shares_floor`].
    pub fn value(&self, decimals: u8) -> Result<Value, MathError> {
        let unit = Uint512::from(scale_to_18(decimals)?);
        let shares = Uint512::from(self.vaults.total_shares());
        Ok(Value::from_atomics(shares.checked_mul(unit)?))
    }

    /// Takes debt (negative: profit) from a market. It meets what is unassigned first, and what
    /// no vault can carry is unassigned from now on.
    pub fn charge(&mut self, debt: Accrued) -> Result<(), MathError> {
        let rest = self.unassigned.meet(debt)?;
        if self.vaults.is_empty() {
            return self.unassigned.add(rest);
        }
        self.vaults.charge_ceil(rest)?;
        self.owed = self.owed.checked_add(rest)?;
        Ok(())
    }

    /// An LP has minted or repaid: what LPs owe moves by `debt`.
    pub fn moved(&mut self, debt: Accrued) -> Result<(), MathError> {
        self.owed = self.owed.checked_add(debt)?;
        Ok(())
    }

    /// Spreads the debt that a liquidation has left without collateral in `vault` over the other
    /// vaults, by value, as far as they are worth more than what is owed. Says what nobody could
    /// take, and what `vault` had pending. `decimals` are the dollar's.
    ///
    /// What the LPs owe was lowered by it before, through [`Self::moved`]. Debt that a vault of dust
    /// took whole would wait there for who enters it.
    pub fn spread_to_others(
        &mut self,
        vault: &mut Actor,
        debt: Accrued,
        decimals: u8,
    ) -> Result<(Flushed, Accrued), MathError> {
        let shares = self.vaults.shares_of(vault)?;
        let flushed = self.vaults.set_shares(vault, Uint256::zero())?;
        let before = self.unassigned.amount();
        let worth = Accrued::from_units(self.value(decimals)?.units_floor(decimals)?)?;
        let carried = worth.checked_sub(self.owed.max(Accrued::ZERO))?;
        let carried = carried.max(Accrued::ZERO).min(debt);
        self.charge(carried)?;
        self.unassigned.add(debt.checked_sub(carried)?)?;
        let bad = self.unassigned.amount().checked_sub(before)?;
        // Nothing has been given to it meanwhile: it had no shares.
        let _nothing: Flushed = self.vaults.set_shares(vault, shares)?;
        Ok((flushed, bad.max(Accrued::ZERO)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn units(n: i128) -> Accrued {
        Accrued::from_units(n).unwrap()
    }

    fn dollars(n: u128) -> Value {
        Value::of_dollars(Uint128::new(n), 6).unwrap()
    }

    fn exposure(weight: u128, total: u128, max_debt: u64) -> Exposure {
        Exposure::of(weight.into(), total.into(), Decimal::percent(max_debt)).unwrap()
    }

    /// A pool worth 1,000 dollars: shares in base units of the dollar, and its part of a load of
    /// 100.
    #[rstest]
    #[case::alone(1, 1, 100, 1_000_000_000, 100)]
    #[case::a_quarter(1, 4, 100, 250_000_000, 25)]
    #[case::a_third(1, 3, 100, 333_333_333, 34)]
    #[case::half_its_value(2, 4, 50, 250_000_000, 50)]
    #[case::twice_its_value(4, 4, 200, 2_000_000_000, 100)]
    #[case::in_quarantine(0, 4, 100, 0, 0)]
    fn exposures(
        #[case] weight: u128,
        #[case] total: u128,
        #[case] max_debt: u64,
        #[case] shares: u128,
        #[case] load: u128,
    ) {
        let exposure = exposure(weight, total, max_debt);
        let got = exposure.shares_floor(dollars(1_000_000_000), 6).unwrap();
        let fine = Uint256::from(10u128).pow(18);
        assert_eq!(got / fine, Uint256::from(shares));
        let of = |owed| exposure.load_ceil(units(owed), units(0), got).unwrap();
        assert_eq!(of(100).u128(), load);
        assert!(of(-100).is_zero());
    }

    /// A quarter of a pool worth 1,000, which carries half of that: 125 at most.
    #[rstest]
    #[case::the_share_of_what_is_owed(100, 0, 25)]
    #[case::what_the_market_gave(100, 60, 60)]
    #[case::what_is_owed_of_it(40, 60, 40)]
    #[case::no_more_than_it_gives(1_000, 0, 125)]
    #[case::nor_of_what_the_market_gave(1_000, 700, 125)]
    #[case::who_is_owed(-10, 60, 0)]
    fn loads(#[case] owed: i128, #[case] taken: i128, #[case] load: u128) {
        let exposure = exposure(1, 4, 50);
        let of = |exposure: Exposure| {
            let shares = exposure.shares_floor(dollars(1_000), 6).unwrap();
            exposure
                .load_ceil(units(owed), units(taken), shares)
                .unwrap()
                .u128()
        };
        assert_eq!(of(exposure), load);
        assert_eq!(of(Exposure::NONE), 0);
    }

    /// What is lowered counts at once, what is raised waits; the others gain nothing meanwhile.
    #[rstest]
    #[case::nothing_changes((1, 2, 50), (2, 4, 50), (1, 2, 50))]
    #[case::a_higher_weight_waits((1, 2, 50), (2, 3, 50), (1, 2, 50))]
    #[case::a_lower_weight_does_not((1, 2, 50), (1, 3, 50), (1, 3, 50))]
    #[case::max_debt_for_itself((1, 2, 50), (2, 3, 20), (1, 2, 20))]
    #[case::another_market_left((1, 2, 50), (1, 1, 50), (1, 2, 50))]
    #[case::a_market_left((1, 2, 50), (0, 1, 0), (0, 1, 0))]
    fn at_once(
        #[case] then: (u128, u128, u64),
        #[case] wanted: (u128, u128, u64),
        #[case] now: (u128, u128, u64),
    ) {
        let of = |(weight, total, max_debt)| exposure(weight, total, max_debt);
        assert_eq!(of(wanted).at_once(of(then)), of(now));
        assert_eq!(of(wanted).at_once(Exposure::NONE), Exposure::NONE);
    }

    #[rstest]
    #[case(86_400, 604_800, 691_200)]
    #[case(2_592_000, 604_800, 2_678_400)]
    fn notice(#[case] delegation: u64, #[case] lock: u64, #[case] secs: u64) {
        assert_eq!(notice_secs(delegation, lock), secs);
    }

    /// K of two pools with 40 and 80 whole tokens at 2.5 dollars, exposures 1/2 and 1/4 · 50 %.
    #[test]
    fn capacity() {
        let of = |exposure: Exposure, n: u128| exposure.backed_floor(Uint128::new(n)).unwrap();
        let first = of(exposure(1, 2, 100), 40_000_000);
        let second = of(exposure(1, 4, 50), 80_000_000);
        let sum = Backed::default()
            .replace(Backed::default(), first)
            .unwrap()
            .replace(Backed::default(), second)
            .unwrap();
        let price = Decimal::percent(250);
        let worth = |b: Backed| {
            b.value_floor(price, 6)
                .unwrap()
                .units_floor(6)
                .unwrap()
                .u128()
        };
        assert_eq!(worth(sum), 75_000_000);
        let without = sum.replace(first, Backed::default()).unwrap();
        assert_eq!(worth(without), 25_000_000);
    }

    #[test]
    fn the_limits_of_the_design_do_not_overflow() {
        let amount = Uint128::new(1 << 96);
        let price = Decimal::from_ratio(1_000_000_000_000u128, 1u128);
        let most = exposure(u64::MAX.into(), u64::MAX.into(), 10_000);
        let backed = most.backed_floor(amount).unwrap();
        let value = Value::of(amount, price, 18).unwrap();
        assert!(backed.value_floor(price, 18).unwrap() > value);
        assert!(most.shares_floor(value, 18).unwrap() > vault_shares_floor(value, 18).unwrap());
        let undivided = Value::of(amount, price, 0).unwrap();
        assert!(vault_shares_floor(undivided, 18).is_ok());
    }

    fn pool(values: &[u128]) -> (PoolBooks, Vec<Actor>) {
        let mut pool = PoolBooks::default();
        let vaults = values
            .iter()
            .map(|value| {
                let mut vault = Actor::default();
                let shares = vault_shares_floor(dollars(*value), 6).unwrap();
                let _nothing = pool.vaults.set_shares(&mut vault, shares).unwrap();
                vault
            })
            .collect();
        (pool, vaults)
    }

    fn owed(pool: &mut PoolBooks, vault: &mut Actor) -> u128 {
        let flushed = pool.vaults.flush(vault).unwrap();
        flushed.debt.owed_ceil().unwrap().u128()
    }

    #[test]
    fn without_vaults_all_is_unassigned_and_met_first() {
        let (mut pool, _) = pool(&[]);
        pool.charge(units(100)).unwrap();
        assert_eq!(pool.unassigned.amount(), units(100));
        let mut vault = Actor::default();
        let _nothing = pool.vaults.set_shares(&mut vault, Uint256::one()).unwrap();
        pool.charge(units(-70)).unwrap();
        assert_eq!(
            (pool.unassigned.amount(), pool.owed()),
            (units(30), units(0))
        );
        pool.charge(units(20)).unwrap();
        assert_eq!(
            (pool.unassigned.amount(), pool.owed()),
            (units(30), units(20))
        );
        pool.charge(units(-50)).unwrap();
        assert_eq!(
            (pool.unassigned.amount(), pool.owed()),
            (units(0), units(0))
        );
        assert_eq!(pool.unassigned.donate(Uint128::new(9)).unwrap().u128(), 0);
        assert_eq!(owed(&mut pool, &mut vault), 0);
    }

    /// Debt left by a liquidation goes to the other vaults by value, and never to its own.
    #[test]
    fn left_by_a_liquidation() {
        let (mut pool, mut vaults) = pool(&[1_000, 2_000, 6_000]);
        pool.charge(units(900)).unwrap();
        assert_eq!(owed(&mut pool, &mut vaults[0]), 100);
        pool.moved(units(-80)).unwrap();
        let (flushed, bad) = pool.spread_to_others(&mut vaults[0], units(80), 6).unwrap();
        assert_eq!((flushed, bad), (Flushed::default(), units(0)));
        assert_eq!(pool.owed(), units(900));
        assert_eq!(owed(&mut pool, &mut vaults[0]), 0);
        assert_eq!(owed(&mut pool, &mut vaults[1]), 220);
        assert_eq!(owed(&mut pool, &mut vaults[2]), 660);
        // It has its shares as before.
        pool.charge(units(900)).unwrap();
        assert_eq!(owed(&mut pool, &mut vaults[0]), 100);
    }

    #[test]
    fn left_by_a_liquidation_of_the_only_vault() {
        let (mut pool, mut vaults) = pool(&[1_000]);
        pool.charge(units(100)).unwrap();
        assert_eq!(owed(&mut pool, &mut vaults[0]), 100);
        pool.moved(units(-60)).unwrap();
        let (_, bad) = pool.spread_to_others(&mut vaults[0], units(60), 6).unwrap();
        assert_eq!((bad, pool.owed()), (units(60), units(40)));
        assert_eq!(pool.unassigned.amount(), units(60));
    }

    /// The others are worth 10, and owe 1 already.
    #[test]
    fn left_by_a_liquidation_beside_dust() {
        let (mut pool, mut vaults) = pool(&[990, 10]);
        pool.charge(units(100)).unwrap();
        assert_eq!(owed(&mut pool, &mut vaults[0]), 99);
        pool.moved(units(-99)).unwrap();
        let (_, bad) = pool.spread_to_others(&mut vaults[0], units(99), 6).unwrap();
        assert_eq!((bad, pool.owed()), (units(90), units(10)));
        assert_eq!(owed(&mut pool, &mut vaults[1]), 10);
    }

    proptest! {
        /// K counts what the pools' shares stand for, never more than a unit for each pool beyond.
        #[test]
        fn capacity_and_shares_agree(
            pools in prop::collection::vec((1u128..1 << 90, 0u128..100, 1u64..300), 1..8),
            atoms in 1u128..1 << 70,
            decimals in 0u8..=18,
        ) {
            let price = Decimal::new(Uint128::new(atoms));
            let (mut shares, mut sum) = (Uint256::zero(), Backed::default());
            for (amount, weight, max_debt) in &pools {
                let exposure = exposure(*weight, 100, *max_debt);
                let amount = Uint128::new(*amount);
                let value = Value::of(amount, price, decimals).unwrap();
                shares += exposure.shares_floor(value, 18).unwrap();
                let backed = exposure.backed_floor(amount).unwrap();
                sum = sum.replace(Backed::default(), backed).unwrap();
            }
            let capacity = sum.value_floor(price, decimals).unwrap();
            let dust = Value::from_atomics(Uint512::from(price.atomics().full_mul(Uint128::from(pools.len() as u128)))
                .checked_mul(Uint512::from(scale_to_18(decimals).unwrap())).unwrap());
            // Shares in the dollar of 18 decimals are 1e-36 dollars, as values are.
            let shares = Value::from_atomics(shares.into());
            prop_assert!(capacity <= shares.checked_add(Value::from_atomics(Uint512::from(8u128))).unwrap());
            prop_assert!(capacity.checked_add(dust).unwrap() >= shares);
        }
    }
}
