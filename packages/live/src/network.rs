//! A chain and who is who on it, from a file.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use cosmwasm_std::Decimal;
use serde::{Deserialize, Serialize};

use crate::{GasPrice, LiveError, faucet::Faucet};

/// A chain and who is who on it: `networks/<name>.toml`. Paths are from where the command runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Its name: that of the file.
    #[serde(skip)]
    pub name: String,
    /// The chain.
    pub chain_id: String,
    /// Address of a CometBFT node: `http://127.0.0.1:26657`.
    pub rpc: String,
    /// What addresses begin with, before the `1`.
    #[serde(default = "bech32_prefix")]
    pub bech32_prefix: String,
    /// The chain's own command, which signs: a path, or a name on the `PATH`.
    pub binary: PathBuf,
    /// Where that command has its keys.
    pub home: PathBuf,
    /// How that command keeps its keys: `os`, `file`, `test`.
    #[serde(default = "keyring_backend")]
    pub keyring_backend: String,
    /// How transactions are signed: `direct`, or `amino-json` for a Ledger.
    #[serde(default = "sign_mode")]
    pub sign_mode: String,
    /// The profile that is deployed unless another is named.
    pub profile: String,
    /// Who stores codes and sends whatever the profile's owner sends, unless `accounts` says
    /// who the owner is: the name of a key, or an address for which others sign.
    pub deployer: String,
    /// What a unit of gas costs: `0.025ustake`; nothing when it is not said.
    #[serde(default)]
    pub gas_price: Option<GasPrice>,
    /// A transaction may use this many times what its simulation used.
    #[serde(default = "gas_adjustment")]
    pub gas_adjustment: Decimal,
    /// Limits of the chain and of patience.
    #[serde(default)]
    pub limits: Limits,
    /// Keys or addresses of the profile's accounts. A name that is not here is the name of its
    /// key.
    #[serde(default)]
    pub accounts: BTreeMap<String, String>,
    /// Who pays for new accounts, on a chain that is there to be tried.
    #[serde(default)]
    pub faucet: Option<Faucet>,
    /// Tokens of this chain that stand for collaterals of the profile.
    #[serde(default)]
    pub tokens: BTreeMap<String, NetworkToken>,
}

/// A token that is on the chain already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NetworkToken {
    /// A denom of the bank.
    Native(String),
    /// A cw20, by address.
    Cw20(String),
}

/// Limits of the chain and of patience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The most messages of one transaction.
    pub messages_per_tx: usize,
    /// The most bytes of one transaction. A node takes requests of a million bytes, and a
    /// simulation is written with two digits for each byte.
    pub bytes_per_tx: usize,
    /// For how many blocks a transaction may wait to land.
    pub timeout_blocks: u64,
    /// Seconds for one answer of the node.
    pub answer_secs: u64,
    /// How often a question is asked again when the answer fails to come. A transaction is
    /// never sent again.
    pub retries: u32,
    /// Seconds for which a node may be away while a transaction is waited for.
    pub patience_secs: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            messages_per_tx: 16,
            bytes_per_tx: 450_000,
            timeout_blocks: 25,
            answer_secs: 10,
            retries: 3,
            patience_secs: 60,
        }
    }
}

fn bech32_prefix() -> String {
    "wasm".into()
}

fn keyring_backend() -> String {
    "os".into()
}

fn sign_mode() -> String {
    "direct".into()
}

fn gas_adjustment() -> Decimal {
    Decimal::percent(150)
}

impl Network {
    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, LiveError> {
        let text = fs::read_to_string(path).map_err(|error| LiveError::Unreadable {
            path: path.to_owned(),
            error,
        })?;
        let mut network = Self::parse(&text).map_err(|error| LiveError::NotANetwork {
            path: path.to_owned(),
            error,
        })?;
        network.name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok(network)
    }

    /// Reads a text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let network: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        network.check()?;
        Ok(network)
    }

    fn check(&self) -> Result<(), String> {
        if !self.rpc.starts_with("http://") && !self.rpc.starts_with("https://") {
            return Err(format!(
                "rpc: `{}` does not begin with http:// or https://",
                self.rpc
            ));
        }
        if self.chain_id.is_empty() || self.chain_id.contains(['/', '\\']) {
            return Err(format!("chain_id: `{}` is no chain id", self.chain_id));
        }
        if self.gas_adjustment < Decimal::one() {
            return Err(format!(
                "gas_adjustment: {} is below 1: transactions would run out of gas",
                self.gas_adjustment
            ));
        }
        if let Some(faucet) = &self.faucet {
            faucet.coins()?;
        }
        if self.limits.messages_per_tx == 0 || self.limits.timeout_blocks == 0 {
            return Err("limits: messages_per_tx and timeout_blocks are at least 1".into());
        }
        Ok(())
    }

    /// The key or address of an account of the profile.
    pub fn key<'a>(&'a self, account: &'a str) -> &'a str {
        self.accounts.get(account).map_or(account, String::as_str)
    }

    /// Whether a text is an address of this chain rather than the name of a key.
    pub fn is_address(&self, text: &str) -> bool {
        text.strip_prefix(&self.bech32_prefix)
            .and_then(|rest| rest.strip_prefix('1'))
            .is_some_and(|data| data.len() >= 38 && data.chars().all(|c| c.is_ascii_alphanumeric()))
    }

    pub(crate) fn answer_time(&self) -> Duration {
        Duration::from_secs(self.limits.answer_secs)
    }

    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.limits.patience_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const LEAST: &str = r#"
        chain_id = "ballast-1"
        rpc = "http://127.0.0.1:26657"
        binary = "wasmd"
        home = ".localnet/keys"
        profile = "devita"
        deployer = "owner"
    "#;

    #[test]
    fn what_is_not_said_has_a_default() {
        let network = Network::parse(LEAST).unwrap();
        assert_eq!(network.bech32_prefix, "wasm");
        assert_eq!(network.keyring_backend, "os");
        assert_eq!(network.gas_price, None);
        assert_eq!(network.limits, Limits::default());
        assert_eq!(network.key("alice"), "alice");
    }

    #[test]
    fn everything_can_be_said() {
        let text = format!(
            r#"{LEAST}
            bech32_prefix = "osmo"
            keyring_backend = "test"
            gas_price = "0.025uosmo"
            gas_adjustment = "1.3"
            [limits]
            messages_per_tx = 8
            [accounts]
            guardian = "watcher"
            [tokens]
            LIFE = {{ native = "factory/x/life" }}
            WETH = {{ cw20 = "osmo1weth" }}
            "#
        );
        let network = Network::parse(&text).unwrap();
        assert_eq!(network.gas_price.unwrap().denom, "uosmo");
        assert_eq!(network.limits.messages_per_tx, 8);
        assert_eq!(network.limits.retries, Limits::default().retries);
        assert_eq!(
            network.tokens["WETH"],
            NetworkToken::Cw20("osmo1weth".into())
        );
        assert_eq!(network.accounts["guardian"], "watcher");
    }

    #[rstest]
    #[case("colour = \"red\"", "unknown field `colour`")]
    #[case("[limits]\nblocks = 3", "unknown field `blocks`")]
    #[case("gas_price = \"free\"", "a gas price is like")]
    #[case("gas_adjustment = \"0.9\"", "out of gas")]
    #[case("[limits]\ntimeout_blocks = 0", "at least 1")]
    #[case("[faucet]\nkey = \"f\"\ncoins = [\"9\"]", "is not like 1000000ulife")]
    #[case("[tokens]\nLIFE = { denom = \"x\" }", "unknown variant")]
    fn mistakes_are_named(#[case] more: &str, #[case] problem: &str) {
        let error = Network::parse(&format!("{LEAST}\n{more}")).unwrap_err();
        assert!(error.contains(problem), "{error}");
    }

    #[test]
    fn the_files_of_this_repository_are_networks() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../networks");
        let mut names = vec![];
        for file in fs::read_dir(folder).unwrap() {
            names.push(Network::load(&file.unwrap().path()).unwrap().name);
        }
        names.sort();
        assert_eq!(names, ["local", "testnet.example"]);
    }

    #[rstest]
    #[case("127.0.0.1:26657")]
    #[case("tcp://127.0.0.1:26657")]
    fn a_node_is_asked_over_http(#[case] rpc: &str) {
        let text = LEAST.replace("http://127.0.0.1:26657", rpc);
        assert!(Network::parse(&text).unwrap_err().contains("http://"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = Network::parse(&LEAST.replace("deployer", "employer")).unwrap_err();
        assert!(error.contains("employer"), "{error}");
        let error = Network::parse("chain_id = \"x\"").unwrap_err();
        assert!(error.contains("missing field"), "{error}");
    }

    #[test]
    fn an_address_is_not_the_name_of_a_key() {
        let network = Network::parse(LEAST).unwrap();
        assert!(network.is_address("wasm1cyyzpxplxdzkeea7kwsydadg87357qnah9s9sv"));
        assert!(!network.is_address("wasm1"));
        assert!(!network.is_address("osmo1cyyzpxplxdzkeea7kwsydadg87357qnah9s9sv"));
        assert!(!network.is_address("wasm1-dev"));
    }
}
