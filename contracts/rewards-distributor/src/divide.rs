//! `divide`: cuts are claimed, and what has arrived becomes due to the recipients.

use ballast_math::fees::parts_floor;
use ballast_types::{
    Token,
    pool_manager::{self, PoolId},
    rewards_distributor::{MAX_POOLS, Payee, Recipient},
};
use cosmwasm_std::{
    Addr, Deps, DepsMut, Env, Reply, Response, StdResult, SubMsg, SubMsgResult, Uint128, WasmMsg,
    from_json, to_json_binary,
};

use crate::{
    error::ContractError,
    events,
    open::Opening,
    state::{Book, MANAGER, RECIPIENTS, add_due, dollar, keep_dollar, take_due},
};

/// The reply to a claim that failed.
pub const CLAIM_FAILED: u64 = 3;
/// The reply to the last claim, whether it failed or not.
pub const LAST_CLAIMED: u64 = 4;

/// Handles the message: all has arrived once the last claim is answered.
pub fn execute(deps: DepsMut, env: &Env, pools: &[PoolId]) -> Result<Response, ContractError> {
    if pools.len() > MAX_POOLS {
        return Err(ContractError::TooMany {
            given: pools.len(),
            max: MAX_POOLS,
        });
    }
    let Some((last, others)) = pools.split_last() else {
        return divide(deps, env);
    };
    let manager = MANAGER.load(deps.storage)?;
    let claim = |pool: &PoolId| -> StdResult<WasmMsg> {
        let claim = pool_manager::ExecuteMsg::ClaimCut {
            pool: *pool,
            payee: env.contract.address.to_string(),
        };
        Ok(WasmMsg::Execute {
            contract_addr: manager.to_string(),
            msg: to_json_binary(&claim)?,
            funds: vec![],
        })
    };
    let mut submessages = others
        .iter()
        .map(|pool| {
            let message = SubMsg::reply_on_error(claim(pool)?, CLAIM_FAILED);
            Ok(message.with_payload(to_json_binary(pool)?))
        })
        .collect::<StdResult<Vec<_>>>()?;
    let message = SubMsg::reply_always(claim(last)?, LAST_CLAIMED);
    submessages.push(message.with_payload(to_json_binary(last)?));
    Ok(Response::new().add_submessages(submessages))
}

/// A pool whose cut cannot be claimed stops no other.
pub fn claim_failed(reply: &Reply) -> Result<Response, ContractError> {
    let response = Response::new();
    let SubMsgResult::Err(reason) = &reply.result else {
        return Ok(response);
    };
    let pool: PoolId = from_json(&reply.payload)?;
    Ok(response.add_event(events::claim_failed(pool, reason)))
}

pub fn last_claimed(deps: DepsMut, env: &Env, reply: &Reply) -> Result<Response, ContractError> {
    let failed = claim_failed(reply)?;
    Ok(divide(deps, env)?.add_events(failed.events))
}

fn divide(deps: DepsMut, env: &Env) -> Result<Response, ContractError> {
    let dollar = dollar(deps.as_ref())?.ok_or(ContractError::NoDollar {})?;
    divide_arrived(deps, env, dollar)?.ok_or(ContractError::NothingDue {
        whom: "the recipients".to_owned(),
    })
}

/// Divides what has arrived; nothing when no part of it is a whole base unit.
pub fn divide_arrived(
    deps: DepsMut,
    env: &Env,
    dollar: Addr,
) -> Result<Option<Response>, ContractError> {
    let token = Token::Cw20(dollar.clone());
    let arrived = arrived(deps.as_ref(), env, &token)?;
    let recipients = RECIPIENTS.load(deps.storage)?;
    let parts = parts_floor(arrived, recipients.iter().map(|recipient| recipient.share))?;
    let divided = parts
        .iter()
        .try_fold(Uint128::zero(), |sum, part| sum.checked_add(*part))?;
    if divided.is_zero() {
        return Ok(None);
    }

    keep_dollar(deps.storage, &dollar)?;
    Book::owe(deps.storage, &token, divided)?;
    let rest = arrived.checked_sub(divided)?;
    let mut response = Response::new().add_event(events::divide(&token, arrived, rest));
    for (Recipient { to, .. }, part) in recipients.iter().zip(parts) {
        add_due(deps.storage, to, part)?;
        response = response.add_event(events::part(to, part));
    }
    Ok(Some(response.add_submessages(gifts(
        deps,
        &token,
        &recipients,
    )?)))
}

/// What LPs have due leaves the books of recipients before the manager hears of it, and comes back
/// if it refuses.
fn gifts(
    deps: DepsMut,
    token: &Token,
    recipients: &[Recipient],
) -> Result<Vec<SubMsg>, ContractError> {
    let mut gifts = vec![];
    for recipient in recipients {
        let Payee::Lps(target) = &recipient.to else {
            continue;
        };
        let amount = take_due(deps.storage, &recipient.to)?;
        if amount.is_zero() {
            continue;
        }
        let opening = Opening {
            target: target.clone(),
            token: token.clone(),
            amount,
        };
        gifts.push(opening.may(deps.storage)?);
    }
    Ok(gifts)
}

/// Dollars that are here and owed to nobody yet.
fn arrived(deps: Deps, env: &Env, token: &Token) -> StdResult<Uint128> {
    let held = token.balance(&deps.querier, &env.contract.address)?;
    Ok(held.saturating_sub(Book::load(deps.storage, token)?.owed))
}
