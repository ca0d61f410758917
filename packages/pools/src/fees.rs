//! Fees: what LPs and payees of cuts have earned is minted when they claim it.
//!
//! A claim changes no shares and polls no market: none can block it. An LP is paid what the links
//! hold for him, and it stays there until somebody acts on the pool: flushes in whatever order give
//! everybody the same, so that only his position is saved.

use ballast_math::fees::{Cut, cuts_are_within_limit};
use ballast_types::{
    Token, address,
    pool_lens::{CutResponse, CutRise},
    pool_manager::{MAX_CUTS, VaultKey},
    treasury::{self, Tag},
};
use cosmwasm_std::{
    Addr, Decimal, Deps, DepsMut, Env, Event, MessageInfo, Response, StdResult, Uint128,
    to_json_binary,
};

use crate::{
    ContractError, Refusal,
    chain::{Chain, Poll},
    dollar,
    position::OpenPosition,
    state::{CONFIG, Config, CutRecord, Pool, TREASURY_DUE},
};

/// The most vaults of one claim.
const MAX_CLAIMS: usize = 16;

/// Handles `claim_fees`.
pub fn claim(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    account: Option<&str>,
    vaults: &[VaultKey],
) -> Result<Response, Refusal> {
    if vaults.len() > MAX_CLAIMS {
        return Err(ContractError::TooMany {
            given: vaults.len(),
            max: MAX_CLAIMS,
        }
        .into());
    }
    let account = address::valid_or(deps.api, account, &info.sender)?;
    let now = env.block.time.seconds();
    let mut sum = Uint128::zero();
    let mut response = Response::new();
    let mut config = None;
    for key in vaults {
        let open = OpenPosition::open(
            deps.storage,
            deps.querier,
            now,
            key,
            account.clone(),
            Poll::Nothing,
        )?;
        config = Some(open.chain.config.clone());
        let fees = open.take_fees(deps.storage)?;
        sum = sum.checked_add(fees)?;
        response = response.add_event(
            Event::new("claim_fees")
                .add_attribute("account", &account)
                .add_attribute("pool", key.pool)
                .add_attribute("asset", &key.asset)
                .add_attribute("amount", fees),
        );
    }
    pay(config.as_ref(), response, &account, sum)
}

/// Handles `claim_cut`.
pub fn claim_cut(deps: DepsMut, env: &Env, id: u64, payee: &str) -> Result<Response, Refusal> {
    let payee = address::valid(deps.api, payee)?;
    let now = env.block.time.seconds();
    let mut chain = Chain::open(deps.storage, deps.querier, now, id, Poll::Nothing)?;
    let mut sum = Uint128::zero();
    let mut has_cut = false;
    for cut in chain.cuts(deps.storage)? {
        if cut.payee == payee {
            sum = sum.checked_add(cut.due.take_floor()?)?;
            has_cut = true;
        }
    }
    if !has_cut {
        return Err(ContractError::UnknownCut { pool: id, payee }.into());
    }
    forget_spent(&mut chain, deps.as_ref())?;
    let config = chain.config.clone();
    let events = chain.save(deps.storage, &[])?;
    let response = Response::new().add_events(events).add_event(
        Event::new("claim_cut")
            .add_attribute("pool", id.to_string())
            .add_attribute("payee", &payee)
            .add_attribute("amount", sum),
    );
    pay(Some(&config), response, &payee, sum)
}

fn pay(
    config: Option<&Config>,
    response: Response,
    to: &Addr,
    amount: Uint128,
) -> Result<Response, Refusal> {
    let config = config
        .filter(|_| !amount.is_zero())
        .ok_or(ContractError::NothingDue {})?;
    Ok(response.add_message(dollar::mint(config, to, amount)?))
}

/// Handles `set_cut`.
pub fn set_cut(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    id: u64,
    payee: &str,
    market: Option<u64>,
    rate: Decimal,
) -> Result<Response, Refusal> {
    Pool::of_owner(deps.storage, id, &info.sender)?;
    let payee = address::valid(deps.api, payee)?;
    let now = env.block.time.seconds();
    // What was earned until now is divided as it was.
    let mut chain = Chain::open(deps.storage, deps.querier, now, id, Poll::Nothing)?;
    let is_link = |market: u64| chain.books.links.iter().any(|link| link.market == market);
    // Of a market that has left the pool it can still be ended.
    if let Some(market) = market.filter(|market| !rate.is_zero() && !is_link(*market)) {
        return Err(ContractError::unknown_market(market).into());
    }
    let cuts = chain.cuts(deps.storage)?;
    let same = |cut: &&mut CutRecord| cut.payee == payee && cut.market == market;
    match cuts.iter_mut().find(same) {
        Some(cut) => cut.cut = cut.cut.set(rate, now),
        None => cuts.push(CutRecord {
            payee: payee.clone(),
            market,
            cut: Cut::default().set(rate, now),
            due: Default::default(),
        }),
    }
    if !cuts_are_within_limit(cuts.iter().map(|cut| &cut.cut)) {
        return Err(ContractError::CutsTooHigh {}.into());
    }
    forget_spent(&mut chain, deps.as_ref())?;
    let cuts = usize::from(chain.books.cuts);
    if cuts > MAX_CUTS {
        return Err(ContractError::TooMany {
            given: cuts,
            max: MAX_CUTS,
        }
        .into());
    }
    let events = chain.save(deps.storage, &[])?;
    Ok(Response::new().add_events(events).add_event(
        Event::new("set_cut")
            .add_attribute("pool", id.to_string())
            .add_attribute("payee", payee)
            .add_attribute(
                "market",
                market.map_or_else(|| "all".to_owned(), |m| m.to_string()),
            )
            .add_attribute("rate", rate.to_string()),
    ))
}

/// A cut that was ended is forgotten once it is paid.
fn forget_spent(chain: &mut Chain, deps: Deps) -> Result<(), Refusal> {
    let cuts = chain.cuts(deps.storage)?;
    let mut kept = vec![];
    for cut in cuts.drain(..) {
        let waits = !cut.due.clone().take_floor()?.is_zero();
        if waits || !cut.cut.highest().is_zero() {
            kept.push(cut);
        }
    }
    let count = u8::try_from(kept.len()).unwrap_or(u8::MAX);
    *cuts = kept;
    chain.books.cuts = count;
    Ok(())
}

/// Cuts of a pool, with what waits for each payee.
pub fn cuts(deps: Deps, env: &Env, id: u64) -> Result<Vec<CutResponse>, Refusal> {
    let now = env.block.time.seconds();
    let mut chain = Chain::open(deps.storage, deps.querier, now, id, Poll::Nothing)?;
    let cuts = chain.cuts(deps.storage)?;
    let due = |payee: &Addr| {
        cuts.iter()
            .filter(|cut| cut.payee == *payee)
            .try_fold(Uint128::zero(), |sum, cut| {
                Ok::<_, Refusal>(sum.checked_add(cut.due.clone().take_floor()?)?)
            })
    };
    cuts.iter()
        .map(|cut| {
            Ok(CutResponse {
                due: due(&cut.payee)?,
                payee: cut.payee.clone(),
                market: cut.market.map(Into::into),
                rate: cut.cut.at(now),
                rise: cut
                    .cut
                    .rise_after(now)
                    .map(|(rate, at)| CutRise { rate, at }),
            })
        })
        .collect()
}

/// Handles `forward_to_treasury`.
pub fn forward_to_treasury(deps: DepsMut, env: &Env) -> Result<Response, Refusal> {
    let config = CONFIG.load(deps.storage)?;
    let mut due = TREASURY_DUE.may_load(deps.storage)?.unwrap_or_default();
    let amount = due.take_floor()?;
    if amount.is_zero() {
        return Err(ContractError::NothingDue {}.into());
    }
    TREASURY_DUE.save(deps.storage, &due)?;

    let tag = Tag::PoolFee;
    let dollar = Token::Cw20(config.dollar()?.token.clone());
    let deposit = dollar.send(
        &config.treasury,
        amount,
        to_json_binary(&treasury::ExecuteMsg::Deposit { tag })?,
        to_json_binary(&treasury::ReceiveMsg::Deposit { tag })?,
    )?;
    Ok(Response::new()
        .add_message(dollar::mint(&config, &env.contract.address, amount)?)
        .add_message(deposit)
        .add_event(Event::new("forward_to_treasury").add_attribute("amount", amount)))
}

/// Fees for the treasury that are not minted yet.
pub fn treasury_due(deps: Deps) -> StdResult<Uint128> {
    let mut due = TREASURY_DUE.may_load(deps.storage)?.unwrap_or_default();
    Ok(due.take_floor().unwrap_or_default())
}
