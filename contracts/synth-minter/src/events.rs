//! One chain event per act, built here and nowhere else.

use ballast_types::{
    Usd,
    synth_minter::{AssetAmount, PositionAfter, SeizedAsset},
};
use cosmwasm_std::{Addr, Event, Uint128};

use crate::state::Flag;

pub fn deposit(
    account: &Addr,
    payer: &Addr,
    asset: &str,
    amount: Uint128,
    staked: Uint128,
) -> Event {
    Event::new("deposit")
        .add_attribute("account", account)
        .add_attribute("payer", payer)
        .add_attribute("asset", asset)
        .add_attribute("amount", amount)
        .add_attribute("staked", staked)
}

pub fn withdraw(
    account: &Addr,
    asset: &str,
    amount: Uint128,
    staked: Uint128,
    after: &PositionAfter,
) -> Event {
    let event = Event::new("withdraw")
        .add_attribute("account", account)
        .add_attribute("asset", asset)
        .add_attribute("amount", amount)
        .add_attribute("staked", staked);
    with_position(event, after)
}

pub fn mint(account: &Addr, collateral_value: Usd) -> Event {
    Event::new("mint")
        .add_attribute("account", account)
        .add_attribute("collateral_value", collateral_value.to_string())
}

pub fn burn(
    account: &Addr,
    payer: &Addr,
    amount: Uint128,
    refund: Uint128,
    debt: Uint128,
) -> Event {
    Event::new("burn")
        .add_attribute("account", account)
        .add_attribute("payer", payer)
        .add_attribute("amount", amount)
        .add_attribute("refund", refund)
        .add_attribute("debt", debt)
}

pub fn flag(account: &Addr, flag: &Flag, now: &PositionAfter) -> Event {
    let event = Event::new("flag")
        .add_attribute("account", account)
        .add_attribute("flagger", &flag.flagger)
        .add_attribute("deadline", flag.deadline.to_string())
        .add_attribute("expires_at", flag.expires_at.to_string());
    with_position(event, now)
}

pub fn flag_ended(account: &Addr, reason: &str) -> Event {
    Event::new("flag_ended")
        .add_attribute("account", account)
        .add_attribute("reason", reason)
}

pub struct Liquidated<'a> {
    pub account: &'a Addr,
    pub liquidator: &'a Addr,
    pub flagger: &'a Addr,
    pub paid: Uint128,
    pub refund: Uint128,
    pub debt_closed: Uint128,
    pub seized: &'a [SeizedAsset],
    pub after: &'a PositionAfter,
}

pub fn liquidate(act: &Liquidated) -> Event {
    let list = |part: fn(&SeizedAsset) -> Uint128| {
        act.seized
            .iter()
            .map(|seized| format!("{}{}", part(seized), seized.asset))
            .collect::<Vec<_>>()
            .join(",")
    };
    let event = Event::new("liquidate")
        .add_attribute("account", act.account)
        .add_attribute("liquidator", act.liquidator)
        .add_attribute("flagger", act.flagger)
        .add_attribute("paid", act.paid)
        .add_attribute("refund", act.refund)
        .add_attribute("debt_closed", act.debt_closed)
        .add_attribute("taken", list(|seized| seized.taken))
        .add_attribute("to_liquidator", list(|seized| seized.liquidator))
        .add_attribute("to_flagger", list(|seized| seized.flagger))
        .add_attribute("to_treasury", list(|seized| seized.treasury));
    with_position(event, act.after)
}

pub fn undelivered(recipient: &Addr, asset: &str, amount: Uint128) -> Event {
    Event::new("undelivered")
        .add_attribute("recipient", recipient)
        .add_attribute("asset", asset)
        .add_attribute("amount", amount)
}

pub fn bad_debt(account: &Addr, amount: Uint128, covered: Uint128, shared: Uint128) -> Event {
    Event::new("bad_debt")
        .add_attribute("account", account)
        .add_attribute("amount", amount)
        .add_attribute("covered", covered)
        .add_attribute("shared", shared)
}

pub struct Exchanged<'a> {
    pub account: &'a Addr,
    pub recipient: &'a Addr,
    pub from: &'a str,
    pub amount: Uint128,
    pub to: &'a str,
    pub out: Uint128,
    pub fee_rate: cosmwasm_std::Decimal,
    pub fee_to_treasury: Uint128,
    pub fee_unminted: Uint128,
}

pub fn exchange(act: &Exchanged) -> Event {
    Event::new("exchange")
        .add_attribute("account", act.account)
        .add_attribute("recipient", act.recipient)
        .add_attribute("from", act.from)
        .add_attribute("amount", act.amount)
        .add_attribute("to", act.to)
        .add_attribute("out", act.out)
        .add_attribute("fee_rate", act.fee_rate.to_string())
        .add_attribute("fee_to_treasury", act.fee_to_treasury)
        .add_attribute("fee_unminted", act.fee_unminted)
}

pub fn payout(kind: &str, recipient: &Addr, paid: &[AssetAmount]) -> Event {
    let list: Vec<String> = paid
        .iter()
        .map(|entry| format!("{}{}", entry.amount, entry.asset))
        .collect();
    Event::new(kind)
        .add_attribute("recipient", recipient)
        .add_attribute("paid", list.join(","))
}

/// Debt and ratio after the act; the ratio is left out where there is none.
fn with_position(event: Event, after: &PositionAfter) -> Event {
    let event = event.add_attribute("debt", after.debt);
    match after.c_ratio {
        Some(ratio) => event.add_attribute("c_ratio", ratio.to_string()),
        None => event,
    }
}
