//! One constructor per chain event.

use ballast_types::oracle::{PricePush, PriceRecord, Retirement, Status};
use cosmwasm_std::{Addr, Decimal, Event};

use crate::{round::Agreement, sources::Skip, state::Asset};

/// An oracle is set up.
pub fn instantiate(owner: &str, guardian: Option<&str>, round_interval_secs: u64) -> Event {
    Event::new("instantiate")
        .add_attribute("owner", owner)
        .add_attribute("guardian", guardian.unwrap_or_default())
        .add_attribute("round_interval_secs", round_interval_secs.to_string())
}

/// A feeder has written a price.
pub fn push(feeder: &Addr, push: &PricePush, published_at: u64) -> Event {
    Event::new("push")
        .add_attribute("asset", &push.asset)
        .add_attribute("feeder", feeder)
        .add_attribute("price", push.price.to_string())
        .add_attribute("published_at", published_at.to_string())
        .add_attribute(
            "confidence",
            push.confidence.map_or_else(String::new, |c| c.to_string()),
        )
}

/// The pull sources of an asset were asked.
pub fn poke(asset: &str, answered: &[String], skipped: &[(String, Skip)]) -> Event {
    let skipped: Vec<String> = skipped
        .iter()
        .map(|(name, why)| format!("{name}: {why}"))
        .collect();
    Event::new("poke")
        .add_attribute("asset", asset)
        .add_attribute("answered", answered.join(", "))
        .add_attribute("skipped", skipped.join(", "))
}

/// A round is made.
pub fn round(asset: &str, record: &PriceRecord, agreement: &Agreement) -> Event {
    Event::new("round")
        .add_attribute("asset", asset)
        .add_attribute("sequence", record.round.to_string())
        .add_attribute("price", record.price.to_string())
        .add_attribute("median", agreement.median.to_string())
        .add_attribute("ema", record.ema.to_string())
        .add_attribute("volatility", record.volatility.to_string())
        .add_attribute("valid_until", record.valid_until.to_string())
        .add_attribute("status", status(&record.status))
        .add_attribute("live", agreement.live.join(", "))
}

/// The breaker trips, or its window begins anew.
pub fn halt(asset: &str, record: &PriceRecord, agreement: &Agreement, restarted: bool) -> Event {
    Event::new("halt")
        .add_attribute("asset", asset)
        .add_attribute("price", record.price.to_string())
        .add_attribute("ema", record.ema.to_string())
        .add_attribute("median", agreement.median.to_string())
        .add_attribute("since", record.updated_at.to_string())
        .add_attribute("restarted", restarted.to_string())
}

/// A halt is over, by its window or by the owner.
pub fn halt_end(asset: &str, record: &PriceRecord, by: &str) -> Event {
    Event::new("halt_end")
        .add_attribute("asset", asset)
        .add_attribute("price", record.price.to_string())
        .add_attribute("ema", record.ema.to_string())
        .add_attribute("volatility", record.volatility.to_string())
        .add_attribute("by", by)
}

/// A round was due and too few sources were live or agreed.
pub fn uncertain(asset: &str, live: &[String], required: u8) -> Event {
    Event::new("uncertain")
        .add_attribute("asset", asset)
        .add_attribute("live", live.join(", "))
        .add_attribute("required", required.to_string())
}

/// An asset is added (`add_asset`) or changed (`update_asset`).
pub fn asset(kind: &str, id: &str, asset: &Asset) -> Event {
    let sources: Vec<&str> = asset.sources.iter().map(|s| s.name.as_str()).collect();
    Event::new(kind)
        .add_attribute("asset", id)
        .add_attribute("decimals", asset.decimals.to_string())
        .add_attribute("sources", sources.join(", "))
        .add_attribute("min_sources", asset.rule.min_sources.to_string())
}

/// A source is switched off (`disable_source`) or on (`enable_source`).
pub fn switch(kind: &str, asset: &str, source: &str, by: &Addr) -> Event {
    Event::new(kind)
        .add_attribute("asset", asset)
        .add_attribute("source", source)
        .add_attribute("by", by)
}

/// A retirement is announced.
pub fn announce_retirement(asset: &str, retirement: &Retirement) -> Event {
    Event::new("announce_retirement")
        .add_attribute("asset", asset)
        .add_attribute("price", retirement.price.to_string())
        .add_attribute("from", retirement.from.to_string())
}

/// An announcement is taken back.
pub fn cancel_retirement(asset: &str) -> Event {
    Event::new("cancel_retirement").add_attribute("asset", asset)
}

/// A synth is retired at its final price.
pub fn retire(asset: &str, price: Decimal, sequence: u64) -> Event {
    Event::new("retire")
        .add_attribute("asset", asset)
        .add_attribute("price", price.to_string())
        .add_attribute("sequence", sequence.to_string())
}

const fn status(status: &Status) -> &'static str {
    match status {
        Status::Live {} => "live",
        Status::Uncertain { .. } => "uncertain",
        Status::Halted { .. } => "halted",
        Status::Retired {} => "retired",
    }
}
