//! `insure`: free funds become insurance. Nothing leaves.

use ballast_kit::controls::require_owner;
use ballast_types::{TokenUnchecked, treasury::Movement};
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, Uint128};

use crate::{
    ContractError, events,
    state::{Book, append},
};

/// Handles the message.
pub fn execute(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    token: &TokenUnchecked,
    amount: Uint128,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let token = token.check(deps.api)?;
    let mut book = Book::load(deps.storage, &token)?;
    book.require_free(amount)?;
    book.insure(amount)?;

    book.save(deps.storage)?;
    let now = env.block.time.seconds();
    append(deps.storage, now, Movement::Insured {}, &token, amount)?;

    Ok(Response::new().add_event(events::insure(amount, &book)))
}
