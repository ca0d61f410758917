//! Random sequences of pushes, pokes, waits and switches against a naive model: it keeps all
//! history, counts instead of sorting, and works in whole numbers of its own.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use ballast_types::oracle::{
    ExecuteMsg, PricePush, PriceRecord, QueryMsg, Round, Rule, Source, SourceKind, Status,
};
use common::{INTERVAL, World, d};
use cosmwasm_std::{ContractResult, Decimal, SystemResult, to_json_binary};
use num_bigint::BigUint;
use proptest::prelude::*;

const MAX_AGE: u64 = 60;
const WINDOW: u64 = 20;
const PERIOD: u64 = 50;
const ONE: u128 = 1_000_000_000_000_000_000;

/// Prices in thousandths: some agree within 1 %, some lie beyond the 20 % of the breaker.
const PRICES: [u128; 12] = [
    100_000,
    100_400,
    100_900,
    101_000,
    99_333,
    103_000,
    119_000,
    130_000,
    130_700,
    250_000,
    1_000,
    100_000_000,
];

#[derive(Debug, Clone)]
enum Step {
    Push {
        feeder: usize,
        price: usize,
        age: u64,
        unsure: bool,
    },
    /// What the external source says from now on, and how old it says it is; none when it errs.
    Say(Option<(usize, i64)>),
    Poke,
    Wait(u64),
    Disable,
    Enable,
    EndHalt,
    MinSources(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0usize..3, 0usize..12, 0u64..4, proptest::bool::weighted(0.1))
            .prop_map(|(feeder, price, age, unsure)| Step::Push { feeder, price, age, unsure }),
        // near 100 most of the time, or nothing would ever agree
        10 => (0usize..3, 0usize..5)
            .prop_map(|(feeder, price)| Step::Push { feeder, price, age: 0, unsure: false }),
        3 => proptest::option::weighted(0.8, (0usize..12, -3i64..30)).prop_map(Step::Say),
        5 => Just(Step::Poke),
        12 => (0u64..14).prop_map(Step::Wait),
        1 => (8u64..90).prop_map(Step::Wait),
        1 => Just(Step::Disable),
        2 => Just(Step::Enable),
        1 => Just(Step::EndHalt),
        1 => (1u8..4).prop_map(Step::MinSources),
    ]
}

#[derive(Debug, Clone)]
struct Said {
    price: u128,
    published_at: u64,
    unsure: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Mood {
    Live,
    Uncertain(Vec<String>, u8),
    /// Every median since the window began, with its time.
    Halted(Vec<(u64, u128)>),
}

#[derive(Debug, Clone)]
struct Standing {
    price: u128,
    ema: u128,
    volatility: u128,
    valid_until: u64,
    published_at: u64,
    mood: Mood,
}

/// Sources 0 to 2 are pushed, 3 is asked.
struct Model {
    now: u64,
    min_sources: u8,
    said: [Option<Said>; 4],
    disabled: bool,
    /// Whether rule or sources changed since the last round.
    changed: bool,
    external: Option<(u128, i64)>,
    rounds: Vec<(u64, u128, u128)>,
    standing: Option<Standing>,
}

fn mul_div(a: u128, b: u128, c: u128, up: bool) -> u128 {
    let product = BigUint::from(a) * BigUint::from(b) + if up { c - 1 } else { 0 };
    (product / BigUint::from(c)).try_into().unwrap()
}

fn within(price: u128, reference: u128, percent: u128) -> bool {
    BigUint::from(price.abs_diff(reference)) * 100u32 <= BigUint::from(reference) * percent
}

impl Model {
    fn live_at(&self, t: u64) -> Vec<(String, u128, u64)> {
        let mut live = vec![];
        for (i, said) in self.said.iter().enumerate() {
            let Some(said) = said else { continue };
            let off = i == 3 && self.disabled;
            if !off && !said.unsure && said.published_at + MAX_AGE >= t {
                live.push((format!("s{i}"), said.price, said.published_at));
            }
        }
        live
    }

    /// The price that has as many live prices below it as above, or why there is none.
    fn median(&self) -> Result<u128, Vec<String>> {
        let live = self.live_at(self.now);
        let names = live.iter().map(|(name, ..)| name.clone()).collect();
        if live.len() < usize::from(self.min_sources) {
            return Err(names);
        }
        // rank by counting
        let mut ranked = vec![0; live.len()];
        for (i, (_, price, _)) in live.iter().enumerate() {
            let rank = live
                .iter()
                .enumerate()
                .filter(|(j, (_, other, _))| other < price || (other == price && *j < i))
                .count();
            ranked[rank] = *price;
        }
        match ranked.as_slice() {
            [a] | [_, a, _] => Ok(*a),
            [a, b] | [_, a, b, _] if within(*b, *a, 1) => Ok((a + b) / 2),
            _ => Err(names),
        }
    }

    fn valid_until(&self) -> u64 {
        let mut t = self.now;
        while self.live_at(t + 1).len() >= usize::from(self.min_sources) {
            t += 1;
        }
        t
    }

    fn newest(&self) -> u64 {
        let live = self.live_at(self.now);
        live.iter().map(|(.., at)| *at).max().unwrap_or(0)
    }

    /// How many have said what they say at that time or later.
    fn spoken_since(&self, t: u64) -> usize {
        let live = self.live_at(self.now);
        live.iter().filter(|(.., at)| *at >= t).count()
    }

    fn settle(&mut self) {
        if let Some((last, ..)) = self.rounds.last()
            && self.now < last + INTERVAL
        {
            return;
        }
        let is_new = match &self.standing {
            Some(standing) => self.changed || self.newest() > standing.published_at,
            None => true,
        };
        match self.median() {
            Ok(median) if is_new => self.make_round(median),
            Ok(_) => {}
            Err(live) => self.doubt(live),
        }
    }

    fn doubt(&mut self, live: Vec<String>) {
        if let Some(standing) = &mut self.standing
            && !matches!(standing.mood, Mood::Halted(_))
        {
            standing.mood = Mood::Uncertain(live, self.min_sources);
        }
    }

    fn reassess(&mut self) {
        let due = self
            .rounds
            .last()
            .is_none_or(|r| self.now >= r.0 + INTERVAL);
        if due {
            return self.settle();
        }
        match self.median() {
            Ok(_) => {
                let until = self.valid_until();
                let standing = self.standing.as_mut().unwrap();
                standing.valid_until = standing.valid_until.min(until);
            }
            Err(live) => self.doubt(live),
        }
    }

    fn make_round(&mut self, median: u128) {
        let (now, until) = (self.now, self.valid_until());
        let published_at = self.newest();
        self.changed = false;
        let Some(old) = self.standing.clone() else {
            self.standing = Some(Standing {
                price: median,
                ema: median,
                volatility: 0,
                valid_until: until,
                published_at,
                mood: Mood::Live,
            });
            self.rounds.push((now, median, median));
            return;
        };
        let mut new = Standing {
            valid_until: until,
            published_at,
            ..old.clone()
        };
        if let Mood::Halted(mut window) = old.mood.clone() {
            let kept = old.valid_until >= now && within(median, window[0].1, 1);
            if !kept {
                window.clear();
            }
            window.push((now, median));
            let confirmed = window.iter().all(|(_, m)| within(*m, window[0].1, 1));
            assert!(confirmed, "the model itself is wrong");
            if self.spoken_since(window[0].0 + WINDOW) >= usize::from(self.min_sources) {
                assert!(now - window[0].0 >= WINDOW, "the model itself is wrong");
                accept(&mut new, median, window[0].1);
            } else {
                new.mood = Mood::Halted(window);
            }
        } else if within(median, old.ema, 20) {
            let elapsed = now - self.rounds.last().unwrap().0;
            let step = mul_div(
                median.abs_diff(old.ema),
                elapsed.min(PERIOD).into(),
                PERIOD.into(),
                false,
            );
            let ema = if median > old.ema {
                old.ema + step
            } else {
                old.ema - step
            };
            accept(&mut new, median, ema);
        } else {
            new.mood = Mood::Halted(vec![(now, median)]);
        }
        self.rounds.push((now, new.price, median));
        self.standing = Some(new);
    }

    fn say(&mut self) {
        if self.disabled {
            return;
        }
        if let Some((price, age)) = self.external
            && age >= 0
        {
            self.said[3] = Some(Said {
                price,
                published_at: self.now - age.unsigned_abs(),
                unsure: false,
            });
        }
    }
}

fn accept(standing: &mut Standing, price: u128, ema: u128) {
    let moved = mul_div(price.abs_diff(standing.price), ONE, standing.price, true);
    standing.volatility =
        mul_div(standing.volatility, 8, 10, false) + moved.saturating_sub(ONE / 400);
    standing.price = price;
    standing.ema = ema;
    standing.mood = Mood::Live;
}

fn rule(min_sources: u8) -> Rule {
    Rule {
        min_sources,
        max_age_secs: MAX_AGE,
        max_spread: d("0.01"),
        max_confidence: d("0.02"),
        ema_period_secs: PERIOD,
        max_deviation: d("0.2"),
        breaker_window_secs: WINDOW,
    }
}

fn set_up() -> (World, Model) {
    let mut world = World::new();
    let external = world.address("external");
    let mut sources: Vec<Source> = (0..3).map(|i| world.push_source(i)).collect();
    for (i, source) in sources.iter_mut().enumerate() {
        source.name = format!("s{i}");
    }
    sources.push(Source {
        name: "s3".to_owned(),
        kind: SourceKind::External {
            contract: external.into(),
            asset: "A".to_owned(),
        },
    });
    world.add("A", rule(2), sources).unwrap();
    let model = Model {
        now: world.now(),
        min_sources: 2,
        said: [const { None }; 4],
        disabled: false,
        changed: false,
        external: None,
        rounds: vec![],
        standing: None,
    };
    (world, model)
}

fn price(index: usize) -> u128 {
    PRICES[index] * ONE / 1000
}

fn take(world: &mut World, model: &mut Model, step: &Step) {
    let asset = || "A".to_owned();
    match step {
        Step::Wait(secs) => {
            world.wait(*secs);
            model.now += secs;
        }
        Step::Push {
            feeder,
            price: index,
            age,
            unsure,
        } => {
            let published_at = model.now - age;
            let msg = ExecuteMsg::Push {
                prices: vec![PricePush {
                    asset: asset(),
                    price: Decimal::new(price(*index).into()),
                    published_at: Some(published_at),
                    confidence: unsure.then(|| d("1000000000")),
                }],
            };
            let sender = world.feeder(*feeder);
            let result = world.execute(&sender, msg);
            let older = model.said[*feeder]
                .as_ref()
                .is_some_and(|said| said.published_at > published_at);
            assert_eq!(result.is_err(), older);
            if !older {
                model.said[*feeder] = Some(Said {
                    price: price(*index),
                    published_at,
                    unsure: *unsure,
                });
                model.settle();
            }
        }
        Step::Say(said) => model.external = said.map(|(index, age)| (price(index), age)),
        Step::Poke => {
            answer(world, model);
            world.poke("A").unwrap();
            model.say();
            model.settle();
        }
        Step::Disable => {
            let guardian = world.guardian.clone();
            let source = "s3".to_owned();
            let msg = ExecuteMsg::DisableSource {
                asset: asset(),
                source,
            };
            world.execute(&guardian, msg).unwrap();
            model.changed |= !model.disabled;
            model.disabled = true;
            model.reassess();
        }
        Step::Enable => {
            let source = "s3".to_owned();
            let msg = ExecuteMsg::EnableSource {
                asset: asset(),
                source,
            };
            world.as_owner(msg).unwrap();
            model.disabled = false;
            model.changed = true;
        }
        Step::EndHalt => {
            let result = world.as_owner(ExecuteMsg::EndHalt { asset: asset() });
            match model.standing.as_mut() {
                Some(standing) if matches!(standing.mood, Mood::Halted(_)) => {
                    let latest = model.rounds.last().unwrap().2;
                    accept(standing, latest, latest);
                    assert!(result.is_ok());
                }
                _ => assert!(result.is_err()),
            }
        }
        Step::MinSources(count) => {
            let msg = ExecuteMsg::UpdateAsset {
                asset: asset(),
                rule: Some(rule(*count)),
                sources: None,
            };
            world.as_owner(msg).unwrap();
            model.min_sources = *count;
            model.changed = true;
            model.reassess();
        }
    }
}

/// Has the external contract say what the model knows it says.
fn answer(world: &mut World, model: &Model) {
    let now = model.now;
    let said = model.external.map(|(price, age)| {
        let published_at = now.checked_add_signed(-age).unwrap();
        let price = Decimal::new(price.into());
        serde_json::json!({ "price": price, "published_at": published_at })
    });
    world.deps.querier.update_wasm(move |_| {
        SystemResult::Ok(match &said {
            Some(said) => ContractResult::Ok(to_json_binary(said).unwrap()),
            None => ContractResult::Err("nothing to say".to_owned()),
        })
    });
}

fn check(world: &World, model: &Model) {
    let record = world.may_record("A");
    assert_eq!(record.is_some(), model.standing.is_some());
    let (Some(record), Some(standing)) = (record, &model.standing) else {
        return;
    };
    let dec = |atomics: u128| Decimal::new(atomics.into());
    let last = model.rounds.last().unwrap();
    let expected = PriceRecord {
        decimals: 6,
        price: dec(standing.price),
        ema: dec(standing.ema),
        volatility: dec(standing.volatility),
        round: model.rounds.len() as u64 - 1,
        updated_at: last.0,
        valid_until: standing.valid_until,
        published_at: standing.published_at,
        retiring: false,
        status: match &standing.mood {
            Mood::Live => Status::Live {},
            Mood::Uncertain(live, required) => Status::Uncertain {
                live: live.clone(),
                required: *required,
            },
            Mood::Halted(window) => Status::Halted {
                first: dec(window[0].1),
                since: window[0].0,
                latest: dec(window.last().unwrap().1),
            },
        },
    };
    assert_eq!(record, expected);
}

/// Every kept round is there, and at and around each one's time the first round is the one a
/// scan of the whole list finds.
fn check_history(world: &World, model: &Model) {
    let all: Vec<Round> = model
        .rounds
        .iter()
        .enumerate()
        .map(|(i, (time, price, median))| Round {
            sequence: i as u64,
            time: *time,
            price: Decimal::new((*price).into()),
            median: Decimal::new((*median).into()),
        })
        .collect();
    let Some(newest) = all.last() else { return };
    let kept = &all[all.len().saturating_sub(64)..];
    for round in kept {
        assert_eq!(&world.round("A", round.sequence), round);
    }
    for at in kept.iter().flat_map(|r| [r.time - 1, r.time, r.time + 1]) {
        let found = world.query::<Round>(QueryMsg::FirstRoundAt {
            asset: "A".to_owned(),
            at,
        });
        let expected = if newest.time < at {
            Err("NoRoundYet")
        } else if kept[0].time >= at {
            Err("HistoryTooShort")
        } else {
            Ok(all.iter().find(|round| round.time >= at).unwrap().clone())
        };
        let found = found.map_err(|error| error.to_string().split(':').next().unwrap().to_owned());
        assert_eq!(found, expected.map_err(str::to_owned), "at {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn the_oracle_does_what_a_naive_model_does(steps in proptest::collection::vec(step(), 1..600)) {
        let (mut world, mut model) = set_up();
        for step in &steps {
            take(&mut world, &mut model, step);
            check(&world, &model);
        }
        check_history(&world, &model);
    }
}

/// The random sequences are worth something only if they reach every state, and go around the
/// ring of rounds.
#[test]
fn the_sequences_reach_every_state() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let steps = proptest::collection::vec(step(), 590..600);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let (mut world, mut model) = set_up();
        let mut was_halted = false;
        for step in steps.new_tree(&mut runner).unwrap().current() {
            take(&mut world, &mut model, &step);
            let Some(standing) = &model.standing else {
                continue;
            };
            let halted = matches!(standing.mood, Mood::Halted(_));
            if was_halted && !halted && !matches!(step, Step::EndHalt) {
                seen.insert("confirmed");
            }
            was_halted = halted;
            seen.insert(match &standing.mood {
                Mood::Live => "live",
                Mood::Uncertain(..) => "uncertain",
                Mood::Halted(window) if window.len() > 2 => "confirming",
                Mood::Halted(_) => "halted",
            });
            if model.rounds.len() > 64 {
                seen.insert("around the ring");
            }
        }
    }
    let all = [
        "around the ring",
        "confirmed",
        "confirming",
        "halted",
        "live",
        "uncertain",
    ];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), all);
}
