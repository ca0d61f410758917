//! What can go wrong.

use std::{io, path::PathBuf, time::Duration};

use thiserror::Error;

/// The result of everything here.
pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong.
#[derive(Debug, Error)]
pub enum Error {
    /// An option makes no sense.
    #[error("Option: {0}")]
    Option(String),
    /// The network exists, and was made with something else.
    #[error(
        "Differs: the network {network} exists with {option} {has}, not {wanted}; `ballast localnet reset` wipes it, and the next start takes other options"
    )]
    Differs {
        /// Its name.
        network: String,
        /// Which option.
        option: &'static str,
        /// What it was made with.
        has: String,
        /// What is asked for now.
        wanted: String,
    },
    /// Somebody listens on a port that a node needs.
    #[error("PortTaken: port {port} of 127.0.0.1 is in use; choose another --port-base")]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// No block of free ports was found.
    #[error("NoFreePorts: found no block of {wanted} free ports")]
    NoFreePorts {
        /// How many in a row.
        wanted: u16,
    },
    /// The folder has other things in it.
    #[error("NotOurs: {} is not the folder of a local network, and stays as it is", .0.display())]
    NotOurs(PathBuf),
    /// No network of that name.
    #[error("NoNetwork: there is no local network in {}; `ballast localnet start` makes one", .0.display())]
    NoNetwork(PathBuf),
    /// No such node.
    #[error("NoNode: there is no node {node}, the network has {validators}, counted from 0")]
    NoNode {
        /// Which was asked for.
        node: usize,
        /// How many there are.
        validators: u8,
    },
    /// The network has no chain yet, or no longer.
    #[error("NoChain: the network has no chain; `ballast localnet start` makes one")]
    NoChain,
    /// A file or a process refused.
    #[error("Io: cannot {doing}: {source}")]
    Io {
        /// What was tried.
        doing: String,
        /// Why not.
        source: io::Error,
    },
    /// A file or an answer does not say what it should.
    #[error("Malformed: {what}: {why}")]
    Malformed {
        /// Which.
        what: String,
        /// Why.
        why: String,
    },
    /// A program failed.
    #[error("Command: {command} failed: {output}")]
    Command {
        /// What was run.
        command: String,
        /// What it said.
        output: String,
    },
    /// A node does not answer.
    #[error("Rpc: {url}: {why}")]
    Rpc {
        /// What was asked.
        url: String,
        /// Why not.
        why: String,
    },
    /// A node ended by itself.
    #[error("NodeEnded: node {node} ended; its log {} ends with:\n{log}", .path.display())]
    NodeEnded {
        /// Which.
        node: usize,
        /// Its log.
        path: PathBuf,
        /// The last lines.
        log: String,
    },
    /// A node did not get there in time.
    #[error(
        "TooSlow: node {node} has not reached height {height} after {} s; see `ballast localnet logs --node {node}`", .waited.as_secs()
    )]
    TooSlow {
        /// Which.
        node: usize,
        /// The height.
        height: u64,
        /// How long it was waited for.
        waited: Duration,
    },
}

/// Says what was tried when a file or a process refuses.
pub(crate) trait Doing<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|source| Error::Io {
            doing: what(),
            source,
        })
    }
}
