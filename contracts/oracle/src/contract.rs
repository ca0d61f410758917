//! The entry points: they only dispatch.

use ballast_kit::controls::update_ownership;
use ballast_types::{
    MigrateMsg,
    oracle::{ExecuteMsg, InstantiateMsg, QueryMsg},
};
use cosmwasm_std::{
    Binary, Deps, DepsMut, Env, MessageInfo, Response, entry_point, to_json_binary,
};
use cw_utils::nonpayable;

use crate::{
    ContractError, asset, events, halt, poke, push, query, retirement,
    state::{CONFIG, CONTROLS, Config},
    switch,
};

/// The contract's name in its version record.
pub const CONTRACT_NAME: &str = env!("CARGO_PKG_NAME");
/// The contract's version.
pub const CONTRACT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sets up an oracle without assets.
#[entry_point]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    let InstantiateMsg {
        owner,
        guardian,
        round_interval_secs,
    } = msg;
    if round_interval_secs == 0 {
        return Err(ContractError::InvalidRoundInterval {});
    }
    cw2::set_contract_version(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    CONTROLS.initialize(deps.storage, deps.api, &owner, guardian.as_deref())?;
    let config = Config {
        round_interval_secs,
    };
    CONFIG.save(deps.storage, &config)?;
    let event = events::instantiate(&owner, guardian.as_deref(), round_interval_secs);
    Ok(Response::new().add_event(event))
}

/// Dispatches a message. None takes funds.
#[entry_point]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    match msg {
        ExecuteMsg::Push { prices } => push::push(deps, &env, &info, &prices),
        ExecuteMsg::Poke { assets } => poke::poke(deps, &env, &assets),
        ExecuteMsg::AddAsset {
            asset,
            decimals,
            rule,
            sources,
        } => asset::add(deps, &env, &info, asset, decimals, rule, sources),
        ExecuteMsg::UpdateAsset {
            asset,
            rule,
            sources,
        } => asset::update(deps, &env, &info, &asset, rule, sources),
        ExecuteMsg::EndHalt { asset } => halt::end(deps, &info, &asset),
        ExecuteMsg::DisableSource { asset, source } => {
            switch::disable(deps, &env, &info, &asset, &source)
        }
        ExecuteMsg::EnableSource { asset, source } => switch::enable(deps, &info, &asset, &source),
        ExecuteMsg::AnnounceRetirement { asset, price } => {
            retirement::announce(deps, &env, &info, &asset, price)
        }
        ExecuteMsg::CancelRetirement { asset } => retirement::cancel(deps, &info, &asset),
        ExecuteMsg::RetireSynth { asset } => retirement::retire(deps, &env, &info, &asset),
        ExecuteMsg::SetGuardian { guardian } => {
            let event = CONTROLS.set_guardian(deps, &info.sender, guardian.as_deref())?;
            Ok(Response::new().add_event(event))
        }
        ExecuteMsg::UpdateOwnership(action) => {
            let event = update_ownership(deps, &env.block, &info, action)?;
            Ok(Response::new().add_event(event))
        }
    }
}

/// Answers a question.
#[entry_point]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    Ok(match msg {
        QueryMsg::Price { asset } => to_json_binary(&query::price(deps, &env, &asset)?),
        QueryMsg::Prices { assets } => to_json_binary(&query::prices(deps, &env, assets)?),
        QueryMsg::Asset { asset } => to_json_binary(&query::asset(deps, &env, &asset)?),
        QueryMsg::Assets { start_after, limit } => {
            to_json_binary(&query::assets(deps, &env, start_after.as_deref(), limit)?)
        }
        QueryMsg::FirstRoundAt { asset, at } => {
            to_json_binary(&query::first_round_at(deps, &asset, at)?)
        }
        QueryMsg::Rounds {
            asset,
            start_after,
            limit,
        } => to_json_binary(&query::rounds(deps, &asset, start_after, limit)?),
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    }?)
}

/// Moves the state of an older version to this code.
#[entry_point]
pub fn migrate(deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    let event = ballast_kit::migrate::migrate(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)?;
    Ok(Response::new().add_event(event))
}
