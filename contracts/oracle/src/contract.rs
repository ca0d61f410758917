//! Entry points.

use ballast_types::{
    MigrateMsg,
    oracle::{ExecuteMsg, InstantiateMsg, QueryMsg},
};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response, StdError, entry_point};

use crate::error::ContractError;

/// Sets up an oracle without assets.
#[entry_point]
pub fn instantiate(
    _deps: DepsMut,
    _env: Env,
    _info: MessageInfo,
    _msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    Ok(Response::new())
}

/// Dispatches to the actions.
#[entry_point]
pub fn execute(
    _deps: DepsMut,
    _env: Env,
    _info: MessageInfo,
    _msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    Err(StdError::generic_err("not yet").into())
}

/// Answers queries.
#[entry_point]
pub fn query(_deps: Deps, _env: Env, _msg: QueryMsg) -> Result<Binary, ContractError> {
    Err(StdError::generic_err("not yet").into())
}

/// Changes the code under the state.
#[entry_point]
pub fn migrate(_deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    Err(StdError::generic_err("not yet").into())
}
