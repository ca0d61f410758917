//! What the manager remembers. Records are stored as arrays: a byte that is written costs 30 gas,
//! and names would be most of them. What almost every act writes is [packed](crate::packed).

use ballast_kit::Controls;
use ballast_math::{
    Accrued, Distribution,
    distribution::Actor,
    fees::{Claim, Cut, Stream},
    market::MarketBooks,
    pool::{Backed, Exposure, PoolBooks},
    vault::{Position, Vault},
};
use ballast_types::{
    Token,
    pool_manager::{
        CollateralTerms, MarketWeight, Operation, Params, PoolCollateral, Recognition, Target,
        Unassigned,
    },
    stored_as_array,
};
use cosmwasm_std::{Addr, Decimal, Int256, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};
use cw_utils::Expiration;

use crate::{ContractError, Refusal, packed::PackedMap};

/// Owner, guardian and switches.
pub const CONTROLS: Controls<Operation> = Controls::new();
/// "config": addresses and numbers.
pub const CONFIG: Item<Config> = Item::new("config");

/// "collateral" + asset id: what rarely changes of a collateral.
pub const COLLATERALS: Map<&str, Collateral> = Map::new("collateral");
/// "held" + asset id: how much there is of it.
pub const HELD: Map<&str, Held> = Map::new("held");
/// "token" + token: the collateral that it is.
pub const TOKENS: Map<&str, String> = Map::new("token");

/// "free" + account + asset id: undelegated collateral; none without any.
pub const FREE: Map<(&Addr, &str), Free> = Map::new("free");
/// "stake" + pool + asset id + account: what an account has in a vault.
pub const STAKES: PackedMap<(u64, &str, &Addr), Stake> = PackedMap::new("stake");
/// "stake_of" + account + pool + asset id: the vaults in which an account has a stake.
pub const STAKES_OF: Map<(&Addr, u64, &str), bool> = Map::new("stake_of");

/// "pool" + pool: what rarely changes of a pool.
pub const POOLS: Map<u64, Pool> = Map::new("pool");
/// "recognized" + pool: pools of which governance says something, for anyone makes further ones.
pub const RECOGNIZED: Map<u64, bool> = Map::new("recognized");
/// "books" + pool: what every act on a pool changes.
pub const BOOKS: PackedMap<u64, Books> = PackedMap::new("books");
/// "weights" + pool: markets that take effect later.
pub const WEIGHTS: Map<u64, Vec<Weight>> = Map::new("weights");
/// "vault" + pool + asset id.
pub const VAULTS: PackedMap<(u64, &str), VaultRecord> = PackedMap::new("vault");
/// "vault_terms" + pool + asset id: what a pool takes of a collateral.
pub const VAULT_TERMS: Map<(u64, &str), VaultTerms> = Map::new("vault_terms");
/// "cuts" + pool.
pub const CUTS: Map<u64, Vec<CutRecord>> = Map::new("cuts");
/// "distributor" + pool + contract: who may open streams.
pub const DISTRIBUTORS: Map<(u64, &Addr), bool> = Map::new("distributor");

/// "market" + market: what rarely changes of a market.
pub const MARKETS: Map<u64, Market> = Map::new("market");
/// "market_books" + market: what every act on a pool behind it changes.
pub const MARKET_BOOKS: PackedMap<u64, MarketRecord> = PackedMap::new("market_books");
/// "market_id" + contract + ref.
pub const MARKET_IDS: Map<(&Addr, &str), u64> = Map::new("market_id");
/// "quarantine" + contract + ref; no ref for all markets of the contract.
pub const QUARANTINES: Map<(&Addr, &str), Quarantine> = Map::new("quarantine");

/// "lane" + stream: whose it is.
pub const LANES: Map<u64, LaneOwner> = Map::new("lane");
/// "lane_id" + distributor + label + pool + asset id; no asset id for a lane of the whole pool.
pub const LANE_IDS: Map<(&Addr, (&str, u64, &str)), u64> = Map::new("lane_id");
/// "pool_lanes" + pool: the lanes of a whole pool.
pub const POOL_LANES: Map<u64, Vec<Lane>> = Map::new("pool_lanes");
/// "vault_lanes" + pool + asset id: a vault's own lanes, and its parts of those of its pool.
pub const VAULT_LANES: Map<(u64, &str), VaultLanes> = Map::new("vault_lanes");
/// "claims" + pool + asset id + account: what an account has earned of lanes.
pub const CLAIMS: Map<(u64, &str, &Addr), Claims> = Map::new("claims");

/// "unassigned" + kind + number: debt that nobody carries; none without any.
pub const UNASSIGNED: Map<(u8, u64), Int256> = Map::new("unassigned");
/// "unassigned_sum": all of it that is debt.
pub const UNASSIGNED_SUM: Item<Int256> = Item::new("unassigned_sum");
/// "treasury_due": fees for the treasury that are not minted yet.
pub const TREASURY_DUE: Item<Accrued> = Item::new("treasury_due");

/// "pools", "markets", "lanes": how many there are.
pub const POOL_COUNT: Item<u64> = Item::new("pools");
/// See [`POOL_COUNT`].
pub const MARKET_COUNT: Item<u64> = Item::new("markets");
/// See [`POOL_COUNT`].
pub const LANE_COUNT: Item<u64> = Item::new("lanes");

/// What an account has earned of each lane of a vault.
pub type Claims = Vec<(u64, Claim)>;

/// Addresses and numbers.
#[derive(Clone)]
pub struct Config {
    /// Where prices are read.
    pub oracle: Addr,
    /// The only minter of the pools' dollar.
    pub registry: Addr,
    /// Gets fees that no pool is there for.
    pub treasury: Addr,
    /// The pools' dollar; none until the registry has made it.
    pub dollar: Option<Dollar>,
    /// The numbers of the protocol.
    pub params: StoredParams,
}
stored_as_array!(Config {
    oracle,
    registry,
    treasury,
    dollar,
    params
});

impl Config {
    /// The pools' dollar.
    pub fn dollar(&self) -> Result<&Dollar, Refusal> {
        self.dollar
            .as_ref()
            .ok_or_else(|| ContractError::NoDollar {}.into())
    }
}

/// [`Params`] as they are stored.
#[derive(Clone)]
pub struct StoredParams(pub Params);
stored_as_array!(StoredParams(Params) {
    min_liquidity_ratio,
    min_delegation_secs,
    max_delegation_secs,
    max_lock_secs,
    withdraw_timeout_secs,
    poll_gas
});

/// The pools' dollar.
#[derive(Clone)]
pub struct Dollar {
    /// Asset id.
    pub synth: String,
    /// Its cw20.
    pub token: Addr,
    /// Its decimals.
    pub decimals: u8,
}
stored_as_array!(Dollar {
    synth,
    token,
    decimals
});

/// What rarely changes of a collateral.
#[derive(Clone)]
pub struct Collateral {
    /// What is delegated.
    pub token: Token,
    /// Its decimals.
    pub decimals: u8,
    /// Its terms in all pools.
    pub terms: StoredTerms,
    /// Whether it may be deposited and delegated, and backs new debt.
    pub enabled: bool,
}
stored_as_array!(Collateral {
    token,
    decimals,
    terms,
    enabled
});

impl Collateral {
    /// The collateral of an asset id.
    pub fn load(storage: &dyn Storage, asset: &str) -> Result<Self, Refusal> {
        COLLATERALS.may_load(storage, asset)?.ok_or_else(|| {
            ContractError::UnknownCollateral {
                collateral: asset.to_owned(),
            }
            .into()
        })
    }

    /// Refuses one that is switched off.
    pub fn require_enabled(&self, asset: &str) -> Result<(), Refusal> {
        if self.enabled {
            return Ok(());
        }
        Err(ContractError::CollateralDisabled {
            asset: asset.to_owned(),
        }
        .into())
    }
}

/// [`CollateralTerms`] as they are stored.
#[derive(Clone)]
pub struct StoredTerms(pub CollateralTerms);
stored_as_array!(StoredTerms(CollateralTerms) {
    issuance_ratio,
    liquidation_ratio,
    liquidation_penalty,
    keeper_part,
    max_keeper_reward,
    cap
});

/// How much there is of a collateral.
#[derive(Clone, Copy, Default)]
pub struct Held {
    /// In accounts.
    pub undelegated: Uint128,
    /// In vaults.
    pub delegated: Uint128,
}
stored_as_array!(Held {
    undelegated,
    delegated
});

impl Held {
    /// Of an asset.
    pub fn load(storage: &dyn Storage, asset: &str) -> StdResult<Self> {
        Ok(HELD.may_load(storage, asset)?.unwrap_or_default())
    }
}

/// Undelegated collateral of an account.
#[derive(Clone, Copy, Default)]
pub struct Free {
    /// Base units.
    pub amount: Uint128,
    /// From when on it may be withdrawn.
    pub withdrawable_at: u64,
}
stored_as_array!(Free {
    amount,
    withdrawable_at
});

impl Free {
    /// What an account has of an asset.
    pub fn load(storage: &dyn Storage, account: &Addr, asset: &str) -> StdResult<Self> {
        Ok(FREE
            .may_load(storage, (account, asset))?
            .unwrap_or_default())
    }

    /// Saves it; nothing is kept of nothing.
    pub fn save(&self, storage: &mut dyn Storage, account: &Addr, asset: &str) -> StdResult<()> {
        if self.amount.is_zero() {
            FREE.remove(storage, (account, asset));
            return Ok(());
        }
        FREE.save(storage, (account, asset), self)
    }
}

/// What an account has in a vault.
#[derive(Clone, Default)]
pub struct Stake {
    /// Shares, debt and fees.
    pub position: Position,
    /// When it was delegated last.
    pub delegated_at: u64,
    /// For how long from then on it cannot leave, unless the pool has lowered it since.
    pub delegation_secs: u64,
    /// When the exit was requested, and from when on no market holds it.
    pub exit: Option<(u64, u64)>,
}
stored_as_array!(Stake {
    position,
    delegated_at,
    delegation_secs,
    exit
});

impl Stake {
    /// The stake of an account, or that it has none.
    pub fn load(
        storage: &dyn Storage,
        pool: u64,
        asset: &str,
        account: &Addr,
    ) -> Result<Self, Refusal> {
        STAKES
            .may_load(storage, (pool, asset, account))?
            .ok_or_else(|| {
                ContractError::NoPosition {
                    account: account.clone(),
                    pool,
                    asset: asset.to_owned(),
                }
                .into()
            })
    }

    /// From when on the delegation time allows to leave a pool: after the time it began with, or the
    /// shortest that the pool has lowered it to since.
    pub fn delegated_until(&self, pool: &Pool) -> u64 {
        let secs = match pool.lowered {
            Some((secs, at)) if self.delegated_at <= at => self.delegation_secs.min(secs),
            _ => self.delegation_secs,
        };
        self.delegated_at.saturating_add(secs)
    }
}

/// What rarely changes of a pool.
#[derive(Clone)]
pub struct Pool {
    /// 1 to 64 bytes.
    pub name: String,
    /// Its owner; none when he renounced.
    pub owner: Option<Addr>,
    /// Who may become it, and until when.
    pub pending_owner: Option<(Addr, Option<Expiration>)>,
    /// For how long a new delegation cannot leave.
    pub delegation_secs: u64,
    /// The shortest time it was ever lowered to, and when it was lowered last: raised again, it
    /// would hold LPs beyond the notice that was given of its markets in between.
    pub lowered: Option<(u64, u64)>,
    /// What governance says of it.
    pub recognition: Option<Recognition>,
}
stored_as_array!(Pool {
    name,
    owner,
    pending_owner,
    delegation_secs,
    lowered,
    recognition
});

impl Pool {
    /// The pool of a number.
    pub fn load(storage: &dyn Storage, id: u64) -> Result<Self, Refusal> {
        POOLS
            .may_load(storage, id)?
            .ok_or_else(|| ContractError::UnknownPool { pool: id }.into())
    }

    /// The pool, if the sender owns it.
    pub fn of_owner(storage: &dyn Storage, id: u64, sender: &Addr) -> Result<Self, Refusal> {
        let pool = Self::load(storage, id)?;
        if pool.owner.as_ref() == Some(sender) {
            return Ok(pool);
        }
        Err(ContractError::PoolOwnership {
            pool: id,
            sender: sender.clone(),
        }
        .into())
    }
}

/// What every act on a pool changes.
#[derive(Clone, Default)]
pub struct Books {
    /// What its vaults share, and what its LPs owe.
    pub chain: PoolBooks,
    /// Its markets.
    pub links: Vec<Link>,
    /// Its vaults, and the collateral of each that counts behind its markets.
    pub vaults: Vec<(String, Uint128)>,
    /// When it took what its markets had for it last.
    pub pulled_at: u64,
    /// When [`WEIGHTS`] take effect; none when there are none.
    pub changes_at: Option<u64>,
    /// How many cuts there are.
    pub cuts: u8,
    /// How many lanes of the whole pool there are.
    pub lanes: u8,
}
stored_as_array!(Books {
    chain,
    links,
    vaults,
    pulled_at,
    changes_at,
    cuts,
    lanes
});

impl Books {
    /// Of a pool.
    pub fn load(storage: &dyn Storage, id: u64) -> Result<Self, Refusal> {
        BOOKS
            .may_load(storage, id)?
            .ok_or_else(|| ContractError::UnknownPool { pool: id }.into())
    }

    /// Whether nobody has delegated anything.
    pub fn nobody_is_here(&self) -> bool {
        self.vaults.iter().all(|(_, amount)| amount.is_zero())
    }
}

/// A market of a pool.
#[derive(Clone)]
pub struct Link {
    /// The market.
    pub market: u64,
    /// What the pool is ready to carry there, in force.
    pub exposure: Exposure,
    /// Whether it counts: not while the market was in quarantine at the pool's last act.
    pub counts: bool,
    /// The pool's shares in the market.
    pub actor: Actor,
    /// The pool's part of the market's load L.
    pub load: Uint128,
    /// What its LPs still owe of what the market gave them: at most all that they owe.
    pub taken: Accrued,
}
stored_as_array!(Link {
    market,
    exposure,
    counts,
    actor,
    load,
    taken
});

impl Link {
    /// One that carries nothing yet.
    pub fn new(market: u64) -> Self {
        Self {
            market,
            exposure: Exposure::NONE,
            counts: true,
            actor: Actor::default(),
            load: Uint128::zero(),
            taken: Accrued::ZERO,
        }
    }

    /// What counts of its exposure.
    pub const fn counted(&self) -> Exposure {
        if self.counts {
            self.exposure
        } else {
            Exposure::NONE
        }
    }
}

/// A [`MarketWeight`] as it is stored.
#[derive(Clone)]
pub struct Weight(pub MarketWeight);
stored_as_array!(Weight(MarketWeight) {
    market,
    weight,
    max_debt
});

/// A vault.
#[derive(Clone, Default)]
pub struct VaultRecord {
    /// What its accounts share.
    pub vault: Vault,
    /// Its shares in the pool: its value.
    pub actor: Actor,
    /// How many lanes of its own it has.
    pub lanes: u8,
}
stored_as_array!(VaultRecord {
    vault,
    actor,
    lanes
});

/// [`PoolCollateral`] as it is stored.
#[derive(Clone)]
pub struct VaultTerms(pub PoolCollateral);
stored_as_array!(VaultTerms(PoolCollateral) {
    min_ratio,
    cap,
    enabled
});

impl VaultTerms {
    /// Of a vault; or that the pool has none, or that there is no such pool.
    pub fn load(storage: &dyn Storage, pool: u64, asset: &str) -> Result<PoolCollateral, Refusal> {
        if let Some(terms) = VAULT_TERMS.may_load(storage, (pool, asset))? {
            return Ok(terms.0);
        }
        if !POOLS.has(storage, pool) {
            return Err(ContractError::UnknownPool { pool }.into());
        }
        let asset = asset.to_owned();
        Err(ContractError::NoVault { pool, asset }.into())
    }
}

/// A cut of a pool's fees.
#[derive(Clone)]
pub struct CutRecord {
    /// Who gets it.
    pub payee: Addr,
    /// Of the fees of one market; none for all.
    pub market: Option<u64>,
    /// Its rate.
    pub cut: Cut,
    /// Earned and not claimed.
    pub due: Accrued,
}
stored_as_array!(CutRecord {
    payee,
    market,
    cut,
    due
});

/// What rarely changes of a market.
#[derive(Clone)]
pub struct Market {
    /// The contract that answers for it.
    pub contract: Addr,
    /// The contract's name for it.
    pub market_ref: String,
    /// The most its net issuance may be.
    pub ceiling: Uint128,
}
stored_as_array!(Market {
    contract,
    market_ref,
    ceiling
});

impl Market {
    /// The market of a number.
    pub fn load(storage: &dyn Storage, id: u64) -> Result<Self, Refusal> {
        MARKETS.may_load(storage, id)?.ok_or_else(|| {
            ContractError::UnknownMarket {
                market: id.to_string(),
            }
            .into()
        })
    }
}

/// What every act on a pool behind a market changes.
#[derive(Clone, Default, PartialEq)]
pub struct MarketRecord {
    /// T, G, U and net issuance.
    pub books: MarketBooks,
    /// Over the pools behind it.
    pub pools: Distribution,
    /// Collateral behind it, by type.
    pub backed: Vec<(String, Backed)>,
    /// L.
    pub load: Uint128,
    /// When it was polled last.
    pub polled_at: u64,
    /// Whether this market alone is in quarantine.
    pub quarantined: bool,
}
stored_as_array!(MarketRecord {
    books,
    pools,
    backed,
    load,
    polled_at,
    quarantined
});

/// A market contract, or one of its markets, in quarantine.
#[derive(Clone)]
pub struct Quarantine {
    /// Since when.
    pub since: u64,
    /// Why.
    pub reason: String,
}
stored_as_array!(Quarantine { since, reason });

/// Whose a lane is.
#[derive(Clone)]
pub struct LaneOwner {
    /// Who pays it out.
    pub distributor: Addr,
    /// The distributor's name of what it pays.
    pub label: String,
    /// For whom.
    pub target: StoredTarget,
}
stored_as_array!(LaneOwner {
    distributor,
    label,
    target
});

/// [`Target`] as it is stored.
#[derive(Clone)]
pub struct StoredTarget(pub Target);
stored_as_array!(StoredTarget(Target) { pool, asset });

/// A reward lane.
#[derive(Clone)]
pub struct Lane {
    /// Its number.
    pub id: u64,
    /// What it spreads.
    pub stream: Stream,
    /// Base units that were put in, in all.
    pub funded: Uint128,
    /// Base units that were paid out, in all.
    pub paid: Uint128,
}
stored_as_array!(Lane {
    id,
    stream,
    funded,
    paid
});

/// A vault's part of a lane of its pool.
#[derive(Clone)]
pub struct Passed {
    /// The lane.
    pub id: u64,
    /// What the vault has earned of it.
    pub claim: Claim,
    /// What it passes on to its accounts.
    pub stream: Stream,
}
stored_as_array!(Passed { id, claim, stream });

/// The lanes of a vault.
#[derive(Clone, Default)]
pub struct VaultLanes {
    /// Its own.
    pub own: Vec<Lane>,
    /// Its parts of those of its pool.
    pub passed: Vec<Passed>,
}
stored_as_array!(VaultLanes { own, passed });

/// The key of a place at which debt may be unassigned: markets before pools.
pub fn unassigned_key(at: Unassigned) -> (u8, u64) {
    match at {
        Unassigned::Market(id) => (0, id.u64()),
        Unassigned::Pool(id) => (1, id.u64()),
    }
}

/// Records what is unassigned at a place, and the sum of all of it.
pub fn save_unassigned(
    storage: &mut dyn Storage,
    at: Unassigned,
    before: Int256,
    after: Int256,
) -> Result<(), Refusal> {
    if before == after {
        return Ok(());
    }
    let key = unassigned_key(at);
    if after.is_zero() {
        UNASSIGNED.remove(storage, key);
    } else {
        UNASSIGNED.save(storage, key, &after)?;
    }
    let debt = |amount: Int256| amount.max(Int256::zero());
    let sum = UNASSIGNED_SUM
        .may_load(storage)?
        .unwrap_or_default()
        .checked_sub(debt(before))?
        .checked_add(debt(after))?;
    Ok(UNASSIGNED_SUM.save(storage, &sum)?)
}

/// The next number of a kind.
pub fn next(storage: &mut dyn Storage, count: &Item<u64>) -> Result<u64, Refusal> {
    let id = count
        .may_load(storage)?
        .unwrap_or_default()
        .checked_add(1)
        .ok_or(ballast_math::MathError::OutOfRange {
            operation: "a number",
        })?;
    count.save(storage, &id)?;
    Ok(id)
}

/// The larger of the collateral's and the pool's issuance ratio.
pub fn issuance_ratio(terms: &CollateralTerms, vault: &PoolCollateral) -> Decimal {
    vault.min_ratio.map_or(terms.issuance_ratio, |ratio| {
        ratio.max(terms.issuance_ratio)
    })
}
