//! Attacks: each has a name and a sentence, and fails.
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
    Terms, debt_registry,
    oracle::PricePush,
    synth_minter::{ExecuteMsg, QueryMsg, ReceiveMsg},
    treasury,
};
use common::*;
use cosmwasm_std::{Addr, Coin, Decimal, Uint128, to_json_binary};
use cw_multi_test::Executor;
use cw20::{Cw20Coin, Cw20ExecuteMsg, Cw20ReceiveMsg};
use rstest::rstest;
use serde_json::Value as Json;

fn harsher_terms() -> Terms {
    Terms {
        issuance_ratio: dec("9"),
        flag_ratio: dec("8"),
        liquidation_penalty: dec("0.5"),
    }
}

fn update_terms(asset: &str, terms: Terms) -> ExecuteMsg {
    ExecuteMsg::UpdateCollateral {
        asset: asset.into(),
        terms: Some(terms),
        cap: None,
        enabled: None,
    }
}

/// A stage with a minimum stake time of a day.
fn with_stake_time() -> Stage {
    Stage::with(|profile| profile.minter.as_mut().unwrap().params.min_stake_secs = 86_400)
}

/// Somebody with debt of 1 LUSD more than he needs gets it from the keeper.
fn give_lusd(stage: &mut Stage, to: &str, amount: u128) {
    let (keeper, to) = (stage.at("keeper"), stage.who(to));
    stage
        .world
        .transfer(&keeper, &to, "LUSD", amount.into())
        .unwrap();
}

// ------------------------------------------------------------------ owner and guardian

/// The owner raises penalty, ratios and grace while a flag runs, to take more of the flagged:
/// the flag keeps the terms and the times it was raised under.
#[test]
fn the_owner_changes_the_terms_of_a_running_flag() {
    let mut stage = Stage::teddy();
    stage.fund_keeper(10);
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    let flag = stage.flag_of("teddy");
    stage
        .act("owner", &update_terms("LIFE", harsher_terms()))
        .unwrap();
    stage.update_params(|params| {
        params.grace_secs = 0;
        params.flag_expiry_secs = 1;
    });
    assert_eq!(stage.flag_of("teddy"), flag);
    assert_eq!(
        stage.account("teddy").collateral[0].terms.issuance_ratio,
        dec("4.5")
    );
    stage.refused("InGrace", |s| s.liquidate("keeper", "teddy", ONE));
    // Back at 450 % he would be cured; at 900 % only under the new terms.
    assert!(stage.preview_burn("teddy", ONE / 2, false).unwrap().cures);
    assert_eq!(stage.account("teddy").to_target.unwrap().u128(), ONE / 2);

    stage.world.wait(GRACE + EXPIRY - 10);
    let preview = stage.preview_liquidate("teddy", None).unwrap();
    assert_eq!(preview.paid.u128(), 661_765);
    assert_eq!(preview.seized[0].taken.u128(), 2_911_765);
    stage.liquidate("keeper", "teddy", ONE).unwrap();
    assert_eq!(stage.staked("teddy", "LIFE"), 6_088_235);
}

/// The owner raises the flag ratio under a flag, so that a position above the old line is
/// liquidated: it is not weak.
#[test]
fn the_owner_raises_the_flag_ratio_of_a_running_flag() {
    let mut stage = Stage::due_teddy();
    stage.price("LIFE", "0.4");
    stage
        .act("owner", &update_terms("LIFE", harsher_terms()))
        .unwrap();
    stage.refused("NotWeak", |s| s.liquidate("keeper", "teddy", ONE));
}

/// The flagged stakes a second collateral to save himself, and the owner raises that one's
/// penalty: the terms are kept from the moment it was staked.
#[test]
fn the_owner_changes_the_terms_of_what_was_staked_under_a_flag() {
    let mut stage = Stage::teddy();
    stage.fund_keeper(10);
    stage.price("LIFE", "0.2");
    stage.flag("other", "teddy").unwrap();
    stage
        .deposit_for("bob", "WETH", ETHER / 10_000, "teddy")
        .unwrap();
    let expected = {
        stage.world.wait(GRACE);
        stage.preview_liquidate("teddy", None).unwrap()
    };
    stage
        .act("owner", &update_terms("WETH", harsher_terms()))
        .unwrap();
    assert_eq!(stage.preview_liquidate("teddy", None).unwrap(), expected);
    assert_eq!(
        stage.account("teddy").collateral[1].terms.issuance_ratio,
        dec("3")
    );
}

/// The guardian switches off everything he can, in every contract: all the ways out stay open.
#[test]
fn the_guardian_switches_off_everything() {
    let mut stage = Stage::due_teddy();
    stage.deposit("alice", "LIFE", 9 * ONE).unwrap();
    stage.price("LIFE", "1");
    stage.mint("alice", Some(ONE)).unwrap();
    stage.price("LIFE", "0.25");
    stage.exchange("keeper", "LUSD", 100 * ONE, "sEUR").unwrap();
    stage.deposit("bob", "LIFE", 9 * ONE).unwrap();
    stage.flag("other", "alice").unwrap();
    give_lusd(&mut stage, "alice", ONE);
    give_lusd(&mut stage, "other", ONE);
    stage.switch_off_everything();

    // Repay, for oneself and for another.
    stage.burn("alice", ONE / 10).unwrap();
    stage.burn_for("other", "alice", ONE / 10, false).unwrap();
    // Add to a position, native and cw20, for oneself and for another.
    stage.deposit("alice", "LIFE", ONE).unwrap();
    stage
        .deposit_for("bob", "WETH", ETHER / 1_000, "alice")
        .unwrap();
    // Clear a flag: his own act did it here, so another is raised by price alone below.
    assert!(stage.flag_of("alice").is_none());
    // Liquidate, in a part and whole.
    stage.liquidate("keeper", "teddy", ONE / 10).unwrap();
    stage.liquidate("keeper", "teddy", ONE).unwrap();
    // Withdraw without debt; burn all, then withdraw all.
    stage.withdraw("bob", "LIFE", None).unwrap();
    stage.burn("alice", ONE).unwrap();
    stage.withdraw("alice", "LIFE", None).unwrap();
    stage.withdraw("alice", "WETH", None).unwrap();
    // Payouts.
    stage.claim("other", &["LIFE"]).unwrap();
    stage.forward(&["LIFE", "sEUR"]).unwrap();
    // Donate, write prices, move tokens.
    let (keeper, registry, other) = (
        stage.at("keeper"),
        stage.at("debt-registry"),
        stage.at("other"),
    );
    let donate = debt_registry::ReceiveMsg::Donate {};
    stage
        .world
        .send(&keeper, "LUSD", 1u128.into(), &registry, &donate)
        .unwrap();
    stage
        .world
        .transfer(&keeper, &other, "sEUR", 1u128.into())
        .unwrap();
    stage.price("LIFE", "0.3");
}

/// `clear_flag` beside the others: it needs a flag that the price alone has cured.
#[test]
fn the_guardian_switches_off_everything_and_flags_are_cleared() {
    let mut stage = Stage::due_teddy();
    stage.switch_off_everything();
    stage.price("LIFE", "0.5");
    stage.clear_flag("bob", "teddy").unwrap();
}

// ------------------------------------------------------------------ dead and halted feeds

/// A debtor stakes one unit of a collateral whose feed then dies, to guard his debt: dust is
/// left aside, and he is liquidated.
#[test]
fn dust_of_a_dead_feed_guards_no_debt() {
    let mut stage = Stage::teddy();
    stage.deposit_for("bob", "WETH", 1, "teddy").unwrap();
    stage.fund_keeper(10);
    stage.kill("WETH");
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    stage.world.wait(GRACE);
    stage.liquidate("keeper", "teddy", ONE).unwrap();
    assert_eq!(stage.staked("teddy", "LIFE"), 6_088_235);
    // The dust stays his.
    assert_eq!(stage.staked("teddy", "WETH"), 1);
}

/// How much dust is: at twice the last price it must be less than a hundredth of the rest.
#[rstest]
// 9 LIFE at $0.25: a hundredth is $0.0225, hence $0.01125 of WETH at $2,000.
#[case::a_wei_less(5_625_000_000_000 - 1, true)]
#[case::exactly(5_625_000_000_000, false)]
fn more_than_dust_waits_for_its_price(#[case] weth: u128, #[case] flagged: bool) {
    let mut stage = Stage::teddy();
    stage.deposit_for("bob", "WETH", weth, "teddy").unwrap();
    stage.kill("WETH");
    stage.price("LIFE", "0.25");
    if flagged {
        stage.flag("other", "teddy").unwrap();
    } else {
        stage.refused_with("Stale", &["WETH"], |s| s.flag("other", "teddy"));
    }
}

/// A collateral that nobody can price is staked to block the position later: it is not taken.
#[test]
fn the_first_of_a_dead_collateral_is_not_taken() {
    let mut stage = Stage::teddy();
    stage.kill("WETH");
    stage.refused_with("Stale", &["WETH"], |s| {
        s.deposit_for("bob", "WETH", 1, "teddy")
    });
}

/// An enemy stakes dust for the flagged and hopes for its feed to die, so that no cure is ever
/// seen and the flag can kill later: dust counts nothing, and the cure is seen.
#[rstest]
#[case::by_burning(|s: &mut Stage| s.burn("teddy", ONE / 2))]
#[case::by_adding(|s: &mut Stage| s.deposit("teddy", "LIFE", 9 * ONE))]
#[case::by_price(|s: &mut Stage| {
    s.price("LIFE", "0.5");
    s.clear_flag("bob", "teddy")
})]
fn dust_of_a_dead_feed_keeps_no_flag_alive(
    #[case] cure: fn(&mut Stage) -> anyhow::Result<cw_multi_test::AppResponse>,
) {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    stage.deposit_for("other", "WETH", 1, "teddy").unwrap();
    stage.kill("WETH");
    cure(&mut stage).unwrap();
    assert_eq!(stage.flag_of("teddy"), None);
}

/// One of two collaterals has a dead feed: the other leaves as far as it is not needed, and the
/// dead one leaves when the other covers the debt.
#[test]
fn a_dead_feed_does_not_keep_another_collateral() {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 900 * ONE).unwrap();
    stage.deposit("alice", "WETH", ETHER).unwrap();
    stage.mint("alice", Some(50 * ONE)).unwrap();
    stage.kill("WETH");
    // LIFE alone carries 100: half of it may leave.
    stage.withdraw("alice", "LIFE", Some(450 * ONE)).unwrap();
    stage.refused_with("BelowIssuanceRatio", &["at most 0"], |s| {
        s.withdraw("alice", "LIFE", Some(1))
    });
    stage.withdraw("alice", "WETH", Some(ETHER)).unwrap();
    assert_eq!(stage.wallet("alice", "WETH"), 100 * ETHER);
    assert_eq!(stage.debt("alice"), 50 * ONE);
}

/// … and stays when it is needed.
#[test]
fn a_dead_collateral_that_is_needed_stays() {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 900 * ONE).unwrap();
    stage.deposit("alice", "WETH", ETHER).unwrap();
    stage.mint("alice", Some(101 * ONE)).unwrap();
    stage.kill("WETH");
    stage.refused("BelowIssuanceRatio", |s| {
        s.withdraw("alice", "WETH", Some(1))
    });
    stage.refused("BelowIssuanceRatio", |s| {
        s.withdraw("alice", "LIFE", Some(1))
    });
}

/// A price ×76,000 away is pushed: nothing is minted, withdrawn or exchanged at it, and no flag
/// is cleared by it.
#[test]
fn a_price_76_000_times_too_high() {
    let mut stage = Stage::teddy();
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    stage.halt("LIFE", "19000");
    stage.refused("Halted", |s| s.mint("teddy", None));
    stage.refused("Halted", |s| s.withdraw("teddy", "LIFE", Some(1)));
    stage.refused("StillBelowIssuanceRatio", |s| {
        s.clear_flag("other", "teddy")
    });
    stage.deposit("teddy", "LIFE", 1).unwrap();
    assert!(stage.flag_of("teddy").is_some());
    stage.refused("Halted", |s| s.deposit("alice", "LIFE", ONE));
    // Beside a sound collateral it counts nothing.
    stage.deposit("bob", "WETH", 3 * ETHER).unwrap();
    let before = stage.account("bob").max_debt;
    stage.world.silence("LIFE", true).unwrap();
    assert_eq!(before.unwrap().u128(), 2_000 * ONE);
    // Repaying goes on.
    stage.burn("teddy", ONE / 2).unwrap();
}

/// The same with a halted collateral staked before: it carries no debt.
#[test]
fn a_halted_collateral_carries_no_new_debt() {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 9 * ONE).unwrap();
    stage.deposit("alice", "WETH", 3 * ETHER).unwrap();
    stage.halt("LIFE", "38000");
    stage.mint("alice", None).unwrap();
    assert_eq!(stage.debt("alice"), 2_000 * ONE);
}

/// A synth's price ×76,000 away makes nobody's debt payable for less: repaying takes the price
/// that makes the debt larger, liquidating the one that makes it smaller.
#[test]
fn a_halted_synth_counts_against_whoever_gains_by_it() {
    let mut stage = Stage::with(|profile| {
        let eur = profile.oracle.assets.get_mut("sEUR").unwrap();
        eur.rule.max_deviation = Some(Decimal::percent(60));
    })
    .with_teddy();
    stage.fund_keeper(1_000);
    stage.exchange("keeper", "LUSD", 500 * ONE, "sEUR").unwrap();
    let debt = stage.debt("teddy");
    stage.halt("sEUR", "0.00002");
    stage.refused("Halted", |s| s.mint("keeper", None));
    assert_eq!(stage.debt("teddy"), debt);
    stage.halt("sEUR", "95000");
    assert!(stage.debt("teddy") > 1_000 * debt);
    stage.refused("NotWeak", |s| s.flag("other", "teddy"));
    stage.refused("Halted", |s| s.mint("keeper", None));
}

// ------------------------------------------------------------------ minimum stake time

/// Within the minimum stake time one burns below the target, in one act, in two halves, or has
/// another do it: refused each time.
#[test]
fn burning_past_the_target_within_the_stake_time() {
    let mut stage = with_stake_time();
    stage.fund_keeper(10);
    stage.deposit("teddy", "LIFE", 9 * ONE).unwrap();
    stage.mint("teddy", None).unwrap();
    stage.price("LIFE", "0.4");
    // The target is 0.8: 0.2 may go, in two halves too; not one unit more by anyone.
    stage.refused("MinimumStakeTime", |s| s.burn("teddy", 200_001));
    stage.refused("MinimumStakeTime", |s| {
        s.burn_for("keeper", "teddy", 200_001, false)
    });
    stage.burn("teddy", 100_000).unwrap();
    stage.burn_for("keeper", "teddy", 100_000, false).unwrap();
    stage.refused("MinimumStakeTime", |s| s.burn("teddy", 1));
    stage.refused("MinimumStakeTime", |s| {
        s.burn_for("keeper", "teddy", 1, false)
    });
    stage.refused("NothingToRepay", |s| s.burn_for("keeper", "teddy", 1, true));
    // Taking collateral out lowers nothing that binds: he is at his ratio.
    stage.refused("NothingToWithdraw", |s| s.withdraw("teddy", "LIFE", None));
}

/// Somebody else's deposit, burn or flag attempt starts no stake time, and the holder's own
/// deposit does not either.
#[test]
fn only_ones_own_mint_starts_the_stake_time() {
    let mut stage = with_stake_time();
    stage.fund_keeper(10);
    stage.deposit("teddy", "LIFE", 9 * ONE).unwrap();
    stage.mint("teddy", None).unwrap();
    stage.world.wait(86_400);
    stage.deposit_for("other", "LIFE", 1, "teddy").unwrap();
    stage.deposit("teddy", "LIFE", 1).unwrap();
    stage.burn_for("keeper", "teddy", 1, false).unwrap();
    stage.refused("NotWeak", |s| s.flag("other", "teddy"));
    assert_eq!(stage.account("teddy").stake_locked_until, None);
    stage.burn("teddy", ONE).unwrap();
}

/// Somebody sees a synth's price fall, mints before the oracle does and burns after: he keeps
/// what others' debt has lost. With a minimum stake time he cannot burn, and bears the price
/// like everyone.
#[rstest]
#[case::without_a_stake_time(0)]
#[case::with_one(86_400)]
fn minting_before_the_pool_falls_and_burning_after(#[case] stake_time: u64) {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 9_000 * ONE).unwrap();
    stage.mint("alice", Some(1_000 * ONE)).unwrap();
    stage
        .exchange("alice", "LUSD", 1_000 * ONE, "sEUR")
        .unwrap();
    stage.update_params(|params| params.min_stake_secs = stake_time);

    stage.deposit("bob", "LIFE", 90_000 * ONE).unwrap();
    stage.mint("bob", Some(9_000 * ONE)).unwrap();
    stage.price("sEUR", "0.625");

    if stake_time == 0 {
        stage.burn("bob", 9_000 * ONE).unwrap();
        assert_eq!(stage.debt("bob"), 0);
        // Alice's sEUR lost half, and nine tenths of that were his gain.
        let gain = stage.wallet("bob", "LUSD");
        assert!((448 * ONE..450 * ONE).contains(&gain), "{gain}");
        return;
    }
    stage.refused("MinimumStakeTime", |s| s.burn("bob", 9_000 * ONE));
    stage.refused("MinimumStakeTime", |s| s.burn("bob", 1));
    stage.world.wait(86_000);
    // The price comes back before he may burn: nothing is gained.
    stage.price("sEUR", "1.25");
    stage.world.wait(400);
    stage.burn("bob", 9_000 * ONE).unwrap();
    assert!(stage.debt("bob") + ONE >= stage.wallet("bob", "LUSD"));
}

/// To escape the stake time, one makes oneself weak and flags oneself: he must truly be below
/// his flag line, where burning to the target is what everybody wants.
#[test]
fn flagging_oneself_to_escape_the_stake_time() {
    let mut stage = with_stake_time().with_teddy();
    stage.refused("NotWeak", |s| s.flag("teddy", "teddy"));
    stage.refused("NothingToWithdraw", |s| s.withdraw("teddy", "LIFE", None));
    stage.refused("MinimumStakeTime", |s| s.burn("teddy", ONE));
}

// ------------------------------------------------------------------ flags and liquidations

/// The weak flags himself to get the flagger's part, to hold off others' flags, or for a longer
/// grace: he gets no second more, and saves his flagger's part alone.
#[test]
fn flagging_oneself() {
    let mut stage = Stage::teddy();
    stage.fund_keeper(10);
    stage.price("LIFE", "0.25");
    let deadline = stage.world.now() + GRACE;
    stage.flag("teddy", "teddy").unwrap();
    assert_eq!(stage.flag_of("teddy").unwrap().deadline, deadline);
    stage.world.wait(GRACE / 2);
    stage.refused("AlreadyFlagged", |s| s.flag("teddy", "teddy"));
    stage.world.wait(GRACE / 2);
    assert_eq!(stage.rewards("teddy"), vec![]);
    stage.liquidate("keeper", "teddy", ONE).unwrap();
    assert_eq!(stage.staked("teddy", "LIFE"), 6_088_235);
    assert_eq!(stage.rewards("teddy"), [("LIFE".to_owned(), 52_941)]);
}

/// The flagged liquidates himself under a flag of his own, to get the penalty: he pays at least
/// the treasury's part.
#[test]
fn liquidating_oneself() {
    let mut stage = Stage::teddy();
    stage.fund_keeper(10);
    give_lusd(&mut stage, "teddy", ONE);
    stage.price("LIFE", "0.25");
    stage.flag("teddy", "teddy").unwrap();
    stage.world.wait(GRACE);
    let life = stage.wallet("teddy", "LIFE");
    stage.liquidate("teddy", "teddy", ONE).unwrap();
    stage.claim("teddy", &["LIFE"]).unwrap();
    let kept = stage.wallet("teddy", "LIFE") - life + stage.staked("teddy", "LIFE");
    assert_eq!(kept, 9 * ONE - 52_941);
}

/// A liquidator pays in many tiny parts to gain by rounding: he gets no more than with one.
#[rstest]
#[case::of_a_thousandth(300, 1_000)]
#[case::of_one_unit(200, 1)]
#[case::of_an_odd_amount(100, 333)]
fn liquidating_in_many_tiny_fills(#[case] parts: u128, #[case] part: u128) {
    let run = |parts: u128, part: u128| {
        let mut stage = Stage::due_teddy();
        stage.price("LIFE", "0.237");
        let before = stage.wallet("keeper", "LIFE");
        for _ in 0..parts {
            stage.liquidate("keeper", "teddy", part).unwrap();
        }
        let got = stage.wallet("keeper", "LIFE") - before;
        let paid = ONE - stage.debt("teddy");
        (got, paid, stage.staked("teddy", "LIFE"))
    };
    let (many, paid_in_many, left_by_many) = run(parts, part);
    let (one, paid_in_one, left_by_one) = run(1, parts * part);
    assert_eq!(paid_in_many, paid_in_one);
    assert!(many <= one, "{many} > {one}");
    assert!(left_by_many >= left_by_one);
}

/// Under water in twenty parts: the liquidators together pay Q and get no more than with one,
/// nothing is left over, and the debt that nobody paid is the same.
#[test]
fn liquidating_under_water_in_many_parts() {
    let run = |part: u128| {
        let mut stage = Stage::due_teddy();
        stage.price("LIFE", "0.06");
        let (life, lusd) = (
            stage.wallet("keeper", "LIFE"),
            stage.wallet("keeper", "LUSD"),
        );
        while stage.debt("teddy") > 0 {
            stage.liquidate("keeper", "teddy", part).unwrap();
        }
        assert_eq!(stage.account("teddy").collateral, vec![]);
        assert_eq!(stage.flag_of("teddy"), None);
        let got = stage.wallet("keeper", "LIFE") - life;
        let paid = lusd - stage.wallet("keeper", "LUSD");
        (got, paid, stage.debt("keeper"))
    };
    let (one, paid_once, shared_once) = run(ONE);
    let (many, paid_in_many, shared_in_many) = run(25_000);
    assert_eq!(paid_once, 500_000);
    assert!(paid_in_many >= paid_once - 20, "{paid_in_many}");
    // Per unit paid no more than with one.
    assert!(
        many * paid_once <= one * paid_in_many + paid_once,
        "{many} {one}"
    );
    assert!(
        shared_in_many <= shared_once + 1,
        "{shared_in_many} {shared_once}"
    );
}

/// Two keepers see the same account; the second is too late. His `min_received` refuses the
/// little that is left, and his tokens stay his.
#[test]
fn front_running_a_liquidation() {
    let mut stage = Stage::due_teddy();
    give_lusd(&mut stage, "bob", ONE);
    let lusd = stage.wallet("keeper", "LUSD");
    stage.liquidate("bob", "teddy", 300_000).unwrap();
    stage.refused_with("Slippage", &["2805883"], |s| {
        s.liquidate_for("keeper", "teddy", 661_765, &[("LIFE", 2_805_883)])
    });
    stage.liquidate("bob", "teddy", 700_000).unwrap();
    stage.refused("NotFlagged", |s| {
        s.liquidate_for("keeper", "teddy", 661_765, &[("LIFE", 2_805_883)])
    });
    assert_eq!(stage.wallet("keeper", "LUSD"), lusd);
}

/// The flagged adds collateral just before the liquidator pays: cured, above the line, or a
/// little less weak, it is his state now that counts.
#[rstest]
#[case::cured(9 * ONE, "NotFlagged")]
#[case::above_the_line(3 * ONE + 1, "NotWeak")]
#[case::a_little(ONE, "Slippage")]
fn topping_up_just_before_a_liquidation(#[case] added: u128, #[case] name: &str) {
    let mut stage = Stage::due_teddy();
    let seen = stage.preview_liquidate("teddy", Some(ONE)).unwrap();
    stage.deposit("teddy", "LIFE", added).unwrap();
    let wanted = [("LIFE", seen.seized[0].liquidator.u128())];
    stage.refused(name, |s| s.liquidate_for("keeper", "teddy", ONE, &wanted));
    if name != "Slippage" {
        return;
    }
    // Who wants it all the same pays less, and gets the rest back.
    let lusd = stage.wallet("keeper", "LUSD");
    stage.liquidate("keeper", "teddy", ONE).unwrap();
    assert!(lusd - stage.wallet("keeper", "LUSD") < seen.paid.u128());
}

/// Flagged, cured by price alone, cleared by anyone; the price dips again days later: the old
/// flag does not kill, a new grace begins.
#[test]
fn an_old_flag_does_not_kill() {
    let mut stage = Stage::teddy();
    stage.fund_keeper(10);
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    stage.world.wait(GRACE - 100);
    stage.price("LIFE", "0.5");
    stage.clear_flag("bob", "teddy").unwrap();
    stage.price("LIFE", "0.25");
    stage.world.wait(86_400);
    stage.refused("NotFlagged", |s| s.liquidate("keeper", "teddy", ONE));
    stage.flag("other", "teddy").unwrap();
    stage.refused("InGrace", |s| s.liquidate("keeper", "teddy", ONE));
    assert_eq!(
        stage.flag_of("teddy").unwrap().deadline,
        stage.world.now() + GRACE
    );
}

/// A flag that nobody cleared is kept for later: it expires, and does not kill either.
#[test]
fn an_expired_flag_does_not_kill() {
    let mut stage = Stage::due_teddy();
    stage.world.wait(EXPIRY);
    stage.refused("FlagExpired", |s| s.liquidate("keeper", "teddy", ONE));
    stage.flag("bob", "teddy").unwrap();
    stage.refused("InGrace", |s| s.liquidate("keeper", "teddy", ONE));
    // The first flagger has no part in it any more.
    stage.world.wait(GRACE);
    stage.liquidate("keeper", "teddy", ONE).unwrap();
    assert_eq!(stage.rewards("other"), vec![]);
    assert_eq!(stage.rewards("bob"), [("LIFE".to_owned(), 52_941)]);
}

/// The treasury errs while bad debt is covered: the liquidation stands, the pool shares it.
#[rstest]
#[case::switched_off(treasury::ExecuteMsg::SwitchOff { operation: treasury::Operation::Cover }, "guardian")]
#[case::revoked(treasury::ExecuteMsg::Revoke { contract: "minter".into() }, "owner")]
fn a_treasury_that_errs(#[case] msg: treasury::ExecuteMsg, #[case] who: &str) {
    let mut stage = Stage::due_teddy();
    stage.insure(ONE);
    let msg = match msg {
        treasury::ExecuteMsg::Revoke { .. } => treasury::ExecuteMsg::Revoke {
            contract: stage.minter.to_string(),
        },
        other => other,
    };
    stage.other_contract(who, "treasury", &msg).unwrap();
    stage.price("LIFE", "0.06");
    let response = stage.liquidate("keeper", "teddy", ONE).unwrap();
    has_event(
        &response,
        "bad_debt",
        &[
            ("account", stage.at("teddy").as_str()),
            ("amount", "500000"),
            ("covered", "0"),
            ("shared", "500000"),
        ],
    );
    assert_eq!(stage.debt("teddy"), 0);
    assert_eq!(stage.debt("keeper"), 1_000 * ONE + 500_000);
}

/// A debtor stakes some of a token that can be paused, to guard the rest of his debt: the
/// liquidation goes on, and what cannot be sent waits for the liquidator.
#[test]
fn a_token_that_fails_guards_no_debt() {
    let mut stage = Stage::new();
    stage.fund_keeper(2_000);
    stage.deposit("alice", "LIFE", 9_000 * ONE).unwrap();
    stage.deposit("alice", "WETH", ETHER).unwrap();
    stage.mint("alice", None).unwrap();
    stage.price("LIFE", "0.25");
    stage.price("WETH", "1000");
    stage.flag("other", "alice").unwrap();
    stage.world.wait(GRACE);
    let preview = stage.preview_liquidate("alice", None).unwrap();
    let [life, weth] = &preview.seized[..] else {
        panic!("two collaterals")
    };
    let (got_life, got_weth) = (life.liquidator.u128(), weth.liquidator.u128());
    let held = (
        stage.wallet("keeper", "LIFE"),
        stage.wallet("keeper", "WETH"),
    );

    // The token says that the minter has none.
    let (minter, token) = (stage.minter.clone(), stage.at("WETH"));
    let balances: cw_storage_plus::Map<&Addr, Uint128> = cw_storage_plus::Map::new("balance");
    let balance = stage.wallet("synth-minter", "WETH");
    let set = |stage: &mut Stage, balance: u128| {
        let mut storage = stage.world.app.contract_storage_mut(&token);
        balances
            .save(&mut *storage, &minter, &balance.into())
            .unwrap();
    };
    set(&mut stage, 0);
    let response = stage
        .liquidate("keeper", "alice", preview.paid.u128())
        .unwrap();
    has_event(
        &response,
        "undelivered",
        &[
            ("recipient", stage.at("keeper").as_str()),
            ("asset", "WETH"),
            ("amount", &got_weth.to_string()),
        ],
    );
    assert_eq!(stage.after("alice"), preview.after);
    assert_eq!(stage.wallet("keeper", "LIFE"), held.0 + got_life);
    assert_eq!(stage.wallet("keeper", "WETH"), held.1);
    assert_eq!(stage.rewards("keeper"), [("WETH".to_owned(), got_weth)]);
    stage.claim("keeper", &["WETH"]).unwrap_err();

    // It works again: he claims what is his.
    set(&mut stage, balance);
    stage.claim("keeper", &["WETH"]).unwrap();
    assert_eq!(stage.wallet("keeper", "WETH"), held.1 + got_weth);
    assert_eq!(stage.rewards("keeper"), vec![]);
}

// ------------------------------------------------------------------ tokens

/// A cw20 with the dollar's name, or an account, tells the minter that dollars have arrived.
#[test]
fn a_forged_receive() {
    let mut stage = Stage::due_teddy();
    let other = stage.who("other");
    let code = stage.world.app.store_code(ContractKind::Cw20.code());
    let msg = cw20_base::msg::InstantiateMsg {
        name: "Ballast Dollar".into(),
        symbol: "LUSD".into(),
        decimals: 6,
        initial_balances: vec![Cw20Coin {
            address: other.to_string(),
            amount: ONE.into(),
        }],
        mint: None,
        marketing: None,
    };
    let forged = stage
        .world
        .app
        .instantiate_contract(code, other.clone(), &msg, &[], "forged", None)
        .unwrap();
    let hook = ReceiveMsg::Liquidate {
        account: stage.at("teddy").to_string(),
        min_received: vec![],
    };
    let hook = to_json_binary(&hook).unwrap();
    let send = Cw20ExecuteMsg::Send {
        contract: stage.minter.to_string(),
        amount: ONE.into(),
        msg: hook.clone(),
    };
    stage.refused_with("UnknownToken", &[forged.as_str()], |s| {
        s.world.execute(&other, &forged, &send, &[])
    });
    let receive = ExecuteMsg::Receive(Cw20ReceiveMsg {
        sender: other.to_string(),
        amount: ONE.into(),
        msg: hook,
    });
    stage.refused_with("UnknownToken", &[other.as_str()], |s| {
        s.act("other", &receive)
    });
    // Sent without a message the true dollar buys nothing either.
    let (keeper, minter) = (stage.at("keeper"), stage.minter.clone());
    stage
        .world
        .transfer(&keeper, &minter, "LUSD", ONE.into())
        .unwrap();
    assert_eq!(stage.debt("teddy"), ONE);
}

/// Every answer of the minter and the registry that concerns the names.
fn answers(stage: &Stage, names: &[&str]) -> Vec<Json> {
    let mut questions = vec![
        QueryMsg::Config {},
        QueryMsg::Collaterals {},
        QueryMsg::Accounts {
            start_after: None,
            limit: None,
        },
        QueryMsg::Due {
            start_after: None,
            limit: None,
        },
        QueryMsg::TreasuryDue {
            start_after: None,
            limit: None,
        },
        QueryMsg::IssuerReport {},
        QueryMsg::PreviewExchange {
            from: "LUSD".into(),
            to: "sEUR".into(),
            amount: ONE.into(),
        },
    ];
    for name in names {
        let account = stage.at(name).to_string();
        questions.extend([
            QueryMsg::Account {
                account: account.clone(),
            },
            QueryMsg::DebtHedge {
                account: account.clone(),
            },
            QueryMsg::Rewards {
                account: account.clone(),
            },
            QueryMsg::PreviewMint {
                account: account.clone(),
                amount: Some(1u128.into()),
            },
            QueryMsg::PreviewBurn {
                account: account.clone(),
                amount: ONE.into(),
                to_target: false,
            },
            QueryMsg::PreviewLiquidate {
                account,
                amount: None,
            },
        ]);
    }
    let mut found: Vec<Json> = questions
        .iter()
        .map(|question| {
            stage
                .ask::<Json>(question)
                .unwrap_or_else(|error| format!("{error:#}").into())
        })
        .collect();
    let solvency = debt_registry::QueryMsg::Solvency {
        start_after: None,
        limit: None,
    };
    found.push(
        stage
            .world
            .query(&stage.at("debt-registry"), &solvency)
            .unwrap(),
    );
    found
}

/// Collateral and synths are sent straight to the contracts to move somebody's numbers: no
/// answer changes.
#[test]
fn a_donation_changes_nobodys_numbers() {
    let mut stage = Stage::due_teddy();
    stage.liquidate("keeper", "teddy", 100_000).unwrap();
    stage.deposit("bob", "LIFE", 900 * ONE).unwrap();
    stage.mint("bob", None).unwrap();
    stage.exchange("bob", "LUSD", 20 * ONE, "sEUR").unwrap();
    let names = ["teddy", "keeper", "other", "alice"];
    let before = answers(&stage, &names);
    let bob = stage.at("bob");
    for to in ["synth-minter", "debt-registry", "oracle", "treasury"] {
        let to = stage.at(to);
        for (asset, amount) in [
            ("LIFE", 100 * ONE),
            ("WETH", ETHER),
            ("LUSD", ONE),
            ("sEUR", ONE),
        ] {
            stage
                .world
                .transfer(&bob, &to, asset, amount.into())
                .unwrap();
        }
    }
    assert_eq!(answers(&stage, &names), before);
    // And nobody can take them out by the books.
    stage.refused("NothingDue", |s| s.forward(&["LUSD"]));
    let staked = stage.collateral("WETH").total.u128();
    assert_eq!(stage.wallet("synth-minter", "WETH"), staked + ETHER);
}

/// The first depositor mints a unit, shrinks the pool by giving tokens away, and hopes that the
/// next one's debt is rounded up onto him: each owes what he minted, to a unit.
#[rstest]
#[case::a_unit_and_nothing_else(1, 0)]
#[case::two_units_one_donated(2, 1)]
#[case::all_but_one_donated(1_000_000, 999_999)]
#[case::everything_donated(1_000_000, 1_000_000)]
#[case::a_unit_donated(1, 1)]
fn first_depositor_games(#[case] minted: u128, #[case] donated: u128) {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 900 * ONE).unwrap();
    stage.mint("alice", Some(minted)).unwrap();
    if donated > 0 {
        let (alice, registry) = (stage.at("alice"), stage.at("debt-registry"));
        let hook = debt_registry::ReceiveMsg::Donate {};
        stage
            .world
            .send(&alice, "LUSD", donated.into(), &registry, &hook)
            .unwrap();
    }
    assert_eq!(stage.debt("alice"), minted - donated);

    stage.deposit("bob", "LIFE", 9_000 * ONE).unwrap();
    stage.mint("bob", Some(1_000 * ONE - 7)).unwrap();
    let (alice, bob) = (stage.debt("alice"), stage.debt("bob"));
    assert!((1_000 * ONE - 7..=1_000 * ONE - 6).contains(&bob), "{bob}");
    assert!(
        (minted - donated..=minted - donated + 1).contains(&alice),
        "{alice}"
    );

    // Both leave; nobody pays for the other.
    stage.fund_keeper(10);
    give_lusd(&mut stage, "bob", 10);
    stage.burn("bob", 1_000 * ONE).unwrap();
    stage.withdraw("bob", "LIFE", None).unwrap();
    assert_eq!(stage.wallet("bob", "LIFE"), 1_000_000 * ONE);
    assert!(stage.wallet("bob", "LUSD") >= 9);
    assert!(stage.debt("alice") <= minted - donated + 1);
}

/// A tiny first position and a pool that grows through exchanges: rounding moves no more than a
/// unit between accounts.
#[test]
fn tiny_positions_beside_a_large_one() {
    let mut stage = Stage::new();
    for name in ["alice", "bob", "other"] {
        stage.deposit(name, "LIFE", 90_000 * ONE).unwrap();
    }
    stage.mint("alice", Some(1)).unwrap();
    stage.mint("bob", Some(9_999_999_999)).unwrap();
    for n in 1..20 {
        stage.mint("other", Some(n * n)).unwrap();
        stage.burn("other", n).unwrap();
    }
    let minted: u128 = (1..20u128).map(|n| n * n - n).sum();
    let debts = ["alice", "bob", "other"].map(|name| stage.debt(name));
    assert!(debts[0] <= 2);
    assert!(debts[1].abs_diff(9_999_999_999) <= 1);
    assert!(debts[2].abs_diff(minted) <= 1);
    let sum: u128 = debts.iter().sum();
    let pool = stage.pool_debt();
    assert!(pool <= sum && sum <= pool + 3, "{pool} {sum}");
}

/// Exchanging back and forth at unchanged prices never gains, whatever the fee, the amount and
/// the decimals.
#[rstest]
#[case::with_the_usual_fee("0.003")]
#[case::without_any_fee("0")]
fn exchanging_back_and_forth(#[case] fee: &str) {
    let mut stage = Stage::new();
    stage.update_params(|params| params.exchange.base_fee = dec(fee));
    stage.price("sEUR", "1.234567891234567891");
    stage.price("sETH", "1999.999999999999999999");
    for _ in 0..60 {
        stage.world.wait(5);
    }
    stage.deposit("alice", "LIFE", 90_000 * ONE).unwrap();
    stage.mint("alice", None).unwrap();
    let ways: [&[&str]; 4] = [
        &["LUSD", "sEUR", "LUSD"],
        &["LUSD", "sETH", "LUSD"],
        &["LUSD", "sEUR", "sETH", "LUSD"],
        &["LUSD", "sETH", "sEUR", "LUSD"],
    ];
    for way in ways {
        for amount in [2, 3, 7, 999, 1_234_567, 999_999_999] {
            let debt = stage.pool_debt();
            let before = stage.wallet("alice", "LUSD");
            let mut given = amount;
            for pair in way.windows(2) {
                let held = stage.wallet("alice", pair[1]);
                if stage.exchange("alice", pair[0], given, pair[1]).is_err() {
                    break;
                }
                given = stage.wallet("alice", pair[1]) - held;
            }
            assert!(stage.wallet("alice", "LUSD") <= before, "{way:?} {amount}");
            // Nor does it raise anybody's debt.
            assert!(stage.pool_debt() <= debt, "{way:?} {amount}");
        }
    }
}

/// Minting and burning back and forth never gains either.
#[test]
fn minting_and_burning_back_and_forth() {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 9_000 * ONE).unwrap();
    stage.mint("alice", Some(333_333_333)).unwrap();
    stage
        .exchange("alice", "LUSD", 111_111_111, "sEUR")
        .unwrap();
    stage.price("sEUR", "1.333333333333333333");
    stage.deposit("bob", "LIFE", 9_000 * ONE).unwrap();
    let debt = stage.debt("alice");
    for amount in [1, 2, 3, 7, 999, 1_234_567] {
        stage.mint("bob", Some(amount)).unwrap();
        stage.burn("bob", amount).unwrap();
        assert_eq!(stage.wallet("bob", "LUSD"), 0);
    }
    assert!(stage.debt("alice") <= debt);
    assert!(stage.debt("bob") <= 6);
}

/// A feeder's price moves within one block: nobody mints at the old and at the new one.
#[test]
fn two_prices_in_one_block() {
    let mut stage = Stage::teddy();
    let push = |price: &str| ballast_types::oracle::ExecuteMsg::Push {
        prices: vec![PricePush {
            asset: "LIFE".into(),
            price: price.parse::<Decimal>().unwrap(),
            published_at: None,
            confidence: None,
        }],
    };
    stage.price("LIFE", "0.5");
    // The round of this moment is made: the second push is only stored.
    stage
        .other_contract("feeder", "oracle", &push("1"))
        .unwrap();
    stage.refused("ExceedsMaxDebt", |s| s.mint("teddy", Some(1)));
}

/// Coins sent along with a message that takes none would be lost: refused.
#[test]
fn no_coins_are_swallowed() {
    let mut stage = Stage::due_teddy();
    let coins = [Coin::new(1u128, "ulife")];
    let account = stage.at("teddy").to_string();
    for msg in [
        ExecuteMsg::Mint { amount: None },
        ExecuteMsg::Flag { account },
        ExecuteMsg::ForwardToTreasury { assets: vec![] },
    ] {
        stage.refused("Payment", |s| s.act_with("bob", &msg, &coins));
    }
}

// ------------------------------------------------------------------ what backs new debt

/// A holder of dust keeps a door into a collateral that the owner has closed, stakes a fortune
/// of it through the door, and would mint against it.
#[rstest]
#[case::switched_off(None, Some(false))]
#[case::at_its_cap(Some(Uint128::zero()), None)]
fn a_closed_collateral_backs_no_new_debt(
    #[case] cap: Option<Uint128>,
    #[case] enabled: Option<bool>,
) {
    let mut stage = Stage::teddy();
    let update = ExecuteMsg::UpdateCollateral {
        asset: "LIFE".into(),
        terms: None,
        cap,
        enabled,
    };
    stage.act("owner", &update).unwrap();
    let refused = match cap {
        Some(_) => "CapExceeded",
        None => "CollateralDisabled",
    };
    stage.refused(refused, |s| s.deposit("bob", "LIFE", 9 * ONE));

    // It can only make the position safer.
    stage
        .deposit_for("alice", "LIFE", 9_000 * ONE, "teddy")
        .unwrap();
    assert_eq!(stage.account("teddy").mintable, Some(Uint128::zero()));
    stage.refused("ExceedsMaxDebt", |s| s.mint("teddy", Some(1)));
    errs("ExceedsMaxDebt", stage.preview_mint("teddy", Some(1)));
    stage.price("LIFE", "0.25");
    assert_eq!(stage.account("teddy").weak, Some(false));
    stage.withdraw("teddy", "LIFE", Some(8_000 * ONE)).unwrap();
}

/// A final price is announced above the live one: whoever buys now and redeems later would take
/// the difference from the stakers.
#[test]
fn an_announced_retirement_is_no_option() {
    let mut stage = Stage::teddy();
    stage.deposit("alice", "LIFE", 9_000 * ONE).unwrap();
    stage.mint("alice", Some(500 * ONE)).unwrap();
    stage.exchange("alice", "LUSD", 100 * ONE, "sEUR").unwrap();
    let announce = ballast_types::oracle::ExecuteMsg::AnnounceRetirement {
        asset: "sEUR".into(),
        price: dec("1.25"),
    };
    stage.other_contract("owner", "oracle", &announce).unwrap();
    stage.refused("RetiredSynth", |s| {
        s.exchange("alice", "LUSD", 100 * ONE, "sEUR")
    });
    let held = stage.wallet("alice", "sEUR");
    stage.exchange("alice", "sEUR", held / 2, "LUSD").unwrap();

    let cancel = ballast_types::oracle::ExecuteMsg::CancelRetirement {
        asset: "sEUR".into(),
    };
    stage.other_contract("owner", "oracle", &cancel).unwrap();
    stage.exchange("alice", "LUSD", ONE, "sEUR").unwrap();
}

/// Somebody mints up to the dollar's ceiling, to shut the way back into the dollar.
#[test]
fn a_full_ceiling_closes_no_way_into_the_dollar() {
    let mut stage = Stage::teddy();
    stage.deposit("alice", "LIFE", 9_000 * ONE).unwrap();
    stage.mint("alice", Some(500 * ONE)).unwrap();
    stage.exchange("alice", "LUSD", 100 * ONE, "sEUR").unwrap();
    let ceiling = debt_registry::ExecuteMsg::SetCeiling {
        synth: "LUSD".into(),
        ceiling: stage.supply("LUSD").into(),
    };
    stage
        .other_contract("owner", "debt-registry", &ceiling)
        .unwrap();
    stage.refused("CeilingExceeded", |s| s.mint("alice", Some(1)));
    let held = stage.wallet("alice", "sEUR");
    let debt = stage.pool_debt();
    stage.exchange("alice", "sEUR", held, "LUSD").unwrap();
    assert!(stage.pool_debt() <= debt);
    stage.refused("CeilingExceeded", |s| s.mint("alice", Some(1)));
}
