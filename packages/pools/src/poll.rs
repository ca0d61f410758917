//! What is asked of market contracts. An answer that errs, does not parse or is too long is a failed
//! poll.

use ballast_math::market::Report;
use ballast_types::market::{Answer, MAX_ANSWER, MarketQuery, NameResponse};
use cosmwasm_std::{
    Addr, Binary, ContractResult, Empty, QuerierWrapper, QueryRequest, StdResult, SystemResult,
    Uint128, WasmQuery, from_json, to_json_binary, to_json_vec,
};
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
    let answer = raw(querier, contract, question).map_err(|reason| shortened(&reason))?;
    if answer.len() > MAX_ANSWER {
        return Err(format!("an answer of more than {MAX_ANSWER} bytes"));
    }
    let answers: Vec<Answer<T>> =
        from_json(answer).map_err(|error| shortened(&error.to_string()))?;
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

/// The answer as it came: how long it is must be known before it is read.
fn raw(querier: QuerierWrapper, contract: &Addr, question: &MarketQuery) -> Result<Binary, String> {
    let request: QueryRequest<Empty> = WasmQuery::Smart {
        contract_addr: contract.to_string(),
        msg: to_json_binary(question).map_err(|error| error.to_string())?,
    }
    .into();
    let request = to_json_vec(&request).map_err(|error| error.to_string())?;
    match querier.raw_query(&request) {
        SystemResult::Ok(ContractResult::Ok(answer)) => Ok(answer),
        SystemResult::Ok(ContractResult::Err(error)) => Err(error),
        SystemResult::Err(error) => Err(error.to_string()),
    }
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
