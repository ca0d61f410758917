//! What must always hold of pools: items 1, 3, 4 and 6 of DESIGN §11.

use ballast_types::{
    debt_registry::{QueryMsg as RegistryQuery, SynthResponse},
    pool_lens::{
        AccountResponse, CollateralResponse, CutResponse, MarketResponse, PoolResponse, PoolRow,
        PositionResponse, PositionRow, QueryMsg as LensQuery, VaultResponse,
    },
    pool_manager::{ConfigResponse, ExecuteMsg, PoolId, QueryMsg as ManagerQuery, VaultKey},
    rewards_distributor::{BalanceResponse, QueryMsg as DistributorQuery},
};
use cosmwasm_std::{Int256, Uint128};
use cw20::{Cw20QueryMsg, TokenInfoResponse};

use super::{Audit, PAGE, unchecked};
use crate::{kind::ContractKind, world::World};

impl Audit<'_> {
    /// Everything of pools, after a sync of each: what their markets have for them is theirs.
    pub(super) fn pools(&mut self) -> anyhow::Result<()> {
        self.dollars()?;
        self.manager_holds()?;
        self.distributor_holds()?;
        let synced = synced(self.world)?;
        let mut owed = Int256::zero();
        let mut fees = Uint128::zero();
        let mut roundings = 1u64;
        for row in pools(&synced)? {
            let pool: PoolResponse = synced.lens(&LensQuery::Pool { pool: row.pool })?;
            owed = owed.checked_add(pool.owed)?.checked_add(pool.unassigned)?;
            roundings = roundings.saturating_add(2);
            let mut of_vaults = Int256::zero();
            for vault in &pool.vaults {
                of_vaults = of_vaults.checked_add(vault.owed)?;
                let (positions, earned) = self.vault(&synced, row.pool, vault)?;
                fees = fees.checked_add(earned)?;
                roundings = roundings.saturating_add(positions).saturating_add(1);
            }
            let vaults = u64::try_from(pool.vaults.len())?.saturating_add(1);
            let apart = of_vaults.checked_sub(pool.owed)?.unsigned_abs();
            self.require(apart <= vaults.into(), || {
                let PoolResponse { owed, .. } = pool;
                format!(
                    "4: vaults of pool {} owe {of_vaults}, the pool {owed}",
                    row.pool
                )
            });
            let cuts: Vec<CutResponse> = synced.lens(&LensQuery::Cuts { pool: row.pool })?;
            let mut payees = vec![];
            for cut in cuts {
                // `due` is what a payee may claim from all of his cuts.
                if !payees.contains(&cut.payee) {
                    fees = fees.checked_add(cut.due)?;
                    payees.push(cut.payee);
                }
                roundings = roundings.saturating_add(1);
            }
        }
        self.whole(&synced, owed, fees, roundings)
    }

    /// Item 1 of the pools' dollar.
    fn dollars(&mut self) -> anyhow::Result<()> {
        let (synth, total) = dollar(self.world)?;
        self.require(synth.supply >= total, || {
            format!(
                "1: {total} {} exist, {} are recorded",
                synth.synth, synth.supply
            )
        });
        Ok(())
    }

    /// Item 3 of the manager.
    fn manager_holds(&mut self) -> anyhow::Result<()> {
        let manager = self.world.contract(ContractKind::PoolManager.name())?;
        let collaterals: Vec<CollateralResponse> = self.world.lens(&LensQuery::Collaterals {})?;
        for collateral in collaterals {
            let asset = &collateral.asset;
            let owed = collateral.undelegated.checked_add(collateral.delegated)?;
            let held = self.world.balance(&manager, asset)?;
            self.require(held >= owed, || {
                format!("3: the pool manager holds {held} {asset} and owes {owed}")
            });
            let mut free = Uint128::zero();
            for (name, account) in self.world.names() {
                if self.world.contract_kind(name).is_some() {
                    continue;
                }
                let account = account.to_string();
                let account: AccountResponse = self.world.lens(&LensQuery::Account { account })?;
                for part in account.free.iter().filter(|part| part.asset == *asset) {
                    free = free.checked_add(part.amount)?;
                }
            }
            let undelegated = collateral.undelegated;
            self.require(free == undelegated, || {
                format!("3: accounts have {free} {asset} undelegated, the total says {undelegated}")
            });
        }
        Ok(())
    }

    /// Item 3 of the distributor.
    fn distributor_holds(&mut self) -> anyhow::Result<()> {
        if self.world.profile().distributor().is_none() {
            return Ok(());
        }
        let balances = self.world.pages(
            ContractKind::RewardsDistributor,
            |last: Option<&BalanceResponse>| DistributorQuery::Balances {
                start_after: last.map(|balance| unchecked(&balance.token)),
                limit: Some(PAGE),
            },
        )?;
        for BalanceResponse { token, held, owed } in balances {
            self.require(held.is_none_or(|held| held >= owed), || {
                let held = held.unwrap_or_default();
                format!("3: the rewards distributor holds {held} of {token} and owes {owed}")
            });
        }
        Ok(())
    }

    /// Item 4: a vault and its accounts. Gives how many there are, and the fees that wait for them.
    fn vault(
        &mut self,
        synced: &World,
        pool: PoolId,
        vault: &VaultResponse,
    ) -> anyhow::Result<(u64, Uint128)> {
        let asset = &vault.asset;
        let key = || VaultKey {
            pool,
            asset: asset.clone(),
        };
        let rows = synced.pages(ContractKind::PoolLens, |last: Option<&PositionRow>| {
            LensQuery::Positions {
                vault: key(),
                start_after: last.map(|row| row.account.to_string()),
                limit: Some(PAGE),
            }
        })?;
        let (mut collateral, mut owed) = (Uint128::zero(), Int256::zero());
        let mut fees = Uint128::zero();
        for row in &rows {
            collateral = collateral.checked_add(row.collateral)?;
            owed = owed
                .checked_add(row.debt.into())?
                .checked_sub(row.credit.into())?;
            let position: PositionResponse = synced.lens(&LensQuery::Position {
                account: row.account.to_string(),
                vault: key(),
            })?;
            fees = fees.checked_add(position.fees)?;
        }
        let count = u64::try_from(rows.len())?;
        let has = vault.collateral;
        self.require(collateral <= has, || {
            format!("4: accounts have {collateral} {asset} in pool {pool}, the vault {has}")
        });
        let over = owed.checked_sub(vault.owed)?;
        self.require(
            over >= Int256::zero() && over <= Int256::from(count),
            || {
                let owes = vault.owed;
                format!(
                    "4: {count} accounts owe {owed} in {asset} of pool {pool}, the vault {owes}"
                )
            },
        );
        Ok((count, fees))
    }

    /// Item 6: every dollar there is or may still be is somebody's debt.
    fn whole(
        &mut self,
        synced: &World,
        of_pools: Int256,
        fees: Uint128,
        roundings: u64,
    ) -> anyhow::Result<()> {
        let manager = synced.contract(ContractKind::PoolManager.name())?;
        let config: ConfigResponse = synced.query(&manager, &ManagerQuery::Config {})?;
        let (synth, _) = dollar(synced)?;
        let mut there = Int256::from(synth.supply)
            .checked_add(fees.into())?
            .checked_add(config.treasury_due.into())?;
        let mut owed = of_pools;
        let mut roundings = roundings;
        let markets = synced.pages(ContractKind::PoolLens, |last: Option<&MarketResponse>| {
            LensQuery::Markets {
                start_after: last.map(|market| market.market),
                limit: Some(PAGE),
            }
        })?;
        for market in markets {
            there = there.checked_add(market.reported.into())?;
            owed = owed.checked_add(market.unassigned)?;
            roundings = roundings.saturating_add(1);
            let placed = market.given.checked_add(market.unassigned)?;
            let (number, debt) = (market.market, market.debt);
            self.require(placed == debt, || {
                format!("4: market {number} owes {debt}, of which {placed} is somewhere")
            });
        }
        let apart = there.checked_sub(owed)?.unsigned_abs();
        self.require(apart <= roundings.into(), || {
            format!("6: {there} dollars, fees and reports stand against {owed} of debt")
        });
        Ok(())
    }
}

impl World {
    /// Asks the pool lens.
    pub fn lens<T: serde::de::DeserializeOwned>(&self, msg: &LensQuery) -> anyhow::Result<T> {
        self.query(&self.contract(ContractKind::PoolLens.name())?, msg)
    }
}

fn pools(world: &World) -> anyhow::Result<Vec<PoolRow>> {
    world.pages(ContractKind::PoolLens, |last: Option<&PoolRow>| {
        LensQuery::Pools {
            start_after: last.map(|row| row.pool),
            recognized: false,
            limit: Some(PAGE),
        }
    })
}

/// The pools' dollar, as recorded and as it exists.
fn dollar(world: &World) -> anyhow::Result<(SynthResponse, Uint128)> {
    let pools = world.profile().pool_manager.as_ref();
    let synth = pools.map(|pools| pools.dollar.asset.clone());
    let synth = synth.unwrap_or_default();
    let registry = world.contract(ContractKind::DebtRegistry.name())?;
    let synth: SynthResponse = world.query(&registry, &RegistryQuery::Synth { synth })?;
    let info: TokenInfoResponse = world.query(&synth.token, &Cw20QueryMsg::TokenInfo {})?;
    Ok((synth, info.total_supply))
}

/// The same world after a sync of every pool and every market, those in quarantine left out.
fn synced(world: &World) -> anyhow::Result<World> {
    let mut synced = World::from_snapshot(&world.snapshot());
    let manager = synced.contract(ContractKind::PoolManager.name())?;
    let anyone = synced.account(&world.profile().owner);
    let markets = synced.pages(ContractKind::PoolLens, |last: Option<&MarketResponse>| {
        LensQuery::Markets {
            start_after: last.map(|market| market.market),
            limit: Some(PAGE),
        }
    })?;
    for pool in pools(&synced)? {
        let sync = ExecuteMsg::SyncPool { pool: pool.pool };
        synced.execute(&anyone, &manager, &sync, &[])?;
    }
    for market in markets {
        let sync = ExecuteMsg::SyncMarket {
            market: market.market,
        };
        // One that does not answer is in quarantine from now on, or has been.
        let _ = synced.execute(&anyone, &manager, &sync, &[]);
    }
    Ok(synced)
}
