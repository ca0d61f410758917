//! Entry points. They only dispatch.

use ballast_kit::{controls, migrate as kit_migrate};
use ballast_types::{
    MigrateMsg, address,
    rewards_distributor::{ExecuteMsg, InstantiateMsg, QueryMsg},
};
use cosmwasm_std::{Binary, Deps, DepsMut, Env, Event, MessageInfo, Reply, Response, entry_point};
use cw_utils::nonpayable;

use crate::{
    claim, divide,
    error::ContractError,
    fund, funders, open, payout, query as answers, recipients,
    state::{CONTROLS, MANAGER, RECIPIENTS},
    tokens,
};

/// The name in the state.
pub const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sets up a distributor that holds nothing. The manager is asked nothing yet: it may come later.
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
    let manager = address::valid(deps.api, &msg.manager)?;
    MANAGER.save(deps.storage, &manager)?;
    let recipients = recipients::checked(deps.api, &msg.recipients)?;
    RECIPIENTS.save(deps.storage, &recipients)?;
    Ok(Response::new())
}

/// Dispatches a message. Only `fund` takes coins.
#[entry_point]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    if !matches!(msg, ExecuteMsg::Fund { .. }) {
        nonpayable(&info)?;
    }
    match msg {
        ExecuteMsg::Fund { target, schedule } => fund::fund(deps, &info, target, schedule),
        ExecuteMsg::Receive(received) => fund::receive(deps, &env, &info, &received),
        ExecuteMsg::Divide { pools } => divide::execute(deps, &env, &pools),
        ExecuteMsg::Claim { recipient } => claim::execute(deps, &info, recipient.as_ref()),
        ExecuteMsg::Payout(payout) => payout::execute(deps, &info, &payout),
        ExecuteMsg::SetRecipients { recipients } => recipients::set(deps, &env, &info, &recipients),
        ExecuteMsg::SetToken { token, allowed } => tokens::set(deps, &info, &token, allowed),
        ExecuteMsg::SetFunder { funder, allowed } => funders::set(deps, &info, &funder, allowed),
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
            respond(controls::update_ownership(deps, &env.block, &info, action)?)
        }
    }
}

fn respond(event: Event) -> Result<Response, ContractError> {
    Ok(Response::new().add_event(event))
}

/// Takes what the manager answers.
#[entry_point]
pub fn reply(deps: DepsMut, env: Env, reply: Reply) -> Result<Response, ContractError> {
    match reply.id {
        open::OPENED => open::opened(deps, &reply),
        open::GIVEN => open::given(deps, &reply),
        divide::CLAIM_FAILED => divide::claim_failed(&reply),
        divide::LAST_CLAIMED => divide::last_claimed(deps, &env, &reply),
        id => Err(ContractError::UnknownReply { id }),
    }
}

/// Answers a question.
#[entry_point]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    answers::query(deps, &env, msg)
}

/// Moves an older state of this contract to this code.
#[entry_point]
pub fn migrate(deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    respond(kit_migrate::migrate(deps.storage, NAME, VERSION)?)
}
