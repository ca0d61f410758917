//! Fees and incentives on their way to LPs (DESIGN §6 and §7).
//!
//! What a pool earns in fees is divided by its cuts, then over its vaults by value, then over
//! accounts by shares. A [`Cut`] never falls on fees that were earned before it rose. A [`Stream`]
//! spreads an outside incentive over time, and its clock runs only while there is somebody to
//! earn it.

use cosmwasm_std::{Decimal, Uint128};

use crate::{
    Accrued, MathError,
    distribution::{Actor, Distribution, Since, Track},
    rounding::mul_floor,
    stored_as_array,
};

/// The most that all cuts of a pool may be together.
pub const MOST_CUT: Decimal = Decimal::percent(50);
/// How long a rise of a cut is known before it takes effect: three days.
pub const CUT_DELAY_SECS: u64 = 259_200;

/// A part of a pool's fees that goes elsewhere.
#[derive(Clone, Debug, PartialEq, Copy, Eq)]
pub struct Cut {
    rate: Decimal,
    /// What it rises to, and from when on.
    rise: Option<(Decimal, u64)>,
}
stored_as_array!(Cut { rate, rise });

impl Default for Cut {
    fn default() -> Self {
        Self {
            rate: Decimal::zero(),
            rise: None,
        }
    }
}

impl Cut {
    /// The rate in force at a time.
    pub fn at(&self, time: u64) -> Decimal {
        match self.rise {
            Some((rate, from)) if time >= from => rate,
            _ => self.rate,
        }
    }

    /// The highest rate it has or is going to have: what counts towards [`MOST_CUT`].
    pub fn highest(&self) -> Decimal {
        self.rise.map_or(self.rate, |(rate, _)| rate.max(self.rate))
    }

    /// What it rises to after a time, and when.
    pub fn rise_after(&self, now: u64) -> Option<(Decimal, u64)> {
        self.rise.filter(|(_, from)| *from > now)
    }

    /// Sets the rate: at once when it is not above the one in force, after [`CUT_DELAY_SECS`]
    /// when it is. The caller has pulled the fees that were earned until now.
    #[must_use]
    pub fn set(&self, rate: Decimal, now: u64) -> Self {
        let present = self.at(now);
        if rate <= present {
            return Self { rate, rise: None };
        }
        let from = now.saturating_add(CUT_DELAY_SECS);
        Self {
            rate: present,
            rise: Some((rate, from)),
        }
    }
}

/// Whether cuts leave LPs their half.
pub fn cuts_are_within_limit<'a>(cuts: impl IntoIterator<Item = &'a Cut>) -> bool {
    cuts.into_iter()
        .try_fold(Decimal::zero(), |sum, cut| sum.checked_add(cut.highest()))
        .is_ok_and(|sum| sum <= MOST_CUT)
}

/// Fees after cuts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// For each cut, in their order.
    pub cuts: Vec<Accrued>,
    /// For the LPs: all that is left.
    pub lps: Accrued,
}

/// Divides fees: floor(fees · rate) for each cut, with all digits, and the rest for the LPs.
///
/// `rates` are those that were in force at the pool's previous pull.
pub fn share_fees(fees: Accrued, rates: &[Decimal]) -> Result<Shared, MathError> {
    let cuts = rates
        .iter()
        .map(|rate| fees.mul_floor(*rate))
        .collect::<Result<Vec<_>, _>>()?;
    let lps = cuts
        .iter()
        .try_fold(fees, |left, cut| left.checked_sub(*cut))?;
    if lps.is_negative() {
        return Err(MathError::out_of_range("cuts above all fees"));
    }
    Ok(Shared { cuts, lps })
}

/// What each of several recipients gets of an amount: floor(amount · share), in base units.
///
/// What rounding leaves is the caller's to keep. As long as the shares sum to one at most, so do the
/// parts to the amount.
pub fn parts_floor(
    amount: Uint128,
    shares: impl IntoIterator<Item = Decimal>,
) -> Result<Vec<Uint128>, MathError> {
    shares
        .into_iter()
        .map(|share| mul_floor(amount, share))
        .collect()
}

/// An incentive that is spread over time and over shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Base units in all.
    amount: Uint128,
    /// Seconds with shares until all of it is spread; none for a gift.
    duration_secs: u64,
    /// Seconds with shares so far.
    elapsed_secs: u64,
    /// Until when its clock has been read.
    read_at: u64,
    /// The epoch of the shares when it began.
    born: u32,
    track: Track,
}
stored_as_array!(Stream {
    amount,
    duration_secs,
    elapsed_secs,
    read_at,
    born,
    track
});

/// What an account has earned of a stream.
#[derive(Clone, Debug, PartialEq, Copy, Default, Eq)]
pub struct Claim {
    since: Since,
    accrued: Accrued,
}
stored_as_array!(Claim { since, accrued });

impl Stream {
    /// `amount` base units from `start` on, over `duration_secs` seconds in which there are
    /// shares.
    pub const fn new(
        amount: Uint128,
        start: u64,
        duration_secs: u64,
        holders: &Distribution,
    ) -> Self {
        Self {
            amount,
            duration_secs,
            elapsed_secs: 0,
            read_at: start,
            born: holders.epoch(),
            track: Track::starting(holders.epoch()),
        }
    }

    /// Runs again, with another amount, over the same shares. Claims go on as they are: what was
    /// spread until now stays theirs.
    ///
    /// The caller has let it [`Self::accrue`] until now.
    ///
    /// # Errors
    /// While it runs, and without a duration.
    pub fn run(
        &mut self,
        amount: Uint128,
        start: u64,
        duration_secs: u64,
    ) -> Result<(), MathError> {
        if !self.is_spent() {
            return Err(MathError::out_of_range("two streams at once"));
        }
        if duration_secs == 0 {
            return Err(MathError::divide_by_zero("a stream without a duration"));
        }
        self.amount = amount;
        self.duration_secs = duration_secs;
        self.elapsed_secs = 0;
        self.read_at = start;
        Ok(())
    }

    /// Spreads an amount over those who have shares now: a gift, or what a vault has earned of a
    /// stream of its pool.
    ///
    /// # Errors
    /// Without shares, unless there is nothing to give.
    pub fn give_floor(&mut self, amount: Accrued, holders: &Distribution) -> Result<(), MathError> {
        self.track.follow(holders.epoch())?;
        self.track.give_floor(amount, holders.total_shares())
    }

    /// Spreads what has become due until `now` over the shares that there were: called before
    /// they change. Without shares, time passes and the clock stands.
    ///
    /// Σ of all spread so far = amount · elapsed / duration, rounded down with all digits of the
    /// index.
    pub fn accrue(&mut self, now: u64, holders: &Distribution) -> Result<(), MathError> {
        self.track.follow(holders.epoch())?;
        let passed = now.saturating_sub(self.read_at);
        self.read_at = self.read_at.max(now);
        if holders.is_empty() {
            return Ok(());
        }
        let spread = self.spread()?;
        self.elapsed_secs = self
            .elapsed_secs
            .saturating_add(passed)
            .min(self.duration_secs);
        let due = self.spread()?.checked_sub(spread)?;
        self.track.give_floor(due, holders.total_shares())
    }

    /// What is still to be spread.
    pub fn unspread(&self) -> Result<Accrued, MathError> {
        Accrued::from_units(self.amount)?.checked_sub(self.spread()?)
    }

    /// Whether all of it is spread.
    pub const fn is_spent(&self) -> bool {
        self.elapsed_secs >= self.duration_secs
    }

    /// When it ends if there are shares all the time from `now` on.
    pub fn ends_at(&self, now: u64) -> u64 {
        let left = self.duration_secs.saturating_sub(self.elapsed_secs);
        self.read_at.max(now).saturating_add(left)
    }

    fn spread(&self) -> Result<Accrued, MathError> {
        if self.duration_secs == 0 {
            return Ok(Accrued::ZERO);
        }
        Accrued::from_units(self.amount)?.part_floor(self.elapsed_secs, self.duration_secs)
    }
}

impl Claim {
    /// The claim of an account that has none yet: its shares have not changed since the stream
    /// began.
    pub fn first(stream: &Stream) -> Self {
        Self {
            since: Since::start_of(stream.born),
            accrued: Accrued::ZERO,
        }
    }

    /// Books what the account has earned: called before its shares change, with the shares it
    /// had, and after [`Stream::accrue`].
    pub fn settle(&mut self, stream: &mut Stream, holder: &Actor) -> Result<(), MathError> {
        let shares = holder.shares_in(self.since.epoch())?;
        let earned = stream.track.take(&mut self.since, shares)?;
        self.accrued = self.accrued.checked_add(earned)?;
        Ok(())
    }

    /// What it has earned, as of when it was last settled.
    pub const fn accrued(&self) -> Accrued {
        self.accrued
    }

    /// Takes all of it with all digits, to be passed on: a vault's part of a stream of its pool.
    pub const fn pass_on(&mut self) -> Accrued {
        std::mem::replace(&mut self.accrued, Accrued::ZERO)
    }

    /// Takes whole base units out, to be paid: floor.
    pub fn take_floor(&mut self) -> Result<Uint128, MathError> {
        self.accrued.take_floor()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::Uint256;
    use proptest::prelude::*;
    use rstest::rstest;

    const DAY: u64 = 86_400;

    fn n(amount: u128) -> Uint128 {
        Uint128::new(amount)
    }

    fn units(n: i128) -> Accrued {
        Accrued::from_units(n).unwrap()
    }

    // ------------------------------------------------------------ cuts

    /// DESIGN §7: 5 % and 15 % of 1,000.
    #[test]
    fn fifty_and_a_hundred_and_fifty_of_a_thousand() {
        let rates = [Decimal::percent(5), Decimal::percent(15)];
        let shared = share_fees(units(1_000_000_000), &rates).unwrap();
        assert_eq!(shared.cuts, [units(50_000_000), units(150_000_000)]);
        assert_eq!(shared.lps, units(800_000_000));
    }

    #[test]
    fn without_cuts_all_is_for_lps() {
        assert_eq!(share_fees(units(7), &[]).unwrap().lps, units(7));
        let rates = [Decimal::percent(60); 2];
        assert!(share_fees(units(7), &rates).is_err());
    }

    #[rstest]
    #[case(&[30, 20], true)]
    #[case(&[30, 20, 1], false)]
    #[case(&[], true)]
    fn limit_of_cuts(#[case] rates: &[u64], #[case] allowed: bool) {
        let cuts: Vec<_> = rates
            .iter()
            .map(|rate| Cut::default().set(Decimal::percent(*rate), 0))
            .collect();
        assert_eq!(cuts_are_within_limit(&cuts), allowed);
    }

    #[test]
    fn a_rise_waits_and_a_fall_does_not() {
        let (low, high) = (Decimal::percent(5), Decimal::percent(20));
        let cut = Cut::default().set(low, 0);
        assert_eq!(cut.at(CUT_DELAY_SECS - 1), Decimal::zero());
        assert_eq!(cut.at(CUT_DELAY_SECS), low);
        let risen = cut.set(high, CUT_DELAY_SECS);
        assert_eq!(risen.at(2 * CUT_DELAY_SECS - 1), low);
        assert_eq!(risen.at(2 * CUT_DELAY_SECS), high);
        assert_eq!(risen.highest(), high);
        let fallen = risen.set(low, 2 * CUT_DELAY_SECS);
        assert_eq!(fallen.at(2 * CUT_DELAY_SECS), low);
        assert_eq!(fallen.highest(), low);
        // A second rise begins its own three days, from what is in force.
        let again = cut.set(high, CUT_DELAY_SECS - 1);
        assert_eq!(again.at(2 * CUT_DELAY_SECS - 2), Decimal::zero());
    }

    #[test]
    fn parts_of_cuts() {
        let shares = [25, 75].map(Decimal::percent);
        assert_eq!(parts_floor(n(200), shares).unwrap(), [n(50), n(150)]);
        assert_eq!(parts_floor(n(3), shares).unwrap(), [n(0), n(2)]);
    }

    // ------------------------------------------------------------ streams

    fn holders(of: &[u128]) -> (Distribution, Vec<Actor>) {
        let mut vault = Distribution::default();
        let actors = of
            .iter()
            .map(|shares| {
                let mut actor = Actor::default();
                set(&mut vault, &mut actor, *shares);
                actor
            })
            .collect();
        (vault, actors)
    }

    fn set(vault: &mut Distribution, actor: &mut Actor, shares: u128) {
        let _nothing = vault.set_shares(actor, Uint256::from(shares)).unwrap();
    }

    fn earned(stream: &mut Stream, claim: &mut Claim, holder: &Actor) -> u128 {
        claim.settle(stream, holder).unwrap();
        claim.take_floor().unwrap().u128()
    }

    /// DESIGN §7: 700 over 7 days pay a holder of half the shares 50 after one day.
    #[test]
    fn fifty_after_one_day() {
        let (vault, actors) = holders(&[3, 3]);
        let mut stream = Stream::new(n(700), 100, 7 * DAY, &vault);
        stream.accrue(50, &vault).unwrap();
        stream.accrue(100 + DAY, &vault).unwrap();
        let mut claim = Claim::first(&stream);
        assert_eq!(earned(&mut stream, &mut claim, &actors[0]), 50);
        assert_eq!(earned(&mut stream, &mut claim, &actors[0]), 0);
        stream.accrue(100 + 30 * DAY, &vault).unwrap();
        assert_eq!(earned(&mut stream, &mut claim, &actors[0]), 300);
        assert!(stream.is_spent());
        let mut other = Claim::first(&stream);
        assert_eq!(earned(&mut stream, &mut other, &actors[1]), 350);
    }

    /// The clock stands while nobody has shares, and the end moves.
    #[test]
    fn nobody_misses_anything_while_nobody_is_there() {
        let (mut vault, mut actors) = holders(&[1]);
        let mut stream = Stream::new(n(700), 0, 7 * DAY, &vault);
        let mut claim = Claim::first(&stream);
        stream.accrue(DAY, &vault).unwrap();
        claim.settle(&mut stream, &actors[0]).unwrap();
        set(&mut vault, &mut actors[0], 0);
        assert_eq!(stream.ends_at(DAY), 7 * DAY);
        stream.accrue(11 * DAY, &vault).unwrap();
        assert_eq!(stream.ends_at(11 * DAY), 17 * DAY);
        claim.settle(&mut stream, &actors[0]).unwrap();
        set(&mut vault, &mut actors[0], 1);
        stream.accrue(17 * DAY - 1, &vault).unwrap();
        assert!(!stream.is_spent());
        stream.accrue(17 * DAY, &vault).unwrap();
        assert!(stream.is_spent());
        assert_eq!(earned(&mut stream, &mut claim, &actors[0]), 700);
    }

    #[test]
    fn an_entrant_earns_nothing_of_before() {
        let (mut vault, mut actors) = holders(&[1, 0]);
        let mut stream = Stream::new(n(700), 0, 7 * DAY, &vault);
        stream.accrue(DAY, &vault).unwrap();
        let mut late = Claim::first(&stream);
        late.settle(&mut stream, &actors[1]).unwrap();
        set(&mut vault, &mut actors[1], 1);
        stream.accrue(2 * DAY, &vault).unwrap();
        assert_eq!(earned(&mut stream, &mut late, &actors[1]), 50);
    }

    #[test]
    fn gifts() {
        let (vault, actors) = holders(&[1, 3]);
        let mut gifts = Stream::new(n(0), 0, 0, &vault);
        gifts.give_floor(units(10), &vault).unwrap();
        gifts.accrue(DAY, &vault).unwrap();
        let (mut one, mut two) = (Claim::first(&gifts), Claim::first(&gifts));
        assert_eq!(earned(&mut gifts, &mut one, &actors[0]), 2);
        gifts.give_floor(units(10), &vault).unwrap();
        assert_eq!(earned(&mut gifts, &mut one, &actors[0]), 3);
        assert_eq!(earned(&mut gifts, &mut two, &actors[1]), 15);
        assert!(gifts.is_spent());
        assert!(
            gifts
                .give_floor(units(1), &Distribution::default())
                .is_err()
        );
    }

    /// A lane: gifts and streams one after the other, and one who claims it all at the end.
    #[test]
    fn a_spent_stream_runs_again() {
        let (mut vault, mut actors) = holders(&[1, 1]);
        let mut lane = Stream::new(n(0), 0, 0, &vault);
        let (mut one, mut two) = (Claim::first(&lane), Claim::first(&lane));
        lane.give_floor(units(10), &vault).unwrap();
        lane.accrue(DAY, &vault).unwrap();
        lane.run(n(700), 2 * DAY, 7 * DAY).unwrap();
        assert!(!lane.is_spent());
        assert_eq!(lane.ends_at(DAY), 9 * DAY);

        lane.accrue(3 * DAY, &vault).unwrap();
        assert_eq!(earned(&mut lane, &mut one, &actors[0]), 55);
        let before = lane.clone();
        assert!(lane.run(n(1), 3 * DAY, DAY).is_err());
        assert_eq!(lane, before);

        lane.accrue(9 * DAY, &vault).unwrap();
        assert!(lane.run(n(1), 9 * DAY, 0).is_err());
        // Nothing of the time between two streams counts, nor of the shares of the first.
        vault.refine().unwrap();
        lane.accrue(20 * DAY, &vault).unwrap();
        lane.run(n(90), 20 * DAY, 3 * DAY).unwrap();
        lane.give_floor(units(8), &vault).unwrap();
        lane.accrue(21 * DAY, &vault).unwrap();
        assert_eq!(earned(&mut lane, &mut one, &actors[0]), 300 + 15 + 4);
        one.settle(&mut lane, &actors[0]).unwrap();
        set(&mut vault, &mut actors[0], 0);
        lane.accrue(23 * DAY, &vault).unwrap();
        assert!(lane.is_spent());
        assert_eq!(earned(&mut lane, &mut one, &actors[0]), 0);
        assert_eq!(earned(&mut lane, &mut two, &actors[1]), 355 + 15 + 60 + 4);
    }

    /// A stream for a whole pool: its vaults by value, then their accounts by shares.
    #[test]
    fn from_pool_to_account() {
        let (pool, vaults) = holders(&[1, 3]);
        let (vault, actors) = holders(&[5, 5]);
        let mut stream = Stream::new(n(800), 0, 8 * DAY, &pool);
        let mut passed = Stream::new(n(0), 0, 0, &vault);
        let mut of_vault = Claim::first(&stream);
        stream.accrue(DAY, &pool).unwrap();
        of_vault.settle(&mut stream, &vaults[1]).unwrap();
        passed.give_floor(of_vault.pass_on(), &vault).unwrap();
        passed.give_floor(of_vault.pass_on(), &vault).unwrap();
        let mut claim = Claim::first(&passed);
        // A half of three quarters of 100.
        assert_eq!(earned(&mut passed, &mut claim, &actors[0]), 37);
        claim.settle(&mut passed, &actors[0]).unwrap();
        let half = units(1).part_floor(1, 2).unwrap();
        assert_eq!(claim.pass_on(), half);
    }

    /// A stream follows the shares into finer ones, whether the claim or the account looks first.
    #[rstest]
    #[case::claim_first(false)]
    #[case::account_first(true)]
    fn finer_shares(#[case] flushed: bool) {
        let (mut vault, mut actors) = holders(&[1, 3]);
        let mut stream = Stream::new(n(800), 0, 8 * DAY, &vault);
        let mut claim = Claim::first(&stream);
        stream.accrue(DAY, &vault).unwrap();
        vault.refine().unwrap();
        stream.accrue(2 * DAY, &vault).unwrap();
        vault.refine().unwrap();
        if flushed {
            let _nothing = vault.flush(&mut actors[0]).unwrap();
        }
        stream.accrue(4 * DAY, &vault).unwrap();
        assert_eq!(earned(&mut stream, &mut claim, &actors[0]), 100);
        stream.accrue(8 * DAY, &vault).unwrap();
        assert_eq!(earned(&mut stream, &mut claim, &actors[0]), 100);
    }

    proptest! {
        /// What is spread is amount · time with shares / duration; claims never exceed it.
        #[test]
        fn claims_never_exceed_the_stream(
            amount in 0u128..1 << 90,
            duration in 1u64..1_000_000,
            steps in prop::collection::vec((0u64..200_000, 0usize..3, 0u128..1 << 70), 1..30),
        ) {
            let (mut vault, mut actors) = holders(&[0, 0, 0]);
            let mut stream = Stream::new(n(amount), 0, duration, &vault);
            let mut claims = [Claim::first(&stream); 3];
            let (mut now, mut ran, mut paid) = (0, 0u64, 0);
            for (wait, i, shares) in steps {
                now += wait;
                if !vault.is_empty() {
                    ran = (ran + wait).min(duration);
                }
                stream.accrue(now, &vault).unwrap();
                claims[i].settle(&mut stream, &actors[i]).unwrap();
                paid += claims[i].take_floor().unwrap().u128();
                set(&mut vault, &mut actors[i], shares);
            }
            for (claim, actor) in claims.iter_mut().zip(&actors) {
                paid += earned(&mut stream, claim, actor);
            }
            let spread = n(amount).multiply_ratio(ran, duration).u128();
            prop_assert!(paid <= spread);
            prop_assert!(spread - paid <= 4);
        }

        /// Parts never exceed what there was, and miss less than a unit each.
        #[test]
        fn parts_leave_little(amount in any::<u128>(), weights in prop::collection::vec(1u128..1 << 30, 1..17)) {
            let all: u128 = weights.iter().sum();
            let mut shares: Vec<_> = weights.iter().map(|w| Decimal::from_ratio(*w, all)).collect();
            let others: Decimal = shares[1..].iter().sum();
            shares[0] = Decimal::one() - others;
            let parts = parts_floor(n(amount), shares).unwrap();
            let sum: u128 = parts.iter().map(|part| part.u128()).sum();
            prop_assert!(sum <= amount);
            prop_assert!(amount - sum < weights.len() as u128);
        }

        /// Runs one after the other: claims get all of each, but for a unit per claim.
        #[test]
        fn runs_add_up(
            runs in prop::collection::vec((0u128..1 << 90, 1u64..1_000_000, 0u64..100_000), 1..8),
            shares in prop::collection::vec(1u128..1 << 70, 1..4),
        ) {
            let (vault, actors) = holders(&shares);
            let mut lane = Stream::new(n(0), 0, 0, &vault);
            let mut claims: Vec<_> = actors.iter().map(|_| Claim::first(&lane)).collect();
            let (mut now, mut all, mut paid) = (0, 0, 0);
            for (amount, duration, wait) in runs {
                lane.run(n(amount), now + wait, duration).unwrap();
                now += wait + duration;
                lane.accrue(now, &vault).unwrap();
                all += amount;
                paid += earned(&mut lane, &mut claims[0], &actors[0]);
            }
            for (claim, actor) in claims.iter_mut().zip(&actors) {
                paid += earned(&mut lane, claim, actor);
            }
            prop_assert!(paid <= all);
            prop_assert!(all - paid <= 3);
        }

        /// Cuts and LPs together get exactly what there was.
        #[test]
        fn all_fees_arrive(fees in 0i128..1 << 90, rates in prop::collection::vec(0u64..100, 0..5)) {
            let rates: Vec<_> = rates.into_iter().map(Decimal::permille).collect();
            let shared = share_fees(units(fees), &rates).unwrap();
            let all = shared.cuts.iter().fold(shared.lps, |sum, cut| sum.checked_add(*cut).unwrap());
            prop_assert_eq!(all, units(fees));
        }
    }
}
