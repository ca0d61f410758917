//! The entry points: they only dispatch.

use ballast_kit::{controls::update_ownership, migrate::migrate as migrated};
use ballast_types::{
    MigrateMsg, address,
    spot_market::{ExecuteMsg, InstantiateMsg, QueryMsg},
};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, Event, MessageInfo, Reply, Response, entry_point};
use cw_utils::nonpayable;
use cw20::{Cw20QueryMsg, TokenInfoResponse};

use crate::{
    admin, buy, claim,
    error::ContractError,
    events, manager, query as answers, sell,
    state::{CONFIG, CONTROLS, Config},
};

/// The name in the state.
pub const NAME: &str = "ballast-spot-market";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sets up a contract without markets.
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
    let dollar = address::valid(deps.api, &msg.dollar)?;
    let token: TokenInfoResponse = deps
        .querier
        .query_wasm_smart(&dollar, &Cw20QueryMsg::TokenInfo {})?;
    let config = Config {
        oracle: address::valid(deps.api, &msg.oracle)?,
        manager: address::valid(deps.api, &msg.manager)?,
        dollar,
        dollar_decimals: token.decimals,
    };
    CONFIG.save(deps.storage, &config)?;
    Ok(Response::new().add_event(events::instantiate(&config)))
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
        ExecuteMsg::Receive(received) => buy::receive(deps, &env, &info, &received),
        ExecuteMsg::Sell {
            market_ref,
            units,
            min_usd,
        } => {
            let order = sell::Order {
                market_ref,
                units,
                min_usd,
            };
            sell::execute(deps, &env, &info, &order)
        }
        ExecuteMsg::Claim {
            market_ref,
            account,
        } => {
            let account = address::valid_or(deps.api, account.as_deref(), &info.sender)?;
            claim::claim(deps, &market_ref, &account)
        }
        ExecuteMsg::PayFees { market_ref } => claim::pay_fees(deps, &market_ref),
        ExecuteMsg::AddMarket {
            market_ref,
            name,
            asset,
            terms,
        } => admin::add_market(deps, &info, &market_ref, name, asset, terms),
        ExecuteMsg::SetTerms { market_ref, terms } => {
            admin::set_terms(deps, &info, &market_ref, terms)
        }
        ExecuteMsg::SetOracle { oracle } => admin::set_oracle(deps, &info, &oracle),
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

/// Answers a question.
#[entry_point]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    answers::query(deps, &env, msg)
}

/// Takes the manager's answer to a payment.
#[entry_point]
pub fn reply(deps: DepsMut, _env: Env, reply: Reply) -> Result<Response, ContractError> {
    match reply.id {
        manager::PAYMENT => manager::paid(deps, &reply),
        id => Err(ContractError::UnknownReply { id }),
    }
}

/// Moves an older state of this contract to this code.
#[entry_point]
pub fn migrate(deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    let event = migrated(deps.storage, NAME, VERSION)?;
    Ok(Response::new().add_event(event))
}
