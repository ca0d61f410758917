//! What owners of pools and of the protocol do, and pages of lists: nobody needs their gas, but they
//! must not grow with anything either.

use anyhow::Context;
use ballast_types::{
    TokenUnchecked,
    pool_lens::QueryMsg as Lens,
    pool_manager::{ExecuteMsg, Operation, Recognition, Target},
};
use cw_ownable::Action;

use super::{
    ALONE, ATOM, BTC, CROWDED_PAGE, Call, Column, DUSD, FOUNDER, KEEPER, LENS, Meter, OWNER, Stage,
    TRADER, account, pool_of,
};

/// A market that no pool is behind: what `register_market` was measured with.
const UNBACKED: &str = "more";
/// Pools that act: as many are on a page of pools.
const POOLS: u32 = 5;
const PAGE: Option<u32> = Some(CROWDED_PAGE);

impl<M: Meter> Stage<'_, M> {
    /// What the owner of a pool does, and what is asked about it.
    pub fn pool_owners(&mut self, size: Column) -> anyhow::Result<()> {
        let (pool, ..) = pool_of(size);
        let id = pool.into();
        let name = "renamed".to_owned();
        let rename = ExecuteMsg::SetPoolName { pool: id, name };
        self.by(FOUNDER, "set_pool_name", size, &rename)?;
        let slower = ExecuteMsg::SetDelegationTime {
            pool: id,
            delegation_secs: 100,
        };
        self.by(FOUNDER, "set_delegation_time", size, &slower)?;
        let recognize = ExecuteMsg::RecognizePool {
            pool: id,
            recognition: Some(Recognition::Approved),
        };
        self.by(OWNER, "recognize_pool", size, &recognize)?;
        let transfer = ExecuteMsg::UpdatePoolOwnership {
            pool: id,
            action: self.to_keeper()?,
        };
        self.by(FOUNDER, "update_pool_ownership", size, &transfer)?;
        let accept = ExecuteMsg::UpdatePoolOwnership {
            pool: id,
            action: Action::AcceptOwnership,
        };
        self.by(KEEPER, "update_pool_ownership, accepted", size, &accept)?;

        let account = self.meter.address(&account("lp", pool))?;
        let vault = Self::vault(pool, ATOM);
        let target = Target {
            pool: id,
            asset: None,
        };
        let queries = [
            ("account, pools", Lens::Account { account }),
            (
                "positions, 10",
                Lens::Positions {
                    vault,
                    start_after: None,
                    limit: PAGE,
                },
            ),
            (
                "streams",
                Lens::Streams {
                    target,
                    start_after: None,
                    limit: PAGE,
                },
            ),
        ];
        for (act, query) in queries {
            self.query(act, size, LENS, &query)?;
        }
        Ok(())
    }

    /// What the owner of the protocol does, and lists of all pools.
    pub fn governance(&mut self) -> anyhow::Result<()> {
        let size = Column::OneMarket;
        let (_, _, first) = pool_of(size);
        let profile = self.deployment.profile.clone();
        let pools = profile.pool_manager.as_ref().context("there are pools")?;
        let contract = self.meter.address(ALONE)?;

        let ceiling = ExecuteMsg::SetMarketCeiling {
            market: first.into(),
            ceiling: self.units(DUSD, "900_000_000")?,
        };
        self.by(OWNER, "set_market_ceiling", size, &ceiling)?;
        let add = ExecuteMsg::AddCollateral {
            asset: BTC.to_owned(),
            token: TokenUnchecked::Native("ubtc".to_owned()),
            terms: profile.pool_terms(pools.collaterals.first().context("a collateral")?)?,
        };
        self.by(OWNER, "add_collateral", size, &add)?;
        let update = ExecuteMsg::UpdateCollateral {
            asset: BTC.to_owned(),
            terms: None,
            enabled: Some(false),
        };
        self.by(OWNER, "update_collateral", size, &update)?;
        let params = pools.params.into();
        self.by(
            OWNER,
            "update_params",
            size,
            &ExecuteMsg::UpdateParams { params },
        )?;

        let unbacked = (ALONE.to_owned(), UNBACKED.to_owned());
        let margin = self.margin(&unbacked, "1_000")?;
        self.prepare(TRADER, vec![margin, self.pay_fees(&unbacked, "100")?])?;
        let forward = ExecuteMsg::ForwardToTreasury {};
        self.by(KEEPER, "forward_to_treasury", size, &forward)?;

        let queries = [
            ("collaterals", Lens::Collaterals {}),
            (
                "pools, 5",
                Lens::Pools {
                    start_after: None,
                    recognized: false,
                    limit: Some(POOLS),
                },
            ),
            (
                "pools, recognized",
                Lens::Pools {
                    start_after: None,
                    recognized: true,
                    limit: PAGE,
                },
            ),
            (
                "solvency, pools",
                Lens::Solvency {
                    start_after: None,
                    limit: PAGE,
                },
            ),
        ];
        for (act, query) in queries {
            self.query(act, size, LENS, &query)?;
        }

        let quarantine = ExecuteMsg::Quarantine { contract };
        self.by(OWNER, "quarantine", size, &quarantine)?;
        let quarantines = Lens::Quarantines {
            start_after: None,
            limit: PAGE,
        };
        self.query("quarantines", size, LENS, &quarantines)?;
        let operation = Operation::Delegate;
        let off = ExecuteMsg::SwitchOff { operation };
        self.by(OWNER, "switch_off", size, &off)?;
        let on = ExecuteMsg::SwitchOn { operation };
        self.by(OWNER, "switch_on", size, &on)?;
        let guardian = Some(self.meter.address(KEEPER)?);
        let guardian = ExecuteMsg::SetGuardian { guardian };
        self.by(OWNER, "set_guardian", size, &guardian)?;
        let transfer = ExecuteMsg::UpdateOwnership(self.to_keeper()?);
        self.by(OWNER, "update_ownership", size, &transfer)?;
        let accept = ExecuteMsg::UpdateOwnership(Action::AcceptOwnership);
        self.by(KEEPER, "update_ownership, accepted", size, &accept)
    }

    fn by(
        &mut self,
        sender: &str,
        act: &'static str,
        size: Column,
        msg: &ExecuteMsg,
    ) -> anyhow::Result<()> {
        let call: Call = Self::to_manager(msg)?;
        self.message(act, size, sender, &call)
    }

    fn to_keeper(&self) -> anyhow::Result<Action> {
        Ok(Action::TransferOwnership {
            new_owner: self.meter.address(KEEPER)?,
            expiry: None,
        })
    }
}
