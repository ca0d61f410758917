//! A pool manager and its lens among the contracts they live with: the real oracle, registry, treasury
//! and distributor, and markets that answer what the test says. After every act that succeeds, what
//! must always hold is checked.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests, each of which uses a part"
)]

mod sound;

use std::{cell::RefCell, collections::BTreeMap};

use anyhow::Result as AnyResult;
use ballast_sim::{ContractKind, error_name};
use ballast_types::{
    TokenUnchecked,
    debt_registry::{self, SynthSpec},
    market::{ManagerMsg, PayFees, WithdrawMarketUsd},
    oracle::{self, PricePush, Rule, Source, SourceKind},
    pool_lens::{
        self, CutResponse, EarnedResponse, ExitQuote, LiquidationPreview, MarketResponse,
        MintPreview, PoolResponse, PositionResponse, StreamResponse, UnassignedResponse,
        WeightsPreview,
    },
    pool_manager::{
        CollateralTerms, ExecuteMsg, InstantiateMsg, MarketWeight, Operation, Params,
        PoolCollateral, QueryMsg, ReceiveMsg, Schedule, Target, Unassigned, VaultKey,
    },
    rewards_distributor::{self, Payee, RecipientUnchecked},
    treasury,
};
use cosmwasm_std::{
    Addr, Coin, Decimal, Empty, Order, Storage, Uint128, coins, from_json, to_json_binary,
};
use cw_multi_test::{
    App, AppResponse, BankSudo, Contract, ContractWrapper, Executor, IntoBech32, SudoMsg,
};
use cw20::{Cw20Coin, Cw20ExecuteMsg, Cw20QueryMsg};
use hostile_market::{Call, ExecuteMsg as Market, Mode, Question, Script};
use serde::{Serialize, de::DeserializeOwned};

pub use hostile_market;

/// One dollar, and one whole LIFE.
pub const ONE: u128 = 1_000_000;
/// One whole WETH.
pub const ETHER: u128 = 1_000_000_000_000_000_000;
pub const DAY: u64 = 86_400;
pub const WEEK: u64 = 604_800;
/// After this long without a push a price is stale.
pub const MAX_AGE: u64 = 600;
/// What each person has of LIFE and of WETH.
pub const WEALTH: u128 = 1_000_000;
/// The vault of LIFE in the first pool.
pub const LIFE: (u64, &str) = (1, "LIFE");
/// The vault of WETH in the first pool.
pub const WETH: (u64, &str) = (1, "WETH");
/// The two markets of the first contract, and that of the second.
pub const ETH: u64 = 1;
pub const BTC: u64 = 2;
pub const SOL: u64 = 3;
/// The first market of the first contract, as that calls it.
pub const REFS: [&str; 3] = ["eth", "btc", "sol"];

pub const OPERATIONS: [Operation; 6] = [
    Operation::Deposit,
    Operation::Delegate,
    Operation::MintUsd,
    Operation::CreatePool,
    Operation::WithdrawMarketUsd,
    Operation::PayFees,
];

thread_local! {
    /// Whose events the tests look at: the registry has some of the same names.
    static MANAGER: RefCell<String> = const { RefCell::new(String::new()) };
}

pub fn addr(name: &str) -> Addr {
    name.into_bech32()
}

pub fn key((pool, asset): (u64, &str)) -> VaultKey {
    VaultKey {
        pool: pool.into(),
        asset: asset.to_owned(),
    }
}

pub fn target(pool: u64, asset: Option<&str>) -> Target {
    Target {
        pool: pool.into(),
        asset: asset.map(str::to_owned),
    }
}

pub fn weight(market: u64, weight: u128, max_debt: u64) -> MarketWeight {
    MarketWeight {
        market: market.into(),
        weight: weight.into(),
        max_debt: Decimal::percent(max_debt),
    }
}

pub fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn manager_code() -> Box<dyn Contract<Empty>> {
    use ballast_pool_manager::contract::{execute, instantiate, migrate, query, reply};
    Box::new(
        ContractWrapper::new(execute, instantiate, query)
            .with_reply(reply)
            .with_migrate(migrate),
    )
}

pub fn distributor_code() -> Box<dyn Contract<Empty>> {
    use rewards_distributor_contract::{execute, instantiate, query, reply};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_reply(reply))
}

pub fn lens_code() -> Box<dyn Contract<Empty>> {
    Box::new(
        ContractWrapper::new(
            nothing,
            pool_lens_contract::instantiate,
            pool_lens_contract::query,
        )
        .with_migrate(pool_lens_contract::migrate),
    )
}

use ::pool_lens::contract as pool_lens_contract;
use ::rewards_distributor::contract as rewards_distributor_contract;

/// A lens has no message.
fn nothing(
    _: cosmwasm_std::DepsMut,
    _: cosmwasm_std::Env,
    _: cosmwasm_std::MessageInfo,
    _: Empty,
) -> cosmwasm_std::StdResult<cosmwasm_std::Response> {
    Err(cosmwasm_std::StdError::generic_err("nothing to do"))
}

pub fn market_code() -> Box<dyn Contract<Empty>> {
    use hostile_market::{execute, instantiate, query, reply};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_reply(reply))
}

pub fn params() -> Params {
    Params {
        min_liquidity_ratio: Decimal::one(),
        min_delegation_secs: DAY,
        max_delegation_secs: 30 * DAY,
        max_lock_secs: WEEK,
        withdraw_timeout_secs: 0,
        poll_gas: 5_000_000,
    }
}

/// Minted at 200 %, liquidated below 150 %, with a penalty of 10 % and a keeper's part of 5 % that is
/// worth 10 dollars at most.
pub fn terms() -> CollateralTerms {
    CollateralTerms {
        issuance_ratio: dec("2"),
        liquidation_ratio: dec("1.5"),
        liquidation_penalty: dec("0.1"),
        keeper_part: dec("0.05"),
        max_keeper_reward: "10".parse().unwrap(),
        cap: Uint128::new(1 << 96),
    }
}

pub fn vault_terms() -> PoolCollateral {
    PoolCollateral {
        min_ratio: None,
        cap: Uint128::new(1 << 96),
        enabled: true,
    }
}

pub struct Stage {
    pub app: App,
    pub oracle: Addr,
    pub registry: Addr,
    pub treasury: Addr,
    pub manager: Addr,
    pub lens: Addr,
    pub weth: Addr,
    pub dollar: Addr,
    /// Two market contracts: the first has `eth` and `btc`, the second `sol`.
    pub markets: [Addr; 2],
    pub codes: BTreeMap<&'static str, u64>,
    prices: BTreeMap<String, Decimal>,
    /// Whether what must always hold is checked after each act.
    pub checks: bool,
}

impl Stage {
    /// LIFE at 1 dollar (6 decimals, native) and WETH at 2,000 (18, cw20). Pool 1 is Paula's, takes
    /// both, holds for a day, and has no market yet. Three markets without a ceiling.
    pub fn bare() -> Self {
        let people = ["alice", "bob", "carol", "keeper", "trader"].map(addr);
        let mut app = App::new(|router, _, storage| {
            for person in &people {
                let wealth = coins(WEALTH * ONE, "ulife");
                router.bank.init_balance(storage, person, wealth).unwrap();
            }
        });
        let owner = addr("owner");
        let guardian = Some(addr("guardian").into_string());
        let admin = Some(owner.to_string());
        let kinds = [
            ("oracle", ContractKind::Oracle.code()),
            ("registry", ContractKind::DebtRegistry.code()),
            ("treasury", ContractKind::Treasury.code()),
            ("cw20", ContractKind::Cw20.code()),
            ("manager", manager_code()),
            ("lens", lens_code()),
            ("market", market_code()),
            ("distributor", distributor_code()),
        ];
        let codes: BTreeMap<_, _> = kinds
            .into_iter()
            .map(|(name, code)| (name, app.store_code(code)))
            .collect();
        let msg = oracle::InstantiateMsg {
            owner: owner.to_string(),
            guardian: guardian.clone(),
            round_interval_secs: 5,
        };
        let oracle = app
            .instantiate_contract(codes["oracle"], owner.clone(), &msg, &[], "oracle", None)
            .unwrap();
        let msg = treasury::InstantiateMsg {
            owner: owner.to_string(),
            guardian: guardian.clone(),
        };
        let treasury = app
            .instantiate_contract(
                codes["treasury"],
                owner.clone(),
                &msg,
                &[],
                "treasury",
                None,
            )
            .unwrap();
        let msg = debt_registry::InstantiateMsg {
            owner: owner.to_string(),
            guardian: guardian.clone(),
            oracle: oracle.to_string(),
            treasury: treasury.to_string(),
            cw20_code_id: codes["cw20"],
        };
        let registry = app
            .instantiate_contract(
                codes["registry"],
                owner.clone(),
                &msg,
                &[],
                "registry",
                None,
            )
            .unwrap();
        let msg = InstantiateMsg {
            owner: owner.to_string(),
            guardian,
            oracle: oracle.to_string(),
            registry: registry.to_string(),
            treasury: treasury.to_string(),
            params: params(),
        };
        let manager = app
            .instantiate_contract(codes["manager"], owner.clone(), &msg, &[], "manager", admin)
            .unwrap();
        MANAGER.set(manager.to_string());
        let msg = pool_lens::InstantiateMsg {
            manager: manager.to_string(),
        };
        let lens = app
            .instantiate_contract(codes["lens"], owner.clone(), &msg, &[], "lens", None)
            .unwrap();
        let mut stage = Self {
            app,
            oracle,
            registry,
            treasury,
            manager,
            lens,
            weth: owner.clone(),
            dollar: owner.clone(),
            markets: [owner.clone(), owner],
            codes,
            prices: BTreeMap::new(),
            checks: true,
        };
        stage.weth = stage.cw20("WETH", 18, people.map(|p| (p, WEALTH * ETHER)).to_vec());
        stage.know("dUSD", 6, "1", true);
        stage.know("LIFE", 6, "1", false);
        stage.know("WETH", 18, "2000", false);
        stage
    }

    /// As the owner sets it up, without LPs.
    pub fn new() -> Self {
        let mut stage = Self::bare();
        stage.get_dollar();
        let weth = TokenUnchecked::Cw20(stage.weth.to_string());
        let life = TokenUnchecked::Native("ulife".to_owned());
        stage.add_collateral("LIFE", life, terms()).unwrap();
        stage.add_collateral("WETH", weth, terms()).unwrap();
        let contracts = ["A", "B"].map(|name| stage.market_contract(name));
        stage.markets = contracts;
        let [first, second] = stage.markets.clone();
        for (contract, market_ref) in [(&first, "eth"), (&first, "btc"), (&second, "sol")] {
            stage.register(contract, market_ref, u128::MAX).unwrap();
        }
        stage.pool("paula", DAY);
        stage
    }

    /// Pool 1 carries the market `eth` up to its whole value.
    pub fn with_market() -> Self {
        let mut stage = Self::new();
        stage.set_markets(1, &[weight(ETH, 1, 100)]).unwrap();
        stage
    }

    /// Alice has 3,000 LIFE and Bob 1,000 in pool 1, with the market `eth` behind them; the trader has
    /// 500 dollars, minted by Bob.
    pub fn open() -> Self {
        let mut stage = Self::with_market();
        stage.lp("alice", LIFE, 3_000 * ONE);
        stage.lp("bob", LIFE, 1_000 * ONE);
        stage.mint("bob", LIFE, Some(500 * ONE)).unwrap();
        stage.give("bob", "trader", 500 * ONE);
        stage
    }

    // -------------------------------------------------------------- setting up

    /// A pool with both vaults.
    pub fn pool(&mut self, owner: &str, delegation_secs: u64) -> u64 {
        let created = self
            .act(
                owner,
                &ExecuteMsg::CreatePool {
                    name: format!("pool of {owner}"),
                    delegation_secs,
                },
            )
            .unwrap();
        let pool = attribute(&created, "create_pool", "pool").parse().unwrap();
        for asset in ["LIFE", "WETH"] {
            self.set_vault(pool, owner, asset, vault_terms()).unwrap();
        }
        pool
    }

    pub fn set_vault(
        &mut self,
        pool: u64,
        owner: &str,
        asset: &str,
        terms: PoolCollateral,
    ) -> AnyResult<AppResponse> {
        let msg = ExecuteMsg::SetPoolCollateral {
            pool: pool.into(),
            asset: asset.to_owned(),
            terms,
        };
        self.act(owner, &msg)
    }

    pub fn add_collateral(
        &mut self,
        asset: &str,
        token: TokenUnchecked,
        terms: CollateralTerms,
    ) -> AnyResult<AppResponse> {
        let msg = ExecuteMsg::AddCollateral {
            asset: asset.to_owned(),
            token,
            terms,
        };
        self.act("owner", &msg)
    }

    /// The registry makes the pools' dollar.
    pub fn get_dollar(&mut self) {
        let msg = debt_registry::ExecuteMsg::AddIssuer {
            issuer: self.manager.to_string(),
            dollar: SynthSpec {
                synth: "dUSD".to_owned(),
                name: "Pool dollar".to_owned(),
                symbol: "dUSD".to_owned(),
                ceiling: Uint128::MAX,
            },
            shared_debt: false,
        };
        let (owner, registry) = (addr("owner"), self.registry.clone());
        self.app
            .execute_contract(owner, registry, &msg, &[])
            .unwrap();
        let config: ballast_types::pool_manager::ConfigResponse =
            self.query(&QueryMsg::Config {}).unwrap();
        self.dollar = config.dollar.unwrap().token;
    }

    pub fn market_contract(&mut self, label: &str) -> Addr {
        let msg = hostile_market::InstantiateMsg {
            manager: self.manager.to_string(),
            dollar: self.dollar.to_string(),
        };
        self.app
            .instantiate_contract(self.codes["market"], addr("owner"), &msg, &[], label, None)
            .unwrap()
    }

    pub fn register(
        &mut self,
        contract: &Addr,
        market_ref: &str,
        ceiling: u128,
    ) -> AnyResult<AppResponse> {
        let msg = ExecuteMsg::RegisterMarket {
            contract: contract.to_string(),
            market_ref: market_ref.to_owned(),
            ceiling: ceiling.into(),
        };
        self.act("owner", &msg)
    }

    /// A distributor of Dora's that may open streams for a pool, and has a list of tokens, ulife, and of
    /// funders, keeper.
    pub fn distributor(&mut self, pool: u64, owner: &str) -> Addr {
        let msg = rewards_distributor::InstantiateMsg {
            owner: addr("dora").into_string(),
            guardian: None,
            manager: self.manager.to_string(),
            recipients: vec![RecipientUnchecked {
                to: Payee::Address(addr("dora").into_string()),
                share: Decimal::one(),
            }],
        };
        let code = self.codes["distributor"];
        let distributor = self
            .app
            .instantiate_contract(code, addr("dora"), &msg, &[], "distributor", None)
            .unwrap();
        let token = TokenUnchecked::Native("ulife".to_owned());
        let allow = rewards_distributor::ExecuteMsg::SetToken {
            token,
            allowed: true,
        };
        let funder = rewards_distributor::ExecuteMsg::SetFunder {
            funder: addr("keeper").into_string(),
            allowed: true,
        };
        for msg in [allow, funder] {
            self.execute(&addr("dora"), &distributor, &msg, &[])
                .unwrap();
        }
        self.allow(pool, owner, &distributor, true).unwrap();
        distributor
    }

    pub fn allow(
        &mut self,
        pool: u64,
        owner: &str,
        distributor: &Addr,
        allowed: bool,
    ) -> AnyResult<AppResponse> {
        let msg = ExecuteMsg::SetDistributor {
            pool: pool.into(),
            distributor: distributor.to_string(),
            allowed,
        };
        self.act(owner, &msg)
    }

    /// A cw20 with balances.
    pub fn cw20(&mut self, symbol: &str, decimals: u8, balances: Vec<(Addr, u128)>) -> Addr {
        let initial_balances = balances
            .into_iter()
            .map(|(address, amount)| Cw20Coin {
                address: address.into_string(),
                amount: amount.into(),
            })
            .collect();
        let msg = cw20_base::msg::InstantiateMsg {
            name: format!("Token {symbol}"),
            symbol: symbol.to_owned(),
            decimals,
            initial_balances,
            mint: None,
            marketing: None,
        };
        self.app
            .instantiate_contract(self.codes["cw20"], addr("owner"), &msg, &[], symbol, None)
            .unwrap()
    }

    // -------------------------------------------------------------- the world

    /// The oracle knows an asset from now on.
    pub fn know(&mut self, asset: &str, decimals: u8, price: &str, fixed: bool) {
        let kind = if fixed {
            SourceKind::Fixed { price: dec(price) }
        } else {
            SourceKind::Push {
                feeder: addr("feeder").into_string(),
            }
        };
        let msg = oracle::ExecuteMsg::AddAsset {
            asset: asset.to_owned(),
            decimals,
            rule: Rule {
                min_sources: 1,
                max_age_secs: MAX_AGE,
                max_spread: Decimal::percent(2),
                max_confidence: Decimal::percent(1),
                ema_period_secs: 1_800,
                max_deviation: dec("3"),
                breaker_window_secs: 600,
            },
            sources: vec![Source {
                name: "source".to_owned(),
                kind,
            }],
        };
        let (owner, oracle) = (addr("owner"), self.oracle.clone());
        self.app.execute_contract(owner, oracle, &msg, &[]).unwrap();
        if !fixed {
            self.price(asset, price);
        }
    }

    /// An asset's feeder says another price, in a round of its own.
    pub fn price(&mut self, asset: &str, price: &str) {
        self.prices.insert(asset.to_owned(), dec(price));
        self.pass(5);
        self.push();
    }

    /// An asset's feeder says nothing from now on, until its price is too old.
    pub fn kill(&mut self, asset: &str) {
        self.prices.remove(asset);
        self.wait(MAX_AGE + 1);
    }

    /// Time passes, and feeders say their prices again.
    pub fn wait(&mut self, secs: u64) {
        self.pass(secs);
        self.push();
    }

    /// Time passes, and no price comes.
    pub fn pass(&mut self, secs: u64) {
        self.app.update_block(|block| {
            block.time = block.time.plus_seconds(secs);
            block.height += 1;
        });
    }

    pub fn push(&mut self) {
        let prices = self
            .prices
            .iter()
            .map(|(asset, price)| PricePush {
                asset: asset.clone(),
                price: *price,
                published_at: None,
                confidence: None,
            })
            .collect();
        let (feeder, oracle) = (addr("feeder"), self.oracle.clone());
        let msg = oracle::ExecuteMsg::Push { prices };
        self.app
            .execute_contract(feeder, oracle, &msg, &[])
            .unwrap();
    }

    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    pub fn mint_denom(&mut self, who: &str, denom: &str, amount: u128) {
        let to_address = addr(who).into_string();
        let amount = coins(amount, denom);
        let mint = SudoMsg::Bank(BankSudo::Mint { to_address, amount });
        self.app.sudo(mint).unwrap();
    }

    // -------------------------------------------------------------- markets

    fn contract_of(&self, market: u64) -> Addr {
        self.markets[usize::from(market == SOL)].clone()
    }

    pub fn market_ref(market: u64) -> String {
        REFS[usize::try_from(market - 1).unwrap()].to_owned()
    }

    /// What a market answers from now on.
    pub fn script(&mut self, script: Script) {
        let market = REFS.iter().position(|r| *r == script.market_ref).unwrap() + 1;
        let contract = self.contract_of(market.try_into().unwrap());
        let play = Market::Play {
            scripts: vec![script],
            calls: vec![],
            on_reply: vec![],
        };
        self.execute(&addr("owner"), &contract, &play, &[]).unwrap();
    }

    /// A market reports so much debt, and needs no credit.
    pub fn report(&mut self, market: u64, debt: i128) {
        self.script(script(market, debt, 0));
    }

    /// A market reports so much debt, and needs so much credit.
    pub fn report_and_need(&mut self, market: u64, debt: i128, minimum: u128) {
        self.script(script(market, debt, minimum));
    }

    /// A market contract answers in another way.
    pub fn mode(&mut self, market: u64, mode: Mode, to: Option<Question>) {
        let contract = self.contract_of(market);
        let msg = Market::SetMode { mode, to };
        self.execute(&addr("owner"), &contract, &msg, &[]).unwrap();
    }

    pub fn play(
        &mut self,
        market: u64,
        scripts: Vec<Script>,
        calls: Vec<Call>,
    ) -> AnyResult<AppResponse> {
        let contract = self.contract_of(market);
        let play = Market::Play {
            scripts,
            calls,
            on_reply: vec![],
        };
        self.execute(&addr("owner"), &contract, &play, &[])
    }

    /// A trader pays margin into a market, which reports that much more.
    pub fn margin(&mut self, who: &str, market: u64, amount: u128) -> AnyResult<AppResponse> {
        let hook = hostile_market::ReceiveMsg::Margin {
            market_ref: Self::market_ref(market),
        };
        let contract = self.contract_of(market);
        self.send_to(who, &contract, amount, &hook)
    }

    /// A market pays somebody out, and says nothing else than it said.
    pub fn draw(&mut self, market: u64, to: &str, amount: u128) -> AnyResult<AppResponse> {
        let call = withdrawal(market, to, amount, false);
        self.play(market, vec![], vec![call])
    }

    /// An honest market pays somebody out: it reports `debt` from then on.
    pub fn pay_out(
        &mut self,
        market: u64,
        to: &str,
        amount: u128,
        debt: i128,
    ) -> AnyResult<AppResponse> {
        let call = withdrawal(market, to, amount, false);
        self.play(market, vec![script(market, debt, 0)], vec![call])
    }

    /// A market pays fees that leave what it reports: it reports `debt` from then on.
    pub fn pay_fees(&mut self, market: u64, amount: u128, debt: i128) -> AnyResult<AppResponse> {
        let call = fees(market, amount, false);
        self.play(market, vec![script(market, debt, 0)], vec![call])
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
        let manager = self.manager.clone();
        self.execute(&addr(who), &manager, msg, funds)
    }

    pub fn execute<T: Serialize + std::fmt::Debug>(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &T,
        funds: &[Coin],
    ) -> AnyResult<AppResponse> {
        let done = self
            .app
            .execute_contract(sender.clone(), contract.clone(), msg, funds)?;
        if self.checks {
            self.assert_sound();
        }
        Ok(done)
    }

    /// Sends dollars to the manager with a hook.
    pub fn hook(&mut self, who: &str, amount: u128, hook: &ReceiveMsg) -> AnyResult<AppResponse> {
        let manager = self.manager.clone();
        self.send_to(who, &manager, amount, hook)
    }

    pub fn send_to(
        &mut self,
        who: &str,
        contract: &Addr,
        amount: u128,
        hook: &impl Serialize,
    ) -> AnyResult<AppResponse> {
        let dollar = self.dollar.clone();
        self.send_cw20(who, &dollar, contract, amount, hook)
    }

    pub fn send_cw20(
        &mut self,
        who: &str,
        token: &Addr,
        contract: &Addr,
        amount: u128,
        hook: &impl Serialize,
    ) -> AnyResult<AppResponse> {
        let msg = Cw20ExecuteMsg::Send {
            contract: contract.to_string(),
            amount: amount.into(),
            msg: to_json_binary(hook).unwrap(),
        };
        self.execute(&addr(who), token, &msg, &[])
    }

    /// Hands dollars on.
    pub fn give(&mut self, from: &str, to: &str, amount: u128) {
        let msg = Cw20ExecuteMsg::Transfer {
            recipient: addr(to).into_string(),
            amount: amount.into(),
        };
        let dollar = self.dollar.clone();
        self.execute(&addr(from), &dollar, &msg, &[]).unwrap();
    }

    pub fn deposit(&mut self, who: &str, asset: &str, amount: u128) -> AnyResult<AppResponse> {
        self.deposit_for(who, asset, amount, None)
    }

    pub fn deposit_for(
        &mut self,
        who: &str,
        asset: &str,
        amount: u128,
        account: Option<&str>,
    ) -> AnyResult<AppResponse> {
        let account = account.map(|name| addr(name).into_string());
        if asset == "WETH" {
            let (weth, manager) = (self.weth.clone(), self.manager.clone());
            let hook = ReceiveMsg::Deposit { account };
            return self.send_cw20(who, &weth, &manager, amount, &hook);
        }
        let funds = coins(amount, format!("u{}", asset.to_lowercase()));
        self.act_with(who, &ExecuteMsg::Deposit { account }, &funds)
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

    pub fn delegate(
        &mut self,
        who: &str,
        vault: (u64, &str),
        amount: Option<u128>,
    ) -> AnyResult<AppResponse> {
        let VaultKey { pool, asset } = key(vault);
        let amount = amount.map(Uint128::new);
        self.act(
            who,
            &ExecuteMsg::Delegate {
                pool,
                asset,
                amount,
            },
        )
    }

    /// Deposits and delegates.
    pub fn lp(&mut self, who: &str, vault: (u64, &str), amount: u128) {
        self.deposit(who, vault.1, amount).unwrap();
        self.delegate(who, vault, Some(amount)).unwrap();
    }

    pub fn request_exit(&mut self, who: &str, vault: (u64, &str)) -> AnyResult<AppResponse> {
        let VaultKey { pool, asset } = key(vault);
        self.act(who, &ExecuteMsg::RequestExit { pool, asset })
    }

    pub fn undelegate(
        &mut self,
        who: &str,
        vault: (u64, &str),
        amount: Option<u128>,
    ) -> AnyResult<AppResponse> {
        let VaultKey { pool, asset } = key(vault);
        let amount = amount.map(Uint128::new);
        self.act(
            who,
            &ExecuteMsg::Undelegate {
                pool,
                asset,
                amount,
            },
        )
    }

    pub fn mint(
        &mut self,
        who: &str,
        vault: (u64, &str),
        amount: Option<u128>,
    ) -> AnyResult<AppResponse> {
        let VaultKey { pool, asset } = key(vault);
        let amount = amount.map(Uint128::new);
        self.act(
            who,
            &ExecuteMsg::MintUsd {
                pool,
                asset,
                amount,
            },
        )
    }

    pub fn burn(&mut self, who: &str, vault: (u64, &str), amount: u128) -> AnyResult<AppResponse> {
        self.burn_for(who, None, vault, amount)
    }

    pub fn burn_for(
        &mut self,
        who: &str,
        account: Option<&str>,
        vault: (u64, &str),
        amount: u128,
    ) -> AnyResult<AppResponse> {
        let VaultKey { pool, asset } = key(vault);
        let account = account.map(|name| addr(name).into_string());
        self.hook(
            who,
            amount,
            &ReceiveMsg::BurnUsd {
                account,
                pool,
                asset,
            },
        )
    }

    pub fn liquidate(
        &mut self,
        who: &str,
        account: &str,
        vault: (u64, &str),
    ) -> AnyResult<AppResponse> {
        let VaultKey { pool, asset } = key(vault);
        let account = addr(account).into_string();
        self.act(
            who,
            &ExecuteMsg::Liquidate {
                account,
                pool,
                asset,
            },
        )
    }

    pub fn liquidate_last(
        &mut self,
        who: &str,
        account: &str,
        vault: (u64, &str),
        amount: u128,
        min_received: u128,
    ) -> AnyResult<AppResponse> {
        let VaultKey { pool, asset } = key(vault);
        let hook = ReceiveMsg::LiquidateLastHolder {
            account: addr(account).into_string(),
            pool,
            asset,
            min_received: min_received.into(),
        };
        self.hook(who, amount, &hook)
    }

    pub fn donate(&mut self, who: &str, to: Unassigned, amount: u128) -> AnyResult<AppResponse> {
        self.hook(who, amount, &ReceiveMsg::Donate { to })
    }

    pub fn claim_fees(&mut self, who: &str, vaults: &[(u64, &str)]) -> AnyResult<AppResponse> {
        let vaults = vaults.iter().map(|vault| key(*vault)).collect();
        let account = None;
        self.act(who, &ExecuteMsg::ClaimFees { account, vaults })
    }

    pub fn claim_rewards(
        &mut self,
        who: &str,
        vault: (u64, &str),
        streams: &[u64],
    ) -> AnyResult<AppResponse> {
        let msg = ExecuteMsg::ClaimRewards {
            account: None,
            vault: key(vault),
            streams: streams.iter().map(|stream| (*stream).into()).collect(),
        };
        self.act(who, &msg)
    }

    pub fn claim_cut(&mut self, pool: u64, payee: &str) -> AnyResult<AppResponse> {
        let payee = addr(payee).into_string();
        let pool = pool.into();
        self.act("anyone", &ExecuteMsg::ClaimCut { pool, payee })
    }

    pub fn set_cut(
        &mut self,
        pool: u64,
        payee: &str,
        market: Option<u64>,
        percent: u64,
    ) -> AnyResult<AppResponse> {
        let msg = ExecuteMsg::SetCut {
            pool: pool.into(),
            payee: addr(payee).into_string(),
            market: market.map(Into::into),
            rate: Decimal::percent(percent),
        };
        self.act("paula", &msg)
    }

    pub fn set_markets(&mut self, pool: u64, markets: &[MarketWeight]) -> AnyResult<AppResponse> {
        self.set_markets_by("paula", pool, markets)
    }

    pub fn set_markets_by(
        &mut self,
        owner: &str,
        pool: u64,
        markets: &[MarketWeight],
    ) -> AnyResult<AppResponse> {
        let msg = ExecuteMsg::SetPoolMarkets {
            pool: pool.into(),
            markets: markets.to_vec(),
        };
        self.act(owner, &msg)
    }

    pub fn sync_pool(&mut self, pool: u64) -> AnyResult<AppResponse> {
        self.act("anyone", &ExecuteMsg::SyncPool { pool: pool.into() })
    }

    pub fn sync_market(&mut self, market: u64) -> AnyResult<AppResponse> {
        let market = market.into();
        self.act("anyone", &ExecuteMsg::SyncMarket { market })
    }

    pub fn quarantine(&mut self, who: &str, market: u64) -> AnyResult<AppResponse> {
        let contract = self.contract_of(market).into_string();
        self.act(who, &ExecuteMsg::Quarantine { contract })
    }

    pub fn end_quarantine(&mut self, who: &str, market: u64) -> AnyResult<AppResponse> {
        let contract = self.contract_of(market).into_string();
        self.act(who, &ExecuteMsg::EndQuarantine { contract })
    }

    pub fn check_market(&mut self, pool: u64, market: u64) -> AnyResult<AppResponse> {
        let contract = self.contract_of(market).into_string();
        let pool = pool.into();
        self.act("anyone", &ExecuteMsg::CheckMarket { pool, contract })
    }

    pub fn fund(
        &mut self,
        who: &str,
        distributor: &Addr,
        amount: u128,
        target: Target,
        days: Option<u64>,
    ) -> AnyResult<AppResponse> {
        let schedule = days.map(|days| Schedule {
            start: None,
            duration_secs: days * DAY,
        });
        self.fund_on(who, distributor, amount, target, schedule)
    }

    pub fn fund_on(
        &mut self,
        who: &str,
        distributor: &Addr,
        amount: u128,
        target: Target,
        schedule: Option<Schedule>,
    ) -> AnyResult<AppResponse> {
        let msg = rewards_distributor::ExecuteMsg::Fund { target, schedule };
        self.execute(&addr(who), distributor, &msg, &coins(amount, "ulife"))
    }

    pub fn switch_off(&mut self, operation: Operation) {
        self.act("guardian", &ExecuteMsg::SwitchOff { operation })
            .unwrap();
    }

    pub fn switch_on(&mut self, operation: Operation) {
        self.act("owner", &ExecuteMsg::SwitchOn { operation })
            .unwrap();
    }

    pub fn switch_off_everything(&mut self) {
        for operation in OPERATIONS {
            self.switch_off(operation);
        }
    }

    pub fn update_params(&mut self, change: impl FnOnce(&mut Params)) {
        let mut params = params();
        change(&mut params);
        self.act("owner", &ExecuteMsg::UpdateParams { params })
            .unwrap();
    }

    // -------------------------------------------------------------- refusals

    /// Expects the act to be refused with an error of that name, and nothing to be changed. Gives
    /// the whole text.
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

    /// Everything that every contract and the bank remember.
    pub fn dump(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let storage = self.app.storage();
        storage.range(None, None, Order::Ascending).collect()
    }

    // -------------------------------------------------------------- answers

    /// Asks the manager.
    pub fn query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> AnyResult<T> {
        Ok(self.app.wrap().query_wasm_smart(&self.manager, msg)?)
    }

    /// Asks the lens.
    pub fn ask<T: DeserializeOwned>(&self, msg: &pool_lens::QueryMsg) -> AnyResult<T> {
        Ok(self.app.wrap().query_wasm_smart(&self.lens, msg)?)
    }

    pub fn position(&self, who: &str, vault: (u64, &str)) -> PositionResponse {
        self.ask(&pool_lens::QueryMsg::Position {
            account: addr(who).into_string(),
            vault: key(vault),
        })
        .unwrap()
    }

    /// Collateral, debt and credit of a position.
    pub fn holds(&self, who: &str, vault: (u64, &str)) -> (u128, u128, u128) {
        let position = self.position(who, vault);
        (
            position.collateral.u128(),
            position.debt.u128(),
            position.credit.u128(),
        )
    }

    pub fn debt(&self, who: &str, vault: (u64, &str)) -> u128 {
        self.position(who, vault).debt.u128()
    }

    pub fn fees(&self, who: &str, vault: (u64, &str)) -> u128 {
        self.position(who, vault).fees.u128()
    }

    pub fn pool_of(&self, pool: u64) -> PoolResponse {
        let pool = pool.into();
        self.ask(&pool_lens::QueryMsg::Pool { pool }).unwrap()
    }

    pub fn market(&self, market: u64) -> MarketResponse {
        let market = market.into();
        self.ask(&pool_lens::QueryMsg::Market { market }).unwrap()
    }

    /// What a market may withdraw, as the manager says.
    pub fn credit(&self, market: u64) -> u128 {
        let asked: ballast_types::pool_manager::CreditResponse = self
            .query(&QueryMsg::Credit {
                contract: self.contract_of(market).into_string(),
                market_ref: Self::market_ref(market),
            })
            .unwrap();
        let seen = self.market(market).credit;
        assert_eq!(asked.credit, seen);
        seen.u128()
    }

    pub fn unassigned(&self) -> Vec<(Unassigned, i128)> {
        let all: Vec<UnassignedResponse> = self
            .ask(&pool_lens::QueryMsg::Solvency {
                start_after: None,
                limit: Some(64),
            })
            .unwrap();
        all.into_iter()
            .map(|row| (row.at, row.amount.to_string().parse().unwrap()))
            .collect()
    }

    pub fn cuts(&self, pool: u64) -> Vec<CutResponse> {
        let pool = pool.into();
        self.ask(&pool_lens::QueryMsg::Cuts { pool }).unwrap()
    }

    pub fn streams(&self, target: Target) -> Vec<StreamResponse> {
        self.ask(&pool_lens::QueryMsg::Streams {
            target,
            start_after: None,
            limit: Some(64),
        })
        .unwrap()
    }

    pub fn earned(&self, who: &str, vault: (u64, &str)) -> Vec<(u64, u128)> {
        let earned: EarnedResponse = self
            .ask(&pool_lens::QueryMsg::Earned {
                account: addr(who).into_string(),
                vault: key(vault),
            })
            .unwrap();
        earned
            .rewards
            .into_iter()
            .map(|row| (row.stream.u64(), row.amount.u128()))
            .collect()
    }

    pub fn exit_quote(
        &self,
        who: &str,
        vault: (u64, &str),
        amount: Option<u128>,
    ) -> AnyResult<ExitQuote> {
        self.ask(&pool_lens::QueryMsg::ExitQuote {
            account: addr(who).into_string(),
            vault: key(vault),
            amount: amount.map(Uint128::new),
        })
    }

    pub fn preview_mint(
        &self,
        who: &str,
        vault: (u64, &str),
        amount: Option<u128>,
    ) -> AnyResult<MintPreview> {
        self.ask(&pool_lens::QueryMsg::PreviewMint {
            account: addr(who).into_string(),
            vault: key(vault),
            amount: amount.map(Uint128::new),
        })
    }

    pub fn preview_liquidate(
        &self,
        who: &str,
        vault: (u64, &str),
        amount: Option<u128>,
    ) -> AnyResult<LiquidationPreview> {
        self.ask(&pool_lens::QueryMsg::PreviewLiquidate {
            account: addr(who).into_string(),
            vault: key(vault),
            amount: amount.map(Uint128::new),
        })
    }

    pub fn preview_markets(&self, pool: u64, markets: &[MarketWeight]) -> WeightsPreview {
        self.ask(&pool_lens::QueryMsg::PreviewPoolMarkets {
            pool: pool.into(),
            markets: markets.to_vec(),
        })
        .unwrap()
    }

    /// Undelegated collateral of an account.
    pub fn free(&self, who: &str, asset: &str) -> u128 {
        let account: pool_lens::AccountResponse = self
            .ask(&pool_lens::QueryMsg::Account {
                account: addr(who).into_string(),
            })
            .unwrap();
        account
            .free
            .into_iter()
            .find(|free| free.asset == asset)
            .map_or(0, |free| free.amount.u128())
    }

    /// Dollars in a wallet.
    pub fn dollars(&self, who: &str) -> u128 {
        self.dollars_at(&addr(who))
    }

    pub fn dollars_at(&self, who: &Addr) -> u128 {
        self.cw20_balance(&self.dollar, who)
    }

    pub fn cw20_balance(&self, token: &Addr, who: &Addr) -> u128 {
        let address = who.to_string();
        let balance: cw20::BalanceResponse = self
            .app
            .wrap()
            .query_wasm_smart(token, &Cw20QueryMsg::Balance { address })
            .unwrap();
        balance.balance.u128()
    }

    /// Dollars there are.
    pub fn supply(&self) -> u128 {
        let info: cw20::TokenInfoResponse = self
            .app
            .wrap()
            .query_wasm_smart(&self.dollar, &Cw20QueryMsg::TokenInfo {})
            .unwrap();
        info.total_supply.u128()
    }

    /// LIFE or WETH in a wallet.
    pub fn wallet(&self, who: &str, asset: &str) -> u128 {
        self.balance_at(&addr(who), asset)
    }

    pub fn balance_at(&self, who: &Addr, asset: &str) -> u128 {
        if asset == "WETH" {
            return self.cw20_balance(&self.weth, who);
        }
        let denom = format!("u{}", asset.to_lowercase());
        let balance = self.app.wrap().query_balance(who, denom).unwrap();
        balance.amount.u128()
    }
}

/// What a market answers.
pub fn script(market: u64, debt: i128, minimum: u128) -> Script {
    Script {
        market_ref: Stage::market_ref(market),
        debt: debt.into(),
        stale: false,
        minimum_credit: minimum.into(),
        err: None,
    }
}

pub fn withdrawal(market: u64, to: &str, amount: u128, or_less: bool) -> Call {
    Call::Manager(ManagerMsg::WithdrawMarketUsd(WithdrawMarketUsd {
        market_ref: Stage::market_ref(market),
        amount: amount.into(),
        recipient: addr(to).into_string(),
        or_less,
    }))
}

pub fn fees(market: u64, amount: u128, or_less: bool) -> Call {
    Call::Manager(ManagerMsg::PayFees(PayFees {
        market_ref: Stage::market_ref(market),
        amount: amount.into(),
        or_less,
    }))
}

/// What an act answered.
pub fn data<T: DeserializeOwned>(response: &AppResponse) -> T {
    from_json(response.data.as_ref().expect("data")).unwrap()
}

/// The attributes of each event of that name of the manager, without its address.
pub fn events(response: &AppResponse, name: &str) -> Vec<Vec<(String, String)>> {
    let manager = MANAGER.with_borrow(Clone::clone);
    response
        .events
        .iter()
        .filter(|event| event.ty == format!("wasm-{name}"))
        .filter(|event| {
            event
                .attributes
                .iter()
                .any(|a| a.key == "_contract_address" && a.value == manager)
        })
        .map(|event| {
            event
                .attributes
                .iter()
                .filter(|attribute| attribute.key != "_contract_address")
                .map(|attribute| (attribute.key.clone(), attribute.value.clone()))
                .collect()
        })
        .collect()
}

/// Expects one event of that name, with these attributes and no others.
pub fn has_event(response: &AppResponse, name: &str, expected: &[(&str, &str)]) {
    let found = events(response, name);
    assert_eq!(found.len(), 1, "one {name} is expected: {found:#?}");
    let found: Vec<_> = found[0]
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    assert_eq!(found, expected, "{name}");
}

/// An attribute of the one event of that name.
pub fn attribute(response: &AppResponse, name: &str, key: &str) -> String {
    let found = events(response, name);
    assert_eq!(found.len(), 1, "one {name} is expected: {found:#?}");
    found[0]
        .iter()
        .find(|(known, _)| known == key)
        .unwrap_or_else(|| panic!("{name} has no {key}"))
        .1
        .clone()
}

/// Expects a question to err with that name.
pub fn errs<T: std::fmt::Debug>(name: &str, answer: AnyResult<T>) {
    let error = answer.expect_err(&format!("{name} was expected"));
    assert_eq!(error_name(&error), name, "{error:#}");
}
