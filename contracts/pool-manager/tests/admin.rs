//! Owner and guardian, collaterals, numbers, switches, the dollar, and migration.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use ballast_types::{
    ControlsResponse, MigrateMsg, TokenUnchecked, debt_registry,
    issuer::{IssuerReport, NewSynth},
    pool_manager::{
        CollateralTerms, ConfigResponse, ExecuteMsg, InstantiateMsg, Operation, Params, QueryMsg,
    },
};
use common::*;
use cosmwasm_std::{Decimal, StdResult, Uint128};
use cw_multi_test::Executor;
use cw_ownable::Action;
use cw2::{CONTRACT, ContractVersion};
use rstest::rstest;

fn instantiation(stage: &Stage, params: Params) -> InstantiateMsg {
    InstantiateMsg {
        owner: addr("owner").into_string(),
        guardian: None,
        oracle: stage.oracle.to_string(),
        registry: stage.registry.to_string(),
        treasury: stage.treasury.to_string(),
        params,
    }
}

#[test]
fn the_config() {
    let stage = Stage::new();
    let config: ConfigResponse = stage.query(&QueryMsg::Config {}).unwrap();
    assert_eq!(
        (config.oracle, config.registry, config.treasury),
        (
            stage.oracle.clone(),
            stage.registry.clone(),
            stage.treasury.clone()
        )
    );
    let dollar = config.dollar.unwrap();
    assert_eq!(
        (dollar.synth.as_str(), dollar.decimals, dollar.is_dollar),
        ("dUSD", 6, true)
    );
    assert_eq!(
        (config.params, config.treasury_due),
        (params(), Uint128::zero())
    );
}

fn zero_ratio(params: &mut Params) {
    params.min_liquidity_ratio = Decimal::zero();
}

fn crossed_times(params: &mut Params) {
    params.min_delegation_secs = params.max_delegation_secs + 1;
}

fn little_gas(params: &mut Params) {
    params.poll_gas = 499_999;
}

fn much_gas(params: &mut Params) {
    params.poll_gas = 8_000_001;
}

#[rstest]
#[case(zero_ratio)]
#[case(crossed_times)]
#[case(little_gas)]
#[case(much_gas)]
fn bad_params(#[case] spoil: fn(&mut Params)) {
    let mut stage = Stage::new();
    let mut bad = params();
    spoil(&mut bad);
    let msg = ExecuteMsg::UpdateParams {
        params: bad.clone(),
    };
    stage.refused("InvalidParams", |s| s.act("owner", &msg));
    let msg = instantiation(&stage, bad);
    let code = stage.codes["manager"];
    let error = stage
        .app
        .instantiate_contract(code, addr("owner"), &msg, &[], "bad", None)
        .unwrap_err();
    assert_eq!(ballast_sim::error_name(&error), "InvalidParams");
}

#[test]
fn bad_instantiations() {
    let mut stage = Stage::new();
    let code = stage.codes["manager"];
    let spoils: [fn(&mut InstantiateMsg); 5] = [
        |msg| msg.owner = "nobody".into(),
        |msg| msg.guardian = Some("nobody".into()),
        |msg| msg.oracle = "nobody".into(),
        |msg| msg.registry = String::new(),
        |msg| msg.treasury = "NOBODY".into(),
    ];
    for spoil in spoils {
        let mut msg = instantiation(&stage, params());
        spoil(&mut msg);
        let error = stage
            .app
            .instantiate_contract(code, addr("owner"), &msg, &[], "bad", None)
            .unwrap_err();
        assert_eq!(
            ballast_sim::error_name(&error),
            "InvalidAddress",
            "{error:#}"
        );
    }
    let msg = instantiation(&stage, params());
    let funds = cosmwasm_std::coins(1, "ulife");
    let error = stage
        .app
        .instantiate_contract(code, addr("alice"), &msg, &funds, "bad", None)
        .unwrap_err();
    assert_eq!(ballast_sim::error_name(&error), "Payment");
}

/// A request keeps its lock, and a delegation its time.
#[test]
fn new_params_change_nothing_that_runs() {
    let mut stage = Stage::open();
    stage.request_exit("alice", LIFE).unwrap();
    let quote = stage.exit_quote("alice", LIFE, None).unwrap();
    stage.update_params(|params| {
        params.max_lock_secs = 30 * DAY;
        params.min_delegation_secs = 20 * DAY;
        params.poll_gas = 8_000_000;
    });
    let after = stage.exit_quote("alice", LIFE, None).unwrap();
    assert_eq!(
        (quote.lock_ends_at, quote.delegated_until),
        (after.lock_ends_at, after.delegated_until)
    );
    let config: ConfigResponse = stage.query(&QueryMsg::Config {}).unwrap();
    assert_eq!(config.params.poll_gas, 8_000_000);
}

// ---------------------------------------------------------------- collaterals

fn issuance(terms: &mut CollateralTerms) {
    terms.issuance_ratio = terms.liquidation_ratio;
}

fn liquidation(terms: &mut CollateralTerms) {
    terms.liquidation_ratio = dec("1.1");
}

fn penalty(terms: &mut CollateralTerms) {
    terms.liquidation_penalty = Decimal::MAX;
}

fn keeper(terms: &mut CollateralTerms) {
    terms.keeper_part = Decimal::one();
}

#[rstest]
#[case(issuance)]
#[case(liquidation)]
#[case(penalty)]
#[case(keeper)]
fn bad_terms(#[case] spoil: fn(&mut CollateralTerms)) {
    let mut stage = Stage::new();
    stage.know("X", 6, "1", false);
    let mut bad = terms();
    spoil(&mut bad);
    let token = TokenUnchecked::Native("ux".into());
    stage.refused("InvalidTerms", |s| {
        s.add_collateral("X", token, bad.clone())
    });
    let update = ExecuteMsg::UpdateCollateral {
        asset: "LIFE".into(),
        terms: Some(bad.clone()),
        enabled: None,
    };
    stage.refused("InvalidTerms", |s| s.act("owner", &update));
}

#[test]
fn collaterals() {
    let mut stage = Stage::new();
    stage.know("X", 6, "1", false);
    let native = |denom: &str| TokenUnchecked::Native(denom.into());
    stage.refused("UnknownAsset", |s| {
        s.add_collateral("Y", native("uy"), terms())
    });
    stage.refused("DuplicateCollateral", |s| {
        s.add_collateral("LIFE", native("uy"), terms())
    });
    stage.refused("DuplicateToken", |s| {
        s.add_collateral("X", native("ulife"), terms())
    });
    let dollar = TokenUnchecked::Cw20(stage.dollar.to_string());
    stage.refused("DuplicateToken", |s| s.add_collateral("X", dollar, terms()));
    let weth = TokenUnchecked::Cw20(stage.weth.to_string());
    stage.refused("DecimalsMismatch", |s| s.add_collateral("X", weth, terms()));
    let nonsense = TokenUnchecked::Cw20("nonsense".into());
    stage.refused("InvalidAddress", |s| {
        s.add_collateral("X", nonsense, terms())
    });
    let add = ExecuteMsg::AddCollateral {
        asset: "X".into(),
        token: native("ux"),
        terms: terms(),
    };
    for who in ["guardian", "paula", "alice"] {
        stage.refused("Ownership", |s| s.act(who, &add));
    }
    let done = stage.act("owner", &add).unwrap();
    has_event(
        &done,
        "add_collateral",
        &[
            ("asset", "X"),
            ("token", "native:ux"),
            ("issuance_ratio", "2"),
            ("liquidation_ratio", "1.5"),
            ("liquidation_penalty", "0.1"),
            ("cap", "79228162514264337593543950336"),
            ("enabled", "true"),
        ],
    );
    for number in 0..13 {
        let name = format!("X{number}");
        stage.know(&name, 6, "1", true);
        stage
            .add_collateral(&name, native(&format!("ux{number}")), terms())
            .unwrap();
    }
    stage.know("Z", 6, "1", true);
    stage.refused("TooMany", |s| s.add_collateral("Z", native("uz"), terms()));
    let update = |asset: &str| ExecuteMsg::UpdateCollateral {
        asset: asset.into(),
        terms: None,
        enabled: Some(false),
    };
    stage.refused("UnknownCollateral", |s| s.act("owner", &update("Z")));
    stage.refused("Ownership", |s| s.act("guardian", &update("X")));
    let done = stage.act("owner", &update("X")).unwrap();
    assert_eq!(attribute(&done, "update_collateral", "enabled"), "false");
}

// ---------------------------------------------------------------- the dollar

#[test]
fn only_the_registry_brings_a_dollar_and_only_one() {
    let mut stage = Stage::bare();
    let pool = ExecuteMsg::SyncPool { pool: 1u64.into() };
    let synth = NewSynth {
        synth: "dUSD".into(),
        token: addr("token"),
        decimals: 6,
        is_dollar: true,
    };
    let accept = ExecuteMsg::AcceptSynth(synth.clone());
    stage.refused("Unauthorized", |s| s.act("owner", &accept));
    stage.pool_before_dollar(&pool);
    stage.get_dollar();
    let registry = stage.registry.clone();
    let manager = stage.manager.clone();
    let error = stage
        .app
        .execute_contract(registry.clone(), manager.clone(), &accept, &[])
        .unwrap_err();
    assert_eq!(ballast_sim::error_name(&error), "DuplicateToken");
}

impl Stage {
    /// Without a dollar there is nothing to count in.
    fn pool_before_dollar(&mut self, sync: &ExecuteMsg) {
        let create = ExecuteMsg::CreatePool {
            name: "early".into(),
            delegation_secs: DAY,
        };
        self.act("alice", &create).unwrap();
        self.refused("NoDollar", |s| s.act("alice", sync));
        let report: IssuerReport = self.query(&QueryMsg::IssuerReport {}).unwrap();
        assert!(report.collateral_value.is_zero());
    }
}

/// A collateral is no dollar.
#[test]
fn a_collateral_does_not_become_the_dollar() {
    let mut stage = Stage::bare();
    let weth = TokenUnchecked::Cw20(stage.weth.to_string());
    stage.add_collateral("WETH", weth, terms()).unwrap();
    let (registry, manager, token) = (
        stage.registry.clone(),
        stage.manager.clone(),
        stage.weth.clone(),
    );
    for (token, is_dollar) in [(token, true), (addr("other"), false)] {
        let accept = ExecuteMsg::AcceptSynth(NewSynth {
            synth: "dUSD".into(),
            token,
            decimals: 6,
            is_dollar,
        });
        let error = stage
            .app
            .execute_contract(registry.clone(), manager.clone(), &accept, &[])
            .unwrap_err();
        assert_eq!(ballast_sim::error_name(&error), "DuplicateToken");
    }
}

/// What the registry shows of the pools: supply, collateral at its lower prices, what nobody carries.
#[test]
fn solvency() {
    let mut stage = Stage::open();
    stage.lp("carol", WETH, ETHER);
    stage.deposit("carol", "LIFE", 77).unwrap();
    stage.report(ETH, 7_000_000_000);
    stage.sync_pool(1).unwrap();
    let report: IssuerReport = stage.query(&QueryMsg::IssuerReport {}).unwrap();
    assert_eq!(report.collateral_value.to_string(), "6000");
    assert_eq!(report.unassigned_debt.to_string(), "1500");
    let seen: Vec<debt_registry::SolvencyResponse> = stage
        .app
        .wrap()
        .query_wasm_smart(
            &stage.registry,
            &debt_registry::QueryMsg::Solvency {
                start_after: None,
                limit: None,
            },
        )
        .unwrap();
    let [seen] = &seen[..] else {
        unreachable!("one issuer");
    };
    assert_eq!(seen.report, Some(report));
    assert_eq!(seen.debt.to_string(), "500");
    assert_eq!(seen.ratio.unwrap().to_string(), "12");
    stage.kill("WETH");
    let report: IssuerReport = stage.query(&QueryMsg::IssuerReport {}).unwrap();
    assert_eq!(report.collateral_value.to_string(), "4000");
}

// ---------------------------------------------------------------- owner, guardian, switches

#[test]
fn the_guardian_switches_off_and_the_owner_on() {
    let mut stage = Stage::new();
    for operation in OPERATIONS {
        let (off, on) = (
            ExecuteMsg::SwitchOff { operation },
            ExecuteMsg::SwitchOn { operation },
        );
        stage.refused("NeitherGuardianNorOwner", |s| s.act("paula", &off));
        let done = stage.act("guardian", &off).unwrap();
        let name = operation.to_string();
        has_event(&done, "switch_off", &[("operation", name.as_str())]);
        let controls: ControlsResponse<Operation> = stage.query(&QueryMsg::Controls {}).unwrap();
        assert_eq!(controls.off, [operation]);
        stage.refused("Ownership", |s| s.act("guardian", &on));
        stage.act("owner", &on).unwrap();
    }
    let set = |guardian: Option<&str>| ExecuteMsg::SetGuardian {
        guardian: guardian.map(|name| addr(name).into_string()),
    };
    stage.refused("Ownership", |s| s.act("guardian", &set(None)));
    stage.act("owner", &set(Some("gina"))).unwrap();
    let off = ExecuteMsg::SwitchOff {
        operation: Operation::Deposit,
    };
    stage.refused("NeitherGuardianNorOwner", |s| s.act("guardian", &off));
    stage.act("gina", &off).unwrap();
}

#[test]
fn the_owner_changes_in_two_steps() {
    let mut stage = Stage::new();
    let act = ExecuteMsg::UpdateOwnership;
    let offer = act(Action::TransferOwnership {
        new_owner: addr("next").into_string(),
        expiry: None,
    });
    stage.refused("Ownership", |s| s.act("guardian", &offer));
    stage.refused("CannotRenounce", |s| {
        s.act("owner", &act(Action::RenounceOwnership))
    });
    stage.act("owner", &offer).unwrap();
    stage.refused("Ownership", |s| {
        s.act("paula", &act(Action::AcceptOwnership))
    });
    stage.act("next", &act(Action::AcceptOwnership)).unwrap();
    let ownership: cw_ownable::Ownership<String> = stage.query(&QueryMsg::Ownership {}).unwrap();
    assert_eq!(ownership.owner, Some(addr("next").into_string()));
    stage.refused("Ownership", |s| {
        s.act("owner", &ExecuteMsg::UpdateParams { params: params() })
    });
}

/// With everything off, whoever is in can leave, be repaid, be liquidated and be paid.
#[test]
fn what_is_always_open() {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 100 * ONE).unwrap();
    stage.pay_fees(ETH, 40 * ONE, 60_000_000).unwrap();
    stage.deposit("alice", "LIFE", 5).unwrap();
    stage.wait(DAY);
    stage.switch_off_everything();
    stage.request_exit("alice", LIFE).unwrap();
    stage.undelegate("alice", LIFE, Some(ONE)).unwrap();
    stage.withdraw("alice", "LIFE", None).unwrap();
    stage.claim_fees("alice", &[LIFE]).unwrap();
    stage.burn_for("trader", Some("bob"), LIFE, ONE).unwrap();
    stage.margin("trader", ETH, ONE).unwrap();
    stage.sync_pool(1).unwrap();
    stage.sync_market(ETH).unwrap();
    stage.check_market(1, ETH).unwrap();
    stage.margin("trader", SOL, 2 * ONE).unwrap();
    stage.report(SOL, 3_000_000);
    stage.sync_market(SOL).unwrap();
    let at = ballast_types::pool_manager::Unassigned::Market(SOL.into());
    stage.donate("trader", at, ONE).unwrap();
    stage.price("LIFE", "0.5");
    stage.liquidate("keeper", "bob", LIFE).unwrap();
}

// ---------------------------------------------------------------- migration

fn version(stage: &Stage) -> ContractVersion {
    CONTRACT
        .load(&*stage.app.contract_storage(&stage.manager))
        .unwrap()
}

#[rstest]
#[case::an_older_one("ballast-pool-manager", "0.0.9", None)]
#[case::the_same("ballast-pool-manager", "0.1.0", Some("NotOlder"))]
#[case::a_newer("ballast-pool-manager", "9.0.0", Some("NotOlder"))]
#[case::another("ballast-treasury", "0.0.9", Some("OtherContract"))]
fn migration(#[case] name: &str, #[case] from: &str, #[case] error: Option<&str>) {
    let mut stage = Stage::open();
    let stored = ContractVersion {
        contract: name.to_owned(),
        version: from.to_owned(),
    };
    let manager = stage.manager.clone();
    let saved: StdResult<()> =
        CONTRACT.save(&mut *stage.app.contract_storage_mut(&manager), &stored);
    saved.unwrap();
    let code = stage.codes["manager"];
    let migrate = |stage: &mut Stage| {
        stage
            .app
            .migrate_contract(addr("owner"), manager.clone(), &MigrateMsg {}, code)
    };
    match error {
        Some(error) => {
            stage.refused(error, migrate);
        }
        None => {
            let done = migrate(&mut stage).unwrap();
            has_event(&done, "migrate", &[("from", from), ("to", "0.1.0")]);
            assert_eq!(version(&stage).version, "0.1.0");
            stage.sync_pool(1).unwrap();
        }
    }
}
