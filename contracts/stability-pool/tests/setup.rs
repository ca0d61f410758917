//! What a pool may be made of.
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
use ballast_types::{Token, TokenUnchecked, oracle::SourceKind, stability_pool::InstantiateMsg};
use common::*;
use cosmwasm_std::Coin;
use cw_multi_test::Executor;
use cw20::{Cw20QueryMsg, TokenInfoResponse};
use rstest::rstest;

fn refused(setup: Setup, name: &str, change: impl FnOnce(&mut InstantiateMsg)) -> String {
    let error = Stage::try_of(setup, change).err().unwrap();
    assert_eq!(error_name(&error), name, "{error:#}");
    format!("{error:#}")
}

#[test]
fn tokens_have_the_decimals_of_their_assets() {
    let stage = Stage::with(|setup| {
        setup.dcm_decimals = 18;
        setup.duca_decimals = 4;
    });
    let info = |token| -> TokenInfoResponse {
        let ask = Cw20QueryMsg::TokenInfo {};
        stage.app.wrap().query_wasm_smart(token, &ask).unwrap()
    };
    let (duca, lpd) = (info(&stage.duca), info(&stage.lpd));
    assert_eq!((duca.symbol.as_str(), duca.decimals), ("DUCA", 4));
    assert_eq!((lpd.symbol.as_str(), lpd.decimals), ("LPD", 18));
    assert_eq!((duca.total_supply.u128(), lpd.total_supply.u128()), (0, 0));
    let config = stage.config();
    assert_eq!((config.numeraire, config.dcm.asset.as_str()), (None, "DCM"));
    assert_eq!(config.treasury, stage.treasury);
    assert_eq!(config.oracle, stage.oracle);
    assert_eq!(stage.par(), "2");
}

#[rstest]
#[case("DCM", |m: &mut InstantiateMsg| m.duca.asset = "DCM".into())]
#[case("numeraire", |m: &mut InstantiateMsg| m.numeraire = Some("DCM".into()))]
#[case("numeraire", |m: &mut InstantiateMsg| m.numeraire = Some("DUCA".into()))]
#[case("initial_par", |m: &mut InstantiateMsg| m.initial_par = dec("0"))]
#[case("initial_par", |m: &mut InstantiateMsg| m.initial_par = dec("1000000000001"))]
#[case("DUCA", |m: &mut InstantiateMsg| m.duca.token.name = "D".into())]
#[case("DUCA", |m: &mut InstantiateMsg| m.duca.token.symbol = "DUCA1".into())]
#[case("LPD", |m: &mut InstantiateMsg| m.lpd.symbol = "L".into())]
fn bad_params(#[case] figure: &str, #[case] change: fn(&mut InstantiateMsg)) {
    let text = refused(Setup::default(), "InvalidParams", change);
    assert!(text.contains(figure), "{text}");
}

#[rstest]
#[case(|m: &mut InstantiateMsg| m.dcm.asset = "DOGE".into())]
#[case(|m: &mut InstantiateMsg| m.duca.asset = "DOGE".into())]
#[case(|m: &mut InstantiateMsg| m.numeraire = Some("DOGE".into()))]
fn assets_that_the_oracle_does_not_know(#[case] change: fn(&mut InstantiateMsg)) {
    let text = refused(Setup::default(), "UnknownAsset", change);
    assert!(text.contains("DOGE"), "{text}");
}

#[rstest]
#[case(|m: &mut InstantiateMsg| m.owner = "x".into())]
#[case(|m: &mut InstantiateMsg| m.guardian = Some("x".into()))]
#[case(|m: &mut InstantiateMsg| m.oracle = "x".into())]
#[case(|m: &mut InstantiateMsg| m.treasury = "x".into())]
#[case(|m: &mut InstantiateMsg| m.amos.push("x".into()))]
#[case(|m: &mut InstantiateMsg| m.dcm.token = TokenUnchecked::Cw20("x".into()))]
fn bad_addresses(#[case] change: fn(&mut InstantiateMsg)) {
    refused(Setup::default(), "InvalidAddress", change);
}

#[test]
fn an_amo_is_named_once() {
    refused(Setup::default(), "DuplicateAmo", |msg| {
        msg.amos.push(addr("amo").into_string());
    });
}

#[test]
fn a_cw20_dcm_has_the_decimals_that_the_oracle_says() {
    let mut stage = Stage::with(|setup| setup.cw20_dcm = true);
    stage.know("DCM", 8, (3, vec![push(1), push(2), push(3)]));
    let msg = stage.instantiation();
    let code = stage.app.store_code(pool_code());
    let error = stage
        .app
        .instantiate_contract(code, addr("owner"), &msg, &[], "pool", None)
        .unwrap_err();
    assert_eq!(error_name(&error), "DecimalsMismatch");
    let Token::Cw20(dcm) = &stage.dcm else {
        panic!("a cw20");
    };
    assert!(format!("{error:#}").contains(dcm.as_str()));
}

#[test]
fn takes_no_coins() {
    let mut stage = Stage::new();
    let msg = stage.instantiation();
    let code = stage.app.store_code(pool_code());
    let coin = [Coin::new(1u128, DENOM)];
    let error = stage
        .app
        .instantiate_contract(code, addr("owner"), &msg, &coin, "pool", None)
        .unwrap_err();
    assert_eq!(error_name(&error), "Payment");
}

/// Whichever of its sources are live, three make the price of DUCA, or a pool with cumulative
/// prices is among them.
#[rstest]
#[case::three_must_agree(3, vec![push(1), push(2), push(3)], true)]
#[case::two_of_three(2, vec![push(1), push(2), push(3)], false)]
#[case::two_of_two(2, vec![push(1), push(2)], false)]
#[case::one(1, vec![push(1)], false)]
#[case::a_pool(1, vec![twap()], true)]
#[case::a_pool_and_a_feeder(2, vec![twap(), push(1)], true)]
#[case::a_pool_or_a_feeder(1, vec![twap(), push(1)], false)]
#[case::a_pool_or_two_feeders(2, vec![twap(), push(1), push(2)], false)]
#[case::three_of_five(3, vec![twap(), push(1), push(2), push(3), push(4)], true)]
fn the_price_of_duca_is_strong(
    #[case] min_sources: u8,
    #[case] sources: Vec<SourceKind>,
    #[case] strong: bool,
) {
    let setup = Setup {
        duca_rule: (min_sources, sources),
        ..Setup::default()
    };
    if strong {
        Stage::try_of(setup, |_| {}).unwrap();
    } else {
        let text = refused(setup, "WeakPrice", |_| {});
        assert!(text.contains("DUCA"), "{text}");
    }
}

/// DUCA need not have a price yet: it has no market before it is there.
#[test]
fn a_pool_begins_without_a_price_of_duca() {
    let mut stage = Stage::new();
    stage.forget("DUCA");
    let msg = stage.instantiation();
    let code = stage.app.store_code(pool_code());
    stage
        .app
        .instantiate_contract(code, addr("owner"), &msg, &[], "pool", None)
        .unwrap();
    stage.swap_dcm("amo", ONE).unwrap();
}
