//! `delegate`: undelegated collateral goes into a vault.

use ballast_types::pool_manager::{Operation, VaultKey};
use cosmwasm_std::{DepsMut, Env, Event, MessageInfo, Response, Storage, Uint128};

use crate::{
    ContractError, Refusal, account,
    position::{OpenPosition, Terms},
    state::{CONTROLS, Free, HELD, Held},
};

/// Handles the message.
pub fn delegate(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    key: &VaultKey,
    amount: Option<Uint128>,
) -> Result<Response, Refusal> {
    let (account, asset, now) = (&info.sender, &key.asset, env.block.time.seconds());
    let terms = Terms::load(deps.storage, key.pool.u64(), asset)?;
    let mut free = Free::load(deps.storage, account, asset)?;
    if amount.is_none() && free.amount.is_zero() {
        return Err(ContractError::NothingToWithdraw {
            asset: asset.clone(),
        }
        .into());
    }
    let amount = amount.unwrap_or(free.amount);
    if amount.is_zero() {
        return Err(ContractError::ZeroAmount {}.into());
    }
    account::spend(asset, &mut free, amount)?;
    let mut held = Held::load(deps.storage, asset)?;
    held.undelegated = held.undelegated.checked_sub(amount)?;
    held.delegated = held.delegated.checked_add(amount)?;

    let mut open =
        OpenPosition::open_or_new(deps.storage, deps.querier, now, key, account.clone())?;
    admit(deps.storage, &mut open, &terms, &held, amount)?;
    let vault = &mut open.vault.record.vault;
    vault.deposit(&mut open.stake.position, amount)?;
    let pool = open.chain.pool(deps.storage)?;
    open.stake.delegated_at = now;
    open.stake.delegation_secs = pool.delegation_secs;
    open.stake.exit = None;
    open.close()?;

    let event = Event::new("delegate")
        .add_attribute("account", account)
        .add_attribute("pool", key.pool)
        .add_attribute("asset", asset)
        .add_attribute("amount", amount)
        .add_attribute("collateral", open.collateral()?)
        .add_attribute("debt", open.debt()?)
        .add_attribute("until", open.stake.delegated_until(&pool).to_string());
    free.save(deps.storage, account, asset)?;
    HELD.save(deps.storage, asset, &held)?;
    let events = open.save(deps.storage)?;
    Ok(Response::new().add_event(event).add_events(events))
}

/// Who owes may always add what brings him back to the issuance ratio. Beyond it caps bind him as
/// they bind who owes nothing: else a debt of one unit would be the way past them.
fn admit(
    storage: &dyn Storage,
    open: &mut OpenPosition,
    terms: &Terms,
    held: &Held,
    amount: Uint128,
) -> Result<(), Refusal> {
    if open.debt()?.is_zero() {
        CONTROLS.require_on(storage, &Operation::Delegate)?;
        open.strict_price()?;
    } else if only_restores(open, terms, amount)? {
        return Ok(());
    }
    let asset = &open.vault.asset;
    terms.collateral.require_enabled(asset)?;
    if !terms.vault.enabled {
        return Err(ContractError::VaultDisabled {
            pool: open.chain.id,
            asset: asset.clone(),
        }
        .into());
    }
    let in_vault = open.vault.record.vault.collateral().checked_add(amount)?;
    require_below(asset, "in the pool", in_vault, terms.vault.cap)?;
    let cap = terms.collateral.terms.0.cap;
    require_below(asset, "in all pools", held.delegated, cap)
}

/// Whether a position that owes backs no more than what it owes after so much more collateral. Without
/// a price it cannot be told, and nothing can be liquidated.
fn only_restores(open: &mut OpenPosition, terms: &Terms, amount: Uint128) -> Result<bool, Refusal> {
    let Ok(price) = open.chain.prices.high(&open.vault.asset) else {
        return Ok(false);
    };
    let after = open.collateral()?.checked_add(amount)?;
    let allowed = terms.max_debt(after, price, open.chain.dollar.decimals)?;
    Ok(allowed <= open.debt()?)
}

fn require_below(
    asset: &str,
    whose: &'static str,
    amount: Uint128,
    cap: Uint128,
) -> Result<(), Refusal> {
    if amount <= cap {
        return Ok(());
    }
    Err(ContractError::CapExceeded {
        asset: asset.to_owned(),
        whose,
        amount,
        cap,
    }
    .into())
}
