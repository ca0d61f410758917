//! A wallet beside its share of the debt pool.

use ballast_math::{
    MathError, Value,
    rounding::{mul_div_floor, to_u128},
};
use ballast_types::{
    Usd, cw20_raw,
    debt_registry::{PoolResponse, PoolSynth, QueryMsg, Valuation},
    synth_minter::{DebtHedgeResponse, HedgeExchange, HedgeSynth},
};
use cosmwasm_std::{Addr, Decimal, Decimal256, Deps, Env, Uint128};

use crate::{
    address,
    error::ContractError,
    registry,
    state::{Account, CONFIG},
};

/// A staker's debt moves with the pool's composition; holding each synth in the proportion of
/// his share makes his assets move alike.
pub fn debt_hedge(
    deps: Deps,
    env: &Env,
    account: &str,
) -> Result<DebtHedgeResponse, ContractError> {
    let address = address::valid(deps.api, account)?;
    let config = CONFIG.load(deps.storage)?;
    let account = Account::load(deps.storage, &address)?;
    let debt = registry::debt(deps, env, &config, &address, &account, Valuation::Repay)?;
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
        let target = if pool_debt.is_zero() {
            Uint128::zero()
        } else {
            to_u128(mul_div_floor(
                synth.supply.into(),
                debt.into(),
                pool_debt.into(),
            )?)?
        };
        Ok(Self {
            synth: synth.synth.clone(),
            price: synth.price.unwrap_or_default(),
            decimals: synth.decimals,
            pool_value: synth.value,
            target,
            held: cw20_raw::balance(&deps.querier, &synth.token, holder)?,
        })
    }

    fn worth(&self, amount: Uint128) -> Result<Value, MathError> {
        Value::of(amount, self.price, self.decimals)
    }
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
