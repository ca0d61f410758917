//! Long random lives of pools on the whole protocol: the real oracle, registry, treasury, lens,
//! distributor and spot market, and markets that are honest, lie, and fail (DESIGN §11, items 1, 3, 4,
//! 6, 8, 9, 11 and 12, and that quotes and previews tell the truth).
//!
//! Each run has a seed, and a failure prints it:
//!
//! ```text
//! BALLAST_SEED=7 BALLAST_RUNS=1 BALLAST_STEPS=200 cargo test -p ballast-sim --test random_pools
//! ```
#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod chance;
mod pool_books;

use std::collections::BTreeMap;

use ballast_math::Exact;
use ballast_sim::{Profile, World, error_name, profile::HostileMarketProfile};
use ballast_types::{
    Token, TokenUnchecked,
    issuer::{NewSynth, OwnDebtMsg},
    market::{ManagerMsg, PayFees, WithdrawMarketUsd},
    oracle::{self, PriceView},
    pool_lens::{
        ExitQuote, LiquidationKind, LiquidationPreview, MarketResponse, MintPreview,
        QueryMsg as LensQuery, WeightsPreview,
    },
    pool_manager::{
        ExecuteMsg, MarketWeight, Operation, PoolCollateral, QueryMsg, ReceiveMsg, Schedule,
        Target, Unassigned, VaultKey,
    },
    rewards_distributor, spot_market,
};
use chance::{Chance, Tally, fail, runs};
use cosmwasm_std::{Addr, Coin, Decimal, Uint128, coin, to_json_binary};
use cw_multi_test::AppResponse;
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};
use hostile_market::{Call, ExecuteMsg as Play, Mode, Question, Script};
use pool_books::{View, dollars};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

const RUNS: u64 = 10;
const STEPS: u64 = 120;
const DAY: u64 = 86_400;
const ASSETS: [&str; 2] = ["ATOM", "WETH"];
const LPS: [&str; 4] = ["alice", "bob", "carol", "dave"];
const TRADERS: [&str; 3] = ["trader", "tina", "dave"];
const PEOPLE: [&str; 12] = [
    "alice", "bob", "carol", "dave", "trader", "tina", "keeper", "paula", "otto", "creator",
    "funder", "mallory",
];
/// The owner of each pool.
const OWNERS: [&str; 3] = ["paula", "otto", "paula"];
const NANO: i128 = 1_000_000_000;
const ACTS: [&str; 35] = [
    "deposit",
    "deposit for",
    "withdraw",
    "delegate",
    "mint",
    "burn",
    "burn for",
    "burn own",
    "undelegate",
    "request exit",
    "sync pool",
    "sync market",
    "margin",
    "pay out",
    "pay fees",
    "draw",
    "buy",
    "sell",
    "claim spot",
    "to peers",
    "last holder",
    "donate",
    "claim fees",
    "claim cut",
    "claim rewards",
    "fund",
    "divide",
    "set markets",
    "set cut",
    "delegation time",
    "quarantine",
    "switch off",
    "switch on",
    "check market",
    "nonsense",
];

#[test]
fn random_pools() {
    runs(RUNS, STEPS, &ACTS, |seed, steps| {
        let mut run = Run::new(seed, steps);
        run.play();
        run.tally
    });
}

/// Locks of two days, so that weights change within a run, and ratios that prices reach; every other
/// world has a timeout. One more market contract, which may fail alone.
fn profile(seed: u64) -> Profile {
    let mut profile = Profile::find("pools").unwrap();
    let pools = profile.pool_manager.as_mut().unwrap();
    pools.params.max_lock_secs = 2 * DAY;
    for collateral in &mut pools.collaterals {
        collateral.terms.issuance_ratio = Decimal::percent(200);
        collateral.terms.liquidation_ratio = Decimal::percent(170);
    }
    if seed.is_multiple_of(2) {
        pools.params.withdraw_timeout_secs = 3_600;
        // A pool may stand in for more than it has.
        pools.params.min_liquidity_ratio = Decimal::percent(50);
    }
    pools.hostile_markets.push(HostileMarketProfile {
        name: "shady".into(),
        markets: [("dot".into(), "20_000 dUSD".into())].into(),
    });
    profile
}

/// A market that says what a test tells it, and what its traders are owed.
struct Scripted {
    contract: Addr,
    market: u64,
    market_ref: &'static str,
    /// What each trader has there.
    claims: BTreeMap<Addr, i128>,
    /// What it reports beyond that.
    lie: i128,
    stale: bool,
    err: Option<String>,
    /// Whether it or its contract does not answer.
    fails: bool,
    minimum: u128,
}

impl Scripted {
    fn report(&self) -> i128 {
        self.claims.values().sum::<i128>() + self.lie
    }

    fn script(&self) -> Script {
        Script {
            market_ref: self.market_ref.into(),
            debt: self.report().into(),
            stale: self.stale,
            minimum_credit: self.minimum.into(),
            err: self.err.clone(),
        }
    }
}

/// What an act may do beyond the rules for everyone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Items 8 and 9 whole.
    Steady,
    /// The market prints within its credit: its traders may be richer, LPs owe what they were ready
    /// to carry, and nothing becomes U.
    Draw,
    /// A liquidation, whose effect is looked at elsewhere.
    Liquidation,
    /// Reports change by it.
    Change,
}

/// What somebody has.
#[derive(Clone, Debug)]
struct Standing {
    /// Dollars that he has or may claim, in billionths of a base unit.
    dollars: i128,
    /// Debts, negative for credits, by position.
    debts: BTreeMap<(u64, String), i128>,
    /// Tokens that he has, delegates or may claim, in billionths of a base unit.
    tokens: BTreeMap<String, i128>,
    worth: Exact,
}

struct Run {
    seed: u64,
    steps: u64,
    chance: Chance,
    world: World,
    manager: Addr,
    distributor: Addr,
    spot: Addr,
    people: BTreeMap<&'static str, Addr>,
    scripted: Vec<Scripted>,
    /// How often a position or a cut may have been forgotten with less than a unit.
    forgotten: u64,
    log: Vec<String>,
    tally: Tally,
}

impl Run {
    fn new(seed: u64, steps: u64) -> Self {
        let mut world = World::deploy(&profile(seed)).unwrap();
        let people: BTreeMap<_, _> = PEOPLE
            .iter()
            .map(|name| (*name, world.account(name)))
            .collect();
        for name in LPS {
            for asset in ASSETS {
                let amount = world.amount(asset, &format!("1_000_000 {asset}")).unwrap();
                world.fund(&people[name], asset, amount).unwrap();
            }
        }
        // What she tries to open a stream with.
        let unit = Uint128::one();
        world.fund(&people["mallory"], "ATOM", unit).unwrap();
        let hostile = world.contract("hostile-market").unwrap();
        let shady = world.contract("shady").unwrap();
        let scripted = [
            (&hostile, 2, "eth"),
            (&hostile, 3, "sol"),
            (&shady, 4, "dot"),
        ]
        .into_iter()
        .map(|(contract, market, market_ref)| Scripted {
            contract: contract.clone(),
            market,
            market_ref,
            claims: BTreeMap::new(),
            lie: 0,
            stale: false,
            err: None,
            fails: false,
            minimum: 0,
        })
        .collect();
        let mut run = Self {
            seed,
            steps,
            chance: Chance(seed),
            manager: world.contract("pool-manager").unwrap(),
            distributor: world.contract("rewards-distributor").unwrap(),
            spot: world.contract("spot-market").unwrap(),
            people,
            scripted,
            forgotten: 0,
            log: vec![],
            tally: Tally::default(),
            world,
        };
        run.start();
        run
    }

    /// Three pools with markets in common, and LPs in each.
    fn start(&mut self) {
        let markets: [&[(u64, u128, u64)]; 3] = [
            &[(1, 1, 100), (2, 1, 100)],
            &[(2, 2, 50), (3, 1, 100)],
            &[(1, 1, 80), (3, 1, 40), (4, 2, 100)],
        ];
        for (index, owner) in OWNERS.into_iter().enumerate() {
            let pool = index as u64 + 1;
            let owner = self.people[owner].clone();
            let create = ExecuteMsg::CreatePool {
                name: format!("pool {pool}"),
                delegation_secs: DAY,
            };
            self.tell(&owner, &create).unwrap();
            for asset in ASSETS {
                let terms = PoolCollateral {
                    min_ratio: (pool == 3).then(|| Decimal::percent(300)),
                    cap: Uint128::MAX,
                    enabled: true,
                };
                let set = ExecuteMsg::SetPoolCollateral {
                    pool: pool.into(),
                    asset: asset.into(),
                    terms,
                };
                self.tell(&owner, &set).unwrap();
            }
            let allow = ExecuteMsg::SetDistributor {
                pool: pool.into(),
                distributor: self.distributor.to_string(),
                allowed: true,
            };
            self.tell(&owner, &allow).unwrap();
            let weights = markets[index]
                .iter()
                .map(|(market, weight, max_debt)| MarketWeight {
                    market: (*market).into(),
                    weight: (*weight).into(),
                    max_debt: Decimal::percent(*max_debt),
                })
                .collect();
            let set = ExecuteMsg::SetPoolMarkets {
                pool: pool.into(),
                markets: weights,
            };
            self.tell(&owner, &set).unwrap();
        }
        let (distributor, owner) = (self.distributor.clone(), self.world.account("owner"));
        let fund = rewards_distributor::ExecuteMsg::SetFunder {
            funder: self.people["funder"].to_string(),
            allowed: true,
        };
        self.world
            .execute(&owner, &distributor, &fund, &[])
            .unwrap();
        // One whose payouts fail.
        let shady = self.scripted[2].contract.to_string();
        let allow = ExecuteMsg::SetDistributor {
            pool: 2u64.into(),
            distributor: shady,
            allowed: true,
        };
        let otto = self.people["otto"].clone();
        self.tell(&otto, &allow).unwrap();
        for (who, pool, asset, amount) in [
            ("alice", 1, "ATOM", "3_000 ATOM"),
            ("bob", 1, "ATOM", "1_000 ATOM"),
            ("carol", 1, "WETH", "10 WETH"),
            ("bob", 2, "WETH", "20 WETH"),
            ("carol", 2, "ATOM", "500 ATOM"),
            ("alice", 3, "ATOM", "2_000 ATOM"),
        ] {
            let who = self.people[who].clone();
            let amount = self.world.amount(asset, amount).unwrap();
            self.put_in(&who, asset, amount, None).unwrap();
            self.tell(&who, &delegate(pool, asset, amount)).unwrap();
        }
        for (who, pool, asset, trader) in [
            ("bob", 1, "ATOM", "trader"),
            ("bob", 2, "WETH", "tina"),
            ("alice", 3, "ATOM", "dave"),
        ] {
            let who = self.people[who].clone();
            let mint = ExecuteMsg::MintUsd {
                pool: u64::into(pool),
                asset: String::from(asset),
                amount: None,
            };
            self.tell(&who, &mint).unwrap();
            let trader = self.people[trader].clone();
            let amount = Uint128::new(self.balance(&who, "dUSD").u128() / 2);
            self.world.transfer(&who, &trader, "dUSD", amount).unwrap();
        }
        // Cuts rise after three days.
        for pool in 1..=3u64 {
            let owner = self.people[OWNERS[pool as usize - 1]].clone();
            for payee in [self.people["creator"].clone(), self.distributor.clone()] {
                let set = ExecuteMsg::SetCut {
                    pool: pool.into(),
                    payee: payee.to_string(),
                    market: None,
                    rate: Decimal::percent(10),
                };
                self.tell(&owner, &set).unwrap();
            }
        }
        self.world.wait(3 * DAY);
        for pool in 1..=3u64 {
            let sync = ExecuteMsg::SyncPool { pool: pool.into() };
            let keeper = self.people["keeper"].clone();
            self.tell(&keeper, &sync).unwrap();
        }
    }

    fn play(&mut self) {
        for step in 0..self.steps {
            let now = self.world.now();
            self.log.push(format!("step {step}, time {now}:"));
            if self.chance.one_in(2) {
                self.hear_all();
            }
            self.step();
            if let Err(broken) = pool_books::check(&self.world, self.forgotten) {
                self.fail(&broken);
            }
            if step % 40 == 39 {
                self.ask_for_invariants();
            }
        }
    }

    /// What queries say of everything else. Items 4 and 6 were looked at more closely: queries know
    /// nothing of positions that were forgotten with a part of a unit.
    fn ask_for_invariants(&self) {
        let broken = self.world.check_invariants().err().unwrap_or_default();
        let other = |problem: &&String| !problem.starts_with("4:") && !problem.starts_with("6:");
        if let Some(problem) = broken.iter().find(other) {
            self.fail(problem);
        }
    }

    fn fail(&self, problem: &str) -> ! {
        fail(problem, self.seed, self.steps, &self.log)
    }

    fn require(&self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.fail(&problem());
        }
    }

    // ------------------------------------------------------------ looking

    fn ask<T: DeserializeOwned>(&self, msg: &LensQuery) -> Result<T, String> {
        self.world.lens(msg).map_err(|error| error_name(&error))
    }

    fn view(&self) -> View {
        View::of(&self.world)
    }

    fn balance(&self, holder: &Addr, asset: &str) -> Uint128 {
        self.world.balance(holder, asset).unwrap()
    }

    /// In the wallet and undelegated.
    fn holds(&self, who: &Addr, asset: &str) -> Uint128 {
        let free = self.view().free;
        let free = free.get(&(who.clone(), asset.to_owned())).copied();
        self.balance(who, asset) + free.unwrap_or_default()
    }

    fn name(&self, account: &Addr) -> String {
        let name = self.world.name_of(account.as_str());
        name.unwrap_or("?").to_owned()
    }

    fn is_live(&self, asset: &str) -> bool {
        let views: Vec<PriceView> = self.world.price_views().unwrap();
        let now = self.world.now();
        views.into_iter().any(|view| {
            view.asset == asset
                && view
                    .record
                    .is_some_and(|record| record.strict(asset, now).is_ok())
        })
    }

    fn in_spot(&self) -> Vec<spot_market::PositionRow> {
        let query = spot_market::QueryMsg::Positions {
            market_ref: "btc".into(),
            start_after: None,
            limit: Some(64),
        };
        self.world.query(&self.spot, &query).unwrap()
    }

    /// What everybody has, at the last accepted prices.
    fn standings(&self, view: &View) -> BTreeMap<Addr, Standing> {
        let prices = self.world.prices().unwrap();
        let spot = self.in_spot();
        let dtoro = match self.world.token("DTORO").unwrap() {
            Token::Cw20(address) => format!("cw20:{address}"),
            Token::Native(denom) => format!("native:{denom}"),
        };
        let standing = |account: &Addr| {
            let mut dollars_of = self.balance(account, "dUSD").u128() as i128 * NANO;
            let mut debts = BTreeMap::new();
            let mut tokens: BTreeMap<String, i128> = BTreeMap::new();
            let mut add = |asset: &str, nano: i128| {
                *tokens.entry(asset.to_owned()).or_default() += nano;
            };
            for asset in ["ATOM", "WETH", "DTORO"] {
                add(asset, self.balance(account, asset).u128() as i128 * NANO);
            }
            for ((who, asset), amount) in &view.free {
                if who == account {
                    add(asset, amount.u128() as i128 * NANO);
                }
            }
            for ((pool, asset, who), position) in &view.positions {
                if who != account {
                    continue;
                }
                add(asset, position.collateral.u128() as i128 * NANO);
                dollars_of += position.fees;
                debts.insert((*pool, asset.clone()), position.debt);
                for (lane, amount) in &position.rewards {
                    match view.labels[lane].as_str() {
                        "native:uatom" => add("ATOM", *amount),
                        label if label == dtoro => add("DTORO", *amount),
                        junk => add(junk, *amount),
                    }
                }
            }
            for ((_, payee), due) in &view.cuts {
                if payee == account {
                    dollars_of += due;
                }
            }
            for market in &self.scripted {
                dollars_of += market.claims.get(account).copied().unwrap_or_default() * NANO;
            }
            for row in spot.iter().filter(|row| row.account == *account) {
                dollars_of += row.owed.u128() as i128 * NANO;
                add("BTC", row.units.u128() as i128 * NANO);
            }
            let mut worth = dollars(dollars_of - debts.values().sum::<i128>());
            for (asset, amount) in &tokens {
                let decimals = self.world.decimals(asset).unwrap_or(6);
                let price = prices.get(asset).copied().unwrap_or_default();
                let size = Exact::from_units(Uint128::new(amount.unsigned_abs()), decimals)
                    .unwrap()
                    .checked_div(&Exact::from(Uint128::new(NANO as u128)))
                    .unwrap();
                let value = Exact::try_from(price).unwrap() * size;
                worth = if *amount < 0 {
                    worth - value
                } else {
                    worth + value
                };
            }
            Standing {
                dollars: dollars_of,
                debts,
                tokens,
                worth,
            }
        };
        self.people
            .values()
            .map(|account| (account.clone(), standing(account)))
            .collect()
    }

    // ------------------------------------------------------------ choosing

    fn step(&mut self) {
        match self.chance.below(125) {
            0..5 => self.deposit(),
            5..8 => self.withdraw(),
            8..18 => self.delegate(),
            18..26 => self.mint(),
            26..31 => self.burn(),
            31..40 => self.undelegate(),
            40..42 => self.request_exit(),
            42..44 => self.sync(),
            44..50 => self.margin(),
            50..56 => self.pay_out(),
            56..61 => self.pay_fees(),
            61..64 => self.draw(),
            64..68 => self.buy(),
            68..71 => self.sell(),
            71..73 => self.claim_spot(),
            73..80 => self.traders_win_or_lose(),
            80..86 => self.price(),
            86..92 => self.wait(),
            92..98 => self.liquidate(),
            98..100 => self.donate(),
            100..103 => self.claim_fees(),
            103..106 => self.claim_rewards(),
            106..109 => self.claim_cut(),
            109..112 => self.fund(),
            112..115 => self.set_markets(),
            115 => self.set_cut(),
            116 => self.delegation_time(),
            117..119 => self.misbehave(),
            119 => self.quarantine(),
            120..122 => self.silence(),
            122 => self.burn_own(),
            _ => self.nonsense(),
        }
    }

    fn lp(&mut self) -> Addr {
        let name = *self.chance.pick(&LPS);
        self.people[name].clone()
    }

    fn trader(&mut self) -> Addr {
        let name = *self.chance.pick(&TRADERS);
        self.people[name].clone()
    }

    fn pool(&mut self) -> u64 {
        self.chance.below(3) as u64 + 1
    }

    fn asset(&mut self) -> &'static str {
        ASSETS[usize::from(self.chance.one_in(3))]
    }

    fn some(&mut self, who: &Addr, asset: &str) -> Uint128 {
        let held = self.balance(who, asset);
        self.chance.amount(held).min(held)
    }

    /// A position of somebody.
    fn position(&mut self) -> Option<(u64, String, Addr)> {
        let view = self.view();
        let keys: Vec<_> = view.positions.keys().cloned().collect();
        (!keys.is_empty()).then(|| self.chance.pick(&keys).clone())
    }

    // ------------------------------------------------------------ doing

    fn tell(&mut self, who: &Addr, msg: &ExecuteMsg) -> anyhow::Result<AppResponse> {
        let manager = self.manager.clone();
        self.world.execute(who, &manager, msg, &[])
    }

    fn hook(
        &mut self,
        who: &Addr,
        amount: Uint128,
        hook: &ReceiveMsg,
    ) -> anyhow::Result<AppResponse> {
        let manager = self.manager.clone();
        self.world.send(who, "dUSD", amount, &manager, hook)
    }

    fn put_in(
        &mut self,
        who: &Addr,
        asset: &str,
        amount: Uint128,
        account: Option<String>,
    ) -> anyhow::Result<AppResponse> {
        let manager = self.manager.clone();
        match self.world.token(asset).unwrap() {
            Token::Native(denom) => {
                let msg = ExecuteMsg::Deposit { account };
                let funds = [Coin { denom, amount }];
                self.world.execute(who, &manager, &msg, &funds)
            }
            Token::Cw20(_) => {
                let hook = ReceiveMsg::Deposit { account };
                self.world.send(who, asset, amount, &manager, &hook)
            }
        }
    }

    /// Does something at unchanged prices, and looks at everyone before and after.
    fn act(
        &mut self,
        name: &'static str,
        who: &Addr,
        what: &str,
        kind: Kind,
        act: impl FnOnce(&mut Self) -> anyhow::Result<AppResponse>,
    ) -> Result<(), String> {
        self.log
            .push(format!("  {name}: {} {what}", self.name(who)));
        let view = self.view();
        let before = self.standings(&view);
        let dump = self.world.dump();
        let result = act(self).map(drop).map_err(|error| {
            let root = error.root_cause().to_string();
            self.log.push(format!("    refused: {root}"));
            error_name(&error)
        });
        self.tally.count(name, &result);
        match &result {
            Err(error) => {
                self.require(self.world.is_unchanged(&dump), || {
                    "12: a failing message changed the state".into()
                });
                let typed = error.chars().all(|letter| letter.is_ascii_alphanumeric());
                // The chain's own words, and cw20-base's.
                let foreign = ["Cannot Sub", "Overflow: ", "Invalid zero amount"];
                let known = foreign.iter().any(|text| error.starts_with(text));
                self.require(typed || known, || {
                    format!("12: an error without a name: {error}")
                });
            }
            Ok(()) => {
                // A position or a cut is forgotten in few acts; each counts.
                self.forgotten += 2;
                let now = self.view();
                let after = self.standings(&now);
                if kind != Kind::Change {
                    self.compare(who, kind, &before, &after);
                    self.nothing_more_is_unassigned(kind, &view, &now);
                }
            }
        }
        result
    }

    /// Items 8 and 9.
    fn compare(
        &self,
        actor: &Addr,
        kind: Kind,
        before: &BTreeMap<Addr, Standing>,
        after: &BTreeMap<Addr, Standing>,
    ) {
        if kind == Kind::Liquidation {
            return;
        }
        for (account, after) in after {
            let (before, name) = (&before[account], self.name(account));
            if account == actor && kind == Kind::Steady {
                // To a thousandth of a base unit: what rounding to billionths leaves.
                let most = before.worth.clone() + dollars(NANO / 1_000);
                self.require(after.worth <= most, || {
                    format!("8: {name} is richer: {before:?} to {after:?}")
                });
            }
            if account == actor {
                continue;
            }
            self.require(after.dollars >= before.dollars - NANO, || {
                let had = before.dollars;
                format!("9: {name} had {had}, has {} billionths", after.dollars)
            });
            for (asset, had) in &before.tokens {
                let has = after.tokens.get(asset).copied().unwrap_or_default();
                self.require(has >= had - NANO, || {
                    format!("9: {name} had {had} billionths of {asset}, has {has}")
                });
            }
            if kind == Kind::Draw {
                continue;
            }
            for (position, now) in &after.debts {
                let then = before.debts.get(position).copied().unwrap_or_default();
                self.require(*now <= then + NANO, || {
                    format!("9: {name} owed {then} in {position:?}, owes {now}")
                });
            }
        }
    }

    /// Item 6: at unchanged prices and reports no act raises U above 0, but bad debt at a pool.
    fn nothing_more_is_unassigned(&self, kind: Kind, before: &View, after: &View) {
        if before.news {
            return;
        }
        for (at, now) in &after.unassigned {
            if kind == Kind::Liquidation && at.0 == 1 {
                continue;
            }
            let then = before.unassigned.get(at).copied().unwrap_or_default();
            self.require(*now <= then.max(0) + NANO, || {
                format!("6: U of {at:?} was {then}, is {now}")
            });
        }
    }

    /// A preview and the act say the same.
    fn agree<T>(&self, preview: &Result<T, String>, act: &Result<(), String>) {
        let preview = preview.as_ref().map(|_| &());
        self.require(preview == act.as_ref(), || {
            format!("the preview said {preview:?}, the act {act:?}")
        });
    }

    // ------------------------------------------------------------ accounts

    fn deposit(&mut self) {
        let (who, asset) = (self.lp(), self.asset());
        let amount = self.some(&who, asset);
        // Mostly what leaves something to happen.
        let amount = Uint128::new(amount.u128() / 50);
        if amount.is_zero() {
            return;
        }
        let what = format!("{amount} {asset}");
        if self.chance.one_in(4) {
            let other = self.lp();
            let what = format!("{what} for {}", self.name(&other));
            let account = Some(other.to_string());
            let _ = self.act("deposit for", &who, &what, Kind::Steady, |run| {
                run.put_in(&who, asset, amount, account)
            });
            return;
        }
        let done = self.act("deposit", &who, &what, Kind::Steady, |run| {
            run.put_in(&who, asset, amount, None)
        });
        self.require(done.is_ok(), || format!("a deposit was refused: {done:?}"));
    }

    /// Item 11: what is not delegated needs no price and no market.
    fn withdraw(&mut self) {
        let (who, asset) = (self.lp(), self.asset());
        let free = self.view().free;
        let free = free.get(&(who.clone(), asset.to_owned())).copied();
        let amount = self.chance.amount(free.unwrap_or_default());
        let withdraw = ExecuteMsg::Withdraw {
            asset: asset.to_owned(),
            amount: Some(amount),
        };
        let what = format!("{amount} {asset}");
        let done = self.act("withdraw", &who, &what, Kind::Steady, |run| {
            run.tell(&who, &withdraw)
        });
        match done {
            Err(error) if error == "WithdrawTimeout" => {
                let timeout = self.world.profile().pool_manager.as_ref().unwrap();
                self.require(timeout.params.withdraw_timeout_secs > 0, || {
                    "11: there is no timeout".into()
                });
            }
            Err(error) => {
                let covered = amount <= free.unwrap_or_default() && !amount.is_zero();
                self.require(!covered, || format!("11: a withdrawal: {error}"));
            }
            Ok(()) => {}
        }
    }

    fn delegate(&mut self) {
        let (who, asset, pool) = (self.lp(), self.asset(), self.pool());
        let free = self.view().free;
        let mut free = free
            .get(&(who.clone(), asset.to_owned()))
            .copied()
            .unwrap_or_default();
        if free.is_zero() {
            let amount = Uint128::new(self.some(&who, asset).u128() / 100);
            if amount.is_zero() {
                return;
            }
            self.put_in(&who, asset, amount, None).unwrap();
            free = amount;
        }
        let amount = self.chance.amount(free);
        let what = format!("{amount} {asset} to pool {pool}");
        let _ = self.act("delegate", &who, &what, Kind::Steady, |run| {
            run.tell(&who, &delegate(pool, asset, amount))
        });
    }

    fn mint(&mut self) {
        let Some((pool, asset, who)) = self.position() else {
            return;
        };
        let vault = key(pool, &asset);
        let ask = |amount| LensQuery::PreviewMint {
            account: who.to_string(),
            vault: vault.clone(),
            amount,
        };
        let most: Result<MintPreview, _> = self.ask(&ask(None));
        let amount = match &most {
            Ok(most) => self.chance.amount(most.amount),
            Err(_) => Uint128::new(1),
        };
        let amount = (!self.chance.one_in(6)).then_some(amount);
        let preview: Result<MintPreview, _> = self.ask(&ask(amount));
        let had = self.balance(&who, "dUSD");
        let what = format!("{amount:?} against {asset} in pool {pool}");
        let mint = ExecuteMsg::MintUsd {
            pool: pool.into(),
            asset,
            amount,
        };
        let done = self.act("mint", &who, &what, Kind::Steady, |run| {
            run.tell(&who, &mint)
        });
        self.agree(&preview, &done);
        if let (Ok(preview), Ok(())) = (preview, done) {
            let got = self.balance(&who, "dUSD") - had;
            self.require(got == preview.amount, || {
                format!("{got} were minted, the preview said {}", preview.amount)
            });
        }
    }

    /// Item 11: who has debt and dollars may burn them, whatever is silent.
    fn burn(&mut self) {
        let Some((pool, asset, account)) = self.position() else {
            return;
        };
        let own = !self.chance.one_in(3);
        let payer = if own { account.clone() } else { self.trader() };
        let amount = self.some(&payer, "dUSD");
        if amount.is_zero() {
            return;
        }
        self.repay(pool, &asset, &account, &payer, amount);
    }

    fn repay(&mut self, pool: u64, asset: &str, account: &Addr, payer: &Addr, amount: Uint128) {
        let debt = self.view().positions[&(pool, asset.to_owned(), account.clone())].debt;
        let name = if account == payer { "burn" } else { "burn for" };
        let what = format!("{amount} for {} in {asset} of {pool}", self.name(account));
        let burn = ReceiveMsg::BurnUsd {
            account: Some(account.to_string()),
            pool: pool.into(),
            asset: asset.to_owned(),
        };
        let done = self.act(name, payer, &what, Kind::Steady, |run| {
            run.hook(payer, amount, &burn)
        });
        let owes = debt > 1;
        let expected = if owes {
            Ok(())
        } else {
            Err("NoDebt".to_owned())
        };
        self.require(done == expected, || format!("11: {debt} of debt, {done:?}"));
    }

    /// Whoever burns his own dollars makes nobody poorer.
    fn burn_own(&mut self) {
        let who = self.trader();
        let amount = Uint128::new(self.balance(&who, "dUSD").u128() / 1_000);
        if amount.is_zero() {
            return;
        }
        let token = self.world.contract("dUSD").unwrap();
        let burn = Cw20ExecuteMsg::Burn { amount };
        let done = self.act("burn own", &who, &amount.to_string(), Kind::Steady, |run| {
            run.world.execute(&who, &token, &burn, &[])
        });
        self.require(done.is_ok(), || format!("a burn of one's own: {done:?}"));
    }

    /// Item 11: after the delegation time who owes nothing may leave, whatever fails; only a market
    /// under its minimum credit holds him, and after his request no longer than the lock.
    fn undelegate(&mut self) {
        let Some((pool, asset, who)) = self.position() else {
            return;
        };
        if self.chance.one_in(2) {
            self.pay_off(pool, &asset, &who);
        }
        if self.chance.one_in(2) {
            self.pass(DAY);
        }
        self.leave(pool, asset, &who);
    }

    /// Gathers dollars of others, and burns them for a position.
    fn pay_off(&mut self, pool: u64, asset: &str, who: &Addr) {
        let debt = self.view().positions[&(pool, asset.to_owned(), who.clone())].debt;
        if debt <= 1 {
            return;
        }
        let owed = Uint128::new(((debt + NANO - 1) / NANO) as u128);
        let people: Vec<_> = self.people.values().cloned().collect();
        for other in people {
            let missing = owed.saturating_sub(self.balance(who, "dUSD"));
            let given = missing.min(self.balance(&other, "dUSD"));
            if other != *who && !given.is_zero() {
                self.world.transfer(&other, who, "dUSD", given).unwrap();
            }
        }
        let has = self.balance(who, "dUSD").min(owed);
        if !has.is_zero() {
            self.repay(pool, asset, who, who, has);
        }
    }

    fn leave(&mut self, pool: u64, asset: String, who: &Addr) {
        let position = self.view().positions[&(pool, asset.clone(), who.clone())].clone();
        let amount = match self.chance.one_in(2) {
            true => None,
            false => Some(self.chance.amount(position.collateral)),
        };
        let quote: Result<ExitQuote, _> = self.ask(&LensQuery::ExitQuote {
            account: who.to_string(),
            vault: key(pool, &asset),
            amount,
        });
        let what = format!("{amount:?} of {asset} from pool {pool}");
        let undelegate = ExecuteMsg::Undelegate {
            pool: pool.into(),
            asset: asset.clone(),
            amount,
        };
        let had = self.balance(who, "dUSD");
        let done = self.act("undelegate", who, &what, Kind::Steady, |run| {
            run.tell(who, &undelegate)
        });
        let now = self.world.now();
        match (&done, &quote) {
            (Ok(()), Ok(quote)) => {
                let got = self.balance(who, "dUSD") - had;
                self.require(
                    quote.open && quote.to_burn.is_zero() && quote.credit == got,
                    || format!("{quote:?}, and {got} were paid"),
                );
            }
            (Err(error), Ok(quote)) => self
                .require(!quote.open || !quote.to_burn.is_zero(), || {
                    format!("{quote:?}, and leaving was refused: {error}")
                }),
            (Ok(()), Err(error)) => self.fail(&format!("the quote said {error}, and it went")),
            (Err(_), Err(_)) => {}
        }
        let Err(error) = done else {
            return;
        };
        let wanted = amount.unwrap_or(position.collateral);
        let reason = match error.as_str() {
            "DelegationTime" => now < position.delegated_until,
            "InsufficientCollateral" => wanted > position.collateral,
            "ZeroAmount" => wanted.is_zero(),
            "StillOwes" => position.debt > 1 && wanted == position.collateral,
            "BelowIssuanceRatio" => position.debt > 1 && wanted < position.collateral,
            "MinimumCredit" => {
                let needs = self.scripted.iter().any(|market| market.minimum > 0);
                let is_spot = !self.spot_is_empty();
                (needs || is_spot) && position.exit.is_none_or(|(_, open_at)| now < open_at)
            }
            // What stays and owes needs a live price.
            "Stale" | "Halted" | "Uncertain" | "NoPrice" => {
                position.debt > 1 && wanted < position.collateral && !self.is_live(&asset)
            }
            _ => false,
        };
        self.require(reason, || {
            format!("11: {position:?} could not leave with {wanted}: {error}")
        });
    }

    fn spot_is_empty(&self) -> bool {
        let query = spot_market::QueryMsg::Market {
            market_ref: "btc".into(),
        };
        let market: spot_market::MarketResponse = self.world.query(&self.spot, &query).unwrap();
        market.minimum_credit.is_some_and(|needed| needed.is_zero())
    }

    fn request_exit(&mut self) {
        let Some((pool, asset, who)) = self.position() else {
            return;
        };
        let requested = self.view().positions[&(pool, asset.clone(), who.clone())].exit;
        let request = ExecuteMsg::RequestExit {
            pool: pool.into(),
            asset,
        };
        let done = self.act("request exit", &who, "", Kind::Steady, |run| {
            run.tell(&who, &request)
        });
        self.require(done.is_ok() == requested.is_none(), || {
            format!("11: a request after {requested:?}: {done:?}")
        });
    }

    // ------------------------------------------------------------ markets

    fn sync(&mut self) {
        let who = self.people["keeper"].clone();
        if self.chance.one_in(2) {
            let pool = self.pool();
            let done = self.act("sync pool", &who, &pool.to_string(), Kind::Steady, |run| {
                run.tell(&who, &ExecuteMsg::SyncPool { pool: pool.into() })
            });
            self.require(done.is_ok(), || format!("11: a sync: {done:?}"));
        } else {
            let market = self.chance.below(4) as u64 + 1;
            let sync = ExecuteMsg::SyncMarket {
                market: market.into(),
            };
            let _ = self.act(
                "sync market",
                &who,
                &market.to_string(),
                Kind::Steady,
                |run| run.tell(&who, &sync),
            );
        }
    }

    /// Takes what every market reports, but for those in quarantine.
    fn hear_all(&mut self) {
        let keeper = self.people["keeper"].clone();
        for market in 1..=4u64 {
            let sync = ExecuteMsg::SyncMarket {
                market: market.into(),
            };
            let _ = self.tell(&keeper, &sync);
        }
    }

    /// Has a scripted market say what it is to say, and make calls.
    fn play_market(&mut self, index: usize, calls: Vec<Call>) -> anyhow::Result<AppResponse> {
        let market = &self.scripted[index];
        let play = Play::Play {
            scripts: vec![market.script()],
            calls,
            on_reply: vec![],
        };
        let (contract, owner) = (market.contract.clone(), self.people["keeper"].clone());
        self.world.execute(&owner, &contract, &play, &[])
    }

    fn market(&mut self) -> usize {
        self.chance.below(3) as usize
    }

    fn credit(&self, index: usize) -> Uint128 {
        let market = &self.scripted[index];
        let query = QueryMsg::Credit {
            contract: market.contract.to_string(),
            market_ref: market.market_ref.into(),
        };
        let asked: ballast_types::pool_manager::CreditResponse =
            self.world.query(&self.manager, &query).unwrap();
        asked.credit
    }

    /// A trader pays margin in: it is his, and no LP's debt moves.
    fn margin(&mut self) {
        let (index, who) = (self.market(), self.trader());
        let amount = self.some(&who, "dUSD");
        if amount.is_zero() {
            return;
        }
        let market = &self.scripted[index];
        let contract = market.contract.clone();
        let hook = hostile_market::ReceiveMsg::Margin {
            market_ref: market.market_ref.into(),
        };
        let what = format!("{amount} into {}", market.market_ref);
        let kind = self.unless_negative(index, 0);
        let done = self.act("margin", &who, &what, kind, |run| {
            *run.scripted[index].claims.entry(who.clone()).or_default() += amount.u128() as i128;
            run.world.send(&who, "dUSD", amount, &contract, &hook)
        });
        self.require(done.is_ok(), || format!("11: margin was refused: {done:?}"));
    }

    /// A report below zero counts as zero, so that what is paid in or out then moves T. Of a market
    /// that does not answer what was reported counts, which may be less than what is paid out.
    fn unless_negative(&self, index: usize, out: i128) -> Kind {
        let market = &self.scripted[index];
        if market.fails || market.report() < out || (market.stale && market.lie != 0) {
            Kind::Draw
        } else {
            Kind::Steady
        }
    }

    /// A trader takes what he has there, as far as credit allows, or asks for more than it does.
    fn pay_out(&mut self) {
        let index = self.market();
        let claims: Vec<_> = self.scripted[index]
            .claims
            .iter()
            .filter(|(_, claim)| **claim > 0)
            .map(|(who, claim)| (who.clone(), *claim as u128))
            .collect();
        if claims.is_empty() {
            return;
        }
        let (who, claim) = self.chance.pick(&claims).clone();
        let most = Uint128::new(claim).min(self.credit(index));
        let most = if self.chance.one_in(4) {
            Uint128::new(claim)
        } else {
            most
        };
        let amount = self.chance.amount(most).min(Uint128::new(claim));
        if amount.is_zero() {
            return;
        }
        let paid = amount.u128() as i128;
        let kind = self.unless_negative(index, paid);
        let call = self.withdrawal(index, &who, amount, false);
        let what = format!("{amount} of {claim} in {}", self.scripted[index].market_ref);
        let done = self.act("pay out", &who, &what, kind, |run| {
            *run.scripted[index].claims.get_mut(&who).unwrap() -= paid;
            let done = run.play_market(index, vec![call]);
            if done.is_err() {
                *run.scripted[index].claims.get_mut(&who).unwrap() += paid;
            }
            done
        });
        if let Err(error) = done {
            let known = ["ExceedsCredit", "Controls", "SwitchedOff"];
            self.require(known.contains(&error.as_str()), || {
                format!("a payment was refused: {error}")
            });
        }
    }

    fn withdrawal(&self, index: usize, to: &Addr, amount: Uint128, or_less: bool) -> Call {
        Call::Manager(ManagerMsg::WithdrawMarketUsd(WithdrawMarketUsd {
            market_ref: self.scripted[index].market_ref.into(),
            amount,
            recipient: to.to_string(),
            or_less,
        }))
    }

    /// A fee leaves a trader's margin.
    fn pay_fees(&mut self) {
        let index = self.market();
        let claims: Vec<_> = self.scripted[index]
            .claims
            .iter()
            .filter(|(_, claim)| **claim > 0)
            .map(|(who, claim)| (who.clone(), *claim as u128))
            .collect();
        if claims.is_empty() {
            return;
        }
        let (who, claim) = self.chance.pick(&claims).clone();
        let most = Uint128::new(claim).min(self.credit(index));
        let amount = Uint128::new(self.chance.amount(most).u128() / 4).min(most);
        if amount.is_zero() {
            return;
        }
        let paid = amount.u128() as i128;
        let kind = self.unless_negative(index, paid);
        let call = Call::Manager(ManagerMsg::PayFees(PayFees {
            market_ref: self.scripted[index].market_ref.into(),
            amount,
            or_less: false,
        }));
        let what = format!("{amount} of {claim} in {}", self.scripted[index].market_ref);
        let done = self.act("pay fees", &who, &what, kind, |run| {
            *run.scripted[index].claims.get_mut(&who).unwrap() -= paid;
            let done = run.play_market(index, vec![call]);
            if done.is_err() {
                *run.scripted[index].claims.get_mut(&who).unwrap() += paid;
            }
            done
        });
        self.require(done.is_ok(), || format!("fees were refused: {done:?}"));
    }

    /// A market takes what its traders do not have: whatever its credit allows, and no more.
    fn draw(&mut self) {
        let (index, who) = (self.market(), self.people["tina"].clone());
        let credit = self.credit(index);
        let most = credit.min(Uint128::new(3_000_000_000));
        let amount = if self.chance.one_in(3) {
            credit.saturating_add(Uint128::one())
        } else {
            self.chance.amount(most)
        };
        if amount.is_zero() {
            return;
        }
        let or_less = self.chance.one_in(3);
        let paid = amount.min(credit).u128() as i128;
        let call = self.withdrawal(index, &who, amount, or_less);
        let what = format!(
            "{amount} of {credit} from {}",
            self.scripted[index].market_ref
        );
        let done = self.act("draw", &who, &what, Kind::Draw, |run| {
            // It says that it owes so much less.
            run.scripted[index].lie -= paid;
            let done = run.play_market(index, vec![call]);
            if done.is_err() {
                run.scripted[index].lie += paid;
            }
            done
        });
        let expected = if amount <= credit || or_less {
            Ok(())
        } else {
            Err("ExceedsCredit".to_owned())
        };
        self.require(done == expected, || {
            format!("{credit} of credit, {amount} asked for: {done:?}")
        });
        let number = self.scripted[index].market;
        let market: MarketResponse = self
            .ask(&LensQuery::Market {
                market: number.into(),
            })
            .unwrap();
        self.require(market.net_issuance <= market.ceiling.into(), || {
            format!("beyond the ceiling: {market:?}")
        });
        // Most lies are short.
        if !self.chance.one_in(3) {
            self.scripted[index].lie = 0;
            self.play_market(index, vec![]).unwrap();
        }
    }

    /// Reports move: a trader wins or loses, a market lies, or its price is too old.
    fn traders_win_or_lose(&mut self) {
        let index = self.market();
        let who = self.trader();
        let size = [1_000_000u128, 100_000_000, 2_000_000_000, 20_000_000_000];
        let size = *self.chance.pick(&size);
        let by = self.chance.below(size) as i128;
        let wins = self.chance.one_in(2);
        let stale = self.chance.one_in(6);
        let lie = match self.chance.below(8) {
            0 => Some(self.chance.below(size) as i128 - size as i128 / 2),
            1..3 => Some(0),
            _ => None,
        };
        let minimum = self.chance.below(4) == 0;
        let need = self.chance.below(3_000_000_000);
        let market = &mut self.scripted[index];
        let claim = market.claims.entry(who).or_default();
        *claim = if wins {
            *claim + by
        } else {
            (*claim - by).max(0)
        };
        market.stale = stale;
        market.lie = lie.unwrap_or(market.lie);
        market.minimum = if minimum { need } else { market.minimum / 2 };
        let (name, report) = (market.market_ref, market.report());
        self.log
            .push(format!("  {name} reports {report}, stale {stale}"));
        self.play_market(index, vec![]).unwrap();
    }

    fn buy(&mut self) {
        let who = self.trader();
        let usd = Uint128::new(self.some(&who, "dUSD").u128() / 2);
        if usd.is_zero() {
            return;
        }
        let hook = spot_market::ReceiveMsg::Buy {
            market_ref: "btc".into(),
            min_units: Uint128::zero(),
        };
        let spot = self.spot.clone();
        let _ = self.act("buy", &who, &usd.to_string(), Kind::Steady, |run| {
            run.world.send(&who, "dUSD", usd, &spot, &hook)
        });
    }

    /// Closing a trade needs no credit.
    fn sell(&mut self) {
        let rows = self.in_spot();
        let rows: Vec<_> = rows
            .into_iter()
            .filter(|row| !row.units.is_zero())
            .collect();
        if rows.is_empty() {
            return;
        }
        let row = self.chance.pick(&rows);
        let units = self.chance.amount(row.units).min(row.units);
        if units.is_zero() {
            return;
        }
        let who = row.account.clone();
        let sell = spot_market::ExecuteMsg::Sell {
            market_ref: "btc".into(),
            units: Some(units),
            min_usd: Uint128::zero(),
        };
        let spot = self.spot.clone();
        let done = self.act("sell", &who, &units.to_string(), Kind::Steady, |run| {
            run.world.execute(&who, &spot, &sell, &[])
        });
        if let Err(error) = done {
            self.require(!self.is_live("BTC"), || {
                format!("11: a sale was refused: {error}")
            });
        }
    }

    /// What the manager did not pay is paid when it does again.
    fn claim_spot(&mut self) {
        if self.chance.one_in(2) {
            let operation = Operation::WithdrawMarketUsd;
            self.buy();
            self.switch(
                "switch off",
                "guardian",
                &ExecuteMsg::SwitchOff { operation },
            );
            self.sell();
            self.pay_out();
            self.switch("switch on", "owner", &ExecuteMsg::SwitchOn { operation });
        }
        let rows = self.in_spot();
        let spot = self.spot.clone();
        let (who, msg) = match rows.iter().find(|row| !row.owed.is_zero()) {
            Some(row) => (
                row.account.clone(),
                spot_market::ExecuteMsg::Claim {
                    market_ref: "btc".into(),
                    account: None,
                },
            ),
            None => (
                self.trader(),
                spot_market::ExecuteMsg::PayFees {
                    market_ref: "btc".into(),
                },
            ),
        };
        let _ = self.act("claim spot", &who, "", Kind::Steady, |run| {
            run.world.execute(&who, &spot, &msg, &[])
        });
    }

    fn switch(&mut self, name: &'static str, who: &str, msg: &ExecuteMsg) {
        let who = self.world.account(who);
        let done = self.act(name, &who, "", Kind::Steady, |run| run.tell(&who, msg));
        self.require(done.is_ok(), || format!("{name}: {done:?}"));
    }

    fn donate(&mut self) {
        let who = self.trader();
        let amount = self.some(&who, "dUSD");
        if amount.is_zero() {
            return;
        }
        let view = self.view();
        let owed: Vec<_> = view
            .unassigned
            .iter()
            .filter(|(_, amount)| **amount >= NANO)
            .map(|(at, _)| *at)
            .collect();
        let at = if owed.is_empty() {
            (0, self.chance.below(4) as u64 + 1)
        } else {
            *self.chance.pick(&owed)
        };
        let to = match at {
            (0, market) => Unassigned::Market(market.into()),
            (_, pool) => Unassigned::Pool(pool.into()),
        };
        let _ = self.act(
            "donate",
            &who,
            &format!("{amount} to {to:?}"),
            Kind::Steady,
            |run| run.hook(&who, amount, &ReceiveMsg::Donate { to }),
        );
    }

    // ------------------------------------------------------------ liquidations

    fn liquidate(&mut self) {
        let view = self.view();
        let mut due = vec![];
        for key in view.positions.keys() {
            if self.preview_liquidate(key, None).is_ok() {
                due.push(key.clone());
            }
        }
        let Some(target) = (if due.is_empty() {
            self.position()
        } else {
            Some(self.chance.pick(&due).clone())
        }) else {
            return;
        };
        let kind = self.preview_liquidate(&target, None).map(|due| due.kind);
        if kind == Ok(LiquidationKind::LastHolder) {
            self.last_holder(&target);
        } else {
            self.among_peers(&target);
        }
    }

    fn preview_liquidate(
        &self,
        (pool, asset, account): &(u64, String, Addr),
        amount: Option<Uint128>,
    ) -> Result<LiquidationPreview, String> {
        self.ask(&LensQuery::PreviewLiquidate {
            account: account.to_string(),
            vault: key(*pool, asset),
            amount,
        })
    }

    /// What others owe and have in each vault of a pool: dollars in billionths, collateral.
    fn in_vault(view: &View, pool: u64, asset: &str) -> (i128, u128) {
        view.positions
            .iter()
            .filter(|((of, in_asset, _), _)| *of == pool && in_asset == asset)
            .fold((0, 0), |(debt, collateral), (_, position)| {
                (
                    debt + position.debt,
                    collateral + position.collateral.u128(),
                )
            })
    }

    /// Everyone outside the vault is untouched; the debts of the vault are what they were, and of its
    /// collateral the keeper has his part.
    fn among_peers(&mut self, target: &(u64, String, Addr)) {
        let (pool, asset, account) = target;
        let preview = self.preview_liquidate(target, None);
        let keeper = self.people["keeper"].clone();
        let view = self.view();
        let had = self.holds(&keeper, asset);
        let what = format!("{} in {asset} of {pool}", self.name(account));
        let liquidate = ExecuteMsg::Liquidate {
            account: account.to_string(),
            pool: (*pool).into(),
            asset: asset.clone(),
        };
        let done = self.act("to peers", &keeper, &what, Kind::Liquidation, |run| {
            run.tell(&keeper, &liquidate)
        });
        self.agree(&preview, &done);
        let (Ok(preview), Ok(())) = (preview, done) else {
            return;
        };
        let got = (self.holds(&keeper, asset) - had).u128();
        let now = self.view();
        let seized = view.positions[target].collateral.u128();
        let most = seized / 20;
        self.require(got == preview.received.u128() && got <= most, || {
            format!("the keeper got {got} of {seized}, {preview:?}")
        });
        let (debt, collateral) = Self::in_vault(&view, *pool, asset);
        let (debt_now, collateral_now) = Self::in_vault(&now, *pool, asset);
        let count = view.positions.len() as u128;
        self.require(
            (debt - debt_now).abs() <= count as i128 * NANO / 1_000,
            || format!("9: the vault owed {debt}, owes {debt_now}"),
        );
        let apart = collateral.abs_diff(collateral_now + got);
        self.require(apart <= count, || {
            format!("9: {collateral} became {collateral_now} and {got}")
        });
        for (key, position) in &view.positions {
            if key == target {
                continue;
            }
            let after = &now.positions[key];
            let mut expected = position.clone();
            if key.0 == *pool && key.1 == *asset {
                self.require(
                    after.collateral + Uint128::one() >= position.collateral,
                    || format!("9: a peer lost collateral: {position:?}, {after:?}"),
                );
                (expected.collateral, expected.debt) = (after.collateral, after.debt);
            }
            self.require(*after == expected, || {
                format!("9: {key:?} was {position:?}, is {after:?}")
            });
        }
    }

    /// The payer gets the penalty and no more; what is left without collateral is spread over the
    /// pool's other vaults, and the rest is U of the pool.
    fn last_holder(&mut self, target: &(u64, String, Addr)) {
        let (pool, asset, account) = target;
        let keeper = self.people["keeper"].clone();
        let people: Vec<_> = self.people.values().cloned().collect();
        for other in people {
            let given = self.balance(&other, "dUSD");
            if other != keeper && !given.is_zero() && self.chance.one_in(2) {
                self.world.transfer(&other, &keeper, "dUSD", given).unwrap();
            }
        }
        let offered = self.some(&keeper, "dUSD");
        if offered.is_zero() {
            return;
        }
        let preview = self.preview_liquidate(target, Some(offered));
        let (dollars_had, had) = (self.balance(&keeper, "dUSD"), self.holds(&keeper, asset));
        let view = self.view();
        let what = format!("{} in {asset} of {pool} for {offered}", self.name(account));
        let hook = ReceiveMsg::LiquidateLastHolder {
            account: account.to_string(),
            pool: (*pool).into(),
            asset: asset.clone(),
            min_received: Uint128::zero(),
        };
        let done = self.act("last holder", &keeper, &what, Kind::Liquidation, |run| {
            run.hook(&keeper, offered, &hook)
        });
        self.agree(&preview, &done);
        let (Ok(preview), Ok(())) = (preview, done) else {
            return;
        };
        let got = self.holds(&keeper, asset) - had;
        let paid = dollars_had - self.balance(&keeper, "dUSD");
        self.require(got == preview.received && paid == preview.paid, || {
            format!("{paid} for {got}, the preview said {preview:?}")
        });
        let price = Exact::try_from(self.world.prices().unwrap()[asset]).unwrap();
        let decimals = self.world.decimals(asset).unwrap();
        let value = price * Exact::from_units(got, decimals).unwrap();
        let most = Exact::from_units(paid, 6).unwrap()
            * Exact::try_from(Decimal::percent(110)).unwrap()
            + dollars(NANO);
        // A halted asset counts at its higher price.
        self.require(value <= most || !self.is_live(asset), || {
            format!("8: {got} {asset} for {paid} dollars")
        });
        let now = self.view();
        let owed = |view: &View| -> i128 {
            let of_pool = view.positions.iter().filter(|(key, _)| key.0 == *pool);
            let unassigned = view.unassigned[&(1, *pool)];
            of_pool.map(|(_, position)| position.debt).sum::<i128>() + unassigned
        };
        let apart = owed(&view) - owed(&now) - paid.u128() as i128 * NANO;
        self.require(apart.abs() <= NANO, || {
            format!("9: {apart} billionths of debt are lost")
        });
        for (key, position) in &view.positions {
            if key == target {
                continue;
            }
            let after = &now.positions[key];
            let mut expected = position.clone();
            if key.0 == *pool && key.1 != *asset {
                expected.debt = after.debt;
                self.require(after.debt >= position.debt, || {
                    format!("9: {key:?} gained by bad debt")
                });
                let spread = !preview.debt_left.is_zero();
                self.require(spread || after.debt <= position.debt + 1_000, || {
                    format!("9: {key:?} owed {}, owes {}", position.debt, after.debt)
                });
            }
            if key.0 == *pool && key.1 == *asset {
                let apart = after.collateral.abs_diff(position.collateral);
                self.require(apart <= Uint128::one(), || {
                    format!("9: {key:?} had {position:?}, has {after:?}")
                });
                expected.collateral = after.collateral;
            }
            self.require(*after == expected, || {
                format!("9: {key:?} was {position:?}, is {after:?}")
            });
        }
    }

    // ------------------------------------------------------------ fees and rewards

    /// Item 11: claims poll nothing, and go through whatever fails.
    fn claim_fees(&mut self) {
        let view = self.view();
        let due: Vec<_> = view
            .positions
            .iter()
            .filter(|(_, position)| position.fees >= NANO)
            .map(|(key, _)| key.clone())
            .collect();
        let Some((pool, asset, account)) = (if due.is_empty() || self.chance.one_in(5) {
            self.position()
        } else {
            Some(self.chance.pick(&due).clone())
        }) else {
            return;
        };
        let who = if self.chance.one_in(3) {
            self.people["keeper"].clone()
        } else {
            account.clone()
        };
        let vaults = vec![key(pool, &asset)];
        let claim = ExecuteMsg::ClaimFees {
            account: Some(account.to_string()),
            vaults,
        };
        let what = format!("of {} in {asset} of {pool}", self.name(&account));
        let done = self.act("claim fees", &who, &what, Kind::Steady, |run| {
            run.tell(&who, &claim)
        });
        let fees = view.positions[&(pool, asset, account)].fees;
        if fees >= NANO {
            self.require(done.is_ok(), || format!("11: {fees} of fees: {done:?}"));
        }
    }

    fn claim_rewards(&mut self) {
        let view = self.view();
        let due: Vec<_> = view
            .positions
            .iter()
            .filter(|(_, position)| position.rewards.values().any(|due| *due >= NANO))
            .map(|(key, _)| key.clone())
            .collect();
        if due.is_empty() {
            return;
        }
        let at = self.chance.pick(&due).clone();
        let (pool, asset, account) = at.clone();
        let rewards = &view.positions[&at].rewards;
        let junk = |lane: &u64| view.labels[lane] == "junk";
        let streams: Vec<_> = rewards.keys().filter(|lane| !junk(lane)).collect();
        let whole = rewards
            .iter()
            .any(|(lane, due)| !junk(lane) && *due >= NANO);
        let what = format!(
            "of {} in {asset} of {pool}: {rewards:?}",
            self.name(&account)
        );
        let claim = ExecuteMsg::ClaimRewards {
            account: Some(account.to_string()),
            vault: key(pool, &asset),
            streams: streams.into_iter().map(|lane| (*lane).into()).collect(),
        };
        let done = self.act("claim rewards", &account, &what, Kind::Steady, |run| {
            run.tell(&account, &claim)
        });
        let expected = if whole {
            Ok(())
        } else {
            Err("NothingDue".to_owned())
        };
        self.require(done == expected, || format!("11: rewards: {done:?}"));
    }

    fn claim_cut(&mut self) {
        if self.chance.one_in(3) {
            let keeper = self.people["keeper"].clone();
            let distributor = self.distributor.clone();
            let divide = rewards_distributor::ExecuteMsg::Divide {
                pools: vec![1u64.into(), 2u64.into(), 3u64.into()],
            };
            let _ = self.act("divide", &keeper, "", Kind::Steady, |run| {
                run.world.execute(&keeper, &distributor, &divide, &[])
            });
            return;
        }
        let pool = self.pool();
        let creator = self.people["creator"].clone();
        let due = self.view().cuts.get(&(pool, creator.clone())).copied();
        let claim = ExecuteMsg::ClaimCut {
            pool: pool.into(),
            payee: creator.to_string(),
        };
        let done = self.act("claim cut", &creator, "", Kind::Steady, |run| {
            run.tell(&creator, &claim)
        });
        if due.unwrap_or_default() >= 2 * NANO {
            self.require(done.is_ok(), || format!("11: a cut of {due:?}: {done:?}"));
        }
    }

    fn fund(&mut self) {
        let pool = self.pool();
        let target = Target {
            pool: pool.into(),
            asset: match self.chance.below(3) {
                0 => None,
                1 => Some("ATOM".into()),
                _ => Some("WETH".into()),
            },
        };
        let start = match self.chance.one_in(3) {
            true => Some(self.world.now() + self.chance.below(2 * u128::from(DAY)) as u64),
            false => None,
        };
        let schedule = match self.chance.one_in(2) {
            true => None,
            false => Some(Schedule {
                start,
                duration_secs: self.chance.below(5 * u128::from(DAY)) as u64 + 1,
            }),
        };
        let funder = self.people["funder"].clone();
        let asset = *self.chance.pick(&["ATOM", "DTORO"]);
        let amount = Uint128::new(self.chance.below(1_000_000_000) + 1);
        let distributor = self.distributor.clone();
        let what = format!("{amount} {asset} to {target:?}, {schedule:?}");
        if pool == 2 && self.chance.one_in(3) {
            // A lane whose distributor never pays.
            let shady = self.scripted[2].contract.clone();
            let open = ExecuteMsg::OpenStream {
                target,
                label: "junk".into(),
                amount,
                schedule,
            };
            let _ = self.act("fund", &shady, "junk", Kind::Draw, |run| {
                run.tell(&shady, &open)
            });
            return;
        }
        let _ = self.act("fund", &funder, &what, Kind::Steady, |run| {
            match run.world.token(asset).unwrap() {
                Token::Native(denom) => {
                    let fund = rewards_distributor::ExecuteMsg::Fund { target, schedule };
                    let funds = [Coin { denom, amount }];
                    run.world.execute(&funder, &distributor, &fund, &funds)
                }
                Token::Cw20(_) => {
                    let fund = rewards_distributor::ReceiveMsg::Fund { target, schedule };
                    run.world.send(&funder, asset, amount, &distributor, &fund)
                }
            }
        });
    }

    // ------------------------------------------------------------ owners of pools

    fn set_markets(&mut self) {
        let pool = self.pool();
        let owner = self.people[OWNERS[pool as usize - 1]].clone();
        let markets: Vec<_> = (1..=4u64)
            .filter_map(|market| {
                let named = !self.chance.one_in(3);
                let weight = self.chance.below(4) + 1;
                let max_debt = self.chance.below(100) as u64 + 1;
                named.then(|| MarketWeight {
                    market: market.into(),
                    weight: weight.into(),
                    max_debt: Decimal::percent(max_debt),
                })
            })
            .collect();
        let preview: WeightsPreview = self
            .ask(&LensQuery::PreviewPoolMarkets {
                pool: pool.into(),
                markets: markets.clone(),
            })
            .unwrap();
        let what = format!("of pool {pool}: {markets:?}");
        let set = ExecuteMsg::SetPoolMarkets {
            pool: pool.into(),
            markets,
        };
        let done = self.act("set markets", &owner, &what, Kind::Steady, |run| {
            run.tell(&owner, &set)
        });
        self.require(done.is_ok() == preview.problem.is_none(), || {
            format!("the preview said {:?}, the act {done:?}", preview.problem)
        });
    }

    fn set_cut(&mut self) {
        let pool = self.pool();
        let owner = self.people[OWNERS[pool as usize - 1]].clone();
        let payee = match self.chance.one_in(3) {
            true => self.distributor.to_string(),
            false => self.people["creator"].to_string(),
        };
        let market = self
            .chance
            .one_in(3)
            .then(|| self.chance.below(4) as u64 + 1);
        let rate = Decimal::percent(self.chance.below(30) as u64);
        let what = format!("{rate} of pool {pool}, market {market:?}");
        let set = ExecuteMsg::SetCut {
            pool: pool.into(),
            payee,
            market: market.map(Into::into),
            rate,
        };
        let _ = self.act("set cut", &owner, &what, Kind::Steady, |run| {
            run.tell(&owner, &set)
        });
        // Rises wait for three days.
        if self.chance.one_in(2) {
            self.pass(3 * DAY);
        }
    }

    fn delegation_time(&mut self) {
        let pool = self.pool();
        let owner = self.people[OWNERS[pool as usize - 1]].clone();
        let before = self.view();
        let secs = DAY + self.chance.below(2 * u128::from(DAY)) as u64;
        let set = ExecuteMsg::SetDelegationTime {
            pool: pool.into(),
            delegation_secs: secs,
        };
        let what = format!("of pool {pool}: {secs}");
        let done = self.act("delegation time", &owner, &what, Kind::Steady, |run| {
            run.tell(&owner, &set)
        });
        self.require(done.is_ok(), || format!("{done:?}"));
        for (key, position) in self.view().positions {
            let until = before.positions[&key].delegated_until;
            self.require(position.delegated_until <= until, || {
                format!("11: {key:?} was held until {until}, is longer now")
            });
        }
    }

    // ------------------------------------------------------------ what fails

    /// A market contract or one of its markets fails; LPs leave, and the owner lets it in again once
    /// it works.
    fn misbehave(&mut self) {
        let index = self.market();
        let contract = self.scripted[index].contract.clone();
        let keeper = self.people["keeper"].clone();
        let modes = [
            Mode::Errs {},
            Mode::Nonsense {},
            Mode::TooFew {},
            Mode::TooMany {},
        ];
        for market in &mut self.scripted {
            market.fails = market.contract == contract;
        }
        if self.chance.one_in(2) {
            self.scripted[index].err = Some("it does not know".into());
            self.play_market(index, vec![]).unwrap();
            self.log
                .push(format!("  {} errs", self.scripted[index].market_ref));
        } else {
            let mode = self.chance.pick(&modes).clone();
            let to = self.chance.one_in(2).then_some(Question::ReportedDebts);
            self.log.push(format!("  {contract}: {mode:?} to {to:?}"));
            let set = Play::SetMode { mode, to };
            self.world.execute(&keeper, &contract, &set, &[]).unwrap();
        }
        if self.chance.one_in(2) {
            let pool = self.pool();
            let check = ExecuteMsg::CheckMarket {
                pool: pool.into(),
                contract: contract.to_string(),
            };
            let _ = self.act("check market", &keeper, "", Kind::Change, |run| {
                run.tell(&keeper, &check)
            });
        }
        self.while_it_fails();
        self.scripted[index].err = None;
        for market in &mut self.scripted {
            market.fails = false;
        }
        self.play_market(index, vec![]).unwrap();
        let set = Play::SetMode {
            mode: Mode::Scripted {},
            to: None,
        };
        self.world.execute(&keeper, &contract, &set, &[]).unwrap();
        self.end_quarantine(&contract);
    }

    fn quarantine(&mut self) {
        let index = self.market();
        let contract = if self.chance.one_in(4) {
            self.spot.clone()
        } else {
            self.scripted[index].contract.clone()
        };
        let guardian = self.world.account("guardian");
        let put = ExecuteMsg::Quarantine {
            contract: contract.to_string(),
        };
        // What was reported is taken before, so that reports do not change by it.
        self.hear_all();
        let _ = self.act("quarantine", &guardian, "", Kind::Steady, |run| {
            run.tell(&guardian, &put)
        });
        self.while_it_fails();
        if !self.chance.one_in(4) {
            self.end_quarantine(&contract);
        }
    }

    fn end_quarantine(&mut self, contract: &Addr) {
        let owner = self.world.account("owner");
        let end = ExecuteMsg::EndQuarantine {
            contract: contract.to_string(),
        };
        let done = self.act("end quarantine", &owner, "", Kind::Change, |run| {
            run.tell(&owner, &end)
        });
        let expected = done.is_ok() || done == Err("NotInQuarantine".into());
        self.require(expected, || format!("it works again: {done:?}"));
    }

    fn while_it_fails(&mut self) {
        for _ in 0..self.chance.below(5) {
            match self.chance.below(9) {
                0..3 => self.undelegate(),
                3 => self.burn(),
                4 => self.liquidate(),
                5 => self.pay_out(),
                6 => self.margin(),
                7 => self.claim_fees(),
                _ => self.traders_win_or_lose(),
            }
        }
    }

    fn silence(&mut self) {
        let asset = *self.chance.pick(&["ATOM", "WETH", "BTC"]);
        self.log.push(format!("  {asset} falls silent"));
        self.world.silence(asset, true).unwrap();
        self.pass(2_000);
        self.while_it_fails();
        self.world.silence(asset, false).unwrap();
        self.pass(10);
    }

    fn price(&mut self) {
        let asset = *self.chance.pick(&["ATOM", "ATOM", "WETH", "BTC"]);
        let now = self.world.prices().unwrap()[asset];
        let per_mille = match self.chance.below(12) {
            0 => 50 + self.chance.below(400),
            1 => 2_000 + self.chance.below(8_000),
            2..6 => 600 + self.chance.below(700),
            _ => 930 + self.chance.below(140),
        };
        let (least, most) = match asset {
            "ATOM" => (Decimal::percent(1), Decimal::percent(20_000)),
            "WETH" => (Decimal::percent(100), Decimal::percent(2_000_000)),
            _ => (Decimal::percent(10_000), Decimal::percent(50_000_000)),
        };
        let price = (now * Decimal::permille(per_mille as u64)).clamp(least, most);
        self.log.push(format!("  {asset} → {price}"));
        let _ = self.world.set_price(asset, price);
        let views: Vec<PriceView> = self.world.price_views().unwrap();
        let halted = !views
            .iter()
            .any(|view| view.asset == asset && view.record.is_some())
            || !self.is_live(asset);
        if halted {
            self.while_it_fails();
            let owner = self.world.account("owner");
            let oracle = self.world.contract("oracle").unwrap();
            let end = oracle::ExecuteMsg::EndHalt {
                asset: asset.into(),
            };
            let _ = self.world.execute(&owner, &oracle, &end, &[]);
            self.pass(10);
        }
    }

    fn wait(&mut self) {
        let secs = match self.chance.below(6) {
            0 => self.chance.below(100) as u64,
            1..3 => self.chance.below(7_200) as u64,
            3..5 => DAY + self.chance.below(3_600) as u64,
            _ => 4 * DAY,
        };
        self.pass(secs);
    }

    fn pass(&mut self, secs: u64) {
        self.log.push(format!("  wait {secs}"));
        self.world.wait(secs);
    }

    // ------------------------------------------------------------ nonsense

    /// Item 12: what nobody may send, with the error that it must meet.
    fn nonsense(&mut self) {
        let mallory = self.people["mallory"].clone();
        let alice = self.people["alice"].clone();
        let owner = self.world.account("owner");
        let manager = self.manager.clone();
        let junk = [coin(1, "ujunk")];
        let sudo = cw_multi_test::SudoMsg::Bank(cw_multi_test::BankSudo::Mint {
            to_address: mallory.to_string(),
            amount: junk.to_vec(),
        });
        self.world.app.sudo(sudo).unwrap();
        let forged = |hook: &ReceiveMsg| {
            value(&ExecuteMsg::Receive(Cw20ReceiveMsg {
                sender: alice.to_string(),
                amount: Uint128::new(1_000_000),
                msg: to_json_binary(hook).unwrap(),
            }))
        };
        let none: &[Coin] = &[];
        let hostile = self.scripted[0].contract.to_string();
        let (pool, asset) = (cosmwasm_std::Uint64::new(1), String::from("ATOM"));
        let most = Uint128::MAX;
        let burn = ReceiveMsg::BurnUsd {
            account: None,
            pool,
            asset: asset.clone(),
        };
        let to_pool = |pool: u64| delegate(pool, "ATOM", most);
        let cases: Vec<(&Addr, Value, &[Coin], &str)> = vec![
            (
                &mallory,
                value(&ExecuteMsg::Deposit { account: None }),
                none,
                "Payment",
            ),
            (
                &mallory,
                value(&ExecuteMsg::Deposit { account: None }),
                &junk,
                "UnknownCollateral",
            ),
            (
                &mallory,
                value(&ExecuteMsg::ForwardToTreasury {}),
                &junk,
                "Payment",
            ),
            (&mallory, value(&to_pool(99)), none, "UnknownPool"),
            (&alice, value(&to_pool(1)), none, "InsufficientCollateral"),
            (
                &mallory,
                value(&ExecuteMsg::Undelegate {
                    pool,
                    asset: asset.clone(),
                    amount: None,
                }),
                none,
                "NoPosition",
            ),
            (
                &mallory,
                value(&ExecuteMsg::MintUsd {
                    pool,
                    asset: asset.clone(),
                    amount: Some(most),
                }),
                none,
                "NoPosition",
            ),
            (
                &mallory,
                value(&ExecuteMsg::MintUsd {
                    pool,
                    asset: asset.clone(),
                    amount: Some(Uint128::zero()),
                }),
                none,
                "ZeroAmount",
            ),
            (
                &mallory,
                value(&ExecuteMsg::RequestExit {
                    pool,
                    asset: asset.clone(),
                }),
                none,
                "NoPosition",
            ),
            (
                &mallory,
                value(&ExecuteMsg::SetPoolMarkets {
                    pool,
                    markets: vec![],
                }),
                none,
                "PoolOwnership",
            ),
            (
                &mallory,
                value(&ExecuteMsg::SetCut {
                    pool,
                    payee: mallory.to_string(),
                    market: None,
                    rate: Decimal::percent(1),
                }),
                none,
                "PoolOwnership",
            ),
            (
                &mallory,
                value(&ExecuteMsg::OpenStream {
                    target: Target { pool, asset: None },
                    label: "x".into(),
                    amount: Uint128::one(),
                    schedule: None,
                }),
                none,
                "NotADistributor",
            ),
            (
                &mallory,
                value(&ExecuteMsg::WithdrawMarketUsd(WithdrawMarketUsd {
                    market_ref: "eth".into(),
                    amount: Uint128::one(),
                    recipient: mallory.to_string(),
                    or_less: true,
                })),
                none,
                "UnknownMarket",
            ),
            (
                &mallory,
                value(&ExecuteMsg::PayFees(PayFees {
                    market_ref: "eth".into(),
                    amount: Uint128::one(),
                    or_less: true,
                })),
                none,
                "UnknownMarket",
            ),
            (
                &mallory,
                value(&ExecuteMsg::PollForCheck {
                    pool,
                    contract: hostile.clone(),
                }),
                none,
                "Unauthorized",
            ),
            (
                &mallory,
                value(&ExecuteMsg::Quarantine {
                    contract: hostile.clone(),
                }),
                none,
                "NeitherGuardianNorOwner",
            ),
            (
                &mallory,
                value(&ExecuteMsg::EndQuarantine {
                    contract: hostile.clone(),
                }),
                none,
                "Ownership",
            ),
            (
                &mallory,
                value(&ExecuteMsg::RegisterMarket {
                    contract: mallory.to_string(),
                    market_ref: "x".into(),
                    ceiling: most,
                }),
                none,
                "Ownership",
            ),
            (
                &owner,
                value(&ExecuteMsg::RegisterMarket {
                    contract: hostile,
                    market_ref: "eth".into(),
                    ceiling: most,
                }),
                none,
                "DuplicateMarket",
            ),
            (
                &mallory,
                value(&ExecuteMsg::SwitchOff {
                    operation: Operation::MintUsd,
                }),
                none,
                "NeitherGuardianNorOwner",
            ),
            (
                &mallory,
                value(&ExecuteMsg::AcceptSynth(NewSynth {
                    synth: "dEVIL".into(),
                    token: mallory.clone(),
                    decimals: 6,
                    is_dollar: true,
                })),
                none,
                "Unauthorized",
            ),
            (&mallory, forged(&burn), none, "UnknownToken"),
            (
                &mallory,
                forged(&ReceiveMsg::Deposit { account: None }),
                none,
                "UnknownToken",
            ),
        ];
        let (who, msg, funds, expected) = self.chance.pick(&cases);
        let what = msg.to_string();
        let done = self.act("nonsense", who, &what, Kind::Steady, |run| {
            run.world.execute(who, &manager, msg, funds)
        });
        let expected = Err((*expected).to_owned());
        self.require(done == expected, || {
            format!("12: {what}: {done:?} in place of {expected:?}")
        });
        self.elsewhere(&mallory);
        let one = Uint128::one();
        let done = self.act("nonsense", &alice, "WETH to burn", Kind::Steady, |run| {
            run.world.send(&alice, "WETH", one, &manager, &burn)
        });
        self.require(done == Err("NotTheDollar".into()), || {
            format!("12: WETH as dollars: {done:?}")
        });
    }

    /// Item 12: what nobody may send to the contracts around the manager.
    fn elsewhere(&mut self, mallory: &Addr) {
        let registry = self.world.contract("debt-registry").unwrap();
        let (distributor, one) = (self.distributor.clone(), Uint128::one());
        let mint = OwnDebtMsg::MintUsd {
            recipient: mallory.to_string(),
            amount: one,
        };
        let payout = rewards_distributor::Payout {
            stream: 1u64.into(),
            account: mallory.to_string(),
            amount: one,
        };
        let target = Target {
            pool: 1u64.into(),
            asset: None,
        };
        let fund = rewards_distributor::ExecuteMsg::Fund {
            target: target.clone(),
            schedule: None,
        };
        let endless = rewards_distributor::ExecuteMsg::Fund {
            target,
            schedule: Some(Schedule {
                start: None,
                duration_secs: u64::MAX,
            }),
        };
        let atom = [coin(1, "uatom")];
        let funder = rewards_distributor::ExecuteMsg::SetFunder {
            funder: mallory.to_string(),
            allowed: true,
        };
        let junk = [coin(1, "ujunk")];
        let token = rewards_distributor::ExecuteMsg::SetToken {
            token: TokenUnchecked::Native("ujunk".into()),
            allowed: true,
        };
        let cases: [(&Addr, Value, &[Coin], &str); 6] = [
            (&registry, value(&mint), &[], "UnknownIssuer"),
            (
                &distributor,
                value(&rewards_distributor::ExecuteMsg::Payout(payout)),
                &[],
                "Unauthorized",
            ),
            (&distributor, value(&fund), &junk, "TokenNotAllowed"),
            (&distributor, value(&token), &[], "Ownership"),
            (&distributor, value(&endless), &atom, "NotAFunder"),
            (&distributor, value(&funder), &[], "Ownership"),
        ];
        let (contract, msg, funds, expected) = self.chance.pick(&cases);
        let what = msg.to_string();
        let done = self.act("nonsense", mallory, &what, Kind::Steady, |run| {
            run.world.execute(mallory, contract, msg, funds)
        });
        let expected = Err((*expected).to_owned());
        self.require(done == expected, || {
            format!("12: {what}: {done:?} in place of {expected:?}")
        });
    }
}

fn value(msg: &impl Serialize) -> Value {
    json!(msg)
}

fn key(pool: u64, asset: &str) -> VaultKey {
    VaultKey {
        pool: pool.into(),
        asset: asset.to_owned(),
    }
}

fn delegate(pool: u64, asset: &str, amount: Uint128) -> ExecuteMsg {
    ExecuteMsg::Delegate {
        pool: pool.into(),
        asset: asset.to_owned(),
        amount: Some(amount),
    }
}
