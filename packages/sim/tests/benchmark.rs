//! The benchmark in small: no act may cost more because others are there, and the estimates of
//! gas agree with what was measured on a real chain.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing
)]

use ballast_sim::{
    Profile, World,
    benchmark::{
        GasRow, Kind, Options, Report,
        gas::{Estimate, QUERY_LIMIT},
        run,
    },
};
use cosmwasm_std::Uint128;
use cw20::Cw20ExecuteMsg;
use rstest::rstest;

fn small() -> Report {
    let options = Options {
        accounts: vec![10, 60],
        rounds: 1,
    };
    let mut last = (0, 0);
    let report = run(&options, &mut |done, total| {
        assert_eq!(done, last.0 + 1);
        last = (done, total);
    })
    .unwrap();
    assert_eq!(last.0, last.1, "progress ends where it said");
    report
}

#[test]
fn sixty_accounts_cost_what_ten_do() {
    let report = small();
    assert_eq!(report.failures, Vec::<String>::new());
    let filled: Vec<(u32, u32)> = report
        .fillings
        .iter()
        .map(|filling| (filling.accounts, filling.flagged))
        .collect();
    assert_eq!(filled, [(10, 3), (60, 15)]);

    for row in &report.rows {
        let [few, many] = row.costs.as_slice() else {
            panic!("{} has {} columns", row.act, row.costs.len());
        };
        assert_eq!(
            (few.reads, few.scanned, few.writes),
            (many.reads, many.scanned, many.writes),
            "{}",
            row.act
        );
        assert!(few.reads > 0, "{} reads nothing", row.act);
        assert_eq!(few.writes > 0, row.kind == Kind::Message, "{}", row.act);
    }

    let acts: Vec<&str> = report.rows.iter().map(|row| row.act.as_str()).collect();
    for act in [
        "deposit, native",
        "deposit, cw20",
        "withdraw with debt",
        "mint",
        "burn",
        "exchange",
        "flag",
        "clear_flag",
        "liquidate, restoring",
        "liquidate, under water with cover",
        "forward_to_treasury",
        "claim_rewards",
        "push",
        "account",
        "due",
        "debt_hedge",
        "solvency",
        "preview_liquidate",
    ] {
        assert!(acts.contains(&act), "{act} is not among {acts:?}");
    }

    // At the limits the pool's value is one scan of 63 synths beside the dollar, and a page of
    // `due` is full.
    let find = |rows: &[GasRow], act: &str| {
        assert_eq!(rows.len(), report.rows.len());
        let found = rows.iter().find(|row| row.act == act);
        found.cloned().unwrap_or_else(|| panic!("no {act}"))
    };
    let at_limits = |act: &str| find(&report.limit_rows, act);
    assert!(find(&report.steady_rows, "mint").estimate.gas < at_limits("mint").estimate.gas);
    assert_eq!(at_limits("mint").cost.scanned, 63);
    assert_eq!(at_limits("due").cost.scanned, 2 * 63 + 30);
    for row in &report.limit_rows {
        assert!(
            row.kind == Kind::Message || row.estimate.gas <= QUERY_LIMIT,
            "{}: {:?}",
            row.act,
            row.estimate
        );
    }

    for grid in report.grids() {
        for row in &grid.rows {
            assert_eq!(row.len(), grid.columns.len(), "{row:?}");
        }
    }
}

#[rstest]
#[case(Options { accounts: vec![], ..Options::default() }, "NoColumns")]
#[case(Options { accounts: vec![10, 9], ..Options::default() }, "TooFewAccounts")]
#[case(Options { rounds: 0, ..Options::default() }, "NoRounds")]
fn senseless_options_are_refused(#[case] options: Options, #[case] name: &str) {
    let error = run(&options, &mut |_, _| panic!("nothing is done")).unwrap_err();
    assert_eq!(ballast_sim::error_name(&error), name);
}

/// Two messages whose gas was measured on wasmd: the estimates are within a twentieth.
#[rstest]
#[case::transfer(true, 110_003)]
#[case::mint(false, 113_060)]
fn estimates_agree_with_a_real_chain(#[case] transfer: bool, #[case] measured: u64) {
    let mut world = World::deploy(&Profile::find("dynamo").unwrap()).unwrap();
    let sender = world.account(if transfer { "alice" } else { "owner" });
    let recipient = world.account("newcomer").to_string();
    let token = world.contract("WETH").unwrap();
    let amount = Uint128::new(1_000_000);
    let msg = if transfer {
        Cw20ExecuteMsg::Transfer { recipient, amount }
    } else {
        Cw20ExecuteMsg::Mint { recipient, amount }
    };
    world.record();
    let response = world.execute(&sender, &token, &msg, &[]).unwrap();
    let estimate = Estimate::of(&world, &world.take_record(), Some(&response));
    let off = estimate.gas.abs_diff(measured);
    assert!(off * 20 <= measured, "{estimate:?} instead of {measured}");
}
