//! Liquidity comes in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::stability_pool::{ExecuteMsg, Operation, ReceiveMsg};
use common::*;
use cosmwasm_std::{Coin, Uint128};
use rstest::rstest;

#[rstest]
fn the_first_and_the_next(#[values(false, true)] cw20_dcm: bool) {
    let mut stage = Stage::with(|setup| setup.cw20_dcm = cw20_dcm);
    let preview = stage.preview_provide(100 * ONE).unwrap();
    let done = stage.provide("alice", 100 * ONE).unwrap();
    assert_eq!(stage.lpd_of("alice"), 100 * ONE - 1_000);
    let (lpd, pool) = (
        ballast_types::Token::Cw20(stage.lpd.clone()),
        stage.pool.clone(),
    );
    assert_eq!(stage.held(&lpd, &pool), 1_000);
    assert_eq!(stage.books(), (100 * ONE, 0, 0));
    assert_eq!(preview.lpd.u128(), 100 * ONE - 1_000);
    assert_eq!(preview.locked.u128(), 1_000);
    assert_eq!(preview.lpd_supply.u128(), 100 * ONE);
    for (key, text) in [
        ("payer", addr("alice").as_str()),
        ("recipient", addr("alice").as_str()),
        ("amount", "100000000"),
        ("lpd", "99999000"),
        ("locked", "1000"),
        ("pool_dcm", "100000000"),
        ("pool_duca", "0"),
    ] {
        assert_eq!(attribute(&stage, &done, "provide", key), text);
    }
    let preview = stage.preview_provide(50 * ONE).unwrap();
    assert_eq!((preview.locked.u128(), preview.lpd.u128()), (0, 50 * ONE));
    stage.provide("bob", 50 * ONE).unwrap();
    assert_eq!(stage.lpd_of("bob"), 50 * ONE);
    assert_eq!(stage.state().lpd_supply.u128(), 150 * ONE);
}

/// 1,000,000 DCM and 100,000 DUCA are 1,000,000 LPD. What a deposit of 105,000 DCM buys:
/// above par DUCA counts at P = 2, below it at the market.
#[rstest]
#[case::above_par("3", 100_000_000_000)]
#[case::at_par("2", 100_000_000_000)]
#[case::below_par("1", 95_454_545_454)]
fn duca_counts_at_the_dearer(#[case] market: &str, #[case] lpd: u128) {
    let mut stage = Stage::stocked();
    stage.price("DCM", market);
    let preview = stage.preview_provide(105_000 * ONE).unwrap();
    stage.provide("bob", 105_000 * ONE).unwrap();
    assert_eq!(stage.lpd_of("bob"), lpd);
    assert_eq!(preview.lpd.u128(), lpd);
}

#[test]
fn for_another() {
    let mut stage = Stage::new();
    stage
        .provide_for("alice", 100 * ONE, 0, Some("bob"))
        .unwrap();
    assert_eq!(stage.lpd_of("alice"), 0);
    assert_eq!(stage.lpd_of("bob"), 100 * ONE - 1_000);
    stage.refused("InvalidAddress", |s| {
        let msg = ExecuteMsg::Provide {
            min_lpd: Uint128::zero(),
            recipient: Some("bob".into()),
        };
        s.act_with("alice", &msg, &[Coin::new(1u128, DENOM)])
    });
}

#[test]
fn not_less_than_was_asked_for() {
    let mut stage = Stage::new();
    stage.refused_with("Slippage", &["99999000 of LPD", "99999001"], |s| {
        s.provide_for("alice", 100 * ONE, 100 * ONE - 999, None)
    });
    stage
        .provide_for("alice", 100 * ONE, 100 * ONE - 1_000, None)
        .unwrap();
}

#[test]
fn a_first_deposit_must_be_above_what_is_locked() {
    let mut stage = Stage::new();
    stage.refused_with("NoShares", &["1000 DCM"], |s| s.provide("alice", 1_000));
    stage.provide("alice", 1_001).unwrap();
    assert_eq!(stage.lpd_of("alice"), 1);
}

#[test]
fn a_deposit_that_buys_no_share_is_refused() {
    let mut stage = Stage::new();
    stage.provide("alice", 2_000).unwrap();
    stage.donate_dcm("alice", 2_000).unwrap();
    stage.refused("NoShares", |s| s.provide("bob", 1));
    stage.provide("bob", 2).unwrap();
    assert_eq!(stage.lpd_of("bob"), 1);
}

#[test]
fn bad_funds() {
    let mut stage = Stage::new();
    give(&mut stage.app, &addr("alice"), "uatom", 10);
    let msg = ExecuteMsg::Provide {
        min_lpd: Uint128::zero(),
        recipient: None,
    };
    let atom = Coin::new(1u128, "uatom");
    let both = [Coin::new(5_000u128, DENOM), atom.clone()];
    for funds in [&[][..], &[atom], &both] {
        stage.refused("Payment", |s| s.act_with("alice", &msg, funds));
    }
    let mut stage = Stage::with(|setup| setup.cw20_dcm = true);
    stage.refused("NotNative", |s| s.act("alice", &msg));
}

/// Neither DUCA nor LPD is liquidity.
#[test]
fn only_dcm() {
    let mut stage = Stage::stocked();
    let hook = ReceiveMsg::Provide {
        min_lpd: Uint128::zero(),
        recipient: None,
    };
    let (duca, lpd) = (stage.duca.clone(), stage.lpd.clone());
    stage.refused_with("UnknownToken", &[duca.as_str()], |s| {
        s.hook("amo", &duca, ONE, &hook)
    });
    stage.refused_with("UnknownToken", &[lpd.as_str()], |s| {
        s.hook("alice", &lpd, ONE, &hook)
    });
}

#[test]
fn needs_a_price_of_dcm_and_its_switch() {
    let mut stage = Stage::new();
    stage.forget("DUCA");
    stage.provide("alice", 100 * ONE).unwrap();
    stage.wait_silently(MAX_AGE + 1);
    stage.refused("Stale", |s| s.provide("alice", ONE));
    stage.price("DCM", "2");
    stage.switch_off(Operation::Provide);
    stage.refused_with("SwitchedOff", &["provide"], |s| s.provide("alice", ONE));
    assert!(stage.preview_provide(ONE).is_err());
}

#[test]
fn an_unknown_amount_of_nothing() {
    let stage = Stage::new();
    let error = stage.preview_provide(0).unwrap_err();
    assert!(format!("{error:#}").contains("ZeroAmount: "), "{error:#}");
}
