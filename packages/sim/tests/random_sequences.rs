//! Long random lives of the protocol, looked at after every step (DESIGN §11, items 1–3, 8, 9,
//! 11 and 12, and that previews tell the truth).
//!
//! Each run has a seed, and a failure prints it:
//!
//! ```text
//! BALLAST_SEED=7 BALLAST_RUNS=1 BALLAST_STEPS=120 cargo test -p ballast-sim --test random_sequences
//! ```
//!
//! plays that run again; more runs or steps make the test as long as you like.
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

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
};

use ballast_sim::{Profile, World, error_name, invariants::Standing, profile::TokenProfile};
use ballast_types::{
    Token,
    debt_registry::{ReceiveMsg as RegistryHook, Valuation},
    oracle::PriceRecord,
    synth_minter::{
        AccountResponse, AssetAmount, BurnPreview, ClearFlagPreview, DepositPreview, DueAct,
        DueResponse, ExchangePreview, ExecuteMsg, FlagResponse, LiquidationPreview, MintPreview,
        PositionAfter, QueryMsg, ReceiveMsg, WithdrawPreview,
    },
    treasury,
};
use chance::{Chance, Tally, fail, runs};
use cosmwasm_std::{Addr, Coin, Decimal, Uint128, coin};
use cw_multi_test::{AppResponse, BankSudo, SudoMsg};
use cw20::Cw20ExecuteMsg;
use serde_json::{Value, json};

const RUNS: u64 = 9;
const STEPS: u64 = 180;
const USERS: [&str; 6] = ["alice", "bob", "carol", "dave", "erin", "keeper"];

#[test]
fn random_sequences() {
    let acts = [
        "liquidate",
        "under water",
        "covered",
        "clear_flag",
        "exchange",
        "claim_rewards",
        "forward_to_treasury",
        "insure",
        "switch_off",
    ];
    runs(RUNS, STEPS, &acts, |seed, steps| {
        let mut run = Run::new(seed, steps);
        run.play();
        run.tally
    });
}

// ---------------------------------------------------------------- worlds

/// Three worlds: the profile as it is; without minimum debt and stake time, fees that are not
/// minted at all; and odd decimals everywhere.
fn profile(seed: u64) -> Profile {
    let mut profile = Profile::find("dynamo").unwrap();
    match seed % 3 {
        0 => {
            profile.minter.as_mut().unwrap().params.min_stake_secs = 0;
            profile.minter.as_mut().unwrap().params.min_debt = "0".into();
            profile
                .minter
                .as_mut()
                .unwrap()
                .params
                .exchange
                .unminted_part = Decimal::one();
        }
        1 => {}
        _ => {
            for (asset, decimals) in [
                ("ATOM", 0),
                ("WETH", 8),
                ("LUSD", 18),
                ("sETH", 0),
                ("sBTC", 18),
                ("sEUR", 2),
            ] {
                profile.oracle.assets.get_mut(asset).unwrap().decimals = decimals;
            }
            profile.minter.as_mut().unwrap().params.min_stake_secs = 3_600;
            profile
                .minter
                .as_mut()
                .unwrap()
                .params
                .exchange
                .unminted_part = Decimal::zero();
        }
    }
    profile
}

struct Run {
    seed: u64,
    steps: u64,
    chance: Chance,
    world: World,
    minter: Addr,
    registry: Addr,
    treasury: Addr,
    users: Vec<Addr>,
    collaterals: Vec<String>,
    synths: Vec<String>,
    dollar: String,
    /// What holders burnt of each synth themselves.
    burnt: BTreeMap<String, Uint128>,
    /// What lies in the minter and in no book: gifts without a word.
    given: BTreeMap<String, Uint128>,
    log: Vec<String>,
    tally: Tally,
}

/// What an act may do beyond its own tokens.
#[derive(Default)]
struct Allows {
    /// The actor may end richer: penalties, gifts.
    actor_richer: bool,
    /// These may lose.
    losers: BTreeSet<Addr>,
    /// Everybody's debt may rise: bad debt is shared.
    bad_debt: bool,
}

impl Run {
    fn new(seed: u64, steps: u64) -> Self {
        let profile = profile(seed);
        let mut world = World::deploy(&profile).unwrap();
        let [minter, registry, treasury] =
            ["synth-minter", "debt-registry", "treasury"].map(|name| world.contract(name).unwrap());
        let users: Vec<Addr> = USERS.iter().map(|name| world.account(name)).collect();
        for user in &users {
            let junk = SudoMsg::Bank(BankSudo::Mint {
                to_address: user.to_string(),
                amount: vec![coin(1_000, "ujunk")],
            });
            world.app.sudo(junk).unwrap();
        }
        let mut run = Self {
            seed,
            steps,
            chance: Chance(seed),
            minter,
            registry,
            treasury,
            users,
            collaterals: profile.collaterals().map(|c| c.asset.clone()).collect(),
            synths: profile.synths().map(|s| s.asset.clone()).collect(),
            dollar: profile.minter.as_ref().unwrap().dollar.asset.clone(),
            burnt: BTreeMap::new(),
            given: BTreeMap::new(),
            log: vec![],
            tally: Tally::default(),
            world,
        };
        run.start();
        run
    }

    /// Everyone but one has a position near its issuance ratio, so that prices matter at once.
    fn start(&mut self) {
        let minter = self.minter.clone();
        for user in self.users.clone().iter().skip(1) {
            for (asset, text) in [("ATOM", "2_000 ATOM"), ("WETH", "10 WETH")] {
                let amount = self.world.amount(asset, text).unwrap();
                self.world.fund(user, asset, amount).unwrap();
            }
            let native = !self.chance.one_in(4);
            if native {
                let stake = self.world.coins("ATOM", "1_000 ATOM").unwrap();
                let deposit = ExecuteMsg::Deposit { account: None };
                self.world.execute(user, &minter, &deposit, &stake).unwrap();
            }
            if !native || self.chance.one_in(2) {
                let stake = self.world.amount("WETH", "5 WETH").unwrap();
                let deposit = ReceiveMsg::Deposit { account: None };
                self.world
                    .send(user, "WETH", stake, &minter, &deposit)
                    .unwrap();
            }
            let mint = ExecuteMsg::Mint { amount: None };
            self.world.execute(user, &minter, &mint, &[]).unwrap();
        }
        // The keeper can pay for liquidations, whatever the prices do.
        let keeper = self.users.last().unwrap().clone();
        let stake = self.world.coins("ATOM", "10_000 ATOM").unwrap();
        let deposit = ExecuteMsg::Deposit { account: None };
        self.world
            .execute(&keeper, &minter, &deposit, &stake)
            .unwrap();
        let mint = ExecuteMsg::Mint {
            amount: Some(self.world.amount("LUSD", "12_000 LUSD").unwrap()),
        };
        self.world.execute(&keeper, &minter, &mint, &[]).unwrap();
    }

    fn play(&mut self) {
        for step in 0..self.steps {
            self.log
                .push(format!("step {step}, time {}:", self.world.now()));
            self.step();
            if let Err(broken) = self.world.check_invariants() {
                self.fail(&broken.join("\n"));
            }
            self.check_supplies();
            self.check_minter();
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

    fn dollar_supply(&self) -> Uint128 {
        let token = self.world.contract(&self.dollar).unwrap();
        self.world
            .query::<cw20::TokenInfoResponse>(&token, &json!({"token_info": {}}))
            .unwrap()
            .total_supply
    }

    /// Item 1, exactly: what is recorded beyond the cw20's supply was burnt by its holders, or
    /// is a fee that is not minted yet.
    fn check_supplies(&self) {
        for synth in &self.synths {
            let burnt = self.burnt.get(synth).copied().unwrap_or_default();
            let recorded: Value = self
                .world
                .query(&self.registry, &json!({"synth": {"synth": synth}}))
                .unwrap();
            let number =
                |field: &str| -> u128 { recorded[field].as_str().unwrap().parse().unwrap() };
            let (supply, fees) = (number("supply"), number("fees_due"));
            let token = self.world.contract(synth).unwrap();
            let info: cw20::TokenInfoResponse = self
                .world
                .query(&token, &json!({"token_info": {}}))
                .unwrap();
            let exist = info.total_supply.u128();
            self.require(supply == exist + fees + burnt.u128(), || {
                format!(
                    "1: {supply} {synth} recorded, {exist} exist, {fees} not minted yet, {burnt} \
                     burnt by holders"
                )
            });
        }
    }

    /// Item 3, exactly: what the minter holds beyond its books was given to it.
    fn check_minter(&self) {
        let owed = self.world.minter_owes().unwrap();
        for asset in self.collaterals.iter().chain(&self.synths) {
            let owed = owed.get(asset).copied().unwrap_or_default();
            let given = self.given.get(asset).copied().unwrap_or_default();
            let held = self.balance(&self.minter, asset);
            self.require(held == owed + given, || {
                format!("3: the minter holds {held} {asset}, owes {owed}, was given {given}")
            });
        }
    }

    // ------------------------------------------------------------ choosing

    fn step(&mut self) {
        match self.chance.below(100) {
            0..12 => self.deposit(),
            12..22 => self.mint(),
            22..31 => self.burn(),
            31..37 => self.withdraw(),
            37..47 => self.exchange(),
            47..51 => self.price(),
            51..54 => self.crash(),
            54 => self.boom(),
            55..60 => self.wait(),
            60..67 => self.flag(),
            67..76 => self.keep(),
            76..80 => self.liquidate(),
            80..82 => self.clear_flag(),
            82..84 => self.payouts(),
            84..87 => self.insure(),
            87..91 => self.donate(),
            91..93 => self.gift(),
            93 => self.silence(),
            94 => self.burn_own(),
            95 => self.switch(),
            96 => self.retire(),
            _ => self.nonsense(),
        }
    }

    fn user(&mut self) -> Addr {
        self.chance.pick(&self.users).clone()
    }

    fn name(&self, account: &Addr) -> String {
        self.world
            .name_of(account.as_str())
            .unwrap_or("?")
            .to_owned()
    }

    fn balance(&self, holder: &Addr, asset: &str) -> Uint128 {
        self.world.balance(holder, asset).unwrap()
    }

    /// A synth, mostly one that he holds.
    fn held_synth(&mut self, who: &Addr) -> String {
        let held: Vec<String> = self
            .synths
            .iter()
            .filter(|synth| !self.balance(who, synth).is_zero())
            .cloned()
            .collect();
        if held.is_empty() || self.chance.one_in(10) {
            self.chance.pick(&self.synths).clone()
        } else {
            self.chance.pick(&held).clone()
        }
    }

    /// Whether every price can be acted on: then all valuations are one.
    fn all_live(&self) -> bool {
        self.world
            .price_views()
            .unwrap()
            .iter()
            .all(|view| view.strict.is_some())
    }

    // ------------------------------------------------------------ doing

    /// Does something at unchanged prices, and looks at everyone before and after.
    fn act(
        &mut self,
        name: &'static str,
        who: &Addr,
        what: String,
        allows: Allows,
        act: impl FnOnce(&mut World) -> anyhow::Result<AppResponse>,
    ) -> Result<AppResponse, String> {
        self.log
            .push(format!("  {name}: {} {what}", self.name(who)));
        let everyone: Vec<Addr> = self.users.iter().chain([&self.treasury]).cloned().collect();
        let before_all = self.world.standings(&everyone).unwrap();
        let dump = self.world.dump();
        let result = act(&mut self.world).map_err(|error| {
            let name = error_name(&error);
            self.log
                .push(format!("    refused: {:#}", error.root_cause()));
            name
        });
        self.tally
            .count(name, &result.as_ref().map(|_| ()).map_err(Clone::clone));
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
                ];
                let known = foreign.iter().any(|text| error.starts_with(text));
                self.require(typed || known, || {
                    format!("12: an error without a name: {error}")
                });
            }
            Ok(_) => {
                let after_all = self.world.standings(&everyone).unwrap();
                self.compare(who, &allows, &before_all, &after_all);
            }
        }
        result
    }

    /// Items 8 and 9.
    fn compare(
        &self,
        actor: &Addr,
        allows: &Allows,
        before: &BTreeMap<Addr, Standing>,
        after: &BTreeMap<Addr, Standing>,
    ) {
        // With a halted or stale synth a repayment counts at another price than the last.
        let live = self.all_live();
        for (account, after) in after {
            let before = &before[account];
            let name = self.name(account);
            if account == actor {
                let richer = after.is_richer_than(before);
                self.require(!live || allows.actor_richer || !richer, || {
                    format!(
                        "8: {name} is richer: {} before, {} after",
                        show(before),
                        show(after)
                    )
                });
            } else if !allows.losers.contains(account)
                && !allows.bad_debt
                && live
                && let Some(harm) = after.harm_since(before)
            {
                self.fail(&format!("9: {name} is harmed: {harm}"));
            }
        }
    }

    fn preview<T: serde::de::DeserializeOwned>(&self, msg: &QueryMsg) -> Result<T, String> {
        self.world.query(&self.minter, msg).map_err(|error| {
            if env::var("BALLAST_SEED").is_ok() {
                println!("    {msg:?}: {:#}", error.root_cause());
            }
            error_name(&error)
        })
    }

    /// A preview and the act say the same.
    fn agree<T, U>(&self, preview: &Result<T, String>, act: &Result<U, String>) {
        let (preview, act) = (preview.as_ref().map(|_| ()), act.as_ref().map(|_| ()));
        self.require(preview == act, || {
            format!("the preview said {preview:?}, the act {act:?}")
        });
    }

    /// What the preview said of the account holds of it now.
    fn agree_after(&self, account: &Addr, after: &PositionAfter) {
        if !self.all_live() {
            return;
        }
        let now = self.account(account);
        self.require(
            now.debt == after.debt
                && now.collateral_value == after.collateral_value
                && now.c_ratio == after.c_ratio,
            || format!("the preview said {after:?}, it is {now:?}"),
        );
    }

    fn account(&self, account: &Addr) -> AccountResponse {
        self.preview(&QueryMsg::Account {
            account: account.to_string(),
        })
        .unwrap()
    }

    /// Item 11: what is always open was not refused, whatever feeds are dead.
    fn require_open<T>(&self, act: &Result<T, String>) {
        self.require(act.is_ok(), || {
            format!("11: an exit was closed: {:?}", act.as_ref().err())
        });
    }

    fn deposit(&mut self) {
        let who = self.user();
        let asset = self.chance.pick(&self.collaterals).clone();
        let balance = self.balance(&who, &asset);
        let amount = self.chance.amount(balance);
        let receiver = if self.chance.one_in(8) {
            self.user()
        } else {
            who.clone()
        };
        let account = (receiver != who).then(|| receiver.to_string());
        let preview: Result<DepositPreview, _> = self.preview(&QueryMsg::PreviewDeposit {
            account: receiver.to_string(),
            asset: asset.clone(),
            amount,
        });
        let added = self
            .account(&receiver)
            .collateral
            .iter()
            .any(|holding| holding.asset == asset && !holding.amount.is_zero());
        let minter = self.minter.clone();
        let what = format!("{amount} {asset} for {}", self.name(&receiver));
        let token = self.world.token(&asset).unwrap();
        let act = self.act(
            "deposit",
            &who,
            what,
            Allows::default(),
            |world| match token {
                Token::Native(denom) => {
                    let funds = [Coin { denom, amount }];
                    world.execute(&who, &minter, &ExecuteMsg::Deposit { account }, &funds)
                }
                Token::Cw20(_) => world.send(
                    &who,
                    &asset,
                    amount,
                    &minter,
                    &ReceiveMsg::Deposit { account },
                ),
            },
        );
        if amount <= balance && !amount.is_zero() {
            self.agree(&preview, &act);
            if added {
                self.require_open(&act);
            }
        }
        if act.is_ok() {
            self.agree_after(&receiver, &preview.unwrap().after);
        }
    }

    fn withdraw(&mut self) {
        let who = self.user();
        let asset = self.chance.pick(&self.collaterals).clone();
        let most = self
            .preview::<WithdrawPreview>(&QueryMsg::PreviewWithdraw {
                account: who.to_string(),
                asset: asset.clone(),
                amount: None,
            })
            .map_or(Uint128::new(1_000_000), |preview| preview.amount);
        let amount = (!self.chance.one_in(4)).then(|| self.chance.amount(most));
        let preview: Result<WithdrawPreview, _> = self.preview(&QueryMsg::PreviewWithdraw {
            account: who.to_string(),
            asset: asset.clone(),
            amount,
        });
        let position = self.account(&who);
        let before = self.balance(&who, &asset);
        let minter = self.minter.clone();
        let what = format!("{amount:?} {asset}");
        let msg = ExecuteMsg::Withdraw {
            asset: asset.clone(),
            amount,
        };
        let act = self.act("withdraw", &who, what, Allows::default(), |world| {
            world.execute(&who, &minter, &msg, &[])
        });
        self.agree(&preview, &act);
        let staked = position
            .collateral
            .iter()
            .find(|holding| holding.asset == asset)
            .map_or(Uint128::zero(), |holding| holding.amount);
        let wanted = amount.unwrap_or(staked);
        if position.debt.is_zero() && !wanted.is_zero() && wanted <= staked {
            self.require_open(&act);
        }
        if let (Ok(preview), Ok(_)) = (preview, act) {
            let got = self.balance(&who, &asset) - before;
            self.require(got == preview.amount, || {
                format!("got {got}, preview {preview:?}")
            });
            self.agree_after(&who, &preview.after);
        }
    }

    fn mint(&mut self) {
        let who = self.user();
        let most = self
            .preview::<MintPreview>(&QueryMsg::PreviewMint {
                account: who.to_string(),
                amount: None,
            })
            .map_or(Uint128::new(1_000_000), |preview| preview.amount);
        let amount = (!self.chance.one_in(3)).then(|| self.chance.amount(most));
        let preview: Result<MintPreview, _> = self.preview(&QueryMsg::PreviewMint {
            account: who.to_string(),
            amount,
        });
        let dollar = self.dollar.clone();
        let before = self.balance(&who, &dollar);
        let minter = self.minter.clone();
        let msg = ExecuteMsg::Mint { amount };
        // What nobody owes is the treasury's from the next mint on.
        let orphaned = self
            .world
            .pool(Valuation::Repay)
            .unwrap()
            .total_shares
            .is_zero();
        let allows = Allows {
            losers: orphaned
                .then(|| self.treasury.clone())
                .into_iter()
                .collect(),
            ..Allows::default()
        };
        let act = self.act("mint", &who, format!("{amount:?}"), allows, |world| {
            world.execute(&who, &minter, &msg, &[])
        });
        self.agree(&preview, &act);
        if let (Ok(preview), Ok(_)) = (preview, act) {
            let got = self.balance(&who, &dollar) - before;
            self.require(got == preview.amount, || {
                format!("got {got}, preview {preview:?}")
            });
            self.agree_after(&who, &preview.after);
        }
    }

    fn burn(&mut self) {
        let who = self.user();
        let debtor = if self.chance.one_in(6) {
            self.user()
        } else {
            who.clone()
        };
        let dollar = self.dollar.clone();
        let balance = self.balance(&who, &dollar);
        let amount = self.chance.amount(balance);
        let to_target = self.chance.one_in(3);
        let preview: Result<BurnPreview, _> = self.preview(&QueryMsg::PreviewBurn {
            account: debtor.to_string(),
            amount,
            to_target,
        });
        let hook = ReceiveMsg::Burn {
            account: (debtor != who).then(|| debtor.to_string()),
            to_target,
        };
        let position = self.account(&debtor);
        let minter = self.minter.clone();
        let what = format!(
            "{amount}, to target {to_target}, for {}",
            self.name(&debtor)
        );
        let act = self.act("burn", &who, what, Allows::default(), |world| {
            world.send(&who, &dollar, amount, &minter, &hook)
        });
        if amount <= balance && !amount.is_zero() {
            self.agree(&preview, &act);
            let locked = position.stake_locked_until.is_some();
            if !to_target && !locked && !position.debt.is_zero() {
                self.require_open(&act);
            }
        }
        if let (Ok(preview), Ok(_)) = (preview, act) {
            let paid = balance - self.balance(&who, &self.dollar);
            self.require(paid == preview.amount, || {
                format!("paid {paid}, preview {preview:?}")
            });
            self.require(preview.amount + preview.refund == amount, || {
                format!("{preview:?} of {amount}")
            });
            self.agree_after(&debtor, &preview.after);
        }
    }

    fn exchange(&mut self) {
        let who = self.user();
        let from = self.held_synth(&who);
        let others: Vec<String> = self
            .synths
            .iter()
            .filter(|s| **s != from)
            .cloned()
            .collect();
        let to = if self.chance.one_in(12) {
            from.clone()
        } else {
            self.chance.pick(&others).clone()
        };
        let balance = self.balance(&who, &from);
        let amount = self.chance.amount(balance);
        let preview: Result<ExchangePreview, _> = self.preview(&QueryMsg::PreviewExchange {
            from: from.clone(),
            to: to.clone(),
            amount,
        });
        let min_out = preview
            .as_ref()
            .map_or(Uint128::zero(), |preview| preview.out);
        let hook = ReceiveMsg::Exchange {
            to: to.clone(),
            min_out,
            recipient: None,
        };
        let before = self.balance(&who, &to);
        let minter = self.minter.clone();
        let act = self.act(
            "exchange",
            &who,
            format!("{amount} {from} to {to}"),
            Allows::default(),
            |world| world.send(&who, &from, amount, &minter, &hook),
        );
        if amount <= balance && !amount.is_zero() {
            self.agree(&preview, &act);
        }
        if let (Ok(preview), Ok(_)) = (preview, act) {
            let got = self.balance(&who, &to) - before;
            self.require(got == preview.out, || {
                format!("got {got}, preview {preview:?}")
            });
        }
    }

    fn flag(&mut self) {
        let who = self.user();
        // Mostly somebody who is weak.
        let weak: Vec<Addr> = self
            .users
            .iter()
            .filter(|user| {
                self.preview::<FlagResponse>(&QueryMsg::PreviewFlag {
                    account: user.to_string(),
                })
                .is_ok()
            })
            .cloned()
            .collect();
        let account = if weak.is_empty() {
            self.user()
        } else {
            self.chance.pick(&weak).clone()
        };
        let preview: Result<FlagResponse, _> = self.preview(&QueryMsg::PreviewFlag {
            account: account.to_string(),
        });
        let minter = self.minter.clone();
        let msg = ExecuteMsg::Flag {
            account: account.to_string(),
        };
        let what = self.name(&account);
        let act = self.act("flag", &who, what, Allows::default(), |world| {
            world.execute(&who, &minter, &msg, &[])
        });
        self.agree(&preview, &act);
    }

    fn clear_flag(&mut self) {
        let who = self.user();
        let account = self.user();
        let _ = self.clear(&who, &account);
    }

    fn clear(&mut self, who: &Addr, account: &Addr) -> Result<AppResponse, String> {
        let preview: Result<ClearFlagPreview, _> = self.preview(&QueryMsg::PreviewClearFlag {
            account: account.to_string(),
        });
        let minter = self.minter.clone();
        let msg = ExecuteMsg::ClearFlag {
            account: account.to_string(),
        };
        let what = self.name(account);
        let act = self.act("clear_flag", who, what, Allows::default(), |world| {
            world.execute(who, &minter, &msg, &[])
        });
        self.agree(&preview, &act);
        act
    }

    fn liquidate(&mut self) {
        let who = self.user();
        let account = self.user();
        let balance = self.balance(&who, &self.dollar);
        let amount = self.chance.amount(balance);
        let _ = self.liquidate_with(&who, &account, amount);
    }

    fn liquidate_with(
        &mut self,
        who: &Addr,
        account: &Addr,
        amount: Uint128,
    ) -> Result<AppResponse, String> {
        let preview: Result<LiquidationPreview, _> = self.preview(&QueryMsg::PreviewLiquidate {
            account: account.to_string(),
            amount: Some(amount),
        });
        let dollar = self.dollar.clone();
        let balance = self.balance(who, &dollar);
        let seized: Vec<(String, Uint128, Uint128)> = preview
            .iter()
            .flat_map(|preview| &preview.seized)
            .map(|seized| {
                let held = self.balance(who, &seized.asset);
                (seized.asset.clone(), held, seized.liquidator)
            })
            .collect();
        let hook = ReceiveMsg::Liquidate {
            account: account.to_string(),
            min_received: seized
                .iter()
                .map(|(asset, _, amount)| AssetAmount {
                    asset: asset.clone(),
                    amount: *amount,
                })
                .collect(),
        };
        let bad_debt = preview
            .as_ref()
            .is_ok_and(|preview| !preview.bad_debt.is_zero());
        let insured = self.balance(&self.treasury, &dollar);
        let cover = preview.as_ref().map_or(Uint128::zero(), |preview| {
            let ask = treasury::QueryMsg::PreviewCover {
                contract: self.minter.to_string(),
                amount: preview.bad_debt,
            };
            self.world
                .query::<treasury::CoverResponse>(&self.treasury, &ask)
                .map_or(Uint128::zero(), |answer| answer.covered)
        });
        let allows = Allows {
            actor_richer: true,
            losers: BTreeSet::from([account.clone()]),
            bad_debt,
        };
        let minter = self.minter.clone();
        let what = format!("{} with {amount}", self.name(account));
        let name = if bad_debt { "under water" } else { "liquidate" };
        let act = self.act(name, who, what, allows, |world| {
            world.send(who, &dollar, amount, &minter, &hook)
        });
        if amount <= balance && !amount.is_zero() {
            self.agree(&preview, &act);
        }
        if let (Ok(preview), Ok(_)) = (&preview, &act) {
            self.log.push(format!("    {preview:?}"));
            let paid = balance - self.balance(who, &dollar);
            self.require(paid == preview.paid, || format!("paid {paid}"));
            for (asset, before, part) in seized {
                let got = self.balance(who, &asset) - before;
                self.require(got == part, || format!("got {got} {asset}, preview {part}"));
            }
            let covered = insured - self.balance(&self.treasury, &dollar);
            self.require(covered == cover, || {
                format!("covered {covered}, not {cover}")
            });
            if !cover.is_zero() {
                self.tally.count("covered", &Ok(()));
            }
            if !bad_debt {
                self.agree_after(account, &preview.after);
            }
        }
        act
    }

    /// The keeper does what `due` says can be done, one flag after another.
    fn keep(&mut self) {
        for _ in 0..=self.chance.below(4) {
            let due: DueResponse = self
                .preview(&QueryMsg::Due {
                    start_after: None,
                    limit: Some(30),
                })
                .unwrap();
            if due.due.is_empty() {
                let stakers = self.world.stakers().unwrap();
                let flagged = stakers.iter().any(|who| who.flag.is_some());
                if flagged || self.chance.one_in(10) {
                    self.log.push("  the keeper sleeps three days".into());
                    self.world.wait(259_200);
                }
                return;
            }
            let flag = self.chance.pick(&due.due).clone();
            self.keep_one(&flag.flag.account, flag.act);
        }
    }

    fn keep_one(&mut self, account: &Addr, act: DueAct) {
        let keeper = self.users.last().unwrap().clone();
        let DueAct::Liquidate { most, .. } = act else {
            let act = self.clear(&keeper, account);
            self.require(act.is_ok(), || format!("due said clear, it was {act:?}"));
            return;
        };
        let all: Result<LiquidationPreview, _> = self.preview(&QueryMsg::PreviewLiquidate {
            account: account.to_string(),
            amount: None,
        });
        // Nobody can pay more dollars than there are, so such a preview may refuse.
        let payable = most <= self.dollar_supply();
        let agrees = all.as_ref().map_or(!payable, |all| all.most == most);
        self.require(agrees, || format!("due said {most}, the preview {all:?}"));
        let balance = self.balance(&keeper, &self.dollar);
        let amount = self.chance.amount(most.min(balance)).min(balance);
        if !amount.is_zero() {
            let act = self.liquidate_with(&keeper, account, amount);
            // A unit may be too little to close anything; all of it never is.
            if amount == most {
                self.require(act.is_ok(), || format!("due said liquidate: {act:?}"));
            }
        }
    }

    fn payouts(&mut self) {
        let who = self.user();
        let minter = self.minter.clone();
        let due: Vec<String> = self.world.treasury_due().unwrap().into_keys().collect();
        if !due.is_empty() && self.chance.one_in(2) {
            let assets = vec![self.chance.pick(&due).clone()];
            let what = format!("{assets:?}");
            let msg = ExecuteMsg::ForwardToTreasury { assets };
            let allows = Allows::default();
            let act = self.act("forward_to_treasury", &who, what, allows, |world| {
                world.execute(&who, &minter, &msg, &[])
            });
            self.require(act.is_ok(), || format!("{act:?}"));
            return;
        }
        for user in self.users.clone() {
            let rewards: Vec<String> = self.world.rewards(&user).unwrap().into_keys().collect();
            if rewards.is_empty() {
                continue;
            }
            let what = format!("{rewards:?} for {}", self.name(&user));
            let msg = ExecuteMsg::ClaimRewards {
                account: Some(user.to_string()),
                assets: rewards,
            };
            let allows = Allows {
                losers: BTreeSet::from([user.clone()]),
                ..Allows::default()
            };
            let worth = self.world.standing(&user).unwrap().worth;
            let act = self.act("claim_rewards", &who, what, allows, |world| {
                world.execute(&who, &minter, &msg, &[])
            });
            self.require(act.is_ok(), || format!("{act:?}"));
            let after = self.world.standing(&user).unwrap().worth;
            self.require(after == worth, || "a claim changed what he has".into());
        }
    }

    /// Money becomes insurance; the owner spends some.
    fn insure(&mut self) {
        let treasury = self.treasury.clone();
        let dollar = self.dollar.clone();
        let token = Token::Cw20(self.world.contract(&dollar).unwrap());
        let token = json!(token);
        if self.chance.one_in(3) {
            let owner = self.world.account("owner");
            let held: treasury::BalanceResponse = self
                .world
                .query(&treasury, &json!({"balance": {"token": token}}))
                .unwrap();
            let amount = self.chance.amount(held.spendable);
            let recipient = self.user();
            let msg = json!({"spend": {"token": token, "amount": amount, "recipient": recipient}});
            let allows = Allows {
                losers: BTreeSet::from([treasury.clone()]),
                ..Allows::default()
            };
            let _ = self.act("spend", &owner, amount.to_string(), allows, |world| {
                world.execute(&owner, &treasury, &msg, &[])
            });
            return;
        }
        let who = self.user();
        let balance = self.balance(&who, &dollar);
        let amount = Uint128::new(self.chance.below(balance.u128() / 20 + 2));
        let hook = treasury::ReceiveMsg::Deposit {
            tag: *self
                .chance
                .pick(&[treasury::Tag::Insurance, treasury::Tag::Gift]),
        };
        let _ = self.act(
            "insure",
            &who,
            amount.to_string(),
            Allows::default(),
            |world| world.send(&who, &dollar, amount, &treasury, &hook),
        );
    }

    /// Burns a synth for everyone's debt.
    fn donate(&mut self) {
        let who = self.user();
        let synth = self.held_synth(&who);
        let balance = self.balance(&who, &synth);
        let amount = Uint128::new(self.chance.below(balance.u128() / 20 + 2));
        let registry = self.registry.clone();
        let what = format!("{amount} {synth}");
        let _ = self.act("donate", &who, what, Allows::default(), |world| {
            world.send(&who, &synth, amount, &registry, &RegistryHook::Donate {})
        });
    }

    /// Sends tokens to a contract or a user without a word: nobody's numbers change.
    fn gift(&mut self) {
        let who = self.user();
        let assets: Vec<String> = self
            .collaterals
            .iter()
            .chain(&self.synths)
            .cloned()
            .collect();
        let asset = self.chance.pick(&assets).clone();
        let balance = self.balance(&who, &asset);
        let amount = Uint128::new(self.chance.below(balance.u128() / 20 + 2));
        let receivers = [
            self.minter.clone(),
            self.registry.clone(),
            self.treasury.clone(),
            self.user(),
        ];
        let receiver = self.chance.pick(&receivers).clone();
        let what = format!("{amount} {asset} to {}", self.name(&receiver));
        let debts = |run: &Self| -> Vec<Uint128> {
            let standings = run.world.standings(&run.users).unwrap();
            standings
                .into_values()
                .map(|standing| standing.debt)
                .collect()
        };
        let before = debts(self);
        let allows = Allows {
            losers: BTreeSet::from([who.clone()]),
            ..Allows::default()
        };
        let act = self.act("gift", &who, what, allows, |world| {
            world.transfer(&who, &receiver, &asset, amount)
        });
        if act.is_ok() && receiver == self.minter {
            *self.given.entry(asset).or_default() += amount;
        }
        self.require(debts(self) == before, || "a gift changed a debt".into());
    }

    /// A holder burns his own synth at its cw20: the recorded supply does not follow.
    fn burn_own(&mut self) {
        let who = self.user();
        let synth = self.held_synth(&who);
        let balance = self.balance(&who, &synth);
        let amount = Uint128::new(self.chance.below(balance.u128() / 50 + 2));
        let token = self.world.contract(&synth).unwrap();
        let what = format!("{amount} {synth}");
        let act = self.act("burn_own", &who, what, Allows::default(), |world| {
            world.execute(&who, &token, &Cw20ExecuteMsg::Burn { amount }, &[])
        });
        if act.is_ok() {
            *self.burnt.entry(synth).or_default() += amount;
        }
    }

    // ------------------------------------------------------------ the world moves

    fn price(&mut self) {
        let assets: Vec<String> = self
            .world
            .profile()
            .embedded
            .prices
            .keys()
            .cloned()
            .collect();
        let asset = if self.chance.one_in(2) {
            self.chance.pick(&self.collaterals).clone()
        } else {
            self.chance.pick(&assets).clone()
        };
        if self.is_retired(&asset) {
            return;
        }
        let price = self.world.prices().unwrap()[&asset];
        let percent = match self.chance.below(10) {
            0..6 => 95 + self.chance.below(11),
            6 => 85 + self.chance.below(31),
            7 => 50 + self.chance.below(35),
            8 => 110 + self.chance.below(40),
            // Far off: the breaker trips.
            _ => *self.chance.pick(&[1, 1_000]),
        };
        let moved = price * Decimal::percent(percent as u64) + Decimal::raw(1);
        self.log
            .push(format!("  price: {asset} {price} → {moved} ({percent} %)"));
        if let Err(error) = self.world.set_price(&asset, moved) {
            // The collateral is worth nothing any more, or more than the world.
            self.require(error_name(&error) == "PriceOutOfRange", || {
                format!("{error:#}")
            });
            self.world.set_price(&asset, Decimal::one()).unwrap();
        }
    }

    /// A collateral falls and falls, slowly enough for the breaker; then everyone weak is flagged
    /// and, mostly, the keeper does his work when the grace is over.
    fn crash(&mut self) {
        let asset = self.chance.pick(&self.collaterals).clone();
        for _ in 0..=self.chance.below(4) {
            self.slide(&asset, 60 + self.chance.0 as u128 % 15);
        }
        self.wake_feeds();
        for _ in 0..self.users.len() {
            self.flag();
        }
        if !self.chance.one_in(4) {
            self.log.push("  three days pass".into());
            self.world.wait(259_200);
            self.keep();
        }
    }

    /// A collateral rises and rises.
    fn boom(&mut self) {
        let asset = self.chance.pick(&self.collaterals).clone();
        for _ in 0..=self.chance.below(5) {
            self.slide(&asset, 125 + self.chance.0 as u128 % 20);
        }
    }

    /// One step of a price, and the average comes after it.
    fn slide(&mut self, asset: &str, percent: u128) {
        let price = self.world.prices().unwrap()[asset];
        let moved = price * Decimal::percent(percent as u64);
        self.log.push(format!("  slide: {asset} {price} → {moved}"));
        if self.world.set_price(asset, moved).is_ok() {
            self.world.wait(1_800);
        }
    }

    fn wait(&mut self) {
        if self.chance.one_in(3) {
            // Quiet rounds: fees fall again, halts end.
            self.log.push("  quiet for half an hour".into());
            for _ in 0..30 {
                self.world.wait(60);
            }
            return;
        }
        let secs = *self
            .chance
            .pick(&[1, 4, 5, 60, 599, 700, 3_600, 86_400, 259_200, 604_800]);
        self.log.push(format!("  wait {secs}"));
        self.world.wait(secs);
    }

    /// A feed falls silent, or they all speak again.
    fn silence(&mut self) {
        let assets: Vec<String> = self
            .world
            .profile()
            .embedded
            .prices
            .keys()
            .cloned()
            .collect();
        if self.chance.one_in(2) {
            let asset = self.chance.pick(&assets).clone();
            self.log.push(format!("  silence: {asset}"));
            self.world.silence(&asset, true).unwrap();
            self.world.wait(700);
        } else {
            self.wake_feeds();
        }
    }

    /// The guardian switches an operation off, or the owner switches all of them on. What is
    /// always open has no switch, so `require_open` holds through it.
    fn switch(&mut self) {
        let switches = [
            ("synth-minter", "deposit"),
            ("synth-minter", "withdraw"),
            ("synth-minter", "mint"),
            ("synth-minter", "flag"),
            ("synth-minter", "exchange"),
            ("debt-registry", "issue"),
            ("debt-registry", "exchange"),
            ("treasury", "spend"),
            ("treasury", "cover"),
        ];
        let (owner, guardian) = (self.world.account("owner"), self.world.account("guardian"));
        if self.chance.one_in(3) {
            let (contract, operation) = *self.chance.pick(&switches);
            let contract = self.world.contract(contract).unwrap();
            let msg = json!({"switch_off": {"operation": operation}});
            let what = operation.to_owned();
            let _ = self.act("switch_off", &guardian, what, Allows::default(), |world| {
                world.execute(&guardian, &contract, &msg, &[])
            });
            return;
        }
        for (contract, operation) in switches {
            let contract = self.world.contract(contract).unwrap();
            let msg = json!({"switch_on": {"operation": operation}});
            let _ = self.world.execute(&owner, &contract, &msg, &[]);
        }
        self.log.push("  all switches on".into());
    }

    /// The owner retires a synth, at its price or another; never the last feed of all.
    fn retire(&mut self) {
        let synths = ["sBTC", "sEUR"];
        let synth = *self.chance.pick(&synths);
        if self.is_retired(synth) || !self.chance.one_in(3) {
            return;
        }
        let owner = self.world.account("owner");
        let oracle = self.world.contract("oracle").unwrap();
        let price = self.world.prices().unwrap()[synth];
        let last = price * Decimal::percent(90 + self.chance.below(21) as u64);
        let announce = json!({"announce_retirement": {"asset": synth, "price": last}});
        self.log
            .push(format!("  retire: {synth} at {last}, now {price}"));
        self.world.execute(&owner, &oracle, &announce, &[]).unwrap();
        self.world.wait(86_400);
        let retire = json!({"retire_synth": {"asset": synth}});
        self.world.execute(&owner, &oracle, &retire, &[]).unwrap();
        self.world.wait(5);
        self.require(self.world.prices().unwrap()[synth] == last, || {
            format!("{synth} retired at another price")
        });
    }

    fn is_retired(&self, asset: &str) -> bool {
        self.world.price_views().unwrap().iter().any(|view| {
            let record = view.record.as_ref();
            view.asset == asset && record.is_some_and(PriceRecord::is_retired)
        })
    }

    fn wake_feeds(&mut self) {
        self.log.push("  all feeds speak".into());
        let feeds = self.world.profile().embedded.prices.clone();
        for asset in feeds.keys() {
            self.world.silence(asset, false).unwrap();
        }
        self.world.wait(5);
    }

    // ------------------------------------------------------------ item 12

    /// A message that nobody may send, or that makes no sense: refused, by name, whoever and
    /// whenever.
    fn nonsense(&mut self) {
        let who = self.user();
        let other = self.user();
        let dollar_token = self.world.contract(&self.dollar).unwrap();
        let weth = self.world.contract("WETH").unwrap();
        let oracle = self.world.contract("oracle").unwrap();
        let (minter, registry, treasury) = (
            self.minter.clone(),
            self.registry.clone(),
            self.treasury.clone(),
        );
        let native = self
            .world
            .profile()
            .collaterals()
            .find_map(|collateral| match &collateral.token {
                TokenProfile::Native(denom) => Some(denom.clone()),
                _ => None,
            })
            .unwrap();
        let spoof = |hook: &Value| {
            json!({"receive": {
                "sender": other, "amount": "1000000",
                "msg": cosmwasm_std::to_json_binary(hook).unwrap(),
            }})
        };
        let funds = vec![coin(1, native.clone())];
        let max = Uint128::MAX.to_string();
        let messages: Vec<(&Addr, Value, Vec<Coin>)> = vec![
            (&minter, json!({"deposit": {}}), vec![]),
            (&minter, json!({"deposit": {}}), vec![coin(5, "ujunk")]),
            (
                &minter,
                json!({"deposit": {}}),
                vec![coin(1, "ujunk"), coin(1, native)],
            ),
            (
                &minter,
                json!({"deposit": {"account": "nobody"}}),
                funds.clone(),
            ),
            (&minter, json!({"mint": {}}), funds.clone()),
            (&minter, json!({"mint": {"amount": "0"}}), vec![]),
            (&minter, json!({"mint": {"amount": max}}), vec![]),
            (&minter, json!({"withdraw": {"asset": "GOLD"}}), vec![]),
            (&minter, json!({"withdraw": {"asset": self.dollar}}), vec![]),
            (
                &minter,
                json!({"withdraw": {"asset": "ATOM", "amount": "0"}}),
                vec![],
            ),
            (
                &minter,
                json!({"withdraw": {"asset": "ATOM", "amount": max}}),
                vec![],
            ),
            (&minter, json!({"flag": {"account": "nobody"}}), vec![]),
            (&minter, json!({"flag": {"account": other}}), funds.clone()),
            (
                &minter,
                json!({"clear_flag": {"account": registry}}),
                vec![],
            ),
            (
                &minter,
                json!({"forward_to_treasury": {"assets": ["GOLD"]}}),
                vec![],
            ),
            (
                &minter,
                json!({"claim_rewards": {"assets": ["GOLD"]}}),
                vec![],
            ),
            (&minter, spoof(&json!({"deposit": {}})), vec![]),
            (&minter, spoof(&json!({"burn": {}})), vec![]),
            (
                &minter,
                spoof(&json!({"liquidate": {"account": other}})),
                vec![],
            ),
            (
                &minter,
                spoof(&json!({"exchange": {"to": "sETH", "min_out": "0"}})),
                vec![],
            ),
            (
                &minter,
                json!({"accept_synth": {
                    "synth": "GOLD", "token": other, "decimals": 6, "is_dollar": true,
                }}),
                vec![],
            ),
            (
                &minter,
                json!({"update_collateral": {"asset": "ATOM", "cap": "0"}}),
                vec![],
            ),
            (
                &minter,
                json!({"switch_off": {"operation": "mint"}}),
                vec![],
            ),
            (
                &minter,
                json!({"update_ownership": "accept_ownership"}),
                vec![],
            ),
            (&minter, json!({"set_guardian": {"guardian": who}}), vec![]),
            (
                &registry,
                json!({"issue": {"account": who, "max_debt": max, "min_debt": "0"}}),
                vec![],
            ),
            (
                &registry,
                json!({"repay": {"account": who, "burnt": "1", "refund_to": who}}),
                vec![],
            ),
            (
                &registry,
                json!({"liquidate": {"account": who, "paid": "0", "debt_closed": "1"}}),
                vec![],
            ),
            (
                &registry,
                json!({"exchange": {
                    "from": "sETH", "amount": "1", "to": self.dollar,
                    "recipient": who, "out": "1", "fee": "0",
                }}),
                vec![],
            ),
            (
                &treasury,
                spoof(&json!({"deposit": {"tag": "insurance"}})),
                vec![],
            ),
            (&registry, spoof(&json!({"donate": {}})), vec![]),
            (
                &registry,
                json!({"set_ceiling": {"synth": "sETH", "ceiling": "0"}}),
                vec![],
            ),
            (&treasury, json!({"cover": {"amount": "1"}}), vec![]),
            (&treasury, json!({"deposit": {"tag": "gift"}}), vec![]),
            (&treasury, json!({"revoke": {"contract": minter}}), vec![]),
            (
                &treasury,
                json!({"spend": {
                    "token": {"cw20": dollar_token}, "amount": "1", "recipient": who,
                }}),
                vec![],
            ),
            (
                &oracle,
                json!({"push": {"prices": [{"asset": "ATOM", "price": "1000"}]}}),
                vec![],
            ),
            (&oracle, json!({"push": {"prices": []}}), vec![]),
            (&oracle, json!({"poke": {"assets": ["GOLD"]}}), vec![]),
            (&oracle, json!({"end_halt": {"asset": "ATOM"}}), vec![]),
            (&oracle, json!({"retire_synth": {"asset": "sETH"}}), vec![]),
            (
                &dollar_token,
                json!({"mint": {"recipient": who, "amount": "1"}}),
                vec![],
            ),
            (
                &weth,
                json!({"mint": {"recipient": who, "amount": "1"}}),
                vec![],
            ),
        ];
        let (contract, msg, funds) = self.chance.pick(&messages).clone();
        let contract = contract.clone();
        let what = format!("{} {msg} {funds:?}", self.name(&contract));
        let act = self.act("nonsense", &who, what, Allows::default(), |world| {
            world.execute(&who, &contract, &msg, &funds)
        });
        // A treasury takes any coin; it was sent none.
        self.require(act.is_err(), || "nonsense was accepted".into());
    }
}

fn show(standing: &Standing) -> String {
    format!(
        "wallet {:?}, staked {:?}, debt {}",
        standing.wallet, standing.staked, standing.debt
    )
}
