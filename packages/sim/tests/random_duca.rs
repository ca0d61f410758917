//! Long random lives of DUCA on the whole protocol: the real oracle with feeders that fall silent,
//! jump and are halted, the real cw20s, the real treasury (DESIGN §11, items 3, 7, 8, 9, 11 and 12,
//! and that quotes and previews tell the truth).
//!
//! Each run has a seed, and a failure prints it:
//!
//! ```text
//! BALLAST_SEED=7 BALLAST_RUNS=1 BALLAST_STEPS=200 cargo test -p ballast-sim --test random_duca
//! ```
#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod chance;

use std::collections::BTreeMap;

use ballast_math::Exact;
use ballast_sim::{
    Profile, World, error_name,
    invariants::{Standing, Vigil},
    profile::{AssetProfile, SourcesProfile, TokenProfile},
};
use ballast_types::{
    Token,
    stability_pool::{
        BooksResponse, ExecuteMsg, Guards, NextBurnResponse, Offer, Operation, ProvidePreview,
        QueryMsg, ReceiveMsg, StateResponse, SwapQuote, SwapRequest, WithdrawPreview,
    },
};
use chance::{Chance, Tally, fail, runs};
use cosmwasm_std::{Addr, Coin, Decimal, Uint128, coin, to_json_binary};
use cw_multi_test::AppResponse;
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const RUNS: u64 = 12;
const STEPS: u64 = 150;
const PROVIDERS: [&str; 3] = ["alice", "bob", "carol"];
const ACTS: [&str; 15] = [
    "provide",
    "withdraw",
    "swap dcm",
    "swap duca",
    "donate dcm",
    "donate duca",
    "burn",
    "contract",
    "forward",
    "gift",
    "burn own",
    "switch off",
    "switch on",
    "guards",
    "nonsense",
];

#[test]
fn random_duca() {
    runs(RUNS, STEPS, &ACTS, |seed, steps| {
        let mut run = Run::new(seed, steps);
        run.play();
        run.tally
    });
}

/// Four worlds: without guards and with all of them; with DCM as a cw20 of 18 decimals and prices
/// against an asset; and with DCM of none and DUCA of eight.
fn profile(seed: u64) -> Profile {
    let name = if seed.is_multiple_of(2) {
        "plain"
    } else {
        "guarded"
    };
    let mut profile = Profile::find(name).unwrap();
    // Nobody swaps at home: one AMO provides as well.
    let pool = profile.stability_pool.as_mut().unwrap();
    pool.amos.push("carol".into());
    let (dcm, duca) = match seed % 4 {
        2 => {
            pool.dcm.token = TokenProfile::Cw20("Decentral Money".into());
            pool.numeraire = Some("EUR".into());
            let euro = AssetProfile {
                decimals: 6,
                sources: SourcesProfile::default(),
                rule: Default::default(),
            };
            profile.oracle.assets.insert("EUR".into(), euro);
            profile
                .embedded
                .prices
                .insert("EUR".into(), Decimal::percent(110));
            (18, 2)
        }
        3 => (0, 8),
        _ => (6, 6),
    };
    profile.oracle.assets.get_mut("DCM").unwrap().decimals = dcm;
    profile.oracle.assets.get_mut("DUCA").unwrap().decimals = duca;
    profile
}

struct Run {
    seed: u64,
    steps: u64,
    chance: Chance,
    world: World,
    pool: Addr,
    treasury: Addr,
    users: Vec<Addr>,
    vigil: Vigil,
    /// What lies in the pool and in no book: gifts without a word.
    given: BTreeMap<&'static str, Uint128>,
    log: Vec<String>,
    tally: Tally,
}

/// What others may lose by an act.
enum Loss {
    /// A base unit of what they have in the pool, of each asset.
    Unit,
    /// All of them together this much DCM, besides.
    Dcm(Uint128),
    /// Whatever the formula says, which is looked at elsewhere.
    ByFormula,
}

impl Run {
    fn new(seed: u64, steps: u64) -> Self {
        let mut world = World::deploy(&profile(seed)).unwrap();
        let users = ["alice", "bob", "carol", "amo", "mallory"].map(|name| world.account(name));
        for user in &users {
            let amount = world.amount("DCM", "1_000_000 DCM").unwrap();
            world.fund(user, "DCM", amount).unwrap();
        }
        let mut run = Self {
            seed,
            steps,
            chance: Chance(seed),
            pool: world.contract("stability-pool").unwrap(),
            treasury: world.contract("treasury").unwrap(),
            users: users.to_vec(),
            vigil: Vigil::default(),
            given: BTreeMap::new(),
            log: vec![],
            tally: Tally::default(),
            world,
        };
        run.start();
        run
    }

    /// There is liquidity and DUCA, as much as the limits of the guarded profile let through.
    fn start(&mut self) {
        let (alice, amo) = (self.users[0].clone(), self.users[3].clone());
        let provided = self.amount("DCM", "500_000 DCM");
        self.with_dcm(&alice, provided, &provide()).unwrap();
        let swapped = self.amount("DCM", "40_000 DCM");
        self.with_dcm(&amo, swapped, &swap()).unwrap();
        let back = self.amount("DUCA", "30_000 DUCA");
        self.hook(&amo, "DUCA", back, &swap().1).unwrap();
    }

    fn play(&mut self) {
        for step in 0..self.steps {
            self.log
                .push(format!("step {step}, time {}:", self.world.now()));
            self.step();
            if let Err(broken) = self.vigil.look(&self.world) {
                self.fail(&broken.join("\n"));
            }
            self.check_balances();
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

    /// Items 3 and 7, exactly: what the pool holds beyond its books was given to it.
    fn check_balances(&self) {
        let state = self.state();
        let dcm = state.books.pool_dcm + state.books.reserve + state.seigniorage_due;
        for (asset, owed) in [("DCM", dcm), ("DUCA", state.books.pool_duca)] {
            let given = self.given.get(asset).copied().unwrap_or_default();
            let held = self.balance(&self.pool, asset);
            self.require(held == owed + given, || {
                format!("3: the pool holds {held} {asset}, owes {owed}, was given {given}")
            });
        }
    }

    // ------------------------------------------------------------ looking

    fn ask<T: DeserializeOwned>(&self, msg: &QueryMsg) -> Result<T, String> {
        self.world
            .query(&self.pool, msg)
            .map_err(|error| error_name(&error))
    }

    fn state(&self) -> StateResponse {
        self.ask(&QueryMsg::State {}).unwrap()
    }

    fn books(&self) -> BooksResponse {
        self.state().books
    }

    fn balance(&self, holder: &Addr, asset: &str) -> Uint128 {
        self.world.balance(holder, asset).unwrap()
    }

    fn amount(&self, asset: &str, text: &str) -> Uint128 {
        self.world.amount(asset, text).unwrap()
    }

    fn name(&self, account: &Addr) -> String {
        let name = self.world.name_of(account.as_str());
        name.unwrap_or("?").to_owned()
    }

    fn is_off(&self, operation: Operation) -> bool {
        let controls: ballast_types::ControlsResponse<Operation> =
            self.ask(&QueryMsg::Controls {}).unwrap();
        controls.off.contains(&operation)
    }

    /// One base unit of an asset, at its last accepted price; of DUCA, at its target.
    fn unit(&self, asset: &str) -> Exact {
        let prices = self.world.prices().unwrap();
        let price = match asset {
            "DUCA" => prices.get("EUR").copied().unwrap_or(Decimal::one()),
            other => prices[other],
        };
        let unit = Exact::from_units(Uint128::one(), self.world.decimals(asset).unwrap());
        Exact::try_from(price).unwrap() * unit.unwrap()
    }

    // ------------------------------------------------------------ choosing

    fn step(&mut self) {
        match self.chance.below(100) {
            0..14 => self.provide(),
            14..24 => self.withdraw(),
            24..38 => self.swap_dcm(),
            38..50 => self.swap_duca(),
            50..53 => self.donate_dcm(),
            53..56 => self.donate_duca(),
            56..60 => self.burn("burn", Operation::Burn),
            60..64 => self.burn("contract", Operation::Contract),
            64..67 => self.forward(),
            67..69 => self.gift(),
            69..71 => self.burn_own(),
            71..80 => self.price(),
            80..87 => self.wait(),
            87..89 => self.silence(),
            89..92 => self.switch(),
            92 => self.guards(),
            _ => self.nonsense(),
        }
    }

    fn provider(&mut self) -> Addr {
        let name = *self.chance.pick(&PROVIDERS);
        self.world.address(name).unwrap()
    }

    fn amo(&mut self) -> Addr {
        let name = *self.chance.pick(&["amo", "amo", "carol"]);
        self.world.address(name).unwrap()
    }

    // ------------------------------------------------------------ doing

    /// Sends DCM with a message: along with it when it is native, with the hook when it is not.
    fn with_dcm(
        &mut self,
        who: &Addr,
        amount: Uint128,
        (msg, hook): &(ExecuteMsg, ReceiveMsg),
    ) -> anyhow::Result<AppResponse> {
        let pool = self.pool.clone();
        match self.world.token("DCM").unwrap() {
            Token::Native(denom) => {
                let funds = [Coin { denom, amount }];
                self.world.execute(who, &pool, msg, &funds)
            }
            Token::Cw20(_) => self.world.send(who, "DCM", amount, &pool, hook),
        }
    }

    fn hook(
        &mut self,
        who: &Addr,
        asset: &str,
        amount: Uint128,
        hook: &ReceiveMsg,
    ) -> anyhow::Result<AppResponse> {
        let pool = self.pool.clone();
        self.world.send(who, asset, amount, &pool, hook)
    }

    /// Does something at unchanged prices, and looks at everyone before and after.
    fn act(
        &mut self,
        name: &'static str,
        who: &Addr,
        what: &str,
        loss: &Loss,
        act: impl FnOnce(&mut Self) -> anyhow::Result<AppResponse>,
    ) -> Result<(), String> {
        self.log
            .push(format!("  {name}: {} {what}", self.name(who)));
        let everyone: Vec<Addr> = self.users.iter().chain([&self.treasury]).cloned().collect();
        let before = self.world.standings(&everyone).unwrap();
        let dump = self.world.dump();
        let result = act(self).map(drop).map_err(|error| {
            self.log
                .push(format!("    refused: {:#}", error.root_cause()));
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
                let foreign = [
                    "Cannot Sub",
                    "Overflow: ",
                    "Cannot transfer empty coins",
                    "Invalid zero amount",
                    "Unauthorized",
                ];
                let known = foreign.iter().any(|text| error.starts_with(text));
                self.require(typed || known, || {
                    format!("12: an error without a name: {error}")
                });
            }
            Ok(()) => {
                let after = self.world.standings(&everyone).unwrap();
                self.compare(who, loss, &before, &after);
            }
        }
        result
    }

    /// Items 8 and 9.
    fn compare(
        &self,
        actor: &Addr,
        loss: &Loss,
        before: &BTreeMap<Addr, Standing>,
        after: &BTreeMap<Addr, Standing>,
    ) {
        let allowed = match loss {
            Loss::ByFormula => return,
            Loss::Unit => self.unit("DCM") + self.unit("DUCA"),
            Loss::Dcm(most) => {
                self.unit("DCM") * Exact::from(*most) + self.unit("DCM") + self.unit("DUCA")
            }
        };
        for (account, after) in after {
            let (before, name) = (&before[account], self.name(account));
            if account == actor {
                self.require(!after.is_richer_than(before), || {
                    format!(
                        "8: {name} is richer: {:?} to {:?}",
                        before.wallet, after.wallet
                    )
                });
                continue;
            }
            if let Some(harm) = after.harm_since(before) {
                self.fail(&format!("9: {name} is harmed: {harm}"));
            }
            let lost = before.worth > after.worth.clone() + allowed.clone();
            self.require(!lost, || format!("9: {name}'s liquidity has lost too much"));
        }
    }

    /// A preview and the act say the same.
    fn agree<T>(&self, preview: &Result<T, String>, act: &Result<(), String>) {
        let preview = preview.as_ref().map(|_| &());
        self.require(preview == act.as_ref(), || {
            format!("the preview said {preview:?}, the act {act:?}")
        });
    }

    fn provide(&mut self) {
        let who = self.provider();
        let amount = self.some(&who, "DCM");
        if amount.is_zero() {
            return;
        }
        let preview: Result<ProvidePreview, _> = self.ask(&QueryMsg::PreviewProvide { amount });
        let had = self.balance(&who, "LPD");
        let done = self.act("provide", &who, &amount.to_string(), &Loss::Unit, |run| {
            run.with_dcm(&who, amount, &provide())
        });
        // The switch is of the act alone.
        if !self.is_off(Operation::Provide) {
            self.agree(&preview, &done);
        }
        if done.is_ok() {
            let got = self.balance(&who, "LPD") - had;
            let said = preview.unwrap().lpd;
            self.require(got == said, || {
                format!("{got} LPD, the preview said {said}")
            });
        }
    }

    /// Item 11: leaving is open, whatever is silent, halted or switched off.
    fn withdraw(&mut self) {
        let who = self.provider();
        let lpd = self.some(&who, "LPD");
        if lpd.is_zero() {
            return;
        }
        let preview: Result<WithdrawPreview, _> = self.ask(&QueryMsg::PreviewWithdraw { lpd });
        let (dcm, duca) = (self.balance(&who, "DCM"), self.balance(&who, "DUCA"));
        let done = self.act("withdraw", &who, &lpd.to_string(), &Loss::Unit, |run| {
            run.hook(&who, "LPD", lpd, &withdraw())
        });
        self.agree(&preview, &done);
        match done {
            Ok(()) => {
                let paid = preview.unwrap();
                let got = WithdrawPreview {
                    dcm: self.balance(&who, "DCM") - dcm,
                    duca: self.balance(&who, "DUCA") - duca,
                };
                self.require(got == paid, || {
                    format!("{got:?}, the preview said {paid:?}")
                });
            }
            // Dust that pays nothing is no exit.
            Err(error) => self.require(error == "NothingOut", || {
                format!("11: leaving was refused: {error}")
            }),
        }
    }

    fn swap_dcm(&mut self) {
        let who = self.amo();
        let most = self.some(&who, "DCM");
        // Mostly what fits the limits.
        let amount = if self.chance.one_in(4) {
            most
        } else {
            most.min(self.amount("DCM", "2_000 DCM"))
        };
        self.swap(Offer::Dcm, &who, amount);
    }

    fn swap_duca(&mut self) {
        let who = self.amo();
        let amount = self.some(&who, "DUCA");
        self.swap(Offer::Duca, &who, amount);
    }

    /// It does what its quote says, and what it takes from the providers is the seigniorage.
    fn swap(&mut self, offer: Offer, who: &Addr, amount: Uint128) {
        if amount.is_zero() {
            return;
        }
        let swapped = SwapRequest { offer, amount };
        let quote: Result<SwapQuote, _> = self.ask(&QueryMsg::QuoteSwap { swap: swapped });
        let (name, asset, operation) = match offer {
            Offer::Dcm => ("swap dcm", "DUCA", Operation::SwapDcm),
            Offer::Duca => ("swap duca", "DCM", Operation::SwapDuca),
        };
        let loss = match (&quote, offer) {
            (Ok(quote), Offer::Dcm) => Loss::Dcm(quote.seigniorage),
            _ => Loss::Unit,
        };
        let had = self.balance(who, asset);
        let done = self.act(name, who, &amount.to_string(), &loss, |run| match offer {
            Offer::Dcm => run.with_dcm(who, amount, &swap()),
            Offer::Duca => run.hook(who, "DUCA", amount, &swap().1),
        });
        if self.is_off(operation) || (offer == Offer::Dcm && self.is_off(Operation::Mint)) {
            return;
        }
        self.agree(&quote, &done);
        if let (Ok(quote), Ok(())) = (quote, done) {
            let got = self.balance(who, asset) - had;
            self.require(got == quote.out, || {
                format!("{got} {asset}, the quote said {}", quote.out)
            });
            let now = self.books();
            self.require(now == quote.after, || {
                format!("the quote said {:?}, it is {now:?}", quote.after)
            });
        }
    }

    fn donate_dcm(&mut self) {
        let who = self.chance.pick(&self.users).clone();
        let amount = self.some(&who, "DCM").min(self.amount("DCM", "500 DCM"));
        if amount.is_zero() {
            return;
        }
        let done = self.act(
            "donate dcm",
            &who,
            &amount.to_string(),
            &Loss::Unit,
            |run| run.with_dcm(&who, amount, &donate()),
        );
        self.require(done.is_ok(), || format!("a gift was refused: {done:?}"));
    }

    fn donate_duca(&mut self) {
        let who = self.chance.pick(&self.users).clone();
        let amount = self.some(&who, "DUCA").min(self.amount("DUCA", "500 DUCA"));
        if amount.is_zero() {
            return;
        }
        let is_amo = ["amo", "carol"].contains(&self.name(&who).as_str());
        let done = self.act(
            "donate duca",
            &who,
            &amount.to_string(),
            &Loss::Unit,
            |run| run.hook(&who, "DUCA", amount, &donate().1),
        );
        let expected = if is_amo {
            Ok(())
        } else {
            Err("NotAnAmo".to_owned())
        };
        self.require(done == expected, || format!("a gift of DUCA: {done:?}"));
    }

    /// It does what is announced, and a burn needs no price (item 11).
    fn burn(&mut self, name: &'static str, operation: Operation) {
        let who = self.chance.pick(&self.users).clone();
        let (query, msg) = match operation {
            Operation::Contract => (QueryMsg::NextContraction {}, ExecuteMsg::Contract {}),
            _ => (QueryMsg::NextBurn {}, ExecuteMsg::Burn {}),
        };
        let next: NextBurnResponse = self.ask(&query).unwrap();
        let before = self.books();
        let pool = self.pool.clone();
        let done = self.act(name, &who, "", &Loss::ByFormula, |run| {
            run.world.execute(&who, &pool, &msg, &[])
        });
        self.require(done.is_ok() == next.problem.is_none(), || {
            format!("announced was {:?}, it was {done:?}", next.problem)
        });
        let open = !self.is_off(operation) && self.world.now() >= next.at;
        if operation == Operation::Burn && open && !before.pool_duca.is_zero() {
            self.require(done.is_ok(), || format!("11: a burn was refused: {done:?}"));
        }
        if done.is_ok() {
            let after = self.books();
            let formula = after.pool_duca + next.amount == before.pool_duca
                && after.supply + next.amount == before.supply
                && after.reserve + next.payment == before.reserve
                && after.pool_dcm == before.pool_dcm + next.payment
                && after.par == before.par;
            self.require(formula, || {
                format!("9: {before:?} became {after:?} by {next:?}")
            });
        }
    }

    /// Item 11: seigniorage leaves, whatever is silent, halted or switched off.
    fn forward(&mut self) {
        let who = self.chance.pick(&self.users).clone();
        let due = self.state().seigniorage_due;
        let had = self.balance(&self.treasury, "DCM");
        let pool = self.pool.clone();
        let done = self.act("forward", &who, "", &Loss::Unit, |run| {
            run.world
                .execute(&who, &pool, &ExecuteMsg::ForwardToTreasury {}, &[])
        });
        let expected = if due.is_zero() {
            Err("NothingDue".to_owned())
        } else {
            Ok(())
        };
        self.require(done == expected, || {
            format!("11: {due} to forward: {done:?}")
        });
        let got = self.balance(&self.treasury, "DCM") - had;
        self.require(got == due, || format!("the treasury got {got} of {due}"));
    }

    /// Tokens without a word are in no book.
    fn gift(&mut self) {
        let asset = *self.chance.pick(&["DCM", "DUCA", "LPD"]);
        let who = self.chance.pick(&self.users).clone();
        let amount = Uint128::new(self.balance(&who, asset).u128() / 1_000);
        if amount.is_zero() {
            return;
        }
        let before = self.books();
        let pool = self.pool.clone();
        let what = format!("{amount} {asset}");
        let done = self.act("gift", &who, &what, &Loss::Unit, |run| {
            run.world.transfer(&who, &pool, asset, amount)
        });
        if done.is_ok() {
            *self.given.entry(asset).or_default() += amount;
        }
        let after = self.books();
        self.require(before == after, || {
            format!("a gift changed {before:?} to {after:?}")
        });
    }

    /// Whoever burns his own DUCA or LPD makes the others better off.
    fn burn_own(&mut self) {
        let asset = *self.chance.pick(&["DUCA", "LPD"]);
        let who = self.chance.pick(&self.users).clone();
        let amount = Uint128::new(self.balance(&who, asset).u128() / 100);
        if amount.is_zero() {
            return;
        }
        let token = self.world.contract(asset).unwrap();
        let burn = Cw20ExecuteMsg::Burn { amount };
        let what = format!("{amount} {asset}");
        let done = self.act("burn own", &who, &what, &Loss::Unit, |run| {
            run.world.execute(&who, &token, &burn, &[])
        });
        self.require(done.is_ok(), || format!("a burn of one's own: {done:?}"));
    }

    fn switch(&mut self) {
        let all = [
            Operation::SwapDcm,
            Operation::SwapDuca,
            Operation::Mint,
            Operation::Provide,
            Operation::Burn,
            Operation::Contract,
        ];
        let operation = *self.chance.pick(&all);
        let (name, who, msg) = if self.is_off(operation) {
            let on = ExecuteMsg::SwitchOn { operation };
            ("switch on", "owner", on)
        } else {
            let off = ExecuteMsg::SwitchOff { operation };
            ("switch off", "guardian", off)
        };
        let who = self.world.account(who);
        let pool = self.pool.clone();
        let done = self.act(name, &who, &operation.to_string(), &Loss::Unit, |run| {
            run.world.execute(&who, &pool, &msg, &[])
        });
        self.require(done.is_ok(), || format!("{name}: {done:?}"));
        // What is off comes on again soon, so that something happens.
        if name == "switch off" && !self.chance.one_in(3) {
            let owner = self.world.account("owner");
            let on = ExecuteMsg::SwitchOn { operation };
            self.act("switch on", &owner, "", &Loss::Unit, |run| {
                run.world.execute(&owner, &pool, &on, &[])
            })
            .unwrap();
        }
    }

    fn guards(&mut self) {
        let owner = self.world.account("owner");
        let mut chance = |some: Decimal| (!self.chance.one_in(3)).then_some(some);
        let guards = Guards {
            max_minted: None,
            max_paid_out: None,
            max_seigniorage: chance(Decimal::percent(2)),
            max_par_rise: chance(Decimal::percent(3)),
            band: chance(Decimal::percent(10)),
            min_mint_price: chance(Decimal::percent(95)),
            min_mint_cover: chance(Decimal::percent(80)),
        };
        let pool = self.pool.clone();
        let msg = ExecuteMsg::UpdateGuards { guards };
        let done = self.act("guards", &owner, "", &Loss::Unit, |run| {
            run.world.execute(&owner, &pool, &msg, &[])
        });
        self.require(done.is_ok(), || format!("guards: {done:?}"));
    }

    // ------------------------------------------------------------ the world outside

    fn price(&mut self) {
        let asset = *self.chance.pick(&["DCM", "DCM", "DUCA"]);
        let now = self.world.prices().unwrap()[asset];
        // Mostly within a band; now and then a leap, which may trip the breaker.
        let per_mille = match self.chance.below(12) {
            0 => 300 + self.chance.below(1_700),
            1..4 => 850 + self.chance.below(320),
            _ => 970 + self.chance.below(60),
        };
        let (least, most) = match asset {
            "DUCA" => (Decimal::percent(50), Decimal::percent(115)),
            _ => (Decimal::permille(1), Decimal::percent(100_000)),
        };
        let moved = now * Decimal::permille(per_mille as u64);
        let price = moved.clamp(least, most);
        self.log.push(format!("  {asset} → {price}"));
        if self.chance.one_in(6) {
            // One of three lies.
            let _ = self.world.push_price(asset, "feeder-b", price);
        } else {
            let _ = self.world.set_price(asset, price);
        }
    }

    fn wait(&mut self) {
        let secs = match self.chance.below(4) {
            0 => self.chance.below(100),
            1 => self.chance.below(3_600),
            _ => self.chance.below(2 * 86_400),
        };
        self.log.push(format!("  wait {secs}"));
        self.world.wait(secs as u64);
    }

    fn silence(&mut self) {
        let asset = *self.chance.pick(&["DCM", "DUCA"]);
        self.log.push(format!("  {asset} falls silent"));
        self.world.silence(asset, true).unwrap();
        self.world.wait(1_000);
        // Meanwhile somebody leaves, burns and forwards.
        for _ in 0..3 {
            match self.chance.below(3) {
                0 => self.withdraw(),
                1 => self.burn("burn", Operation::Burn),
                _ => self.forward(),
            }
        }
        self.world.silence(asset, false).unwrap();
        self.world.wait(5);
    }

    // ------------------------------------------------------------ nonsense

    /// Item 12: what nobody may send, with the error that it must meet.
    fn nonsense(&mut self) {
        let mallory = self.world.account("mallory");
        let owner = self.world.account("owner");
        let guardian = self.world.account("guardian");
        let amo = self.world.account("amo");
        let pool = self.pool.clone();
        let junk = [coin(1, "ujunk")];
        let sudo = cw_multi_test::SudoMsg::Bank(cw_multi_test::BankSudo::Mint {
            to_address: mallory.to_string(),
            amount: junk.to_vec(),
        });
        self.world.app.sudo(sudo).unwrap();
        let forged = |hook: &ReceiveMsg, sender: &Addr| {
            ExecuteMsg::Receive(Cw20ReceiveMsg {
                sender: sender.to_string(),
                amount: Uint128::new(1_000_000),
                msg: to_json_binary(hook).unwrap(),
            })
        };
        let guards = |part: u64| ExecuteMsg::UpdateGuards {
            guards: Guards {
                band: Some(Decimal::percent(part)),
                ..Guards::default()
            },
        };
        let none: &[Coin] = &[];
        let (deposit, exchange, gift) = (provide(), swap(), donate());
        let grant = |address: &str| ExecuteMsg::GrantAmo {
            address: address.to_owned(),
        };
        let revoke = |address: &Addr| ExecuteMsg::RevokeAmo {
            address: address.to_string(),
        };
        let off = ExecuteMsg::SwitchOff {
            operation: Operation::Burn,
        };
        let on = ExecuteMsg::SwitchOn {
            operation: Operation::Burn,
        };
        let without_dcm = match self.world.token("DCM").unwrap() {
            Token::Native(_) => "Payment",
            Token::Cw20(_) => "NotNative",
        };
        let cases: Vec<(&Addr, Value, &[Coin], &str)> = vec![
            (&mallory, value(&deposit.0), none, without_dcm),
            (&mallory, value(&gift.0), none, without_dcm),
            (&mallory, value(&ExecuteMsg::Burn {}), &junk, "Payment"),
            (&mallory, value(&ExecuteMsg::Contract {}), &junk, "Payment"),
            (
                &mallory,
                value(&ExecuteMsg::ForwardToTreasury {}),
                &junk,
                "Payment",
            ),
            (&mallory, value(&grant(mallory.as_str())), none, "Ownership"),
            (
                &guardian,
                value(&grant(mallory.as_str())),
                none,
                "Ownership",
            ),
            (&owner, value(&grant("nobody")), none, "InvalidAddress"),
            (&owner, value(&grant(amo.as_str())), none, "DuplicateAmo"),
            (&owner, value(&revoke(&mallory)), none, "UnknownAmo"),
            (&mallory, value(&revoke(&amo)), none, "Ownership"),
            (&mallory, value(&guards(5)), none, "Ownership"),
            (&owner, value(&guards(101)), none, "InvalidParams"),
            (&mallory, value(&off), none, "NeitherGuardianNorOwner"),
            (&guardian, value(&on), none, "Ownership"),
            (
                &mallory,
                value(&forged(&exchange.1, &amo)),
                none,
                "UnknownToken",
            ),
            (
                &mallory,
                value(&forged(&withdraw(), &mallory)),
                none,
                "UnknownToken",
            ),
            (
                &mallory,
                value(&forged(&gift.1, &amo)),
                none,
                "UnknownToken",
            ),
        ];
        let (who, msg, funds, expected) = self.chance.pick(&cases);
        let what = msg.to_string();
        let done = self.act("nonsense", who, &what, &Loss::Unit, |run| {
            run.world.execute(who, &pool, msg, funds)
        });
        let expected = Err((*expected).to_owned());
        self.require(done == expected, || {
            format!("12: {what}: {done:?} in place of {expected:?}")
        });
        self.wrong_tokens();
    }

    /// Item 12: a token with a hook that is not for it.
    fn wrong_tokens(&mut self) {
        let (alice, amo) = (self.users[0].clone(), self.users[3].clone());
        let one = Uint128::one();
        let cases = [
            (&alice, "LPD", swap().1, "UnknownToken"),
            (&alice, "LPD", provide().1, "UnknownToken"),
            (&alice, "LPD", donate().1, "UnknownToken"),
            (&amo, "DUCA", withdraw(), "UnknownToken"),
            (&amo, "DUCA", provide().1, "UnknownToken"),
        ];
        let (who, asset, hook, expected) = self.chance.pick(&cases);
        if self.balance(who, asset).is_zero() {
            return;
        }
        let done = self.act("nonsense", who, asset, &Loss::Unit, |run| {
            run.hook(who, asset, one, hook)
        });
        let expected = Err((*expected).to_owned());
        self.require(done == expected, || {
            format!("12: {asset} with {hook:?}: {done:?}")
        });
    }

    /// Some of what somebody has; never more.
    fn some(&mut self, who: &Addr, asset: &str) -> Uint128 {
        let held = self.balance(who, asset);
        self.chance.amount(held).min(held)
    }
}

fn value(msg: &impl Serialize) -> Value {
    json!(msg)
}

/// A message with native DCM, and the hook with a cw20.
fn swap() -> (ExecuteMsg, ReceiveMsg) {
    let (min_out, recipient) = (Uint128::zero(), None);
    (
        ExecuteMsg::Swap {
            min_out,
            recipient: None,
        },
        ReceiveMsg::Swap { min_out, recipient },
    )
}

fn provide() -> (ExecuteMsg, ReceiveMsg) {
    let (min_lpd, recipient) = (Uint128::zero(), None);
    (
        ExecuteMsg::Provide {
            min_lpd,
            recipient: None,
        },
        ReceiveMsg::Provide { min_lpd, recipient },
    )
}

const fn donate() -> (ExecuteMsg, ReceiveMsg) {
    (ExecuteMsg::Donate {}, ReceiveMsg::Donate {})
}

const fn withdraw() -> ReceiveMsg {
    ReceiveMsg::Withdraw {
        min_dcm: Uint128::zero(),
        min_duca: Uint128::zero(),
    }
}
