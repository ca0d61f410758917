//! One position, opened together with its vault and its pool: what most acts have in common.

use ballast_math::{Accrued, Value, vault::max_debt_floor};
use ballast_types::{
    Usd,
    oracle::PriceError,
    pool_manager::{PoolCollateral, VaultKey},
};
use cosmwasm_std::{Addr, Decimal, Event, QuerierWrapper, Storage, Uint128};

use crate::{
    Refusal,
    chain::{Chain, OpenVault, Poll},
    lanes::load_claims,
    state::{CLAIMS, Claims, Collateral, STAKES, STAKES_OF, Stake, VaultTerms, issuance_ratio},
};

/// A position, its vault and its pool.
pub struct OpenPosition<'a> {
    /// The pool and its markets.
    pub chain: Chain<'a>,
    /// The vault.
    pub vault: OpenVault,
    /// Its holder.
    pub account: Addr,
    /// The position.
    pub stake: Stake,
    claims: Claims,
    /// As it is stored; none when it is new.
    before: Option<Stake>,
}

/// What a position may owe.
pub struct Terms {
    /// Of the collateral.
    pub collateral: Collateral,
    /// Of the vault.
    pub vault: PoolCollateral,
}

impl Terms {
    /// Of a vault.
    pub fn load(storage: &dyn Storage, pool: u64, asset: &str) -> Result<Self, Refusal> {
        Ok(Self {
            collateral: Collateral::load(storage, asset)?,
            vault: VaultTerms::load(storage, pool, asset)?,
        })
    }

    /// The larger of the collateral's and the pool's issuance ratio.
    pub fn issuance_ratio(&self) -> Decimal {
        issuance_ratio(&self.collateral.terms.0, &self.vault)
    }

    /// The most that collateral at a price may owe.
    pub fn max_debt(
        &self,
        amount: Uint128,
        price: Decimal,
        decimals: u8,
    ) -> Result<Uint128, Refusal> {
        let value = Value::of(amount, price, self.collateral.decimals)?;
        Ok(max_debt_floor(value, self.issuance_ratio(), decimals)?)
    }
}

impl<'a> OpenPosition<'a> {
    /// Opens the pool and the vault, and settles the position; `NoPosition` if there is none.
    pub fn open(
        storage: &dyn Storage,
        querier: QuerierWrapper<'a>,
        now: u64,
        key: &VaultKey,
        account: Addr,
        poll: Poll,
    ) -> Result<Self, Refusal> {
        let stake = Stake::load(storage, key.pool.u64(), &key.asset, &account)?;
        let chain = Chain::open(storage, querier, now, key.pool.u64(), poll)?;
        Self::with(storage, chain, &key.asset, account, Some(stake))
    }

    /// The same with a position that may be new.
    pub fn open_or_new(
        storage: &dyn Storage,
        querier: QuerierWrapper<'a>,
        now: u64,
        key: &VaultKey,
        account: Addr,
    ) -> Result<Self, Refusal> {
        let pool = key.pool.u64();
        let stake = STAKES.may_load(storage, (pool, &key.asset, &account))?;
        let chain = Chain::open(storage, querier, now, pool, Poll::Reports)?;
        Self::with(storage, chain, &key.asset, account, stake)
    }

    /// Opens a position in a vault of a pool that is open.
    pub fn with(
        storage: &dyn Storage,
        mut chain: Chain<'a>,
        asset: &str,
        account: Addr,
        stake: Option<Stake>,
    ) -> Result<Self, Refusal> {
        let vault = chain.vault(storage, asset)?;
        Self::within(storage, chain, vault, account, stake)
    }

    /// Opens a position in a vault that is open.
    pub fn within(
        storage: &dyn Storage,
        chain: Chain<'a>,
        mut vault: OpenVault,
        account: Addr,
        stake: Option<Stake>,
    ) -> Result<Self, Refusal> {
        let before = stake.clone();
        let mut stake = stake.unwrap_or_default();
        let mut claims = vec![];
        if !vault.lanes.is_empty() {
            claims = load_claims(storage, chain.id, &vault.asset, &account)?;
            vault.lanes.settle(&mut claims, &stake)?;
        }
        vault.record.vault.settle(&mut stake.position)?;
        Ok(Self {
            chain,
            vault,
            account,
            stake,
            claims,
            before,
        })
    }

    /// Its collateral.
    pub fn collateral(&self) -> Result<Uint128, Refusal> {
        Ok(self
            .vault
            .record
            .vault
            .collateral_of(&self.stake.position)?)
    }

    /// What it owes, rounded up.
    pub fn debt(&self) -> Result<Uint128, Refusal> {
        Ok(self.stake.position.debt().owed_ceil()?)
    }

    /// What it is owed, rounded down.
    pub fn credit(&self) -> Result<Uint128, Refusal> {
        Ok(self.stake.position.debt().credit_floor()?)
    }

    /// Value / debt, rounded down; none without debt.
    pub fn ratio(&self, price: Decimal, decimals: u8) -> Result<Option<Usd>, Refusal> {
        let value = Value::of(self.collateral()?, price, decimals)?;
        let debt = Value::of_dollars(self.debt()?, self.chain.dollar.decimals)?;
        Ok(value.ratio_floor(debt)?)
    }

    /// The price for what opens risk.
    pub fn strict_price(&mut self) -> Result<Decimal, PriceError> {
        self.chain.prices.strict(&self.vault.asset)
    }

    /// Rewrites shares: after every change.
    pub fn close(&mut self) -> Result<(), Refusal> {
        self.chain.close(std::slice::from_mut(&mut self.vault))
    }

    /// Saves everything. A position of which nothing is left is forgotten.
    pub fn save(self, storage: &mut dyn Storage) -> Result<Vec<Event>, Refusal> {
        if self.is_gone()? {
            self.forget(storage);
        } else {
            let (pool, asset) = (self.chain.id, self.vault.asset.as_str());
            let key = (pool, asset, &self.account);
            STAKES.save(storage, key, &self.stake)?;
            if self.before.is_none() {
                STAKES_OF.save(storage, (&self.account, pool, asset), &true)?;
            }
            if !self.claims.is_empty() {
                CLAIMS.save(storage, key, &self.claims)?;
            }
        }
        self.chain.save(storage, std::slice::from_ref(&self.vault))
    }

    /// Takes its fees, to be minted: floor. Nothing else is saved: what the links hold of them stays
    /// there, and whoever acts on the pool next gives the position what is left. No share changes
    /// before that, so that it is what it was paid.
    pub fn take_fees(mut self, storage: &mut dyn Storage) -> Result<Uint128, Refusal> {
        let vault = &mut self.vault.record.vault;
        let fees = vault.take_fees(&mut self.stake.position)?;
        if self.is_gone()? {
            self.forget(storage);
        } else if let Some(mut stake) = self.before {
            stake.position.pay_in_advance(fees)?;
            let key = (self.chain.id, self.vault.asset.as_str(), &self.account);
            STAKES.save(storage, key, &stake)?;
        }
        Ok(fees)
    }

    fn forget(&self, storage: &mut dyn Storage) {
        let (pool, asset, account) = (self.chain.id, self.vault.asset.as_str(), &self.account);
        STAKES.remove(storage, (pool, asset, account));
        STAKES_OF.remove(storage, (account, pool, asset));
        CLAIMS.remove(storage, (pool, asset, account));
    }

    /// Whether it has no shares, owes nothing, and nothing waits for it that could be paid.
    fn is_gone(&self) -> Result<bool, Refusal> {
        let position = &self.stake.position;
        let waits = |mut accrued: Accrued| Ok::<_, Refusal>(!accrued.take_floor()?.is_zero());
        if !self.vault.record.vault.shares_of(position)?.is_zero()
            || !self.debt()?.is_zero()
            || !self.credit()?.is_zero()
            || waits(position.fees())?
        {
            return Ok(false);
        }
        for (_, claim) in &self.claims {
            if waits(claim.accrued())? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
