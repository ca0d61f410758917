//! One event per act, with everything an indexer needs.

use cosmwasm_std::{Addr, Event};
use cw20::Cw20ReceiveMsg;

use crate::{
    ContractError,
    exchange::Swap,
    issue::Issue,
    liquidate::Closing,
    pool::ValuedPool,
    repay::Repay,
    state::{Config, Issuer, Synth},
};

/// An issuer was added.
pub fn add_issuer(address: &Addr, issuer: &Issuer) -> Event {
    Event::new("add_issuer")
        .add_attribute("issuer", address)
        .add_attribute("dollar", &issuer.dollar)
        .add_attribute("decimals", issuer.decimals.to_string())
}

/// A synth was added and has its cw20.
pub fn add_synth(issuer: &Addr, id: &str, synth: &Synth, is_dollar: bool) -> Event {
    Event::new("add_synth")
        .add_attribute("issuer", issuer)
        .add_attribute("synth", id)
        .add_attribute("token", &synth.token)
        .add_attribute("decimals", synth.decimals.to_string())
        .add_attribute("ceiling", synth.ceiling)
        .add_attribute("is_dollar", is_dollar.to_string())
}

/// A ceiling was set.
pub fn set_ceiling(issuer: &Addr, id: &str, synth: &Synth) -> Event {
    Event::new("set_ceiling")
        .add_attribute("issuer", issuer)
        .add_attribute("synth", id)
        .add_attribute("ceiling", synth.ceiling)
        .add_attribute("supply", synth.supply)
}

/// The addresses it relies on were changed.
pub fn update_config(config: &Config) -> Event {
    Event::new("update_config")
        .add_attribute("oracle", &config.oracle)
        .add_attribute("treasury", &config.treasury)
}

/// Dollar synth was issued.
pub fn issue(before: &ValuedPool, account: &Addr, issue: &Issue) -> Result<Event, ContractError> {
    let mut event = Event::new("issue")
        .add_attribute("issuer", &before.address)
        .add_attribute("account", account)
        .add_attribute("amount", issue.answer.amount)
        .add_attribute("debt", issue.answer.debt)
        .add_attribute("shares", issue.shares)
        .add_attribute("supply", issue.dollar.supply)
        .add_attribute("pool_debt", issue.debt.units_ceil(before.issuer.decimals)?)
        .add_attribute("pool_shares", issue.pool.total_shares)
        .add_attribute("epoch", issue.pool.epoch.to_string());
    if let Some((treasury, shares)) = &issue.treasury {
        event = event
            .add_attribute("treasury", treasury)
            .add_attribute("treasury_shares", *shares);
    }
    Ok(event)
}

/// Debt was repaid.
pub fn repay(before: &ValuedPool, account: &Addr, repay: &Repay) -> Result<Event, ContractError> {
    Ok(settled(Event::new("repay"), before, account, repay)?
        .add_attribute("amount", repay.answer.amount))
}

/// Debt was closed in a liquidation. `bad_debt` is what nobody paid for.
pub fn liquidate(
    before: &ValuedPool,
    closing: &Closing,
    repay: &Repay,
) -> Result<Event, ContractError> {
    let event = settled(Event::new("liquidate"), before, closing.account, repay)?;
    Ok(event
        .add_attribute("paid", closing.paid)
        .add_attribute("debt_closed", closing.debt_closed)
        .add_attribute("bad_debt", closing.debt_closed.saturating_sub(closing.paid)))
}

fn settled(
    event: Event,
    before: &ValuedPool,
    account: &Addr,
    repay: &Repay,
) -> Result<Event, ContractError> {
    Ok(event
        .add_attribute("issuer", &before.address)
        .add_attribute("account", account)
        .add_attribute("debt", repay.answer.debt)
        .add_attribute("shares", repay.shares)
        .add_attribute("supply", repay.dollar.supply)
        .add_attribute(
            "pool_debt",
            repay.pool.debt.units_ceil(before.issuer.decimals)?,
        )
        .add_attribute("pool_shares", repay.pool.total_shares)
        .add_attribute("epoch", before.pool.epoch.to_string()))
}

/// A synth was exchanged for another.
pub fn exchange(issuer: &Addr, swap: &Swap, from: &Synth, to: &Synth) -> Event {
    Event::new("exchange")
        .add_attribute("issuer", issuer)
        .add_attribute("recipient", &swap.recipient)
        .add_attribute("from", &swap.from)
        .add_attribute("amount", swap.amount)
        .add_attribute("from_supply", from.supply)
        .add_attribute("to", &swap.to)
        .add_attribute("out", swap.out)
        .add_attribute("fee", swap.fee)
        .add_attribute("to_supply", to.supply)
}

/// Synths were donated.
pub fn donate(issuer: &Addr, id: &str, synth: &Synth, received: &Cw20ReceiveMsg) -> Event {
    Event::new("donate")
        .add_attribute("issuer", issuer)
        .add_attribute("synth", id)
        .add_attribute("sender", &received.sender)
        .add_attribute("amount", received.amount)
        .add_attribute("supply", synth.supply)
}
