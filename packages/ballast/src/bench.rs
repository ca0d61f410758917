//! `ballast bench`: what each act costs, as tables.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use ballast_sim::benchmark::{self, Grid, Options};
use clap::Args;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::{commands::FAILED, progress::Progress, text::Style};

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
    /// How often each act is measured; the quickest time counts
    #[arg(long, default_value_t = Options::default().rounds)]
    pub rounds: u32,
    /// The whole report as JSON
    #[arg(long)]
    pub json: bool,
}

/// Measures, and shows the tables.
pub fn run(args: &BenchArgs, style: Style, bar: bool) -> anyhow::Result<ExitCode> {
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

    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        for grid in report.grids() {
            writeln!(out, "{}", text(&grid, style))?;
        }
        if cfg!(debug_assertions) {
            let advice = "These are the times of a debug build: use --release.";
            writeln!(out, "{}", style.warn(advice))?;
        }
    }
    for failure in &report.failures {
        eprintln!("{}", style.bad(failure));
    }
    Ok(ExitCode::from(if report.is_good() { 0 } else { FAILED }))
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
