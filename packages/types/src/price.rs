//! The standard price query.
//!
//! Any contract that answers [`PriceQuery`] can be a source of the oracle, another Ballast
//! oracle among them.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Decimal;

/// The question: `{"price": {"asset": "ATOM"}}`.
#[cw_serde]
pub enum PriceQuery {
    /// The price of one whole token in USD. Answers [`PriceAnswer`], or errs when there is
    /// none that could be trusted.
    Price {
        /// Asset id, in the answering contract's words.
        asset: String,
    },
}

/// The answer.
#[cw_serde]
pub struct PriceAnswer {
    /// USD for one whole token.
    pub price: Decimal,
    /// When the price was true, in seconds.
    pub published_at: u64,
    /// Half the width of the interval the price lies in, in USD, where the source knows it.
    pub confidence: Option<Decimal>,
}
