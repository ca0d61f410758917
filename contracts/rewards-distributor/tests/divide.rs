//! `divide`, `claim` and `set_recipients`: cuts and who gets them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::{
    pool_manager::Target,
    rewards_distributor::{ExecuteMsg, Payee, PayeeUnchecked, RecipientUnchecked},
};
use common::{
    manager::{Knob, Open},
    *,
};
use cosmwasm_std::Decimal;
use proptest::{prelude::*, test_runner::FileFailurePersistence};
use rstest::rstest;

fn lps(target: Target) -> PayeeUnchecked {
    Payee::Lps(target)
}

/// Half for a person, three tenths for a pool, a fifth for a vault.
fn mixed() -> Vec<RecipientUnchecked> {
    vec![
        share(person("creator"), "0.5"),
        share(lps(pool(1)), "0.3"),
        share(lps(vault(1, "ATOM")), "0.2"),
    ]
}

/// DESIGN §7: of 1,000 in fees a cut of 20 % brings 200: 50 for the creator, 150 for the stakers.
#[test]
fn fifty_and_a_hundred_and_fifty() {
    let mut stage = Stage::new();
    stage.earn(1, 200);
    let done = stage.divide(&[1]).unwrap();
    let divide = events(&done, "divide")[0];
    let parts = events(&done, "part");
    for (event, key, value) in [
        (divide, "token", stage.dollars().to_string()),
        (divide, "arrived", "200".to_owned()),
        (divide, "rest", "0".to_owned()),
        (parts[0], "recipient", person("creator").to_string()),
        (parts[0], "amount", "50".to_owned()),
        (parts[1], "recipient", person("stakers").to_string()),
        (parts[1], "amount", "150".to_owned()),
    ] {
        assert_eq!(attribute(event, key), value);
    }
    assert_eq!(stage.due(person("creator")), 50);
    assert_eq!(stage.due(person("stakers")), 150);

    let done = stage.claim(person("stakers")).unwrap();
    let claim = events(&done, "claim")[0];
    assert_eq!(attribute(claim, "recipient"), person("stakers").to_string());
    assert_eq!(attribute(claim, "amount"), "150");
    assert_eq!(stage.has(&addr("stakers"), &stage.dollars()), 150);
    // By default for the sender.
    stage
        .act("creator", &ExecuteMsg::Claim { recipient: None })
        .unwrap();
    assert_eq!(stage.has(&addr("creator"), &stage.dollars()), 50);
    for name in ["creator", "stakers", "bob"] {
        let text = stage.refused("NothingDue", |s| s.claim(person(name)));
        assert!(text.contains(addr(name).as_str()));
    }
    assert_eq!(stage.owed(&stage.dollars()), 0);
}

/// Parts round down, and the rest is divided with what comes next.
#[test]
fn the_rest_waits() {
    let mut stage = Stage::new();
    stage.earn(1, 3);
    let done = stage.divide(&[1]).unwrap();
    assert_eq!(attribute(events(&done, "divide")[0], "rest"), "1");
    assert_eq!(stage.due(person("creator")), 0);
    assert_eq!(stage.due(person("stakers")), 2);
    stage.refused("NothingDue", |s| s.divide(&[]));
    stage.refused("NothingDue", |s| s.claim(person("creator")));
    stage.earn(1, 3);
    stage.divide(&[1]).unwrap();
    assert_eq!(stage.due(person("creator")), 1);
    assert_eq!(stage.due(person("stakers")), 5);
    assert_eq!(stage.owed(&stage.dollars()), 6);
}

/// What is in streams is not divided, be it dollars.
#[test]
fn dollars_without_a_message_are_divided_and_those_of_streams_are_not() {
    let mut stage = Stage::new();
    let dollar = stage.dollar.clone();
    let done = stage.fund_cw20(&dollar, 700, pool(1), week()).unwrap();
    stage.refused("NothingDue", |s| s.divide(&[]));
    stage.transfer(&dollar, 100);
    stage.divide(&[]).unwrap();
    assert_eq!(stage.due(person("creator")), 25);
    assert_eq!(stage.due(person("stakers")), 75);
    stage.refused("NothingDue", |s| s.divide(&[]));
    stage.payout(opened(&done), "bob", 700).unwrap();
    stage.claim(person("creator")).unwrap();
    stage.claim(person("stakers")).unwrap();
    assert_eq!(stage.has(&stage.distributor, &stage.dollars()), 0);
    // Other tokens that come so are nobody's.
    let token = stage.token.clone();
    stage.transfer(&token, 100);
    stage.refused("NothingDue", |s| s.divide(&[]));
}

/// A pool without anything due stops no other, in whatever place it is named.
#[rstest]
#[case(&[1, 2, 3])]
#[case(&[2, 1, 3])]
#[case(&[1, 3, 2])]
#[case(&[2, 2, 3, 1, 1])]
fn one_of_several_has_nothing(#[case] pools: &[u64]) {
    let mut stage = Stage::new();
    stage.earn(1, 100);
    stage.earn(3, 100);
    let done = stage.divide(pools).unwrap();
    let failed = events(&done, "claim_failed");
    assert_eq!(failed.len(), pools.len() - 2);
    assert!(failed.iter().any(|event| attribute(event, "pool") == "2"));
    assert!(attribute(failed[0], "reason").contains("NothingDue"));
    assert_eq!(events(&done, "divide").len(), 1);
    assert_eq!(stage.due(person("creator")), 50);
    assert_eq!(stage.due(person("stakers")), 150);
}

#[test]
fn nothing_at_all() {
    let mut stage = Stage::new();
    stage.refused("NothingDue", |s| s.divide(&[1, 2]));
    stage.refused("NothingDue", |s| s.divide(&[]));
    let many: Vec<u64> = (1..=17).collect();
    let text = stage.refused("TooMany", |s| s.divide(&many));
    assert!(text.contains("17") && text.contains("16"));
    stage.earn(16, 4);
    stage.divide(&many[..16]).unwrap();
    assert_eq!(stage.due(person("stakers")), 3);
}

#[test]
fn lps_are_given_theirs_at_once() {
    let mut stage = Stage::of(mixed());
    stage.earn(1, 1_000);
    let done = stage.divide(&[1]).unwrap();
    let given: Vec<_> = events(&done, "funded")
        .into_iter()
        .map(|event| (attribute(event, "target"), attribute(event, "amount")))
        .collect();
    let expected = [("lps:1", "300"), ("lps:1:ATOM", "200")];
    assert_eq!(given, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert_eq!(stage.due(person("creator")), 500);
    assert_eq!(stage.due(lps(pool(1))), 0);
    let streams = stage.streams();
    assert_eq!(streams[0].target, pool(1));
    assert_eq!(streams[0].token.to_string(), stage.dollars().to_string());
    assert_eq!(streams[1].target, vault(1, "ATOM"));
    stage.payout(2, "bob", 200).unwrap();
    assert_eq!(stage.has(&addr("bob"), &stage.dollars()), 200);
    // The next gift is of the same lane.
    stage.earn(1, 10);
    stage.divide(&[1]).unwrap();
    assert_eq!(stage.stream(1).funded.u128(), 303);
}

#[test]
fn without_shares_it_waits() {
    let mut stage = Stage::of(mixed());
    let shares = |there| Knob::Shares {
        target: pool(1),
        there,
    };
    stage.knob(&shares(false));
    stage.earn(1, 1_000);
    let done = stage.divide(&[1]).unwrap();
    let waits = events(&done, "gift_waits")[0];
    for (key, value) in [("target", "lps:1"), ("amount", "300")] {
        assert_eq!(attribute(waits, key), value);
    }
    assert!(attribute(waits, "reason").contains("NoShares"));
    assert_eq!(stage.due(lps(pool(1))), 300);
    assert_eq!(stage.due(lps(vault(1, "ATOM"))), 0);
    stage.refused("NoShares", |s| s.claim(lps(pool(1))));
    stage.claim(person("creator")).unwrap();

    // Anyone brings it to them, once they are there.
    stage.knob(&shares(true));
    let done = stage.claim(lps(pool(1))).unwrap();
    assert_eq!(attribute(events(&done, "claim")[0], "recipient"), "lps:1");
    let id = opened(&done);
    assert_eq!(stage.stream(id).funded.u128(), 300);
    assert_eq!(stage.due(lps(pool(1))), 0);
    stage.refused("NothingDue", |s| s.claim(lps(pool(1))));
    stage.payout(id, "bob", 300).unwrap();
}

#[test]
fn what_waits_is_given_with_what_comes_next() {
    let mut stage = Stage::of(mixed());
    stage.knob(&Knob::Open(Open::Err));
    stage.earn(1, 10);
    stage.divide(&[1]).unwrap();
    stage.earn(1, 10);
    stage.divide(&[1]).unwrap();
    assert_eq!(stage.due(lps(pool(1))), 6);
    stage.knob(&Knob::Open(Open::Well));
    stage.earn(1, 10);
    stage.divide(&[1]).unwrap();
    assert_eq!(stage.due(lps(pool(1))), 0);
    assert_eq!(stage.stream(1).funded.u128(), 9);
}

/// A manager that takes a gift and answers nonsense stops no division.
#[rstest]
#[case::nothing(Open::Silent, "BadAnswer: ")]
#[case::another_stream(Open::Say(1u64.into()), "StreamMismatch")]
fn a_manager_that_answers_nonsense(#[case] open: Open, #[case] reason: &str) {
    let mut stage = Stage::of(mixed());
    stage.fund(5, pool(1), week()).unwrap();
    stage.knob(&Knob::Open(open));
    stage.earn(1, 10);
    let done = stage.divide(&[1]).unwrap();
    let waits = events(&done, "gift_waits");
    assert_eq!(waits.len(), 2);
    assert!(attribute(waits[0], "reason").contains(reason));
    assert_eq!(stage.due(lps(pool(1))), 3);
    assert_eq!(stage.due(lps(vault(1, "ATOM"))), 2);
    stage.claim(person("creator")).unwrap();
    assert_eq!(stage.stream(1).funded.u128(), 5);
}

/// A manager that divides and claims in the middle of a gift finds it gone.
#[test]
fn a_manager_that_calls_back() {
    let mut stage = Stage::of(mixed());
    let claim = ExecuteMsg::Claim {
        recipient: Some(lps(pool(1))),
    };
    let again = manager::to_distributor(&stage.distributor, &claim);
    stage.knob(&Knob::Shares {
        target: vault(1, "ATOM"),
        there: false,
    });
    stage.transfer(&stage.dollar.clone(), 1_000);
    stage.knob(&Knob::First(Some(again.clone())));
    let done = stage.divide(&[]).unwrap();
    // Its call fails, and so does the gift in whose middle it came.
    assert_eq!(events(&done, "gift_waits").len(), 2);
    assert_eq!(stage.due(lps(pool(1))), 300);
    let text = stage.refused("NothingDue", |s| s.claim(lps(pool(1))));
    assert!(text.contains("lps:1"));

    let divide = manager::to_distributor(&stage.distributor, &ExecuteMsg::Divide { pools: vec![] });
    stage.knob(&Knob::First(Some(divide)));
    stage.refused("NothingDue", |s| s.claim(lps(pool(1))));
    stage.knob(&Knob::First(None));
    stage.claim(lps(pool(1))).unwrap();
    assert_eq!(stage.stream(1).funded.u128(), 300);
}

/// Dollars on their way in and out, and a manager that divides in the middle of a claim of a cut.
#[test]
fn a_division_within_a_division() {
    let mut stage = Stage::new();
    stage.transfer(&stage.dollar.clone(), 100);
    stage.earn(1, 100);
    let divide = manager::to_distributor(&stage.distributor, &ExecuteMsg::Divide { pools: vec![] });
    stage.knob(&Knob::First(Some(divide)));
    let done = stage.divide(&[1]).unwrap();
    assert_eq!(events(&done, "divide").len(), 2);
    assert_eq!(stage.due(person("creator")), 50);
    assert_eq!(stage.due(person("stakers")), 150);
}

// ------------------------------------------------------------------ recipients

#[test]
fn what_has_arrived_is_divided_among_those_of_before() {
    let mut stage = Stage::of(mixed());
    stage.transfer(&stage.dollar.clone(), 101);
    let all_for_bob = vec![share(person("bob"), "1")];
    let done = stage.set_recipients(all_for_bob.clone()).unwrap();
    let event = events(&done, "set_recipients")[0];
    assert_eq!(attribute(event, "recipient"), person("bob").to_string());
    assert_eq!(attribute(event, "share"), "1");
    assert_eq!(stage.due(person("creator")), 50);
    assert_eq!(stage.stream(1).funded.u128(), 30);
    assert_eq!(stage.stream(2).funded.u128(), 20);
    assert_eq!(stage.due(person("bob")), 0);
    assert_eq!(stage.config().recipients[0].share.to_string(), "1");

    // The rest, and what comes from now on. Those of before keep what is theirs.
    stage.divide(&[]).unwrap();
    assert_eq!(stage.due(person("bob")), 1);
    stage.claim(person("creator")).unwrap();
    // With nothing to divide nothing is divided.
    let done = stage.set_recipients(all_for_bob).unwrap();
    assert!(events(&done, "divide").is_empty());
}

/// LPs who could not be given theirs keep it when they are recipients no more.
#[test]
fn what_waits_stays_theirs() {
    let mut stage = Stage::of(mixed());
    stage.knob(&Knob::Open(Open::Err));
    stage.transfer(&stage.dollar.clone(), 100);
    stage
        .set_recipients(vec![share(person("bob"), "1")])
        .unwrap();
    assert_eq!(stage.due(lps(pool(1))), 30);
    stage.knob(&Knob::Open(Open::Well));
    stage.claim(lps(pool(1))).unwrap();
    assert_eq!(stage.stream(1).funded.u128(), 30);
}

fn invalid() -> Vec<(&'static str, &'static str, Vec<RecipientUnchecked>)> {
    let seventeen: Vec<_> = (0..17)
        .map(|i| share(person(&format!("p{i}")), "0.0625"))
        .collect();
    let person = |name| person(name);
    vec![
        ("SharesDoNotSumToOne", "sum to 0", vec![]),
        (
            "SharesDoNotSumToOne",
            "sum to 0.999999999999999999",
            vec![
                share(person("a"), "0.5"),
                share(person("b"), "0.499999999999999999"),
            ],
        ),
        (
            "SharesDoNotSumToOne",
            "sum to 1.1",
            vec![share(person("a"), "0.6"), share(person("b"), "0.5")],
        ),
        (
            "SharesDoNotSumToOne",
            "sum to 340282366920938463463.374607431768211455",
            vec![
                share(person("a"), "340282366920938463463"),
                share(person("b"), "340282366920938463463"),
            ],
        ),
        (
            "ZeroShare",
            "address:",
            vec![share(person("a"), "0"), share(person("b"), "1")],
        ),
        (
            "DuplicateRecipient",
            "address:",
            vec![share(person("a"), "0.5"), share(person("a"), "0.5")],
        ),
        (
            "DuplicateRecipient",
            "lps:1:ATOM",
            vec![
                share(lps(vault(1, "ATOM")), "0.5"),
                share(lps(vault(1, "ATOM")), "0.5"),
            ],
        ),
        ("TooManyRecipients", "17 recipients, at most 16", seventeen),
        (
            "InvalidAddress",
            "nobody!",
            vec![share(Payee::Address("nobody!".into()), "1")],
        ),
    ]
}

#[test]
fn recipients_are_different_and_share_all() {
    let mut stage = Stage::new();
    for (name, figure, recipients) in invalid() {
        let text = stage.refused(name, |s| s.set_recipients(recipients.clone()));
        assert!(text.contains(figure), "{text}");
        let text = stage.refused(name, |s| {
            let msg = instantiation(&s.manager, recipients.clone());
            let (code, owner) = (s.code, addr("owner"));
            cw_multi_test::Executor::instantiate_contract(
                &mut s.app,
                code,
                owner,
                &msg,
                &[],
                "another",
                None,
            )
            .map(|_| panic!("refused"))
        });
        assert!(text.contains(figure), "{text}");
    }
    // A pool and one of its vaults are two.
    let mut sixteen: Vec<_> = (0..14)
        .map(|i| share(person(&format!("p{i}")), "0.0625"))
        .collect();
    sixteen.push(share(lps(pool(1)), "0.0625"));
    sixteen.push(share(lps(vault(1, "ATOM")), "0.0625"));
    stage.set_recipients(sixteen).unwrap();
    stage.earn(1, 1_600);
    stage.divide(&[1]).unwrap();
    assert_eq!(stage.due(person("p13")), 100);
    assert_eq!(stage.stream(2).funded.u128(), 100);
}

// ------------------------------------------------------------------ a dollar that is not there

#[rstest]
#[case::none_yet(Knob::Dollar(None))]
#[case::no_answer(Knob::Silent(true))]
fn without_a_dollar(#[case] knob: Knob) {
    let mut stage = Stage::new();
    stage.knob(&knob);
    assert_eq!(stage.config().dollar, None);
    stage.transfer(&stage.dollar.clone(), 100);
    stage.refused("NoDollar", |s| s.divide(&[]));
    stage.refused("NoDollar", |s| s.divide(&[1]));
    // The rest goes on.
    stage.fund(10, pool(1), week()).unwrap();
    stage.payout(1, "bob", 10).unwrap();
    stage.set_recipients(creator_and_stakers()).unwrap();

    stage.knob(&Knob::Dollar(Some(stage.dollar.clone())));
    stage.knob(&Knob::Silent(false));
    assert_eq!(stage.config().dollar, Some(stage.dollar.clone()));
    stage.divide(&[]).unwrap();
    assert_eq!(stage.due(person("creator")), 25);
}

/// Once it was needed it is known, whatever the manager says.
#[test]
fn the_dollar_is_asked_for_once() {
    let mut stage = Stage::new();
    stage.transfer(&stage.dollar.clone(), 100);
    stage.divide(&[]).unwrap();
    stage.knob(&Knob::Dollar(Some(stage.token.clone())));
    stage.knob(&Knob::Silent(true));
    assert_eq!(stage.config().dollar, Some(stage.dollar.clone()));
    stage.claim(person("creator")).unwrap();
    assert_eq!(stage.has(&addr("creator"), &stage.dollars()), 25);
}

// ------------------------------------------------------------------ random lives

#[derive(Debug, Clone)]
enum Step {
    Earn(u64, u128),
    Transfer(u128),
    Fund(u64, u128, bool),
    Divide(Vec<u64>),
    Claim(u8),
    Payout(u64, u128),
    Recipients(Vec<u8>),
    Manager(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let amount = || 1u128..5_000;
    prop_oneof![
        3 => (1u64..4, amount()).prop_map(|(pool, amount)| Step::Earn(pool, amount)),
        1 => amount().prop_map(Step::Transfer),
        2 => (1u64..3, amount(), any::<bool>()).prop_map(|(p, a, d)| Step::Fund(p, a, d)),
        3 => prop::collection::vec(1u64..4, 0..4).prop_map(Step::Divide),
        3 => (0u8..5).prop_map(Step::Claim),
        3 => (1u64..6, amount()).prop_map(|(stream, amount)| Step::Payout(stream, amount)),
        1 => prop::sample::subsequence(vec![0u8, 1, 2, 3, 4], 1..5).prop_map(Step::Recipients),
        1 => any::<bool>().prop_map(Step::Manager),
    ]
}

fn payee(number: u8) -> PayeeUnchecked {
    match number {
        0 => person("creator"),
        1 => person("stakers"),
        2 => lps(pool(1)),
        3 => lps(pool(2)),
        _ => lps(vault(1, "ATOM")),
    }
}

fn equal_shares(payees: &[u8]) -> Vec<RecipientUnchecked> {
    let count = u64::try_from(payees.len()).unwrap();
    let part = Decimal::from_ratio(1u64, count);
    let others = (1..count).fold(Decimal::zero(), |sum, _| sum + part);
    let mut shares: Vec<_> = payees
        .iter()
        .map(|number| RecipientUnchecked {
            to: payee(*number),
            share: part,
        })
        .collect();
    shares[0].share = Decimal::one() - others;
    shares
}

fn apply(stage: &mut Stage, step: &Step) -> anyhow::Result<()> {
    let dollar = stage.dollar.clone();
    match step {
        Step::Earn(pool, amount) => stage.earn(*pool, *amount),
        Step::Transfer(amount) => stage.transfer(&dollar, *amount),
        Step::Fund(to, amount, true) => {
            stage.fund_cw20(&dollar, *amount, pool(*to), week())?;
        }
        Step::Fund(to, amount, false) => {
            stage.fund(*amount, pool(*to), None)?;
        }
        Step::Divide(pools) => {
            stage.divide(pools)?;
        }
        Step::Claim(number) => {
            stage.claim(payee(*number))?;
        }
        Step::Payout(stream, amount) => {
            stage.payout(*stream, "bob", *amount)?;
        }
        Step::Recipients(payees) => {
            stage.set_recipients(equal_shares(payees))?;
        }
        Step::Manager(well) => {
            let open = if *well { Open::Well } else { Open::Err };
            stage.knob(&Knob::Open(open));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    /// The books hold after each act, a refused one leaves no trace, and in the end everyone gets
    /// what is his, to the last base unit.
    #[test]
    fn books_hold(steps in prop::collection::vec(step(), 1..40)) {
        let mut stage = Stage::of(mixed());
        for step in &steps {
            let before = stage.dump();
            if apply(&mut stage, step).is_err() {
                prop_assert!(stage.dump() == before, "{step:?} left a trace");
            }
        }
        stage.knob(&Knob::Open(Open::Well));
        for number in 0..5 {
            let due = stage.due(payee(number));
            prop_assert_eq!(stage.claim(payee(number)).is_ok(), due > 0);
        }
        for stream in stage.streams() {
            let left = (stream.funded - stream.paid).u128();
            prop_assert_eq!(stage.payout(stream.stream.u64(), "bob", left).is_ok(), left > 0);
        }
        for token in [stage.dollars(), atom()] {
            prop_assert_eq!(stage.owed(&token), 0);
        }
        prop_assert_eq!(stage.has(&stage.distributor, &atom()), 0);
    }
}
