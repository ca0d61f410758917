//! What a real chain bears: a validator that is killed in the middle of a story, a liquidation that
//! runs out of gas, and a deployment that is killed again and again. They need wasmd, which is built when it is missing, and what
//! `scripts/build` has made: `cargo test --release -p ballast --test faults -- --ignored`.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::panic)]

mod real;

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, UNIX_EPOCH},
};

use ballast::{
    chain::Chain,
    commands, files,
    live::{
        Live,
        ground::Ground,
        together::{self, Piece},
    },
};
use ballast_live::{
    Gas, Msg, Network, Node,
    deploy::{Deployment, record},
};
use ballast_localnet::{Localnet, Version};
use ballast_sim::Profile;
use cosmwasm_std::{Binary, Coin, Decimal};
use serde_json::{Value, json};

use real::{Place, address, ground, network, network_file, send, workspace};

const PATIENCE: Duration = Duration::from_secs(120);

/// How many gas limits below what a liquidation needs are tried.
const LIMITS: u64 = 40;

#[test]
#[ignore = "needs wasmd and artifacts"]
fn a_story_goes_on_when_a_validator_is_killed() {
    let place = network("killed", 4, Version::default());
    let (ground, net) = (ground(&place), &place.net);
    let source = files::read(&workspace().join("scenarios/teddy.yaml")).unwrap();
    let (story, chain) = commands::prepare(&source).unwrap();
    let steps = story.steps.len();
    let pieces = [Piece {
        file: source.name,
        profile: chain.profile().clone(),
        story,
    }];

    let (mut played, mut failed, mut held) = (0, Vec::new(), 0);
    together::play(
        &ground,
        1,
        &pieces,
        |_| {
            played += 1;
            if played == steps / 4 {
                net.kill_node(3).unwrap();
            }
            if played == steps * 3 / 4 {
                net.start_node(3).unwrap();
            }
        },
        |_, end| {
            let (report, _) = end.unwrap();
            held += report.held();
            let verdicts = report.steps.into_iter().flat_map(|step| step.verdicts);
            failed.extend(verdicts.filter(|verdict| !verdict.held));
            Ok::<_, anyhow::Error>(())
        },
    )
    .unwrap();
    assert!(failed.is_empty(), "{failed:?}");
    assert!(held > 20, "only {held} expectations were met");

    let height = net.height(0).unwrap();
    for node in net.settings().nodes() {
        net.wait_for_height(node, height, PATIENCE).unwrap();
        assert_eq!(
            net.app_hash(node, height).unwrap(),
            net.app_hash(0, height).unwrap(),
            "node {node}"
        );
    }
}

/// Teddy's position, flagged, his grace over, and a keeper with the dollars to liquidate it.
fn weak(ground: &Ground) -> Live<'_> {
    let profile = Profile::find("devita").unwrap();
    let mut chain = ground.deploy(&profile).unwrap();
    let ulife = |amount| vec![Coin::new(amount, "ulife")];
    let mut act = |sender: &str, msg, funds| send(&mut chain, sender, "synth-minter", msg, funds);
    act("teddy", json!({"deposit": {}}), ulife(9_000_000_u128));
    act("teddy", json!({"mint": {}}), vec![]);
    act("keeper", json!({"deposit": {}}), ulife(900_000_000));
    act("keeper", json!({"mint": {"amount": "2000000"}}), vec![]);
    let fallen: Decimal = "0.25".parse().unwrap();
    chain.set_price("LIFE", fallen).unwrap().unwrap();
    let teddy = address(&chain, "teddy");
    let flag = json!({"flag": {"account": teddy}});
    send(&mut chain, "keeper", "synth-minter", flag, vec![]);
    chain.wait(61).unwrap();
    chain
}

/// Every record of every contract, and all coins of those concerned.
fn state(net: &Localnet, chain: &Live) -> Vec<Value> {
    let contracts = [
        "oracle",
        "debt-registry",
        "synth-minter",
        "treasury",
        "LUSD",
    ]
    .map(|name| {
        let address = address(chain, name);
        let question = ["wasm", "contract-state", "all", &address, "--limit", "1000"];
        ask(net, &question)
    });
    let holders = ["teddy", "keeper", "synth-minter", "treasury"]
        .map(|name| ask(net, &["bank", "balances", &address(chain, name)]));
    contracts.into_iter().chain(holders).collect()
}

fn ask(net: &Localnet, question: &[&str]) -> Value {
    let mut command = net.command().unwrap();
    command.arg("query").args(question);
    let output = command.args(["--output", "json"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let more = answer.pointer("/pagination/next_key");
    assert!(more.is_none_or(Value::is_null), "{question:?}");
    answer
}

#[test]
#[ignore = "needs wasmd and artifacts"]
fn a_liquidation_out_of_gas_leaves_no_trace() {
    let place = network("gas", 1, Version::default());
    let (ground, net) = (ground(&place), &place.net);
    let chain = weak(&ground);
    let client = ground.client();
    // The first story of a ground has the keys `1-…`.
    let (key, keeper) = ("1-keeper", address(&chain, "keeper"));
    let hook = json!({"liquidate": {"account": address(&chain, "teddy")}});
    let liquidate = Msg::execute(
        &keeper,
        address(&chain, "LUSD"),
        json!({"send": {
            "contract": address(&chain, "synth-minter"),
            "amount": "1000000",
            "msg": Binary::new(serde_json::to_vec(&hook).unwrap()),
        }}),
        vec![],
    );
    let needed = client
        .simulate(key, vec![liquidate.clone()])
        .unwrap()
        .unwrap();
    let before = state(net, &chain);

    // Every limit but the last lets a transaction begin, and end nowhere.
    for step in 1..LIMITS {
        let limit = needed * step / LIMITS;
        let refusal = client
            .send(key, vec![liquidate.clone()], Gas::Limit(limit))
            .unwrap()
            .unwrap_err();
        assert!(refusal.is_out_of_gas(), "{limit}: {refusal:?}");
        // What one limit leaves, the next does not take away; and the flag has its time.
        if step % 5 == 0 || step == LIMITS - 1 {
            assert_eq!(
                state(net, &chain),
                before,
                "a trace at {limit} of {needed} or before"
            );
        }
    }

    let done = client
        .send(key, vec![liquidate], Gas::Limit(needed * 2))
        .unwrap()
        .unwrap();
    assert!(done.gas_used > needed * 9 / 10);
    assert_ne!(state(net, &chain), before);
}

/// A profile's deployment to a network, with notes in a folder of its own.
struct Deploying<'a> {
    net: &'a Localnet,
    network: PathBuf,
    notes: PathBuf,
}

impl<'a> Deploying<'a> {
    fn to(Place { net, files }: &'a Place, name: &str) -> Self {
        let folder = files.path();
        let network = folder.join(format!("{name}.toml"));
        let text = network_file(net, name);
        let faucet = format!(
            "[faucet]\nkey = {:?}\ncoins = [\"1000000000stake\"]\n",
            net.faucet().name
        );
        fs::write(&network, text + &faucet).unwrap();
        Self {
            net,
            network,
            notes: folder.join(format!("{name}-notes")),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ballast"));
        command
            .arg("deploy")
            .arg(&self.network)
            .args(["--artifacts", "artifacts", "--deployments"])
            .arg(&self.notes)
            .current_dir(workspace())
            .stdout(Stdio::null());
        command
    }

    fn notes(&self) -> Deployment {
        let file = format!("{}.json", self.net.chain_id());
        record::read_finished(&self.notes.join(file)).unwrap()
    }

    /// How many transactions the chain has taken from the deployer.
    fn sent(&self) -> u64 {
        let network = Network::load(&self.network).unwrap();
        let deployer = &network.deployer;
        let mut keys = self.net.command().unwrap();
        keys.args(["keys", "show", deployer, "--address"]);
        let output = keys.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let address = String::from_utf8(output.stdout).unwrap();
        let account = Node::of(&network).account(address.trim()).unwrap();
        account.unwrap().sequence
    }
}

/// What a deployment did, whatever addresses it got and however its steps were batched.
fn deeds(deployment: &Deployment) -> (Vec<&String>, Vec<&String>, Vec<&String>) {
    let mut steps: Vec<_> = deployment.txs.iter().flat_map(|tx| &tx.steps).collect();
    steps.sort_unstable();
    (
        steps,
        deployment.contracts.keys().collect(),
        deployment
            .codes
            .values()
            .map(|code| &code.checksum)
            .collect(),
    )
}

/// Kills at moments that `BALLAST_SEED` decides; without it, the clock does.
#[test]
#[ignore = "needs wasmd and artifacts"]
fn a_deployment_that_is_killed_ends_as_one_that_is_not() {
    const KILLS: u64 = 20;
    let seed = env::var("BALLAST_SEED").map_or_else(
        |_| UNIX_EPOCH.elapsed().unwrap().as_secs(),
        |seed| seed.parse().unwrap(),
    );
    eprintln!("BALLAST_SEED={seed}");
    let moment = |kill: u64| {
        let mut hasher = DefaultHasher::new();
        (seed, kill).hash(&mut hasher);
        Duration::from_millis(hasher.finish() % 5_000)
    };
    let place = network("deploy", 1, Version::default());

    let whole = Deploying::to(&place, "whole");
    assert!(whole.command().status().unwrap().success());
    let expected = whole.notes();
    assert_eq!(whole.sent(), u64::try_from(expected.txs.len()).unwrap());

    let mut kills = 0;
    for round in 0.. {
        let killed = Deploying::to(&place, &format!("killed-{round}"));
        let status: ExitStatus = loop {
            let mut child = killed.command().spawn().unwrap();
            if kills < KILLS {
                thread::sleep(moment(kills));
                kills += 1;
                child.kill().unwrap();
            }
            let status = child.wait().unwrap();
            if status.code().is_some() {
                break status;
            }
        };
        assert!(status.success(), "{status}");
        let notes = killed.notes();
        assert_eq!(deeds(&notes), deeds(&expected));
        assert!(notes.txs.iter().all(|tx| tx.refused.is_none()));
        assert_eq!(killed.sent(), u64::try_from(notes.txs.len()).unwrap());
        if kills == KILLS {
            break;
        }
    }
}
