//! Reports as people and programs read them.

pub mod json;
pub mod table;
pub mod trace;

use crate::{
    chain::Reaction,
    play::{Change, Deed, StepReport, Verdict},
    text::{self, Style},
};

/// `N stories, M expectations held, K failed`.
pub fn summary(stories: usize, held: usize, failed: usize) -> String {
    let stories = match stories {
        1 => "1 story".to_owned(),
        n => format!("{n} stories"),
    };
    let held = match held {
        1 => "1 expectation held".to_owned(),
        n => format!("{n} expectations held"),
    };
    format!("{stories}, {held}, {failed} failed")
}

/// The message of a deed, or its words.
fn message(deed: &Deed, style: Style) -> String {
    let mut lines = Vec::new();
    if let Some(msg) = &deed.msg {
        lines.push(text::json(msg));
    }
    if let Some(words) = &deed.words {
        lines.push(words.clone());
    }
    if !deed.funds.is_empty() {
        let verb = if deed.msg.is_some() { "with" } else { "sends" };
        lines.push(style.dim(&format!("{verb} {}", deed.funds.join(", "))));
    }
    lines.join("\n")
}

/// Why a step was refused.
fn refusal(step: &StepReport, directory: &crate::Directory) -> Option<String> {
    match &step.reaction {
        Some(Reaction::Err(refusal)) => Some(directory.with_names(&refusal.text)),
        _ => None,
    }
}

/// Why a step was left out.
fn skipped(step: &StepReport) -> Option<String> {
    step.skipped
        .map(|chains| format!("only on {chains} chains: left out"))
}

/// `debt 0 → 1`.
fn change(change: &Change) -> String {
    format!("{} {} → {}", change.what, change.from, change.to)
}

/// What was expected, and what came instead.
fn verdict(verdict: &Verdict, style: Style) -> String {
    if verdict.held {
        return format!("{} {}", style.good("✓"), verdict.expected);
    }
    let mut out = format!("{} {}", style.bad("✗"), verdict.expected);
    for got in &verdict.got {
        out = format!("{out}\n{}", style.bad(&format!("  got {got}")));
    }
    out
}
