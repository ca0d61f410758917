//! Swaps of DCM for DUCA and back, and their quotes.

use ballast_types::{
    address,
    stability_pool::{MAX_QUOTES, Offer, SwapQuote, SwapRequest},
};
use cosmwasm_std::{
    Addr, CosmosMsg, Deps, DepsMut, Env, MessageInfo, Response, StdResult, Uint128,
};

use crate::{
    amo,
    desk::Desk,
    error::ContractError,
    events, payment,
    state::{CONFIG, Config},
};

pub fn swap_native(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    min_out: Uint128,
    recipient: Option<String>,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let request = SwapRequest {
        offer: Offer::Dcm,
        amount: payment::dcm_sent(&config, info)?,
    };
    swap(
        deps,
        env,
        &config,
        &info.sender,
        request,
        min_out,
        recipient,
    )
}

/// Swaps what `payer` has sent.
pub fn swap(
    deps: DepsMut,
    env: &Env,
    config: &Config,
    payer: &Addr,
    request: SwapRequest,
    min_out: Uint128,
    recipient: Option<String>,
) -> Result<Response, ContractError> {
    amo::require(deps.storage, payer)?;
    let recipient = address::valid_or(deps.api, recipient.as_deref(), payer)?;

    let mut desk = Desk::open(deps.as_ref(), config, env.block.time.seconds())?;
    let quote = desk.swap(deps.storage, request)?;
    payment::require_least(gets(request.offer), quote.out, min_out)?;

    let (books, limiter) = desk.into_parts();
    limiter.save(deps.storage, &books)?;
    books.save(deps.storage)?;
    Ok(Response::new()
        .add_messages(payout(config, request.offer, &recipient, &quote)?)
        .add_event(events::swap(payer, &recipient, request, &quote)))
}

pub fn quote(deps: Deps, env: &Env, request: SwapRequest) -> Result<SwapQuote, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let mut desk = Desk::open(deps, &config, env.block.time.seconds())?;
    desk.swap(deps.storage, request)
}

pub fn quotes(
    deps: Deps,
    env: &Env,
    requests: &[SwapRequest],
) -> Result<Vec<SwapQuote>, ContractError> {
    if requests.len() > MAX_QUOTES {
        return Err(ContractError::TooMany {
            given: requests.len(),
            max: MAX_QUOTES,
        });
    }
    let config = CONFIG.load(deps.storage)?;
    let mut desk = Desk::open(deps, &config, env.block.time.seconds())?;
    requests
        .iter()
        .map(|request| desk.swap(deps.storage, *request))
        .collect()
}

/// What the swapper gets: of DUCA first what the pool has, then what is minted.
fn payout(
    config: &Config,
    offer: Offer,
    recipient: &Addr,
    quote: &SwapQuote,
) -> StdResult<Vec<CosmosMsg>> {
    let mut messages = vec![];
    match offer {
        Offer::Dcm => {
            let from_pool = quote.out.saturating_sub(quote.minted);
            if !from_pool.is_zero() {
                messages.push(config.send_duca(recipient, from_pool)?);
            }
            if !quote.minted.is_zero() {
                messages.push(config.mint_duca(recipient, quote.minted)?);
            }
        }
        Offer::Duca => messages.push(config.dcm.token.transfer(recipient, quote.out)?),
    }
    Ok(messages)
}

const fn gets(offer: Offer) -> &'static str {
    match offer {
        Offer::Dcm => "DUCA",
        Offer::Duca => "DCM",
    }
}
