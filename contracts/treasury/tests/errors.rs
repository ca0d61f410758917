//! On a chain only the text of an error is seen: it begins with the name of its variant.
#![allow(clippy::unwrap_used, reason = "tests")]

use ballast_treasury::ContractError as E;
use ballast_types::Token;
use cosmwasm_std::{Addr, Uint128};

#[test]
fn texts_begin_with_their_names() {
    let (token, n) = (Token::Native("uatom".into()), Uint128::one());
    let own = [
        E::ZeroAmount {},
        E::NotReceived {
            token: token.clone(),
            amount: n,
        },
        E::NothingToBook {
            token: token.clone(),
            held: n,
            balance: n,
        },
        E::InsufficientFunds {
            token: token.clone(),
            free: n,
            amount: n,
        },
        E::NoLimit {
            token: token.clone(),
        },
        E::LimitExceeded {
            token: token.clone(),
            headroom: n,
            amount: n,
        },
        E::HookNeedsCw20 { token },
        E::InvalidLimit { period_secs: 0 },
        E::NotAuthorized {
            contract: Addr::unchecked("a"),
        },
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
        E::from(cw_utils::PaymentError::NoFunds {})
            .to_string()
            .starts_with("Payment: ")
    );
}
