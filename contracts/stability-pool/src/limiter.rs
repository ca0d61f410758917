//! The four limits on what happens within any 24 hours.

use ballast_math::{StabilityPool, Window, rounding};
use ballast_types::stability_pool::{Guards, Headroom};
use cosmwasm_std::{Decimal, Decimal256, Order, StdResult, Storage, Uint128};

use crate::{
    error::ContractError,
    state::{Bucket, FLOWS, Flow},
};

/// Twelve buckets: headroom comes back at most two hours late, and the thirteen small records
/// of the ring cost less than one large one.
const DAY: Window = Window::new(86_400, 12);

/// What happened within the last 24 hours.
pub struct Limiter {
    used: Flow,
    current: Bucket,
}

impl Limiter {
    pub fn load(storage: &dyn Storage, now: u64) -> Result<Self, ContractError> {
        let start = DAY.start(now);
        let buckets: Vec<(u64, Bucket)> = FLOWS
            .range(storage, None, None, Order::Ascending)
            .collect::<StdResult<_>>()?;
        let mut limiter = Self {
            used: Flow::default(),
            current: Bucket {
                start,
                flow: Flow::default(),
            },
        };
        for (_, bucket) in buckets {
            if DAY.counts(bucket.start, now) {
                limiter.used = limiter.used.plus(&bucket.flow)?;
            }
            if bucket.start == start {
                limiter.current = bucket;
            }
        }
        Ok(limiter)
    }

    /// What may still happen, with the pool as it is now.
    pub fn headroom(
        &self,
        guards: &Guards,
        pool: &StabilityPool,
    ) -> Result<Headroom, ContractError> {
        let part_of_pool = guards
            .max_seigniorage
            .map(|part| rounding::mul_floor(pool.dcm, part))
            .transpose()?;
        Ok(Headroom {
            minted: left(guards.max_minted, self.used.minted),
            paid_out: left(guards.max_paid_out, self.used.paid_out),
            seigniorage: left(part_of_pool, self.used.seigniorage),
            par_rise: guards
                .max_par_rise
                .map(|part| self.par_headroom(pool.par, part))
                .transpose()?,
        })
    }

    /// Par rose to where it is by the sum of its rises: it may rise to (1 + part) times where it
    /// was before them.
    fn par_headroom(&self, par: Decimal256, part: Decimal) -> Result<Decimal256, ContractError> {
        let before = par.saturating_sub(self.used.par_rise);
        let allowed = rounding::mul_div_floor(
            before.atomics(),
            part.atomics().into(),
            Decimal256::one().atomics(),
        )?;
        Ok(Decimal256::new(allowed).saturating_sub(self.used.par_rise))
    }

    /// Counts what a swap does to the pool as it was before it, unless a limit refuses it.
    pub fn take(
        &mut self,
        guards: &Guards,
        pool: &StabilityPool,
        flow: &Flow,
    ) -> Result<(), ContractError> {
        let headroom = self.headroom(guards, pool)?;
        require("minted DUCA", headroom.minted, flow.minted)?;
        require("paid out DCM", headroom.paid_out, flow.paid_out)?;
        require("seigniorage", headroom.seigniorage, flow.seigniorage)?;
        if let Some(headroom) = headroom.par_rise
            && flow.par_rise > headroom
        {
            return Err(ContractError::ParLimitExceeded {
                headroom,
                rise: flow.par_rise,
            });
        }
        self.used = self.used.plus(flow)?;
        self.current.flow = self.current.flow.plus(flow)?;
        Ok(())
    }

    /// Keeps what was counted; a bucket in which nothing happened leaves no record.
    pub fn save(&self, storage: &mut dyn Storage) -> StdResult<()> {
        if self.current.flow == Flow::default() {
            return Ok(());
        }
        FLOWS.save(storage, DAY.slot(self.current.start), &self.current)
    }
}

impl Flow {
    fn plus(&self, other: &Self) -> Result<Self, ContractError> {
        Ok(Self {
            minted: self.minted.checked_add(other.minted)?,
            paid_out: self.paid_out.checked_add(other.paid_out)?,
            seigniorage: self.seigniorage.checked_add(other.seigniorage)?,
            par_rise: self.par_rise.checked_add(other.par_rise)?,
        })
    }
}

fn left(limit: Option<Uint128>, used: Uint128) -> Option<Uint128> {
    limit.map(|limit| limit.saturating_sub(used))
}

fn require(
    limit: &'static str,
    headroom: Option<Uint128>,
    asked: Uint128,
) -> Result<(), ContractError> {
    match headroom {
        // what asks for nothing exceeds nothing, even where more than all is used
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

    fn pool(par: &str) -> StabilityPool {
        StabilityPool {
            dcm: Uint128::new(10_000),
            ..StabilityPool::new(d(par))
        }
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

    fn flow(minted: u128, paid_out: u128, seigniorage: u128, par_rise: &str) -> Flow {
        Flow {
            minted: minted.into(),
            paid_out: paid_out.into(),
            seigniorage: seigniorage.into(),
            par_rise: d(par_rise),
        }
    }

    fn take(
        storage: &mut MockStorage,
        now: u64,
        par: &str,
        flow: &Flow,
    ) -> Result<(), ContractError> {
        let mut limiter = Limiter::load(storage, now)?;
        limiter.take(&guards(), &pool(par), flow)?;
        limiter.save(storage)?;
        Ok(())
    }

    #[test]
    fn all_that_is_allowed_and_not_one_unit_more() {
        let full = flow(100, 50, 100, "0.02");
        let over = [
            flow(101, 0, 0, "0"),
            flow(0, 51, 0, "0"),
            flow(0, 0, 101, "0"),
            flow(0, 0, 0, "0.020000000000000001"),
        ];
        let mut storage = MockStorage::new();
        for flow in &over {
            assert!(take(&mut storage, 0, "2", flow).is_err());
        }
        assert_eq!(
            FLOWS.keys(&storage, None, None, Order::Ascending).count(),
            0
        );
        take(&mut storage, 0, "2", &full).unwrap();
        let one = [
            flow(1, 0, 0, "0"),
            flow(0, 1, 0, "0"),
            flow(0, 0, 1, "0"),
            flow(0, 0, 0, "0.000000000000000001"),
        ];
        for now in [0, 7_200, 86_399, 93_598] {
            for flow in &one {
                assert!(take(&mut storage, now, "2.02", flow).is_err(), "at {now}");
            }
        }
        take(&mut storage, 93_599, "2.02", &full).unwrap();
    }

    #[test]
    fn what_asks_for_nothing_is_never_refused() {
        let mut storage = MockStorage::new();
        take(&mut storage, 0, "2", &flow(0, 0, 100, "0")).unwrap();
        let mut limiter = Limiter::load(&storage, 0).unwrap();
        // the providers have left with nine tenths
        let small = StabilityPool {
            dcm: Uint128::new(1_000),
            ..pool("2")
        };
        let headroom = limiter.headroom(&guards(), &small).unwrap();
        assert_eq!(headroom.seigniorage, Some(Uint128::zero()));
        limiter
            .take(&guards(), &small, &flow(1, 1, 0, "0"))
            .unwrap();
    }

    /// Whoever raises par by all that is allowed at every step never raises it by more than one
    /// per cent in a day.
    #[test]
    fn par_rises_by_one_per_cent_a_day() {
        let mut storage = MockStorage::new();
        let (mut par, mut log) = (d("2"), vec![]);
        for now in (0..10 * 86_400).step_by(1_000) {
            let limiter = Limiter::load(&storage, now).unwrap();
            let stock = StabilityPool::new(par);
            let rise = limiter
                .headroom(&guards(), &stock)
                .unwrap()
                .par_rise
                .unwrap();
            take(
                &mut storage,
                now,
                &par.to_string(),
                &flow(0, 0, 0, &rise.to_string()),
            )
            .unwrap();
            par += rise;
            log.push((now, par));
            let (_, then) = log.iter().find(|(time, _)| time + 86_400 > now).unwrap();
            assert!(par <= *then * d("1.01"), "at {now}");
        }
        assert!(par > d("2.15"), "{par}");
        assert!(FLOWS.keys(&storage, None, None, Order::Ascending).count() <= 13);
    }
}
