//! Which tokens may be funded.

use ballast_kit::controls::require_owner;
use ballast_types::{TokenUnchecked, pool_manager::MAX_LABEL};
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use crate::{error::ContractError, events, state::TOKENS};

/// Handles `set_token`.
pub fn set(
    deps: DepsMut,
    info: &MessageInfo,
    token: &TokenUnchecked,
    allowed: bool,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let token = token.check(deps.api)?;
    let name = token.key();
    if name.len() > MAX_LABEL {
        return Err(ContractError::LabelTooLong {
            token,
            length: name.len(),
            max: MAX_LABEL,
        });
    }
    if allowed {
        TOKENS.save(deps.storage, &name, &token)?;
    } else {
        TOKENS.remove(deps.storage, &name);
    }
    Ok(Response::new().add_event(events::set_token(&token, allowed)))
}
