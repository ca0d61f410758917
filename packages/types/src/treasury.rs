//! The treasury: tagged inflows, limited outflows, and the insurance that covers bad debt
//! (DESIGN §10).

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Binary, Uint128};
use cw_ownable::Action;
use cw20::Cw20ReceiveMsg;

use crate::{ControlsResponse, Token, TokenUnchecked};

/// Sets up an empty treasury.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// Spends within limits, authorises contracts.
    pub owner: String,
    /// May switch operations off.
    pub guardian: Option<String>,
}

/// What can be switched off. Inflows are always open.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Operation {
    /// `spend`.
    Spend,
    /// `cover`.
    Cover,
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Spend => "spend",
            Self::Cover => "cover",
        })
    }
}

/// What an inflow is.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// Fees of synth exchanges.
    ExchangeFee,
    /// Penalties of liquidations.
    Penalty,
    /// Seigniorage of the stability pool.
    Seigniorage,
    /// Fees of pools.
    PoolFee,
    /// Meant to cover bad debt, and kept apart for it.
    Insurance,
    /// Anything else that was given.
    Gift,
}

/// The most that may go out within any period.
#[cw_serde]
#[derive(Copy, Eq)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Base units.
    pub amount: Uint128,
    /// Seconds.
    pub period_secs: u64,
}

/// What can be done.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ExecuteMsg {
    /// Takes in the one native coin that is sent along. A cw20 is sent with
    /// [`ReceiveMsg::Deposit`].
    ///
    /// *Who:* anyone; the ledger names the sender. *Errors:* `Payment`.
    Deposit {
        /// What it is.
        tag: Tag,
    },
    /// A cw20 arrives with a [`ReceiveMsg`].
    Receive(Cw20ReceiveMsg),
    /// Books what lies in the treasury beyond its books as a gift: tokens that somebody sent
    /// without a message.
    ///
    /// *Who:* anyone. *Errors:* `NothingToBook`.
    Book {
        /// The token.
        token: TokenUnchecked,
    },
    /// Pays out of what is not insurance, within the token's limit. With `msg`, a cw20 is sent
    /// to a contract with that hook (to `donate` a synth, say).
    ///
    /// *Who:* the owner. *Errors:* `ZeroAmount`, `InsufficientFunds`, `NoLimit`,
    /// `LimitExceeded`, `HookNeedsCw20`, `Controls`.
    Spend {
        /// The token.
        token: TokenUnchecked,
        /// Base units.
        amount: Uint128,
        /// Who gets it.
        recipient: String,
        /// Hook of a cw20 `send`.
        msg: Option<Binary>,
    },
    /// Puts free funds aside as insurance. Nothing leaves.
    ///
    /// *Who:* the owner. *Errors:* `ZeroAmount`, `InsufficientFunds`.
    Insure {
        /// The token.
        token: TokenUnchecked,
        /// Base units.
        amount: Uint128,
    },
    /// Sets the most of a token that `spend` may pay within any period; none forbids it.
    ///
    /// *Who:* the owner. *Errors:* `InvalidLimit`.
    SetLimit {
        /// The token.
        token: TokenUnchecked,
        /// The limit.
        limit: Option<Limit>,
    },
    /// Lets a contract call `cover`, or changes what it may ask for.
    ///
    /// *Who:* the owner. *Errors:* `InvalidLimit`.
    Authorize {
        /// The issuing contract.
        contract: String,
        /// How it is covered.
        cover: CoverUnchecked,
    },
    /// Takes that right away.
    ///
    /// *Who:* the owner. *Errors:* `NotAuthorized`.
    Revoke {
        /// The contract.
        contract: String,
    },
    /// Donates `min(amount, held as insurance, what the limit allows)` of the sender's dollar
    /// synth through the registry. Answers [`CoverResponse`].
    ///
    /// *Who:* an authorised contract, in a liquidation. *Errors:* `NotAuthorized`, `Controls`.
    Cover {
        /// Bad debt, in base units of the dollar synth.
        amount: Uint128,
    },
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

/// What can be sent along with a cw20.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ReceiveMsg {
    /// Takes it in. As [`ExecuteMsg::Deposit`].
    Deposit {
        /// What it is.
        tag: Tag,
    },
}

/// How an authorised contract is covered.
#[cw_serde]
#[derive(Eq)]
#[serde(deny_unknown_fields)]
pub struct CoverBase<A> {
    /// The registry that burns the donation.
    pub registry: A,
    /// The cw20 of the contract's dollar synth.
    pub dollar: A,
    /// The most it may be given within any period.
    pub limit: Limit,
}

/// As it arrives in a message.
pub type CoverUnchecked = CoverBase<String>;
/// With valid addresses.
pub type Cover = CoverBase<Addr>;

/// What a `cover` did, as its response data.
#[cw_serde]
pub struct CoverResponse {
    /// Base units donated.
    pub covered: Uint128,
}

/// What can be asked.
#[cw_serde]
#[derive(QueryResponses)]
#[serde(deny_unknown_fields)]
pub enum QueryMsg {
    /// What came in, by source, tag and token.
    #[returns(Vec<LedgerRow>)]
    Ledger {
        /// The last row of the page before.
        start_after: Option<LedgerKey>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// Every movement, newest first.
    #[returns(Vec<Entry>)]
    Entries {
        /// The number of the last entry of the page before.
        start_after: Option<u64>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// What is held, by token.
    #[returns(Vec<BalanceResponse>)]
    Balances {
        /// The last token of the page before.
        start_after: Option<TokenUnchecked>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// What is held of one token.
    #[returns(BalanceResponse)]
    Balance {
        /// The token.
        token: TokenUnchecked,
    },
    /// The contracts that may call `cover`, by address.
    #[returns(Vec<AuthorizedResponse>)]
    Authorized {
        /// The last contract of the page before.
        start_after: Option<String>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// What `cover` would donate.
    #[returns(CoverResponse)]
    PreviewCover {
        /// The contract that would ask.
        contract: String,
        /// Bad debt, in base units of the dollar synth.
        amount: Uint128,
    },
    /// Guardian and switches.
    #[returns(ControlsResponse<Operation>)]
    Controls {},
    /// The owner, and who may become it.
    #[returns(cw_ownable::Ownership<String>)]
    Ownership {},
}

/// What a row of the ledger is about.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct LedgerKey {
    /// Who sent it.
    pub source: String,
    /// What it was.
    pub tag: Tag,
    /// The token.
    pub token: TokenUnchecked,
}

/// A row of the ledger.
#[cw_serde]
pub struct LedgerRow {
    /// Who sent it.
    pub source: Addr,
    /// What it was.
    pub tag: Tag,
    /// The token.
    pub token: Token,
    /// All that came in so, in base units.
    pub total: Uint128,
}

/// One movement.
#[cw_serde]
pub struct Entry {
    /// Its number, from 0.
    pub sequence: u64,
    /// Block time.
    pub time: u64,
    /// What happened.
    pub movement: Movement,
    /// The token.
    pub token: Token,
    /// Base units.
    pub amount: Uint128,
}

/// What happened.
#[cw_serde]
pub enum Movement {
    /// It came in.
    In {
        /// Who sent it.
        source: Addr,
        /// What it was.
        tag: Tag,
    },
    /// It was spent.
    Spent {
        /// Who got it.
        recipient: Addr,
    },
    /// Free funds became insurance.
    Insured {},
    /// Insurance covered bad debt.
    Covered {
        /// The contract that asked.
        contract: Addr,
    },
}

/// What is held of a token.
#[cw_serde]
pub struct BalanceResponse {
    /// The token.
    pub token: Token,
    /// All by the books.
    pub held: Uint128,
    /// The part that is insurance.
    pub insurance: Uint128,
    /// The limit of `spend`.
    pub limit: Option<Limit>,
    /// What `spend` may pay now.
    pub spendable: Uint128,
}

/// A contract that may call `cover`.
#[cw_serde]
pub struct AuthorizedResponse {
    /// The contract.
    pub contract: Addr,
    /// How it is covered.
    pub cover: Cover,
    /// What it may still be given in the present period.
    pub headroom: Uint128,
}
