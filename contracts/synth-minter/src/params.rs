//! Addresses and numbers of the protocol.

use ballast_kit::controls;
use ballast_types::{
    address,
    synth_minter::{ConfigResponse, InstantiateMsg, Params},
};
use cosmwasm_std::{Decimal, Deps, DepsMut, Event, MessageInfo, Response, StdResult};

use crate::{
    error::ContractError,
    state::{CONFIG, CONTROLS, Config},
};

/// The longest grace or expiry: a mistyped number must not put liquidations off for years.
const MAX_DURATION_SECS: u64 = 365 * 86_400;

pub fn instantiate(deps: DepsMut, msg: InstantiateMsg) -> Result<Response, ContractError> {
    validate(&msg.params)?;
    let config = Config {
        oracle: address::valid(deps.api, &msg.oracle)?,
        registry: address::valid(deps.api, &msg.registry)?,
        treasury: address::valid(deps.api, &msg.treasury)?,
        dollar: None,
        params: msg.params,
    };
    CONTROLS.initialize(deps.storage, deps.api, &msg.owner, msg.guardian.as_deref())?;
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new().add_event(Event::new("instantiate").add_attribute("owner", msg.owner)))
}

pub fn update(deps: DepsMut, info: MessageInfo, params: Params) -> Result<Response, ContractError> {
    controls::require_owner(deps.storage, &info.sender)?;
    validate(&params)?;
    CONFIG.update(deps.storage, |config| {
        StdResult::Ok(Config { params, ..config })
    })?;
    Ok(Response::new().add_event(Event::new("update_params")))
}

pub fn query(deps: Deps) -> Result<ConfigResponse, ContractError> {
    let Config {
        oracle,
        registry,
        treasury,
        dollar,
        params,
    } = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        oracle,
        registry,
        treasury,
        dollar,
        params,
    })
}

fn validate(params: &Params) -> Result<(), ContractError> {
    let exchange = &params.exchange;
    let rules = [
        (
            params.penalty_split.is_whole(),
            "the parts of the penalty must sum to 1",
        ),
        (
            params.grace_secs <= MAX_DURATION_SECS,
            "grace_secs is longer than a year",
        ),
        (
            params.min_stake_secs <= MAX_DURATION_SECS,
            "min_stake_secs is longer than a year",
        ),
        (
            (1..=MAX_DURATION_SECS).contains(&params.flag_expiry_secs),
            "flag_expiry_secs must be between 1 and a year",
        ),
        (
            exchange.base_fee <= exchange.max_fee,
            "base_fee is above max_fee",
        ),
        (
            exchange.max_fee <= exchange.max_exit_fee,
            "max_fee is above max_exit_fee",
        ),
        (
            exchange.max_exit_fee < Decimal::one(),
            "max_exit_fee must be below 1",
        ),
        (
            exchange.unminted_part <= Decimal::one(),
            "unminted_part is above 1",
        ),
    ];
    match rules.into_iter().find(|(holds, _)| !holds) {
        Some((_, reason)) => Err(ContractError::InvalidParams {
            reason: reason.to_owned(),
        }),
        None => Ok(()),
    }
}
