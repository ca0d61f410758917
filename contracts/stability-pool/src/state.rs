//! What the pool remembers.

use ballast_kit::Controls;
use ballast_math::{StabilityPool, stability::Scale};
use ballast_types::{
    Token, cw20_raw,
    stability_pool::{AssetInfo, BurnRecord, Guards, Operation},
    token::cw20_message,
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, CosmosMsg, QuerierWrapper, StdResult, Uint128};
use cw_storage_plus::{Item, Map};
use cw20::Cw20ExecuteMsg;

pub const CONTROLS: Controls<Operation> = Controls::new();

pub const CONFIG: Item<Config> = Item::new("config");
// pool, Reserve, par and seigniorage: what most acts write, and nothing else
pub const BOOKS: Item<Books> = Item::new("books");
pub const CLOCKS: Item<Clocks> = Item::new("clocks");
// address → nothing: who has the AMO role
pub const AMOS: Map<&Addr, ()> = Map::new("amo");
// place in the ring → what happened in one bucket of the last 24 hours
pub const FLOWS: Map<u64, Bucket> = Map::new("flow");
// sequence → burn or contraction; never changed
pub const BURNS: Map<u64, BurnRecord> = Map::new("burn");

#[cw_serde]
pub struct Config {
    pub oracle: Addr,
    pub treasury: Addr,
    pub dcm: AssetInfo,
    pub duca: Duca,
    pub lpd: Addr,
    pub numeraire: Option<String>,
    pub guards: Guards,
}

#[cw_serde]
pub struct Duca {
    pub asset: String,
    pub token: Addr,
    pub decimals: u8,
}

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
        cw20_message(&self.duca.token, &Cw20ExecuteMsg::Burn { amount })
    }

    pub fn burn_lpd(&self, amount: Uint128) -> StdResult<CosmosMsg> {
        cw20_message(&self.lpd, &Cw20ExecuteMsg::Burn { amount })
    }

    pub fn send_duca(&self, recipient: &Addr, amount: Uint128) -> StdResult<CosmosMsg> {
        Token::Cw20(self.duca.token.clone()).transfer(recipient, amount)
    }
}

fn mint(token: &Addr, recipient: &Addr, amount: Uint128) -> StdResult<CosmosMsg> {
    let msg = Cw20ExecuteMsg::Mint {
        recipient: recipient.to_string(),
        amount,
    };
    cw20_message(token, &msg)
}

/// What the contract holds by its own account: y + R + seigniorage of DCM, x of DUCA. Tokens
/// that came without a message are in none of them.
#[cw_serde]
pub struct Books {
    pub pool: StabilityPool,
    /// DCM that waits for the treasury.
    pub seigniorage: Uint128,
}

/// When DUCA was burnt last, and how often.
#[cw_serde]
#[derive(Default)]
pub struct Clocks {
    pub burnt_at: Option<u64>,
    pub contracted_at: Option<u64>,
    /// Burns and contractions there were.
    pub entries: u64,
}

/// What happened in one bucket of time.
#[cw_serde]
pub struct Bucket {
    pub start: u64,
    pub flow: Flow,
}

/// What the limits count.
#[cw_serde]
#[derive(Default)]
pub struct Flow {
    pub minted: Uint128,
    pub paid_out: Uint128,
    pub seigniorage: Uint128,
    pub par_rise: cosmwasm_std::Decimal256,
}
