//! Gifts to the pool.
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
    Token,
    stability_pool::{ExecuteMsg, ReceiveMsg},
};
use common::*;
use cosmwasm_std::Coin;
use rstest::rstest;

#[rstest]
fn all_providers_gain(#[values(false, true)] cw20_dcm: bool) {
    let mut stage = Stage::with(|setup| setup.cw20_dcm = cw20_dcm);
    stage.provide("alice", 100 * ONE).unwrap();
    let done = stage.donate_dcm("mallory", 50 * ONE).unwrap();
    assert_eq!(stage.books(), (150 * ONE, 0, 0));
    assert_eq!(stage.position("alice").withdrawable.dcm.u128(), 146_998_530);
    for (key, text) in [
        ("donor", addr("mallory").as_str()),
        ("asset", "dcm"),
        ("amount", "50000000"),
        ("pool_dcm", "150000000"),
        ("pool_duca", "0"),
    ] {
        assert_eq!(attribute(&stage, &done, "donate", key), text);
    }
}

#[test]
fn duca_comes_from_an_amo() {
    let mut stage = Stage::stocked();
    let duca = Token::Cw20(stage.duca.clone());
    stage.transfer("amo", &addr("mallory"), &duca, ONE);
    stage.refused("NotAnAmo", |s| s.donate_duca("mallory", ONE));
    let done = stage.donate_duca("amo", ONE).unwrap();
    assert_eq!(stage.books().1, 100_001 * ONE);
    assert_eq!(attribute(&stage, &done, "donate", "asset"), "duca");
}

#[test]
fn not_lpd_and_not_nothing() {
    let mut stage = Stage::stocked();
    let lpd = stage.lpd.clone();
    stage.refused("UnknownToken", |s| {
        s.hook("alice", &lpd, ONE, &ReceiveMsg::Donate {})
    });
    give(&mut stage.app, &addr("alice"), "uatom", 10);
    let atom = [Coin::new(1u128, "uatom")];
    for funds in [&[][..], &atom] {
        stage.refused("Payment", |s| {
            s.act_with("alice", &ExecuteMsg::Donate {}, funds)
        });
    }
    let mut stage = Stage::with(|setup| setup.cw20_dcm = true);
    stage.refused("NotNative", |s| s.act("alice", &ExecuteMsg::Donate {}));
}
