//! What a deployment of pools must answer.

use ballast_types::{debt_registry, pool_lens, pool_manager, rewards_distributor, spot_market};
use serde_json::Value;

use super::{Expectation, Expected, expect, items, json, of_synth};
use crate::{
    ContractKind, Profile, ProfileError,
    plan::{Composer, at, recipients},
    profile::{DistributorProfile, PoolManagerProfile, SpotMarketProfile},
};

const MANAGER: ContractKind = ContractKind::PoolManager;
const LENS: ContractKind = ContractKind::PoolLens;
const DISTRIBUTOR: ContractKind = ContractKind::RewardsDistributor;
const SPOT_MARKET: ContractKind = ContractKind::SpotMarket;

/// Markets whose ceiling was set later, and those of hostile markets, count too: what stands in the
/// profile is what governance stands for.
pub(super) fn of_pools(
    profile: &Profile,
    pools: &PoolManagerProfile,
    composer: &Composer<'_>,
) -> Result<Vec<Expectation>, ProfileError> {
    let dollar = &pools.dollar.asset;
    let config = |about: &str, expected: Value| {
        expect(about, MANAGER, &pool_manager::QueryMsg::Config {}, expected)
    };
    let params: pool_manager::Params = pools.params.into();
    let issuer = at(MANAGER.name());
    let mut all = vec![
        config(
            "what the pool manager relies on",
            json!({
                "oracle": "@oracle",
                "registry": "@debt-registry",
                "treasury": "@treasury",
                "dollar": {"synth": dollar, "token": at(dollar)},
            }),
        ),
        config("pool_manager.params", json!({"params": json(&params)})),
        expect(
            "pool_manager.dollar",
            ContractKind::DebtRegistry,
            &debt_registry::QueryMsg::Issuer {
                issuer: issuer.clone(),
            },
            json!({"dollar": dollar, "shared_debt": false}),
        ),
        expect(
            "what the pool lens looks at",
            LENS,
            &pool_lens::QueryMsg::Manager {},
            json!({"manager": issuer}),
        ),
    ];
    all.extend(of_synth(profile, &pools.dollar, &issuer, composer)?);
    all.extend(of_collaterals(profile, pools, composer)?);
    all.extend(of_markets(profile, pools)?);
    if let Some(distributor) = &pools.distributor {
        all.extend(of_distributor(distributor, composer));
    }
    if let Some(spot) = &pools.spot_market {
        all.extend(of_spot_market(profile, pools, spot)?);
    }
    Ok(all)
}

fn of_collaterals(
    profile: &Profile,
    pools: &PoolManagerProfile,
    composer: &Composer<'_>,
) -> Result<Vec<Expectation>, ProfileError> {
    let collaterals = pools.collaterals.iter().map(|collateral| {
        let asset = &collateral.asset;
        Ok(json!({
            "asset": asset,
            "token": json(&composer.token(asset)),
            "decimals": profile.decimals(asset),
            "terms": json(&profile.pool_terms(collateral)?),
            "enabled": true,
        }))
    });
    let mut collaterals = collaterals.collect::<Result<Vec<Value>, ProfileError>>()?;
    // The manager keeps them by asset id.
    collaterals.sort_by_key(|collateral| collateral.get("asset").map(ToString::to_string));
    Ok(vec![expect(
        "pool_manager.collaterals",
        LENS,
        &pool_lens::QueryMsg::Collaterals {},
        Value::Array(collaterals),
    )])
}

/// Governance may register more: those of the profile are the first.
fn of_markets(
    profile: &Profile,
    pools: &PoolManagerProfile,
) -> Result<Vec<Expectation>, ProfileError> {
    let markets = profile.registered_markets(pools)?.into_iter().zip(1u64..);
    Ok(markets
        .map(|((contract, market_ref, ceiling), number)| {
            expect(
                format!("market {number} of pool_manager"),
                LENS,
                &pool_lens::QueryMsg::Market {
                    market: number.into(),
                },
                json!({
                    "contract": at(contract),
                    "ref": market_ref,
                    "ceiling": ceiling,
                    "quarantined": false,
                }),
            )
        })
        .collect())
}

fn of_distributor(distributor: &DistributorProfile, composer: &Composer<'_>) -> Vec<Expectation> {
    let recipients = recipients(distributor);
    let tokens = distributor.tokens.iter();
    vec![
        expect(
            "what the rewards distributor relies on",
            DISTRIBUTOR,
            &rewards_distributor::QueryMsg::Config {},
            json!({"manager": at(MANAGER.name())}),
        ),
        Expectation {
            about: "pool_manager.distributor.recipients".into(),
            contract: DISTRIBUTOR.name().into(),
            query: json(&rewards_distributor::QueryMsg::Config {}),
            pointer: "/recipients".into(),
            expected: Expected::Items {
                pointer: String::new(),
                values: recipients.iter().map(json).collect(),
            },
        },
        items(
            "pool_manager.distributor.tokens",
            DISTRIBUTOR,
            &rewards_distributor::QueryMsg::Tokens {
                start_after: None,
                limit: Some(64),
            },
            "",
            tokens
                .map(|token| json(&composer.token(&token.asset)))
                .collect(),
        ),
        items(
            "pool_manager.distributor.funders",
            DISTRIBUTOR,
            &rewards_distributor::QueryMsg::Funders {
                start_after: None,
                limit: Some(64),
            },
            "",
            distributor
                .funders
                .iter()
                .map(|name| json(&at(name)))
                .collect(),
        ),
    ]
}

fn of_spot_market(
    profile: &Profile,
    pools: &PoolManagerProfile,
    spot: &SpotMarketProfile,
) -> Result<Vec<Expectation>, ProfileError> {
    let mut all = vec![
        expect(
            "what the spot market relies on",
            SPOT_MARKET,
            &spot_market::QueryMsg::Config {},
            json!({
                "oracle": "@oracle",
                "manager": at(MANAGER.name()),
                "dollar": at(&pools.dollar.asset),
            }),
        ),
        items(
            "pool_manager.spot_market.markets",
            SPOT_MARKET,
            &spot_market::QueryMsg::Markets {
                start_after: None,
                limit: Some(64),
            },
            "/ref",
            spot.markets.iter().map(|m| json!(m.market_ref)).collect(),
        ),
    ];
    for market in &spot.markets {
        all.push(expect(
            format!("market {} of the spot market", market.market_ref),
            SPOT_MARKET,
            &spot_market::QueryMsg::Market {
                market_ref: market.market_ref.clone(),
            },
            json!({
                "name": market.name,
                "asset": market.asset,
                "terms": json(&profile.spot_terms(pools, market)?),
            }),
        ));
    }
    Ok(all)
}
