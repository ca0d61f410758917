//! A cw20-base that can be told to be hostile.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Binary, CosmosMsg, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult,
};
use cw_multi_test::{Contract, ContractWrapper};
use cw_storage_plus::Item;
use cw20::{Cw20ExecuteMsg, Cw20QueryMsg};
use cw20_base::ContractError;

/// What the token does.
#[cw_serde]
pub enum Trick {
    /// What it should.
    None,
    /// No transfer goes through.
    Halted,
    /// It does not say what anyone has.
    Mute,
    /// A `send` moves nothing, and says that it did.
    Hollow,
    /// A transfer first sends a message.
    CallsBack(CosmosMsg),
}

const TRICK: Item<Trick> = Item::new("trick");

fn trick(deps: Deps) -> StdResult<Trick> {
    Ok(TRICK.may_load(deps.storage)?.unwrap_or(Trick::None))
}

fn execute(
    mut deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: Cw20ExecuteMsg,
) -> Result<Response, ContractError> {
    let mut calls = vec![];
    match (trick(deps.as_ref())?, &msg) {
        (Trick::Halted, Cw20ExecuteMsg::Transfer { .. }) => {
            return Err(StdError::generic_err("Halted: no transfers").into());
        }
        (Trick::CallsBack(call), Cw20ExecuteMsg::Transfer { .. }) => {
            TRICK.save(deps.storage, &Trick::None)?;
            calls.push(call);
        }
        (Trick::Hollow, Cw20ExecuteMsg::Send { .. }) => {
            let holder = info.sender.clone();
            let before = cw20_base::state::BALANCES.load(deps.storage, &holder)?;
            let to = match &msg {
                Cw20ExecuteMsg::Send { contract, .. } => deps.api.addr_validate(contract)?,
                _ => holder.clone(),
            };
            let at = cw20_base::state::BALANCES.may_load(deps.storage, &to)?;
            let sent = cw20_base::contract::execute(deps.branch(), env, info, msg)?;
            cw20_base::state::BALANCES.save(deps.storage, &holder, &before)?;
            cw20_base::state::BALANCES.save(deps.storage, &to, &at.unwrap_or_default())?;
            return Ok(sent);
        }
        _ => {}
    }
    let response = cw20_base::contract::execute(deps, env, info, msg)?;
    Ok(response.add_messages(calls))
}

fn query(deps: Deps, env: Env, msg: Cw20QueryMsg) -> StdResult<Binary> {
    if trick(deps)? == Trick::Mute {
        return Err(StdError::generic_err("mute"));
    }
    let msg = cosmwasm_std::from_json(cosmwasm_std::to_json_vec(&msg)?)?;
    cw20_base::contract::query(deps, env, msg)
}

fn sudo(deps: DepsMut, _: Env, trick: Trick) -> StdResult<Response> {
    TRICK.save(deps.storage, &trick)?;
    Ok(Response::new())
}

pub fn code() -> Box<dyn Contract<Empty>> {
    Box::new(
        ContractWrapper::new_with_empty(execute, cw20_base::contract::instantiate, query)
            .with_sudo_empty(sudo),
    )
}
