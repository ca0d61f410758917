//! `mint_usd` and the hook `burn_usd`: what an LP owes, moved by his own act.

use ballast_types::{
    address,
    pool_lens::MintPreview,
    pool_manager::{Operation, VaultKey},
};
use cosmwasm_std::{
    Addr, Deps, DepsMut, Env, Event, MessageInfo, QuerierWrapper, Response, Storage, Uint128,
};

use crate::{
    ContractError, Refusal,
    chain::Poll,
    dollar,
    position::{OpenPosition, Terms},
    state::CONTROLS,
};

/// Handles `mint_usd`.
pub fn mint(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    key: &VaultKey,
    amount: Option<Uint128>,
) -> Result<Response, Refusal> {
    let account = &info.sender;
    let (open, preview) = plan(
        deps.storage,
        deps.querier,
        env,
        key,
        account.clone(),
        amount,
    )?;
    let event = Event::new("mint_usd")
        .add_attribute("account", account)
        .add_attribute("pool", key.pool)
        .add_attribute("asset", &key.asset)
        .add_attribute("amount", preview.amount)
        .add_attribute("debt", preview.debt);
    let config = open.chain.config.clone();
    let events = open.save(deps.storage)?;
    Ok(Response::new()
        .add_message(dollar::mint(&config, account, preview.amount)?)
        .add_event(event)
        .add_events(events))
}

/// What a mint would do.
pub fn preview(
    deps: Deps,
    env: &Env,
    account: Addr,
    key: &VaultKey,
    amount: Option<Uint128>,
) -> Result<MintPreview, Refusal> {
    Ok(plan(deps.storage, deps.querier, env, key, account, amount)?.1)
}

fn plan<'a>(
    storage: &dyn Storage,
    querier: QuerierWrapper<'a>,
    env: &Env,
    key: &VaultKey,
    account: Addr,
    amount: Option<Uint128>,
) -> Result<(OpenPosition<'a>, MintPreview), Refusal> {
    CONTROLS.require_on(storage, &Operation::MintUsd)?;
    if amount == Some(Uint128::zero()) {
        return Err(ContractError::ZeroAmount {}.into());
    }
    let now = env.block.time.seconds();
    let mut open = OpenPosition::open(storage, querier, now, key, account, Poll::Exits)?;
    let terms = Terms::load(storage, key.pool.u64(), &key.asset)?;
    terms.collateral.require_enabled(&key.asset)?;
    let price = open.strict_price()?;
    let max = terms.max_debt(open.collateral()?, price, open.chain.dollar.decimals)?;
    let debt = open.debt()?;
    // A credit is used first.
    let most = max.checked_add(open.credit()?)?.saturating_sub(debt);
    let amount = amount.unwrap_or(most);
    if amount.is_zero() {
        return Err(ContractError::NothingToMint {}.into());
    }
    if amount > most {
        return Err(ContractError::BelowIssuanceRatio {
            debt: debt.checked_add(amount)?.saturating_sub(open.credit()?),
            max,
        }
        .into());
    }
    let vault = &mut open.vault.record.vault;
    vault.mint(&mut open.stake.position, amount)?;
    open.chain.owes_more(amount)?;
    open.close()?;
    open.chain.require_minimum_credits()?;
    let preview = MintPreview {
        amount,
        debt: open.debt()?,
        ratio: open.ratio(price, terms.collateral.decimals)?,
    };
    Ok((open, preview))
}

/// Handles the hook `burn_usd`.
pub fn burn(
    deps: DepsMut,
    env: &Env,
    payer: &Addr,
    arrived: Uint128,
    account: Option<&str>,
    key: &VaultKey,
) -> Result<Response, Refusal> {
    let account = address::valid_or(deps.api, account, payer)?;
    let now = env.block.time.seconds();
    let mut open =
        OpenPosition::open(deps.storage, deps.querier, now, key, account, Poll::Reports)?;
    let vault = &mut open.vault.record.vault;
    let paid = vault.repay(&mut open.stake.position, arrived)?;
    if paid.is_zero() {
        return Err(ContractError::NoDebt {}.into());
    }
    open.chain.owes_less(paid)?;
    open.close()?;

    let event = Event::new("burn_usd")
        .add_attribute("account", &open.account)
        .add_attribute("payer", payer)
        .add_attribute("pool", key.pool)
        .add_attribute("asset", &key.asset)
        .add_attribute("amount", paid)
        .add_attribute("debt", open.debt()?);
    let config = open.chain.config.clone();
    let events = open.save(deps.storage)?;
    Ok(Response::new()
        .add_messages(dollar::burn(&config, paid, arrived, payer)?)
        .add_event(event)
        .add_events(events))
}
