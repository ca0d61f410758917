//! `burn_usd`: records what an issuer without shared debt has burnt of its dollar synth.

use cosmwasm_std::{DepsMut, MessageInfo, Response, Uint128};

use crate::{ContractError, events, state::Issuer, tokens};

/// Handles the message. It cannot be switched off, and no ceiling stops it.
pub fn execute(
    deps: DepsMut,
    info: &MessageInfo,
    amount: Uint128,
) -> Result<Response, ContractError> {
    if amount.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    let issuer = Issuer::load_unshared(deps.storage, &info.sender)?;
    let (dollar, synth) = (&issuer.dollar, &issuer.dollar_synth);
    let mut pool = issuer.pool(deps.storage)?;
    tokens::require_burnt(&deps.querier, synth, &pool.dollar, dollar, amount)?;
    pool.dollar.burn(amount)?;

    issuer.save_pool(deps.storage, &pool)?;

    Ok(Response::new().add_event(events::burn_usd(&info.sender, amount, &pool.dollar)))
}
