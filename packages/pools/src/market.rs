//! Markets: registered by governance, and in the middle of their own messages.
//!
//! What a market calls neither polls nor flushes. Its books are saved before the burn or the mint
//! leaves.

use ballast_math::Accrued;
use ballast_types::{
    address,
    market::{DepositMarketUsd, MAX_REF, Paid, PayFees, WithdrawMarketUsd},
    pool_manager::{CreditResponse, Operation, RegisterMarketResponse},
};
use cosmwasm_std::{
    Addr, Deps, DepsMut, Env, Event, MessageInfo, Order, Response, StdResult, Storage, Uint128,
    to_json_binary,
};

use crate::{
    ContractError, Refusal,
    chain::OpenMarket,
    dollar, poll,
    prices::Prices,
    state::{
        CONFIG, CONTROLS, Config, MARKET_BOOKS, MARKET_COUNT, MARKET_IDS, MARKETS, Market,
        MarketRecord, TREASURY_DUE, next,
    },
};

/// The most markets of one contract.
pub const MAX_REFS: usize = 64;

/// Handles `register_market`.
pub fn register(
    deps: DepsMut,
    info: &MessageInfo,
    contract: &str,
    market_ref: String,
    ceiling: Uint128,
) -> Result<Response, Refusal> {
    ballast_kit::controls::require_owner(deps.storage, &info.sender)?;
    let contract = address::valid(deps.api, contract)?;
    if !(1..=MAX_REF).contains(&market_ref.len()) {
        return Err(ContractError::InvalidRef {}.into());
    }
    if let Some(id) = MARKET_IDS.may_load(deps.storage, (&contract, &market_ref))? {
        return Err(ContractError::DuplicateMarket {
            market: id.to_string(),
        }
        .into());
    }
    let of_contract = ids_of(deps.storage, &contract)?.len();
    if of_contract >= MAX_REFS {
        return Err(ContractError::TooMany {
            given: of_contract.saturating_add(1),
            max: MAX_REFS,
        }
        .into());
    }
    let id = next(deps.storage, &MARKET_COUNT)?;
    MARKET_IDS.save(deps.storage, (&contract, &market_ref), &id)?;
    MARKET_BOOKS.save(deps.storage, id, &MarketRecord::default())?;
    let event = Event::new("register_market")
        .add_attribute("market", id.to_string())
        .add_attribute("contract", &contract)
        .add_attribute("ref", &market_ref)
        .add_attribute("ceiling", ceiling);
    let market = Market {
        contract,
        market_ref,
        ceiling,
    };
    MARKETS.save(deps.storage, id, &market)?;
    let market = id.into();
    Ok(Response::new()
        .add_event(event)
        .set_data(to_json_binary(&RegisterMarketResponse { market })?))
}

/// All markets of a contract, by ref.
pub fn ids_of(storage: &dyn Storage, contract: &Addr) -> StdResult<Vec<(String, u64)>> {
    MARKET_IDS
        .prefix(contract)
        .range(storage, None, None, Order::Ascending)
        .collect()
}

/// Handles `set_market_ceiling`.
pub fn set_ceiling(
    deps: DepsMut,
    info: &MessageInfo,
    id: u64,
    ceiling: Uint128,
) -> Result<Response, Refusal> {
    ballast_kit::controls::require_owner(deps.storage, &info.sender)?;
    let mut market = Market::load(deps.storage, id)?;
    market.ceiling = ceiling;
    MARKETS.save(deps.storage, id, &market)?;
    Ok(Response::new().add_event(
        Event::new("set_market_ceiling")
            .add_attribute("market", id.to_string())
            .add_attribute("ceiling", ceiling),
    ))
}

/// The market that a contract calls by its ref.
fn called(storage: &dyn Storage, contract: &Addr, market_ref: &str) -> Result<OpenMarket, Refusal> {
    let id = MARKET_IDS
        .may_load(storage, (contract, market_ref))?
        .ok_or_else(|| ContractError::UnknownMarket {
            market: format!("{market_ref} of {contract}"),
        })?;
    OpenMarket::load(storage, id)
}

/// Handles the hook `deposit_market_usd`.
pub fn deposit(
    deps: DepsMut,
    contract: &Addr,
    amount: Uint128,
    msg: &DepositMarketUsd,
) -> Result<Response, Refusal> {
    let config = CONFIG.load(deps.storage)?;
    let mut market = called(deps.storage, contract, &msg.market_ref)?;
    market.record.books.deposit(amount)?;
    market.save(deps.storage)?;

    Ok(Response::new()
        .add_messages(dollar::burn(&config, amount, amount, contract)?)
        .add_event(moved("deposit_market_usd", &market, amount)))
}

/// Handles `withdraw_market_usd`.
pub fn withdraw(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    msg: &WithdrawMarketUsd,
) -> Result<Response, Refusal> {
    CONTROLS.require_on(deps.storage, &Operation::WithdrawMarketUsd)?;
    let recipient = address::valid(deps.api, &msg.recipient)?;
    let config = CONFIG.load(deps.storage)?;
    let mut market = called(deps.storage, &info.sender, &msg.market_ref)?;
    let amount = draw(
        deps.as_ref(),
        env,
        &config,
        &mut market,
        msg.amount,
        msg.or_less,
    )?;
    market.save(deps.storage)?;

    let mut response = Response::new()
        .add_event(moved("withdraw_market_usd", &market, amount).add_attribute("to", &recipient))
        .set_data(to_json_binary(&Paid { amount })?);
    if !amount.is_zero() {
        response = response.add_message(dollar::mint(&config, &recipient, amount)?);
    }
    Ok(response)
}

/// Handles `pay_fees`.
pub fn pay_fees(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    msg: &PayFees,
) -> Result<Response, Refusal> {
    CONTROLS.require_on(deps.storage, &Operation::PayFees)?;
    let config = CONFIG.load(deps.storage)?;
    let mut market = called(deps.storage, &info.sender, &msg.market_ref)?;
    let amount = draw(
        deps.as_ref(),
        env,
        &config,
        &mut market,
        msg.amount,
        msg.or_less,
    )?;
    let fees = Accrued::from_units(amount)?;
    // In quarantine no weight counts, and whoever syncs a pool takes its shares away.
    let to_treasury = market.quarantined || market.record.pools.is_empty();
    if to_treasury {
        let due = TREASURY_DUE.may_load(deps.storage)?.unwrap_or_default();
        TREASURY_DUE.save(deps.storage, &due.checked_add(fees)?)?;
    } else {
        market.record.pools.pay_floor(fees)?;
    }
    market.save(deps.storage)?;

    let event = moved("pay_fees", &market, amount)
        .add_attribute("to", if to_treasury { "treasury" } else { "pools" });
    Ok(Response::new()
        .add_event(event)
        .set_data(to_json_binary(&Paid { amount })?))
}

/// Raises net issuance within the credit, and says by how much.
fn draw(
    deps: Deps,
    env: &Env,
    config: &Config,
    market: &mut OpenMarket,
    amount: Uint128,
    or_less: bool,
) -> Result<Uint128, Refusal> {
    if amount.is_zero() {
        return Err(ContractError::ZeroAmount {}.into());
    }
    let decimals = config.dollar()?.decimals;
    let mut prices = prices(deps, env, config);
    let backing = market.backing(&mut prices, decimals)?;
    let credit = market.record.books.credit(backing, market.market.ceiling)?;
    if amount > credit && !or_less {
        return Err(ContractError::ExceedsCredit { credit, amount }.into());
    }
    let amount = amount.min(credit);
    let books = &mut market.record.books;
    books.withdraw(amount, backing, market.market.ceiling)?;
    Ok(amount)
}

fn prices<'a>(deps: Deps<'a>, env: &Env, config: &Config) -> Prices<'a> {
    Prices::new(
        deps.querier,
        config.oracle.clone(),
        env.block.time.seconds(),
    )
}

fn moved(name: &str, market: &OpenMarket, amount: Uint128) -> Event {
    Event::new(name)
        .add_attribute("market", market.id.to_string())
        .add_attribute("amount", amount)
        .add_attribute("net_issuance", market.record.books.net_issuance())
}

/// Handles `sync_market`.
pub fn sync(deps: DepsMut, env: &Env, id: u64) -> Result<Response, Refusal> {
    let config = CONFIG.load(deps.storage)?;
    let mut market = OpenMarket::load(deps.storage, id)?;
    let contract = market.market.contract.clone();
    if market.quarantined {
        return Err(ContractError::InQuarantine { contract }.into());
    }
    let refs = [market.market.market_ref.clone()];
    let answer = poll::ask(deps.querier, &contract, &refs, false).map(|answers| answers.reports);
    let (market_ref, reason) = match answer {
        Ok(reports) => match reports.into_iter().next() {
            Some(Ok(report)) => {
                let now = env.block.time.seconds();
                let mut prices = prices(deps.as_ref(), env, &config);
                market.record.books.poll(report)?;
                market.record.polled_at = now;
                market.flush(&mut prices, config.dollar()?.decimals)?;
                market.save(deps.storage)?;
                let books = &market.record.books;
                let event = Event::new("sync_market")
                    .add_attribute("market", id.to_string())
                    .add_attribute("reported", books.reported())
                    .add_attribute("given", books.given())
                    .add_attribute("unassigned", books.unassigned());
                return Ok(Response::new().add_event(event));
            }
            Some(Err(reason)) => (market.market.market_ref.as_str(), reason),
            None => return Err(ContractError::unknown_market(id).into()),
        },
        Err(reason) => ("", reason),
    };
    let event = crate::quarantine::put(deps.storage, env, &contract, market_ref, reason)?;
    Ok(Response::new().add_event(event))
}

/// What a market may withdraw now.
pub fn credit(
    deps: Deps,
    env: &Env,
    contract: &Addr,
    market_ref: &str,
) -> Result<CreditResponse, Refusal> {
    let config = CONFIG.load(deps.storage)?;
    let market = called(deps.storage, contract, market_ref)?;
    let mut prices = prices(deps, env, &config);
    let credit = market.credit(&mut prices, config.dollar()?.decimals)?;
    Ok(CreditResponse { credit })
}
