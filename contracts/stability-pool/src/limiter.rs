//! The four limits on what happens within any 24 hours.
//!
//! The books count what swaps have done since the beginning. The first swap of each bucket of
//! time keeps a snapshot of the counts as it found them: what happened since the oldest snapshot
//! that counts is what the limits bound. A swap thus writes no record of its own for them, but
//! for the first in two hours.

use ballast_math::{Window, rounding};
use ballast_types::stability_pool::{Guards, Headroom};
use cosmwasm_std::{Decimal, Decimal256, Order, StdResult, Storage, Uint128};

use crate::{
    error::ContractError,
    state::{Books, SNAPSHOTS, Snapshot, Totals},
};

/// Twelve buckets: headroom comes back at most two hours late.
const DAY: Window = Window::new(86_400, 12);

/// What the limits count from.
pub struct Limiter {
    /// The oldest snapshot that counts; the books as they are when there is none.
    since: Snapshot,
    /// The snapshot of the present bucket, while it has none.
    fresh: Option<Snapshot>,
}

impl Limiter {
    /// With the books as they are before any swap.
    pub fn load(storage: &dyn Storage, books: &Books, now: u64) -> StdResult<Self> {
        let start = DAY.start(now);
        let present = Snapshot {
            start,
            par: books.pool.par,
            totals: books.totals,
        };
        let mut limiter = Self {
            since: present.clone(),
            fresh: Some(present),
        };
        for entry in SNAPSHOTS.range(storage, None, None, Order::Ascending) {
            let (_, snapshot) = entry?;
            if snapshot.start == start {
                limiter.fresh = None;
            }
            // what a bucket of this start found is older than what the books say now
            if DAY.counts(snapshot.start, now) && snapshot.start <= limiter.since.start {
                limiter.since = snapshot;
            }
        }
        Ok(limiter)
    }

    /// What may still happen, with the books as they are now.
    pub fn headroom(&self, guards: &Guards, books: &Books) -> Result<Headroom, ContractError> {
        let used = self.used(books)?;
        let part_of_pool = guards
            .max_seigniorage
            .map(|part| rounding::mul_floor(books.pool.dcm, part))
            .transpose()?;
        Ok(Headroom {
            minted: left(guards.max_minted, used.minted),
            paid_out: left(guards.max_paid_out, used.paid_out),
            seigniorage: left(part_of_pool, used.seigniorage),
            par_rise: guards
                .max_par_rise
                .map(|part| self.par_headroom(books.pool.par, part))
                .transpose()?,
        })
    }

    fn used(&self, books: &Books) -> Result<Totals, ContractError> {
        books.totals.since(&self.since.totals)
    }

    /// Par may rise to (1 + part) times where it was.
    fn par_headroom(&self, par: Decimal256, part: Decimal) -> Result<Decimal256, ContractError> {
        let allowed = rounding::mul_div_floor(
            self.since.par.atomics(),
            part.atomics().into(),
            Decimal256::one().atomics(),
        )?;
        let highest = self.since.par.checked_add(Decimal256::new(allowed))?;
        Ok(highest.saturating_sub(par))
    }

    /// Refuses what takes the books from `before` to `after` when a limit does.
    pub fn require(
        &self,
        guards: &Guards,
        before: &Books,
        after: &Books,
    ) -> Result<(), ContractError> {
        let headroom = self.headroom(guards, before)?;
        let asked = after.totals.since(&before.totals)?;
        require("minted DUCA", headroom.minted, asked.minted)?;
        require("paid out DCM", headroom.paid_out, asked.paid_out)?;
        require("seigniorage", headroom.seigniorage, asked.seigniorage)?;
        let rise = after.pool.par.checked_sub(before.pool.par)?;
        match headroom.par_rise {
            Some(headroom) if rise > headroom => {
                Err(ContractError::ParLimitExceeded { headroom, rise })
            }
            _ => Ok(()),
        }
    }

    /// Keeps what the first counted swap of the present bucket found.
    pub fn save(&self, storage: &mut dyn Storage, books: &Books) -> StdResult<()> {
        match &self.fresh {
            Some(found) if found.par != books.pool.par || found.totals != books.totals => {
                SNAPSHOTS.save(storage, DAY.slot(found.start), found)
            }
            _ => Ok(()),
        }
    }
}

impl Totals {
    fn since(&self, then: &Self) -> Result<Self, ContractError> {
        Ok(Self {
            minted: self.minted.checked_sub(then.minted)?,
            paid_out: self.paid_out.checked_sub(then.paid_out)?,
            seigniorage: self.seigniorage.checked_sub(then.seigniorage)?,
        })
    }

    /// With what one more swap does.
    pub fn plus(&self, other: &Self) -> Result<Self, ContractError> {
        Ok(Self {
            minted: self.minted.checked_add(other.minted)?,
            paid_out: self.paid_out.checked_add(other.paid_out)?,
            seigniorage: self.seigniorage.checked_add(other.seigniorage)?,
        })
    }
}

fn left(limit: Option<Uint128>, used: Uint128) -> Option<Uint128> {
    limit.map(|limit| limit.saturating_sub(used))
}

/// What asks for nothing exceeds nothing, even where more than all is used.
fn require(
    limit: &'static str,
    headroom: Option<Uint128>,
    asked: Uint128,
) -> Result<(), ContractError> {
    match headroom {
        Some(headroom) if asked > headroom => Err(ContractError::LimitExceeded {
            limit,
            headroom,
            asked,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::MockStorage;
    use std::str::FromStr;

    fn d(text: &str) -> Decimal256 {
        Decimal256::from_str(text).unwrap()
    }

    fn guards() -> Guards {
        Guards {
            max_minted: Some(Uint128::new(100)),
            max_paid_out: Some(Uint128::new(50)),
            max_seigniorage: Some(Decimal::percent(1)),
            max_par_rise: Some(Decimal::percent(1)),
            ..Guards::default()
        }
    }

    /// A pool of 10,000 DCM with P = 2, and what swaps do to it.
    struct Life {
        storage: MockStorage,
        books: Books,
    }

    impl Life {
        fn new() -> Self {
            let mut books = Books::new(d("2"));
            books.pool.dcm = Uint128::new(10_000);
            Self {
                storage: MockStorage::new(),
                books,
            }
        }

        fn swap(
            &mut self,
            now: u64,
            [minted, paid_out, seigniorage]: [u128; 3],
            rise: &str,
        ) -> Result<(), ContractError> {
            let limiter = Limiter::load(&self.storage, &self.books, now)?;
            let mut after = self.books.clone();
            after.totals = after.totals.plus(&Totals {
                minted: minted.into(),
                paid_out: paid_out.into(),
                seigniorage: seigniorage.into(),
            })?;
            after.pool.par += d(rise);
            limiter.require(&guards(), &self.books, &after)?;
            limiter.save(&mut self.storage, &after)?;
            self.books = after;
            Ok(())
        }

        fn headroom(&self, now: u64) -> Headroom {
            let limiter = Limiter::load(&self.storage, &self.books, now).unwrap();
            limiter.headroom(&guards(), &self.books).unwrap()
        }

        fn records(&self) -> usize {
            SNAPSHOTS
                .keys(&self.storage, None, None, Order::Ascending)
                .count()
        }
    }

    const FULL: [u128; 3] = [100, 50, 100];
    /// Each one unit, of one counter.
    const UNITS: [([u128; 3], &str); 4] = [
        ([1, 0, 0], "0"),
        ([0, 1, 0], "0"),
        ([0, 0, 1], "0"),
        ([0, 0, 0], "0.000000000000000001"),
    ];

    #[test]
    fn all_that_is_allowed_and_not_one_unit_more() {
        let mut life = Life::new();
        let over = [
            ([101, 0, 0], "0"),
            ([0, 51, 0], "0"),
            ([0, 0, 101], "0"),
            ([0, 0, 0], "0.020000000000000001"),
        ];
        for (counts, rise) in over {
            assert!(life.swap(0, counts, rise).is_err());
        }
        assert_eq!(life.records(), 0);
        life.swap(0, FULL, "0.02").unwrap();
        for now in [0, 7_200, 86_399, 93_598] {
            for (counts, rise) in UNITS {
                assert!(life.swap(now, counts, rise).is_err(), "at {now}");
            }
        }
        life.swap(93_599, FULL, "0.0202").unwrap();
        assert_eq!(life.records(), 2);
    }

    #[test]
    fn swaps_of_several_buckets_add_up() {
        let mut life = Life::new();
        for now in [7_100, 7_200, 50_000] {
            life.swap(now, [30, 0, 0], "0.005").unwrap();
        }
        assert_eq!(life.headroom(50_000).minted.unwrap().u128(), 10);
        assert_eq!(life.headroom(50_000).par_rise, Some(d("0.005")));
        // the first is out of it, then the second, then the third
        let minted = |now| life.headroom(now).minted.unwrap().u128();
        assert_eq!([93_598, 93_599].map(minted), [10, 40]);
        assert_eq!([100_798, 100_799].map(minted), [40, 70]);
        assert_eq!([136_798, 136_799].map(minted), [70, 100]);
    }

    #[test]
    fn what_is_not_counted_leaves_no_record() {
        let mut life = Life::new();
        life.swap(0, [0, 0, 0], "0").unwrap();
        assert_eq!(life.records(), 0);
    }

    #[test]
    fn what_asks_for_nothing_is_never_refused() {
        let mut life = Life::new();
        life.swap(0, [0, 0, 100], "0").unwrap();
        // the providers leave with nine tenths
        life.books.pool.dcm = Uint128::new(1_000);
        assert_eq!(life.headroom(0).seigniorage, Some(Uint128::zero()));
        life.swap(0, [1, 1, 0], "0").unwrap();
    }

    /// Whoever raises par by all that is allowed at every step never raises it by more than one
    /// per cent in a day.
    #[test]
    fn par_rises_by_one_per_cent_a_day() {
        let mut life = Life::new();
        let mut log = vec![];
        for now in (0..10 * 86_400).step_by(1_000) {
            let rise = life.headroom(now).par_rise.unwrap();
            life.swap(now, [0, 0, 0], &rise.to_string()).unwrap();
            let par = life.books.pool.par;
            log.push((now, par));
            let (_, then) = log.iter().find(|(time, _)| time + 86_400 > now).unwrap();
            assert!(par <= *then * d("1.01"), "at {now}");
        }
        assert!(life.books.pool.par > d("2.15"));
        assert!(life.records() <= 13);
    }
}
