//! What goes out: spending within rolling limits, and insurance that covers bad debt.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests"
)]

mod common;

use ballast_treasury::ContractError;
use ballast_types::{
    Token, debt_registry,
    treasury::{AuthorizedResponse, ExecuteMsg, Movement, QueryMsg, Tag},
};
use common::*;
use cosmwasm_std::{Uint128, to_json_binary};
use rstest::rstest;

/// 1,000 uatom and 1,000 LUSD free, 400 of each insurance.
fn funded() -> Chain {
    let mut chain = Chain::new();
    chain.deposit(Tag::Penalty, 1_000).unwrap();
    chain.deposit(Tag::Insurance, 400).unwrap();
    chain.deposit_dollar(Tag::ExchangeFee, 1_000).unwrap();
    chain.deposit_dollar(Tag::Insurance, 400).unwrap();
    chain
}

#[rstest]
#[case::native(true)]
#[case::cw20(false)]
fn spends_within_the_limit(#[case] is_native: bool) {
    let mut chain = funded();
    let token = if is_native { atom() } else { chain.dollar() };
    let worker = addr("worker");
    chain.set_limit(token.clone(), Some(limit(100, DAY)));
    assert_eq!(chain.books(token.clone()), (1_400, 400, 100));
    let response = chain.spend(token.clone(), 60).unwrap();
    let of = |key| attribute(&response.events, "spend", key);
    assert_eq!(of("recipient"), worker.to_string());
    assert_eq!(of("amount"), "60");
    assert_eq!(of("held"), "1340");
    assert_eq!(of("insurance"), "400");
    chain.spend(token.clone(), 40).unwrap();
    assert_eq!(chain.books(token.clone()), (1_300, 400, 0));
    assert_eq!(chain.has(&token, &worker), 100);
    assert_eq!(chain.has(&token, &chain.treasury), 1_300);
    let owner = chain.owner.clone();
    chain.refuse(
        &owner,
        &spend_msg(token.clone(), 1, &worker),
        &ContractError::LimitExceeded {
            token: token.check(chain.app.api()).unwrap(),
            headroom: Uint128::zero(),
            amount: Uint128::one(),
        },
    );
    let entry = chain.entries()[0].clone();
    assert_eq!(entry.movement, Movement::Spent { recipient: worker });
    assert_eq!(entry.amount.u128(), 40);
}

/// With a hook the cw20 is sent: here to donate it.
#[test]
fn spends_with_a_hook() {
    let mut chain = funded();
    let (dollar, registry, owner) = (chain.dollar(), chain.registry.clone(), chain.owner.clone());
    chain.set_limit(dollar.clone(), Some(limit(100, DAY)));
    chain.set_limit(atom(), Some(limit(100, DAY)));
    let with_hook = |token| ExecuteMsg::Spend {
        token,
        amount: Uint128::new(30),
        recipient: registry.to_string(),
        msg: Some(to_json_binary(&debt_registry::ReceiveMsg::Donate {}).unwrap()),
    };
    let response = chain.by_owner(&with_hook(dollar.clone())).unwrap();
    assert_eq!(
        attribute(&response.events, "donated", "sender"),
        chain.treasury.to_string()
    );
    assert_eq!(chain.books(dollar), (1_370, 400, 70));
    chain.refuse(
        &owner,
        &with_hook(atom()),
        &ContractError::HookNeedsCw20 {
            token: Token::Native("uatom".into()),
        },
    );
}

#[rstest]
#[case::zero(0, ContractError::ZeroAmount {})]
#[case::insurance(1_001, insufficient(1_001))]
#[case::everything(u128::MAX, insufficient(u128::MAX))]
#[case::the_limit(501, ContractError::LimitExceeded { token: Token::Native("uatom".into()), headroom: Uint128::new(500), amount: Uint128::new(501) })]
fn refused_spends(#[case] amount: u128, #[case] expected: ContractError) {
    let mut chain = funded();
    chain.set_limit(atom(), Some(limit(500, DAY)));
    let owner = chain.owner.clone();
    chain.refuse(
        &owner,
        &spend_msg(atom(), amount, &addr("worker")),
        &expected,
    );
}

fn insufficient(amount: u128) -> ContractError {
    ContractError::InsufficientFunds {
        token: Token::Native("uatom".into()),
        free: Uint128::new(1_000),
        amount: amount.into(),
    }
}

/// Without a limit nothing is spent, and a token that was never here is not either.
#[test]
fn no_limit() {
    let mut chain = funded();
    let (owner, worker) = (chain.owner.clone(), addr("worker"));
    let no_limit = ContractError::NoLimit {
        token: Token::Native("uatom".into()),
    };
    chain.refuse(&owner, &spend_msg(atom(), 1, &worker), &no_limit);
    chain.set_limit(atom(), Some(limit(100, DAY)));
    chain.spend(atom(), 1).unwrap();
    chain.set_limit(atom(), None);
    chain.refuse(&owner, &spend_msg(atom(), 1, &worker), &no_limit);
    chain.refuse(
        &owner,
        &spend_msg(native("uosmo"), 1, &worker),
        &ContractError::InsufficientFunds {
            token: Token::Native("uosmo".into()),
            free: Uint128::zero(),
            amount: Uint128::one(),
        },
    );
    chain.refuse(
        &owner,
        &ExecuteMsg::SetLimit {
            token: atom(),
            limit: Some(limit(1, 0)),
        },
        &ContractError::InvalidLimit { period_secs: 0 },
    );
}

/// The boundary attack: everything at the end of one day and again at the beginning of the
/// next. Over no window of a day more than the limit leaves.
#[rstest]
#[case::a_minute_before_midnight(DAY - 60, 120)]
#[case::a_second_before_midnight(DAY - 1, 2)]
#[case::half_a_day(DAY / 2, DAY / 2)]
#[case::a_second_short_of_a_day(1_000, DAY - 1)]
fn nothing_more_within_any_period(#[case] first: u64, #[case] later: u64) {
    let mut chain = funded();
    chain.set_limit(atom(), Some(limit(100, DAY)));
    let now = chain.app.block_info().time.seconds();
    chain.wait(DAY - now % DAY + first);
    chain.spend(atom(), 100).unwrap();
    chain.wait(later);
    assert!(chain.spend(atom(), 1).is_err());
    // At most a twenty-fourth of a period late it is all there again.
    chain.wait(DAY + DAY / 24 - later);
    chain.spend(atom(), 100).unwrap();
}

/// Taking a limit away and setting it again, or changing its period, forgets nothing.
#[rstest]
#[case::the_same(DAY, 100)]
#[case::a_larger_amount(DAY, 150)]
#[case::a_shorter_period(DAY / 24, 100)]
#[case::a_longer_period(DAY * 7, 100)]
fn a_new_limit_remembers(#[case] period: u64, #[case] amount: u128) {
    for take_away in [false, true] {
        let mut chain = funded();
        chain.set_limit(atom(), Some(limit(100, DAY)));
        chain.spend(atom(), 80).unwrap();
        chain.wait(1_800);
        if take_away {
            chain.set_limit(atom(), None);
        }
        chain.set_limit(atom(), Some(limit(amount, period)));
        assert_eq!(chain.books(atom()).2, amount - 80);
        assert!(chain.spend(atom(), amount - 79).is_err());
        // After the new period and a bucket of it, all is forgotten.
        chain.wait(period + period / 24 + 1);
        assert_eq!(chain.books(atom()).2, amount);
        chain.spend(atom(), amount).unwrap();
    }
}

#[test]
fn insures() {
    let mut chain = funded();
    let (owner, mallory) = (chain.owner.clone(), addr("mallory"));
    let msg = |amount: u128| ExecuteMsg::Insure {
        token: atom(),
        amount: amount.into(),
    };
    chain.refuse(&owner, &msg(0), &ContractError::ZeroAmount {});
    chain.refuse(&owner, &msg(1_001), &insufficient(1_001));
    assert!(chain.send(&mallory, &msg(1)).is_err());
    let response = chain.send(&owner, &msg(1_000)).unwrap();
    assert_eq!(attribute(&response.events, "insure", "insurance"), "1400");
    assert_eq!(chain.books(atom()), (1_400, 1_400, 0));
    assert_eq!(chain.has(&atom(), &chain.treasury), 1_400);
    assert_eq!(chain.entries()[0].movement, Movement::Insured {});
}

/// min(asked, insurance, limit), insurance being 400.
#[rstest]
#[case::all_of_it(250, 300, 250)]
#[case::what_the_limit_allows(300, 250, 250)]
#[case::what_there_is(500, 1_000, 400)]
#[case::without_bound(u128::MAX, u128::MAX, 400)]
#[case::nothing(0, 100, 0)]
#[case::nothing_is_allowed(100, 0, 0)]
fn covers(#[case] asked: u128, #[case] allowed: u128, #[case] covered: u128) {
    let mut chain = funded();
    let (minter, dollar) = (chain.minter.clone(), chain.dollar());
    chain.authorize(limit(allowed, DAY)).unwrap();
    assert_eq!(chain.preview_cover(&minter, asked), covered);
    let entries = chain.entries().len();
    let msg = ExecuteMsg::Cover {
        amount: asked.into(),
    };
    let response = chain.send(&minter, &msg).unwrap();
    let of = |key| attribute(&response.events, "cover", key);
    assert_eq!(of("asked"), asked.to_string());
    assert_eq!(of("amount"), covered.to_string());
    assert_eq!(of("insurance"), (400 - covered).to_string());
    let donated = response.events.iter().any(|e| e.ty == "wasm-donated");
    assert_eq!(donated, covered > 0);
    assert_eq!(
        chain.books(dollar.clone()),
        (1_400 - covered, 400 - covered, 0)
    );
    assert_eq!(chain.has(&dollar, &chain.treasury), 1_400 - covered);
    assert_eq!(chain.has(&dollar, &chain.registry), 0);
    assert_eq!(chain.entries().len(), entries + usize::from(covered > 0));
    if covered > 0 {
        let entry = chain.entries()[0].clone();
        assert_eq!(entry.movement, Movement::Covered { contract: minter });
        assert_eq!(entry.amount.u128(), covered);
    }
}

/// Once the limit is used up the answer is zero, until the period has passed.
#[test]
fn a_used_up_limit_covers_nothing() {
    let mut chain = funded();
    let minter = chain.minter.clone();
    chain.authorize(limit(150, DAY)).unwrap();
    assert_eq!(chain.cover(100).unwrap(), 100);
    let row = || QueryMsg::Authorized {
        start_after: None,
        limit: None,
    };
    let rows: Vec<AuthorizedResponse> = chain.query(&row()).unwrap();
    assert_eq!((rows.len(), rows[0].headroom.u128()), (1, 50));
    assert_eq!(chain.cover(100).unwrap(), 50);
    assert_eq!(chain.cover(100).unwrap(), 0);
    // A revoked right that is given again remembers what it was given.
    let revoke = ExecuteMsg::Revoke {
        contract: minter.to_string(),
    };
    chain.by_owner(&revoke).unwrap();
    chain.authorize(limit(150, DAY)).unwrap();
    assert_eq!(chain.cover(100).unwrap(), 0);
    chain.authorize(limit(160, DAY * 2)).unwrap();
    assert_eq!(chain.cover(100).unwrap(), 10);
    chain.wait(DAY * 2 + DAY / 12);
    assert_eq!(chain.cover(1_000).unwrap(), 160);
}

#[test]
fn cover_by_others() {
    let mut chain = funded();
    let (owner, minter) = (chain.owner.clone(), chain.minter.clone());
    let msg = ExecuteMsg::Cover {
        amount: Uint128::one(),
    };
    let not_authorized = |contract: &cosmwasm_std::Addr| ContractError::NotAuthorized {
        contract: contract.clone(),
    };
    let revoke = ExecuteMsg::Revoke {
        contract: minter.to_string(),
    };
    chain.refuse(&minter, &msg, &not_authorized(&minter));
    chain.refuse(&owner, &revoke, &not_authorized(&minter));
    chain.authorize(limit(100, DAY)).unwrap();
    // The owner himself is not covered, nor is anybody else.
    chain.refuse(&owner, &msg, &not_authorized(&owner));
    assert_eq!(chain.preview_cover(&owner, 5), 0);
    assert_eq!(chain.cover(1).unwrap(), 1);
    chain.by_owner(&revoke).unwrap();
    chain.refuse(&minter, &msg, &not_authorized(&minter));
    assert!(
        chain
            .query::<Vec<AuthorizedResponse>>(&QueryMsg::Authorized {
                start_after: None,
                limit: None
            })
            .unwrap()
            .is_empty()
    );
    let error = chain.authorize(limit(1, 0)).unwrap_err();
    assert_eq!(
        typed(&error),
        &ContractError::InvalidLimit { period_secs: 0 }
    );
}

/// Insurance in another token, or tokens that are not booked, cover nothing.
#[test]
fn only_what_is_insurance_covers() {
    let mut chain = Chain::new();
    chain.deposit(Tag::Insurance, 400).unwrap();
    chain.deposit_dollar(Tag::ExchangeFee, 400).unwrap();
    chain.authorize(limit(100, DAY)).unwrap();
    assert_eq!(chain.cover(50).unwrap(), 0);
    let dollar = chain.dollar();
    chain
        .by_owner(&ExecuteMsg::Insure {
            token: dollar,
            amount: Uint128::new(30),
        })
        .unwrap();
    assert_eq!(chain.cover(50).unwrap(), 30);
}
