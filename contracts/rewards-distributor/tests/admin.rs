//! Owner, guardian, tokens, switches, migration, and what no message may be.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_rewards_distributor::contract;
use ballast_types::{
    ControlsResponse, MigrateMsg, Token, TokenUnchecked,
    rewards_distributor::{ExecuteMsg, InstantiateMsg, Operation, Payee, QueryMsg, ReceiveMsg},
};
use common::*;
use cosmwasm_std::{Addr, Uint128, coin, coins, from_json, testing, to_json_binary};
use cw_multi_test::Executor;
use cw_ownable::{Action, Ownership};
use cw20::Cw20ReceiveMsg;
use rstest::rstest;

const OPERATION: Operation = Operation::Fund;

fn owners() -> Vec<ExecuteMsg> {
    vec![
        ExecuteMsg::SetRecipients {
            recipients: creator_and_stakers(),
        },
        ExecuteMsg::SetToken {
            token: atom(),
            allowed: false,
        },
        ExecuteMsg::SetFunder {
            funder: addr("mallory").into_string(),
            allowed: true,
        },
        ExecuteMsg::SwitchOn {
            operation: OPERATION,
        },
        ExecuteMsg::SetGuardian { guardian: None },
        ExecuteMsg::UpdateOwnership(Action::TransferOwnership {
            new_owner: addr("bob").into_string(),
            expiry: None,
        }),
    ]
}

#[test]
fn what_it_is_set_up_with() {
    let stage = Stage::new();
    let config = stage.config();
    assert_eq!(config.manager, stage.manager);
    let names: Vec<_> = config
        .recipients
        .iter()
        .map(|recipient| (recipient.to.to_string(), recipient.share.to_string()))
        .collect();
    let expected = [("creator", "0.25"), ("stakers", "0.75")];
    assert_eq!(
        names,
        expected.map(|(name, share)| (person(name).to_string(), share.to_owned()))
    );
    assert_eq!(stage.balances(), []);
    assert_eq!(stage.streams(), []);
}

#[rstest]
#[case(|m: &mut InstantiateMsg| m.owner = "x".into())]
#[case(|m: &mut InstantiateMsg| m.guardian = Some("x".into()))]
#[case(|m: &mut InstantiateMsg| m.manager = "x".into())]
fn bad_addresses(#[case] change: fn(&mut InstantiateMsg)) {
    let mut stage = Stage::new();
    let mut msg = instantiation(&stage.manager, creator_and_stakers());
    change(&mut msg);
    let error = stage
        .app
        .instantiate_contract(stage.code, addr("owner"), &msg, &[], "another", None)
        .unwrap_err();
    assert!(
        error
            .root_cause()
            .to_string()
            .starts_with("InvalidAddress: ")
    );
}

#[test]
fn takes_no_coins_at_first() {
    let mut stage = Stage::new();
    let msg = instantiation(&stage.manager, creator_and_stakers());
    let funds = coins(1, "uatom");
    let (code, alice) = (stage.code, addr("alice"));
    let error = stage
        .app
        .instantiate_contract(code, alice, &msg, &funds, "another", None)
        .unwrap_err();
    assert!(error.root_cause().to_string().starts_with("Payment: "));
}

#[test]
fn owner_only() {
    let mut stage = Stage::new();
    for msg in owners() {
        for who in ["guardian", "mallory", "creator"] {
            stage.refused("Ownership", |s| s.act(who, &msg));
        }
    }
    let off = ExecuteMsg::SwitchOff {
        operation: OPERATION,
    };
    stage.refused("NeitherGuardianNorOwner", |s| s.act("mallory", &off));
    for who in ["guardian", "owner"] {
        stage.act(who, &off).unwrap();
        let controls: ControlsResponse<Operation> = stage.ask(&QueryMsg::Controls {}).unwrap();
        assert_eq!(controls.off, [OPERATION]);
        assert_eq!(controls.guardian, Some(addr("guardian").into_string()));
    }
}

#[test]
fn another_owner() {
    let mut stage = Stage::new();
    for msg in owners() {
        stage.act("owner", &msg).unwrap();
    }
    let off = ExecuteMsg::SwitchOff {
        operation: OPERATION,
    };
    stage.refused("NeitherGuardianNorOwner", |s| s.act("guardian", &off));
    let accept = ExecuteMsg::UpdateOwnership(Action::AcceptOwnership);
    stage.refused("Ownership", |s| s.act("mallory", &accept));
    stage.act("bob", &accept).unwrap();
    let renounce = ExecuteMsg::UpdateOwnership(Action::RenounceOwnership);
    stage.refused("CannotRenounce", |s| s.act("bob", &renounce));
    let ownership: Ownership<String> = stage.ask(&QueryMsg::Ownership {}).unwrap();
    assert_eq!(ownership.owner, Some(addr("bob").into_string()));
    for msg in owners() {
        stage.refused("Ownership", |s| s.act("owner", &msg));
    }
}

/// Only `fund` takes coins.
#[test]
fn no_other_message_takes_coins() {
    let mut stage = Stage::new();
    let hook = ReceiveMsg::Fund {
        target: pool(1),
        schedule: None,
    };
    let mut all = owners();
    all.extend([
        ExecuteMsg::Receive(Cw20ReceiveMsg {
            sender: addr("alice").into_string(),
            amount: Uint128::one(),
            msg: to_json_binary(&hook).unwrap(),
        }),
        ExecuteMsg::Divide { pools: vec![] },
        ExecuteMsg::Claim { recipient: None },
        payout(1, "bob", 1),
        ExecuteMsg::SwitchOff {
            operation: OPERATION,
        },
    ]);
    for msg in all {
        stage.refused("Payment", |s| {
            s.act_with("alice", &msg, &[coin(1, "uatom")])
        });
    }
}

#[test]
fn invalid_addresses() {
    let mut stage = Stage::new();
    let cw20 = TokenUnchecked::Cw20("nobody!".into());
    for msg in [
        ExecuteMsg::SetToken {
            token: cw20.clone(),
            allowed: true,
        },
        ExecuteMsg::SetFunder {
            funder: "nobody!".into(),
            allowed: true,
        },
        ExecuteMsg::SetGuardian {
            guardian: Some("nobody!".into()),
        },
        ExecuteMsg::Claim {
            recipient: Some(Payee::Address("nobody!".into())),
        },
    ] {
        stage.refused("InvalidAddress", |s| s.act("owner", &msg));
    }
    for msg in [
        QueryMsg::Due {
            recipient: Payee::Address("nobody!".into()),
        },
        QueryMsg::Tokens {
            start_after: Some(cw20),
            limit: None,
        },
        QueryMsg::Funders {
            start_after: Some("nobody!".into()),
            limit: None,
        },
    ] {
        let error = stage.ask::<Vec<Token>>(&msg).unwrap_err();
        assert!(
            format!("{error:#}").contains("InvalidAddress: "),
            "{error:#}"
        );
    }
}

#[test]
fn tokens_by_page() {
    let mut stage = Stage::new();
    let tokens = |stage: &Stage, start_after, limit| -> Vec<String> {
        let msg = QueryMsg::Tokens { start_after, limit };
        let tokens: Vec<Token> = stage.ask(&msg).unwrap();
        tokens.iter().map(ToString::to_string).collect()
    };
    let mut expected = [
        stage.cw20().to_string(),
        stage.dollars().to_string(),
        "native:uatom".to_owned(),
    ];
    expected.sort();
    assert_eq!(tokens(&stage, None, None), expected);
    assert_eq!(tokens(&stage, None, Some(2)), expected[..2]);
    let done = stage.allow(atom(), false).unwrap();
    let event = events(&done, "set_token")[0];
    assert_eq!(attribute(event, "token"), "native:uatom");
    assert_eq!(attribute(event, "allowed"), "false");
    assert_eq!(tokens(&stage, None, None), expected[..2]);
    // What is not listed can be taken off, and what is can be listed.
    stage.allow(atom(), false).unwrap();
    let cw20 = stage.cw20();
    stage.allow(cw20, true).unwrap();
    assert_eq!(tokens(&stage, None, None), expected[..2]);
}

#[test]
fn funders_by_page() {
    let mut stage = Stage::new();
    let funders = |stage: &Stage, start_after: Option<&Addr>, limit| -> Vec<Addr> {
        let msg = QueryMsg::Funders {
            start_after: start_after.map(ToString::to_string),
            limit,
        };
        stage.ask(&msg).unwrap()
    };
    assert_eq!(funders(&stage, None, None), [addr("alice")]);
    // The owner needs no list, and may be on it.
    for who in ["bob", "owner"] {
        stage.set_funder(who, true).unwrap();
    }
    let mut expected = ["alice", "bob", "owner"].map(addr);
    expected.sort();
    assert_eq!(funders(&stage, None, None), expected);
    assert_eq!(funders(&stage, None, Some(2)), expected[..2]);
    assert_eq!(funders(&stage, Some(&expected[0]), None), expected[1..]);
    // Who is listed can be listed, and who is not can be taken off.
    for _ in 0..2 {
        let done = stage.set_funder("bob", false).unwrap();
        let event = events(&done, "set_funder")[0];
        assert_eq!(attribute(event, "funder"), addr("bob").as_str());
        assert_eq!(attribute(event, "allowed"), "false");
    }
    stage.set_funder("alice", true).unwrap();
    let mut expected = ["alice", "owner"].map(addr);
    expected.sort();
    assert_eq!(funders(&stage, None, None), expected);
}

/// The manager takes a label of 128 bytes.
#[test]
fn names_of_tokens_are_labels() {
    let mut stage = Stage::new();
    let denom = |length: usize| TokenUnchecked::Native("u".repeat(length));
    stage.allow(denom(121), true).unwrap();
    let text = stage.refused("LabelTooLong", |s| s.allow(denom(122), true));
    assert!(text.contains("129 bytes, at most 128"), "{text}");
}

/// A mistyped field must not mean its absence.
#[rstest]
#[case(r#"{"fund":{"target":{"pool":"1"},"schedule":null,"start":1}}"#)]
#[case(r#"{"fund":{"target":{"pool":"1","aset":"ATOM"},"schedule":null}}"#)]
#[case(r#"{"claim":{"recipent":{"address":"x"}}}"#)]
#[case(r#"{"divide":{"pools":[],"all":true}}"#)]
#[case(r#"{"payout":{"stream":"1","account":"x","amount":"1","to":"y"}}"#)]
fn unknown_fields_are_refused(#[case] json: &str) {
    assert!(from_json::<ExecuteMsg>(json).is_err());
}

#[test]
fn a_reply_to_nothing() {
    let mut deps = testing::mock_dependencies();
    let reply = cosmwasm_std::Reply {
        id: 9,
        payload: Default::default(),
        gas_used: 0,
        result: cosmwasm_std::SubMsgResult::Err(String::new()),
    };
    let error = contract::reply(deps.as_mut(), testing::mock_env(), reply).unwrap_err();
    assert_eq!(
        error.to_string(),
        "UnknownReply: no submessage has the id 9"
    );
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
