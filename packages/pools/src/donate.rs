//! The hook `donate`: burns dollars for debt that nobody carries.

use ballast_types::pool_manager::Unassigned;
use cosmwasm_std::{Addr, DepsMut, Event, Response, Uint128};

use crate::{
    ContractError, Refusal,
    chain::OpenMarket,
    dollar,
    state::{BOOKS, Books, CONFIG, save_unassigned},
};

/// Handles the hook. What exceeds the debt goes back.
pub fn donate(
    deps: DepsMut,
    payer: &Addr,
    arrived: Uint128,
    to: Unassigned,
) -> Result<Response, Refusal> {
    let config = CONFIG.load(deps.storage)?;
    let (taken, event) = match to {
        Unassigned::Market(id) => {
            let mut market = OpenMarket::load(deps.storage, id.u64())?;
            let taken = market.record.books.donate(arrived)?;
            market.save(deps.storage)?;
            (taken, Event::new("donate").add_attribute("market", id))
        }
        Unassigned::Pool(id) => {
            let mut books = Books::load(deps.storage, id.u64())?;
            let unassigned = &mut books.chain.unassigned;
            let before = unassigned.amount().balance_ceil()?;
            let taken = unassigned.donate(arrived)?;
            let after = unassigned.amount().balance_ceil()?;
            save_unassigned(deps.storage, to, before, after)?;
            BOOKS.save(deps.storage, id.u64(), &books)?;
            (taken, Event::new("donate").add_attribute("pool", id))
        }
    };
    if taken.is_zero() {
        return Err(ContractError::NothingUnassigned {}.into());
    }
    Ok(Response::new()
        .add_messages(dollar::burn(&config, taken, arrived, payer)?)
        .add_event(
            event
                .add_attribute("payer", payer)
                .add_attribute("amount", taken),
        ))
}
