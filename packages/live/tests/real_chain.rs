//! Against a node of a real chain. `BALLAST_NETWORK` names a network file whose keyring has the
//! keys `alice` and `bob`; `BALLAST_WASM` a code that any chain takes, such as the synths' cw20.
//!
//! `cargo test -p ballast-live --test real_chain -- --ignored`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

use std::{env, fs, path::Path};

use ballast_live::{Client, Gas, LiveError, Msg, Network, Request, msg};
use cosmwasm_std::{Coin, coin};
use serde_json::json;

fn client() -> Client {
    let path = env::var("BALLAST_NETWORK").expect("BALLAST_NETWORK names a network file");
    Client::connect(Network::load(Path::new(&path)).unwrap()).unwrap()
}

fn stake(client: &Client) -> Coin {
    let price = client.network().gas_price.clone();
    coin(1, price.map_or_else(|| "stake".into(), |price| price.denom))
}

fn pay(client: &Client, from: &str, to: &str) -> Msg {
    Msg::BankSend {
        from: client.address(from).unwrap(),
        to: client.address(to).unwrap(),
        coins: vec![stake(client)],
    }
}

#[test]
#[ignore = "needs a node"]
fn several_messages_and_several_senders() {
    let client = client();
    let (alice, bob) = (
        client.address("alice").unwrap(),
        client.address("bob").unwrap(),
    );
    let denom = stake(&client).denom;
    let of_bob = |height| client.balance(&bob, &denom, height).unwrap().u128();
    let before = of_bob(None);
    let twice = vec![pay(&client, "alice", "bob"), pay(&client, "alice", "bob")];
    let result = client
        .send("alice", twice, Gas::Simulated)
        .unwrap()
        .unwrap();
    assert_eq!(of_bob(None), before + 2);
    assert_eq!(of_bob(Some(result.height - 1)), before);
    assert!(result.gas_used <= result.gas_wanted);
    assert_eq!(result.responses.len(), 2);

    let request = |from: &str, to: &str| Request {
        from: from.into(),
        msgs: vec![pay(&client, from, to)],
        gas: Gas::Limit(200_000),
    };
    let answers = client.send_all(vec![
        request("alice", "bob"),
        request("alice", "bob"),
        request("bob", "alice"),
        request("alice", "bob"),
    ]);
    let heights: Vec<u64> = answers
        .into_iter()
        .map(|answer| answer.unwrap().unwrap().height)
        .collect();
    println!("heights {heights:?}");
    assert!(heights[0] <= heights[1] && heights[1] <= heights[3]);
    assert_eq!(alice, client.address(&alice).unwrap());
}

#[test]
#[ignore = "needs a node"]
fn refusals_and_faults_are_told_apart() {
    let client = client();
    let too_much = Msg::BankSend {
        from: client.address("alice").unwrap(),
        to: client.address("bob").unwrap(),
        coins: vec![Coin {
            amount: u128::MAX.into(),
            ..stake(&client)
        }],
    };
    let send = |msg: &Msg, gas| client.send("alice", vec![msg.clone()], gas).unwrap();
    let simulated = send(&too_much, Gas::Simulated).unwrap_err();
    assert!(
        simulated.text.contains("insufficient funds"),
        "{simulated:?}"
    );
    assert_eq!(simulated.landed, None);
    let landed = send(&too_much, Gas::Limit(200_000)).unwrap_err();
    assert!(landed.text.contains("insufficient funds"), "{landed:?}");
    assert!(landed.landed.is_some());
    let four = vec![pay(&client, "alice", "bob"); 4];
    let starved = client.send("alice", four, Gas::Limit(60_000)).unwrap();
    let starved = starved.unwrap_err();
    println!("{starved:?}");
    assert!(starved.is_out_of_gas(), "{starved:?}");
    let missing = client.query(&client.address("alice").unwrap(), &json!({}), None);
    assert!(missing.unwrap().is_err());
    assert_eq!(client.node().checksum(9_999_999).unwrap(), None);
    let alice = client.address("alice").unwrap();
    assert_eq!(client.node().contract(&alice).unwrap(), None);
    let future = client.balance(&alice, &stake(&client).denom, Some(u64::MAX >> 2));
    assert!(
        matches!(future, Err(LiveError::NodeSaysNo { .. })),
        "{future:?}"
    );
    let nobody = client.address("nobody-has-this-name").unwrap_err();
    assert!(
        matches!(nobody, LiveError::CommandFailed { .. }),
        "{nobody}"
    );
    println!("{nobody}");
}

#[test]
#[ignore = "needs a node"]
fn a_client_that_is_behind_signs_anew() {
    let (first, second) = (client(), client());
    let send = |client: &Client| {
        let msgs = vec![pay(client, "bob", "alice")];
        client
            .send("bob", msgs, Gas::Limit(200_000))
            .unwrap()
            .unwrap()
    };
    // Both know bob's sequence, and take turns from here.
    let hashes = [send(&first), send(&second), send(&first), send(&second)].map(|r| r.hash);
    for (index, hash) in hashes.iter().enumerate() {
        assert!(!hashes[..index].contains(hash));
    }
}

#[test]
#[ignore = "needs a node"]
fn a_contract_lives() {
    let client = client();
    let alice = client.address("alice").unwrap();
    let wasm = fs::read(env::var("BALLAST_WASM").expect("BALLAST_WASM names a code")).unwrap();
    let store = Msg::StoreCode {
        sender: alice.clone(),
        wasm: msg::gzipped(&wasm).unwrap(),
    };
    let stored = client
        .send("alice", vec![store], Gas::Simulated)
        .unwrap()
        .unwrap();
    println!("store: {} gas", stored.gas_used);
    let code_id = stored.code_id(0).unwrap();
    let checksum = client.node().checksum(code_id).unwrap();
    assert_eq!(checksum, Some(ballast_live::tx::checksum(&wasm)));
    let instantiate = Msg::Instantiate {
        sender: alice.clone(),
        admin: Some(alice.clone()),
        code_id,
        label: "token <&> é".into(),
        msg: json!({
            "name": "Tok \"<é>\"", "symbol": "TOK", "decimals": 6,
            "initial_balances": [{"address": alice, "amount": "1000"}],
            "mint": null, "marketing": null,
        }),
        funds: vec![],
    };
    let made = client
        .send("alice", vec![instantiate], Gas::Simulated)
        .unwrap()
        .unwrap();
    let token = made.address(0).unwrap();
    let info = client.node().contract(&token).unwrap().unwrap();
    assert_eq!((info.code_id, info.admin), (code_id, alice.clone()));
    let ask = |height| {
        let query = json!({"balance": {"address": alice}});
        client.query(&token, &query, height).unwrap()
    };
    assert_eq!(ask(None).unwrap()["balance"], "1000");
    assert!(ask(Some(made.height - 1)).is_err());
    let raw = client.query_raw(&token, b"token_info", None).unwrap();
    assert!(String::from_utf8(raw).unwrap().contains("Tok \\\"<é>\\\""));
    assert_eq!(client.query_raw(&token, b"nothing", None).unwrap(), b"");

    let transfer = |amount: &str| {
        let msg = json!({"transfer": {"recipient": alice, "amount": amount}});
        Msg::execute(&alice, &token, msg, vec![])
    };
    let done = client
        .send("alice", vec![transfer("1"), transfer("2")], Gas::Simulated)
        .unwrap()
        .unwrap();
    let events = done.msg_events();
    assert_eq!(events.iter().filter(|e| e.ty == "wasm").count(), 2);
    for gas in [Gas::Simulated, Gas::Limit(500_000)] {
        let refusal = client
            .send("alice", vec![transfer("1"), transfer("5000")], gas)
            .unwrap()
            .unwrap_err();
        println!("{} | {}", refusal.text, refusal.log);
        assert!(refusal.text.starts_with("Cannot Sub"), "{refusal:?}");
    }
    let question = client
        .query(&token, &json!({"nonsense": {}}), None)
        .unwrap();
    println!("{:?}", question.unwrap_err());
}
