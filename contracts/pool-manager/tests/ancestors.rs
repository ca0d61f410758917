//! What went wrong in protocols of this kind before, each as a test that fails where it goes wrong
//! again. Most of it is of Synthetix V3, whose chain of shares this one follows (DESIGN §6).
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use ballast_types::{
    market::{ManagerMsg, WithdrawMarketUsd},
    pool_manager::{ExecuteMsg, Schedule, Unassigned},
};
use common::*;
use cosmwasm_std::{WasmMsg, to_json_binary};
use hostile_market::Call;
use rstest::rstest;

/// Dollars printed twice: debt that a level had not delivered yet was divided by the shares after a
/// change, once for those who were there and once for who came. Source: Synthetix V3, where a vault's
/// shares in a pool, or a pool's in a market, changed before every level was flushed (DESIGN §6).
///
/// 400 were burnt; whatever is done to the shares before they are delivered, 400 are owed to LPs.
#[rstest]
#[case::more_collateral_in_one_vault(&["delegate alice", "delegate carol"])]
#[case::who_comes_to_one_vault(&["delegate bob"])]
#[case::a_dearer_vault(&["price 4000", "delegate alice"])]
#[case::a_cheaper_vault(&["price 500", "delegate carol"])]
#[case::one_vault_leaves(&["leave carol"])]
#[case::one_vault_leaves_and_comes_back(&["leave carol", "delegate carol", "price 9000"])]
#[case::the_pool_knows_and_the_vault_does_not(&["sync", "price 500", "delegate alice", "delegate carol"])]
#[case::other_weights(&["weights", "delegate alice"])]
#[case::a_new_market_takes_its_place(&["wait", "weights", "delegate carol", "sync"])]
fn debt_that_is_not_delivered_is_divided_once(#[case] acts: &[&str]) {
    let mut stage = Stage::with_market();
    stage.lp("alice", LIFE, 2_000 * ONE);
    stage.lp("carol", WETH, ETHER);
    stage.mint("alice", LIFE, Some(400 * ONE)).unwrap();
    stage.give("alice", "trader", 400 * ONE);
    stage.wait(DAY);
    stage.margin("trader", ETH, 400 * ONE).unwrap();
    stage.report(ETH, 0);
    let mut paid = 0;
    for act in acts {
        let (name, what) = act.split_once(' ').unwrap_or((act, ""));
        match name {
            "delegate" if what != "carol" => stage.lp(what, LIFE, 50_000 * ONE),
            "delegate" => stage.lp("carol", WETH, 50 * ETHER),
            "price" => stage.price("WETH", what),
            "leave" => {
                let before = stage.dollars(what);
                stage.undelegate(what, WETH, None).unwrap();
                paid += stage.dollars(what) - before;
            }
            "weights" => {
                let some = [weight(ETH, 1, 50), weight(SOL, 1, 50)];
                stage.set_markets(1, &some).unwrap();
            }
            "wait" => stage.wait(8 * DAY),
            _ => drop(stage.sync_pool(1).unwrap()),
        }
    }
    stage.sync_pool(1).unwrap();
    let (_, debt, credit) = stage.holds("alice", LIFE);
    let carol = stage
        .ask::<ballast_types::pool_lens::PositionResponse>(
            &ballast_types::pool_lens::QueryMsg::Position {
                account: addr("carol").into_string(),
                vault: key(WETH),
            },
        )
        .map_or(0, |position| position.credit.u128());
    let alice = 400 * ONE - debt + credit;
    // Alice's half came to her before anybody changed anything, and Carol's to her.
    assert!(alice.abs_diff(200 * ONE) <= 1, "{alice}");
    assert!(
        (carol + paid).abs_diff(200 * ONE) <= 1,
        "{carol} and {paid}"
    );
    assert!(alice + carol + paid <= 400 * ONE);
    if acts.contains(&"delegate bob") {
        assert_eq!(stage.holds("bob", LIFE), (50_000 * ONE, 0, 0));
    }
}

/// A profit that arises while nobody is there waits for the first LP, who comes with a dust and takes
/// all of it. Source: vaults that start with an empty share count; here as U below zero (DESIGN §6).
#[test]
fn a_profit_does_not_wait_for_the_first_lp() {
    let mut stage = Stage::open();
    // The market `sol` has no pool, and its traders have lost 100.
    stage.margin("trader", SOL, 100 * ONE).unwrap();
    stage.report(SOL, 0);
    let second = stage.pool("paula", DAY);
    stage.set_markets(second, &[weight(SOL, 1, 100)]).unwrap();
    stage.lp("carol", (second, "LIFE"), 10);
    stage.sync_pool(second).unwrap();
    assert_eq!(stage.holds("carol", (second, "LIFE")), (10, 0, 0));
    let at = Unassigned::Market(SOL.into());
    assert_eq!(stage.unassigned(), [(at, -100_000_000)]);
    // It is not paid to the market either.
    assert_eq!(stage.credit(SOL), 100 * ONE + 10);
    stage.refused("ExceedsCredit", |s| s.draw(SOL, "carol", 100 * ONE + 11));
    stage.wait(DAY);
    stage.undelegate("carol", (second, "LIFE"), None).unwrap();
    assert_eq!(stage.dollars("carol"), 0);
}

/// The same one level below: the pool has LPs, and the first one of another vault enters after the
/// profit.
#[test]
fn nor_for_the_first_lp_of_a_vault() {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 400 * ONE).unwrap();
    stage.report(ETH, 0);
    stage.lp("carol", WETH, 50 * ETHER);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.holds("carol", WETH), (50 * ETHER, 0, 0));
    assert_eq!(stage.holds("alice", LIFE).2, 300 * ONE);
}

/// A distributor whose payout fails, and which nothing can make work. Source: hooks of reward
/// distributors in the middle of delegation and liquidation (DESIGN §7).
#[test]
fn a_distributor_blocks_no_exit_and_no_liquidation() {
    let mut stage = Stage::open();
    // A contract that knows no `payout`.
    let hostile = stage.markets[1].clone();
    stage.allow(1, "paula", &hostile, true).unwrap();
    for asset in [None, Some("LIFE")] {
        let open = ExecuteMsg::OpenStream {
            target: target(1, asset),
            label: "native:nothing".into(),
            amount: (700 * ONE).into(),
            schedule: Some(Schedule {
                start: None,
                duration_secs: 7 * DAY,
            }),
        };
        let call = Call::Other(
            WasmMsg::Execute {
                contract_addr: stage.manager.to_string(),
                msg: to_json_binary(&open).unwrap(),
                funds: vec![],
            }
            .into(),
        );
        stage.play(SOL, vec![], vec![call]).unwrap();
    }
    stage.wait(DAY);
    let earned = stage.earned("alice", LIFE);
    assert_eq!(earned.len(), 2);
    let streams: Vec<_> = earned.iter().map(|(stream, _)| *stream).collect();
    assert!(stage.claim_rewards("alice", LIFE, &streams).is_err());
    // It earns on, and everybody leaves, is liquidated, and is paid what works.
    stage.margin("trader", ETH, 10 * ONE).unwrap();
    stage.pay_fees(ETH, 4 * ONE, 6_000_000).unwrap();
    stage.claim_fees("alice", &[LIFE]).unwrap();
    stage.undelegate("alice", LIFE, Some(500 * ONE)).unwrap();
    stage.price("LIFE", "0.7");
    stage.liquidate("keeper", "bob", LIFE).unwrap();
    stage
        .burn_for("trader", Some("alice"), LIFE, 490 * ONE)
        .unwrap();
    assert_eq!(stage.debt("alice", LIFE), 10 * ONE);
    stage.mint("alice", LIFE, Some(10 * ONE)).unwrap();
    stage.burn("alice", LIFE, 13 * ONE).unwrap();
    stage.price("LIFE", "1");
    stage.mint("alice", LIFE, Some(7 * ONE)).unwrap();
    stage.burn("alice", LIFE, 7 * ONE).unwrap();
    stage.lp("carol", LIFE, 10);
    stage.wait(DAY);
    stage.mint("alice", LIFE, Some(7 * ONE)).unwrap();
    stage.burn("alice", LIFE, 7 * ONE).unwrap();
    stage.undelegate("carol", LIFE, None).unwrap();
    // The rewards wait where they are, also after all collateral has left.
    let before = stage.earned("bob", LIFE);
    assert!(before.iter().all(|(_, amount)| *amount > 0));
}

/// A market that is taken off the end of the list was never looked at by the loop over the new list,
/// and its lock was skipped. Source: Synthetix V3, `setPoolConfiguration` (DESIGN §6: "the last one
/// too").
#[rstest]
#[case::the_first(&[BTC, SOL])]
#[case::the_middle(&[ETH, SOL])]
#[case::the_last(&[ETH, BTC])]
#[case::all_but_the_first(&[ETH])]
#[case::all(&[])]
fn a_removed_market_is_locked_wherever_it_stands(#[case] left: &[u64]) {
    let mut stage = Stage::new();
    let all: Vec<_> = [ETH, BTC, SOL]
        .map(|market| weight(market, 1, 100))
        .to_vec();
    stage.set_markets(1, &all).unwrap();
    stage.lp("alice", LIFE, 3_000 * ONE);
    let kept: Vec<_> = all
        .iter()
        .filter(|weight| left.contains(&weight.market.u64()))
        .copied()
        .collect();
    for market in [ETH, BTC, SOL]
        .iter()
        .filter(|market| !left.contains(market))
    {
        let mut stage_with_need = |minimum| stage.report_and_need(*market, 0, minimum);
        stage_with_need(900 * ONE);
    }
    let why = stage.refused("MinimumCredit", |s| s.set_markets(1, &kept));
    assert!(why.contains("900000000"), "{why}");
    let problem = stage.preview_markets(1, &kept).problem.unwrap();
    assert!(problem.starts_with("MinimumCredit: "), "{problem}");
    for market in [ETH, BTC, SOL] {
        stage.report(market, 0);
    }
    stage.set_markets(1, &kept).unwrap();
    assert_eq!(stage.pool_of(1).markets.len(), kept.len());
}

/// A vault was liquidated whole, and totals above it still counted what it had owed. Source:
/// Synthetix V3, `liquidateVault`, which begins a new epoch of the vault.
#[test]
fn no_total_is_left_behind_by_the_liquidation_of_a_vault() {
    let mut stage = Stage::open();
    stage.lp("carol", WETH, ETHER);
    stage.mint("carol", WETH, Some(1_000 * ONE)).unwrap();
    stage.give("carol", "keeper", 1_000 * ONE);
    stage.report(ETH, 300_000_000);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.pool_of(1).owed.to_string(), "1800000000");
    stage.price("WETH", "500");
    stage
        .liquidate_last("keeper", "carol", WETH, 1_000 * ONE, 0)
        .unwrap();
    // 1,800 less the 454.545455 that were paid; all of it in the other vault.
    let pool = stage.pool_of(1);
    assert_eq!(pool.owed.to_string(), "1345454545");
    let vaults: Vec<_> = pool
        .vaults
        .iter()
        .map(|vault| (vault.owed.to_string(), vault.collateral.u128()))
        .collect();
    assert_eq!(
        vaults,
        [("1345454545".to_owned(), 4_000 * ONE), ("0".to_owned(), 0)]
    );
    let market = stage.market(ETH);
    assert_eq!(market.load.u128(), 1_345_454_545);
    assert_eq!(market.capacity.to_string(), "4000");
    // The vault begins again with nothing.
    stage.lp("carol", WETH, ETHER);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.holds("carol", WETH), (ETHER, 0, 0));
}

/// After 99.9999999999 % of a vault was liquidated, and again, until one share in 10²⁵ is left, debt
/// and collateral are still exact, and a deposit still buys shares. Source: Synthetix V3, whose share
/// counts stayed as they were.
#[test]
fn no_precision_is_lost_when_nearly_all_of_a_vault_is_liquidated() {
    let mut stage = Stage::with_market();
    stage.checks = false;
    stage.mint_denom("whale", "ulife", u128::MAX >> 34);
    stage.lp("bob", WETH, ETHER);
    stage.lp("carol", LIFE, 1);
    for _ in 0..13 {
        let held = stage.holds("carol", LIFE).0;
        let whale = held * 90;
        stage.lp("whale", LIFE, whale);
        let dollars = stage.preview_mint("whale", LIFE, None).unwrap().amount;
        stage.mint("whale", LIFE, None).unwrap();
        stage.price("LIFE", "0.7");
        stage.liquidate("keeper", "whale", LIFE).unwrap();
        stage.price("LIFE", "1");
        stage.give("whale", "keeper", dollars.u128());
        let owed = stage.debt("carol", LIFE);
        // The keeper pays what fell on Carol.
        stage.burn_for("keeper", Some("carol"), LIFE, owed).unwrap();
        assert_eq!(stage.debt("carol", LIFE), 0);
    }
    let (collateral, debt, credit) = stage.holds("carol", LIFE);
    let vault = &stage.pool_of(1).vaults[0];
    assert_eq!(vault.collateral.u128(), collateral);
    assert!(collateral > 10u128.pow(25) && debt + credit == 0);
    stage.assert_sound();
    stage.checks = true;
    // A unit of debt and one of fees reach her, and a second holder gets his part of more.
    stage.wait(DAY);
    stage.undelegate("bob", WETH, None).unwrap();
    stage.report(ETH, 1);
    stage.sync_pool(1).unwrap();
    let owed = stage.debt("carol", LIFE);
    assert!((1..=2).contains(&owed), "{owed}");
    stage.lp("alice", LIFE, ONE);
    let (held, owed, _) = stage.holds("alice", LIFE);
    assert!(
        (ONE - 1..=ONE).contains(&held) && owed == 0,
        "{held}, {owed}"
    );
    let part = i128::try_from(collateral / 1_000_000).unwrap();
    stage.report(ETH, 1 + part * 3 + 3);
    stage.sync_pool(1).unwrap();
    let alice = stage.debt("alice", LIFE);
    assert!((3..=4).contains(&alice), "{alice}");
}

/// A stream that ran while nobody was there paid the time that had passed to who came first. Source:
/// Synthetix `StakingRewards`, whose clock runs over an empty contract.
#[rstest]
#[case::of_a_vault(Some("LIFE"))]
#[case::of_a_pool(None)]
fn a_stream_pays_no_time_that_had_passed(#[case] asset: Option<&str>) {
    let mut stage = Stage::with_market();
    let distributor = stage.distributor(1, "paula");
    stage
        .fund("keeper", &distributor, 700 * ONE, target(1, asset), Some(7))
        .unwrap();
    stage.wait(3 * DAY);
    stage.lp("carol", LIFE, ONE);
    assert_eq!(stage.earned("carol", LIFE), [(1, 0)]);
    stage.refused("NothingDue", |s| s.claim_rewards("carol", LIFE, &[1]));
    stage.wait(DAY);
    assert_eq!(stage.earned("carol", LIFE), [(1, 100 * ONE)]);
    // Its end has moved.
    let stream = &stage.streams(target(1, asset))[0];
    assert_eq!(stream.ends_at, Some(stage.now() + 6 * DAY));
    stage.claim_rewards("carol", LIFE, &[1]).unwrap();
    stage.wait(30 * DAY);
    stage.claim_rewards("carol", LIFE, &[1]).unwrap();
    assert_eq!(
        stage.wallet("carol", "LIFE"),
        WEALTH * ONE - ONE + 700 * ONE
    );
}

/// What a market calls in the middle of its own message asks nothing back. Source: reentrancy into
/// markets whose books are half written.
#[test]
fn what_a_market_calls_polls_nothing() {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 100 * ONE).unwrap();
    stage.mode(ETH, hostile_market::Mode::Errs {}, None);
    let call = Call::Manager(ManagerMsg::WithdrawMarketUsd(WithdrawMarketUsd {
        market_ref: "eth".into(),
        amount: (10 * ONE).into(),
        recipient: addr("trader").into_string(),
        or_less: false,
    }));
    let done = stage.play(ETH, vec![], vec![call]).unwrap();
    assert!(events(&done, "quarantine").is_empty());
    stage.margin("trader", ETH, ONE).unwrap();
    let done = stage
        .play(ETH, vec![], vec![fees(ETH, ONE, false)])
        .unwrap();
    assert!(events(&done, "quarantine").is_empty());
}
