//! Why a deployment does not go on.

use std::path::PathBuf;

use ballast_sim::{ContractKind, ProfileError};
use thiserror::Error;

use crate::{LiveError, Refusal};

/// Why a deployment does not go on. What has been done so far is in its file.
#[derive(Debug, Error)]
pub enum DeployError {
    /// The node, a file, or the chain's command.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// The profile.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// A code is not there.
    #[error("NoArtifact: {path} cannot be read: {error}; `scripts/build` makes it")]
    NoArtifact {
        /// Where it should be.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A code is not the one that was built.
    #[error(
        "StaleArtifact: {path} has the checksum {actual}, and not {expected} as checksums.txt says"
    )]
    StaleArtifact {
        /// The file.
        path: PathBuf,
        /// The list's.
        expected: String,
        /// Its own.
        actual: String,
    },
    /// The file of the deployment is none.
    #[error("NotADeployment: {path}: {error}")]
    NotADeployment {
        /// The file.
        path: PathBuf,
        /// Why.
        error: String,
    },
    /// Somebody is at it.
    #[error("Busy: another command is working on {path}")]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// Nothing has been deployed.
    #[error("NotDeployed: there is no {path}: `ballast deploy` makes it")]
    NotDeployed {
        /// The file.
        path: PathBuf,
    },
    /// A deployment or an upgrade is half done.
    #[error(
        "Unfinished: {path} says that {what} is not finished: run it again first, or begin anew with --fresh"
    )]
    Unfinished {
        /// The file.
        path: PathBuf,
        /// `deploy`, `upgrade`.
        what: &'static str,
    },
    /// What is to be done is not what was begun.
    #[error(
        "Changed: {path} was begun with {had}, and this is {has}: go on with that, or begin anew with --fresh"
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// What it was begun with.
        had: String,
        /// What it is now.
        has: String,
    },
    /// What has been deployed has other codes than these.
    #[error(
        "OtherCodes: {path} was deployed with another code of {kinds}: `ballast upgrade` brings the new one, --fresh deploys anew"
    )]
    OtherCodes {
        /// The file.
        path: PathBuf,
        /// Which.
        kinds: String,
    },
    /// The chain has none of what the file says: it was made anew under the same id.
    #[error(
        "OtherChain: {what} of {path} is not on this chain: was it wiped? Begin anew with --fresh"
    )]
    OtherChain {
        /// The file.
        path: PathBuf,
        /// What is missing.
        what: String,
    },
    /// A token stands for something that is no collateral.
    #[error(
        "NotTaken: tokens.{asset}: in the profile {profile}, {asset} is no collateral and not DCM"
    )]
    NotTaken {
        /// Its id.
        asset: String,
        /// The profile.
        profile: String,
    },
    /// Nobody knows an account of the profile.
    #[error(
        "UnknownAccount: nobody knows who `{name}` is: make a key of that name, or name its key or address under [accounts]: {error}"
    )]
    UnknownAccount {
        /// Its name in the profile.
        name: String,
        /// Why.
        error: LiveError,
    },
    /// The chain refused a transaction: none of its steps happened.
    #[error("Refused: {steps}: {refusal}")]
    Refused {
        /// What it should have done.
        steps: String,
        /// Why not.
        refusal: Box<Refusal>,
    },
    /// A contract answered something else than it must.
    #[error("Wrong: {step}: {problem}")]
    Wrong {
        /// The question.
        step: String,
        /// What is wrong.
        problem: String,
    },
    /// A transaction is not one of those that are waited for.
    #[error("NotAwaited: transaction {hash}: {problem}")]
    NotAwaited {
        /// Its hash.
        hash: String,
        /// Why.
        problem: String,
    },
    /// There is no such contract to be upgraded.
    #[error("NoUpgrade: {0}")]
    NoUpgrade(String),
    /// A code that a step needs.
    #[error("NoCode: there is no code of {0}")]
    NoCode(ContractKind),
}
