//! Every JSON example of the README is a message of this contract, and every message has one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;

use ballast_types::stability_pool::{ExecuteMsg, InstantiateMsg, QueryMsg, ReceiveMsg};
use cosmwasm_schema::schemars::{JsonSchema, schema_for};
use cosmwasm_std::from_json;

/// The JSON blocks of the README, each with the heading it stands under.
fn examples() -> Vec<(&'static str, &'static str)> {
    let mut heading = "";
    let mut examples = vec![];
    let mut rest = include_str!("../README.md");
    while let Some((line, after)) = rest.split_once('\n') {
        rest = after;
        if let Some(title) = line.strip_prefix("## ") {
            heading = title;
        } else if line == "```json" {
            let (block, after) = rest.split_once("\n```").expect("a block that ends");
            examples.push((heading, block));
            rest = after;
        }
    }
    examples
}

/// The names of an enum's variants, as its schema has them.
fn variants<T: JsonSchema>() -> BTreeSet<String> {
    let schema = serde_json::to_value(schema_for!(T)).unwrap();
    schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variant| variant["required"][0].as_str().unwrap().to_owned())
        .collect()
}

fn name(example: &str) -> String {
    let parsed: serde_json::Value = serde_json::from_str(example).unwrap();
    let object = parsed.as_object().unwrap();
    assert_eq!(object.len(), 1, "{example}");
    object.keys().next().unwrap().clone()
}

#[test]
fn every_example_parses_and_every_message_has_one() {
    let (mut executes, mut hooks, mut asks) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut instantiations = 0;
    for (heading, example) in examples() {
        if heading.starts_with("Hooks") {
            from_json::<ReceiveMsg>(example).unwrap_or_else(|e| panic!("{example}: {e}"));
            hooks.insert(name(example));
        } else if heading == "Queries" {
            from_json::<QueryMsg>(example).unwrap_or_else(|e| panic!("{example}: {e}"));
            asks.insert(name(example));
        } else if from_json::<InstantiateMsg>(example).is_ok() {
            instantiations += 1;
        } else {
            let message = from_json::<ExecuteMsg>(example);
            let message = message.unwrap_or_else(|e| panic!("{example}: {e}"));
            if let ExecuteMsg::Receive(received) = message {
                from_json::<ReceiveMsg>(&received.msg).unwrap();
            }
            executes.insert(name(example));
        }
    }
    assert_eq!(instantiations, 1);
    assert_eq!(executes, variants::<ExecuteMsg>());
    assert_eq!(hooks, variants::<ReceiveMsg>());
    assert_eq!(asks, variants::<QueryMsg>());
}
