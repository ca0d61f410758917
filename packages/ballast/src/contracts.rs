//! Which messages each kind of contract takes, and whether a tree is one of them.

use ballast_types::{
    debt_registry, market, oracle, pool_lens, pool_manager, rewards_distributor, spot_market,
    stability_pool, synth_minter, treasury,
};
use serde::de::DeserializeOwned;

use crate::{
    directory::Kind,
    source::Mistake,
    typed,
    yaml::{Node, Tree},
};

/// The three sorts of words a contract takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A message.
    Execute,
    /// A question.
    Query,
    /// A message that comes along with a cw20.
    Hook,
}

/// How one type of messages is checked and named.
struct Type {
    check: fn(&Node) -> Result<(), Mistake>,
    names: fn() -> &'static [&'static str],
}

impl Type {
    const fn of<T: DeserializeOwned>() -> Self {
        Self {
            check: |node| typed::read::<T>(node).map(|_| ()),
            names: typed::variants::<T>,
        }
    }
}

/// The type of a contract's words; none when it takes no such, or they are not known here.
fn type_of(kind: Kind, sort: Sort) -> Option<Type> {
    Some(match (kind, sort) {
        (Kind::Oracle, Sort::Execute) => Type::of::<oracle::ExecuteMsg>(),
        (Kind::Oracle, Sort::Query) => Type::of::<oracle::QueryMsg>(),
        (Kind::DebtRegistry, Sort::Execute) => Type::of::<debt_registry::ExecuteMsg>(),
        (Kind::DebtRegistry, Sort::Query) => Type::of::<debt_registry::QueryMsg>(),
        (Kind::DebtRegistry, Sort::Hook) => Type::of::<debt_registry::ReceiveMsg>(),
        (Kind::SynthMinter, Sort::Execute) => Type::of::<synth_minter::ExecuteMsg>(),
        (Kind::SynthMinter, Sort::Query) => Type::of::<synth_minter::QueryMsg>(),
        (Kind::SynthMinter, Sort::Hook) => Type::of::<synth_minter::ReceiveMsg>(),
        (Kind::Treasury, Sort::Execute) => Type::of::<treasury::ExecuteMsg>(),
        (Kind::Treasury, Sort::Query) => Type::of::<treasury::QueryMsg>(),
        (Kind::Treasury, Sort::Hook) => Type::of::<treasury::ReceiveMsg>(),
        (Kind::StabilityPool, Sort::Execute) => Type::of::<stability_pool::ExecuteMsg>(),
        (Kind::StabilityPool, Sort::Query) => Type::of::<stability_pool::QueryMsg>(),
        (Kind::StabilityPool, Sort::Hook) => Type::of::<stability_pool::ReceiveMsg>(),
        (Kind::PoolManager, Sort::Execute) => Type::of::<pool_manager::ExecuteMsg>(),
        (Kind::PoolManager, Sort::Query) => Type::of::<pool_manager::QueryMsg>(),
        (Kind::PoolManager, Sort::Hook) => Type::of::<pool_manager::ReceiveMsg>(),
        (Kind::PoolLens, Sort::Query) => Type::of::<pool_lens::QueryMsg>(),
        (Kind::RewardsDistributor, Sort::Execute) => Type::of::<rewards_distributor::ExecuteMsg>(),
        (Kind::RewardsDistributor, Sort::Query) => Type::of::<rewards_distributor::QueryMsg>(),
        (Kind::RewardsDistributor, Sort::Hook) => Type::of::<rewards_distributor::ReceiveMsg>(),
        (Kind::SpotMarket, Sort::Execute) => Type::of::<spot_market::ExecuteMsg>(),
        (Kind::SpotMarket, Sort::Query) => Type::of::<spot_market::QueryMsg>(),
        (Kind::SpotMarket, Sort::Hook) => Type::of::<spot_market::ReceiveMsg>(),
        (Kind::HostileMarket, Sort::Execute) => Type::of::<hostile_market::ExecuteMsg>(),
        (Kind::HostileMarket, Sort::Query) => Type::of::<market::MarketQuery>(),
        (Kind::HostileMarket, Sort::Hook) => Type::of::<hostile_market::ReceiveMsg>(),
        (Kind::Cw20, Sort::Execute) => Type::of::<cw20::Cw20ExecuteMsg>(),
        (Kind::Cw20, Sort::Query) => Type::of::<cw20::Cw20QueryMsg>(),
        _ => return None,
    })
}

/// Whether a contract of this kind takes what the tree says.
pub fn check(kind: Kind, sort: Sort, node: &Node) -> Result<(), Mistake> {
    if let Some(elsewhere) = elsewhere(kind, sort, node) {
        return Err(elsewhere);
    }
    match type_of(kind, sort) {
        Some(words) => (words.check)(node),
        None => Ok(()),
    }
}

/// Words that a contract takes in another way, or another contract takes: how it is said there.
fn elsewhere(kind: Kind, sort: Sort, node: &Node) -> Option<Mistake> {
    let (span, name) = match &node.tree {
        Tree::Map(entries) => match entries.as_slice() {
            [(key, _)] => (key.span, key.name.as_str()),
            _ => return None,
        },
        Tree::Text(name) => (node.span, name.as_str()),
        _ => return None,
    };
    let has = |kind, sort| names(kind, sort).contains(&name);
    if has(kind, sort) {
        return None;
    }
    let (problem, expected) = match (kind, sort) {
        (Kind::PoolLens, Sort::Execute) => (
            "the pool lens takes no messages".to_owned(),
            "ask it with `query`".to_owned(),
        ),
        (Kind::PoolManager, Sort::Query) if has(Kind::PoolLens, Sort::Query) => (
            format!("the pool lens answers `{name}`"),
            format!("`query pool-lens {{{name}: …}}`"),
        ),
        (_, Sort::Execute) if has(kind, Sort::Hook) => (
            format!("`{name}` goes along with a cw20"),
            format!("`send TOKEN {{send: {{contract: …, amount: …, msg: {{{name}: …}}}}}}`"),
        ),
        _ => return None,
    };
    Some(Mistake::new(span, problem).expected(expected))
}

/// The names of what a contract of this kind takes.
pub fn names(kind: Kind, sort: Sort) -> &'static [&'static str] {
    type_of(kind, sort).map_or(&[], |words| (words.names)())
}

/// Where a message carries a hook for another contract, in base64 on the wire: the message's
/// name, the field that names the receiver, the field that is the hook.
pub const fn hooks(kind: Kind) -> &'static [(&'static str, &'static str, &'static str)] {
    match kind {
        Kind::Cw20 => &[
            ("send", "contract", "msg"),
            ("send_from", "contract", "msg"),
        ],
        Kind::Treasury => &[("spend", "recipient", "msg")],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::a_hook(
        Kind::PoolManager,
        Sort::Execute,
        r#"{"burn_usd": {"pool": "1"}}"#,
        "`burn_usd` goes along with a cw20"
    )]
    #[case::of_another_contract(
        Kind::PoolManager,
        Sort::Query,
        r#"{"position": {"account": "a"}}"#,
        "the pool lens answers `position`"
    )]
    #[case::a_question(
        Kind::PoolLens,
        Sort::Execute,
        r#"{"pool": {"pool": "1"}}"#,
        "the pool lens takes no messages"
    )]
    #[case::nowhere(
        Kind::PoolManager,
        Sort::Execute,
        r#"{"delegat": {"pool": "1"}}"#,
        "unknown message or value `delegat`"
    )]
    #[case::nowhere_a_hook(
        Kind::PoolManager,
        Sort::Hook,
        r#"{"burn": {"pool": "1"}}"#,
        "unknown message or value `burn`"
    )]
    fn words_of_elsewhere(
        #[case] kind: Kind,
        #[case] sort: Sort,
        #[case] text: &str,
        #[case] problem: &str,
    ) {
        let mistake = check(kind, sort, &crate::yaml::parse(text).unwrap()).unwrap_err();
        assert_eq!(mistake.message, problem);
    }
}
