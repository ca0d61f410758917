//! Into a vault and out of it.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, missing_docs)]

mod common;

use ballast_types::{
    debt_registry,
    pool_manager::{ExecuteMsg, Operation, PoolCollateral},
};
use common::*;
use cosmwasm_std::{Decimal, Uint128};
use rstest::rstest;

#[test]
fn in_and_out() {
    let mut stage = Stage::with_market();
    stage.deposit("alice", "LIFE", 100).unwrap();
    let done = stage.delegate("alice", LIFE, Some(60)).unwrap();
    let (alice, until) = (addr("alice").into_string(), stage.now() + DAY);
    let until = until.to_string();
    has_event(
        &done,
        "delegate",
        &[
            ("account", alice.as_str()),
            ("pool", "1"),
            ("asset", "LIFE"),
            ("amount", "60"),
            ("collateral", "60"),
            ("debt", "0"),
            ("until", until.as_str()),
        ],
    );
    stage.delegate("alice", LIFE, None).unwrap();
    let position = stage.position("alice", LIFE);
    assert_eq!(position.collateral.u128(), 100);
    assert_eq!(position.value.unwrap().to_string(), "0.0001");
    assert!(position.last_holder);
    assert_eq!(stage.free("alice", "LIFE"), 0);

    stage.wait(DAY);
    let done = stage.undelegate("alice", LIFE, Some(25)).unwrap();
    has_event(
        &done,
        "undelegate",
        &[
            ("account", alice.as_str()),
            ("pool", "1"),
            ("asset", "LIFE"),
            ("amount", "25"),
            ("collateral", "75"),
            ("debt", "0"),
            ("credit_paid", "0"),
        ],
    );
    stage.undelegate("alice", LIFE, None).unwrap();
    assert_eq!(stage.free("alice", "LIFE"), 100);
    stage.refused("NoPosition", |s| s.undelegate("alice", LIFE, None));
}

#[test]
fn refusals() {
    let mut stage = Stage::with_market();
    stage.deposit("alice", "LIFE", 100).unwrap();
    stage.refused("ZeroAmount", |s| s.delegate("alice", LIFE, Some(0)));
    stage.refused("NothingToWithdraw", |s| s.delegate("bob", LIFE, None));
    stage.refused("InsufficientCollateral", |s| {
        s.delegate("alice", LIFE, Some(101))
    });
    stage.refused("UnknownPool", |s| s.delegate("alice", (9, "LIFE"), None));
    stage
        .act(
            "maker",
            &ExecuteMsg::CreatePool {
                name: "bare".to_owned(),
                delegation_secs: DAY,
            },
        )
        .unwrap();
    stage.refused("NoVault", |s| s.delegate("alice", (2, "LIFE"), None));
    stage.refused("UnknownCollateral", |s| s.delegate("alice", (1, "X"), None));
    stage.delegate("alice", LIFE, None).unwrap();
    stage.refused("DelegationTime", |s| s.undelegate("alice", LIFE, None));
    stage.wait(DAY);
    stage.refused("ZeroAmount", |s| s.undelegate("alice", LIFE, Some(0)));
    stage.refused("InsufficientCollateral", |s| {
        s.undelegate("alice", LIFE, Some(101))
    });
    stage.refused("NoPosition", |s| s.undelegate("bob", LIFE, None));
    stage.refused("UnknownPool", |s| s.undelegate("alice", (9, "LIFE"), None));
    stage.refused("NoPosition", |s| s.request_exit("bob", LIFE));
    stage.refused("NoPosition", |s| s.request_exit("alice", (9, "LIFE")));
}

#[test]
fn caps_bind_who_opens_risk() {
    let mut stage = Stage::with_market();
    let small = PoolCollateral {
        cap: Uint128::new(100),
        ..vault_terms()
    };
    stage.set_vault(1, "paula", "LIFE", small).unwrap();
    stage.deposit("alice", "LIFE", 200).unwrap();
    stage.delegate("alice", LIFE, Some(100)).unwrap();
    stage.refused("CapExceeded", |s| s.delegate("alice", LIFE, Some(1)));
    stage.set_vault(1, "paula", "LIFE", vault_terms()).unwrap();
    let mut all = terms();
    all.cap = Uint128::new(150);
    let msg = ExecuteMsg::UpdateCollateral {
        asset: "LIFE".into(),
        terms: Some(all),
        enabled: None,
    };
    stage.act("owner", &msg).unwrap();
    stage.refused("CapExceeded", |s| s.delegate("alice", LIFE, Some(51)));
    // The cap is over all pools together.
    let other = stage.pool("paula", DAY);
    stage.refused("CapExceeded", |s| {
        s.delegate("alice", (other, "LIFE"), Some(51))
    });
    stage.delegate("alice", (other, "LIFE"), Some(50)).unwrap();
}

#[test]
fn switches_of_collateral_vault_and_operation() {
    let mut stage = Stage::with_market();
    stage.deposit("alice", "LIFE", 200).unwrap();
    let off = PoolCollateral {
        enabled: false,
        ..vault_terms()
    };
    stage.set_vault(1, "paula", "LIFE", off).unwrap();
    stage.refused("VaultDisabled", |s| s.delegate("alice", LIFE, Some(1)));
    stage.set_vault(1, "paula", "LIFE", vault_terms()).unwrap();
    let enable = |enabled| ExecuteMsg::UpdateCollateral {
        asset: "LIFE".into(),
        terms: None,
        enabled: Some(enabled),
    };
    stage.act("owner", &enable(false)).unwrap();
    stage.refused("CollateralDisabled", |s| s.delegate("alice", LIFE, Some(1)));
    stage.act("owner", &enable(true)).unwrap();
    stage.switch_off(Operation::Delegate);
    stage.refused("SwitchedOff", |s| s.delegate("alice", LIFE, Some(1)));
}

/// Who owes may add collateral whatever is off, and bring himself back to the issuance ratio past
/// every cap.
#[test]
fn who_is_in_danger_may_always_add() {
    let mut stage = Stage::open();
    stage.deposit("bob", "LIFE", 900 * ONE).unwrap();
    stage.switch_off_everything();
    let none = PoolCollateral {
        cap: Uint128::zero(),
        enabled: false,
        ..vault_terms()
    };
    stage.set_vault(1, "paula", "LIFE", none).unwrap();
    // At the issuance ratio he is safe, and a cap is a cap.
    stage.refused("VaultDisabled", |s| s.delegate("bob", LIFE, Some(ONE)));
    stage.price("LIFE", "0.7");
    assert_eq!(stage.position("bob", LIFE).liquidatable, Some(true));
    // 1,000 · 500 / 350: a unit more than 428.571428 backs more than he owes.
    stage.refused("VaultDisabled", |s| s.delegate("bob", LIFE, None));
    let enough = 428_571_431;
    stage.refused("VaultDisabled", |s| {
        s.delegate("bob", LIFE, Some(enough + 1))
    });
    stage.delegate("bob", LIFE, Some(enough)).unwrap();
    assert_eq!(stage.position("bob", LIFE).liquidatable, Some(false));
    stage.refused("VaultDisabled", |s| s.delegate("bob", LIFE, Some(3)));
}

/// Neither switches nor a price that is missing bind who owes.
#[test]
fn who_owes_needs_no_price() {
    let mut stage = Stage::open();
    stage.deposit("bob", "LIFE", 900 * ONE).unwrap();
    stage.switch_off_everything();
    stage.kill("LIFE");
    stage.delegate("bob", LIFE, Some(100 * ONE)).unwrap();
    stage.price("LIFE", "76000");
    stage.delegate("bob", LIFE, None).unwrap();
    assert_eq!(stage.holds("bob", LIFE), (1_900 * ONE, 500 * ONE, 0));
}

/// A debt of one unit is no way past a cap: at no price, at a halted one, or a hair below the ratio.
#[rstest]
#[case::no_price(None)]
#[case::halted(Some("76000"))]
#[case::a_hair_below(Some("0.999999"))]
fn a_debt_is_no_way_past_a_cap(#[case] price: Option<&str>) {
    let mut stage = Stage::open();
    let full = PoolCollateral {
        cap: Uint128::new(4_000 * ONE),
        ..vault_terms()
    };
    stage.set_vault(1, "paula", "LIFE", full).unwrap();
    stage.deposit("bob", "LIFE", 900_000 * ONE).unwrap();
    match price {
        Some(price) => stage.price("LIFE", price),
        None => stage.kill("LIFE"),
    }
    stage.refused("CapExceeded", |s| s.delegate("bob", LIFE, None));
}

/// An opened position needs a price; an exit that owes nothing needs none.
#[test]
fn prices() {
    let mut stage = Stage::with_market();
    stage.lp("alice", LIFE, 100);
    stage.deposit("bob", "LIFE", 100).unwrap();
    stage.wait(DAY);
    stage.kill("LIFE");
    stage.refused("Stale", |s| s.delegate("bob", LIFE, None));
    stage.undelegate("alice", LIFE, Some(40)).unwrap();
    stage.undelegate("alice", LIFE, None).unwrap();
    stage.withdraw("alice", "LIFE", None).unwrap();
    stage.price("LIFE", "1");
    stage.delegate("bob", LIFE, None).unwrap();
    stage.wait(DAY);
    stage.price("LIFE", "76000");
    stage.deposit("alice", "LIFE", 1).unwrap();
    stage.refused("Halted", |s| s.delegate("alice", LIFE, None));
    stage.undelegate("bob", LIFE, None).unwrap();
}

#[test]
fn leaving_with_debt() {
    let mut stage = Stage::open();
    stage.wait(DAY);
    stage.refused("StillOwes", |s| s.undelegate("bob", LIFE, None));
    stage.refused("BelowIssuanceRatio", |s| {
        s.undelegate("bob", LIFE, Some(ONE))
    });
    stage
        .burn_for("trader", Some("bob"), LIFE, 100 * ONE)
        .unwrap();
    let quote = stage.exit_quote("bob", LIFE, Some(201 * ONE)).unwrap();
    assert_eq!(quote.to_burn.u128(), 500_000);
    stage.refused("BelowIssuanceRatio", |s| {
        s.undelegate("bob", LIFE, Some(200 * ONE + 2))
    });
    stage.kill("LIFE");
    stage.refused("Stale", |s| s.undelegate("bob", LIFE, Some(1)));
    let quote = stage.exit_quote("bob", LIFE, Some(1)).unwrap();
    assert_eq!(quote.to_burn.u128(), 400 * ONE);
    stage.price("LIFE", "1");
    stage.undelegate("bob", LIFE, Some(200 * ONE)).unwrap();
    assert_eq!(stage.holds("bob", LIFE), (800 * ONE, 400 * ONE, 0));
    // Without debt, no price.
    stage
        .burn_for("trader", Some("bob"), LIFE, 400 * ONE)
        .unwrap();
    stage.kill("LIFE");
    stage.undelegate("bob", LIFE, None).unwrap();
}

/// 100 of a loss of a trader stay burnt: LPs are owed them, and who leaves whole is paid.
#[test]
fn a_credit_is_paid_on_the_way_out() {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 400 * ONE).unwrap();
    stage.report(ETH, 0);
    assert_eq!(stage.holds("alice", LIFE).2, 300 * ONE);
    assert_eq!(stage.debt("bob", LIFE), 400 * ONE);
    stage.wait(DAY);
    let quote = stage.exit_quote("alice", LIFE, Some(ONE)).unwrap();
    assert_eq!(quote.credit.u128(), 0);
    stage.undelegate("alice", LIFE, Some(ONE)).unwrap();
    assert_eq!(stage.dollars("alice"), 0);
    let quote = stage.exit_quote("alice", LIFE, None).unwrap();
    assert_eq!(
        (
            quote.credit.u128(),
            quote.collateral.u128(),
            quote.to_burn.u128(),
            quote.open
        ),
        (300 * ONE, 2_999 * ONE, 0, true)
    );
    let done = stage.undelegate("alice", LIFE, None).unwrap();
    assert_eq!(attribute(&done, "undelegate", "credit_paid"), "300000000");
    assert_eq!(stage.dollars("alice"), 300 * ONE);
    stage.refused("NoPosition", |s| s.undelegate("alice", LIFE, None));
}

/// A credit is dollars that the registry mints. Where it may not, a unit that stays behind keeps the
/// credit, and the rest leaves.
#[test]
fn a_credit_that_cannot_be_minted_waits() {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 400 * ONE).unwrap();
    stage.report(ETH, 0);
    stage.wait(DAY);
    let registry = stage.registry.clone();
    let off = debt_registry::ExecuteMsg::SwitchOff {
        operation: debt_registry::Operation::Issue,
    };
    stage
        .execute(&addr("guardian"), &registry, &off, &[])
        .unwrap();
    stage.refused("SwitchedOff", |s| s.undelegate("alice", LIFE, None));
    stage
        .undelegate("alice", LIFE, Some(3_000 * ONE - 1))
        .unwrap();
    assert_eq!(stage.holds("alice", LIFE), (1, 0, 300 * ONE));
    let on = debt_registry::ExecuteMsg::SwitchOn {
        operation: debt_registry::Operation::Issue,
    };
    stage.execute(&addr("owner"), &registry, &on, &[]).unwrap();
    stage.undelegate("alice", LIFE, None).unwrap();
    assert_eq!(stage.dollars("alice"), 300 * ONE);
}

#[test]
fn a_market_under_its_minimum_credit_holds_an_exit_for_a_week_at_most() {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 500 * ONE).unwrap();
    stage.wait(DAY);
    // Room is 4,000 less what LPs owe, and the margin is there to pay: 3,500 + 500.
    stage.report_and_need(ETH, 500_000_000, 3_800 * ONE);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.credit(ETH), 4_000 * ONE);
    let quote = stage.exit_quote("alice", LIFE, Some(300 * ONE)).unwrap();
    assert_eq!(
        (quote.held_by, quote.open, quote.lock_ends_at),
        (vec![ETH.into()], false, None)
    );
    let why = stage.refused("MinimumCredit", |s| {
        s.undelegate("alice", LIFE, Some(300 * ONE))
    });
    assert!(
        why.contains("3700000000") && why.contains("3800000000"),
        "{why}"
    );
    stage.undelegate("alice", LIFE, Some(200 * ONE)).unwrap();

    let done = stage.request_exit("alice", LIFE).unwrap();
    let (alice, open_at) = (addr("alice").into_string(), stage.now() + WEEK);
    has_event(
        &done,
        "request_exit",
        &[
            ("account", alice.as_str()),
            ("pool", "1"),
            ("asset", "LIFE"),
            ("open_at", open_at.to_string().as_str()),
        ],
    );
    stage.refused("ExitRequested", |s| s.request_exit("alice", LIFE));
    stage.wait(WEEK - 1);
    stage.refused("MinimumCredit", |s| s.undelegate("alice", LIFE, None));
    stage.wait(1);
    let quote = stage.exit_quote("alice", LIFE, None).unwrap();
    assert_eq!((quote.open, quote.lock_ends_at), (true, Some(open_at)));
    stage.undelegate("alice", LIFE, None).unwrap();
}

/// Who delegates again takes his request back.
#[test]
fn a_request_ends_with_a_delegation() {
    let mut stage = Stage::open();
    stage.request_exit("alice", LIFE).unwrap();
    stage.lp("alice", LIFE, ONE);
    assert_eq!(stage.position("alice", LIFE).exit_requested_at, None);
    stage.request_exit("alice", LIFE).unwrap();
}

/// A market that was under its minimum before, and loses nothing, holds nobody.
#[test]
fn a_lock_needs_a_loss() {
    let mut stage = Stage::open();
    stage.report_and_need(ETH, 0, u128::MAX);
    stage.lp("carol", WETH, ETHER);
    stage.wait(DAY);
    stage.refused("MinimumCredit", |s| s.undelegate("alice", LIFE, None));
    // Its weight there is nothing to the market.
    let other = stage.pool("paula", DAY);
    stage.lp("alice", (other, "LIFE"), 100);
    stage.wait(DAY);
    stage.undelegate("alice", (other, "LIFE"), None).unwrap();
}

/// The delegation time of what is delegated goes down and never up.
#[test]
fn a_delegation_time_is_never_raised() {
    let mut stage = Stage::new();
    let set = |days| ExecuteMsg::SetDelegationTime {
        pool: 1u64.into(),
        delegation_secs: days * DAY,
    };
    stage.act("paula", &set(10)).unwrap();
    stage.lp("alice", LIFE, 100);
    let until = |stage: &Stage| stage.position("alice", LIFE).delegated_until;
    let start = stage.now();
    assert_eq!(until(&stage), start + 10 * DAY);
    stage.act("paula", &set(30)).unwrap();
    assert_eq!(until(&stage), start + 10 * DAY);
    stage.act("paula", &set(2)).unwrap();
    assert_eq!(until(&stage), start + 2 * DAY);
    // An owner who lowers it to shorten the notice of a bad market cannot raise it again.
    stage.act("paula", &set(30)).unwrap();
    assert_eq!(until(&stage), start + 2 * DAY);
    stage.act("paula", &set(20)).unwrap();
    assert_eq!(until(&stage), start + 2 * DAY);
    stage.wait(2 * DAY);
    stage.undelegate("alice", LIFE, Some(1)).unwrap();
    stage.lp("alice", LIFE, 1);
    let now = stage.now();
    assert_eq!(until(&stage), now + 20 * DAY);
}

/// The vault's own ratio counts when it is the larger.
#[test]
fn the_larger_ratio_counts() {
    let mut stage = Stage::open();
    let strict = PoolCollateral {
        min_ratio: Some(Decimal::percent(400)),
        ..vault_terms()
    };
    stage.set_vault(1, "paula", "LIFE", strict).unwrap();
    stage.refused("BelowIssuanceRatio", |s| {
        s.mint("alice", LIFE, Some(750 * ONE + 1))
    });
    stage.mint("alice", LIFE, Some(750 * ONE)).unwrap();
    let lax = PoolCollateral {
        min_ratio: Some(Decimal::percent(100)),
        ..vault_terms()
    };
    stage.set_vault(1, "paula", "LIFE", lax).unwrap();
    stage.mint("alice", LIFE, None).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 1_500 * ONE);
}
