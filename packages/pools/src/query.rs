//! What can be asked. Every number is the one that a message would find: queries open the chain as
//! messages do, and save nothing.

use ballast_kit::page;
use ballast_math::{Value, vault::is_liquidatable};
use ballast_types::{
    address,
    pool_lens::{
        AccountResponse, DueCursor, DueResponse, DueRow, FreeCollateral, LiquidationKind,
        ManagerResponse, MarketResponse, PendingMarkets, PoolMarketResponse, PoolResponse, PoolRow,
        PositionResponse, PositionRow, QuarantineCursor, QuarantineResponse, QueryMsg,
        UnassignedResponse, VaultResponse,
    },
    pool_manager::{ExecuteMsg, PoolId, ReceiveMsg, Unassigned, VaultKey},
};
use cosmwasm_std::{Addr, Binary, Deps, Env, Int256, Order, StdResult, to_json_binary};
use cw_storage_plus::Bound;

use crate::{
    Refusal,
    chain::{Chain, OpenMarket, OpenVault, Poll},
    collateral, fees, liquidate, mint, poll,
    position::{OpenPosition, Terms},
    prices::Prices,
    quarantine, rewards,
    state::{
        CONFIG, DISTRIBUTORS, FREE, MARKETS, POOLS, Pool, QUARANTINES, RECOGNIZED, STAKES,
        STAKES_OF, UNASSIGNED, VAULT_TERMS, VAULTS, VaultTerms, WEIGHTS, unassigned_key,
    },
    undelegate, weights,
};

/// Rows whose answer polls markets are dear.
const MAX_DUE: u32 = 30;
/// Distributors shown with a pool.
const MAX_DISTRIBUTORS: usize = 64;

/// Answers a question.
/// `manager` is whose storage `deps` has.
pub fn query(deps: Deps, env: &Env, manager: Addr, msg: QueryMsg) -> Result<Binary, Refusal> {
    let valid = |account: &str| address::valid(deps.api, account);
    Ok(match msg {
        QueryMsg::Collaterals {} => to_json_binary(&collateral::query(deps)?),
        QueryMsg::Account { account } => to_json_binary(&account_of(deps, &valid(&account)?)?),
        QueryMsg::Position { account, vault } => {
            to_json_binary(&position(deps, env, valid(&account)?, &vault)?)
        }
        QueryMsg::Positions {
            vault,
            start_after,
            limit,
        } => to_json_binary(&positions(deps, &vault, start_after.as_deref(), limit)?),
        QueryMsg::Pool { pool } => to_json_binary(&pool_of(deps, env, pool)?),
        QueryMsg::Pools {
            start_after,
            recognized,
            limit,
        } => to_json_binary(&pools(deps, start_after, recognized, limit)?),
        QueryMsg::Market { market } => to_json_binary(&market_of(deps, env, market.u64())?),
        QueryMsg::Markets { start_after, limit } => {
            let after = start_after.map(|id| Bound::exclusive(id.u64()));
            let rows = MARKETS
                .keys(deps.storage, after, None, Order::Ascending)
                .take(page::size(limit, page::MAX_LIMIT))
                .map(|id| market_of(deps, env, id?))
                .collect::<Result<Vec<_>, _>>()?;
            to_json_binary(&rows)
        }
        QueryMsg::PreviewPoll { pool, contract } => {
            to_json_binary(&quarantine::preview(deps, pool.u64(), &valid(&contract)?)?)
        }
        QueryMsg::PreviewMint {
            account,
            vault,
            amount,
        } => to_json_binary(&mint::preview(deps, env, valid(&account)?, &vault, amount)?),
        QueryMsg::ExitQuote {
            account,
            vault,
            amount,
        } => to_json_binary(&undelegate::quote(
            deps,
            env,
            valid(&account)?,
            &vault,
            amount,
        )?),
        QueryMsg::PreviewLiquidate {
            account,
            vault,
            amount,
        } => to_json_binary(&liquidate::preview(
            deps,
            env,
            valid(&account)?,
            &vault,
            amount,
        )?),
        QueryMsg::PreviewPoolMarkets { pool, markets } => {
            to_json_binary(&weights::preview(deps, env, pool.u64(), markets)?)
        }
        QueryMsg::Due { start_after, limit } => {
            to_json_binary(&due(deps, env, start_after, limit)?)
        }
        QueryMsg::Cuts { pool } => to_json_binary(&fees::cuts(deps, env, pool.u64())?),
        QueryMsg::Streams {
            target,
            start_after,
            limit,
        } => {
            let limit = page::size(limit, page::MAX_LIMIT);
            to_json_binary(&rewards::query_streams(
                deps,
                env,
                target,
                start_after,
                limit,
            )?)
        }
        QueryMsg::Earned { account, vault } => {
            to_json_binary(&rewards::query_earned(deps, env, valid(&account)?, &vault)?)
        }
        QueryMsg::Solvency { start_after, limit } => {
            to_json_binary(&solvency(deps, start_after, limit)?)
        }
        QueryMsg::Quarantines { start_after, limit } => {
            to_json_binary(&quarantines(deps, start_after, limit)?)
        }
        QueryMsg::Manager {} => to_json_binary(&ManagerResponse { manager }),
    }?)
}

fn account_of(deps: Deps, account: &Addr) -> Result<AccountResponse, Refusal> {
    let free = FREE
        .prefix(account)
        .range(deps.storage, None, None, Order::Ascending)
        .map(|entry| {
            let (asset, free) = entry?;
            Ok(FreeCollateral {
                asset,
                amount: free.amount,
                withdrawable_at: free.withdrawable_at,
            })
        })
        .collect::<StdResult<_>>()?;
    let vaults = STAKES_OF
        .sub_prefix(account)
        .keys(deps.storage, None, None, Order::Ascending)
        .take(page::size(Some(page::MAX_LIMIT), page::MAX_LIMIT))
        .map(|key| {
            let (pool, asset) = key?;
            let pool = pool.into();
            Ok(VaultKey { pool, asset })
        })
        .collect::<StdResult<_>>()?;
    Ok(AccountResponse { free, vaults })
}

fn position(
    deps: Deps,
    env: &Env,
    account: Addr,
    key: &VaultKey,
) -> Result<PositionResponse, Refusal> {
    let now = env.block.time.seconds();
    let pool = Pool::load(deps.storage, key.pool.u64())?;
    let terms = Terms::load(deps.storage, key.pool.u64(), &key.asset)?;
    let mut open =
        OpenPosition::open(deps.storage, deps.querier, now, key, account, Poll::Reports)?;
    let decimals = open.chain.dollar.decimals;
    let (collateral, debt, credit) = (open.collateral()?, open.debt()?, open.credit()?);
    let low = open.chain.prices.low(&key.asset);
    let worth = |price| Value::of(collateral, price, terms.collateral.decimals);
    let value = low.map(|(price, _)| worth(price)).transpose()?;
    let ratio = match low {
        Some((price, of)) => open.ratio(price, of)?,
        None => None,
    };
    let mintable = match open.strict_price() {
        Ok(price) => {
            let max = terms.max_debt(collateral, price, decimals)?;
            Some(max.checked_add(credit)?.saturating_sub(debt))
        }
        Err(_) => None,
    };
    let liquidatable = match open.chain.prices.high(&key.asset) {
        Ok(price) => {
            let least = terms.collateral.terms.0.liquidation_ratio;
            Some(is_liquidatable(worth(price)?, debt, least, decimals)?)
        }
        Err(_) => None,
    };
    let vault = &open.vault.record.vault;
    let position = &open.stake.position;
    Ok(PositionResponse {
        collateral,
        shares: vault.shares_of(position)?,
        value: value.map(Value::usd_floor).transpose()?,
        debt,
        credit,
        ratio,
        mintable,
        fees: position.fees().take_floor()?,
        liquidatable,
        last_holder: vault.is_last_holder(position)?,
        delegated_until: open.stake.delegated_until(&pool),
        exit_requested_at: open.stake.exit.map(|(at, _)| at),
    })
}

fn positions(
    deps: Deps,
    key: &VaultKey,
    start_after: Option<&str>,
    limit: Option<u32>,
) -> Result<Vec<PositionRow>, Refusal> {
    let (pool, asset) = (key.pool.u64(), key.asset.as_str());
    VaultTerms::load(deps.storage, pool, asset)?;
    let vault = VAULTS
        .may_load(deps.storage, (pool, asset))?
        .unwrap_or_default()
        .vault;
    let after = start_after
        .map(|account| address::valid(deps.api, account))
        .transpose()?;
    STAKES
        .prefix((pool, asset))
        .range(
            deps.storage,
            after.as_ref().map(Bound::exclusive),
            None,
            Order::Ascending,
        )
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|entry| {
            let (account, stake) = entry?;
            let position = vault.preview(&stake.position)?;
            Ok(PositionRow {
                account,
                collateral: vault.collateral_of(&position)?,
                debt: position.debt().owed_ceil()?,
                credit: position.debt().credit_floor()?,
            })
        })
        .collect()
}

fn row(id: u64, pool: Pool) -> PoolRow {
    PoolRow {
        pool: id.into(),
        name: pool.name,
        owner: pool.owner,
        pending_owner: pool.pending_owner.map(|(pending, _)| pending),
        recognition: pool.recognition,
    }
}

fn pool_of(deps: Deps, env: &Env, id: PoolId) -> Result<PoolResponse, Refusal> {
    let now = env.block.time.seconds();
    let pool = Pool::load(deps.storage, id.u64())?;
    let mut chain = Chain::open(deps.storage, deps.querier, now, id.u64(), Poll::Reports)?;
    let value = chain.books.chain.value(chain.dollar.decimals)?;
    let mut vaults = vec![];
    let mut terms = VAULT_TERMS
        .prefix(id.u64())
        .range(deps.storage, None, None, Order::Ascending);
    for entry in &mut terms {
        let (asset, terms) = entry?;
        let open = chain.vault(deps.storage, &asset)?;
        let vault = open.record.vault;
        let worth = match chain.prices.low(&asset) {
            Some((price, decimals)) => {
                Some(Value::of(vault.collateral(), price, decimals)?.usd_floor()?)
            }
            None => None,
        };
        vaults.push(VaultResponse {
            asset,
            terms: terms.0,
            collateral: vault.collateral(),
            total_shares: vault.accounts().total_shares(),
            value: worth,
            owed: vault.owed()?.balance_ceil()?,
        });
    }
    let markets = chain
        .books
        .links
        .iter()
        .zip(&chain.markets)
        .map(|(link, market)| {
            let exposure = chain.in_force(link);
            Ok(PoolMarketResponse {
                market: link.market.into(),
                share: exposure.share,
                max_debt: exposure.max_debt,
                capacity: exposure.capacity_floor(value)?.usd_floor()?,
                quarantined: market.quarantined,
            })
        })
        .collect::<Result<_, Refusal>>()?;
    let pending = match chain.books.changes_at {
        Some(at) if at > now => Some(PendingMarkets {
            markets: WEIGHTS
                .load(deps.storage, id.u64())?
                .into_iter()
                .map(|weight| weight.0)
                .collect(),
            at,
        }),
        _ => None,
    };
    let distributors = DISTRIBUTORS
        .prefix(id.u64())
        .keys(deps.storage, None, None, Order::Ascending)
        .take(MAX_DISTRIBUTORS)
        .collect::<StdResult<_>>()?;
    Ok(PoolResponse {
        delegation_secs: pool.delegation_secs,
        pool: row(id.u64(), pool),
        vaults,
        markets,
        pending,
        owed: chain.books.chain.owed().balance_ceil()?,
        unassigned: chain.books.chain.unassigned.amount().balance_ceil()?,
        distributors,
    })
}

fn pools(
    deps: Deps,
    start_after: Option<PoolId>,
    recognized: bool,
    limit: Option<u32>,
) -> Result<Vec<PoolRow>, Refusal> {
    let after = start_after.map(|id| Bound::exclusive(id.u64()));
    let limit = page::size(limit, page::MAX_LIMIT);
    if recognized {
        return RECOGNIZED
            .keys(deps.storage, after, None, Order::Ascending)
            .take(limit)
            .map(|id| {
                let id = id?;
                Ok(row(id, Pool::load(deps.storage, id)?))
            })
            .collect();
    }
    POOLS
        .range(deps.storage, after, None, Order::Ascending)
        .take(limit)
        .map(|entry| {
            let (id, pool) = entry?;
            Ok(row(id, pool))
        })
        .collect()
}

/// A market's books as of its last flush, at live prices of the collateral.
fn market_of(deps: Deps, env: &Env, id: u64) -> Result<MarketResponse, Refusal> {
    let config = CONFIG.load(deps.storage)?;
    let decimals = config.dollar()?.decimals;
    let now = env.block.time.seconds();
    let mut prices = Prices::new(deps.querier, config.oracle.clone(), now);
    let open = OpenMarket::load(deps.storage, id)?;
    let books = &open.record.books;
    let name = match open.quarantined {
        true => None,
        false => poll::name(deps.querier, &open.market.contract, &open.market.market_ref),
    };
    Ok(MarketResponse {
        market: id.into(),
        name,
        ceiling: open.market.ceiling,
        reported: books.reported(),
        net_issuance: books.net_issuance(),
        debt: books.debt()?,
        given: books.given(),
        unassigned: books.unassigned(),
        capacity: open.capacity(&mut prices)?.usd_floor()?,
        load: open.record.load,
        room: open.room(&mut prices, decimals)?,
        credit: open.credit(&mut prices, decimals)?,
        polled_at: open.record.polled_at,
        quarantined: open.quarantined,
        contract: open.market.contract,
        market_ref: open.market.market_ref,
    })
}

// This function and the next two within their caller would give that more than 100 locals, and a
// chain takes no such function.
#[inline(never)]
fn due(
    deps: Deps,
    env: &Env,
    start_after: Option<DueCursor>,
    limit: Option<u32>,
) -> Result<DueResponse, Refusal> {
    let now = env.block.time.seconds();
    let after = start_after
        .map(|cursor| {
            let account = address::valid(deps.api, &cursor.account)?;
            Ok::<_, Refusal>((cursor.vault.pool.u64(), cursor.vault.asset, account))
        })
        .transpose()?;
    let bound = after
        .as_ref()
        .map(|(pool, asset, account)| Bound::exclusive((*pool, asset.as_str(), account)));
    let most = page::size(limit, MAX_DUE);
    let mut rows = vec![];
    let mut last: Option<DueCursor> = None;
    let mut seen = 0usize;
    // Positions of a vault come one after the other: it is opened once for all of them.
    let mut open = None;
    for entry in STAKES
        .range(deps.storage, bound, None, Order::Ascending)
        .take(most)
    {
        let ((pool, asset, account), stake) = entry?;
        seen = seen.saturating_add(1);
        let vault = VaultKey {
            pool: pool.into(),
            asset,
        };
        if last.as_ref().is_none_or(|last| last.vault != vault) {
            open = None;
        }
        let (chain, of) = match open.take() {
            Some(open) => open,
            None => {
                let mut chain = Chain::open(deps.storage, deps.querier, now, pool, Poll::Reports)?;
                let of = chain.vault(deps.storage, &vault.asset)?;
                (chain, of)
            }
        };
        let (its_chain, its_vault) = copied(&chain, &of);
        let position = OpenPosition::within(
            deps.storage,
            its_chain,
            its_vault,
            account.clone(),
            Some(stake),
        )?;
        open = Some((chain, of));
        if let Some(row) = due_row(deps, &vault, position)? {
            rows.push(row);
        }
        last = Some(DueCursor {
            vault,
            account: account.into_string(),
        });
    }
    Ok(DueResponse {
        due: rows,
        next: last.filter(|_| seen == most),
    })
}

/// A position that may be liquidated, and how; none when it may not, or nobody can tell.
#[inline(never)]
fn copied<'a>(chain: &Chain<'a>, vault: &OpenVault) -> (Chain<'a>, OpenVault) {
    (chain.clone(), vault.clone())
}

#[inline(never)]
fn due_row(deps: Deps, vault: &VaultKey, open: OpenPosition) -> Result<Option<DueRow>, Refusal> {
    if open.debt()?.is_zero() {
        return Ok(None);
    }
    let account = open.account.clone();
    let terms = Terms::load(deps.storage, vault.pool.u64(), &vault.asset)?;
    let Ok(liquidation) = liquidate::due(open, terms) else {
        return Ok(None);
    };
    let (pool, asset) = (vault.pool, vault.asset.clone());
    let msg = match liquidation.kind {
        LiquidationKind::ToPeers => to_json_binary(&ExecuteMsg::Liquidate {
            account: account.to_string(),
            pool,
            asset,
        })?,
        LiquidationKind::LastHolder => to_json_binary(&ReceiveMsg::LiquidateLastHolder {
            account: account.to_string(),
            pool,
            asset,
            min_received: liquidation.received,
        })?,
    };
    Ok(Some(DueRow {
        account,
        vault: vault.clone(),
        liquidation,
        msg,
    }))
}

fn solvency(
    deps: Deps,
    start_after: Option<Unassigned>,
    limit: Option<u32>,
) -> Result<Vec<UnassignedResponse>, Refusal> {
    let after = start_after.map(|at| Bound::exclusive(unassigned_key(at)));
    UNASSIGNED
        .range(deps.storage, after, None, Order::Ascending)
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|entry| {
            let ((kind, id), amount): (_, Int256) = entry?;
            let at = match kind {
                0 => Unassigned::Market(id.into()),
                _ => Unassigned::Pool(id.into()),
            };
            Ok(UnassignedResponse { at, amount })
        })
        .collect()
}

fn quarantines(
    deps: Deps,
    start_after: Option<QuarantineCursor>,
    limit: Option<u32>,
) -> Result<Vec<QuarantineResponse>, Refusal> {
    let after = start_after
        .map(|cursor| {
            let contract = address::valid(deps.api, &cursor.contract)?;
            Ok::<_, Refusal>((contract, cursor.market_ref.unwrap_or_default()))
        })
        .transpose()?;
    let bound = after
        .as_ref()
        .map(|(contract, market_ref)| Bound::exclusive((contract, market_ref.as_str())));
    QUARANTINES
        .range(deps.storage, bound, None, Order::Ascending)
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|entry| {
            let ((contract, market_ref), quarantine) = entry?;
            Ok(QuarantineResponse {
                contract,
                market_ref: Some(market_ref).filter(|name| !name.is_empty()),
                since: quarantine.since,
                reason: quarantine.reason,
            })
        })
        .collect()
}
