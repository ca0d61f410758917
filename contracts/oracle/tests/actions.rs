//! Each action: what it does, who may, and each of its errors.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_kit::ControlsError;
use ballast_oracle::ContractError;
use ballast_types::{
    oracle::{
        AssetResponse, ConfigResponse, ExecuteMsg, PriceError, PricePush, PriceView, QueryMsg,
        RETIREMENT_NOTICE_SECS, Retirement, Round, Source, SourceKind, Status,
    },
    price::PriceAnswer,
};
use common::{INTERVAL, World, attribute, d, kinds, price_push, rule};
use cosmwasm_std::{Addr, Decimal, testing::MockApi};
use cw_ownable::{Action, OwnershipError};
use rstest::rstest;

fn asset() -> String {
    "A".to_owned()
}

fn fixed(name: &str, price: &str) -> Source {
    Source {
        name: name.to_owned(),
        kind: SourceKind::Fixed { price: d(price) },
    }
}

fn external(name: &str) -> Source {
    Source {
        name: name.to_owned(),
        kind: SourceKind::External {
            contract: MockApi::default().addr_make("external").into(),
            asset: "A".to_owned(),
        },
    }
}

// ---------------------------------------------------------------- push

#[test]
fn the_first_push_makes_the_first_round() {
    let mut world = World::with_feeders(1, 1);
    let response = world.push(0, "A", "100").unwrap();
    assert_eq!(kinds(&response), ["push", "round"]);
    for (key, value) in [
        ("asset", "A"),
        ("sequence", "0"),
        ("price", "100"),
        ("median", "100"),
        ("ema", "100"),
        ("volatility", "0"),
        ("valid_until", "1000180"),
        ("status", "live"),
        ("live", "f0"),
    ] {
        assert_eq!(attribute(&response, "round", key).unwrap(), value, "{key}");
    }
    let record = world.record("A");
    assert_eq!((record.decimals, record.updated_at), (6, 1_000_000));
    let round = world.round("A", 0);
    assert_eq!((round.time, round.price), (1_000_000, d("100")));
}

#[test]
fn two_feeders_can_begin() {
    let mut world = World::with_feeders(2, 2);
    let alone = world.push(0, "A", "100").unwrap();
    assert_eq!(kinds(&alone), ["push", "uncertain"]);
    assert_eq!(attribute(&alone, "uncertain", "live").unwrap(), "f0");
    assert_eq!(world.may_record("A"), None);
    let both = world.push(1, "A", "100.5").unwrap();
    assert_eq!(kinds(&both), ["push", "round"]);
    assert_eq!(world.record("A").price, d("100.25"));
}

#[test]
fn pushes_between_rounds_only_store() {
    let mut world = World::priced();
    world.wait(INTERVAL - 1);
    let stored = world.push(0, "A", "101").unwrap();
    assert_eq!(kinds(&stored), ["push"]);
    assert_eq!(world.record("A").price, d("100"));
    world.wait(1);
    // anyone's poke makes the round that is due
    let made = world.poke("A").unwrap();
    assert_eq!(kinds(&made), ["poke", "round"]);
    let record = world.record("A");
    assert_eq!((record.price, record.round), (d("101"), 1));
    // Δt of 5 in a period of 100; 1 % less the free 0.25 %
    assert_eq!((record.ema, record.volatility), (d("100.05"), d("0.0075")));
    assert_eq!(record.valid_until, 1_000_004 + 180);
}

#[test]
fn a_push_of_many_assets_takes_all_or_none() {
    let mut world = World::with_feeders(1, 1);
    world.add("B", rule(1), vec![world.push_source(0)]).unwrap();
    let feeder = world.feeder(0);
    let before = world.dump();
    let mut prices = vec![price_push("A", "1"), price_push("B", "0")];
    let msg = ExecuteMsg::Push {
        prices: prices.clone(),
    };
    let refused = world.execute(&feeder, msg).unwrap_err();
    let expected = ContractError::PriceOutOfRange {
        asset: "B".to_owned(),
        price: Decimal::zero(),
    };
    assert_eq!(refused, expected);
    assert_eq!(world.dump(), before);

    prices[1].price = d("2");
    let taken = world.execute(&feeder, ExecuteMsg::Push { prices }).unwrap();
    assert_eq!(kinds(&taken), ["push", "round", "push", "round"]);
    assert_eq!(world.record("B").price, d("2"));
}

#[test]
fn a_batch_of_64_is_taken() {
    let mut world = World::new();
    let assets: Vec<String> = (0..64).map(|i| format!("S{i}")).collect();
    for asset in &assets {
        let sources = vec![world.push_source(0)];
        world.add(asset, rule(1), sources).unwrap();
    }
    let feeder = world.feeder(0);
    let prices = assets.iter().map(|asset| price_push(asset, "7")).collect();
    let push = ExecuteMsg::Push { prices };
    world.execute(&feeder, push.clone()).unwrap();
    // between rounds it is kept, and the poke makes the rounds of it
    world.wait(1);
    world.execute(&feeder, push).unwrap();
    world.wait(INTERVAL);
    let poke = ExecuteMsg::Poke {
        assets: assets.clone(),
    };
    world.execute(&feeder, poke).unwrap();
    let views: Vec<PriceView> = world.query(QueryMsg::Prices { assets }).unwrap();
    assert_eq!(views.len(), 64);
    let all_moved = views.iter().all(|view| {
        view.strict == Some(d("7")) && view.record.as_ref().is_some_and(|r| r.round == 1)
    });
    assert!(all_moved);
}

#[test]
fn a_push_may_be_as_old_as_the_last_but_no_older() {
    let mut world = World::with_feeders(1, 1);
    let feeder = world.feeder(0);
    let at = |published_at| ExecuteMsg::Push {
        prices: vec![PricePush {
            published_at: Some(published_at),
            ..price_push("A", "100")
        }],
    };
    world.execute(&feeder, at(999_990)).unwrap();
    assert_eq!(world.record("A").valid_until, 999_990 + 180);
    world.execute(&feeder, at(999_990)).unwrap();
    assert_eq!(
        world.execute(&feeder, at(999_989)).unwrap_err(),
        ContractError::OlderThanLast {
            asset: asset(),
            published_at: 999_989,
            last: 999_990,
        }
    );
    assert_eq!(
        world.execute(&feeder, at(1_000_001)).unwrap_err(),
        ContractError::FromTheFuture {
            asset: asset(),
            published_at: 1_000_001,
            now: 1_000_000,
        }
    );
}

#[rstest]
#[case::none(None, true)]
#[case::at_the_limit(Some("2"), true)]
#[case::too_wide(Some("2.000000000000000001"), false)]
#[case::absurd(Some("340282366920938463463.374607431768211455"), false)]
fn a_source_too_unsure_of_itself_is_not_live(#[case] confidence: Option<&str>, #[case] live: bool) {
    let mut world = World::with_feeders(1, 1);
    let feeder = world.feeder(0);
    let prices = vec![PricePush {
        confidence: confidence.map(d),
        ..price_push("A", "100")
    }];
    world.execute(&feeder, ExecuteMsg::Push { prices }).unwrap();
    assert_eq!(world.may_record("A").is_some(), live);
    assert_eq!(world.asset("A").sources[0].live, live);
}

#[test]
fn valid_until_is_when_too_few_are_left() {
    let mut world = World::with_feeders(3, 2);
    for (feeder, wait) in [(0, 30), (1, 30), (2, 30)] {
        world.push(feeder, "A", "100").unwrap();
        world.wait(wait);
    }
    world.poke("A").unwrap();
    // heard at 0, 30 and 60: the second-youngest counts
    assert_eq!(world.record("A").valid_until, 1_000_030 + 180);
}

// ---------------------------------------------------------------- add and update

#[test]
fn enough_fixed_sources_make_the_first_round_at_once() {
    let mut world = World::new();
    let added = world
        .add("USD", rule(1), vec![fixed("dollar", "1")])
        .unwrap();
    assert_eq!(kinds(&added), ["add_asset", "round"]);
    let record = world.record("USD");
    assert_eq!(record.valid_until, u64::MAX);
    world.wait(100_000_000);
    assert_eq!(record.strict("USD", world.now()), Ok(d("1")));
}

#[test]
fn an_asset_is_added_once() {
    let mut world = World::priced();
    let again = world.add("A", rule(1), vec![fixed("x", "1")]).unwrap_err();
    assert_eq!(again, ContractError::DuplicateAsset { asset: asset() });
}

#[test]
fn an_update_keeps_what_unchanged_sources_said() {
    let mut world = World::with_feeders(2, 1);
    world.push(0, "A", "100").unwrap();
    world.push(1, "A", "100").unwrap();
    let mut moved = world.push_source(1);
    moved.name = "renamed".to_owned();
    let sources = Some(vec![moved, world.push_source(0)]);
    let update = ExecuteMsg::UpdateAsset {
        asset: asset(),
        rule: None,
        sources,
    };
    world.as_owner(update).unwrap();
    let said: Vec<_> = world
        .asset("A")
        .sources
        .into_iter()
        .map(|view| (view.source.name, view.observation.is_some()))
        .collect();
    assert_eq!(
        said,
        [("renamed".to_owned(), false), ("f0".to_owned(), true)]
    );
}

#[test]
fn a_source_of_another_kind_starts_anew_under_its_old_name() {
    let mut world = World::with_feeders(1, 1);
    world.push(0, "A", "100").unwrap();
    let mut other = world.push_source(1);
    other.name = "f0".to_owned();
    let update = ExecuteMsg::UpdateAsset {
        asset: asset(),
        rule: None,
        sources: Some(vec![other.clone()]),
    };
    world.as_owner(update).unwrap();
    let views = world.asset("A").sources;
    assert_eq!(views[0].source, other);
    assert_eq!(views[0].observation, None);
}

#[test]
fn the_standing_price_lives_no_longer_than_the_sources_that_are_left() {
    let mut world = World::with_feeders(2, 1);
    world.push(0, "A", "100").unwrap();
    world.wait(INTERVAL);
    world.push(1, "A", "100").unwrap();
    assert_eq!(world.record("A").valid_until, 1_000_185);
    world.wait(1);
    // no round is due: the price stands, on the older source alone
    let update = ExecuteMsg::UpdateAsset {
        asset: asset(),
        rule: None,
        sources: Some(vec![world.push_source(0)]),
    };
    let updated = world.as_owner(update).unwrap();
    assert_eq!(kinds(&updated), ["update_asset"]);
    assert_eq!(world.record("A").valid_until, 1_000_180);

    // and on a source that has said nothing it is uncertain
    let update = ExecuteMsg::UpdateAsset {
        asset: asset(),
        rule: None,
        sources: Some(vec![world.push_source(7)]),
    };
    let updated = world.as_owner(update).unwrap();
    assert_eq!(kinds(&updated), ["update_asset", "uncertain"]);
    let status = Status::Uncertain {
        live: vec![],
        required: 1,
    };
    assert_eq!(world.record("A").status, status);
}

#[test]
fn a_new_rule_holds_at_once() {
    let mut world = World::with_feeders(2, 1);
    world.push(0, "A", "100").unwrap();
    world.wait(INTERVAL);
    let update = |min_sources| ExecuteMsg::UpdateAsset {
        asset: asset(),
        rule: Some(rule(min_sources)),
        sources: None,
    };
    world.as_owner(update(2)).unwrap();
    assert!(matches!(
        world.record("A").status,
        Status::Uncertain { required: 2, .. }
    ));
    let made = world.as_owner(update(1)).unwrap();
    assert_eq!(kinds(&made), ["update_asset", "round"]);
    assert_eq!(
        world.as_owner(update(3)).unwrap_err(),
        ContractError::InvalidRule {
            reason: "min_sources 3 is not from 1 to the 2 sources".to_owned()
        }
    );
}

// ---------------------------------------------------------------- halts

#[test]
fn the_owner_ends_a_halt() {
    let mut world = World::halted();
    let valid_until = world.record("A").valid_until;
    let ended = world
        .as_owner(ExecuteMsg::EndHalt { asset: asset() })
        .unwrap();
    assert_eq!(attribute(&ended, "halt_end", "by").unwrap(), "owner");
    let record = world.record("A");
    assert_eq!((record.price, record.ema), (d("200"), d("200")));
    assert_eq!(record.volatility, d("0.9975"));
    assert_eq!(record.status, Status::Live {});
    assert_eq!((record.round, record.valid_until), (1, valid_until));

    let again = world.as_owner(ExecuteMsg::EndHalt { asset: asset() });
    assert_eq!(
        again.unwrap_err(),
        ContractError::NotHalted { asset: asset() }
    );
}

// ---------------------------------------------------------------- switches

fn disable(name: &str) -> ExecuteMsg {
    ExecuteMsg::DisableSource {
        asset: asset(),
        source: name.to_owned(),
    }
}

fn enable(name: &str) -> ExecuteMsg {
    ExecuteMsg::EnableSource {
        asset: asset(),
        source: name.to_owned(),
    }
}

#[test]
fn the_guardian_switches_a_pull_source_off_and_the_owner_on() {
    let mut world = World::new();
    let sources = vec![external("pull"), world.push_source(0), fixed("fixed", "1")];
    world.add("A", rule(1), sources).unwrap();
    let [owner, guardian, other] = [world.owner.clone(), world.guardian.clone(), world.feeder(0)];

    assert_eq!(
        world.execute(&other, disable("pull")).unwrap_err(),
        ControlsError::NeitherGuardianNorOwner { sender: other }.into()
    );
    let off = world.execute(&guardian, disable("pull")).unwrap();
    assert_eq!(attribute(&off, "disable_source", "source").unwrap(), "pull");
    world.execute(&owner, disable("pull")).unwrap();
    assert!(world.asset("A").sources[0].disabled);
    // it is not asked: neither answered nor skipped
    let poked = world.poke("A").unwrap();
    assert_eq!(attribute(&poked, "poke", "skipped").unwrap(), "");

    // an update that keeps the source keeps the switch
    let sources = vec![external("pull"), fixed("fixed", "1")];
    let update = ExecuteMsg::UpdateAsset {
        asset: asset(),
        rule: None,
        sources: Some(sources),
    };
    world.as_owner(update).unwrap();
    assert!(world.asset("A").sources[0].disabled);

    assert_eq!(
        world.execute(&guardian, enable("pull")).unwrap_err(),
        ControlsError::Ownership(OwnershipError::NotOwner).into()
    );
    world.execute(&owner, enable("pull")).unwrap();
    assert!(!world.asset("A").sources[0].disabled);
    let poked = world.poke("A").unwrap();
    assert_eq!(
        attribute(&poked, "poke", "skipped").unwrap(),
        "pull: no answer"
    );
}

#[rstest]
#[case::push("f0")]
#[case::fixed("fixed")]
fn only_pull_sources_have_a_switch(#[case] name: &str) {
    let mut world = World::new();
    let sources = vec![world.push_source(0), fixed("fixed", "1")];
    world.add("A", rule(1), sources).unwrap();
    let guardian = world.guardian.clone();
    let expected = ContractError::NotAPullSource {
        asset: asset(),
        name: name.to_owned(),
    };
    let off = world.execute(&guardian, disable(name)).unwrap_err();
    assert_eq!(off, expected);
    assert_eq!(world.as_owner(enable(name)).unwrap_err(), expected);
}

// ---------------------------------------------------------------- retirement

fn announce(price: &str) -> ExecuteMsg {
    ExecuteMsg::AnnounceRetirement {
        asset: asset(),
        price: d(price),
    }
}

fn retire() -> ExecuteMsg {
    ExecuteMsg::RetireSynth { asset: asset() }
}

#[rstest]
#[case::live(World::priced(), 1)]
#[case::halted(World::halted(), 2)]
#[case::never_priced(World::with_feeders(2, 2), 0)]
fn a_synth_retires_a_day_after_the_announcement(#[case] mut world: World, #[case] sequence: u64) {
    let announced = world.as_owner(announce("42")).unwrap();
    let from = world.now() + RETIREMENT_NOTICE_SECS;
    assert_eq!(
        attribute(&announced, "announce_retirement", "from").unwrap(),
        from.to_string()
    );
    assert_eq!(
        world.asset("A").retirement,
        Some(Retirement {
            price: d("42"),
            from
        })
    );

    world.wait(RETIREMENT_NOTICE_SECS - 1);
    assert_eq!(
        world.as_owner(retire()).unwrap_err(),
        ContractError::TooEarly {
            asset: asset(),
            from,
            now: from - 1
        }
    );
    world.wait(1);
    let retired = world.as_owner(retire()).unwrap();
    assert_eq!(kinds(&retired), ["retire"]);

    let record = world.record("A");
    assert_eq!(record.status, Status::Retired {});
    assert_eq!((record.price, record.ema), (d("42"), d("42")));
    assert_eq!((record.volatility, record.decimals), (d("0"), 6));
    assert_eq!((record.round, record.updated_at), (sequence, from));
    let round = world.round("A", sequence);
    assert_eq!((round.price, round.median), (d("42"), d("42")));

    world.wait(1_000_000_000);
    let now = world.now();
    assert_eq!(record.strict("A", now), Ok(d("42")));
    assert_eq!(record.repay(now), d("42"));
    assert!(world.asset("A").sources.iter().all(|source| !source.live));
}

#[test]
fn nothing_moves_a_retired_synth() {
    let mut world = World::priced();
    world.as_owner(announce("42")).unwrap();
    world.wait(RETIREMENT_NOTICE_SECS);
    world.as_owner(retire()).unwrap();
    let update = ExecuteMsg::UpdateAsset {
        asset: asset(),
        rule: Some(rule(1)),
        sources: None,
    };
    let expected = ContractError::Retired { asset: asset() };
    assert_eq!(world.push(0, "A", "1").unwrap_err(), expected);
    assert_eq!(world.poke("A").unwrap_err(), expected);
    let cancel = ExecuteMsg::CancelRetirement { asset: asset() };
    for msg in [
        update,
        announce("1"),
        retire(),
        cancel,
        disable("f0"),
        enable("f0"),
    ] {
        assert_eq!(world.as_owner(msg).unwrap_err(), expected);
    }
    let end = world.as_owner(ExecuteMsg::EndHalt { asset: asset() });
    assert_eq!(
        end.unwrap_err(),
        ContractError::NotHalted { asset: asset() }
    );
}

#[test]
fn an_announcement_can_be_replaced_and_taken_back() {
    let mut world = World::priced();
    let cancel = ExecuteMsg::CancelRetirement { asset: asset() };
    let none = ContractError::NotAnnounced { asset: asset() };
    assert_eq!(world.as_owner(retire()).unwrap_err(), none);
    assert_eq!(world.as_owner(cancel.clone()).unwrap_err(), none);

    world.as_owner(announce("42")).unwrap();
    world.wait(RETIREMENT_NOTICE_SECS);
    world.as_owner(announce("43")).unwrap();
    let early = world.as_owner(retire()).unwrap_err();
    assert!(matches!(early, ContractError::TooEarly { .. }), "{early}");

    world.as_owner(cancel).unwrap();
    world.wait(RETIREMENT_NOTICE_SECS);
    assert_eq!(world.as_owner(retire()).unwrap_err(), none);
    assert_eq!(
        world.as_owner(announce("0")).unwrap_err(),
        ContractError::PriceOutOfRange {
            asset: asset(),
            price: d("0")
        }
    );
}

// ---------------------------------------------------------------- owner and guardian

#[rstest]
#[case::add(ExecuteMsg::AddAsset { asset: "B".to_owned(), decimals: 6, rule: rule(1), sources: vec![] })]
#[case::update(ExecuteMsg::UpdateAsset { asset: asset(), rule: Some(rule(1)), sources: None })]
#[case::end_halt(ExecuteMsg::EndHalt { asset: asset() })]
#[case::enable(enable("f0"))]
#[case::announce(announce("1"))]
#[case::cancel(ExecuteMsg::CancelRetirement { asset: asset() })]
#[case::retire(retire())]
#[case::guardian(ExecuteMsg::SetGuardian { guardian: None })]
#[case::ownership(ExecuteMsg::UpdateOwnership(Action::TransferOwnership { new_owner: MockApi::default().addr_make("x").into(), expiry: None }))]
fn only_the_owner(#[case] msg: ExecuteMsg) {
    let mut world = World::halted();
    let expected: ContractError = ControlsError::Ownership(OwnershipError::NotOwner).into();
    for sender in [world.guardian.clone(), world.feeder(0)] {
        assert_eq!(world.execute(&sender, msg.clone()).unwrap_err(), expected);
    }
}

#[test]
fn the_owner_names_another_guardian_and_hands_over_in_two_steps() {
    let mut world = World::priced();
    let [next, old] = [world.address("next"), world.guardian.clone()];
    let set = |guardian: Option<&Addr>| ExecuteMsg::SetGuardian {
        guardian: guardian.map(ToString::to_string),
    };
    world.as_owner(set(Some(&next))).unwrap();
    let config: ConfigResponse = world.query(QueryMsg::Config {}).unwrap();
    assert_eq!(config.guardian, Some(next.to_string()));
    assert_eq!(config.round_interval_secs, INTERVAL);
    assert!(world.execute(&old, disable("f0")).is_err());

    let offer = Action::TransferOwnership {
        new_owner: next.to_string(),
        expiry: None,
    };
    world.as_owner(ExecuteMsg::UpdateOwnership(offer)).unwrap();
    world.as_owner(set(None)).unwrap();
    let accept = ExecuteMsg::UpdateOwnership(Action::AcceptOwnership);
    world.execute(&next, accept).unwrap();
    assert!(world.as_owner(set(None)).is_err());
    let ownership: cw_ownable::Ownership<String> = world.query(QueryMsg::Ownership {}).unwrap();
    assert_eq!(ownership.owner, Some(next.to_string()));
    let renounce = ExecuteMsg::UpdateOwnership(Action::RenounceOwnership);
    assert_eq!(
        world.execute(&next, renounce).unwrap_err(),
        ControlsError::CannotRenounce {}.into()
    );
}

// ---------------------------------------------------------------- questions

#[test]
fn the_price_query_is_strict() {
    let mut world = World::priced();
    let ask = QueryMsg::Price { asset: asset() };
    world.wait(100);
    let answer: PriceAnswer = world.query(ask.clone()).unwrap();
    assert_eq!(
        answer,
        PriceAnswer {
            price: d("100"),
            published_at: 1_000_000,
            confidence: None
        }
    );
    world.wait(81);
    let stale = world.query::<PriceAnswer>(ask).unwrap_err();
    assert!(matches!(
        stale,
        ContractError::Price(PriceError::Stale { .. })
    ));

    world
        .add("USD", rule(1), vec![fixed("dollar", "1")])
        .unwrap();
    world.wait(1000);
    let ask = QueryMsg::Price {
        asset: "USD".to_owned(),
    };
    let answer: PriceAnswer = world.query(ask).unwrap();
    assert_eq!(answer.published_at, world.now());
}

#[test]
fn prices_come_in_the_order_asked_with_their_problems() {
    let mut world = World::halted();
    world
        .add("USD", rule(1), vec![fixed("dollar", "1")])
        .unwrap();
    world
        .add("NEW", rule(1), vec![world.push_source(0)])
        .unwrap();
    let assets = ["USD", "A", "NEW"].map(str::to_owned).to_vec();
    let views: Vec<PriceView> = world.query(QueryMsg::Prices { assets }).unwrap();
    let told: Vec<_> = views
        .iter()
        .map(|view| {
            let problem = view.problem.clone().unwrap_or_default();
            let problem = problem.split(':').next().unwrap().to_owned();
            (view.asset.as_str(), view.strict, view.repay, problem)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("USD", Some(d("1")), Some(d("1")), String::new()),
            ("A", None, Some(d("200")), "Halted".to_owned()),
            ("NEW", None, None, "NoPrice".to_owned()),
        ]
    );
    assert_eq!(views[1].exit.unwrap().low, d("100"));
    assert_eq!(views[2].record, None);

    let unknown = world.query::<Vec<PriceView>>(QueryMsg::Prices {
        assets: vec!["X".to_owned()],
    });
    assert_eq!(
        unknown.unwrap_err(),
        ContractError::UnknownAsset {
            asset: "X".to_owned()
        }
    );
    let many = world.query::<Vec<PriceView>>(QueryMsg::Prices {
        assets: vec![asset(); 65],
    });
    assert_eq!(
        many.unwrap_err(),
        ContractError::TooMany { count: 65, max: 64 }
    );
}

#[test]
fn assets_are_paged_by_id() {
    let mut world = World::new();
    for i in 0..40 {
        let id = format!("S{i:02}");
        world.add(&id, rule(1), vec![fixed("x", "1")]).unwrap();
    }
    let page = |start_after: Option<&str>, limit| -> Vec<String> {
        let ask = QueryMsg::Assets {
            start_after: start_after.map(str::to_owned),
            limit,
        };
        let assets: Vec<AssetResponse> = world.query(ask).unwrap();
        assets.into_iter().map(|asset| asset.asset).collect()
    };
    assert_eq!(page(None, None).len(), 10);
    assert_eq!(page(None, Some(99)).len(), 30);
    assert_eq!(page(Some("S37"), None), ["S38", "S39"]);
    assert!(page(Some("S39"), None).is_empty());
}

#[test]
fn rounds_are_paged_newest_first() {
    let mut world = World::priced();
    for _ in 0..99 {
        world.wait(INTERVAL);
        world.push(0, "A", "100").unwrap();
    }
    let page = |start_after, limit| -> Vec<u64> {
        let ask = QueryMsg::Rounds {
            asset: asset(),
            start_after,
            limit,
        };
        let rounds: Vec<Round> = world.query(ask).unwrap();
        rounds.into_iter().map(|round| round.sequence).collect()
    };
    assert_eq!(page(None, Some(3)), [99, 98, 97]);
    assert_eq!(page(None, Some(1000)).len(), 64);
    assert_eq!(page(Some(97), Some(2)), [96, 95]);
    assert_eq!(page(Some(38), Some(10)), [37, 36]);
    assert!(page(Some(36), None).is_empty());
    assert!(page(Some(0), None).is_empty());
}

#[test]
fn migration_checks_where_it_comes_from() {
    use ballast_oracle::contract::{CONTRACT_NAME, CONTRACT_VERSION, migrate};
    use ballast_types::MigrateMsg;
    let mut world = World::priced();
    let env = world.env.clone();
    assert!(migrate(world.deps.as_mut(), env.clone(), MigrateMsg {}).is_err());
    cw2::set_contract_version(&mut world.deps.storage, CONTRACT_NAME, "0.0.1").unwrap();
    migrate(world.deps.as_mut(), env.clone(), MigrateMsg {}).unwrap();
    let now = cw2::get_contract_version(&world.deps.storage).unwrap();
    assert_eq!(
        (now.contract.as_str(), now.version.as_str()),
        ("ballast-oracle", CONTRACT_VERSION)
    );
    cw2::set_contract_version(&mut world.deps.storage, "another", "0.0.1").unwrap();
    assert!(migrate(world.deps.as_mut(), env, MigrateMsg {}).is_err());
}
