//! Quarantine: a market contract that does not work blocks nobody.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use ballast_types::{
    market::MAX_ANSWER,
    pool_lens::{PollResponse, QuarantineCursor, QuarantineResponse, QueryMsg},
    pool_manager::{ExecuteMsg, Unassigned},
};
use common::*;
use cosmwasm_std::to_json_binary;
use hostile_market::{Mode, Question, Script};
use rstest::rstest;

fn quarantines(stage: &Stage) -> Vec<(bool, Option<String>, String)> {
    let all: Vec<QuarantineResponse> = stage
        .ask(&QueryMsg::Quarantines {
            start_after: None,
            limit: None,
        })
        .unwrap();
    all.into_iter()
        .map(|row| (row.contract == stage.markets[0], row.market_ref, row.reason))
        .collect()
}

fn preview_poll(stage: &Stage) -> PollResponse {
    stage
        .ask(&QueryMsg::PreviewPoll {
            pool: 1u64.into(),
            contract: stage.markets[0].to_string(),
        })
        .unwrap()
}

fn errs_for(market: u64, why: &str) -> Script {
    Script {
        err: Some(why.to_owned()),
        ..script(market, 0, 0)
    }
}

/// Pool 1 with both markets of the first contract, and the trader's 100 in each.
fn both() -> Stage {
    let mut stage = Stage::new();
    stage
        .set_markets(1, &[weight(ETH, 1, 100), weight(BTC, 1, 100)])
        .unwrap();
    stage.lp("alice", LIFE, 3_000 * ONE);
    stage.lp("bob", LIFE, 1_000 * ONE);
    stage.mint("bob", LIFE, Some(500 * ONE)).unwrap();
    stage.give("bob", "trader", 500 * ONE);
    stage.margin("trader", ETH, 100 * ONE).unwrap();
    stage.margin("trader", BTC, 100 * ONE).unwrap();
    stage.sync_pool(1).unwrap();
    stage
}

#[rstest]
#[case::errs(Mode::Errs {}, None)]
#[case::nonsense(Mode::Nonsense {}, None)]
#[case::too_few(Mode::TooFew {}, None)]
#[case::too_many(Mode::TooMany {}, None)]
#[case::bloats(Mode::Bloats { bytes: 5_000 }, None)]
#[case::panics(Mode::Panics {}, None)]
#[case::one_question_alone(Mode::Errs {}, Some(Question::ReportedDebts))]
fn a_failed_poll(#[case] mode: Mode, #[case] to: Option<Question>) {
    let mut stage = both();
    stage.mode(ETH, mode, to);
    assert!(!preview_poll(&stage).healthy);
    stage.wait(DAY);
    let done = stage.undelegate("alice", LIFE, Some(ONE)).unwrap();
    let found = events(&done, "quarantine");
    assert_eq!(found.len(), 1);
    let all = quarantines(&stage);
    assert_eq!((all.len(), all[0].0, &all[0].1), (1, true, &None));
    assert!(all[0].2.len() <= 128);
    assert!(stage.market(ETH).quarantined && stage.market(BTC).quarantined);
    // No new credit: what was burnt may be paid.
    assert_eq!(stage.credit(ETH), 100 * ONE);
    stage.undelegate("alice", LIFE, None).unwrap();
}

/// What exits and mints alone ask fails only there.
#[test]
fn minimum_credits_are_asked_where_room_goes() {
    let mut stage = both();
    stage.mode(ETH, Mode::Errs {}, Some(Question::MinimumCredits));
    stage.sync_pool(1).unwrap();
    stage.lp("alice", LIFE, ONE);
    assert!(quarantines(&stage).is_empty());
    stage.wait(DAY);
    stage.undelegate("bob", LIFE, None).unwrap_err();
    stage.undelegate("alice", LIFE, Some(ONE)).unwrap();
    assert_eq!(quarantines(&stage).len(), 1);
    stage.mode(ETH, Mode::Scripted {}, None);
    stage.end_quarantine("owner", ETH).unwrap();
    stage.mode(ETH, Mode::Errs {}, Some(Question::MinimumCredits));
    stage.mint("alice", LIFE, Some(ONE)).unwrap();
    assert_eq!(quarantines(&stage).len(), 1);
}

/// A name is nothing but a name.
#[test]
fn a_name_that_fails_is_none() {
    let mut stage = both();
    stage.mode(ETH, Mode::Errs {}, Some(Question::MarketName));
    stage.sync_pool(1).unwrap();
    assert!(quarantines(&stage).is_empty());
    assert_eq!(stage.market(ETH).name, None);
}

/// An answer may be so long and no longer, whatever it says: who leaves little gas could have it that
/// a longer one failed.
#[rstest]
#[case::at_the_limit(0, Some("btc"), "x")]
#[case::above(1, None, "an answer of more than 4096 bytes")]
fn long_answers(#[case] above: usize, #[case] market_ref: Option<&str>, #[case] reason: &str) {
    let mut stage = both();
    let around = r#"[{"ok":{"debt":"100000000","stale":false}},{"err":""}]"#.len();
    stage.script(errs_for(BTC, &"x".repeat(MAX_ANSWER - around + above)));
    stage.sync_pool(1).unwrap();
    let [(_, found, why)] = &quarantines(&stage)[..] else {
        panic!("one quarantine")
    };
    assert_eq!(found.as_deref(), market_ref);
    assert!(why.starts_with(reason), "{why}");
}

/// An `err` for one ref is that market's alone.
#[test]
fn one_market_alone() {
    let mut stage = both();
    stage.script(errs_for(BTC, "no price"));
    let poll = preview_poll(&stage);
    assert_eq!(
        (poll.healthy, poll.reports[1].problem.as_deref()),
        (false, Some("no price"))
    );
    let done = stage.sync_pool(1).unwrap();
    let contract = stage.markets[0].to_string();
    has_event(
        &done,
        "quarantine",
        &[
            ("contract", contract.as_str()),
            ("ref", "btc"),
            ("reason", "no price"),
        ],
    );
    assert_eq!(
        quarantines(&stage),
        [(true, Some("btc".to_owned()), "no price".to_owned())]
    );
    assert!(stage.market(BTC).quarantined && !stage.market(ETH).quarantined);
    // The other goes on, with its own weight and no more.
    assert_eq!(stage.market(ETH).capacity.to_string(), "2000");
    assert_eq!(stage.market(BTC).capacity.to_string(), "0");
    stage.report(ETH, 180_000_000);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 60 * ONE);
    stage.refused("InQuarantine", |s| s.sync_market(BTC));
    // Once in quarantine it is not asked, and nothing happens twice.
    assert!(events(&stage.sync_pool(1).unwrap(), "quarantine").is_empty());
}

/// Its report stands; what is paid in and out of it moves no LP's debt; it locks nobody.
#[test]
fn while_it_lasts() {
    let mut stage = both();
    stage.report_and_need(ETH, 160_000_000, 3_000 * ONE);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 45 * ONE);
    stage.quarantine("guardian", ETH).unwrap();
    stage.refused("InQuarantine", |s| s.quarantine("guardian", ETH));
    stage.report(ETH, 900_000_000);
    stage.sync_pool(1).unwrap();
    let debts = |stage: &Stage| (stage.debt("alice", LIFE), stage.debt("bob", LIFE));
    assert_eq!(debts(&stage), (45 * ONE, 515 * ONE));
    assert_eq!(stage.credit(ETH), 160 * ONE);
    stage.margin("trader", ETH, 50 * ONE).unwrap();
    stage.draw(ETH, "trader", 205 * ONE).unwrap();
    stage
        .play(ETH, vec![], vec![fees(ETH, 5 * ONE, false)])
        .unwrap();
    stage.refused("ExceedsCredit", |s| s.draw(ETH, "trader", 1));
    stage.sync_pool(1).unwrap();
    assert_eq!(debts(&stage), (45 * ONE, 515 * ONE));
    // Nobody was behind it any more: its fee went to the treasury.
    assert_eq!(stage.fees("alice", LIFE), 0);
    stage.wait(DAY);
    stage.give("trader", "alice", 45 * ONE);
    stage.burn("alice", LIFE, 45 * ONE).unwrap();
    stage.undelegate("alice", LIFE, None).unwrap();
}

/// Out of quarantine, nobody carries what it won or lost meanwhile.
#[test]
fn the_end() {
    let mut stage = both();
    stage.mode(ETH, Mode::Errs {}, None);
    stage.sync_market(BTC).unwrap();
    assert_eq!(quarantines(&stage).len(), 1);
    for who in ["guardian", "alice"] {
        stage.refused("Ownership", |s| s.end_quarantine(who, ETH));
    }
    stage.refused("PollFailed", |s| s.end_quarantine("owner", ETH));
    stage.mode(ETH, Mode::Scripted {}, None);
    stage.script(errs_for(ETH, "never"));
    stage.report(BTC, 140_000_000);
    let done = stage.end_quarantine("owner", ETH).unwrap();
    let contract = stage.markets[0].to_string();
    has_event(
        &done,
        "end_quarantine",
        &[("contract", contract.as_str()), ("markets", "1")],
    );
    assert_eq!(
        quarantines(&stage),
        [(true, Some("eth".to_owned()), "never".to_owned())]
    );
    // Though nobody had acted since.
    assert_eq!(stage.debt("alice", LIFE), 0);
    assert_eq!(
        stage.unassigned(),
        [(Unassigned::Market(BTC.into()), 40_000_000)]
    );
    stage.refused("PollFailed", |s| s.end_quarantine("owner", ETH));
    stage.report(ETH, 100_000_000);
    stage.end_quarantine("owner", ETH).unwrap();
    stage.refused("NotInQuarantine", |s| s.end_quarantine("owner", ETH));
    assert!(quarantines(&stage).is_empty());
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.market(ETH).capacity.to_string(), "2000");
}

/// A pool is not behind it meanwhile, whether it has acted or not.
#[rstest]
#[case::acted(true)]
#[case::did_not(false)]
fn who_is_in_its_pools_carries_nothing(#[case] acted: bool) {
    let mut stage = both();
    stage.quarantine("owner", ETH).unwrap();
    if acted {
        stage.sync_pool(1).unwrap();
    }
    stage.report(ETH, 500_000_000);
    stage.end_quarantine("owner", ETH).unwrap();
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 0);
    assert_eq!(
        stage.unassigned(),
        [(Unassigned::Market(ETH.into()), 400_000_000)]
    );
}

#[test]
fn check_market_quarantines_what_fails_and_nothing_else() {
    let mut stage = both();
    let before = stage.dump();
    let done = stage.check_market(1, ETH).unwrap();
    assert!(events(&done, "quarantine").is_empty());
    assert!(stage.dump() == before);
    stage.script(errs_for(BTC, "no price"));
    let done = stage.check_market(1, ETH).unwrap();
    assert_eq!(attribute(&done, "quarantine", "ref"), "btc");
    stage.mode(ETH, Mode::Nonsense {}, None);
    let done = stage.check_market(1, ETH).unwrap();
    assert_eq!(attribute(&done, "quarantine", "ref"), "");
    let done = stage.check_market(1, ETH).unwrap();
    assert!(events(&done, "quarantine").is_empty());
    stage.refused("NotInPool", |s| s.check_market(1, SOL));
    stage.refused("UnknownPool", |s| s.check_market(9, ETH));
    let msg = ExecuteMsg::PollForCheck {
        pool: 1u64.into(),
        contract: stage.markets[0].to_string(),
    };
    for who in ["owner", "guardian", "paula"] {
        stage.refused("Unauthorized", |s| s.act(who, &msg));
    }
    errs(
        "NotInPool",
        stage.ask::<PollResponse>(&QueryMsg::PreviewPoll {
            pool: 1u64.into(),
            contract: stage.markets[1].to_string(),
        }),
    );
}

#[test]
fn who_may() {
    let mut stage = both();
    for who in ["paula", "alice", "trader"] {
        stage.refused("NeitherGuardianNorOwner", |s| s.quarantine(who, ETH));
    }
    let unknown = |name: &str| addr(name).into_string();
    let put = ExecuteMsg::Quarantine {
        contract: unknown("nobody"),
    };
    stage.refused("UnknownMarket", |s| s.act("guardian", &put));
    let end = ExecuteMsg::EndQuarantine {
        contract: unknown("nobody"),
    };
    stage.refused("UnknownMarket", |s| s.act("owner", &end));
    let done = stage.quarantine("guardian", ETH).unwrap();
    let contract = stage.markets[0].to_string();
    has_event(
        &done,
        "quarantine",
        &[
            ("contract", contract.as_str()),
            ("ref", ""),
            ("reason", "by the guardian"),
        ],
    );
    stage.quarantine("guardian", SOL).unwrap();
    let page = |start_after: Option<QuarantineCursor>| -> Vec<QuarantineResponse> {
        stage
            .ask(&QueryMsg::Quarantines {
                start_after,
                limit: Some(1),
            })
            .unwrap()
    };
    let first = page(None);
    let second = page(Some(QuarantineCursor {
        contract: first[0].contract.to_string(),
        market_ref: None,
    }));
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first[0].contract, second[0].contract);
    assert_eq!(first[0].since, stage.now());
}

/// A market must not ask the manager while it answers. If it does, it sees the books of before.
#[test]
fn a_market_that_asks_back() {
    let mut stage = both();
    let question = to_json_binary(&ballast_types::pool_manager::QueryMsg::Credit {
        contract: stage.markets[0].to_string(),
        market_ref: "eth".into(),
    })
    .unwrap();
    stage.mode(ETH, Mode::Asks { question }, None);
    stage.report(ETH, 180_000_000);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 60 * ONE);
}
