//! The collaterals.

use ballast_kit::controls;
use ballast_math::{MathError, Value};
use ballast_types::{
    Terms, Token, TokenUnchecked, Usd, is_asset_id,
    issuer::IssuerReport,
    oracle,
    synth_minter::{CollateralResponse, MAX_COLLATERALS},
};
use cosmwasm_std::{Deps, DepsMut, Env, Event, MessageInfo, Order, Response, Uint128};
use cw20::{Cw20QueryMsg, TokenInfoResponse};

use crate::{
    error::ContractError,
    state::{self, Amounts, COLLATERALS, CONFIG, Collateral, Role, SYNTHS, TERMS, TOKENS},
};

pub fn add(
    deps: DepsMut,
    info: MessageInfo,
    asset: String,
    token: TokenUnchecked,
    terms: Terms,
    cap: Uint128,
) -> Result<Response, ContractError> {
    controls::require_owner(deps.storage, &info.sender)?;
    let config = CONFIG.load(deps.storage)?;
    let token = token.check(deps.api)?;
    let decimals = oracle::decimals(&deps.querier, &config.oracle, &asset)?
        .filter(|_| is_asset_id(&asset))
        .ok_or_else(|| ContractError::UnknownAsset {
            asset: asset.clone(),
        })?;
    require_ordered(&terms)?;
    require_decimals(deps.as_ref(), &token, decimals)?;
    if COLLATERALS.has(deps.storage, &asset) || SYNTHS.has(deps.storage, &asset) {
        return Err(ContractError::DuplicateCollateral { asset });
    }
    if TOKENS.has(deps.storage, &token.key()) {
        return Err(ContractError::DuplicateToken {
            token: token.to_string(),
        });
    }
    let count = COLLATERALS
        .keys(deps.storage, None, None, Order::Ascending)
        .count();
    if count >= MAX_COLLATERALS {
        return Err(ContractError::TooManyCollaterals {
            max: MAX_COLLATERALS,
        });
    }

    TOKENS.save(
        deps.storage,
        &token.key(),
        &Role::Collateral {
            asset: asset.clone(),
        },
    )?;
    let event = Event::new("add_collateral")
        .add_attribute("asset", &asset)
        .add_attribute("token", token.to_string())
        .add_attribute("cap", cap);
    COLLATERALS.save(
        deps.storage,
        &asset,
        &Collateral {
            token,
            decimals,
            terms,
            version: 0,
            cap,
            enabled: true,
        },
    )?;
    TERMS.save(deps.storage, (&asset, 0), &terms)?;
    Ok(Response::new().add_event(event))
}

pub fn update(
    deps: DepsMut,
    info: MessageInfo,
    asset: String,
    terms: Option<Terms>,
    cap: Option<Uint128>,
    enabled: Option<bool>,
) -> Result<Response, ContractError> {
    controls::require_owner(deps.storage, &info.sender)?;
    let mut collateral = state::collateral(deps.storage, &asset)?;
    if let Some(terms) = terms {
        require_ordered(&terms)?;
        collateral.terms = terms;
        collateral.version = collateral
            .version
            .checked_add(1)
            .ok_or(MathError::OutOfRange {
                operation: "a version of terms",
            })?;
        TERMS.save(deps.storage, (&asset, collateral.version), &terms)?;
    }
    collateral.cap = cap.unwrap_or(collateral.cap);
    collateral.enabled = enabled.unwrap_or(collateral.enabled);
    COLLATERALS.save(deps.storage, &asset, &collateral)?;
    Ok(Response::new().add_event(
        Event::new("update_collateral")
            .add_attribute("asset", asset)
            .add_attribute(
                "issuance_ratio",
                collateral.terms.issuance_ratio.to_string(),
            )
            .add_attribute("flag_ratio", collateral.terms.flag_ratio.to_string())
            .add_attribute(
                "liquidation_penalty",
                collateral.terms.liquidation_penalty.to_string(),
            )
            .add_attribute("cap", collateral.cap)
            .add_attribute("enabled", collateral.enabled.to_string()),
    ))
}

pub fn query(deps: Deps, asset: &str) -> Result<CollateralResponse, ContractError> {
    let collateral = state::collateral(deps.storage, asset)?;
    let totals = state::totals(deps.storage)?;
    Ok(response(asset.to_owned(), collateral, &totals))
}

pub fn query_all(deps: Deps) -> Result<Vec<CollateralResponse>, ContractError> {
    let totals = state::totals(deps.storage)?;
    COLLATERALS
        .range(deps.storage, None, None, Order::Ascending)
        .map(|entry| {
            let (asset, collateral) = entry?;
            Ok(response(asset, collateral, &totals))
        })
        .collect()
}

/// What all that is staked is worth at the lower exit prices. A collateral without a price
/// counts nothing: the analyst sees the worst case.
pub fn issuer_report(deps: Deps, env: &Env) -> Result<IssuerReport, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let now = env.block.time.seconds();
    let totals = state::totals(deps.storage)?;
    let mut sum = Value::ZERO;
    for entry in COLLATERALS.range(deps.storage, None, None, Order::Ascending) {
        let (asset, collateral) = entry?;
        let price = oracle::record(&deps.querier, &config.oracle, &asset)
            .and_then(|record| record.exit(&asset, now));
        if let Ok(price) = price {
            let value = Value::of(totals.of(&asset), price.low, collateral.decimals)?;
            sum = sum.checked_add(value)?;
        }
    }
    Ok(IssuerReport {
        collateral_value: sum.usd_floor()?,
        unassigned_debt: Usd::zero(),
    })
}

fn response(asset: String, collateral: Collateral, totals: &Amounts) -> CollateralResponse {
    let Collateral {
        token,
        decimals,
        terms,
        version: _,
        cap,
        enabled,
    } = collateral;
    CollateralResponse {
        total: totals.of(&asset),
        asset,
        token,
        decimals,
        terms,
        cap,
        enabled,
    }
}

fn require_ordered(terms: &Terms) -> Result<(), ContractError> {
    if terms.are_ordered() {
        return Ok(());
    }
    Err(ContractError::InvalidTerms {
        penalty: terms.liquidation_penalty,
        flag_ratio: terms.flag_ratio,
        issuance_ratio: terms.issuance_ratio,
    })
}

/// A cw20 says how many decimals it has; a wrong entry in the oracle would misprice it by
/// powers of ten.
fn require_decimals(deps: Deps, token: &Token, expected: u8) -> Result<(), ContractError> {
    let Token::Cw20(contract) = token else {
        return Ok(());
    };
    let info: TokenInfoResponse = deps
        .querier
        .query_wasm_smart(contract, &Cw20QueryMsg::TokenInfo {})?;
    if info.decimals == expected {
        return Ok(());
    }
    Err(ContractError::DecimalsMismatch {
        token: token.to_string(),
        expected,
        found: info.decimals,
    })
}
