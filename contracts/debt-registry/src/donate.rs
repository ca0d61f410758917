//! `receive` with the hook `donate`: burns what arrives and lowers the recorded supply.

use ballast_kit::hook;
use ballast_types::debt_registry::ReceiveMsg;
use cosmwasm_std::{DepsMut, MessageInfo, Response};
use cw20::Cw20ReceiveMsg;

use crate::{
    ContractError, events,
    state::{Issuer, TOKENS},
    tokens,
};

/// Handles the message. Only a cw20 of the registry is believed: it names the sender and the
/// amount that has arrived.
pub fn receive(
    deps: DepsMut,
    info: &MessageInfo,
    received: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let (address, id) = TOKENS
        .may_load(deps.storage, &info.sender)?
        .ok_or_else(|| ContractError::UnknownToken {
            token: info.sender.clone(),
        })?;
    let ReceiveMsg::Donate {} = hook::parse(&received.msg)?;
    if received.amount.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    // Where no debt is shared it would lower what exists and what nobody owes.
    let issuer = Issuer::load_shared(deps.storage, &address)?;
    let synth = issuer.synth(deps.storage, &address, &id)?;
    let mut supply = issuer.supply(deps.storage, &id)?;
    supply.burn(received.amount)?;

    issuer.save_supply(deps.storage, &id, &supply)?;

    Ok(Response::new()
        .add_message(tokens::burn(&synth, received.amount)?)
        .add_event(events::donate(&address, &id, &supply, received)))
}
