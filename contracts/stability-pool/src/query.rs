//! Answers that no act shares.

use ballast_kit::page;
use ballast_math::Exact;
use ballast_types::{
    Token, address, cw20_raw,
    stability_pool::{
        AssetInfo, BurnKind, BurnRecord, ConfigResponse, PositionResponse, StateResponse,
        WithdrawPreview,
    },
};
use cosmwasm_std::{Addr, Deps, Env, Order, StdResult};
use cw_storage_plus::Bound;

use crate::{
    desk::books_response,
    error::ContractError,
    limiter::Limiter,
    market::Market,
    state::{AMOS, BURNS, Books, CLOCKS, CONFIG},
};

pub fn config(deps: Deps) -> Result<ConfigResponse, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        oracle: config.oracle,
        treasury: config.treasury,
        dcm: config.dcm,
        duca: AssetInfo {
            asset: config.duca.asset,
            token: Token::Cw20(config.duca.token),
            decimals: config.duca.decimals,
        },
        lpd: config.lpd,
        numeraire: config.numeraire,
        guards: config.guards,
    })
}

pub fn state(deps: Deps, env: &Env) -> Result<StateResponse, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let books = Books::load(deps.storage)?;
    let clocks = CLOCKS.load(deps.storage)?;
    let now = env.block.time.seconds();
    let mut problems = vec![];
    let mut or_problem = |found: Result<Exact, ContractError>| match found {
        Ok(price) => Some(price),
        Err(error) => {
            problems.push(error.to_string());
            None
        }
    };
    let loaded = Market::load(deps.querier, &config, now);
    let (market, duca_price) = match loaded {
        Ok(loaded) => (
            or_problem(loaded.dcm().map(|rate| rate.spot)),
            or_problem(loaded.duca().map(|rate| rate.spot)),
        ),
        Err(error) => (or_problem(Err(error)), None),
    };
    let pool = &books.pool;
    let exchange_value = market
        .as_ref()
        .map(|market| pool.exchange_value(market))
        .transpose()?;
    let show = |price: &Option<Exact>| price.as_ref().map(Exact::decimal_floor).transpose();
    let supply = config.supply(&deps.querier)?;
    Ok(StateResponse {
        books: books_response(&config, pool, supply, market.as_ref())?,
        lpd_supply: config.lpd_supply(&deps.querier)?,
        seigniorage_due: books.seigniorage_due(deps.storage)?,
        market: show(&market)?,
        exchange_value: show(&exchange_value)?,
        duca_price: show(&duca_price)?,
        problems,
        headroom: Limiter::load(deps.storage, &books, now)?.headroom(&config.guards, &books)?,
        next_burn_at: clocks.next(BurnKind::Burn),
        next_contraction_at: clocks.next(BurnKind::Contraction),
    })
}

pub fn position(deps: Deps, env: &Env, account: &str) -> Result<PositionResponse, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let pool = Books::load(deps.storage)?.pool;
    let account = address::valid(deps.api, account)?;
    let lpd = cw20_raw::balance(&deps.querier, &config.lpd, &account)?;
    let supply = config.lpd_supply(&deps.querier)?;
    let (share, withdrawable) = if supply.is_zero() {
        (Exact::zero(), WithdrawPreview::default())
    } else {
        let paid = pool.redeem(lpd, supply)?;
        let withdrawable = WithdrawPreview {
            dcm: paid.dcm,
            duca: paid.duca,
        };
        (Exact::from_ratio(lpd, supply)?, withdrawable)
    };
    let market = Market::load(deps.querier, &config, env.block.time.seconds())
        .and_then(|market| market.dcm());
    let value = market
        .ok()
        .map(|market| {
            let dcm = Exact::from_units(withdrawable.dcm, config.dcm.decimals)?;
            let duca = Exact::from_units(withdrawable.duca, config.duca.decimals)?;
            (dcm * market.spot + duca).decimal_floor()
        })
        .transpose()?;
    Ok(PositionResponse {
        lpd,
        share: share.decimal_floor()?,
        withdrawable,
        value,
    })
}

pub fn burns(
    deps: Deps,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<BurnRecord>, ContractError> {
    let newest = start_after.map(Bound::exclusive);
    let page: Vec<BurnRecord> = BURNS
        .range(deps.storage, None, newest, Order::Descending)
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|entry| entry.map(|(_, stored)| stored.0))
        .collect::<StdResult<_>>()?;
    Ok(page)
}

pub fn amos(
    deps: Deps,
    start_after: Option<&str>,
    limit: Option<u32>,
) -> Result<Vec<Addr>, ContractError> {
    let start = start_after
        .map(|text| address::valid(deps.api, text))
        .transpose()?;
    let page: Vec<Addr> = AMOS
        .keys(
            deps.storage,
            start.as_ref().map(Bound::exclusive),
            None,
            Order::Ascending,
        )
        .take(page::size(limit, page::MAX_LIMIT))
        .collect::<StdResult<_>>()?;
    Ok(page)
}
