//! `ballast bench`: what each act costs, as tables.
//!
//! | module | job |
//! | --- | --- |
//! | `pools` | the acts of pools beside few and many others; those of issuance are `ballast_sim::benchmark` |

mod pools;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use anyhow::ensure;
use ballast_sim::benchmark::{self, Grid, Options};
use clap::{Args, ValueEnum};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::{commands::FAILED, gas::Crowd, progress::Progress, text::Style};

/// How wide a table is where there is no terminal to ask.
const WIDTH: u16 = 160;
/// Below this the columns are too narrow to read.
const NARROWEST: u16 = 100;

/// What to measure.
#[derive(Args, Debug)]
pub struct BenchArgs {
    /// How many other accounts there are, one column for each number
    #[arg(long, value_delimiter = ',', default_values_t = Options::default().accounts)]
    pub accounts: Vec<u32>,
    /// How many other pools are behind each market; as many numbers as of accounts
    #[arg(
        long,
        value_delimiter = ',',
        default_values_t = [1, 1_000],
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub pools: Vec<u32>,
    /// Measure this part alone
    #[arg(long, value_enum)]
    pub only: Option<Part>,
    /// How often each act of issuance is measured; the quickest time counts
    #[arg(long, default_value_t = Options::default().rounds)]
    pub rounds: u32,
    /// The whole report as JSON
    #[arg(long)]
    pub json: bool,
}

/// What is measured together, and has tables of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// What a user of synths does.
    Issuance,
    /// What LPs, their pools and markets do.
    Pools,
}

impl BenchArgs {
    fn wants(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }

    fn crowds(&self) -> anyhow::Result<Vec<Crowd>> {
        let (accounts, pools) = (self.accounts.len(), self.pools.len());
        ensure!(
            accounts == pools,
            "UnequalColumns: {accounts} numbers of accounts, {pools} of pools"
        );
        let columns = self.accounts.iter().zip(&self.pools);
        Ok(columns
            .map(|(accounts, pools)| Crowd {
                accounts: *accounts,
                pools: *pools,
            })
            .collect())
    }
}

/// What was measured; none of a part that was not.
#[derive(Serialize)]
struct Report {
    #[serde(skip_serializing_if = "Option::is_none")]
    issuance: Option<benchmark::Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pools: Option<pools::Report>,
}

impl Report {
    fn measured(args: &BenchArgs, bar: bool) -> anyhow::Result<Self> {
        let crowds = args.wants(Part::Pools).then(|| args.crowds()).transpose()?;
        let issuance = args.wants(Part::Issuance).then(|| issuance(args, bar));
        Ok(Self {
            issuance: issuance.transpose()?,
            pools: crowds.map(|crowds| beside(crowds, bar)).transpose()?,
        })
    }

    fn grids(&self) -> Vec<Grid> {
        let issuance = self.issuance.iter().flat_map(benchmark::Report::grids);
        let pools = self.pools.iter().flat_map(pools::Report::grids);
        issuance.chain(pools).collect()
    }

    fn failures(&self) -> Vec<&String> {
        let issuance = self.issuance.iter().flat_map(|report| &report.failures);
        let pools = self.pools.iter().flat_map(|report| &report.failures);
        issuance.chain(pools).collect()
    }
}

fn issuance(args: &BenchArgs, bar: bool) -> anyhow::Result<benchmark::Report> {
    let options = Options {
        accounts: args.accounts.clone(),
        rounds: args.rounds,
    };
    let mut shown = None;
    let report = benchmark::run(&options, &mut |_, total| {
        shown
            .get_or_insert_with(|| Progress::new(usize::try_from(total).unwrap_or(0), bar))
            .step("accounts");
    })?;
    if let Some(progress) = shown {
        progress.finish();
    }
    Ok(report)
}

fn beside(crowds: Vec<Crowd>, bar: bool) -> anyhow::Result<pools::Report> {
    let ticks: u64 = crowds.iter().map(|crowd| crowd.ticks()).sum();
    let mut progress = Progress::new(usize::try_from(ticks).unwrap_or(0), bar);
    let report = pools::run(crowds, &mut || progress.step("accounts and pools"))?;
    progress.finish();
    Ok(report)
}

/// Measures, and shows the tables.
pub fn run(args: &BenchArgs, style: Style, bar: bool) -> anyhow::Result<ExitCode> {
    let report = Report::measured(args, bar)?;
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        for grid in report.grids() {
            writeln!(out, "{}", text(&grid, style))?;
        }
        if cfg!(debug_assertions) && report.issuance.is_some() {
            let advice = "These are the times of a debug build: use --release.";
            writeln!(out, "{}", style.warn(advice))?;
        }
    }
    let failures = report.failures();
    for failure in &failures {
        eprintln!("{}", style.bad(failure));
    }
    Ok(ExitCode::from(if failures.is_empty() { 0 } else { FAILED }))
}

/// A table for a terminal.
pub fn text(grid: &Grid, style: Style) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED.with_rounded_corners())
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(
            grid.columns
                .iter()
                .map(|column| style.bold(&column.heading)),
        )
        .add_rows(&grid.rows);
    if table.width().is_none_or(|width| width < NARROWEST) {
        table.set_width(WIDTH);
    }
    for (column, shape) in table.column_iter_mut().zip(&grid.columns) {
        if shape.is_number {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut out = format!("{}\n{table}\n", style.bold(&grid.title));
    for note in &grid.notes {
        out = format!("{out}{}\n", style.dim(note));
    }
    out
}
