//! The files of a network, and what may be deleted.
//!
//! ```text
//! <home>/<name>/.ballast-localnet   the marker: without it nothing here is touched
//!              /network.json        the settings
//!              /genesis.json        there once the chain is made
//!              /wasmd               a script: the binary with the faucet's keys, for node 0
//!              /faucet/             the faucet's keyring
//!              /node0/              home of node 0
//!              /node0.log           what it says
//!              /node0.json          its process
//! ```

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::{Doing, Error, Result},
    options::{MAX_VALIDATORS, Settings},
};

/// Where networks are kept unless another place is asked for.
pub const DEFAULT_HOME: &str = ".localnet";
/// The name of a network unless another is asked for.
pub const DEFAULT_NAME: &str = "local";

const MARKER: &str = ".ballast-localnet";
const MARKER_TEXT: &str = "This folder is kept by `ballast localnet`, which may wipe it.\n";
const LONGEST_NAME: usize = 40;

/// The folder of one network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    name: String,
    path: PathBuf,
}

/// Nobody else starts, stops or wipes the network as long as this lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Folder {
    /// The folder of the network of this name below a home, there or not.
    pub fn new(home: impl AsRef<Path>, name: &str) -> Result<Self> {
        let is_name = (1..=LONGEST_NAME).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if !is_name {
            return Err(Error::Option(format!(
                "the name {name:?} is not 1 to {LONGEST_NAME} letters, digits, - and _"
            )));
        }
        let home = home.as_ref();
        let home = std::path::absolute(home)
            .doing(|| format!("tell where {} would be", home.display()))?;
        Ok(Self {
            name: name.to_owned(),
            path: home.join(name),
        })
    }

    /// The network's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The folder itself, absolute.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The home of a node.
    pub fn node(&self, node: usize) -> PathBuf {
        self.path.join(format!("node{node}"))
    }

    /// The log of a node.
    pub fn log(&self, node: usize) -> PathBuf {
        self.path.join(format!("node{node}.log"))
    }

    /// The record of a node's process.
    pub fn process(&self, node: usize) -> PathBuf {
        self.path.join(format!("node{node}.json"))
    }

    /// The faucet's home.
    pub fn faucet(&self) -> PathBuf {
        self.path.join("faucet")
    }

    /// The script that calls the binary with the faucet's keys.
    pub fn script(&self) -> PathBuf {
        self.path.join("wasmd")
    }

    /// The chain's genesis.
    pub fn genesis(&self) -> PathBuf {
        self.path.join("genesis.json")
    }

    /// Whether the chain is made.
    pub fn has_chain(&self) -> bool {
        self.genesis().is_file()
    }

    /// Makes the folder, or sees that it is one of ours.
    pub fn create(&self) -> Result<()> {
        fs::create_dir_all(&self.path).doing(|| format!("make {}", self.path.display()))?;
        let mut entries =
            fs::read_dir(&self.path).doing(|| format!("read {}", self.path.display()))?;
        if !is_link(&self.path) && entries.next().is_none() {
            write(&self.path.join(MARKER), MARKER_TEXT.as_bytes())?;
        }
        self.check()
    }

    /// Refuses when there is no network here.
    pub fn check(&self) -> Result<()> {
        if !self.path.exists() {
            return Err(Error::NoNetwork(self.path.clone()));
        }
        if is_link(&self.path) || !self.path.join(MARKER).is_file() {
            return Err(Error::NotOurs(self.path.clone()));
        }
        Ok(())
    }

    /// Waits until nobody else works on the network.
    pub fn lock(&self) -> Result<Lock> {
        self.check()?;
        lock(&self.path.join(MARKER))
    }

    /// The settings, if the network ever had some.
    pub fn settings(&self) -> Result<Option<Settings>> {
        self.check()?;
        read_json(&self.path.join("network.json"))
    }

    /// Keeps the settings.
    pub fn save_settings(&self, settings: &Settings) -> Result<()> {
        write_json(&self.path.join("network.json"), settings)
    }

    /// Deletes chain, keys and logs. The settings stay.
    pub fn wipe(&self) -> Result<()> {
        self.check()?;
        // First, so that half a chain is none.
        remove(&self.genesis())?;
        for node in 0..usize::from(MAX_VALIDATORS) {
            remove(&self.node(node))?;
            remove(&self.log(node))?;
            remove(&self.process(node))?;
        }
        remove(&self.script())?;
        remove(&self.faucet())
    }

    /// Deletes the network and its folder. What somebody else has put into it stays, and then
    /// the folder does too.
    pub fn remove(&self) -> Result<()> {
        self.wipe()?;
        remove(&self.path.join("network.json"))?;
        remove(&self.path.join(MARKER))?;
        match fs::remove_dir(&self.path) {
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => Ok(()),
            result => result.doing(|| format!("remove {}", self.path.display())),
        }
    }
}

fn is_link(path: &Path) -> bool {
    path.symlink_metadata()
        .is_ok_and(|metadata| metadata.is_symlink())
}

/// Removes a file, a link or a folder; links are never followed.
fn remove(path: &Path) -> Result<()> {
    let removed = match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).doing(|| format!("remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Waits until nobody else holds the lock of this file, which is made when it is missing.
pub(crate) fn lock(path: &Path) -> Result<Lock> {
    let open = || -> io::Result<File> {
        let file = File::options().append(true).create(true).open(path)?;
        file.lock()?;
        Ok(file)
    };
    let file = open().doing(|| format!("lock {}", path.display()))?;
    Ok(Lock { _file: file })
}

pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).doing(|| format!("write {}", path.display()))
}

pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Error::Malformed {
        what: path.display().to_string(),
        why: error.to_string(),
    })?;
    // A reader finds the old file or the new one, never half of it.
    let part = path.with_extension("part");
    write(&part, (text + "\n").as_bytes())?;
    fs::rename(&part, path).doing(|| format!("write {}", path.display()))
}

pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        text => text.doing(|| format!("read {}", path.display()))?,
    };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| Error::Malformed {
            what: path.display().to_string(),
            why: error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::os::unix::fs::symlink;

    fn home() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    /// As a chain leaves it.
    fn filled(folder: &Folder) {
        folder.create().unwrap();
        folder.save_settings(&Settings::default()).unwrap();
        fs::create_dir_all(folder.node(0).join("data")).unwrap();
        fs::create_dir_all(folder.faucet()).unwrap();
        for file in [
            folder.genesis(),
            folder.script(),
            folder.log(0),
            folder.process(0),
            folder.node(0).join("data/block"),
        ] {
            fs::write(file, "x").unwrap();
        }
    }

    fn names(path: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[rstest]
    #[case("")]
    #[case("..")]
    #[case("a/b")]
    #[case("/etc")]
    #[case("a b")]
    #[case("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    fn a_name_is_no_path(#[case] name: &str) {
        assert!(matches!(Folder::new("x", name), Err(Error::Option(_))));
    }

    #[test]
    fn a_wipe_leaves_the_settings() {
        let home = home();
        let folder = Folder::new(home.path(), "one").unwrap();
        filled(&folder);
        assert!(folder.has_chain());
        folder.wipe().unwrap();
        assert!(!folder.has_chain());
        assert_eq!(names(folder.path()), [MARKER, "network.json"]);
        assert_eq!(folder.settings().unwrap(), Some(Settings::default()));
    }

    #[test]
    fn removal_leaves_nothing_but_what_others_put_there() {
        let home = home();
        let clean = Folder::new(home.path(), "clean").unwrap();
        filled(&clean);
        clean.remove().unwrap();
        assert!(!clean.path().exists());
        assert!(matches!(clean.remove(), Err(Error::NoNetwork(_))));

        let shared = Folder::new(home.path(), "shared").unwrap();
        filled(&shared);
        fs::write(shared.path().join("thesis.txt"), "mine").unwrap();
        shared.remove().unwrap();
        assert_eq!(names(shared.path()), ["thesis.txt"]);
    }

    #[test]
    fn a_folder_without_the_marker_is_left_alone() {
        let home = home();
        let folder = Folder::new(home.path(), "photos").unwrap();
        fs::create_dir_all(folder.node(0)).unwrap();
        fs::write(folder.genesis(), "mine").unwrap();
        for result in [
            folder.create(),
            folder.lock().map(|_| ()),
            folder.settings().map(|_| ()),
            folder.wipe(),
            folder.remove(),
        ] {
            assert!(matches!(result, Err(Error::NotOurs(_))));
        }
        assert_eq!(names(folder.path()), ["genesis.json", "node0"]);
    }

    #[test]
    fn links_are_not_followed() {
        let home = home();
        let real = Folder::new(home.path(), "real").unwrap();
        filled(&real);
        let link = Folder::new(home.path(), "link").unwrap();
        symlink(real.path(), link.path()).unwrap();
        assert!(matches!(link.wipe(), Err(Error::NotOurs(_))));
        assert!(matches!(link.create(), Err(Error::NotOurs(_))));

        let other = Folder::new(home.path(), "other").unwrap();
        other.create().unwrap();
        symlink(real.node(0), other.node(0)).unwrap();
        other.wipe().unwrap();
        assert_eq!(names(other.path()), [MARKER]);
        assert!(real.node(0).join("data/block").is_file());
    }

    #[test]
    fn a_settings_file_that_makes_no_sense_is_named() {
        let home = home();
        let folder = Folder::new(home.path(), "one").unwrap();
        folder.create().unwrap();
        assert_eq!(folder.settings().unwrap(), None);
        fs::write(folder.path().join("network.json"), "{}").unwrap();
        let error = folder.settings().unwrap_err().to_string();
        assert!(error.contains("network.json"), "{error}");
    }
}
