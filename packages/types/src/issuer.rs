//! What the debt registry asks of a contract that issues synths.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Addr;

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
