//! Accounts: undelegated collateral comes in and goes out.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use ballast_types::{
    pool_lens,
    pool_manager::{ExecuteMsg, Operation, ReceiveMsg},
};
use common::*;
use cosmwasm_std::{Coin, Uint128, coins};
use rstest::rstest;

#[test]
fn a_native_coin_comes_in_and_goes_out() {
    let mut stage = Stage::new();
    let done = stage.deposit("alice", "LIFE", 70).unwrap();
    let alice = addr("alice").into_string();
    has_event(
        &done,
        "deposit",
        &[
            ("account", alice.as_str()),
            ("payer", alice.as_str()),
            ("asset", "LIFE"),
            ("amount", "70"),
            ("undelegated", "70"),
        ],
    );
    stage.deposit("alice", "LIFE", 30).unwrap();
    assert_eq!(stage.free("alice", "LIFE"), 100);
    let done = stage.withdraw("alice", "LIFE", Some(40)).unwrap();
    has_event(
        &done,
        "withdraw",
        &[
            ("account", alice.as_str()),
            ("asset", "LIFE"),
            ("amount", "40"),
            ("undelegated", "60"),
        ],
    );
    assert_eq!(stage.wallet("alice", "LIFE"), WEALTH * ONE - 60);
    stage.withdraw("alice", "LIFE", None).unwrap();
    assert_eq!(stage.wallet("alice", "LIFE"), WEALTH * ONE);
    stage.refused("NothingToWithdraw", |s| s.withdraw("alice", "LIFE", None));
}

#[test]
fn a_cw20_comes_in_and_goes_out() {
    let mut stage = Stage::new();
    stage.deposit("alice", "WETH", ETHER).unwrap();
    assert_eq!(stage.free("alice", "WETH"), ETHER);
    assert_eq!(stage.balance_at(&stage.manager, "WETH"), ETHER);
    stage.withdraw("alice", "WETH", None).unwrap();
    assert_eq!(stage.wallet("alice", "WETH"), WEALTH * ETHER);
}

#[test]
fn a_gift_belongs_to_the_account() {
    let mut stage = Stage::new();
    stage.deposit_for("bob", "LIFE", 70, Some("alice")).unwrap();
    stage.deposit_for("bob", "WETH", 7, Some("alice")).unwrap();
    assert_eq!(stage.free("alice", "LIFE"), 70);
    assert_eq!(stage.free("bob", "LIFE"), 0);
    stage.refused("NothingToWithdraw", |s| s.withdraw("bob", "LIFE", None));
    stage.withdraw("alice", "WETH", None).unwrap();
    assert_eq!(stage.wallet("alice", "WETH"), WEALTH * ETHER + 7);
}

#[rstest]
#[case::no_coin(vec![], "Payment")]
#[case::two_coins(vec![Coin::new(1u128, "uatom"), Coin::new(1u128, "ulife")], "Payment")]
#[case::another_coin(coins(1, "uatom"), "UnknownCollateral")]
fn exactly_one_coin_that_is_a_collateral(#[case] funds: Vec<Coin>, #[case] error: &str) {
    let mut stage = Stage::new();
    stage.mint_denom("alice", "uatom", 5);
    let msg = ExecuteMsg::Deposit { account: None };
    stage.refused(error, |s| s.act_with("alice", &msg, &funds));
}

/// A cw20 that nobody listed says that it brought something.
#[test]
fn a_cw20_that_is_no_collateral() {
    let mut stage = Stage::new();
    let token = stage.cw20("NONE", 6, vec![(addr("alice"), 10)]);
    let manager = stage.manager.clone();
    let hook = ReceiveMsg::Deposit { account: None };
    stage.refused("UnknownToken", |s| {
        s.send_cw20("alice", &token, &manager, 5, &hook)
    });
}

/// The dollar itself is no collateral.
#[test]
fn dollars_are_no_collateral() {
    let mut stage = Stage::open();
    let hook = ReceiveMsg::Deposit { account: None };
    stage.refused("UnknownCollateral", |s| s.hook("trader", 5, &hook));
}

#[test]
fn switches() {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 70).unwrap();
    stage.switch_off(Operation::Deposit);
    stage.refused("SwitchedOff", |s| s.deposit("alice", "LIFE", 1));
    stage.refused("SwitchedOff", |s| s.deposit("alice", "WETH", 1));
    stage.switch_off_everything();
    stage.withdraw("alice", "LIFE", None).unwrap();
    stage.switch_on(Operation::Deposit);
    stage.deposit("alice", "LIFE", 1).unwrap();

    let off = ExecuteMsg::UpdateCollateral {
        asset: "LIFE".into(),
        terms: None,
        enabled: Some(false),
    };
    stage.act("owner", &off).unwrap();
    stage.refused("CollateralDisabled", |s| s.deposit("alice", "LIFE", 1));
    stage.withdraw("alice", "LIFE", None).unwrap();
}

#[test]
fn withdrawals_that_are_refused() {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 70).unwrap();
    stage.refused("InsufficientCollateral", |s| {
        s.withdraw("alice", "LIFE", Some(71))
    });
    stage.refused("InsufficientCollateral", |s| {
        s.withdraw("alice", "LIFE", Some(u128::MAX))
    });
    stage.refused("NothingToWithdraw", |s| {
        s.withdraw("alice", "LIFE", Some(0))
    });
    stage.refused("UnknownCollateral", |s| s.withdraw("alice", "DOGE", None));
    stage.delegate("alice", LIFE, None).unwrap();
    stage.refused("NothingToWithdraw", |s| s.withdraw("alice", "LIFE", None));
}

/// From the last own deposit or exit on; what another gives changes nothing.
#[test]
fn the_timeout() {
    let mut stage = Stage::new();
    stage.update_params(|params| params.withdraw_timeout_secs = 3_600);
    stage.deposit("alice", "LIFE", 70).unwrap();
    stage.wait(3_000);
    stage.deposit_for("bob", "LIFE", 5, Some("alice")).unwrap();
    stage.wait(599);
    stage.refused("WithdrawTimeout", |s| s.withdraw("alice", "LIFE", None));
    stage.wait(1);
    stage.withdraw("alice", "LIFE", Some(5)).unwrap();
    stage.delegate("alice", LIFE, Some(60)).unwrap();
    stage.wait(DAY);
    stage.undelegate("alice", LIFE, Some(1)).unwrap();
    stage.refused("WithdrawTimeout", |s| s.withdraw("alice", "LIFE", None));
    stage.wait(3_600);
    stage.withdraw("alice", "LIFE", None).unwrap();
}

/// The account shows what is free and where the rest is.
#[test]
fn what_an_account_has() {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 100).unwrap();
    stage.deposit("alice", "WETH", 5).unwrap();
    stage.delegate("alice", LIFE, Some(30)).unwrap();
    let account: pool_lens::AccountResponse = stage
        .ask(&pool_lens::QueryMsg::Account {
            account: addr("alice").into_string(),
        })
        .unwrap();
    let free: Vec<_> = account
        .free
        .iter()
        .map(|free| (free.asset.as_str(), free.amount))
        .collect();
    assert_eq!(
        free,
        [("LIFE", Uint128::new(70)), ("WETH", Uint128::new(5))]
    );
    assert_eq!(account.vaults, [key(LIFE)]);
    let all: Vec<pool_lens::CollateralResponse> =
        stage.ask(&pool_lens::QueryMsg::Collaterals {}).unwrap();
    let life = &all[0];
    assert_eq!(
        (
            life.asset.as_str(),
            life.undelegated.u128(),
            life.delegated.u128()
        ),
        ("LIFE", 70, 30)
    );
    assert_eq!((all[1].decimals, all[1].enabled), (18, true));
}
