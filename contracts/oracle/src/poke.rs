//! Anyone has the pull sources asked.

use cosmwasm_std::{Deps, DepsMut, Env, Event, Response};

use crate::{
    ContractError, check, events, sources,
    state::{Book, CONFIG, OBSERVED},
};

/// Asks every pull source of each asset that is not switched off and makes a round where one is
/// due. Whoever could choose among the sources would choose the price, so nobody can.
pub fn poke(deps: DepsMut, env: &Env, assets: &[String]) -> Result<Response, ContractError> {
    check::batch(assets.iter().map(String::as_str))?;
    let now = env.block.time.seconds();
    let config = CONFIG.load(deps.storage)?;
    let mut events = vec![];
    for asset in assets {
        let mut book = Book::load_active(deps.storage, asset)?;
        let before = book.observed.clone();
        events.push(ask_all(deps.as_ref(), &mut book, now));
        if book.observed != before {
            OBSERVED.save(deps.storage, asset, &book.observed)?;
        }
        events.extend(book.settle(deps.storage, &config, now)?);
    }
    Ok(Response::new().add_events(events))
}

fn ask_all(deps: Deps, book: &mut Book, now: u64) -> Event {
    let decimals = book.asset.decimals;
    let mut answered = vec![];
    let mut skipped = vec![];
    for (source, observed) in book.sources_mut() {
        if source.disabled || !source.kind.is_pull() {
            continue;
        }
        match sources::ask(deps, &source.kind, decimals, observed, now) {
            Ok(()) => answered.push(source.name.clone()),
            Err(why) => skipped.push((source.name.clone(), why)),
        }
    }
    events::poke(&book.id, &answered, &skipped)
}
