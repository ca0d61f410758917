//! What somebody tries who wants dollars that are not his (DESIGN §6, in brackets).
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use ballast_types::pool_manager::{ExecuteMsg, MAX_STREAM_SECS, Schedule, Unassigned};
use common::*;
use cw_multi_test::Executor;
use rstest::rstest;

/// Deposit 10 through a market, mint the profit of 10 as its LP, leave, and let the market withdraw
/// the same 10: twelve rounds made 40,960.
#[test]
fn a_burnt_dollar_is_not_paid_out_twice() {
    let mut stage = Stage::with_market();
    let second = stage.pool("paula", DAY);
    stage.lp("alice", (second, "LIFE"), 1_000 * ONE);
    stage
        .mint("alice", (second, "LIFE"), Some(10 * ONE))
        .unwrap();
    stage.give("alice", "trader", 10 * ONE);
    for round in 0..12 {
        let all = stage.dollars("trader");
        assert_eq!(all, 10 * ONE, "round {round}");
        stage.lp("trader", LIFE, 100 * ONE);
        stage.margin("trader", ETH, all).unwrap();
        stage.report(ETH, 0);
        stage.wait(DAY);
        stage.undelegate("trader", LIFE, None).unwrap();
        // He has his credit, and nobody is left behind the market.
        assert_eq!(stage.dollars("trader"), all);
        assert_eq!(stage.credit(ETH), 0, "round {round}");
        stage.refused("ExceedsCredit", |s| s.draw(ETH, "trader", 1));
    }
    assert_eq!(stage.supply(), 10 * ONE);
}

/// The same without leaving: the profit is minted, and what the market draws then is the LP's debt.
#[test]
fn nor_by_an_lp_who_stays() {
    let mut stage = Stage::with_market();
    stage.lp("trader", LIFE, 100 * ONE);
    stage.mint("trader", LIFE, Some(10 * ONE)).unwrap();
    for _ in 0..12 {
        let all = stage.dollars("trader");
        stage.margin("trader", ETH, all).unwrap();
        stage.report(ETH, 0);
        stage.sync_pool(1).unwrap();
        stage.draw(ETH, "trader", all).unwrap();
        stage.sync_pool(1).unwrap();
    }
    assert_eq!(stage.dollars("trader"), stage.debt("trader", LIFE));
}

/// A trader's paper profit that no LP carries is not paid out of what others have burnt.
#[test]
fn paper_is_not_paid_with_money() {
    let mut stage = Stage::open();
    // Behind `sol` is nobody. Two traders have put in 100 each, and one has won 50 on paper.
    stage.margin("trader", SOL, 200 * ONE).unwrap();
    stage.report(SOL, 250_000_000);
    stage.sync_market(SOL).unwrap();
    let at = Unassigned::Market(SOL.into());
    assert_eq!(stage.unassigned(), [(at, 50_000_000)]);
    let credit = stage.credit(SOL);
    assert_eq!(credit, 150 * ONE);
    stage.refused("ExceedsCredit", |s| s.draw(SOL, "trader", credit + 1));
    // It reverses, and everybody has what he put in.
    stage.report(SOL, 200_000_000);
    stage.sync_market(SOL).unwrap();
    assert!(stage.unassigned().is_empty());
    stage.pay_out(SOL, "trader", 200 * ONE, 0).unwrap();
}

/// LPs who are given no loss, for their collateral had no price when it was divided, and whose room
/// opens again when it has one: a friend who trades would be paid what nobody owes.
#[test]
fn paper_is_not_paid_with_room_that_opens_later() {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 500 * ONE).unwrap();
    stage.kill("LIFE");
    stage.report(ETH, 1_500_000_000);
    stage.sync_pool(1).unwrap();
    let at = Unassigned::Market(ETH.into());
    assert_eq!(stage.unassigned(), [(at, 1_000_000_000)]);
    stage.price("LIFE", "1");
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.unassigned(), [(at, 1_000_000_000)]);
    assert_eq!(stage.market(ETH).room.u128(), 3_500 * ONE);
    // What was burnt may be paid, and the profit may not.
    assert_eq!(stage.credit(ETH), 500 * ONE);
    stage.refused("ExceedsCredit", |s| {
        s.pay_out(ETH, "trader", 500 * ONE + 1, 999_999_999)
    });
    stage
        .pay_out(ETH, "trader", 500 * ONE, 1_000_000_000)
        .unwrap();
    assert_eq!(stage.supply(), 500 * ONE);
    // What is won from now on has somebody who owes it, and is paid.
    stage.report(ETH, 1_200_000_000);
    assert_eq!(stage.credit(ETH), 0);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.credit(ETH), 200 * ONE);
    stage
        .pay_out(ETH, "trader", 200 * ONE, 1_000_000_000)
        .unwrap();
    assert_eq!(stage.debt("alice", LIFE), 150 * ONE);
}

/// More room by a new LP pays nothing of it either.
#[test]
fn nor_with_the_room_of_who_comes_later() {
    let mut stage = Stage::open();
    stage.report(ETH, 5_000_000_000);
    stage.sync_pool(1).unwrap();
    let at = Unassigned::Market(ETH.into());
    assert_eq!(stage.unassigned(), [(at, 1_500_000_000)]);
    assert_eq!(stage.credit(ETH), 2_000 * ONE);
    stage.lp("carol", WETH, 100 * ETHER);
    // Given: 3,500.
    assert_eq!(stage.credit(ETH), 3_500 * ONE);
    stage
        .pay_out(ETH, "trader", 3_500 * ONE, 1_500_000_000)
        .unwrap();
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.credit(ETH), 0);
    stage.refused("ExceedsCredit", |s| s.draw(ETH, "trader", 1));
    assert_eq!(stage.holds("carol", WETH), (100 * ETHER, 0, 0));
    // All dollars there are, are owed.
    let owed: u128 = stage.pool_of(1).owed.to_string().parse().unwrap();
    assert_eq!(stage.supply(), owed);
}

/// An LP who enters beside debt that nobody carries owes nothing of it, and earns nothing when it
/// falls.
#[test]
fn who_enters_beside_unassigned_debt_is_not_touched_by_it() {
    let mut stage = Stage::open();
    stage.report(ETH, 4_000_000_000);
    stage.sync_pool(1).unwrap();
    let at = Unassigned::Market(ETH.into());
    assert_eq!(stage.unassigned(), [(at, 500_000_000)]);
    stage.lp("carol", WETH, 10 * ETHER);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.holds("carol", WETH), (10 * ETHER, 0, 0));
    // A fall meets it first.
    stage.report(ETH, 3_600_000_000);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.unassigned(), [(at, 100_000_000)]);
    assert_eq!(stage.holds("carol", WETH), (10 * ETHER, 0, 0));
    assert_eq!(stage.debt("alice", LIFE), 2_625 * ONE);
}

/// A deposit just before a fee earns nothing of what was earned before, wherever that waits.
#[rstest]
#[case::at_the_market(&[])]
#[case::at_the_pool(&["market"])]
#[case::at_the_vault(&["market", "pool"])]
fn a_deposit_earns_no_fee_of_before(#[case] synced: &[&str]) {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 500 * ONE).unwrap();
    stage.pay_fees(ETH, 80 * ONE, 420_000_000).unwrap();
    for level in synced {
        match *level {
            "market" => stage.sync_market(ETH).unwrap(),
            _ => stage.sync_pool(1).unwrap(),
        };
    }
    stage.lp("carol", LIFE, 96_000 * ONE);
    stage.lp("carol", WETH, 50 * ETHER);
    assert_eq!(stage.fees("carol", LIFE) + stage.fees("carol", WETH), 0);
    assert_eq!(stage.fees("alice", LIFE), 60 * ONE);
    // Of the next she has her part: half of all is in WETH, 96 % of the rest is hers.
    stage.pay_fees(ETH, 200 * ONE, 220_000_000).unwrap();
    assert_eq!(stage.fees("carol", WETH), 100 * ONE);
    assert_eq!(stage.fees("carol", LIFE), 96 * ONE);
    stage.claim_fees("alice", &[LIFE]).unwrap();
    assert_eq!(stage.dollars("alice"), 63 * ONE);
    stage.refused("NothingDue", |s| s.claim_fees("alice", &[LIFE]));
    let twice = [WETH, WETH, LIFE, LIFE];
    stage.claim_fees("carol", &twice).unwrap();
    assert_eq!(stage.dollars("carol"), 196 * ONE);
}

/// Leaving before a loss is known to the pool does not leave it to the others.
#[test]
fn nobody_leaves_before_his_loss() {
    let mut stage = Stage::open();
    stage.wait(DAY);
    stage.report(ETH, 400_000_000);
    stage.refused("StillOwes", |s| s.undelegate("alice", LIFE, None));
    assert_eq!(stage.debt("alice", LIFE), 300 * ONE);
    stage
        .burn_for("trader", Some("alice"), LIFE, 300 * ONE)
        .unwrap();
    stage.undelegate("alice", LIFE, None).unwrap();
    assert_eq!(stage.debt("bob", LIFE), 600 * ONE);
}

/// In and out, mint and burn, at unchanged prices and reports: nobody is richer, and nobody poorer.
#[test]
fn no_round_trip_pays() {
    let mut stage = Stage::open();
    stage.report(ETH, 123_456_789);
    stage.sync_pool(1).unwrap();
    let bob = stage.holds("bob", LIFE);
    let alice = stage.holds("alice", LIFE);
    for _ in 0..5 {
        stage.lp("carol", LIFE, 777_777_777);
        stage.mint("carol", LIFE, None).unwrap();
        stage.sync_pool(1).unwrap();
        stage.wait(DAY);
        let owed = stage.debt("carol", LIFE);
        assert!(owed <= stage.dollars("carol") + 1);
        stage
            .burn("carol", LIFE, owed.min(stage.dollars("carol")))
            .unwrap();
        stage.undelegate("carol", LIFE, None).unwrap();
        assert_eq!(stage.dollars("carol"), 0);
    }
    stage.withdraw("carol", "LIFE", None).unwrap();
    assert_eq!(stage.wallet("carol", "LIFE"), WEALTH * ONE);
    assert_eq!(stage.holds("bob", LIFE), bob);
    assert_eq!(stage.holds("alice", LIFE), alice);
}

/// A vault's first depositor cannot round later ones down to nothing.
#[test]
fn no_inflation_of_a_share() {
    let mut stage = Stage::with_market();
    stage.lp("carol", LIFE, 1);
    // Collateral that is sent without a message is in no book.
    let manager = stage.manager.clone();
    let coins = cosmwasm_std::coins(1_000 * ONE, "ulife");
    stage
        .app
        .send_tokens(addr("carol"), manager, &coins)
        .unwrap();
    stage.lp("alice", LIFE, 10);
    assert_eq!(stage.holds("alice", LIFE).0, 10);
    assert_eq!(stage.holds("carol", LIFE).0, 1);
}

/// A market that lies as much as it can takes what LPs are ready to carry, and not a unit more.
#[test]
fn a_market_that_lies_is_bounded_by_its_credit() {
    let mut stage = Stage::open();
    stage.set_cut(1, "creator", None, 20).unwrap();
    stage.report(ETH, i128::MAX);
    stage.sync_pool(1).unwrap();
    stage.report(ETH, 0);
    for _ in 0..5 {
        let calls = vec![
            withdrawal(ETH, "trader", u128::MAX, true),
            fees(ETH, u128::MAX, true),
        ];
        stage
            .play(ETH, vec![script(ETH, i128::MAX, 0)], calls)
            .unwrap();
        stage.sync_pool(1).unwrap();
        stage.report(ETH, 0);
        stage.sync_pool(1).unwrap();
        stage.sync_market(ETH).unwrap();
    }
    // LPs had 4,000 of value behind it, 500 of which they owed.
    let owed: u128 = stage.pool_of(1).owed.to_string().parse().unwrap();
    assert!(
        owed <= 4_000 * ONE && stage.supply() <= 4_000 * ONE + 500 * ONE,
        "{owed}"
    );
}

/// A distributor that says it holds more than an index can: every act of those who earn of it would
/// err, and they could neither leave nor be liquidated.
#[rstest]
#[case::of_a_vault(Some("LIFE"))]
#[case::of_a_pool(None)]
fn no_stream_is_too_large_to_leave(#[case] asset: Option<&str>) {
    const MOST: u128 = 1 << 96;
    let mut stage = Stage::open();
    stage.allow(1, "paula", &addr("dan"), true).unwrap();
    let open = |amount: u128, schedule| ExecuteMsg::OpenStream {
        target: target(1, asset),
        label: "x".into(),
        amount: amount.into(),
        schedule,
    };
    let at_once = Some(Schedule {
        start: None,
        duration_secs: 1,
    });
    for (amount, schedule) in [(MOST + 1, at_once), (u128::MAX, at_once), (u128::MAX, None)] {
        stage.refused("OutOfRange", |s| s.act("dan", &open(amount, schedule)));
    }
    // In one lane, in all.
    stage.act("dan", &open(MOST - 5, None)).unwrap();
    stage.refused("OutOfRange", |s| s.act("dan", &open(6, None)));
    for label in 1..10 {
        let long = Schedule {
            start: None,
            duration_secs: if label % 2 == 0 { MAX_STREAM_SECS } else { 1 },
        };
        let msg = ExecuteMsg::OpenStream {
            target: target(1, asset),
            label: label.to_string(),
            amount: MOST.into(),
            schedule: Some(long),
        };
        stage.act("dan", &msg).unwrap();
    }
    stage.wait(DAY);
    stage.undelegate("alice", LIFE, None).unwrap();
    stage.wait(300 * 365 * DAY);
    stage.lp("carol", LIFE, 1_000 * ONE);
    stage.price("LIFE", "0.7");
    stage.liquidate("keeper", "bob", LIFE).unwrap();
    stage.price("LIFE", "0.3");
    stage
        .liquidate_last("trader", "carol", LIFE, 500 * ONE, 0)
        .unwrap();
}

/// What a market has won or lost while it was in quarantine, and the fees that it pays meanwhile, are
/// not for the one pool that nobody has touched: anyone may sync the others.
#[rstest]
#[case::won(0, -400_000_000)]
#[case::lost(700_000_000, 300_000_000)]
fn nobody_chooses_for_whom_a_quarantine_was(#[case] report: i128, #[case] unassigned: i128) {
    let mut stage = Stage::open();
    let second = stage.pool("paula", DAY);
    stage.set_markets(second, &[weight(ETH, 1, 100)]).unwrap();
    stage.lp("carol", (second, "LIFE"), 4_000 * ONE);
    stage.margin("trader", ETH, 410 * ONE).unwrap();
    stage.report(ETH, 410_000_000);
    stage.sync_market(ETH).unwrap();
    stage.quarantine("guardian", ETH).unwrap();
    stage.sync_pool(1).unwrap();
    stage.pay_fees(ETH, 10 * ONE, report).unwrap();
    stage.end_quarantine("owner", ETH).unwrap();
    stage.sync_pool(1).unwrap();
    stage.sync_pool(second).unwrap();
    let carol = (second, "LIFE");
    assert_eq!(stage.holds("carol", carol), (4_000 * ONE, 0, 0));
    assert_eq!(stage.fees("carol", carol), 0);
    assert_eq!(stage.debt("alice", LIFE), 0);
    let at = Unassigned::Market(ETH.into());
    assert_eq!(stage.unassigned(), [(at, unassigned)]);
}

/// What it has drawn on its pools before is theirs.
#[test]
fn a_quarantine_takes_no_debt_off_its_pools() {
    let mut stage = Stage::open();
    stage.draw(ETH, "trader", 400 * ONE).unwrap();
    stage.quarantine("guardian", ETH).unwrap();
    stage.end_quarantine("owner", ETH).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 300 * ONE);
    assert!(stage.unassigned().is_empty());
}

/// What a market has won before a pool is behind it is not for its LPs, however the market is named.
#[rstest]
#[case::of_lps_who_wait(true)]
#[case::of_an_empty_pool(false)]
fn a_new_market_brings_nothing_of_before(#[case] has_lps: bool) {
    let mut stage = Stage::open();
    stage.set_markets(1, &[weight(ETH, 1, 50)]).unwrap();
    stage.margin("trader", ETH, 100 * ONE).unwrap();
    let second = stage.pool("paula", DAY);
    let vault = (second, "LIFE");
    if has_lps {
        stage.lp("carol", vault, 40_000 * ONE);
    }
    // A profit that the first pool has not taken yet.
    stage.report(ETH, 0);
    stage.set_markets(second, &[weight(ETH, 1, 100)]).unwrap();
    if has_lps {
        stage.wait(9 * DAY);
        stage.sync_pool(second).unwrap();
    } else {
        stage.lp("carol", vault, 40_000 * ONE);
    }
    stage.sync_pool(second).unwrap();
    assert_eq!(stage.holds("carol", vault), (40_000 * ONE, 0, 0));
    assert_eq!(stage.holds("alice", LIFE).2, 75 * ONE);
}

/// Nor does a pool that leaves a market leave it its loss.
#[test]
fn a_pool_takes_its_loss_along() {
    let mut stage = Stage::open();
    let second = stage.pool("paula", DAY);
    stage.set_markets(second, &[weight(ETH, 1, 100)]).unwrap();
    stage.lp("carol", (second, "LIFE"), 4_000 * ONE);
    stage.report(ETH, 400_000_000);
    stage.set_markets(1, &[]).unwrap();
    stage.sync_pool(second).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 150 * ONE);
    assert_eq!(stage.debt("carol", (second, "LIFE")), 200 * ONE);
    // Behind it no more.
    stage.report(ETH, 500_000_000);
    stage.sync_pool(second).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 150 * ONE);
    assert_eq!(stage.debt("carol", (second, "LIFE")), 300 * ONE);
}

/// An owner changes all that he may: LPs leave when they could before.
#[test]
fn an_owner_holds_nobody() {
    let mut stage = Stage::open();
    for asset in ["LIFE", "WETH"] {
        let mut terms = vault_terms();
        terms.min_ratio = Some(cosmwasm_std::Decimal::MAX);
        terms.cap = cosmwasm_std::Uint128::zero();
        terms.enabled = false;
        stage.set_vault(1, "paula", asset, terms).unwrap();
    }
    stage
        .set_markets(1, &[weight(ETH, u128::MAX, 100)])
        .unwrap();
    let time = ExecuteMsg::SetDelegationTime {
        pool: 1u64.into(),
        delegation_secs: 30 * DAY,
    };
    stage.act("paula", &time).unwrap();
    stage.set_cut(1, "paula", None, 50).unwrap();
    stage.allow(1, "paula", &addr("paula"), true).unwrap();
    for (lane, asset) in (0..20).map(|lane| (lane, (lane % 2 == 0).then_some("LIFE"))) {
        let open = ExecuteMsg::OpenStream {
            target: target(1, asset),
            label: lane.to_string(),
            amount: 7u128.into(),
            schedule: None,
        };
        stage.act("paula", &open).unwrap();
    }
    stage.wait(DAY);
    stage.undelegate("alice", LIFE, Some(1_000 * ONE)).unwrap();
    stage.undelegate("alice", LIFE, None).unwrap();
    stage.withdraw("alice", "LIFE", None).unwrap();
    assert_eq!(stage.wallet("alice", "LIFE"), WEALTH * ONE);
    stage
        .burn_for("trader", Some("bob"), LIFE, 500 * ONE)
        .unwrap();
    stage.undelegate("bob", LIFE, None).unwrap();
}

/// A donation lets a market pay what it owes, each unit another that was burnt, and nothing is minted
/// by it.
#[test]
fn a_donation_is_paid_once() {
    let mut stage = Stage::open();
    stage.margin("trader", SOL, 100 * ONE).unwrap();
    stage.report(SOL, 150_000_000);
    stage.sync_market(SOL).unwrap();
    assert_eq!(stage.credit(SOL), 50 * ONE);
    let at = Unassigned::Market(SOL.into());
    stage.donate("trader", at, 20 * ONE).unwrap();
    assert_eq!(stage.credit(SOL), 90 * ONE);
    stage.donate("trader", at, 30 * ONE).unwrap();
    assert_eq!(stage.credit(SOL), 150 * ONE);
    stage.pay_out(SOL, "trader", 150 * ONE, 0).unwrap();
    stage.sync_market(SOL).unwrap();
    assert_eq!(stage.credit(SOL), 0);
    stage.refused("ExceedsCredit", |s| s.draw(SOL, "trader", 1));
    assert_eq!(stage.supply(), 500 * ONE);
}

/// A credit is minted, or paid to who leaves, or first in part the one and then the other.
#[test]
fn a_credit_is_paid_once() {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 400 * ONE).unwrap();
    stage.report(ETH, 0);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.holds("alice", LIFE).2, 300 * ONE);
    stage.mint("alice", LIFE, Some(100 * ONE)).unwrap();
    stage.wait(DAY);
    stage.undelegate("alice", LIFE, Some(2_999 * ONE)).unwrap();
    assert_eq!(stage.dollars("alice"), 100 * ONE);
    stage.undelegate("alice", LIFE, None).unwrap();
    assert_eq!(stage.dollars("alice"), 300 * ONE);
    stage.refused("NoPosition", |s| s.undelegate("alice", LIFE, None));
    stage.refused("NoPosition", |s| s.mint("alice", LIFE, Some(1)));
    stage.lp("alice", LIFE, ONE);
    assert_eq!(stage.holds("alice", LIFE), (ONE, 0, 0));
}

/// Who has left with fees and rewards that wait keeps them, whoever claims what for him, and earns
/// nothing of what comes while he is away.
#[test]
fn anothers_claim_forgets_nothing() {
    let mut stage = Stage::open();
    let distributor = stage.distributor(1, "paula");
    let vault = target(1, Some("LIFE"));
    stage
        .fund("trader", &distributor, 400, vault.clone(), None)
        .unwrap();
    stage.margin("trader", ETH, 80 * ONE).unwrap();
    stage.pay_fees(ETH, 40 * ONE, 40_000_000).unwrap();
    stage.wait(DAY);
    stage.undelegate("alice", LIFE, None).unwrap();
    let claim = ExecuteMsg::ClaimFees {
        account: Some(addr("alice").to_string()),
        vaults: vec![key(LIFE)],
    };
    stage.act("keeper", &claim).unwrap();
    assert_eq!(stage.dollars("alice"), 30 * ONE);
    stage
        .fund("trader", &distributor, 400, vault, None)
        .unwrap();
    stage.lp("alice", LIFE, 9_000 * ONE);
    assert_eq!(stage.earned("alice", LIFE), [(1, 300)]);
    assert_eq!(stage.earned("bob", LIFE), [(1, 500)]);
    stage.claim_rewards("alice", LIFE, &[1]).unwrap();
    stage.refused("NothingDue", |s| s.claim_rewards("alice", LIFE, &[1]));
}
