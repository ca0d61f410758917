//! The chain Market → Pool → Vault, opened for an act (DESIGN §6).
//!
//! Every act goes through the same steps, and none may be left out or change its place:
//!
//! 1. poll the pool's markets, one question for each contract;
//! 2. each market → its pools, as far as there is room;
//! 3. the pool takes what its markets have for it, and gives it to its vaults;
//! 4. the vault takes its part, and the account its own (in the act);
//! 5. the act changes what it has to;
//! 6. the vault's shares in the pool are rewritten, then the pool's in its markets.
//!
//! Whoever changes shares before every level is flushed prints dollars: Synthetix V3 did.
//!
//! Nothing is saved until [`Chain::save`]: a query opens a chain as a message does, and shows
//! what the message would do.

use ballast_math::{
    Accrued, Value,
    fees::share_fees,
    market::{Backing, keeps_minimum_credit, room_floor},
    pool::{Backed, Exposure, vault_shares_floor},
    rounding::{positive_part, to_u128},
};
use ballast_types::pool_manager::Unassigned;
use cosmwasm_std::{
    Addr, Decimal, Event, Int256, QuerierWrapper, StdResult, Storage, Uint128, Uint256,
};

use crate::{
    ContractError, Refusal,
    lanes::OpenLanes,
    poll,
    prices::Prices,
    state::{
        BOOKS, Books, CONFIG, CUTS, Config, CutRecord, Dollar, Link, MARKET_BOOKS, Market,
        MarketRecord, POOLS, Pool, QUARANTINES, Quarantine, TREASURY_DUE, VAULTS, VaultRecord,
        WEIGHTS, save_unassigned,
    },
};

/// What is asked of markets at the beginning.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Poll {
    /// Nothing: a claim changes no shares.
    Nothing,
    /// What they owe.
    Reports,
    /// What they owe, and what they need: LPs may leave.
    Exits,
}

/// A pool and its markets, brought up to date.
#[derive(Clone)]
pub struct Chain<'a> {
    /// The pool.
    pub id: u64,
    /// Block time.
    pub now: u64,
    /// Addresses and numbers.
    pub config: Config,
    /// The pools' dollar.
    pub dollar: Dollar,
    /// What every act on the pool changes.
    pub books: Books,
    /// Its markets, in the order of `books.links`.
    pub markets: Vec<OpenMarket>,
    /// Prices of collaterals.
    pub prices: Prices<'a>,
    /// What is to be told beside the act's own event.
    pub events: Vec<Event>,
    unassigned: Int256,
    cuts: Option<Vec<CutRecord>>,
    quarantines: Vec<(Addr, String, String)>,
    to_treasury: Accrued,
    weights: Option<Vec<(u64, Exposure)>>,
    weights_are_due: bool,
}

/// A market of the pool.
#[derive(Clone)]
pub struct OpenMarket {
    /// Its number.
    pub id: u64,
    /// What rarely changes of it.
    pub market: Market,
    /// What every act changes of it.
    pub record: MarketRecord,
    /// Whether it, or its contract, is in quarantine.
    pub quarantined: bool,
    /// Whether its contract is.
    pub contract_quarantined: bool,
    /// What it may withdraw before the act; only for acts that LPs leave by.
    pub credit: Uint128,
    /// What it needs; none when it was not asked or cannot say.
    pub minimum: Option<Uint128>,
    before: MarketRecord,
}

/// A vault of the pool, brought up to date.
#[derive(Clone)]
pub struct OpenVault {
    /// Asset id.
    pub asset: String,
    /// The vault.
    pub record: VaultRecord,
    /// What its accounts earn from.
    pub lanes: OpenLanes,
    counted: Uint128,
}

impl OpenMarket {
    /// Loads a market.
    pub fn load(storage: &dyn Storage, id: u64) -> Result<Self, Refusal> {
        Self::beside(storage, id, &[])
    }

    /// The same beside others: of a contract that is among them it is known whether it is in
    /// quarantine.
    fn beside(storage: &dyn Storage, id: u64, others: &[Self]) -> Result<Self, Refusal> {
        let market = Market::load(storage, id)?;
        let same = |other: &&Self| other.market.contract == market.contract;
        let contract_quarantined = match others.iter().find(same) {
            Some(other) => other.contract_quarantined,
            None => QUARANTINES.has(storage, (&market.contract, "")),
        };
        Self::of(storage, id, market, contract_quarantined)
    }

    /// A market whose name nobody needs: it is not asked.
    fn unnamed(storage: &dyn Storage, id: u64) -> Result<Self, Refusal> {
        let market = Market {
            contract: Addr::unchecked(""),
            market_ref: String::new(),
            ceiling: Uint128::zero(),
        };
        Self::of(storage, id, market, false)
    }

    fn of(
        storage: &dyn Storage,
        id: u64,
        market: Market,
        contract_quarantined: bool,
    ) -> Result<Self, Refusal> {
        let record = MARKET_BOOKS.load(storage, id)?;
        Ok(Self {
            id,
            quarantined: record.quarantined || contract_quarantined,
            contract_quarantined,
            credit: Uint128::zero(),
            minimum: None,
            market,
            before: record.clone(),
            record,
        })
    }

    /// K at live prices: collateral without one backs nothing.
    pub fn capacity(&self, prices: &mut Prices) -> Result<Value, Refusal> {
        let mut sum = Value::ZERO;
        for (asset, backed) in &self.record.backed {
            if let Some((price, decimals)) = prices.low(asset) {
                sum = sum.checked_add(backed.value_floor(price, decimals)?)?;
            }
        }
        Ok(sum)
    }

    /// What its pools may still be given.
    pub fn room(&self, prices: &mut Prices, decimals: u8) -> Result<Uint128, Refusal> {
        let pending = self.record.pools.debt_pending()?;
        let capacity = self.capacity(prices)?;
        Ok(room_floor(capacity, self.record.load, pending, decimals)?)
    }

    /// What stands behind its withdrawals.
    pub fn backing(&self, prices: &mut Prices, decimals: u8) -> Result<Backing, Refusal> {
        if self.quarantined {
            return Ok(Backing::Quarantined);
        }
        let room = self.room(prices, decimals)?;
        Ok(Backing::Live { room })
    }

    /// What it may withdraw or pay as fees.
    pub fn credit(&self, prices: &mut Prices, decimals: u8) -> Result<Uint128, Refusal> {
        let backing = self.backing(prices, decimals)?;
        Ok(self.record.books.credit(backing, self.market.ceiling)?)
    }

    /// What its ceiling leaves beyond what its pools were given. What it can never pay, nobody shall
    /// owe.
    fn payable(&self) -> Result<Uint128, Refusal> {
        let left = Int256::from(self.market.ceiling).checked_sub(self.record.books.given())?;
        Ok(to_u128(positive_part(left)).unwrap_or(Uint128::MAX))
    }

    /// Gives its pools what T has moved since the last flush, as far as there is room and it can pay.
    pub fn flush(&mut self, prices: &mut Prices, decimals: u8) -> Result<(), Refusal> {
        let room = self.room(prices, decimals)?.min(self.payable()?);
        let has_pools = !self.record.pools.is_empty();
        let given = self.record.books.flush(room, has_pools)?;
        self.record.pools.charge_ceil(Accrued::from_units(given)?)?;
        Ok(())
    }

    /// Saves what has changed.
    pub fn save(&self, storage: &mut dyn Storage) -> Result<(), Refusal> {
        if self.record == self.before {
            return Ok(());
        }
        save_unassigned(
            storage,
            Unassigned::Market(self.id.into()),
            self.before.books.unassigned(),
            self.record.books.unassigned(),
        )?;
        Ok(MARKET_BOOKS.save(storage, self.id, &self.record)?)
    }

    fn quarantine(&mut self, alone: bool) {
        self.quarantined = true;
        self.minimum = None;
        if alone {
            self.record.quarantined = true;
        } else {
            self.contract_quarantined = true;
        }
    }
}

impl<'a> Chain<'a> {
    /// Steps 1 to 3: polls the pool's markets, and takes what they have for it.
    pub fn open(
        storage: &dyn Storage,
        querier: QuerierWrapper<'a>,
        now: u64,
        id: u64,
        poll: Poll,
    ) -> Result<Self, Refusal> {
        let config = CONFIG.load(storage)?;
        let dollar = config.dollar()?.clone();
        let books = Books::load(storage, id)?;
        let mut markets: Vec<OpenMarket> = vec![];
        for link in &books.links {
            markets.push(match poll {
                Poll::Nothing => OpenMarket::unnamed(storage, link.market)?,
                _ => OpenMarket::beside(storage, link.market, &markets)?,
            });
        }
        let weights = match books.changes_at {
            Some(at) if now >= at => Some(exposures(storage, id)?),
            _ => None,
        };
        let mut chain = Self {
            id,
            now,
            prices: Prices::new(querier, config.oracle.clone(), now),
            unassigned: books.chain.unassigned.amount().balance_ceil()?,
            config,
            dollar,
            books,
            markets,
            events: vec![],
            cuts: None,
            quarantines: vec![],
            to_treasury: Accrued::ZERO,
            weights_are_due: weights.is_some(),
            weights,
        };
        if poll != Poll::Nothing {
            chain.poll(querier, poll == Poll::Exits)?;
            chain.flush_markets()?;
        }
        chain.pull(storage)?;
        chain.load_up()?;
        if poll == Poll::Exits {
            let decimals = chain.dollar.decimals;
            for market in &mut chain.markets {
                market.credit = market.credit(&mut chain.prices, decimals)?;
            }
        }
        Ok(chain)
    }

    /// What people call the pool, and what else rarely changes of it.
    pub fn pool(&self, storage: &dyn Storage) -> StdResult<Pool> {
        POOLS.load(storage, self.id)
    }

    /// One question for each contract; a failed one puts it in quarantine.
    fn poll(&mut self, querier: QuerierWrapper, with_minimums: bool) -> Result<(), Refusal> {
        let mut contracts: Vec<Addr> = vec![];
        for market in self.markets.iter().filter(|market| !market.quarantined) {
            if !contracts.contains(&market.market.contract) {
                contracts.push(market.market.contract.clone());
            }
        }
        for contract in contracts {
            let refs = self.refs_of(&contract);
            match poll::ask(querier, &contract, &refs, with_minimums) {
                Ok(answers) => self.hear(&contract, answers)?,
                Err(reason) => self.quarantine(&contract, None, reason),
            }
        }
        Ok(())
    }

    /// The refs of a contract's markets that are asked.
    pub fn refs_of(&self, contract: &Addr) -> Vec<String> {
        self.markets
            .iter()
            .filter(|market| market.market.contract == *contract && !market.quarantined)
            .map(|market| market.market.market_ref.clone())
            .collect()
    }

    fn hear(&mut self, contract: &Addr, answers: poll::Answers) -> Result<(), Refusal> {
        let mut reports = answers.reports.into_iter();
        let mut minimums = answers.minimums.into_iter();
        let mut failed = vec![];
        for market in &mut self.markets {
            if market.quarantined || market.market.contract != *contract {
                continue;
            }
            let report = reports.next();
            match (report, minimums.next().transpose()) {
                (Some(Ok(report)), Ok(minimum)) => {
                    market.record.books.poll(report)?;
                    market.record.polled_at = self.now;
                    market.minimum = minimum;
                }
                (Some(Err(reason)), _) | (_, Err(reason)) => {
                    failed.push((market.market.market_ref.clone(), reason));
                }
                (None, _) => {}
            }
        }
        for (market_ref, reason) in failed {
            self.quarantine(contract, Some(&market_ref), reason);
        }
        Ok(())
    }

    /// Puts a market contract, or one of its markets, in quarantine.
    pub fn quarantine(&mut self, contract: &Addr, market_ref: Option<&str>, reason: String) {
        for market in &mut self.markets {
            let named = market_ref.is_none_or(|named| market.market.market_ref == named);
            if named && market.market.contract == *contract {
                market.quarantine(market_ref.is_some());
            }
        }
        let market_ref = market_ref.unwrap_or_default().to_owned();
        self.events
            .push(quarantined(contract, &market_ref, &reason));
        self.quarantines
            .push((contract.clone(), market_ref, reason));
    }

    /// Step 2.
    fn flush_markets(&mut self) -> Result<(), Refusal> {
        for market in &mut self.markets {
            market.flush(&mut self.prices, self.dollar.decimals)?;
        }
        Ok(())
    }

    /// Step 3: the pool takes what its markets have for it. What it won from one meets what it lost
    /// to another before anything is unassigned.
    fn pull(&mut self, storage: &dyn Storage) -> Result<(), Refusal> {
        let mut debt = Accrued::ZERO;
        let mut fees = vec![];
        for (link, market) in self.books.links.iter_mut().zip(&mut self.markets) {
            let flushed = market.record.pools.flush(&mut link.actor)?;
            debt = debt.checked_add(flushed.debt)?;
            link.taken = link.taken.checked_add(flushed.debt)?;
            if !flushed.fees.is_zero() {
                fees.push((link.market, flushed.fees));
            }
        }
        self.books.chain.charge(debt)?;
        for (market, fees) in fees {
            let left = self.cut(storage, market, fees)?;
            if self.books.chain.vaults.is_empty() {
                self.to_treasury = self.to_treasury.checked_add(left)?;
            } else {
                self.books.chain.vaults.pay_floor(left)?;
            }
        }
        self.books.pulled_at = self.now;
        Ok(())
    }

    /// What cuts leave of a market's fees, at the rates in force at the pool's previous pull.
    fn cut(
        &mut self,
        storage: &dyn Storage,
        market: u64,
        fees: Accrued,
    ) -> Result<Accrued, Refusal> {
        if self.books.cuts == 0 {
            return Ok(fees);
        }
        let pulled_at = self.books.pulled_at;
        let cuts = self.cuts(storage)?;
        let rates: Vec<Decimal> = cuts
            .iter()
            .map(|cut| match cut.market {
                Some(of) if of != market => Decimal::zero(),
                _ => cut.cut.at(pulled_at),
            })
            .collect();
        let shared = share_fees(fees, &rates)?;
        for (cut, part) in cuts.iter_mut().zip(shared.cuts) {
            cut.due = cut.due.checked_add(part)?;
        }
        Ok(shared.lps)
    }

    /// The pool's cuts, to be changed.
    pub fn cuts(&mut self, storage: &dyn Storage) -> StdResult<&mut Vec<CutRecord>> {
        if self.cuts.is_none() {
            self.cuts = Some(CUTS.may_load(storage, self.id)?.unwrap_or_default());
        }
        Ok(self.cuts.get_or_insert_default())
    }

    /// The pool's part of each market's load, after what its LPs owe has changed.
    fn load_up(&mut self) -> Result<(), Refusal> {
        let owed = self.books.chain.owed();
        for (link, market) in self.books.links.iter_mut().zip(&mut self.markets) {
            link.taken = link.taken.min(owed).max(Accrued::ZERO);
            let shares = market.record.pools.shares_of(&link.actor)?;
            let load = link.counted().load_ceil(owed, link.taken, shares)?;
            market.record.load = market
                .record
                .load
                .checked_sub(link.load)?
                .checked_add(load)?;
            link.load = load;
        }
        Ok(())
    }

    /// Step 4: a vault takes its part of what the pool was given. `UnknownCollateral` when the pool
    /// has no such vault.
    pub fn vault(&mut self, storage: &dyn Storage, asset: &str) -> Result<OpenVault, Refusal> {
        let mut record = VAULTS
            .may_load(storage, (self.id, asset))?
            .unwrap_or_default();
        let mut lanes = OpenLanes::load(storage, self.id, &self.books, asset, &record)?;
        lanes.accrue(self.now, &self.books, &record)?;
        let flushed = self.books.chain.vaults.flush(&mut record.actor)?;
        record.vault.take(flushed.debt, flushed.fees)?;
        Ok(OpenVault {
            asset: asset.to_owned(),
            counted: record.vault.collateral(),
            record,
            lanes,
        })
    }

    /// Spreads debt that a liquidation has left without collateral over the pool's other vaults.
    /// Says what none of them could take.
    pub fn spread_to_others(
        &mut self,
        vault: &mut OpenVault,
        debt: Accrued,
    ) -> Result<Accrued, Refusal> {
        let actor = &mut vault.record.actor;
        let (flushed, bad) =
            self.books
                .chain
                .spread_to_others(actor, debt, self.dollar.decimals)?;
        vault.record.vault.take(flushed.debt, flushed.fees)?;
        Ok(bad)
    }

    /// What an LP owes has moved by whole units: up when he minted, down when he repaid.
    pub fn owes_more(&mut self, amount: Uint128) -> Result<(), Refusal> {
        Ok(self.books.chain.moved(Accrued::from_units(amount)?)?)
    }

    /// See [`Self::owes_more`].
    pub fn owes_less(&mut self, amount: Uint128) -> Result<(), Refusal> {
        let less = Accrued::from_units(amount)?.checked_neg()?;
        Ok(self.books.chain.moved(less)?)
    }

    /// Step 6: the vaults' shares in the pool, then the pool's in its markets.
    pub fn close(&mut self, vaults: &mut [OpenVault]) -> Result<(), Refusal> {
        let mut counted: Vec<_> = self
            .books
            .vaults
            .iter()
            .map(|(asset, amount)| (asset.clone(), *amount, *amount))
            .collect();
        for vault in vaults {
            let shares = self.shares_of(vault)?;
            let actor = &mut vault.record.actor;
            let flushed = self.books.chain.vaults.set_shares(actor, shares)?;
            vault.record.vault.take(flushed.debt, flushed.fees)?;
            let after = vault.record.vault.collateral();
            match counted.iter_mut().find(|(asset, ..)| *asset == vault.asset) {
                Some(counted) => counted.2 = after,
                None => counted.push((vault.asset.clone(), vault.counted, after)),
            }
        }
        self.rewrite_links(&counted)?;
        self.books.vaults = counted
            .into_iter()
            .map(|(asset, _, after)| (asset, after))
            .collect();
        Ok(())
    }

    /// A vault's value as shares. Without a live price it keeps the value of a unit.
    fn shares_of(&mut self, vault: &OpenVault) -> Result<Uint256, Refusal> {
        let collateral = vault.record.vault.collateral();
        if let Some((price, decimals)) = self.prices.low(&vault.asset) {
            let value = Value::of(collateral, price, decimals)?;
            return Ok(vault_shares_floor(value, self.dollar.decimals)?);
        }
        let shares = self.books.chain.vaults.shares_of(&vault.record.actor)?;
        if vault.counted.is_zero() {
            return Ok(shares);
        }
        // What is added without a price gets no part of what is given.
        let kept = collateral.min(vault.counted);
        Ok(ballast_math::rounding::mul_div_floor(
            shares,
            kept.into(),
            vault.counted.into(),
        )?)
    }

    /// `vaults` are (asset, collateral that counted, collateral that counts from now on).
    fn rewrite_links(&mut self, vaults: &[(String, Uint128, Uint128)]) -> Result<(), Refusal> {
        let decimals = self.dollar.decimals;
        let value = self.books.chain.value(decimals)?;
        let weights = self.weights.take();
        if weights.is_some() {
            self.books.changes_at = None;
        }
        for (link, market) in self.books.links.iter_mut().zip(&mut self.markets) {
            let before = link.counted();
            if let Some(weights) = &weights {
                link.exposure = of_market(weights, link.market);
            }
            link.counts = !market.quarantined;
            let after = link.counted();
            for (asset, then, now) in vaults {
                replace_backing(
                    &mut market.record.backed,
                    asset,
                    before.backed_floor(*then)?,
                    after.backed_floor(*now)?,
                )?;
            }
            let shares = after.shares_floor(value, decimals)?;
            let flushed = market.record.pools.set_shares(&mut link.actor, shares)?;
            // It took everything before the act, and nothing was given since.
            self.books.chain.charge(flushed.debt)?;
        }
        self.load_up()
    }

    /// What the pool is ready to carry of one of its markets now: what waited and is due counts.
    pub fn in_force(&self, link: &Link) -> Exposure {
        match &self.weights {
            Some(weights) => of_market(weights, link.market),
            None => link.exposure,
        }
    }

    /// Sets what the pool is ready to carry of each market, in force from the end of this act on.
    pub fn set_exposures(&mut self, exposures: Vec<(u64, Exposure)>) {
        self.weights = Some(exposures);
    }

    /// Refuses an act after which a market could withdraw less than it needs, unless it already
    /// could and loses nothing. After [`Self::close`].
    pub fn require_minimum_credits(&mut self) -> Result<(), Refusal> {
        match self.below_minimum()?.first() {
            Some((market, credit, minimum)) => Err(ContractError::MinimumCredit {
                market: *market,
                credit: *credit,
                minimum: *minimum,
            }
            .into()),
            None => Ok(()),
        }
    }

    /// Markets that the act leaves with less credit than they need: number, credit, need.
    pub fn below_minimum(&mut self) -> Result<Vec<(u64, Uint128, Uint128)>, Refusal> {
        let mut below = vec![];
        for market in &self.markets {
            let Some(minimum) = market.minimum else {
                continue;
            };
            let credit = market.credit(&mut self.prices, self.dollar.decimals)?;
            if !keeps_minimum_credit(market.credit, credit, minimum) {
                below.push((market.id, credit, minimum));
            }
        }
        Ok(below)
    }

    /// Saves the pool, its markets and these vaults.
    pub fn save(
        self,
        storage: &mut dyn Storage,
        vaults: &[OpenVault],
    ) -> Result<Vec<Event>, Refusal> {
        for vault in vaults {
            VAULTS.save(storage, (self.id, &vault.asset), &vault.record)?;
            vault.lanes.save(storage, self.id, &vault.asset)?;
        }
        for market in &self.markets {
            market.save(storage)?;
        }
        for (contract, market_ref, reason) in self.quarantines {
            let since = self.now;
            QUARANTINES.save(
                storage,
                (&contract, &market_ref),
                &Quarantine { since, reason },
            )?;
        }
        if let Some(cuts) = &self.cuts {
            CUTS.save(storage, self.id, cuts)?;
        }
        if self.weights_are_due && self.books.changes_at.is_none() {
            WEIGHTS.remove(storage, self.id);
        }
        if !self.to_treasury.is_zero() {
            let due = TREASURY_DUE.may_load(storage)?.unwrap_or_default();
            TREASURY_DUE.save(storage, &due.checked_add(self.to_treasury)?)?;
        }
        save_unassigned(
            storage,
            Unassigned::Pool(self.id.into()),
            self.unassigned,
            self.books.chain.unassigned.amount().balance_ceil()?,
        )?;
        BOOKS.save(storage, self.id, &self.books)?;
        Ok(self.events)
    }
}

/// Weights that wait, as exposures.
fn exposures(storage: &dyn Storage, pool: u64) -> Result<Vec<(u64, Exposure)>, Refusal> {
    let weights = WEIGHTS.may_load(storage, pool)?.unwrap_or_default();
    let weights: Vec<_> = weights.into_iter().map(|weight| weight.0).collect();
    crate::weights::exposures(&weights)
}

/// What a pool is ready to carry of a market: nothing of one that is not named.
pub fn of_market(exposures: &[(u64, Exposure)], market: u64) -> Exposure {
    exposures
        .iter()
        .find(|(id, _)| *id == market)
        .map_or(Exposure::NONE, |(_, exposure)| *exposure)
}

fn replace_backing(
    backed: &mut Vec<(String, Backed)>,
    asset: &str,
    before: Backed,
    after: Backed,
) -> Result<(), Refusal> {
    if before == after {
        return Ok(());
    }
    match backed.iter_mut().find(|(known, _)| known == asset) {
        Some((_, sum)) => *sum = sum.replace(before, after)?,
        None => backed.push((asset.to_owned(), Backed::default().replace(before, after)?)),
    }
    backed.retain(|(_, sum)| *sum != Backed::default());
    Ok(())
}

/// A market contract, or one of its markets, is in quarantine from now on.
pub fn quarantined(contract: &Addr, market_ref: &str, reason: &str) -> Event {
    Event::new("quarantine")
        .add_attribute("contract", contract)
        .add_attribute("ref", market_ref)
        .add_attribute("reason", reason)
}
