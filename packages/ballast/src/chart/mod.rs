//! `ballast chart`: the series of stories, drawn or as CSV.

mod csv;
mod svg;

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context, bail, ensure};
use clap::Args;

use crate::{
    commands::{self, FAILED, MISTAKEN},
    play::{self, StoryReport},
    text::Style,
};

/// Which stories, and where to.
#[derive(Args, Debug)]
pub struct ChartArgs {
    /// Stories that name the same series
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Draw them into this file
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Write them into this file; to the standard output without either
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
}

/// A story as it went, by its numbers.
struct Line {
    /// The profile it was played on.
    label: String,
    /// File, for the CSV.
    file: String,
    points: Vec<Point>,
}

/// The numbers after a step.
struct Point {
    step: usize,
    /// Seconds since the story began.
    elapsed: u64,
    numbers: Vec<Option<String>>,
}

/// Plays the stories and writes down their series.
pub fn run(args: &ChartArgs, style: Style) -> anyhow::Result<ExitCode> {
    let Some(ready) = commands::ready(&args.paths, style)? else {
        return Ok(ExitCode::from(MISTAKEN));
    };
    let mut names: Vec<String> = vec![];
    let mut lines: Vec<Line> = vec![];
    for mut one in ready {
        let file = one.source.name;
        let its: Vec<String> = one.story.series.iter().map(|s| s.name.clone()).collect();
        ensure!(!its.is_empty(), "{file} names no series");
        if lines.is_empty() {
            names.clone_from(&its);
        }
        ensure!(its == names, "{file} has other series than the first story");
        let report = play::play(&one.story, &file, &mut one.chain, |_| {})?;
        if report.failed() > 0 {
            let failed = report.failed();
            eprintln!(
                "{} {file}: {failed} expectations did not hold",
                style.bad("error:")
            );
            return Ok(ExitCode::from(FAILED));
        }
        lines.push(Line::of(report));
    }
    if let Some(path) = &args.svg {
        let svg = svg::draw(&names, &lines)?;
        write(path, &svg)?;
    }
    match (&args.csv, &args.svg) {
        (Some(path), _) => write(path, &csv::table(&names, &lines))?,
        (None, Some(_)) => {}
        (None, None) => io::stdout().write_all(csv::table(&names, &lines).as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn write(path: &PathBuf, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

impl Line {
    fn of(report: StoryReport) -> Self {
        let points = report
            .steps
            .into_iter()
            .filter(|step| step.skipped.is_none())
            .map(|step| Point {
                step: step.number,
                elapsed: step.elapsed,
                numbers: step.series.into_iter().map(|(_, number)| number).collect(),
            })
            .collect();
        Self {
            label: report.profile,
            file: report.file,
            points,
        }
    }

    /// One series of it: days since the story began, and the number; without what is no number.
    fn series(&self, index: usize) -> anyhow::Result<Vec<(f64, f64)>> {
        let mut series = vec![];
        for point in &self.points {
            let Some(Some(text)) = point.numbers.get(index) else {
                continue;
            };
            let Ok(number) = text.parse() else {
                bail!("{text} is no number");
            };
            series.push((days(point.elapsed), number));
        }
        Ok(series)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a story lasts no 2⁵³ seconds, and this is for a plot"
)]
fn days(secs: u64) -> f64 {
    secs as f64 / 86_400.0
}
