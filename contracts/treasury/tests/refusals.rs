//! Who may do what, switches, coins, addresses, migration.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use ballast_kit::ControlsError;
use ballast_treasury::{ContractError, contract};
use ballast_types::{
    ControlsResponse, MigrateMsg, TokenUnchecked,
    treasury::{CoverUnchecked, ExecuteMsg, Operation, QueryMsg, ReceiveMsg, Tag},
};
use common::*;
use cosmwasm_std::{Uint128, coins, testing, to_json_binary};
use cw_multi_test::Executor;
use cw_ownable::{Action, OwnershipError};
use cw_utils::PaymentError;
use cw20::Cw20ReceiveMsg;

fn messages_of(chain: &Chain, address: &str) -> Vec<ExecuteMsg> {
    let token = TokenUnchecked::Cw20(address.to_owned());
    vec![
        ExecuteMsg::Book {
            token: token.clone(),
        },
        ExecuteMsg::Receive(Cw20ReceiveMsg {
            sender: address.to_owned(),
            amount: Uint128::one(),
            msg: to_json_binary(&ReceiveMsg::Deposit { tag: Tag::Gift }).unwrap(),
        }),
        ExecuteMsg::Spend {
            token: token.clone(),
            amount: Uint128::one(),
            recipient: chain.alice.to_string(),
            msg: None,
        },
        ExecuteMsg::Spend {
            token: atom(),
            amount: Uint128::one(),
            recipient: address.to_owned(),
            msg: None,
        },
        ExecuteMsg::Insure {
            token: token.clone(),
            amount: Uint128::one(),
        },
        ExecuteMsg::SetLimit { token, limit: None },
        ExecuteMsg::Authorize {
            contract: address.to_owned(),
            cover: cover(chain, chain.registry.as_str(), chain.lusd.as_str()),
        },
        ExecuteMsg::Authorize {
            contract: chain.minter.to_string(),
            cover: cover(chain, address, chain.lusd.as_str()),
        },
        ExecuteMsg::Authorize {
            contract: chain.minter.to_string(),
            cover: cover(chain, chain.registry.as_str(), address),
        },
        ExecuteMsg::Revoke {
            contract: address.to_owned(),
        },
        ExecuteMsg::SetGuardian {
            guardian: Some(address.to_owned()),
        },
    ]
}

fn cover(_: &Chain, registry: &str, dollar: &str) -> CoverUnchecked {
    CoverUnchecked {
        registry: registry.to_owned(),
        dollar: dollar.to_owned(),
        limit: limit(1, DAY),
    }
}

fn others() -> Vec<ExecuteMsg> {
    vec![
        ExecuteMsg::Cover {
            amount: Uint128::one(),
        },
        ExecuteMsg::SwitchOff {
            operation: Operation::Spend,
        },
        ExecuteMsg::SwitchOn {
            operation: Operation::Spend,
        },
        ExecuteMsg::UpdateOwnership(Action::AcceptOwnership),
    ]
}

#[test]
fn coins_are_refused_wherever_none_are_taken() {
    let mut chain = Chain::new();
    let (alice, treasury) = (chain.alice.clone(), chain.treasury.clone());
    let mut all = messages_of(&chain, chain.lusd.as_str());
    all.extend(others());
    for msg in all {
        let before = chain.dump();
        let error = chain
            .app
            .execute_contract(alice.clone(), treasury.clone(), &msg, &coins(1, "uatom"))
            .unwrap_err();
        assert_eq!(
            typed(&error),
            &ContractError::Payment(PaymentError::NonPayable {}),
            "{msg:?}"
        );
        assert_eq!(chain.dump(), before);
    }
}

#[test]
fn invalid_addresses() {
    let mut chain = Chain::new();
    let owner = chain.owner.clone();
    chain.deposit(Tag::Gift, 10).unwrap();
    chain.set_limit(atom(), Some(limit(10, DAY)));
    for msg in messages_of(&chain, "nobody!") {
        let before = chain.dump();
        let error = chain.send(&owner, &msg).unwrap_err();
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

#[test]
fn owner_only() {
    let mut chain = Chain::new();
    let not_owner = ContractError::Controls(ControlsError::Ownership(OwnershipError::NotOwner));
    let senders = [
        addr("mallory"),
        chain.guardian.clone(),
        chain.minter.clone(),
    ];
    let mut all = messages_of(&chain, chain.lusd.as_str());
    all.extend(others());
    for msg in all {
        let anybody = matches!(
            msg,
            ExecuteMsg::Book { .. }
                | ExecuteMsg::Receive(_)
                | ExecuteMsg::Cover { .. }
                | ExecuteMsg::SwitchOff { .. }
                | ExecuteMsg::UpdateOwnership(_)
        );
        for sender in senders.iter().filter(|_| !anybody) {
            chain.refuse(sender, &msg, &not_owner);
        }
    }
    let mallory = addr("mallory");
    chain.refuse(
        &mallory,
        &ExecuteMsg::SwitchOff {
            operation: Operation::Spend,
        },
        &ContractError::Controls(ControlsError::NeitherGuardianNorOwner {
            sender: mallory.clone(),
        }),
    );
}

#[test]
fn switches() {
    let mut chain = Chain::new();
    let (owner, guardian, minter) = (
        chain.owner.clone(),
        chain.guardian.clone(),
        chain.minter.clone(),
    );
    chain.deposit(Tag::Gift, 10).unwrap();
    chain.deposit_dollar(Tag::Insurance, 10).unwrap();
    chain.set_limit(atom(), Some(limit(10, DAY)));
    chain.authorize(limit(10, DAY)).unwrap();
    for operation in [Operation::Spend, Operation::Cover] {
        chain
            .send(&guardian, &ExecuteMsg::SwitchOff { operation })
            .unwrap();
    }
    let off = |name: &str| {
        ContractError::Controls(ControlsError::SwitchedOff {
            operation: name.to_owned(),
        })
    };
    chain.refuse(&owner, &spend_msg(atom(), 1, &minter), &off("spend"));
    let cover = ExecuteMsg::Cover {
        amount: Uint128::one(),
    };
    chain.refuse(&minter, &cover, &off("cover"));
    assert_eq!(chain.preview_cover(&minter, 5), 0);
    // Inflows are always open.
    chain.deposit(Tag::Gift, 1).unwrap();
    chain.deposit_dollar(Tag::Gift, 1).unwrap();

    for operation in [Operation::Spend, Operation::Cover] {
        let on = ExecuteMsg::SwitchOn { operation };
        let not_owner = ContractError::Controls(ControlsError::Ownership(OwnershipError::NotOwner));
        chain.refuse(&guardian, &on, &not_owner);
        chain.send(&owner, &on).unwrap();
    }
    chain.spend(atom(), 1).unwrap();
    assert_eq!(chain.cover(5).unwrap(), 5);
}

#[test]
fn who_controls_it() {
    let chain = Chain::new();
    let controls: ControlsResponse<Operation> = chain.query(&QueryMsg::Controls {}).unwrap();
    assert_eq!(controls.guardian, Some(chain.guardian.to_string()));
    let ownership: cw_ownable::Ownership<String> = chain.query(&QueryMsg::Ownership {}).unwrap();
    assert_eq!(ownership.owner, Some(chain.owner.to_string()));
}

#[test]
fn migrates_only_older_states_of_itself() {
    let mut deps = testing::mock_dependencies();
    for (name, from, ok) in [
        (contract::NAME, "0.0.1", true),
        (contract::NAME, env!("CARGO_PKG_VERSION"), false),
        ("somebody-elses", "0.0.1", false),
    ] {
        cw2::set_contract_version(&mut deps.storage, name, from).unwrap();
        let result = contract::migrate(deps.as_mut(), testing::mock_env(), MigrateMsg {});
        assert_eq!(result.is_ok(), ok, "{name} {from}");
    }
}
