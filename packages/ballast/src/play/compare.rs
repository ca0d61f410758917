//! Whether an answer contains what was expected of it.

use cosmwasm_std::SignedDecimal256;
use serde_json::Value;

use crate::yaml::{Node, Tree};

/// Where an answer differs from what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The way to it, such as `collateral.0.amount`.
    pub path: String,
    /// What was expected there.
    pub expected: String,
    /// What is there.
    pub got: String,
}

/// All differences. A mapping in the answer may have more keys than the expected one;
/// everything else is exact, but for numbers, which may differ by `within`.
pub fn differences(
    expected: &Node,
    got: &Value,
    within: Option<SignedDecimal256>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", expected, got, within, &mut found);
    found
}

fn compare(
    path: &str,
    expected: &Node,
    got: &Value,
    within: Option<SignedDecimal256>,
    found: &mut Vec<Difference>,
) {
    let below = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match (&expected.tree, got) {
        (Tree::Map(entries), Value::Object(object)) => {
            for (key, node) in entries {
                match object.get(&key.name) {
                    Some(value) => compare(&below(&key.name), node, value, within, found),
                    None => found.push(Difference {
                        path: below(&key.name),
                        expected: node.to_json().to_string(),
                        got: "no such key".to_owned(),
                    }),
                }
            }
        }
        (Tree::List(nodes), Value::Array(items)) if nodes.len() == items.len() => {
            for (index, (node, item)) in nodes.iter().zip(items).enumerate() {
                compare(&below(&index.to_string()), node, item, within, found);
            }
        }
        _ => {
            if !equal(expected, got, within) {
                found.push(Difference {
                    path: path.to_owned(),
                    expected: expected.to_json().to_string(),
                    got: got.to_string(),
                });
            }
        }
    }
}

/// Whether a scalar is what was expected. Contracts write numbers as texts: `1.50` is "1.5".
fn equal(expected: &Node, got: &Value, within: Option<SignedDecimal256>) -> bool {
    match (&expected.tree, got) {
        (Tree::Null, Value::Null) => true,
        (Tree::Bool(expected), Value::Bool(got)) => expected == got,
        (Tree::Number(expected) | Tree::Text(expected), Value::String(got)) => {
            same(expected, got, within)
        }
        (Tree::Number(expected) | Tree::Text(expected), Value::Number(got)) => {
            same(expected, &got.to_string(), within)
        }
        _ => false,
    }
}

/// Whether two texts are the same, or are numbers that are the same or near enough.
pub fn same(expected: &str, got: &str, within: Option<SignedDecimal256>) -> bool {
    if expected == got {
        return true;
    }
    let (Some(a), Some(b)) = (normal(expected), normal(got)) else {
        return false;
    };
    a == b || within.is_some_and(|within| near(&a, &b, within).unwrap_or(false))
}

fn near(a: &str, b: &str, within: SignedDecimal256) -> Option<bool> {
    let a: SignedDecimal256 = a.parse().ok()?;
    let b: SignedDecimal256 = b.parse().ok()?;
    let difference = a.checked_sub(b).ok()?;
    Some(difference <= within && difference >= -within)
}

/// A decimal number of any size without needless zeros; none for what is not one.
fn normal(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() {
        let sign = if whole == "0" { "" } else { sign };
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case("{debt: '1000000'}", None, "")]
    #[case("{debt: 1000000}", None, "")]
    #[case("{debt: 1000001}", None, "debt: 1000001, got \"1000000\"")]
    #[case("{debt: 1000001}", Some("1"), "")]
    #[case("{debt: 1000002}", Some("1"), "debt: 1000002, got \"1000000\"")]
    #[case("{ratio: 4.50}", None, "")]
    #[case("{ratio: '4.5'}", None, "")]
    #[case("{weak: false, flag: ~}", None, "")]
    #[case("{weak: 'false'}", None, "weak: \"false\", got false")]
    #[case("{flag: {deadline: 1}}", None, "flag: {\"deadline\":1}, got null")]
    #[case("{held: [{asset: LIFE, amount: 9}]}", None, "")]
    #[case(
        "{held: [{asset: ATOM}]}",
        None,
        "held.0.asset: \"ATOM\", got \"LIFE\""
    )]
    #[case(
        "{held: []}",
        None,
        "held: [], got [{\"asset\":\"LIFE\",\"amount\":\"9\"}]"
    )]
    #[case("{dept: 1}", None, "dept: 1, got no such key")]
    #[case("{time: 7}", None, "")]
    #[case(
        "{shares: 100000000000000000000000000000000000000000000000000000000000000000000000000000}",
        None,
        ""
    )]
    fn answers_contain_what_is_expected(
        #[case] expected: &str,
        #[case] within: Option<&str>,
        #[case] difference: &str,
    ) {
        let got = json!({
            "debt": "1000000",
            "ratio": "4.5",
            "weak": false,
            "flag": null,
            "held": [{"asset": "LIFE", "amount": "9"}],
            "time": 7,
            "shares": "100000000000000000000000000000000000000000000000000000000000000000000000000000",
        });
        let expected = yaml::parse(expected).unwrap();
        let within = within.map(|text| text.parse().unwrap());
        let found: Vec<_> = differences(&expected, &got, within)
            .iter()
            .map(|d| format!("{}: {}, got {}", d.path, d.expected, d.got))
            .collect();
        assert_eq!(found.join("; "), difference);
    }
}
