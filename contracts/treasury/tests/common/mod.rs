//! A treasury on an embedded chain, with a cw20 and a registry double that burns donations.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests, each of which uses a part"
)]

use anyhow::Result as AnyResult;
use ballast_treasury::{ContractError, contract};
use ballast_types::{
    TokenUnchecked, debt_registry,
    treasury::{
        BalanceResponse, CoverResponse, CoverUnchecked, Entry, ExecuteMsg, InstantiateMsg,
        LedgerRow, Limit, QueryMsg, ReceiveMsg, Tag,
    },
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, Event, MessageInfo, Order, Response, StdError,
    StdResult, Storage, Uint128, WasmMsg, coins, from_json, to_json_binary,
};
use cw_multi_test::{App, AppResponse, ContractWrapper, Executor, IntoBech32};
use cw20::{Cw20Coin, Cw20ExecuteMsg, Cw20QueryMsg, Cw20ReceiveMsg};
use serde::de::DeserializeOwned;

pub const DAY: u64 = 86_400;

/// The registry as far as the treasury needs it: it burns what is donated to it.
#[cw_serde]
pub enum DoubleMsg {
    Receive(Cw20ReceiveMsg),
}

fn double(_: DepsMut, _: Env, info: MessageInfo, msg: DoubleMsg) -> StdResult<Response> {
    let DoubleMsg::Receive(received) = msg;
    let debt_registry::ReceiveMsg::Donate {} = from_json(&received.msg)?;
    let burn = Cw20ExecuteMsg::Burn {
        amount: received.amount,
    };
    Ok(Response::new()
        .add_event(Event::new("donated").add_attribute("sender", received.sender))
        .add_message(WasmMsg::Execute {
            contract_addr: info.sender.into_string(),
            msg: to_json_binary(&burn)?,
            funds: vec![],
        }))
}

fn nothing(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn no_answer(_: Deps, _: Env, _: Empty) -> StdResult<Binary> {
    Err(StdError::generic_err("nothing to ask"))
}

pub fn addr(name: &str) -> Addr {
    name.into_bech32()
}

pub fn native(denom: &str) -> TokenUnchecked {
    TokenUnchecked::Native(denom.to_owned())
}

pub fn atom() -> TokenUnchecked {
    native("uatom")
}

pub const fn limit(amount: u128, period_secs: u64) -> Limit {
    Limit {
        amount: Uint128::new(amount),
        period_secs,
    }
}

pub struct Chain {
    pub app: App,
    pub owner: Addr,
    pub guardian: Addr,
    pub alice: Addr,
    /// Stands for the synth minter.
    pub minter: Addr,
    pub registry: Addr,
    pub lusd: Addr,
    pub treasury: Addr,
}

impl Chain {
    /// Alice has 1,000,000 uatom, 1,000,000 uosmo and 1,000,000 LUSD.
    pub fn new() -> Self {
        let [owner, guardian, alice, minter] = ["owner", "guardian", "alice", "minter"].map(addr);
        let rich = alice.clone();
        let mut app = App::new(|router, _, storage| {
            let mut coins = coins(1_000_000, "uatom");
            coins.extend(cosmwasm_std::coins(1_000_000, "uosmo"));
            router.bank.init_balance(storage, &rich, coins).unwrap();
        });
        let cw20 = app.store_code(Box::new(ContractWrapper::new_with_empty(
            cw20_base::contract::execute,
            cw20_base::contract::instantiate,
            cw20_base::contract::query,
        )));
        let double = app.store_code(Box::new(ContractWrapper::new_with_empty(
            double, nothing, no_answer,
        )));
        let code = app.store_code(Box::new(
            ContractWrapper::new_with_empty(
                contract::execute,
                contract::instantiate,
                contract::query,
            )
            .with_migrate_empty(contract::migrate),
        ));
        let registry = app
            .instantiate_contract(double, owner.clone(), &Empty {}, &[], "registry", None)
            .unwrap();
        let token = cw20_base::msg::InstantiateMsg {
            name: "Ballast Dollar".into(),
            symbol: "LUSD".into(),
            decimals: 6,
            initial_balances: vec![Cw20Coin {
                address: alice.to_string(),
                amount: Uint128::new(1_000_000),
            }],
            mint: None,
            marketing: None,
        };
        let lusd = app
            .instantiate_contract(cw20, owner.clone(), &token, &[], "LUSD", None)
            .unwrap();
        let msg = InstantiateMsg {
            owner: owner.to_string(),
            guardian: Some(guardian.to_string()),
        };
        let treasury = app
            .instantiate_contract(code, owner.clone(), &msg, &[], "treasury", None)
            .unwrap();
        Self {
            app,
            owner,
            guardian,
            alice,
            minter,
            registry,
            lusd,
            treasury,
        }
    }

    pub fn dollar(&self) -> TokenUnchecked {
        TokenUnchecked::Cw20(self.lusd.to_string())
    }

    pub fn wait(&mut self, secs: u64) {
        self.app
            .update_block(|block| block.time = block.time.plus_seconds(secs));
    }

    // -------------------------------------------------------------- messages

    pub fn send(&mut self, sender: &Addr, msg: &ExecuteMsg) -> AnyResult<AppResponse> {
        self.app
            .execute_contract(sender.clone(), self.treasury.clone(), msg, &[])
    }

    pub fn by_owner(&mut self, msg: &ExecuteMsg) -> AnyResult<AppResponse> {
        let owner = self.owner.clone();
        self.send(&owner, msg)
    }

    pub fn deposit(&mut self, tag: Tag, amount: u128) -> AnyResult<AppResponse> {
        self.app.execute_contract(
            self.alice.clone(),
            self.treasury.clone(),
            &ExecuteMsg::Deposit { tag },
            &coins(amount, "uatom"),
        )
    }

    pub fn deposit_dollar(&mut self, tag: Tag, amount: u128) -> AnyResult<AppResponse> {
        let msg = Cw20ExecuteMsg::Send {
            contract: self.treasury.to_string(),
            amount: amount.into(),
            msg: to_json_binary(&ReceiveMsg::Deposit { tag }).unwrap(),
        };
        let (alice, lusd) = (self.alice.clone(), self.lusd.clone());
        self.app.execute_contract(alice, lusd, &msg, &[])
    }

    pub fn set_limit(&mut self, token: TokenUnchecked, limit: Option<Limit>) {
        self.by_owner(&ExecuteMsg::SetLimit { token, limit })
            .unwrap();
    }

    pub fn spend(&mut self, token: TokenUnchecked, amount: u128) -> AnyResult<AppResponse> {
        self.by_owner(&spend_msg(token, amount, &addr("worker")))
    }

    pub fn authorize(&mut self, limit: Limit) -> AnyResult<AppResponse> {
        let msg = ExecuteMsg::Authorize {
            contract: self.minter.to_string(),
            cover: CoverUnchecked {
                registry: self.registry.to_string(),
                dollar: self.lusd.to_string(),
                limit,
            },
        };
        self.by_owner(&msg)
    }

    pub fn cover(&mut self, amount: u128) -> AnyResult<u128> {
        let minter = self.minter.clone();
        let msg = ExecuteMsg::Cover {
            amount: amount.into(),
        };
        let response = self.send(&minter, &msg)?;
        let covered: CoverResponse = from_json(response.data.unwrap()).unwrap();
        Ok(covered.covered.u128())
    }

    // -------------------------------------------------------------- answers

    pub fn query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> StdResult<T> {
        self.app.wrap().query_wasm_smart(&self.treasury, msg)
    }

    pub fn balance(&self, token: TokenUnchecked) -> BalanceResponse {
        self.query(&QueryMsg::Balance { token }).unwrap()
    }

    /// Held, insurance and spendable by the books.
    pub fn books(&self, token: TokenUnchecked) -> (u128, u128, u128) {
        let book = self.balance(token);
        (
            book.held.u128(),
            book.insurance.u128(),
            book.spendable.u128(),
        )
    }

    pub fn ledger(&self) -> Vec<LedgerRow> {
        self.query(&QueryMsg::Ledger {
            start_after: None,
            limit: Some(64),
        })
        .unwrap()
    }

    pub fn entries(&self) -> Vec<Entry> {
        self.query(&QueryMsg::Entries {
            start_after: None,
            limit: Some(64),
        })
        .unwrap()
    }

    pub fn preview_cover(&self, contract: &Addr, amount: u128) -> u128 {
        self.query::<CoverResponse>(&QueryMsg::PreviewCover {
            contract: contract.to_string(),
            amount: amount.into(),
        })
        .unwrap()
        .covered
        .u128()
    }

    /// What really lies at an address.
    pub fn has(&self, token: &TokenUnchecked, holder: &Addr) -> u128 {
        match token {
            TokenUnchecked::Native(denom) => self
                .app
                .wrap()
                .query_balance(holder, denom)
                .unwrap()
                .amount
                .u128(),
            TokenUnchecked::Cw20(token) => self
                .app
                .wrap()
                .query_wasm_smart::<cw20::BalanceResponse>(
                    token,
                    &Cw20QueryMsg::Balance {
                        address: holder.to_string(),
                    },
                )
                .unwrap()
                .balance
                .u128(),
        }
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
        let error = self.send(sender, msg).unwrap_err();
        assert_eq!(typed(&error), expected, "for {msg:?}");
        assert_eq!(self.dump(), before, "{expected} left a trace");
    }
}

pub fn spend_msg(token: TokenUnchecked, amount: u128, recipient: &Addr) -> ExecuteMsg {
    ExecuteMsg::Spend {
        token,
        amount: amount.into(),
        recipient: recipient.to_string(),
        msg: None,
    }
}

pub fn typed(error: &anyhow::Error) -> &ContractError {
    error
        .downcast_ref()
        .unwrap_or_else(|| panic!("not an error of the treasury: {error:#}"))
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
