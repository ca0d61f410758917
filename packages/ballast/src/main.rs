//! The `ballast` command.

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

use ballast::{
    bench, chart,
    cli::{Cli, Command},
    commands, deploy, exec, gas, localnet, query, session,
    source::Drawn,
    text::Style,
    upgrade, verify,
};
use clap::{CommandFactory, Parser};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let style = Style {
        colour: commands::wants_colour(cli.plain),
    };
    match run(cli, style) {
        Ok(code) => code,
        // Whoever read our output has enough: `ballast play … | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) if error.is::<Drawn>() => {
            eprint!("{error}");
            ExitCode::from(commands::MISTAKEN)
        }
        Err(error) => {
            eprintln!("{} {error:#}", style.bad("error:"));
            ExitCode::from(commands::MISTAKEN)
        }
    }
}

fn run(cli: Cli, style: Style) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Play(args) => {
            let bar = style.colour && io::stderr().is_terminal();
            commands::play(&args, style, bar)
        }
        Command::Chart(args) => chart::run(&args, style),
        Command::Check { paths } => commands::check(&paths, style),
        Command::List { paths } => commands::list(&paths, style),
        Command::Session {
            profile,
            load,
            account,
        } => session::start(&profile, load.as_deref(), account, style),
        Command::Bench(args) => {
            let bar = style.colour && io::stderr().is_terminal();
            bench::run(&args, style, bar)
        }
        Command::Gas(args) => gas::run(&args, style),
        Command::Localnet(command) => localnet::run(command, style),
        Command::Deploy(args) => deploy::run(&args, style),
        Command::Verify(args) => verify::run(&args, style),
        Command::Upgrade(args) => upgrade::run(&args, style),
        Command::Exec(args) => exec::run(&args, style),
        Command::Query(args) => query::run(&args, style),
        Command::Completions { shell } => {
            let mut command = Cli::command();
            clap_complete::generate(shell, &mut command, "ballast", &mut io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
