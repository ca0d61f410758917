//! What bounds what a market, a pool or an LP can put on others. Each test is an attack that worked
//! against a simpler rule.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use ballast_types::pool_manager::{ExecuteMsg, Unassigned};
use common::*;
use hostile_market::Mode;
use rstest::rstest;

fn set_ceiling(stage: &mut Stage, market: u64, ceiling: u128) {
    let msg = ExecuteMsg::SetMarketCeiling {
        market: market.into(),
        ceiling: ceiling.into(),
    };
    stage.act("owner", &msg).unwrap();
}

// ---------------------------------------------------------------- weight and max_debt

/// A market with 1 % of the weight draws what it may, anyone syncs the pool, and again. By its share of
/// what LPs owe alone it would have used next to nothing after each round, and took all 4,000.
#[test]
fn a_market_takes_what_its_weight_gives_it_once() {
    let mut stage = Stage::new();
    stage
        .set_markets(1, &[weight(ETH, 1, 100), weight(SOL, 99, 100)])
        .unwrap();
    stage.lp("alice", LIFE, 4_000 * ONE);
    assert_eq!(stage.credit(ETH), 40 * ONE);
    for _ in 0..5 {
        let most = withdrawal(ETH, "trader", u128::MAX, true);
        let _nothing_left = stage.play(ETH, vec![], vec![most]);
        stage.sync_pool(1).unwrap();
    }
    assert_eq!(stage.dollars("trader"), 40 * ONE);
    assert_eq!(stage.debt("alice", LIFE), 40 * ONE);
    // What LPs repay it may take again.
    stage
        .burn_for("trader", Some("alice"), LIFE, 40 * ONE)
        .unwrap();
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.credit(ETH), 40 * ONE);
}

/// The same by what it reports: half of 4,000 stands behind it.
#[test]
fn a_market_gives_what_its_weight_allows_once() {
    let mut stage = Stage::new();
    stage
        .set_markets(1, &[weight(ETH, 1, 100), weight(SOL, 1, 100)])
        .unwrap();
    stage.lp("alice", LIFE, 4_000 * ONE);
    for round in 1..=10 {
        stage.report(ETH, round * 390_000_000);
        stage.sync_pool(1).unwrap();
    }
    assert_eq!(stage.debt("alice", LIFE), 2_000 * ONE);
    assert_eq!(
        stage.unassigned(),
        [(Unassigned::Market(ETH.into()), 1_900_000_000)]
    );
}

// ---------------------------------------------------------------- the ceiling

/// A market that may print one base unit reports a million, a friend would liquidate whom that makes weak,
/// and it takes the report back.
#[test]
fn nobody_is_made_weak_by_what_a_market_can_never_pay() {
    let mut stage = Stage::with_market();
    set_ceiling(&mut stage, ETH, 1);
    stage.lp("alice", LIFE, 4_000 * ONE);
    stage.lp("carol", LIFE, 1_000 * ONE);
    stage.report(ETH, 1_000_000_000_000);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 1);
    stage.refused("NotLiquidatable", |s| s.liquidate("carol", "alice", LIFE));
}

/// Nor does a friend who enters between two reports carry anything off.
#[test]
fn nobody_gains_by_what_a_market_can_never_pay() {
    let mut stage = Stage::with_market();
    set_ceiling(&mut stage, ETH, 1);
    stage.lp("alice", LIFE, 4_000 * ONE);
    stage.report(ETH, 1_000_000_000);
    stage.sync_pool(1).unwrap();
    stage.lp("carol", LIFE, 396_000 * ONE);
    stage.report(ETH, 0);
    stage.sync_pool(1).unwrap();
    stage.wait(DAY);
    stage.undelegate("carol", LIFE, None).unwrap();
    assert_eq!(stage.dollars("carol"), 0);
    assert!(stage.debt("alice", LIFE) <= 1);
}

/// An honest one whose traders have won more than its ceiling: LPs owe what it can pay.
#[test]
fn lps_owe_what_the_ceiling_lets_a_market_pay() {
    let mut stage = Stage::with_market();
    set_ceiling(&mut stage, ETH, 100 * ONE);
    stage.lp("alice", LIFE, 4_000 * ONE);
    stage.report(ETH, 1_000_000_000);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.credit(ETH), 100 * ONE);
    assert_eq!(stage.debt("alice", LIFE), 100 * ONE);
    // A higher one, and the rest stays with nobody; what comes later is given.
    set_ceiling(&mut stage, ETH, 2_000 * ONE);
    stage.report(ETH, 1_500_000_000);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.debt("alice", LIFE), 600 * ONE);
    assert_eq!(
        stage.unassigned(),
        [(Unassigned::Market(ETH.into()), 900_000_000)]
    );
}

/// One that reports, fails, and reports nothing when the owner lets it out again.
#[test]
fn no_quarantine_leaves_a_debt_that_a_ceiling_forbids() {
    let mut stage = Stage::with_market();
    set_ceiling(&mut stage, ETH, 1);
    stage.lp("alice", LIFE, 4_000 * ONE);
    stage.report(ETH, 1_000_000_000);
    stage.sync_pool(1).unwrap();
    stage.mode(ETH, Mode::Errs {}, None);
    stage.sync_pool(1).unwrap();
    stage.mode(ETH, Mode::Scripted {}, None);
    stage.report(ETH, 0);
    stage.end_quarantine("owner", ETH).unwrap();
    stage.sync_pool(1).unwrap();
    assert!(stage.debt("alice", LIFE) <= 1);
}

// ---------------------------------------------------------------- other pools

/// A pool that gives a market nothing takes none of its room, whatever its LPs owe.
#[test]
fn a_pool_that_carries_nothing_takes_no_room() {
    let mut stage = Stage::open();
    stage.margin("trader", ETH, 500 * ONE).unwrap();
    stage.report_and_need(ETH, 500_000_000, 2_000 * ONE);
    stage.sync_pool(1).unwrap();
    let before = stage.market(ETH).room;
    let mine = stage.pool("carol", DAY);
    stage
        .set_markets_by("carol", mine, &[weight(ETH, 1, 0)])
        .unwrap();
    stage.lp("carol", (mine, "LIFE"), 8_000 * ONE);
    stage.mint("carol", (mine, "LIFE"), None).unwrap();
    assert_eq!(stage.market(ETH).room, before);
    stage.report(ETH, 2_000_000_000);
    stage.sync_pool(1).unwrap();
    assert!(stage.credit(ETH) >= 2_000 * ONE);
    assert!(stage.unassigned().is_empty());
}

/// Nor does one whose LPs owe more than they have.
#[test]
fn a_pool_that_is_broke_takes_no_room_of_others() {
    let mut stage = Stage::new();
    let mine = stage.pool("carol", DAY);
    stage
        .set_markets_by("carol", mine, &[weight(ETH, 1, 1)])
        .unwrap();
    stage.set_markets(1, &[weight(ETH, 1, 100)]).unwrap();
    stage.lp("alice", WETH, 2 * ETHER);
    stage.lp("carol", (mine, "LIFE"), 20_000 * ONE);
    stage
        .mint("carol", (mine, "LIFE"), Some(5_000 * ONE))
        .unwrap();
    let room = stage.market(ETH).room.u128();
    assert_eq!(room, 4_000 * ONE);
    // What her pool gives falls from 200 dollars to 2. Until its next act it counts as what it was.
    stage.price("LIFE", "0.01");
    assert!(stage.market(ETH).room.u128() >= 3_800 * ONE);
    stage.sync_pool(mine).unwrap();
    assert_eq!(stage.market(ETH).room.u128(), 4_000 * ONE);
}

// ---------------------------------------------------------------- LPs

/// What a market needs an LP may not take from it by minting, as he may not by leaving: he would mint all
/// he may, let the price come that is bad for him, burn, and owe nothing of it.
#[test]
fn a_mint_keeps_minimum_credits() {
    let mut stage = Stage::new();
    stage.set_markets(1, &[weight(ETH, 1, 50)]).unwrap();
    let second = stage.pool("paula", DAY);
    stage.lp("bob", (second, "LIFE"), 2_000 * ONE);
    stage
        .mint("bob", (second, "LIFE"), Some(500 * ONE))
        .unwrap();
    stage.give("bob", "trader", 500 * ONE);
    stage.lp("carol", LIFE, 4_000 * ONE);
    stage.margin("trader", ETH, 500 * ONE).unwrap();
    stage.report_and_need(ETH, 500_000_000, 2_000 * ONE);
    stage.sync_pool(1).unwrap();
    stage.refused("MinimumCredit", |s| s.mint("carol", LIFE, None));
    stage.refused("MinimumCredit", |s| {
        s.mint("carol", LIFE, Some(500 * ONE + 1))
    });
    stage.mint("carol", LIFE, Some(500 * ONE)).unwrap();
    stage.report_and_need(ETH, 2_000_000_000, 2_000 * ONE);
    stage.sync_market(ETH).unwrap();
    assert_eq!(stage.debt("carol", LIFE), 2_000 * ONE);
    assert_eq!(stage.credit(ETH), 2_000 * ONE);
}

/// Whoever owes may add collateral without a price, to be safe; it gets no part of what is given then.
#[test]
fn collateral_without_a_price_gets_nothing() {
    let mut stage = Stage::with_market();
    stage.lp("alice", WETH, 100 * ETHER);
    stage.lp("carol", LIFE, 10 * ONE);
    stage.mint("carol", LIFE, Some(1)).unwrap();
    stage.kill("LIFE");
    stage.deposit("carol", "LIFE", 900_000 * ONE).unwrap();
    stage.delegate("carol", LIFE, None).unwrap();
    // 10 dollars of hers stand beside 200,000 of Alice's.
    stage.pay_out(ETH, "trader", 100_000 * ONE, 0).unwrap();
    stage.sync_pool(1).unwrap();
    assert!(stage.debt("carol", LIFE) < 6 * ONE);
    assert!(stage.debt("alice", WETH) > 99_990 * ONE);
}

/// Debt that a liquidation leaves goes to other vaults as far as they are worth it. A vault of one base unit
/// would take all of it, nobody would be told, and who enters there later had it.
#[rstest]
#[case::into_the_vault_of_dust(WETH)]
#[case::into_the_other_vault(LIFE)]
fn bad_debt_does_not_wait_on_dust(#[case] entered: (u64, &str)) {
    let mut stage = Stage::with_market();
    stage.lp("carol", LIFE, 400_000 * ONE);
    stage.lp("trader", WETH, 1);
    stage.mint("carol", LIFE, None).unwrap();
    stage.price("LIFE", "0.25");
    let done = stage
        .liquidate_last("carol", "carol", LIFE, 200_000 * ONE, 0)
        .unwrap();
    let left = 109_090_909_090;
    assert_eq!(attribute(&done, "bad_debt", "amount"), left.to_string());
    assert_eq!(stage.unassigned(), [(Unassigned::Pool(1u64.into()), left)]);
    assert_eq!(stage.debt("trader", WETH), 0);
    let amount = if entered == WETH {
        100 * ETHER
    } else {
        500_000 * ONE
    };
    stage.lp("bob", entered, amount);
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.debt("bob", entered), 0);
}

// ---------------------------------------------------------------- quarantine

/// A market that answers every ref, and errs when it is asked about none (no page says that it will be).
fn picky_code() -> Box<dyn cw_multi_test::Contract<cosmwasm_std::Empty>> {
    use ballast_types::market::MarketQuery;
    use cosmwasm_std::{Binary, Deps, Env, StdError, StdResult};
    fn query(deps: Deps, env: Env, msg: MarketQuery) -> StdResult<Binary> {
        match &msg {
            MarketQuery::ReportedDebts { refs } | MarketQuery::MinimumCredits { refs }
                if refs.is_empty() =>
            {
                Err(StdError::generic_err("NoRefs: ask about something"))
            }
            _ => hostile_market::query(deps, env, msg),
        }
    }
    Box::new(
        cw_multi_test::ContractWrapper::new(
            hostile_market::execute,
            hostile_market::instantiate,
            query,
        )
        .with_reply(hostile_market::reply),
    )
}

/// What is left of it in a pool is in quarantine alone: `check_market` of that pool asks nothing. With an
/// empty question a stranger would have put markets of other pools in quarantine.
#[test]
fn nobody_is_asked_about_nothing() {
    let mut stage = Stage::new();
    let code = stage.app.store_code(picky_code());
    stage.codes.insert("market", code);
    let contract = stage.market_contract("picky");
    stage.register(&contract, "eth", u128::MAX).unwrap();
    stage.register(&contract, "btc", u128::MAX).unwrap();
    stage.markets[0] = contract;
    stage.set_markets(1, &[weight(4, 1, 100)]).unwrap();
    let second = stage.pool("paula", DAY);
    stage.set_markets(second, &[weight(5, 1, 100)]).unwrap();
    stage.lp("alice", (second, "LIFE"), 1_000 * ONE);
    let mut bad = script(ETH, 0, 0);
    bad.err = Some("bad".to_owned());
    stage.script(bad);
    stage.sync_market(4).unwrap();
    stage.check_market(second, ETH).unwrap();
    assert!(stage.market(4).quarantined && !stage.market(5).quarantined);
    let asked = stage.check_market(1, ETH).unwrap();
    assert_eq!(attribute(&asked, "check_market", "markets"), "0");
    assert!(!stage.market(5).quarantined);
}
