//! With the real oracle, fed by three feeders, through a jump of its price and a silence.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use anyhow::Result as AnyResult;
use ballast_sim::{ContractKind, error_name};
use ballast_types::{
    TokenUnchecked,
    oracle::{self, PricePush, Rule, Source},
    stability_pool::{
        ConfigResponse, DcmSpec, DucaSpec, ExecuteMsg, Guards, InstantiateMsg, QueryMsg,
        StateResponse, TokenSpec,
    },
};
use common::*;
use cosmwasm_std::{Addr, Decimal, Uint128, coins};
use cw_multi_test::{App, AppResponse, Executor};

struct Chain {
    app: App,
    oracle: Addr,
    pool: Addr,
}

impl Chain {
    fn new() -> Self {
        let mut app = App::default();
        let owner = addr("owner");
        give(&mut app, &addr("amo"), DENOM, 1_000_000 * ONE);
        let codes = [
            ContractKind::Oracle.code(),
            ContractKind::Cw20.code(),
            pool_code(),
        ]
        .map(|code| app.store_code(code));
        let msg = oracle::InstantiateMsg {
            owner: owner.to_string(),
            guardian: None,
            round_interval_secs: 5,
        };
        let oracle = app
            .instantiate_contract(codes[0], owner.clone(), &msg, &[], "oracle", None)
            .unwrap();
        for asset in ["DCM", "DUCA"] {
            let msg = oracle::ExecuteMsg::AddAsset {
                asset: asset.into(),
                decimals: 6,
                rule: Rule {
                    min_sources: 3,
                    max_age_secs: MAX_AGE,
                    max_spread: Decimal::percent(2),
                    max_confidence: Decimal::percent(1),
                    ema_period_secs: 1_800,
                    max_deviation: Decimal::percent(25),
                    breaker_window_secs: 600,
                },
                sources: (1..=3)
                    .map(|number| Source {
                        name: format!("feeder{number}"),
                        kind: push(number),
                    })
                    .collect(),
            };
            app.execute_contract(owner.clone(), oracle.clone(), &msg, &[])
                .unwrap();
        }
        let spec = |name: &str, symbol: &str| TokenSpec {
            name: name.into(),
            symbol: symbol.into(),
        };
        let msg = InstantiateMsg {
            owner: owner.to_string(),
            guardian: None,
            oracle: oracle.to_string(),
            treasury: addr("treasury").into_string(),
            cw20_code_id: codes[1],
            dcm: DcmSpec {
                asset: "DCM".into(),
                token: TokenUnchecked::Native(DENOM.into()),
            },
            duca: DucaSpec {
                asset: "DUCA".into(),
                token: spec("Ducat", "DUCA"),
            },
            lpd: spec("Stability Pool Share", "LPD"),
            numeraire: None,
            initial_par: dec("2"),
            guards: Guards {
                band: Some(Decimal::percent(5)),
                min_mint_price: Some(Decimal::one()),
                ..Guards::default()
            },
            amos: vec![addr("amo").into_string()],
        };
        let pool = app
            .instantiate_contract(codes[2], owner, &msg, &[], "pool", None)
            .unwrap();
        let mut chain = Self { app, oracle, pool };
        chain.say("2", "1");
        chain
    }

    /// All feeders push both prices a minute later.
    fn say(&mut self, dcm: &str, duca: &str) {
        self.app
            .update_block(|block| block.time = block.time.plus_seconds(60));
        for number in 1..=3 {
            let prices = [("DCM", dcm), ("DUCA", duca)].map(|(asset, price)| PricePush {
                asset: asset.into(),
                price: dec(price),
                published_at: None,
                confidence: None,
            });
            let msg = oracle::ExecuteMsg::Push {
                prices: prices.to_vec(),
            };
            let feeder = addr(&format!("feeder{number}"));
            self.app
                .execute_contract(feeder, self.oracle.clone(), &msg, &[])
                .unwrap();
        }
        self.app
            .update_block(|block| block.time = block.time.plus_seconds(10));
    }

    fn swap(&mut self, whole: u128) -> AnyResult<AppResponse> {
        let msg = ExecuteMsg::Swap {
            min_out: Uint128::zero(),
            recipient: None,
        };
        let (amo, pool) = (addr("amo"), self.pool.clone());
        self.app
            .execute_contract(amo, pool, &msg, &coins(whole * ONE, DENOM))
    }

    fn state(&self) -> StateResponse {
        self.app
            .wrap()
            .query_wasm_smart(&self.pool, &QueryMsg::State {})
            .unwrap()
    }
}

#[test]
fn prices_are_read_where_the_oracle_keeps_them() {
    let mut chain = Chain::new();
    // the first push of a round makes it, of what the others said before it
    chain.say("2", "1");
    chain.swap(1_000).unwrap();
    let state = chain.state();
    assert_eq!(state.books.supply.u128(), 2_000 * ONE);
    assert_eq!(
        (state.market, state.duca_price),
        (Some(dec256("2")), Some(dec256("1")))
    );

    // 4 % more: within the band, and the average is the lower
    chain.say("2.08", "1");
    chain.say("2.08", "1");
    let average = {
        let record = oracle::record(&chain.app.wrap(), &chain.oracle, "DCM").unwrap();
        assert_eq!(record.price, dec("2.08"));
        record.ema
    };
    assert!(average > dec("2") && average < dec("2.08"));
    chain.swap(1_000).unwrap();
    let minted = chain.state().books.supply.u128() - 2_000 * ONE;
    let expected = average.atomics().u128() / 1_000_000_000;
    assert_eq!(minted, expected);

    // beyond the band
    chain.say("2.3", "1");
    chain.say("2.3", "1");
    assert_eq!(error_name(&chain.swap(1).unwrap_err()), "OutsideBand");
    // a jump that trips the breaker
    chain.say("200", "1");
    chain.say("200", "1");
    assert_eq!(error_name(&chain.swap(1).unwrap_err()), "Halted");
    // a silence
    chain
        .app
        .update_block(|block| block.time = block.time.plus_seconds(MAX_AGE));
    assert_eq!(error_name(&chain.swap(1).unwrap_err()), "Stale");
    let config: ConfigResponse = chain
        .app
        .wrap()
        .query_wasm_smart(&chain.pool, &QueryMsg::Config {})
        .unwrap();
    assert_eq!(config.oracle, chain.oracle);
}
