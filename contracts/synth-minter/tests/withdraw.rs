//! `withdraw`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::synth_minter::{ExecuteMsg, Operation};
use common::*;
use rstest::rstest;

/// DESIGN §5, second row: LIFE at $1.00, 900 %: 4.5 LIFE may leave, and not one base unit more.
#[rstest]
#[case::named(Some(9 * ONE / 2))]
#[case::the_most(None)]
fn takes_out_down_to_the_issuance_ratio(#[case] amount: Option<u128>) {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "1");
    stage.refused_with("BelowIssuanceRatio", &["4500000", "4500001", "LIFE"], |s| {
        s.withdraw("teddy", "LIFE", Some(9 * ONE / 2 + 1))
    });
    errs(
        "BelowIssuanceRatio",
        stage.preview_withdraw("teddy", "LIFE", Some(9 * ONE / 2 + 1)),
    );
    let before = stage.wallet("teddy", "LIFE");
    let preview = stage.preview_withdraw("teddy", "LIFE", amount).unwrap();

    let response = stage.withdraw("teddy", "LIFE", amount).unwrap();

    has_event(
        &response,
        "withdraw",
        &[
            ("account", stage.at("teddy").as_str()),
            ("asset", "LIFE"),
            ("amount", "4500000"),
            ("staked", "4500000"),
            ("debt", "1000000"),
            ("c_ratio", "4.5"),
        ],
    );
    assert_eq!(preview.amount.u128(), 9 * ONE / 2);
    assert_eq!(preview.after, stage.after("teddy"));
    assert_eq!(stage.wallet("teddy", "LIFE"), before + 9 * ONE / 2);
    assert_eq!(stage.collateral("LIFE").total.u128(), 9 * ONE / 2);
    stage.refused_with("NothingToWithdraw", &["LIFE"], |s| {
        s.withdraw("teddy", "LIFE", None)
    });
    errs(
        "NothingToWithdraw",
        stage.preview_withdraw("teddy", "LIFE", None),
    );
}

/// What must stay is rounded up: at $0.70 and a debt of 1,000,001 units 6,428,578 units stay.
#[test]
fn rounds_what_must_stay_up() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "0.7");
    stage.mint("teddy", Some(1)).unwrap();
    let preview = stage.preview_withdraw("teddy", "LIFE", None).unwrap();
    stage.withdraw("teddy", "LIFE", None).unwrap();
    assert_eq!(preview.amount.u128(), 2_571_422);
    assert_eq!(stage.staked("teddy", "LIFE"), 6_428_578);
    assert_eq!(stage.after("teddy"), preview.after);
}

/// 1 WETH ($2,000 at 300 %) and 9,000 LIFE ($4,500 at 450 %) carry 1,666.666666 LUSD together.
#[rstest]
// WETH carries 666.666666…; for the 499.999999333… that are left 4,499.999994 LIFE stay.
#[case::life("LIFE", 9_000 * ONE, 1_166_666_666, 4_500 * ONE + 6)]
// LIFE carries 1,000, WETH must carry 166.666666: 0.249999999 of it stays.
#[case::weth("WETH", ETHER, 1_166_666_666, 750_000_001_000_000_000)]
fn one_of_two_collaterals(
    #[case] asset: &str,
    #[case] staked: u128,
    #[case] debt: u128,
    #[case] most: u128,
) {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 9_000 * ONE).unwrap();
    stage.deposit("alice", "WETH", ETHER).unwrap();
    stage.mint("alice", Some(debt)).unwrap();
    assert_eq!(stage.staked("alice", asset), staked);
    let preview = stage.preview_withdraw("alice", asset, None).unwrap();
    assert_eq!(preview.amount.u128(), most);
    let before = stage.wallet("alice", asset);
    stage.refused("BelowIssuanceRatio", |s| {
        s.withdraw("alice", asset, Some(most + 1))
    });
    stage.withdraw("alice", asset, Some(most)).unwrap();
    assert_eq!(stage.wallet("alice", asset), before + most);
    assert_eq!(stage.after("alice"), preview.after);
}

/// Without debt nothing binds: no price, no switch.
#[test]
fn without_debt_everything_leaves() {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", ONE).unwrap();
    stage.deposit("alice", "WETH", ETHER).unwrap();
    stage.kill("LIFE");
    stage.world.silence("WETH", true).unwrap();
    stage.switch_off_everything();
    for (asset, amount) in [("LIFE", ONE), ("WETH", ETHER)] {
        let preview = stage.preview_withdraw("alice", asset, None).unwrap();
        assert_eq!(preview.amount.u128(), amount);
        let response = stage.withdraw("alice", asset, None).unwrap();
        assert_eq!(attribute(&response, "withdraw", "debt"), "0");
        assert_eq!(maybe_attribute(&response, "withdraw", "c_ratio"), None);
        assert_eq!(preview.after, stage.after("alice"));
    }
    assert_eq!(stage.wallet("alice", "LIFE"), 1_000_000 * ONE);
    assert_eq!(stage.wallet("alice", "WETH"), 100 * ETHER);
    assert_eq!(stage.account("alice").collateral, vec![]);
}

#[test]
fn debts_repaid_in_full_free_everything() {
    let mut stage = Stage::teddy();
    stage.burn("teddy", ONE).unwrap();
    stage.kill("LIFE");
    stage.withdraw("teddy", "LIFE", Some(9 * ONE)).unwrap();
    assert_eq!(stage.wallet("teddy", "LIFE"), 100 * ONE);
}

#[test]
fn needs_switch_and_price_with_debt() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "1");
    let operation = Operation::Withdraw;
    stage
        .act("guardian", &ExecuteMsg::SwitchOff { operation })
        .unwrap();
    stage.refused_with("SwitchedOff", &["withdraw"], |s| {
        s.withdraw("teddy", "LIFE", Some(1))
    });
    errs(
        "SwitchedOff",
        stage.preview_withdraw("teddy", "LIFE", Some(1)),
    );
    stage
        .act("owner", &ExecuteMsg::SwitchOn { operation })
        .unwrap();

    stage.kill("LIFE");
    stage.refused_with("Stale", &["LIFE"], |s| s.withdraw("teddy", "LIFE", Some(1)));
    errs("Stale", stage.preview_withdraw("teddy", "LIFE", Some(1)));
}

#[test]
fn a_halted_collateral_does_not_leave_a_debt() {
    let mut stage = Stage::teddy();
    stage.halt("LIFE", "38000");
    stage.refused_with("Halted", &["LIFE", "38000"], |s| {
        s.withdraw("teddy", "LIFE", Some(1))
    });
}

/// A synth of the pool without a live price leaves every debt unknown.
#[test]
fn a_dead_synth_keeps_collateral_of_debtors() {
    let mut stage = Stage::teddy();
    stage.exchange("teddy", "LUSD", ONE / 2, "sEUR").unwrap();
    stage.price("LIFE", "1");
    stage.kill("sEUR");
    stage.refused_with("Stale", &["sEUR"], |s| s.withdraw("teddy", "LIFE", Some(1)));
    errs("Stale", stage.preview_withdraw("teddy", "LIFE", Some(1)));
    // Who owes nothing leaves.
    stage.deposit("alice", "LIFE", ONE).unwrap();
    stage.withdraw("alice", "LIFE", Some(ONE)).unwrap();
}

#[rstest]
#[case::unknown("DOGE", Some(1), "UnknownCollateral", &["DOGE"])]
#[case::a_synth("LUSD", Some(1), "UnknownCollateral", &["LUSD"])]
#[case::nothing("LIFE", Some(0), "ZeroAmount", &[])]
#[case::more_than_staked("LIFE", Some(9 * ONE + 1), "InsufficientCollateral", &["9000000", "9000001"])]
#[case::not_staked("WETH", Some(1), "InsufficientCollateral", &["0", "1", "WETH"])]
#[case::the_most_of_what_is_not_staked("WETH", None, "NothingToWithdraw", &["WETH"])]
#[case::at_the_ratio("LIFE", Some(1), "BelowIssuanceRatio", &["at most 0", "1"])]
#[case::everything("LIFE", Some(u128::MAX), "InsufficientCollateral", &["340282366920938463463374607431768211455"])]
fn errors(
    #[case] asset: &str,
    #[case] amount: Option<u128>,
    #[case] name: &str,
    #[case] figures: &[&str],
) {
    let mut stage = Stage::teddy();
    errs(name, stage.preview_withdraw("teddy", asset, amount));
    stage.refused_with(name, figures, |s| s.withdraw("teddy", asset, amount));
}

/// What harms its target is done for oneself alone.
#[test]
fn nobody_withdraws_for_another() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "1");
    stage.refused_with("InsufficientCollateral", &["0 of LIFE"], |s| {
        s.withdraw("other", "LIFE", Some(1))
    });
}

/// A holder whose price has recovered takes out what he may, and his flag ends with it.
#[test]
fn ends_a_flag_that_the_price_has_cured() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    stage.price("LIFE", "1");
    let response = stage.withdraw("teddy", "LIFE", Some(ONE)).unwrap();
    assert_eq!(attribute(&response, "flag_ended", "reason"), "cured");
    assert_eq!(stage.flag_of("teddy"), None);
}
