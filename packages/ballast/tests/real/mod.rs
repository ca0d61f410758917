//! A chain of wasmd of a test's own, removed with it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use ballast::{
    chain::{Chain, Execution},
    live::{Live, ground::Ground},
};
use ballast_localnet::{Folder, Localnet, Options, Temporary, Version, free_port_base};
use cosmwasm_std::Coin;
use serde_json::Value;
use tempfile::TempDir;

pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A network, and a folder beside it for what a test writes. The network goes first.
pub struct Place {
    pub net: Temporary,
    pub files: TempDir,
}

pub fn network(name: &str, validators: u8, wasmd: Version) -> Place {
    let files = tempfile::tempdir().unwrap();
    let folder = Folder::new(files.path().join("networks"), name).unwrap();
    let options = Options {
        chain_id: Some(format!("faults-{name}")),
        validators: Some(validators),
        wasmd: Some(wasmd),
        port_base: Some(free_port_base(validators).unwrap()),
        ..Options::default()
    };
    let net = Localnet::temporary(folder, &options, &mut |line| eprintln!("{line}")).unwrap();
    Place { net, files }
}

/// A network file of a network, for a deployer whose key is in its faucet's home.
pub fn network_file(net: &Localnet, deployer: &str) -> String {
    [
        ("chain_id", net.chain_id().to_owned()),
        ("rpc", net.rpc(0).unwrap()),
        ("binary", net.binary().to_str().unwrap().to_owned()),
        ("home", net.home().to_str().unwrap().to_owned()),
        ("keyring_backend", "test".to_owned()),
        ("profile", "devita".to_owned()),
        ("deployer", deployer.to_owned()),
    ]
    .map(|(key, value)| format!("{key} = {value:?}\n"))
    .concat()
}

/// The network as stories know it, by a network file of its own; one day passes in 20 seconds.
pub fn ground(Place { net, files }: &Place) -> Ground {
    let file = files.path().join("network.toml");
    fs::write(&file, network_file(net, net.faucet().name)).unwrap();
    Ground::open(
        file.to_str().unwrap(),
        &workspace().join("artifacts"),
        "4320".parse().unwrap(),
        &mut |line| eprintln!("{line}"),
    )
    .unwrap()
}

pub fn send(chain: &mut Live, sender: &str, contract: &str, msg: Value, funds: Vec<Coin>) {
    let execution = Execution {
        sender: sender.to_owned(),
        contract: address(chain, contract),
        msg,
        funds,
    };
    chain.execute(&execution).unwrap().unwrap();
}

pub fn address(chain: &Live, name: &str) -> String {
    chain.directory().entries.get(name).unwrap().address.clone()
}
