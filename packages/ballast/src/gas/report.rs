//! What was measured, beside the baseline.

use std::{fmt, fs, path::Path};

use anyhow::Context;
use ballast_sim::benchmark::gas::QUERY_LIMIT;
use serde::{Deserialize, Serialize};

use super::{
    acts::{Kind, Measured},
    embedded::Counts,
    scene::{Column, Part},
};

/// By how much an act may grow beyond its baseline, in parts of a thousand.
pub const TOLERANCE_PERMILLE: u64 = 30;

/// An act of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The act.
    pub act: String,
    /// Message or query.
    pub kind: Kind,
    /// Where.
    pub column: Column,
    /// Gas on a real chain: the most of all times it was measured.
    pub gas: u64,
    /// Between the least and the most of them.
    pub spread: u64,
    /// What it asks of the storage.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Everything that was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The chain: `wasmd v0.61.14`.
    pub chain: String,
    /// In the order in which it was measured.
    pub rows: Vec<Row>,
}

/// What keeps a change from being good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// An act takes more gas than the baseline allows.
    Grown {
        /// The act and its column.
        act: String,
        /// Gas in the baseline.
        before: u64,
        /// Gas now.
        now: u64,
    },
    /// An act is in the baseline, and was not measured.
    Missing {
        /// The act and its column.
        act: String,
    },
    /// An act is not in the baseline.
    New {
        /// The act and its column.
        act: String,
    },
    /// A query takes more than a node allows.
    TooHeavy {
        /// The query and its column.
        act: String,
        /// Gas now.
        now: u64,
    },
    /// The baseline is of another chain.
    OtherChain {
        /// That of the baseline.
        before: String,
        /// That of the measurement.
        now: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grown { act, before, now } => write!(
                f,
                "{act} grew by {} from {before} to {now} gas",
                percent(*before, *now)
            ),
            Self::Missing { act } => write!(f, "{act} is in the baseline and was not measured"),
            Self::New { act } => write!(f, "{act} has no baseline"),
            Self::TooHeavy { act, now } => {
                write!(f, "{act} takes {now} gas; a node allows {QUERY_LIMIT}")
            }
            Self::OtherChain { before, now } => {
                write!(f, "the baseline is of {before}, this is {now}")
            }
        }
    }
}

impl Row {
    fn name(&self) -> String {
        format!("{} ({})", self.act, self.column.name())
    }
}

impl Report {
    /// Both measurements of the same acts in one.
    pub fn of(
        chain: String,
        gas: &[Measured<u64>],
        counts: &[Measured<Counts>],
    ) -> anyhow::Result<Self> {
        let rows = gas.iter().map(|measured| {
            let same = |other: &&Measured<Counts>| {
                (other.act, other.column) == (measured.act, measured.column)
            };
            let counts = counts.iter().find(same).context(measured.act)?;
            let most = measured.costs.iter().max().context(measured.act)?;
            let least = measured.costs.iter().min().context(measured.act)?;
            Ok(Row {
                act: measured.act.to_owned(),
                kind: measured.kind,
                column: measured.column,
                gas: *most,
                spread: most - least,
                counts: most_of(&counts.costs),
            })
        });
        Ok(Self {
            chain,
            rows: rows.collect::<anyhow::Result<_>>()?,
        })
    }

    /// Reads a baseline.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path)
            .with_context(|| format!("{}: `ballast gas --write` makes it", path.display()))?;
        serde_json::from_str(&text).with_context(|| path.display().to_string())
    }

    /// The text of a baseline: a line for each row.
    pub fn text(&self) -> anyhow::Result<String> {
        let rows = self.rows.iter().map(serde_json::to_string);
        let rows: Vec<String> = rows.collect::<Result<_, _>>()?;
        Ok(format!(
            "{{\n  \"chain\": {},\n  \"rows\": [\n    {}\n  ]\n}}\n",
            serde_json::to_string(&self.chain)?,
            rows.join(",\n    ")
        ))
    }

    /// The rows of some parts.
    #[must_use]
    pub fn of_parts(mut self, parts: &[Part]) -> Self {
        self.rows.retain(|row| parts.contains(&row.column.part()));
        self
    }

    /// With the rows of another report for parts that this one has none of, in the order of parts.
    #[must_use]
    pub fn beside(mut self, other: &Self) -> Self {
        for part in Part::ALL {
            let is_of = |row: &&Row| row.column.part() == part;
            if !self.rows.iter().any(|row| is_of(&row)) {
                self.rows.extend(other.rows.iter().filter(is_of).cloned());
            }
        }
        let order = |row: &Row| Part::ALL.iter().position(|part| *part == row.column.part());
        self.rows.sort_by_key(order);
        self
    }

    /// The row of an act.
    pub fn row(&self, act: &str, column: Column) -> Option<&Row> {
        self.rows
            .iter()
            .find(|row| row.act == act && row.column == column)
    }

    /// What is not good beside a baseline.
    pub fn findings(&self, baseline: &Self) -> Vec<Finding> {
        let mut findings = vec![];
        if self.chain != baseline.chain {
            findings.push(Finding::OtherChain {
                before: baseline.chain.clone(),
                now: self.chain.clone(),
            });
        }
        for row in &self.rows {
            match baseline.row(&row.act, row.column) {
                None => findings.push(Finding::New { act: row.name() }),
                Some(before) if has_grown(before.gas, row.gas) => findings.push(Finding::Grown {
                    act: row.name(),
                    before: before.gas,
                    now: row.gas,
                }),
                Some(_) => {}
            }
        }
        let missing = baseline
            .rows
            .iter()
            .filter(|row| self.row(&row.act, row.column).is_none());
        findings.extend(missing.map(|row| Finding::Missing { act: row.name() }));
        findings.extend(self.too_heavy());
        findings
    }

    /// Queries that a node refuses.
    pub fn too_heavy(&self) -> impl Iterator<Item = Finding> {
        let heavy = |row: &&Row| row.kind == Kind::Query && row.gas > QUERY_LIMIT;
        self.rows.iter().filter(heavy).map(|row| Finding::TooHeavy {
            act: row.name(),
            now: row.gas,
        })
    }

    /// Acts in the order of their first rows, with their kinds.
    pub fn acts(&self) -> Vec<(&str, Kind)> {
        let mut acts: Vec<(&str, Kind)> = vec![];
        for row in &self.rows {
            if acts.iter().all(|(act, _)| *act != row.act) {
                acts.push((&row.act, row.kind));
            }
        }
        acts
    }

    /// What each collateral, synth or market more costs an act, between two columns that differ in
    /// it alone.
    pub fn per_further(&self, act: &str, further: Further) -> Option<f64> {
        let (few, many) = further.columns();
        let gas = |column| self.row(act, column).map(|row| row.gas as f64);
        let count = further.of(many).checked_sub(further.of(few))?;
        Some((gas(many)? - gas(few)?) / count as f64)
    }
}

/// What there may be more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Further {
    /// A synth that has a supply.
    Synth,
    /// A collateral that the account has staked.
    Collateral,
    /// A market of a pool, of the same contract as the others.
    Market,
    /// A market contract of a pool, of the same code as the others.
    MarketContract,
}

impl Further {
    const fn columns(self) -> (Column, Column) {
        match self {
            Self::Synth => (Column::Steady, Column::ManySynths),
            Self::Collateral => (Column::ManySynths, Column::Limits),
            Self::Market => (Column::OneMarket, Column::OneContract),
            Self::MarketContract => (Column::OneContract, Column::Contracts),
        }
    }

    const fn of(self, column: Column) -> usize {
        match self {
            Self::Synth => column.synths(),
            Self::Collateral => column.collaterals(),
            Self::Market => column.markets(),
            Self::MarketContract => column.market_contracts(),
        }
    }
}

fn has_grown(before: u64, now: u64) -> bool {
    now.saturating_mul(1_000) > before.saturating_mul(1_000 + TOLERANCE_PERMILLE)
}

/// How much more or less: `+3.1 %`.
pub fn percent(before: u64, now: u64) -> String {
    format!("{:+.1} %", (now as f64 / before as f64 - 1.0) * 100.0)
}

fn most_of(counts: &[Counts]) -> Counts {
    let most = |of: fn(&Counts) -> u64| counts.iter().map(of).max().unwrap_or_default();
    Counts {
        codes: most(|counts| counts.codes),
        reads: most(|counts| counts.reads),
        scanned: most(|counts| counts.scanned),
        writes: most(|counts| counts.writes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn row(act: &str, kind: Kind, column: Column, gas: u64) -> Row {
        Row {
            act: act.to_owned(),
            kind,
            column,
            gas,
            spread: 0,
            counts: Counts::default(),
        }
    }

    fn report(rows: Vec<Row>) -> Report {
        Report {
            chain: "wasmd v0.61.14".to_owned(),
            rows,
        }
    }

    fn mint(gas: u64) -> Row {
        row("mint", Kind::Message, Column::Steady, gas)
    }

    #[rstest]
    #[case::the_same(100_000, None)]
    #[case::less(10_000, None)]
    #[case::as_much_as_may_be(103_000, None)]
    #[case::more(
        103_100,
        Some("mint (steady) grew by +3.1 % from 100000 to 103100 gas")
    )]
    fn growth(#[case] now: u64, #[case] finding: Option<&str>) {
        let found = report(vec![mint(now)]).findings(&report(vec![mint(100_000)]));
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, Vec::from_iter(finding));
    }

    #[test]
    fn what_is_in_one_of_both_alone() {
        let other = row("mint", Kind::Message, Column::Limits, 100_000);
        let now = report(vec![mint(100_000)]);
        let findings = now.findings(&report(vec![other]));
        let new = Finding::New {
            act: "mint (steady)".to_owned(),
        };
        let missing = Finding::Missing {
            act: "mint (limits)".to_owned(),
        };
        assert_eq!(findings, [new, missing]);
    }

    #[rstest]
    #[case(Kind::Query, QUERY_LIMIT, false)]
    #[case(Kind::Query, QUERY_LIMIT + 1, true)]
    #[case(Kind::Message, QUERY_LIMIT + 1, false)]
    fn a_query_has_a_limit(#[case] kind: Kind, #[case] gas: u64, #[case] fails: bool) {
        let report = report(vec![row("due", kind, Column::Limits, gas)]);
        assert_eq!(report.findings(&report).is_empty(), !fails);
    }

    #[test]
    fn a_baseline_of_another_chain_says_nothing() {
        let now = report(vec![mint(100_000)]);
        let mut before = now.clone();
        before.chain = "wasmd v0.54.9".to_owned();
        let findings = now.findings(&before);
        assert!(matches!(findings.as_slice(), [Finding::OtherChain { .. }]));
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gas.json");
        let report = report(vec![mint(1), row("due", Kind::Query, Column::Limits, 2)]);
        let text = report.text().unwrap();
        assert_eq!(text.lines().count(), 7, "{text}");
        fs::write(&path, text).unwrap();
        assert_eq!(Report::read(&path).unwrap(), report);
    }

    #[test]
    fn parts_that_were_not_measured_stay_as_they_were() {
        let pools = |gas| row("delegate", Kind::Message, Column::OneMarket, gas);
        let swap = row("swap DUCA", Kind::Message, Column::StabilityPool, 5);
        let before = report(vec![mint(1), swap.clone(), pools(2)]);
        let mut now = mint(3);
        now.spread = 1;
        let after = report(vec![now.clone()]).beside(&before);
        assert_eq!(after.rows, [now, swap, pools(2)]);
        let alone = before.of_parts(&[Part::Pools]);
        assert_eq!(alone.rows, [pools(2)]);
    }

    #[test]
    fn what_one_more_costs_is_of_columns_that_differ_in_it_alone() {
        let at = |column, gas| row("mint", Kind::Message, column, gas);
        let report = report(vec![
            at(Column::Steady, 200_000),
            at(Column::ManySynths, 200_000 + 60 * 900),
            at(Column::Limits, 200_000 + 60 * 900 + 7 * 3_000),
        ]);
        assert_eq!(report.per_further("mint", Further::Synth), Some(900.0));
        assert_eq!(
            report.per_further("mint", Further::Collateral),
            Some(3_000.0)
        );
        assert_eq!(report.per_further("burn", Further::Synth), None);
    }

    #[test]
    fn the_most_of_all_times_counts() {
        let measured = |costs: Vec<u64>| Measured {
            act: "mint",
            kind: Kind::Message,
            column: Column::Steady,
            costs,
        };
        let counts = |reads| Counts {
            reads,
            ..Counts::default()
        };
        let counted = Measured {
            act: "mint",
            kind: Kind::Message,
            column: Column::Steady,
            costs: vec![counts(4), counts(3)],
        };
        let gas = [measured(vec![200_010, 200_000])];
        let report = Report::of("x".to_owned(), &gas, &[counted]).unwrap();
        let row = report.row("mint", Column::Steady).unwrap();
        assert_eq!((row.gas, row.spread, row.counts.reads), (200_010, 10, 4));
        Report::of("x".to_owned(), &gas, &[]).unwrap_err();
    }
}
