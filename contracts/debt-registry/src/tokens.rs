//! What the registry tells the cw20s, and what it believes of them.

use ballast_types::{
    cw20_raw,
    token::{Cw20Msg, cw20_message},
};
use cosmwasm_std::{Addr, CosmosMsg, QuerierWrapper, StdResult, Uint128};

use crate::{
    ContractError,
    state::{Supply, Synth},
};

/// Mints to somebody.
pub fn mint(synth: &Synth, recipient: &Addr, amount: Uint128) -> StdResult<CosmosMsg> {
    let msg = Cw20Msg::Mint {
        recipient: recipient.to_string(),
        amount,
    };
    cw20_message(&synth.token, &msg)
}

/// Burns what the registry holds.
pub fn burn(synth: &Synth, amount: Uint128) -> StdResult<CosmosMsg> {
    cw20_message(&synth.token, &Cw20Msg::Burn { amount })
}

/// Refuses an issuer that says it has burnt `amount` when the cw20 does not bear it out: what
/// exists must be less, by as much, than what the registry has minted.
///
/// What holders burnt themselves counts too. An issuer could claim it, once, as burnt by itself;
/// what exists stays covered by what is recorded, and nobody owes more for it.
pub fn require_burnt(
    querier: &QuerierWrapper,
    synth: &Synth,
    supply: &Supply,
    id: &str,
    amount: Uint128,
) -> Result<(), ContractError> {
    let exist = cw20_raw::total_supply(querier, &synth.token)?;
    let burnt = supply.minted().saturating_sub(exist);
    if amount <= burnt {
        return Ok(());
    }
    Err(ContractError::NotBurnt {
        synth: id.to_owned(),
        amount,
        burnt,
    })
}
