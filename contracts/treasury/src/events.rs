//! One event per act, with everything an indexer needs.

use ballast_types::{
    Token,
    treasury::{Cover, Limit, Tag},
};
use cosmwasm_std::{Addr, Event, Uint128};

use crate::{deposit::Receipt, state::Book};

/// Something came in.
pub fn deposit(receipt: &Receipt, book: &Book) -> Event {
    received(Event::new("deposit"), receipt, book)
}

/// What had come without a message was booked.
pub fn book(receipt: &Receipt, book: &Book) -> Event {
    received(Event::new("book"), receipt, book)
}

fn received(event: Event, receipt: &Receipt, book: &Book) -> Event {
    let event = event
        .add_attribute("source", &receipt.source)
        .add_attribute("tag", tag_name(receipt.tag));
    moved(event, receipt.amount, book)
}

/// Free funds were paid.
pub fn spend(recipient: &Addr, amount: Uint128, book: &Book) -> Event {
    let event = Event::new("spend").add_attribute("recipient", recipient);
    moved(event, amount, book)
}

/// Free funds became insurance.
pub fn insure(amount: Uint128, book: &Book) -> Event {
    moved(Event::new("insure"), amount, book)
}

/// Insurance was donated; `asked` is the bad debt it was asked for.
pub fn cover(contract: &Addr, asked: Uint128, amount: Uint128, book: &Book) -> Event {
    let event = Event::new("cover")
        .add_attribute("contract", contract)
        .add_attribute("asked", asked);
    moved(event, amount, book)
}

fn moved(event: Event, amount: Uint128, book: &Book) -> Event {
    event
        .add_attribute("token", book.token.to_string())
        .add_attribute("amount", amount)
        .add_attribute("held", book.held)
        .add_attribute("insurance", book.insurance)
}

/// A limit was set or taken away.
pub fn set_limit(token: &Token, limit: Option<&Limit>) -> Event {
    let event = Event::new("set_limit").add_attribute("token", token.to_string());
    match limit {
        Some(limit) => limited(event, limit),
        None => event.add_attribute("limit", "none"),
    }
}

/// A contract may call `cover`.
pub fn authorize(contract: &Addr, cover: &Cover) -> Event {
    let event = Event::new("authorize")
        .add_attribute("contract", contract)
        .add_attribute("registry", &cover.registry)
        .add_attribute("dollar", &cover.dollar);
    limited(event, &cover.limit)
}

fn limited(event: Event, limit: &Limit) -> Event {
    event
        .add_attribute("limit", limit.amount)
        .add_attribute("period_secs", limit.period_secs.to_string())
}

/// A contract may not call `cover` any more.
pub fn revoke(contract: &Addr) -> Event {
    Event::new("revoke").add_attribute("contract", contract)
}

const fn tag_name(tag: Tag) -> &'static str {
    match tag {
        Tag::ExchangeFee => "exchange_fee",
        Tag::Penalty => "penalty",
        Tag::Seigniorage => "seigniorage",
        Tag::PoolFee => "pool_fee",
        Tag::Insurance => "insurance",
        Tag::Gift => "gift",
    }
}
