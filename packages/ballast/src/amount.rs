//! Amounts as people write and read them: `4.5 LIFE`.

use ballast_sim::amount::{format_units, parse_units};
use cosmwasm_std::Uint128;

use crate::{
    directory::Directory,
    source::{Mistake, Span},
    yaml::Node,
};

const SHAPE: &str = "expected an amount and an asset, such as `4.5 LIFE`";

/// Reads an amount and the asset it is of.
pub fn read(node: &Node, directory: &Directory) -> Result<(Uint128, String), Mistake> {
    match node.scalar() {
        Some(text) => parse(text, node.span, directory),
        None => Err(Mistake::new(node.span, format!("this is {}", node.kind())).expected(SHAPE)),
    }
}

/// Reads `4.5 LIFE` as base units of LIFE.
pub fn parse(text: &str, span: Span, directory: &Directory) -> Result<(Uint128, String), Mistake> {
    let words: Vec<_> = text.split_whitespace().collect();
    let [number, id] = words.as_slice() else {
        let message = format!("`{text}` is not an amount");
        return Err(Mistake::new(span, message).expected(SHAPE));
    };
    let Some(asset) = directory.assets.get(*id) else {
        let ids: Vec<_> = directory.assets.keys().collect();
        let message = format!("there is no asset `{id}`");
        return Err(Mistake::new(span, message).expected_one_of(id, &ids));
    };
    let units = parse_units(number, asset.decimals).map_err(|_| {
        let expected = format!("expected a number with at most {} decimals", asset.decimals);
        Mistake::new(span, format!("`{number}` is not an amount of {id}")).expected(expected)
    })?;
    Ok((units, (*id).to_owned()))
}

/// Base units of an asset as a number of whole tokens: `4.5`.
pub fn number(units: Uint128, asset: &str, directory: &Directory) -> String {
    let decimals = directory.assets.get(asset).map_or(0, |a| a.decimals);
    format_units(units, decimals)
}

/// Base units of an asset as an amount: `4.5 LIFE`.
pub fn human(units: Uint128, asset: &str, directory: &Directory) -> String {
    format!("{} {asset}", number(units, asset, directory))
}
