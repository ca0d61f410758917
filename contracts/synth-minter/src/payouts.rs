//! What waits to be paid: the treasury's parts and the flaggers'.
//!
//! Both are kept here and paid by messages of their own. A liquidation then depends on no
//! recipient, and costs less; the treasury's ledger can name each inflow.

use ballast_kit::page;
use ballast_types::{
    Token, address,
    synth_minter::AssetAmount,
    treasury::{self, Tag},
};
use cosmwasm_std::{Deps, DepsMut, MessageInfo, Order, Response, Storage, to_json_binary};
use cw_storage_plus::Bound;

use crate::{
    error::ContractError,
    events,
    state::{COLLATERALS, CONFIG, REWARDS, SYNTHS, TREASURY_DUE},
};

/// The most assets of one payout.
const MAX_ASSETS: usize = 16;

pub fn forward_to_treasury(deps: DepsMut, assets: Vec<String>) -> Result<Response, ContractError> {
    require_few(&assets)?;
    let treasury = CONFIG.load(deps.storage)?.treasury;
    let mut response = Response::new();
    let mut paid = vec![];
    for asset in assets {
        let amount = TREASURY_DUE
            .may_load(deps.storage, &asset)?
            .ok_or_else(|| ContractError::NothingDue {
                asset: asset.clone(),
            })?;
        let (token, tag) = token_of(deps.storage, &asset)?;
        TREASURY_DUE.remove(deps.storage, &asset);
        response = response.add_message(token.send(
            &treasury,
            amount,
            to_json_binary(&treasury::ExecuteMsg::Deposit { tag })?,
            to_json_binary(&treasury::ReceiveMsg::Deposit { tag })?,
        )?);
        paid.push(AssetAmount { asset, amount });
    }
    Ok(response.add_event(events::payout("forward_to_treasury", &treasury, &paid)))
}

pub fn claim_rewards(
    deps: DepsMut,
    info: MessageInfo,
    account: Option<String>,
    assets: Vec<String>,
) -> Result<Response, ContractError> {
    require_few(&assets)?;
    let account = address::valid_or(deps.api, account.as_deref(), &info.sender)?;
    let mut response = Response::new();
    let mut paid = vec![];
    for asset in assets {
        let amount = REWARDS
            .may_load(deps.storage, (&account, &asset))?
            .ok_or_else(|| ContractError::NothingDue {
                asset: asset.clone(),
            })?;
        let (token, _) = token_of(deps.storage, &asset)?;
        REWARDS.remove(deps.storage, (&account, &asset));
        response = response.add_message(token.transfer(&account, amount)?);
        paid.push(AssetAmount { asset, amount });
    }
    Ok(response.add_event(events::payout("claim_rewards", &account, &paid)))
}

pub fn treasury_due(
    deps: Deps,
    start_after: Option<String>,
    limit: Option<u32>,
) -> Result<Vec<AssetAmount>, ContractError> {
    let start = start_after.as_deref().map(Bound::exclusive);
    TREASURY_DUE
        .range(deps.storage, start, None, Order::Ascending)
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|entry| {
            let (asset, amount) = entry?;
            Ok(AssetAmount { asset, amount })
        })
        .collect()
}

pub fn rewards(deps: Deps, account: &str) -> Result<Vec<AssetAmount>, ContractError> {
    let account = address::valid(deps.api, account)?;
    REWARDS
        .prefix(&account)
        .range(deps.storage, None, None, Order::Ascending)
        .map(|entry| {
            let (asset, amount) = entry?;
            Ok(AssetAmount { asset, amount })
        })
        .collect()
}

fn require_few(assets: &[String]) -> Result<(), ContractError> {
    if assets.len() > MAX_ASSETS {
        return Err(ContractError::TooMany {
            given: assets.len(),
            max: MAX_ASSETS,
        });
    }
    if assets.is_empty() {
        return Err(ContractError::ZeroAmount {});
    }
    Ok(())
}

/// The token of an asset, and what it is to the treasury: penalties arrive in collateral,
/// fees in synths.
fn token_of(storage: &dyn Storage, asset: &str) -> Result<(Token, Tag), ContractError> {
    if let Some(synth) = SYNTHS.may_load(storage, asset)? {
        return Ok((Token::Cw20(synth.token), Tag::ExchangeFee));
    }
    Ok((COLLATERALS.load(storage, asset)?.token, Tag::Penalty))
}
