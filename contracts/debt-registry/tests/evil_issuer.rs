//! What an issuer that turned evil cannot do to another issuer's synths and debtors.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]

mod common;

use ballast_debt_registry::ContractError;
use ballast_types::debt_registry::{ExecuteMsg, ReceiveMsg};
use common::*;
use cosmwasm_std::{Addr, Uint128, WasmMsg, to_json_binary};
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};

/// Alice owes 100 LUSD to the honest issuer, which holds 50 of them; dUSD is the evil one's.
fn two_issuers() -> (Chain, Addr) {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.mint(&alice, 100 * USD);
    chain.hand_over("LUSD", &alice, 50 * USD);
    let evil = chain.second_issuer();
    (chain, evil)
}

fn refused(chain: &mut Chain, evil: &Addr, msg: &ExecuteMsg) -> ContractError {
    let before = chain.dump();
    let error = chain.by(evil, msg).unwrap_err();
    assert_eq!(chain.dump(), before);
    error.downcast().unwrap()
}

#[test]
fn exchange_of_anothers_synths() {
    let (mut chain, evil) = two_issuers();
    let honest = chain.issuer.clone();
    let out_of = |synth: &str| ContractError::NotTheIssuer {
        synth: synth.to_owned(),
        issuer: honest.clone(),
        sender: evil.clone(),
    };
    let burn = exchange_msg("LUSD", USD, "dUSD", &evil, USD, 0);
    assert_eq!(refused(&mut chain, &evil, &burn), out_of("LUSD"));
    let print = exchange_msg("dUSD", USD, "sBTC", &evil, 100, 0);
    assert_eq!(refused(&mut chain, &evil, &print), out_of("sBTC"));
}

/// `repay` and `liquidate` work on the sender's own pool: in it Alice owes nothing.
#[test]
fn anothers_debtors() {
    let (mut chain, evil) = two_issuers();
    let alice = addr("alice");
    let no_debt = ContractError::NoDebt {
        account: alice.clone(),
    };
    assert_eq!(
        refused(&mut chain, &evil, &repay_msg(&alice, USD, None)),
        no_debt
    );
    assert_eq!(
        refused(&mut chain, &evil, &liquidate_msg(&alice, 0, USD)),
        no_debt
    );
    // Its own issue gives Alice a debt in its own pool only.
    chain
        .by(&evil, &issue_msg(&alice, Some(7 * USD), 7 * USD))
        .unwrap();
    assert_eq!(chain.debt(&alice), 100 * USD);
    assert_eq!(chain.balance("LUSD", &alice), 50 * USD);
    assert_eq!(chain.balance("dUSD", &alice), 7 * USD);
    // And the liquidation of that debt without a payment falls on its own pool only.
    chain.by(&evil, &liquidate_msg(&alice, 0, 7 * USD)).unwrap();
    assert_eq!(chain.debt(&alice), 100 * USD);
}

#[test]
fn retiring_what_it_does_not_hold() {
    let (mut chain, evil) = two_issuers();
    let alice = addr("alice");
    chain
        .by(&evil, &issue_msg(&alice, Some(7 * USD), 7 * USD))
        .unwrap();
    assert_eq!(
        refused(&mut chain, &evil, &repay_msg(&alice, 7 * USD, None)),
        ContractError::NotHeld {
            holder: evil.clone(),
            synth: "dUSD".into(),
            held: Uint128::zero(),
            amount: Uint128::new(7 * USD),
        }
    );
    assert!(matches!(
        refused(&mut chain, &evil, &liquidate_msg(&alice, USD, USD)),
        ContractError::NotHeld { .. }
    ));
}

/// An issuer that takes its allowance back stops itself; the recorded supply stays.
#[test]
fn without_its_allowance() {
    let (mut chain, evil) = two_issuers();
    let alice = addr("alice");
    chain
        .by(&evil, &issue_msg(&evil, Some(7 * USD), 7 * USD))
        .unwrap();
    let token = chain.synth("dUSD").token;
    let decrease = Cw20ExecuteMsg::DecreaseAllowance {
        spender: chain.registry.to_string(),
        amount: Uint128::MAX,
        expires: None,
    };
    let msg = WasmMsg::Execute {
        contract_addr: token.into_string(),
        msg: to_json_binary(&decrease).unwrap(),
        funds: vec![],
    };
    chain.relay(&evil, msg.into()).unwrap();
    let before = chain.dump();
    assert!(chain.by(&evil, &repay_msg(&evil, USD, None)).is_err());
    assert_eq!(chain.dump(), before);
    assert_eq!(chain.repay(&alice, 50 * USD).unwrap().debt.u128(), 50 * USD);
}

/// The tokens obey the registry alone.
#[test]
fn minting_past_the_registry() {
    let (mut chain, evil) = two_issuers();
    let before = chain.dump();
    for synth in ["dUSD", "LUSD"] {
        for msg in [
            Cw20ExecuteMsg::Mint {
                recipient: evil.to_string(),
                amount: Uint128::one(),
            },
            Cw20ExecuteMsg::UpdateMinter {
                new_minter: Some(evil.to_string()),
            },
            Cw20ExecuteMsg::BurnFrom {
                owner: addr("alice").to_string(),
                amount: Uint128::one(),
            },
        ] {
            assert!(chain.cw20(synth, &evil, &msg).is_err(), "{msg:?}");
        }
        let token = chain.synth(synth).token;
        let data = chain.app.contract_data(&token).unwrap();
        assert_eq!(
            data.admin, None,
            "a token with an admin can be made to print"
        );
    }
    assert_eq!(chain.dump(), before);
}

/// Everybody else is no issuer at all, and no cw20 of the registry.
#[test]
fn claiming_to_be_somebody_else() {
    let (mut chain, _) = two_issuers();
    let [alice, mallory] = ["alice", "mallory"].map(addr);
    let unknown = ContractError::UnknownIssuer {
        issuer: mallory.clone(),
    };
    for msg in [
        issue_msg(&mallory, Some(1), u128::MAX),
        repay_msg(&alice, USD, None),
        liquidate_msg(&alice, 0, USD),
        exchange_msg("LUSD", 1, "sBTC", &mallory, 1, 0),
    ] {
        chain.refuse(&mallory, &msg, &unknown);
    }
    let spoofed = |sender: &Addr, amount: u128| {
        ExecuteMsg::Receive(Cw20ReceiveMsg {
            sender: sender.to_string(),
            amount: amount.into(),
            msg: to_json_binary(&ReceiveMsg::Donate {}).unwrap(),
        })
    };
    chain.refuse(
        &mallory,
        &spoofed(&alice, 50 * USD),
        &ContractError::UnknownToken {
            token: mallory.clone(),
        },
    );
    // Nor does an issuer count as a token.
    let evil = chain.issuer.clone();
    chain.refuse(
        &evil,
        &spoofed(&alice, 50 * USD),
        &ContractError::UnknownToken {
            token: evil.clone(),
        },
    );
}
