//! Addresses and numbers, and the dollar that the registry makes.

use std::ops::RangeInclusive;

use ballast_kit::controls::require_owner;
use ballast_types::{
    Token, address,
    issuer::NewSynth,
    pool_manager::{ConfigResponse, InstantiateMsg, Params},
};
use cosmwasm_std::{Deps, DepsMut, Event, MessageInfo, Response};

use crate::{
    ContractError, Refusal, fees,
    state::{CONFIG, CONTROLS, Config, Dollar, StoredParams, TOKENS},
};

/// Sets up a manager without collaterals, markets and pools.
pub fn instantiate(deps: DepsMut, msg: InstantiateMsg) -> Result<Response, Refusal> {
    CONTROLS.initialize(deps.storage, deps.api, &msg.owner, msg.guardian.as_deref())?;
    check(&msg.params)?;
    let config = Config {
        oracle: address::valid(deps.api, &msg.oracle)?,
        registry: address::valid(deps.api, &msg.registry)?,
        treasury: address::valid(deps.api, &msg.treasury)?,
        dollar: None,
        params: StoredParams(msg.params),
    };
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new().add_event(event("instantiate", &config)))
}

/// Handles `update_params`.
pub fn update(deps: DepsMut, info: &MessageInfo, params: Params) -> Result<Response, Refusal> {
    require_owner(deps.storage, &info.sender)?;
    check(&params)?;
    let mut config = CONFIG.load(deps.storage)?;
    config.params = StoredParams(params);
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new().add_event(event("update_params", &config)))
}

/// See [`Params::poll_gas`].
const POLL_GAS: RangeInclusive<u64> = 500_000..=8_000_000;

fn check(params: &Params) -> Result<(), Refusal> {
    let reason = if params.min_liquidity_ratio.is_zero() {
        "min_liquidity_ratio is above zero"
    } else if params.min_delegation_secs > params.max_delegation_secs {
        "min_delegation_secs is at most max_delegation_secs"
    } else if !POLL_GAS.contains(&params.poll_gas) {
        "poll_gas is from 500000 to 8000000"
    } else {
        return Ok(());
    };
    Err(ContractError::InvalidParams {
        reason: reason.to_owned(),
    }
    .into())
}

fn event(name: &str, config: &Config) -> Event {
    let params = &config.params.0;
    Event::new(name)
        .add_attribute("oracle", &config.oracle)
        .add_attribute("registry", &config.registry)
        .add_attribute("treasury", &config.treasury)
        .add_attribute(
            "min_liquidity_ratio",
            params.min_liquidity_ratio.to_string(),
        )
        .add_attribute(
            "min_delegation_secs",
            params.min_delegation_secs.to_string(),
        )
        .add_attribute(
            "max_delegation_secs",
            params.max_delegation_secs.to_string(),
        )
        .add_attribute("max_lock_secs", params.max_lock_secs.to_string())
        .add_attribute(
            "withdraw_timeout_secs",
            params.withdraw_timeout_secs.to_string(),
        )
        .add_attribute("poll_gas", params.poll_gas.to_string())
}

/// Handles `accept_synth`: the pools have one dollar, and no other synth.
pub fn accept_synth(
    deps: DepsMut,
    info: &MessageInfo,
    synth: NewSynth,
) -> Result<Response, Refusal> {
    let mut config = CONFIG.load(deps.storage)?;
    if info.sender != config.registry {
        return Err(ContractError::Unauthorized {
            sender: info.sender.clone(),
        }
        .into());
    }
    let token = Token::Cw20(address::valid(deps.api, synth.token.as_str())?);
    if config.dollar.is_some() || !synth.is_dollar || TOKENS.has(deps.storage, &token.key()) {
        return Err(ContractError::DuplicateToken {
            token: token.to_string(),
        }
        .into());
    }
    let event = Event::new("accept_synth")
        .add_attribute("synth", &synth.synth)
        .add_attribute("token", &synth.token);
    config.dollar = Some(Dollar {
        synth: synth.synth,
        token: synth.token,
        decimals: synth.decimals,
    });
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new().add_event(event))
}

/// Addresses and numbers.
pub fn query(deps: Deps) -> Result<ConfigResponse, Refusal> {
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        oracle: config.oracle,
        registry: config.registry,
        treasury: config.treasury,
        dollar: config.dollar.map(|dollar| NewSynth {
            synth: dollar.synth,
            token: dollar.token,
            decimals: dollar.decimals,
            is_dollar: true,
        }),
        params: config.params.0,
        treasury_due: fees::treasury_due(deps)?,
    })
}
