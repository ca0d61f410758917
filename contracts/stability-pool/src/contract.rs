//! Entry points. They only dispatch.

use ballast_kit::{controls, migrate as kit_migrate};
use ballast_types::{
    MigrateMsg,
    stability_pool::{BurnKind, ExecuteMsg, InstantiateMsg, QueryMsg},
};
use cosmwasm_std::{
    Binary, Deps, DepsMut, Env, Event, MessageInfo, Reply, Response, entry_point, to_json_binary,
};
use cw_utils::nonpayable;

use crate::{
    amo, burn, donate, error::ContractError, forward, guards, provide, query as answers, receive,
    setup, state::CONTROLS, swap, withdraw,
};

/// The name in the state.
pub const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sets up a pool and instantiates DUCA and LPD.
#[entry_point]
pub fn instantiate(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    setup::instantiate(deps, &env, msg)
}

/// Dispatches a message. Only `swap`, `provide` and `donate` take coins.
#[entry_point]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    let takes_coins = matches!(
        msg,
        ExecuteMsg::Swap { .. } | ExecuteMsg::Provide { .. } | ExecuteMsg::Donate {}
    );
    if !takes_coins {
        nonpayable(&info)?;
    }
    match msg {
        ExecuteMsg::Swap { min_out, recipient } => {
            swap::swap_native(deps, &env, &info, min_out, recipient)
        }
        ExecuteMsg::Provide { min_lpd, recipient } => {
            provide::provide_native(deps, &env, &info, min_lpd, recipient)
        }
        ExecuteMsg::Donate {} => donate::donate_native(deps, &info),
        ExecuteMsg::Receive(received) => receive::receive(deps, &env, &info, &received),
        ExecuteMsg::Burn {} => burn::burn(deps, &env, BurnKind::Burn),
        ExecuteMsg::Contract {} => burn::burn(deps, &env, BurnKind::Contraction),
        ExecuteMsg::ForwardToTreasury {} => forward::forward_to_treasury(deps),
        ExecuteMsg::GrantAmo { address } => amo::grant(deps, &info, &address),
        ExecuteMsg::RevokeAmo { address } => amo::revoke(deps, &info, &address),
        ExecuteMsg::UpdateGuards { guards } => guards::update(deps, &info, guards),
        ExecuteMsg::SwitchOff { operation } => {
            respond(CONTROLS.switch_off(deps.storage, &info.sender, operation)?)
        }
        ExecuteMsg::SwitchOn { operation } => {
            respond(CONTROLS.switch_on(deps.storage, &info.sender, operation)?)
        }
        ExecuteMsg::SetGuardian { guardian } => {
            respond(CONTROLS.set_guardian(deps, &info.sender, guardian.as_deref())?)
        }
        ExecuteMsg::UpdateOwnership(action) => {
            respond(controls::update_ownership(deps, &env.block, &info, action)?)
        }
    }
}

fn respond(event: Event) -> Result<Response, ContractError> {
    Ok(Response::new().add_event(event))
}

/// Takes the address of a cw20 that was instantiated.
#[entry_point]
pub fn reply(deps: DepsMut, env: Env, reply: Reply) -> Result<Response, ContractError> {
    match reply.id {
        setup::DUCA_MADE => setup::duca_made(deps.as_ref(), &env, &reply),
        setup::LPD_MADE => setup::lpd_made(deps, &reply),
        id => Err(ContractError::UnknownReply { id }),
    }
}

/// Answers a query.
#[entry_point]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&answers::config(deps)?),
        QueryMsg::State {} => to_json_binary(&answers::state(deps, &env)?),
        QueryMsg::QuoteSwap { swap } => to_json_binary(&swap::quote(deps, &env, swap)?),
        QueryMsg::QuoteSwaps { swaps } => to_json_binary(&swap::quotes(deps, &env, &swaps)?),
        QueryMsg::PreviewProvide { amount } => {
            to_json_binary(&provide::preview(deps, &env, amount)?)
        }
        QueryMsg::PreviewWithdraw { lpd } => to_json_binary(&withdraw::preview(deps, lpd)?),
        QueryMsg::NextBurn {} => to_json_binary(&burn::next(deps, &env, BurnKind::Burn)?),
        QueryMsg::NextContraction {} => {
            to_json_binary(&burn::next(deps, &env, BurnKind::Contraction)?)
        }
        QueryMsg::Position { account } => to_json_binary(&answers::position(deps, &env, &account)?),
        QueryMsg::Burns { start_after, limit } => {
            to_json_binary(&answers::burns(deps, start_after, limit)?)
        }
        QueryMsg::Amos { start_after, limit } => {
            to_json_binary(&answers::amos(deps, start_after.as_deref(), limit)?)
        }
        QueryMsg::Controls {} => to_json_binary(&CONTROLS.view(deps)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    }?)
}

/// Moves to a newer version of this code.
#[entry_point]
pub fn migrate(deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    respond(kit_migrate::migrate(deps.storage, NAME, VERSION)?)
}
