//! Exploits that an audit found, each as a test that the exploit fails.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::oracle::{
    ExecuteMsg, PriceError, RETIREMENT_NOTICE_SECS, Rule, Source, SourceKind, Status,
};
use common::{INTERVAL, World, attribute, d, kinds, rule};

/// As long a life of a price as a window of the breaker.
fn ten_minutes(min_sources: u8) -> Rule {
    Rule {
        max_age_secs: 600,
        breaker_window_secs: 600,
        ..rule(min_sources)
    }
}

fn world(feeders: usize, rule: Rule) -> World {
    let mut world = World::new();
    let sources = (0..feeders).map(|i| world.push_source(i)).collect();
    world.add("A", rule, sources).unwrap();
    for feeder in 0..feeders {
        world.push(feeder, "A", "100").unwrap();
    }
    world.wait(INTERVAL);
    world
}

fn halted_since(world: &World) -> Option<u64> {
    match world.record("A").status {
        Status::Halted { since, .. } => Some(since),
        _ => None,
    }
}

/// What a feeder said once, however often it is poked, is not said again.
#[test]
fn a_glitch_cannot_confirm_itself() {
    let mut world = world(1, ten_minutes(1));
    world.push(0, "A", "38000").unwrap();
    let since = world.now();
    assert_eq!(halted_since(&world), Some(since));
    for _ in 0..5 {
        world.wait(120);
        let poked = world.poke("A").unwrap();
        assert_eq!(kinds(&poked), ["poke"]);
    }
    assert_eq!(world.now(), since + 600);
    assert_eq!(halted_since(&world), Some(since));
    let refused = world.record("A").strict("A", world.now()).unwrap_err();
    assert!(matches!(refused, PriceError::Halted { .. }), "{refused}");

    // said again after the window it is confirmed
    let said = world.push(0, "A", "38000").unwrap();
    assert_eq!(kinds(&said), ["push", "round", "halt_end"]);
    assert_eq!(world.record("A").price, d("38000"));
}

/// The third makes rounds, yet its word confirms nothing for the other two.
#[test]
fn two_silent_glitches_are_not_confirmed_by_the_third() {
    let rule = Rule {
        breaker_window_secs: 300,
        ..ten_minutes(2)
    };
    let mut world = world(3, rule);
    world.push(0, "A", "38000").unwrap();
    world.push(1, "A", "38000").unwrap();
    // the first push made the round, the second is counted at the next
    world.wait(INTERVAL);
    world.push(2, "A", "100").unwrap();
    let since = world.now();
    assert_eq!(halted_since(&world), Some(since));
    for _ in 0..59 {
        world.wait(10);
        let made = world.push(2, "A", "100").unwrap();
        assert_eq!(kinds(&made), ["push", "round"]);
    }
    world.wait(5);
    world.push(2, "A", "100").unwrap();
    assert_eq!(halted_since(&world), Some(since));
    // then the two have died of age, and the halt outlasts the doubt
    world.wait(10);
    let last = world.push(2, "A", "100").unwrap();
    assert_eq!(kinds(&last), ["push", "uncertain"]);
    assert_eq!(halted_since(&world), Some(since));
    assert_eq!(world.record("A").price, d("100"));
}

/// A feeder that says it again, but as of before the end of the window, does not end the halt.
#[test]
fn a_halt_ends_by_what_was_published_after_its_window() {
    let mut world = world(1, ten_minutes(1));
    world.push(0, "A", "38000").unwrap();
    let since = world.now();
    let feeder = world.feeder(0);
    let as_of = |published_at| ExecuteMsg::Push {
        prices: vec![ballast_types::oracle::PricePush {
            published_at: Some(published_at),
            ..common::price_push("A", "38000")
        }],
    };
    world.wait(600);
    let early = world.execute(&feeder, as_of(since + 599)).unwrap();
    assert_eq!(kinds(&early), ["push", "round"]);
    assert_eq!(halted_since(&world), Some(since));
    world.wait(INTERVAL);
    let late = world.execute(&feeder, as_of(since + 600)).unwrap();
    assert_eq!(kinds(&late), ["push", "round", "halt_end"]);
}

/// Sixteen pokes in eighty seconds took the volatility number down to 3 % of itself.
#[test]
fn pokes_without_news_calm_nothing() {
    let mut world = world(1, ten_minutes(1));
    world.push(0, "A", "110").unwrap();
    let before = world.record("A");
    assert_eq!(before.volatility, d("0.0975"));
    for _ in 0..16 {
        world.wait(INTERVAL);
        world.poke("A").unwrap();
    }
    assert_eq!(world.record("A"), before);
    // nor does the feeder's repeating what it published then
    let feeder = world.feeder(0);
    let again = ExecuteMsg::Push {
        prices: vec![ballast_types::oracle::PricePush {
            published_at: Some(before.updated_at),
            ..common::price_push("A", "110")
        }],
    };
    world.execute(&feeder, again).unwrap();
    assert_eq!(world.record("A"), before);
    world.push(0, "A", "110").unwrap();
    assert_eq!(world.record("A").volatility, d("0.078"));
}

/// Nor does a guardian who switches off again what is off.
#[test]
fn switching_off_twice_calms_nothing() {
    let mut world = World::new();
    let pull = Source {
        name: "pull".to_owned(),
        kind: SourceKind::External {
            contract: world.address("external").into(),
            asset: "A".to_owned(),
        },
    };
    let sources = vec![world.push_source(0), pull];
    world.add("A", ten_minutes(1), sources).unwrap();
    world.push(0, "A", "100").unwrap();
    world.wait(INTERVAL);
    world.push(0, "A", "110").unwrap();
    let guardian = world.guardian.clone();
    let off = ExecuteMsg::DisableSource {
        asset: "A".to_owned(),
        source: "pull".to_owned(),
    };
    world.wait(INTERVAL);
    // what is left has its round at once
    let first = world.execute(&guardian, off.clone()).unwrap();
    assert_eq!(kinds(&first), ["disable_source", "round"]);
    world.wait(INTERVAL);
    let second = world.execute(&guardian, off).unwrap();
    assert_eq!(kinds(&second), ["disable_source"]);
}

/// A write without news still tells that too few are left to agree, and news heals it.
#[test]
fn a_write_without_news_still_doubts() {
    let mut world = world(2, ten_minutes(2));
    world.wait(590);
    world.push(0, "A", "100").unwrap();
    world.wait(INTERVAL * 3);
    let poked = world.poke("A").unwrap();
    assert_eq!(attribute(&poked, "uncertain", "live").unwrap(), "f0");
    assert!(matches!(world.record("A").status, Status::Uncertain { .. }));
    world.push(1, "A", "100").unwrap();
    assert_eq!(world.record("A").status, Status::Live {});
}

fn fixed(price: &str) -> Vec<Source> {
    vec![Source {
        name: "dollar".to_owned(),
        kind: SourceKind::Fixed { price: d(price) },
    }]
}

fn update(sources: Vec<Source>) -> ExecuteMsg {
    ExecuteMsg::UpdateAsset {
        asset: "USD".to_owned(),
        rule: None,
        sources: Some(sources),
    }
}

/// A fixed price says nothing new, until the owner changes it.
#[test]
fn a_changed_fixed_price_makes_its_round() {
    let mut world = World::new();
    world.add("USD", rule(1), fixed("1")).unwrap();
    world.wait(INTERVAL);
    assert_eq!(kinds(&world.poke("USD").unwrap()), ["poke"]);
    let made = world.as_owner(update(fixed("1.1"))).unwrap();
    assert_eq!(kinds(&made), ["update_asset", "round"]);
    // before the next round is due: the next write makes it
    let kept = world.as_owner(update(fixed("1.2"))).unwrap();
    assert_eq!(kinds(&kept), ["update_asset"]);
    world.wait(INTERVAL);
    assert_eq!(kinds(&world.poke("USD").unwrap()), ["poke", "round"]);
    assert_eq!(world.record("USD").price, d("1.2"));
    world.wait(INTERVAL);
    assert_eq!(kinds(&world.poke("USD").unwrap()), ["poke"]);
}

/// A fixed price counts as said at any time, but the window passes all the same.
#[test]
fn a_fixed_price_does_not_skip_the_window() {
    let mut world = World::new();
    world.add("USD", rule(1), fixed("1")).unwrap();
    world.wait(INTERVAL);
    let made = world.as_owner(update(fixed("2"))).unwrap();
    assert_eq!(kinds(&made), ["update_asset", "round", "halt"]);
    world.wait(59);
    let made = world.as_owner(update(fixed("2"))).unwrap();
    assert_eq!(kinds(&made), ["update_asset", "round"]);
    world.wait(INTERVAL);
    let made = world.as_owner(update(fixed("2"))).unwrap();
    assert_eq!(kinds(&made), ["update_asset", "round", "halt_end"]);
}

/// Whoever knows the final price would buy below it: the record tells others to refuse.
#[test]
fn an_announced_retirement_shows_in_the_record() {
    let asset = || "A".to_owned();
    let announce = ExecuteMsg::AnnounceRetirement {
        asset: asset(),
        price: d("150"),
    };
    let cancel = ExecuteMsg::CancelRetirement { asset: asset() };
    let mut world = World::priced();
    assert!(!world.record("A").only_leaves());
    world.as_owner(announce.clone()).unwrap();
    assert!(world.record("A").retiring);
    // rounds and halts keep it
    for price in ["101", "200"] {
        world.wait(INTERVAL);
        world.push(0, "A", price).unwrap();
        assert!(world.record("A").retiring);
    }
    world
        .as_owner(ExecuteMsg::EndHalt { asset: asset() })
        .unwrap();
    assert!(world.record("A").only_leaves());
    world.as_owner(cancel.clone()).unwrap();
    assert!(!world.record("A").only_leaves());
    world.as_owner(announce.clone()).unwrap();
    world.wait(RETIREMENT_NOTICE_SECS);
    world
        .as_owner(ExecuteMsg::RetireSynth { asset: asset() })
        .unwrap();
    let record = world.record("A");
    assert!(!record.retiring && record.only_leaves());

    // announced before there is a price: its first round says it
    let mut world = World::with_feeders(1, 1);
    world.as_owner(announce).unwrap();
    assert_eq!(world.may_record("A"), None);
    world.push(0, "A", "100").unwrap();
    assert!(world.record("A").retiring);
    world.as_owner(cancel).unwrap();
    assert!(!world.record("A").retiring);
}
