//! One message or one question to a protocol that is there: on a chain, or in a saved session.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use ballast_live::{
    Client, Gas, Msg,
    deploy::{Setting, Store, record::read_whole},
    tx::TxResult,
};
use ballast_sim::{ContractKind, Scale};
use clap::Args;
use cosmwasm_std::Addr;
use serde_json::Value;

use crate::{
    chain::{Chain, Clock, Execution, Outcome, Reaction, Receipt, Refusal},
    contracts::Sort,
    deploy::Place,
    directory::{Directory, Kind},
    embedded::Embedded,
    profile, resolve,
    session::Session,
    source::{Drawn, Mistake, Source},
    text::Style,
    yaml::{self, Node},
};

/// Where the protocol is.
#[derive(Args, Debug)]
pub struct At {
    /// The network file; left out with --embedded
    #[arg(value_name = "NETWORK")]
    pub first: String,
    /// The contract
    #[arg(value_name = "CONTRACT")]
    pub second: String,
    /// The message, as JSON
    #[arg(value_name = "MESSAGE", required_unless_present = "embedded")]
    pub third: Option<String>,
    /// On an embedded chain instead of a network's
    #[arg(long)]
    pub embedded: bool,
    /// The saved session whose embedded chain it is
    #[arg(long, value_name = "FILE", requires = "embedded")]
    pub session: Option<PathBuf>,
    /// The profile: of the network, or freshly deployed on the embedded chain
    #[arg(long)]
    pub profile: Option<String>,
    /// Where it is written down what is deployed
    #[arg(long, value_name = "FOLDER", default_value = "deployments")]
    pub deployments: PathBuf,
}

/// A protocol that is there.
pub enum Protocol {
    /// In memory.
    Embedded(Box<Session>),
    /// On a chain.
    OnChain(Box<OnChain>),
}

/// A protocol on a chain.
pub struct OnChain {
    client: Client,
    directory: Directory,
}

/// What is said to a contract.
pub struct Words {
    /// The contract's name.
    pub contract: String,
    /// As it was written.
    pub text: String,
}

impl At {
    /// The protocol, and what is said to it.
    pub fn open(&self, style: Style) -> anyhow::Result<(Protocol, Words)> {
        let (protocol, contract, text) = match (self.embedded, &self.third) {
            (true, None) => (self.in_memory(style)?, &self.first, &self.second),
            (true, Some(_)) => bail!("with --embedded: a contract and a message, no network"),
            (false, Some(text)) => {
                let network = Path::new(&self.first);
                (self.on_chain(network, style)?, &self.second, text)
            }
            (false, None) => bail!("a network file, a contract and a message; or --embedded"),
        };
        let words = Words {
            contract: contract.clone(),
            text: text.clone(),
        };
        Ok((protocol, words))
    }

    fn in_memory(&self, style: Style) -> anyhow::Result<Protocol> {
        let session = match &self.session {
            Some(path) => Session::load(path, style)?,
            None => {
                let name = self.profile.as_deref().unwrap_or("devita");
                let profile = profile::find(name, style)?;
                Session::new(Embedded::deploy(&profile)?, style)
            }
        };
        Ok(Protocol::Embedded(Box::new(session)))
    }

    fn on_chain(&self, network: &Path, style: Style) -> anyhow::Result<Protocol> {
        let place = Place {
            network: network.to_owned(),
            profile: self.profile.clone(),
            artifacts: PathBuf::new(),
            deployments: self.deployments.clone(),
        };
        let setting = place.setting(style)?;
        let path = Store::path_in(&self.deployments, &setting.network.chain_id);
        let deployment = read_whole(&path)?;
        let client = Client::connect(setting.network.clone())?;
        let contracts = deployment.contracts.iter().map(|(name, contract)| {
            (
                name.as_str(),
                contract.address.as_str(),
                Some(contract.kind),
            )
        });
        let accounts = accounts(&client, &setting)?;
        let accounts = accounts
            .iter()
            .filter(|(name, _)| !deployment.contracts.contains_key(*name))
            .map(|(name, address)| (name.as_str(), address.as_str(), None::<ContractKind>));
        let tokens = setting.profile.tokens(|asset| {
            let contract = deployment.contracts.get(asset);
            contract
                .map(|contract| Addr::unchecked(&contract.address))
                .with_context(|| {
                    format!(
                        "{asset} is not in {}, which has the profile {}, and this is {}: say which with --profile",
                        path.display(),
                        deployment.profile,
                        setting.profile.name
                    )
                })
        })?;
        let directory = Directory::of(&setting.profile, accounts.chain(contracts), |asset| {
            tokens.get(asset).cloned()
        });
        Ok(Protocol::OnChain(Box::new(OnChain { client, directory })))
    }
}

/// Every account that has a name: the keys, and whom the network file names.
fn accounts(client: &Client, setting: &Setting) -> anyhow::Result<BTreeMap<String, String>> {
    let network = &setting.network;
    let keys = client.signer().keys()?;
    let named = setting
        .profile
        .accounts()
        .into_iter()
        .chain(network.accounts.keys().map(String::as_str))
        .filter_map(|name| {
            let key = network.key(name);
            let address = if network.is_address(key) {
                key.to_owned()
            } else {
                keys.get(key)?.clone()
            };
            Some((name.to_owned(), address))
        });
    Ok(keys.clone().into_iter().chain(named).collect())
}

impl Protocol {
    /// Who and what there is.
    pub fn directory(&self) -> &Directory {
        match self {
            Self::Embedded(session) => session.directory(),
            Self::OnChain(live) => &live.directory,
        }
    }

    /// A message or question as it goes over the wire, and the contract's address. What is wrong
    /// with the words is shown in them.
    pub fn words(
        &self,
        words: &Words,
        sort: Sort,
        style: Style,
    ) -> anyhow::Result<(String, Value)> {
        let directory = self.directory();
        let entry = directory.entries.get(&words.contract);
        let Some(entry) = entry.filter(|entry| entry.kind != Kind::Account) else {
            let names = directory.names(|kind| kind != Kind::Account).join(", ");
            bail!(
                "there is no contract `{}`; there are {names}",
                words.contract
            );
        };
        let clock = self.clock()?;
        let msg = yaml::parse(&words.text)
            .and_then(|node| resolve::words(&node, entry.kind, sort, directory, clock))
            .map_err(|mistake| shown(&mistake, &words.text, style))?;
        Ok((entry.address.clone(), msg))
    }

    /// Amounts as native coins.
    pub fn coins(
        &self,
        amounts: &[String],
        style: Style,
    ) -> anyhow::Result<Vec<cosmwasm_std::Coin>> {
        let text = amounts.join(", ");
        let nodes: Vec<Node> = amounts
            .iter()
            .map(|amount| yaml::parse(amount))
            .collect::<Result<_, _>>()
            .map_err(|mistake| shown(&mistake, &text, style))?;
        resolve::coins(&nodes, self.directory()).map_err(|mistake| shown(&mistake, &text, style))
    }

    fn clock(&self) -> anyhow::Result<Clock> {
        Ok(match self {
            Self::Embedded(session) => session.chain().clock(),
            Self::OnChain(live) => Clock {
                now: live.client.now()?.1,
                scale: Scale::REAL,
            },
        })
    }

    /// Sends a message.
    pub fn execute(&mut self, execution: &Execution, gas: Option<u64>) -> anyhow::Result<Reaction> {
        match self {
            Self::Embedded(session) => session.chain_mut().execute(execution),
            Self::OnChain(live) => {
                let client = &live.client;
                let msg = Msg::execute(
                    client.address(&execution.sender)?,
                    &execution.contract,
                    execution.msg.clone(),
                    execution.funds.clone(),
                );
                let gas = gas.map_or(Gas::Simulated, Gas::Limit);
                let answer = client.send(&execution.sender, vec![msg], gas)?;
                Ok(answer.map(|result| outcome(&result)).map_err(refusal))
            }
        }
    }

    /// Asks, now or, on a chain, at a height.
    pub fn query(
        &self,
        contract: &str,
        msg: &Value,
        height: Option<u64>,
    ) -> anyhow::Result<Result<Value, Refusal>> {
        match self {
            Self::Embedded(_) if height.is_some() => {
                bail!("an embedded chain remembers no earlier height")
            }
            Self::Embedded(session) => session.chain().query(contract, msg),
            Self::OnChain(live) => Ok(live.client.query(contract, msg, height)?.map_err(refusal)),
        }
    }
}

fn shown(mistake: &Mistake, text: &str, style: Style) -> anyhow::Error {
    let source = Source {
        name: "on the command line".to_owned(),
        text: text.to_owned(),
    };
    Drawn::new(mistake, &source, style.colour).into()
}

fn outcome(result: &TxResult) -> Outcome {
    Outcome {
        events: result.msg_events(),
        receipts: vec![Receipt {
            hash: result.hash.clone(),
            height: result.height,
            gas_used: result.gas_used,
        }],
    }
}

fn refusal(refusal: ballast_live::Refusal) -> Refusal {
    Refusal {
        name: refusal.name,
        text: refusal.text,
        way: vec![],
        receipts: refusal
            .landed
            .into_iter()
            .map(|landed| Receipt {
                hash: landed.hash,
                height: landed.height,
                gas_used: landed.gas_used,
            })
            .collect(),
    }
}
