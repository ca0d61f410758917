//! Accounts: undelegated collateral comes in and goes out.

use ballast_types::{Token, address, pool_manager::Operation};
use cosmwasm_std::{Addr, DepsMut, Env, Event, MessageInfo, Response, Storage, Uint128};
use cw_utils::one_coin;

use crate::{
    ContractError, Refusal,
    state::{CONFIG, CONTROLS, Collateral, Free, HELD, Held, TOKENS},
};

/// Handles `deposit` of a native coin.
pub fn deposit_native(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    account: Option<&str>,
) -> Result<Response, Refusal> {
    let coin = one_coin(info)?;
    let token = Token::Native(coin.denom);
    deposit(deps, env, &token, coin.amount, &info.sender, account)
}

/// Adds what has arrived to an account. One that is given something by another may withdraw when it
/// could before.
pub fn deposit(
    deps: DepsMut,
    env: &Env,
    token: &Token,
    amount: Uint128,
    payer: &Addr,
    account: Option<&str>,
) -> Result<Response, Refusal> {
    CONTROLS.require_on(deps.storage, &Operation::Deposit)?;
    let account = address::valid_or(deps.api, account, payer)?;
    let asset = TOKENS
        .may_load(deps.storage, &token.key())?
        .ok_or_else(|| ContractError::UnknownCollateral {
            collateral: token.to_string(),
        })?;
    Collateral::load(deps.storage, &asset)?.require_enabled(&asset)?;
    if amount.is_zero() {
        return Err(ContractError::ZeroAmount {}.into());
    }
    let timeout = CONFIG.load(deps.storage)?.params.0.withdraw_timeout_secs;
    let mut free = Free::load(deps.storage, &account, &asset)?;
    free.amount = free.amount.checked_add(amount)?;
    if account == *payer {
        free.withdrawable_at = env.block.time.seconds().saturating_add(timeout);
    }
    let mut held = Held::load(deps.storage, &asset)?;
    held.undelegated = held.undelegated.checked_add(amount)?;

    free.save(deps.storage, &account, &asset)?;
    HELD.save(deps.storage, &asset, &held)?;

    Ok(Response::new().add_event(
        Event::new("deposit")
            .add_attribute("account", account)
            .add_attribute("payer", payer)
            .add_attribute("asset", asset)
            .add_attribute("amount", amount)
            .add_attribute("undelegated", free.amount),
    ))
}

/// Handles `withdraw`.
pub fn withdraw(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    asset: &str,
    amount: Option<Uint128>,
) -> Result<Response, Refusal> {
    let account = &info.sender;
    let collateral = Collateral::load(deps.storage, asset)?;
    let mut free = Free::load(deps.storage, account, asset)?;
    let amount = amount.unwrap_or(free.amount);
    if amount.is_zero() {
        return Err(ContractError::NothingToWithdraw {
            asset: asset.to_owned(),
        }
        .into());
    }
    if env.block.time.seconds() < free.withdrawable_at {
        return Err(ContractError::WithdrawTimeout {
            at: free.withdrawable_at,
        }
        .into());
    }
    take(deps.storage, asset, &mut free, amount)?;
    free.save(deps.storage, account, asset)?;

    Ok(Response::new()
        .add_message(collateral.token.transfer(account, amount)?)
        .add_event(
            Event::new("withdraw")
                .add_attribute("account", account)
                .add_attribute("asset", asset)
                .add_attribute("amount", amount)
                .add_attribute("undelegated", free.amount),
        ))
}

/// Takes undelegated collateral out of an account and of what is held.
fn take(
    storage: &mut dyn Storage,
    asset: &str,
    free: &mut Free,
    amount: Uint128,
) -> Result<(), Refusal> {
    spend(asset, free, amount)?;
    let mut held = Held::load(storage, asset)?;
    held.undelegated = held.undelegated.checked_sub(amount)?;
    Ok(HELD.save(storage, asset, &held)?)
}

/// Takes undelegated collateral out of an account's record.
pub fn spend(asset: &str, free: &mut Free, amount: Uint128) -> Result<(), Refusal> {
    if amount > free.amount {
        return Err(ContractError::InsufficientCollateral {
            asset: asset.to_owned(),
            available: free.amount,
            amount,
        }
        .into());
    }
    free.amount = free.amount.checked_sub(amount)?;
    Ok(())
}
