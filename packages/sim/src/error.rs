//! Errors by name.

/// The name of the typed error behind an error.
///
/// Every contract's error text begins with the name of its variant and a colon, for a chain
/// shows nothing but the text. The innermost error of the chain that has such a name gives it;
/// when none has one, the whole text of the innermost does.
pub fn error_name(error: &anyhow::Error) -> String {
    let texts: Vec<String> = error.chain().map(ToString::to_string).collect();
    texts
        .iter()
        .rev()
        .find_map(|text| leading_name(text))
        .map_or_else(|| texts.last().cloned().unwrap_or_default(), str::to_owned)
}

/// What chains and libraries write before the text of a contract.
const PREFIXES: [&str; 4] = [
    "Generic error: ",
    "Querier contract error: ",
    "Querier system error: ",
    "kind: Other, error: ",
];

/// The name in front of a text: `NotWeak` of `NotWeak: debt 5 …`.
fn leading_name(text: &str) -> Option<&str> {
    let text = PREFIXES
        .iter()
        .cycle()
        .take(PREFIXES.len().saturating_mul(2))
        .fold(text, |rest, prefix| {
            rest.strip_prefix(prefix).unwrap_or(rest)
        });
    let (name, _) = text.split_once(':')?;
    let mut letters = name.chars();
    let is_name = letters
        .next()
        .is_some_and(|first| first.is_ascii_uppercase())
        && letters.all(|letter| letter.is_ascii_alphanumeric());
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::{Context, anyhow};
    use rstest::rstest;

    #[rstest]
    #[case("NotWeak: debt 5 is below the flag line", "NotWeak")]
    #[case(
        "Generic error: Querier contract error: NoPrice: X has no price yet",
        "NoPrice"
    )]
    #[case("Querier contract error: Generic error: Halted: X is halted", "Halted")]
    #[case("Cannot Sub with given operands", "Cannot Sub with given operands")]
    #[case("unknown variant: x", "unknown variant: x")]
    fn names(#[case] text: &str, #[case] name: &str) {
        assert_eq!(error_name(&anyhow!("{text}")), name);
    }

    #[test]
    fn the_innermost_name_counts() {
        let nested = anyhow!("No funds sent")
            .context("Payment: No funds sent")
            .context("Error executing WasmMsg:\n  sender: a");
        assert_eq!(error_name(&nested), "Payment");
        let plain: anyhow::Result<()> = Err(anyhow!("ZeroAmount: nothing to do"));
        let outer = plain.context("Controls: outer").unwrap_err();
        assert_eq!(error_name(&outer), "ZeroAmount");
    }
}
