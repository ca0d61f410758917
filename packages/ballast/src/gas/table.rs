//! The tables: on a terminal, and in the docs.

use ballast_sim::benchmark::{Column as Heading, Grid, gas::QUERY_LIMIT, grouped};

use super::{
    acts::Kind,
    report::{Further, Report, Row, percent},
    scene::{Column, Part},
};

/// What everything is compared with.
const TRANSFER: &str = "cw20 transfer";

/// What an act may take in the steady state, where a cw20 transfer takes 110,000.
const TARGETS: [(&str, u64); 19] = [
    ("deposit, native", 150_000),
    ("mint", 290_000),
    ("burn", 290_000),
    ("withdraw with debt", 230_000),
    ("flag", 200_000),
    ("liquidate, restoring", 400_000),
    ("exchange, synth to synth", 330_000),
    ("swap DCM, the first in two hours", 250_000),
    ("swap DCM, out of the pool", 250_000),
    ("swap DCM, part of it minted", 250_000),
    ("swap DCM, all of it minted", 250_000),
    ("swap DUCA", 250_000),
    ("provide", 260_000),
    ("withdraw liquidity", 260_000),
    ("burn DUCA", 250_000),
    ("contract", 250_000),
    ("delegate", 350_000),
    ("mint_usd", 380_000),
    ("claim_fees", 300_000),
];

/// What comes nearest to an act elsewhere, measured on the same chain.
const PEERS: [(&str, &str, u64); 16] = [
    ("deposit, native", "Mars deposit", 418_262),
    ("mint", "Mars borrow", 462_075),
    ("burn", "Mars repay", 299_307),
    ("withdraw with debt", "Mars withdraw", 473_721),
    ("liquidate, restoring", "Mars liquidate", 570_996),
    ("exchange, synth to synth", "Astroport swap", 320_243),
    ("swap DCM, out of the pool", "Astroport swap", 320_243),
    ("swap DUCA", "Astroport swap", 324_216),
    ("provide", "Astroport provide", 343_328),
    ("withdraw liquidity", "Astroport withdraw", 341_587),
    ("delegate", "Astroport provide", 343_328),
    ("mint_usd", "Mars borrow", 462_075),
    ("burn_usd", "Mars repay", 299_307),
    ("undelegate, with debt", "Mars withdraw", 473_721),
    ("liquidate", "Mars liquidate", 570_996),
    ("spot market: buy", "Astroport swap", 324_216),
];

impl Part {
    /// The column in which each of its messages is.
    const fn main(self) -> Column {
        match self {
            Self::Issuance => Column::Steady,
            Self::StabilityPool => Column::StabilityPool,
            Self::Pools => Column::OneMarket,
        }
    }

    /// The columns whose queries ask for the most, from the largest on.
    const fn largest(self) -> &'static [Column] {
        match self {
            Self::Issuance => &[Column::Limits],
            Self::StabilityPool => &[Column::StabilityPool],
            Self::Pools => &[Column::Contracts, Column::OneMarket],
        }
    }

    /// The columns beside the main one, with their headings.
    const fn sizes(self, kind: Kind) -> &'static [(&'static str, Column)] {
        match (self, kind) {
            (Self::Issuance, Kind::Message) => &[("at the\nlimits", Column::Limits)],
            (Self::Issuance, Kind::Query) => &[
                ("64 synths", Column::ManySynths),
                ("at the\nlimits", Column::Limits),
            ],
            (Self::StabilityPool, _) => &[],
            (Self::Pools, _) => &[
                ("16 markets of\none contract", Column::OneContract),
                ("16 market\ncontracts", Column::Contracts),
            ],
        }
    }

    /// What there may be more of.
    const fn further(self) -> &'static [(&'static str, Further)] {
        match self {
            Self::Issuance => &[
                ("each synth\nmore", Further::Synth),
                ("each collateral\nmore", Further::Collateral),
            ],
            Self::StabilityPool => &[],
            Self::Pools => &[
                ("each market\nmore", Further::Market),
                ("each contract\nmore", Further::MarketContract),
            ],
        }
    }

    fn title(self, what: &str) -> String {
        match self {
            Self::Issuance => what.to_owned(),
            Self::StabilityPool => format!("{what} of the stability pool"),
            Self::Pools => format!("{what} of pools and their markets"),
        }
    }
}

/// Messages and queries; with a baseline, what has changed since.
pub fn grids(report: &Report, baseline: Option<&Report>) -> [Grid; 6] {
    let messages = |part| messages(report, baseline, part);
    let queries = |part| queries(report, baseline, part);
    [
        messages(Part::Issuance),
        queries(Part::Issuance),
        messages(Part::StabilityPool),
        queries(Part::StabilityPool),
        messages(Part::Pools),
        queries(Part::Pools),
    ]
}

fn messages(report: &Report, baseline: Option<&Report>, part: Part) -> Grid {
    let numbers = [
        "gas",
        "cw20\ntransfers",
        "target",
        "contracts",
        "reads",
        "scanned",
        "writes",
    ];
    let sizes = part.sizes(Kind::Message).iter();
    let further = part.further().iter();
    let more = sizes.map(|(heading, _)| *heading);
    let more = more.chain(further.map(|(heading, _)| *heading));
    let mut columns = vec![Heading::words("message")];
    columns.extend(numbers.map(Heading::number));
    columns.extend(more.map(Heading::number));
    columns.push(Heading::words("elsewhere"));
    columns.extend(baseline.map(|_| Heading::number("change")));
    let transfer = report.row(TRANSFER, Column::Steady);
    let rows = acts(report, Kind::Message, part).map(|act| {
        let row = report.row(act, part.main());
        let gas = row.map(|row| row.gas);
        let count = |of: fn(&Row) -> u64| shown(row.map(of));
        let target = TARGETS.iter().find(|(name, _)| *name == act);
        let peer = PEERS.iter().find(|(name, ..)| *name == act);
        let mut cells = vec![
            act.to_owned(),
            shown(gas),
            gas.zip(transfer)
                .map(|(gas, transfer)| format!("{:.2}", gas as f64 / transfer.gas as f64))
                .unwrap_or_default(),
            shown(target.map(|(_, gas)| *gas)),
            count(|row| row.counts.codes),
            count(|row| row.counts.reads),
            count(|row| row.counts.scanned),
            count(|row| row.counts.writes),
        ];
        let sizes = part.sizes(Kind::Message).iter();
        cells.extend(sizes.map(|(_, size)| shown(report.row(act, *size).map(|row| row.gas))));
        let further = part.further().iter();
        cells.extend(further.map(|(_, further)| per_further(report, act, *further)));
        cells.push(
            peer.map(|(_, name, gas)| format!("{name} {}", grouped(*gas)))
                .unwrap_or_default(),
        );
        cells.extend(baseline.map(|baseline| changes(report, baseline, act)));
        cells
    });
    Grid {
        title: part.title("Messages"),
        columns,
        rows: rows.collect(),
        notes: vec![],
    }
}

fn queries(report: &Report, baseline: Option<&Report>, part: Part) -> Grid {
    let sizes = part.sizes(Kind::Query);
    let numbers = ["of what a\nnode allows", "contracts", "reads", "scanned"];
    let mut columns = vec![Heading::words("query"), Heading::number("gas")];
    columns.extend(sizes.iter().map(|(heading, _)| Heading::number(*heading)));
    columns.extend(numbers.map(Heading::number));
    columns.extend(baseline.map(|_| Heading::number("change")));
    let rows = acts(report, Kind::Query, part).map(|act| {
        let gas = |column| shown(report.row(act, column).map(|row| row.gas));
        let mut largest = part.largest().iter();
        let largest = largest.find_map(|column| report.row(act, *column));
        let count = |of: fn(&Row) -> u64| shown(largest.map(of));
        let of_limit = |row: &Row| format!("{:.0} %", row.gas as f64 / QUERY_LIMIT as f64 * 100.0);
        let mut cells = vec![act.to_owned(), gas(part.main())];
        cells.extend(sizes.iter().map(|(_, size)| gas(*size)));
        cells.extend([
            largest.map(of_limit).unwrap_or_default(),
            count(|row| row.counts.codes),
            count(|row| row.counts.reads),
            count(|row| row.counts.scanned),
        ]);
        cells.extend(baseline.map(|baseline| changes(report, baseline, act)));
        cells
    });
    Grid {
        title: part.title("Queries"),
        columns,
        rows: rows.collect(),
        notes: vec![],
    }
}

fn acts(report: &Report, kind: Kind, part: Part) -> impl Iterator<Item = &str> {
    let has = move |column: &Column| column.part() == part;
    let acts = report.acts().into_iter();
    acts.filter(move |(act, other)| {
        let mut columns = Column::ALL.iter().filter(|column| has(column));
        *other == kind && columns.any(|column| report.row(act, *column).is_some())
    })
    .map(|(act, _)| act)
}

fn shown(number: Option<u64>) -> String {
    number.map(grouped).unwrap_or_default()
}

fn per_further(report: &Report, act: &str, further: Further) -> String {
    let gas = report.per_further(act, further);
    // As a whole number, nothing has no sign.
    gas.map(|gas| format!("{}", gas.round() as i64))
        .unwrap_or_default()
}

/// The largest change of an act in any column.
fn changes(report: &Report, baseline: &Report, act: &str) -> String {
    let pairs = Column::ALL.into_iter().filter_map(|column| {
        let before = baseline.row(act, column)?.gas;
        Some((before, report.row(act, column)?.gas))
    });
    pairs
        .max_by_key(|(before, now)| before.abs_diff(*now))
        .map_or_else(|| "new".to_owned(), |(before, now)| percent(before, now))
}

/// A table as Markdown.
pub fn markdown(grid: &Grid) -> String {
    let line = |cells: &mut dyn Iterator<Item = String>| {
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let heading = |column: &Heading| column.heading.replace('\n', " ");
    let rule = |column: &Heading| if column.is_number { "---:" } else { "---" };
    let mut out = line(&mut grid.columns.iter().map(heading));
    out += &line(&mut grid.columns.iter().map(|column| rule(column).to_owned()));
    for row in &grid.rows {
        out += &line(&mut row.iter().cloned());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gas::embedded::Counts;

    fn row(act: &str, kind: Kind, column: Column, gas: u64) -> Row {
        Row {
            act: act.to_owned(),
            kind,
            column,
            gas,
            spread: 0,
            counts: Counts {
                codes: 3,
                reads: 24,
                scanned: 4,
                writes: 6,
            },
        }
    }

    fn report() -> Report {
        Report {
            chain: "x".to_owned(),
            rows: vec![
                row(TRANSFER, Kind::Message, Column::Steady, 100_000),
                row("mint", Kind::Message, Column::Steady, 250_000),
                row("mint", Kind::Message, Column::ManySynths, 310_000),
                row("mint", Kind::Message, Column::Limits, 345_000),
                row("pool", Kind::Query, Column::Limits, 1_500_000),
            ],
        }
    }

    #[test]
    fn a_message_stands_beside_transfer_target_and_peer() {
        let [messages, ..] = grids(&report(), None);
        let text = markdown(&messages);
        let line = "| mint | 250,000 | 2.50 | 290,000 | 3 | 24 | 4 | 6 | 345,000 | 1000 | 5000 | Mars borrow 462,075 |";
        assert!(text.lines().any(|found| found == line), "{text}");
        assert!(text.starts_with("| message | gas | cw20 transfers |"));
        assert_eq!(text.lines().nth(1).unwrap().matches("---:").count(), 10);
    }

    #[test]
    fn a_query_stands_beside_what_a_node_allows() {
        let [_, queries, ..] = grids(&report(), None);
        let text = markdown(&queries);
        assert!(
            text.ends_with("| pool |  |  | 1,500,000 | 50 % | 3 | 24 | 4 |\n"),
            "{text}"
        );
    }

    #[test]
    fn the_stability_pool_has_tables_of_its_own() {
        let mut report = report();
        let at = |act, kind| row(act, kind, Column::StabilityPool, 200_000);
        report.rows.push(at("provide", Kind::Message));
        report.rows.push(at("state", Kind::Query));
        let [issuance, _, messages, queries, ..] = grids(&report, None);
        assert_eq!(issuance.rows.len(), 2);
        let line =
            "| provide | 200,000 | 2.00 | 260,000 | 3 | 24 | 4 | 6 | Astroport provide 343,328 |\n";
        assert!(
            markdown(&messages).ends_with(line),
            "{}",
            markdown(&messages)
        );
        let line = "| state | 200,000 | 7 % | 3 | 24 | 4 |\n";
        assert!(markdown(&queries).ends_with(line), "{}", markdown(&queries));
    }

    #[test]
    fn pools_have_tables_of_three_sizes() {
        let mut report = report();
        let mut at = |act, kind, column, gas| report.rows.push(row(act, kind, column, gas));
        at("delegate", Kind::Message, Column::OneMarket, 300_000);
        at("delegate", Kind::Message, Column::OneContract, 450_000);
        at("delegate", Kind::Message, Column::Contracts, 600_000);
        at("withdraw", Kind::Message, Column::OneMarket, 150_000);
        at("credit", Kind::Query, Column::OneMarket, 300_000);
        let [.., messages, queries] = grids(&report, None);
        let messages = markdown(&messages);
        let line = "| delegate | 300,000 | 3.00 | 350,000 | 3 | 24 | 4 | 6 | 450,000 | 600,000 | 10000 | 10000 | Astroport provide 343,328 |";
        assert!(messages.lines().any(|found| found == line), "{messages}");
        let line = "| withdraw | 150,000 | 1.50 |  | 3 | 24 | 4 | 6 |  |  |  |  |  |";
        assert!(messages.lines().any(|found| found == line), "{messages}");
        let line = "| credit | 300,000 |  |  | 10 % | 3 | 24 | 4 |\n";
        assert!(markdown(&queries).ends_with(line), "{}", markdown(&queries));
    }

    #[test]
    fn the_largest_change_since_the_baseline_is_shown() {
        let mut baseline = report();
        baseline.rows.remove(0);
        baseline.rows[2].gas = 690_000;
        let [messages, ..] = grids(&report(), Some(&baseline));
        let changes: Vec<_> = messages.rows.iter().filter_map(|row| row.last()).collect();
        assert_eq!(changes, ["new", "-50.0 %"]);
    }

    #[test]
    fn every_target_and_peer_has_an_act() {
        let measured = crate::gas::tests::acts();
        let named = TARGETS.iter().map(|(act, _)| *act);
        for act in named.chain(PEERS.iter().map(|(act, ..)| *act)) {
            assert!(measured.contains(&act), "{act}");
        }
        assert!(measured.contains(&TRANSFER));
    }
}
