//! The chain that stories play on: its node, its codes, and who pays for everything.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use ballast_live::{Client, Gas, LiveError, Msg, Network, deploy::Artifacts, msg::gzipped};
use ballast_localnet::{
    FAUCET, Folder, Localnet, NodeState,
    folder::{DEFAULT_HOME, DEFAULT_NAME},
    options::BOND_DENOM,
};
use ballast_sim::{ContractKind, Scale};
use tempfile::TempDir;

/// What any transaction of a story may use: more than any needs, for an act that is refused must
/// land, too, and a simulation would not let it.
pub const GAS: Gas = Gas::Limit(50_000_000);

/// For how many blocks a transaction of a story may wait to land. Signing takes a while when many
/// stories play.
const TIMEOUT_BLOCKS: u64 = 300;

/// For how long a chain may make no block before it counts as halted.
const PATIENCE: Duration = Duration::from_secs(60);

/// A chain on which stories play side by side, each with accounts and contracts of its own.
pub struct Ground {
    /// Signs for the accounts of the stories, with keys that are thrown away in the end.
    client: Client,
    /// Signs for whoever pays; one at a time, for one sequence.
    purse: Mutex<Client>,
    /// Name of the key that pays.
    payer: String,
    codes: BTreeMap<ContractKind, u64>,
    scale: Scale,
    stories: AtomicUsize,
    _keys: TempDir,
}

impl Ground {
    /// Opens a network: a local network by its name, `networks/<name>.toml`, or the path of a
    /// network file. Its faucet pays, or its deployer where there is none. Codes that it does not
    /// have yet are stored; `say` hears of it.
    pub fn open(
        name: &str,
        artifacts: &Path,
        scale: Scale,
        say: &mut dyn FnMut(&str),
    ) -> anyhow::Result<Self> {
        let mut network = find(name)?;
        ensure!(
            network.gas_price.is_none(),
            "{name} charges for gas, and stories count every base unit: they play where it is free"
        );
        network.limits.timeout_blocks = TIMEOUT_BLOCKS;
        let payer = network
            .faucet
            .as_ref()
            .map_or(&network.deployer, |faucet| &faucet.key)
            .clone();
        let artifacts = Artifacts::load(artifacts)?;
        let purse = Client::connect(network.clone()).with_context(|| how_to_start(name))?;
        let codes = codes(&purse, &payer, &artifacts, say)?;
        let keys = TempDir::with_prefix("ballast-keys-")?;
        network.home = keys.path().to_owned();
        network.keyring_backend = "test".to_owned();
        network.accounts.clear();
        Ok(Self {
            client: Client::connect(network)?,
            purse: Mutex::new(purse),
            payer,
            codes,
            scale,
            stories: AtomicUsize::new(0),
            _keys: keys,
        })
    }

    /// The chain, with the keys of the stories' accounts.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// How many seconds of a story pass in one of the chain.
    pub const fn scale(&self) -> Scale {
        self.scale
    }

    /// Id of a code.
    pub fn code_id(&self, kind: ContractKind) -> anyhow::Result<u64> {
        self.codes
            .get(&kind)
            .copied()
            .with_context(|| format!("the code of {kind} is not stored"))
    }

    /// The number of another story, from 1.
    pub fn another(&self) -> usize {
        self.stories.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Has the payer send these coins, each to an address.
    pub fn pay(&self, payments: Vec<(String, Vec<cosmwasm_std::Coin>)>) -> anyhow::Result<()> {
        let purse = self.purse.lock().unwrap_or_else(PoisonError::into_inner);
        let from = purse.address(&self.payer)?;
        let msgs: Vec<_> = payments
            .into_iter()
            .map(|(to, coins)| Msg::BankSend {
                from: from.clone(),
                to,
                coins,
            })
            .collect();
        for msgs in msgs.chunks(purse.network().limits.messages_per_tx) {
            purse
                .send(&self.payer, msgs.to_vec(), GAS)?
                .with_context(|| format!("{} cannot pay the stories' accounts", self.payer))?;
        }
        Ok(())
    }

    /// Waits until the last block is of this time or later, and gives its time.
    pub fn wait_until(&self, time: u64) -> anyhow::Result<u64> {
        let (mut last, mut since) = (0, Instant::now());
        loop {
            let (height, now) = self.client.now()?;
            if now >= time {
                return Ok(now);
            }
            if height > last {
                (last, since) = (height, Instant::now());
            }
            if since.elapsed() > PATIENCE {
                bail!("the chain has made no block for {} s", PATIENCE.as_secs());
            }
            let left = Duration::from_secs(time - now - 1);
            thread::sleep(left.max(Duration::from_millis(100)).min(PATIENCE / 4));
        }
    }
}

/// A network by the path of its file, or by its name.
fn find(name: &str) -> anyhow::Result<Network> {
    let path = Path::new(name);
    if path
        .extension()
        .is_some_and(|extension| extension == "toml")
    {
        return Ok(Network::load(path)?);
    }
    let local = Folder::new(DEFAULT_HOME, name)?;
    if local.path().exists() {
        return running(name, local);
    }
    let file = Path::new("networks").join(name).with_extension("toml");
    if file.exists() {
        return Ok(Network::load(&file)?);
    }
    bail!(
        "there is no network {name}: no local one, and no {}. {}",
        file.display(),
        how_to_start(name)
    )
}

/// A local network, which must run.
fn running(name: &str, folder: Folder) -> anyhow::Result<Network> {
    let home = folder.faucet();
    let net = Localnet::open(folder)?;
    let status = net.status()?;
    let node = status
        .iter()
        .find(|node| node.state == NodeState::Running)
        .with_context(|| format!("the network {name} does not run. {}", how_to_start(name)))?;
    let file = [
        ("chain_id", net.chain_id()),
        ("rpc", &node.rpc),
        ("binary", &net.binary().to_string_lossy()),
        ("home", &home.to_string_lossy()),
        ("keyring_backend", "test"),
        ("profile", "devita"),
        ("deployer", FAUCET.name),
    ]
    .map(|(key, value)| format!("{key} = {value:?}\n"));
    let mut network = Network::parse(&file.concat()).map_err(|problem| anyhow::anyhow!(problem))?;
    network.name = name.to_owned();
    Ok(network)
}

fn how_to_start(name: &str) -> String {
    let name = if name == DEFAULT_NAME {
        String::new()
    } else {
        format!(" --name {name}")
    };
    format!("`ballast localnet start{name}` starts it")
}

/// The denom of the one base unit that makes an account exist.
pub const fn existence_denom() -> &'static str {
    BOND_DENOM
}

/// Ids of all codes. Each is stored once on a chain: one that is there has the same checksum.
fn codes(
    purse: &Client,
    payer: &str,
    artifacts: &Artifacts,
    say: &mut dyn FnMut(&str),
) -> anyhow::Result<BTreeMap<ContractKind, u64>> {
    let mut stored = BTreeMap::new();
    let mut code_id = 1;
    while let Some(checksum) = purse.node().checksum(code_id)? {
        stored.entry(checksum).or_insert(code_id);
        code_id += 1;
    }
    ContractKind::ALL
        .into_iter()
        .filter(|kind| *kind != ContractKind::HostileMarket || artifacts.get(*kind).is_ok())
        .map(|kind| {
            let artifact = artifacts.get(kind)?;
            if let Some(code_id) = stored.get(&artifact.checksum) {
                return Ok((kind, *code_id));
            }
            say(&format!("storing the code of {kind}"));
            Ok((kind, store(purse, payer, &artifact.wasm)?))
        })
        .collect()
}

fn store(purse: &Client, payer: &str, wasm: &[u8]) -> anyhow::Result<u64> {
    let msg = Msg::StoreCode {
        sender: purse.address(payer)?,
        wasm: gzipped(wasm)?,
    };
    let result = purse.send(payer, vec![msg], Gas::Simulated)??;
    let missing = || LiveError::Incomplete("a code was stored without an id".into());
    Ok(result.code_id(0).ok_or_else(missing)?)
}
