//! DUCA's stability pool (DESIGN §9).
//!
//! DUCA is swapped against DCM at market prices, never at a curve: the pool is a stock of both
//! tokens that liquidity providers own, the Reserve is a stock of DCM that backs DUCA at par.
//!
//! | sign | what it is |
//! | --- | --- |
//! | M, D | prices of DCM and DUCA against the numeraire, for whole tokens |
//! | P | par value of DCM: DUCA for one whole DCM, with 18 decimals |
//! | x, y | DUCA and DCM in the pool, in base units |
//! | R, N | DCM in the Reserve and supply of DUCA, in base units |
//!
//! Two things hold after each function here: P never falls, and P · R ≥ N, so that every DUCA
//! can be burnt at par. What a user gets rounds down, what the Reserve keeps rounds up, and each
//! number is rounded once.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Decimal, Decimal256, Uint128, Uint256};

use crate::{
    Exact, MathError,
    rounding::{mul_div_ceil, mul_div_floor, pow10, to_u128},
};

/// LPD units that the first deposit locks for ever, so that no provider is ever alone and the
/// price of one unit cannot be driven up by a gift.
pub const LOCKED_LPD: Uint128 = Uint128::new(1_000);
/// What a withdrawal pays of its part of the pool; the rest stays with the other providers.
pub const WITHDRAWAL_PART: Decimal = Decimal::percent(98);
/// The part of the pool's DUCA that a burn or a contraction takes: a tenth, rounded down …
pub const BURN_DIVISOR: Uint128 = Uint128::new(10);
/// … but this many whole DUCA at least, if they are there.
pub const LEAST_BURN: Uint128 = Uint128::new(10_000);
/// A contraction is due when DUCA is more than one part in so many of the pool's liquidity.
pub const CONTRACTION_DIVISOR: Uint128 = Uint128::new(10);

/// Decimals of both tokens: prices are for whole tokens, amounts are base units.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Scale {
    /// Decimals of DCM.
    pub dcm: u8,
    /// Decimals of DUCA.
    pub duca: u8,
}

impl Scale {
    /// DUCA for DCM in base units, of a price in whole tokens.
    fn units(self, whole: &Exact) -> Result<Exact, MathError> {
        (whole.clone() * Exact::power_of_ten(self.duca)?)
            .checked_div(&Exact::power_of_ten(self.dcm)?)
    }

    /// DUCA for DCM in whole tokens, of a price in base units.
    fn whole(self, units: &Exact) -> Result<Exact, MathError> {
        (units.clone() * Exact::power_of_ten(self.dcm)?)
            .checked_div(&Exact::power_of_ten(self.duca)?)
    }
}

/// The pool, the Reserve and par.
#[cw_serde]
#[derive(Eq)]
pub struct StabilityPool {
    /// x: DUCA in the pool.
    pub duca: Uint128,
    /// y: DCM in the pool.
    pub dcm: Uint128,
    /// R: DCM in the Reserve.
    pub reserve: Uint128,
    /// P: DUCA for one whole DCM.
    pub par: Decimal256,
}

/// What a swap of DCM for DUCA does.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct DcmSwap {
    /// DUCA for the swapper.
    pub out: Uint128,
    /// The part of it that is minted.
    pub minted: Uint128,
    /// DCM that is seigniorage.
    pub to_treasury: Uint128,
    /// DCM for the Reserve: what bought minted DUCA.
    pub to_reserve: Uint128,
    /// DCM for the pool.
    pub to_pool: Uint128,
}

/// What a swap of DUCA for DCM does.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct DucaSwap {
    /// DCM for the swapper.
    pub out: Uint128,
    /// DCM that is seigniorage.
    pub to_treasury: Uint128,
}

/// What a burn or a contraction does.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Burn {
    /// DUCA of the pool that is burnt.
    pub amount: Uint128,
    /// DCM that the Reserve pays into the pool.
    pub payment: Uint128,
}

/// LPD for a deposit.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct NewShares {
    /// For the provider.
    pub provider: Uint128,
    /// Locked for ever: by the first deposit alone.
    pub locked: Uint128,
}

/// What a withdrawal pays.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Redemption {
    /// Of the pool's DCM.
    pub dcm: Uint128,
    /// Of the pool's DUCA.
    pub duca: Uint128,
}

impl StabilityPool {
    /// Nothing, at a par value.
    pub const fn new(par: Decimal256) -> Self {
        Self {
            duca: Uint128::zero(),
            dcm: Uint128::zero(),
            reserve: Uint128::zero(),
            par,
        }
    }

    // ------------------------------------------------------------ swaps

    /// DCM → DUCA, `amount` in.
    ///
    /// - DUCA out = floor(d · M): d·X at or above par, where X = M, and d·(P − s) with
    ///   s = P − M below it.
    /// - Treasury = floor(d · max(0, 1 − M/P)) DCM.
    /// - Minted is only what the pool lacks, and the DCM that buys it goes to the Reserve:
    ///   ceil((d − treasury) · minted / out). The pool gets the rest.
    ///
    /// Each DCM that reaches Reserve or pool buys X DUCA, so that a mint below par leaves par
    /// where it is.
    pub fn swap_dcm(
        &self,
        amount: Uint128,
        market: &Exact,
        scale: Scale,
    ) -> Result<DcmSwap, MathError> {
        let out = (Exact::from(amount) * scale.units(market)?).floor()?;
        let to_treasury = (Exact::from(amount) * self.below_par(market)?).floor()?;
        let paid = amount.checked_sub(to_treasury)?;
        let minted = out.saturating_sub(self.duca);
        let to_reserve = if minted.is_zero() {
            Uint128::zero()
        } else {
            to_u128(mul_div_ceil(paid.into(), minted.into(), out.into())?)?
        };
        Ok(DcmSwap {
            out,
            minted,
            to_treasury,
            to_reserve,
            to_pool: paid.checked_sub(to_reserve)?,
        })
    }

    /// max(0, 1 − M/P): the part of incoming DCM that is seigniorage.
    fn below_par(&self, market: &Exact) -> Result<Exact, MathError> {
        let par = Exact::try_from(self.par)?;
        if *market >= par {
            return Ok(Exact::zero());
        }
        Ok(Exact::one() - market.checked_div(&par)?)
    }

    /// The pool after such a swap, with `supply` DUCA before it.
    pub fn after_dcm_swap(
        &self,
        swap: &DcmSwap,
        supply: Uint128,
        scale: Scale,
    ) -> Result<Self, MathError> {
        let reserve = self.reserve.checked_add(swap.to_reserve)?;
        let after = Self {
            duca: self.duca.checked_sub(swap.out.checked_sub(swap.minted)?)?,
            dcm: self.dcm.checked_add(swap.to_pool)?,
            reserve,
            par: self.par,
        };
        if swap.minted.is_zero() {
            return Ok(after);
        }
        after.with_par(supply.checked_add(swap.minted)?, scale)
    }

    /// DUCA → DCM, `amount` in: with s = max(0, 1 − D), floor((a − a·s) / M) DCM for the
    /// swapper and floor(a·s / M) for the treasury, both out of the pool.
    pub fn swap_duca(
        &self,
        amount: Uint128,
        market: &Exact,
        duca_price: &Exact,
        scale: Scale,
    ) -> Result<DucaSwap, MathError> {
        let gross = Exact::from(amount).checked_div(&scale.units(market)?)?;
        let discount = if *duca_price < Exact::one() {
            Exact::one() - duca_price.clone()
        } else {
            Exact::zero()
        };
        Ok(DucaSwap {
            out: (gross.clone() * (Exact::one() - discount.clone())).floor()?,
            to_treasury: (gross * discount).floor()?,
        })
    }

    /// The pool after such a swap of `amount` DUCA.
    ///
    /// # Errors
    /// When the swap takes more DCM than the pool has.
    pub fn after_duca_swap(&self, amount: Uint128, swap: &DucaSwap) -> Result<Self, MathError> {
        Ok(Self {
            duca: self.duca.checked_add(amount)?,
            dcm: self.dcm.checked_sub(swap.leaves()?)?,
            ..self.clone()
        })
    }

    // ------------------------------------------------------------ burn, contraction, par

    /// The next burn: b = min(x, max(floor(x / 10), 10,000 DUCA)), for which the Reserve pays
    /// floor(b / P) DCM into the pool. Nothing when the pool has no DUCA.
    pub fn burn(&self, scale: Scale) -> Result<Burn, MathError> {
        let least = LEAST_BURN.checked_mul(to_u128(pow10(scale.duca)?)?)?;
        let tenth = self.duca.checked_div(BURN_DIVISOR)?;
        let amount = self.duca.min(tenth.max(least));
        let par = scale.units(&Exact::try_from(self.par)?)?;
        Ok(Burn {
            amount,
            payment: Exact::from(amount).checked_div(&par)?.floor()?,
        })
    }

    /// The pool after it, with `supply` DUCA before it.
    pub fn after_burn(
        &self,
        burn: &Burn,
        supply: Uint128,
        scale: Scale,
    ) -> Result<Self, MathError> {
        let after = Self {
            duca: self.duca.checked_sub(burn.amount)?,
            dcm: self.dcm.checked_add(burn.payment)?,
            reserve: self.reserve.checked_sub(burn.payment)?,
            par: self.par,
        };
        after.with_par(supply.checked_sub(burn.amount)?, scale)
    }

    /// Whether a contraction is due: x > 10 % of the pool's liquidity, x + y·X.
    pub fn is_contraction_due(&self, market: &Exact, scale: Scale) -> Result<bool, MathError> {
        let duca = Exact::from(self.duca);
        Ok(duca.clone() * Exact::from(CONTRACTION_DIVISOR)
            > duca + self.dcm_worth(market, scale)?)
    }

    /// The pool's DCM in DUCA at the exchange value, y·X, rounded down: how a refused
    /// contraction shows it.
    pub fn dcm_in_duca(&self, market: &Exact, scale: Scale) -> Result<Uint128, MathError> {
        self.dcm_worth(market, scale)?.floor()
    }

    fn dcm_worth(&self, market: &Exact, scale: Scale) -> Result<Exact, MathError> {
        Ok(Exact::from(self.dcm) * scale.units(&self.exchange_value(market)?)?)
    }

    /// X = max(M, P).
    pub fn exchange_value(&self, market: &Exact) -> Result<Exact, MathError> {
        let par = Exact::try_from(self.par)?;
        Ok(if *market > par { market.clone() } else { par })
    }

    /// The pool with P = max(P before, N/R rounded up at 18 decimals); with an empty Reserve P
    /// stays.
    fn with_par(self, supply: Uint128, scale: Scale) -> Result<Self, MathError> {
        if self.reserve.is_zero() {
            return Ok(self);
        }
        let least = scale
            .whole(&Exact::from_ratio(supply, self.reserve)?)?
            .decimal_ceil()?;
        Ok(Self {
            par: self.par.max(least),
            ..self
        })
    }

    // ------------------------------------------------------------ liquidity

    /// LPD for a deposit of `amount` DCM: floor(d · LPD supply / (y + ceil(x / min(M, P)))).
    ///
    /// DUCA counts at the dearer of what a swap (1/M) and a burn (1/P) would give for it, so
    /// that nobody gains by entering before a burn or leaving after a swap.
    ///
    /// The first deposit gets one unit for each base unit of DCM less [`LOCKED_LPD`], which are
    /// locked; liquidity that it finds in the pool is locked as well, at the same valuation. One
    /// that is too small for that gets nothing.
    pub fn shares_for(
        &self,
        amount: Uint128,
        lpd_supply: Uint128,
        market: &Exact,
        scale: Scale,
    ) -> Result<NewShares, MathError> {
        let held = self.value_in_dcm(market, scale)?;
        if lpd_supply.is_zero() {
            return Ok(NewShares {
                provider: amount.saturating_sub(LOCKED_LPD),
                locked: held.checked_add(LOCKED_LPD)?,
            });
        }
        let shares = mul_div_floor(amount.into(), lpd_supply.into(), held.into())?;
        Ok(NewShares {
            provider: to_u128(shares)?,
            locked: Uint128::zero(),
        })
    }

    /// What a deposit must be worth to own all of the pool: y + ceil(x / min(M, P)), in DCM.
    pub fn value_in_dcm(&self, market: &Exact, scale: Scale) -> Result<Uint128, MathError> {
        let par = Exact::try_from(self.par)?;
        let least = if *market < par { market.clone() } else { par };
        let duca = Exact::from(self.duca)
            .checked_div(&scale.units(&least)?)?
            .ceil()?;
        Ok(self.dcm.checked_add(duca)?)
    }

    /// What `lpd` of `lpd_supply` units pay: floor of 98 % of their part of x and of y. Needs
    /// no price.
    pub fn redeem(&self, lpd: Uint128, lpd_supply: Uint128) -> Result<Redemption, MathError> {
        let all = Uint256::from(lpd_supply).checked_mul(Decimal::one().atomics().into())?;
        let part_of = |held: Uint128| -> Result<Uint128, MathError> {
            let owned = held.full_mul(lpd);
            to_u128(mul_div_floor(owned, WITHDRAWAL_PART.atomics().into(), all)?)
        };
        Ok(Redemption {
            dcm: part_of(self.dcm)?,
            duca: part_of(self.duca)?,
        })
    }

    // ------------------------------------------------------------ covers

    /// P · R / N: 1 or more always, for what par promises is there. None without DUCA.
    pub fn par_cover(&self, supply: Uint128, scale: Scale) -> Result<Option<Exact>, MathError> {
        let worth = Exact::from(self.reserve) * scale.units(&Exact::try_from(self.par)?)?;
        cover(&worth, supply)
    }

    /// M · (R + y) / N: what all DCM here would fetch for each DUCA. None without DUCA.
    pub fn market_cover(
        &self,
        market: &Exact,
        supply: Uint128,
        scale: Scale,
    ) -> Result<Option<Exact>, MathError> {
        let dcm = self.reserve.checked_add(self.dcm)?;
        cover(&(Exact::from(dcm) * scale.units(market)?), supply)
    }
}

impl DucaSwap {
    /// All the DCM that leaves the pool.
    pub fn leaves(&self) -> Result<Uint128, MathError> {
        Ok(self.out.checked_add(self.to_treasury)?)
    }
}

fn cover(worth: &Exact, supply: Uint128) -> Result<Option<Exact>, MathError> {
    if supply.is_zero() {
        return Ok(None);
    }
    worth.checked_div(&Exact::from(supply)).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use std::str::FromStr;

    /// Six decimals each.
    const SIX: Scale = Scale { dcm: 6, duca: 6 };
    const ONE: u128 = 1_000_000;

    fn n(text: &str) -> Exact {
        Exact::try_from(Decimal256::from_str(text).unwrap()).unwrap()
    }

    fn par(text: &str) -> Decimal256 {
        Decimal256::from_str(text).unwrap()
    }

    fn pool(duca: u128, dcm: u128, reserve: u128, p: &str) -> StabilityPool {
        StabilityPool {
            duca: duca.into(),
            dcm: dcm.into(),
            reserve: reserve.into(),
            par: par(p),
        }
    }

    /// P · R ≥ N, exactly.
    fn is_covered(pool: &StabilityPool, supply: Uint128, scale: Scale) -> bool {
        Exact::from(pool.reserve) * scale.units(&Exact::try_from(pool.par).unwrap()).unwrap()
            >= Exact::from(supply)
    }

    /// The table of DESIGN §9: 1,000 DCM in, P = 2.
    #[rstest]
    #[case::above_par("3", 3000, 0)]
    #[case::at_par("2", 2000, 0)]
    #[case::below_par("1.5", 1500, 250)]
    #[case::far_below_par("0.5", 500, 750)]
    fn dcm_in(
        #[case] market: &str,
        #[case] out: u128,
        #[case] treasury: u128,
        #[values(SIX, Scale { dcm: 18, duca: 6 }, Scale { dcm: 6, duca: 18 }, Scale { dcm: 3, duca: 0 })]
        scale: Scale,
    ) {
        let (dcm, duca) = (10u128.pow(scale.dcm.into()), 10u128.pow(scale.duca.into()));
        let stock = pool(5_000 * duca, 0, 0, "2");
        let swap = stock
            .swap_dcm((1_000 * dcm).into(), &n(market), scale)
            .unwrap();
        assert_eq!(swap.out.u128(), out * duca);
        assert_eq!(swap.to_treasury.u128(), treasury * dcm);
        assert_eq!(swap.minted.u128(), 0);
        assert_eq!(swap.to_reserve.u128(), 0);
        assert_eq!(swap.to_pool.u128(), (1_000 - treasury) * dcm);
    }

    /// The table of DESIGN §9: 1,000 DUCA in.
    #[rstest]
    #[case("3", "1", 333_333_333, 0)]
    #[case("3", "0.9", 300_000_000, 33_333_333)]
    #[case("1.5", "0.9", 600_000_000, 66_666_666)]
    #[case("0.5", "0.5", 1_000_000_000, 1_000_000_000)]
    #[case::a_premium_stays_with_nobody("3", "1.5", 333_333_333, 0)]
    fn duca_in(
        #[case] market: &str,
        #[case] price: &str,
        #[case] out: u128,
        #[case] treasury: u128,
    ) {
        let stock = pool(0, 5_000 * ONE, 0, "2");
        let amount = Uint128::new(1_000 * ONE);
        let swap = stock.swap_duca(amount, &n(market), &n(price), SIX).unwrap();
        assert_eq!((swap.out.u128(), swap.to_treasury.u128()), (out, treasury));
        let after = stock.after_duca_swap(amount, &swap).unwrap();
        assert_eq!(after.duca, amount);
        assert_eq!(after.dcm.u128(), 5_000 * ONE - out - treasury);
        assert_eq!(after.par, stock.par);
    }

    #[test]
    fn other_decimals_give_the_same() {
        let scale = Scale { dcm: 18, duca: 6 };
        let stock = pool(0, 5_000 * 10u128.pow(18), 0, "2");
        let amount = Uint128::new(1_000 * ONE);
        let swap = stock.swap_duca(amount, &n("3"), &n("0.9"), scale).unwrap();
        assert_eq!(swap.out.u128(), 300 * 10u128.pow(18));
        assert_eq!(swap.to_treasury.u128(), 33_333_333_333_333_333_333);
    }

    #[test]
    fn a_swap_that_takes_more_than_there_is_is_an_error() {
        let stock = pool(0, 100, 0, "2");
        let swap = stock
            .swap_duca(Uint128::new(500), &n("2"), &n("1"), SIX)
            .unwrap();
        assert_eq!(swap.out.u128(), 250);
        assert!(stock.after_duca_swap(Uint128::new(500), &swap).is_err());
    }

    /// 1,000 DCM at M = 1.5, P = 2 buy 1,500 DUCA of which the pool has 600.
    #[test]
    fn only_the_shortfall_is_minted() {
        let stock = pool(600 * ONE, 50 * ONE, 1_000 * ONE, "2");
        let swap = stock
            .swap_dcm((1_000 * ONE).into(), &n("1.5"), SIX)
            .unwrap();
        assert_eq!(
            swap,
            DcmSwap {
                out: (1_500 * ONE).into(),
                minted: (900 * ONE).into(),
                to_treasury: (250 * ONE).into(),
                to_reserve: (450 * ONE).into(),
                to_pool: (300 * ONE).into(),
            }
        );
        let after = stock
            .after_dcm_swap(&swap, (2_000 * ONE).into(), SIX)
            .unwrap();
        assert_eq!(after, pool(0, 350 * ONE, 1_450 * ONE, "2"));
    }

    /// Supply 2,000, Reserve 1,000: 250 DCM at M = 4 mint 1,000, and P = 3,000 / 1,250.
    #[test]
    fn a_mint_above_par_raises_par() {
        let before = pool(0, 0, 1_000 * ONE, "2");
        let swap = before.swap_dcm((250 * ONE).into(), &n("4"), SIX).unwrap();
        let after = before
            .after_dcm_swap(&swap, (2_000 * ONE).into(), SIX)
            .unwrap();
        assert_eq!(after, pool(0, 0, 1_250 * ONE, "2.4"));
    }

    /// N/R = 1,000,001 / 3 base units: no 18 decimals hold it.
    #[test]
    fn par_rounds_up() {
        let stock = pool(0, 0, 3, "1")
            .with_par(Uint128::new(1_000_001), SIX)
            .unwrap();
        assert_eq!(stock.par, par("333333.666666666666666667"));
        assert!(is_covered(&stock, Uint128::new(1_000_001), SIX));
        let scale = Scale { dcm: 18, duca: 0 };
        let tiny = pool(0, 0, 1, "1").with_par(Uint128::MAX, scale).unwrap();
        assert_eq!(
            tiny.par,
            Decimal256::from_ratio(Uint128::MAX, 1u128) * par("1000000000000000000")
        );
    }

    #[test]
    fn an_empty_reserve_leaves_par() {
        let stock = pool(0, 0, 0, "2").with_par(Uint128::new(5), SIX).unwrap();
        assert_eq!(stock.par, par("2"));
    }

    /// DESIGN §9: the burn sizes.
    #[rstest]
    #[case(500_000, 50_000)]
    #[case(100_000, 10_000)]
    #[case(60_000, 10_000)]
    #[case(9_000, 9_000)]
    #[case(0, 0)]
    fn burn_sizes(#[case] x: u128, #[case] size: u128, #[values(0, 6, 18)] decimals: u8) {
        let unit = 10u128.pow(decimals.into());
        let scale = Scale {
            dcm: 6,
            duca: decimals,
        };
        let burn = pool(x * unit, 0, 0, "2").burn(scale).unwrap();
        assert_eq!(burn.amount.u128(), size * unit);
        assert_eq!(burn.payment.u128(), size * ONE / 2);
    }

    #[test]
    fn a_burn_moves_the_reserve_and_leaves_par() {
        let stock = pool(500_000 * ONE, 7 * ONE, 1_000_000 * ONE, "3");
        let burn = stock.burn(SIX).unwrap();
        assert_eq!(burn.payment.u128(), 16_666_666_666);
        let after = stock
            .after_burn(&burn, (3_000_000 * ONE).into(), SIX)
            .unwrap();
        assert_eq!(
            after,
            pool(
                450_000 * ONE,
                7 * ONE + 16_666_666_666,
                1_000_000 * ONE - 16_666_666_666,
                "3"
            )
        );
    }

    /// 400,000 of other liquidity: 200,000 DCM at X = 2.
    #[rstest]
    #[case(44_444, "1.5", false)]
    #[case(44_445, "1.5", true)]
    #[case(44_444, "2", false)]
    #[case(44_445, "2", true)]
    #[case::dcm_is_worth_more(44_445, "2.0001", false)]
    fn contraction(#[case] x: u128, #[case] market: &str, #[case] due: bool) {
        for unit in [1, ONE] {
            let scale = if unit == 1 {
                Scale { dcm: 0, duca: 0 }
            } else {
                SIX
            };
            let stock = pool(x * unit, 200_000 * unit, 0, "2");
            assert_eq!(stock.is_contraction_due(&n(market), scale).unwrap(), due);
        }
    }

    #[test]
    fn shares_of_the_first_and_of_the_next() {
        let empty = pool(0, 0, 0, "2");
        let first = empty
            .shares_for((100 * ONE).into(), Uint128::zero(), &n("3"), SIX)
            .unwrap();
        assert_eq!(first.provider.u128(), 100 * ONE - 1_000);
        assert_eq!(first.locked.u128(), 1_000);
        // 100 DCM and 30 DUCA, which a burn would pay with 15 DCM and a swap with 10.
        let full = pool(30 * ONE, 100 * ONE, 0, "2");
        let next = full
            .shares_for((23 * ONE).into(), (100 * ONE).into(), &n("3"), SIX)
            .unwrap();
        assert_eq!((next.provider.u128(), next.locked.u128()), (20 * ONE, 0));
        // Below par a swap would pay 20.
        let next = full
            .shares_for((24 * ONE).into(), (100 * ONE).into(), &n("1.5"), SIX)
            .unwrap();
        assert_eq!(next.provider.u128(), 20 * ONE);
    }

    #[rstest]
    #[case::too_small(1_000, 0)]
    #[case::one_more(1_001, 1)]
    fn what_is_found_is_locked(#[case] amount: u128, #[case] provider: u128) {
        let found = pool(3, 5, 0, "2");
        let shares = found
            .shares_for(amount.into(), Uint128::zero(), &n("3"), SIX)
            .unwrap();
        assert_eq!(shares.provider.u128(), provider);
        // 5 DCM, 3 DUCA at P = 2 rounded up to 2 DCM, and what is always locked.
        assert_eq!(shares.locked.u128(), 1_007);
    }

    #[test]
    fn a_withdrawal_pays_98_percent_of_both() {
        let full = pool(30 * ONE, 100 * ONE + 1, 0, "2");
        let paid = full.redeem((10 * ONE).into(), (100 * ONE).into()).unwrap();
        assert_eq!(paid.duca.u128(), 2_940_000);
        assert_eq!(paid.dcm.u128(), 9_800_000);
        let all = full.redeem((100 * ONE).into(), (100 * ONE).into()).unwrap();
        assert_eq!(all.dcm.u128(), 98_000_000);
    }

    #[test]
    fn covers() {
        let stock = pool(0, 500 * ONE, 1_000 * ONE, "2");
        let supply = Uint128::new(2_000 * ONE);
        assert!(stock.par_cover(supply, SIX).unwrap() == Some(Exact::one()));
        assert!(stock.market_cover(&n("0.5"), supply, SIX).unwrap() == Some(n("0.375")));
        assert!(
            stock
                .market_cover(&n("0.5"), Uint128::zero(), SIX)
                .unwrap()
                .is_none()
        );
        assert!(stock.par_cover(Uint128::zero(), SIX).unwrap().is_none());
    }

    #[test]
    fn the_limits_of_the_design_do_not_overflow() {
        let most = Uint128::new(1 << 96);
        let scale = Scale { dcm: 0, duca: 0 };
        let stock = pool(1 << 96, 1 << 96, 1 << 96, "1000000000000");
        // 2^96 tokens at 1e12 have no place in 128 bits: an error, not a wrap.
        let dear = stock
            .swap_dcm(most, &n("1000000000000"), scale)
            .unwrap_err();
        assert!(matches!(dear, MathError::OutOfRange { .. }));
        let cheap = n("0.000000000001")
            .checked_div(&n("1000000000000"))
            .unwrap();
        let swap = stock.swap_dcm(most, &cheap, scale).unwrap();
        assert_eq!(swap.out.u128(), (1u128 << 96) / 10u128.pow(24));
        assert!(
            stock
                .market_cover(&n("1000000000000"), Uint128::one(), scale)
                .is_ok()
        );
    }

    /// The rule that is not in force: DUCA counts at the market alone. Entering before a burn
    /// while DCM stands above par then takes the burn's profit from those who were there.
    #[test]
    fn at_the_market_alone_entering_before_a_burn_pays() {
        let stock = pool(9_000 * ONE, 1_000 * ONE, 10_000 * ONE, "2");
        let (market, supply) = (n("4"), Uint128::new(1_000 * ONE));
        let deposit = Uint128::new(9_000 * ONE);
        let profit = |shares: Uint128| {
            let with = StabilityPool {
                dcm: stock.dcm + deposit,
                ..stock.clone()
            };
            let burn = with.burn(SIX).unwrap();
            let after = with.after_burn(&burn, (20_000 * ONE).into(), SIX).unwrap();
            let out = after.redeem(shares, supply + shares).unwrap();
            // what is left of DUCA is nothing here
            i128::try_from(out.dcm.u128()).unwrap() - i128::try_from(deposit.u128()).unwrap()
        };
        let at_market = to_u128(
            mul_div_floor(
                deposit.into(),
                supply.into(),
                Uint128::new(3_250 * ONE).into(),
            )
            .unwrap(),
        );
        assert!(profit(at_market.unwrap()) > 0);
        let by_rule = stock.shares_for(deposit, supply, &market, SIX).unwrap();
        assert!(profit(by_rule.provider) < 0);
    }

    fn price() -> impl Strategy<Value = Exact> {
        (1u128..100_000_000, 1u128..100_000_000)
            .prop_map(|(a, b)| Exact::from_ratio(a.into(), b.into()).unwrap())
    }

    fn scale() -> impl Strategy<Value = Scale> {
        (0u8..=18, 0u8..=18).prop_map(|(dcm, duca)| Scale { dcm, duca })
    }

    #[derive(Debug, Clone)]
    enum Act {
        Dcm(u128),
        Duca(u128),
        Burn,
        Provide(u128),
        Withdraw(u128),
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            (1u128..1 << 70).prop_map(Act::Dcm),
            (1u128..1 << 70).prop_map(Act::Duca),
            Just(Act::Burn),
            (1u128..1 << 70).prop_map(Act::Provide),
            (1u128..1 << 70).prop_map(Act::Withdraw),
        ]
    }

    proptest! {
        /// Whatever happens, par never falls and pays for all DUCA; what comes in is all there.
        #[test]
        fn par_never_falls_and_is_paid(
            steps in prop::collection::vec((act(), 1u128..10_000, 1u128..10_000, 1u128..12_000), 1..40),
            first in 1u128..1000, scale in scale(),
        ) {
            let mut pool = StabilityPool::new(Decimal256::from_ratio(first, 100u128));
            let (mut supply, mut lpd) = (Uint128::zero(), Uint128::zero());
            for (act, a, b, d) in steps {
                let market = Exact::from_ratio(a.into(), b.into()).unwrap();
                let duca_price = Exact::from_ratio(d.into(), 10_000u128.into()).unwrap();
                let before = pool.clone();
                match act {
                    Act::Dcm(amount) => {
                        let Ok(swap) = pool.swap_dcm(amount.into(), &market, scale) else { continue };
                        let parts = swap.to_treasury + swap.to_reserve + swap.to_pool;
                        prop_assert_eq!(parts.u128(), amount);
                        let Ok(after) = pool.after_dcm_swap(&swap, supply, scale) else { continue };
                        if !swap.minted.is_zero() && market <= Exact::try_from(pool.par).unwrap() {
                            prop_assert_eq!(after.par, pool.par);
                        }
                        supply += swap.minted;
                        pool = after;
                    }
                    Act::Duca(amount) => {
                        let amount = Uint128::new(amount).min(supply - pool.duca);
                        let Ok(swap) = pool.swap_duca(amount, &market, &duca_price, scale) else { continue };
                        let Ok(after) = pool.after_duca_swap(amount, &swap) else { continue };
                        pool = after;
                    }
                    Act::Burn => {
                        let burn = pool.burn(scale).unwrap();
                        prop_assert!(burn.amount <= pool.duca && burn.payment <= pool.reserve);
                        pool = pool.after_burn(&burn, supply, scale).unwrap();
                        supply -= burn.amount;
                        prop_assert_eq!(pool.par, before.par);
                    }
                    Act::Provide(amount) => {
                        let Ok(shares) = pool.shares_for(amount.into(), lpd, &market, scale) else { continue };
                        if shares.provider.is_zero() { continue }
                        let Ok(all) = lpd.checked_add(shares.provider + shares.locked) else { continue };
                        lpd = all;
                        pool.dcm += Uint128::new(amount);
                    }
                    Act::Withdraw(amount) => {
                        let amount = Uint128::new(amount).min(lpd.saturating_sub(LOCKED_LPD));
                        if lpd.is_zero() { continue }
                        let paid = pool.redeem(amount, lpd).unwrap();
                        lpd -= amount;
                        pool.dcm -= paid.dcm;
                        pool.duca -= paid.duca;
                    }
                }
                prop_assert!(pool.par >= before.par);
                prop_assert!(is_covered(&pool, supply, scale));
                prop_assert!(pool.duca <= supply);
            }
        }

        /// There and back at unchanged prices never ends with more.
        #[test]
        fn no_round_trip_pays(
            amount in 1u128..1 << 80, market in price(), duca_price in 1u128..12_000, p in 1u128..10_000,
            x in 0u128..1 << 80, scale in scale(),
        ) {
            let stock = StabilityPool { duca: x.into(), dcm: Uint128::new(1 << 100), ..StabilityPool::new(
                Decimal256::from_ratio(p, 100u128)) };
            let duca_price = Exact::from_ratio(duca_price.into(), 10_000u128.into()).unwrap();
            if let Ok(swap) = stock.swap_dcm(amount.into(), &market, scale) {
                let back = stock.swap_duca(swap.out, &market, &duca_price, scale).unwrap();
                prop_assert!(back.out.u128() <= amount);
                prop_assert!(back.leaves().unwrap().u128() <= amount);
            }
        }

        /// Entering and leaving around any swap or burn, at unchanged prices, never pays: what
        /// the provider takes, at what a swap would give for it, is at most what he put in.
        #[test]
        fn entering_before_and_leaving_after_never_pays(
            x in 0u128..1 << 60, y in 1u128..1 << 60, lpd in 1_000u128..1 << 60,
            deposit in 1u128..1 << 60, act in act(), market in price(), p in 1u128..10_000,
            duca_price in 1u128..12_000,
        ) {
            let par = Decimal256::from_ratio(p, 100u128);
            let stock = StabilityPool { duca: x.into(), dcm: y.into(), reserve: Uint128::new(1 << 100), par };
            let supply = Exact::from(stock.reserve) * Exact::try_from(par).unwrap();
            let supply = supply.floor().unwrap().max(stock.duca);
            let duca_price = Exact::from_ratio(duca_price.into(), 10_000u128.into()).unwrap();
            let Ok(shares) = stock.shares_for(deposit.into(), lpd.into(), &market, SIX) else { return Ok(()) };
            let with = StabilityPool { dcm: stock.dcm + Uint128::new(deposit), ..stock };
            let after = match act {
                Act::Dcm(amount) => with.swap_dcm(amount.into(), &market, SIX)
                    .and_then(|swap| with.after_dcm_swap(&swap, supply, SIX)),
                Act::Duca(amount) => with.swap_duca(amount.into(), &market, &duca_price, SIX)
                    .and_then(|swap| with.after_duca_swap(amount.into(), &swap)),
                _ => with.burn(SIX).and_then(|burn| with.after_burn(&burn, supply, SIX)),
            };
            let Ok(after) = after else { return Ok(()) };
            let all = Uint128::new(lpd) + shares.provider;
            let paid = after.redeem(shares.provider, all).unwrap();
            let worth = Exact::from(paid.dcm)
                + Exact::from(paid.duca).checked_div(&SIX.units(&market).unwrap()).unwrap();
            prop_assert!(worth <= Exact::from(Uint128::new(deposit)));
        }

        /// The first provider drives up the price of a unit by gifts and by burning his own units.
        /// Another comes: what he loses by rounding costs the first 999 times as much.
        #[test]
        fn inflating_shares_costs_more_than_it_takes(
            first in 1_001u128..1 << 60, gift in 0u128..1 << 70, second in 1u128..1 << 70,
            burnt in 0u128..1 << 60, p in 1u128..10_000,
        ) {
            let market = n("2");
            let mut pool = StabilityPool::new(Decimal256::from_ratio(p, 100u128));
            let shares = pool.shares_for(first.into(), Uint128::zero(), &market, SIX).unwrap();
            // he may burn LPD as well, which gives its part to the others
            let his = shares.provider - Uint128::new(burnt).min(shares.provider);
            let mut lpd = his + shares.locked;
            pool.dcm = Uint128::new(first) + Uint128::new(gift);
            let victim = pool.shares_for(second.into(), lpd, &market, SIX).unwrap().provider;
            if victim.is_zero() { return Ok(()) }
            lpd += victim;
            pool.dcm += Uint128::new(second);
            // each without the two per cent
            let part = |units: Uint128| Exact::from_ratio(units, lpd).unwrap() * Exact::from(pool.dcm);
            let lost_by_victim = Exact::from(Uint128::new(second)) - part(victim);
            let lost_by_first = Exact::from(Uint128::new(first) + Uint128::new(gift)) - part(his);
            prop_assert!(lost_by_victim >= Exact::zero());
            prop_assert!(lost_by_first >= lost_by_victim * Exact::from(Uint128::new(999)));
        }
    }
}
