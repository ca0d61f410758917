//! Real networks. They need wasmd, which is built when it is missing, and take a minute or two:
//! `cargo test -p ballast-localnet -- --ignored --test-threads 1`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::{
    net::TcpListener,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use ballast_localnet::{
    Error, Folder, Localnet, NodeState, Options, Temporary, Version, free_port_base,
};
use rstest::rstest;
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(90);

fn home() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

fn options(validators: u8) -> Options {
    Options {
        validators: Some(validators),
        port_base: Some(free_port_base(validators).unwrap()),
        ..Options::default()
    }
}

fn start(name: &str, options: &Options) -> Temporary {
    let folder = Folder::new(home(), name).unwrap();
    Localnet::temporary(folder, options, &mut |line| eprintln!("{line}")).unwrap()
}

/// What wasmd answers with the faucet's keys.
fn wasmd(net: &Localnet, arguments: &[&str]) -> Value {
    let mut command = net.command().unwrap();
    command.args(arguments).args(["--output", "json"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn balance(net: &Localnet, address: &str, denom: &str) -> String {
    let answer = wasmd(net, &["query", "bank", "balance", address, denom]);
    answer["balance"]["amount"].as_str().unwrap().to_owned()
}

fn states(net: &Localnet) -> Vec<NodeState> {
    let nodes = net.status().unwrap();
    nodes.into_iter().map(|node| node.state).collect()
}

#[rstest]
#[case("one-new", Version::V0_61_14)]
#[case("one-old", Version::V0_54_9)]
#[ignore = "needs wasmd"]
fn one_node(#[case] name: &str, #[case] wasmd_version: Version) {
    let options = Options {
        wasmd: Some(wasmd_version),
        chain_id: Some(format!("test-{name}")),
        denoms: Some(vec!["ulife".to_owned()]),
        ..options(1)
    };
    let net = start(name, &options);
    assert_eq!(states(&net), [NodeState::Running]);
    let pid = net.process(0).unwrap().pid;

    let to = wasmd(&net, &["keys", "add", "bob"]);
    let to = to["address"].as_str().unwrap();
    let send = ["tx", "bank", "send", net.faucet().name, to];
    let sent = wasmd(&net, &[send.as_slice(), &["5ulife", "--yes"]].concat());
    assert_eq!(sent["code"], 0, "{sent}");
    net.wait_for_height(0, net.height(0).unwrap() + 3, PATIENCE)
        .unwrap();
    assert_eq!(balance(&net, to, "ulife"), "5");

    // What runs is not started again.
    let mut said = Vec::new();
    let again = Localnet::start(net.folder().clone(), &Options::default(), &mut |line| {
        said.push(line.to_owned());
    })
    .unwrap();
    assert_eq!(said, [format!("the network {name} runs already")]);
    assert_eq!(again.settings(), net.settings());
    assert_eq!(again.process(0).unwrap().pid, pid);

    // What was stopped goes on where it was.
    let height = net.height(0).unwrap();
    assert_eq!(net.stop().unwrap(), 1);
    assert_eq!(net.stop().unwrap(), 0);
    assert_eq!(states(&net), [NodeState::Stopped]);
    Localnet::start(net.folder().clone(), &Options::default(), &mut |_| ()).unwrap();
    assert!(net.height(0).unwrap() > height);
    assert_eq!(balance(&net, to, "ulife"), "5");

    // What was wiped begins anew, and may be another chain.
    net.reset().unwrap();
    assert_eq!(states(&net), [NodeState::Stopped]);
    assert!(matches!(net.start_node(0), Err(Error::NoChain)));
    let other = Options {
        chain_id: Some("another".to_owned()),
        ..Options::default()
    };
    let net = Localnet::start(net.folder().clone(), &other, &mut |_| ()).unwrap();
    assert_eq!(net.chain_id(), "another");
    assert_eq!(balance(&net, to, "ulife"), "0");
}

#[test]
#[ignore = "needs wasmd"]
fn a_killed_validator_comes_back_with_the_same_state() {
    let net = start("four", &options(4));
    assert!(
        net.status()
            .unwrap()
            .iter()
            .all(|node| node.peers == Some(3))
    );

    net.kill_node(3).unwrap();
    let killed_at = net.height(0).unwrap();
    assert_eq!(states(&net)[3], NodeState::Stopped);
    assert!(matches!(net.height(3), Err(Error::Rpc { .. })));
    net.wait_for_height(0, killed_at + 10, PATIENCE).unwrap();

    net.start_node(3).unwrap();
    net.wait_for_height(3, killed_at + 10, PATIENCE).unwrap();
    for height in [killed_at, killed_at + 10] {
        let hash = net.app_hash(0, height).unwrap();
        assert_eq!(hash.len(), 64);
        assert_eq!(net.app_hash(3, height).unwrap(), hash);
    }

    // Without more than two thirds there are no blocks, and with them there are again.
    net.kill_node(2).unwrap();
    net.kill_node(3).unwrap();
    let stalled = settled(&net);
    thread::sleep(Duration::from_secs(3));
    assert_eq!(net.height(0).unwrap(), stalled);
    net.start_node(2).unwrap();
    net.start_node(3).unwrap();
    for node in 0..4 {
        net.wait_for_height(node, stalled + 3, PATIENCE).unwrap();
    }
    let hash = net.app_hash(0, stalled + 3).unwrap();
    for node in 1..4 {
        assert_eq!(net.app_hash(node, stalled + 3).unwrap(), hash);
    }
    assert!(matches!(net.kill_node(4), Err(Error::NoNode { .. })));
}

/// The height of node 0 once it has not moved for a second.
fn settled(net: &Localnet) -> u64 {
    let since = Instant::now();
    loop {
        let before = net.height(0).unwrap();
        thread::sleep(Duration::from_secs(1));
        if net.height(0).unwrap() == before {
            return before;
        }
        assert!(since.elapsed() < PATIENCE);
    }
}

#[test]
#[ignore = "needs wasmd"]
fn networks_run_side_by_side() {
    let one = start("side-a", &options(1));
    let other = start("side-b", &options(1));
    assert_ne!(one.rpcs().unwrap(), other.rpcs().unwrap());
    assert!(one.height(0).unwrap() > 0);
    one.remove().unwrap();
    assert!(!one.folder().path().exists());
    assert_eq!(states(&other), [NodeState::Running]);
}

#[test]
#[ignore = "needs wasmd"]
fn a_port_in_use_stops_the_start_before_anything_is_made() {
    let options = options(2);
    let port = options.port_base.unwrap() + 11;
    let _listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let folder = Folder::new(home(), "port-taken").unwrap();
    let error = Localnet::start(folder.clone(), &options, &mut |_| ()).unwrap_err();
    let is_taken = matches!(error, Error::PortTaken { port: taken } if taken == port);
    assert!(is_taken, "{error:?}");
    assert!(!folder.has_chain());
    assert!(!folder.node(0).exists());
    folder.remove().unwrap();
}
