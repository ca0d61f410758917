//! Attacks: each has a name and a sentence, and fails. Where a guard stands against it, it is
//! first played without the guard, where it succeeds. What the rules allow says so, and to whom
//! it costs how much.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_math::Exact;
use ballast_sim::error_name;
use ballast_types::{
    Token,
    stability_pool::{BurnKind, ExecuteMsg, Offer, ReceiveMsg},
};
use common::*;
use cosmwasm_std::{
    Binary, CosmosMsg, Decimal, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError,
    StdResult, Uint128, WasmMsg, to_json_binary,
};
use cw_multi_test::{ContractWrapper, Executor};
use cw20::{Cw20Coin, Cw20ExecuteMsg, Cw20ReceiveMsg};
use rstest::rstest;

fn exact(amount: u128) -> Exact {
    Exact::from(Uint128::new(amount))
}

// ------------------------------------------------------------------ the free round trip

/// Below par an AMO swaps DCM for DUCA and back at no cost, and each time LP money becomes
/// seigniorage: 1,000 DCM at M = 0.5 and P = 2 move 750 DCM to the treasury.
fn round_trip(stage: &mut Stage, whole: u128) -> anyhow::Result<()> {
    stage.swap_dcm("amo", whole * ONE)?;
    stage.swap_duca("amo", whole * ONE / 2)?;
    Ok(())
}

#[test]
fn the_round_trip_below_par_without_a_guard() {
    let mut stage = Stage::stocked();
    stage.price("DCM", "0.5");
    let (amo, lp) = (stage.wealth("amo", "0.5"), stage.wealth("alice", "0.5"));
    for _ in 0..20 {
        round_trip(&mut stage, 5_000).unwrap();
    }
    assert!(stage.wealth("amo", "0.5") == amo);
    assert_eq!(stage.due(), 75_000 * ONE);
    // the 98 % that leaving would pay of it
    assert!(lp - stage.wealth("alice", "0.5") > exact(73_000 * ONE));
}

#[test]
fn the_round_trip_below_par_takes_one_per_cent_a_day() {
    let mut stage = Stage::stocked();
    stage.set_guards(|guards| guards.max_seigniorage = Some(Decimal::percent(1)));
    stage.price("DCM", "0.5");
    let dcm = stage.books().0;
    let mut trips = 0;
    let error = loop {
        match round_trip(&mut stage, 1_000) {
            Ok(()) => trips += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error_name(&error), "LimitExceeded");
    assert_eq!(trips, 13);
    assert!(stage.due() <= dcm / 100);
    // smaller ones add up, and midnight is no door
    stage.wait(43_200);
    let error = (0..1_000).find_map(|_| stage.swap_dcm("amo", 10 * ONE).err());
    assert_eq!(error_name(&error.unwrap()), "LimitExceeded");
    assert!(stage.due() <= dcm / 100 + 10 * ONE);
    stage.withdraw("alice", 500_000 * ONE).unwrap();
}

/// The AMO blows the pool up with its own liquidity, so that one per cent of it is more: the two
/// per cent that leaving costs him are twice that.
#[test]
fn liquidity_to_widen_the_limit_costs_more_than_it_takes() {
    let mut stage = Stage::stocked();
    stage.set_guards(|guards| guards.max_seigniorage = Some(Decimal::percent(1)));
    stage.price("DCM", "1.999");
    let (amo, lp) = (stage.wealth("amo", "1.999"), stage.wealth("alice", "1.999"));
    stage.price("DCM", "0.5");
    stage.provide("amo", 9_000_000 * ONE).unwrap();
    while round_trip(&mut stage, 10_000).is_ok() {}
    stage.withdraw_all("amo").unwrap();
    stage.price("DCM", "1.999");
    assert!(stage.due() > 90_000 * ONE);
    assert!(stage.wealth("alice", "1.999") > lp);
    assert!(stage.wealth("amo", "1.999") < amo);
}

// ------------------------------------------------------------------ one wrong price

/// One wrong M = 100 is there for one swap: par would stand at 51 for ever, and every burn
/// would pay a twenty-fifth.
#[test]
fn one_wrong_price_without_a_guard() {
    let mut stage = Stage::new();
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.price("DCM", "100");
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.price("DCM", "2");
    assert_eq!(stage.par(), "51");
    stage.wait(365 * DAY);
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    assert_eq!(stage.par(), "51");
}

#[rstest]
#[case::the_rise_of_par("ParLimitExceeded", |s: &mut Stage| s.set_guards(|g| {
    g.max_par_rise = Some(Decimal::percent(1));
}))]
#[case::the_band("OutsideBand", |s: &mut Stage| s.set_guards(|g| {
    g.band = Some(Decimal::percent(5));
}))]
#[case::the_mint("LimitExceeded", |s: &mut Stage| s.set_guards(|g| {
    g.max_minted = Some((50_000 * ONE).into());
}))]
fn one_wrong_price_is_refused(#[case] name: &str, #[case] guard: fn(&mut Stage)) {
    let mut stage = Stage::new();
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    guard(&mut stage);
    stage.price_with_average("DCM", "100", "2");
    stage.refused(name, |s| s.swap_dcm("amo", 1_000 * ONE));
}

/// In as many small swaps as he likes, he raises par by one per cent, and not by more.
#[test]
fn a_wrong_price_in_small_swaps() {
    let mut stage = Stage::new();
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.set_guards(|guards| guards.max_par_rise = Some(Decimal::percent(1)));
    stage.price("DCM", "100");
    let mut amount = 1_000 * ONE;
    while amount > 0 {
        if stage.swap_dcm("amo", amount).is_err() {
            amount /= 2;
        }
    }
    let par = stage.state().books.par;
    assert!(par > dec256("2.0199") && par <= dec256("2.02"), "{par}");
}

// ------------------------------------------------------------------ the clocks

/// The contraction is called again and again in one block, to turn all of the Reserve into LP
/// money: it is still due by its rule, and refused by its clock.
#[test]
fn contraction_again_and_again_in_one_block() {
    let mut stage = Stage::new();
    stage.provide("alice", 1_000 * ONE).unwrap();
    stage.swap_dcm("amo", 100_000 * ONE).unwrap();
    stage.donate_duca("amo", 200_000 * ONE).unwrap();
    stage.contract().unwrap();
    let (dcm, duca, _) = stage.books();
    // by its rule alone it would go on until nine tenths are gone
    assert!(duca > (duca + 2 * dcm) / 10);
    for _ in 0..10 {
        stage.refused("TooEarly", Stage::contract);
    }
    let next = stage.next(BurnKind::Contraction);
    assert_eq!(next.at, stage.now() + DAY);
}

// ------------------------------------------------------------------ who enters before and leaves after

/// What Bob gains in DCM at `market`, when he enters before `act` and leaves after it.
fn in_and_out(market: &str, deposit: u128, act: impl FnOnce(&mut Stage)) -> Exact {
    let mut stage = Stage::stocked();
    stage.price("DCM", market);
    let before = stage.wealth("bob", market);
    stage.provide("bob", deposit).unwrap();
    act(&mut stage);
    stage.withdraw_all("bob").unwrap();
    assert_eq!(stage.lpd_of("bob"), 0);
    stage.wealth("bob", market) - before
}

/// LPD is bought just before a burn, whose payment at par is worth more than the DUCA while DCM
/// stands above par, or just before a contraction, and sold just after it.
#[rstest]
#[case::above_par("8")]
#[case::at_par("2")]
#[case::below_par("0.5")]
fn lpd_bought_before_a_burn(#[case] market: &str, #[values(1, 1_000, 10_000_000)] whole: u128) {
    let gain = in_and_out(market, whole * ONE, |stage| {
        stage.burn().unwrap();
        let _ = stage.contract();
    });
    assert!(gain < Exact::zero());
}

/// LPD is bought just before a swap and sold just after it.
#[rstest]
#[case::above_par("8")]
#[case::at_par("2")]
#[case::below_par("0.5")]
fn lpd_sold_after_a_swap(
    #[case] market: &str,
    #[values(1, 1_000, 10_000_000)] whole: u128,
    #[values(true, false)] of_dcm: bool,
) {
    let gain = in_and_out(market, whole * ONE, |stage| {
        if of_dcm {
            stage.swap_dcm("amo", 20_000 * ONE).unwrap();
        } else {
            stage.swap_duca("amo", 90_000 * ONE).unwrap();
        }
    });
    assert!(gain < Exact::zero());
}

/// A provider leaves just before a swap below par, which costs those who stay, and comes back:
/// leaving costs two per cent.
#[test]
fn out_before_a_swap_and_in_after_it() {
    let mut stage = Stage::stocked();
    stage.provide("bob", 100_000 * ONE).unwrap();
    stage.price("DCM", "1.99");
    let before = stage.wealth("bob", "1.99");
    stage.withdraw_all("bob").unwrap();
    stage.swap_dcm("amo", 40_000 * ONE).unwrap();
    let dcm = stage.dcm_of("bob") - (WEALTH - 100_000) * ONE;
    stage.provide("bob", dcm).unwrap();
    assert!(stage.wealth("bob", "1.99") < before);
}

// ------------------------------------------------------------------ before the first deposit

/// DUCA and DCM lie in the pool before the first deposit. The first provider puts in dust, owns
/// the pool, and takes out what he found.
#[test]
fn what_is_found_before_the_first_deposit_is_locked() {
    let mut stage = Stage::new();
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.donate_duca("amo", 1_000 * ONE).unwrap();
    stage.donate_dcm("amo", 500 * ONE).unwrap();
    let before = stage.wealth("mallory", "2");
    let done = stage.provide("mallory", 1_001).unwrap();
    assert_eq!(attribute(&stage, &done, "provide", "lpd"), "1");
    assert_eq!(attribute(&stage, &done, "provide", "locked"), "1000001000");
    stage.refused("NothingOut", |s| s.withdraw_all("mallory"));
    assert!(stage.wealth("mallory", "2") < before);
    // as much again as was found, and he owns half of it
    stage.provide("mallory", 1_000 * ONE).unwrap();
    stage.withdraw_all("mallory").unwrap();
    assert!(stage.wealth("mallory", "2") < before);
}

/// The same with tokens that come without a message: they are in no book, so that nobody finds
/// them.
#[test]
fn tokens_without_a_message_are_nobodys() {
    let mut stage = Stage::new();
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    let (pool, dcm) = (stage.pool.clone(), stage.dcm.clone());
    let duca = Token::Cw20(stage.duca.clone());
    stage.transfer("amo", &pool, &duca, 1_000 * ONE);
    stage.transfer("amo", &pool, &dcm, 500 * ONE);
    stage.stray = (500 * ONE, 1_000 * ONE);
    assert_eq!(stage.books(), (0, 0, 1_000 * ONE));
    stage.provide("mallory", 1_001).unwrap();
    stage.refused("NothingToBurn", Stage::burn);
    stage.refused("EmptiesPool", |s| s.swap_duca("amo", 1_000 * ONE));
    assert_eq!(stage.position("mallory").withdrawable.dcm.u128(), 0);
    // a swap mints rather than takes them
    stage.swap_dcm("amo", 100 * ONE).unwrap();
    assert_eq!(stage.supply(), 2_200 * ONE);
}

// ------------------------------------------------------------------ share inflation

/// The first provider drives up the price of one unit, by a gift or by burning his own LPD, so
/// that the next one's deposit rounds to nothing: a thousand locked units take all of his gain.
#[rstest]
#[case::by_a_gift(true)]
#[case::by_burning_lpd(false)]
fn the_first_provider_inflates_shares(#[case] by_gift: bool) {
    let mut stage = Stage::new();
    let before = stage.wealth("mallory", "2");
    let victims = stage.wealth("bob", "2");
    if by_gift {
        stage.provide("mallory", 1_001).unwrap();
        stage.donate_dcm("mallory", 1_000 * ONE).unwrap();
    } else {
        stage.provide("mallory", 1_000 * ONE).unwrap();
        let burn = Cw20ExecuteMsg::Burn {
            amount: (1_000 * ONE - 1_001).into(),
        };
        let lpd = stage.lpd.clone();
        stage
            .app
            .execute_contract(addr("mallory"), lpd, &burn, &[])
            .unwrap();
    }
    assert_eq!(stage.state().lpd_supply.u128(), 1_001);
    assert_eq!(stage.lpd_of("mallory"), 1);
    // the victim asks for what he was quoted, or is refused
    let quoted = stage.preview_provide(1_500_000).unwrap().lpd;
    assert_eq!(quoted.u128(), 1);
    stage.refused("Slippage", |s| s.provide_for("bob", 1_500_000, 2, None));
    // one who does not care loses half a unit
    stage.provide("bob", 1_500_000).unwrap();
    stage.withdraw_all("mallory").unwrap();
    stage.withdraw_all("bob").unwrap();
    let lost = before - stage.wealth("mallory", "2");
    assert!(lost > exact(998 * ONE));
    assert!(victims - stage.wealth("bob", "2") < exact(600_000));
}

/// All providers leave but for what is locked. One unit of LPD is dear from then on, and what a
/// deposit has beyond whole units goes to the others: `min_lpd` refuses it.
#[test]
fn units_are_dear_after_all_have_left() {
    let mut stage = Stage::new();
    stage.provide("alice", 1_000_000 * ONE).unwrap();
    stage.withdraw_all("alice").unwrap();
    assert_eq!(stage.state().lpd_supply.u128(), 1_000);
    assert_eq!(stage.books().0, 20_000_000_980);
    stage.refused("NoShares", |s| s.provide("bob", 20 * ONE));
    assert_eq!(stage.preview_provide(39 * ONE).unwrap().lpd.u128(), 1);
    stage.refused("Slippage", |s| s.provide_for("bob", 39 * ONE, 2, None));
    // one per mille of what was left behind is the most that anybody loses by it
    let before = stage.wealth("bob", "2");
    stage.provide("bob", 1_039 * ONE).unwrap();
    stage.withdraw_all("bob").unwrap();
    let lost = before - stage.wealth("bob", "2");
    assert!(lost < exact(1_039 * ONE / 50 + 20_000_001));
}

// ------------------------------------------------------------------ leaving

/// Leaves with all, in so many pieces.
fn withdraw_in(stage: &mut Stage, who: &str, pieces: u128) {
    let piece = stage.lpd_of(who) / pieces;
    for _ in 1..pieces {
        stage.withdraw(who, piece).unwrap();
    }
    stage.withdraw_all(who).unwrap();
}

/// A provider of nine tenths leaves in pieces. What each leaves behind is mostly his own, so that
/// he pays half a per cent rather than two: by rule, and nobody who stays loses by it.
#[rstest]
#[case(1, 180_000_000_000)]
#[case(100, 47_973_229_854)]
fn leaving_in_pieces(#[case] pieces: u128, #[case] paid: u128) {
    let mut stage = Stage::new();
    stage.provide("alice", 1_000_000 * ONE).unwrap();
    stage.provide("bob", 9_000_000 * ONE).unwrap();
    withdraw_in(&mut stage, "bob", pieces);
    assert_eq!(WEALTH * ONE - stage.dcm_of("bob"), paid);
    assert_eq!(stage.books().0, 1_000_000 * ONE + paid);
}

/// The AMO widens the limit on seigniorage with its own liquidity and leaves in pieces: what it
/// leaves behind is still more than the wider limit takes from the others.
#[rstest]
fn liquidity_to_widen_the_limit_that_leaves_in_pieces(#[values(1, 9, 99)] times: u128) {
    let mut stage = Stage::stocked();
    stage.set_guards(|guards| guards.max_seigniorage = Some(Decimal::percent(1)));
    stage.price("DCM", "0.5");
    let lp = stage.wealth("alice", "0.5");
    while round_trip(&mut stage, 10_000).is_ok() {}
    assert!(stage.wealth("alice", "0.5") < lp);
    let amo = stage.wealth("amo", "0.5");
    stage.provide("amo", times * 1_000_000 * ONE).unwrap();
    while round_trip(&mut stage, 10_000).is_ok() {}
    assert!(stage.due() >= times * 7_500 * ONE);
    withdraw_in(&mut stage, "amo", 100);
    assert!(stage.wealth("alice", "0.5") > lp);
    assert!(stage.wealth("amo", "0.5") < amo);
}

/// Mallory enters just before Alice leaves with most of the pool, and leaves just after it. By
/// rule she gets a part of the two per cent that Alice leaves behind, which Bob would have had
/// alone; of what he brought he loses nothing.
#[test]
fn lpd_bought_before_another_leaves() {
    let bob_and_mallory = |mallory: u128| {
        let mut stage = Stage::new();
        stage.provide("alice", 1_000_000 * ONE).unwrap();
        stage.provide("bob", 100_000 * ONE).unwrap();
        if mallory > 0 {
            stage.provide("mallory", mallory * ONE).unwrap();
        }
        stage.withdraw_all("alice").unwrap();
        if mallory > 0 {
            stage.withdraw_all("mallory").unwrap();
        }
        stage.withdraw_all("bob").unwrap();
        ["bob", "mallory"].map(|who| i128::try_from(stage.dcm_of(who)).unwrap())
    };
    let rich = i128::try_from(WEALTH * ONE).unwrap();
    let gains = |mallory| bob_and_mallory(mallory).map(|dcm| dcm - rich);
    assert_eq!(gains(0), [17_599_999_784, 0]);
    assert_eq!(gains(100_000), [9_955_999_918, 7_799_999_941]);
    // as much as Alice has: the two per cent of her own are more than her part
    let [bob, mallory] = gains(1_000_000);
    assert!(bob > 17_599_999_784 && mallory < 0);
}

/// Market cover counts the DCM of providers. With liquidity for one transaction an AMO mints at a
/// cover that is too low without it, at the market price; the rise of par and the amount of
/// minted DUCA are bounded as ever.
#[rstest]
#[case(1, 200_000_000)]
#[case(100, 17_486_434)]
fn liquidity_lent_for_one_mint(#[case] pieces: u128, #[case] cost: u128) {
    let mut stage = Stage::new();
    stage.provide("alice", 200 * ONE).unwrap();
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.price("DCM", "1.5");
    stage.set_guards(|guards| {
        guards.min_mint_cover = Some(Decimal::one());
        guards.max_minted = Some((2_750 * ONE).into());
    });
    stage.refused("MintBelowCover", |s| s.swap_dcm("amo", ONE));
    let before = stage.wealth("amo", "1.5");
    stage.provide("amo", 10_000 * ONE).unwrap();
    stage.swap_dcm("amo", 500 * ONE).unwrap();
    stage.refused("LimitExceeded", |s| s.swap_dcm("amo", ONE));
    withdraw_in(&mut stage, "amo", pieces);
    assert!(before - stage.wealth("amo", "1.5") == exact(cost));
    assert!(stage.state().books.market_cover.unwrap() < dec256("1"));
}

// ------------------------------------------------------------------ whole tokens

/// DCM has no decimals and costs 1,000: a swap that mints the last unit it lacks gives a whole DCM
/// to the Reserve, which rounds up. The providers lose that one unit, and nobody has it.
#[test]
fn the_reserve_rounds_up_by_one_unit() {
    let mut stage = Stage::with(|setup| {
        setup.dcm_decimals = 0;
        setup.par = "1000";
    });
    stage.price("DCM", "1000");
    stage.provide("alice", 10_000).unwrap();
    stage.swap_dcm("amo", 100).unwrap();
    stage.donate_duca("amo", 1_000 * ONE - 1).unwrap();
    let quote = stage.quote(Offer::Dcm, 1).unwrap();
    assert_eq!((quote.minted.u128(), quote.out.u128()), (1, 1_000 * ONE));
    assert_eq!((quote.to_reserve.u128(), quote.to_pool.u128()), (1, 0));
    stage.swap_dcm("amo", 1).unwrap();
    assert_eq!(stage.books(), (10_000, 0, 101));
    // of what comes in with it the pool has all but that unit
    stage.donate_duca("amo", 5_000 * ONE).unwrap();
    stage.swap_dcm("amo", 6).unwrap();
    assert_eq!(stage.books(), (10_005, 0, 102));
    stage.refused("NothingOut", |s| s.swap_duca("amo", 1_000 * ONE - 1));
}

// ------------------------------------------------------------------ lies

/// A contract of his own, and he himself, tell the pool that DUCA, DCM or LPD have arrived.
#[rstest]
fn a_spoofed_receive(#[values(false, true)] cw20_dcm: bool) {
    let mut stage = Stage::with(|setup| setup.cw20_dcm = cw20_dcm).stock();
    let token = cw20_base::msg::InstantiateMsg {
        name: "Ducat".into(),
        symbol: "DUCA".into(),
        decimals: 6,
        initial_balances: ["mallory", "amo"]
            .map(|name| Cw20Coin {
                address: addr(name).into_string(),
                amount: (1_000 * ONE).into(),
            })
            .to_vec(),
        mint: None,
        marketing: None,
    };
    let code = stage.cw20_code;
    let fake = stage
        .app
        .instantiate_contract(code, addr("mallory"), &token, &[], "DUCA", None)
        .unwrap();
    let swap = ReceiveMsg::Swap {
        min_out: Uint128::zero(),
        recipient: Some(addr("mallory").into_string()),
    };
    let withdraw = ReceiveMsg::Withdraw {
        min_dcm: Uint128::zero(),
        min_duca: Uint128::zero(),
    };
    let provide = ReceiveMsg::Provide {
        min_lpd: Uint128::zero(),
        recipient: None,
    };
    for hook in [swap, withdraw, provide, ReceiveMsg::Donate {}] {
        for who in ["amo", "mallory"] {
            stage.refused_with("UnknownToken", &[fake.as_str()], |s| {
                s.hook(who, &fake, ONE, &hook)
            });
            let received = Cw20ReceiveMsg {
                sender: addr("amo").into_string(),
                amount: ONE.into(),
                msg: to_json_binary(&hook).unwrap(),
            };
            stage.refused("UnknownToken", |s| {
                s.act(who, &ExecuteMsg::Receive(received))
            });
        }
    }
}

/// Mallory may spend the AMO's DUCA, and sends it with a swap or a gift: the cw20 names who spends,
/// so that she has no role.
#[test]
fn the_allowance_of_an_amo() {
    let mut stage = Stage::stocked();
    let duca = stage.duca.clone();
    let allow = Cw20ExecuteMsg::IncreaseAllowance {
        spender: addr("mallory").into_string(),
        amount: (1_000 * ONE).into(),
        expires: None,
    };
    let done = stage
        .app
        .execute_contract(addr("amo"), duca.clone(), &allow, &[]);
    done.unwrap();
    let swap = ReceiveMsg::Swap {
        min_out: Uint128::zero(),
        recipient: Some(addr("amo").into_string()),
    };
    for hook in [swap, ReceiveMsg::Donate {}] {
        let send = Cw20ExecuteMsg::SendFrom {
            owner: addr("amo").into_string(),
            contract: stage.pool.to_string(),
            amount: ONE.into(),
            msg: to_json_binary(&hook).unwrap(),
        };
        stage.refused("NotAnAmo", |s| {
            s.app
                .execute_contract(addr("mallory"), duca.clone(), &send, &[])
        });
    }
}

/// Swaps and deposits whose recipient is the pool: what it gets so is in no book, and neither
/// withdrawn nor burnt by anybody.
#[rstest]
fn the_pool_as_recipient(#[values(false, true)] cw20_dcm: bool) {
    let mut stage = Stage::with(|setup| setup.cw20_dcm = cw20_dcm).stock();
    let pool = Some(stage.pool.to_string());
    let (dcm, duca, reserve) = stage.books();
    let min = Uint128::zero();
    let there = (
        ExecuteMsg::Swap {
            min_out: min,
            recipient: pool.clone(),
        },
        ReceiveMsg::Swap {
            min_out: min,
            recipient: pool.clone(),
        },
    );
    stage.stray = (0, 200_000 * ONE);
    stage
        .with_dcm("amo", 100_000 * ONE, &there.0, &there.1)
        .unwrap();
    stage.stray.0 = 1_000 * ONE;
    let token = stage.duca.clone();
    stage.hook("amo", &token, 2_000 * ONE, &there.1).unwrap();
    // 100,000 DUCA were the pool's, and bought 50,000 DCM for it
    assert_eq!(
        stage.books(),
        (dcm + 49_000 * ONE, 2_000 * ONE, reserve + 50_000 * ONE)
    );
    assert_eq!(duca, 100_000 * ONE);
    let provide = (
        ExecuteMsg::Provide {
            min_lpd: min,
            recipient: pool.clone(),
        },
        ReceiveMsg::Provide {
            min_lpd: min,
            recipient: pool,
        },
    );
    let before = stage.wealth("alice", "2");
    stage
        .with_dcm("bob", 500_000 * ONE, &provide.0, &provide.1)
        .unwrap();
    assert_eq!(stage.lpd_of("bob"), 0);
    let gained = stage.wealth("alice", "2") - before;
    assert!(gained >= exact(0) && gained < exact(1));
    stage.withdraw_all("alice").unwrap();
    stage.burn().unwrap();
    stage.refused("NothingToBurn", Stage::contract);
}

/// A holder burns his DUCA at the cw20: the others are better covered, and par stays.
#[test]
fn duca_burnt_at_the_cw20() {
    let mut stage = Stage::stocked();
    let burn = Cw20ExecuteMsg::Burn {
        amount: (100_000 * ONE).into(),
    };
    let duca = stage.duca.clone();
    stage
        .app
        .execute_contract(addr("amo"), duca, &burn, &[])
        .unwrap();
    stage.assert_sound();
    assert_eq!(stage.supply(), 100_000 * ONE);
    let books = stage.state().books;
    assert_eq!(
        (books.par, books.par_cover),
        (dec256("2"), Some(dec256("2")))
    );
    // all that is left is in the pool, and is burnt to the last
    while stage.books().1 > 0 {
        stage.burn().unwrap();
        stage.wait(DAY);
    }
    assert_eq!(stage.supply(), 0);
    assert_eq!(stage.state().books.par_cover, None);
    assert_eq!(stage.books().2, 50_000 * ONE);
    // and the pool goes on
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    assert_eq!(stage.par(), "2");
}

// ------------------------------------------------------------------ a contract with the role

fn relay(_: DepsMut, _: Env, _: MessageInfo, msg: Vec<CosmosMsg>) -> StdResult<Response> {
    Ok(Response::new().add_messages(msg))
}

fn nothing(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn no_answer(_: Deps, _: Env, _: Empty) -> StdResult<Binary> {
    Err(StdError::generic_err("nothing to ask"))
}

/// An AMO that is a contract swaps there and back in one transaction. Each swap stands on the
/// books of the one before it, and so do the limits.
#[test]
fn an_amo_that_is_a_contract() {
    let mut stage = Stage::stocked();
    let code = stage
        .app
        .store_code(Box::new(ContractWrapper::new_with_empty(
            relay, nothing, no_answer,
        )));
    let amo = stage
        .app
        .instantiate_contract(code, addr("owner"), &Empty {}, &[], "amo", None)
        .unwrap();
    let grant = ExecuteMsg::GrantAmo {
        address: amo.to_string(),
    };
    stage.act("owner", &grant).unwrap();
    give(&mut stage.app, &amo, DENOM, 10_000 * ONE);
    stage.price("DCM", "0.5");
    stage.set_guards(|guards| guards.max_seigniorage = Some(Decimal::permille(1)));
    let trip = |stage: &Stage| -> Vec<CosmosMsg> {
        let pool = stage.pool.to_string();
        let there = ExecuteMsg::Swap {
            min_out: (500 * ONE).into(),
            recipient: None,
        };
        let back = Cw20ExecuteMsg::Send {
            contract: pool.clone(),
            amount: (500 * ONE).into(),
            msg: to_json_binary(&ReceiveMsg::Swap {
                min_out: (1_000 * ONE).into(),
                recipient: None,
            })
            .unwrap(),
        };
        let there = WasmMsg::Execute {
            contract_addr: pool,
            msg: to_json_binary(&there).unwrap(),
            funds: cosmwasm_std::coins(1_000 * ONE, DENOM),
        };
        let back = WasmMsg::Execute {
            contract_addr: stage.duca.to_string(),
            msg: to_json_binary(&back).unwrap(),
            funds: vec![],
        };
        vec![there.into(), back.into()]
    };
    let send = |s: &mut Stage, messages: Vec<CosmosMsg>| {
        s.app
            .execute_contract(addr("mallory"), amo.clone(), &messages, &[])
    };
    let once = trip(&stage);
    let twice = [once.clone(), once.clone()].concat();
    stage.refused("LimitExceeded", |s| send(s, twice));
    send(&mut stage, once).unwrap();
    stage.assert_sound();
    assert_eq!(stage.due(), 750 * ONE);
    assert_eq!(stage.held(&stage.dcm, &amo), 10_000 * ONE);
}
