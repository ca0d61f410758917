//! Every JSON example of the README is a message of this contract, and every message has one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::BTreeSet;

use ballast_types::oracle::{ExecuteMsg, InstantiateMsg, QueryMsg};
use cosmwasm_schema::schemars::schema_for;
use cosmwasm_std::from_json;

fn examples() -> Vec<String> {
    include_str!("../README.md")
        .split("```json\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// The names of an enum's variants, as its schema has them.
fn variants(schema: impl serde::Serialize) -> BTreeSet<String> {
    let schema = serde_json::to_value(schema).unwrap();
    schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variant| variant["required"][0].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_example_parses_and_every_message_has_one() {
    let mut missing = variants(schema_for!(ExecuteMsg));
    missing.extend(variants(schema_for!(QueryMsg)));
    assert_eq!(missing.len(), 12 + 8, "{missing:?}");

    let mut instantiations = 0;
    for example in examples() {
        if from_json::<InstantiateMsg>(&example).is_ok() {
            instantiations += 1;
            continue;
        }
        let executes = from_json::<ExecuteMsg>(&example);
        let asks = from_json::<QueryMsg>(&example);
        assert!(
            executes.is_ok() || asks.is_ok(),
            "{example}\nas a message: {executes:?}\nas a question: {asks:?}"
        );
        let parsed: serde_json::Value = serde_json::from_str(&example).unwrap();
        missing.remove(parsed.as_object().unwrap().keys().next().unwrap());
    }
    assert_eq!(instantiations, 1);
    assert!(missing.is_empty(), "without an example: {missing:?}");
}
