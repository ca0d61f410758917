//! What waits to be paid: the treasury's parts and the flaggers'.
//!
//! Penalties are kept here, exchange fees in the registry's books, and both are paid by messages
//! of their own. A liquidation then depends on no
//! recipient, and costs less; the treasury's ledger can name each inflow.

use ballast_kit::page;
use ballast_types::{
    Token, address,
    debt_registry::MintFeesResponse,
    issuer::SharedDebtMsg,
    synth_minter::AssetAmount,
    treasury::{self, Tag},
};
use cosmwasm_std::{
    CosmosMsg, Deps, DepsMut, Env, Event, MessageInfo, Reply, Response, StdResult, SubMsg, Uint128,
    to_json_binary,
};

use crate::{
    error::ContractError,
    events, registry,
    reply::{ANSWER, Pending},
    state::{self, COLLATERALS, CONFIG, Config, SYNTHS, TREASURY_DUE},
};

/// The most assets of one payout.
const MAX_ASSETS: usize = 16;

/// What waits until the registry has minted fees.
#[cosmwasm_schema::cw_serde]
pub struct Forwarding {
    /// Of collaterals, on its way already.
    paid: Vec<AssetAmount>,
    /// Whose fees are minted.
    synths: Vec<String>,
}

/// Penalties leave at once; fees are minted first.
pub fn forward_to_treasury(deps: DepsMut, assets: Vec<String>) -> Result<Response, ContractError> {
    require_few(&assets)?;
    let config = CONFIG.load(deps.storage)?;
    let mut response = Response::new();
    let mut due = state::treasury_due(deps.storage)?;
    let (mut paid, mut synths) = (vec![], vec![]);
    for asset in assets {
        if SYNTHS.has(deps.storage, &asset) {
            synths.push(asset);
            continue;
        }
        let amount = due.take(&asset)?;
        let token = COLLATERALS.load(deps.storage, &asset)?.token;
        response = response.add_message(deposit(&config, &token, amount, Tag::Penalty)?);
        paid.push(AssetAmount { asset, amount });
    }
    if !paid.is_empty() {
        TREASURY_DUE.save(deps.storage, &due)?;
    }
    if synths.is_empty() {
        return Ok(response.add_event(forwarded(&config, &paid)));
    }
    let mint = SharedDebtMsg::MintFees {
        synths: synths.clone(),
    };
    let pending = Pending::Forward(Forwarding { paid, synths });
    let submessage = SubMsg::reply_on_success(registry::message(&config, &mint)?, ANSWER)
        .with_payload(to_json_binary(&pending)?);
    Ok(response.add_submessage(submessage))
}

/// The registry has minted the fees.
pub fn fees_minted(
    deps: Deps,
    reply: &Reply,
    pending: Forwarding,
) -> Result<Response, ContractError> {
    let MintFeesResponse { amounts } = ballast_kit::reply::executed(reply)?;
    let config = CONFIG.load(deps.storage)?;
    let Forwarding { mut paid, synths } = pending;
    let mut response = Response::new();
    for (asset, amount) in synths.into_iter().zip(amounts) {
        let token = Token::Cw20(SYNTHS.load(deps.storage, &asset)?.token);
        response = response.add_message(deposit(&config, &token, amount, Tag::ExchangeFee)?);
        paid.push(AssetAmount { asset, amount });
    }
    Ok(response.add_event(forwarded(&config, &paid)))
}

/// Sends to the treasury, tagged: penalties arrive in collateral, fees in synths.
fn deposit(config: &Config, token: &Token, amount: Uint128, tag: Tag) -> StdResult<CosmosMsg> {
    token.send(
        &config.treasury,
        amount,
        to_json_binary(&treasury::ExecuteMsg::Deposit { tag })?,
        to_json_binary(&treasury::ReceiveMsg::Deposit { tag })?,
    )
}

fn forwarded(config: &Config, paid: &[AssetAmount]) -> Event {
    events::payout("forward_to_treasury", &config.treasury, paid)
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
    let mut due = state::rewards(deps.storage, &account)?;
    let mut paid = vec![];
    for asset in assets {
        let amount = due.take(&asset)?;
        let token = COLLATERALS.load(deps.storage, &asset)?.token;
        response = response.add_message(token.transfer(&account, amount)?);
        paid.push(AssetAmount { asset, amount });
    }
    state::save_rewards(deps.storage, &account, &due)?;
    Ok(response.add_event(events::payout("claim_rewards", &account, &paid)))
}

/// Penalties from the minter's own books, fees from the registry's.
pub fn treasury_due(
    deps: Deps,
    env: &Env,
    start_after: Option<String>,
    limit: Option<u32>,
) -> Result<Vec<AssetAmount>, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let mut due = registry::fees_due(deps, env, &config)?;
    due.extend(state::treasury_due(deps.storage)?.view());
    due.sort_by(|a, b| a.asset.cmp(&b.asset));
    Ok(due
        .into_iter()
        .filter(|due| start_after.as_ref().is_none_or(|last| due.asset > *last))
        .take(page::size(limit, page::MAX_LIMIT))
        .collect())
}

pub fn rewards(deps: Deps, account: &str) -> Result<Vec<AssetAmount>, ContractError> {
    let account = address::valid(deps.api, account)?;
    let mut rewards = state::rewards(deps.storage, &account)?.view();
    rewards.sort_by(|a, b| a.asset.cmp(&b.asset));
    Ok(rewards)
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
