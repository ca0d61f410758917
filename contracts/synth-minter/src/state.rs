//! What the minter remembers. What is written often is stored as arrays: a byte that is written
//! costs 30 gas, and names would be most of them.

use ballast_kit::Controls;
use ballast_types::{
    Terms, Token,
    issuer::NewSynth,
    stored_as_array,
    synth_minter::{AssetAmount, FlagResponse, Operation, Params},
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};
use serde::{Deserialize, Serialize};

use crate::error::ContractError;

pub const CONTROLS: Controls<Operation> = Controls::new();

pub const CONFIG: Item<Config> = Item::new("config");
// asset id → collateral
pub const COLLATERALS: Map<&str, Collateral> = Map::new("collateral");
// (asset id, version) → terms that were in force, and those that are: what flags refer to
pub const TERMS: Map<(&str, u32), Terms> = Map::new("terms");
// base units staked by all accounts
pub const TOTALS: Item<Amounts> = Item::new("totals");
// asset id → synth
pub const SYNTHS: Map<&str, NewSynth> = Map::new("synth");
// Token::key() → what it is
pub const TOKENS: Map<&str, Role> = Map::new("token");
// account → what it has staked, and its flag
pub const ACCOUNTS: Map<&Addr, Account> = Map::new("account");
// (deadline, account) → nothing: the flagged accounts by deadline
pub const FLAGGED: Map<(u64, &Addr), ()> = Map::new("flagged");
// penalties due to the treasury; the registry keeps the fees
pub const TREASURY_DUE: Item<Amounts> = Item::new("treasury_due");
// account → what is due to it: flaggers' parts, and what could not be delivered
pub const REWARDS: Map<&Addr, Amounts> = Map::new("reward");

#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub oracle: Addr,
    pub registry: Addr,
    pub treasury: Addr,
    pub dollar: Option<NewSynth>,
    pub params: Params,
}
stored_as_array!(Config {
    oracle,
    registry,
    treasury,
    dollar,
    params
});

impl Config {
    pub fn dollar(&self) -> Result<&NewSynth, ContractError> {
        self.dollar.as_ref().ok_or(ContractError::NoDollar {})
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Collateral {
    pub token: Token,
    pub decimals: u8,
    pub terms: Terms,
    /// Of the terms: how many were in force before.
    pub version: u32,
    pub cap: Uint128,
    pub enabled: bool,
}
stored_as_array!(Collateral {
    token,
    decimals,
    terms,
    version,
    cap,
    enabled
});

/// What a token is to the minter.
#[cw_serde]
pub enum Role {
    Collateral { asset: String },
    Synth(NewSynth),
}

/// One record per account, so that an act loads and saves it once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    pub collateral: Amounts,
    /// When it minted last; zero while it cannot have debt.
    pub minted_at: u64,
    pub flag: Option<Flag>,
}

stored_as_array!(Account {
    collateral,
    minted_at,
    flag
});

/// A flag keeps the terms it was raised under: no change of the owner's reaches it.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    pub flagger: Addr,
    pub deadline: u64,
    pub expires_at: u64,
    /// By asset id, the version of the terms: the terms themselves would be five times as long.
    pub versions: Vec<(String, u32)>,
}
stored_as_array!(Flag {
    flagger,
    deadline,
    expires_at,
    versions
});

/// Base units by asset id: at most one entry per collateral, none of them zero. One record for
/// all of them, because one more within it costs less than a record of its own.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(transparent)]
pub struct Amounts(Vec<(String, Uint128)>);

impl Amounts {
    pub fn of(&self, asset: &str) -> Uint128 {
        let found = self.iter().find(|(id, _)| *id == asset);
        found.map(|(_, amount)| amount).unwrap_or_default()
    }

    /// An entry that is set to nothing disappears.
    pub fn set(&mut self, asset: &str, amount: Uint128) {
        if amount.is_zero() {
            self.0.retain(|(id, _)| id != asset);
        } else if let Some((_, present)) = self.0.iter_mut().find(|(id, _)| id == asset) {
            *present = amount;
        } else {
            self.0.push((asset.to_owned(), amount));
        }
    }

    pub fn add(&mut self, asset: &str, amount: Uint128) -> Result<(), ContractError> {
        self.set(asset, self.of(asset).checked_add(amount)?);
        Ok(())
    }

    pub fn reduce(&mut self, asset: &str, amount: Uint128) -> Result<(), ContractError> {
        self.set(asset, self.of(asset).checked_sub(amount)?);
        Ok(())
    }

    /// All there is of an asset, which is there no longer.
    pub fn take(&mut self, asset: &str) -> Result<Uint128, ContractError> {
        let amount = self.of(asset);
        if amount.is_zero() {
            return Err(ContractError::NothingDue {
                asset: asset.to_owned(),
            });
        }
        self.set(asset, Uint128::zero());
        Ok(amount)
    }

    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, Uint128)> {
        self.0.iter().map(|(id, amount)| (id.as_str(), *amount))
    }

    /// As queries show them.
    pub fn view(self) -> Vec<AssetAmount> {
        let entries = self.0.into_iter();
        entries
            .map(|(asset, amount)| AssetAmount { asset, amount })
            .collect()
    }
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

    /// Keeps the terms of a collateral that is first staked while a flag runs: no change of the
    /// owner's reaches it either.
    pub fn keep_terms(&mut self, asset: &str, version: u32) {
        if let Some(flag) = &mut self.flag
            && flag.version_of(asset).is_none()
        {
            flag.versions.push((asset.to_owned(), version));
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
    /// Which terms of a collateral it keeps.
    pub fn version_of(&self, asset: &str) -> Option<u32> {
        self.versions
            .iter()
            .find(|(id, _)| id == asset)
            .map(|(_, version)| *version)
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

impl Collateral {
    /// Its terms of a version: those in force are in its own record.
    pub fn terms_of(&self, storage: &dyn Storage, asset: &str, version: u32) -> StdResult<Terms> {
        if version == self.version {
            return Ok(self.terms);
        }
        TERMS.load(storage, (asset, version))
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

/// What all accounts have staked.
pub fn totals(storage: &dyn Storage) -> StdResult<Amounts> {
    Ok(TOTALS.may_load(storage)?.unwrap_or_default())
}

/// Penalties due to the treasury.
pub fn treasury_due(storage: &dyn Storage) -> StdResult<Amounts> {
    Ok(TREASURY_DUE.may_load(storage)?.unwrap_or_default())
}

/// What waits for an account.
pub fn rewards(storage: &dyn Storage, account: &Addr) -> StdResult<Amounts> {
    Ok(REWARDS.may_load(storage, account)?.unwrap_or_default())
}

/// Keeps what waits for an account; without anything nothing is kept.
pub fn save_rewards(storage: &mut dyn Storage, account: &Addr, due: &Amounts) -> StdResult<()> {
    if due.is_empty() {
        REWARDS.remove(storage, account);
        return Ok(());
    }
    REWARDS.save(storage, account, due)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::{Decimal, testing::MockStorage};
    use rstest::rstest;

    fn flagged(deadline: u64, expires_at: u64) -> Account {
        let flag = Flag {
            flagger: Addr::unchecked("flagger"),
            deadline,
            expires_at,
            versions: vec![("LIFE".to_owned(), 3)],
        };
        Account {
            flag: Some(flag),
            ..Account::default()
        }
    }

    #[test]
    fn nothing_leaves_no_entry() {
        let mut amounts = Amounts::default();
        amounts.add("WETH", Uint128::zero()).unwrap();
        assert!(amounts.is_empty());
        for (asset, amount) in [("WETH", 2u128), ("LIFE", 3), ("WETH", 5)] {
            amounts.add(asset, amount.into()).unwrap();
        }
        assert_eq!(amounts.of("WETH").u128(), 7);
        assert_eq!(amounts.of("DOGE").u128(), 0);
        let shown: Vec<_> = amounts.iter().map(|(id, n)| (id, n.u128())).collect();
        assert_eq!(shown, [("WETH", 7), ("LIFE", 3)]);

        amounts.set("LIFE", Uint128::new(6));
        for failed in [
            amounts.add("LIFE", Uint128::MAX),
            amounts.reduce("LIFE", Uint128::new(7)),
            amounts.reduce("DOGE", Uint128::one()),
        ] {
            assert!(matches!(failed, Err(ContractError::Math(_))), "{failed:?}");
        }
        amounts.reduce("LIFE", Uint128::new(6)).unwrap();
        assert_eq!(amounts.take("WETH").unwrap().u128(), 7);
        let nothing = amounts.take("WETH").unwrap_err();
        assert!(matches!(nothing, ContractError::NothingDue { .. }));
        assert!(amounts.is_empty());
    }

    #[test]
    fn rewards_of_nothing_leave_no_record() {
        let mut storage = MockStorage::new();
        let flagger = Addr::unchecked("flagger");
        let mut due = Amounts::default();
        due.set("LIFE", Uint128::one());
        save_rewards(&mut storage, &flagger, &due).unwrap();
        assert_eq!(rewards(&storage, &flagger).unwrap(), due);
        due.take("LIFE").unwrap();
        save_rewards(&mut storage, &flagger, &due).unwrap();
        assert!(!REWARDS.has(&storage, &flagger));
        assert_eq!(rewards(&storage, &flagger).unwrap(), due);
    }

    #[rstest]
    #[case::nothing(Account::default(), true)]
    #[case::debt(Account { minted_at: 1, ..Account::default() }, false)]
    #[case::flagged_and_empty(flagged(1, 2), true)]
    fn new_accounts(#[case] account: Account, #[case] is_new: bool) {
        assert_eq!(account.is_new(), is_new);
        let mut account = account;
        account.collateral.set("LIFE", Uint128::one());
        assert!(!account.is_new());
    }

    #[rstest]
    #[case::before_the_deadline(5, true)]
    #[case::the_last_second(19, true)]
    #[case::expired(20, false)]
    fn flags_run_until_they_expire(#[case] now: u64, #[case] runs: bool) {
        assert_eq!(flagged(10, 20).running_flag(now).is_some(), runs);
        assert!(Account::default().running_flag(now).is_none());
    }

    #[test]
    fn a_flag_keeps_its_first_terms_of_each_collateral() {
        let mut account = flagged(10, 20);
        account.keep_terms("LIFE", 4);
        account.keep_terms("WETH", 0);
        account.keep_terms("WETH", 1);
        let flag = account.flag.unwrap();
        assert_eq!(flag.version_of("LIFE"), Some(3));
        assert_eq!(flag.version_of("WETH"), Some(0));
        assert_eq!(flag.version_of("DOGE"), None);
        let mut unflagged = Account::default();
        unflagged.keep_terms("LIFE", 3);
        assert_eq!(unflagged, Account::default());
    }

    #[test]
    fn a_flag_ends_in_both_places_and_an_empty_record_disappears() {
        let mut storage = MockStorage::new();
        let address = Addr::unchecked("account");
        let mut account = flagged(10, 20);
        account.save(&mut storage, &address).unwrap();
        FLAGGED.save(&mut storage, (10, &address), &()).unwrap();
        assert_eq!(Account::load(&storage, &address).unwrap(), account);

        assert_eq!(
            account.end_flag(&mut storage, &address),
            flagged(10, 20).flag
        );
        assert_eq!(account.end_flag(&mut storage, &address), None);
        assert!(!FLAGGED.has(&storage, (10, &address)));
        account.save(&mut storage, &address).unwrap();
        assert!(!ACCOUNTS.has(&storage, &address));
        assert_eq!(
            Account::load(&storage, &address).unwrap(),
            Account::default()
        );
    }

    #[test]
    fn terms_are_those_of_their_version() {
        let mut storage = MockStorage::new();
        let terms = |percent| Terms {
            issuance_ratio: Decimal::percent(percent),
            flag_ratio: Decimal::percent(300),
            liquidation_penalty: Decimal::percent(10),
        };
        TERMS.save(&mut storage, ("LIFE", 0), &terms(450)).unwrap();
        let collateral = Collateral {
            token: Token::Native("ulife".to_owned()),
            decimals: 6,
            terms: terms(500),
            version: 1,
            cap: Uint128::MAX,
            enabled: true,
        };
        let of = |version| collateral.terms_of(&storage, "LIFE", version);
        assert_eq!(of(1).unwrap(), terms(500));
        assert_eq!(of(0).unwrap(), terms(450));
        assert!(of(2).is_err());
    }
}
