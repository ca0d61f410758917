//! Markets: registered by the owner, and what they may call.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use ballast_types::{
    market::{DepositMarketUsd, Paid, WithdrawMarketUsd},
    pool_lens,
    pool_manager::{ExecuteMsg, Operation, ReceiveMsg, RegisterMarketResponse},
};
use common::*;
use cosmwasm_std::Uint128;
use hostile_market::Script;
use rstest::rstest;

#[test]
fn registers() {
    let mut stage = Stage::new();
    let contract = addr("some market");
    let done = stage.register(&contract, "doge", 77).unwrap();
    let answer: RegisterMarketResponse = data(&done);
    assert_eq!(answer.market.u64(), 4);
    has_event(
        &done,
        "register_market",
        &[
            ("market", "4"),
            ("contract", contract.as_str()),
            ("ref", "doge"),
            ("ceiling", "77"),
        ],
    );
    stage.refused("DuplicateMarket", |s| s.register(&contract, "doge", 1));
    stage.refused("InvalidRef", |s| s.register(&contract, "", 1));
    stage.refused("InvalidRef", |s| s.register(&contract, &"x".repeat(65), 1));
    stage.register(&contract, &"x".repeat(64), 1).unwrap();
    for number in 2..64 {
        stage.register(&contract, &number.to_string(), 1).unwrap();
    }
    stage.refused("TooMany", |s| s.register(&contract, "65th", 1));
    let mut msg = ExecuteMsg::RegisterMarket {
        contract: "nonsense".into(),
        market_ref: "a".into(),
        ceiling: Uint128::one(),
    };
    stage.refused("InvalidAddress", |s| s.act("owner", &msg));
    for who in ["guardian", "paula", "anyone"] {
        stage.refused("Ownership", |s| s.act(who, &msg));
    }
    msg = ExecuteMsg::SetMarketCeiling {
        market: 4u64.into(),
        ceiling: Uint128::new(5),
    };
    stage.refused("Ownership", |s| s.act("guardian", &msg));
    let done = stage.act("owner", &msg).unwrap();
    has_event(
        &done,
        "set_market_ceiling",
        &[("market", "4"), ("ceiling", "5")],
    );
    assert_eq!(stage.market(4).ceiling.u128(), 5);
    let none = ExecuteMsg::SetMarketCeiling {
        market: 99u64.into(),
        ceiling: Uint128::new(5),
    };
    stage.refused("UnknownMarket", |s| s.act("owner", &none));
}

/// The table of DESIGN §6, to the unit: LPs' mint of 20,000 is the trader's.
#[test]
fn the_books_of_the_design() {
    let mut stage = Stage::with_market();
    stage.lp("alice", LIFE, 100_000 * ONE);
    stage.mint("alice", LIFE, Some(20_000 * ONE)).unwrap();
    stage.give("alice", "trader", 20_000 * ONE);
    let look = |stage: &mut Stage| {
        stage.sync_pool(1).unwrap();
        let market = stage.market(ETH);
        let owed = stage.debt("alice", LIFE) - 20_000 * ONE;
        let unclaimed = stage.fees("alice", LIFE);
        (
            market.reported.u128(),
            market.net_issuance.to_string(),
            stage.supply() + unclaimed,
            owed,
        )
    };
    let row = |reported, issued: &str, supply, owed| (reported, issued.to_owned(), supply, owed);

    stage.margin("trader", ETH, 20_000 * ONE).unwrap();
    assert_eq!(look(&mut stage), row(20_000_000_000, "-20000000000", 0, 0));
    stage.pay_fees(ETH, 50_002_500, 19_949_997_500).unwrap();
    assert_eq!(
        look(&mut stage),
        row(19_949_997_500, "-19949997500", 50_002_500, 0)
    );
    stage.report(ETH, 29_950_497_500);
    assert_eq!(
        look(&mut stage),
        row(29_950_497_500, "-19949997500", 50_002_500, 10_000_500_000)
    );
    stage.pay_fees(ETH, 11_000_550, 29_939_496_950).unwrap();
    assert_eq!(
        look(&mut stage),
        row(29_939_496_950, "-19938996950", 61_003_050, 10_000_500_000)
    );
    stage.pay_out(ETH, "trader", 29_939_496_950, 0).unwrap();
    assert_eq!(
        look(&mut stage),
        row(0, "10000500000", 30_000_500_000, 10_000_500_000)
    );
}

/// The example of the README of the manager, and that of the lens.
#[test]
fn the_examples_of_the_readmes() {
    let mut stage = Stage::open();
    assert_eq!(stage.market(ETH).room.u128(), 3_500 * ONE);
    stage.margin("trader", ETH, 100 * ONE).unwrap();
    let market = stage.market(ETH);
    assert_eq!(market.net_issuance.to_string(), "-100000000");
    assert_eq!(stage.credit(ETH), 3_600 * ONE);
    stage.pay_fees(ETH, 4 * ONE, 96_000_000).unwrap();
    let fees = ["alice", "bob"].map(|who| stage.fees(who, LIFE));
    let debts = |stage: &Stage| ["alice", "bob"].map(|who| stage.debt(who, LIFE));
    assert_eq!((fees, debts(&stage)), ([3 * ONE, ONE], [0, 500 * ONE]));
    stage.report(ETH, 176_000_000);
    stage.sync_pool(1).unwrap();
    assert_eq!(debts(&stage), [60 * ONE, 520 * ONE]);
    stage.pay_out(ETH, "trader", 176 * ONE, 0).unwrap();
    stage.sync_pool(1).unwrap();
    assert_eq!(debts(&stage), [60 * ONE, 520 * ONE]);

    stage.wait(DAY);
    let quote = stage.exit_quote("alice", LIFE, None).unwrap();
    assert_eq!(
        (
            quote.collateral.u128(),
            quote.to_burn.u128(),
            quote.credit.u128(),
            quote.fees.u128()
        ),
        (3_000 * ONE, 60 * ONE, 0, 3 * ONE)
    );
    assert!(quote.held_by.is_empty() && quote.open);

    stage.price("LIFE", "0.7");
    let done = stage.liquidate("keeper", "bob", LIFE).unwrap();
    assert_eq!(attribute(&done, "liquidate", "received"), "14285714");
    assert_eq!(stage.debt("alice", LIFE), 580 * ONE);
}

#[test]
fn deposits() {
    let mut stage = Stage::open();
    let done = stage.margin("trader", ETH, 100 * ONE).unwrap();
    has_event(
        &done,
        "deposit_market_usd",
        &[
            ("market", "1"),
            ("amount", "100000000"),
            ("net_issuance", "-100000000"),
        ],
    );
    assert_eq!(stage.supply(), 400 * ONE);
    // Only the contract itself, and only for a market it has.
    let hook = ReceiveMsg::DepositMarketUsd(DepositMarketUsd {
        market_ref: "eth".into(),
    });
    stage.refused("UnknownMarket", |s| s.hook("trader", 5, &hook));
    let sol = hostile_market::ReceiveMsg::Margin {
        market_ref: "sol".into(),
    };
    let first = stage.markets[0].clone();
    stage.refused("UnknownMarket", |s| s.send_to("trader", &first, 5, &sol));
    // Into a market, always.
    stage.switch_off_everything();
    stage.margin("trader", ETH, 5).unwrap();
}

#[test]
fn withdrawals() {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 100 * ONE).unwrap();
    let done = stage.pay_out(ETH, "trader", 30 * ONE, 70_000_000).unwrap();
    let trader = addr("trader").into_string();
    has_event(
        &done,
        "withdraw_market_usd",
        &[
            ("market", "1"),
            ("amount", "30000000"),
            ("net_issuance", "-70000000"),
            ("to", trader.as_str()),
        ],
    );
    assert_eq!(data::<Paid>(&done).amount.u128(), 30 * ONE);
    assert_eq!(stage.dollars("trader"), 430 * ONE);
    // Nobody but the market's contract.
    let msg = |market_ref: &str, amount: u128| {
        ExecuteMsg::WithdrawMarketUsd(WithdrawMarketUsd {
            market_ref: market_ref.into(),
            amount: amount.into(),
            recipient: addr("trader").into_string(),
            or_less: false,
        })
    };
    stage.refused("UnknownMarket", |s| s.act("owner", &msg("eth", 1)));
    stage.refused("ZeroAmount", |s| s.draw(ETH, "trader", 0));
    let calls = vec![withdrawal(SOL, "trader", 1, false)];
    stage.refused("UnknownMarket", |s| s.play(ETH, vec![], calls));
}

/// Credit is what was burnt, and what LPs may still be given.
#[test]
fn the_credit() {
    let mut stage = Stage::open();
    // Room: 4,000 − 500 of debt.
    assert_eq!(stage.credit(ETH), 3_500 * ONE);
    let market = stage.market(ETH);
    assert_eq!(market.capacity.to_string(), "4000");
    assert_eq!(market.load.u128(), 500 * ONE);
    assert_eq!(market.room.u128(), 3_500 * ONE);
    stage.margin("trader", ETH, 100 * ONE).unwrap();
    assert_eq!(stage.credit(ETH), 3_600 * ONE);
    let why = stage.refused("ExceedsCredit", |s| s.draw(ETH, "trader", 3_600 * ONE + 1));
    assert!(why.contains("3600000000"), "{why}");
    // What exceeds the report is drawn on LPs.
    stage.pay_out(ETH, "trader", 1_100 * ONE, 0).unwrap();
    assert_eq!(stage.credit(ETH), 2_500 * ONE);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 750 * ONE);
    assert_eq!(stage.credit(ETH), 2_500 * ONE);
    // Fresh debt of LPs, or cheaper collateral, is less room.
    stage.mint("alice", LIFE, Some(100 * ONE)).unwrap();
    assert_eq!(stage.credit(ETH), 2_400 * ONE);
    stage.price("LIFE", "0.9");
    assert_eq!(stage.credit(ETH), 2_000 * ONE);
    stage.kill("LIFE");
    assert_eq!(stage.credit(ETH), 0);
}

#[rstest]
#[case::less(3_000, 3_000)]
#[case::all(3_500, 3_500)]
#[case::more(9_999, 3_500)]
fn or_less(#[case] asked: u128, #[case] paid: u128) {
    let mut stage = Stage::open();
    for call in [
        withdrawal(ETH, "trader", asked * ONE, true),
        fees(ETH, asked * ONE, true),
    ] {
        let mut other = Stage::open();
        let done = other.play(ETH, vec![], vec![call]).unwrap();
        assert_eq!(data::<Paid>(&done).amount.u128(), paid * ONE);
    }
    let calls = vec![
        withdrawal(ETH, "trader", 9_999 * ONE, true),
        withdrawal(ETH, "trader", 1, true),
        fees(ETH, 1, true),
    ];
    let done = stage.play(ETH, vec![], calls).unwrap();
    assert_eq!(data::<Paid>(&done).amount.u128(), 0);
    assert_eq!(stage.dollars("trader"), 4_000 * ONE);
}

#[test]
fn ceilings() {
    let mut stage = Stage::open();
    let set = |ceiling: u128| ExecuteMsg::SetMarketCeiling {
        market: ETH.into(),
        ceiling: ceiling.into(),
    };
    stage.act("owner", &set(10 * ONE)).unwrap();
    assert_eq!(stage.credit(ETH), 10 * ONE);
    stage.draw(ETH, "trader", 10 * ONE).unwrap();
    stage.refused("ExceedsCredit", |s| s.draw(ETH, "trader", 1));
    // Below what it is, it takes nothing back.
    stage.act("owner", &set(0)).unwrap();
    assert_eq!(stage.credit(ETH), 0);
    stage.sync_pool(1).unwrap();
    stage.margin("trader", ETH, 15 * ONE).unwrap();
    assert_eq!(stage.credit(ETH), 5 * ONE);
}

#[test]
fn switched_off() {
    let mut stage = Stage::open();
    stage.switch_off(Operation::WithdrawMarketUsd);
    stage.refused("SwitchedOff", |s| s.draw(ETH, "trader", 1));
    stage.pay_fees(ETH, 1, 0).unwrap();
    stage.switch_off(Operation::PayFees);
    stage.refused("SwitchedOff", |s| s.pay_fees(ETH, 1, 0));
    stage.switch_on(Operation::WithdrawMarketUsd);
    stage.draw(ETH, "trader", 1).unwrap();
}

/// 150 of fees: 5 % and 15 % cut, the rest by value and shares.
#[test]
fn fees_reach_lps() {
    let mut stage = Stage::open();
    stage.set_cut(1, "creator", Some(ETH), 5).unwrap();
    stage.set_cut(1, "stakers", None, 15).unwrap();
    stage.wait(3 * DAY);
    stage.sync_pool(1).unwrap();
    stage.margin("trader", ETH, 500 * ONE).unwrap();
    let done = stage.pay_fees(ETH, 100 * ONE, 400_000_000).unwrap();
    has_event(
        &done,
        "pay_fees",
        &[
            ("market", "1"),
            ("amount", "100000000"),
            ("net_issuance", "-400000000"),
            ("to", "pools"),
        ],
    );
    assert_eq!(stage.fees("alice", LIFE), 60 * ONE);
    assert_eq!(stage.fees("bob", LIFE), 20 * ONE);
    assert_eq!(stage.holds("bob", LIFE), (1_000 * ONE, 500 * ONE, 0));
    stage.claim_fees("alice", &[LIFE]).unwrap();
    stage.claim_cut(1, "stakers").unwrap();
    stage.claim_cut(1, "creator").unwrap();
    let paid = ["alice", "stakers", "creator"].map(|who| stage.dollars(who));
    assert_eq!(paid, [60 * ONE, 15 * ONE, 5 * ONE]);
}

/// Without a pool behind the market they are the treasury's.
#[test]
fn fees_without_pools() {
    let mut stage = Stage::open();
    // `sol` has no pool, so no room; what was burnt into it is its credit.
    stage.margin("trader", SOL, 100 * ONE).unwrap();
    stage.sync_market(SOL).unwrap();
    assert_eq!(stage.credit(SOL), 100 * ONE);
    let done = stage.pay_fees(SOL, 30 * ONE, 70_000_000).unwrap();
    assert_eq!(attribute(&done, "pay_fees", "to"), "treasury");
    let forward = ExecuteMsg::ForwardToTreasury {};
    let done = stage.act("anyone", &forward).unwrap();
    has_event(&done, "forward_to_treasury", &[("amount", "30000000")]);
    let treasury = stage.treasury.clone();
    assert_eq!(stage.dollars_at(&treasury), 30 * ONE);
    stage.refused("NothingDue", |s| s.act("anyone", &forward));
    let ledger: Vec<ballast_types::treasury::LedgerRow> = stage
        .app
        .wrap()
        .query_wasm_smart(
            &treasury,
            &ballast_types::treasury::QueryMsg::Ledger {
                start_after: None,
                limit: None,
            },
        )
        .unwrap();
    assert_eq!(ledger.len(), 1);
}

#[test]
fn syncs() {
    let mut stage = Stage::open();
    stage.report(ETH, 100_000_000);
    let done = stage.sync_market(ETH).unwrap();
    has_event(
        &done,
        "sync_market",
        &[
            ("market", "1"),
            ("reported", "100000000"),
            ("given", "100000000"),
            ("unassigned", "0"),
        ],
    );
    let done = stage.sync_pool(1).unwrap();
    has_event(
        &done,
        "sync_pool",
        &[("pool", "1"), ("owed", "600000000"), ("unassigned", "0")],
    );
    stage.refused("UnknownMarket", |s| s.sync_market(99));
    stage.refused("UnknownPool", |s| s.sync_pool(99));
}

/// Of a stale report and the last good one the larger counts.
#[test]
fn stale_reports() {
    let mut stage = Stage::open();
    let stale = |debt: i128| Script {
        stale: true,
        ..script(ETH, debt, 0)
    };
    stage.margin("trader", ETH, 500 * ONE).unwrap();
    stage.report(ETH, 400_000_000);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.market(ETH).debt.to_string(), "-100000000");
    stage.script(stale(0));
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.market(ETH).debt.to_string(), "-100000000");
    stage.script(stale(450_000_000));
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.market(ETH).debt.to_string(), "-50000000");
    stage.report(ETH, 300_000_000);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.market(ETH).debt.to_string(), "-200000000");
}

/// A market that says that its traders owe it gives LPs no more than what was burnt.
#[test]
fn debts_of_traders_are_no_profit() {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 500 * ONE).unwrap();
    stage.report(ETH, i128::MIN);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.holds("alice", LIFE).2, 375 * ONE);
    assert_eq!(stage.pool_of(1).owed.to_string(), "0");
}

/// Two pools carry a market by what each put behind it.
#[test]
fn two_pools() {
    let mut stage = Stage::open();
    let second = stage.pool("paula", DAY);
    stage
        .set_markets(second, &[weight(ETH, 1, 50), weight(SOL, 1, 50)])
        .unwrap();
    stage.lp("carol", (second, "WETH"), 2 * ETHER);
    // 4,000 and a quarter of 4,000.
    assert_eq!(stage.market(ETH).capacity.to_string(), "5000");
    stage.report(ETH, 500_000_000);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 300 * ONE);
    assert_eq!(stage.debt("bob", LIFE), 600 * ONE);
    assert_eq!(stage.debt("carol", (second, "WETH")), 100 * ONE);
    let pages: Vec<pool_lens::MarketResponse> = stage
        .ask(&pool_lens::QueryMsg::Markets {
            start_after: Some(1u64.into()),
            limit: Some(1),
        })
        .unwrap();
    assert_eq!(pages.len(), 1);
    assert_eq!(pages.first().unwrap().name.as_deref(), Some("Hostile btc"));
}
