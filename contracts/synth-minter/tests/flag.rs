//! `flag` and `clear_flag`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::synth_minter::{DueResponse, ExecuteMsg, FlagResponse, Operation, QueryMsg};
use common::*;
use rstest::rstest;

/// DESIGN §5: at the line counts. The debt of 1 LUSD at 300 % stands at $3.00 of LIFE.
#[rstest]
#[case::at_the_line(12 * ONE, "0.25", true)]
#[case::a_unit_of_collateral_above(12 * ONE + 1, "0.25", false)]
#[case::below(9 * ONE, "0.25", true)]
#[case::an_atom_of_price_below(9 * ONE, "0.333333333333333333", true)]
#[case::an_atom_of_price_above(9 * ONE, "0.333333333333333334", false)]
#[case::at_the_issuance_ratio(9 * ONE, "0.5", false)]
fn weak_accounts_may_be_flagged(#[case] staked: u128, #[case] price: &str, #[case] weak: bool) {
    let mut stage = Stage::new();
    stage.deposit("teddy", "LIFE", staked).unwrap();
    stage.mint("teddy", Some(ONE)).unwrap();
    stage.price("LIFE", price);
    assert_eq!(stage.account("teddy").weak, Some(weak));
    if weak {
        stage.preview_flag("teddy").unwrap();
        stage.flag("other", "teddy").unwrap();
        assert!(stage.flag_of("teddy").is_some());
    } else {
        let teddy = stage.at("teddy").to_string();
        errs("NotWeak", stage.preview_flag("teddy"));
        stage.refused_with("NotWeak", &[&teddy, "owes 1000000"], |s| {
            s.flag("other", "teddy")
        });
    }
}

#[test]
fn names_deadline_expiry_and_flagger() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "0.25");
    let now = stage.world.now();
    let preview = stage.preview_flag("teddy").unwrap();

    let response = stage.flag("other", "teddy").unwrap();

    let expected = FlagResponse {
        account: stage.at("teddy"),
        flagger: stage.at("other"),
        deadline: now + GRACE,
        expires_at: now + GRACE + EXPIRY,
    };
    has_event(
        &response,
        "flag",
        &[
            ("account", expected.account.as_str()),
            ("flagger", expected.flagger.as_str()),
            ("deadline", &expected.deadline.to_string()),
            ("expires_at", &expected.expires_at.to_string()),
            ("debt", "1000000"),
            ("c_ratio", "2.25"),
        ],
    );
    assert_eq!(stage.flag_of("teddy"), Some(expected.clone()));
    // Who will flag is not known before: the preview names the minter.
    let flagger = stage.minter.clone();
    assert_eq!(
        preview,
        FlagResponse {
            flagger,
            ..expected
        }
    );
}

#[test]
fn once_at_a_time() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    let flag = stage.flag_of("teddy").unwrap();
    let deadline = flag.deadline.to_string();
    for wait in [0, GRACE, EXPIRY - 1] {
        stage.world.wait(wait);
        errs("AlreadyFlagged", stage.preview_flag("teddy"));
        stage.refused_with("AlreadyFlagged", &[&deadline], |s| s.flag("bob", "teddy"));
    }
    // The second it expires, another may be raised: a new deadline, a new flagger.
    stage.world.wait(1);
    assert_eq!(stage.world.now(), flag.expires_at);
    stage.preview_flag("teddy").unwrap();
    stage.flag("bob", "teddy").unwrap();
    let new = stage.flag_of("teddy").unwrap();
    assert_eq!(new.deadline, flag.expires_at + GRACE);
    assert_eq!(new.flagger, stage.at("bob"));
    // The list by deadline has the new one alone.
    stage.world.wait(GRACE);
    let due: DueResponse = stage
        .ask(&QueryMsg::Due {
            start_after: None,
            limit: None,
        })
        .unwrap();
    assert_eq!(due.due.len(), 1);
    assert_eq!(due.due[0].flag, new);
}

#[test]
fn who_owes_nothing_is_not_weak() {
    let mut stage = Stage::teddy();
    stage.deposit("alice", "LIFE", 1).unwrap();
    for name in ["alice", "other"] {
        errs("NotWeak", stage.preview_flag(name));
        stage.refused_with("NotWeak", &["owes 0"], |s| s.flag("bob", name));
    }
}

#[test]
fn can_be_switched_off_and_clearing_cannot() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "0.25");
    let operation = Operation::Flag;
    stage
        .act("guardian", &ExecuteMsg::SwitchOff { operation })
        .unwrap();
    errs("SwitchedOff", stage.preview_flag("teddy"));
    stage.refused_with("SwitchedOff", &["flag"], |s| s.flag("other", "teddy"));
    stage
        .act("owner", &ExecuteMsg::SwitchOn { operation })
        .unwrap();
    stage.flag("other", "teddy").unwrap();
    stage.switch_off_everything();
    stage.price("LIFE", "0.5");
    stage.clear_flag("bob", "teddy").unwrap();
}

/// No price, no flag; a halted price flags at the better of both.
#[test]
fn prices_that_are_not_there_flag_nobody() {
    let mut stage = Stage::narrow().with_teddy();
    stage.halt("LIFE", "0.00001");
    assert_eq!(stage.account("teddy").weak, Some(false));
    stage.refused("NotWeak", |s| s.flag("other", "teddy"));
    stage.kill("LIFE");
    assert_eq!(stage.account("teddy").weak, None);
    errs("Stale", stage.preview_flag("teddy"));
    stage.refused_with("Stale", &["LIFE"], |s| s.flag("other", "teddy"));
}

/// A pool whose synth is halted weighs on nobody: the lower price counts for flagging.
#[test]
fn a_halted_synth_flags_nobody() {
    let mut stage = Stage::teddy();
    stage.exchange("teddy", "LUSD", ONE / 2, "sEUR").unwrap();
    stage.halt("sEUR", "100000");
    stage.refused("NotWeak", |s| s.flag("other", "teddy"));
}

#[test]
fn is_cleared_by_anyone_at_the_issuance_ratio() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();

    // At 449.9…%: cured is the issuance ratio, not the flag line.
    stage.price("LIFE", "0.499999");
    errs("StillBelowIssuanceRatio", stage.preview_clear("teddy"));
    let teddy = stage.at("teddy").to_string();
    stage.refused_with(
        "StillBelowIssuanceRatio",
        &[&teddy, "1000000", "999998"],
        |s| s.clear_flag("bob", "teddy"),
    );

    stage.price("LIFE", "0.5");
    let preview = stage.preview_clear("teddy").unwrap();
    assert!(!preview.expired);
    assert_eq!(preview.now, stage.after("teddy"));
    let response = stage.clear_flag("bob", "teddy").unwrap();
    has_event(
        &response,
        "flag_ended",
        &[("account", &teddy), ("reason", "cured")],
    );
    assert_eq!(stage.flag_of("teddy"), None);
    errs("NotFlagged", stage.preview_clear("teddy"));
    stage.refused_with("NotFlagged", &[&teddy], |s| s.clear_flag("bob", "teddy"));
}

#[test]
fn an_expired_flag_is_cleared_without_any_price() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    stage.world.silence("LIFE", true).unwrap();
    stage.world.wait(GRACE + EXPIRY - 1);
    stage.refused("Stale", |s| s.clear_flag("bob", "teddy"));
    stage.world.wait(1);
    let preview = stage.preview_clear("teddy").unwrap();
    assert!(preview.expired);
    assert_eq!(preview.now.debt.u128(), ONE);
    let response = stage.clear_flag("bob", "teddy").unwrap();
    assert_eq!(attribute(&response, "flag_ended", "reason"), "expired");
    assert_eq!(stage.flag_of("teddy"), None);
}

/// Both prices of a halted asset must cure.
#[rstest]
#[case::far_above("38000")]
#[case::far_below("0.000005")]
fn a_halted_price_clears_nobody(#[case] price: &str) {
    let mut stage = Stage::narrow().with_teddy();
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    stage.halt("LIFE", price);
    stage.refused("Halted", |s| s.mint("teddy", None));
    errs("StillBelowIssuanceRatio", stage.preview_clear("teddy"));
    stage.refused("StillBelowIssuanceRatio", |s| s.clear_flag("bob", "teddy"));
}

/// A halted synth counts at the price that makes the debt larger: nobody is cured by it.
#[test]
fn a_halted_synth_clears_nobody() {
    let mut stage = Stage::teddy();
    stage.exchange("teddy", "LUSD", ONE / 2, "sEUR").unwrap();
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    stage.price("LIFE", "0.5");
    stage.preview_clear("teddy").unwrap();
    stage.halt("sEUR", "95000");
    stage.refused("StillBelowIssuanceRatio", |s| s.clear_flag("bob", "teddy"));
    stage.deposit("teddy", "LIFE", 1).unwrap();
    assert!(stage.flag_of("teddy").is_some());
}

/// One collateral's feed is dead: who is back at his ratio without it is cured.
#[test]
fn a_dead_feed_counts_nothing_for_a_cure() {
    let mut stage = Stage::teddy();
    stage.deposit_for("bob", "WETH", 1, "teddy").unwrap();
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    stage.kill("WETH");
    stage.refused_with("StillBelowIssuanceRatio", &["500000"], |s| {
        s.clear_flag("bob", "teddy")
    });
    stage.price("LIFE", "0.5");
    let preview = stage.preview_clear("teddy").unwrap();
    assert!(!preview.expired);
    stage.clear_flag("bob", "teddy").unwrap();
    assert_eq!(stage.flag_of("teddy"), None);
}

#[test]
fn refuses_what_is_no_address() {
    let mut stage = Stage::new();
    let account = "nobody".to_owned();
    stage.refused("InvalidAddress", |s| {
        s.act("other", &ExecuteMsg::Flag { account })
    });
    let account = "nobody".to_owned();
    stage.refused("InvalidAddress", |s| {
        s.act("other", &ExecuteMsg::ClearFlag { account })
    });
}
