//! Issuers without shared debt: they mint and burn their dollar, and nothing else is for them.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]

mod common;

use ballast_debt_registry::{ContractError, state::ISSUERS};
use ballast_kit::ControlsError;
use ballast_types::{
    debt_registry::{
        ExecuteMsg, IssuerResponse, Operation, PoolResponse, QueryMsg, SolvencyResponse, Valuation,
    },
    issuer::IssuerReport,
    oracle::PRICES,
};
use common::*;
use cosmwasm_std::{Addr, StdResult, Uint128, Uint256, from_json};
use cw_multi_test::Executor;
use cw20::Cw20ExecuteMsg;
use rstest::rstest;

/// LUSD, sBTC and sETH of one who shares, and dUSD of one who does not.
fn both() -> (Chain, Addr) {
    let mut chain = Chain::new();
    let manager = chain.unshared_issuer();
    (chain, manager)
}

/// It burns `amount` of what it holds, and says that it was `said`.
fn burn(chain: &mut Chain, manager: &Addr, amount: u128, said: u128) -> Result<(), ContractError> {
    chain
        .burning_only(manager, "dUSD", amount, &burn_usd_msg(said))
        .map(drop)
        .map_err(|error| error.downcast().unwrap())
}

/// Both refuse and leave everything as it was.
fn refused(chain: &mut Chain, issuer: &Addr, msg: &ExecuteMsg) -> ContractError {
    let before = chain.dump();
    let error = chain.by(issuer, msg).unwrap_err();
    assert_eq!(chain.dump(), before, "{msg:?}");
    error.downcast().unwrap()
}

#[test]
fn mints_and_burns_its_dollar() {
    let (mut chain, manager) = both();
    let alice = addr("alice");
    let minted = chain.by(&manager, &mint_usd_msg(&alice, 7 * USD)).unwrap();
    let of = |key| attribute(&minted.events, "mint_usd", key);
    assert_eq!(of("issuer"), manager.to_string());
    assert_eq!(of("recipient"), alice.to_string());
    assert_eq!(
        (of("amount"), of("supply")),
        ("7000000".into(), "7000000".into())
    );
    assert_eq!(chain.balance("dUSD", &alice), 7 * USD);

    chain.transfer("dUSD", &alice, &manager, 3 * USD).unwrap();
    let burnt = chain
        .burning_only(&manager, "dUSD", 3 * USD, &burn_usd_msg(3 * USD))
        .unwrap();
    let of = |key| attribute(&burnt.events, "burn_usd", key);
    assert_eq!(of("issuer"), manager.to_string());
    assert_eq!(
        (of("amount"), of("supply")),
        ("3000000".into(), "4000000".into())
    );
    assert_eq!(chain.synth("dUSD").supply.u128(), 4 * USD);
    assert_eq!(chain.token_supply("dUSD"), 4 * USD);
    assert_eq!(chain.synth("LUSD").supply, Uint128::zero());
}

/// A dollar is a dollar: there may be no oracle at all.
#[test]
fn reads_no_price() {
    let (mut chain, manager) = both();
    let owner = chain.owner.clone();
    let nowhere = ExecuteMsg::UpdateConfig {
        oracle: Some(addr("nowhere").to_string()),
        treasury: None,
    };
    chain.send(&owner, &nowhere).unwrap();
    chain.by(&manager, &mint_usd_msg(&manager, USD)).unwrap();
    burn(&mut chain, &manager, USD, USD).unwrap();
    assert_eq!(chain.token_supply("dUSD"), 0);
}

#[test]
fn minting_is_bound_by_the_ceiling_and_the_switch() {
    let (mut chain, manager) = both();
    let (owner, guardian, alice) = (chain.owner.clone(), chain.guardian.clone(), addr("alice"));
    let ceiling = ExecuteMsg::SetCeiling {
        synth: "dUSD".into(),
        ceiling: Uint128::new(10),
    };
    chain.send(&owner, &ceiling).unwrap();
    chain.by(&manager, &mint_usd_msg(&manager, 8)).unwrap();
    let exceeded = ContractError::CeilingExceeded {
        synth: "dUSD".into(),
        supply: Uint128::new(8),
        amount: Uint128::new(3),
        ceiling: Uint128::new(10),
    };
    assert_eq!(
        refused(&mut chain, &manager, &mint_usd_msg(&alice, 3)),
        exceeded
    );
    chain.by(&manager, &mint_usd_msg(&manager, 2)).unwrap();
    // A sum that no number holds exceeds every ceiling.
    let all = refused(&mut chain, &manager, &mint_usd_msg(&alice, u128::MAX));
    assert!(
        matches!(all, ContractError::CeilingExceeded { .. }),
        "{all}"
    );

    let off = ExecuteMsg::SwitchOff {
        operation: Operation::Issue,
    };
    chain.send(&guardian, &off).unwrap();
    burn(&mut chain, &manager, 10, 10).unwrap();
    let switched_off = ContractError::Controls(ControlsError::SwitchedOff {
        operation: "issue".into(),
    });
    assert_eq!(
        refused(&mut chain, &manager, &mint_usd_msg(&alice, 1)),
        switched_off
    );
}

#[test]
fn an_amount_of_zero() {
    let (mut chain, manager) = both();
    let alice = addr("alice");
    for msg in [mint_usd_msg(&alice, 0), burn_usd_msg(0)] {
        assert_eq!(
            refused(&mut chain, &manager, &msg),
            ContractError::ZeroAmount {}
        );
    }
}

/// Nobody's word is taken for a burn, and one burn counts once.
#[test]
fn claiming_burns_it_did_not_make() {
    let (mut chain, manager) = both();
    chain.by(&manager, &mint_usd_msg(&manager, 10)).unwrap();
    let not_burnt = |amount: u128, burnt: u128| ContractError::NotBurnt {
        synth: "dUSD".into(),
        amount: amount.into(),
        burnt: burnt.into(),
    };
    let claim = burn_usd_msg(4);
    assert_eq!(refused(&mut chain, &manager, &claim), not_burnt(4, 0));
    assert_eq!(
        burn(&mut chain, &manager, 3, 4).unwrap_err(),
        not_burnt(4, 3)
    );
    burn(&mut chain, &manager, 4, 4).unwrap();
    assert_eq!(refused(&mut chain, &manager, &claim), not_burnt(4, 0));
    assert_eq!(chain.synth("dUSD").supply.u128(), 6);

    // What a holder burnt himself is not burnt by the issuer a second time.
    let alice = addr("alice");
    chain.by(&manager, &mint_usd_msg(&alice, 5)).unwrap();
    let burn_own = Cw20ExecuteMsg::Burn {
        amount: Uint128::new(2),
    };
    chain.cw20("dUSD", &alice, &burn_own).unwrap();
    assert_eq!(chain.synth("dUSD").supply.u128(), 11);
    assert_eq!(
        refused(&mut chain, &manager, &burn_usd_msg(3)),
        not_burnt(3, 2)
    );
}

/// It would be burnt for nobody: no account of the issuer would owe less.
#[test]
fn nothing_is_donated_to_a_debt_that_nobody_shares() {
    let (mut chain, manager) = both();
    let alice = addr("alice");
    chain.by(&manager, &mint_usd_msg(&alice, 5)).unwrap();
    let error = chain.donate("dUSD", &alice, 3).unwrap_err();
    let error: ContractError = error.downcast().unwrap();
    assert_eq!(error, ContractError::NoSharedDebt { issuer: manager });
    assert_eq!(chain.synth("dUSD").supply.u128(), 5);
}

/// Each kind of issuer has its own messages, and is refused those of the other.
#[test]
fn the_messages_of_the_other_kind() {
    let (mut chain, manager) = both();
    let (issuer, owner, alice) = (chain.issuer.clone(), chain.owner.clone(), addr("alice"));
    chain.mint(&alice, 10 * USD);
    chain.by(&manager, &mint_usd_msg(&alice, 10 * USD)).unwrap();
    let not_shared = ContractError::NoSharedDebt {
        issuer: manager.clone(),
    };
    for msg in [
        issue_msg(&alice, Some(1), u128::MAX),
        repay_msg(&alice, 1, None),
        liquidate_msg(&alice, 0, 1),
        exchange_msg("dUSD", 1, "sBTC", &alice, 1, 0),
        ExecuteMsg::MintFees {
            synths: vec!["dUSD".into()],
        },
        ExecuteMsg::MintFees { synths: vec![] },
    ] {
        assert_eq!(refused(&mut chain, &manager, &msg), not_shared, "{msg:?}");
    }
    let another = ExecuteMsg::AddSynth {
        issuer: manager.to_string(),
        synth: spec("sBIG"),
    };
    chain.refuse(&owner, &another, &not_shared);

    let shared = ContractError::SharedDebt {
        issuer: issuer.clone(),
    };
    for msg in [mint_usd_msg(&alice, 1), burn_usd_msg(1)] {
        assert_eq!(refused(&mut chain, &issuer, &msg), shared, "{msg:?}");
    }
    // Neither becomes the other.
    let again = ExecuteMsg::AddIssuer {
        issuer: manager.to_string(),
        dollar: spec("sBIG"),
        shared_debt: true,
    };
    let duplicate = ContractError::DuplicateIssuer {
        issuer: manager.clone(),
    };
    chain.refuse(&owner, &again, &duplicate);
}

/// Old JSON means shared debt, and a mistyped field does not mean it.
#[rstest]
#[case::unsaid("", Some(true))]
#[case::yes(r#","shared_debt":true"#, Some(true))]
#[case::no(r#","shared_debt":false"#, Some(false))]
#[case::mistyped(r#","share_debt":false"#, None)]
fn shared_unless_it_is_said_otherwise(#[case] said: &str, #[case] expected: Option<bool>) {
    let dollar = r#"{"synth":"LUSD","name":"Dollar","symbol":"LUSD","ceiling":"1"}"#;
    let json = format!(r#"{{"add_issuer":{{"issuer":"minter","dollar":{dollar}{said}}}}}"#);
    let parsed: StdResult<ExecuteMsg> = from_json(json);
    let shared = match parsed {
        Ok(ExecuteMsg::AddIssuer { shared_debt, .. }) => Some(shared_debt),
        _ => None,
    };
    assert_eq!(shared, expected);
}

/// A record from before there were issuers without shared debt lacks the field.
#[test]
fn an_older_record_is_of_shared_debt() {
    let (mut chain, manager) = both();
    let (issuer, alice) = (chain.issuer.clone(), addr("alice"));
    let stored = |chain: &Chain, issuer: &Addr| {
        let storage = chain.app.contract_storage(&chain.registry);
        let record = storage.get(&ISSUERS.key(issuer)).unwrap();
        String::from_utf8(record).unwrap()
    };
    let record = stored(&chain, &issuer);
    let older = record.strip_suffix(",true]").unwrap().to_owned() + "]";
    {
        let mut storage = chain.app.contract_storage_mut(&chain.registry);
        storage.set(&ISSUERS.key(&issuer), older.as_bytes());
    }
    chain.mint(&alice, 10 * USD);
    assert_eq!(chain.debt(&alice), 10 * USD);
    chain.add_synth(&issuer, "sBIG").unwrap();
    assert!(stored(&chain, &issuer).ends_with(",4,true]"));
    assert!(stored(&chain, &manager).ends_with(",1,false]"));

    // Nothing else may be missing, nor be there beyond.
    for broken in ["[0]", r#"[0,"LUSD",["a","1"],1,true,1]"#] {
        assert!(from_json::<ballast_debt_registry::state::Issuer>(broken).is_err());
    }
}

#[test]
fn what_queries_say() {
    let (mut chain, manager) = both();
    let alice = addr("alice");
    let added = chain.script();
    let owner = chain.owner.clone();
    let response = chain.send(&owner, &add_unshared(&added, "sBIG")).unwrap();
    assert_eq!(
        attribute(&response.events, "add_issuer", "shared_debt"),
        "false"
    );
    chain.by(&manager, &mint_usd_msg(&alice, 40 * USD)).unwrap();
    let issuer: IssuerResponse = chain
        .query(&QueryMsg::Issuer {
            issuer: manager.to_string(),
        })
        .unwrap();
    let expected = IssuerResponse {
        issuer: manager.clone(),
        dollar: "dUSD".into(),
        decimals: 6,
        synths: 1,
        shared_debt: false,
    };
    assert_eq!(issuer, expected);
    let pool: PoolResponse = chain
        .query(&QueryMsg::Pool {
            issuer: manager.to_string(),
            valuation: Valuation::Strict,
        })
        .unwrap();
    assert_eq!((pool.debt, pool.total_shares), (usd("40"), Uint256::zero()));
    assert_eq!(pool.synths.len(), 1);
    let debt: Uint128 = chain
        .query(&QueryMsg::Debt {
            issuer: manager.to_string(),
            account: alice.to_string(),
            valuation: Valuation::Strict,
        })
        .unwrap();
    assert_eq!(debt, Uint128::zero());
    let preview: StdResult<Uint128> = chain.query(&QueryMsg::PreviewRepay {
        issuer: manager.to_string(),
        account: alice.to_string(),
        amount: Uint128::one(),
        down_to: None,
    });
    let refusal = preview.unwrap_err().to_string();
    assert!(refusal.contains("NoSharedDebt: "), "{refusal}");
}

/// What nobody owes of a debt that is not shared, its issuer alone can say.
#[test]
fn solvency() {
    let (mut chain, manager) = both();
    let alice = addr("alice");
    chain.by(&manager, &mint_usd_msg(&alice, 40 * USD)).unwrap();
    let row = |chain: &Chain| -> SolvencyResponse {
        let page = chain.solvency();
        assert_eq!(page.len(), 2);
        let mut rows = page.into_iter().filter(|row| !row.shared_debt);
        rows.next().unwrap()
    };
    let silent = row(&chain);
    assert_eq!(silent.issuer, manager);
    assert_eq!((silent.debt, silent.unassigned_debt), (usd("40"), usd("0")));
    assert_eq!((silent.report, silent.ratio), (None, None));

    let report = IssuerReport {
        collateral_value: usd("100"),
        unassigned_debt: usd("1.5"),
    };
    let script = ScriptMsg::Report(Some(report.clone()));
    let app = &mut chain.app;
    app.execute_contract(alice, manager, &script, &[]).unwrap();
    PRICES.remove(
        &mut *chain.app.contract_storage_mut(&chain.oracle.clone()),
        "sBTC",
    );
    let told = row(&chain);
    assert_eq!(told.report, Some(report));
    assert_eq!((told.debt, told.unassigned_debt), (usd("40"), usd("1.5")));
    assert_eq!(
        (told.treasury_debt, told.ratio),
        (usd("0"), Some(usd("2.5")))
    );
}
