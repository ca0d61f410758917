//! The numbers that a story writes down after each step.

use anyhow::{Context, anyhow};
use cosmwasm_std::Uint128;
use serde_json::Value;

use crate::{amount, chain::Chain, contracts::Sort, resolve, story::Series};

/// The number of each series as the chain is now, with its name; none where the question is
/// refused or answered with nothing.
pub fn numbers(
    series: &[Series],
    chain: &dyn Chain,
) -> anyhow::Result<Vec<(String, Option<String>)>> {
    series
        .iter()
        .map(|series| {
            let number =
                number(series, chain).with_context(|| format!("series {}", series.name))?;
            Ok((series.name.clone(), number))
        })
        .collect()
}

fn number(series: &Series, chain: &dyn Chain) -> anyhow::Result<Option<String>> {
    let directory = chain.directory();
    let entry = directory
        .entries
        .get(&series.to.text)
        .with_context(|| format!("there is no contract {}", series.to.text))?;
    let question = resolve::words(
        &series.msg,
        entry.kind,
        Sort::Query,
        directory,
        chain.clock(),
    )
    .map_err(|mistake| anyhow!(mistake.message))?;
    let Ok(answer) = chain.query(&entry.address, &question)? else {
        return Ok(None);
    };
    let at = &series.at.text;
    let text = match answer.pointer(at) {
        None => return Err(anyhow!("there is no {at} in the answer")),
        Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(other) => return Err(anyhow!("{other} at {at} is no number")),
    };
    Ok(Some(match &series.of {
        Some(asset) => {
            let units: Uint128 = text
                .parse()
                .with_context(|| format!("{text} at {at} are no base units"))?;
            amount::number(units, &asset.text, directory)
        }
        None => text,
    }))
}
