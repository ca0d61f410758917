//! Answers: the state, quotes, positions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_sim::error_name;
use ballast_types::stability_pool::{
    BooksResponse, Headroom, Offer, StateResponse, WithdrawPreview,
};
use common::*;
use cosmwasm_std::Uint128;
use rstest::rstest;

#[test]
fn the_state_at_first() {
    let mut stage = Stage::new();
    let state = stage.state();
    let zero = Uint128::zero();
    let books = BooksResponse {
        supply: zero,
        pool_duca: zero,
        pool_dcm: zero,
        reserve: zero,
        par: dec256("2"),
        par_cover: None,
        market_cover: None,
    };
    let expected = StateResponse {
        books,
        lpd_supply: zero,
        seigniorage_due: zero,
        market: Some(dec256("2")),
        exchange_value: Some(dec256("2")),
        duca_price: Some(dec256("1")),
        problems: vec![],
        headroom: Headroom::default(),
        next_burn_at: 0,
        next_contraction_at: 0,
    };
    assert_eq!(state, expected);
    stage.price("DCM", "3");
    stage.price("DUCA", "0.9");
    let state = stage.state();
    assert_eq!(state.exchange_value, Some(dec256("3")));
    assert_eq!(state.duca_price, Some(dec256("0.9")));
}

/// N = 200,000, R = 100,000, y = 1,000,000.
#[test]
fn both_covers() {
    let mut stage = Stage::stocked();
    stage.price("DCM", "0.15");
    let books = stage.state().books;
    assert_eq!(books.par_cover, Some(dec256("1")));
    assert_eq!(books.market_cover, Some(dec256("0.825")));
    assert_eq!(stage.state().exchange_value, Some(dec256("2")));
}

#[test]
fn the_state_without_prices() {
    let mut stage = Stage::stocked();
    stage.forget("DUCA");
    let state = stage.state();
    assert_eq!((state.market, state.duca_price), (Some(dec256("2")), None));
    assert_eq!(state.problems, ["NoPrice: DUCA has no price yet"]);
    stage.price("DUCA", "1");
    stage.wait_silently(100);
    stage.price("DUCA", "1");
    let state = stage.state();
    assert_eq!((state.market.is_some(), state.duca_price), (true, None));
    assert!(state.problems[0].starts_with("RoundsApart: "));
    stage.forget("DCM");
    let state = stage.state();
    assert_eq!(
        (state.market, state.exchange_value, state.duca_price),
        (None, None, None)
    );
    assert_eq!(state.problems, ["NoPrice: DCM has no price yet"]);
    assert_eq!(state.books.market_cover, None);
    assert_eq!(state.books.par_cover, Some(dec256("1")));
}

/// Every number of a quote, and of each in a sequence, is what the swaps then do.
#[rstest]
fn quotes_are_the_swaps(#[values(false, true)] guarded: bool) {
    let mut stage = Stage::stocked();
    if guarded {
        stage.set_guards(|guards| {
            guards.band = Some(dec("0.05"));
            guards.max_par_rise = Some(dec("0.5"));
            guards.max_seigniorage = Some(dec("0.5"));
            guards.min_mint_price = Some(dec("0.8"));
            guards.min_mint_cover = Some(dec("0.5"));
        });
    }
    let plan = [
        (Offer::Dcm, 30_000 * ONE),
        (Offer::Dcm, 40_000 * ONE + 1),
        (Offer::Duca, 33_333_333_333),
        (Offer::Duca, 7),
        (Offer::Dcm, 3),
        (Offer::Duca, 100_000 * ONE),
    ];
    for (market, average, price) in [("1.7", "1.66", "0.93"), ("2.9", "2.95", "1.02")] {
        stage.price_with_average("DCM", market, average);
        stage.price("DUCA", price);
        let quotes = stage.quotes(&plan).unwrap();
        assert_eq!(quotes[0], stage.quote(plan[0].0, plan[0].1).unwrap());
        for ((offer, amount), quote) in plan.into_iter().zip(quotes) {
            let (dcm, duca, due) = (stage.dcm_of("amo"), stage.duca_of("amo"), stage.due());
            let supply = stage.supply();
            let out = match offer {
                Offer::Dcm => {
                    stage.swap_dcm("amo", amount).unwrap();
                    assert_eq!(stage.dcm_of("amo"), dcm - amount);
                    stage.duca_of("amo") - duca
                }
                Offer::Duca => {
                    stage.swap_duca("amo", amount).unwrap();
                    assert_eq!(stage.duca_of("amo"), duca - amount);
                    stage.dcm_of("amo") - dcm
                }
            };
            assert_eq!(quote.out.u128(), out);
            assert_eq!(quote.seigniorage.u128(), stage.due() - due);
            assert_eq!(quote.minted.u128(), stage.supply() - supply);
            assert_eq!(quote.after, stage.state().books);
        }
    }
}

/// A quote errs as the swap would, and a sequence as the first of its swaps that fails.
#[test]
fn quotes_err_as_swaps_do() {
    let mut stage = Stage::stocked();
    let named = |result: anyhow::Result<_>| -> String {
        let error: anyhow::Error = result.map(|_: Vec<_>| ()).unwrap_err();
        error_name(&error)
    };
    stage.set_guards(|guards| guards.max_minted = Some((1_000 * ONE).into()));
    let stock = (Offer::Dcm, 50_000 * ONE);
    let minting = (Offer::Dcm, 600 * ONE);
    assert_eq!(
        named(stage.quotes(&[minting, stock, minting])),
        "LimitExceeded"
    );
    assert_eq!(named(stage.quotes(&[(Offer::Dcm, 0)])), "ZeroAmount");
    assert_eq!(named(stage.quotes(&[(Offer::Duca, 1)])), "NothingOut");
    assert_eq!(
        named(stage.quotes(&[(Offer::Duca, 1 << 90)])),
        "EmptiesPool"
    );
    assert_eq!(
        named(stage.quotes(&[(Offer::Dcm, u128::MAX)])),
        "OutOfRange"
    );
    let many = vec![(Offer::Dcm, ONE); 33];
    assert_eq!(named(stage.quotes(&many)), "TooMany");
    assert_eq!(stage.quotes(&many[..32]).unwrap().len(), 32);
    assert!(stage.quotes(&[]).unwrap().is_empty());
    stage.switch_off(ballast_types::stability_pool::Operation::SwapDuca);
    assert_eq!(named(stage.quotes(&[(Offer::Duca, ONE)])), "SwitchedOff");
    stage.forget("DCM");
    assert_eq!(named(stage.quotes(&[(Offer::Dcm, ONE)])), "NoPrice");
}

#[test]
fn a_position() {
    let mut stage = Stage::stocked();
    stage.provide("bob", 105_000 * ONE).unwrap();
    stage.price("DCM", "3");
    let position = stage.position("bob");
    assert_eq!(position.lpd.u128(), 100_000 * ONE);
    assert_eq!(position.share, dec256("0.090909090909090909"));
    let pays = WithdrawPreview {
        dcm: 98_445_454_545u128.into(),
        duca: 8_909_090_909u128.into(),
    };
    assert_eq!(position.withdrawable, pays);
    assert_eq!(stage.preview_withdraw(100_000 * ONE).unwrap(), pays);
    // 98,445.454545 · 3 + 8,909.090909
    assert_eq!(position.value, Some(dec256("304245.454544")));
    stage.forget("DCM");
    assert_eq!(stage.position("bob").value, None);
    stage.withdraw_all("bob").unwrap();
    assert_eq!(stage.duca_of("bob"), 8_909_090_909);
    let nobody = stage.position("mallory");
    assert_eq!((nobody.lpd.u128(), nobody.share), (0, dec256("0")));
    let empty = Stage::new().position("bob");
    assert_eq!(empty.withdrawable, WithdrawPreview::default());
}
