//! `repay`: burns dollar synth that the issuer holds and takes shares from an account.

use ballast_math::{SharePool, shares::Repayment};
use ballast_types::debt_registry::{RepayResponse, Valuation};
use cosmwasm_std::{
    Addr, DepsMut, Env, MessageInfo, Response, Storage, Uint128, Uint256, to_json_binary,
};

use crate::{
    ContractError, events,
    pool::ValuedPool,
    state::{POOLS, Pool, SYNTHS, Synth, save_shares},
    tokens,
};

/// What an issuer offers.
pub struct Offer<'a> {
    /// Who owes.
    pub account: &'a Addr,
    /// The most base units to burn.
    pub amount: Uint128,
    /// Debt to stop at.
    pub down_to: Option<Uint128>,
}

/// What a repayment or a liquidation does.
pub struct Repay {
    /// Amount burnt, and the account's debt after.
    pub answer: RepayResponse,
    /// The account's shares after.
    pub shares: Uint256,
    /// The pool's shares after, and what it owes.
    pub pool: SharePool,
    /// The dollar synth after.
    pub dollar: Synth,
}

/// Handles the message.
pub fn execute(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    offer: &Offer,
) -> Result<Response, ContractError> {
    let before = ValuedPool::load(
        deps.as_ref(),
        env.block.time.seconds(),
        &info.sender,
        Valuation::Repay,
    )?;
    let repay = outcome(deps.storage, &before, offer)?;
    let event = events::repay(&before, offer.account, &repay)?;
    Ok(settle(deps, &before, offer.account, repay)?.add_event(event))
}

/// What a repayment would do: nothing is saved.
pub fn outcome(
    storage: &dyn Storage,
    before: &ValuedPool,
    offer: &Offer,
) -> Result<Repay, ContractError> {
    let held = before.held_by(storage, offer.account)?;
    let pool = before.shares();
    let debt = pool.debt_of(held)?;
    if debt.is_zero() {
        return Err(ContractError::NoDebt {
            account: offer.account.clone(),
        });
    }
    let repayment = repayment(&pool, held, offer)?;
    if repayment.amount.is_zero() {
        return Err(ContractError::NothingToRepay {
            debt,
            amount: offer.amount,
        });
    }
    Repay::of(before, held, &repayment, repayment.amount)
}

/// The least that reaches the target, or all that is offered when that does not reach it.
fn repayment(pool: &SharePool, held: Uint256, offer: &Offer) -> Result<Repayment, ContractError> {
    if let Some(target) = offer.down_to {
        let least = pool.repay_down_to(held, target)?;
        if least.amount <= offer.amount {
            return Ok(least);
        }
    }
    Ok(pool.repay(held, offer.amount)?)
}

impl Repay {
    /// Takes the shares of `closed` from one who holds `held`, for `paid` that is burnt.
    pub fn of(
        before: &ValuedPool,
        held: Uint256,
        closed: &Repayment,
        paid: Uint128,
    ) -> Result<Self, ContractError> {
        let burnt = Repayment {
            amount: paid,
            shares: closed.shares,
        };
        let pool = before.shares().after(&burnt)?;
        let shares = held
            .checked_sub(closed.shares)
            .map_err(ballast_math::MathError::from)?;
        let mut dollar = before.dollar()?;
        dollar.burn(paid)?;
        Ok(Self {
            answer: RepayResponse {
                amount: paid,
                debt: pool.debt_of(shares)?,
            },
            shares,
            pool,
            dollar,
        })
    }
}

/// Saves what a repayment or a liquidation does, burns what is paid, and answers.
pub fn settle(
    deps: DepsMut,
    before: &ValuedPool,
    account: &Addr,
    repay: Repay,
) -> Result<Response, ContractError> {
    let (issuer, dollar, paid) = (&before.address, &before.issuer.dollar, repay.answer.amount);
    tokens::require_held(&deps.querier, &repay.dollar, dollar, issuer, paid)?;
    let pool = Pool {
        total_shares: repay.pool.total_shares,
        ..before.pool.clone()
    };
    save_shares(deps.storage, issuer, account, &pool, repay.shares)?;
    POOLS.save(deps.storage, issuer, &pool)?;
    let response = Response::new().set_data(to_json_binary(&repay.answer)?);
    if paid.is_zero() {
        return Ok(response);
    }
    SYNTHS.save(deps.storage, (issuer, dollar), &repay.dollar)?;
    Ok(response.add_message(tokens::burn_from(&repay.dollar, issuer, paid)?))
}
