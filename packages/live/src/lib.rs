//! A real Cosmos chain with CosmWasm, as Ballast sees it.
//!
//! A [`Network`] is a small file that says where the chain is and who is who on it. A [`Client`]
//! asks its node and sends transactions to it. No key passes through here: the chain's own
//! command signs, and what it has signed is compared with what was asked.
//!
//! | module | job |
//! | --- | --- |
//! | [`network`] | the file |
//! | [`node`] | what a node answers |
//! | [`msg`] | messages, as protobuf and as the SDK's JSON |
//! | [`signer`] | the chain's own command |
//! | [`faucet`] | keys and coins, where coins are worth nothing |
//! | [`tx`] | transactions before and after |
//! | [`refusal`] | why the chain refused |
//! | [`client`] | sending, once and never twice |
//! | [`deploy`] | a deployment made, compared, upgraded |
//!
//! ```no_run
//! use ballast_live::{Client, Gas, Msg, Network};
//! use serde_json::json;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::connect(Network::load("networks/local.toml".as_ref())?)?;
//! let alice = client.address("alice")?;
//! let minter = "wasm1…".to_owned();
//! let msg = Msg::execute(&alice, &minter, json!({"mint": {}}), vec![]);
//! match client.send("alice", vec![msg], Gas::Simulated)? {
//!     Ok(result) => println!("{} took {} gas", result.hash, result.gas_used),
//!     Err(refusal) => println!("{refusal}"),
//! }
//! # Ok(())
//! # }
//! ```

pub mod client;
mod command;
pub mod deploy;
pub mod error;
pub mod faucet;
pub mod gas;
pub mod msg;
pub mod network;
pub mod node;
pub mod refusal;
mod rpc;
pub mod signer;
pub mod tx;

pub use client::{Client, Request};
pub use error::LiveError;
pub use gas::{Gas, GasPrice};
pub use msg::Msg;
pub use network::Network;
pub use node::Node;
pub use refusal::{Refusal, RefusedTx};
pub use signer::Signer;
pub use tx::{Outcome, Pending, TxResult};
