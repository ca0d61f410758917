//! Comparing chain, codes and profile.

use std::collections::BTreeMap;

use ballast_sim::{
    ContractKind, Names, Plan,
    conform::{self, Expectation},
};
use serde::Serialize;
use serde_json::Value;

use super::{Artifacts, DeployError, Deployment, Setting};
use crate::Client;

/// What a comparison came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How much was compared.
    pub compared: usize,
    /// What is not as it must be.
    pub differences: Vec<Difference>,
    /// What is worth knowing, and no difference.
    pub notes: Vec<String>,
}

/// Something that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What it is about.
    pub about: String,
    /// What must be.
    pub expected: String,
    /// What is.
    pub actual: String,
}

/// Whoever compares.
pub struct Verifier<'a> {
    /// The chain.
    pub client: &'a Client,
    /// Profile and network.
    pub setting: &'a Setting,
    /// The codes.
    pub artifacts: &'a Artifacts,
    /// What has been deployed.
    pub deployment: &'a Deployment,
    report: Report,
}

impl<'a> Verifier<'a> {
    /// Nothing is compared yet.
    pub fn new(
        client: &'a Client,
        setting: &'a Setting,
        artifacts: &'a Artifacts,
        deployment: &'a Deployment,
    ) -> Self {
        Self {
            client,
            setting,
            artifacts,
            deployment,
            report: Report::default(),
        }
    }

    /// Compares everything: codes with the artifacts, contracts with their codes and admins, the
    /// contracts' answers with the profile.
    pub fn verify(mut self) -> Result<Report, DeployError> {
        let plan = Plan::of(&self.setting.profile)?;
        let accounts = self.setting.addresses(&plan, self.client)?;
        self.codes()?;
        self.contracts(&accounts)?;
        self.answers(&accounts)?;
        Ok(self.report)
    }

    fn codes(&mut self) -> Result<(), DeployError> {
        for (kind, code) in &self.deployment.codes {
            let built = &self.artifacts.get(*kind)?.checksum;
            let stored = self.client.node().checksum(code.code_id)?;
            let stored = stored.unwrap_or_else(|| "no such code".into());
            let about = format!("code {} of {kind}", code.code_id);
            if *kind == ContractKind::Cw20 {
                // Nobody can give a synth or DUCA another code, so that of its deployment counts.
                self.compare(about, &code.checksum, &stored);
                if *built != stored {
                    self.report.notes.push(format!(
                        "the cw20s keep the code they were made with, {stored}; this build has {built}"
                    ));
                }
            } else {
                self.compare(about, built, &stored);
            }
        }
        Ok(())
    }

    fn contracts(&mut self, accounts: &BTreeMap<String, String>) -> Result<(), DeployError> {
        let owner = accounts.get(&self.setting.profile.owner);
        for (name, contract) in &self.deployment.contracts {
            let Some(info) = self.client.node().contract(&contract.address)? else {
                self.compare(format!("contract {name}"), &contract.address, "no contract");
                continue;
            };
            let code = self.deployment.codes.get(&contract.kind);
            let code_id = code.map_or(0, |code| code.code_id);
            let has = info.code_id.to_string();
            self.compare(format!("code of {name}"), &code_id.to_string(), &has);
            // What the protocol issues, nobody can migrate.
            let is_issued = self.setting.profile.issued().any(|asset| asset == name);
            let admin = owner.filter(|_| !is_issued).map_or("", String::as_str);
            self.compare(format!("admin of {name}"), admin, &info.admin);
        }
        Ok(())
    }

    fn answers(&mut self, accounts: &BTreeMap<String, String>) -> Result<(), DeployError> {
        let names = self.deployment.names(&Plan { steps: vec![] });
        for expectation in conform::expectations(&self.setting.profile)? {
            let Expectation {
                about,
                contract,
                pointer,
                ..
            } = &expectation;
            let fill = |value: &Value| fill(&names, accounts, value);
            let filled = fill(&expectation.query).and_then(|query| {
                let expected = expectation.expected.map(fill)?;
                Ok((names.address(contract)?, query, expected))
            });
            let (address, query, expected) = match filled {
                Ok(filled) => filled,
                Err(error) => {
                    self.compare(about.clone(), "deployed", &format!("{error:#}"));
                    continue;
                }
            };
            let answer = match self.client.query(address, &query, None)? {
                Ok(answer) => answer,
                Err(refusal) => {
                    self.compare(about.clone(), "an answer", &refusal.text);
                    continue;
                }
            };
            let part = answer.pointer(pointer).cloned().unwrap_or_default();
            self.report.compared = self.report.compared.saturating_add(1);
            for difference in expected.differences(&part) {
                let at = difference.at.trim_start_matches('/').replace('/', ".");
                self.report.differences.push(Difference {
                    about: match at.as_str() {
                        "" => about.clone(),
                        at => format!("{about}: {at}"),
                    },
                    expected: difference.expected.to_string(),
                    actual: difference.actual.to_string(),
                });
            }
        }
        Ok(())
    }

    fn compare(&mut self, about: String, expected: &str, actual: &str) {
        self.report.compared = self.report.compared.saturating_add(1);
        if expected != actual {
            let or_nobody = |text: &str| match text {
                "" => "nobody".to_owned(),
                text => text.to_owned(),
            };
            self.report.differences.push(Difference {
                about,
                expected: or_nobody(expected),
                actual: or_nobody(actual),
            });
        }
    }
}

fn fill(
    names: &Names,
    accounts: &BTreeMap<String, String>,
    value: &Value,
) -> anyhow::Result<Value> {
    names.resolve(value, &mut |name| match accounts.get(name) {
        Some(address) => Ok(address.clone()),
        None => anyhow::bail!("there is no {name}"),
    })
}
