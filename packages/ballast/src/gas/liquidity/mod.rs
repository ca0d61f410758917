//! Pools: what is measured of them, of their markets and of what LPs earn, in the order in which it
//! can happen.
//!
//! The same acts are measured in pools of three sizes: one market, sixteen markets of one contract,
//! and sixteen market contracts. The markets answer what they are told to, so that the acts cost
//! what the manager costs; the spot market has a pool of its own. Most acts leave a pool in a state
//! in which they cost something else, so each is measured once in a deployment, and there is a
//! deployment for each round.

use anyhow::{Context, ensure};
use ballast_sim::{
    Profile,
    benchmark::{FEEDER, odd_dollars},
    profile::{HostileMarketProfile, RewardTokenProfile, TokenProfile},
};
use ballast_types::{
    market::{ManagerMsg, PayFees, WithdrawMarketUsd},
    oracle::{self, PricePush},
    pool_lens,
    pool_manager::{
        ExecuteMsg, MAX_MARKETS, MAX_STREAMS, MarketId, MarketWeight, PoolCollateral, PoolId,
        QueryMsg, ReceiveMsg, Schedule, StoredRow, StreamId, Target, Unassigned, VaultKey,
    },
    rewards_distributor, spot_market,
};
use cosmwasm_std::{Coin, Decimal, Int128, MemoryStorage, Order, Storage, Uint64, Uint128};
use cw_storage_plus::Map;
use cw20::Cw20ExecuteMsg;
use hostile_market::{Mode, Question, Script};
use serde::Serialize;
use serde_json::Value;

mod crowd;
mod governance;

pub use crowd::{Crowd, Filling};

use super::{
    acts::{Kind, Measured, call, hook},
    meter::{Call, Meter},
    scene::{Column, DAY_SECS, Deployment, KEEPER, OWNER, ROUNDS},
};

const MANAGER: &str = "pool-manager";
const LENS: &str = "pool-lens";
const DISTRIBUTOR: &str = "rewards-distributor";
const SPOT: &str = "spot-market";
const ORACLE: &str = "oracle";
const ATOM: &str = "ATOM";
const WETH: &str = "WETH";
const BTC: &str = "BTC";
const DUSD: &str = "dUSD";
const DTORO: &str = "DTORO";
/// The market of the spot market, and its number at the manager.
const SPOT_REF: &str = "btc";
/// A contract with one market, one with sixteen, and sixteen with one each.
const ALONE: &str = "alone";
const TOGETHER: &str = "together";

/// Has ten times the collateral of all others together, and dollars for everybody.
const FOUNDER: &str = "founder";
const TRADER: &str = "trader";
/// The roles in a pool; there is an account of each for every pool.
const ROLES: [&str; 4] = ["lp", "guest", "debtor", "holder"];

/// Prices in calm, and after a fall that makes who is indebted to the limit liquidatable.
const CALM: [(&str, u64); 3] = [(ATOM, 10), (WETH, 2_000), (BTC, 60_000)];
const FALLEN: [(&str, u64); 3] = [(ATOM, 4), (WETH, 800), (BTC, 60_000)];
/// Positions on a page of `due`.
const DUE_PAGE: u32 = 30;
/// Rows on a page that is full beside the smallest crowd.
pub const CROWDED_PAGE: u32 = 10;

/// Pools of three sizes, in the order in which they are created.
const SIZES: [Column; 3] = [Column::OneMarket, Column::OneContract, Column::Contracts];
/// The pool behind the spot market, and the one whose LPs earn rewards.
const SPOT_POOL: u64 = 4;
const REWARDS_POOL: u64 = 5;

/// What is deployed: the profile of pools, with the markets of all sizes.
pub fn deployment(crowd: Crowd) -> anyhow::Result<Deployment> {
    let mut profile = Profile::find("pools")?;
    let mut accounts: Vec<String> = [FOUNDER, TRADER, KEEPER, "creator", "stakers"]
        .map(str::to_owned)
        .into();
    for pool in 1..=REWARDS_POOL {
        accounts.extend(ROLES.map(|role| account(role, pool)));
    }
    accounts.extend(crowd.names());
    let pools = profile
        .pool_manager
        .as_mut()
        .context("the profile of pools has no manager")?;
    // A real chain's clock cannot be moved; the lengths of these change no gas.
    pools.params.min_delegation_secs = 1;
    pools.params.max_lock_secs = 1;
    let ceiling = || "1_000_000_000 dUSD".to_owned();
    let contracts = [(ALONE.to_owned(), 1), (TOGETHER.to_owned(), MAX_MARKETS)];
    let apart = (1..=MAX_MARKETS).map(|number| (apart(number), 1));
    pools.hostile_markets = contracts
        .into_iter()
        .chain(apart)
        .map(|(name, markets)| HostileMarketProfile {
            name,
            markets: (1..=markets)
                .map(|number| (market_ref(number), ceiling()))
                .collect(),
        })
        .collect();
    if let Some(distributor) = &mut pools.distributor {
        let more = (distributor.tokens.len()..MAX_STREAMS).map(|number| RewardTokenProfile {
            asset: format!("REWARD{number}"),
            decimals: 6,
            token: TokenProfile::Native(format!("ureward{number}")),
        });
        distributor.tokens.extend(more);
    }
    Ok(Deployment::of_profile(profile, accounts))
}

fn account(role: &str, pool: u64) -> String {
    format!("{role}-{pool}")
}

fn apart(number: usize) -> String {
    format!("apart-{number:02}")
}

fn market_ref(number: usize) -> String {
    format!("m{number:02}")
}

/// The pool of a size, its markets by contract and ref, and the number of the first.
fn pool_of(size: Column) -> (u64, Vec<(String, String)>, u64) {
    let of = |contract: &str, number| (contract.to_owned(), market_ref(number));
    let all = 1..=MAX_MARKETS;
    // Market 1 is the spot market's.
    match size {
        Column::OneContract => (2, all.map(|number| of(TOGETHER, number)).collect(), 3),
        Column::Contracts => (3, all.map(|number| of(&apart(number), 1)).collect(), 19),
        _ => (1, vec![of(ALONE, 1)], 2),
    }
}

/// Plays every act of pools whose gas is measured. `say` hears how far it is.
pub fn play<M: Meter>(
    meter: &mut M,
    say: &mut dyn FnMut(&str),
) -> anyhow::Result<Vec<Measured<M::Cost>>> {
    let mut rows = vec![];
    for round in 1..=ROUNDS {
        let mut stage = Stage {
            meter: &mut *meter,
            deployment: deployment(Crowd::NONE)?,
            crowd: Crowd::NONE,
            filling: Filling::default(),
            tick: &mut || {},
            rows: &mut rows,
        };
        stage.play(&mut |what: &str| say(&format!("pools, {round} of {ROUNDS}: {what}")))?;
    }
    Ok(rows)
}

/// Plays every act of pools once, beside others, and those that nobody needs a price of. `tick`
/// hears of each of the others.
pub fn play_beside<M: Meter>(
    meter: &mut M,
    crowd: Crowd,
    tick: &mut dyn FnMut(),
) -> anyhow::Result<(Vec<Measured<M::Cost>>, Filling)> {
    let mut rows = vec![];
    let mut stage = Stage {
        meter,
        deployment: deployment(crowd)?,
        crowd,
        filling: Filling::default(),
        tick,
        rows: &mut rows,
    };
    stage.play(&mut |_| {})?;
    stage.each(Stage::pool_owners)?;
    stage.governance().context("governance")?;
    let filling = stage.filling;
    Ok((rows, filling))
}

struct Stage<'a, M: Meter> {
    meter: &'a mut M,
    deployment: Deployment,
    crowd: Crowd,
    filling: Filling,
    tick: &'a mut dyn FnMut(),
    rows: &'a mut Vec<Measured<M::Cost>>,
}

impl<M: Meter> Stage<'_, M> {
    fn play(&mut self, phase: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
        phase("deployment");
        self.set_up().context("deployment of pools")?;
        self.gather().context("the crowd")?;
        phase("positions");
        self.accounts().context("accounts")?;
        self.each(Self::pool)?;
        self.plant_cuts()?;
        self.each(Self::positions)?;
        phase("markets");
        self.each(Self::markets)?;
        self.each(Self::earnings)?;
        self.division().context("cuts that are divided")?;
        self.each(Self::queries)?;
        self.spot().context("the spot market")?;
        self.rewards().context("rewards")?;
        phase("exits");
        self.each(Self::exits)?;
        phase("liquidations");
        self.price(&FALLEN)?;
        self.each(Self::liquidations)?;
        self.each(Self::quarantine)?;
        self.each(Self::donation)?;
        self.administration().context("administration")
    }

    // ------------------------------------------------------------ measuring

    fn keep(&mut self, act: &'static str, kind: Kind, column: Column, cost: M::Cost) {
        let same = |row: &&mut Measured<M::Cost>| row.act == act && row.column == column;
        match self.rows.iter_mut().find(same) {
            Some(row) => row.costs.push(cost),
            None => self.rows.push(Measured {
                act,
                kind,
                column,
                costs: vec![cost],
            }),
        }
    }

    fn each(&mut self, play: fn(&mut Self, Column) -> anyhow::Result<()>) -> anyhow::Result<()> {
        SIZES
            .into_iter()
            .try_for_each(|size| play(self, size).context(size.name()))
    }

    fn message(
        &mut self,
        act: &'static str,
        size: Column,
        sender: &str,
        call: &Call,
    ) -> anyhow::Result<()> {
        let cost = self.meter.send(sender, call).context(act)?;
        self.keep(act, Kind::Message, size, cost);
        Ok(())
    }

    fn query(
        &mut self,
        act: &'static str,
        size: Column,
        contract: &str,
        msg: &impl Serialize,
    ) -> anyhow::Result<()> {
        let msg = serde_json::to_value(msg)?;
        let cost = self.meter.weigh(contract, &msg).context(act)?;
        self.keep(act, Kind::Query, size, cost);
        Ok(())
    }

    fn prepare(&mut self, sender: &str, calls: Vec<Call>) -> anyhow::Result<()> {
        self.meter.prepare(vec![(sender.to_owned(), calls)])
    }

    // ------------------------------------------------------------ messages

    fn units(&self, asset: &str, whole: &str) -> anyhow::Result<Uint128> {
        self.deployment.units(asset, whole)
    }

    fn to_manager(msg: &ExecuteMsg) -> anyhow::Result<Call> {
        call(MANAGER, msg)
    }

    fn sent(&self, asset: &str, whole: &str, msg: &ReceiveMsg) -> anyhow::Result<Call> {
        let amount = self.units(asset, whole)?;
        hook(self.meter, asset, amount, MANAGER, msg)
    }

    fn with_coin(&self, asset: &str, whole: &str, call: Call) -> anyhow::Result<Call> {
        let amount = self.units(asset, whole)?;
        let coin = self.deployment.coin(asset, amount);
        let funds = vec![coin.context("it is native")?];
        Ok(Call { funds, ..call })
    }

    fn deposit(&self, asset: &str, whole: &str) -> anyhow::Result<Call> {
        let account = None;
        match asset {
            WETH => self.sent(asset, whole, &ReceiveMsg::Deposit { account }),
            _ => {
                let deposit = Self::to_manager(&ExecuteMsg::Deposit { account })?;
                self.with_coin(asset, whole, deposit)
            }
        }
    }

    fn delegate(&self, pool: u64, asset: &str, whole: &str) -> anyhow::Result<Call> {
        Self::to_manager(&ExecuteMsg::Delegate {
            pool: pool.into(),
            asset: asset.to_owned(),
            amount: Some(self.units(asset, whole)?),
        })
    }

    fn undelegate(&self, pool: u64, whole: Option<&str>) -> anyhow::Result<Call> {
        Self::to_manager(&ExecuteMsg::Undelegate {
            pool: pool.into(),
            asset: ATOM.to_owned(),
            amount: whole.map(|whole| self.units(ATOM, whole)).transpose()?,
        })
    }

    fn mint(&self, pool: u64, asset: &str, whole: Option<&str>) -> anyhow::Result<Call> {
        Self::to_manager(&ExecuteMsg::MintUsd {
            pool: pool.into(),
            asset: asset.to_owned(),
            amount: whole.map(|whole| self.units(DUSD, whole)).transpose()?,
        })
    }

    fn burn(&self, pool: u64, account: &str, whole: &str) -> anyhow::Result<Call> {
        let burn = ReceiveMsg::BurnUsd {
            account: Some(self.meter.address(account)?),
            pool: pool.into(),
            asset: ATOM.to_owned(),
        };
        self.sent(DUSD, whole, &burn)
    }

    fn transfer(&self, asset: &str, whole: &str, to: &str) -> anyhow::Result<Call> {
        let msg = Cw20ExecuteMsg::Transfer {
            recipient: self.meter.address(to)?,
            amount: self.units(asset, whole)?,
        };
        call(asset, &msg)
    }

    /// All markets of equal weight.
    fn weights(first: u64, markets: usize) -> anyhow::Result<Vec<MarketWeight>> {
        let last = first + u64::try_from(markets)?;
        let weights = (first..last).map(|market| MarketWeight {
            market: market.into(),
            weight: Uint128::one(),
            max_debt: Decimal::one(),
        });
        Ok(weights.collect())
    }

    fn set_markets(pool: u64, markets: Vec<MarketWeight>) -> anyhow::Result<Call> {
        Self::to_manager(&ExecuteMsg::SetPoolMarkets {
            pool: pool.into(),
            markets,
        })
    }

    /// What a market owes from now on.
    fn script(&self, market: &(String, String), debt: &str) -> anyhow::Result<Call> {
        let (contract, market_ref) = market;
        let script = Script {
            market_ref: market_ref.clone(),
            debt: Int128::try_from(self.units(DUSD, debt)?)?,
            stale: false,
            minimum_credit: self.units(DUSD, "12.345678")?,
            err: None,
        };
        let msg = hostile_market::ExecuteMsg::Play {
            scripts: vec![script],
            calls: vec![],
            on_reply: vec![],
        };
        call(contract, &msg)
    }

    /// A market calls the manager.
    fn market_calls(contract: &str, msg: ManagerMsg) -> anyhow::Result<Call> {
        let msg = hostile_market::ExecuteMsg::Play {
            scripts: vec![],
            calls: vec![hostile_market::Call::Manager(msg)],
            on_reply: vec![],
        };
        call(contract, &msg)
    }

    fn pay_fees(&self, market: &(String, String), whole: &str) -> anyhow::Result<Call> {
        let pay = ManagerMsg::PayFees(PayFees {
            market_ref: market.1.clone(),
            amount: self.units(DUSD, whole)?,
            or_less: false,
        });
        Self::market_calls(&market.0, pay)
    }

    fn margin(&self, market: &(String, String), whole: &str) -> anyhow::Result<Call> {
        let margin = hostile_market::ReceiveMsg::Margin {
            market_ref: market.1.clone(),
        };
        let amount = self.units(DUSD, whole)?;
        hook(self.meter, DUSD, amount, &market.0, &margin)
    }

    fn mode(contract: &str, mode: Mode) -> anyhow::Result<Call> {
        let to = Some(Question::ReportedDebts);
        call(contract, &hostile_market::ExecuteMsg::SetMode { mode, to })
    }

    fn sync_market(market: u64) -> anyhow::Result<Call> {
        let market = market.into();
        Self::to_manager(&ExecuteMsg::SyncMarket { market })
    }

    fn check(&self, pool: u64, contract: &str) -> anyhow::Result<Call> {
        Self::to_manager(&ExecuteMsg::CheckMarket {
            pool: pool.into(),
            contract: self.meter.address(contract)?,
        })
    }

    fn price(&mut self, prices: &[(&str, u64)]) -> anyhow::Result<()> {
        let prices = prices.iter().enumerate();
        let prices = prices.map(|(number, (asset, price))| PricePush {
            asset: (*asset).to_owned(),
            price: odd_dollars(*price, number),
            published_at: None,
            confidence: None,
        });
        let prices = prices.collect();
        self.meter.wait(2)?;
        let push = call(ORACLE, &oracle::ExecuteMsg::Push { prices })?;
        self.prepare(FEEDER, vec![push])
    }

    // ------------------------------------------------------------ before anything is measured

    fn set_up(&mut self) -> anyhow::Result<()> {
        let profile = self.deployment.profile.clone();
        self.meter.deploy(&profile)?;
        let accounts: Vec<String> = profile.embedded.accounts.keys().cloned().collect();
        let plenty = Uint128::new(10_u128.pow(15));
        let mut gifts = vec![];
        for denom in self.deployment.denoms() {
            let holders = accounts.iter().filter(|_| denom == "uatom");
            for holder in holders.map(String::as_str).chain([OWNER]) {
                let denom = denom.clone();
                gifts.push((
                    holder.to_owned(),
                    Coin {
                        denom,
                        amount: plenty,
                    },
                ));
            }
        }
        self.meter.give(&gifts)?;
        self.meter.rouse(&accounts)?;
        let mut mints = vec![];
        for pool in 1..=REWARDS_POOL {
            mints.push(self.created(WETH, "100", &account("holder", pool))?);
        }
        mints.push(self.created(DTORO, "1_000_000", OWNER)?);
        self.prepare(OWNER, mints)?;
        self.price(&CALM)
    }

    /// A cw20 out of nothing; its owner may.
    fn created(&self, asset: &str, whole: &str, to: &str) -> anyhow::Result<Call> {
        let msg = Cw20ExecuteMsg::Mint {
            recipient: self.meter.address(to)?,
            amount: self.units(asset, whole)?,
        };
        call(asset, &msg)
    }

    // ------------------------------------------------------------ accounts and positions

    /// What is undelegated: no pool is concerned.
    fn accounts(&mut self) -> anyhow::Result<()> {
        let size = Column::OneMarket;
        let (lp, holder) = (account("lp", 1), account("holder", 1));
        self.prepare(FOUNDER, vec![self.deposit(ATOM, "10_000_000")?])?;
        let native = self.deposit(ATOM, "1_000")?;
        self.message("deposit, native, first", size, &lp, &native)?;
        self.message("deposit, native", size, &lp, &native)?;
        self.prepare(&account("holder", 2), vec![self.deposit(WETH, "1")?])?;
        let cw20 = self.deposit(WETH, "10")?;
        self.message("deposit, cw20, first", size, &holder, &cw20)?;
        self.message("deposit, cw20", size, &holder, &cw20)?;
        let withdraw = Self::to_manager(&ExecuteMsg::Withdraw {
            asset: ATOM.to_owned(),
            amount: Some(self.units(ATOM, "100")?),
        })?;
        self.message("withdraw", size, &lp, &withdraw)?;
        for pool in 1..=REWARDS_POOL {
            for role in ["lp", "guest", "debtor"] {
                let deposit = self.deposit(ATOM, "10_000")?;
                self.prepare(&account(role, pool), vec![deposit])?;
            }
            let deposit = self.deposit(WETH, "20")?;
            self.prepare(&account("holder", pool), vec![deposit])?;
        }
        Ok(())
    }

    fn create_pool(&self, pool: u64, weights: Vec<MarketWeight>) -> anyhow::Result<[Call; 4]> {
        let create = ExecuteMsg::CreatePool {
            name: format!("pool {pool}"),
            delegation_secs: 1,
        };
        let collateral = |asset: &str| {
            Self::to_manager(&ExecuteMsg::SetPoolCollateral {
                pool: pool.into(),
                asset: asset.to_owned(),
                terms: PoolCollateral {
                    min_ratio: None,
                    cap: Uint128::new(10_u128.pow(27)),
                    enabled: true,
                },
            })
        };
        Ok([
            Self::to_manager(&create)?,
            collateral(ATOM)?,
            collateral(WETH)?,
            Self::set_markets(pool, weights)?,
        ])
    }

    /// A pool that nobody is in yet, and its first LP.
    fn pool(&mut self, size: Column) -> anyhow::Result<()> {
        let (pool, markets, first) = pool_of(size);
        let weights = Self::weights(first, markets.len())?;
        let [create, atom, weth, set] = self.create_pool(pool, weights.clone())?;
        self.message("create_pool", size, FOUNDER, &create)?;
        self.message("set_pool_collateral", size, FOUNDER, &atom)?;
        self.prepare(FOUNDER, vec![weth])?;
        self.message("set_pool_markets, first", size, FOUNDER, &set)?;
        let delegate = self.delegate(pool, ATOM, "1_000_000")?;
        self.message("delegate, a vault's first", size, FOUNDER, &delegate)?;
        // One of them has no LPs' agreement: it waits.
        let mut weights = weights;
        if let Some(weight) = weights.first_mut() {
            weight.max_debt = Decimal::permille(999);
        }
        let set = Self::set_markets(pool, weights)?;
        self.message("set_pool_markets", size, FOUNDER, &set)?;
        // Books of all markets have numbers in them.
        let mut scripts = vec![];
        for (number, market) in markets.iter().enumerate() {
            scripts.push(self.script(market, &format!("12.3456{:02}", number + 10))?);
        }
        self.prepare(TRADER, scripts)?;
        let cut = |payee: &str| {
            Self::to_manager(&ExecuteMsg::SetCut {
                pool: pool.into(),
                payee: self.meter.address(payee)?,
                market: None,
                rate: Decimal::percent(10),
            })
        };
        let (keeper, distributor) = (cut(KEEPER)?, cut(DISTRIBUTOR)?);
        self.prepare(FOUNDER, vec![distributor])?;
        self.message("set_cut", size, FOUNDER, &keeper)
    }

    /// The cuts were announced long ago.
    fn plant_cuts(&mut self) -> anyhow::Result<()> {
        const CUTS: Map<u64, Value> = Map::new("cuts");
        let mut storage = MemoryStorage::new();
        let from = self.meter.now()? - DAY_SECS;
        for size in SIZES {
            let (pool, ..) = pool_of(size);
            let rows = QueryMsg::Rows {
                start: Some(CUTS.key(pool).to_vec().into()),
                end: None,
                descending: false,
                limit: Some(1),
            };
            let rows = self.meter.ask(MANAGER, &serde_json::to_value(&rows)?)?;
            let rows: Vec<StoredRow> = serde_json::from_value(rows)?;
            let row = rows.first().context("the pool has cuts")?;
            let mut cuts: Vec<Value> = serde_json::from_slice(&row.value)?;
            for cut in &mut cuts {
                // Payee, market, rate, what is due; a rate is one and the one that it rises to.
                let rises_at = cut.pointer_mut("/2/1/1").context("the cut rises")?;
                *rises_at = from.into();
            }
            CUTS.save(&mut storage, pool, &cuts.into())?;
        }
        let records = storage.range(None, None, Order::Ascending).collect();
        self.meter.plant(MANAGER, records)
    }

    fn positions(&mut self, size: Column) -> anyhow::Result<()> {
        let (pool, ..) = pool_of(size);
        let [lp, guest, debtor, holder] = ROLES.map(|role| account(role, pool));
        self.join(pool, size == Column::OneMarket)?;
        let delegate = self.delegate(pool, ATOM, "1_000")?;
        self.message("delegate, first", size, &lp, &delegate)?;
        self.message("delegate", size, &lp, &delegate)?;
        let mint = self.mint(pool, ATOM, Some("1_000"))?;
        self.message("mint_usd, first", size, &lp, &mint)?;
        self.message("mint_usd", size, &lp, &mint)?;
        let burn = self.burn(pool, &lp, "100")?;
        self.message("burn_usd", size, &lp, &burn)?;
        self.message("delegate, with debt", size, &lp, &delegate)?;

        // Everybody else: who leaves, who is indebted to the limit, and who is alone in a vault.
        self.prepare(&guest, vec![delegate.clone()])?;
        let most = self.mint(pool, ATOM, None)?;
        self.prepare(&debtor, vec![delegate, most])?;
        let delegate = self.delegate(pool, WETH, "10")?;
        let most = self.mint(pool, WETH, None)?;
        self.prepare(&holder, vec![delegate, most])?;
        let mut dollars = vec![self.mint(pool, ATOM, Some("200_000"))?];
        for account in [TRADER, KEEPER] {
            dollars.push(self.transfer(DUSD, "90_000", account)?);
        }
        self.prepare(FOUNDER, dollars)?;
        let burn = self.burn(pool, &lp, "9_000")?;
        self.message("burn_usd, some comes back", size, KEEPER, &burn)?;
        let mint = self.mint(pool, ATOM, Some("1_000"))?;
        self.prepare(&lp, vec![mint])
    }

    // ------------------------------------------------------------ markets

    fn markets(&mut self, size: Column) -> anyhow::Result<()> {
        let (pool, markets, first) = pool_of(size);
        let market = markets.first().context("a pool has markets")?;
        let deposit = self.margin(market, "10_000")?;
        self.prepare(TRADER, vec![deposit.clone()])?;
        self.message("deposit_market_usd", size, TRADER, &deposit)?;
        let withdraw = ManagerMsg::WithdrawMarketUsd(WithdrawMarketUsd {
            market_ref: market.1.clone(),
            amount: self.units(DUSD, "1_000")?,
            recipient: self.meter.address(TRADER)?,
            or_less: false,
        });
        let withdraw = Self::market_calls(&market.0, withdraw)?;
        self.message("withdraw_market_usd", size, TRADER, &withdraw)?;
        let pay = self.pay_fees(market, "100")?;
        self.prepare(TRADER, vec![self.script(market, "18_912.345678")?])?;
        self.message("pay_fees", size, TRADER, &pay)?;
        self.prepare(TRADER, vec![self.script(market, "18_812.345678")?])?;
        self.message("sync_market", size, KEEPER, &Self::sync_market(first)?)?;
        let sync = Self::to_manager(&ExecuteMsg::SyncPool { pool: pool.into() })?;
        self.message("sync_pool", size, KEEPER, &sync)?;
        let check = self.check(pool, &market.0)?;
        self.message("check_market", size, KEEPER, &check)
    }

    fn earnings(&mut self, size: Column) -> anyhow::Result<()> {
        let (pool, markets, _) = pool_of(size);
        let lp = account("lp", pool);
        let market = markets.first().context("a pool has markets")?;
        self.prepare(TRADER, vec![self.pay_fees(market, "1_000")?])?;
        self.prepare(TRADER, vec![self.script(market, "17_812.345678")?])?;
        self.message("claim_fees", size, &lp, &Self::claim_fees(pool)?)?;
        let claim = Self::to_manager(&ExecuteMsg::ClaimCut {
            pool: pool.into(),
            payee: self.meter.address(KEEPER)?,
        })?;
        self.message("claim_cut", size, KEEPER, &claim)
    }

    fn claim_fees(pool: u64) -> anyhow::Result<Call> {
        Self::to_manager(&ExecuteMsg::ClaimFees {
            account: None,
            vaults: vec![Self::vault(pool, ATOM)],
        })
    }

    fn vault(pool: u64, asset: &str) -> VaultKey {
        VaultKey {
            pool: pool.into(),
            asset: asset.to_owned(),
        }
    }

    fn division(&mut self) -> anyhow::Result<()> {
        let divide = |pool: u64| {
            let pools = vec![PoolId::from(pool)];
            call(
                DISTRIBUTOR,
                &rewards_distributor::ExecuteMsg::Divide { pools },
            )
        };
        let claim = rewards_distributor::ExecuteMsg::Claim { recipient: None };
        let claim = call(DISTRIBUTOR, &claim)?;
        let size = Column::OneMarket;
        self.prepare(KEEPER, vec![divide(2)?])?;
        self.prepare("creator", vec![claim.clone()])?;
        self.message("divide, 1 pool", size, KEEPER, &divide(1)?)?;
        self.message("claim, a recipient's", size, "creator", &claim)
    }

    // ------------------------------------------------------------ the spot market

    fn spot(&mut self) -> anyhow::Result<()> {
        let size = Column::OneMarket;
        let calls = self.create_pool(SPOT_POOL, Self::weights(1, 1)?)?;
        self.prepare(FOUNDER, calls.to_vec())?;
        let delegate = self.delegate(SPOT_POOL, ATOM, "1_000_000")?;
        self.prepare(FOUNDER, vec![delegate])?;
        self.join(SPOT_POOL, false)?;
        let delegate = self.delegate(SPOT_POOL, ATOM, "1_000")?;
        let lp = account("lp", SPOT_POOL);
        self.prepare(&lp, vec![delegate.clone()])?;
        let buy = spot_market::ReceiveMsg::Buy {
            market_ref: SPOT_REF.to_owned(),
            min_units: Uint128::one(),
        };
        let amount = self.units(DUSD, "6_000")?;
        let buy = hook(self.meter, DUSD, amount, SPOT, &buy)?;
        self.prepare(KEEPER, vec![buy.clone()])?;
        self.message("spot market: buy, first", size, TRADER, &buy)?;
        self.message("spot market: buy", size, TRADER, &buy)?;
        let sell = spot_market::ExecuteMsg::Sell {
            market_ref: SPOT_REF.to_owned(),
            units: Some(self.units(BTC, "0.1")?),
            min_usd: Uint128::one(),
        };
        self.message("spot market: sell", size, TRADER, &call(SPOT, &sell)?)?;
        self.message("delegate, behind the spot market", size, &lp, &delegate)
    }

    // ------------------------------------------------------------ rewards

    fn fund(&self, asset: &str, target: &Target, secs: Option<u64>) -> anyhow::Result<Call> {
        let (target, whole) = (target.clone(), "1_000");
        let schedule = secs.map(|duration_secs| Schedule {
            start: None,
            duration_secs,
        });
        if asset == DTORO {
            let amount = self.units(asset, whole)?;
            let fund = rewards_distributor::ReceiveMsg::Fund { target, schedule };
            return hook(self.meter, asset, amount, DISTRIBUTOR, &fund);
        }
        let fund = rewards_distributor::ExecuteMsg::Fund { target, schedule };
        self.with_coin(asset, whole, call(DISTRIBUTOR, &fund)?)
    }

    fn claim_rewards(streams: impl IntoIterator<Item = u64>) -> anyhow::Result<Call> {
        Self::to_manager(&ExecuteMsg::ClaimRewards {
            account: None,
            vault: Self::vault(REWARDS_POOL, ATOM),
            streams: streams.into_iter().map(StreamId::from).collect(),
        })
    }

    /// A pool behind the same market as the first, whose LPs get incentives.
    fn rewards(&mut self) -> anyhow::Result<()> {
        let size = Column::OneMarket;
        let calls = self.create_pool(REWARDS_POOL, Self::weights(2, 1)?)?;
        self.prepare(FOUNDER, calls.to_vec())?;
        let allow = Self::to_manager(&ExecuteMsg::SetDistributor {
            pool: REWARDS_POOL.into(),
            distributor: self.meter.address(DISTRIBUTOR)?,
            allowed: true,
        })?;
        self.message("set_distributor", size, FOUNDER, &allow)?;
        let delegate = self.delegate(REWARDS_POOL, ATOM, "1_000_000")?;
        self.prepare(FOUNDER, vec![delegate])?;
        self.join(REWARDS_POOL, false)?;
        let lp = account("lp", REWARDS_POOL);
        let delegate = self.delegate(REWARDS_POOL, ATOM, "1_000")?;
        self.prepare(&lp, vec![delegate.clone()])?;
        let target = |asset: Option<&str>| Target {
            pool: REWARDS_POOL.into(),
            asset: asset.map(str::to_owned),
        };
        let (vault, pool) = (target(Some(ATOM)), target(None));
        let week = Some(7 * DAY_SECS);
        let fund = self.fund(ATOM, &vault, week)?;
        self.message("fund, native, a new lane", size, OWNER, &fund)?;
        let gift = self.fund(ATOM, &vault, None)?;
        self.message("fund, native", size, OWNER, &gift)?;
        self.message(
            "claim_rewards, first",
            size,
            &lp,
            &Self::claim_rewards([1])?,
        )?;
        self.meter.wait(2)?;
        self.message(
            "claim_rewards, native",
            size,
            &lp,
            &Self::claim_rewards([1])?,
        )?;
        self.message("delegate, 1 lane", size, &lp, &delegate)?;
        self.prepare(OWNER, vec![self.fund(DTORO, &vault, week)?])?;
        let gift = self.fund(DTORO, &vault, None)?;
        self.message("fund, cw20", size, OWNER, &gift)?;
        self.prepare(&lp, vec![Self::claim_rewards([2])?])?;
        self.meter.wait(2)?;
        self.message("claim_rewards, cw20", size, &lp, &Self::claim_rewards([2])?)?;

        let mut funds = vec![];
        for number in 2..MAX_STREAMS {
            funds.push(self.fund(&format!("REWARD{number}"), &vault, week)?);
        }
        self.prepare(OWNER, funds)?;
        self.prepare(&lp, vec![delegate.clone()])?;
        self.message("delegate, 10 lanes", size, &lp, &delegate)?;
        let mut funds = vec![];
        for asset in [ATOM, DTORO] {
            funds.push(self.fund(asset, &pool, week)?);
        }
        for number in 2..MAX_STREAMS {
            funds.push(self.fund(&format!("REWARD{number}"), &pool, week)?);
        }
        self.prepare(OWNER, funds)?;
        self.prepare(&lp, vec![delegate.clone()])?;
        self.message("delegate, 20 lanes", size, &lp, &delegate)?;
        self.meter.wait(2)?;
        self.prepare(&lp, vec![Self::claim_rewards(1..=10)?])?;
        self.meter.wait(2)?;
        let claim = Self::claim_rewards(1..=10)?;
        self.message("claim_rewards, 10 of 20 lanes", size, &lp, &claim)?;
        let vault = Self::vault(REWARDS_POOL, ATOM);
        let account = self.meter.address(&lp)?;
        let earned = pool_lens::QueryMsg::Earned { account, vault };
        self.query("earned, 20 lanes", size, LENS, &earned)
    }

    // ------------------------------------------------------------ exits

    fn exits(&mut self, size: Column) -> anyhow::Result<()> {
        let (pool, ..) = pool_of(size);
        let (lp, guest) = (account("lp", pool), account("guest", pool));
        self.meter.wait(2)?;
        let request = Self::to_manager(&ExecuteMsg::RequestExit {
            pool: pool.into(),
            asset: ATOM.to_owned(),
        })?;
        self.message("request_exit", size, &guest, &request)?;
        let part = self.undelegate(pool, Some("100"))?;
        self.message("undelegate", size, &guest, &part)?;
        self.message("undelegate, with debt", size, &lp, &part)?;
        let credit = self.position(&guest, pool)?.credit;
        ensure!(!credit.is_zero(), "{guest} has no credit");
        let whole = self.undelegate(pool, None)?;
        self.message("undelegate, whole with credit", size, &guest, &whole)?;
        if self.crowd == Crowd::NONE {
            return Ok(());
        }
        // Then whoever is left owes something, and costs the same on a page of `due`.
        let claim = Self::claim_fees(pool)?;
        self.prepare(&guest, vec![claim])
    }

    fn position(&self, name: &str, pool: u64) -> anyhow::Result<pool_lens::PositionResponse> {
        let question = pool_lens::QueryMsg::Position {
            account: self.meter.address(name)?,
            vault: Self::vault(pool, ATOM),
        };
        let answer = self.meter.ask(LENS, &serde_json::to_value(&question)?)?;
        Ok(serde_json::from_value(answer)?)
    }

    // ------------------------------------------------------------ after prices fell

    fn liquidations(&mut self, size: Column) -> anyhow::Result<()> {
        let (pool, ..) = pool_of(size);
        let [debtor, holder] = ["debtor", "holder"].map(|role| account(role, pool));
        let addresses = [self.meter.address(&debtor)?, self.meter.address(&holder)?];
        let [debtor, holder] = addresses;
        let preview = pool_lens::QueryMsg::PreviewLiquidate {
            account: debtor.clone(),
            vault: Self::vault(pool, ATOM),
            amount: None,
        };
        self.query("preview_liquidate, pools", size, LENS, &preview)?;
        if size == Column::OneMarket {
            // Beside others the page is full, and of one vault.
            let (act, limit) = match self.crowd {
                Crowd::NONE => ("due, 30 positions", DUE_PAGE),
                _ => ("due, 10 positions", CROWDED_PAGE),
            };
            let due = pool_lens::QueryMsg::Due {
                start_after: None,
                limit: Some(limit),
            };
            self.query(act, size, LENS, &due)?;
        }
        let liquidate = Self::to_manager(&ExecuteMsg::Liquidate {
            account: debtor,
            pool: pool.into(),
            asset: ATOM.to_owned(),
        })?;
        self.message("liquidate", size, KEEPER, &liquidate)?;
        let liquidate = ReceiveMsg::LiquidateLastHolder {
            account: holder,
            pool: pool.into(),
            asset: WETH.to_owned(),
            min_received: Uint128::zero(),
        };
        let liquidate = self.sent(DUSD, "100", &liquidate)?;
        self.prepare(KEEPER, vec![liquidate.clone()])?;
        self.message("liquidate_last_holder", size, KEEPER, &liquidate)
    }

    fn quarantine(&mut self, size: Column) -> anyhow::Result<()> {
        let (pool, markets, _) = pool_of(size);
        let (contract, _) = markets.first().context("a pool has markets")?;
        self.prepare(TRADER, vec![Self::mode(contract, Mode::Errs {})?])?;
        let check = self.check(pool, contract)?;
        self.message("check_market, it errs", size, KEEPER, &check)?;
        self.prepare(TRADER, vec![Self::mode(contract, Mode::Scripted {})?])?;
        let end = Self::to_manager(&ExecuteMsg::EndQuarantine {
            contract: self.meter.address(contract)?,
        })?;
        self.message("end_quarantine", size, OWNER, &end)
    }

    fn donation(&mut self, size: Column) -> anyhow::Result<()> {
        let (_, markets, first) = pool_of(size);
        let market = markets.first().context("a pool has markets")?;
        let loss = self.script(market, "900_000_000")?;
        self.prepare(TRADER, vec![loss])?;
        self.prepare(KEEPER, vec![Self::sync_market(first)?])?;
        let donate = ReceiveMsg::Donate {
            to: Unassigned::Market(MarketId::from(first)),
        };
        let donate = self.sent(DUSD, "10", &donate)?;
        self.message("donate, to a market", size, KEEPER, &donate)
    }

    // ------------------------------------------------------------ questions

    fn queries(&mut self, size: Column) -> anyhow::Result<()> {
        use pool_lens::QueryMsg as Lens;

        let (pool, markets, first) = pool_of(size);
        let (contract, market_ref) = markets.first().cloned().context("a pool has markets")?;
        let contract = self.meter.address(&contract)?;
        let account = self.meter.address(&account("lp", pool))?;
        let vault = Self::vault(pool, ATOM);
        let pool_id = Uint64::from(pool);
        let weights = Self::weights(first, markets.len())?;
        let queries = [
            (
                "position",
                Lens::Position {
                    account: account.clone(),
                    vault: vault.clone(),
                },
            ),
            (
                "pool, with vaults and markets",
                Lens::Pool { pool: pool_id },
            ),
            (
                "market",
                Lens::Market {
                    market: first.into(),
                },
            ),
            (
                "preview_poll",
                Lens::PreviewPoll {
                    pool: pool_id,
                    contract: contract.clone(),
                },
            ),
            (
                "preview_mint, pools",
                Lens::PreviewMint {
                    account: account.clone(),
                    vault: vault.clone(),
                    amount: None,
                },
            ),
            (
                "exit_quote",
                Lens::ExitQuote {
                    account: account.clone(),
                    vault: vault.clone(),
                    amount: None,
                },
            ),
            (
                "preview_pool_markets",
                Lens::PreviewPoolMarkets {
                    pool: pool_id,
                    markets: weights,
                },
            ),
            ("earned", Lens::Earned { account, vault }),
            ("cuts", Lens::Cuts { pool: pool_id }),
        ];
        for (act, query) in queries {
            self.query(act, size, LENS, &query)?;
        }
        let credit = QueryMsg::Credit {
            contract,
            market_ref,
        };
        self.query("credit", size, MANAGER, &credit)?;
        if size == Column::Contracts {
            let markets = Lens::Markets {
                start_after: None,
                limit: Some(64),
            };
            self.query("markets, 34", Column::OneMarket, LENS, &markets)?;
            let report = QueryMsg::IssuerReport {};
            self.query("issuer_report", Column::OneMarket, MANAGER, &report)?;
        }
        Ok(())
    }

    // ------------------------------------------------------------ administration

    fn administration(&mut self) -> anyhow::Result<()> {
        let size = Column::OneMarket;
        let register = Self::to_manager(&ExecuteMsg::RegisterMarket {
            contract: self.meter.address(ALONE)?,
            market_ref: "more".to_owned(),
            ceiling: self.units(DUSD, "1_000_000")?,
        })?;
        self.message("register_market", size, OWNER, &register)
    }
}
