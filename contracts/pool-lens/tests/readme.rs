//! Every JSON example of the README is a question of this contract, and every question has one.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;

use ballast_testing::{examples, name, variants};
use ballast_types::pool_lens::{InstantiateMsg, QueryMsg};
use cosmwasm_std::from_json;

#[test]
fn every_example_parses_and_every_question_has_one() {
    let mut asks = BTreeSet::new();
    let mut instantiations = 0;
    for (heading, example) in examples(include_str!("../README.md")) {
        if heading == "Queries" {
            from_json::<QueryMsg>(example).unwrap_or_else(|e| panic!("{example}: {e}"));
            asks.insert(name(example));
        } else {
            from_json::<InstantiateMsg>(example).unwrap_or_else(|e| panic!("{example}: {e}"));
            instantiations += 1;
        }
    }
    assert_eq!(instantiations, 1);
    assert_eq!(asks, variants::<QueryMsg>());
}
