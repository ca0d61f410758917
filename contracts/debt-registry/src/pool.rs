//! A debt pool at one moment: loaded in one scan, priced, summed exactly.

use ballast_math::{MathError, SharePool, Value};
use ballast_types::{
    debt_registry::{PoolSynth, Valuation},
    oracle::{self, PriceError},
};
use cosmwasm_std::{Addr, Decimal, Deps, Order, QuerierWrapper, Storage, Uint128, Uint256};

use crate::{
    ContractError,
    state::{CONFIG, Issuer, Pool, SUPPLIES, Supply, Synth},
    tokens,
};

/// A debt pool at one moment.
pub struct ValuedPool {
    /// The issuing contract.
    pub address: Addr,
    /// What is known of it.
    pub issuer: Issuer,
    /// Its shares and its dollar synth.
    pub pool: Pool,
    /// Its synths, by id, the dollar among them.
    pub synths: Vec<PricedSynth>,
    /// What it owes.
    pub debt: Value,
}

/// A synth within a pool, priced.
pub struct PricedSynth {
    /// Asset id.
    pub id: String,
    /// How much there is of it.
    pub supply: Supply,
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
    /// The pool of an issuer with shared debt, to act on. Prices are read only of what counts: a synth without
    /// supply is worth nothing whatever its price, and the dollar synth is one dollar by
    /// definition.
    pub fn load(
        deps: Deps,
        now: u64,
        address: &Addr,
        valuation: Valuation,
    ) -> Result<Self, ContractError> {
        let issuer = Issuer::load_shared(deps.storage, address)?;
        let pool = issuer.pool(deps.storage)?;
        Self::of(deps, now, address, issuer, pool, valuation)
    }

    /// The same for an issuer and a pool that are loaded already.
    fn of(
        deps: Deps,
        now: u64,
        address: &Addr,
        issuer: Issuer,
        pool: Pool,
        valuation: Valuation,
    ) -> Result<Self, ContractError> {
        let loaded = (address, issuer, pool);
        Self::value(deps, now, loaded, valuation, |prices, id, supply| {
            if supply.recorded.is_zero() {
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
        let issuer = Issuer::load(deps.storage, address)?;
        let pool = issuer.pool(deps.storage)?;
        let loaded = (address, issuer, pool);
        Self::value(deps, now, loaded, valuation, |prices, id, supply| {
            if supply.recorded.is_zero() {
                return Ok(prices.read(id).ok());
            }
            Ok(Some(prices.read(id)?))
        })
    }

    /// The pool of an issuer at its larger prices, whatever the oracle knows: a synth without
    /// any price counts as nothing and is shown without one.
    pub fn load_for_report(deps: Deps, now: u64, address: &Addr) -> Result<Self, ContractError> {
        let issuer = Issuer::load(deps.storage, address)?;
        let pool = issuer.pool(deps.storage)?;
        let loaded = (address, issuer, pool);
        Self::value(deps, now, loaded, Valuation::Repay, |prices, id, _| {
            Ok(prices.read(id).ok())
        })
    }

    fn value(
        deps: Deps,
        now: u64,
        (address, issuer, pool): (&Addr, Issuer, Pool),
        valuation: Valuation,
        find: impl Fn(&Prices, &str, &Supply) -> Result<Option<Decimal>, PriceError>,
    ) -> Result<Self, ContractError> {
        let prices = Prices {
            querier: deps.querier,
            oracle: CONFIG.load(deps.storage)?.oracle,
            now,
            valuation,
        };
        let mut synths = SUPPLIES
            .prefix(issuer.number)
            .range(deps.storage, None, None, Order::Ascending)
            .map(|row| {
                let (id, supply) = row?;
                let price = find(&prices, &id, &supply)?;
                PricedSynth::new(id, supply, price)
            })
            .collect::<Result<Vec<_>, ContractError>>()?;
        let dollar = PricedSynth::new(issuer.dollar.clone(), pool.dollar, Some(Decimal::one()))?;
        synths.insert(synths.partition_point(|synth| synth.id < dollar.id), dollar);
        Ok(Self {
            address: address.clone(),
            debt: Value::sum(synths.iter().map(|synth| synth.value))?,
            issuer,
            pool,
            synths,
        })
    }

    /// Decimals of the dollar synth, in whose base units debt is counted.
    pub const fn decimals(&self) -> u8 {
        self.pool.dollar.decimals
    }

    /// The pool with its shares as they stand.
    pub const fn shares(&self) -> SharePool {
        self.with_shares(&self.pool)
    }

    /// The pool with other shares.
    pub const fn with_shares(&self, pool: &Pool) -> SharePool {
        SharePool {
            total_shares: pool.total_shares,
            debt: self.debt,
            decimals: self.decimals(),
        }
    }

    /// Shares of an account.
    pub fn held_by(&self, storage: &dyn Storage, account: &Addr) -> Result<Uint256, ContractError> {
        self.issuer.shares_of(storage, account, &self.pool)
    }

    /// The cw20 and the ceiling of the dollar synth.
    pub const fn dollar(&self) -> &Synth {
        &self.issuer.dollar_synth
    }

    /// Refuses an issuer that has not burnt `amount` of its dollar synth.
    pub fn require_burnt(
        &self,
        querier: &QuerierWrapper,
        amount: Uint128,
    ) -> Result<(), ContractError> {
        let (supply, id) = (&self.pool.dollar, &self.issuer.dollar);
        tokens::require_burnt(querier, self.dollar(), supply, id, amount)
    }

    /// The part of the debt that nobody owes: all of it when there are no shares.
    pub const fn unassigned(&self) -> Value {
        if self.pool.total_shares.is_zero() {
            self.debt
        } else {
            Value::ZERO
        }
    }

    /// Its synths as a query shows them.
    pub fn into_views(self, storage: &dyn Storage) -> Result<Vec<PoolSynth>, ContractError> {
        // Both are the synths of the issuer, by id.
        let synths = self.issuer.synth_list(storage)?;
        synths
            .into_iter()
            .zip(self.synths)
            .map(|((_, synth), priced)| priced.into_view(synth.token))
            .collect()
    }
}

impl PricedSynth {
    fn new(id: String, supply: Supply, price: Option<Decimal>) -> Result<Self, ContractError> {
        let value = price.map_or(Ok(Value::ZERO), |price| {
            Value::of(supply.recorded, price, supply.decimals)
        })?;
        Ok(Self {
            id,
            supply,
            price,
            value,
        })
    }

    fn into_view(self, token: Addr) -> Result<PoolSynth, ContractError> {
        Ok(PoolSynth {
            synth: self.id,
            token,
            decimals: self.supply.decimals,
            supply: self.supply.recorded,
            fees_due: self.supply.fees_due,
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
    let issuer = Issuer::load(deps.storage, address)?;
    let pool = issuer.pool(deps.storage)?;
    let held = accounts
        .iter()
        .map(|account| issuer.shares_of(deps.storage, account, &pool))
        .collect::<Result<Vec<_>, _>>()?;
    if held.iter().all(|shares| shares.is_zero()) {
        return Ok(vec![Uint128::zero(); held.len()]);
    }
    let shares = ValuedPool::of(deps, now, address, issuer, pool, valuation)?.shares();
    let debts: Result<Vec<_>, MathError> =
        held.into_iter().map(|held| shares.debt_of(held)).collect();
    Ok(debts?)
}
