//! A limit on what leaves within any period.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Uint128;

use crate::MathError;

/// Into how many buckets a period is cut. An amount counts until the whole of its bucket has
/// left the period: the limit holds over every window, and headroom comes back at most one
/// twenty-fourth of a period late.
const BUCKETS: u64 = 24;

/// A period of time, cut into buckets.
///
/// An amount counts until the whole of its bucket has left the period: what is summed over the
/// buckets that count is never less than what happened within the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    period_secs: u64,
    length: u64,
    buckets: u64,
}

impl Window {
    /// The last `period_secs`, in buckets of a `buckets`-th of it, a second at least.
    pub const fn new(period_secs: u64, buckets: u64) -> Self {
        let buckets = if buckets == 0 { 1 } else { buckets };
        let length = period_secs.div_ceil(buckets);
        Self {
            period_secs,
            length: if length == 0 { 1 } else { length },
            buckets,
        }
    }

    /// The first second of the bucket that `now` lies in.
    pub fn start(&self, now: u64) -> u64 {
        now.saturating_sub(now.checked_rem(self.length).unwrap_or_default())
    }

    /// Whether the bucket that begins at `start` counts at `now`.
    pub fn counts(&self, start: u64, now: u64) -> bool {
        // The last second of a bucket, after a period, is the first at which it counts no more.
        let reach = self
            .length
            .saturating_sub(1)
            .saturating_add(self.period_secs);
        start.saturating_add(reach) > now
    }

    /// Where the bucket that begins at `start` is kept in a ring of `buckets + 1` places: no two
    /// buckets that count at once share one.
    pub fn slot(&self, start: u64) -> u64 {
        let number = start.checked_div(self.length).unwrap_or_default();
        number
            .checked_rem(self.buckets.saturating_add(1))
            .unwrap_or_default()
    }
}

/// What went out within the last period, in at most 26 buckets of time.
#[cw_serde]
#[derive(Default)]
pub struct RollingLimit {
    buckets: Vec<Bucket>,
}

#[cw_serde]
struct Bucket {
    start: u64,
    amount: Uint128,
}

impl RollingLimit {
    /// What counts against the limit at `now`.
    pub fn used(&self, now: u64, period_secs: u64) -> Result<Uint128, MathError> {
        self.live(now, period_secs)
            .try_fold(Uint128::zero(), |sum, bucket| {
                Ok(sum.checked_add(bucket.amount)?)
            })
    }

    /// What may still go out at `now`.
    pub fn headroom(
        &self,
        now: u64,
        period_secs: u64,
        limit: Uint128,
    ) -> Result<Uint128, MathError> {
        Ok(limit.saturating_sub(self.used(now, period_secs)?))
    }

    /// Records that `amount` goes out at `now`. The caller has compared it with
    /// [`Self::headroom`].
    pub fn record(&mut self, now: u64, period_secs: u64, amount: Uint128) -> Result<(), MathError> {
        self.buckets = self.live(now, period_secs).cloned().collect();
        let start = Window::new(period_secs, BUCKETS).start(now);
        match self.buckets.last_mut() {
            Some(bucket) if bucket.start == start => {
                bucket.amount = bucket.amount.checked_add(amount)?;
            }
            _ => self.buckets.push(Bucket { start, amount }),
        }
        Ok(())
    }

    fn live(&self, now: u64, period_secs: u64) -> impl Iterator<Item = &Bucket> {
        let window = Window::new(period_secs, BUCKETS);
        self.buckets
            .iter()
            .filter(move |bucket| window.counts(bucket.start, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: u64 = 86_400;

    #[test]
    fn headroom_comes_back_after_a_period() {
        let mut limit = RollingLimit::default();
        let most = Uint128::new(100);
        limit.record(0, DAY, Uint128::new(60)).unwrap();
        assert_eq!(limit.headroom(0, DAY, most).unwrap().u128(), 40);
        limit.record(43_200, DAY, Uint128::new(40)).unwrap();
        assert_eq!(limit.headroom(DAY - 1, DAY, most).unwrap().u128(), 0);
        assert_eq!(limit.headroom(DAY + 3_599, DAY, most).unwrap().u128(), 60);
        assert_eq!(limit.headroom(2 * DAY, DAY, most).unwrap().u128(), 100);
    }

    #[test]
    fn the_day_boundary_is_no_door() {
        // A limit that starts anew at midnight would let twice its amount out in a minute.
        let mut limit = RollingLimit::default();
        limit.record(DAY - 30, DAY, Uint128::new(100)).unwrap();
        assert_eq!(
            limit
                .headroom(DAY + 30, DAY, Uint128::new(100))
                .unwrap()
                .u128(),
            0
        );
    }

    #[test]
    fn a_period_shorter_than_its_buckets() {
        let mut limit = RollingLimit::default();
        limit.record(10, 5, Uint128::new(7)).unwrap();
        assert_eq!(limit.used(14, 5).unwrap().u128(), 7);
        assert_eq!(limit.used(15, 5).unwrap().u128(), 0);
    }

    #[test]
    fn sums_that_do_not_fit_are_errors() {
        let mut limit = RollingLimit::default();
        limit.record(0, DAY, Uint128::MAX).unwrap();
        assert!(limit.record(1, DAY, Uint128::one()).is_err());
    }

    proptest! {
        /// No two buckets that count at once share a place of the ring.
        #[test]
        fn the_ring_is_large_enough(
            period in 1u64..200_000, buckets in 1u64..40, now in 0u64..10_000_000, back in 0u64..300_000,
        ) {
            let window = Window::new(period, buckets);
            let (newest, other) = (window.start(now), window.start(now.saturating_sub(back)));
            prop_assert!(newest <= now);
            prop_assert_eq!(window.counts(window.start(now.saturating_sub(period - 1)), now), true);
            if other != newest && window.counts(other, now) {
                prop_assert!(window.slot(other) != window.slot(newest));
            }
        }

        /// Whoever takes all the headroom at every step never exceeds the limit in a window.
        #[test]
        fn no_window_exceeds_the_limit(steps in prop::collection::vec((1u64..20_000, 0u128..200), 1..200)) {
            let (mut limit, most) = (RollingLimit::default(), Uint128::new(1000));
            let (mut now, mut log) = (0u64, vec![]);
            for (wait, want) in steps {
                now += wait;
                let amount = limit.headroom(now, DAY, most).unwrap().min(Uint128::new(want));
                limit.record(now, DAY, amount).unwrap();
                log.push((now, amount));
                let in_window: Uint128 =
                    log.iter().filter(|(t, _)| t + DAY > now).map(|(_, a)| *a).sum();
                prop_assert!(in_window <= most);
                prop_assert!(limit.buckets.len() <= 26);
            }
        }
    }
}
