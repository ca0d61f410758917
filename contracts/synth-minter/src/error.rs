//! What the minter answers when it refuses.

use ballast_kit::{ControlsError, MigrateError, UnknownHook};
use ballast_math::MathError;
use ballast_types::{address::InvalidAddress, oracle::PriceError};
use cosmwasm_std::{Addr, Decimal, OverflowError, StdError, Uint128};
use cw_utils::PaymentError;
use thiserror::Error;

/// Every text begins with the name of its variant: on a chain, only the text is seen.
#[derive(Error, Debug, PartialEq)]
#[allow(missing_docs, reason = "each text says what its fields are")]
pub enum ContractError {
    #[error("{0}")]
    Std(#[from] StdError),
    #[error("{0}")]
    Math(#[from] MathError),
    #[error("{0}")]
    Price(#[from] PriceError),
    #[error("{0}")]
    Controls(#[from] ControlsError),
    #[error("{0}")]
    Migrate(#[from] MigrateError),
    #[error("Payment: {0}")]
    Payment(#[from] PaymentError),
    #[error(transparent)]
    InvalidAddress(#[from] InvalidAddress),
    #[error(transparent)]
    UnknownHook(#[from] UnknownHook),

    #[error("Unauthorized: {sender} may not send this")]
    Unauthorized { sender: Addr },
    #[error("InvalidParams: {reason}")]
    InvalidParams { reason: String },
    #[error("UnknownAsset: the oracle does not know {asset}")]
    UnknownAsset { asset: String },
    #[error("UnknownCollateral: {collateral} is not staked here")]
    UnknownCollateral { collateral: String },
    #[error("DuplicateCollateral: {asset} is a collateral or a synth already")]
    DuplicateCollateral { asset: String },
    #[error("DuplicateToken: {token} is in use already")]
    DuplicateToken { token: String },
    #[error("TooManyCollaterals: there are {max} already")]
    TooManyCollaterals { max: usize },
    #[error(
        "InvalidTerms: 1 + penalty {penalty} < flag ratio {flag_ratio} < issuance ratio \
         {issuance_ratio} must hold"
    )]
    InvalidTerms {
        penalty: Decimal,
        flag_ratio: Decimal,
        issuance_ratio: Decimal,
    },
    #[error("DecimalsMismatch: {token} has {found} decimals, the oracle says {expected}")]
    DecimalsMismatch {
        token: String,
        expected: u8,
        found: u8,
    },
    #[error("UnknownToken: {token} is neither collateral nor synth")]
    UnknownToken { token: String },
    #[error("TooMany: {given} assets, at most {max} at once")]
    TooMany { given: usize, max: usize },
    #[error("ZeroAmount: nothing to do with nothing")]
    ZeroAmount {},

    #[error("CollateralDisabled: {asset} takes no new positions")]
    CollateralDisabled { asset: String },
    #[error("CapExceeded: {staked} staked would exceed the cap {cap} of {asset}")]
    CapExceeded {
        asset: String,
        staked: Uint128,
        cap: Uint128,
    },
    #[error("InsufficientCollateral: {staked} of {asset} are staked, {amount} were asked for")]
    InsufficientCollateral {
        asset: String,
        staked: Uint128,
        amount: Uint128,
    },
    #[error("NothingToWithdraw: none of {asset} can leave")]
    NothingToWithdraw { asset: String },
    #[error("BelowIssuanceRatio: at most {max} of {asset} can leave, {amount} were asked for")]
    BelowIssuanceRatio {
        asset: String,
        amount: Uint128,
        max: Uint128,
    },

    #[error("NoDollar: the registry has made no dollar synth for this minter yet")]
    NoDollar {},
    #[error("NotTheDollar: only the dollar synth can be used for this")]
    NotTheDollar {},
    #[error(
        "MinimumStakeTime: until {until} the debt may not be burnt below {target}, it would be \
         {debt}"
    )]
    MinimumStakeTime {
        until: u64,
        target: Uint128,
        debt: Uint128,
    },

    #[error("AlreadyFlagged: {account} is flagged, with a deadline at {deadline}")]
    AlreadyFlagged { account: Addr, deadline: u64 },
    #[error("NotFlagged: {account} is not flagged")]
    NotFlagged { account: Addr },
    #[error("NotWeak: {account} owes {debt}, less than its flag line")]
    NotWeak { account: Addr, debt: Uint128 },
    #[error(
        "StillBelowIssuanceRatio: {account} owes {debt}, at its issuance ratio it may owe \
         {max_debt}"
    )]
    StillBelowIssuanceRatio {
        account: Addr,
        debt: Uint128,
        max_debt: Uint128,
    },
    #[error("InGrace: liquidation opens at {deadline}, now is {now}")]
    InGrace { deadline: u64, now: u64 },
    #[error("FlagExpired: the flag expired at {expires_at}, now is {now}")]
    FlagExpired { expires_at: u64, now: u64 },

    #[error("NotASynth: {asset} is no synth of this minter")]
    NotASynth { asset: String },
    #[error("SameSynth: {synth} for {synth} is no exchange")]
    SameSynth { synth: String },
    #[error("RetiredSynth: {synth} is retired and only leaves")]
    RetiredSynth { synth: String },
    #[error("FeeTooHigh: the fee would be {fee}, more than {max} is refused")]
    FeeTooHigh { fee: Decimal, max: Decimal },
    #[error("Slippage: {got} of {asset} is less than the {min} asked for")]
    Slippage {
        asset: String,
        got: Uint128,
        min: Uint128,
    },

    #[error("NothingDue: nothing of {asset} waits to be paid")]
    NothingDue { asset: String },
    #[error("UnknownReply: no submessage has the id {id}")]
    UnknownReply { id: u64 },
}

/// A sum or a difference of amounts that does not exist is a fault of arithmetic like any other.
impl From<OverflowError> for ContractError {
    fn from(error: OverflowError) -> Self {
        Self::Math(error.into())
    }
}

#[cfg(test)]
mod tests {
    /// Reads this file: whatever variant comes next, its text begins with its name, or with that
    /// of the error it wraps.
    #[test]
    fn every_text_begins_with_the_name_of_its_variant() {
        let count = ballast_testing::errors_begin_with_their_names(include_str!("error.rs"));
        assert!(count > 30, "{count} variants were found");
    }
}
