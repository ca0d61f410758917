//! The codes that `scripts/build` makes.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use ballast_sim::ContractKind;

use super::DeployError;
use crate::tx;

/// A code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Where it is.
    pub path: PathBuf,
    /// The code.
    pub wasm: Vec<u8>,
    /// Its SHA-256, in lower-case hexadecimal digits: what a chain shows of it.
    pub checksum: String,
}

/// One code of each kind; the hostile market's, which is for trials, where it was built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Artifacts {
    codes: BTreeMap<ContractKind, Artifact>,
}

/// The file of a kind's code.
pub const fn file_name(kind: ContractKind) -> &'static str {
    match kind {
        ContractKind::Oracle => "ballast_oracle.wasm",
        ContractKind::DebtRegistry => "ballast_debt_registry.wasm",
        ContractKind::SynthMinter => "ballast_synth_minter.wasm",
        ContractKind::Treasury => "ballast_treasury.wasm",
        ContractKind::StabilityPool => "ballast_stability_pool.wasm",
        ContractKind::PoolManager => "ballast_pool_manager.wasm",
        ContractKind::PoolLens => "ballast_pool_lens.wasm",
        ContractKind::RewardsDistributor => "ballast_rewards_distributor.wasm",
        ContractKind::SpotMarket => "ballast_spot_market.wasm",
        ContractKind::HostileMarket => "tools/ballast_hostile_market.wasm",
        ContractKind::Cw20 => "ballast_synth_token.wasm",
    }
}

impl Artifacts {
    /// Reads them from a folder. Where it has a `checksums.txt`, each is the one listed there.
    pub fn load(folder: &Path) -> Result<Self, DeployError> {
        let listed = fs::read_to_string(folder.join("checksums.txt")).unwrap_or_default();
        let mut codes = BTreeMap::new();
        for kind in ContractKind::ALL {
            let path = folder.join(file_name(kind));
            let wasm = match fs::read(&path) {
                Err(_) if kind == ContractKind::HostileMarket => continue,
                read => read.map_err(|error| DeployError::NoArtifact {
                    path: path.clone(),
                    error,
                })?,
            };
            let checksum = tx::checksum(&wasm);
            if let Some(expected) = listed_checksum(&listed, file_name(kind))
                && expected != checksum
            {
                return Err(DeployError::StaleArtifact {
                    path,
                    expected: expected.to_owned(),
                    actual: checksum,
                });
            }
            let artifact = Artifact {
                path,
                wasm,
                checksum,
            };
            codes.insert(kind, artifact);
        }
        Ok(Self { codes })
    }

    /// The code of a kind.
    pub fn get(&self, kind: ContractKind) -> Result<&Artifact, DeployError> {
        self.codes.get(&kind).ok_or(DeployError::NoCode(kind))
    }
}

fn listed_checksum<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    list.lines().find_map(|line| {
        let (checksum, file) = line.split_once(char::is_whitespace)?;
        (file.trim_start_matches([' ', '*']) == name).then_some(checksum)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("tools")).unwrap();
        for kind in ContractKind::ALL {
            fs::write(folder.path().join(file_name(kind)), kind.name()).unwrap();
        }
        folder
    }

    #[test]
    fn each_kind_has_its_own() {
        let folder = folder();
        let artifacts = Artifacts::load(folder.path()).unwrap();
        let cw20 = artifacts.get(ContractKind::Cw20).unwrap();
        assert_eq!(cw20.wasm, b"cw20");
        assert_eq!(cw20.checksum, tx::checksum(b"cw20"));
    }

    #[test]
    fn a_missing_one_is_named() {
        let folder = folder();
        fs::remove_file(folder.path().join("ballast_treasury.wasm")).unwrap();
        let error = Artifacts::load(folder.path()).unwrap_err().to_string();
        assert!(error.contains("ballast_treasury.wasm"), "{error}");
        assert!(error.contains("scripts/build"), "{error}");
    }

    #[test]
    fn one_for_trials_may_be_missing() {
        let folder = folder();
        fs::remove_file(folder.path().join("tools/ballast_hostile_market.wasm")).unwrap();
        let artifacts = Artifacts::load(folder.path()).unwrap();
        let error = artifacts.get(ContractKind::HostileMarket).unwrap_err();
        assert!(matches!(error, DeployError::NoCode(_)), "{error}");
    }

    #[test]
    fn one_that_is_not_as_listed_is_refused() {
        let folder = folder();
        let list = folder.path().join("checksums.txt");
        let right = tx::checksum(b"oracle");
        fs::write(&list, format!("{right}  ballast_oracle.wasm\n")).unwrap();
        assert!(Artifacts::load(folder.path()).is_ok());
        fs::write(&list, "00ff  ballast_oracle.wasm\n").unwrap();
        let error = Artifacts::load(folder.path()).unwrap_err();
        assert!(matches!(error, DeployError::StaleArtifact { .. }));
    }
}
