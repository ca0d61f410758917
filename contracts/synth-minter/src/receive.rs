//! A cw20 arrives.

use ballast_kit::hook;
use ballast_types::{Token, address, synth_minter::ReceiveMsg};
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use cw20::Cw20ReceiveMsg;

use crate::{
    burn, deposit,
    error::ContractError,
    exchange, liquidate,
    state::{self, Role},
};

/// Whoever calls this names the amount and the payer himself, so only tokens that are known
/// here are believed.
pub fn receive(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let token = Token::Cw20(info.sender);
    let role = state::role(deps.storage, &token)?;
    let payer = address::valid(deps.api, &msg.sender)?;
    if msg.amount.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    match (hook::parse(&msg.msg)?, role) {
        (ReceiveMsg::Deposit { account }, _) => {
            deposit::stake(deps, env, &token, msg.amount, payer, account)
        }
        (ReceiveMsg::Burn { account, to_target }, Role::Synth(synth)) if synth.is_dollar => {
            burn::burn(deps, env, payer, msg.amount, account, to_target)
        }
        (
            ReceiveMsg::Liquidate {
                account,
                min_received,
            },
            Role::Synth(synth),
        ) if synth.is_dollar => {
            liquidate::liquidate(deps, env, payer, msg.amount, &account, &min_received)
        }
        (
            ReceiveMsg::Exchange {
                to,
                min_out,
                recipient,
            },
            Role::Synth(from),
        ) => exchange::exchange(deps, env, payer, &from, msg.amount, &to, min_out, recipient),
        (ReceiveMsg::Exchange { .. }, Role::Collateral { asset }) => {
            Err(ContractError::NotASynth { asset })
        }
        (ReceiveMsg::Burn { .. } | ReceiveMsg::Liquidate { .. }, _) => {
            Err(ContractError::NotTheDollar {})
        }
    }
}
