//! Which steps go into the next transactions.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use ballast_sim::{Names, Plan, Step};

use super::{Artifacts, DeployError, setting};
use crate::{Msg, msg, network::Limits};

/// Steps of one sender, in one transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Name of the account that sends it.
    pub sender: String,
    /// Its steps, by their numbers.
    pub steps: Vec<usize>,
    /// A message for each.
    pub msgs: Vec<Msg>,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// These transactions; they do not need each other, and none is waited for before the next.
    Send(Vec<Batch>),
    /// This step, which asks.
    Ask(usize),
    /// Nothing: all is done.
    Nothing,
}

/// What stands around a plan while it is being done.
pub struct Site<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What its names stand for so far.
    pub names: &'a Names,
    /// Its codes.
    pub artifacts: &'a Artifacts,
    /// Addresses of its accounts.
    pub accounts: &'a BTreeMap<String, String>,
    /// Who stores codes.
    pub deployer: &'a str,
    /// How large transactions may be.
    pub limits: &'a Limits,
}

impl Site<'_> {
    /// What is to be done next when these steps are done.
    ///
    /// Steps that follow each other go into one transaction as long as one account sends them,
    /// none needs what another of them makes, and it does not become too large. Codes need
    /// nothing: all their transactions go out together.
    pub fn next(&self, done: &BTreeSet<usize>) -> Result<Next, DeployError> {
        let mut batches: Vec<Batch> = vec![];
        let mut bytes = 0_usize;
        for (index, step) in self.plan.steps.iter().enumerate() {
            if done.contains(&index) {
                continue;
            }
            let Some(sender) = self.sender(step) else {
                return Ok(if batches.is_empty() {
                    Next::Ask(index)
                } else {
                    Next::Send(batches)
                });
            };
            if !batches.is_empty() && self.lacks_a_name(step) {
                break;
            }
            if batches.last().is_some_and(|batch| batch.sender != sender) {
                break;
            }
            let msg = self.msg(step)?;
            let size = msg.to_any().value.len();
            let fits = batches.last().is_some_and(|batch| {
                batch.steps.len() < self.limits.messages_per_tx
                    && bytes.saturating_add(size) <= self.limits.bytes_per_tx
            });
            let is_first = batches.is_empty();
            match batches.last_mut().filter(|_| fits) {
                Some(batch) => {
                    batch.steps.push(index);
                    batch.msgs.push(msg);
                    bytes = bytes.saturating_add(size);
                }
                None if is_first || matches!(step, Step::Store { .. }) => {
                    batches.push(Batch {
                        sender: sender.to_owned(),
                        steps: vec![index],
                        msgs: vec![msg],
                    });
                    bytes = size;
                }
                None => break,
            }
        }
        Ok(if batches.is_empty() {
            Next::Nothing
        } else {
            Next::Send(batches)
        })
    }

    /// The messages of steps that are in one transaction.
    pub fn msgs(&self, steps: &[usize]) -> Result<Vec<Msg>, DeployError> {
        steps
            .iter()
            .filter_map(|index| self.plan.steps.get(*index))
            .map(|step| self.msg(step))
            .collect()
    }

    /// Who sends a step; nobody sends one that asks.
    fn sender<'s>(&'s self, step: &'s Step) -> Option<&'s str> {
        match step {
            Step::Store { .. } => Some(self.deployer),
            Step::Instantiate { sender, .. }
            | Step::Execute { sender, .. }
            | Step::Migrate { sender, .. } => Some(sender),
            Step::Learn { .. } | Step::Check { .. } => None,
        }
    }

    /// Whether a step needs something that the plan makes and has not made yet.
    fn lacks_a_name(&self, step: &Step) -> bool {
        let mut needed = BTreeSet::new();
        match step {
            Step::Instantiate { code, msg, .. } => {
                needed.insert(format!("code/{code}"));
                setting::collect(msg, &mut needed);
            }
            Step::Execute { contract, msg, .. } => {
                needed.insert(contract.clone());
                setting::collect(msg, &mut needed);
            }
            Step::Migrate { code, .. } => {
                needed.insert(format!("code/{code}"));
            }
            Step::Store { .. } | Step::Learn { .. } | Step::Check { .. } => {}
        }
        needed.iter().any(|name| {
            self.plan.makes(name) && {
                let mut nobody = |_: &str| anyhow::bail!("not a contract");
                let value = serde_json::Value::String(format!("@{name}"));
                self.names.resolve(&value, &mut nobody).is_err()
            }
        })
    }

    fn account(&self, name: &str) -> anyhow::Result<String> {
        let address = self.accounts.get(name).cloned();
        address.with_context(|| format!("nobody knows who {name} is"))
    }

    fn msg(&self, step: &Step) -> Result<Msg, DeployError> {
        let wrong = |error: anyhow::Error| DeployError::Wrong {
            step: step.to_string(),
            problem: format!("{error:#}"),
        };
        let sender = match self.sender(step) {
            Some(name) => self.account(name).map_err(wrong)?,
            None => String::new(),
        };
        let mut by_name = |name: &str| self.account(name);
        match step {
            Step::Store { code } => {
                let artifact = self.artifacts.get(*code)?;
                let wasm = msg::gzipped(&artifact.wasm).map_err(|error| wrong(error.into()))?;
                Ok(Msg::StoreCode { sender, wasm })
            }
            Step::Instantiate {
                name, code, msg, ..
            } => Ok(Msg::Instantiate {
                admin: Some(sender.clone()),
                sender,
                code_id: self.names.code_id(*code).map_err(wrong)?,
                label: name.clone(),
                msg: self.names.resolve(msg, &mut by_name).map_err(wrong)?,
                funds: vec![],
            }),
            Step::Execute { contract, msg, .. } => Ok(Msg::execute(
                sender,
                self.names.address(contract).map_err(wrong)?,
                self.names.resolve(msg, &mut by_name).map_err(wrong)?,
                vec![],
            )),
            Step::Migrate {
                contract,
                code,
                msg,
                ..
            } => Ok(Msg::Migrate {
                sender,
                contract: self.names.address(contract).map_err(wrong)?.to_owned(),
                code_id: self.names.code_id(*code).map_err(wrong)?,
                msg: self.names.resolve(msg, &mut by_name).map_err(wrong)?,
            }),
            Step::Learn { .. } | Step::Check { .. } => {
                Err(wrong(anyhow::anyhow!("it asks, and sends nothing")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::{
        Deployment,
        artifacts::file_name,
        record::{Code, Contract},
    };
    use ballast_sim::{ContractKind, Profile};

    /// What a plan does when every transaction lands, one line each.
    fn rounds(profile: &str, limits: &Limits) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tools")).unwrap();
        for kind in ContractKind::ALL {
            std::fs::write(folder.path().join(file_name(kind)), kind.name()).unwrap();
        }
        let artifacts = Artifacts::load(folder.path()).unwrap();
        let plan = Plan::of(&Profile::find(profile).unwrap()).unwrap();
        let mut deployment = Deployment::new("n", "c", profile, String::new());
        let names = [
            "owner", "guardian", "feeder", "feeder-a", "feeder-b", "feeder-c", "amo", "ops",
        ];
        let accounts = names
            .map(|name| (name.to_owned(), format!("wasm1{name}")))
            .into();
        let mut done = BTreeSet::new();
        let mut lines = vec![];
        loop {
            let names = deployment.names(&plan);
            let site = Site {
                plan: &plan,
                names: &names,
                artifacts: &artifacts,
                accounts: &accounts,
                deployer: "ops",
                limits,
            };
            let steps = match site.next(&done).unwrap() {
                Next::Nothing => return lines,
                Next::Ask(index) => vec![index],
                Next::Send(batches) => {
                    let sizes: Vec<String> = batches
                        .iter()
                        .map(|batch| format!("{}×{}", batch.sender, batch.steps.len()))
                        .collect();
                    lines.push(sizes.join(" "));
                    batches.into_iter().flat_map(|batch| batch.steps).collect()
                }
            };
            for index in steps {
                pretend(&mut deployment, &plan.steps[index]);
                assert!(done.insert(index));
            }
        }
    }

    /// Notes what a step makes, as if it had landed.
    fn pretend(deployment: &mut Deployment, step: &Step) {
        match step {
            Step::Store { code } => {
                let stored = Code {
                    code_id: 1,
                    checksum: String::new(),
                };
                deployment.codes.insert(*code, stored);
            }
            Step::Instantiate { name, code, .. } | Step::Learn { name, code, .. } => {
                let contract = Contract {
                    address: format!("wasm1{name}"),
                    kind: *code,
                    code_id: None,
                };
                deployment.contracts.insert(name.clone(), contract);
            }
            _ => {}
        }
    }

    #[test]
    fn few_transactions_do_it() {
        let limits = Limits::default();
        let devita = [
            "ops×5", "owner×2", "owner×1", "owner×3", "owner×2", "owner×3",
        ];
        assert_eq!(rounds("devita", &limits), devita);
        let dynamo = [
            "ops×5", "owner×2", "owner×1", "owner×8", "owner×6", "owner×4",
        ];
        assert_eq!(rounds("dynamo", &limits), dynamo);
        let plain = ["ops×4", "owner×2", "owner×3", "owner×1"];
        assert_eq!(rounds("plain", &limits), plain);
    }

    #[test]
    fn limits_are_kept() {
        let limits = Limits {
            messages_per_tx: 3,
            bytes_per_tx: 60,
            ..Limits::default()
        };
        let rounds = rounds("devita", &limits);
        assert_eq!(rounds[0], "ops×1 ops×1 ops×1 ops×1 ops×1");
        assert!(rounds[1..].iter().all(|round| !round.contains(' ')));
    }
}
