//! What the minter remembers.

use ballast_kit::Controls;
use ballast_types::{
    Terms, Token,
    issuer::NewSynth,
    synth_minter::{AssetAmount, FlagResponse, Operation, Params},
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::error::ContractError;

pub const CONTROLS: Controls<Operation> = Controls::new();

pub const CONFIG: Item<Config> = Item::new("config");
// asset id → collateral
pub const COLLATERALS: Map<&str, Collateral> = Map::new("collateral");
// asset id → base units staked by all accounts
pub const TOTALS: Map<&str, Uint128> = Map::new("total");
// asset id → synth
pub const SYNTHS: Map<&str, NewSynth> = Map::new("synth");
// Token::key() → what it is
pub const TOKENS: Map<&str, Role> = Map::new("token");
// account → what it has staked, and its flag
pub const ACCOUNTS: Map<&Addr, Account> = Map::new("account");
// (deadline, account) → nothing: the flagged accounts by deadline
pub const FLAGGED: Map<(u64, &Addr), ()> = Map::new("flagged");
// asset id → base units due to the treasury
pub const TREASURY_DUE: Map<&str, Uint128> = Map::new("treasury_due");
// (flagger, asset id) → base units due to him
pub const REWARDS: Map<(&Addr, &str), Uint128> = Map::new("reward");

#[cw_serde]
pub struct Config {
    pub oracle: Addr,
    pub registry: Addr,
    pub treasury: Addr,
    pub dollar: Option<NewSynth>,
    pub params: Params,
}

impl Config {
    pub fn dollar(&self) -> Result<&NewSynth, ContractError> {
        self.dollar.as_ref().ok_or(ContractError::NoDollar {})
    }
}

#[cw_serde]
pub struct Collateral {
    pub token: Token,
    pub decimals: u8,
    pub terms: Terms,
    pub cap: Uint128,
    pub enabled: bool,
}

/// What a token is to the minter.
#[cw_serde]
pub enum Role {
    Collateral { asset: String },
    Synth(NewSynth),
}

/// One record per account, so that an act loads and saves it once.
#[cw_serde]
#[derive(Default)]
pub struct Account {
    /// At most one entry per collateral, none of them zero.
    pub collateral: Vec<AssetAmount>,
    /// When it minted last; zero while it cannot have debt.
    pub minted_at: u64,
    pub flag: Option<Flag>,
}

/// A flag keeps the terms it was raised under: no change of the owner's reaches it.
#[cw_serde]
pub struct Flag {
    pub flagger: Addr,
    pub deadline: u64,
    pub expires_at: u64,
    pub terms: Vec<FrozenTerms>,
}

#[cw_serde]
pub struct FrozenTerms {
    pub asset: String,
    pub terms: Terms,
}

impl Account {
    pub fn load(storage: &dyn Storage, account: &Addr) -> StdResult<Self> {
        Ok(ACCOUNTS.may_load(storage, account)?.unwrap_or_default())
    }

    /// Saves the record, or removes it when nothing is left to remember.
    pub fn save(&self, storage: &mut dyn Storage, account: &Addr) -> StdResult<()> {
        if *self == Self::default() {
            ACCOUNTS.remove(storage, account);
            Ok(())
        } else {
            ACCOUNTS.save(storage, account, self)
        }
    }

    pub fn is_new(&self) -> bool {
        self.collateral.is_empty() && self.minted_at == 0
    }

    pub fn staked(&self, asset: &str) -> Uint128 {
        self.collateral
            .iter()
            .find(|entry| entry.asset == asset)
            .map(|entry| entry.amount)
            .unwrap_or_default()
    }

    /// Sets what is staked of one asset; an entry that falls to nothing disappears.
    pub fn set_staked(&mut self, asset: &str, amount: Uint128) {
        if amount.is_zero() {
            self.collateral.retain(|entry| entry.asset != asset);
        } else if let Some(entry) = self
            .collateral
            .iter_mut()
            .find(|entry| entry.asset == asset)
        {
            entry.amount = amount;
        } else {
            self.collateral.push(AssetAmount {
                asset: asset.to_owned(),
                amount,
            });
        }
    }

    /// Keeps the terms of a collateral that is first staked while a flag runs: no change of the
    /// owner's reaches it either.
    pub fn keep_terms(&mut self, asset: &str, terms: Terms) {
        if let Some(flag) = &mut self.flag
            && flag.terms_of(asset).is_none()
        {
            flag.terms.push(FrozenTerms {
                asset: asset.to_owned(),
                terms,
            });
        }
    }

    /// Its flag, unless it has expired.
    pub fn running_flag(&self, now: u64) -> Option<&Flag> {
        self.flag.as_ref().filter(|flag| now < flag.expires_at)
    }

    /// Takes its flag off, in its record and in the list by deadline. The caller saves it.
    pub fn end_flag(&mut self, storage: &mut dyn Storage, account: &Addr) -> Option<Flag> {
        let flag = self.flag.take()?;
        FLAGGED.remove(storage, (flag.deadline, account));
        Some(flag)
    }
}

impl Flag {
    pub fn terms_of(&self, asset: &str) -> Option<Terms> {
        self.terms
            .iter()
            .find(|frozen| frozen.asset == asset)
            .map(|frozen| frozen.terms)
    }

    pub fn response(&self, account: &Addr) -> FlagResponse {
        FlagResponse {
            account: account.clone(),
            flagger: self.flagger.clone(),
            deadline: self.deadline,
            expires_at: self.expires_at,
        }
    }
}

/// Looks a collateral up.
pub fn collateral(storage: &dyn Storage, asset: &str) -> Result<Collateral, ContractError> {
    COLLATERALS
        .may_load(storage, asset)?
        .ok_or_else(|| ContractError::UnknownCollateral {
            collateral: asset.to_owned(),
        })
}

/// Looks up what a token is to the minter.
pub fn role(storage: &dyn Storage, token: &Token) -> Result<Role, ContractError> {
    TOKENS
        .may_load(storage, &token.key())?
        .ok_or_else(|| ContractError::UnknownToken {
            token: token.to_string(),
        })
}

/// Adds to an amount that waits to be paid.
pub fn credit_treasury(
    storage: &mut dyn Storage,
    asset: &str,
    amount: Uint128,
) -> Result<(), ContractError> {
    if amount.is_zero() {
        return Ok(());
    }
    let due = TREASURY_DUE.may_load(storage, asset)?.unwrap_or_default();
    Ok(TREASURY_DUE.save(
        storage,
        asset,
        &due.checked_add(amount).map_err(std_overflow)?,
    )?)
}

/// Adds to what a flagger has earned.
pub fn credit_flagger(
    storage: &mut dyn Storage,
    flagger: &Addr,
    asset: &str,
    amount: Uint128,
) -> Result<(), ContractError> {
    if amount.is_zero() {
        return Ok(());
    }
    let due = REWARDS
        .may_load(storage, (flagger, asset))?
        .unwrap_or_default();
    Ok(REWARDS.save(
        storage,
        (flagger, asset),
        &due.checked_add(amount).map_err(std_overflow)?,
    )?)
}

fn std_overflow(error: cosmwasm_std::OverflowError) -> ContractError {
    ContractError::Math(error.into())
}
