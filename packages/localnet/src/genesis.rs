//! A fresh chain: keys, the first validators, and who holds what at the start.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::{
    error::{Doing, Error, Result},
    folder::{self, Folder},
    network::FAUCET,
    options::{BOND_DENOM, Settings},
    wasmd,
};

/// What each validator bonds: with a power reduction of 10^6, a power of 10^6.
const BONDED: u64 = 1_000_000_000_000;
/// What the faucet holds of the denom that is bonded, 10^24: little enough that inflation of it
/// stays far below what the SDK can count.
const FAUCET_BOND: &str = "1000000000000000000000000";
/// What the faucet holds of each other denom, 10^30: three billionths of the largest
/// amount a contract can count.
const FAUCET_TEST: &str = "1000000000000000000000000000000";
/// The name of a validator's key in the keyring of its node.
const VALIDATOR: &str = "validator";

/// Makes the chain of a network that has none.
pub(crate) fn create(folder: &Folder, settings: &Settings, binary: &Path) -> Result<()> {
    // What an attempt that was broken off has left.
    folder.wipe()?;
    let wasmd = |home: &Path, arguments: &[&str], input: &str| {
        wasmd::run(wasmd::command(binary, home).args(arguments), input)
    };
    let first = folder.node(0);
    let chain_id = settings.chain_id.as_str();
    for node in settings.nodes() {
        let moniker = format!("node{node}");
        let init = ["init", &moniker, "--chain-id", chain_id];
        let denom = ["--default-denom", BOND_DENOM];
        wasmd(&folder.node(node), &[init.as_slice(), &denom].concat(), "")?;
    }

    let keyring = ["--keyring-backend", "test"];
    let recover = ["keys", "add", FAUCET.name, "--recover"];
    wasmd(
        &folder.faucet(),
        &[recover.as_slice(), &keyring].concat(),
        &format!("{}\n", FAUCET.mnemonic),
    )?;
    let give = |address: &str, coins: &str| {
        let account = ["genesis", "add-genesis-account", address, coins];
        wasmd(&first, &account, "").map(|_| ())
    };
    give(FAUCET.address, &faucet_coins(settings))?;
    let bonded = format!("{BONDED}{BOND_DENOM}");
    for node in settings.nodes() {
        let home = folder.node(node);
        let add = ["keys", "add", VALIDATOR];
        wasmd(&home, &[add.as_slice(), &keyring].concat(), "")?;
        let show = ["keys", "show", VALIDATOR, "--address"];
        let address = wasmd(&home, &[show.as_slice(), &keyring].concat(), "")?;
        give(address.trim(), &bonded)?;
    }

    let genesis = first.join("config/genesis.json");
    let bonds = first.join("config/gentx");
    fs::create_dir_all(&bonds).doing(|| format!("make {}", bonds.display()))?;
    for node in settings.nodes() {
        let home = folder.node(node);
        if node > 0 {
            copy(&genesis, &home.join("config/genesis.json"))?;
        }
        let bond = bonds.join(format!("node{node}.json"));
        let bond = bond.to_string_lossy();
        let gentx = ["genesis", "gentx", VALIDATOR, &bonded];
        let about = ["--chain-id", chain_id, "--output-document", &bond];
        wasmd(&home, &[gentx.as_slice(), &about, &keyring].concat(), "")?;
    }
    wasmd(&first, &["genesis", "collect-gentxs"], "")?;
    adapt(&genesis)?;
    wasmd(&first, &["genesis", "validate"], "")?;
    for node in settings.nodes().skip(1) {
        copy(&genesis, &folder.node(node).join("config/genesis.json"))?;
    }
    // Last: its presence says that the chain is made.
    copy(&genesis, &folder.genesis())
}

/// The CometBFT id of a node, by which others know it.
pub(crate) fn node_id(home: &Path, binary: &Path) -> Result<String> {
    let mut command = wasmd::command(binary, home);
    let id = wasmd::run(command.args(["comet", "show-node-id"]), "")?;
    Ok(id.trim().to_owned())
}

/// What the faucet holds, sorted as the SDK wants coins.
fn faucet_coins(settings: &Settings) -> String {
    let mut coins: Vec<(&str, &str)> = settings
        .denoms
        .iter()
        .map(|denom| (denom.as_str(), FAUCET_TEST))
        .chain([(BOND_DENOM, FAUCET_BOND)])
        .collect();
    coins.sort_unstable();
    let coins: Vec<String> = coins
        .into_iter()
        .map(|(denom, amount)| format!("{amount}{denom}"))
        .collect();
    coins.join(",")
}

/// Blocks are so short that a validator that is down for a minute would lose its place.
fn adapt(path: &Path) -> Result<()> {
    let mut genesis: Value = folder::read_json(path)?.unwrap_or_default();
    let params = genesis
        .pointer_mut("/app_state/slashing/params")
        .and_then(Value::as_object_mut)
        .ok_or_else(|| Error::Malformed {
            what: path.display().to_string(),
            why: "it has no slashing parameters".to_owned(),
        })?;
    params.insert("signed_blocks_window".to_owned(), json!("1000000"));
    folder::write_json(path, &genesis)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to)
        .map(|_| ())
        .doing(|| format!("copy {} to {}", from.display(), to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_faucet_holds_every_denom_in_order() {
        let settings = Settings {
            denoms: ["uzed", "ulife", "IBC/1"].map(str::to_owned).to_vec(),
            ..Settings::default()
        };
        let coins = faucet_coins(&settings);
        let denoms: Vec<&str> = coins
            .split(',')
            .map(|coin| coin.trim_start_matches(|letter: char| letter.is_ascii_digit()))
            .collect();
        assert_eq!(denoms, ["IBC/1", "stake", "ulife", "uzed"]);
    }

    #[test]
    fn a_contract_can_count_what_the_faucet_holds() {
        assert_eq!(FAUCET_TEST.parse::<u128>().unwrap(), 10_u128.pow(30));
        assert_eq!(FAUCET_BOND.parse::<u128>().unwrap(), 10_u128.pow(24));
    }

    #[test]
    fn a_validator_that_is_down_keeps_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("genesis.json");
        fs::write(
            &path,
            r#"{"app_state":{"slashing":{"params":{"signed_blocks_window":"100"}}}}"#,
        )
        .unwrap();
        adapt(&path).unwrap();
        let genesis: Value = folder::read_json(&path).unwrap().unwrap();
        let window = genesis.pointer("/app_state/slashing/params/signed_blocks_window");
        assert_eq!(window, Some(&json!("1000000")));
        fs::write(&path, "{}").unwrap();
        adapt(&path).unwrap_err();
    }
}
