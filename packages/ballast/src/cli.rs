//! What the command line says.

use std::path::PathBuf;

use ballast_sim::Scale;
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::{
    bench::BenchArgs, chart::ChartArgs, deploy::DeployArgs, exec::ExecArgs, gas::GasArgs,
    localnet::LocalnetCommand, query::QueryArgs, upgrade::UpgradeArgs, verify::VerifyArgs,
};

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

/// Which stories to play, where and how.
#[derive(Args, Debug)]
pub struct PlayArgs {
    /// Stories, or folders of stories
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// One line of JSON per step, with the queries' answers and the events
    #[arg(long)]
    pub json: bool,
    /// The tree of messages and events below each step
    #[arg(long, conflicts_with = "json")]
    pub trace: bool,
    /// Play on a real chain: a local network by its name, or a network file
    #[arg(long, value_name = "NETWORK")]
    pub chain: Option<String>,
    /// How many seconds of a story pass in one of the real chain: at 8640 a day takes 10 seconds
    #[arg(long, default_value = "8640", requires = "chain")]
    pub scale: Scale,
    /// How many stories to play at a time on the real chain
    #[arg(long, value_name = "N", default_value_t = 1, requires = "chain")]
    pub jobs: usize,
    /// Where `scripts/build` has put the contracts
    #[arg(
        long,
        value_name = "FOLDER",
        default_value = "artifacts",
        requires = "chain"
    )]
    pub artifacts: PathBuf,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Play stories, each on a freshly deployed protocol
    ///
    /// The exit status is 0 only when every expectation of every story held, 1 when one did
    /// not, and 2 when a story has a mistake: then none is played.
    ///
    /// With --chain the same stories are played through real transactions, each with contracts
    /// and accounts of its own, and time runs faster there; what a moving clock cannot show is
    /// left out.
    #[command(
        after_help = "Examples:\n  ballast play scenarios/teddy.yaml\n  ballast play scenarios/ --json | jq .result\n  ballast play --trace scenarios/teddy.yaml\n  ballast play --chain local --jobs 4 scenarios/"
    )]
    Play(PlayArgs),
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
    /// Draw the series of stories
    ///
    /// Plays stories on embedded chains and writes down, after each step, the numbers that they
    /// name under `series`: as lines of a plot, a panel for each series and a line for each
    /// story, or as CSV. Stories that are drawn together name the same series.
    #[command(
        after_help = "Examples:\n  ballast chart scenarios/duca-crash-plain.yaml --csv crash.csv\n  ballast chart scenarios/duca-crash-plain.yaml scenarios/duca-crash-guarded.yaml --svg crash.svg"
    )]
    Chart(ChartArgs),
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
    /// with 64 synths and 8 collaterals, with an estimate of gas. Those of pools it plays beside
    /// other pools too, and shows what a pool's own markets add. The exit status is 1 when an
    /// act costs more because others are there, or a query more than a chain allows.
    #[command(
        after_help = "Examples:\n  ballast bench\n  ballast bench --only pools --accounts 10,1000 --pools 1,50\n  ballast bench --accounts 10,1000 --json | jq .issuance.limit_rows"
    )]
    Bench(BenchArgs),
    /// Measure what every message and heavy query costs on a real chain
    ///
    /// Starts a chain on this machine, plays every act there and on the embedded chain, which
    /// counts storage reads and writes, and shows both beside a plain cw20 transfer and beside
    /// the baseline.
    #[command(
        after_help = "Examples:\n  scripts/build && ballast gas\n  ballast gas --check\n  ballast gas --write"
    )]
    Gas(GasArgs),
    /// A real chain on this machine: start, stop, watch, wipe
    ///
    /// Nodes of wasmd that listen on loopback alone, with a faucet that holds plenty of every
    /// denom. They go on when this command has ended.
    #[command(
        subcommand,
        after_help = "Examples:\n  ballast localnet start\n  ballast localnet status\n  ballast localnet reset"
    )]
    Localnet(LocalnetCommand),
    /// Deploy a profile to a chain, or go on where an earlier run ended
    ///
    /// Signs with the chain's own command. Each transaction is written down before it leaves, so
    /// that a run that is broken off goes on later and does nothing twice. In the end everything
    /// is compared with the profile, and the exit status is 1 when something differs. Run again,
    /// it sends nothing.
    #[command(
        after_help = "Examples:\n  ballast deploy networks/local.toml\n  ballast deploy networks/local.toml --profile dynamo --dry-run\n  ballast deploy networks/testnet.toml --generate-only\n  ballast deploy networks/testnet.toml --generate-only --landed 8F3A…"
    )]
    Deploy(DeployArgs),
    /// Compare a deployment with the codes and the profile
    ///
    /// The exit status is 1 when something differs.
    #[command(
        after_help = "Examples:\n  ballast verify networks/local.toml\n  ballast verify networks/local.toml --json | jq .differences"
    )]
    Verify(VerifyArgs),
    /// Give deployed contracts the codes that were built
    ///
    /// Synths keep theirs: nobody can migrate a synth.
    #[command(
        after_help = "Examples:\n  ballast upgrade networks/local.toml --dry-run\n  ballast upgrade networks/local.toml oracle"
    )]
    Upgrade(UpgradeArgs),
    /// Send one message to a contract
    ///
    /// In the message `@alice` is an address, `@0.5 LUSD` an amount in base units, `@now` the
    /// block time. The exit status is 1 when the message is refused.
    #[command(
        after_help = "Examples:\n  ballast exec networks/local.toml --from alice synth-minter '{\"deposit\": {}}' --funds '9 LIFE'\n  ballast exec --embedded --session teddy.json --from teddy synth-minter '{\"mint\": {}}'"
    )]
    Exec(ExecArgs),
    /// Ask a contract one question
    ///
    /// The exit status is 1 when it refuses to answer.
    #[command(
        after_help = "Examples:\n  ballast query networks/local.toml synth-minter '{\"account\": {\"account\": \"@alice\"}}'\n  ballast query --embedded oracle '{\"price\": {\"asset\": \"LIFE\"}}' --json"
    )]
    Query(QueryArgs),
    /// Print the completions of a shell
    #[command(
        after_help = "Example:\n  ballast completions bash > ~/.local/share/bash-completion/completions/ballast"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
}
