//! `issue`: mints the dollar synth to an account and gives the account shares for it.

use ballast_math::{MathError, SharePool};
use ballast_types::{
    Value,
    debt_registry::{IssueResponse, Operation, Valuation},
};
use cosmwasm_std::{
    Addr, DepsMut, Env, MessageInfo, Response, Storage, Uint128, Uint256, to_json_binary,
};

use crate::{
    ContractError, events,
    pool::ValuedPool,
    state::{CONFIG, CONTROLS, Holding, Pool, SHARES},
    tokens,
};

/// What an issuer asks for.
pub struct Request<'a> {
    /// Who owes.
    pub account: &'a Addr,
    /// Base units; none for the most.
    pub amount: Option<Uint128>,
    /// The most debt that the account's collateral allows.
    pub max_debt: Uint128,
    /// The least debt that the issuer allows after.
    pub min_debt: Uint128,
}

/// What an issue does.
pub struct Issue {
    /// Amount minted, and the account's debt after.
    pub answer: IssueResponse,
    /// The account's shares after.
    pub shares: Uint256,
    /// The pool's shares and its dollar synth after.
    pub pool: Pool,
    /// What the pool owes after.
    pub debt: Value,
    /// Shares of the treasury after, when it was given what nobody owed.
    pub treasury: Option<(Addr, Uint256)>,
}

/// Handles the message.
pub fn execute(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    request: &Request,
) -> Result<Response, ContractError> {
    let before = ValuedPool::load(
        deps.as_ref(),
        env.block.time.seconds(),
        &info.sender,
        Valuation::Strict,
    )?;
    let issue = outcome(deps.storage, &before, request)?;

    let issuer = &before.issuer;
    if let Some((treasury, shares)) = &issue.treasury {
        issuer.save_shares(deps.storage, treasury, &issue.pool, *shares)?;
    }
    issuer.save_shares(deps.storage, request.account, &issue.pool, issue.shares)?;
    issuer.save_pool(deps.storage, &issue.pool)?;

    let mint = tokens::mint(before.dollar(), request.account, issue.answer.amount)?;
    Ok(Response::new()
        .add_message(mint)
        .add_event(events::issue(&before, request.account, &issue)?)
        .set_data(to_json_binary(&issue.answer)?))
}

/// What an issue would do: nothing is saved.
pub fn outcome(
    storage: &dyn Storage,
    before: &ValuedPool,
    request: &Request,
) -> Result<Issue, ContractError> {
    CONTROLS.require_on(storage, &Operation::Issue)?;
    let account = request.account;
    let (opened, granted) = before.pool.clone().opened(before.debt)?;
    let treasury = match granted.is_zero() {
        true => None,
        false => Some((CONFIG.load(storage)?.treasury, granted)),
    };
    let holding = match &treasury {
        Some((address, shares)) if address == account => Some(opened.holding(*shares)),
        _ => SHARES.may_load(storage, (before.issuer.number, account))?,
    };

    let debt_before = before
        .with_shares(&opened)
        .debt_of(held(&holding, &opened)?)?;
    let amount = allowed(debt_before, request)?;
    let (mut pool, shares, after) = shared(before, opened, &holding, amount)?;
    pool.dollar
        .mint(&before.issuer.dollar, amount, before.dollar().ceiling)?;
    let debt = after.debt_of(shares)?;
    if debt < request.min_debt {
        return Err(ContractError::BelowMinDebt {
            debt,
            min_debt: request.min_debt,
        });
    }
    Ok(Issue {
        answer: IssueResponse { amount, debt },
        shares,
        pool,
        debt: after.debt,
        treasury,
    })
}

/// The pool's and the account's shares after, and the pool with what it then owes.
fn shared(
    before: &ValuedPool,
    opened: Pool,
    holding: &Option<Holding>,
    amount: Uint128,
) -> Result<(Pool, Uint256, SharePool), MathError> {
    let issued = Value::of_dollars(amount, before.decimals())?;
    let debt = before.debt.checked_add(issued)?;
    let mut pool = opened.scaled(before.debt, debt)?;
    let new = before.with_shares(&pool).shares_to_issue(amount)?;
    let shares = held(holding, &pool)?.checked_add(new)?;
    pool.total_shares = pool.total_shares.checked_add(new)?;
    let after = SharePool {
        debt,
        ..before.with_shares(&pool)
    };
    Ok((pool, shares, after))
}

fn held(holding: &Option<Holding>, pool: &Pool) -> Result<Uint256, MathError> {
    holding
        .as_ref()
        .map_or(Ok(Uint256::zero()), |holding| holding.shares_in(pool))
}

/// What may be issued: the debt before is what counts, for the debt after may round up by one.
fn allowed(debt: Uint128, request: &Request) -> Result<Uint128, ContractError> {
    let max_debt = request.max_debt;
    let room = max_debt.saturating_sub(debt);
    let amount = request.amount.unwrap_or(room);
    if amount.is_zero() {
        return Err(ContractError::NothingToIssue { debt, max_debt });
    }
    if amount > room {
        return Err(ContractError::ExceedsMaxDebt {
            debt,
            amount,
            max_debt,
        });
    }
    Ok(amount)
}
