//! A cw20 arrives.

use ballast_kit::hook;
use ballast_types::{
    Token, address,
    stability_pool::{Offer, ReceiveMsg, SwapRequest},
};
use cosmwasm_std::{Addr, DepsMut, Env, MessageInfo, Response};
use cw20::Cw20ReceiveMsg;

use crate::{
    donate,
    error::ContractError,
    provide,
    state::{CONFIG, Config},
    swap, withdraw,
};

/// What a cw20 is to the pool.
enum Role {
    Traded(Offer),
    Share,
}

/// Whoever calls this names the amount and the payer himself, so only the tokens that are known
/// here are believed.
pub fn receive(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    received: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let role = role(&config, &info.sender)?;
    let payer = &address::valid(deps.api, &received.sender)?;
    let amount = received.amount;
    if amount.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    match (hook::parse(&received.msg)?, role) {
        (ReceiveMsg::Swap { min_out, recipient }, Role::Traded(offer)) => {
            let request = SwapRequest { offer, amount };
            swap::swap(deps, env, &config, payer, request, min_out, recipient)
        }
        (ReceiveMsg::Provide { min_lpd, recipient }, Role::Traded(Offer::Dcm)) => {
            provide::provide(deps, env, &config, payer, amount, min_lpd, recipient)
        }
        (ReceiveMsg::Withdraw { min_dcm, min_duca }, Role::Share) => {
            withdraw::withdraw(deps, &config, payer, amount, min_dcm, min_duca)
        }
        (ReceiveMsg::Donate {}, Role::Traded(what)) => donate::donate(deps, payer, what, amount),
        _ => Err(ContractError::UnknownToken {
            token: info.sender.clone(),
        }),
    }
}

fn role(config: &Config, token: &Addr) -> Result<Role, ContractError> {
    if *token == config.duca.token {
        return Ok(Role::Traded(Offer::Duca));
    }
    if *token == config.lpd {
        return Ok(Role::Share);
    }
    match &config.dcm.token {
        Token::Cw20(dcm) if dcm == token => Ok(Role::Traded(Offer::Dcm)),
        _ => Err(ContractError::UnknownToken {
            token: token.clone(),
        }),
    }
}
