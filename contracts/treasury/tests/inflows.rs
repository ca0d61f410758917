//! What comes in, by source and tag.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests"
)]

mod common;

use ballast_treasury::ContractError;
use ballast_types::{
    Token,
    treasury::{BalanceResponse, Entry, ExecuteMsg, LedgerKey, LedgerRow, Movement, QueryMsg, Tag},
};
use common::*;
use cosmwasm_std::{Addr, Coin, Uint128, coin, coins};
use cw_multi_test::Executor;
use cw_utils::PaymentError;
use cw20::Cw20ExecuteMsg;
use rstest::rstest;

const TAGS: [Tag; 6] = [
    Tag::ExchangeFee,
    Tag::Penalty,
    Tag::Seigniorage,
    Tag::PoolFee,
    Tag::Insurance,
    Tag::Gift,
];

#[rstest]
#[case(Tag::ExchangeFee, 0, "exchange_fee")]
#[case(Tag::Penalty, 0, "penalty")]
#[case(Tag::Seigniorage, 0, "seigniorage")]
#[case(Tag::PoolFee, 0, "pool_fee")]
#[case(Tag::Insurance, 70, "insurance")]
#[case(Tag::Gift, 0, "gift")]
fn deposits(#[case] tag: Tag, #[case] insurance: u128, #[case] name: &str) {
    let mut chain = Chain::new();
    let now = chain.app.block_info().time.seconds();
    let dollar = chain.dollar();
    let first = chain.deposit(tag, 70).unwrap();
    let second = chain.deposit_dollar(tag, 70).unwrap();
    for response in [&first, &second] {
        let of = |key| attribute(&response.events, "deposit", key);
        assert_eq!(of("source"), chain.alice.to_string());
        assert_eq!(of("tag"), name);
        assert_eq!(of("amount"), "70");
        assert_eq!(of("held"), "70");
        assert_eq!(of("insurance"), insurance.to_string());
    }
    let tokens = [
        Token::Native("uatom".into()),
        Token::Cw20(chain.lusd.clone()),
    ];
    for (token, at) in [(atom(), 0), (dollar, 1)] {
        assert_eq!(chain.books(token.clone()), (70, insurance, 0));
        assert_eq!(chain.has(&token, &chain.treasury), 70);
        let entry = &chain.entries()[1 - at];
        assert_eq!(
            *entry,
            Entry {
                sequence: u64::try_from(at).unwrap(),
                time: now,
                movement: Movement::In {
                    source: chain.alice.clone(),
                    tag
                },
                token: tokens[at].clone(),
                amount: Uint128::new(70),
            }
        );
    }
    let rows: Vec<_> = chain.ledger();
    assert_eq!(rows.len(), 2);
    assert!(
        rows.iter()
            .all(|row| row.tag == tag && row.total.u128() == 70)
    );
}

/// The ledger sums by source, tag and token, and pages through them in that order.
#[test]
fn the_ledger_sums_and_pages() {
    let mut chain = Chain::new();
    for tag in TAGS {
        chain.deposit(tag, 10).unwrap();
        chain.deposit(tag, 5).unwrap();
        chain.deposit_dollar(tag, 1).unwrap();
    }
    let all = chain.ledger();
    assert_eq!(all.len(), 12);
    let tags: Vec<_> = all.iter().map(|row| row.tag).collect();
    assert!(tags.is_sorted());
    let mut paged: Vec<LedgerRow> = vec![];
    loop {
        let start_after = paged.last().map(|row| LedgerKey {
            source: row.source.to_string(),
            tag: row.tag,
            token: match &row.token {
                Token::Native(denom) => native(denom),
                Token::Cw20(token) => ballast_types::TokenUnchecked::Cw20(token.to_string()),
            },
        });
        let limit = Some(5);
        let page: Vec<LedgerRow> = chain
            .query(&QueryMsg::Ledger { start_after, limit })
            .unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, all);
    for row in all {
        let expected = if row.token == Token::Native("uatom".into()) {
            15
        } else {
            1
        };
        assert_eq!(row.total.u128(), expected);
    }
    assert_eq!(chain.books(atom()), (90, 15, 0));
}

#[test]
fn entries_come_newest_first() {
    let mut chain = Chain::new();
    for n in 1..=12 {
        chain.deposit(Tag::Gift, n).unwrap();
    }
    let page = |start_after| -> Vec<u64> {
        chain
            .query::<Vec<Entry>>(&QueryMsg::Entries {
                start_after,
                limit: Some(5),
            })
            .unwrap()
            .into_iter()
            .map(|entry| entry.sequence)
            .collect()
    };
    assert_eq!(page(None), [11, 10, 9, 8, 7]);
    assert_eq!(page(Some(7)), [6, 5, 4, 3, 2]);
    assert_eq!(page(Some(2)), [1, 0]);
    assert!(page(Some(0)).is_empty());
}

#[test]
fn balances_page_by_token() {
    let mut chain = Chain::new();
    chain.deposit(Tag::Gift, 1).unwrap();
    chain.deposit_dollar(Tag::Gift, 2).unwrap();
    let page = |start_after| -> Vec<BalanceResponse> {
        chain
            .query(&QueryMsg::Balances {
                start_after,
                limit: Some(1),
            })
            .unwrap()
    };
    assert_eq!(page(None)[0].token, Token::Cw20(chain.lusd.clone()));
    assert_eq!(
        page(Some(chain.dollar()))[0].token,
        Token::Native("uatom".into())
    );
    assert!(page(Some(atom())).is_empty());
    assert_eq!(chain.books(native("never seen")), (0, 0, 0));
}

/// What was sent without a message changes nothing until it is booked, as a gift.
#[rstest]
#[case::native(true)]
#[case::cw20(false)]
fn what_came_without_a_message_is_booked(#[case] is_native: bool) {
    let mut chain = Chain::new();
    let (alice, treasury, lusd) = (
        chain.alice.clone(),
        chain.treasury.clone(),
        chain.lusd.clone(),
    );
    chain.deposit(Tag::Insurance, 10).unwrap();
    chain.deposit_dollar(Tag::Insurance, 10).unwrap();
    let token = if is_native {
        chain
            .app
            .send_tokens(alice, treasury.clone(), &coins(33, "uatom"))
            .unwrap();
        atom()
    } else {
        let msg = Cw20ExecuteMsg::Transfer {
            recipient: treasury.to_string(),
            amount: Uint128::new(33),
        };
        chain.app.execute_contract(alice, lusd, &msg, &[]).unwrap();
        chain.dollar()
    };
    assert_eq!(chain.books(token.clone()), (10, 10, 0));
    let book = ExecuteMsg::Book {
        token: token.clone(),
    };
    let anyone = addr("anyone");
    let response = chain.send(&anyone, &book).unwrap();
    assert_eq!(attribute(&response.events, "book", "amount"), "33");
    assert_eq!(chain.books(token.clone()), (43, 10, 0));
    let row = chain
        .ledger()
        .into_iter()
        .find(|row| row.tag == Tag::Gift)
        .unwrap();
    assert_eq!((row.source, row.total.u128()), (treasury.clone(), 33));
    chain.refuse(
        &anyone,
        &book,
        &ContractError::NothingToBook {
            token: token.check(chain.app.api()).unwrap(),
            held: Uint128::new(43),
            balance: Uint128::new(43),
        },
    );
}

/// Coins that are not exactly one.
#[rstest]
#[case::none(vec![], PaymentError::NoFunds {})]
#[case::two(vec![coin(1, "uatom"), coin(1, "uosmo")], PaymentError::MultipleDenoms {})]
fn wrong_funds(#[case] funds: Vec<Coin>, #[case] expected: PaymentError) {
    let mut chain = Chain::new();
    let (alice, treasury) = (chain.alice.clone(), chain.treasury.clone());
    let before = chain.dump();
    let msg = ExecuteMsg::Deposit { tag: Tag::Gift };
    let error = chain
        .app
        .execute_contract(alice, treasury, &msg, &funds)
        .unwrap_err();
    assert_eq!(typed(&error), &ContractError::Payment(expected));
    assert_eq!(chain.dump(), before);
}

#[test]
fn a_cw20_of_nothing() {
    let mut chain = Chain::new();
    let before = chain.dump();
    let error = chain.deposit_dollar(Tag::Gift, 0).unwrap_err();
    assert_eq!(typed(&error), &ContractError::ZeroAmount {});
    assert_eq!(chain.dump(), before);
}

/// Whoever claims to be a cw20 must be one that says the tokens are here.
#[test]
fn a_spoofed_receive_is_refused() {
    let mut chain = Chain::new();
    chain.deposit(Tag::Insurance, 10).unwrap();
    chain.deposit_dollar(Tag::Insurance, 10).unwrap();
    let (mallory, alice) = (addr("mallory"), chain.alice.clone());
    let claim = |sender: &Addr, amount: u128| {
        ExecuteMsg::Receive(cw20::Cw20ReceiveMsg {
            sender: sender.to_string(),
            amount: amount.into(),
            msg: cosmwasm_std::to_json_binary(&ballast_types::treasury::ReceiveMsg::Deposit {
                tag: Tag::Insurance,
            })
            .unwrap(),
        })
    };
    let before = chain.dump();
    for amount in [1, u128::MAX] {
        let error = chain.send(&mallory, &claim(&alice, amount)).unwrap_err();
        let expected = ContractError::NotReceived {
            token: ballast_types::Token::Cw20(mallory.clone()),
            amount: amount.into(),
        };
        assert_eq!(typed(&error), &expected);
    }
    let error = chain
        .send(&mallory, &claim(&Addr::unchecked("no!"), 1))
        .unwrap_err();
    assert!(matches!(typed(&error), ContractError::InvalidAddress(_)));
    assert_eq!(chain.dump(), before);
}
