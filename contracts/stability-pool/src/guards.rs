//! The numbers that bound swaps.

use ballast_kit::controls;
use ballast_types::stability_pool::Guards;
use cosmwasm_std::{Decimal, DepsMut, MessageInfo, Response, StdResult};

use crate::{
    error::ContractError,
    events,
    state::{CONFIG, Config},
};

pub fn update(
    deps: DepsMut,
    info: &MessageInfo,
    guards: Guards,
) -> Result<Response, ContractError> {
    controls::require_owner(deps.storage, &info.sender)?;
    validate(&guards)?;
    let event = events::update_guards(&guards);
    CONFIG.update(deps.storage, |config| {
        StdResult::Ok(Config { guards, ..config })
    })?;
    Ok(Response::new().add_event(event))
}

/// A part of something is at most all of it, a band is narrower than its price, and a floor of
/// nothing would look like a guard and be none.
pub fn validate(guards: &Guards) -> Result<(), ContractError> {
    let whole = |part: Option<Decimal>| part.is_none_or(|part| part <= Decimal::one());
    let above_zero = |floor: Option<Decimal>| floor.is_none_or(|floor| !floor.is_zero());
    let rules = [
        (whole(guards.max_seigniorage), "max_seigniorage is above 1"),
        (whole(guards.max_par_rise), "max_par_rise is above 1"),
        (
            guards.band.is_none_or(|band| band < Decimal::one()),
            "band must be below 1",
        ),
        (above_zero(guards.min_mint_price), "min_mint_price is 0"),
        (above_zero(guards.min_mint_cover), "min_mint_cover is 0"),
    ];
    match rules.into_iter().find(|(holds, _)| !holds) {
        Some((_, reason)) => Err(ContractError::InvalidParams {
            reason: reason.to_owned(),
        }),
        None => Ok(()),
    }
}
