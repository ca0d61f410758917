//! A wallet beside its share of the debt pool.

use ballast_math::{
    MathError, Value,
    rounding::{mul_div_floor, to_u128},
};
use ballast_types::{
    Usd, address, cw20_raw,
    debt_registry::{PoolResponse, PoolSynth, QueryMsg, Valuation},
    synth_minter::{DebtHedgeResponse, HedgeExchange, HedgeSynth},
};
use cosmwasm_std::{Addr, Decimal, Decimal256, Deps, Env, Uint128};

use crate::{error::ContractError, registry, state::CONFIG};

/// A staker's debt moves with the pool's composition; holding each synth in the proportion of
/// his share makes his assets move alike.
pub fn debt_hedge(
    deps: Deps,
    env: &Env,
    account: &str,
) -> Result<DebtHedgeResponse, ContractError> {
    let address = address::valid(deps.api, account)?;
    let config = CONFIG.load(deps.storage)?;
    let debt = registry::recorded_debt(deps, env, &config, &address, Valuation::Repay)?;
    let pool: PoolResponse = deps.querier.query_wasm_smart(
        &config.registry,
        &QueryMsg::Pool {
            issuer: env.contract.address.to_string(),
            valuation: Valuation::Repay,
        },
    )?;

    let lines = pool
        .synths
        .iter()
        .map(|synth| Line::of(deps, &address, synth, debt, pool.debt_units))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(DebtHedgeResponse {
        share: part(debt.into(), pool.debt_units.into()),
        debt,
        synths: lines
            .iter()
            .map(|line| HedgeSynth {
                synth: line.synth.clone(),
                weight: part(line.pool_value.atomics(), pool.debt.atomics()),
                target: line.target,
                held: line.held,
            })
            .collect(),
        exchanges: exchanges(&lines)?,
    })
}

/// One synth of the pool beside the wallet.
struct Line {
    synth: String,
    price: Decimal,
    decimals: u8,
    pool_value: Usd,
    target: Uint128,
    held: Uint128,
}

impl Line {
    fn of(
        deps: Deps,
        holder: &Addr,
        synth: &PoolSynth,
        debt: Uint128,
        pool_debt: Uint128,
    ) -> Result<Self, ContractError> {
        let held = cw20_raw::balance(&deps.querier, &synth.token, holder)?;
        Ok(Self {
            synth: synth.synth.clone(),
            price: synth.price.unwrap_or_default(),
            decimals: synth.decimals,
            pool_value: synth.value,
            target: target(synth.supply, held, debt, pool_debt)?,
            held,
        })
    }

    fn worth(&self, amount: Uint128) -> Result<Value, MathError> {
        Value::of(amount, self.price, self.decimals)
    }
}

/// What to hold of a synth: `(supply − held) · debt / (pool debt − debt)`, rounded down.
///
/// His exchanges change the pool too. With s his share and o what others hold, he needs
/// t = s · (o + t), hence t = o · s / (1 − s). Who owes all of the pool cannot mirror it:
/// whatever he exchanges, his debt follows.
fn target(
    supply: Uint128,
    held: Uint128,
    debt: Uint128,
    pool_debt: Uint128,
) -> Result<Uint128, MathError> {
    let of_others = supply.saturating_sub(held);
    let debt_of_others = pool_debt.saturating_sub(debt);
    if debt.is_zero() {
        return Ok(Uint128::zero());
    }
    if debt_of_others.is_zero() {
        return Ok(held);
    }
    let target = mul_div_floor(of_others.into(), debt.into(), debt_of_others.into())?;
    Ok(to_u128(target).unwrap_or(Uint128::MAX))
}

/// Exchanges of what is held beyond the target into what is missing, in the order of the
/// pool: at most as many as the pool has synths, twice.
fn exchanges(lines: &[Line]) -> Result<Vec<HedgeExchange>, MathError> {
    let mut missing = lines
        .iter()
        .map(|line| Ok((line, line.worth(line.target.saturating_sub(line.held))?)))
        .filter(|entry| entry.as_ref().map_or(true, |(_, value)| !value.is_zero()))
        .collect::<Result<Vec<_>, MathError>>()?
        .into_iter()
        .peekable();
    let mut exchanges = vec![];
    for from in lines.iter().filter(|line| !line.price.is_zero()) {
        let mut surplus = from.worth(from.held.saturating_sub(from.target))?;
        while let Some((to, lack)) = missing.peek_mut() {
            let moved = surplus.min(*lack);
            let amount = moved.amount_floor(from.price, from.decimals)?;
            if amount.is_zero() {
                break;
            }
            exchanges.push(HedgeExchange {
                from: from.synth.clone(),
                to: to.synth.clone(),
                amount,
            });
            surplus = surplus.saturating_sub(moved);
            *lack = lack.saturating_sub(moved);
            if !lack.is_zero() {
                break;
            }
            missing.next();
        }
    }
    Ok(exchanges)
}

fn part(numerator: cosmwasm_std::Uint256, denominator: cosmwasm_std::Uint256) -> Decimal256 {
    Decimal256::checked_from_ratio(numerator, denominator).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    // He owes a quarter, others hold 300: 100 beside them are a quarter of 400.
    #[case::a_quarter(1_000, 700, 25, 100, 100)]
    #[case::half_holding_nothing(500, 0, 50, 100, 500)]
    #[case::rounds_down(10, 0, 1, 4, 3)]
    #[case::no_debt(1_000, 700, 0, 100, 0)]
    #[case::no_pool(0, 0, 0, 0, 0)]
    #[case::all_of_the_debt(1_000, 700, 100, 100, 700)]
    #[case::a_unit_less_than_all(u128::MAX, 0, u128::MAX - 1, u128::MAX, u128::MAX)]
    fn targets(
        #[case] supply: u128,
        #[case] held: u128,
        #[case] debt: u128,
        #[case] pool_debt: u128,
        #[case] expected: u128,
    ) {
        let [supply, held, debt, pool_debt] = [supply, held, debt, pool_debt].map(Uint128::new);
        assert_eq!(
            target(supply, held, debt, pool_debt).unwrap().u128(),
            expected
        );
    }

    fn line(synth: &str, price: u64, target: u128, held: u128) -> Line {
        Line {
            synth: synth.to_owned(),
            price: Decimal::percent(price),
            decimals: 6,
            pool_value: Usd::zero(),
            target: Uint128::new(target),
            held: Uint128::new(held),
        }
    }

    #[rstest]
    #[case::nothing_to_do(vec![line("a", 100, 5, 5), line("b", 100, 7, 7)], &[])]
    #[case::one_into_two(
        vec![line("a", 100, 0, 10), line("b", 200, 2, 0), line("c", 100, 6, 0)],
        &[("a", "b", 4), ("a", "c", 6)]
    )]
    #[case::two_into_one(
        vec![line("a", 100, 1, 4), line("b", 300, 1, 2), line("c", 100, 9, 2)],
        &[("a", "c", 3), ("b", "c", 1)]
    )]
    #[case::no_more_than_is_held(vec![line("a", 100, 0, 3), line("b", 100, 50, 0)], &[("a", "b", 3)])]
    #[case::without_a_price_it_stays(vec![line("a", 0, 0, 3), line("b", 100, 3, 0)], &[])]
    fn moves_surplus_to_what_is_missing(
        #[case] lines: Vec<Line>,
        #[case] expected: &[(&str, &str, u128)],
    ) {
        let found: Vec<_> = exchanges(&lines)
            .unwrap()
            .into_iter()
            .map(|e| (e.from, e.to, e.amount.u128()))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(from, to, amount)| ((*from).to_owned(), (*to).to_owned(), *amount))
            .collect();
        assert_eq!(found, expected);
    }
}
