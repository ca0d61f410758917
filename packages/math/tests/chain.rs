//! The whole chain Market → Pool → Vault → Account: worked numbers, and random lives (DESIGN §11,
//! item 6).
//!
//! There are two markets, two pools that back both, three vaults, and three accounts in each. Acts
//! follow the order of DESIGN §6: poll, markets to pools, pools to vaults, vaults to accounts, the
//! change, and only then new shares at every level. One collateral at one dollar; amounts are base
//! units.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    missing_docs
)]

use ballast_math::{
    Accrued, Distribution, Value,
    distribution::{Actor, Flushed},
    fees::share_fees,
    market::{Backing, MarketBooks, Report, room_floor},
    pool::{Backed, Exposure, PoolBooks, vault_shares_floor},
    vault::{LiquidationTerms, Position, Vault, is_liquidatable, max_debt_floor},
};
use cosmwasm_std::{Decimal, Uint128};
use proptest::prelude::*;

const DECIMALS: u8 = 6;
const CEILING: Uint128 = Uint128::new(1 << 50);

#[derive(Default, Clone)]
struct Market {
    books: MarketBooks,
    /// Debt and fees, over the pools.
    pools: Distribution,
    backed: Backed,
    load: Uint128,
    /// What it would answer.
    report: i128,
}

#[derive(Default, Clone)]
struct Pool {
    books: PoolBooks,
    in_markets: [Actor; 2],
    backed: [Backed; 2],
    loads: [Uint128; 2],
    vaults: Vec<PooledVault>,
}

#[derive(Default, Clone)]
struct PooledVault {
    vault: Vault,
    in_pool: Actor,
    positions: [Position; 3],
}

#[derive(Clone)]
struct World {
    markets: [Market; 2],
    pools: [Pool; 2],
    /// Dollars there are.
    supply: i128,
    /// Fees that nobody was there for.
    treasury: Accrued,
}

fn units(n: impl TryInto<i128>) -> Accrued {
    Accrued::from_units(n.try_into().ok().unwrap()).unwrap()
}

fn plus(a: Accrued, b: Accrued) -> Accrued {
    a.checked_add(b).unwrap()
}

/// Pool 0 weighs its markets 1 to 3, pool 1 as 2 to 1; each carries up to half its value.
fn exposure(pool: usize, market: usize) -> Exposure {
    let weights = [[1u128, 3], [2, 1]][pool];
    let total = (weights[0] + weights[1]).into();
    Exposure::of(weights[market].into(), total, Decimal::percent(50)).unwrap()
}

impl Market {
    fn backing(&self) -> Backing {
        let capacity = self.backed.value_floor(Decimal::one(), DECIMALS).unwrap();
        let pending = self.pools.debt_pending().unwrap();
        Backing::Live {
            room: room_floor(capacity, self.load, pending, DECIMALS).unwrap(),
        }
    }

    fn flush(&mut self) {
        let report = Report {
            debt: self.report.into(),
            stale: false,
        };
        self.books.poll(report).unwrap();
        let Backing::Live { room } = self.backing() else {
            unreachable!("this market reports")
        };
        let given = self.books.flush(room, !self.pools.is_empty()).unwrap();
        assert!(given <= room.into());
        let given = Accrued::from_units(given).unwrap();
        self.pools.charge_ceil(given).unwrap();
    }
}

impl World {
    fn new() -> Self {
        let vaults = |n| vec![PooledVault::default(); n];
        let pool = |n| Pool {
            vaults: vaults(n),
            ..Pool::default()
        };
        Self {
            markets: Default::default(),
            pools: [pool(2), pool(1)],
            supply: 0,
            treasury: Accrued::ZERO,
        }
    }

    /// Steps 1 to 3 of an act on a pool.
    fn flush(&mut self, p: usize) {
        let pool = &mut self.pools[p];
        for (market, actor) in self.markets.iter_mut().zip(&mut pool.in_markets) {
            market.flush();
            let flushed = market.pools.flush(actor).unwrap();
            pool.books.charge(flushed.debt).unwrap();
            if pool.books.vaults.is_empty() {
                self.treasury = plus(self.treasury, flushed.fees);
            } else {
                pool.books.vaults.pay_floor(flushed.fees).unwrap();
            }
        }
        for vault in &mut pool.vaults {
            let flushed = pool.books.vaults.flush(&mut vault.in_pool).unwrap();
            vault.vault.take(flushed.debt, flushed.fees).unwrap();
        }
    }

    /// Step 6: shares at each level, and what the pool stands for at its markets.
    fn rewrite(&mut self, p: usize) {
        let pool = &mut self.pools[p];
        let (mut collateral, mut value) = (Uint128::zero(), Value::ZERO);
        for vault in &mut pool.vaults {
            let own = Value::of_dollars(vault.vault.collateral(), DECIMALS).unwrap();
            let shares = vault_shares_floor(own, DECIMALS).unwrap();
            let flushed = pool.books.vaults.set_shares(&mut vault.in_pool, shares);
            // Only what a liquidation has left to the other vaults meanwhile.
            let flushed = flushed.unwrap();
            vault.vault.take(flushed.debt, flushed.fees).unwrap();
            collateral += vault.vault.collateral();
            value = value.checked_add(own).unwrap();
        }
        for (m, market) in self.markets.iter_mut().enumerate() {
            let exposure = exposure(p, m);
            let shares = exposure.shares_floor(value, DECIMALS).unwrap();
            let flushed = market.pools.set_shares(&mut pool.in_markets[m], shares);
            assert_eq!(flushed.unwrap(), Flushed::default());
            let backed = exposure.backed_floor(collateral).unwrap();
            market.backed = market.backed.replace(pool.backed[m], backed).unwrap();
            pool.backed[m] = backed;
            let owed = pool.books.owed();
            let load = exposure.load_ceil(owed, Accrued::ZERO, shares).unwrap();
            market.load = market.load - pool.loads[m] + load;
            pool.loads[m] = load;
        }
    }

    fn sync(&mut self, p: usize) {
        self.flush(p);
        self.rewrite(p);
    }

    fn play(&mut self, act: &Act) {
        match *act {
            Act::Report { m, by } => self.markets[m].report += by,
            Act::DepositUsd { m, amount } => {
                let amount = amount.min(self.supply.max(0));
                let market = &mut self.markets[m];
                market.books.deposit(Uint128::new(amount as u128)).unwrap();
                market.report += amount;
                self.supply -= amount;
            }
            Act::WithdrawUsd { m, amount, fee } => {
                let market = &mut self.markets[m];
                let credit = market.books.credit(market.backing(), CEILING).unwrap();
                let most = credit.u128().min(market.report.max(0) as u128) as i128;
                let amount = amount.min(most);
                let paid = Uint128::new(amount as u128);
                let backing = market.backing();
                market.books.withdraw(paid, backing, CEILING).unwrap();
                market.report -= amount;
                if !fee {
                    self.supply += amount;
                } else if market.pools.is_empty() {
                    self.treasury = plus(self.treasury, units(amount));
                } else {
                    market.pools.pay_floor(units(amount)).unwrap();
                }
            }
            Act::DonateMarket { m, amount } => {
                let burnt = Uint128::new(amount.min(self.supply.max(0)) as u128);
                self.supply -= self.markets[m].books.donate(burnt).unwrap().u128() as i128;
            }
            Act::DonatePool { p, amount } => {
                let burnt = Uint128::new(amount.min(self.supply.max(0)) as u128);
                let taken = self.pools[p].books.unassigned.donate(burnt).unwrap();
                self.supply -= taken.u128() as i128;
            }
            Act::Sync { p } => self.sync(p),
            Act::Position { p, v, i, ref what } => {
                self.flush(p);
                self.act_on_position(p, v % self.pools[p].vaults.len(), i, what);
                self.rewrite(p);
            }
        }
    }

    fn act_on_position(&mut self, p: usize, v: usize, i: usize, what: &What) {
        let Pool { books, vaults, .. } = &mut self.pools[p];
        let PooledVault {
            vault,
            positions,
            in_pool,
        } = &mut vaults[v];
        let position = &mut positions[i];
        match *what {
            What::Delegate(amount) => vault.deposit(position, amount.into()).unwrap(),
            What::Leave => {
                vault.settle(position).unwrap();
                let paid = vault.repay(position, Uint128::MAX).unwrap().u128() as i128;
                let all = vault.collateral_of(position).unwrap();
                vault.withdraw(position, all).unwrap();
                let credit = vault.take_credit(position).unwrap().u128() as i128;
                books.moved(units(credit - paid)).unwrap();
                self.supply += credit - paid;
            }
            What::Mint(amount) => {
                vault.settle(position).unwrap();
                let held = vault.collateral_of(position).unwrap();
                let value = Value::of_dollars(held, DECIMALS).unwrap();
                let most = max_debt_floor(value, Decimal::percent(150), DECIMALS).unwrap();
                let room = most.saturating_sub(position.debt().owed_ceil().unwrap());
                let amount = room.min(amount.into());
                vault.mint(position, amount).unwrap();
                books.moved(units(amount.u128())).unwrap();
                self.supply += amount.u128() as i128;
            }
            What::Claim => {
                self.supply += vault.take_fees(position).unwrap().u128() as i128;
            }
            What::Liquidate { offered, price } => {
                vault.settle(position).unwrap();
                let terms = LiquidationTerms {
                    price: Decimal::percent(price),
                    decimals: DECIMALS,
                    dollar_decimals: DECIMALS,
                    penalty: Decimal::percent(10),
                    keeper_part: Decimal::percent(1),
                    max_keeper_reward: Uint128::new(1_000),
                };
                let held = vault.collateral_of(position).unwrap();
                let value = Value::of(held, terms.price, DECIMALS).unwrap();
                let debt = position.debt().owed_ceil().unwrap();
                if !is_liquidatable(value, debt, Decimal::percent(120), DECIMALS).unwrap() {
                    return;
                }
                if !vault.accounts().is_empty() && !vault.is_last_holder(position).unwrap() {
                    vault.liquidate_to_peers(position, &terms).unwrap();
                    return;
                }
                let done = vault
                    .liquidate_last_holder(position, offered.into(), &terms)
                    .unwrap();
                self.supply -= done.paid.u128() as i128;
                let closed = plus(units(done.paid.u128()), done.debt_left);
                books.moved(closed.checked_neg().unwrap()).unwrap();
                let (flushed, _bad) = books
                    .spread_to_others(in_pool, done.debt_left, DECIMALS)
                    .unwrap();
                assert_eq!(flushed, Flushed::default());
            }
        }
    }

    /// Dollars, fees that are not minted, and what markets owe.
    fn claims(&self) -> Accrued {
        let mut sum = plus(units(self.supply), self.treasury);
        for market in &self.markets {
            sum = plus(sum, units(market.books.reported().u128()));
            sum = plus(sum, market.pools.fees_pending());
        }
        for pool in &self.pools {
            sum = plus(sum, pool.books.vaults.fees_pending());
            for vault in &pool.vaults {
                sum = plus(sum, vault.vault.accounts().fees_pending());
                for position in &vault.positions {
                    sum = plus(sum, position.fees());
                }
            }
        }
        sum
    }

    /// What LPs owe, given and not yet taken included, and what nobody carries.
    fn debts(&self) -> Accrued {
        let mut sum = Accrued::ZERO;
        for market in &self.markets {
            sum = plus(sum, market.pools.debt_pending().unwrap());
            sum = plus(sum, Accrued::from_units(market.books.unassigned()).unwrap());
        }
        for pool in &self.pools {
            sum = plus(sum, pool.books.owed());
            sum = plus(sum, pool.books.unassigned.amount());
        }
        sum
    }

    fn check(&self) {
        assert_eq!(self.claims(), self.debts());
        for pool in &self.pools {
            let mut owed = pool.books.vaults.debt_pending().unwrap();
            for vault in &pool.vaults {
                owed = plus(owed, vault.vault.owed().unwrap());
                let mut positions = Accrued::ZERO;
                for position in &vault.positions {
                    let settled = vault.vault.preview(position).unwrap();
                    positions = plus(positions, settled.debt());
                }
                let vault = vault.vault.owed().unwrap();
                assert!(positions >= vault && positions < plus(vault, units(1)));
            }
            assert_eq!(owed, pool.books.owed());
        }
    }

    fn positions(&self) -> Vec<(Accrued, Accrued)> {
        let vaults = self.pools.iter().flat_map(|pool| &pool.vaults);
        vaults
            .flat_map(|vault| {
                vault.positions.iter().map(|position| {
                    let settled = vault.vault.preview(position).unwrap();
                    (settled.debt(), settled.fees())
                })
            })
            .collect()
    }
}

#[derive(Debug, Clone)]
enum Act {
    Report {
        m: usize,
        by: i128,
    },
    DepositUsd {
        m: usize,
        amount: i128,
    },
    WithdrawUsd {
        m: usize,
        amount: i128,
        fee: bool,
    },
    DonateMarket {
        m: usize,
        amount: i128,
    },
    DonatePool {
        p: usize,
        amount: i128,
    },
    Sync {
        p: usize,
    },
    Position {
        p: usize,
        v: usize,
        i: usize,
        what: What,
    },
}

#[derive(Debug, Clone)]
enum What {
    Delegate(u128),
    Leave,
    Mint(u128),
    Claim,
    Liquidate { offered: u128, price: u64 },
}

fn act() -> impl Strategy<Value = Act> {
    let amount = || 0i128..1 << 40;
    let what = prop_oneof![
        3 => (1u128..1 << 42).prop_map(What::Delegate),
        1 => Just(What::Leave),
        3 => (0u128..1 << 42).prop_map(What::Mint),
        1 => Just(What::Claim),
        2 => (0u128..1 << 42, 1u64..150)
            .prop_map(|(offered, price)| What::Liquidate { offered, price }),
    ];
    prop_oneof![
        2 => (0usize..2, -(1i128 << 40)..1 << 40).prop_map(|(m, by)| Act::Report { m, by }),
        2 => (0usize..2, amount()).prop_map(|(m, amount)| Act::DepositUsd { m, amount }),
        3 => (0usize..2, amount(), any::<bool>())
            .prop_map(|(m, amount, fee)| Act::WithdrawUsd { m, amount, fee }),
        1 => (0usize..2, amount()).prop_map(|(m, amount)| Act::DonateMarket { m, amount }),
        1 => (0usize..2, amount()).prop_map(|(p, amount)| Act::DonatePool { p, amount }),
        1 => (0usize..2).prop_map(|p| Act::Sync { p }),
        8 => (0usize..2, 0usize..2, 0usize..3, what)
            .prop_map(|(p, v, i, what)| Act::Position { p, v, i, what }),
    ]
}

fn on(v: usize, i: usize, what: What) -> Act {
    Act::Position { p: 0, v, i, what }
}

/// DESIGN §7: of 1,000 of fees 5 % and 15 % are cut, and 800 reach LPs pro rata: vaults of 3 to 1,
/// and in the first accounts of 1 to 2.
#[test]
fn a_thousand_of_fees() {
    let mut world = World::new();
    for (v, i, amount) in [
        (0, 0, 100_000_000),
        (0, 1, 200_000_000),
        (1, 0, 100_000_000),
    ] {
        world.play(&on(v, i, What::Delegate(amount)));
    }
    let pool = &mut world.pools[0];
    let link = &mut world.markets[0].pools;
    link.pay_floor(units(1_000_000_000)).unwrap();
    let fees = link.flush(&mut pool.in_markets[0]).unwrap().fees;
    let shared = share_fees(fees, &[Decimal::percent(5), Decimal::percent(15)]).unwrap();
    let cuts = shared
        .cuts
        .into_iter()
        .map(|mut cut| cut.take_floor().unwrap().u128());
    assert_eq!(cuts.collect::<Vec<_>>(), [50_000_000, 150_000_000]);
    pool.books.vaults.pay_floor(shared.lps).unwrap();
    let mut claimed = vec![];
    for vault in &mut pool.vaults {
        let flushed = pool.books.vaults.flush(&mut vault.in_pool).unwrap();
        vault.vault.take(flushed.debt, flushed.fees).unwrap();
        for position in &mut vault.positions {
            claimed.push(vault.vault.take_fees(position).unwrap().u128());
        }
    }
    assert_eq!(claimed, [200_000_000, 400_000_000, 0, 200_000_000, 0, 0]);
}

/// DESIGN §6: burnt through a market, lost there, minted by the LP as he leaves, and paid out by the
/// market again, twelve times: 10 became 40,960 where credit was net issuance within capacity.
#[test]
fn twelve_rounds_print_nothing() {
    let mut world = World::new();
    // From a pool that does not back this market.
    world.supply = 10;
    let m = 0;
    for _ in 0..12 {
        world.play(&on(0, 0, What::Delegate(1_000)));
        let amount = world.supply;
        world.play(&Act::DepositUsd { m, amount });
        world.play(&Act::Report { m, by: -amount });
        world.play(&on(0, 0, What::Leave));
        assert_eq!(world.supply, 10);
        let market = &world.markets[m];
        let credit = market.books.credit(market.backing(), CEILING).unwrap();
        assert!(credit.is_zero(), "{credit}");
    }
}

proptest! {
    /// Dollars, fees not minted and what markets owe are, to the last digit, what LPs owe and what
    /// nobody carries; every debt is in exactly one place; flushing again, in any order, changes
    /// nothing; and no act raises a market's U while reports stand still.
    #[test]
    fn every_unit_is_in_one_place(acts in prop::collection::vec(act(), 1..60)) {
        let mut world = World::new();
        for act in &acts {
            let before = world.clone();
            world.play(act);
            world.sync(0);
            world.sync(1);
            world.check();
            let standing = world.positions();
            world.sync(1);
            world.sync(0);
            prop_assert_eq!(world.positions(), standing);
            if matches!(act, Act::Report { .. } | Act::DonateMarket { .. }) {
                continue;
            }
            for (now, then) in world.markets.iter().zip(&before.markets) {
                prop_assert!(now.books.unassigned() <= then.books.unassigned(), "{act:?}");
            }
        }
    }

    /// When an act is followed by no sync, nothing is lost or made: what the next act finds is
    /// booked then.
    #[test]
    fn late_flushes_lose_nothing(acts in prop::collection::vec(act(), 1..80)) {
        let mut world = World::new();
        for act in &acts {
            world.play(act);
        }
        world.sync(0);
        world.sync(1);
        world.check();
    }
}
