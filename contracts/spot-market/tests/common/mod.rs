//! A spot market on an embedded chain, with an oracle whose records the test writes and a pool manager
//! that keeps the books of a market as the real one does, behind a room that the test sets.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests, each of which uses a part"
)]

use anyhow::Result as AnyResult;
use ballast_math::market::{Backing, MarketBooks, Report};
use ballast_spot_market::{ContractError, contract};
use ballast_types::token::Cw20Msg;
use ballast_types::{
    market::{
        Answer, DepositMarketUsd, ManagerHook, MarketQuery, Paid, PayFees, WithdrawMarketUsd,
    },
    oracle::{DECIMALS, PRICES, PriceRecord, Status, StoredRecord},
    pool_manager::CreditResponse,
    spot_market::{
        ExecuteMsg, InstantiateMsg, MarketResponse, PositionResponse, QueryMsg, ReceiveMsg, Terms,
    },
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, Decimal, Deps, DepsMut, Empty, Env, Event, Int256, MessageInfo, Order, Response,
    StdError, StdResult, Storage, Uint128, from_json, to_json_binary,
};
use cw_multi_test::{App, AppResponse, ContractWrapper, Executor, IntoBech32};
use cw_storage_plus::{Item, Map};
use cw20::{BalanceResponse, Cw20Coin, Cw20QueryMsg, Cw20ReceiveMsg, MinterResponse};
use serde::de::DeserializeOwned;

/// One dollar at six decimals.
pub const USD: u128 = 1_000_000;
/// One whole BTC at eight decimals.
pub const BTC: u128 = 100_000_000;

// ------------------------------------------------------------------ a pool manager

/// What the test tells the manager, and what markets do.
#[cw_serde]
pub enum PoolMsg {
    Receive(Cw20ReceiveMsg),
    WithdrawMarketUsd(WithdrawMarketUsd),
    PayFees(PayFees),
    /// Sets the dollar.
    Dollar(Addr),
    /// Sets what the pools may still be given, whatever they were given already.
    Room(Uint128),
    /// Refuses whatever a market asks for.
    Refuse(bool),
    /// Somebody has burnt dollars for what nobody carries of a market.
    Donate(String, Uint128),
    /// Polls a market and gives its pools what it has won or lost.
    Flush(Addr, String),
}

#[cw_serde]
pub enum PoolQuery {
    Credit {
        contract: String,
        #[serde(rename = "ref")]
        market_ref: String,
    },
    Books(String),
    /// What was paid as fees.
    Fees {},
}

const DOLLAR: Item<Addr> = Item::new("dollar");
const ROOM: Item<Uint128> = Item::new("room");
const REFUSES: Item<bool> = Item::new("refuses");
const BOOKS: Map<String, MarketBooks> = Map::new("books");
const FEES: Item<Uint128> = Item::new("fees");
const CEILING: Uint128 = Uint128::MAX;

fn books(storage: &dyn Storage, market_ref: &str) -> StdResult<MarketBooks> {
    Ok(BOOKS
        .may_load(storage, market_ref.to_owned())?
        .unwrap_or_default())
}

/// Room is what is left of what the test has set.
fn room(storage: &dyn Storage, books: &MarketBooks) -> StdResult<Uint128> {
    let room = Int256::from(ROOM.load(storage)?) - books.given().max(Int256::zero());
    Ok(Uint128::try_from(room.max(Int256::zero()).unsigned_abs()).unwrap())
}

fn credit(storage: &dyn Storage, books: &MarketBooks) -> StdResult<(Backing, Uint128)> {
    let backing = Backing::Live {
        room: room(storage, books)?,
    };
    Ok((backing, books.credit(backing, CEILING).unwrap()))
}

fn pay(
    deps: &mut DepsMut,
    market_ref: &str,
    asked: Uint128,
    or_less: bool,
) -> StdResult<(Uint128, Response)> {
    if REFUSES.load(deps.storage)? {
        return Err(StdError::generic_err("SwitchedOff: not now"));
    }
    let mut books = books(deps.storage, market_ref)?;
    let (backing, credit) = credit(deps.storage, &books)?;
    if asked > credit && !or_less {
        return Err(StdError::generic_err("ExceedsCredit: too much"));
    }
    let amount = asked.min(credit);
    books.withdraw(amount, backing, CEILING).unwrap();
    BOOKS.save(deps.storage, market_ref.to_owned(), &books)?;
    let data = to_json_binary(&Paid { amount })?;
    Ok((amount, Response::new().set_data(data)))
}

fn pool_execute(
    mut deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    msg: PoolMsg,
) -> StdResult<Response> {
    match msg {
        PoolMsg::Receive(received) => {
            assert_eq!(info.sender, DOLLAR.load(deps.storage)?);
            let ManagerHook::DepositMarketUsd(DepositMarketUsd { market_ref }) =
                from_json(&received.msg)?;
            let mut books = books(deps.storage, &market_ref)?;
            books.deposit(received.amount).unwrap();
            BOOKS.save(deps.storage, market_ref, &books)?;
            let burn = Cw20Msg::Burn {
                amount: received.amount,
            };
            Ok(Response::new().add_message(cw20_msg(&info.sender, &burn)))
        }
        PoolMsg::WithdrawMarketUsd(asked) => {
            let (amount, response) =
                pay(&mut deps, &asked.market_ref, asked.amount, asked.or_less)?;
            if amount.is_zero() {
                return Ok(response);
            }
            let mint = Cw20Msg::Mint {
                recipient: asked.recipient,
                amount,
            };
            Ok(response.add_message(cw20_msg(&DOLLAR.load(deps.storage)?, &mint)))
        }
        PoolMsg::PayFees(asked) => {
            let (amount, response) =
                pay(&mut deps, &asked.market_ref, asked.amount, asked.or_less)?;
            FEES.update(deps.storage, |fees| StdResult::Ok(fees + amount))?;
            Ok(response)
        }
        PoolMsg::Dollar(dollar) => {
            DOLLAR.save(deps.storage, &dollar)?;
            ROOM.save(deps.storage, &Uint128::new(1_000_000_000 * USD))?;
            REFUSES.save(deps.storage, &false)?;
            FEES.save(deps.storage, &Uint128::zero())?;
            Ok(Response::new())
        }
        PoolMsg::Room(room) => {
            ROOM.save(deps.storage, &room)?;
            Ok(Response::new())
        }
        PoolMsg::Refuse(refuses) => {
            REFUSES.save(deps.storage, &refuses)?;
            Ok(Response::new())
        }
        PoolMsg::Donate(market_ref, burnt) => {
            let mut books = books(deps.storage, &market_ref)?;
            books.donate(burnt).unwrap();
            BOOKS.save(deps.storage, market_ref, &books)?;
            Ok(Response::new())
        }
        PoolMsg::Flush(market, market_ref) => {
            let question = MarketQuery::ReportedDebts {
                refs: vec![market_ref.clone()],
            };
            let answers: Vec<Answer<Report>> = deps.querier.query_wasm_smart(market, &question)?;
            let Answer::Ok(report) = &answers[0] else {
                panic!("{answers:?}");
            };
            let mut books = books(deps.storage, &market_ref)?;
            books.poll(*report).unwrap();
            books.flush(room(deps.storage, &books)?, true).unwrap();
            BOOKS.save(deps.storage, market_ref, &books)?;
            Ok(Response::new())
        }
    }
}

fn pool_query(deps: Deps, _env: Env, msg: PoolQuery) -> StdResult<Binary> {
    match msg {
        PoolQuery::Credit { market_ref, .. } => {
            let (_, credit) = credit(deps.storage, &books(deps.storage, &market_ref)?)?;
            to_json_binary(&CreditResponse { credit })
        }
        PoolQuery::Books(market_ref) => to_json_binary(&books(deps.storage, &market_ref)?),
        PoolQuery::Fees {} => to_json_binary(&FEES.load(deps.storage)?),
    }
}

fn nothing(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn no_answer(_: Deps, _: Env, _: Empty) -> StdResult<Binary> {
    Err(StdError::generic_err("nothing to ask"))
}

// ------------------------------------------------------------------ the chain

pub struct Chain {
    pub app: App,
    pub owner: Addr,
    pub guardian: Addr,
    pub oracle: Addr,
    pub manager: Addr,
    pub dollar: Addr,
    pub market: Addr,
}

pub fn addr(name: &str) -> Addr {
    name.into_bech32()
}

/// 0.3 %, at most 1.5 % to buy and 10 % to sell; a cap of a million, a half of headroom.
pub fn terms() -> Terms {
    Terms {
        base_fee: Decimal::permille(3),
        max_fee: Decimal::permille(15),
        max_exit_fee: Decimal::percent(10),
        cap: Uint128::new(1_000_000 * USD),
        headroom: Decimal::percent(50),
    }
}

impl Chain {
    /// No market yet; Alice and Bob have 100,000 dollars each. The oracle knows BTC (8), at 50,000,
    /// and ETH (18), without a price.
    pub fn empty() -> Self {
        let mut app = App::default();
        let [owner, guardian] = ["owner", "guardian"].map(addr);
        let double = app.store_code(Box::new(ContractWrapper::new_with_empty(
            nothing, nothing, no_answer,
        )));
        let pool = app.store_code(Box::new(ContractWrapper::new_with_empty(
            pool_execute,
            nothing,
            pool_query,
        )));
        let cw20 = app.store_code(Box::new(ContractWrapper::new_with_empty(
            cw20_base::contract::execute,
            cw20_base::contract::instantiate,
            cw20_base::contract::query,
        )));
        let spot = app.store_code(Box::new(
            ContractWrapper::new_with_empty(
                contract::execute,
                contract::instantiate,
                contract::query,
            )
            .with_reply_empty(contract::reply)
            .with_migrate_empty(contract::migrate),
        ));
        let mut set_up = |code, label: &str| {
            app.instantiate_contract(code, owner.clone(), &Empty {}, &[], label, None)
                .unwrap()
        };
        let oracle = set_up(double, "oracle");
        let manager = set_up(pool, "manager");
        let dollar = cw20_base::msg::InstantiateMsg {
            name: "Pool Dollar".into(),
            symbol: "DUSD".into(),
            decimals: 6,
            initial_balances: ["alice", "bob"]
                .map(|name| Cw20Coin {
                    address: addr(name).to_string(),
                    amount: Uint128::new(100_000 * USD),
                })
                .to_vec(),
            mint: Some(MinterResponse {
                minter: manager.to_string(),
                cap: None,
            }),
            marketing: None,
        };
        let dollar = app
            .instantiate_contract(cw20, owner.clone(), &dollar, &[], "dollar", None)
            .unwrap();
        app.execute_contract(
            owner.clone(),
            manager.clone(),
            &PoolMsg::Dollar(dollar.clone()),
            &[],
        )
        .unwrap();
        let msg = InstantiateMsg {
            owner: owner.to_string(),
            guardian: Some(guardian.to_string()),
            oracle: oracle.to_string(),
            manager: manager.to_string(),
            dollar: dollar.to_string(),
        };
        let market = app
            .instantiate_contract(spot, owner.clone(), &msg, &[], "spot", None)
            .unwrap();
        let mut chain = Self {
            app,
            owner,
            guardian,
            oracle,
            manager,
            dollar,
            market,
        };
        chain.know("BTC", 8);
        chain.know("ETH", 18);
        chain.price("BTC", "50000");
        chain
    }

    /// With the market "btc" of BTC.
    pub fn new() -> Self {
        let mut chain = Self::empty();
        let owner = chain.owner.clone();
        chain.send(&owner, &add_market("btc", "BTC")).unwrap();
        chain
    }

    // -------------------------------------------------------------- oracle

    pub fn know(&mut self, asset: &str, decimals: u8) {
        let mut storage = self.app.contract_storage_mut(&self.oracle);
        DECIMALS.save(&mut *storage, asset, &decimals).unwrap();
    }

    pub fn record(&mut self, asset: &str, record: PriceRecord) {
        let mut storage = self.app.contract_storage_mut(&self.oracle);
        PRICES
            .save(&mut *storage, asset, &StoredRecord(record))
            .unwrap();
    }

    /// A live price that is good for an hour.
    pub fn price(&mut self, asset: &str, price: &str) {
        let valid_until = self.now() + 3_600;
        self.record(asset, live(asset, price, valid_until));
    }

    /// The newest median is another than the last accepted price.
    pub fn halt(&mut self, asset: &str, price: &str, latest: &str) {
        let mut record = live(asset, price, self.now() + 3_600);
        let latest: Decimal = latest.parse().unwrap();
        record.status = Status::Halted {
            first: latest,
            since: self.now(),
            latest,
        };
        self.record(asset, record);
    }

    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    pub fn wait(&mut self, secs: u64) {
        self.app
            .update_block(|block| block.time = block.time.plus_seconds(secs));
    }

    // -------------------------------------------------------------- messages

    pub fn send(&mut self, sender: &Addr, msg: &ExecuteMsg) -> AnyResult<AppResponse> {
        self.app
            .execute_contract(sender.clone(), self.market.clone(), msg, &[])
    }

    pub fn tell_pool(&mut self, msg: &PoolMsg) -> AnyResult<AppResponse> {
        let (owner, manager) = (self.owner.clone(), self.manager.clone());
        self.app.execute_contract(owner, manager, msg, &[])
    }

    /// Polls the market "btc" and gives its pools what it has won or lost.
    pub fn flush(&mut self) {
        let flush = PoolMsg::Flush(self.market.clone(), "btc".into());
        self.tell_pool(&flush).unwrap();
    }

    /// Sends dollars to the market with a hook.
    pub fn hook<T: serde::Serialize>(
        &mut self,
        sender: &Addr,
        usd: u128,
        hook: &T,
    ) -> AnyResult<AppResponse> {
        let msg = Cw20Msg::Send {
            contract: self.market.to_string(),
            amount: usd.into(),
            msg: to_json_binary(hook).unwrap(),
        };
        let dollar = self.dollar.clone();
        self.app.execute_contract(sender.clone(), dollar, &msg, &[])
    }

    pub fn buy(&mut self, buyer: &Addr, usd: u128) -> AnyResult<AppResponse> {
        self.hook(buyer, usd, &buy_hook(0))
    }

    /// `units`, or all.
    pub fn sell(&mut self, seller: &Addr, units: Option<u128>) -> AnyResult<AppResponse> {
        self.send(seller, &sell_msg(units, 0))
    }

    // -------------------------------------------------------------- answers

    pub fn query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> StdResult<T> {
        self.app.wrap().query_wasm_smart(&self.market, msg)
    }

    pub fn market(&self) -> MarketResponse {
        self.query(&QueryMsg::Market {
            market_ref: "btc".into(),
        })
        .unwrap()
    }

    /// What "btc" answers a pool.
    pub fn reports(&self) -> (i128, bool) {
        let refs = vec!["btc".to_owned()];
        let answers: Vec<Answer<Report>> = self.query(&QueryMsg::ReportedDebts { refs }).unwrap();
        match &answers[..] {
            [Answer::Ok(report)] => (report.debt.i128(), report.stale),
            _ => panic!("{answers:?}"),
        }
    }

    pub fn minimum_credit(&self) -> u128 {
        let refs = vec!["btc".to_owned()];
        let answers: Vec<Answer<Uint128>> = self.query(&QueryMsg::MinimumCredits { refs }).unwrap();
        match &answers[..] {
            [Answer::Ok(minimum)] => minimum.u128(),
            _ => panic!("{answers:?}"),
        }
    }

    pub fn position(&self, account: &Addr) -> PositionResponse {
        self.query(&QueryMsg::Position {
            market_ref: "btc".into(),
            account: account.to_string(),
        })
        .unwrap()
    }

    pub fn units(&self, account: &Addr) -> u128 {
        self.position(account).units.u128()
    }

    pub fn owed(&self, account: &Addr) -> u128 {
        self.position(account).owed.u128()
    }

    /// The manager's books of "btc".
    pub fn books(&self) -> MarketBooks {
        self.app
            .wrap()
            .query_wasm_smart(&self.manager, &PoolQuery::Books("btc".into()))
            .unwrap()
    }

    pub fn credit(&self) -> u128 {
        let question = PoolQuery::Credit {
            contract: self.market.to_string(),
            market_ref: "btc".into(),
        };
        let answer: CreditResponse = self
            .app
            .wrap()
            .query_wasm_smart(&self.manager, &question)
            .unwrap();
        answer.credit.u128()
    }

    /// What pools were paid as fees.
    pub fn fees(&self) -> u128 {
        let fees: Uint128 = self
            .app
            .wrap()
            .query_wasm_smart(&self.manager, &PoolQuery::Fees {})
            .unwrap();
        fees.u128()
    }

    pub fn balance(&self, holder: &Addr) -> u128 {
        let question = Cw20QueryMsg::Balance {
            address: holder.to_string(),
        };
        let answer: BalanceResponse = self
            .app
            .wrap()
            .query_wasm_smart(&self.dollar, &question)
            .unwrap();
        answer.balance.u128()
    }

    /// Everything that every contract and the bank remember.
    pub fn dump(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.app
            .storage()
            .range(None, None, Order::Ascending)
            .collect()
    }

    /// Expects `act` to be refused so, and nothing to be changed by it.
    pub fn refused(
        &mut self,
        expected: &ContractError,
        act: impl FnOnce(&mut Self) -> AnyResult<AppResponse>,
    ) {
        let before = self.dump();
        let error = act(self).unwrap_err();
        assert_eq!(typed(&error), expected);
        assert_eq!(self.dump(), before, "{expected} left a trace");
    }

    /// Sends `msg` and expects it to be refused so, and nothing to be changed by it.
    pub fn refuse(&mut self, sender: &Addr, msg: &ExecuteMsg, expected: &ContractError) {
        self.refused(expected, |chain| chain.send(sender, msg));
    }
}

pub fn typed(error: &anyhow::Error) -> &ContractError {
    error
        .downcast_ref()
        .unwrap_or_else(|| panic!("not an error of the market: {error:#}"))
}

/// The attribute of the one event of that name.
pub fn attribute(events: &[Event], event: &str, key: &str) -> String {
    let found: Vec<_> = events
        .iter()
        .filter(|e| e.ty == format!("wasm-{event}"))
        .collect();
    assert_eq!(found.len(), 1, "one {event} event in {events:#?}");
    found[0]
        .attributes
        .iter()
        .find(|a| a.key == key)
        .unwrap_or_else(|| panic!("{event} has no {key}"))
        .value
        .clone()
}

fn cw20_msg(token: &Addr, msg: &Cw20Msg) -> cosmwasm_std::CosmosMsg {
    ballast_types::token::cw20_message(token, msg).unwrap()
}

pub fn live(asset: &str, price: &str, valid_until: u64) -> PriceRecord {
    let price = price.parse().unwrap();
    PriceRecord {
        decimals: if asset == "BTC" { 8 } else { 18 },
        price,
        ema: price,
        volatility: Decimal::zero(),
        round: 0,
        updated_at: 0,
        valid_until,
        published_at: 0,
        retiring: false,
        status: Status::Live {},
    }
}

pub fn add_market(market_ref: &str, asset: &str) -> ExecuteMsg {
    ExecuteMsg::AddMarket {
        market_ref: market_ref.into(),
        name: format!("Spot {asset}"),
        asset: asset.into(),
        terms: terms(),
    }
}

pub fn set_terms(terms: Terms) -> ExecuteMsg {
    ExecuteMsg::SetTerms {
        market_ref: "btc".into(),
        terms,
    }
}

pub fn buy_hook(min_units: u128) -> ReceiveMsg {
    ReceiveMsg::Buy {
        market_ref: "btc".into(),
        min_units: min_units.into(),
    }
}

pub fn sell_msg(units: Option<u128>, min_usd: u128) -> ExecuteMsg {
    ExecuteMsg::Sell {
        market_ref: "btc".into(),
        units: units.map(Uint128::new),
        min_usd: min_usd.into(),
    }
}

pub fn claim_msg(account: Option<&Addr>) -> ExecuteMsg {
    ExecuteMsg::Claim {
        market_ref: "btc".into(),
        account: account.map(Addr::to_string),
    }
}

pub fn pay_fees_msg() -> ExecuteMsg {
    ExecuteMsg::PayFees {
        market_ref: "btc".into(),
    }
}
