//! Answers.

use ballast_kit::page;
use ballast_types::{
    Token, TokenUnchecked,
    address::{self, InvalidAddress},
    pool_manager::StreamId,
    rewards_distributor::{BalanceResponse, ConfigResponse, DueResponse, QueryMsg, StreamResponse},
};
use cosmwasm_std::{Addr, Api, Binary, Deps, Env, Order, StdResult, to_json_binary};
use cw_storage_plus::Bound;

use crate::{
    error::ContractError,
    state::{BOOKS, CONTROLS, FUNDERS, MANAGER, RECIPIENTS, STREAMS, TOKENS, dollar, due},
};

/// Dispatches a question.
pub fn query(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps)?),
        QueryMsg::Due { recipient } => {
            let amount = due(deps.storage, &recipient.check(deps.api)?)?;
            to_json_binary(&DueResponse { amount })
        }
        QueryMsg::Tokens { start_after, limit } => {
            to_json_binary(&tokens(deps, start_after.as_ref(), limit)?)
        }
        QueryMsg::Funders { start_after, limit } => {
            to_json_binary(&funders(deps, start_after.as_deref(), limit)?)
        }
        QueryMsg::Streams { start_after, limit } => {
            to_json_binary(&streams(deps, start_after, limit)?)
        }
        QueryMsg::Balances { start_after, limit } => {
            to_json_binary(&balances(deps, env, start_after.as_ref(), limit)?)
        }
        QueryMsg::Controls {} => to_json_binary(&CONTROLS.view(deps)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    };
    Ok(answer?)
}

fn config(deps: Deps) -> StdResult<ConfigResponse> {
    Ok(ConfigResponse {
        manager: MANAGER.load(deps.storage)?,
        dollar: dollar(deps)?,
        recipients: RECIPIENTS.load(deps.storage)?,
    })
}

fn tokens(
    deps: Deps,
    start_after: Option<&TokenUnchecked>,
    limit: Option<u32>,
) -> Result<Vec<Token>, ContractError> {
    let after = name(deps.api, start_after)?;
    let after = after.as_deref().map(Bound::exclusive);
    TOKENS
        .range(deps.storage, after, None, Order::Ascending)
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|row| Ok(row?.1))
        .collect()
}

fn funders(
    deps: Deps,
    start_after: Option<&str>,
    limit: Option<u32>,
) -> Result<Vec<Addr>, ContractError> {
    let after = start_after
        .map(|funder| address::valid(deps.api, funder))
        .transpose()?;
    let after = after.as_ref().map(Bound::exclusive);
    FUNDERS
        .keys(deps.storage, after, None, Order::Ascending)
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|funder| Ok(funder?))
        .collect()
}

fn streams(
    deps: Deps,
    start_after: Option<StreamId>,
    limit: Option<u32>,
) -> StdResult<Vec<StreamResponse>> {
    let after = start_after.map(|stream| Bound::exclusive(stream.u64()));
    STREAMS
        .range(deps.storage, after, None, Order::Ascending)
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|row| {
            let (id, stream) = row?;
            Ok(StreamResponse {
                stream: id.into(),
                target: stream.target,
                token: stream.token,
                funded: stream.funded,
                paid: stream.paid,
            })
        })
        .collect()
}

fn balances(
    deps: Deps,
    env: &Env,
    start_after: Option<&TokenUnchecked>,
    limit: Option<u32>,
) -> Result<Vec<BalanceResponse>, ContractError> {
    let after = name(deps.api, start_after)?;
    let after = after.as_deref().map(Bound::exclusive);
    BOOKS
        .range(deps.storage, after, None, Order::Ascending)
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|row| {
            let (_, book) = row?;
            Ok(BalanceResponse {
                held: book
                    .token
                    .balance(&deps.querier, &env.contract.address)
                    .ok(),
                token: book.token,
                owed: book.owed,
            })
        })
        .collect()
}

fn name(api: &dyn Api, token: Option<&TokenUnchecked>) -> Result<Option<String>, InvalidAddress> {
    token.map(|token| Ok(token.check(api)?.key())).transpose()
}
