//! Contractions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::stability_pool::BurnKind;
use common::*;
use rstest::rstest;

/// As much DUCA in the pool, beside 200,000 DCM; P = 2, so that DCM is 400,000 of liquidity.
fn with_duca(whole: u128) -> Stage {
    let mut stage = Stage::new();
    stage.provide("alice", 200_000 * ONE).unwrap();
    stage.swap_dcm("amo", 300_000 * ONE).unwrap();
    stage.donate_duca("amo", whole * ONE).unwrap();
    stage
}

/// 44,444 DUCA beside 400,000 are no more than a tenth of the whole, 44,445 are.
#[rstest]
#[case::at_par("2")]
#[case::below_par("0.5")]
fn the_line(#[case] market: &str) {
    let mut stage = with_duca(44_444);
    stage.price("DCM", market);
    stage.refused_with(
        "NotInExcess",
        &["44444000000", "400000000000"],
        Stage::contract,
    );
    let next = stage.next(BurnKind::Contraction);
    assert_eq!(next.amount.u128(), 10_000 * ONE);
    assert!(next.problem.unwrap().starts_with("NotInExcess: "));
    assert_eq!(stage.state().next_contraction_at, 0);

    stage.donate_duca("amo", ONE).unwrap();
    assert_eq!(stage.next(BurnKind::Contraction).problem, None);
    let done = stage.contract().unwrap();
    assert_eq!(stage.books(), (205_000 * ONE, 34_445 * ONE, 295_000 * ONE));
    assert_eq!(
        attribute(&stage, &done, "contract", "amount"),
        "10000000000"
    );
    assert_eq!(
        attribute(&stage, &done, "contract", "payment"),
        "5000000000"
    );
    let record = stage.burns(None, None).remove(0);
    assert_eq!((record.kind, record.sequence), (BurnKind::Contraction, 0));
}

/// Above par DCM counts at the market.
#[test]
fn above_par() {
    let mut stage = with_duca(60_000);
    stage.price("DCM", "2.7");
    stage.refused_with("NotInExcess", &["540000000000"], Stage::contract);
    stage.price("DCM", "2.699");
    stage.contract().unwrap();
}

/// Two clocks: a contraction hinders no burn, nor a burn a contraction.
#[test]
fn a_clock_of_its_own() {
    let mut stage = with_duca(300_000);
    let now = stage.now();
    stage.contract().unwrap();
    stage.burn().unwrap();
    assert_eq!(stage.books().1, 243_000 * ONE);
    stage.refused("TooEarly", Stage::contract);
    stage.refused("TooEarly", Stage::burn);
    let state = stage.state();
    assert_eq!(
        (state.next_burn_at, state.next_contraction_at),
        (now + DAY, now + DAY)
    );
    stage.wait(DAY);
    stage.contract().unwrap();
    assert_eq!(stage.state().next_contraction_at, now + 2 * DAY);
    assert_eq!(stage.state().next_burn_at, now + DAY);
    let kinds: Vec<BurnKind> = stage.burns(None, None).iter().map(|b| b.kind).collect();
    assert_eq!(
        kinds,
        [BurnKind::Contraction, BurnKind::Burn, BurnKind::Contraction]
    );
}

#[test]
fn needs_a_price() {
    let mut stage = with_duca(300_000);
    stage.wait_silently(MAX_AGE + 1);
    stage.refused("Stale", Stage::contract);
    stage.price("DCM", "2");
    stage.contract().unwrap();
}

#[test]
fn nothing_to_do() {
    let mut stage = Stage::new();
    stage.provide("alice", 200_000 * ONE).unwrap();
    stage.refused("NothingToBurn", Stage::contract);
}
