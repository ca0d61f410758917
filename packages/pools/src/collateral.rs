//! The collaterals, in all pools.

use ballast_kit::controls::require_owner;
use ballast_math::Value;
use ballast_types::{
    Token, TokenUnchecked, Usd, is_asset_id,
    issuer::IssuerReport,
    oracle,
    pool_lens::CollateralResponse,
    pool_manager::{CollateralTerms, MAX_VAULTS},
};
use cosmwasm_std::{
    Decimal, Deps, DepsMut, Env, Event, Int256, MessageInfo, Order, Response, Uint128,
};
use cw20::{Cw20QueryMsg, TokenInfoResponse};

use crate::{
    ContractError, Refusal,
    prices::Prices,
    state::{
        COLLATERALS, CONFIG, Collateral, Dollar, HELD, Held, StoredTerms, TOKENS, UNASSIGNED_SUM,
    },
};

/// Handles `add_collateral`.
pub fn add(
    deps: DepsMut,
    info: &MessageInfo,
    asset: String,
    token: TokenUnchecked,
    terms: CollateralTerms,
) -> Result<Response, Refusal> {
    require_owner(deps.storage, &info.sender)?;
    let config = CONFIG.load(deps.storage)?;
    let token = token.check(deps.api)?;
    let decimals = oracle::decimals(&deps.querier, &config.oracle, &asset)?
        .filter(|_| is_asset_id(&asset))
        .ok_or_else(|| ContractError::UnknownAsset {
            asset: asset.clone(),
        })?;
    require_ordered(&terms)?;
    require_decimals(deps.as_ref(), &token, decimals)?;
    let is_dollar = |dollar: &Dollar| token == Token::Cw20(dollar.token.clone());
    if TOKENS.has(deps.storage, &token.key()) || config.dollar.as_ref().is_some_and(is_dollar) {
        return Err(ContractError::DuplicateToken {
            token: token.to_string(),
        }
        .into());
    }
    if COLLATERALS.has(deps.storage, &asset) {
        return Err(ContractError::DuplicateCollateral { asset }.into());
    }
    let count = COLLATERALS
        .keys(deps.storage, None, None, Order::Ascending)
        .count();
    if count >= MAX_VAULTS {
        return Err(ContractError::TooMany {
            given: count.saturating_add(1),
            max: MAX_VAULTS,
        }
        .into());
    }
    TOKENS.save(deps.storage, &token.key(), &asset)?;
    HELD.save(deps.storage, &asset, &Held::default())?;
    let collateral = Collateral {
        token,
        decimals,
        terms: StoredTerms(terms),
        enabled: true,
    };
    COLLATERALS.save(deps.storage, &asset, &collateral)?;
    Ok(Response::new().add_event(event("add_collateral", &asset, &collateral)))
}

/// Handles `update_collateral`.
pub fn update(
    deps: DepsMut,
    info: &MessageInfo,
    asset: &str,
    terms: Option<CollateralTerms>,
    enabled: Option<bool>,
) -> Result<Response, Refusal> {
    require_owner(deps.storage, &info.sender)?;
    let mut collateral = Collateral::load(deps.storage, asset)?;
    if let Some(terms) = terms {
        require_ordered(&terms)?;
        collateral.terms = StoredTerms(terms);
    }
    collateral.enabled = enabled.unwrap_or(collateral.enabled);
    COLLATERALS.save(deps.storage, asset, &collateral)?;
    Ok(Response::new().add_event(event("update_collateral", asset, &collateral)))
}

fn event(name: &str, asset: &str, collateral: &Collateral) -> Event {
    let terms = &collateral.terms.0;
    Event::new(name)
        .add_attribute("asset", asset)
        .add_attribute("token", collateral.token.to_string())
        .add_attribute("issuance_ratio", terms.issuance_ratio.to_string())
        .add_attribute("liquidation_ratio", terms.liquidation_ratio.to_string())
        .add_attribute("liquidation_penalty", terms.liquidation_penalty.to_string())
        .add_attribute("cap", terms.cap)
        .add_attribute("enabled", collateral.enabled.to_string())
}

/// 1 + penalty < liquidation ratio < issuance ratio, and a keeper's part of a whole.
fn require_ordered(terms: &CollateralTerms) -> Result<(), Refusal> {
    let with_penalty = Decimal::one().checked_add(terms.liquidation_penalty);
    let ordered = with_penalty.is_ok_and(|covered| covered < terms.liquidation_ratio)
        && terms.liquidation_ratio < terms.issuance_ratio;
    if ordered && terms.keeper_part < Decimal::one() {
        return Ok(());
    }
    Err(ContractError::InvalidTerms {
        reason: "1 + penalty < liquidation ratio < issuance ratio, and the keeper's part < 1"
            .to_owned(),
    }
    .into())
}

/// A cw20 says how many decimals it has; a wrong entry in the oracle would misprice it by powers of
/// ten.
fn require_decimals(deps: Deps, token: &Token, expected: u8) -> Result<(), Refusal> {
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
    }
    .into())
}

/// All collaterals.
pub fn query(deps: Deps) -> Result<Vec<CollateralResponse>, Refusal> {
    COLLATERALS
        .range(deps.storage, None, None, Order::Ascending)
        .map(|entry| {
            let (asset, collateral) = entry?;
            let held = Held::load(deps.storage, &asset)?;
            Ok(CollateralResponse {
                asset,
                token: collateral.token,
                decimals: collateral.decimals,
                terms: collateral.terms.0,
                enabled: collateral.enabled,
                undelegated: held.undelegated,
                delegated: held.delegated,
            })
        })
        .collect()
}

/// What stands behind the dollar: what is delegated, at the lower exit prices. A collateral without
/// a price counts nothing: the analyst sees the worst case.
pub fn issuer_report(deps: Deps, env: &Env) -> Result<IssuerReport, Refusal> {
    let config = CONFIG.load(deps.storage)?;
    let now = env.block.time.seconds();
    let mut prices = Prices::new(deps.querier, config.oracle.clone(), now);
    let mut sum = Value::ZERO;
    for entry in HELD.range(deps.storage, None, None, Order::Ascending) {
        let (asset, held) = entry?;
        if let Some((price, decimals)) = prices.low(&asset) {
            sum = sum.checked_add(Value::of(held.delegated, price, decimals)?)?;
        }
    }
    Ok(IssuerReport {
        collateral_value: sum.usd_floor()?,
        unassigned_debt: unassigned(deps, &config.dollar)?,
    })
}

fn unassigned(deps: Deps, dollar: &Option<Dollar>) -> Result<Usd, Refusal> {
    let sum = UNASSIGNED_SUM.may_load(deps.storage)?.unwrap_or_default();
    let Some(dollar) = dollar else {
        return Ok(Usd::zero());
    };
    let units = Uint128::try_from(sum.max(Int256::zero()).unsigned_abs())
        .map_err(ballast_math::MathError::from)?;
    Ok(Value::of_dollars(units, dollar.decimals)?.usd_ceil()?)
}
