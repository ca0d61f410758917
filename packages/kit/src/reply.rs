//! The response data of a submessage.

use cosmwasm_std::{Binary, Reply, StdError, StdResult, SubMsgResult, from_json};

use serde::de::DeserializeOwned;

/// Data that an executed contract answered, read as JSON.
///
/// Chains hand it over wrapped in the answer of the message: newer ones in `msg_responses`,
/// older ones in `data`.
pub fn executed<T: DeserializeOwned>(reply: &Reply) -> StdResult<T> {
    let wrapped = wrapped(reply)?;
    let data = cw_utils::parse_execute_response_data(&wrapped)
        .map_err(|error| StdError::generic_err(error.to_string()))?
        .data
        .ok_or_else(missing)?;
    from_json(data)
}

/// Address of the contract that a submessage instantiated.
pub fn instantiated(reply: &Reply) -> StdResult<String> {
    let wrapped = wrapped(reply)?;
    cw_utils::parse_instantiate_response_data(&wrapped)
        .map(|answer| answer.contract_address)
        .map_err(|error| StdError::generic_err(error.to_string()))
}

fn wrapped(reply: &Reply) -> StdResult<Binary> {
    let response = match &reply.result {
        SubMsgResult::Ok(response) => response,
        SubMsgResult::Err(error) => return Err(StdError::generic_err(error)),
    };
    #[allow(deprecated, reason = "where older chains put it")]
    let data = response.data.clone();
    response
        .msg_responses
        .first()
        .map(|any| any.value.clone())
        .or(data)
        .ok_or_else(missing)
}

fn missing() -> StdError {
    StdError::generic_err("the submessage answered without data")
}
