//! What LPs owe by their own acts: minting, burning, and donations for what nobody owes.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, missing_docs)]

mod common;

use ballast_types::{
    debt_registry,
    pool_manager::{ExecuteMsg, Operation, ReceiveMsg, Unassigned},
};
use common::*;
use cosmwasm_std::{Uint128, from_json};
use rstest::rstest;

#[test]
fn mints_up_to_the_issuance_ratio() {
    let mut stage = Stage::with_market();
    stage.lp("alice", LIFE, 3 * ONE + 1);
    let preview = stage.preview_mint("alice", LIFE, Some(ONE)).unwrap();
    assert_eq!((preview.amount.u128(), preview.debt.u128()), (ONE, ONE));
    assert_eq!(preview.ratio.unwrap().to_string(), "3.000001");
    let done = stage.mint("alice", LIFE, Some(ONE)).unwrap();
    let alice = addr("alice").into_string();
    has_event(
        &done,
        "mint_usd",
        &[
            ("account", alice.as_str()),
            ("pool", "1"),
            ("asset", "LIFE"),
            ("amount", "1000000"),
            ("debt", "1000000"),
        ],
    );
    assert_eq!(stage.dollars("alice"), ONE);
    let most = stage.preview_mint("alice", LIFE, None).unwrap().amount;
    assert_eq!(stage.position("alice", LIFE).mintable, Some(most));
    stage.refused("BelowIssuanceRatio", |s| {
        s.mint("alice", LIFE, Some(most.u128() + 1))
    });
    stage.mint("alice", LIFE, None).unwrap();
    // floor(3.000001 / 2)
    assert_eq!(stage.dollars("alice"), 1_500_000);
    stage.refused("NothingToMint", |s| s.mint("alice", LIFE, None));
    stage.refused("BelowIssuanceRatio", |s| s.mint("alice", LIFE, Some(1)));
}

#[test]
fn mints_that_are_refused() {
    let mut stage = Stage::open();
    stage.refused("ZeroAmount", |s| s.mint("alice", LIFE, Some(0)));
    stage.refused("NoPosition", |s| s.mint("carol", LIFE, None));
    stage.refused("NoPosition", |s| s.mint("alice", (7, "LIFE"), None));
    stage.refused("BelowIssuanceRatio", |s| {
        s.mint("alice", LIFE, Some(u128::MAX))
    });
    stage.switch_off(Operation::MintUsd);
    stage.refused("SwitchedOff", |s| s.mint("alice", LIFE, Some(1)));
    errs("SwitchedOff", stage.preview_mint("alice", LIFE, Some(1)));
    stage.switch_on(Operation::MintUsd);
    let enable = |enabled| ExecuteMsg::UpdateCollateral {
        asset: "LIFE".into(),
        terms: None,
        enabled: Some(enabled),
    };
    stage.act("owner", &enable(false)).unwrap();
    stage.refused("CollateralDisabled", |s| s.mint("alice", LIFE, Some(1)));
    stage.act("owner", &enable(true)).unwrap();
    stage.price("LIFE", "76000");
    stage.refused("Halted", |s| s.mint("alice", LIFE, Some(1)));
    stage.kill("LIFE");
    stage.refused("Stale", |s| s.mint("alice", LIFE, Some(1)));
    assert_eq!(stage.position("alice", LIFE).mintable, None);
}

/// The registry has a ceiling of its own.
#[test]
fn the_ceiling_of_the_dollar() {
    let mut stage = Stage::open();
    let ceiling = debt_registry::ExecuteMsg::SetCeiling {
        synth: "dUSD".into(),
        ceiling: Uint128::new(500 * ONE + 7),
    };
    let registry = stage.registry.clone();
    stage
        .execute(&addr("owner"), &registry, &ceiling, &[])
        .unwrap();
    stage.refused("CeilingExceeded", |s| s.mint("alice", LIFE, Some(8)));
    stage.mint("alice", LIFE, Some(7)).unwrap();
}

#[test]
fn burns_for_oneself_and_for_others() {
    let mut stage = Stage::open();
    let done = stage
        .burn_for("trader", Some("bob"), LIFE, 200 * ONE)
        .unwrap();
    let (bob, trader) = (addr("bob").into_string(), addr("trader").into_string());
    has_event(
        &done,
        "burn_usd",
        &[
            ("account", bob.as_str()),
            ("payer", trader.as_str()),
            ("pool", "1"),
            ("asset", "LIFE"),
            ("amount", "200000000"),
            ("debt", "300000000"),
        ],
    );
    assert_eq!(stage.supply(), 300 * ONE);
    stage.give("trader", "bob", 300 * ONE);
    // What is too much comes back in the same message.
    stage.mint("alice", LIFE, Some(50 * ONE)).unwrap();
    stage.give("alice", "bob", 50 * ONE);
    stage.burn("bob", LIFE, 350 * ONE).unwrap();
    assert_eq!(
        (stage.dollars("bob"), stage.debt("bob", LIFE)),
        (50 * ONE, 0)
    );
    stage.refused("NoDebt", |s| s.burn("bob", LIFE, 1));
    stage.refused("NoPosition", |s| s.burn_for("bob", Some("carol"), LIFE, 1));
}

#[test]
fn only_the_dollar_repays() {
    let mut stage = Stage::open();
    let (weth, manager) = (stage.weth.clone(), stage.manager.clone());
    let hooks: [ReceiveMsg; 4] = [
        from_json(br#"{"burn_usd":{"pool":"1","asset":"LIFE"}}"#).unwrap(),
        from_json(br#"{"donate":{"to":{"market":"1"}}}"#).unwrap(),
        from_json(br#"{"deposit_market_usd":{"ref":"eth"}}"#).unwrap(),
        ReceiveMsg::LiquidateLastHolder {
            account: addr("bob").into_string(),
            pool: 1u64.into(),
            asset: "LIFE".into(),
            min_received: Uint128::zero(),
        },
    ];
    for hook in hooks {
        stage.refused("NotTheDollar", |s| {
            s.send_cw20("bob", &weth, &manager, 5, &hook)
        });
    }
}

/// Repaying needs no price, no switch, and no market that works.
#[test]
fn burning_is_always_open() {
    let mut stage = Stage::open();
    stage.switch_off_everything();
    stage.kill("LIFE");
    stage.mode(ETH, hostile_market::Mode::Errs {}, None);
    stage
        .burn_for("trader", Some("bob"), LIFE, 200 * ONE)
        .unwrap();
    assert_eq!(stage.debt("bob", LIFE), 300 * ONE);
}

/// A profit is minted first, without collateral behind it.
#[test]
fn a_credit_is_used_first() {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 400 * ONE).unwrap();
    stage.report(ETH, 0);
    let preview = stage.preview_mint("alice", LIFE, Some(300 * ONE)).unwrap();
    assert_eq!((preview.debt.u128(), preview.ratio), (0, None));
    stage.mint("alice", LIFE, Some(300 * ONE)).unwrap();
    assert_eq!(stage.holds("alice", LIFE), (3_000 * ONE, 0, 0));
    let most = stage.preview_mint("alice", LIFE, None).unwrap();
    assert_eq!(most.amount.u128(), 1_500 * ONE);
}

/// 600 above the room of 3,500 are nobody's; burning for them is a gift to all.
#[rstest]
#[case::less(40 * ONE, 40 * ONE, 0)]
#[case::more(300 * ONE, 200 * ONE, 100 * ONE)]
fn donations_for_a_market(#[case] given: u128, #[case] taken: u128, #[case] back: u128) {
    let mut stage = Stage::open();
    stage.report(ETH, 3_700_000_000);
    stage.sync_market(ETH).unwrap();
    let at = Unassigned::Market(ETH.into());
    assert_eq!(stage.unassigned(), [(at, 200_000_000)]);
    let done = stage.donate("trader", at, given).unwrap();
    let trader = addr("trader").into_string();
    has_event(
        &done,
        "donate",
        &[
            ("market", "1"),
            ("payer", trader.as_str()),
            ("amount", taken.to_string().as_str()),
        ],
    );
    assert_eq!(stage.dollars("trader"), 500 * ONE - given + back);
    assert_eq!(stage.supply(), 500 * ONE - taken);
    let left = 200 * ONE - taken;
    let expected: Vec<_> = (left > 0)
        .then(|| (at, i128::try_from(left).unwrap()))
        .into_iter()
        .collect();
    assert_eq!(stage.unassigned(), expected);
    // Nothing of it falls on an LP.
    let before = stage.debt("alice", LIFE);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.debt("alice", LIFE), before);
}

#[test]
fn donations_that_are_refused() {
    let mut stage = Stage::open();
    for (to, error) in [
        (Unassigned::Market(ETH.into()), "NothingUnassigned"),
        (Unassigned::Pool(1u64.into()), "NothingUnassigned"),
        (Unassigned::Market(9u64.into()), "UnknownMarket"),
        (Unassigned::Pool(9u64.into()), "UnknownPool"),
    ] {
        stage.refused(error, |s| s.donate("trader", to, 5));
    }
}
