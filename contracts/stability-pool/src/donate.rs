//! Gifts to the pool.
//!
//! What came without a message is in no book, so that nobody moves the price of LPD by sending
//! tokens. Whoever wants to give says so.

use ballast_math::StabilityPool;
use ballast_types::stability_pool::Offer;
use cosmwasm_std::{Addr, DepsMut, MessageInfo, Response, Uint128};

use crate::{
    amo,
    error::ContractError,
    events, payment,
    state::{Books, CONFIG},
};

pub fn donate_native(deps: DepsMut, info: &MessageInfo) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let amount = payment::dcm_sent(&config, info)?;
    donate(deps, &info.sender, Offer::Dcm, amount)
}

/// Books what `donor` has sent as the pool's. DUCA there is burnt at par out of the Reserve,
/// which is why it comes from an AMO alone, as it does by swaps.
pub fn donate(
    deps: DepsMut,
    donor: &Addr,
    what: Offer,
    amount: Uint128,
) -> Result<Response, ContractError> {
    let mut books = Books::load(deps.storage)?;
    let pool = &mut books.pool;
    match what {
        Offer::Dcm => pool.dcm = pool.dcm.checked_add(amount)?,
        Offer::Duca => {
            amo::require(deps.storage, donor)?;
            pool.duca = pool.duca.checked_add(amount)?;
        }
    }
    books.save(deps.storage)?;
    let StabilityPool { dcm, duca, .. } = books.pool;
    Ok(Response::new().add_event(events::donate(donor, what, amount, dcm, duca)))
}
