//! Profile, network and accounts, put together.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use ballast_sim::{Plan, Profile, Step, profile::TokenProfile};
use serde_json::{Value, json};

use super::{Artifacts, DeployError};
use crate::{Client, LiveError, Network, network::NetworkToken, tx};

/// A profile as it is deployed to a network.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The network, which knows who the profile's owner is.
    pub network: Network,
    /// The profile, with the network's own tokens.
    pub profile: Profile,
}

impl Setting {
    /// Puts a profile on a network.
    pub fn new(mut network: Network, mut profile: Profile) -> Result<Self, DeployError> {
        for (asset, token) in &network.tokens {
            let token = match token {
                NetworkToken::Native(denom) => TokenProfile::Native(denom.clone()),
                NetworkToken::Cw20(address) => TokenProfile::Existing(address.clone()),
            };
            if !profile.set_token(asset, &token) {
                return Err(DeployError::NotTaken {
                    asset: asset.clone(),
                    profile: profile.name.clone(),
                });
            }
        }
        let deployer = network.key(&network.deployer).to_owned();
        network
            .accounts
            .entry(profile.owner.clone())
            .or_insert(deployer);
        Ok(Self { network, profile })
    }

    /// Names of the accounts that a plan speaks of.
    pub fn accounts(&self, plan: &Plan) -> BTreeSet<String> {
        let mut names = BTreeSet::from([self.network.deployer.clone()]);
        for step in &plan.steps {
            match step {
                Step::Store { .. } => {}
                Step::Instantiate { sender, msg, .. }
                | Step::Execute { sender, msg, .. }
                | Step::Migrate { sender, msg, .. } => {
                    names.insert(sender.clone());
                    collect(msg, &mut names);
                }
                Step::Learn { query, .. } => collect(query, &mut names),
                Step::Check {
                    query, expected, ..
                } => {
                    collect(query, &mut names);
                    collect(expected, &mut names);
                }
            }
        }
        // Contracts that a plan migrates or asks, but does not make, stand in no `@` of it.
        names.retain(|name| !plan.makes(name));
        names
    }

    /// Addresses of those accounts.
    pub fn addresses(
        &self,
        plan: &Plan,
        client: &Client,
    ) -> Result<BTreeMap<String, String>, DeployError> {
        self.accounts(plan)
            .into_iter()
            .map(|name| match client.address(&name) {
                Ok(address) => Ok((name, address)),
                Err(error @ (LiveError::CommandFailed { .. } | LiveError::NoKey { .. })) => {
                    Err(DeployError::UnknownAccount { name, error })
                }
                Err(error) => Err(error.into()),
            })
            .collect()
    }
}

/// SHA-256 of all that a plan does with these accounts.
pub fn profile_hash(plan: &Plan, accounts: &BTreeMap<String, String>) -> String {
    tx::checksum(
        json!({"steps": plan.steps, "accounts": accounts})
            .to_string()
            .as_bytes(),
    )
}

/// SHA-256 of all that a plan does with these accounts and codes.
pub fn plan_hash(
    plan: &Plan,
    accounts: &BTreeMap<String, String>,
    artifacts: &Artifacts,
) -> Result<String, DeployError> {
    let mut checksums = vec![];
    for step in &plan.steps {
        if let Step::Store { code } = step {
            checksums.push(artifacts.get(*code)?.checksum.clone());
        }
    }
    let all = json!({"plan": profile_hash(plan, accounts), "checksums": checksums});
    Ok(tx::checksum(all.to_string().as_bytes()))
}

/// Every `@name` in a value, without the `@`.
pub(crate) fn collect(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix('@') {
                names.insert(name.to_owned());
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, names)),
        _ => {}
    }
}

/// The commit that is checked out here, with `-dirty` when files have been changed; none
/// outside a repository.
pub fn commit() -> Option<String> {
    let git = |args: &[&str]| {
        let output = Command::new("git").args(args).output().ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let head = git(&["rev-parse", "HEAD"])?;
    let changed = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Some(if changed.is_empty() {
        head
    } else {
        format!("{head}-dirty")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(more: &str) -> Network {
        Network::parse(&format!(
            "chain_id = \"c\"\nrpc = \"http://x\"\nbinary = \"b\"\nhome = \"h\"\nprofile = \"devita\"\ndeployer = \"ops\"\n{more}"
        ))
        .unwrap()
    }

    #[test]
    fn the_owner_is_the_deployer_unless_said_otherwise() {
        let profile = Profile::find("devita").unwrap();
        let setting = Setting::new(network(""), profile.clone()).unwrap();
        assert_eq!(setting.network.key("owner"), "ops");
        let said = network("[accounts]\nops = \"ops-key\"\n");
        let setting = Setting::new(said, profile.clone()).unwrap();
        assert_eq!(setting.network.key("owner"), "ops-key");
        let said = network("[accounts]\nowner = \"council\"\n");
        let setting = Setting::new(said, profile).unwrap();
        assert_eq!(setting.network.key("owner"), "council");
    }

    #[test]
    fn tokens_of_the_chain_stand_for_collaterals() {
        let profile = Profile::find("dynamo").unwrap();
        let network =
            network("[tokens]\nATOM = { native = \"ibc/27\" }\nWETH = { cw20 = \"wasm1weth\" }\n");
        let setting = Setting::new(network, profile).unwrap();
        let plan = Plan::of(&setting.profile).unwrap();
        let text = serde_json::to_string(&plan.steps).unwrap();
        assert!(text.contains("ibc/27") && text.contains("wasm1weth"));
        assert!(!text.contains("uatom") && !text.contains("@WETH"));
    }

    #[test]
    fn a_token_of_the_chain_stands_for_dcm() {
        let profile = Profile::find("plain").unwrap();
        let network = network("[tokens]\nDCM = { native = \"ibc/27\" }\n");
        let setting = Setting::new(network, profile).unwrap();
        let text = serde_json::to_string(&Plan::of(&setting.profile).unwrap()).unwrap();
        assert!(text.contains("ibc/27") && !text.contains("udcm"), "{text}");
    }

    #[test]
    fn a_synth_is_no_collateral() {
        let profile = Profile::find("devita").unwrap();
        let network = network("[tokens]\nLUSD = { native = \"uusd\" }\n");
        let error = Setting::new(network, profile).unwrap_err();
        assert!(matches!(error, DeployError::NotTaken { .. }));
    }

    #[test]
    fn accounts_are_those_that_the_plan_names() {
        let profile = Profile::find("devita").unwrap();
        let setting = Setting::new(network(""), profile).unwrap();
        let plan = Plan::of(&setting.profile).unwrap();
        let accounts = setting.accounts(&plan);
        let expected = [
            "feeder-a", "feeder-b", "feeder-c", "guardian", "ops", "owner",
        ];
        assert_eq!(accounts, expected.map(str::to_owned).into());
    }

    #[test]
    fn any_change_changes_the_hash() {
        let plan = |name| Plan::of(&Profile::find(name).unwrap()).unwrap();
        let nobody = BTreeMap::new();
        let somebody = BTreeMap::from([("owner".to_owned(), "wasm1x".to_owned())]);
        let devita = profile_hash(&plan("devita"), &nobody);
        assert_eq!(devita, profile_hash(&plan("devita"), &nobody));
        assert_ne!(devita, profile_hash(&plan("dynamo"), &nobody));
        assert_ne!(devita, profile_hash(&plan("devita"), &somebody));
    }
}
