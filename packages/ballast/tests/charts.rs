//! Every plot of the docs is what the command beside it makes, and the numbers behind it can be had.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use rstest::rstest;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

fn chart(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ballast"))
        .arg("chart")
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap()
}

#[test]
fn the_plots_of_the_docs_are_what_their_commands_make() {
    let docs = fs::read_to_string(root().join("docs/duca.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for line in docs.lines() {
        let Some(rest) = line.strip_prefix("ballast chart ") else {
            continue;
        };
        let (stories, svg) = rest.split_once(" --svg ").unwrap();
        assert!(
            docs.contains(&format!("]({})", svg.strip_prefix("docs/").unwrap())),
            "{svg}"
        );
        let made = folder.path().join("made.svg");
        let mut arguments: Vec<&str> = stories.split(' ').collect();
        arguments.extend(["--svg", made.to_str().unwrap()]);
        let output = chart(&arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{line}\n{said}");
        let (committed, made) = (
            fs::read_to_string(root().join(svg)).unwrap(),
            fs::read_to_string(&made).unwrap(),
        );
        assert!(committed == made, "{svg} is old: {line}");
        count += 1;
    }
    assert_eq!(count, 2);
}

#[test]
fn a_table_has_a_row_for_each_step() {
    let output = chart(&["scenarios/duca-discount-plain.yaml"]);
    let table = String::from_utf8(output.stdout).unwrap();
    let mut rows = table.lines();
    let heading = rows.next().unwrap();
    assert!(
        heading.starts_with("story,step,seconds,\"price of DCM, $\""),
        "{heading}"
    );
    assert!(table.contains(",0.9,"), "{table}");
    let last = rows.next_back().unwrap();
    assert!(last.ends_with(",119804.58526,9000"), "{last}");
}

#[rstest]
#[case(&["scenarios/teddy.yaml"], "names no series")]
#[case(&["nowhere.yaml"], "nowhere.yaml")]
fn what_cannot_be_drawn(#[case] arguments: &[&str], #[case] said: &str) {
    let output = chart(arguments);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains(said), "{text}");
}

/// Stories side by side have one panel for each series; one that fails is not drawn.
#[rstest]
#[case("/market_cover}", "/market_cover, of: DUCA}", 2, "no base units")]
#[case("at: /books/par}", "at: /books/pra}", 2, "no /books/pra in the answer")]
#[case("at: /books/par}", "at: /books}", 2, "is no number")]
#[case("at: /books/par}", "at: books}", 2, "is no place in an answer")]
#[case("of: DCM}", "of: DMC}", 2, "there is no asset `DMC`")]
#[case("name: DCM in the pool", "name: its DCM", 2, "has other series")]
#[case("is: 50_000 LPD", "is: 50_001 LPD", 1, "1 expectations did not hold")]
fn mistakes_are_named(#[case] from: &str, #[case] to: &str, #[case] code: i32, #[case] said: &str) {
    let story = "scenarios/duca-discount-plain.yaml";
    let text = fs::read_to_string(root().join(story)).unwrap();
    assert!(text.contains(from), "{from}");
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong.yaml");
    fs::write(&wrong, text.replacen(from, to, 1)).unwrap();
    let output = chart(&[story, wrong.to_str().unwrap()]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(text.contains(said), "{text}");
}
