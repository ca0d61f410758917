//! The acts of pools beside few and beside many others: each must ask the storage for the same.

use anyhow::ensure;
use ballast_sim::benchmark::{Column as Heading, Grid, grouped};
use serde::Serialize;

use crate::gas::{Column, Counts, Crowd, EmbeddedMeter, Filling, Kind, Measured, play_beside};

/// Fewer accounts do not fill a page of a list.
pub const FEWEST_ACCOUNTS: u32 = 10;
/// The lens fetches so many records at once where it is asked for a list, however many there are
/// and however few it shows.
const PAGE: u64 = 64;
/// The lists.
const LISTS: [&str; 3] = ["due, 10 positions", "positions, 10", "pools, 5"];
/// Pools of these sizes are measured.
const SIZES: [Column; 3] = [Column::OneMarket, Column::OneContract, Column::Contracts];

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// How many others there were, for each column.
    pub crowds: Vec<Crowd>,
    /// What it took to gather them.
    pub fillings: Vec<Filling>,
    /// Every act in a pool of every size that it was measured in.
    pub rows: Vec<Row>,
    /// What should not be: empty when all is well.
    pub failures: Vec<String>,
}

/// An act beside itself, with few others and with many.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The act.
    pub act: String,
    /// Message or query.
    pub kind: Kind,
    /// The pool's markets.
    pub size: Column,
    /// In the order of the crowds.
    pub counts: Vec<Counts>,
}

type Quantity = (&'static str, fn(&Counts) -> u64);
const READS: Quantity = ("reads", |counts| counts.reads);
const SCANNED: Quantity = ("scanned", |counts| counts.scanned);
const WRITES: Quantity = ("writes", |counts| counts.writes);
const CODES: Quantity = ("contracts", |counts| counts.codes);

impl Row {
    fn first(&self) -> Counts {
        self.counts.first().copied().unwrap_or_default()
    }

    /// Where the columns differ, and by how much.
    fn differences(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let is_list = LISTS.contains(&self.act.as_str());
        [READS, SCANNED, WRITES, CODES]
            .into_iter()
            .filter_map(move |(name, of)| {
                let counts = || self.counts.iter().map(of);
                let spread = counts().max()? - counts().min()?;
                let allowed = if is_list && name == SCANNED.0 {
                    PAGE
                } else {
                    0
                };
                (spread > allowed).then_some((name, spread))
            })
    }
}

/// Plays every act of pools beside each of these crowds.
pub fn run(crowds: Vec<Crowd>, tick: &mut dyn FnMut()) -> anyhow::Result<Report> {
    for crowd in &crowds {
        ensure!(
            crowd.accounts >= FEWEST_ACCOUNTS,
            "TooFewAccounts: {} accounts are less than {FEWEST_ACCOUNTS}",
            crowd.accounts
        );
        // The first pool behind a market needs no price of what is behind it already.
        ensure!(
            crowd.pools > 0,
            "NoPools: at least one other pool is needed"
        );
    }
    let mut fillings = vec![];
    let mut columns = vec![];
    for crowd in &crowds {
        let (acts, filling) = play_beside(&mut EmbeddedMeter::default(), *crowd, tick)?;
        columns.push(acts);
        fillings.push(filling);
    }
    let rows = side_by_side(&columns);
    Ok(Report {
        failures: failures(&crowds, &rows),
        crowds,
        fillings,
        rows,
    })
}

/// The same acts happen in the same order beside every crowd.
fn side_by_side(columns: &[Vec<Measured<Counts>>]) -> Vec<Row> {
    let acts = columns.first().into_iter().flatten().enumerate();
    acts.map(|(index, one)| Row {
        act: one.act.to_owned(),
        kind: one.kind,
        size: one.column,
        counts: columns
            .iter()
            .filter_map(|column| column.get(index)?.costs.first())
            .copied()
            .collect(),
    })
    .collect()
}

fn failures(crowds: &[Crowd], rows: &[Row]) -> Vec<String> {
    let crowds = crowds.iter().map(|crowd| words(*crowd));
    let crowds = crowds.collect::<Vec<_>>().join(" and ");
    rows.iter()
        .flat_map(|row| {
            let (act, size, crowds) = (&row.act, row.size.name(), &crowds);
            row.differences().map(move |(what, spread)| {
                format!("Grows: {act} ({size}) differs by {spread} {what} between {crowds}")
            })
        })
        .collect()
}

fn words(crowd: Crowd) -> String {
    let noun = if crowd.pools == 1 { "pool" } else { "pools" };
    format!(
        "{} accounts, {} {noun}",
        grouped(crowd.accounts),
        grouped(crowd.pools)
    )
}

impl Report {
    /// Everything as tables of text.
    pub fn grids(&self) -> [Grid; 2] {
        [self.flatness(), self.growth()]
    }

    fn flatness(&self) -> Grid {
        let crowds: Vec<String> = self.crowds.iter().map(|crowd| words(*crowd)).collect();
        let quantities = [READS, SCANNED, WRITES];
        let mut columns = vec![Heading::words("act")];
        for (name, _) in quantities {
            let heads = crowds
                .iter()
                .map(|crowd| format!("{name}\n{}", crowd.replace(", ", "\n")));
            columns.extend(heads.map(Heading::number));
        }
        let rows = self.rows.iter().filter(|row| row.size == SIZES[0]);
        let rows = rows.map(|row| {
            let numbers = quantities
                .iter()
                .flat_map(|(_, of)| row.counts.iter().map(of));
            let numbers = numbers.map(|number| number.to_string());
            [row.act.clone()].into_iter().chain(numbers).collect()
        });
        let rows = rows.collect();
        let mut notes: Vec<String> = self
            .crowds
            .iter()
            .zip(&self.fillings)
            .map(|(crowd, filling)| {
                format!(
                    "{}: {} messages in {:.1} s.",
                    words(*crowd),
                    grouped(filling.messages),
                    filling.seconds
                )
            })
            .collect();
        notes.push(format!(
            "No act may differ at all, in pools of any size. Lists alone may come past more \
             records, of one page of {PAGE}."
        ));
        Grid {
            title: format!("Pools: each act beside {}", crowds.join(" and beside ")),
            columns,
            rows,
            notes,
        }
    }

    /// What the markets of the pool itself cost.
    fn growth(&self) -> Grid {
        let mut columns = vec![Heading::words("act")];
        let quantities = [READS, SCANNED, WRITES];
        for place in ["1 market", "each\nmarket more", "each\ncontract more"] {
            let heads = quantities
                .iter()
                .map(|(name, _)| format!("{name}\n{place}"));
            columns.extend(heads.map(Heading::number));
        }
        let mut flat = vec![];
        let mut rows = vec![];
        for row in self.rows.iter().filter(|row| row.size == SIZES[0]) {
            let Some(sizes) = self.sizes(&row.act) else {
                continue;
            };
            let counts = sizes.map(Row::first);
            let mut cells = vec![row.act.clone()];
            let [one, together, apart] = counts;
            cells.extend(quantities.map(|(_, of)| of(&one).to_string()));
            for (fewer, more) in [(one, together), (together, apart)] {
                cells.extend(quantities.map(|(_, of)| per_further(of(&fewer), of(&more))));
            }
            if cells.iter().skip(4).all(|cell| cell == "0") {
                flat.push(row.act.as_str());
            } else {
                rows.push(cells);
            }
        }
        Grid {
            title: "What grows with the markets of a pool, of which there are 16 at most".into(),
            columns,
            rows,
            notes: vec![format!("The same with 1 and with 16: {}.", flat.join("; "))],
        }
    }

    /// An act in pools of all sizes; none of one that does not depend on a pool's size.
    fn sizes(&self, act: &str) -> Option<[&Row; 3]> {
        let of = |size| {
            let same = |row: &&Row| row.act == act && row.size == size;
            self.rows.iter().find(same)
        };
        let [one, together, apart] = SIZES.map(of);
        Some([one?, together?, apart?])
    }
}

/// What each of fifteen more adds.
fn per_further(fewer: u64, more: u64) -> String {
    let sign = if more < fewer { "−" } else { "" };
    let spread = more.abs_diff(fewer);
    match spread % 15 {
        0 => format!("{sign}{}", spread / 15),
        _ => {
            let tenths = (spread * 10 + 7) / 15;
            format!("{sign}{}.{}", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn counts(reads: u64, scanned: u64, writes: u64) -> Counts {
        Counts {
            codes: 1,
            reads,
            scanned,
            writes,
        }
    }

    fn row(act: &str, size: Column, counts: Vec<Counts>) -> Row {
        Row {
            act: act.to_owned(),
            kind: Kind::Message,
            size,
            counts,
        }
    }

    const FEW: Crowd = Crowd {
        accounts: 10,
        pools: 1,
    };
    const MORE: Crowd = Crowd {
        accounts: 70,
        pools: 5,
    };

    #[test]
    fn seventy_accounts_and_five_pools_cost_what_ten_and_one_do() {
        let mut ticks = 0;
        let report = run(vec![FEW, MORE], &mut || ticks += 1).unwrap();
        assert_eq!(report.failures, Vec::<String>::new());
        assert_eq!(ticks, FEW.ticks() + MORE.ticks());
        for row in &report.rows {
            let place = format!("{} ({})", row.act, row.size.name());
            assert_eq!(row.counts.len(), 2, "{place}");
            assert!(row.first().reads > 0, "{place}");
            // A market that answers stays where it is.
            let writes = row.kind == Kind::Message && row.act != "check_market";
            assert_eq!(row.first().writes > 0, writes, "{place}");
        }
        for grid in report.grids() {
            assert!(!grid.rows.is_empty());
            for row in &grid.rows {
                assert_eq!(row.len(), grid.columns.len(), "{row:?}");
            }
        }
    }

    #[rstest]
    #[case::equal("mint_usd", counts(5, 5, 5), None)]
    #[case::reads("mint_usd", counts(6, 5, 5), Some("by 1 reads"))]
    #[case::fewer("mint_usd", counts(4, 5, 5), Some("by 1 reads"))]
    #[case::scanned("mint_usd", counts(5, 6, 5), Some("by 1 scanned"))]
    #[case::writes("mint_usd", counts(5, 5, 6), Some("by 1 writes"))]
    #[case::a_page("positions, 10", counts(5, 69, 5), None)]
    #[case::more_than_a_page("positions, 10", counts(5, 70, 5), Some("by 65 scanned"))]
    #[case::reads_of_a_list("positions, 10", counts(6, 69, 5), Some("by 1 reads"))]
    fn a_difference_is_a_failure(
        #[case] act: &str,
        #[case] many: Counts,
        #[case] failure: Option<&str>,
    ) {
        let row = row(act, Column::OneMarket, vec![counts(5, 5, 5), many]);
        let found = failures(&[FEW, MORE], &[row]);
        match failure {
            None => assert_eq!(found, Vec::<String>::new()),
            Some(text) => assert!(found[0].contains(text), "{found:?}"),
        }
    }

    #[test]
    fn what_markets_add() {
        let sizes = SIZES.into_iter().zip([7, 37, 60]);
        let rows = sizes.map(|(size, reads)| row("sync_pool", size, vec![counts(reads, 0, 1)]));
        let sizes = SIZES.into_iter();
        let flat = sizes.map(|size| row("set_cut", size, vec![counts(3, 0, 1)]));
        let report = Report {
            crowds: vec![FEW],
            fillings: vec![Filling::default()],
            rows: rows.chain(flat).collect(),
            failures: vec![],
        };
        let [_, growth] = report.grids();
        let expected = ["sync_pool", "7", "0", "1", "2", "0", "0", "1.5", "0", "0"];
        assert_eq!(growth.rows, [expected.map(str::to_owned)]);
        assert!(growth.notes[0].ends_with("16: set_cut."), "{growth:?}");
    }

    #[rstest]
    #[case(Crowd { accounts: 9, ..FEW }, "TooFewAccounts")]
    #[case(Crowd { pools: 0, ..FEW }, "NoPools")]
    fn senseless_crowds_are_refused(#[case] crowd: Crowd, #[case] name: &str) {
        let error = run(vec![FEW, crowd], &mut || ()).unwrap_err();
        assert_eq!(ballast_sim::error_name(&error), name);
    }
}
