//! From a tree to a story.

use super::{
    Act, Answer, Check, ErrorWant, Series, Step, Story, What, Word,
    fields::{Fields, decimal, entries, one_or_many, word},
};
use crate::{
    chain::{Sort, Sorts},
    duration,
    source::Mistake,
    yaml::{self, Key, Node, Tree},
};

const STORY: [&str; 7] = [
    "title", "about", "profile", "with", "chains", "series", "steps",
];
const SERIES: [&str; 5] = ["name", "to", "msg", "at", "of"];
const VERBS: [&str; 7] = [
    "price",
    "push",
    "silence",
    "unsilence",
    "wait",
    "send",
    "transfer",
];
const STEP: [&str; 10] = [
    "title",
    "chains",
    "price",
    "push",
    "silence",
    "unsilence",
    "wait",
    "send",
    "transfer",
    "expect",
];
const CHECKS: [&str; 5] = ["query", "balance", "event", "no_event", "error"];

const A_NAME: &str = "expected a name";
const A_CHAIN: &str = "expected `embedded`, `live`, or both as a list";
const A_PRICE: &str = "expected a price in USD for one whole token, such as \"0.25\"";
const A_LENGTH: &str = "expected a length of time, such as `3 days` or `1 hour 5 seconds`";

/// Reads a story; says all that is wrong with it.
pub fn parse(text: &str) -> Result<Story, Vec<Mistake>> {
    let root = yaml::parse(text).map_err(|mistake| vec![mistake])?;
    let mut mistakes = Vec::new();
    let story = head(&root).map_err(|mistake| vec![mistake])?;
    let mut steps = Vec::new();
    if let Some(Node {
        tree: Tree::List(items),
        ..
    }) = root.get("steps")
    {
        for item in items {
            match step(item, story.chains) {
                Ok(step) => steps.push(step),
                Err(mistake) => mistakes.push(mistake),
            }
        }
    }
    if mistakes.is_empty() {
        Ok(Story { steps, ..story })
    } else {
        Err(mistakes)
    }
}

/// A story without its steps.
fn head(root: &Node) -> Result<Story, Mistake> {
    let fields = Fields::open(root, "a story", &STORY)?;
    let steps = fields.need("steps")?;
    match &steps.tree {
        Tree::List(items) if !items.is_empty() => {}
        _ => {
            let message = "a story needs at least one step";
            return Err(Mistake::new(steps.span, message).expected("expected a list of steps"));
        }
    }
    Ok(Story {
        title: fields.word("title", "expected a text")?.text,
        about: fields.text("about")?,
        profile: fields.word("profile", "expected the name or the path of a profile")?,
        with: fields.get("with").cloned(),
        chains: chains(fields.get("chains"))?,
        series: fields
            .get("series")
            .map_or_else(Vec::new, one_or_many)
            .into_iter()
            .map(series)
            .collect::<Result<_, _>>()?,
        steps: Vec::new(),
    })
}

fn series(node: &Node) -> Result<Series, Mistake> {
    let fields = Fields::open(node, "a series", &SERIES)?;
    let of = fields.get("of");
    Ok(Series {
        name: fields.word("name", "expected a text")?.text,
        to: fields.word("to", A_NAME)?,
        msg: fields.need("msg")?.clone(),
        at: fields.word("at", "expected a place in the answer, such as `/books/par`")?,
        of: of.map(|node| word(node, "expected an asset")).transpose()?,
    })
}

fn step(node: &Node, story: Sorts) -> Result<Step, Mistake> {
    let fields = Fields::open(node, "a step", &STEP)?;
    let verbs: Vec<_> = entries(node, "a step")?
        .iter()
        .filter(|(key, _)| VERBS.contains(&key.name.as_str()))
        .collect();
    let act = match verbs.as_slice() {
        [] => None,
        [(key, node)] => Some(act(key, node)?),
        [_, (key, _), ..] => {
            let message = format!("`{}` is a second thing in one step", key.name);
            return Err(Mistake::new(key.span, message).expected("expected a step of its own"));
        }
    };
    let checks = match fields.get("expect") {
        Some(node) => checks(node)?,
        None => Vec::new(),
    };
    if act.is_none() && checks.is_empty() {
        return Err(
            Mistake::new(node.span, "nothing happens in this step").expected_one_of("", &STEP)
        );
    }
    refuse_contradictions(act.as_ref(), &checks)?;
    let chains = chains(fields.get("chains"))?;
    if chains.and(story).is_none() {
        let message = format!("the step is for {chains} chains and the story for {story} ones");
        return Err(Mistake::new(node.span, message).expected("expected a step that is played"));
    }
    Ok(Step {
        span: node.span,
        title: fields.text("title")?,
        chains,
        act,
        checks,
    })
}

/// The sorts of chain that are named; all when there is no word of it.
fn chains(node: Option<&Node>) -> Result<Sorts, Mistake> {
    let Some(node) = node else {
        return Ok(Sorts::ALL);
    };
    let mut chains = Sorts {
        embedded: false,
        live: false,
    };
    for item in one_or_many(node) {
        let word = word(item, A_CHAIN)?;
        match word.text.as_str() {
            name if name == Sort::Embedded.name() => chains.embedded = true,
            name if name == Sort::Live.name() => chains.live = true,
            other => {
                let message = format!("there are no {other} chains");
                return Err(Mistake::new(word.span, message).expected(A_CHAIN));
            }
        }
    }
    chains
        .and(Sorts::ALL)
        .ok_or_else(|| Mistake::new(node.span, "no chain is named here").expected(A_CHAIN))
}

/// An error needs something that can fail, and goes with no second error.
fn refuse_contradictions(act: Option<&Act>, checks: &[Check]) -> Result<(), Mistake> {
    let mut errors = checks
        .iter()
        .filter(|check| matches!(check.what, What::Error(_)));
    let (first, second) = (errors.next(), errors.next());
    if let Some(check) = second {
        return Err(Mistake::new(check.span, "a step ends in one error only"));
    }
    let can_fail = !matches!(act, None | Some(Act::Wait { .. } | Act::Silence { .. }));
    match first {
        Some(check) if !can_fail => Err(Mistake::new(
            check.span,
            "nothing in this step can fail with an error",
        )
        .expected("expected beside `send`, `transfer`, `price` or `push`")),
        _ => Ok(()),
    }
}

fn act(key: &Key, node: &Node) -> Result<Act, Mistake> {
    Ok(match key.name.as_str() {
        "price" => Act::Price(prices(node)?),
        "push" => {
            let fields = Fields::open(node, "a push", &["asset", "source", "price"])?;
            Act::Push {
                asset: fields.word("asset", A_NAME)?,
                source: fields.word("source", A_NAME)?,
                price: decimal(fields.need("price")?, A_PRICE)?,
            }
        }
        "wait" => {
            let length = word(node, A_LENGTH)?;
            let secs = duration::parse(&length.text).ok_or_else(|| {
                Mistake::new(
                    length.span,
                    format!("`{}` is no length of time", length.text),
                )
                .expected(A_LENGTH)
            })?;
            Act::Wait { secs }
        }
        "send" => send(node)?,
        "transfer" => {
            let fields = Fields::open(node, "a transfer", &["from", "to", "amount"])?;
            Act::Transfer {
                from: fields.word("from", A_NAME)?,
                to: fields.word("to", A_NAME)?,
                amount: fields.need("amount")?.clone(),
            }
        }
        silence => Act::Silence {
            assets: one_or_many(node)
                .into_iter()
                .map(|asset| word(asset, "expected the id of an asset"))
                .collect::<Result<_, _>>()?,
            silent: silence == "silence",
        },
    })
}

fn prices(node: &Node) -> Result<Vec<(Word, cosmwasm_std::Decimal)>, Mistake> {
    entries(node, "prices by asset, such as {LIFE: \"0.25\"}")?
        .iter()
        .map(|(key, price)| {
            let asset = Word {
                text: key.name.clone(),
                span: key.span,
            };
            Ok((asset, decimal(price, A_PRICE)?))
        })
        .collect()
}

fn send(node: &Node) -> Result<Act, Mistake> {
    let fields = Fields::open(node, "a message", &["from", "to", "msg", "funds"])?;
    Ok(Act::Send {
        from: fields.word("from", A_NAME)?,
        to: fields.word("to", A_NAME)?,
        msg: fields.need("msg")?.clone(),
        funds: fields
            .get("funds")
            .map(|funds| one_or_many(funds).into_iter().cloned().collect())
            .unwrap_or_default(),
    })
}

fn checks(node: &Node) -> Result<Vec<Check>, Mistake> {
    one_or_many(node)
        .into_iter()
        .map(|item| {
            Fields::open(item, "an expectation", &CHECKS)?;
            entries(item, "an expectation")
        })
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .map(|(key, node)| {
            Ok(Check {
                span: key.span,
                what: what(key, node)?,
            })
        })
        .collect()
}

fn what(key: &Key, node: &Node) -> Result<What, Mistake> {
    Ok(match key.name.as_str() {
        "query" => query(node)?,
        "balance" => {
            let fields = Fields::open(node, "a balance", &["of", "is", "within"])?;
            What::Balance {
                of: fields.word("of", A_NAME)?,
                is: one_or_many(fields.need("is")?)
                    .into_iter()
                    .cloned()
                    .collect(),
                within: fields.get("within").cloned(),
            }
        }
        "error" => What::Error(error(node)?),
        event => {
            let fields = Fields::open(node, "an event", &["type", "from", "attributes"])?;
            What::Event {
                ty: fields.word("type", "expected the type of an event")?,
                from: fields
                    .get("from")
                    .map(|node| word(node, A_NAME))
                    .transpose()?,
                attributes: attributes(fields.get("attributes"))?,
                absent: event == "no_event",
            }
        }
    })
}

fn attributes(node: Option<&Node>) -> Result<Vec<(Word, Node)>, Mistake> {
    let Some(node) = node else {
        return Ok(Vec::new());
    };
    entries(node, "attributes by name")?
        .iter()
        .map(|(key, value)| {
            word(value, "expected a single value")?;
            let name = Word {
                text: key.name.clone(),
                span: key.span,
            };
            Ok((name, value.clone()))
        })
        .collect()
}

fn query(node: &Node) -> Result<What, Mistake> {
    let known = ["to", "msg", "gives", "within", "error"];
    let fields = Fields::open(node, "a query", &known)?;
    let answer = match (fields.get("gives"), fields.entry("error")) {
        (Some(value), None) => Answer::Gives {
            value: value.clone(),
            within: fields
                .get("within")
                .map(|node| decimal(node, "expected the most a number may differ by"))
                .transpose()?,
        },
        (None, Some((_, node))) => Answer::Fails(error(node)?),
        (Some(_), Some((key, _))) => {
            return Err(
                Mistake::new(key.span, "a query cannot give an answer and an error")
                    .expected("expected `gives` or `error`"),
            );
        }
        (None, None) => {
            return Err(Mistake::new(node.span, "the query expects nothing")
                .expected("expected `gives: {…}` or `error: …` in it"));
        }
    };
    Ok(What::Query {
        to: fields.word("to", A_NAME)?,
        msg: fields.need("msg")?.clone(),
        answer,
    })
}

/// `NotWeak`, or `{name: NotWeak, text: "…"}`.
fn error(node: &Node) -> Result<ErrorWant, Mistake> {
    let shape = "expected the name of an error, such as `NotWeak`";
    let (name, text) = match &node.tree {
        Tree::Map(_) => {
            let fields = Fields::open(node, "an error", &["name", "text"])?;
            (fields.word("name", shape)?, fields.text("text")?)
        }
        _ => (word(node, shape)?, None),
    };
    let is_name =
        name.text.chars().all(char::is_alphanumeric) && name.text.starts_with(char::is_uppercase);
    if !is_name {
        let message = format!("`{}` is not the name of an error", name.text);
        return Err(Mistake::new(name.span, message).expected(shape));
    }
    Ok(ErrorWant { name, text })
}
