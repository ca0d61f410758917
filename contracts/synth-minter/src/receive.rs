//! A cw20 arrives.

use ballast_kit::hook;
use ballast_types::{Token, address, synth_minter::ReceiveMsg};
use cosmwasm_std::{Addr, DepsMut, Env, MessageInfo, Response, Storage};
use cw20::Cw20ReceiveMsg;

use crate::{
    burn, deposit,
    error::ContractError,
    exchange, liquidate,
    state::{self, CONFIG, Config, Role},
};

/// Whoever calls this names the amount and the payer himself, so only tokens that are known
/// here are believed.
pub fn receive(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let (token, sent) = (info.sender, msg.amount);
    match hook::parse(&msg.msg)? {
        ReceiveMsg::Burn { account, to_target } => {
            let config = with_dollar(deps.storage, token)?;
            let payer = payer(&deps, &msg)?;
            burn::burn(deps, env, &config, payer, sent, account, to_target)
        }
        ReceiveMsg::Liquidate {
            account,
            min_received,
        } => {
            let config = with_dollar(deps.storage, token)?;
            let payer = payer(&deps, &msg)?;
            liquidate::liquidate(deps, env, &config, payer, sent, &account, &min_received)
        }
        ReceiveMsg::Deposit { account } => {
            let token = Token::Cw20(token);
            let role = state::role(deps.storage, &token)?;
            let payer = payer(&deps, &msg)?;
            match role {
                Role::Collateral { asset } => {
                    deposit::stake(deps, env, &asset, sent, payer, account)
                }
                Role::Synth(_) => Err(ContractError::UnknownCollateral {
                    collateral: token.to_string(),
                }),
            }
        }
        ReceiveMsg::Exchange {
            to,
            min_out,
            recipient,
        } => {
            let role = state::role(deps.storage, &Token::Cw20(token))?;
            let payer = payer(&deps, &msg)?;
            match role {
                Role::Synth(from) => {
                    exchange::exchange(deps, env, payer, &from, sent, &to, min_out, recipient)
                }
                Role::Collateral { asset } => Err(ContractError::NotASynth { asset }),
            }
        }
    }
}

/// The configuration, which knows the dollar synth, if that is what has arrived.
fn with_dollar(storage: &dyn Storage, token: Addr) -> Result<Config, ContractError> {
    let config = CONFIG.load(storage)?;
    if config
        .dollar
        .as_ref()
        .is_some_and(|dollar| dollar.token == token)
    {
        return Ok(config);
    }
    state::role(storage, &Token::Cw20(token))?;
    Err(ContractError::NotTheDollar {})
}

/// Who has sent something.
fn payer(deps: &DepsMut, msg: &Cw20ReceiveMsg) -> Result<Addr, ContractError> {
    let payer = address::valid(deps.api, &msg.sender)?;
    if msg.amount.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    Ok(payer)
}
