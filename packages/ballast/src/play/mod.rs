//! Playing a story on a chain, step by step.

mod compare;
mod engine;
mod expect;
mod series;
mod watch;

pub use engine::{play, transfer};
pub use expect::{contract_of, line};
pub use watch::{InPools, Position, in_pools, liquidity, percent, position};

use serde_json::Value;

use crate::chain::{Reaction, Sorts};

/// How a story went.
#[derive(Clone, Debug)]
pub struct StoryReport {
    /// The file it stands in.
    pub file: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub about: Option<String>,
    /// The profile it was played on.
    pub profile: String,
    /// How each step went, as far as the story was played.
    pub steps: Vec<StepReport>,
    /// Steps that were not played because one before them went wrong.
    pub unplayed: usize,
}

impl StoryReport {
    /// Expectations that held.
    pub fn held(&self) -> usize {
        self.verdicts().filter(|verdict| verdict.held).count()
    }

    /// Expectations that did not hold, steps that failed unexpectedly among them.
    pub fn failed(&self) -> usize {
        self.verdicts().filter(|verdict| !verdict.held).count()
    }

    /// Steps that are for another sort of chain.
    pub fn skipped(&self) -> usize {
        let skipped = self.steps.iter().filter(|step| step.skipped.is_some());
        skipped.count()
    }

    fn verdicts(&self) -> impl Iterator<Item = &Verdict> {
        self.steps.iter().flat_map(|step| &step.verdicts)
    }
}

/// How a step went.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// Its number, from 1.
    pub number: usize,
    /// What it means.
    pub title: Option<String>,
    /// The chains it is for, when this is not one of them and it was left out.
    pub skipped: Option<Sorts>,
    /// Block time after it.
    pub time: u64,
    /// Seconds since the story began.
    pub elapsed: u64,
    /// What happened.
    pub deed: Deed,
    /// How the chain took it; none when nothing was asked of it.
    pub reaction: Option<Reaction>,
    /// What changed for those the story speaks of.
    pub changes: Vec<Change>,
    /// What was expected, and whether it held.
    pub verdicts: Vec<Verdict>,
    /// The numbers of the story's series after it, each with its name, in decimal digits; none
    /// where there was no number.
    pub series: Vec<(String, Option<String>)>,
}

/// What happened in a step, as a reader sees it.
#[derive(Clone, Debug, Default)]
pub struct Deed {
    /// The verb of the step.
    pub verb: &'static str,
    /// Who did it.
    pub who: String,
    /// To whom.
    pub to: Option<String>,
    /// The message, with names for addresses.
    pub msg: Option<Value>,
    /// What was sent along, or moved.
    pub funds: Vec<String>,
    /// Anything else, in words.
    pub words: Option<String>,
}

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// For whom.
    pub who: String,
    /// What: `debt`, `ratio`, `LIFE`.
    pub what: String,
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
}

/// An expectation, and whether it held.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Its verb: `query`, `balance`, `event`, `no_event`, `error`; `success` for a step that
    /// should have succeeded; `invariants` when something is broken that must always hold.
    pub kind: &'static str,
    /// What was expected.
    pub expected: String,
    /// Whether it held.
    pub held: bool,
    /// What came instead, one line per difference; empty when it held.
    pub got: Vec<String>,
    /// The whole answer of a query, with names for addresses.
    pub answer: Option<Value>,
}
