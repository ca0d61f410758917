//! Issuers, synths, ceilings, addresses, queries, migration.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]

mod common;

use ballast_debt_registry::{ContractError, contract};
use ballast_types::{
    ControlsResponse, MigrateMsg,
    debt_registry::{
        ConfigResponse, ExecuteMsg, IssuerResponse, Operation, QueryMsg, SynthResponse, SynthSpec,
        Valuation,
    },
    issuer::IssuerReport,
    oracle::{PRICES, Status},
};
use common::*;
use cosmwasm_std::{Addr, Uint128, testing};
use cw_multi_test::Executor;
use cw20::{Cw20QueryMsg, MinterResponse};
use rstest::rstest;

#[test]
fn a_synth_is_a_token_that_the_registry_alone_mints() {
    let mut chain = Chain::empty();
    let issuer = chain.issuer.clone();
    let response = chain.add_issuer(&issuer, "LUSD").unwrap();
    let synth = chain.synth("LUSD");
    let of = |key| attribute(&response.events, "add_synth", key);
    assert_eq!(of("token"), synth.token.to_string());
    assert_eq!(of("is_dollar"), "true");
    assert_eq!(attribute(&response.events, "add_issuer", "dollar"), "LUSD");
    assert_eq!(
        synth,
        SynthResponse {
            synth: "LUSD".into(),
            issuer: issuer.clone(),
            token: synth.token.clone(),
            decimals: 6,
            supply: Uint128::zero(),
            fees_due: Uint128::zero(),
            ceiling: Uint128::MAX,
        }
    );
    let minter: MinterResponse = chain
        .app
        .wrap()
        .query_wasm_smart(&synth.token, &Cw20QueryMsg::Minter {})
        .unwrap();
    assert_eq!(minter.minter, chain.registry.to_string());
    assert_eq!(minter.cap, None);
    let found: IssuerResponse = chain
        .query(&QueryMsg::Issuer {
            issuer: issuer.to_string(),
        })
        .unwrap();
    assert_eq!(
        found,
        IssuerResponse {
            issuer: issuer.clone(),
            dollar: "LUSD".into(),
            decimals: 6,
            synths: 1,
            shared_debt: true,
        }
    );
    let response = chain.add_synth(&issuer, "sETH").unwrap();
    assert_eq!(
        attribute(&response.events, "add_synth", "is_dollar"),
        "false"
    );
    assert_eq!(chain.synth("sETH").decimals, 18);
}

fn named(synth: &str, name: &str, symbol: &str) -> SynthSpec {
    SynthSpec {
        synth: synth.into(),
        name: name.into(),
        symbol: symbol.into(),
        ceiling: Uint128::one(),
    }
}

#[rstest]
#[case::unknown_asset(named("sXYZ", "Synth", "SYN"), ContractError::UnknownAsset { asset: "sXYZ".into() })]
#[case::no_id(named("", "Synth", "SYN"), ContractError::InvalidAssetId { asset: String::new() })]
#[case::bad_id(named("a b", "Synth", "SYN"), ContractError::InvalidAssetId { asset: "a b".into() })]
#[case::long_id(named(&"a".repeat(33), "Synth", "SYN"), ContractError::InvalidAssetId { asset: "a".repeat(33) })]
#[case::short_name(named("sBIG", "Sy", "SYN"), ContractError::InvalidName { name: "Sy".into() })]
#[case::long_name(named("sBIG", &"a".repeat(51), "SYN"), ContractError::InvalidName { name: "a".repeat(51) })]
#[case::digits(named("sBIG", "Synth", "SYN1"), ContractError::InvalidSymbol { symbol: "SYN1".into() })]
#[case::short_symbol(named("sBIG", "Synth", "SY"), ContractError::InvalidSymbol { symbol: "SY".into() })]
#[case::long_symbol(named("sBIG", "Synth", "ABCDEFGHIJKLM"), ContractError::InvalidSymbol { symbol: "ABCDEFGHIJKLM".into() })]
fn bad_synths(#[case] synth: SynthSpec, #[case] expected: ContractError) {
    let mut chain = Chain::new();
    let (owner, issuer) = (chain.owner.clone(), chain.issuer.to_string());
    let other = addr("other").to_string();
    for msg in [
        ExecuteMsg::AddSynth {
            issuer,
            synth: synth.clone(),
        },
        ExecuteMsg::AddIssuer {
            issuer: other,
            dollar: synth.clone(),
            shared_debt: true,
        },
    ] {
        chain.refuse(&owner, &msg, &expected);
    }
}

#[test]
fn ids_and_issuers_are_unique() {
    let mut chain = Chain::new();
    let (owner, issuer) = (chain.owner.clone(), chain.issuer.clone());
    let other = chain.second_issuer();
    let add_issuer = |issuer: &Addr, synth: &str| ExecuteMsg::AddIssuer {
        issuer: issuer.to_string(),
        dollar: spec(synth),
        shared_debt: true,
    };
    let add_synth = |issuer: &Addr, synth: &str| ExecuteMsg::AddSynth {
        issuer: issuer.to_string(),
        synth: spec(synth),
    };
    chain.refuse(
        &owner,
        &add_issuer(&issuer, "sBIG"),
        &ContractError::DuplicateIssuer {
            issuer: issuer.clone(),
        },
    );
    let duplicate = ContractError::DuplicateSynth {
        synth: "sBTC".into(),
        issuer: issuer.clone(),
    };
    let stranger = addr("stranger");
    chain.refuse(&owner, &add_synth(&issuer, "sBTC"), &duplicate);
    chain.refuse(&owner, &add_synth(&other, "sBTC"), &duplicate);
    chain.refuse(&owner, &add_issuer(&stranger, "sBTC"), &duplicate);
    chain.refuse(
        &owner,
        &add_synth(&stranger, "sBIG"),
        &ContractError::UnknownIssuer {
            issuer: stranger.clone(),
        },
    );
}

/// An issuer that does not accept its synth does not become one.
#[test]
fn an_issuer_that_refuses() {
    let mut chain = Chain::new();
    let (owner, no_contract) = (chain.owner.clone(), addr("somebody"));
    let before = chain.dump();
    let msg = ExecuteMsg::AddIssuer {
        issuer: no_contract.to_string(),
        dollar: spec("dUSD"),
        shared_debt: true,
    };
    assert!(chain.send(&owner, &msg).is_err());
    assert_eq!(chain.dump(), before);
}

#[test]
fn a_ceiling_below_the_supply_takes_nothing_back() {
    let mut chain = Chain::new();
    let (owner, alice) = (chain.owner.clone(), addr("alice"));
    chain.mint(&alice, 100 * USD);
    let msg = |synth: &str| ExecuteMsg::SetCeiling {
        synth: synth.into(),
        ceiling: Uint128::new(40 * USD),
    };
    let response = chain.send(&owner, &msg("LUSD")).unwrap();
    assert_eq!(
        attribute(&response.events, "set_ceiling", "ceiling"),
        (40 * USD).to_string()
    );
    assert_eq!(chain.synth("LUSD").supply.u128(), 100 * USD);
    assert!(chain.issue(&alice, 1, u128::MAX).is_err());
    chain.repay(&alice, 60 * USD).unwrap();
    assert!(chain.issue(&alice, 1, u128::MAX).is_err());
    chain.repay(&alice, 2).unwrap();
    assert!(chain.issue(&alice, 3, u128::MAX).is_err());
    chain.mint(&alice, 2);
    chain.refuse(
        &owner,
        &msg("XYZ"),
        &ContractError::UnknownSynth {
            synth: "XYZ".into(),
        },
    );
}

/// The ceiling of what an exchange mints counts its fee.
#[test]
fn a_ceiling_of_an_exchange() {
    let mut chain = Chain::new();
    let (owner, issuer, alice) = (chain.owner.clone(), chain.issuer.clone(), addr("alice"));
    chain.mint(&alice, 100 * USD);
    chain.hand_over("LUSD", &alice, 100 * USD);
    let ceiling = ExecuteMsg::SetCeiling {
        synth: "sBTC".into(),
        ceiling: Uint128::new(1_000),
    };
    chain.send(&owner, &ceiling).unwrap();
    chain.refuse(
        &issuer,
        &exchange_msg("LUSD", 100 * USD, "sBTC", &alice, 1_000, 1),
        &ContractError::CeilingExceeded {
            synth: "sBTC".into(),
            supply: Uint128::zero(),
            amount: Uint128::new(1_001),
            ceiling: Uint128::new(1_000),
        },
    );
    chain
        .burning(&exchange_msg("LUSD", 100 * USD, "sBTC", &alice, 999, 1))
        .unwrap();
}

#[test]
fn addresses_can_be_changed_one_by_one() {
    let mut chain = Chain::new();
    let owner = chain.owner.clone();
    let config = |chain: &Chain| chain.query::<ConfigResponse>(&QueryMsg::Config {}).unwrap();
    let before = config(&chain);
    let msg = ExecuteMsg::UpdateConfig {
        oracle: None,
        treasury: Some(addr("new treasury").to_string()),
    };
    chain.send(&owner, &msg).unwrap();
    assert_eq!(config(&chain).treasury, addr("new treasury"));
    assert_eq!(config(&chain).oracle, before.oracle);
    let msg = ExecuteMsg::UpdateConfig {
        oracle: Some(addr("new oracle").to_string()),
        treasury: None,
    };
    let response = chain.send(&owner, &msg).unwrap();
    assert_eq!(
        attribute(&response.events, "update_config", "oracle"),
        addr("new oracle").to_string()
    );
    assert_eq!(config(&chain).treasury, addr("new treasury"));
}

#[test]
fn pages() {
    let mut chain = Chain::new();
    let issuer = chain.issuer.to_string();
    let page = |chain: &Chain, start_after: Option<&str>, limit| -> Vec<String> {
        chain
            .query::<Vec<SynthResponse>>(&QueryMsg::Synths {
                issuer: issuer.clone(),
                start_after: start_after.map(str::to_owned),
                limit,
            })
            .unwrap()
            .into_iter()
            .map(|row| row.synth)
            .collect()
    };
    assert_eq!(page(&chain, None, None), ["LUSD", "sBTC", "sETH"]);
    assert_eq!(page(&chain, None, Some(2)), ["LUSD", "sBTC"]);
    assert_eq!(page(&chain, Some("sBTC"), Some(2)), ["sETH"]);

    let accounts: Vec<_> = (0..70).map(|n| addr(&format!("account {n}"))).collect();
    for account in &accounts {
        chain.mint(account, USD);
    }
    assert_eq!(chain.shareholders().len(), 64);
    let debts = |count: usize| {
        chain.query::<Vec<Uint128>>(&QueryMsg::Debts {
            issuer: issuer.clone(),
            accounts: accounts[..count].iter().map(Addr::to_string).collect(),
            valuation: Valuation::Strict,
        })
    };
    assert_eq!(debts(64).unwrap(), vec![Uint128::new(USD); 64]);
    assert!(debts(65).unwrap_err().to_string().contains("TooMany: 65"));
    let unknown = chain
        .query::<Vec<SynthResponse>>(&QueryMsg::Synths {
            issuer: addr("nobody").to_string(),
            start_after: None,
            limit: None,
        })
        .unwrap_err();
    assert!(unknown.to_string().contains("UnknownIssuer"), "{unknown}");
}

/// The page of the risk analyst, with an issuer that answers and one that does not, with a
/// halted synth and one that has lost its price.
#[test]
fn solvency() {
    let mut chain = Chain::new();
    let (issuer, alice) = (chain.issuer.clone(), addr("alice"));
    let other = chain.second_issuer();
    chain.mint(&alice, 100 * USD);
    chain
        .exchange(&alice, "LUSD", 40 * USD, "sBTC", 40 * 100_000_000)
        .unwrap();
    chain
        .exchange(&alice, "LUSD", 10 * USD, "sETH", 10_000_000_000_000_000_000)
        .unwrap();
    let report = IssuerReport {
        collateral_value: usd("600"),
        unassigned_debt: usd("0"),
    };
    chain
        .app
        .execute_contract(
            alice.clone(),
            issuer.clone(),
            &ScriptMsg::Report(Some(report.clone())),
            &[],
        )
        .unwrap();
    let of = |chain: &Chain, who: &Addr| {
        let page = chain.solvency();
        assert_eq!(page.len(), 2);
        page.into_iter().find(|row| row.issuer == *who).unwrap()
    };
    let row = of(&chain, &issuer);
    assert_eq!(row.debt, usd("100"));
    assert_eq!(row.report, Some(report));
    assert_eq!(row.ratio, Some(usd("6")));
    assert_eq!(row.synths.len(), 3);
    assert_eq!(row.synths[1].value, usd("40"));
    let row = of(&chain, &other);
    assert_eq!((row.debt, row.report, row.ratio), (usd("0"), None, None));

    // sBTC halts on its way to $2; sETH loses its record.
    let now = chain.app.block_info().time.seconds();
    let mut halted = live("1", now);
    halted.status = Status::Halted {
        first: "2".parse().unwrap(),
        since: now,
        latest: "2".parse().unwrap(),
    };
    chain.record("sBTC", &halted);
    let oracle = chain.oracle.clone();
    PRICES.remove(&mut *chain.app.contract_storage_mut(&oracle), "sETH");
    let row = of(&chain, &issuer);
    assert_eq!(row.debt, usd("130"));
    assert_eq!(row.synths[2].price, None);
    assert_eq!(row.synths[2].value, usd("0"));
    assert_eq!(row.ratio, Some(usd("4.615384615384615384")));
    // The plain pool does not pretend to know.
    assert!(chain.pool_at(Valuation::Repay).is_err());
}

#[test]
fn a_pool_shows_the_prices_of_synths_without_supply() {
    let mut chain = Chain::new();
    chain.price("sBTC", "50000");
    chain.record("sETH", &live("1", 0));
    let prices: Vec<_> = chain.pool().synths.into_iter().map(|s| s.price).collect();
    assert_eq!(
        prices,
        [
            Some("1".parse().unwrap()),
            Some("50000".parse().unwrap()),
            None
        ]
    );
}

#[test]
fn who_controls_it() {
    let chain = Chain::new();
    let controls: ControlsResponse<Operation> = chain.query(&QueryMsg::Controls {}).unwrap();
    assert_eq!(controls.guardian, Some(chain.guardian.to_string()));
    assert!(controls.off.is_empty());
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

#[test]
fn a_reply_to_nothing() {
    let mut deps = testing::mock_dependencies();
    let reply = cosmwasm_std::Reply {
        id: 7,
        payload: cosmwasm_std::Binary::default(),
        gas_used: 0,
        result: cosmwasm_std::SubMsgResult::Err("no".into()),
    };
    let error = contract::reply(deps.as_mut(), testing::mock_env(), reply).unwrap_err();
    assert_eq!(error, ContractError::UnknownReply { id: 7 });
}
