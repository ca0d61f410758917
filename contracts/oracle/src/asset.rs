//! The owner adds and changes assets.

use ballast_kit::controls::require_owner;
use ballast_types::oracle::{DECIMALS, Rule, Source};
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};

use crate::{
    ContractError, check, events,
    state::{ASSETS, Asset, Book, CONFIG, CheckedSource, OBSERVED, Observation},
};

/// Adds an asset. Where fixed sources alone are enough it has its first round at once.
pub fn add(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    id: String,
    decimals: u8,
    rule: Rule,
    sources: Vec<Source>,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    check::asset_id(&id)?;
    check::decimals(decimals)?;
    if DECIMALS.has(deps.storage, &id) {
        return Err(ContractError::DuplicateAsset { asset: id });
    }
    let config = CONFIG.load(deps.storage)?;
    let sources = check::sources(deps.as_ref(), &id, sources)?;
    check::rule(&rule, sources.len(), &config)?;

    let mut book = Book {
        observed: vec![Observation::default(); sources.len()],
        asset: Asset {
            decimals,
            rule,
            sources,
            retirement: None,
            changed: false,
        },
        record: None,
        id,
    };
    DECIMALS.save(deps.storage, &book.id, &decimals)?;
    ASSETS.save(deps.storage, &book.id, &book.asset)?;
    OBSERVED.save(deps.storage, &book.id, &book.observed)?;
    let rounds = book.settle(deps.storage, &config, env.block.time.seconds())?;
    Ok(Response::new()
        .add_event(events::asset("add_asset", &book.id, &book.asset))
        .add_events(rounds))
}

/// Replaces the rule, the sources, or both.
pub fn update(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    id: &str,
    rule: Option<Rule>,
    sources: Option<Vec<Source>>,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    if rule.is_none() && sources.is_none() {
        return Err(ContractError::Empty { what: "the update" });
    }
    let mut book = Book::load_active(deps.storage, id)?;
    let config = CONFIG.load(deps.storage)?;
    if let Some(sources) = sources {
        let sources = check::sources(deps.as_ref(), id, sources)?;
        replace_sources(&mut book, sources);
    }
    if let Some(rule) = rule {
        book.asset.rule = rule;
    }
    check::rule(&book.asset.rule, book.asset.sources.len(), &config)?;
    book.asset.changed = true;

    ASSETS.save(deps.storage, id, &book.asset)?;
    OBSERVED.save(deps.storage, id, &book.observed)?;
    let rounds = book.reassess(deps.storage, &config, env.block.time.seconds())?;
    Ok(Response::new()
        .add_event(events::asset("update_asset", id, &book.asset))
        .add_events(rounds))
}

/// A source whose name and kind stay keeps what it said, and stays switched off if it was.
fn replace_sources(book: &mut Book, sources: Vec<CheckedSource>) {
    let (sources, observed) = sources
        .into_iter()
        .map(|new| {
            book.asset
                .sources
                .iter()
                .zip(&book.observed)
                .find(|(old, _)| old.name == new.name && old.kind == new.kind)
                .map_or_else(
                    || (new.clone(), Observation::default()),
                    |(old, observed)| (old.clone(), observed.clone()),
                )
        })
        .unzip();
    book.asset.sources = sources;
    book.observed = observed;
}
