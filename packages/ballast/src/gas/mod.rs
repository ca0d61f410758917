//! `ballast gas`: what every message and every heavy query costs on a real chain.
//!
//! The same acts are played twice: on an embedded chain, which counts what they ask of the
//! storage, and on a real one, which says what gas they take. What is measured is compared with
//! a baseline in the repository.
//!
//! | module | job |
//! | --- | --- |
//! | `scene` | what is deployed, and who acts |
//! | `acts` | what is measured of issuance, in order |
//! | `pool` | what is measured of the stability pool, in order |
//! | `liquidity` | what is measured of pools, in order, alone and beside others |
//! | `meter`, `embedded`, `live` | what that needs of a chain, and the two chains |
//! | `report` | what was measured, beside the baseline |
//! | `table` | the tables |

mod acts;
mod embedded;
mod liquidity;
mod live;
mod meter;
mod pool;
mod report;
mod scene;
mod table;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use ballast_localnet::{Folder, Localnet, Options, Version, folder::DEFAULT_HOME, free_port_base};
use ballast_sim::Scale;
use clap::Args;

use crate::{bench, commands::FAILED, live::ground::Ground, text::Style};
use acts::play;
use live::LiveMeter;
use meter::Meter;
use report::{Finding, Report};
use scene::{Deployment, LIMITS, Part, STEADY};

// `ballast bench` plays the acts of pools beside others.
pub(crate) use acts::{Kind, Measured};
pub(crate) use embedded::{Counts, EmbeddedMeter};
pub(crate) use liquidity::{Crowd, Filling, play_beside};
pub(crate) use scene::Column;

/// Where the tables stand.
const PAGE: &str = "docs/gas.md";
const BEGIN: &str = "<!-- written by `ballast gas --write` -->";
const END: &str = "<!-- until here -->";

/// What to measure, and what to do with it.
#[derive(Args, Debug)]
pub struct GasArgs {
    /// Fail (exit status 1) when an act grew by more than 3 % beyond the baseline, is not in it,
    /// or was not measured
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
    /// Write the baseline, and the tables in docs/gas.md
    #[arg(long)]
    pub write: bool,
    /// Print what was measured as JSON, in the form of the baseline
    #[arg(long)]
    pub json: bool,
    /// Measure this part alone. The others stay as they are in the baseline
    #[arg(long, value_enum)]
    pub only: Option<Part>,
    /// The baseline
    #[arg(long, default_value = "docs/gas.json")]
    pub baseline: PathBuf,
    /// The contracts: what scripts/build makes
    #[arg(long, default_value = "artifacts")]
    pub artifacts: PathBuf,
    /// Which wasmd, v0.61.14 or v0.54.9
    #[arg(long, default_value_t)]
    pub wasmd: Version,
}

/// Measures, shows the tables, and compares or writes.
pub fn run(args: &GasArgs, style: Style) -> anyhow::Result<ExitCode> {
    let baseline = match Report::read(&args.baseline) {
        Err(error) if args.check => return Err(error),
        baseline => baseline.ok(),
    };
    let mut say = |line: &str| eprintln!("{}", style.dim(line));
    let parts = args.only.map_or(Part::ALL.to_vec(), |part| vec![part]);
    let report = measure(args, &parts, &mut say)?;
    let mut out = io::stdout().lock();
    if args.json {
        out.write_all(report.text()?.as_bytes())?;
    } else {
        let grids = table::grids(&report, baseline.as_ref()).into_iter();
        for grid in grids.filter(|grid| !grid.rows.is_empty()) {
            writeln!(out, "{}", bench::text(&grid, style))?;
        }
    }
    let findings: Vec<Finding> = match &baseline {
        Some(baseline) if args.check => report.findings(&baseline.clone().of_parts(&parts)),
        _ => report.too_heavy().collect(),
    };
    if args.write {
        let report = match &baseline {
            Some(baseline) => report.beside(baseline),
            None => report,
        };
        fs::write(&args.baseline, report.text()?)
            .with_context(|| args.baseline.display().to_string())?;
        write_page(PAGE.as_ref(), &report)?;
    }
    for finding in &findings {
        eprintln!("{}", style.bad(&finding.to_string()));
    }
    Ok(ExitCode::from(if findings.is_empty() { 0 } else { FAILED }))
}

fn measure(args: &GasArgs, parts: &[Part], say: &mut dyn FnMut(&str)) -> anyhow::Result<Report> {
    let mut counts = vec![];
    for part in parts {
        counts.extend(play_part(
            &mut EmbeddedMeter::default(),
            *part,
            &mut |_| {},
        )?);
    }
    let deployments = [
        Deployment::of(LIMITS),
        Deployment::of_stability_pool()?,
        liquidity::deployment(Crowd::NONE)?,
    ];
    let denoms = deployments.iter().flat_map(Deployment::denoms);
    let options = Options {
        wasmd: Some(args.wasmd),
        port_base: Some(free_port_base(1)?),
        denoms: Some(denoms.collect()),
        ..Options::default()
    };
    let name = format!("gas-{}", std::process::id());
    let _net = Localnet::temporary(Folder::new(DEFAULT_HOME, &name)?, &options, say)?;
    let ground = Ground::open(&name, &args.artifacts, Scale::REAL, say)?;
    let mut live = LiveMeter::new(&ground, &args.artifacts)?;
    let mut gas = vec![];
    for part in parts {
        gas.extend(play_part(&mut live, *part, say)?);
    }
    Report::of(format!("wasmd {}", args.wasmd), &gas, &counts)
}

fn play_part<M: Meter>(
    meter: &mut M,
    part: Part,
    say: &mut dyn FnMut(&str),
) -> anyhow::Result<Vec<Measured<M::Cost>>> {
    match part {
        Part::Issuance => {
            let mut rows = play(meter, STEADY, say)?;
            rows.extend(play(meter, LIMITS, say)?);
            Ok(rows)
        }
        Part::StabilityPool => pool::play(meter, say),
        Part::Pools => liquidity::play(meter, say),
    }
}

/// Puts the tables between their marks; the prose around them stays.
fn write_page(path: &Path, report: &Report) -> anyhow::Result<()> {
    let page = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let page = with_tables(&page, report)
        .with_context(|| format!("{} has no `{BEGIN}` and `{END}`", path.display()))?;
    fs::write(path, page).with_context(|| path.display().to_string())
}

fn with_tables(page: &str, report: &Report) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    let tables = table::grids(report, None).map(|grid| {
        let title = &grid.title;
        format!("### {title}\n\n{}\n", table::markdown(&grid))
    });
    let tables = tables.concat();
    Some(format!("{before}{BEGIN}\n\n{tables}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use scene::ROUNDS;

    static MEASURED: LazyLock<Vec<Measured<Counts>>> = LazyLock::new(|| {
        let parts = Part::ALL.into_iter();
        parts
            .flat_map(|part| play_part(&mut EmbeddedMeter::default(), part, &mut |_| {}).unwrap())
            .collect()
    });

    /// Every act that is measured.
    pub fn acts() -> Vec<&'static str> {
        MEASURED.iter().map(|row| row.act).collect()
    }

    #[test]
    fn scenes_play_to_their_end() {
        for row in MEASURED.iter() {
            let place = format!("{} ({})", row.act, row.column.name());
            let times = match (row.column, row.kind, row.act) {
                (
                    Column::StabilityPool
                    | Column::OneMarket
                    | Column::OneContract
                    | Column::Contracts,
                    ..,
                ) => ROUNDS,
                (_, Kind::Query, _) | (.., "add_collateral" | "add_synth") => 1,
                (_, Kind::Message, _) => ROUNDS,
            };
            assert_eq!(row.costs.len(), times, "{place}");
            for counts in &row.costs {
                assert!(counts.codes > 0 && counts.reads > 0, "{place}");
                // A market that answers stays where it is.
                let writes = row.kind == Kind::Message && row.act != "check_market";
                assert_eq!(counts.writes > 0, writes, "{place}");
            }
        }
        let steady = MEASURED.iter().filter(|row| row.column == Column::Steady);
        let limits = MEASURED.iter().filter(|row| row.column == Column::Limits);
        assert_eq!(
            steady.map(|row| row.act).collect::<Vec<_>>(),
            limits.map(|row| row.act).collect::<Vec<_>>()
        );
    }

    #[test]
    fn each_time_an_act_asks_for_the_same() {
        for row in MEASURED.iter() {
            let reads = row.costs.iter().map(|counts| counts.reads);
            let writes = row.costs.iter().map(|counts| counts.writes);
            let spread = |values: Vec<u64>| {
                values.iter().max().unwrap_or(&0) - values.iter().min().unwrap_or(&0)
            };
            let place = format!("{} ({})", row.act, row.column.name());
            assert_eq!(spread(writes.collect()), 0, "{place}");
            assert_eq!(spread(reads.collect()), 0, "{place}");
        }
    }

    #[test]
    fn tables_are_written_between_their_marks() {
        let page = format!("# Gas\n{BEGIN}\nold\n{END}\nprose\n");
        let report = Report {
            chain: String::new(),
            rows: vec![],
        };
        let once = with_tables(&page, &report).unwrap();
        assert!(once.starts_with("# Gas\n") && once.ends_with(&format!("{END}\nprose\n")));
        assert!(once.contains("### Queries") && !once.contains("old"));
        assert_eq!(with_tables(&once, &report).unwrap(), once);
        assert_eq!(with_tables("# Gas\n", &report), None);
    }

    #[test]
    fn the_page_has_the_marks() {
        let page = include_str!("../../../../docs/gas.md");
        assert!(page.contains(BEGIN) && page.contains(END));
    }
}
