//! What the registry tells the cw20s.

use ballast_types::{cw20_raw, token::cw20_message};
use cosmwasm_std::{Addr, CosmosMsg, QuerierWrapper, StdResult, Uint128};
use cw20::Cw20ExecuteMsg;

use crate::{ContractError, state::Synth};

/// Mints to somebody.
pub fn mint(synth: &Synth, recipient: &Addr, amount: Uint128) -> StdResult<CosmosMsg> {
    let msg = Cw20ExecuteMsg::Mint {
        recipient: recipient.to_string(),
        amount,
    };
    cw20_message(&synth.token, &msg)
}

/// Burns what an issuer holds, by the allowance it has given.
pub fn burn_from(synth: &Synth, issuer: &Addr, amount: Uint128) -> StdResult<CosmosMsg> {
    let msg = Cw20ExecuteMsg::BurnFrom {
        owner: issuer.to_string(),
        amount,
    };
    cw20_message(&synth.token, &msg)
}

/// Burns what the registry holds.
pub fn burn(synth: &Synth, amount: Uint128) -> StdResult<CosmosMsg> {
    cw20_message(&synth.token, &Cw20ExecuteMsg::Burn { amount })
}

/// Refuses a burn of more than the issuer holds, with figures: the cw20 would refuse without.
pub fn require_held(
    querier: &QuerierWrapper,
    synth: &Synth,
    id: &str,
    issuer: &Addr,
    amount: Uint128,
) -> Result<(), ContractError> {
    let held = cw20_raw::balance(querier, &synth.token, issuer)?;
    if held >= amount {
        return Ok(());
    }
    Err(ContractError::NotHeld {
        holder: issuer.clone(),
        synth: id.to_owned(),
        held,
        amount,
    })
}
