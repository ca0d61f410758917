//! What the contract answers a pool. It reads two records of its own and one of the oracle for each
//! ref, asks nobody else, and never queries the pool manager, which is in the middle of an act.

use ballast_math::MathError;
use ballast_types::{
    market::{Answer, MAX_MARKETS, Report},
    oracle::{self, PriceRecord},
};
use cosmwasm_std::{Deps, Int128, Int256, Uint128};

use crate::{
    ContractError, quote,
    state::{Books, CONFIG, Config, Market},
};

/// What a market owes.
pub struct Owes {
    /// What its units are worth at most.
    pub worth: Uint128,
    /// All of it: that, what it owes from sales, and fees.
    pub debt: Uint128,
    /// Whether the price is too old.
    pub stale: bool,
}

impl Owes {
    /// What a market with these books owes. Without units it needs no price.
    pub fn of(
        deps: Deps,
        config: &Config,
        now: u64,
        market: &Market,
        books: &Books,
    ) -> Result<Self, ContractError> {
        if books.units.is_zero() {
            return Ok(Self::with(books, Uint128::zero(), false)?);
        }
        let record = oracle::record(&deps.querier, &config.oracle, &market.asset)?;
        Self::at(&record, config, now, market, books)
    }

    /// The same, at a price that was read already.
    pub fn at(
        record: &PriceRecord,
        config: &Config,
        now: u64,
        market: &Market,
        books: &Books,
    ) -> Result<Self, ContractError> {
        let decimals = config.dollar_decimals;
        let worth = quote::worth(record, &market.asset, books.units, decimals)?;
        Ok(Self::with(books, worth, !record.is_fresh(now))?)
    }

    fn with(books: &Books, worth: Uint128, stale: bool) -> Result<Self, MathError> {
        let owed = books.owed.checked_add(books.fees_owed)?;
        Ok(Self {
            worth,
            debt: owed.checked_add(worth)?,
            stale,
        })
    }

    /// As a pool is told.
    pub fn report(&self) -> Result<Report, MathError> {
        Ok(Report {
            debt: Int128::try_from(Int256::from(self.debt))?,
            stale: self.stale,
        })
    }

    /// What the market must be able to withdraw: debt + ceil(headroom · worth).
    pub fn minimum_credit(&self, market: &Market) -> Result<Uint128, MathError> {
        Ok(self
            .debt
            .checked_add(quote::headroom(market, self.worth)?)?)
    }
}

/// What each market owes, in the order asked.
pub fn reported_debts(
    deps: Deps,
    now: u64,
    refs: &[String],
) -> Result<Vec<Answer<Report>>, ContractError> {
    each(deps, now, refs, |_, owes| owes.report())
}

/// What each market must be able to withdraw, in the order asked.
pub fn minimum_credits(
    deps: Deps,
    now: u64,
    refs: &[String],
) -> Result<Vec<Answer<Uint128>>, ContractError> {
    each(deps, now, refs, |market, owes| owes.minimum_credit(market))
}

/// One market that cannot say does not silence the others.
fn each<T>(
    deps: Deps,
    now: u64,
    refs: &[String],
    answer: impl Fn(&Market, &Owes) -> Result<T, MathError>,
) -> Result<Vec<Answer<T>>, ContractError> {
    if refs.len() > MAX_MARKETS {
        return Err(ContractError::TooMany {
            given: refs.len(),
            max: MAX_MARKETS,
        });
    }
    let config = CONFIG.load(deps.storage)?;
    let one = |market_ref: &String| -> Result<T, ContractError> {
        let market = Market::load(deps.storage, market_ref)?;
        let books = Books::load(deps.storage, market_ref)?;
        let owes = Owes::of(deps, &config, now, &market, &books)?;
        Ok(answer(&market, &owes)?)
    };
    Ok(refs
        .iter()
        .map(|market_ref| match one(market_ref) {
            Ok(answer) => Answer::Ok(answer),
            Err(error) => Answer::Err(error.to_string()),
        })
        .collect())
}
