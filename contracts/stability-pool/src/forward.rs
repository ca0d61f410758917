//! Seigniorage goes to the treasury.
//!
//! Swaps only book it: loading the treasury's code in each of them would cost a quarter of
//! their gas.

use ballast_types::treasury::{self, Tag};
use cosmwasm_std::{DepsMut, Response, to_json_binary};

use crate::{
    error::ContractError,
    events,
    state::{Books, CONFIG, FORWARDED},
};

pub fn forward_to_treasury(deps: DepsMut) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let books = Books::load(deps.storage)?;
    let amount = books.seigniorage_due(deps.storage)?;
    if amount.is_zero() {
        return Err(ContractError::NothingDue {});
    }
    FORWARDED.save(deps.storage, &books.totals.seigniorage)?;
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
