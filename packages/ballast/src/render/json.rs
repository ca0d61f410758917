//! A step as one line of JSON.

use serde_json::{Map, Value, json};

use crate::{
    chain::receipts,
    directory::Directory,
    play::{StepReport, StoryReport, Verdict},
};

/// One step; addresses stand as `@name`.
pub fn step(story: &StoryReport, step: &StepReport, directory: &Directory) -> String {
    let (result, error, events) = match &step.reaction {
        None => ("ok", Value::Null, Vec::new()),
        Some(Ok(outcome)) => {
            let events = outcome
                .events
                .iter()
                .map(|event| {
                    let attributes: Vec<_> = event
                        .attributes
                        .iter()
                        .map(|a| json!({"key": a.key, "value": directory.with_names(&a.value)}))
                        .collect();
                    json!({"type": event.ty, "attributes": attributes})
                })
                .collect();
            ("ok", Value::Null, events)
        }
        Some(Err(refusal)) => {
            let error = json!({
                "name": refusal.name,
                "text": directory.with_names(&refusal.text),
            });
            ("error", error, Vec::new())
        }
    };
    let result = if step.skipped.is_some() {
        "skipped"
    } else {
        result
    };
    let txs: Vec<_> = step
        .reaction
        .iter()
        .flat_map(receipts)
        .map(|tx| json!({"hash": tx.hash, "height": tx.height, "gas_used": tx.gas_used}))
        .collect();
    let deed = &step.deed;
    let changes: Vec<_> = step
        .changes
        .iter()
        .map(|c| json!({"who": c.who, "what": c.what, "from": c.from, "to": c.to}))
        .collect();
    let series: Map<_, _> = step
        .series
        .iter()
        .map(|(name, number)| (name.clone(), json!(number)))
        .collect();
    json!({
        "story": story.file,
        "step": step.number,
        "title": step.title,
        "elapsed": step.elapsed,
        "time": step.time,
        "verb": deed.verb,
        "who": deed.who,
        "to": deed.to,
        "msg": deed.msg,
        "funds": deed.funds,
        "words": deed.words,
        "result": result,
        "error": error,
        "events": events,
        "txs": txs,
        "changes": changes,
        "series": series,
        "expectations": step.verdicts.iter().map(expectation).collect::<Vec<_>>(),
    })
    .to_string()
}

fn expectation(verdict: &Verdict) -> Value {
    json!({
        "kind": verdict.kind,
        "expected": verdict.expected,
        "held": verdict.held,
        "got": verdict.got,
        "answer": verdict.answer,
    })
}
