//! Time on a chain whose clock nobody can move.
//!
//! A story waits for days, and a real chain takes as long as it takes. So a deployment that is
//! there to be tried runs at a scale: each of its own lengths of time (grace, stake time, limits)
//! and each length of a story is divided by the same number, and what follows in three days
//! follows in half a minute.

use std::{fmt, num::NonZeroU64, str::FromStr};

use thiserror::Error;

use crate::profile::{LimitProfile, Profile};

const DAY_SECS: u64 = 86_400;

/// How many seconds pass in one second of block time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale(NonZeroU64);

/// A text is not a scale.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("NotAScale: `{text}` is no scale: write a whole number that divides the 86,400 of a day")]
pub struct NotAScale {
    /// What was written.
    pub text: String,
}

impl Scale {
    /// A second takes a second.
    pub const REAL: Self = Self(NonZeroU64::MIN);

    /// A scale at which days are whole seconds, so that a sum of days takes as long as the days
    /// one by one.
    pub fn new(seconds_per_second: u64) -> Option<Self> {
        let scale = NonZeroU64::new(seconds_per_second)?;
        DAY_SECS
            .is_multiple_of(seconds_per_second)
            .then_some(Self(scale))
    }

    /// What a length of time takes, in seconds of block time, rounded up: nothing that takes any
    /// time is over at once.
    pub const fn secs(self, secs: u64) -> u64 {
        secs.div_ceil(self.0.get())
    }
}

impl FromStr for Scale {
    type Err = NotAScale;

    fn from_str(text: &str) -> Result<Self, NotAScale> {
        text.parse()
            .ok()
            .and_then(Self::new)
            .ok_or_else(|| NotAScale {
                text: text.to_owned(),
            })
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Profile {
    /// The profile at a scale: the minter's grace, flag expiry and stake time, the pools' delegation
    /// times, lock and withdraw timeout, the periods of the treasury's limits and the oracle's round
    /// interval.
    ///
    /// How old a price may be, the period of its average and the window of its breaker stay: they
    /// measure feeders and markets, whose time is not the protocol's to scale. So do the notice of
    /// a retirement, the day between burns, that of the stability pool's limits, the day that new
    /// weights wait beyond the lock and the three days of a cut's rise, which are no settings.
    #[must_use]
    pub fn scaled(&self, scale: Scale) -> Self {
        let mut profile = self.clone();
        let minter = profile.minter.iter_mut().flat_map(|minter| {
            let params = &mut minter.params;
            [
                &mut params.grace_secs,
                &mut params.flag_expiry_secs,
                &mut params.min_stake_secs,
            ]
        });
        let pools = profile.pool_manager.iter_mut().flat_map(|pools| {
            let params = &mut pools.params;
            [
                &mut params.min_delegation_secs,
                &mut params.max_delegation_secs,
                &mut params.max_lock_secs,
                &mut params.withdraw_timeout_secs,
            ]
        });
        let limits = profile.treasury.limits.values_mut();
        let periods = limits
            .chain(&mut profile.treasury.cover)
            .map(|LimitProfile { period_secs, .. }| period_secs);
        let rounds = std::iter::once(&mut profile.oracle.round_interval_secs);
        for secs in minter.chain(pools).chain(periods).chain(rounds) {
            *secs = scale.secs(*secs);
        }
        profile
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const DAY: u64 = DAY_SECS;

    #[rstest]
    #[case(1, DAY, DAY)]
    #[case(8_640, DAY, 10)]
    #[case(8_640, 3 * DAY, 30)]
    #[case(8_640, 3 * DAY - 1, 30)]
    #[case(8_640, 3 * DAY + 1, 31)]
    #[case(8_640, 1, 1)]
    #[case(8_640, 0, 0)]
    #[case(86_400, 10 * DAY, 10)]
    fn lengths(#[case] scale: u64, #[case] secs: u64, #[case] expected: u64) {
        assert_eq!(Scale::new(scale).unwrap().secs(secs), expected);
    }

    #[rstest]
    #[case("8640", Some(8_640))]
    #[case("1", Some(1))]
    #[case("0", None)]
    #[case("7", None)]
    #[case("172800", None)]
    #[case("1.5", None)]
    #[case("fast", None)]
    fn reading(#[case] text: &str, #[case] scale: Option<u64>) {
        assert_eq!(text.parse().ok(), scale.and_then(Scale::new));
        assert_eq!(text.parse::<Scale>().is_ok(), scale.is_some());
    }

    #[test]
    fn the_protocols_own_times_are_scaled_and_the_oracles_are_not() {
        let profile = Profile::find("dynamo").unwrap();
        let scaled = profile.scaled(Scale::new(8_640).unwrap());
        let mut expected = profile.clone();
        let params = &mut expected.minter.as_mut().unwrap().params;
        params.grace_secs = 30;
        params.flag_expiry_secs = 70;
        params.min_stake_secs = 10;
        expected.oracle.round_interval_secs = 1;
        for limit in expected.treasury.limits.values_mut() {
            limit.period_secs = 10;
        }
        expected.treasury.cover.as_mut().unwrap().period_secs = 10;
        assert_eq!(scaled, expected);
        assert_eq!(profile.scaled(Scale::REAL), profile);
    }

    #[test]
    fn those_of_pools_too() {
        let profile = Profile::find("pools").unwrap();
        let scaled = profile.scaled(Scale::new(8_640).unwrap());
        let mut expected = profile.clone();
        expected.oracle.round_interval_secs = 1;
        let params = &mut expected.pool_manager.as_mut().unwrap().params;
        params.min_delegation_secs = 10;
        params.max_delegation_secs = 300;
        params.max_lock_secs = 70;
        assert_eq!(scaled, expected);
    }

    #[test]
    fn what_is_switched_off_stays_off() {
        let devita = Profile::find("devita").unwrap();
        let min_stake = |profile: &Profile| profile.minter.as_ref().unwrap().params.min_stake_secs;
        assert_eq!(min_stake(&devita), 0);
        let scaled = devita.scaled(Scale::new(8_640).unwrap());
        assert_eq!(min_stake(&scaled), 0);
    }

    proptest! {
        /// A deadline and an expiry after it: days add up, and waiting for a length of time never
        /// ends before a shorter one.
        #[test]
        fn days_add_up_and_order_stays(
            scale in prop::sample::select((1..=DAY).filter(|n| DAY.is_multiple_of(*n)).collect::<Vec<_>>()),
            days in 0u64..1_000,
            more in 0u64..1_000,
            a in 0u64..1_000_000_000,
            b in 0u64..1_000_000_000,
        ) {
            let scale = Scale::new(scale).unwrap();
            let sum = scale.secs(days * DAY) + scale.secs(more * DAY);
            prop_assert_eq!(scale.secs((days + more) * DAY), sum);
            prop_assert_eq!(scale.secs(a) > 0, a > 0);
            prop_assert!(a > b || scale.secs(a) <= scale.secs(b));
        }
    }
}
