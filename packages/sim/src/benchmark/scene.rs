//! A protocol with accounts in it, and those that act in the benchmark.

use std::time::{Duration, Instant};

use anyhow::Context;
use ballast_types::{
    Token,
    synth_minter::{ExecuteMsg, ReceiveMsg},
    treasury::{self, Tag},
};
use cosmwasm_std::{Addr, Binary, Coin, Decimal, Uint128};
use cw20::Cw20ExecuteMsg;
use serde::Serialize;
use serde_json::Value;

use super::Shape;
use crate::{
    amount,
    kind::ContractKind,
    plan::json,
    profile::{
        AssetProfile, CollateralProfile, Embedded, LimitProfile, MinterProfile, OracleProfile,
        ParamsProfile, Profile, RuleProfile, SourcesProfile, SynthProfile, TermsProfile,
        TokenProfile, TreasuryProfile,
    },
    world::World,
};

/// The synth that debt is counted in.
pub const DOLLAR: &str = "LUSD";
/// Who pushes every price.
pub const FEEDER: &str = "feeder";
/// Decimals of the collaterals and of the synths, in turn.
const COLLATERAL_DECIMALS: [u8; 8] = [6, 18, 8, 6, 12, 0, 18, 6];
const SYNTH_DECIMALS: [u8; 4] = [18, 8, 6, 12];
/// What one of any collateral costs at first.
const PRICE: u64 = 10;
/// What an account stakes of a collateral.
const STAKE: &str = "1_000";
/// Every so many of the accounts are indebted to the limit, and flagged when prices fall.
const ONE_FLAGGED_OF: u32 = 4;

/// A message before it is sent.
pub struct Call {
    /// Who sends it.
    pub sender: Addr,
    /// To whom.
    pub contract: Addr,
    /// What.
    pub msg: Value,
    /// With how much.
    pub funds: Vec<Coin>,
}

/// A protocol with accounts in it.
pub struct Scene {
    /// Where it is.
    pub world: World,
    /// How large it is.
    pub shape: Shape,
    /// The minter.
    pub minter: Addr,
    /// The registry.
    pub registry: Addr,
    /// The oracle.
    pub oracle: Addr,
    /// Who flags, liquidates and exchanges; holds dollars and some of every synth.
    pub keeper: Addr,
    /// What it took to fill it.
    pub filling: Filling,
}

/// What it took to fill a protocol with accounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Filling {
    /// Accounts that were there before the measurement, besides those that act in it.
    pub accounts: u32,
    /// How many of them were flagged.
    pub flagged: u32,
    /// Messages that were sent.
    pub messages: u64,
    /// Seconds that took.
    pub seconds: f64,
}

impl Scene {
    /// Deploys a protocol of this shape and fills it by messages. `tick` hears of each
    /// account.
    pub fn filled(shape: Shape, tick: &mut dyn FnMut()) -> anyhow::Result<Self> {
        let mut world = World::deploy(&profile(shape))?;
        let mut scene = Self {
            minter: world.contract(ContractKind::SynthMinter.name())?,
            registry: world.contract(ContractKind::DebtRegistry.name())?,
            oracle: world.contract(ContractKind::Oracle.name())?,
            keeper: world.account("keeper"),
            filling: Filling::default(),
            shape,
            world,
        };
        scene.equip_keeper().context("the keeper")?;
        let start = Instant::now();
        for number in 0..shape.accounts {
            scene
                .add_account(number)
                .with_context(|| format!("account {number}"))?;
            tick();
        }
        scene.add_time(start.elapsed());
        Ok(scene)
    }

    /// Dollars for liquidations and insurance, and some of every synth, so that every synth has
    /// a supply and the value of the pool needs every price.
    fn equip_keeper(&mut self) -> anyhow::Result<()> {
        let keeper = self.keeper.clone();
        let first = collateral_id(0);
        self.stake(&keeper, &first, "1_000_000_000")?;
        self.mint(&keeper, Some("100_000_000"))?;
        for synth in 0..self.other_synths() {
            let exchange = self.exchange(DOLLAR, &synth_id(synth), "100_000")?;
            self.send(&exchange)?;
        }
        let treasury = self.world.contract(ContractKind::Treasury.name())?;
        let amount = self.amount(DOLLAR, "1_000_000")?;
        let tag = Tag::Insurance;
        let hook = treasury::ReceiveMsg::Deposit { tag };
        self.world.send(&keeper, DOLLAR, amount, &treasury, &hook)?;
        Ok(())
    }

    /// Every account stakes and mints; one of four to its limit.
    fn add_account(&mut self, number: u32) -> anyhow::Result<()> {
        let account = self.holder(number);
        let to_the_limit = is_weak(number);
        let collaterals = if self.shape.stake_all {
            0..self.shape.collaterals
        } else {
            // Weak accounts are all alike, so that a page of them costs the same whichever they
            // are.
            let one = if to_the_limit {
                0
            } else {
                usize::try_from(number)? % self.shape.collaterals
            };
            one..one + 1
        };
        for collateral in collaterals {
            self.stake(&account, &collateral_id(collateral), STAKE)?;
            self.filling.messages += 1;
        }
        self.mint(&account, if to_the_limit { None } else { Some("500") })?;
        self.filling.messages += 1;
        self.filling.accounts += 1;
        Ok(())
    }

    /// Flags every account that is indebted to its limit. Prices have fallen before.
    pub fn flag_accounts(&mut self, tick: &mut dyn FnMut()) -> anyhow::Result<()> {
        let start = Instant::now();
        for number in (0..self.shape.accounts).filter(|number| is_weak(*number)) {
            let account = self.holder(number);
            self.flag(&account)
                .with_context(|| format!("account {number}"))?;
            self.filling.flagged += 1;
            self.filling.messages += 1;
            tick();
        }
        self.add_time(start.elapsed());
        Ok(())
    }

    fn add_time(&mut self, took: Duration) {
        self.filling.seconds += took.as_secs_f64();
    }

    /// An account of the crowd. It gets no name: nobody looks at it.
    fn holder(&self, number: u32) -> Addr {
        self.world.app.api().addr_make(&format!("holder-{number}"))
    }

    /// An account that acts in the benchmark: it stakes every collateral.
    pub fn actor(&mut self, name: &str, debt: Option<&str>) -> anyhow::Result<Addr> {
        let account = self.world.account(name);
        for collateral in 0..self.shape.collaterals {
            self.stake(&account, &collateral_id(collateral), STAKE)?;
        }
        self.mint(&account, debt)?;
        Ok(account)
    }

    // ------------------------------------------------------------ messages

    /// A deposit of what the account is given for it.
    pub fn deposit(&mut self, account: &Addr, asset: &str, text: &str) -> anyhow::Result<Call> {
        let amount = self.amount(asset, text)?;
        self.world.fund(account, asset, amount)?;
        let token = self.world.token(asset).context("no such token")?;
        match token {
            Token::Native(denom) => Ok(Call {
                funds: vec![Coin { denom, amount }],
                ..self.to_minter(account, &ExecuteMsg::Deposit { account: None })
            }),
            Token::Cw20(_) => {
                let hook = ReceiveMsg::Deposit { account: None };
                self.hook(account, asset, amount, &hook)
            }
        }
    }

    /// An exchange by the keeper.
    pub fn exchange(&self, from: &str, to: &str, text: &str) -> anyhow::Result<Call> {
        let hook = ReceiveMsg::Exchange {
            to: to.to_owned(),
            min_out: Uint128::one(),
            recipient: None,
        };
        self.hook(&self.keeper, from, self.amount(from, text)?, &hook)
    }

    /// A message to the minter.
    pub fn to_minter(&self, sender: &Addr, msg: &ExecuteMsg) -> Call {
        Call {
            sender: sender.clone(),
            contract: self.minter.clone(),
            msg: json(msg),
            funds: vec![],
        }
    }

    /// A cw20 sent to the minter.
    pub fn hook(
        &self,
        sender: &Addr,
        asset: &str,
        amount: Uint128,
        hook: &ReceiveMsg,
    ) -> anyhow::Result<Call> {
        let msg = Cw20ExecuteMsg::Send {
            contract: self.minter.to_string(),
            amount,
            msg: Binary::new(serde_json::to_vec(hook)?),
        };
        Ok(Call {
            sender: sender.clone(),
            contract: self.world.contract(asset)?,
            msg: json(&msg),
            funds: vec![],
        })
    }

    /// Sends a message.
    pub fn send(&mut self, call: &Call) -> anyhow::Result<cw_multi_test::AppResponse> {
        self.world
            .execute(&call.sender, &call.contract, &call.msg, &call.funds)
    }

    fn stake(&mut self, account: &Addr, asset: &str, text: &str) -> anyhow::Result<()> {
        let deposit = self.deposit(account, asset, text)?;
        self.send(&deposit)?;
        Ok(())
    }

    fn mint(&mut self, account: &Addr, text: Option<&str>) -> anyhow::Result<()> {
        let amount = text.map(|text| self.amount(DOLLAR, text)).transpose()?;
        let mint = self.to_minter(account, &ExecuteMsg::Mint { amount });
        self.send(&mint)?;
        Ok(())
    }

    /// Flags an account.
    pub fn flag(&mut self, account: &Addr) -> anyhow::Result<()> {
        let flag = self.to_minter(
            &self.keeper,
            &ExecuteMsg::Flag {
                account: account.to_string(),
            },
        );
        self.send(&flag)?;
        Ok(())
    }

    // ------------------------------------------------------------ the rest

    /// Base units of an asset.
    pub fn amount(&self, asset: &str, text: &str) -> anyhow::Result<Uint128> {
        let decimals = self.world.decimals(asset).context("no such asset")?;
        Ok(amount::parse_units(text, decimals)?)
    }

    /// Every collateral comes to about this price.
    pub fn set_collateral_prices(&mut self, price: u64) -> anyhow::Result<()> {
        for collateral in 0..self.shape.collaterals {
            let price = odd_dollars(price, collateral);
            self.world.set_price(&collateral_id(collateral), price)?;
        }
        Ok(())
    }

    /// Synths besides the dollar.
    pub const fn other_synths(&self) -> usize {
        self.shape.synths.saturating_sub(1)
    }

    /// Everything that has a feeder, at its present price or near it.
    pub fn pushed_assets(&self) -> Vec<String> {
        self.world
            .profile()
            .embedded
            .prices
            .keys()
            .cloned()
            .collect()
    }
}

/// How many of so many accounts are flagged.
pub const fn flagged_of(accounts: u32) -> u32 {
    accounts.div_ceil(ONE_FLAGGED_OF)
}

const fn is_weak(number: u32) -> bool {
    number.is_multiple_of(ONE_FLAGGED_OF)
}

/// Asset id of a collateral.
pub fn collateral_id(number: usize) -> String {
    format!("COL{}", letter(number))
}

/// Asset id of a synth that is not the dollar. A cw20 takes no digits in its ticker.
pub fn synth_id(number: usize) -> String {
    format!("s{}{}", letter(number / 26), letter(number % 26))
}

fn letter(number: usize) -> char {
    ('A'..='Z').cycle().nth(number).unwrap_or('A')
}

fn dollars(price: u64) -> Decimal {
    Decimal::from_ratio(price, 1_u64)
}

/// A price with 18 decimals, as markets make them: exact fractions of round prices are shorter
/// and cheaper to compute with.
pub fn odd_dollars(price: u64, collateral: usize) -> Decimal {
    let part = (1..).nth(collateral).unwrap_or(1_u64);
    dollars(price) + Decimal::from_ratio(part, 7_777_777_u64)
}

/// What is deployed: native and cw20 collaterals in turn and synths, of mixed decimals.
pub fn profile(shape: Shape) -> Profile {
    let mut assets = vec![(
        DOLLAR.to_owned(),
        AssetProfile {
            decimals: 6,
            sources: SourcesProfile::Fixed(Decimal::one()),
            rule: RuleProfile::default(),
        },
    )];
    let mut prices = vec![];
    let mut collaterals = vec![];
    for (number, decimals) in (0..shape.collaterals).zip(COLLATERAL_DECIMALS.iter().cycle()) {
        let id = collateral_id(number);
        let token = if number % 2 == 0 {
            TokenProfile::Native(format!("u{}", id.to_lowercase()))
        } else {
            TokenProfile::Cw20(id.clone())
        };
        assets.push((id.clone(), pushed(*decimals)));
        prices.push((id.clone(), odd_dollars(PRICE, number)));
        collaterals.push(CollateralProfile {
            asset: id,
            token,
            terms: TermsProfile::default(),
            cap: None,
        });
    }
    let mut synths = vec![];
    let half_dollars = 1_u64..;
    for (number, (decimals, price)) in
        (0..shape.synths.saturating_sub(1)).zip(SYNTH_DECIMALS.iter().cycle().zip(half_dollars))
    {
        let id = synth_id(number);
        assets.push((id.clone(), pushed(*decimals)));
        prices.push((id.clone(), Decimal::from_ratio(price, 2_u64)));
        synths.push(synth(id));
    }
    Profile {
        name: "benchmark".into(),
        about: format!("{} synths, {} collaterals", shape.synths, shape.collaterals),
        owner: "owner".into(),
        guardian: None,
        oracle: OracleProfile {
            round_interval_secs: 5,
            rule: RuleProfile {
                // Prices fall and rise at once here, and the breaker is not what is measured.
                max_deviation: Some(dollars(100)),
                ..RuleProfile::default()
            },
            assets: assets.into_iter().collect(),
        },
        minter: Some(MinterProfile {
            params: ParamsProfile {
                min_stake_secs: 0,
                min_debt: format!("10 {DOLLAR}"),
                ..ParamsProfile::default()
            },
            dollar: synth(DOLLAR.into()),
            synths,
            collaterals,
        }),
        stability_pool: None,
        pool_manager: None,
        treasury: TreasuryProfile {
            cover: Some(LimitProfile {
                amount: format!("1_000_000 {DOLLAR}"),
                period_secs: 86_400,
            }),
            ..TreasuryProfile::default()
        },
        embedded: Embedded {
            prices: prices.into_iter().collect(),
            ..Embedded::default()
        },
    }
}

fn pushed(decimals: u8) -> AssetProfile {
    AssetProfile {
        decimals,
        sources: SourcesProfile::Push(vec![FEEDER.into()]),
        rule: RuleProfile::default(),
    }
}

const fn synth(asset: String) -> SynthProfile {
    SynthProfile {
        asset,
        name: None,
        symbol: None,
        ceiling: None,
    }
}
