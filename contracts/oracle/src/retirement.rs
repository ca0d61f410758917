//! The owner retires a synth at a final price, a day after announcing it.

use ballast_kit::controls::require_owner;
use ballast_types::oracle::{RETIREMENT_NOTICE_SECS, Retirement};
use cosmwasm_std::{Decimal, DepsMut, Env, MessageInfo, Response, StdResult, Storage};

use crate::{
    ContractError, check, events,
    round::retired,
    state::{ASSETS, Book, save_record},
};

/// Announces the final price. A second announcement replaces the first, and its day begins anew.
/// The record says so from now on: whoever may still buy a synth whose final price is known
/// takes the difference from its issuers.
pub fn announce(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    id: &str,
    price: Decimal,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let mut book = Book::load_active(deps.storage, id)?;
    check::price(id, price)?;
    let now = env.block.time.seconds();
    let retirement = Retirement {
        price,
        from: now.saturating_add(RETIREMENT_NOTICE_SECS),
    };
    let event = events::announce_retirement(id, &retirement);
    book.asset.retirement = Some(retirement);
    ASSETS.save(deps.storage, id, &book.asset)?;
    mark(deps.storage, &mut book, true)?;
    Ok(Response::new().add_event(event))
}

/// Takes the announcement back.
pub fn cancel(deps: DepsMut, info: &MessageInfo, id: &str) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let mut book = Book::load_active(deps.storage, id)?;
    take_announced(&mut book)?;
    ASSETS.save(deps.storage, id, &book.asset)?;
    mark(deps.storage, &mut book, false)?;
    Ok(Response::new().add_event(events::cancel_retirement(id)))
}

/// Makes the announced price final. A synth that never had a price can be retired too: its
/// holders are redeemed all the same.
pub fn retire(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    id: &str,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let mut book = Book::load_active(deps.storage, id)?;
    let Retirement { price, from } = take_announced(&mut book)?;
    let now = env.block.time.seconds();
    if now < from {
        return Err(ContractError::TooEarly {
            asset: book.id,
            from,
            now,
        });
    }
    let record = retired(book.record.as_ref(), book.asset.decimals, price, now)?;
    let event = events::retire(id, price, record.round);
    ASSETS.save(deps.storage, id, &book.asset)?;
    book.keep_round(deps.storage, record, price)?;
    Ok(Response::new().add_event(event))
}

/// Says in the record, if there is one, whether the synth only leaves.
fn mark(storage: &mut dyn Storage, book: &mut Book, retiring: bool) -> StdResult<()> {
    if let Some(record) = &mut book.record {
        record.retiring = retiring;
        save_record(storage, &book.id, record)?;
    }
    Ok(())
}

fn take_announced(book: &mut Book) -> Result<Retirement, ContractError> {
    book.asset
        .retirement
        .take()
        .ok_or_else(|| ContractError::NotAnnounced {
            asset: book.id.clone(),
        })
}
