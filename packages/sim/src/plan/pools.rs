//! How pools are deployed: the manager with its dollar, the lens, the distributor, the markets.

use ballast_types::{
    debt_registry, issuer, pool_lens, pool_manager,
    rewards_distributor::{self, Payee, RecipientBase},
    spot_market,
};
use cosmwasm_std::Addr;

use super::{Composer, Step, at, check, json, learn_synth};
use crate::{
    kind::ContractKind,
    profile::{
        DistributorProfile, HostileMarketProfile, PoolManagerProfile, ProfileError,
        SpotMarketProfile,
    },
};

const MANAGER: &str = ContractKind::PoolManager.name();
const LENS: &str = ContractKind::PoolLens.name();
const DISTRIBUTOR: &str = ContractKind::RewardsDistributor.name();
const SPOT_MARKET: &str = ContractKind::SpotMarket.name();

impl Composer<'_> {
    /// The manager, what may be delegated to it, its dollar, and what stands around it.
    pub(super) fn pools(&self, pools: &PoolManagerProfile) -> Result<Vec<Step>, ProfileError> {
        let (owner, guardian) = self.roles();
        let manager = pool_manager::InstantiateMsg {
            owner,
            guardian,
            oracle: at("oracle"),
            registry: at("debt-registry"),
            treasury: at("treasury"),
            params: pools.params.into(),
        };
        let mut steps = vec![self.instantiate(ContractKind::PoolManager, json(&manager))];
        for collateral in &pools.collaterals {
            steps.push(self.execute(
                MANAGER,
                &pool_manager::ExecuteMsg::AddCollateral {
                    asset: collateral.asset.clone(),
                    token: self.token(&collateral.asset),
                    terms: self.profile.pool_terms(collateral)?,
                },
            ));
        }
        steps.push(self.execute(
            "debt-registry",
            &debt_registry::ExecuteMsg::AddIssuer {
                issuer: at(MANAGER),
                dollar: self.synth(&pools.dollar)?,
                shared_debt: false,
            },
        ));
        steps.push(learn_synth(&pools.dollar));
        let lens = pool_lens::InstantiateMsg {
            manager: at(MANAGER),
        };
        steps.push(self.instantiate(ContractKind::PoolLens, json(&lens)));
        if let Some(distributor) = &pools.distributor {
            steps.extend(self.distributor(distributor));
        }
        if let Some(spot) = &pools.spot_market {
            steps.extend(self.spot_market(pools, spot)?);
        }
        let hostile = pools.hostile_markets.iter();
        steps.extend(hostile.map(|market| self.hostile_market(pools, market)));
        for (contract, market_ref, ceiling) in self.profile.registered_markets(pools)? {
            steps.push(self.execute(
                MANAGER,
                &pool_manager::ExecuteMsg::RegisterMarket {
                    contract: at(contract),
                    market_ref: market_ref.to_owned(),
                    ceiling,
                },
            ));
        }
        Ok(steps)
    }

    fn distributor(&self, distributor: &DistributorProfile) -> Vec<Step> {
        let (owner, guardian) = self.roles();
        let msg = rewards_distributor::InstantiateMsg {
            owner,
            guardian,
            manager: at(MANAGER),
            recipients: recipients(distributor),
        };
        let tokens = distributor.tokens.iter().map(|token| {
            self.execute(
                DISTRIBUTOR,
                &rewards_distributor::ExecuteMsg::SetToken {
                    token: self.token(&token.asset),
                    allowed: true,
                },
            )
        });
        let funders = distributor.funders.iter().map(|funder| {
            self.execute(
                DISTRIBUTOR,
                &rewards_distributor::ExecuteMsg::SetFunder {
                    funder: at(funder),
                    allowed: true,
                },
            )
        });
        std::iter::once(self.instantiate(ContractKind::RewardsDistributor, json(&msg)))
            .chain(tokens)
            .chain(funders)
            .collect()
    }

    fn spot_market(
        &self,
        pools: &PoolManagerProfile,
        spot: &SpotMarketProfile,
    ) -> Result<Vec<Step>, ProfileError> {
        let (owner, guardian) = self.roles();
        let msg = spot_market::InstantiateMsg {
            owner,
            guardian,
            oracle: at("oracle"),
            manager: at(MANAGER),
            dollar: at(&pools.dollar.asset),
        };
        let mut steps = vec![self.instantiate(ContractKind::SpotMarket, json(&msg))];
        for market in &spot.markets {
            steps.push(self.execute(
                SPOT_MARKET,
                &spot_market::ExecuteMsg::AddMarket {
                    market_ref: market.market_ref.clone(),
                    name: market.name.clone(),
                    asset: market.asset.clone(),
                    terms: self.profile.spot_terms(pools, market)?,
                },
            ));
        }
        Ok(steps)
    }

    fn hostile_market(&self, pools: &PoolManagerProfile, market: &HostileMarketProfile) -> Step {
        Step::Instantiate {
            name: market.name.clone(),
            code: ContractKind::HostileMarket,
            sender: self.profile.owner.clone(),
            msg: json(&hostile_market::InstantiateMsg {
                manager: at(MANAGER),
                dollar: at(&pools.dollar.asset),
            }),
        }
    }

    /// What they must answer: that they know each other, and the manager its dollar.
    pub(super) fn pool_checks(&self, pools: &PoolManagerProfile) -> Vec<Step> {
        let manager = || json(&pool_manager::QueryMsg::Config {});
        let dollar = &pools.dollar.asset;
        let known = issuer::NewSynth {
            synth: dollar.clone(),
            token: Addr::unchecked(at(dollar)),
            decimals: self.profile.decimals(dollar).unwrap_or_default(),
            is_dollar: true,
        };
        let synth = json(&debt_registry::QueryMsg::Synth {
            synth: dollar.clone(),
        });
        let lens = json(&pool_lens::QueryMsg::Manager {});
        let mut steps = vec![
            check(MANAGER, manager(), "/oracle", json!("@oracle")),
            check(MANAGER, manager(), "/registry", json!("@debt-registry")),
            check(MANAGER, manager(), "/treasury", json!("@treasury")),
            check(MANAGER, manager(), "/dollar", json(&known)),
            check("debt-registry", synth, "/issuer", json!(at(MANAGER))),
            check(LENS, lens, "/manager", json!(at(MANAGER))),
        ];
        if pools.distributor.is_some() {
            let config = json(&rewards_distributor::QueryMsg::Config {});
            steps.push(check(
                DISTRIBUTOR,
                config.clone(),
                "/manager",
                json!(at(MANAGER)),
            ));
            steps.push(check(DISTRIBUTOR, config, "/dollar", json!(at(dollar))));
        }
        if pools.spot_market.is_some() {
            let config = || json(&spot_market::QueryMsg::Config {});
            steps.push(check(SPOT_MARKET, config(), "/oracle", json!("@oracle")));
            steps.push(check(SPOT_MARKET, config(), "/manager", json!(at(MANAGER))));
            steps.push(check(SPOT_MARKET, config(), "/dollar", json!(at(dollar))));
        }
        steps
    }
}

/// Who gets which part of the cuts.
pub(crate) fn recipients(
    distributor: &DistributorProfile,
) -> Vec<rewards_distributor::RecipientUnchecked> {
    let recipients = distributor.recipients.iter();
    recipients
        .map(|(account, share)| RecipientBase {
            to: Payee::Address(at(account)),
            share: *share,
        })
        .collect()
}
