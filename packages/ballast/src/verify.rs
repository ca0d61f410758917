//! `ballast verify`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use ballast_live::{
    Client,
    deploy::{
        Artifacts, Deployment, Setting, Store,
        record::read_finished,
        verify::{Report, Verifier},
    },
};
use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};

use crate::{commands::FAILED, deploy::Place, text::Style};

/// What to compare.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// Where.
    #[command(flatten)]
    pub place: Place,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Compares a deployment with codes and profile.
pub fn run(args: &VerifyArgs, style: Style) -> anyhow::Result<ExitCode> {
    let setting = args.place.setting(style)?;
    let artifacts = args.place.artifacts()?;
    let path = Store::path_in(&args.place.deployments, &setting.network.chain_id);
    let deployment = read_finished(&path)?;
    let client = Client::connect(setting.network.clone())?;
    let report = compare(&client, &setting, &artifacts, &deployment)?;
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        out.write_all(text(&report, style).as_bytes())?;
    }
    Ok(status(&report))
}

/// Compares.
pub fn compare(
    client: &Client,
    setting: &Setting,
    artifacts: &Artifacts,
    deployment: &Deployment,
) -> anyhow::Result<Report> {
    let mut report = Verifier::new(client, setting, artifacts, deployment).verify()?;
    report
        .notes
        .extend(another_profile(&deployment.profile, &setting.profile.name));
    Ok(report)
}

/// What to say where the file was made with a profile of another name.
fn another_profile(had: &str, has: &str) -> Option<String> {
    (had != has).then(|| {
        format!(
            "it was deployed with the profile {had}, and this is {has}: say which with --profile"
        )
    })
}

/// The exit status.
pub fn status(report: &Report) -> ExitCode {
    ExitCode::from(if report.differences.is_empty() {
        0
    } else {
        FAILED
    })
}

/// For people.
pub fn text(report: &Report, style: Style) -> String {
    let mut out = String::new();
    if !report.differences.is_empty() {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(["about", "expected", "actual"].map(|heading| style.dim(heading)));
        for difference in &report.differences {
            table.add_row([
                style.name(&difference.about),
                difference.expected.clone(),
                style.bad(&difference.actual),
            ]);
        }
        out += &format!("{}\n", table.trim_fmt());
    }
    for note in &report.notes {
        out += &format!("{}\n", style.dim(note));
    }
    let compared = report.compared;
    out += &match report.differences.len() {
        0 => style.good(&format!("{compared} compared, none differs")),
        1 => style.bad(&format!("{compared} compared, 1 differs")),
        many => style.bad(&format!("{compared} compared, {many} differ")),
    };
    out + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_live::deploy::verify::Difference;

    const PLAIN: Style = Style { colour: false };

    #[test]
    fn another_profile_is_named() {
        assert_eq!(another_profile("plain", "plain"), None);
        let note = another_profile("plain", "devita").unwrap();
        assert!(
            note.contains("the profile plain, and this is devita"),
            "{note}"
        );
    }

    #[test]
    fn each_difference_is_shown() {
        let mut report = Report {
            compared: 7,
            ..Report::default()
        };
        assert_eq!(text(&report, PLAIN), "7 compared, none differs\n");
        report.differences.push(Difference {
            about: "minter.params: min_debt".into(),
            expected: "\"10\"".into(),
            actual: "\"11\"".into(),
        });
        report.notes.push("a note".into());
        let shown = text(&report, PLAIN);
        for part in [
            "minter.params: min_debt",
            "\"10\"",
            "\"11\"",
            "a note\n",
            "7 compared, 1 differs\n",
        ] {
            assert!(shown.contains(part), "{shown}");
        }
    }
}
