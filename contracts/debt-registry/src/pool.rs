//! A debt pool at one moment: loaded in one scan, priced, summed exactly.

use ballast_math::{MathError, SharePool, Value};
use ballast_types::{
    debt_registry::{PoolSynth, Valuation},
    oracle::{self, PriceError},
};
use cosmwasm_std::{Addr, Decimal, Deps, Order, QuerierWrapper, Storage, Uint128, Uint256};

use crate::{
    ContractError,
    state::{CONFIG, Issuer, Pool, SYNTHS, Synth, shares_of},
};

/// A debt pool at one moment.
pub struct ValuedPool {
    /// The issuing contract.
    pub address: Addr,
    /// Its dollar synth and decimals.
    pub issuer: Issuer,
    /// Its shares.
    pub pool: Pool,
    /// Its synths, by id.
    pub synths: Vec<PricedSynth>,
    /// What it owes.
    pub debt: Value,
}

/// A synth within a pool, priced.
pub struct PricedSynth {
    /// Asset id.
    pub id: String,
    /// As stored.
    pub synth: Synth,
    /// The price that counts; none where none was needed or there is none.
    pub price: Option<Decimal>,
    /// Supply × price.
    pub value: Value,
}

/// Where and how prices are read.
struct Prices<'a> {
    querier: QuerierWrapper<'a>,
    oracle: Addr,
    now: u64,
    valuation: Valuation,
}

impl Prices<'_> {
    fn read(&self, id: &str) -> Result<Decimal, PriceError> {
        let record = oracle::record(&self.querier, &self.oracle, id)?;
        match self.valuation {
            Valuation::Strict => record.strict(id, self.now),
            Valuation::Repay => Ok(record.repay(self.now)),
            Valuation::Liquidation => Ok(record.exit(id, self.now)?.low),
        }
    }
}

impl ValuedPool {
    /// The pool of an issuer, to act on. Prices are read only of what counts: a synth without
    /// supply is worth nothing whatever its price, and the dollar synth is one dollar by
    /// definition.
    pub fn load(
        deps: Deps,
        now: u64,
        address: &Addr,
        valuation: Valuation,
    ) -> Result<Self, ContractError> {
        Self::load_with(deps, now, address, valuation, |prices, id, synth| {
            if synth.supply.is_zero() {
                return Ok(None);
            }
            Ok(Some(prices.read(id)?))
        })
    }

    /// The pool of an issuer, to look at: shows the price of a synth without supply as well,
    /// where there is one.
    pub fn load_to_show(
        deps: Deps,
        now: u64,
        address: &Addr,
        valuation: Valuation,
    ) -> Result<Self, ContractError> {
        Self::load_with(deps, now, address, valuation, |prices, id, synth| {
            if synth.supply.is_zero() {
                return Ok(prices.read(id).ok());
            }
            Ok(Some(prices.read(id)?))
        })
    }

    /// The pool of an issuer at its larger prices, whatever the oracle knows: a synth without
    /// any price counts as nothing and is shown without one.
    pub fn load_for_report(deps: Deps, now: u64, address: &Addr) -> Result<Self, ContractError> {
        Self::load_with(deps, now, address, Valuation::Repay, |prices, id, _| {
            Ok(prices.read(id).ok())
        })
    }

    fn load_with(
        deps: Deps,
        now: u64,
        address: &Addr,
        valuation: Valuation,
        find: impl Fn(&Prices, &str, &Synth) -> Result<Option<Decimal>, PriceError>,
    ) -> Result<Self, ContractError> {
        let issuer = Issuer::load(deps.storage, address)?;
        let prices = Prices {
            querier: deps.querier,
            oracle: CONFIG.load(deps.storage)?.oracle,
            now,
            valuation,
        };
        let synths = SYNTHS
            .prefix(address)
            .range(deps.storage, None, None, Order::Ascending)
            .map(|row| {
                let (id, synth) = row?;
                let price = if id == issuer.dollar {
                    Some(Decimal::one())
                } else {
                    find(&prices, &id, &synth)?
                };
                PricedSynth::new(id, synth, price)
            })
            .collect::<Result<Vec<_>, ContractError>>()?;
        Ok(Self {
            address: address.clone(),
            debt: Value::sum(synths.iter().map(|synth| synth.value))?,
            pool: Pool::load(deps.storage, address)?,
            issuer,
            synths,
        })
    }

    /// The pool with its shares as they stand.
    pub fn shares(&self) -> SharePool {
        self.with_shares(&self.pool)
    }

    /// The pool with other shares.
    pub fn with_shares(&self, pool: &Pool) -> SharePool {
        SharePool {
            total_shares: pool.total_shares,
            debt: self.debt,
            decimals: self.issuer.decimals,
        }
    }

    /// Shares of an account.
    pub fn held_by(&self, storage: &dyn Storage, account: &Addr) -> Result<Uint256, ContractError> {
        shares_of(storage, &self.address, account, &self.pool)
    }

    /// The dollar synth.
    pub fn dollar(&self) -> Result<Synth, ContractError> {
        self.synths
            .iter()
            .find(|synth| synth.id == self.issuer.dollar)
            .map(|synth| synth.synth.clone())
            .ok_or_else(|| ContractError::UnknownSynth {
                synth: self.issuer.dollar.clone(),
            })
    }

    /// The part of the debt that nobody owes: all of it when there are no shares.
    pub fn unassigned(&self) -> Value {
        if self.pool.total_shares.is_zero() {
            self.debt
        } else {
            Value::ZERO
        }
    }

    /// Its synths as a query shows them.
    pub fn into_views(self) -> Result<Vec<PoolSynth>, ContractError> {
        self.synths
            .into_iter()
            .map(PricedSynth::into_view)
            .collect()
    }
}

impl PricedSynth {
    fn new(id: String, synth: Synth, price: Option<Decimal>) -> Result<Self, ContractError> {
        let value = price.map_or(Ok(Value::ZERO), |price| {
            Value::of(synth.supply, price, synth.decimals)
        })?;
        Ok(Self {
            id,
            synth,
            price,
            value,
        })
    }

    fn into_view(self) -> Result<PoolSynth, ContractError> {
        Ok(PoolSynth {
            synth: self.id,
            token: self.synth.token,
            decimals: self.synth.decimals,
            supply: self.synth.supply,
            price: self.price,
            value: self.value.usd_ceil()?,
        })
    }
}

/// Debts of accounts, in the order given. Where none of them has shares no price is needed: a
/// dead feed keeps nobody without debt from leaving.
pub fn debts(
    deps: Deps,
    now: u64,
    address: &Addr,
    accounts: &[Addr],
    valuation: Valuation,
) -> Result<Vec<Uint128>, ContractError> {
    Issuer::load(deps.storage, address)?;
    let pool = Pool::load(deps.storage, address)?;
    let held = accounts
        .iter()
        .map(|account| shares_of(deps.storage, address, account, &pool))
        .collect::<Result<Vec<_>, _>>()?;
    if held.iter().all(|shares| shares.is_zero()) {
        return Ok(vec![Uint128::zero(); held.len()]);
    }
    let shares = ValuedPool::load(deps, now, address, valuation)?.shares();
    let debts: Result<Vec<_>, MathError> =
        held.into_iter().map(|held| shares.debt_of(held)).collect();
    Ok(debts?)
}
