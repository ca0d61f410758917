//! A contract that asks other contracts, to measure what their answers cost on a real chain.
//!
//! An answer to a query does not say what gas it took. A transaction does: so the probe asks in
//! one, and what the same transaction costs without the question is taken away. It belongs to no
//! deployment.

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
        BankQuery, QueryRequest, WasmQuery,
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
    fn what_it_does_not_ask_it_does_not_look_at() {
        let request = Binary::from(b"nonsense");
        tell(ExecuteMsg::Nop { request }).unwrap();
    }
}
