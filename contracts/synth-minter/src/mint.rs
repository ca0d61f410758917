//! Dollar synth against collateral.

use ballast_math::{Value, position as terms};
use ballast_types::{
    address,
    debt_registry::IssueResponse,
    issuer::SharedDebtMsg,
    synth_minter::{MintPreview, Operation},
};
use cosmwasm_std::{
    Addr, Deps, DepsMut, Env, MessageInfo, Reply, Response, SubMsg, Uint128, to_json_binary,
};

use crate::{
    error::ContractError,
    events, flag,
    position::{self, Position},
    registry,
    reply::{ANSWER, Pending},
    state::{Account, CONFIG, CONTROLS, Config},
};

/// What the answer of the registry is met with: needed of a flagged account alone.
#[cosmwasm_schema::cw_serde]
pub struct Minting {
    account: Addr,
    cured_at: Option<Uint128>,
}

/// The debt after is in the registry's `issue` event: to answer it here too would cost 5,000 gas.
pub fn mint(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    amount: Option<Uint128>,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let mut account = Account::load(deps.storage, &info.sender)?;

    let limits = limits(deps.as_ref(), &env, &config, &account, amount)?;

    account.minted_at = env.block.time.seconds();
    account.save(deps.storage, &info.sender)?;
    let issue = registry::message(
        &config,
        &SharedDebtMsg::Issue {
            account: info.sender.to_string(),
            amount,
            max_debt: limits.max_debt,
            min_debt: config.params.min_debt,
        },
    )?;
    let event = events::mint(&info.sender, limits.value.usd_floor()?);
    let submessage = if account.flag.is_some() {
        let pending = Pending::Mint(Minting {
            account: info.sender,
            cured_at: limits.cured_at,
        });
        SubMsg::reply_on_success(issue, ANSWER).with_payload(to_json_binary(&pending)?)
    } else {
        SubMsg::new(issue)
    };
    Ok(Response::new().add_submessage(submessage).add_event(event))
}

/// The registry has issued: the debt is known now, and a flag may end.
pub fn minted(deps: DepsMut, reply: &Reply, pending: &Minting) -> Result<Response, ContractError> {
    let IssueResponse { debt, .. } = ballast_kit::reply::executed(reply)?;
    let mut account = Account::load(deps.storage, &pending.account)?;
    let cured_at = pending.cured_at;
    let ended = flag::settle(deps.storage, &pending.account, &mut account, debt, cured_at);
    account.save(deps.storage, &pending.account)?;
    Ok(Response::new().add_events(ended))
}

pub fn preview(
    deps: Deps,
    env: &Env,
    account: &str,
    amount: Option<Uint128>,
) -> Result<MintPreview, ContractError> {
    let address = address::valid(deps.api, account)?;
    let config = CONFIG.load(deps.storage)?;
    let account = Account::load(deps.storage, &address)?;
    let limits = limits(deps, env, &config, &account, amount)?;
    let issued = registry::preview_issue(deps, env, &config, &address, amount, limits.max_debt)?;
    Ok(MintPreview {
        amount: issued.amount,
        after: position::after(issued.debt, config.dollar()?.decimals, Some(limits.value)),
    })
}

struct Limits {
    max_debt: Uint128,
    value: Value,
    cured_at: Option<Uint128>,
}

/// The most the account may owe, at strict prices and the terms in force.
fn limits(
    deps: Deps,
    env: &Env,
    config: &Config,
    account: &Account,
    amount: Option<Uint128>,
) -> Result<Limits, ContractError> {
    CONTROLS.require_on(deps.storage, &Operation::Mint)?;
    if amount == Some(Uint128::zero()) {
        return Err(ContractError::ZeroAmount {});
    }
    let decimals = config.dollar()?.decimals;
    let position = Position::load(deps, &config.oracle, account, env.block.time.seconds())?;
    let holdings = position.backing(deps.storage)?;
    let cured_at = match account.flag {
        Some(_) => position.cured_at(decimals).ok(),
        None => None,
    };
    Ok(Limits {
        max_debt: terms::max_debt(&holdings, decimals)?,
        value: terms::total_value(&position.borrowable()?)?,
        cured_at,
    })
}
