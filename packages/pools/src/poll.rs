//! What is asked of market contracts. An answer that errs or does not parse is a failed poll.

use ballast_math::market::Report;
use ballast_types::market::{Answer, MarketQuery, NameResponse};
use cosmwasm_std::{Addr, QuerierWrapper, StdResult, Uint128};
use serde::de::DeserializeOwned;

/// The most bytes of a market's reason or name that are kept.
const MAX_TEXT: usize = 128;

/// What a contract says about each of the markets that it was asked about.
pub struct Answers {
    /// What each owes its traders, or why that is not known.
    pub reports: Vec<Result<Report, String>>,
    /// What each needs; empty when that was not asked.
    pub minimums: Vec<Result<Uint128, String>>,
}

/// Asks a market contract about some of its markets; about what they need when LPs may leave.
pub fn ask(
    querier: QuerierWrapper,
    contract: &Addr,
    refs: &[String],
    with_minimums: bool,
) -> Result<Answers, String> {
    let about = || refs.to_vec();
    let reports = one_each(
        querier,
        contract,
        refs,
        &MarketQuery::ReportedDebts { refs: about() },
    )?;
    let minimums = if with_minimums {
        one_each(
            querier,
            contract,
            refs,
            &MarketQuery::MinimumCredits { refs: about() },
        )?
    } else {
        vec![]
    };
    Ok(Answers { reports, minimums })
}

/// What people call a market; none when its contract does not say.
pub fn name(querier: QuerierWrapper, contract: &Addr, market_ref: &str) -> Option<String> {
    let question = MarketQuery::MarketName {
        market_ref: market_ref.to_owned(),
    };
    let answer: StdResult<NameResponse> = querier.query_wasm_smart(contract, &question);
    answer.ok().map(|answer| shortened(&answer.name))
}

/// At most so much of a text that a stranger wrote, cut at a character.
fn shortened(text: &str) -> String {
    text.char_indices()
        .take_while(|(at, c)| at.saturating_add(c.len_utf8()) <= MAX_TEXT)
        .map(|(_, c)| c)
        .collect()
}

fn one_each<T: DeserializeOwned>(
    querier: QuerierWrapper,
    contract: &Addr,
    refs: &[String],
    question: &MarketQuery,
) -> Result<Vec<Result<T, String>>, String> {
    let answers: Vec<Answer<T>> = querier
        .query_wasm_smart(contract, question)
        .map_err(|error| shortened(&error.to_string()))?;
    if answers.len() != refs.len() {
        return Err("not one answer for each question".to_owned());
    }
    Ok(answers
        .into_iter()
        .map(|answer| match answer {
            Answer::Ok(value) => Ok(value),
            Answer::Err(reason) => Err(shortened(&reason)),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_at_a_character() {
        assert_eq!(shortened("short"), "short");
        let cut = shortened(&"ß".repeat(100));
        assert_eq!(cut.len(), MAX_TEXT);
        assert_eq!(shortened(&format!("{}ß", "a".repeat(127))).len(), 127);
    }
}
