//! DESIGN §11, invariants 3 and 7, and the rolling limits, after each step of random sequences.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod common;

use ballast_types::treasury::{ExecuteMsg, Movement, Tag};
use common::*;
use cosmwasm_std::{Uint128, coins};
use cw_multi_test::Executor;
use proptest::{prelude::*, test_runner::FileFailurePersistence};

const LIMIT: u128 = 1_000;

#[derive(Debug, Clone)]
enum Step {
    Deposit {
        dollar: bool,
        insurance: bool,
        amount: u128,
    },
    Transfer {
        amount: u128,
    },
    Book,
    Spend {
        dollar: bool,
        amount: u128,
    },
    Insure {
        dollar: bool,
        amount: u128,
    },
    Cover {
        amount: u128,
    },
    Forget,
    Wait {
        secs: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let amount = || 1u128..1_500;
    prop_oneof![
        3 => (any::<bool>(), any::<bool>(), amount())
            .prop_map(|(dollar, insurance, amount)| Step::Deposit { dollar, insurance, amount }),
        1 => amount().prop_map(|amount| Step::Transfer { amount }),
        1 => Just(Step::Book),
        3 => (any::<bool>(), amount()).prop_map(|(dollar, amount)| Step::Spend { dollar, amount }),
        1 => (any::<bool>(), amount()).prop_map(|(dollar, amount)| Step::Insure { dollar, amount }),
        2 => amount().prop_map(|amount| Step::Cover { amount }),
        1 => Just(Step::Forget),
        4 => prop_oneof![0u64..600, 0..DAY / 12, 0..DAY * 2].prop_map(|secs| Step::Wait { secs }),
    ]
}

fn apply(chain: &mut Chain, step: &Step) -> bool {
    let token = |chain: &Chain, dollar| if dollar { chain.dollar() } else { atom() };
    match *step {
        Step::Deposit {
            dollar,
            insurance,
            amount,
        } => {
            let tag = if insurance {
                Tag::Insurance
            } else {
                Tag::Penalty
            };
            match dollar {
                true => chain.deposit_dollar(tag, amount),
                false => chain.deposit(tag, amount),
            }
            .is_ok()
        }
        Step::Transfer { amount } => {
            let (alice, treasury) = (chain.alice.clone(), chain.treasury.clone());
            chain
                .app
                .send_tokens(alice, treasury, &coins(amount, "uatom"))
                .is_ok()
        }
        Step::Book => {
            let anyone = addr("anyone");
            chain
                .send(&anyone, &ExecuteMsg::Book { token: atom() })
                .is_ok()
        }
        Step::Spend { dollar, amount } => {
            let token = token(chain, dollar);
            let promised = chain.books(token.clone()).2;
            let done = chain.spend(token, amount).is_ok();
            // What the query promises is what may be spent, to the unit.
            assert_eq!(
                done,
                amount <= promised,
                "{promised} were promised, {amount} asked"
            );
            done
        }
        Step::Insure { dollar, amount } => {
            let token = token(chain, dollar);
            let amount = Uint128::new(amount);
            chain
                .by_owner(&ExecuteMsg::Insure { token, amount })
                .is_ok()
        }
        Step::Cover { amount } => {
            let promised = chain.preview_cover(&chain.minter.clone(), amount);
            assert_eq!(chain.cover(amount).unwrap(), promised);
            true
        }
        // The owner tries to make the treasury forget what went out.
        Step::Forget => {
            for token in [atom(), chain.dollar()] {
                chain.set_limit(token.clone(), None);
                chain.set_limit(token, Some(limit(LIMIT, DAY)));
            }
            let contract = chain.minter.to_string();
            chain.by_owner(&ExecuteMsg::Revoke { contract }).unwrap();
            chain.authorize(limit(LIMIT, DAY)).is_ok()
        }
        Step::Wait { secs } => {
            chain.wait(secs);
            true
        }
    }
}

/// Out of each source of outflow, over every window of a day, at most the limit.
fn within_limits(chain: &Chain) -> Result<(), TestCaseError> {
    let mut out: Vec<(String, u64, u128)> = chain
        .entries()
        .into_iter()
        .filter_map(|entry| {
            let kind = match entry.movement {
                Movement::Spent { .. } => format!("spent {}", entry.token),
                Movement::Covered { .. } => "covered".to_owned(),
                _ => return None,
            };
            Some((kind, entry.time, entry.amount.u128()))
        })
        .collect();
    out.sort();
    for (kind, from, _) in &out {
        let sum: u128 = out
            .iter()
            .filter(|(other, at, _)| other == kind && (*from..from + DAY).contains(at))
            .map(|(_, _, amount)| amount)
            .sum();
        prop_assert!(sum <= LIMIT, "{kind}: {sum} within a day from {from}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    #[test]
    fn books_and_limits_hold(steps in prop::collection::vec(step(), 1..60)) {
        let mut chain = Chain::new();
        chain.authorize(limit(LIMIT, DAY)).unwrap();
        for token in [atom(), chain.dollar()] {
            chain.set_limit(token, Some(limit(LIMIT, DAY)));
        }
        for step in &steps {
            let before = chain.dump();
            if !apply(&mut chain, step) {
                prop_assert_eq!(chain.dump(), before, "{:?} left a trace", step);
            }
            for token in [atom(), chain.dollar()] {
                let (held, insurance, spendable) = chain.books(token.clone());
                prop_assert!(chain.has(&token, &chain.treasury) >= held, "{step:?}");
                prop_assert!(held >= insurance + spendable, "{step:?}");
            }
            // No dollar arrives without a message here: books and balance are equal.
            let dollar = chain.dollar();
            prop_assert_eq!(chain.has(&dollar, &chain.treasury), chain.books(dollar).0);
        }
        within_limits(&chain)?;
    }
}
