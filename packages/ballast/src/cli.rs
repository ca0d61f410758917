//! What the command line says.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use crate::{bench::BenchArgs, localnet::LocalnetCommand};

/// Ballast: synths, pools and DUCA, on an embedded chain in your terminal.
#[derive(Parser, Debug)]
#[command(
    name = "ballast",
    version,
    arg_required_else_help = true,
    after_help = "Example:\n  ballast play scenarios/teddy.yaml"
)]
pub struct Cli {
    /// No colours, no progress bar
    #[arg(long, global = true)]
    pub plain: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Play stories, each on a freshly deployed protocol
    ///
    /// The exit status is 0 only when every expectation of every story held, 1 when one did
    /// not, and 2 when a story has a mistake: then none is played.
    #[command(
        after_help = "Examples:\n  ballast play scenarios/teddy.yaml\n  ballast play scenarios/ --json | jq .result\n  ballast play --trace scenarios/teddy.yaml"
    )]
    Play {
        /// Stories, or folders of stories
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// One line of JSON per step, with the queries' answers and the events
        #[arg(long)]
        json: bool,
        /// The tree of messages and events below each step
        #[arg(long, conflicts_with = "json")]
        trace: bool,
    },
    /// Look for mistakes in stories without playing them
    #[command(after_help = "Example:\n  ballast check scenarios/")]
    Check {
        /// Stories, or folders of stories
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// List stories: title, profile, steps, expectations
    #[command(after_help = "Example:\n  ballast list scenarios/")]
    List {
        /// Stories, or folders of stories
        #[arg(default_value = "scenarios")]
        paths: Vec<PathBuf>,
    },
    /// Talk to the protocol on an embedded chain, one line at a time
    ///
    /// With a terminal there are history and completion (Tab); without one, lines are read
    /// from the standard input, and the exit status is 1 when one of them failed.
    #[command(
        alias = "repl",
        after_help = "Examples:\n  ballast session\n  ballast session --load teddy.json\n  echo 'send synth-minter {\"deposit\": {}} 9 LIFE' | ballast session --as teddy"
    )]
    Session {
        /// The profile to deploy: a built-in name, or the path of a file
        #[arg(long, default_value = "devita", conflicts_with = "load")]
        profile: String,
        /// Go on where an earlier session was saved
        #[arg(long)]
        load: Option<PathBuf>,
        /// Who sends messages at first
        #[arg(long = "as", value_name = "ACCOUNT")]
        account: Option<String>,
    },
    /// Measure what each act costs, beside few accounts and beside many
    ///
    /// Plays every message and query in protocols that differ in the number of their accounts
    /// alone, and shows storage reads, scanned keys, writes and time side by side; then in one
    /// with 64 synths and 8 collaterals, with an estimate of gas. The exit status is 1 when an
    /// act costs more because others are there, or a query more than a chain allows.
    #[command(
        after_help = "Examples:\n  ballast bench\n  ballast bench --accounts 10,1000 --json | jq .limit_rows"
    )]
    Bench(BenchArgs),
    /// A real chain on this machine: start, stop, watch, wipe
    ///
    /// Nodes of wasmd that listen on loopback alone, with a faucet that holds plenty of every
    /// denom. They go on when this command has ended.
    #[command(
        subcommand,
        after_help = "Examples:\n  ballast localnet start\n  ballast localnet status\n  ballast localnet reset"
    )]
    Localnet(LocalnetCommand),
    /// Print the completions of a shell
    #[command(
        after_help = "Example:\n  ballast completions bash > ~/.local/share/bash-completion/completions/ballast"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
}
