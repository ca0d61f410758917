//! `deposit`, native and cw20.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::synth_minter::{ExecuteMsg, Operation, ReceiveMsg};
use common::*;
use cosmwasm_std::Coin;
use rstest::rstest;

#[rstest]
#[case::native("LIFE", 9 * ONE)]
#[case::cw20("WETH", 3 * ETHER / 2)]
fn stakes_what_is_sent(#[case] asset: &str, #[case] amount: u128) {
    let mut stage = Stage::new();
    let before = stage.wallet("alice", asset);
    let preview = stage.preview_deposit("alice", asset, amount).unwrap();

    let response = stage.deposit("alice", asset, amount).unwrap();

    let alice = stage.at("alice").to_string();
    let text = amount.to_string();
    has_event(
        &response,
        "deposit",
        &[
            ("account", &alice),
            ("payer", &alice),
            ("asset", asset),
            ("amount", &text),
            ("staked", &text),
        ],
    );
    assert_eq!(stage.staked("alice", asset), amount);
    assert_eq!(stage.wallet("alice", asset), before - amount);
    assert_eq!(stage.wallet("synth-minter", asset), amount);
    assert_eq!(stage.collateral(asset).total.u128(), amount);
    assert_eq!(preview.staked.u128(), amount);
    assert_eq!(preview.after, stage.after("alice"));
    assert!(!preview.cures);
}

#[rstest]
#[case::native("LIFE", ONE)]
#[case::cw20("WETH", ETHER)]
fn stakes_for_another(#[case] asset: &str, #[case] amount: u128) {
    let mut stage = Stage::new();
    stage.deposit("teddy", "LIFE", 9 * ONE).unwrap();
    let before = stage.staked("teddy", asset);
    let preview = stage.preview_deposit("teddy", asset, amount).unwrap();

    let response = stage.deposit_for("bob", asset, amount, "teddy").unwrap();

    assert_eq!(
        attribute(&response, "deposit", "account"),
        stage.at("teddy").as_str()
    );
    assert_eq!(
        attribute(&response, "deposit", "payer"),
        stage.at("bob").as_str()
    );
    assert_eq!(
        attribute(&response, "deposit", "staked"),
        (before + amount).to_string()
    );
    assert_eq!(stage.staked("teddy", asset), before + amount);
    assert_eq!(stage.staked("bob", asset), 0);
    assert_eq!(preview.staked.u128(), before + amount);
    assert_eq!(preview.after, stage.after("teddy"));
}

/// DESIGN §5, third row: at $0.25 adding 9 LIFE brings 225 % back to 450 %, one base unit less
/// does not.
#[test]
fn ends_a_flag_at_the_issuance_ratio_exactly() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();

    let preview = stage.preview_deposit("teddy", "LIFE", 9 * ONE - 1).unwrap();
    assert!(!preview.cures);
    let response = stage.deposit("teddy", "LIFE", 9 * ONE - 1).unwrap();
    has_no_event(&response, "flag_ended");
    assert!(stage.flag_of("teddy").is_some());

    let preview = stage.preview_deposit("teddy", "LIFE", 1).unwrap();
    assert!(preview.cures);
    let response = stage.deposit_for("bob", "LIFE", 1, "teddy").unwrap();
    let teddy = stage.at("teddy").to_string();
    has_event(
        &response,
        "flag_ended",
        &[("account", &teddy), ("reason", "cured")],
    );
    assert_eq!(stage.flag_of("teddy"), None);
    assert_eq!(stage.after("teddy"), preview.after);
    assert_eq!(preview.after.c_ratio.unwrap().to_string(), "4.5");
}

#[test]
fn wants_exactly_one_coin_that_is_a_collateral() {
    let mut stage = Stage::new();
    stage.mint_denom("alice", "uother", ONE);
    let deposit = ExecuteMsg::Deposit { account: None };
    let send = |stage: &mut Stage, funds: &[Coin]| stage.act_with("alice", &deposit, funds);

    stage.refused("Payment", |s| send(s, &[]));
    stage.refused("Payment", |s| {
        send(s, &[Coin::new(1u128, "ulife"), Coin::new(1u128, "uother")])
    });
    stage.refused_with("UnknownCollateral", &["native:uother"], |s| {
        send(s, &[Coin::new(1u128, "uother")])
    });
    errs(
        "UnknownCollateral",
        stage.preview_deposit("alice", "DOGE", 1),
    );
    errs("ZeroAmount", stage.preview_deposit("alice", "LIFE", 0));
}

#[test]
fn a_synth_is_no_collateral() {
    let mut stage = Stage::teddy();
    let token = stage.at("LUSD").to_string();
    stage.refused_with("UnknownCollateral", &[&token], |s| {
        s.hook("teddy", "LUSD", ONE, &ReceiveMsg::Deposit { account: None })
    });
    errs(
        "UnknownCollateral",
        stage.preview_deposit("teddy", "LUSD", 1),
    );
}

#[test]
fn stays_within_the_cap() {
    let mut stage = Stage::with(|profile| {
        profile.minter.as_mut().unwrap().collaterals[0].cap = Some("100 LIFE".into());
    });
    stage.deposit("bob", "LIFE", 60 * ONE).unwrap();
    stage.refused_with("CapExceeded", &["100000001", "100000000", "LIFE"], |s| {
        s.deposit("alice", "LIFE", 40 * ONE + 1)
    });
    errs(
        "CapExceeded",
        stage.preview_deposit("alice", "LIFE", 40 * ONE + 1),
    );
    stage.deposit("alice", "LIFE", 40 * ONE).unwrap();
    assert_eq!(stage.collateral("LIFE").total.u128(), 100 * ONE);
}

#[test]
fn a_switch_stops_new_accounts_only() {
    let mut stage = Stage::teddy();
    let operation = Operation::Deposit;
    stage
        .act("guardian", &ExecuteMsg::SwitchOff { operation })
        .unwrap();
    stage.refused_with("SwitchedOff", &["deposit"], |s| {
        s.deposit("alice", "LIFE", 1)
    });
    errs("SwitchedOff", stage.preview_deposit("alice", "LIFE", 1));
    stage.deposit("teddy", "LIFE", 1).unwrap();
    stage.deposit_for("alice", "WETH", 1, "teddy").unwrap();
    assert_eq!(stage.staked("teddy", "LIFE"), 9 * ONE + 1);
    assert_eq!(stage.staked("teddy", "WETH"), 1);
}

#[test]
fn a_disabled_collateral_takes_more_of_what_is_there() {
    let mut stage = Stage::teddy();
    let disable = ExecuteMsg::UpdateCollateral {
        asset: "LIFE".into(),
        terms: None,
        cap: None,
        enabled: Some(false),
    };
    stage.act("owner", &disable).unwrap();
    stage.refused_with("CollateralDisabled", &["LIFE"], |s| {
        s.deposit("alice", "LIFE", 1)
    });
    errs(
        "CollateralDisabled",
        stage.preview_deposit("alice", "LIFE", 1),
    );
    stage.deposit("teddy", "LIFE", 1).unwrap();
}

/// The first of a collateral needs a live price; more of it needs none.
#[test]
fn a_dead_feed_stops_the_first_and_not_the_second() {
    let mut stage = Stage::teddy();
    stage.kill("LIFE");
    stage.refused_with("Stale", &["LIFE"], |s| s.deposit("alice", "LIFE", 1));
    errs("Stale", stage.preview_deposit("alice", "LIFE", 1));

    let preview = stage.preview_deposit("teddy", "LIFE", ONE).unwrap();
    assert_eq!(preview.after.collateral_value, None);
    assert_eq!(preview.after.c_ratio, None);
    stage.deposit("teddy", "LIFE", ONE).unwrap();
    assert_eq!(stage.after("teddy"), preview.after);
    assert_eq!(stage.staked("teddy", "LIFE"), 10 * ONE);
}

#[test]
fn refuses_what_is_no_address() {
    let mut stage = Stage::new();
    let deposit = ExecuteMsg::Deposit {
        account: Some("nobody".into()),
    };
    stage.refused_with("InvalidAddress", &["nobody"], |s| {
        s.act_with("alice", &deposit, &[Coin::new(1u128, "ulife")])
    });
}
