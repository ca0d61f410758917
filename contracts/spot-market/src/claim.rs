//! `claim` and `pay_fees`: what could not be paid before.

use cosmwasm_std::{Addr, DepsMut, Response};

use crate::{
    ContractError,
    manager::{Payee, Payment},
    state::{Books, CONFIG, Market, Position},
};

/// Handles `claim`: it goes to the account, whoever asks.
pub fn claim(deps: DepsMut, market_ref: &str, account: &Addr) -> Result<Response, ContractError> {
    Market::load(deps.storage, market_ref)?;
    let mut position = Position::load(deps.storage, market_ref, account)?;
    let mut books = Books::load(deps.storage, market_ref)?;
    let amount = position.take_owed(&mut books)?;

    position.save(deps.storage, market_ref, account)?;
    books.save(deps.storage, market_ref)?;

    pay(
        deps,
        &Payment {
            market_ref: market_ref.to_owned(),
            payee: Payee::Trader(account.clone()),
            amount,
            alone: true,
        },
    )
}

/// Handles `pay_fees`.
pub fn pay_fees(deps: DepsMut, market_ref: &str) -> Result<Response, ContractError> {
    Market::load(deps.storage, market_ref)?;
    let mut books = Books::load(deps.storage, market_ref)?;
    let amount = books.take_fees();

    books.save(deps.storage, market_ref)?;

    pay(
        deps,
        &Payment {
            market_ref: market_ref.to_owned(),
            payee: Payee::Pools,
            amount,
            alone: true,
        },
    )
}

fn pay(deps: DepsMut, payment: &Payment) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    match payment.message(&config)? {
        Some(message) => Ok(Response::new().add_submessage(message)),
        None => Err(ContractError::NothingOwed {}),
    }
}
