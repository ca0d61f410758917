//! Prices of collaterals, each read at most once in an act.

use ballast_types::oracle::{self, PriceError, PriceRecord};
use cosmwasm_std::{Addr, Decimal, QuerierWrapper};

/// Reads and remembers.
#[derive(Clone)]
pub struct Prices<'a> {
    querier: QuerierWrapper<'a>,
    oracle: Addr,
    now: u64,
    read: Vec<(String, Option<PriceRecord>)>,
}

impl<'a> Prices<'a> {
    /// None read yet.
    pub const fn new(querier: QuerierWrapper<'a>, oracle: Addr, now: u64) -> Self {
        Self {
            querier,
            oracle,
            now,
            read: vec![],
        }
    }

    /// For what opens risk: refuses a price that is too old, halted or uncertain.
    pub fn strict(&mut self, asset: &str) -> Result<Decimal, PriceError> {
        let now = self.now;
        self.record(asset)?.strict(asset, now)
    }

    /// For liquidations: of a halted asset the price that is better for the account.
    pub fn high(&mut self, asset: &str) -> Result<Decimal, PriceError> {
        let now = self.now;
        Ok(self.record(asset)?.exit(asset, now)?.high)
    }

    /// What collateral counts for, with its decimals: of a halted asset the lower price. None when
    /// it is too old: then nobody may rely on the collateral, and no exit needs it.
    pub fn low(&mut self, asset: &str) -> Option<(Decimal, u8)> {
        let now = self.now;
        let record = self.record(asset).ok()?;
        let price = record.exit(asset, now).ok()?;
        Some((price.low, record.decimals))
    }

    fn record(&mut self, asset: &str) -> Result<PriceRecord, PriceError> {
        let missing = || PriceError::NoPrice {
            asset: asset.to_owned(),
        };
        if let Some((_, record)) = self.read.iter().find(|(known, _)| known == asset) {
            return record.clone().ok_or_else(missing);
        }
        let record = oracle::record(&self.querier, &self.oracle, asset).ok();
        self.read.push((asset.to_owned(), record.clone()));
        record.ok_or_else(missing)
    }
}
