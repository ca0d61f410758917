//! One chain event per act, built here and nowhere else.

use ballast_types::{
    Token,
    pool_manager::{PoolId, Schedule, StreamId, Target},
    rewards_distributor::{Payee, Payout, Recipient},
};
use cosmwasm_std::{Addr, Event, Uint128};

/// What is given to whom of which token.
pub struct Gift<'a> {
    pub target: &'a Target,
    pub token: &'a Token,
    pub amount: Uint128,
}

pub fn fund(payer: &Addr, gift: &Gift, schedule: Option<Schedule>) -> Event {
    let event = given(Event::new("fund").add_attribute("payer", payer), gift);
    let Some(schedule) = schedule else {
        return event;
    };
    let event = event.add_attribute("duration_secs", schedule.duration_secs.to_string());
    match schedule.start {
        Some(start) => event.add_attribute("start", start.to_string()),
        None => event,
    }
}

/// The manager has taken a stream or a gift.
pub fn funded(stream: StreamId, gift: &Gift) -> Event {
    given(Event::new("funded").add_attribute("stream", stream), gift)
}

/// The manager has not taken a gift, which waits.
pub fn gift_waits(gift: &Gift, reason: &str) -> Event {
    given(Event::new("gift_waits"), gift).add_attribute("reason", reason)
}

fn given(event: Event, gift: &Gift) -> Event {
    event
        .add_attribute(
            "target",
            Payee::<Addr>::Lps(gift.target.clone()).to_string(),
        )
        .add_attribute("token", gift.token.to_string())
        .add_attribute("amount", gift.amount)
}

pub fn payout(payout: &Payout, token: &Token) -> Event {
    Event::new("payout")
        .add_attribute("stream", payout.stream)
        .add_attribute("account", &payout.account)
        .add_attribute("token", token.to_string())
        .add_attribute("amount", payout.amount)
}

/// A cut could not be claimed.
pub fn claim_failed(pool: PoolId, reason: &str) -> Event {
    Event::new("claim_failed")
        .add_attribute("pool", pool)
        .add_attribute("reason", reason)
}

/// What arrived was divided; `rest` waits for the next time.
pub fn divide(dollar: &Token, arrived: Uint128, rest: Uint128) -> Event {
    Event::new("divide")
        .add_attribute("token", dollar.to_string())
        .add_attribute("arrived", arrived)
        .add_attribute("rest", rest)
}

/// A recipient's part of what was divided.
pub fn part(recipient: &Payee<Addr>, amount: Uint128) -> Event {
    Event::new("part")
        .add_attribute("recipient", recipient.to_string())
        .add_attribute("amount", amount)
}

pub fn claim(recipient: &Payee<Addr>, amount: Uint128) -> Event {
    Event::new("claim")
        .add_attribute("recipient", recipient.to_string())
        .add_attribute("amount", amount)
}

pub fn set_recipients(recipients: &[Recipient]) -> Event {
    let event = Event::new("set_recipients");
    recipients.iter().fold(event, |event, recipient| {
        event
            .add_attribute("recipient", recipient.to.to_string())
            .add_attribute("share", recipient.share.to_string())
    })
}

pub fn set_token(token: &Token, allowed: bool) -> Event {
    Event::new("set_token")
        .add_attribute("token", token.to_string())
        .add_attribute("allowed", allowed.to_string())
}

pub fn set_funder(funder: &Addr, allowed: bool) -> Event {
    Event::new("set_funder")
        .add_attribute("funder", funder)
        .add_attribute("allowed", allowed.to_string())
}
