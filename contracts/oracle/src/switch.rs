//! One pull source is switched off, or on again.

use std::mem;

use ballast_kit::controls::require_owner;
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};

use crate::{
    ContractError, events,
    state::{ASSETS, Book, CONFIG, CONTROLS, CheckedSource},
};

/// The source is neither asked nor counted from now on; a price that stands by it alone becomes
/// uncertain at once.
pub fn disable(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    id: &str,
    name: &str,
) -> Result<Response, ContractError> {
    CONTROLS.require_guardian(deps.storage, &info.sender)?;
    let mut book = Book::load_active(deps.storage, id)?;
    let was_disabled = mem::replace(&mut pull_source(&mut book, name)?.disabled, true);
    // to switch off again what is off changes nothing, and must not make a round without news
    book.asset.changed |= !was_disabled;
    ASSETS.save(deps.storage, id, &book.asset)?;
    let config = CONFIG.load(deps.storage)?;
    let rounds = book.reassess(deps.storage, &config, env.block.time.seconds())?;
    Ok(Response::new()
        .add_event(events::switch("disable_source", id, name, &info.sender))
        .add_events(rounds))
}

/// The source is asked and counted again, from the next write on.
pub fn enable(
    deps: DepsMut,
    info: &MessageInfo,
    id: &str,
    name: &str,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let mut book = Book::load_active(deps.storage, id)?;
    pull_source(&mut book, name)?.disabled = false;
    book.asset.changed = true;
    ASSETS.save(deps.storage, id, &book.asset)?;
    Ok(Response::new().add_event(events::switch("enable_source", id, name, &info.sender)))
}

fn pull_source<'a>(book: &'a mut Book, name: &str) -> Result<&'a mut CheckedSource, ContractError> {
    let source = book
        .asset
        .sources
        .iter_mut()
        .find(|source| source.name == name)
        .ok_or_else(|| ContractError::UnknownSource {
            asset: book.id.clone(),
            name: name.to_owned(),
        })?;
    if source.kind.is_pull() {
        return Ok(source);
    }
    Err(ContractError::NotAPullSource {
        asset: book.id.clone(),
        name: name.to_owned(),
    })
}
