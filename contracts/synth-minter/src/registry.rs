//! What the minter asks the debt registry.

use ballast_math::liquidation::Fill;
use ballast_types::{
    debt_registry::{IssueResponse, MAX_SYNTHS, QueryMsg, RepayResponse, SynthResponse, Valuation},
    issuer::{NewSynth, SharedDebtMsg},
    synth_minter::{AssetAmount, ExchangePreview},
    token::{Cw20Msg, cw20_message},
};
use cosmwasm_std::{Addr, CosmosMsg, Deps, Env, StdResult, Uint128, WasmMsg, to_json_binary};

use crate::state::{Account, Config};

/// What `account` owes for what it has minted. One that never minted owes nothing, and no
/// contract is asked.
pub fn debt(
    deps: Deps,
    env: &Env,
    config: &Config,
    address: &Addr,
    account: &Account,
    valuation: Valuation,
) -> StdResult<Uint128> {
    if account.minted_at == 0 {
        return Ok(Uint128::zero());
    }
    recorded_debt(deps, env, config, address, valuation)
}

/// What the registry says that `address` owes. The treasury owes without having minted when a
/// debt that nobody owed was given to it.
pub fn recorded_debt(
    deps: Deps,
    env: &Env,
    config: &Config,
    address: &Addr,
    valuation: Valuation,
) -> StdResult<Uint128> {
    if config.dollar.is_none() {
        return Ok(Uint128::zero());
    }
    deps.querier.query_wasm_smart(
        &config.registry,
        &QueryMsg::Debt {
            issuer: env.contract.address.to_string(),
            account: address.to_string(),
            valuation,
        },
    )
}

/// What several accounts owe.
pub fn debts(
    deps: Deps,
    env: &Env,
    config: &Config,
    accounts: Vec<String>,
    valuation: Valuation,
) -> StdResult<Vec<Uint128>> {
    deps.querier.query_wasm_smart(
        &config.registry,
        &QueryMsg::Debts {
            issuer: env.contract.address.to_string(),
            accounts,
            valuation,
        },
    )
}

/// What `issue` would do.
pub fn preview_issue(
    deps: Deps,
    env: &Env,
    config: &Config,
    account: &Addr,
    amount: Option<Uint128>,
    max_debt: Uint128,
) -> StdResult<IssueResponse> {
    deps.querier.query_wasm_smart(
        &config.registry,
        &QueryMsg::PreviewIssue {
            issuer: env.contract.address.to_string(),
            account: account.to_string(),
            amount,
            max_debt,
            min_debt: config.params.min_debt,
        },
    )
}

/// What `repay` would do.
pub fn preview_repay(
    deps: Deps,
    env: &Env,
    config: &Config,
    account: &Addr,
    amount: Uint128,
    down_to: Option<Uint128>,
) -> StdResult<RepayResponse> {
    deps.querier.query_wasm_smart(
        &config.registry,
        &QueryMsg::PreviewRepay {
            issuer: env.contract.address.to_string(),
            account: account.to_string(),
            amount,
            down_to,
        },
    )
}

/// What `liquidate` would do.
pub fn preview_liquidate(
    deps: Deps,
    env: &Env,
    config: &Config,
    account: &Addr,
    fill: &Fill,
    covered: Uint128,
) -> StdResult<RepayResponse> {
    deps.querier.query_wasm_smart(
        &config.registry,
        &QueryMsg::PreviewLiquidate {
            issuer: env.contract.address.to_string(),
            account: account.to_string(),
            paid: fill.paid,
            debt_closed: fill.debt_closed,
            covered,
        },
    )
}

/// Refuses what `exchange` would refuse.
pub fn preview_exchange(
    deps: Deps,
    env: &Env,
    config: &Config,
    from: &NewSynth,
    to: &NewSynth,
    amount: Uint128,
    quote: &ExchangePreview,
) -> StdResult<Vec<SynthResponse>> {
    deps.querier.query_wasm_smart(
        &config.registry,
        &QueryMsg::PreviewExchange {
            issuer: env.contract.address.to_string(),
            from: from.synth.clone(),
            amount,
            to: to.synth.clone(),
            out: quote.out,
            fee: quote.fee_to_treasury,
        },
    )
}

/// Burns what this contract holds of a synth: the registry believes no burn that it does not
/// see in the cw20.
pub fn burn(synth: &NewSynth, amount: Uint128) -> StdResult<CosmosMsg> {
    cw20_message(&synth.token, &Cw20Msg::Burn { amount })
}

/// The fees of exchanges that the registry has recorded and not minted yet, by asset id.
pub fn fees_due(deps: Deps, env: &Env, config: &Config) -> StdResult<Vec<AssetAmount>> {
    if config.dollar.is_none() {
        return Ok(vec![]);
    }
    let synths: Vec<SynthResponse> = deps.querier.query_wasm_smart(
        &config.registry,
        &QueryMsg::Synths {
            issuer: env.contract.address.to_string(),
            start_after: None,
            limit: u32::try_from(MAX_SYNTHS).ok(),
        },
    )?;
    Ok(synths
        .into_iter()
        .filter(|synth| !synth.fees_due.is_zero())
        .map(|synth| AssetAmount {
            asset: synth.synth,
            amount: synth.fees_due,
        })
        .collect())
}

/// A message to the registry.
pub fn message(config: &Config, msg: &SharedDebtMsg) -> StdResult<WasmMsg> {
    Ok(WasmMsg::Execute {
        contract_addr: config.registry.to_string(),
        msg: to_json_binary(msg)?,
        funds: vec![],
    })
}
