//! Bad input to every message, on a chain: each ends in its own typed error, and the contract's
//! storage stays as it was, byte for byte.
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
    oracle::{ExecuteMsg, InstantiateMsg, PricePush, Rule, Source, SourceKind},
};
use common::{INTERVAL, d, price_push, rule};
use cosmwasm_std::{Addr, Coin, Decimal, coins};
use cw_multi_test::{App, ContractWrapper, Executor};
use cw_ownable::Action;
use rstest::rstest;

struct Chain {
    app: App,
    oracle: Addr,
    owner: Addr,
    feeder: Addr,
    stranger: Addr,
}

fn store(app: &mut App) -> u64 {
    app.store_code(Box::new(
        ContractWrapper::new(contract::execute, contract::instantiate, contract::query)
            .with_migrate(contract::migrate),
    ))
}

fn instantiation(owner: &str) -> InstantiateMsg {
    InstantiateMsg {
        owner: owner.to_owned(),
        guardian: None,
        round_interval_secs: INTERVAL,
    }
}

/// `A` is pushed and has a price, `FRESH` has none yet, `R` is retired.
fn chain() -> Chain {
    let mut app = App::new(|router, api, storage| {
        let rich = api.addr_make("owner");
        router
            .bank
            .init_balance(storage, &rich, coins(100, "ucoin"))
            .unwrap();
    });
    let [owner, feeder, stranger] = ["owner", "feeder", "stranger"].map(|n| app.api().addr_make(n));
    let code = store(&mut app);
    let oracle = app
        .instantiate_contract(
            code,
            owner.clone(),
            &instantiation(owner.as_str()),
            &[],
            "oracle",
            None,
        )
        .unwrap();
    let mut chain = Chain {
        app,
        oracle,
        owner: owner.clone(),
        feeder: feeder.clone(),
        stranger,
    };
    for id in ["A", "FRESH", "R"] {
        let msg = add(id, 6, rule(1), vec![fed_by(feeder.as_str())]);
        chain.send(&owner, &msg, &[]).unwrap();
    }
    chain.send(&feeder, &push(&["A", "R"]), &[]).unwrap();
    let announce = ExecuteMsg::AnnounceRetirement {
        asset: "R".to_owned(),
        price: d("5"),
    };
    chain.send(&owner, &announce, &[]).unwrap();
    chain
        .app
        .update_block(|block| block.time = block.time.plus_seconds(86_400));
    let retire = ExecuteMsg::RetireSynth {
        asset: "R".to_owned(),
    };
    chain.send(&owner, &retire, &[]).unwrap();
    chain.send(&feeder, &push(&["A"]), &[]).unwrap();
    chain
}

impl Chain {
    fn send(&mut self, sender: &Addr, msg: &ExecuteMsg, funds: &[Coin]) -> anyhow::Result<()> {
        let oracle = self.oracle.clone();
        self.app
            .execute_contract(sender.clone(), oracle, msg, funds)?;
        Ok(())
    }

    fn dump(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.app.dump_wasm_raw(&self.oracle)
    }
}

fn fed_by(feeder: &str) -> Source {
    named(
        "desk",
        SourceKind::Push {
            feeder: feeder.to_owned(),
        },
    )
}

fn named(name: &str, kind: SourceKind) -> Source {
    Source {
        name: name.to_owned(),
        kind,
    }
}

fn fixed(price: &str) -> Source {
    named("fixed", SourceKind::Fixed { price: d(price) })
}

fn pool(pair: &str, base: TokenUnchecked, quote_asset: &str) -> Source {
    named(
        "pool",
        SourceKind::AmmTwap {
            pair: pair.to_owned(),
            base,
            quote: TokenUnchecked::Native("uquote".to_owned()),
            quote_asset: quote_asset.to_owned(),
            window_secs: 60,
        },
    )
}

fn native() -> TokenUnchecked {
    TokenUnchecked::Native("ubase".to_owned())
}

fn somebody() -> String {
    cosmwasm_std::testing::MockApi::default()
        .with_prefix("cosmwasm")
        .addr_make("somebody")
        .into()
}

fn add(asset: &str, decimals: u8, rule: Rule, sources: Vec<Source>) -> ExecuteMsg {
    ExecuteMsg::AddAsset {
        asset: asset.to_owned(),
        decimals,
        rule,
        sources,
    }
}

fn good() -> ExecuteMsg {
    add("NEW", 6, rule(1), vec![fixed("1")])
}

fn sourced(source: Source) -> ExecuteMsg {
    add("NEW", 6, rule(1), vec![source])
}

fn update(asset: &str, rule: Option<Rule>, sources: Option<Vec<Source>>) -> ExecuteMsg {
    ExecuteMsg::UpdateAsset {
        asset: asset.to_owned(),
        rule,
        sources,
    }
}

fn push(assets: &[&str]) -> ExecuteMsg {
    ExecuteMsg::Push {
        prices: assets
            .iter()
            .map(|asset| price_push(asset, "100"))
            .collect(),
    }
}

fn push_at(price: Decimal, published_at: Option<u64>) -> ExecuteMsg {
    ExecuteMsg::Push {
        prices: vec![PricePush {
            asset: "A".to_owned(),
            price,
            published_at,
            confidence: None,
        }],
    }
}

fn poke(assets: &[&str]) -> ExecuteMsg {
    ExecuteMsg::Poke {
        assets: assets.iter().map(|asset| (*asset).to_owned()).collect(),
    }
}

fn end_halt(asset: &str) -> ExecuteMsg {
    ExecuteMsg::EndHalt {
        asset: asset.to_owned(),
    }
}

fn disable(asset: &str, source: &str) -> ExecuteMsg {
    ExecuteMsg::DisableSource {
        asset: asset.to_owned(),
        source: source.to_owned(),
    }
}

fn enable(asset: &str, source: &str) -> ExecuteMsg {
    ExecuteMsg::EnableSource {
        asset: asset.to_owned(),
        source: source.to_owned(),
    }
}

fn announce(asset: &str, price: Decimal) -> ExecuteMsg {
    ExecuteMsg::AnnounceRetirement {
        asset: asset.to_owned(),
        price,
    }
}

fn cancel(asset: &str) -> ExecuteMsg {
    ExecuteMsg::CancelRetirement {
        asset: asset.to_owned(),
    }
}

fn retire(asset: &str) -> ExecuteMsg {
    ExecuteMsg::RetireSynth {
        asset: asset.to_owned(),
    }
}

fn guardian(address: &str) -> ExecuteMsg {
    ExecuteMsg::SetGuardian {
        guardian: Some(address.to_owned()),
    }
}

fn hand_over(address: &str) -> ExecuteMsg {
    ExecuteMsg::UpdateOwnership(Action::TransferOwnership {
        new_owner: address.to_owned(),
        expiry: None,
    })
}

const MANY: [&str; 65] = ["A"; 65];

#[derive(Clone, Copy)]
enum By {
    Owner,
    Feeder,
    Stranger,
}
use By::{Feeder, Owner, Stranger};

#[rstest]
// push
#[case::push_by_a_stranger(Stranger, push(&["A"]), "NotAFeeder")]
#[case::push_of_an_unknown(Feeder, push(&["X"]), "UnknownAsset")]
#[case::push_of_an_impossible_id(Feeder, push(&["no such\u{0}asset"]), "UnknownAsset")]
#[case::push_of_nothing(Feeder, push(&[]), "Empty")]
#[case::push_of_too_many(Feeder, push(&MANY), "TooMany")]
#[case::push_twice(Feeder, push(&["A", "FRESH", "A"]), "Duplicate")]
#[case::push_of_a_retired(Feeder, push(&["A", "R"]), "Retired")]
#[case::push_zero(Feeder, push_at(Decimal::zero(), None), "PriceOutOfRange")]
#[case::push_below_the_lowest(Feeder, push_at(d("0.000000000000999999"), None), "PriceOutOfRange")]
#[case::push_above_the_highest(
    Feeder,
    push_at(d("1000000000000.000000000000000001"), None),
    "PriceOutOfRange"
)]
#[case::push_the_largest(Feeder, push_at(Decimal::MAX, None), "PriceOutOfRange")]
#[case::push_of_tomorrow(Feeder, push_at(d("1"), Some(u64::MAX)), "FromTheFuture")]
#[case::push_of_yesterday(Feeder, push_at(d("1"), Some(0)), "OlderThanLast")]
// poke
#[case::poke_an_unknown(Stranger, poke(&["X"]), "UnknownAsset")]
#[case::poke_nothing(Stranger, poke(&[]), "Empty")]
#[case::poke_too_many(Stranger, poke(&MANY), "TooMany")]
#[case::poke_twice(Stranger, poke(&["A", "A"]), "Duplicate")]
#[case::poke_a_retired(Stranger, poke(&["R"]), "Retired")]
// add_asset
#[case::add_by_a_stranger(Stranger, good(), "Ownership")]
#[case::add_again(Owner, add("A", 6, rule(1), vec![fixed("1")]), "DuplicateAsset")]
#[case::add_without_a_name(Owner, add("", 6, rule(1), vec![fixed("1")]), "InvalidAssetId")]
#[case::add_with_a_long_name(Owner, add(&"A".repeat(33), 6, rule(1), vec![fixed("1")]), "InvalidAssetId")]
#[case::add_with_a_strange_name(Owner, add("ÄTOM", 6, rule(1), vec![fixed("1")]), "InvalidAssetId")]
#[case::add_with_19_decimals(Owner, add("NEW", 19, rule(1), vec![fixed("1")]), "TooManyDecimals")]
#[case::add_without_sources(Owner, add("NEW", 6, rule(1), vec![]), "InvalidSources")]
#[case::add_with_nine(Owner, add("NEW", 6, rule(1), (0..9).map(|_| fixed("1")).collect()), "InvalidSources")]
#[case::add_one_twice(Owner, add("NEW", 6, rule(1), vec![fixed("1"), fixed("1")]), "InvalidSources")]
#[case::add_with_too_few(Owner, add("NEW", 6, rule(2), vec![fixed("1")]), "InvalidRule")]
#[case::add_with_no_minimum(Owner, add("NEW", 6, rule(0), vec![fixed("1")]), "InvalidRule")]
#[case::add_at_zero(Owner, sourced(fixed("0")), "PriceOutOfRange")]
#[case::add_a_bad_feeder(Owner, sourced(fed_by("nobody")), "InvalidAddress")]
#[case::add_a_bad_pair(Owner, sourced(pool("nobody", native(), "A")), "InvalidAddress")]
#[case::add_a_bad_cw20(Owner, sourced(pool(&somebody(), TokenUnchecked::Cw20("nobody".to_owned()), "A")), "InvalidAddress")]
#[case::add_an_unknown_quote(Owner, sourced(pool(&somebody(), native(), "X")), "UnknownAsset")]
#[case::add_quoted_in_itself(Owner, sourced(pool(&somebody(), native(), "NEW")), "InvalidSources")]
#[case::add_a_bad_pyth(Owner, sourced(named("p", SourceKind::Pyth { contract: "nobody".to_owned(), price_id: "0".repeat(64) })), "InvalidAddress")]
#[case::add_a_bad_price_id(Owner, sourced(named("p", SourceKind::Pyth { contract: somebody(), price_id: "xyz".to_owned() })), "InvalidSources")]
#[case::add_a_bad_external(Owner, sourced(named("e", SourceKind::External { contract: "nobody".to_owned(), asset: "A".to_owned() })), "InvalidAddress")]
#[case::add_an_external_of_nothing(Owner, sourced(named("e", SourceKind::External { contract: somebody(), asset: String::new() })), "InvalidSources")]
// update_asset
#[case::update_by_the_feeder(Feeder, update("A", Some(rule(1)), None), "Ownership")]
#[case::update_an_unknown(Owner, update("X", Some(rule(1)), None), "UnknownAsset")]
#[case::update_nothing(Owner, update("A", None, None), "Empty")]
#[case::update_a_retired(Owner, update("R", Some(rule(1)), None), "Retired")]
#[case::update_to_no_sources(Owner, update("A", None, Some(vec![])), "InvalidSources")]
#[case::update_to_zero(Owner, update("A", None, Some(vec![fixed("0")])), "PriceOutOfRange")]
#[case::update_to_a_rule_too_strict(Owner, update("A", Some(rule(2)), None), "InvalidRule")]
#[case::update_to_a_bad_feeder(Owner, update("A", None, Some(vec![fed_by("")])), "InvalidAddress")]
// end_halt
#[case::end_halt_by_the_feeder(Feeder, end_halt("A"), "Ownership")]
#[case::end_halt_of_an_unknown(Owner, end_halt("X"), "UnknownAsset")]
#[case::end_no_halt(Owner, end_halt("A"), "NotHalted")]
#[case::end_no_halt_without_a_price(Owner, end_halt("FRESH"), "NotHalted")]
// switches
#[case::disable_by_a_stranger(Stranger, disable("A", "desk"), "NeitherGuardianNorOwner")]
#[case::disable_of_an_unknown(Owner, disable("X", "desk"), "UnknownAsset")]
#[case::disable_an_unknown(Owner, disable("A", "nobody"), "UnknownSource")]
#[case::disable_a_push(Owner, disable("A", "desk"), "NotAPullSource")]
#[case::disable_of_a_retired(Owner, disable("R", "desk"), "Retired")]
#[case::enable_by_a_stranger(Stranger, enable("A", "desk"), "Ownership")]
#[case::enable_of_an_unknown(Owner, enable("X", "desk"), "UnknownAsset")]
#[case::enable_an_unknown(Owner, enable("A", "nobody"), "UnknownSource")]
#[case::enable_a_push(Owner, enable("A", "desk"), "NotAPullSource")]
// retirement
#[case::announce_by_the_feeder(Feeder, announce("A", d("1")), "Ownership")]
#[case::announce_an_unknown(Owner, announce("X", d("1")), "UnknownAsset")]
#[case::announce_at_zero(Owner, announce("A", Decimal::zero()), "PriceOutOfRange")]
#[case::announce_at_the_largest(Owner, announce("A", Decimal::MAX), "PriceOutOfRange")]
#[case::announce_a_retired(Owner, announce("R", d("1")), "Retired")]
#[case::cancel_by_a_stranger(Stranger, cancel("A"), "Ownership")]
#[case::cancel_an_unknown(Owner, cancel("X"), "UnknownAsset")]
#[case::cancel_nothing(Owner, cancel("A"), "NotAnnounced")]
#[case::retire_by_a_stranger(Stranger, retire("A"), "Ownership")]
#[case::retire_an_unknown(Owner, retire("X"), "UnknownAsset")]
#[case::retire_unannounced(Owner, retire("A"), "NotAnnounced")]
#[case::retire_again(Owner, retire("R"), "Retired")]
// owner and guardian
#[case::guardian_by_a_stranger(Stranger, guardian(&somebody()), "Ownership")]
#[case::a_bad_guardian(Owner, guardian("nobody"), "InvalidAddress")]
#[case::hand_over_by_a_stranger(Stranger, hand_over(&somebody()), "Ownership")]
#[case::hand_over_to_nobody(Owner, hand_over("nobody"), "InvalidAddress")]
#[case::accept_without_an_offer(
    Stranger,
    ExecuteMsg::UpdateOwnership(Action::AcceptOwnership),
    "Ownership"
)]
#[case::renounce(
    Owner,
    ExecuteMsg::UpdateOwnership(Action::RenounceOwnership),
    "CannotRenounce"
)]
fn is_refused_and_changes_nothing(#[case] by: By, #[case] msg: ExecuteMsg, #[case] error: &str) {
    let mut chain = chain();
    let sender = match by {
        Owner => chain.owner.clone(),
        Feeder => chain.feeder.clone(),
        Stranger => chain.stranger.clone(),
    };
    let before = chain.dump();
    let refused = chain.send(&sender, &msg, &[]).unwrap_err();
    let refused = refused.root_cause().to_string();
    assert!(refused.starts_with(&format!("{error}: ")), "{refused}");
    assert_eq!(chain.dump(), before);
}

#[rstest]
#[case::push(push(&["A"]))]
#[case::poke(poke(&["A"]))]
#[case::add(good())]
#[case::update(update("A", Some(rule(1)), None))]
#[case::end_halt(end_halt("A"))]
#[case::disable(disable("A", "desk"))]
#[case::enable(enable("A", "desk"))]
#[case::announce(announce("A", d("1")))]
#[case::cancel(cancel("A"))]
#[case::retire(retire("A"))]
#[case::guardian(guardian(&somebody()))]
#[case::hand_over(hand_over(&somebody()))]
fn no_message_takes_funds(#[case] msg: ExecuteMsg) {
    let mut chain = chain();
    let owner = chain.owner.clone();
    let before = chain.dump();
    let refused = chain.send(&owner, &msg, &coins(1, "ucoin")).unwrap_err();
    let refused = refused.root_cause().to_string();
    assert!(refused.starts_with("Payment: "), "{refused}");
    assert_eq!(chain.dump(), before);
}

#[rstest]
#[case::a_bad_owner(instantiation("nobody"), &[], "InvalidAddress")]
#[case::a_bad_guardian(InstantiateMsg { guardian: Some("nobody".to_owned()), ..instantiation(&somebody()) }, &[], "InvalidAddress")]
#[case::no_interval(InstantiateMsg { round_interval_secs: 0, ..instantiation(&somebody()) }, &[], "InvalidRoundInterval")]
fn bad_instantiations(#[case] msg: InstantiateMsg, #[case] funds: &[Coin], #[case] error: &str) {
    let mut app = App::default();
    let code = store(&mut app);
    let sender = app.api().addr_make("owner");
    let refused = app
        .instantiate_contract(code, sender, &msg, funds, "oracle", None)
        .unwrap_err();
    let refused = refused.root_cause().to_string();
    assert!(refused.starts_with(&format!("{error}: ")), "{refused}");
}
