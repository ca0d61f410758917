//! What it answers.

use ballast_types::market::{Answer, MarketQuery, NameResponse, Report};
use cosmwasm_std::{
    Binary, ContractResult, Deps, QueryRequest, StdError, StdResult, Storage, SystemResult,
    WasmQuery, to_json_binary, to_json_vec,
};
use serde::Serialize;

use crate::{
    Mode, Script,
    contract::{ADDRESSES, SCRIPTS},
};

/// A script that was never written says that nothing is owed and nothing needed.
pub fn script(storage: &dyn Storage, market_ref: &str) -> StdResult<Script> {
    let written = SCRIPTS.may_load(storage, market_ref)?;
    Ok(written.unwrap_or_else(|| Script {
        market_ref: market_ref.to_owned(),
        debt: 0.into(),
        stale: false,
        minimum_credit: 0u128.into(),
        err: None,
    }))
}

/// The answer to a question, in a mode.
pub fn answer(deps: Deps, mode: &Mode, msg: &MarketQuery) -> StdResult<Binary> {
    match mode {
        Mode::Errs {} => Err(StdError::generic_err("Errs: it does not want to")),
        Mode::Nonsense {} => to_json_binary(&"forty-two"),
        Mode::Bloats { bytes } => {
            let length = usize::try_from(*bytes).unwrap_or(usize::MAX);
            to_json_binary(&"x".repeat(length))
        }
        Mode::Asks { question } => {
            ask(deps, question)?;
            scripted(deps.storage, mode, msg)
        }
        Mode::Loops {} => for_ever(),
        Mode::Panics {} => stop(),
        Mode::Scripted {} | Mode::TooFew {} | Mode::TooMany {} => scripted(deps.storage, mode, msg),
    }
}

fn scripted(storage: &dyn Storage, mode: &Mode, msg: &MarketQuery) -> StdResult<Binary> {
    match msg {
        MarketQuery::ReportedDebts { refs } => each(storage, mode, refs, |script| Report {
            debt: script.debt,
            stale: script.stale,
        }),
        MarketQuery::MinimumCredits { refs } => {
            each(storage, mode, refs, |script| script.minimum_credit)
        }
        MarketQuery::MarketName { market_ref } => to_json_binary(&NameResponse {
            name: format!("Hostile {market_ref}"),
        }),
    }
}

fn each<T: Serialize>(
    storage: &dyn Storage,
    mode: &Mode,
    refs: &[String],
    ok: impl Fn(&Script) -> T,
) -> StdResult<Binary> {
    let mut refs = refs.to_vec();
    match mode {
        Mode::TooFew {} => drop(refs.pop()),
        Mode::TooMany {} => refs.push("more".to_owned()),
        _ => {}
    }
    let answers = refs
        .iter()
        .map(|market_ref| {
            let script = script(storage, market_ref)?;
            Ok(match &script.err {
                Some(why) => Answer::Err(why.clone()),
                None => Answer::Ok(ok(&script)),
            })
        })
        .collect::<StdResult<Vec<_>>>()?;
    to_json_binary(&answers)
}

fn ask(deps: Deps, question: &Binary) -> StdResult<Binary> {
    let (manager, _) = ADDRESSES.load(deps.storage)?;
    let request: QueryRequest = WasmQuery::Smart {
        contract_addr: manager.into_string(),
        msg: question.clone(),
    }
    .into();
    match deps.querier.raw_query(&to_json_vec(&request)?) {
        SystemResult::Ok(ContractResult::Ok(answer)) => Ok(answer),
        SystemResult::Ok(ContractResult::Err(error)) => Err(StdError::generic_err(error)),
        SystemResult::Err(error) => Err(StdError::generic_err(error.to_string())),
    }
}

#[cfg(target_arch = "wasm32")]
fn for_ever() -> StdResult<Binary> {
    loop {
        std::hint::black_box(0);
    }
}

#[cfg(target_arch = "wasm32")]
fn stop() -> StdResult<Binary> {
    std::arch::wasm32::unreachable()
}

#[cfg(not(target_arch = "wasm32"))]
fn for_ever() -> StdResult<Binary> {
    Err(StdError::generic_err("Loops: there is no gas to burn here"))
}

#[cfg(not(target_arch = "wasm32"))]
fn stop() -> StdResult<Binary> {
    Err(StdError::generic_err("Panics: there is no VM to stop here"))
}
