//! Which feeder says what, and as of when.
//!
//! A round is made by the first push that brings news once the round interval is over, of what is
//! there. On a chain that makes blocks by itself nobody can choose the second in which a push
//! lands. So feeders whose push must make no round say it as of a time that is no news: that of
//! the last round before, or that of the round the others have just made.

use std::collections::BTreeMap;

use ballast_sim::Feeds;
use ballast_types::oracle::{MAX_BATCH, PricePush};
use cosmwasm_std::Decimal;

/// A feeder, and the prices it pushes.
pub type Saying = (String, Vec<PricePush>);

/// What an oracle has heard of an asset, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The newest publication in the last round; none before the first.
    pub round: Option<u64>,
    /// The last publication of each source that has said anything.
    pub sources: BTreeMap<String, u64>,
}

/// A price as a feeder writes it.
pub fn push(asset: &str, price: Decimal, published_at: Option<u64>) -> PricePush {
    PricePush {
        asset: asset.to_owned(),
        price,
        published_at,
        confidence: None,
    }
}

/// Feeders of an asset say their price as of the last round, so that it is there for the next and
/// makes none itself. No feeder says anything older than its own last word.
pub fn quietly(asset: &str, feeders: &[(String, Decimal)], heard: &Heard) -> Vec<Saying> {
    feeders
        .iter()
        .map(|(feeder, price)| {
            let own = heard.sources.get(feeder).copied();
            let price = push(asset, *price, heard.round.max(own));
            (feeder.clone(), vec![price])
        })
        .collect()
}

/// What all feeders say again, as of one time: every asset that is not silent, but for what one
/// of them has `just` said of an asset, and what the others say of that asset even if it is.
pub fn again(feeds: &Feeds, time: u64, just: Option<(&str, &str)>) -> Vec<Saying> {
    let mut sayings: BTreeMap<String, Vec<PricePush>> = feeds
        .live()
        .into_iter()
        .map(|(feeder, prices)| (feeder.to_owned(), prices))
        .collect();
    if let Some((asset, leader)) = just {
        for prices in sayings.values_mut() {
            prices.retain(|price| price.asset != asset);
        }
        for (feeder, price) in feeds.of_asset(asset) {
            if feeder != leader {
                let prices = sayings.entry(feeder).or_default();
                prices.push(push(asset, price, None));
            }
        }
    }
    for price in sayings.values_mut().flatten() {
        price.published_at = Some(time);
    }
    sayings.retain(|_, prices| !prices.is_empty());
    sayings.into_iter().collect()
}

/// Prices in messages of as many as one may have.
pub fn batches(prices: Vec<PricePush>) -> impl Iterator<Item = Vec<PricePush>> {
    let mut rest = prices.into_iter().peekable();
    std::iter::from_fn(move || {
        rest.peek()?;
        Some(rest.by_ref().take(MAX_BATCH).collect())
    })
}

#[cfg(test)]
mod tests {
    use ballast_sim::Profile;
    use rstest::rstest;

    use super::*;

    /// `feeder-a: ATOM 10 @7` of each feeder, a line each.
    fn told(sayings: &[Saying]) -> Vec<String> {
        sayings
            .iter()
            .map(|(feeder, prices)| {
                let prices: Vec<_> = prices
                    .iter()
                    .map(|price| {
                        let time = price.published_at;
                        let time = time.map_or_else(|| "now".to_owned(), |time| time.to_string());
                        format!("{} {} @{time}", price.asset, price.price)
                    })
                    .collect();
                format!("{feeder}: {}", prices.join(", "))
            })
            .collect()
    }

    fn feeds() -> Feeds {
        let mut feeds = Feeds::of(&Profile::find("dynamo").unwrap());
        feeds.silence("sEUR", true).unwrap();
        feeds
    }

    #[test]
    fn all_feeders_speak_as_of_one_time() {
        let expected = [
            "feeder: WETH 2000 @7, sBTC 60000 @7, sETH 2000 @7",
            "feeder-a: ATOM 10 @7",
            "feeder-b: ATOM 10 @7",
            "feeder-c: ATOM 10 @7",
        ];
        assert_eq!(told(&again(&feeds(), 7, None)), expected);
    }

    #[rstest]
    #[case::one_of_three(
        "ATOM", "feeder-a",
        &["feeder: WETH 2000 @7, sBTC 60000 @7, sETH 2000 @7", "feeder-b: ATOM 10 @7", "feeder-c: ATOM 10 @7"]
    )]
    #[case::one_of_one(
        "sETH", "feeder",
        &["feeder: WETH 2000 @7, sBTC 60000 @7", "feeder-a: ATOM 10 @7", "feeder-b: ATOM 10 @7", "feeder-c: ATOM 10 @7"]
    )]
    fn who_has_just_spoken_does_not_repeat_it(
        #[case] asset: &str,
        #[case] leader: &str,
        #[case] expected: &[&str],
    ) {
        assert_eq!(told(&again(&feeds(), 7, Some((asset, leader)))), expected);
    }

    #[test]
    fn of_an_asset_that_is_set_the_others_speak_although_it_is_silent() {
        let mut feeds = feeds();
        feeds.silence("ATOM", true).unwrap();
        let expected = [
            "feeder: WETH 2000 @7, sBTC 60000 @7, sETH 2000 @7",
            "feeder-b: ATOM 10 @7",
            "feeder-c: ATOM 10 @7",
        ];
        let sayings = again(&feeds, 7, Some(("ATOM", "feeder-a")));
        assert_eq!(told(&sayings), expected);
    }

    #[rstest]
    #[case::before_the_first_round(None, &[], ["b: X 2 @now", "c: X 2 @now"])]
    #[case::as_of_the_round(Some(5), &[("b", 5), ("c", 4)], ["b: X 2 @5", "c: X 2 @5"])]
    #[case::not_before_its_own_word(Some(5), &[("c", 6)], ["b: X 2 @5", "c: X 2 @6"])]
    fn what_is_said_quietly_is_no_news(
        #[case] round: Option<u64>,
        #[case] sources: &[(&str, u64)],
        #[case] expected: [&str; 2],
    ) {
        let heard = Heard {
            round,
            sources: sources
                .iter()
                .map(|(name, time)| ((*name).to_owned(), *time))
                .collect(),
        };
        let two = Decimal::from_ratio(2_u128, 1_u128);
        let followers = ["b", "c"].map(|name| (name.to_owned(), two));
        assert_eq!(told(&quietly("X", &followers, &heard)), expected);
    }

    #[rstest]
    #[case(0, &[])]
    #[case(1, &[1])]
    #[case(MAX_BATCH, &[MAX_BATCH])]
    #[case(MAX_BATCH + 1, &[MAX_BATCH, 1])]
    fn a_message_has_no_more_than_it_may(#[case] prices: usize, #[case] expected: &[usize]) {
        let prices = vec![push("X", Decimal::one(), None); prices];
        let sizes: Vec<_> = batches(prices).map(|batch| batch.len()).collect();
        assert_eq!(sizes, expected);
    }
}
