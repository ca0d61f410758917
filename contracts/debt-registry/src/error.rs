//! Why a message is refused.

use ballast_kit::{ControlsError, MigrateError, UnknownHook};
use ballast_math::MathError;
use ballast_types::{Usd, address::InvalidAddress, oracle::PriceError};
use cosmwasm_std::{Addr, StdError, Uint128};
use cw_utils::PaymentError;
use thiserror::Error;

/// Why a message is refused.
#[derive(Error, Debug, PartialEq)]
pub enum ContractError {
    /// A storage, query or parsing fault.
    #[error("{0}")]
    Std(#[from] StdError),
    /// Coins were sent along.
    #[error("Payment: {0}")]
    Payment(#[from] PaymentError),
    /// The sender may not do this, or the operation is switched off.
    #[error(transparent)]
    Controls(#[from] ControlsError),
    /// There is no price to act at.
    #[error(transparent)]
    Price(#[from] PriceError),
    /// A number that cannot be represented.
    #[error(transparent)]
    Math(#[from] MathError),
    /// The state is not one that this code can take over.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// A text that is no address.
    #[error(transparent)]
    InvalidAddress(#[from] InvalidAddress),
    /// A cw20 came with a message that is not known here.
    #[error(transparent)]
    UnknownHook(#[from] UnknownHook),
    /// More than there is of a synth: no holder can have it.
    #[error("ExceedsSupply: {supply} exist, {amount} would be burnt")]
    ExceedsSupply {
        /// Base units that were minted.
        supply: Uint128,
        /// What would be burnt.
        amount: Uint128,
    },
    /// Not an issuer.
    #[error("UnknownIssuer: {issuer} is no issuer")]
    UnknownIssuer {
        /// The address.
        issuer: Addr,
    },
    /// The debt of the issuer is shared, and every dollar of it is somebody's.
    #[error("SharedDebt: the debt of {issuer} is shared: it issues and repays")]
    SharedDebt {
        /// The issuer.
        issuer: Addr,
    },
    /// The issuer keeps the debts of its accounts itself.
    #[error(
        "NoSharedDebt: the debt of {issuer} is not shared: it mints and burns its dollar alone"
    )]
    NoSharedDebt {
        /// The issuer.
        issuer: Addr,
    },
    /// Already an issuer.
    #[error("DuplicateIssuer: {issuer} is an issuer already")]
    DuplicateIssuer {
        /// The address.
        issuer: Addr,
    },
    /// The oracle does not know the asset, hence not its decimals.
    #[error("UnknownAsset: the oracle does not know {asset}")]
    UnknownAsset {
        /// The asset.
        asset: String,
    },
    /// Not an asset id.
    #[error("InvalidAssetId: {asset:?} is not 1 to 32 characters of A-Z a-z 0-9 . - _ /")]
    InvalidAssetId {
        /// As given.
        asset: String,
    },
    /// A name that cw20-base would refuse.
    #[error("InvalidName: {name:?} is not 3 to 50 bytes long")]
    InvalidName {
        /// As given.
        name: String,
    },
    /// A ticker that cw20-base would refuse.
    #[error("InvalidSymbol: {symbol:?} is not 3 to 12 letters or dashes")]
    InvalidSymbol {
        /// As given.
        symbol: String,
    },
    /// A synth of this id exists, of this or another issuer.
    #[error("DuplicateSynth: {synth} is a synth of {issuer} already")]
    DuplicateSynth {
        /// The synth.
        synth: String,
        /// Its issuer.
        issuer: Addr,
    },
    /// No such synth.
    #[error("UnknownSynth: {synth} is no synth")]
    UnknownSynth {
        /// As given.
        synth: String,
    },
    /// The synth belongs to another issuer.
    #[error("NotTheIssuer: {synth} belongs to {issuer}, not to {sender}")]
    NotTheIssuer {
        /// The synth.
        synth: String,
        /// Its issuer.
        issuer: Addr,
        /// Who sent the message.
        sender: Addr,
    },
    /// The issuer has as many synths as it may have.
    #[error("TooManySynths: {issuer} has {synths} synths, and no more are allowed")]
    TooManySynths {
        /// The issuer.
        issuer: Addr,
        /// How many it has.
        synths: u32,
    },
    /// The sender is no cw20 of the registry.
    #[error("UnknownToken: {token} is not the token of a synth")]
    UnknownToken {
        /// Who sent the message.
        token: Addr,
    },
    /// The collateral does not allow as much debt.
    #[error("ExceedsMaxDebt: debt {debt} and {amount} more exceed the {max_debt} allowed")]
    ExceedsMaxDebt {
        /// Debt before.
        debt: Uint128,
        /// What was asked.
        amount: Uint128,
        /// What the issuer allows.
        max_debt: Uint128,
    },
    /// Zero was asked, or the debt allows nothing.
    #[error("NothingToIssue: debt is {debt}, {max_debt} is allowed, and nothing would be issued")]
    NothingToIssue {
        /// Debt before.
        debt: Uint128,
        /// What the issuer allows.
        max_debt: Uint128,
    },
    /// Less debt after than the issuer allows.
    #[error("BelowMinDebt: the debt would be {debt}, the least is {min_debt}")]
    BelowMinDebt {
        /// Debt after.
        debt: Uint128,
        /// The least that the issuer allows.
        min_debt: Uint128,
    },
    /// There would be more of the synth than its ceiling.
    #[error("CeilingExceeded: supply {supply} of {synth} and {amount} more exceed {ceiling}")]
    CeilingExceeded {
        /// The synth.
        synth: String,
        /// Its supply before.
        supply: Uint128,
        /// What would be minted.
        amount: Uint128,
        /// The most there may be.
        ceiling: Uint128,
    },
    /// The account owes nothing.
    #[error("NoDebt: {account} owes nothing")]
    NoDebt {
        /// The account.
        account: Addr,
    },
    /// Zero was offered, or the debt is at or below the target already.
    #[error("NothingToRepay: debt {debt}, offered {amount}, and nothing would be repaid")]
    NothingToRepay {
        /// Debt before.
        debt: Uint128,
        /// What was offered.
        amount: Uint128,
    },
    /// A liquidation that pays more than it closes, or closes more than is owed.
    #[error("ExceedsDebt: paid {paid}, to close {debt_closed} of a debt of {debt}")]
    ExceedsDebt {
        /// What would be burnt.
        paid: Uint128,
        /// What would be closed.
        debt_closed: Uint128,
        /// Debt before.
        debt: Uint128,
    },
    /// An exchange that would mint more value than it burns.
    #[error("RaisesDebt: ${burnt} would be burnt for ${minted}")]
    RaisesDebt {
        /// What is burnt, in dollars rounded down.
        burnt: Usd,
        /// What would be minted, in dollars rounded up.
        minted: Usd,
    },
    /// A retired synth is redeemed, never minted.
    #[error("RetiredSynth: {synth} is retired")]
    RetiredSynth {
        /// The synth.
        synth: String,
    },
    /// An exchange of a synth for itself.
    #[error("SameSynth: {synth} cannot be exchanged for itself")]
    SameSynth {
        /// The synth.
        synth: String,
    },
    /// The issuer has not burnt what it says.
    #[error("NotBurnt: {amount} of {synth} should have been burnt, {burnt} were")]
    NotBurnt {
        /// The synth.
        synth: String,
        /// What the issuer says it has burnt.
        amount: Uint128,
        /// By how much less exists than was minted.
        burnt: Uint128,
    },
    /// No fee of the synth waits to be minted.
    #[error("NothingDue: no fee of {synth} waits to be minted")]
    NothingDue {
        /// The synth.
        synth: String,
    },
    /// An amount of zero.
    #[error("ZeroAmount: an amount is zero")]
    ZeroAmount {},
    /// More was asked at once than is answered.
    #[error("TooMany: {given} were asked, {max} are answered at once")]
    TooMany {
        /// How many.
        given: usize,
        /// How many are allowed.
        max: usize,
    },
    /// A reply to no submessage of this contract.
    #[error("UnknownReply: {id}")]
    UnknownReply {
        /// Its id.
        id: u64,
    },
}
