//! A story as a table.

use comfy_table::{ContentArrangement, Table, presets};

use super::{change, message, refusal, skipped, verdict};
use crate::{
    directory::Directory,
    duration,
    play::{StepReport, StoryReport},
    text::{self, Style},
};

/// How wide a table is where there is no terminal to ask.
const WIDTH: u16 = 140;
/// Below this the columns are too narrow to read.
const NARROWEST: u16 = 60;

/// The whole story: title, what it is about, a row per step.
pub fn story(report: &StoryReport, directory: &Directory, style: Style) -> String {
    let mut out = format!(
        "{}  {}\n",
        style.bold(&report.title),
        style.dim(&format!("{} · profile {}", report.file, report.profile)),
    );
    if let Some(about) = &report.about {
        out = format!("{out}{}\n", text::wrapped(about, 100));
    }
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL.with_rounded_corners())
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(
            [
                "time",
                "who",
                "what happens",
                "what changes",
                "what is expected",
            ]
            .map(|heading| style.bold(heading)),
        );
    // A terminal says itself how wide it is; one that says nothing sensible is none.
    if table.width().is_none_or(|width| width < NARROWEST) {
        table.set_width(WIDTH);
    }
    for step in &report.steps {
        table.add_row(row(step, directory, style));
    }
    out = format!("{out}{table}\n");
    if report.unplayed > 0 {
        let verb = if report.unplayed == 1 { "was" } else { "were" };
        let text = format!(
            "{} {verb} not played",
            text::count(report.unplayed, "more step")
        );
        out = format!("{out}{}\n", style.warn(&text));
    }
    out
}

fn row(step: &StepReport, directory: &Directory, style: Style) -> [String; 5] {
    let deed = &step.deed;
    let who = match &deed.to {
        Some(to) => format!("{}\n→ {}", style.name(&deed.who), style.name(to)),
        None => style.name(&deed.who),
    };
    let mut what = Vec::new();
    what.extend(step.title.as_ref().map(|title| style.bold(title)));
    what.push(message(deed, style));
    what.extend(skipped(step).map(|text| style.dim(&text)));
    let mut changed = Vec::new();
    changed.extend(refusal(step, directory).map(|text| style.warn(&text)));
    let mut last = None;
    for one in &step.changes {
        // A line of its own for each name, so that the numbers stand below each other.
        if last != Some(&one.who) {
            changed.push(style.name(&one.who));
            last = Some(&one.who);
        }
        changed.push(format!(" {}", change(one)));
    }
    let expected: Vec<_> = step.verdicts.iter().map(|v| verdict(v, style)).collect();
    what.retain(|line| !line.is_empty());
    [
        style.dim(&duration::clock(step.elapsed)),
        who,
        what.join("\n"),
        changed.join("\n"),
        expected.join("\n"),
    ]
}
