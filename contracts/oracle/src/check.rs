//! What arrives in a message becomes what may be stored, or a typed error.

use std::collections::BTreeSet;

use ballast_math::MAX_DECIMALS;
use ballast_types::{
    address, is_asset_id,
    oracle::{DECIMALS, MAX_BATCH, MAX_SOURCES, Rule, Source, SourceKind},
};
use cosmwasm_std::{Decimal, Deps};

use crate::{
    ContractError,
    state::{CheckedKind, CheckedSource, Config, in_range},
};

/// The most characters the name of a source may have.
const MAX_NAME: usize = 64;
/// Hexadecimal digits of a Pyth price id.
const PRICE_ID_DIGITS: usize = 64;

/// 1 to 64 assets, each once.
pub fn batch<'a>(assets: impl ExactSizeIterator<Item = &'a str>) -> Result<(), ContractError> {
    let count = assets.len();
    if count == 0 {
        return Err(ContractError::Empty {
            what: "the list of assets",
        });
    }
    if count > MAX_BATCH {
        return Err(ContractError::TooMany {
            count,
            max: MAX_BATCH,
        });
    }
    let mut seen = BTreeSet::new();
    for asset in assets {
        if !seen.insert(asset) {
            return Err(ContractError::Duplicate {
                asset: asset.to_owned(),
            });
        }
    }
    Ok(())
}

/// An asset id as the interface has it.
pub fn asset_id(asset: &str) -> Result<(), ContractError> {
    if is_asset_id(asset) {
        return Ok(());
    }
    Err(ContractError::InvalidAssetId {
        asset: asset.to_owned(),
    })
}

/// At most 18.
pub const fn decimals(decimals: u8) -> Result<(), ContractError> {
    if decimals <= MAX_DECIMALS {
        Ok(())
    } else {
        Err(ContractError::TooManyDecimals { decimals })
    }
}

/// A price between the lowest and the highest.
pub fn price(asset: &str, price: Decimal) -> Result<(), ContractError> {
    if in_range(price) {
        return Ok(());
    }
    Err(ContractError::PriceOutOfRange {
        asset: asset.to_owned(),
        price,
    })
}

/// A rule that can work with so many sources.
pub fn rule(rule: &Rule, sources: usize, config: &Config) -> Result<(), ContractError> {
    let refuse = |reason: String| Err(ContractError::InvalidRule { reason });
    let Rule {
        min_sources,
        max_age_secs,
        max_spread,
        max_confidence,
        ema_period_secs,
        max_deviation,
        breaker_window_secs,
    } = rule;
    if !(1..=sources).contains(&usize::from(*min_sources)) {
        return refuse(format!(
            "min_sources {min_sources} is not from 1 to the {sources} sources"
        ));
    }
    if *max_age_secs == 0 {
        return refuse("max_age_secs must not be 0".to_owned());
    }
    if *max_spread >= Decimal::one() {
        return refuse(format!("max_spread {max_spread} must be below 1"));
    }
    if *max_confidence > Decimal::one() {
        return refuse(format!("max_confidence {max_confidence} must not exceed 1"));
    }
    if *ema_period_secs == 0 {
        return refuse("ema_period_secs must not be 0".to_owned());
    }
    if max_deviation.is_zero() {
        return refuse("max_deviation must not be 0".to_owned());
    }
    if *breaker_window_secs < config.round_interval_secs {
        return refuse(format!(
            "breaker_window_secs {breaker_window_secs} is shorter than the round interval {}",
            config.round_interval_secs
        ));
    }
    Ok(())
}

/// 1 to 8 sources of an asset: each name and each feeder once, every figure in its range, every
/// address valid, every quote asset known.
pub fn sources(
    deps: Deps,
    asset: &str,
    sources: Vec<Source>,
) -> Result<Vec<CheckedSource>, ContractError> {
    if !(1..=MAX_SOURCES).contains(&sources.len()) {
        return invalid(format!(
            "{} sources, from 1 to {MAX_SOURCES} are allowed",
            sources.len()
        ));
    }
    let mut names = BTreeSet::new();
    let mut feeders = BTreeSet::new();
    let mut checked = Vec::with_capacity(sources.len());
    for Source { name, kind } in sources {
        if !(1..=MAX_NAME).contains(&name.len()) {
            return invalid(format!(
                "the name {name:?} is not 1 to {MAX_NAME} characters long"
            ));
        }
        if !names.insert(name.clone()) {
            return invalid(format!("two sources are named {name:?}"));
        }
        let kind = source_kind(deps, asset, &name, kind)?;
        if let CheckedKind::Push { feeder } = &kind
            && !feeders.insert(feeder.clone())
        {
            return invalid(format!("{feeder} feeds two sources"));
        }
        checked.push(CheckedSource {
            name,
            kind,
            disabled: false,
        });
    }
    Ok(checked)
}

fn source_kind(
    deps: Deps,
    asset: &str,
    name: &str,
    kind: SourceKind,
) -> Result<CheckedKind, ContractError> {
    let api = deps.api;
    Ok(match kind {
        SourceKind::Push { feeder } => CheckedKind::Push {
            feeder: address::valid(api, &feeder)?,
        },
        SourceKind::Fixed { price } => {
            self::price(asset, price)?;
            CheckedKind::Fixed { price }
        }
        SourceKind::Pyth { contract, price_id } => {
            let is_hex = price_id.chars().all(|c| c.is_ascii_hexdigit());
            if price_id.len() != PRICE_ID_DIGITS || !is_hex {
                return invalid(format!(
                    "the price id of {name:?} is not {PRICE_ID_DIGITS} hexadecimal digits"
                ));
            }
            CheckedKind::Pyth {
                contract: address::valid(api, &contract)?,
                price_id,
            }
        }
        SourceKind::AmmTwap {
            pair,
            base,
            quote,
            quote_asset,
            window_secs,
        } => {
            if window_secs == 0 {
                return invalid(format!("the window of {name:?} must not be 0"));
            }
            if base == quote {
                return invalid(format!("base and quote of {name:?} are the same token"));
            }
            if quote_asset == asset {
                return invalid(format!("{name:?} is quoted in the asset it prices"));
            }
            if !DECIMALS.has(deps.storage, &quote_asset) {
                return Err(ContractError::UnknownAsset { asset: quote_asset });
            }
            CheckedKind::AmmTwap {
                pair: address::valid(api, &pair)?,
                base: base.check(api)?,
                quote: quote.check(api)?,
                quote_asset,
                window_secs,
            }
        }
        SourceKind::External { contract, asset } => {
            if asset.is_empty() {
                return invalid(format!("the asset of {name:?} is empty"));
            }
            CheckedKind::External {
                contract: address::valid(api, &contract)?,
                asset,
            }
        }
    })
}

fn invalid<T>(reason: String) -> Result<T, ContractError> {
    Err(ContractError::InvalidSources { reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_types::TokenUnchecked;
    use cosmwasm_std::testing::mock_dependencies;
    use rstest::rstest;

    const CONFIG: Config = Config {
        round_interval_secs: 5,
    };

    fn good() -> Rule {
        Rule {
            min_sources: 2,
            max_age_secs: 1,
            max_spread: Decimal::zero(),
            max_confidence: Decimal::one(),
            ema_period_secs: 1,
            max_deviation: Decimal::raw(1),
            breaker_window_secs: 5,
        }
    }

    #[rstest]
    #[case::good(|_: &mut Rule| (), None)]
    #[case::all_sources(|r: &mut Rule| r.min_sources = 3, None)]
    #[case::no_sources(|r: &mut Rule| r.min_sources = 0, Some("min_sources 0 is not from 1 to the 3 sources"))]
    #[case::more_than_there_are(|r: &mut Rule| r.min_sources = 4, Some("min_sources 4 is not from 1 to the 3 sources"))]
    #[case::no_age(|r: &mut Rule| r.max_age_secs = 0, Some("max_age_secs must not be 0"))]
    #[case::widest_spread(|r: &mut Rule| r.max_spread = Decimal::one() - Decimal::raw(1), None)]
    #[case::any_spread(|r: &mut Rule| r.max_spread = Decimal::one(), Some("max_spread 1 must be below 1"))]
    #[case::any_confidence(|r: &mut Rule| r.max_confidence = Decimal::percent(101), Some("max_confidence 1.01 must not exceed 1"))]
    #[case::no_period(|r: &mut Rule| r.ema_period_secs = 0, Some("ema_period_secs must not be 0"))]
    #[case::no_deviation(|r: &mut Rule| r.max_deviation = Decimal::zero(), Some("max_deviation must not be 0"))]
    #[case::window_within_a_round(|r: &mut Rule| r.breaker_window_secs = 4, Some("breaker_window_secs 4 is shorter than the round interval 5"))]
    fn rules(#[case] change: fn(&mut Rule), #[case] expected: Option<&str>) {
        let mut rule = good();
        change(&mut rule);
        let expected = expected.map_or(Ok(()), |reason| {
            Err(ContractError::InvalidRule {
                reason: reason.to_owned(),
            })
        });
        assert_eq!(super::rule(&rule, 3, &CONFIG), expected);
    }

    fn named(name: &str, kind: SourceKind) -> Source {
        Source {
            name: name.to_owned(),
            kind,
        }
    }

    fn fixed(name: &str) -> Source {
        named(
            name,
            SourceKind::Fixed {
                price: Decimal::one(),
            },
        )
    }

    fn push(name: &str, feeder: &str) -> Source {
        let feeder = mock_dependencies().api.addr_make(feeder).into();
        named(name, SourceKind::Push { feeder })
    }

    fn pyth(price_id: &str) -> Source {
        let contract = mock_dependencies().api.addr_make("pyth").into();
        let price_id = price_id.to_owned();
        named("pyth", SourceKind::Pyth { contract, price_id })
    }

    fn pool(quote: &str, quote_asset: &str, window_secs: u64) -> Source {
        named(
            "pool",
            SourceKind::AmmTwap {
                pair: mock_dependencies().api.addr_make("pair").into(),
                base: TokenUnchecked::Native("ubase".to_owned()),
                quote: TokenUnchecked::Native(quote.to_owned()),
                quote_asset: quote_asset.to_owned(),
                window_secs,
            },
        )
    }

    #[rstest]
    #[case::one(vec![fixed("a")], None)]
    #[case::eight((0..8).map(|i| fixed(&i.to_string())).collect(), None)]
    #[case::none(vec![], Some("0 sources, from 1 to 8 are allowed"))]
    #[case::nine((0..9).map(|i| fixed(&i.to_string())).collect(), Some("9 sources, from 1 to 8 are allowed"))]
    #[case::without_a_name(vec![fixed("")], Some("the name \"\" is not 1 to 64 characters long"))]
    #[case::twice_the_name(vec![fixed("a"), push("a", "x")], Some("two sources are named \"a\""))]
    #[case::two_feeders(vec![push("a", "x"), push("b", "y")], None)]
    #[case::twice_the_feeder(vec![push("a", "x"), push("b", "x")], Some("feeds two sources"))]
    #[case::pyth(vec![pyth(&"0fA9".repeat(16))], None)]
    #[case::short_id(vec![pyth(&"0fA9".repeat(15))], Some("the price id of \"pyth\" is not 64 hexadecimal digits"))]
    #[case::no_id(vec![pyth(&"0xA9".repeat(16))], Some("the price id of \"pyth\" is not 64 hexadecimal digits"))]
    #[case::pool(vec![pool("uquote", "Q", 1)], None)]
    #[case::no_window(vec![pool("uquote", "Q", 0)], Some("the window of \"pool\" must not be 0"))]
    #[case::one_token(vec![pool("ubase", "Q", 1)], Some("base and quote of \"pool\" are the same token"))]
    #[case::in_itself(vec![pool("uquote", "A", 1)], Some("\"pool\" is quoted in the asset it prices"))]
    fn source_lists(#[case] sources: Vec<Source>, #[case] expected: Option<&str>) {
        let mut deps = mock_dependencies();
        DECIMALS.save(&mut deps.storage, "Q", &6).unwrap();
        let result = super::sources(deps.as_ref(), "A", sources.clone());
        match (result, expected) {
            (Ok(checked), None) => {
                let back: Vec<Source> = checked.into_iter().map(Into::into).collect();
                assert_eq!(back, sources);
            }
            (Err(ContractError::InvalidSources { reason }), Some(expected)) => {
                assert!(reason.ends_with(expected), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_unknown_quote() {
        let deps = mock_dependencies();
        assert_eq!(
            super::sources(deps.as_ref(), "A", vec![pool("uquote", "Q", 1)]),
            Err(ContractError::UnknownAsset {
                asset: "Q".to_owned()
            })
        );
    }
}
