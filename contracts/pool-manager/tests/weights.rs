//! Pools, their markets, and what waits.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use ballast_types::{
    pool_lens::{PoolRow, QueryMsg},
    pool_manager::{
        CreatePoolResponse, ExecuteMsg, MarketWeight, Operation, PoolCollateral, Recognition,
    },
};
use common::*;
use cosmwasm_std::{Decimal, Uint128};
use cw_ownable::Action;
use rstest::rstest;

/// Share and max_debt of each market in force, in percent.
fn in_force(stage: &Stage) -> Vec<(u64, String, String)> {
    stage
        .pool_of(1)
        .markets
        .iter()
        .map(|m| (m.market.u64(), m.share.to_string(), m.max_debt.to_string()))
        .collect()
}

fn row(market: u64, share: &str, max_debt: &str) -> (u64, String, String) {
    (market, share.to_owned(), max_debt.to_owned())
}

#[test]
fn in_an_empty_pool_at_once() {
    let mut stage = Stage::new();
    let weights = [weight(ETH, 1, 100), weight(BTC, 3, 50)];
    let preview = stage.preview_markets(1, &weights);
    assert_eq!((preview.at, preview.problem), (stage.now(), None));
    let done = stage.set_markets(1, &weights).unwrap();
    let now = stage.now().to_string();
    has_event(
        &done,
        "set_pool_markets",
        &[
            ("pool", "1"),
            ("markets", "2"),
            ("in_force_at", now.as_str()),
        ],
    );
    assert_eq!(
        in_force(&stage),
        [row(ETH, "0.25", "1"), row(BTC, "0.75", "0.5")]
    );
    // Who comes later finds it in force.
    stage.lp("alice", LIFE, 1_000 * ONE);
    assert_eq!(stage.market(ETH).capacity.to_string(), "250");
    assert_eq!(stage.market(BTC).capacity.to_string(), "375");
}

/// What is lowered counts at once; what is raised after max(delegation time, max_lock) + a day.
#[test]
fn a_rise_waits_and_a_fall_does_not() {
    let mut stage = Stage::new();
    stage
        .set_markets(1, &[weight(ETH, 1, 50), weight(BTC, 1, 50)])
        .unwrap();
    stage.lp("alice", LIFE, 1_000 * ONE);
    let wanted = [weight(ETH, 3, 100), weight(SOL, 1, 100)];
    let preview = stage.preview_markets(1, &wanted);
    let at = stage.now() + WEEK + DAY;
    assert_eq!((preview.at, preview.problem), (at, None));
    let capacities: Vec<_> = preview
        .markets
        .iter()
        .map(|m| {
            (
                m.market.u64(),
                m.capacity_before.to_string(),
                m.capacity_at_once.to_string(),
                m.capacity_after.to_string(),
            )
        })
        .collect();
    let row4 = |market, before: &str, at_once: &str, after: &str| {
        (
            market,
            before.to_owned(),
            at_once.to_owned(),
            after.to_owned(),
        )
    };
    assert_eq!(
        capacities,
        [
            row4(ETH, "250", "250", "750"),
            row4(BTC, "250", "0", "0"),
            row4(SOL, "0", "0", "250"),
        ]
    );
    let credits: Vec<_> = preview
        .markets
        .iter()
        .map(|m| (m.credit_before.u128(), m.credit_at_once.u128()))
        .collect();
    assert_eq!(credits, [(250 * ONE, 250 * ONE), (250 * ONE, 0), (0, 0)]);
    let done = stage.set_markets(1, &wanted).unwrap();
    assert_eq!(
        attribute(&done, "set_pool_markets", "in_force_at"),
        at.to_string()
    );
    assert_eq!(
        in_force(&stage),
        [row(ETH, "0.5", "0.5"), row(SOL, "0", "0")]
    );
    assert_eq!([ETH, BTC, SOL].map(|m| stage.credit(m)), [250 * ONE, 0, 0]);
    let pending = stage.pool_of(1).pending.unwrap();
    assert_eq!((pending.at, pending.markets.as_slice()), (at, &wanted[..]));

    stage.wait(at - stage.now() - 1);
    stage.sync_pool(1).unwrap();
    assert!(stage.pool_of(1).pending.is_some());
    // A loss of now is carried as of now, also when the first act comes after the change.
    stage.report(ETH, 200_000_000);
    stage.report(SOL, 90_000_000);
    stage.wait(1);
    assert_eq!(
        in_force(&stage),
        [row(ETH, "0.75", "1"), row(SOL, "0.25", "1")]
    );
    stage.sync_pool(1).unwrap();
    assert!(stage.pool_of(1).pending.is_none());
    assert_eq!(stage.debt("alice", LIFE), 200 * ONE);
    assert_eq!(
        stage.unassigned(),
        [(
            ballast_types::pool_manager::Unassigned::Market(SOL.into()),
            90_000_000
        )]
    );
    assert_eq!(stage.market(SOL).capacity.to_string(), "250");
}

/// A second call replaces what still waits, and begins its own notice.
#[test]
fn a_second_call_replaces_what_waits() {
    let mut stage = Stage::new();
    stage.set_markets(1, &[weight(ETH, 1, 50)]).unwrap();
    stage.lp("alice", LIFE, 1_000 * ONE);
    stage.set_markets(1, &[weight(ETH, 1, 100)]).unwrap();
    stage.wait(7 * DAY);
    stage.set_markets(1, &[weight(ETH, 1, 80)]).unwrap();
    stage.wait(7 * DAY);
    stage.sync_pool(1).unwrap();
    assert_eq!(in_force(&stage), [row(ETH, "1", "0.5")]);
    stage.wait(DAY);
    assert_eq!(in_force(&stage), [row(ETH, "1", "0.8")]);
    // What is due counts as before when the next is set, though nobody acted in between.
    stage.set_markets(1, &[weight(ETH, 1, 90)]).unwrap();
    assert_eq!(in_force(&stage), [row(ETH, "1", "0.8")]);
    stage.set_markets(1, &[weight(ETH, 1, 20)]).unwrap();
    assert_eq!(in_force(&stage), [row(ETH, "1", "0.2")]);
    assert!(stage.pool_of(1).pending.is_none());
    stage.wait(30 * DAY);
    assert_eq!(in_force(&stage), [row(ETH, "1", "0.2")]);
}

/// Removed, what a market owes its pools stays theirs, and what it wins later does not.
#[test]
fn a_market_that_is_left() {
    let mut stage = Stage::open();
    stage.report(ETH, 400_000_000);
    stage.set_markets(1, &[]).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 300 * ONE);
    assert_eq!(stage.market(ETH).load.u128(), 0);
    stage.report(ETH, 500_000_000);
    stage.sync_market(ETH).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 300 * ONE);
    assert_eq!(stage.credit(ETH), 300 * ONE);
    assert!(stage.pool_of(1).markets.is_empty());
    stage.set_markets(1, &[weight(ETH, 1, 100)]).unwrap();
    stage.wait(8 * DAY);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 300 * ONE);
}

#[rstest]
#[case::unknown(&[weight(9, 1, 1)], "UnknownMarket")]
#[case::twice(&[weight(ETH, 1, 1), weight(BTC, 1, 1), weight(ETH, 2, 1)], "DuplicateMarket")]
#[case::no_weight(&[weight(ETH, 0, 1)], "InvalidWeight")]
#[case::too_much_debt(&[weight(ETH, 1, 101)], "MaxDebtTooHigh")]
#[case::too_many(&[weight(ETH, 1, 1); 17], "TooMany")]
#[case::too_heavy(&[weight(ETH, u128::MAX, 1), weight(BTC, 1, 1)], "OutOfRange")]
fn refusals(#[case] weights: &[MarketWeight], #[case] error: &str) {
    let mut stage = Stage::with_market();
    stage.lp("alice", LIFE, 1_000 * ONE);
    let text = stage.refused(error, |s| s.set_markets(1, weights));
    let problem = stage.preview_markets(1, weights).problem.unwrap();
    assert!(text.contains(&problem), "{problem}");
}

#[test]
fn sixteen_markets() {
    let mut stage = Stage::new();
    let contract = stage.markets[1].clone();
    for number in 0..16 {
        stage
            .register(&contract, &number.to_string(), u128::MAX)
            .unwrap();
    }
    let all: Vec<_> = (4..20).map(|market| weight(market, 1, 100)).collect();
    stage.set_markets(1, &all).unwrap();
    stage.lp("alice", LIFE, 1_600 * ONE);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.market(19).capacity.to_string(), "100");
}

#[test]
fn only_the_owner_of_a_pool() {
    let mut stage = Stage::new();
    let pool = 1u64.into();
    let acts = [
        ExecuteMsg::SetPoolMarkets {
            pool,
            markets: vec![],
        },
        ExecuteMsg::SetPoolName {
            pool,
            name: "x".into(),
        },
        ExecuteMsg::SetDelegationTime {
            pool,
            delegation_secs: DAY,
        },
        ExecuteMsg::SetPoolCollateral {
            pool,
            asset: "LIFE".into(),
            terms: vault_terms(),
        },
        ExecuteMsg::SetCut {
            pool,
            payee: addr("x").into_string(),
            market: None,
            rate: Decimal::percent(1),
        },
        ExecuteMsg::SetDistributor {
            pool,
            distributor: addr("x").into_string(),
            allowed: true,
        },
        ExecuteMsg::UpdatePoolOwnership {
            pool,
            action: Action::RenounceOwnership,
        },
    ];
    for act in &acts {
        for who in ["owner", "guardian", "alice"] {
            stage.refused("PoolOwnership", |s| s.act(who, act));
        }
        let unknown = serde_json::to_string(act)
            .unwrap()
            .replace(r#""pool":"1""#, r#""pool":"7""#);
        let unknown: ExecuteMsg = serde_json::from_str(&unknown).unwrap();
        stage.refused("UnknownPool", |s| s.act("paula", &unknown));
    }
    // Renouncing comes last: then nobody may.
    for act in &acts {
        stage.act("paula", act).unwrap();
    }
    for act in &acts {
        stage.refused("PoolOwnership", |s| s.act("paula", act));
    }
    assert_eq!(stage.pool_of(1).pool.owner, None);
}

#[test]
fn ownership_moves_in_two_steps() {
    let mut stage = Stage::new();
    let act = |action| ExecuteMsg::UpdatePoolOwnership {
        pool: 1u64.into(),
        action,
    };
    let offer = |stage: &Stage, secs| {
        act(Action::TransferOwnership {
            new_owner: addr("quinn").into_string(),
            expiry: Some(cw_utils::Expiration::AtTime(
                stage.app.block_info().time.plus_seconds(secs),
            )),
        })
    };
    let accept = act(Action::AcceptOwnership);
    stage.refused("PoolOwnership", |s| s.act("quinn", &accept));
    let msg = offer(&stage, 100);
    let done = stage.act("paula", &msg).unwrap();
    let (paula, quinn) = (addr("paula").into_string(), addr("quinn").into_string());
    has_event(
        &done,
        "update_pool_ownership",
        &[
            ("pool", "1"),
            ("owner", paula.as_str()),
            ("pending_owner", quinn.as_str()),
        ],
    );
    assert_eq!(stage.pool_of(1).pool.pending_owner, Some(addr("quinn")));
    stage.refused("PoolOwnership", |s| s.act("alice", &accept));
    stage.wait(100);
    stage.refused("PoolOwnership", |s| s.act("quinn", &accept));
    let msg = offer(&stage, 100);
    stage.act("paula", &msg).unwrap();
    let done = stage.act("quinn", &accept).unwrap();
    assert_eq!(attribute(&done, "update_pool_ownership", "owner"), quinn);
    stage.refused("PoolOwnership", |s| s.set_markets(1, &[]));
    // One who renounces leaves no heir.
    let msg = act(Action::TransferOwnership {
        new_owner: paula.clone(),
        expiry: None,
    });
    stage.act("quinn", &msg).unwrap();
    stage.act("quinn", &act(Action::RenounceOwnership)).unwrap();
    stage.refused("PoolOwnership", |s| s.act("paula", &accept));
}

#[rstest]
#[case::no_name("", DAY, "InvalidName")]
#[case::a_long_name(&"x".repeat(65), DAY, "InvalidName")]
#[case::a_line("a\nb", DAY, "InvalidName")]
#[case::too_short("a", DAY - 1, "DelegationTimeOutOfRange")]
#[case::too_long("a", 30 * DAY + 1, "DelegationTimeOutOfRange")]
fn bad_pools(#[case] name: &str, #[case] delegation_secs: u64, #[case] error: &str) {
    let mut stage = Stage::new();
    let create = ExecuteMsg::CreatePool {
        name: name.to_owned(),
        delegation_secs,
    };
    stage.refused(error, |s| s.act("alice", &create));
    let change = if error == "InvalidName" {
        ExecuteMsg::SetPoolName {
            pool: 1u64.into(),
            name: name.to_owned(),
        }
    } else {
        ExecuteMsg::SetDelegationTime {
            pool: 1u64.into(),
            delegation_secs,
        }
    };
    stage.refused(error, |s| s.act("paula", &change));
}

#[test]
fn creates_and_changes_pools() {
    let mut stage = Stage::new();
    let create = ExecuteMsg::CreatePool {
        name: "ü".repeat(32),
        delegation_secs: 30 * DAY,
    };
    let done = stage.act("alice", &create).unwrap();
    assert_eq!(data::<CreatePoolResponse>(&done).pool.u64(), 2);
    let (alice, name) = (addr("alice").into_string(), "ü".repeat(32));
    has_event(
        &done,
        "create_pool",
        &[
            ("pool", "2"),
            ("owner", alice.as_str()),
            ("name", name.as_str()),
            ("delegation_secs", "2592000"),
        ],
    );
    let rename = ExecuteMsg::SetPoolName {
        pool: 2u64.into(),
        name: "Two".into(),
    };
    let done = stage.act("alice", &rename).unwrap();
    has_event(&done, "set_pool_name", &[("pool", "2"), ("name", "Two")]);
    let secs = ExecuteMsg::SetDelegationTime {
        pool: 2u64.into(),
        delegation_secs: DAY,
    };
    let done = stage.act("alice", &secs).unwrap();
    has_event(
        &done,
        "set_delegation_time",
        &[("pool", "2"), ("secs", "86400")],
    );
    let terms = PoolCollateral {
        min_ratio: Some(dec("2.5")),
        cap: Uint128::new(5),
        enabled: false,
    };
    let done = stage.set_vault(2, "alice", "WETH", terms).unwrap();
    has_event(
        &done,
        "set_pool_collateral",
        &[
            ("pool", "2"),
            ("asset", "WETH"),
            ("min_ratio", "2.5"),
            ("cap", "5"),
            ("enabled", "false"),
        ],
    );
    let pool = stage.pool_of(2);
    assert_eq!(
        (pool.pool.name.as_str(), pool.delegation_secs),
        ("Two", DAY)
    );
    assert_eq!(pool.vaults[0].terms, terms);
    stage.refused("UnknownCollateral", |s| {
        s.set_vault(2, "alice", "DOGE", terms)
    });
    let zero = PoolCollateral {
        min_ratio: Some(Decimal::zero()),
        ..terms
    };
    stage.refused("InvalidTerms", |s| s.set_vault(2, "alice", "LIFE", zero));
    stage.switch_off(Operation::CreatePool);
    stage.refused("SwitchedOff", |s| s.act("alice", &create));
}

#[test]
fn recognition_and_pages_of_pools() {
    let mut stage = Stage::new();
    for _ in 0..4 {
        stage.pool("alice", DAY);
    }
    let say = |pool: u64, recognition| ExecuteMsg::RecognizePool {
        pool: pool.into(),
        recognition,
    };
    let approved = say(3, Some(Recognition::Approved));
    stage.refused("Ownership", |s| s.act("alice", &approved));
    stage.refused("UnknownPool", |s| {
        s.act("owner", &say(9, Some(Recognition::Approved)))
    });
    let done = stage.act("owner", &approved).unwrap();
    has_event(
        &done,
        "recognize_pool",
        &[("pool", "3"), ("recognition", "approved")],
    );
    stage
        .act("owner", &say(5, Some(Recognition::Preferred)))
        .unwrap();
    let pools = |stage: &Stage, start_after: Option<u64>, recognized, limit| -> Vec<u64> {
        let rows: Vec<PoolRow> = stage
            .ask(&QueryMsg::Pools {
                start_after: start_after.map(Into::into),
                recognized,
                limit,
            })
            .unwrap();
        rows.iter().map(|row| row.pool.u64()).collect()
    };
    assert_eq!(pools(&stage, None, false, None), [1, 2, 3, 4, 5]);
    assert_eq!(pools(&stage, Some(2), false, Some(2)), [3, 4]);
    assert_eq!(pools(&stage, None, true, None), [3, 5]);
    assert_eq!(pools(&stage, Some(3), true, None), [5]);
    stage.act("owner", &say(3, None)).unwrap();
    assert_eq!(pools(&stage, None, true, None), [5]);
    assert_eq!(stage.pool_of(3).pool.recognition, None);
}
