//! `fund` and `payout`: streams and gifts of outside tokens.
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
    TokenUnchecked,
    pool_manager::{OpenStreamResponse, Schedule},
    rewards_distributor::{ExecuteMsg, QueryMsg, ReceiveMsg, StreamResponse},
};
use common::{
    manager::{Knob, Open},
    token::Trick,
    *,
};
use cosmwasm_std::{Addr, Uint128, coin, coins, from_json, to_json_binary};
use cw_multi_test::Executor;
use cw20::Cw20ReceiveMsg;
use rstest::rstest;

fn figures(stream: &StreamResponse) -> (u128, u128) {
    (stream.funded.u128(), stream.paid.u128())
}

#[test]
fn a_native_stream_is_paid_as_the_manager_says() {
    let mut stage = Stage::new();
    let schedule = Some(Schedule {
        start: Some(5_000_000_000),
        duration_secs: 7 * DAY,
    });
    let done = stage.fund(700, vault(1, "ATOM"), schedule).unwrap();
    let id = opened(&done);
    let answer: OpenStreamResponse = from_json(done.data.as_ref().unwrap()).unwrap();
    assert_eq!(answer.stream.u64(), id);
    let fund = events(&done, "fund")[0];
    let open = events(&done, "funded")[0];
    for (event, key, value) in [
        (fund, "payer", addr("alice").as_str()),
        (fund, "target", "lps:1:ATOM"),
        (fund, "token", "native:uatom"),
        (fund, "amount", "700"),
        (fund, "duration_secs", "604800"),
        (fund, "start", "5000000000"),
        (open, "stream", "1"),
        (open, "target", "lps:1:ATOM"),
        (open, "token", "native:uatom"),
        (open, "amount", "700"),
    ] {
        assert_eq!(attribute(event, key), value);
    }
    let stream = stage.stream(id);
    assert_eq!(stream.target, vault(1, "ATOM"));
    assert_eq!(stream.token.to_string(), "native:uatom");
    assert_eq!(figures(&stream), (700, 0));

    let done = stage.payout(id, "bob", 50).unwrap();
    let event = events(&done, "payout")[0];
    for (key, value) in [
        ("stream", "1"),
        ("account", addr("bob").as_str()),
        ("token", "native:uatom"),
        ("amount", "50"),
    ] {
        assert_eq!(attribute(event, key), value);
    }
    assert_eq!(stage.has(&addr("bob"), &atom()), 50);
    assert_eq!(figures(&stage.stream(id)), (700, 50));
    stage.payout(id, "bob", 650).unwrap();
    assert_eq!(figures(&stage.stream(id)), (700, 700));
    assert_eq!(stage.owed(&atom()), 0);
}

#[test]
fn a_cw20_stream_too() {
    let mut stage = Stage::new();
    let token = stage.token.clone();
    let done = stage.fund_cw20(&token, 700, pool(2), week()).unwrap();
    let id = opened(&done);
    let fund = events(&done, "fund")[0];
    assert_eq!(attribute(fund, "payer"), addr("alice").as_str());
    assert_eq!(attribute(fund, "target"), "lps:2");
    assert_eq!(attribute(fund, "token"), format!("cw20:{token}"));
    stage.payout(id, "bob", 700).unwrap();
    assert_eq!(stage.has(&addr("bob"), &stage.cw20()), 700);
}

/// What is given to a target of one token is one stream; of another, or to another, another.
#[test]
fn a_lane_is_a_target_and_a_token() {
    let mut stage = Stage::new();
    let token = stage.token.clone();
    let ids = [
        stage.fund(1, pool(1), None),
        stage.fund(20, pool(1), week()),
        stage.fund(300, vault(1, "ATOM"), None),
        stage.fund_cw20(&token, 4_000, pool(1), None),
    ]
    .map(|done| opened(&done.unwrap()));
    assert_eq!(ids, [1, 1, 2, 3]);
    let funded: Vec<_> = stage.streams().iter().map(|s| s.funded.u128()).collect();
    assert_eq!(funded, [21, 300, 4_000]);
    assert_eq!(stage.owed(&atom()), 321);
}

#[test]
fn only_the_manager_pays_out_and_only_what_a_stream_has() {
    let mut stage = Stage::new();
    stage.fund(700, pool(1), week()).unwrap();
    stage.fund(100, vault(1, "ATOM"), week()).unwrap();
    for who in ["alice", "owner", "guardian"] {
        let text = stage.refused("Unauthorized", |s| s.act(who, &payout(1, "bob", 1)));
        assert!(text.contains(addr(who).as_str()));
    }
    let text = stage.refused("UnknownStream", |s| s.payout(3, "bob", 1));
    assert!(text.contains('3'));
    stage.refused("ZeroAmount", |s| s.payout(1, "bob", 0));
    // Eight hundred are here, and seven hundred of them are this stream's.
    stage.payout(1, "bob", 699).unwrap();
    let text = stage.refused("ExceedsFunds", |s| s.payout(1, "bob", 2));
    for figure in ["stream 1", "has 1 left", "2 were"] {
        assert!(text.contains(figure), "{text}");
    }
    stage.refused("ExceedsFunds", |s| s.payout(1, "bob", u128::MAX));
    stage.payout(1, "bob", 1).unwrap();
    stage.payout(2, "bob", 100).unwrap();
    let nobody = ExecuteMsg::Payout(ballast_types::rewards_distributor::Payout {
        stream: 1u64.into(),
        account: "bob".into(),
        amount: Uint128::one(),
    });
    let (manager, distributor) = (stage.manager.clone(), stage.distributor.clone());
    stage.refused("InvalidAddress", |s| {
        s.execute(&manager, &distributor, &nobody, &[])
    });
}

#[test]
fn only_listed_tokens() {
    let mut stage = Stage::new();
    let msg = ExecuteMsg::Fund {
        target: pool(1),
        schedule: None,
    };
    let text = stage.refused("TokenNotAllowed", |s| {
        s.act_with("alice", &msg, &coins(5, "uosmo"))
    });
    assert!(text.contains("native:uosmo"));
    let uosmo = TokenUnchecked::Native("uosmo".into());
    stage.allow(uosmo.clone(), true).unwrap();
    let done = stage.act_with("alice", &msg, &coins(5, "uosmo")).unwrap();
    stage.allow(uosmo.clone(), false).unwrap();
    stage.refused("TokenNotAllowed", |s| {
        s.act_with("alice", &msg, &coins(5, "uosmo"))
    });
    // What it has is paid all the same.
    stage.payout(opened(&done), "bob", 5).unwrap();
    assert_eq!(stage.has(&addr("bob"), &uosmo), 5);

    let cw20 = stage.cw20();
    stage.allow(cw20, false).unwrap();
    let token = stage.token.clone();
    stage.refused("TokenNotAllowed", |s| s.fund_cw20(&token, 5, pool(1), None));
}

/// A stream holds its lane: a stranger gives gifts alone.
#[test]
fn streams_are_for_the_owner_and_his_funders() {
    let mut stage = Stage::new();
    let endless = Some(Schedule {
        start: None,
        duration_secs: u64::MAX,
    });
    for schedule in [endless, week()] {
        let text = stage.refused("NotAFunder", |s| s.fund_by("mallory", 1, pool(1), schedule));
        let mallory = addr("mallory");
        assert_eq!(
            text,
            format!("NotAFunder: {mallory} may give gifts, and open no streams")
        );
    }
    stage.fund_by("mallory", 1, pool(1), None).unwrap();

    let done = stage.set_funder("mallory", true).unwrap();
    let event = events(&done, "set_funder")[0];
    assert_eq!(attribute(event, "funder"), addr("mallory").as_str());
    assert_eq!(attribute(event, "allowed"), "true");
    stage.fund_by("mallory", 20, pool(1), week()).unwrap();
    stage.set_funder("mallory", false).unwrap();
    stage.refused("NotAFunder", |s| s.fund_by("mallory", 1, pool(1), week()));
    // What he has opened goes on.
    stage.payout(1, "bob", 21).unwrap();

    let (alice, owner) = (addr("alice"), addr("owner"));
    let coins = coins(300, "uatom");
    stage.app.send_tokens(alice, owner, &coins).unwrap();
    stage.fund_by("owner", 300, pool(2), week()).unwrap();
}

/// Of a cw20 it counts who sends it, and not the token.
#[test]
fn streams_of_a_cw20_too() {
    let mut stage = Stage::new();
    let token = stage.token.clone();
    stage.set_funder("alice", false).unwrap();
    let text = stage.refused("NotAFunder", |s| s.fund_cw20(&token, 5, pool(1), week()));
    assert!(text.contains(addr("alice").as_str()), "{text}");
    stage.fund_cw20(&token, 5, pool(1), None).unwrap();
    stage.set_funder("alice", true).unwrap();
    stage.fund_cw20(&token, 5, pool(1), week()).unwrap();
}

#[test]
fn exactly_one_coin() {
    let mut stage = Stage::new();
    let msg = ExecuteMsg::Fund {
        target: pool(1),
        schedule: None,
    };
    for funds in [vec![], vec![coin(1, "uatom"), coin(1, "uosmo")]] {
        stage.refused("Payment", |s| s.act_with("alice", &msg, &funds));
    }
}

fn received(amount: u128) -> ExecuteMsg {
    let hook = ReceiveMsg::Fund {
        target: pool(1),
        schedule: None,
    };
    ExecuteMsg::Receive(Cw20ReceiveMsg {
        sender: addr("alice").into_string(),
        amount: amount.into(),
        msg: to_json_binary(&hook).unwrap(),
    })
}

#[test]
fn spoofed_receives() {
    let mut stage = Stage::new();
    stage.refused("TokenNotAllowed", |s| s.act("mallory", &received(1_000)));
    let (token, distributor) = (stage.token.clone(), stage.distributor.clone());
    let as_token = |s: &mut Stage, msg: &ExecuteMsg| s.execute(&token, &distributor, msg, &[]);
    stage.refused("ZeroAmount", |s| as_token(s, &received(0)));
    let text = stage.refused("NotReceived", |s| as_token(s, &received(1)));
    assert!(text.contains("1 of cw20:") && text.contains("would be owed, 0 are here"));
    for msg in [
        b"{}".as_slice(),
        br#"{"fund":{"target":{"pool":"1"},"start":1}}"#,
    ] {
        let hook = ExecuteMsg::Receive(Cw20ReceiveMsg {
            sender: addr("alice").into_string(),
            amount: Uint128::one(),
            msg: msg.into(),
        });
        stage.refused("UnknownHook", |s| as_token(s, &hook));
    }
}

/// A token that says it has sent what it has not sent, even beside what another stream has.
#[test]
fn a_hollow_send() {
    let mut stage = Stage::new();
    let token = stage.token.clone();
    stage.fund_cw20(&token, 700, pool(1), week()).unwrap();
    stage.trick(&Trick::Hollow);
    stage.refused("NotReceived", |s| s.fund_cw20(&token, 700, pool(2), None));
}

/// What the manager refuses is not taken.
#[rstest]
#[case::it_errs(Open::Err, "Broken")]
#[case::it_answers_nothing(Open::Silent, "BadAnswer")]
fn without_the_manager_nothing_is_taken(#[case] open: Open, #[case] name: &str) {
    let mut stage = Stage::new();
    let token = stage.token.clone();
    stage.fund(5, pool(1), None).unwrap();
    stage.knob(&Knob::Open(open));
    stage.refused(name, |s| s.fund(10, pool(1), week()));
    stage.refused(name, |s| s.fund_cw20(&token, 10, pool(1), week()));
    // It blocks what needs it, and no payout.
    stage.payout(1, "bob", 5).unwrap();
}

#[test]
fn a_gift_needs_shares() {
    let mut stage = Stage::new();
    stage.knob(&Knob::Shares {
        target: pool(1),
        there: false,
    });
    stage.refused("NoShares", |s| s.fund(10, pool(1), None));
    stage.fund(10, pool(1), week()).unwrap();
}

/// A manager that books a gift into a stream of another token or target is not believed.
#[test]
fn a_lying_manager() {
    let mut stage = Stage::new();
    let token = stage.token.clone();
    stage.fund(700, pool(1), week()).unwrap();
    stage.knob(&Knob::Open(Open::Say(1u64.into())));
    for target in [pool(1), pool(2)] {
        let text = stage.refused("StreamMismatch", |s| {
            s.fund_cw20(&token, 10, target.clone(), None)
        });
        assert!(text.contains('1'));
    }
    stage.refused("StreamMismatch", |s| s.fund(10, vault(1, "ATOM"), None));
    stage.fund(10, pool(1), None).unwrap();
    assert_eq!(figures(&stage.stream(1)), (710, 0));
}

/// A manager that pays while it is told of a stream pays of those that it has told of.
#[test]
fn a_manager_that_calls_back() {
    let mut stage = Stage::new();
    let early = manager::to_distributor(&stage.distributor, &payout(1, "bob", 10));
    stage.knob(&Knob::First(Some(early.clone())));
    stage.refused("UnknownStream", |s| s.fund(10, pool(1), None));
    stage.knob(&Knob::First(None));
    stage.fund(10, pool(1), None).unwrap();
    stage.knob(&Knob::First(Some(early)));
    stage.fund(10, pool(1), None).unwrap();
    assert_eq!(figures(&stage.stream(1)), (20, 10));
}

#[test]
fn a_hostile_token_blocks_only_itself() {
    let mut stage = Stage::new();
    let token = stage.token.clone();
    stage.fund_cw20(&token, 700, pool(1), week()).unwrap();
    stage.fund(700, pool(1), week()).unwrap();
    stage.trick(&Trick::Halted);
    let before = stage.dump();
    stage.payout(1, "bob", 50).unwrap_err();
    assert!(stage.dump() == before);
    stage.payout(2, "bob", 50).unwrap();

    stage.trick(&Trick::Mute);
    stage.fund_cw20(&token, 1, pool(1), None).unwrap_err();
    let held: Vec<_> = stage
        .balances()
        .iter()
        .map(|balance| balance.held)
        .collect();
    assert_eq!(held, [None, Some(Uint128::new(650))]);

    stage.trick(&Trick::None);
    stage.payout(1, "bob", 50).unwrap();
}

/// A token that calls back in the middle of a payout finds it booked.
#[test]
fn a_token_that_calls_back() {
    let mut stage = Stage::new();
    let token = stage.token.clone();
    stage.fund_cw20(&token, 100, pool(1), week()).unwrap();
    let again = manager::to_distributor(&stage.distributor, &payout(1, "bob", 60));
    stage.trick(&Trick::CallsBack(again));
    stage.refused("Unauthorized", |s| s.payout(1, "bob", 60));
    // What has left is here no more, and what it says to send is not here.
    let fund = manager::to_distributor(&stage.distributor, &received(60));
    stage.trick(&Trick::CallsBack(fund));
    let text = stage.refused("NotReceived", |s| s.payout(1, "bob", 60));
    assert!(text.contains("100 of cw20:"), "{text}");
    assert!(text.contains(", 40 are here"), "{text}");
}

#[test]
fn the_switch() {
    let mut stage = Stage::new();
    let token = stage.token.clone();
    stage.fund(10, pool(1), None).unwrap();
    let operation = ballast_types::rewards_distributor::Operation::Fund;
    stage
        .act("guardian", &ExecuteMsg::SwitchOff { operation })
        .unwrap();
    for text in [
        stage.refused("SwitchedOff", |s| s.fund(10, pool(1), None)),
        stage.refused("SwitchedOff", |s| s.fund_cw20(&token, 10, pool(1), None)),
    ] {
        assert!(text.contains("fund is"), "{text}");
    }
    stage.payout(1, "bob", 10).unwrap();
    stage
        .act("owner", &ExecuteMsg::SwitchOn { operation })
        .unwrap();
    stage.fund(10, pool(1), None).unwrap();
}

/// Amounts near the top are paid, or refused by name.
#[test]
fn the_largest_amounts() {
    let mut stage = Stage::new();
    let (token, owner) = (stage.token.clone(), stage.manager.clone());
    let mint = cw20::Cw20ExecuteMsg::Mint {
        recipient: addr("alice").into_string(),
        amount: (u128::MAX - WEALTH).into(),
    };
    stage.execute(&owner, &token, &mint, &[]).unwrap();
    stage
        .fund_cw20(&token, u128::MAX - 5, pool(1), week())
        .unwrap();
    let (as_token, distributor): (Addr, _) = (token.clone(), stage.distributor.clone());
    stage.refused("OutOfRange", |s| {
        s.execute(&as_token, &distributor, &received(u128::MAX), &[])
    });
    stage.payout(1, "bob", u128::MAX - 5).unwrap();
    assert_eq!(figures(&stage.stream(1)), (u128::MAX - 5, u128::MAX - 5));
    // The sum of all that was ever put in is limited as well.
    stage.fund_cw20(&token, 5, pool(1), None).unwrap();
    stage.refused("OutOfRange", |s| {
        let send = cw20::Cw20ExecuteMsg::Send {
            contract: distributor.to_string(),
            amount: Uint128::new(6),
            msg: to_json_binary(&ReceiveMsg::Fund {
                target: pool(1),
                schedule: None,
            })
            .unwrap(),
        };
        s.execute(&addr("bob"), &token, &send, &[])
    });
}

#[test]
fn streams_and_balances_by_page() {
    let mut stage = Stage::new();
    for pool_id in 1..=12 {
        stage.fund(1, pool(pool_id), None).unwrap();
    }
    let page = |start_after: Option<u64>, limit| -> Vec<u64> {
        let msg = QueryMsg::Streams {
            start_after: start_after.map(Into::into),
            limit,
        };
        let rows: Vec<StreamResponse> = stage.ask(&msg).unwrap();
        rows.iter().map(|row| row.stream.u64()).collect()
    };
    assert_eq!(page(None, None), (1..=10).collect::<Vec<_>>());
    assert_eq!(page(Some(10), None), [11, 12]);
    assert_eq!(page(Some(1), Some(2)), [2, 3]);

    let token = stage.token.clone();
    stage.fund_cw20(&token, 1, pool(1), None).unwrap();
    let page = |start_after, limit| -> Vec<String> {
        let msg = QueryMsg::Balances { start_after, limit };
        let rows: Vec<ballast_types::rewards_distributor::BalanceResponse> =
            stage.ask(&msg).unwrap();
        rows.iter().map(|row| row.token.to_string()).collect()
    };
    let cw20 = stage.cw20();
    assert_eq!(page(None, Some(1)), [cw20.to_string()]);
    assert_eq!(page(Some(cw20), None), ["native:uatom"]);
    let nonsense = QueryMsg::Balances {
        start_after: Some(TokenUnchecked::Cw20("x".into())),
        limit: None,
    };
    let error = stage.ask::<Vec<StreamResponse>>(&nonsense).unwrap_err();
    assert!(format!("{error:#}").contains("InvalidAddress: "));
}
