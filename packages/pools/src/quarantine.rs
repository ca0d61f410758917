//! Quarantine: a market contract that does not work blocks nobody (DESIGN §6).
//!
//! A question to a contract has all the gas of its transaction, so one that loops would block every
//! exit. `check_market` asks what a pool asks, in a submessage of its own within `poll_gas`. What
//! errs or does not parse is written inside it; running out of gas is what the reply sees. With
//! less gas left than `poll_gas` the chain drops the limit, and running out ends the whole
//! transaction: nobody frames a market that works.

use ballast_types::{
    market::MAX_MARKETS,
    pool_lens::{PollResponse, PolledMarket},
    pool_manager::OwnMsg,
};
use cosmwasm_std::{
    Addr, Deps, DepsMut, Env, Event, MessageInfo, Reply, Response, Storage, SubMsg, SubMsgResult,
    Uint128, WasmMsg, to_json_binary,
};

use crate::{
    ContractError, Refusal,
    chain::{OpenMarket, quarantined},
    market::ids_of,
    poll,
    prices::Prices,
    state::{Books, CONFIG, CONTROLS, MARKET_BOOKS, Market, QUARANTINES, Quarantine},
};

/// The reply to [`OwnMsg::PollForCheck`].
pub const CHECKED: u64 = 1;

/// What a chain says of a submessage that ran out of gas: the first form when the message itself did,
/// the second when a contract that it asked did.
const OUT_OF_GAS: [&str; 2] = ["codespace: sdk, code: 11", "codespace: wasm, code: 29"];

/// Puts a market contract in quarantine, or with a ref one of its markets.
pub fn put(
    storage: &mut dyn Storage,
    env: &Env,
    contract: &Addr,
    market_ref: &str,
    reason: String,
) -> Result<Event, Refusal> {
    let event = quarantined(contract, market_ref, &reason);
    let since = env.block.time.seconds();
    QUARANTINES.save(
        storage,
        (contract, market_ref),
        &Quarantine { since, reason },
    )?;
    if !market_ref.is_empty() {
        set_alone(storage, contract, market_ref, true)?;
    }
    Ok(event)
}

fn set_alone(
    storage: &mut dyn Storage,
    contract: &Addr,
    market_ref: &str,
    quarantined: bool,
) -> Result<(), Refusal> {
    for (known, id) in ids_of(storage, contract)? {
        if known == market_ref {
            let mut record = MARKET_BOOKS.load(storage, id)?;
            record.quarantined = quarantined;
            MARKET_BOOKS.save(storage, id, &record)?;
        }
    }
    Ok(())
}

fn require_known(storage: &dyn Storage, contract: &Addr) -> Result<(), Refusal> {
    if ids_of(storage, contract)?.is_empty() {
        return Err(ContractError::UnknownMarket {
            market: contract.to_string(),
        }
        .into());
    }
    Ok(())
}

/// Handles `quarantine`.
pub fn by_guardian(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    contract: Addr,
) -> Result<Response, Refusal> {
    CONTROLS.require_guardian(deps.storage, &info.sender)?;
    require_known(deps.storage, &contract)?;
    if QUARANTINES.has(deps.storage, (&contract, "")) {
        return Err(ContractError::InQuarantine { contract }.into());
    }
    let reason = "by the guardian".to_owned();
    let event = put(deps.storage, env, &contract, "", reason)?;
    Ok(Response::new().add_event(event))
}

/// Handles `end_quarantine`: each of the contract's markets that answers is out, and nobody carries
/// what it has won or lost meanwhile. Pools that nobody has touched still have their shares: whoever
/// syncs the others would choose for whom it was.
pub fn end(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    contract: Addr,
) -> Result<Response, Refusal> {
    ballast_kit::controls::require_owner(deps.storage, &info.sender)?;
    require_known(deps.storage, &contract)?;
    let all = QUARANTINES.has(deps.storage, (&contract, ""));
    let ids = ids_of(deps.storage, &contract)?;
    let mut held = vec![];
    for (market_ref, id) in ids {
        if all || MARKET_BOOKS.load(deps.storage, id)?.quarantined {
            held.push((market_ref, id));
        }
    }
    if held.is_empty() {
        return Err(ContractError::NotInQuarantine { contract }.into());
    }
    let config = CONFIG.load(deps.storage)?;
    let decimals = config.dollar()?.decimals;
    let now = env.block.time.seconds();
    let mut prices = Prices::new(deps.querier, config.oracle.clone(), now);
    let mut response = Response::new();
    let mut problem = None;
    let mut ended = 0u32;
    QUARANTINES.remove(deps.storage, (&contract, ""));
    for some in held.chunks(MAX_MARKETS) {
        let refs: Vec<_> = some
            .iter()
            .map(|(market_ref, _)| market_ref.clone())
            .collect();
        let answers = poll::ask(deps.querier, &contract, &refs, true)
            .map_err(|reason| ContractError::PollFailed { reason })?;
        let works = answers
            .reports
            .into_iter()
            .zip(answers.minimums)
            .map(|(report, minimum)| minimum.and(report));
        for ((market_ref, id), report) in some.iter().zip(works) {
            match report {
                Ok(report) => {
                    QUARANTINES.remove(deps.storage, (&contract, market_ref));
                    let mut market = OpenMarket::load(deps.storage, *id)?;
                    market.record.quarantined = false;
                    market.quarantined = false;
                    // What was drawn before is for the pools that stood ready.
                    market.flush(&mut prices, decimals)?;
                    market.record.books.poll(report)?;
                    market.record.polled_at = now;
                    market.record.books.flush(Uint128::zero(), false)?;
                    market.save(deps.storage)?;
                    ended = ended.saturating_add(1);
                }
                Err(reason) => {
                    let event = put(deps.storage, env, &contract, market_ref, reason.clone())?;
                    response = response.add_event(event);
                    problem = Some(reason);
                }
            }
        }
    }
    if let Some(reason) = problem.filter(|_| ended == 0) {
        return Err(ContractError::PollFailed { reason }.into());
    }
    Ok(response.add_event(
        Event::new("end_quarantine")
            .add_attribute("contract", contract)
            .add_attribute("markets", ended.to_string()),
    ))
}

/// The refs of a contract's markets in a pool: what the pool asks it about.
fn refs_in(
    storage: &dyn Storage,
    pool: u64,
    contract: &Addr,
) -> Result<Vec<(u64, String)>, Refusal> {
    let mut refs = vec![];
    for link in Books::load(storage, pool)?.links {
        let market = Market::load(storage, link.market)?;
        if market.contract == *contract && !MARKET_BOOKS.load(storage, link.market)?.quarantined {
            refs.push((link.market, market.market_ref));
        }
    }
    Ok(refs)
}

/// Handles `check_market`.
pub fn check(deps: DepsMut, env: &Env, pool: u64, contract: Addr) -> Result<Response, Refusal> {
    let books = Books::load(deps.storage, pool)?;
    let mut is_there = false;
    for link in &books.links {
        is_there = is_there || Market::load(deps.storage, link.market)?.contract == contract;
    }
    if !is_there {
        return Err(ContractError::NotInPool { pool, contract }.into());
    }
    if QUARANTINES.has(deps.storage, (&contract, "")) {
        return Ok(Response::new());
    }
    let poll = WasmMsg::Execute {
        contract_addr: env.contract.address.to_string(),
        msg: to_json_binary(&OwnMsg::PollForCheck {
            pool: pool.into(),
            contract: contract.to_string(),
        })?,
        funds: vec![],
    };
    let gas = CONFIG.load(deps.storage)?.params.0.poll_gas;
    let submessage = SubMsg::reply_on_error(poll, CHECKED)
        .with_gas_limit(gas)
        .with_payload(contract.as_bytes());
    Ok(Response::new().add_submessage(submessage))
}

/// Handles `poll_for_check`, within its gas limit.
pub fn poll_for_check(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    pool: u64,
    contract: &Addr,
) -> Result<Response, Refusal> {
    if info.sender != env.contract.address {
        return Err(ContractError::Unauthorized {
            sender: info.sender.clone(),
        }
        .into());
    }
    let refs = refs_in(deps.storage, pool, contract)?;
    let mut response = Response::new().add_event(
        Event::new("check_market")
            .add_attribute("pool", pool.to_string())
            .add_attribute("contract", contract)
            .add_attribute("markets", refs.len().to_string()),
    );
    // What is left of it in this pool is in quarantine alone.
    if refs.is_empty() {
        return Ok(response);
    }
    for (market_ref, reason) in failures(deps.as_ref(), contract, &refs) {
        response = response.add_event(put(deps.storage, env, contract, &market_ref, reason)?);
    }
    Ok(response)
}

/// The reply: the question did not end within its gas.
pub fn checked(deps: DepsMut, env: &Env, reply: &Reply) -> Result<Response, Refusal> {
    // Written by `check`, which has checked it.
    let contract = Addr::unchecked(String::from_utf8_lossy(&reply.payload));
    let error = match &reply.result {
        SubMsgResult::Err(error) => error,
        SubMsgResult::Ok(_) => return Ok(Response::new()),
    };
    if !OUT_OF_GAS.contains(&error.as_str()) {
        return Err(ContractError::PollFailed {
            reason: error.clone(),
        }
        .into());
    }
    let event = put(deps.storage, env, &contract, "", "out of gas".to_owned())?;
    Ok(Response::new().add_event(event))
}

/// What does not work: no ref for the whole contract.
fn failures(deps: Deps, contract: &Addr, refs: &[(u64, String)]) -> Vec<(String, String)> {
    let names: Vec<_> = refs.iter().map(|(_, name)| name.clone()).collect();
    match poll::ask(deps.querier, contract, &names, true) {
        Err(reason) => vec![(String::new(), reason)],
        Ok(answers) => answers
            .reports
            .into_iter()
            .zip(answers.minimums)
            .zip(names)
            .filter_map(|((report, minimum), name)| {
                let reason = minimum.err().or(report.err())?;
                Some((name, reason))
            })
            .collect(),
    }
}

/// What `check_market` would find, in a query: it has no gas limit of its own.
pub fn preview(deps: Deps, pool: u64, contract: &Addr) -> Result<PollResponse, Refusal> {
    let refs = refs_in(deps.storage, pool, contract)?;
    if refs.is_empty() {
        return Err(ContractError::NotInPool {
            pool,
            contract: contract.clone(),
        }
        .into());
    }
    let names: Vec<_> = refs.iter().map(|(_, name)| name.clone()).collect();
    let reports: Vec<_> = match poll::ask(deps.querier, contract, &names, true) {
        Err(reason) => refs.iter().map(|_| Err(reason.clone())).collect(),
        Ok(answers) => answers
            .reports
            .into_iter()
            .zip(answers.minimums)
            .map(|(report, minimum)| minimum.and(report))
            .collect(),
    };
    Ok(PollResponse {
        healthy: reports.iter().all(Result::is_ok),
        reports: refs
            .into_iter()
            .zip(reports)
            .map(|((market, _), report)| PolledMarket {
                market: market.into(),
                problem: report.as_ref().err().cloned(),
                report: report.ok(),
            })
            .collect(),
    })
}
