//! Issue, repay and what the pool's value does to debts: DESIGN §4, to the unit.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests")]

mod common;

use ballast_debt_registry::ContractError;
use ballast_types::debt_registry::{QueryMsg, RepayResponse, Valuation};
use common::*;
use cosmwasm_std::Uint128;
use rstest::rstest;

/// §4: Alice and Bob each mint 100: 50 % each. The pool's value doubles to 400: Alice owes
/// 200. Carol then mints 100: half as many shares as Alice; Alice still owes 200. Alice burns
/// 200: shares 0, debt 0, supply down by 200.
#[test]
fn alice_bob_and_carol() {
    let mut chain = Chain::new();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(addr);
    chain.mint(&alice, 100 * USD);
    chain.mint(&bob, 100 * USD);
    assert_eq!(chain.shares(&alice), chain.shares(&bob));
    assert_eq!(chain.debt(&alice), 100 * USD);

    // The value doubles: everything issued is exchanged for sBTC, which triples, and half
    // of it back would be the same; here all 200 become 200 sBTC at $1, then $2.
    for holder in [&alice, &bob] {
        chain
            .exchange(holder, "LUSD", 100 * USD, "sBTC", 100 * 100_000_000)
            .unwrap();
    }
    chain.price("sBTC", "2");
    assert_eq!(chain.pool().debt, usd("400"));
    assert_eq!(chain.debt(&alice), 200 * USD);

    chain.mint(&carol, 100 * USD);
    let shares = |who| chain.shares(who).parse::<u128>().unwrap();
    assert_eq!(shares(&carol) * 2, shares(&alice));
    assert_eq!(chain.debt(&alice), 200 * USD);
    assert_eq!(chain.debt(&carol), 100 * USD);

    // Alice sells her sBTC for 200 LUSD and burns them.
    chain
        .exchange(&alice, "sBTC", 100 * 100_000_000, "LUSD", 200 * USD)
        .unwrap();
    let supply = chain.synth("LUSD").supply.u128();
    let repaid = chain.repay(&alice, 200 * USD).unwrap();
    assert_eq!(
        repaid,
        RepayResponse {
            amount: Uint128::new(200 * USD),
            debt: Uint128::zero()
        }
    );
    assert_eq!(chain.shares(&alice), "0");
    assert_eq!(chain.debt(&alice), 0);
    assert_eq!(chain.synth("LUSD").supply.u128(), supply - 200 * USD);
    assert_eq!(chain.token_supply("LUSD"), supply - 200 * USD);
    assert_eq!(chain.debt(&bob), 200 * USD);
    assert_eq!(chain.debt(&carol), 100 * USD);
}

#[rstest]
#[case::an_amount(Some(3 * USD), 10 * USD, 3 * USD)]
#[case::the_most(None, 10 * USD, 10 * USD)]
#[case::all_by_name(Some(10 * USD), 10 * USD, 10 * USD)]
fn issues(#[case] amount: Option<u128>, #[case] max_debt: u128, #[case] minted: u128) {
    let mut chain = Chain::new();
    let alice = addr("alice");
    let preview: ballast_types::debt_registry::IssueResponse = chain
        .query(&QueryMsg::PreviewIssue {
            issuer: chain.issuer.to_string(),
            account: alice.to_string(),
            amount: amount.map(Uint128::new),
            max_debt: max_debt.into(),
            min_debt: Uint128::zero(),
        })
        .unwrap();
    let response = chain
        .by_issuer(&issue_msg(&alice, amount, max_debt))
        .unwrap();
    let of = |key| attribute(&response.events, "issue", key);
    assert_eq!(of("account"), alice.to_string());
    assert_eq!(of("issuer"), chain.issuer.to_string());
    for key in ["amount", "debt", "supply", "pool_debt"] {
        assert_eq!(of(key), minted.to_string(), "{key}");
    }
    assert_eq!(of("shares"), format!("{minted}000000000000000000"));
    assert_eq!(
        answer::<ballast_types::debt_registry::IssueResponse>(response).unwrap(),
        preview
    );
    assert_eq!(preview.amount.u128(), minted);
    assert_eq!(chain.balance("LUSD", &alice), minted);
    assert_eq!(chain.synth("LUSD").supply.u128(), minted);
}

/// A second `issue` counts the debt there is.
#[test]
fn the_most_is_what_is_left() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.mint(&alice, 4 * USD);
    let more: ballast_types::debt_registry::IssueResponse =
        answer(chain.by_issuer(&issue_msg(&alice, None, 10 * USD)).unwrap()).unwrap();
    assert_eq!(more.amount.u128(), 6 * USD);
    assert_eq!(more.debt.u128(), 10 * USD);
}

#[rstest]
#[case::less(30, None, 30, 70)]
#[case::all(100, None, 100, 0)]
#[case::more_than_the_debt(250, None, 100, 0)]
#[case::down_to(100, Some(40), 60, 40)]
#[case::down_to_zero(100, Some(0), 100, 0)]
#[case::down_to_out_of_reach(30, Some(40), 30, 70)]
#[case::all_there_is(400, None, 100, 0)]
#[case::all_there_is_down_to(400, Some(40), 60, 40)]
fn repays(
    #[case] amount: u128,
    #[case] down_to: Option<u128>,
    #[case] burnt: u128,
    #[case] left: u128,
) {
    let mut chain = Chain::new();
    let [alice, bob] = ["alice", "bob"].map(addr);
    chain.mint(&alice, 100 * USD);
    chain.mint(&bob, 300 * USD);
    chain.hand_over("LUSD", &alice, 100 * USD);
    chain.hand_over("LUSD", &bob, 300 * USD);
    let (amount, down_to) = (amount * USD, down_to.map(|target| target * USD));
    let preview: RepayResponse = chain
        .query(&QueryMsg::PreviewRepay {
            issuer: chain.issuer.to_string(),
            account: alice.to_string(),
            amount: amount.into(),
            down_to: down_to.map(Uint128::new),
        })
        .unwrap();
    let response = chain.burning(&repay_msg(&alice, amount, down_to)).unwrap();
    let of = |key| attribute(&response.events, "repay", key);
    assert_eq!(of("amount"), (burnt * USD).to_string());
    assert_eq!(of("refund"), (amount - burnt * USD).to_string());
    assert_eq!(of("debt"), (left * USD).to_string());
    assert_eq!(of("pool_debt"), ((400 - burnt) * USD).to_string());
    assert_eq!(answer::<RepayResponse>(response).unwrap(), preview);
    assert_eq!(preview.amount.u128(), burnt * USD);
    assert_eq!(preview.debt.u128(), left * USD);
    // What was not needed is minted to whom the issuer names.
    let issuer = chain.issuer.clone();
    assert_eq!(chain.balance("LUSD", &issuer), 400 * USD - amount);
    assert_eq!(chain.balance("LUSD", &alice), amount - burnt * USD);
    assert_eq!(chain.token_supply("LUSD"), (400 - burnt) * USD);
    assert_eq!(chain.synth("LUSD").supply.u128(), (400 - burnt) * USD);
    assert_eq!(chain.debt(&alice), left * USD);
    assert_eq!(chain.debt(&bob), 300 * USD);
}

/// Thirds do not divide: everything is owed, and nobody owes two units too many.
#[test]
fn debts_round_up_by_less_than_a_unit() {
    let mut chain = Chain::new();
    let names = ["alice", "bob", "carol"].map(addr);
    for who in &names {
        chain.mint(who, 1);
    }
    chain
        .exchange(&names[0], "LUSD", 1, "sETH", 1_000_000_000_000)
        .unwrap();
    // The pool is now worth 2 units and 1.333… units.
    chain.price("sETH", "1.333333333333333333");
    assert_eq!(chain.pool().debt_units.u128(), 4);
    for who in &names {
        assert_eq!(chain.debt(who), 2);
    }
    // A unit repaid is a unit less.
    chain.hand_over("LUSD", &names[1], 1);
    let repaid: RepayResponse =
        answer(chain.burning(&repay_msg(&names[1], 1, Some(1))).unwrap()).unwrap();
    assert_eq!((repaid.amount.u128(), repaid.debt.u128()), (1, 1));
}

/// A pool worth nothing while shares are left: they are void with the next issue.
#[test]
fn an_epoch_ends_when_nothing_is_owed() {
    let mut chain = Chain::new();
    let [alice, bob] = ["alice", "bob"].map(addr);
    chain.mint(&alice, 100 * USD);
    chain.donate("LUSD", &alice, 100 * USD).unwrap();
    assert_eq!(chain.debt(&alice), 0);
    assert_eq!(chain.pool().epoch, 0);
    let issuer = chain.issuer.clone();
    chain.refuse(
        &issuer,
        &repay_msg(&alice, USD, None),
        &ContractError::NoDebt {
            account: alice.clone(),
        },
    );

    chain.mint(&bob, 50 * USD);
    assert_eq!(chain.pool().epoch, 1);
    assert_eq!(chain.debt(&alice), 0);
    assert_eq!(chain.shares(&alice), "0");
    assert_eq!(chain.debt(&bob), 50 * USD);

    // Alice may begin again, in the new epoch.
    chain.mint(&alice, 20 * USD);
    assert_eq!(chain.debt(&alice), 20 * USD);
    assert_eq!(chain.debt(&bob), 50 * USD);
}

/// Debt that nobody owes is the treasury's before anybody else gets a share.
#[test]
fn an_orphan_pool_goes_to_the_treasury() {
    let mut chain = Chain::new();
    let [alice, bob] = ["alice", "bob"].map(addr);
    chain.mint(&alice, 100 * USD);
    chain.burning(&liquidate_msg(&alice, 0, 100 * USD)).unwrap();
    assert_eq!(chain.debt(&alice), 0);
    assert_eq!(chain.pool().debt, usd("100"));
    assert_eq!(chain.pool().total_shares.to_string(), "0");
    assert_eq!(chain.solvency()[0].unassigned_debt, usd("100"));
    assert_eq!(chain.solvency()[0].treasury_debt, usd("0"));

    let response = chain
        .by_issuer(&issue_msg(&bob, Some(50 * USD), u128::MAX))
        .unwrap();
    assert_eq!(
        attribute(&response.events, "issue", "treasury"),
        chain.treasury.to_string()
    );
    let treasury = chain.treasury.clone();
    assert_eq!(chain.debt(&bob), 50 * USD);
    assert_eq!(chain.debt(&treasury), 100 * USD);
    assert_eq!(chain.pool().debt, usd("150"));
    assert_eq!(chain.solvency()[0].unassigned_debt, usd("0"));
    assert_eq!(chain.solvency()[0].treasury_debt, usd("100"));
    // Anybody's donation lowers it.
    chain.donate("LUSD", &alice, 75 * USD).unwrap();
    assert_eq!(chain.debt(&treasury), 50 * USD);
    assert_eq!(chain.debt(&bob), 25 * USD);
}

/// An issue to the treasury itself in such a pool gives it both.
#[test]
fn an_orphan_pool_and_the_treasury_as_debtor() {
    let mut chain = Chain::new();
    let [alice, treasury] = ["alice", "treasury"].map(addr);
    chain.mint(&alice, 100 * USD);
    chain.burning(&liquidate_msg(&alice, 0, 100 * USD)).unwrap();
    chain.mint(&treasury, 50 * USD);
    assert_eq!(chain.debt(&treasury), 150 * USD);
}

/// Repaying is at the larger price of a halted synth, liquidating at the lower.
#[test]
fn each_act_bears_its_price() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.mint(&alice, 100 * USD);
    chain
        .exchange(&alice, "LUSD", 100 * USD, "sBTC", 100 * 100_000_000)
        .unwrap();
    let now = chain.app.block_info().time.seconds();
    let mut halted = live("1", now + 3_600);
    halted.status = ballast_types::oracle::Status::Halted {
        first: "3".parse().unwrap(),
        since: now,
        latest: "3".parse().unwrap(),
    };
    chain.record("sBTC", &halted);
    assert_eq!(chain.debt_at(&alice, Valuation::Repay).unwrap(), 300 * USD);
    assert_eq!(
        chain.debt_at(&alice, Valuation::Liquidation).unwrap(),
        100 * USD
    );
    let error = chain.debt_at(&alice, Valuation::Strict).unwrap_err();
    assert!(error.to_string().contains("Halted: sBTC"), "{error}");
}

/// One dead feed of many stops no exit; it stops what opens risk.
#[test]
fn a_dead_feed_stops_issues_and_no_repayment() {
    let mut chain = Chain::new();
    let [alice, bob] = ["alice", "bob"].map(addr);
    chain.mint(&alice, 100 * USD);
    chain.mint(&bob, 100 * USD);
    chain
        .exchange(&bob, "LUSD", 100 * USD, "sBTC", 100 * 100_000_000)
        .unwrap();
    chain.wait(7_200);
    let error = chain.issue(&alice, USD, u128::MAX).unwrap_err();
    assert!(
        matches!(typed(&error), ContractError::Price(ballast_types::oracle::PriceError::Stale { asset, .. }) if asset == "sBTC")
    );
    // The liquidation of the other waits as well: its price is not known.
    let error = chain.burning(&liquidate_msg(&alice, 0, USD)).unwrap_err();
    assert!(matches!(typed(&error), ContractError::Price(_)));
    assert_eq!(chain.repay(&alice, 100 * USD).unwrap().debt.u128(), 0);
    // Without shares no price is needed to know that nothing is owed.
    assert_eq!(chain.debt(&alice), 0);
    assert!(chain.debt_at(&bob, Valuation::Strict).is_err());
    assert_eq!(chain.debt_at(&bob, Valuation::Repay).unwrap(), 100 * USD);
}

/// A stale price counts as the larger of itself and its average.
#[test]
fn a_stale_price_counts_as_its_average_when_that_is_larger() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.mint(&alice, 100 * USD);
    chain
        .exchange(&alice, "LUSD", 100 * USD, "sBTC", 100 * 100_000_000)
        .unwrap();
    let mut record = live("1", 0);
    record.ema = "1.5".parse().unwrap();
    chain.record("sBTC", &record);
    assert_eq!(chain.debt_at(&alice, Valuation::Repay).unwrap(), 150 * USD);
}

/// 64 synths, 63 of them without supply and without any price: they do not matter.
#[test]
fn synths_without_supply_do_not_matter() {
    let mut chain = Chain::empty();
    let issuer = chain.issuer.clone();
    let alice = addr("alice");
    chain.add_issuer(&issuer, "LUSD").unwrap();
    for n in 1..64 {
        let id = format!("s{n}");
        chain.know(&id, 6);
        let owner = chain.owner.clone();
        let mut spec = spec(&id);
        spec.symbol = "SYN".to_owned();
        chain
            .send(
                &owner,
                &ballast_types::debt_registry::ExecuteMsg::AddSynth {
                    issuer: issuer.to_string(),
                    synth: spec,
                },
            )
            .unwrap();
    }
    chain.mint(&alice, 100 * USD);
    assert_eq!(chain.debt(&alice), 100 * USD);
    assert_eq!(chain.pool().synths.len(), 64);
    assert_eq!(chain.repay(&alice, 100 * USD).unwrap().debt.u128(), 0);
    let error = chain.add_synth(&issuer, "sBTC").unwrap_err();
    assert_eq!(
        typed(&error),
        &ContractError::TooManySynths { issuer, synths: 64 }
    );
}

/// What is sent straight to the registry, or burnt by its holder, changes nobody's numbers.
#[test]
fn direct_transfers_and_burns_change_nothing() {
    let mut chain = Chain::new();
    let [alice, bob] = ["alice", "bob"].map(addr);
    chain.mint(&alice, 100 * USD);
    chain.mint(&bob, 100 * USD);
    let registry = chain.registry.clone();
    let before = (chain.pool(), chain.debt(&alice), chain.debt(&bob));
    chain.transfer("LUSD", &alice, &registry, 40 * USD).unwrap();
    let issuer = chain.issuer.clone();
    chain.transfer("LUSD", &alice, &issuer, 10 * USD).unwrap();
    let burn = cw20::Cw20ExecuteMsg::Burn {
        amount: Uint128::new(20 * USD),
    };
    chain.cw20("LUSD", &bob, &burn).unwrap();
    assert_eq!((chain.pool(), chain.debt(&alice), chain.debt(&bob)), before);
    // Invariant 1: the difference is what holders burnt themselves.
    assert_eq!(chain.synth("LUSD").supply.u128(), 200 * USD);
    assert_eq!(chain.token_supply("LUSD"), 180 * USD);
    // What lies in the registry cannot be used for anybody's repayment.
    let not_burnt = ContractError::NotBurnt {
        synth: "LUSD".into(),
        amount: Uint128::new(40 * USD),
        burnt: Uint128::new(20 * USD),
    };
    chain.refuse(&issuer, &repay_msg(&alice, 40 * USD, None), &not_burnt);
}

/// A donation lowers the pool for all, in proportion.
#[test]
fn a_donation_is_shared() {
    let mut chain = Chain::new();
    let [alice, bob] = ["alice", "bob"].map(addr);
    chain.mint(&alice, 100 * USD);
    chain.mint(&bob, 300 * USD);
    let response = chain.donate("LUSD", &bob, 200 * USD).unwrap();
    let of = |key| attribute(&response.events, "donate", key);
    assert_eq!(of("sender"), bob.to_string());
    assert_eq!(of("synth"), "LUSD");
    assert_eq!(of("amount"), (200 * USD).to_string());
    assert_eq!(of("supply"), (200 * USD).to_string());
    assert_eq!(chain.debt(&alice), 50 * USD);
    assert_eq!(chain.debt(&bob), 150 * USD);
    assert_eq!(chain.token_supply("LUSD"), 200 * USD);
    let registry = chain.registry.clone();
    assert_eq!(chain.balance("LUSD", &registry), 0);
}

/// Whoever mints, donates all but a unit and mints again multiplies the shares by a million
/// millions each time. Without a scale the fifth round would overflow, and nobody could mint.
#[test]
fn donations_cannot_run_the_shares_out_of_range() {
    let mut chain = Chain::new();
    let [mallory, alice] = ["mallory", "alice"].map(addr);
    chain.mint(&mallory, USD * USD);
    for _ in 0..40 {
        let supply = chain.synth("LUSD").supply.u128();
        chain.donate("LUSD", &mallory, supply - 1).unwrap();
        chain.mint(&mallory, USD * USD - 1);
        assert_eq!(chain.debt(&mallory), USD * USD);
    }
    let minted = chain.mint(&alice, 1_000 * USD);
    assert_eq!(minted.debt.u128(), 1_000 * USD);
    assert_eq!(chain.debt(&mallory), USD * USD);
    assert_eq!(chain.pool().debt_units.u128(), USD * USD + 1_000 * USD);
    assert_eq!(chain.pool().epoch, 0);
    assert_eq!(chain.repay(&alice, 1_000 * USD).unwrap().debt.u128(), 0);
    assert_eq!(chain.repay(&mallory, USD * USD).unwrap().debt.u128(), 0);
    assert_eq!(chain.pool().total_shares.to_string(), "0");
}

/// Mallory multiplies the shares until a second account of hers holds one that is worth nothing,
/// and leaves a bad debt to it. One share is then worth all of it, and rounding up to one would
/// give half of it to whoever mints next: it is nobody's, as if there were no share.
#[test]
fn a_bad_debt_on_a_single_share_is_not_passed_on() {
    let mut chain = Chain::new();
    let [crumb, mallory, bob] = ["crumb", "mallory", "bob"].map(addr);
    chain.mint(&crumb, 1);
    chain.transfer("LUSD", &crumb, &mallory, 1).unwrap();
    chain.mint(&mallory, USD * USD);
    for _ in 0..5 {
        let supply = chain.synth("LUSD").supply.u128();
        chain.donate("LUSD", &mallory, supply - 1).unwrap();
        chain.mint(&mallory, USD * USD);
    }
    let owed = chain.debt(&mallory);
    chain.by_issuer(&liquidate_msg(&mallory, 0, owed)).unwrap();
    assert_eq!(chain.shares(&crumb), "1");
    assert_eq!(chain.debt(&crumb), USD * USD + 1);

    let minted = chain.mint(&bob, 100 * USD);
    assert_eq!(minted.debt.u128(), 100 * USD);
    assert_eq!(chain.debt(&bob), 100 * USD);
    assert_eq!(chain.debt(&crumb), 0);
    let treasury = chain.treasury.clone();
    assert_eq!(chain.debt(&treasury), USD * USD + 1);
    assert_eq!(chain.pool().epoch, 1);
}
