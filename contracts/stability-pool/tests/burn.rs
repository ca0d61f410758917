//! Burns.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::stability_pool::{BurnKind, BurnRecord, Operation};
use common::*;
use rstest::rstest;

/// As much DUCA in the pool, beside 1,000,000 DCM; P = 2.
fn with_duca(whole: u128) -> Stage {
    let mut stage = Stage::new();
    stage.provide("alice", 1_000_000 * ONE).unwrap();
    stage.swap_dcm("amo", 300_000 * ONE).unwrap();
    if whole > 0 {
        stage.donate_duca("amo", whole * ONE).unwrap();
    }
    stage
}

#[rstest]
#[case(500_000, 50_000)]
#[case(100_000, 10_000)]
#[case(60_000, 10_000)]
#[case(9_000, 9_000)]
fn sizes(#[case] x: u128, #[case] size: u128) {
    let mut stage = with_duca(x);
    let next = stage.next(BurnKind::Burn);
    assert_eq!(
        (next.amount.u128(), next.payment.u128()),
        (size * ONE, size * ONE / 2)
    );
    assert_eq!((next.at, next.problem), (0, None));
    let done = stage.burn().unwrap();
    let paid = size * ONE / 2;
    assert_eq!(
        stage.books(),
        (
            1_000_000 * ONE + paid,
            (x - size) * ONE,
            300_000 * ONE - paid
        )
    );
    assert_eq!(
        (stage.supply(), stage.par()),
        ((600_000 - size) * ONE, "2".into())
    );
    for (key, figure) in [
        ("sequence", 0),
        ("amount", size * ONE),
        ("payment", paid),
        ("supply", (600_000 - size) * ONE),
        ("par", 2),
        ("reserve", 300_000 * ONE - paid),
        ("pool_dcm", 1_000_000 * ONE + paid),
        ("pool_duca", (x - size) * ONE),
    ] {
        assert_eq!(attribute(&stage, &done, "burn", key), figure.to_string());
    }
}

#[test]
fn nothing_to_do() {
    let mut stage = with_duca(0);
    stage.refused("NothingToBurn", Stage::burn);
    let next = stage.next(BurnKind::Burn);
    assert_eq!(next.amount.u128(), 0);
    assert!(next.problem.unwrap().starts_with("NothingToBurn: "));
    assert_eq!(stage.state().next_burn_at, 0);
}

#[test]
fn once_in_a_day() {
    let mut stage = with_duca(500_000);
    let first = stage.now();
    stage.burn().unwrap();
    let at = (first + DAY).to_string();
    stage.refused_with("TooEarly", &[&at], Stage::burn);
    stage.wait(DAY - 1);
    stage.refused("TooEarly", Stage::burn);
    // a refused call moves no clock
    assert_eq!(stage.state().next_burn_at, first + DAY);
    let next = stage.next(BurnKind::Burn);
    assert_eq!((next.amount.u128(), next.at), (45_000 * ONE, first + DAY));
    assert!(next.problem.unwrap().starts_with("TooEarly: "));
    stage.wait(1);
    stage.burn().unwrap();
    assert_eq!(stage.books().1, 405_000 * ONE);
    assert_eq!(stage.state().next_burn_at, first + 2 * DAY);
}

/// The market is no matter: a burn is paid at par, and needs no price.
#[test]
fn without_any_price() {
    let mut stage = with_duca(100_000);
    stage.price("DCM", "0.1");
    stage.forget("DCM");
    stage.forget("DUCA");
    stage.burn().unwrap();
    assert_eq!(stage.books().2, 295_000 * ONE);
}

/// P = 3: 10,000 DUCA are 3,333.333333 DCM, and the dust stays in the Reserve.
#[test]
fn rounds_down() {
    let mut stage = Stage::with(|setup| setup.par = "3");
    stage.price("DCM", "3");
    stage.provide("alice", ONE).unwrap();
    stage.swap_dcm("amo", 10_000 * ONE).unwrap();
    stage.donate_duca("amo", 30_000 * ONE).unwrap();
    stage.burn().unwrap();
    assert_eq!(
        stage.books(),
        (ONE + 3_333_333_333, 20_000 * ONE, 6_666_666_667)
    );
    assert_eq!(stage.par(), "3");
}

#[test]
fn switched_off() {
    let mut stage = with_duca(100_000);
    stage.switch_off(Operation::Burn);
    stage.refused_with("SwitchedOff", &["burn"], Stage::burn);
    let next = stage.next(BurnKind::Burn);
    assert!(next.problem.unwrap().starts_with("SwitchedOff: "));
    stage.switch_off(Operation::Contract);
    stage.refused_with("SwitchedOff", &["contract"], Stage::contract);
}

#[test]
fn history_newest_first() {
    let mut stage = with_duca(500_000);
    let start = stage.now();
    for _ in 0..11 {
        stage.burn().unwrap();
        stage.wait(DAY);
    }
    let page = stage.burns(None, Some(3));
    let sequences: Vec<u64> = page.iter().map(|record| record.sequence).collect();
    assert_eq!(sequences, [10, 9, 8]);
    let page = stage.burns(Some(2), None);
    assert_eq!(
        page[1],
        BurnRecord {
            sequence: 0,
            time: start,
            kind: BurnKind::Burn,
            amount: (50_000 * ONE).into(),
            payment: (25_000 * ONE).into(),
            supply: (550_000 * ONE).into(),
            par: dec256("2"),
        }
    );
    assert_eq!(page.len(), 2);
    assert_eq!(stage.burns(None, None).len(), 10);
    assert_eq!(stage.burns(None, Some(1_000)).len(), 11);
    assert!(stage.burns(Some(0), None).is_empty());
}
