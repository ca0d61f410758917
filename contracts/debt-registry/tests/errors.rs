//! On a chain only the text of an error is seen: it begins with the name of its variant.
#![allow(clippy::unwrap_used, reason = "tests")]

use ballast_debt_registry::ContractError as E;
use cosmwasm_std::{Addr, Uint128};

#[test]
fn texts_begin_with_their_names() {
    let (address, id, n) = (Addr::unchecked("a"), "sX".to_owned(), Uint128::one());
    let own = [
        E::UnknownIssuer {
            issuer: address.clone(),
        },
        E::SharedDebt {
            issuer: address.clone(),
        },
        E::NoSharedDebt {
            issuer: address.clone(),
        },
        E::DuplicateIssuer {
            issuer: address.clone(),
        },
        E::UnknownAsset { asset: id.clone() },
        E::InvalidAssetId { asset: id.clone() },
        E::InvalidName { name: id.clone() },
        E::InvalidSymbol { symbol: id.clone() },
        E::DuplicateSynth {
            synth: id.clone(),
            issuer: address.clone(),
        },
        E::UnknownSynth { synth: id.clone() },
        E::ExceedsSupply {
            supply: n,
            amount: n,
        },
        E::NotTheIssuer {
            synth: id.clone(),
            issuer: address.clone(),
            sender: address.clone(),
        },
        E::TooManySynths {
            issuer: address.clone(),
            synths: 64,
        },
        E::UnknownToken {
            token: address.clone(),
        },
        E::ExceedsMaxDebt {
            debt: n,
            amount: n,
            max_debt: n,
        },
        E::NothingToIssue {
            debt: n,
            max_debt: n,
        },
        E::BelowMinDebt {
            debt: n,
            min_debt: n,
        },
        E::CeilingExceeded {
            synth: id.clone(),
            supply: n,
            amount: n,
            ceiling: n,
        },
        E::NoDebt { account: address },
        E::NothingToRepay { debt: n, amount: n },
        E::ExceedsDebt {
            paid: n,
            debt_closed: n,
            debt: n,
        },
        E::RaisesDebt {
            burnt: "1".parse().unwrap(),
            minted: "2".parse().unwrap(),
        },
        E::RetiredSynth { synth: id.clone() },
        E::SameSynth { synth: id.clone() },
        E::NotBurnt {
            synth: id.clone(),
            amount: n,
            burnt: n,
        },
        E::NothingDue { synth: id },
        E::ZeroAmount {},
        E::TooMany { given: 65, max: 64 },
        E::UnknownReply { id: 7 },
    ];
    for error in own {
        let debug = format!("{error:?}");
        let name = debug.split([' ', '{']).next().unwrap();
        assert!(
            error.to_string().starts_with(&format!("{name}:")),
            "{error}"
        );
    }
    assert!(
        E::from(cw_utils::PaymentError::NonPayable {})
            .to_string()
            .starts_with("Payment: ")
    );
    let wrapped = E::from(ballast_types::oracle::PriceError::NoPrice { asset: "sX".into() });
    assert!(wrapped.to_string().starts_with("NoPrice: "));
}
