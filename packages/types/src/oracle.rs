//! The oracle: prices are written, then read (DESIGN §3).
//!
//! A write is a `push` by a named feeder or a `poke` by anyone. One write per asset and
//! round interval that finds something new makes a *round*: the median of the live sources,
//! and with it price, average, volatility number and breaker. Contracts read the [`PriceRecord`] raw through
//! [`record`] and take the price that fits what they do: [`PriceRecord::strict`],
//! [`PriceRecord::exit`] or [`PriceRecord::repay`].

use std::{fmt, ops::RangeInclusive};

use cosmwasm_schema::{QueryResponses, cw_serde, schemars::JsonSchema};
use cosmwasm_std::{Addr, Decimal, QuerierWrapper, StdError};
use cw_ownable::Action;
use cw_storage_plus::Map;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, MapAccess, Visitor},
};
use thiserror::Error;

use crate::{price::PriceAnswer, stored_as_array};

/// The most assets one `poke`, `push` or batched query may name.
pub const MAX_BATCH: usize = 64;
/// The most sources an asset may have.
pub const MAX_SOURCES: usize = 8;
/// Rounds that are kept per asset.
pub const RING: u64 = 64;
/// How long before it takes effect the retirement of a synth is announced.
pub const RETIREMENT_NOTICE_SECS: u64 = 86_400;
/// The lowest price an asset may have, in units of 1e-18 dollars: 1e-12 dollars.
pub const MIN_PRICE: Decimal = Decimal::raw(1_000_000);
/// The highest price an asset may have: 1e12 dollars.
pub const MAX_PRICE: Decimal = Decimal::raw(1_000_000_000_000_000_000_000_000_000_000);

// ---------------------------------------------------------------- what other contracts read

/// Price records by asset id. Key and type are part of the interface.
pub const PRICES: Map<&str, StoredRecord> = Map::new("price");
/// Decimals by asset id, from the moment the asset is added. Part of the interface.
pub const DECIMALS: Map<&str, u8> = Map::new("decimals");
/// The kept rounds: asset id and sequence number modulo [`RING`]. Part of the interface.
pub const ROUNDS: Map<(&str, u64), StoredRound> = Map::new("round");

/// All that a reader needs to know of an asset's price.
#[cw_serde]
pub struct PriceRecord {
    /// Decimals of the token.
    pub decimals: u8,
    /// The last accepted price: USD for one whole token.
    pub price: Decimal,
    /// The moving average of accepted prices.
    pub ema: Decimal,
    /// The volatility number, a part of the price.
    pub volatility: Decimal,
    /// Sequence number of the last round, from 0.
    pub round: u64,
    /// Block time of the last round.
    pub updated_at: u64,
    /// The last second at which at least `min_sources` of the prices it was made of are not
    /// older than `max_age`.
    pub valid_until: u64,
    /// The newest publication among the prices it was made of. The next round needs a newer
    /// one: what nobody has said again confirms nothing and calms nothing.
    pub published_at: u64,
    /// Whether its retirement is announced: from then on a synth only leaves, for whoever
    /// knows its final price would take it.
    pub retiring: bool,
    /// Whether new positions may rely on it.
    pub status: Status,
}

/// A [`PriceRecord`] as it is stored: the array of its fields.
pub struct StoredRecord(pub PriceRecord);
stored_as_array!(StoredRecord(PriceRecord) {
    decimals,
    price,
    ema,
    volatility,
    round,
    updated_at,
    valid_until,
    published_at,
    retiring,
    status,
});

// Read by hand, below: every reader of prices has this in its code, and a derived reader is five
// times as large.
/// Whether new positions may rely on a price.
#[derive(Serialize, Clone, Debug, PartialEq, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
#[schemars(crate = "cosmwasm_schema::schemars")]
pub enum Status {
    /// They may.
    Live {},
    /// At the last write too few sources were live, or the two in the middle disagreed. The next
    /// round ends it.
    Uncertain {
        /// Names of the sources that were live then.
        live: Vec<String>,
        /// How many are needed.
        required: u8,
    },
    /// A median beyond `max_deviation` of the average tripped the breaker.
    Halted {
        /// The median that the window confirms: every median since stayed near it.
        first: Decimal,
        /// When it was seen.
        since: u64,
        /// The newest median.
        latest: Decimal,
    },
    /// Retired at its final price; redeemed at it.
    Retired {},
}

/// The fields of every [`Status`].
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct StatusFields {
    live: Vec<String>,
    required: u8,
    first: Option<Decimal>,
    since: u64,
    latest: Option<Decimal>,
}

struct StatusVisitor;

impl<'de> Visitor<'de> for StatusVisitor {
    type Value = Status;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the status of a price")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Status, M::Error> {
        let name = map.next_key::<String>()?.unwrap_or_default();
        let of: StatusFields = map.next_value()?;
        let status = match name.as_str() {
            "live" => Status::Live {},
            "uncertain" => Status::Uncertain {
                live: of.live,
                required: of.required,
            },
            "halted" => Status::Halted {
                first: of.first.ok_or_else(|| M::Error::missing_field("first"))?,
                since: of.since,
                latest: of.latest.ok_or_else(|| M::Error::missing_field("latest"))?,
            },
            "retired" => Status::Retired {},
            name => return Err(M::Error::unknown_variant(name, &[])),
        };
        match map.next_key::<String>()? {
            Some(second) => Err(M::Error::unknown_variant(&second, &[])),
            None => Ok(status),
        }
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(StatusVisitor)
    }
}

/// One round of an asset.
#[cw_serde]
pub struct Round {
    /// Its number, from 0.
    pub sequence: u64,
    /// Block time.
    pub time: u64,
    /// The last accepted price.
    pub price: Decimal,
    /// The median of this round; differs from `price` while the asset is halted.
    pub median: Decimal,
}

/// A [`Round`] as it is stored: the array of its fields.
pub struct StoredRound(pub Round);
stored_as_array!(StoredRound(Round) { sequence, time, price, median });

/// The prices of a possibly halted asset: equal unless it is halted.
#[cw_serde]
#[derive(Copy)]
pub struct ExitPrices {
    /// The lower of the last accepted and the newest median.
    pub low: Decimal,
    /// The higher of them.
    pub high: Decimal,
}

/// Why there is no price to act at.
#[derive(Error, Debug, PartialEq)]
pub enum PriceError {
    /// A storage or query fault.
    #[error("{0}")]
    Std(#[from] StdError),
    /// The oracle has no round of this asset.
    #[error("NoPrice: {asset} has no price yet")]
    NoPrice {
        /// The asset asked for.
        asset: String,
    },
    /// Older than its sources allow.
    #[error("Stale: the price of {asset} was good until {valid_until}, now is {now}")]
    Stale {
        /// The asset.
        asset: String,
        /// When it expired.
        valid_until: u64,
        /// Block time.
        now: u64,
    },
    /// Too few live sources, or the middle two apart.
    #[error(
        "Uncertain: the price of {asset} is uncertain: {live:?} are live, {required} must be and agree"
    )]
    Uncertain {
        /// The asset.
        asset: String,
        /// Names of the live sources.
        live: Vec<String>,
        /// How many are needed.
        required: u8,
    },
    /// The breaker has tripped.
    #[error("Halted: {asset} is halted: last accepted {price}, newest median {latest}")]
    Halted {
        /// The asset.
        asset: String,
        /// The last accepted price.
        price: Decimal,
        /// The newest median.
        latest: Decimal,
    },
    /// No round before the time asked for is kept, so that an earlier one could be missing.
    #[error("HistoryTooShort: no round of {asset} before {at} is kept, the oldest is of {oldest}")]
    HistoryTooShort {
        /// The asset.
        asset: String,
        /// The time asked for.
        at: u64,
        /// Block time of the oldest kept round.
        oldest: u64,
    },
    /// No round has come since the time asked for.
    #[error("NoRoundYet: {asset} has no round at or after {at} yet, the newest is of {newest}")]
    NoRoundYet {
        /// The asset.
        asset: String,
        /// The time asked for.
        at: u64,
        /// Block time of the newest round.
        newest: u64,
    },
}

/// Where the round of a sequence number is kept.
pub const fn ring_slot(sequence: u64) -> u64 {
    sequence % RING
}

/// Sequence numbers of the rounds that are kept when `newest` is the newest.
pub const fn kept_rounds(newest: u64) -> RangeInclusive<u64> {
    newest.saturating_sub(RING - 1)..=newest
}

/// The first round of `asset` at or after `at`, from the oracle's storage: two raw reads and at
/// most six more, about 9,000 gas.
///
/// Errs with `HistoryTooShort` unless a round before that time is still kept, and with
/// `NoRoundYet` when none came after it.
pub fn first_round_at(
    querier: &QuerierWrapper,
    oracle: &Addr,
    asset: &str,
    at: u64,
) -> Result<Round, PriceError> {
    let newest = record(querier, oracle, asset)?.round;
    find_first_round(asset, newest, at, |sequence| {
        let round = ROUNDS.query(querier, oracle.clone(), (asset, ring_slot(sequence)))?;
        Ok(round.map(|stored| stored.0))
    })
}

/// [`first_round_at`] over any reader of the ring: `load` gives the round in the slot of a
/// sequence number, `newest` is the number of the newest round. Times of rounds never fall, so
/// the search halves what is kept.
pub fn find_first_round(
    asset: &str,
    newest: u64,
    at: u64,
    load: impl Fn(u64) -> Result<Option<Round>, PriceError>,
) -> Result<Round, PriceError> {
    let load = |sequence| -> Result<Round, PriceError> {
        load(sequence)?
            .filter(|round| round.sequence == sequence)
            .ok_or_else(|| StdError::not_found(format!("round {sequence} of {asset}")).into())
    };
    let (mut before, newest_kept) = kept_rounds(newest).into_inner();
    let mut found = load(newest_kept)?;
    if found.time < at {
        return Err(PriceError::NoRoundYet {
            asset: asset.to_owned(),
            at,
            newest: found.time,
        });
    }
    let oldest = load(before)?;
    if oldest.time >= at {
        return Err(PriceError::HistoryTooShort {
            asset: asset.to_owned(),
            at,
            oldest: oldest.time,
        });
    }
    // the round `before` is too early, `found` is not; what lies between is halved
    loop {
        let middle = before.midpoint(found.sequence);
        if middle == before {
            return Ok(found);
        }
        let round = load(middle)?;
        if round.time < at {
            before = middle;
        } else {
            found = round;
        }
    }
}

/// Reads the record of `asset` from the oracle's storage: about 1,400 gas.
pub fn record(
    querier: &QuerierWrapper,
    oracle: &Addr,
    asset: &str,
) -> Result<PriceRecord, PriceError> {
    let stored = PRICES.query(querier, oracle.clone(), asset)?;
    stored
        .map(|stored| stored.0)
        .ok_or_else(|| PriceError::NoPrice {
            asset: asset.to_owned(),
        })
}

/// Reads the decimals of `asset` from the oracle's storage; none when it is unknown there.
pub fn decimals(
    querier: &QuerierWrapper,
    oracle: &Addr,
    asset: &str,
) -> Result<Option<u8>, PriceError> {
    Ok(DECIMALS.query(querier, oracle.clone(), asset)?)
}

impl PriceRecord {
    /// The price for what opens risk (mint, withdraw, exchange): refuses stale, uncertain and
    /// halted prices. A retired synth has its final price.
    pub fn strict(&self, asset: &str, now: u64) -> Result<Decimal, PriceError> {
        self.require_fresh(asset, now)?;
        match &self.status {
            Status::Live {} | Status::Retired {} => Ok(self.price),
            Status::Uncertain { live, required } => Err(PriceError::Uncertain {
                asset: asset.to_owned(),
                live: live.clone(),
                required: *required,
            }),
            Status::Halted { latest, .. } => Err(PriceError::Halted {
                asset: asset.to_owned(),
                price: self.price,
                latest: *latest,
            }),
        }
    }

    /// The prices for what closes risk (liquidate, reduce, clear a flag): age alone counts,
    /// and a halted asset has two. The caller takes the one its act must bear.
    pub fn exit(&self, asset: &str, now: u64) -> Result<ExitPrices, PriceError> {
        self.require_fresh(asset, now)?;
        let other = self.newest_median();
        Ok(ExitPrices {
            low: self.price.min(other),
            high: self.price.max(other),
        })
    }

    /// The price of a synth for repaying: the one that makes the debt larger. Never refused: a
    /// price that is too old counts as the larger of itself and its average, so that one dead
    /// feed does not stop every staker's exit.
    pub fn repay(&self, now: u64) -> Decimal {
        let largest = self.price.max(self.newest_median());
        if self.is_fresh(now) {
            largest
        } else {
            largest.max(self.ema)
        }
    }

    /// The lowest price that is known: of what is live the lower exit price, of what is too
    /// old the lower of that and its average.
    pub fn lowest_known(&self, now: u64) -> Decimal {
        let lowest = self.price.min(self.newest_median());
        if self.is_fresh(now) {
            lowest
        } else {
            lowest.min(self.ema)
        }
    }

    /// Whether the price is young enough to act at.
    pub const fn is_fresh(&self, now: u64) -> bool {
        now <= self.valid_until
    }

    /// Whether the synth only leaves: it is retired, or will be at a price that is known.
    pub const fn only_leaves(&self) -> bool {
        self.retiring || self.is_retired()
    }

    /// Whether the synth is retired.
    pub const fn is_retired(&self) -> bool {
        matches!(self.status, Status::Retired {})
    }

    const fn newest_median(&self) -> Decimal {
        match self.status {
            Status::Halted { latest, .. } => latest,
            _ => self.price,
        }
    }

    fn require_fresh(&self, asset: &str, now: u64) -> Result<(), PriceError> {
        if self.is_fresh(now) {
            return Ok(());
        }
        Err(PriceError::Stale {
            asset: asset.to_owned(),
            valid_until: self.valid_until,
            now,
        })
    }
}

// ---------------------------------------------------------------- messages

/// Sets up an oracle without assets.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// Adds assets, sets rules, ends halts, retires synths.
    pub owner: String,
    /// May switch off a pull source.
    pub guardian: Option<String>,
    /// The least seconds between two rounds of an asset (5).
    pub round_interval_secs: u64,
}

/// How the price of an asset is made of its sources.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Live sources needed for a price.
    pub min_sources: u8,
    /// A source whose price is older than this is not live.
    pub max_age_secs: u64,
    /// With an even number of live sources the two in the middle may differ by this part of
    /// the lower; medians that confirm a halt may differ from its first by as much.
    pub max_spread: Decimal,
    /// A source whose confidence is wider than this part of its price is not live.
    pub max_confidence: Decimal,
    /// Over how many seconds the average follows the price.
    pub ema_period_secs: u64,
    /// A median further than this part from the average trips the breaker.
    pub max_deviation: Decimal,
    /// For how many seconds every median must confirm the first before the halt ends, by what
    /// `min_sources` of the sources publish after them.
    pub breaker_window_secs: u64,
}

/// One source of an asset's price.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its name, unique within the asset.
    pub name: String,
    /// Where the price comes from.
    pub kind: SourceKind,
}

/// Where a price comes from.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum SourceKind {
    /// An address that sends `push`.
    Push {
        /// The feeder; one source of an asset each.
        feeder: String,
    },
    /// A price that never changes: for the dollar synths.
    Fixed {
        /// USD for one whole token.
        price: Decimal,
    },
    /// A Pyth contract.
    Pyth {
        /// The contract.
        contract: String,
        /// The feed's id, 64 hexadecimal digits.
        price_id: String,
    },
    /// A pool that keeps cumulative prices as Astroport's constant-product pairs do: seconds ×
    /// quote / base × 10⁶, both in base units. (Its other pairs count whole tokens: they serve
    /// where base and quote have the same decimals.)
    AmmTwap {
        /// The pair.
        pair: String,
        /// The asset in the pair whose price is made.
        base: crate::TokenUnchecked,
        /// The other asset.
        quote: crate::TokenUnchecked,
        /// Asset id of the quote in this oracle, whose strict price multiplies.
        quote_asset: String,
        /// The average is taken over at least this time, and at most four times it; a pool that
        /// is poked every window or oftener gives one over one to two of them.
        window_secs: u64,
    },
    /// Any contract that answers the standard price query.
    External {
        /// The contract.
        contract: String,
        /// The asset's id there.
        asset: String,
    },
}

impl SourceKind {
    /// Whether `poke` asks it.
    pub const fn is_pull(&self) -> bool {
        matches!(
            self,
            Self::Pyth { .. } | Self::AmmTwap { .. } | Self::External { .. }
        )
    }
}

/// A price that a feeder writes.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct PricePush {
    /// Asset id.
    pub asset: String,
    /// USD for one whole token.
    pub price: Decimal,
    /// When it was true; block time by default. Never in the future, never before the
    /// feeder's last.
    pub published_at: Option<u64>,
    /// Half the width of the interval the price lies in, in USD.
    pub confidence: Option<Decimal>,
}

/// What can be done.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ExecuteMsg {
    /// Writes prices; for each asset the sender must be the feeder of a push source. Makes a
    /// round where one is due and a source has published something newer than the last was made
    /// of; else it only stores. At most 64 prices, each asset once; all are taken or none. It
    /// succeeds when too few sources are live for a round, too: else two feeders could never
    /// begin.
    ///
    /// *Who:* feeders. *Events:* `push` per asset, then `round`, `uncertain`, `halt` or
    /// `halt_end`. *Errors:* `Empty`, `TooMany`, `Duplicate`, `UnknownAsset`, `Retired`,
    /// `NotAFeeder`, `PriceOutOfRange`, `FromTheFuture`, `OlderThanLast`.
    Push {
        /// The prices.
        prices: Vec<PricePush>,
    },
    /// Asks every pull source of each asset that is not switched off and makes a round where one
    /// is due and something is newer than the last was made of: poking again what was said once
    /// ends no halt and calms no volatility number. A source that errs or answers nonsense is skipped, and what it said before stands
    /// until it is too old. At most 64 assets, each once; a price that others are quoted in
    /// should come before them.
    ///
    /// A source contract that loops burns the gas of the poke, and of the poke only: prices by
    /// `push` go on, and the guardian may switch the source off.
    ///
    /// *Who:* anyone. *Events:* `poke` per asset (who answered, who was skipped and why), then
    /// as `push`. *Errors:* `Empty`, `TooMany`, `Duplicate`, `UnknownAsset`, `Retired`.
    Poke {
        /// Asset ids.
        assets: Vec<String>,
    },
    /// Adds an asset. Its decimals never change. Where fixed sources alone are enough it has its
    /// first round at once.
    ///
    /// *Who:* the owner. *Errors:* `InvalidAssetId`, `TooManyDecimals`, `DuplicateAsset`,
    /// `InvalidSources`, `PriceOutOfRange` (of a fixed source), `InvalidAddress`,
    /// `UnknownAsset` (the quote of a pool), `InvalidRule`.
    AddAsset {
        /// Asset id: 1 to 32 characters of `A–Z a–z 0–9 . - _ /`.
        asset: String,
        /// Decimals of its token, 0 to 18.
        decimals: u8,
        /// How its price is made.
        rule: Rule,
        /// 1 to 8 sources.
        sources: Vec<Source>,
    },
    /// Replaces the rule or the sources of an asset, or both. What was observed from a source
    /// stays when its name and kind do, and so does its switch. The standing price lives no
    /// longer than the sources that are left let it, and is uncertain where they are too few. The
    /// next round, made at once where the interval has passed, needs nothing newer: so a changed
    /// fixed price is taken.
    ///
    /// *Who:* the owner. *Errors:* as `add_asset`, and `Empty`, `UnknownAsset`, `Retired`.
    UpdateAsset {
        /// Asset id.
        asset: String,
        /// The new rule.
        rule: Option<Rule>,
        /// The new sources, all of them.
        sources: Option<Vec<Source>>,
    },
    /// Ends a halt at once: the newest median becomes price and average. How long it is valid
    /// does not change, and the volatility number sees the move.
    ///
    /// *Who:* the owner. *Errors:* `UnknownAsset`, `NotHalted`.
    EndHalt {
        /// Asset id.
        asset: String,
    },
    /// Switches one pull source off: it is neither asked nor counted. A price that needs it is
    /// uncertain at once. Switching off what is off already changes nothing.
    ///
    /// *Who:* the guardian or the owner. *Errors:* `NeitherGuardianNorOwner`, `UnknownAsset`,
    /// `Retired`, `UnknownSource`, `NotAPullSource`.
    DisableSource {
        /// Asset id.
        asset: String,
        /// The source's name.
        source: String,
    },
    /// Switches a pull source on again; it counts from the next write on, which needs nothing
    /// newer to make a round.
    ///
    /// *Who:* the owner. *Errors:* `UnknownAsset`, `Retired`, `UnknownSource`,
    /// `NotAPullSource`.
    EnableSource {
        /// Asset id.
        asset: String,
        /// The source's name.
        source: String,
    },
    /// Announces that a synth will retire at a final price, in 24 hours at the earliest. Another
    /// announcement replaces it, and its 24 hours begin anew. From now on the record says
    /// `retiring`, and issuers let the synth only leave.
    ///
    /// *Who:* the owner. *Errors:* `UnknownAsset`, `PriceOutOfRange`, `Retired`.
    AnnounceRetirement {
        /// Asset id.
        asset: String,
        /// The final price.
        price: Decimal,
    },
    /// Takes the announcement back; the record says `retiring` no longer.
    ///
    /// *Who:* the owner. *Errors:* `UnknownAsset`, `Retired`, `NotAnnounced`.
    CancelRetirement {
        /// Asset id.
        asset: String,
    },
    /// Retires a synth: its price is the announced one for ever, and no source moves it. One that
    /// never had a price can be retired too.
    ///
    /// *Who:* the owner. *Errors:* `UnknownAsset`, `Retired`, `NotAnnounced`, `TooEarly`.
    RetireSynth {
        /// Asset id.
        asset: String,
    },
    /// Names another guardian, or none.
    ///
    /// *Who:* the owner. *Errors:* `InvalidAddress`.
    SetGuardian {
        /// The new guardian.
        guardian: Option<String>,
    },
    /// Two-step change of the owner.
    ///
    /// *Who:* the owner, then the one he names.
    UpdateOwnership(Action),
}

/// What can be asked.
#[cw_serde]
#[derive(QueryResponses)]
#[serde(deny_unknown_fields)]
pub enum QueryMsg {
    /// The standard price query: the strict price, published at its last round (a price that is
    /// never too old: now). Errs when there is none.
    #[returns(PriceAnswer)]
    Price {
        /// Asset id.
        asset: String,
    },
    /// Everything about the prices of up to 64 assets, in the order asked. Errs with
    /// `UnknownAsset`; an asset without a price is answered, with the problem.
    #[returns(Vec<PriceView>)]
    Prices {
        /// Asset ids.
        assets: Vec<String>,
    },
    /// Rule, sources and what they said last.
    #[returns(AssetResponse)]
    Asset {
        /// Asset id.
        asset: String,
    },
    /// Assets by id.
    #[returns(Vec<AssetResponse>)]
    Assets {
        /// The last id of the page before.
        start_after: Option<String>,
        /// At most 30; 10 by default.
        limit: Option<u32>,
    },
    /// The first round at or after a time. Errs with `HistoryTooShort` unless a round before
    /// that time is still kept, and with `NoRoundYet` when none came after it.
    #[returns(Round)]
    FirstRoundAt {
        /// Asset id.
        asset: String,
        /// Seconds.
        at: u64,
    },
    /// The kept rounds, newest first.
    #[returns(Vec<Round>)]
    Rounds {
        /// Asset id.
        asset: String,
        /// The sequence number of the last round of the page before.
        start_after: Option<u64>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// Round interval and guardian.
    #[returns(ConfigResponse)]
    Config {},
    /// The owner, and who may become it.
    #[returns(cw_ownable::Ownership<String>)]
    Ownership {},
}

/// Round interval and guardian.
#[cw_serde]
pub struct ConfigResponse {
    /// The least seconds between two rounds of an asset.
    pub round_interval_secs: u64,
    /// May switch off a pull source.
    pub guardian: Option<String>,
}

/// Everything about an asset's price.
#[cw_serde]
pub struct PriceView {
    /// Asset id.
    pub asset: String,
    /// What contracts read; none before the first round.
    pub record: Option<PriceRecord>,
    /// The price for mint, withdraw and exchange, when there is one.
    pub strict: Option<Decimal>,
    /// The prices for exits, when there are any.
    pub exit: Option<ExitPrices>,
    /// The price for repaying.
    pub repay: Option<Decimal>,
    /// Why there is no strict price.
    pub problem: Option<String>,
}

/// Rule, sources and what they said last.
#[cw_serde]
pub struct AssetResponse {
    /// Asset id.
    pub asset: String,
    /// Decimals of its token.
    pub decimals: u8,
    /// How its price is made.
    pub rule: Rule,
    /// Its sources.
    pub sources: Vec<SourceView>,
    /// An announced retirement.
    pub retirement: Option<Retirement>,
}

/// A source and what it said last.
#[cw_serde]
pub struct SourceView {
    /// The source.
    #[serde(flatten)]
    pub source: Source,
    /// Whether the guardian has switched it off.
    pub disabled: bool,
    /// What it said last.
    pub observation: Option<PriceAnswer>,
    /// Whether that counts now.
    pub live: bool,
}

/// An announced retirement.
#[cw_serde]
pub struct Retirement {
    /// The final price.
    pub price: Decimal,
    /// From when on it may take effect.
    pub from: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::{cell::Cell, str::FromStr};

    fn d(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    fn record(status: Status) -> PriceRecord {
        PriceRecord {
            decimals: 6,
            price: d("100"),
            ema: d("110"),
            volatility: d("0"),
            round: 3,
            updated_at: 40,
            valid_until: 50,
            published_at: 0,
            retiring: false,
            status,
        }
    }

    fn uncertain() -> Status {
        Status::Uncertain {
            live: vec!["a".to_owned()],
            required: 2,
        }
    }

    fn halted(latest: &str) -> Status {
        Status::Halted {
            first: d("7"),
            since: 1,
            latest: d(latest),
        }
    }

    /// What each mode says, while the price is valid and a second after.
    #[rstest]
    #[case::live(Status::Live {}, 50, "100", "100 100", "100")]
    #[case::stale(Status::Live {}, 51, "Stale", "Stale", "110")]
    #[case::uncertain(uncertain(), 50, "Uncertain", "100 100", "100")]
    #[case::uncertain_and_stale(uncertain(), 51, "Stale", "Stale", "110")]
    #[case::halted_above(halted("300"), 50, "Halted", "100 300", "300")]
    #[case::halted_below(halted("3"), 50, "Halted", "3 100", "100")]
    #[case::halted_and_stale(halted("3"), 51, "Stale", "Stale", "110")]
    #[case::halted_far_above_and_stale(halted("300"), 51, "Stale", "Stale", "300")]
    #[case::retired(Status::Retired {}, 50, "100", "100 100", "100")]
    fn modes(
        #[case] status: Status,
        #[case] now: u64,
        #[case] strict: &str,
        #[case] exit: &str,
        #[case] repay: &str,
    ) {
        let record = record(status);
        let name = |error: PriceError| error.to_string().split(':').next().unwrap().to_owned();
        let told = record.strict("A", now).map_or_else(name, |p| p.to_string());
        assert_eq!(told, strict);
        let told = record
            .exit("A", now)
            .map_or_else(name, |p| format!("{} {}", p.low, p.high));
        assert_eq!(told, exit);
        assert_eq!(record.repay(now), d(repay));
    }

    /// Rounds at the times given, as many of them as the ring keeps.
    fn search(times: &[u64], at: u64) -> (Result<Round, PriceError>, u32) {
        let reads = Cell::new(0);
        let newest = times.len() as u64 - 1;
        let found = find_first_round("A", newest, at, |sequence| {
            reads.set(reads.get() + 1);
            // the slot of a sequence holds the newest round that falls into it
            let slot = ring_slot(sequence);
            let held = (0..=newest).rev().find(|s| ring_slot(*s) == slot);
            Ok(held.map(|sequence| Round {
                sequence,
                time: times[usize::try_from(sequence).unwrap()],
                price: d("1"),
                median: d("1"),
            }))
        });
        (found, reads.get())
    }

    /// Read off the list: the naive answer.
    fn naive(times: &[u64], at: u64) -> Result<u64, &'static str> {
        let kept = times.len().saturating_sub(64);
        if times.last().unwrap() < &at {
            Err("NoRoundYet")
        } else if times[kept] >= at {
            Err("HistoryTooShort")
        } else {
            let place = times.iter().position(|time| *time >= at).unwrap();
            Ok(place as u64)
        }
    }

    #[rstest]
    #[case::a_single_round(1)]
    #[case::two(2)]
    #[case::one_short_of_full(63)]
    #[case::full(64)]
    #[case::one_dropped(65)]
    #[case::twice_around(128)]
    #[case::and_one(129)]
    fn every_time_at_and_around_the_ends(#[case] rounds: u64) {
        let times: Vec<u64> = (0..rounds).map(|i| 1000 + 5 * i + (i % 3)).collect();
        for at in 995..1010 + 5 * rounds {
            let (found, reads) = search(&times, at);
            let told = found.map(|round| round.sequence).map_err(|error| {
                let text = error.to_string();
                text.split(':').next().unwrap().to_owned()
            });
            assert_eq!(told, naive(&times, at).map_err(str::to_owned), "at {at}");
            assert!(reads <= 8, "{reads} reads");
        }
    }

    #[test]
    fn rounds_of_one_second_give_the_first() {
        let (found, _) = search(&[10, 20, 20, 20, 30], 20);
        assert_eq!(found.unwrap().sequence, 1);
    }

    #[test]
    fn a_hole_is_an_error() {
        let hole = find_first_round("A", 5, 3, |_| Ok(None)).unwrap_err();
        assert!(matches!(hole, PriceError::Std(_)), "{hole}");
    }

    #[test]
    fn views_survive_json() {
        let view = SourceView {
            source: Source {
                name: "a".to_owned(),
                kind: SourceKind::Fixed { price: d("1") },
            },
            disabled: false,
            observation: None,
            live: true,
        };
        let json = cosmwasm_std::to_json_string(&view).unwrap();
        assert_eq!(
            json,
            r#"{"name":"a","kind":{"fixed":{"price":"1"}},"disabled":false,"observation":null,"live":true}"#
        );
        assert_eq!(cosmwasm_std::from_json::<SourceView>(json).unwrap(), view);
    }
}
