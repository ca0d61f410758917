//! `sell`: units for dollars that the market owes from then on, and pays as far as it can.

use ballast_math::MathError;
use ballast_types::{oracle, spot_market::SellPreview};
use cosmwasm_std::{Deps, DepsMut, Env, MessageInfo, Response, Uint128};

use crate::{
    ContractError, events,
    manager::{Payee, Payment},
    quote,
    state::{Books, CONFIG, Config, Market, Position},
};

/// What a trader asks for.
pub struct Order {
    /// The market.
    pub market_ref: String,
    /// Base units; none for all.
    pub units: Option<Uint128>,
    /// The least dollars for them.
    pub min_usd: Uint128,
}

/// Handles the message. The manager's answers never undo it.
pub fn execute(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    order: &Order,
) -> Result<Response, ContractError> {
    let (market_ref, seller) = (&order.market_ref, &info.sender);
    let config = CONFIG.load(deps.storage)?;
    let mut position = Position::load(deps.storage, market_ref, seller)?;
    let units = order.units.unwrap_or(position.units);
    let quote = outcome(deps.as_ref(), env, &config, market_ref, units)?;
    if units > position.units {
        return Err(ContractError::InsufficientUnits {
            held: position.units,
            asked: units,
        });
    }
    if quote.usd < order.min_usd {
        return Err(ContractError::Slippage {
            got: quote.usd,
            min: order.min_usd,
        });
    }
    let mut books = Books::load(deps.storage, market_ref)?;
    books.sold(units, quote.usd, quote.fee)?;
    position.units = position.units.saturating_sub(units);
    let owed = position.owed.checked_add(quote.usd);
    position.owed = owed.map_err(MathError::from)?;
    let payments = [
        (
            Payee::Trader(seller.clone()),
            position.take_owed(&mut books)?,
        ),
        (Payee::Pools, books.take_fees()),
    ];

    position.save(deps.storage, market_ref, seller)?;
    books.save(deps.storage, market_ref)?;

    let mut response =
        Response::new().add_event(events::sell(market_ref, seller, units, &quote, &books));
    for (payee, amount) in payments {
        let payment = Payment {
            market_ref: market_ref.clone(),
            payee,
            amount,
            alone: false,
        };
        response = response.add_submessages(payment.message(&config)?);
    }
    Ok(response)
}

/// What a sale would do: nothing is saved.
pub fn outcome(
    deps: Deps,
    env: &Env,
    config: &Config,
    market_ref: &str,
    units: Uint128,
) -> Result<SellPreview, ContractError> {
    let market = Market::load(deps.storage, market_ref)?;
    if units.is_zero() {
        return Err(ContractError::NothingToSell {});
    }
    let now = env.block.time.seconds();
    let record = oracle::record(&deps.querier, &config.oracle, &market.asset)?;
    quote::sell(&market, &record, now, units, config.dollar_decimals)
}
