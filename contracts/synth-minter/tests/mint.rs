//! `mint`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_sim::ContractKind;
use ballast_types::{
    debt_registry,
    synth_minter::{ExecuteMsg, InstantiateMsg, Operation},
};
use common::*;
use cosmwasm_std::{Coin, Uint128};
use cw_multi_test::Executor;
use rstest::rstest;

/// DESIGN §5, first and second row: 1 LUSD against 9 LIFE at $0.50, and not one base unit more;
/// at $1.00 one more.
#[rstest]
#[case::named(Some(ONE))]
#[case::the_most(None)]
fn mints_up_to_the_issuance_ratio(#[case] amount: Option<u128>) {
    let mut stage = Stage::new();
    stage.deposit("teddy", "LIFE", 9 * ONE).unwrap();
    stage.refused_with("ExceedsMaxDebt", &["debt 0", "1000001", "1000000"], |s| {
        s.mint("teddy", Some(ONE + 1))
    });
    errs("ExceedsMaxDebt", stage.preview_mint("teddy", Some(ONE + 1)));

    for (price, debt) in [("0.5", ONE), ("1", 2 * ONE)] {
        stage.price("LIFE", price);
        let preview = stage.preview_mint("teddy", amount).unwrap();
        let response = stage.mint("teddy", amount).unwrap();
        let value = if debt == ONE { "4.5" } else { "9" };
        let teddy = stage.at("teddy").to_string();
        let expected = [("account", teddy.as_str()), ("collateral_value", value)];
        has_event(&response, "mint", &expected);
        assert_eq!(preview.amount.u128(), ONE);
        assert_eq!(preview.after, stage.after("teddy"));
        assert_eq!(stage.wallet("teddy", "LUSD"), debt);
        assert_eq!(stage.supply("LUSD"), debt);
        stage.refused("ExceedsMaxDebt", |s| s.mint("teddy", Some(1)));
        stage.refused_with("NothingToIssue", &[&debt.to_string()], |s| {
            s.mint("teddy", None)
        });
        errs("NothingToIssue", stage.preview_mint("teddy", None));
    }
}

/// 1 WETH ($2,000 at 300 %) and 9 LIFE ($4.50 at 450 %) carry 667.666666 LUSD.
#[test]
fn collaterals_add_up_and_round_once() {
    let mut stage = Stage::new();
    stage.deposit("alice", "WETH", ETHER).unwrap();
    stage.deposit("alice", "LIFE", 9 * ONE).unwrap();
    let preview = stage.preview_mint("alice", None).unwrap();
    stage.mint("alice", None).unwrap();
    assert_eq!(preview.amount.u128(), 667_666_666);
    assert_eq!(stage.debt("alice"), 667_666_666);
    assert_eq!(stage.after("alice"), preview.after);
}

#[test]
fn min_debt_binds_the_debt_after_a_mint() {
    let mut stage =
        Stage::with(|profile| profile.minter.as_mut().unwrap().params.min_debt = "10 LUSD".into());
    stage.deposit("alice", "LIFE", 900 * ONE).unwrap();
    stage.refused_with("BelowMinDebt", &["9999999", "10000000"], |s| {
        s.mint("alice", Some(10 * ONE - 1))
    });
    errs(
        "BelowMinDebt",
        stage.preview_mint("alice", Some(10 * ONE - 1)),
    );
    stage.mint("alice", Some(10 * ONE)).unwrap();
    stage.mint("alice", Some(1)).unwrap();
    // Burns are free: what is left may be less.
    stage.burn("alice", 9 * ONE).unwrap();
    stage.refused("BelowMinDebt", |s| s.mint("alice", Some(1)));
    assert_eq!(stage.debt("alice"), ONE + 1);
}

#[rstest]
#[case::nothing(Some(0), "ZeroAmount", &[])]
#[case::too_much(Some(u128::MAX), "ExceedsMaxDebt", &["340282366920938463463374607431768211455"])]
fn errors(#[case] amount: Option<u128>, #[case] name: &str, #[case] figures: &[&str]) {
    let mut stage = Stage::teddy();
    errs(name, stage.preview_mint("teddy", amount));
    stage.refused_with(name, figures, |s| s.mint("teddy", amount));
}

#[test]
fn without_collateral_there_is_nothing_to_mint() {
    let mut stage = Stage::teddy();
    stage.refused_with("NothingToIssue", &["debt is 0"], |s| s.mint("alice", None));
    stage.refused("ExceedsMaxDebt", |s| s.mint("alice", Some(1)));
    errs("NothingToIssue", stage.preview_mint("alice", None));
}

#[test]
fn takes_no_funds() {
    let mut stage = Stage::teddy();
    let funds = [Coin::new(1u128, "ulife")];
    stage.refused("Payment", |s| {
        s.act_with("teddy", &ExecuteMsg::Mint { amount: None }, &funds)
    });
}

#[test]
fn both_switches_count() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "1");
    let registry_off = debt_registry::ExecuteMsg::SwitchOff {
        operation: debt_registry::Operation::Issue,
    };
    stage
        .other_contract("guardian", "debt-registry", &registry_off)
        .unwrap();
    stage.refused_with("SwitchedOff", &["issue"], |s| s.mint("teddy", None));
    errs("SwitchedOff", stage.preview_mint("teddy", None));
    let operation = Operation::Mint;
    stage
        .act("guardian", &ExecuteMsg::SwitchOff { operation })
        .unwrap();
    stage.refused_with("SwitchedOff", &["mint"], |s| s.mint("teddy", None));
    errs("SwitchedOff", stage.preview_mint("teddy", None));
}

#[test]
fn the_ceiling_holds() {
    let mut stage = Stage::teddy();
    let msg = debt_registry::ExecuteMsg::SetCeiling {
        synth: "LUSD".into(),
        ceiling: (ONE + 5).into(),
    };
    stage
        .other_contract("owner", "debt-registry", &msg)
        .unwrap();
    stage.price("LIFE", "1");
    stage.refused_with("CeilingExceeded", &["LUSD", "1000000", "1000005"], |s| {
        s.mint("teddy", Some(6))
    });
    errs("CeilingExceeded", stage.preview_mint("teddy", Some(6)));
    stage.mint("teddy", Some(5)).unwrap();
}

#[test]
fn stale_and_halted_prices_mint_nothing() {
    let mut stage = Stage::teddy();
    stage.halt("LIFE", "38000");
    stage.refused_with("Halted", &["LIFE", "38000"], |s| s.mint("teddy", None));
    errs("Halted", stage.preview_mint("teddy", None));
    stage.kill("LIFE");
    stage.refused_with("Stale", &["LIFE"], |s| s.mint("teddy", None));
    errs("Stale", stage.preview_mint("teddy", None));
}

/// A dead synth leaves the pool's debt unknown: nobody mints.
#[test]
fn a_dead_synth_stops_minting() {
    let mut stage = Stage::teddy();
    stage.exchange("teddy", "LUSD", ONE / 2, "sEUR").unwrap();
    stage.deposit("alice", "LIFE", 9 * ONE).unwrap();
    stage.kill("sEUR");
    stage.refused_with("Stale", &["sEUR"], |s| s.mint("alice", None));
    errs("Stale", stage.preview_mint("alice", None));
}

/// A collateral without a live price counts nothing; the others still carry debt.
#[test]
fn a_dead_collateral_counts_nothing() {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 9 * ONE).unwrap();
    stage.deposit("alice", "WETH", ETHER).unwrap();
    stage.kill("WETH");
    let preview = stage.preview_mint("alice", None).unwrap();
    stage.mint("alice", None).unwrap();
    assert_eq!(preview.amount.u128(), ONE);
    assert_eq!(preview.after.debt.u128(), stage.debt("alice"));
    assert_eq!(preview.after.collateral_value.unwrap().to_string(), "4.5");
    assert_eq!(stage.account("alice").max_debt, Some(Uint128::new(ONE)));
}

#[test]
fn ends_a_flag_that_the_price_has_cured() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    stage.price("LIFE", "1");
    let response = stage.mint("teddy", Some(ONE / 2)).unwrap();
    assert_eq!(attribute(&response, "flag_ended", "reason"), "cured");
    assert_eq!(stage.flag_of("teddy"), None);
}

#[test]
fn starts_the_minimum_stake_time_anew() {
    let mut stage =
        Stage::with(|profile| profile.minter.as_mut().unwrap().params.min_stake_secs = 86_400);
    stage.deposit("alice", "LIFE", 90 * ONE).unwrap();
    assert_eq!(stage.account("alice").stake_locked_until, None);
    stage.mint("alice", Some(ONE)).unwrap();
    let first = stage.world.now() + 86_400;
    assert_eq!(stage.account("alice").stake_locked_until, Some(first));
    stage.world.wait(1_000);
    stage.mint("alice", Some(ONE)).unwrap();
    assert_eq!(
        stage.account("alice").stake_locked_until,
        Some(first + 1_000)
    );
    stage.world.wait(86_400);
    assert_eq!(stage.account("alice").stake_locked_until, None);
}

#[test]
fn needs_a_dollar() {
    let mut stage = Stage::new();
    let code = stage.world.app.store_code(ContractKind::SynthMinter.code());
    let owner = stage.who("owner");
    let msg = InstantiateMsg {
        owner: owner.to_string(),
        guardian: None,
        oracle: stage.at("oracle").to_string(),
        registry: stage.at("debt-registry").to_string(),
        treasury: stage.at("treasury").to_string(),
        params: stage.params(),
    };
    stage.minter = stage
        .world
        .app
        .instantiate_contract(code, owner, &msg, &[], "bare", None)
        .unwrap();
    stage.refused("NoDollar", |s| s.mint("alice", None));
    errs("NoDollar", stage.preview_mint("alice", None));
    errs("NoDollar", stage.preview_burn("alice", 1, false));
    stage.refused("NoDollar", |s| s.flag("other", "alice"));
}
