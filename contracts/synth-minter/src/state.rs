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
// asset id of a collateral → base units due to the treasury; the registry keeps fees in synths
pub const TREASURY_DUE: Map<&str, Uint128> = Map::new("treasury_due");
// (account, asset id) → base units due to it: flaggers' parts, and what could not be delivered
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

/// Base units of an asset that all accounts have staked.
pub fn total(storage: &dyn Storage, asset: &str) -> StdResult<Uint128> {
    Ok(TOTALS.may_load(storage, asset)?.unwrap_or_default())
}

/// Takes what leaves an account out of what all have staked.
pub fn reduce_total(
    storage: &mut dyn Storage,
    asset: &str,
    amount: Uint128,
) -> Result<(), ContractError> {
    let left = total(storage, asset)?.checked_sub(amount)?;
    Ok(TOTALS.save(storage, asset, &left)?)
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
    Ok(TREASURY_DUE.save(storage, asset, &due.checked_add(amount)?)?)
}

/// Adds to what waits for an account.
pub fn credit_reward(
    storage: &mut dyn Storage,
    account: &Addr,
    asset: &str,
    amount: Uint128,
) -> Result<(), ContractError> {
    if amount.is_zero() {
        return Ok(());
    }
    let due = REWARDS
        .may_load(storage, (account, asset))?
        .unwrap_or_default();
    Ok(REWARDS.save(storage, (account, asset), &due.checked_add(amount)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::{Decimal, testing::MockStorage};
    use rstest::rstest;

    fn terms(percent: u64) -> Terms {
        Terms {
            issuance_ratio: Decimal::percent(percent),
            flag_ratio: Decimal::percent(300),
            liquidation_penalty: Decimal::percent(10),
        }
    }

    fn flagged(deadline: u64, expires_at: u64) -> Account {
        let flag = Flag {
            flagger: Addr::unchecked("flagger"),
            deadline,
            expires_at,
            terms: vec![FrozenTerms {
                asset: "LIFE".to_owned(),
                terms: terms(450),
            }],
        };
        Account {
            flag: Some(flag),
            ..Account::default()
        }
    }

    #[test]
    fn nothing_staked_leaves_no_entry() {
        let mut account = Account::default();
        account.set_staked("LIFE", Uint128::new(5));
        account.set_staked("WETH", Uint128::new(7));
        account.set_staked("LIFE", Uint128::new(6));
        assert_eq!(account.staked("LIFE").u128(), 6);
        assert_eq!(account.staked("DOGE").u128(), 0);
        assert_eq!(account.collateral.len(), 2);
        account.set_staked("LIFE", Uint128::zero());
        assert_eq!(account.collateral.len(), 1);
        assert_eq!(account.staked("WETH").u128(), 7);
    }

    #[rstest]
    #[case::nothing(Account::default(), true)]
    #[case::debt(Account { minted_at: 1, ..Account::default() }, false)]
    #[case::flagged_and_empty(flagged(1, 2), true)]
    fn new_accounts(#[case] account: Account, #[case] is_new: bool) {
        assert_eq!(account.is_new(), is_new);
        let mut account = account;
        account.set_staked("LIFE", Uint128::one());
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
        account.keep_terms("LIFE", terms(900));
        account.keep_terms("WETH", terms(300));
        account.keep_terms("WETH", terms(900));
        let flag = account.flag.unwrap();
        assert_eq!(flag.terms_of("LIFE"), Some(terms(450)));
        assert_eq!(flag.terms_of("WETH"), Some(terms(300)));
        assert_eq!(flag.terms_of("DOGE"), None);
        let mut unflagged = Account::default();
        unflagged.keep_terms("LIFE", terms(450));
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
    fn what_is_due_adds_up_and_nothing_leaves_no_entry() {
        let mut storage = MockStorage::new();
        let flagger = Addr::unchecked("flagger");
        credit_treasury(&mut storage, "LIFE", Uint128::zero()).unwrap();
        credit_reward(&mut storage, &flagger, "LIFE", Uint128::zero()).unwrap();
        assert!(!TREASURY_DUE.has(&storage, "LIFE"));
        assert!(!REWARDS.has(&storage, (&flagger, "LIFE")));
        for amount in [2u128, 3] {
            credit_treasury(&mut storage, "LIFE", amount.into()).unwrap();
            credit_reward(&mut storage, &flagger, "LIFE", amount.into()).unwrap();
        }
        assert_eq!(TREASURY_DUE.load(&storage, "LIFE").unwrap().u128(), 5);
        assert_eq!(
            REWARDS.load(&storage, (&flagger, "LIFE")).unwrap().u128(),
            5
        );
        let overflow = credit_treasury(&mut storage, "LIFE", Uint128::MAX).unwrap_err();
        assert!(matches!(overflow, ContractError::Math(_)), "{overflow}");
    }
}
