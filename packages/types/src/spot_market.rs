//! The spot market: units of an asset for the pools' dollar, at the oracle's price (DESIGN §6).
//!
//! It is a [`market`](crate::market) like any other: the example of one. Each of its markets has a
//! `ref`, the market's name in this contract and at the pool manager. Dollars are base units of the
//! pools' dollar, units are base units of the asset. A unit is an entry in the books, no token: what
//! it is worth, pools owe.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Decimal, Uint128};
use cw_ownable::Action;
use cw20::Cw20ReceiveMsg;

use crate::{
    ControlsResponse,
    market::{Answer, NameResponse, Report},
};

/// The most that leaving may ever cost, as a part of the value.
pub const MAX_EXIT_FEE: Decimal = Decimal::percent(10);
/// The most headroom a market may ask for, as a part of the value of its units.
pub const MAX_HEADROOM: Decimal = Decimal::percent(1_000);

/// Sets up a contract without markets.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// Adds markets, sets their terms.
    pub owner: String,
    /// May switch buying off.
    pub guardian: Option<String>,
    /// Where prices are read.
    pub oracle: String,
    /// The pool manager at which the markets are registered. It never changes.
    pub manager: String,
    /// The cw20 of the pools' dollar. It never changes.
    pub dollar: String,
}

/// What can be switched off. Selling, claiming and paying fees are always open.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Operation {
    /// `buy`.
    Buy,
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Buy => "buy",
        })
    }
}

/// The terms of a market.
#[cw_serde]
#[derive(Copy, Eq)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What a trade costs in calm, as a part of its value. The asset's volatility number is added.
    pub base_fee: Decimal,
    /// A purchase that would cost more is refused.
    pub max_fee: Decimal,
    /// A sale costs this at most; at most 0.1.
    pub max_exit_fee: Decimal,
    /// The most dollars that all units may be worth after a purchase; zero for none.
    pub cap: Uint128,
    /// How much more than the units are worth the pools must stand ready to pay, as a part of what
    /// they are worth; at most 10. With 0.5 traders can count on the gain of a price that rises by
    /// a half.
    pub headroom: Decimal,
}

/// What can be done.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ExecuteMsg {
    /// Sells units of the sender, at the lower exit price, less the fee. What the pools' credit
    /// allows is paid to him in this message, with what he is owed from before; the rest stays
    /// owed. It cannot be switched off, and needs no credit.
    ///
    /// *Who:* anyone who has units. *Errors:* `UnknownMarket`, `NothingToSell`,
    /// `InsufficientUnits`, `Slippage`, `Price`.
    Sell {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
        /// Base units; none for all.
        units: Option<Uint128>,
        /// The least dollars for them, the fee taken off. Fewer when the price fell or the fee rose.
        min_usd: Uint128,
    },
    /// Pays an account what it is owed, as far as the pools' credit allows.
    ///
    /// *Who:* anyone; it goes to the account itself. *Errors:* `UnknownMarket`, `NothingOwed`,
    /// `NothingPaid`, and those of the manager.
    Claim {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
        /// Who is owed; the sender by default.
        account: Option<String>,
    },
    /// Pays the pools the fees they are owed, as far as their credit allows.
    ///
    /// *Who:* anyone. *Errors:* `UnknownMarket`, `NothingOwed`, `NothingPaid`, and those of the
    /// manager.
    PayFees {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
    },
    /// Adds a market. The owner of the pool manager registers it there under the same ref.
    ///
    /// *Who:* the owner. *Errors:* `InvalidRef`, `InvalidName`, `DuplicateMarket`, `UnknownAsset`,
    /// `InvalidTerms`.
    AddMarket {
        /// Its name at the pool manager: 1 to 32 characters of `A–Z a–z 0–9 . - _ /`.
        #[serde(rename = "ref")]
        market_ref: String,
        /// What people call it: 1 to 64 bytes.
        name: String,
        /// Asset id, known to the oracle. It never changes.
        asset: String,
        /// Its terms.
        terms: Terms,
    },
    /// Sets the terms of a market, for what is traded from now on.
    ///
    /// *Who:* the owner. *Errors:* `UnknownMarket`, `InvalidTerms`.
    SetTerms {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
        /// All of them.
        terms: Terms,
    },
    /// Names another oracle.
    ///
    /// *Who:* the owner.
    SetOracle {
        /// Where prices are read.
        oracle: String,
    },
    /// The pools' dollar arrives with a [`ReceiveMsg`].
    ///
    /// *Errors:* `NotTheDollar`, and those of the hook.
    Receive(Cw20ReceiveMsg),
    /// Switches an operation off.
    ///
    /// *Who:* the guardian or the owner.
    SwitchOff {
        /// Which.
        operation: Operation,
    },
    /// Switches an operation on.
    ///
    /// *Who:* the owner.
    SwitchOn {
        /// Which.
        operation: Operation,
    },
    /// Names another guardian, or none.
    ///
    /// *Who:* the owner.
    SetGuardian {
        /// The new guardian.
        guardian: Option<String>,
    },
    /// Two-step change of the owner.
    ///
    /// *Who:* the owner, then the one he names.
    UpdateOwnership(Action),
}

/// What can be sent along with the pools' dollar.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ReceiveMsg {
    /// Buys units for the dollars that are sent, at the strict price, less the fee.
    ///
    /// *Who:* anyone. *Errors:* `UnknownMarket`, `ZeroAmount`, `NothingBought`, `Slippage`,
    /// `FeeTooHigh`, `CapExceeded`, `NotBacked`, `Retiring`, `Price`, `Controls`, and those of the
    /// manager.
    Buy {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
        /// The least base units for them. Fewer when the price or the fee rose.
        min_units: Uint128,
    },
}

/// What can be asked. The first three are what every market answers a pool.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// What each market owes its traders: ceil(units · price), the higher price of a halted asset,
    /// with what it owes them from sales, and the fees it owes.
    #[returns(Vec<Answer<Report>>)]
    ReportedDebts {
        /// The markets; at most 16.
        refs: Vec<String>,
    },
    /// The same, and ceil(headroom · units · price) beyond it.
    #[returns(Vec<Answer<Uint128>>)]
    MinimumCredits {
        /// The markets; at most 16.
        refs: Vec<String>,
    },
    /// What people call a market.
    #[returns(NameResponse)]
    MarketName {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
    },
    /// The addresses it relies on.
    #[returns(ConfigResponse)]
    Config {},
    /// A market.
    #[returns(MarketResponse)]
    Market {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
    },
    /// The markets, by ref.
    #[returns(Vec<MarketResponse>)]
    Markets {
        /// The last ref of the page before.
        start_after: Option<String>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// What an account has in a market.
    #[returns(PositionResponse)]
    Position {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
        /// The account.
        account: String,
    },
    /// The accounts that have anything in a market, by address.
    #[returns(Vec<PositionRow>)]
    Positions {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
        /// The last account of the page before.
        start_after: Option<String>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// What `buy` would do. Errs as it would, except for what the manager refuses.
    #[returns(BuyPreview)]
    PreviewBuy {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
        /// Dollars that would be sent.
        usd: Uint128,
    },
    /// What `sell` would do, of however many units. Errs as it would for one who has them.
    #[returns(SellPreview)]
    PreviewSell {
        /// The market.
        #[serde(rename = "ref")]
        market_ref: String,
        /// Base units.
        units: Uint128,
    },
    /// Guardian and switches.
    #[returns(ControlsResponse<Operation>)]
    Controls {},
    /// The owner, and who may become it.
    #[returns(cw_ownable::Ownership<String>)]
    Ownership {},
}

/// The addresses it relies on.
#[cw_serde]
pub struct ConfigResponse {
    /// Where prices are read.
    pub oracle: Addr,
    /// The pool manager.
    pub manager: Addr,
    /// The cw20 of the pools' dollar.
    pub dollar: Addr,
    /// Its decimals.
    pub dollar_decimals: u8,
}

/// A market.
#[cw_serde]
pub struct MarketResponse {
    /// Its name at the pool manager.
    #[serde(rename = "ref")]
    pub market_ref: String,
    /// What people call it.
    pub name: String,
    /// Asset id.
    pub asset: String,
    /// Its terms.
    pub terms: Terms,
    /// All units that traders have.
    pub units: Uint128,
    /// Dollars that it owes traders from sales.
    pub owed: Uint128,
    /// Dollars of fees that it owes pools.
    pub fees_owed: Uint128,
    /// What it answers a pool; none when it cannot.
    pub report: Option<Report>,
    /// What it needs to be able to withdraw; none when it cannot say.
    pub minimum_credit: Option<Uint128>,
}

/// What an account has in a market.
#[cw_serde]
pub struct PositionResponse {
    /// Base units.
    pub units: Uint128,
    /// Dollars that it is owed from sales.
    pub owed: Uint128,
    /// Dollars that all its units would sell for now, the fee taken off; none without a price.
    pub sells_for: Option<Uint128>,
}

/// An account within a market.
#[cw_serde]
pub struct PositionRow {
    /// The account.
    pub account: Addr,
    /// Base units.
    pub units: Uint128,
    /// Dollars that it is owed from sales.
    pub owed: Uint128,
}

/// What a purchase does.
#[cw_serde]
pub struct BuyPreview {
    /// Base units bought.
    pub units: Uint128,
    /// Dollars of fee, for the pools.
    pub fee: Uint128,
    /// The fee as a part of what is sent.
    pub fee_rate: Decimal,
    /// The price.
    pub price: Decimal,
}

/// What a sale does.
#[cw_serde]
pub struct SellPreview {
    /// Dollars for the seller.
    pub usd: Uint128,
    /// Dollars of fee, for the pools.
    pub fee: Uint128,
    /// The fee as a part of what the units are worth.
    pub fee_rate: Decimal,
    /// The price.
    pub price: Decimal,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::MarketQuery;
    use cosmwasm_std::{from_json, to_json_string};
    use rstest::rstest;

    /// A pool asks in the words of the interface.
    #[rstest]
    #[case(r#"{"reported_debts":{"refs":["a","b"]}}"#)]
    #[case(r#"{"minimum_credits":{"refs":["a"]}}"#)]
    #[case(r#"{"market_name":{"ref":"a"}}"#)]
    fn it_understands_what_a_pool_asks(#[case] json: &str) {
        let asked: MarketQuery = from_json(json).unwrap();
        let heard: QueryMsg = from_json(json).unwrap();
        assert_eq!(to_json_string(&asked).unwrap(), json);
        assert_eq!(to_json_string(&heard).unwrap(), json);
    }

    /// With `units` misspelt a trader would else sell all he has.
    #[test]
    fn a_mistyped_field_is_an_error() {
        let sell = r#"{"sell":{"ref":"a","units":"1","min_usd":"1"}}"#;
        assert!(from_json::<ExecuteMsg>(sell).is_ok());
        assert!(from_json::<ExecuteMsg>(sell.replace("units", "unit")).is_err());
    }

    #[test]
    fn every_question_has_an_answer() {
        assert!(QueryMsg::response_schemas().is_ok());
    }
}
