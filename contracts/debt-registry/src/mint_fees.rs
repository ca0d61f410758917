//! `mint_fees`: mints to an issuer the fees that its exchanges have left in the books.

use ballast_types::debt_registry::MintFeesResponse;
use cosmwasm_std::{DepsMut, MessageInfo, Response, Uint128, to_json_binary};

use crate::{ContractError, events, state::Issuer, tokens};

/// Handles the message. The fees are recorded since the exchange, so nobody owes more by it.
pub fn execute(
    deps: DepsMut,
    info: &MessageInfo,
    synths: &[String],
) -> Result<Response, ContractError> {
    let address = &info.sender;
    let issuer = Issuer::load_shared(deps.storage, address)?;
    let mut response = Response::new();
    let mut amounts = vec![];
    for id in synths {
        let synth = issuer.synth(deps.storage, address, id)?;
        let mut supply = issuer.supply(deps.storage, id)?;
        let fee = std::mem::replace(&mut supply.fees_due, Uint128::zero());
        if fee.is_zero() {
            return Err(ContractError::NothingDue { synth: id.clone() });
        }
        issuer.save_supply(deps.storage, id, &supply)?;
        response = response.add_message(tokens::mint(&synth, address, fee)?);
        amounts.push(fee);
    }
    let event = events::mint_fees(address, synths, &amounts);
    Ok(response
        .add_event(event)
        .set_data(to_json_binary(&MintFeesResponse { amounts })?))
}
