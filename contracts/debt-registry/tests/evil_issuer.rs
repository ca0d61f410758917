//! What an issuer that turned evil cannot do to another issuer's synths and debtors.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]

mod common;

use ballast_debt_registry::ContractError;
use ballast_types::debt_registry::{ExecuteMsg, QueryMsg, ReceiveMsg, Valuation};
use common::*;
use cosmwasm_std::{Addr, Uint128, to_json_binary};
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

fn not_burnt(synth: &str, amount: u128, burnt: u128) -> ContractError {
    ContractError::NotBurnt {
        synth: synth.to_owned(),
        amount: amount.into(),
        burnt: burnt.into(),
    }
}

/// The evil issuer has given Alice a debt of 7 dUSD and itself one of 3, and holds all 10.
fn with_debts() -> (Chain, Addr) {
    let (mut chain, evil) = two_issuers();
    for (account, amount) in [(addr("alice"), 7 * USD), (evil.clone(), 3 * USD)] {
        let issue = issue_msg(&account, Some(amount), amount);
        chain.by(&evil, &issue).unwrap();
    }
    chain
        .transfer("dUSD", &addr("alice"), &evil, 7 * USD)
        .unwrap();
    (chain, evil)
}

/// What it says it has burnt must be missing in the cw20: nothing is believed, and neither is a
/// unit more than there was, however the rest would come back.
#[test]
fn claiming_burns_it_did_not_make() {
    let (mut chain, evil) = with_debts();
    let alice = addr("alice");
    chain.add_synth(&evil, "sBIG").unwrap();
    chain.price("sBIG", "1");
    for (msg, amount) in [
        (repay_msg(&alice, 2 * USD, None), 2 * USD),
        (repay_msg(&alice, 9 * USD, None), 9 * USD),
        (repay_msg(&alice, 2 * USD, Some(6 * USD)), 2 * USD),
        (liquidate_msg(&alice, 2 * USD, 2 * USD), 2 * USD),
        (exchange_msg("dUSD", 2 * USD, "sBIG", &evil, 2, 0), 2 * USD),
    ] {
        assert_eq!(
            refused(&mut chain, &evil, &msg),
            not_burnt("dUSD", amount, 0)
        );
        let before = chain.dump();
        let error = chain
            .burning_only(&evil, "dUSD", amount - 1, &msg)
            .unwrap_err();
        assert_eq!(typed(&error), &not_burnt("dUSD", amount, amount - 1));
        assert_eq!(chain.dump(), before);
    }
    assert_eq!(chain.synth("dUSD").supply.u128(), 10 * USD);
}

/// One burn counts once.
#[test]
fn claiming_a_burn_twice() {
    let (mut chain, evil) = with_debts();
    let alice = addr("alice");
    let repay = repay_msg(&alice, 2 * USD, None);
    chain.burning_only(&evil, "dUSD", 2 * USD, &repay).unwrap();
    assert_eq!(
        refused(&mut chain, &evil, &repay),
        not_burnt("dUSD", 2 * USD, 0)
    );
    // In one message too: what came back as a refund is there again, and was not burnt.
    let with_refund = repay_msg(&alice, 6 * USD, Some(4 * USD));
    let first = chain.to_registry(&with_refund);
    let burn = Cw20ExecuteMsg::Burn {
        amount: Uint128::new(6 * USD),
    };
    let token = chain.synth("dUSD").token;
    chain.relay(&evil, cw20_msg(&token, &burn)).unwrap();
    let before = chain.dump();
    let second = chain.to_registry(&with_refund);
    let error = chain.relay_both(&evil, Some(first), second).unwrap_err();
    assert!(matches!(
        typed(&error),
        ContractError::NothingToRepay { .. }
    ));
    let second = chain.to_registry(&repay);
    let first = chain.to_registry(&with_refund);
    let error = chain.relay_both(&evil, Some(first), second).unwrap_err();
    assert_eq!(typed(&error), &not_burnt("dUSD", 2 * USD, 0));
    assert_eq!(chain.dump(), before);
}

/// What holders burnt themselves an issuer may claim, once: it lowers a debt that it could as
/// well have let alone, and every token that exists stays recorded. Nobody owes more for it,
/// and the other issuer's books do not move.
#[test]
fn claiming_what_holders_burnt() {
    let (mut chain, evil) = with_debts();
    let [alice, bob] = ["alice", "bob"].map(addr);
    chain.transfer("dUSD", &evil, &bob, 4 * USD).unwrap();
    let burn = Cw20ExecuteMsg::Burn {
        amount: Uint128::new(4 * USD),
    };
    chain.cw20("dUSD", &bob, &burn).unwrap();
    let debt = |chain: &Chain, who: &Addr| -> u128 {
        let debt: Uint128 = chain
            .query(&QueryMsg::Debt {
                issuer: evil.to_string(),
                account: who.to_string(),
                valuation: Valuation::Strict,
            })
            .unwrap();
        debt.u128()
    };
    assert_eq!(debt(&chain, &alice), 7 * USD);
    let (honest, lusd) = (chain.debt(&alice), chain.synth("LUSD"));

    // Three repay its own debt, and what it burnt never comes to Bob's fourth.
    let claim = repay_msg(&evil, 4 * USD, None);
    chain.by(&evil, &claim).unwrap();
    assert_eq!(debt(&chain, &evil), 0);
    assert_eq!(debt(&chain, &alice), 7 * USD);
    assert_eq!(chain.synth("dUSD").supply.u128(), 7 * USD);
    assert_eq!(chain.token_supply("dUSD"), 7 * USD);
    assert_eq!(chain.balance("dUSD", &evil), 7 * USD);
    assert_eq!(
        refused(&mut chain, &evil, &repay_msg(&alice, USD, None)),
        not_burnt("dUSD", USD, 0)
    );
    assert_eq!((chain.debt(&alice), chain.synth("LUSD")), (honest, lusd));
}

/// Fees are minted to the issuer whose exchange left them.
#[test]
fn anothers_fees() {
    let (mut chain, evil) = two_issuers();
    let (bob, honest) = (addr("bob"), chain.issuer.clone());
    chain
        .burning(&exchange_msg("LUSD", 10 * USD, "sBTC", &bob, 100, 100))
        .unwrap();
    let mint = ExecuteMsg::MintFees {
        synths: vec!["sBTC".into()],
    };
    assert_eq!(
        refused(&mut chain, &evil, &mint),
        ContractError::NotTheIssuer {
            synth: "sBTC".into(),
            issuer: honest,
            sender: evil.clone(),
        }
    );
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
        ExecuteMsg::MintFees {
            synths: vec!["sBTC".into()],
        },
        mint_usd_msg(&mallory, 1),
        burn_usd_msg(1),
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
