//! What the treasury remembers.

use ballast_kit::Controls;
use ballast_math::{MathError, RollingLimit};
use ballast_types::{
    Token,
    treasury::{Cover, Entry, Limit, Movement, Operation, Tag},
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Owner, guardian and switches.
pub const CONTROLS: Controls<Operation> = Controls::new();
/// "book" + token: what is held.
pub const BOOKS: Map<&str, Book> = Map::new("book");
/// "inflow" + source + tag + token: all that came in so.
pub const INFLOWS: Map<InflowKey, Inflow> = Map::new("inflow");
/// "entry" + sequence: every movement; never changed.
pub const ENTRIES: Map<u64, Entry> = Map::new("entry");
/// "next_entry": the sequence of the next movement.
pub const NEXT_ENTRY: Item<u64> = Item::new("next_entry");
/// "limit" + token: the limit of `spend`.
pub const LIMITS: Map<&str, Limit> = Map::new("limit");
/// "spent" + token: what went out lately. Outlives the limit, so that taking a limit away and
/// setting it again forgets nothing.
pub const SPENT: Map<&str, Outflow> = Map::new("spent");
/// "cover" + contract: how it is covered.
pub const COVERS: Map<&Addr, Cover> = Map::new("cover");
/// "covered" + contract: what it was given lately. Outlives the right.
pub const COVERED: Map<&Addr, Outflow> = Map::new("covered");

/// Source, tag and token.
pub type InflowKey<'a> = (&'a Addr, u8, &'a str);

/// What is held of a token.
#[cw_serde]
pub struct Book {
    /// The token.
    pub token: Token,
    /// All of it.
    pub held: Uint128,
    /// The part that is insurance.
    pub insurance: Uint128,
}

impl Book {
    /// The book of a token.
    pub fn load(storage: &dyn Storage, token: &Token) -> StdResult<Self> {
        let book = BOOKS.may_load(storage, &token.key())?;
        Ok(book.unwrap_or_else(|| Self {
            token: token.clone(),
            held: Uint128::zero(),
            insurance: Uint128::zero(),
        }))
    }

    /// Keeps it.
    pub fn save(&self, storage: &mut dyn Storage) -> StdResult<()> {
        BOOKS.save(storage, &self.token.key(), self)
    }

    /// What is not insurance.
    pub fn free(&self) -> Uint128 {
        self.held.saturating_sub(self.insurance)
    }

    /// Refuses an amount of zero, and one beyond what is free.
    pub fn require_free(&self, amount: Uint128) -> Result<(), ContractError> {
        if amount.is_zero() {
            return Err(ContractError::ZeroAmount {});
        }
        if amount > self.free() {
            return Err(ContractError::InsufficientFunds {
                token: self.token.clone(),
                free: self.free(),
                amount,
            });
        }
        Ok(())
    }

    /// Takes in `amount`.
    pub fn take_in(&mut self, tag: Tag, amount: Uint128) -> Result<(), MathError> {
        self.held = self.held.checked_add(amount)?;
        if tag == Tag::Insurance {
            self.insure(amount)?;
        }
        Ok(())
    }

    /// Puts free funds aside.
    pub fn insure(&mut self, amount: Uint128) -> Result<(), MathError> {
        self.insurance = self.insurance.checked_add(amount)?;
        Ok(())
    }

    /// Free funds leave.
    pub fn spend(&mut self, amount: Uint128) -> Result<(), MathError> {
        self.held = self.held.checked_sub(amount)?;
        Ok(())
    }

    /// Insurance leaves.
    pub fn cover(&mut self, amount: Uint128) -> Result<(), MathError> {
        self.insurance = self.insurance.checked_sub(amount)?;
        self.spend(amount)
    }
}

/// All that came in from a source under a tag.
#[cw_serde]
pub struct Inflow {
    /// What it was.
    pub tag: Tag,
    /// The token.
    pub token: Token,
    /// Base units.
    pub total: Uint128,
}

/// The place of a tag in a key: the order of the enum.
pub const fn tag_key(tag: Tag) -> u8 {
    match tag {
        Tag::ExchangeFee => 0,
        Tag::Penalty => 1,
        Tag::Seigniorage => 2,
        Tag::PoolFee => 3,
        Tag::Insurance => 4,
        Tag::Gift => 5,
    }
}

/// What went out lately, and over which period it is counted.
#[cw_serde]
pub struct Outflow {
    period_secs: u64,
    recent: RollingLimit,
}

impl Outflow {
    /// What went out, counted over the period of `limit`.
    ///
    /// Another period than before is another cut into buckets. What still counts over the
    /// longer of the two is then counted as if it had gone out now: nothing that counts is
    /// forgotten, and headroom comes back later rather than sooner.
    pub fn over(stored: Option<Self>, limit: &Limit, now: u64) -> Result<Self, MathError> {
        let period_secs = limit.period_secs;
        let mut fresh = Self {
            period_secs,
            recent: RollingLimit::default(),
        };
        match stored {
            Some(same) if same.period_secs == period_secs => Ok(same),
            Some(other) => {
                let longer = other.period_secs.max(period_secs);
                let used = other.recent.used(now, longer)?;
                fresh.record(now, used)?;
                Ok(fresh)
            }
            None => Ok(fresh),
        }
    }

    /// What may still go out.
    pub fn headroom(&self, limit: &Limit, now: u64) -> Result<Uint128, MathError> {
        self.recent.headroom(now, self.period_secs, limit.amount)
    }

    /// Records what goes out.
    pub fn record(&mut self, now: u64, amount: Uint128) -> Result<(), MathError> {
        if amount.is_zero() {
            return Ok(());
        }
        self.recent.record(now, self.period_secs, amount)
    }
}

/// Refuses a limit over no time.
pub fn require_valid(limit: &Limit) -> Result<(), ContractError> {
    if limit.period_secs == 0 {
        return Err(ContractError::InvalidLimit {
            period_secs: limit.period_secs,
        });
    }
    Ok(())
}

/// Appends a movement to the ledger.
pub fn append(
    storage: &mut dyn Storage,
    now: u64,
    movement: Movement,
    token: &Token,
    amount: Uint128,
) -> Result<(), ContractError> {
    let sequence = NEXT_ENTRY.may_load(storage)?.unwrap_or_default();
    let entry = Entry {
        sequence,
        time: now,
        movement,
        token: token.clone(),
        amount,
    };
    ENTRIES.save(storage, sequence, &entry)?;
    NEXT_ENTRY.save(storage, &sequence.saturating_add(1))?;
    Ok(())
}
