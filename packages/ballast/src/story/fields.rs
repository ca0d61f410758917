//! The keys of a mapping, each known by name.

use std::str::FromStr;

use super::Word;
use crate::{
    source::{Mistake, Span},
    yaml::{Key, Node, Tree},
};

/// A mapping all of whose keys are known.
pub struct Fields<'n> {
    span: Span,
    what: &'static str,
    entries: &'n [(Key, Node)],
}

impl<'n> Fields<'n> {
    /// Opens a mapping and refuses keys that are not `known`.
    pub fn open(node: &'n Node, what: &'static str, known: &[&str]) -> Result<Self, Mistake> {
        let entries = entries(node, what)?;
        for (key, _) in entries {
            if !known.contains(&key.name.as_str()) {
                let message = format!("{what} has no `{}`", key.name);
                return Err(Mistake::new(key.span, message).expected_one_of(&key.name, known));
            }
        }
        let span = node.span;
        Ok(Self {
            span,
            what,
            entries,
        })
    }

    /// The value of a key.
    pub fn get(&self, name: &str) -> Option<&'n Node> {
        self.entry(name).map(|(_, node)| node)
    }

    /// Key and value.
    pub fn entry(&self, name: &str) -> Option<(&'n Key, &'n Node)> {
        self.entries
            .iter()
            .find(|(key, _)| key.name == name)
            .map(|(key, node)| (key, node))
    }

    /// The value of a key that must be there.
    pub fn need(&self, name: &str) -> Result<&'n Node, Mistake> {
        self.get(name).ok_or_else(|| {
            Mistake::new(self.span, format!("{} has no `{name}`", self.what))
                .expected(format!("expected `{name}: …` in it"))
        })
    }

    /// The word under a key that must be there.
    pub fn word(&self, name: &str, shape: &str) -> Result<Word, Mistake> {
        word(self.need(name)?, shape)
    }

    /// The text under a key.
    pub fn text(&self, name: &str) -> Result<Option<String>, Mistake> {
        self.get(name)
            .map(|node| word(node, "expected a text").map(|word| word.text))
            .transpose()
    }
}

/// The entries of a mapping.
pub fn entries<'n>(node: &'n Node, what: &str) -> Result<&'n [(Key, Node)], Mistake> {
    match &node.tree {
        Tree::Map(entries) => Ok(entries),
        _ => {
            let message = format!("this is {}", node.kind());
            Err(Mistake::new(node.span, message).expected(format!("expected {what}, a mapping")))
        }
    }
}

/// A scalar as a word.
pub fn word(node: &Node, shape: &str) -> Result<Word, Mistake> {
    match node.scalar() {
        Some(text) => Ok(Word {
            text: text.to_owned(),
            span: node.span,
        }),
        None => Err(Mistake::new(node.span, format!("this is {}", node.kind())).expected(shape)),
    }
}

/// A scalar as a decimal number.
pub fn decimal<T: FromStr>(node: &Node, shape: &str) -> Result<T, Mistake> {
    let word = word(node, shape)?;
    word.text.parse().map_err(|_| {
        Mistake::new(word.span, format!("`{}` is not a number", word.text)).expected(shape)
    })
}

/// The items of a list; anything else counts as a list of one.
pub fn one_or_many(node: &Node) -> Vec<&Node> {
    match &node.tree {
        Tree::List(items) => items.iter().collect(),
        _ => vec![node],
    }
}
