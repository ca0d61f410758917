//! What can be asked, with figures.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::{
    issuer::IssuerReport,
    synth_minter::{
        AccountResponse, AssetAmount, CollateralResponse, ConfigResponse, DebtHedgeResponse,
        DueAct, DueCursor, DueResponse, HedgeExchange, HedgeSynth, QueryMsg, StakedResponse,
    },
};
use common::*;
use cosmwasm_std::Uint128;

fn account_query(stage: &Stage, name: &str) -> AccountResponse {
    stage.account(name)
}

#[test]
fn config_names_the_dollar() {
    let stage = Stage::new();
    let config: ConfigResponse = stage.ask(&QueryMsg::Config {}).unwrap();
    let dollar = config.dollar.unwrap();
    assert_eq!((dollar.synth.as_str(), dollar.decimals), ("LUSD", 6));
    assert_eq!(dollar.token, stage.at("LUSD"));
    assert!(dollar.is_dollar);
    assert_eq!(config.params.grace_secs, GRACE);
    assert_eq!(config.params.flag_expiry_secs, EXPIRY);
}

#[test]
fn collaterals_by_id() {
    let mut stage = Stage::new();
    stage.deposit("alice", "WETH", ETHER).unwrap();
    let all: Vec<CollateralResponse> = stage.ask(&QueryMsg::Collaterals {}).unwrap();
    assert_eq!(all, [stage.collateral("LIFE"), stage.collateral("WETH")]);
    assert_eq!(all[0].total.u128(), 0);
    assert_eq!(all[1].total.u128(), ETHER);
    assert_eq!((all[0].decimals, all[1].decimals), (6, 18));
    let asset = "DOGE".to_owned();
    errs(
        "UnknownCollateral",
        stage.ask::<CollateralResponse>(&QueryMsg::Collateral { asset }),
    );
}

/// Everything of one account: 9,000 LIFE at $0.50 and 1 WETH at $2,000 against 1,000 LUSD.
#[test]
fn an_account_in_one_call() {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 9_000 * ONE).unwrap();
    stage.deposit("alice", "WETH", ETHER).unwrap();
    stage.mint("alice", Some(1_000 * ONE)).unwrap();
    let alice = account_query(&stage, "alice");
    assert_eq!(alice.account, stage.at("alice"));
    assert_eq!(alice.collateral_value.unwrap().to_string(), "6500");
    assert_eq!(alice.debt.u128(), 1_000 * ONE);
    assert_eq!(alice.c_ratio.unwrap().to_string(), "6.5");
    assert_eq!(alice.max_debt, Some(Uint128::new(1_666_666_666)));
    assert_eq!(alice.mintable, Some(Uint128::new(666_666_666)));
    assert_eq!(alice.to_target, Some(Uint128::zero()));
    assert_eq!(alice.weak, Some(false));
    assert_eq!(alice.stake_locked_until, None);
    assert_eq!(alice.flag, None);
    let [life, weth] = &alice.collateral[..] else {
        panic!("two collaterals")
    };
    assert_eq!(
        (life.asset.as_str(), life.amount.u128()),
        ("LIFE", 9_000 * ONE)
    );
    assert_eq!(life.price, Some(dec("0.5")));
    assert_eq!(life.value.unwrap().to_string(), "4500");
    assert_eq!(life.terms.issuance_ratio, dec("4.5"));
    // WETH carries 666.666666…: 333.333333… · 9 must stay.
    assert_eq!(life.withdrawable, Some(Uint128::new(6_000 * ONE)));
    assert_eq!(weth.price, Some(dec("2000")));
    assert_eq!(weth.value.unwrap().to_string(), "2000");
    assert_eq!(weth.terms.issuance_ratio, dec("3"));
    // LIFE carries it alone.
    assert_eq!(weth.withdrawable, Some(Uint128::new(ETHER)));
    // What it says may leave or be minted, may: and not a unit more.
    for (asset, most) in [("LIFE", 6_000 * ONE), ("WETH", ETHER)] {
        let preview = stage.preview_withdraw("alice", asset, None).unwrap();
        assert_eq!(preview.amount.u128(), most);
    }
    assert_eq!(
        stage.preview_mint("alice", None).unwrap().amount.u128(),
        666_666_666
    );
}

#[test]
fn an_account_that_is_not_there() {
    let stage = Stage::new();
    let bob = account_query(&stage, "bob");
    assert_eq!(bob.collateral, vec![]);
    assert_eq!(bob.debt, Uint128::zero());
    assert_eq!(bob.c_ratio, None);
    assert_eq!(bob.max_debt, Some(Uint128::zero()));
    assert_eq!(bob.mintable, Some(Uint128::zero()));
    assert_eq!(bob.weak, Some(false));
}

/// Numbers that need a price that is not there are none, and the rest stands.
#[test]
fn an_account_without_prices() {
    let mut stage = Stage::teddy();
    stage.kill("LIFE");
    let teddy = account_query(&stage, "teddy");
    assert_eq!(teddy.debt.u128(), ONE);
    assert_eq!(
        (
            teddy.collateral_value,
            teddy.c_ratio,
            teddy.max_debt,
            teddy.mintable
        ),
        (None, None, None, None)
    );
    assert_eq!((teddy.to_target, teddy.weak), (None, None));
    assert_eq!(teddy.collateral[0].amount.u128(), 9 * ONE);
    assert_eq!(teddy.collateral[0].price, None);
    assert_eq!(teddy.collateral[0].withdrawable, None);
    // A collateral nobody owes against may leave whole.
    stage.deposit("alice", "WETH", ETHER).unwrap();
    stage.kill("WETH");
    let alice = account_query(&stage, "alice");
    assert_eq!(alice.collateral[0].withdrawable, Some(Uint128::new(ETHER)));
}

#[test]
fn accounts_are_paged_by_address() {
    let mut stage = Stage::teddy();
    for name in ["alice", "bob", "keeper"] {
        stage.deposit(name, "LIFE", 5 * ONE).unwrap();
    }
    stage.price("LIFE", "0.25");
    stage.flag("other", "teddy").unwrap();
    let page = |start_after: Option<String>, limit: Option<u32>| -> Vec<StakedResponse> {
        stage
            .ask(&QueryMsg::Accounts { start_after, limit })
            .unwrap()
    };
    let all = page(None, None);
    assert_eq!(all.len(), 4);
    assert!(all.is_sorted_by(|a, b| a.account < b.account));
    let teddy = all
        .iter()
        .find(|row| row.account == stage.at("teddy"))
        .unwrap();
    assert_eq!(teddy.collateral, [amount_of("LIFE", 9 * ONE)]);
    assert_eq!(teddy.flag, stage.flag_of("teddy"));
    let mut paged = vec![];
    let mut after = None;
    loop {
        let rows = page(after.clone(), Some(1));
        let Some(last) = rows.last() else { break };
        after = Some(last.account.to_string());
        paged.extend(rows);
    }
    assert_eq!(paged, all);
    errs(
        "InvalidAddress",
        stage.ask::<Vec<StakedResponse>>(&QueryMsg::Accounts {
            start_after: Some("x".into()),
            limit: None,
        }),
    );
}

#[test]
fn an_account_that_left_is_forgotten() {
    let mut stage = Stage::teddy();
    stage.burn("teddy", ONE).unwrap();
    stage.withdraw("teddy", "LIFE", None).unwrap();
    let all: Vec<StakedResponse> = stage
        .ask(&QueryMsg::Accounts {
            start_after: None,
            limit: None,
        })
        .unwrap();
    assert_eq!(all, vec![]);
}

/// Alice owes half of a pool of $2,000. Bob has exchanged his half into sEUR and sETH; if she
/// does the same, each holds half of each.
#[test]
fn the_hedge_mirrors_the_pool() {
    let mut stage = Stage::new();
    stage.update_params(|params| params.exchange.base_fee = dec("0"));
    for name in ["alice", "bob"] {
        stage.deposit(name, "LIFE", 9_000 * ONE).unwrap();
        stage.mint(name, None).unwrap();
    }
    stage.exchange("bob", "LUSD", 500 * ONE, "sEUR").unwrap();
    stage.exchange("bob", "LUSD", 500 * ONE, "sETH").unwrap();
    let hedge = |stage: &Stage, name: &str| -> DebtHedgeResponse {
        let account = stage.at(name).to_string();
        stage.ask(&QueryMsg::DebtHedge { account }).unwrap()
    };
    let alice = hedge(&stage, "alice");
    assert_eq!(alice.share.to_string(), "0.5");
    assert_eq!(alice.debt.u128(), 1_000 * ONE);
    let line = |synth: &str, weight: &str, target: u128, held: u128| HedgeSynth {
        synth: synth.into(),
        weight: weight.parse().unwrap(),
        target: target.into(),
        held: held.into(),
    };
    assert_eq!(
        alice.synths,
        [
            line("LUSD", "0.5", 0, 1_000 * ONE),
            line("sETH", "0.25", ETHER / 4, 0),
            line("sEUR", "0.25", 400 * ONE, 0),
        ]
    );
    let exchange = |to: &str| HedgeExchange {
        from: "LUSD".into(),
        to: to.into(),
        amount: (500 * ONE).into(),
    };
    assert_eq!(alice.exchanges, [exchange("sETH"), exchange("sEUR")]);

    // She does it: nothing is left to do, and a price that doubles moves debt and wallet alike.
    for HedgeExchange { from, to, amount } in &alice.exchanges {
        stage.exchange("alice", from, amount.u128(), to).unwrap();
    }
    let alice = hedge(&stage, "alice");
    assert!(alice.synths.iter().all(|line| line.target == line.held));
    assert_eq!(alice.exchanges, vec![]);
    stage.price("sETH", "4000");
    let debt = stage.debt("alice");
    let worth = stage.wallet("alice", "LUSD")
        + stage.wallet("alice", "sEUR") * 5 / 4
        + stage.wallet("alice", "sETH") * 4_000 / 1_000_000_000_000;
    assert!(debt.abs_diff(worth) <= 2, "{debt} {worth}");

    // Who owes nothing has nothing to mirror.
    let other = hedge(&stage, "other");
    assert_eq!(other.share.to_string(), "0");
    assert_eq!(other.exchanges, vec![]);
}

#[test]
fn the_hedge_of_an_empty_pool() {
    let stage = Stage::new();
    let account = stage.at("alice").to_string();
    let hedge: DebtHedgeResponse = stage.ask(&QueryMsg::DebtHedge { account }).unwrap();
    assert_eq!(hedge.share.to_string(), "0");
    assert_eq!(hedge.exchanges, vec![]);
}

fn due(stage: &Stage, start_after: Option<DueCursor>, limit: Option<u32>) -> DueResponse {
    stage.ask(&QueryMsg::Due { start_after, limit }).unwrap()
}

/// Three flags: one due, one cured by the other collateral's price, one in grace.
#[test]
fn due_says_what_a_keeper_can_do() {
    let mut stage = Stage::teddy();
    stage.deposit("bob", "WETH", ETHER).unwrap();
    stage.mint("bob", None).unwrap();
    stage.deposit("alice", "LIFE", 9 * ONE).unwrap();
    stage.mint("alice", None).unwrap();
    stage.price("LIFE", "0.25");
    stage.price("WETH", "1000");
    assert_eq!(due(&stage, None, None).due, vec![]);
    stage.flag("other", "teddy").unwrap();
    stage.flag("other", "bob").unwrap();
    stage.world.wait(10);
    stage.flag("other", "alice").unwrap();
    // In grace there is nothing to do.
    assert_eq!(due(&stage, None, None).due, vec![]);
    stage.price("WETH", "2000");
    stage.world.wait(GRACE - 15);

    let page = due(&stage, None, None);
    assert_eq!(page.next, None);
    let [first, second] = &page.due[..] else {
        panic!("two flags: {page:#?}")
    };
    let (teddy, bob) = match first.flag.account == stage.at("teddy") {
        true => (first, second),
        false => (second, first),
    };
    assert_eq!(Some(&teddy.flag), stage.flag_of("teddy").as_ref());
    assert_eq!(bob.act, DueAct::Clear { expired: false });
    let preview = stage.preview_liquidate("teddy", None).unwrap();
    let reward = preview.seized[0].liquidator;
    assert_eq!(
        teddy.act,
        DueAct::Liquidate {
            most: preview.most,
            reward: vec![AssetAmount {
                asset: "LIFE".into(),
                amount: reward
            }],
            // 2,805,883 LIFE at $0.25 less 0.661765.
            profit: "0.03970575".parse().unwrap(),
        }
    );

    // Page by page, one flag each; the third is in grace and only moves the cursor.
    let mut seen = vec![];
    let mut cursor = None;
    for _ in 0..3 {
        let page = due(&stage, cursor.clone(), Some(1));
        seen.extend(page.due);
        cursor = page.next;
        assert!(cursor.is_some());
    }
    assert_eq!(seen.len(), 2);
    let last = due(&stage, cursor, Some(1));
    assert_eq!((last.due, last.next), (vec![], None));

    // Flags that expired may be cleared, prices or none.
    stage.world.silence("LIFE", true).unwrap();
    stage.world.wait(EXPIRY + 10);
    let page = due(&stage, None, None);
    assert_eq!(page.due.len(), 3);
    assert!(
        page.due
            .iter()
            .all(|row| row.act == DueAct::Clear { expired: true })
    );
}

/// A price that is not there hides the flags that need it, and no others.
#[test]
fn due_without_a_price() {
    let mut stage = Stage::due_teddy();
    stage.deposit("bob", "WETH", ETHER).unwrap();
    stage.mint("bob", None).unwrap();
    stage.price("WETH", "1000");
    stage.flag("other", "bob").unwrap();
    stage.kill("LIFE");
    assert_eq!(due(&stage, None, None).due, vec![]);
    stage.price("WETH", "2000");
    let page = due(&stage, None, None);
    assert_eq!(page.due.len(), 1);
    assert_eq!(page.due[0].flag.account, stage.at("bob"));
}

/// What stands behind the debt, at the lower exit prices; one that is not there counts nothing.
#[test]
fn the_report_shows_the_worst_case() {
    let mut stage = Stage::new();
    stage.deposit("alice", "LIFE", 9_000 * ONE).unwrap();
    stage.deposit("bob", "WETH", ETHER).unwrap();
    let value = |stage: &Stage| {
        let report: IssuerReport = stage.ask(&QueryMsg::IssuerReport {}).unwrap();
        assert!(report.unassigned_debt.is_zero());
        report.collateral_value.to_string()
    };
    assert_eq!(value(&stage), "6500");
    stage.halt("LIFE", "38000");
    assert_eq!(value(&stage), "6500");
    stage.kill("WETH");
    assert_eq!(value(&stage), "4500");
}

#[test]
fn questions_about_what_is_no_address() {
    let stage = Stage::new();
    let account = || "x".to_owned();
    let questions = [
        QueryMsg::Account { account: account() },
        QueryMsg::PreviewDeposit {
            account: account(),
            asset: "LIFE".into(),
            amount: Uint128::one(),
        },
        QueryMsg::PreviewWithdraw {
            account: account(),
            asset: "LIFE".into(),
            amount: None,
        },
        QueryMsg::PreviewMint {
            account: account(),
            amount: None,
        },
        QueryMsg::PreviewBurn {
            account: account(),
            amount: Uint128::one(),
            to_target: false,
        },
        QueryMsg::PreviewFlag { account: account() },
        QueryMsg::PreviewClearFlag { account: account() },
        QueryMsg::PreviewLiquidate {
            account: account(),
            amount: None,
        },
        QueryMsg::DebtHedge { account: account() },
        QueryMsg::Rewards { account: account() },
        QueryMsg::Due {
            start_after: Some(DueCursor {
                deadline: 0,
                account: account(),
            }),
            limit: None,
        },
    ];
    for question in questions {
        errs("InvalidAddress", stage.ask::<serde_json::Value>(&question));
    }
}
