//! The entry points: they only dispatch.

use ballast_kit::{
    controls::{require_owner, update_ownership},
    migrate::migrate as migrated,
};
use ballast_types::{
    MigrateMsg, address,
    debt_registry::{ExecuteMsg, InstantiateMsg, QueryMsg},
};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, Event, MessageInfo, Reply, Response, entry_point};
use cw_utils::nonpayable;

use crate::{
    add_synth, burn_usd, donate,
    error::ContractError,
    events, exchange, issue, liquidate, mint_fees, mint_usd, query as answers, repay,
    state::{CONFIG, CONTROLS, Config},
};

/// The name in the state.
pub const NAME: &str = "ballast-debt-registry";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sets up a registry without issuers.
#[entry_point]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    CONTROLS.initialize(deps.storage, deps.api, &msg.owner, msg.guardian.as_deref())?;
    let config = Config {
        oracle: address::valid(deps.api, &msg.oracle)?,
        treasury: address::valid(deps.api, &msg.treasury)?,
        cw20_code_id: msg.cw20_code_id,
    };
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new().add_event(events::update_config(&config)))
}

/// Dispatches a message. None of them takes coins.
#[entry_point]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    match msg {
        ExecuteMsg::AddIssuer {
            issuer,
            dollar,
            shared_debt,
        } => add_synth::add_issuer(deps, &env, &info, &issuer, dollar, shared_debt),
        ExecuteMsg::AddSynth { issuer, synth } => {
            add_synth::add_synth(deps, &env, &info, &issuer, synth)
        }
        ExecuteMsg::SetCeiling { synth, ceiling } => {
            add_synth::set_ceiling(deps, &info, &synth, ceiling)
        }
        ExecuteMsg::Issue {
            account,
            amount,
            max_debt,
            min_debt,
        } => {
            let request = issue::Request {
                account: &address::valid(deps.api, &account)?,
                amount,
                max_debt,
                min_debt,
            };
            issue::execute(deps, &env, &info, &request)
        }
        ExecuteMsg::Repay {
            account,
            burnt,
            down_to,
            refund_to,
        } => {
            let offer = repay::Offer {
                account: &address::valid(deps.api, &account)?,
                amount: burnt,
                down_to,
            };
            let refund_to = address::valid(deps.api, &refund_to)?;
            repay::execute(deps, &env, &info, &offer, &refund_to)
        }
        ExecuteMsg::Liquidate {
            account,
            paid,
            debt_closed,
        } => {
            let closing = liquidate::Closing {
                account: &address::valid(deps.api, &account)?,
                paid,
                debt_closed,
            };
            liquidate::execute(deps, &env, &info, &closing)
        }
        ExecuteMsg::Exchange {
            from,
            amount,
            to,
            recipient,
            out,
            fee,
        } => {
            let swap = exchange::Swap {
                from,
                amount,
                to,
                recipient: address::valid(deps.api, &recipient)?,
                out,
                fee,
            };
            exchange::execute(deps, &env, &info, &swap)
        }
        ExecuteMsg::MintFees { synths } => mint_fees::execute(deps, &info, &synths),
        ExecuteMsg::MintUsd { recipient, amount } => {
            let recipient = address::valid(deps.api, &recipient)?;
            mint_usd::execute(deps, &info, &recipient, amount)
        }
        ExecuteMsg::BurnUsd { amount } => burn_usd::execute(deps, &info, amount),
        ExecuteMsg::Receive(received) => donate::receive(deps, &info, &received),
        ExecuteMsg::UpdateConfig { oracle, treasury } => {
            update_config(deps, &info, oracle.as_deref(), treasury.as_deref())
        }
        ExecuteMsg::SwitchOff { operation } => {
            respond(CONTROLS.switch_off(deps.storage, &info.sender, operation)?)
        }
        ExecuteMsg::SwitchOn { operation } => {
            respond(CONTROLS.switch_on(deps.storage, &info.sender, operation)?)
        }
        ExecuteMsg::SetGuardian { guardian } => {
            respond(CONTROLS.set_guardian(deps, &info.sender, guardian.as_deref())?)
        }
        ExecuteMsg::UpdateOwnership(action) => {
            respond(update_ownership(deps, &env.block, &info, action)?)
        }
    }
}

fn respond(event: Event) -> Result<Response, ContractError> {
    Ok(Response::new().add_event(event))
}

fn update_config(
    deps: DepsMut,
    info: &MessageInfo,
    oracle: Option<&str>,
    treasury: Option<&str>,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let mut config = CONFIG.load(deps.storage)?;
    if let Some(oracle) = oracle {
        config.oracle = address::valid(deps.api, oracle)?;
    }
    if let Some(treasury) = treasury {
        config.treasury = address::valid(deps.api, treasury)?;
    }
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new().add_event(events::update_config(&config)))
}

/// Answers a question.
#[entry_point]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    answers::query(deps, &env, msg)
}

/// Takes the answer of a submessage: a cw20 that was instantiated.
#[entry_point]
pub fn reply(deps: DepsMut, _env: Env, reply: Reply) -> Result<Response, ContractError> {
    match reply.id {
        add_synth::INSTANTIATED => add_synth::instantiated(deps, &reply),
        id => Err(ContractError::UnknownReply { id }),
    }
}

/// Moves an older state of this contract to this code.
#[entry_point]
pub fn migrate(deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    let event = migrated(deps.storage, NAME, VERSION)?;
    Ok(Response::new().add_event(event))
}
