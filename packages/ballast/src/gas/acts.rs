//! What is measured, in the order in which it can happen: while the owner sets up, while prices
//! are calm, after they fell and accounts were flagged, after they fell further, and after they
//! rose again.
//!
//! Each act is measured several times, each time by or for an account of its own that was
//! prepared in the same way. Amounts have the same number of digits each time.

use anyhow::{Context, ensure};
use ballast_sim::{
    Names, Plan, Step,
    benchmark::{DOLLAR, FEEDER, collateral_id, odd_dollars, synth_id},
};
use ballast_types::{
    TokenUnchecked,
    debt_registry::{self, Valuation},
    oracle::{self, MAX_BATCH, PricePush},
    synth_minter::{DueResponse, ExecuteMsg, LiquidationPreview, QueryMsg, ReceiveMsg},
    treasury::{self, Tag},
};
use cosmwasm_std::{Binary, Coin, Decimal, Uint128};
use cw20::Cw20ExecuteMsg;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    meter::{Call, Meter},
    scene::{Column, DUE_PAGE, Deployment, KEEPER, OWNER, ROUNDS, Scene},
};

/// Prices of every collateral. Who is indebted to the limit at 10 stands at 450 %: at 6 he is
/// weak, at 2 under water, at 20 cured.
const FALLEN: u64 = 6;
const UNDER_WATER: u64 = 2;
const RISEN: u64 = 20;
/// What an account stakes of a collateral.
const STAKE: &str = "1_000";
/// The most assets of one payout.
const MAX_PAYOUT: usize = 16;

const ORACLE: &str = "oracle";
const REGISTRY: &str = "debt-registry";
const MINTER: &str = "synth-minter";
const TREASURY: &str = "treasury";

/// What an act is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It changes something.
    Message,
    /// It asks.
    Query,
}

/// An act, measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured<C> {
    /// Its name.
    pub act: &'static str,
    /// Message or query.
    pub kind: Kind,
    /// Where.
    pub column: Column,
    /// Each time.
    pub costs: Vec<C>,
}

/// Plays a scene. `say` hears how far it is.
pub fn play<M: Meter>(
    meter: &mut M,
    scene: Scene,
    say: &mut dyn FnMut(&str),
) -> anyhow::Result<Vec<Measured<M::Cost>>> {
    let mut stage = Stage {
        deployment: Deployment::of(scene),
        meter,
        scene,
        rows: vec![],
    };
    let mut phase = |what: &str| say(&format!("{}: {what}", scene.name));
    phase("deployment");
    stage.set_up().context("deployment")?;
    phase("while prices are calm");
    stage.calm().context("while prices are calm")?;
    phase("accounts to be flagged");
    stage.gather_crowds().context("accounts to be flagged")?;
    phase("after prices fell");
    stage.fallen().context("after prices fell")?;
    phase("under water");
    stage.under_water().context("under water")?;
    phase("after prices rose");
    stage.risen().context("after prices rose")?;
    Ok(stage.rows)
}

struct Stage<'a, M: Meter> {
    meter: &'a mut M,
    scene: Scene,
    deployment: Deployment,
    rows: Vec<Measured<M::Cost>>,
}

/// The accounts of a column that are indebted to the limit, taken one by one.
struct Crowd {
    column: Column,
    next: usize,
}

impl Crowd {
    fn take(&mut self, scene: Scene) -> String {
        let name = scene.member(self.column, self.next);
        self.next += 1;
        name
    }
}

impl<M: Meter> Stage<'_, M> {
    // ------------------------------------------------------------ measuring

    fn keep(&mut self, act: &'static str, kind: Kind, column: Column, costs: Vec<M::Cost>) {
        self.rows.push(Measured {
            act,
            kind,
            column,
            costs,
        });
    }

    /// Measures a message once per round; what `prepare` does is not measured.
    fn message(
        &mut self,
        act: &'static str,
        column: Column,
        mut prepare: impl FnMut(&mut Self, usize) -> anyhow::Result<(String, Call)>,
    ) -> anyhow::Result<()> {
        let mut costs = vec![];
        for round in 0..ROUNDS {
            let (sender, call) = prepare(self, round).context(act)?;
            costs.push(self.meter.send(&sender, &call).context(act)?);
        }
        self.keep(act, Kind::Message, column, costs);
        Ok(())
    }

    fn query(
        &mut self,
        act: &'static str,
        column: Column,
        contract: &str,
        msg: &impl Serialize,
    ) -> anyhow::Result<()> {
        let msg = serde_json::to_value(msg)?;
        let cost = self.meter.weigh(contract, &msg).context(act)?;
        self.keep(act, Kind::Query, column, vec![cost]);
        Ok(())
    }

    /// The column of what does not depend on an account's collaterals.
    fn main(&self) -> Column {
        self.scene.main()
    }

    // ------------------------------------------------------------ messages

    fn units(&self, asset: &str, whole: &str) -> anyhow::Result<Uint128> {
        self.deployment.units(asset, whole)
    }

    fn to_minter(msg: &ExecuteMsg) -> anyhow::Result<Call> {
        call(MINTER, msg)
    }

    /// A cw20 sent to a contract, with a message for it.
    fn hook(
        &mut self,
        asset: &str,
        amount: Uint128,
        contract: &str,
        hook: &impl Serialize,
    ) -> anyhow::Result<Call> {
        self::hook(self.meter, asset, amount, contract, hook)
    }

    fn deposit(&mut self, asset: &str, whole: &str, account: Option<&str>) -> anyhow::Result<Call> {
        let account = account.map(|name| self.meter.address(name)).transpose()?;
        let amount = self.units(asset, whole)?;
        match self.deployment.coin(asset, amount) {
            Some(coin) => Ok(Call {
                funds: vec![coin],
                ..Self::to_minter(&ExecuteMsg::Deposit { account })?
            }),
            None => self.hook(asset, amount, MINTER, &ReceiveMsg::Deposit { account }),
        }
    }

    fn mint(&self, whole: Option<&str>) -> anyhow::Result<Call> {
        let amount = whole.map(|whole| self.units(DOLLAR, whole)).transpose()?;
        Self::to_minter(&ExecuteMsg::Mint { amount })
    }

    fn burn(&mut self, whole: &str) -> anyhow::Result<Call> {
        let amount = self.units(DOLLAR, whole)?;
        let burn = ReceiveMsg::Burn {
            account: None,
            to_target: false,
        };
        self.hook(DOLLAR, amount, MINTER, &burn)
    }

    fn exchange(&mut self, from: &str, to: &str, whole: &str) -> anyhow::Result<Call> {
        let amount = self.units(from, whole)?;
        let exchange = ReceiveMsg::Exchange {
            to: to.to_owned(),
            min_out: Uint128::one(),
            recipient: None,
        };
        self.hook(from, amount, MINTER, &exchange)
    }

    fn flag(&mut self, account: &str) -> anyhow::Result<Call> {
        let account = self.meter.address(account)?;
        Self::to_minter(&ExecuteMsg::Flag { account })
    }

    fn transfer(&mut self, asset: &str, whole: &str, to: &str) -> anyhow::Result<Call> {
        let msg = Cw20ExecuteMsg::Transfer {
            recipient: self.meter.address(to)?,
            amount: self.units(asset, whole)?,
        };
        call(asset, &msg)
    }

    /// The cw20 of a collateral out of nothing; its owner may.
    fn cw20_gift(&mut self, asset: &str, whole: &str, to: &str) -> anyhow::Result<Call> {
        let msg = Cw20ExecuteMsg::Mint {
            recipient: self.meter.address(to)?,
            amount: self.units(asset, whole)?,
        };
        call(asset, &msg)
    }

    fn ask<T: DeserializeOwned>(
        &mut self,
        contract: &str,
        msg: &impl Serialize,
    ) -> anyhow::Result<T> {
        let answer = self.meter.ask(contract, &serde_json::to_value(msg)?)?;
        Ok(serde_json::from_value(answer)?)
    }

    /// Every collateral comes to about this price.
    fn move_collaterals(&mut self, price: u64) -> anyhow::Result<()> {
        let prices: Vec<(String, Decimal)> = (0..self.scene.collaterals)
            .map(|number| (collateral_id(number), odd_dollars(price, number)))
            .collect();
        for (asset, price) in &prices {
            if let Some(entry) = self
                .deployment
                .prices
                .iter_mut()
                .find(|entry| entry.0 == *asset)
            {
                entry.1 = *price;
            }
        }
        self.meter.wait(2)?;
        self.meter
            .prepare(vec![(FEEDER.to_owned(), vec![push(&prices)?])])
    }

    // ------------------------------------------------------------ while the owner sets up

    fn set_up(&mut self) -> anyhow::Result<()> {
        let main = self.main();
        let reduced = self.deployment.reduced();
        self.meter.deploy(&reduced)?;
        let before = Plan::of(&reduced)?.steps;
        let after = Plan::of(&self.deployment.profile)?.steps;
        for step in after.into_iter().filter(|step| !before.contains(step)) {
            let Step::Execute {
                sender,
                contract,
                msg,
            } = step
            else {
                continue;
            };
            let meter = &self.meter;
            let msg = Names::default().resolve(&msg, &mut |name| meter.address(name))?;
            let act = owners_act(&msg)?;
            let call = Call {
                contract,
                msg,
                funds: vec![],
            };
            let cost = self.meter.send(&sender, &call).context(act)?;
            match self.rows.iter_mut().find(|row| row.act == act) {
                Some(row) => row.costs.push(cost),
                None => self.keep(act, Kind::Message, main, vec![cost]),
            }
        }
        let last = self.deployment.profile.synths().skip(1).last();
        if let Some(synth) = last.map(|synth| synth.asset.clone()) {
            let query = debt_registry::QueryMsg::Synth {
                synth: synth.clone(),
            };
            let answer: debt_registry::SynthResponse = self.ask(REGISTRY, &query)?;
            self.meter.learn(&synth, answer.token.as_str());
        }
        let pushes = self
            .deployment
            .prices
            .chunks(MAX_BATCH)
            .map(push)
            .collect::<anyhow::Result<Vec<_>>>()?;
        self.meter.prepare(vec![(FEEDER.to_owned(), pushes)])?;
        self.equip_keeper().context("the keeper")
    }

    /// Collateral for the accounts of others, dollars for liquidations and insurance, and some
    /// of every synth, so that every synth has a supply and the value of the pool needs every
    /// price.
    fn equip_keeper(&mut self) -> anyhow::Result<()> {
        let plenty = Uint128::new(10_u128.pow(28));
        let keeper = KEEPER.to_owned();
        let gifts: Vec<(String, Coin)> = self
            .deployment
            .denoms()
            .into_iter()
            .map(|denom| {
                let amount = plenty;
                (keeper.clone(), Coin { denom, amount })
            })
            .collect();
        self.meter.give(&gifts)?;
        let cw20s: Vec<String> = (0..self.scene.collaterals)
            .map(collateral_id)
            .filter(|asset| self.deployment.coin(asset, plenty).is_none())
            .collect();
        let minted = cw20s
            .iter()
            .map(|asset| self.cw20_gift(asset, "1_000_000", KEEPER))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let mut calls = vec![
            self.deposit(&collateral_id(0), "1_000_000_000", None)?,
            self.mint(Some("100_000_000"))?,
        ];
        for synth in self.scene.other_synths() {
            calls.push(self.exchange(DOLLAR, &synth, "100_000")?);
        }
        let insurance = self.units(DOLLAR, "1_000_000")?;
        let tag = Tag::Insurance;
        calls.push(self.hook(
            DOLLAR,
            insurance,
            TREASURY,
            &treasury::ReceiveMsg::Deposit { tag },
        )?);
        self.meter.prepare(vec![(OWNER.to_owned(), minted)])?;
        self.meter.prepare(vec![(keeper, calls)])
    }

    // ------------------------------------------------------------ while prices are calm

    fn calm(&mut self) -> anyhow::Result<()> {
        for column in self.scene.columns {
            self.staking(*column)?;
        }
        let main = self.main();
        self.cw20_staking(main)?;
        self.exchanges(main)?;
        self.pushes(main)?;
        self.treasury(main)?;
        self.general_queries(main)
    }

    /// Accounts that do what stakers do, from the first deposit to the last withdrawal.
    fn staking(&mut self, column: Column) -> anyhow::Result<()> {
        let first = collateral_id(0);
        let stakers = self.scene.stakers(column);
        self.meter.rouse(&stakers)?;
        let amount = self.units(&first, "9_000")?;
        let coin = self.deployment.coin(&first, amount);
        let coin = coin.context("the first collateral is native")?;
        let gifts: Vec<_> = stakers
            .iter()
            .map(|staker| (staker.clone(), coin.clone()))
            .collect();
        self.meter.give(&gifts)?;
        let by = |round: usize| stakers.get(round).cloned().unwrap_or_default();

        self.message("deposit, native, first", column, |stage, round| {
            Ok((by(round), stage.deposit(&first, STAKE, None)?))
        })?;
        let mut others = vec![];
        for staker in &stakers {
            for collateral in (1..column.collaterals()).map(collateral_id) {
                others.push(self.deposit(&collateral, STAKE, Some(staker))?);
            }
        }
        self.meter.prepare(vec![(KEEPER.to_owned(), others)])?;
        self.message("deposit, native", column, |stage, round| {
            Ok((by(round), stage.deposit(&first, STAKE, None)?))
        })?;
        self.message("mint, first", column, |stage, round| {
            Ok((by(round), stage.mint(Some("500"))?))
        })?;
        self.message("mint", column, |stage, round| {
            Ok((by(round), stage.mint(Some("100"))?))
        })?;
        self.message("withdraw with debt", column, |stage, round| {
            Ok((by(round), stage.withdraw(&first, "100")?))
        })?;
        self.meter.wait(2)?;
        self.message("burn", column, |stage, round| {
            Ok((by(round), stage.burn("100")?))
        })?;
        self.staker_queries(column, &by(0))?;
        self.message("burn all, some comes back", column, |stage, round| {
            let more = stage.transfer(DOLLAR, "100", &by(round))?;
            stage.meter.prepare(vec![(KEEPER.to_owned(), vec![more])])?;
            Ok((by(round), stage.burn("600")?))
        })?;
        self.message("withdraw without debt", column, |stage, round| {
            Ok((by(round), stage.withdraw(&first, "100")?))
        })
    }

    fn withdraw(&self, asset: &str, whole: &str) -> anyhow::Result<Call> {
        Self::to_minter(&ExecuteMsg::Withdraw {
            asset: asset.to_owned(),
            amount: Some(self.units(asset, whole)?),
        })
    }

    fn staker_queries(&mut self, column: Column, staker: &str) -> anyhow::Result<()> {
        // A wallet beside its share is dearest to look at when it holds some of each synth.
        let mut gifts = vec![];
        for synth in self.scene.other_synths() {
            gifts.push(self.transfer(&synth, "1", staker)?);
        }
        self.meter.prepare(vec![(KEEPER.to_owned(), gifts)])?;
        let account = self.meter.address(staker)?;
        let collateral = collateral_id(0);
        let amount = self.units(&collateral, "10")?;
        let dollars = self.units(DOLLAR, "10")?;
        self.query(
            "account",
            column,
            MINTER,
            &QueryMsg::Account {
                account: account.clone(),
            },
        )?;
        self.query(
            "preview_deposit",
            column,
            MINTER,
            &QueryMsg::PreviewDeposit {
                account: account.clone(),
                asset: collateral.clone(),
                amount,
            },
        )?;
        self.query(
            "preview_withdraw",
            column,
            MINTER,
            &QueryMsg::PreviewWithdraw {
                account: account.clone(),
                asset: collateral,
                amount: None,
            },
        )?;
        self.query(
            "preview_mint",
            column,
            MINTER,
            &QueryMsg::PreviewMint {
                account: account.clone(),
                amount: None,
            },
        )?;
        self.query(
            "preview_burn",
            column,
            MINTER,
            &QueryMsg::PreviewBurn {
                account: account.clone(),
                amount: dollars,
                to_target: false,
            },
        )?;
        self.query(
            "debt_hedge",
            column,
            MINTER,
            &QueryMsg::DebtHedge { account },
        )
    }

    fn cw20_staking(&mut self, column: Column) -> anyhow::Result<()> {
        let asset = collateral_id(1);
        let savers = self.scene.savers();
        self.meter.rouse(&savers)?;
        let mut gifts = vec![];
        for saver in &savers {
            gifts.push(self.cw20_gift(&asset, "9_000", saver)?);
        }
        self.meter.prepare(vec![(OWNER.to_owned(), gifts)])?;
        let by = |round: usize| savers.get(round).cloned().unwrap_or_default();
        self.message("cw20 transfer", column, |stage, round| {
            Ok((by(round), stage.transfer(&asset, "100", KEEPER)?))
        })?;
        self.message("deposit, cw20, first", column, |stage, round| {
            Ok((by(round), stage.deposit(&asset, STAKE, None)?))
        })?;
        self.message("deposit, cw20", column, |stage, round| {
            Ok((by(round), stage.deposit(&asset, STAKE, None)?))
        })
    }

    fn exchanges(&mut self, column: Column) -> anyhow::Result<()> {
        let (one, other) = (synth_id(0), synth_id(1));
        for (act, from, to) in [
            ("exchange, synth to synth", one.as_str(), other.as_str()),
            ("exchange, to the dollar", &one, DOLLAR),
            ("exchange, from the dollar", DOLLAR, &one),
        ] {
            self.message(act, column, |stage, _| {
                Ok((KEEPER.to_owned(), stage.exchange(from, to, "100")?))
            })?;
        }
        let amount = self.units(&one, "100")?;
        self.query(
            "preview_exchange",
            column,
            MINTER,
            &QueryMsg::PreviewExchange {
                from: one,
                to: other,
                amount,
            },
        )
    }

    fn pushes(&mut self, column: Column) -> anyhow::Result<()> {
        let prices = self.deployment.prices.clone();
        for (act, most) in [("push, 1 price", 1), ("push, 64 prices or all", MAX_BATCH)] {
            let prices = prices.get(..most.min(prices.len())).unwrap_or_default();
            self.message(act, column, |stage, _| {
                stage.meter.wait(2)?;
                Ok((FEEDER.to_owned(), push(prices)?))
            })?;
        }
        Ok(())
    }

    fn treasury(&mut self, column: Column) -> anyhow::Result<()> {
        self.message("treasury deposit, cw20", column, |stage, _| {
            let amount = stage.units(DOLLAR, "100")?;
            let hook = treasury::ReceiveMsg::Deposit { tag: Tag::Gift };
            Ok((
                KEEPER.to_owned(),
                stage.hook(DOLLAR, amount, TREASURY, &hook)?,
            ))
        })?;
        self.message("treasury spend", column, |stage, _| {
            let spend = treasury::ExecuteMsg::Spend {
                token: TokenUnchecked::Cw20(stage.meter.address(DOLLAR)?),
                amount: stage.units(DOLLAR, "10")?,
                recipient: stage.meter.address(KEEPER)?,
                msg: None,
            };
            Ok((OWNER.to_owned(), call(TREASURY, &spend)?))
        })?;
        self.message("donate", column, |stage, _| {
            let amount = stage.units(DOLLAR, "100")?;
            let hook = debt_registry::ReceiveMsg::Donate {};
            Ok((
                KEEPER.to_owned(),
                stage.hook(DOLLAR, amount, REGISTRY, &hook)?,
            ))
        })
    }

    fn general_queries(&mut self, column: Column) -> anyhow::Result<()> {
        self.query(
            "solvency",
            column,
            REGISTRY,
            &debt_registry::QueryMsg::Solvency {
                start_after: None,
                limit: None,
            },
        )?;
        let issuer = self.meter.address(MINTER)?;
        self.query(
            "pool",
            column,
            REGISTRY,
            &debt_registry::QueryMsg::Pool {
                issuer,
                valuation: Valuation::Strict,
            },
        )?;
        let prices = self.deployment.prices.iter().take(MAX_BATCH);
        let assets = prices.map(|(asset, _)| asset.clone()).collect();
        self.query(
            "prices, 64 or all",
            column,
            ORACLE,
            &oracle::QueryMsg::Prices { assets },
        )
    }

    // ------------------------------------------------------------ after prices fell

    fn crowds(&self) -> Vec<Crowd> {
        // The crowd that fills a page comes first in it.
        let columns = self.scene.columns.iter().rev();
        columns
            .map(|column| Crowd {
                column: *column,
                next: 0,
            })
            .collect()
    }

    /// Accounts that are indebted to their limit.
    fn gather_crowds(&mut self) -> anyhow::Result<()> {
        for Crowd { column, .. } in self.crowds() {
            let members = self.scene.members(column);
            let mut deposits = vec![];
            for account in &members {
                for collateral in (0..column.collaterals()).map(collateral_id) {
                    deposits.push(self.deposit(&collateral, STAKE, Some(account))?);
                }
            }
            self.meter.prepare(vec![(KEEPER.to_owned(), deposits)])?;
            let mint = self.mint(None)?;
            let mints = members
                .into_iter()
                .map(|account| (account, vec![mint.clone()]));
            let mints = mints.collect();
            self.meter.prepare(mints)?;
        }
        Ok(())
    }

    fn fallen(&mut self) -> anyhow::Result<()> {
        self.move_collaterals(FALLEN)?;
        for crowd in self.crowds() {
            self.flags(crowd.column)?;
            self.meter.wait(2)?;
        }
        self.due()?;
        for mut crowd in self.crowds() {
            self.liquidations(&mut crowd)?;
        }
        Ok(())
    }

    fn flags(&mut self, column: Column) -> anyhow::Result<()> {
        let members = self.scene.members(column);
        let (few, others) = members.split_at(ROUNDS);
        if let Some(account) = few.first() {
            let account = self.meter.address(account)?;
            self.query(
                "preview_flag",
                column,
                MINTER,
                &QueryMsg::PreviewFlag { account },
            )?;
        }
        self.message("flag", column, |stage, round| {
            let account = few.get(round).map(String::as_str).unwrap_or_default();
            Ok((KEEPER.to_owned(), stage.flag(account)?))
        })?;
        let mut flags = vec![];
        for account in others {
            flags.push(self.flag(account)?);
        }
        self.meter.prepare(vec![(KEEPER.to_owned(), flags)])
    }

    fn due(&mut self) -> anyhow::Result<()> {
        let due = QueryMsg::Due {
            start_after: None,
            limit: Some(u32::try_from(DUE_PAGE)?),
        };
        let page: DueResponse = self.ask(MINTER, &due)?;
        ensure!(
            page.due.len() == DUE_PAGE,
            "due shows {} of {DUE_PAGE}",
            page.due.len()
        );
        self.query("due, 30 flags", self.main(), MINTER, &due)
    }

    fn liquidations(&mut self, crowd: &mut Crowd) -> anyhow::Result<()> {
        let (scene, column) = (self.scene, crowd.column);
        let preview = QueryMsg::PreviewLiquidate {
            account: self.meter.address(&scene.member(column, 0))?,
            amount: None,
        };
        self.query("preview_liquidate", column, MINTER, &preview)?;
        self.message("liquidate, restoring", column, |stage, _| {
            stage.liquidate(&crowd.take(scene), Paid::TooMuch)
        })?;
        self.message("claim_rewards", column, |stage, round| {
            if round > 0 {
                stage.liquidate_aside(&crowd.take(scene))?;
            }
            let claim = ExecuteMsg::ClaimRewards {
                account: None,
                assets: (0..column.collaterals()).map(collateral_id).collect(),
            };
            Ok((KEEPER.to_owned(), Self::to_minter(&claim)?))
        })?;
        if column == self.main() {
            self.forwards(crowd)?;
        }
        self.message("liquidate, partial", column, |stage, _| {
            stage.liquidate(&crowd.take(scene), Paid::Half)
        })?;
        self.message("deposit that ends a flag", column, |stage, _| {
            // Twice what it has of every collateral makes 270 % at least 540 %.
            let whole = (column.collaterals() * 1_000).to_string();
            let account = crowd.take(scene);
            let deposit = stage.deposit(&collateral_id(0), &whole, Some(&account))?;
            Ok((KEEPER.to_owned(), deposit))
        })
    }

    fn forwards(&mut self, crowd: &mut Crowd) -> anyhow::Result<()> {
        let (scene, column) = (self.scene, crowd.column);
        let forward = |assets: Vec<String>| {
            let forward = ExecuteMsg::ForwardToTreasury { assets };
            Ok((KEEPER.to_owned(), Self::to_minter(&forward)?))
        };
        self.message("forward_to_treasury, 1 asset", column, |stage, round| {
            if round > 0 {
                stage.liquidate_aside(&crowd.take(scene))?;
            }
            forward(vec![collateral_id(0)])
        })?;
        self.message("forward_to_treasury, 16 or all", column, |stage, _| {
            stage.liquidate_aside(&crowd.take(scene))?;
            let collaterals = column.collaterals();
            let synths = scene.other_synths().into_iter();
            let synths: Vec<String> = synths.take(MAX_PAYOUT - collaterals).collect();
            let mut fees = vec![];
            for synth in &synths {
                fees.push(stage.exchange(DOLLAR, synth, "1_000")?);
            }
            stage.meter.prepare(vec![(KEEPER.to_owned(), fees)])?;
            forward((0..collaterals).map(collateral_id).chain(synths).collect())
        })
    }

    fn liquidate(&mut self, account: &str, paid: Paid) -> anyhow::Result<(String, Call)> {
        let account = self.meter.address(account)?;
        let preview = QueryMsg::PreviewLiquidate {
            account: account.clone(),
            amount: None,
        };
        let preview: LiquidationPreview = self.ask(MINTER, &preview)?;
        let sent = match paid {
            Paid::TooMuch => preview.most.checked_add(self.units(DOLLAR, "1")?)?,
            Paid::Half => preview.most.checked_div(Uint128::new(2))?,
        };
        let hook = ReceiveMsg::Liquidate {
            account,
            min_received: vec![],
        };
        Ok((KEEPER.to_owned(), self.hook(DOLLAR, sent, MINTER, &hook)?))
    }

    fn liquidate_aside(&mut self, account: &str) -> anyhow::Result<()> {
        let (keeper, liquidate) = self.liquidate(account, Paid::TooMuch)?;
        self.meter.prepare(vec![(keeper, vec![liquidate])])
    }

    // ------------------------------------------------------------ after they fell further

    fn under_water(&mut self) -> anyhow::Result<()> {
        self.move_collaterals(UNDER_WATER)?;
        for mut crowd in self.last_of_crowds() {
            let (scene, column) = (self.scene, crowd.column);
            self.message("liquidate, under water with cover", column, |stage, _| {
                stage.liquidate(&crowd.take(scene), Paid::TooMuch)
            })?;
        }
        Ok(())
    }

    /// Members of each crowd that are flagged still: enough for two acts more.
    fn last_of_crowds(&self) -> Vec<Crowd> {
        let mut crowds = self.crowds();
        for crowd in &mut crowds {
            crowd.next = self.scene.members(crowd.column).len() - 2 * ROUNDS;
        }
        crowds
    }

    // ------------------------------------------------------------ after they rose again

    fn risen(&mut self) -> anyhow::Result<()> {
        self.move_collaterals(RISEN)?;
        for mut crowd in self.last_of_crowds() {
            crowd.next += ROUNDS;
            let (scene, column) = (self.scene, crowd.column);
            let account = self.meter.address(&scene.member(column, crowd.next))?;
            self.query(
                "preview_clear_flag",
                column,
                MINTER,
                &QueryMsg::PreviewClearFlag { account },
            )?;
            self.message("clear_flag", column, |stage, _| {
                let account = stage.meter.address(&crowd.take(scene))?;
                let clear = ExecuteMsg::ClearFlag { account };
                Ok((KEEPER.to_owned(), Self::to_minter(&clear)?))
            })?;
        }
        Ok(())
    }
}

/// What a liquidator sends.
#[derive(Clone, Copy)]
enum Paid {
    /// A dollar more than may be paid, which comes back.
    TooMuch,
    /// Half of what may be paid.
    Half,
}

/// A message without funds.
pub fn call(contract: &str, msg: &impl Serialize) -> anyhow::Result<Call> {
    Ok(Call {
        contract: contract.to_owned(),
        msg: serde_json::to_value(msg)?,
        funds: vec![],
    })
}

/// A cw20 sent to a contract, with a message for it.
pub fn hook(
    meter: &impl Meter,
    asset: &str,
    amount: Uint128,
    contract: &str,
    hook: &impl Serialize,
) -> anyhow::Result<Call> {
    let msg = Cw20ExecuteMsg::Send {
        contract: meter.address(contract)?,
        amount,
        msg: Binary::new(serde_json::to_vec(hook)?),
    };
    call(asset, &msg)
}

fn push(prices: &[(String, Decimal)]) -> anyhow::Result<Call> {
    let prices = prices.iter().map(|(asset, price)| PricePush {
        asset: asset.clone(),
        price: *price,
        published_at: None,
        confidence: None,
    });
    let prices = prices.collect();
    call(ORACLE, &oracle::ExecuteMsg::Push { prices })
}

/// The row of a message with which the owner adds something.
fn owners_act(msg: &Value) -> anyhow::Result<&'static str> {
    ["add_asset", "add_collateral", "add_synth"]
        .into_iter()
        .find(|act| msg.get(act).is_some())
        .with_context(|| format!("{msg} is not measured"))
}
