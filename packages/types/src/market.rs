//! The interface of a market: what it answers, and what it may call (DESIGN §6).
//!
//! A market is a contract against which people trade, backed by pools: it wins what they lose and
//! owes what they win. Anyone may build one. The owner of the pool manager registers it, for a
//! market can bring dollars into being; what it can bring is bounded by its ceiling, by its credit,
//! and by the rule of signs.
//!
//! # What it answers
//!
//! [`MarketQuery`]. One contract may keep many markets; each has a `ref`, the contract's own name for
//! it. A pool asks for all refs of a contract at once, 16 at most, whenever somebody acts on it.
//!
//! - **It must not query the pool manager while it answers**, nor anything that does: the manager is
//!   in the middle of an act.
//! - **It must answer in bounded gas**: `poll_gas` of the manager's parameters, for 16 refs; and in at
//!   most [`MAX_ANSWER`] bytes. One that errs, does not parse or needs more is put in quarantine, by
//!   anyone who sends `check_market`.
//! - **A price that is too old is no error.** It answers with the last price that it has, and says
//!   `stale: true`.
//!
//! # What it may call
//!
//! [`ManagerMsg`] for the ref in question, and a cw20 `send` of the pools' dollar with
//! [`ManagerHook`]. Only the registered contract may. None of the three polls the market, so that it
//! may call them in the middle of its own message, before or after it writes its books.
//!
//! | call | dollars | net issuance | what the market reports must become |
//! | --- | --- | --- | --- |
//! | `deposit_market_usd` | burnt | falls | larger by as much: a trader's margin |
//! | `withdraw_market_usd` | minted to the recipient | rises | smaller by as much: what a trader takes |
//! | `pay_fees` | minted to LPs when they claim | rises | smaller by as much: what left the margin |
//!
//! A market that keeps to the last column moves no LP's debt by any of them. What it reports beyond
//! is profit or loss of its pools: T = max(reported, 0) + net issuance.
//!
//! # Money it cannot pay
//!
//! Credit may be short. What a market cannot withdraw for a trader it keeps owing him, inside what
//! it reports, and pays later; closing a trade must not need credit. What it cannot pay as fees it
//! keeps in the same way.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::Uint128;

pub use ballast_math::market::Report;

/// The most markets a pool may have, and so the most refs one question may name.
pub const MAX_MARKETS: usize = 16;
/// The most bytes a ref may have.
pub const MAX_REF: usize = 64;
/// The most bytes of JSON a market contract may answer about its debts or its minimum credits. A chain
/// charges for an answer by the byte, and who leaves gas for the market's work and not for its answer
/// makes the question fail. To write that down takes as much gas as ten thousand bytes: of a shorter
/// answer nobody can pretend that it failed.
pub const MAX_ANSWER: usize = 4_096;

/// What a market answers. Amounts are base units of the pools' dollar.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[derive(QueryResponses)]
pub enum MarketQuery {
    /// What each market owes its traders at exit prices, rounded up: Σ of what they could take
    /// if all left now, fees that it has not paid yet included. In the order asked.
    #[returns(Vec<Answer<Report>>)]
    ReportedDebts {
        /// The markets; at most 16.
        refs: Vec<String>,
    },
    /// What each market needs to be able to withdraw so that its traders can count on it. No LP
    /// may take that away before `max_lock` has passed. In the order asked.
    #[returns(Vec<Answer<Uint128>>)]
    MinimumCredits {
        /// The markets; at most 16.
        refs: Vec<String>,
    },
    /// What people call a market.
    #[returns(NameResponse)]
    MarketName {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
    },
}

/// One answer of several: `{"ok": …}` or `{"err": "…"}`, so that one market that cannot say does not
/// silence the others. An `err` counts as a failed poll of that market alone.
#[cw_serde]
pub enum Answer<T> {
    /// The answer.
    Ok(T),
    /// Why there is none.
    Err(String),
}

/// What people call a market.
#[cw_serde]
pub struct NameResponse {
    /// At most 128 bytes are shown.
    pub name: String,
}

/// What a market may tell the pool manager. The manager's own messages of these names are the same.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ManagerMsg {
    /// Mints dollars on the market's credit. Answers [`Paid`].
    WithdrawMarketUsd(WithdrawMarketUsd),
    /// Gives fees to the pools behind the market. Answers [`Paid`].
    PayFees(PayFees),
}

/// What a market may send along with the pools' dollar.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ManagerHook {
    /// Burns what is sent into the market.
    DepositMarketUsd(DepositMarketUsd),
}

/// Burns the dollars that are sent: net issuance falls by them.
///
/// *Who:* the market's contract. *Errors:* `UnknownMarket`, `NotTheDollar`, `ZeroAmount`.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct DepositMarketUsd {
    /// The market.
    #[serde(rename = "ref")]
    pub market_ref: String,
}

/// Mints dollars on the market's credit: net issuance rises by them.
///
/// The credit is min(G + room − max(0, U), ceiling) − net issuance, as of the market's last flush
/// and at live prices of the collateral; while U is debt, at most what the market last reported less
/// U; in quarantine without room, and at most what it last reported.
///
/// *Who:* the market's contract. *Errors:* `UnknownMarket`, `ZeroAmount`, `ExceedsCredit`,
/// `Controls`.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct WithdrawMarketUsd {
    /// The market.
    #[serde(rename = "ref")]
    pub market_ref: String,
    /// Base units.
    pub amount: Uint128,
    /// Who gets them.
    pub recipient: String,
    /// Take less, down to nothing, when the credit is short, instead of failing.
    #[serde(default)]
    pub or_less: bool,
}

/// Gives fees to the pools behind the market, by what each is ready to carry: net issuance rises by
/// them and LPs' debt does not move. Without a pool behind it they go to the treasury. The dollars are
/// minted when they are claimed. Limited as [`WithdrawMarketUsd`] is.
///
/// *Who:* the market's contract, in the message in which the fee leaves the trader's margin.
/// *Errors:* as [`WithdrawMarketUsd`].
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct PayFees {
    /// The market.
    #[serde(rename = "ref")]
    pub market_ref: String,
    /// Base units.
    pub amount: Uint128,
    /// Pay less, down to nothing, when the credit is short, instead of failing.
    #[serde(default)]
    pub or_less: bool,
}

/// What a withdrawal or a payment of fees did, as its response data.
#[cw_serde]
pub struct Paid {
    /// Base units; what was asked for, unless less was allowed.
    pub amount: Uint128,
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::{Int128, from_json, to_json_vec};
    use rstest::rstest;

    /// What market builders write by hand.
    #[rstest]
    #[case(r#"{"ok":{"debt":"-5","stale":false}}"#, Some(-5))]
    #[case(r#"{"err":"no such market"}"#, None)]
    fn answers(#[case] json: &str, #[case] debt: Option<i128>) {
        let answer: Answer<Report> = from_json(json.as_bytes()).unwrap();
        let expected = match debt {
            Some(debt) => Answer::Ok(Report {
                debt: Int128::new(debt),
                stale: false,
            }),
            None => Answer::Err("no such market".into()),
        };
        assert_eq!(answer, expected);
        assert_eq!(to_json_vec(&answer).unwrap(), json.as_bytes());
    }

    #[test]
    fn a_ref_is_called_ref() {
        let json = br#"{"pay_fees":{"ref":"eth","amount":"7"}}"#;
        let msg: ManagerMsg = from_json(json).unwrap();
        let expected = ManagerMsg::PayFees(PayFees {
            market_ref: "eth".into(),
            amount: Uint128::new(7),
            or_less: false,
        });
        assert_eq!(msg, expected);
        assert!(from_json::<ManagerMsg>(br#"{"pay_fees":{"ref":"eth","amuont":"7"}}"#).is_err());
    }
}
