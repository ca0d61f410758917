//! `ballast exec`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    chain::{self, Execution, Outcome, Reaction, Receipt},
    commands::FAILED,
    contracts::Sort,
    deployed::{At, Protocol},
    directory::Directory,
    play,
    text::Style,
};

/// What to send, where, and as whom.
#[derive(Args, Debug)]
pub struct ExecArgs {
    /// Where, and what.
    #[command(flatten)]
    pub at: At,
    /// Who sends it: an account of the profile, or the name of a key
    #[arg(long, value_name = "ACCOUNT")]
    pub from: String,
    /// What is sent along, such as "9 LIFE"; may be said again
    #[arg(long, value_name = "AMOUNT")]
    pub funds: Vec<String>,
    /// Gas it may use; on a chain what a simulation needs, and half as much again, when this is
    /// not said
    #[arg(long)]
    pub gas: Option<u64>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Sends one message.
pub fn run(args: &ExecArgs, style: Style) -> anyhow::Result<ExitCode> {
    let (mut protocol, words) = args.at.open(style)?;
    let (contract, msg) = protocol.words(&words, Sort::Execute, style)?;
    let execution = Execution {
        sender: args.from.clone(),
        contract,
        msg,
        funds: protocol.coins(&args.funds, style)?,
    };
    let reaction = protocol.execute(&execution, args.gas)?;
    if let (Protocol::Embedded(session), Some(path), Ok(_)) =
        (&protocol, &args.at.session, &reaction)
    {
        session.save_to(path)?;
    }
    let directory = protocol.directory();
    let text = if args.json {
        as_json(&reaction, directory)?
    } else {
        as_text(&reaction, directory, style)
    };
    writeln!(io::stdout().lock(), "{text}")?;
    Ok(ExitCode::from(if reaction.is_ok() { 0 } else { FAILED }))
}

fn as_text(reaction: &Reaction, directory: &Directory, style: Style) -> String {
    let mut lines = match reaction {
        Ok(Outcome { events, .. }) => {
            let own = events.iter().filter(|event| event.ty.starts_with("wasm-"));
            let mark = style.good("✓");
            let mut lines: Vec<String> = own
                .map(|event| format!("{mark} {}", directory.with_names(&play::line(event))))
                .collect();
            if lines.is_empty() {
                lines.push(mark);
            }
            lines
        }
        Err(refusal) => vec![style.bad(&directory.with_names(&refusal.text))],
    };
    lines.extend(chain::receipts(reaction).iter().map(
        |Receipt {
             hash,
             height,
             gas_used,
         }| { style.dim(&format!("{hash}, height {height}, {gas_used} gas")) },
    ));
    lines.join("\n")
}

fn as_json(reaction: &Reaction, directory: &Directory) -> anyhow::Result<String> {
    let receipts: Vec<Value> = chain::receipts(reaction)
        .iter()
        .map(|receipt| {
            json!({
                "hash": receipt.hash,
                "height": receipt.height,
                "gas_used": receipt.gas_used,
            })
        })
        .collect();
    let value = match reaction {
        Ok(outcome) => json!({
            "result": "ok",
            "events": directory.json_with_names(&serde_json::to_value(&outcome.events)?),
            "txs": receipts,
        }),
        Err(refusal) => json!({
            "result": "refused",
            "error": refusal.name,
            "text": directory.with_names(&refusal.text),
            "txs": receipts,
        }),
    };
    Ok(serde_json::to_string_pretty(&value)?)
}
