//! DCM for DUCA.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::stability_pool::{ExecuteMsg, Offer, Operation, SwapQuote};
use common::*;
use cosmwasm_std::{Coin, Uint128};
use rstest::rstest;

/// The table of DESIGN §9, 1,000 in from P = 2 and N ≤ 2R, out of the pool's stock.
#[rstest]
#[case::above_par("3", 3000, 0)]
#[case::at_par("2", 2000, 0)]
#[case::below_par("1.5", 1500, 250)]
#[case::far_below_par("0.5", 500, 750)]
fn the_table(#[case] market: &str, #[case] out: u128, #[case] treasury: u128) {
    let mut stage = Stage::stocked();
    stage.price("DCM", market);
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    assert_eq!(stage.duca_of("amo"), 100_000 * ONE + out * ONE);
    assert_eq!(stage.due(), treasury * ONE);
    let dcm = 1_000_000 * ONE + (1_000 - treasury) * ONE;
    assert_eq!(stage.books(), (dcm, (100_000 - out) * ONE, 100_000 * ONE));
    assert_eq!((stage.supply(), stage.par()), (200_000 * ONE, "2".into()));
}

/// The same where the pool has no DUCA: all of it is minted, all that buys it goes to the
/// Reserve.
#[rstest]
#[case::above_par("3", 3000, 0)]
#[case::at_par("2", 2000, 0)]
#[case::below_par("1.5", 1500, 250)]
#[case::far_below_par("0.5", 500, 750)]
fn the_table_all_minted(
    #[case] market: &str,
    #[case] out: u128,
    #[case] treasury: u128,
    #[values(false, true)] cw20_dcm: bool,
) {
    let mut stage = Stage::with(|setup| setup.cw20_dcm = cw20_dcm);
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.price("DCM", market);
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    assert_eq!(stage.duca_of("amo"), (2_000 + out) * ONE);
    assert_eq!(stage.due(), treasury * ONE);
    assert_eq!(stage.books(), (0, 0, (2_000 - treasury) * ONE));
    assert_eq!(stage.dcm_of("amo"), (WEALTH - 2_000) * ONE);
}

/// 1,000 DCM at M = 1.5 buy 1,500 DUCA of which the pool has 600: 250 DCM are seigniorage, and
/// of the other 750 the Reserve gets 450 for the 900 that are minted, the pool 300.
#[test]
fn a_mint_of_only_the_shortfall() {
    let mut stage = Stage::new();
    stage.provide("alice", 1_000 * ONE).unwrap();
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.donate_duca("amo", 600 * ONE).unwrap();
    stage.price("DCM", "1.5");
    let quote = stage.quote(Offer::Dcm, 1_000 * ONE).unwrap();
    let done = stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    assert_eq!(stage.books(), (1_300 * ONE, 0, 1_450 * ONE));
    assert_eq!(stage.due(), 250 * ONE);
    assert_eq!(stage.duca_of("amo"), 2_900 * ONE);
    assert_eq!((stage.supply(), stage.par()), (2_900 * ONE, "2".into()));
    for (key, figure) in [
        ("amount", 1_000 * ONE),
        ("out", 1_500 * ONE),
        ("minted", 900 * ONE),
        ("seigniorage", 250 * ONE),
        ("to_reserve", 450 * ONE),
        ("to_pool", 300 * ONE),
        ("pool_dcm", 1_300 * ONE),
        ("pool_duca", 0),
        ("reserve", 1_450 * ONE),
        ("supply", 2_900 * ONE),
    ] {
        assert_eq!(attribute(&stage, &done, "swap", key), figure.to_string());
    }
    for (key, text) in [
        ("offer", "dcm"),
        ("market", "1.5"),
        ("par", "2"),
        ("payer", addr("amo").as_str()),
        ("recipient", addr("amo").as_str()),
    ] {
        assert_eq!(attribute(&stage, &done, "swap", key), text);
    }
    let SwapQuote {
        out,
        seigniorage,
        minted,
        to_reserve,
        to_pool,
        market,
        duca_price,
        after,
    } = quote;
    let figures = [out, seigniorage, minted, to_reserve, to_pool].map(|n| n.u128() / ONE);
    assert_eq!(figures, [1_500, 250, 900, 450, 300]);
    assert_eq!((market, duca_price), (dec256("1.5"), None));
    assert_eq!(after, stage.state().books);
}

/// Supply 2,000, Reserve 1,000: minting with 250 DCM at M = 4 raises P to 3,000 / 1,250.
#[test]
fn a_mint_above_par_raises_par() {
    let mut stage = Stage::new();
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    assert_eq!(stage.books().2, 1_000 * ONE);
    assert_eq!((stage.supply(), stage.par()), (2_000 * ONE, "2".into()));
    stage.price("DCM", "4");
    stage.swap_dcm("amo", 250 * ONE).unwrap();
    assert_eq!(stage.books().2, 1_250 * ONE);
    assert_eq!((stage.supply(), stage.par()), (3_000 * ONE, "2.4".into()));
    // it stands, whatever the market does
    stage.price("DCM", "1");
    stage.swap_dcm("amo", 250 * ONE).unwrap();
    stage.price("DCM", "2.4");
    stage.swap_dcm("amo", 250 * ONE).unwrap();
    assert_eq!(stage.par(), "2.4");
}

/// Out of the stock no DUCA is minted, and par stays at any price.
#[test]
fn without_a_mint_par_stays() {
    let mut stage = Stage::stocked();
    stage.price("DCM", "100");
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    assert_eq!(stage.par(), "2");
    assert_eq!(stage.books().1, 0);
    stage.swap_dcm("amo", 1).unwrap();
    assert_ne!(stage.par(), "2");
}

/// DCM of 18 decimals, DUCA of 6, and the other way round.
#[rstest]
#[case(18, 6)]
#[case(6, 18)]
#[case(0, 2)]
fn other_decimals(#[case] dcm_decimals: u8, #[case] duca_decimals: u8) {
    let mut stage = Stage::with(|setup| {
        setup.dcm_decimals = dcm_decimals;
        setup.duca_decimals = duca_decimals;
    });
    let (dcm, duca) = (
        10u128.pow(dcm_decimals.into()),
        10u128.pow(duca_decimals.into()),
    );
    stage.swap_dcm("amo", 1_000 * dcm).unwrap();
    assert_eq!(stage.duca_of("amo"), 2_000 * duca);
    stage.price("DCM", "1.5");
    stage.swap_dcm("amo", 1_000 * dcm).unwrap();
    assert_eq!(stage.duca_of("amo"), 3_500 * duca);
    assert_eq!(stage.due(), 250 * dcm);
    stage.price("DCM", "4");
    stage.swap_dcm("amo", 10 * dcm).unwrap();
    assert_eq!(stage.duca_of("amo"), 3_540 * duca);
    // 3,540 / 1,760
    assert_eq!(stage.par(), "2.011363636363636364");
}

#[test]
fn prices_are_against_the_numeraire() {
    let mut stage = Stage::with(|setup| setup.numeraire = Some("EUR"));
    stage.price("EUR", "1.25");
    stage.price("DCM", "2.5");
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    assert_eq!(stage.duca_of("amo"), 2_000 * ONE);
    assert_eq!(stage.state().market, Some(dec256("2")));
    assert_eq!(stage.state().duca_price, Some(dec256("0.8")));
}

#[test]
fn a_recipient_may_be_named() {
    let mut stage = Stage::new();
    let done = stage
        .swap_dcm_for("amo", 1_000 * ONE, 2_000 * ONE, Some("bob"))
        .unwrap();
    assert_eq!(stage.duca_of("bob"), 2_000 * ONE);
    let recipient = attribute(&stage, &done, "swap", "recipient");
    assert_eq!(recipient, addr("bob").as_str());
    stage.refused("InvalidAddress", |s| {
        let msg = ExecuteMsg::Swap {
            min_out: Uint128::zero(),
            recipient: Some("bob".into()),
        };
        s.act_with("amo", &msg, &[Coin::new(1u128, DENOM)])
    });
}

#[test]
fn only_an_amo_swaps() {
    let mut stage = Stage::new();
    for who in ["alice", "owner"] {
        let name = addr(who);
        stage.refused_with("NotAnAmo", &[name.as_str()], |s| s.swap_dcm(who, ONE));
    }
}

#[test]
fn not_less_than_was_asked_for() {
    let mut stage = Stage::new();
    stage.refused_with("Slippage", &["2000000000 of DUCA", "2000000001"], |s| {
        s.swap_dcm_for("amo", 1_000 * ONE, 2_000 * ONE + 1, None)
    });
    stage
        .swap_dcm_for("amo", 1_000 * ONE, 2_000 * ONE, None)
        .unwrap();
}

#[test]
fn dust_that_buys_nothing_is_refused() {
    let mut stage = Stage::new();
    stage.price("DCM", "0.5");
    stage.refused("NothingOut", |s| s.swap_dcm("amo", 1));
    stage.swap_dcm("amo", 2).unwrap();
    assert_eq!(stage.duca_of("amo"), 1);
}

#[rstest]
#[case::none(&[])]
#[case::another(&[(1, "uatom")])]
#[case::two(&[(5, DENOM), (1, "uatom")])]
fn exact_funds(#[case] coins: &[(u128, &str)]) {
    let mut stage = Stage::new();
    give(&mut stage.app, &addr("amo"), "uatom", 10);
    let funds: Vec<Coin> = coins
        .iter()
        .map(|(amount, denom)| Coin::new(*amount, *denom))
        .collect();
    let msg = ExecuteMsg::Swap {
        min_out: Uint128::zero(),
        recipient: None,
    };
    stage.refused("Payment", |s| s.act_with("amo", &msg, &funds));
}

#[test]
fn a_cw20_dcm_is_sent() {
    let mut stage = Stage::with(|setup| setup.cw20_dcm = true);
    give(&mut stage.app, &addr("amo"), DENOM, 10);
    let msg = ExecuteMsg::Swap {
        min_out: Uint128::zero(),
        recipient: None,
    };
    stage.refused("NotNative", |s| {
        s.act_with("amo", &msg, &[Coin::new(1u128, DENOM)])
    });
}

#[test]
fn switches() {
    let mut stage = Stage::stocked();
    stage.switch_off(Operation::Mint);
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.refused_with("SwitchedOff", &["mint"], |s| {
        s.swap_dcm("amo", 50_000 * ONE)
    });
    stage.switch_off(Operation::SwapDcm);
    stage.refused_with("SwitchedOff", &["swap_dcm"], |s| s.swap_dcm("amo", ONE));
    stage.swap_duca("amo", ONE).unwrap();
}

/// Nothing is done at a price that is missing, stale, uncertain, halted or known in advance.
#[test]
fn strict_prices() {
    use ballast_types::oracle::Status;
    let mut stage = Stage::new();
    let swap = |s: &mut Stage| s.swap_dcm("amo", ONE);
    stage.wait_silently(MAX_AGE + 1);
    stage.refused("Stale", swap);
    stage.price("DCM", "2");
    stage.change_record("DCM", |record| {
        record.status = Status::Halted {
            first: dec("200"),
            since: 0,
            latest: dec("200"),
        };
    });
    stage.refused("Halted", swap);
    stage.change_record("DCM", |record| {
        record.status = Status::Uncertain {
            live: vec![],
            required: 3,
        };
    });
    stage.refused("Uncertain", swap);
    stage.change_record("DCM", |record| record.status = Status::Retired {});
    stage.refused("Retiring", swap);
    stage.price("DCM", "2");
    stage.change_record("DCM", |record| record.retiring = true);
    stage.refused("Retiring", swap);
    stage.forget("DCM");
    stage.refused("NoPrice", swap);
    stage.price("DCM", "2");
    // the feed of DUCA is no matter here
    stage.forget("DUCA");
    swap(&mut stage).unwrap();
}

/// A price of the numeraire that never changes is never too far from another.
#[test]
fn rounds_at_most_a_minute_apart() {
    let mut stage = Stage::with(|setup| setup.numeraire = Some("EUR"));
    stage.price("EUR", "1");
    stage.wait_silently(60);
    stage.price("DCM", "2");
    stage.swap_dcm("amo", ONE).unwrap();
    stage.wait_silently(1);
    stage.price("DCM", "2");
    stage.refused_with("RoundsApart", &["DCM", "EUR", "61 s"], |s| {
        s.swap_dcm("amo", ONE)
    });
    stage.change_record("EUR", |record| record.valid_until = u64::MAX);
    stage.swap_dcm("amo", ONE).unwrap();
}
