//! Entry points. They only dispatch.

use ballast_kit::{controls, migrate as kit_migrate};
use ballast_types::{
    MigrateMsg, address,
    pool_manager::{ExecuteMsg, InstantiateMsg, QueryMsg, VaultKey},
};
use cosmwasm_std::{
    Binary, Deps, DepsMut, Env, Event, MessageInfo, Reply, Response, entry_point, to_json_binary,
};
use cw_utils::nonpayable;

use ballast_pools::{
    ContractError, Refusal, account, collateral, delegate, fees, liquidate, market, mint, params,
    pools, quarantine, receive, rewards, rows, state::CONTROLS, undelegate, weights,
};

const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Sets up a manager without collaterals, markets and pools.
#[entry_point]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, Refusal> {
    nonpayable(&info)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    params::instantiate(deps, msg)
}

/// Dispatches a message. Only `deposit` takes coins.
#[entry_point]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, Refusal> {
    let (env, info) = (&env, &info);
    if !matches!(msg, ExecuteMsg::Deposit { .. }) {
        nonpayable(info)?;
    }
    match msg {
        ExecuteMsg::Deposit { account } => {
            account::deposit_native(deps, env, info, account.as_deref())
        }
        ExecuteMsg::Withdraw { asset, amount } => {
            account::withdraw(deps, env, info, &asset, amount)
        }
        ExecuteMsg::Delegate {
            pool,
            asset,
            amount,
        } => delegate::delegate(deps, env, info, &VaultKey { pool, asset }, amount),
        ExecuteMsg::RequestExit { pool, asset } => {
            undelegate::request_exit(deps, env, info, &VaultKey { pool, asset })
        }
        ExecuteMsg::Undelegate {
            pool,
            asset,
            amount,
        } => undelegate::undelegate(deps, env, info, &VaultKey { pool, asset }, amount),
        ExecuteMsg::MintUsd {
            pool,
            asset,
            amount,
        } => mint::mint(deps, env, info, &VaultKey { pool, asset }, amount),
        ExecuteMsg::ClaimFees { account, vaults } => {
            fees::claim(deps, env, info, account.as_deref(), &vaults)
        }
        ExecuteMsg::ClaimCut { pool, payee } => fees::claim_cut(deps, env, pool.u64(), &payee),
        ExecuteMsg::ClaimRewards {
            account,
            vault,
            streams,
        } => rewards::claim(deps, env, info, account.as_deref(), &vault, &streams),
        ExecuteMsg::Liquidate {
            account,
            pool,
            asset,
        } => {
            let account = address::valid(deps.api, &account)?;
            liquidate::to_peers(deps, env, info, account, &VaultKey { pool, asset })
        }
        ExecuteMsg::CreatePool {
            name,
            delegation_secs,
        } => pools::create(deps, env, info, name, delegation_secs),
        ExecuteMsg::UpdatePoolOwnership { pool, action } => {
            pools::update_ownership(deps, env, info, pool.u64(), action)
        }
        ExecuteMsg::SetPoolName { pool, name } => pools::set_name(deps, info, pool.u64(), name),
        ExecuteMsg::SetDelegationTime {
            pool,
            delegation_secs,
        } => pools::set_delegation_time(deps, env, info, pool.u64(), delegation_secs),
        ExecuteMsg::SetPoolCollateral { pool, asset, terms } => {
            pools::set_collateral(deps, info, pool.u64(), &asset, terms)
        }
        ExecuteMsg::SetPoolMarkets { pool, markets } => {
            weights::set(deps, env, info, pool.u64(), markets)
        }
        ExecuteMsg::SetCut {
            pool,
            payee,
            market,
            rate,
        } => {
            let market = market.map(|market| market.u64());
            fees::set_cut(deps, env, info, pool.u64(), &payee, market, rate)
        }
        ExecuteMsg::SetDistributor {
            pool,
            distributor,
            allowed,
        } => pools::set_distributor(deps, info, pool.u64(), &distributor, allowed),
        ExecuteMsg::SyncPool { pool } => pools::sync(deps, env, pool.u64()),
        ExecuteMsg::OpenStream {
            target,
            label,
            amount,
            schedule,
        } => rewards::open(deps, env, info, target, label, amount, schedule),
        ExecuteMsg::WithdrawMarketUsd(msg) => market::withdraw(deps, env, info, &msg),
        ExecuteMsg::PayFees(msg) => market::pay_fees(deps, env, info, &msg),
        ExecuteMsg::SyncMarket { market } => market::sync(deps, env, market.u64()),
        ExecuteMsg::CheckMarket { pool, contract } => {
            let contract = address::valid(deps.api, &contract)?;
            quarantine::check(deps, env, pool.u64(), contract)
        }
        ExecuteMsg::PollForCheck { pool, contract } => {
            let contract = address::valid(deps.api, &contract)?;
            quarantine::poll_for_check(deps, env, info, pool.u64(), &contract)
        }
        ExecuteMsg::RegisterMarket {
            contract,
            market_ref,
            ceiling,
        } => market::register(deps, info, &contract, market_ref, ceiling),
        ExecuteMsg::SetMarketCeiling { market, ceiling } => {
            market::set_ceiling(deps, info, market.u64(), ceiling)
        }
        ExecuteMsg::Quarantine { contract } => {
            let contract = address::valid(deps.api, &contract)?;
            quarantine::by_guardian(deps, env, info, contract)
        }
        ExecuteMsg::EndQuarantine { contract } => {
            let contract = address::valid(deps.api, &contract)?;
            quarantine::end(deps, env, info, contract)
        }
        ExecuteMsg::RecognizePool { pool, recognition } => {
            pools::recognize(deps, info, pool.u64(), recognition)
        }
        ExecuteMsg::AddCollateral {
            asset,
            token,
            terms,
        } => collateral::add(deps, info, asset, token, terms),
        ExecuteMsg::UpdateCollateral {
            asset,
            terms,
            enabled,
        } => collateral::update(deps, info, &asset, terms, enabled),
        ExecuteMsg::UpdateParams { params } => params::update(deps, info, params),
        ExecuteMsg::ForwardToTreasury {} => fees::forward_to_treasury(deps, env),
        ExecuteMsg::AcceptSynth(synth) => params::accept_synth(deps, info, synth),
        ExecuteMsg::Receive(received) => receive::receive(deps, env, info, &received),
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
            respond(controls::update_ownership(deps, &env.block, info, action)?)
        }
    }
}

fn respond(event: Event) -> Result<Response, Refusal> {
    Ok(Response::new().add_event(event))
}

/// Answers a question.
#[entry_point]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, Refusal> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&params::query(deps)?),
        QueryMsg::Credit {
            contract,
            market_ref,
        } => {
            let contract = address::valid(deps.api, &contract)?;
            to_json_binary(&market::credit(deps, &env, &contract, &market_ref)?)
        }
        QueryMsg::IssuerReport {} => to_json_binary(&collateral::issuer_report(deps, &env)?),
        QueryMsg::Rows {
            start,
            end,
            descending,
            limit,
        } => to_json_binary(&rows::query(deps, start, end, descending, limit)),
        QueryMsg::Controls {} => to_json_binary(&CONTROLS.view(deps)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    }?)
}

/// Takes the answer of a submessage.
#[entry_point]
pub fn reply(deps: DepsMut, env: Env, reply: Reply) -> Result<Response, Refusal> {
    match reply.id {
        quarantine::CHECKED => quarantine::checked(deps, &env, &reply),
        id => Err(ContractError::UnknownReply { id }.into()),
    }
}

/// Moves to a newer version of this code.
#[entry_point]
pub fn migrate(deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, Refusal> {
    let event = kit_migrate::migrate(deps.storage, NAME, VERSION)?;
    Ok(Response::new().add_event(event))
}
