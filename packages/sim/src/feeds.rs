//! Price feeds that run beside a chain and push again and again what they last said.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use ballast_types::oracle::PricePush;
use cosmwasm_std::Decimal;
use serde::{Deserialize, Serialize};

use crate::profile::{Profile, SourcesProfile};

/// The feeds of every asset that has any.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Feeds(BTreeMap<String, Feed>);

/// The feeds of an asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Feed {
    /// What each feeder says, in the order of the sources.
    prices: Vec<(String, Decimal)>,
    silent: bool,
}

impl Feeds {
    /// The feeds of a profile, at its start prices.
    pub fn of(profile: &Profile) -> Self {
        let feeds = profile.oracle.assets.iter().filter_map(|(id, asset)| {
            let SourcesProfile::Push(feeders) = &asset.sources else {
                return None;
            };
            let price = *profile.embedded.prices.get(id)?;
            let prices = feeders.iter().map(|name| (name.clone(), price)).collect();
            Some((
                id.clone(),
                Feed {
                    prices,
                    silent: false,
                },
            ))
        });
        Self(feeds.collect())
    }

    /// Sets what one feeder of an asset says from now on, or all of them.
    pub fn set(&mut self, asset: &str, feeder: Option<&str>, price: Decimal) -> anyhow::Result<()> {
        let feed = self.feed_mut(asset)?;
        let mut found = false;
        for (name, said) in &mut feed.prices {
            if feeder.is_none_or(|wanted| wanted == name) {
                *said = price;
                found = true;
            }
        }
        if !found {
            let names: Vec<&str> = feed.prices.iter().map(|(name, _)| name.as_str()).collect();
            bail!(
                "UnknownFeeder: {asset} is fed by {}, not by {}",
                names.join(", "),
                feeder.unwrap_or_default()
            );
        }
        Ok(())
    }

    /// Whether the feeds of an asset stop, or go on.
    pub fn silence(&mut self, asset: &str, silent: bool) -> anyhow::Result<()> {
        self.feed_mut(asset)?.silent = silent;
        Ok(())
    }

    /// Feeders of an asset with what they say.
    pub fn of_asset(&self, asset: &str) -> Vec<(String, Decimal)> {
        self.0
            .get(asset)
            .map(|feed| feed.prices.clone())
            .unwrap_or_default()
    }

    /// What every feeder says now of all the assets that are not silent.
    pub fn live(&self) -> BTreeMap<&str, Vec<PricePush>> {
        let mut by_feeder: BTreeMap<&str, Vec<PricePush>> = BTreeMap::new();
        for (asset, feed) in self.0.iter().filter(|(_, feed)| !feed.silent) {
            for (feeder, price) in &feed.prices {
                by_feeder
                    .entry(feeder)
                    .or_default()
                    .push(push(asset, *price));
            }
        }
        by_feeder
    }

    fn feed_mut(&mut self, asset: &str) -> anyhow::Result<&mut Feed> {
        self.0
            .get_mut(asset)
            .with_context(|| format!("NoFeed: nobody pushes a price of {asset}"))
    }
}

/// A price as a feeder writes it.
pub(crate) fn push(asset: &str, price: Decimal) -> PricePush {
    PricePush {
        asset: asset.to_owned(),
        price,
        published_at: None,
        confidence: None,
    }
}
