//! What a staked position may borrow, and when it is weak (DESIGN §5).

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Decimal, Uint128};

use crate::{Exact, MathError, Value};

/// The risk terms of one collateral. `1 + liquidation_penalty < flag_ratio < issuance_ratio`.
#[cw_serde]
#[derive(Copy, Eq)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Collateral value needed per dollar of debt to mint or withdraw (4.5 = 450 %).
    pub issuance_ratio: Decimal,
    /// At or below this ratio the position is weak and may be flagged.
    pub flag_ratio: Decimal,
    /// What a liquidation takes beyond the debt it repays, as a part of it.
    pub liquidation_penalty: Decimal,
}

impl Terms {
    /// Whether `1 + liquidation_penalty < flag_ratio < issuance_ratio`.
    ///
    /// Then every liquidation raises the ratio, and a position that just minted is not weak.
    pub fn are_ordered(&self) -> bool {
        Decimal::one()
            .checked_add(self.liquidation_penalty)
            .is_ok_and(|least| least < self.flag_ratio && self.flag_ratio < self.issuance_ratio)
    }
}

/// An amount of one collateral at a price.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Holding {
    /// Base units held.
    pub amount: Uint128,
    /// Dollars a whole token.
    pub price: Decimal,
    /// Decimals of the token.
    pub decimals: u8,
    /// Its risk terms.
    pub terms: Terms,
}

impl Holding {
    /// `amount · price`.
    pub fn value(&self) -> Result<Value, MathError> {
        Value::of(self.amount, self.price, self.decimals)
    }

    pub(crate) fn dollars(&self) -> Result<Exact, MathError> {
        Exact::dollars(self.value()?)
    }
}

/// `Σ vᵢ`.
pub fn total_value(holdings: &[Holding]) -> Result<Value, MathError> {
    holdings
        .iter()
        .try_fold(Value::ZERO, |sum, h| sum.checked_add(h.value()?))
}

/// `Σ vᵢ / ρᵢ`: the debt at which the position stands at its issuance ratio, in dollars.
pub fn capacity(holdings: &[Holding]) -> Result<Exact, MathError> {
    weighed(holdings, |terms| terms.issuance_ratio)
}

/// The most debt a position may have, in base units of the dollar synth, rounded down.
pub fn max_debt(holdings: &[Holding], decimals: u8) -> Result<Uint128, MathError> {
    capacity(holdings)?.units_floor(decimals)
}

/// Whether `debt ≥ Σ vᵢ / flag_ratioᵢ`. At the line counts; without debt nothing is weak.
pub fn is_weak(holdings: &[Holding], debt: Uint128, decimals: u8) -> Result<bool, MathError> {
    let line = weighed(holdings, |terms| terms.flag_ratio)?;
    Ok(!debt.is_zero() && Exact::from_units(debt, decimals)? >= line)
}

/// The most of holding `index` that may leave with `debt` still at the issuance ratio.
///
/// What must stay is `ceil((debt − Σ_{j≠i} vⱼ/ρⱼ) · ρᵢ / priceᵢ)`.
pub fn max_withdraw(
    holdings: &[Holding],
    index: usize,
    debt: Uint128,
    decimals: u8,
) -> Result<Uint128, MathError> {
    let Some(holding) = holdings.get(index) else {
        return Ok(Uint128::zero());
    };
    let others: Vec<Holding> = holdings
        .iter()
        .enumerate()
        .filter(|(position, _)| *position != index)
        .map(|(_, other)| *other)
        .collect();
    let uncovered = Exact::from_units(debt, decimals)? - capacity(&others)?;
    if !uncovered.is_positive() {
        return Ok(holding.amount);
    }
    let per_token = Exact::try_from(holding.price)?
        .checked_div(&Exact::try_from(holding.terms.issuance_ratio)?)?;
    let must_stay = match uncovered
        .checked_div(&per_token)?
        .units_ceil(holding.decimals)
    {
        Ok(amount) => amount,
        // More than any amount of it could cover.
        Err(MathError::OutOfRange { .. }) => return Ok(Uint128::zero()),
        Err(error) => return Err(error),
    };
    Ok(holding.amount.saturating_sub(must_stay))
}

fn weighed(holdings: &[Holding], ratio: impl Fn(&Terms) -> Decimal) -> Result<Exact, MathError> {
    holdings.iter().try_fold(Exact::zero(), |sum, holding| {
        let part = holding
            .dollars()?
            .checked_div(&Exact::try_from(ratio(&holding.terms))?)?;
        Ok(sum + part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::str::FromStr;

    fn life(amount: u128, price: &str) -> Holding {
        Holding {
            amount: Uint128::new(amount),
            price: Decimal::from_str(price).unwrap(),
            decimals: 6,
            terms: Terms {
                issuance_ratio: Decimal::percent(450),
                flag_ratio: Decimal::percent(300),
                liquidation_penalty: Decimal::percent(10),
            },
        }
    }

    /// DESIGN §5: the DEVITA table.
    #[rstest]
    #[case("0.5", 1_000_000)]
    #[case("1", 2_000_000)]
    #[case("0.25", 500_000)]
    fn capacity_of_nine_life(#[case] price: &str, #[case] most: u128) {
        assert_eq!(max_debt(&[life(9_000_000, price)], 6).unwrap().u128(), most);
    }

    #[rstest]
    #[case::nine_hundred_percent("1", 1_000_000, 4_500_000)]
    #[case::at_the_ratio("0.5", 1_000_000, 0)]
    #[case::below_it("0.25", 1_000_000, 0)]
    #[case::no_debt("0.25", 0, 9_000_000)]
    #[case::rounds_against_the_user("0.7", 1_000_001, 2_571_422)]
    fn withdrawable(#[case] price: &str, #[case] debt: u128, #[case] most: u128) {
        let holdings = [life(9_000_000, price)];
        assert_eq!(
            max_withdraw(&holdings, 0, Uint128::new(debt), 6)
                .unwrap()
                .u128(),
            most
        );
    }

    #[rstest]
    #[case::at_the_line_counts(1_000_000, true)]
    #[case::a_unit_above(999_999, false)]
    #[case::no_debt(0, false)]
    fn weak_at_three_to_one(#[case] debt: u128, #[case] weak: bool) {
        let holdings = [
            life(9_000_000, "0.333333333333333333"),
            life(3, "0.333333333333333333"),
        ];
        // 3.000000999999999999 / 3 = 1.000000333…: one more unit of debt is over the line.
        assert!(!is_weak(&holdings, Uint128::new(1_000_000), 6).unwrap());
        assert!(is_weak(&holdings, Uint128::new(1_000_001), 6).unwrap());
        let exactly = [life(3_000_000, "1")];
        assert_eq!(is_weak(&exactly, Uint128::new(debt), 6).unwrap(), weak);
    }

    #[test]
    fn no_collateral_and_some_debt_is_weak() {
        assert!(is_weak(&[], Uint128::one(), 6).unwrap());
        assert!(!is_weak(&[], Uint128::zero(), 6).unwrap());
    }

    #[test]
    fn an_uncoverable_debt_lets_nothing_out() {
        let holdings = [life(9_000_000, "0.000000000000000001")];
        assert!(
            max_withdraw(&holdings, 0, Uint128::MAX, 0)
                .unwrap()
                .is_zero()
        );
    }

    #[rstest]
    #[case(450, 300, 10, true)]
    #[case(300, 300, 10, false)]
    #[case(450, 110, 10, false)]
    #[case(450, 111, 10, true)]
    fn order_of_terms(#[case] rho: u64, #[case] flag: u64, #[case] p: u64, #[case] ok: bool) {
        let terms = Terms {
            issuance_ratio: Decimal::percent(rho),
            flag_ratio: Decimal::percent(flag),
            liquidation_penalty: Decimal::percent(p),
        };
        assert_eq!(terms.are_ordered(), ok);
    }
}
