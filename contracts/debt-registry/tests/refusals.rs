//! Every message with bad input: its own typed error, and storage byte for byte as it was.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]

mod common;

use ballast_debt_registry::ContractError;
use ballast_kit::ControlsError;
use ballast_types::debt_registry::{ExecuteMsg, Operation, ReceiveMsg};
use common::*;
use cosmwasm_std::{Addr, Uint128, coins, to_json_binary};
use cw_multi_test::Executor;
use cw_ownable::{Action, OwnershipError};
use cw_utils::PaymentError;
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};
use rstest::rstest;

fn every_message(chain: &Chain) -> Vec<ExecuteMsg> {
    let someone = addr("someone");
    vec![
        ExecuteMsg::AddIssuer {
            issuer: someone.to_string(),
            dollar: spec("dUSD"),
            shared_debt: true,
        },
        ExecuteMsg::AddSynth {
            issuer: chain.issuer.to_string(),
            synth: spec("sBIG"),
        },
        ExecuteMsg::SetCeiling {
            synth: "LUSD".into(),
            ceiling: Uint128::one(),
        },
        issue_msg(&someone, None, 1),
        repay_msg(&someone, 1, None),
        liquidate_msg(&someone, 1, 1),
        exchange_msg("LUSD", 1, "sBTC", &someone, 1, 0),
        ExecuteMsg::MintFees {
            synths: vec!["sBTC".into()],
        },
        mint_usd_msg(&someone, 1),
        burn_usd_msg(1),
        ExecuteMsg::Receive(Cw20ReceiveMsg {
            sender: someone.to_string(),
            amount: Uint128::one(),
            msg: to_json_binary(&ReceiveMsg::Donate {}).unwrap(),
        }),
        ExecuteMsg::UpdateConfig {
            oracle: None,
            treasury: None,
        },
        ExecuteMsg::SwitchOff {
            operation: Operation::Issue,
        },
        ExecuteMsg::SwitchOn {
            operation: Operation::Issue,
        },
        ExecuteMsg::SetGuardian { guardian: None },
        ExecuteMsg::UpdateOwnership(Action::AcceptOwnership),
    ]
}

/// No message takes coins.
#[test]
fn coins_are_refused() {
    let mut chain = Chain::new();
    let owner = chain.owner.clone();
    let funds = coins(5, "uatom");
    chain.app.init_modules(|router, _, storage| {
        router
            .bank
            .init_balance(storage, &owner, funds.clone())
            .unwrap();
    });
    for msg in every_message(&chain) {
        let before = chain.dump();
        let registry = chain.registry.clone();
        let error = chain
            .app
            .execute_contract(owner.clone(), registry, &msg, &funds)
            .unwrap_err();
        assert_eq!(
            typed(&error),
            &ContractError::Payment(PaymentError::NonPayable {}),
            "{msg:?}"
        );
        assert_eq!(chain.dump(), before);
    }
}

/// What the owner does, nobody else does: neither the guardian nor an issuer.
#[test]
fn owner_only() {
    let mut chain = Chain::new();
    let not_owner = ContractError::Controls(ControlsError::Ownership(OwnershipError::NotOwner));
    let senders = [
        addr("mallory"),
        chain.guardian.clone(),
        chain.issuer.clone(),
    ];
    for msg in every_message(&chain) {
        let owners = matches!(
            msg,
            ExecuteMsg::AddIssuer { .. }
                | ExecuteMsg::AddSynth { .. }
                | ExecuteMsg::SetCeiling { .. }
                | ExecuteMsg::UpdateConfig { .. }
                | ExecuteMsg::SwitchOn { .. }
                | ExecuteMsg::SetGuardian { .. }
        );
        for sender in senders.iter().filter(|_| owners) {
            chain.refuse(sender, &msg, &not_owner);
        }
    }
    let mallory = addr("mallory");
    chain.refuse(
        &mallory,
        &ExecuteMsg::SwitchOff {
            operation: Operation::Issue,
        },
        &ContractError::Controls(ControlsError::NeitherGuardianNorOwner {
            sender: mallory.clone(),
        }),
    );
}

/// An address that is none, wherever one is taken.
#[test]
fn invalid_addresses() {
    let mut chain = Chain::new();
    let nobody = Addr::unchecked("nobody!");
    let (owner, issuer) = (chain.owner.clone(), chain.issuer.clone());
    let by_owner = [
        ExecuteMsg::AddIssuer {
            issuer: nobody.to_string(),
            dollar: spec("dUSD"),
            shared_debt: true,
        },
        ExecuteMsg::AddSynth {
            issuer: nobody.to_string(),
            synth: spec("sBIG"),
        },
        ExecuteMsg::UpdateConfig {
            oracle: Some(nobody.to_string()),
            treasury: None,
        },
        ExecuteMsg::UpdateConfig {
            oracle: None,
            treasury: Some(nobody.to_string()),
        },
        ExecuteMsg::SetGuardian {
            guardian: Some(nobody.to_string()),
        },
    ];
    let by_issuer = [
        issue_msg(&nobody, Some(1), 1),
        repay_msg(&nobody, 1, None),
        liquidate_msg(&nobody, 1, 1),
        exchange_msg("LUSD", 1, "sBTC", &nobody, 1, 0),
        mint_usd_msg(&nobody, 1),
        ExecuteMsg::Repay {
            account: addr("alice").to_string(),
            burnt: Uint128::one(),
            down_to: None,
            refund_to: nobody.to_string(),
        },
    ];
    for (sender, messages) in [(owner, &by_owner[..]), (issuer, &by_issuer[..])] {
        for msg in messages {
            let before = chain.dump();
            let error = match sender == chain.issuer {
                true => chain.by(&sender, msg),
                false => chain.send(&sender, msg),
            }
            .unwrap_err();
            assert!(
                matches!(
                    typed(&error),
                    ContractError::InvalidAddress(_)
                        | ContractError::Controls(ControlsError::InvalidAddress(_))
                ),
                "{msg:?}: {error:#}"
            );
            assert_eq!(chain.dump(), before);
        }
    }
}

/// Alice owes 10 LUSD of a ceiling of 15.
#[rstest]
#[case::zero(Some(0), 100, ContractError::NothingToIssue { debt: ten(), max_debt: usd_units(100) })]
#[case::no_room(None, 10, ContractError::NothingToIssue { debt: ten(), max_debt: ten() })]
#[case::below_the_debt(None, 3, ContractError::NothingToIssue { debt: ten(), max_debt: usd_units(3) })]
#[case::too_much(Some(3), 12, ContractError::ExceedsMaxDebt { debt: ten(), amount: usd_units(3), max_debt: usd_units(12) })]
#[case::ceiling(Some(6), 100, ContractError::CeilingExceeded { synth: "LUSD".into(), supply: ten(), amount: usd_units(6), ceiling: usd_units(15) })]
#[case::ceiling_for_the_most(None, 100, ContractError::CeilingExceeded { synth: "LUSD".into(), supply: ten(), amount: usd_units(90), ceiling: usd_units(15) })]
fn issue(#[case] amount: Option<u128>, #[case] max_debt: u128, #[case] expected: ContractError) {
    let mut chain = Chain::new();
    let (alice, issuer, owner) = (addr("alice"), chain.issuer.clone(), chain.owner.clone());
    chain.mint(&alice, 10 * USD);
    let ceiling = ExecuteMsg::SetCeiling {
        synth: "LUSD".into(),
        ceiling: usd_units(15),
    };
    chain.send(&owner, &ceiling).unwrap();
    let msg = issue_msg(&alice, amount.map(|amount| amount * USD), max_debt * USD);
    chain.refuse(&issuer, &msg, &expected);
}

/// The debt after is what counts.
#[rstest]
#[case::below(4, Some(ContractError::BelowMinDebt { debt: usd_units(14), min_debt: usd_units(15) }))]
#[case::at_it(5, None)]
fn the_least_debt(#[case] amount: u128, #[case] expected: Option<ContractError>) {
    let mut chain = Chain::new();
    let (alice, issuer) = (addr("alice"), chain.issuer.clone());
    chain.mint(&alice, 10 * USD);
    let msg = ExecuteMsg::Issue {
        account: alice.to_string(),
        amount: Some(usd_units(amount)),
        max_debt: usd_units(100),
        min_debt: usd_units(15),
    };
    match expected {
        Some(error) => chain.refuse(&issuer, &msg, &error),
        None => {
            chain.by_issuer(&msg).unwrap();
            assert_eq!(chain.debt(&alice), 15 * USD);
        }
    }
}

fn ten() -> Uint128 {
    usd_units(10)
}

fn usd_units(dollars: u128) -> Uint128 {
    Uint128::new(dollars * USD)
}

/// Without a ceiling all that a number holds can be issued once, and not a unit more.
#[test]
fn the_largest_issue() {
    let mut chain = Chain::new();
    let (alice, issuer) = (addr("alice"), chain.issuer.clone());
    chain.mint(&alice, u128::MAX);
    chain.refuse(
        &issuer,
        &issue_msg(&addr("bob"), Some(1), u128::MAX),
        &ContractError::CeilingExceeded {
            synth: "LUSD".into(),
            supply: Uint128::MAX,
            amount: Uint128::one(),
            ceiling: Uint128::MAX,
        },
    );
    assert_eq!(chain.debt(&alice), u128::MAX);
    assert_eq!(chain.repay(&alice, u128::MAX).unwrap().debt.u128(), 0);
}

#[rstest]
#[case::zero(0, None, ContractError::NothingToRepay { debt: ten(), amount: Uint128::zero() })]
#[case::zero_to_a_target(0, Some(5), ContractError::NothingToRepay { debt: ten(), amount: Uint128::zero() })]
#[case::at_the_target(5, Some(10), ContractError::NothingToRepay { debt: ten(), amount: usd_units(5) })]
#[case::below_the_target(5, Some(11), ContractError::NothingToRepay { debt: ten(), amount: usd_units(5) })]
fn repay(#[case] amount: u128, #[case] down_to: Option<u128>, #[case] expected: ContractError) {
    let mut chain = Chain::new();
    let (alice, issuer) = (addr("alice"), chain.issuer.clone());
    chain.mint(&alice, 10 * USD);
    chain.hand_over("LUSD", &alice, 10 * USD);
    let msg = repay_msg(&alice, amount * USD, down_to.map(|target| target * USD));
    chain.refuse(&issuer, &msg, &expected);
    let nobody = addr("nobody");
    chain.refuse(
        &issuer,
        &repay_msg(&nobody, USD, None),
        &ContractError::NoDebt {
            account: nobody.clone(),
        },
    );
}

/// The switches close what opens risk and nothing else.
#[test]
fn switches() {
    let mut chain = Chain::new();
    let [alice, bob] = ["alice", "bob"].map(addr);
    let (owner, guardian, issuer) = (
        chain.owner.clone(),
        chain.guardian.clone(),
        chain.issuer.clone(),
    );
    chain.mint(&alice, 100 * USD);
    chain.mint(&bob, 100 * USD);
    for operation in [Operation::Issue, Operation::Exchange] {
        chain
            .send(&guardian, &ExecuteMsg::SwitchOff { operation })
            .unwrap();
    }
    let off = |name: &str| {
        ContractError::Controls(ControlsError::SwitchedOff {
            operation: name.to_owned(),
        })
    };
    chain.refuse(
        &issuer,
        &issue_msg(&alice, Some(1), u128::MAX),
        &off("issue"),
    );
    chain.refuse(
        &issuer,
        &exchange_msg("LUSD", 1, "sBTC", &alice, 1, 0),
        &off("exchange"),
    );
    chain.repay(&alice, 50 * USD).unwrap();
    chain.burning(&liquidate_msg(&alice, 0, 10 * USD)).unwrap();
    chain.donate("LUSD", &bob, USD).unwrap();

    let on = ExecuteMsg::SwitchOn {
        operation: Operation::Issue,
    };
    let not_owner = ContractError::Controls(ControlsError::Ownership(OwnershipError::NotOwner));
    chain.refuse(&guardian, &on, &not_owner);
    chain.send(&owner, &on).unwrap();
    chain.mint(&alice, 1);
}

/// A hook that is none, an amount of zero, and a cw20 of somebody else.
#[test]
fn donations() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.mint(&alice, 10 * USD);
    let before = chain.dump();
    let error = chain.donate("LUSD", &alice, 0).unwrap_err();
    assert_eq!(typed(&error), &ContractError::ZeroAmount {});
    let junk = Cw20ExecuteMsg::Send {
        contract: chain.registry.to_string(),
        amount: Uint128::one(),
        msg: to_json_binary("donate it").unwrap(),
    };
    let error = chain.cw20("LUSD", &alice, &junk).unwrap_err();
    assert!(matches!(typed(&error), ContractError::UnknownHook(_)));
    assert_eq!(chain.dump(), before);

    // Somebody's own token, whatever it calls itself.
    let msg = cw20_base::msg::InstantiateMsg {
        name: "Ballast LUSD".into(),
        symbol: "LUSD".into(),
        decimals: 6,
        initial_balances: vec![cw20::Cw20Coin {
            address: alice.to_string(),
            amount: Uint128::MAX,
        }],
        mint: None,
        marketing: None,
    };
    let fake = chain
        .app
        .instantiate_contract(chain.cw20, alice.clone(), &msg, &[], "fake", None)
        .unwrap();
    let donate = Cw20ExecuteMsg::Send {
        contract: chain.registry.to_string(),
        amount: Uint128::new(10 * USD),
        msg: to_json_binary(&ReceiveMsg::Donate {}).unwrap(),
    };
    let before = chain.dump();
    let error = chain
        .app
        .execute_contract(alice, fake.clone(), &donate, &[])
        .unwrap_err();
    assert_eq!(typed(&error), &ContractError::UnknownToken { token: fake });
    assert_eq!(chain.dump(), before);
}
