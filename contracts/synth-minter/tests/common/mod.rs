//! A stage for tests of the minter: a world, and short words for what people do in it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests, each of which uses a part"
)]

use std::cell::RefCell;

use anyhow::Result as AnyResult;
use ballast_sim::{Profile, World, error_name};
use ballast_types::{
    Token,
    debt_registry::{self, PoolResponse, Valuation},
    synth_minter::{
        AccountResponse, AssetAmount, BurnPreview, ClearFlagPreview, CollateralResponse,
        DepositPreview, ExchangePreview, ExecuteMsg, FlagResponse, LiquidationPreview, MintPreview,
        Operation, Params, PositionAfter, QueryMsg, ReceiveMsg, WithdrawPreview,
    },
    treasury,
};
use cosmwasm_std::{Addr, Coin, Decimal, Event, Uint128};
use cw_multi_test::{AppResponse, BankSudo, SudoMsg};
use serde::{Serialize, de::DeserializeOwned};

/// One whole token of six decimals.
pub const ONE: u128 = 1_000_000;
/// One whole token of eighteen decimals.
pub const ETHER: u128 = 1_000_000_000_000_000_000;
/// Three days.
pub const GRACE: u64 = 259_200;
/// Seven days.
pub const EXPIRY: u64 = 604_800;
/// After this long without a push a price is stale.
pub const MAX_AGE: u64 = 600;

/// LIFE at $0.50 (6 decimals, native) and WETH at $2,000 (18, cw20) back LUSD, sEUR and sETH.
/// No minimum stake time, no minimum debt, 60 : 20 : 20 of each penalty.
const PROFILE: &str = "
name: stage
oracle:
  rule: { max_deviation: 3.0 }
  assets:
    LIFE: { decimals: 6 }
    WETH: { decimals: 18 }
    LUSD: { decimals: 6, sources: { fixed: 1.0 } }
    sEUR: { decimals: 6 }
    sETH: { decimals: 18 }
minter:
  params:
    min_stake_secs: 0
    min_debt: 0
    penalty_split: { liquidator: 0.6, flagger: 0.2, treasury: 0.2 }
  dollar: { asset: LUSD, ceiling: 1_000_000 LUSD }
  synths:
    - { asset: sEUR, ceiling: 1_000_000 sEUR }
    - { asset: sETH, ceiling: 1_000 sETH }
  collaterals:
    - { asset: LIFE, token: { native: ulife }, cap: 10_000_000 LIFE }
    - asset: WETH
      token: { cw20: Wrapped Ether }
      terms: { issuance_ratio: 3.0, flag_ratio: 2.0, liquidation_penalty: 0.08 }
      cap: 1_000 WETH
treasury:
  cover: { amount: 1_000 LUSD, period_secs: 86_400 }
  limits:
    LUSD: { amount: 1_000 LUSD, period_secs: 86_400 }
embedded:
  prices: { LIFE: 0.50, WETH: 2000.0, sEUR: 1.25, sETH: 2000.0 }
  accounts:
    teddy: [100 LIFE]
    alice: [1_000_000 LIFE, 100 WETH]
    bob: [1_000_000 LIFE, 100 WETH]
    keeper: [1_000_000 LIFE, 100 WETH]
    other: [1_000_000 LIFE, 100 WETH]
";

thread_local! {
    /// Whose events the tests look at: the registry has some of the same names.
    static MINTER: RefCell<String> = const { RefCell::new(String::new()) };
}

pub struct Stage {
    pub world: World,
    pub minter: Addr,
}

pub fn profile() -> Profile {
    Profile::parse(PROFILE).unwrap()
}

impl Stage {
    pub fn new() -> Self {
        Self::of(&profile())
    }

    /// The stage with another profile.
    pub fn with(change: impl FnOnce(&mut Profile)) -> Self {
        let mut profile = profile();
        change(&mut profile);
        Self::of(&profile)
    }

    pub fn of(profile: &Profile) -> Self {
        let world = World::deploy(profile).unwrap();
        let minter = world.contract("synth-minter").unwrap();
        MINTER.set(minter.to_string());
        Self { world, minter }
    }

    /// The stage with a breaker that a crash of LIFE trips too; its price may still halve.
    pub fn narrow() -> Self {
        Self::with(|profile| {
            let life = profile.oracle.assets.get_mut("LIFE").unwrap();
            life.rule.max_deviation = Some(Decimal::percent(60));
        })
    }

    /// Teddy has staked 9 LIFE at $0.50 and minted all he may: 1 LUSD.
    pub fn teddy() -> Self {
        Self::new().with_teddy()
    }

    pub fn with_teddy(mut self) -> Self {
        self.deposit("teddy", "LIFE", 9 * ONE).unwrap();
        self.mint("teddy", None).unwrap();
        assert_eq!(self.debt("teddy"), ONE);
        self
    }

    /// Teddy at 225 %, flagged by `other`, his grace over. The keeper holds LUSD.
    pub fn due_teddy() -> Self {
        Self::teddy().made_due("0.25")
    }

    /// Gives the keeper LUSD, lets LIFE fall, and flags Teddy until his grace is over.
    pub fn made_due(mut self, price: &str) -> Self {
        self.fund_keeper(1_000);
        self.price("LIFE", price);
        self.flag("other", "teddy").unwrap();
        self.world.wait(GRACE);
        self
    }

    /// The keeper mints whole LUSD against more than enough WETH.
    pub fn fund_keeper(&mut self, lusd: u128) {
        self.deposit("keeper", "WETH", 50 * ETHER).unwrap();
        self.mint("keeper", Some(lusd * ONE)).unwrap();
    }

    // -------------------------------------------------------------- who and what

    pub fn who(&mut self, name: &str) -> Addr {
        self.world.account(name)
    }

    pub fn at(&self, name: &str) -> Addr {
        self.world
            .address(name)
            .unwrap_or_else(|| panic!("no {name}"))
    }

    pub fn price(&mut self, asset: &str, price: &str) {
        self.world.set_price(asset, dec(price)).unwrap();
    }

    /// Stops an asset's feeds and waits until its price is too old.
    pub fn kill(&mut self, asset: &str) {
        self.world.silence(asset, true).unwrap();
        self.world.wait(MAX_AGE + 1);
    }

    /// A price ×76,000 away: the oracle halts the asset.
    pub fn halt(&mut self, asset: &str, price: &str) {
        self.price(asset, price);
        self.world.wait(5);
    }

    // -------------------------------------------------------------- acts

    pub fn act(&mut self, who: &str, msg: &ExecuteMsg) -> AnyResult<AppResponse> {
        self.act_with(who, msg, &[])
    }

    pub fn act_with(
        &mut self,
        who: &str,
        msg: &ExecuteMsg,
        funds: &[Coin],
    ) -> AnyResult<AppResponse> {
        let (sender, minter) = (self.who(who), self.minter.clone());
        self.world.execute(&sender, &minter, msg, funds)
    }

    /// Sends a cw20 to the minter with a hook.
    pub fn hook(
        &mut self,
        who: &str,
        asset: &str,
        amount: u128,
        hook: &(impl Serialize + ?Sized),
    ) -> AnyResult<AppResponse> {
        let (sender, minter) = (self.who(who), self.minter.clone());
        self.world
            .send(&sender, asset, amount.into(), &minter, hook)
    }

    pub fn deposit(&mut self, who: &str, asset: &str, amount: u128) -> AnyResult<AppResponse> {
        self.deposit_msg(who, asset, amount, None)
    }

    pub fn deposit_for(
        &mut self,
        who: &str,
        asset: &str,
        amount: u128,
        account: &str,
    ) -> AnyResult<AppResponse> {
        let account = self.who(account).to_string();
        self.deposit_msg(who, asset, amount, Some(account))
    }

    fn deposit_msg(
        &mut self,
        who: &str,
        asset: &str,
        amount: u128,
        account: Option<String>,
    ) -> AnyResult<AppResponse> {
        match self.world.token(asset).unwrap() {
            Token::Native(denom) => {
                let funds = [Coin::new(amount, denom)];
                self.act_with(who, &ExecuteMsg::Deposit { account }, &funds)
            }
            Token::Cw20(_) => self.hook(who, asset, amount, &ReceiveMsg::Deposit { account }),
        }
    }

    pub fn withdraw(
        &mut self,
        who: &str,
        asset: &str,
        amount: Option<u128>,
    ) -> AnyResult<AppResponse> {
        let msg = ExecuteMsg::Withdraw {
            asset: asset.to_owned(),
            amount: amount.map(Uint128::new),
        };
        self.act(who, &msg)
    }

    pub fn mint(&mut self, who: &str, amount: Option<u128>) -> AnyResult<AppResponse> {
        let amount = amount.map(Uint128::new);
        self.act(who, &ExecuteMsg::Mint { amount })
    }

    pub fn burn(&mut self, who: &str, amount: u128) -> AnyResult<AppResponse> {
        self.burn_for(who, who, amount, false)
    }

    pub fn burn_for(
        &mut self,
        who: &str,
        account: &str,
        amount: u128,
        to_target: bool,
    ) -> AnyResult<AppResponse> {
        let account = Some(self.who(account).to_string());
        self.hook(
            who,
            "LUSD",
            amount,
            &ReceiveMsg::Burn { account, to_target },
        )
    }

    pub fn flag(&mut self, who: &str, account: &str) -> AnyResult<AppResponse> {
        let account = self.who(account).to_string();
        self.act(who, &ExecuteMsg::Flag { account })
    }

    pub fn clear_flag(&mut self, who: &str, account: &str) -> AnyResult<AppResponse> {
        let account = self.who(account).to_string();
        self.act(who, &ExecuteMsg::ClearFlag { account })
    }

    pub fn liquidate(&mut self, who: &str, account: &str, amount: u128) -> AnyResult<AppResponse> {
        self.liquidate_for(who, account, amount, &[])
    }

    pub fn liquidate_for(
        &mut self,
        who: &str,
        account: &str,
        amount: u128,
        least: &[(&str, u128)],
    ) -> AnyResult<AppResponse> {
        let account = self.who(account).to_string();
        let min_received = least
            .iter()
            .map(|(id, least)| amount_of(id, *least))
            .collect();
        let hook = ReceiveMsg::Liquidate {
            account,
            min_received,
        };
        self.hook(who, "LUSD", amount, &hook)
    }

    pub fn exchange(
        &mut self,
        who: &str,
        from: &str,
        amount: u128,
        to: &str,
    ) -> AnyResult<AppResponse> {
        let hook = ReceiveMsg::Exchange {
            to: to.to_owned(),
            min_out: Uint128::zero(),
            recipient: None,
        };
        self.hook(who, from, amount, &hook)
    }

    pub fn forward(&mut self, assets: &[&str]) -> AnyResult<AppResponse> {
        let assets = strings(assets);
        self.act("other", &ExecuteMsg::ForwardToTreasury { assets })
    }

    pub fn claim(&mut self, who: &str, assets: &[&str]) -> AnyResult<AppResponse> {
        let assets = strings(assets);
        let account = None;
        self.act(who, &ExecuteMsg::ClaimRewards { account, assets })
    }

    pub fn switch_off_everything(&mut self) {
        for operation in OPERATIONS {
            self.act("guardian", &ExecuteMsg::SwitchOff { operation })
                .unwrap();
        }
        for operation in [
            debt_registry::Operation::Issue,
            debt_registry::Operation::Exchange,
        ] {
            let msg = debt_registry::ExecuteMsg::SwitchOff { operation };
            self.other_contract("guardian", "debt-registry", &msg)
                .unwrap();
        }
        for operation in [treasury::Operation::Spend, treasury::Operation::Cover] {
            let msg = treasury::ExecuteMsg::SwitchOff { operation };
            self.other_contract("guardian", "treasury", &msg).unwrap();
        }
    }

    pub fn other_contract(
        &mut self,
        who: &str,
        contract: &str,
        msg: &impl Serialize,
    ) -> AnyResult<AppResponse> {
        let (sender, contract) = (self.who(who), self.at(contract));
        self.world.execute(&sender, &contract, msg, &[])
    }

    pub fn update_params(&mut self, change: impl FnOnce(&mut Params)) {
        let mut params = self.params();
        change(&mut params);
        self.act("owner", &ExecuteMsg::UpdateParams { params })
            .unwrap();
    }

    /// Gives a wallet some of a denom that the minter does not know.
    pub fn mint_denom(&mut self, who: &str, denom: &str, amount: u128) {
        let to_address = self.who(who).to_string();
        let amount = vec![Coin::new(amount, denom)];
        self.world
            .app
            .sudo(SudoMsg::Bank(BankSudo::Mint { to_address, amount }))
            .unwrap();
    }

    /// Insurance of `amount` base units of LUSD, given by the keeper.
    pub fn insure(&mut self, amount: u128) {
        let hook = treasury::ReceiveMsg::Deposit {
            tag: treasury::Tag::Insurance,
        };
        let (keeper, treasury) = (self.who("keeper"), self.at("treasury"));
        self.world
            .send(&keeper, "LUSD", amount.into(), &treasury, &hook)
            .unwrap();
    }

    // -------------------------------------------------------------- refusals

    /// Expects the act to be refused with the error of that name, and nothing to be changed.
    /// Gives the whole text.
    pub fn refused(
        &mut self,
        name: &str,
        act: impl FnOnce(&mut Self) -> AnyResult<AppResponse>,
    ) -> String {
        let before = self.world.dump();
        let error = act(self).expect_err(&format!("{name} was expected"));
        assert_eq!(error_name(&error), name, "{error:#}");
        assert!(self.world.is_unchanged(&before), "{name} left a trace");
        format!("{error:#}")
    }

    /// As [`Stage::refused`], and each of the figures is in the text.
    pub fn refused_with(
        &mut self,
        name: &str,
        figures: &[&str],
        act: impl FnOnce(&mut Self) -> AnyResult<AppResponse>,
    ) {
        let text = self.refused(name, act);
        for figure in figures {
            assert!(text.contains(figure), "no {figure} in: {text}");
        }
    }

    // -------------------------------------------------------------- answers

    pub fn ask<T: DeserializeOwned>(&self, msg: &QueryMsg) -> AnyResult<T> {
        self.world.query(&self.minter, msg)
    }

    pub fn params(&self) -> Params {
        let config: ballast_types::synth_minter::ConfigResponse =
            self.ask(&QueryMsg::Config {}).unwrap();
        config.params
    }

    pub fn account(&self, name: &str) -> AccountResponse {
        let account = self.at(name).to_string();
        self.ask(&QueryMsg::Account { account }).unwrap()
    }

    pub fn debt(&self, name: &str) -> u128 {
        self.account(name).debt.u128()
    }

    pub fn staked(&self, name: &str, asset: &str) -> u128 {
        self.account(name)
            .collateral
            .iter()
            .find(|holding| holding.asset == asset)
            .map_or(0, |holding| holding.amount.u128())
    }

    pub fn flag_of(&self, name: &str) -> Option<FlagResponse> {
        self.account(name).flag
    }

    pub fn wallet(&self, name: &str, asset: &str) -> u128 {
        self.world.balance(&self.at(name), asset).unwrap().u128()
    }

    pub fn collateral(&self, asset: &str) -> CollateralResponse {
        let asset = asset.to_owned();
        self.ask(&QueryMsg::Collateral { asset }).unwrap()
    }

    pub fn pool(&self, valuation: Valuation) -> PoolResponse {
        let msg = debt_registry::QueryMsg::Pool {
            issuer: self.minter.to_string(),
            valuation,
        };
        self.world.query(&self.at("debt-registry"), &msg).unwrap()
    }

    /// What the pool owes, in base units of LUSD, rounded up.
    pub fn pool_debt(&self) -> u128 {
        self.pool(Valuation::Repay).debt_units.u128()
    }

    pub fn supply(&self, synth: &str) -> u128 {
        let msg = debt_registry::QueryMsg::Synth {
            synth: synth.to_owned(),
        };
        let synth: debt_registry::SynthResponse =
            self.world.query(&self.at("debt-registry"), &msg).unwrap();
        synth.supply.u128()
    }

    pub fn treasury_due(&self) -> Vec<(String, u128)> {
        let due: Vec<AssetAmount> = self
            .ask(&QueryMsg::TreasuryDue {
                start_after: None,
                limit: None,
            })
            .unwrap();
        pairs(due)
    }

    pub fn rewards(&self, name: &str) -> Vec<(String, u128)> {
        let account = self.at(name).to_string();
        pairs(self.ask(&QueryMsg::Rewards { account }).unwrap())
    }

    /// The account as events and previews show it.
    pub fn after(&self, name: &str) -> PositionAfter {
        let AccountResponse {
            debt,
            collateral_value,
            c_ratio,
            ..
        } = self.account(name);
        PositionAfter {
            debt,
            collateral_value,
            c_ratio,
        }
    }

    // -------------------------------------------------------------- previews

    pub fn preview_deposit(
        &self,
        who: &str,
        asset: &str,
        amount: u128,
    ) -> AnyResult<DepositPreview> {
        self.ask(&QueryMsg::PreviewDeposit {
            account: self.at(who).to_string(),
            asset: asset.to_owned(),
            amount: amount.into(),
        })
    }

    pub fn preview_withdraw(
        &self,
        who: &str,
        asset: &str,
        amount: Option<u128>,
    ) -> AnyResult<WithdrawPreview> {
        self.ask(&QueryMsg::PreviewWithdraw {
            account: self.at(who).to_string(),
            asset: asset.to_owned(),
            amount: amount.map(Uint128::new),
        })
    }

    pub fn preview_mint(&self, who: &str, amount: Option<u128>) -> AnyResult<MintPreview> {
        self.ask(&QueryMsg::PreviewMint {
            account: self.at(who).to_string(),
            amount: amount.map(Uint128::new),
        })
    }

    pub fn preview_burn(&self, who: &str, amount: u128, to_target: bool) -> AnyResult<BurnPreview> {
        self.ask(&QueryMsg::PreviewBurn {
            account: self.at(who).to_string(),
            amount: amount.into(),
            to_target,
        })
    }

    pub fn preview_flag(&self, who: &str) -> AnyResult<FlagResponse> {
        let account = self.at(who).to_string();
        self.ask(&QueryMsg::PreviewFlag { account })
    }

    pub fn preview_clear(&self, who: &str) -> AnyResult<ClearFlagPreview> {
        let account = self.at(who).to_string();
        self.ask(&QueryMsg::PreviewClearFlag { account })
    }

    pub fn preview_liquidate(
        &self,
        who: &str,
        amount: Option<u128>,
    ) -> AnyResult<LiquidationPreview> {
        self.ask(&QueryMsg::PreviewLiquidate {
            account: self.at(who).to_string(),
            amount: amount.map(Uint128::new),
        })
    }

    pub fn preview_exchange(
        &self,
        from: &str,
        amount: u128,
        to: &str,
    ) -> AnyResult<ExchangePreview> {
        self.ask(&QueryMsg::PreviewExchange {
            from: from.to_owned(),
            to: to.to_owned(),
            amount: amount.into(),
        })
    }
}

pub const OPERATIONS: [Operation; 5] = [
    Operation::Deposit,
    Operation::Withdraw,
    Operation::Mint,
    Operation::Flag,
    Operation::Exchange,
];

/// Expects a query to err with that name.
pub fn errs<T: std::fmt::Debug>(name: &str, answer: AnyResult<T>) {
    let error = answer.expect_err(&format!("{name} was expected"));
    assert_eq!(error_name(&error), name, "{error:#}");
}

/// The attribute of the one event of that name.
pub fn attribute(response: &AppResponse, event: &str, key: &str) -> String {
    maybe_attribute(response, event, key).unwrap_or_else(|| panic!("{event} has no {key}"))
}

pub fn maybe_attribute(response: &AppResponse, event: &str, key: &str) -> Option<String> {
    the_event(response, event)
        .attributes
        .iter()
        .find(|attribute| attribute.key == key)
        .map(|attribute| attribute.value.clone())
}

/// Expects the one event of that name to have these attributes, and no others but the address
/// of the contract.
pub fn has_event(response: &AppResponse, event: &str, expected: &[(&str, &str)]) {
    let attributes: Vec<(&str, &str)> = the_event(response, event)
        .attributes
        .iter()
        .map(|attribute| (attribute.key.as_str(), attribute.value.as_str()))
        .filter(|(key, _)| *key != "_contract_address")
        .collect();
    assert_eq!(attributes, expected);
}

pub fn has_no_event(response: &AppResponse, event: &str) {
    assert!(
        events(response, event).is_empty(),
        "a {event} event in {:#?}",
        response.events
    );
}

fn the_event<'a>(response: &'a AppResponse, event: &str) -> &'a Event {
    let found = events(response, event);
    assert_eq!(
        found.len(),
        1,
        "one {event} event in {:#?}",
        response.events
    );
    found[0]
}

/// Events of that name that the minter emitted.
fn events<'a>(response: &'a AppResponse, event: &str) -> Vec<&'a Event> {
    let minter = MINTER.with_borrow(Clone::clone);
    response
        .events
        .iter()
        .filter(|e| e.ty == format!("wasm-{event}"))
        .filter(|e| {
            e.attributes
                .iter()
                .any(|a| a.key == "_contract_address" && a.value == minter)
        })
        .collect()
}

pub fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn amount_of(asset: &str, amount: u128) -> AssetAmount {
    AssetAmount {
        asset: asset.to_owned(),
        amount: amount.into(),
    }
}

pub fn pairs(list: Vec<AssetAmount>) -> Vec<(String, u128)> {
    list.into_iter()
        .map(|entry| (entry.asset, entry.amount.u128()))
        .collect()
}

pub fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}
