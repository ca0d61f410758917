//! What DESIGN §3 says must hold, told once each.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::oracle::{ExitPrices, PriceError, Status};
use common::{INTERVAL, World, attribute, d, kinds};
use rstest::rstest;

#[rstest]
#[case::a_thousand_times_more("100000")]
#[case::a_thousandth("0.1")]
fn one_of_three_wrong_changes_nothing(#[case] wrong: &str) {
    let mut world = World::with_feeders(3, 2);
    for feeder in 0..3 {
        world.push(feeder, "A", "100").unwrap();
    }
    world.wait(INTERVAL);
    let right = world.push(2, "A", wrong).unwrap();

    assert_eq!(kinds(&right), ["push", "round"]);
    let record = world.record("A");
    assert_eq!(record.strict("A", world.now()), Ok(d("100")));
    assert_eq!(record.ema, d("100"));
    assert_eq!(record.volatility, d("0"));
    assert_eq!(attribute(&right, "round", "live").unwrap(), "f0, f1, f2");
}

#[rstest]
#[case::a_thousand_times_more("100000")]
#[case::a_thousandth("0.1")]
fn one_of_two_wrong_refuses_and_names_the_live(#[case] wrong: &str) {
    let mut world = World::with_feeders(2, 2);
    world.push(0, "A", "100").unwrap();
    world.push(1, "A", "100").unwrap();
    world.wait(INTERVAL);
    world.push(1, "A", wrong).unwrap();

    let record = world.record("A");
    assert_eq!(
        record.strict("A", world.now()),
        Err(PriceError::Uncertain {
            asset: "A".to_owned(),
            live: vec!["f0".to_owned(), "f1".to_owned()],
            required: 2,
        })
    );
    // an exit looks at the age alone, and no round has moved the price
    assert_eq!(record.exit("A", world.now()).unwrap().high, d("100"));
    assert_eq!(record.round, 0);

    // they agree again: live again
    world.push(1, "A", "100.5").unwrap();
    let record = world.record("A");
    assert_eq!(record.strict("A", world.now()), Ok(d("100.25")));
}

#[rstest]
#[case::up("7600000")]
#[case::down("0.001315789473684210")]
fn a_price_76_000_times_away_trips_the_breaker(#[case] jump: &str) {
    let mut world = World::with_feeders(3, 2);
    for feeder in 0..3 {
        world.push(feeder, "A", "100").unwrap();
    }
    world.wait(INTERVAL);
    // every source says so: the median itself is away
    for feeder in 0..3 {
        world.push(feeder, "A", jump).unwrap();
    }
    world.wait(INTERVAL);
    let tripped = world.push(0, "A", jump).unwrap();
    assert_eq!(kinds(&tripped), ["push", "round", "halt"]);

    let record = world.record("A");
    assert_eq!(
        record.strict("A", world.now()),
        Err(PriceError::Halted {
            asset: "A".to_owned(),
            price: d("100"),
            latest: d(jump),
        })
    );
    assert_eq!((record.price, record.ema), (d("100"), d("100")));
    // the round carries both
    let round = world.round("A", record.round);
    assert_eq!((round.price, round.median), (d("100"), d(jump)));
}

#[test]
fn a_halted_asset_still_allows_repay_and_exits() {
    let world = World::halted();
    let record = world.record("A");
    assert_eq!(record.repay(world.now()), d("200"));
    let both = ExitPrices {
        low: d("100"),
        high: d("200"),
    };
    assert_eq!(record.exit("A", world.now()), Ok(both));
}

#[test]
fn a_dead_feed_stops_all_but_repaying() {
    let mut world = World::priced();
    world.wait(50);
    world.push(0, "A", "90").unwrap();
    let record = world.record("A");
    assert_eq!((record.price, record.ema), (d("90"), d("95")));
    assert_eq!(record.repay(world.now()), d("90"));

    world.wait(180);
    assert!(record.strict("A", world.now()).is_ok());
    world.wait(1);
    let stale = PriceError::Stale {
        asset: "A".to_owned(),
        valid_until: 1_000_230,
        now: 1_000_231,
    };
    assert_eq!(record.strict("A", world.now()).unwrap_err(), stale);
    assert_eq!(record.exit("A", world.now()).unwrap_err(), stale);
    // the larger of price and average
    assert_eq!(record.repay(world.now()), d("95"));
}

#[test]
fn a_halt_ends_when_its_window_has_confirmed_the_first_median() {
    let mut world = World::halted();
    for price in ["201", "199", "200.5"] {
        world.wait(15);
        world.push(0, "A", price).unwrap();
        assert!(
            matches!(world.record("A").status, Status::Halted { first, .. } if first == d("200"))
        );
    }
    world.wait(15);
    let over = world.push(0, "A", "201.5").unwrap();
    assert_eq!(kinds(&over), ["push", "round", "halt_end"]);
    let record = world.record("A");
    assert_eq!(record.strict("A", world.now()), Ok(d("201.5")));
    assert_eq!(record.ema, d("200"));
    // the move from 100 counts once: 101.5 % less the free 0.25 %
    assert_eq!(record.volatility, d("1.0125"));
}

#[rstest]
#[case::elsewhere("210")]
#[case::back_near_the_average("100")]
fn a_median_off_the_first_begins_the_window_anew(#[case] other: &str) {
    let mut world = World::halted();
    world.wait(59);
    let again = world.push(0, "A", other).unwrap();
    assert_eq!(attribute(&again, "halt", "restarted").unwrap(), "true");
    let since = world.now();
    world.wait(59);
    world.push(0, "A", other).unwrap();
    assert_eq!(
        world.record("A").status,
        Status::Halted {
            first: d(other),
            since,
            latest: d(other),
        }
    );
    world.wait(5);
    world.push(0, "A", other).unwrap();
    assert_eq!(world.record("A").strict("A", world.now()), Ok(d(other)));
}

#[test]
fn a_gap_longer_than_the_prices_lived_begins_the_window_anew() {
    let mut world = World::halted();
    world.wait(181);
    world.push(0, "A", "200").unwrap();
    let since = world.now();
    assert!(matches!(world.record("A").status, Status::Halted { since: s, .. } if s == since));

    // and one just within it does not
    let mut world = World::halted();
    world.wait(180);
    world.push(0, "A", "200").unwrap();
    assert_eq!(world.record("A").status, Status::Live {});
}

#[test]
fn a_halt_outlasts_doubt() {
    let mut world = World::with_feeders(2, 1);
    world.push(0, "A", "100").unwrap();
    world.wait(INTERVAL);
    world.push(0, "A", "200").unwrap();
    world.wait(INTERVAL);
    // the two in the middle disagree now
    let doubted = world.push(1, "A", "100").unwrap();
    assert_eq!(kinds(&doubted), ["push", "uncertain"]);
    assert!(matches!(world.record("A").status, Status::Halted { .. }));
}
