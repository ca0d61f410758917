//! One link of the chain Market → Pool → Vault → Account (DESIGN §6).
//!
//! A [`Distribution`] spreads debt and fees over the shares of its actors in one write, however
//! many they are: what a market gives to its pools, a pool to its vaults, a vault to its accounts.
//!
//! - **Nothing is created.** Fees round down. Debt rounds up: together the actors owe at least
//!   what was given. The remainder of a division waits for the next one, so that what was given is
//!   at each moment exactly what was taken, what is still to be taken, and that remainder.
//! - **Shares change only after a flush.** [`Distribution::set_shares`] is the only way to change
//!   them; it flushes first and hands over what the actor had earned and owed until then. Whoever
//!   changes shares before each level is flushed prints dollars.
//! - **An actor that enters earns nothing of what was given before**, and owes nothing of it.
//! - **Shares may become finer.** Liquidations cancel shares and leave what they stood for to the
//!   others. [`Distribution::refine`] then makes 10⁹ shares of every one, in one write, and begins
//!   a new epoch; an actor is brought up to date when it is next looked at. Whoever has a share has
//!   at most all of them, so that no actor with shares is more than [`EPOCHS_KEPT`] behind.

use cosmwasm_std::{Int256, Uint128, Uint256};
use serde::{de::Error as _, ser::Error as _};

use crate::{
    Accrued, Index, MathError,
    index::Mark,
    rounding::{mul_div_floor, positive_part, pow10, to_u128},
    stored::{Compact, Deserialize, Deserializer, Serialize, Serializer},
    stored_as_array,
};

/// By how many digits [`Distribution::refine`] makes shares finer.
pub const REFINEMENT_DIGITS: u8 = 9;
/// For how many epochs an index keeps where it ended: one share of nine epochs ago would be 10⁸¹
/// now, more than a `Uint256` holds.
pub const EPOCHS_KEPT: usize = 8;

/// Debt and fees over the shares of actors.
#[derive(Clone, Debug, PartialEq, Default, Eq)]
pub struct Distribution {
    total_shares: Uint256,
    /// In the actors' favour: a debt is negative.
    debt: Track,
    fees: Track,
}
impl Serialize for Distribution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (Compact(self.total_shares), &self.debt, &self.fees).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Distribution {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (Compact(total_shares), debt, fees) = Deserialize::deserialize(deserializer)?;
        Ok(Self {
            total_shares,
            debt,
            fees,
        })
    }
}

/// One thing that is spread over shares, in the favour of those who have them.
#[derive(Clone, Debug, PartialEq, Default, Eq)]
pub struct Track {
    index: Index,
    /// How many times shares have become finer.
    epoch: u32,
    /// Where the index ended in the last epochs, the latest at the end.
    ended: Vec<Mark>,
    /// Given, and not taken by an actor yet.
    pending: Accrued,
}

/// What is pending is stored without what the last division left over, which the index has: mostly
/// nothing else is pending.
impl Serialize for Track {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let spread = self.pending.checked_sub(self.index.carry());
        let spread = spread.map_err(S::Error::custom)?;
        (&self.index, self.epoch, &self.ended, spread).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Track {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (index, epoch, ended, spread): (Index, _, _, Accrued) =
            Deserialize::deserialize(deserializer)?;
        let pending = spread.checked_add(index.carry());
        Ok(Self {
            index,
            epoch,
            ended,
            pending: pending.map_err(D::Error::custom)?,
        })
    }
}

/// Where an actor last looked at a track.
#[derive(Clone, Debug, PartialEq, Copy, Default, Eq)]
pub struct Since {
    epoch: u32,
    mark: Mark,
}
stored_as_array!(Since { epoch, mark });

/// One that has shares of a distribution: a pool, a vault or an account.
#[derive(Clone, Debug, PartialEq, Copy, Default, Eq)]
pub struct Actor {
    /// In the epoch in which it last looked.
    shares: Uint256,
    debt: Since,
    fees: Since,
}
impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (Compact(self.shares), &self.debt, &self.fees).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (Compact(shares), debt, fees) = Deserialize::deserialize(deserializer)?;
        Ok(Self { shares, debt, fees })
    }
}

/// What an actor takes over from a link: it passes it on, or books it.
#[derive(Clone, Debug, PartialEq, Copy, Default, Eq)]
#[must_use = "debt and fees that are flushed and not booked are lost"]
pub struct Flushed {
    /// Debt, positive when the actor owes more than before.
    pub debt: Accrued,
    /// Fees it has earned.
    pub fees: Accrued,
}

impl Distribution {
    /// All shares there are.
    pub const fn total_shares(&self) -> Uint256 {
        self.total_shares
    }

    /// Whether there is nobody to give to.
    pub fn is_empty(&self) -> bool {
        self.total_shares.is_zero()
    }

    /// How many times shares have become finer.
    pub const fn epoch(&self) -> u32 {
        self.debt.epoch
    }

    /// Gives debt (negative: a profit) to all shares. Each share's part is rounded up.
    ///
    /// # Errors
    /// Without shares, unless there is nothing to give.
    pub fn charge_ceil(&mut self, debt: Accrued) -> Result<(), MathError> {
        self.debt.give_floor(debt.checked_neg()?, self.total_shares)
    }

    /// Gives fees to all shares. Each share's part is rounded down.
    ///
    /// # Errors
    /// Without shares, unless there is nothing to give; below zero.
    pub fn pay_floor(&mut self, fees: Accrued) -> Result<(), MathError> {
        if fees.is_negative() {
            return Err(MathError::out_of_range("fees below zero"));
        }
        self.fees.give_floor(fees, self.total_shares)
    }

    /// Hands over what the actor has come to owe and to earn since it last looked.
    pub fn flush(&mut self, actor: &mut Actor) -> Result<Flushed, MathError> {
        let shares = self.shares_of(actor)?;
        let flushed = Flushed {
            debt: self
                .debt
                .take(&mut actor.debt, actor.shares)?
                .checked_neg()?,
            fees: self.fees.take(&mut actor.fees, actor.shares)?,
        };
        actor.shares = shares;
        Ok(flushed)
    }

    /// Flushes the actor and gives it so many shares from now on.
    pub fn set_shares(&mut self, actor: &mut Actor, shares: Uint256) -> Result<Flushed, MathError> {
        let flushed = self.flush(actor)?;
        let others = self.total_shares.checked_sub(actor.shares)?;
        self.total_shares = others.checked_add(shares)?;
        actor.shares = shares;
        Ok(flushed)
    }

    /// What [`Self::flush`] would hand over.
    pub fn preview(&self, actor: &Actor) -> Result<Flushed, MathError> {
        let debt = self.debt.accrued_since(actor.debt, actor.shares)?;
        Ok(Flushed {
            debt: debt.checked_neg()?,
            fees: self.fees.accrued_since(actor.fees, actor.shares)?,
        })
    }

    /// The actor's shares, as fine as they are now.
    pub fn shares_of(&self, actor: &Actor) -> Result<Uint256, MathError> {
        actor.shares_in(self.epoch())
    }

    /// Debt that was given and that no actor has taken yet. Never above what they will take.
    pub fn debt_pending(&self) -> Result<Accrued, MathError> {
        self.debt.pending.checked_neg()
    }

    /// Fees that were given and that no actor has taken yet. Never below what they will take.
    pub const fn fees_pending(&self) -> Accrued {
        self.fees.pending
    }

    /// Makes 10⁹ shares of every share. Nobody's part changes.
    pub fn refine(&mut self) -> Result<(), MathError> {
        self.total_shares = finer(self.total_shares, 1)?;
        self.debt.begin_epoch()?;
        self.fees.begin_epoch()
    }
}

impl Actor {
    /// Its shares, as fine as they were in an epoch in which they were the same.
    pub(crate) fn shares_in(&self, epoch: u32) -> Result<Uint256, MathError> {
        let own = self.debt.epoch;
        if self.shares.is_zero() || own == epoch {
            return Ok(self.shares);
        }
        if own < epoch {
            return finer(self.shares, epochs(epoch, own)?);
        }
        let times = finer(Uint256::one(), epochs(own, epoch)?)?;
        mul_div_floor(self.shares, Uint256::one(), times)
    }
}

impl Since {
    /// Where a track stands that has given nothing in this epoch.
    pub(crate) fn start_of(epoch: u32) -> Self {
        Self {
            epoch,
            mark: Mark::default(),
        }
    }

    pub(crate) const fn epoch(self) -> u32 {
        self.epoch
    }
}

impl Track {
    /// One that has given nothing yet, over the shares of an epoch.
    pub(crate) const fn starting(epoch: u32) -> Self {
        Self {
            index: Index::NOTHING,
            epoch,
            ended: vec![],
            pending: Accrued::ZERO,
        }
    }

    /// Gives `amount` to all shares, in their favour. Each share's part is rounded down.
    ///
    /// # Errors
    /// Without shares, unless there is nothing to give.
    pub fn give_floor(&mut self, amount: Accrued, total_shares: Uint256) -> Result<(), MathError> {
        self.index.distribute_floor(amount, total_shares)?;
        self.pending = self.pending.checked_add(amount)?;
        Ok(())
    }

    /// Given, and not taken by an actor yet.
    pub const fn pending(&self) -> Accrued {
        self.pending
    }

    /// Where it stands.
    pub const fn here(&self) -> Since {
        Since {
            epoch: self.epoch,
            mark: self.index.mark(),
        }
    }

    /// What `shares`, as fine as they were then, have accrued since.
    pub fn accrued_since(&self, since: Since, shares: Uint256) -> Result<Accrued, MathError> {
        if shares.is_zero() {
            return Ok(Accrued::ZERO);
        }
        let (mut from, mut shares, mut sum) = (since.mark, shares, Accrued::ZERO);
        for end in self.ended_since(since.epoch)? {
            sum = sum.checked_add(end.accrued_since(from, shares)?)?;
            shares = finer(shares, 1)?;
            from = Mark::default();
        }
        sum.checked_add(self.index.accrued_since(from, shares)?)
    }

    /// Hands over what `shares` have accrued, and moves the mark here.
    pub fn take(&mut self, since: &mut Since, shares: Uint256) -> Result<Accrued, MathError> {
        let accrued = self.accrued_since(*since, shares)?;
        self.pending = self.pending.checked_sub(accrued)?;
        *since = self.here();
        Ok(accrued)
    }

    /// Follows the shares into the epoch of the distribution whose shares these are.
    pub(crate) fn follow(&mut self, epoch: u32) -> Result<(), MathError> {
        let kept = u32::try_from(EPOCHS_KEPT).unwrap_or(u32::MAX);
        let oldest = epoch.saturating_sub(kept);
        if self.epoch < oldest {
            // Nobody who had shares then can have any now.
            self.index.restart();
            self.ended.clear();
            self.epoch = oldest;
        }
        while self.epoch < epoch {
            self.begin_epoch()?;
        }
        Ok(())
    }

    fn begin_epoch(&mut self) -> Result<(), MathError> {
        self.epoch = self
            .epoch
            .checked_add(1)
            .ok_or(MathError::out_of_range("a number of epochs"))?;
        self.ended.push(self.index.restart());
        let superfluous = self.ended.len().saturating_sub(EPOCHS_KEPT);
        self.ended.drain(..superfluous);
        Ok(())
    }

    /// Where the index ended in each epoch from `epoch` to the one before this.
    fn ended_since(&self, epoch: u32) -> Result<&[Mark], MathError> {
        let missing = || MathError::out_of_range("shares of an epoch long ago");
        let epochs = usize::try_from(epochs(self.epoch, epoch)?).map_err(|_| missing())?;
        let first = self.ended.len().checked_sub(epochs).ok_or_else(missing)?;
        self.ended.get(first..).ok_or_else(missing)
    }
}

fn epochs(now: u32, then: u32) -> Result<u32, MathError> {
    now.checked_sub(then)
        .ok_or(MathError::out_of_range("an epoch before its time"))
}

/// Shares after so many refinements.
fn finer(shares: Uint256, epochs: u32) -> Result<Uint256, MathError> {
    let times = pow10(REFINEMENT_DIGITS)?
        .checked_pow(epochs)
        .map_err(|_| MathError::out_of_range("finer shares"))?;
    Ok(shares.checked_mul(times)?)
}

/// Debt (negative: profit) that nobody may carry, kept where it arose. The next opposite movement
/// meets it first; it never falls on an actor later.
#[derive(Clone, Debug, PartialEq, Copy, Default, Eq, Serialize, Deserialize)]
pub struct Unassigned(Accrued);

impl Unassigned {
    /// What it is: positive for debt.
    pub const fn amount(self) -> Accrued {
        self.0
    }

    /// What is left of a movement of debt after it has met an opposite one here.
    pub fn meet(&mut self, movement: Accrued) -> Result<Accrued, MathError> {
        let (left, rest) = self.0.meet(movement)?;
        self.0 = left;
        Ok(rest)
    }

    /// Adds what nobody may carry.
    pub fn add(&mut self, debt: Accrued) -> Result<(), MathError> {
        self.0 = self.0.checked_add(debt)?;
        Ok(())
    }

    /// The most whole base units by which [`Self::donate`] lowers it.
    pub fn donatable(self) -> Result<Uint128, MathError> {
        to_u128(positive_part(self.0.units_floor()?))
    }

    /// Lowers it by as much of `burnt` base units as there is debt, and says how much.
    pub fn donate(&mut self, burnt: Uint128) -> Result<Uint128, MathError> {
        let taken = burnt.min(self.donatable()?);
        self.0 = self
            .0
            .checked_sub(Accrued::from_units(Int256::from(taken))?)?;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn units(n: i128) -> Accrued {
        Accrued::from_units(n).unwrap()
    }

    fn shares(n: u128) -> Uint256 {
        Uint256::from(n)
    }

    /// An actor that enters with so many shares, and owes and earns nothing by it.
    fn enter(link: &mut Distribution, n: u128) -> Actor {
        let mut actor = Actor::default();
        let flushed = link.set_shares(&mut actor, shares(n)).unwrap();
        assert_eq!(flushed, Flushed::default());
        actor
    }

    fn whole(flushed: Flushed) -> (u128, u128, u128) {
        let mut fees = flushed.fees;
        (
            flushed.debt.owed_ceil().unwrap().u128(),
            flushed.debt.credit_floor().unwrap().u128(),
            fees.take_floor().unwrap().u128(),
        )
    }

    /// Debt up, credit down, fees down: (owed, credit, fees) of each of two actors.
    #[rstest]
    #[case::even(30, 30, (10, 0, 10), (20, 0, 20))]
    #[case::rounds_against_both(31, 31, (11, 0, 10), (21, 0, 20))]
    #[case::profit(-31, 0, (0, 10, 0), (0, 20, 0))]
    #[case::nothing(0, 0, (0, 0, 0), (0, 0, 0))]
    fn one_third_and_two(
        #[case] debt: i128,
        #[case] fees: i128,
        #[case] first: (u128, u128, u128),
        #[case] second: (u128, u128, u128),
    ) {
        let mut link = Distribution::default();
        let (mut one, mut two) = (enter(&mut link, 1), enter(&mut link, 2));
        link.charge_ceil(units(debt)).unwrap();
        link.pay_floor(units(fees)).unwrap();
        assert_eq!(whole(link.preview(&one).unwrap()), first);
        assert_eq!(whole(link.flush(&mut one).unwrap()), first);
        assert_eq!(whole(link.flush(&mut two).unwrap()), second);
        assert_eq!(link.flush(&mut two).unwrap(), Flushed::default());
    }

    #[test]
    fn nobody_to_give_to() {
        let mut link = Distribution::default();
        assert!(link.charge_ceil(units(1)).is_err());
        assert!(link.pay_floor(units(1)).is_err());
        link.charge_ceil(Accrued::ZERO).unwrap();
        let _actor = enter(&mut link, 1);
        assert!(link.pay_floor(units(-1)).is_err());
    }

    /// The first to come has earned all that was given before the second came, and half after.
    #[test]
    fn an_entrant_gets_nothing_of_before() {
        let mut link = Distribution::default();
        let mut early = enter(&mut link, 7);
        link.pay_floor(units(100)).unwrap();
        link.charge_ceil(units(50)).unwrap();
        let mut late = enter(&mut link, 7);
        assert_eq!(whole(link.flush(&mut late).unwrap()), (0, 0, 0));
        link.pay_floor(units(10)).unwrap();
        assert_eq!(whole(link.flush(&mut late).unwrap()), (0, 0, 5));
        assert_eq!(whole(link.flush(&mut early).unwrap()), (50, 0, 105));
    }

    /// Synthetix V3 printed dollars by changing shares before the level was flushed: with ten times
    /// the shares an actor would take ten times the profit that was given to all.
    #[test]
    fn more_shares_take_no_more_of_what_was_given_before() {
        let mut link = Distribution::default();
        let (mut one, mut two) = (enter(&mut link, 1), enter(&mut link, 1));
        link.charge_ceil(units(-100)).unwrap();
        let taken = link.set_shares(&mut one, shares(10)).unwrap();
        assert_eq!(whole(taken), (0, 50, 0));
        assert_eq!(link.flush(&mut one).unwrap(), Flushed::default());
        assert_eq!(whole(link.flush(&mut two).unwrap()), (0, 50, 0));
        assert!(link.debt_pending().unwrap().is_zero());
    }

    /// Of 10²⁷ shares one in 10¹², then one in 10¹⁸ are left, finer each time: what they get arrives
    /// to the unit, and so does what was given before each epoch.
    #[test]
    fn all_but_a_trillionth_gone_and_more() {
        let mut link = Distribution::default();
        let all = 1_000_000_000_000_000_000_000_000_000;
        let (mut most, mut last) = (enter(&mut link, all - 1_000), enter(&mut link, 1_000));
        link.charge_ceil(units(1_000_000_000_000_000_000_000_000))
            .unwrap();
        let gone = link.set_shares(&mut most, Uint256::zero()).unwrap();
        assert_eq!(whole(gone).0, 999_999_999_999_999_999_999_999);
        for _ in 0..4 {
            link.pay_floor(units(7)).unwrap();
            link.charge_ceil(units(1_000_003)).unwrap();
            link.refine().unwrap();
        }
        let got = link.flush(&mut last).unwrap();
        assert_eq!(whole(got), (4_000_013, 0, 28));
        assert_eq!(
            link.shares_of(&last).unwrap(),
            Uint256::from(10u128).pow(39)
        );
        assert_eq!(link.total_shares(), link.shares_of(&last).unwrap());
    }

    #[test]
    fn shares_never_fit_when_they_are_too_far_behind() {
        let mut link = Distribution::default();
        let actor = enter(&mut link, 1);
        for _ in 0..EPOCHS_KEPT {
            link.refine().unwrap();
        }
        assert_eq!(
            link.shares_of(&actor).unwrap(),
            Uint256::from(10u128).pow(72)
        );
        assert!(link.preview(&actor).is_ok());
        assert!(link.refine().is_err());
    }

    /// An actor without shares is brought up to date however long it was away.
    #[test]
    fn without_shares_nothing_is_missed() {
        let mut link = Distribution::default();
        let mut away = Actor::default();
        for _ in 0..20 {
            link.refine().unwrap();
        }
        let _here = enter(&mut link, 5);
        link.pay_floor(units(5)).unwrap();
        let flushed = link.set_shares(&mut away, shares(5)).unwrap();
        assert_eq!(flushed, Flushed::default());
        link.pay_floor(units(10)).unwrap();
        assert_eq!(whole(link.flush(&mut away).unwrap()), (0, 0, 5));
    }

    /// However far behind, a track keeps as many epochs as there are, and begins at zero.
    #[rstest]
    #[case::not_behind(3, 3, 0)]
    #[case::a_little(3, 5, 2)]
    #[case::as_far_as_is_kept(3, 11, 8)]
    #[case::long_ago(3, 1_000_000, 8)]
    fn following(#[case] from: u32, #[case] to: u32, #[case] kept: usize) {
        let mut track = Track::starting(from);
        track.give_floor(units(5), Uint256::one()).unwrap();
        track.follow(to).unwrap();
        assert_eq!((track.epoch, track.ended.len()), (to, kept));
        assert_eq!(track.here() == Since::start_of(to), from != to);
        let early = Since::start_of(from);
        assert_eq!(
            track.accrued_since(early, Uint256::one()).is_ok(),
            to - from <= 8
        );
    }

    #[rstest]
    #[case(10, 4, 4, 6)]
    #[case(10, 14, 10, 0)]
    #[case(-3, 5, 0, -3)]
    fn donations(#[case] u: i128, #[case] burnt: u128, #[case] taken: u128, #[case] left: i128) {
        let mut unassigned = Unassigned::default();
        unassigned.add(units(u)).unwrap();
        assert_eq!(
            unassigned.donate(Uint128::new(burnt)).unwrap().u128(),
            taken
        );
        assert_eq!(unassigned.amount(), units(left));
    }

    #[derive(Debug, Clone)]
    enum Act {
        Charge(i128),
        Pay(u128),
        Flush(usize),
        Set(usize, u128),
        Refine,
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            (-1_000_000_000_000i128..1_000_000_000_000).prop_map(Act::Charge),
            (0u128..1_000_000_000_000).prop_map(Act::Pay),
            (0usize..4).prop_map(Act::Flush),
            ((0usize..4), prop_oneof![Just(0u128), 1u128..1 << 50])
                .prop_map(|(i, n)| Act::Set(i, n)),
            Just(Act::Refine),
        ];
        prop::collection::vec(act, 1..40)
    }

    /// Plays acts, and flushes all in an order. What each got, and what was given in all.
    fn play(acts: &[Act], order: [usize; 4], early: bool) -> (Vec<Flushed>, Flushed, Distribution) {
        let mut link = Distribution::default();
        let (mut actors, mut got) = ([Actor::default(); 4], vec![Flushed::default(); 4]);
        let mut given = Flushed::default();
        let (mut refined, mut fixed) = (0, Uint256::one());
        let book = |got: &mut Flushed, more: Flushed| {
            got.debt = got.debt.checked_add(more.debt).unwrap();
            got.fees = got.fees.checked_add(more.fees).unwrap();
        };
        for act in acts {
            match act {
                Act::Charge(n) if !link.is_empty() => {
                    link.charge_ceil(units(*n)).unwrap();
                    given.debt = given.debt.checked_add(units(*n)).unwrap();
                }
                Act::Pay(n) if !link.is_empty() => {
                    link.pay_floor(units(*n as i128)).unwrap();
                    given.fees = given.fees.checked_add(units(*n as i128)).unwrap();
                }
                Act::Flush(i) if early => {
                    book(&mut got[*i], link.flush(&mut actors[*i]).unwrap());
                }
                Act::Set(i, n) => {
                    let n = shares(*n) * fixed;
                    book(&mut got[*i], link.set_shares(&mut actors[*i], n).unwrap());
                }
                Act::Refine if refined < 3 => {
                    link.refine().unwrap();
                    fixed *= shares(1_000_000_000);
                    refined += 1;
                }
                _ => {}
            }
        }
        for i in order {
            book(&mut got[i], link.flush(&mut actors[i]).unwrap());
        }
        (got, given, link)
    }

    fn sum(got: &[Flushed]) -> Flushed {
        got.iter().fold(Flushed::default(), |sum, got| Flushed {
            debt: sum.debt.checked_add(got.debt).unwrap(),
            fees: sum.fees.checked_add(got.fees).unwrap(),
        })
    }

    proptest! {
        /// Together actors owe at least what was given and earn at most what was given, to less than
        /// a unit, and the difference is what is still pending.
        #[test]
        fn nothing_is_created(acts in acts()) {
            let (got, given, link) = play(&acts, [0, 1, 2, 3], true);
            let got = sum(&got);
            prop_assert_eq!(got.debt.checked_add(link.debt_pending().unwrap()).unwrap(), given.debt);
            prop_assert_eq!(got.fees.checked_add(link.fees_pending()).unwrap(), given.fees);
            let dust = link.debt_pending().unwrap().checked_neg().unwrap();
            for dust in [dust, link.fees_pending()] {
                prop_assert!(!dust.is_negative());
                prop_assert!(dust < units(1));
            }
        }

        /// Neither the order of flushes nor flushes on the way change what anybody gets.
        #[test]
        fn order_of_flushes_is_irrelevant(acts in acts()) {
            let (first, ..) = play(&acts, [0, 1, 2, 3], true);
            let (second, ..) = play(&acts, [3, 1, 0, 2], false);
            prop_assert_eq!(first, second);
        }

        /// Fees that an actor has earned never become fewer.
        #[test]
        fn earned_fees_only_grow(acts in acts()) {
            let mut last = [Accrued::ZERO; 4];
            for n in 1..=acts.len() {
                let (got, ..) = play(&acts[..n], [0, 1, 2, 3], true);
                for (last, now) in last.iter_mut().zip(got) {
                    prop_assert!(now.fees >= *last);
                    *last = now.fees;
                }
            }
        }
    }
}
