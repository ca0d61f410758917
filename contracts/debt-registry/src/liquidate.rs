//! `liquidate`: closes debt of an account, paid for in full, in part or not at all.

use ballast_types::debt_registry::Valuation;
use cosmwasm_std::{Addr, DepsMut, Env, MessageInfo, Response, Storage, Uint128};

use crate::{
    ContractError, events,
    pool::ValuedPool,
    repay::{Repay, settle},
};

/// What an issuer closes.
pub struct Closing<'a> {
    /// Who owes.
    pub account: &'a Addr,
    /// Base units that the issuer has burnt.
    pub paid: Uint128,
    /// Debt to close.
    pub debt_closed: Uint128,
}

/// Handles the message.
pub fn execute(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    closing: &Closing,
) -> Result<Response, ContractError> {
    let before = ValuedPool::load(
        deps.as_ref(),
        env.block.time.seconds(),
        &info.sender,
        Valuation::Liquidation,
    )?;
    let repay = outcome(deps.storage, &before, closing)?;
    if !closing.paid.is_zero() {
        before.require_burnt(&deps.querier, closing.paid)?;
    }

    let event = events::liquidate(&before, closing, &repay)?;
    Ok(settle(deps.storage, &before, closing.account, &repay)?.add_event(event))
}

/// All shares for the whole debt, else `floor(debt_closed · total_shares / debt)`; the pool's
/// value falls by `paid` alone, so the rest is shared by all who still have shares. Nothing is
/// saved.
pub fn outcome(
    storage: &dyn Storage,
    before: &ValuedPool,
    closing: &Closing,
) -> Result<Repay, ContractError> {
    let Closing {
        account,
        paid,
        debt_closed,
    } = *closing;
    let held = before.held_by(storage, account)?;
    let pool = before.shares();
    let debt = pool.debt_of(held)?;
    if debt.is_zero() {
        return Err(ContractError::NoDebt {
            account: account.clone(),
        });
    }
    if debt_closed.is_zero() {
        return Err(ContractError::NothingToRepay { debt, amount: paid });
    }
    if paid > debt_closed || debt_closed > debt {
        return Err(ContractError::ExceedsDebt {
            paid,
            debt_closed,
            debt,
        });
    }
    Repay::of(before, held, &pool.repay(held, debt_closed)?, paid)
}
