//! Answers.

use ballast_kit::page;
use ballast_types::{
    address,
    market::NameResponse,
    spot_market::{ConfigResponse, MarketResponse, PositionResponse, PositionRow, QueryMsg},
};
use cosmwasm_std::{Addr, Binary, Deps, Env, Order, StdResult, to_json_binary};
use cw_storage_plus::Bound;

use crate::{
    ContractError, buy,
    report::{self, Owes},
    sell,
    state::{Books, CONFIG, CONTROLS, Config, MARKETS, Market, POSITIONS, Position},
};

/// Dispatches a question.
pub fn query(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let now = env.block.time.seconds();
    let config = || CONFIG.load(deps.storage);
    let answer = match msg {
        QueryMsg::ReportedDebts { refs } => {
            to_json_binary(&report::reported_debts(deps, now, &refs)?)
        }
        QueryMsg::MinimumCredits { refs } => {
            to_json_binary(&report::minimum_credits(deps, now, &refs)?)
        }
        QueryMsg::MarketName { market_ref } => to_json_binary(&NameResponse {
            name: Market::load(deps.storage, &market_ref)?.name,
        }),
        QueryMsg::Config {} => to_json_binary(&self::config(config()?)),
        QueryMsg::Market { market_ref } => {
            let found = Market::load(deps.storage, &market_ref)?;
            to_json_binary(&market(deps, now, &config()?, market_ref, found)?)
        }
        QueryMsg::Markets { start_after, limit } => {
            to_json_binary(&markets(deps, now, start_after.as_deref(), limit)?)
        }
        QueryMsg::Position {
            market_ref,
            account,
        } => {
            let account = address::valid(deps.api, &account)?;
            to_json_binary(&position(deps, env, &market_ref, &account)?)
        }
        QueryMsg::Positions {
            market_ref,
            start_after,
            limit,
        } => {
            let after = start_after
                .map(|text| address::valid(deps.api, &text))
                .transpose()?;
            to_json_binary(&positions(deps, &market_ref, after.as_ref(), limit)?)
        }
        QueryMsg::PreviewBuy { market_ref, usd } => {
            to_json_binary(&buy::outcome(deps, env, &config()?, &market_ref, usd)?.quote)
        }
        QueryMsg::PreviewSell { market_ref, units } => {
            to_json_binary(&sell::outcome(deps, env, &config()?, &market_ref, units)?)
        }
        QueryMsg::Controls {} => to_json_binary(&CONTROLS.view(deps)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    };
    Ok(answer?)
}

fn config(config: Config) -> ConfigResponse {
    ConfigResponse {
        oracle: config.oracle,
        manager: config.manager,
        dollar: config.dollar,
        dollar_decimals: config.dollar_decimals,
    }
}

/// A market that cannot say what it owes is shown without it.
fn market(
    deps: Deps,
    now: u64,
    config: &Config,
    market_ref: String,
    market: Market,
) -> StdResult<MarketResponse> {
    let books = Books::load(deps.storage, &market_ref)?;
    let owes = Owes::of(deps, config, now, &market, &books).ok();
    Ok(MarketResponse {
        market_ref,
        report: owes.as_ref().and_then(|owes| owes.report().ok()),
        minimum_credit: owes.and_then(|owes| owes.minimum_credit(&market).ok()),
        terms: market.terms(),
        name: market.name,
        asset: market.asset,
        units: books.units,
        owed: books.owed,
        fees_owed: books.fees_owed,
    })
}

fn markets(
    deps: Deps,
    now: u64,
    start_after: Option<&str>,
    limit: Option<u32>,
) -> StdResult<Vec<MarketResponse>> {
    let config = CONFIG.load(deps.storage)?;
    let after = start_after.map(Bound::exclusive);
    MARKETS
        .range(deps.storage, after, None, Order::Ascending)
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|row| {
            let (market_ref, found) = row?;
            market(deps, now, &config, market_ref, found)
        })
        .collect()
}

fn position(
    deps: Deps,
    env: &Env,
    market_ref: &str,
    account: &Addr,
) -> Result<PositionResponse, ContractError> {
    Market::load(deps.storage, market_ref)?;
    let Position { units, owed } = Position::load(deps.storage, market_ref, account)?;
    let config = CONFIG.load(deps.storage)?;
    let sale = sell::outcome(deps, env, &config, market_ref, units);
    Ok(PositionResponse {
        units,
        owed,
        sells_for: sale.ok().map(|sale| sale.usd),
    })
}

fn positions(
    deps: Deps,
    market_ref: &str,
    start_after: Option<&Addr>,
    limit: Option<u32>,
) -> Result<Vec<PositionRow>, ContractError> {
    Market::load(deps.storage, market_ref)?;
    POSITIONS
        .prefix(market_ref)
        .range(
            deps.storage,
            start_after.map(Bound::exclusive),
            None,
            Order::Ascending,
        )
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|row| {
            let (account, Position { units, owed }) = row?;
            Ok(PositionRow {
                account,
                units,
                owed,
            })
        })
        .collect()
}
