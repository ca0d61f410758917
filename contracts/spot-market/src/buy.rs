//! `receive` with the hook `buy`: units for the pools' dollar.

use ballast_kit::hook;
use ballast_math::MathError;
use ballast_types::{
    address, oracle,
    spot_market::{BuyPreview, Operation, ReceiveMsg},
};
use cosmwasm_std::{Deps, DepsMut, Env, MessageInfo, Response, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::{
    ContractError, events,
    manager::{self, Payee, Payment},
    quote,
    report::Owes,
    state::{Books, CONFIG, CONTROLS, Config, Market, Position},
};

/// A purchase, before it is done.
pub struct Purchase {
    /// Units, fee and price.
    pub quote: BuyPreview,
    /// The books after.
    pub books: Books,
}

/// Handles the message. Only the pools' dollar is believed: it names the payer and the amount that
/// has arrived.
pub fn receive(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    received: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    if info.sender != config.dollar {
        return Err(ContractError::NotTheDollar {
            token: info.sender.clone(),
        });
    }
    let buyer = address::valid(deps.api, &received.sender)?;
    let ReceiveMsg::Buy {
        market_ref,
        min_units,
    } = hook::parse(&received.msg)?;
    let usd = received.amount;
    let Purchase { quote, mut books } = outcome(deps.as_ref(), env, &config, &market_ref, usd)?;
    if quote.units < min_units {
        return Err(ContractError::Slippage {
            got: quote.units,
            min: min_units,
        });
    }
    let mut position = Position::load(deps.storage, &market_ref, &buyer)?;
    let units = position.units.checked_add(quote.units);
    position.units = units.map_err(MathError::from)?;
    let fees = Payment {
        market_ref: market_ref.clone(),
        payee: Payee::Pools,
        amount: books.take_fees(),
        alone: false,
    };

    position.save(deps.storage, &market_ref, &buyer)?;
    books.save(deps.storage, &market_ref)?;

    Ok(Response::new()
        .add_message(manager::deposit(&config, &market_ref, usd)?)
        .add_submessages(fees.message(&config)?)
        .add_event(events::buy(&market_ref, &buyer, usd, &quote, &books)))
}

/// What a purchase would do: nothing is saved.
pub fn outcome(
    deps: Deps,
    env: &Env,
    config: &Config,
    market_ref: &str,
    usd: Uint128,
) -> Result<Purchase, ContractError> {
    CONTROLS.require_on(deps.storage, &Operation::Buy)?;
    if usd.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    let now = env.block.time.seconds();
    let market = Market::load(deps.storage, market_ref)?;
    let record = oracle::record(&deps.querier, &config.oracle, &market.asset)?;
    let quote = quote::buy(&market, &record, now, usd, config.dollar_decimals)?;
    let mut books = Books::load(deps.storage, market_ref)?;
    books.bought(quote.units, quote.fee)?;

    let owes = Owes::at(&record, config, now, &market, &books)?;
    if owes.worth > market.cap {
        return Err(ContractError::CapExceeded {
            worth: owes.worth,
            cap: market.cap,
        });
    }
    require_backed(deps, env, config, market_ref, &owes, &market, usd)?;
    Ok(Purchase { quote, books })
}

/// Refuses what the pools could not be counted on to pay. It would also leave the market under its
/// minimum credit, and so hold every LP who wants to leave.
fn require_backed(
    deps: Deps,
    env: &Env,
    config: &Config,
    market_ref: &str,
    owes: &Owes,
    market: &Market,
    usd: Uint128,
) -> Result<(), ContractError> {
    let needed = owes.minimum_credit(market)?;
    let credit = manager::credit(&deps.querier, env, config, market_ref)?;
    // What is burnt into the market may be withdrawn again.
    let credit = credit.saturating_add(usd);
    if credit >= needed {
        return Ok(());
    }
    Err(ContractError::NotBacked { credit, needed })
}
