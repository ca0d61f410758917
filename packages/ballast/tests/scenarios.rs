//! Every story in `scenarios/` is free of mistakes, and everything it expects holds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use ballast::{commands, files, play};

fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    files::find(&[folder]).unwrap()
}

#[test]
fn every_story_holds() {
    let mut wrong = Vec::new();
    let stories = scenarios();
    for path in &stories {
        let source = files::read(path).unwrap();
        match commands::prepare(&source) {
            Err(mistakes) => {
                wrong.extend(
                    mistakes
                        .iter()
                        .map(|mistake| mistake.report(&source, false)),
                );
            }
            Ok((story, mut chain)) => {
                let report = play::play(&story, &source.name, &mut chain, |_| {}).unwrap();
                for step in &report.steps {
                    for verdict in step.verdicts.iter().filter(|verdict| !verdict.held) {
                        let (file, number) = (&report.file, step.number);
                        wrong.push(format!(
                            "{file}, step {number}: {}\n  got {}",
                            verdict.expected,
                            verdict.got.join("\n  got ")
                        ));
                    }
                }
                assert!(report.held() > 0, "{} expects nothing", report.file);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn teddys_story_is_among_them() {
    assert!(scenarios().iter().any(|path| path.ends_with("teddy.yaml")));
}

#[test]
fn every_story_is_in_the_readme() {
    let readme = include_str!("../../../scenarios/README.md");
    for path in scenarios() {
        let file = path.file_name().unwrap().to_str().unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let row = format!("| [{name}]({file}) |");
        assert!(readme.contains(&row), "{file}");
    }
}
