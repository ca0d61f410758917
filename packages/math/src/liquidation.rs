//! How much of a weak position is repaid and seized, and who gets it (DESIGN §5).
//!
//! With values `vᵢ`, `V = Σ vᵢ`, weights `wᵢ = vᵢ / V`, issuance ratios `ρᵢ`, penalties `pᵢ`,
//! `p̄ = Σ wᵢpᵢ` and debt `D`:
//!
//! - **Restoring.** `S* = (D − Σ vᵢ/ρᵢ) / (1 − Σ wᵢ(1+pᵢ)/ρᵢ)` brings the position back to its
//!   issuance ratio. Anyone pays up to `S = ceil(S*)`; for `q` paid, collateral `i` loses
//!   `floor(wᵢ·q·(1+pᵢ)/priceᵢ)`, at `q = S` not more than `ceil(wᵢ·S*·(1+pᵢ)/priceᵢ)`.
//! - **Closing.** When `S` would leave less than the minimum debt, all of `D` may be repaid
//!   on the same terms.
//! - **Under water.** When `V < (1+p̄)·D` the treasury's part of the penalty yields first:
//!   `Q = min(D, floor(V / (1 + p̄·λ)))`, `λ` the liquidator's and flagger's parts, closes all;
//!   `q < Q` closes `q/Q` of the debt and of every collateral. Debt closed beyond what was
//!   paid is bad debt.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Decimal, Uint128};

use crate::{
    Exact, MathError,
    position::{Holding, capacity, total_value},
};

/// Who gets which part of the penalty. The parts sum to one.
#[cw_serde]
#[derive(Copy, Eq)]
#[serde(deny_unknown_fields)]
pub struct PenaltySplit {
    /// Part of the address that repays.
    pub liquidator: Decimal,
    /// Part of the address that raised the flag.
    pub flagger: Decimal,
    /// Part of the treasury, which yields first.
    pub treasury: Decimal,
}

impl PenaltySplit {
    /// Whether the parts sum to one.
    pub fn is_whole(&self) -> bool {
        self.liquidator
            .checked_add(self.flagger)
            .and_then(|sum| sum.checked_add(self.treasury))
            .is_ok_and(|sum| sum == Decimal::one())
    }
}

/// How a position may be liquidated.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Kind {
    /// Back to the issuance ratio.
    Restoring,
    /// Closed whole, since less than the minimum debt would stay.
    Closing,
    /// Worth less than its debt and penalty: closed whole or in parts.
    UnderWater,
}

/// What is taken from one collateral, in base units, and for whom.
#[cw_serde]
#[derive(Copy, Default, Eq)]
pub struct Seizure {
    /// What the account loses: the sum of the three below.
    pub taken: Uint128,
    /// For the address that repays.
    pub liquidator: Uint128,
    /// For the address that raised the flag.
    pub flagger: Uint128,
    /// For the treasury.
    pub treasury: Uint128,
}

/// One liquidation, whole or a partial fill of it.
#[cw_serde]
pub struct Fill {
    /// Base units of the dollar synth that are paid and burnt.
    pub paid: Uint128,
    /// Debt the account loses: `paid`, and under water more.
    pub debt_closed: Uint128,
    /// One entry per holding, in the order given.
    pub seizures: Vec<Seizure>,
}

impl Fill {
    /// Debt that is closed and was not paid for.
    pub fn bad_debt(&self) -> Uint128 {
        self.debt_closed.saturating_sub(self.paid)
    }
}

/// A weak position, and all that its liquidation needs.
pub struct Liquidation<'a> {
    holdings: &'a [Holding],
    debt: Uint128,
    split: PenaltySplit,
    kind: Kind,
    /// What the liquidation asks for before it is rounded up, in base units.
    restoring: Exact,
    most: Uint128,
    /// `V`, in base units of the dollar synth.
    value: Exact,
    /// `p̄`.
    penalty: Exact,
}

impl<'a> Liquidation<'a> {
    /// Works out how the position may be liquidated. The caller has found it weak.
    pub fn new(
        holdings: &'a [Holding],
        debt: Uint128,
        decimals: u8,
        split: PenaltySplit,
        min_debt: Uint128,
    ) -> Result<Self, MathError> {
        let unit = Exact::one().checked_div(&Exact::from_units(Uint128::one(), decimals)?)?;
        let in_units = |dollars: Exact| dollars * unit.clone();
        let value = in_units(Exact::dollars(total_value(holdings)?)?);
        let owed = Exact::from(debt);

        let mut penalty = Exact::zero();
        let mut relief = Exact::zero();
        for holding in holdings {
            let weight = in_units(holding.dollars()?).checked_div(&value)?;
            let p = Exact::try_from(holding.terms.liquidation_penalty)?;
            let rho = Exact::try_from(holding.terms.issuance_ratio)?;
            penalty = penalty + weight.clone() * p.clone();
            relief = relief + weight * (Exact::one() + p).checked_div(&rho)?;
        }

        let mut this = Self {
            holdings,
            debt,
            split,
            kind: Kind::UnderWater,
            restoring: Exact::zero(),
            most: Uint128::zero(),
            value,
            penalty,
        };
        if this.value < (Exact::one() + this.penalty.clone()) * owed.clone() {
            let divisor = Exact::one() + this.penalty.clone() * this.keepers_part()?;
            this.most = this.value.checked_div(&divisor)?.floor()?.min(debt);
            return Ok(this);
        }
        let excess = owed - in_units(capacity(holdings)?);
        this.restoring = if excess.is_positive() {
            excess.checked_div(&(Exact::one() - relief))?
        } else {
            Exact::zero()
        };
        this.most = this.restoring.ceil()?.min(debt);
        this.kind = Kind::Restoring;
        let left = debt.checked_sub(this.most)?;
        if left < min_debt {
            this.kind = Kind::Closing;
            this.most = debt;
        }
        Ok(this)
    }

    /// How the position may be liquidated.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The most that may be paid: `S`, `D` or `Q`.
    pub const fn most(&self) -> Uint128 {
        self.most
    }

    /// What paying `offered` does; what exceeds [`Self::most`] is not taken.
    pub fn fill(&self, offered: Uint128) -> Result<Fill, MathError> {
        let paid = offered.min(self.most);
        let debt_closed = match self.kind {
            Kind::Restoring | Kind::Closing => paid,
            Kind::UnderWater if paid == self.most => self.debt,
            Kind::UnderWater => {
                (Exact::from(self.debt) * Exact::from_ratio(paid, self.most)?).floor()?
            }
        };
        let seizures = self
            .holdings
            .iter()
            .map(|holding| match self.kind {
                Kind::Restoring | Kind::Closing => self.seize(holding, paid),
                Kind::UnderWater => self.seize_under_water(holding, paid),
            })
            .collect::<Result<_, _>>()?;
        Ok(Fill {
            paid,
            debt_closed,
            seizures,
        })
    }

    /// `floor(wᵢ·q·(1+pᵢ)/priceᵢ)`, split by the parts of the penalty.
    fn seize(&self, holding: &Holding, paid: Uint128) -> Result<Seizure, MathError> {
        // One base unit of the holding per base unit of debt, weighed: wᵢ / priceᵢ, which is
        // amountᵢ / V, since vᵢ = amountᵢ · priceᵢ.
        let per_unit = Exact::from(holding.amount).checked_div(&self.value)?;
        let p = Exact::try_from(holding.terms.liquidation_penalty)?;
        let for_paid = per_unit.clone() * Exact::from(paid);
        let with_penalty = Exact::one() + p.clone();

        let mut taken = (for_paid.clone() * with_penalty.clone()).floor()?;
        if self.kind == Kind::Restoring && paid == self.most {
            taken = taken.min((per_unit * self.restoring.clone() * with_penalty).ceil()?);
        }
        let liquidators = p.clone() * Exact::try_from(self.split.liquidator)?;
        let flaggers = p * Exact::try_from(self.split.flagger)?;
        share_out(
            taken.min(holding.amount),
            (for_paid.clone() * (Exact::one() + liquidators)).floor()?,
            (for_paid * flaggers).floor()?,
        )
    }

    /// `q/Q` of the collateral; the liquidator and the flagger first, what is left to the
    /// treasury.
    fn seize_under_water(&self, holding: &Holding, paid: Uint128) -> Result<Seizure, MathError> {
        let amount = Exact::from(holding.amount);
        let taken = if paid == self.most {
            holding.amount
        } else {
            (amount.clone() * Exact::from_ratio(paid, self.most)?).floor()?
        };
        let per_unit = amount.checked_div(&self.value)?;
        let for_paid = per_unit * Exact::from(paid);
        let liquidators = self.penalty.clone() * Exact::try_from(self.split.liquidator)?;
        let flaggers = self.penalty.clone() * Exact::try_from(self.split.flagger)?;
        share_out(
            taken,
            (for_paid.clone() * (Exact::one() + liquidators)).floor()?,
            (for_paid * flaggers).floor()?,
        )
    }

    fn keepers_part(&self) -> Result<Exact, MathError> {
        Ok(Exact::try_from(self.split.liquidator)? + Exact::try_from(self.split.flagger)?)
    }
}

/// The liquidator first, then the flagger, the rest (and the dust) to the treasury.
fn share_out(taken: Uint128, liquidator: Uint128, flagger: Uint128) -> Result<Seizure, MathError> {
    let liquidator = liquidator.min(taken);
    let rest = taken.checked_sub(liquidator)?;
    let flagger = flagger.min(rest);
    Ok(Seizure {
        taken,
        liquidator,
        flagger,
        treasury: rest.checked_sub(flagger)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::position::{Terms, is_weak};
    use proptest::prelude::*;
    use rstest::rstest;
    use std::str::FromStr;

    const SPLIT: (u64, u64, u64) = (60, 20, 20);

    fn split((liquidator, flagger, treasury): (u64, u64, u64)) -> PenaltySplit {
        PenaltySplit {
            liquidator: Decimal::percent(liquidator),
            flagger: Decimal::percent(flagger),
            treasury: Decimal::percent(treasury),
        }
    }

    fn holding(amount: u128, price: &str, decimals: u8, rho: u64, penalty: u64) -> Holding {
        Holding {
            amount: Uint128::new(amount),
            price: Decimal::from_str(price).unwrap(),
            decimals,
            terms: Terms {
                issuance_ratio: Decimal::percent(rho),
                flag_ratio: Decimal::percent(rho * 2 / 3),
                liquidation_penalty: Decimal::percent(penalty),
            },
        }
    }

    fn liquidation(holdings: &[Holding], debt: u128, min_debt: u128) -> Liquidation<'_> {
        Liquidation::new(
            holdings,
            Uint128::new(debt),
            6,
            split(SPLIT),
            Uint128::new(min_debt),
        )
        .unwrap()
    }

    fn after(holdings: &[Holding], fill: &Fill) -> Vec<Holding> {
        holdings
            .iter()
            .zip(&fill.seizures)
            .map(|(h, s)| Holding {
                amount: h.amount - s.taken,
                ..*h
            })
            .collect()
    }

    /// DESIGN §5, the fourth row of the DEVITA table: S* = 0.66176470…, 2.911765 LIFE.
    #[test]
    fn teddy() {
        let teddy = [holding(9_000_000, "0.25", 6, 450, 10)];
        let liquidation = liquidation(&teddy, 1_000_000, 0);
        assert_eq!(liquidation.kind(), Kind::Restoring);
        assert_eq!(liquidation.most().u128(), 661_765);

        let fill = liquidation.fill(Uint128::MAX).unwrap();
        assert_eq!(fill.paid.u128(), 661_765);
        assert_eq!(fill.debt_closed.u128(), 661_765);
        assert_eq!(fill.bad_debt(), Uint128::zero());
        assert_eq!(fill.seizures[0].taken.u128(), 2_911_765);
        let left = after(&teddy, &fill);
        let ratio = total_value(&left)
            .unwrap()
            .ratio_floor(crate::Value::of_dollars(Uint128::new(338_235), 6).unwrap())
            .unwrap()
            .unwrap();
        assert!(ratio >= cosmwasm_std::Decimal256::percent(450));
        assert!(ratio < cosmwasm_std::Decimal256::permille(4501));
    }

    #[test]
    fn a_position_above_its_ratio_asks_for_nothing() {
        let healthy = [holding(9_000_000, "1", 6, 450, 10)];
        let liquidation = liquidation(&healthy, 1_000_000, 0);
        assert_eq!(liquidation.most(), Uint128::zero());
        assert_eq!(
            liquidation.fill(Uint128::MAX).unwrap().seizures[0].taken,
            Uint128::zero()
        );
    }

    #[test]
    fn closing_leaves_the_surplus_to_the_account() {
        let teddy = [holding(9_000_000, "0.25", 6, 450, 10)];
        let liquidation = liquidation(&teddy, 1_000_000, 400_000);
        assert_eq!(liquidation.kind(), Kind::Closing);
        assert_eq!(liquidation.most().u128(), 1_000_000);
        let fill = liquidation.fill(Uint128::new(1_000_000)).unwrap();
        // 1 · 1.1 / 0.25 LIFE; 60 % of the penalty to the liquidator, 20 % to the flagger.
        let expected = Seizure {
            taken: Uint128::new(4_400_000),
            liquidator: Uint128::new(4_240_000),
            flagger: Uint128::new(80_000),
            treasury: Uint128::new(80_000),
        };
        assert_eq!(fill.seizures, vec![expected]);
    }

    #[rstest]
    // V = 1.09: below 1.1 the position is under water, and the treasury yields first.
    #[case::treasury_yields_a_little(1_090_000, 1_000_000, 0)]
    // V = 1.08 = 1 + p·(0.6 + 0.2): the treasury gets nothing, all the debt is paid.
    #[case::treasury_yields_all(1_080_000, 1_000_000, 0)]
    // V = 0.54: half of the debt is paid for, the other half is bad.
    #[case::half_is_bad(540_000, 500_000, 500_000)]
    #[case::nothing_left(0, 0, 1_000_000)]
    fn under_water(#[case] amount: u128, #[case] most: u128, #[case] bad: u128) {
        let position = if amount == 0 {
            vec![]
        } else {
            vec![holding(amount, "1", 6, 450, 10)]
        };
        let liquidation = liquidation(&position, 1_000_000, 0);
        assert_eq!(liquidation.kind(), Kind::UnderWater);
        assert_eq!(liquidation.most().u128(), most);
        let fill = liquidation.fill(Uint128::MAX).unwrap();
        assert_eq!(fill.debt_closed.u128(), 1_000_000);
        assert_eq!(fill.bad_debt().u128(), bad);
        for seizure in fill.seizures {
            assert_eq!(seizure.taken.u128(), amount);
            assert_eq!(seizure.liquidator.u128(), most + most * 6 / 100);
            assert_eq!(seizure.flagger.u128(), most * 2 / 100);
        }
    }

    #[test]
    fn under_water_in_parts_closes_a_part_of_each() {
        let position = [holding(540_001, "1", 6, 450, 10)];
        let fill = liquidation(&position, 1_000_000, 0)
            .fill(Uint128::new(125_000))
            .unwrap();
        assert_eq!(fill.debt_closed.u128(), 250_000);
        assert_eq!(fill.seizures[0].taken.u128(), 135_000);
    }

    #[test]
    fn under_water_unequal_penalties_pay_the_liquidator_in_full() {
        let position = [
            holding(500_000, "1", 6, 450, 20),
            holding(500_000, "1", 6, 450, 0),
        ];
        let liquidation = Liquidation::new(
            &position,
            Uint128::new(2_000_000),
            6,
            split((100, 0, 0)),
            Uint128::zero(),
        )
        .unwrap();
        assert_eq!(liquidation.most().u128(), 909_090);
        let fill = liquidation.fill(Uint128::MAX).unwrap();
        let got: u128 = fill.seizures.iter().map(|s| s.liquidator.u128()).sum();
        assert!((999_998..=1_000_000).contains(&got), "{got}");
    }

    fn positions() -> impl Strategy<Value = Vec<Holding>> {
        let one = (
            1u128..1 << 70,
            1u128..1 << 80,
            0u8..=18,
            130u64..1000,
            0u64..15,
        )
            .prop_map(|(amount, price, decimals, rho, penalty)| Holding {
                amount: Uint128::new(amount),
                price: Decimal::new(Uint128::new(price)),
                decimals,
                terms: Terms {
                    issuance_ratio: Decimal::percent(rho),
                    flag_ratio: Decimal::percent((rho + 101 + penalty).div_ceil(2)),
                    liquidation_penalty: Decimal::percent(penalty),
                },
            });
        prop::collection::vec(one, 1..8)
    }

    proptest! {
        /// The whole liquidation ends at or above the issuance ratio, and one unit less of
        /// payment would end below it: S is the least whole amount that restores.
        #[test]
        fn restores_the_ratio(position in positions(), part in 1u128..1000) {
            let line = max_debt_at_flag(&position);
            let most = total_value(&position).unwrap().units_floor(6).unwrap().u128();
            let debt = line + (most - line.min(most)) * part / 1000;
            prop_assume!(debt > 0);
            prop_assume!(is_weak(&position, Uint128::new(debt), 6).unwrap());
            let plan = liquidation(&position, debt, 0);
            prop_assume!(plan.kind() == Kind::Restoring);
            let fill = plan.fill(Uint128::MAX).unwrap();
            let left = after(&position, &fill);
            let debt_left = Exact::from_units(Uint128::new(debt) - fill.paid, 6).unwrap();
            // A base unit of a dear token may be worth more than a base unit of the synth:
            // the ceiling of what is seized may cost one such unit each.
            let units = position.iter().try_fold(Exact::zero(), |sum, h| {
                let one = Holding { amount: Uint128::one(), ..*h };
                Ok::<_, MathError>(sum + capacity(&[one])?)
            }).unwrap();
            prop_assert!(debt_left <= capacity(&left).unwrap() + units);
        }

        /// Nothing is taken that is not there, and every unit taken has an owner.
        #[test]
        fn seizures_are_conserved(position in positions(), debt in 1u128..1 << 90, offered: u64, min_debt: u64) {
            let plan = liquidation(&position, debt, u128::from(min_debt));
            let fill = plan.fill(Uint128::from(offered)).unwrap();
            prop_assert!(fill.paid <= plan.most());
            prop_assert!(fill.debt_closed >= fill.paid);
            prop_assert!(fill.debt_closed.u128() <= debt);
            for (holding, seizure) in position.iter().zip(&fill.seizures) {
                prop_assert!(seizure.taken <= holding.amount);
                prop_assert_eq!(seizure.taken, seizure.liquidator + seizure.flagger + seizure.treasury);
            }
        }

        /// Fills in parts close as much debt as one, and take no more collateral for it than
        /// the rounded payment is worth with its penalty.
        #[test]
        fn fills_add_up(position in positions(), debt in 1u128..1 << 90, first: u64) {
            let plan = liquidation(&position, debt, 0);
            prop_assume!(plan.kind() == Kind::Restoring);
            let first = Uint128::from(first).min(plan.most());
            let (a, b) = (plan.fill(first).unwrap(), plan.fill(plan.most() - first).unwrap());
            let whole = plan.fill(plan.most()).unwrap();
            prop_assert_eq!(a.debt_closed + b.debt_closed, whole.debt_closed);
            for ((a, b), holding) in a.seizures.iter().zip(&b.seizures).zip(&position) {
                let p = Exact::try_from(holding.terms.liquidation_penalty).unwrap();
                let per_unit = Exact::from(holding.amount).checked_div(&plan.value).unwrap();
                let worth = per_unit * Exact::from(plan.most()) * (Exact::one() + p);
                prop_assert!(a.taken + b.taken <= worth.ceil().unwrap());
            }
        }
    }

    fn max_debt_at_flag(position: &[Holding]) -> u128 {
        let as_flag: Vec<Holding> = position
            .iter()
            .map(|h| Holding {
                terms: Terms {
                    issuance_ratio: h.terms.flag_ratio,
                    ..h.terms
                },
                ..*h
            })
            .collect();
        crate::position::max_debt(&as_flag, 6).unwrap().u128()
    }
}
