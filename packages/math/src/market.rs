//! The books of a market (DESIGN §6).
//!
//! | sign | what it is |
//! | --- | --- |
//! | T | the market's debt: max(reported, 0) + net issuance |
//! | G | the part of T that its pools were given, as of the last flush |
//! | U | the part of T that nobody may carry; T = G + U at the last flush |
//! | K | what its pools are ready to carry: Σ value × weight share × `max_debt` |
//! | L | what they carry already: Σ weight share × max(0, what the pool's LPs owe) |
//! | room | max(0, K − L − max(0, what was given since each pool's last act)) |
//!
//! All are base units of the pools' dollar. Reported debt is what the market owes its traders;
//! net issuance is what was minted for it less what was burnt into it.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Int128, Int256, Uint128, Uint256};
use serde::de::Error as _;

use crate::{
    Accrued, MathError, Value,
    index::meet,
    rounding::{positive_part, to_u128},
    stored::{Compact, Deserialize, Deserializer, Serialize, Serializer},
};

/// The books of one market. A market without any history is the default.
#[derive(Clone, Debug, PartialEq, Copy, Default, Eq)]
pub struct MarketBooks {
    /// The report that counts, not below zero. What was paid in and out since has moved it, so
    /// that neither moves T.
    reported: Uint128,
    /// The last report that was not stale, moved likewise.
    last_good: Uint128,
    /// What was minted for the market less what was burnt into it.
    net_issuance: Int256,
    /// G.
    given: Int256,
    /// U.
    unassigned: Int256,
}

impl Serialize for MarketBooks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = (
            Compact(Uint256::from(self.reported)),
            Compact(Uint256::from(self.last_good)),
            Compact(self.net_issuance),
            Compact(self.given),
            Compact(self.unassigned),
        );
        fields.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for MarketBooks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (reported, last_good, Compact(net_issuance), Compact(given), Compact(unassigned)) =
            Deserialize::deserialize(deserializer)?;
        let amount = |Compact(number)| to_u128(number).map_err(D::Error::custom);
        Ok(Self {
            reported: amount(reported)?,
            last_good: amount(last_good)?,
            net_issuance,
            given,
            unassigned,
        })
    }
}

/// What a market answers about what it owes its traders.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Report {
    /// What it owes them; negative when they owe it.
    pub debt: Int128,
    /// Whether a price it needed was too old.
    pub stale: bool,
}

/// What stands behind a market's withdrawals.
#[derive(Clone, Debug, PartialEq, Copy, Eq)]
pub enum Backing {
    /// It reports, and its pools have room for so much more of its debt.
    Live {
        /// What its pools may still be given.
        room: Uint128,
    },
    /// It does not report: no room, and never more than it last said that it owes.
    Quarantined,
}

impl Backing {
    const fn room(self) -> Uint128 {
        match self {
            Self::Live { room } => room,
            Self::Quarantined => Uint128::zero(),
        }
    }
}

/// room = max(0, K − L − max(0, what was given since each pool's last act)), rounded down.
///
/// `load` is L; `pending` what the market's pools were given and have not taken yet.
pub fn room_floor(
    capacity: Value,
    load: Uint128,
    pending: Accrued,
    decimals: u8,
) -> Result<Uint128, MathError> {
    let carried = load.checked_add(pending.owed_ceil()?)?;
    let carried = Value::of_dollars(carried, decimals)?;
    capacity.saturating_sub(carried).units_floor(decimals)
}

impl MarketBooks {
    /// The report that counts, moved by what was paid in and out since.
    pub const fn reported(&self) -> Uint128 {
        self.reported
    }

    /// What was minted for the market less what was burnt into it.
    pub const fn net_issuance(&self) -> Int256 {
        self.net_issuance
    }

    /// G: what its pools were given.
    pub const fn given(&self) -> Int256 {
        self.given
    }

    /// U: what nobody carries.
    pub const fn unassigned(&self) -> Int256 {
        self.unassigned
    }

    /// T = max(reported, 0) + net issuance.
    pub fn debt(&self) -> Result<Int256, MathError> {
        Ok(self.net_issuance.checked_add(self.reported.into())?)
    }

    /// Takes a report. Of a stale one and the last good one the larger counts.
    pub fn poll(&mut self, report: Report) -> Result<(), MathError> {
        let now = to_u128(positive_part(report.debt.into()))?;
        if !report.stale {
            self.last_good = now;
        }
        self.reported = now.max(self.last_good);
        Ok(())
    }

    /// Divides what T has moved since the last flush, and says what the market's pools are given:
    /// debt, or profit when it is negative.
    ///
    /// An opposite movement meets U first. A rise is given as far as there is room, and the rest
    /// is U at once; a fall is given whole. Without a pool behind it (`has_pools`) all is U.
    pub fn flush(&mut self, room: Uint128, has_pools: bool) -> Result<Int256, MathError> {
        let before = self.given.checked_add(self.unassigned)?;
        let (unassigned, moved) = meet(self.unassigned, self.debt()?.checked_sub(before)?)?;
        let given = if has_pools {
            moved.min(room.into())
        } else {
            Int256::zero()
        };
        self.given = self.given.checked_add(given)?;
        self.unassigned = unassigned.checked_add(moved.checked_sub(given)?)?;
        Ok(given)
    }

    /// What the market may withdraw or pay as fees:
    /// min(G + room − max(0, U), `ceiling`) − net issuance, not below zero.
    ///
    /// While U is debt, never more than reported − U. A payment moves no T, so that no flush would
    /// give LPs what it was made of: room that opens after U arose would pay U, and nobody would
    /// owe the dollars.
    ///
    /// In quarantine there is no room, and it is never more than the last report.
    pub fn credit(&self, backing: Backing, ceiling: Uint128) -> Result<Uint128, MathError> {
        let nobody_carries = self.unassigned.max(Int256::zero());
        let carried = self
            .given
            .checked_add(backing.room().into())?
            .checked_sub(nobody_carries)?;
        let most = carried.min(ceiling.into()).checked_sub(self.net_issuance)?;
        // 2¹²⁸ − 1 when there is more: no amount is larger.
        let credit = to_u128(positive_part(most)).unwrap_or(Uint128::MAX);
        if backing != Backing::Quarantined && nobody_carries.is_zero() {
            return Ok(credit);
        }
        let payable = Int256::from(self.reported).checked_sub(nobody_carries)?;
        Ok(credit.min(to_u128(positive_part(payable))?))
    }

    /// Whether it may still withdraw less than the minimum credit it asks for.
    pub fn is_under(
        &self,
        minimum: Uint128,
        backing: Backing,
        ceiling: Uint128,
    ) -> Result<bool, MathError> {
        Ok(self.credit(backing, ceiling)? < minimum)
    }

    /// Dollars were burnt into the market: net issuance falls, and it owes that much more.
    pub fn deposit(&mut self, amount: Uint128) -> Result<(), MathError> {
        self.net_issuance = self.net_issuance.checked_sub(amount.into())?;
        self.reported = self.reported.checked_add(amount)?;
        self.last_good = self.last_good.checked_add(amount)?;
        Ok(())
    }

    /// Dollars are minted for the market, or fees of it are: net issuance rises, and it owes that
    /// much less. What exceeds the report raises T: it is drawn on what its pools are ready to
    /// carry.
    ///
    /// # Errors
    /// Above [`Self::credit`].
    pub fn withdraw(
        &mut self,
        amount: Uint128,
        backing: Backing,
        ceiling: Uint128,
    ) -> Result<(), MathError> {
        let available = self.credit(backing, ceiling)?;
        if amount > available {
            return Err(MathError::Insufficient {});
        }
        self.net_issuance = self.net_issuance.checked_add(amount.into())?;
        self.reported = self.reported.saturating_sub(amount);
        self.last_good = self.last_good.saturating_sub(amount);
        Ok(())
    }

    /// Dollars were burnt for U: lowers it and net issuance, and with them T, by as much of
    /// `burnt` as there is debt, and says how much. The market owes its traders what it owed.
    pub fn donate(&mut self, burnt: Uint128) -> Result<Uint128, MathError> {
        let taken = burnt.min(to_u128(positive_part(self.unassigned))?);
        self.unassigned = self.unassigned.checked_sub(taken.into())?;
        self.net_issuance = self.net_issuance.checked_sub(taken.into())?;
        Ok(taken)
    }
}

/// Whether an act may lower a market's credit: not below its minimum. A market that was under its
/// minimum before and loses nothing by the act holds nobody.
pub fn keeps_minimum_credit(before: Uint128, after: Uint128, minimum: Uint128) -> bool {
    after >= minimum || after >= before
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::Decimal;
    use proptest::prelude::*;
    use rstest::rstest;

    const NO_CEILING: Uint128 = Uint128::MAX;

    fn live(room: u128) -> Backing {
        Backing::Live { room: room.into() }
    }

    fn good(debt: i128) -> Report {
        Report {
            debt: debt.into(),
            stale: false,
        }
    }

    fn stale(debt: i128) -> Report {
        Report {
            stale: true,
            ..good(debt)
        }
    }

    fn int(n: i128) -> Int256 {
        Int256::from(n)
    }

    /// A market whose pools were given `given`, with `unassigned` beside it and nothing issued.
    fn books(given: i128, unassigned: i128) -> MarketBooks {
        MarketBooks {
            reported: Uint128::new((given + unassigned).try_into().unwrap()),
            last_good: Uint128::new((given + unassigned).try_into().unwrap()),
            net_issuance: int(0),
            given: int(given),
            unassigned: int(unassigned),
        }
    }

    // ------------------------------------------------------------ the books of DESIGN §6

    /// A perps market with one trader and no funding, in millionths; S = 10⁶.
    #[derive(Default)]
    struct Perps {
        margin: i128,
        size: i128,
        entry: i128,
    }

    const MICRO: i128 = 1_000_000;
    const SKEW_SCALE: i128 = 1_000_000;

    impl Perps {
        /// p · (1 + (skew/S + (skew+Δ)/S)/2), exact for the numbers of the table.
        fn fill(&self, price: i128, delta: i128) -> i128 {
            price + price * (2 * self.size + delta) / (2 * SKEW_SCALE)
        }

        /// Fills an order and says what fee left the margin; `rate` in hundred-thousandths.
        fn trade(&mut self, price: i128, delta: i128, rate: i128) -> Uint128 {
            let fill = self.fill(price, delta);
            let fee = delta.abs() * fill * rate / 100_000;
            self.margin += (fill - self.entry) * self.size - fee;
            self.size += delta;
            self.entry = fill;
            Uint128::new(fee.try_into().unwrap())
        }

        /// margin + skew·p − size·entry + p·skew²/(2S).
        fn report(&self, price: i128) -> Report {
            let premium = price * self.size * self.size / (2 * SKEW_SCALE);
            good(self.margin + self.size * (price - self.entry) + premium)
        }
    }

    /// (reported, net issuance, supply and unclaimed fees, LPs' debt from the market), in
    /// millionths, after the flush that follows each step.
    #[test]
    fn the_books_of_the_design() {
        let room = Uint128::new(100_000_000_000);
        let backing = Backing::Live { room };
        let (mut books, mut perps) = (MarketBooks::default(), Perps::default());
        // LPs have minted 20,000 and the trader has got them.
        let (mut supply, mut given) = (20_000 * MICRO, int(0));
        let mut look = |books: &mut MarketBooks, report: Report, supply: i128| {
            books.poll(report).unwrap();
            given += books.flush(room, true).unwrap();
            assert_eq!(books.unassigned(), int(0));
            assert_eq!(given, books.given());
            (books.reported().u128(), books.net_issuance(), supply, given)
        };

        books.deposit(Uint128::new(20_000_000_000)).unwrap();
        perps.margin += 20_000 * MICRO;
        supply -= 20_000 * MICRO;
        assert_eq!(
            look(&mut books, perps.report(1000 * MICRO), supply),
            (20_000_000_000, int(-20_000_000_000), 0, int(0))
        );

        let fee = perps.trade(1000 * MICRO, 100, 50);
        assert_eq!(fee.u128(), 50_002_500);
        books.withdraw(fee, backing, NO_CEILING).unwrap();
        supply += 50_002_500;
        assert_eq!(
            look(&mut books, perps.report(1000 * MICRO), supply),
            (19_949_997_500, int(-19_949_997_500), 50_002_500, int(0))
        );

        assert_eq!(
            look(&mut books, perps.report(1100 * MICRO), supply),
            (
                29_950_497_500,
                int(-19_949_997_500),
                50_002_500,
                int(10_000_500_000)
            )
        );

        let fee = perps.trade(1100 * MICRO, -100, 10);
        assert_eq!(fee.u128(), 11_000_550);
        books.withdraw(fee, backing, NO_CEILING).unwrap();
        supply += 11_000_550;
        assert_eq!(
            look(&mut books, perps.report(1100 * MICRO), supply),
            (
                29_939_496_950,
                int(-19_938_996_950),
                61_003_050,
                int(10_000_500_000)
            )
        );

        let all = Uint128::new(29_939_496_950);
        books.withdraw(all, backing, NO_CEILING).unwrap();
        perps.margin = 0;
        supply += 29_939_496_950;
        assert_eq!(
            look(&mut books, perps.report(1100 * MICRO), supply),
            (0, int(10_000_500_000), 30_000_500_000, int(10_000_500_000))
        );
        // All dollars there are, the fees among them, are what LPs owe: 20,000 and 10,000.5.
        assert_eq!(int(supply), int(20_000 * MICRO) + given);
    }

    // ------------------------------------------------------------ flushes

    /// From G and U to T, with some room: (given, G, U).
    #[rstest]
    #[case::a_rise_within_room((100, 0), 130, 50, (30, 130, 0))]
    #[case::a_rise_above_room((100, 0), 180, 50, (50, 150, 30))]
    #[case::a_rise_without_room((100, 0), 130, 0, (0, 100, 30))]
    #[case::room_later_takes_nothing_of_u((100, 30), 130, 50, (0, 100, 30))]
    #[case::a_rise_beside_u((100, 30), 140, 50, (10, 110, 30))]
    #[case::a_fall_meets_u_first((100, 30), 110, 50, (0, 100, 10))]
    #[case::a_fall_beyond_u((100, 30), 60, 50, (-40, 60, 0))]
    #[case::a_fall_needs_no_room((100, 0), 60, 0, (-40, 60, 0))]
    #[case::a_rise_meets_profit_first((100, -30), 90, 0, (0, 100, -10))]
    #[case::a_rise_beyond_profit((100, -30), 120, 50, (20, 120, 0))]
    fn flushes(
        #[case] before: (i128, i128),
        #[case] debt: i128,
        #[case] room: u128,
        #[case] after: (i128, i128, i128),
    ) {
        let mut books = books(before.0, before.1);
        books.poll(good(debt)).unwrap();
        let given = books.flush(room.into(), true).unwrap();
        assert_eq!(
            (given, books.given(), books.unassigned()),
            (int(after.0), int(after.1), int(after.2))
        );
        assert_eq!(books.flush(room.into(), true).unwrap(), int(0));
    }

    #[test]
    fn without_pools_all_is_unassigned() {
        let mut books = MarketBooks::default();
        books.poll(good(40)).unwrap();
        assert_eq!(books.flush(100u128.into(), false).unwrap(), int(0));
        assert_eq!(books.unassigned(), int(40));
        books.poll(good(0)).unwrap();
        books.deposit(Uint128::new(10)).unwrap();
        books.poll(good(0)).unwrap();
        books.flush(100u128.into(), false).unwrap();
        assert_eq!((books.given(), books.unassigned()), (int(0), int(-10)));
    }

    #[rstest]
    #[case::all(1_000, 200, 0, 800)]
    #[case::what_was_given_since_counts(1_000, 200, 300, 500)]
    #[case::profit_since_does_not(1_000, 200, -300, 800)]
    #[case::overloaded(1_000, 1_200, 0, 0)]
    fn rooms(#[case] k: u128, #[case] load: u128, #[case] pending: i128, #[case] room: u128) {
        let capacity = Value::of_dollars(Uint128::new(k), 6).unwrap();
        let pending = Accrued::from_units(pending).unwrap();
        let got = room_floor(capacity, load.into(), pending, 6).unwrap();
        assert_eq!(got.u128(), room);
    }

    #[test]
    fn room_rounds_down() {
        let capacity = Value::of(Uint128::new(3), Decimal::permille(500), 6).unwrap();
        let pending = Accrued::from_units(0).unwrap();
        let room = room_floor(capacity, Uint128::zero(), pending, 6).unwrap();
        assert_eq!(room.u128(), 1);
    }

    // ------------------------------------------------------------ reports

    #[test]
    fn traders_that_owe_pay_nothing_into_the_books() {
        let mut books = MarketBooks::default();
        books.poll(good(-50)).unwrap();
        assert_eq!(books.debt().unwrap(), int(0));
    }

    #[test]
    fn of_a_stale_report_and_the_last_good_one_the_larger_counts() {
        let mut books = books(100, 0);
        for (report, counts) in [
            (stale(70), 100),
            (stale(130), 130),
            (stale(90), 100),
            (good(90), 90),
            (stale(80), 90),
        ] {
            books.poll(report).unwrap();
            assert_eq!(books.reported().u128(), counts, "{report:?}");
        }
        // What is paid in and out is known, however stale the prices.
        books.deposit(Uint128::new(10)).unwrap();
        books.poll(stale(85)).unwrap();
        assert_eq!(books.reported().u128(), 100);
    }

    /// What is paid in and out of a market in quarantine moves no LP's debt.
    #[test]
    fn quarantine() {
        let mut books = books(0, 0);
        books.deposit(Uint128::new(20_000)).unwrap();
        books.poll(good(20_500)).unwrap();
        books.flush(1_000u128.into(), true).unwrap();
        let debt = books.debt().unwrap();
        let now = Backing::Quarantined;
        // No room: the 500 that LPs were given may be paid, and not one unit more.
        assert_eq!(books.credit(now, NO_CEILING).unwrap().u128(), 20_500);
        for amount in [20_000u128, 400] {
            books.withdraw(amount.into(), now, NO_CEILING).unwrap();
            assert_eq!(books.debt().unwrap(), debt);
        }
        books.deposit(Uint128::new(70)).unwrap();
        assert_eq!(books.debt().unwrap(), debt);
        assert!(books.withdraw(171u128.into(), now, NO_CEILING).is_err());
        books.withdraw(170u128.into(), now, NO_CEILING).unwrap();
        assert_eq!((books.debt().unwrap(), books.reported().u128()), (debt, 0));
        assert_eq!(books.flush(Uint128::zero(), true).unwrap(), int(0));
    }

    #[test]
    fn in_quarantine_no_more_than_it_last_owed() {
        let mut books = books(100, 0);
        books.poll(good(30)).unwrap();
        assert_eq!(books.credit(live(0), NO_CEILING).unwrap().u128(), 100);
        assert_eq!(
            books
                .credit(Backing::Quarantined, NO_CEILING)
                .unwrap()
                .u128(),
            30
        );
    }

    // ------------------------------------------------------------ credit

    /// min(G + room − max(0, U), ceiling) − net issuance.
    #[rstest]
    #[case::given_and_room(100, 0, 0, 50, u128::MAX, 150)]
    #[case::issued_before(100, 0, 60, 50, u128::MAX, 90)]
    #[case::burnt_before(100, 0, -60, 50, u128::MAX, 210)]
    #[case::unassigned_is_not_paid(100, 40, 0, 30, u128::MAX, 90)]
    #[case::nor_with_room_that_opened_later(100, 40, 0, 5_000, u128::MAX, 100)]
    #[case::what_was_burnt_is(0, 1_000, -500, 5_000, u128::MAX, 500)]
    #[case::unassigned_profit_gives_nothing(100, -40, 0, 50, u128::MAX, 150)]
    #[case::ceiling(100, 0, 60, 50, 70, 10)]
    #[case::above_the_ceiling(100, 0, 60, 50, 50, 0)]
    #[case::profit_that_was_given(-10, 0, -10, 0, u128::MAX, 0)]
    #[case::more_than_fits(0, 0, -1, u128::MAX, u128::MAX, u128::MAX)]
    fn credits(
        #[case] given: i128,
        #[case] unassigned: i128,
        #[case] issued: i128,
        #[case] room: u128,
        #[case] ceiling: u128,
        #[case] credit: u128,
    ) {
        let reported = (given + unassigned - issued).max(0).try_into().unwrap();
        let books = MarketBooks {
            reported: Uint128::new(reported),
            last_good: Uint128::new(reported),
            net_issuance: int(issued),
            given: int(given),
            unassigned: int(unassigned),
        };
        let got = books.credit(live(room), ceiling.into()).unwrap();
        assert_eq!(got.u128(), credit);
        assert!(!books.is_under(got, live(room), ceiling.into()).unwrap());
        if let Ok(more) = got.checked_add(Uint128::one()) {
            assert!(books.is_under(more, live(room), ceiling.into()).unwrap());
            let mut paid = books;
            let error = paid.withdraw(more, live(room), ceiling.into()).unwrap_err();
            assert!(matches!(error, MathError::Insufficient {}));
            assert_eq!(paid, books);
        }
    }

    /// Burnt through a market, minted by the LP as his profit, paid out by the market again:
    /// twelve rounds of it made 40,960 out of 10.
    #[test]
    fn a_profit_that_was_given_cannot_be_paid_out_again() {
        let mut books = MarketBooks::default();
        books.deposit(Uint128::new(10)).unwrap();
        books.poll(good(0)).unwrap();
        assert_eq!(books.flush(Uint128::zero(), true).unwrap(), int(-10));
        // The LP takes his credit of 10 and leaves: no room is left behind.
        assert!(books.credit(live(0), NO_CEILING).unwrap().is_zero());
    }

    #[test]
    fn a_donation_makes_unassigned_debt_payable() {
        let mut books = books(100, 50);
        assert_eq!(books.credit(live(0), NO_CEILING).unwrap().u128(), 50);
        assert_eq!(books.donate(Uint128::new(60)).unwrap().u128(), 50);
        assert_eq!((books.unassigned(), books.reported().u128()), (int(0), 150));
        assert_eq!(books.flush(Uint128::zero(), true).unwrap(), int(0));
        assert_eq!(books.credit(live(0), NO_CEILING).unwrap().u128(), 150);
        assert!(books.donate(Uint128::new(1)).unwrap().is_zero());
    }

    #[rstest]
    #[case::above(100, 60, 50, true)]
    #[case::at_it(100, 50, 50, true)]
    #[case::below(100, 49, 50, false)]
    #[case::was_below_and_loses(40, 30, 50, false)]
    #[case::was_below_and_loses_nothing(40, 40, 50, true)]
    fn minimum_credit(
        #[case] before: u128,
        #[case] after: u128,
        #[case] minimum: u128,
        #[case] allowed: bool,
    ) {
        assert_eq!(
            keeps_minimum_credit(before.into(), after.into(), minimum.into()),
            allowed
        );
    }

    #[derive(Debug, Clone)]
    enum Act {
        Report(i128, bool),
        Deposit(u128),
        Withdraw(u128),
        Donate(u128),
        Flush(u128, bool),
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            (-500i128..2_000, any::<bool>()).prop_map(|(n, s)| Act::Report(n, s)),
            (0u128..500).prop_map(Act::Deposit),
            (0u128..500).prop_map(Act::Withdraw),
            (0u128..500).prop_map(Act::Donate),
            (0u128..800, any::<bool>()).prop_map(|(n, s)| Act::Flush(n, s)),
        ]
    }

    proptest! {
        /// T = G + U after each flush; a flush gives a rise only within room, and gives nothing
        /// while an opposite U is left; U never grows but by a flush; no credit pays U.
        #[test]
        fn books_balance(acts in prop::collection::vec(act(), 1..60), ceiling in 0u128..3_000) {
            let (mut books, mut room) = (MarketBooks::default(), 0u128);
            for act in acts {
                let before = books;
                match act {
                    Act::Report(debt, is_stale) => {
                        let report = if is_stale { stale(debt) } else { good(debt) };
                        books.poll(report).unwrap();
                    }
                    Act::Deposit(n) => books.deposit(n.into()).unwrap(),
                    Act::Withdraw(n) => {
                        let paid = books.withdraw(n.into(), live(room), ceiling.into());
                        prop_assert_eq!(paid.is_ok(), n <= before.credit(live(room), ceiling.into()).unwrap().u128());
                        if paid.is_ok() && n > 0 {
                            let carried = books.given() + int(room as i128);
                            prop_assert!(books.net_issuance() + books.unassigned().max(int(0)) <= carried);
                            prop_assert!(books.net_issuance() <= int(ceiling as i128));
                            prop_assert!(books.unassigned() <= int(0) || Int256::from(books.reported()) >= books.unassigned());
                        }
                        if n <= before.reported().u128() {
                            prop_assert_eq!(books.debt().unwrap(), before.debt().unwrap());
                        }
                    }
                    Act::Donate(n) => {
                        let taken = books.donate(n.into()).unwrap();
                        prop_assert!(books.unassigned() >= int(0) || before.unassigned() < int(0));
                        prop_assert_eq!(before.debt().unwrap() - books.debt().unwrap(), Int256::from(taken));
                    }
                    Act::Flush(n, has_pools) => {
                        room = n;
                        let given = books.flush(n.into(), has_pools).unwrap();
                        prop_assert_eq!(books.debt().unwrap(), books.given() + books.unassigned());
                        prop_assert_eq!(books.given() - before.given(), given);
                        prop_assert!(given <= int(n as i128));
                        let (u, left) = (before.unassigned(), books.unassigned());
                        let opposite = given != int(0) && u != int(0) && given.is_negative() != u.is_negative();
                        prop_assert!(!opposite || left == int(0) || left.is_negative() != u.is_negative());
                        // A U of one sign is lowered by nothing but an opposite movement.
                        if !u.is_negative() && books.debt().unwrap() >= before.given() + u {
                            prop_assert!(left >= u);
                        }
                    }
                }
            }
        }
    }
}
