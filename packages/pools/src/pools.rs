//! Pools: anyone creates one, and its owner says what it takes.

use ballast_types::{
    address,
    pool_manager::{
        CreatePoolResponse, MAX_NAME, MAX_VAULTS, Operation, PoolCollateral, Recognition,
    },
};
use cosmwasm_std::{DepsMut, Env, Event, MessageInfo, Order, Response, Storage, to_json_binary};
use cw_ownable::Action;

use crate::{
    ContractError, Refusal,
    chain::{Chain, Poll},
    state::{
        BOOKS, Books, CONFIG, CONTROLS, Collateral, DISTRIBUTORS, POOL_COUNT, POOLS, Pool,
        RECOGNIZED, VAULT_TERMS, VaultTerms, next,
    },
};

/// Handles `create_pool`.
pub fn create(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    name: String,
    delegation_secs: u64,
) -> Result<Response, Refusal> {
    CONTROLS.require_on(deps.storage, &Operation::CreatePool)?;
    require_name(&name)?;
    require_delegation_time(deps.storage, delegation_secs)?;
    let id = next(deps.storage, &POOL_COUNT)?;
    let event = event("create_pool", id)
        .add_attribute("owner", &info.sender)
        .add_attribute("name", &name)
        .add_attribute("delegation_secs", delegation_secs.to_string());
    let pool = Pool {
        name,
        owner: Some(info.sender.clone()),
        pending_owner: None,
        delegation_secs,
        lowered: None,
        recognition: None,
    };
    let books = Books {
        pulled_at: env.block.time.seconds(),
        ..Books::default()
    };
    POOLS.save(deps.storage, id, &pool)?;
    BOOKS.save(deps.storage, id, &books)?;
    let pool = id.into();
    Ok(Response::new()
        .add_event(event)
        .set_data(to_json_binary(&CreatePoolResponse { pool })?))
}

/// Handles `update_pool_ownership`.
pub fn update_ownership(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    id: u64,
    action: Action,
) -> Result<Response, Refusal> {
    let mut pool = match action {
        Action::AcceptOwnership => Pool::load(deps.storage, id)?,
        _ => Pool::of_owner(deps.storage, id, &info.sender)?,
    };
    match action {
        Action::TransferOwnership { new_owner, expiry } => {
            let new_owner = address::valid(deps.api, &new_owner)?;
            pool.pending_owner = Some((new_owner, expiry));
        }
        Action::RenounceOwnership => {
            pool.owner = None;
            pool.pending_owner = None;
        }
        Action::AcceptOwnership => {
            let may = pool.pending_owner.as_ref().is_some_and(|(pending, until)| {
                *pending == info.sender && until.is_none_or(|until| !until.is_expired(&env.block))
            });
            if !may {
                return Err(ContractError::PoolOwnership {
                    pool: id,
                    sender: info.sender.clone(),
                }
                .into());
            }
            pool.owner = Some(info.sender.clone());
            pool.pending_owner = None;
        }
    }
    let text = |owner: Option<String>| owner.unwrap_or_else(|| "none".to_owned());
    let owner = pool.owner.as_ref().map(ToString::to_string);
    let pending = pool.pending_owner.as_ref().map(|(to, _)| to.to_string());
    let event = event("update_pool_ownership", id)
        .add_attribute("owner", text(owner))
        .add_attribute("pending_owner", text(pending));
    POOLS.save(deps.storage, id, &pool)?;
    Ok(Response::new().add_event(event))
}

/// Handles `set_pool_name`.
pub fn set_name(
    deps: DepsMut,
    info: &MessageInfo,
    id: u64,
    name: String,
) -> Result<Response, Refusal> {
    let mut pool = Pool::of_owner(deps.storage, id, &info.sender)?;
    require_name(&name)?;
    let event = event("set_pool_name", id).add_attribute("name", &name);
    pool.name = name;
    POOLS.save(deps.storage, id, &pool)?;
    Ok(Response::new().add_event(event))
}

/// Handles `set_delegation_time`. A stake keeps the shorter of the time it began with and this, even
/// if it is raised again.
pub fn set_delegation_time(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    id: u64,
    secs: u64,
) -> Result<Response, Refusal> {
    let mut pool = Pool::of_owner(deps.storage, id, &info.sender)?;
    require_delegation_time(deps.storage, secs)?;
    if secs < pool.delegation_secs {
        let shortest = pool.lowered.map_or(secs, |(before, _)| before.min(secs));
        pool.lowered = Some((shortest, env.block.time.seconds()));
    }
    pool.delegation_secs = secs;
    POOLS.save(deps.storage, id, &pool)?;
    let event = event("set_delegation_time", id).add_attribute("secs", secs.to_string());
    Ok(Response::new().add_event(event))
}

/// Handles `set_pool_collateral`.
pub fn set_collateral(
    deps: DepsMut,
    info: &MessageInfo,
    id: u64,
    asset: &str,
    terms: PoolCollateral,
) -> Result<Response, Refusal> {
    Pool::of_owner(deps.storage, id, &info.sender)?;
    Collateral::load(deps.storage, asset)?;
    if terms.min_ratio.is_some_and(|ratio| ratio.is_zero()) {
        return Err(ContractError::InvalidTerms {
            reason: "a ratio is above zero".to_owned(),
        }
        .into());
    }
    let is_new = !VAULT_TERMS.has(deps.storage, (id, asset));
    let vaults = VAULT_TERMS
        .prefix(id)
        .keys(deps.storage, None, None, Order::Ascending)
        .count();
    if is_new && vaults >= MAX_VAULTS {
        return Err(ContractError::TooMany {
            given: vaults.saturating_add(1),
            max: MAX_VAULTS,
        }
        .into());
    }
    VAULT_TERMS.save(deps.storage, (id, asset), &VaultTerms(terms))?;
    let ratio = terms
        .min_ratio
        .map_or_else(|| "none".to_owned(), |r| r.to_string());
    Ok(Response::new().add_event(
        event("set_pool_collateral", id)
            .add_attribute("asset", asset)
            .add_attribute("min_ratio", ratio)
            .add_attribute("cap", terms.cap)
            .add_attribute("enabled", terms.enabled.to_string()),
    ))
}

/// Handles `set_distributor`.
pub fn set_distributor(
    deps: DepsMut,
    info: &MessageInfo,
    id: u64,
    distributor: &str,
    allowed: bool,
) -> Result<Response, Refusal> {
    Pool::of_owner(deps.storage, id, &info.sender)?;
    let distributor = address::valid(deps.api, distributor)?;
    if allowed {
        DISTRIBUTORS.save(deps.storage, (id, &distributor), &true)?;
    } else {
        DISTRIBUTORS.remove(deps.storage, (id, &distributor));
    }
    Ok(Response::new().add_event(
        event("set_distributor", id)
            .add_attribute("distributor", distributor)
            .add_attribute("allowed", allowed.to_string()),
    ))
}

/// Handles `recognize_pool`.
pub fn recognize(
    deps: DepsMut,
    info: &MessageInfo,
    id: u64,
    recognition: Option<Recognition>,
) -> Result<Response, Refusal> {
    ballast_kit::controls::require_owner(deps.storage, &info.sender)?;
    let mut pool = Pool::load(deps.storage, id)?;
    pool.recognition = recognition;
    POOLS.save(deps.storage, id, &pool)?;
    match recognition {
        Some(_) => RECOGNIZED.save(deps.storage, id, &true)?,
        None => RECOGNIZED.remove(deps.storage, id),
    }
    let text = match recognition {
        Some(Recognition::Preferred) => "preferred",
        Some(Recognition::Approved) => "approved",
        None => "none",
    };
    let event = event("recognize_pool", id).add_attribute("recognition", text);
    Ok(Response::new().add_event(event))
}

/// Handles `sync_pool`: every vault takes its part and is worth what it is worth now.
pub fn sync(deps: DepsMut, env: &Env, id: u64) -> Result<Response, Refusal> {
    let now = env.block.time.seconds();
    let mut chain = Chain::open(deps.storage, deps.querier, now, id, Poll::Reports)?;
    let assets: Vec<_> = chain
        .books
        .vaults
        .iter()
        .map(|(asset, _)| asset.clone())
        .collect();
    let mut vaults = vec![];
    for asset in assets {
        vaults.push(chain.vault(deps.storage, &asset)?);
    }
    chain.close(&mut vaults)?;
    let owed = chain.books.chain.owed().balance_ceil()?;
    let unassigned = chain.books.chain.unassigned.amount().balance_ceil()?;
    let event = event("sync_pool", id)
        .add_attribute("owed", owed)
        .add_attribute("unassigned", unassigned);
    let events = chain.save(deps.storage, &vaults)?;
    Ok(Response::new().add_event(event).add_events(events))
}

fn event(name: &str, pool: u64) -> Event {
    Event::new(name).add_attribute("pool", pool.to_string())
}

fn require_name(name: &str) -> Result<(), Refusal> {
    if (1..=MAX_NAME).contains(&name.len()) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(ContractError::InvalidName {}.into())
}

fn require_delegation_time(storage: &dyn Storage, secs: u64) -> Result<(), Refusal> {
    let params = CONFIG.load(storage)?.params.0;
    let (min, max) = (params.min_delegation_secs, params.max_delegation_secs);
    if (min..=max).contains(&secs) {
        return Ok(());
    }
    Err(ContractError::DelegationTimeOutOfRange { secs, min, max }.into())
}
