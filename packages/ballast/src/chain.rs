//! What a story needs of a chain, embedded or real.

use std::fmt;

use ballast_sim::Scale;
use cosmwasm_std::{Coin, Decimal, Event, Uint128};
use serde_json::Value;

use crate::directory::Directory;

/// The two sorts of chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// In memory, in this process: its clock is moved by hand.
    Embedded,
    /// A node that makes blocks by itself.
    Live,
}

impl Sort {
    /// Its name in stories.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Live => "live",
        }
    }

    /// What it is, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Embedded => "an embedded chain",
            Self::Live => "a live chain",
        }
    }
}

/// The sorts of chain on which something is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sorts {
    /// On an embedded one.
    pub embedded: bool,
    /// On a live one.
    pub live: bool,
}

impl Sorts {
    /// On any chain.
    pub const ALL: Self = Self {
        embedded: true,
        live: true,
    };

    /// Whether it is played on this sort.
    pub const fn has(self, sort: Sort) -> bool {
        match sort {
            Sort::Embedded => self.embedded,
            Sort::Live => self.live,
        }
    }

    /// Where both are played; none when that is nowhere.
    pub const fn and(self, other: Self) -> Option<Self> {
        let both = Self {
            embedded: self.embedded && other.embedded,
            live: self.live && other.live,
        };
        if both.embedded || both.live {
            Some(both)
        } else {
            None
        }
    }
}

impl fmt::Display for Sorts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = [Sort::Embedded, Sort::Live]
            .into_iter()
            .filter(|sort| self.has(*sort))
            .map(Sort::name)
            .collect();
        f.write_str(&names.join(", "))
    }
}

/// What the time is on a chain, and how fast a story's passes there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Block time in seconds.
    pub now: u64,
    /// How many seconds of a story pass in one of the chain.
    pub scale: Scale,
}

/// A message that an account sends to a contract.
#[derive(Clone, Debug, PartialEq)]
pub struct Execution {
    /// Name of the account.
    pub sender: String,
    /// Address of the contract.
    pub contract: String,
    /// The message.
    pub msg: Value,
    /// What is sent along.
    pub funds: Vec<Coin>,
}

/// What an act on the chain led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The transactions that it was; an embedded chain has none.
    pub receipts: Vec<Receipt>,
}

/// A transaction that is in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its hash, in upper-case hexadecimal digits.
    pub hash: String,
    /// The block.
    pub height: u64,
    /// Gas it used.
    pub gas_used: u64,
}

/// Why a contract, or the chain, refused an act or a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Name of the typed error, such as `NotWeak`; none when the text does not begin with one.
    pub name: Option<String>,
    /// The innermost text.
    pub text: String,
    /// The way from the outermost message to the text.
    pub way: Vec<String>,
    /// The transaction that was refused, when it is in a block.
    pub receipts: Vec<Receipt>,
}

/// An act that happened, or was refused and changed nothing.
pub type Reaction = Result<Outcome, Refusal>;

/// The transactions that an act was.
pub fn receipts(reaction: &Reaction) -> &[Receipt] {
    match reaction {
        Ok(outcome) => &outcome.receipts,
        Err(refusal) => &refusal.receipts,
    }
}

/// A chain on which stories play. The outer error of each act is a fault of the chain itself
/// (a node that is down): it ends the story without a verdict.
pub trait Chain {
    /// Who and what there is.
    fn directory(&self) -> &Directory;

    /// Embedded or live.
    fn sort(&self) -> Sort;

    /// Block time in seconds: of the last act, where blocks go on being made by themselves.
    fn now(&self) -> u64;

    /// How many seconds of a story pass in one of the chain.
    fn scale(&self) -> Scale;

    /// Time and scale.
    fn clock(&self) -> Clock {
        Clock {
            now: self.now(),
            scale: self.scale(),
        }
    }

    /// Sends a message.
    fn execute(&mut self, execution: &Execution) -> anyhow::Result<Reaction>;

    /// Sends native coins from an account to an address, without any message.
    fn send_coins(&mut self, sender: &str, to: &str, coins: &[Coin]) -> anyhow::Result<Reaction>;

    /// Asks a contract.
    fn query(&self, contract: &str, msg: &Value) -> anyhow::Result<Result<Value, Refusal>>;

    /// What an address holds of an asset, in base units.
    fn balance(&self, address: &str, asset: &str) -> anyhow::Result<Uint128>;

    /// What must always hold and does not, one line each; nothing where that cannot be seen.
    fn broken(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// Lets so many seconds of block time pass.
    fn wait(&mut self, secs: u64) -> anyhow::Result<()>;

    /// Every feeder of an asset says this price.
    fn set_price(&mut self, asset: &str, price: Decimal) -> anyhow::Result<Reaction>;

    /// One source of an asset says this price.
    fn push_price(&mut self, asset: &str, source: &str, price: Decimal)
    -> anyhow::Result<Reaction>;

    /// Stops the feeders of an asset from saying anything by themselves, or lets them again.
    fn silence(&mut self, asset: &str, silent: bool) -> anyhow::Result<()>;
}
