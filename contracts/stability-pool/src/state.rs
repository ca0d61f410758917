//! What the pool remembers.

use ballast_kit::Controls;
use ballast_math::{StabilityPool, stability::Scale};
use ballast_types::{
    Token, cw20_raw,
    stability_pool::{AssetInfo, BurnRecord, Guards, Operation},
    stored_as_array,
    token::{Cw20Msg, cw20_message},
};
use cosmwasm_std::{Addr, CosmosMsg, Decimal256, QuerierWrapper, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::error::ContractError;

pub const CONTROLS: Controls<Operation> = Controls::new();

pub const CONFIG: Item<Config> = Item::new("config");
// pool, Reserve, par and totals: what most acts write, and nothing else
const BOOKS: Item<Record> = Item::new("books");
// all the seigniorage that the treasury was sent
pub const FORWARDED: Item<Uint128> = Item::new("forwarded");
pub const CLOCKS: Item<Clocks> = Item::new("clocks");
// address → nothing: who has the AMO role
pub const AMOS: Map<&Addr, ()> = Map::new("amo");
// place in the ring → par and totals as the first swap of a bucket of time found them
pub const SNAPSHOTS: Map<u64, Snapshot> = Map::new("snapshot");
// sequence → burn or contraction; never changed
pub const BURNS: Map<u64, StoredBurn> = Map::new("burn");

pub struct Config {
    pub oracle: Addr,
    pub treasury: Addr,
    pub dcm: AssetInfo,
    pub duca: Duca,
    pub lpd: Addr,
    pub numeraire: Option<String>,
    pub guards: Guards,
}
stored_as_array!(Config {
    oracle,
    treasury,
    dcm,
    duca,
    lpd,
    numeraire,
    guards,
});

pub struct Duca {
    pub asset: String,
    pub token: Addr,
    pub decimals: u8,
}
stored_as_array!(Duca {
    asset,
    token,
    decimals,
});

impl Config {
    pub const fn scale(&self) -> Scale {
        Scale {
            dcm: self.dcm.decimals,
            duca: self.duca.decimals,
        }
    }

    /// N: what there is of DUCA. The pool is its only minter, and its holders may burn theirs.
    pub fn supply(&self, querier: &QuerierWrapper) -> StdResult<Uint128> {
        cw20_raw::total_supply(querier, &self.duca.token)
    }

    pub fn lpd_supply(&self, querier: &QuerierWrapper) -> StdResult<Uint128> {
        cw20_raw::total_supply(querier, &self.lpd)
    }

    pub fn mint_duca(&self, recipient: &Addr, amount: Uint128) -> StdResult<CosmosMsg> {
        mint(&self.duca.token, recipient, amount)
    }

    pub fn mint_lpd(&self, recipient: &Addr, amount: Uint128) -> StdResult<CosmosMsg> {
        mint(&self.lpd, recipient, amount)
    }

    pub fn burn_duca(&self, amount: Uint128) -> StdResult<CosmosMsg> {
        cw20_message(&self.duca.token, &Cw20Msg::Burn { amount })
    }

    pub fn burn_lpd(&self, amount: Uint128) -> StdResult<CosmosMsg> {
        cw20_message(&self.lpd, &Cw20Msg::Burn { amount })
    }

    pub fn send_duca(&self, recipient: &Addr, amount: Uint128) -> StdResult<CosmosMsg> {
        Token::Cw20(self.duca.token.clone()).transfer(recipient, amount)
    }
}

fn mint(token: &Addr, recipient: &Addr, amount: Uint128) -> StdResult<CosmosMsg> {
    let msg = Cw20Msg::Mint {
        recipient: recipient.to_string(),
        amount,
    };
    cw20_message(token, &msg)
}

/// What the contract holds by its own account: y + R + seigniorage of DCM, x of DUCA. Tokens
/// that came without a message are in none of them.
#[derive(Clone)]
pub struct Books {
    pub pool: StabilityPool,
    pub totals: Totals,
}

/// What swaps have done since the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// DUCA.
    pub minted: Uint128,
    /// DCM, seigniorage included.
    pub paid_out: Uint128,
    /// DCM, forwarded or not.
    pub seigniorage: Uint128,
}
stored_as_array!(Totals {
    minted,
    paid_out,
    seigniorage,
});

/// The books as they are stored.
struct Record {
    x: Uint128,
    y: Uint128,
    r: Uint128,
    p: Decimal256,
    totals: Totals,
}
stored_as_array!(Record { x, y, r, p, totals });

impl Books {
    pub fn new(par: Decimal256) -> Self {
        Self {
            pool: StabilityPool::new(par),
            totals: Totals::default(),
        }
    }

    pub fn load(storage: &dyn Storage) -> StdResult<Self> {
        let Record { x, y, r, p, totals } = BOOKS.load(storage)?;
        Ok(Self {
            pool: StabilityPool {
                duca: x,
                dcm: y,
                reserve: r,
                par: p,
            },
            totals,
        })
    }

    pub fn save(&self, storage: &mut dyn Storage) -> StdResult<()> {
        let Self { pool, totals } = self;
        let record = Record {
            x: pool.duca,
            y: pool.dcm,
            r: pool.reserve,
            p: pool.par,
            totals: *totals,
        };
        BOOKS.save(storage, &record)
    }

    /// Seigniorage that waits for the treasury.
    pub fn seigniorage_due(&self, storage: &dyn Storage) -> Result<Uint128, ContractError> {
        let forwarded = FORWARDED.may_load(storage)?.unwrap_or_default();
        Ok(self.totals.seigniorage.checked_sub(forwarded)?)
    }
}

/// When DUCA was burnt last, and how often.
#[derive(Default)]
pub struct Clocks {
    pub burnt_at: Option<u64>,
    pub contracted_at: Option<u64>,
    /// Burns and contractions there were.
    pub entries: u64,
}
stored_as_array!(Clocks {
    burnt_at,
    contracted_at,
    entries,
});

/// Par and totals as the first swap of a bucket of time found them.
#[derive(Clone)]
pub struct Snapshot {
    /// When the bucket begins.
    pub start: u64,
    pub par: Decimal256,
    pub totals: Totals,
}
stored_as_array!(Snapshot { start, par, totals });

/// A burn or a contraction.
pub struct StoredBurn(pub BurnRecord);
stored_as_array!(StoredBurn(BurnRecord) {
    sequence,
    time,
    kind,
    amount,
    payment,
    supply,
    par,
});
