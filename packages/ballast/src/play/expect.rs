//! Whether what a step expects holds.

use cosmwasm_std::{Event, Uint128};
use serde_json::Value;

use super::{Verdict, compare};
use crate::{
    amount,
    chain::{Chain, Reaction, Refusal},
    contracts::Sort,
    directory::Directory,
    resolve,
    source::Mistake,
    story::{Answer, Check, ErrorWant, What, Word},
    text,
    yaml::Node,
};

/// Looks whether one expectation holds after a step.
pub fn verdict(
    check: &Check,
    reaction: Option<&Reaction>,
    chain: &dyn Chain,
) -> anyhow::Result<Verdict> {
    match &check.what {
        What::Query { to, msg, answer } => query(to, msg, answer, chain),
        What::Balance { of, is, within } => balance(of, is, within.as_ref(), chain),
        What::Event {
            ty,
            from,
            attributes,
            absent,
        } => {
            let wanted = Wanted {
                ty: &ty.text,
                from: from.as_ref(),
                attributes,
                absent: *absent,
            };
            wanted.verdict(reaction, chain)
        }
        What::Error(want) => Ok(error(want, reaction, chain.directory())),
    }
}

/// The verdict on a step that no error was expected of.
pub fn success(refusal: &Refusal, directory: &Directory) -> Verdict {
    Verdict {
        kind: "success",
        expected: "no error".to_owned(),
        held: false,
        got: vec![said(refusal, directory)],
        answer: None,
    }
}

/// The verdict on what must always hold; none while it does.
pub fn invariants(chain: &mut dyn Chain) -> Option<Verdict> {
    let broken = chain.broken();
    if broken.is_empty() {
        return None;
    }
    let directory = chain.directory();
    Some(Verdict {
        kind: "invariants",
        expected: "what must always hold".to_owned(),
        held: false,
        got: broken
            .iter()
            .map(|text| directory.with_names(text))
            .collect(),
        answer: None,
    })
}

fn said(refusal: &Refusal, directory: &Directory) -> String {
    directory.with_names(&refusal.text)
}

fn error(want: &ErrorWant, reaction: Option<&Reaction>, directory: &Directory) -> Verdict {
    let got = match reaction {
        Some(Err(refusal)) if fits(want, refusal) => Vec::new(),
        Some(Err(refusal)) => vec![said(refusal, directory)],
        _ => vec!["the step succeeded".to_owned()],
    };
    Verdict {
        kind: "error",
        expected: describe(want),
        held: got.is_empty(),
        got,
        answer: None,
    }
}

fn describe(want: &ErrorWant) -> String {
    match &want.text {
        Some(text) => format!("error {} with \"{text}\"", want.name.text),
        None => format!("error {}", want.name.text),
    }
}

fn fits(want: &ErrorWant, refusal: &Refusal) -> bool {
    let text = want.text.as_deref().unwrap_or_default();
    refusal.name.as_ref() == Some(&want.name.text) && refusal.text.contains(text)
}

fn query(to: &Word, msg: &Node, answer: &Answer, chain: &dyn Chain) -> anyhow::Result<Verdict> {
    let directory = chain.directory();
    let entry = directory
        .entries
        .get(&to.text)
        .ok_or_else(|| anyhow::anyhow!("there is no contract {}", to.text))?;
    let question = resolve::words(msg, entry.kind, Sort::Query, directory, chain.clock())
        .map_err(unexpected)?;
    let asked = format!("{} {}", to.text, text::call(&msg.to_json()));
    let given = chain.query(&entry.address, &question)?;
    let (expected, got, answer) = match (answer, given) {
        (Answer::Gives { value, within }, Ok(given)) => {
            let wanted =
                resolve::references(value, directory, chain.clock()).map_err(unexpected)?;
            let got = compare::differences(&wanted, &given, *within)
                .iter()
                .map(|d| difference(d, directory))
                .collect();
            let tolerance = within.map_or_else(String::new, |within| format!(" ± {within}"));
            let expected = format!("{asked}: {}{tolerance}", text::leaves(&value.to_json()));
            (expected, got, Some(directory.json_with_names(&given)))
        }
        (Answer::Gives { value, .. }, Err(refusal)) => {
            let expected = format!("{asked}: {}", text::leaves(&value.to_json()));
            (expected, vec![said(&refusal, directory)], None)
        }
        (Answer::Fails(want), Err(refusal)) => {
            let got = if fits(want, &refusal) {
                Vec::new()
            } else {
                vec![said(&refusal, directory)]
            };
            (format!("{asked} fails with {}", describe(want)), got, None)
        }
        (Answer::Fails(want), Ok(given)) => {
            let given = directory.json_with_names(&given);
            let expected = format!("{asked} fails with {}", describe(want));
            (expected, vec![text::json(&given)], Some(given))
        }
    };
    Ok(Verdict {
        kind: "query",
        expected,
        held: got.is_empty(),
        got,
        answer,
    })
}

fn difference(found: &compare::Difference, directory: &Directory) -> String {
    let text = format!("{}, expected {}", found.got, found.expected);
    let text = directory.with_names(&text);
    if found.path.is_empty() {
        text
    } else {
        format!("{}: {text}", found.path)
    }
}

/// A checked story has none of these; a live chain may have changed since.
fn unexpected(mistake: Mistake) -> anyhow::Error {
    anyhow::anyhow!(mistake.message)
}

fn balance(
    of: &Word,
    is: &[Node],
    within: Option<&Node>,
    chain: &dyn Chain,
) -> anyhow::Result<Verdict> {
    let directory = chain.directory();
    let entry = directory
        .entries
        .get(&of.text)
        .ok_or_else(|| anyhow::anyhow!("nobody is called {}", of.text))?;
    let tolerance = within
        .map(|node| amount::read(node, directory).map_err(unexpected))
        .transpose()?
        .map_or(Uint128::zero(), |(units, _)| units);
    let mut expected = Vec::new();
    let mut got = Vec::new();
    let mut answer = serde_json::Map::new();
    for node in is {
        let (want, asset) = amount::read(node, directory).map_err(unexpected)?;
        let held = chain.balance(&entry.address, &asset)?;
        expected.push(amount::human(want, &asset, directory));
        if held.abs_diff(want) > tolerance {
            got.push(amount::human(held, &asset, directory));
        }
        answer.insert(asset, Value::String(held.to_string()));
    }
    let tolerance = within
        .and_then(Node::scalar)
        .map_or_else(String::new, |text| format!(" ± {text}"));
    Ok(Verdict {
        kind: "balance",
        expected: format!("{} has {}{tolerance}", of.text, expected.join(", ")),
        held: got.is_empty(),
        got,
        answer: Some(answer.into()),
    })
}

/// An event that is looked for.
struct Wanted<'s> {
    ty: &'s str,
    from: Option<&'s Word>,
    attributes: &'s [(Word, Node)],
    absent: bool,
}

impl Wanted<'_> {
    fn verdict(&self, reaction: Option<&Reaction>, chain: &dyn Chain) -> anyhow::Result<Verdict> {
        let directory = chain.directory();
        let events = match reaction {
            Some(Ok(outcome)) => outcome.events.as_slice(),
            _ => &[],
        };
        let from = self
            .from
            .and_then(|name| directory.entries.get(&name.text))
            .map(|entry| entry.address.as_str());
        let attributes = self
            .attributes
            .iter()
            .map(|(name, node)| {
                let node =
                    resolve::references(node, directory, chain.clock()).map_err(unexpected)?;
                let value = node.scalar().unwrap_or_default().to_owned();
                Ok((name.text.as_str(), value))
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        let of_type: Vec<_> = events
            .iter()
            .filter(|event| plain_type(event) == self.ty)
            .filter(|event| from.is_none_or(|from| contract_of(event) == Some(from)))
            .collect();
        let found = of_type.iter().any(|event| {
            attributes
                .iter()
                .all(|(name, value)| has(event, name, value))
        });
        let held = found != self.absent;
        let got = if held {
            Vec::new()
        } else if self.absent || !of_type.is_empty() {
            of_type
                .iter()
                .map(|event| directory.with_names(&line(event)))
                .collect()
        } else {
            vec![format!("no `{}` among: {}", self.ty, types(events))]
        };
        Ok(Verdict {
            kind: if self.absent { "no_event" } else { "event" },
            expected: self.words(),
            held,
            got,
            answer: None,
        })
    }

    fn words(&self) -> String {
        let mut out = String::from(if self.absent { "no event " } else { "event " });
        if let Some(from) = self.from {
            out = format!("{out}{} ", from.text);
        }
        out.push_str(self.ty);
        for (name, node) in self.attributes {
            out = format!("{out} {}={}", name.text, node.scalar().unwrap_or_default());
        }
        out
    }
}

/// An event's type without the `wasm-` that the chain puts in front of a contract's own.
pub fn plain_type(event: &Event) -> &str {
    event.ty.strip_prefix("wasm-").unwrap_or(&event.ty)
}

/// The contract an event comes from.
pub fn contract_of(event: &Event) -> Option<&str> {
    event
        .attributes
        .iter()
        .find(|attribute| attribute.key == "_contract_address")
        .map(|attribute| attribute.value.as_str())
}

fn has(event: &Event, name: &str, value: &str) -> bool {
    event
        .attributes
        .iter()
        .any(|a| a.key == name && compare::same(value, &a.value, None))
}

/// An event on one line.
pub fn line(event: &Event) -> String {
    let mut out = plain_type(event).to_owned();
    for attribute in &event.attributes {
        if attribute.key != "_contract_address" {
            out = format!("{out} {}={}", attribute.key, attribute.value);
        }
    }
    out
}

fn types(events: &[Event]) -> String {
    let mut types: Vec<_> = events.iter().map(plain_type).collect();
    types.dedup();
    if types.is_empty() {
        "no events".to_owned()
    } else {
        types.join(", ")
    }
}
