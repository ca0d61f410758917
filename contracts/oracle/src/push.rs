//! Feeders write prices.

use ballast_types::{oracle::PricePush, price::PriceAnswer};
use cosmwasm_std::{Addr, DepsMut, Env, Event, MessageInfo, Response};

use crate::{
    ContractError, check, events,
    state::{Book, CONFIG, OBSERVED},
};

/// Stores each price in the sender's push source of that asset and makes a round where one is
/// due. All prices are taken or none.
pub fn push(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    prices: &[PricePush],
) -> Result<Response, ContractError> {
    check::batch(prices.iter().map(|price| price.asset.as_str()))?;
    let now = env.block.time.seconds();
    let config = CONFIG.load(deps.storage)?;
    let mut events = vec![];
    for price in prices {
        let mut book = Book::load_active(deps.storage, &price.asset)?;
        events.push(observe(&mut book, &info.sender, price, now)?);
        OBSERVED.save(deps.storage, &book.id, &book.observed)?;
        events.extend(book.settle(deps.storage, &config, now)?);
    }
    Ok(Response::new().add_events(events))
}

fn observe(
    book: &mut Book,
    sender: &Addr,
    push: &PricePush,
    now: u64,
) -> Result<Event, ContractError> {
    let asset = &push.asset;
    let observed = book
        .sources_mut()
        .find_map(|(source, observed)| source.kind.is_fed_by(sender).then_some(observed))
        .ok_or_else(|| ContractError::NotAFeeder {
            asset: asset.clone(),
            sender: sender.clone(),
        })?;
    check::price(asset, push.price)?;
    let published_at = push.published_at.unwrap_or(now);
    if published_at > now {
        return Err(ContractError::FromTheFuture {
            asset: asset.clone(),
            published_at,
            now,
        });
    }
    if let Some(last) = observed.said.as_ref().map(|said| said.published_at)
        && published_at < last
    {
        return Err(ContractError::OlderThanLast {
            asset: asset.clone(),
            published_at,
            last,
        });
    }
    observed.said = Some(PriceAnswer {
        price: push.price,
        published_at,
        confidence: push.confidence,
    });
    Ok(events::push(sender, push, published_at))
}
