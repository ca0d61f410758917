//! An oracle on bare storage: every message is a transaction that is undone when it errs.
#![allow(dead_code, reason = "each test file uses its part")]

use std::str::FromStr;

use ballast_oracle::{ContractError, contract};
use ballast_types::oracle::{
    AssetResponse, ExecuteMsg, InstantiateMsg, PRICES, PricePush, PriceRecord, QueryMsg, ROUNDS,
    Round, Rule, Source, SourceKind, ring_slot,
};
use cosmwasm_std::{
    Addr, Decimal, Env, Order, OwnedDeps, Response, Storage, from_json,
    testing::{MockApi, MockQuerier, MockStorage, message_info, mock_dependencies, mock_env},
};
use serde::de::DeserializeOwned;

pub const INTERVAL: u64 = 5;

pub fn d(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap()
}

/// Three minutes old at most, 1 % apart, a 20 % breaker with a window of a minute.
pub fn rule(min_sources: u8) -> Rule {
    Rule {
        min_sources,
        max_age_secs: 180,
        max_spread: d("0.01"),
        max_confidence: d("0.02"),
        ema_period_secs: 100,
        max_deviation: d("0.2"),
        breaker_window_secs: 60,
    }
}

pub struct World {
    pub deps: OwnedDeps<MockStorage, MockApi, MockQuerier>,
    pub env: Env,
    pub owner: Addr,
    pub guardian: Addr,
}

impl World {
    pub fn new() -> Self {
        let mut deps = mock_dependencies();
        let [owner, guardian] = ["owner", "guardian"].map(|name| deps.api.addr_make(name));
        let mut env = mock_env();
        env.block.time = cosmwasm_std::Timestamp::from_seconds(1_000_000);
        contract::instantiate(
            deps.as_mut(),
            env.clone(),
            message_info(&owner, &[]),
            InstantiateMsg {
                owner: owner.to_string(),
                guardian: Some(guardian.to_string()),
                round_interval_secs: INTERVAL,
            },
        )
        .unwrap();
        Self {
            deps,
            env,
            owner,
            guardian,
        }
    }

    /// With one asset `A` of 6 decimals and so many push sources `f0`, `f1`, ….
    pub fn with_feeders(count: usize, min_sources: u8) -> Self {
        let mut world = Self::new();
        let sources = (0..count).map(|i| world.push_source(i)).collect();
        world.add("A", rule(min_sources), sources).unwrap();
        world
    }

    /// With one feeder and an accepted price of 100.
    pub fn priced() -> Self {
        let mut world = Self::with_feeders(1, 1);
        world.push(0, "A", "100").unwrap();
        world
    }

    /// With the price 100 halted by a median of 200.
    pub fn halted() -> Self {
        let mut world = Self::priced();
        world.wait(INTERVAL);
        world.push(0, "A", "200").unwrap();
        world
    }

    pub fn address(&self, name: &str) -> Addr {
        self.deps.api.addr_make(name)
    }

    pub fn feeder(&self, index: usize) -> Addr {
        self.address(&format!("f{index}"))
    }

    pub fn push_source(&self, index: usize) -> Source {
        Source {
            name: format!("f{index}"),
            kind: SourceKind::Push {
                feeder: self.feeder(index).into(),
            },
        }
    }

    pub fn now(&self) -> u64 {
        self.env.block.time.seconds()
    }

    pub fn wait(&mut self, secs: u64) {
        self.env.block.time = self.env.block.time.plus_seconds(secs);
    }

    pub fn execute(&mut self, sender: &Addr, msg: ExecuteMsg) -> Result<Response, ContractError> {
        let before = self.dump();
        let result = contract::execute(
            self.deps.as_mut(),
            self.env.clone(),
            message_info(sender, &[]),
            msg,
        );
        if result.is_err() {
            self.restore(before);
        }
        result
    }

    pub fn as_owner(&mut self, msg: ExecuteMsg) -> Result<Response, ContractError> {
        let owner = self.owner.clone();
        self.execute(&owner, msg)
    }

    pub fn add(
        &mut self,
        asset: &str,
        rule: Rule,
        sources: Vec<Source>,
    ) -> Result<Response, ContractError> {
        self.as_owner(ExecuteMsg::AddAsset {
            asset: asset.to_owned(),
            decimals: 6,
            rule,
            sources,
        })
    }

    pub fn push(
        &mut self,
        feeder: usize,
        asset: &str,
        price: &str,
    ) -> Result<Response, ContractError> {
        let feeder = self.feeder(feeder);
        self.execute(
            &feeder,
            ExecuteMsg::Push {
                prices: vec![price_push(asset, price)],
            },
        )
    }

    pub fn poke(&mut self, asset: &str) -> Result<Response, ContractError> {
        let anyone = self.address("anyone");
        self.execute(
            &anyone,
            ExecuteMsg::Poke {
                assets: vec![asset.to_owned()],
            },
        )
    }

    pub fn query<T: DeserializeOwned>(&self, msg: QueryMsg) -> Result<T, ContractError> {
        let answer = contract::query(self.deps.as_ref(), self.env.clone(), msg)?;
        Ok(from_json(answer).unwrap())
    }

    pub fn record(&self, asset: &str) -> PriceRecord {
        self.may_record(asset).unwrap()
    }

    pub fn may_record(&self, asset: &str) -> Option<PriceRecord> {
        let stored = PRICES.may_load(&self.deps.storage, asset).unwrap();
        stored.map(|stored| stored.0)
    }

    pub fn asset(&self, asset: &str) -> AssetResponse {
        self.query(QueryMsg::Asset {
            asset: asset.to_owned(),
        })
        .unwrap()
    }

    pub fn round(&self, asset: &str, sequence: u64) -> Round {
        let round = ROUNDS
            .load(&self.deps.storage, (asset, ring_slot(sequence)))
            .unwrap()
            .0;
        assert_eq!(round.sequence, sequence);
        round
    }

    pub fn dump(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.deps
            .storage
            .range(None, None, Order::Ascending)
            .collect()
    }

    fn restore(&mut self, dump: Vec<(Vec<u8>, Vec<u8>)>) {
        self.deps.storage = MockStorage::new();
        for (key, value) in dump {
            self.deps.storage.set(&key, &value);
        }
    }
}

pub fn price_push(asset: &str, price: &str) -> PricePush {
    PricePush {
        asset: asset.to_owned(),
        price: d(price),
        published_at: None,
        confidence: None,
    }
}

/// The attribute of the first event of a kind.
pub fn attribute(response: &Response, kind: &str, key: &str) -> Option<String> {
    let event = response.events.iter().find(|event| event.ty == kind)?;
    let attribute = event.attributes.iter().find(|a| a.key == key)?;
    Some(attribute.value.clone())
}

/// The kinds of a response's events.
pub fn kinds(response: &Response) -> Vec<&str> {
    response.events.iter().map(|e| e.ty.as_str()).collect()
}
