//! Doing the steps of a plan on a real chain.

use std::{collections::BTreeMap, fs, path::PathBuf};

use ballast_sim::{ContractKind, Plan, Step};
use serde_json::Value;

use super::{
    Artifacts, DeployError, Deployment, Setting, Store,
    batch::{Batch, Next, Site},
    record::{AwaitedBatch, Code, Contract, Task, Tx, Work},
    setting,
};
use crate::{
    Client, Gas, LiveError, Msg, Refusal, TxResult,
    client::Fate,
    tx::{Outcome, Unsigned},
};

/// How transactions are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The chain's command signs, and they are sent.
    Send,
    /// They are written to files, for others to sign and send.
    Generate,
}

/// How it goes.
#[derive(Clone, Copy, Debug)]
pub enum News<'a> {
    /// A step is done.
    Done(&'a Step),
    /// Something worth knowing.
    Remark(&'a str),
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Everything is done.
    Done {
        /// How many transactions this run sent.
        sent: usize,
    },
    /// These files have to be signed and sent by others first.
    Awaiting(Vec<PathBuf>),
}

/// How often a transaction that did not land in time is sent anew.
const LOSSES: usize = 3;

/// Whoever does a plan.
pub struct Runner<'a> {
    /// The chain.
    pub client: &'a Client,
    /// Profile and network.
    pub setting: &'a Setting,
    /// The codes.
    pub artifacts: &'a Artifacts,
    /// Where it is written down.
    pub store: &'a Store,
    /// Hears how it goes.
    pub say: &'a mut dyn FnMut(News<'_>),
}

impl Runner<'_> {
    /// Deploys the profile, or goes on where an earlier run ended. Nothing is sent when it is
    /// deployed already.
    pub fn deploy(&mut self, mode: Mode, landed: &[String]) -> Result<Progress, DeployError> {
        let plan = Plan::of(&self.setting.profile)?;
        let accounts = self.setting.addresses(&plan, self.client)?;
        let profile_hash = setting::profile_hash(&plan, &accounts);
        let plan_hash = setting::plan_hash(&plan, &accounts, self.artifacts)?;
        let mut deployment = match self.store.load()? {
            Some(deployment) => deployment,
            None => {
                let mut new = Deployment::new(
                    &self.setting.network.name,
                    &self.setting.network.chain_id,
                    &self.setting.profile.name,
                    profile_hash.clone(),
                );
                new.commit = setting::commit();
                new.work = Some(Work::new(Task::Deploy, plan_hash.clone()));
                new
            }
        };
        self.same(&deployment, &profile_hash)?;
        match &deployment.work {
            None => {
                self.still_there(&deployment)?;
                self.same_codes(&deployment)?;
                return Ok(Progress::Done { sent: 0 });
            }
            Some(work) if work.task != Task::Deploy => {
                return Err(DeployError::Unfinished {
                    path: self.store.path().to_owned(),
                    what: work.task.name(),
                });
            }
            Some(work) if work.plan_hash != plan_hash => {
                return Err(self.changed("other codes", "another build of them"));
            }
            Some(_) => {}
        }
        self.work(&plan, &accounts, &mut deployment, mode, landed)
    }

    /// Begins anew: what was deployed is put aside, and the codes of it that are still the same
    /// are used again.
    pub fn begin_anew(&mut self) -> Result<(), DeployError> {
        let old = self.store.load().ok().flatten();
        let Some(aside) = self.store.put_aside()? else {
            return Ok(());
        };
        (self.say)(News::Remark(&format!(
            "the earlier deployment is in {}",
            aside.display()
        )));
        let Some(old) = old.filter(|old| old.chain_id == self.setting.network.chain_id) else {
            return Ok(());
        };
        let plan = Plan::of(&self.setting.profile)?;
        let accounts = self.setting.addresses(&plan, self.client)?;
        let mut new = Deployment::new(
            &self.setting.network.name,
            &self.setting.network.chain_id,
            &self.setting.profile.name,
            setting::profile_hash(&plan, &accounts),
        );
        new.commit = setting::commit();
        let plan_hash = setting::plan_hash(&plan, &accounts, self.artifacts)?;
        let mut work = Work::new(Task::Deploy, plan_hash);
        for (kind, code) in old.codes {
            if self.artifacts.get(kind)?.checksum != code.checksum
                || self.client.node().checksum(code.code_id)?.as_ref() != Some(&code.checksum)
            {
                continue;
            }
            let store = Step::Store { code: kind };
            work.done
                .extend(plan.steps.iter().position(|step| *step == store));
            (self.say)(News::Remark(&format!(
                "{kind} is stored already, as {}",
                code.code_id
            )));
            new.codes.insert(kind, code);
        }
        new.work = Some(work);
        Ok(self.store.save(&new)?)
    }

    /// Gives contracts new codes, or goes on where an earlier run ended.
    pub fn upgrade(
        &mut self,
        deployment: &mut Deployment,
        kinds: Vec<ContractKind>,
        mode: Mode,
        landed: &[String],
    ) -> Result<Progress, DeployError> {
        if deployment.work.is_none() {
            self.take_back_codes(deployment)?;
        }
        let plan = Plan::upgrade(&self.setting.profile, &kinds);
        let accounts = self.setting.addresses(&plan, self.client)?;
        let plan_hash = setting::plan_hash(&plan, &accounts, self.artifacts)?;
        match &deployment.work {
            None if kinds.is_empty() => return Ok(Progress::Done { sent: 0 }),
            None => {
                let mut work = Work::new(Task::Upgrade(kinds), plan_hash);
                for (index, step) in plan.steps.iter().enumerate() {
                    // An upgrade that was given up may have stored it already.
                    if let Step::Store { code } = step
                        && let Some(stored) = deployment.codes.get(code)
                        && stored.checksum == self.artifacts.get(*code)?.checksum
                    {
                        work.done.insert(index);
                    }
                }
                deployment.work = Some(work);
            }
            Some(work) if work.plan_hash != plan_hash => {
                return Err(self.changed("other codes", "another build of them"));
            }
            Some(_) => {}
        }
        self.work(&plan, &accounts, deployment, mode, landed)
    }

    /// An upgrade that was given up has stored codes that no contract runs. Where the build is again
    /// that of the contract, so is the code of the deployment.
    fn take_back_codes(&self, deployment: &mut Deployment) -> Result<(), DeployError> {
        let mut changed = false;
        for contract in deployment.contracts.values() {
            let (Some(code_id), Some(code)) =
                (contract.code_id, deployment.codes.get_mut(&contract.kind))
            else {
                continue;
            };
            let built = &self.artifacts.get(contract.kind)?.checksum;
            if code.code_id != code_id
                && self.client.node().checksum(code_id)?.as_ref() == Some(built)
            {
                *code = Code {
                    code_id,
                    checksum: built.clone(),
                };
                changed = true;
            }
        }
        if changed {
            self.store.save(deployment)?;
        }
        Ok(())
    }

    /// Gives up what is half done, once it is known what became of its transactions.
    pub fn give_up(&mut self, deployment: &mut Deployment) -> Result<(), DeployError> {
        let Some(Work {
            task: Task::Upgrade(kinds),
            ..
        }) = &deployment.work
        else {
            return Ok(());
        };
        let plan = Plan::upgrade(&self.setting.profile, kinds);
        self.settle(&plan, deployment)?;
        deployment.work = None;
        Ok(self.store.save(deployment)?)
    }

    // ------------------------------------------------------------ the work

    fn work(
        &mut self,
        plan: &Plan,
        accounts: &BTreeMap<String, String>,
        deployment: &mut Deployment,
        mode: Mode,
        landed: &[String],
    ) -> Result<Progress, DeployError> {
        self.still_there(deployment)?;
        self.settle(plan, deployment)?;
        self.take_landed(plan, accounts, deployment, landed)?;
        let mut sent = 0_usize;
        let mut losses = 0_usize;
        loop {
            let awaited = &deployment.work_mut().awaited;
            if !awaited.is_empty() {
                let files = awaited.iter().map(|batch| batch.file.clone());
                return Ok(Progress::Awaiting(files.collect()));
            }
            let done = deployment.work_mut().done.clone();
            let names = deployment.names(plan);
            let site = self.site(plan, accounts, &names);
            match site.next(&done)? {
                Next::Nothing => {
                    deployment.work = None;
                    self.store.save(deployment)?;
                    return Ok(Progress::Done { sent });
                }
                Next::Ask(index) => self.ask(plan, accounts, deployment, index)?,
                Next::Send(batches) if mode == Mode::Generate => {
                    self.generate(deployment, batches)?;
                }
                Next::Send(batches) => {
                    let mut submitted = vec![];
                    let mut refused = None;
                    for batch in batches {
                        match self.submit(deployment, &batch)? {
                            Ok(pending) => {
                                sent = sent.saturating_add(1);
                                submitted.push((batch, pending));
                            }
                            Err(refusal) => {
                                deployment.work_mut().forget(&batch.steps);
                                self.store.save(deployment)?;
                                refused = Some(self.refused(plan, &batch.steps, refusal));
                                break;
                            }
                        }
                    }
                    for (batch, pending) in submitted {
                        match self.client.fate(&pending)? {
                            Fate::Landed(landed) => {
                                let refusal =
                                    self.landed(plan, deployment, &batch.steps, landed.outcome)?;
                                refused = refused.or(refusal);
                            }
                            Fate::Lost => {
                                deployment.work_mut().forget(&batch.steps);
                                self.store.save(deployment)?;
                                losses = losses.saturating_add(1);
                                if losses > LOSSES {
                                    let lost = LiveError::Lost {
                                        hash: pending.hash,
                                        timeout_height: pending.timeout_height,
                                    };
                                    return Err(lost.into());
                                }
                            }
                        }
                    }
                    if let Some(error) = refused {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Signs and hands over, after writing down how to find it again.
    fn submit(
        &mut self,
        deployment: &mut Deployment,
        batch: &Batch,
    ) -> Result<Result<crate::Pending, Refusal>, DeployError> {
        let store = self.store;
        let note = |pending: &crate::Pending| {
            deployment.work_mut().note(&batch.steps, pending.clone());
            store.save(deployment)
        };
        let msgs = batch.msgs.clone();
        Ok(self
            .client
            .submit(&batch.sender, msgs, Gas::Simulated, note)?)
    }

    /// Finds out what became of transactions that an earlier run sent.
    fn settle(&mut self, plan: &Plan, deployment: &mut Deployment) -> Result<(), DeployError> {
        for batch in deployment.work_mut().pending.clone() {
            (self.say)(News::Remark(&format!(
                "looking for transaction {} of an earlier run",
                batch.tx.hash
            )));
            match self.client.fate(&batch.tx)? {
                Fate::Landed(landed) => {
                    // A refused one did nothing: its steps are done anew.
                    self.landed(plan, deployment, &batch.steps, landed.outcome)?;
                }
                Fate::Lost => {
                    deployment.work_mut().forget(&batch.steps);
                    self.store.save(deployment)?;
                }
            }
        }
        Ok(())
    }

    /// Writes down what a transaction made; gives the error of one that was refused.
    fn landed(
        &mut self,
        plan: &Plan,
        deployment: &mut Deployment,
        steps: &[usize],
        outcome: Outcome,
    ) -> Result<Option<DeployError>, DeployError> {
        let words: Vec<String> = steps_of(plan, steps).map(ToString::to_string).collect();
        let error = match outcome {
            Ok(result) => {
                for (msg_index, index) in steps.iter().enumerate() {
                    let Some(step) = plan.steps.get(*index) else {
                        continue;
                    };
                    self.made(deployment, step, &result, msg_index)?;
                    deployment.work_mut().done.insert(*index);
                    (self.say)(News::Done(step));
                }
                deployment.txs.push(Tx {
                    hash: result.hash,
                    height: result.height,
                    gas_used: result.gas_used,
                    steps: words,
                    refused: None,
                });
                None
            }
            Err(refusal) => {
                if let Some(at) = &refusal.landed {
                    deployment.txs.push(Tx {
                        hash: at.hash.clone(),
                        height: at.height,
                        gas_used: at.gas_used,
                        steps: words,
                        refused: Some(refusal.text.clone()),
                    });
                }
                Some(self.refused(plan, steps, refusal))
            }
        };
        deployment.work_mut().forget(steps);
        self.store.save(deployment)?;
        Ok(error)
    }

    /// Notes what a message made.
    fn made(
        &self,
        deployment: &mut Deployment,
        step: &Step,
        result: &TxResult,
        msg_index: usize,
    ) -> Result<(), DeployError> {
        let missing = || LiveError::Incomplete(format!("{}: no answer to {step}", result.hash));
        match step {
            Step::Store { code } => {
                let stored = Code {
                    code_id: result.code_id(msg_index).ok_or_else(missing)?,
                    checksum: self.artifacts.get(*code)?.checksum.clone(),
                };
                deployment.codes.insert(*code, stored);
            }
            Step::Instantiate { name, code, .. } => {
                let contract = Contract {
                    address: result.address(msg_index).ok_or_else(missing)?,
                    kind: *code,
                    code_id: deployment.codes.get(code).map(|code| code.code_id),
                };
                deployment.contracts.insert(name.clone(), contract);
            }
            Step::Migrate { contract, code, .. } => {
                let code_id = deployment.codes.get(code).map(|code| code.code_id);
                if let Some(contract) = deployment.contracts.get_mut(contract) {
                    contract.code_id = code_id;
                }
            }
            Step::Execute { .. } | Step::Learn { .. } | Step::Check { .. } => {}
        }
        Ok(())
    }

    /// Does a step that asks.
    fn ask(
        &mut self,
        plan: &Plan,
        accounts: &BTreeMap<String, String>,
        deployment: &mut Deployment,
        index: usize,
    ) -> Result<(), DeployError> {
        let Some(step) = plan.steps.get(index) else {
            return Ok(());
        };
        let wrong = |problem: String| DeployError::Wrong {
            step: step.to_string(),
            problem,
        };
        let names = deployment.names(plan);
        let fill = |value: &Value| {
            let mut account = |name: &str| {
                let address = accounts.get(name).cloned();
                anyhow::Context::with_context(address, || format!("nobody knows who {name} is"))
            };
            names
                .resolve(value, &mut account)
                .map_err(|error| wrong(format!("{error:#}")))
        };
        let (contract, query, pointer) = match step {
            Step::Learn {
                contract,
                query,
                pointer,
                ..
            }
            | Step::Check {
                contract,
                query,
                pointer,
                ..
            } => (contract, query, pointer),
            _ => return Ok(()),
        };
        let address = names
            .address(contract)
            .map_err(|error| wrong(error.to_string()))?;
        let answer = self
            .client
            .query(address, &fill(query)?, None)?
            .map_err(|refusal| wrong(refusal.text))?;
        let part = answer
            .pointer(pointer)
            .cloned()
            .ok_or_else(|| wrong(format!("no {pointer} in {answer}")))?;
        match step {
            Step::Learn { name, code, .. } => {
                let address = part
                    .as_str()
                    .ok_or_else(|| wrong(format!("{part} is no address")))?;
                let contract = Contract {
                    address: address.to_owned(),
                    kind: *code,
                    code_id: None,
                };
                deployment.contracts.insert(name.clone(), contract);
            }
            Step::Check { expected, .. } => {
                let expected = fill(expected)?;
                if part != expected {
                    return Err(wrong(format!("expected {expected}, got {part}")));
                }
            }
            _ => {}
        }
        deployment.work_mut().done.insert(index);
        (self.say)(News::Done(step));
        // A question can be asked again: it is written down with the next transaction.
        Ok(())
    }

    // ------------------------------------------------------------ signed by others

    /// Writes transactions to files.
    fn generate(
        &mut self,
        deployment: &mut Deployment,
        batches: Vec<Batch>,
    ) -> Result<(), DeployError> {
        for batch in batches {
            let gas_limit = self
                .client
                .gas_limit(&batch.sender, batch.msgs.clone())?
                .map_err(|refusal| DeployError::Refused {
                    steps: format!("a transaction of {}", batch.sender),
                    refusal: Box::new(refusal),
                })?;
            let price = self.setting.network.gas_price.as_ref();
            let tx = Unsigned {
                msgs: batch.msgs,
                fee: price.map_or_else(Vec::new, |price| price.fee_ceil(gas_limit)),
                gas_limit,
                timeout_height: 0,
                memo: String::new(),
            };
            let first = batch.steps.first().copied().unwrap_or_default();
            let file = self
                .store
                .path()
                .with_extension(format!("unsigned-{first}.json"));
            let text = format!("{}\n", tx.to_json());
            fs::write(&file, text).map_err(|error| LiveError::Unwritable {
                path: file.clone(),
                error,
            })?;
            deployment.work_mut().awaited.push(AwaitedBatch {
                steps: batch.steps,
                file,
            });
        }
        Ok(self.store.save(deployment)?)
    }

    /// Takes transactions that others have signed and sent, when they are what was asked for.
    fn take_landed(
        &mut self,
        plan: &Plan,
        accounts: &BTreeMap<String, String>,
        deployment: &mut Deployment,
        hashes: &[String],
    ) -> Result<(), DeployError> {
        for hash in hashes {
            let hash = hash.to_uppercase();
            let not_it = |problem: &str| DeployError::NotAwaited {
                hash: hash.clone(),
                problem: problem.to_owned(),
            };
            if deployment.txs.iter().any(|tx| tx.hash == hash) {
                continue;
            }
            let landed = self
                .client
                .node()
                .tx(&hash)?
                .ok_or_else(|| not_it("the node does not know it"))?;
            let messages = landed.messages();
            let names = deployment.names(plan);
            let site = self.site(plan, accounts, &names);
            let mut found = None;
            for batch in &deployment.work_mut().awaited {
                let msgs = site.msgs(&batch.steps)?;
                let wanted: Vec<_> = msgs.iter().map(Msg::to_any).collect();
                if messages.as_ref() == Some(&wanted) {
                    found = Some(batch.clone());
                    break;
                }
            }
            let batch =
                found.ok_or_else(|| not_it("its messages are not those that are waited for"))?;
            if let Some(error) = self.landed(plan, deployment, &batch.steps, landed.outcome)? {
                return Err(error);
            }
            deployment
                .work_mut()
                .awaited
                .retain(|other| other.steps != batch.steps);
            self.store.save(deployment)?;
            let _ = fs::remove_file(&batch.file);
        }
        Ok(())
    }

    // ------------------------------------------------------------ checks

    fn site<'s>(
        &'s self,
        plan: &'s Plan,
        accounts: &'s BTreeMap<String, String>,
        names: &'s ballast_sim::Names,
    ) -> Site<'s> {
        Site {
            plan,
            names,
            artifacts: self.artifacts,
            accounts,
            deployer: &self.setting.network.deployer,
            limits: &self.setting.network.limits,
        }
    }

    /// Whether a deployment is of this profile, accounts and chain.
    fn same(&self, deployment: &Deployment, profile_hash: &str) -> Result<(), DeployError> {
        if deployment.chain_id != self.setting.network.chain_id {
            return Err(self.changed(&deployment.chain_id, &self.setting.network.chain_id));
        }
        if deployment.profile_hash != profile_hash {
            let name = &self.setting.profile.name;
            let has = if deployment.profile == *name {
                "another version of it, or other accounts".to_owned()
            } else {
                format!("the profile {name}")
            };
            return Err(self.changed(&format!("the profile {}", deployment.profile), &has));
        }
        Ok(())
    }

    /// Whether the chain still has what a deployment says it has.
    fn still_there(&self, deployment: &Deployment) -> Result<(), DeployError> {
        let gone = |what: String| DeployError::OtherChain {
            path: self.store.path().to_owned(),
            what,
        };
        for (kind, code) in &deployment.codes {
            if self.client.node().checksum(code.code_id)?.as_ref() != Some(&code.checksum) {
                return Err(gone(format!("the code of {kind}, {},", code.code_id)));
            }
        }
        for (name, contract) in &deployment.contracts {
            if self.client.node().contract(&contract.address)?.is_none() {
                return Err(gone(format!("the contract {name}")));
            }
        }
        Ok(())
    }

    fn same_codes(&self, deployment: &Deployment) -> Result<(), DeployError> {
        let mut other = vec![];
        for (kind, code) in &deployment.codes {
            if self.artifacts.get(*kind)?.checksum != code.checksum {
                other.push(kind.name());
            }
        }
        if other.is_empty() {
            return Ok(());
        }
        Err(DeployError::OtherCodes {
            path: self.store.path().to_owned(),
            kinds: other.join(", "),
        })
    }

    fn changed(&self, had: &str, has: &str) -> DeployError {
        DeployError::Changed {
            path: self.store.path().to_owned(),
            had: had.to_owned(),
            has: has.to_owned(),
        }
    }

    fn refused(&self, plan: &Plan, steps: &[usize], refusal: Refusal) -> DeployError {
        let steps: Vec<String> = steps_of(plan, steps).map(ToString::to_string).collect();
        DeployError::Refused {
            steps: steps.join("; "),
            refusal: Box::new(refusal),
        }
    }
}

fn steps_of<'a>(plan: &'a Plan, steps: &'a [usize]) -> impl Iterator<Item = &'a Step> {
    steps.iter().filter_map(|index| plan.steps.get(*index))
}
