//! Answers for frontends and keepers. Contracts read the records raw instead.

use ballast_kit::page;
use ballast_types::{
    oracle::{
        AssetResponse, ConfigResponse, DECIMALS, MAX_BATCH, PriceError, PriceRecord, PriceView,
        ROUNDS, Round, SourceView, find_first_round, kept_rounds, ring_slot,
    },
    price::PriceAnswer,
};
use cosmwasm_std::{Deps, Env, Order, StdResult, Storage};
use cw_storage_plus::Bound;

use crate::{
    ContractError,
    state::{self, ASSETS, Asset, Book, CONFIG, CONTROLS, OBSERVED},
};

/// The most assets of a page.
const MAX_ASSETS: u32 = 30;

/// The standard price query. A price that is never too old is true now.
pub fn price(deps: Deps, env: &Env, asset: &str) -> Result<PriceAnswer, ContractError> {
    let now = env.block.time.seconds();
    let record = record(deps.storage, asset)?;
    Ok(PriceAnswer {
        price: record.strict(asset, now)?,
        published_at: if record.valid_until == u64::MAX {
            now
        } else {
            record.updated_at
        },
        confidence: None,
    })
}

/// Everything about the prices of up to 64 assets.
pub fn prices(deps: Deps, env: &Env, assets: Vec<String>) -> Result<Vec<PriceView>, ContractError> {
    if assets.len() > MAX_BATCH {
        return Err(ContractError::TooMany {
            count: assets.len(),
            max: MAX_BATCH,
        });
    }
    let now = env.block.time.seconds();
    assets
        .into_iter()
        .map(|asset| view(deps.storage, asset, now))
        .collect()
}

fn view(storage: &dyn Storage, asset: String, now: u64) -> Result<PriceView, ContractError> {
    let record = may_record(storage, &asset)?;
    let strict = match &record {
        Some(record) => record.strict(&asset, now),
        None => Err(no_price(&asset)),
    };
    Ok(PriceView {
        exit: record
            .as_ref()
            .and_then(|record| record.exit(&asset, now).ok()),
        repay: record.as_ref().map(|record| record.repay(now)),
        problem: strict.as_ref().err().map(ToString::to_string),
        strict: strict.ok(),
        record,
        asset,
    })
}

/// Rule, sources and what they said last.
pub fn asset(deps: Deps, env: &Env, id: &str) -> Result<AssetResponse, ContractError> {
    let book = Book::load(deps.storage, id)?;
    Ok(describe(book, env.block.time.seconds()))
}

/// A page of assets by id.
pub fn assets(
    deps: Deps,
    env: &Env,
    start_after: Option<&str>,
    limit: Option<u32>,
) -> Result<Vec<AssetResponse>, ContractError> {
    let now = env.block.time.seconds();
    ASSETS
        .range(
            deps.storage,
            start_after.map(Bound::exclusive),
            None,
            Order::Ascending,
        )
        .take(page::size(limit, MAX_ASSETS))
        .map(|entry| Ok(describe(open(deps.storage, entry?)?, now)))
        .collect()
}

fn open(storage: &dyn Storage, (id, asset): (String, Asset)) -> StdResult<Book> {
    Ok(Book {
        observed: OBSERVED.load(storage, &id)?,
        record: state::record(storage, &id)?,
        asset,
        id,
    })
}

fn describe(book: Book, now: u64) -> AssetResponse {
    let retired = book.is_retired();
    let Asset {
        decimals,
        rule,
        sources,
        retirement,
        changed: _,
    } = book.asset;
    let sources = sources
        .into_iter()
        .zip(book.observed)
        .map(|(source, observed)| SourceView {
            live: !retired && source.quote(&observed, &rule, now).is_some(),
            disabled: source.disabled,
            observation: observed.said,
            source: source.into(),
        })
        .collect();
    AssetResponse {
        asset: book.id,
        decimals,
        rule,
        sources,
        retirement,
    }
}

/// The first round at or after `at`.
pub fn first_round_at(deps: Deps, asset: &str, at: u64) -> Result<Round, ContractError> {
    let newest = record(deps.storage, asset)?.round;
    Ok(find_first_round(asset, newest, at, |sequence| {
        let round = ROUNDS.may_load(deps.storage, (asset, ring_slot(sequence)))?;
        Ok(round.map(|stored| stored.0))
    })?)
}

/// The kept rounds, newest first.
pub fn rounds(
    deps: Deps,
    asset: &str,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<Round>, ContractError> {
    let Some(record) = may_record(deps.storage, asset)? else {
        return Ok(vec![]);
    };
    kept_rounds(record.round)
        .rev()
        .filter(|sequence| start_after.is_none_or(|last| *sequence < last))
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|sequence| {
            let round = ROUNDS.load(deps.storage, (asset, ring_slot(sequence)))?;
            Ok(round.0)
        })
        .collect()
}

/// Round interval and guardian.
pub fn config(deps: Deps) -> Result<ConfigResponse, ContractError> {
    Ok(ConfigResponse {
        round_interval_secs: CONFIG.load(deps.storage)?.round_interval_secs,
        guardian: CONTROLS.guardian(deps.storage)?.map(Into::into),
    })
}

fn record(storage: &dyn Storage, asset: &str) -> Result<PriceRecord, ContractError> {
    may_record(storage, asset)?.ok_or_else(|| no_price(asset).into())
}

/// The record of a known asset, once there is one.
fn may_record(storage: &dyn Storage, asset: &str) -> Result<Option<PriceRecord>, ContractError> {
    let record = state::record(storage, asset)?;
    if record.is_none() && !DECIMALS.has(storage, asset) {
        return Err(ContractError::UnknownAsset {
            asset: asset.to_owned(),
        });
    }
    Ok(record)
}

fn no_price(asset: &str) -> PriceError {
    PriceError::NoPrice {
        asset: asset.to_owned(),
    }
}
