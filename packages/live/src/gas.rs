//! Gas and what it costs.

use std::{fmt, str::FromStr};

use cosmwasm_std::{Coin, Decimal, Uint128};
use serde::{Deserialize, Serialize};

/// How much gas a transaction may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gas {
    /// This much.
    Limit(u64),
    /// What a simulation uses, times the network's `gas_adjustment`.
    Simulated,
}

/// What a unit of gas costs: `0.025ustake`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GasPrice {
    /// Base units of the denom per unit of gas.
    pub amount: Decimal,
    /// The denom.
    pub denom: String,
}

impl GasPrice {
    /// The fee of a transaction that may use this much gas, rounded up; nothing where gas is
    /// free.
    pub fn fee_ceil(&self, gas: u64) -> Vec<Coin> {
        let amount = Uint128::from(gas)
            .checked_mul_ceil(self.amount)
            .unwrap_or(Uint128::MAX);
        if amount.is_zero() {
            return vec![];
        }
        vec![Coin {
            denom: self.denom.clone(),
            amount,
        }]
    }
}

impl FromStr for GasPrice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let split = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .ok_or_else(|| format!("`{text}` has no denom: a gas price is like 0.025ustake"))?;
        let (amount, denom) = text.split_at(split);
        let amount = Decimal::from_str(amount)
            .map_err(|_| format!("`{text}` has no number: a gas price is like 0.025ustake"))?;
        Ok(Self {
            amount,
            denom: denom.to_owned(),
        })
    }
}

impl TryFrom<String> for GasPrice {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<GasPrice> for String {
    fn from(price: GasPrice) -> Self {
        price.to_string()
    }
}

impl fmt::Display for GasPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.amount, self.denom)
    }
}

/// Gas times an adjustment, rounded up.
pub(crate) fn adjusted_ceil(gas: u64, adjustment: Decimal) -> u64 {
    Uint128::from(gas)
        .checked_mul_ceil(adjustment)
        .ok()
        .and_then(|gas| u64::try_from(gas.u128()).ok())
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("0.025ustake", 100_001, "2501")]
    #[case("1uatom", 7, "7")]
    #[case("0.1ibc/27394FB0", 5, "1")]
    fn a_fee_rounds_up(#[case] price: GasPrice, #[case] gas: u64, #[case] amount: &str) {
        let fee = price.fee_ceil(gas);
        assert_eq!(fee.len(), 1);
        assert_eq!(fee[0].amount.to_string(), amount);
        assert_eq!(fee[0].denom, price.denom);
    }

    #[test]
    fn free_gas_has_no_fee() {
        let price: GasPrice = "0stake".parse().unwrap();
        assert_eq!(price.fee_ceil(1_000_000), []);
    }

    #[rstest]
    #[case("0.025")]
    #[case("ustake")]
    #[case("")]
    #[case("1.2.3ustake")]
    fn nonsense_is_no_price(#[case] text: &str) {
        assert!(text.parse::<GasPrice>().is_err());
    }

    #[test]
    fn adjustment_rounds_up_and_saturates() {
        assert_eq!(adjusted_ceil(101, Decimal::percent(150)), 152);
        assert_eq!(adjusted_ceil(u64::MAX, Decimal::percent(150)), u64::MAX);
    }
}
