//! A market that answers what it is told to, or nothing good: to try the pool manager with.
//!
//! Anyone may tell it anything, so it belongs to no deployment. It runs on the embedded chain and on a
//! real one, where gas is real.
//!
//! - **It answers scripts.** `play` writes what each ref reports and needs, and makes the calls of a
//!   market: so a story plays any trade of any market, honest or not.
//! - **It answers badly**, in the ways of [`Mode`]: all of it, or to one of the questions alone.
//! - **It calls back.** `play` has calls that leave when the first has been answered, in the middle of
//!   the message; `deep` makes a call from as many levels down as one likes; [`Mode::Asks`] asks the
//!   manager while it answers it.
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

mod answer;
pub mod contract;

pub use contract::{execute, instantiate, query, reply};

use ballast_types::market::ManagerMsg;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Binary, CosmosMsg, Empty, Int128, Uint128};
use cw20::Cw20ReceiveMsg;

/// Sets up a market that has no ref yet.
#[cw_serde]
pub struct InstantiateMsg {
    /// The pool manager.
    pub manager: String,
    /// The cw20 of the pools' dollar.
    pub dollar: String,
}

/// What it can be told, by anyone.
#[cw_serde]
pub enum ExecuteMsg {
    /// Writes scripts, then makes calls. Answers the data of the last that has any.
    Play {
        /// What refs answer from now on.
        #[serde(default)]
        scripts: Vec<Script>,
        /// One after the other.
        #[serde(default)]
        calls: Vec<Call>,
        /// When the first of them has been answered, before the second leaves.
        #[serde(default)]
        on_reply: Vec<Call>,
    },
    /// Changes how it answers.
    SetMode {
        /// How.
        mode: Mode,
        /// To which questions; none for all.
        to: Option<Question>,
    },
    /// Executes itself so many times, each within the one before, and then makes a call.
    Deep {
        /// How many times.
        levels: u32,
        /// The call.
        call: Call,
    },
    /// The pools' dollar arrives. Without a hook that is known here it stays.
    Receive(Cw20ReceiveMsg),
}

/// What may be sent along with the pools' dollar.
#[cw_serde]
pub enum ReceiveMsg {
    /// Burns it into a market, as an honest one does with a trader's margin: the script's debt rises
    /// by as much.
    Margin {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
    },
}

/// What a ref answers.
#[cw_serde]
pub struct Script {
    /// The market.
    #[serde(rename = "ref")]
    pub market_ref: String,
    /// What it reports.
    #[serde(default)]
    pub debt: Int128,
    /// Whether it says that its price is too old.
    #[serde(default)]
    pub stale: bool,
    /// What it says that it needs.
    #[serde(default)]
    pub minimum_credit: Uint128,
    /// Why it answers neither; none when it does.
    pub err: Option<String>,
}

/// A call that it makes.
#[cw_serde]
pub enum Call {
    /// To the pool manager.
    Manager(ManagerMsg),
    /// Burns dollars of its own into a market.
    Deposit {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
        /// Base units.
        amount: Uint128,
    },
    /// Whatever else.
    Other(CosmosMsg<Empty>),
}

/// How it answers.
#[cw_serde]
pub enum Mode {
    /// As its scripts say.
    Scripted {},
    /// With an error.
    Errs {},
    /// With JSON that is no answer.
    Nonsense {},
    /// For all but the last ref.
    TooFew {},
    /// For one ref more than it was asked.
    TooMany {},
    /// With so many bytes of JSON that is no answer.
    Bloats {
        /// How many.
        bytes: u32,
    },
    /// Asks the manager first, and errs where that does.
    Asks {
        /// A query of the manager.
        question: Binary,
    },
    /// Never: it burns all the gas there is. On the embedded chain, which has none, it errs.
    Loops {},
    /// Stops as a contract that panics does. On the embedded chain it errs.
    Panics {},
}

/// What a market is asked.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Question {
    /// `reported_debts`.
    ReportedDebts,
    /// `minimum_credits`.
    MinimumCredits,
    /// `market_name`.
    MarketName,
}
