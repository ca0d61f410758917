//! The stability pool: what is measured of it, in the order in which it can happen.
//!
//! It is deployed with every guard on. Most acts leave the pool in a state in which they cost
//! something else, so each is measured once in a deployment, and there is a deployment for each
//! round.

use anyhow::{Context, ensure};
use ballast_types::{
    oracle::{self, PricePush},
    stability_pool::{
        BURN_INTERVAL_SECS, BurnRecord, ExecuteMsg, Guards, MAX_QUOTES, Offer, QueryMsg,
        ReceiveMsg, StateResponse, SwapRequest,
    },
};
use cosmwasm_std::{Coin, Decimal, MemoryStorage, Order, Storage, Uint128};
use cw_storage_plus::{Item, Map};
use serde_json::{Value, json};

use super::{
    acts::{Kind, Measured, call, hook},
    meter::{Call, Meter},
    scene::{Column, DAY_SECS, Deployment, KEEPER, OWNER, ROUNDS},
};

const POOL: &str = "stability-pool";
const ORACLE: &str = "oracle";
const DCM: &str = "DCM";
const DUCA: &str = "DUCA";
const LPD: &str = "LPD";
const AMO: &str = "amo";
/// Who provides liquidity before all others, and who does as others do.
const FOUNDER: &str = "founder";
const PROVIDER: &str = "provider";
const FEEDERS: [&str; 3] = ["feeder-a", "feeder-b", "feeder-c"];
/// Who acts here.
pub const ACCOUNTS: [&str; 4] = [AMO, FOUNDER, PROVIDER, KEEPER];

/// A little below par, so that every swap of DCM has all numbers: some of it is seigniorage.
const DCM_PRICE: Decimal = Decimal::permille(1_980);
/// DUCA is minted at 1 or above; below, some of a swap of DUCA is seigniorage.
const STRONG: Decimal = Decimal::permille(1_002);
const WEAK: Decimal = Decimal::permille(998);

/// The limits of 24 hours count from the oldest of so many snapshots, one for each two hours.
const SNAPSHOTS: u64 = 13;
const SNAPSHOT_SECS: u64 = 7_200;
/// The most entries of a page of the history of burns.
const BURNS_PAGE: u64 = 64;

/// Plays every act of the pool. `say` hears how far it is.
pub fn play<M: Meter>(
    meter: &mut M,
    say: &mut dyn FnMut(&str),
) -> anyhow::Result<Vec<Measured<M::Cost>>> {
    let mut rows = vec![];
    for round in 1..=ROUNDS {
        say(&format!("stability pool: {round} of {ROUNDS}"));
        let mut stage = Stage {
            meter: &mut *meter,
            deployment: Deployment::of_stability_pool()?,
            rows: &mut rows,
        };
        stage.set_up().context("deployment of the pool")?;
        stage.plant_history().context("what days leave behind")?;
        stage.swaps()?;
        stage.liquidity()?;
        stage.queries()?;
        stage.burns()?;
        stage.treasury()?;
        stage.administration()?;
    }
    Ok(rows)
}

struct Stage<'a, M: Meter> {
    meter: &'a mut M,
    deployment: Deployment,
    rows: &'a mut Vec<Measured<M::Cost>>,
}

impl<M: Meter> Stage<'_, M> {
    // ------------------------------------------------------------ measuring

    fn keep(&mut self, act: &'static str, kind: Kind, cost: M::Cost) {
        match self.rows.iter_mut().find(|row| row.act == act) {
            Some(row) => row.costs.push(cost),
            None => self.rows.push(Measured {
                act,
                kind,
                column: Column::StabilityPool,
                costs: vec![cost],
            }),
        }
    }

    fn message(&mut self, act: &'static str, sender: &str, call: &Call) -> anyhow::Result<()> {
        let cost = self.meter.send(sender, call).context(act)?;
        self.keep(act, Kind::Message, cost);
        Ok(())
    }

    fn query(&mut self, act: &'static str, msg: &QueryMsg) -> anyhow::Result<()> {
        let msg = serde_json::to_value(msg)?;
        let cost = self.meter.weigh(POOL, &msg).context(act)?;
        self.keep(act, Kind::Query, cost);
        Ok(())
    }

    fn prepare(&mut self, sender: &str, calls: Vec<Call>) -> anyhow::Result<()> {
        self.meter.prepare(vec![(sender.to_owned(), calls)])
    }

    // ------------------------------------------------------------ messages

    fn dcm(&self, whole: &str) -> anyhow::Result<Coin> {
        let amount = self.deployment.units(DCM, whole)?;
        let coin = self.deployment.coin(DCM, amount);
        coin.context("DCM is native")
    }

    /// A message to the pool with DCM beside it.
    fn with_dcm(&self, whole: &str, msg: &ExecuteMsg) -> anyhow::Result<Call> {
        Ok(Call {
            funds: vec![self.dcm(whole)?],
            ..call(POOL, msg)?
        })
    }

    /// A cw20 sent to the pool.
    fn sent(&mut self, asset: &str, whole: &str, msg: &ReceiveMsg) -> anyhow::Result<Call> {
        let amount = self.deployment.units(asset, whole)?;
        hook(self.meter, asset, amount, POOL, msg)
    }

    fn swap_dcm(&self, whole: &str) -> anyhow::Result<Call> {
        let swap = ExecuteMsg::Swap {
            min_out: Uint128::one(),
            recipient: None,
        };
        self.with_dcm(whole, &swap)
    }

    fn swap_duca(&mut self, whole: &str) -> anyhow::Result<Call> {
        let swap = ReceiveMsg::Swap {
            min_out: Uint128::one(),
            recipient: None,
        };
        self.sent(DUCA, whole, &swap)
    }

    fn provide(&self, whole: &str) -> anyhow::Result<Call> {
        let provide = ExecuteMsg::Provide {
            min_lpd: Uint128::one(),
            recipient: None,
        };
        self.with_dcm(whole, &provide)
    }

    /// All feeders say both prices, and one of them again when a round may be made of them.
    fn feed(&mut self, duca: Decimal) -> anyhow::Result<()> {
        let prices = [(DCM, DCM_PRICE), (DUCA, duca)];
        let prices = prices.map(|(asset, price)| PricePush {
            asset: asset.to_owned(),
            price,
            published_at: None,
            confidence: None,
        });
        let prices = prices.to_vec();
        let push = call(ORACLE, &oracle::ExecuteMsg::Push { prices })?;
        let all = FEEDERS.map(|feeder| (feeder.to_owned(), vec![push.clone()]));
        self.meter.wait(2)?;
        self.meter.prepare(all.to_vec())?;
        self.meter.wait(2)?;
        self.prepare(FEEDERS[0], vec![push])
    }

    fn state(&self) -> anyhow::Result<StateResponse> {
        let answer = self.meter.ask(POOL, &json!({"state": {}}))?;
        Ok(serde_json::from_value(answer)?)
    }

    // ------------------------------------------------------------ before anything is measured

    fn set_up(&mut self) -> anyhow::Result<()> {
        let profile = self.deployment.profile.clone();
        self.meter.deploy(&profile)?;
        let gifts = ACCOUNTS
            .into_iter()
            .map(|account| Ok((account.to_owned(), self.dcm("1_000_000")?)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        self.meter.give(&gifts)?;
        self.meter.rouse(&ACCOUNTS.map(str::to_owned))?;
        self.feed(STRONG)?;
        let founding = self.provide("50_000")?;
        self.message("provide, the pool's first", FOUNDER, &founding)?;
        let calls = vec![self.swap_dcm("40_000")?, self.swap_duca("4_000")?];
        self.prepare(AMO, calls)
    }

    /// Two days ago the pool had swapped as much as it has now, somebody has swapped in each two
    /// hours since, and 62 times there was a burn or a contraction.
    fn plant_history(&mut self) -> anyhow::Result<()> {
        let mut storage = MemoryStorage::new();
        let now = self.meter.now()?;
        let bucket = now / SNAPSHOT_SECS;
        let units = |whole: &str| self.deployment.units(DCM, whole);
        let totals = json!([units("79_000")?, units("2_000")?, units("390")?]);
        for age in 1..=SNAPSHOTS {
            let bucket = bucket - age;
            let snapshot = json!([bucket * SNAPSHOT_SECS, "2", totals]);
            Map::<u64, Value>::new("snapshot").save(&mut storage, bucket % SNAPSHOTS, &snapshot)?;
        }
        let entries = BURNS_PAGE - 2;
        for sequence in 0..entries {
            let kind = ["burn", "contraction"][usize::from(sequence % 2 == 1)];
            let time = now - (entries - sequence) * BURN_INTERVAL_SECS;
            let amounts = [units("10_000")?, units("5_000")?, units("79_200")?];
            let [amount, payment, supply] = amounts;
            let record = json!([sequence, time, kind, amount, payment, supply, "2"]);
            Map::<u64, Value>::new("burn").save(&mut storage, sequence, &record)?;
        }
        let last = now - 2 * DAY_SECS;
        Item::<Value>::new("clocks").save(&mut storage, &json!([last, last, entries]))?;
        let records = storage.range(None, None, Order::Ascending).collect();
        self.meter.plant(POOL, records)?;

        let headroom = self.state()?.headroom.paid_out;
        ensure!(
            headroom > Some(units("49_900")?),
            "the snapshots are not what the pool reads: it may pay out {headroom:?}"
        );
        Ok(())
    }

    // ------------------------------------------------------------ what is measured

    fn swaps(&mut self) -> anyhow::Result<()> {
        for (act, dcm) in [
            ("swap DCM, the first in two hours", "1_000"),
            ("swap DCM, out of the pool", "500"),
            // 1,030 of the 4,000 DUCA are left.
            ("swap DCM, part of it minted", "1_000"),
            ("swap DCM, all of it minted", "1_000"),
        ] {
            let swap = self.swap_dcm(dcm)?;
            self.message(act, AMO, &swap)?;
        }
        let minted = self.state()?.books;
        ensure!(minted.pool_duca.is_zero(), "nothing was minted");
        self.feed(WEAK)?;
        let swap = self.swap_duca("40_000")?;
        self.message("swap DUCA", AMO, &swap)
    }

    fn liquidity(&mut self) -> anyhow::Result<()> {
        let provide = self.provide("1_000")?;
        self.message("provide, an account's first", PROVIDER, &provide)?;
        self.message("provide", PROVIDER, &provide)?;
        let withdraw = ReceiveMsg::Withdraw {
            min_dcm: Uint128::one(),
            min_duca: Uint128::one(),
        };
        let withdraw = self.sent(LPD, "100", &withdraw)?;
        // Who holds no DUCA yet writes a record that others change.
        self.message(
            "withdraw liquidity, an account's first",
            PROVIDER,
            &withdraw,
        )?;
        self.message("withdraw liquidity", PROVIDER, &withdraw)?;
        let donate = self.with_dcm("100", &ExecuteMsg::Donate {})?;
        self.message("donate DCM", PROVIDER, &donate)?;
        let donate = self.sent(DUCA, "100", &ReceiveMsg::Donate {})?;
        self.message("donate DUCA", AMO, &donate)
    }

    fn queries(&mut self) -> anyhow::Result<()> {
        let request = |offer, amount| SwapRequest { offer, amount };
        let dcm = request(Offer::Dcm, self.deployment.units(DCM, "100")?);
        let duca = request(Offer::Duca, self.deployment.units(DUCA, "100")?);
        let swaps = [dcm, duca].into_iter().cycle().take(MAX_QUOTES).collect();
        let account = self.meter.address(PROVIDER)?;
        for (act, query) in [
            ("state", QueryMsg::State {}),
            ("quote_swap, DCM", QueryMsg::QuoteSwap { swap: dcm }),
            ("quote_swap, DUCA", QueryMsg::QuoteSwap { swap: duca }),
            ("quote_swaps, 32", QueryMsg::QuoteSwaps { swaps }),
            (
                "preview_provide",
                QueryMsg::PreviewProvide { amount: dcm.amount },
            ),
            (
                "preview_withdraw_liquidity",
                QueryMsg::PreviewWithdraw { lpd: dcm.amount },
            ),
            ("next_burn", QueryMsg::NextBurn {}),
            ("next_contraction", QueryMsg::NextContraction {}),
            ("position", QueryMsg::Position { account }),
        ] {
            self.query(act, &query)?;
        }
        Ok(())
    }

    fn burns(&mut self) -> anyhow::Result<()> {
        self.message("burn DUCA", KEEPER, &call(POOL, &ExecuteMsg::Burn {})?)?;
        self.message("contract", KEEPER, &call(POOL, &ExecuteMsg::Contract {})?)?;
        let page = QueryMsg::Burns {
            start_after: None,
            limit: Some(u32::try_from(BURNS_PAGE)?),
        };
        let answer = self.meter.ask(POOL, &serde_json::to_value(&page)?)?;
        let entries: Vec<BurnRecord> = serde_json::from_value(answer)?;
        ensure!(
            u64::try_from(entries.len())? == BURNS_PAGE,
            "the history shows {} of {BURNS_PAGE}",
            entries.len()
        );
        self.query("burns, 64", &page)
    }

    fn treasury(&mut self) -> anyhow::Result<()> {
        let forward = call(POOL, &ExecuteMsg::ForwardToTreasury {})?;
        self.message("forward seigniorage, first", KEEPER, &forward)?;
        let swap = self.swap_dcm("1_000")?;
        self.prepare(AMO, vec![swap])?;
        self.message("forward seigniorage", KEEPER, &forward)
    }

    fn administration(&mut self) -> anyhow::Result<()> {
        let address = self.meter.address(PROVIDER)?;
        let guards = Guards {
            max_minted: Some(self.deployment.units(DUCA, "200_000")?),
            ..self.guards()?
        };
        for (act, msg) in [
            (
                "grant_amo",
                ExecuteMsg::GrantAmo {
                    address: address.clone(),
                },
            ),
            ("revoke_amo", ExecuteMsg::RevokeAmo { address }),
            ("update_guards", ExecuteMsg::UpdateGuards { guards }),
        ] {
            self.message(act, OWNER, &call(POOL, &msg)?)?;
        }
        Ok(())
    }

    fn guards(&self) -> anyhow::Result<Guards> {
        let answer = self.meter.ask(POOL, &json!({"config": {}}))?;
        let guards = answer.get("guards").cloned().unwrap_or_default();
        Ok(serde_json::from_value(guards)?)
    }
}
