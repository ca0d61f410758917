//! Any contract that answers the standard price query, another Ballast oracle among them.

use ballast_types::price::{PriceAnswer, PriceQuery};
use cosmwasm_std::{Addr, Decimal, QuerierWrapper};
use serde::Deserialize;

use super::Skip;

/// [`PriceAnswer`] as others may say it: with fields of their own, and without a confidence.
#[derive(Deserialize)]
struct Answer {
    price: Decimal,
    published_at: u64,
    #[serde(default)]
    confidence: Option<Decimal>,
}

/// Asks for the price of `asset`.
pub fn ask(querier: QuerierWrapper, contract: &Addr, asset: &str) -> Result<PriceAnswer, Skip> {
    let question = PriceQuery::Price {
        asset: asset.to_owned(),
    };
    let answer: Answer = querier
        .query_wasm_smart(contract, &question)
        .map_err(|_| Skip::NoAnswer)?;
    Ok(PriceAnswer {
        price: answer.price,
        published_at: answer.published_at,
        confidence: answer.confidence,
    })
}
