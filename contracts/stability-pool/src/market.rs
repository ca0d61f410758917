//! M and D: the prices of DCM and DUCA against the numeraire.

use ballast_math::Exact;
use ballast_types::{oracle, stability_pool::MAX_ROUND_GAP_SECS};
use cosmwasm_std::{Decimal, QuerierWrapper};

use crate::{error::ContractError, state::Config};

/// A price against the numeraire, exactly: the last one and the average.
pub struct Rate {
    name: &'static str,
    pub spot: Exact,
    average: Exact,
}

/// The prices that count with the band: without it both are the last one.
pub struct Bounds {
    pub low: Exact,
    pub high: Exact,
}

impl Rate {
    /// The lower and the higher of last price and average, which may not be further apart than
    /// `band` of the average.
    pub fn bounds(&self, band: Option<Decimal>) -> Result<Bounds, ContractError> {
        let Some(band) = band else {
            return Ok(Bounds {
                low: self.spot.clone(),
                high: self.spot.clone(),
            });
        };
        let (low, high) = if self.spot < self.average {
            (self.spot.clone(), self.average.clone())
        } else {
            (self.average.clone(), self.spot.clone())
        };
        if high.clone() - low.clone() > self.average.clone() * Exact::try_from(band)? {
            return Err(ContractError::OutsideBand {
                price: self.name,
                spot: self.spot.decimal_floor()?,
                average: self.average.decimal_floor()?,
                band,
            });
        }
        Ok(Bounds { low, high })
    }
}

/// The strict prices of DCM and of the numeraire; that of DUCA is read when it is needed.
pub struct Market<'a> {
    querier: QuerierWrapper<'a>,
    config: &'a Config,
    now: u64,
    dcm: Reading<'a>,
    numeraire: Reading<'a>,
}

impl<'a> Market<'a> {
    /// Reads them raw, about 1,100 gas each.
    pub fn load(
        querier: QuerierWrapper<'a>,
        config: &'a Config,
        now: u64,
    ) -> Result<Self, ContractError> {
        let read = |asset: &'a str| Reading::load(&querier, config, asset, now);
        let dcm = read(&config.dcm.asset)?;
        let numeraire = match &config.numeraire {
            Some(asset) => read(asset)?,
            None => Reading::DOLLAR,
        };
        dcm.require_near(&numeraire)?;
        Ok(Self {
            querier,
            config,
            now,
            dcm,
            numeraire,
        })
    }

    /// M.
    pub fn dcm(&self) -> Result<Rate, ContractError> {
        self.dcm.against(&self.numeraire, "M")
    }

    /// D.
    pub fn duca(&self) -> Result<Rate, ContractError> {
        let asset = &self.config.duca.asset;
        let duca = Reading::load(&self.querier, self.config, asset, self.now)?;
        duca.require_near(&self.dcm)?;
        duca.require_near(&self.numeraire)?;
        duca.against(&self.numeraire, "D")
    }
}

/// One strict price.
struct Reading<'a> {
    asset: &'a str,
    price: Decimal,
    average: Decimal,
    /// Block time of its round; none of a price that never changes.
    round_at: Option<u64>,
}

impl<'a> Reading<'a> {
    const DOLLAR: Self = Self {
        asset: "USD",
        price: Decimal::one(),
        average: Decimal::one(),
        round_at: None,
    };

    fn load(
        querier: &QuerierWrapper,
        config: &Config,
        asset: &'a str,
        now: u64,
    ) -> Result<Self, ContractError> {
        let record = oracle::record(querier, &config.oracle, asset)?;
        let price = record.strict(asset, now)?;
        if record.only_leaves() {
            return Err(ContractError::Retiring {
                asset: asset.to_owned(),
            });
        }
        Ok(Self {
            asset,
            price,
            average: record.ema,
            round_at: Some(record.updated_at).filter(|_| record.valid_until < u64::MAX),
        })
    }

    /// Prices of different times are no price of one against the other.
    fn require_near(&self, other: &Reading) -> Result<(), ContractError> {
        let (Some(a), Some(b)) = (self.round_at, other.round_at) else {
            return Ok(());
        };
        if a.abs_diff(b) > MAX_ROUND_GAP_SECS {
            return Err(ContractError::RoundsApart {
                first: self.asset.to_owned(),
                second: other.asset.to_owned(),
                gap: a.abs_diff(b),
                max: MAX_ROUND_GAP_SECS,
            });
        }
        Ok(())
    }

    fn against(&self, other: &Reading, name: &'static str) -> Result<Rate, ContractError> {
        let quotient = |a: Decimal, b: Decimal| Exact::from_ratio(a.atomics(), b.atomics());
        Ok(Rate {
            name,
            spot: quotient(self.price, other.price)?,
            average: quotient(self.average, other.average)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::str::FromStr;

    fn d(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    fn rate(spot: &str, average: &str) -> Rate {
        Rate {
            name: "M",
            spot: Exact::try_from(d(spot)).unwrap(),
            average: Exact::try_from(d(average)).unwrap(),
        }
    }

    #[rstest]
    #[case::off("3", "2", None, Some(("3", "3")))]
    #[case::above("2.1", "2", Some("0.05"), Some(("2", "2.1")))]
    #[case::below("1.9", "2", Some("0.05"), Some(("1.9", "2")))]
    #[case::just_above("2.100000000000000001", "2", Some("0.05"), None)]
    #[case::just_below("1.899999999999999999", "2", Some("0.05"), None)]
    fn the_band(
        #[case] spot: &str,
        #[case] average: &str,
        #[case] band: Option<&str>,
        #[case] expected: Option<(&str, &str)>,
    ) {
        match (rate(spot, average).bounds(band.map(d)), expected) {
            (Ok(bounds), Some((low, high))) => {
                assert!(bounds.low == Exact::try_from(d(low)).unwrap());
                assert!(bounds.high == Exact::try_from(d(high)).unwrap());
            }
            (Err(ContractError::OutsideBand { price: "M", .. }), None) => {}
            (Err(error), _) => panic!("{error}"),
            (Ok(_), None) => panic!("within the band"),
        }
    }
}
