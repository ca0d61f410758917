//! The owner ends a halt.

use ballast_kit::controls::require_owner;
use ballast_types::oracle::{PriceRecord, Status};
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use crate::{
    ContractError, events,
    round::accept,
    state::{Book, save_record},
};

/// The newest median becomes price and average at once.
pub fn end(deps: DepsMut, info: &MessageInfo, id: &str) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let book = Book::load(deps.storage, id)?;
    let (record, latest) = halted(book)?;
    let record = accept(record, latest, latest)?;
    save_record(deps.storage, id, &record)?;
    Ok(Response::new().add_event(events::halt_end(id, &record, "owner")))
}

fn halted(book: Book) -> Result<(PriceRecord, cosmwasm_std::Decimal), ContractError> {
    match book.record {
        Some(
            record @ PriceRecord {
                status: Status::Halted { latest, .. },
                ..
            },
        ) => Ok((record, latest)),
        _ => Err(ContractError::NotHalted { asset: book.id }),
    }
}
