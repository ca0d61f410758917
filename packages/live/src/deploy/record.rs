//! The file of a deployment: what is where, and, while it is being made, how far it has come.
//!
//! It is the journal too. Before a transaction leaves, its hash is on the disk; so whoever goes
//! on later, after whatever end, first finds out what became of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use ballast_sim::{ContractKind, Names, Plan, Step};
use serde::{Deserialize, Serialize};

use super::DeployError;
use crate::{LiveError, Pending};

/// Which version of the file this is.
const FORMAT: u32 = 1;

/// What is deployed where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// Version of this file.
    pub format: u32,
    /// Name of the network file.
    pub network: String,
    /// The chain.
    pub chain_id: String,
    /// Name of the profile.
    pub profile: String,
    /// SHA-256 of all that the profile makes of this chain: every message and account.
    pub profile_hash: String,
    /// The commit that was checked out, with `-dirty` when files had been changed.
    pub commit: Option<String>,
    /// Codes that new contracts get.
    pub codes: BTreeMap<ContractKind, Code>,
    /// Contracts by name; tokens by asset.
    pub contracts: BTreeMap<String, Contract>,
    /// Every transaction that has landed, in order.
    pub txs: Vec<Tx>,
    /// What is being done; none when everything is done.
    pub work: Option<Work>,
}

/// A code on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Its id.
    pub code_id: u64,
    /// Its SHA-256.
    pub checksum: String,
}

/// A contract on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Its address.
    pub address: String,
    /// What it is.
    pub kind: ContractKind,
    /// Its code; none for one that another contract has made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_id: Option<u64>,
}

/// A transaction that has landed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tx {
    /// Its hash.
    pub hash: String,
    /// The block it is in.
    pub height: u64,
    /// Gas it used.
    pub gas_used: u64,
    /// What it did, or should have done.
    pub steps: Vec<String>,
    /// Why it was refused; none when it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// What is being done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// What it is.
    pub task: Task,
    /// SHA-256 of its steps with the codes they store.
    pub plan_hash: String,
    /// Steps that are done, counted from 0.
    pub done: BTreeSet<usize>,
    /// Transactions that may be on their way.
    pub pending: Vec<PendingBatch>,
    /// Transactions that others must sign and send.
    pub awaited: Vec<AwaitedBatch>,
}

/// What is being done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Everything is made.
    #[default]
    Deploy,
    /// Contracts get a new code.
    Upgrade(Vec<ContractKind>),
}

impl Task {
    /// Its command.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Upgrade(_) => "upgrade",
        }
    }
}

/// A transaction that may be on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PendingBatch {
    /// Its steps.
    pub steps: Vec<usize>,
    /// How to find out what becomes of it.
    pub tx: Pending,
}

/// A transaction that others must sign and send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwaitedBatch {
    /// Its steps.
    pub steps: Vec<usize>,
    /// Where it is written.
    pub file: PathBuf,
}

impl Work {
    /// A task of which nothing is done.
    pub fn new(task: Task, plan_hash: String) -> Self {
        Self {
            task,
            plan_hash,
            ..Self::default()
        }
    }

    /// Notes a transaction that is about to leave, in the place of one with the same steps that
    /// can no longer land.
    pub fn note(&mut self, steps: &[usize], tx: Pending) {
        self.forget(steps);
        self.pending.push(PendingBatch {
            steps: steps.to_vec(),
            tx,
        });
    }

    /// Forgets what was noted of a transaction with these steps.
    pub fn forget(&mut self, steps: &[usize]) {
        self.pending.retain(|batch| batch.steps != steps);
    }
}

impl Deployment {
    /// A deployment of which nothing is done.
    pub fn new(network: &str, chain_id: &str, profile: &str, profile_hash: String) -> Self {
        Self {
            format: FORMAT,
            network: network.to_owned(),
            chain_id: chain_id.to_owned(),
            profile: profile.to_owned(),
            profile_hash,
            commit: None,
            codes: BTreeMap::new(),
            contracts: BTreeMap::new(),
            txs: vec![],
            work: None,
        }
    }

    /// What is being done, to be changed.
    pub(crate) fn work_mut(&mut self) -> &mut Work {
        self.work.get_or_insert_default()
    }

    /// What the names of a plan stand for. A code that is about to be stored has no id yet,
    /// even when there is an older one.
    pub fn names(&self, plan: &Plan) -> Names {
        let mut names = Names::default();
        let done = self.work.as_ref().map(|work| &work.done);
        for (kind, code) in &self.codes {
            let store = Step::Store { code: *kind };
            let index = plan.steps.iter().position(|step| *step == store);
            let to_come =
                index.is_some_and(|index| done.is_some_and(|done| !done.contains(&index)));
            if !to_come {
                names.store(*kind, code.code_id);
            }
        }
        for (name, contract) in &self.contracts {
            names.learn(name, contract.kind, contract.address.clone());
        }
        names
    }
}

/// Where the file of a deployment is kept, and nobody else's hand on it.
pub struct Store {
    path: PathBuf,
    lock: File,
}

impl Drop for Store {
    fn drop(&mut self) {
        // A command that is just being started may have a copy of the file for a moment, and
        // would keep the lock.
        let _ = self.lock.unlock();
    }
}

impl Store {
    /// The file of a chain in a folder, which is made when it is not there.
    pub fn open(folder: &Path, chain_id: &str) -> Result<Self, DeployError> {
        fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))?;
        let path = Self::path_in(folder, chain_id);
        let lock_path = folder.join(format!(".{chain_id}.lock"));
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .map_err(|error| unwritable(&lock_path, error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, lock }),
            Err(TryLockError::WouldBlock) => Err(DeployError::Busy { path }),
            Err(TryLockError::Error(error)) => Err(unwritable(&lock_path, error).into()),
        }
    }

    /// Where the file of a chain is.
    pub fn path_in(folder: &Path, chain_id: &str) -> PathBuf {
        folder.join(format!("{chain_id}.json"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it; none when there is none.
    pub fn load(&self) -> Result<Option<Deployment>, DeployError> {
        read(&self.path)
    }

    /// Writes it so that after any end there is the old or the new one, whole, on the disk.
    pub fn save(&self, deployment: &Deployment) -> Result<(), LiveError> {
        let mut text = serde_json::to_string_pretty(deployment)
            .map_err(|error| unwritable(&self.path, io::Error::other(error)))?;
        text.push('\n');
        write_whole(&self.path, text.as_bytes()).map_err(|error| unwritable(&self.path, error))
    }

    /// Puts it aside, under a name that nothing else has.
    pub fn put_aside(&self) -> Result<Option<PathBuf>, DeployError> {
        if !self.path.exists() {
            return Ok(None);
        }
        let aside = (1_u32..)
            .map(|number| self.path.with_extension(format!("{number}.json")))
            .find(|path| !path.exists())
            .unwrap_or_else(|| self.path.with_extension("old.json"));
        fs::rename(&self.path, &aside).map_err(|error| unwritable(&aside, error))?;
        Ok(Some(aside))
    }
}

/// Reads the file of a deployment; none when there is none.
pub fn read(path: &Path) -> Result<Option<Deployment>, DeployError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(LiveError::Unreadable {
                path: path.to_owned(),
                error,
            }
            .into());
        }
    };
    let not_one = |error: String| DeployError::NotADeployment {
        path: path.to_owned(),
        error,
    };
    let deployment: Deployment =
        serde_json::from_str(&text).map_err(|error| not_one(error.to_string()))?;
    if deployment.format != FORMAT {
        return Err(not_one(format!(
            "it has format {}, and this command knows {FORMAT}",
            deployment.format
        )));
    }
    Ok(Some(deployment))
}

/// Reads the file of a finished deployment.
pub fn read_finished(path: &Path) -> Result<Deployment, DeployError> {
    let deployment = read_whole(path)?;
    match &deployment.work {
        Some(work) => Err(unfinished(path, &work.task)),
        None => Ok(deployment),
    }
}

/// Reads the file of a deployment that has all its contracts. An upgrade of them may be half done:
/// whoever must switch something off just then has to find them.
pub fn read_whole(path: &Path) -> Result<Deployment, DeployError> {
    let deployment = read(path)?.ok_or_else(|| DeployError::NotDeployed {
        path: path.to_owned(),
    })?;
    match &deployment.work {
        Some(Work {
            task: task @ Task::Deploy,
            ..
        }) => Err(unfinished(path, task)),
        _ => Ok(deployment),
    }
}

fn unfinished(path: &Path, task: &Task) -> DeployError {
    DeployError::Unfinished {
        path: path.to_owned(),
        what: task.name(),
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The new name is on the disk only once the folder is.
    File::open(folder)?.sync_all()
}

fn unwritable(path: &Path, error: io::Error) -> LiveError {
    LiveError::Unwritable {
        path: path.to_owned(),
        error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(hash: &str) -> Pending {
        Pending {
            hash: hash.into(),
            sender: "wasm1owner".into(),
            sequence: 1,
            sent_height: 10,
            timeout_height: 35,
        }
    }

    #[test]
    fn what_is_written_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), "ballast-1").unwrap();
        assert_eq!(store.load().unwrap(), None);
        let mut deployment = Deployment::new("local", "ballast-1", "devita", "ab".into());
        let mut work = Work::new(Task::Upgrade(vec![ContractKind::Oracle]), "cd".into());
        work.note(&[3, 4], pending("A"));
        work.note(&[3, 4], pending("B"));
        assert_eq!(work.pending.len(), 1);
        assert_eq!(work.pending[0].tx.hash, "B");
        work.done.insert(2);
        deployment.work = Some(work);
        let code = Code {
            code_id: 7,
            checksum: "ee".into(),
        };
        deployment.codes.insert(ContractKind::SynthMinter, code);
        store.save(&deployment).unwrap();
        assert_eq!(store.load().unwrap(), Some(deployment));
        let files = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 2, "the file and its lock");
    }

    #[test]
    fn two_hands_are_one_too_many() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), "ballast-1").unwrap();
        let second = Store::open(folder.path(), "ballast-1");
        assert!(matches!(second, Err(DeployError::Busy { .. })));
        assert!(Store::open(folder.path(), "ballast-2").is_ok());
        drop(store);
        assert!(Store::open(folder.path(), "ballast-1").is_ok());
    }

    #[test]
    fn put_aside_it_is_still_there() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), "x").unwrap();
        assert_eq!(store.put_aside().unwrap(), None);
        for number in 1..3 {
            let profile = format!("p{number}");
            let deployment = Deployment::new("n", "x", &profile, String::new());
            store.save(&deployment).unwrap();
            let aside = store.put_aside().unwrap().unwrap();
            assert_eq!(aside, folder.path().join(format!("x.{number}.json")));
            assert_eq!(read(&aside).unwrap(), Some(deployment));
        }
        assert_eq!(store.load().unwrap(), None);
    }

    #[test]
    fn another_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), "x").unwrap();
        for text in ["", "{}", "[1]", "{\"format\": 1"] {
            fs::write(store.path(), text).unwrap();
            let error = store.load().unwrap_err();
            assert!(matches!(error, DeployError::NotADeployment { .. }));
        }
        let mut later = Deployment::new("n", "x", "p", String::new());
        later.format = 99;
        store.save(&later).unwrap();
        let error = store.load().unwrap_err().to_string();
        assert!(error.contains("format 99"), "{error}");
    }

    #[test]
    fn an_unfinished_one_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), "x").unwrap();
        let missing = read_finished(store.path()).unwrap_err();
        assert!(matches!(missing, DeployError::NotDeployed { .. }));
        let mut deployment = Deployment::new("n", "x", "p", String::new());
        deployment.work = Some(Work::new(Task::Deploy, String::new()));
        store.save(&deployment).unwrap();
        assert!(read_whole(store.path()).is_err());
        let error = read_finished(store.path()).unwrap_err();
        assert!(matches!(
            error,
            DeployError::Unfinished { what: "deploy", .. }
        ));
        let upgrade = Task::Upgrade(vec![ContractKind::Oracle]);
        deployment.work = Some(Work::new(upgrade, String::new()));
        store.save(&deployment).unwrap();
        assert!(read_finished(store.path()).is_err());
        assert_eq!(read_whole(store.path()).unwrap(), deployment);
    }
}
