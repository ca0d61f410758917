//! Reward lanes (DESIGN §7): what is spread over the shares of a vault or of a pool.
//!
//! A lane is what one distributor pays of one token for one target. Before shares change, each lane
//! is brought up to the time, and who changes takes what he has earned with the shares he had.

use ballast_math::{
    Distribution,
    fees::{Claim, Stream},
};
use cosmwasm_std::{Addr, StdResult, Storage, Uint128};

use crate::{
    Refusal,
    state::{
        Books, CLAIMS, Claims, Lane, POOL_LANES, Passed, Stake, VAULT_LANES, VaultLanes,
        VaultRecord,
    },
};

/// The lanes that a vault's accounts earn from, opened for a change of shares.
#[derive(Clone)]
pub struct OpenLanes {
    /// Of the whole pool.
    pub pool: Vec<Lane>,
    /// Of the vault, and its parts of the pool's.
    pub vault: VaultLanes,
}

impl OpenLanes {
    /// Loads the lanes of a pool and one of its vaults; nothing is read where there are none.
    pub fn load(
        storage: &dyn Storage,
        pool: u64,
        books: &Books,
        asset: &str,
        vault: &VaultRecord,
    ) -> StdResult<Self> {
        if books.lanes == 0 && vault.lanes == 0 {
            return Ok(Self {
                pool: vec![],
                vault: VaultLanes::default(),
            });
        }
        Ok(Self {
            pool: POOL_LANES.may_load(storage, pool)?.unwrap_or_default(),
            vault: VAULT_LANES
                .may_load(storage, (pool, asset))?
                .unwrap_or_default(),
        })
    }

    /// Whether there is nothing to earn.
    pub fn is_empty(&self) -> bool {
        self.pool.is_empty() && self.vault.own.is_empty()
    }

    /// Brings every lane up to the time with the shares that there were, and passes on what the
    /// vault has earned of its pool's.
    pub fn accrue(&mut self, now: u64, books: &Books, vault: &VaultRecord) -> Result<(), Refusal> {
        let accounts = vault.vault.accounts();
        for lane in &mut self.vault.own {
            lane.stream.accrue(now, accounts)?;
        }
        for lane in &mut self.pool {
            lane.stream.accrue(now, &books.chain.vaults)?;
            let mut passed = take_passed(&mut self.vault.passed, lane, accounts);
            passed.claim.settle(&mut lane.stream, &vault.actor)?;
            if !accounts.is_empty() {
                passed.stream.give_floor(passed.claim.pass_on(), accounts)?;
            }
            self.vault.passed.push(passed);
        }
        Ok(())
    }

    /// Books what an account has earned with the shares it had. After [`Self::accrue`], and before
    /// its shares change.
    pub fn settle(&mut self, claims: &mut Claims, stake: &Stake) -> Result<(), Refusal> {
        let own = self.vault.own.iter_mut().map(|l| (l.id, &mut l.stream));
        let passed = self.vault.passed.iter_mut().map(|p| (p.id, &mut p.stream));
        for (id, stream) in own.chain(passed) {
            let mut claim = take_claim(claims, id, stream);
            claim.settle(stream, stake.position.actor())?;
            claims.push((id, claim));
        }
        Ok(())
    }

    /// An account is paid what it has earned of a lane.
    pub fn pay(&mut self, id: u64, amount: Uint128) -> Result<(), Refusal> {
        let lanes = self.vault.own.iter_mut().chain(&mut self.pool);
        for lane in lanes.filter(|lane| lane.id == id) {
            lane.paid = lane.paid.checked_add(amount)?;
        }
        Ok(())
    }

    /// Saves what [`Self::load`] has read.
    pub fn save(&self, storage: &mut dyn Storage, pool: u64, asset: &str) -> StdResult<()> {
        if self.is_empty() {
            return Ok(());
        }
        if !self.pool.is_empty() {
            POOL_LANES.save(storage, pool, &self.pool)?;
        }
        VAULT_LANES.save(storage, (pool, asset), &self.vault)
    }
}

/// Takes out a vault's part of a lane of its pool: until it is looked at, nothing was passed on.
fn take_passed(all: &mut Vec<Passed>, lane: &Lane, accounts: &Distribution) -> Passed {
    match all.iter().position(|passed| passed.id == lane.id) {
        Some(at) => all.remove(at),
        None => Passed {
            id: lane.id,
            claim: Claim::first(&lane.stream),
            stream: Stream::new(Uint128::zero(), 0, 0, accounts),
        },
    }
}

/// Takes out an account's claim on a lane: until it is looked at, its shares have not changed since
/// the lane began.
pub fn take_claim(claims: &mut Claims, id: u64, stream: &Stream) -> Claim {
    match claims.iter().position(|(lane, _)| *lane == id) {
        Some(at) => claims.remove(at).1,
        None => Claim::first(stream),
    }
}

/// What an account has earned of the lanes of a vault.
pub fn load_claims(
    storage: &dyn Storage,
    pool: u64,
    asset: &str,
    account: &Addr,
) -> StdResult<Claims> {
    Ok(CLAIMS
        .may_load(storage, (pool, asset, account))?
        .unwrap_or_default())
}
