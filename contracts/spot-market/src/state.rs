//! What the contract remembers. Records are stored as arrays: a byte that is written costs 30
//! gas, and names would be most of them.

use ballast_kit::Controls;
use ballast_math::MathError;
use ballast_types::{
    spot_market::{Operation, Terms},
    stored_as_array,
};
use cosmwasm_std::{Addr, Decimal, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Owner, guardian and switches.
pub const CONTROLS: Controls<Operation> = Controls::new();
/// "config": the addresses it relies on.
pub const CONFIG: Item<Config> = Item::new("config");
/// "market" + ref: what rarely changes of a market.
pub const MARKETS: Map<&str, Market> = Map::new("market");
/// "books" + ref: what every trade changes.
pub const BOOKS: Map<&str, Books> = Map::new("books");
/// "position" + ref + account; none without anything in it.
pub const POSITIONS: Map<(&str, &Addr), Position> = Map::new("position");

/// The addresses it relies on.
pub struct Config {
    /// Where prices are read.
    pub oracle: Addr,
    /// The pool manager.
    pub manager: Addr,
    /// The cw20 of the pools' dollar.
    pub dollar: Addr,
    /// Its decimals.
    pub dollar_decimals: u8,
}
stored_as_array!(Config {
    oracle,
    manager,
    dollar,
    dollar_decimals
});

/// What rarely changes of a market.
pub struct Market {
    /// What people call it.
    pub name: String,
    /// Asset id.
    pub asset: String,
    /// What a trade costs in calm.
    pub base_fee: Decimal,
    /// A purchase that would cost more is refused.
    pub max_fee: Decimal,
    /// A sale costs this at most.
    pub max_exit_fee: Decimal,
    /// The most dollars that all units may be worth after a purchase.
    pub cap: Uint128,
    /// How much more than the units are worth the pools must stand ready to pay.
    pub headroom: Decimal,
}
stored_as_array!(Market {
    name,
    asset,
    base_fee,
    max_fee,
    max_exit_fee,
    cap,
    headroom,
});

impl Market {
    /// A market of these terms.
    pub const fn new(name: String, asset: String, terms: Terms) -> Self {
        Self {
            name,
            asset,
            base_fee: terms.base_fee,
            max_fee: terms.max_fee,
            max_exit_fee: terms.max_exit_fee,
            cap: terms.cap,
            headroom: terms.headroom,
        }
    }

    /// The market of a ref.
    pub fn load(storage: &dyn Storage, market_ref: &str) -> Result<Self, ContractError> {
        MARKETS
            .may_load(storage, market_ref)?
            .ok_or_else(|| ContractError::UnknownMarket {
                market_ref: market_ref.to_owned(),
            })
    }

    /// Its terms.
    pub const fn terms(&self) -> Terms {
        Terms {
            base_fee: self.base_fee,
            max_fee: self.max_fee,
            max_exit_fee: self.max_exit_fee,
            cap: self.cap,
            headroom: self.headroom,
        }
    }
}

/// What all traders of a market have together, and what it owes its pools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// All units.
    pub units: Uint128,
    /// Dollars that it owes traders from sales.
    pub owed: Uint128,
    /// Dollars of fees that it owes pools.
    pub fees_owed: Uint128,
}
stored_as_array!(Books {
    units,
    owed,
    fees_owed
});

impl Books {
    /// The books of a market that exists.
    pub fn load(storage: &dyn Storage, market_ref: &str) -> StdResult<Self> {
        BOOKS.load(storage, market_ref)
    }

    /// Saves them.
    pub fn save(&self, storage: &mut dyn Storage, market_ref: &str) -> StdResult<()> {
        BOOKS.save(storage, market_ref, self)
    }

    /// A trader has so many units more, for which so much fee is due.
    pub fn bought(&mut self, units: Uint128, fee: Uint128) -> Result<(), MathError> {
        self.units = self.units.checked_add(units)?;
        self.fees_owed = self.fees_owed.checked_add(fee)?;
        Ok(())
    }

    /// A trader has so many units less, and is owed dollars for them.
    pub fn sold(&mut self, units: Uint128, usd: Uint128, fee: Uint128) -> Result<(), MathError> {
        self.units = self.units.checked_sub(units)?;
        self.owed = self.owed.checked_add(usd)?;
        self.fees_owed = self.fees_owed.checked_add(fee)?;
        Ok(())
    }

    /// Takes out all fees, to be paid.
    pub const fn take_fees(&mut self) -> Uint128 {
        std::mem::replace(&mut self.fees_owed, Uint128::zero())
    }
}

/// What an account has in a market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Units.
    pub units: Uint128,
    /// Dollars that it is owed from sales.
    pub owed: Uint128,
}
stored_as_array!(Position { units, owed });

impl Position {
    /// What an account has in a market: nothing when nothing is kept.
    pub fn load(storage: &dyn Storage, market_ref: &str, account: &Addr) -> StdResult<Self> {
        Ok(POSITIONS
            .may_load(storage, (market_ref, account))?
            .unwrap_or_default())
    }

    /// Saves it; with nothing in it nothing is kept.
    pub fn save(
        &self,
        storage: &mut dyn Storage,
        market_ref: &str,
        account: &Addr,
    ) -> StdResult<()> {
        if *self == Self::default() {
            POSITIONS.remove(storage, (market_ref, account));
            return Ok(());
        }
        POSITIONS.save(storage, (market_ref, account), self)
    }

    /// Takes out all that it is owed, to be paid.
    pub fn take_owed(&mut self, books: &mut Books) -> Result<Uint128, MathError> {
        books.owed = books.owed.checked_sub(self.owed)?;
        Ok(std::mem::replace(&mut self.owed, Uint128::zero()))
    }
}
