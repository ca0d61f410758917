//! `ballast deploy`.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Instant,
};

use ballast_live::{
    Client, Network,
    deploy::{
        Artifacts, Deployment, Mode, News, Progress, Runner, Setting, Store, artifacts::file_name,
    },
    faucet,
};
use ballast_sim::{Plan, Step};
use clap::Args;
use comfy_table::{Table, presets};
use serde_json::{Value, json};

use crate::{
    commands::MISTAKEN,
    profile,
    text::{self, Style},
    verify,
};

/// Where something is deployed.
#[derive(Args, Debug)]
pub struct Place {
    /// The network file
    pub network: PathBuf,
    /// Another profile than that of the network file: a built-in name, or the path of a file
    #[arg(long)]
    pub profile: Option<String>,
    /// Where `scripts/build` has put the codes
    #[arg(long, value_name = "FOLDER", default_value = "artifacts")]
    pub artifacts: PathBuf,
    /// Where it is written down what is deployed: a file for each chain
    #[arg(long, value_name = "FOLDER", default_value = "deployments")]
    pub deployments: PathBuf,
}

/// Who makes the transactions.
#[derive(Args, Debug)]
pub struct Making {
    /// Show what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write the next transactions to files, for others to sign and send, and stop
    #[arg(long, conflicts_with = "dry_run")]
    pub generate_only: bool,
    /// A transaction that others have signed and sent
    #[arg(long, value_name = "HASH", conflicts_with = "dry_run")]
    pub landed: Vec<String>,
}

/// What to deploy, and how.
#[derive(Args, Debug)]
pub struct DeployArgs {
    /// Where.
    #[command(flatten)]
    pub place: Place,
    /// How.
    #[command(flatten)]
    pub making: Making,
    /// Begin anew, with new contracts; what was deployed before is put aside
    #[arg(long, conflicts_with = "dry_run")]
    pub fresh: bool,
    /// As JSON: a line for each step of a dry run, else the file of the deployment
    #[arg(long)]
    pub json: bool,
}

impl Place {
    /// Network and profile, put together.
    pub fn setting(&self, style: Style) -> anyhow::Result<Setting> {
        let network = Network::load(&self.network)?;
        let name = self.profile.as_ref().unwrap_or(&network.profile);
        let profile = profile::find(name, style)?;
        Ok(Setting::new(network, profile)?)
    }

    /// The codes.
    pub fn artifacts(&self) -> anyhow::Result<Artifacts> {
        Ok(Artifacts::load(&self.artifacts)?)
    }

    /// The file of the deployment, and nobody else's hand on it.
    pub fn store(&self, network: &Network) -> anyhow::Result<Store> {
        Ok(Store::open(&self.deployments, &network.chain_id)?)
    }
}

impl Making {
    /// Who signs.
    pub const fn mode(&self) -> Mode {
        if self.generate_only {
            Mode::Generate
        } else {
            Mode::Send
        }
    }
}

/// Deploys a profile.
pub fn run(args: &DeployArgs, style: Style) -> anyhow::Result<ExitCode> {
    let setting = args.place.setting(style)?;
    let artifacts = args.place.artifacts()?;
    if args.making.dry_run {
        let plan = Plan::of(&setting.profile)?;
        show_plan(&plan, &setting, &artifacts, args.json, style)?;
        return Ok(ExitCode::SUCCESS);
    }
    let began = Instant::now();
    let store = args.place.store(&setting.network)?;
    let client = Client::connect(setting.network.clone())?;
    for name in faucet::provide(&client, setting.profile.accounts().into_iter())? {
        eprintln!("{} {name}", style.dim("the faucet paid"));
    }
    let mut say = |news: News<'_>| tell(news, style);
    let mut runner = Runner {
        client: &client,
        setting: &setting,
        artifacts: &artifacts,
        store: &store,
        say: &mut say,
    };
    if args.fresh {
        runner.begin_anew()?;
    }
    let progress = runner.deploy(args.making.mode(), &args.making.landed)?;
    let sent = match progress {
        Progress::Done { sent } => sent,
        Progress::Awaiting(files) => return Ok(awaiting(&files, args.making.mode(), style)),
    };
    let deployment = finished(&store)?;
    let report = verify::compare(&client, &setting, &artifacts, &deployment)?;
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&deployment)?)?;
    } else {
        writeln!(out, "{}", contracts(&deployment, style))?;
        let secs = began.elapsed().as_secs_f64();
        let summary = match sent {
            0 => "nothing was left to be done".to_owned(),
            1 => format!("1 transaction, {secs:.1} s"),
            _ => format!("{sent} transactions, {secs:.1} s"),
        };
        writeln!(out, "{summary}; {}", store.path().display())?;
        out.write_all(verify::text(&report, style).as_bytes())?;
    }
    Ok(verify::status(&report))
}

/// The deployment that has just been finished.
pub fn finished(store: &Store) -> anyhow::Result<Deployment> {
    Ok(ballast_live::deploy::record::read_finished(store.path())?)
}

/// Says how it goes.
pub fn tell(news: News<'_>, style: Style) {
    match news {
        News::Done(step) => eprintln!("{} {}", style.good("✓"), line(step)),
        News::Remark(text) => eprintln!("{}", style.dim(text)),
    }
}

/// Says which files others have to sign.
pub fn awaiting(files: &[PathBuf], mode: Mode, style: Style) -> ExitCode {
    for file in files {
        println!("{}", file.display());
    }
    let todo = "sign and send each, then run this again with --landed and the hash of each";
    eprintln!("{}", style.dim(todo));
    match mode {
        Mode::Generate => ExitCode::SUCCESS,
        Mode::Send => ExitCode::from(MISTAKEN),
    }
}

/// Shows what a plan does: names stand for what is not known before.
pub fn show_plan(
    plan: &Plan,
    setting: &Setting,
    artifacts: &Artifacts,
    json: bool,
    style: Style,
) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for (number, step) in plan.steps.iter().enumerate() {
        if json {
            let step = as_json(step, setting, artifacts)?;
            writeln!(out, "{step}")?;
        } else {
            let number = style.dim(&format!("{number:>3}"));
            writeln!(out, "{number} {}", whole_line(step, setting, artifacts)?)?;
        }
    }
    Ok(())
}

fn as_json(step: &Step, setting: &Setting, artifacts: &Artifacts) -> anyhow::Result<Value> {
    Ok(match step {
        Step::Store { code } => json!({"store": {
            "sender": setting.network.deployer,
            "code": code,
            "file": file_name(*code),
            "checksum": artifacts.get(*code)?.checksum,
        }}),
        other => serde_json::to_value(other)?,
    })
}

fn whole_line(step: &Step, setting: &Setting, artifacts: &Artifacts) -> anyhow::Result<String> {
    Ok(match step {
        Step::Store { code } => format!(
            "{} stores {code}: {}",
            setting.network.deployer,
            artifacts.get(*code)?.checksum
        ),
        Step::Instantiate {
            name,
            code,
            sender,
            msg,
        } => format!(
            "{sender} instantiates {name} of the code {code}: {}",
            text::json(msg)
        ),
        Step::Execute {
            sender,
            contract,
            msg,
        } => format!("{sender} → {contract} {}", text::json(msg)),
        other => other.to_string(),
    })
}

/// A step in so few words that it fits a line.
fn line(step: &Step) -> String {
    let shown = match step {
        Step::Instantiate { name, .. } => format!("instantiate {name}"),
        Step::Execute { contract, msg, .. } => format!("{contract} {}", text::call(msg)),
        Step::Migrate { contract, .. } => format!("migrate {contract}"),
        Step::Learn { name, .. } => format!("{name} has an address"),
        Step::Check {
            contract,
            query,
            pointer,
            expected,
        } => format!("{contract} {}{pointer} is {expected}", text::call(query)),
        Step::Store { .. } => step.to_string(),
    };
    match shown.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}

fn contracts(deployment: &Deployment, style: Style) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(["contract", "address", "code"].map(|heading| style.dim(heading)));
    for (name, contract) in &deployment.contracts {
        let code_id = contract
            .code_id
            .or_else(|| Some(deployment.codes.get(&contract.kind)?.code_id));
        table.add_row([
            style.name(name),
            contract.address.clone(),
            code_id.map_or_else(String::new, |id| id.to_string()),
        ]);
    }
    table.trim_fmt()
}
