//! What the owner, the guardian and the registry may do, and nobody else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_sim::{ContractKind, error_name};
use ballast_types::{
    ControlsResponse, MigrateMsg, PenaltySplit, Terms, TokenUnchecked,
    issuer::NewSynth,
    oracle::{self, Rule, Source, SourceKind},
    synth_minter::{ConfigResponse, ExecuteMsg, InstantiateMsg, Operation, Params, QueryMsg},
};
use common::*;
use cosmwasm_std::{Addr, Coin, Uint128};
use cw_multi_test::Executor;
use cw_ownable::{Action, Ownership};
use rstest::rstest;

// ------------------------------------------------------------------ instantiate, params

fn instantiate(
    stage: &mut Stage,
    funds: &[Coin],
    change: impl FnOnce(&mut InstantiateMsg),
) -> anyhow::Result<Addr> {
    let code = stage.world.app.store_code(ContractKind::SynthMinter.code());
    let owner = stage.who("owner");
    let mut msg = InstantiateMsg {
        owner: owner.to_string(),
        guardian: None,
        oracle: stage.at("oracle").to_string(),
        registry: stage.at("debt-registry").to_string(),
        treasury: stage.at("treasury").to_string(),
        params: stage.params(),
    };
    change(&mut msg);
    stage
        .world
        .app
        .instantiate_contract(code, owner, &msg, funds, "minter", None)
}

#[test]
fn starts_without_collateral_and_synths() {
    let mut stage = Stage::new();
    let params = stage.params();
    stage.minter = instantiate(&mut stage, &[], |_| {}).unwrap();
    let config: ConfigResponse = stage.ask(&QueryMsg::Config {}).unwrap();
    assert_eq!(config.oracle, stage.at("oracle"));
    assert_eq!(config.registry, stage.at("debt-registry"));
    assert_eq!(config.treasury, stage.at("treasury"));
    assert_eq!(config.dollar, None);
    assert_eq!(config.params, params);
    let collaterals: Vec<serde_json::Value> = stage.ask(&QueryMsg::Collaterals {}).unwrap();
    assert_eq!(collaterals, Vec::<serde_json::Value>::new());
}

#[rstest]
#[case::owner(|msg: &mut InstantiateMsg| msg.owner = "x".into())]
#[case::guardian(|msg: &mut InstantiateMsg| msg.guardian = Some("x".into()))]
#[case::oracle(|msg: &mut InstantiateMsg| msg.oracle = "x".into())]
#[case::registry(|msg: &mut InstantiateMsg| msg.registry = "x".into())]
#[case::treasury(|msg: &mut InstantiateMsg| msg.treasury = "x".into())]
fn starts_with_valid_addresses_only(#[case] change: fn(&mut InstantiateMsg)) {
    let error = instantiate(&mut Stage::new(), &[], change).unwrap_err();
    assert_eq!(error_name(&error), "InvalidAddress", "{error:#}");
}

#[test]
fn starts_without_funds() {
    let mut stage = Stage::new();
    stage.mint_denom("owner", "ulife", 1);
    let error = instantiate(&mut stage, &[Coin::new(1u128, "ulife")], |_| {}).unwrap_err();
    assert_eq!(error_name(&error), "Payment");
}

const YEAR: u64 = 365 * 86_400;

#[rstest]
#[case::parts_below_one(|p: &mut Params| p.penalty_split = split("0.5", "0.2", "0.2"), "sum to 1")]
#[case::parts_above_one(|p: &mut Params| p.penalty_split = split("0.5", "0.5", "0.5"), "sum to 1")]
#[case::long_grace(|p: &mut Params| p.grace_secs = YEAR + 1, "grace_secs")]
#[case::long_stake_time(|p: &mut Params| p.min_stake_secs = YEAR + 1, "min_stake_secs")]
#[case::long_expiry(|p: &mut Params| p.flag_expiry_secs = YEAR + 1, "flag_expiry_secs")]
#[case::no_expiry(|p: &mut Params| p.flag_expiry_secs = 0, "flag_expiry_secs")]
#[case::base_above_max(|p: &mut Params| p.exchange.base_fee = dec("0.016"), "base_fee")]
#[case::max_above_exit(|p: &mut Params| p.exchange.max_fee = dec("0.11"), "max_fee")]
#[case::exit_takes_all(|p: &mut Params| p.exchange.max_exit_fee = dec("1"), "max_exit_fee")]
#[case::unminted_above_one(|p: &mut Params| p.exchange.unminted_part = dec("1.1"), "unminted_part")]
fn params_that_make_no_sense(#[case] change: fn(&mut Params), #[case] reason: &str) {
    let mut stage = Stage::new();
    let mut params = stage.params();
    change(&mut params);
    let error = instantiate(&mut stage, &[], |msg| msg.params = params.clone()).unwrap_err();
    assert_eq!(error_name(&error), "InvalidParams");
    stage.refused_with("InvalidParams", &[reason], |s| {
        s.act("owner", &ExecuteMsg::UpdateParams { params })
    });
}

fn split(liquidator: &str, flagger: &str, treasury: &str) -> PenaltySplit {
    PenaltySplit {
        liquidator: dec(liquidator),
        flagger: dec(flagger),
        treasury: dec(treasury),
    }
}

#[test]
fn the_owner_changes_params() {
    let mut stage = Stage::new();
    let mut params = stage.params();
    params.grace_secs = YEAR;
    params.min_debt = 7u128.into();
    let msg = ExecuteMsg::UpdateParams {
        params: params.clone(),
    };
    for who in ["guardian", "other"] {
        stage.refused("Ownership", |s| s.act(who, &msg));
    }
    let response = stage.act("owner", &msg).unwrap();
    has_event(&response, "update_params", &[]);
    assert_eq!(stage.params(), params);
}

// ------------------------------------------------------------------ collaterals

fn terms(issuance: &str, flag: &str, penalty: &str) -> Terms {
    Terms {
        issuance_ratio: dec(issuance),
        flag_ratio: dec(flag),
        liquidation_penalty: dec(penalty),
    }
}

fn add(asset: &str, token: TokenUnchecked) -> ExecuteMsg {
    ExecuteMsg::AddCollateral {
        asset: asset.into(),
        token,
        terms: terms("4.5", "3", "0.1"),
        cap: 1_000u128.into(),
    }
}

fn native(denom: &str) -> TokenUnchecked {
    TokenUnchecked::Native(denom.into())
}

/// The oracle learns of an asset.
fn know(stage: &mut Stage, asset: &str, decimals: u8) {
    let msg = oracle::ExecuteMsg::AddAsset {
        asset: asset.into(),
        decimals,
        rule: Rule {
            min_sources: 1,
            max_age_secs: 600,
            max_spread: dec("0.02"),
            max_confidence: dec("0.01"),
            ema_period_secs: 1_800,
            max_deviation: dec("0.5"),
            breaker_window_secs: 600,
        },
        sources: vec![Source {
            name: "fixed".into(),
            kind: SourceKind::Fixed { price: dec("2") },
        }],
    };
    stage.other_contract("owner", "oracle", &msg).unwrap();
}

#[test]
fn the_owner_adds_a_collateral() {
    let mut stage = Stage::new();
    know(&mut stage, "OSMO", 6);
    let msg = add("OSMO", native("uosmo"));
    for who in ["guardian", "other"] {
        stage.refused("Ownership", |s| s.act(who, &msg));
    }
    let response = stage.act("owner", &msg).unwrap();
    has_event(
        &response,
        "add_collateral",
        &[
            ("asset", "OSMO"),
            ("token", "native:uosmo"),
            ("cap", "1000"),
        ],
    );
    let added = stage.collateral("OSMO");
    assert_eq!((added.decimals, added.enabled), (6, true));
    assert_eq!((added.cap.u128(), added.total.u128()), (1_000, 0));
    assert_eq!(added.terms, terms("4.5", "3", "0.1"));
    stage.mint_denom("alice", "uosmo", 10);
    let deposit = ExecuteMsg::Deposit { account: None };
    stage
        .act_with("alice", &deposit, &[Coin::new(10u128, "uosmo")])
        .unwrap();
    assert_eq!(stage.staked("alice", "OSMO"), 10);
}

#[test]
fn collaterals_that_cannot_be() {
    let mut stage = Stage::new();
    know(&mut stage, "OSMO", 6);
    know(&mut stage, "WBTC", 8);
    let cw20 = |stage: &Stage, name: &str| TokenUnchecked::Cw20(stage.at(name).to_string());
    let (weth, lusd, oracle) = (
        cw20(&stage, "WETH"),
        cw20(&stage, "LUSD"),
        cw20(&stage, "oracle"),
    );
    let mut check = |name: &str, figures: &[&str], msg: ExecuteMsg| {
        stage.refused_with(name, figures, |s| s.act("owner", &msg));
    };
    check("UnknownAsset", &["DOGE"], add("DOGE", native("udoge")));
    check(
        "DuplicateCollateral",
        &["LIFE"],
        add("LIFE", native("uother")),
    );
    check(
        "DuplicateCollateral",
        &["sEUR"],
        add("sEUR", native("uother")),
    );
    check(
        "DuplicateToken",
        &["native:ulife"],
        add("OSMO", native("ulife")),
    );
    check("DecimalsMismatch", &["18", "8"], add("WBTC", weth));
    check("DuplicateToken", &["cw20:"], add("OSMO", lusd));
    check(
        "InvalidAddress",
        &["x"],
        add("OSMO", TokenUnchecked::Cw20("x".into())),
    );

    for (issuance, flag, penalty) in [("3", "3", "0.1"), ("4.5", "1.1", "0.1"), ("2", "3", "0.1")] {
        let msg = ExecuteMsg::AddCollateral {
            asset: "OSMO".into(),
            token: native("uosmo"),
            terms: terms(issuance, flag, penalty),
            cap: Uint128::MAX,
        };
        check("InvalidTerms", &[issuance, flag, penalty], msg);
    }
    // No cw20 at all.
    let before = stage.world.dump();
    stage.act("owner", &add("OSMO", oracle)).unwrap_err();
    assert!(stage.world.is_unchanged(&before));
}

#[test]
fn at_most_eight_collaterals() {
    let mut stage = Stage::new();
    for n in 2..8 {
        let (asset, denom) = (format!("A{n}"), format!("ua{n}"));
        know(&mut stage, &asset, 6);
        stage.act("owner", &add(&asset, native(&denom))).unwrap();
    }
    know(&mut stage, "A8", 6);
    stage.refused_with("TooManyCollaterals", &["8"], |s| {
        s.act("owner", &add("A8", native("ua8")))
    });
}

#[test]
fn the_owner_changes_a_collateral() {
    let mut stage = Stage::new();
    let update = |asset: &str, terms: Option<Terms>| ExecuteMsg::UpdateCollateral {
        asset: asset.into(),
        terms,
        cap: Some(5u128.into()),
        enabled: Some(false),
    };
    let msg = update("LIFE", Some(terms("5", "4", "0.2")));
    for who in ["guardian", "other"] {
        stage.refused("Ownership", |s| s.act(who, &msg));
    }
    let response = stage.act("owner", &msg).unwrap();
    has_event(
        &response,
        "update_collateral",
        &[
            ("asset", "LIFE"),
            ("issuance_ratio", "5"),
            ("flag_ratio", "4"),
            ("liquidation_penalty", "0.2"),
            ("cap", "5"),
            ("enabled", "false"),
        ],
    );
    let life = stage.collateral("LIFE");
    assert_eq!(life.terms, terms("5", "4", "0.2"));
    assert_eq!((life.cap.u128(), life.enabled), (5, false));
    // What is not named stays.
    let nothing = ExecuteMsg::UpdateCollateral {
        asset: "LIFE".into(),
        terms: None,
        cap: None,
        enabled: None,
    };
    stage.act("owner", &nothing).unwrap();
    assert_eq!(stage.collateral("LIFE"), life);

    stage.refused_with("UnknownCollateral", &["DOGE"], |s| {
        s.act("owner", &update("DOGE", None))
    });
    stage.refused_with("UnknownCollateral", &["LUSD"], |s| {
        s.act("owner", &update("LUSD", None))
    });
    stage.refused_with("InvalidTerms", &["1.1"], |s| {
        s.act("owner", &update("LIFE", Some(terms("5", "1.1", "0.1"))))
    });
}

// ------------------------------------------------------------------ switches, guardian, owner

#[test]
fn the_guardian_switches_off_and_the_owner_on() {
    let mut stage = Stage::new();
    for operation in OPERATIONS {
        let off = ExecuteMsg::SwitchOff { operation };
        stage.refused("NeitherGuardianNorOwner", |s| s.act("other", &off));
        let response = stage.act("guardian", &off).unwrap();
        has_event(
            &response,
            "switch_off",
            &[("operation", &operation.to_string())],
        );
        stage.act("owner", &off).unwrap();
    }
    let controls: ControlsResponse<Operation> = stage.ask(&QueryMsg::Controls {}).unwrap();
    assert_eq!(controls.off, OPERATIONS);
    assert_eq!(controls.guardian, Some(stage.at("guardian").to_string()));
    for operation in OPERATIONS {
        let on = ExecuteMsg::SwitchOn { operation };
        for who in ["guardian", "other"] {
            stage.refused("Ownership", |s| s.act(who, &on));
        }
        let response = stage.act("owner", &on).unwrap();
        has_event(
            &response,
            "switch_on",
            &[("operation", &operation.to_string())],
        );
    }
    let controls: ControlsResponse<Operation> = stage.ask(&QueryMsg::Controls {}).unwrap();
    assert_eq!(controls.off, vec![]);
}

#[test]
fn the_owner_names_the_guardian() {
    let mut stage = Stage::new();
    let bob = stage.who("bob").to_string();
    let name = |guardian: Option<&str>| ExecuteMsg::SetGuardian {
        guardian: guardian.map(str::to_owned),
    };
    for who in ["guardian", "other"] {
        stage.refused("Ownership", |s| s.act(who, &name(Some(&bob))));
    }
    stage.refused_with("InvalidAddress", &["x"], |s| {
        s.act("owner", &name(Some("x")))
    });
    stage.act("owner", &name(Some(&bob))).unwrap();
    let off = ExecuteMsg::SwitchOff {
        operation: Operation::Mint,
    };
    stage.refused("NeitherGuardianNorOwner", |s| s.act("guardian", &off));
    stage.act("bob", &off).unwrap();
    stage.act("owner", &name(None)).unwrap();
    stage.refused("NeitherGuardianNorOwner", |s| s.act("bob", &off));
}

#[test]
fn the_owner_changes_in_two_steps() {
    let mut stage = Stage::new();
    let bob = stage.who("bob").to_string();
    let offer = ExecuteMsg::UpdateOwnership(Action::TransferOwnership {
        new_owner: bob.clone(),
        expiry: None,
    });
    let accept = ExecuteMsg::UpdateOwnership(Action::AcceptOwnership);
    let renounce = ExecuteMsg::UpdateOwnership(Action::RenounceOwnership);
    stage.refused("Ownership", |s| s.act("guardian", &offer));
    stage.refused("CannotRenounce", |s| s.act("owner", &renounce));
    stage.refused("Ownership", |s| s.act("bob", &accept));
    stage.act("owner", &offer).unwrap();
    let ownership: Ownership<String> = stage.ask(&QueryMsg::Ownership {}).unwrap();
    assert_eq!(ownership.owner, Some(stage.at("owner").to_string()));
    assert_eq!(ownership.pending_owner, Some(bob.clone()));
    stage.refused("Ownership", |s| s.act("other", &accept));
    stage.act("bob", &accept).unwrap();
    let ownership: Ownership<String> = stage.ask(&QueryMsg::Ownership {}).unwrap();
    assert_eq!(ownership.owner, Some(bob));
    stage.refused("Ownership", |s| s.act("owner", &offer));
}

// ------------------------------------------------------------------ the registry's message

#[test]
fn only_the_registry_announces_synths() {
    let mut stage = Stage::new();
    let synth = |synth: &str, token: Addr| {
        ExecuteMsg::AcceptSynth(NewSynth {
            synth: synth.into(),
            token,
            decimals: 6,
            is_dollar: true,
        })
    };
    let (lusd, fresh) = (stage.at("LUSD"), stage.who("fresh"));
    for who in ["owner", "guardian", "other"] {
        let sender = stage.who(who).to_string();
        stage.refused_with("Unauthorized", &[&sender], |s| {
            s.act(who, &synth("evil", fresh.clone()))
        });
    }
    // Not even the registry twice.
    stage.refused_with("DuplicateToken", &["cw20:"], |s| {
        s.act("debt-registry", &synth("evil", lusd))
    });
    for taken in ["sEUR", "LIFE"] {
        stage.refused_with("DuplicateCollateral", &[taken], |s| {
            s.act("debt-registry", &synth(taken, fresh.clone()))
        });
    }
    stage.refused("InvalidAddress", |s| {
        s.act("debt-registry", &synth("evil", Addr::unchecked("x")))
    });
}

// ------------------------------------------------------------------ migrate

#[test]
fn migrates_from_an_older_version_only() {
    let mut stage = Stage::new();
    let code = stage.world.app.store_code(ContractKind::SynthMinter.code());
    let minter = stage.minter.clone();
    let owner = stage.who("owner");
    let migrate = |stage: &mut Stage| {
        let (owner, minter) = (owner.clone(), minter.clone());
        stage
            .world
            .app
            .migrate_contract(owner, minter, &MigrateMsg {}, code)
    };
    stage.refused("NotOlder", migrate);
    let mark = |stage: &mut Stage, name: &str, version: &str| {
        let mut storage = stage.world.app.contract_storage_mut(&minter);
        cw2::set_contract_version(&mut *storage, name, version).unwrap();
    };
    mark(&mut stage, "ballast-oracle", "0.0.1");
    stage.refused_with(
        "OtherContract",
        &["ballast-oracle", "ballast-synth-minter"],
        migrate,
    );
    mark(&mut stage, "ballast-synth-minter", "0.0.1");
    let response = migrate(&mut stage).unwrap();
    assert_eq!(attribute(&response, "migrate", "from"), "0.0.1");
    assert_eq!(
        attribute(&response, "migrate", "to"),
        env!("CARGO_PKG_VERSION")
    );
}
