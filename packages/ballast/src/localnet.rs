//! `ballast localnet`: a real chain on this machine.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use ballast_localnet::{
    Folder, Localnet, NodeState, NodeStatus, Options, Version,
    folder::{DEFAULT_HOME, DEFAULT_NAME},
    logs,
};
use clap::{Args, Subcommand};
use comfy_table::{Table, presets};
use serde_json::json;

use crate::{commands::FAILED, text::Style};

/// Which network.
#[derive(Args, Debug)]
pub struct Network {
    /// The folder that holds the networks, one folder each
    #[arg(long, default_value = DEFAULT_HOME)]
    pub home: PathBuf,
    /// The network's name
    #[arg(long, default_value = DEFAULT_NAME)]
    pub name: String,
}

/// What to do with the network.
#[derive(Subcommand, Debug)]
pub enum LocalnetCommand {
    /// Start the network, and make it first if there is none
    ///
    /// Without options a network that exists starts as it was made. The chain's id, validators,
    /// wasmd and denoms change only after a reset, ports and block time after a stop.
    ///
    /// The first start builds wasmd, which needs Go and a C compiler and takes minutes. The
    /// binary is kept in .cache/, or in the folder that BALLAST_CACHE names.
    #[command(
        after_help = "Examples:\n  ballast localnet start\n  ballast localnet start --name four --validators 4 --port-base 18650\n  ballast localnet start --name old-vm --wasmd v0.54.9 --port-base 19650"
    )]
    Start {
        /// Which network.
        #[command(flatten)]
        network: Network,
        /// What it is started with.
        #[command(flatten)]
        options: StartOptions,
    },
    /// End all nodes; the next start goes on where they were
    #[command(after_help = "Example:\n  ballast localnet stop")]
    Stop {
        /// Which network.
        #[command(flatten)]
        network: Network,
    },
    /// Show each node: process, height, app hash, whether it catches up, peers
    ///
    /// The exit status is 0 when every node runs and answers, else 1.
    #[command(
        after_help = "Examples:\n  ballast localnet status\n  ballast localnet status --json | jq -r '.nodes[0].rpc'"
    )]
    Status {
        /// Which network.
        #[command(flatten)]
        network: Network,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the end of a node's log
    #[command(
        after_help = "Examples:\n  ballast localnet logs\n  ballast localnet logs --node 2 --lines 200\n  ballast localnet logs --follow"
    )]
    Logs {
        /// Which network.
        #[command(flatten)]
        network: Network,
        /// Which node, counted from 0
        #[arg(long, default_value_t = 0)]
        node: usize,
        /// How many lines
        #[arg(long, default_value_t = 50)]
        lines: usize,
        /// Go on with what is added
        #[arg(long, short)]
        follow: bool,
    },
    /// End all nodes and delete the chain; the next start makes a new one
    ///
    /// Deletes what `start` has made in the network's own folder, and refuses a folder that is
    /// not a network's. The options stay, and the next start may change them.
    #[command(
        after_help = "Examples:\n  ballast localnet reset\n  ballast localnet reset --name four --forget"
    )]
    Reset {
        /// Which network.
        #[command(flatten)]
        network: Network,
        /// Forget the options too, and remove the network's folder
        #[arg(long)]
        forget: bool,
    },
}

/// What a network is started with.
#[derive(Args, Debug)]
pub struct StartOptions {
    /// How many validators, each a node of its own, 1 to 8 [default: 1]
    #[arg(long, value_name = "N")]
    pub validators: Option<u8>,
    /// Which wasmd, v0.61.14 or v0.54.9 [default: v0.61.14]
    #[arg(long, value_name = "VERSION")]
    pub wasmd: Option<Version>,
    /// The first port: node I listens for RPC at P + 10 I, for peers at the next, for gRPC at the
    /// one after [default: 17650]
    #[arg(long, value_name = "P")]
    pub port_base: Option<u16>,
    /// The chain's id [default: ballast-local-1]
    #[arg(long, value_name = "ID")]
    pub chain_id: Option<String>,
    /// Native denoms that the faucet holds beside stake [default: those of the built-in profiles
    /// and more]
    #[arg(long, value_delimiter = ',', value_name = "DENOM,…")]
    pub denoms: Option<Vec<String>>,
    /// How long nodes wait after a block before the next, in milliseconds [default: 200]
    #[arg(long, value_name = "MS")]
    pub block_ms: Option<u32>,
}

impl From<StartOptions> for Options {
    fn from(options: StartOptions) -> Self {
        Self {
            chain_id: options.chain_id,
            validators: options.validators,
            wasmd: options.wasmd,
            port_base: options.port_base,
            denoms: options.denoms,
            block_ms: options.block_ms,
        }
    }
}

impl Network {
    fn folder(&self) -> anyhow::Result<Folder> {
        Ok(Folder::new(&self.home, &self.name)?)
    }

    fn open(&self) -> anyhow::Result<Localnet> {
        Ok(Localnet::open(self.folder()?)?)
    }
}

/// Does it.
pub fn run(command: LocalnetCommand, style: Style) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    match command {
        LocalnetCommand::Start { network, options } => {
            let mut say = |line: &str| eprintln!("{}", style.dim(line));
            let net = Localnet::start(network.folder()?, &options.into(), &mut say)?;
            out.write_all(about(&net, style)?.as_bytes())?;
        }
        LocalnetCommand::Stop { network } => {
            let ended = network.open()?.stop()?;
            let plural = if ended == 1 { "" } else { "s" };
            writeln!(out, "{}: ended {ended} node{plural}", network.name)?;
        }
        LocalnetCommand::Status { network, json } => {
            let net = network.open()?;
            let nodes = net.status()?;
            if json {
                writeln!(out, "{:#}", as_json(&net, &nodes)?)?;
            } else {
                writeln!(out, "{}", table(&nodes, style))?;
            }
            if nodes.iter().any(|node| node.state != NodeState::Running) {
                return Ok(ExitCode::from(FAILED));
            }
        }
        LocalnetCommand::Logs {
            network,
            node,
            lines,
            follow,
        } => {
            let net = network.open()?;
            let log = net.folder().log(net.settings().node(node)?);
            if follow {
                logs::follow(&log, lines, &mut out)?;
            } else {
                out.write_all(logs::last_lines(&log, lines)?.as_bytes())?;
            }
        }
        LocalnetCommand::Reset { network, forget } => {
            let net = network.open()?;
            let told = if forget {
                net.remove()?;
                "is removed"
            } else {
                net.reset()?;
                "is wiped: the next start makes a new chain"
            };
            writeln!(out, "{}: {told}", network.name)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What somebody needs to talk to a network.
fn about(net: &Localnet, style: Style) -> anyhow::Result<String> {
    let faucet = net.faucet();
    let lines = [
        ("rpc", net.rpcs()?.join(" ")),
        ("chain id", net.chain_id().to_owned()),
        ("home", net.folder().path().display().to_string()),
        ("binary", net.binary().display().to_string()),
        ("faucet", format!("{} {}", faucet.name, faucet.address)),
        ("its wasmd", net.folder().script().display().to_string()),
    ];
    Ok(lines
        .into_iter()
        .map(|(what, value)| format!("{} {value}\n", style.dim(&format!("{what:<10}"))))
        .collect())
}

fn table(nodes: &[NodeStatus], style: Style) -> String {
    fn text(value: Option<impl ToString>) -> String {
        value.map_or_else(|| "–".to_owned(), |value| value.to_string())
    }
    let headings = [
        "node",
        "state",
        "pid",
        "height",
        "app hash",
        "catching up",
        "peers",
        "rpc",
    ];
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(headings.map(|heading| style.dim(heading)));
    for node in nodes {
        let state = node.state.to_string();
        let hash = node.app_hash.as_ref();
        table.add_row([
            node.node.to_string(),
            if node.state == NodeState::Running {
                style.good(&state)
            } else {
                style.bad(&state)
            },
            text(node.pid),
            text(node.height),
            text(hash.map(|hash| hash.chars().take(12).collect::<String>())),
            text(node.catching_up.map(|does| if does { "yes" } else { "no" })),
            text(node.peers),
            node.rpc.clone(),
        ]);
    }
    table.trim_fmt()
}

fn as_json(net: &Localnet, nodes: &[NodeStatus]) -> anyhow::Result<serde_json::Value> {
    Ok(json!({
        "name": net.folder().name(),
        "folder": net.folder().path(),
        "settings": net.settings(),
        "chain_id": net.chain_id(),
        "binary": net.binary(),
        "faucet": net.faucet(),
        "keyring_args": net.keyring_args(),
        "nodes": nodes,
    }))
}

#[cfg(test)]
mod tests {
    use ballast_localnet::options::DEFAULT_DENOMS;
    use ballast_sim::profile::{Profile, TokenProfile};

    #[test]
    fn the_faucet_holds_the_denoms_of_every_built_in_profile() {
        let natives: Vec<String> = Profile::names()
            .map(|name| Profile::find(name).unwrap())
            .flat_map(|profile| {
                let taken = profile.taken().into_values().cloned();
                taken.collect::<Vec<_>>()
            })
            .filter_map(|token| match token {
                TokenProfile::Native(denom) => Some(denom),
                TokenProfile::Cw20(_) | TokenProfile::Existing(_) => None,
            })
            .collect();
        assert!(!natives.is_empty());
        for denom in natives {
            assert!(DEFAULT_DENOMS.contains(&denom.as_str()), "{denom}");
        }
    }
}
