//! What is measured, in the order in which it can happen: while prices are calm, after they
//! fell and accounts were flagged, after they fell further, and after they rose again.

use std::time::{Duration, Instant};

use anyhow::Context;
use ballast_types::{
    debt_registry::{QueryMsg as RegistryQuery, Valuation},
    oracle::{ExecuteMsg as OracleMsg, MAX_BATCH, PricePush, QueryMsg as OracleQuery},
    synth_minter::{DueResponse, ExecuteMsg, LiquidationPreview, QueryMsg, ReceiveMsg},
};
use cosmwasm_std::Addr;
use serde::Serialize;
use serde_json::Value;

use super::{
    Kind, Shape,
    gas::Estimate,
    scene::{Call, DOLLAR, FEEDER, Filling, Scene, collateral_id, synth_id},
};
use crate::{plan::json, storage::Counts};

/// Prices of every collateral. Who is indebted to the limit at 10 stands at 450 %: at 6 he is
/// weak, at 2 under water, at 20 cured.
const FALLEN: u64 = 6;
const UNDER_WATER: u64 = 2;
const RISEN: u64 = 20;
/// The most assets of one payout.
const MAX_PAYOUT: usize = 16;

/// One act, measured.
pub struct Measured {
    /// Its name.
    pub act: &'static str,
    /// Message or query.
    pub kind: Kind,
    /// The most that any round asked of the storage.
    pub counts: Counts,
    /// Of the quickest round: what other work of the machine does not blur.
    pub time: Duration,
    /// By the first round.
    pub gas: Estimate,
}

/// Fills a protocol of this shape and measures every act in it.
pub fn measure(
    shape: Shape,
    rounds: u32,
    tick: &mut dyn FnMut(),
) -> anyhow::Result<(Vec<Measured>, Filling)> {
    let mut scene = Scene::filled(shape, tick)?;
    let cast = Cast::assembled(&mut scene, rounds).context("the actors")?;
    let mut stage = Stage {
        scene,
        rounds,
        rows: vec![],
    };
    stage.calm(&cast)?;
    stage.scene.set_collateral_prices(FALLEN)?;
    stage.scene.flag_accounts(tick)?;
    stage.fallen(&cast)?;
    stage.scene.set_collateral_prices(UNDER_WATER)?;
    stage.under_water(&cast)?;
    stage.scene.set_collateral_prices(RISEN)?;
    stage.risen(&cast)?;
    Ok((stage.rows, stage.scene.filling))
}

/// Who acts, one for each round.
struct Cast {
    stakers: Vec<Addr>,
    flagged: Vec<Addr>,
    cured: Vec<Addr>,
    restored: Vec<Addr>,
    forwarded: Vec<Addr>,
    drowned: Vec<Addr>,
    claimed: Vec<Addr>,
    cleared: Vec<Addr>,
}

impl Cast {
    fn assembled(scene: &mut Scene, rounds: u32) -> anyhow::Result<Self> {
        let mut group = |name: &str, debt: Option<&str>| {
            (0..rounds)
                .map(|round| scene.actor(&format!("{name}-{round}"), debt))
                .collect::<anyhow::Result<Vec<_>>>()
        };
        Ok(Self {
            stakers: group("staker", Some("500"))?,
            flagged: group("flagged", None)?,
            cured: group("cured", None)?,
            restored: group("restored", None)?,
            forwarded: group("forwarded", None)?,
            drowned: group("drowned", None)?,
            claimed: group("claimed", None)?,
            cleared: group("cleared", None)?,
        })
    }
}

fn of(group: &[Addr], round: u32) -> anyhow::Result<Addr> {
    let index = usize::try_from(round)?;
    group.get(index).cloned().context("nobody for this round")
}

fn first(group: &[Addr]) -> anyhow::Result<String> {
    Ok(of(group, 0)?.to_string())
}

struct Stage {
    scene: Scene,
    rounds: u32,
    rows: Vec<Measured>,
}

impl Stage {
    // ------------------------------------------------------------ measuring

    /// Measures a message, once per round; what `prepare` does is not measured.
    fn message(
        &mut self,
        act: &'static str,
        mut prepare: impl FnMut(&mut Scene, u32) -> anyhow::Result<Call>,
    ) -> anyhow::Result<()> {
        let mut rounds = Rounds::default();
        for round in 0..self.rounds {
            let call = prepare(&mut self.scene, round).context(act)?;
            self.begin(round);
            let start = Instant::now();
            let response = self.scene.send(&call).context(act)?;
            rounds.add(start.elapsed(), self.scene.world.counts());
            if round == 0 {
                let record = self.scene.world.take_record();
                rounds.gas = Estimate::of(&self.scene.world, &record, Some(&response));
            }
        }
        self.rows.push(rounds.row(act, Kind::Message));
        Ok(())
    }

    /// Measures a query.
    fn query(
        &mut self,
        act: &'static str,
        contract: &Addr,
        msg: &impl Serialize,
    ) -> anyhow::Result<()> {
        let msg = json(msg);
        let mut rounds = Rounds::default();
        for round in 0..self.rounds {
            self.begin(round);
            let start = Instant::now();
            let _: Value = self.scene.world.query(contract, &msg).context(act)?;
            rounds.add(start.elapsed(), self.scene.world.counts());
            if round == 0 {
                let record = self.scene.world.take_record();
                rounds.gas = Estimate::of(&self.scene.world, &record, None);
            }
        }
        self.rows.push(rounds.row(act, Kind::Query));
        Ok(())
    }

    fn ask_minter(&mut self, act: &'static str, msg: &QueryMsg) -> anyhow::Result<()> {
        let minter = self.scene.minter.clone();
        self.query(act, &minter, msg)
    }

    fn begin(&self, round: u32) {
        self.scene.world.reset_counts();
        if round == 0 {
            self.scene.world.record();
        }
    }

    // ------------------------------------------------------------ while prices are calm

    fn calm(&mut self, cast: &Cast) -> anyhow::Result<()> {
        let stakers = &cast.stakers;
        self.message("deposit, native", |scene, round| {
            scene.deposit(&of(stakers, round)?, &collateral_id(0), "10")
        })?;
        self.message("deposit, cw20", |scene, round| {
            scene.deposit(&of(stakers, round)?, &collateral_id(1), "10")
        })?;
        self.message("mint", |scene, round| {
            let amount = Some(scene.amount(DOLLAR, "100")?);
            Ok(scene.to_minter(&of(stakers, round)?, &ExecuteMsg::Mint { amount }))
        })?;
        self.message("withdraw with debt", |scene, round| {
            let asset = collateral_id(0);
            let amount = Some(scene.amount(&asset, "10")?);
            let withdraw = ExecuteMsg::Withdraw { asset, amount };
            Ok(scene.to_minter(&of(stakers, round)?, &withdraw))
        })?;
        self.message("burn", |scene, round| {
            let amount = scene.amount(DOLLAR, "50")?;
            let burn = ReceiveMsg::Burn {
                account: None,
                to_target: false,
            };
            scene.hook(&of(stakers, round)?, DOLLAR, amount, &burn)
        })?;
        self.message("exchange", |scene, _| {
            scene.exchange(&synth_id(0), &synth_id(1), "10")
        })?;
        self.message("push", push)?;
        self.calm_queries(cast)
    }

    fn calm_queries(&mut self, cast: &Cast) -> anyhow::Result<()> {
        let account = first(&cast.stakers)?;
        let dollars = self.scene.amount(DOLLAR, "10")?;
        let collateral = collateral_id(0);
        let collaterals = self.scene.amount(&collateral, "10")?;
        let synths = self.scene.amount(&synth_id(0), "10")?;
        self.give_every_synth(&of(&cast.stakers, 0)?)?;

        let registry = self.scene.registry.clone();
        let issuer = self.scene.minter.to_string();
        self.ask_minter(
            "account",
            &QueryMsg::Account {
                account: account.clone(),
            },
        )?;
        self.ask_minter(
            "debt_hedge",
            &QueryMsg::DebtHedge {
                account: account.clone(),
            },
        )?;
        self.query(
            "solvency",
            &registry,
            &RegistryQuery::Solvency {
                start_after: None,
                limit: None,
            },
        )?;
        self.query(
            "pool",
            &registry,
            &RegistryQuery::Pool {
                issuer,
                valuation: Valuation::Strict,
            },
        )?;
        self.prices()?;
        self.ask_minter(
            "preview_deposit",
            &QueryMsg::PreviewDeposit {
                account: account.clone(),
                asset: collateral.clone(),
                amount: collaterals,
            },
        )?;
        self.ask_minter(
            "preview_withdraw",
            &QueryMsg::PreviewWithdraw {
                account: account.clone(),
                asset: collateral,
                amount: None,
            },
        )?;
        self.ask_minter(
            "preview_mint",
            &QueryMsg::PreviewMint {
                account: account.clone(),
                amount: None,
            },
        )?;
        self.ask_minter(
            "preview_burn",
            &QueryMsg::PreviewBurn {
                account,
                amount: dollars,
                to_target: false,
            },
        )?;
        self.ask_minter(
            "preview_exchange",
            &QueryMsg::PreviewExchange {
                from: synth_id(0),
                to: synth_id(1),
                amount: synths,
            },
        )
    }

    fn prices(&mut self) -> anyhow::Result<()> {
        let oracle = self.scene.oracle.clone();
        let mut assets = self.scene.pushed_assets();
        assets.truncate(MAX_BATCH);
        self.query("prices", &oracle, &OracleQuery::Prices { assets })
    }

    /// A wallet beside its share is dearest to look at when it holds some of each synth.
    fn give_every_synth(&mut self, account: &Addr) -> anyhow::Result<()> {
        let keeper = self.scene.keeper.clone();
        for synth in (0..self.scene.other_synths()).map(synth_id) {
            let amount = self.scene.amount(&synth, "1")?;
            self.scene
                .world
                .transfer(&keeper, account, &synth, amount)?;
        }
        Ok(())
    }

    // ------------------------------------------------------------ after prices fell

    fn fallen(&mut self, cast: &Cast) -> anyhow::Result<()> {
        // Later than the crowd's flags, which come first in the list.
        self.scene.world.wait(60);
        self.ask_minter(
            "preview_flag",
            &QueryMsg::PreviewFlag {
                account: first(&cast.flagged)?,
            },
        )?;
        self.message("flag", |scene, round| {
            let account = of(&cast.flagged, round)?.to_string();
            Ok(scene.to_minter(&scene.keeper, &ExecuteMsg::Flag { account }))
        })?;
        for group in [
            &cast.cured,
            &cast.restored,
            &cast.forwarded,
            &cast.drowned,
            &cast.claimed,
            &cast.cleared,
        ] {
            for account in group {
                self.scene.flag(account)?;
            }
        }
        self.message("deposit that ends a flag", |scene, round| {
            // Twice what it has of every collateral makes 270 % at least 540 %.
            let whole = (scene.shape.collaterals * 1_000).to_string();
            scene.deposit(&of(&cast.cured, round)?, &collateral_id(0), &whole)
        })?;
        let minter = self.scene.world.profile().minter.as_ref();
        let grace = minter.map_or(0, |minter| minter.params.grace_secs);
        self.scene.world.wait(grace);
        self.due()?;
        self.ask_minter(
            "preview_liquidate",
            &QueryMsg::PreviewLiquidate {
                account: first(&cast.restored)?,
                amount: None,
            },
        )?;
        self.message("liquidate, restoring", |scene, round| {
            liquidation(scene, &of(&cast.restored, round)?)
        })?;
        self.message("forward_to_treasury", |scene, round| {
            forward(scene, &of(&cast.forwarded, round)?)
        })
    }

    /// The first page, which is of the crowd's flags alone and full.
    fn due(&mut self) -> anyhow::Result<()> {
        let limit = self.scene.shape.due_page;
        let due = QueryMsg::Due {
            start_after: None,
            limit: Some(limit),
        };
        let page: DueResponse = self.scene.world.query(&self.scene.minter, &due)?;
        let found = u32::try_from(page.due.len())?;
        anyhow::ensure!(found == limit, "due shows {found} of {limit}");
        self.ask_minter("due", &due)
    }

    // ------------------------------------------------------------ after they fell further

    fn under_water(&mut self, cast: &Cast) -> anyhow::Result<()> {
        self.message("liquidate, under water with cover", |scene, round| {
            liquidation(scene, &of(&cast.drowned, round)?)
        })?;
        self.message("claim_rewards", |scene, round| {
            claim(scene, &of(&cast.claimed, round)?)
        })
    }

    // ------------------------------------------------------------ after they rose again

    fn risen(&mut self, cast: &Cast) -> anyhow::Result<()> {
        self.ask_minter(
            "preview_clear_flag",
            &QueryMsg::PreviewClearFlag {
                account: first(&cast.cleared)?,
            },
        )?;
        self.message("clear_flag", |scene, round| {
            let account = of(&cast.cleared, round)?.to_string();
            Ok(scene.to_minter(&scene.keeper, &ExecuteMsg::ClearFlag { account }))
        })
    }
}

/// As many prices as one message takes, a round interval after the last.
fn push(scene: &mut Scene, _: u32) -> anyhow::Result<Call> {
    let interval = scene.world.profile().oracle.round_interval_secs;
    // The feeds of what one message has no room for go on.
    scene.world.wait(interval);
    scene.world.app.update_block(|block| {
        block.height += 1;
        block.time = block.time.plus_seconds(interval);
    });
    let prices = scene
        .world
        .profile()
        .embedded
        .prices
        .iter()
        .take(MAX_BATCH)
        .map(|(asset, price)| PricePush {
            asset: asset.clone(),
            price: *price,
            published_at: None,
            confidence: None,
        })
        .collect();
    Ok(Call {
        sender: scene.world.account(FEEDER),
        contract: scene.oracle.clone(),
        msg: json(&OracleMsg::Push { prices }),
        funds: vec![],
    })
}

/// The most that may be paid, and one dollar that comes back.
fn liquidation(scene: &mut Scene, account: &Addr) -> anyhow::Result<Call> {
    let account = account.to_string();
    let preview = QueryMsg::PreviewLiquidate {
        account: account.clone(),
        amount: None,
    };
    let preview: LiquidationPreview = scene.world.query(&scene.minter, &preview)?;
    let sent = preview.most.checked_add(scene.amount(DOLLAR, "1")?)?;
    let hook = ReceiveMsg::Liquidate {
        account,
        min_received: vec![],
    };
    scene.hook(&scene.keeper, DOLLAR, sent, &hook)
}

/// All that is due, of as many assets as one message takes: penalties in every collateral, fees
/// in synths.
fn forward(scene: &mut Scene, account: &Addr) -> anyhow::Result<Call> {
    let liquidate = liquidation(scene, account)?;
    scene.send(&liquidate)?;
    let collaterals = (0..scene.shape.collaterals).map(collateral_id);
    let fees = MAX_PAYOUT
        .saturating_sub(scene.shape.collaterals)
        .min(scene.other_synths());
    for synth in (0..fees).map(synth_id) {
        let exchange = scene.exchange(DOLLAR, &synth, "1_000")?;
        scene.send(&exchange)?;
    }
    let assets = collaterals.chain((0..fees).map(synth_id)).collect();
    Ok(scene.to_minter(&scene.keeper, &ExecuteMsg::ForwardToTreasury { assets }))
}

/// What flagging one account earned, in every collateral.
fn claim(scene: &mut Scene, account: &Addr) -> anyhow::Result<Call> {
    let liquidate = liquidation(scene, account)?;
    scene.send(&liquidate)?;
    let claim = ExecuteMsg::ClaimRewards {
        account: None,
        assets: (0..scene.shape.collaterals).map(collateral_id).collect(),
    };
    Ok(scene.to_minter(&scene.keeper, &claim))
}

/// What the rounds of one act came to.
#[derive(Default)]
struct Rounds {
    quickest: Option<Duration>,
    counts: Counts,
    gas: Estimate,
}

impl Rounds {
    fn add(&mut self, time: Duration, counts: Counts) {
        self.quickest = Some(self.quickest.map_or(time, |least| least.min(time)));
        self.counts = Counts {
            reads: self.counts.reads.max(counts.reads),
            writes: self.counts.writes.max(counts.writes),
            scanned: self.counts.scanned.max(counts.scanned),
        };
    }

    fn row(self, act: &'static str, kind: Kind) -> Measured {
        Measured {
            act,
            kind,
            counts: self.counts,
            time: self.quickest.unwrap_or_default(),
            gas: self.gas,
        }
    }
}
