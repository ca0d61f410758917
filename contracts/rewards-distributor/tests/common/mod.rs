//! A distributor beside a pool manager that only knows lanes and cuts, a dollar, and a cw20 that does
//! what the test wants. After every act that succeeds, what must always hold is checked.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests, each of which uses a part"
)]

pub mod manager;
pub mod token;

use std::str::FromStr;

use anyhow::Result as AnyResult;
use ballast_rewards_distributor::contract;
use ballast_types::{
    TokenUnchecked,
    pool_manager::{PoolId, Schedule, StreamId, Target},
    rewards_distributor::{
        BalanceResponse, ConfigResponse, DueResponse, ExecuteMsg, InstantiateMsg, Payee,
        PayeeUnchecked, Payout, QueryMsg, ReceiveMsg, RecipientUnchecked, StreamResponse,
    },
};
use cosmwasm_std::{
    Addr, Coin, Decimal, Empty, Event, Order, Storage, Uint128, coins, from_json, to_json_binary,
};
use cw_multi_test::{App, AppResponse, Contract, ContractWrapper, Executor, IntoBech32};
use cw20::{Cw20Coin, Cw20ExecuteMsg, Cw20QueryMsg, MinterResponse};
use manager::Knob;
use serde::{Serialize, de::DeserializeOwned};
use token::Trick;

pub const DAY: u64 = 86_400;
/// What Alice has of each token at first.
pub const WEALTH: u128 = 1_000_000;

pub fn addr(name: &str) -> Addr {
    name.into_bech32()
}

pub fn atom() -> TokenUnchecked {
    TokenUnchecked::Native("uatom".to_owned())
}

pub fn pool(id: u64) -> Target {
    Target {
        pool: id.into(),
        asset: None,
    }
}

pub fn vault(id: u64, asset: &str) -> Target {
    Target {
        pool: id.into(),
        asset: Some(asset.to_owned()),
    }
}

pub fn week() -> Option<Schedule> {
    Some(Schedule {
        start: None,
        duration_secs: 7 * DAY,
    })
}

pub fn person(name: &str) -> PayeeUnchecked {
    Payee::Address(addr(name).into_string())
}

pub fn share(to: PayeeUnchecked, share: &str) -> RecipientUnchecked {
    RecipientUnchecked {
        to,
        share: Decimal::from_str(share).unwrap(),
    }
}

/// A quarter for the creator and the rest for the stakers: 5 % and 15 % of a pool's fees, with a cut
/// of 20 %.
pub fn creator_and_stakers() -> Vec<RecipientUnchecked> {
    vec![
        share(person("creator"), "0.25"),
        share(person("stakers"), "0.75"),
    ]
}

pub fn distributor_code() -> Box<dyn Contract<Empty>> {
    Box::new(
        ContractWrapper::new_with_empty(contract::execute, contract::instantiate, contract::query)
            .with_reply(contract::reply)
            .with_migrate(contract::migrate),
    )
}

pub struct Stage {
    pub app: App,
    pub manager: Addr,
    pub dollar: Addr,
    /// A cw20 that may be funded.
    pub token: Addr,
    pub distributor: Addr,
    pub code: u64,
}

impl Stage {
    pub fn new() -> Self {
        Self::of(creator_and_stakers())
    }

    /// Alice has 1,000,000 uatom, uosmo, dollars and of the cw20. All but uosmo may be funded, and
    /// Alice may open streams. Mallory has 1,000,000 uatom. The manager knows its dollar.
    pub fn of(recipients: Vec<RecipientUnchecked>) -> Self {
        let alice = addr("alice");
        let mut app = App::new(|router, _, storage| {
            let mut wealth = coins(WEALTH, "uatom");
            wealth.extend(coins(WEALTH, "uosmo"));
            router.bank.init_balance(storage, &alice, wealth).unwrap();
            let mallory = addr("mallory");
            let wealth = coins(WEALTH, "uatom");
            router.bank.init_balance(storage, &mallory, wealth).unwrap();
        });
        let owner = addr("owner");
        let manager_code = app.store_code(manager::code());
        let manager = app
            .instantiate_contract(manager_code, owner.clone(), &Empty {}, &[], "manager", None)
            .unwrap();
        let token_code = app.store_code(token::code());
        let mut cw20 = |symbol: &str| {
            let msg = cw20_base::msg::InstantiateMsg {
                name: format!("Token {symbol}"),
                symbol: symbol.to_owned(),
                decimals: 6,
                initial_balances: vec![Cw20Coin {
                    address: alice.to_string(),
                    amount: WEALTH.into(),
                }],
                mint: Some(MinterResponse {
                    minter: manager.to_string(),
                    cap: None,
                }),
                marketing: None,
            };
            app.instantiate_contract(token_code, owner.clone(), &msg, &[], symbol, None)
                .unwrap()
        };
        let (dollar, token) = (cw20("dUSD"), cw20("GIFT"));
        let code = app.store_code(distributor_code());
        let msg = instantiation(&manager, recipients);
        let distributor = app
            .instantiate_contract(code, owner.clone(), &msg, &[], "distributor", None)
            .unwrap();
        let mut stage = Self {
            app,
            manager,
            dollar,
            token,
            distributor,
            code,
        };
        stage.knob(&Knob::Dollar(Some(stage.dollar.clone())));
        for token in [atom(), stage.cw20(), stage.dollars()] {
            stage.allow(token, true).unwrap();
        }
        stage.set_funder("alice", true).unwrap();
        stage
    }

    pub fn cw20(&self) -> TokenUnchecked {
        TokenUnchecked::Cw20(self.token.to_string())
    }

    pub fn dollars(&self) -> TokenUnchecked {
        TokenUnchecked::Cw20(self.dollar.to_string())
    }

    // -------------------------------------------------------------- the world

    /// Tells the manager how to behave.
    pub fn knob(&mut self, knob: &Knob) -> AppResponse {
        self.app.wasm_sudo(self.manager.clone(), knob).unwrap()
    }

    /// Tells the cw20 how to behave.
    pub fn trick(&mut self, trick: &Trick) {
        self.app.wasm_sudo(self.token.clone(), trick).unwrap();
    }

    /// The distributor has earned so much of a pool's fees.
    pub fn earn(&mut self, pool: u64, amount: u128) {
        self.knob(&Knob::Earn {
            pool: pool.into(),
            payee: self.distributor.clone(),
            amount: amount.into(),
        });
    }

    pub fn wait(&mut self, secs: u64) {
        self.app
            .update_block(|block| block.time = block.time.plus_seconds(secs));
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
        let distributor = self.distributor.clone();
        self.execute(&addr(who), &distributor, msg, funds)
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
        self.assert_sound();
        Ok(done)
    }

    pub fn fund(
        &mut self,
        amount: u128,
        target: Target,
        schedule: Option<Schedule>,
    ) -> AnyResult<AppResponse> {
        self.fund_by("alice", amount, target, schedule)
    }

    pub fn fund_by(
        &mut self,
        who: &str,
        amount: u128,
        target: Target,
        schedule: Option<Schedule>,
    ) -> AnyResult<AppResponse> {
        let msg = ExecuteMsg::Fund { target, schedule };
        self.act_with(who, &msg, &coins(amount, "uatom"))
    }

    pub fn fund_cw20(
        &mut self,
        token: &Addr,
        amount: u128,
        target: Target,
        schedule: Option<Schedule>,
    ) -> AnyResult<AppResponse> {
        let hook = ReceiveMsg::Fund { target, schedule };
        let msg = Cw20ExecuteMsg::Send {
            contract: self.distributor.to_string(),
            amount: amount.into(),
            msg: to_json_binary(&hook).unwrap(),
        };
        self.execute(&addr("alice"), token, &msg, &[])
    }

    /// Alice sends tokens without a message.
    pub fn transfer(&mut self, token: &Addr, amount: u128) {
        let msg = Cw20ExecuteMsg::Transfer {
            recipient: self.distributor.to_string(),
            amount: amount.into(),
        };
        self.execute(&addr("alice"), token, &msg, &[]).unwrap();
    }

    pub fn divide(&mut self, pools: &[u64]) -> AnyResult<AppResponse> {
        let pools = pools.iter().map(|pool| PoolId::from(*pool)).collect();
        self.act("anyone", &ExecuteMsg::Divide { pools })
    }

    pub fn claim(&mut self, recipient: PayeeUnchecked) -> AnyResult<AppResponse> {
        let recipient = Some(recipient);
        self.act("anyone", &ExecuteMsg::Claim { recipient })
    }

    pub fn allow(&mut self, token: TokenUnchecked, allowed: bool) -> AnyResult<AppResponse> {
        self.act("owner", &ExecuteMsg::SetToken { token, allowed })
    }

    pub fn set_funder(&mut self, who: &str, allowed: bool) -> AnyResult<AppResponse> {
        let funder = addr(who).into_string();
        self.act("owner", &ExecuteMsg::SetFunder { funder, allowed })
    }

    pub fn set_recipients(
        &mut self,
        recipients: Vec<RecipientUnchecked>,
    ) -> AnyResult<AppResponse> {
        self.act("owner", &ExecuteMsg::SetRecipients { recipients })
    }

    /// As the manager does when somebody claims rewards.
    pub fn payout(&mut self, stream: u64, who: &str, amount: u128) -> AnyResult<AppResponse> {
        let (manager, distributor) = (self.manager.clone(), self.distributor.clone());
        self.execute(&manager, &distributor, &payout(stream, who, amount), &[])
    }

    /// Expects the act to be refused with an error of that name, and nothing to be changed. Gives
    /// the whole text.
    pub fn refused(
        &mut self,
        name: &str,
        act: impl FnOnce(&mut Self) -> AnyResult<AppResponse>,
    ) -> String {
        let before = self.dump();
        let error = act(self).expect_err(&format!("{name} was expected"));
        let text = error.root_cause().to_string();
        assert!(text.starts_with(&format!("{name}: ")), "{name}: {error:#}");
        assert!(self.dump() == before, "{name} left a trace");
        text
    }

    /// Everything that every contract and the bank remember.
    pub fn dump(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let storage = self.app.storage();
        storage.range(None, None, Order::Ascending).collect()
    }

    // -------------------------------------------------------------- answers

    pub fn ask<T: DeserializeOwned>(&self, msg: &QueryMsg) -> AnyResult<T> {
        Ok(self.app.wrap().query_wasm_smart(&self.distributor, msg)?)
    }

    pub fn config(&self) -> ConfigResponse {
        self.ask(&QueryMsg::Config {}).unwrap()
    }

    pub fn due(&self, recipient: PayeeUnchecked) -> u128 {
        let due: DueResponse = self.ask(&QueryMsg::Due { recipient }).unwrap();
        due.amount.u128()
    }

    pub fn streams(&self) -> Vec<StreamResponse> {
        self.ask(&QueryMsg::Streams {
            start_after: None,
            limit: Some(64),
        })
        .unwrap()
    }

    pub fn stream(&self, id: u64) -> StreamResponse {
        let streams = self.streams();
        let found = streams.into_iter().find(|s| s.stream == StreamId::from(id));
        found.expect("a stream")
    }

    pub fn balances(&self) -> Vec<BalanceResponse> {
        self.ask(&QueryMsg::Balances {
            start_after: None,
            limit: Some(64),
        })
        .unwrap()
    }

    /// What the books owe of a token.
    pub fn owed(&self, token: &TokenUnchecked) -> u128 {
        self.balances()
            .into_iter()
            .find(|balance| balance.token.to_string() == token.to_string())
            .map_or(0, |balance| balance.owed.u128())
    }

    /// What really lies at an address.
    pub fn has(&self, who: &Addr, token: &TokenUnchecked) -> u128 {
        match token {
            TokenUnchecked::Native(denom) => {
                let balance = self.app.wrap().query_balance(who, denom).unwrap();
                balance.amount.u128()
            }
            TokenUnchecked::Cw20(token) => {
                let address = who.to_string();
                let balance: cw20::BalanceResponse = self
                    .app
                    .wrap()
                    .query_wasm_smart(token, &Cw20QueryMsg::Balance { address })
                    .unwrap();
                balance.balance.u128()
            }
        }
    }

    /// Per token: what is held covers what is owed, and what is owed is what streams have left and
    /// recipients may claim.
    pub fn assert_sound(&self) {
        for BalanceResponse { token, held, owed } in self.balances() {
            assert!(
                held.is_none_or(|held| held >= owed),
                "{token}: {held:?} of {owed}"
            );
            let mut sum: Uint128 = self
                .streams()
                .iter()
                .filter(|stream| stream.token == token)
                .map(|stream| stream.funded - stream.paid)
                .sum();
            if token.to_string() == self.dollars().to_string() {
                sum += self.all_due();
            }
            assert_eq!(owed, sum, "{token}");
        }
    }

    /// What all recipients of now and before may claim.
    fn all_due(&self) -> Uint128 {
        let prefix = b"\x00\x03due";
        let all = self.app.dump_wasm_raw(&self.distributor);
        all.into_iter()
            .filter(|(key, _)| key.starts_with(prefix))
            .map(|(_, value)| from_json::<Uint128>(value).unwrap())
            .sum()
    }
}

pub fn instantiation(manager: &Addr, recipients: Vec<RecipientUnchecked>) -> InstantiateMsg {
    InstantiateMsg {
        owner: addr("owner").into_string(),
        guardian: Some(addr("guardian").into_string()),
        manager: manager.to_string(),
        recipients,
    }
}

pub fn payout(stream: u64, who: &str, amount: u128) -> ExecuteMsg {
    ExecuteMsg::Payout(Payout {
        stream: stream.into(),
        account: addr(who).into_string(),
        amount: amount.into(),
    })
}

/// The stream that an act has opened.
pub fn opened(done: &AppResponse) -> u64 {
    let open = events(done, "funded")[0];
    attribute(open, "stream").parse().unwrap()
}

pub fn events<'a>(done: &'a AppResponse, name: &str) -> Vec<&'a Event> {
    let name = format!("wasm-{name}");
    done.events
        .iter()
        .filter(|event| event.ty == name)
        .collect()
}

pub fn attribute(event: &Event, key: &str) -> String {
    let found = event.attributes.iter().find(|a| a.key == key);
    found
        .unwrap_or_else(|| panic!("no {key} in {event:?}"))
        .value
        .clone()
}
