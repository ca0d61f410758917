//! What must always hold (DESIGN §11), read out of the manager's storage.

use ballast_math::Accrued;
use ballast_pools::state::{
    BOOKS, COLLATERALS, CUTS, FREE, HELD, MARKET_BOOKS, STAKES, TREASURY_DUE, UNASSIGNED,
    UNASSIGNED_SUM, VAULTS,
};
use ballast_types::debt_registry;
use cosmwasm_std::{Int256, Order, StdResult, Storage, Uint128, Uint256};

use super::Stage;

/// What rounding and positions that are forgotten with less than a unit may leave, in base units.
const DUST: i128 = 64;

fn units(n: impl Into<Int256>) -> Accrued {
    Accrued::from_units(n).unwrap()
}

fn sum(of: impl IntoIterator<Item = Accrued>) -> Accrued {
    of.into_iter()
        .fold(Accrued::ZERO, |sum, next| sum.checked_add(next).unwrap())
}

fn rows<T>(rows: impl Iterator<Item = StdResult<T>>) -> Vec<T> {
    rows.collect::<StdResult<_>>().unwrap()
}

impl Stage {
    /// Checks the books of the manager against themselves, the registry, and what it holds.
    pub fn assert_sound(&self) {
        let storage = self.app.contract_storage(&self.manager);
        let storage: &dyn Storage = &*storage;
        self.collateral_is_there(storage);
        if self.dollar != super::addr("owner") {
            self.each_dollar_is_owed(storage);
        }
        debts_of_a_pool_are_in_its_vaults(storage);
        sums_over_markets(storage);
        unassigned_is_listed(storage);
    }

    /// 3: what is held covers the books; and the books agree with each other.
    fn collateral_is_there(&self, storage: &dyn Storage) {
        let free = rows(FREE.range(storage, None, None, Order::Ascending));
        let vaults = rows(VAULTS.range(storage, None, None, Order::Ascending));
        for (asset, _) in rows(COLLATERALS.range(storage, None, None, Order::Ascending)) {
            let held = HELD.load(storage, &asset).unwrap();
            let undelegated: Uint128 = free
                .iter()
                .filter(|((_, of), _)| *of == asset)
                .map(|(_, free)| free.amount)
                .sum();
            assert_eq!(held.undelegated, undelegated, "{asset} undelegated");
            let delegated: Uint128 = vaults
                .iter()
                .filter(|((_, of), _)| *of == asset)
                .map(|(_, vault)| vault.vault.collateral())
                .sum();
            assert_eq!(held.delegated, delegated, "{asset} delegated");
            if ["LIFE", "WETH"].contains(&asset.as_str()) {
                let balance = self.balance_at(&self.manager, &asset);
                assert!(
                    balance >= (undelegated + delegated).u128(),
                    "{asset}: {balance} of {undelegated} and {delegated}"
                );
            }
        }
    }

    /// 1 and 6: dollars there are, fees not yet minted, and what markets owe are what LPs owe and what
    /// nobody carries. Reported debt is T less net issuance, as of the last flush.
    fn each_dollar_is_owed(&self, storage: &dyn Storage) {
        let synth: debt_registry::SynthResponse = self
            .app
            .wrap()
            .query_wasm_smart(
                &self.registry,
                &debt_registry::QueryMsg::Synth {
                    synth: "dUSD".to_owned(),
                },
            )
            .unwrap();
        let supply = self.supply();
        assert!(synth.supply.u128() >= supply, "{} < {supply}", synth.supply);
        assert_eq!(self.dollars_at(&self.manager), 0, "dollars of the manager");

        let markets = rows(MARKET_BOOKS.range(storage, None, None, Order::Ascending));
        let pools = rows(BOOKS.range(storage, None, None, Order::Ascending));
        let vaults = rows(VAULTS.range(storage, None, None, Order::Ascending));
        let stakes = rows(STAKES.range(storage, None, None, Order::Ascending));
        let cuts = rows(CUTS.range(storage, None, None, Order::Ascending));
        let fees = sum([
            TREASURY_DUE.may_load(storage).unwrap().unwrap_or_default(),
            sum(markets.iter().map(|(_, m)| m.pools.fees_pending())),
            sum(pools.iter().map(|(_, p)| p.chain.vaults.fees_pending())),
            sum(vaults
                .iter()
                .map(|(_, v)| v.vault.accounts().fees_pending())),
            sum(stakes.iter().map(|(_, s)| s.position.fees())),
            sum(cuts.iter().flat_map(|(_, c)| c).map(|cut| cut.due)),
        ]);
        let given_and_unissued = sum(markets.iter().map(|(_, market)| {
            let books = &market.books;
            units(books.given())
                .checked_sub(units(books.net_issuance()))
                .unwrap()
        }));
        let owed = sum([
            sum(pools.iter().map(|(_, p)| p.chain.owed())),
            sum(pools.iter().map(|(_, p)| p.chain.unassigned.amount())),
            sum(markets.iter().map(|(_, m)| m.pools.debt_pending().unwrap())),
        ]);
        let dollars = sum([units(supply), fees, given_and_unissued]);
        let difference = dollars.checked_sub(owed).unwrap();
        assert!(
            difference <= Accrued::ZERO && difference > units(-DUST),
            "{} dollars, fees and credits of markets, {} owed",
            dollars.units_floor().unwrap(),
            owed.units_floor().unwrap(),
        );
    }
}

/// 4: Σ accounts' debt ≥ vault debt, to a unit each; Σ accounts' collateral ≤ vault collateral; what
/// the vaults owe, given and not yet taken included, is what the pool says.
fn debts_of_a_pool_are_in_its_vaults(storage: &dyn Storage) {
    let stakes = rows(STAKES.range(storage, None, None, Order::Ascending));
    for (id, books) in rows(BOOKS.range(storage, None, None, Order::Ascending)) {
        let mut in_vaults = books.chain.vaults.debt_pending().unwrap();
        let mut shares_of_vaults = Uint256::zero();
        for (asset, record) in rows(
            VAULTS
                .prefix(id)
                .range(storage, None, None, Order::Ascending),
        ) {
            let vault = &record.vault;
            in_vaults = in_vaults.checked_add(vault.owed().unwrap()).unwrap();
            shares_of_vaults += books.chain.vaults.shares_of(&record.actor).unwrap();
            let positions: Vec<_> = stakes
                .iter()
                .filter(|((pool, of, _), _)| *pool == id && *of == asset)
                .map(|(_, stake)| vault.preview(&stake.position).unwrap())
                .collect();
            let collateral: Uint128 = positions
                .iter()
                .map(|position| vault.collateral_of(position).unwrap())
                .sum();
            assert!(
                collateral <= vault.collateral(),
                "collateral in {id} {asset}"
            );
            let shares: Uint256 = positions
                .iter()
                .map(|position| vault.shares_of(position).unwrap())
                .fold(Uint256::zero(), |sum, next| sum + next);
            assert_eq!(shares, vault.accounts().total_shares(), "{id} {asset}");
            let debt = sum(positions.iter().map(|position| position.debt()));
            let above = debt.checked_sub(vault.owed().unwrap()).unwrap();
            assert!(
                above > units(-DUST) && above < units(DUST),
                "accounts of {id} {asset} owe {} more than the vault",
                above.units_ceil().unwrap()
            );
            let counted = books.vaults.iter().find(|(known, _)| *known == asset);
            let counted = counted.map_or(Uint128::zero(), |(_, amount)| *amount);
            assert_eq!(counted, vault.collateral(), "counted in {id} {asset}");
        }
        assert_eq!(in_vaults, books.chain.owed(), "what pool {id} owes");
        assert_eq!(
            shares_of_vaults,
            books.chain.vaults.total_shares(),
            "shares of the vaults of {id}"
        );
    }
}

/// L and a market's shares are sums over the pools behind it.
fn sums_over_markets(storage: &dyn Storage) {
    let pools = rows(BOOKS.range(storage, None, None, Order::Ascending));
    for (id, market) in rows(MARKET_BOOKS.range(storage, None, None, Order::Ascending)) {
        let links = || {
            pools
                .iter()
                .flat_map(|(_, books)| &books.links)
                .filter(|link| link.market == id)
        };
        let load: Uint128 = links().map(|link| link.load).sum();
        assert_eq!(load, market.load, "L of market {id}");
        let shares = links()
            .map(|link| market.pools.shares_of(&link.actor).unwrap())
            .fold(Uint256::zero(), |sum, next| sum + next);
        assert_eq!(shares, market.pools.total_shares(), "market {id}");
    }
}

/// Every U is listed, and the registry hears of the sum of what is debt.
fn unassigned_is_listed(storage: &dyn Storage) {
    let mut expected = vec![];
    for (id, market) in rows(MARKET_BOOKS.range(storage, None, None, Order::Ascending)) {
        expected.push(((0u8, id), market.books.unassigned()));
    }
    for (id, books) in rows(BOOKS.range(storage, None, None, Order::Ascending)) {
        let amount = books.chain.unassigned.amount().balance_ceil().unwrap();
        expected.push(((1, id), amount));
    }
    expected.retain(|(_, amount)| !amount.is_zero());
    let listed = rows(UNASSIGNED.range(storage, None, None, Order::Ascending));
    assert_eq!(listed, expected, "what is unassigned");
    let sum = listed
        .iter()
        .map(|(_, amount)| (*amount).max(Int256::zero()))
        .fold(Int256::zero(), |sum, next| sum + next);
    let known = UNASSIGNED_SUM
        .may_load(storage)
        .unwrap()
        .unwrap_or_default();
    assert_eq!(known, sum, "the sum of what is unassigned");
}
