//! What the tests of several contracts ask in the same way: of their README, and of their errors.
//!
//! For tests alone, so what is not as it should be is a panic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::collections::BTreeSet;

use cosmwasm_schema::schemars::{JsonSchema, schema_for};
use serde_json::Value;

/// The JSON blocks of a README, each with the heading it stands under.
pub fn examples(readme: &str) -> Vec<(&str, &str)> {
    let mut heading = "";
    let mut examples = vec![];
    let mut rest = readme;
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
pub fn variants<T: JsonSchema>() -> BTreeSet<String> {
    let schema = serde_json::to_value(schema_for!(T)).unwrap();
    schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variant| variant["required"][0].as_str().unwrap().to_owned())
        .collect()
}

/// The name of the message that an example is.
pub fn name(example: &str) -> String {
    let parsed: Value = serde_json::from_str(example).unwrap();
    let object = parsed.as_object().unwrap();
    assert_eq!(object.len(), 1, "{example}");
    object.keys().next().unwrap().clone()
}

/// Requires that the text of each variant in the source of an enum of errors begins with the name of
/// the variant, or with that of the error it wraps; says how many there are.
pub fn errors_begin_with_their_names(source: &str) -> usize {
    let (variants, _) = source.split_once("#[cfg(test)]").unwrap();
    let mut count = 0;
    for part in variants.split("#[error(").skip(1) {
        let (text, rest) = part.split_once(")]\n").unwrap();
        let text = text.trim().trim_start_matches('"');
        let name: String = rest
            .trim_start()
            .chars()
            .take_while(|letter| letter.is_ascii_alphanumeric())
            .collect();
        let wrapped = text.starts_with("{0}") || text == "transparent";
        assert!(
            wrapped || text.starts_with(&format!("{name}: ")),
            "{name}: {text}"
        );
        count += 1;
    }
    count
}
