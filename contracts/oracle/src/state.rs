//! What the oracle keeps for itself, beside the records that others read
//! ([`PRICES`], [`DECIMALS`](ballast_types::oracle::DECIMALS), [`ROUNDS`]).

use ballast_kit::Controls;
use ballast_types::{
    Token, TokenUnchecked,
    oracle::{
        MAX_PRICE, MIN_PRICE, PRICES, PriceRecord, ROUNDS, Retirement, Round, Rule, Source,
        SourceKind, Status, StoredRecord, StoredRound, ring_slot,
    },
    price::PriceAnswer,
    stored::{Deserialize, Deserializer, Serialize, Serializer},
    stored_as_array,
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Decimal, Event, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::{
    ContractError, events,
    round::{self, Agreement, Quote, Turn, Verdict, verdict},
};

/// Owner and guardian. The oracle has no operations to switch: a write must always be possible.
pub const CONTROLS: Controls<()> = Controls::new();

// "config": what holds for all assets
/// What holds for all assets.
pub const CONFIG: Item<Config> = Item::new("config");

// "asset" + asset id: rule and sources
/// Rule and sources by asset id.
pub const ASSETS: Map<&str, Asset> = Map::new("asset");

// "observed" + asset id: what each source said last, in the order of the sources
/// What the sources of an asset said last: one record, so that a write loads and saves once.
pub const OBSERVED: Map<&str, Vec<Observation>> = Map::new("observed");

/// What holds for all assets.
#[cw_serde]
pub struct Config {
    /// The least seconds between two rounds of an asset.
    pub round_interval_secs: u64,
}

/// How the price of an asset is made.
#[cw_serde]
pub struct Asset {
    /// Decimals of its token.
    pub decimals: u8,
    /// How the sources make a price.
    pub rule: Rule,
    /// 1 to 8 sources.
    pub sources: Vec<CheckedSource>,
    /// An announced retirement.
    pub retirement: Option<Retirement>,
    /// Whether rule or sources have changed since the last round: the next needs no news then.
    pub changed: bool,
}

/// A source whose addresses and figures are known to be good.
#[cw_serde]
pub struct CheckedSource {
    /// Its name, unique within the asset.
    pub name: String,
    /// Where the price comes from.
    pub kind: CheckedKind,
    /// Whether the guardian has switched it off.
    pub disabled: bool,
}

/// Where a price comes from: [`SourceKind`] with checked addresses.
#[cw_serde]
pub enum CheckedKind {
    /// An address that sends `push`.
    Push {
        /// The feeder.
        feeder: Addr,
    },
    /// A price that never changes.
    Fixed {
        /// USD for one whole token.
        price: Decimal,
    },
    /// A Pyth contract.
    Pyth {
        /// The contract.
        contract: Addr,
        /// The feed's id.
        price_id: String,
    },
    /// A pool with cumulative prices.
    AmmTwap {
        /// The pair.
        pair: Addr,
        /// The asset whose price is made.
        base: Token,
        /// The other asset.
        quote: Token,
        /// Asset id of the quote here.
        quote_asset: String,
        /// The least time the average is taken over.
        window_secs: u64,
    },
    /// A contract that answers the standard price query.
    External {
        /// The contract.
        contract: Addr,
        /// The asset's id there.
        asset: String,
    },
}

/// What a source said last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// Its price.
    pub said: Option<PriceAnswer>,
    /// For a pool with cumulative prices: the points its next average starts from.
    pub points: Option<Points>,
}

/// What a source said last, as it is stored: an array of arrays.
impl Serialize for Observation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let said = self.said.clone().map(StoredAnswer);
        (said, &self.points).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Observation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (said, points): (Option<StoredAnswer>, _) = Deserialize::deserialize(deserializer)?;
        Ok(Self {
            said: said.map(|stored| stored.0),
            points,
        })
    }
}

struct StoredAnswer(PriceAnswer);
stored_as_array!(StoredAnswer(PriceAnswer) { price, published_at, confidence });

/// Two points of a pool's accumulator. The older is where the average starts; once the newer is
/// a window old it takes the older's place, so that the average is over one to two windows
/// however often the pool is asked.
#[cw_serde]
pub struct Points {
    /// Where the average starts.
    pub older: Point,
    /// Where the next one will.
    pub newer: Option<Point>,
}

/// A pool's accumulator at a time.
#[cw_serde]
#[derive(Copy)]
pub struct Point {
    /// Seconds.
    pub time: u64,
    /// The accumulator; it wraps.
    pub cumulative: Uint128,
}

/// The record of an asset, once there is one.
pub fn record(storage: &dyn Storage, id: &str) -> StdResult<Option<PriceRecord>> {
    Ok(PRICES.may_load(storage, id)?.map(|stored| stored.0))
}

/// Keeps the record of an asset.
pub fn save_record(storage: &mut dyn Storage, id: &str, record: &PriceRecord) -> StdResult<()> {
    PRICES.save(storage, id, &StoredRecord(record.clone()))
}

/// Whether an asset may have this price.
pub fn in_range(price: Decimal) -> bool {
    (MIN_PRICE..=MAX_PRICE).contains(&price)
}

impl CheckedKind {
    /// Whether `poke` asks it.
    pub const fn is_pull(&self) -> bool {
        matches!(
            self,
            Self::Pyth { .. } | Self::AmmTwap { .. } | Self::External { .. }
        )
    }

    /// Whether it is the push source of `sender`.
    pub fn is_fed_by(&self, sender: &Addr) -> bool {
        matches!(self, Self::Push { feeder } if feeder == sender)
    }
}

impl CheckedSource {
    /// Its price and until when it counts, if it counts now: not switched off, neither too old
    /// nor from the future, in range, and not too uncertain of itself.
    pub fn quote(&self, observed: &Observation, rule: &Rule, now: u64) -> Option<Quote> {
        if self.disabled {
            return None;
        }
        let (price, published_at, expires_at) = match &self.kind {
            CheckedKind::Fixed { price } => (*price, None, u64::MAX),
            _ => {
                let (said, expires_at) = observed.live(rule, now)?;
                (said.price, Some(said.published_at), expires_at)
            }
        };
        in_range(price).then(|| Quote {
            name: self.name.clone(),
            price,
            published_at,
            expires_at,
        })
    }
}

impl Observation {
    fn live(&self, rule: &Rule, now: u64) -> Option<(&PriceAnswer, u64)> {
        let said = self.said.as_ref()?;
        let expires_at = said.published_at.saturating_add(rule.max_age_secs);
        let in_time = said.published_at <= now && now <= expires_at;
        let narrow = said.confidence.is_none_or(|half_width| {
            half_width.atomics().full_mul(Decimal::one().atomics())
                <= said.price.atomics().full_mul(rule.max_confidence.atomics())
        });
        (in_time && narrow).then_some((said, expires_at))
    }
}

/// All that a write of one asset needs: three loads.
#[derive(Debug)]
pub struct Book {
    /// Asset id.
    pub id: String,
    /// Rule and sources.
    pub asset: Asset,
    /// What each source said last; as many as there are sources.
    pub observed: Vec<Observation>,
    /// The record, once there is one.
    pub record: Option<PriceRecord>,
}

impl Book {
    /// Opens the book of an asset.
    pub fn load(storage: &dyn Storage, id: &str) -> Result<Self, ContractError> {
        let asset = ASSETS
            .may_load(storage, id)?
            .ok_or_else(|| ContractError::UnknownAsset {
                asset: id.to_owned(),
            })?;
        Ok(Self {
            id: id.to_owned(),
            asset,
            observed: OBSERVED.load(storage, id)?,
            record: record(storage, id)?,
        })
    }

    /// Opens the book of an asset that is not retired.
    pub fn load_active(storage: &dyn Storage, id: &str) -> Result<Self, ContractError> {
        let book = Self::load(storage, id)?;
        if book.is_retired() {
            return Err(ContractError::Retired { asset: book.id });
        }
        Ok(book)
    }

    /// Whether its price is final.
    pub fn is_retired(&self) -> bool {
        self.record.as_ref().is_some_and(PriceRecord::is_retired)
    }

    /// The sources, each with what it said last.
    pub fn sources_mut(&mut self) -> impl Iterator<Item = (&CheckedSource, &mut Observation)> {
        self.asset.sources.iter().zip(&mut self.observed)
    }

    /// Prices of the sources that are live now.
    pub fn quotes(&self, now: u64) -> Vec<Quote> {
        self.asset
            .sources
            .iter()
            .zip(&self.observed)
            .filter_map(|(source, observed)| source.quote(observed, &self.asset.rule, now))
            .collect()
    }

    /// Makes a round of what was observed, if one is due and anything in it is new. Too few
    /// sources make the price uncertain whether or not there is news.
    pub fn settle(
        &mut self,
        storage: &mut dyn Storage,
        config: &Config,
        now: u64,
    ) -> Result<Vec<Event>, ContractError> {
        if !self.is_due(config, now) {
            return Ok(vec![]);
        }
        match verdict(&self.asset.rule, &self.quotes(now))? {
            Verdict::Agreed(agreement) if self.has_news(&agreement) => {
                self.make_round(storage, &agreement, now)
            }
            Verdict::Agreed(_) => Ok(vec![]),
            Verdict::TooFew { live } => Ok(vec![self.doubt(storage, live)?]),
        }
    }

    /// After rule or sources have changed: makes a round if one is due, of what is known, and
    /// never lets the standing price live longer than the sources that are left would let it.
    /// Where none is due the next write makes it, without asking for news either.
    pub fn reassess(
        &mut self,
        storage: &mut dyn Storage,
        config: &Config,
        now: u64,
    ) -> Result<Vec<Event>, ContractError> {
        if self.is_due(config, now) {
            return self.settle(storage, config, now);
        }
        match verdict(&self.asset.rule, &self.quotes(now))? {
            Verdict::Agreed(agreement) => {
                if let Some(record) = &mut self.record {
                    record.valid_until = record.valid_until.min(agreement.valid_until);
                    save_record(storage, &self.id, record)?;
                }
                Ok(vec![])
            }
            Verdict::TooFew { live } => Ok(vec![self.doubt(storage, live)?]),
        }
    }

    /// Keeps a record and its round.
    pub fn keep_round(
        &mut self,
        storage: &mut dyn Storage,
        record: PriceRecord,
        median: Decimal,
    ) -> StdResult<()> {
        let round = Round {
            sequence: record.round,
            time: record.updated_at,
            price: record.price,
            median,
        };
        let slot = ring_slot(round.sequence);
        ROUNDS.save(storage, (&self.id, slot), &StoredRound(round))?;
        save_record(storage, &self.id, &record)?;
        self.record = Some(record);
        Ok(())
    }

    fn is_due(&self, config: &Config, now: u64) -> bool {
        self.record.as_ref().is_none_or(|record| {
            now >= record.updated_at.saturating_add(config.round_interval_secs)
        })
    }

    fn has_news(&self, agreement: &Agreement) -> bool {
        let newer = |record| round::has_news(record, agreement);
        self.asset.changed || self.record.as_ref().is_none_or(newer)
    }

    fn make_round(
        &mut self,
        storage: &mut dyn Storage,
        agreement: &Agreement,
        now: u64,
    ) -> Result<Vec<Event>, ContractError> {
        let (record, turn) = match &self.record {
            Some(previous) => round::next(previous, &self.asset.rule, agreement, now)?,
            None => {
                let first = PriceRecord {
                    retiring: self.asset.retirement.is_some(),
                    ..round::first(self.asset.decimals, agreement, now)
                };
                (first, Turn::Steady)
            }
        };
        if self.asset.changed {
            self.asset.changed = false;
            ASSETS.save(storage, &self.id, &self.asset)?;
        }
        let mut events = vec![events::round(&self.id, &record, agreement)];
        match turn {
            Turn::Steady => {}
            Turn::HaltBegins => events.push(events::halt(&self.id, &record, agreement, false)),
            Turn::HaltRestarts => events.push(events::halt(&self.id, &record, agreement, true)),
            Turn::HaltEnds => events.push(events::halt_end(&self.id, &record, "window")),
        }
        self.keep_round(storage, record, agreement.median)?;
        Ok(events)
    }

    /// Too few sources: no round, and new positions may not rely on the standing price. A halt
    /// outlasts it.
    fn doubt(&mut self, storage: &mut dyn Storage, live: Vec<String>) -> StdResult<Event> {
        let required = self.asset.rule.min_sources;
        let event = events::uncertain(&self.id, &live, required);
        if let Some(record) = &mut self.record {
            let doubted = Status::Uncertain { live, required };
            let stays = matches!(record.status, Status::Halted { .. } | Status::Retired {});
            if !stays && record.status != doubted {
                record.status = doubted;
                save_record(storage, &self.id, record)?;
            }
        }
        Ok(event)
    }
}

impl From<CheckedSource> for Source {
    fn from(source: CheckedSource) -> Self {
        Self {
            name: source.name,
            kind: source.kind.into(),
        }
    }
}

impl From<CheckedKind> for SourceKind {
    fn from(kind: CheckedKind) -> Self {
        match kind {
            CheckedKind::Push { feeder } => Self::Push {
                feeder: feeder.into(),
            },
            CheckedKind::Fixed { price } => Self::Fixed { price },
            CheckedKind::Pyth { contract, price_id } => Self::Pyth {
                contract: contract.into(),
                price_id,
            },
            CheckedKind::AmmTwap {
                pair,
                base,
                quote,
                quote_asset,
                window_secs,
            } => Self::AmmTwap {
                pair: pair.into(),
                base: unchecked(base),
                quote: unchecked(quote),
                quote_asset,
                window_secs,
            },
            CheckedKind::External { contract, asset } => Self::External {
                contract: contract.into(),
                asset,
            },
        }
    }
}

fn unchecked(token: Token) -> TokenUnchecked {
    match token {
        Token::Native(denom) => TokenUnchecked::Native(denom),
        Token::Cw20(contract) => TokenUnchecked::Cw20(contract.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::Decimal;
    use rstest::rstest;

    const RULE: Rule = Rule {
        min_sources: 1,
        max_age_secs: 60,
        max_spread: Decimal::percent(1),
        max_confidence: Decimal::percent(2),
        ema_period_secs: 100,
        max_deviation: Decimal::percent(20),
        breaker_window_secs: 30,
    };

    #[test]
    fn a_fixed_price_is_never_published() {
        let source = CheckedSource {
            name: "s".to_owned(),
            kind: CheckedKind::Fixed {
                price: Decimal::one(),
            },
            disabled: false,
        };
        let quote = source.quote(&Observation::default(), &RULE, 7).unwrap();
        assert_eq!((quote.published_at, quote.expires_at), (None, u64::MAX));
    }

    /// A price of 100 at 1000: until when it counts, if it counts.
    #[rstest]
    #[case::new(100, None, 1000, false, Some(1060))]
    #[case::as_old_as_may_be(100, None, 1060, false, Some(1060))]
    #[case::too_old(100, None, 1061, false, None)]
    #[case::from_the_future(100, None, 999, false, None)]
    #[case::switched_off(100, None, 1000, true, None)]
    #[case::zero(0, None, 1000, false, None)]
    #[case::sure(100, Some(2), 1000, false, Some(1060))]
    #[case::unsure(100, Some(3), 1000, false, None)]
    fn live(
        #[case] price: u64,
        #[case] confidence: Option<u64>,
        #[case] now: u64,
        #[case] disabled: bool,
        #[case] expected: Option<u64>,
    ) {
        let whole = |units: u64| Decimal::percent(100 * units);
        let source = CheckedSource {
            name: "s".to_owned(),
            kind: CheckedKind::Push {
                feeder: Addr::unchecked("feeder"),
            },
            disabled,
        };
        let observed = Observation {
            said: Some(PriceAnswer {
                price: whole(price),
                published_at: 1000,
                confidence: confidence.map(whole),
            }),
            points: None,
        };
        let quote = source.quote(&observed, &RULE, now);
        if let Some(quote) = &quote {
            assert_eq!(quote.published_at, Some(1000));
        }
        assert_eq!(quote.map(|quote| quote.expires_at), expected);
        assert_eq!(source.quote(&Observation::default(), &RULE, now), None);
    }

    #[test]
    fn a_round_is_due_after_the_interval() {
        let record = |updated_at| {
            let agreement = Agreement {
                median: Decimal::one(),
                valid_until: 0,
                newest: 0,
                confirmed_at: 0,
                live: vec![],
            };
            round::first(6, &agreement, updated_at)
        };
        let mut book = Book {
            id: "A".to_owned(),
            asset: Asset {
                decimals: 6,
                rule: RULE,
                sources: vec![],
                retirement: None,
                changed: false,
            },
            observed: vec![],
            record: None,
        };
        let config = Config {
            round_interval_secs: 5,
        };
        assert!(book.is_due(&config, 0));
        book.record = Some(record(10));
        assert!(!book.is_due(&config, 14));
        assert!(book.is_due(&config, 15));
    }
}
