//! Lengths of time as people write and read them.

use std::fmt::Write;

const UNITS: [(&str, u64); 4] = [
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
    ("second", 1),
];

/// The longest length of time that is one: a hundred years. A chain counts nanoseconds in 64
/// bits, and a typing slip would leave them.
const LONGEST: u64 = 100 * 365 * 86_400;

/// Reads `3 days`, `1 hour 30 minutes`, `5 s`. None when it is no length of time, or longer than
/// a hundred years.
pub fn parse(text: &str) -> Option<u64> {
    let words: Vec<_> = text.split_whitespace().filter(|w| *w != "and").collect();
    if words.is_empty() || words.len() % 2 != 0 {
        return None;
    }
    let secs = words.chunks(2).try_fold(0_u64, |sum, pair| {
        let [count, unit] = pair else { return None };
        let count: u64 = count.parse().ok()?;
        sum.checked_add(count.checked_mul(unit_secs(unit)?)?)
    })?;
    (secs <= LONGEST).then_some(secs)
}

/// A unit by its name, its plural or its first letter.
fn unit_secs(unit: &str) -> Option<u64> {
    let unit = unit.trim_end_matches(',');
    UNITS
        .iter()
        .find(|(name, _)| {
            unit == *name || unit.strip_suffix('s') == Some(name) || unit == &name[..1]
        })
        .map(|(_, secs)| *secs)
}

/// `3 days 1 second`.
pub fn words(secs: u64) -> String {
    let mut rest = secs;
    let mut out = Vec::new();
    for (name, size) in UNITS {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            out.push(format!("{count} {name}{plural}"));
        }
    }
    if out.is_empty() {
        return "0 seconds".to_owned();
    }
    out.join(" ")
}

/// `+3d 00:00:05`: how long after the start something happens.
pub fn clock(secs: u64) -> String {
    let mut out = String::from("+");
    let days = secs / 86_400;
    if days > 0 {
        let _ = write!(out, "{days}d ");
    }
    let (h, m, s) = (secs / 3_600 % 24, secs / 60 % 60, secs % 60);
    let _ = write!(out, "{h:02}:{m:02}:{s:02}");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("3 days", Some(259_200))]
    #[case("3 days 1 second", Some(259_201))]
    #[case("1 hour and 30 minutes", Some(5_400))]
    #[case("5 s", Some(5))]
    #[case("5", None)]
    #[case("", None)]
    #[case("3 weeks", None)]
    #[case("-1 day", None)]
    #[case("36500 days", Some(3_153_600_000))]
    #[case("36501 days", None)]
    #[case("18446744073709551615 days", None)]
    fn reading(#[case] text: &str, #[case] secs: Option<u64>) {
        assert_eq!(parse(text), secs);
    }

    #[rstest]
    #[case(0, "0 seconds", "+00:00:00")]
    #[case(259_205, "3 days 5 seconds", "+3d 00:00:05")]
    #[case(5_400, "1 hour 30 minutes", "+01:30:00")]
    fn writing(#[case] secs: u64, #[case] in_words: &str, #[case] on_the_clock: &str) {
        assert_eq!(words(secs), in_words);
        assert_eq!(clock(secs), on_the_clock);
    }
}
