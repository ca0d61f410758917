//! A message with bad input fails with a typed error and changes nothing (DESIGN §11, 12).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use std::collections::BTreeSet;

use ballast_testing::variants;
use ballast_types::{
    market::{DepositMarketUsd, PayFees, WithdrawMarketUsd},
    pool_manager::{ExecuteMsg, Operation, ReceiveMsg, Unassigned},
};
use common::*;
use cosmwasm_std::{Decimal, Uint128, coins, to_json_binary};
use cw_ownable::Action;
use cw20::Cw20ReceiveMsg;
use rstest::rstest;

fn name_of(msg: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(msg).unwrap();
    value.as_object().unwrap().keys().next().unwrap().clone()
}

/// Every message, as a stranger would send it: the error that it ends in.
fn messages(stage: &Stage) -> Vec<(ExecuteMsg, &'static str)> {
    let pool = 9u64.into();
    let nobody = addr("nobody").into_string();
    let asset = || "LIFE".to_owned();
    vec![
        (ExecuteMsg::Deposit { account: None }, "Payment"),
        (
            ExecuteMsg::Withdraw {
                asset: asset(),
                amount: None,
            },
            "NothingToWithdraw",
        ),
        (
            ExecuteMsg::Delegate {
                pool,
                asset: asset(),
                amount: None,
            },
            "UnknownPool",
        ),
        (
            ExecuteMsg::RequestExit {
                pool,
                asset: asset(),
            },
            "NoPosition",
        ),
        (
            ExecuteMsg::Undelegate {
                pool,
                asset: asset(),
                amount: None,
            },
            "UnknownPool",
        ),
        (
            ExecuteMsg::MintUsd {
                pool,
                asset: asset(),
                amount: None,
            },
            "NoPosition",
        ),
        (
            ExecuteMsg::ClaimFees {
                account: None,
                vaults: vec![key(LIFE)],
            },
            "NoPosition",
        ),
        (
            ExecuteMsg::ClaimCut {
                pool,
                payee: nobody.clone(),
            },
            "UnknownPool",
        ),
        (
            ExecuteMsg::ClaimRewards {
                account: None,
                vault: key((9, "LIFE")),
                streams: vec![],
            },
            "UnknownPool",
        ),
        (
            ExecuteMsg::Liquidate {
                account: nobody.clone(),
                pool,
                asset: asset(),
            },
            "NoPosition",
        ),
        (
            ExecuteMsg::CreatePool {
                name: String::new(),
                delegation_secs: DAY,
            },
            "InvalidName",
        ),
        (
            ExecuteMsg::UpdatePoolOwnership {
                pool,
                action: Action::AcceptOwnership,
            },
            "UnknownPool",
        ),
        (
            ExecuteMsg::SetPoolName {
                pool,
                name: "x".into(),
            },
            "UnknownPool",
        ),
        (
            ExecuteMsg::SetDelegationTime {
                pool,
                delegation_secs: DAY,
            },
            "UnknownPool",
        ),
        (
            ExecuteMsg::SetPoolCollateral {
                pool,
                asset: asset(),
                terms: vault_terms(),
            },
            "UnknownPool",
        ),
        (
            ExecuteMsg::SetPoolMarkets {
                pool,
                markets: vec![],
            },
            "UnknownPool",
        ),
        (
            ExecuteMsg::SetCut {
                pool,
                payee: nobody.clone(),
                market: None,
                rate: Decimal::one(),
            },
            "UnknownPool",
        ),
        (
            ExecuteMsg::SetDistributor {
                pool,
                distributor: nobody.clone(),
                allowed: true,
            },
            "UnknownPool",
        ),
        (ExecuteMsg::SyncPool { pool }, "UnknownPool"),
        (
            ExecuteMsg::OpenStream {
                target: target(1, None),
                label: "x".into(),
                amount: Uint128::one(),
                schedule: None,
            },
            "NotADistributor",
        ),
        (
            ExecuteMsg::WithdrawMarketUsd(WithdrawMarketUsd {
                market_ref: "eth".into(),
                amount: Uint128::one(),
                recipient: nobody.clone(),
                or_less: true,
            }),
            "UnknownMarket",
        ),
        (
            ExecuteMsg::PayFees(PayFees {
                market_ref: "eth".into(),
                amount: Uint128::one(),
                or_less: true,
            }),
            "UnknownMarket",
        ),
        (
            ExecuteMsg::SyncMarket {
                market: 99u64.into(),
            },
            "UnknownMarket",
        ),
        (
            ExecuteMsg::CheckMarket {
                pool: 1u64.into(),
                contract: nobody.clone(),
            },
            "NotInPool",
        ),
        (
            ExecuteMsg::PollForCheck {
                pool: 1u64.into(),
                contract: stage.markets[0].to_string(),
            },
            "Unauthorized",
        ),
        (
            ExecuteMsg::RegisterMarket {
                contract: nobody.clone(),
                market_ref: "x".into(),
                ceiling: Uint128::MAX,
            },
            "Ownership",
        ),
        (
            ExecuteMsg::SetMarketCeiling {
                market: ETH.into(),
                ceiling: Uint128::MAX,
            },
            "Ownership",
        ),
        (
            ExecuteMsg::Quarantine {
                contract: stage.markets[0].to_string(),
            },
            "NeitherGuardianNorOwner",
        ),
        (
            ExecuteMsg::EndQuarantine {
                contract: stage.markets[0].to_string(),
            },
            "Ownership",
        ),
        (
            ExecuteMsg::RecognizePool {
                pool,
                recognition: None,
            },
            "Ownership",
        ),
        (
            ExecuteMsg::AddCollateral {
                asset: asset(),
                token: ballast_types::TokenUnchecked::Native("x".into()),
                terms: terms(),
            },
            "Ownership",
        ),
        (
            ExecuteMsg::UpdateCollateral {
                asset: asset(),
                terms: None,
                enabled: None,
            },
            "Ownership",
        ),
        (ExecuteMsg::UpdateParams { params: params() }, "Ownership"),
        (ExecuteMsg::ForwardToTreasury {}, "NothingDue"),
        (
            ExecuteMsg::AcceptSynth(ballast_types::issuer::NewSynth {
                synth: "x".into(),
                token: addr("x"),
                decimals: 6,
                is_dollar: true,
            }),
            "Unauthorized",
        ),
        (ExecuteMsg::Receive(spoofed()), "UnknownToken"),
        (
            ExecuteMsg::SwitchOff {
                operation: Operation::Deposit,
            },
            "NeitherGuardianNorOwner",
        ),
        (
            ExecuteMsg::SwitchOn {
                operation: Operation::Deposit,
            },
            "Ownership",
        ),
        (ExecuteMsg::SetGuardian { guardian: None }, "Ownership"),
        (
            ExecuteMsg::UpdateOwnership(Action::AcceptOwnership),
            "Ownership",
        ),
    ]
}

fn spoofed() -> Cw20ReceiveMsg {
    Cw20ReceiveMsg {
        sender: addr("mallory").into_string(),
        amount: Uint128::new(1_000),
        msg: to_json_binary(&ReceiveMsg::Deposit { account: None }).unwrap(),
    }
}

#[test]
fn of_a_stranger() {
    let mut stage = Stage::open();
    let all = messages(&stage);
    let names: BTreeSet<_> = all.iter().map(|(msg, _)| name_of(msg)).collect();
    assert_eq!(names, variants::<ExecuteMsg>());
    for (msg, error) in all {
        stage.refused(error, |s| s.act("mallory", &msg));
    }
}

/// Only `deposit` takes coins, and it takes one.
#[test]
fn extra_funds() {
    let mut stage = Stage::open();
    for (msg, _) in messages(&stage) {
        if name_of(&msg) == "deposit" {
            continue;
        }
        for who in ["alice", "owner", "paula"] {
            if who != "alice" {
                stage.mint_denom(who, "ulife", 5);
            }
            stage.refused("Payment", |s| s.act_with(who, &msg, &coins(1, "ulife")));
        }
    }
}

/// A text that is no address, wherever one is expected.
#[test]
fn no_addresses() {
    let mut stage = Stage::open();
    for bad in ["", "alice", "ALICE", "cosmwasm1qqqq"] {
        let text = serde_json::to_string(bad).unwrap();
        for json in [
            format!(r#"{{"claim_fees":{{"account":{text},"vaults":[]}}}}"#),
            format!(r#"{{"claim_cut":{{"pool":"1","payee":{text}}}}}"#),
            format!(
                r#"{{"claim_rewards":{{"account":{text},"vault":{{"pool":"1","asset":"LIFE"}},"streams":[]}}}}"#
            ),
            format!(r#"{{"liquidate":{{"account":{text},"pool":"1","asset":"LIFE"}}}}"#),
            format!(r#"{{"check_market":{{"pool":"1","contract":{text}}}}}"#),
        ] {
            let msg: ExecuteMsg = serde_json::from_str(&json).unwrap();
            stage.refused("InvalidAddress", |s| s.act("alice", &msg));
        }
        for json in [
            format!(r#"{{"quarantine":{{"contract":{text}}}}}"#),
            format!(r#"{{"end_quarantine":{{"contract":{text}}}}}"#),
            format!(r#"{{"set_guardian":{{"guardian":{text}}}}}"#),
            format!(r#"{{"update_ownership":{{"transfer_ownership":{{"new_owner":{text}}}}}}}"#),
        ] {
            let msg: ExecuteMsg = serde_json::from_str(&json).unwrap();
            stage.refused("InvalidAddress", |s| s.act("owner", &msg));
        }
        for json in [
            format!(r#"{{"set_cut":{{"pool":"1","payee":{text},"rate":"0.1"}}}}"#),
            format!(r#"{{"set_distributor":{{"pool":"1","distributor":{text},"allowed":true}}}}"#),
            format!(
                r#"{{"update_pool_ownership":{{"pool":"1","action":{{"transfer_ownership":{{"new_owner":{text}}}}}}}}}"#
            ),
        ] {
            let msg: ExecuteMsg = serde_json::from_str(&json).unwrap();
            stage.refused("InvalidAddress", |s| s.act("paula", &msg));
        }
        let deposit = ExecuteMsg::Deposit {
            account: Some(bad.to_owned()),
        };
        stage.refused("InvalidAddress", |s| {
            s.act_with("alice", &deposit, &coins(1, "ulife"))
        });
        let burn = ReceiveMsg::BurnUsd {
            account: Some(bad.to_owned()),
            pool: 1u64.into(),
            asset: "LIFE".into(),
        };
        stage.refused("InvalidAddress", |s| s.hook("trader", 1, &burn));
    }
}

/// Every hook with the dollar, from one who may not or for what is not there; and from a token that
/// nobody listed.
#[test]
fn hooks() {
    let mut stage = Stage::open();
    let pool = 9u64.into();
    let asset = || "LIFE".to_owned();
    let all = [
        (ReceiveMsg::Deposit { account: None }, "UnknownCollateral"),
        (
            ReceiveMsg::BurnUsd {
                account: None,
                pool,
                asset: asset(),
            },
            "NoPosition",
        ),
        (
            ReceiveMsg::LiquidateLastHolder {
                account: addr("bob").into_string(),
                pool,
                asset: asset(),
                min_received: Uint128::zero(),
            },
            "NoPosition",
        ),
        (
            ReceiveMsg::DepositMarketUsd(DepositMarketUsd {
                market_ref: "eth".into(),
            }),
            "UnknownMarket",
        ),
        (
            ReceiveMsg::Donate {
                to: Unassigned::Pool(pool),
            },
            "UnknownPool",
        ),
    ];
    let names: BTreeSet<_> = all.iter().map(|(hook, _)| name_of(hook)).collect();
    assert_eq!(names, variants::<ReceiveMsg>());
    let token = stage.cw20("FAKE", 6, vec![(addr("mallory"), 10)]);
    let manager = stage.manager.clone();
    for (hook, error) in &all {
        stage.refused(error, |s| s.hook("trader", 1, hook));
        stage.refused("ZeroAmount", |s| s.hook("trader", 0, hook));
        stage.refused("UnknownToken", |s| {
            s.send_cw20("mallory", &token, &manager, 1, hook)
        });
    }
    let nonsense = serde_json::json!({ "burn_usd": { "pool": "1", "asset": "LIFE", "amuont": 1 } });
    stage.refused("UnknownHook", |s| {
        s.send_to("trader", &manager, 1, &nonsense)
    });
}

/// One who calls `receive` himself is a token that nobody listed.
#[test]
fn spoofed_receives() {
    let mut stage = Stage::open();
    for who in ["mallory", "owner", "registry"] {
        stage.refused("UnknownToken", |s| {
            s.act(who, &ExecuteMsg::Receive(spoofed()))
        });
    }
}

/// 2⁹⁶ of everything works; what no number holds is a typed error.
#[test]
fn the_largest_amounts() {
    const MOST: u128 = 1 << 96;
    let mut stage = Stage::with_market();
    stage.mint_denom("whale", "ulife", u128::MAX >> 1);
    stage.lp("whale", LIFE, MOST);
    stage.mint("whale", LIFE, Some(MOST / 4)).unwrap();
    stage.margin("whale", ETH, MOST / 8).unwrap();
    stage.report(ETH, i128::try_from(MOST / 4).unwrap());
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.debt("whale", LIFE), MOST / 4 + MOST / 8);
    stage
        .pay_fees(ETH, MOST / 16, i128::try_from(MOST / 16 * 3).unwrap())
        .unwrap();
    stage.claim_fees("whale", &[LIFE]).unwrap();
    // A price of a million-millionth, and one of a million million.
    stage.price("LIFE", "0.000000000001");
    stage.sync_pool(1).unwrap();
    for price in ["0.000000000003", "0.000001", "1", "1000000000000"] {
        stage.price("LIFE", price);
        stage.sync_pool(1).unwrap();
    }
    stage.deposit("whale", "LIFE", 1).unwrap();
    // What it may owe at such a price is more than there are numbers for.
    stage.refused("OutOfRange", |s| s.delegate("whale", LIFE, None));
    stage.kill("LIFE");
    stage.refused("CapExceeded", |s| s.delegate("whale", LIFE, None));
}

/// Amounts that would overflow are refused by name.
#[rstest]
#[case::deposit(u128::MAX)]
#[case::much(u128::MAX >> 1)]
fn overflows(#[case] amount: u128) {
    let mut stage = Stage::with_market();
    stage.mint_denom("whale", "ulife", u128::MAX - 6 * WEALTH * ONE);
    stage.deposit("whale", "LIFE", u128::MAX >> 2).unwrap();
    stage.refused("CapExceeded", |s| s.delegate("whale", LIFE, None));
    for market in [ETH, SOL] {
        stage.refused("ExceedsCredit", |s| s.draw(market, "whale", amount));
        stage.refused("ExceedsCredit", |s| s.pay_fees(market, amount, 0));
    }
}
