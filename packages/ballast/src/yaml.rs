//! YAML as a tree that remembers where each thing stands.
//!
//! Scalars keep the text they were written in: `0.10` stays `0.10`, and no number passes
//! through a float.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span as Marked};
use serde_json::{Map, Number, Value};

use crate::source::{Mistake, Span};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where.
    pub span: Span,
    /// What.
    pub tree: Tree,
}

/// What a [`Node`] holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without quotes, as it was written.
    Number(String),
    /// Any other text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order it was written.
    Map(Vec<(Key, Node)>),
}

/// The key of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Where.
    pub span: Span,
    /// What.
    pub name: String,
}

impl Node {
    /// What it is, in words.
    pub fn kind(&self) -> &'static str {
        match self.tree {
            Tree::Null => "nothing",
            Tree::Bool(_) => "a truth value",
            Tree::Number(_) => "a number",
            Tree::Text(_) => "a text",
            Tree::List(_) => "a list",
            Tree::Map(_) => "a mapping",
        }
    }

    /// The value of a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.tree {
            Tree::Map(entries) => entries
                .iter()
                .find(|(name, _)| name.name == key)
                .map(|(_, node)| node),
            _ => None,
        }
    }

    /// The text of a scalar as it was written.
    pub fn scalar(&self) -> Option<&str> {
        match &self.tree {
            Tree::Number(text) | Tree::Text(text) => Some(text),
            Tree::Bool(true) => Some("true"),
            Tree::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// The same as JSON.
    pub fn to_json(&self) -> Value {
        match &self.tree {
            Tree::Null => Value::Null,
            Tree::Bool(value) => Value::Bool(*value),
            Tree::Number(text) => number(text),
            Tree::Text(text) => Value::String(text.clone()),
            Tree::List(items) => items.iter().map(Self::to_json).collect(),
            Tree::Map(entries) => entries
                .iter()
                .map(|(key, node)| (key.name.clone(), node.to_json()))
                .collect::<Map<_, _>>()
                .into(),
        }
    }

    /// The same tree, all of it standing at `span`.
    pub fn at(node: &Self, span: Span) -> Self {
        let tree = match &node.tree {
            Tree::List(items) => {
                Tree::List(items.iter().map(|item| Self::at(item, span)).collect())
            }
            Tree::Map(entries) => Tree::Map(
                entries
                    .iter()
                    .map(|(key, value)| {
                        let name = key.name.clone();
                        (Key { span, name }, Self::at(value, span))
                    })
                    .collect(),
            ),
            other => other.clone(),
        };
        Self { span, tree }
    }

    /// Lays `over` on top: mappings merge key by key, anything else is replaced.
    pub fn merge(&mut self, over: Self) {
        if let (Tree::Map(_), Tree::Map(entries)) = (&self.tree, &over.tree) {
            let entries = entries.clone();
            for (key, node) in entries {
                self.merge_entry(key, node);
            }
            self.span = over.span;
        } else {
            *self = over;
        }
    }

    fn merge_entry(&mut self, key: Key, node: Self) {
        let Tree::Map(mine) = &mut self.tree else {
            return;
        };
        match mine.iter_mut().find(|(name, _)| name.name == key.name) {
            Some((name, old)) => {
                name.span = key.span;
                old.merge(node);
            }
            None => mine.push((key, node)),
        }
    }
}

fn number(text: &str) -> Value {
    if let Ok(whole) = text.parse::<u64>() {
        return whole.into();
    }
    if let Ok(whole) = text.parse::<i64>() {
        return whole.into();
    }
    text.parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

/// Reads one YAML document. JSON is YAML.
pub fn parse(text: &str) -> Result<Node, Mistake> {
    Builder {
        parser: Parser::new_from_str(text),
        end: text.len(),
        anchors: HashMap::new(),
    }
    .document()
}

struct Builder<'t> {
    parser: Parser<'t, granit_parser::StrInput<'t>>,
    end: usize,
    anchors: HashMap<usize, Node>,
}

impl<'t> Builder<'t> {
    fn document(mut self) -> Result<Node, Mistake> {
        let mut found = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                _ if found.is_some() => {
                    return Err(Mistake::new(span, "a second document begins here")
                        .expected("one document in a file"));
                }
                event => found = Some(self.node(event, span)?),
            }
        }
        found.ok_or_else(|| {
            let span = Span { start: 0, len: 0 };
            Mistake::new(span, "there is nothing here")
        })
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Mistake> {
        loop {
            match self.parser.next_event() {
                None => return Ok((Event::StreamEnd, Span::from(self.end..self.end))),
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok((event, marked))) => return Ok((event, self.span(&marked))),
                Some(Err(error)) => {
                    let at = error.marker().byte_offset().unwrap_or(self.end);
                    let at = at.min(self.end);
                    let message = format!("this is not YAML: {}", error.info());
                    return Err(Mistake::new(Span::from(at..at), message));
                }
            }
        }
    }

    fn span(&self, marked: &Marked) -> Span {
        marked.byte_range().unwrap_or(self.end..self.end).into()
    }

    fn node(&mut self, event: Event<'t>, span: Span) -> Result<Node, Mistake> {
        let (anchor, node) = match event {
            Event::Scalar(text, style, anchor, _) => {
                let tree = if style == ScalarStyle::Plain {
                    plain(&text)
                } else {
                    Tree::Text(text.into_owned())
                };
                (anchor, Node { span, tree })
            }
            Event::SequenceStart(_, anchor, _) => (anchor, self.list(span)?),
            Event::MappingStart(_, anchor, _) => (anchor, self.map(span)?),
            Event::Alias(id) => {
                let node = self.anchors.get(&id).cloned();
                return node.ok_or_else(|| Mistake::new(span, "an alias of something unknown"));
            }
            _ => return Err(Mistake::new(span, "this cannot stand here")),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn list(&mut self, start: Span) -> Result<Node, Mistake> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(whole(start, span, Tree::List(items)));
            }
            items.push(self.node(event, span)?);
        }
    }

    fn map(&mut self, start: Span) -> Result<Node, Mistake> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let name = match event {
                Event::MappingEnd => return Ok(whole(start, span, Tree::Map(entries))),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => {
                    return Err(Mistake::new(span, "a key must be a plain word")
                        .expected("text followed by a colon"));
                }
            };
            if entries.iter().any(|(key, _)| key.name == name) {
                return Err(
                    Mistake::new(span, format!("`{name}` is here twice")).expected("each key once")
                );
            }
            let (event, value_span) = self.next()?;
            let node = self.node(event, value_span)?;
            entries.push((Key { span, name }, node));
        }
    }
}

/// A collection from its first to its last byte.
fn whole(start: Span, end: Span, tree: Tree) -> Node {
    let end = (end.start + end.len).max(start.start + start.len);
    Node {
        span: Span::from(start.start..end),
        tree,
    }
}

/// What a scalar without quotes means: JSON's words and numbers, all else is text.
fn plain(text: &str) -> Tree {
    match text {
        "" | "~" | "null" => Tree::Null,
        "true" => Tree::Bool(true),
        "false" => Tree::Bool(false),
        _ if is_number(text) => Tree::Number(text.to_owned()),
        _ => Tree::Text(text.to_owned()),
    }
}

/// Digits with an optional sign and an optional fraction.
fn is_number(text: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    match unsigned.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(unsigned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[test]
    fn a_tree_remembers_text_order_and_place() {
        let text = "b: 0.10\na: [x, '1', -2, no]\nc: {d: ~}\n";
        let node = parse(text).unwrap();
        assert_eq!(
            node.to_json().to_string(),
            r#"{"b":0.1,"a":["x","1",-2,"no"],"c":{"d":null}}"#
        );
        let b = node.get("b").unwrap();
        assert_eq!(b.tree, Tree::Number("0.10".to_owned()));
        assert_eq!(&text[b.span.start..b.span.start + b.span.len], "0.10");
        let a = node.get("a").unwrap();
        assert_eq!(
            &text[a.span.start..a.span.start + a.span.len],
            "[x, '1', -2, no]"
        );
    }

    #[rstest]
    #[case("a: 1\na: 2", 5, "`a` is here twice")]
    #[case("a: [1", 3, "this is not YAML")]
    #[case("a: 1\n---\nb: 2", 9, "a second document")]
    #[case("[x]: 1", 0, "a key must be a plain word")]
    #[case("", 0, "there is nothing here")]
    fn what_is_not_a_tree_is_refused(#[case] text: &str, #[case] at: usize, #[case] message: &str) {
        let mistake = parse(text).unwrap_err();
        assert!(mistake.message.starts_with(message), "{}", mistake.message);
        assert_eq!(mistake.span.start, at);
    }

    #[test]
    fn anchors_and_overrides() {
        let node = parse("a: &x {y: 1}\nb: *x").unwrap();
        assert_eq!(node.to_json(), json!({"a": {"y": 1}, "b": {"y": 1}}));
        let mut base = parse("a: {x: 1, y: 2}\nl: [1, 2]").unwrap();
        base.merge(parse("a: {y: 3, z: 4}\nl: [9]").unwrap());
        assert_eq!(
            base.to_json(),
            json!({"a": {"x": 1, "y": 3, "z": 4}, "l": [9]})
        );
    }
}
