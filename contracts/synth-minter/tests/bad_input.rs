//! What bad input gets: a typed error by its name, and a state that is byte for byte the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use std::collections::BTreeSet;

use anyhow::Result as AnyResult;
use ballast_sim::{ContractKind, error_name};
use ballast_types::{
    Terms, TokenUnchecked,
    issuer::NewSynth,
    synth_minter::{ExecuteMsg, Operation, ReceiveMsg},
};
use common::*;
use cosmwasm_schema::schemars::{JsonSchema, schema_for};
use cosmwasm_std::{Addr, Binary, Coin, Uint128, to_json_binary};
use cw_multi_test::{AppResponse, Executor};
use cw_ownable::Action;
use cw20::{Cw20Coin, Cw20ExecuteMsg, Cw20ReceiveMsg};
use serde_json::json;

type Act = Box<dyn Fn(&mut Stage) -> AnyResult<AppResponse>>;

/// One row: what is wrong, the error's name, the message.
struct Row(&'static str, &'static str, Act);

/// Teddy is flagged and his grace is over; a part is liquidated already, so that rewards and
/// the treasury's part wait. Alice has sEUR. `evil` is a cw20 that nobody knows.
fn stage() -> Stage {
    let mut stage = Stage::due_teddy();
    stage.liquidate("keeper", "teddy", 100_000).unwrap();
    stage.deposit("alice", "LIFE", 9_000 * ONE).unwrap();
    stage.mint("alice", None).unwrap();
    stage.exchange("alice", "LUSD", 100 * ONE, "sEUR").unwrap();
    stage.mint_denom("other", "ulife", u128::MAX / 2);
    stage.mint_denom("other", "uother", ONE);
    let weth_mint = Cw20ExecuteMsg::Mint {
        recipient: stage.at("other").to_string(),
        amount: (u128::MAX / 2).into(),
    };
    stage.other_contract("owner", "WETH", &weth_mint).unwrap();
    stage
}

fn evil_token(stage: &mut Stage) -> Addr {
    let code = stage.world.app.store_code(ContractKind::Cw20.code());
    let other = stage.who("other");
    let msg = cw20_base::msg::InstantiateMsg {
        name: "Ballast Dollar".into(),
        symbol: "LUSD".into(),
        decimals: 6,
        initial_balances: vec![Cw20Coin {
            address: other.to_string(),
            amount: ONE.into(),
        }],
        mint: None,
        marketing: None,
    };
    stage
        .world
        .app
        .instantiate_contract(code, other, &msg, &[], "evil", None)
        .unwrap()
}

// ------------------------------------------------------------------ short words for rows

/// The owner's, or another sender's, message.
fn by(who: &'static str, msg: ExecuteMsg) -> Act {
    Box::new(move |stage| stage.act(who, &msg))
}

fn with_funds(who: &'static str, msg: ExecuteMsg, funds: Vec<Coin>) -> Act {
    Box::new(move |stage| stage.act_with(who, &msg, &funds))
}

fn hook(who: &'static str, asset: &'static str, amount: u128, hook: ReceiveMsg) -> Act {
    Box::new(move |stage| stage.hook(who, asset, amount, &hook))
}

fn of(
    name: &'static str,
    act: impl Fn(&mut Stage, String) -> AnyResult<AppResponse> + 'static,
) -> Act {
    Box::new(move |stage| {
        let address = stage.who(name).to_string();
        act(stage, address)
    })
}

fn coins(amount: u128, denom: &str) -> Vec<Coin> {
    vec![Coin::new(amount, denom)]
}

fn x() -> String {
    "x".into()
}

fn deposit(account: Option<String>) -> ExecuteMsg {
    ExecuteMsg::Deposit { account }
}

fn withdraw(asset: &str, amount: Option<u128>) -> ExecuteMsg {
    ExecuteMsg::Withdraw {
        asset: asset.into(),
        amount: amount.map(Uint128::new),
    }
}

fn mint(amount: Option<u128>) -> ExecuteMsg {
    ExecuteMsg::Mint {
        amount: amount.map(Uint128::new),
    }
}

fn terms(issuance: &str, flag: &str, penalty: &str) -> Terms {
    Terms {
        issuance_ratio: dec(issuance),
        flag_ratio: dec(flag),
        liquidation_penalty: dec(penalty),
    }
}

fn add(asset: &str, token: TokenUnchecked) -> ExecuteMsg {
    ExecuteMsg::AddCollateral {
        asset: asset.into(),
        token,
        terms: terms("4.5", "3", "0.1"),
        cap: Uint128::MAX,
    }
}

fn native(denom: &str) -> TokenUnchecked {
    TokenUnchecked::Native(denom.into())
}

fn update(asset: &str, terms: Option<Terms>) -> ExecuteMsg {
    ExecuteMsg::UpdateCollateral {
        asset: asset.into(),
        terms,
        cap: None,
        enabled: None,
    }
}

fn accept(synth: &str, token: Addr) -> ExecuteMsg {
    ExecuteMsg::AcceptSynth(NewSynth {
        synth: synth.into(),
        token,
        decimals: 6,
        is_dollar: false,
    })
}

fn forward(assets: &[&str]) -> ExecuteMsg {
    ExecuteMsg::ForwardToTreasury {
        assets: strings(assets),
    }
}

fn claim(account: Option<String>, assets: &[&str]) -> ExecuteMsg {
    ExecuteMsg::ClaimRewards {
        account,
        assets: strings(assets),
    }
}

fn burn(account: Option<String>) -> ReceiveMsg {
    ReceiveMsg::Burn {
        account,
        to_target: false,
    }
}

fn liquidate(account: String) -> ReceiveMsg {
    ReceiveMsg::Liquidate {
        account,
        min_received: vec![],
    }
}

fn exchange(to: &str, min_out: u128, recipient: Option<String>) -> ReceiveMsg {
    ReceiveMsg::Exchange {
        to: to.into(),
        min_out: min_out.into(),
        recipient,
    }
}

fn received(msg: Binary) -> ExecuteMsg {
    ExecuteMsg::Receive(Cw20ReceiveMsg {
        sender: x(),
        amount: ONE.into(),
        msg,
    })
}

fn transfer_to(new_owner: String) -> ExecuteMsg {
    ExecuteMsg::UpdateOwnership(Action::TransferOwnership {
        new_owner,
        expiry: None,
    })
}

// ------------------------------------------------------------------ the tables

fn check(stage: &mut Stage, rows: Vec<Row>) {
    for Row(what, name, act) in rows {
        let before = stage.world.dump();
        let error = match act(stage) {
            Err(error) => error,
            Ok(_) => panic!("{what}: {name} was expected"),
        };
        assert_eq!(error_name(&error), name, "{what}: {error:#}");
        assert!(stage.world.is_unchanged(&before), "{what} left a trace");
    }
}

const MAX: u128 = u128::MAX;
const HALF: u128 = u128::MAX / 2;

#[test]
#[rustfmt::skip]
fn messages() {
    let mut stage = stage();
    let params = stage.params();
    let bad_params = {
        let mut bad = params.clone();
        bad.flag_expiry_secs = 0;
        bad
    };
    let update_params = |params| ExecuteMsg::UpdateParams { params };
    let guardian = |guardian: Option<String>| ExecuteMsg::SetGuardian { guardian };
    let off = |operation| ExecuteMsg::SwitchOff { operation };
    let on = |operation| ExecuteMsg::SwitchOn { operation };
    let lusd = stage.at("LUSD");
    let weth = TokenUnchecked::Cw20(stage.at("WETH").to_string());
    let fresh = stage.who("fresh");
    check(&mut stage, vec![
        Row("deposit: no funds", "Payment", by("alice", deposit(None))),
        Row("deposit: two coins", "Payment", with_funds("other", deposit(None), [coins(1, "ulife"), coins(1, "uother")].concat())),
        Row("deposit: unknown denom", "UnknownCollateral", with_funds("other", deposit(None), coins(1, "uother"))),
        Row("deposit: bad address", "InvalidAddress", with_funds("other", deposit(Some(x())), coins(1, "ulife"))),
        Row("deposit: near the maximum", "CapExceeded", with_funds("other", deposit(None), coins(HALF, "ulife"))),

        Row("withdraw: funds", "Payment", with_funds("teddy", withdraw("LIFE", Some(1)), coins(1, "ulife"))),
        Row("withdraw: unknown asset", "UnknownCollateral", by("teddy", withdraw("DOGE", Some(1)))),
        Row("withdraw: a synth", "UnknownCollateral", by("teddy", withdraw("LUSD", Some(1)))),
        Row("withdraw: zero", "ZeroAmount", by("teddy", withdraw("LIFE", Some(0)))),
        Row("withdraw: too much", "InsufficientCollateral", by("teddy", withdraw("LIFE", Some(MAX)))),
        Row("withdraw: below the ratio", "BelowIssuanceRatio", by("teddy", withdraw("LIFE", Some(1)))),
        Row("withdraw: nothing there", "NothingToWithdraw", by("bob", withdraw("LIFE", None))),

        Row("mint: funds", "Payment", with_funds("alice", mint(None), coins(1, "ulife"))),
        Row("mint: zero", "ZeroAmount", by("alice", mint(Some(0)))),
        Row("mint: too much", "ExceedsMaxDebt", by("alice", mint(Some(MAX)))),
        Row("mint: no collateral", "NothingToIssue", by("bob", mint(None))),

        Row("flag: funds", "Payment", of("alice", |s, account| s.act_with("bob", &ExecuteMsg::Flag { account }, &coins(1, "ulife")))),
        Row("flag: bad address", "InvalidAddress", by("bob", ExecuteMsg::Flag { account: x() })),
        Row("flag: unknown account", "NotWeak", of("nobody", |s, account| s.act("bob", &ExecuteMsg::Flag { account }))),
        Row("flag: twice", "AlreadyFlagged", of("teddy", |s, account| s.act("bob", &ExecuteMsg::Flag { account }))),

        Row("clear_flag: funds", "Payment", of("teddy", |s, account| s.act_with("bob", &ExecuteMsg::ClearFlag { account }, &coins(1, "ulife")))),
        Row("clear_flag: bad address", "InvalidAddress", by("bob", ExecuteMsg::ClearFlag { account: x() })),
        Row("clear_flag: not flagged", "NotFlagged", of("alice", |s, account| s.act("bob", &ExecuteMsg::ClearFlag { account }))),
        Row("clear_flag: too early", "StillBelowIssuanceRatio", of("teddy", |s, account| s.act("bob", &ExecuteMsg::ClearFlag { account }))),

        Row("forward: funds", "Payment", with_funds("alice", forward(&["LIFE"]), coins(1, "ulife"))),
        Row("forward: nothing named", "ZeroAmount", by("alice", forward(&[]))),
        Row("forward: unknown asset", "NothingDue", by("alice", forward(&["DOGE"]))),
        Row("forward: duplicate", "NothingDue", by("alice", forward(&["LIFE", "LIFE"]))),
        Row("forward: too many", "TooMany", by("alice", forward(&["LIFE"; 17]))),

        Row("claim: funds", "Payment", with_funds("other", claim(None, &["LIFE"]), coins(1, "ulife"))),
        Row("claim: nothing named", "ZeroAmount", by("other", claim(None, &[]))),
        Row("claim: unknown asset", "NothingDue", by("other", claim(None, &["DOGE"]))),
        Row("claim: duplicate", "NothingDue", by("other", claim(None, &["LIFE", "LIFE"]))),
        Row("claim: by one who has none", "NothingDue", by("bob", claim(None, &["LIFE"]))),
        Row("claim: bad address", "InvalidAddress", by("other", claim(Some(x()), &["LIFE"]))),
        Row("claim: too many", "TooMany", by("other", claim(None, &["LIFE"; 17]))),

        Row("receive: by a plain account", "UnknownToken", by("alice", received(to_json_binary(&burn(None)).unwrap()))),
        Row("receive: by the owner", "UnknownToken", by("owner", received(to_json_binary(&burn(None)).unwrap()))),
        Row("receive: funds", "Payment", with_funds("alice", received(Binary::default()), coins(1, "ulife"))),

        Row("accept_synth: funds", "Payment", with_funds("other", accept("evil", fresh.clone()), coins(1, "ulife"))),
        Row("accept_synth: wrong sender", "Unauthorized", by("owner", accept("evil", fresh.clone()))),
        Row("accept_synth: bad address", "InvalidAddress", by("debt-registry", accept("evil", Addr::unchecked("x")))),
        Row("accept_synth: duplicate token", "DuplicateToken", by("debt-registry", accept("evil", lusd.clone()))),
        Row("accept_synth: duplicate id", "DuplicateCollateral", by("debt-registry", accept("sEUR", fresh.clone()))),
        Row("accept_synth: id of a collateral", "DuplicateCollateral", by("debt-registry", accept("LIFE", fresh))),

        Row("add_collateral: funds", "Payment", with_funds("other", add("LIFE", native("u")), coins(1, "ulife"))),
        Row("add_collateral: wrong sender", "Ownership", by("guardian", add("LIFE", native("u")))),
        Row("add_collateral: unknown asset", "UnknownAsset", by("owner", add("DOGE", native("u")))),
        Row("add_collateral: bad address", "InvalidAddress", by("owner", add("sETH", TokenUnchecked::Cw20(x())))),
        Row("add_collateral: duplicate id", "DuplicateCollateral", by("owner", add("LIFE", native("u")))),
        Row("add_collateral: id of a synth", "DuplicateCollateral", by("owner", add("sETH", native("u")))),
        Row("add_collateral: duplicate token", "DuplicateCollateral", by("owner", add("WETH", weth))),
        Row("add_collateral: a synth", "DuplicateCollateral", by("owner", add("LUSD", TokenUnchecked::Cw20(lusd.to_string())))),

        Row("update_collateral: funds", "Payment", with_funds("other", update("LIFE", None), coins(1, "ulife"))),
        Row("update_collateral: wrong sender", "Ownership", by("guardian", update("LIFE", None))),
        Row("update_collateral: unknown", "UnknownCollateral", by("owner", update("DOGE", None))),
        Row("update_collateral: terms", "InvalidTerms", by("owner", update("LIFE", Some(terms("3", "3", "0.1"))))),
        Row("update_collateral: a penalty near the maximum", "InvalidTerms", by("owner", update("LIFE", Some(Terms {
            liquidation_penalty: cosmwasm_std::Decimal::MAX,
            ..terms("4.5", "3", "0.1")
        })))),

        Row("update_params: funds", "Payment", with_funds("other", update_params(params.clone()), coins(1, "ulife"))),
        Row("update_params: wrong sender", "Ownership", by("guardian", update_params(params))),
        Row("update_params: nonsense", "InvalidParams", by("owner", update_params(bad_params))),

        Row("switch_off: funds", "Payment", with_funds("other", off(Operation::Mint), coins(1, "ulife"))),
        Row("switch_off: wrong sender", "NeitherGuardianNorOwner", by("other", off(Operation::Mint))),
        Row("switch_on: funds", "Payment", with_funds("other", on(Operation::Mint), coins(1, "ulife"))),
        Row("switch_on: by the guardian", "Ownership", by("guardian", on(Operation::Mint))),

        Row("set_guardian: funds", "Payment", with_funds("other", guardian(None), coins(1, "ulife"))),
        Row("set_guardian: by the guardian", "Ownership", by("guardian", guardian(None))),
        Row("set_guardian: bad address", "InvalidAddress", by("owner", guardian(Some(x())))),

        Row("update_ownership: funds", "Payment", with_funds("other", transfer_to(x()), coins(1, "ulife"))),
        Row("update_ownership: wrong sender", "Ownership", by("other", transfer_to(lusd.to_string()))),
        Row("update_ownership: bad address", "InvalidAddress", by("owner", transfer_to(x()))),
        Row("update_ownership: nobody was named", "Ownership", by("other", ExecuteMsg::UpdateOwnership(Action::AcceptOwnership))),
        Row("update_ownership: renounce", "CannotRenounce", by("owner", ExecuteMsg::UpdateOwnership(Action::RenounceOwnership))),
    ]);
}

#[test]
#[rustfmt::skip]
fn hooks() {
    let mut stage = stage();
    let slip = ReceiveMsg::Liquidate {
        account: stage.at("teddy").to_string(),
        min_received: vec![amount_of("LIFE", MAX)],
    };
    check(&mut stage, vec![
        Row("deposit: a synth", "UnknownCollateral", hook("alice", "sEUR", 1, ReceiveMsg::Deposit { account: None })),
        Row("deposit: zero", "ZeroAmount", hook("alice", "WETH", 0, ReceiveMsg::Deposit { account: None })),
        Row("deposit: bad address", "InvalidAddress", hook("alice", "WETH", 1, ReceiveMsg::Deposit { account: Some(x()) })),
        Row("deposit: near the maximum", "CapExceeded", hook("other", "WETH", HALF, ReceiveMsg::Deposit { account: None })),

        Row("burn: a collateral", "NotTheDollar", hook("alice", "WETH", 1, burn(None))),
        Row("burn: another synth", "NotTheDollar", hook("alice", "sEUR", 1, burn(None))),
        Row("burn: zero", "ZeroAmount", hook("alice", "LUSD", 0, burn(None))),
        Row("burn: bad address", "InvalidAddress", hook("alice", "LUSD", 1, burn(Some(x())))),
        Row("burn: unknown account", "NoDebt", of("nobody", |s, account| s.hook("alice", "LUSD", 1, &burn(Some(account))))),

        Row("liquidate: a collateral", "NotTheDollar", of("teddy", |s, account| s.hook("keeper", "WETH", 1, &liquidate(account)))),
        Row("liquidate: another synth", "NotTheDollar", of("teddy", |s, account| s.hook("alice", "sEUR", 1, &liquidate(account)))),
        Row("liquidate: zero", "ZeroAmount", of("teddy", |s, account| s.hook("keeper", "LUSD", 0, &liquidate(account)))),
        Row("liquidate: bad address", "InvalidAddress", hook("keeper", "LUSD", 1, liquidate(x()))),
        Row("liquidate: not flagged", "NotFlagged", of("alice", |s, account| s.hook("keeper", "LUSD", 1, &liquidate(account)))),
        Row("liquidate: wants too much", "Slippage", hook("keeper", "LUSD", 1, slip)),

        Row("exchange: from a collateral", "NotASynth", hook("alice", "WETH", 1, exchange("LUSD", 0, None))),
        Row("exchange: to a collateral", "NotASynth", hook("alice", "LUSD", ONE, exchange("LIFE", 0, None))),
        Row("exchange: to what is unknown", "NotASynth", hook("alice", "LUSD", ONE, exchange("DOGE", 0, None))),
        Row("exchange: to itself", "SameSynth", hook("alice", "LUSD", ONE, exchange("LUSD", 0, None))),
        Row("exchange: zero", "ZeroAmount", hook("alice", "LUSD", 0, exchange("sEUR", 0, None))),
        Row("exchange: wants too much", "Slippage", hook("alice", "LUSD", ONE, exchange("sEUR", MAX, None))),
        Row("exchange: bad address", "InvalidAddress", hook("alice", "LUSD", ONE, exchange("sEUR", 0, Some(x())))),

        Row("no hook at all", "UnknownHook", Box::new(|s| s.hook("alice", "LUSD", 1, &json!({})))),
        Row("a hook nobody knows", "UnknownHook", Box::new(|s| s.hook("alice", "LUSD", 1, &json!({"steal": {}})))),
        Row("a message as a hook", "UnknownHook", Box::new(|s| s.hook("alice", "LUSD", 1, &json!({"mint": {}})))),
        Row("a hook with one word too many", "UnknownHook", Box::new(|s| s.hook("alice", "LUSD", 1, &json!({"burn": {"who": "me"}})))),
    ]);
}

/// A misspelt word is refused: an `amount` left out would mean the most.
#[test]
fn words_that_nobody_knows() {
    let mut stage = stage();
    stage.price("LIFE", "1");
    for msg in [
        json!({"withdraw": {"asset": "LIFE", "amonut": "1"}}),
        json!({"mint": {"amonut": "1"}}),
        json!({"deposit": {"acount": "x"}}),
        json!({"claim_rewards": {"acount": "x", "assets": ["LIFE"]}}),
        json!({"steal": {}}),
    ] {
        let before = stage.world.dump();
        let (alice, minter) = (stage.at("alice"), stage.minter.clone());
        let error = stage.world.execute(&alice, &minter, &msg, &[]).unwrap_err();
        assert!(format!("{error:#}").contains("unknown"), "{error:#}");
        assert!(stage.world.is_unchanged(&before));
    }
}

/// A cw20 that nobody knows, with the name of the dollar, and an account that claims to be one.
#[test]
fn spoofed_receives() {
    let mut stage = stage();
    let evil = evil_token(&mut stage);
    let teddy = stage.at("teddy").to_string();
    let hooks = [
        ReceiveMsg::Deposit { account: None },
        burn(Some(teddy.clone())),
        liquidate(teddy.clone()),
        exchange("sEUR", 0, None),
    ];
    for hook in hooks {
        let (evil, teddy) = (evil.clone(), teddy.clone());
        stage.refused_with("UnknownToken", &[evil.as_str()], |s| {
            let (other, minter) = (s.at("other"), s.minter.clone());
            let msg = Cw20ExecuteMsg::Send {
                contract: minter.to_string(),
                amount: ONE.into(),
                msg: to_json_binary(&hook).unwrap(),
            };
            s.world.execute(&other, &evil, &msg, &[])
        });
        for who in ["alice", "owner", "debt-registry", "treasury"] {
            let msg = ExecuteMsg::Receive(Cw20ReceiveMsg {
                sender: teddy.clone(),
                amount: Uint128::MAX,
                msg: to_json_binary(&hook).unwrap(),
            });
            stage.refused("UnknownToken", |s| s.act(who, &msg));
        }
    }
}

#[test]
fn closed_operations() {
    let mut stage = stage();
    stage.price("LIFE", "1");
    stage.deposit("keeper", "LIFE", ONE).unwrap();
    stage.switch_off_everything();
    let rows = vec![
        Row(
            "deposit by a new account",
            "SwitchedOff",
            with_funds("bob", deposit(None), coins(1, "ulife")),
        ),
        Row(
            "deposit of a cw20 by a new account",
            "SwitchedOff",
            hook("bob", "WETH", 1, ReceiveMsg::Deposit { account: None }),
        ),
        Row(
            "withdraw",
            "SwitchedOff",
            by("alice", withdraw("LIFE", Some(1))),
        ),
        Row("mint", "SwitchedOff", by("alice", mint(None))),
        Row(
            "flag",
            "SwitchedOff",
            of("alice", |s, account| {
                s.act("bob", &ExecuteMsg::Flag { account })
            }),
        ),
        Row(
            "exchange",
            "SwitchedOff",
            hook("alice", "LUSD", ONE, exchange("sEUR", 0, None)),
        ),
    ];
    check(&mut stage, rows);
}

/// Half of all that 128 bits can count, at prices that no dollar amount can hold: typed errors,
/// and the way out stays open.
#[test]
fn amounts_near_the_maximum() {
    let mut stage = stage();
    let uncap = ExecuteMsg::UpdateCollateral {
        asset: "LIFE".into(),
        terms: None,
        cap: Some(Uint128::MAX),
        enabled: None,
    };
    stage.act("owner", &uncap).unwrap();
    stage.deposit("other", "LIFE", HALF).unwrap();
    errs("OutOfRange", stage.preview_deposit("bob", "LIFE", MAX));
    stage.refused("CeilingExceeded", |s| s.mint("other", None));
    stage.mint("other", Some(ONE)).unwrap();

    for price in ["100", "10000", "1000000"] {
        // Each within the breaker's reach of the one before.
        let mut at: f64 = 0.25;
        let goal: f64 = price.parse().unwrap();
        while at < goal {
            at = (at * 3.5).min(goal);
            stage.price("LIFE", &format!("{at:.6}"));
            stage.world.wait(1_800);
        }
        stage.account("other");
        stage.preview_withdraw("other", "LIFE", None).unwrap();
    }
    // HALF · $1,000,000 / 4.5 is more than 128 bits of LUSD.
    stage.refused("OutOfRange", |s| s.mint("other", None));
    stage.refused("OutOfRange", |s| s.mint("other", Some(1)));
    errs("OutOfRange", stage.preview_mint("other", None));
    assert_eq!(stage.account("other").max_debt, None);
    stage.burn("other", ONE / 2).unwrap();
    stage.withdraw("other", "LIFE", Some(HALF / 2)).unwrap();
    // What is left may round up by a unit.
    assert!(stage.debt("other") <= ONE / 2 + 1);
    stage.burn_for("keeper", "other", ONE, false).unwrap();
    stage.withdraw("other", "LIFE", None).unwrap();
    assert_eq!(stage.staked("other", "LIFE"), 0);
}

#[test]
fn previews_near_the_maximum() {
    let stage = stage();
    errs("OutOfRange", stage.preview_deposit("teddy", "LIFE", MAX));
    errs(
        "InsufficientCollateral",
        stage.preview_withdraw("teddy", "LIFE", Some(MAX)),
    );
    errs("ExceedsMaxDebt", stage.preview_mint("alice", Some(MAX)));
    let burn = stage.preview_burn("alice", MAX, false).unwrap();
    assert_eq!((burn.amount + burn.refund).u128(), MAX);
    let liquidation = stage.preview_liquidate("teddy", Some(MAX)).unwrap();
    assert_eq!((liquidation.paid + liquidation.refund).u128(), MAX);
    errs("OutOfRange", stage.preview_exchange("LUSD", MAX, "sETH"));
    // More than there is of it.
    errs(
        "ExceedsSupply",
        stage.preview_exchange("sEUR", MAX / ONE, "LUSD"),
    );
}

/// The tables above name each message and each hook.
#[test]
fn nothing_is_left_out() {
    let source = include_str!("bad_input.rs");
    let has_row = |name: &str| source.contains(&format!("Row(\"{name}:"));
    let alias = |name: String| match name.as_str() {
        "forward_to_treasury" => "forward".to_owned(),
        "claim_rewards" => "claim".to_owned(),
        _ => name,
    };
    let mut names = variants::<ExecuteMsg>();
    names.extend(variants::<ReceiveMsg>());
    let missing: Vec<String> = names
        .into_iter()
        .map(alias)
        .filter(|name| !has_row(name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn variants<T: JsonSchema>() -> BTreeSet<String> {
    let schema = serde_json::to_value(schema_for!(T)).unwrap();
    schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variant| variant["required"][0].as_str().unwrap().to_owned())
        .collect()
}
