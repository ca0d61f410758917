//! Every JSON example of the README is a message of this contract, and every message has one.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;

use ballast_testing::{examples, name, variants};
use ballast_types::pool_manager::{ExecuteMsg, InstantiateMsg, QueryMsg, ReceiveMsg};
use cosmwasm_std::from_json;

#[test]
fn every_example_parses_and_every_message_has_one() {
    let (mut executes, mut hooks, mut asks) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut instantiations = 0;
    for (heading, example) in examples(include_str!("../README.md")) {
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
