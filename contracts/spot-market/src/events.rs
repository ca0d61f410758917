//! One event per act, with everything an indexer needs.

use ballast_types::spot_market::{BuyPreview, SellPreview};
use cosmwasm_std::{Addr, Event, Uint128};

use crate::{
    manager::{Payee, Payment},
    state::{Books, Config, Market},
};

/// The contract was set up.
pub fn instantiate(config: &Config) -> Event {
    Event::new("instantiate_spot_market")
        .add_attribute("oracle", &config.oracle)
        .add_attribute("manager", &config.manager)
        .add_attribute("dollar", &config.dollar)
}

/// Another oracle counts.
pub fn set_oracle(config: &Config) -> Event {
    Event::new("set_oracle").add_attribute("oracle", &config.oracle)
}

/// A market was added.
pub fn add_market(market_ref: &str, market: &Market) -> Event {
    with_terms(Event::new("add_market"), market_ref, market)
        .add_attribute("name", &market.name)
        .add_attribute("asset", &market.asset)
}

/// A market has other terms.
pub fn set_terms(market_ref: &str, market: &Market) -> Event {
    with_terms(Event::new("set_terms"), market_ref, market)
}

fn with_terms(event: Event, market_ref: &str, market: &Market) -> Event {
    event
        .add_attribute("ref", market_ref)
        .add_attribute("base_fee", market.base_fee.to_string())
        .add_attribute("max_fee", market.max_fee.to_string())
        .add_attribute("max_exit_fee", market.max_exit_fee.to_string())
        .add_attribute("cap", market.cap)
        .add_attribute("headroom", market.headroom.to_string())
}

/// Units were bought. `usd` was paid, the fee included.
pub fn buy(
    market_ref: &str,
    buyer: &Addr,
    usd: Uint128,
    quote: &BuyPreview,
    books: &Books,
) -> Event {
    Event::new("buy")
        .add_attribute("ref", market_ref)
        .add_attribute("account", buyer)
        .add_attribute("usd", usd)
        .add_attribute("units", quote.units)
        .add_attribute("price", quote.price.to_string())
        .add_attribute("fee", quote.fee)
        .add_attribute("fee_rate", quote.fee_rate.to_string())
        .add_attribute("all_units", books.units)
}

/// Units were sold. `usd` is due to the seller, the fee taken off.
pub fn sell(
    market_ref: &str,
    seller: &Addr,
    units: Uint128,
    quote: &SellPreview,
    books: &Books,
) -> Event {
    Event::new("sell")
        .add_attribute("ref", market_ref)
        .add_attribute("account", seller)
        .add_attribute("units", units)
        .add_attribute("usd", quote.usd)
        .add_attribute("price", quote.price.to_string())
        .add_attribute("fee", quote.fee)
        .add_attribute("fee_rate", quote.fee_rate.to_string())
        .add_attribute("all_units", books.units)
}

/// The manager paid a trader or the pools; `owed` is what it did not pay.
pub fn paid(payment: &Payment, paid: Uint128, owed: Uint128) -> Event {
    let event = match &payment.payee {
        Payee::Trader(account) => Event::new("payout").add_attribute("account", account),
        Payee::Pools => Event::new("fees"),
    };
    event
        .add_attribute("ref", &payment.market_ref)
        .add_attribute("paid", paid)
        .add_attribute("owed", owed)
}
