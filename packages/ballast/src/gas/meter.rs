//! What a scene needs of the chain it is measured on.

use ballast_sim::Profile;
use cosmwasm_std::Coin;
use serde_json::Value;

/// A message to a contract, before it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Name of the contract.
    pub contract: String,
    /// What.
    pub msg: Value,
    /// With how much.
    pub funds: Vec<Coin>,
}

/// A chain on which acts are measured. Accounts, contracts and cw20s go by their names.
pub trait Meter {
    /// What is measured of an act here.
    type Cost: Copy;

    /// Deploys a profile and makes its accounts; what was deployed before is forgotten.
    fn deploy(&mut self, profile: &Profile) -> anyhow::Result<()>;

    /// A cw20 that was not deployed with the profile has got an address.
    fn learn(&mut self, name: &str, address: &str);

    /// Address of an account or a contract.
    fn address(&self, name: &str) -> anyhow::Result<String>;

    /// From now on these accounts have sent something before, as those of users have.
    fn rouse(&mut self, accounts: &[String]) -> anyhow::Result<()>;

    /// Gives accounts native coins out of nothing.
    fn give(&mut self, gifts: &[(String, Coin)]) -> anyhow::Result<()>;

    /// Sends messages that nobody measures; those of one account happen in their order.
    fn prepare(&mut self, turns: Vec<(String, Vec<Call>)>) -> anyhow::Result<()>;

    /// Sends one message alone, and measures it.
    fn send(&mut self, sender: &str, call: &Call) -> anyhow::Result<Self::Cost>;

    /// Asks a contract.
    fn ask(&self, contract: &str, query: &Value) -> anyhow::Result<Value>;

    /// Asks a contract, and measures the answer.
    fn weigh(&self, contract: &str, query: &Value) -> anyhow::Result<Self::Cost>;

    /// Block time.
    fn now(&self) -> anyhow::Result<u64>;

    /// Writes records into the storage of a contract as if time had: its key, its value.
    fn plant(&mut self, contract: &str, records: Vec<(Vec<u8>, Vec<u8>)>) -> anyhow::Result<()>;

    /// Lets at least so many seconds of block time pass.
    fn wait(&mut self, secs: u64) -> anyhow::Result<()>;
}
