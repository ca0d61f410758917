//! The interactive session: one line, one act.

mod command;
mod complete;
mod help;
mod prompt;

pub use command::{Answer, Session};

use std::{
    fs,
    io::{self, BufRead, IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::Context;

use crate::{commands::FAILED, embedded::Embedded, profile, text::Style};

/// Runs a session until its end.
pub fn start(
    profile: &str,
    load: Option<&Path>,
    account: Option<String>,
    style: Style,
) -> anyhow::Result<ExitCode> {
    let mut session = match load {
        Some(path) => Session::load(path, style)?,
        None => Session::new(Embedded::deploy(&profile::find(profile, style)?)?, style),
    };
    if let Some(account) = account {
        session.become_account(&account)?;
    }
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        prompt::run(session)
    } else {
        piped(session)
    }
}

/// Reads lines until there are no more: no prompt, no colours, and a status that says whether
/// all went well.
fn piped(mut session: Session) -> anyhow::Result<ExitCode> {
    let mut failed = false;
    let mut out = io::stdout();
    for line in io::stdin().lock().lines() {
        match session.run(&line?) {
            Answer::Said(text) if text.is_empty() => {}
            Answer::Said(text) => writeln!(out, "{text}")?,
            Answer::Refused(text) => {
                failed = true;
                writeln!(out, "{text}")?;
            }
            Answer::Quit => break,
        }
    }
    Ok(ExitCode::from(if failed { FAILED } else { 0 }))
}

/// Writes a file whole or not at all.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let draft = path.with_extension("draft");
    fs::write(&draft, text)
        .and_then(|()| fs::rename(&draft, path))
        .with_context(|| format!("cannot write {}", path.display()))
}
