//! What a story says: the model, how it is read, and whether it makes sense on a chain.

mod check;
mod fields;
mod parse;
#[cfg(test)]
mod tests;

pub use check::check;
pub use parse::parse;

use cosmwasm_std::{Decimal, SignedDecimal256};

use crate::{chain::Sorts, source::Span, yaml::Node};

/// A word and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A story: steps on a freshly deployed protocol, and what must come of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// What happens, in a few words.
    pub title: String,
    /// What happens, in a sentence or two.
    pub about: Option<String>,
    /// The profile that is deployed: a built-in name, or the path of a file.
    pub profile: Word,
    /// What is different from the profile.
    pub with: Option<Node>,
    /// Where the story is true.
    pub chains: Sorts,
    /// Numbers that are written down after each step.
    pub series: Vec<Series>,
    /// What happens, one after the other.
    pub steps: Vec<Step>,
}

impl Story {
    /// How many expectations the story states.
    pub fn expectations(&self) -> usize {
        self.steps.iter().map(|step| step.checks.len()).sum()
    }
}

/// A number that is written down after each step.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it is.
    pub name: String,
    /// The contract that knows it.
    pub to: Word,
    /// The question.
    pub msg: Node,
    /// Where in the answer it is, as a JSON pointer.
    pub at: Word,
    /// The asset whose base units it counts; it is a plain number without one.
    pub of: Option<Word>,
}

/// One thing that happens, and what must come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Where it stands.
    pub span: Span,
    /// What it means, in words.
    pub title: Option<String>,
    /// Where it is played; left out elsewhere.
    pub chains: Sorts,
    /// What happens; none for a step that only looks.
    pub act: Option<Act>,
    /// What must come of it.
    pub checks: Vec<Check>,
}

impl Step {
    /// The error that the step must end in.
    pub fn expected_error(&self) -> Option<&ErrorWant> {
        self.checks.iter().find_map(|check| match &check.what {
            What::Error(want) => Some(want),
            _ => None,
        })
    }
}

/// What happens in a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Every feeder of each asset says a price.
    Price(Vec<(Word, Decimal)>),
    /// One source of an asset says a price.
    Push {
        /// The asset.
        asset: Word,
        /// The source's name.
        source: Word,
        /// USD for one whole token.
        price: Decimal,
    },
    /// The feeders of these assets fall silent, or speak again.
    Silence {
        /// The assets.
        assets: Vec<Word>,
        /// Whether they fall silent.
        silent: bool,
    },
    /// Time passes.
    Wait {
        /// Seconds.
        secs: u64,
    },
    /// An account sends a message to a contract.
    Send {
        /// Who.
        from: Word,
        /// To which contract.
        to: Word,
        /// The message.
        msg: Node,
        /// Native coins sent along.
        funds: Vec<Node>,
    },
    /// An account sends tokens to an address, without any message.
    Transfer {
        /// Who.
        from: Word,
        /// To whom.
        to: Word,
        /// What.
        amount: Node,
    },
}

/// One thing that must hold after a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Where it stands.
    pub span: Span,
    /// What.
    pub what: What,
}

/// What must hold.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A contract answers a question so.
    Query {
        /// Which contract.
        to: Word,
        /// The question.
        msg: Node,
        /// The answer.
        answer: Answer,
    },
    /// Somebody holds so much.
    Balance {
        /// Who.
        of: Word,
        /// Amounts.
        is: Vec<Node>,
        /// By how much each may differ, as an amount of the same asset.
        within: Option<Node>,
    },
    /// The step led to such an event, or to none such.
    Event {
        /// The event's type, without `wasm-`.
        ty: Word,
        /// The contract it comes from; any when none.
        from: Option<Word>,
        /// Attributes it has, and their values.
        attributes: Vec<(Word, Node)>,
        /// Whether there must be none such.
        absent: bool,
    },
    /// The step fails with this error.
    Error(ErrorWant),
}

/// How a question is answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// With a value that contains these.
    Gives {
        /// Mappings may have more keys, everything else is exact.
        value: Node,
        /// By how much each number may differ.
        within: Option<SignedDecimal256>,
    },
    /// With an error.
    Fails(ErrorWant),
}

/// An error that is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorWant {
    /// Name of the typed error.
    pub name: Word,
    /// What its text contains.
    pub text: Option<String>,
}
