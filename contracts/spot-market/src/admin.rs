//! `add_market`, `set_terms` and `set_oracle`.

use ballast_kit::controls::require_owner;
use ballast_types::{
    address, is_asset_id, oracle,
    spot_market::{MAX_EXIT_FEE, MAX_HEADROOM, Terms},
};
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use crate::{
    ContractError, events,
    state::{BOOKS, Books, CONFIG, MARKETS, Market},
};

/// The most bytes of a name: as many as the pool manager shows.
const MAX_NAME: usize = 64;

/// Handles `add_market`.
pub fn add_market(
    deps: DepsMut,
    info: &MessageInfo,
    market_ref: &str,
    name: String,
    asset: String,
    terms: Terms,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    if !is_asset_id(market_ref) {
        return Err(ContractError::InvalidRef {
            market_ref: market_ref.to_owned(),
        });
    }
    if !(1..=MAX_NAME).contains(&name.len()) {
        return Err(ContractError::InvalidName { name });
    }
    require_valid(&terms)?;
    if MARKETS.has(deps.storage, market_ref) {
        return Err(ContractError::DuplicateMarket {
            market_ref: market_ref.to_owned(),
        });
    }
    let config = CONFIG.load(deps.storage)?;
    if oracle::decimals(&deps.querier, &config.oracle, &asset)?.is_none() {
        return Err(ContractError::UnknownAsset { asset });
    }
    let market = Market::new(name, asset, terms);
    let event = events::add_market(market_ref, &market);

    MARKETS.save(deps.storage, market_ref, &market)?;
    BOOKS.save(deps.storage, market_ref, &Books::default())?;

    Ok(Response::new().add_event(event))
}

/// Handles `set_terms`.
pub fn set_terms(
    deps: DepsMut,
    info: &MessageInfo,
    market_ref: &str,
    terms: Terms,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    require_valid(&terms)?;
    let Market { name, asset, .. } = Market::load(deps.storage, market_ref)?;
    let market = Market::new(name, asset, terms);
    let event = events::set_terms(market_ref, &market);

    MARKETS.save(deps.storage, market_ref, &market)?;

    Ok(Response::new().add_event(event))
}

/// Handles `set_oracle`.
pub fn set_oracle(
    deps: DepsMut,
    info: &MessageInfo,
    oracle: &str,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let mut config = CONFIG.load(deps.storage)?;
    config.oracle = address::valid(deps.api, oracle)?;
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new().add_event(events::set_oracle(&config)))
}

/// base fee ≤ max fee ≤ max exit fee ≤ 0.1, headroom ≤ 10.
fn require_valid(terms: &Terms) -> Result<(), ContractError> {
    let reason = if terms.base_fee > terms.max_fee {
        "the base fee is above the highest"
    } else if terms.max_fee > terms.max_exit_fee {
        "buying may cost more than selling"
    } else if terms.max_exit_fee > MAX_EXIT_FEE {
        "selling may cost more than a tenth"
    } else if terms.headroom > MAX_HEADROOM {
        "the headroom is above ten times the value"
    } else {
        return Ok(());
    };
    Err(ContractError::InvalidTerms { reason })
}
