//! What the manager asks of the pools' dollar: it exists only through the debt registry.

use ballast_types::{
    issuer::OwnDebtMsg,
    token::{Cw20Msg, cw20_message},
};
use cosmwasm_std::{Addr, CosmosMsg, StdResult, Uint128, WasmMsg, to_json_binary};

use crate::{
    Refusal,
    state::{Config, Dollar},
};

/// Mints to somebody.
pub fn mint(config: &Config, recipient: &Addr, amount: Uint128) -> Result<CosmosMsg, Refusal> {
    let msg = OwnDebtMsg::MintUsd {
        recipient: recipient.to_string(),
        amount,
    };
    Ok(to_registry(config, &msg)?)
}

/// Burns what has arrived, and lets the registry record it; what is too much goes back.
pub fn burn(
    config: &Config,
    burnt: Uint128,
    arrived: Uint128,
    payer: &Addr,
) -> Result<Vec<CosmosMsg>, Refusal> {
    let dollar = config.dollar()?;
    let mut messages = vec![];
    if !burnt.is_zero() {
        messages.push(to_token(dollar, &Cw20Msg::Burn { amount: burnt })?);
        let msg = OwnDebtMsg::BurnUsd { amount: burnt };
        messages.push(to_registry(config, &msg)?);
    }
    let back = arrived.checked_sub(burnt)?;
    if !back.is_zero() {
        let msg = Cw20Msg::Transfer {
            recipient: payer.to_string(),
            amount: back,
        };
        messages.push(to_token(dollar, &msg)?);
    }
    Ok(messages)
}

fn to_token(dollar: &Dollar, msg: &Cw20Msg) -> StdResult<CosmosMsg> {
    cw20_message(&dollar.token, msg)
}

fn to_registry(config: &Config, msg: &OwnDebtMsg) -> StdResult<CosmosMsg> {
    Ok(WasmMsg::Execute {
        contract_addr: config.registry.to_string(),
        msg: to_json_binary(msg)?,
        funds: vec![],
    }
    .into())
}
