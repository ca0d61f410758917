//! The AMO role: who may swap.

use ballast_kit::controls;
use ballast_types::address;
use cosmwasm_std::{Addr, DepsMut, MessageInfo, Response, Storage};

use crate::{error::ContractError, events, state::AMOS};

/// Refuses whoever does not have the role.
pub fn require(storage: &dyn Storage, sender: &Addr) -> Result<(), ContractError> {
    if AMOS.has(storage, sender) {
        return Ok(());
    }
    Err(ContractError::NotAnAmo {
        sender: sender.clone(),
    })
}

pub fn grant(deps: DepsMut, info: &MessageInfo, text: &str) -> Result<Response, ContractError> {
    controls::require_owner(deps.storage, &info.sender)?;
    let address = address::valid(deps.api, text)?;
    add(deps.storage, &address)?;
    Ok(Response::new().add_event(events::grant_amo(&address)))
}

pub fn revoke(deps: DepsMut, info: &MessageInfo, text: &str) -> Result<Response, ContractError> {
    controls::require_owner(deps.storage, &info.sender)?;
    let address = address::valid(deps.api, text)?;
    if !AMOS.has(deps.storage, &address) {
        return Err(ContractError::UnknownAmo { address });
    }
    AMOS.remove(deps.storage, &address);
    Ok(Response::new().add_event(events::revoke_amo(&address)))
}

pub fn add(storage: &mut dyn Storage, address: &Addr) -> Result<(), ContractError> {
    if AMOS.has(storage, address) {
        return Err(ContractError::DuplicateAmo {
            address: address.clone(),
        });
    }
    Ok(AMOS.save(storage, address, &())?)
}
