//! What the registry remembers. Records are stored as arrays: a byte that is written costs 30
//! gas, and names would be most of them.

use std::fmt;

use ballast_kit::Controls;
use ballast_math::{MathError, Value, rounding};
use ballast_types::{
    debt_registry::{Operation, SynthResponse},
    stored_as_array,
};
use cosmwasm_std::{Addr, Order, StdResult, Storage, Uint128, Uint256, Uint512};
use cw_storage_plus::{Item, Map};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, SeqAccess, Visitor},
};

use crate::ContractError;

/// Owner, guardian and switches.
pub const CONTROLS: Controls<Operation> = Controls::new();
/// "config": the addresses it relies on.
pub const CONFIG: Item<Config> = Item::new("config");
/// "issuer" + issuer.
pub const ISSUERS: Map<&Addr, Issuer> = Map::new("issuer");
/// "pool" + number of the issuer: its shares and its dollar synth.
pub const POOLS: Map<u16, Pool> = Map::new("pool");
/// "supply" + number of the issuer + synth id: how much there is of each synth but the dollar,
/// whose supply is in the pool's record. One scan over the issuer's prefix values its pool.
pub const SUPPLIES: Map<(u16, &str), Supply> = Map::new("supply");
/// "synth" + number of the issuer + synth id: what rarely changes of each synth but the dollar,
/// whose token and ceiling are in the issuer's record.
pub const SYNTHS: Map<(u16, &str), Synth> = Map::new("synth");
/// "synth_issuer" + synth id: an id belongs to one issuer.
pub const SYNTH_ISSUER: Map<&str, Addr> = Map::new("synth_issuer");
/// "token" + cw20: issuer and synth id of it.
pub const TOKENS: Map<&Addr, (Addr, String)> = Map::new("token");
/// "shares" + number of the issuer + account; none without shares.
pub const SHARES: Map<(u16, &Addr), Holding> = Map::new("shares");

/// The addresses it relies on.
pub struct Config {
    /// Where prices are read.
    pub oracle: Addr,
    /// Gets the shares of a pool whose debt nobody owes.
    pub treasury: Addr,
    /// The code of every synth: cw20-base.
    pub cw20_code_id: u64,
}
stored_as_array!(Config {
    oracle,
    treasury,
    cw20_code_id
});

/// A contract that issues synths.
#[derive(Clone)]
pub struct Issuer {
    /// Stands for its address in the keys of what is written often: an address is 63 bytes of
    /// gas.
    pub number: u16,
    /// Asset id of its dollar synth, in whose base units debt is counted.
    pub dollar: String,
    /// The cw20 and the ceiling of its dollar synth.
    pub dollar_synth: Synth,
    /// How many synths it has.
    pub synths: u32,
    /// Whether its accounts share its debt.
    pub shared_debt: bool,
}

impl Serialize for Issuer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = (
            self.number,
            &self.dollar,
            &self.dollar_synth,
            self.synths,
            self.shared_debt,
        );
        fields.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Issuer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(IssuerFields)
    }
}

/// Reads the array of an issuer's fields. Before there were issuers without shared debt it ended
/// with the number of synths.
struct IssuerFields;

impl<'de> Visitor<'de> for IssuerFields {
    type Value = Issuer;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the fields of an issuer")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Issuer, A::Error> {
        Ok(Issuer {
            number: field(&mut fields)?,
            dollar: field(&mut fields)?,
            dollar_synth: field(&mut fields)?,
            synths: field(&mut fields)?,
            shared_debt: fields.next_element()?.unwrap_or(true),
        })
    }
}

fn field<'de, A: SeqAccess<'de>, T: Deserialize<'de>>(fields: &mut A) -> Result<T, A::Error> {
    fields
        .next_element()?
        .ok_or_else(|| A::Error::custom("an issuer lacks a field"))
}

impl Issuer {
    /// The issuer at an address.
    pub fn load(storage: &dyn Storage, address: &Addr) -> Result<Self, ContractError> {
        ISSUERS
            .may_load(storage, address)?
            .ok_or_else(|| ContractError::UnknownIssuer {
                issuer: address.clone(),
            })
    }

    /// The issuer at an address, if its accounts share its debt.
    pub fn load_shared(storage: &dyn Storage, address: &Addr) -> Result<Self, ContractError> {
        let issuer = Self::load(storage, address)?;
        if issuer.shared_debt {
            return Ok(issuer);
        }
        Err(ContractError::NoSharedDebt {
            issuer: address.clone(),
        })
    }

    /// The issuer at an address, if it keeps the debts of its accounts itself.
    pub fn load_unshared(storage: &dyn Storage, address: &Addr) -> Result<Self, ContractError> {
        let issuer = Self::load(storage, address)?;
        if !issuer.shared_debt {
            return Ok(issuer);
        }
        Err(ContractError::SharedDebt {
            issuer: address.clone(),
        })
    }

    /// A synth of it, or why it is none. `address` is its own.
    pub fn synth(
        &self,
        storage: &dyn Storage,
        address: &Addr,
        id: &str,
    ) -> Result<Synth, ContractError> {
        if id == self.dollar {
            return Ok(self.dollar_synth.clone());
        }
        if let Some(synth) = SYNTHS.may_load(storage, (self.number, id))? {
            return Ok(synth);
        }
        Err(match SYNTH_ISSUER.may_load(storage, id)? {
            Some(other) => ContractError::NotTheIssuer {
                synth: id.to_owned(),
                issuer: other,
                sender: address.clone(),
            },
            None => ContractError::UnknownSynth {
                synth: id.to_owned(),
            },
        })
    }

    /// Saves what rarely changes of one of its synths. `address` is its own.
    pub fn save_synth(
        &mut self,
        storage: &mut dyn Storage,
        address: &Addr,
        id: &str,
        synth: Synth,
    ) -> StdResult<()> {
        if id == self.dollar {
            self.dollar_synth = synth;
            return ISSUERS.save(storage, address, self);
        }
        SYNTHS.save(storage, (self.number, id), &synth)
    }

    /// All its synths, by id, the dollar among them.
    pub fn synth_list(&self, storage: &dyn Storage) -> StdResult<Vec<(String, Synth)>> {
        let mut synths = SYNTHS
            .prefix(self.number)
            .range(storage, None, None, Order::Ascending)
            .collect::<StdResult<Vec<_>>>()?;
        let place = synths.partition_point(|(id, _)| *id < self.dollar);
        synths.insert(place, (self.dollar.clone(), self.dollar_synth.clone()));
        Ok(synths)
    }

    /// How much there is of one of its synths.
    pub fn supply(&self, storage: &dyn Storage, id: &str) -> StdResult<Supply> {
        if id == self.dollar {
            return Ok(self.pool(storage)?.dollar);
        }
        SUPPLIES.load(storage, (self.number, id))
    }

    /// Saves how much there is of one of its synths.
    pub fn save_supply(
        &self,
        storage: &mut dyn Storage,
        id: &str,
        supply: &Supply,
    ) -> StdResult<()> {
        if id == self.dollar {
            let mut pool = self.pool(storage)?;
            pool.dollar = *supply;
            return self.save_pool(storage, &pool);
        }
        SUPPLIES.save(storage, (self.number, id), supply)
    }

    /// Its debt pool.
    pub fn pool(&self, storage: &dyn Storage) -> StdResult<Pool> {
        POOLS.load(storage, self.number)
    }

    /// Saves its debt pool.
    pub fn save_pool(&self, storage: &mut dyn Storage, pool: &Pool) -> StdResult<()> {
        POOLS.save(storage, self.number, pool)
    }

    /// Shares of an account in its pool.
    pub fn shares_of(
        &self,
        storage: &dyn Storage,
        account: &Addr,
        pool: &Pool,
    ) -> Result<Uint256, ContractError> {
        match SHARES.may_load(storage, (self.number, account))? {
            Some(holding) => Ok(holding.shares_in(pool)?),
            None => Ok(Uint256::zero()),
        }
    }

    /// Saves the shares of an account in its pool; without shares nothing is kept.
    pub fn save_shares(
        &self,
        storage: &mut dyn Storage,
        account: &Addr,
        pool: &Pool,
        shares: Uint256,
    ) -> StdResult<()> {
        if shares.is_zero() {
            SHARES.remove(storage, (self.number, account));
            return Ok(());
        }
        SHARES.save(storage, (self.number, account), &pool.holding(shares))
    }
}

/// What rarely changes of a synth.
#[derive(Clone)]
pub struct Synth {
    /// Its cw20.
    pub token: Addr,
    /// The most base units there may be.
    pub ceiling: Uint128,
}
stored_as_array!(Synth { token, ceiling });

impl Synth {
    /// As a query shows it.
    pub fn view(self, issuer: Addr, id: String, supply: &Supply) -> SynthResponse {
        SynthResponse {
            synth: id,
            issuer,
            token: self.token,
            decimals: supply.decimals,
            supply: supply.recorded,
            fees_due: supply.fees_due,
            ceiling: self.ceiling,
        }
    }
}

/// How much there is of a synth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Supply {
    /// Base units as recorded: what the issuer's debtors owe.
    pub recorded: Uint128,
    /// Fees among them, which are owed and not minted yet.
    pub fees_due: Uint128,
    /// Decimals of the synth.
    pub decimals: u8,
}
stored_as_array!(Supply {
    recorded,
    fees_due,
    decimals
});

impl Supply {
    /// Nothing yet.
    pub const fn new(decimals: u8) -> Self {
        Self {
            recorded: Uint128::zero(),
            fees_due: Uint128::zero(),
            decimals,
        }
    }

    /// What has been minted and not burnt through the registry: the cw20's total supply is
    /// never above it, and below it by what holders burnt themselves.
    pub fn minted(&self) -> Uint128 {
        self.recorded.saturating_sub(self.fees_due)
    }

    /// Records that `amount` more is minted, within the ceiling.
    pub fn mint(
        &mut self,
        id: &str,
        amount: Uint128,
        ceiling: Uint128,
    ) -> Result<(), ContractError> {
        let recorded = self.recorded.checked_add(amount).ok();
        self.recorded = recorded
            .filter(|recorded| *recorded <= ceiling)
            .ok_or_else(|| ContractError::CeilingExceeded {
                synth: id.to_owned(),
                supply: self.recorded,
                amount,
                ceiling,
            })?;
        Ok(())
    }

    /// Records that `amount` more is minted, whatever the ceiling.
    pub fn mint_beyond_ceiling(&mut self, amount: Uint128) -> Result<(), MathError> {
        self.recorded = self.recorded.checked_add(amount)?;
        Ok(())
    }

    /// Records that `amount` is burnt. Tokens that exist are recorded, so this never fails for
    /// tokens that can be burnt.
    pub fn burn(&mut self, amount: Uint128) -> Result<(), ContractError> {
        if amount > self.minted() {
            return Err(ContractError::ExceedsSupply {
                supply: self.minted(),
                amount,
            });
        }
        self.recorded = self.recorded.saturating_sub(amount);
        Ok(())
    }
}

/// The synth of an id, whoever issues it.
pub fn synth_of(storage: &dyn Storage, id: &str) -> Result<(Addr, Issuer, Synth), ContractError> {
    let address =
        SYNTH_ISSUER
            .may_load(storage, id)?
            .ok_or_else(|| ContractError::UnknownSynth {
                synth: id.to_owned(),
            })?;
    let issuer = Issuer::load(storage, &address)?;
    let synth = issuer.synth(storage, &address, id)?;
    Ok((address, issuer, synth))
}

/// A debt pool: its shares, and its dollar synth, which nearly every act changes with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// How much there is of the dollar synth.
    pub dollar: Supply,
    /// All shares there are.
    pub total_shares: Uint256,
    /// How many times all shares have become void.
    pub epoch: u64,
    /// How many times in this epoch all shares were divided by 10⁹.
    pub scale: u32,
}
stored_as_array!(Pool {
    dollar,
    total_shares,
    epoch,
    scale
});

/// The digits that one step of a pool's scale takes from all shares.
const SCALE_DIGITS: u8 = 9;
/// A `Uint256` divided by 10⁹ so many times is below one.
const MOST_STEPS: u32 = 9;
/// All shares of a pool are at most 10⁷⁴, which leaves every product within 512 bits. All that
/// can be issued in a pool without donations costs less than 10⁵⁷.
const MOST_SHARES_DIGITS: u8 = 74;

impl Pool {
    /// A pool without shares, whose dollar synth has so many decimals.
    pub const fn new(decimals: u8) -> Self {
        Self {
            dollar: Supply::new(decimals),
            total_shares: Uint256::zero(),
            epoch: 0,
            scale: 0,
        }
    }

    /// The pool made ready for an issue, and the shares that the treasury gets before it.
    ///
    /// - No shares but a value: nobody owes it, so the treasury gets it, share by share.
    /// - Not a share for each base unit: the same, and the shares are void. Only a bad debt leaves
    ///   so few, to accounts that owed less than a unit until then; the next to mint would pay
    ///   for the rounding of his shares with a part of it.
    /// - Shares but no value: the shares are void, and an epoch begins.
    pub fn opened(self, debt: Value) -> Result<(Self, Uint256), MathError> {
        if self.is_coarse(debt)? {
            let total_shares = natural_shares(debt, self.dollar.decimals)?;
            // Once divided, accounts may still hold a share each that the total has not.
            let unused = self.scale == 0 && self.total_shares.is_zero();
            let empty = if unused { self } else { self.void()? };
            let opened = Self {
                total_shares,
                ..empty
            };
            return Ok((opened, total_shares));
        }
        if debt.is_zero() {
            return Ok((self.void()?, Uint256::zero()));
        }
        Ok((self, Uint256::zero()))
    }

    /// Whether there are no shares, or fewer than base units that are owed.
    fn is_coarse(&self, debt: Value) -> Result<bool, MathError> {
        let unit = Value::of_dollars(Uint128::one(), self.dollar.decimals)?;
        let covered = Uint512::from(self.total_shares).checked_mul(unit.atomics())?;
        Ok(self.total_shares.is_zero() || covered < debt.atomics())
    }

    fn void(self) -> Result<Self, MathError> {
        let epoch = self.epoch.checked_add(1).ok_or(MathError::OutOfRange {
            operation: "an epoch",
        })?;
        Ok(Self {
            total_shares: Uint256::zero(),
            epoch,
            scale: 0,
            ..self
        })
    }

    /// The pool with room for the shares of a debt that rises from `before` to `after`.
    ///
    /// Donations can bring a pool's value down to nearly nothing, and whoever mints then
    /// multiplies its shares. Where they would leave their range, all shares are divided by
    /// 10⁹, and again until they fit: without it, one who mints, donates and mints again a few
    /// times could stop everybody else from minting.
    pub fn scaled(mut self, before: Value, after: Value) -> Result<Self, MathError> {
        let most = rounding::pow10(MOST_SHARES_DIGITS)?.into();
        while self.grown(before, after)? > most {
            self.total_shares = divided_ceil(self.total_shares)?;
            self.scale = self.scale.checked_add(1).ok_or(MathError::OutOfRange {
                operation: "a scale",
            })?;
        }
        Ok(self)
    }

    /// Shares of an account, as they are kept.
    pub const fn holding(&self, shares: Uint256) -> Holding {
        Holding {
            shares,
            epoch: self.epoch,
            scale: self.scale,
        }
    }

    /// `total_shares · after / before`.
    fn grown(&self, before: Value, after: Value) -> Result<Uint512, MathError> {
        if before.is_zero() {
            return Ok(self.total_shares.into());
        }
        let product = Uint512::from(self.total_shares).checked_mul(after.atomics())?;
        rounding::div_ceil_512(product, before.atomics())
    }
}

/// Shares that a debt costs in a pool without shares: `ceil(debt in base units · 10¹⁸)`.
fn natural_shares(debt: Value, decimals: u8) -> Result<Uint256, MathError> {
    // One base unit is 10^(36 − decimals) atoms of a value and 10^18 shares.
    let finer = rounding::scale_to_18(decimals)?;
    rounding::narrow(rounding::div_ceil_512(debt.atomics(), finer.into())?)
}

/// The shares of an account, as they were when they last changed.
pub struct Holding {
    /// How many.
    pub shares: Uint256,
    /// The pool's epoch then.
    pub epoch: u64,
    /// The pool's scale then.
    pub scale: u32,
}
stored_as_array!(Holding {
    shares,
    epoch,
    scale
});

impl Holding {
    /// How many shares they are now: none after their epoch, and divided, rounded up, by what
    /// the pool's scale has risen since.
    pub fn shares_in(&self, pool: &Pool) -> Result<Uint256, MathError> {
        if self.epoch != pool.epoch {
            return Ok(Uint256::zero());
        }
        let mut shares = self.shares;
        // A share is left after the most steps, and stays one.
        for _ in self.scale..pool.scale.min(self.scale.saturating_add(MOST_STEPS)) {
            shares = divided_ceil(shares)?;
        }
        // All accounts round up, so their sum may exceed the total by a share each.
        Ok(shares.min(pool.total_shares))
    }
}

fn divided_ceil(shares: Uint256) -> Result<Uint256, MathError> {
    rounding::mul_div_ceil(shares, Uint256::one(), rounding::pow10(SCALE_DIGITS)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn pool(total: &str, epoch: u64, scale: u32) -> Pool {
        Pool {
            total_shares: total.parse().unwrap(),
            epoch,
            scale,
            ..Pool::new(6)
        }
    }

    fn dollars(micro: u128) -> Value {
        Value::of_dollars(Uint128::new(micro), 6).unwrap()
    }

    #[rstest]
    #[case::new(("0", 0, 0), 0, ("0", 0, 0), "0")]
    #[case::going_on(("7", 3, 2), 5, ("7", 3, 2), "0")]
    #[case::orphan(("0", 3, 0), 5, ("5000000000000000000", 3, 0), "5000000000000000000")]
    #[case::orphan_once_divided(("0", 3, 1), 5, ("5000000000000000000", 4, 0), "5000000000000000000")]
    #[case::a_share_for_each_unit(("5", 3, 2), 5, ("5", 3, 2), "0")]
    #[case::too_few(("4", 3, 2), 5, ("5000000000000000000", 4, 0), "5000000000000000000")]
    #[case::void(("7", 3, 2), 0, ("0", 4, 0), "0")]
    fn opens(
        #[case] before: (&str, u64, u32),
        #[case] debt: u128,
        #[case] after: (&str, u64, u32),
        #[case] granted: &str,
    ) {
        let opened = pool(before.0, before.1, before.2)
            .opened(dollars(debt))
            .unwrap();
        assert_eq!(opened.0, pool(after.0, after.1, after.2));
        assert_eq!(opened.1.to_string(), granted);
    }

    /// Twice the debt is twice the shares: only what would leave the range is divided.
    #[rstest]
    #[case::small(20, 0, 20)]
    #[case::at_the_edge(73, 0, 73)]
    #[case::beyond_it(74, 1, 65)]
    #[case::far_beyond_it(77, 1, 68)]
    fn divides(#[case] digits: u8, #[case] scale: u32, #[case] left: u8) {
        let total = rounding::pow10(digits).unwrap();
        let scaled = pool(&total.to_string(), 1, 0)
            .scaled(dollars(1), dollars(2))
            .unwrap();
        assert_eq!(scaled.scale, scale);
        assert_eq!(scaled.total_shares, rounding::pow10(left).unwrap());
    }

    #[rstest]
    #[case::same("5000000000", (1, 2), (1, 2), "5000000000")]
    #[case::rounded_up("5000000001", (1, 2), (1, 3), "6")]
    #[case::a_share_stays("1", (1, 0), (1, 4_000_000_000), "1")]
    #[case::void("5000000000", (0, 2), (1, 2), "0")]
    #[case::at_most_all("99000000000000", (1, 2), (1, 2), "90000000000000")]
    fn holds(
        #[case] shares: &str,
        #[case] then: (u64, u32),
        #[case] now: (u64, u32),
        #[case] left: &str,
    ) {
        let holding = pool("0", then.0, then.1).holding(shares.parse().unwrap());
        let pool = pool("90000000000000", now.0, now.1);
        assert_eq!(holding.shares_in(&pool).unwrap().to_string(), left);
    }
}
