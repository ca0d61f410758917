//! Liquidity goes out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::stability_pool::{ReceiveMsg, WithdrawPreview};
use common::*;
use cosmwasm_std::to_json_binary;
use cw_multi_test::Executor;
use cw20::Cw20ExecuteMsg;
use rstest::rstest;

/// 98 % of a tenth of 1,000,000 DCM and of 100,000 DUCA.
#[rstest]
fn pays_both(#[values(false, true)] cw20_dcm: bool) {
    let mut stage = Stage::with(|setup| setup.cw20_dcm = cw20_dcm).stock();
    let preview = stage.preview_withdraw(100_000 * ONE).unwrap();
    let before = stage.dcm_of("alice");
    let done = stage.withdraw("alice", 100_000 * ONE).unwrap();
    assert_eq!(stage.dcm_of("alice") - before, 98_000 * ONE);
    assert_eq!(stage.duca_of("alice"), 9_800 * ONE);
    assert_eq!(
        preview,
        WithdrawPreview {
            dcm: (98_000 * ONE).into(),
            duca: (9_800 * ONE).into(),
        }
    );
    assert_eq!(stage.books(), (902_000 * ONE, 90_200 * ONE, 100_000 * ONE));
    assert_eq!(stage.state().lpd_supply.u128(), 900_000 * ONE);
    for (key, text) in [
        ("holder", addr("alice").as_str()),
        ("lpd", "100000000000"),
        ("dcm", "98000000000"),
        ("duca", "9800000000"),
        ("pool_dcm", "902000000000"),
        ("pool_duca", "90200000000"),
    ] {
        assert_eq!(attribute(&stage, &done, "withdraw", key), text);
    }
}

/// Bob enters with 100,000 DCM while M = 3 and P = 2, 90,000 DUCA are swapped, and he leaves:
/// he has paid the two per cent, and more for the DUCA that counted at par.
#[test]
fn in_before_a_swap_and_out_after_it() {
    let mut stage = Stage::stocked();
    stage.price("DCM", "3");
    let before = stage.wealth("bob", "3");
    stage.provide("bob", 100_000 * ONE).unwrap();
    assert_eq!(stage.lpd_of("bob"), 95_238_095_238);
    stage.swap_duca("amo", 90_000 * ONE).unwrap();
    stage.withdraw_all("bob").unwrap();
    let dcm = (WEALTH - 100_000) * ONE;
    assert_eq!(stage.dcm_of("bob") - dcm, 91_182_608_695);
    assert_eq!(stage.duca_of("bob"), 16_191_304_347);
    assert!(stage.wealth("bob", "3") < before);
}

/// Without a price, with everything switched off, at a halted price and with every guard shut.
#[test]
fn always_open() {
    let mut stage = Stage::stocked();
    for operation in OPERATIONS {
        stage.switch_off(operation);
    }
    stage.set_guards(|guards| {
        guards.max_paid_out = Some(0u128.into());
        guards.max_seigniorage = Some(dec("0"));
        guards.band = Some(dec("0"));
        guards.min_mint_cover = Some(dec("1000"));
    });
    stage.refused("SwitchedOff", |s| s.swap_duca("amo", ONE));
    for asset in ["DCM", "DUCA"] {
        stage.forget(asset);
    }
    stage.withdraw("alice", 100_000 * ONE).unwrap();
    assert_eq!(stage.duca_of("alice"), 9_800 * ONE);
    stage.withdraw_all("alice").unwrap();
    assert_eq!(stage.lpd_of("alice"), 0);
}

/// The last who leaves leaves two per cent and what is locked; the pool goes on from there.
#[test]
fn the_last_one_leaves() {
    let mut stage = Stage::new();
    stage.provide("alice", 100 * ONE).unwrap();
    stage.withdraw_all("alice").unwrap();
    assert_eq!(stage.books().0, 100 * ONE - 97_999_020);
    assert_eq!(stage.state().lpd_supply.u128(), 1_000);
    stage.provide("bob", 100 * ONE).unwrap();
    let worth = stage.position("bob").withdrawable.dcm.u128();
    assert!((97_990_000..=98 * ONE).contains(&worth), "{worth}");
}

#[test]
fn not_less_than_was_asked_for() {
    let mut stage = Stage::stocked();
    stage.refused_with("Slippage", &["98000000000 of DCM", "98000000001"], |s| {
        s.withdraw_for("alice", 100_000 * ONE, 98_000 * ONE + 1, 0)
    });
    stage.refused_with("Slippage", &["9800000000 of DUCA", "9800000001"], |s| {
        s.withdraw_for("alice", 100_000 * ONE, 0, 9_800 * ONE + 1)
    });
    stage
        .withdraw_for("alice", 100_000 * ONE, 98_000 * ONE, 9_800 * ONE)
        .unwrap();
}

#[test]
fn the_least_may_be_left_out() {
    let mut stage = Stage::stocked();
    let lpd = stage.lpd.clone();
    let hook = serde_json::json!({ "withdraw": {} });
    stage.hook("alice", &lpd, ONE, &hook).unwrap();
}

#[test]
fn only_lpd_is_paid_for() {
    let mut stage = Stage::with(|setup| setup.cw20_dcm = true).stock();
    let hook = ReceiveMsg::Withdraw {
        min_dcm: 0u128.into(),
        min_duca: 0u128.into(),
    };
    let ballast_types::Token::Cw20(dcm) = stage.dcm.clone() else {
        panic!("a cw20");
    };
    let duca = stage.duca.clone();
    for token in [dcm, duca] {
        stage.refused_with("UnknownToken", &[token.as_str()], |s| {
            s.hook("amo", &token, ONE, &hook)
        });
    }
}

#[test]
fn dust_that_pays_nothing_is_refused() {
    let mut stage = Stage::new();
    stage.provide("alice", 100 * ONE).unwrap();
    // one of a hundred million units is less than one unit of DCM after the two per cent
    stage.refused("NothingOut", |s| s.withdraw("alice", 1));
    stage.withdraw("alice", 2).unwrap();
    let too_much = stage.preview_withdraw(101 * ONE).unwrap_err();
    assert!(format!("{too_much:#}").contains("ExceedsSupply: "));
    let nothing = stage.preview_withdraw(0).unwrap_err();
    assert!(format!("{nothing:#}").contains("ZeroAmount: "));
    let empty = Stage::new().preview_withdraw(1).unwrap_err();
    assert!(format!("{empty:#}").contains("ExceedsSupply: "));
}

/// A contract that holds LPD may be told to leave by whoever it allows, and is paid itself.
#[test]
fn an_allowance_pays_the_one_who_sends() {
    let mut stage = Stage::stocked();
    let lpd = stage.lpd.clone();
    let allow = Cw20ExecuteMsg::IncreaseAllowance {
        spender: addr("bob").into_string(),
        amount: ONE.into(),
        expires: None,
    };
    stage
        .app
        .execute_contract(addr("alice"), lpd.clone(), &allow, &[])
        .unwrap();
    let send = Cw20ExecuteMsg::SendFrom {
        owner: addr("alice").into_string(),
        contract: stage.pool.to_string(),
        amount: ONE.into(),
        msg: to_json_binary(&serde_json::json!({ "withdraw": {} })).unwrap(),
    };
    let before = stage.dcm_of("bob");
    stage
        .app
        .execute_contract(addr("bob"), lpd, &send, &[])
        .unwrap();
    stage.assert_sound();
    assert_eq!(stage.dcm_of("bob") - before, 980_000);
}
