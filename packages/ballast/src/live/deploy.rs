//! What one story has on a chain: accounts with new keys, money, contracts, prices.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use ballast_live::{Msg, TxResult};
use ballast_sim::{
    ContractKind, Feeds, Plan, Profile,
    plan::{Deployed, Target},
};
use ballast_types::Token;
use cosmwasm_std::{Addr, Coin};
use cw20::Cw20ExecuteMsg;
use serde_json::Value;

use super::{
    Live, feeding,
    ground::{GAS, Ground, existence_denom},
};
use crate::directory::Directory;

/// An account: the name of its key, and its address.
struct Account {
    key: String,
    address: String,
}

/// Accounts by their names in the profile.
type Accounts = BTreeMap<String, Account>;

impl Ground {
    /// Deploys a profile at the scale of this ground, with accounts that are as poor as it says.
    pub fn deploy(&self, profile: &Profile) -> anyhow::Result<Live<'_>> {
        let profile = profile.scaled(self.scale());
        let accounts = self.accounts(&profile)?;
        self.pay(purses(&profile, &accounts)?)?;
        let mut site = Site {
            ground: self,
            accounts: &accounts,
            queue: Vec::new(),
        };
        let contracts = Plan::of(&profile)?.run(&mut site, |_| {})?;
        let tokens = profile.tokens(|asset| {
            let contract = contracts.get(asset);
            contract
                .map(|contract| Addr::unchecked(&contract.address))
                .with_context(|| format!("{asset} has not been deployed"))
        })?;
        for (sender, msg) in mints(&profile, &accounts, &tokens)? {
            site.queue(&sender, msg)?;
        }
        site.flush()?;
        self.begin(&profile, accounts, &contracts, &tokens)
    }

    /// Makes a key for each account of a profile.
    fn accounts(&self, profile: &Profile) -> anyhow::Result<Accounts> {
        let story = self.another();
        profile
            .accounts()
            .into_iter()
            .map(|name| {
                let key = format!("{story}-{name}");
                let address = self.client().make_key(&key)?;
                Ok((name.to_owned(), Account { key, address }))
            })
            .collect()
    }

    /// The story's chain, when the feeders have said their first prices.
    fn begin(
        &self,
        profile: &Profile,
        accounts: Accounts,
        contracts: &BTreeMap<String, Deployed>,
        tokens: &BTreeMap<String, Token>,
    ) -> anyhow::Result<Live<'_>> {
        let names = accounts
            .iter()
            .map(|(name, account)| (name.as_str(), account.address.as_str(), None))
            .chain(contracts.iter().map(|(name, contract)| {
                let kind = Some(contract.kind);
                (name.as_str(), contract.address.as_str(), kind)
            }));
        let directory = Directory::of(profile, names, |asset| tokens.get(asset).cloned());
        let oracle = contracts
            .get(ContractKind::Oracle.name())
            .context("there is no oracle")?;
        let now = self.client().now()?.1;
        let mut live = Live {
            ground: self,
            directory,
            keys: accounts
                .into_iter()
                .map(|(name, account)| (name, account.key))
                .collect(),
            feeds: Feeds::of(profile),
            oracle: oracle.address.clone(),
            round_interval_secs: profile.oracle.round_interval_secs,
            now,
            last: now,
        };
        let sayings = feeding::again(&live.feeds, now, None);
        for answer in live.push_all(sayings)? {
            answer.context("a first price")?;
        }
        live.now = live.last;
        Ok(live)
    }
}

/// What each account gets: a base unit that makes it exist, and its native coins.
fn purses(profile: &Profile, accounts: &Accounts) -> anyhow::Result<Vec<(String, Vec<Coin>)>> {
    let tokens = profile.tokens(|_| Ok::<_, anyhow::Error>(Addr::unchecked("")))?;
    let mut purses: BTreeMap<&str, BTreeMap<String, Coin>> = accounts
        .keys()
        .map(|name| {
            let one = Coin::new(1_u128, existence_denom());
            (name.as_str(), BTreeMap::from([(one.denom.clone(), one)]))
        })
        .collect();
    for (account, asset, amount) in profile.balances()? {
        if let (Some(Token::Native(denom)), Some(purse)) =
            (tokens.get(&asset), purses.get_mut(account))
        {
            let coin = purse
                .entry(denom.clone())
                .or_insert_with(|| Coin::new(0_u128, denom));
            coin.amount = coin.amount.checked_add(amount)?;
        }
    }
    Ok(purses
        .into_iter()
        .map(|(name, coins)| {
            (
                accounts[name].address.clone(),
                coins.into_values().collect(),
            )
        })
        .collect())
}

/// The messages with which the owner mints the cw20s that accounts have at the start.
fn mints(
    profile: &Profile,
    accounts: &Accounts,
    tokens: &BTreeMap<String, Token>,
) -> anyhow::Result<Vec<(String, Msg)>> {
    let owner = &accounts[&profile.owner];
    let mut msgs = Vec::new();
    for (account, asset, amount) in profile.balances()? {
        if let Some(Token::Cw20(token)) = tokens.get(&asset) {
            let recipient = accounts[account].address.clone();
            let msg = serde_json::to_value(Cw20ExecuteMsg::Mint { recipient, amount })?;
            msgs.push((
                profile.owner.clone(),
                Msg::execute(&owner.address, token.as_str(), msg, vec![]),
            ));
        }
    }
    Ok(msgs)
}

/// Where a plan is being done. Messages of one sender that follow each other, and whose answers
/// nobody needs, go out in one transaction.
struct Site<'a> {
    ground: &'a Ground,
    accounts: &'a Accounts,
    /// Who, and what.
    queue: Vec<(String, Msg)>,
}

impl Site<'_> {
    fn account_of(&self, name: &str) -> anyhow::Result<&Account> {
        let account = self.accounts.get(name);
        account.with_context(|| format!("there is no account {name}"))
    }

    fn queue(&mut self, sender: &str, msg: Msg) -> anyhow::Result<()> {
        let client = self.ground.client();
        let is_full = self.queue.len() >= client.network().limits.messages_per_tx;
        if is_full || self.queue.last().is_some_and(|(last, _)| last != sender) {
            self.flush()?;
        }
        self.queue.push((sender.to_owned(), msg));
        Ok(())
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let Some((sender, _)) = self.queue.first() else {
            return Ok(());
        };
        let sender = sender.clone();
        let msgs = self.queue.drain(..).map(|(_, msg)| msg).collect();
        self.send(&sender, msgs).map(|_| ())
    }

    fn send(&self, sender: &str, msgs: Vec<Msg>) -> anyhow::Result<TxResult> {
        let key = &self.account_of(sender)?.key;
        Ok(self.ground.client().send(key, msgs, GAS)??)
    }
}

impl Target for Site<'_> {
    fn store(&mut self, code: ContractKind) -> anyhow::Result<u64> {
        self.ground.code_id(code)
    }

    fn instantiate(
        &mut self,
        sender: &str,
        code_id: u64,
        label: &str,
        msg: &Value,
    ) -> anyhow::Result<String> {
        self.flush()?;
        let address = self.account_of(sender)?.address.clone();
        let msg = Msg::Instantiate {
            sender: address.clone(),
            admin: Some(address),
            code_id,
            label: label.to_owned(),
            msg: msg.clone(),
            funds: vec![],
        };
        self.send(sender, vec![msg])?
            .address(0)
            .context("a contract was made without an address")
    }

    fn execute(&mut self, sender: &str, contract: &str, msg: &Value) -> anyhow::Result<()> {
        let address = &self.account_of(sender)?.address;
        let msg = Msg::execute(address, contract, msg.clone(), vec![]);
        self.queue(sender, msg)
    }

    fn migrate(
        &mut self,
        sender: &str,
        contract: &str,
        code_id: u64,
        msg: &Value,
    ) -> anyhow::Result<()> {
        let msg = Msg::Migrate {
            sender: self.account_of(sender)?.address.clone(),
            contract: contract.to_owned(),
            code_id,
            msg: msg.clone(),
        };
        self.queue(sender, msg)
    }

    fn query(&mut self, contract: &str, msg: &Value) -> anyhow::Result<Value> {
        self.flush()?;
        Ok(self.ground.client().query(contract, msg, None)??)
    }

    fn account(&mut self, name: &str) -> anyhow::Result<String> {
        match self.accounts.get(name) {
            Some(account) => Ok(account.address.clone()),
            None => bail!("{name} is neither an account nor deployed yet"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts(profile: &Profile) -> Accounts {
        profile
            .accounts()
            .into_iter()
            .map(|name| {
                let account = Account {
                    key: format!("1-{name}"),
                    address: format!("wasm1{name}"),
                };
                (name.to_owned(), account)
            })
            .collect()
    }

    fn dynamo() -> (Profile, Accounts) {
        let profile = Profile::find("dynamo").unwrap();
        let accounts = accounts(&profile);
        (profile, accounts)
    }

    #[test]
    fn everyone_exists_and_has_the_native_coins_of_the_profile() {
        let (profile, accounts) = dynamo();
        let purses: BTreeMap<_, _> = purses(&profile, &accounts)
            .unwrap()
            .into_iter()
            .map(|(address, coins)| {
                let coins: Vec<_> = coins.iter().map(ToString::to_string).collect();
                (address, coins.join(","))
            })
            .collect();
        assert_eq!(purses.len(), accounts.len());
        assert_eq!(purses["wasm1owner"], "1stake");
        assert_eq!(purses["wasm1feeder-a"], "1stake");
        assert_eq!(purses["wasm1dave"], "1stake");
        assert_eq!(purses["wasm1alice"], "1stake,10000000000uatom");
    }

    #[test]
    fn the_owner_mints_the_cw20s_of_the_profile() {
        let (profile, accounts) = dynamo();
        let token = |asset: &str| Ok::<_, anyhow::Error>(Addr::unchecked(format!("wasm1{asset}")));
        let tokens = profile.tokens(token).unwrap();
        let mints = mints(&profile, &accounts, &tokens).unwrap();
        assert_eq!(mints.len(), 4);
        for (sender, msg) in &mints {
            assert_eq!(sender, "owner");
            let Msg::Execute { contract, .. } = msg else {
                panic!("{msg:?}");
            };
            assert_eq!(contract, "wasm1WETH");
        }
        let Msg::Execute { sender, msg, .. } = &mints[0].1 else {
            panic!("{mints:?}");
        };
        assert_eq!(sender, "wasm1owner");
        let expected = serde_json::json!({
            "mint": {"recipient": "wasm1alice", "amount": "100000000000000000000"}
        });
        assert_eq!(*msg, expected);
    }
}
