//! What the debt registry and a contract that issues synths say to each other.
//!
//! The registry's own messages of the names in [`SharedDebtMsg`] and [`OwnDebtMsg`] are the same, and
//! documented [there](crate::debt_registry::ExecuteMsg). An issuer speaks in these, for what it could
//! never send would be in its code all the same.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Uint128};

use crate::Usd;

/// A message from the registry to an issuer.
#[cw_serde]
pub enum IssuerMsg {
    /// A synth of this issuer exists. The issuer remembers its token: before it asks the
    /// registry to repay, liquidate or exchange, it burns there what it was sent.
    AcceptSynth(NewSynth),
}

/// A synth that the registry has just instantiated.
#[cw_serde]
pub struct NewSynth {
    /// Asset id.
    pub synth: String,
    /// Its cw20.
    pub token: Addr,
    /// Its decimals.
    pub decimals: u8,
    /// Whether it is the issuer's dollar synth, in whose base units debt is counted.
    pub is_dollar: bool,
}

/// A question of the registry to an issuer: `{"issuer_report": {}}`.
#[cw_serde]
pub enum IssuerQuery {
    /// What stands behind the issuer's debt.
    IssuerReport {},
}

/// What stands behind an issuer's debt.
#[cw_serde]
pub struct IssuerReport {
    /// What its collateral is worth, at the lower exit price of each.
    pub collateral_value: Usd,
    /// Debt that the issuer has given to nobody.
    pub unassigned_debt: Usd,
}

/// What an issuer with shared debt tells the registry.
#[cw_serde]
pub enum SharedDebtMsg {
    /// Mints the dollar to an account, and gives it shares of the debt.
    Issue {
        /// Who owes, and gets the tokens.
        account: String,
        /// Base units; none for the most.
        amount: Option<Uint128>,
        /// The most debt that the account's collateral allows.
        max_debt: Uint128,
        /// The least debt that the issuer allows after.
        min_debt: Uint128,
    },
    /// Takes shares for dollars that were burnt.
    Repay {
        /// Who owes.
        account: String,
        /// Base units that were burnt.
        burnt: Uint128,
        /// Debt to stop at.
        down_to: Option<Uint128>,
        /// Who gets what is not needed.
        refund_to: String,
    },
    /// Takes the shares of a debt of which only a part is paid for.
    Liquidate {
        /// Who owes.
        account: String,
        /// Base units that were burnt.
        paid: Uint128,
        /// Debt to close.
        debt_closed: Uint128,
    },
    /// Mints one synth for another that was burnt.
    Exchange {
        /// The synth that was burnt.
        from: String,
        /// Base units that were burnt.
        amount: Uint128,
        /// The synth to mint.
        to: String,
        /// Who gets `out`.
        recipient: String,
        /// Base units to mint to him.
        out: Uint128,
        /// Base units due to the issuer.
        fee: Uint128,
    },
    /// Mints the fees that wait.
    MintFees {
        /// Asset ids.
        synths: Vec<String>,
    },
}

/// What an issuer without shared debt, which keeps the debts of its accounts itself, tells the
/// registry.
#[cw_serde]
pub enum OwnDebtMsg {
    /// Mints the dollar.
    MintUsd {
        /// Who gets it.
        recipient: String,
        /// Base units.
        amount: Uint128,
    },
    /// Records what the issuer has burnt of it.
    BurnUsd {
        /// Base units.
        amount: Uint128,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::debt_registry::ExecuteMsg;
    use cosmwasm_std::{from_json, to_json_string};
    use rstest::rstest;

    /// The registry reads every word, and would say the same.
    #[rstest]
    #[case::issue(r#"{"issue":{"account":"a","amount":"1","max_debt":"2","min_debt":"3"}}"#)]
    #[case::repay(r#"{"repay":{"account":"a","burnt":"1","down_to":null,"refund_to":"b"}}"#)]
    #[case::liquidate(r#"{"liquidate":{"account":"a","paid":"1","debt_closed":"2"}}"#)]
    #[case::exchange(
        r#"{"exchange":{"from":"A","amount":"1","to":"B","recipient":"b","out":"2","fee":"3"}}"#
    )]
    #[case::mint_fees(r#"{"mint_fees":{"synths":["A"]}}"#)]
    fn the_registry_understands_what_shares(#[case] json: &str) {
        let said: SharedDebtMsg = from_json(json).unwrap();
        let heard: ExecuteMsg = from_json(json).unwrap();
        assert_eq!(to_json_string(&said).unwrap(), json);
        assert_eq!(to_json_string(&heard).unwrap(), json);
    }

    #[rstest]
    #[case::mint_usd(r#"{"mint_usd":{"recipient":"a","amount":"1"}}"#)]
    #[case::burn_usd(r#"{"burn_usd":{"amount":"1"}}"#)]
    fn the_registry_understands_what_does_not(#[case] json: &str) {
        let said: OwnDebtMsg = from_json(json).unwrap();
        let heard: ExecuteMsg = from_json(json).unwrap();
        assert_eq!(to_json_string(&said).unwrap(), json);
        assert_eq!(to_json_string(&heard).unwrap(), json);
    }
}
