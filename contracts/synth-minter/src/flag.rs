//! Flags: raised on weak accounts, ended by a cure.

use ballast_math::position::{self as terms};
use ballast_types::{
    address,
    debt_registry::Valuation,
    synth_minter::{ClearFlagPreview, FlagResponse, Operation, PositionAfter},
};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Event, MessageInfo, Response, Storage, Uint128};

use crate::{
    error::ContractError,
    events,
    position::{self, Position, Under},
    registry,
    state::{Account, CONFIG, CONTROLS, Config, FLAGGED, Flag},
};

pub fn flag(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    account: String,
) -> Result<Response, ContractError> {
    let address = address::valid(deps.api, &account)?;
    let mut account = Account::load(deps.storage, &address)?;

    let (flag, now) = plan(deps.as_ref(), &env, &address, &account, info.sender)?;

    account.end_flag(deps.storage, &address);
    FLAGGED.save(deps.storage, (flag.deadline, &address), &())?;
    account.flag = Some(flag.clone());
    account.save(deps.storage, &address)?;
    Ok(Response::new().add_event(events::flag(&address, &flag, &now)))
}

/// The flag that would be raised.
pub fn preview(deps: Deps, env: &Env, account: &str) -> Result<FlagResponse, ContractError> {
    let address = address::valid(deps.api, account)?;
    let account = Account::load(deps.storage, &address)?;
    let flagger = env.contract.address.clone();
    Ok(plan(deps, env, &address, &account, flagger)?
        .0
        .response(&address))
}

fn plan(
    deps: Deps,
    env: &Env,
    address: &Addr,
    account: &Account,
    flagger: Addr,
) -> Result<(Flag, PositionAfter), ContractError> {
    CONTROLS.require_on(deps.storage, &Operation::Flag)?;
    let now = env.block.time.seconds();
    if let Some(flag) = account.running_flag(now) {
        return Err(ContractError::AlreadyFlagged {
            account: address.clone(),
            deadline: flag.deadline,
        });
    }
    let config = CONFIG.load(deps.storage)?;
    let decimals = config.dollar()?.decimals;
    let debt = registry::debt(deps, env, &config, address, account, Valuation::Liquidation)?;
    let position = Position::load(deps, &config.oracle, account, now)?;
    let holdings = position.seizable(Under::Current)?;
    if !terms::is_weak(&holdings, debt, decimals)? {
        return Err(ContractError::NotWeak {
            account: address.clone(),
            debt,
        });
    }
    let deadline = now.saturating_add(config.params.grace_secs);
    let flag = Flag {
        flagger,
        deadline,
        expires_at: deadline.saturating_add(config.params.flag_expiry_secs),
        versions: position
            .staked
            .iter()
            .map(|staked| (staked.asset.clone(), staked.collateral.version))
            .collect(),
    };
    let value = terms::total_value(&holdings)?;
    Ok((flag, position::after(debt, decimals, Some(value))))
}

pub fn clear_flag(deps: DepsMut, env: Env, account: String) -> Result<Response, ContractError> {
    let address = address::valid(deps.api, &account)?;
    let mut account = Account::load(deps.storage, &address)?;

    let reason = match clearing(deps.as_ref(), &env, &address, &account)? {
        None => "expired",
        Some(_) => "cured",
    };

    account.end_flag(deps.storage, &address);
    account.save(deps.storage, &address)?;
    Ok(Response::new().add_event(events::flag_ended(&address, reason)))
}

pub fn preview_clear(
    deps: Deps,
    env: &Env,
    account: &str,
) -> Result<ClearFlagPreview, ContractError> {
    let address = address::valid(deps.api, account)?;
    let account = Account::load(deps.storage, &address)?;
    let cleared = clearing(deps, env, &address, &account)?;
    let config = CONFIG.load(deps.storage)?;
    let position = Position::load(deps, &config.oracle, &account, env.block.time.seconds())?;
    let debt = match &cleared {
        Some(cure) => cure.debt,
        None => registry::debt(deps, env, &config, &address, &account, Valuation::Repay)?,
    };
    Ok(ClearFlagPreview {
        expired: cleared.is_none(),
        now: position::after(debt, config.dollar()?.decimals, position.value()),
    })
}

/// Refuses unless the flag may be cleared: none when it has expired, which needs no price.
fn clearing(
    deps: Deps,
    env: &Env,
    address: &Addr,
    account: &Account,
) -> Result<Option<Cure>, ContractError> {
    if account.flag.is_none() {
        return Err(ContractError::NotFlagged {
            account: address.clone(),
        });
    }
    if account.running_flag(env.block.time.seconds()).is_none() {
        return Ok(None);
    }
    let config = CONFIG.load(deps.storage)?;
    let cure = cure(deps, env, &config, address, account)?;
    if !cure.is_cured() {
        return Err(ContractError::StillBelowIssuanceRatio {
            account: address.clone(),
            debt: cure.debt,
            max_debt: cure.max_debt.unwrap_or_default(),
        });
    }
    Ok(Some(cure))
}

/// What an account owes, and what it may owe at its issuance ratio: both at the prices that
/// are worse for it, so that a halted asset clears nobody.
pub struct Cure {
    debt: Uint128,
    max_debt: Option<Uint128>,
}

impl Cure {
    pub fn is_cured(&self) -> bool {
        is_cured(self.debt, self.max_debt)
    }
}

pub fn cure(
    deps: Deps,
    env: &Env,
    config: &Config,
    address: &Addr,
    account: &Account,
) -> Result<Cure, ContractError> {
    let debt = registry::debt(deps, env, config, address, account, Valuation::Repay)?;
    if debt.is_zero() {
        return Ok(Cure {
            debt,
            max_debt: None,
        });
    }
    let position = Position::load(deps, &config.oracle, account, env.block.time.seconds())?;
    Ok(Cure {
        debt,
        max_debt: Some(position.cured_at(config.dollar()?.decimals)?),
    })
}

/// Whether a debt is at or below the one at which a flag ends. Without debt it always is.
pub fn is_cured(debt: Uint128, cured_at: Option<Uint128>) -> bool {
    debt.is_zero() || cured_at.is_some_and(|most| debt <= most)
}

/// Ends a flag of the account when an act has cured it. The caller saves the account.
pub fn settle(
    storage: &mut dyn Storage,
    address: &Addr,
    account: &mut Account,
    debt: Uint128,
    cured_at: Option<Uint128>,
) -> Option<Event> {
    if !is_cured(debt, cured_at) {
        return None;
    }
    account
        .end_flag(storage, address)
        .map(|_| events::flag_ended(address, "cured"))
}
