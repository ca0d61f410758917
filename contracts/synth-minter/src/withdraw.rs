//! Collateral goes out.

use ballast_types::{
    address,
    debt_registry::Valuation,
    synth_minter::{Operation, WithdrawPreview},
};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, MessageInfo, Response, Uint128};

use crate::{
    error::ContractError,
    events, flag,
    position::{self, Position},
    registry,
    state::{self, Account, CONFIG, CONTROLS, Config, TOTALS},
};

pub fn withdraw(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    asset: String,
    amount: Option<Uint128>,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let address = info.sender;
    let mut account = Account::load(deps.storage, &address)?;
    let token = state::collateral(deps.storage, &asset)?.token;

    let plan = plan(
        deps.as_ref(),
        &env,
        &config,
        &address,
        &mut account,
        &asset,
        amount,
    )?;

    let mut totals = state::totals(deps.storage)?;
    totals.reduce(&asset, plan.amount)?;
    TOTALS.save(deps.storage, &totals)?;
    let ended = flag::settle(
        deps.storage,
        &address,
        &mut account,
        plan.preview.after.debt,
        plan.cured_at,
    );
    account.save(deps.storage, &address)?;
    let staked = account.collateral.of(&asset);
    Ok(Response::new()
        .add_message(token.transfer(&address, plan.amount)?)
        .add_event(events::withdraw(
            &address,
            &asset,
            plan.amount,
            staked,
            &plan.preview.after,
        ))
        .add_events(ended))
}

pub fn preview(
    deps: Deps,
    env: &Env,
    account: &str,
    asset: &str,
    amount: Option<Uint128>,
) -> Result<WithdrawPreview, ContractError> {
    let address = address::valid(deps.api, account)?;
    let config = CONFIG.load(deps.storage)?;
    let mut account = Account::load(deps.storage, &address)?;
    state::collateral(deps.storage, asset)?;
    Ok(plan(deps, env, &config, &address, &mut account, asset, amount)?.preview)
}

struct Plan {
    amount: Uint128,
    cured_at: Option<Uint128>,
    preview: WithdrawPreview,
}

/// Takes the collateral out of the account's record if its debt allows.
fn plan(
    deps: Deps,
    env: &Env,
    config: &Config,
    address: &Addr,
    account: &mut Account,
    asset: &str,
    amount: Option<Uint128>,
) -> Result<Plan, ContractError> {
    let staked = account.collateral.of(asset);
    if amount == Some(Uint128::zero()) {
        return Err(ContractError::ZeroAmount {});
    }
    if let Some(amount) = amount.filter(|amount| *amount > staked) {
        return Err(ContractError::InsufficientCollateral {
            asset: asset.to_owned(),
            staked,
            amount,
        });
    }

    let debt = registry::debt(deps, env, config, address, account, Valuation::Strict)?;
    let load =
        |account: &Account| Position::load(deps, &config.oracle, account, env.block.time.seconds());
    let (max, position) = if debt.is_zero() {
        (staked, None)
    } else {
        CONTROLS.require_on(deps.storage, &Operation::Withdraw)?;
        let position = load(account)?;
        let holdings = position.borrowable()?;
        let max = match position.index_of(asset) {
            Some(index) => {
                position.max_withdraw(&holdings, index, debt, config.dollar()?.decimals)?
            }
            None => Uint128::zero(),
        };
        (max, Some(position))
    };
    let amount = amount.unwrap_or(max);
    if amount > max {
        return Err(ContractError::BelowIssuanceRatio {
            asset: asset.to_owned(),
            amount,
            max,
        });
    }
    if amount.is_zero() {
        return Err(ContractError::NothingToWithdraw {
            asset: asset.to_owned(),
        });
    }

    let left = staked.checked_sub(amount)?;
    account.collateral.set(asset, left);
    // Without debt nothing is asked of what leaves.
    let position = match position {
        Some(position) => position.with(asset, left),
        None => load(account)?,
    };
    let decimals = config
        .dollar
        .as_ref()
        .map(|dollar| dollar.decimals)
        .unwrap_or_default();
    let cured_at = account
        .flag
        .as_ref()
        .and_then(|_| position.cured_at(decimals).ok());
    Ok(Plan {
        amount,
        cured_at,
        preview: WithdrawPreview {
            amount,
            after: position::after(debt, decimals, position.value()),
        },
    })
}
