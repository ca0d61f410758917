//! The lens: what it shows is what the messages do, and whose storage it reads.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use ballast_types::{
    pool_lens::{
        InstantiateMsg, ManagerResponse, PositionResponse, PositionRow, QueryMsg,
        UnassignedResponse,
    },
    pool_manager::{self, StoredRow, Unassigned},
};
use common::*;
use cosmwasm_std::StdResult;
use cw_multi_test::Executor;
use cw2::{CONTRACT, ContractVersion};
use rstest::rstest;

#[test]
fn its_manager() {
    let stage = Stage::new();
    let answer: ManagerResponse = stage.ask(&QueryMsg::Manager {}).unwrap();
    assert_eq!(answer.manager, stage.manager);
}

/// It reads the layout of one version, and answers for no other.
#[rstest]
#[case::another_name("ballast-treasury", "0.1.0")]
#[case::an_older_version("ballast-pool-manager", "0.0.9")]
#[case::a_newer_version("ballast-pool-manager", "0.1.1")]
fn another_manager(#[case] contract: &str, #[case] version: &str) {
    let mut stage = Stage::open();
    let stored = ContractVersion {
        contract: contract.to_owned(),
        version: version.to_owned(),
    };
    let manager = stage.manager.clone();
    let saved: StdResult<()> =
        CONTRACT.save(&mut *stage.app.contract_storage_mut(&manager), &stored);
    saved.unwrap();
    errs(
        "NotTheManager",
        stage.ask::<ManagerResponse>(&QueryMsg::Manager {}),
    );
    let code = stage.codes["lens"];
    let msg = InstantiateMsg {
        manager: manager.to_string(),
    };
    let error = stage
        .app
        .instantiate_contract(code, addr("x"), &msg, &[], "lens", None)
        .unwrap_err();
    assert_eq!(ballast_sim::error_name(&error), "NotTheManager");
}

#[test]
fn no_manager() {
    let mut stage = Stage::new();
    let code = stage.codes["lens"];
    for (manager, error) in [
        (stage.treasury.to_string(), "NotTheManager"),
        (addr("nobody").into_string(), "NotTheManager"),
        ("nonsense".to_owned(), "InvalidAddress"),
    ] {
        let msg = InstantiateMsg { manager };
        let refused = stage
            .app
            .instantiate_contract(code, addr("x"), &msg, &[], "lens", None)
            .unwrap_err();
        assert_eq!(ballast_sim::error_name(&refused), error);
    }
    let msg = InstantiateMsg {
        manager: stage.manager.to_string(),
    };
    let funds = cosmwasm_std::coins(1, "ulife");
    let refused = stage
        .app
        .instantiate_contract(code, addr("alice"), &msg, &funds, "lens", None)
        .unwrap_err();
    assert_eq!(ballast_sim::error_name(&refused), "Payment");
}

/// More records than the manager hands out at once.
#[test]
fn positions_page_by_page() {
    let mut stage = Stage::open();
    stage.checks = false;
    for number in 0..70 {
        let name = format!("lp {number}");
        stage.mint_denom(&name, "ulife", 100);
        stage.lp(&name, LIFE, 100);
    }
    let page = |start_after: Option<String>, limit| -> Vec<PositionRow> {
        stage
            .ask(&QueryMsg::Positions {
                vault: key(LIFE),
                start_after,
                limit,
            })
            .unwrap()
    };
    let mut all = page(None, Some(64));
    assert_eq!(all.len(), 64);
    assert_eq!(page(None, None).len(), 10);
    assert_eq!(page(None, Some(1_000)).len(), 64);
    let last = all.last().unwrap().account.to_string();
    all.extend(page(Some(last), Some(64)));
    assert_eq!(all.len(), 72);
    assert!(all.windows(2).all(|pair| pair[0].account < pair[1].account));
    let bob = all.iter().find(|row| row.account == addr("bob")).unwrap();
    assert_eq!(
        (bob.collateral.u128(), bob.debt.u128(), bob.credit.u128()),
        (1_000 * ONE, 500 * ONE, 0)
    );
    errs(
        "NoVault",
        stage.ask::<Vec<PositionRow>>(&QueryMsg::Positions {
            vault: key((1, "DOGE")),
            start_after: None,
            limit: None,
        }),
    );
}

#[test]
fn rows_as_they_are() {
    let stage = Stage::open();
    let rows = |start: Option<&[u8]>, end: Option<&[u8]>, descending, limit| -> Vec<StoredRow> {
        stage
            .query(&pool_manager::QueryMsg::Rows {
                start: start.map(Into::into),
                end: end.map(Into::into),
                descending,
                limit,
            })
            .unwrap()
    };
    let all = rows(None, None, false, Some(64));
    assert!(all.len() > 20);
    assert!(all.windows(2).all(|pair| pair[0].key < pair[1].key));
    let mut back = rows(None, None, true, Some(64));
    back.reverse();
    assert_eq!(all, back);
    let some = rows(Some(&all[2].key), Some(&all[5].key), false, None);
    assert_eq!(some, all[2..5]);
    assert_eq!(rows(None, None, false, Some(0)).len(), 1);
}

/// Every number of an answer is the one that a message finds.
#[test]
fn what_is_shown_is_what_is_done() {
    let mut stage = Stage::open();
    stage.lp("carol", WETH, ETHER);
    stage.margin("trader", ETH, 333_333_333).unwrap();
    stage.pay_fees(ETH, 7_777_777, 100_000_001).unwrap();
    let (alice, pool) = (stage.holds("alice", LIFE), stage.pool_of(1));
    let fees = stage.fees("alice", LIFE);
    let position = stage.position("alice", LIFE);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.holds("alice", LIFE), alice);
    assert_eq!(stage.position("alice", LIFE), position);
    assert_eq!(stage.pool_of(1), pool);

    let mint = stage.preview_mint("alice", LIFE, None).unwrap();
    let done = stage.mint("alice", LIFE, None).unwrap();
    assert_eq!(
        attribute(&done, "mint_usd", "amount"),
        mint.amount.to_string()
    );
    assert_eq!(attribute(&done, "mint_usd", "debt"), mint.debt.to_string());
    assert_eq!(stage.position("alice", LIFE).ratio, mint.ratio);
    assert_eq!(stage.position("alice", LIFE).mintable.unwrap().u128(), 0);

    stage.wait(DAY);
    stage.burn("alice", LIFE, 1_000 * ONE).unwrap();
    for amount in [Some(ONE), Some(777), None] {
        let quote = stage.exit_quote("alice", LIFE, amount).unwrap();
        let burn = quote.to_burn.u128();
        if burn > 0 {
            stage.burn("alice", LIFE, burn).unwrap();
        }
        assert!(stage.exit_quote("alice", LIFE, amount).unwrap().open);
        let before = stage.dollars("alice");
        let done = stage.undelegate("alice", LIFE, amount).unwrap();
        assert_eq!(
            attribute(&done, "undelegate", "amount"),
            quote.collateral.to_string()
        );
        assert_eq!(stage.dollars("alice") - before, quote.credit.u128());
    }
    stage.claim_fees("alice", &[LIFE]).unwrap();
    assert!(fees > 0);
    errs(
        "NoPosition",
        stage.ask::<PositionResponse>(&QueryMsg::Position {
            account: addr("alice").into_string(),
            vault: key(LIFE),
        }),
    );
}

/// To the unit that is needed and not one less.
#[test]
fn a_quote_is_exact() {
    let mut stage = Stage::open();
    stage.report(ETH, 33_333_333);
    stage.wait(DAY);
    let quote = stage.exit_quote("bob", LIFE, Some(333_333_333)).unwrap();
    let burn = quote.to_burn.u128();
    stage
        .burn_for("trader", Some("bob"), LIFE, burn - 1)
        .unwrap();
    stage.refused("BelowIssuanceRatio", |s| {
        s.undelegate("bob", LIFE, Some(333_333_333))
    });
    stage.burn_for("trader", Some("bob"), LIFE, 1).unwrap();
    stage.undelegate("bob", LIFE, Some(333_333_333)).unwrap();
}

#[test]
fn pages_of_what_nobody_carries() {
    let mut stage = Stage::open();
    for market in [BTC, SOL] {
        stage.report(market, 10);
        stage.sync_market(market).unwrap();
    }
    stage.lp("carol", (1, "WETH"), ETHER);
    let page = |start_after| -> Vec<UnassignedResponse> {
        stage
            .ask(&QueryMsg::Solvency {
                start_after,
                limit: Some(1),
            })
            .unwrap()
    };
    let first = page(None);
    let (btc, sol) = (
        Unassigned::Market(BTC.into()),
        Unassigned::Market(SOL.into()),
    );
    assert_eq!(first[0].at, btc);
    assert_eq!(page(Some(btc))[0].at, sol);
    assert!(page(Some(sol)).is_empty());
}

/// A lens moves to a newer version, and to nothing else.
#[test]
fn migration() {
    let mut stage = Stage::new();
    let (lens, owner, code) = (stage.lens.clone(), addr("x"), stage.codes["lens"]);
    let msg = InstantiateMsg {
        manager: stage.manager.to_string(),
    };
    let admin = Some(owner.to_string());
    let mine = stage
        .app
        .instantiate_contract(code, owner.clone(), &msg, &[], "mine", admin)
        .unwrap();
    let empty = ballast_types::MigrateMsg {};
    let error = stage
        .app
        .migrate_contract(owner.clone(), mine.clone(), &empty, code)
        .unwrap_err();
    assert_eq!(ballast_sim::error_name(&error), "NotOlder");
    let stored = ContractVersion {
        contract: "ballast-pool-lens".to_owned(),
        version: "0.0.9".to_owned(),
    };
    let saved: StdResult<()> = CONTRACT.save(&mut *stage.app.contract_storage_mut(&mine), &stored);
    saved.unwrap();
    stage
        .app
        .migrate_contract(owner, mine, &empty, code)
        .unwrap();
    assert!(stage.app.contract_data(&lens).is_ok());
}
