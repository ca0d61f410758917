//! `repay`: takes shares from an account for dollar synth that the issuer has burnt.

use ballast_math::{SharePool, shares::Repayment};
use ballast_types::debt_registry::{RepayResponse, Valuation};
use cosmwasm_std::{
    Addr, DepsMut, Env, MessageInfo, Response, Storage, Uint128, Uint256, to_json_binary,
};

use crate::{
    ContractError, events,
    pool::ValuedPool,
    state::{Pool, Supply},
    tokens,
};

/// What an issuer offers.
pub struct Offer<'a> {
    /// Who owes.
    pub account: &'a Addr,
    /// Base units that the issuer has burnt: the most to repay.
    pub amount: Uint128,
    /// Debt to stop at.
    pub down_to: Option<Uint128>,
}

/// What a repayment or a liquidation does.
pub struct Repay {
    /// Amount repaid, and the account's debt after.
    pub answer: RepayResponse,
    /// The account's shares after.
    pub shares: Uint256,
    /// The pool's shares after, and what it owes.
    pub pool: SharePool,
    /// How much there is of the dollar synth after.
    pub dollar: Supply,
}

/// Handles the message: what was burnt and is not needed is minted to `refund_to`.
pub fn execute(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    offer: &Offer,
    refund_to: &Addr,
) -> Result<Response, ContractError> {
    let before = ValuedPool::load(
        deps.as_ref(),
        env.block.time.seconds(),
        &info.sender,
        Valuation::Repay,
    )?;
    let repay = outcome(deps.storage, &before, offer)?;
    before.require_burnt(&deps.querier, offer.amount)?;
    let refund = offer.amount.saturating_sub(repay.answer.amount);

    let event = events::repay(&before, offer.account, &repay, refund)?;
    let response = settle(deps.storage, &before, offer.account, &repay)?.add_event(event);
    if refund.is_zero() {
        return Ok(response);
    }
    Ok(response.add_message(tokens::mint(before.dollar(), refund_to, refund)?))
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
        let mut dollar = before.pool.dollar;
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

/// Saves what a repayment or a liquidation does, and answers.
pub fn settle(
    storage: &mut dyn Storage,
    before: &ValuedPool,
    account: &Addr,
    repay: &Repay,
) -> Result<Response, ContractError> {
    let pool = Pool {
        dollar: repay.dollar,
        total_shares: repay.pool.total_shares,
        ..before.pool
    };
    let issuer = &before.issuer;
    issuer.save_shares(storage, account, &pool, repay.shares)?;
    issuer.save_pool(storage, &pool)?;
    Ok(Response::new().set_data(to_json_binary(&repay.answer)?))
}
