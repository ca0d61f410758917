//! Amounts as people write them: `9 LIFE`, `4.5 LIFE`, or plain base units (`1_000_000`).
//! Exact: no floating point anywhere.

use cosmwasm_std::Uint128;
use thiserror::Error;

/// Why a text is not an amount.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum AmountError {
    /// Not `9 LIFE`, `4.5 LIFE` or `1_000_000`.
    #[error(
        "NotAnAmount: `{text}` is not an amount: write `4.5 LIFE`, or whole base units such as `4_500_000`"
    )]
    NotAnAmount {
        /// What was written.
        text: String,
    },
    /// The asset is not known here.
    #[error("UnknownAsset: `{asset}` is no asset here")]
    UnknownAsset {
        /// What was written.
        asset: String,
    },
    /// More places behind the point than the asset has.
    #[error("TooPrecise: `{text}` has more than the {decimals} decimals of its asset")]
    TooPrecise {
        /// What was written.
        text: String,
        /// What the asset has.
        decimals: u8,
    },
    /// More than 128 bits of base units.
    #[error("TooLarge: `{text}` is more than an amount can be")]
    TooLarge {
        /// What was written.
        text: String,
    },
}

/// An amount, and the asset that was written beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// Base units.
    pub units: Uint128,
    /// The asset; none when base units were written.
    pub asset: Option<String>,
}

/// Reads `4.5 LIFE` with the asset's decimals, or whole base units.
pub fn parse(text: &str, decimals_of: impl Fn(&str) -> Option<u8>) -> Result<Amount, AmountError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [number] => Ok(Amount {
            units: parse_units(number, 0).map_err(|error| match error {
                AmountError::TooPrecise { text, .. } => AmountError::NotAnAmount { text },
                other => other,
            })?,
            asset: None,
        }),
        [number, asset] => {
            let decimals = decimals_of(asset).ok_or_else(|| AmountError::UnknownAsset {
                asset: (*asset).to_owned(),
            })?;
            Ok(Amount {
                units: parse_units(number, decimals)?,
                asset: Some((*asset).to_owned()),
            })
        }
        _ => Err(not_an_amount(text)),
    }
}

/// Reads a number of whole tokens, `4.5`, as base units.
pub fn parse_units(text: &str, decimals: u8) -> Result<Uint128, AmountError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if text.ends_with('.') || !is_number(whole) || !(fraction.is_empty() || is_number(fraction)) {
        return Err(not_an_amount(text));
    }
    let places = usize::from(decimals);
    let fraction = without_underscores(fraction);
    let kept = fraction.trim_end_matches('0');
    if kept.len() > places {
        return Err(AmountError::TooPrecise {
            text: text.to_owned(),
            decimals,
        });
    }
    let digits = format!("{}{kept:0<places$}", without_underscores(whole));
    digits
        .parse::<u128>()
        .map(Uint128::new)
        .map_err(|_| AmountError::TooLarge {
            text: text.to_owned(),
        })
}

/// Writes base units as a number of whole tokens: `4500000` with 6 decimals is `4.5`.
pub fn format_units(units: Uint128, decimals: u8) -> String {
    let places = usize::from(decimals);
    let width = places.saturating_add(1);
    let digits = format!("{units:0>width$}");
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

/// Writes base units as an amount: `4.5 LIFE`.
pub fn format(units: Uint128, asset: &str, decimals: u8) -> String {
    format!("{} {asset}", format_units(units, decimals))
}

/// Digits, with single underscores between them.
fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text
            .split('_')
            .all(|group| !group.is_empty() && group.chars().all(|c| c.is_ascii_digit()))
}

fn without_underscores(text: &str) -> String {
    text.replace('_', "")
}

fn not_an_amount(text: &str) -> AmountError {
    AmountError::NotAnAmount {
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn decimals(asset: &str) -> Option<u8> {
        match asset {
            "LIFE" => Some(6),
            "sETH" => Some(18),
            "NFT" => Some(0),
            _ => None,
        }
    }

    #[rstest]
    #[case("9 LIFE", 9_000_000, Some("LIFE"))]
    #[case("4.5 LIFE", 4_500_000, Some("LIFE"))]
    #[case("0.000001 LIFE", 1, Some("LIFE"))]
    #[case("1.50000000000 LIFE", 1_500_000, Some("LIFE"))]
    #[case("1_000 LIFE", 1_000_000_000, Some("LIFE"))]
    #[case("  2   sETH ", 2_000_000_000_000_000_000, Some("sETH"))]
    #[case("3 NFT", 3, Some("NFT"))]
    #[case("1_000_000", 1_000_000, None)]
    #[case("0", 0, None)]
    #[case("340282366920938463463374607431768211455", u128::MAX, None)]
    fn reads(#[case] text: &str, #[case] units: u128, #[case] asset: Option<&str>) {
        let expected = Amount {
            units: Uint128::new(units),
            asset: asset.map(str::to_owned),
        };
        assert_eq!(parse(text, decimals).unwrap(), expected);
    }

    #[rstest]
    #[case("", "NotAnAmount")]
    #[case("LIFE", "NotAnAmount")]
    #[case("9 LIFE now", "NotAnAmount")]
    #[case("-9 LIFE", "NotAnAmount")]
    #[case("1e6", "NotAnAmount")]
    #[case("4.5", "NotAnAmount")]
    #[case("4. LIFE", "NotAnAmount")]
    #[case(".5 LIFE", "NotAnAmount")]
    #[case("1__0 LIFE", "NotAnAmount")]
    #[case("1.2.3 LIFE", "NotAnAmount")]
    #[case("9 life", "UnknownAsset")]
    #[case("0.0000001 LIFE", "TooPrecise")]
    #[case("0.5 NFT", "TooPrecise")]
    #[case("340282366920938463463374607431768211456", "TooLarge")]
    #[case("340282366920938463464 sETH", "TooLarge")]
    fn refuses(#[case] text: &str, #[case] name: &str) {
        let error = parse(text, decimals).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{name}: ")), "{error}");
    }

    #[rstest]
    #[case(4_500_000, 6, "4.5")]
    #[case(1, 6, "0.000001")]
    #[case(0, 6, "0")]
    #[case(9_000_000, 6, "9")]
    #[case(7, 0, "7")]
    #[case(1, 18, "0.000000000000000001")]
    fn writes(#[case] units: u128, #[case] decimals: u8, #[case] text: &str) {
        assert_eq!(format_units(Uint128::new(units), decimals), text);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(units: u128, decimals in 0u8..=18) {
            let units = Uint128::new(units);
            prop_assert_eq!(parse_units(&format_units(units, decimals), decimals), Ok(units));
        }
    }
}
