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
use cosmwasm_std::{Addr, Decimal, Deps, Storage, Uint128};

use crate::{
    error::ContractError,
    state::{self, Account, COLLATERALS, Collateral},
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
            .map(|(asset, amount)| {
                let (collateral, record) = book.entry(asset)?;
                let frozen = flag
                    .and_then(|flag| flag.version_of(asset))
                    .map(|version| collateral.terms_of(book.deps.storage, asset, version))
                    .transpose()?;
                Ok(Staked {
                    asset: asset.to_owned(),
                    amount,
                    frozen,
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

    /// The holdings that new debt may rest on: those that can be borrowed against, except what
    /// is switched off, retired, or staked beyond its cap. More of such may still be staked by
    /// who has some, so the bound is here.
    pub fn backing(&self, storage: &dyn Storage) -> Result<Vec<Holding>, ContractError> {
        let mut holdings = self.borrowable()?;
        let totals = state::totals(storage)?;
        for (staked, holding) in self.staked.iter().zip(&mut holdings) {
            let beyond_cap = totals.of(&staked.asset) > staked.collateral.cap;
            let retired = staked.record.as_ref().is_some_and(PriceRecord::is_retired);
            if !staked.collateral.enabled || beyond_cap || retired {
                *holding = staked.counting_nothing(Under::Current);
            }
        }
        Ok(holdings)
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

    /// The same at the lowest price that is known of each collateral, however old: below which
    /// debt a burn may not go while the stake is locked. A feed that fails neither opens the
    /// way past the target nor closes the way to it.
    pub fn locked_target(&self, decimals: u8) -> Result<Uint128, ContractError> {
        let holdings: Vec<Holding> = self
            .staked
            .iter()
            .map(|staked| staked.at_lowest_known(self.now))
            .collect();
        Ok(position::max_debt(&holdings, decimals)?)
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

    /// The position with so much of one collateral left; of nothing no price is needed.
    pub fn with(mut self, asset: &str, left: Uint128) -> Self {
        for staked in self
            .staked
            .iter_mut()
            .filter(|staked| staked.asset == asset)
        {
            staked.amount = left;
        }
        self.staked.retain(|staked| !staked.amount.is_zero());
        self
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

    /// The holding at the lowest price the record knows of; as nothing without a record.
    fn at_lowest_known(&self, now: u64) -> Holding {
        let nothing = self.counting_nothing(Under::Current);
        match &self.record {
            Some(record) => Holding {
                amount: self.amount,
                price: record.lowest_known(now),
                ..nothing
            },
            None => nothing,
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

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_types::{Token, oracle::Status};
    use rstest::rstest;

    const NOW: u64 = 1_000;

    fn record(price: &str, valid_until: u64, latest: Option<&str>) -> PriceRecord {
        let price: Decimal = price.parse().unwrap();
        PriceRecord {
            decimals: 6,
            price,
            ema: price,
            volatility: Decimal::zero(),
            round: 0,
            updated_at: 0,
            valid_until,
            published_at: 0,
            retiring: false,
            status: match latest {
                None => Status::Live {},
                Some(latest) => Status::Halted {
                    first: price,
                    since: 0,
                    latest: latest.parse().unwrap(),
                },
            },
        }
    }

    fn live(price: &str) -> Option<PriceRecord> {
        Some(record(price, NOW, None))
    }

    fn dead(price: &str) -> Option<PriceRecord> {
        Some(record(price, NOW - 1, None))
    }

    fn halted(price: &str, latest: &str) -> Option<PriceRecord> {
        Some(record(price, NOW, Some(latest)))
    }

    fn terms(issuance: u64) -> Terms {
        Terms {
            issuance_ratio: Decimal::percent(issuance),
            flag_ratio: Decimal::percent(200),
            liquidation_penalty: Decimal::percent(10),
        }
    }

    /// Staked at an issuance ratio of 400 %, under a flag at 500 %.
    fn position(staked: Vec<(u128, Option<PriceRecord>)>) -> Position {
        let staked = staked
            .into_iter()
            .enumerate()
            .map(|(n, (amount, record))| Staked {
                asset: format!("A{n}"),
                amount: Uint128::new(amount),
                collateral: Collateral {
                    token: Token::Native(format!("a{n}")),
                    decimals: 6,
                    terms: terms(400),
                    version: 0,
                    cap: Uint128::MAX,
                    enabled: true,
                },
                frozen: Some(terms(500)),
                record,
            });
        Position {
            staked: staked.collect(),
            now: NOW,
        }
    }

    #[rstest]
    #[case::strict_and_fresh(live("2"), Pricing::Strict, Ok("2"))]
    #[case::strict_and_dead(dead("2"), Pricing::Strict, Err("Stale"))]
    #[case::strict_and_halted(halted("2", "9"), Pricing::Strict, Err("Halted"))]
    #[case::strict_and_unknown(None, Pricing::Strict, Err("NoPrice"))]
    #[case::low_of_two(halted("2", "9"), Pricing::Low, Ok("2"))]
    #[case::low_of_a_crash(halted("2", "1"), Pricing::Low, Ok("1"))]
    #[case::high_of_two(halted("2", "9"), Pricing::High, Ok("9"))]
    #[case::high_of_a_crash(halted("2", "1"), Pricing::High, Ok("2"))]
    #[case::exits_need_age(dead("2"), Pricing::High, Err("Stale"))]
    fn prices(
        #[case] record: Option<PriceRecord>,
        #[case] pricing: Pricing,
        #[case] expected: Result<&str, &str>,
    ) {
        let found = position(vec![(1, record)]).holdings(pricing, Under::Current);
        match expected {
            Ok(price) => assert_eq!(found.unwrap()[0].price, price.parse::<Decimal>().unwrap()),
            Err(name) => assert!(found.unwrap_err().to_string().starts_with(name)),
        }
    }

    #[test]
    fn a_flags_terms_bind_what_ends_it_and_not_what_is_taken_out() {
        let position = position(vec![(20_000_000, live("1"))]);
        let at = |under| position.holdings(Pricing::Low, under).unwrap()[0].terms;
        assert_eq!(at(Under::Current), terms(400));
        assert_eq!(at(Under::Flag), terms(500));
        assert_eq!(position.cured_at(6).unwrap().u128(), 4_000_000);
        assert_eq!(position.target(6).unwrap().u128(), 4_000_000);
    }

    #[rstest]
    #[case::all_live(vec![(20, live("1")), (20, live("1"))], Some(8), Some(8))]
    // The dead one counts nothing for a cure; a burn to the target waits for it.
    #[case::one_dead(vec![(20, live("1")), (20, dead("1"))], Some(4), None)]
    #[case::all_dead(vec![(20, dead("1"))], None, None)]
    #[case::none_staked(vec![], Some(0), Some(0))]
    #[case::a_rise_is_not_believed(vec![(20, halted("1", "76000"))], Some(4), Some(4))]
    #[case::a_crash_is(vec![(20, halted("1", "0.5"))], Some(2), Some(2))]
    fn cures_and_targets(
        #[case] staked: Vec<(u128, Option<PriceRecord>)>,
        #[case] cured_at: Option<u128>,
        #[case] target: Option<u128>,
    ) {
        let position = position(staked);
        let units = |found: Result<Uint128, ContractError>| found.ok().map(|units| units.u128());
        assert_eq!(units(position.cured_at(6)), cured_at);
        assert_eq!(units(position.target(6)), target);
    }

    #[rstest]
    // At twice the last price less than a hundredth of the rest.
    #[case::dust(vec![(200_000, live("1")), (999, dead("1"))], true)]
    #[case::no_dust(vec![(200_000, live("1")), (1_000, dead("1"))], false)]
    #[case::together_no_dust(
        vec![(200_000, live("1")), (500, dead("1")), (500, dead("1"))],
        false
    )]
    #[case::nothing_beside_it(vec![(1, dead("1"))], false)]
    #[case::never_had_a_price(vec![(200_000, live("1")), (1, None)], false)]
    #[case::all_live(vec![(200_000, live("1")), (1_000, live("1"))], true)]
    fn only_dust_is_left_aside(
        #[case] staked: Vec<(u128, Option<PriceRecord>)>,
        #[case] goes_on: bool,
    ) {
        assert_eq!(position(staked).seizable(Under::Flag).is_ok(), goes_on);
    }

    #[rstest]
    // 40 and 40 at 400 % carry 20: what is not needed may leave, and not the unpriced unless
    // the priced covers the debt alone.
    #[case::priced(0, 5, 20)]
    #[case::priced_and_needed(0, 10, 0)]
    #[case::unpriced_and_covered(1, 10, 40)]
    #[case::unpriced_and_needed(1, 11, 0)]
    fn withdrawals_beside_a_dead_feed(
        #[case] index: usize,
        #[case] debt: u128,
        #[case] most: u128,
    ) {
        let position = position(vec![(40, live("1")), (40, dead("1"))]);
        let held = position.borrowable().unwrap();
        let found = position
            .max_withdraw(&held, index, Uint128::new(debt), 6)
            .unwrap();
        assert_eq!(found.u128(), most);
    }

    #[test]
    fn what_is_shown_has_no_ratio_without_debt_or_value() {
        let ten = Value::of_dollars(Uint128::new(10), 0).unwrap();
        let shown = after(Uint128::new(4), 0, Some(ten));
        assert_eq!(shown.c_ratio, Some(Usd::percent(250)));
        assert_eq!(shown.collateral_value, Some(Usd::percent(1_000)));
        assert_eq!(after(Uint128::zero(), 0, Some(ten)).c_ratio, None);
        assert_eq!(after(Uint128::new(4), 0, None).c_ratio, None);
    }
}
