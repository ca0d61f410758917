//! A registry on an embedded chain, with an oracle whose records the test writes and issuers
//! that do what the test tells them.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests, each of which uses a part"
)]

use anyhow::{Result as AnyResult, anyhow};
use ballast_debt_registry::{ContractError, contract};
use ballast_types::{
    Usd,
    debt_registry::{
        ExecuteMsg, InstantiateMsg, IssueResponse, PoolResponse, QueryMsg, ReceiveMsg,
        RepayResponse, ShareholderResponse, SolvencyResponse, SynthResponse, SynthSpec, Valuation,
    },
    issuer::{IssuerReport, NewSynth},
    oracle::{DECIMALS, PRICES, PriceRecord, Status, StoredRecord},
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, CosmosMsg, Decimal, Deps, DepsMut, Empty, Env, Event, MessageInfo, Order, Reply,
    Response, StdError, StdResult, Storage, SubMsg, SubMsgResult, Uint128, WasmMsg, from_json,
    to_json_binary,
};
use cw_multi_test::{App, AppResponse, ContractWrapper, Executor, IntoBech32};
use cw_storage_plus::Item;
use cw20::{Cw20ExecuteMsg, Cw20QueryMsg};
use serde::de::DeserializeOwned;

/// One dollar at six decimals.
pub const USD: u128 = 1_000_000;

// ------------------------------------------------------------------ a scripted issuer

#[cw_serde]
pub enum ScriptMsg {
    AcceptSynth(NewSynth),
    /// Sends messages and answers with the data of the last.
    Send(Option<CosmosMsg>, CosmosMsg),
    Report(Option<IssuerReport>),
}

#[cw_serde]
pub enum ScriptQuery {
    IssuerReport {},
}

const REPORT: Item<IssuerReport> = Item::new("report");

fn script_execute(
    deps: DepsMut,
    _env: Env,
    _info: MessageInfo,
    msg: ScriptMsg,
) -> StdResult<Response> {
    match msg {
        ScriptMsg::AcceptSynth(_) => Ok(Response::new()),
        ScriptMsg::Send(first, last) => Ok(Response::new()
            .add_messages(first)
            .add_submessage(SubMsg::reply_on_success(last, 1))),
        ScriptMsg::Report(report) => {
            match report {
                Some(report) => REPORT.save(deps.storage, &report)?,
                None => REPORT.remove(deps.storage),
            }
            Ok(Response::new())
        }
    }
}

fn script_reply(_deps: DepsMut, _env: Env, reply: Reply) -> StdResult<Response> {
    let SubMsgResult::Ok(answer) = reply.result else {
        return Err(StdError::generic_err("no answer"));
    };
    let data = answer
        .msg_responses
        .first()
        .and_then(|any| cw_utils::parse_execute_response_data(&any.value).ok())
        .and_then(|answer| answer.data);
    Ok(match data {
        Some(data) => Response::new().set_data(data),
        None => Response::new(),
    })
}

fn script_query(deps: Deps, _env: Env, msg: ScriptQuery) -> StdResult<Binary> {
    let ScriptQuery::IssuerReport {} = msg;
    to_json_binary(&REPORT.load(deps.storage)?)
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
    pub treasury: Addr,
    pub oracle: Addr,
    pub registry: Addr,
    pub issuer: Addr,
    pub script: u64,
    pub cw20: u64,
}

pub fn addr(name: &str) -> Addr {
    name.into_bech32()
}

impl Chain {
    /// A registry without issuers; the oracle knows LUSD (6), sBTC (8), sETH (18), sBIG (0)
    /// and dUSD (6).
    pub fn empty() -> Self {
        let mut app = App::default();
        let [owner, guardian, treasury] = ["owner", "guardian", "treasury"].map(addr);
        let double = app.store_code(Box::new(ContractWrapper::new_with_empty(
            nothing, nothing, no_answer,
        )));
        let script = app.store_code(Box::new(
            ContractWrapper::new_with_empty(script_execute, nothing, script_query)
                .with_reply_empty(script_reply),
        ));
        let cw20 = app.store_code(Box::new(ContractWrapper::new_with_empty(
            cw20_base::contract::execute,
            cw20_base::contract::instantiate,
            cw20_base::contract::query,
        )));
        let registry = app.store_code(Box::new(
            ContractWrapper::new_with_empty(
                contract::execute,
                contract::instantiate,
                contract::query,
            )
            .with_reply_empty(contract::reply)
            .with_migrate_empty(contract::migrate),
        ));
        let oracle = app
            .instantiate_contract(double, owner.clone(), &Empty {}, &[], "oracle", None)
            .unwrap();
        let issuer = app
            .instantiate_contract(script, owner.clone(), &Empty {}, &[], "issuer", None)
            .unwrap();
        let msg = InstantiateMsg {
            owner: owner.to_string(),
            guardian: Some(guardian.to_string()),
            oracle: oracle.to_string(),
            treasury: treasury.to_string(),
            cw20_code_id: cw20,
        };
        let admin = Some(owner.to_string());
        let registry = app
            .instantiate_contract(registry, owner.clone(), &msg, &[], "registry", admin)
            .unwrap();
        let mut chain = Self {
            app,
            owner,
            guardian,
            treasury,
            oracle,
            registry,
            issuer,
            script,
            cw20,
        };
        for (asset, decimals) in [
            ("LUSD", 6),
            ("dUSD", 6),
            ("sBTC", 8),
            ("sETH", 18),
            ("sBIG", 0),
        ] {
            chain.know(asset, decimals);
        }
        chain
    }

    /// With the issuer and its synths LUSD, sBTC, sETH, without ceilings that bind.
    pub fn new() -> Self {
        let mut chain = Self::empty();
        let issuer = chain.issuer.clone();
        chain.add_issuer(&issuer, "LUSD").unwrap();
        chain.add_synth(&issuer, "sBTC").unwrap();
        chain.add_synth(&issuer, "sETH").unwrap();
        chain.price("sBTC", "1");
        chain.price("sETH", "1");
        chain
    }

    pub fn second_issuer(&mut self) -> Addr {
        let other = self.script();
        self.add_issuer(&other, "dUSD").unwrap();
        other
    }

    /// An issuer without shared debt, whose dollar is dUSD.
    pub fn unshared_issuer(&mut self) -> Addr {
        let (other, owner) = (self.script(), self.owner.clone());
        self.send(&owner, &add_unshared(&other, "dUSD")).unwrap();
        other
    }

    /// A scripted issuer that no registry knows yet.
    pub fn script(&mut self) -> Addr {
        let owner = self.owner.clone();
        self.app
            .instantiate_contract(self.script, owner, &Empty {}, &[], "other issuer", None)
            .unwrap()
    }

    // -------------------------------------------------------------- oracle

    pub fn know(&mut self, asset: &str, decimals: u8) {
        let mut storage = self.app.contract_storage_mut(&self.oracle);
        DECIMALS.save(&mut *storage, asset, &decimals).unwrap();
    }

    pub fn record(&mut self, asset: &str, record: &PriceRecord) {
        let mut storage = self.app.contract_storage_mut(&self.oracle);
        let stored = StoredRecord(record.clone());
        PRICES.save(&mut *storage, asset, &stored).unwrap();
    }

    pub fn recorded(&self, asset: &str) -> PriceRecord {
        PRICES
            .load(&*self.app.contract_storage(&self.oracle), asset)
            .unwrap()
            .0
    }

    /// A live price that is good for an hour.
    pub fn price(&mut self, asset: &str, price: &str) {
        let now = self.app.block_info().time.seconds();
        self.record(asset, &live(price, now + 3_600));
    }

    pub fn wait(&mut self, secs: u64) {
        self.app
            .update_block(|block| block.time = block.time.plus_seconds(secs));
    }

    // -------------------------------------------------------------- messages

    pub fn send(&mut self, sender: &Addr, msg: &ExecuteMsg) -> AnyResult<AppResponse> {
        self.app
            .execute_contract(sender.clone(), self.registry.clone(), msg, &[])
    }

    pub fn add_issuer(&mut self, issuer: &Addr, dollar: &str) -> AnyResult<AppResponse> {
        let owner = self.owner.clone();
        let msg = ExecuteMsg::AddIssuer {
            issuer: issuer.to_string(),
            dollar: spec(dollar),
            shared_debt: true,
        };
        self.send(&owner, &msg)
    }

    pub fn add_synth(&mut self, issuer: &Addr, synth: &str) -> AnyResult<AppResponse> {
        let owner = self.owner.clone();
        let msg = ExecuteMsg::AddSynth {
            issuer: issuer.to_string(),
            synth: spec(synth),
        };
        self.send(&owner, &msg)
    }

    /// The issuer sends `msg` to the registry.
    pub fn by_issuer(&mut self, msg: &ExecuteMsg) -> AnyResult<AppResponse> {
        let issuer = self.issuer.clone();
        self.by(&issuer, msg)
    }

    /// An issuer sends `msg` to the registry.
    pub fn by(&mut self, issuer: &Addr, msg: &ExecuteMsg) -> AnyResult<AppResponse> {
        let relayed = self.to_registry(msg);
        self.relay(issuer, relayed)
    }

    /// The issuer burns what `msg` says it has burnt, and sends `msg` to the registry.
    pub fn burning(&mut self, msg: &ExecuteMsg) -> AnyResult<AppResponse> {
        let (synth, amount) = match msg {
            ExecuteMsg::Repay { burnt, .. } => ("LUSD", burnt),
            ExecuteMsg::Liquidate { paid, .. } => ("LUSD", paid),
            ExecuteMsg::Exchange { from, amount, .. } => (from.as_str(), amount),
            _ => panic!("{msg:?} needs no burn"),
        };
        let issuer = self.issuer.clone();
        self.burning_only(&issuer, synth, amount.u128(), msg)
    }

    /// An issuer burns `amount` of a synth, whatever `msg` says it has burnt.
    pub fn burning_only(
        &mut self,
        issuer: &Addr,
        synth: &str,
        amount: u128,
        msg: &ExecuteMsg,
    ) -> AnyResult<AppResponse> {
        let burn = Cw20ExecuteMsg::Burn {
            amount: amount.into(),
        };
        let burn = (amount > 0).then(|| cw20_msg(&self.synth(synth).token, &burn));
        let relayed = self.to_registry(msg);
        self.relay_both(issuer, burn, relayed)
    }

    pub fn to_registry(&self, msg: &ExecuteMsg) -> CosmosMsg {
        let execute = WasmMsg::Execute {
            contract_addr: self.registry.to_string(),
            msg: to_json_binary(msg).unwrap(),
            funds: vec![],
        };
        execute.into()
    }

    pub fn relay(&mut self, issuer: &Addr, msg: CosmosMsg) -> AnyResult<AppResponse> {
        self.relay_both(issuer, None, msg)
    }

    pub fn relay_both(
        &mut self,
        issuer: &Addr,
        first: Option<CosmosMsg>,
        last: CosmosMsg,
    ) -> AnyResult<AppResponse> {
        let anyone = addr("anyone");
        self.app
            .execute_contract(anyone, issuer.clone(), &ScriptMsg::Send(first, last), &[])
    }

    pub fn issue(
        &mut self,
        account: &Addr,
        amount: u128,
        max_debt: u128,
    ) -> AnyResult<IssueResponse> {
        answer(self.by_issuer(&issue_msg(account, Some(amount), max_debt))?)
    }

    /// Whatever the account's collateral would say.
    pub fn mint(&mut self, account: &Addr, amount: u128) -> IssueResponse {
        self.issue(account, amount, u128::MAX).unwrap()
    }

    /// The account hands the issuer tokens and the issuer repays with them.
    pub fn repay(&mut self, account: &Addr, amount: u128) -> AnyResult<RepayResponse> {
        self.hand_over("LUSD", account, amount);
        answer(self.burning(&repay_msg(account, amount, None))?)
    }

    /// The account gives tokens to the issuer.
    pub fn hand_over(&mut self, synth: &str, account: &Addr, amount: u128) {
        let issuer = self.issuer.clone();
        if amount > 0 {
            self.transfer(synth, account, &issuer, amount).unwrap();
        }
    }

    /// Burns `amount` of `from` that the account has for as much value of `to`.
    pub fn exchange(
        &mut self,
        account: &Addr,
        from: &str,
        amount: u128,
        to: &str,
        out: u128,
    ) -> AnyResult<AppResponse> {
        self.hand_over(from, account, amount);
        self.burning(&exchange_msg(from, amount, to, account, out, 0))
    }

    pub fn donate(&mut self, synth: &str, sender: &Addr, amount: u128) -> AnyResult<AppResponse> {
        let msg = Cw20ExecuteMsg::Send {
            contract: self.registry.to_string(),
            amount: amount.into(),
            msg: to_json_binary(&ReceiveMsg::Donate {}).unwrap(),
        };
        self.cw20(synth, sender, &msg)
    }

    pub fn transfer(
        &mut self,
        synth: &str,
        from: &Addr,
        to: &Addr,
        amount: u128,
    ) -> AnyResult<AppResponse> {
        let msg = Cw20ExecuteMsg::Transfer {
            recipient: to.to_string(),
            amount: amount.into(),
        };
        if *from == self.issuer {
            let relayed = cw20_msg(&self.synth(synth).token, &msg);
            return self.relay(from, relayed);
        }
        self.cw20(synth, from, &msg)
    }

    pub fn cw20(
        &mut self,
        synth: &str,
        sender: &Addr,
        msg: &Cw20ExecuteMsg,
    ) -> AnyResult<AppResponse> {
        let token = self.synth(synth).token;
        self.app.execute_contract(sender.clone(), token, msg, &[])
    }

    // -------------------------------------------------------------- answers

    pub fn query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> StdResult<T> {
        self.app.wrap().query_wasm_smart(&self.registry, msg)
    }

    pub fn synth(&self, synth: &str) -> SynthResponse {
        self.query(&QueryMsg::Synth {
            synth: synth.to_owned(),
        })
        .unwrap()
    }

    pub fn pool(&self) -> PoolResponse {
        self.pool_at(Valuation::Strict).unwrap()
    }

    pub fn pool_at(&self, valuation: Valuation) -> StdResult<PoolResponse> {
        self.query(&QueryMsg::Pool {
            issuer: self.issuer.to_string(),
            valuation,
        })
    }

    pub fn debt(&self, account: &Addr) -> u128 {
        self.debt_at(account, Valuation::Strict).unwrap()
    }

    pub fn debt_at(&self, account: &Addr, valuation: Valuation) -> StdResult<u128> {
        self.query::<Uint128>(&QueryMsg::Debt {
            issuer: self.issuer.to_string(),
            account: account.to_string(),
            valuation,
        })
        .map(|debt| debt.u128())
    }

    pub fn shares(&self, account: &Addr) -> String {
        self.shareholders()
            .into_iter()
            .find(|row| row.account == *account)
            .map_or_else(|| "0".to_owned(), |row| row.shares.to_string())
    }

    pub fn shareholders(&self) -> Vec<ShareholderResponse> {
        self.query(&QueryMsg::Shareholders {
            issuer: self.issuer.to_string(),
            start_after: None,
            limit: Some(64),
        })
        .unwrap()
    }

    pub fn solvency(&self) -> Vec<SolvencyResponse> {
        self.query(&QueryMsg::Solvency {
            start_after: None,
            limit: None,
        })
        .unwrap()
    }

    pub fn balance(&self, synth: &str, holder: &Addr) -> u128 {
        let token = self.synth(synth).token;
        self.app
            .wrap()
            .query_wasm_smart::<cw20::BalanceResponse>(
                token,
                &Cw20QueryMsg::Balance {
                    address: holder.to_string(),
                },
            )
            .unwrap()
            .balance
            .u128()
    }

    pub fn token_supply(&self, synth: &str) -> u128 {
        let token = self.synth(synth).token;
        self.app
            .wrap()
            .query_wasm_smart::<cw20::TokenInfoResponse>(token, &Cw20QueryMsg::TokenInfo {})
            .unwrap()
            .total_supply
            .u128()
    }

    /// Everything that every contract and the bank remember.
    pub fn dump(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.app
            .storage()
            .range(None, None, Order::Ascending)
            .collect()
    }

    /// Sends `msg` and expects it to be refused so, and nothing to be changed by it.
    pub fn refuse(&mut self, sender: &Addr, msg: &ExecuteMsg, expected: &ContractError) {
        let before = self.dump();
        let error = if [&self.issuer].contains(&sender) {
            self.by(&sender.clone(), msg).unwrap_err()
        } else {
            self.send(sender, msg).unwrap_err()
        };
        assert_eq!(typed(&error), expected, "for {msg:?}");
        assert_eq!(self.dump(), before, "{expected} left a trace");
    }
}

pub fn typed(error: &anyhow::Error) -> &ContractError {
    error
        .downcast_ref()
        .unwrap_or_else(|| panic!("not an error of the registry: {error:#}"))
}

pub fn answer<T: DeserializeOwned>(response: AppResponse) -> AnyResult<T> {
    let data = response.data.ok_or_else(|| anyhow!("no data"))?;
    let inner = cw_utils::parse_execute_response_data(&data)
        .ok()
        .and_then(|answer| answer.data)
        .unwrap_or(data);
    Ok(from_json(inner)?)
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

pub fn cw20_msg(token: &Addr, msg: &Cw20ExecuteMsg) -> CosmosMsg {
    let execute = WasmMsg::Execute {
        contract_addr: token.to_string(),
        msg: to_json_binary(msg).unwrap(),
        funds: vec![],
    };
    execute.into()
}

pub fn live(price: &str, valid_until: u64) -> PriceRecord {
    let price = price.parse().unwrap();
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
        status: Status::Live {},
    }
}

pub fn spec(synth: &str) -> SynthSpec {
    SynthSpec {
        synth: synth.to_owned(),
        name: format!("Ballast {synth}"),
        symbol: synth.to_owned(),
        ceiling: Uint128::MAX,
    }
}

pub fn usd(text: &str) -> Usd {
    text.parse().unwrap()
}

pub fn add_unshared(issuer: &Addr, dollar: &str) -> ExecuteMsg {
    ExecuteMsg::AddIssuer {
        issuer: issuer.to_string(),
        dollar: spec(dollar),
        shared_debt: false,
    }
}

pub fn mint_usd_msg(recipient: &Addr, amount: u128) -> ExecuteMsg {
    ExecuteMsg::MintUsd {
        recipient: recipient.to_string(),
        amount: amount.into(),
    }
}

pub fn burn_usd_msg(amount: u128) -> ExecuteMsg {
    ExecuteMsg::BurnUsd {
        amount: amount.into(),
    }
}

pub fn issue_msg(account: &Addr, amount: Option<u128>, max_debt: u128) -> ExecuteMsg {
    ExecuteMsg::Issue {
        account: account.to_string(),
        amount: amount.map(Uint128::new),
        max_debt: max_debt.into(),
        min_debt: Uint128::zero(),
    }
}

/// What is not needed goes to the account.
pub fn repay_msg(account: &Addr, burnt: u128, down_to: Option<u128>) -> ExecuteMsg {
    ExecuteMsg::Repay {
        account: account.to_string(),
        burnt: burnt.into(),
        down_to: down_to.map(Uint128::new),
        refund_to: account.to_string(),
    }
}

pub fn liquidate_msg(account: &Addr, paid: u128, debt_closed: u128) -> ExecuteMsg {
    ExecuteMsg::Liquidate {
        account: account.to_string(),
        paid: paid.into(),
        debt_closed: debt_closed.into(),
    }
}

pub fn exchange_msg(
    from: &str,
    amount: u128,
    to: &str,
    recipient: &Addr,
    out: u128,
    fee: u128,
) -> ExecuteMsg {
    ExecuteMsg::Exchange {
        from: from.to_owned(),
        amount: amount.into(),
        to: to.to_owned(),
        recipient: recipient.to_string(),
        out: out.into(),
        fee: fee.into(),
    }
}
