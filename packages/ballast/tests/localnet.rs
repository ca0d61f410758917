//! `ballast localnet` as far as it goes without a chain; real nodes are in the tests of
//! `ballast-localnet`.
#![allow(clippy::unwrap_used)]

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Output},
};

use rstest::rstest;

/// Runs the command with a home of its own.
fn localnet(home: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ballast"))
        .arg("localnet")
        .args(arguments)
        .arg("--home")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join(home))
        .output()
        .unwrap()
}

fn mistake(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[rstest]
#[case(&["stop"])]
#[case(&["status"])]
#[case(&["status", "--json"])]
#[case(&["logs"])]
#[case(&["reset"])]
fn without_a_network_there_is_nothing_to_do(#[case] arguments: &[&str]) {
    let error = mistake(&localnet("no-networks", arguments));
    assert!(error.contains("NoNetwork: "), "{error}");
    assert!(error.contains("no-networks/local;"), "{error}");
}

#[rstest]
#[case(&["start"])]
#[case(&["reset"])]
#[case(&["reset", "--forget"])]
fn a_folder_of_somebody_else_stays_as_it_is(#[case] arguments: &[&str]) {
    let home = format!("foreign-{}", arguments.join(""));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(&home)
        .join("local");
    fs::create_dir_all(folder.join("node0")).unwrap();
    fs::write(folder.join("node0/thesis.txt"), "mine").unwrap();
    let error = mistake(&localnet(&home, arguments));
    assert!(error.contains("NotOurs: "), "{error}");
    assert_eq!(
        fs::read_to_string(folder.join("node0/thesis.txt")).unwrap(),
        "mine"
    );
}

#[rstest]
#[case(&["--validators", "0"], "Option: 0 validators")]
#[case(&["--wasmd", "v0.70.3"], "v0.61.14 and v0.54.9")]
#[case(&["--denoms", "ulife,2"], "Option: the denom \"2\"")]
#[case(&["--name", "../other"], "Option: the name \"../other\"")]
fn nonsense_is_refused(#[case] arguments: &[&str], #[case] says: &str) {
    let start = [["start"].as_slice(), arguments].concat();
    let error = mistake(&localnet("nonsense", &start));
    assert!(error.contains(says), "{error}");
}

#[test]
fn a_port_in_use_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let error = mistake(&localnet("taken", &["start", "--port-base", &port]));
    assert!(
        error.contains(&format!("PortTaken: port {port}")),
        "{error}"
    );
}
