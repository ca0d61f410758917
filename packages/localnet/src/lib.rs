//! Real wasmd chains on this machine, for stories, gas figures and fault tests.
//!
//! A [`Localnet`] is one network: one to four validators that listen on loopback alone, a genesis
//! of its own, and a `faucet` account that holds plenty of every denom. The nodes are processes
//! in sessions of their own, so they outlive the command that started them; what is needed to
//! find them again stands in the network's folder.
//!
//! ```no_run
//! use ballast_localnet::{Folder, Localnet, Options, free_port_base};
//!
//! # fn main() -> Result<(), ballast_localnet::Error> {
//! let options = Options {
//!     validators: Some(4),
//!     port_base: Some(free_port_base(4)?),
//!     ..Options::default()
//! };
//! let folder = Folder::new(".localnet", "faults")?;
//! let net = Localnet::start(folder, &options, &mut |line| eprintln!("{line}"))?;
//! net.kill_node(3)?;
//! let height = net.height(0)?;
//! net.start_node(3)?;
//! net.wait_for_height(3, height, std::time::Duration::from_secs(60))?;
//! assert_eq!(net.app_hash(3, height)?, net.app_hash(0, height)?);
//! net.remove()?;
//! # Ok(())
//! # }
//! ```
//!
//! | module | job |
//! | --- | --- |
//! | [`options`], [`ports`] | what a network is made of, and where it listens |
//! | [`folder`] | the files of a network, and what may be deleted |
//! | [`wasmd`] | the chain's binary: built once, kept in the cache, run |
//! | `genesis`, `config` | a fresh chain, and the settings of its nodes |
//! | [`process`] | a node as a process that is certainly ours |
//! | [`rpc`] | the little that is asked of a node |
//! | [`network`] | start, stop, kill, watch, wipe |
//! | [`logs`] | the last lines of a log, and those that follow |

mod config;
pub mod error;
pub mod folder;
mod genesis;
pub mod logs;
pub mod network;
pub mod options;
pub mod ports;
pub mod process;
pub mod rpc;
pub mod wasmd;

pub use error::{Error, Result};
pub use folder::Folder;
pub use network::{FAUCET, Faucet, Localnet, NodeState, NodeStatus, Temporary};
pub use options::{Options, Settings};
pub use ports::{Ports, free_port_base};
pub use wasmd::Version;
