//! Leaving a vault: `request_exit`, `undelegate`, and the query that says what it takes.

use ballast_types::{pool_lens::ExitQuote, pool_manager::VaultKey};
use cosmwasm_std::{
    Addr, Deps, DepsMut, Env, Event, MessageInfo, QuerierWrapper, Response, Storage, Uint128,
};

use crate::{
    ContractError, Refusal,
    chain::{Chain, Poll},
    dollar,
    position::{OpenPosition, Terms},
    state::{CONFIG, Free, HELD, Held, Pool, STAKES, Stake},
};

/// Handles `request_exit`.
pub fn request_exit(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    key: &VaultKey,
) -> Result<Response, Refusal> {
    let (pool, account) = (key.pool.u64(), &info.sender);
    let now = env.block.time.seconds();
    let mut stake = Stake::load(deps.storage, pool, &key.asset, account)?;
    if let Some((at, _)) = stake.exit {
        return Err(ContractError::ExitRequested { at }.into());
    }
    let lock = CONFIG.load(deps.storage)?.params.0.max_lock_secs;
    let open_at = now.saturating_add(lock);
    stake.exit = Some((now, open_at));
    STAKES.save(deps.storage, (pool, &key.asset, account), &stake)?;

    Ok(Response::new().add_event(
        Event::new("request_exit")
            .add_attribute("account", account)
            .add_attribute("pool", key.pool)
            .add_attribute("asset", &key.asset)
            .add_attribute("open_at", open_at.to_string()),
    ))
}

/// What leaves a vault.
struct Exit<'a> {
    open: OpenPosition<'a>,
    amount: Uint128,
    /// Paid in dollars.
    credit: Uint128,
    /// The most that may be owed by what stays; none when it owes nothing.
    max_debt: Option<Uint128>,
    leaves_whole: bool,
}

impl<'a> Exit<'a> {
    /// Takes the collateral out, whether or not it may leave yet.
    fn plan(
        storage: &dyn Storage,
        querier: QuerierWrapper<'a>,
        env: &Env,
        key: &VaultKey,
        (account, stake): (Addr, Stake),
        amount: Option<Uint128>,
        may_owe: bool,
    ) -> Result<Self, Refusal> {
        let now = env.block.time.seconds();
        let chain = Chain::open(storage, querier, now, key.pool.u64(), Poll::Exits)?;
        let mut open = OpenPosition::with(storage, chain, &key.asset, account, Some(stake))?;
        let held = open.collateral()?;
        let amount = amount.unwrap_or(held);
        if amount.is_zero() {
            return Err(ContractError::ZeroAmount {}.into());
        }
        if amount > held {
            return Err(ContractError::InsufficientCollateral {
                asset: key.asset.clone(),
                available: held,
                amount,
            }
            .into());
        }
        let leaves_whole = amount == held;
        let vault = &mut open.vault.record.vault;
        vault.withdraw(&mut open.stake.position, amount)?;
        let credit = if leaves_whole {
            vault.take_credit(&mut open.stake.position)?
        } else {
            Uint128::zero()
        };
        open.chain.owes_more(credit)?;
        let max_debt = if open.debt()?.is_zero() {
            None
        } else if leaves_whole {
            Some(Uint128::zero())
        } else {
            allowed(storage, &mut open, key, may_owe)?
        };
        if leaves_whole {
            open.stake.exit = None;
        }
        open.close()?;
        Ok(Self {
            open,
            amount,
            credit,
            max_debt,
            leaves_whole,
        })
    }

    fn to_burn(&self) -> Result<Uint128, Refusal> {
        let debt = self.open.debt()?;
        Ok(self
            .max_debt
            .map_or(Uint128::zero(), |max| debt.saturating_sub(max)))
    }
}

/// What the collateral that stays may owe. A quote that finds no price says that all must be
/// burnt.
fn allowed(
    storage: &dyn Storage,
    open: &mut OpenPosition,
    key: &VaultKey,
    may_owe: bool,
) -> Result<Option<Uint128>, Refusal> {
    let terms = Terms::load(storage, key.pool.u64(), &key.asset)?;
    let price = match open.strict_price() {
        Ok(price) => price,
        Err(_) if may_owe => return Ok(Some(Uint128::zero())),
        Err(error) => return Err(error.into()),
    };
    let decimals = open.chain.dollar.decimals;
    Ok(Some(terms.max_debt(open.collateral()?, price, decimals)?))
}

/// Handles `undelegate`.
pub fn undelegate(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    key: &VaultKey,
    amount: Option<Uint128>,
) -> Result<Response, Refusal> {
    let (account, asset, now) = (&info.sender, &key.asset, env.block.time.seconds());
    let pool = Pool::load(deps.storage, key.pool.u64())?;
    let stake = Stake::load(deps.storage, key.pool.u64(), asset, account)?;
    let until = stake.delegated_until(&pool);
    if now < until {
        return Err(ContractError::DelegationTime { until }.into());
    }
    let is_locked = stake.exit.is_none_or(|(_, open_at)| now < open_at);
    let mut exit = Exit::plan(
        deps.storage,
        deps.querier,
        env,
        key,
        (account.clone(), stake),
        amount,
        false,
    )?;
    let debt = exit.open.debt()?;
    if !exit.to_burn()?.is_zero() {
        return Err(if exit.leaves_whole {
            ContractError::StillOwes { debt }.into()
        } else {
            ContractError::BelowIssuanceRatio {
                debt,
                max: exit.max_debt.unwrap_or_default(),
            }
            .into()
        });
    }
    if is_locked {
        exit.open.chain.require_minimum_credits()?;
    }

    let Exit {
        open,
        amount,
        credit,
        ..
    } = exit;
    let timeout = open.chain.config.params.0.withdraw_timeout_secs;
    let mut free = Free::load(deps.storage, account, asset)?;
    free.amount = free.amount.checked_add(amount)?;
    free.withdrawable_at = now.saturating_add(timeout);
    let mut held = Held::load(deps.storage, asset)?;
    held.delegated = held.delegated.checked_sub(amount)?;
    held.undelegated = held.undelegated.checked_add(amount)?;
    let event = Event::new("undelegate")
        .add_attribute("account", account)
        .add_attribute("pool", key.pool)
        .add_attribute("asset", asset)
        .add_attribute("amount", amount)
        .add_attribute("collateral", open.collateral()?)
        .add_attribute("debt", debt)
        .add_attribute("credit_paid", credit);
    let config = open.chain.config.clone();
    free.save(deps.storage, account, asset)?;
    HELD.save(deps.storage, asset, &held)?;
    let events = open.save(deps.storage)?;

    let mut response = Response::new().add_event(event).add_events(events);
    if !credit.is_zero() {
        response = response.add_message(dollar::mint(&config, account, credit)?);
    }
    Ok(response)
}

/// What it takes to leave, and what comes out.
pub fn quote(
    deps: Deps,
    env: &Env,
    account: Addr,
    key: &VaultKey,
    amount: Option<Uint128>,
) -> Result<ExitQuote, Refusal> {
    let now = env.block.time.seconds();
    let pool = Pool::load(deps.storage, key.pool.u64())?;
    let stake = Stake::load(deps.storage, key.pool.u64(), &key.asset, &account)?;
    let delegated_until = stake.delegated_until(&pool);
    let lock_ends_at = stake.exit.map(|(_, open_at)| open_at);
    let holder = (account, stake);
    let mut exit = Exit::plan(deps.storage, deps.querier, env, key, holder, amount, true)?;
    let held_by: Vec<_> = exit
        .open
        .chain
        .below_minimum()?
        .into_iter()
        .map(|(market, ..)| market.into())
        .collect();
    let is_locked = !held_by.is_empty() && lock_ends_at.is_none_or(|at| now < at);
    let mut fees = exit.open.stake.position.fees();
    Ok(ExitQuote {
        collateral: exit.amount,
        to_burn: exit.to_burn()?,
        credit: exit.credit,
        fees: fees.take_floor()?,
        delegated_until,
        open: now >= delegated_until && !is_locked,
        held_by,
        lock_ends_at,
    })
}
