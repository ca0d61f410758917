//! `payout`: what an account has earned of a stream.

use ballast_types::{address, rewards_distributor::Payout};
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use crate::{
    error::ContractError,
    events,
    state::{Book, MANAGER, STREAMS},
};

/// Handles the message.
pub fn execute(
    deps: DepsMut,
    info: &MessageInfo,
    payout: &Payout,
) -> Result<Response, ContractError> {
    if info.sender != MANAGER.load(deps.storage)? {
        return Err(ContractError::Unauthorized {
            sender: info.sender.clone(),
        });
    }
    let account = address::valid(deps.api, &payout.account)?;
    let (id, amount) = (payout.stream, payout.amount);
    if amount.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    let mut stream = STREAMS
        .may_load(deps.storage, id.u64())?
        .ok_or(ContractError::UnknownStream { stream: id })?;
    stream.pay(id, amount)?;

    STREAMS.save(deps.storage, id.u64(), &stream)?;
    Book::settle(deps.storage, &stream.token, amount)?;

    Ok(Response::new()
        .add_message(stream.token.transfer(&account, amount)?)
        .add_event(events::payout(payout, &stream.token)))
}
