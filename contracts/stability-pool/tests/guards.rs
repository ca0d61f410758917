//! Each guard at its line and beyond it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::stability_pool::{ExecuteMsg, Guards, Offer};
use common::*;
use cosmwasm_std::Decimal;
use rstest::rstest;

fn whole(amount: u128) -> Option<cosmwasm_std::Uint128> {
    Some((amount * ONE).into())
}

#[test]
fn duca_minted_in_a_day() {
    let mut stage = Stage::with(|setup| setup.guards.max_minted = whole(1_000));
    assert_eq!(stage.state().headroom.minted, whole(1_000));
    stage.swap_dcm("amo", 400 * ONE).unwrap();
    assert_eq!(stage.state().headroom.minted, whole(200));
    stage.refused_with(
        "LimitExceeded",
        &["200000002 of minted DUCA", "200000000 more"],
        |s| s.swap_dcm("amo", 100 * ONE + 1),
    );
    stage.swap_dcm("amo", 100 * ONE).unwrap();
    stage.wait(DAY - 1);
    stage.refused("LimitExceeded", |s| s.swap_dcm("amo", ONE));
    // what the pool has is not minted
    stage.donate_duca("amo", 10 * ONE).unwrap();
    stage.swap_dcm("amo", ONE).unwrap();
    stage.wait(2 * 3_600);
    assert_eq!(stage.state().headroom.minted, whole(1_000));
    stage.swap_dcm("amo", 500 * ONE).unwrap();
}

#[test]
fn dcm_paid_out_in_a_day() {
    let mut stage = Stage::stocked();
    stage.set_guards(|guards| guards.max_paid_out = whole(1_000));
    stage.price("DUCA", "0.9");
    stage.swap_duca("amo", 1_200 * ONE).unwrap();
    // seigniorage leaves the pool as well
    assert_eq!(stage.state().headroom.paid_out, whole(400));
    stage.refused_with(
        "LimitExceeded",
        &["of paid out DCM", "400000000 more"],
        |s| s.swap_duca("amo", 802 * ONE),
    );
    stage.swap_duca("amo", 800 * ONE).unwrap();
    stage.refused("LimitExceeded", |s| s.swap_duca("amo", 100));
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    // the way out of the pool is another
    stage.withdraw("alice", 500_000 * ONE).unwrap();
    stage.wait(DAY + 7_200);
    stage.swap_duca("amo", 2_000 * ONE).unwrap();
}

/// 1 % of the 1,000,000 DCM that the pool has.
#[test]
fn seigniorage_in_a_day() {
    let mut stage = Stage::stocked();
    stage.set_guards(|guards| guards.max_seigniorage = Some(Decimal::percent(1)));
    stage.price("DCM", "1.5");
    assert_eq!(stage.state().headroom.seigniorage, whole(10_000));
    stage.swap_dcm("amo", 20_000 * ONE).unwrap();
    assert_eq!(stage.due(), 5_000 * ONE);
    // the pool has 15,000 DCM more
    assert_eq!(stage.state().headroom.seigniorage, whole(5_150));
    stage.refused_with(
        "LimitExceeded",
        &["of seigniorage", "5150000000 more"],
        |s| s.swap_dcm("amo", 20_604 * ONE),
    );
    stage.swap_dcm("amo", 20_600 * ONE).unwrap();
    // both directions count, and forwarding forgets nothing
    stage.forward().unwrap();
    stage.price("DUCA", "0.9");
    let left = stage.state().headroom.seigniorage.unwrap().u128();
    assert_eq!(left, 154_500_000);
    stage.refused("LimitExceeded", |s| s.swap_duca("amo", 2_400 * ONE));
    stage.swap_duca("amo", 2_300 * ONE).unwrap();
    // what bears no seigniorage goes on
    stage.price("DUCA", "1");
    stage.swap_duca("amo", 2_300 * ONE).unwrap();
    stage.price("DCM", "2");
    stage.swap_dcm("amo", 2_300 * ONE).unwrap();
}

/// From 2 to 2.02 and no further.
#[test]
fn rise_of_par_in_a_day() {
    let mut stage = Stage::with(|setup| setup.guards.max_par_rise = Some(Decimal::percent(1)));
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.price("DCM", "4");
    // (2,000 + 4d) / (1,000 + d) ≤ 2.02 up to d = 10.10101
    stage.refused_with("ParLimitExceeded", &["at most by 0.02"], |s| {
        s.swap_dcm("amo", 10_101_011)
    });
    stage.swap_dcm("amo", 5 * ONE).unwrap();
    assert_eq!(stage.par(), "2.009950248756218906");
    let headroom = stage.state().headroom.par_rise.unwrap();
    assert_eq!(headroom, dec256("0.010049751243781094"));
    stage.refused("ParLimitExceeded", |s| s.swap_dcm("amo", 5_101_011));
    stage.swap_dcm("amo", 5_101_010).unwrap();
    stage.wait(DAY);
    stage.refused("ParLimitExceeded", |s| s.swap_dcm("amo", ONE));
    // at or below par a mint raises nothing
    stage.price("DCM", "2");
    stage.swap_dcm("amo", 100 * ONE).unwrap();
    stage.wait(2 * 3_600);
    stage.price("DCM", "4");
    stage.swap_dcm("amo", 5 * ONE).unwrap();
}

/// Within the band the worse price counts: the lower for who sells DCM, the higher for who buys.
#[test]
fn the_worse_price_within_the_band() {
    let mut stage = Stage::stocked();
    stage.set_guards(|guards| guards.band = Some(Decimal::percent(5)));
    for (spot, average) in [("2", "2.1"), ("2.1", "2")] {
        stage.price_with_average("DCM", spot, average);
        assert_eq!(
            stage.quote(Offer::Dcm, 1_000 * ONE).unwrap().out.u128(),
            2_000 * ONE
        );
        let back = stage.quote(Offer::Duca, 2_100 * ONE).unwrap();
        assert_eq!((back.out.u128(), back.market), (1_000 * ONE, dec256("2.1")));
    }
    stage.price("DCM", "2");
    stage.price_with_average("DUCA", "1", "0.96");
    let quote = stage.quote(Offer::Duca, 1_000 * ONE).unwrap();
    assert_eq!(
        (quote.out.u128(), quote.seigniorage.u128()),
        (480 * ONE, 20 * ONE)
    );
}

#[rstest]
#[case::too_dear("2.100001")]
#[case::too_cheap("1.899999")]
fn outside_the_band_nobody_swaps_or_enters(#[case] spot: &str) {
    let mut stage = Stage::stocked();
    stage.set_guards(|guards| guards.band = Some(Decimal::percent(5)));
    stage.price_with_average("DCM", spot, "2");
    stage.refused_with("OutsideBand", &["M is", spot, "0.05"], |s| {
        s.swap_dcm("amo", ONE)
    });
    stage.refused("OutsideBand", |s| s.swap_duca("amo", ONE));
    stage.refused("OutsideBand", |s| s.provide("bob", ONE));
    stage.withdraw("alice", ONE).unwrap();
    stage.burn().unwrap();
    stage.price("DCM", "2");
    stage.price_with_average("DUCA", "1", "1.1");
    stage.swap_dcm("amo", ONE).unwrap();
    stage.refused_with("OutsideBand", &["D is 1"], |s| s.swap_duca("amo", ONE));
}

/// Who enters pays for the pool's DUCA at the lower of both prices of DCM.
#[test]
fn who_enters_gets_the_worse_price_too() {
    let mut stage = Stage::stocked();
    stage.set_guards(|guards| guards.band = Some(Decimal::percent(5)));
    stage.price("DCM", "1.6");
    let fair = stage.preview_provide(100_000 * ONE).unwrap().lpd;
    for (spot, average) in [("1.6", "1.64"), ("1.64", "1.6")] {
        stage.price_with_average("DCM", spot, average);
        assert_eq!(stage.preview_provide(100_000 * ONE).unwrap().lpd, fair);
    }
}

#[test]
fn mints_only_while_duca_is_at_its_price() {
    let mut stage = Stage::stocked();
    stage.set_guards(|guards| guards.min_mint_price = Some(Decimal::one()));
    stage.price("DUCA", "0.999");
    // what the pool has is not minted
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.refused_with("MintBelowPrice", &["0.999", "below 1 none"], |s| {
        s.swap_dcm("amo", 100_000 * ONE)
    });
    stage.price("DUCA", "1");
    let quote = stage.quote(Offer::Dcm, 100_000 * ONE).unwrap();
    assert_eq!(quote.duca_price, Some(dec256("1")));
    stage.forget("DUCA");
    stage.swap_dcm("amo", ONE).unwrap();
    stage.refused("NoPrice", |s| s.swap_dcm("amo", 100_000 * ONE));
    stage.price("DUCA", "1");
    // with a band, the lower of price and average
    stage.set_guards(|guards| guards.band = Some(Decimal::percent(5)));
    stage.price_with_average("DUCA", "1.01", "0.99");
    stage.refused_with("MintBelowPrice", &["0.99,"], |s| {
        s.swap_dcm("amo", 100_000 * ONE)
    });
}

/// N = 2,000, R = 1,000, y = 200: at M = 1.5, the cover before is 0.9, and after another mint of
/// 750 DUCA for 375 DCM and 125 of seigniorage it is 1.5 · 1,575 / 2,750.
#[test]
fn mints_only_while_market_cover_is_enough() {
    let mut stage = Stage::new();
    stage.provide("alice", 200 * ONE).unwrap();
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.price("DCM", "1.5");
    stage.set_guards(|guards| guards.min_mint_cover = Some(dec("0.86")));
    assert_eq!(stage.state().books.market_cover, Some(dec256("0.9")));
    stage.refused_with("MintBelowCover", &["0.85909090909090909,", "0.86"], |s| {
        s.swap_dcm("amo", 500 * ONE)
    });
    stage.set_guards(|guards| guards.min_mint_cover = Some(dec("0.859")));
    stage.swap_dcm("amo", 500 * ONE).unwrap();
    assert_eq!(
        stage.state().books.market_cover,
        Some(dec256("0.85909090909090909"))
    );
    // with a band, at the lower of price and average
    stage.set_guards(|guards| {
        guards.band = Some(Decimal::percent(5));
        guards.min_mint_cover = Some(dec("0.84"));
    });
    stage.price_with_average("DCM", "1.5", "1.45");
    stage.refused("MintBelowCover", |s| s.swap_dcm("amo", ONE));
}

/// The first mint stands for itself: M·R/N = 1.
#[test]
fn a_floor_of_one_allows_the_first_mint() {
    let mut stage = Stage::with(|setup| setup.guards.min_mint_cover = Some(Decimal::one()));
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    assert_eq!(stage.state().books.market_cover, Some(dec256("1")));
    stage.price("DCM", "1.99");
    stage.refused("MintBelowCover", |s| s.swap_dcm("amo", ONE));
}

/// What happened before a limit was set counts against it.
#[test]
fn a_new_limit_remembers() {
    let mut stage = Stage::new();
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.set_guards(|guards| guards.max_minted = whole(2_500));
    assert_eq!(stage.state().headroom.minted, whole(500));
    stage.set_guards(|guards| guards.max_minted = None);
    assert_eq!(stage.state().headroom.minted, None);
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.set_guards(|guards| guards.max_minted = whole(2_500));
    assert_eq!(stage.state().headroom.minted, whole(0));
}

#[test]
fn the_owner_sets_them() {
    let mut stage = Stage::new();
    let guards = Guards {
        max_minted: whole(1),
        max_paid_out: whole(2),
        max_seigniorage: Some(dec("0.01")),
        max_par_rise: Some(dec("0.02")),
        band: Some(dec("0.05")),
        min_mint_price: Some(dec("0.99")),
        min_mint_cover: None,
    };
    let msg = ExecuteMsg::UpdateGuards {
        guards: guards.clone(),
    };
    for who in ["amo", "guardian"] {
        stage.refused("Ownership", |s| s.act(who, &msg));
    }
    let done = stage.act("owner", &msg).unwrap();
    assert_eq!(stage.config().guards, guards);
    for (key, text) in [
        ("max_minted", "1000000"),
        ("max_paid_out", "2000000"),
        ("max_seigniorage", "0.01"),
        ("max_par_rise", "0.02"),
        ("band", "0.05"),
        ("min_mint_price", "0.99"),
        ("min_mint_cover", "off"),
    ] {
        assert_eq!(attribute(&stage, &done, "update_guards", key), text);
    }
}

#[rstest]
#[case("max_seigniorage", |g: &mut Guards| g.max_seigniorage = Some(dec("1.01")))]
#[case("max_par_rise", |g: &mut Guards| g.max_par_rise = Some(dec("1.01")))]
#[case("band", |g: &mut Guards| g.band = Some(Decimal::one()))]
#[case("min_mint_price", |g: &mut Guards| g.min_mint_price = Some(Decimal::zero()))]
#[case("min_mint_cover", |g: &mut Guards| g.min_mint_cover = Some(Decimal::zero()))]
fn bad_numbers(#[case] name: &str, #[case] change: fn(&mut Guards)) {
    let mut stage = Stage::new();
    let mut guards = Guards::default();
    change(&mut guards);
    let msg = ExecuteMsg::UpdateGuards { guards };
    stage.refused_with("InvalidParams", &[name], |s| s.act("owner", &msg));
    let refused = Stage::try_of(Setup::default(), |msg| change(&mut msg.guards));
    let error = refused.err().unwrap();
    assert!(format!("{error:#}").contains(name), "{error:#}");
}
