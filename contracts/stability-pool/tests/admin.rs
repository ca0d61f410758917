//! Owner, guardian, AMOs, switches, migration, and what no message may be.
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
    ControlsResponse, MigrateMsg, Token,
    stability_pool::{ExecuteMsg, Operation, QueryMsg, ReceiveMsg},
};
use common::*;
use cosmwasm_std::{Addr, Coin, Storage, Uint128, to_json_binary};
use cw_multi_test::Executor;
use cw_ownable::{Action, Ownership};
use cw20::Cw20ReceiveMsg;
use rstest::rstest;

fn grant(who: &str) -> ExecuteMsg {
    ExecuteMsg::GrantAmo {
        address: addr(who).into_string(),
    }
}

fn revoke(who: &str) -> ExecuteMsg {
    ExecuteMsg::RevokeAmo {
        address: addr(who).into_string(),
    }
}

fn amos(stage: &Stage, start_after: Option<&Addr>, limit: Option<u32>) -> Vec<Addr> {
    let start_after = start_after.map(Addr::to_string);
    stage.ask(&QueryMsg::Amos { start_after, limit }).unwrap()
}

#[test]
fn the_owner_grants_and_revokes_the_role() {
    let mut stage = Stage::new();
    for who in ["amo", "guardian", "mallory"] {
        stage.refused("Ownership", |s| s.act(who, &grant("bob")));
        stage.refused("Ownership", |s| s.act(who, &revoke("amo")));
    }
    let done = stage.act("owner", &grant("bob")).unwrap();
    assert_eq!(
        attribute(&stage, &done, "grant_amo", "address"),
        addr("bob").as_str()
    );
    stage.refused("DuplicateAmo", |s| s.act("owner", &grant("bob")));
    stage.swap_dcm("bob", ONE).unwrap();

    let done = stage.act("owner", &revoke("amo")).unwrap();
    assert_eq!(
        attribute(&stage, &done, "revoke_amo", "address"),
        addr("amo").as_str()
    );
    stage.refused("UnknownAmo", |s| s.act("owner", &revoke("amo")));
    stage.refused("NotAnAmo", |s| s.swap_dcm("amo", ONE));
    assert_eq!(amos(&stage, None, None), [addr("bob")]);
    for msg in [
        ExecuteMsg::GrantAmo {
            address: "bob".into(),
        },
        ExecuteMsg::RevokeAmo { address: "".into() },
    ] {
        stage.refused("InvalidAddress", |s| s.act("owner", &msg));
    }
}

#[test]
fn amos_by_page() {
    let mut stage = Stage::new();
    for number in 0..11 {
        stage.act("owner", &grant(&format!("amo{number}"))).unwrap();
    }
    let first = amos(&stage, None, None);
    let rest = amos(&stage, first.last(), Some(5));
    assert_eq!((first.len(), rest.len()), (10, 2));
    let all = amos(&stage, None, Some(64));
    assert_eq!([first, rest].concat(), all);
    let msg = QueryMsg::Amos {
        start_after: Some("x".into()),
        limit: None,
    };
    let error = stage.ask::<Vec<Addr>>(&msg).unwrap_err();
    assert!(format!("{error:#}").contains("InvalidAddress: "));
}

/// The guardian switches off, the owner switches on.
#[rstest]
fn each_operation_has_a_switch(
    #[values(
        Operation::SwapDcm,
        Operation::SwapDuca,
        Operation::Mint,
        Operation::Provide,
        Operation::Burn,
        Operation::Contract
    )]
    operation: Operation,
) {
    let mut stage = Stage::stocked();
    stage.withdraw("alice", 900_000 * ONE).unwrap();
    stage.donate_duca("amo", 50_000 * ONE).unwrap();
    let act = |s: &mut Stage| match operation {
        Operation::SwapDcm => s.swap_dcm("amo", ONE),
        Operation::SwapDuca => s.swap_duca("amo", ONE),
        Operation::Mint => s.swap_dcm("amo", 100_000 * ONE),
        Operation::Provide => s.provide("bob", ONE),
        Operation::Burn => s.burn(),
        Operation::Contract => s.contract(),
    };
    let (off, on) = (
        ExecuteMsg::SwitchOff { operation },
        ExecuteMsg::SwitchOn { operation },
    );
    stage.refused("NeitherGuardianNorOwner", |s| s.act("amo", &off));
    stage.act("guardian", &off).unwrap();
    stage.refused_with("SwitchedOff", &[&operation.to_string()], act);
    let controls: ControlsResponse<Operation> = stage.ask(&QueryMsg::Controls {}).unwrap();
    assert_eq!(controls.off, [operation]);
    assert_eq!(controls.guardian, Some(addr("guardian").into_string()));
    stage.refused("Ownership", |s| s.act("guardian", &on));
    stage.act("owner", &on).unwrap();
    act(&mut stage).unwrap();
}

#[test]
fn another_guardian_and_owner() {
    let mut stage = Stage::new();
    let msg = ExecuteMsg::SetGuardian { guardian: None };
    stage.refused("Ownership", |s| s.act("guardian", &msg));
    stage.act("owner", &msg).unwrap();
    let off = ExecuteMsg::SwitchOff {
        operation: Operation::Burn,
    };
    stage.refused("NeitherGuardianNorOwner", |s| s.act("guardian", &off));

    let transfer = ExecuteMsg::UpdateOwnership(Action::TransferOwnership {
        new_owner: addr("bob").into_string(),
        expiry: None,
    });
    stage.refused("Ownership", |s| s.act("bob", &transfer));
    stage.act("owner", &transfer).unwrap();
    stage.refused("Ownership", |s| s.act("bob", &grant("mallory")));
    let accept = ExecuteMsg::UpdateOwnership(Action::AcceptOwnership);
    stage.refused("Ownership", |s| s.act("mallory", &accept));
    stage.act("bob", &accept).unwrap();
    stage.act("bob", &grant("mallory")).unwrap();
    stage.refused("Ownership", |s| s.act("owner", &grant("alice")));
    let renounce = ExecuteMsg::UpdateOwnership(Action::RenounceOwnership);
    stage.refused("CannotRenounce", |s| s.act("bob", &renounce));
    let ownership: Ownership<String> = stage.ask(&QueryMsg::Ownership {}).unwrap();
    assert_eq!(ownership.owner, Some(addr("bob").into_string()));
}

/// Only swaps, deposits and gifts take coins.
#[test]
fn no_other_message_takes_coins() {
    let mut stage = Stage::stocked();
    let coin = [Coin::new(1u128, DENOM)];
    let received = Cw20ReceiveMsg {
        sender: addr("amo").into_string(),
        amount: Uint128::one(),
        msg: to_json_binary(&ReceiveMsg::Donate {}).unwrap(),
    };
    for msg in [
        ExecuteMsg::Receive(received),
        ExecuteMsg::Burn {},
        ExecuteMsg::Contract {},
        ExecuteMsg::ForwardToTreasury {},
        grant("bob"),
        revoke("amo"),
        ExecuteMsg::UpdateGuards {
            guards: Default::default(),
        },
        ExecuteMsg::SwitchOff {
            operation: Operation::Burn,
        },
        ExecuteMsg::SwitchOn {
            operation: Operation::Burn,
        },
        ExecuteMsg::SetGuardian { guardian: None },
        ExecuteMsg::UpdateOwnership(Action::AcceptOwnership),
    ] {
        stage.refused("Payment", |s| s.act_with("owner", &msg, &coin));
    }
}

/// A mistyped field must not mean its absence.
#[rstest]
#[case(r#"{"swap":{"min_out":"0","recipent":"x"}}"#)]
#[case(r#"{"provide":{"min_lpd":"0","min":"1"}}"#)]
#[case(r#"{"update_guards":{"guards":{"max_mint":"1"}}}"#)]
#[case(r#"{"burn":{"amount":"1"}}"#)]
fn unknown_fields_are_refused(#[case] json: &str) {
    cosmwasm_std::from_json::<ExecuteMsg>(json).unwrap_err();
    let withdraw = r#"{"withdraw":{"min_usd":"1"}}"#;
    cosmwasm_std::from_json::<ReceiveMsg>(withdraw).unwrap_err();
}

#[test]
fn migration_moves_an_older_version_of_this_contract() {
    let mut stage = Stage::new();
    let code = stage.app.store_code(pool_code());
    let migrate = |s: &mut Stage| {
        let (owner, pool) = (addr("owner"), s.pool.clone());
        s.app.migrate_contract(owner, pool, &MigrateMsg {}, code)
    };
    stage.refused("NotOlder", migrate);
    set_version(&mut stage, "ballast-treasury", "0.0.1");
    stage.refused("OtherContract", migrate);
    set_version(&mut stage, "ballast-stability-pool", "0.0.1");
    let done = migrate(&mut stage).unwrap();
    assert_eq!(attribute(&stage, &done, "migrate", "from"), "0.0.1");
    stage.swap_dcm("amo", ONE).unwrap();
    let not_the_admin = |s: &mut Stage| {
        let (mallory, pool) = (addr("mallory"), s.pool.clone());
        s.app.migrate_contract(mallory, pool, &MigrateMsg {}, code)
    };
    assert!(not_the_admin(&mut stage).is_err());
}

fn set_version(stage: &mut Stage, contract: &str, version: &str) {
    let pool = stage.pool.clone();
    let mut storage = stage.app.contract_storage_mut(&pool);
    let storage: &mut dyn Storage = &mut *storage;
    cw2::set_contract_version(storage, contract, version).unwrap();
}

/// DUCA and LPD are minted by the pool alone, and nobody may migrate them.
#[test]
fn the_tokens_are_the_pools_own() {
    let mut stage = Stage::new();
    for token in [stage.duca.clone(), stage.lpd.clone()] {
        let data = stage.app.contract_data(&token).unwrap();
        assert_eq!((data.admin, data.creator), (None, stage.pool.clone()));
        let minter: cw20::MinterResponse = stage
            .app
            .wrap()
            .query_wasm_smart(&token, &cw20::Cw20QueryMsg::Minter {})
            .unwrap();
        assert_eq!((minter.minter, minter.cap), (stage.pool.to_string(), None));
        for who in ["owner", "amo", "mallory"] {
            let mint = cw20::Cw20ExecuteMsg::Mint {
                recipient: addr(who).into_string(),
                amount: Uint128::one(),
            };
            let done = stage
                .app
                .execute_contract(addr(who), token.clone(), &mint, &[]);
            assert!(done.is_err());
        }
    }
    let config = stage.config();
    assert_eq!(config.duca.token, Token::Cw20(stage.duca));
    assert_eq!((config.dcm.decimals, config.duca.decimals), (6, 6));
}
