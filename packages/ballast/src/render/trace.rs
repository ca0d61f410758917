//! A story step by step, with the tree of messages and events below each.

use cosmwasm_std::Event;

use super::{change, message, refusal, skipped, verdict};
use crate::{
    chain::{Outcome, Reaction, receipts},
    directory::Directory,
    duration,
    play::{StepReport, StoryReport, contract_of, line},
    text::Style,
};

/// The whole story.
pub fn story(report: &StoryReport, directory: &Directory, style: Style) -> String {
    let mut out = format!(
        "{}  {}\n",
        style.bold(&report.title),
        style.dim(&report.file)
    );
    for each in &report.steps {
        out.push_str(&step(each, directory, style));
    }
    out
}

fn step(step: &StepReport, directory: &Directory, style: Style) -> String {
    let deed = &step.deed;
    let mut lines = Vec::new();
    let to = deed.to.as_ref().map(|to| format!(" → {to}"));
    lines.push(format!(
        "\n{} {}  {}{}  {}",
        step.number,
        style.dim(&duration::clock(step.elapsed)),
        style.name(&deed.who),
        style.name(&to.unwrap_or_default()),
        style.bold(step.title.as_deref().unwrap_or_default()),
    ));
    lines.extend(message(deed, style).lines().map(|line| format!("  {line}")));
    lines.extend(skipped(step).map(|text| format!("  {}", style.dim(&text))));
    match &step.reaction {
        Some(Reaction::Ok(outcome)) => lines.extend(tree(outcome, directory, style)),
        Some(Reaction::Err(why)) => {
            for frame in &why.way {
                lines.push(style.dim(&format!("  ├─ {}", directory.with_names(frame))));
            }
        }
        None => {}
    }
    lines.extend(refusal(step, directory).map(|text| format!("  {}", style.warn(&text))));
    for tx in step.reaction.iter().flat_map(receipts) {
        let text = format!("  {} gas · {}", grouped(tx.gas_used), tx.hash);
        lines.push(style.dim(&text));
    }
    lines.extend(
        step.changes
            .iter()
            .map(|one| format!("  {} {}", style.name(&one.who), change(one))),
    );
    for one in &step.verdicts {
        lines.extend(verdict(one, style).lines().map(|line| format!("  {line}")));
    }
    lines.join("\n") + "\n"
}

/// `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Events under the contract each comes from, in the order in which they happened.
fn tree(outcome: &Outcome, directory: &Directory, style: Style) -> Vec<String> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for event in &outcome.events {
        let (heading, leaf) = place(event, directory);
        match groups.last_mut() {
            Some((last, leaves)) if *last == heading && event.ty != "execute" => {
                leaves.extend(leaf);
            }
            _ => groups.push((heading, leaf.into_iter().collect())),
        }
    }
    let mut lines = Vec::new();
    let count = groups.len();
    for (index, (heading, leaves)) in groups.into_iter().enumerate() {
        let is_last = index + 1 == count;
        let (branch, stem) = if is_last {
            ("└─", "   ")
        } else {
            ("├─", "│  ")
        };
        lines.push(format!("  {branch} {}", style.name(&heading)));
        let inner = leaves.len();
        for (index, leaf) in leaves.into_iter().enumerate() {
            let branch = if index + 1 == inner {
                "└─"
            } else {
                "├─"
            };
            lines.push(format!("  {stem}{branch} {leaf}"));
        }
    }
    lines
}

/// The contract or the part of the chain an event belongs to, and what it says.
fn place(event: &Event, directory: &Directory) -> (String, Option<String>) {
    let said = directory.with_names(&line(event));
    match contract_of(event) {
        Some(address) => {
            let name = directory.name_of(address).unwrap_or(address).to_owned();
            let is_call = event.ty == "execute";
            (name, (!is_call).then_some(said))
        }
        None => ("bank".to_owned(), Some(said)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, "0")]
    #[case(999, "999")]
    #[case(1_000, "1,000")]
    #[case(12_345_678, "12,345,678")]
    fn large_numbers_are_grouped(#[case] number: u64, #[case] text: &str) {
        assert_eq!(grouped(number), text);
    }
}
