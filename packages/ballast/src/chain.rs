//! What a story needs of a chain, embedded or real.

use cosmwasm_std::{Coin, Decimal, Event, Uint128};
use serde_json::Value;

use crate::directory::Directory;

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
}

/// An act that happened, or was refused and changed nothing.
pub type Reaction = Result<Outcome, Refusal>;

/// A chain on which stories play. The outer error of each act is a fault of the chain itself
/// (a node that is down): it ends the story without a verdict.
pub trait Chain {
    /// Who and what there is.
    fn directory(&self) -> &Directory;

    /// Block time in seconds.
    fn now(&self) -> u64;

    /// Sends a message.
    fn execute(&mut self, execution: &Execution) -> anyhow::Result<Reaction>;

    /// Sends native coins from an account to an address, without any message.
    fn send_coins(&mut self, sender: &str, to: &str, coins: &[Coin]) -> anyhow::Result<Reaction>;

    /// Asks a contract.
    fn query(&self, contract: &str, msg: &Value) -> anyhow::Result<Result<Value, Refusal>>;

    /// What an address holds of an asset, in base units.
    fn balance(&self, address: &str, asset: &str) -> anyhow::Result<Uint128>;

    /// Lets time pass.
    fn wait(&mut self, secs: u64) -> anyhow::Result<()>;

    /// Every feeder of an asset says this price.
    fn set_price(&mut self, asset: &str, price: Decimal) -> anyhow::Result<Reaction>;

    /// One source of an asset says this price.
    fn push_price(&mut self, asset: &str, source: &str, price: Decimal)
    -> anyhow::Result<Reaction>;

    /// Stops the feeders of an asset from saying anything by themselves, or lets them again.
    fn silence(&mut self, asset: &str, silent: bool) -> anyhow::Result<()>;
}
