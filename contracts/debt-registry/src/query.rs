//! Answers.

use ballast_kit::page;
use ballast_math::shares::Repayment;
use ballast_types::address;
use ballast_types::debt_registry::{
    ConfigResponse, IssueResponse, IssuerResponse, PoolResponse, QueryMsg, RepayResponse,
    ShareholderResponse, SolvencyResponse, SynthResponse, Valuation,
};
use cosmwasm_std::{Addr, Binary, Deps, Env, Order, StdResult, Uint128, Uint256, to_json_binary};
use cw_storage_plus::Bound;

use crate::{
    ContractError, exchange, issue, liquidate,
    pool::{self, ValuedPool},
    repay, solvency,
    state::{CONFIG, CONTROLS, ISSUERS, Issuer, SHARES, synth_of},
};

/// The most accounts whose debts are answered at once.
const MAX_ACCOUNTS: usize = 64;
/// Issuers on the page of the risk analyst.
const SOLVENCY_LIMIT: u32 = 5;
const MAX_SOLVENCY_LIMIT: u32 = 10;

/// Dispatches a question.
pub fn query(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let now = env.block.time.seconds();
    let address = |text: &str| address::valid(deps.api, text);
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps)?),
        QueryMsg::Issuer { issuer } => to_json_binary(&self::issuer(deps, address(&issuer)?)?),
        QueryMsg::Synth { synth } => {
            let (address, issuer, found) = synth_of(deps.storage, &synth)?;
            let supply = issuer.supply(deps.storage, &synth)?;
            to_json_binary(&found.view(address, synth, &supply))
        }
        QueryMsg::Synths {
            issuer,
            start_after,
            limit,
        } => to_json_binary(&synths(
            deps,
            &address(&issuer)?,
            start_after.as_deref(),
            limit,
        )?),
        QueryMsg::Pool { issuer, valuation } => {
            to_json_binary(&debt_pool(deps, now, &address(&issuer)?, valuation)?)
        }
        QueryMsg::Debt {
            issuer,
            account,
            valuation,
        } => {
            let accounts = [address(&account)?];
            let debts = pool::debts(deps, now, &address(&issuer)?, &accounts, valuation)?;
            to_json_binary(&debts.first().copied().unwrap_or_default())
        }
        QueryMsg::Debts {
            issuer,
            accounts,
            valuation,
        } => to_json_binary(&debts(deps, now, &address(&issuer)?, &accounts, valuation)?),
        QueryMsg::Shareholders {
            issuer,
            start_after,
            limit,
        } => {
            let after = start_after.as_deref().map(address).transpose()?;
            to_json_binary(&shareholders(
                deps,
                &address(&issuer)?,
                after.as_ref(),
                limit,
            )?)
        }
        QueryMsg::PreviewIssue {
            issuer,
            account,
            amount,
            max_debt,
            min_debt,
        } => {
            let request = issue::Request {
                account: &address(&account)?,
                amount,
                max_debt,
                min_debt,
            };
            to_json_binary(&preview_issue(deps, now, &address(&issuer)?, &request)?)
        }
        QueryMsg::PreviewRepay {
            issuer,
            account,
            amount,
            down_to,
        } => {
            let offer = repay::Offer {
                account: &address(&account)?,
                amount,
                down_to,
            };
            to_json_binary(&preview_repay(deps, now, &address(&issuer)?, &offer)?)
        }
        QueryMsg::PreviewLiquidate {
            issuer,
            account,
            paid,
            debt_closed,
            covered,
        } => {
            let closing = liquidate::Closing {
                account: &address(&account)?,
                paid,
                debt_closed,
            };
            let issuer = address(&issuer)?;
            to_json_binary(&preview_liquidate(deps, now, &issuer, &closing, covered)?)
        }
        QueryMsg::PreviewExchange {
            issuer,
            from,
            amount,
            to,
            out,
            fee,
        } => {
            let issuer = address(&issuer)?;
            let swap = exchange::Swap {
                from,
                amount,
                to,
                recipient: issuer.clone(),
                out,
                fee,
            };
            to_json_binary(&preview_exchange(deps, now, issuer, swap)?)
        }
        QueryMsg::Solvency { start_after, limit } => {
            let after = start_after.as_deref().map(address).transpose()?;
            to_json_binary(&solvency_page(deps, now, after.as_ref(), limit)?)
        }
        QueryMsg::Controls {} => to_json_binary(&CONTROLS.view(deps)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    };
    Ok(answer?)
}

fn config(deps: Deps) -> StdResult<ConfigResponse> {
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        oracle: config.oracle,
        treasury: config.treasury,
        cw20_code_id: config.cw20_code_id,
    })
}

fn issuer(deps: Deps, address: Addr) -> Result<IssuerResponse, ContractError> {
    let issuer = Issuer::load(deps.storage, &address)?;
    Ok(IssuerResponse {
        decimals: issuer.pool(deps.storage)?.dollar.decimals,
        issuer: address,
        dollar: issuer.dollar,
        synths: issuer.synths,
        shared_debt: issuer.shared_debt,
    })
}

fn synths(
    deps: Deps,
    address: &Addr,
    start_after: Option<&str>,
    limit: Option<u32>,
) -> Result<Vec<SynthResponse>, ContractError> {
    let issuer = Issuer::load(deps.storage, address)?;
    issuer
        .synth_list(deps.storage)?
        .into_iter()
        .filter(|(id, _)| start_after.is_none_or(|last| id.as_str() > last))
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|(id, synth)| {
            let supply = issuer.supply(deps.storage, &id)?;
            Ok(synth.view(address.clone(), id, &supply))
        })
        .collect()
}

fn debt_pool(
    deps: Deps,
    now: u64,
    issuer: &Addr,
    valuation: Valuation,
) -> Result<PoolResponse, ContractError> {
    let pool = ValuedPool::load_to_show(deps, now, issuer, valuation)?;
    Ok(PoolResponse {
        debt: pool.debt.usd_ceil()?,
        debt_units: pool.debt.units_ceil(pool.decimals())?,
        total_shares: pool.pool.total_shares,
        epoch: pool.pool.epoch,
        synths: pool.into_views(deps.storage)?,
    })
}

fn debts(
    deps: Deps,
    now: u64,
    issuer: &Addr,
    accounts: &[String],
    valuation: Valuation,
) -> Result<Vec<Uint128>, ContractError> {
    if accounts.len() > MAX_ACCOUNTS {
        return Err(ContractError::TooMany {
            given: accounts.len(),
            max: MAX_ACCOUNTS,
        });
    }
    let accounts = accounts
        .iter()
        .map(|account| address::valid(deps.api, account))
        .collect::<Result<Vec<_>, _>>()?;
    pool::debts(deps, now, issuer, &accounts, valuation)
}

/// Rows of an epoch that has ended are shown with no shares: skipping them would make the cost
/// of a page depend on how many there are.
fn shareholders(
    deps: Deps,
    issuer: &Addr,
    start_after: Option<&Addr>,
    limit: Option<u32>,
) -> Result<Vec<ShareholderResponse>, ContractError> {
    let issuer = Issuer::load(deps.storage, issuer)?;
    let pool = issuer.pool(deps.storage)?;
    SHARES
        .prefix(issuer.number)
        .range(
            deps.storage,
            start_after.map(Bound::exclusive),
            None,
            Order::Ascending,
        )
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|row| {
            let (account, holding) = row?;
            Ok(ShareholderResponse {
                account,
                shares: holding.shares_in(&pool)?,
            })
        })
        .collect()
}

fn preview_issue(
    deps: Deps,
    now: u64,
    issuer: &Addr,
    request: &issue::Request,
) -> Result<IssueResponse, ContractError> {
    let before = ValuedPool::load(deps, now, issuer, Valuation::Strict)?;
    Ok(issue::outcome(deps.storage, &before, request)?.answer)
}

fn preview_repay(
    deps: Deps,
    now: u64,
    issuer: &Addr,
    offer: &repay::Offer,
) -> Result<RepayResponse, ContractError> {
    let before = ValuedPool::load(deps, now, issuer, Valuation::Repay)?;
    Ok(repay::outcome(deps.storage, &before, offer)?.answer)
}

fn preview_liquidate(
    deps: Deps,
    now: u64,
    issuer: &Addr,
    closing: &liquidate::Closing,
    covered: Uint128,
) -> Result<RepayResponse, ContractError> {
    let before = ValuedPool::load(deps, now, issuer, Valuation::Liquidation)?;
    let liquidated = liquidate::outcome(deps.storage, &before, closing)?;
    let donated = Repayment {
        amount: covered,
        shares: Uint256::zero(),
    };
    Ok(RepayResponse {
        debt: liquidated
            .pool
            .after(&donated)?
            .debt_of(liquidated.shares)?,
        ..liquidated.answer
    })
}

fn preview_exchange(
    deps: Deps,
    now: u64,
    issuer: Addr,
    swap: exchange::Swap,
) -> Result<Vec<SynthResponse>, ContractError> {
    let exchange::Exchange { from, to, .. } = exchange::outcome(deps, now, &issuer, &swap)?;
    Ok(vec![
        from.synth.view(issuer.clone(), swap.from, &from.supply),
        to.synth.view(issuer, swap.to, &to.supply),
    ])
}

fn solvency_page(
    deps: Deps,
    now: u64,
    start_after: Option<&Addr>,
    limit: Option<u32>,
) -> Result<Vec<SolvencyResponse>, ContractError> {
    ISSUERS
        .keys(
            deps.storage,
            start_after.map(Bound::exclusive),
            None,
            Order::Ascending,
        )
        .take(page::size(
            limit.or(Some(SOLVENCY_LIMIT)),
            MAX_SOLVENCY_LIMIT,
        ))
        .map(|issuer| solvency::of(deps, now, &issuer?))
        .collect()
}
