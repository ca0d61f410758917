//! The entry points.

use ballast_types::{
    address,
    market::{DepositMarketUsd, ManagerHook, MarketQuery},
    token::{Cw20Msg, cw20_message},
};
use cosmwasm_std::{
    Addr, Binary, CosmosMsg, Deps, DepsMut, Env, Int128, Int256, MessageInfo, Reply, Response,
    StdError, StdResult, SubMsg, SubMsgResult, WasmMsg, entry_point, from_json, to_json_binary,
};
use cw_storage_plus::{Item, Map};
use cw20::Cw20ReceiveMsg;

use crate::{Call, ExecuteMsg, InstantiateMsg, Mode, Question, ReceiveMsg, Script, answer};

/// The pool manager, and the pools' dollar.
pub(crate) const ADDRESSES: Item<(Addr, Addr)> = Item::new("addresses");
/// What each ref answers.
pub(crate) const SCRIPTS: Map<&str, Script> = Map::new("script");
/// How it answers each question; scripted where nothing is kept.
const MODES: Map<&str, Mode> = Map::new("mode");
/// The reply to a call, and to the first of a `play`.
const CALLED: u64 = 1;
const CALLED_FIRST: u64 = 2;

/// Sets it up.
#[entry_point]
#[expect(
    clippy::needless_pass_by_value,
    reason = "what an entry point looks like"
)]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    _info: MessageInfo,
    msg: InstantiateMsg,
) -> StdResult<Response> {
    let [manager, dollar] = [&msg.manager, &msg.dollar].map(|text| address::valid(deps.api, text));
    ADDRESSES.save(deps.storage, &(told(manager)?, told(dollar)?))?;
    Ok(Response::new())
}

/// Does as it is told.
#[entry_point]
pub fn execute(deps: DepsMut, env: Env, info: MessageInfo, msg: ExecuteMsg) -> StdResult<Response> {
    match msg {
        ExecuteMsg::Play {
            scripts,
            calls,
            on_reply,
        } => {
            for script in scripts {
                SCRIPTS.save(deps.storage, &script.market_ref, &script)?;
            }
            play(deps.as_ref(), &calls, &on_reply)
        }
        ExecuteMsg::SetMode { mode, to } => {
            for question in to.map_or(Question::ALL.to_vec(), |question| vec![question]) {
                MODES.save(deps.storage, question.key(), &mode)?;
            }
            Ok(Response::new())
        }
        ExecuteMsg::Deep { levels, call } => {
            let message = match levels.checked_sub(1) {
                Some(levels) => to_self(&env, &ExecuteMsg::Deep { levels, call })?,
                None => message(deps.as_ref(), &call)?,
            };
            Ok(Response::new().add_message(message))
        }
        ExecuteMsg::Receive(received) => receive(deps, &info, &received),
    }
}

fn play(deps: Deps, calls: &[Call], on_reply: &[Call]) -> StdResult<Response> {
    let mut response = Response::new();
    let on_reply = to_json_binary(on_reply)?;
    for (place, call) in calls.iter().enumerate() {
        let message = message(deps, call)?;
        response = response.add_submessage(match place {
            0 => SubMsg::reply_on_success(message, CALLED_FIRST).with_payload(on_reply.clone()),
            _ => SubMsg::reply_on_success(message, CALLED),
        });
    }
    Ok(response)
}

fn receive(deps: DepsMut, info: &MessageInfo, received: &Cw20ReceiveMsg) -> StdResult<Response> {
    let (_, dollar) = ADDRESSES.load(deps.storage)?;
    let Ok(ReceiveMsg::Margin { market_ref }) = from_json(&received.msg) else {
        return Ok(Response::new());
    };
    if info.sender != dollar {
        return Err(StdError::generic_err("NotTheDollar: it is another token"));
    }
    let mut script = answer::script(deps.storage, &market_ref)?;
    let debt = Int256::from(script.debt).checked_add(received.amount.into())?;
    script.debt = Int128::try_from(debt)?;
    SCRIPTS.save(deps.storage, &market_ref, &script)?;
    let deposit = Call::Deposit {
        market_ref,
        amount: received.amount,
    };
    Ok(Response::new().add_message(message(deps.as_ref(), &deposit)?))
}

fn message(deps: Deps, call: &Call) -> StdResult<CosmosMsg> {
    let (manager, dollar) = ADDRESSES.load(deps.storage)?;
    match call {
        Call::Manager(msg) => Ok(WasmMsg::Execute {
            contract_addr: manager.into_string(),
            msg: to_json_binary(msg)?,
            funds: vec![],
        }
        .into()),
        Call::Deposit { market_ref, amount } => {
            let market = DepositMarketUsd {
                market_ref: market_ref.clone(),
            };
            let send = Cw20Msg::Send {
                contract: manager.into_string(),
                amount: *amount,
                msg: to_json_binary(&ManagerHook::DepositMarketUsd(market))?,
            };
            cw20_message(&dollar, &send)
        }
        Call::Other(msg) => Ok(msg.clone()),
    }
}

fn to_self(env: &Env, msg: &ExecuteMsg) -> StdResult<CosmosMsg> {
    Ok(WasmMsg::Execute {
        contract_addr: env.contract.address.to_string(),
        msg: to_json_binary(msg)?,
        funds: vec![],
    }
    .into())
}

/// Hands on what was answered. After the first call others leave.
#[entry_point]
#[expect(
    clippy::needless_pass_by_value,
    reason = "what an entry point looks like"
)]
pub fn reply(deps: DepsMut, _env: Env, reply: Reply) -> StdResult<Response> {
    let mut response = Response::new();
    if let Some(data) = data(&reply) {
        response = response.set_data(data);
    }
    if reply.id == CALLED_FIRST {
        for call in from_json::<Vec<Call>>(&reply.payload)? {
            response = response.add_message(message(deps.as_ref(), &call)?);
        }
    }
    Ok(response)
}

fn data(reply: &Reply) -> Option<Binary> {
    let SubMsgResult::Ok(answer) = &reply.result else {
        return None;
    };
    let wrapped = &answer.msg_responses.first()?.value;
    cw_utils::parse_execute_response_data(wrapped).ok()?.data
}

/// Answers a pool, well or badly.
#[entry_point]
#[expect(
    clippy::needless_pass_by_value,
    reason = "what an entry point looks like"
)]
pub fn query(deps: Deps, _env: Env, msg: MarketQuery) -> StdResult<Binary> {
    let mode = MODES.may_load(deps.storage, Question::of(&msg).key())?;
    answer::answer(deps, &mode.unwrap_or(Mode::Scripted {}), &msg)
}

fn told<T, E: std::fmt::Display>(result: Result<T, E>) -> StdResult<T> {
    result.map_err(|error| StdError::generic_err(error.to_string()))
}

impl Question {
    const ALL: [Self; 3] = [Self::ReportedDebts, Self::MinimumCredits, Self::MarketName];

    const fn of(msg: &MarketQuery) -> Self {
        match msg {
            MarketQuery::ReportedDebts { .. } => Self::ReportedDebts,
            MarketQuery::MinimumCredits { .. } => Self::MinimumCredits,
            MarketQuery::MarketName { .. } => Self::MarketName,
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::ReportedDebts => "reported_debts",
            Self::MinimumCredits => "minimum_credits",
            Self::MarketName => "market_name",
        }
    }
}
