//! `liquidate`: the hook of the dollar synth that repays a flagged account.
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
    LiquidationKind,
    synth_minter::{LiquidationPreview, QueryMsg, ReceiveMsg, SeizedAsset, StakedResponse},
};
use common::*;
use cw_multi_test::AppResponse;
use rstest::rstest;

/// Previews, does, and compares everything that moves.
fn liquidate(
    stage: &mut Stage,
    who: &str,
    account: &str,
    sent: u128,
) -> (LiquidationPreview, AppResponse) {
    let preview = stage.preview_liquidate(account, Some(sent)).unwrap();
    let staked = |stage: &Stage| -> Vec<u128> {
        let assets = preview.seized.iter();
        assets
            .map(|seized| stage.staked(account, &seized.asset))
            .collect()
    };
    let held = |stage: &Stage| -> Vec<u128> {
        let assets = preview.seized.iter();
        assets
            .map(|seized| stage.wallet(who, &seized.asset))
            .collect()
    };
    let (staked_before, held_before) = (staked(stage), held(stage));
    let lusd = stage.wallet(who, "LUSD");
    let flagger = stage.flag_of(account).unwrap().flagger;
    let kept_before = flagger_and_treasury(stage, &flagger, &preview.seized);

    let response = stage.liquidate(who, account, sent).unwrap();

    let part = |part: fn(&SeizedAsset) -> cosmwasm_std::Uint128| -> Vec<u128> {
        preview
            .seized
            .iter()
            .map(|seized| part(seized).u128())
            .collect()
    };
    let minus =
        |a: &[u128], b: &[u128]| -> Vec<u128> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
    assert_eq!(minus(&staked_before, &staked(stage)), part(|s| s.taken));
    assert_eq!(minus(&held(stage), &held_before), part(|s| s.liquidator));
    let kept = flagger_and_treasury(stage, &flagger, &preview.seized);
    assert_eq!(minus(&kept.0, &kept_before.0), part(|s| s.flagger));
    assert_eq!(minus(&kept.1, &kept_before.1), part(|s| s.treasury));
    assert_eq!(lusd - stage.wallet(who, "LUSD"), preview.paid.u128());
    assert_eq!(sent - preview.paid.u128(), preview.refund.u128());
    assert_eq!(stage.wallet("synth-minter", "LUSD"), 0);
    assert_eq!(
        attribute(&response, "liquidate", "debt"),
        preview.after.debt.to_string()
    );
    assert_eq!(
        maybe_attribute(&response, "liquidate", "c_ratio"),
        preview.after.c_ratio.map(|ratio| ratio.to_string())
    );
    for seized in &preview.seized {
        assert_eq!(
            seized.taken,
            seized.liquidator + seized.flagger + seized.treasury
        );
    }
    (preview, response)
}

fn flagger_and_treasury(
    stage: &Stage,
    flagger: &cosmwasm_std::Addr,
    seized: &[SeizedAsset],
) -> (Vec<u128>, Vec<u128>) {
    let name = stage.world.name_of(flagger.as_str()).unwrap();
    let find = |list: &[(String, u128)], asset: &str| {
        list.iter()
            .find(|(id, _)| id == asset)
            .map_or(0, |(_, amount)| *amount)
    };
    let (rewards, due) = (stage.rewards(name), stage.treasury_due());
    let assets = || seized.iter().map(|seized| seized.asset.as_str());
    (
        assets().map(|asset| find(&rewards, asset)).collect(),
        assets().map(|asset| find(&due, asset)).collect(),
    )
}

/// DESIGN §5, fourth row: S = 0.661765 LUSD, 2.911765 LIFE, and the account ends at 450 %.
#[rstest]
#[case::exactly(661_765)]
#[case::with_change(ONE)]
fn restores_the_issuance_ratio(#[case] sent: u128) {
    let mut stage = Stage::due_teddy();
    let most = stage.preview_liquidate("teddy", None).unwrap();
    assert_eq!(most.most.u128(), 661_765);
    assert_eq!(most.refund.u128(), 0);

    let (preview, response) = liquidate(&mut stage, "keeper", "teddy", sent);

    assert_eq!(preview.kind, LiquidationKind::Restoring);
    assert_eq!(
        LiquidationPreview {
            refund: preview.refund,
            ..most
        },
        preview
    );
    assert_eq!(
        preview.seized,
        vec![SeizedAsset {
            asset: "LIFE".into(),
            taken: 2_911_765u128.into(),
            // 2,647,060 for what is paid, and 60 % of the penalty of 10 %.
            liquidator: 2_805_883u128.into(),
            flagger: 52_941u128.into(),
            treasury: 52_941u128.into(),
        }]
    );
    has_event(
        &response,
        "liquidate",
        &[
            ("account", stage.at("teddy").as_str()),
            ("liquidator", stage.at("keeper").as_str()),
            ("flagger", stage.at("other").as_str()),
            ("paid", "661765"),
            ("refund", &(sent - 661_765).to_string()),
            ("debt_closed", "661765"),
            ("taken", "2911765LIFE"),
            ("to_liquidator", "2805883LIFE"),
            ("to_flagger", "52941LIFE"),
            ("to_treasury", "52941LIFE"),
            ("debt", "338235"),
            ("c_ratio", "4.500003695655387526"),
        ],
    );
    assert_eq!(attribute(&response, "flag_ended", "reason"), "liquidated");
    assert_eq!(stage.staked("teddy", "LIFE"), 6_088_235);
    assert_eq!(stage.after("teddy"), preview.after);
    assert_eq!(stage.flag_of("teddy"), None);
    assert_eq!(stage.collateral("LIFE").total.u128(), 6_088_235);
    assert_eq!(stage.supply("LUSD"), 1_001 * ONE - 661_765);
    has_no_event(&response, "bad_debt");
    stage.refused("NotFlagged", |s| s.liquidate("keeper", "teddy", 1));
}

/// Three parts by three liquidators; the flag stays until the whole is paid.
#[test]
fn in_parts_by_three() {
    let mut stage = Stage::due_teddy();
    let keeper = stage.at("keeper");
    for name in ["alice", "bob"] {
        let to = stage.at(name);
        stage
            .world
            .transfer(&keeper, &to, "LUSD", ONE.into())
            .unwrap();
    }
    let (first, response) = liquidate(&mut stage, "alice", "teddy", 200_000);
    assert_eq!(first.paid.u128(), 200_000);
    // 200,000 / 0.25 · 1.1
    assert_eq!(first.seized[0].taken.u128(), 880_000);
    has_no_event(&response, "flag_ended");
    assert_eq!(stage.after("teddy"), first.after);
    // Below 300 % still: 8.12 · 0.25 / 0.8 = 253.75 %.
    assert_eq!(first.after.c_ratio.unwrap().to_string(), "2.5375");

    let (second, response) = liquidate(&mut stage, "bob", "teddy", 100_000);
    assert_eq!(second.seized[0].taken.u128(), 440_000);
    has_no_event(&response, "flag_ended");
    assert_eq!(stage.after("teddy"), second.after);

    let (third, response) = liquidate(&mut stage, "keeper", "teddy", ONE);
    assert_eq!(third.paid.u128(), 361_765);
    assert_eq!(attribute(&response, "flag_ended", "reason"), "liquidated");
    assert_eq!(stage.after("teddy"), third.after);
    assert_eq!(stage.debt("teddy"), 338_235);
    assert_eq!(stage.staked("teddy", "LIFE"), 6_088_235);
}

/// A part that lifts the account above its flag line ends the liquidation; the flag stays.
#[test]
fn a_part_above_the_flag_line_ends_it_for_now() {
    let mut stage = Stage::due_teddy();
    let (part, _) = liquidate(&mut stage, "keeper", "teddy", 500_000);
    assert_eq!(part.after.c_ratio.unwrap().to_string(), "3.4");
    assert!(stage.flag_of("teddy").is_some());
    errs("NotWeak", stage.preview_liquidate("teddy", None));
    stage.refused_with("NotWeak", &["500000"], |s| {
        s.liquidate("keeper", "teddy", 1)
    });
    // It dips again while the flag runs: liquidation goes on at once.
    stage.price("LIFE", "0.2");
    liquidate(&mut stage, "keeper", "teddy", 1);
}

#[test]
fn not_before_the_deadline_and_not_after_expiry() {
    let mut stage = Stage::teddy();
    stage.fund_keeper(10);
    stage.price("LIFE", "0.25");
    errs("NotFlagged", stage.preview_liquidate("teddy", None));
    let teddy = stage.at("teddy").to_string();
    stage.refused_with("NotFlagged", &[&teddy], |s| {
        s.liquidate("keeper", "teddy", ONE)
    });

    stage.flag("other", "teddy").unwrap();
    let flag = stage.flag_of("teddy").unwrap();
    stage.world.wait(GRACE - 1);
    let figures = [flag.deadline.to_string(), (flag.deadline - 1).to_string()];
    errs("InGrace", stage.preview_liquidate("teddy", None));
    stage.refused_with("InGrace", &[&figures[0], &figures[1]], |s| {
        s.liquidate("keeper", "teddy", ONE)
    });
    stage.world.wait(1);
    liquidate(&mut stage, "keeper", "teddy", 1);

    stage.world.wait(EXPIRY - 1);
    liquidate(&mut stage, "keeper", "teddy", 1);
    stage.world.wait(1);
    let expired = flag.expires_at.to_string();
    errs("FlagExpired", stage.preview_liquidate("teddy", None));
    stage.refused_with("FlagExpired", &[&expired], |s| {
        s.liquidate("keeper", "teddy", ONE)
    });
}

#[test]
fn a_recovered_account_is_left_alone() {
    let mut stage = Stage::due_teddy();
    stage.price("LIFE", "0.34");
    errs("NotWeak", stage.preview_liquidate("teddy", None));
    stage.refused_with("NotWeak", &["1000000"], |s| {
        s.liquidate("keeper", "teddy", ONE)
    });
}

#[test]
fn errors() {
    let mut stage = Stage::due_teddy();
    errs("ZeroAmount", stage.preview_liquidate("teddy", Some(0)));
    stage.refused("ZeroAmount", |s| s.liquidate("keeper", "teddy", 0));
    // 2,805,883 LIFE go to the liquidator.
    stage.refused_with("Slippage", &["2805883", "2805884", "LIFE"], |s| {
        s.liquidate_for("keeper", "teddy", ONE, &[("LIFE", 2_805_884)])
    });
    stage.refused_with("Slippage", &["0 of WETH", "1"], |s| {
        s.liquidate_for("keeper", "teddy", ONE, &[("LIFE", 1), ("WETH", 1)])
    });
    let account = stage.at("teddy").to_string();
    let hook = ReceiveMsg::Liquidate {
        account,
        min_received: vec![],
    };
    stage.refused("NotTheDollar", |s| s.hook("keeper", "WETH", 1, &hook));
    stage.exchange("keeper", "LUSD", 10 * ONE, "sEUR").unwrap();
    stage.refused("NotTheDollar", |s| s.hook("keeper", "sEUR", 1, &hook));
    stage.kill("LIFE");
    errs("Stale", stage.preview_liquidate("teddy", None));
    stage.refused_with("Stale", &["LIFE"], |s| s.liquidate("keeper", "teddy", ONE));
}

#[test]
fn min_received_is_met_exactly() {
    let mut stage = Stage::due_teddy();
    stage
        .liquidate_for("keeper", "teddy", ONE, &[("LIFE", 2_805_883)])
        .unwrap();
}

/// Less than the minimum debt would stay: all of it may be repaid, and the surplus stays the
/// account's.
#[test]
fn closes_what_would_leave_less_than_the_minimum_debt() {
    let mut stage = Stage::teddy();
    stage.update_params(|params| params.min_debt = 400_000u128.into());
    let mut stage = stage.made_due("0.25");
    let (preview, response) = liquidate(&mut stage, "keeper", "teddy", 2 * ONE);
    assert_eq!(preview.kind, LiquidationKind::Closing);
    assert_eq!(preview.paid.u128(), ONE);
    assert_eq!(preview.seized[0].taken.u128(), 4_400_000);
    assert_eq!(preview.seized[0].liquidator.u128(), 4_240_000);
    assert_eq!(preview.bad_debt.u128(), 0);
    assert_eq!(stage.staked("teddy", "LIFE"), 4_600_000);
    assert_eq!(stage.after("teddy"), preview.after);
    assert_eq!(preview.after.debt.u128(), 0);
    assert_eq!(attribute(&response, "flag_ended", "reason"), "liquidated");
    // He owes nothing, and all that is left is free.
    stage.update_params(|params| params.min_stake_secs = 365 * 86_400);
    assert_eq!(stage.account("teddy").stake_locked_until, None);
    stage.kill("LIFE");
    stage.withdraw("teddy", "LIFE", None).unwrap();
}

/// Worth $1.098: less than debt and penalty. The treasury's part yields, all is paid for.
#[test]
fn under_water_the_treasury_yields_first() {
    let mut stage = Stage::due_teddy();
    stage.price("LIFE", "0.122");
    let (preview, response) = liquidate(&mut stage, "keeper", "teddy", 2 * ONE);
    assert_eq!(preview.kind, LiquidationKind::UnderWater);
    assert_eq!(preview.paid.u128(), ONE);
    assert_eq!(preview.bad_debt.u128(), 0);
    let seized = &preview.seized[0];
    assert_eq!(seized.taken.u128(), 9 * ONE);
    // 1 / 0.122 · 1.06, 1 / 0.122 · 0.02, and the treasury has what is left of 9.
    assert_eq!(seized.liquidator.u128(), 8_688_524);
    assert_eq!(seized.flagger.u128(), 163_934);
    assert_eq!(seized.treasury.u128(), 147_542);
    has_no_event(&response, "bad_debt");
    assert_eq!(stage.after("teddy"), preview.after);
    assert_eq!(stage.account("teddy").collateral, vec![]);
    // Nothing is left to remember of him.
    let accounts: Vec<StakedResponse> = stage
        .ask(&QueryMsg::Accounts {
            start_after: None,
            limit: None,
        })
        .unwrap();
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0].account, stage.at("keeper"));
}

/// Worth $0.54: Q = 0.54 / 1.08 = 0.5, the other half is bad debt. The keeper's own debt takes
/// what insurance does not.
#[rstest]
#[case::without_insurance(0, 0)]
#[case::with_a_little(100_000, 100_000)]
#[case::with_enough(ONE, 500_000)]
fn under_water_whole(#[case] insurance: u128, #[case] covered: u128) {
    let mut stage = Stage::due_teddy();
    if insurance > 0 {
        stage.insure(insurance);
    }
    stage.price("LIFE", "0.06");
    let (preview, response) = liquidate(&mut stage, "keeper", "teddy", ONE);
    assert_eq!(preview.paid.u128(), 500_000);
    assert_eq!(preview.debt_closed.u128(), ONE);
    assert_eq!(preview.bad_debt.u128(), 500_000);
    assert_eq!(preview.seized[0].liquidator.u128(), 8_833_333);
    assert_eq!(preview.seized[0].flagger.u128(), 166_666);
    assert_eq!(preview.seized[0].treasury.u128(), 1);
    has_event(
        &response,
        "bad_debt",
        &[
            ("account", stage.at("teddy").as_str()),
            ("amount", "500000"),
            ("covered", &covered.to_string()),
            ("shared", &(500_000 - covered).to_string()),
        ],
    );
    assert_eq!(stage.debt("teddy"), 0);
    assert_eq!(stage.after("teddy"), preview.after);
    assert_eq!(stage.flag_of("teddy"), None);
    assert_eq!(stage.debt("keeper"), 1_000 * ONE + 500_000 - covered);
    assert_eq!(stage.supply("LUSD"), 1_000 * ONE + 500_000 - covered);
}

/// A quarter of Q closes a quarter of the debt and of the collateral.
#[test]
fn under_water_in_parts() {
    let mut stage = Stage::due_teddy();
    stage.price("LIFE", "0.06");
    let (part, response) = liquidate(&mut stage, "keeper", "teddy", 125_000);
    assert_eq!(part.debt_closed.u128(), 250_000);
    assert_eq!(part.bad_debt.u128(), 125_000);
    assert_eq!(part.seized[0].taken.u128(), 2_250_000);
    assert_eq!(attribute(&response, "bad_debt", "shared"), "125000");
    has_no_event(&response, "flag_ended");
    // 0.75, and of the 0.125 shared by the pool the part of his shares: 0.125 · 0.75 / 1000.75.
    assert_eq!(stage.debt("teddy"), 750_094);
    assert_eq!(stage.after("teddy"), part.after);

    let (rest, response) = liquidate(&mut stage, "keeper", "teddy", ONE);
    // Q = 6.75 · 0.06 / 1.08
    assert_eq!(rest.paid.u128(), 375_000);
    assert_eq!(rest.debt_closed.u128(), 750_094);
    assert_eq!(attribute(&response, "flag_ended", "reason"), "liquidated");
    assert_eq!(stage.account("teddy").collateral, vec![]);
    assert_eq!(stage.debt("teddy"), 0);
}

/// In a part that insurance covers, the cover lowers everyone's debt: preview and event say what
/// is left after it.
#[test]
fn a_covered_part_is_told_with_its_cover() {
    let mut stage = Stage::due_teddy();
    stage.insure(ONE);
    stage.price("LIFE", "0.06");
    let (part, _) = liquidate(&mut stage, "keeper", "teddy", 125_000);
    assert_eq!(part.after.debt.u128(), 750_000);
    assert_eq!(stage.after("teddy"), part.after);
}

/// Two collaterals of 6 and 18 decimals, each with its own ratio and penalty.
#[test]
fn two_collaterals() {
    let mut stage = Stage::new();
    stage.fund_keeper(2_000);
    stage.deposit("alice", "LIFE", 9_000 * ONE).unwrap();
    stage.deposit("alice", "WETH", ETHER).unwrap();
    stage.mint("alice", None).unwrap();
    assert_eq!(stage.debt("alice"), 1_666_666_666);
    stage.price("LIFE", "0.25");
    stage.price("WETH", "1000");
    stage.flag("other", "alice").unwrap();
    stage.world.wait(GRACE);
    let (preview, _) = liquidate(&mut stage, "keeper", "alice", 2_000 * ONE);
    assert_eq!(preview.kind, LiquidationKind::Restoring);
    // D = 1666.666666, Σv/ρ = 500 + 1000/3, w = 9/13 and 4/13:
    // S* = 833.333332666… / (1 − 9/13·1.1/4.5 − 4/13·1.08/3) = 833.333332666…·130/93.6…
    assert_eq!(preview.paid.u128(), 1_157_407_407);
    let [life, weth] = &preview.seized[..] else {
        panic!("two collaterals")
    };
    // w·S*·(1+p)/price: 9/13·1157.407406…·1.1/0.25 and 4/13·1157.407406…·1.08/1000.
    assert_eq!(
        (life.asset.as_str(), life.taken.u128()),
        ("LIFE", 3_525_641_023)
    );
    assert_eq!(
        (weth.asset.as_str(), weth.taken.u128()),
        ("WETH", 384_615_384_307_692_308)
    );
    let ratio = preview.after.c_ratio.unwrap().to_string();
    assert_eq!(stage.after("alice"), preview.after);
    // At the issuance ratio: the most he may owe is what he owes.
    let account = stage.account("alice");
    assert_eq!(account.max_debt, Some(account.debt), "{ratio}");
    errs("NotFlagged", stage.preview_liquidate("alice", None));
}

/// The pool's other synths count: their price moves the debt that is closed.
#[test]
fn with_other_synths_in_the_pool() {
    let mut stage = Stage::due_teddy();
    stage.exchange("keeper", "LUSD", 900 * ONE, "sEUR").unwrap();
    stage.price("sEUR", "1.3");
    let (preview, _) = liquidate(&mut stage, "keeper", "teddy", 100_000);
    assert_eq!(stage.after("teddy"), preview.after);
    let (preview, _) = liquidate(&mut stage, "keeper", "teddy", 2 * ONE);
    assert_eq!(stage.after("teddy"), preview.after);
    stage.price("sEUR", "1.3");
    let account = stage.account("teddy");
    assert!(account.max_debt.unwrap() + cosmwasm_std::Uint128::one() >= account.debt);
}

/// For a halted asset the price counts that is better for the account.
#[test]
fn a_halted_crash_liquidates_at_the_last_accepted_price() {
    let mut stage = Stage::narrow().with_teddy().made_due("0.25");
    stage.halt("LIFE", "0.000003");
    stage.refused("Halted", |s| s.mint("teddy", None));
    let (preview, _) = liquidate(&mut stage, "keeper", "teddy", ONE);
    assert_eq!(preview.paid.u128(), 661_765);
    assert_eq!(preview.seized[0].taken.u128(), 2_911_765);
}
