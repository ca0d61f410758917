//! What is sent along, and what is asked back at least.

use ballast_types::Token;
use cosmwasm_std::{MessageInfo, Uint128};
use cw_utils::must_pay;

use crate::{error::ContractError, state::Config};

/// The native DCM that is sent along, and no other coin.
pub fn dcm_sent(config: &Config, info: &MessageInfo) -> Result<Uint128, ContractError> {
    match &config.dcm.token {
        Token::Native(denom) => Ok(must_pay(info, denom)?),
        token @ Token::Cw20(_) => Err(ContractError::NotNative {
            token: token.to_string(),
        }),
    }
}

/// Refuses less than was asked for.
pub fn require_least(token: &'static str, got: Uint128, min: Uint128) -> Result<(), ContractError> {
    if got < min {
        return Err(ContractError::Slippage { token, got, min });
    }
    Ok(())
}
