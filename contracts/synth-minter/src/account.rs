//! Everything about one account, and the list of them.

use ballast_kit::page;
use ballast_math::position::{self as terms, Holding};
use ballast_types::{
    address,
    debt_registry::Valuation,
    synth_minter::{AccountResponse, HoldingResponse, StakedResponse},
};
use cosmwasm_std::{Addr, Deps, Env, Order, Uint128};
use cw_storage_plus::Bound;

use crate::{
    error::ContractError,
    position::{self, Position, Under},
    registry,
    state::{ACCOUNTS, Account, CONFIG, Config},
};

/// Everything about one account in one call. A price or a debt that cannot be had leaves the
/// numbers that need it empty, and the rest stands.
pub fn overview(deps: Deps, env: &Env, address: &str) -> Result<AccountResponse, ContractError> {
    let address = address::valid(deps.api, address)?;
    let config = CONFIG.load(deps.storage)?;
    let account = Account::load(deps.storage, &address)?;
    let now = env.block.time.seconds();
    let decimals = config
        .dollar
        .as_ref()
        .map(|dollar| dollar.decimals)
        .unwrap_or_default();
    let position = Position::load(deps, &config.oracle, &account, now)?;

    let owed = |valuation| registry::recorded_debt(deps, env, &config, &address, valuation);
    let minted = |valuation| registry::debt(deps, env, &config, &address, &account, valuation);
    let debt = owed(Valuation::Repay)?;
    let strict_debt = minted(Valuation::Strict).ok();
    let strict = position.borrowable().ok();
    let max_debt = strict
        .as_ref()
        .and_then(|held| terms::max_debt(held, decimals).ok());
    let value = position.value();

    Ok(AccountResponse {
        collateral: holdings(&position, strict.as_deref(), strict_debt, decimals, now),
        collateral_value: value.and_then(|value| value.usd_floor().ok()),
        debt,
        c_ratio: value.and_then(|value| position::c_ratio(value, debt, decimals)),
        max_debt,
        mintable: position
            .backing(deps.storage)
            .and_then(|held| Ok(terms::max_debt(&held, decimals)?))
            .ok()
            .zip(owed(Valuation::Strict).ok())
            .map(|(most, debt)| most.saturating_sub(debt)),
        to_target: to_target(deps, env, &config, &address, &position, debt),
        weak: minted(Valuation::Liquidation).ok().and_then(|debt| {
            let held = position.seizable(Under::Flag).ok()?;
            terms::is_weak(&held, debt, decimals).ok()
        }),
        stake_locked_until: Some(account.minted_at)
            .filter(|minted_at| *minted_at > 0 && account.running_flag(now).is_none())
            .map(|minted_at| minted_at.saturating_add(config.params.min_stake_secs))
            .filter(|until| now < *until),
        flag: account.flag.as_ref().map(|flag| flag.response(&address)),
        account: address,
    })
}

/// What must be burnt to be back at the issuance ratio.
fn to_target(
    deps: Deps,
    env: &Env,
    config: &Config,
    address: &Addr,
    position: &Position,
    debt: Uint128,
) -> Option<Uint128> {
    let target = position.target(config.dollar().ok()?.decimals).ok()?;
    if debt <= target {
        return Some(Uint128::zero());
    }
    registry::preview_repay(deps, env, config, address, debt, Some(target))
        .ok()
        .map(|answer| answer.amount)
}

fn holdings(
    position: &Position,
    strict: Option<&[Holding]>,
    debt: Option<Uint128>,
    decimals: u8,
    now: u64,
) -> Vec<HoldingResponse> {
    let withdrawable = |index, amount| match (debt?, strict) {
        (debt, _) if debt.is_zero() => Some(amount),
        (debt, Some(held)) => position.max_withdraw(held, index, debt, decimals).ok(),
        _ => None,
    };
    position
        .staked
        .iter()
        .enumerate()
        .map(|(index, staked)| {
            let price = staked.strict_price(now);
            HoldingResponse {
                asset: staked.asset.clone(),
                amount: staked.amount,
                price,
                value: price.and_then(|price| {
                    let value =
                        ballast_math::Value::of(staked.amount, price, staked.collateral.decimals);
                    value.and_then(|value| value.usd_floor()).ok()
                }),
                terms: staked.terms(Under::Flag),
                withdrawable: withdrawable(index, staked.amount),
            }
        })
        .collect()
}

pub fn list(
    deps: Deps,
    start_after: Option<String>,
    limit: Option<u32>,
) -> Result<Vec<StakedResponse>, ContractError> {
    let start = start_after
        .map(|address| address::valid(deps.api, &address))
        .transpose()?;
    ACCOUNTS
        .range(
            deps.storage,
            start.as_ref().map(Bound::exclusive),
            None,
            Order::Ascending,
        )
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|entry| {
            let (address, account) = entry?;
            let flag = account.flag.map(|flag| flag.response(&address));
            Ok(StakedResponse {
                account: address,
                collateral: account.collateral.view(),
                flag,
            })
        })
        .collect()
}
