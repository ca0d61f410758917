//! Long random lives of the pool. After each message: P·R ≥ N, par has not fallen, the books
//! are the balances (all in `assert_sound`), the act did what its quote said, and nobody but its
//! sender lost or won by more than the rules say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_math::Exact;
use ballast_types::stability_pool::{BurnKind, Guards, Offer};
use common::*;
use cosmwasm_std::{Decimal, Uint128};
use proptest::{prelude::*, test_runner::FileFailurePersistence};

#[derive(Debug, Clone)]
enum Act {
    Price(&'static str, u64),
    Swap(Offer, u128),
    Provide(&'static str, u128),
    Withdraw(&'static str, u64),
    Donate(u128),
    Burn,
    Contract,
    Forward,
    Wait(u64),
}

fn amount() -> impl Strategy<Value = u128> {
    prop_oneof![1u128..100, 1u128..1_000_000, 1u128..1 << 40, 1u128..1 << 60]
}

fn provider() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("alice"), Just("bob")]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => (prop_oneof![Just("DCM"), Just("DUCA")], 1u64..5_000)
            .prop_map(|(asset, milli)| Act::Price(asset, milli)),
        4 => amount().prop_map(|amount| Act::Swap(Offer::Dcm, amount)),
        4 => amount().prop_map(|amount| Act::Swap(Offer::Duca, amount)),
        3 => (provider(), amount()).prop_map(|(who, amount)| Act::Provide(who, amount)),
        2 => (provider(), 1u64..=100).prop_map(|(who, part)| Act::Withdraw(who, part)),
        1 => (1u128..1 << 40).prop_map(Act::Donate),
        1 => Just(Act::Burn),
        1 => Just(Act::Contract),
        1 => Just(Act::Forward),
        2 => (1u64..100_000).prop_map(Act::Wait),
    ]
}

fn guards() -> impl Strategy<Value = Guards> {
    let on = Guards {
        max_minted: Some(Uint128::new(1 << 50)),
        max_paid_out: Some(Uint128::new(1 << 40)),
        max_seigniorage: Some(Decimal::percent(1)),
        max_par_rise: Some(Decimal::percent(1)),
        band: Some(Decimal::percent(5)),
        min_mint_price: Some(Decimal::percent(99)),
        min_mint_cover: Some(Decimal::percent(80)),
    };
    prop_oneof![Just(Guards::default()), Just(on)]
}

struct Life {
    stage: Stage,
    market: String,
}

impl Life {
    fn worth(&self, who: &str) -> Exact {
        self.stage.wealth(who, &self.market)
    }

    fn play(&mut self, act: &Act) {
        let stage = &mut self.stage;
        match act {
            Act::Price(asset, milli) => {
                let price = Decimal::permille(*milli).to_string();
                stage.price("DCM", &self.market);
                stage.price(asset, &price);
                if *asset == "DCM" {
                    self.market = price;
                }
            }
            Act::Wait(secs) => stage.wait(*secs),
            Act::Swap(Offer::Dcm, amount) => self.swap(Offer::Dcm, *amount),
            Act::Swap(Offer::Duca, amount) => {
                let held = stage.duca_of("amo");
                // now and then more than he has
                let amount = if *amount < 100 {
                    *amount
                } else {
                    amount % (held + held / 50 + 1)
                };
                if amount > 0 {
                    self.swap(Offer::Duca, amount);
                }
            }
            Act::Provide(who, amount) => {
                let before = self.worth(who);
                let stage = &mut self.stage;
                let preview = stage.preview_provide(*amount);
                let lpd = stage.lpd_of(who);
                if stage.provide(who, *amount).is_ok() {
                    let got = self.stage.lpd_of(who) - lpd;
                    assert_eq!(got, preview.unwrap().lpd.u128());
                    assert!(self.worth(who) <= before, "{who} gained by entering");
                } else {
                    assert!(preview.is_err() || *amount > self.stage.dcm_of(who));
                }
            }
            Act::Withdraw(who, part) => {
                let lpd = stage.lpd_of(who) * u128::from(*part) / 100;
                if lpd == 0 {
                    return;
                }
                let preview = stage.preview_withdraw(lpd);
                let (dcm, duca) = (stage.dcm_of(who), stage.duca_of(who));
                if stage.withdraw(who, lpd).is_ok() {
                    let paid = preview.unwrap();
                    assert_eq!(stage.dcm_of(who) - dcm, paid.dcm.u128());
                    assert_eq!(stage.duca_of(who) - duca, paid.duca.u128());
                } else {
                    preview.unwrap_err();
                }
            }
            Act::Donate(amount) => {
                stage.donate_dcm("mallory", *amount).unwrap();
            }
            Act::Burn => {
                let next = stage.next(BurnKind::Burn);
                let par = stage.par();
                assert_eq!(stage.burn().is_ok(), next.problem.is_none());
                assert_eq!(stage.par(), par);
            }
            Act::Contract => {
                let next = stage.next(BurnKind::Contraction);
                assert_eq!(stage.contract().is_ok(), next.problem.is_none());
            }
            Act::Forward => {
                let due = stage.due();
                assert_eq!(stage.forward().is_ok(), due > 0);
                assert_eq!(stage.due(), 0);
            }
        }
    }

    /// A swap costs its sender nothing but rounding and seigniorage, and never pays him.
    fn swap(&mut self, offer: Offer, amount: u128) {
        let before = self.worth("amo");
        let stage = &mut self.stage;
        let held = match offer {
            Offer::Dcm => stage.dcm_of("amo"),
            Offer::Duca => stage.duca_of("amo"),
        };
        let quote = stage.quote(offer, amount);
        let done = match offer {
            Offer::Dcm => stage.swap_dcm("amo", amount),
            Offer::Duca => stage.swap_duca("amo", amount),
        };
        if done.is_ok() {
            assert_eq!(quote.unwrap().after, stage.state().books);
            assert!(self.worth("amo") <= before, "the AMO gained at the market");
        } else {
            assert!(quote.is_err() || amount > held, "{done:#?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_lives(
        acts in prop::collection::vec(act(), 1..45),
        guards in guards(),
        cw20_dcm: bool,
    ) {
        let stage = Stage::with(|setup| {
            setup.guards = guards;
            setup.cw20_dcm = cw20_dcm;
        });
        let mut life = Life { stage, market: "2".into() };
        for act in &acts {
            life.play(act);
            life.stage.assert_sound();
        }
        // whoever is in gets out, with nothing on and no price
        for operation in OPERATIONS {
            life.stage.switch_off(operation);
        }
        life.stage.forget("DCM");
        for who in ["alice", "bob"] {
            let lpd = life.stage.lpd_of(who);
            if lpd > 0 && life.stage.preview_withdraw(lpd).is_ok() {
                life.stage.withdraw(who, lpd).unwrap();
            }
        }
    }
}
