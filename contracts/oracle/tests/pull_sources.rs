//! What `poke` makes of the answers of other contracts, good ones and bad ones, on a chain.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_oracle::contract;
use ballast_types::{
    TokenUnchecked,
    oracle::{
        self, AssetResponse, ExecuteMsg, InstantiateMsg, PriceError, QueryMsg, Rule, Source,
        SourceKind, Status,
    },
};
use common::{INTERVAL, d, price_push, rule};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult,
};
use cw_multi_test::{App, AppResponse, ContractWrapper, Executor};
use cw_storage_plus::Item;
use rstest::rstest;

// ---------------------------------------------------------------- a contract that says anything

const SAYS: Item<String> = Item::new("says");

/// Says this from now on, whatever it is asked; with nothing to say it errs.
#[cw_serde]
struct Say {
    text: Option<String>,
}

fn mouth() -> Box<dyn cw_multi_test::Contract<Empty>> {
    fn instantiate(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
        Ok(Response::new())
    }
    fn execute(deps: DepsMut, _: Env, _: MessageInfo, msg: Say) -> StdResult<Response> {
        match msg.text {
            Some(text) => SAYS.save(deps.storage, &text)?,
            None => SAYS.remove(deps.storage),
        }
        Ok(Response::new())
    }
    fn query(deps: Deps, _: Env, _: serde_json::Value) -> StdResult<Binary> {
        match SAYS.may_load(deps.storage)? {
            Some(text) => Ok(text.into_bytes().into()),
            None => Err(StdError::generic_err("out of words")),
        }
    }
    Box::new(ContractWrapper::new(execute, instantiate, query))
}

struct Chain {
    app: App,
    owner: Addr,
    oracle: Addr,
    mouth: Addr,
}

const ID: &str = "b00b60f88b03a6a625a8d1c048c3f66653edf217439983d037e7222c4e612819";

fn new_oracle(app: &mut App, owner: &Addr) -> Addr {
    let code = app.store_code(Box::new(ContractWrapper::new(
        contract::execute,
        contract::instantiate,
        contract::query,
    )));
    let msg = InstantiateMsg {
        owner: owner.to_string(),
        guardian: None,
        round_interval_secs: INTERVAL,
    };
    app.instantiate_contract(code, owner.clone(), &msg, &[], "oracle", None)
        .unwrap()
}

impl Chain {
    fn new() -> Self {
        let mut app = App::default();
        app.update_block(|block| block.time = cosmwasm_std::Timestamp::from_seconds(1_000_000));
        let owner = app.api().addr_make("owner");
        let oracle = new_oracle(&mut app, &owner);
        let code = app.store_code(mouth());
        let mouth = app
            .instantiate_contract(code, owner.clone(), &Empty {}, &[], "mouth", None)
            .unwrap();
        Self {
            app,
            owner,
            oracle,
            mouth,
        }
    }

    fn send(&mut self, msg: &ExecuteMsg) -> AppResponse {
        let (owner, oracle) = (self.owner.clone(), self.oracle.clone());
        self.app.execute_contract(owner, oracle, msg, &[]).unwrap()
    }

    fn say(&mut self, text: Option<&str>) {
        let (owner, mouth) = (self.owner.clone(), self.mouth.clone());
        let say = Say {
            text: text.map(str::to_owned),
        };
        self.app.execute_contract(owner, mouth, &say, &[]).unwrap();
    }

    fn add(&mut self, asset: &str, decimals: u8, rule: Rule, kinds: Vec<SourceKind>) {
        let sources = kinds
            .into_iter()
            .enumerate()
            .map(|(i, kind)| Source {
                name: format!("s{i}"),
                kind,
            })
            .collect();
        self.send(&ExecuteMsg::AddAsset {
            asset: asset.to_owned(),
            decimals,
            rule,
            sources,
        });
    }

    /// Pokes and tells who was skipped and why.
    fn poke(&mut self, asset: &str) -> String {
        let response = self.send(&ExecuteMsg::Poke {
            assets: vec![asset.to_owned()],
        });
        let event = response
            .events
            .iter()
            .find(|e| e.ty == "wasm-poke")
            .unwrap();
        let skipped = event.attributes.iter().find(|a| a.key == "skipped");
        skipped.unwrap().value.clone()
    }

    fn wait(&mut self, secs: u64) {
        self.app
            .update_block(|block| block.time = block.time.plus_seconds(secs));
    }

    fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    fn asset(&self, asset: &str) -> AssetResponse {
        let ask = QueryMsg::Asset {
            asset: asset.to_owned(),
        };
        self.app
            .wrap()
            .query_wasm_smart(&self.oracle, &ask)
            .unwrap()
    }

    fn strict(&self, asset: &str) -> Result<String, PriceError> {
        let record = oracle::record(&self.app.wrap(), &self.oracle, asset)?;
        record.strict(asset, self.now()).map(|p| p.to_string())
    }

    fn pyth(&self) -> SourceKind {
        SourceKind::Pyth {
            contract: self.mouth.to_string(),
            price_id: ID.to_owned(),
        }
    }

    fn external(&self) -> SourceKind {
        SourceKind::External {
            contract: self.mouth.to_string(),
            asset: "ATOM".to_owned(),
        }
    }

    fn pool(&self, base: TokenUnchecked) -> SourceKind {
        SourceKind::AmmTwap {
            pair: self.mouth.to_string(),
            base,
            quote: TokenUnchecked::Native("uusdc".to_owned()),
            quote_asset: "USDC".to_owned(),
            window_secs: 60,
        }
    }
}

fn pyth_answer(price: &str, conf: &str, expo: i64, publish_time: i64) -> String {
    let inner = format!(
        r#"{{"price":"{price}","conf":"{conf}","expo":{expo},"publish_time":{publish_time}}}"#
    );
    format!(r#"{{"price_feed":{{"id":"{ID}","price":{inner},"ema_price":{inner}}}}}"#)
}

// ---------------------------------------------------------------- pyth

#[test]
fn a_pyth_price() {
    let mut chain = Chain::new();
    chain.add("ATOM", 6, rule(1), vec![chain.pyth()]);
    chain.say(Some(&pyth_answer("421370000", "120000", -8, 999_990)));
    assert_eq!(chain.poke("ATOM"), "");
    assert_eq!(chain.strict("ATOM").unwrap(), "4.2137");
    let said = chain.asset("ATOM").sources[0].observation.clone().unwrap();
    assert_eq!(said.published_at, 999_990);
    assert_eq!(said.confidence, Some(d("0.0012")));
    let record = oracle::record(&chain.app.wrap(), &chain.oracle, "ATOM").unwrap();
    assert_eq!(record.valid_until, 999_990 + 180);
}

#[test]
fn a_pyth_price_too_unsure_of_itself_is_kept_but_does_not_count() {
    let mut chain = Chain::new();
    chain.add("ATOM", 6, rule(1), vec![chain.pyth()]);
    chain.say(Some(&pyth_answer("100", "3", 0, 1_000_000)));
    assert_eq!(chain.poke("ATOM"), "");
    assert!(!chain.asset("ATOM").sources[0].live);
    assert!(matches!(
        chain.strict("ATOM"),
        Err(PriceError::NoPrice { .. })
    ));
}

// ---------------------------------------------------------------- nonsense

/// After a good answer, a bad one: skipped, and the good one stands until it is too old.
#[rstest]
#[case::errs(None, "no answer")]
#[case::empty(Some(String::new()), "no answer")]
#[case::no_json(Some("\u{0}\u{1}".to_owned()), "no answer")]
#[case::another_form(Some(r#"{"hello":"world"}"#.to_owned()), "no answer")]
#[case::null(Some("null".to_owned()), "no answer")]
#[case::deep(Some("[".repeat(10_000)), "no answer")]
#[case::float(Some(pyth_answer("1.5", "0", 0, 1_000_000)), "no answer")]
#[case::beyond_i64(
    Some(pyth_answer("9223372036854775808", "0", 0, 1_000_000)),
    "no answer"
)]
#[case::negative_confidence(Some(pyth_answer("1", "-1", 0, 1_000_000)), "no answer")]
#[case::exponent_beyond_i32(Some(pyth_answer("1", "0", 2_147_483_648, 1_000_000)), "no answer")]
#[case::zero(Some(pyth_answer("0", "0", 0, 1_000_000)), "out of range")]
#[case::negative(Some(pyth_answer("-5", "0", 0, 1_000_000)), "out of range")]
#[case::below_the_lowest(Some(pyth_answer("999999", "0", -18, 1_000_000)), "out of range")]
#[case::above_the_highest(Some(pyth_answer("1000000000001", "0", 0, 1_000_000)), "out of range")]
#[case::huge_exponent(
    Some(pyth_answer("1", "0", i64::from(i32::MAX), 1_000_000)),
    "out of range"
)]
#[case::tiny_exponent(
    Some(pyth_answer("1", "0", i64::from(i32::MIN), 1_000_000)),
    "out of range"
)]
#[case::absurd_confidence(
    Some(pyth_answer("1", "18446744073709551615", 12, 1_000_000)),
    "out of range"
)]
#[case::before_time_began(Some(pyth_answer("1", "0", 0, -1)), "out of range")]
#[case::from_the_future(Some(pyth_answer("1", "0", 0, 1_000_006)), "from the future")]
#[case::from_the_end_of_time(Some(pyth_answer("1", "0", 0, i64::MAX)), "from the future")]
fn nonsense_is_skipped(#[case] answer: Option<String>, #[case] why: &str) {
    let mut chain = Chain::new();
    chain.add("ATOM", 6, rule(1), vec![chain.pyth()]);
    chain.say(Some(&pyth_answer("4", "0", 0, 1_000_000)));
    chain.poke("ATOM");
    chain.wait(INTERVAL);

    chain.say(answer.as_deref());
    assert_eq!(chain.poke("ATOM"), format!("s0: {why}"));
    assert_eq!(chain.strict("ATOM").unwrap(), "4");
    chain.wait(180 - INTERVAL);
    assert_eq!(chain.strict("ATOM").unwrap(), "4");
    chain.wait(1);
    assert!(matches!(
        chain.strict("ATOM"),
        Err(PriceError::Stale { .. })
    ));
}

#[test]
fn one_that_errs_does_not_stop_the_others() {
    let mut chain = Chain::new();
    let nobody = SourceKind::External {
        contract: chain.app.api().addr_make("nobody").into(),
        asset: "ATOM".to_owned(),
    };
    let feeder = SourceKind::Push {
        feeder: chain.owner.to_string(),
    };
    let kinds = vec![nobody, chain.external(), feeder];
    chain.add("ATOM", 6, rule(2), kinds);
    chain.say(Some(r#"{"price":"4","published_at":1000000}"#));
    chain.send(&ExecuteMsg::Push {
        prices: vec![price_push("ATOM", "4")],
    });
    assert_eq!(chain.poke("ATOM"), "s0: no answer");
    assert_eq!(chain.strict("ATOM").unwrap(), "4");
}

// ---------------------------------------------------------------- external

#[rstest]
#[case::bare(r#"{"price":"4","published_at":1000000}"#, "", true)]
#[case::with_confidence(
    r#"{"price":"4","published_at":1000000,"confidence":"0.08"}"#,
    "",
    true
)]
#[case::with_more(
    r#"{"price":"4","published_at":1000000,"source":{"x":[1,null]}}"#,
    "",
    true
)]
#[case::too_wide(
    r#"{"price":"4","published_at":1000000,"confidence":"0.081"}"#,
    "",
    false
)]
#[case::too_old(r#"{"price":"4","published_at":999819}"#, "", false)]
#[case::as_old_as_may_be(r#"{"price":"4","published_at":999820}"#, "", true)]
#[case::zero(r#"{"price":"0","published_at":1000000}"#, "s0: out of range", false)]
#[case::negative(r#"{"price":"-4","published_at":1000000}"#, "s0: no answer", false)]
#[case::too_large(r#"{"price":"1e30","published_at":1000000}"#, "s0: no answer", false)]
#[case::from_the_future(
    r#"{"price":"4","published_at":1000001}"#,
    "s0: from the future",
    false
)]
#[case::without_a_time(r#"{"price":"4"}"#, "s0: no answer", false)]
fn external_answers(#[case] answer: &str, #[case] skipped: &str, #[case] live: bool) {
    let mut chain = Chain::new();
    chain.add("ATOM", 6, rule(1), vec![chain.external()]);
    chain.say(Some(answer));
    assert_eq!(chain.poke("ATOM"), skipped);
    assert_eq!(chain.strict("ATOM").is_ok(), live);
    assert_eq!(chain.asset("ATOM").sources[0].live, live);
}

#[test]
fn another_oracle_is_a_source() {
    let mut chain = Chain::new();
    let owner = chain.owner.clone();
    let first = chain.oracle.clone();
    let feeder = SourceKind::Push {
        feeder: owner.to_string(),
    };
    chain.add("ATOM", 6, rule(1), vec![feeder]);
    let second = new_oracle(&mut chain.app, &owner);
    chain.oracle = second;
    let from_first = SourceKind::External {
        contract: first.to_string(),
        asset: "ATOM".to_owned(),
    };
    chain.add("MYATOM", 8, rule(1), vec![from_first]);
    assert_eq!(chain.poke("MYATOM"), "s0: no answer");

    let push = ExecuteMsg::Push {
        prices: vec![price_push("ATOM", "4")],
    };
    chain
        .app
        .execute_contract(owner, first, &push, &[])
        .unwrap();
    chain.wait(30);
    assert_eq!(chain.poke("MYATOM"), "");
    assert_eq!(chain.strict("MYATOM").unwrap(), "4");
    let record = oracle::record(&chain.app.wrap(), &chain.oracle, "MYATOM").unwrap();
    assert_eq!((record.decimals, record.valid_until), (8, 1_000_180));
}

// ---------------------------------------------------------------- pools

/// A constant-product pair of `base` and native `uusdc` that accumulates as Astroport's does.
struct Pair {
    base: &'static str,
    base_units: u128,
    quote_units: u128,
    cumulative: u128,
    time: u64,
}

impl Pair {
    fn accrue(&mut self, now: u64) {
        let elapsed = u128::from(now - self.time);
        let step = elapsed * 1_000_000 * self.quote_units / self.base_units;
        self.cumulative = self.cumulative.wrapping_add(step);
        self.time = now;
    }

    fn answer(&self) -> String {
        let [base, other] = [self.base, r#"{"native_token":{"denom":"uusdc"}}"#];
        format!(
            r#"{{"assets":[{{"info":{base},"amount":"1"}}],"total_share":"7","cumulative_prices":[[{other},{base},"123"],[{base},{other},"{}"]]}}"#,
            self.cumulative
        )
    }
}

const NATIVE: &str = r#"{"native_token":{"denom":"ubase"}}"#;

fn native() -> TokenUnchecked {
    TokenUnchecked::Native("ubase".to_owned())
}

fn step(chain: &mut Chain, pair: &mut Pair, secs: u64) -> String {
    chain.wait(secs);
    pair.accrue(chain.now());
    chain.say(Some(&pair.answer()));
    chain.poke("BASE")
}

fn with_pool(decimals: u8, base_units: u128, quote_units: u128) -> (Chain, Pair) {
    let mut chain = Chain::new();
    let dollar = SourceKind::Fixed { price: d("1") };
    chain.add("USDC", 6, rule(1), vec![dollar]);
    chain.add("BASE", decimals, rule(1), vec![chain.pool(native())]);
    let pair = Pair {
        base: NATIVE,
        base_units,
        quote_units,
        // it wraps while we look
        cumulative: u128::MAX - 1_000_000,
        time: chain.now(),
    };
    (chain, pair)
}

#[test]
fn a_pool_gives_the_average_of_a_window() {
    let (mut chain, mut pair) = with_pool(8, 10_000_000_000, 1_000_000_000);
    assert_eq!(step(&mut chain, &mut pair, 5), "s0: warming up");
    assert_eq!(step(&mut chain, &mut pair, 30), "s0: warming up");
    // 10 dollars for one base token of 8 decimals, whatever the moment's price
    pair.quote_units *= 3;
    assert_eq!(step(&mut chain, &mut pair, 30), "");
    // half a window at 10, half at 30
    assert_eq!(chain.strict("BASE").unwrap(), "20");
    let said = chain.asset("BASE").sources[0].observation.clone().unwrap();
    assert_eq!(said.published_at, chain.now());
}

#[test]
fn a_pool_quoted_in_a_token_of_18_decimals() {
    let mut chain = Chain::new();
    let fixed = SourceKind::Fixed { price: d("0.5") };
    chain.add("WIDE", 18, rule(1), vec![fixed]);
    let kind = SourceKind::AmmTwap {
        pair: chain.mouth.to_string(),
        base: native(),
        quote: TokenUnchecked::Native("uusdc".to_owned()),
        quote_asset: "WIDE".to_owned(),
        window_secs: 60,
    };
    chain.add("BASE", 6, rule(1), vec![kind]);
    let mut pair = Pair {
        base: NATIVE,
        // 3 whole tokens of 18 decimals for 1 of 6
        base_units: 1_000_000,
        quote_units: 3_000_000_000_000_000_000,
        cumulative: 0,
        time: chain.now(),
    };
    step(&mut chain, &mut pair, 5);
    assert_eq!(step(&mut chain, &mut pair, 60), "");
    assert_eq!(chain.strict("BASE").unwrap(), "1.5");
}

#[test]
fn a_pool_left_alone_for_too_long_starts_anew() {
    let (mut chain, mut pair) = with_pool(6, 1_000_000, 2_000_000);
    assert_eq!(step(&mut chain, &mut pair, 1), "s0: warming up");
    assert_eq!(step(&mut chain, &mut pair, 240), "");
    assert_eq!(chain.strict("BASE").unwrap(), "2");
    assert_eq!(step(&mut chain, &mut pair, 241), "s0: warming up");
    assert_eq!(step(&mut chain, &mut pair, 59), "s0: warming up");
    assert_eq!(step(&mut chain, &mut pair, 1), "");
}

#[test]
fn a_pool_needs_the_strict_price_of_its_quote() {
    let (mut chain, mut pair) = with_pool(6, 1_000_000, 2_000_000);
    let owner = chain.owner.to_string();
    let update = ExecuteMsg::UpdateAsset {
        asset: "USDC".to_owned(),
        rule: None,
        sources: Some(vec![Source {
            name: "desk".to_owned(),
            kind: SourceKind::Push { feeder: owner },
        }]),
    };
    chain.wait(INTERVAL);
    chain.send(&update);
    step(&mut chain, &mut pair, 5);
    assert_eq!(step(&mut chain, &mut pair, 60), "s0: no quote price");
    chain.send(&ExecuteMsg::Push {
        prices: vec![price_push("USDC", "0.9")],
    });
    assert_eq!(step(&mut chain, &mut pair, 60), "");
    assert_eq!(chain.strict("BASE").unwrap(), "1.8");
}

#[test]
fn a_pool_whose_digits_are_too_few_is_imprecise() {
    let (mut chain, mut pair) = with_pool(18, 10_000_000_000_000, 999_999_999);
    step(&mut chain, &mut pair, 5);
    assert_eq!(step(&mut chain, &mut pair, 60), "s0: imprecise");
}

#[test]
fn a_pool_that_moves_far_is_halted_like_any_other() {
    let (mut chain, mut pair) = with_pool(6, 1_000_000, 2_000_000);
    step(&mut chain, &mut pair, 5);
    step(&mut chain, &mut pair, 60);
    // an accumulator that runs backwards is a jump, not a panic
    pair.cumulative = pair.cumulative.wrapping_sub(1_000_000_000);
    assert_eq!(step(&mut chain, &mut pair, 60), "s0: out of range");
    pair.quote_units *= 5;
    assert_eq!(step(&mut chain, &mut pair, 60), "");
    let record = oracle::record(&chain.app.wrap(), &chain.oracle, "BASE").unwrap();
    assert!(matches!(record.status, Status::Halted { .. }));
}

#[rstest]
#[case::errs(None)]
#[case::no_such_direction(Some(r#"{"assets":[],"total_share":"0","cumulative_prices":[[{"native_token":{"denom":"uusdc"}},{"native_token":{"denom":"ubase"}},"5"]]}"#))]
#[case::a_cw20_of_that_name(Some(r#"{"assets":[],"total_share":"0","cumulative_prices":[[{"token":{"contract_addr":"ubase"}},{"native_token":{"denom":"uusdc"}},"5"]]}"#))]
#[case::beyond_u128(Some(r#"{"cumulative_prices":[[{"native_token":{"denom":"ubase"}},{"native_token":{"denom":"uusdc"}},"340282366920938463463374607431768211456"]]}"#))]
#[case::another_form(Some(r#"{"price0_cumulative_last":"5"}"#))]
fn pools_that_do_not_answer(#[case] answer: Option<&str>) {
    let (mut chain, _) = with_pool(6, 1, 1);
    chain.say(answer);
    assert_eq!(chain.poke("BASE"), "s0: no answer");
    assert!(chain.asset("BASE").sources[0].observation.is_none());
}

#[test]
fn a_pool_of_a_cw20() {
    let mut chain = Chain::new();
    let token = chain.app.api().addr_make("token");
    let dollar = SourceKind::Fixed { price: d("1") };
    chain.add("USDC", 6, rule(1), vec![dollar]);
    let kind = chain.pool(TokenUnchecked::Cw20(token.to_string()));
    chain.add("BASE", 6, rule(1), vec![kind]);
    let answer = |cumulative: u128| {
        let base = format!(r#"{{"token":{{"contract_addr":"{token}"}}}}"#);
        format!(
            r#"{{"cumulative_prices":[[{base},{{"native_token":{{"denom":"uusdc"}}}},"{cumulative}"]]}}"#
        )
    };
    chain.say(Some(&answer(0)));
    chain.poke("BASE");
    chain.wait(60);
    chain.say(Some(&answer(60 * 1_500_000)));
    assert_eq!(chain.poke("BASE"), "");
    assert_eq!(chain.strict("BASE").unwrap(), "1.5");
}

// ---------------------------------------------------------------- raw reads

#[test]
fn others_read_raw() {
    let mut chain = Chain::new();
    let feeder = SourceKind::Push {
        feeder: chain.owner.to_string(),
    };
    chain.add("A", 8, rule(1), vec![feeder]);
    for (wait, price) in [(0, "100"), (7, "101"), (9, "102")] {
        chain.wait(wait);
        chain.send(&ExecuteMsg::Push {
            prices: vec![price_push("A", price)],
        });
    }
    let app = &chain.app;
    let querier = app.wrap();
    let at = |at| oracle::first_round_at(&querier, &chain.oracle, "A", at);
    assert_eq!(at(1_000_001).unwrap().price, d("101"));
    assert_eq!(at(1_000_007).unwrap().price, d("101"));
    assert_eq!(at(1_000_008).unwrap().price, d("102"));
    let early = at(1_000_000).unwrap_err();
    assert!(matches!(
        early,
        PriceError::HistoryTooShort {
            oldest: 1_000_000,
            ..
        }
    ));
    let late = at(1_000_017).unwrap_err();
    assert!(matches!(
        late,
        PriceError::NoRoundYet {
            newest: 1_000_016,
            ..
        }
    ));

    assert_eq!(oracle::decimals(&querier, &chain.oracle, "A"), Ok(Some(8)));
    assert_eq!(oracle::decimals(&querier, &chain.oracle, "B"), Ok(None));
    let unknown = oracle::record(&querier, &chain.oracle, "B").unwrap_err();
    assert!(matches!(unknown, PriceError::NoPrice { .. }));
}
