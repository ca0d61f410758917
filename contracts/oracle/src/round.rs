//! What a round computes, without storage: the median, how long it holds, and what it does to
//! the record and its breaker.

use ballast_math::{
    MathError,
    volatility::{ema, is_within, volatility},
};
use ballast_types::oracle::{PriceRecord, Rule, Status};
use cosmwasm_std::Decimal;

/// The price of a source that is live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The source's name.
    pub name: String,
    /// USD for one whole token.
    pub price: Decimal,
    /// When the source published it; a fixed source never does.
    pub published_at: Option<u64>,
    /// The last second at which it is young enough.
    pub expires_at: u64,
}

/// What the live sources say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A price.
    Agreed(Agreement),
    /// No price: fewer than `min_sources` are live, or the two in the middle disagree.
    TooFew {
        /// Names of those that are live.
        live: Vec<String>,
    },
}

/// A median and how long it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The median of the live sources.
    pub median: Decimal,
    /// The last second at which `min_sources` of them are young enough.
    pub valid_until: u64,
    /// The newest publication among them: the next round needs a newer one.
    pub newest: u64,
    /// Since when `min_sources` of them have spoken: what ends a halt.
    pub confirmed_at: u64,
    /// Their names.
    pub live: Vec<String>,
}

/// What a round does to the breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The median is accepted, or a halt goes on.
    Steady,
    /// The breaker trips.
    HaltBegins,
    /// The asset stays halted and its window begins anew.
    HaltRestarts,
    /// The window has confirmed the new price.
    HaltEnds,
}

/// What the live sources say together under a rule.
pub fn verdict(rule: &Rule, quotes: &[Quote]) -> Result<Verdict, MathError> {
    let live = quotes.iter().map(|quote| quote.name.clone()).collect();
    let (Some(valid_until), Some(confirmed_at)) = (
        valid_until(quotes, rule.min_sources),
        confirmed_at(quotes, rule.min_sources),
    ) else {
        return Ok(Verdict::TooFew { live });
    };
    Ok(match median(quotes, rule.max_spread)? {
        Some(median) => Verdict::Agreed(Agreement {
            median,
            valid_until,
            newest: newest(quotes),
            confirmed_at,
            live,
        }),
        None => Verdict::TooFew { live },
    })
}

/// The price in the middle. With an even count the mean of the two in the middle, rounded down,
/// if the higher is at most `max_spread` of the lower above it.
pub fn median(quotes: &[Quote], max_spread: Decimal) -> Result<Option<Decimal>, MathError> {
    let mut prices: Vec<Decimal> = quotes.iter().map(|quote| quote.price).collect();
    prices.sort_unstable();
    let half = prices.len() / 2;
    let Some(&upper) = prices.get(half) else {
        return Ok(None);
    };
    if prices.len() % 2 == 1 {
        return Ok(Some(upper));
    }
    let Some(&lower) = half.checked_sub(1).and_then(|below| prices.get(below)) else {
        return Ok(None);
    };
    if !is_within(upper, lower, max_spread)? {
        return Ok(None);
    }
    let half_way = Decimal::new(upper.abs_diff(lower).atomics().checked_shr(1)?);
    Ok(Some(lower.checked_add(half_way)?))
}

/// The last second at which at least `min_sources` of the quotes are young enough: the
/// `min_sources`-th largest of their expiries. None when there are fewer quotes.
pub fn valid_until(quotes: &[Quote], min_sources: u8) -> Option<u64> {
    nth_largest(quotes.iter().map(|quote| quote.expires_at), min_sources)
}

/// The newest publication among the quotes. A fixed source says nothing new: it counts as
/// published at 0.
pub fn newest(quotes: &[Quote]) -> u64 {
    let published = quotes.iter().filter_map(|quote| quote.published_at);
    published.max().unwrap_or_default()
}

/// Since when at least `min_sources` of the quotes have spoken: the `min_sources`-th largest of
/// their publications. A fixed source speaks at any time. None when there are fewer quotes.
pub fn confirmed_at(quotes: &[Quote], min_sources: u8) -> Option<u64> {
    let published = quotes
        .iter()
        .map(|quote| quote.published_at.unwrap_or(u64::MAX));
    nth_largest(published, min_sources)
}

fn nth_largest(times: impl Iterator<Item = u64>, n: u8) -> Option<u64> {
    let mut times: Vec<u64> = times.collect();
    times.sort_unstable_by(|a, b| b.cmp(a));
    times.get(usize::from(n).checked_sub(1)?).copied()
}

/// Whether a quote is newer than all that the last round was made of. Else a round would let
/// what was said once confirm its own halt, and calm the volatility number by being repeated.
pub const fn has_news(previous: &PriceRecord, agreement: &Agreement) -> bool {
    agreement.newest > previous.published_at
}

/// The record of the first round: price and average are its median.
pub fn first(decimals: u8, agreement: &Agreement, now: u64) -> PriceRecord {
    PriceRecord {
        decimals,
        price: agreement.median,
        ema: agreement.median,
        volatility: Decimal::zero(),
        round: 0,
        updated_at: now,
        valid_until: agreement.valid_until,
        published_at: agreement.newest,
        retiring: false,
        status: Status::Live {},
    }
}

/// The record after one more round, and what happened to the breaker.
///
/// - Not halted: a median within `max_deviation` of the average is accepted; any other begins a
///   halt, in which price, average and volatility number stand.
/// - Halted: a median within `max_spread` of the window's first keeps the window, if the record
///   had not expired since; once `min_sources` of the sources have spoken after the window of
///   `breaker_window` the median is the price and the window's first the average. What they said
///   before it cannot confirm itself by being still young. Any other median begins a new window,
///   one near the average too: coming back is confirmed like anything else.
pub fn next(
    previous: &PriceRecord,
    rule: &Rule,
    agreement: &Agreement,
    now: u64,
) -> Result<(PriceRecord, Turn), MathError> {
    let median = agreement.median;
    let halt = |first, since| Status::Halted {
        first,
        since,
        latest: median,
    };
    let record = PriceRecord {
        round: following(previous.round)?,
        updated_at: now,
        valid_until: agreement.valid_until,
        published_at: agreement.newest,
        ..previous.clone()
    };
    let Status::Halted { first, since, .. } = previous.status else {
        if is_within(median, previous.ema, rule.max_deviation)? {
            let elapsed = now.saturating_sub(previous.updated_at);
            let average = ema(previous.ema, median, elapsed, rule.ema_period_secs)?;
            return Ok((accept(record, median, average)?, Turn::Steady));
        }
        let status = halt(median, now);
        return Ok((PriceRecord { status, ..record }, Turn::HaltBegins));
    };
    let confirms = is_within(median, first, rule.max_spread)? && previous.is_fresh(now);
    if !confirms {
        let status = halt(median, now);
        return Ok((PriceRecord { status, ..record }, Turn::HaltRestarts));
    }
    // a fixed source has spoken by now, not earlier than that
    if agreement.confirmed_at.min(now) >= since.saturating_add(rule.breaker_window_secs) {
        return Ok((accept(record, median, first)?, Turn::HaltEnds));
    }
    let status = halt(first, since);
    Ok((PriceRecord { status, ..record }, Turn::Steady))
}

/// The record with a new accepted price: the volatility number sees the move from the old one.
pub fn accept(
    record: PriceRecord,
    price: Decimal,
    average: Decimal,
) -> Result<PriceRecord, MathError> {
    Ok(PriceRecord {
        volatility: volatility(record.volatility, record.price, price)?,
        price,
        ema: average,
        status: Status::Live {},
        ..record
    })
}

/// The record of a retired synth: its price is final and never too old.
pub fn retired(
    previous: Option<&PriceRecord>,
    decimals: u8,
    price: Decimal,
    now: u64,
) -> Result<PriceRecord, MathError> {
    Ok(PriceRecord {
        decimals,
        price,
        ema: price,
        volatility: Decimal::zero(),
        round: previous.map_or(Ok(0), |record| following(record.round))?,
        updated_at: now,
        valid_until: u64::MAX,
        published_at: now,
        retiring: false,
        status: Status::Retired {},
    })
}

fn following(sequence: u64) -> Result<u64, MathError> {
    sequence.checked_add(1).ok_or(MathError::OutOfRange {
        operation: "the number of a round",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use std::str::FromStr;

    fn d(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    fn rule(min_sources: u8) -> Rule {
        Rule {
            min_sources,
            max_age_secs: 60,
            max_spread: d("0.01"),
            max_confidence: d("0.01"),
            ema_period_secs: 100,
            max_deviation: d("0.2"),
            breaker_window_secs: 30,
        }
    }

    fn quotes(prices: &[&str]) -> Vec<Quote> {
        prices
            .iter()
            .enumerate()
            .map(|(i, price)| Quote {
                name: i.to_string(),
                price: d(price),
                published_at: Some(940 + i as u64),
                expires_at: 1000 + i as u64,
            })
            .collect()
    }

    fn agreement(median: &str, valid_until: u64) -> Agreement {
        Agreement {
            median: d(median),
            valid_until,
            newest: valid_until.saturating_sub(60),
            confirmed_at: valid_until.saturating_sub(60),
            live: vec![],
        }
    }

    #[rstest]
    #[case::none(&[], None)]
    #[case::one(&["7"], Some("7"))]
    #[case::two_agree(&["101", "100"], Some("100.5"))]
    #[case::two_at_the_spread(&["100", "101"], Some("100.5"))]
    #[case::two_beyond_the_spread(&["100", "101.000000000000000001"], None)]
    #[case::mean_rounds_down(&["1", "1.000000000000000001"], Some("1"))]
    #[case::three(&["3", "1", "2"], Some("2"))]
    #[case::three_need_not_agree(&["1", "1000", "500"], Some("500"))]
    #[case::four_look_at_the_middle(&["1", "100", "1000", "100.4"], Some("100.2"))]
    #[case::four_with_a_split_middle(&["1", "100", "1000", "102"], None)]
    #[case::eight(&["1", "2", "3", "100", "100", "101", "102", "103"], Some("100"))]
    #[case::the_widest(&["0.000000000001", "1000000000000", "1000000000000"], Some("1000000000000"))]
    fn medians(#[case] prices: &[&str], #[case] expected: Option<&str>) {
        assert_eq!(median(&quotes(prices), d("0.01")).unwrap(), expected.map(d));
    }

    #[rstest]
    #[case(&[], 1, None)]
    #[case(&[50], 1, Some(50))]
    #[case(&[50], 2, None)]
    #[case(&[50, 70, 60], 1, Some(70))]
    #[case(&[50, 70, 60], 2, Some(60))]
    #[case(&[50, 70, 60], 3, Some(50))]
    #[case(&[50, u64::MAX], 1, Some(u64::MAX))]
    #[case(&[50, u64::MAX], 2, Some(50))]
    fn validity(#[case] expiries: &[u64], #[case] min_sources: u8, #[case] expected: Option<u64>) {
        let quotes: Vec<Quote> = expiries
            .iter()
            .map(|expires_at| Quote {
                name: String::new(),
                price: Decimal::one(),
                published_at: None,
                expires_at: *expires_at,
            })
            .collect();
        assert_eq!(valid_until(&quotes, min_sources), expected);
    }

    /// Publications, a fixed source among them: the newest, and the one that confirms.
    #[rstest]
    #[case::none(&[], 1, 0, None)]
    #[case::one(&[Some(50)], 1, 50, Some(50))]
    #[case::too_few(&[Some(50)], 2, 50, None)]
    #[case::first(&[Some(50), Some(70), Some(60)], 1, 70, Some(70))]
    #[case::second(&[Some(50), Some(70), Some(60)], 2, 70, Some(60))]
    #[case::third(&[Some(50), Some(70), Some(60)], 3, 70, Some(50))]
    #[case::equal(&[Some(50), Some(50)], 2, 50, Some(50))]
    #[case::fixed_alone(&[None], 1, 0, Some(u64::MAX))]
    #[case::fixed_is_not_news(&[None, Some(50)], 1, 50, Some(u64::MAX))]
    #[case::fixed_confirms_itself_only(&[None, Some(50)], 2, 50, Some(50))]
    #[case::no_source_needed(&[Some(50)], 0, 50, None)]
    fn publications(
        #[case] published: &[Option<u64>],
        #[case] min_sources: u8,
        #[case] expected_newest: u64,
        #[case] expected_confirmed: Option<u64>,
    ) {
        let quotes: Vec<Quote> = published
            .iter()
            .map(|published_at| Quote {
                name: String::new(),
                price: Decimal::one(),
                published_at: *published_at,
                expires_at: u64::MAX,
            })
            .collect();
        assert_eq!(newest(&quotes), expected_newest);
        assert_eq!(confirmed_at(&quotes, min_sources), expected_confirmed);
    }

    #[rstest]
    #[case::older(39, false)]
    #[case::the_same(40, false)]
    #[case::newer(41, true)]
    fn news(#[case] newest: u64, #[case] expected: bool) {
        let before = first(6, &agreement("100", 100), 45);
        assert_eq!(before.published_at, 40);
        let told = Agreement {
            newest,
            ..agreement("100", 100)
        };
        assert_eq!(has_news(&before, &told), expected);
    }

    /// A price halted at 10 with a window of 30, and a round at a time: what confirms it.
    #[rstest]
    #[case::at_the_end_of_the_window(40, 40, Turn::HaltEnds)]
    #[case::a_second_short(40, 39, Turn::Steady)]
    #[case::old_news(60, 39, Turn::Steady)]
    #[case::said_after_it(60, 40, Turn::HaltEnds)]
    #[case::fixed_within_the_window(39, u64::MAX, Turn::Steady)]
    #[case::fixed_after_it(40, u64::MAX, Turn::HaltEnds)]
    fn a_halt_is_confirmed(#[case] now: u64, #[case] confirmed_at: u64, #[case] expected: Turn) {
        let before = first(6, &agreement("100", 60), 0);
        let (halted, _) = next(&before, &rule(1), &agreement("200", 70), 10).unwrap();
        let told = Agreement {
            confirmed_at,
            ..agreement("200", 200)
        };
        let (record, turn) = next(&halted, &rule(1), &told, now).unwrap();
        assert_eq!(turn, expected);
        assert_eq!(record.published_at, 140);
    }

    #[test]
    fn too_few_are_named() {
        let too_few = Verdict::TooFew {
            live: vec!["0".to_owned(), "1".to_owned()],
        };
        assert_eq!(verdict(&rule(3), &quotes(&["1", "1"])).unwrap(), too_few);
        assert_eq!(verdict(&rule(2), &quotes(&["1", "2"])).unwrap(), too_few);
    }

    #[test]
    fn an_accepted_round_moves_average_and_volatility() {
        let before = first(6, &agreement("100", 60), 0);
        let (record, turn) = next(&before, &rule(1), &agreement("110", 110), 50).unwrap();
        assert_eq!(turn, Turn::Steady);
        assert_eq!(
            record,
            PriceRecord {
                decimals: 6,
                price: d("110"),
                ema: d("105"),
                volatility: d("0.0975"),
                round: 1,
                updated_at: 50,
                valid_until: 110,
                published_at: 50,
                retiring: false,
                status: Status::Live {},
            }
        );
    }

    /// The breaker of a price of 100: medians at times, and what each does.
    #[rstest]
    #[case::at_the_deviation(&[(10, "120", Turn::Steady)], "live 120")]
    #[case::beyond_it(&[(10, "120.000000000000000001", Turn::HaltBegins)], "halted 10")]
    #[case::below_it(&[(10, "79", Turn::HaltBegins)], "halted 10")]
    #[case::confirmed(
        &[(10, "200", Turn::HaltBegins), (25, "202", Turn::Steady), (40, "198", Turn::HaltEnds)],
        "live 198"
    )]
    #[case::a_second_too_soon(&[(10, "200", Turn::HaltBegins), (39, "200", Turn::Steady)], "halted 10")]
    #[case::beyond_the_spread_of_the_first(
        &[(10, "200", Turn::HaltBegins), (25, "202.1", Turn::HaltRestarts), (40, "202.1", Turn::Steady)],
        "halted 25"
    )]
    #[case::drift_is_measured_from_the_first(
        &[(10, "200", Turn::HaltBegins), (20, "201.5", Turn::Steady), (30, "203", Turn::HaltRestarts)],
        "halted 30"
    )]
    #[case::back_again_is_confirmed_too(
        &[(10, "200", Turn::HaltBegins), (20, "100", Turn::HaltRestarts), (50, "100", Turn::HaltEnds)],
        "live 100"
    )]
    #[case::a_gap(&[(10, "200", Turn::HaltBegins), (71, "200", Turn::HaltRestarts)], "halted 71")]
    #[case::no_gap(&[(10, "200", Turn::HaltBegins), (70, "200", Turn::HaltEnds)], "live 200")]
    fn breaker(#[case] medians: &[(u64, &str, Turn)], #[case] end: &str) {
        let mut record = first(6, &agreement("100", 60), 0);
        for (time, median, expected) in medians {
            // one source, heard at that time: it lives for a minute
            let (after, turn) =
                next(&record, &rule(1), &agreement(median, time + 60), *time).unwrap();
            assert_eq!(turn, *expected, "at {time}");
            if matches!(after.status, Status::Halted { .. }) {
                assert_eq!(
                    (after.price, after.ema, after.volatility),
                    (record.price, record.ema, record.volatility)
                );
            }
            record = after;
        }
        let told = match &record.status {
            Status::Halted { since, .. } => format!("halted {since}"),
            _ => format!("live {}", record.price),
        };
        assert_eq!(told, end);
    }

    #[test]
    fn live_again_after_doubt() {
        let mut before = first(6, &agreement("100", 60), 0);
        before.status = Status::Uncertain {
            live: vec![],
            required: 1,
        };
        let (record, _) = next(&before, &rule(1), &agreement("100", 90), 30).unwrap();
        assert_eq!(record.status, Status::Live {});
        let (record, turn) = next(&before, &rule(1), &agreement("300", 90), 30).unwrap();
        assert_eq!(turn, Turn::HaltBegins);
        assert_eq!(record.price, d("100"));
    }

    #[test]
    fn the_last_round_number_is_an_error() {
        let mut before = first(6, &agreement("100", 60), 0);
        before.round = u64::MAX;
        assert!(next(&before, &rule(1), &agreement("100", 90), 30).is_err());
        assert!(retired(Some(&before), 6, d("1"), 30).is_err());
    }

    fn priced(prices: &[u128], expiries: &[u64]) -> Vec<Quote> {
        prices
            .iter()
            .zip(expiries.iter().cycle())
            .map(|(price, expires_at)| Quote {
                name: String::new(),
                price: Decimal::new((*price).into()),
                published_at: expires_at.checked_sub(60),
                expires_at: *expires_at,
            })
            .collect()
    }

    proptest! {
        #[test]
        fn one_liar_among_three_stays_between_the_other_two(
            a in 1_000_000u128..=1_000_000_000_000_000_000_000_000_000_000,
            b in 1_000_000u128..=1_000_000_000_000_000_000_000_000_000_000,
            lie: u128,
            place in 0usize..3,
        ) {
            let mut prices = vec![a, b];
            prices.insert(place.min(2), lie);
            let median = super::median(&priced(&prices, &[1]), Decimal::percent(1)).unwrap().unwrap();
            let median = median.atomics().u128();
            prop_assert!(a.min(b) <= median && median <= a.max(b));
        }

        #[test]
        fn one_liar_among_two_is_refused(a in 1u128..1 << 90, factor in 2u128..1 << 30) {
            let quotes = priced(&[a, a * factor], &[1]);
            prop_assert_eq!(median(&quotes, Decimal::percent(99)).unwrap(), None);
        }

        #[test]
        fn a_median_has_half_on_either_side(
            prices in proptest::collection::vec(1u128..1000, 1..9),
        ) {
            if let Some(median) = super::median(&priced(&prices, &[1]), Decimal::percent(50)).unwrap() {
                let median = median.atomics().u128();
                let below = prices.iter().filter(|p| **p < median).count();
                let above = prices.iter().filter(|p| **p > median).count();
                prop_assert!(below * 2 <= prices.len());
                prop_assert!(above * 2 <= prices.len());
            } else {
                prop_assert!(prices.len() % 2 == 0);
            }
        }

        #[test]
        fn enough_live_until_then_and_not_after(
            expiries in proptest::collection::vec(0u64..100, 1..9),
            min_sources in 1u8..9,
        ) {
            let quotes = priced(&vec![1; expiries.len()], &expiries);
            let live_at = |t: u64| expiries.iter().filter(|e| **e >= t).count();
            match valid_until(&quotes, min_sources) {
                Some(until) => {
                    prop_assert!(live_at(until) >= usize::from(min_sources));
                    prop_assert!(live_at(until + 1) < usize::from(min_sources));
                }
                None => prop_assert!(expiries.len() < usize::from(min_sources)),
            }
        }

        #[test]
        fn any_round_has_a_result(
            price in 1_000_000u128..=1_000_000_000_000_000_000_000_000_000_000,
            median in 1_000_000u128..=1_000_000_000_000_000_000_000_000_000_000,
            later: u64,
        ) {
            let mut before = first(18, &agreement("1", 60), 0);
            before.price = Decimal::new(price.into());
            before.ema = before.price;
            let told = Agreement { median: Decimal::new(median.into()), valid_until: later, newest: later, confirmed_at: later, live: vec![] };
            let (record, turn) = next(&before, &rule(1), &told, later).unwrap();
            let near = median.abs_diff(price) <= price / 5;
            prop_assert_eq!(turn, if near { Turn::Steady } else { Turn::HaltBegins });
            prop_assert_eq!(record.price.atomics().u128(), if near { median } else { price });
            // and whatever it was, the owner can accept it
            prop_assert!(accept(record, told.median, told.median).is_ok());
        }
    }
}
