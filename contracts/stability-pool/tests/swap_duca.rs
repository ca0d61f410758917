//! DUCA for DCM.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::stability_pool::{Offer, Operation, ReceiveMsg};
use common::*;
use cosmwasm_std::Uint128;
use rstest::rstest;

/// The table of DESIGN §9, 1,000 in from P = 2 and N ≤ 2R.
#[rstest]
#[case("3", "1", 333_333_333, 0)]
#[case("3", "0.9", 300_000_000, 33_333_333)]
#[case("1.5", "0.9", 600_000_000, 66_666_666)]
#[case("0.5", "0.5", 1_000_000_000, 1_000_000_000)]
#[case::no_premium_is_paid("3", "1.1", 333_333_333, 0)]
fn the_table(#[case] market: &str, #[case] price: &str, #[case] out: u128, #[case] treasury: u128) {
    let mut stage = Stage::stocked();
    stage.price("DCM", market);
    stage.price("DUCA", price);
    let quote = stage.quote(Offer::Duca, 1_000 * ONE).unwrap();
    let before = stage.dcm_of("amo");
    let done = stage.swap_duca("amo", 1_000 * ONE).unwrap();
    assert_eq!(stage.dcm_of("amo") - before, out);
    assert_eq!(stage.due(), treasury);
    assert_eq!(
        stage.books(),
        (
            1_000_000 * ONE - out - treasury,
            101_000 * ONE,
            100_000 * ONE
        )
    );
    assert_eq!((stage.supply(), stage.par()), (200_000 * ONE, "2".into()));
    assert_eq!(quote.out.u128(), out);
    assert_eq!(quote.seigniorage.u128(), treasury);
    assert_eq!((quote.minted.u128(), quote.to_reserve.u128()), (0, 0));
    assert_eq!(quote.to_pool.u128(), 1_000 * ONE);
    assert_eq!(quote.after, stage.state().books);
    for (key, figure) in [("offer", "duca"), ("market", market), ("duca_price", price)] {
        assert_eq!(attribute(&stage, &done, "swap", key), figure);
    }
}

#[test]
fn a_cw20_dcm_is_paid_out_too() {
    let mut stage = Stage::with(|setup| setup.cw20_dcm = true).stock();
    let before = stage.dcm_of("bob");
    stage
        .swap_duca_for("amo", 1_000 * ONE, 500 * ONE, Some("bob"))
        .unwrap();
    assert_eq!(stage.dcm_of("bob") - before, 500 * ONE);
}

#[test]
fn other_decimals() {
    let mut stage = Stage::with(|setup| {
        setup.dcm_decimals = 18;
        setup.duca_decimals = 3;
    });
    let ether = 10u128.pow(18);
    stage.provide("alice", 10_000 * ether).unwrap();
    stage.swap_dcm("amo", 1_000 * ether).unwrap();
    stage.price("DCM", "3");
    stage.price("DUCA", "0.9");
    let before = stage.dcm_of("amo");
    stage.swap_duca("amo", 1_000_000).unwrap();
    assert_eq!(stage.dcm_of("amo") - before, 300 * ether);
    assert_eq!(stage.due(), 33_333_333_333_333_333_333);
}

/// The pool has 1,000 DCM at M = 2: 2,000 DUCA would take the last of it.
#[test]
fn the_pool_is_never_emptied() {
    let mut stage = Stage::new();
    stage.provide("alice", 1_000 * ONE).unwrap();
    stage.swap_dcm("amo", 2_000 * ONE).unwrap();
    stage.refused_with("EmptiesPool", &["1000000000"], |s| {
        s.swap_duca("amo", 2_000 * ONE)
    });
    stage.refused("EmptiesPool", |s| s.swap_duca("amo", 3_000 * ONE));
    // seigniorage leaves it as well
    stage.price("DUCA", "0.5");
    stage.refused("EmptiesPool", |s| s.swap_duca("amo", 2_000 * ONE));
    stage.price("DUCA", "1");
    stage.swap_duca("amo", 2_000 * ONE - 1).unwrap();
    assert_eq!(stage.books().0, 1);
    assert_eq!(stage.books().2, 2_000 * ONE);
}

/// An empty pool gives nothing out of the Reserve.
#[test]
fn the_reserve_pays_no_swap() {
    let mut stage = Stage::new();
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    assert_eq!(stage.books(), (0, 0, 1_000 * ONE));
    stage.refused("EmptiesPool", |s| s.swap_duca("amo", 2));
}

#[test]
fn only_an_amo_swaps() {
    let mut stage = Stage::stocked();
    let duca = ballast_types::Token::Cw20(stage.duca.clone());
    stage.transfer("amo", &addr("alice"), &duca, ONE);
    stage.refused("NotAnAmo", |s| s.swap_duca("alice", ONE));
}

#[test]
fn not_less_than_was_asked_for() {
    let mut stage = Stage::stocked();
    stage.refused_with("Slippage", &["500000000 of DCM", "500000001"], |s| {
        s.swap_duca_for("amo", 1_000 * ONE, 500 * ONE + 1, None)
    });
}

#[test]
fn dust_that_buys_nothing_is_refused() {
    let mut stage = Stage::stocked();
    stage.refused("NothingOut", |s| s.swap_duca("amo", 1));
    // all of two units would be seigniorage, or rounded away
    stage.price("DUCA", "0.01");
    stage.refused("NothingOut", |s| s.swap_duca("amo", 2));
}

#[test]
fn a_bad_recipient_and_a_bad_hook() {
    let mut stage = Stage::stocked();
    let duca = stage.duca.clone();
    let hook = ReceiveMsg::Swap {
        min_out: Uint128::zero(),
        recipient: Some("nobody".into()),
    };
    stage.refused("InvalidAddress", |s| s.hook("amo", &duca, ONE, &hook));
    let nonsense = serde_json::json!({ "swap": { "min_out": "0", "to": "me" } });
    stage.refused("UnknownHook", |s| s.hook("amo", &duca, ONE, &nonsense));
}

#[test]
fn switched_off() {
    let mut stage = Stage::stocked();
    stage.switch_off(Operation::SwapDuca);
    stage.refused_with("SwitchedOff", &["swap_duca"], |s| s.swap_duca("amo", ONE));
    stage.swap_dcm("amo", ONE).unwrap();
}

/// Both prices are needed, strict, and of about the same time.
#[test]
fn strict_prices() {
    let mut stage = Stage::stocked();
    let swap = |s: &mut Stage| s.swap_duca("amo", ONE);
    stage.wait_silently(61);
    stage.price("DCM", "2");
    stage.refused_with("RoundsApart", &["DUCA", "DCM", "61 s"], swap);
    stage.price("DUCA", "1");
    swap(&mut stage).unwrap();
    stage.wait_silently(60);
    stage.price("DUCA", "1");
    swap(&mut stage).unwrap();
    stage.forget("DUCA");
    stage.refused_with("NoPrice", &["DUCA"], swap);
    stage.price("DUCA", "1");
    stage.forget("DCM");
    stage.refused_with("NoPrice", &["DCM"], swap);
}

#[test]
fn duca_is_near_the_numeraire_too() {
    let mut stage = Stage::with(|setup| setup.numeraire = Some("EUR"));
    stage.price("EUR", "1");
    let mut stage = stage.stock();
    stage.price("EUR", "1");
    stage.wait_silently(40);
    stage.price("DCM", "2");
    stage.wait_silently(40);
    stage.price("DUCA", "1");
    stage.refused_with("RoundsApart", &["DUCA", "EUR", "80 s"], |s| {
        s.swap_duca("amo", ONE)
    });
    stage.swap_dcm("amo", ONE).unwrap();
}
