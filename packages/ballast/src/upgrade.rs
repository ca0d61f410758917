//! `ballast upgrade`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use ballast_live::{
    Client,
    deploy::{DeployError, News, Progress, Runner, record::Task, upgrade},
};
use ballast_sim::Plan;
use clap::Args;

use crate::{
    deploy::{self, Making, Place},
    text::Style,
    verify,
};

/// What is said when there is nothing to be done.
const NOTHING: &str = "every contract runs the code that was built";

/// What to upgrade, and how.
#[derive(Args, Debug)]
pub struct UpgradeArgs {
    /// Where.
    #[command(flatten)]
    pub place: Place,
    /// Which contracts: oracle, treasury, debt-registry, synth-minter, stability-pool; all that run another code
    /// than the built one, when none is named
    pub contracts: Vec<String>,
    /// How.
    #[command(flatten)]
    pub making: Making,
    /// Give up an upgrade that is half done, and begin anew
    #[arg(long, conflicts_with = "dry_run")]
    pub fresh: bool,
    /// As JSON: a line for each step of a dry run, else the file of the deployment
    #[arg(long)]
    pub json: bool,
}

/// Gives contracts the codes that were built.
pub fn run(args: &UpgradeArgs, style: Style) -> anyhow::Result<ExitCode> {
    let setting = args.place.setting(style)?;
    let artifacts = args.place.artifacts()?;
    let store = args.place.store(&setting.network)?;
    let mut deployment = store.load()?.ok_or_else(|| DeployError::NotDeployed {
        path: store.path().to_owned(),
    })?;
    if let Some(work) = &deployment.work
        && work.task == Task::Deploy
    {
        return Err(DeployError::Unfinished {
            path: store.path().to_owned(),
            what: work.task.name(),
        }
        .into());
    }
    let client = Client::connect(setting.network.clone())?;
    let mut say = |news: News<'_>| deploy::tell(news, style);
    let mut runner = Runner {
        client: &client,
        setting: &setting,
        artifacts: &artifacts,
        store: &store,
        say: &mut say,
    };
    if args.fresh {
        runner.give_up(&mut deployment)?;
    }
    let kinds = upgrade::kinds(&client, &deployment, &artifacts, &args.contracts)?;
    if args.making.dry_run {
        if kinds.is_empty() && !args.json {
            writeln!(io::stdout(), "{NOTHING}")?;
        }
        let plan = Plan::upgrade(&setting.profile, &kinds);
        deploy::show_plan(&plan, &setting, &artifacts, args.json, style)?;
        return Ok(ExitCode::SUCCESS);
    }
    let progress = runner.upgrade(
        &mut deployment,
        kinds,
        args.making.mode(),
        &args.making.landed,
    )?;
    let sent = match progress {
        Progress::Done { sent } => sent,
        Progress::Awaiting(files) => {
            return Ok(deploy::awaiting(&files, args.making.mode(), style));
        }
    };
    let deployment = deploy::finished(&store)?;
    let report = verify::compare(&client, &setting, &artifacts, &deployment)?;
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&deployment)?)?;
    } else {
        let summary = match sent {
            0 => NOTHING.to_owned(),
            1 => "1 transaction".to_owned(),
            _ => format!("{sent} transactions"),
        };
        writeln!(out, "{summary}")?;
        out.write_all(verify::text(&report, style).as_bytes())?;
    }
    Ok(verify::status(&report))
}
