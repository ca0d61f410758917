//! Entry points. They only dispatch.

use ballast_kit::{controls, migrate as kit_migrate};
use ballast_types::{
    MigrateMsg,
    synth_minter::{ExecuteMsg, InstantiateMsg, QueryMsg},
};
use cosmwasm_std::{
    Binary, Deps, DepsMut, Env, MessageInfo, Reply, Response, entry_point, to_json_binary,
};
use cw_utils::nonpayable;

use crate::{
    accept_synth, account, collateral, deposit, due, error::ContractError, exchange, flag, hedge,
    liquidate, mint, params, payouts, receive, reply as replies, state::CONTROLS, withdraw,
};

const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sets up a minter without collaterals and synths.
#[entry_point]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    params::instantiate(deps, msg)
}

/// Dispatches a message.
#[entry_point]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    if !matches!(msg, ExecuteMsg::Deposit { .. }) {
        nonpayable(&info)?;
    }
    match msg {
        ExecuteMsg::Deposit { account } => deposit::deposit_native(deps, env, info, account),
        ExecuteMsg::Withdraw { asset, amount } => {
            withdraw::withdraw(deps, env, info, asset, amount)
        }
        ExecuteMsg::Mint { amount } => mint::mint(deps, env, info, amount),
        ExecuteMsg::Flag { account } => flag::flag(deps, env, info, account),
        ExecuteMsg::ClearFlag { account } => flag::clear_flag(deps, env, account),
        ExecuteMsg::ForwardToTreasury { assets } => payouts::forward_to_treasury(deps, assets),
        ExecuteMsg::ClaimRewards { account, assets } => {
            payouts::claim_rewards(deps, info, account, assets)
        }
        ExecuteMsg::Receive(msg) => receive::receive(deps, env, info, msg),
        ExecuteMsg::AcceptSynth(synth) => accept_synth::accept_synth(deps, info, synth),
        ExecuteMsg::AddCollateral {
            asset,
            token,
            terms,
            cap,
        } => collateral::add(deps, info, asset, token, terms, cap),
        ExecuteMsg::UpdateCollateral {
            asset,
            terms,
            cap,
            enabled,
        } => collateral::update(deps, info, asset, terms, cap, enabled),
        ExecuteMsg::UpdateParams { params } => params::update(deps, info, params),
        ExecuteMsg::SwitchOff { operation } => Ok(Response::new().add_event(CONTROLS.switch_off(
            deps.storage,
            &info.sender,
            operation,
        )?)),
        ExecuteMsg::SwitchOn { operation } => Ok(Response::new().add_event(CONTROLS.switch_on(
            deps.storage,
            &info.sender,
            operation,
        )?)),
        ExecuteMsg::SetGuardian { guardian } => Ok(Response::new()
            .add_event(CONTROLS.set_guardian(deps, &info.sender, guardian.as_deref())?)),
        ExecuteMsg::UpdateOwnership(action) => {
            Ok(Response::new()
                .add_event(controls::update_ownership(deps, &env.block, &info, action)?))
        }
    }
}

/// Answers of the registry and the treasury.
#[entry_point]
pub fn reply(deps: DepsMut, env: Env, reply: Reply) -> Result<Response, ContractError> {
    replies::reply(deps, env, reply)
}

/// Answers a query.
#[entry_point]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&params::query(deps)?),
        QueryMsg::Collateral { asset } => to_json_binary(&collateral::query(deps, &asset)?),
        QueryMsg::Collaterals {} => to_json_binary(&collateral::query_all(deps)?),
        QueryMsg::Account { account } => to_json_binary(&account::overview(deps, &env, &account)?),
        QueryMsg::Accounts { start_after, limit } => {
            to_json_binary(&account::list(deps, start_after, limit)?)
        }
        QueryMsg::PreviewDeposit {
            account,
            asset,
            amount,
        } => to_json_binary(&deposit::preview(deps, &env, &account, &asset, amount)?),
        QueryMsg::PreviewWithdraw {
            account,
            asset,
            amount,
        } => to_json_binary(&withdraw::preview(deps, &env, &account, &asset, amount)?),
        QueryMsg::PreviewMint { account, amount } => {
            to_json_binary(&mint::preview(deps, &env, &account, amount)?)
        }
        QueryMsg::PreviewBurn {
            account,
            amount,
            to_target,
        } => to_json_binary(&crate::burn::preview(
            deps, &env, &account, amount, to_target,
        )?),
        QueryMsg::PreviewFlag { account } => to_json_binary(&flag::preview(deps, &env, &account)?),
        QueryMsg::PreviewClearFlag { account } => {
            to_json_binary(&flag::preview_clear(deps, &env, &account)?)
        }
        QueryMsg::PreviewLiquidate { account, amount } => {
            to_json_binary(&liquidate::preview(deps, &env, &account, amount)?)
        }
        QueryMsg::PreviewExchange { from, to, amount } => {
            to_json_binary(&exchange::preview(deps, &env, &from, &to, amount)?)
        }
        QueryMsg::DebtHedge { account } => {
            to_json_binary(&hedge::debt_hedge(deps, &env, &account)?)
        }
        QueryMsg::Due { start_after, limit } => {
            to_json_binary(&due::due(deps, &env, start_after, limit)?)
        }
        QueryMsg::TreasuryDue { start_after, limit } => {
            to_json_binary(&payouts::treasury_due(deps, &env, start_after, limit)?)
        }
        QueryMsg::Rewards { account } => to_json_binary(&payouts::rewards(deps, &account)?),
        QueryMsg::IssuerReport {} => to_json_binary(&collateral::issuer_report(deps, &env)?),
        QueryMsg::Controls {} => to_json_binary(&CONTROLS.view(deps)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    }?)
}

/// Moves to a newer version of this code.
#[entry_point]
pub fn migrate(deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    Ok(Response::new().add_event(kit_migrate::migrate(deps.storage, NAME, VERSION)?))
}
