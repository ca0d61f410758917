//! The markets of a pool: what is lowered counts at once, what is raised when LPs could leave.

use ballast_math::pool::{Exposure, notice_secs};
use ballast_types::{
    pool_lens::{WeightPreview, WeightsPreview},
    pool_manager::{MAX_MARKETS, MarketWeight},
};
use cosmwasm_std::{
    Decimal, Deps, DepsMut, Env, Event, MessageInfo, QuerierWrapper, Response, Storage, Uint128,
};

use crate::{
    ContractError, Refusal,
    chain::{Chain, OpenMarket, Poll, of_market},
    state::{Link, MARKETS, Pool, WEIGHTS, Weight},
};

/// Weights as exposures: each market's weight over the weights of all.
pub fn exposures(weights: &[MarketWeight]) -> Result<Vec<(u64, Exposure)>, Refusal> {
    let total = weights.iter().try_fold(Uint128::zero(), |sum, weight| {
        sum.checked_add(weight.weight)
    })?;
    weights
        .iter()
        .map(|weight| {
            let exposure = Exposure::of(weight.weight, total, weight.max_debt)?;
            Ok((weight.market.u64(), exposure))
        })
        .collect()
}

/// New weights, in force as far as they may be.
struct Change<'a> {
    chain: Chain<'a>,
    /// When the rest is in force; none when nothing waits.
    at: Option<u64>,
    wanted: Vec<(u64, Exposure)>,
}

/// Handles `set_pool_markets`.
pub fn set(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    id: u64,
    weights: Vec<MarketWeight>,
) -> Result<Response, Refusal> {
    let pool = Pool::of_owner(deps.storage, id, &info.sender)?;
    let Change { mut chain, at, .. } = plan(deps.storage, deps.querier, env, id, &pool, &weights)?;
    chain.require_minimum_credits()?;

    let event = Event::new("set_pool_markets")
        .add_attribute("pool", id.to_string())
        .add_attribute("markets", weights.len().to_string())
        .add_attribute("in_force_at", at.unwrap_or(chain.now).to_string());
    chain.books.changes_at = at;
    let named = |market: u64| weights.iter().any(|w| w.market.u64() == market);
    chain.books.links.retain(|link| named(link.market));
    match at {
        Some(_) => {
            let weights: Vec<_> = weights.into_iter().map(Weight).collect();
            WEIGHTS.save(deps.storage, id, &weights)?;
        }
        None => WEIGHTS.remove(deps.storage, id),
    }
    let events = chain.save(deps.storage, &[])?;
    Ok(Response::new().add_event(event).add_events(events))
}

/// What new weights would do.
pub fn preview(
    deps: Deps,
    env: &Env,
    id: u64,
    weights: Vec<MarketWeight>,
) -> Result<WeightsPreview, Refusal> {
    let pool = Pool::load(deps.storage, id)?;
    let now = env.block.time.seconds();
    let before = Chain::open(deps.storage, deps.querier, now, id, Poll::Reports)?;
    let mut change = match plan(deps.storage, deps.querier, env, id, &pool, &weights) {
        Ok(change) => change,
        Err(problem) => {
            return Ok(WeightsPreview {
                markets: vec![],
                at: now,
                problem: Some(problem.to_string()),
            });
        }
    };
    let decimals = before.dollar.decimals;
    let value = before.books.chain.value(decimals)?;
    let worth = |exposure: Exposure| exposure.capacity_floor(value);
    let mut markets = vec![];
    for (link, market) in change.chain.books.links.iter().zip(&change.chain.markets) {
        let counted = before
            .books
            .links
            .iter()
            .find(|before| before.market == link.market)
            .map_or(Exposure::NONE, Link::counted);
        markets.push(WeightPreview {
            market: link.market.into(),
            capacity_before: worth(counted)?.usd_floor()?,
            capacity_at_once: worth(link.counted())?.usd_floor()?,
            capacity_after: worth(of_market(&change.wanted, link.market))?.usd_floor()?,
            credit_before: market.credit,
            credit_at_once: market.credit(&mut change.chain.prices, decimals)?,
            minimum_credit: market.minimum.unwrap_or_default(),
        });
    }
    let problem = change.chain.require_minimum_credits().err();
    Ok(WeightsPreview {
        markets,
        at: change.at.unwrap_or(now),
        problem: problem.map(|problem| problem.to_string()),
    })
}

fn plan<'a>(
    storage: &dyn Storage,
    querier: QuerierWrapper<'a>,
    env: &Env,
    id: u64,
    pool: &Pool,
    weights: &[MarketWeight],
) -> Result<Change<'a>, Refusal> {
    let now = env.block.time.seconds();
    let mut chain = Chain::open(storage, querier, now, id, Poll::Exits)?;
    check(storage, &chain, weights)?;
    let wanted = exposures(weights)?;
    for (market, _) in &wanted {
        if !chain.books.links.iter().any(|link| link.market == *market) {
            let decimals = chain.dollar.decimals;
            let mut open = OpenMarket::load(storage, *market)?;
            open.credit = open.credit(&mut chain.prices, decimals)?;
            chain.books.links.push(Link::new(*market));
            chain.markets.push(open);
        }
    }
    let nobody_has_to_leave = chain.books.nobody_is_here();
    let mut waits = false;
    let at_once = chain
        .books
        .links
        .iter()
        .map(|link| {
            let wanted = of_market(&wanted, link.market);
            if nobody_has_to_leave {
                return (link.market, wanted);
            }
            let now = wanted.at_once(chain.in_force(link));
            waits = waits || now != wanted;
            (link.market, now)
        })
        .collect();
    chain.set_exposures(at_once);
    chain.close(&mut [])?;
    let notice = notice_secs(pool.delegation_secs, chain.config.params.0.max_lock_secs);
    let at = waits.then(|| now.saturating_add(notice));
    Ok(Change { chain, at, wanted })
}

fn check(storage: &dyn Storage, chain: &Chain, weights: &[MarketWeight]) -> Result<(), Refusal> {
    if weights.len() > MAX_MARKETS {
        return Err(ContractError::TooMany {
            given: weights.len(),
            max: MAX_MARKETS,
        }
        .into());
    }
    let ratio = chain.config.params.0.min_liquidity_ratio;
    let max = Decimal::one().checked_div(ratio).unwrap_or(Decimal::MAX);
    let mut seen = vec![];
    for weight in weights {
        let market = weight.market.u64();
        if !MARKETS.has(storage, market) {
            return Err(ContractError::unknown_market(market).into());
        }
        if seen.contains(&market) {
            return Err(ContractError::DuplicateMarket {
                market: market.to_string(),
            }
            .into());
        }
        seen.push(market);
        if weight.weight.is_zero() {
            return Err(ContractError::InvalidWeight { market }.into());
        }
        if weight.max_debt > max {
            return Err(ContractError::MaxDebtTooHigh {
                max_debt: weight.max_debt,
                max,
            }
            .into());
        }
    }
    Ok(())
}
