//! A pool manager that only knows lanes and cuts: enough to open streams, to pay cuts, and to lie.

use ballast_types::{
    issuer::NewSynth,
    pool_manager::{
        ConfigResponse, ExecuteMsg, OpenStreamResponse, Params, PoolId, QueryMsg, StreamId, Target,
    },
    rewards_distributor,
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, CosmosMsg, Decimal, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError,
    StdResult, Storage, Uint128, WasmMsg, to_json_binary,
};
use cw_multi_test::{Contract, ContractWrapper};
use cw_storage_plus::{Item, Map};
use cw20::Cw20ExecuteMsg;
use thiserror::Error;

/// How the manager is to behave.
#[cw_serde]
pub enum Knob {
    /// Its dollar.
    Dollar(Option<Addr>),
    /// Whether it answers questions.
    Silent(bool),
    /// A cut has earned something.
    Earn {
        pool: PoolId,
        payee: Addr,
        amount: Uint128,
    },
    /// Whether a target has shares: it has by default.
    Shares { target: Target, there: bool },
    /// What it does when a stream is opened.
    Open(Open),
    /// A message it sends before it does what it is asked.
    First(Option<CosmosMsg>),
}

/// What it does when a stream is opened.
#[cw_serde]
pub enum Open {
    /// What it should.
    Well,
    /// It errs.
    Err,
    /// It answers nothing.
    Silent,
    /// It answers this number.
    Say(StreamId),
}

#[derive(Error, Debug)]
pub enum Refused {
    #[error("{0}")]
    Std(#[from] StdError),
    #[error("NoShares: {0} has none")]
    NoShares(String),
    #[error("NothingDue: pool {0}")]
    NothingDue(PoolId),
    #[error("Broken: it errs")]
    Broken,
}

const DOLLAR: Item<Addr> = Item::new("dollar");
const SILENT: Item<bool> = Item::new("silent");
const OPEN: Item<Open> = Item::new("open");
const FIRST: Item<CosmosMsg> = Item::new("first");
const CUTS: Map<(u64, &Addr), Uint128> = Map::new("cut");
const EMPTY: Map<&str, Empty> = Map::new("empty");
// target, distributor, label → number
const LANES: Map<(&str, &Addr, &str), u64> = Map::new("lane");
const LANE_COUNT: Item<u64> = Item::new("lane_count");

fn instantiate(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn execute(deps: DepsMut, _: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, Refused> {
    let first = FIRST.may_load(deps.storage)?;
    FIRST.remove(deps.storage);
    let response = Response::new().add_messages(first);
    match msg {
        ExecuteMsg::OpenStream {
            target,
            label,
            amount,
            schedule,
        } => {
            assert!(!amount.is_zero() && (1..=128).contains(&label.len()));
            let name = format!("{target:?}");
            if schedule.is_none() && EMPTY.has(deps.storage, &name) {
                return Err(Refused::NoShares(name));
            }
            let stream = match OPEN.may_load(deps.storage)?.unwrap_or(Open::Well) {
                Open::Well => lane(deps.storage, &name, &info.sender, &label)?.into(),
                Open::Err => return Err(Refused::Broken),
                Open::Silent => return Ok(response),
                Open::Say(stream) => stream,
            };
            Ok(response.set_data(to_json_binary(&OpenStreamResponse { stream })?))
        }
        ExecuteMsg::ClaimCut { pool, payee } => {
            let payee = deps.api.addr_validate(&payee)?;
            let key = (pool.u64(), &payee);
            let amount = CUTS.may_load(deps.storage, key)?.unwrap_or_default();
            if amount.is_zero() {
                return Err(Refused::NothingDue(pool));
            }
            CUTS.remove(deps.storage, key);
            Ok(response.add_message(WasmMsg::Execute {
                contract_addr: DOLLAR.load(deps.storage)?.into_string(),
                msg: to_json_binary(&Cw20ExecuteMsg::Mint {
                    recipient: payee.into_string(),
                    amount,
                })?,
                funds: vec![],
            }))
        }
        _ => Err(Refused::Broken),
    }
}

fn lane(
    storage: &mut dyn Storage,
    target: &str,
    distributor: &Addr,
    label: &str,
) -> StdResult<u64> {
    let key = (target, distributor, label);
    if let Some(known) = LANES.may_load(storage, key)? {
        return Ok(known);
    }
    let next = LANE_COUNT.may_load(storage)?.unwrap_or_default() + 1;
    LANE_COUNT.save(storage, &next)?;
    LANES.save(storage, key, &next)?;
    Ok(next)
}

fn query(deps: Deps, env: Env, msg: QueryMsg) -> StdResult<Binary> {
    let silent = SILENT.may_load(deps.storage)?.unwrap_or_default();
    if silent || !matches!(msg, QueryMsg::Config {}) {
        return Err(StdError::generic_err("not asked"));
    }
    let dollar = DOLLAR.may_load(deps.storage)?.map(|token| NewSynth {
        synth: "dUSD".into(),
        token,
        decimals: 6,
        is_dollar: true,
    });
    let own = env.contract.address;
    to_json_binary(&ConfigResponse {
        oracle: own.clone(),
        registry: own.clone(),
        treasury: own,
        dollar,
        params: Params {
            min_liquidity_ratio: Decimal::one(),
            min_delegation_secs: 0,
            max_delegation_secs: 0,
            max_lock_secs: 0,
            withdraw_timeout_secs: 0,
            poll_gas: 0,
        },
        treasury_due: Uint128::zero(),
    })
}

fn sudo(deps: DepsMut, _: Env, knob: Knob) -> StdResult<Response> {
    let storage = deps.storage;
    match knob {
        Knob::Dollar(Some(dollar)) => DOLLAR.save(storage, &dollar)?,
        Knob::Dollar(None) => DOLLAR.remove(storage),
        Knob::Silent(silent) => SILENT.save(storage, &silent)?,
        Knob::Earn {
            pool,
            payee,
            amount,
        } => CUTS.save(storage, (pool.u64(), &payee), &amount)?,
        Knob::Shares { target, there } => {
            let name = format!("{target:?}");
            match there {
                true => EMPTY.remove(storage, &name),
                false => EMPTY.save(storage, &name, &Empty {})?,
            }
        }
        Knob::Open(open) => OPEN.save(storage, &open)?,
        Knob::First(Some(first)) => FIRST.save(storage, &first)?,
        Knob::First(None) => FIRST.remove(storage),
    }
    Ok(Response::new())
}

pub fn code() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new_with_empty(execute, instantiate, query).with_sudo_empty(sudo))
}

/// A message of the distributor.
pub fn to_distributor(distributor: &Addr, msg: &rewards_distributor::ExecuteMsg) -> CosmosMsg {
    WasmMsg::Execute {
        contract_addr: distributor.to_string(),
        msg: to_json_binary(msg).unwrap(),
        funds: vec![],
    }
    .into()
}
