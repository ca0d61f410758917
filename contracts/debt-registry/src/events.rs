//! One event per act, with everything an indexer needs.

use cosmwasm_std::{Addr, Event, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::{
    ContractError,
    exchange::Swap,
    issue::Issue,
    liquidate::Closing,
    pool::ValuedPool,
    repay::Repay,
    state::{Config, Supply, Synth},
};

/// An issuer was added.
pub fn add_issuer(address: &Addr, dollar: &str, decimals: u8, shared_debt: bool) -> Event {
    Event::new("add_issuer")
        .add_attribute("issuer", address)
        .add_attribute("dollar", dollar)
        .add_attribute("decimals", decimals.to_string())
        .add_attribute("shared_debt", shared_debt.to_string())
}

/// A synth was added and has its cw20.
pub fn add_synth(issuer: &Addr, id: &str, synth: &Synth, decimals: u8, is_dollar: bool) -> Event {
    Event::new("add_synth")
        .add_attribute("issuer", issuer)
        .add_attribute("synth", id)
        .add_attribute("token", &synth.token)
        .add_attribute("decimals", decimals.to_string())
        .add_attribute("ceiling", synth.ceiling)
        .add_attribute("is_dollar", is_dollar.to_string())
}

/// A ceiling was set.
pub fn set_ceiling(issuer: &Addr, id: &str, synth: &Synth, supply: &Supply) -> Event {
    Event::new("set_ceiling")
        .add_attribute("issuer", issuer)
        .add_attribute("synth", id)
        .add_attribute("ceiling", synth.ceiling)
        .add_attribute("supply", supply.recorded)
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
        .add_attribute("supply", issue.pool.dollar.recorded)
        .add_attribute("pool_debt", issue.debt.units_ceil(before.decimals())?)
        .add_attribute("pool_shares", issue.pool.total_shares)
        .add_attribute("epoch", issue.pool.epoch.to_string());
    if let Some((treasury, shares)) = &issue.treasury {
        event = event
            .add_attribute("treasury", treasury)
            .add_attribute("treasury_shares", *shares);
    }
    Ok(event)
}

/// Debt was repaid. `refund` was burnt and is minted again.
pub fn repay(
    before: &ValuedPool,
    account: &Addr,
    repay: &Repay,
    refund: Uint128,
) -> Result<Event, ContractError> {
    Ok(settled(Event::new("repay"), before, account, repay)?
        .add_attribute("amount", repay.answer.amount)
        .add_attribute("refund", refund))
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
        .add_attribute("supply", repay.dollar.recorded)
        .add_attribute("pool_debt", repay.pool.debt.units_ceil(before.decimals())?)
        .add_attribute("pool_shares", repay.pool.total_shares)
        .add_attribute("epoch", before.pool.epoch.to_string()))
}

/// A synth was exchanged for another.
pub fn exchange(issuer: &Addr, swap: &Swap, from: &Supply, to: &Supply) -> Event {
    Event::new("exchange")
        .add_attribute("issuer", issuer)
        .add_attribute("recipient", &swap.recipient)
        .add_attribute("from", &swap.from)
        .add_attribute("amount", swap.amount)
        .add_attribute("from_supply", from.recorded)
        .add_attribute("to", &swap.to)
        .add_attribute("out", swap.out)
        .add_attribute("fee", swap.fee)
        .add_attribute("to_supply", to.recorded)
}

/// Dollar synth of an issuer without shared debt was minted.
pub fn mint_usd(issuer: &Addr, recipient: &Addr, amount: Uint128, dollar: &Supply) -> Event {
    Event::new("mint_usd")
        .add_attribute("issuer", issuer)
        .add_attribute("recipient", recipient)
        .add_attribute("amount", amount)
        .add_attribute("supply", dollar.recorded)
}

/// Dollar synth of an issuer without shared debt was burnt.
pub fn burn_usd(issuer: &Addr, amount: Uint128, dollar: &Supply) -> Event {
    Event::new("burn_usd")
        .add_attribute("issuer", issuer)
        .add_attribute("amount", amount)
        .add_attribute("supply", dollar.recorded)
}

/// Synths were donated.
pub fn donate(issuer: &Addr, id: &str, supply: &Supply, received: &Cw20ReceiveMsg) -> Event {
    Event::new("donate")
        .add_attribute("issuer", issuer)
        .add_attribute("synth", id)
        .add_attribute("sender", &received.sender)
        .add_attribute("amount", received.amount)
        .add_attribute("supply", supply.recorded)
}

/// Fees were minted.
pub fn mint_fees(issuer: &Addr, synths: &[String], amounts: &[Uint128]) -> Event {
    let list: Vec<String> = synths
        .iter()
        .zip(amounts)
        .map(|(synth, amount)| format!("{amount}{synth}"))
        .collect();
    Event::new("mint_fees")
        .add_attribute("issuer", issuer)
        .add_attribute("minted", list.join(","))
}
