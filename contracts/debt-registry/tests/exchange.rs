//! Burning one synth for another, and what an issuer cannot do with it.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]

mod common;

use ballast_debt_registry::ContractError;
use ballast_types::{
    debt_registry::{ExecuteMsg, MintFeesResponse, QueryMsg, SynthResponse},
    oracle::{PriceError, Status},
};
use common::*;
use cosmwasm_std::Uint128;
use rstest::rstest;

const BTC: u128 = 100_000_000;
const ETH: u128 = 1_000_000_000_000_000_000;

/// A chain on which the issuer holds 1,000 LUSD that Alice owes.
fn with_a_thousand() -> Chain {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.mint(&alice, 1_000 * USD);
    chain.hand_over("LUSD", &alice, 1_000 * USD);
    chain.price("sBTC", "50000");
    chain.price("sETH", "2000");
    chain
}

#[rstest]
#[case::without_fee("sBTC", 1_000 * USD, 2_000_000, 0)]
#[case::with_fee("sBTC", 1_000 * USD, 1_900_000, 100_000)]
#[case::a_fee_partly_not_minted("sETH", 100 * USD, ETH / 25, ETH / 200)]
fn exchanges(#[case] to: &str, #[case] amount: u128, #[case] out: u128, #[case] fee: u128) {
    let mut chain = with_a_thousand();
    let (bob, issuer) = (addr("bob"), chain.issuer.clone());
    let preview: Vec<SynthResponse> = chain
        .query(&QueryMsg::PreviewExchange {
            issuer: issuer.to_string(),
            from: "LUSD".into(),
            amount: amount.into(),
            to: to.into(),
            out: out.into(),
            fee: fee.into(),
        })
        .unwrap();
    let response = chain
        .burning(&exchange_msg("LUSD", amount, to, &bob, out, fee))
        .unwrap();
    let of = |key| attribute(&response.events, "exchange", key);
    assert_eq!(of("recipient"), bob.to_string());
    assert_eq!(of("amount"), amount.to_string());
    assert_eq!(of("from_supply"), (1_000 * USD - amount).to_string());
    assert_eq!(of("to_supply"), (out + fee).to_string());
    assert_eq!(chain.balance(to, &bob), out);
    assert_eq!(chain.balance(to, &issuer), 0);
    assert_eq!(chain.balance("LUSD", &issuer), 1_000 * USD - amount);
    assert_eq!(chain.synth("LUSD").supply.u128(), 1_000 * USD - amount);
    assert_eq!(chain.token_supply("LUSD"), 1_000 * USD - amount);
    assert_eq!(chain.synth(to).supply.u128(), out + fee);
    assert_eq!(chain.token_supply(to), out);
    assert_eq!(chain.synth(to).fees_due.u128(), fee);
    assert_eq!(preview, [chain.synth("LUSD"), chain.synth(to)]);
}

/// The value minted is never above the value burnt, by not even 1e-18 dollars.
#[rstest]
#[case::a_unit_too_much("sBTC", 1_000 * USD, 2_000_001, 0, "1000", "1000.0005")]
#[case::by_the_fee("sBTC", 1_000 * USD, 2_000_000, 1, "1000", "1000.0005")]
#[case::by_a_hair("sETH", 100 * USD, ETH / 20 + 1, 0, "100", "100.000000000000002")]
#[case::from_nothing("sBTC", 1, 1_000 * BTC, 0, "0.000001", "50000000")]
fn never_raises_the_debt(
    #[case] to: &str,
    #[case] amount: u128,
    #[case] out: u128,
    #[case] fee: u128,
    #[case] burnt: &str,
    #[case] minted: &str,
) {
    let mut chain = with_a_thousand();
    let (bob, issuer) = (addr("bob"), chain.issuer.clone());
    chain.refuse(
        &issuer,
        &exchange_msg("LUSD", amount, to, &bob, out, fee),
        &ContractError::RaisesDebt {
            burnt: usd(burnt),
            minted: usd(minted),
        },
    );
}

/// The dollar synth is one dollar by definition: what the oracle says of it is not read.
#[test]
fn the_dollar_is_a_dollar() {
    let mut chain = with_a_thousand();
    chain.price("LUSD", "7");
    let (alice, issuer) = (addr("alice"), chain.issuer.clone());
    assert_eq!(chain.debt(&alice), 1_000 * USD);
    let error = chain
        .by(
            &issuer,
            &exchange_msg("LUSD", 100 * USD, "sBTC", &alice, 200_001, 0),
        )
        .unwrap_err();
    assert!(matches!(typed(&error), ContractError::RaisesDebt { .. }));
    chain
        .burning(&exchange_msg("LUSD", 100 * USD, "sBTC", &alice, 200_000, 0))
        .unwrap();
}

#[rstest]
#[case::the_same("LUSD", "LUSD", 1, 1, ContractError::SameSynth { synth: "LUSD".into() })]
#[case::unknown_from("XYZ", "sBTC", 1, 1, ContractError::UnknownSynth { synth: "XYZ".into() })]
#[case::unknown_to("LUSD", "XYZ", 1, 1, ContractError::UnknownSynth { synth: "XYZ".into() })]
#[case::nothing_in("LUSD", "sBTC", 0, 1, ContractError::ZeroAmount {})]
#[case::nothing_out("LUSD", "sBTC", 1, 0, ContractError::ZeroAmount {})]
fn bad_input(
    #[case] from: &str,
    #[case] to: &str,
    #[case] amount: u128,
    #[case] out: u128,
    #[case] expected: ContractError,
) {
    let mut chain = with_a_thousand();
    let (bob, issuer) = (addr("bob"), chain.issuer.clone());
    chain.refuse(
        &issuer,
        &exchange_msg(from, amount, to, &bob, out, 0),
        &expected,
    );
}

#[test]
fn without_the_burn() {
    let mut chain = with_a_thousand();
    let (bob, issuer) = (addr("bob"), chain.issuer.clone());
    chain.refuse(
        &issuer,
        &exchange_msg("LUSD", 500 * USD, "sBTC", &bob, 1_000_000, 0),
        &ContractError::NotBurnt {
            synth: "LUSD".into(),
            amount: Uint128::new(500 * USD),
            burnt: Uint128::zero(),
        },
    );
}

/// A fee is owed from the exchange on, and exists when the issuer asks for it: once.
#[test]
fn fees_are_minted_when_they_are_asked_for() {
    let mut chain = with_a_thousand();
    let (bob, issuer) = (addr("bob"), chain.issuer.clone());
    let mint = |synths: &[&str]| ExecuteMsg::MintFees {
        synths: synths.iter().map(|id| (*id).to_owned()).collect(),
    };
    for (to, out, fee) in [("sBTC", 900_000, 100_000), ("sETH", ETH / 5, ETH / 50)] {
        let exchange = exchange_msg("LUSD", 500 * USD, to, &bob, out, fee);
        chain.burning(&exchange).unwrap();
    }
    // Fees of the dollar wait in the pool's record, and are not lost by what moves it.
    let back = exchange_msg("sETH", ETH / 10, "LUSD", &bob, 150 * USD, 50 * USD);
    chain
        .transfer("sETH", &bob, &issuer, ETH / 10)
        .and_then(|_| chain.burning(&back))
        .unwrap();
    chain.mint(&bob, 10 * USD);
    let debt = chain.debt(&addr("alice"));
    let unminted = |chain: &Chain, synth| {
        let supply = chain.synth(synth).supply.u128();
        supply - chain.token_supply(synth)
    };
    for (synth, fee) in [("sBTC", 100_000), ("sETH", ETH / 50), ("LUSD", 50 * USD)] {
        assert_eq!(chain.synth(synth).fees_due.u128(), fee);
        assert_eq!(unminted(&chain, synth), fee);
    }

    let response = chain.by_issuer(&mint(&["sBTC", "LUSD"])).unwrap();
    assert_eq!(
        attribute(&response.events, "mint_fees", "minted"),
        "100000sBTC,50000000LUSD"
    );
    let answer: MintFeesResponse = answer(response).unwrap();
    assert_eq!(answer.amounts, [100_000, 50 * USD].map(Uint128::new));
    assert_eq!(chain.balance("sBTC", &issuer), 100_000);
    assert_eq!(chain.balance("LUSD", &issuer), 50 * USD);
    assert_eq!(chain.synth("sBTC").supply.u128(), 1_000_000);
    for synth in ["sBTC", "LUSD"] {
        assert_eq!(chain.synth(synth).fees_due.u128(), 0);
        assert_eq!(unminted(&chain, synth), 0);
    }
    assert_eq!(chain.debt(&addr("alice")), debt);

    let nothing = |synth: &str| ContractError::NothingDue {
        synth: synth.to_owned(),
    };
    chain.refuse(&issuer, &mint(&["sETH", "sBTC"]), &nothing("sBTC"));
    chain.refuse(&issuer, &mint(&["sETH", "sETH"]), &nothing("sETH"));
    let unknown = ContractError::UnknownSynth {
        synth: "XYZ".into(),
    };
    chain.refuse(&issuer, &mint(&["XYZ"]), &unknown);
}

/// What is due exists for nobody yet, so nobody can have burnt it.
#[test]
fn fees_that_are_due_cannot_be_burnt() {
    let mut chain = with_a_thousand();
    let (bob, issuer) = (addr("bob"), chain.issuer.clone());
    chain
        .burning(&exchange_msg(
            "LUSD",
            500 * USD,
            "sBTC",
            &bob,
            900_000,
            100_000,
        ))
        .unwrap();
    chain.refuse(
        &issuer,
        &exchange_msg("sBTC", 900_001, "LUSD", &bob, 1, 0),
        &ContractError::ExceedsSupply {
            supply: Uint128::new(900_000),
            amount: Uint128::new(900_001),
        },
    );
    chain.refuse(
        &issuer,
        &exchange_msg("sBTC", 100_000, "LUSD", &bob, 1, 0),
        &ContractError::NotBurnt {
            synth: "sBTC".into(),
            amount: Uint128::new(100_000),
            burnt: Uint128::zero(),
        },
    );
}

/// Amounts at the edge of what a number holds end in a typed error.
#[rstest]
#[case::amount(u128::MAX, 1, 0)]
#[case::out(1, u128::MAX, 0)]
#[case::out_and_fee(1, u128::MAX, u128::MAX)]
#[case::all(u128::MAX, u128::MAX, 1)]
fn the_largest_amounts(#[case] amount: u128, #[case] out: u128, #[case] fee: u128) {
    let mut chain = with_a_thousand();
    let bob = addr("bob");
    let before = chain.dump();
    let error = chain
        .by_issuer(&exchange_msg("LUSD", amount, "sBTC", &bob, out, fee))
        .unwrap_err();
    assert!(
        matches!(
            typed(&error),
            ContractError::Math(_)
                | ContractError::RaisesDebt { .. }
                | ContractError::ExceedsSupply { .. }
        ),
        "{error:#}"
    );
    assert_eq!(chain.dump(), before);
}

#[test]
fn a_retired_synth_is_redeemed_and_never_minted() {
    let mut chain = with_a_thousand();
    let (bob, issuer) = (addr("bob"), chain.issuer.clone());
    chain
        .burning(&exchange_msg(
            "LUSD",
            500 * USD,
            "sBTC",
            &issuer,
            BTC / 100,
            0,
        ))
        .unwrap();
    let mut retired = live("40000", u64::MAX);
    retired.status = Status::Retired {};
    chain.record("sBTC", &retired);
    chain.refuse(
        &issuer,
        &exchange_msg("LUSD", 100 * USD, "sBTC", &bob, 1, 0),
        &ContractError::RetiredSynth {
            synth: "sBTC".into(),
        },
    );
    chain
        .burning(&exchange_msg("sBTC", BTC / 100, "LUSD", &bob, 400 * USD, 0))
        .unwrap();
    assert_eq!(chain.balance("LUSD", &bob), 400 * USD);
}

/// A price that is not live stops the exchange, on either side, and of these two synths alone.
#[rstest]
#[case::from("sBTC", "sETH")]
#[case::to("sETH", "sBTC")]
fn only_live_prices(#[case] from: &str, #[case] to: &str) {
    let mut chain = with_a_thousand();
    let (bob, issuer) = (addr("bob"), chain.issuer.clone());
    chain
        .burning(&exchange_msg(
            "LUSD",
            400 * USD,
            "sBTC",
            &issuer,
            800_000,
            0,
        ))
        .unwrap();
    chain
        .burning(&exchange_msg(
            "LUSD",
            400 * USD,
            "sETH",
            &issuer,
            ETH / 5,
            0,
        ))
        .unwrap();
    chain.record("sBTC", &live("50000", 0));
    let now = chain.app.block_info().time.seconds();
    chain.refuse(
        &issuer,
        &exchange_msg(from, 1_000, to, &bob, 1, 0),
        &ContractError::Price(PriceError::Stale {
            asset: "sBTC".into(),
            valid_until: 0,
            now,
        }),
    );
    chain
        .burning(&exchange_msg("sETH", ETH / 10, "LUSD", &bob, 200 * USD, 0))
        .unwrap();
}
