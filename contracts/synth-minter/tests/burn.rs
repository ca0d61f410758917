//! `burn`: the hook of the dollar synth that repays.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::synth_minter::ReceiveMsg;
use common::*;
use rstest::rstest;

#[rstest]
#[case::a_part(400_000, 400_000, 0, 600_000, Some("7.5"))]
#[case::all(ONE, ONE, 0, 0, None)]
#[case::more_than_all(3 * ONE / 2, ONE, ONE / 2, 0, None)]
fn repays(
    #[case] sent: u128,
    #[case] burnt: u128,
    #[case] refund: u128,
    #[case] debt: u128,
    #[case] ratio: Option<&str>,
) {
    let mut stage = Stage::teddy();
    stage.fund_keeper(10);
    let (keeper, teddy) = (stage.at("keeper"), stage.at("teddy"));
    stage
        .world
        .transfer(&keeper, &teddy, "LUSD", ONE.into())
        .unwrap();
    let preview = stage.preview_burn("teddy", sent, false).unwrap();

    let response = stage.burn("teddy", sent).unwrap();

    let (burnt_text, refund_text, debt_text) =
        (burnt.to_string(), refund.to_string(), debt.to_string());
    let expected = [
        ("account", teddy.as_str()),
        ("payer", teddy.as_str()),
        ("amount", &burnt_text),
        ("refund", &refund_text),
        ("debt", &debt_text),
    ];
    assert_eq!(
        preview.after.c_ratio,
        ratio.map(|text| text.parse().unwrap())
    );
    has_event(&response, "burn", &expected);
    assert_eq!(stage.debt("teddy"), debt);
    assert_eq!(stage.wallet("teddy", "LUSD"), 2 * ONE - burnt);
    assert_eq!(stage.supply("LUSD"), 11 * ONE - burnt);
    assert_eq!(stage.wallet("synth-minter", "LUSD"), 0);
    assert_eq!(
        (preview.amount.u128(), preview.refund.u128()),
        (burnt, refund)
    );
    assert_eq!(preview.after, stage.after("teddy"));
    assert!(!preview.cures);
}

/// DESIGN §5, last row: $9 of LIFE, 2 LUSD minted, 1 spent, 1 earned elsewhere.
#[test]
fn burning_all_frees_all() {
    let mut stage = Stage::new();
    stage.price("LIFE", "1");
    stage.fund_keeper(10);
    stage.deposit("teddy", "LIFE", 9 * ONE).unwrap();
    stage.mint("teddy", Some(2 * ONE)).unwrap();
    let (keeper, teddy, other) = (stage.at("keeper"), stage.at("teddy"), stage.at("other"));
    let one = ONE.into();
    stage.world.transfer(&teddy, &other, "LUSD", one).unwrap();
    stage.world.transfer(&keeper, &teddy, "LUSD", one).unwrap();
    stage.burn("teddy", 2 * ONE).unwrap();
    stage.withdraw("teddy", "LIFE", None).unwrap();
    assert_eq!(stage.wallet("teddy", "LIFE"), 100 * ONE);
    assert_eq!(stage.wallet("teddy", "LUSD"), 0);
}

/// DESIGN §5, third row: at $0.25 burning 0.50 LUSD brings 225 % back to 450 %.
#[rstest]
#[case::to_target("teddy", ONE, true, ONE / 2)]
#[case::exactly("teddy", ONE / 2, false, ONE / 2)]
#[case::by_another("keeper", ONE, true, ONE / 2)]
#[case::a_unit_short("teddy", ONE / 2 - 1, true, ONE / 2 - 1)]
fn cures(#[case] payer: &str, #[case] sent: u128, #[case] to_target: bool, #[case] burnt: u128) {
    let mut stage = Stage::teddy();
    stage.fund_keeper(10);
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    assert_eq!(stage.account("teddy").to_target.unwrap().u128(), ONE / 2);
    let before = stage.wallet(payer, "LUSD");
    let preview = stage.preview_burn("teddy", sent, to_target).unwrap();

    let response = stage.burn_for(payer, "teddy", sent, to_target).unwrap();

    let cured = burnt == ONE / 2;
    assert_eq!(preview.cures, cured);
    assert_eq!(preview.amount.u128(), burnt);
    assert_eq!(preview.refund.u128(), sent - burnt);
    assert_eq!(preview.after, stage.after("teddy"));
    assert_eq!(stage.wallet(payer, "LUSD"), before - burnt);
    assert_eq!(stage.flag_of("teddy").is_none(), cured);
    assert_eq!(
        attribute(&response, "burn", "payer"),
        stage.at(payer).as_str()
    );
    if cured {
        has_event(
            &response,
            "flag_ended",
            &[("account", stage.at("teddy").as_str()), ("reason", "cured")],
        );
        assert_eq!(preview.after.c_ratio.unwrap().to_string(), "4.5");
    } else {
        has_no_event(&response, "flag_ended");
    }
}

#[test]
fn burning_everything_ends_a_flag_without_any_price() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    stage.kill("LIFE");
    let preview = stage.preview_burn("teddy", ONE, false).unwrap();
    assert!(preview.cures);
    stage.burn("teddy", ONE).unwrap();
    assert_eq!(stage.flag_of("teddy"), None);
}

#[test]
fn down_to_a_target_needs_prices() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "0.25");
    stage.kill("LIFE");
    stage.refused_with("Stale", &["LIFE"], |s| {
        s.burn_for("teddy", "teddy", ONE, true)
    });
    errs("Stale", stage.preview_burn("teddy", ONE, true));
    assert_eq!(stage.account("teddy").to_target, None);
    let preview = stage.preview_burn("teddy", ONE / 4, false).unwrap();
    stage.burn("teddy", ONE / 4).unwrap();
    assert_eq!(stage.after("teddy"), preview.after);
}

/// A dead synth counts at the larger of its last price and its average: repaying goes on.
#[test]
fn a_dead_synth_does_not_stop_repaying() {
    let mut stage = Stage::teddy();
    stage.fund_keeper(10);
    stage.exchange("keeper", "LUSD", 5 * ONE, "sEUR").unwrap();
    stage.kill("sEUR");
    let preview = stage.preview_burn("teddy", ONE / 2, false).unwrap();
    stage.burn("teddy", ONE / 2).unwrap();
    assert_eq!(preview.after, stage.after("teddy"));
}

#[rstest]
#[case::of_another_synth("sEUR", false, "NotTheDollar", &[])]
#[case::of_a_collateral("WETH", false, "NotTheDollar", &[])]
fn only_the_dollar_repays(
    #[case] asset: &str,
    #[case] to_target: bool,
    #[case] name: &str,
    #[case] figures: &[&str],
) {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 900 * ONE).unwrap();
    stage.mint("alice", None).unwrap();
    stage.exchange("alice", "LUSD", 50 * ONE, "sEUR").unwrap();
    let hook = ReceiveMsg::Burn {
        account: None,
        to_target,
    };
    stage.refused_with(name, figures, |s| s.hook("alice", asset, 1_000, &hook));
}

#[test]
fn errors() {
    let mut stage = Stage::teddy();
    let alice = stage.at("alice").to_string();
    stage.refused_with("NoDebt", &[&alice], |s| {
        s.burn_for("teddy", "alice", 1, false)
    });
    errs("NoDebt", stage.preview_burn("alice", 1, false));
    stage.refused("ZeroAmount", |s| s.burn("teddy", 0));
    errs("ZeroAmount", stage.preview_burn("teddy", 0, false));
    // At the target already.
    stage.refused_with("NothingToRepay", &["1000000"], |s| {
        s.burn_for("teddy", "teddy", ONE, true)
    });
    errs("NothingToRepay", stage.preview_burn("teddy", ONE, true));
    let hook = ReceiveMsg::Burn {
        account: Some("x".into()),
        to_target: false,
    };
    stage.refused_with("InvalidAddress", &["x"], |s| {
        s.hook("teddy", "LUSD", 1, &hook)
    });
    assert_eq!(stage.account("teddy").to_target.unwrap().u128(), 0);
}

/// For a day after a mint the debt may be burnt down to the target and not below.
#[test]
fn the_minimum_stake_time_binds_what_goes_beyond_the_target() {
    let mut stage =
        Stage::with(|profile| profile.minter.as_mut().unwrap().params.min_stake_secs = 86_400)
            .with_teddy();
    let until = stage.world.now() + 86_400;
    let figures = [until.to_string(), "1000000".into(), "999999".into()];
    let figures: Vec<&str> = figures.iter().map(String::as_str).collect();
    stage.refused_with("MinimumStakeTime", &figures, |s| s.burn("teddy", 1));
    errs("MinimumStakeTime", stage.preview_burn("teddy", 1, false));

    // Half of the collateral's value is gone: half of the debt may go, and no more.
    stage.price("LIFE", "0.25");
    stage.refused("MinimumStakeTime", |s| s.burn("teddy", ONE / 2 + 1));
    errs(
        "MinimumStakeTime",
        stage.preview_burn("teddy", ONE / 2 + 1, false),
    );
    let preview = stage.preview_burn("teddy", ONE / 2, false).unwrap();
    stage.burn("teddy", ONE / 2).unwrap();
    assert_eq!(preview.after, stage.after("teddy"));

    stage.world.wait(until - stage.world.now() - 1);
    stage.refused("MinimumStakeTime", |s| s.burn("teddy", 1));
    stage.world.wait(1);
    stage.burn("teddy", ONE / 2).unwrap();
    assert_eq!(stage.debt("teddy"), 0);
}

#[test]
fn flagged_accounts_are_exempt_from_the_minimum_stake_time() {
    let mut stage =
        Stage::with(|profile| profile.minter.as_mut().unwrap().params.min_stake_secs = 86_400)
            .with_teddy();
    stage.price("LIFE", "0.25");
    stage.refused("MinimumStakeTime", |s| s.burn("teddy", ONE));
    stage.flag("other", "teddy").unwrap();
    assert_eq!(stage.account("teddy").stake_locked_until, None);
    let preview = stage.preview_burn("teddy", ONE, false).unwrap();
    stage.burn("teddy", ONE).unwrap();
    assert_eq!(preview.after, stage.after("teddy"));
    assert_eq!(stage.debt("teddy"), 0);
}

/// A feed that fails neither opens the way past the target nor closes the way to it: the last
/// price counts.
#[test]
fn a_dead_feed_does_not_open_the_way_past_the_target() {
    let mut stage =
        Stage::with(|profile| profile.minter.as_mut().unwrap().params.min_stake_secs = 86_400)
            .with_teddy();
    let until = stage.world.now() + 86_400;
    stage.kill("LIFE");
    stage.refused_with("MinimumStakeTime", &["1000000", "999999"], |s| {
        s.burn("teddy", 1)
    });
    errs("MinimumStakeTime", stage.preview_burn("teddy", 1, false));
    stage.world.silence("LIFE", false).unwrap();
    stage.price("LIFE", "0.25");
    stage.kill("LIFE");
    stage.refused("MinimumStakeTime", |s| s.burn("teddy", ONE / 2 + 1));
    let preview = stage.preview_burn("teddy", ONE / 2, false).unwrap();
    stage.burn("teddy", ONE / 2).unwrap();
    assert_eq!(stage.after("teddy"), preview.after);
    stage.world.wait(until - stage.world.now());
    stage.burn("teddy", ONE / 2).unwrap();
}
