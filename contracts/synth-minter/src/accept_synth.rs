//! The registry has made a synth for this minter.

use ballast_types::{Token, address, issuer::NewSynth};
use cosmwasm_std::{DepsMut, Event, MessageInfo, Response};

use crate::{
    error::ContractError,
    state::{COLLATERALS, CONFIG, Role, SYNTHS, TOKENS},
};

/// Remembers the synth.
pub fn accept_synth(
    deps: DepsMut,
    info: MessageInfo,
    synth: NewSynth,
) -> Result<Response, ContractError> {
    let mut config = CONFIG.load(deps.storage)?;
    if info.sender != config.registry {
        return Err(ContractError::Unauthorized {
            sender: info.sender,
        });
    }
    let token = Token::Cw20(address::valid(deps.api, synth.token.as_str())?);
    if TOKENS.has(deps.storage, &token.key()) {
        return Err(ContractError::DuplicateToken {
            token: token.to_string(),
        });
    }
    if COLLATERALS.has(deps.storage, &synth.synth) || SYNTHS.has(deps.storage, &synth.synth) {
        return Err(ContractError::DuplicateCollateral { asset: synth.synth });
    }

    TOKENS.save(deps.storage, &token.key(), &Role::Synth(synth.clone()))?;
    SYNTHS.save(deps.storage, &synth.synth, &synth)?;
    if synth.is_dollar {
        config.dollar = Some(synth.clone());
        CONFIG.save(deps.storage, &config)?;
    }

    Ok(Response::new().add_event(
        Event::new("accept_synth")
            .add_attribute("synth", synth.synth)
            .add_attribute("token", synth.token),
    ))
}
