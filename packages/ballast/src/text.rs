//! JSON for people, and colours where they help.

use serde_json::Value;

/// JSON on one line with room to wrap: `{"mint": {"amount": "1"}}`.
pub fn json(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(json).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), json(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        scalar => scalar.to_string(),
    }
}

/// How many there are: `1 step`, `2 steps`.
pub fn count(n: usize, one: &str) -> String {
    match n {
        1 => format!("1 {one}"),
        n => format!("{n} {one}s"),
    }
}

/// A message as a call: `preview_withdraw(account: @teddy, asset: LIFE)`.
pub fn call(msg: &Value) -> String {
    let one = msg.as_object().and_then(|map| {
        if map.len() == 1 {
            map.iter().next()
        } else {
            None
        }
    });
    match one {
        Some((name, Value::Object(fields))) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(key, value)| format!("{key}: {}", bare(value)))
                .collect();
            format!("{name}({})", fields.join(", "))
        }
        _ => json(msg),
    }
}

/// What an answer must contain, leaf by leaf: `debt = 1 LUSD, flag.flagger = @carol`.
pub fn leaves(value: &Value) -> String {
    let mut out = Vec::new();
    collect("", value, &mut out);
    out.join(", ")
}

fn collect(path: &str, value: &Value, out: &mut Vec<String>) {
    let below = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                collect(&below(key), value, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                collect(&below(&index.to_string()), value, out);
            }
        }
        leaf if path.is_empty() => out.push(bare(leaf)),
        leaf => out.push(format!("{path} = {}", bare(leaf))),
    }
}

/// A value without quotes; an amount (`@1 LUSD`) without its sign.
fn bare(value: &Value) -> String {
    match value {
        Value::String(text) => match text.strip_prefix('@') {
            Some(amount) if amount.starts_with(|c: char| c.is_ascii_digit()) => amount.to_owned(),
            _ => text.clone(),
        },
        other => json(other),
    }
}

/// A text in lines of at most `width` characters.
pub fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out
}

/// Whether to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Colours and weights.
    pub colour: bool,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        // A colour that spans lines would leak out of a table's cell.
        text.lines()
            .map(|line| format!("\u{1b}[{code}m{line}\u{1b}[0m"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// For titles.
    pub fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// For what is beside the point.
    pub fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// For what held.
    pub fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// For what did not hold.
    pub fn bad(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    /// For names.
    pub fn name(self, text: &str) -> String {
        self.paint("36", text)
    }

    /// For refusals.
    pub fn warn(self, text: &str) -> String {
        self.paint("33", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_no_plural() {
        assert_eq!(count(1, "step"), "1 step");
        assert_eq!(count(0, "step"), "0 steps");
    }
}
