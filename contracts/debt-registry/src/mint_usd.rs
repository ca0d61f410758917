//! `mint_usd`: mints the dollar synth of an issuer without shared debt.

use ballast_types::debt_registry::Operation;
use cosmwasm_std::{Addr, DepsMut, MessageInfo, Response, Uint128};

use crate::{
    ContractError, events,
    state::{CONTROLS, Issuer},
    tokens,
};

/// Handles the message. Who owes what is minted, the issuer knows alone.
pub fn execute(
    deps: DepsMut,
    info: &MessageInfo,
    recipient: &Addr,
    amount: Uint128,
) -> Result<Response, ContractError> {
    if amount.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    let issuer = Issuer::load_unshared(deps.storage, &info.sender)?;
    CONTROLS.require_on(deps.storage, &Operation::Issue)?;
    let (dollar, synth) = (&issuer.dollar, &issuer.dollar_synth);
    let mut pool = issuer.pool(deps.storage)?;
    pool.dollar.mint(dollar, amount, synth.ceiling)?;

    issuer.save_pool(deps.storage, &pool)?;

    let event = events::mint_usd(&info.sender, recipient, amount, &pool.dollar);
    Ok(Response::new()
        .add_message(tokens::mint(synth, recipient, amount)?)
        .add_event(event))
}
