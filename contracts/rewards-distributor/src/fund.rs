//! `fund`: a stream or a gift of tokens that arrive.

use ballast_kit::hook;
use ballast_types::{
    Token, address,
    pool_manager::{Schedule, Target},
    rewards_distributor::{Operation, ReceiveMsg},
};
use cosmwasm_std::{Addr, DepsMut, Env, MessageInfo, Response};
use cw_utils::one_coin;
use cw20::Cw20ReceiveMsg;

use crate::{
    error::ContractError,
    events, funders,
    open::Opening,
    state::{Book, CONTROLS, TOKENS},
};

/// Handles the message.
pub fn fund(
    deps: DepsMut,
    info: &MessageInfo,
    target: Target,
    schedule: Option<Schedule>,
) -> Result<Response, ContractError> {
    let coin = one_coin(info)?;
    let opening = Opening {
        target,
        token: Token::Native(coin.denom),
        amount: coin.amount,
    };
    take_in(deps, &info.sender, opening, schedule)
}

/// Handles `receive`. Whoever calls this names the amount and the payer himself, so only the tokens
/// that the owner has listed are believed: who pays, and the amount once they say that it is here.
pub fn receive(
    mut deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    received: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let ReceiveMsg::Fund { target, schedule } = hook::parse(&received.msg)?;
    if received.amount.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    let payer = address::valid(deps.api, &received.sender)?;
    let token = Token::Cw20(info.sender.clone());
    let opening = Opening {
        target,
        token: token.clone(),
        amount: received.amount,
    };
    let response = take_in(deps.branch(), &payer, opening, schedule)?;
    let held = token.balance(&deps.querier, &env.contract.address)?;
    let owed = Book::load(deps.storage, &token)?.owed;
    if held < owed {
        return Err(ContractError::NotReceived { token, owed, held });
    }
    Ok(response)
}

fn take_in(
    deps: DepsMut,
    payer: &Addr,
    opening: Opening,
    schedule: Option<Schedule>,
) -> Result<Response, ContractError> {
    CONTROLS.require_on(deps.storage, &Operation::Fund)?;
    let token = &opening.token;
    if !TOKENS.has(deps.storage, &token.key()) {
        return Err(ContractError::TokenNotAllowed {
            token: token.clone(),
        });
    }
    if schedule.is_some() {
        funders::require(deps.storage, payer)?;
    }
    Book::owe(deps.storage, token, opening.amount)?;
    let event = events::fund(payer, &opening.gift(), schedule);
    Ok(Response::new()
        .add_submessage(opening.must(deps.storage, schedule)?)
        .add_event(event))
}
