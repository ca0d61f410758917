//! What may come next on a line.

use std::collections::BTreeSet;

use crate::{
    contracts::{self, Sort},
    directory::{Directory, Kind},
};

use super::help;

/// Where the last word begins, and what it may become.
pub fn complete(line: &str, directory: &Directory) -> (usize, Vec<String>) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (at, last) = last_word(line);
    let done = if last.is_empty() || at == 0 {
        words.len()
    } else {
        words.len().saturating_sub(1)
    };
    let names = |fits: fn(Kind) -> bool| directory.names(fits);
    let assets = || directory.assets.keys().map(String::as_str).collect();
    let candidates: Vec<&str> = match words.first().copied().unwrap_or_default() {
        "send" | "query" if line.contains('{') => {
            let sort = if words[0] == "send" {
                Sort::Execute
            } else {
                Sort::Query
            };
            inside(
                line,
                words.get(1).copied().unwrap_or_default(),
                sort,
                directory,
            )
        }
        _ if line.trim_start().find(' ').is_none() => {
            help::COMMANDS.iter().map(|(name, ..)| *name).collect()
        }
        "as" | "account" if done <= 1 => names(|kind| kind == Kind::Account),
        "send" | "query" | "messages" if done <= 1 => names(|kind| kind != Kind::Account),
        "transfer" | "balances" if done <= 1 => names(|_| true),
        "price" | "push" | "silence" | "unsilence" if done <= 1 => assets(),
        "push" if done == 2 => directory
            .assets
            .get(words[1])
            .map(|asset| asset.feeders.iter().map(String::as_str).collect())
            .unwrap_or_default(),
        "transfer" if done == 3 => assets(),
        _ => Vec::new(),
    };
    let fitting = candidates
        .into_iter()
        .filter(|candidate| candidate.starts_with(last) && *candidate != "#")
        .map(str::to_owned)
        .collect();
    (at, fitting)
}

/// The word that is being typed: what follows the last character that ends one.
fn last_word(line: &str) -> (usize, &str) {
    let ends = |c: char| c.is_whitespace() || "{}[]\":,@".contains(c);
    let at = line
        .char_indices()
        .rev()
        .find(|(_, c)| ends(*c))
        .map_or(0, |(at, c)| at + c.len_utf8());
    (at, &line[at..])
}

/// What may stand inside a message.
fn inside<'d>(line: &str, contract: &str, sort: Sort, directory: &'d Directory) -> Vec<&'d str> {
    let (at, _) = last_word(line);
    let before = line[..at].trim_end();
    if before.ends_with('@') {
        return directory.names(|_| true);
    }
    let kind = directory
        .entries
        .get(contract)
        .map_or(Kind::Other, |entry| entry.kind);
    let open = before.trim_end_matches('"').trim_end();
    let first = open.ends_with('{') && open.matches('{').count() == 1;
    if first {
        return contracts::names(kind, sort).to_vec();
    }
    // After the message: the asset of an amount.
    if open.matches('{').count() == open.matches('}').count() {
        return directory.assets.keys().map(String::as_str).collect();
    }
    // A hook in a cw20's `send`.
    if kind == Kind::Cw20 && open.contains("\"msg\"") && open.ends_with('{') {
        let there: BTreeSet<_> = directory.entries.values().map(|entry| entry.kind).collect();
        let mut hooks: Vec<_> = there
            .into_iter()
            .flat_map(|kind| contracts::names(kind, Sort::Hook))
            .copied()
            .collect();
        hooks.sort_unstable();
        hooks.dedup();
        return hooks;
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{Asset, Entry};
    use rstest::rstest;

    fn directory() -> Directory {
        let entry = |kind| Entry {
            address: String::new(),
            kind,
        };
        let life = Asset {
            decimals: 6,
            token: None,
            feeders: vec!["feeder-a".to_owned()],
        };
        Directory {
            entries: [
                ("alice", Kind::Account),
                ("synth-minter", Kind::SynthMinter),
                ("stability-pool", Kind::StabilityPool),
                ("LUSD", Kind::Cw20),
            ]
            .map(|(name, kind)| (name.to_owned(), entry(kind)))
            .into(),
            assets: [("LIFE".to_owned(), life)].into(),
            ..Directory::default()
        }
    }

    #[rstest]
    #[case("un", 0, "unsilence")]
    #[case("as ", 3, "alice")]
    #[case("as a", 3, "alice")]
    #[case("send ", 5, "LUSD stability-pool synth-minter")]
    #[case("send sy", 5, "synth-minter")]
    #[case("send synth-minter {\"wi", 20, "withdraw")]
    #[case("send synth-minter {cl", 19, "clear_flag claim_rewards")]
    #[case(
        "query synth-minter {\"co",
        21,
        "config collateral collaterals controls"
    )]
    #[case("query synth-minter {\"account\": {\"account\": \"@al", 45, "alice")]
    #[case("send synth-minter {\"deposit\": {}} 9 L", 36, "LIFE")]
    #[case("send LUSD {\"send\": {\"msg\": {\"bu", 29, "burn")]
    #[case("send stability-pool {\"sw", 22, "swap switch_off switch_on")]
    #[case("query stability-pool {quote", 22, "quote_swap quote_swaps")]
    #[case("send LUSD {\"send\": {\"msg\": {\"pro", 29, "provide")]
    #[case("push LIFE f", 10, "feeder-a")]
    #[case("price L", 6, "LIFE")]
    #[case("save x", 5, "")]
    fn what_may_come_next(#[case] line: &str, #[case] at: usize, #[case] names: &str) {
        let (start, found) = complete(line, &directory());
        assert_eq!((start, found.join(" ").as_str()), (at, names));
    }
}
