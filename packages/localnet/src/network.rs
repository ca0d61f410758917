//! A network: start, stop, kill, watch, wipe.

use std::{
    fmt,
    fs::{self, Permissions},
    ops::Deref,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use serde::Serialize;

use crate::{
    config,
    error::{Doing, Error, Result},
    folder::{self, Folder},
    genesis, logs,
    options::{Options, Settings},
    process::Process,
    rpc::{Rpc, Sync},
    wasmd,
};

/// How long a node may take to its first block.
const FIRST_BLOCK: Duration = Duration::from_secs(60);
/// How often is looked how far a node is.
const GLANCE: Duration = Duration::from_millis(100);
/// How much of a log is shown when a node ended.
const LAST_LINES: usize = 10;

/// The account that holds plenty of every denom. It is the same on every network, and its
/// mnemonic, the first that BIP-39 tests with, is known to everybody: nothing of worth may ever
/// be sent to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Faucet {
    /// Its name in the keyring.
    pub name: &'static str,
    /// Its address.
    pub address: &'static str,
    /// What its key is derived from, on the path m/44'/118'/0'/0/0.
    pub mnemonic: &'static str,
}

/// The faucet of every network.
pub const FAUCET: Faucet = Faucet {
    name: "faucet",
    address: "wasm19rl4cm2hmr8afy4kldpxz3fka4jguq0akuugk7",
    mnemonic: "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
};

/// One network. It goes on when this is dropped; see [`Temporary`] for one that does not.
#[derive(Clone, Debug)]
pub struct Localnet {
    folder: Folder,
    settings: Settings,
    binary: PathBuf,
}

/// How a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeState {
    /// It runs and answers.
    Running,
    /// It runs, and does not answer.
    Silent,
    /// It does not run.
    Stopped,
}

impl fmt::Display for NodeState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Running => "running",
            Self::Silent => "silent",
            Self::Stopped => "stopped",
        })
    }
}

/// How a node is and how far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeStatus {
    /// Which, counted from 0.
    pub node: usize,
    /// How it is.
    pub state: NodeState,
    /// Its process, if it runs.
    pub pid: Option<i32>,
    /// Its newest block, if it answers.
    pub height: Option<u64>,
    /// The app hash in that block's header.
    pub app_hash: Option<String>,
    /// Whether it still loads blocks that others have.
    pub catching_up: Option<bool>,
    /// With how many others it is connected.
    pub peers: Option<u64>,
    /// Its RPC.
    pub rpc: String,
    /// Its log.
    pub log: PathBuf,
}

impl Localnet {
    /// Starts a network and waits until all of its nodes make blocks. A new one is made, with the
    /// binary if that is missing; one that was stopped goes on where it was; of one that runs,
    /// the nodes that do not are started. `say` hears what is done.
    ///
    /// Errors: `Option`, `Differs` when the network exists and was made with something else,
    /// `PortTaken`, `NotOurs`, `Command` when wasmd cannot be built, `NodeEnded`, `TooSlow`.
    /// What this call has started it stops again when it fails.
    pub fn start(folder: Folder, options: &Options, say: &mut dyn FnMut(&str)) -> Result<Self> {
        folder.create()?;
        let _lock = folder.lock()?;
        let kept = folder.settings()?;
        let settings = kept.clone().unwrap_or_default().with(options)?;
        let down: Vec<usize> = settings
            .nodes()
            .filter(|node| running(&folder, *node).is_none())
            .collect();
        if let Some(kept) = kept.filter(|_| folder.has_chain()) {
            kept.check_same_chain(folder.name(), &settings)?;
            if down.len() < settings.nodes().len() {
                kept.check_same_nodes(folder.name(), &settings)?;
            }
        }
        for node in &down {
            settings.ports(*node)?.check_free()?;
        }
        let binary = wasmd::binary(settings.wasmd, say)?;
        let net = Self {
            folder,
            settings,
            binary,
        };
        if down.is_empty() {
            say(&format!("the network {} runs already", net.folder.name()));
            net.write_script()?;
            return Ok(net);
        }
        net.folder.save_settings(&net.settings)?;
        if !net.folder.has_chain() {
            say(&format!("making the chain {}", net.settings.chain_id));
            genesis::create(&net.folder, &net.settings, &net.binary)?;
        }
        net.bring_up(&down).inspect_err(|_| {
            for node in &down {
                // The failure that is told is the first.
                let _ = net.end(*node, Process::stop);
            }
        })?;
        Ok(net)
    }

    /// Starts a network as [`Localnet::start`] does, and stops and removes it in the end.
    pub fn temporary(
        folder: Folder,
        options: &Options,
        say: &mut dyn FnMut(&str),
    ) -> Result<Temporary> {
        Ok(Temporary(Self::start(folder, options, say)?))
    }

    /// A network that was started before, whether it runs or not.
    pub fn open(folder: Folder) -> Result<Self> {
        let settings = folder
            .settings()?
            .ok_or_else(|| Error::NoNetwork(folder.path().to_owned()))?;
        let binary = wasmd::path(settings.wasmd)?;
        Ok(Self {
            folder,
            settings,
            binary,
        })
    }

    /// Ends all nodes, and says how many ran.
    pub fn stop(&self) -> Result<usize> {
        let _lock = self.folder.lock()?;
        self.end_all()
    }

    /// Ends all nodes and deletes the chain with its keys and logs. The settings stay: the next
    /// start makes a new chain with them, or with others.
    pub fn reset(&self) -> Result<()> {
        let _lock = self.folder.lock()?;
        self.end_all()?;
        self.folder.wipe()
    }

    /// Ends all nodes and deletes the network with its folder.
    pub fn remove(&self) -> Result<()> {
        let _lock = self.folder.lock()?;
        self.end_all()?;
        self.folder.remove()
    }

    /// Kills a node at once, with no time to write anything.
    pub fn kill_node(&self, node: usize) -> Result<()> {
        let _lock = self.folder.lock()?;
        self.end(self.settings.node(node)?, Process::kill)
    }

    /// Ends a node in good order.
    pub fn stop_node(&self, node: usize) -> Result<()> {
        let _lock = self.folder.lock()?;
        self.end(self.settings.node(node)?, Process::stop)
    }

    /// Starts a node that does not run, and waits until it answers. It may still have to catch
    /// up; see [`Localnet::wait_for_height`].
    pub fn start_node(&self, node: usize) -> Result<()> {
        let _lock = self.folder.lock()?;
        let node = self.settings.node(node)?;
        if !self.folder.has_chain() {
            return Err(Error::NoChain);
        }
        if self.process(node).is_some() {
            return Ok(());
        }
        self.settings.ports(node)?.check_free()?;
        self.spawn(node, &self.peers()?)?;
        self.wait(node, 0, FIRST_BLOCK)
    }

    /// Waits until a node has a block of this height or above.
    pub fn wait_for_height(&self, node: usize, height: u64, patience: Duration) -> Result<()> {
        self.wait(self.settings.node(node)?, height, patience)
    }

    /// The height of a node's newest block.
    pub fn height(&self, node: usize) -> Result<u64> {
        Ok(self.sync(node)?.height)
    }

    /// How far a node is.
    pub fn sync(&self, node: usize) -> Result<Sync> {
        self.client(node)?.sync()
    }

    /// The app hash in the header of the block at this height, as this node has it. It is the
    /// hash of the state after the block before.
    pub fn app_hash(&self, node: usize, height: u64) -> Result<String> {
        self.client(node)?.app_hash(height)
    }

    /// How every node is and how far.
    pub fn status(&self) -> Result<Vec<NodeStatus>> {
        self.settings
            .nodes()
            .map(|node| self.node_status(node))
            .collect()
    }

    /// The RPC of a node: `http://127.0.0.1:17650`.
    pub fn rpc(&self, node: usize) -> Result<String> {
        Ok(self.client(node)?.url().to_owned())
    }

    /// The RPC of every node.
    pub fn rpcs(&self) -> Result<Vec<String>> {
        self.settings.nodes().map(|node| self.rpc(node)).collect()
    }

    /// What the network is made of.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The chain's id.
    pub fn chain_id(&self) -> &str {
        &self.settings.chain_id
    }

    /// The network's folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The faucet's home, which has its keyring.
    pub fn home(&self) -> PathBuf {
        self.folder.faucet()
    }

    /// The wasmd that the nodes run.
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// The arguments with which [`Localnet::binary`] finds the faucet's key.
    pub fn keyring_args(&self) -> Vec<String> {
        let home = self.home().to_string_lossy().into_owned();
        ["--home", &home, "--keyring-backend", "test"]
            .map(str::to_owned)
            .to_vec()
    }

    /// [`Localnet::binary`] with the faucet's keys and this chain, to be asked of node 0. The
    /// script `wasmd` in the network's folder is the same for people.
    pub fn command(&self) -> Result<Command> {
        let mut command = wasmd::command(&self.binary, &self.home());
        command.envs(self.environment()?);
        Ok(command)
    }

    /// The account that holds plenty of every denom.
    pub fn faucet(&self) -> Faucet {
        FAUCET
    }

    /// The process of a node, if it runs.
    pub fn process(&self, node: usize) -> Option<Process> {
        running(&self.folder, node)
    }

    /// What the binary would otherwise have to be told by options. It reads none of this from
    /// settings of its home, see [`wasmd::command`].
    fn environment(&self) -> Result<[(&'static str, String); 3]> {
        let rpc = self.settings.ports(0)?.rpc;
        Ok([
            ("WASMD_CHAIN_ID", self.settings.chain_id.clone()),
            ("WASMD_KEYRING_BACKEND", "test".to_owned()),
            ("WASMD_NODE", format!("tcp://127.0.0.1:{rpc}")),
        ])
    }

    fn write_script(&self) -> Result<()> {
        let quoted = |path: &Path| format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"));
        let (binary, home) = (quoted(&self.binary), quoted(&self.home()));
        let environment = self
            .environment()?
            .map(|(name, value)| format!("{name}={value}"));
        let path = self.folder.script();
        let text = format!(
            "#!/bin/sh\n# wasmd with the faucet's keys, for node 0 of this network.\nexport HOME={home} {}\nexec {binary} --home {home} \"$@\"\n",
            environment.join(" ")
        );
        folder::write(&path, text.as_bytes())?;
        fs::set_permissions(&path, Permissions::from_mode(0o755))
            .doing(|| format!("make {} executable", path.display()))
    }

    fn client(&self, node: usize) -> Result<Rpc> {
        Ok(Rpc::at(self.settings.ports(node)?.rpc))
    }

    fn bring_up(&self, nodes: &[usize]) -> Result<()> {
        let peers = self.peers()?;
        self.write_script()?;
        for node in nodes {
            self.spawn(*node, &peers)?;
        }
        // A chain that was stopped has blocks already: it goes on when it has one more. A node says
        // so before its application has run that block, but not before the application has run
        // the block before it.
        for node in nodes {
            self.wait(*node, 0, FIRST_BLOCK)?;
            let next = self.height(*node)?.saturating_add(2);
            self.wait(*node, next, FIRST_BLOCK)?;
        }
        Ok(())
    }

    /// Each node's id and address, of which a node is told those of the others.
    fn peers(&self) -> Result<Vec<String>> {
        if self.settings.validators == 1 {
            return Ok(vec![String::new()]);
        }
        self.settings
            .nodes()
            .map(|node| {
                let id = genesis::node_id(&self.folder.node(node), &self.binary)?;
                let port = self.settings.ports(node)?.p2p;
                Ok(format!("{id}@127.0.0.1:{port}"))
            })
            .collect()
    }

    fn spawn(&self, node: usize, peers: &[String]) -> Result<()> {
        let home = self.folder.node(node);
        let others: Vec<&str> = peers
            .iter()
            .enumerate()
            .filter(|(peer, _)| *peer != node)
            .map(|(_, address)| address.as_str())
            .collect();
        let ports = self.settings.ports(node)?;
        config::node(&home, &self.settings, ports, &others.join(","))?;
        let mut command = wasmd::command(&self.binary, &home);
        command.args(["start", "--log_no_color"]);
        let process = Process::start(command, &self.folder.log(node))?;
        folder::write_json(&self.folder.process(node), &process)
    }

    fn wait(&self, node: usize, height: u64, patience: Duration) -> Result<()> {
        let client = self.client(node)?;
        let since = Instant::now();
        loop {
            if client.sync().is_ok_and(|sync| sync.height >= height) {
                return Ok(());
            }
            if self.process(node).is_none() {
                let path = self.folder.log(node);
                let log = logs::last_lines(&path, LAST_LINES).unwrap_or_default();
                return Err(Error::NodeEnded { node, path, log });
            }
            let waited = since.elapsed();
            if waited > patience {
                return Err(Error::TooSlow {
                    node,
                    height,
                    waited,
                });
            }
            thread::sleep(GLANCE);
        }
    }

    fn end_all(&self) -> Result<usize> {
        let running: Vec<usize> = self
            .settings
            .nodes()
            .filter(|node| self.process(*node).is_some())
            .collect();
        thread::scope(|scope| {
            let ends: Vec<_> = running
                .iter()
                .map(|node| scope.spawn(|| self.end(*node, Process::stop)))
                .collect();
            // One that cannot be ended does not keep the others from it.
            ends.into_iter()
                .map(|end| {
                    end.join().unwrap_or_else(|_| {
                        Err(Error::Option("a thread that ends a node panicked".into()))
                    })
                })
                .collect::<Vec<_>>()
        })
        .into_iter()
        .collect::<Result<()>>()?;
        Ok(running.len())
    }

    fn end(&self, node: usize, how: fn(&Process) -> Result<()>) -> Result<()> {
        self.process(node).map_or(Ok(()), |process| how(&process))
    }

    fn node_status(&self, node: usize) -> Result<NodeStatus> {
        let client = self.client(node)?;
        let process = self.process(node);
        // Another program may listen where a stopped node would.
        let sync = process.as_ref().and_then(|_| client.sync().ok());
        let peers = sync.as_ref().and_then(|_| client.peers().ok());
        let state = match (&process, &sync) {
            (None, _) => NodeState::Stopped,
            (Some(_), None) => NodeState::Silent,
            (Some(_), Some(_)) => NodeState::Running,
        };
        let (height, app_hash, catching_up) = match sync {
            Some(sync) => (
                Some(sync.height),
                Some(sync.app_hash),
                Some(sync.catching_up),
            ),
            None => (None, None, None),
        };
        Ok(NodeStatus {
            node,
            state,
            pid: process.map(|process| process.pid),
            height,
            app_hash,
            catching_up,
            peers,
            rpc: client.url().to_owned(),
            log: self.folder.log(node),
        })
    }
}

/// A network that ends and is removed when this is dropped: for tests.
#[derive(Debug)]
pub struct Temporary(Localnet);

impl Deref for Temporary {
    type Target = Localnet;

    fn deref(&self) -> &Localnet {
        &self.0
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        match self.0.remove() {
            Ok(()) | Err(Error::NoNetwork(_)) => {}
            Err(error) => eprintln!("{} stays: {error}", self.0.folder.path().display()),
        }
    }
}

fn running(folder: &Folder, node: usize) -> Option<Process> {
    let process: Process = folder::read_json(&folder.process(node)).ok().flatten()?;
    process.runs().then_some(process)
}
