//! From what a person writes to what goes over the wire.
//!
//! A text that begins with `@` stands for something else, in messages and expectations alike:
//!
//! | written | stands for |
//! | --- | --- |
//! | `@teddy`, `@synth-minter`, `@LUSD` | the address of an account, a contract, a cw20 |
//! | `@0.5 LUSD` | that amount in base units: `"500000"` |
//! | `@-0.5 LUSD` | the same below zero, where a number may be: `"-500000"` |
//! | `@now`, `@now + 3 days` | block time in seconds, as a number, at the scale of the chain |
//! | `@7 days` | that length of time in seconds, as a number, at the scale of the chain |
//!
//! A mapping where a cw20's `send` carries its hook is turned into base64.

use cosmwasm_std::Coin;
use serde_json::Value;

use crate::{
    amount,
    chain::Clock,
    contracts,
    contracts::Sort,
    directory::{Directory, Kind, Token},
    duration,
    source::{Mistake, Span},
    yaml::{Node, Tree},
};

/// Replaces every text that begins with `@`.
pub fn references(node: &Node, directory: &Directory, clock: Clock) -> Result<Node, Mistake> {
    let tree = match &node.tree {
        Tree::Text(text) => match text.strip_prefix('@') {
            Some(word) => reference(word, node.span, directory, clock)?,
            None => Tree::Text(text.clone()),
        },
        Tree::List(items) => Tree::List(
            items
                .iter()
                .map(|item| references(item, directory, clock))
                .collect::<Result<_, _>>()?,
        ),
        Tree::Map(entries) => Tree::Map(
            entries
                .iter()
                .map(|(key, value)| Ok((key.clone(), references(value, directory, clock)?)))
                .collect::<Result<_, Mistake>>()?,
        ),
        other => other.clone(),
    };
    Ok(Node {
        span: node.span,
        tree,
    })
}

fn reference(word: &str, span: Span, directory: &Directory, clock: Clock) -> Result<Tree, Mistake> {
    if let Some(later) = word.strip_prefix("now") {
        let later = later.trim();
        if later.is_empty() {
            return Ok(Tree::Number(clock.now.to_string()));
        }
        if let Some(secs) = shift(later, clock) {
            let time = i128::from(clock.now) + secs;
            if time < 0 {
                return Err(Mistake::new(
                    span,
                    format!("`@{word}` lies before all time"),
                ));
            }
            return Ok(Tree::Number(time.to_string()));
        }
    }
    if let Some(entry) = directory.entries.get(word) {
        return Ok(Tree::Text(entry.address.clone()));
    }
    if let Some(secs) = duration::parse(word) {
        return Ok(Tree::Number(clock.scale.secs(secs).to_string()));
    }
    if word.contains(' ') {
        let (sign, amount) = match word.strip_prefix('-') {
            Some(amount) => ("-", amount),
            None => ("", word),
        };
        let (units, _) = amount::parse(amount, span, directory)?;
        return Ok(Tree::Text(format!("{sign}{units}")));
    }
    let names = directory.names(|_| true);
    Err(Mistake::new(span, format!("nobody is called `{word}`")).expected_one_of(word, &names))
}

/// `+ 3 days` or `- 1 second`.
fn shift(text: &str, clock: Clock) -> Option<i128> {
    let (sign, length) = text.split_at_checked(1)?;
    let secs = i128::from(clock.scale.secs(duration::parse(length)?));
    match sign {
        "+" => Some(secs),
        "-" => Some(-secs),
        _ => None,
    }
}

/// A message or question as it goes over the wire, once it is known to be one that `kind`
/// takes.
pub fn words(
    node: &Node,
    kind: Kind,
    sort: Sort,
    directory: &Directory,
    clock: Clock,
) -> Result<Value, Mistake> {
    let mut resolved = references(node, directory, clock)?;
    if sort == Sort::Execute {
        encode_hooks(&mut resolved, kind, directory)?;
    }
    contracts::check(kind, sort, &resolved)?;
    Ok(resolved.to_json())
}

/// Turns the hook of a `send` from a mapping into base64.
fn encode_hooks(node: &mut Node, kind: Kind, directory: &Directory) -> Result<(), Mistake> {
    let Tree::Map(messages) = &mut node.tree else {
        return Ok(());
    };
    for (name, receiver, hook) in contracts::hooks(kind) {
        let Some((_, body)) = messages.iter_mut().find(|(key, _)| key.name == *name) else {
            continue;
        };
        let receiver = body
            .get(receiver)
            .and_then(Node::scalar)
            .and_then(|address| directory.name_of(address))
            .and_then(|name| directory.entries.get(name))
            .map_or(Kind::Other, |entry| entry.kind);
        let Tree::Map(fields) = &mut body.tree else {
            continue;
        };
        for (key, value) in fields {
            if key.name == *hook && matches!(value.tree, Tree::Map(_)) {
                contracts::check(receiver, Sort::Hook, value)?;
                value.tree = Tree::Text(base64(&value.to_json()));
            }
        }
    }
    Ok(())
}

fn base64(value: &Value) -> String {
    cosmwasm_std::Binary::from(value.to_string().into_bytes()).to_base64()
}

/// A message with its hook readable again and names for addresses.
pub fn readable(msg: &Value, directory: &Directory) -> Value {
    directory.json_with_names(&with_hook(msg))
}

/// A message with its hook readable again.
pub fn with_hook(msg: &Value) -> Value {
    let mut msg = msg.clone();
    if let Some(hook) = msg
        .as_object_mut()
        .and_then(|messages| messages.values_mut().next())
        .and_then(|body| body.get_mut("msg"))
        && let Some(decoded) = hook.as_str().and_then(decoded_json)
    {
        *hook = decoded;
    }
    msg
}

/// The JSON object that a base64 text holds.
fn decoded_json(text: &str) -> Option<Value> {
    let bytes = cosmwasm_std::Binary::from_base64(text).ok()?;
    serde_json::from_slice(&bytes).ok().filter(Value::is_object)
}

/// Amounts as native coins, sorted as the bank wants them.
pub fn coins(amounts: &[Node], directory: &Directory) -> Result<Vec<Coin>, Mistake> {
    let mut coins = Vec::new();
    for node in amounts {
        let (units, asset) = amount::read(node, directory)?;
        match directory.assets.get(&asset).and_then(|a| a.token.as_ref()) {
            Some(Token::Native(denom)) => coins.push(Coin {
                denom: denom.clone(),
                amount: units,
            }),
            _ => {
                let message = format!("{asset} is not a native coin: it cannot be sent along");
                return Err(Mistake::new(node.span, message).expected(
                    "a native coin; a cw20 is sent by a `send` message to its own contract",
                ));
            }
        }
    }
    coins.sort_by(|a: &Coin, b: &Coin| a.denom.cmp(&b.denom));
    Ok(coins)
}
