//! Readers of message variants with equal fields.
//!
//! A variant that is read by a function of its own costs a contract about a kilobyte. Variants
//! with equal fields say `#[serde(deserialize_with = "…")]` and share one; neither their JSON nor
//! their schema changes.

use cosmwasm_std::Uint128;
use serde::{Deserialize, Deserializer};

/// `{}`.
pub(crate) fn nothing<'de, D: Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    Nothing::deserialize(from).map(|Nothing {}| ())
}

/// `{"account": "…"}`.
pub(crate) fn account<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Account {
        account: String,
    }
    Account::deserialize(from).map(|Account { account }| account)
}

/// `{"account": "…", "amount": "…"}`, the amount or null or nothing.
pub(crate) fn account_and_amount<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<(String, Option<Uint128>), D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Part {
        account: String,
        amount: Option<Uint128>,
    }
    Part::deserialize(from).map(|Part { account, amount }| (account, amount))
}

/// `{"start_after": "…", "limit": 30}`, each or null or nothing.
pub(crate) fn page<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<(Option<String>, Option<u32>), D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Page {
        start_after: Option<String>,
        limit: Option<u32>,
    }
    Page::deserialize(from).map(|Page { start_after, limit }| (start_after, limit))
}
