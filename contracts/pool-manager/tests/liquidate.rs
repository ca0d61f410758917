//! Liquidation: to peers, and of a last holder for dollars.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use ballast_types::{
    pool_lens::{DueCursor, DueResponse, LiquidationKind, QueryMsg},
    pool_manager::{ExecuteMsg, ReceiveMsg, Unassigned},
};
use common::*;
use cosmwasm_std::from_json;

/// Bob's 1,000 LIFE and 500 of debt go to Alice; the keeper gets ten dollars' worth.
#[test]
fn to_peers() {
    let mut stage = Stage::open();
    stage.refused("NotLiquidatable", |s| s.liquidate("keeper", "bob", LIFE));
    // At 150 % it is not due, a hundred-millionth below it is.
    stage.price("LIFE", "0.75");
    assert_eq!(stage.position("bob", LIFE).liquidatable, Some(false));
    stage.refused("NotLiquidatable", |s| s.liquidate("keeper", "bob", LIFE));
    stage.price("LIFE", "0.7");
    let preview = stage.preview_liquidate("bob", LIFE, None).unwrap();
    assert_eq!(preview.kind, LiquidationKind::ToPeers);
    assert_eq!(preview.received.u128(), 14_285_714);
    assert_eq!(preview.received_value.to_string(), "9.9999998");
    let done = stage.liquidate("keeper", "bob", LIFE).unwrap();
    let (bob, keeper) = (addr("bob").into_string(), addr("keeper").into_string());
    has_event(
        &done,
        "liquidate",
        &[
            ("account", bob.as_str()),
            ("pool", "1"),
            ("asset", "LIFE"),
            ("keeper", keeper.as_str()),
            ("paid", "0"),
            ("received", "14285714"),
            ("debt_closed", "500000000"),
            ("debt_left", "0"),
        ],
    );
    assert!(events(&done, "bad_debt").is_empty());
    assert_eq!(stage.free("keeper", "LIFE"), 14_285_714);
    assert_eq!(stage.holds("alice", LIFE), (3_985_714_286, 500 * ONE, 0));
    stage.refused("NoPosition", |s| s.liquidate("keeper", "bob", LIFE));
    assert_eq!(stage.free("bob", "LIFE"), 0);
}

/// Of little collateral the keeper gets a part.
#[test]
fn the_part_of_the_keeper() {
    let mut stage = Stage::with_market();
    stage.lp("alice", LIFE, 3_000 * ONE);
    stage.lp("carol", LIFE, 101 * ONE);
    stage.mint("carol", LIFE, None).unwrap();
    stage.price("LIFE", "0.7");
    stage.liquidate("keeper", "carol", LIFE).unwrap();
    assert_eq!(stage.free("keeper", "LIFE"), 5_050_000);
}

/// Carol has all of the WETH vault: 1 WETH, and owes 1,000.
fn last_holder() -> Stage {
    let mut stage = Stage::open();
    stage.lp("carol", WETH, ETHER);
    stage.mint("carol", WETH, Some(1_000 * ONE)).unwrap();
    stage.give("carol", "keeper", 1_000 * ONE);
    stage
}

#[test]
fn of_the_last_holder_in_parts() {
    let mut stage = last_holder();
    stage.price("WETH", "1400");
    stage.refused("LastHolder", |s| s.liquidate("keeper", "carol", WETH));
    let least = 78_571_428_571_428_571;
    stage.refused("Slippage", |s| {
        s.liquidate_last("keeper", "carol", WETH, 100 * ONE, least + 1)
    });
    let preview = stage
        .preview_liquidate("carol", WETH, Some(100 * ONE))
        .unwrap();
    let done = stage
        .liquidate_last("keeper", "carol", WETH, 100 * ONE, least)
        .unwrap();
    assert_eq!(preview.received.u128(), least);
    assert_eq!(
        attribute(&done, "liquidate", "received"),
        preview.received.to_string()
    );
    assert_eq!(attribute(&done, "liquidate", "debt_left"), "0");
    assert_eq!(stage.holds("carol", WETH).1, 900 * ONE);
    // What is more than she owes comes back; what is left of hers stays hers.
    stage
        .liquidate_last("keeper", "carol", WETH, 900 * ONE, 0)
        .unwrap();
    let (collateral, debt, _) = stage.holds("carol", WETH);
    // Each part rounds down for who pays.
    assert_eq!(
        (collateral, debt),
        (ETHER - least - 707_142_857_142_857_142, 0)
    );
    errs(
        "NotLiquidatable",
        stage.preview_liquidate("carol", WETH, None),
    );
    stage.refused("ZeroAmount", |s| {
        s.liquidate_last("keeper", "carol", WETH, 0, 0)
    });
}

/// At 900 dollars: 818.181819 pay for all of it, and 181.818181 fall on the vault of LIFE.
#[test]
fn debt_left_goes_to_the_other_vaults() {
    let mut stage = last_holder();
    stage.price("WETH", "900");
    let preview = stage.preview_liquidate("carol", WETH, None).unwrap();
    assert_eq!(
        (
            preview.paid.u128(),
            preview.debt_left.u128(),
            preview.received.u128()
        ),
        (818_181_819, 181_818_181, ETHER)
    );
    let done = stage
        .liquidate_last("keeper", "carol", WETH, 1_000 * ONE, ETHER)
        .unwrap();
    assert!(events(&done, "bad_debt").is_empty());
    assert_eq!(stage.dollars("keeper"), 181_818_181);
    assert_eq!(stage.free("keeper", "WETH"), ETHER);
    // 181.818181 in four parts, three of them Alice's, rounded up each.
    assert_eq!(stage.holds("alice", LIFE).1, 136_363_636);
    assert_eq!(stage.holds("bob", LIFE).1, 545_454_546);
    assert!(stage.unassigned().is_empty());
    stage.refused("NoPosition", |s| s.liquidate("keeper", "carol", WETH));
}

/// In the only vault of a pool nobody is left to carry it.
#[test]
fn bad_debt() {
    let mut stage = Stage::with_market();
    stage.lp("carol", WETH, ETHER);
    stage.mint("carol", WETH, Some(1_000 * ONE)).unwrap();
    stage.give("carol", "keeper", 1_000 * ONE);
    stage.price("WETH", "900");
    let done = stage
        .liquidate_last("keeper", "carol", WETH, 1_000 * ONE, 0)
        .unwrap();
    let carol = addr("carol").into_string();
    has_event(
        &done,
        "bad_debt",
        &[
            ("account", carol.as_str()),
            ("pool", "1"),
            ("amount", "181818181"),
        ],
    );
    let at = Unassigned::Pool(1u64.into());
    assert_eq!(stage.unassigned(), [(at, 181_818_181)]);
    // Who enters later owes nothing of it.
    stage.lp("alice", LIFE, 100 * ONE);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 0);
    let done = stage.donate("keeper", at, 200 * ONE - 20 * ONE).unwrap();
    let keeper = addr("keeper").into_string();
    has_event(
        &done,
        "donate",
        &[
            ("pool", "1"),
            ("payer", keeper.as_str()),
            ("amount", "180000000"),
        ],
    );
    stage.donate("keeper", at, 1_818_181).unwrap();
    assert!(stage.unassigned().is_empty());
}

#[test]
fn refusals() {
    let mut stage = last_holder();
    stage.price("LIFE", "0.7");
    stage.refused("NotLastHolder", |s| {
        s.liquidate_last("keeper", "bob", LIFE, 1, 0)
    });
    errs(
        "NotLastHolder",
        stage.preview_liquidate("bob", LIFE, Some(1)),
    );
    stage.refused("NoPosition", |s| s.liquidate("keeper", "trader", LIFE));
    stage.refused("NoPosition", |s| s.liquidate("keeper", "bob", (9, "LIFE")));
    stage.refused("NotLiquidatable", |s| {
        s.liquidate_last("keeper", "carol", WETH, 1, 0)
    });
    stage.kill("LIFE");
    stage.refused("Stale", |s| s.liquidate("keeper", "bob", LIFE));
    assert_eq!(stage.position("bob", LIFE).liquidatable, None);
}

/// Of a halted asset the price that is better for the account counts.
#[test]
fn halted() {
    let mut stage = Stage::open();
    stage.price("LIFE", "0.7");
    stage.price("LIFE", "76000");
    assert_eq!(stage.position("bob", LIFE).liquidatable, Some(false));
    stage.refused("NotLiquidatable", |s| s.liquidate("keeper", "bob", LIFE));
}

/// Switches, locks and a dead market stop no liquidation.
#[test]
fn always_open() {
    let mut stage = Stage::open();
    stage.report_and_need(ETH, 0, u128::MAX);
    stage.switch_off_everything();
    stage.price("LIFE", "0.7");
    stage.mode(ETH, hostile_market::Mode::Nonsense {}, None);
    let done = stage.liquidate("keeper", "bob", LIFE).unwrap();
    assert_eq!(attribute(&done, "quarantine", "ref"), "");
}

/// Keepers find what is due page by page, and the message that does it.
#[test]
fn what_is_due() {
    let mut stage = last_holder();
    stage.price("LIFE", "0.7");
    stage.price("WETH", "1400");
    let mut found = vec![];
    let mut start_after: Option<DueCursor> = None;
    let mut pages = 0;
    loop {
        let page: DueResponse = stage
            .ask(&QueryMsg::Due {
                start_after,
                limit: Some(1),
            })
            .unwrap();
        found.extend(page.due);
        pages += 1;
        start_after = page.next;
        if start_after.is_none() {
            break;
        }
    }
    assert_eq!(pages, 4);
    let all: DueResponse = stage
        .ask(&QueryMsg::Due {
            start_after: None,
            limit: None,
        })
        .unwrap();
    assert_eq!(found, all.due);
    assert_eq!(found.len(), 2);
    let (bob, carol) = (&found[0], &found[1]);
    assert_eq!(
        (&bob.account, &carol.account),
        (&addr("bob"), &addr("carol"))
    );
    assert_eq!(carol.liquidation.paid.u128(), 1_000 * ONE);
    let hook: ReceiveMsg = from_json(&carol.msg).unwrap();
    stage
        .hook("keeper", carol.liquidation.paid.u128(), &hook)
        .unwrap();
    let msg: ExecuteMsg = from_json(&bob.msg).unwrap();
    stage.act("keeper", &msg).unwrap();
    let none: DueResponse = stage
        .ask(&QueryMsg::Due {
            start_after: None,
            limit: None,
        })
        .unwrap();
    assert!(none.due.is_empty() && none.next.is_none());
}
