//! `add_issuer`, `add_synth`, the reply of the new cw20, and `set_ceiling`.

use ballast_kit::{controls::require_owner, reply};
use ballast_math::MathError;
use ballast_types::{
    address,
    debt_registry::{MAX_SYNTHS, SynthSpec},
    is_asset_id,
    issuer::{IssuerMsg, NewSynth},
    oracle,
    token::{Cw20Instantiate, is_cw20_name, is_cw20_symbol},
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, DepsMut, Env, MessageInfo, Order, QuerierWrapper, Reply, Response, Storage, SubMsg,
    Uint128, WasmMsg, from_json, to_json_binary,
};

use crate::{
    ContractError, events,
    state::{CONFIG, Config, ISSUERS, Issuer, Pool, SYNTH_ISSUER, Supply, Synth, TOKENS, synth_of},
};

/// The reply to the instantiation of a cw20.
pub const INSTANTIATED: u64 = 1;

/// What the reply needs to know: it travels with the submessage, not through the storage.
#[cw_serde]
struct Pending {
    issuer: Addr,
    synth: String,
    decimals: u8,
    ceiling: Uint128,
    is_dollar: bool,
    shared_debt: bool,
}

/// Handles `add_issuer`.
pub fn add_issuer(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    address: &str,
    dollar: SynthSpec,
    shared_debt: bool,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let address = address::valid(deps.api, address)?;
    if ISSUERS.has(deps.storage, &address) {
        return Err(ContractError::DuplicateIssuer { issuer: address });
    }
    let config = CONFIG.load(deps.storage)?;
    let decimals = new_synth(deps.storage, &deps.querier, &config, &dollar)?;

    SYNTH_ISSUER.save(deps.storage, &dollar.synth, &address)?;

    let event = events::add_issuer(&address, &dollar.synth, decimals, shared_debt);
    let pending = Pending {
        issuer: address,
        synth: dollar.synth.clone(),
        decimals,
        ceiling: dollar.ceiling,
        is_dollar: true,
        shared_debt,
    };
    let token = instantiate_token(&config, env, dollar, &pending)?;
    Ok(Response::new().add_submessage(token).add_event(event))
}

/// Handles `add_synth`.
pub fn add_synth(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    address: &str,
    spec: SynthSpec,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let address = address::valid(deps.api, address)?;
    let mut issuer = Issuer::load_shared(deps.storage, &address)?;
    let config = CONFIG.load(deps.storage)?;
    let decimals = new_synth(deps.storage, &deps.querier, &config, &spec)?;
    issuer.synths = u32::try_from(MAX_SYNTHS)
        .ok()
        .and_then(|most| Some(issuer.synths.checked_add(1)?).filter(|synths| *synths <= most))
        .ok_or_else(|| ContractError::TooManySynths {
            issuer: address.clone(),
            synths: issuer.synths,
        })?;

    SYNTH_ISSUER.save(deps.storage, &spec.synth, &address)?;
    ISSUERS.save(deps.storage, &address, &issuer)?;
    issuer.save_supply(deps.storage, &spec.synth, &Supply::new(decimals))?;

    let pending = Pending {
        issuer: address,
        synth: spec.synth.clone(),
        decimals,
        ceiling: spec.ceiling,
        is_dollar: false,
        shared_debt: true,
    };
    let token = instantiate_token(&config, env, spec, &pending)?;
    Ok(Response::new().add_submessage(token))
}

/// The decimals of a synth that may be added.
fn new_synth(
    storage: &dyn Storage,
    querier: &QuerierWrapper,
    config: &Config,
    spec: &SynthSpec,
) -> Result<u8, ContractError> {
    let synth = spec.synth.clone();
    if !is_asset_id(&synth) {
        return Err(ContractError::InvalidAssetId { asset: synth });
    }
    if !is_cw20_name(&spec.name) {
        return Err(ContractError::InvalidName {
            name: spec.name.clone(),
        });
    }
    if !is_cw20_symbol(&spec.symbol) {
        return Err(ContractError::InvalidSymbol {
            symbol: spec.symbol.clone(),
        });
    }
    if let Some(issuer) = SYNTH_ISSUER.may_load(storage, &synth)? {
        return Err(ContractError::DuplicateSynth { synth, issuer });
    }
    oracle::decimals(querier, &config.oracle, &synth)?
        .ok_or(ContractError::UnknownAsset { asset: synth })
}

/// The submessage that makes the cw20.
fn instantiate_token(
    config: &Config,
    env: &Env,
    spec: SynthSpec,
    pending: &Pending,
) -> Result<SubMsg, ContractError> {
    let minter = &env.contract.address;
    let instantiate = Cw20Instantiate::minted_by(minter, spec.name, spec.symbol, pending.decimals)
        .message(config.cw20_code_id, format!("ballast synth {}", spec.synth))?;
    Ok(SubMsg::reply_on_success(instantiate, INSTANTIATED).with_payload(to_json_binary(pending)?))
}

/// The cw20 exists: the synth is complete, and its issuer is told.
pub fn instantiated(deps: DepsMut, reply: &Reply) -> Result<Response, ContractError> {
    let pending: Pending = from_json(&reply.payload)?;
    let token = address::valid(deps.api, &reply::instantiated(reply)?)?;
    let synth = Synth {
        token: token.clone(),
        ceiling: pending.ceiling,
    };
    let (issuer, id) = (pending.issuer, pending.synth);
    let (decimals, is_dollar) = (pending.decimals, pending.is_dollar);
    let event = events::add_synth(&issuer, &id, &synth, decimals, is_dollar);

    TOKENS.save(deps.storage, &token, &(issuer.clone(), id.clone()))?;
    if is_dollar {
        let number = ISSUERS
            .keys(deps.storage, None, None, Order::Ascending)
            .count();
        // It is one as soon as its dollar has a cw20, in the message that adds it.
        let new = Issuer {
            number: number.try_into().map_err(|_| MathError::OutOfRange {
                operation: "a number of issuers",
            })?,
            dollar: id.clone(),
            dollar_synth: synth,
            synths: 1,
            shared_debt: pending.shared_debt,
        };
        ISSUERS.save(deps.storage, &issuer, &new)?;
        new.save_pool(deps.storage, &Pool::new(decimals))?;
    } else {
        let mut known = Issuer::load(deps.storage, &issuer)?;
        known.save_synth(deps.storage, &issuer, &id, synth)?;
    }
    let accept = WasmMsg::Execute {
        contract_addr: issuer.into_string(),
        msg: to_json_binary(&IssuerMsg::AcceptSynth(NewSynth {
            synth: id,
            token,
            decimals,
            is_dollar,
        }))?,
        funds: vec![],
    };
    Ok(Response::new().add_message(accept).add_event(event))
}

/// Handles `set_ceiling`.
pub fn set_ceiling(
    deps: DepsMut,
    info: &MessageInfo,
    id: &str,
    ceiling: Uint128,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let (address, mut issuer, mut synth) = synth_of(deps.storage, id)?;
    synth.ceiling = ceiling;
    let supply = issuer.supply(deps.storage, id)?;
    let event = events::set_ceiling(&address, id, &synth, &supply);
    issuer.save_synth(deps.storage, &address, id, synth)?;
    Ok(Response::new().add_event(event))
}
