//! What the registry remembers.

use ballast_kit::Controls;
use ballast_math::{MathError, Value, rounding};
use ballast_types::debt_registry::{Operation, SynthResponse};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Storage, Uint128, Uint256, Uint512};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Owner, guardian and switches.
pub const CONTROLS: Controls<Operation> = Controls::new();
/// "config": the addresses it relies on.
pub const CONFIG: Item<Config> = Item::new("config");
/// "issuer" + issuer.
pub const ISSUERS: Map<&Addr, Issuer> = Map::new("issuer");
/// "synth" + issuer + synth id: one scan over the issuer's prefix values its pool.
pub const SYNTHS: Map<(&Addr, &str), Synth> = Map::new("synth");
/// "synth_issuer" + synth id: an id belongs to one issuer.
pub const SYNTH_ISSUER: Map<&str, Addr> = Map::new("synth_issuer");
/// "token" + cw20: issuer and synth id of it.
pub const TOKENS: Map<&Addr, (Addr, String)> = Map::new("token");
/// "pool" + issuer; none before the first share.
pub const POOLS: Map<&Addr, Pool> = Map::new("pool");
/// "shares" + issuer + account; none without shares.
pub const SHARES: Map<(&Addr, &Addr), Holding> = Map::new("shares");

/// The addresses it relies on.
#[cw_serde]
pub struct Config {
    /// Where prices are read.
    pub oracle: Addr,
    /// Gets the shares of a pool whose debt nobody owes.
    pub treasury: Addr,
    /// The code of every synth: cw20-base.
    pub cw20_code_id: u64,
}

/// A contract that issues synths.
#[cw_serde]
pub struct Issuer {
    /// Asset id of its dollar synth.
    pub dollar: String,
    /// Decimals of its dollar synth, in whose base units debt is counted.
    pub decimals: u8,
    /// How many synths it has.
    pub synths: u32,
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
}

/// A synth.
#[cw_serde]
pub struct Synth {
    /// Its cw20.
    pub token: Addr,
    /// Its decimals.
    pub decimals: u8,
    /// Base units as recorded: what the issuer's debtors owe.
    pub supply: Uint128,
    /// The most base units there may be.
    pub ceiling: Uint128,
}

impl Synth {
    /// A synth of `issuer`, or why it is none.
    pub fn load(storage: &dyn Storage, issuer: &Addr, id: &str) -> Result<Self, ContractError> {
        if let Some(synth) = SYNTHS.may_load(storage, (issuer, id))? {
            return Ok(synth);
        }
        Err(match SYNTH_ISSUER.may_load(storage, id)? {
            Some(other) => ContractError::NotTheIssuer {
                synth: id.to_owned(),
                issuer: other,
                sender: issuer.clone(),
            },
            None => ContractError::UnknownSynth {
                synth: id.to_owned(),
            },
        })
    }

    /// Records that `amount` more is minted, within the ceiling.
    pub fn mint(&mut self, id: &str, amount: Uint128) -> Result<(), ContractError> {
        let supply = self.supply.checked_add(amount).ok();
        self.supply = supply
            .filter(|supply| *supply <= self.ceiling)
            .ok_or_else(|| ContractError::CeilingExceeded {
                synth: id.to_owned(),
                supply: self.supply,
                amount,
                ceiling: self.ceiling,
            })?;
        Ok(())
    }

    /// Records that `amount` more is minted, whatever the ceiling.
    pub fn mint_beyond_ceiling(&mut self, amount: Uint128) -> Result<(), ContractError> {
        self.supply = self.supply.checked_add(amount).map_err(MathError::from)?;
        Ok(())
    }

    /// Records that `amount` is burnt. Tokens that exist are recorded, so this never fails for
    /// tokens that can be burnt.
    pub fn burn(&mut self, amount: Uint128) -> Result<(), ContractError> {
        self.supply =
            self.supply
                .checked_sub(amount)
                .map_err(|_| ContractError::ExceedsSupply {
                    supply: self.supply,
                    amount,
                })?;
        Ok(())
    }

    /// As a query shows it.
    pub fn view(self, issuer: Addr, id: String) -> SynthResponse {
        SynthResponse {
            synth: id,
            issuer,
            token: self.token,
            decimals: self.decimals,
            supply: self.supply,
            ceiling: self.ceiling,
        }
    }
}

/// The synth of an id, whoever issues it.
pub fn synth_of(storage: &dyn Storage, id: &str) -> Result<(Addr, Synth), ContractError> {
    let unknown = || ContractError::UnknownSynth {
        synth: id.to_owned(),
    };
    let issuer = SYNTH_ISSUER.may_load(storage, id)?.ok_or_else(unknown)?;
    let synth = SYNTHS
        .may_load(storage, (&issuer, id))?
        .ok_or_else(unknown)?;
    Ok((issuer, synth))
}

/// The shares of a debt pool.
#[cw_serde]
#[derive(Default, Eq)]
pub struct Pool {
    /// All shares there are.
    pub total_shares: Uint256,
    /// How many times all shares have become void.
    pub epoch: u64,
    /// How many times in this epoch all shares were divided by 10⁹.
    pub scale: u32,
}

/// The digits that one step of a pool's scale takes from all shares.
const SCALE_DIGITS: u8 = 9;
/// A `Uint256` divided by 10⁹ so many times is below one.
const MOST_STEPS: u32 = 9;
/// All shares of a pool are at most 10⁷⁴, which leaves every product within 512 bits. All that
/// can be issued in a pool without donations costs less than 10⁵⁷.
const MOST_SHARES_DIGITS: u8 = 74;

impl Pool {
    /// The pool of an issuer.
    pub fn load(storage: &dyn Storage, issuer: &Addr) -> Result<Self, ContractError> {
        Ok(POOLS.may_load(storage, issuer)?.unwrap_or_default())
    }

    /// The pool made ready for an issue, and the shares that the treasury gets before it.
    ///
    /// - No shares but a value: nobody owes it, so the treasury gets it, share by share.
    /// - Shares but no value: the shares are void, and an epoch begins.
    pub fn opened(self, debt: Value, decimals: u8) -> Result<(Self, Uint256), MathError> {
        if self.total_shares.is_zero() {
            // Once divided, accounts may still hold a share each that the total has not.
            let empty = if self.scale == 0 { self } else { self.void()? };
            let total_shares = natural_shares(debt, decimals)?;
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

    fn void(self) -> Result<Self, MathError> {
        let epoch = self.epoch.checked_add(1).ok_or(MathError::OutOfRange {
            operation: "an epoch",
        })?;
        Ok(Self {
            total_shares: Uint256::zero(),
            epoch,
            scale: 0,
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
#[cw_serde]
#[derive(Eq)]
pub struct Holding {
    /// How many.
    pub shares: Uint256,
    /// The pool's epoch then.
    pub epoch: u64,
    /// The pool's scale then.
    pub scale: u32,
}

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

/// Shares of an account in a pool.
pub fn shares_of(
    storage: &dyn Storage,
    issuer: &Addr,
    account: &Addr,
    pool: &Pool,
) -> Result<Uint256, ContractError> {
    match SHARES.may_load(storage, (issuer, account))? {
        Some(holding) => Ok(holding.shares_in(pool)?),
        None => Ok(Uint256::zero()),
    }
}

/// Saves the shares of an account in a pool; without shares nothing is kept.
pub fn save_shares(
    storage: &mut dyn Storage,
    issuer: &Addr,
    account: &Addr,
    pool: &Pool,
    shares: Uint256,
) -> Result<(), ContractError> {
    if shares.is_zero() {
        SHARES.remove(storage, (issuer, account));
        return Ok(());
    }
    Ok(SHARES.save(storage, (issuer, account), &pool.holding(shares))?)
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
    #[case::void(("7", 3, 2), 0, ("0", 4, 0), "0")]
    fn opens(
        #[case] before: (&str, u64, u32),
        #[case] debt: u128,
        #[case] after: (&str, u64, u32),
        #[case] granted: &str,
    ) {
        let opened = pool(before.0, before.1, before.2)
            .opened(dollars(debt), 6)
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
