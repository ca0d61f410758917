//! The command as a person and a script use it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use rstest::rstest;
use serde_json::Value;

const HELD: &str = r#"
title: Alice stakes
profile: devita
steps:
  - send: {from: alice, to: synth-minter, msg: {deposit: {}}, funds: 9 LIFE}
    expect:
      - balance: {of: alice, is: 999_991 LIFE}
  - title: and mints
    send: {from: alice, to: synth-minter, msg: {mint: {}}}
    expect:
      - event: {type: mint, from: synth-minter, attributes: {account: "@alice"}}
      - query:
          to: synth-minter
          msg: {account: {account: "@alice"}}
          gives: {debt: "@1 LUSD"}
  - wait: 3 days
  - send: {from: bob, to: synth-minter, msg: {flag: {account: "@alice"}}}
    expect: {error: NotWeak}
"#;

/// A folder of its own for each test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

fn ballast(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ballast"));
    command.args(arguments).env_remove("NO_COLOR");
    command
}

fn run(arguments: &[&str]) -> Output {
    ballast(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_story_that_holds_ends_well() {
    let folder = Folder::new("holds");
    let file = folder.write("story.yaml", HELD);
    let output = run(&["play", &file]);
    let out = text(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{out}{}",
        text(&output.stderr)
    );
    assert!(
        out.ends_with("1 story, 4 expectations held, 0 failed\n"),
        "{out}"
    );
    assert!(out.contains("ratio – → 450 %"), "{out}");
    assert!(out.contains("NotWeak: @alice owes"), "{out}");
    assert!(out.contains("+3d 00:00:00"), "{out}");
    // Nothing for terminals when there is none.
    assert!(!out.contains('\u{1b}'), "{out:?}");
    assert_eq!(text(&output.stderr), "");
}

/// Each of these expectations is wrong, and the command must say so and fail.
#[rstest]
#[case::balance("999_991 LIFE", "999_990 LIFE", "got 999991 LIFE")]
#[case::query("debt: \"@1 LUSD\"", "debt: 1000001", "got debt: \"1000000\"")]
#[case::key("debt: \"@1 LUSD\"", "dept: 1", "got dept: no such key")]
#[case::attribute(
    "{account: \"@alice\"}}",
    "{account: \"@bob\"}}",
    "got mint account=@alice"
)]
#[case::event("event: {type: mint,", "event: {type: burn,", "got no `burn` among")]
#[case::no_event(
    "event: {type: mint,",
    "no_event: {type: mint,",
    "got mint account=@alice"
)]
#[case::error("error: NotWeak", "error: AlreadyFlagged", "got NotWeak: @alice owes")]
#[case::success("    expect: {error: NotWeak}\n", "", "✗ no error")]
#[case::no_success(
    "{deposit: {}}, funds: 9 LIFE}\n    expect:",
    "{deposit: {}}, funds: 9 LIFE}\n    expect:\n      - error: Payment",
    "got the step succeeded"
)]
fn a_wrong_expectation_fails(#[case] right: &str, #[case] wrong: &str, #[case] got: &str) {
    let folder = Folder::new(&format!(
        "wrong-{}",
        got.replace(|c: char| !c.is_alphanumeric(), "-")
    ));
    assert!(HELD.contains(right), "the story has changed");
    let file = folder.write("story.yaml", &HELD.replacen(right, wrong, 1));
    // The tree is not broken into the lines of a table.
    let output = run(&["play", "--trace", &file]);
    let out = text(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{out}{}",
        text(&output.stderr)
    );
    assert!(out.contains(got), "{out}");
    assert!(out.contains("1 failed"), "{out}");
}

#[test]
fn one_failing_story_among_many_fails_them_all() {
    let folder = Folder::new("many");
    folder.write("a.yaml", &HELD.replacen("999_991", "1", 1));
    folder.write("b.yaml", HELD);
    folder.write("notes.txt", "not a story");
    let output = run(&["play", folder.0.to_str().unwrap()]);
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out.ends_with("2 stories, 7 expectations held, 1 failed\n"),
        "{out}"
    );
}

#[test]
fn a_mistake_is_reported_before_anything_runs() {
    let folder = Folder::new("mistake");
    folder.write("a.yaml", HELD);
    let file = folder.write(
        "b.yaml",
        &HELD.replacen("to: synth-minter", "to: synth-mintr", 1),
    );
    for command in ["play", "check"] {
        let output = run(&[command, folder.0.to_str().unwrap()]);
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{err}");
        assert_eq!(text(&output.stdout), "");
        assert!(err.contains(&format!("{file}:5:29")), "{err}");
        assert!(err.contains("there is no contract `synth-mintr`"), "{err}");
        assert!(err.contains("did you mean `synth-minter`?"), "{err}");
        assert!(
            err.contains("5 │   - send: {from: alice, to: synth-mintr,"),
            "{err}"
        );
    }
}

#[test]
fn json_is_one_line_per_step() {
    let folder = Folder::new("json");
    let file = folder.write("story.yaml", HELD);
    let output = run(&["play", "--json", &file]);
    assert_eq!(output.status.code(), Some(0));
    let steps: Vec<Value> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(steps.len(), 4);
    let mint = &steps[1];
    assert_eq!(mint["story"], file.as_str());
    assert_eq!(mint["step"], 2);
    assert_eq!(mint["title"], "and mints");
    assert_eq!(mint["verb"], "send");
    assert_eq!(mint["who"], "alice");
    assert_eq!(mint["to"], "synth-minter");
    assert_eq!(mint["msg"], serde_json::json!({"mint": {}}));
    assert_eq!(mint["result"], "ok");
    assert_eq!(mint["error"], Value::Null);
    let events = mint["events"].as_array().unwrap();
    let event = events
        .iter()
        .find(|event| event["type"] == "wasm-mint")
        .unwrap();
    let attributes = event["attributes"].as_array().unwrap();
    assert!(attributes.contains(&serde_json::json!({"key": "account", "value": "@alice"})));
    let query = &mint["expectations"][1];
    assert_eq!(query["kind"], "query");
    assert_eq!(query["held"], true);
    assert_eq!(query["answer"]["debt"], "1000000");
    assert_eq!(query["answer"]["account"], "@alice");
    assert_eq!(steps[2]["elapsed"], 259_200);
    assert_eq!(steps[3]["result"], "error");
    assert_eq!(steps[3]["error"]["name"], "NotWeak");
    assert_eq!(
        text(&output.stderr),
        "1 story, 4 expectations held, 0 failed\n"
    );
}

/// Steps for live chains are left out here, and what they expect counts nowhere.
#[test]
fn steps_for_other_chains_are_left_out() {
    let folder = Folder::new("left-out");
    let step = "  - title: A real day\n    chains: live\n    wait: 1 day\n    expect:\n      - balance: {of: alice, is: 0 LIFE}\n";
    let file = folder.write("story.yaml", &format!("{HELD}{step}"));
    for view in ["--trace", "--plain"] {
        let output = run(&["play", view, &file]);
        let out = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{out}");
        assert!(out.contains("only on live chains: left out"), "{out}");
        assert!(
            out.ends_with("1 story, 4 expectations held, 0 failed\n"),
            "{out}"
        );
    }
    let out = text(&run(&["play", "--json", &file]).stdout);
    let last: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!(last["result"], "skipped");
    assert_eq!(last["title"], "A real day");
    assert_eq!(last["elapsed"], 259_200);
    assert_eq!(last["expectations"], serde_json::json!([]));
}

#[test]
fn a_trace_is_a_tree() {
    let folder = Folder::new("trace");
    let file = folder.write("story.yaml", HELD);
    let out = text(&run(&["play", "--trace", &file]).stdout);
    let mint = &out[out.find("and mints").unwrap()..out.find("3 +3d").unwrap()];
    for part in ["├─ synth-minter", "├─ debt-registry", "└─ LUSD", "└─ issue"] {
        assert!(mint.contains(part), "{part}: {mint}");
    }
}

#[test]
fn stories_are_checked_and_listed() {
    let folder = Folder::new("list");
    let file = folder.write("story.yaml", HELD);
    let output = run(&["check", &file]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        text(&output.stdout),
        format!("✓ {file}: 4 steps, 4 expectations\n")
    );
    let out = text(&run(&["list", folder.0.to_str().unwrap()]).stdout);
    let line: Vec<_> = out.lines().last().unwrap().split_whitespace().collect();
    let expected = ["Alice", "stakes", "devita", "embedded,", "live", "4", "4"];
    assert_eq!(line[0], file.as_str());
    assert_eq!(line[1..], expected);
}

#[rstest]
#[case(&["play"], 2, "<PATHS>")]
#[case(&["play", "/nowhere.yaml"], 2, "cannot read /nowhere.yaml")]
#[case(&["list", env!("CARGO_TARGET_TMPDIR")], 2, "has no stories")]
#[case(&["session", "--profile", "devitta"], 2, "did you mean `devita`?")]
#[case(&["session", "--as", "tedy"], 2, "did you mean `teddy`?")]
#[case(&["session", "--load", "/nowhere"], 2, "cannot read /nowhere")]
#[case(&[], 2, "Usage: ballast")]
fn what_makes_no_sense_is_said(#[case] arguments: &[&str], #[case] code: i32, #[case] said: &str) {
    let output = run(arguments);
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{err}");
    assert!(err.contains(said), "{err}");
}

/// It is drawn below what was typed, with a mark of its own.
#[test]
fn a_drawn_mistake_has_no_error_before_it() {
    let output = run(&["session", "--profile", "devitta"]);
    let err = text(&output.stderr);
    assert!(
        err.starts_with("  × there is no profile `devitta`"),
        "{err}"
    );
}

#[rstest]
#[case::no_such_network(&["--chain", "nowhere"], "`ballast localnet start --name nowhere` starts it")]
#[case::no_local_network(&["--chain", "local"], "`ballast localnet start` starts it")]
#[case::no_network_file(&["--chain", "nowhere.toml"], "nowhere.toml")]
#[case::no_scale(&["--chain", "local", "--scale", "7"], "divides the 86,400 of a day")]
#[case::jobs_without_a_chain(&["--jobs", "2"], "--chain <NETWORK>")]
fn a_chain_that_is_not_there_is_said(#[case] arguments: &[&str], #[case] said: &str) {
    let folder = Folder::new(&format!("no-chain-{}", arguments.join("")));
    let file = folder.write("story.yaml", HELD);
    let output = ballast(&[&["play", &file], arguments].concat())
        .current_dir(&folder.0)
        .output()
        .unwrap();
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains(said), "{err}");
}

#[rstest]
#[case("play")]
#[case("check")]
#[case("list")]
#[case("session")]
#[case("completions")]
fn every_command_has_an_example(#[case] command: &str) {
    let output = run(&[command, "--help"]);
    assert_eq!(output.status.code(), Some(0));
    let out = text(&output.stdout);
    assert!(
        out.contains("Example") && out.contains(&format!("ballast {command}")),
        "{out}"
    );
}

#[test]
fn completions_are_printed() {
    let out = text(&run(&["completions", "bash"]).stdout);
    assert!(out.contains("_ballast()"), "{out}");
}

/// Types lines into a session.
fn session(arguments: &[&str], lines: &str) -> (Option<i32>, String) {
    let mut child = ballast(&[&["session"], arguments].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(lines.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    (
        output.status.code(),
        text(&output.stdout) + &text(&output.stderr),
    )
}

#[test]
fn a_session_is_saved_and_goes_on() {
    let folder = Folder::new("session");
    let file = folder.0.join("saved.json").display().to_string();
    let (code, out) = session(
        &["--as", "alice"],
        &format!(
            "# a remark\n\
             send synth-minter {{\"deposit\": {{}}}} 9 LIFE\n\
             send synth-minter {{\"mint\": {{}}}}\n\
             price LIFE 1.00\n\
             wait 3 days 1 second\n\
             account\n\
             save {file}\n"
        ),
    );
    assert_eq!(code, Some(0), "{out}");
    for said in [
        "✓ deposit account=@alice",
        "staked  9 LIFE",
        "ratio   900 %",
        "+3d 00:00:06",
    ] {
        assert!(out.contains(said), "{said}: {out}");
    }
    // Who one is, the time, prices and the state of the contracts are all back.
    let (code, out) = session(
        &["--load", &file],
        "time\nsend synth-minter {mint: {amount: '1000000'}}\naccount\nbalances\nquit\nnonsense\n",
    );
    assert_eq!(code, Some(0), "{out}");
    for said in [
        "+3d 00:00:06",
        "debt    2 LUSD",
        "ratio   450 %",
        "999991 LIFE",
    ] {
        assert!(out.contains(said), "{said}: {out}");
    }
    let (code, out) = session(&[], &format!("load {file}\naccount\n"));
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("debt    1 LUSD"), "{out}");
}

#[test]
fn a_session_on_duca() {
    let (code, out) = session(
        &["--profile", "plain"],
        "as amo\n\
         send stability-pool {provide: {min_lpd: '0'}} 1000 DCM\n\
         send stability-pool {swap: {min_out: '2000000000'}} 1000 DCM\n\
         send DUCA {send: {contract: '@stability-pool', amount: '@500 DUCA', msg: {swap: {min_out: '0'}}}}\n\
         account\nnames\nmessages stability-pool\n",
    );
    assert_eq!(code, Some(0), "{out}");
    for said in [
        "pool    999.999 LPD, 99.999 %",
        "pays    734.999265 DCM, 489.99951 DUCA",
        "contracts  oracle, stability-pool, treasury",
        "with a cw20  swap, provide, withdraw, donate",
    ] {
        assert!(out.contains(said), "{said}: {out}");
    }
    assert!(!out.contains("debt"), "{out}");
}

#[test]
fn a_session_on_pools() {
    let (code, out) = session(
        &["--profile", "pools"],
        "as maker\n\
         send pool-manager {create_pool: {name: First, delegation_secs: '@1 day'}}\n\
         send pool-manager {set_pool_collateral: {pool: '1', asset: ATOM, terms: {cap: '@1000 ATOM', enabled: true}}}\n\
         as alice\n\
         send pool-manager {deposit: {}} 150 ATOM\n\
         send pool-manager {delegate: {pool: '1', asset: ATOM, amount: '@100 ATOM'}}\n\
         send pool-manager {mint_usd: {pool: '1', asset: ATOM, amount: '@200 dUSD'}}\n\
         account\n",
    );
    assert_eq!(code, Some(0), "{out}");
    for said in [
        "free    50 ATOM",
        "pool 1  100 ATOM",
        "debt    200 dUSD",
        "ratio   500 %",
        "fees    0 dUSD",
    ] {
        assert!(out.contains(said), "{said}: {out}");
    }
}

#[rstest]
#[case("send synth-minter {\"mint\": {}}", "who sends it?")]
#[case("as teddy\nsend synth-minter {\"mint\": {\"amount\": 5}}", "line:1:39")]
#[case("as teddy\nsend synth-minter {\"mnt\": {}}", "did you mean `mint`?")]
#[case("as teddy\nsend synth-minter {\"mint\": {}", "this is not YAML")]
#[case("as teddy\nsend synth-minter", "there is no message here")]
#[case(
    "as teddy\nsend synth-minter {\"flag\": {\"account\": \"@alic\"}}",
    "did you mean `alice`?"
)]
#[case(
    "as teddy\nsend synth-minter {\"flag\": {\"account\": \"@alice\"}}",
    "NotWeak: @alice owes 0"
)]
#[case(
    "as teddy\nsend synth-minter {\"deposit\": {}} 9 LIVE",
    "there is no asset `LIVE`"
)]
#[case(
    "query oracle {\"price\": {\"asset\": \"X\"}}",
    "UnknownAsset: X is not known here"
)]
#[case("qury oracle {}", "did you mean `query`?")]
#[case("price LUSD 2", "nobody says a price of `LUSD`")]
#[case("wait 3", "this is no length of time")]
#[case("wait 200000 days", "this is no length of time")]
#[case("as nobody", "there is no account `nobody`")]
#[case("load /nowhere", "cannot read /nowhere")]
fn a_session_says_what_is_wrong_and_fails(#[case] lines: &str, #[case] said: &str) {
    let (code, out) = session(&[], lines);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains(said), "{out}");
}

#[rstest]
#[case(
    "query oracle {\"price\": {\"asset\": \"LIFE\"}}",
    "\"price\": \"0.5\""
)]
#[case("names", "contracts  debt-registry, oracle, synth-minter, treasury")]
#[case(
    "messages synth-minter",
    "with a cw20  deposit, burn, liquidate, exchange"
)]
#[case("help", "send CONTRACT JSON")]
#[case("as teddy\ntransfer alice 4.5 LIFE\nbalances", "4.5 LIFE")]
#[case(
    "silence LIFE\nwait 1 day\nquery oracle {prices: {assets: [LIFE]}}",
    "\"problem\": \"Stale"
)]
#[case("push LIFE feeder-a 0.51\nevents", "oracle")]
#[case("unsilence LIFE", "heard again")]
#[case("time", "+00:00:00")]
fn a_session_answers(#[case] lines: &str, #[case] said: &str) {
    let (code, out) = session(&[], lines);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains(said), "{out}");
}

/// Every example of `docs/stories.md` is a story, or steps of one, without mistakes; whole
/// stories hold.
#[test]
fn the_examples_of_the_docs_are_right() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/stories.md");
    let docs = fs::read_to_string(path).unwrap();
    let folder = Folder::new("docs");
    let mut count = 0;
    for (index, block) in docs.split("```yaml\n").skip(1).enumerate() {
        let example = block.split("```").next().unwrap();
        let whole = example.starts_with("title:");
        let story = if whole {
            example.to_owned()
        } else {
            format!("title: An example\nprofile: devita\nsteps:\n{example}")
        };
        let file = folder.write(&format!("{index}.yaml"), &story);
        let output = run(&[if whole { "play" } else { "check" }, &file]);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{story}\n{said}");
        count += 1;
    }
    assert!(count > 10, "only {count} examples");
}
