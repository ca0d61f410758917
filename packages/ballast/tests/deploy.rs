//! `deploy`, `verify`, `upgrade`, `exec` and `query` as a person and a script use them, as far as
//! that goes without a chain.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

const NETWORK: &str = r#"
chain_id = "nowhere-1"
rpc = "http://127.0.0.1:1"
binary = "nowhered"
home = "keys"
keyring_backend = "test"
profile = "devita"
deployer = "ops"
[limits]
retries = 0
"#;

/// A folder with a network that is not there, and codes that are none.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("nowhere.toml"), NETWORK).unwrap();
    let artifacts = folder.path().join("artifacts");
    fs::create_dir(&artifacts).unwrap();
    for name in [
        "oracle",
        "debt_registry",
        "synth_minter",
        "treasury",
        "stability_pool",
        "pool_manager",
        "pool_lens",
        "rewards_distributor",
        "spot_market",
        "synth_token",
    ] {
        fs::write(artifacts.join(format!("ballast_{name}.wasm")), name).unwrap();
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ballast"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_dry_run_needs_no_chain() {
    let folder = folder();
    let output = run(folder.path(), &["deploy", "nowhere.toml", "--dry-run"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let said = out(&output);
    assert!(said.contains("ops stores oracle: "), "{said}");
    assert!(
        said.contains("\"cw20_code_id\": \"@code/cw20\"") && said.contains("\"@treasury\""),
        "{said}"
    );
    assert!(!folder.path().join("deployments").exists());
}

#[test]
fn a_dry_run_in_json_is_what_the_script_reads() {
    let folder = folder();
    let arguments = [
        "deploy",
        "nowhere.toml",
        "--profile",
        "dynamo",
        "--dry-run",
        "--json",
    ];
    let output = run(folder.path(), &arguments);
    let steps: Vec<Value> = out(&output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(steps[0]["store"]["file"], "ballast_oracle.wasm");
    assert_eq!(steps[0]["store"]["sender"], "ops");
    assert_eq!(steps[0]["store"]["checksum"].as_str().unwrap().len(), 64);
    let script = include_str!("../../../scripts/deploy");
    for step in &steps {
        let kind = step.as_object().unwrap().keys().next().unwrap();
        assert!(script.contains(&format!("\n    {kind})")), "{kind}");
    }
    assert!(steps.len() > 30);
}

#[rstest]
#[case::no_network(&["deploy", "other.toml"], "Unreadable: other.toml")]
#[case::no_profile(&["deploy", "nowhere.toml", "--profile", "devit"], "did you mean `devita`")]
#[case::no_codes(&["deploy", "nowhere.toml", "--artifacts", "elsewhere"], "scripts/build")]
#[case::no_node(&["deploy", "nowhere.toml"], "Unreachable: no node answers at http://127.0.0.1:1")]
#[case::not_deployed(&["verify", "nowhere.toml"], "NotDeployed: there is no deployments/nowhere-1.json")]
#[case::not_deployed(&["upgrade", "nowhere.toml"], "NotDeployed")]
#[case::not_deployed(&["query", "nowhere.toml", "oracle", "{}"], "NotDeployed")]
#[case::no_message(&["query", "nowhere.toml", "oracle"], "MESSAGE")]
#[case::too_much(&["query", "--embedded", "nowhere.toml", "oracle", "{}"], "no network")]
#[case::no_contract(&["query", "--embedded", "orakle", "{}"], "there is no contract `orakle`")]
#[case::no_question(&["query", "--embedded", "oracle", "{\"prise\": {}}"], "did you mean `price`")]
#[case::no_json(&["query", "--embedded", "oracle", "{"], "on the command line")]
#[case::no_height(&["query", "--embedded", "oracle", "{\"config\": {}}", "--height", "5"], "no earlier height")]
#[case::no_coin(
    &["exec", "--embedded", "--from", "alice", "synth-minter", "{\"deposit\": {}}", "--funds", "9 LUSD"],
    "not a native coin"
)]
fn mistakes_are_named(#[case] arguments: &[&str], #[case] problem: &str) {
    let folder = folder();
    let output = run(folder.path(), arguments);
    assert_eq!(output.status.code(), Some(2), "{}", out(&output));
    assert!(err(&output).contains(problem), "{}", err(&output));
}

#[test]
fn a_mistake_in_the_network_file_is_shown_in_it() {
    let folder = folder();
    let file = folder.path().join("nowhere.toml");
    fs::write(&file, format!("colour = \"red\"\n{NETWORK}")).unwrap();
    let output = run(folder.path(), &["verify", "nowhere.toml"]);
    let said = err(&output);
    assert!(said.contains("line 1") && said.contains("colour"), "{said}");
}

#[test]
fn a_saved_session_goes_on() {
    let folder = folder();
    let saved = Command::new(env!("CARGO_BIN_EXE_ballast"))
        .args(["session", "--profile", "devita"])
        .current_dir(folder.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .and_then(|mut child| {
            use std::io::Write;
            child.stdin.take().unwrap().write_all(b"save s.json\n")?;
            child.wait()
        });
    assert!(saved.unwrap().success());
    let exec = |words: &[&str]| {
        let always = [
            "exec",
            "--embedded",
            "--session",
            "s.json",
            "--from",
            "teddy",
        ];
        run(folder.path(), &[always.as_slice(), words].concat())
    };
    let debt = || {
        let question = r#"{"account": {"account": "@teddy"}}"#;
        let words = [
            "query",
            "--embedded",
            "--session",
            "s.json",
            "synth-minter",
            question,
        ];
        let output = run(folder.path(), &[words.as_slice(), &["--json"]].concat());
        let answer: Value = serde_json::from_str(&out(&output)).unwrap();
        answer["debt"].as_str().unwrap().to_owned()
    };
    let deposit = exec(&["synth-minter", "{\"deposit\": {}}", "--funds", "9 LIFE"]);
    assert_eq!(deposit.status.code(), Some(0), "{}", err(&deposit));
    assert!(
        out(&deposit).contains("account=@teddy"),
        "{}",
        out(&deposit)
    );
    assert_eq!(debt(), "0");
    let mint = exec(&["synth-minter", r#"{"mint": {"amount": "@0.5 LUSD"}}"#]);
    assert_eq!(mint.status.code(), Some(0), "{}", err(&mint));
    assert_eq!(debt(), "500000");

    let refused = exec(&["synth-minter", r#"{"mint": {"amount": "@9 LUSD"}}"#]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        out(&refused).starts_with("ExceedsMaxDebt: "),
        "{}",
        out(&refused)
    );
    assert_eq!(debt(), "500000");
    let refused = exec(&[
        "synth-minter",
        r#"{"mint": {"amount": "@9 LUSD"}}"#,
        "--json",
    ]);
    let answer: Value = serde_json::from_str(&out(&refused)).unwrap();
    assert_eq!(answer["result"], "refused");
    assert_eq!(answer["error"], "ExceedsMaxDebt");
}

#[test]
fn a_question_that_is_refused_ends_with_one() {
    let folder = folder();
    let question = r#"{"price": {"asset": "MOON"}}"#;
    let output = run(folder.path(), &["query", "--embedded", "oracle", question]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    assert!(
        out(&output).starts_with("UnknownAsset: "),
        "{}",
        out(&output)
    );
}
