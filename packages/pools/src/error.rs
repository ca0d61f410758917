//! What the manager answers when it refuses.

use ballast_kit::{ControlsError, MigrateError, UnknownHook};
use ballast_math::MathError;
use ballast_types::{address::InvalidAddress, oracle::PriceError, pool_manager::PoolId};
use cosmwasm_std::{Addr, Decimal, OverflowError, StdError, Uint128};
use cw_utils::PaymentError;
use thiserror::Error;

/// Everything that can go wrong. Each text begins with the name of its variant.
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

    #[error("InvalidParams: {reason}")]
    InvalidParams { reason: String },
    #[error("InvalidTerms: {reason}")]
    InvalidTerms { reason: String },
    #[error("InvalidName: a name has 1 to 64 bytes without control characters")]
    InvalidName {},
    #[error("InvalidRef: a ref has 1 to 64 bytes")]
    InvalidRef {},
    #[error("InvalidLabel: a label has 1 to 128 bytes")]
    InvalidLabel {},
    #[error("UnknownReply: no submessage has the id {id}")]
    UnknownReply { id: u64 },
    #[error("Unauthorized: {sender} may not do this")]
    Unauthorized { sender: Addr },

    #[error("UnknownAsset: the oracle does not know {asset}")]
    UnknownAsset { asset: String },
    #[error("DecimalsMismatch: {token} has {found} decimals, the oracle says {expected}")]
    DecimalsMismatch {
        token: String,
        expected: u8,
        found: u8,
    },
    #[error("UnknownCollateral: {collateral} is no collateral")]
    UnknownCollateral { collateral: String },
    #[error("CollateralDisabled: {asset} is not taken and backs no new debt")]
    CollateralDisabled { asset: String },
    #[error("DuplicateCollateral: {asset} is known already")]
    DuplicateCollateral { asset: String },
    #[error("DuplicateToken: {token} is known already")]
    DuplicateToken { token: String },
    #[error("UnknownToken: {token} is neither a collateral nor the dollar")]
    UnknownToken { token: Addr },
    #[error("NotTheDollar: only the pools' dollar can be sent for this")]
    NotTheDollar {},
    #[error("NoDollar: the registry has not made the pools' dollar yet")]
    NoDollar {},
    #[error("ZeroAmount: nothing to do with nothing")]
    ZeroAmount {},
    #[error("TooMany: {given} were given, at most {max} are allowed")]
    TooMany { given: usize, max: usize },

    #[error("NothingToWithdraw: {asset} has nothing undelegated")]
    NothingToWithdraw { asset: String },
    #[error("InsufficientCollateral: {available} of {asset} are there, {amount} were asked for")]
    InsufficientCollateral {
        asset: String,
        available: Uint128,
        amount: Uint128,
    },
    #[error("WithdrawTimeout: it may be withdrawn from {at} on")]
    WithdrawTimeout { at: u64 },
    #[error("CapExceeded: {asset} {whose} would be {amount}, its cap is {cap}")]
    CapExceeded {
        asset: String,
        whose: &'static str,
        amount: Uint128,
        cap: Uint128,
    },

    #[error("UnknownPool: there is no pool {pool}")]
    UnknownPool { pool: u64 },
    #[error("PoolOwnership: {sender} does not own pool {pool}, nor may he become its owner")]
    PoolOwnership { pool: u64, sender: Addr },
    #[error("DelegationTimeOutOfRange: {secs} s are not within {min} and {max}")]
    DelegationTimeOutOfRange { secs: u64, min: u64, max: u64 },
    #[error("NoVault: pool {pool} takes no {asset}")]
    NoVault { pool: u64, asset: String },
    #[error("VaultDisabled: pool {pool} takes no more {asset}")]
    VaultDisabled { pool: u64, asset: String },
    #[error("NoPosition: {account} has nothing in the vault {asset} of pool {pool}")]
    NoPosition {
        account: Addr,
        pool: u64,
        asset: String,
    },
    #[error("ExitRequested: the exit was requested at {at}")]
    ExitRequested { at: u64 },
    #[error("DelegationTime: it may leave from {until} on")]
    DelegationTime { until: u64 },
    #[error(
        "MinimumCredit: market {market} could withdraw {credit}, less than the {minimum} it needs"
    )]
    MinimumCredit {
        market: u64,
        credit: Uint128,
        minimum: Uint128,
    },
    #[error("BelowIssuanceRatio: a debt of {debt} is more than the {max} that is allowed")]
    BelowIssuanceRatio { debt: Uint128, max: Uint128 },
    #[error("NothingToMint: nothing more may be minted")]
    NothingToMint {},
    #[error("StillOwes: {debt} must be burnt before all collateral can leave")]
    StillOwes { debt: Uint128 },
    #[error("NoDebt: nothing is owed")]
    NoDebt {},
    #[error("NotLiquidatable: {ratio} of collateral for each dollar of debt, {least} are enough")]
    NotLiquidatable { ratio: String, least: Decimal },
    #[error("LastHolder: it has more than 99 % of its vault and is liquidated for dollars")]
    LastHolder {},
    #[error("NotLastHolder: it does not have more than 99 % of its vault")]
    NotLastHolder {},
    #[error("Slippage: {received} of collateral are less than the {min} asked for")]
    Slippage { received: Uint128, min: Uint128 },

    #[error("UnknownMarket: there is no market {market}")]
    UnknownMarket { market: String },
    #[error("DuplicateMarket: market {market} is there already")]
    DuplicateMarket { market: String },
    #[error("InvalidWeight: the weight of market {market} is not above zero")]
    InvalidWeight { market: u64 },
    #[error("MaxDebtTooHigh: {max_debt} for each dollar are more than {max}")]
    MaxDebtTooHigh { max_debt: Decimal, max: Decimal },
    #[error("ExceedsCredit: the credit is {credit}, {amount} were asked for")]
    ExceedsCredit { credit: Uint128, amount: Uint128 },
    #[error("InQuarantine: {contract} is in quarantine")]
    InQuarantine { contract: Addr },
    #[error("NotInQuarantine: {contract} is not in quarantine")]
    NotInQuarantine { contract: Addr },
    #[error("NotInPool: pool {pool} has no market of {contract}")]
    NotInPool { pool: u64, contract: Addr },
    #[error("PollFailed: {reason}")]
    PollFailed { reason: String },
    #[error("NothingUnassigned: no debt is unassigned there")]
    NothingUnassigned {},

    #[error("CutsTooHigh: all cuts together would be more than half of the fees")]
    CutsTooHigh {},
    #[error("UnknownCut: {payee} has no cut of pool {pool}")]
    UnknownCut { pool: u64, payee: Addr },
    #[error("NothingDue: nothing waits to be paid")]
    NothingDue {},
    #[error("NotADistributor: {sender} may not open streams for pool {pool}")]
    NotADistributor { pool: u64, sender: Addr },
    #[error("StreamRuns: stream {stream} has not ended")]
    StreamRuns { stream: u64 },
    #[error("TooManyStreams: a vault or a pool has at most {max} lanes")]
    TooManyStreams { max: usize },
    #[error("ZeroDuration: a stream takes time")]
    ZeroDuration {},
    #[error("TooLong: a stream takes at most {max} s")]
    TooLong { max: u64 },
    #[error("UnknownStream: stream {stream} is not one of this vault")]
    UnknownStream { stream: u64 },
    #[error("StartInPast: it would start at {start}, now is {now}")]
    StartInPast { start: u64, now: u64 },
    #[error("NoShares: nobody is there to get it")]
    NoShares {},
}

/// A [`ContractError`] as it travels: every result of every function has room for it, and what is
/// moved is code.
pub type Refusal = Box<ContractError>;

/// What else becomes a [`Refusal`] with a question mark.
macro_rules! refusals {
    ($($error:ty => $variant:ident),+ $(,)?) => {
        $(impl From<$error> for Refusal {
            #[cold]
            #[inline(never)]
            fn from(error: $error) -> Self {
                Box::new(ContractError::$variant(error.into()))
            }
        })+
    };
}

refusals! {
    StdError => Std,
    MathError => Math,
    OverflowError => Math,
    PriceError => Price,
    ControlsError => Controls,
    MigrateError => Migrate,
    PaymentError => Payment,
    InvalidAddress => InvalidAddress,
    UnknownHook => UnknownHook,
}

impl ContractError {
    /// No market of a number.
    pub fn unknown_market(id: u64) -> Self {
        Self::UnknownMarket {
            market: id.to_string(),
        }
    }

    /// No pool of a number.
    pub fn unknown_pool(id: PoolId) -> Self {
        Self::UnknownPool { pool: id.u64() }
    }
}

#[cfg(test)]
mod tests {
    /// Stories, keepers and frontends match on the name.
    #[test]
    fn every_text_begins_with_the_name_of_its_variant() {
        let count = ballast_testing::errors_begin_with_their_names(include_str!("error.rs"));
        assert!(count > 50, "{count} variants were found");
    }
}
