//! A contract that asks other contracts, to measure what their answers cost on a real chain.
//!
//! An answer to a query does not say what gas it took. A transaction does: so the probe asks in
//! one, and what the same transaction costs without the question is taken away. It belongs to no
//! deployment.
//!
//! Nobody can move the clock of a real chain. So what days would have left in the storage of a
//! contract is written there by this code, to which the contract is migrated for the moment.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Binary, ContractResult, Deps, DepsMut, Env, MessageInfo, Response, StdError, StdResult,
    SystemResult, entry_point,
};

/// What it can be told.
#[cw_serde]
pub enum ExecuteMsg {
    /// Asks the chain, and fails when the answer is an error.
    Ask {
        /// A `QueryRequest` as JSON.
        request: Binary,
    },
    /// Takes a question and does nothing with it: what `ask` costs apart from the answer.
    Nop {
        /// As of `ask`.
        request: Binary,
    },
}

/// What the contract that is migrated to this code is to have in its storage.
#[cw_serde]
pub struct MigrateMsg {
    /// Keys and values.
    pub records: Vec<(Binary, Binary)>,
}

/// Sets it up.
#[entry_point]
pub fn instantiate(
    _deps: DepsMut,
    _env: Env,
    _info: MessageInfo,
    _msg: cosmwasm_std::Empty,
) -> StdResult<Response> {
    Ok(Response::new())
}

/// Asks, or does not.
#[entry_point]
#[expect(
    clippy::needless_pass_by_value,
    reason = "what an entry point looks like"
)]
pub fn execute(
    deps: DepsMut,
    _env: Env,
    _info: MessageInfo,
    msg: ExecuteMsg,
) -> StdResult<Response> {
    if let ExecuteMsg::Ask { request } = msg {
        ask(deps.as_ref(), &request)?;
    }
    Ok(Response::new())
}

/// Writes records into the storage of whatever contract this was before.
#[entry_point]
#[expect(
    clippy::needless_pass_by_value,
    reason = "what an entry point looks like"
)]
pub fn migrate(deps: DepsMut, _env: Env, msg: MigrateMsg) -> StdResult<Response> {
    for (key, value) in &msg.records {
        deps.storage.set(key, value);
    }
    Ok(Response::new())
}

fn ask(deps: Deps, request: &Binary) -> StdResult<Binary> {
    match deps.querier.raw_query(request) {
        SystemResult::Ok(ContractResult::Ok(answer)) => Ok(answer),
        SystemResult::Ok(ContractResult::Err(error)) => Err(StdError::generic_err(error)),
        SystemResult::Err(error) => Err(StdError::generic_err(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::{
        BankQuery, QueryRequest, Storage, WasmQuery,
        testing::{message_info, mock_dependencies, mock_env},
        to_json_binary,
    };

    use super::*;

    fn tell(msg: ExecuteMsg) -> StdResult<Response> {
        let mut deps = mock_dependencies();
        let sender = deps.api.addr_make("sender");
        let info = message_info(&sender, &[]);
        execute(deps.as_mut(), mock_env(), info, msg)
    }

    #[test]
    fn it_asks_and_hears_errors() {
        let balance: QueryRequest = BankQuery::Balance {
            address: "somebody".into(),
            denom: "ulife".into(),
        }
        .into();
        let request = to_json_binary(&balance).unwrap();
        tell(ExecuteMsg::Ask { request }).unwrap();
        let nobody: QueryRequest = WasmQuery::Smart {
            contract_addr: "nobody".into(),
            msg: Binary::default(),
        }
        .into();
        let request = to_json_binary(&nobody).unwrap();
        let error = tell(ExecuteMsg::Ask { request }).unwrap_err();
        assert!(error.to_string().contains("nobody"), "{error}");
    }

    #[test]
    fn it_writes_what_it_is_told() {
        let mut deps = mock_dependencies();
        deps.storage.set(b"before", b"1");
        let records = vec![(Binary::from(b"key"), Binary::from(b"value"))];
        migrate(deps.as_mut(), mock_env(), MigrateMsg { records }).unwrap();
        assert_eq!(deps.storage.get(b"key").unwrap(), b"value");
        assert_eq!(deps.storage.get(b"before").unwrap(), b"1");
    }

    #[test]
    fn what_it_does_not_ask_it_does_not_look_at() {
        let request = Binary::from(b"nonsense");
        tell(ExecuteMsg::Nop { request }).unwrap();
    }
}
