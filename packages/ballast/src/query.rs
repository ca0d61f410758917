//! `ballast query`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Args;
use comfy_table::{Table, presets};
use serde_json::Value;

use crate::{
    commands::FAILED,
    contracts::Sort,
    deployed::At,
    text::{self, Style},
};

/// What to ask, and where.
#[derive(Args, Debug)]
pub struct QueryArgs {
    /// Where, and what.
    #[command(flatten)]
    pub at: At,
    /// As it was at this height; only on a chain, and as far back as its node remembers
    #[arg(long)]
    pub height: Option<u64>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Asks one question.
pub fn run(args: &QueryArgs, style: Style) -> anyhow::Result<ExitCode> {
    let (protocol, words) = args.at.open(style)?;
    let (contract, question) = protocol.words(&words, Sort::Query, style)?;
    let answer = protocol.query(&contract, &question, args.height)?;
    let directory = protocol.directory();
    let mut out = io::stdout().lock();
    match answer {
        Ok(answer) if args.json => {
            let answer = directory.json_with_names(&answer);
            writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
        }
        Ok(answer) => {
            let answer = directory.json_with_names(&answer);
            writeln!(out, "{}", table(&answer, style))?;
        }
        Err(refusal) => {
            let said = directory.with_names(&refusal.text);
            if args.json {
                let error = serde_json::json!({"error": refusal.name, "text": said});
                writeln!(out, "{}", serde_json::to_string_pretty(&error)?)?;
            } else {
                writeln!(out, "{}", style.bad(&said))?;
            }
            return Ok(ExitCode::from(FAILED));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A line for each value of an answer, with the way to it.
fn table(answer: &Value, style: Style) -> String {
    let mut rows = Vec::new();
    collect("", answer, &mut rows);
    if let [(way, value)] = rows.as_slice()
        && way.is_empty()
    {
        return value.clone();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for (way, value) in rows {
        table.add_row([style.dim(&way), value]);
    }
    table.trim_fmt()
}

fn collect(way: &str, value: &Value, rows: &mut Vec<(String, String)>) {
    let below = |part: &str| match way {
        "" => part.to_owned(),
        way => format!("{way}.{part}"),
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, field) in fields {
                collect(&below(key), field, rows);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                collect(&below(&index.to_string()), item, rows);
            }
        }
        Value::Null => rows.push((way.to_owned(), "–".to_owned())),
        Value::String(text) => rows.push((way.to_owned(), text.clone())),
        other => rows.push((way.to_owned(), text::json(other))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PLAIN: Style = Style { colour: false };

    #[test]
    fn each_value_has_a_line() {
        let answer = json!({"debt": "5", "flag": null, "collateral": [{"asset": "LIFE"}], "x": []});
        let shown = table(&answer, PLAIN);
        let words: Vec<Vec<&str>> = shown
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(
            words,
            [
                vec!["debt", "5"],
                vec!["flag", "–"],
                vec!["collateral.0.asset", "LIFE"],
                vec!["x", "[]"],
            ]
        );
    }

    #[test]
    fn a_single_value_stands_alone() {
        assert_eq!(table(&json!("500000"), PLAIN), "500000");
        assert_eq!(table(&json!([]), PLAIN), "[]");
    }
}
