//! A stage for tests of the pool: an oracle whose records the test writes, the real treasury,
//! and short words for what people do. After every act that succeeds, what must always hold is
//! checked.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests, each of which uses a part"
)]

use std::{collections::BTreeMap, str::FromStr};

use anyhow::Result as AnyResult;
use ballast_math::Exact;
use ballast_sim::{ContractKind, error_name};
use ballast_stability_pool::contract;
use ballast_types::{
    Token, TokenUnchecked,
    oracle::{
        self, AssetResponse, DECIMALS, PRICES, PriceRecord, Rule, Source, SourceKind, SourceView,
        Status,
    },
    stability_pool::{
        BurnKind, BurnRecord, ConfigResponse, DcmSpec, DucaSpec, ExecuteMsg, Guards,
        InstantiateMsg, NextBurnResponse, Offer, Operation, PositionResponse, ProvidePreview,
        QueryMsg, ReceiveMsg, StateResponse, SwapQuote, SwapRequest, TokenSpec, WithdrawPreview,
    },
    treasury,
};
use cosmwasm_std::{
    Addr, Binary, Coin, Decimal, Decimal256, Deps, DepsMut, Empty, Env, Event, MessageInfo, Order,
    Record, Response, StdError, StdResult, Storage, Uint128, to_json_binary,
};
use cw_multi_test::{
    App, AppResponse, BankSudo, Contract, ContractWrapper, Executor, IntoBech32, SudoMsg,
};
use cw_storage_plus::Map;
use cw20::{Cw20Coin, Cw20ExecuteMsg, Cw20QueryMsg};
use serde::{Serialize, de::DeserializeOwned};

/// One whole token of six decimals.
pub const ONE: u128 = 1_000_000;
pub const DAY: u64 = 86_400;
/// After this long without a round a price is too old.
pub const MAX_AGE: u64 = 600;
pub const DENOM: &str = "udcm";
/// What each account has of DCM at first, in whole tokens.
pub const WEALTH: u128 = 1_000_000_000;

pub const OPERATIONS: [Operation; 6] = [
    Operation::SwapDcm,
    Operation::SwapDuca,
    Operation::Mint,
    Operation::Provide,
    Operation::Burn,
    Operation::Contract,
];

pub const ACCOUNTS: [&str; 5] = ["amo", "alice", "bob", "mallory", "owner"];

// ------------------------------------------------------------------ an oracle that says anything

const ASSETS: Map<&str, AssetResponse> = Map::new("asset");

fn nothing(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn answer(deps: Deps, _: Env, msg: oracle::QueryMsg) -> StdResult<Binary> {
    match msg {
        oracle::QueryMsg::Asset { asset } => to_json_binary(&ASSETS.load(deps.storage, &asset)?),
        _ => Err(StdError::generic_err("not asked")),
    }
}

// ------------------------------------------------------------------ the stage

/// What a stage is made of.
pub struct Setup {
    pub cw20_dcm: bool,
    pub dcm_decimals: u8,
    pub duca_decimals: u8,
    pub duca_rule: (u8, Vec<SourceKind>),
    pub par: &'static str,
    pub numeraire: Option<&'static str>,
    pub guards: Guards,
}

impl Default for Setup {
    /// A native DCM, six decimals, P = 2, no guards: the plain profile.
    fn default() -> Self {
        Self {
            cw20_dcm: false,
            dcm_decimals: 6,
            duca_decimals: 6,
            duca_rule: (3, vec![push(1), push(2), push(3)]),
            par: "2",
            numeraire: None,
            guards: Guards::default(),
        }
    }
}

pub fn push(number: u8) -> SourceKind {
    SourceKind::Push {
        feeder: addr(&format!("feeder{number}")).into_string(),
    }
}

pub fn twap() -> SourceKind {
    SourceKind::AmmTwap {
        pair: addr("pair").into_string(),
        base: TokenUnchecked::Native("uduca".into()),
        quote: TokenUnchecked::Native("uusd".into()),
        quote_asset: "USD".into(),
        window_secs: 600,
    }
}

pub struct Stage {
    pub app: App,
    pub pool: Addr,
    pub oracle: Addr,
    pub treasury: Addr,
    pub dcm: Token,
    pub duca: Addr,
    pub lpd: Addr,
    pub cw20_code: u64,
    pub setup: Setup,
    last_par: Decimal256,
    /// Tokens that lie in the pool without a message: DCM and DUCA.
    pub stray: (u128, u128),
}

pub fn addr(name: &str) -> Addr {
    name.into_bech32()
}

pub fn dec(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap()
}

pub fn dec256(text: &str) -> Decimal256 {
    Decimal256::from_str(text).unwrap()
}

pub fn pool_code() -> Box<dyn Contract<Empty>> {
    Box::new(
        ContractWrapper::new(contract::execute, contract::instantiate, contract::query)
            .with_reply(contract::reply)
            .with_migrate(contract::migrate),
    )
}

impl Stage {
    /// The plain profile with M = 2 and D = 1, and nothing in the pool.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut Setup)) -> Self {
        let mut setup = Setup::default();
        change(&mut setup);
        Self::try_of(setup, |_| {}).unwrap()
    }

    /// Instantiates a pool; `change` may spoil its message.
    pub fn try_of(setup: Setup, change: impl FnOnce(&mut InstantiateMsg)) -> AnyResult<Self> {
        let mut app = App::default();
        let owner = addr("owner");
        let double = app.store_code(Box::new(ContractWrapper::new_with_empty(
            nothing, nothing, answer,
        )));
        let cw20_code = app.store_code(ContractKind::Cw20.code());
        let treasury_code = app.store_code(ContractKind::Treasury.code());
        let pool_code = app.store_code(pool_code());
        let oracle = app.instantiate_contract(double, owner.clone(), &Empty {}, &[], "o", None)?;
        let treasury = app.instantiate_contract(
            treasury_code,
            owner.clone(),
            &treasury::InstantiateMsg {
                owner: owner.to_string(),
                guardian: None,
            },
            &[],
            "treasury",
            None,
        )?;
        let wealth = WEALTH * 10u128.pow(setup.dcm_decimals.into());
        let dcm = if setup.cw20_dcm {
            let token = cw20_base::msg::InstantiateMsg {
                name: "Dynamo Coin Money".into(),
                symbol: "DCM".into(),
                decimals: setup.dcm_decimals,
                initial_balances: ACCOUNTS
                    .map(|name| Cw20Coin {
                        address: addr(name).into_string(),
                        amount: wealth.into(),
                    })
                    .to_vec(),
                mint: None,
                marketing: None,
            };
            Token::Cw20(app.instantiate_contract(
                cw20_code,
                owner.clone(),
                &token,
                &[],
                "DCM",
                None,
            )?)
        } else {
            for name in ACCOUNTS {
                give(&mut app, &addr(name), DENOM, wealth);
            }
            Token::Native(DENOM.into())
        };
        let mut stage = Self {
            app,
            pool: addr("nowhere"),
            oracle,
            treasury,
            dcm,
            duca: addr("nowhere"),
            lpd: addr("nowhere"),
            cw20_code,
            last_par: dec256(setup.par),
            stray: (0, 0),
            setup,
        };
        let three = || (3, vec![push(1), push(2), push(3)]);
        stage.know("DCM", stage.setup.dcm_decimals, three());
        stage.know("EUR", 6, three());
        let rule = stage.setup.duca_rule.clone();
        stage.know("DUCA", stage.setup.duca_decimals, rule);
        stage.price("DCM", "2");
        stage.price("DUCA", "1");
        let mut msg = stage.instantiation();
        change(&mut msg);
        stage.pool = stage.app.instantiate_contract(
            pool_code,
            owner.clone(),
            &msg,
            &[],
            "pool",
            Some(owner.to_string()),
        )?;
        let config = stage.config();
        stage.lpd = config.lpd;
        let Token::Cw20(duca) = config.duca.token else {
            panic!("DUCA is a cw20");
        };
        stage.duca = duca;
        Ok(stage)
    }

    pub fn instantiation(&self) -> InstantiateMsg {
        InstantiateMsg {
            owner: addr("owner").into_string(),
            guardian: Some(addr("guardian").into_string()),
            oracle: self.oracle.to_string(),
            treasury: self.treasury.to_string(),
            cw20_code_id: self.cw20_code,
            dcm: DcmSpec {
                asset: "DCM".into(),
                token: match &self.dcm {
                    Token::Native(denom) => TokenUnchecked::Native(denom.clone()),
                    Token::Cw20(address) => TokenUnchecked::Cw20(address.to_string()),
                },
            },
            duca: DucaSpec {
                asset: "DUCA".into(),
                token: spec("Ducat", "DUCA"),
            },
            lpd: spec("Stability Pool Share", "LPD"),
            numeraire: self.setup.numeraire.map(Into::into),
            initial_par: dec(self.setup.par),
            guards: self.setup.guards.clone(),
            amos: vec![addr("amo").into_string()],
        }
    }

    /// As DESIGN §9 supposes of its table: P = 2, N = 2R, and enough of both in the pool. Of
    /// 200,000 DUCA the AMO has 100,000 and the pool has 100,000, beside 1,000,000 DCM.
    pub fn stocked() -> Self {
        Self::new().stock()
    }

    pub fn stock(mut self) -> Self {
        self.provide("alice", 1_000_000 * ONE).unwrap();
        self.swap_dcm("amo", 100_000 * ONE).unwrap();
        self.donate_duca("amo", 100_000 * ONE).unwrap();
        assert_eq!(
            self.books(),
            (1_000_000 * ONE, 100_000 * ONE, 100_000 * ONE)
        );
        assert_eq!(self.state().books.par, dec256("2"));
        self
    }

    // -------------------------------------------------------------- the oracle

    pub fn know(&mut self, asset: &str, decimals: u8, rule: (u8, Vec<SourceKind>)) {
        let (min_sources, kinds) = rule;
        let sources = kinds
            .into_iter()
            .enumerate()
            .map(|(number, kind)| SourceView {
                source: Source {
                    name: format!("source {number}"),
                    kind,
                },
                disabled: false,
                observation: None,
                live: true,
            });
        let response = AssetResponse {
            asset: asset.into(),
            decimals,
            rule: Rule {
                min_sources,
                max_age_secs: MAX_AGE,
                max_spread: Decimal::percent(2),
                max_confidence: Decimal::percent(1),
                ema_period_secs: 1_800,
                max_deviation: Decimal::percent(25),
                breaker_window_secs: 600,
            },
            sources: sources.collect(),
            retirement: None,
        };
        let mut storage = self.app.contract_storage_mut(&self.oracle);
        ASSETS.save(&mut *storage, asset, &response).unwrap();
        DECIMALS.save(&mut *storage, asset, &decimals).unwrap();
    }

    /// A new round, of which the average is the price.
    pub fn price(&mut self, asset: &str, price: &str) {
        self.price_with_average(asset, price, price);
    }

    pub fn price_with_average(&mut self, asset: &str, price: &str, average: &str) {
        let now = self.now();
        let record = PriceRecord {
            decimals: 6,
            price: dec(price),
            ema: dec(average),
            volatility: Decimal::zero(),
            round: 1,
            updated_at: now,
            valid_until: now + MAX_AGE,
            published_at: now,
            retiring: false,
            status: Status::Live {},
        };
        self.record(asset, record);
    }

    pub fn record(&mut self, asset: &str, record: PriceRecord) {
        let mut storage = self.app.contract_storage_mut(&self.oracle);
        PRICES
            .save(
                &mut *storage,
                asset,
                &ballast_types::oracle::StoredRecord(record.clone()),
            )
            .unwrap();
    }

    pub fn change_record(&mut self, asset: &str, change: impl FnOnce(&mut PriceRecord)) {
        let mut record = oracle::record(&self.app.wrap(), &self.oracle, asset).unwrap();
        change(&mut record);
        self.record(asset, record);
    }

    pub fn forget(&mut self, asset: &str) {
        let mut storage = self.app.contract_storage_mut(&self.oracle);
        PRICES.remove(&mut *storage, asset);
    }

    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    /// Lets time pass; every price has a new round at the end of it.
    pub fn wait(&mut self, secs: u64) {
        self.wait_silently(secs);
        let now = self.now();
        for asset in ["DCM", "DUCA", "EUR"] {
            if oracle::record(&self.app.wrap(), &self.oracle, asset).is_ok() {
                self.change_record(asset, |record| {
                    record.updated_at = now;
                    record.valid_until = now + MAX_AGE;
                });
            }
        }
    }

    /// Lets time pass without rounds.
    pub fn wait_silently(&mut self, secs: u64) {
        self.app.update_block(|block| {
            block.time = block.time.plus_seconds(secs);
            block.height += secs.div_ceil(5);
        });
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
        let done = self
            .app
            .execute_contract(addr(who), self.pool.clone(), msg, funds);
        if done.is_ok() {
            self.assert_sound();
        }
        done
    }

    /// Sends a cw20 to the pool with a hook.
    pub fn hook(
        &mut self,
        who: &str,
        token: &Addr,
        amount: u128,
        hook: &impl Serialize,
    ) -> AnyResult<AppResponse> {
        let msg = Cw20ExecuteMsg::Send {
            contract: self.pool.to_string(),
            amount: amount.into(),
            msg: to_json_binary(hook).unwrap(),
        };
        let done = self
            .app
            .execute_contract(addr(who), token.clone(), &msg, &[]);
        if done.is_ok() {
            self.assert_sound();
        }
        done
    }

    /// Sends DCM with a message: along with it when it is native, with the hook when it is not.
    pub fn with_dcm(
        &mut self,
        who: &str,
        amount: u128,
        msg: &ExecuteMsg,
        hook: &ReceiveMsg,
    ) -> AnyResult<AppResponse> {
        match self.dcm.clone() {
            Token::Native(denom) => self.act_with(who, msg, &[Coin::new(amount, denom)]),
            Token::Cw20(token) => self.hook(who, &token, amount, hook),
        }
    }

    pub fn swap_dcm(&mut self, who: &str, amount: u128) -> AnyResult<AppResponse> {
        self.swap_dcm_for(who, amount, 0, None)
    }

    pub fn swap_dcm_for(
        &mut self,
        who: &str,
        amount: u128,
        min_out: u128,
        recipient: Option<&str>,
    ) -> AnyResult<AppResponse> {
        let min_out = Uint128::new(min_out);
        let recipient = recipient.map(|name| addr(name).into_string());
        let msg = ExecuteMsg::Swap {
            min_out,
            recipient: recipient.clone(),
        };
        self.with_dcm(who, amount, &msg, &ReceiveMsg::Swap { min_out, recipient })
    }

    pub fn swap_duca(&mut self, who: &str, amount: u128) -> AnyResult<AppResponse> {
        self.swap_duca_for(who, amount, 0, None)
    }

    pub fn swap_duca_for(
        &mut self,
        who: &str,
        amount: u128,
        min_out: u128,
        recipient: Option<&str>,
    ) -> AnyResult<AppResponse> {
        let hook = ReceiveMsg::Swap {
            min_out: min_out.into(),
            recipient: recipient.map(|name| addr(name).into_string()),
        };
        let duca = self.duca.clone();
        self.hook(who, &duca, amount, &hook)
    }

    pub fn provide(&mut self, who: &str, amount: u128) -> AnyResult<AppResponse> {
        self.provide_for(who, amount, 0, None)
    }

    pub fn provide_for(
        &mut self,
        who: &str,
        amount: u128,
        min_lpd: u128,
        recipient: Option<&str>,
    ) -> AnyResult<AppResponse> {
        let min_lpd = Uint128::new(min_lpd);
        let recipient = recipient.map(|name| addr(name).into_string());
        let msg = ExecuteMsg::Provide {
            min_lpd,
            recipient: recipient.clone(),
        };
        self.with_dcm(
            who,
            amount,
            &msg,
            &ReceiveMsg::Provide { min_lpd, recipient },
        )
    }

    pub fn withdraw(&mut self, who: &str, lpd: u128) -> AnyResult<AppResponse> {
        self.withdraw_for(who, lpd, 0, 0)
    }

    pub fn withdraw_for(
        &mut self,
        who: &str,
        lpd: u128,
        min_dcm: u128,
        min_duca: u128,
    ) -> AnyResult<AppResponse> {
        let hook = ReceiveMsg::Withdraw {
            min_dcm: min_dcm.into(),
            min_duca: min_duca.into(),
        };
        let token = self.lpd.clone();
        self.hook(who, &token, lpd, &hook)
    }

    pub fn withdraw_all(&mut self, who: &str) -> AnyResult<AppResponse> {
        let lpd = self.lpd_of(who);
        self.withdraw(who, lpd)
    }

    pub fn donate_dcm(&mut self, who: &str, amount: u128) -> AnyResult<AppResponse> {
        self.with_dcm(who, amount, &ExecuteMsg::Donate {}, &ReceiveMsg::Donate {})
    }

    pub fn donate_duca(&mut self, who: &str, amount: u128) -> AnyResult<AppResponse> {
        let duca = self.duca.clone();
        self.hook(who, &duca, amount, &ReceiveMsg::Donate {})
    }

    pub fn burn(&mut self) -> AnyResult<AppResponse> {
        self.act("mallory", &ExecuteMsg::Burn {})
    }

    pub fn contract(&mut self) -> AnyResult<AppResponse> {
        self.act("mallory", &ExecuteMsg::Contract {})
    }

    pub fn forward(&mut self) -> AnyResult<AppResponse> {
        self.act("mallory", &ExecuteMsg::ForwardToTreasury {})
    }

    pub fn switch_off(&mut self, operation: Operation) {
        self.act("guardian", &ExecuteMsg::SwitchOff { operation })
            .unwrap();
    }

    pub fn set_guards(&mut self, change: impl FnOnce(&mut Guards)) {
        let mut guards = self.config().guards;
        change(&mut guards);
        self.act("owner", &ExecuteMsg::UpdateGuards { guards })
            .unwrap();
    }

    /// Moves tokens without a word to any contract.
    pub fn transfer(&mut self, who: &str, to: &Addr, token: &Token, amount: u128) {
        let msg = token.transfer(to, amount.into()).unwrap();
        self.app.execute(addr(who), msg).unwrap();
    }

    // -------------------------------------------------------------- refusals

    pub fn dump(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let all: Vec<Record> = self
            .app
            .storage()
            .range(None, None, Order::Ascending)
            .collect();
        all.into_iter().collect()
    }

    /// Expects the act to be refused with the error of that name, and nothing to be changed.
    /// Gives the whole text.
    pub fn refused(
        &mut self,
        name: &str,
        act: impl FnOnce(&mut Self) -> AnyResult<AppResponse>,
    ) -> String {
        let before = self.dump();
        let error = act(self).expect_err(&format!("{name} was expected"));
        assert_eq!(error_name(&error), name, "{error:#}");
        assert!(self.dump() == before, "{name} left a trace");
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
        Ok(self.app.wrap().query_wasm_smart(&self.pool, msg)?)
    }

    pub fn config(&self) -> ConfigResponse {
        self.ask(&QueryMsg::Config {}).unwrap()
    }

    pub fn state(&self) -> StateResponse {
        self.ask(&QueryMsg::State {}).unwrap()
    }

    /// y, x and R.
    pub fn books(&self) -> (u128, u128, u128) {
        let books = self.state().books;
        (
            books.pool_dcm.u128(),
            books.pool_duca.u128(),
            books.reserve.u128(),
        )
    }

    pub fn par(&self) -> String {
        self.state().books.par.to_string()
    }

    pub fn supply(&self) -> u128 {
        self.state().books.supply.u128()
    }

    pub fn due(&self) -> u128 {
        self.state().seigniorage_due.u128()
    }

    pub fn quote(&self, offer: Offer, amount: u128) -> AnyResult<SwapQuote> {
        let swap = SwapRequest {
            offer,
            amount: amount.into(),
        };
        self.ask(&QueryMsg::QuoteSwap { swap })
    }

    pub fn quotes(&self, swaps: &[(Offer, u128)]) -> AnyResult<Vec<SwapQuote>> {
        let swaps = swaps
            .iter()
            .map(|(offer, amount)| SwapRequest {
                offer: *offer,
                amount: Uint128::new(*amount),
            })
            .collect();
        self.ask(&QueryMsg::QuoteSwaps { swaps })
    }

    pub fn preview_provide(&self, amount: u128) -> AnyResult<ProvidePreview> {
        let amount = amount.into();
        self.ask(&QueryMsg::PreviewProvide { amount })
    }

    pub fn preview_withdraw(&self, lpd: u128) -> AnyResult<WithdrawPreview> {
        let lpd = lpd.into();
        self.ask(&QueryMsg::PreviewWithdraw { lpd })
    }

    pub fn next(&self, kind: BurnKind) -> NextBurnResponse {
        let msg = match kind {
            BurnKind::Burn => QueryMsg::NextBurn {},
            BurnKind::Contraction => QueryMsg::NextContraction {},
        };
        self.ask(&msg).unwrap()
    }

    pub fn burns(&self, start_after: Option<u64>, limit: Option<u32>) -> Vec<BurnRecord> {
        self.ask(&QueryMsg::Burns { start_after, limit }).unwrap()
    }

    pub fn position(&self, who: &str) -> PositionResponse {
        let account = addr(who).into_string();
        self.ask(&QueryMsg::Position { account }).unwrap()
    }

    pub fn held(&self, token: &Token, holder: &Addr) -> u128 {
        token.balance(&self.app.wrap(), holder).unwrap().u128()
    }

    pub fn dcm_of(&self, who: &str) -> u128 {
        self.held(&self.dcm, &addr(who))
    }

    pub fn duca_of(&self, who: &str) -> u128 {
        self.held(&Token::Cw20(self.duca.clone()), &addr(who))
    }

    pub fn lpd_of(&self, who: &str) -> u128 {
        self.held(&Token::Cw20(self.lpd.clone()), &addr(who))
    }

    /// What an account has, in DCM at a market price of DCM, exactly: its LPD as the 98 % of its
    /// part of the pool that leaving would pay before rounding.
    pub fn wealth(&self, who: &str, market: &str) -> Exact {
        let state = self.state();
        let worth = |dcm: Uint128, duca: Uint128| {
            let market = Exact::try_from(dec(market)).unwrap();
            Exact::from(dcm) + Exact::from(duca).checked_div(&market).unwrap()
        };
        let wallet = worth(self.dcm_of(who).into(), self.duca_of(who).into());
        let lpd = Uint128::new(self.lpd_of(who));
        if lpd.is_zero() {
            return wallet;
        }
        let part = Exact::from_ratio(lpd, state.lpd_supply).unwrap()
            * Exact::try_from(Decimal::percent(98)).unwrap();
        wallet + part * worth(state.books.pool_dcm, state.books.pool_duca)
    }

    // -------------------------------------------------------------- what must always hold

    /// P·R ≥ N, par has not fallen, and what lies here is what the books say.
    pub fn assert_sound(&mut self) {
        let state = self.state();
        let books = &state.books;
        assert!(books.par >= self.last_par, "par fell to {}", books.par);
        self.last_par = books.par;
        if let Some(cover) = books.par_cover {
            assert!(cover >= Decimal256::one(), "par cover {cover}");
        }
        let dcm = books.pool_dcm + books.reserve + state.seigniorage_due;
        let pool = self.pool.clone();
        assert_eq!(self.held(&self.dcm, &pool), dcm.u128() + self.stray.0);
        let duca = Token::Cw20(self.duca.clone());
        assert_eq!(
            self.held(&duca, &pool),
            books.pool_duca.u128() + self.stray.1
        );
        assert_eq!(self.total_supply(&self.duca), books.supply.u128());
        assert_eq!(self.total_supply(&self.lpd), state.lpd_supply.u128());
    }

    fn total_supply(&self, token: &Addr) -> u128 {
        self.app
            .wrap()
            .query_wasm_smart::<cw20::TokenInfoResponse>(token, &Cw20QueryMsg::TokenInfo {})
            .unwrap()
            .total_supply
            .u128()
    }
}

fn spec(name: &str, symbol: &str) -> TokenSpec {
    TokenSpec {
        name: name.into(),
        symbol: symbol.into(),
    }
}

pub fn give(app: &mut App, to: &Addr, denom: &str, amount: u128) {
    let mint = BankSudo::Mint {
        to_address: to.to_string(),
        amount: vec![Coin::new(amount, denom)],
    };
    app.sudo(SudoMsg::Bank(mint)).unwrap();
}

/// The one event of that name that the pool has emitted.
pub fn event<'a>(stage: &Stage, done: &'a AppResponse, name: &str) -> &'a Event {
    let name = format!("wasm-{name}");
    let mine = |event: &&Event| {
        event.ty == name
            && event
                .attributes
                .iter()
                .any(|a| a.key == "_contract_address" && a.value == stage.pool.as_str())
    };
    let found: Vec<&Event> = done.events.iter().filter(mine).collect();
    assert_eq!(found.len(), 1, "one {name} in {:#?}", done.events);
    found[0]
}

/// An attribute of it.
pub fn attribute(stage: &Stage, done: &AppResponse, name: &str, key: &str) -> String {
    event(stage, done, name)
        .attributes
        .iter()
        .find(|a| a.key == key)
        .unwrap_or_else(|| panic!("{name} has no {key}"))
        .value
        .clone()
}
