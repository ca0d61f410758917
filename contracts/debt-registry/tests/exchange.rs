//! Burning one synth for another, and what an issuer cannot do with it.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]

mod common;

use ballast_debt_registry::ContractError;
use ballast_types::{
    debt_registry::{QueryMsg, SynthResponse},
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
        .by_issuer(&exchange_msg("LUSD", amount, to, &bob, out, fee))
        .unwrap();
    let of = |key| attribute(&response.events, "exchange", key);
    assert_eq!(of("recipient"), bob.to_string());
    assert_eq!(of("amount"), amount.to_string());
    assert_eq!(of("from_supply"), (1_000 * USD - amount).to_string());
    assert_eq!(of("to_supply"), (out + fee).to_string());
    assert_eq!(chain.balance(to, &bob), out);
    assert_eq!(chain.balance(to, &issuer), fee);
    assert_eq!(chain.balance("LUSD", &issuer), 1_000 * USD - amount);
    assert_eq!(chain.synth("LUSD").supply.u128(), 1_000 * USD - amount);
    assert_eq!(chain.token_supply("LUSD"), 1_000 * USD - amount);
    assert_eq!(chain.synth(to).supply.u128(), out + fee);
    assert_eq!(chain.token_supply(to), out + fee);
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
        .by_issuer(&exchange_msg("LUSD", 100 * USD, "sBTC", &alice, 200_000, 0))
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
fn more_than_the_issuer_holds() {
    let mut chain = with_a_thousand();
    let (bob, issuer) = (addr("bob"), chain.issuer.clone());
    chain.mint(&bob, 1_000 * USD);
    chain.refuse(
        &issuer,
        &exchange_msg("LUSD", 1_500 * USD, "sBTC", &bob, 3_000_000, 0),
        &ContractError::NotHeld {
            holder: issuer.clone(),
            synth: "LUSD".into(),
            held: Uint128::new(1_000 * USD),
            amount: Uint128::new(1_500 * USD),
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
        .by_issuer(&exchange_msg(
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
        .by_issuer(&exchange_msg("sBTC", BTC / 100, "LUSD", &bob, 400 * USD, 0))
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
        .by_issuer(&exchange_msg(
            "LUSD",
            400 * USD,
            "sBTC",
            &issuer,
            800_000,
            0,
        ))
        .unwrap();
    chain
        .by_issuer(&exchange_msg(
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
        .by_issuer(&exchange_msg("sETH", ETH / 10, "LUSD", &bob, 200 * USD, 0))
        .unwrap();
}
