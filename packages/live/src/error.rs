//! What can go wrong between here and a chain, refusals of the chain itself aside.

use std::{io, path::PathBuf};

use thiserror::Error;

/// A fault that is not a contract's answer: the node, the file, the chain's command.
#[derive(Debug, Error)]
pub enum LiveError {
    /// The network file cannot be read.
    #[error("Unreadable: {path}: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The network file is not one; the text shows line and column.
    #[error("NotANetwork: {path}: {error}")]
    NotANetwork {
        /// The file.
        path: PathBuf,
        /// Why.
        error: String,
    },
    /// Nobody answers at the node's address.
    #[error("Unreachable: no node answers at {rpc}: {error}")]
    Unreachable {
        /// Its address.
        rpc: String,
        /// Why.
        error: String,
    },
    /// The node took too long.
    #[error("Slow: the node at {rpc} did not answer {method} within {secs} s")]
    Slow {
        /// Its address.
        rpc: String,
        /// What it was asked.
        method: String,
        /// How long it had.
        secs: u64,
    },
    /// What answers is no CometBFT node, or something between here and it spoils the answers.
    #[error("Nonsense: {rpc} answered {method} with {answer}: {problem}")]
    Nonsense {
        /// Its address.
        rpc: String,
        /// What it was asked.
        method: String,
        /// How the answer begins.
        answer: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The node understood and said no.
    #[error("NodeSaysNo: {method}: {message}")]
    NodeSaysNo {
        /// What it was asked.
        method: String,
        /// Its words.
        message: String,
    },
    /// The node is of another chain than the network file says.
    #[error("WrongChain: the node at {rpc} is of the chain {actual}, not of {expected}")]
    WrongChain {
        /// Its address.
        rpc: String,
        /// The chain of the network file.
        expected: String,
        /// The node's.
        actual: String,
    },
    /// The node has not caught up with its chain: what it knows is old.
    #[error("CatchingUp: the node at {rpc} is still catching up, at height {height}")]
    CatchingUp {
        /// Its address.
        rpc: String,
        /// How far it is.
        height: u64,
    },
    /// The node does not simulate: it does so only where its gRPC or its API is on.
    #[error(
        "NoSimulation: the node at {rpc} does not simulate transactions, since its gRPC and API are both off"
    )]
    NoSimulation {
        /// Its address.
        rpc: String,
    },
    /// The account has never received anything, so the chain does not know it.
    #[error("NoAccount: {address} does not exist on the chain yet: send it some coins first")]
    NoAccount {
        /// Its address.
        address: String,
    },
    /// The chain's command cannot be run.
    #[error("NoCommand: {binary} cannot be run: {error}")]
    NoCommand {
        /// What was to be run.
        binary: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The chain's command failed.
    #[error("CommandFailed: {call}: {error}")]
    CommandFailed {
        /// What was run.
        call: String,
        /// Its last words.
        error: String,
    },
    /// The key's address is not one of this chain.
    #[error("ForeignAddress: {address} of {name} does not begin with {prefix}1")]
    ForeignAddress {
        /// Who.
        name: String,
        /// Its address.
        address: String,
        /// The chain's prefix.
        prefix: String,
    },
    /// An address was given where a key has to sign.
    #[error(
        "NoKey: {address} is an address, not the name of a key: nothing can be signed for it here"
    )]
    NoKey {
        /// The address.
        address: String,
    },
    /// The chain's command signed something else than it was asked to.
    #[error("SignedOtherwise: {binary} signed otherwise than it was asked to: look at the {part}")]
    SignedOtherwise {
        /// The command.
        binary: PathBuf,
        /// What differs.
        part: &'static str,
    },
    /// The transaction cannot land any more, and has not landed.
    #[error(
        "Lost: transaction {hash} did not land up to height {timeout_height}, and cannot any more"
    )]
    Lost {
        /// Its hash.
        hash: String,
        /// The last height at which it could have.
        timeout_height: u64,
    },
    /// Nobody knows whether the transaction lands.
    #[error(
        "Unclear: whether transaction {hash} lands is not known (it can up to height {timeout_height}): {error}"
    )]
    Unclear {
        /// Its hash.
        hash: String,
        /// The last height at which it can land.
        timeout_height: u64,
        /// Why it is not known.
        error: Box<LiveError>,
    },
    /// A file cannot be written.
    #[error("Unwritable: {path}: {error}")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// An answer of the chain lacks a part that it always has.
    #[error("Incomplete: {0}")]
    Incomplete(String),
}
