//! DESIGN §11, invariants 1, 2 and 9, after each step of random sequences.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod common;

use std::collections::BTreeMap;

use ballast_types::{
    debt_registry::{ExecuteMsg, Valuation},
    oracle::PriceRecord,
};
use common::*;
use cosmwasm_std::{Addr, Decimal, Uint128};
use proptest::{prelude::*, sample::select, test_runner::FileFailurePersistence};

const SYNTHS: [&str; 3] = ["LUSD", "sBTC", "sETH"];

#[derive(Debug, Clone)]
enum Step {
    Issue {
        who: usize,
        amount: u128,
    },
    Repay {
        who: usize,
        part: u128,
        down_to: Option<u128>,
    },
    Exchange {
        who: usize,
        from: usize,
        to: usize,
        part: u128,
        fee: u128,
    },
    Price {
        synth: usize,
        atomics: u128,
    },
    Halt {
        synth: usize,
        atomics: u128,
    },
    Liquidate {
        who: usize,
        by: usize,
        part: u128,
        closed: u128,
    },
    Donate {
        who: usize,
        synth: usize,
        part: u128,
    },
    Burn {
        who: usize,
        synth: usize,
        part: u128,
    },
    Send {
        who: usize,
        synth: usize,
        part: u128,
    },
    Fees {
        synth: usize,
    },
}

/// Amounts of every size up to 2⁹⁶.
fn amount() -> impl Strategy<Value = u128> {
    (0u32..=96, any::<u128>()).prop_map(|(bits, n)| (n % (1u128 << bits)).max(1))
}

/// Parts of a million, the whole and nothing among them.
fn part() -> impl Strategy<Value = u128> {
    prop_oneof![Just(0), Just(1_000_000), Just(999_999), 0u128..=1_000_000]
}

/// Prices from 1e-9 to 1e9 dollars.
fn price() -> impl Strategy<Value = u128> {
    (0u32..18, 1u128..1_000).prop_map(|(digits, n)| n * 10u128.pow(9 + digits))
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0usize..4;
    let synth = || 0usize..3;
    prop_oneof![
        4 => (who(), amount()).prop_map(|(who, amount)| Step::Issue { who, amount }),
        3 => (who(), part(), prop::option::of(amount()))
            .prop_map(|(who, part, down_to)| Step::Repay { who, part, down_to }),
        6 => (who(), synth(), synth(), part(), select(vec![0, 3_000, 100_000]))
            .prop_map(|(who, from, to, part, fee)| Step::Exchange { who, from, to, part, fee }),
        4 => (1usize..3, price()).prop_map(|(synth, atomics)| Step::Price { synth, atomics }),
        1 => (1usize..3, price()).prop_map(|(synth, atomics)| Step::Halt { synth, atomics }),
        2 => (who(), who(), part(), part())
            .prop_map(|(who, by, part, closed)| Step::Liquidate { who, by, part, closed }),
        2 => (who(), synth(), part()).prop_map(|(who, synth, part)| Step::Donate { who, synth, part }),
        1 => (who(), synth(), part()).prop_map(|(who, synth, part)| Step::Burn { who, synth, part }),
        1 => (who(), synth(), part()).prop_map(|(who, synth, part)| Step::Send { who, synth, part }),
        2 => synth().prop_map(|synth| Step::Fees { synth }),
    ]
}

struct Model {
    chain: Chain,
    accounts: Vec<Addr>,
    /// What holders burnt of each synth themselves.
    burnt: BTreeMap<&'static str, u128>,
}

impl Model {
    fn new() -> Self {
        let mut chain = Chain::new();
        let mut accounts: Vec<_> = ["alice", "bob", "carol", "dave"].map(addr).to_vec();
        // Alice, Bob and Carol begin with synths of each kind, Dave with nothing.
        for (account, out) in accounts.iter().zip([7_000_003, 1, 333_333_333]) {
            chain.mint(account, 3 * out);
            for synth in ["sBTC", "sETH"] {
                chain.exchange(account, "LUSD", out, synth, out).unwrap();
            }
        }
        accounts.push(chain.treasury.clone());
        Self {
            chain,
            accounts,
            burnt: BTreeMap::new(),
        }
    }

    fn part_of(&self, synth: &str, who: &Addr, part: u128) -> u128 {
        let held = Uint128::new(self.chain.balance(synth, who));
        held.multiply_ratio(part, 1_000_000u128).u128()
    }

    /// Whether the act was done; what is refused must change nothing, which is checked too.
    fn apply(&mut self, step: &Step) -> bool {
        let before = self.chain.dump();
        let done = self.act(step);
        if !done {
            // Tokens handed over before a refusal stay with the issuer: books do not move.
            let handed = matches!(
                step,
                Step::Repay { .. } | Step::Exchange { .. } | Step::Liquidate { .. }
            );
            assert!(
                handed || self.chain.dump() == before,
                "{step:?} left a trace"
            );
        }
        done
    }

    fn act(&mut self, step: &Step) -> bool {
        let account = |who: usize| self.accounts[who].clone();
        match *step {
            Step::Issue { who, amount } => {
                let who = account(who);
                self.chain.issue(&who, amount, u128::MAX).is_ok()
            }
            Step::Repay { who, part, down_to } => {
                let who = account(who);
                let amount = self.part_of("LUSD", &who, part);
                self.chain.hand_over("LUSD", &who, amount);
                let msg = repay_msg(&who, amount, down_to);
                let done = self.chain.burning(&msg).is_ok();
                self.give_back(&who, "LUSD");
                done
            }
            Step::Exchange {
                who,
                from,
                to,
                part,
                fee,
            } => {
                let who = account(who);
                let (from, to) = (SYNTHS[from], SYNTHS[to]);
                let amount = self.part_of(from, &who, part);
                let Some(most) = self.worth(from, amount, to) else {
                    return false;
                };
                let fee = most / 1_000_000 * fee;
                self.chain.hand_over(from, &who, amount);
                let msg = exchange_msg(from, amount, to, &who, most - fee, fee / 2);
                let done = self.chain.burning(&msg).is_ok();
                self.give_back(&who, from);
                done
            }
            Step::Price { synth, atomics } => {
                let now = self.chain.app.block_info().time.seconds();
                let price = Decimal::raw(atomics).to_string();
                self.reprice(synth, &live(&price, now + 3_600))
            }
            Step::Halt { synth, atomics } => {
                let now = self.chain.app.block_info().time.seconds();
                let mut record = self.chain.recorded(SYNTHS[synth]);
                record.status = ballast_types::oracle::Status::Halted {
                    first: Decimal::raw(atomics),
                    since: now,
                    latest: Decimal::raw(atomics),
                };
                self.reprice(synth, &record)
            }
            Step::Liquidate {
                who,
                by,
                part,
                closed,
            } => {
                let (who, by) = (account(who), account(by));
                let debt = self.chain.debt_at(&who, Valuation::Liquidation).unwrap();
                let closed = Uint128::new(debt)
                    .multiply_ratio(closed, 1_000_000u128)
                    .u128();
                let paid = self.part_of("LUSD", &by, part).min(closed);
                self.chain.hand_over("LUSD", &by, paid);
                let done = self
                    .chain
                    .burning(&liquidate_msg(&who, paid, closed))
                    .is_ok();
                self.give_back(&by, "LUSD");
                done
            }
            Step::Donate { who, synth, part } => {
                let (who, synth) = (account(who), SYNTHS[synth]);
                let amount = self.part_of(synth, &who, part);
                self.chain.donate(synth, &who, amount).is_ok()
            }
            Step::Burn { who, synth, part } => {
                let (who, synth) = (account(who), SYNTHS[synth]);
                let amount = self.part_of(synth, &who, part);
                let burn = cw20::Cw20ExecuteMsg::Burn {
                    amount: amount.into(),
                };
                let done = self.chain.cw20(synth, &who, &burn).is_ok();
                if done {
                    *self.burnt.entry(synth).or_default() += amount;
                }
                done
            }
            Step::Send { who, synth, part } => {
                let (who, synth, registry) =
                    (account(who), SYNTHS[synth], self.chain.registry.clone());
                let amount = self.part_of(synth, &who, part);
                self.chain.transfer(synth, &who, &registry, amount).is_ok()
            }
            Step::Fees { synth } => {
                let synths = vec![SYNTHS[synth].to_owned()];
                let done = self
                    .chain
                    .by_issuer(&ExecuteMsg::MintFees { synths })
                    .is_ok();
                // They go on, to the treasury.
                let treasury = self.chain.treasury.clone();
                self.give_back(&treasury, SYNTHS[synth]);
                done
            }
        }
    }

    /// A price at which the debt could not be written as an amount is not tried.
    fn reprice(&mut self, synth: usize, record: &PriceRecord) -> bool {
        let before = self.chain.recorded(SYNTHS[synth]);
        self.chain.record(SYNTHS[synth], record);
        let possible = self.chain.pool_at(Valuation::Repay).is_ok();
        if !possible {
            self.chain.record(SYNTHS[synth], &before);
        }
        possible
    }

    fn give_back(&mut self, who: &Addr, synth: &str) {
        let issuer = self.chain.issuer.clone();
        let left = self.chain.balance(synth, &issuer);
        if left > 0 {
            self.chain.transfer(synth, &issuer, who, left).unwrap();
        }
    }

    /// The most of `to` that `amount` of `from` buys, at whatever price there is.
    fn worth(&self, from: &str, amount: u128, to: &str) -> Option<u128> {
        let pool = self.chain.pool_at(Valuation::Repay).unwrap();
        let find = |id: &str| pool.synths.iter().find(|s| s.synth == id).unwrap().clone();
        let (from, to) = (find(from), find(to));
        let value = ballast_types::Value::of(amount.into(), from.price?, from.decimals).unwrap();
        value
            .amount_floor(to.price?, to.decimals)
            .ok()
            .map(|n| n.u128())
    }

    fn debts(&self, valuation: Valuation) -> Vec<u128> {
        self.accounts
            .iter()
            .map(|account| self.chain.debt_at(account, valuation).unwrap())
            .collect()
    }

    /// Invariants 1 and 2, at both prices that exist even while a synth is halted.
    fn check(&self, step: &Step) -> Result<(), TestCaseError> {
        for synth in SYNTHS {
            let recorded = self.chain.synth(synth);
            let minted = recorded.supply.u128() - recorded.fees_due.u128();
            let tokens = self.chain.token_supply(synth);
            prop_assert_eq!(
                minted,
                tokens + self.burnt.get(synth).copied().unwrap_or_default(),
                "{} after {:?}",
                synth,
                step
            );
        }
        for valuation in [Valuation::Repay, Valuation::Liquidation] {
            let pool = self.chain.pool_at(valuation).unwrap();
            if pool.total_shares.is_zero() {
                continue;
            }
            let sum: u128 = self.debts(valuation).iter().sum();
            let whole = pool.debt_units.u128();
            let most = whole + u128::try_from(self.accounts.len()).unwrap();
            prop_assert!(
                sum >= whole && sum <= most,
                "{sum} is owed of {whole} at {valuation:?} after {step:?}"
            );
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    #[test]
    fn books_and_debts_hold(steps in prop::collection::vec(step(), 1..60)) {
        let mut model = Model::new();
        for step in &steps {
            let before = model.debts(Valuation::Repay);
            let done = model.apply(step);
            model.check(step)?;
            let after = model.debts(Valuation::Repay);
            // 8: who mints owes for what he got, to a unit.
            if let (true, Step::Issue { who, amount }) = (done, step) {
                prop_assert!(
                    after[*who] <= before[*who] + amount + 1,
                    "{step:?} raised {} to {}", before[*who], after[*who]
                );
            }
            // 9: at unchanged prices no act but bad debt raises another's debt by more than a
            // unit. The treasury may be given what nobody owed.
            let others = match *step {
                Step::Issue { who, .. } | Step::Repay { who, .. } | Step::Exchange { who, .. }
                | Step::Donate { who, .. } | Step::Burn { who, .. } | Step::Send { who, .. } => Some(who),
                // Nobody's: the debts of all are looked at.
                Step::Fees { .. } => Some(4),
                _ => None,
            };
            if let (true, Some(who)) = (done, others) {
                for other in (0..4).filter(|other| *other != who) {
                    prop_assert!(
                        after[other] <= before[other] + 1,
                        "{step:?} raised {} to {}", before[other], after[other]
                    );
                }
            }
        }
    }
}
