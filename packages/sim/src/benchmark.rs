//! What each act costs, with few accounts and with many, and at the limits of the protocol.
//!
//! [`run`] plays every act twice over. First in protocols that differ in nothing but the number
//! of accounts, side by side: no act may ask more of the storage because others are there
//! (DESIGN §11, item 10); of the first of them, with an estimate of the gas that a real chain
//! would take. Then in one protocol that is as large as it may be, 64 synths and 8 collaterals.
//!
//! The accounts are real: each has staked and minted by messages, and one of four is indebted
//! to its limit and flagged when prices fall.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "counts and times; no money is decided here"
)]

mod acts;
pub mod gas;
mod scene;

use std::time::Duration;

use anyhow::ensure;
use ballast_types::{debt_registry::MAX_SYNTHS, synth_minter::MAX_COLLATERALS};
use serde::Serialize;

use crate::storage::Counts;
use acts::Measured;
use gas::{Estimate, Pace, QUERY_LIMIT};
pub use scene::{DOLLAR, FEEDER, Filling, collateral_id, odd_dollars, profile, synth_id};

/// By how much the columns of one act may differ in reads, scanned keys or writes. Nothing in
/// the protocol should make them differ at all; a handful more would still be no loop.
pub const HANDFUL: u64 = 3;
/// Fewer accounts do not fill a page of `due`.
pub const FEWEST_ACCOUNTS: u32 = 10;
/// The most flags of one page of `due`.
const LARGEST_DUE_PAGE: u32 = 30;

/// What to measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Numbers of accounts, one column each.
    pub accounts: Vec<u32>,
    /// How often each act is measured: the quickest time counts.
    pub rounds: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            accounts: vec![10, 100_000],
            rounds: 9,
        }
    }
}

/// How large a protocol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Shape {
    /// Accounts besides those that act.
    pub accounts: u32,
    /// Synths, the dollar among them.
    pub synths: usize,
    /// Collaterals.
    pub collaterals: usize,
    /// Whether every account stakes every collateral.
    pub stake_all: bool,
    /// Flags on a page of `due`.
    pub due_page: u32,
}

impl Shape {
    /// A protocol of middling size with so many accounts.
    const fn of(accounts: u32) -> Self {
        Self {
            accounts,
            synths: 4,
            collaterals: 2,
            stake_all: false,
            due_page: scene::flagged_of(FEWEST_ACCOUNTS),
        }
    }

    /// As large as it may be, with as many accounts as fill the largest page of `due`.
    const LIMITS: Self = Self {
        accounts: 4 * LARGEST_DUE_PAGE,
        synths: MAX_SYNTHS,
        collaterals: MAX_COLLATERALS,
        stake_all: true,
        due_page: LARGEST_DUE_PAGE,
    };

    /// Its synths and collaterals in words.
    fn size(&self) -> String {
        format!("{} synths, {} collaterals", self.synths, self.collaterals)
    }

    /// How often the filling ticks.
    fn ticks(self) -> u64 {
        u64::from(self.accounts) + u64::from(scene::flagged_of(self.accounts))
    }
}

/// What an act is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It changes something.
    Message,
    /// It asks.
    Query,
}

/// What an act asked of the storage, and how long it took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cost {
    /// Keys read one by one.
    pub reads: u64,
    /// Records that range scans came past.
    pub scanned: u64,
    /// Keys written or removed.
    pub writes: u64,
    /// Of the quickest round, in microseconds.
    pub micros: f64,
}

impl Cost {
    fn of(counts: Counts, time: Duration) -> Self {
        Self {
            reads: counts.reads,
            scanned: counts.scanned,
            writes: counts.writes,
            micros: time.as_secs_f64() * 1e6,
        }
    }
}

/// An act beside itself, with few accounts and with many.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The act.
    pub act: String,
    /// Message or query.
    pub kind: Kind,
    /// In the order of the columns.
    pub costs: Vec<Cost>,
}

impl Row {
    /// The last column's time by the first's.
    pub fn time_factor(&self) -> Option<f64> {
        let (first, last) = (self.costs.first()?, self.costs.last()?);
        Some(last.micros / first.micros)
    }

    /// By how much the columns differ, for each kind of access that differs by too much.
    fn excesses(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let spread = |of: fn(&Cost) -> u64| {
            let counts = || self.costs.iter().map(of);
            counts().max().unwrap_or(0) - counts().min().unwrap_or(0)
        };
        [
            ("reads", spread(|cost| cost.reads)),
            ("scanned keys", spread(|cost| cost.scanned)),
            ("writes", spread(|cost| cost.writes)),
        ]
        .into_iter()
        .filter(|(_, spread)| *spread > HANDFUL)
    }
}

/// An act with an estimate of its gas.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GasRow {
    /// The act.
    pub act: String,
    /// Message or query.
    pub kind: Kind,
    /// What it asked of the storage.
    pub cost: Cost,
    /// What it would cost on a real chain, without what it computes.
    pub estimate: Estimate,
    /// What it computes, roughly, in thousands of gas.
    pub computing_kgas: f64,
}

impl GasRow {
    /// Whether it is a query that a chain as it comes would refuse, whatever it computes.
    pub fn exceeds_limit(&self) -> bool {
        self.kind == Kind::Query && self.estimate.gas > QUERY_LIMIT
    }

    fn columns() -> Vec<Column> {
        let numbers = [
            "reads",
            "scanned",
            "writes",
            "time",
            "gas\n(estimate)",
            "computing\n(rough)",
        ];
        [Column::words("act")]
            .into_iter()
            .chain(numbers.map(Column::number))
            .chain([Column::words("most of it")])
            .collect()
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.act.clone(),
            self.cost.reads.to_string(),
            self.cost.scanned.to_string(),
            self.cost.writes.to_string(),
            time(self.cost.micros),
            grouped(self.estimate.gas),
            thousands(self.computing_kgas),
            self.estimate.dearest(3),
        ]
    }

    /// Whether it is one that may be refused because of what it computes.
    fn may_exceed_limit(&self) -> bool {
        let left = QUERY_LIMIT.saturating_sub(self.estimate.gas) / 1_000;
        let left = u32::try_from(left).map_or(f64::INFINITY, f64::from);
        self.kind == Kind::Query && self.computing_kgas > left
    }
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The protocols of the columns.
    pub columns: Vec<Shape>,
    /// What it took to fill them.
    pub fillings: Vec<Filling>,
    /// Every act, side by side.
    pub rows: Vec<Row>,
    /// What computing on this machine is worth in gas.
    pub pace: Pace,
    /// Every act in the protocol of the first column, the dearest first; messages before
    /// queries. Its accounts, tokens and books are there: the steady state.
    pub steady_rows: Vec<GasRow>,
    /// The protocol at the limits.
    pub limits: Shape,
    /// Every act there, in the same order.
    pub limit_rows: Vec<GasRow>,
    /// What should not be: empty when all is well.
    pub failures: Vec<String>,
}

impl Report {
    /// Whether nothing grows with the number of accounts, and no query exceeds a chain's limit.
    pub const fn is_good(&self) -> bool {
        self.failures.is_empty()
    }

    /// Everything as tables of text.
    pub fn grids(&self) -> [Grid; 3] {
        [self.scaling_grid(), self.steady_grid(), self.limits_grid()]
    }

    fn scaling_grid(&self) -> Grid {
        let numbers: Vec<String> = self.columns.iter().map(|c| grouped(c.accounts)).collect();
        let mut columns = vec![Column::words("act")];
        for quantity in ["reads", "scanned", "writes", "time"] {
            let headings = numbers.iter().map(|number| format!("{quantity}\n{number}"));
            columns.extend(headings.map(Column::number));
        }
        columns.push(Column::number("time\nfactor"));
        let rows = self.rows.iter().map(|row| {
            let mut cells = vec![row.act.clone()];
            for of in [
                |cost: &Cost| cost.reads.to_string(),
                |cost: &Cost| cost.scanned.to_string(),
                |cost: &Cost| cost.writes.to_string(),
                |cost: &Cost| time(cost.micros),
            ] {
                cells.extend(row.costs.iter().map(of));
            }
            let factor = row.time_factor();
            cells.push(factor.map_or_else(String::new, |factor| format!("×{factor:.2}")));
            cells
        });
        let rows = rows.collect();
        let mut notes: Vec<String> = self.fillings.iter().map(Filling::note).collect();
        notes.push(format!(
            "No act may differ by more than {HANDFUL} reads, scanned keys or writes."
        ));
        Grid {
            title: format!(
                "Each act beside {} other accounts",
                numbers.join(" and beside ")
            ),
            columns,
            rows,
            notes,
        }
    }

    fn steady_grid(&self) -> Grid {
        let size = self.columns.first().map_or_else(String::new, Shape::size);
        Grid {
            title: format!("In the steady state: {size}"),
            columns: GasRow::columns(),
            rows: self.steady_rows.iter().map(GasRow::cells).collect(),
            notes: vec![],
        }
    }

    fn limits_grid(&self) -> Grid {
        let mut notes = vec![
            format!(
                "Gas is an estimate from unit costs measured on wasmd; a query may use {} there.",
                grouped(QUERY_LIMIT)
            ),
            format!(
                "Computing comes on top: {:.0} gas for each microsecond of this machine.",
                self.pace.gas_per_micro
            ),
        ];
        let close = self.limit_rows.iter().filter(|row| row.may_exceed_limit());
        notes.extend(close.map(|row| format!("{} may use more than that.", row.act)));
        Grid {
            title: format!(
                "At the limits: {}, all of them staked by every account",
                self.limits.size()
            ),
            columns: GasRow::columns(),
            rows: self.limit_rows.iter().map(GasRow::cells).collect(),
            notes,
        }
    }
}

impl Filling {
    fn note(&self) -> String {
        format!(
            "{} accounts, {} of them flagged: {} messages in {:.1} s.",
            grouped(self.accounts),
            grouped(self.flagged),
            grouped(self.messages),
            self.seconds
        )
    }
}

/// A table of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// What it shows.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// As many cells in each as there are columns.
    pub rows: Vec<Vec<String>>,
    /// What to read below it.
    pub notes: Vec<String>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading; a line break in it is meant.
    pub heading: String,
    /// Whether it holds numbers, which stand on the right.
    pub is_number: bool,
}

impl Column {
    /// Of words, on the left.
    pub fn words(heading: &str) -> Self {
        Self {
            heading: heading.to_owned(),
            is_number: false,
        }
    }

    /// Of numbers, on the right.
    pub fn number(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            is_number: true,
        }
    }
}

/// Measures every act. `progress` hears how much of the work is done, and how much there is.
pub fn run(options: &Options, progress: &mut dyn FnMut(u64, u64)) -> anyhow::Result<Report> {
    ensure!(
        !options.accounts.is_empty(),
        "NoColumns: at least one number of accounts is needed"
    );
    for accounts in &options.accounts {
        ensure!(
            *accounts >= FEWEST_ACCOUNTS,
            "TooFewAccounts: {accounts} accounts are less than {FEWEST_ACCOUNTS}"
        );
    }
    ensure!(options.rounds > 0, "NoRounds: at least one round is needed");
    let columns: Vec<Shape> = options.accounts.iter().copied().map(Shape::of).collect();
    let limits = Shape::LIMITS;
    let total = columns.iter().chain([&limits]).map(|s| s.ticks()).sum();
    let mut done = 0;
    let mut tick = || {
        done += 1;
        progress(done, total);
    };

    let mut fillings = vec![];
    let mut measured = vec![];
    for shape in &columns {
        let (acts, filling) = acts::measure(*shape, options.rounds, &mut tick)?;
        fillings.push(filling);
        measured.push(acts);
    }
    let (at_limits, _) = acts::measure(limits, options.rounds, &mut tick)?;

    let rows = side_by_side(&measured);
    let pace = Pace::measure();
    let steady = measured.into_iter().next().unwrap_or_default();
    let steady_rows = dearest_first(steady, pace);
    let limit_rows = dearest_first(at_limits, pace);
    Ok(Report {
        failures: failures(&columns, &rows, &limit_rows),
        columns,
        fillings,
        rows,
        pace,
        steady_rows,
        limits,
        limit_rows,
    })
}

/// Every protocol has measured the same acts in the same order.
fn side_by_side(columns: &[Vec<Measured>]) -> Vec<Row> {
    let Some(first) = columns.first() else {
        return vec![];
    };
    first
        .iter()
        .enumerate()
        .map(|(index, one)| Row {
            act: one.act.to_owned(),
            kind: one.kind,
            costs: columns
                .iter()
                .filter_map(|column| column.get(index))
                .map(|measured| Cost::of(measured.counts, measured.time))
                .collect(),
        })
        .collect()
}

fn dearest_first(measured: Vec<Measured>, pace: Pace) -> Vec<GasRow> {
    let mut rows: Vec<GasRow> = measured
        .into_iter()
        .map(|measured| GasRow {
            act: measured.act.to_owned(),
            kind: measured.kind,
            cost: Cost::of(measured.counts, measured.time),
            estimate: measured.gas,
            computing_kgas: measured.time.as_secs_f64() * 1e3 * pace.gas_per_micro,
        })
        .collect();
    rows.sort_by_key(|row| (row.kind == Kind::Query, std::cmp::Reverse(row.estimate.gas)));
    rows
}

fn failures(columns: &[Shape], rows: &[Row], limit_rows: &[GasRow]) -> Vec<String> {
    let numbers: Vec<String> = columns.iter().map(|c| grouped(c.accounts)).collect();
    let growing = rows.iter().flat_map(|row| {
        let numbers = numbers.join(", ");
        row.excesses().map(move |(what, spread)| {
            format!(
                "Grows: {} differs by {spread} {what} between {numbers} accounts, allowed are {HANDFUL}",
                row.act
            )
        })
    });
    let dear = limit_rows
        .iter()
        .filter(|row| row.exceeds_limit())
        .map(|row| {
            format!(
                "TooDear: the query {} would use about {} of {} gas, most of it for {}",
                row.act,
                grouped(row.estimate.gas),
                grouped(QUERY_LIMIT),
                row.estimate.dearest(3)
            )
        });
    growing.chain(dear).collect()
}

/// A number with commas between its thousands.
pub fn grouped(number: impl Into<u64>) -> String {
    let digits = number.into().to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of thousands, rounded up to whole ones.
fn thousands(number: f64) -> String {
    let whole = format!("{:.0}", number.ceil());
    whole
        .parse::<u64>()
        .map_or(whole, |whole| grouped(whole.saturating_mul(1_000)))
}

fn time(micros: f64) -> String {
    if micros < 1_000.0 {
        format!("{micros:.0} µs")
    } else {
        format!("{:.2} ms", micros / 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn cost(reads: u64, scanned: u64, writes: u64) -> Cost {
        Cost {
            reads,
            scanned,
            writes,
            micros: 1.0,
        }
    }

    fn estimate(gas: u64) -> Estimate {
        Estimate {
            gas,
            ..Estimate::default()
        }
    }

    #[rstest]
    #[case::equal(cost(5, 5, 5), None)]
    #[case::a_handful(cost(8, 2, 8), None)]
    #[case::reads(cost(9, 5, 5), Some("differs by 4 reads"))]
    #[case::fewer_reads(cost(1, 5, 5), Some("differs by 4 reads"))]
    #[case::scanned(cost(5, 100_005, 5), Some("differs by 100000 scanned keys"))]
    #[case::writes(cost(5, 5, 15), Some("differs by 10 writes"))]
    fn growth_is_a_failure(#[case] many: Cost, #[case] failure: Option<&str>) {
        let row = Row {
            act: "mint".into(),
            kind: Kind::Message,
            costs: vec![cost(5, 5, 5), many],
        };
        let found = failures(&[Shape::of(10), Shape::of(100)], &[row], &[]);
        match failure {
            None => assert_eq!(found, Vec::<String>::new()),
            Some(text) => assert!(found[0].contains(text), "{found:?}"),
        }
    }

    #[rstest]
    #[case(Kind::Query, QUERY_LIMIT, false)]
    #[case(Kind::Query, QUERY_LIMIT + 1, true)]
    #[case(Kind::Message, QUERY_LIMIT + 1, false)]
    fn a_query_beyond_the_limit_is_a_failure(
        #[case] kind: Kind,
        #[case] gas: u64,
        #[case] fails: bool,
    ) {
        let row = GasRow {
            act: "due".into(),
            kind,
            cost: cost(1, 1, 0),
            estimate: estimate(gas),
            computing_kgas: 1.0,
        };
        assert_eq!(!failures(&[], &[], &[row]).is_empty(), fails);
    }

    #[rstest]
    #[case(0, "0")]
    #[case(999, "999")]
    #[case(1_000, "1,000")]
    #[case(1_234_567, "1,234,567")]
    fn commas(#[case] number: u64, #[case] text: &str) {
        assert_eq!(grouped(number), text);
    }

    #[rstest]
    #[case(0.2, "1,000")]
    #[case(1_579.0, "1,579,000")]
    fn whole_thousands(#[case] number: f64, #[case] text: &str) {
        assert_eq!(thousands(number), text);
    }

    #[rstest]
    #[case::fits(1_000_000, 1_999.0, false)]
    #[case::does_not(1_000_000, 2_001.0, true)]
    fn computing_may_exceed_the_limit(
        #[case] gas: u64,
        #[case] computing_kgas: f64,
        #[case] may: bool,
    ) {
        let row = GasRow {
            act: "due".into(),
            kind: Kind::Query,
            cost: cost(1, 1, 0),
            estimate: estimate(gas),
            computing_kgas,
        };
        assert_eq!(row.may_exceed_limit(), may);
        assert!(!row.exceeds_limit());
    }
}
