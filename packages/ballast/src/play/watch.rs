//! What changes for those a story speaks of.

use std::collections::{BTreeMap, BTreeSet};

use ballast_types::{
    pool_lens,
    pool_manager::VaultKey,
    stability_pool::{self, PositionResponse},
    synth_minter::{AccountResponse, QueryMsg},
};
use cosmwasm_std::{Decimal256, Uint128};
use serde::{Serialize, de::DeserializeOwned};

use super::Change;
use crate::{
    amount,
    chain::Chain,
    directory::{Directory, Kind, PoolAssets},
    story::{Act, Answer, Story, What},
    yaml::{Node, Tree},
};

/// The accounts a story speaks of, and the contracts that people send tokens to.
pub fn mentioned(story: &Story, directory: &Directory) -> Vec<String> {
    let mut names = BTreeSet::new();
    for step in &story.steps {
        match &step.act {
            Some(Act::Send { from, msg, .. }) => {
                names.insert(from.text.clone());
                collect(msg, &mut names);
            }
            Some(Act::Transfer { from, to, .. }) => {
                names.insert(from.text.clone());
                names.insert(to.text.clone());
            }
            _ => {}
        }
        for check in &step.checks {
            match &check.what {
                What::Query { msg, answer, .. } => {
                    collect(msg, &mut names);
                    if let Answer::Gives { value, .. } = answer {
                        collect(value, &mut names);
                    }
                }
                What::Balance { of, .. } => {
                    names.insert(of.text.clone());
                }
                _ => {}
            }
        }
    }
    names.retain(|name| {
        let kind = directory.entries.get(name).map(|entry| entry.kind);
        matches!(
            kind,
            Some(Kind::Account | Kind::StabilityPool | Kind::Treasury)
        )
    });
    names.into_iter().collect()
}

fn collect(node: &Node, names: &mut BTreeSet<String>) {
    match &node.tree {
        Tree::Text(text) => {
            if let Some(name) = text.strip_prefix('@') {
                names.insert(name.to_owned());
            }
        }
        Tree::List(items) => items.iter().for_each(|item| collect(item, names)),
        Tree::Map(entries) => entries.iter().for_each(|(_, node)| collect(node, names)),
        _ => {}
    }
}

/// What is known of somebody at one moment: a value under each heading.
type Picture = BTreeMap<String, String>;

/// Pictures of all who are watched.
pub struct Watch {
    names: Vec<String>,
    last: BTreeMap<String, Picture>,
}

impl Watch {
    /// Takes the first pictures.
    pub fn new(names: Vec<String>, chain: &dyn Chain) -> anyhow::Result<Self> {
        let mut watch = Self {
            names,
            last: BTreeMap::new(),
        };
        watch.look(chain)?;
        Ok(watch)
    }

    /// Takes new pictures and says what changed since the last.
    pub fn look(&mut self, chain: &dyn Chain) -> anyhow::Result<Vec<Change>> {
        let mut changes = Vec::new();
        for name in &self.names {
            let now = picture(name, chain)?;
            if let Some(before) = self.last.get(name) {
                changes.extend(compare(name, before, &now));
            }
            self.last.insert(name.clone(), now);
        }
        Ok(changes)
    }
}

fn compare(who: &str, before: &Picture, now: &Picture) -> Vec<Change> {
    let headings: BTreeSet<_> = before.keys().chain(now.keys()).collect();
    let nothing = "–".to_owned();
    headings
        .into_iter()
        .filter_map(|heading| {
            let from = before.get(heading).unwrap_or(&nothing);
            let to = now.get(heading).unwrap_or(&nothing);
            (from != to).then(|| Change {
                who: who.to_owned(),
                // Headings carry their order in front.
                what: heading.get(1..).unwrap_or(heading).to_owned(),
                from: from.clone(),
                to: to.clone(),
            })
        })
        .collect()
}

fn picture(name: &str, chain: &dyn Chain) -> anyhow::Result<Picture> {
    let directory = chain.directory();
    let mut picture = Picture::new();
    let Some(entry) = directory.entries.get(name) else {
        return Ok(picture);
    };
    for asset in directory.tokens() {
        let held = chain.balance(&entry.address, asset)?;
        picture.insert(format!("4{asset}"), amount::number(held, asset, directory));
    }
    if entry.kind != Kind::Account {
        return Ok(picture);
    }
    if let Some(position) = position(name, chain)? {
        for (asset, staked) in &position.collateral {
            let staked = amount::number(*staked, asset, directory);
            picture.insert(format!("0staked {asset}"), staked);
        }
        let debt = amount::number(position.debt, &position.dollar, directory);
        picture.insert("1debt".to_owned(), debt);
        let ratio = position.ratio.map_or_else(|| "–".to_owned(), percent);
        picture.insert("2ratio".to_owned(), ratio);
        if let Some(deadline) = position.deadline {
            let left = deadline.saturating_sub(chain.now());
            let flag = match left {
                0 => "none".to_owned(),
                left => crate::duration::words(left),
            };
            picture.insert("3grace left".to_owned(), flag);
        }
    }
    if let Some(pools) = in_pools(name, chain)? {
        for free in &pools.free {
            let units = amount::number(free.amount, &free.asset, directory);
            picture.insert(format!("0free {}", free.asset), units);
        }
        for (vault, position) in &pools.positions {
            let place = format!("pool {} {}", vault.pool, vault.asset);
            let delegated = amount::number(position.collateral, &vault.asset, directory);
            picture.insert(format!("0{place}"), delegated);
            for (order, what, units) in [
                (1, "debt", position.debt),
                (2, "credit", position.credit),
                (3, "fees", position.fees),
            ] {
                if !units.is_zero() {
                    let units = amount::number(units, &pools.dollar, directory);
                    picture.insert(format!("{order}{what}, {place}"), units);
                }
            }
        }
    }
    Ok(picture)
}

/// A ratio in per cent, to three places, rounded down.
pub fn percent(ratio: Decimal256) -> String {
    let thousandths = ratio.atomics() / cosmwasm_std::Uint256::from(10_000_000_000_000_u128);
    match Uint128::try_from(thousandths) {
        Ok(units) => format!("{} %", ballast_sim::amount::format_units(units, 3)),
        Err(_) => format!("{ratio} ×"),
    }
}

/// An account's position with the synth minter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// What is staked, by asset.
    pub collateral: Vec<(String, Uint128)>,
    /// What is owed, in base units of the dollar synth.
    pub debt: Uint128,
    /// Asset id of the dollar synth.
    pub dollar: String,
    /// Collateral value over debt.
    pub ratio: Option<Decimal256>,
    /// The deadline of a flag.
    pub deadline: Option<u64>,
}

/// A contract's answer; none when it refuses.
fn ask<T: DeserializeOwned>(
    chain: &dyn Chain,
    contract: &str,
    question: &impl Serialize,
) -> anyhow::Result<Option<T>> {
    let answer = chain.query(contract, &serde_json::to_value(question)?)?;
    Ok(answer.ok().map(serde_json::from_value).transpose()?)
}

/// What an account has in the stability pool, with the assets it is in; none without a pool.
pub fn liquidity(
    name: &str,
    chain: &dyn Chain,
) -> anyhow::Result<Option<(PositionResponse, PoolAssets)>> {
    let directory = chain.directory();
    let (Some(pool), Some(assets), Some(account)) = (
        directory.stability_pool(),
        &directory.pool,
        directory.entries.get(name),
    ) else {
        return Ok(None);
    };
    let question = stability_pool::QueryMsg::Position {
        account: account.address.clone(),
    };
    let position = ask(chain, &pool.address, &question)?;
    Ok(position.map(|position| (position, assets.clone())))
}

/// What an account has in pools.
#[derive(Clone, Debug, PartialEq)]
pub struct InPools {
    /// Collateral that is not delegated, by asset.
    pub free: Vec<pool_lens::FreeCollateral>,
    /// Its positions.
    pub positions: Vec<(VaultKey, pool_lens::PositionResponse)>,
    /// Asset id of the pools' dollar.
    pub dollar: String,
}

/// What an account has in pools; none without pools, or where it never had anything.
pub fn in_pools(name: &str, chain: &dyn Chain) -> anyhow::Result<Option<InPools>> {
    let directory = chain.directory();
    let (Some(lens), Some(dollar), Some(account)) = (
        directory.pool_lens(),
        &directory.pools_dollar,
        directory.entries.get(name),
    ) else {
        return Ok(None);
    };
    let account = account.address.clone();
    let question = pool_lens::QueryMsg::Account {
        account: account.clone(),
    };
    let known: Option<pool_lens::AccountResponse> = ask(chain, &lens.address, &question)?;
    let Some(known) = known else {
        return Ok(None);
    };
    let mut positions = vec![];
    for vault in known.vaults {
        let question = pool_lens::QueryMsg::Position {
            account: account.clone(),
            vault: vault.clone(),
        };
        if let Some(position) = ask(chain, &lens.address, &question)? {
            positions.push((vault, position));
        }
    }
    Ok(Some(InPools {
        free: known.free,
        positions,
        dollar: dollar.clone(),
    }))
}

/// An account's position; none without a minter.
pub fn position(name: &str, chain: &dyn Chain) -> anyhow::Result<Option<Position>> {
    let directory = chain.directory();
    let (Some(minter), Some(account)) = (directory.minter(), directory.entries.get(name)) else {
        return Ok(None);
    };
    let question = serde_json::to_value(QueryMsg::Account {
        account: account.address.clone(),
    })?;
    let Ok(answer) = chain.query(&minter.address, &question)? else {
        return Ok(None);
    };
    let Ok(account) = serde_json::from_value::<AccountResponse>(answer) else {
        return Ok(None);
    };
    Ok(Some(Position {
        collateral: account
            .collateral
            .iter()
            .map(|holding| (holding.asset.clone(), holding.amount))
            .collect(),
        debt: account.debt,
        dollar: directory.dollar.clone().unwrap_or_default(),
        ratio: account.c_ratio,
        deadline: account.flag.map(|flag| flag.deadline),
    }))
}
