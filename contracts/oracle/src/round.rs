//! What a round computes, without storage: the median, how long it holds, and what it does to
//! the record and its breaker.

use ballast_math::{
    MathError,
    volatility::{ema, is_within, volatility},
};
use ballast_types::oracle::{PriceRecord, Rule, Status};
use cosmwasm_std::Decimal;

/// The price of a source that is live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The source's name.
    pub name: String,
    /// USD for one whole token.
    pub price: Decimal,
    /// The last second at which it is young enough.
    pub expires_at: u64,
}

/// What the live sources say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A price.
    Agreed(Agreement),
    /// No price: fewer than `min_sources` are live, or the two in the middle disagree.
    TooFew {
        /// Names of those that are live.
        live: Vec<String>,
    },
}

/// A median and how long it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The median of the live sources.
    pub median: Decimal,
    /// The last second at which `min_sources` of them are young enough.
    pub valid_until: u64,
    /// Their names.
    pub live: Vec<String>,
}

/// What a round does to the breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The median is accepted, or a halt goes on.
    Steady,
    /// The breaker trips.
    HaltBegins,
    /// The asset stays halted and its window begins anew.
    HaltRestarts,
    /// The window has confirmed the new price.
    HaltEnds,
}

/// What the live sources say together under a rule.
pub fn verdict(rule: &Rule, quotes: &[Quote]) -> Result<Verdict, MathError> {
    let live = quotes.iter().map(|quote| quote.name.clone()).collect();
    let agreed = match valid_until(quotes, rule.min_sources) {
        Some(valid_until) => median(quotes, rule.max_spread)?.map(|median| (median, valid_until)),
        None => None,
    };
    Ok(match agreed {
        Some((median, valid_until)) => Verdict::Agreed(Agreement {
            median,
            valid_until,
            live,
        }),
        None => Verdict::TooFew { live },
    })
}

/// The price in the middle. With an even count the mean of the two in the middle, rounded down,
/// if the higher is at most `max_spread` of the lower above it.
pub fn median(quotes: &[Quote], max_spread: Decimal) -> Result<Option<Decimal>, MathError> {
    let mut prices: Vec<Decimal> = quotes.iter().map(|quote| quote.price).collect();
    prices.sort_unstable();
    let half = prices.len() / 2;
    let Some(&upper) = prices.get(half) else {
        return Ok(None);
    };
    if prices.len() % 2 == 1 {
        return Ok(Some(upper));
    }
    let Some(&lower) = half.checked_sub(1).and_then(|below| prices.get(below)) else {
        return Ok(None);
    };
    if !is_within(upper, lower, max_spread)? {
        return Ok(None);
    }
    let half_way = Decimal::new(upper.abs_diff(lower).atomics().checked_shr(1)?);
    Ok(Some(lower.checked_add(half_way)?))
}

/// The last second at which at least `min_sources` of the quotes are young enough: the
/// `min_sources`-th largest of their expiries. None when there are fewer quotes.
pub fn valid_until(quotes: &[Quote], min_sources: u8) -> Option<u64> {
    let mut expiries: Vec<u64> = quotes.iter().map(|quote| quote.expires_at).collect();
    expiries.sort_unstable_by(|a, b| b.cmp(a));
    let last_needed = usize::from(min_sources).checked_sub(1)?;
    expiries.get(last_needed).copied()
}

/// The record of the first round: price and average are its median.
pub fn first(decimals: u8, agreement: &Agreement, now: u64) -> PriceRecord {
    PriceRecord {
        decimals,
        price: agreement.median,
        ema: agreement.median,
        volatility: Decimal::zero(),
        round: 0,
        updated_at: now,
        valid_until: agreement.valid_until,
        status: Status::Live {},
    }
}

/// The record after one more round, and what happened to the breaker.
///
/// - Not halted: a median within `max_deviation` of the average is accepted; any other begins a
///   halt, in which price, average and volatility number stand.
/// - Halted: a median within `max_spread` of the window's first keeps the window, if the record
///   had not expired since; once the window is `breaker_window` long the median is the price and
///   the window's first the average. Any other median begins a new window, one near the average
///   too: coming back is confirmed like anything else.
pub fn next(
    previous: &PriceRecord,
    rule: &Rule,
    agreement: &Agreement,
    now: u64,
) -> Result<(PriceRecord, Turn), MathError> {
    let median = agreement.median;
    let halt = |first, since| Status::Halted {
        first,
        since,
        latest: median,
    };
    let record = PriceRecord {
        round: following(previous.round)?,
        updated_at: now,
        valid_until: agreement.valid_until,
        ..previous.clone()
    };
    let Status::Halted { first, since, .. } = previous.status else {
        if is_within(median, previous.ema, rule.max_deviation)? {
            let elapsed = now.saturating_sub(previous.updated_at);
            let average = ema(previous.ema, median, elapsed, rule.ema_period_secs)?;
            return Ok((accept(record, median, average)?, Turn::Steady));
        }
        let status = halt(median, now);
        return Ok((PriceRecord { status, ..record }, Turn::HaltBegins));
    };
    let confirms = is_within(median, first, rule.max_spread)? && previous.is_fresh(now);
    if !confirms {
        let status = halt(median, now);
        return Ok((PriceRecord { status, ..record }, Turn::HaltRestarts));
    }
    if now.saturating_sub(since) >= rule.breaker_window_secs {
        return Ok((accept(record, median, first)?, Turn::HaltEnds));
    }
    let status = halt(first, since);
    Ok((PriceRecord { status, ..record }, Turn::Steady))
}

/// The record with a new accepted price: the volatility number sees the move from the old one.
pub fn accept(
    record: PriceRecord,
    price: Decimal,
    average: Decimal,
) -> Result<PriceRecord, MathError> {
    Ok(PriceRecord {
        volatility: volatility(record.volatility, record.price, price)?,
        price,
        ema: average,
        status: Status::Live {},
        ..record
    })
}

/// The record of a retired synth: its price is final and never too old.
pub fn retired(
    previous: Option<&PriceRecord>,
    decimals: u8,
    price: Decimal,
    now: u64,
) -> Result<PriceRecord, MathError> {
    Ok(PriceRecord {
        decimals,
        price,
        ema: price,
        volatility: Decimal::zero(),
        round: previous.map_or(Ok(0), |record| following(record.round))?,
        updated_at: now,
        valid_until: u64::MAX,
        status: Status::Retired {},
    })
}

fn following(sequence: u64) -> Result<u64, MathError> {
    sequence.checked_add(1).ok_or(MathError::OutOfRange {
        operation: "the number of a round",
    })
}
