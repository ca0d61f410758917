//! `forward_to_treasury` and `claim_rewards`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::{
    synth_minter::{AssetAmount, ExecuteMsg, QueryMsg},
    treasury::{self, LedgerRow, Tag},
};
use common::*;

/// A liquidation of LIFE and WETH and an exchange have left parts for flagger and treasury.
fn stage() -> Stage {
    let mut stage = Stage::new();
    stage.fund_keeper(3_000);
    stage.deposit("alice", "LIFE", 9_000 * ONE).unwrap();
    stage.deposit("alice", "WETH", ETHER).unwrap();
    stage.mint("alice", None).unwrap();
    stage
        .exchange("keeper", "LUSD", 1_000 * ONE, "sEUR")
        .unwrap();
    stage.price("LIFE", "0.25");
    stage.price("WETH", "1000");
    stage.flag("other", "alice").unwrap();
    stage.world.wait(GRACE);
    stage.liquidate("keeper", "alice", 500 * ONE).unwrap();
    stage
}

fn named(list: &[(&str, u128)]) -> Vec<(String, u128)> {
    list.iter()
        .map(|(id, amount)| ((*id).to_owned(), *amount))
        .collect()
}

/// 500 LUSD take 9/13 of LIFE and 4/13 of WETH: of penalties of 10 % and 8 % a fifth each.
const LIFE_PART: u128 = 27_692_307;
const WETH_PART: u128 = 2_461_538_461_538_461;

#[test]
fn wait_until_they_are_asked_for() {
    let stage = stage();
    assert_eq!(
        stage.rewards("other"),
        named(&[("LIFE", LIFE_PART), ("WETH", WETH_PART)])
    );
    let due = stage.treasury_due();
    assert_eq!(due[2], ("sEUR".to_owned(), 1_200_000));
    // The treasury's share is the flagger's and the dust.
    assert!((LIFE_PART..=LIFE_PART + 2).contains(&due[0].1), "{due:?}");
    assert!((WETH_PART..=WETH_PART + 2).contains(&due[1].1), "{due:?}");
}

#[test]
fn are_paged_by_asset() {
    let stage = stage();
    let all = stage.treasury_due();
    let page = |start_after: Option<&str>, limit| -> Vec<(String, u128)> {
        let rows: Vec<AssetAmount> = stage
            .ask(&QueryMsg::TreasuryDue {
                start_after: start_after.map(str::to_owned),
                limit,
            })
            .unwrap();
        pairs(rows)
    };
    assert_eq!(page(None, Some(1)), all[..1]);
    assert_eq!(page(Some("LIFE"), Some(1)), all[1..2]);
    assert_eq!(page(Some("WETH"), None), all[2..]);
    assert_eq!(page(None, Some(0)), all[..1]);
}

#[test]
fn the_treasurys_arrive_tagged() {
    let mut stage = stage();
    let due = stage.treasury_due();
    let before = stage.wallet("treasury", "LIFE");
    let response = stage.forward(&["LIFE", "WETH", "sEUR"]).unwrap();
    let paid = due
        .iter()
        .map(|(asset, amount)| format!("{amount}{asset}"))
        .collect::<Vec<_>>()
        .join(",");
    has_event(
        &response,
        "forward_to_treasury",
        &[
            ("recipient", stage.at("treasury").as_str()),
            ("paid", &paid),
        ],
    );
    assert_eq!(stage.treasury_due(), vec![]);
    assert_eq!(stage.wallet("treasury", "LIFE"), before + due[0].1);
    assert_eq!(stage.wallet("treasury", "sEUR"), 1_200_000);
    assert_eq!(stage.wallet("synth-minter", "sEUR"), 0);

    let rows: Vec<LedgerRow> = stage
        .world
        .query(
            &stage.at("treasury"),
            &treasury::QueryMsg::Ledger {
                start_after: None,
                limit: None,
            },
        )
        .unwrap();
    let mut seen: Vec<(Tag, u128)> = rows
        .iter()
        .map(|row| {
            let from_cw20_or_minter = row.source == stage.minter;
            assert!(from_cw20_or_minter, "{row:?}");
            (row.tag, row.total.u128())
        })
        .collect();
    seen.sort_by_key(|(_, total)| *total);
    assert_eq!(
        seen,
        [
            (Tag::ExchangeFee, 1_200_000),
            (Tag::Penalty, due[0].1),
            (Tag::Penalty, due[1].1)
        ]
    );
    stage.refused_with("NothingDue", &["LIFE"], |s| s.forward(&["LIFE"]));
}

#[test]
fn the_flaggers_go_to_the_flagger_whoever_asks() {
    let mut stage = stage();
    let (life, weth) = (stage.wallet("other", "LIFE"), stage.wallet("other", "WETH"));
    let response = stage.claim("other", &["LIFE"]).unwrap();
    has_event(
        &response,
        "claim_rewards",
        &[
            ("recipient", stage.at("other").as_str()),
            ("paid", &format!("{LIFE_PART}LIFE")),
        ],
    );
    let claim = ExecuteMsg::ClaimRewards {
        account: Some(stage.at("other").to_string()),
        assets: strings(&["WETH"]),
    };
    stage.act("bob", &claim).unwrap();
    assert_eq!(stage.wallet("other", "LIFE"), life + LIFE_PART);
    assert_eq!(stage.wallet("other", "WETH"), weth + WETH_PART);
    assert_eq!(stage.rewards("other"), vec![]);
    stage.refused_with("NothingDue", &["WETH"], |s| s.act("bob", &claim));
}

#[test]
fn errors() {
    let mut stage = stage();
    let claim = |account: Option<&str>, assets: &[&str]| ExecuteMsg::ClaimRewards {
        account: account.map(str::to_owned),
        assets: strings(assets),
    };
    let many: Vec<&str> = vec!["LIFE"; 17];

    stage.refused("ZeroAmount", |s| s.forward(&[]));
    stage.refused_with("TooMany", &["17", "16"], |s| s.forward(&many));
    stage.refused_with("NothingDue", &["DOGE"], |s| s.forward(&["LIFE", "DOGE"]));
    // Each once: the second finds nothing left.
    stage.refused_with("NothingDue", &["LIFE"], |s| s.forward(&["LIFE", "LIFE"]));

    stage.refused("ZeroAmount", |s| s.claim("other", &[]));
    stage.refused_with("TooMany", &["17", "16"], |s| s.claim("other", &many));
    stage.refused_with("NothingDue", &["sEUR"], |s| s.claim("other", &["sEUR"]));
    stage.refused_with("NothingDue", &["LIFE"], |s| {
        s.claim("other", &["LIFE", "LIFE"])
    });
    stage.refused_with("NothingDue", &["LIFE"], |s| s.claim("bob", &["LIFE"]));
    stage.refused("InvalidAddress", |s| {
        s.act("bob", &claim(Some("x"), &["LIFE"]))
    });
}

/// Balances cover what the books owe: stakes, the treasury's part, the flagger's.
#[test]
fn the_minter_holds_what_it_owes() {
    let mut stage = stage();
    for asset in ["LIFE", "WETH"] {
        let owed = stage.collateral(asset).total.u128()
            + find(&stage.treasury_due(), asset)
            + find(&stage.rewards("other"), asset);
        assert_eq!(stage.wallet("synth-minter", asset), owed);
    }
    stage.forward(&["LIFE", "WETH"]).unwrap();
    stage.claim("other", &["LIFE", "WETH"]).unwrap();
    for asset in ["LIFE", "WETH"] {
        let total = stage.collateral(asset).total.u128();
        assert_eq!(stage.wallet("synth-minter", asset), total);
    }
}

fn find(list: &[(String, u128)], asset: &str) -> u128 {
    list.iter()
        .find(|(id, _)| id == asset)
        .map_or(0, |(_, amount)| *amount)
}
