//! A cw20 arrives.

use ballast_kit::hook;
use ballast_types::{
    Token, address,
    pool_manager::{ReceiveMsg, VaultKey},
};
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use cw20::Cw20ReceiveMsg;

use crate::{
    ContractError, Refusal, account, donate, liquidate, market, mint,
    state::{CONFIG, TOKENS},
};

/// Handles the message: only a collateral or the dollar is believed when it names sender and amount.
pub fn receive(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    received: &Cw20ReceiveMsg,
) -> Result<Response, Refusal> {
    let token = Token::Cw20(info.sender.clone());
    let is_dollar = CONFIG
        .load(deps.storage)?
        .dollar
        .is_some_and(|dollar| dollar.token == info.sender);
    if !is_dollar && !TOKENS.has(deps.storage, &token.key()) {
        return Err(ContractError::UnknownToken {
            token: info.sender.clone(),
        }
        .into());
    }
    let payer = address::valid(deps.api, &received.sender)?;
    let (msg, amount) = (hook::parse(&received.msg)?, received.amount);
    if amount.is_zero() {
        return Err(ContractError::ZeroAmount {}.into());
    }
    if let ReceiveMsg::Deposit { account } = &msg {
        return account::deposit(deps, env, &token, amount, &payer, account.as_deref());
    }
    if !is_dollar {
        return Err(ContractError::NotTheDollar {}.into());
    }
    match msg {
        ReceiveMsg::Deposit { .. } => Err(ContractError::NotTheDollar {}.into()),
        ReceiveMsg::BurnUsd {
            account,
            pool,
            asset,
        } => {
            let key = VaultKey { pool, asset };
            mint::burn(deps, env, &payer, amount, account.as_deref(), &key)
        }
        ReceiveMsg::LiquidateLastHolder {
            account,
            pool,
            asset,
            min_received,
        } => {
            let account = address::valid(deps.api, &account)?;
            let key = VaultKey { pool, asset };
            liquidate::last_holder(deps, env, &payer, amount, account, &key, min_received)
        }
        ReceiveMsg::DepositMarketUsd(msg) => market::deposit(deps, &payer, amount, &msg),
        ReceiveMsg::Donate { to } => donate::donate(deps, &payer, amount, to),
    }
}
