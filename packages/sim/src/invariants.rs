//! What must always hold (DESIGN §11), asked of a running [`World`] by its queries alone.
//!
//! [`World::check_invariants`] looks at every issuer, account and asset there is: items 1, 2,
//! 3, 4, 6 and what one moment shows of 7. Items 8 and 9 compare two moments: take the [`Standing`] of
//! the accounts before and after some acts, and compare them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use ballast_math::{Exact, Value};
use ballast_types::{
    Token, TokenUnchecked,
    debt_registry::{
        PoolResponse, QueryMsg as RegistryQuery, ShareholderResponse, SynthResponse, Valuation,
    },
    oracle::{PriceView, QueryMsg as OracleQuery},
    stability_pool::{QueryMsg as StabilityQuery, StateResponse},
    synth_minter::{AssetAmount, CollateralResponse, QueryMsg as MinterQuery, StakedResponse},
    treasury::{BalanceResponse, QueryMsg as TreasuryQuery},
};
use cosmwasm_std::{Addr, Decimal, Decimal256, Uint128, Uint256};
use cw20::{Cw20QueryMsg, TokenInfoResponse};
use serde::{Serialize, de::DeserializeOwned};

use crate::{kind::ContractKind, profile::StabilityPoolProfile, world::World};

mod pools;

/// What is asked for at once.
const PAGE: u32 = 64;

/// What an account has and owes, at the last accepted prices.
#[derive(Clone, PartialEq)]
pub struct Standing {
    /// Base units in the wallet, by asset.
    pub wallet: BTreeMap<String, Uint128>,
    /// Base units staked, by asset.
    pub staked: BTreeMap<String, Uint128>,
    /// Base units earned by flagging and not yet claimed, by asset.
    pub rewards: BTreeMap<String, Uint128>,
    /// What it owes, in base units of the dollar synth, as the registry rounds it.
    pub debt: Uint128,
    /// Wallet, stake and rewards less debt, in dollars, with nothing rounded. DUCA counts at its
    /// target, one numeraire, for that is what swaps are made at whatever it trades for; LPD at
    /// its part of the pool, without what leaving costs: of that a part comes back to who stays.
    pub worth: Exact,
}

impl Standing {
    /// Item 8: whether this is richer than `before`, to any fraction of a base unit.
    pub fn is_richer_than(&self, before: &Self) -> bool {
        self.worth > before.worth
    }

    /// Item 9: what somebody else's act has taken from this account since `before`: any debt
    /// beyond one base unit, any token of its wallet, stake or rewards.
    pub fn harm_since(&self, before: &Self) -> Option<String> {
        if self.debt > before.debt.saturating_add(Uint128::one()) {
            return Some(format!("debt {} became {}", before.debt, self.debt));
        }
        [
            ("wallet", &before.wallet, &self.wallet),
            ("stake", &before.staked, &self.staked),
            ("rewards", &before.rewards, &self.rewards),
        ]
        .into_iter()
        .find_map(|(what, before, now)| {
            before.iter().find_map(|(asset, had)| {
                let has = now.get(asset).copied().unwrap_or_default();
                (has < *had).then(|| format!("{what}: {had} {asset} became {has}"))
            })
        })
    }
}

/// Looks at a world again and again, and remembers what may not be undone between two looks: par
/// never falls (item 7).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vigil {
    par: Option<Decimal256>,
}

impl Vigil {
    /// As [`World::check_invariants`], and that par is no lower than at the last look.
    pub fn look(&mut self, world: &World) -> Result<(), Vec<String>> {
        let mut broken = world.check_invariants().err().unwrap_or_default();
        match world.stability_pool() {
            Ok(state) => {
                let par = state.map(|state| state.books.par);
                if par < self.par {
                    broken.push(format!("7: par fell from {:?} to {par:?}", self.par));
                }
                self.par = par;
            }
            Err(error) => broken.push(format!("cannot be asked: {error:#}")),
        }
        if broken.is_empty() {
            Ok(())
        } else {
            Err(broken)
        }
    }
}

impl World {
    /// Checks items 1, 2, 3, 4, 6 and 7 for every synth, debt pool, account and contract there is,
    /// and says everything that does not hold.
    ///
    /// 1. Recorded supply of a synth, less the fees that are not minted yet, ≥ the cw20's total
    ///    supply.
    /// 2. Σ accounts' debt ≥ the pool's debt, by at most one base unit an account; Σ accounts'
    ///    shares = the pool's.
    /// 3. What minter, stability pool, pool manager, distributor and treasury hold of each asset ≥ what their books owe; and
    ///    the books of the minter's accounts add up to its totals. The registry owes nothing.
    /// 4. Σ accounts' collateral in a vault ≤ the vault's; Σ accounts' debt ≥ the vault's, by at most
    ///    one base unit an account; what a market owes is what it gave and what is unassigned.
    /// 6. After a sync of every pool, in a copy of this world: dollars, fees that are not minted yet and
    ///    reports equal what LPs owe and what is unassigned, to a base unit for each rounding.
    /// 7. P·R ≥ N, exactly, and N is what the cw20 of DUCA says. That P never falls takes two
    ///    looks: [`Vigil`].
    pub fn check_invariants(&self) -> Result<(), Vec<String>> {
        let mut audit = Audit {
            world: self,
            broken: vec![],
        };
        if let Err(error) = audit.all() {
            audit.broken.push(format!("cannot be asked: {error:#}"));
        }
        if audit.broken.is_empty() {
            Ok(())
        } else {
            Err(audit.broken)
        }
    }

    /// What an account has and owes.
    pub fn standing(&self, account: &Addr) -> anyhow::Result<Standing> {
        let mut standings = self.standings([account])?;
        standings
            .remove(account)
            .context("a standing for each account")
    }

    /// What accounts have and owe, by address.
    pub fn standings<'a>(
        &self,
        accounts: impl IntoIterator<Item = &'a Addr>,
    ) -> anyhow::Result<BTreeMap<Addr, Standing>> {
        let ledger = Ledger::read(self)?;
        accounts
            .into_iter()
            .map(|account| Ok((account.clone(), ledger.standing(self, account)?)))
            .collect()
    }

    /// The last accepted price of each asset that has one.
    pub fn prices(&self) -> anyhow::Result<BTreeMap<String, Decimal>> {
        Ok(self
            .price_views()?
            .into_iter()
            .filter_map(|view| Some((view.asset, view.record?.price)))
            .collect())
    }

    /// Everything the oracle says of every asset.
    pub fn price_views(&self) -> anyhow::Result<Vec<PriceView>> {
        let assets = self.profile().oracle.assets.keys().cloned().collect();
        self.query(
            &self.contract(ContractKind::Oracle.name())?,
            &OracleQuery::Prices { assets },
        )
    }

    /// The debt pool of the minter.
    pub fn pool(&self, valuation: Valuation) -> anyhow::Result<PoolResponse> {
        let msg = RegistryQuery::Pool {
            issuer: self.contract(ContractKind::SynthMinter.name())?.into(),
            valuation,
        };
        self.query(&self.contract(ContractKind::DebtRegistry.name())?, &msg)
    }

    /// Everyone who holds shares of the minter's debt.
    pub fn shareholders(&self) -> anyhow::Result<Vec<ShareholderResponse>> {
        let issuer = self.contract(ContractKind::SynthMinter.name())?;
        self.pages(
            ContractKind::DebtRegistry,
            |last: Option<&ShareholderResponse>| RegistryQuery::Shareholders {
                issuer: issuer.to_string(),
                start_after: last.map(|holder| holder.account.to_string()),
                limit: Some(PAGE),
            },
        )
    }

    /// Everything about the stability pool; none where none is deployed.
    pub fn stability_pool(&self) -> anyhow::Result<Option<StateResponse>> {
        let Some(pool) = self.address(ContractKind::StabilityPool.name()) else {
            return Ok(None);
        };
        Ok(Some(self.query(&pool, &StabilityQuery::State {})?))
    }

    /// Everyone who has staked with the minter.
    pub fn stakers(&self) -> anyhow::Result<Vec<StakedResponse>> {
        self.pages(
            ContractKind::SynthMinter,
            |last: Option<&StakedResponse>| MinterQuery::Accounts {
                start_after: last.map(|staked| staked.account.to_string()),
                limit: Some(PAGE),
            },
        )
    }

    /// What the minter owes the treasury.
    pub fn treasury_due(&self) -> anyhow::Result<BTreeMap<String, Uint128>> {
        let due = self.pages(ContractKind::SynthMinter, |last: Option<&AssetAmount>| {
            MinterQuery::TreasuryDue {
                start_after: last.map(|due| due.asset.clone()),
                limit: Some(PAGE),
            }
        })?;
        Ok(by_asset(due))
    }

    /// What an account has earned by flagging and not yet claimed.
    pub fn rewards(&self, account: &Addr) -> anyhow::Result<BTreeMap<String, Uint128>> {
        let account = account.to_string();
        let minter = self.contract(ContractKind::SynthMinter.name())?;
        Ok(by_asset(
            self.query(&minter, &MinterQuery::Rewards { account })?,
        ))
    }

    /// What the minter takes.
    pub fn collaterals(&self) -> anyhow::Result<Vec<CollateralResponse>> {
        let minter = self.contract(ContractKind::SynthMinter.name())?;
        self.query(&minter, &MinterQuery::Collaterals {})
    }

    /// What the minter holds for others by its books, by asset: stakes, what is due to the
    /// treasury of penalties, what flaggers have not claimed. Fees are not minted yet.
    pub fn minter_owes(&self) -> anyhow::Result<BTreeMap<String, Uint128>> {
        let due = self.treasury_due()?;
        let mut owed = BTreeMap::new();
        for CollateralResponse { asset, total, .. } in self.collaterals()? {
            let penalties = due.get(&asset).copied().unwrap_or_default();
            add(&mut owed, &asset, total)?;
            add(&mut owed, &asset, penalties)?;
        }
        for account in self.flaggers()? {
            for (asset, amount) in self.rewards(&account)? {
                add(&mut owed, &asset, amount)?;
            }
        }
        Ok(owed)
    }

    /// Everyone who may have earned something by flagging: whoever has a name, has staked, or
    /// has raised a flag that stands.
    fn flaggers(&self) -> anyhow::Result<BTreeSet<Addr>> {
        let named = self
            .names()
            .filter(|(name, _)| self.contract_kind(name).is_none())
            .map(|(_, address)| address.clone());
        let stakers = self.stakers()?.into_iter().flat_map(|staker| {
            let flagger = staker.flag.map(|flag| flag.flagger);
            std::iter::once(staker.account).chain(flagger)
        });
        Ok(named.chain(stakers).collect())
    }

    /// All pages of a list: `page` writes the question for what comes after the last entry.
    fn pages<T: DeserializeOwned, M: Serialize>(
        &self,
        contract: ContractKind,
        page: impl Fn(Option<&T>) -> M,
    ) -> anyhow::Result<Vec<T>> {
        let contract = self.contract(contract.name())?;
        let mut all: Vec<T> = vec![];
        loop {
            let next: Vec<T> = self.query(&contract, &page(all.last()))?;
            if next.is_empty() {
                return Ok(all);
            }
            all.extend(next);
        }
    }
}

/// One look at a world.
struct Audit<'a> {
    world: &'a World,
    broken: Vec<String>,
}

impl Audit<'_> {
    fn all(&mut self) -> anyhow::Result<()> {
        if self.world.profile().minter.is_some() {
            self.synths()?;
            for valuation in [Valuation::Repay, Valuation::Strict, Valuation::Liquidation] {
                self.debts(valuation)?;
            }
            self.minter()?;
        }
        self.stability_pool()?;
        if self.world.profile().pool_manager.is_some() {
            self.pools()?;
        }
        self.treasury()
    }

    fn require(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.broken.push(problem());
        }
    }

    /// Item 1.
    fn synths(&mut self) -> anyhow::Result<()> {
        let issuer = self.world.contract(ContractKind::SynthMinter.name())?;
        let synths = self.world.pages(
            ContractKind::DebtRegistry,
            |last: Option<&SynthResponse>| RegistryQuery::Synths {
                issuer: issuer.to_string(),
                start_after: last.map(|synth| synth.synth.clone()),
                limit: Some(PAGE),
            },
        )?;
        for SynthResponse {
            synth,
            token,
            supply,
            fees_due,
            ..
        } in synths
        {
            let info: TokenInfoResponse = self.world.query(&token, &Cw20QueryMsg::TokenInfo {})?;
            let total = info.total_supply;
            let minted = supply.checked_sub(fees_due);
            self.require(minted.is_ok_and(|minted| minted >= total), || {
                format!(
                    "1: {total} {synth} exist, {supply} are recorded, {fees_due} not minted yet"
                )
            });
        }
        Ok(())
    }

    /// Item 2.
    fn debts(&mut self, valuation: Valuation) -> anyhow::Result<()> {
        let pool = match self.world.pool(valuation) {
            Ok(pool) => pool,
            // Repaying needs no live price, so its valuation is always there.
            Err(_) if valuation != Valuation::Repay => return Ok(()),
            Err(error) => return Err(error),
        };
        let holders = self.world.shareholders()?;
        let shares = holders.iter().try_fold(Uint256::zero(), |sum, holder| {
            sum.checked_add(holder.shares)
        })?;
        let total = pool.total_shares;
        self.require(shares == total, || {
            format!("2: accounts hold {shares} shares, the pool has {total}")
        });
        if total.is_zero() {
            // Nobody's debt, until the next mint gives it to the treasury.
            return Ok(());
        }
        let mut sum = Uint128::zero();
        for page in holders.chunks(usize::try_from(PAGE)?) {
            let msg = RegistryQuery::Debts {
                issuer: self
                    .world
                    .contract(ContractKind::SynthMinter.name())?
                    .into(),
                accounts: page.iter().map(|h| h.account.to_string()).collect(),
                valuation,
            };
            let registry = self.world.contract(ContractKind::DebtRegistry.name())?;
            let debts: Vec<Uint128> = self.world.query(&registry, &msg)?;
            for debt in debts {
                sum = sum.checked_add(debt)?;
            }
        }
        let owed = pool.debt_units;
        let most = owed.checked_add(Uint128::from(u64::try_from(holders.len())?))?;
        self.require(sum >= owed, || {
            format!("2: accounts owe {sum}, the pool {owed} ({valuation:?})")
        });
        self.require(sum <= most, || {
            format!(
                "2: {} accounts owe {sum}, more than a unit each beyond the pool's {owed} \
                 ({valuation:?})",
                holders.len()
            )
        });
        Ok(())
    }

    /// Item 3 for the minter.
    fn minter(&mut self) -> anyhow::Result<()> {
        let minter = self.world.contract(ContractKind::SynthMinter.name())?;
        let collaterals = self.world.collaterals()?;
        let staked = staked_by_asset(&self.world.stakers()?)?;
        for CollateralResponse { asset, total, .. } in &collaterals {
            let accounts = staked.get(asset).copied().unwrap_or_default();
            self.require(accounts == *total, || {
                format!("3: accounts have staked {accounts} {asset}, the total says {total}")
            });
        }
        for (asset, owed) in self.world.minter_owes()? {
            let held = self.world.balance(&minter, &asset)?;
            self.require(held >= owed, || {
                format!("3: the minter holds {held} {asset} and owes {owed}")
            });
        }
        Ok(())
    }

    /// Items 3 and 7 for the stability pool.
    fn stability_pool(&mut self) -> anyhow::Result<()> {
        let world = self.world;
        let (Some(state), Some(profile)) =
            (world.stability_pool()?, &world.profile().stability_pool)
        else {
            return Ok(());
        };
        let StateResponse {
            books,
            seigniorage_due,
            ..
        } = state;
        let pool = world.contract(ContractKind::StabilityPool.name())?;
        let dcm = books
            .pool_dcm
            .checked_add(books.reserve)?
            .checked_add(seigniorage_due)?;
        let (dcm_asset, duca_asset) = (&profile.dcm.asset, &profile.duca.asset);
        for (asset, owed) in [(dcm_asset, dcm), (duca_asset, books.pool_duca)] {
            let held = world.balance(&pool, asset)?;
            self.require(held >= owed, || {
                format!("3: the stability pool holds {held} {asset} and owes {owed}")
            });
        }
        let duca = world.contract(duca_asset)?;
        let info: TokenInfoResponse = world.query(&duca, &Cw20QueryMsg::TokenInfo {})?;
        self.require(info.total_supply == books.supply, || {
            format!(
                "7: {} {duca_asset} exist, the pool knows of {}",
                info.total_supply, books.supply
            )
        });
        let whole = |units: Uint128, asset: &str| -> anyhow::Result<Exact> {
            let decimals = world.decimals(asset).context("every asset has decimals")?;
            Ok(Exact::from_units(units, decimals)?)
        };
        let backing = Exact::try_from(books.par)? * whole(books.reserve, dcm_asset)?;
        let supply = whole(books.supply, duca_asset)?;
        self.require(backing >= supply, || {
            format!(
                "7: par {} and a Reserve of {} do not cover {}",
                books.par, books.reserve, books.supply
            )
        });
        Ok(())
    }

    /// Item 3 for the treasury.
    fn treasury(&mut self) -> anyhow::Result<()> {
        let treasury = self.world.contract(ContractKind::Treasury.name())?;
        let balances =
            self.world
                .pages(ContractKind::Treasury, |last: Option<&BalanceResponse>| {
                    TreasuryQuery::Balances {
                        start_after: last.map(|balance| unchecked(&balance.token)),
                        limit: Some(PAGE),
                    }
                })?;
        for BalanceResponse {
            token,
            held,
            insurance,
            spendable,
            ..
        } in balances
        {
            let there = token.balance(&self.world.app.wrap(), &treasury)?;
            self.require(there >= held, || {
                format!("3: the treasury has {there} of {token}, its books say {held}")
            });
            let free = held.checked_sub(insurance);
            self.require(free.is_ok_and(|free| spendable <= free), || {
                format!("3: {insurance} insured and {spendable} spendable of {held} of {token}")
            });
        }
        Ok(())
    }
}

/// What all standings have in common, read once.
struct Ledger {
    prices: BTreeMap<String, Decimal>,
    staked: BTreeMap<Addr, BTreeMap<String, Uint128>>,
    shares: BTreeMap<Addr, Uint256>,
    total_shares: Uint256,
    /// What the debt pool owes at the last accepted prices, exactly.
    pool: Value,
    /// Asset id of the stability pool's shares, and what a unit's part of the pool is worth.
    liquidity: Option<(String, Exact)>,
}

impl Ledger {
    fn read(world: &World) -> anyhow::Result<Self> {
        let mut prices = world.prices()?;
        let liquidity = match (&world.profile().stability_pool, world.stability_pool()?) {
            (Some(profile), Some(state)) => {
                let numeraire = profile.numeraire.as_ref();
                let target = numeraire.map_or(Some(Decimal::one()), |id| prices.get(id).copied());
                prices.insert(profile.duca.asset.clone(), target.unwrap_or_default());
                let unit = liquidity_of_a_unit(world, profile, &state, &prices)?;
                Some((profile.lpd.asset.clone(), unit))
            }
            _ => None,
        };
        if world.profile().minter.is_none() {
            return Ok(Self {
                prices,
                staked: BTreeMap::new(),
                shares: BTreeMap::new(),
                total_shares: Uint256::zero(),
                pool: Value::default(),
                liquidity,
            });
        }
        let pool = world.pool(Valuation::Repay)?;
        let values = pool
            .synths
            .iter()
            .map(|synth| {
                let price = prices.get(&synth.synth).copied().unwrap_or_default();
                Value::of(synth.supply, price, synth.decimals)
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            prices,
            staked: world
                .stakers()?
                .into_iter()
                .map(|staker| (staker.account, by_asset(staker.collateral)))
                .collect(),
            shares: world
                .shareholders()?
                .into_iter()
                .map(|holder| (holder.account, holder.shares))
                .collect(),
            total_shares: pool.total_shares,
            pool: Value::sum(values)?,
            liquidity,
        })
    }

    fn standing(&self, world: &World, account: &Addr) -> anyhow::Result<Standing> {
        let wallet = world
            .tokens()
            .map(|(asset, _)| Ok((asset.to_owned(), world.balance(account, asset)?)))
            .collect::<anyhow::Result<BTreeMap<_, _>>>()?;
        let staked = self.staked.get(account).cloned().unwrap_or_default();
        let minter = world.profile().minter.as_ref();
        let rewards = match minter {
            Some(_) => world.rewards(account)?,
            None => BTreeMap::new(),
        };
        let mut has = Exact::zero();
        for (asset, amount) in wallet.iter().chain(&staked).chain(&rewards) {
            has = has + self.value(world, asset, *amount)?;
        }
        let owes = self.debt(account)?;
        let decimals = minter
            .and_then(|minter| world.decimals(&minter.dollar.asset))
            .unwrap_or_default();
        Ok(Standing {
            wallet,
            staked,
            rewards,
            debt: owes.units_ceil(decimals)?,
            worth: has - owes,
        })
    }

    fn value(&self, world: &World, asset: &str, amount: Uint128) -> anyhow::Result<Exact> {
        if let Some((_, unit)) = self.liquidity.as_ref().filter(|(lpd, _)| lpd == asset) {
            return Ok(Exact::from(amount) * unit.clone());
        }
        dollars(world, &self.prices, asset, amount)
    }

    /// The part of the pool's debt that an account's shares stand for.
    fn debt(&self, account: &Addr) -> anyhow::Result<Exact> {
        let Some(shares) = self.shares.get(account) else {
            return Ok(Exact::zero());
        };
        let whole = Exact::dollars(self.pool)? * Exact::from(*shares);
        Ok(whole.checked_div(&Exact::from(self.total_shares))?)
    }
}

fn dollars(
    world: &World,
    prices: &BTreeMap<String, Decimal>,
    asset: &str,
    amount: Uint128,
) -> anyhow::Result<Exact> {
    let price = prices.get(asset).copied().unwrap_or_default();
    let decimals = world.decimals(asset).context("every asset has decimals")?;
    Ok(Exact::dollars(Value::of(amount, price, decimals)?)?)
}

/// What one unit's part of the stability pool is worth, in dollars, with nothing rounded.
fn liquidity_of_a_unit(
    world: &World,
    profile: &StabilityPoolProfile,
    state: &StateResponse,
    prices: &BTreeMap<String, Decimal>,
) -> anyhow::Result<Exact> {
    if state.lpd_supply.is_zero() {
        return Ok(Exact::zero());
    }
    let books = &state.books;
    let worth = dollars(world, prices, &profile.dcm.asset, books.pool_dcm)?
        + dollars(world, prices, &profile.duca.asset, books.pool_duca)?;
    Ok(worth.checked_div(&Exact::from(state.lpd_supply))?)
}

fn staked_by_asset(stakers: &[StakedResponse]) -> anyhow::Result<BTreeMap<String, Uint128>> {
    let mut staked = BTreeMap::new();
    for holding in stakers.iter().flat_map(|staker| &staker.collateral) {
        add(&mut staked, &holding.asset, holding.amount)?;
    }
    Ok(staked)
}

fn by_asset(amounts: Vec<AssetAmount>) -> BTreeMap<String, Uint128> {
    amounts
        .into_iter()
        .map(|AssetAmount { asset, amount }| (asset, amount))
        .collect()
}

fn add(sums: &mut BTreeMap<String, Uint128>, asset: &str, amount: Uint128) -> anyhow::Result<()> {
    let sum = sums.entry(asset.to_owned()).or_default();
    *sum = sum.checked_add(amount)?;
    Ok(())
}

fn unchecked(token: &Token) -> TokenUnchecked {
    match token {
        Token::Native(denom) => TokenUnchecked::Native(denom.clone()),
        Token::Cw20(address) => TokenUnchecked::Cw20(address.to_string()),
    }
}
