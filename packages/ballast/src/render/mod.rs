//! Reports as people and programs read them.

pub mod json;
pub mod table;
pub mod trace;

use crate::{
    chain::{Reaction, Sort},
    play::{Change, Deed, StepReport, Verdict},
    text::{self, Style},
};

/// How stories went, all together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Stories that were played.
    pub stories: usize,
    /// Expectations that held.
    pub held: usize,
    /// Expectations that did not.
    pub failed: usize,
    /// Stories that are for another sort of chain.
    pub other_stories: usize,
    /// Steps of the others that are.
    pub other_steps: usize,
}

impl Sum {
    /// `N stories, M expectations held, K failed`, and what was left out on a live chain.
    pub fn words(&self, sort: Sort) -> String {
        let count = |n: usize, one: &str, many: &str| match n {
            1 => format!("1 {one}"),
            n => format!("{n} {many}"),
        };
        let stories = count(self.stories, "story", "stories");
        let held = count(self.held, "expectation held", "expectations held");
        let mut words = format!("{stories}, {held}, {} failed", self.failed);
        if sort == Sort::Live {
            let stories = count(self.other_stories, "story", "stories");
            let steps = count(self.other_steps, "step", "steps");
            words = format!("{words}; for embedded chains only: {stories}, {steps}");
        }
        words
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Sort::Embedded, 1, 1, "1 story, 1 expectation held, 0 failed")]
    #[case(
        Sort::Live,
        2,
        0,
        "2 stories, 0 expectations held, 0 failed; for embedded chains only: 1 story, 5 steps"
    )]
    fn what_it_came_to(
        #[case] sort: Sort,
        #[case] stories: usize,
        #[case] held: usize,
        #[case] words: &str,
    ) {
        let sum = Sum {
            stories,
            held,
            failed: 0,
            other_stories: 1,
            other_steps: 5,
        };
        assert_eq!(sum.words(sort), words);
    }
}
