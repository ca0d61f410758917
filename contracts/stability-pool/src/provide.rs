//! Liquidity comes in.

use ballast_math::{StabilityPool, stability::NewShares};
use ballast_types::{
    address,
    stability_pool::{Operation, ProvidePreview},
};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, MessageInfo, Response, Uint128};

use crate::{
    error::ContractError,
    events,
    market::Market,
    payment,
    state::{Books, CONFIG, CONTROLS, Config},
};

pub fn provide_native(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    min_lpd: Uint128,
    recipient: Option<String>,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let amount = payment::dcm_sent(&config, info)?;
    provide(deps, env, &config, &info.sender, amount, min_lpd, recipient)
}

/// Deposits what `payer` has sent.
pub fn provide(
    deps: DepsMut,
    env: &Env,
    config: &Config,
    payer: &Addr,
    amount: Uint128,
    min_lpd: Uint128,
    recipient: Option<String>,
) -> Result<Response, ContractError> {
    let recipient = address::valid_or(deps.api, recipient.as_deref(), payer)?;

    let plan = plan(deps.as_ref(), env, config, amount)?;
    payment::require_least("LPD", plan.shares.provider, min_lpd)?;

    plan.books.save(deps.storage)?;
    let mut response =
        Response::new().add_message(config.mint_lpd(&recipient, plan.shares.provider)?);
    if !plan.shares.locked.is_zero() {
        response =
            response.add_message(config.mint_lpd(&env.contract.address, plan.shares.locked)?);
    }
    let pool = &plan.books.pool;
    Ok(response.add_event(events::provide(
        payer,
        &recipient,
        amount,
        plan.shares,
        pool,
    )))
}

pub fn preview(deps: Deps, env: &Env, amount: Uint128) -> Result<ProvidePreview, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let Plan {
        shares, lpd_supply, ..
    } = plan(deps, env, &config, amount)?;
    Ok(ProvidePreview {
        lpd: shares.provider,
        locked: shares.locked,
        lpd_supply: lpd_supply
            .checked_add(shares.provider)?
            .checked_add(shares.locked)?,
    })
}

struct Plan {
    shares: NewShares,
    /// LPD before the deposit.
    lpd_supply: Uint128,
    /// The books after it.
    books: Books,
}

fn plan(deps: Deps, env: &Env, config: &Config, amount: Uint128) -> Result<Plan, ContractError> {
    CONTROLS.require_on(deps.storage, &Operation::Provide)?;
    if amount.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    let market = Market::load(deps.querier, config, env.block.time.seconds())?.dcm()?;
    // The lower makes the pool's DUCA dearer, to him who enters.
    let market = market.bounds(config.guards.band)?.low;
    let books = Books::load(deps.storage)?;
    let lpd_supply = config.lpd_supply(&deps.querier)?;

    let shares = books
        .pool
        .shares_for(amount, lpd_supply, &market, config.scale())?;
    if shares.provider.is_zero() {
        return Err(ContractError::NoShares { amount });
    }
    let pool = StabilityPool {
        dcm: books.pool.dcm.checked_add(amount)?,
        ..books.pool
    };
    Ok(Plan {
        shares,
        lpd_supply,
        books: Books { pool, ..books },
    })
}
