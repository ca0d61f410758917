//! The chain's own command, which has the keys and signs with them. No key passes through here.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    io::Write,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use serde_json::Value;

use crate::{LiveError, Network, command, tx::Unsigned};

/// Where an account stands when it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Its number.
    pub number: u64,
    /// Which of its transactions this is.
    pub sequence: u64,
}

/// The chain's own command.
pub struct Signer {
    binary: PathBuf,
    home: PathBuf,
    keyring_backend: String,
    sign_mode: String,
    chain_id: String,
    prefix: String,
    addresses: Mutex<BTreeMap<String, String>>,
}

impl Signer {
    /// The command of a network. Nothing is run yet.
    pub fn of(network: &Network) -> Self {
        Self {
            binary: network.binary.clone(),
            home: network.home.clone(),
            keyring_backend: network.keyring_backend.clone(),
            sign_mode: network.sign_mode.clone(),
            chain_id: network.chain_id.clone(),
            prefix: network.bech32_prefix.clone(),
            addresses: Mutex::default(),
        }
    }

    /// Address of a key.
    pub fn address(&self, key: &str) -> Result<String, LiveError> {
        let mut known = self
            .addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(address) = known.get(key) {
            return Ok(address.clone());
        }
        let args = self.with_keyring(["keys", "show", key, "--address"]);
        let address = self.run(&args)?.trim().to_owned();
        self.check(key, &address)?;
        known.insert(key.to_owned(), address.clone());
        Ok(address)
    }

    /// Every key with its address.
    pub fn keys(&self) -> Result<BTreeMap<String, String>, LiveError> {
        let args = self.with_keyring(["keys", "list", "--output", "json"]);
        let said = self.run(&args)?;
        // Without a single key the command says so in words.
        let keys: Vec<Value> = serde_json::from_str(&said).unwrap_or_default();
        let text = |key: &Value, field: &str| key.get(field)?.as_str().map(str::to_owned);
        Ok(keys
            .iter()
            .filter_map(|key| Some((text(key, "name")?, text(key, "address")?)))
            .collect())
    }

    /// Has a new key made, and gives its address. Nobody is shown the words it could be made
    /// from again: it is for accounts that are thrown away.
    pub fn make_key(&self, key: &str) -> Result<String, LiveError> {
        let args = self.with_keyring(["keys", "add", key, "--no-backup", "--output", "json"]);
        let answer: Value = serde_json::from_str(&self.run(&args)?).unwrap_or_default();
        let address = answer.get("address").and_then(Value::as_str);
        let address = address
            .ok_or_else(|| LiveError::Incomplete(format!("the new key {key} has no address")))?;
        self.check(key, address)?;
        self.addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key.to_owned(), address.to_owned());
        Ok(address.to_owned())
    }

    fn check(&self, key: &str, address: &str) -> Result<(), LiveError> {
        if address.starts_with(&format!("{}1", self.prefix)) {
            return Ok(());
        }
        Err(LiveError::ForeignAddress {
            name: key.to_owned(),
            address: address.to_owned(),
            prefix: self.prefix.clone(),
        })
    }

    /// Has a transaction signed, and gives it as it goes over the wire: what was asked for, to
    /// the letter, under that signature.
    pub fn sign(&self, key: &str, tx: &Unsigned, turn: Turn) -> Result<Vec<u8>, LiveError> {
        let unsigned = self.file(&tx.to_json())?;
        let signed = self.empty_file()?;
        let mut args = self.with_keyring(["tx", "sign"]);
        args.push(unsigned.path().into());
        args.extend(
            [
                "--offline",
                "--from",
                key,
                "--chain-id",
                &self.chain_id,
                "--sign-mode",
                &self.sign_mode,
                "--account-number",
                &turn.number.to_string(),
                "--sequence",
                &turn.sequence.to_string(),
                "--output-document",
            ]
            .map(OsString::from),
        );
        args.push(signed.path().into());
        self.run(&args)?;
        let signed = fs::read(signed.path()).map_err(|error| LiveError::Unreadable {
            path: signed.path().to_owned(),
            error,
        })?;
        let signed = serde_json::from_slice(&signed).map_err(|_| self.otherwise("form"))?;
        tx.signed(&signed, turn.sequence)
            .map_err(|part| self.otherwise(part))
    }

    fn with_keyring<const N: usize>(&self, args: [&str; N]) -> Vec<OsString> {
        let mut args: Vec<OsString> = args.into_iter().map(OsString::from).collect();
        args.push("--keyring-backend".into());
        args.push(self.keyring_backend.clone().into());
        args.push("--home".into());
        args.push(self.home.clone().into());
        args
    }

    fn run(&self, args: &[OsString]) -> Result<String, LiveError> {
        // The other backends may ask for a passphrase.
        let interactive = !matches!(self.keyring_backend.as_str(), "test" | "memory");
        command::run(&self.binary, args, interactive)
    }

    fn file(&self, json: &Value) -> Result<tempfile::NamedTempFile, LiveError> {
        let mut file = self.empty_file()?;
        file.write_all(json.to_string().as_bytes())
            .map_err(|error| unwritable(file.path(), error))?;
        Ok(file)
    }

    fn empty_file(&self) -> Result<tempfile::NamedTempFile, LiveError> {
        tempfile::Builder::new()
            .prefix("ballast-")
            .suffix(".json")
            .tempfile()
            .map_err(|error| unwritable(&std::env::temp_dir(), error))
    }

    fn otherwise(&self, part: &'static str) -> LiveError {
        LiveError::SignedOtherwise {
            binary: self.binary.clone(),
            part,
        }
    }
}

fn unwritable(path: &std::path::Path, error: std::io::Error) -> LiveError {
    LiveError::Unwritable {
        path: path.to_owned(),
        error,
    }
}
