//! `exchange`: the hook of a synth that turns it into another.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::{
    debt_registry, oracle,
    synth_minter::{ExchangePreview, ExecuteMsg, Operation, ReceiveMsg},
};
use common::*;
use cw_multi_test::AppResponse;
use rstest::rstest;

/// Alice has minted 100,000 LUSD.
fn stage() -> Stage {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 900_000 * ONE).unwrap();
    stage.mint("alice", None).unwrap();
    assert_eq!(stage.wallet("alice", "LUSD"), 100_000 * ONE);
    stage
}

/// Previews, does, and compares everything that moves.
fn exchange(
    stage: &mut Stage,
    from: &str,
    amount: u128,
    to: &str,
) -> (ExchangePreview, AppResponse) {
    let preview = stage.preview_exchange(from, amount, to).unwrap();
    let due = |stage: &Stage| {
        let list = stage.treasury_due();
        list.iter()
            .find(|(id, _)| id == to)
            .map_or(0, |(_, due)| *due)
    };
    let figures = |stage: &Stage| {
        (
            stage.wallet("alice", from),
            stage.wallet("alice", to),
            stage.supply(from),
            stage.supply(to),
            due(stage),
        )
    };
    let before = figures(stage);

    let response = stage.exchange("alice", from, amount, to).unwrap();

    let after = figures(stage);
    let (out, fee) = (preview.out.u128(), preview.fee_to_treasury.u128());
    assert_eq!(before.0 - after.0, amount);
    assert_eq!(after.1 - before.1, out);
    assert_eq!(before.2 - after.2, amount);
    assert_eq!(after.3 - before.3, out + fee);
    assert_eq!(after.4 - before.4, fee);
    assert_eq!(stage.wallet("synth-minter", from), 0);
    assert_eq!(stage.wallet("synth-minter", to), 0);
    (preview, response)
}

/// 1,000 LUSD at $1.25 a sEUR less 0.3 %, half of which is minted to the treasury.
#[test]
fn at_the_oracles_price_less_the_fee() {
    let mut stage = stage();
    let debt = stage.pool_debt();
    let (preview, response) = exchange(&mut stage, "LUSD", 1_000 * ONE, "sEUR");
    assert_eq!(preview.out.u128(), 797_600_000);
    assert_eq!(preview.fee_rate, dec("0.003"));
    assert_eq!(preview.fee_to_treasury.u128(), 1_200_000);
    assert_eq!(preview.fee_unminted.u128(), 1_200_000);
    let alice = stage.at("alice").to_string();
    has_event(
        &response,
        "exchange",
        &[
            ("account", &alice),
            ("recipient", &alice),
            ("from", "LUSD"),
            ("amount", "1000000000"),
            ("to", "sEUR"),
            ("out", "797600000"),
            ("fee_rate", "0.003"),
            ("fee_to_treasury", "1200000"),
            ("fee_unminted", "1200000"),
        ],
    );
    // $1.50 of the fee is not minted: everybody's debt falls.
    assert_eq!(debt - stage.pool_debt(), 1_500_000);
    assert_eq!(stage.debt("alice"), 100_000 * ONE - 1_500_000);
    assert_eq!(stage.treasury_due(), [("sEUR".to_owned(), 1_200_000)]);
}

#[rstest]
#[case::all_of_the_fee_minted("0", 800_000_000 - 797_600_000, 0)]
#[case::none_of_it("1", 0, 800_000_000 - 797_600_000)]
fn the_fee_splits_by_config(#[case] unminted: &str, #[case] minted: u128, #[case] not: u128) {
    let mut stage = stage();
    stage.update_params(|params| params.exchange.unminted_part = dec(unminted));
    let (preview, _) = exchange(&mut stage, "LUSD", 1_000 * ONE, "sEUR");
    assert_eq!(preview.out.u128(), 797_600_000);
    assert_eq!(preview.fee_to_treasury.u128(), minted);
    assert_eq!(preview.fee_unminted.u128(), not);
}

#[test]
fn between_synths_of_different_decimals_and_back() {
    let mut stage = stage();
    exchange(&mut stage, "LUSD", 5_000 * ONE, "sEUR");
    // 1,600 sEUR are $2,000: 0.997 sETH.
    let (preview, _) = exchange(&mut stage, "sEUR", 1_600 * ONE, "sETH");
    assert_eq!(preview.out.u128(), 997_000_000_000_000_000);
    let (preview, _) = exchange(&mut stage, "sETH", 997_000_000_000_000_000, "LUSD");
    assert_eq!(preview.out.u128(), 1_988_018_000);
}

#[test]
fn to_another_recipient_with_the_least_he_wants() {
    let mut stage = stage();
    let bob = stage.who("bob").to_string();
    let hook = |min_out: u128| ReceiveMsg::Exchange {
        to: "sEUR".into(),
        min_out: min_out.into(),
        recipient: Some(bob.clone()),
    };
    stage.refused_with("Slippage", &["797600000", "797600001", "sEUR"], |s| {
        s.hook("alice", "LUSD", 1_000 * ONE, &hook(797_600_001))
    });
    let response = stage
        .hook("alice", "LUSD", 1_000 * ONE, &hook(797_600_000))
        .unwrap();
    assert_eq!(attribute(&response, "exchange", "recipient"), bob);
    assert_eq!(stage.wallet("bob", "sEUR"), 797_600_000);
    assert_eq!(stage.wallet("alice", "sEUR"), 0);
}

/// A price that has just moved by 4 %: f = 0.04 − 0.0025. Refused, except into the dollar.
#[test]
fn a_jump_raises_the_fee_and_then_refuses() {
    let mut stage = stage();
    exchange(&mut stage, "LUSD", 10_000 * ONE, "sEUR");
    stage.price("sEUR", "1.2625");
    // + 1 %: 0.003 + 0.01 − 0.0025.
    let (preview, _) = exchange(&mut stage, "LUSD", 1_000 * ONE, "sEUR");
    assert_eq!(preview.fee_rate, dec("0.0105"));

    stage.price("sEUR", "1.313");
    // + 4 %: 0.003 + 0.8 · 0.0075 + 0.0375.
    for (from, to) in [("LUSD", "sEUR"), ("sEUR", "sETH"), ("sETH", "sEUR")] {
        errs("FeeTooHigh", stage.preview_exchange(from, ONE, to));
    }
    stage.refused_with("FeeTooHigh", &["0.0465", "0.015"], |s| {
        s.exchange("alice", "LUSD", ONE, "sEUR")
    });
    stage.refused_with("FeeTooHigh", &["0.0465"], |s| {
        s.exchange("alice", "sEUR", ONE, "sETH")
    });
    let (preview, _) = exchange(&mut stage, "sEUR", 1_000 * ONE, "LUSD");
    assert_eq!(preview.fee_rate, dec("0.0465"));
    assert_eq!(preview.out.u128(), 1_251_945_500);

    // More than 10 % is never charged on the way to repay.
    stage.price("sEUR", "2.1");
    let (preview, _) = exchange(&mut stage, "sEUR", 1_000 * ONE, "LUSD");
    assert_eq!(preview.fee_rate, dec("0.1"));
    assert_eq!(preview.out.u128(), 1_890 * ONE);

    // Rounds without a move calm it: 0.8^n.
    for _ in 0..20 {
        stage.world.wait(5);
    }
    let (preview, _) = exchange(&mut stage, "LUSD", 1_000 * ONE, "sEUR");
    assert!(preview.fee_rate < dec("0.015") && preview.fee_rate > dec("0.003"));
}

#[rstest]
#[case::unknown_target("LUSD", ONE, "DOGE", "NotASynth", &["DOGE"])]
#[case::a_collateral("LUSD", ONE, "LIFE", "NotASynth", &["LIFE"])]
#[case::the_same("LUSD", ONE, "LUSD", "SameSynth", &["LUSD"])]
#[case::nothing("LUSD", 0, "sEUR", "ZeroAmount", &[])]
#[case::too_little_to_give_anything("LUSD", 1, "sEUR", "ZeroAmount", &[])]
#[case::above_the_ceiling("LUSD", 3_000_000, "sETH", "CeilingExceeded", &["sETH", "1000000000000"])]
fn errors(
    #[case] from: &str,
    #[case] amount: u128,
    #[case] to: &str,
    #[case] name: &str,
    #[case] figures: &[&str],
) {
    let mut stage = stage();
    let ceiling = debt_registry::ExecuteMsg::SetCeiling {
        synth: "sETH".into(),
        ceiling: 1_000_000_000_000u128.into(),
    };
    stage
        .other_contract("owner", "debt-registry", &ceiling)
        .unwrap();
    errs(name, stage.preview_exchange(from, amount, to));
    stage.refused_with(name, figures, |s| s.exchange("alice", from, amount, to));
}

#[test]
fn collaterals_are_not_exchanged() {
    let mut stage = stage();
    stage.refused_with("NotASynth", &["WETH"], |s| {
        s.exchange("alice", "WETH", 1, "LUSD")
    });
    errs("NotASynth", stage.preview_exchange("WETH", 1, "LUSD"));
}

#[test]
fn both_switches_count() {
    let mut stage = stage();
    let registry_off = debt_registry::ExecuteMsg::SwitchOff {
        operation: debt_registry::Operation::Exchange,
    };
    stage
        .other_contract("guardian", "debt-registry", &registry_off)
        .unwrap();
    stage.refused_with("SwitchedOff", &["exchange"], |s| {
        s.exchange("alice", "LUSD", ONE, "sEUR")
    });
    errs("SwitchedOff", stage.preview_exchange("LUSD", ONE, "sEUR"));
    let operation = Operation::Exchange;
    stage
        .act("guardian", &ExecuteMsg::SwitchOff { operation })
        .unwrap();
    stage.refused("SwitchedOff", |s| s.exchange("alice", "LUSD", ONE, "sEUR"));
}

#[test]
fn needs_live_prices_of_both() {
    let mut stage = stage();
    exchange(&mut stage, "LUSD", 1_000 * ONE, "sEUR");
    stage.halt("sEUR", "95000");
    for (from, to) in [("LUSD", "sEUR"), ("sEUR", "LUSD")] {
        stage.refused_with("Halted", &["sEUR", "95000"], |s| {
            s.exchange("alice", from, ONE, to)
        });
        errs("Halted", stage.preview_exchange(from, ONE, to));
    }
    stage.kill("sEUR");
    for (from, to) in [("LUSD", "sEUR"), ("sEUR", "LUSD")] {
        stage.refused_with("Stale", &["sEUR"], |s| s.exchange("alice", from, ONE, to));
        errs("Stale", stage.preview_exchange(from, ONE, to));
    }
    // What it does not concern goes on.
    exchange(&mut stage, "LUSD", ONE, "sETH");
}

/// A retired synth is redeemed into the dollar at its final price without a fee, and cannot be
/// had any more.
#[test]
fn a_retired_synth_only_leaves() {
    let mut stage = stage();
    exchange(&mut stage, "LUSD", 1_000 * ONE, "sEUR");
    let (asset, price) = ("sEUR".to_owned(), dec("1.2"));
    let announce = oracle::ExecuteMsg::AnnounceRetirement {
        asset: asset.clone(),
        price,
    };
    stage.other_contract("owner", "oracle", &announce).unwrap();
    stage.world.wait(86_400);
    let retire = oracle::ExecuteMsg::RetireSynth { asset };
    stage.other_contract("owner", "oracle", &retire).unwrap();
    stage.world.wait(100 * 86_400);

    errs("RetiredSynth", stage.preview_exchange("LUSD", ONE, "sEUR"));
    stage.refused_with("RetiredSynth", &["sEUR"], |s| {
        s.exchange("alice", "LUSD", ONE, "sEUR")
    });
    let (preview, _) = exchange(&mut stage, "sEUR", 700 * ONE, "LUSD");
    assert_eq!(preview.out.u128(), 840 * ONE);
    assert_eq!(preview.fee_rate, dec("0"));
    assert_eq!(preview.fee_to_treasury.u128(), 0);
    // Into another synth the fee is the usual one.
    let (preview, _) = exchange(&mut stage, "sEUR", ONE, "sETH");
    assert_eq!(preview.fee_rate, dec("0.003"));
}

#[test]
fn refuses_a_recipient_that_is_no_address() {
    let mut stage = stage();
    let hook = ReceiveMsg::Exchange {
        to: "sEUR".into(),
        min_out: 0u128.into(),
        recipient: Some("x".into()),
    };
    stage.refused("InvalidAddress", |s| s.hook("alice", "LUSD", ONE, &hook));
}
