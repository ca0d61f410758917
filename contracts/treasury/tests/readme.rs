//! Every JSON block of the README is a message, and every message is in the README.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use ballast_types::treasury::{ExecuteMsg, InstantiateMsg, QueryMsg, ReceiveMsg};
use cosmwasm_schema::{schema_for, schemars::JsonSchema};
use serde_json::Value;

const README: &str = include_str!("../README.md");

fn blocks() -> Vec<Value> {
    README
        .split("```json\n")
        .skip(1)
        .map(|rest| {
            let block = rest.split("```").next().unwrap();
            serde_json::from_str(block).unwrap_or_else(|error| panic!("{error} in {block}"))
        })
        .collect()
}

fn variants<T: JsonSchema>() -> Vec<String> {
    let schema = serde_json::to_value(schema_for!(T)).unwrap();
    schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variant| variant["required"][0].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_block_is_a_message() {
    for block in blocks() {
        let text = block.to_string();
        let parsed = serde_json::from_str::<InstantiateMsg>(&text).is_ok()
            || serde_json::from_str::<ExecuteMsg>(&text).is_ok()
            || serde_json::from_str::<QueryMsg>(&text).is_ok()
            || serde_json::from_str::<ReceiveMsg>(&text).is_ok();
        assert!(parsed, "no message: {text}");
    }
}

#[test]
fn every_message_is_there() {
    let blocks = blocks();
    let known = [
        variants::<ExecuteMsg>(),
        variants::<QueryMsg>(),
        variants::<ReceiveMsg>(),
    ];
    for name in known.concat() {
        assert!(
            blocks.iter().any(|block| block.get(&name).is_some()),
            "{name} has no example"
        );
    }
    assert!(
        blocks
            .iter()
            .any(|b| serde_json::from_value::<InstantiateMsg>(b.clone()).is_ok())
    );
}
