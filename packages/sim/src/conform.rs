//! What a deployment of a profile must answer.
//!
//! A [`Plan`](crate::Plan) ends with the few questions that show that the contracts know each
//! other. These are all the rest: every value of a profile, as a question and what the answer
//! must hold, so that a deployment of years ago can be compared with its profile.

use std::fmt;

use ballast_types::{debt_registry, oracle, stability_pool, synth_minter, treasury};
use serde_json::{Value, json};

use crate::{
    ContractKind, Profile, ProfileError,
    plan::{Composer, at, issued, json},
    profile::{IssuedProfile, MinterProfile, StabilityPoolProfile, SynthProfile, TokenProfile},
};

mod pools;

/// A question, and what the answer must be. Both name contracts and accounts as `@name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// What it is about, in words of the profile.
    pub about: String,
    /// Name of the contract.
    pub contract: String,
    /// The question.
    pub query: Value,
    /// Where in the answer to look, as a JSON pointer.
    pub pointer: String,
    /// What must be there.
    pub expected: Expected,
}

/// What an answer must be.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// Everything in this value is in the answer too, which may say more.
    Value(Value),
    /// The answer is a list of exactly these values, in any order.
    Items {
        /// Where in each item its value is, as a JSON pointer.
        pointer: String,
        /// The values.
        values: Vec<Value>,
    },
}

/// Where an answer is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where in the answer, as a JSON pointer.
    pub at: String,
    /// What must be there.
    pub expected: Value,
    /// What is there.
    pub actual: Value,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.at.is_empty() {
            write!(f, "{}: ", self.at)?;
        }
        write!(f, "expected {}, got {}", self.expected, self.actual)
    }
}

impl Expected {
    /// Where an answer differs. Names must have been filled in.
    pub fn differences(&self, answer: &Value) -> Vec<Difference> {
        let mut found = vec![];
        match self {
            Self::Value(expected) => compare("", expected, answer, &mut found),
            Self::Items { pointer, values } => {
                let there: Vec<Value> = answer
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|item| item.pointer(pointer).cloned().unwrap_or_default())
                    .collect();
                let missing = values.iter().filter(|value| !there.contains(value));
                found.extend(missing.map(|value| Difference {
                    at: String::new(),
                    expected: value.clone(),
                    actual: Value::Null,
                }));
                let surplus = there.iter().filter(|value| !values.contains(value));
                found.extend(surplus.map(|value| Difference {
                    at: String::new(),
                    expected: Value::Null,
                    actual: value.clone(),
                }));
            }
        }
        found
    }

    /// The same with every value changed.
    pub fn map<E>(&self, mut change: impl FnMut(&Value) -> Result<Value, E>) -> Result<Self, E> {
        Ok(match self {
            Self::Value(value) => Self::Value(change(value)?),
            Self::Items { pointer, values } => Self::Items {
                pointer: pointer.clone(),
                values: values.iter().map(change).collect::<Result<_, _>>()?,
            },
        })
    }
}

fn compare(at: &str, expected: &Value, actual: &Value, found: &mut Vec<Difference>) {
    match (expected, actual) {
        (Value::Object(fields), Value::Object(others)) => {
            for (key, value) in fields {
                let other = others.get(key).unwrap_or(&Value::Null);
                compare(&format!("{at}/{key}"), value, other, found);
            }
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            for (index, (item, other)) in items.iter().zip(others).enumerate() {
                compare(&format!("{at}/{index}"), item, other, found);
            }
        }
        _ if expected == actual => {}
        _ => found.push(Difference {
            at: at.to_owned(),
            expected: expected.clone(),
            actual: actual.clone(),
        }),
    }
}

/// Every value of a profile, as a question to its deployment.
pub fn expectations(profile: &Profile) -> Result<Vec<Expectation>, ProfileError> {
    let composer = Composer { profile };
    let mut all = roles(profile);
    all.extend(of_oracle(profile));
    all.extend(of_taken(profile));
    if profile.kinds().contains(&ContractKind::DebtRegistry) {
        all.push(of_registry());
    }
    if let Some(minter) = &profile.minter {
        all.extend(of_synths(profile, minter, &composer)?);
        all.extend(of_minter(profile, minter, &composer)?);
    }
    if let Some(pool) = &profile.stability_pool {
        all.extend(of_stability_pool(profile, pool, &composer)?);
    }
    if let Some(pools) = &profile.pool_manager {
        all.extend(pools::of_pools(profile, pools, &composer)?);
    }
    all.extend(of_treasury(profile, &composer)?);
    Ok(all)
}

fn roles(profile: &Profile) -> Vec<Expectation> {
    let guardian = profile.guardian.as_deref().map(at);
    let oracle = expect(
        "guardian of the oracle",
        ContractKind::Oracle,
        &oracle::QueryMsg::Config {},
        json!({ "guardian": guardian }),
    );
    let mut all = vec![oracle];
    for kind in profile.kinds() {
        let is_nobodys = [
            ContractKind::Cw20,
            ContractKind::PoolLens,
            ContractKind::HostileMarket,
        ];
        if is_nobodys.contains(&kind) {
            continue;
        }
        // The contracts have these questions in common, word by word.
        all.push(expect(
            format!("owner of {kind}"),
            kind,
            &oracle::QueryMsg::Ownership {},
            json!({"owner": at(&profile.owner), "pending_owner": null}),
        ));
        if kind != ContractKind::Oracle {
            all.push(expect(
                format!("guardian of {kind}"),
                kind,
                &treasury::QueryMsg::Controls {},
                json!({ "guardian": guardian }),
            ));
        }
    }
    all
}

fn of_oracle(profile: &Profile) -> Vec<Expectation> {
    let config = expect(
        "oracle.round_interval_secs",
        ContractKind::Oracle,
        &oracle::QueryMsg::Config {},
        json!({"round_interval_secs": profile.oracle.round_interval_secs}),
    );
    let assets = profile.oracle.assets.iter().map(|(id, asset)| {
        expect(
            format!("oracle.assets.{id}"),
            ContractKind::Oracle,
            &oracle::QueryMsg::Asset { asset: id.clone() },
            json!({
                "decimals": asset.decimals,
                "rule": json(&profile.rule(asset)),
                "sources": json(&Composer::sources(asset)),
                "retirement": null,
            }),
        )
    });
    std::iter::once(config).chain(assets).collect()
}

/// The cw20s that were deployed as money.
fn of_taken(profile: &Profile) -> Vec<Expectation> {
    let taken = profile.taken().into_iter();
    taken
        .filter_map(|(asset, token)| match token {
            TokenProfile::Cw20(name) => Some(Expectation {
                about: format!("token of {asset}"),
                contract: asset.to_owned(),
                query: json!({"token_info": {}}),
                pointer: String::new(),
                expected: Expected::Value(json!({"name": name, "symbol": asset})),
            }),
            TokenProfile::Native(_) | TokenProfile::Existing(_) => None,
        })
        .collect()
}

fn of_registry() -> Expectation {
    expect(
        "what the debt registry relies on",
        ContractKind::DebtRegistry,
        &debt_registry::QueryMsg::Config {},
        json!({
            "oracle": "@oracle",
            "treasury": "@treasury",
            "cw20_code_id": "@code/cw20",
        }),
    )
}

fn of_synths(
    profile: &Profile,
    minter: &MinterProfile,
    composer: &Composer<'_>,
) -> Result<Vec<Expectation>, ProfileError> {
    let kind = ContractKind::DebtRegistry;
    let issuer = at(ContractKind::SynthMinter.name());
    let mut all = vec![
        expect(
            "minter.dollar",
            kind,
            &debt_registry::QueryMsg::Issuer {
                issuer: issuer.clone(),
            },
            json!({"dollar": minter.dollar.asset}),
        ),
        items(
            "minter.synths",
            kind,
            &debt_registry::QueryMsg::Synths {
                issuer: issuer.clone(),
                start_after: None,
                limit: Some(64),
            },
            "/synth",
            profile.synths().map(|synth| json!(synth.asset)).collect(),
        ),
    ];
    for synth in profile.synths() {
        all.extend(of_synth(profile, synth, &issuer, composer)?);
    }
    Ok(all)
}

/// A synth and its cw20.
fn of_synth(
    profile: &Profile,
    synth: &SynthProfile,
    issuer: &str,
    composer: &Composer<'_>,
) -> Result<Vec<Expectation>, ProfileError> {
    let spec = composer.synth(synth)?;
    let asset = &synth.asset;
    let decimals = profile.decimals(asset).unwrap_or_default();
    Ok(vec![
        expect(
            format!("synth {asset}"),
            ContractKind::DebtRegistry,
            &debt_registry::QueryMsg::Synth {
                synth: asset.clone(),
            },
            json!({
                "issuer": issuer,
                "token": at(asset),
                "decimals": decimals,
                "ceiling": spec.ceiling,
            }),
        ),
        Expectation {
            about: format!("token of {asset}"),
            contract: asset.clone(),
            query: json!({"token_info": {}}),
            pointer: String::new(),
            expected: Expected::Value(json!({
                "name": spec.name,
                "symbol": spec.symbol,
                "decimals": decimals,
            })),
        },
        Expectation {
            about: format!("who prints {asset}"),
            contract: asset.clone(),
            query: json!({"minter": {}}),
            pointer: String::new(),
            expected: Expected::Value(json!({"minter": "@debt-registry"})),
        },
    ])
}

fn of_minter(
    profile: &Profile,
    minter: &MinterProfile,
    composer: &Composer<'_>,
) -> Result<Vec<Expectation>, ProfileError> {
    let kind = ContractKind::SynthMinter;
    let dollar = &minter.dollar.asset;
    let mut all = vec![
        expect(
            "what the synth minter relies on",
            kind,
            &synth_minter::QueryMsg::Config {},
            json!({
                "oracle": "@oracle",
                "registry": "@debt-registry",
                "treasury": "@treasury",
                "dollar": {"synth": dollar, "token": at(dollar)},
            }),
        ),
        expect(
            "minter.params",
            kind,
            &synth_minter::QueryMsg::Config {},
            json!({"params": json(&profile.params(minter)?)}),
        ),
        items(
            "minter.collaterals",
            kind,
            &synth_minter::QueryMsg::Collaterals {},
            "/asset",
            minter
                .collaterals
                .iter()
                .map(|collateral| json!(collateral.asset))
                .collect(),
        ),
    ];
    for collateral in &minter.collaterals {
        let asset = &collateral.asset;
        let terms: ballast_types::Terms = collateral.terms.into();
        all.push(expect(
            format!("collateral {asset}"),
            kind,
            &synth_minter::QueryMsg::Collateral {
                asset: asset.clone(),
            },
            json!({
                "token": json(&composer.token(asset)),
                "decimals": profile.decimals(asset),
                "terms": json(&terms),
                "cap": profile.most(asset, collateral.cap.as_deref())?,
                "enabled": true,
            }),
        ));
    }
    Ok(all)
}

/// Par is not among it: it rises with the market.
fn of_stability_pool(
    profile: &Profile,
    pool: &StabilityPoolProfile,
    composer: &Composer<'_>,
) -> Result<Vec<Expectation>, ProfileError> {
    let kind = ContractKind::StabilityPool;
    let asset = |id: &str| {
        json!({
            "asset": id,
            "token": json(&composer.token(id)),
            "decimals": profile.decimals(id),
        })
    };
    let config = |about: &str, expected: Value| {
        expect(about, kind, &stability_pool::QueryMsg::Config {}, expected)
    };
    let mut all = vec![
        config(
            "what the stability pool relies on",
            json!({"oracle": "@oracle", "treasury": "@treasury"}),
        ),
        config("stability_pool.dcm", json!({"dcm": asset(&pool.dcm.asset)})),
        config(
            "stability_pool.duca",
            json!({"duca": asset(&pool.duca.asset)}),
        ),
        config("stability_pool.lpd", json!({"lpd": at(&pool.lpd.asset)})),
        config(
            "stability_pool.numeraire",
            json!({"numeraire": pool.numeraire}),
        ),
        config(
            "stability_pool.guards",
            json!({"guards": json(&profile.guards(pool)?)}),
        ),
        items(
            "stability_pool.amos",
            kind,
            &stability_pool::QueryMsg::Amos {
                start_after: None,
                limit: Some(64),
            },
            "",
            pool.amos.iter().map(|amo| json!(at(amo))).collect(),
        ),
    ];
    for token in [&pool.duca, &pool.lpd] {
        all.extend(of_issued(profile, token));
    }
    Ok(all)
}

/// A cw20 that the stability pool made.
fn of_issued(profile: &Profile, token: &IssuedProfile) -> [Expectation; 2] {
    let asset = &token.asset;
    let spec = issued(token);
    let ask = |about: &str, query: Value, expected: Value| Expectation {
        about: format!("{about} {asset}"),
        contract: asset.clone(),
        query,
        pointer: String::new(),
        expected: Expected::Value(expected),
    };
    [
        ask(
            "token of",
            json!({"token_info": {}}),
            json!({
                "name": spec.name,
                "symbol": spec.symbol,
                "decimals": profile.decimals(asset),
            }),
        ),
        ask(
            "who prints",
            json!({"minter": {}}),
            json!({"minter": "@stability-pool"}),
        ),
    ]
}

fn of_treasury(
    profile: &Profile,
    composer: &Composer<'_>,
) -> Result<Vec<Expectation>, ProfileError> {
    let kind = ContractKind::Treasury;
    let covered = match (&profile.treasury.cover, &profile.minter) {
        (Some(cover), Some(minter)) => {
            let dollar = &minter.dollar.asset;
            json!([{
                "contract": "@synth-minter",
                "cover": {
                    "registry": "@debt-registry",
                    "dollar": at(dollar),
                    "limit": json(&composer.limit(dollar, cover)?),
                },
            }])
        }
        _ => json!([]),
    };
    let mut all = vec![expect(
        "treasury.cover",
        kind,
        &treasury::QueryMsg::Authorized {
            start_after: None,
            limit: None,
        },
        covered,
    )];
    let taken = profile.taken().into_keys();
    for asset in taken.chain(profile.issued()) {
        let limit = profile
            .treasury
            .limits
            .get(asset)
            .map(|limit| composer.limit(asset, limit))
            .transpose()?;
        all.push(expect(
            format!("treasury.limits.{asset}"),
            kind,
            &treasury::QueryMsg::Balance {
                token: composer.token(asset),
            },
            json!({ "limit": limit }),
        ));
    }
    Ok(all)
}

fn expect(
    about: impl Into<String>,
    contract: ContractKind,
    query: &impl serde::Serialize,
    expected: Value,
) -> Expectation {
    Expectation {
        about: about.into(),
        contract: contract.name().to_owned(),
        query: json(query),
        pointer: String::new(),
        expected: Expected::Value(expected),
    }
}

/// The answer is a list with these items, in any order; of each the part at `pointer`.
fn items(
    about: &str,
    contract: ContractKind,
    query: &impl serde::Serialize,
    pointer: &str,
    values: Vec<Value>,
) -> Expectation {
    Expectation {
        about: about.to_owned(),
        contract: contract.name().to_owned(),
        query: json(query),
        pointer: String::new(),
        expected: Expected::Items {
            pointer: pointer.to_owned(),
            values,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{World, plan::Names};
    use cosmwasm_std::Addr;
    use rstest::rstest;

    fn differences(world: &mut World, profile: &Profile) -> Vec<String> {
        let mut names = Names::default();
        // Codes are stored in this order.
        for (kind, code_id) in profile.kinds().into_iter().zip(1..) {
            names.store(kind, code_id);
        }
        let known: Vec<(String, Addr)> = world
            .names()
            .map(|(name, address)| (name.to_owned(), address.clone()))
            .collect();
        for (name, address) in &known {
            if let Some(kind) = world.contract_kind(name) {
                names.learn(name, kind, address.to_string());
            }
        }
        let mut account = |name: &str| Ok(world.account(name).to_string());
        let filled: Vec<(Expectation, Value, Expected)> = expectations(profile)
            .unwrap()
            .into_iter()
            .map(|e| {
                let query = names.resolve(&e.query, &mut account).unwrap();
                let expected = e.expected.map(|v| names.resolve(v, &mut account)).unwrap();
                (e, query, expected)
            })
            .collect();
        filled
            .into_iter()
            .flat_map(|(e, query, expected)| {
                let contract = Addr::unchecked(names.address(&e.contract).unwrap());
                let answer: Value = world.query(&contract, &query).unwrap_or_default();
                let part = answer.pointer(&e.pointer).cloned().unwrap_or_default();
                let found = expected.differences(&part);
                found
                    .into_iter()
                    .map(move |difference| format!("{}: {difference}", e.about))
            })
            .collect()
    }

    #[rstest]
    fn a_fresh_deployment_is_its_profile(
        #[values("devita", "dynamo", "guarded", "plain", "pools", "shared")] name: &str,
    ) {
        let profile = Profile::find(name).unwrap();
        let mut world = World::deploy(&profile).unwrap();
        assert_eq!(differences(&mut world, &profile), Vec::<String>::new());
    }

    #[rstest]
    #[case::asset(
        "min_debt: 10 LUSD",
        "min_debt: 11 LUSD",
        "minter.params: /params/min_debt"
    )]
    #[case::rule(
        "max_deviation: 0.1 }",
        "max_deviation: 0.2 }",
        "oracle.assets.sEUR: /rule/max_deviation"
    )]
    #[case::sources(
        "[feeder-a, feeder-b, feeder-c]",
        "[feeder-a, feeder-b, feeder-d]",
        "oracle.assets.ATOM: /sources/2/"
    )]
    #[case::fewer_sources(
        "[feeder-a, feeder-b, feeder-c]",
        "[feeder-a]",
        "oracle.assets.ATOM: /sources"
    )]
    #[case::cap("cap: 1_000_000 WETH", "cap: 1_000 WETH", "collateral WETH: /cap")]
    #[case::terms(
        "issuance_ratio: 3.0",
        "issuance_ratio: 3.1",
        "collateral WETH: /terms/issuance_ratio"
    )]
    #[case::ceiling("ceiling: 100_000 sBTC", "ceiling: 1 sBTC", "synth sBTC: /ceiling")]
    #[case::name("name: Synthetic Euro", "name: Synthetic Yen", "token of sEUR: /name")]
    #[case::cover(
        "{ amount: 5_000 LUSD",
        "{ amount: 5_001 LUSD",
        "treasury.cover: /0/cover/limit/amount"
    )]
    #[case::limit(
        "WETH: { amount: 10 WETH",
        "WETH: { amount: 9 WETH",
        "treasury.limits.WETH: /limit/amount"
    )]
    #[case::owner(
        "name: dynamo\n",
        "name: dynamo\nowner: usurper\n",
        "owner of oracle: /owner"
    )]
    #[case::guardian(
        "name: dynamo\n",
        "name: dynamo\nguardian: null\n",
        "guardian of treasury: /guardian"
    )]
    fn every_value_counts(#[case] from: &str, #[case] to: &str, #[case] seen: &str) {
        counts("dynamo", from, to, seen);
    }

    #[rstest]
    #[case::band("band: 0.05", "band: 0.06", "stability_pool.guards: /guards/band")]
    #[case::limit(
        "max_minted: 100_000 DUCA",
        "max_minted: 100_001 DUCA",
        "stability_pool.guards: /guards/max_minted"
    )]
    #[case::off("band: 0.05", "band: null", "stability_pool.guards: /guards/band")]
    #[case::amo("amos: [amo]", "amos: [alice]", "stability_pool.amos: expected")]
    #[case::one_amo_more("amos: [amo]", "amos: []", "stability_pool.amos: expected null")]
    #[case::name("name: DUCA Stablecoin", "name: DUCAT", "token of DUCA: /name")]
    #[case::symbol("asset: LPD,", "asset: LPD, symbol: LPS,", "token of LPD: /symbol")]
    #[case::dcm(
        "native: udcm",
        "native: uother",
        "stability_pool.dcm: /dcm/token/native"
    )]
    fn every_value_of_the_stability_pool_counts(
        #[case] from: &str,
        #[case] to: &str,
        #[case] seen: &str,
    ) {
        counts("guarded", from, to, seen);
    }

    #[rstest]
    #[case::params(
        "max_lock_secs: 604_800",
        "max_lock_secs: 604_801",
        "pool_manager.params: /params/max_lock_secs"
    )]
    #[case::terms(
        "keeper_part: 0.05",
        "keeper_part: 0.06",
        "pool_manager.collaterals: /0/terms/keeper_part"
    )]
    #[case::reward(
        "max_keeper_reward: 100",
        "max_keeper_reward: 99",
        "pool_manager.collaterals: /0/terms/max_keeper_reward"
    )]
    #[case::cap(
        "cap: 1_000_000 WETH",
        "cap: 1 WETH",
        "pool_manager.collaterals: /1/terms/cap"
    )]
    #[case::ceiling(
        "ceiling: 1_000_000_000 dUSD",
        "ceiling: 1 dUSD",
        "synth dUSD: /ceiling"
    )]
    #[case::recipients(
        "{ creator: 0.25, stakers: 0.75 }",
        "{ creator: 0.24, stakers: 0.76 }",
        "pool_manager.distributor.recipients: expected"
    )]
    #[case::reward_token(
        "      - { asset: ATOM, decimals: 6, token: { native: uatom } }\n",
        "",
        "pool_manager.distributor.tokens: expected null"
    )]
    #[case::market(
        "{ eth: 1_000_000 dUSD, sol: 1_000_000 dUSD }",
        "{ eth: 1_000_000 dUSD, sol: 1_000_001 dUSD }",
        "market 3 of pool_manager: /ceiling"
    )]
    #[case::another_ref("{ eth: 1_", "{ etc: 1_", "market 2 of pool_manager: /ref")]
    #[case::spot(
        "name: Bitcoin",
        "name: Bitcash",
        "market btc of the spot market: /name"
    )]
    #[case::owner(
        "name: pools\n",
        "name: pools\nowner: usurper\n",
        "owner of pool-manager: /owner"
    )]
    fn every_value_of_pools_counts(#[case] from: &str, #[case] to: &str, #[case] seen: &str) {
        counts("pools", from, to, seen);
    }

    fn counts(name: &str, from: &str, to: &str, seen: &str) {
        let text = Profile::source(name).unwrap();
        assert!(text.contains(from));
        let mut world = World::deploy(&Profile::parse(text).unwrap()).unwrap();
        let other = Profile::parse(&text.replacen(from, to, 1)).unwrap();
        let found = differences(&mut world, &other);
        assert!(found.iter().any(|line| line.starts_with(seen)), "{found:?}");
    }

    #[test]
    fn what_is_there_beyond_the_profile_counts() {
        let mut world = World::deploy(&Profile::find("dynamo").unwrap()).unwrap();
        let mut less = Profile::find("dynamo").unwrap();
        let minter = less.minter.as_mut().unwrap();
        minter.synths.pop();
        minter.collaterals.pop();
        less.treasury.limits.remove("ATOM");
        less.treasury.cover = None;
        let found = differences(&mut world, &less);
        for seen in [
            "minter.synths: expected null, got \"sEUR\"",
            "minter.collaterals: expected null, got \"WETH\"",
            "treasury.limits.ATOM: /limit: expected null",
            "treasury.cover: expected []",
        ] {
            assert!(found.iter().any(|line| line.starts_with(seen)), "{found:?}");
        }
    }
}
