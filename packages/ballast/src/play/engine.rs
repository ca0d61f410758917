//! The loop over the steps of a story.

use anyhow::anyhow;
use serde_json::json;

use super::{Deed, StepReport, StoryReport, expect, series, watch};
use crate::{
    amount,
    chain::{Chain, Execution, Reaction},
    contracts::Sort,
    directory::Token,
    duration, resolve,
    source::Mistake,
    story::{Act, Step, Story, Word},
    yaml::Node,
};

/// Plays a story that has been checked against this chain. `played` hears of each step.
pub fn play(
    story: &Story,
    file: &str,
    chain: &mut dyn Chain,
    mut played: impl FnMut(&StepReport),
) -> anyhow::Result<StoryReport> {
    let start = chain.now();
    let names = watch::mentioned(story, chain.directory());
    let mut watch = watch::Watch::new(names, chain)?;
    let mut report = StoryReport {
        file: file.to_owned(),
        title: story.title.clone(),
        about: story.about.clone(),
        profile: story.profile.text.clone(),
        steps: Vec::new(),
        unplayed: 0,
    };
    for (index, step) in story.steps.iter().enumerate() {
        if !step.chains.has(chain.sort()) {
            let step = skipped(index + 1, step, chain.now(), start);
            played(&step);
            report.steps.push(step);
            continue;
        }
        let (deed, reaction) = act(step, chain)?;
        let changes = watch.look(chain)?;
        let mut verdicts = Vec::new();
        let mut derailed = false;
        if let (None, Some(Err(refusal))) = (step.expected_error(), &reaction) {
            verdicts.push(expect::success(refusal, chain.directory()));
            derailed = true;
        }
        for check in &step.checks {
            verdicts.push(expect::verdict(check, reaction.as_ref(), chain)?);
        }
        verdicts.extend(expect::invariants(chain));
        derailed |= step.expected_error().is_some() && matches!(reaction, Some(Ok(_)));
        let step = StepReport {
            number: index + 1,
            title: step.title.clone(),
            skipped: None,
            time: chain.now(),
            elapsed: chain.now().saturating_sub(start),
            deed,
            reaction,
            changes,
            verdicts,
            series: series::numbers(&story.series, chain)?,
        };
        played(&step);
        report.steps.push(step);
        if derailed {
            // What follows was written for another course of events.
            report.unplayed = story.steps.len() - index - 1;
            break;
        }
    }
    Ok(report)
}

/// A step that is for another sort of chain.
fn skipped(number: usize, step: &Step, now: u64, start: u64) -> StepReport {
    StepReport {
        number,
        title: step.title.clone(),
        skipped: Some(step.chains),
        time: now,
        elapsed: now.saturating_sub(start),
        deed: Deed {
            verb: "skip",
            ..Deed::default()
        },
        reaction: None,
        changes: Vec::new(),
        verdicts: Vec::new(),
        series: Vec::new(),
    }
}

/// Does what a step says.
fn act(step: &Step, chain: &mut dyn Chain) -> anyhow::Result<(Deed, Option<Reaction>)> {
    let Some(act) = &step.act else {
        let deed = Deed {
            verb: "look",
            ..Deed::default()
        };
        return Ok((deed, None));
    };
    let mut deed = Deed::default();
    let reaction = match act {
        Act::Price(prices) => {
            deed.verb = "price";
            deed.who = "feeders".to_owned();
            let words: Vec<_> = prices
                .iter()
                .map(|(asset, price)| format!("{} → ${price}", asset.text))
                .collect();
            deed.words = Some(words.join(", "));
            let mut all = Ok(crate::chain::Outcome::default());
            for (asset, price) in prices {
                match (chain.set_price(&asset.text, *price)?, &mut all) {
                    (Ok(outcome), Ok(sum)) => {
                        sum.events.extend(outcome.events);
                        sum.receipts.extend(outcome.receipts);
                    }
                    (Err(refusal), _) => {
                        all = Err(refusal);
                        break;
                    }
                    _ => {}
                }
            }
            Some(all)
        }
        Act::Push {
            asset,
            source,
            price,
        } => {
            deed.verb = "push";
            deed.who = source.text.clone();
            deed.words = Some(format!("{} → ${price}", asset.text));
            Some(chain.push_price(&asset.text, &source.text, *price)?)
        }
        Act::Silence { assets, silent } => {
            deed.verb = if *silent { "silence" } else { "unsilence" };
            deed.who = "feeders".to_owned();
            for asset in assets {
                chain.silence(&asset.text, *silent)?;
            }
            let assets: Vec<_> = assets.iter().map(|asset| asset.text.as_str()).collect();
            let what = if *silent {
                "silent on"
            } else {
                "speak again on"
            };
            deed.words = Some(format!("{what} {}", assets.join(", ")));
            None
        }
        Act::Wait { secs } => {
            deed.verb = "wait";
            let here = chain.scale().secs(*secs);
            let mut words = format!("time passes: {}", duration::words(*secs));
            if here != *secs {
                words = format!("{words}, {} here", duration::words(here));
            }
            deed.words = Some(words);
            chain.wait(here)?;
            None
        }
        Act::Send {
            from,
            to,
            msg,
            funds,
        } => {
            deed.verb = "send";
            deed.who = from.text.clone();
            deed.to = Some(to.text.clone());
            let execution = execution(from, to, msg, funds, chain)?;
            deed.msg = Some(resolve::readable(&execution.msg, chain.directory()));
            deed.funds = words(funds);
            Some(chain.execute(&execution)?)
        }
        Act::Transfer { from, to, amount } => {
            deed.verb = "transfer";
            deed.who = from.text.clone();
            deed.to = Some(to.text.clone());
            deed.funds = words(std::slice::from_ref(amount));
            Some(transfer(from, to, amount, chain)?)
        }
    };
    Ok((deed, reaction))
}

/// A message as the chain takes it.
pub fn execution(
    from: &Word,
    to: &Word,
    msg: &Node,
    funds: &[Node],
    chain: &dyn Chain,
) -> anyhow::Result<Execution> {
    let directory = chain.directory();
    let contract = directory
        .entries
        .get(&to.text)
        .ok_or_else(|| anyhow!("there is no contract {}", to.text))?;
    Ok(Execution {
        sender: from.text.clone(),
        contract: contract.address.clone(),
        msg: resolve::words(msg, contract.kind, Sort::Execute, directory, chain.clock())
            .map_err(unexpected)?,
        funds: resolve::coins(funds, directory).map_err(unexpected)?,
    })
}

/// Moves tokens without a message: a coin of the bank, or a cw20 `transfer`.
pub fn transfer(
    from: &Word,
    to: &Word,
    tokens: &Node,
    chain: &mut dyn Chain,
) -> anyhow::Result<Reaction> {
    let directory = chain.directory();
    let recipient = directory
        .entries
        .get(&to.text)
        .map(|entry| entry.address.clone())
        .ok_or_else(|| anyhow!("nobody is called {}", to.text))?;
    let (units, asset) = amount::read(tokens, directory).map_err(unexpected)?;
    let token = directory
        .assets
        .get(&asset)
        .and_then(|asset| asset.token.clone());
    match token {
        Some(Token::Cw20(contract)) => chain.execute(&Execution {
            sender: from.text.clone(),
            contract,
            msg: json!({"transfer": {"recipient": recipient, "amount": units}}),
            funds: Vec::new(),
        }),
        Some(Token::Native(denom)) => {
            let coins = [cosmwasm_std::Coin {
                denom,
                amount: units,
            }];
            chain.send_coins(&from.text, &recipient, &coins)
        }
        None => Err(anyhow!("{asset} has no token")),
    }
}

fn words(amounts: &[Node]) -> Vec<String> {
    amounts
        .iter()
        .filter_map(Node::scalar)
        .map(str::to_owned)
        .collect()
}

fn unexpected(mistake: Mistake) -> anyhow::Error {
    anyhow!(mistake.message)
}
