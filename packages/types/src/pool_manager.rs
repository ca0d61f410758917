//! The pool manager: LPs delegate collateral to pools, pools back markets, and fees flow back
//! (DESIGN §6).
//!
//! Debt, credit and fees are base units of the pools' dollar. A position is what an account has in a
//! vault, and a vault is the collateral of one asset in one pool.
//!
//! Every act on a pool first polls its markets and hands on what they have won and lost, down to the
//! position it touches. What a market may call is in [`market`](crate::market).

use cosmwasm_schema::{QueryResponses, cw_serde, schemars::JsonSchema};
use cosmwasm_std::{Addr, Binary, Decimal, Uint64, Uint128};
use cw_ownable::Action;
use cw20::Cw20ReceiveMsg;
use serde::Serialize;

use crate::{
    ControlsResponse, TokenUnchecked, Usd,
    issuer::{IssuerReport, NewSynth},
    market::{DepositMarketUsd, PayFees, WithdrawMarketUsd},
};

pub use crate::market::MAX_MARKETS;

/// The most vaults a pool may have: types of collateral.
pub const MAX_VAULTS: usize = 16;
/// The most reward streams of a vault or of a pool that run at once.
pub const MAX_STREAMS: usize = 10;
/// The most seconds that a stream takes: ten years of 365 days.
pub const MAX_STREAM_SECS: u64 = 10 * 365 * 86_400;
/// The most bytes of a lane's label.
pub const MAX_LABEL: usize = 128;
/// The most cuts of a pool.
pub const MAX_CUTS: usize = 16;
/// The most bytes of a pool's name.
pub const MAX_NAME: usize = 64;

/// A pool's number, from 1 in the order in which they were created.
pub type PoolId = Uint64;
/// A market's number, from 1 in the order in which they were registered.
pub type MarketId = Uint64;
/// A reward stream's number, from 1 in the order in which they were opened.
pub type StreamId = Uint64;

/// Sets up a manager without collaterals, markets and pools. The registry gives it its dollar.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// Registers markets, adds collaterals, recognises pools, sets parameters.
    pub owner: String,
    /// May switch operations off and put markets in quarantine.
    pub guardian: Option<String>,
    /// Where prices are read.
    pub oracle: String,
    /// The only minter of the pools' dollar.
    pub registry: String,
    /// Gets fees that no pool is there for, covers what is unassigned.
    pub treasury: String,
    /// The numbers of the protocol.
    pub params: Params,
}

/// The numbers of the protocol.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// A pool may put at most 1/this dollars of debt behind each dollar of collateral.
    pub min_liquidity_ratio: Decimal,
    /// The shortest delegation time of a pool (86,400).
    pub min_delegation_secs: u64,
    /// The longest delegation time of a pool (2,592,000).
    pub max_delegation_secs: u64,
    /// How long a market under its minimum credit may hold an exit after `request_exit` (604,800).
    pub max_lock_secs: u64,
    /// From an account's last deposit or undelegation until it may withdraw; may be 0.
    pub withdraw_timeout_secs: u64,
    /// What `check_market` lets one market contract use to answer for 16 refs, both questions and
    /// the manager's own work included (3,000,000). From 500,000, under which markets that work would
    /// fail, to 8,000,000, under which whatever a market answers fits in the manager's memory.
    pub poll_gas: u64,
}

/// The terms of a collateral in all pools.
#[cw_serde]
#[derive(Eq)]
#[serde(deny_unknown_fields)]
pub struct CollateralTerms {
    /// Value needed for each dollar of debt to mint, or to leave with less collateral.
    pub issuance_ratio: Decimal,
    /// Below this a position may be liquidated. 1 + penalty < this < issuance ratio.
    pub liquidation_ratio: Decimal,
    /// What the liquidation of a vault's last holder takes beyond the debt repaid (0.1).
    pub liquidation_penalty: Decimal,
    /// The keeper's part of collateral that goes to peers …
    pub keeper_part: Decimal,
    /// … but not more than this many dollars.
    pub max_keeper_reward: Usd,
    /// The most base units that may be delegated, in all pools together.
    pub cap: Uint128,
}

/// What can be switched off. Everything that helps an exit is always open: burning, undelegating and
/// withdrawing, liquidating, donating, claiming, `request_exit`, syncs, `check_market`, paying into a
/// market, and adding collateral to a position that owes.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Operation {
    /// `deposit`.
    Deposit,
    /// `delegate` to a position that owes nothing.
    Delegate,
    /// `mint_usd`.
    MintUsd,
    /// `create_pool`.
    CreatePool,
    /// A market's `withdraw_market_usd`.
    WithdrawMarketUsd,
    /// A market's `pay_fees`.
    PayFees,
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Deposit => "deposit",
            Self::Delegate => "delegate",
            Self::MintUsd => "mint_usd",
            Self::CreatePool => "create_pool",
            Self::WithdrawMarketUsd => "withdraw_market_usd",
            Self::PayFees => "pay_fees",
        })
    }
}

/// What governance says of a pool. A pool that it says nothing of works all the same.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Recognition {
    /// The pool that is shown first.
    Preferred,
    /// A pool that was looked at.
    Approved,
}

/// A market of a pool, and what the pool puts behind it.
#[cw_serde]
#[derive(Copy, Eq)]
#[serde(deny_unknown_fields)]
pub struct MarketWeight {
    /// The market.
    pub market: MarketId,
    /// Its weight among the pool's markets; above zero.
    pub weight: Uint128,
    /// The most debt for each dollar of the part of the pool's value that its weight gives it.
    pub max_debt: Decimal,
}

/// Where debt is that nobody carries.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Unassigned {
    /// At a market: above its room, or without a pool behind it.
    Market(MarketId),
    /// At a pool: left by a liquidation.
    Pool(PoolId),
}

/// For whom an incentive is.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The pool.
    pub pool: PoolId,
    /// Asset id of one of its vaults; none for all of them, by value.
    pub asset: Option<String>,
}

// Read by `crate::bag`.
/// What can be done.
#[derive(Serialize, Clone, Debug, PartialEq, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
#[schemars(crate = "cosmwasm_schema::schemars")]
pub enum ExecuteMsg {
    // ------------------------------------------------------------ accounts
    /// Adds the one native coin that is sent along to an account, undelegated. A cw20 is sent with
    /// [`ReceiveMsg::Deposit`].
    ///
    /// *Who:* anyone, for himself or for another. *Errors:* `Payment`, `UnknownCollateral`,
    /// `CollateralDisabled`, `Controls`.
    Deposit {
        /// Who it is for; the sender by default.
        account: Option<String>,
    },
    /// Takes collateral out that is not delegated: `amount`, or all of it. Needs no price and no
    /// market.
    ///
    /// *Who:* its holder. *Errors:* `UnknownCollateral`, `NothingToWithdraw`,
    /// `InsufficientCollateral`, `WithdrawTimeout`.
    Withdraw {
        /// Asset id.
        asset: String,
        /// Base units; none for all.
        amount: Option<Uint128>,
    },
    /// Moves undelegated collateral into a vault. The delegation time begins anew for all of the
    /// position, and a request to exit ends.
    ///
    /// An account that owes there only gains by it: no switch and no price binds it, and what brings
    /// it back to the issuance ratio neither a cap nor a vault or collateral that is switched off.
    ///
    /// *Who:* its holder. *Errors:* `UnknownCollateral`, `CollateralDisabled`, `VaultDisabled`,
    /// `NoVault` (or no such pool), `CapExceeded`, `InsufficientCollateral`, `ZeroAmount`,
    /// `NoShares`, `Price`, `Controls`.
    Delegate {
        /// The pool.
        pool: PoolId,
        /// Asset id.
        asset: String,
        /// Base units; none for all that is not delegated.
        amount: Option<Uint128>,
    },
    /// Says that the sender is going to leave. From now on a market under its minimum credit holds
    /// him for `max_lock` at most. May be sent while the delegation time runs.
    ///
    /// *Who:* the position's holder. *Errors:* `NoPosition`, `ExitRequested`.
    RequestExit {
        /// The pool.
        pool: PoolId,
        /// Asset id.
        asset: String,
    },
    /// Moves collateral out of a vault, back to the account: `amount`, or all of it. A position that
    /// leaves whole with a credit is paid it in dollars.
    ///
    /// *Who:* its holder. *Errors:* `UnknownPool`, `NoPosition`, `ZeroAmount`,
    /// `InsufficientCollateral`, `DelegationTime`, `MinimumCredit` (a market of the pool would be left
    /// under it; `request_exit` bounds the wait), `BelowIssuanceRatio`, `StillOwes`, `Price` (of what
    /// stays and owes), and the registry's for a credit.
    Undelegate {
        /// The pool.
        pool: PoolId,
        /// Asset id.
        asset: String,
        /// Base units; none for all.
        amount: Option<Uint128>,
    },
    /// Mints dollars to the sender against a position: `amount`, or the most that its collateral
    /// allows at the larger of the collateral's and the pool's issuance ratio. A credit is used
    /// first.
    ///
    /// *Who:* its holder. *Errors:* `NoPosition`, `ZeroAmount`, `NothingToMint`,
    /// `BelowIssuanceRatio`, `MinimumCredit`, `CollateralDisabled`, `Price`, `Controls`, and the registry's
    /// `CeilingExceeded`.
    MintUsd {
        /// The pool.
        pool: PoolId,
        /// Asset id.
        asset: String,
        /// Base units; none for the most.
        amount: Option<Uint128>,
    },
    /// Mints the fees that positions of an account have earned. At most 16 vaults.
    ///
    /// *Who:* anyone; they go to the account itself. *Errors:* `NoPosition`, `NothingDue`,
    /// `TooMany`.
    ClaimFees {
        /// Who earned them; the sender by default.
        account: Option<String>,
        /// The vaults.
        vaults: Vec<VaultKey>,
    },
    /// Mints the fees that a cut has earned.
    ///
    /// *Who:* anyone; they go to the cut's payee. *Errors:* `UnknownPool`, `UnknownCut`,
    /// `NothingDue`.
    ClaimCut {
        /// The pool.
        pool: PoolId,
        /// The payee.
        payee: String,
    },
    /// Pays what streams have earned an account, each by the `payout` of its distributor. One
    /// that fails makes this claim fail and nothing else: leave it out. At most 10 streams.
    ///
    /// *Who:* anyone; it goes to the account itself. *Errors:* `UnknownPool`, `NoPosition`,
    /// `UnknownStream`, `NothingDue`, `TooMany`, and those of the distributor.
    ClaimRewards {
        /// Who earned it; the sender by default.
        account: Option<String>,
        /// The vault in which he earned it.
        vault: VaultKey,
        /// The streams.
        streams: Vec<StreamId>,
    },
    /// Gives the collateral and debt of a position below its liquidation ratio to the other
    /// accounts of its vault. A part of the collateral is added to the sender's account, undelegated:
    /// a token that fails to transfer stops no liquidation. A holder of more than 99 %
    /// of the vault is liquidated with [`ReceiveMsg::LiquidateLastHolder`].
    ///
    /// *Who:* anyone. *Errors:* `NoPosition`, `NotLiquidatable`, `LastHolder`, `Price`.
    Liquidate {
        /// The position's holder.
        account: String,
        /// The pool.
        pool: PoolId,
        /// Asset id.
        asset: String,
    },
    // ------------------------------------------------------------ pools
    /// Creates a pool without markets. Answers [`CreatePoolResponse`].
    ///
    /// *Who:* anyone; he owns it. *Errors:* `InvalidName`, `DelegationTimeOutOfRange`, `Controls`.
    CreatePool {
        /// 1 to 64 bytes, no control characters.
        name: String,
        /// For how long a delegation cannot leave.
        delegation_secs: u64,
    },
    /// Two-step change of a pool's owner. A pool without an owner stays as it is.
    ///
    /// *Who:* the pool's owner, then the one he names. *Errors:* `UnknownPool`, `PoolOwnership`.
    UpdatePoolOwnership {
        /// The pool.
        pool: PoolId,
        /// What is to be done.
        action: Action,
    },
    /// Changes a pool's name.
    ///
    /// *Who:* the pool's owner. *Errors:* `UnknownPool`, `InvalidName`.
    SetPoolName {
        /// The pool.
        pool: PoolId,
        /// 1 to 64 bytes, no control characters.
        name: String,
    },
    /// Sets the delegation time of delegations from now on. Of those that exist it lowers it, and
    /// never raises it, nor does a later call.
    ///
    /// *Who:* the pool's owner. *Errors:* `UnknownPool`, `DelegationTimeOutOfRange`.
    SetDelegationTime {
        /// The pool.
        pool: PoolId,
        /// Seconds.
        delegation_secs: u64,
    },
    /// Sets what a pool takes of a collateral, and at which ratio.
    ///
    /// *Who:* the pool's owner. *Errors:* `UnknownPool`, `UnknownCollateral`, `InvalidTerms`,
    /// `TooMany` (vaults, at most 16).
    SetPoolCollateral {
        /// The pool.
        pool: PoolId,
        /// Asset id.
        asset: String,
        /// All of its terms.
        terms: PoolCollateral,
    },
    /// Sets the markets of a pool. What is lowered or left out takes effect at once; what is new or
    /// raised after max(delegation time, `max_lock`) + 1 day, so that LPs can leave first. So does
    /// what a market gains when others lose weight. A second call replaces what still waits.
    ///
    /// In a pool in which nobody has delegated anything all of it takes effect at once.
    ///
    /// *Who:* the pool's owner. *Errors:* `UnknownPool`, `UnknownMarket`, `DuplicateMarket`,
    /// `InvalidWeight`, `MaxDebtTooHigh`, `MinimumCredit`, `TooMany` (at most 16).
    SetPoolMarkets {
        /// The pool.
        pool: PoolId,
        /// All of them.
        markets: Vec<MarketWeight>,
    },
    /// Sets the part of a pool's fees that goes to a payee: zero ends it. A rise takes effect after
    /// three days and never falls on fees earned before; all cuts together are 50 % at most.
    ///
    /// That of a market that has left the pool can only be ended.
    ///
    /// *Who:* the pool's owner. *Errors:* `UnknownPool`, `UnknownMarket`, `CutsTooHigh`, `TooMany` (at
    /// most 16).
    SetCut {
        /// The pool.
        pool: PoolId,
        /// Any address; a distributor among them.
        payee: String,
        /// Of the fees of one market of the pool; none for all.
        market: Option<MarketId>,
        /// The part.
        rate: Decimal,
    },
    /// Lets a distributor open streams for a pool, or no more. Those that run go on.
    ///
    /// *Who:* the pool's owner. *Errors:* `UnknownPool`.
    SetDistributor {
        /// The pool.
        pool: PoolId,
        /// The distributor.
        distributor: String,
        /// Whether it may.
        allowed: bool,
    },
    /// Polls a pool's markets and hands on what they won and lost, down to its vaults.
    ///
    /// *Who:* anyone. *Errors:* `UnknownPool`.
    SyncPool {
        /// The pool.
        pool: PoolId,
    },
    // ------------------------------------------------------------ distributors
    /// Opens a stream or makes a gift of tokens that the sender holds and pays out. Answers
    /// [`OpenStreamResponse`].
    ///
    /// What a distributor gives a target under one label is one lane with one number: gifts at any
    /// time, and one stream after the other. A target has at most 10 lanes, for ever.
    ///
    /// *Who:* a distributor of the pool. *Errors:* `UnknownPool`, `NoVault`, `NotADistributor`,
    /// `InvalidLabel`, `TooManyStreams`, `StreamRuns` (a second stream of a lane), `ZeroAmount`,
    /// `NoShares` (a gift to nobody), `StartInPast`, `ZeroDuration`, `TooLong` (more than
    /// [`MAX_STREAM_SECS`]), `OutOfRange` (more than 2⁹⁶ in a lane, in all).
    OpenStream {
        /// For whom.
        target: Target,
        /// The distributor's name of the token, 1 to 128 bytes: `native:uatom`.
        label: String,
        /// Base units of the distributor's token.
        amount: Uint128,
        /// Its time; none for a gift.
        schedule: Option<Schedule>,
    },
    // ------------------------------------------------------------ markets
    /// Mints dollars on a market's credit. Answers [`Paid`](crate::market::Paid).
    WithdrawMarketUsd(WithdrawMarketUsd),
    /// Gives fees to the pools behind a market. Answers [`Paid`](crate::market::Paid).
    PayFees(PayFees),
    /// Polls a market and divides what it won and lost among its pools.
    ///
    /// *Who:* anyone. *Errors:* `UnknownMarket`, `InQuarantine`.
    SyncMarket {
        /// The market.
        market: MarketId,
    },
    /// Puts a market contract in quarantine if it does not answer what a pool asks it within
    /// `poll_gas`, and does nothing if it does. An LP whose exit fails sends this before it.
    ///
    /// *Who:* anyone. *Errors:* `UnknownPool`, `NotInPool`.
    CheckMarket {
        /// The pool that asks.
        pool: PoolId,
        /// The market contract.
        contract: String,
    },
    /// The question of [`ExecuteMsg::CheckMarket`], within its gas limit.
    ///
    /// *Who:* this contract. *Errors:* `Unauthorized`.
    PollForCheck {
        /// The pool that asks.
        pool: PoolId,
        /// The market contract.
        contract: String,
    },
    // ------------------------------------------------------------ governance
    /// Registers a market. Answers [`RegisterMarketResponse`].
    ///
    /// *Who:* the owner. *Errors:* `DuplicateMarket`, `InvalidRef`, `TooMany` (64 of one contract).
    RegisterMarket {
        /// The contract that answers for it.
        contract: String,
        /// The contract's name for it: 1 to 64 bytes.
        #[serde(rename = "ref")]
        market_ref: String,
        /// The most its net issuance may be.
        ceiling: Uint128,
    },
    /// Sets the most a market's net issuance may be. Below what it is, it stops credit and takes
    /// nothing back.
    ///
    /// *Who:* the owner. *Errors:* `UnknownMarket`.
    SetMarketCeiling {
        /// The market.
        market: MarketId,
        /// The most.
        ceiling: Uint128,
    },
    /// Puts a market contract in quarantine: its last good report stands, it gets no new credit
    /// and locks nobody.
    ///
    /// *Who:* the guardian or the owner. *Errors:* `UnknownMarket`, `InQuarantine`.
    Quarantine {
        /// The market contract.
        contract: String,
    },
    /// Takes a market contract out of quarantine, if it answers.
    ///
    /// *Who:* the owner. *Errors:* `UnknownMarket`, `NotInQuarantine`, `PollFailed`.
    EndQuarantine {
        /// The market contract.
        contract: String,
    },
    /// Says what governance thinks of a pool.
    ///
    /// *Who:* the owner. *Errors:* `UnknownPool`.
    RecognizePool {
        /// The pool.
        pool: PoolId,
        /// None for nothing.
        recognition: Option<Recognition>,
    },
    /// Adds a collateral.
    ///
    /// *Who:* the owner. *Errors:* `DuplicateCollateral`, `DuplicateToken`, `InvalidTerms`,
    /// `UnknownAsset`, `DecimalsMismatch`, `TooMany` (at most 16).
    AddCollateral {
        /// Asset id, known to the oracle, which also knows its decimals.
        asset: String,
        /// What is delegated.
        token: TokenUnchecked,
        /// Its terms.
        terms: CollateralTerms,
    },
    /// Changes a collateral.
    ///
    /// *Who:* the owner. *Errors:* `UnknownCollateral`, `InvalidTerms`.
    UpdateCollateral {
        /// Asset id.
        asset: String,
        /// New terms.
        terms: Option<CollateralTerms>,
        /// Whether it may be deposited and delegated, and whether it backs new debt.
        enabled: Option<bool>,
    },
    /// Changes the numbers of the protocol. Delegations keep their time and exits their lock.
    ///
    /// *Who:* the owner. *Errors:* `InvalidParams`.
    UpdateParams {
        /// All of them.
        params: Params,
    },
    /// Mints fees that no pool was there for to the treasury.
    ///
    /// *Who:* anyone. *Errors:* `NothingDue`.
    ForwardToTreasury {},
    /// The registry has the dollar of this issuer.
    ///
    /// *Who:* the registry. *Errors:* `Unauthorized`, `DuplicateToken`.
    AcceptSynth(NewSynth),
    /// A cw20 arrives with a [`ReceiveMsg`].
    ///
    /// *Errors:* `UnknownToken`, `UnknownHook`, `ZeroAmount`, and those of the hook.
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

/// What the manager tells itself: [`ExecuteMsg::PollForCheck`]. What it never sends would be in its
/// code all the same.
#[cw_serde]
pub enum OwnMsg {
    /// See [`ExecuteMsg::PollForCheck`].
    PollForCheck {
        /// The pool that asks.
        pool: PoolId,
        /// The market contract.
        contract: String,
    },
}

// Read by `crate::bag`.
/// What can be sent along with a cw20.
#[derive(Serialize, Clone, Debug, PartialEq, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
#[schemars(crate = "cosmwasm_schema::schemars")]
pub enum ReceiveMsg {
    /// Adds a cw20 collateral to an account. As [`ExecuteMsg::Deposit`].
    Deposit {
        /// Who it is for; the sender by default.
        account: Option<String>,
    },
    /// Repays a position with the dollar. What exceeds its debt comes back in the same message.
    ///
    /// *Who:* anyone, for himself or for another. *Errors:* `NotTheDollar`, `NoPosition`, `NoDebt`,
    /// `ZeroAmount`.
    BurnUsd {
        /// Whose debt; the sender's by default.
        account: Option<String>,
        /// The pool.
        pool: PoolId,
        /// Asset id.
        asset: String,
    },
    /// Repays the debt of a holder of more than 99 % of a vault, below its liquidation ratio, for
    /// floor(paid · (1 + penalty) / price) of his collateral, which is added to the sender's account,
    /// undelegated. In parts or whole; what exceeds
    /// the most that may be paid comes back. Debt left at no collateral goes to the pool's other
    /// vaults by value, and what they cannot take is unassigned.
    ///
    /// *Who:* anyone. *Errors:* `NotTheDollar`, `ZeroAmount`, `NoPosition`, `NotLiquidatable`,
    /// `NotLastHolder`, `Slippage` (a price moved, or another liquidator was first), `Price`.
    LiquidateLastHolder {
        /// The position's holder.
        account: String,
        /// The pool.
        pool: PoolId,
        /// Asset id.
        asset: String,
        /// The least collateral that the sender wants.
        #[serde(default)]
        min_received: Uint128,
    },
    /// Burns dollars into a market.
    DepositMarketUsd(DepositMarketUsd),
    /// Burns dollars for debt that nobody carries. What exceeds it comes back in the same message.
    ///
    /// *Who:* anyone. *Errors:* `NotTheDollar`, `ZeroAmount`, `UnknownMarket`, `UnknownPool`,
    /// `NothingUnassigned`.
    Donate {
        /// Which debt.
        to: Unassigned,
    },
}

/// A vault.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct VaultKey {
    /// The pool.
    pub pool: PoolId,
    /// Asset id.
    pub asset: String,
}

/// What a pool takes of a collateral.
#[cw_serde]
#[derive(Copy, Eq)]
#[serde(deny_unknown_fields)]
pub struct PoolCollateral {
    /// The pool's own issuance ratio; the larger of it and the collateral's counts.
    pub min_ratio: Option<Decimal>,
    /// The most base units that the vault takes.
    pub cap: Uint128,
    /// Whether it takes new delegations.
    pub enabled: bool,
}

/// The time of a stream.
#[cw_serde]
#[derive(Copy, Eq)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// When it starts; now by default.
    pub start: Option<u64>,
    /// Seconds with shares until all of it is earned; above zero, at most [`MAX_STREAM_SECS`].
    pub duration_secs: u64,
}

/// What a `create_pool` did, as its response data.
#[cw_serde]
pub struct CreatePoolResponse {
    /// The pool.
    pub pool: PoolId,
}

/// What a `register_market` did, as its response data.
#[cw_serde]
pub struct RegisterMarketResponse {
    /// The market.
    pub market: MarketId,
}

/// What an `open_stream` did, as its response data.
#[cw_serde]
pub struct OpenStreamResponse {
    /// The stream; the same for all that a distributor gives a target under one label.
    pub stream: StreamId,
}

/// What can be asked: what other contracts need. What people ask is answered by the pool lens, which
/// reads this contract's storage ([`pool_lens`](crate::pool_lens)).
#[cw_serde]
#[serde(deny_unknown_fields)]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Addresses and numbers.
    #[returns(ConfigResponse)]
    Config {},
    /// What a market may withdraw now: asked by the market itself, which knows it by its ref. Polls
    /// nothing.
    #[returns(CreditResponse)]
    Credit {
        /// The market contract.
        contract: String,
        /// Its name for the market.
        #[serde(rename = "ref")]
        market_ref: String,
    },
    /// What stands behind the dollar: asked by the registry.
    #[returns(IssuerReport)]
    IssuerReport {},
    /// Stored records as they are, by key: for the pool lens, which knows how to read them.
    #[returns(Vec<StoredRow>)]
    Rows {
        /// The first key; none for the first of all.
        start: Option<Binary>,
        /// The key at which it ends, exclusive; none for the last of all.
        end: Option<Binary>,
        /// From the end on.
        #[serde(default)]
        descending: bool,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// Guardian and switches.
    #[returns(ControlsResponse<Operation>)]
    Controls {},
    /// The owner, and who may become it.
    #[returns(cw_ownable::Ownership<String>)]
    Ownership {},
}

/// Addresses and numbers.
#[cw_serde]
pub struct ConfigResponse {
    /// Where prices are read.
    pub oracle: Addr,
    /// The only minter of the pools' dollar.
    pub registry: Addr,
    /// Gets fees that no pool is there for.
    pub treasury: Addr,
    /// The pools' dollar; none until the registry has made it.
    pub dollar: Option<NewSynth>,
    /// The numbers of the protocol.
    pub params: Params,
    /// Fees for the treasury that are not minted yet.
    pub treasury_due: Uint128,
}

/// What a market may withdraw now.
#[cw_serde]
pub struct CreditResponse {
    /// Base units.
    pub credit: Uint128,
}

/// A record as it is stored.
#[cw_serde]
pub struct StoredRow {
    /// Its key.
    pub key: Binary,
    /// Its value.
    pub value: Binary,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{ManagerHook, ManagerMsg};
    use cosmwasm_std::{from_json, to_json_vec};

    /// With `amonut` misspelt, an LP would else take out all he has, or mint the most.
    #[test]
    fn a_mistyped_field_is_an_error() {
        let ok = br#"{"undelegate":{"pool":"1","asset":"ATOM","amount":"5"}}"#;
        assert!(from_json::<ExecuteMsg>(ok).is_ok());
        let bad = br#"{"undelegate":{"pool":"1","asset":"ATOM","amonut":"5"}}"#;
        assert!(from_json::<ExecuteMsg>(bad).is_err());
        let all = br#"{"donate":{"to":{"market":"3"}}}"#;
        let expected = ReceiveMsg::Donate {
            to: Unassigned::Market(3u64.into()),
        };
        assert_eq!(from_json::<ReceiveMsg>(all).unwrap(), expected);
    }

    /// A market speaks to the manager in the words of its own interface.
    #[test]
    fn the_market_interface_is_what_the_manager_understands() {
        let call = WithdrawMarketUsd {
            market_ref: "eth".into(),
            amount: Uint128::new(5),
            recipient: "trader".into(),
            or_less: true,
        };
        let sent = to_json_vec(&ManagerMsg::WithdrawMarketUsd(call.clone())).unwrap();
        let read: ExecuteMsg = from_json(sent).unwrap();
        assert_eq!(read, ExecuteMsg::WithdrawMarketUsd(call));
        let fees = PayFees {
            market_ref: "eth".into(),
            amount: Uint128::new(5),
            or_less: false,
        };
        let sent = to_json_vec(&ManagerMsg::PayFees(fees.clone())).unwrap();
        assert_eq!(
            from_json::<ExecuteMsg>(sent).unwrap(),
            ExecuteMsg::PayFees(fees)
        );
        let margin = DepositMarketUsd {
            market_ref: "eth".into(),
        };
        let sent = to_json_vec(&ManagerHook::DepositMarketUsd(margin.clone())).unwrap();
        assert_eq!(
            from_json::<ReceiveMsg>(sent).unwrap(),
            ReceiveMsg::DepositMarketUsd(margin)
        );
    }

    #[test]
    fn every_question_has_an_answer() {
        assert!(QueryMsg::response_schemas().is_ok());
        assert!(crate::market::MarketQuery::response_schemas().is_ok());
        assert!(crate::rewards_distributor::QueryMsg::response_schemas().is_ok());
    }
}
