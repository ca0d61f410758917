//! Seigniorage goes to the treasury.
//!
//! Swaps only book it: loading the treasury's code in each of them would cost a quarter of
//! their gas.

use ballast_types::treasury::{self, Tag};
use cosmwasm_std::{DepsMut, Response, Uint128, to_json_binary};

use crate::{
    error::ContractError,
    events,
    state::{BOOKS, CONFIG},
};

pub fn forward_to_treasury(deps: DepsMut) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let mut books = BOOKS.load(deps.storage)?;
    let amount = books.seigniorage;
    if amount.is_zero() {
        return Err(ContractError::NothingDue {});
    }
    books.seigniorage = Uint128::zero();
    BOOKS.save(deps.storage, &books)?;
    let tag = Tag::Seigniorage;
    let deposit = config.dcm.token.send(
        &config.treasury,
        amount,
        to_json_binary(&treasury::ExecuteMsg::Deposit { tag })?,
        to_json_binary(&treasury::ReceiveMsg::Deposit { tag })?,
    )?;
    Ok(Response::new()
        .add_message(deposit)
        .add_event(events::forward_to_treasury(&config.treasury, amount)))
}
