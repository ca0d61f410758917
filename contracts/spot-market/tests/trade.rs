//! Buying, selling, and being paid later.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "tests"
)]

mod common;

use ballast_kit::ControlsError;
use ballast_spot_market::ContractError;
use ballast_types::{
    oracle::{PriceError, Status},
    spot_market::{BuyPreview, ExecuteMsg, Operation, QueryMsg, SellPreview, Terms},
};
use common::*;
use cosmwasm_std::{Decimal, Int256, StdResult, Uint128};
use rstest::rstest;

fn whole(n: Int256) -> i128 {
    n.to_string().parse().unwrap()
}

/// Reported, net issuance, what pools were given and what nobody carries, after a flush.
fn books(chain: &mut Chain) -> (u128, i128, i128, i128) {
    chain.flush();
    let books = chain.books();
    let (issued, given) = (books.net_issuance(), books.given());
    let unassigned = whole(books.unassigned());
    (
        books.reported().u128(),
        whole(issued),
        whole(given),
        unassigned,
    )
}

fn room(chain: &mut Chain, dollars: u128) {
    let room = PoolMsg::Room(Uint128::new(dollars * USD));
    chain.tell_pool(&room).unwrap();
}

/// The example of docs/markets.md, to the unit.
#[test]
fn the_worked_example() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    room(&mut chain, 20_000);

    let bought = chain.buy(&alice, 10_000 * USD).unwrap();
    let of = |key| attribute(&bought.events, "buy", key);
    assert_eq!(
        (of("units"), of("fee")),
        ("19940000".into(), "30000000".into())
    );
    assert_eq!(attribute(&bought.events, "fees", "paid"), "30000000");
    assert_eq!(chain.fees(), 30 * USD);
    assert_eq!(books(&mut chain), (9_970_000_000, -9_970_000_000, 0, 0));

    chain.price("BTC", "60000");
    assert_eq!(chain.reports(), (11_964_000_000, false));
    assert_eq!(chain.minimum_credit(), 17_946_000_000);
    let rich = (11_964_000_000, -9_970_000_000, 1_994_000_000, 0);
    assert_eq!(books(&mut chain), rich);

    let sold = chain.sell(&alice, None).unwrap();
    assert_eq!(attribute(&sold.events, "sell", "usd"), "11928108000");
    assert_eq!(attribute(&sold.events, "payout", "paid"), "11928108000");
    assert_eq!(attribute(&sold.events, "fees", "paid"), "35892000");
    assert_eq!(books(&mut chain), (0, 1_994_000_000, 1_994_000_000, 0));
    assert_eq!(chain.balance(&alice), 101_928_108_000);
    assert_eq!(chain.fees(), 65_892_000);
    let nothing = (chain.units(&alice), chain.owed(&alice), chain.reports());
    assert_eq!(nothing, (0, 0, (0, false)));
}

/// Closing needs no credit: what is short stays owed, inside what is reported, and is paid later.
#[test]
fn what_credit_cannot_pay_stays_owed() {
    let mut chain = Chain::new();
    let [alice, bob] = ["alice", "bob"].map(addr);
    chain.buy(&alice, 10_000 * USD).unwrap();
    room(&mut chain, 1_000);
    chain.price("BTC", "60000");
    let short = (11_964_000_000, -9_970_000_000, 1_000_000_000, 994_000_000);
    assert_eq!(books(&mut chain), short);
    assert_eq!(chain.credit(), 9_976_000_000);

    let sold = chain.sell(&alice, None).unwrap();
    let of = |key| attribute(&sold.events, "payout", key);
    assert_eq!(
        (of("paid"), of("owed")),
        ("9976000000".into(), "1952108000".into())
    );
    assert_eq!(attribute(&sold.events, "fees", "owed"), "35892000");
    assert_eq!(
        (chain.units(&alice), chain.owed(&alice)),
        (0, 1_952_108_000)
    );
    // No debt has moved by it.
    assert_eq!(chain.reports(), (1_988_000_000, false));
    assert_eq!(chain.minimum_credit(), 1_988_000_000);
    let same = (1_988_000_000, 6_000_000, 1_000_000_000, 994_000_000);
    assert_eq!(books(&mut chain), same);

    let nothing_paid = |owed: u128| ContractError::NothingPaid {
        owed: Uint128::new(owed),
    };
    chain.refuse(&alice, &claim_msg(None), &nothing_paid(1_952_108_000));
    chain.refuse(&bob, &pay_fees_msg(), &nothing_paid(35_892_000));

    // Pools come that are ready to carry a thousand more; Bob sees to it that Alice is paid what those
    // of before were given.
    room(&mut chain, 2_000);
    let claimed = chain.send(&bob, &claim_msg(Some(&alice))).unwrap();
    let of = |key| attribute(&claimed.events, "payout", key);
    assert_eq!(
        (of("paid"), of("owed")),
        ("994000000".into(), "958108000".into())
    );
    // However many come, what nobody carries is not paid until somebody burns dollars for it.
    room(&mut chain, 4_000);
    chain.refuse(&alice, &claim_msg(None), &nothing_paid(958_108_000));
    let donate = PoolMsg::Donate("btc".into(), Uint128::new(994_000_000));
    chain.tell_pool(&donate).unwrap();
    chain.send(&alice, &claim_msg(None)).unwrap();
    chain.send(&bob, &pay_fees_msg()).unwrap();
    assert_eq!(
        (chain.owed(&alice), chain.market().fees_owed.u128()),
        (0, 0)
    );
    assert_eq!(chain.balance(&alice), 101_928_108_000);
    assert_eq!(chain.reports(), (0, false));

    let nothing_owed = ContractError::NothingOwed {};
    chain.refuse(&alice, &claim_msg(None), &nothing_owed);
    chain.refuse(&bob, &pay_fees_msg(), &nothing_owed);
}

/// A manager that refuses everything stops no sale, and a purchase only by its own answers.
#[test]
fn a_manager_that_refuses() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.tell_pool(&PoolMsg::Refuse(true)).unwrap();
    chain.buy(&alice, 1_000 * USD).unwrap();
    assert_eq!(chain.market().fees_owed.u128(), 3 * USD);
    chain.sell(&alice, None).unwrap();
    // 997 dollars of BTC, 0.3 % of them taken off.
    assert_eq!(chain.owed(&alice), 994_009_000);
    assert_eq!(chain.market().fees_owed.u128(), 5_991_000);
    assert_eq!(chain.reports(), (1_000_000_000, false));
    let before = chain.dump();
    let error = chain.send(&alice, &claim_msg(None)).unwrap_err();
    assert!(
        format!("{error:#}").contains("SwitchedOff: not now"),
        "{error:#}"
    );
    assert_eq!(chain.dump(), before);
    chain.tell_pool(&PoolMsg::Refuse(false)).unwrap();
    // The next sale pays what is owed from before, and all fees.
    chain.buy(&alice, 1_000 * USD).unwrap();
    chain.sell(&alice, Some(1)).unwrap();
    assert_eq!(
        (chain.owed(&alice), chain.market().fees_owed.u128()),
        (0, 0)
    );
}

/// What is not backed is not sold to anyone: LPs could not leave, and the buyer not count on it.
#[test]
fn a_purchase_must_be_backed() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    // 9,970 dollars of BTC, half as much again, and the fee of 30.
    let needed = Uint128::new(14_985_000_000);
    let room = |room: u128| PoolMsg::Room(Uint128::new(room));
    chain.tell_pool(&room(4_984_999_999)).unwrap();
    let not_backed = ContractError::NotBacked {
        credit: Uint128::new(14_984_999_999),
        needed,
    };
    chain.refused(&not_backed, |chain| chain.buy(&alice, 10_000 * USD));
    chain.tell_pool(&room(4_985_000_000)).unwrap();
    chain.buy(&alice, 10_000 * USD).unwrap();
    assert_eq!(chain.credit(), chain.minimum_credit());
}

#[test]
fn a_cap_on_what_all_units_are_worth() {
    let mut chain = Chain::new();
    let (owner, alice) = (chain.owner.clone(), addr("alice"));
    let capped = Terms {
        cap: Uint128::new(997 * USD),
        ..terms()
    };
    chain.send(&owner, &set_terms(capped)).unwrap();
    chain.buy(&alice, 1_000 * USD).unwrap();
    chain.price("BTC", "60000");
    let exceeded = ContractError::CapExceeded {
        worth: Uint128::new(1_197_396_600),
        cap: capped.cap,
    };
    chain.refused(&exceeded, |chain| chain.buy(&alice, USD));
    // Beyond the cap one only leaves.
    chain.sell(&alice, Some(1)).unwrap();
}

/// The fee is the base and what the price has moved; a purchase has a limit, a sale a cap.
#[rstest]
#[case::calm("0", Some("0.003"), "0.003")]
#[case::moving("0.004", Some("0.007"), "0.007")]
#[case::at_the_limit("0.012", Some("0.015"), "0.015")]
#[case::above_it("0.013", None, "0.016")]
#[case::wild("0.9", None, "0.1")]
fn fees(#[case] volatility: &str, #[case] buy: Option<&str>, #[case] sell: &str) {
    let mut chain = Chain::new();
    let mut record = live("BTC", "50000", chain.now() + 1);
    record.volatility = volatility.parse().unwrap();
    chain.record("BTC", record);
    let bought: StdResult<BuyPreview> = chain.query(&QueryMsg::PreviewBuy {
        market_ref: "btc".into(),
        usd: Uint128::new(USD),
    });
    match buy {
        Some(rate) => assert_eq!(bought.unwrap().fee_rate, rate.parse::<Decimal>().unwrap()),
        None => {
            let refusal = bought.unwrap_err().to_string();
            assert!(refusal.contains("FeeTooHigh: "), "{refusal}");
        }
    }
    let sold: SellPreview = chain
        .query(&QueryMsg::PreviewSell {
            market_ref: "btc".into(),
            units: Uint128::new(BTC),
        })
        .unwrap();
    assert_eq!(sold.fee_rate, sell.parse::<Decimal>().unwrap());
}

#[test]
fn previews_are_what_happens() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.price("BTC", "43210.987654321");
    let quote: BuyPreview = chain
        .query(&QueryMsg::PreviewBuy {
            market_ref: "btc".into(),
            usd: Uint128::new(1_234_567_891),
        })
        .unwrap();
    let bought = chain.buy(&alice, 1_234_567_891).unwrap();
    assert_eq!(chain.units(&alice), quote.units.u128());
    assert_eq!(
        attribute(&bought.events, "buy", "fee"),
        quote.fee.to_string()
    );
    let sells_for = chain.position(&alice).sells_for;
    let quote: SellPreview = chain
        .query(&QueryMsg::PreviewSell {
            market_ref: "btc".into(),
            units: quote.units,
        })
        .unwrap();
    assert_eq!(sells_for, Some(quote.usd));
    let before = chain.balance(&alice);
    chain.sell(&alice, None).unwrap();
    assert_eq!(chain.balance(&alice) - before, quote.usd.u128());
}

#[test]
fn slippage() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    let too_few = ContractError::Slippage {
        got: Uint128::new(1_994_000),
        min: Uint128::new(1_994_001),
    };
    chain.refused(&too_few, |chain| {
        chain.hook(&alice, 1_000 * USD, &buy_hook(1_994_001))
    });
    chain
        .hook(&alice, 1_000 * USD, &buy_hook(1_994_000))
        .unwrap();
    let too_little = ContractError::Slippage {
        got: Uint128::new(994_009_000),
        min: Uint128::new(994_009_001),
    };
    chain.refuse(&alice, &sell_msg(None, 994_009_001), &too_little);
    chain.send(&alice, &sell_msg(None, 994_009_000)).unwrap();
}

/// A halted asset: nothing is bought, a sale gets the lower price, and pools are told the higher.
#[rstest]
#[case::above("50000", "60000", 994_009_000, 1_196_400_000)]
#[case::below("50000", "40000", 795_207_200, 997_000_000)]
fn halted(#[case] price: &str, #[case] latest: &str, #[case] sold: u128, #[case] reported: i128) {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.buy(&alice, 1_000 * USD).unwrap();
    chain.halt("BTC", price, latest);
    assert_eq!(chain.reports(), (reported, false));
    let error = chain.buy(&alice, USD).unwrap_err();
    let halted = ContractError::Price(PriceError::Halted {
        asset: "BTC".into(),
        price: price.parse().unwrap(),
        latest: latest.parse().unwrap(),
    });
    assert_eq!(typed(&error), &halted);
    let before = chain.balance(&alice);
    chain.sell(&alice, None).unwrap();
    assert_eq!(chain.balance(&alice) - before, sold);
}

/// Too few live sources: one may leave and not enter.
#[test]
fn uncertain() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.buy(&alice, 1_000 * USD).unwrap();
    let mut record = live("BTC", "50000", chain.now() + 1);
    record.status = Status::Uncertain {
        live: vec![],
        required: 2,
    };
    chain.record("BTC", record);
    let error = chain.buy(&alice, USD).unwrap_err();
    assert!(typed(&error).to_string().starts_with("Uncertain: "));
    chain.sell(&alice, None).unwrap();
}

/// With a price that is too old nothing happens at a price; pools are told the last one, and that it
/// is. What is owed is paid all the same.
#[test]
fn stale() {
    let mut chain = Chain::new();
    let [alice, bob] = ["alice", "bob"].map(addr);
    chain.buy(&alice, 1_000 * USD).unwrap();
    chain.buy(&bob, 1_000 * USD).unwrap();
    chain.price("BTC", "250000");
    chain.flush();
    chain.tell_pool(&PoolMsg::Refuse(true)).unwrap();
    chain.sell(&bob, None).unwrap();
    assert!(chain.owed(&bob) > 0);
    chain.wait(3_600);
    assert!(!chain.reports().1);
    chain.wait(1);
    let reported = 4_985_000_000 + chain.owed(&bob) + chain.market().fees_owed.u128();
    assert_eq!(chain.reports(), (i128::try_from(reported).unwrap(), true));
    let minimum = chain.minimum_credit();
    assert_eq!(minimum, reported + 2_492_500_000);
    for error in [
        chain.buy(&alice, USD).unwrap_err(),
        chain.sell(&alice, None).unwrap_err(),
    ] {
        assert!(
            typed(&error).to_string().starts_with("Stale: "),
            "{error:#}"
        );
    }
    assert_eq!(chain.position(&alice).sells_for, None);
    chain.tell_pool(&PoolMsg::Refuse(false)).unwrap();
    chain.send(&bob, &claim_msg(None)).unwrap();
    assert_eq!(chain.owed(&bob), 0);
}

/// Whoever knows the final price of a synth would take it.
#[test]
fn retiring() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.buy(&alice, 1_000 * USD).unwrap();
    let mut record = live("BTC", "50000", u64::MAX);
    record.retiring = true;
    chain.record("BTC", record.clone());
    let retiring = ContractError::Retiring {
        asset: "BTC".into(),
    };
    chain.refused(&retiring, |chain| chain.buy(&alice, USD));
    record.status = Status::Retired {};
    chain.record("BTC", record);
    chain.refused(&retiring, |chain| chain.buy(&alice, USD));
    chain.sell(&alice, None).unwrap();
}

/// The switch stops purchases and nothing else.
#[test]
fn switched_off() {
    let mut chain = Chain::new();
    let (guardian, alice) = (chain.guardian.clone(), addr("alice"));
    chain.buy(&alice, 1_000 * USD).unwrap();
    let off = ExecuteMsg::SwitchOff {
        operation: Operation::Buy,
    };
    chain.send(&guardian, &off).unwrap();
    let refusal = ContractError::Controls(ControlsError::SwitchedOff {
        operation: "buy".into(),
    });
    chain.refused(&refusal, |chain| chain.buy(&alice, USD));
    chain.tell_pool(&PoolMsg::Refuse(true)).unwrap();
    chain.sell(&alice, None).unwrap();
    chain.tell_pool(&PoolMsg::Refuse(false)).unwrap();
    chain.send(&alice, &claim_msg(None)).unwrap();
    chain.send(&alice, &pay_fees_msg()).unwrap();
}

/// Terms that are changed count for what is traded from then on.
#[test]
fn other_terms() {
    let mut chain = Chain::new();
    let (owner, alice) = (chain.owner.clone(), addr("alice"));
    chain.buy(&alice, 1_000 * USD).unwrap();
    let dearer = Terms {
        base_fee: Decimal::percent(1),
        headroom: Decimal::zero(),
        ..terms()
    };
    let set = chain.send(&owner, &set_terms(dearer)).unwrap();
    assert_eq!(attribute(&set.events, "set_terms", "base_fee"), "0.01");
    assert_eq!(chain.minimum_credit(), 997_000_000);
    assert_eq!(
        chain.position(&alice).sells_for.unwrap().u128(),
        987_030_000
    );
}
