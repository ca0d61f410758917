//! Closing debt that is paid for in full, in part or not at all.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]

mod common;

use ballast_debt_registry::ContractError;
use ballast_types::debt_registry::{QueryMsg, RepayResponse};
use common::*;
use rstest::rstest;

/// Alice owes 100 of 400; what is closed beyond what is paid is shared by those who are left.
#[rstest]
#[case::a_part_paid_in_full(40, 40, 60, 300)]
#[case::all_paid_in_full(100, 100, 0, 300)]
#[case::all_paid_in_part(70, 100, 0, 330)]
#[case::nothing_paid(0, 100, 0, 400)]
fn liquidates(
    #[case] paid: u128,
    #[case] closed: u128,
    #[case] alice_left: u128,
    #[case] bob_left: u128,
) {
    let mut chain = Chain::new();
    let [alice, bob] = ["alice", "bob"].map(addr);
    chain.mint(&alice, 100 * USD);
    chain.mint(&bob, 300 * USD);
    chain.hand_over("LUSD", &bob, paid * USD);
    let preview: RepayResponse = chain
        .query(&QueryMsg::PreviewLiquidate {
            issuer: chain.issuer.to_string(),
            account: alice.to_string(),
            paid: (paid * USD).into(),
            debt_closed: (closed * USD).into(),
            covered: 0u128.into(),
        })
        .unwrap();
    let response = chain
        .burning(&liquidate_msg(&alice, paid * USD, closed * USD))
        .unwrap();
    let of = |key| attribute(&response.events, "liquidate", key);
    assert_eq!(of("paid"), (paid * USD).to_string());
    assert_eq!(of("debt_closed"), (closed * USD).to_string());
    assert_eq!(of("bad_debt"), ((closed - paid) * USD).to_string());
    assert_eq!(of("debt"), (alice_left * USD).to_string());
    let answer: RepayResponse = answer(response).unwrap();
    assert_eq!(answer, preview);
    assert_eq!(answer.amount.u128(), paid * USD);
    assert_eq!(answer.debt.u128(), alice_left * USD);
    assert_eq!(chain.debt(&alice), alice_left * USD);
    assert_eq!(chain.debt(&bob), bob_left * USD);
    assert_eq!(chain.synth("LUSD").supply.u128(), (400 - paid) * USD);
    assert_eq!(chain.token_supply("LUSD"), (400 - paid) * USD);
}

/// One who owes all of a pool is the one who shares what he does not pay.
#[test]
fn a_part_of_unpaid_debt_falls_back_on_who_is_left() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.mint(&alice, 100 * USD);
    chain.burning(&liquidate_msg(&alice, 0, 50 * USD)).unwrap();
    assert_eq!(chain.debt(&alice), 100 * USD);
}

#[rstest]
#[case::more_paid_than_closed(50, 40)]
#[case::more_closed_than_owed(50, 101)]
#[case::without_bound(u128::MAX / USD, u128::MAX / USD)]
fn beyond_the_debt_is_refused(#[case] paid: u128, #[case] closed: u128) {
    let mut chain = Chain::new();
    let (alice, issuer) = (addr("alice"), chain.issuer.clone());
    chain.mint(&alice, 100 * USD);
    chain.hand_over("LUSD", &alice, 100 * USD);
    let (paid, debt_closed) = (paid * USD, closed * USD);
    chain.refuse(
        &issuer,
        &liquidate_msg(&alice, paid, debt_closed),
        &ContractError::ExceedsDebt {
            paid: paid.into(),
            debt_closed: debt_closed.into(),
            debt: (100 * USD).into(),
        },
    );
}

#[test]
fn nothing_closed_is_refused() {
    let mut chain = Chain::new();
    let (alice, issuer) = (addr("alice"), chain.issuer.clone());
    chain.refuse(
        &issuer,
        &liquidate_msg(&alice, 0, 0),
        &ContractError::NoDebt {
            account: alice.clone(),
        },
    );
    chain.mint(&alice, 100 * USD);
    chain.refuse(
        &issuer,
        &liquidate_msg(&alice, 0, 0),
        &ContractError::NothingToRepay {
            debt: (100 * USD).into(),
            amount: 0u128.into(),
        },
    );
}
