//! Who may open streams.

use ballast_kit::controls::require_owner;
use ballast_types::address;
use cosmwasm_std::{Addr, DepsMut, Empty, MessageInfo, Response, Storage};

use crate::{error::ContractError, events, state::FUNDERS};

/// Handles `set_funder`.
pub fn set(
    deps: DepsMut,
    info: &MessageInfo,
    funder: &str,
    allowed: bool,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let funder = address::valid(deps.api, funder)?;
    if allowed {
        FUNDERS.save(deps.storage, &funder, &Empty {})?;
    } else {
        FUNDERS.remove(deps.storage, &funder);
    }
    Ok(Response::new().add_event(events::set_funder(&funder, allowed)))
}

/// A stream holds its lane until it ends, so a stranger's would keep out every other.
pub fn require(storage: &dyn Storage, sender: &Addr) -> Result<(), ContractError> {
    if FUNDERS.has(storage, sender) || cw_ownable::is_owner(storage, sender)? {
        return Ok(());
    }
    Err(ContractError::NotAFunder {
        sender: sender.clone(),
    })
}
