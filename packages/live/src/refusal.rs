//! Why the chain refused.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A transaction or a question that the chain, or a contract on it, refused. It changed nothing
/// except, when it had landed, the sender's fee and sequence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Name of the contract's typed error, such as `NotWeak`; none when the text has none.
    pub name: Option<String>,
    /// The innermost text.
    pub text: String,
    /// All that the chain said.
    pub log: String,
    /// Whose code it is: `wasm`, `sdk`.
    pub codespace: String,
    /// The chain's code of the error.
    pub code: u32,
    /// The transaction, when it landed; one that was refused before it left, or by the node it
    /// was handed to, is in no block and costs nothing.
    pub landed: Option<Box<RefusedTx>>,
}

/// A refused transaction that is in a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedTx {
    /// Its hash, in upper-case hexadecimal digits.
    pub hash: String,
    /// The block.
    pub height: u64,
    /// Gas it might have used.
    pub gas_wanted: u64,
    /// Gas it had used when it was refused.
    pub gas_used: u64,
}

impl Refusal {
    /// From the code and the log of an answer.
    pub fn new(codespace: &str, code: u32, log: &str) -> Self {
        let (name, text) = innermost(log);
        Self {
            name: name.map(str::to_owned),
            text: text.to_owned(),
            log: log.to_owned(),
            codespace: codespace.to_owned(),
            code,
            landed: None,
        }
    }

    /// Whether the transaction had too little gas.
    pub fn is_out_of_gas(&self) -> bool {
        self.codespace == "sdk" && self.code == 11
    }

    /// Whether the transaction was not the sender's next: its account moved on meanwhile.
    pub(crate) fn is_wrong_sequence(&self) -> bool {
        self.codespace == "sdk" && self.code == 32
    }

    /// Whether the transaction came after the last height at which it could land.
    pub(crate) fn is_too_late(&self) -> bool {
        self.codespace == "sdk" && self.code == 30
    }

    /// Whether the node has the very transaction already.
    pub(crate) fn is_known(&self) -> bool {
        self.codespace == "sdk" && self.code == 19
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Refusal {}

/// What chains and libraries write before the text of a contract.
const BEFORE: [&str; 8] = [
    "failed to execute message; ",
    "rpc error: code = Unknown desc = ",
    "dispatch: ",
    "submessages: ",
    "reply: ",
    "Generic error: ",
    "Querier contract error: ",
    "Querier system error: ",
];

/// What chains write behind it.
const BEHIND: [&str; 8] = [
    ": unknown request",
    ": invalid request",
    ": execute wasm contract failed",
    ": instantiate wasm contract failed",
    ": migrate wasm contract failed",
    ": query wasm contract failed",
    ": reply wasm contract failed",
    ": failed to execute message",
];

/// The name of the innermost typed error of a log, and its text from there on; without such a
/// name, what is left when the chain's own words are gone.
fn innermost(log: &str) -> (Option<&str>, &str) {
    let mut text = without_tail(log);
    let mut found = None;
    loop {
        text = without_head(text);
        let Some((name, rest)) = leading_name(text) else {
            break;
        };
        found = Some((name, text));
        // `Std: Querier contract error: NoPrice: …` wraps one that says more.
        text = rest;
    }
    match found {
        Some((name, text)) => (Some(name), text),
        None => (None, text),
    }
}

fn without_tail(log: &str) -> &str {
    // The SDK adds `[where/in/its/source.go:77] with gas used: '1'`.
    let mut text = log.split(" [").next().unwrap_or(log).trim_end();
    if !log.contains(" with gas used: ") && !log.contains(".go:") {
        text = log.trim_end();
    }
    while let Some(shorter) = BEHIND.iter().find_map(|tail| text.strip_suffix(tail)) {
        text = shorter;
    }
    text
}

fn without_head(text: &str) -> &str {
    let mut text = text;
    loop {
        let shorter = BEFORE
            .iter()
            .find_map(|head| text.strip_prefix(head))
            .or_else(|| after_index(text));
        match shorter {
            Some(shorter) => text = shorter,
            None => return text,
        }
    }
}

/// What follows `message index: 3: `.
fn after_index(text: &str) -> Option<&str> {
    let (index, rest) = text.strip_prefix("message index: ")?.split_once(": ")?;
    index.parse::<usize>().ok()?;
    Some(rest)
}

/// `NotWeak` of `NotWeak: debt 5 …`, and what follows it.
fn leading_name(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once(':')?;
    let mut letters = name.chars();
    let is_name = letters
        .next()
        .is_some_and(|first| first.is_ascii_uppercase())
        && letters.all(|letter| letter.is_ascii_alphanumeric());
    is_name.then(|| (name, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::message(
        "failed to execute message; message index: 0: NotWeak: debt 5 is below the flag line 9: execute wasm contract failed",
        Some("NotWeak"),
        "NotWeak: debt 5 is below the flag line 9"
    )]
    #[case::submessage(
        "failed to execute message; message index: 12: dispatch: submessages: dispatch: submessages: Unauthorized: only the registry mints: execute wasm contract failed",
        Some("Unauthorized"),
        "Unauthorized: only the registry mints"
    )]
    #[case::wrapped(
        "failed to execute message; message index: 0: Std: Generic error: Querier contract error: NoPrice: X has no price yet: execute wasm contract failed",
        Some("NoPrice"),
        "NoPrice: X has no price yet"
    )]
    #[case::query(
        "Generic error: Querier contract error: NoPrice: X has none: query wasm contract failed: unknown request [CosmWasm/wasmd/x/wasm/keeper/keeper.go:837] with gas used: '108'",
        Some("NoPrice"),
        "NoPrice: X has none"
    )]
    #[case::bracket_of_the_contract(
        "failed to execute message; message index: 0: Bad: not in [0, 1]: execute wasm contract failed",
        Some("Bad"),
        "Bad: not in [0, 1]"
    )]
    #[case::foreign(
        "failed to execute message; message index: 0: spendable balance 0ulife is smaller than 9ulife: insufficient funds",
        None,
        "spendable balance 0ulife is smaller than 9ulife: insufficient funds"
    )]
    #[case::unparsed(
        "failed to execute message; message index: 0: Error parsing into type x: unknown variant `y`: execute wasm contract failed",
        None,
        "Error parsing into type x: unknown variant `y`"
    )]
    #[case::empty("", None, "")]
    fn the_innermost_name_counts(
        #[case] log: &str,
        #[case] name: Option<&str>,
        #[case] text: &str,
    ) {
        let refusal = Refusal::new("wasm", 5, log);
        assert_eq!(refusal.name.as_deref(), name);
        assert_eq!(refusal.text, text);
        assert_eq!(refusal.log, log);
    }

    #[test]
    fn out_of_gas_is_the_sdks() {
        assert!(Refusal::new("sdk", 11, "out of gas in location: x").is_out_of_gas());
        assert!(!Refusal::new("wasm", 11, "x").is_out_of_gas());
        assert!(!Refusal::new("wasm", 5, "x").is_out_of_gas());
    }
}
