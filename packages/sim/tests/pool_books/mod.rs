//! The books of the pool manager: as they are stored, and as a sync of every pool would leave them.

use std::collections::BTreeMap;

use ballast_math::{Accrued, Exact};
use ballast_pools::{
    Refusal,
    chain::{Chain, OpenMarket, Poll},
    lanes::load_claims,
    poll,
    prices::Prices,
    state::{
        BOOKS, COLLATERALS, CONFIG, CUTS, FREE, HELD, LANES, MARKET_BOOKS, STAKES, Stake,
        TREASURY_DUE, UNASSIGNED, UNASSIGNED_SUM, VAULTS,
    },
};
use ballast_sim::World;
use ballast_types::debt_registry::{QueryMsg as RegistryQuery, SynthResponse};
use cosmwasm_std::{Addr, Decimal, Int256, Order, StdResult, Storage, Uint128, Uint256};
use cw20::{Cw20QueryMsg, TokenInfoResponse};

/// Digits of a base unit of the dollar that are looked at.
const NANO: u128 = 1_000_000_000;

type Check = Result<(), String>;

fn require(holds: bool, problem: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(problem()) }
}

fn units(n: impl Into<Int256>) -> Accrued {
    Accrued::from_units(n).unwrap()
}

fn sum(of: impl IntoIterator<Item = Accrued>) -> Accrued {
    of.into_iter()
        .fold(Accrued::ZERO, |sum, next| sum.checked_add(next).unwrap())
}

fn minus(a: Accrued, b: Accrued) -> Accrued {
    a.checked_sub(b).unwrap()
}

/// In billionths of a base unit, rounded down.
pub fn nano(amount: Accrued) -> i128 {
    let times = Decimal::from_ratio(NANO, 1u128);
    let fine = amount.mul_floor(times).unwrap().units_floor().unwrap();
    fine.to_string().parse().unwrap()
}

/// In dollars, exactly but for what is below a billionth of a base unit.
pub fn dollars(amount: i128) -> Exact {
    let size = Exact::from_units(Uint128::new(amount.unsigned_abs()), 15).unwrap();
    if amount < 0 {
        Exact::zero() - size
    } else {
        size
    }
}

fn rows<T>(rows: impl Iterator<Item = StdResult<T>>) -> Vec<T> {
    rows.collect::<StdResult<_>>().unwrap()
}

fn stakes(storage: &dyn Storage) -> Vec<((u64, String, Addr), Stake)> {
    rows(STAKES.range(storage, None, None, Order::Ascending))
}

// ---------------------------------------------------------------- as stored

/// Checks the books against themselves, the registry, and what the manager holds: items 1, 3, 4 and
/// 6 of DESIGN §11, to the last digit. `forgotten` is how many positions and cuts may have been
/// forgotten with less than a unit.
pub fn check(world: &World, forgotten: u64) -> Check {
    let manager = world.contract("pool-manager").unwrap();
    let storage = world.app.contract_storage(&manager);
    let storage: &dyn Storage = &*storage;
    collateral_is_there(world, storage, &manager)?;
    each_dollar_is_owed(world, storage, &manager, forgotten)?;
    debts_of_a_pool_are_in_its_vaults(storage, forgotten)?;
    sums_over_markets(storage)?;
    unassigned_is_listed(storage)
}

fn collateral_is_there(world: &World, storage: &dyn Storage, manager: &Addr) -> Check {
    let free = rows(FREE.range(storage, None, None, Order::Ascending));
    let vaults = rows(VAULTS.range(storage, None, None, Order::Ascending));
    for asset in rows(COLLATERALS.keys(storage, None, None, Order::Ascending)) {
        let held = HELD.load(storage, &asset).unwrap();
        let undelegated: Uint128 = free
            .iter()
            .filter(|((_, of), _)| *of == asset)
            .map(|(_, free)| free.amount)
            .sum();
        let delegated: Uint128 = vaults
            .iter()
            .filter(|((_, of), _)| *of == asset)
            .map(|(_, vault)| vault.vault.collateral())
            .sum();
        let books = (held.undelegated, held.delegated);
        require(books == (undelegated, delegated), || {
            format!("3: {undelegated} and {delegated} {asset}, the totals say {books:?}")
        })?;
        let there = world.balance(manager, &asset).unwrap();
        require(there >= undelegated + delegated, || {
            format!("3: {there} {asset} are there for {undelegated} and {delegated}")
        })?;
    }
    Ok(())
}

fn each_dollar_is_owed(
    world: &World,
    storage: &dyn Storage,
    manager: &Addr,
    forgotten: u64,
) -> Check {
    let registry = world.contract("debt-registry").unwrap();
    let synth = RegistryQuery::Synth {
        synth: "dUSD".to_owned(),
    };
    let synth: SynthResponse = world.query(&registry, &synth).unwrap();
    let info: TokenInfoResponse = world
        .query(&synth.token, &Cw20QueryMsg::TokenInfo {})
        .unwrap();
    require(synth.supply >= info.total_supply, || {
        format!(
            "1: {} exist, {} are recorded",
            info.total_supply, synth.supply
        )
    })?;
    let own = world.balance(manager, "dUSD").unwrap();
    require(own.is_zero(), || format!("3: {own} dollars of the manager"))?;

    let markets = rows(MARKET_BOOKS.range(storage, None, None, Order::Ascending));
    let pools = rows(BOOKS.range(storage, None, None, Order::Ascending));
    let vaults = rows(VAULTS.range(storage, None, None, Order::Ascending));
    let cuts = rows(CUTS.range(storage, None, None, Order::Ascending));
    let fees = sum([
        TREASURY_DUE.may_load(storage).unwrap().unwrap_or_default(),
        sum(markets.iter().map(|(_, m)| m.pools.fees_pending())),
        sum(pools.iter().map(|(_, p)| p.chain.vaults.fees_pending())),
        sum(vaults
            .iter()
            .map(|(_, v)| v.vault.accounts().fees_pending())),
        sum(stakes(storage).iter().map(|(_, s)| s.position.fees())),
        sum(cuts.iter().flat_map(|(_, c)| c).map(|cut| cut.due)),
    ]);
    // What markets owe their traders as of the last flush is T less net issuance, and T = G + U.
    let given_and_unissued = sum(markets.iter().map(|(_, market)| {
        let books = &market.books;
        minus(units(books.given()), units(books.net_issuance()))
    }));
    let owed = sum([
        sum(pools.iter().map(|(_, p)| p.chain.owed())),
        sum(pools.iter().map(|(_, p)| p.chain.unassigned.amount())),
        sum(markets.iter().map(|(_, m)| m.pools.debt_pending().unwrap())),
    ]);
    let there = sum([units(synth.supply), fees, given_and_unissued]);
    let difference = nano(minus(there, owed));
    let dust = i128::from(forgotten) + 1;
    require(
        difference <= dust && difference > -dust * NANO as i128,
        || format!("6: {difference} billionths of a dollar's base unit are owed by nobody"),
    )
}

fn debts_of_a_pool_are_in_its_vaults(storage: &dyn Storage, forgotten: u64) -> Check {
    let stakes = stakes(storage);
    for (id, books) in rows(BOOKS.range(storage, None, None, Order::Ascending)) {
        let mut in_vaults = books.chain.vaults.debt_pending().unwrap();
        let mut shares_of_vaults = Uint256::zero();
        let vaults = VAULTS.prefix(id);
        for (asset, record) in rows(vaults.range(storage, None, None, Order::Ascending)) {
            let vault = &record.vault;
            in_vaults = sum([in_vaults, vault.owed().unwrap()]);
            shares_of_vaults += books.chain.vaults.shares_of(&record.actor).unwrap();
            let positions: Vec<_> = stakes
                .iter()
                .filter(|((pool, of, _), _)| *pool == id && *of == asset)
                .map(|(_, stake)| vault.preview(&stake.position).unwrap())
                .collect();
            let collateral: Uint128 = positions
                .iter()
                .map(|position| vault.collateral_of(position).unwrap())
                .sum();
            let has = vault.collateral();
            let least = has.saturating_sub(Uint128::new(positions.len() as u128));
            require(collateral <= has && collateral >= least, || {
                format!("4: accounts have {collateral} {asset} in {id}, the vault {has}")
            })?;
            let shares = positions
                .iter()
                .map(|position| vault.shares_of(position).unwrap())
                .fold(Uint256::zero(), |sum, next| sum + next);
            let total = vault.accounts().total_shares();
            require(shares == total, || {
                format!("4: {shares} shares in {asset} of {id}, {total} in all")
            })?;
            let debt = sum(positions.iter().map(|position| position.debt()));
            let above = nano(minus(debt, vault.owed().unwrap()));
            let most = (forgotten as u128 + 1) * NANO;
            require(
                above >= -i128::from(forgotten) && above < most as i128,
                || format!("4: accounts of {asset} in {id} owe {above} billionths beyond it"),
            )?;
            let counted = books.vaults.iter().find(|(known, _)| *known == asset);
            let counted = counted.map_or(Uint128::zero(), |(_, amount)| *amount);
            require(counted == vault.collateral(), || {
                format!("4: {counted} {asset} count in {id}, {has} are there")
            })?;
        }
        require(in_vaults == books.chain.owed(), || {
            format!("4: pool {id} owes something else than its vaults")
        })?;
        require(
            shares_of_vaults == books.chain.vaults.total_shares(),
            || format!("4: shares of the vaults of {id}"),
        )?;
    }
    Ok(())
}

/// L and a market's shares are sums over the pools behind it.
fn sums_over_markets(storage: &dyn Storage) -> Check {
    let pools = rows(BOOKS.range(storage, None, None, Order::Ascending));
    for (id, market) in rows(MARKET_BOOKS.range(storage, None, None, Order::Ascending)) {
        let links = || {
            let all = pools.iter().flat_map(|(_, books)| &books.links);
            all.filter(|link| link.market == id)
        };
        let load: Uint128 = links().map(|link| link.load).sum();
        require(load == market.load, || {
            format!(
                "4: L of market {id} is {}, the pools say {load}",
                market.load
            )
        })?;
        let shares = links()
            .map(|link| market.pools.shares_of(&link.actor).unwrap())
            .fold(Uint256::zero(), |sum, next| sum + next);
        require(shares == market.pools.total_shares(), || {
            format!("4: shares of pools in market {id}")
        })?;
    }
    Ok(())
}

/// Every U is listed, and the registry hears of the sum of what is debt.
fn unassigned_is_listed(storage: &dyn Storage) -> Check {
    let mut expected = vec![];
    for (id, market) in rows(MARKET_BOOKS.range(storage, None, None, Order::Ascending)) {
        expected.push(((0u8, id), market.books.unassigned()));
    }
    for (id, books) in rows(BOOKS.range(storage, None, None, Order::Ascending)) {
        let amount = books.chain.unassigned.amount().balance_ceil().unwrap();
        expected.push(((1, id), amount));
    }
    expected.retain(|(_, amount)| !amount.is_zero());
    let listed = rows(UNASSIGNED.range(storage, None, None, Order::Ascending));
    require(listed == expected, || {
        format!("6: unassigned is {expected:?}, listed {listed:?}")
    })?;
    let all = listed
        .iter()
        .map(|(_, amount)| (*amount).max(Int256::zero()))
        .fold(Int256::zero(), |sum, next| sum + next);
    let known = UNASSIGNED_SUM.may_load(storage).unwrap();
    let known = known.unwrap_or_default();
    require(known == all, || {
        format!("6: {all} is unassigned, the sum says {known}")
    })
}

// ---------------------------------------------------------------- as of a sync

/// A position as a sync of its pool would leave it. Dollars are billionths of a base unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub collateral: Uint128,
    pub debt: i128,
    pub fees: i128,
    /// By lane: billionths of a base unit of its token.
    pub rewards: BTreeMap<u64, i128>,
    pub delegated_until: u64,
    pub exit: Option<(u64, u64)>,
}

/// What a sync of every pool and market would leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    pub positions: BTreeMap<(u64, String, Addr), Position>,
    /// U: markets as (0, number), pools as (1, number).
    pub unassigned: BTreeMap<(u8, u64), i128>,
    /// What waits for payees of cuts.
    pub cuts: BTreeMap<(u64, Addr), i128>,
    /// What stands behind the lanes: their labels.
    pub labels: BTreeMap<u64, String>,
    pub free: BTreeMap<(Addr, String), Uint128>,
    /// Whether the last flush of some market has not seen what it reports now.
    pub news: bool,
}

impl View {
    pub fn of(world: &World) -> Self {
        let manager = world.contract("pool-manager").unwrap();
        let storage = world.app.contract_storage(&manager);
        Self::read(world, &*storage).unwrap()
    }

    fn read(world: &World, storage: &dyn Storage) -> Result<Self, Refusal> {
        let (querier, now) = (world.app.wrap(), world.now());
        let mut view = Self::default();
        for (market, _) in rows(MARKET_BOOKS.range(storage, None, None, Order::Ascending)) {
            let config = CONFIG.load(storage)?;
            let decimals = config.dollar()?.decimals;
            let mut prices = Prices::new(querier, config.oracle, now);
            let mut open = OpenMarket::load(storage, market)?;
            let refs = [open.market.market_ref.clone()];
            let asked = poll::ask(querier, &open.market.contract, &refs, false);
            if !open.quarantined
                && let Ok(answers) = asked
                && let Some(Ok(report)) = answers.reports.into_iter().next()
            {
                open.record.books.poll(report)?;
                open.flush(&mut prices, decimals)?;
            }
            let books = open.record.books;
            let unassigned = nano(units(books.unassigned()));
            view.unassigned.insert((0, market), unassigned);
            let stored = MARKET_BOOKS.load(storage, market)?.books;
            let flushed = (stored.given(), stored.unassigned());
            view.news = view.news || flushed != (books.given(), books.unassigned());
        }
        let stakes = stakes(storage);
        for (pool, _) in rows(BOOKS.range(storage, None, None, Order::Ascending)) {
            let mut chain = Chain::open(storage, querier, now, pool, Poll::Reports)?;
            let unassigned = nano(chain.books.chain.unassigned.amount());
            view.unassigned.insert((1, pool), unassigned);
            for cut in chain.cuts(storage)? {
                *view.cuts.entry((pool, cut.payee.clone())).or_default() += nano(cut.due);
            }
            let terms = chain.pool(storage)?;
            let vaults = VAULTS.prefix(pool);
            for (asset, _) in rows(vaults.range(storage, None, None, Order::Ascending)) {
                let mut vault = chain.vault(storage, &asset)?;
                for ((of, in_asset, account), stake) in &stakes {
                    if *of != pool || *in_asset != asset {
                        continue;
                    }
                    let mut claims = load_claims(storage, pool, &asset, account)?;
                    vault.lanes.settle(&mut claims, stake)?;
                    let position = vault.record.vault.preview(&stake.position)?;
                    let seen = Position {
                        collateral: vault.record.vault.collateral_of(&position)?,
                        debt: nano(position.debt()),
                        fees: nano(position.fees()),
                        rewards: claims
                            .iter()
                            .map(|(lane, claim)| (*lane, nano(claim.accrued())))
                            .collect(),
                        delegated_until: stake.delegated_until(&terms),
                        exit: stake.exit,
                    };
                    let key = (pool, asset.clone(), account.clone());
                    view.positions.insert(key, seen);
                }
            }
        }
        for (lane, owner) in rows(LANES.range(storage, None, None, Order::Ascending)) {
            view.labels.insert(lane, owner.label);
        }
        for (key, free) in rows(FREE.range(storage, None, None, Order::Ascending)) {
            view.free.insert(key, free.amount);
        }
        Ok(view)
    }
}
