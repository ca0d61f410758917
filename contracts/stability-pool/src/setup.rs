//! A new pool, and the two cw20s that it makes. What it is for travels in the payload of each
//! submessage, so nothing is kept in storage meanwhile.

use ballast_kit::reply;
use ballast_types::{
    Token, address,
    oracle::{self, AssetResponse, MAX_PRICE, MIN_PRICE, SourceKind},
    stability_pool::{AssetInfo, Guards, InstantiateMsg, TokenSpec},
    token::{Cw20Instantiate, is_cw20_name, is_cw20_symbol},
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Reply, Response, SubMsg, from_json, to_json_binary};
use cw20::{Cw20QueryMsg, TokenInfoResponse};

use crate::{
    amo,
    error::ContractError,
    events, guards,
    state::{Books, CLOCKS, CONFIG, CONTROLS, Clocks, Config, Duca},
};

/// The reply to the instantiation of DUCA.
pub const DUCA_MADE: u64 = 1;
/// The reply to the instantiation of LPD.
pub const LPD_MADE: u64 = 2;

/// A price that fewer sources than this make needs a pool with cumulative prices.
const ENOUGH_SOURCES: u8 = 3;

/// The config, as far as it is known before DUCA has an address.
#[cw_serde]
struct Draft {
    oracle: Addr,
    treasury: Addr,
    cw20_code_id: u64,
    dcm: AssetInfo,
    duca_asset: String,
    duca_decimals: u8,
    lpd: TokenSpec,
    numeraire: Option<String>,
    guards: Guards,
}

/// The config, as far as it is known before LPD has an address.
#[cw_serde]
struct Drafted {
    draft: Draft,
    duca: Addr,
}

pub fn instantiate(
    deps: DepsMut,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    CONTROLS.initialize(deps.storage, deps.api, &msg.owner, msg.guardian.as_deref())?;
    let oracle = address::valid(deps.api, &msg.oracle)?;
    validate(&msg)?;
    let decimals = |asset: &str| {
        oracle::decimals(&deps.querier, &oracle, asset)?.ok_or_else(|| {
            ContractError::UnknownAsset {
                asset: asset.to_owned(),
            }
        })
    };
    if let Some(asset) = &msg.numeraire {
        decimals(asset)?;
    }
    let dcm = AssetInfo {
        decimals: decimals(&msg.dcm.asset)?,
        token: msg.dcm.token.check(deps.api)?,
        asset: msg.dcm.asset,
    };
    require_decimals(deps.as_ref(), &dcm)?;
    let duca_decimals = decimals(&msg.duca.asset)?;
    require_strong_price(deps.as_ref(), &oracle, &msg.duca.asset)?;

    for text in &msg.amos {
        amo::add(deps.storage, &address::valid(deps.api, text)?)?;
    }
    Books::new(msg.initial_par.into()).save(deps.storage)?;
    CLOCKS.save(deps.storage, &Clocks::default())?;
    let draft = Draft {
        oracle,
        treasury: address::valid(deps.api, &msg.treasury)?,
        cw20_code_id: msg.cw20_code_id,
        dcm,
        duca_asset: msg.duca.asset,
        duca_decimals,
        lpd: msg.lpd,
        numeraire: msg.numeraire,
        guards: msg.guards,
    };
    let token = make(
        env,
        draft.cw20_code_id,
        msg.duca.token,
        duca_decimals,
        DUCA_MADE,
    )?;
    Ok(Response::new().add_submessage(token.with_payload(to_json_binary(&draft)?)))
}

/// DUCA exists: LPD is next.
pub fn duca_made(deps: Deps, env: &Env, reply: &Reply) -> Result<Response, ContractError> {
    let draft: Draft = from_json(&reply.payload)?;
    let duca = address::valid(deps.api, &reply::instantiated(reply)?)?;
    let (code_id, decimals) = (draft.cw20_code_id, draft.dcm.decimals);
    let token = make(env, code_id, draft.lpd.clone(), decimals, LPD_MADE)?;
    let payload = to_json_binary(&Drafted { draft, duca })?;
    Ok(Response::new().add_submessage(token.with_payload(payload)))
}

/// LPD exists: the pool is complete.
pub fn lpd_made(deps: DepsMut, reply: &Reply) -> Result<Response, ContractError> {
    let Drafted { draft, duca } = from_json(&reply.payload)?;
    let config = Config {
        oracle: draft.oracle,
        treasury: draft.treasury,
        dcm: draft.dcm,
        duca: Duca {
            asset: draft.duca_asset,
            token: duca,
            decimals: draft.duca_decimals,
        },
        lpd: address::valid(deps.api, &reply::instantiated(reply)?)?,
        numeraire: draft.numeraire,
        guards: draft.guards,
    };
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new().add_event(events::instantiate(&config)))
}

fn make(
    env: &Env,
    code_id: u64,
    spec: TokenSpec,
    decimals: u8,
    id: u64,
) -> Result<SubMsg, ContractError> {
    let label = format!("ballast {}", spec.symbol);
    let minter = &env.contract.address;
    let token = Cw20Instantiate::minted_by(minter, spec.name, spec.symbol, decimals);
    Ok(SubMsg::reply_on_success(token.message(code_id, label)?, id))
}

fn validate(msg: &InstantiateMsg) -> Result<(), ContractError> {
    guards::validate(&msg.guards)?;
    let numeraire = msg.numeraire.as_ref();
    let rules = [
        (
            msg.dcm.asset != msg.duca.asset,
            "DCM and DUCA are the same asset",
        ),
        (
            numeraire != Some(&msg.dcm.asset) && numeraire != Some(&msg.duca.asset),
            "the numeraire is one of the assets that are priced in it",
        ),
        (
            (MIN_PRICE..=MAX_PRICE).contains(&msg.initial_par),
            "initial_par must be between 1e-12 and 1e12",
        ),
        (is_named(&msg.duca.token), "DUCA needs a name and a symbol"),
        (is_named(&msg.lpd), "LPD needs a name and a symbol"),
    ];
    match rules.into_iter().find(|(holds, _)| !holds) {
        Some((_, reason)) => Err(ContractError::InvalidParams {
            reason: reason.to_owned(),
        }),
        None => Ok(()),
    }
}

fn is_named(token: &TokenSpec) -> bool {
    is_cw20_name(&token.name) && is_cw20_symbol(&token.symbol)
}

/// A cw20 says how many decimals it has; a wrong entry in the oracle would misprice it by
/// powers of ten.
fn require_decimals(deps: Deps, asset: &AssetInfo) -> Result<(), ContractError> {
    let Token::Cw20(contract) = &asset.token else {
        return Ok(());
    };
    let info: TokenInfoResponse = deps
        .querier
        .query_wasm_smart(contract, &Cw20QueryMsg::TokenInfo {})?;
    if info.decimals == asset.decimals {
        return Ok(());
    }
    Err(ContractError::DecimalsMismatch {
        token: asset.token.to_string(),
        expected: asset.decimals,
        found: info.decimals,
    })
}

/// D decides how much of a swap is seigniorage, and whether DUCA is minted: whichever sources
/// are live, there must be three of them, or a pool with cumulative prices among them.
fn require_strong_price(deps: Deps, oracle: &Addr, asset: &str) -> Result<(), ContractError> {
    let AssetResponse { rule, sources, .. } = deps.querier.query_wasm_smart(
        oracle,
        &oracle::QueryMsg::Asset {
            asset: asset.to_owned(),
        },
    )?;
    let others = sources
        .iter()
        .filter(|view| !matches!(view.source.kind, SourceKind::AmmTwap { .. }))
        .count();
    if rule.min_sources >= ENOUGH_SOURCES || others < usize::from(rule.min_sources) {
        return Ok(());
    }
    Err(ContractError::WeakPrice {
        asset: asset.to_owned(),
        min_sources: rule.min_sources,
        others,
    })
}
