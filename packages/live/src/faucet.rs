//! Accounts for whoever tries things on a chain that is there to be tried.

use cosmwasm_std::Coin;
use serde::{Deserialize, Serialize};

use crate::{Client, Gas, LiveError, Msg};

/// A key that pays for others. Only on a chain whose coins are worth nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faucet {
    /// The name of the key.
    pub key: String,
    /// What each new account gets, each like `1000000ulife`.
    pub coins: Vec<String>,
}

impl Faucet {
    /// What each new account gets, sorted as the bank wants it.
    pub fn coins(&self) -> Result<Vec<Coin>, String> {
        let mut coins = self
            .coins
            .iter()
            .map(|text| {
                text.parse()
                    .map_err(|_| format!("faucet.coins: `{text}` is not like 1000000ulife"))
            })
            .collect::<Result<Vec<Coin>, _>>()?;
        coins.sort_by(|a, b| a.denom.cmp(&b.denom));
        Ok(coins)
    }
}

/// Gives a key to each of these accounts that has none, and coins to each that the chain does
/// not know. Does nothing on a network without a faucet. Gives the names of those that got
/// something.
pub fn provide<'a>(
    client: &Client,
    accounts: impl Iterator<Item = &'a str>,
) -> Result<Vec<String>, LiveError> {
    let Some(faucet) = &client.network().faucet else {
        return Ok(vec![]);
    };
    let coins = faucet.coins().map_err(LiveError::Incomplete)?;
    let keys = client.signer().keys()?;
    let from = client.address(&faucet.key)?;
    let (mut provided, mut msgs) = (vec![], vec![]);
    for name in accounts {
        let key = client.network().key(name);
        let address = match keys.get(key) {
            Some(address) => address.clone(),
            None if client.network().is_address(key) => key.to_owned(),
            None => client.make_key(key)?,
        };
        if client.node().account(&address)?.is_none() {
            msgs.push(Msg::BankSend {
                from: from.clone(),
                to: address,
                coins: coins.clone(),
            });
            provided.push(name.to_owned());
        }
    }
    for batch in msgs.chunks(client.network().limits.messages_per_tx) {
        client
            .send(&faucet.key, batch.to_vec(), Gas::Simulated)?
            .map_err(|refusal| LiveError::Incomplete(format!("the faucet: {refusal}")))?;
    }
    Ok(provided)
}
