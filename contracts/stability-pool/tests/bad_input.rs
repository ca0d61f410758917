//! Amounts near the top of 128 bits: an act succeeds and leaves sound books, or it is refused
//! with a typed error and changes nothing.
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
use common::*;
use rstest::rstest;

const NAMES: [&str; 4] = ["OutOfRange", "Overflow", "EmptiesPool", "NothingOut"];

fn act(stage: &mut Stage, what: &str, amount: u128) -> anyhow::Result<cw_multi_test::AppResponse> {
    match what {
        "swap dcm" => stage.swap_dcm("amo", amount),
        "swap duca" => stage.swap_duca("amo", amount),
        "provide" => stage.provide("amo", amount),
        "withdraw" => stage.withdraw("amo", amount),
        "donate" => stage.donate_dcm("amo", amount),
        _ => stage.burn(),
    }
}

#[rstest]
fn near_the_top(
    #[values(96, 110, 120, 126)] bits: u32,
    #[values("0.000000000001", "1", "1000000000000")] market: &str,
    #[values(0, 18)] dcm_decimals: u8,
    #[values(0, 18)] duca_decimals: u8,
    #[values(false, true)] guarded: bool,
) {
    let mut stage = Stage::with(|setup| {
        setup.dcm_decimals = dcm_decimals;
        setup.duca_decimals = duca_decimals;
        if guarded {
            setup.guards.max_minted = Some((u128::MAX / 2).into());
            setup.guards.max_paid_out = Some((u128::MAX / 2).into());
            setup.guards.max_seigniorage = Some(dec("1"));
            setup.guards.band = Some(dec("0.05"));
            setup.guards.min_mint_cover = Some(dec("0.000000000001"));
        }
    });
    give(&mut stage.app, &addr("amo"), DENOM, 1 << 127);
    stage.price("DCM", market);
    let mut done = 0;
    for what in [
        "provide",
        "swap dcm",
        "donate",
        "swap duca",
        "burn",
        "withdraw",
        "provide",
        "swap dcm",
    ] {
        let amount = 1u128 << bits;
        let before = stage.dump();
        match act(&mut stage, what, amount) {
            Ok(_) => {
                done += 1;
                stage.assert_sound();
            }
            Err(error) => {
                let name = error_name(&error);
                let typed = NAMES.contains(&name.as_str())
                    || ["LimitExceeded", "NothingToBurn", "MintBelowCover"].contains(&name.as_str())
                    // the wallet itself has not so much
                    || name.starts_with("Cannot Sub")
                    || name.contains("Overflow");
                assert!(typed, "{what}: {error:#}");
                assert!(stage.dump() == before, "{what} left a trace");
            }
        }
    }
    assert!(done > 0);
}
