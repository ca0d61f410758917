//! The entry points: they only dispatch.

use ballast_kit::{controls::update_ownership, migrate::migrate as migrated};
use ballast_types::{
    MigrateMsg,
    treasury::{ExecuteMsg, InstantiateMsg, QueryMsg},
};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, Event, MessageInfo, Response, entry_point};
use cw_utils::nonpayable;

use crate::{
    cover, deposit, error::ContractError, insure, query as answers, spend, state::CONTROLS,
};

/// The name in the state.
pub const NAME: &str = "ballast-treasury";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sets up an empty treasury.
#[entry_point]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    CONTROLS.initialize(deps.storage, deps.api, &msg.owner, msg.guardian.as_deref())?;
    Ok(Response::new())
}

/// Dispatches a message. Only `deposit` takes coins.
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
        ExecuteMsg::Deposit { tag } => deposit::deposit(deps, &env, &info, tag),
        ExecuteMsg::Receive(received) => deposit::receive(deps, &env, &info, &received),
        ExecuteMsg::Book { token } => deposit::book(deps, &env, &token),
        ExecuteMsg::Spend {
            token,
            amount,
            recipient,
            msg: hook,
        } => {
            let payment = spend::Payment {
                token,
                amount,
                recipient,
                hook,
            };
            spend::execute(deps, &env, &info, payment)
        }
        ExecuteMsg::Insure { token, amount } => insure::execute(deps, &env, &info, &token, amount),
        ExecuteMsg::SetLimit { token, limit } => spend::set_limit(deps, &env, &info, &token, limit),
        ExecuteMsg::Authorize { contract, cover } => {
            cover::authorize(deps, &env, &info, &contract, &cover)
        }
        ExecuteMsg::Revoke { contract } => cover::revoke(deps, &info, &contract),
        ExecuteMsg::Cover { amount } => cover::execute(deps, &env, &info, amount),
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
            respond(update_ownership(deps, &env.block, &info, action)?)
        }
    }
}

fn respond(event: Event) -> Result<Response, ContractError> {
    Ok(Response::new().add_event(event))
}

/// Answers a question.
#[entry_point]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    answers::query(deps, &env, msg)
}

/// Moves an older state of this contract to this code.
#[entry_point]
pub fn migrate(deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    let event = migrated(deps.storage, NAME, VERSION)?;
    Ok(Response::new().add_event(event))
}
