//! Every JSON example of the README is a message of this contract, and every message has one. So it is
//! with the page for those who build markets, and the interface of a market.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use ballast_testing::{examples, name, variants};
use ballast_types::{
    market::{Answer, ManagerHook, ManagerMsg, MarketQuery, NameResponse, Report},
    spot_market::{ExecuteMsg, InstantiateMsg, QueryMsg, ReceiveMsg},
};
use cosmwasm_std::{Uint128, from_json};
use serde::de::DeserializeOwned;

fn parsed<T: DeserializeOwned>(example: &str) -> T {
    from_json(example).unwrap_or_else(|error| panic!("{example}: {error}"))
}

#[test]
fn every_example_parses_and_every_message_has_one() {
    let (mut executes, mut hooks, mut asks) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (heading, example) in examples(include_str!("../README.md")) {
        match heading {
            "Setting it up" => drop(parsed::<InstantiateMsg>(example)),
            "Hooks" => {
                parsed::<ReceiveMsg>(example);
                hooks.insert(name(example));
            }
            "Queries" => {
                parsed::<QueryMsg>(example);
                asks.insert(name(example));
            }
            _ => {
                if let ExecuteMsg::Receive(received) = parsed(example) {
                    from_json::<ReceiveMsg>(&received.msg).unwrap();
                }
                executes.insert(name(example));
            }
        }
    }
    assert_eq!(executes, variants::<ExecuteMsg>());
    assert_eq!(hooks, variants::<ReceiveMsg>());
    assert_eq!(asks, variants::<QueryMsg>());
}

#[test]
fn the_page_for_builders_speaks_the_words_of_the_interface() {
    let page = include_str!("../../../docs/markets.md");
    let mut said = BTreeSet::new();
    for (heading, example) in examples(page) {
        let answers = from_json::<Vec<Answer<Report>>>(example).is_ok()
            || from_json::<Vec<Answer<Uint128>>>(example).is_ok()
            || from_json::<NameResponse>(example).is_ok();
        if answers {
            continue;
        }
        match heading {
            "What a market must answer" => drop(parsed::<MarketQuery>(example)),
            _ if from_json::<ManagerHook>(example).is_ok() => {}
            _ => drop(parsed::<ManagerMsg>(example)),
        }
        said.insert(name(example));
    }
    let words = [
        variants::<MarketQuery>(),
        variants::<ManagerMsg>(),
        variants::<ManagerHook>(),
    ];
    assert_eq!(said, words.into_iter().flatten().collect());
}
