//! The entry points: they only dispatch.

use ballast_types::{
    MigrateMsg,
    treasury::{ExecuteMsg, InstantiateMsg, QueryMsg},
};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response, StdError, entry_point};

use crate::error::ContractError;

/// Sets it up.
#[entry_point]
pub fn instantiate(
    _deps: DepsMut,
    _env: Env,
    _info: MessageInfo,
    _msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    Err(StdError::generic_err("not yet").into())
}

/// Dispatches a message.
#[entry_point]
pub fn execute(
    _deps: DepsMut,
    _env: Env,
    _info: MessageInfo,
    _msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    Err(StdError::generic_err("not yet").into())
}

/// Answers a question.
#[entry_point]
pub fn query(_deps: Deps, _env: Env, _msg: QueryMsg) -> Result<Binary, ContractError> {
    Err(StdError::generic_err("not yet").into())
}

/// Moves to this code.
#[entry_point]
pub fn migrate(_deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    Err(StdError::generic_err("not yet").into())
}
