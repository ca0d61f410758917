//! `deposit`, `receive` and `book`: what comes in, by source and tag.

use ballast_kit::hook;
use ballast_types::{
    Token, TokenUnchecked, address,
    treasury::{Movement, ReceiveMsg, Tag},
};
use cosmwasm_std::{Addr, DepsMut, Env, MessageInfo, Response, Storage, Uint128};
use cw_utils::one_coin;
use cw20::Cw20ReceiveMsg;

use crate::{
    ContractError, events,
    state::{Book, INFLOWS, Inflow, append, tag_key},
};

/// Something that came in.
pub struct Receipt {
    /// Who sent it.
    pub source: Addr,
    /// What it is.
    pub tag: Tag,
    /// The token.
    pub token: Token,
    /// Base units.
    pub amount: Uint128,
}

/// Handles `deposit`.
pub fn deposit(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    tag: Tag,
) -> Result<Response, ContractError> {
    let coin = one_coin(info)?;
    let receipt = Receipt {
        source: info.sender.clone(),
        tag,
        token: Token::Native(coin.denom),
        amount: coin.amount,
    };
    let book = take_in(deps.storage, env, &receipt)?;
    Ok(Response::new().add_event(events::deposit(&receipt, &book)))
}

/// Handles `receive`. Anyone may claim to be a cw20 and to have sent anything, so it is booked
/// only if the token says that it is here. A token that lies is booked under its own address,
/// beside those that are known, and harms nobody.
pub fn receive(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    received: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let ReceiveMsg::Deposit { tag } = hook::parse(&received.msg)?;
    if received.amount.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    let receipt = Receipt {
        source: address::valid(deps.api, &received.sender)?,
        tag,
        token: Token::Cw20(info.sender.clone()),
        amount: received.amount,
    };
    let book = take_in(deps.storage, env, &receipt)?;
    let balance = receipt.token.balance(&deps.querier, &env.contract.address);
    if !balance.is_ok_and(|balance| balance >= book.held) {
        return Err(ContractError::NotReceived {
            token: receipt.token,
            amount: receipt.amount,
        });
    }
    Ok(Response::new().add_event(events::deposit(&receipt, &book)))
}

/// Handles `book`.
pub fn book(deps: DepsMut, env: &Env, token: &TokenUnchecked) -> Result<Response, ContractError> {
    let token = token.check(deps.api)?;
    let held = Book::load(deps.storage, &token)?.held;
    let balance = token.balance(&deps.querier, &env.contract.address)?;
    let amount = balance.saturating_sub(held);
    if amount.is_zero() {
        return Err(ContractError::NothingToBook {
            token,
            held,
            balance,
        });
    }
    let receipt = Receipt {
        source: env.contract.address.clone(),
        tag: Tag::Gift,
        token,
        amount,
    };
    let book = take_in(deps.storage, env, &receipt)?;
    Ok(Response::new().add_event(events::book(&receipt, &book)))
}

/// Writes a receipt into the books and the ledger.
fn take_in(storage: &mut dyn Storage, env: &Env, receipt: &Receipt) -> Result<Book, ContractError> {
    let Receipt {
        source,
        tag,
        token,
        amount,
    } = receipt;
    let mut book = Book::load(storage, token)?;
    book.take_in(*tag, *amount)?;
    let name = token.key();
    let key = (source, tag_key(*tag), name.as_str());
    let before = INFLOWS.may_load(storage, key)?;
    let total = before
        .map_or(Uint128::zero(), |inflow| inflow.total)
        .checked_add(*amount)
        .map_err(ballast_math::MathError::from)?;

    book.save(storage)?;
    let inflow = Inflow {
        tag: *tag,
        token: token.clone(),
        total,
    };
    INFLOWS.save(storage, key, &inflow)?;
    let movement = Movement::In {
        source: source.clone(),
        tag: *tag,
    };
    append(storage, env.block.time.seconds(), movement, token, *amount)?;
    Ok(book)
}
