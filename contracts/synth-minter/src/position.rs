//! An account's collateral at prices.

use ballast_math::{
    Value,
    position::{self, Holding},
};
use ballast_types::{
    Terms, Usd,
    oracle::{self, PriceError, PriceRecord},
    synth_minter::PositionAfter,
};
use cosmwasm_std::{Addr, Decimal, Deps, Uint128};

use crate::{
    error::ContractError,
    state::{Account, COLLATERALS, Collateral},
};

/// What a collateral without a price may be worth, as a part of the rest, to be left aside.
const DUST: Decimal = Decimal::percent(1);

/// Which price of a collateral counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pricing {
    /// A live price alone: to mint or withdraw.
    Strict,
    /// The lower exit price: to be cured.
    Low,
    /// The higher exit price: to be liquidated.
    High,
}

/// Under which terms.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// Those in force: for what the holder takes out.
    Current,
    /// Those of the flag while one runs.
    Flag,
}

/// One collateral of an account, with all that its valuation needs.
pub struct Staked {
    pub asset: String,
    pub amount: Uint128,
    pub collateral: Collateral,
    frozen: Option<Terms>,
    /// None before the oracle's first round of it.
    record: Option<PriceRecord>,
}

/// An account's collateral. Prices are read once; a missing one is an error only when it is
/// needed.
pub struct Position {
    pub staked: Vec<Staked>,
    now: u64,
}

impl Position {
    /// Loads what `account` has staked, with terms and price records.
    pub fn load(
        deps: Deps,
        oracle: &Addr,
        account: &Account,
        now: u64,
    ) -> Result<Self, ContractError> {
        let mut book = Book::new(deps, oracle);
        Self::load_with(&mut book, account, now)
    }

    /// The same, with records that other accounts have loaded already.
    pub fn load_with(book: &mut Book, account: &Account, now: u64) -> Result<Self, ContractError> {
        let flag = account.running_flag(now);
        let staked = account
            .collateral
            .iter()
            .map(|entry| {
                let (collateral, record) = book.entry(&entry.asset)?;
                Ok(Staked {
                    asset: entry.asset.clone(),
                    amount: entry.amount,
                    frozen: flag.and_then(|flag| flag.terms_of(&entry.asset)),
                    collateral,
                    record,
                })
            })
            .collect::<Result<_, ContractError>>()?;
        Ok(Self { staked, now })
    }

    /// The holdings at prices and terms, in the order staked. One missing price is an error.
    pub fn holdings(&self, pricing: Pricing, under: Under) -> Result<Vec<Holding>, PriceError> {
        self.staked
            .iter()
            .map(|staked| staked.holding(pricing, under, self.now))
            .collect()
    }

    /// The holdings that can be borrowed against.
    pub fn borrowable(&self) -> Result<Vec<Holding>, PriceError> {
        self.counted(Pricing::Strict, Under::Current)
    }

    /// The holdings that have a price, and the others as nothing: a dead feed blocks only what
    /// it prices. Without any price it is an error.
    fn counted(&self, pricing: Pricing, under: Under) -> Result<Vec<Holding>, PriceError> {
        let mut missing = None;
        let mut holdings = vec![];
        let mut priced = false;
        for staked in &self.staked {
            match staked.holding(pricing, under, self.now) {
                Ok(holding) => {
                    priced = true;
                    holdings.push(holding);
                }
                Err(error) => {
                    holdings.push(staked.counting_nothing(under));
                    missing = missing.or(Some(error));
                }
            }
        }
        match missing {
            Some(error) if !priced => Err(error),
            _ => Ok(holdings),
        }
    }

    /// The holdings that can be seized, at the prices that are better for the account.
    ///
    /// A price that is too old stops the liquidation, unless its collateral is dust: at twice
    /// its last price less than a hundredth of the rest. Dust is left aside and stays the
    /// account's. (Else anyone could guard his debt with one unit of a collateral whose feed
    /// is dead.)
    pub fn seizable(&self, under: Under) -> Result<Vec<Holding>, ContractError> {
        let mut holdings = vec![];
        let mut left_aside = Value::ZERO;
        let mut first_error = None;
        for staked in &self.staked {
            match staked.holding(Pricing::High, under, self.now) {
                Ok(holding) => holdings.push(holding),
                Err(error) => {
                    let Some(most) = staked.generous_value(self.now) else {
                        return Err(error.into());
                    };
                    left_aside = left_aside.checked_add(most)?;
                    holdings.push(staked.counting_nothing(under));
                    first_error = first_error.or(Some(error));
                }
            }
        }
        let dust = position::total_value(&holdings)?.mul_floor(DUST)?;
        match first_error {
            Some(error) if left_aside >= dust => Err(error.into()),
            _ => Ok(holdings),
        }
    }

    /// What the collateral is worth at strict prices; none when one is missing.
    pub fn value(&self) -> Option<Value> {
        let holdings = self.holdings(Pricing::Strict, Under::Current).ok()?;
        position::total_value(&holdings).ok()
    }

    /// The debt at the issuance ratio, at the lower prices and under the flag's terms: where a
    /// burn stops. It needs every price, for with one missing a burn would go too far.
    pub fn target(&self, decimals: u8) -> Result<Uint128, ContractError> {
        Ok(position::max_debt(
            &self.holdings(Pricing::Low, Under::Flag)?,
            decimals,
        )?)
    }

    /// The debt at which a flag ends. A collateral without a price counts nothing: who is back
    /// at his issuance ratio without it is cured, and dust of a dead feed keeps no flag alive.
    pub fn cured_at(&self, decimals: u8) -> Result<Uint128, ContractError> {
        Ok(position::max_debt(
            &self.counted(Pricing::Low, Under::Flag)?,
            decimals,
        )?)
    }

    /// The most of one collateral that may leave. One that counts nothing may leave whole, if
    /// the rest covers the debt.
    pub fn max_withdraw(
        &self,
        borrowable: &[Holding],
        index: usize,
        debt: Uint128,
        decimals: u8,
    ) -> Result<Uint128, ContractError> {
        let unpriced = borrowable
            .get(index)
            .is_some_and(|holding| holding.amount.is_zero());
        if !unpriced {
            return Ok(position::max_withdraw(borrowable, index, debt, decimals)?);
        }
        let covered = debt <= position::max_debt(borrowable, decimals)?;
        let staked = self
            .staked
            .get(index)
            .map(|staked| staked.amount)
            .unwrap_or_default();
        Ok(if covered { staked } else { Uint128::zero() })
    }

    pub fn index_of(&self, asset: &str) -> Option<usize> {
        self.staked.iter().position(|staked| staked.asset == asset)
    }
}

impl Staked {
    fn holding(&self, pricing: Pricing, under: Under, now: u64) -> Result<Holding, PriceError> {
        let record = self.record.as_ref().ok_or_else(|| PriceError::NoPrice {
            asset: self.asset.clone(),
        })?;
        let price = match pricing {
            Pricing::Strict => record.strict(&self.asset, now)?,
            Pricing::Low => record.exit(&self.asset, now)?.low,
            Pricing::High => record.exit(&self.asset, now)?.high,
        };
        Ok(Holding {
            amount: self.amount,
            price,
            decimals: self.collateral.decimals,
            terms: self.terms(under),
        })
    }

    /// The holding as if nothing of it were staked.
    fn counting_nothing(&self, under: Under) -> Holding {
        Holding {
            amount: Uint128::zero(),
            price: Decimal::one(),
            decimals: self.collateral.decimals,
            terms: self.terms(under),
        }
    }

    /// Twice the largest price the record knows of; none without a record.
    fn generous_value(&self, now: u64) -> Option<Value> {
        let last = self.record.as_ref()?.repay(now);
        let twice = last.checked_add(last).ok()?;
        Value::of(self.amount, twice, self.collateral.decimals).ok()
    }

    pub fn strict_price(&self, now: u64) -> Option<Decimal> {
        self.record.as_ref()?.strict(&self.asset, now).ok()
    }

    pub fn terms(&self, under: Under) -> Terms {
        match under {
            Under::Current => self.collateral.terms,
            Under::Flag => self.frozen.unwrap_or(self.collateral.terms),
        }
    }
}

/// Collaterals and price records, each loaded at most once.
pub struct Book<'a> {
    deps: Deps<'a>,
    oracle: &'a Addr,
    entries: Vec<(String, Collateral, Option<PriceRecord>)>,
}

impl<'a> Book<'a> {
    pub const fn new(deps: Deps<'a>, oracle: &'a Addr) -> Self {
        Self {
            deps,
            oracle,
            entries: vec![],
        }
    }

    fn entry(&mut self, asset: &str) -> Result<(Collateral, Option<PriceRecord>), ContractError> {
        if let Some((_, collateral, record)) = self.entries.iter().find(|(id, ..)| id == asset) {
            return Ok((collateral.clone(), record.clone()));
        }
        let collateral = COLLATERALS.load(self.deps.storage, asset)?;
        let record = match oracle::record(&self.deps.querier, self.oracle, asset) {
            Ok(record) => Some(record),
            Err(PriceError::NoPrice { .. }) => None,
            Err(fault) => return Err(fault.into()),
        };
        self.entries
            .push((asset.to_owned(), collateral.clone(), record.clone()));
        Ok((collateral, record))
    }
}

/// An account as events and previews show it.
pub fn after(debt: Uint128, decimals: u8, value: Option<Value>) -> PositionAfter {
    PositionAfter {
        debt,
        collateral_value: value.and_then(|value| value.usd_floor().ok()),
        c_ratio: value.and_then(|value| c_ratio(value, debt, decimals)),
    }
}

/// Collateral value / debt; none without debt.
pub fn c_ratio(value: Value, debt: Uint128, decimals: u8) -> Option<Usd> {
    value
        .ratio_floor(Value::of_dollars(debt, decimals).ok()?)
        .ok()
        .flatten()
}
