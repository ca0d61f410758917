//! Fees, cuts, streams and gifts.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use anyhow::Result as AnyResult;
use ballast_types::{
    pool_lens::{EarnedResponse, QueryMsg, StreamResponse},
    pool_manager::{ExecuteMsg, MAX_STREAM_SECS, OpenStreamResponse, Schedule, Target},
};
use common::*;
use cosmwasm_std::{Decimal, Uint128};
use cw_multi_test::AppResponse;
use rstest::rstest;

/// As a distributor does, without tokens.
fn open(
    stage: &mut Stage,
    who: &str,
    target: Target,
    label: &str,
    amount: u128,
    schedule: Option<Schedule>,
) -> AnyResult<AppResponse> {
    let msg = ExecuteMsg::OpenStream {
        target,
        label: label.to_owned(),
        amount: amount.into(),
        schedule,
    };
    stage.act(who, &msg)
}

fn days(days: u64) -> Option<Schedule> {
    Some(Schedule {
        start: None,
        duration_secs: days * DAY,
    })
}

/// Dan may open streams for pool 1.
fn with_dan() -> Stage {
    let mut stage = Stage::open();
    stage.allow(1, "paula", &addr("dan"), true).unwrap();
    stage
}

// ---------------------------------------------------------------- streams

/// DESIGN §7: 700 over 7 days pay a holder of half the shares 50 after one day.
#[test]
fn fifty_after_a_day() {
    let mut stage = Stage::with_market();
    stage.lp("alice", LIFE, 100);
    stage.lp("carol", LIFE, 100);
    let distributor = stage.distributor(1, "paula");
    stage
        .fund(
            "keeper",
            &distributor,
            700,
            target(1, Some("LIFE")),
            Some(7),
        )
        .unwrap();
    stage.wait(DAY);
    assert_eq!(stage.earned("carol", LIFE), [(1, 50)]);
    let done = stage.claim_rewards("carol", LIFE, &[1]).unwrap();
    let carol = addr("carol").into_string();
    has_event(
        &done,
        "claim_rewards",
        &[
            ("account", carol.as_str()),
            ("pool", "1"),
            ("asset", "LIFE"),
            ("stream", "1"),
            ("amount", "50"),
        ],
    );
    assert_eq!(stage.wallet("carol", "LIFE"), WEALTH * ONE - 100 + 50);
    stage.refused("NothingDue", |s| s.claim_rewards("carol", LIFE, &[1]));
    stage.wait(60 * DAY);
    stage.claim_rewards("carol", LIFE, &[1]).unwrap();
    // For another, and it goes to him.
    let for_alice = ExecuteMsg::ClaimRewards {
        account: Some(addr("alice").into_string()),
        vault: key(LIFE),
        streams: vec![1u64.into()],
    };
    stage.act("carol", &for_alice).unwrap();
    let paid = ["alice", "carol"].map(|who| stage.wallet(who, "LIFE") + 100 - WEALTH * ONE);
    assert_eq!(paid, [350, 350]);
}

/// By value over vaults, by shares over accounts, and shares count for the time they were there.
#[test]
fn for_a_whole_pool() {
    let mut stage = with_dan();
    stage.lp("carol", WETH, 2 * ETHER);
    let all = target(1, None);
    let done = open(&mut stage, "dan", all.clone(), "native:x", 800, days(8)).unwrap();
    let (dan, end) = (addr("dan").into_string(), stage.now() + 8 * DAY);
    has_event(
        &done,
        "open_stream",
        &[
            ("stream", "1"),
            ("distributor", dan.as_str()),
            ("label", "native:x"),
            ("pool", "1"),
            ("asset", ""),
            ("amount", "800"),
            ("ends_at", end.to_string().as_str()),
        ],
    );
    stage.wait(4 * DAY);
    assert_eq!(stage.earned("carol", WETH), [(1, 200)]);
    assert_eq!(stage.earned("alice", LIFE), [(1, 150)]);
    // The other vault is worth three times as much from now on.
    stage.lp("carol", WETH, 4 * ETHER);
    stage.wait(4 * DAY);
    assert_eq!(stage.earned("carol", WETH), [(1, 500)]);
    assert_eq!(stage.earned("alice", LIFE), [(1, 225)]);
    assert_eq!(stage.earned("bob", LIFE), [(1, 75)]);
    let streams = stage.streams(all);
    assert_eq!((streams[0].amount.u128(), streams[0].ends_at), (800, None));
}

/// What was spread and not paid, whoever has taken what of it over.
#[rstest]
#[case::of_a_vault(Some("LIFE"), 4, 3)]
#[case::of_a_pool(None, 8, 3)]
fn what_is_unclaimed(#[case] asset: Option<&str>, #[case] parts: u128, #[case] alices: u128) {
    let mut stage = Stage::open();
    stage.lp("carol", WETH, 2 * ETHER);
    let distributor = stage.distributor(1, "paula");
    let at = || target(1, asset);
    let unclaimed = |stage: &Stage| stage.streams(at())[0].unclaimed.u128();
    let (gift, streamed) = (10 * parts, 100 * parts);
    stage
        .fund("keeper", &distributor, gift, at(), None)
        .unwrap();
    assert_eq!(unclaimed(&stage), gift);
    stage
        .fund("keeper", &distributor, streamed, at(), Some(4))
        .unwrap();
    stage.wait(DAY);
    assert_eq!(unclaimed(&stage), gift + streamed / 4);
    stage.sync_pool(1).unwrap();
    stage.lp("alice", LIFE, ONE);
    stage.lp("carol", WETH, 1);
    assert_eq!(unclaimed(&stage), gift + streamed / 4);
    stage.claim_rewards("alice", LIFE, &[1]).unwrap();
    assert_eq!(unclaimed(&stage), gift + streamed / 4 - 35 * alices);
    stage.wait(9 * DAY);
    assert_eq!(unclaimed(&stage), gift + streamed - 35 * alices);
}

/// Gifts and streams of one target, distributor and label are one lane.
#[test]
fn lanes() {
    let mut stage = with_dan();
    let at = || target(1, Some("LIFE"));
    let first = open(&mut stage, "dan", at(), "cw20:a", 400, None).unwrap();
    let id = |done: &AppResponse| data::<OpenStreamResponse>(done).stream.u64();
    assert_eq!(id(&first), 1);
    let done = open(&mut stage, "dan", at(), "cw20:a", 400, days(4)).unwrap();
    assert_eq!(id(&done), 1);
    stage.refused("StreamRuns", |s| open(s, "dan", at(), "cw20:a", 1, days(1)));
    let done = open(&mut stage, "dan", at(), "cw20:a", 40, None).unwrap();
    assert_eq!(id(&done), 1);
    let done = open(&mut stage, "dan", at(), "cw20:b", 1, days(1)).unwrap();
    assert_eq!(id(&done), 2);
    stage.wait(5 * DAY);
    assert_eq!(stage.earned("alice", LIFE), [(1, 630), (2, 0)]);
    // Spent, it may run again; what was earned stays.
    open(&mut stage, "dan", at(), "cw20:a", 80, days(2)).unwrap();
    stage.wait(DAY);
    assert_eq!(stage.earned("alice", LIFE)[0], (1, 660));
    let stream = &stage.streams(at())[0];
    assert_eq!(
        (
            stream.amount.u128(),
            stream.label.as_str(),
            &stream.distributor
        ),
        (920, "cw20:a", &addr("dan"))
    );
    for number in 0..8 {
        open(&mut stage, "dan", at(), &format!("{number}"), 1, None).unwrap();
    }
    stage.refused("TooManyStreams", |s| {
        open(s, "dan", at(), "one more", 1, None)
    });
    open(&mut stage, "dan", target(1, None), "one more", 1, None).unwrap();
    let page: Vec<StreamResponse> = stage
        .ask(&QueryMsg::Streams {
            target: at(),
            start_after: Some(2u64.into()),
            limit: Some(3),
        })
        .unwrap();
    let ids: Vec<_> = page.iter().map(|stream| stream.stream.u64()).collect();
    assert_eq!(ids, [3, 4, 5]);
}

#[test]
fn streams_that_are_refused() {
    let mut stage = with_dan();
    let at = || target(1, Some("LIFE"));
    stage.refused("NotADistributor", |s| open(s, "paula", at(), "x", 1, None));
    stage.refused("UnknownPool", |s| {
        open(s, "dan", target(9, None), "x", 1, None)
    });
    stage.refused("NoVault", |s| {
        open(s, "dan", target(1, Some("DOGE")), "x", 1, None)
    });
    stage.refused("ZeroAmount", |s| open(s, "dan", at(), "x", 0, None));
    stage.refused("InvalidLabel", |s| open(s, "dan", at(), "", 1, None));
    stage.refused("InvalidLabel", |s| {
        open(s, "dan", at(), &"x".repeat(129), 1, None)
    });
    stage.refused("ZeroDuration", |s| open(s, "dan", at(), "x", 1, days(0)));
    let past = Some(Schedule {
        start: Some(stage.now() - 1),
        duration_secs: 1,
    });
    stage.refused("StartInPast", |s| open(s, "dan", at(), "x", 1, past));
    stage.refused("NoShares", |s| {
        open(s, "dan", target(1, Some("WETH")), "x", 1, None)
    });
    stage.refused("OutOfRange", |s| open(s, "dan", at(), "x", u128::MAX, None));
    stage.allow(1, "paula", &addr("dan"), false).unwrap();
    stage.refused("NotADistributor", |s| open(s, "dan", at(), "x", 1, None));

    stage.refused("UnknownStream", |s| s.claim_rewards("alice", LIFE, &[1]));
    stage.refused("NoPosition", |s| s.claim_rewards("keeper", LIFE, &[1]));
    stage.refused("NothingDue", |s| s.claim_rewards("alice", LIFE, &[]));
    stage.refused("TooMany", |s| s.claim_rewards("alice", LIFE, &[1; 11]));
}

#[test]
fn no_stream_takes_more_than_ten_years() {
    let mut stage = with_dan();
    let at = || target(1, Some("LIFE"));
    let secs = |duration_secs| {
        Some(Schedule {
            start: None,
            duration_secs,
        })
    };
    for longer in [MAX_STREAM_SECS + 1, u64::MAX] {
        let text = stage.refused("TooLong", |s| open(s, "dan", at(), "x", 1, secs(longer)));
        assert!(text.ends_with("TooLong: a stream takes at most 315360000 s"));
    }
    open(&mut stage, "dan", at(), "x", 400, secs(MAX_STREAM_SECS)).unwrap();
    stage.wait(MAX_STREAM_SECS);
    assert_eq!(stage.earned("alice", LIFE), [(1, 300)]);
}

/// One unit over 2⁶⁴ seconds would hold a lane for ever: a stranger opens no stream, not for a second
/// either, and his gift stops nobody's.
#[test]
fn a_stranger_holds_no_lane() {
    let mut stage = Stage::open();
    let distributor = stage.distributor(1, "paula");
    stage.mint_denom("mallory", "ulife", 5);
    let at = || target(1, Some("LIFE"));
    for duration_secs in [u64::MAX, MAX_STREAM_SECS, 1] {
        let schedule = Some(Schedule {
            start: None,
            duration_secs,
        });
        stage.refused("NotAFunder", |s| {
            s.fund_on("mallory", &distributor, 1, at(), schedule)
        });
    }
    stage.fund("mallory", &distributor, 4, at(), None).unwrap();
    stage
        .fund("keeper", &distributor, 400, at(), Some(4))
        .unwrap();
    stage.wait(4 * DAY);
    assert_eq!(stage.earned("alice", LIFE), [(1, 303)]);
    stage
        .fund("keeper", &distributor, 400, at(), Some(4))
        .unwrap();
}

/// A stream starts when it says; one that has begun goes on after its distributor was dismissed.
#[test]
fn a_later_start() {
    let mut stage = with_dan();
    let later = Some(Schedule {
        start: Some(stage.now() + DAY),
        duration_secs: DAY,
    });
    open(&mut stage, "dan", target(1, Some("LIFE")), "x", 400, later).unwrap();
    stage.allow(1, "paula", &addr("dan"), false).unwrap();
    stage.wait(DAY);
    assert_eq!(stage.earned("alice", LIFE), [(1, 0)]);
    stage.wait(DAY / 2);
    assert_eq!(stage.earned("alice", LIFE), [(1, 150)]);
    stage.wait(DAY);
    assert_eq!(stage.earned("alice", LIFE), [(1, 300)]);
}

/// What was earned outlives the position, and a new position earns from its beginning.
#[test]
fn who_leaves_keeps_what_he_earned() {
    let mut stage = Stage::open();
    let distributor = stage.distributor(1, "paula");
    stage
        .fund(
            "keeper",
            &distributor,
            400,
            target(1, Some("LIFE")),
            Some(4),
        )
        .unwrap();
    stage.wait(2 * DAY);
    stage.undelegate("alice", LIFE, None).unwrap();
    stage.withdraw("alice", "LIFE", None).unwrap();
    stage.wait(DAY);
    assert_eq!(stage.earned("alice", LIFE), [(1, 150)]);
    assert_eq!(stage.earned("bob", LIFE), [(1, 150)]);
    stage.lp("alice", LIFE, 1_000 * ONE);
    assert_eq!(stage.earned("alice", LIFE), [(1, 150)]);
    stage.wait(DAY);
    assert_eq!(stage.earned("alice", LIFE), [(1, 200)]);
    stage.claim_rewards("alice", LIFE, &[1]).unwrap();
    // Liquidated, likewise.
    stage.price("LIFE", "0.7");
    stage.liquidate("keeper", "bob", LIFE).unwrap();
    assert_eq!(stage.earned("bob", LIFE), [(1, 200)]);
    stage.claim_rewards("bob", LIFE, &[1]).unwrap();
}

// ---------------------------------------------------------------- fees and cuts

#[test]
fn fees_are_claimed_by_anyone_for_the_account() {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 100 * ONE).unwrap();
    stage.pay_fees(ETH, 40 * ONE, 60_000_000).unwrap();
    let claim = ExecuteMsg::ClaimFees {
        account: Some(addr("alice").into_string()),
        vaults: vec![key(LIFE)],
    };
    let done = stage.act("keeper", &claim).unwrap();
    let alice = addr("alice").into_string();
    has_event(
        &done,
        "claim_fees",
        &[
            ("account", alice.as_str()),
            ("pool", "1"),
            ("asset", "LIFE"),
            ("amount", "30000000"),
        ],
    );
    assert_eq!(
        (stage.dollars("alice"), stage.dollars("keeper")),
        (30 * ONE, 0)
    );
    stage.refused("NothingDue", |s| s.act("keeper", &claim));
    stage.refused("NothingDue", |s| s.claim_fees("bob", &[]));
    stage.refused("TooMany", |s| s.claim_fees("bob", &[LIFE; 17]));
    stage.refused("NoPosition", |s| s.claim_fees("bob", &[LIFE, WETH]));
    // They are no debt, and wait after all else has gone.
    stage.wait(DAY);
    stage
        .burn_for("trader", Some("bob"), LIFE, 400 * ONE)
        .unwrap();
    stage.give("alice", "bob", 30 * ONE);
    stage.lp("carol", LIFE, 100 * ONE);
    stage.mint("carol", LIFE, None).unwrap();
    stage.give("carol", "bob", 50 * ONE);
    stage.mint("alice", LIFE, Some(20 * ONE)).unwrap();
    stage.give("alice", "bob", 20 * ONE);
    stage.burn("bob", LIFE, 100 * ONE).unwrap();
    stage.undelegate("bob", LIFE, None).unwrap();
    assert_eq!(stage.fees("bob", LIFE), 10 * ONE);
    stage.claim_fees("bob", &[LIFE]).unwrap();
    assert_eq!(stage.dollars("bob"), 10 * ONE);
    stage.refused("NoPosition", |s| s.claim_fees("bob", &[LIFE]));
}

/// What an LP is paid before anybody acts on the pool is not given to him again by who does, and the
/// others get theirs.
#[test]
fn fees_are_paid_once() {
    let acts: [fn(&mut Stage); 4] = [
        |stage| drop(stage.sync_pool(1).unwrap()),
        |stage| stage.lp("alice", LIFE, 10 * ONE),
        |stage| stage.lp("bob", LIFE, 10 * ONE),
        |stage| stage.lp("carol", LIFE, 10 * ONE),
    ];
    for act in acts {
        let mut stage = Stage::open();
        stage.margin("trader", ETH, 200 * ONE).unwrap();
        stage.pay_fees(ETH, 40 * ONE, 160_000_000).unwrap();
        stage.claim_fees("alice", &[LIFE]).unwrap();
        assert_eq!(stage.dollars("alice"), 30 * ONE);
        stage.refused("NothingDue", |s| s.claim_fees("alice", &[LIFE]));
        stage.pay_fees(ETH, 20 * ONE, 140_000_000).unwrap();
        assert_eq!(stage.fees("alice", LIFE), 15 * ONE);
        act(&mut stage);
        assert_eq!(stage.fees("alice", LIFE), 15 * ONE);
        assert_eq!(stage.fees("bob", LIFE), 15 * ONE);
        stage.claim_fees("alice", &[LIFE]).unwrap();
        assert_eq!(stage.dollars("alice"), 45 * ONE);
        act(&mut stage);
        stage.refused("NothingDue", |s| s.claim_fees("alice", &[LIFE]));
    }
}

/// Claims ask no market and need no price.
#[test]
fn claims_poll_nothing() {
    let mut stage = Stage::open();
    stage.set_cut(1, "creator", None, 50).unwrap();
    stage.wait(3 * DAY);
    stage.sync_pool(1).unwrap();
    stage.margin("trader", ETH, 100 * ONE).unwrap();
    stage.pay_fees(ETH, 40 * ONE, 60_000_000).unwrap();
    stage.mode(ETH, hostile_market::Mode::Errs {}, None);
    stage.switch_off_everything();
    stage.kill("LIFE");
    let done = stage.claim_fees("alice", &[LIFE]).unwrap();
    assert!(events(&done, "quarantine").is_empty());
    let done = stage.claim_cut(1, "creator").unwrap();
    let creator = addr("creator").into_string();
    has_event(
        &done,
        "claim_cut",
        &[
            ("pool", "1"),
            ("payee", creator.as_str()),
            ("amount", "20000000"),
        ],
    );
    assert!(events(&done, "quarantine").is_empty());
    stage.refused("NothingDue", |s| s.claim_cut(1, "creator"));
    stage.refused("UnknownCut", |s| s.claim_cut(1, "alice"));
    stage.refused("UnknownPool", |s| s.claim_cut(9, "alice"));
}

/// A cut is never of fees that were earned before, however late they are taken.
#[test]
fn a_cut_that_rises_waits_three_days() {
    let mut stage = Stage::open();
    let done = stage.set_cut(1, "creator", None, 50).unwrap();
    let creator = addr("creator").into_string();
    has_event(
        &done,
        "set_cut",
        &[
            ("pool", "1"),
            ("payee", creator.as_str()),
            ("market", "all"),
            ("rate", "0.5"),
        ],
    );
    let cut = &stage.cuts(1)[0];
    let rise = cut.rise.as_ref().unwrap();
    assert_eq!(
        (cut.rate, rise.rate, rise.at),
        (Decimal::zero(), Decimal::percent(50), stage.now() + 3 * DAY)
    );
    stage.margin("trader", ETH, 500 * ONE).unwrap();
    stage.pay_fees(ETH, 40 * ONE, 460_000_000).unwrap();
    stage.wait(4 * DAY);
    // Earned before and after; the pool has taken none of it yet.
    stage.pay_fees(ETH, 60 * ONE, 400_000_000).unwrap();
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.cuts(1)[0].due.u128(), 0);
    stage.pay_fees(ETH, 100 * ONE, 300_000_000).unwrap();
    assert_eq!(stage.cuts(1)[0].due.u128(), 50 * ONE);
    assert_eq!(stage.fees("alice", LIFE), 112_500_000);
    // A lower one counts at once, and not for what was earned until now.
    stage.set_cut(1, "creator", None, 10).unwrap();
    stage.pay_fees(ETH, 100 * ONE, 200_000_000).unwrap();
    assert_eq!(stage.cuts(1)[0].due.u128(), 60 * ONE);
    // Ended, it is remembered until it is paid.
    stage.set_cut(1, "creator", None, 0).unwrap();
    stage.pay_fees(ETH, 100 * ONE, 100_000_000).unwrap();
    assert_eq!(stage.cuts(1)[0].due.u128(), 60 * ONE);
    stage.claim_cut(1, "creator").unwrap();
    assert!(stage.cuts(1).is_empty());
}

#[rstest]
#[case::one(&[51], 0)]
#[case::several(&[30, 20, 1], 2)]
#[case::above_all(&[200], 0)]
fn all_cuts_are_half_at_most(#[case] rates: &[u64], #[case] allowed: usize) {
    let mut stage = Stage::open();
    for (at, rate) in rates.iter().enumerate() {
        let payee = format!("payee {at}");
        if at < allowed {
            stage.set_cut(1, &payee, None, *rate).unwrap();
        } else {
            stage.refused("CutsTooHigh", |s| s.set_cut(1, &payee, None, *rate));
        }
    }
}

#[test]
fn sixteen_cuts() {
    let mut stage = Stage::open();
    for number in 0..16 {
        stage
            .set_cut(1, &format!("payee {number}"), None, 1)
            .unwrap();
    }
    stage.refused("TooMany", |s| s.set_cut(1, "payee 16", None, 1));
    stage.set_cut(1, "payee 3", None, 0).unwrap();
    stage.set_cut(1, "payee 16", Some(ETH), 1).unwrap();
    stage.refused("UnknownMarket", |s| s.set_cut(1, "payee 1", Some(SOL), 1));
}

/// The cut of a market that has left the pool can be ended: it counts towards the half.
#[test]
fn the_cut_of_a_market_that_was_left_can_be_ended() {
    let mut stage = Stage::open();
    stage.set_cut(1, "creator", Some(ETH), 50).unwrap();
    stage.set_markets(1, &[]).unwrap();
    stage.refused("CutsTooHigh", |s| s.set_cut(1, "other", None, 1));
    stage.refused("UnknownMarket", |s| s.set_cut(1, "creator", Some(ETH), 1));
    stage.set_cut(1, "creator", Some(ETH), 0).unwrap();
    stage.set_cut(1, "other", None, 50).unwrap();
}

/// What a position has earned, in one answer.
#[test]
fn earned() {
    let mut stage = with_dan();
    open(&mut stage, "dan", target(1, None), "x", 400, None).unwrap();
    stage.margin("trader", ETH, 100 * ONE).unwrap();
    stage.pay_fees(ETH, 40 * ONE, 60_000_000).unwrap();
    let earned: EarnedResponse = stage
        .ask(&QueryMsg::Earned {
            account: addr("alice").into_string(),
            vault: key(LIFE),
        })
        .unwrap();
    assert_eq!(earned.fees, Uint128::new(30 * ONE));
    assert_eq!(earned.rewards[0].amount.u128(), 300);
    assert_eq!(earned.rewards[0].distributor, addr("dan"));
}
