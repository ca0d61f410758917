//! The pool manager: LPs delegate collateral to pools, pools back markets, and fees flow back
//! (DESIGN §6).
//!
//! Debt, credit and fees are base units of the pools' dollar. A position is what an account has in a
//! vault, and a vault is the collateral of one asset in one pool.
//!
//! Every act on a pool first polls its markets and hands on what they have won and lost, down to the
//! position it touches. What a market may call is in [`market`](crate::market).

use ballast_math::market::Report;
use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Binary, Decimal, Int256, Uint64, Uint128, Uint256};
use cw_ownable::Action;
use cw20::Cw20ReceiveMsg;

use crate::{
    ControlsResponse, Token, TokenUnchecked, Usd,
    issuer::{IssuerReport, NewSynth},
    market::{DepositMarketUsd, PayFees, WithdrawMarketUsd},
};

pub use crate::market::MAX_MARKETS;

/// The most vaults a pool may have: types of collateral.
pub const MAX_VAULTS: usize = 16;
/// The most reward streams of a vault or of a pool that run at once.
pub const MAX_STREAMS: usize = 10;
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
    /// What one market contract may need to answer for 16 refs.
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

/// What can be done.
#[cw_serde]
#[serde(deny_unknown_fields)]
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
    /// position, and a request to exit ends. An account that owes there only gains by it.
    ///
    /// *Who:* its holder. *Errors:* `UnknownPool`, `UnknownCollateral`, `CollateralDisabled`,
    /// `VaultDisabled`, `NoVault`, `CapExceeded`, `InsufficientCollateral`, `ZeroAmount`,
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
    /// *Who:* its holder. *Errors:* `NoPosition`, `InsufficientCollateral`, `DelegationTime`,
    /// `MinimumCredit` (a market of the pool would be left under it; `request_exit` bounds the
    /// wait), `BelowIssuanceRatio`, `StillOwes`, `Price`.
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
    /// `BelowIssuanceRatio`, `Price`, `Controls`, and the registry's `CeilingExceeded`.
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
    /// *Who:* anyone; they go to the account itself. *Errors:* `NothingDue`, `TooMany`.
    ClaimFees {
        /// Who earned them; the sender by default.
        account: Option<String>,
        /// The vaults.
        vaults: Vec<VaultKey>,
    },
    /// Mints the fees that a cut has earned.
    ///
    /// *Who:* anyone; they go to the cut's payee. *Errors:* `UnknownCut`, `NothingDue`.
    ClaimCut {
        /// The pool.
        pool: PoolId,
        /// The payee.
        payee: String,
    },
    /// Pays what streams have earned an account, each by the `payout` of its distributor. One
    /// that fails makes this claim fail and nothing else: leave it out. At most 10 streams.
    ///
    /// *Who:* anyone; it goes to the account itself. *Errors:* `UnknownStream`, `NothingDue`,
    /// `TooMany`, and those of the distributor.
    ClaimRewards {
        /// Who earned it; the sender by default.
        account: Option<String>,
        /// The vault in which he earned it.
        vault: VaultKey,
        /// The streams.
        streams: Vec<StreamId>,
    },
    /// Gives the collateral and debt of a position below its liquidation ratio to the other
    /// accounts of its vault. The sender gets a part of the collateral. A holder of more than 99 %
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
    /// never raises it.
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
    /// *Who:* the pool's owner. *Errors:* `UnknownPool`, `UnknownCollateral`, `TooManyVaults`,
    /// `InvalidTerms`.
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
    /// *Who:* the pool's owner. *Errors:* `UnknownPool`, `UnknownMarket`, `DuplicateMarket`,
    /// `TooManyMarkets`, `InvalidWeight`, `MaxDebtTooHigh`, `MinimumCredit`, `Price`.
    SetPoolMarkets {
        /// The pool.
        pool: PoolId,
        /// All of them.
        markets: Vec<MarketWeight>,
    },
    /// Sets the part of a pool's fees that goes to a payee: zero ends it. A rise takes effect after
    /// three days and never falls on fees earned before; all cuts together are 50 % at most.
    ///
    /// *Who:* the pool's owner. *Errors:* `UnknownPool`, `UnknownMarket`, `CutsTooHigh`,
    /// `TooManyCuts`.
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
    /// `NoShares` (a gift to nobody), `StartInPast`, `ZeroDuration`.
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
    /// *Who:* the owner. *Errors:* `DuplicateMarket`, `InvalidRef`.
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
    /// *Who:* the owner. *Errors:* `DuplicateCollateral`, `DuplicateToken`, `TooManyCollaterals`,
    /// `InvalidTerms`, `UnknownAsset`.
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
    /// *Errors:* `UnknownToken`, and those of the hook.
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

/// What can be sent along with a cw20.
#[cw_serde]
#[serde(deny_unknown_fields)]
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
    /// floor(paid · (1 + penalty) / price) of his collateral. In parts or whole; what exceeds
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
    /// Seconds with shares until all of it is earned; above zero.
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

/// What can be asked. Numbers of pools, vaults and positions are those after a sync now, unless the
/// answer says otherwise.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Addresses and numbers.
    #[returns(ConfigResponse)]
    Config {},
    /// The collaterals, at most 16.
    #[returns(Vec<CollateralResponse>)]
    Collaterals {},
    /// What an account has, undelegated and in vaults.
    #[returns(AccountResponse)]
    Account {
        /// The account.
        account: String,
    },
    /// Everything about one position in one call.
    #[returns(PositionResponse)]
    Position {
        /// The account.
        account: String,
        /// The vault.
        vault: VaultKey,
    },
    /// The positions of a vault, by account: for keepers and indexers. As last settled.
    #[returns(Vec<PositionRow>)]
    Positions {
        /// The vault.
        vault: VaultKey,
        /// The last account of the page before.
        start_after: Option<String>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// A pool with its vaults and markets.
    #[returns(PoolResponse)]
    Pool {
        /// The pool.
        pool: PoolId,
    },
    /// Pools, by number.
    #[returns(Vec<PoolRow>)]
    Pools {
        /// The last pool of the page before.
        start_after: Option<PoolId>,
        /// Only those that governance recognises.
        #[serde(default)]
        recognized: bool,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// A market's books.
    #[returns(MarketResponse)]
    Market {
        /// The market.
        market: MarketId,
    },
    /// Markets, by number.
    #[returns(Vec<MarketResponse>)]
    Markets {
        /// The last market of the page before.
        start_after: Option<MarketId>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
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
    /// What a pool's question does to a market contract: what `check_market` would find.
    #[returns(PollResponse)]
    PreviewPoll {
        /// The pool that asks.
        pool: PoolId,
        /// The market contract.
        contract: String,
    },
    /// What a mint would do; with no amount, the most there is to mint. Errs as `mint_usd` would.
    #[returns(MintPreview)]
    PreviewMint {
        /// The account.
        account: String,
        /// The vault.
        vault: VaultKey,
        /// Base units; none for the most.
        amount: Option<Uint128>,
    },
    /// What it takes to leave a vault, and what comes out: never errs for a lock, but says it.
    #[returns(ExitQuote)]
    ExitQuote {
        /// The account.
        account: String,
        /// The vault.
        vault: VaultKey,
        /// Base units of collateral; none for all.
        amount: Option<Uint128>,
    },
    /// What a liquidation would do. Errs as `liquidate` or `liquidate_last_holder` would.
    #[returns(LiquidationPreview)]
    PreviewLiquidate {
        /// The position's holder.
        account: String,
        /// The vault.
        vault: VaultKey,
        /// Dollars sent for a last holder; none for the most that may be paid.
        amount: Option<Uint128>,
    },
    /// A dry run of new weights: what each market could withdraw before and after, and when it
    /// takes effect. Says what `set_pool_markets` would refuse instead of erring.
    #[returns(WeightsPreview)]
    PreviewPoolMarkets {
        /// The pool.
        pool: PoolId,
        /// All of them.
        markets: Vec<MarketWeight>,
    },
    /// For keepers: positions that may be liquidated, with what each pays. Goes through all
    /// positions in pages; a page may be empty and have a next.
    #[returns(DueResponse)]
    Due {
        /// `next` of the page before.
        start_after: Option<DueCursor>,
        /// Positions looked at; at most 30; 10 by default.
        limit: Option<u32>,
    },
    /// Cuts of a pool, with what waits for each.
    #[returns(Vec<CutResponse>)]
    Cuts {
        /// The pool.
        pool: PoolId,
    },
    /// The streams of a vault or of a pool, at most 10 that run and those that are not claimed yet.
    #[returns(Vec<StreamResponse>)]
    Streams {
        /// For whom.
        target: Target,
        /// The last stream of the page before.
        start_after: Option<StreamId>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// What a position has earned of each stream of its vault and pool, and in fees.
    #[returns(EarnedResponse)]
    Earned {
        /// The account.
        account: String,
        /// The vault.
        vault: VaultKey,
    },
    /// Every debt that nobody carries, markets before pools, by number. As of the last flush.
    #[returns(Vec<UnassignedResponse>)]
    Solvency {
        /// The last of the page before.
        start_after: Option<Unassigned>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// What stands behind the dollar: asked by the registry.
    #[returns(IssuerReport)]
    IssuerReport {},
    /// Market contracts in quarantine, and single markets of others, by address and ref.
    #[returns(Vec<QuarantineResponse>)]
    Quarantines {
        /// The last of the page before.
        start_after: Option<QuarantineCursor>,
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

/// A collateral.
#[cw_serde]
pub struct CollateralResponse {
    /// Asset id.
    pub asset: String,
    /// What is delegated.
    pub token: Token,
    /// Its decimals.
    pub decimals: u8,
    /// Its terms.
    pub terms: CollateralTerms,
    /// Whether it may be deposited and delegated.
    pub enabled: bool,
    /// Base units in accounts, undelegated.
    pub undelegated: Uint128,
    /// Base units in vaults.
    pub delegated: Uint128,
}

/// What an account has.
#[cw_serde]
pub struct AccountResponse {
    /// Undelegated collateral.
    pub free: Vec<FreeCollateral>,
    /// The vaults in which it has a position, fees or rewards.
    pub vaults: Vec<VaultKey>,
}

/// Undelegated collateral.
#[cw_serde]
pub struct FreeCollateral {
    /// Asset id.
    pub asset: String,
    /// Base units.
    pub amount: Uint128,
    /// From when on it may be withdrawn.
    pub withdrawable_at: u64,
}

/// A position.
#[cw_serde]
pub struct PositionResponse {
    /// Its part of the vault's collateral, in base units, rounded down.
    pub collateral: Uint128,
    /// Its shares of the vault.
    pub shares: Uint256,
    /// What that is worth; none without a live price.
    pub value: Option<Usd>,
    /// What it owes, rounded up.
    pub debt: Uint128,
    /// What it is owed, rounded down.
    pub credit: Uint128,
    /// Value / debt, rounded down; none without debt or price.
    pub ratio: Option<Usd>,
    /// What it may mint now; none without a live price.
    pub mintable: Option<Uint128>,
    /// Fees that may be claimed.
    pub fees: Uint128,
    /// Whether it may be liquidated; none without a price for it.
    pub liquidatable: Option<bool>,
    /// Whether it has more than 99 % of the vault.
    pub last_holder: bool,
    /// From when on it may leave, whatever markets lock.
    pub delegated_until: u64,
    /// When the exit was requested.
    pub exit_requested_at: Option<u64>,
}

/// A position within a vault.
#[cw_serde]
pub struct PositionRow {
    /// The account.
    pub account: Addr,
    /// Its part of the vault's collateral.
    pub collateral: Uint128,
    /// What it owes, rounded up.
    pub debt: Uint128,
    /// What it is owed, rounded down.
    pub credit: Uint128,
}

/// A pool.
#[cw_serde]
pub struct PoolResponse {
    /// Its number, name, owner and standing.
    pub pool: PoolRow,
    /// For how long a new delegation cannot leave.
    pub delegation_secs: u64,
    /// Its vaults.
    pub vaults: Vec<VaultResponse>,
    /// Its markets, in force.
    pub markets: Vec<PoolMarketResponse>,
    /// What takes effect later.
    pub pending: Option<PendingMarkets>,
    /// What all its LPs owe together; negative when they are owed.
    pub owed: Int256,
    /// What none of them carries, rounded up.
    pub unassigned: Int256,
    /// Distributors that may open streams.
    pub distributors: Vec<Addr>,
}

/// A pool in a list.
#[cw_serde]
pub struct PoolRow {
    /// Its number.
    pub pool: PoolId,
    /// Its name.
    pub name: String,
    /// Its owner; none when he renounced.
    pub owner: Option<Addr>,
    /// Who may become it.
    pub pending_owner: Option<Addr>,
    /// What governance says of it.
    pub recognition: Option<Recognition>,
}

/// A vault.
#[cw_serde]
pub struct VaultResponse {
    /// Asset id.
    pub asset: String,
    /// What the pool takes of it.
    pub terms: PoolCollateral,
    /// Base units.
    pub collateral: Uint128,
    /// All shares.
    pub total_shares: Uint256,
    /// What it is worth; none without a live price.
    pub value: Option<Usd>,
    /// What all its accounts owe together; negative when they are owed.
    pub owed: Int256,
}

/// A market of a pool.
#[cw_serde]
pub struct PoolMarketResponse {
    /// The market.
    pub market: MarketId,
    /// The part of the pool's value that is behind it, in force.
    pub share: Decimal,
    /// The most debt for each dollar of that part, in force.
    pub max_debt: Decimal,
    /// What the pool is ready to carry there; none without all prices.
    pub capacity: Option<Usd>,
    /// Whether it is in quarantine, and its weight counts nothing.
    pub quarantined: bool,
}

/// Markets that take effect later.
#[cw_serde]
pub struct PendingMarkets {
    /// All of them.
    pub markets: Vec<MarketWeight>,
    /// When.
    pub at: u64,
}

/// A market's books, in base units of the pools' dollar.
#[cw_serde]
pub struct MarketResponse {
    /// Its number.
    pub market: MarketId,
    /// The contract that answers for it.
    pub contract: Addr,
    /// The contract's name for it.
    #[serde(rename = "ref")]
    pub market_ref: String,
    /// What people call it; none when the contract does not say.
    pub name: Option<String>,
    /// The most its net issuance may be.
    pub ceiling: Uint128,
    /// The report that counts, moved by what was paid in and out since.
    pub reported: Uint128,
    /// What was minted for it less what was burnt into it.
    pub net_issuance: Int256,
    /// T: max(reported, 0) + net issuance.
    pub debt: Int256,
    /// G: what its pools were given.
    pub given: Int256,
    /// U: what nobody carries.
    pub unassigned: Int256,
    /// K: what its pools are ready to carry; none without all prices.
    pub capacity: Option<Usd>,
    /// L: what they carry already.
    pub load: Uint128,
    /// max(0, K − L − what was given since each pool's last act); none without all prices.
    pub room: Option<Uint128>,
    /// What it may withdraw; none without all prices.
    pub credit: Option<Uint128>,
    /// When it was polled last.
    pub polled_at: u64,
    /// Whether it is in quarantine.
    pub quarantined: bool,
}

/// What a market may withdraw now.
#[cw_serde]
pub struct CreditResponse {
    /// Base units.
    pub credit: Uint128,
}

/// What a market contract answers a pool.
#[cw_serde]
pub struct PollResponse {
    /// Each of the pool's markets with its report, or why there is none.
    pub reports: Vec<PolledMarket>,
    /// Whether it stays out of quarantine.
    pub healthy: bool,
}

/// What was answered for a market.
#[cw_serde]
pub struct PolledMarket {
    /// The market.
    pub market: MarketId,
    /// Its report.
    pub report: Option<Report>,
    /// Why there is none.
    pub problem: Option<String>,
}

/// What a mint does.
#[cw_serde]
pub struct MintPreview {
    /// Base units minted.
    pub amount: Uint128,
    /// Debt after it.
    pub debt: Uint128,
    /// Value / debt after it, rounded down.
    pub ratio: Option<Usd>,
}

/// What it takes to leave a vault, and what comes out.
#[cw_serde]
pub struct ExitQuote {
    /// Collateral that comes back to the account.
    pub collateral: Uint128,
    /// Dollars that must be burnt first.
    pub to_burn: Uint128,
    /// Dollars that are paid out: a credit of a position that leaves whole.
    pub credit: Uint128,
    /// Fees that stay claimable.
    pub fees: Uint128,
    /// From when on the delegation time allows it.
    pub delegated_until: u64,
    /// Markets that hold it now.
    pub held_by: Vec<MarketId>,
    /// From when on no market holds it; none without a request to exit.
    pub lock_ends_at: Option<u64>,
    /// Whether it would go through now, once `to_burn` is burnt.
    pub open: bool,
}

/// What a liquidation does.
#[cw_serde]
pub struct LiquidationPreview {
    /// Whether it goes to the vault's peers or is paid for.
    pub kind: LiquidationKind,
    /// Dollars that are burnt: zero to peers.
    pub paid: Uint128,
    /// Collateral for the sender.
    pub received: Uint128,
    /// What that is worth.
    pub received_value: Usd,
    /// Debt that the position loses, rounded up.
    pub debt_closed: Uint128,
    /// Debt for the pool's other vaults.
    pub debt_left: Uint128,
}

/// How a position is liquidated.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum LiquidationKind {
    /// To the other accounts of the vault.
    ToPeers,
    /// Of its last holder, for dollars.
    LastHolder,
}

/// A dry run of new weights.
#[cw_serde]
pub struct WeightsPreview {
    /// Each market of the pool before or after.
    pub markets: Vec<WeightPreview>,
    /// When all of it is in force; now when nothing waits.
    pub at: u64,
    /// Why it would be refused; none when it would not be.
    pub problem: Option<String>,
}

/// A market under new weights.
#[cw_serde]
pub struct WeightPreview {
    /// The market.
    pub market: MarketId,
    /// What the pool is ready to carry there now.
    pub capacity_before: Usd,
    /// What takes effect at once.
    pub capacity_at_once: Usd,
    /// What takes effect in the end.
    pub capacity_after: Usd,
    /// What the market may withdraw now.
    pub credit_before: Uint128,
    /// What it could with what takes effect at once.
    pub credit_at_once: Uint128,
    /// What it needs.
    pub minimum_credit: Uint128,
}

/// Where a page of [`QueryMsg::Due`] ended.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct DueCursor {
    /// The vault.
    pub vault: VaultKey,
    /// The last account that was looked at.
    pub account: String,
}

/// Where a page of [`QueryMsg::Quarantines`] ended.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct QuarantineCursor {
    /// The market contract.
    pub contract: String,
    /// Its name for the market; none for all of them.
    #[serde(rename = "ref")]
    pub market_ref: Option<String>,
}

/// For keepers.
#[cw_serde]
pub struct DueResponse {
    /// Positions that may be liquidated.
    pub due: Vec<DueRow>,
    /// Where the next page begins; none at the end.
    pub next: Option<DueCursor>,
}

/// A position that may be liquidated.
#[cw_serde]
pub struct DueRow {
    /// The position's holder.
    pub account: Addr,
    /// The vault.
    pub vault: VaultKey,
    /// What the most that may be paid does.
    pub liquidation: LiquidationPreview,
    /// The message that does it: of this contract, or a hook of a cw20 `send` of `paid` dollars.
    pub msg: Binary,
}

/// A cut of a pool's fees.
#[cw_serde]
pub struct CutResponse {
    /// Who gets it.
    pub payee: Addr,
    /// Of the fees of one market; none for all.
    pub market: Option<MarketId>,
    /// The part in force.
    pub rate: Decimal,
    /// What it rises to, and when.
    pub rise: Option<CutRise>,
    /// What the payee may claim of this pool, from all of his cuts.
    pub due: Uint128,
}

/// A rise of a cut.
#[cw_serde]
pub struct CutRise {
    /// What it rises to.
    pub rate: Decimal,
    /// When.
    pub at: u64,
}

/// A reward stream.
#[cw_serde]
pub struct StreamResponse {
    /// Its number.
    pub stream: StreamId,
    /// Who pays it out.
    pub distributor: Addr,
    /// The distributor's name of the token.
    pub label: String,
    /// For whom.
    pub target: Target,
    /// Base units that were put in, gifts and streams together.
    pub amount: Uint128,
    /// When the stream that runs ends if there are shares from now on; none when none runs.
    pub ends_at: Option<u64>,
    /// Earned and not claimed, rounded down.
    pub unclaimed: Uint128,
}

/// What a position has earned.
#[cw_serde]
pub struct EarnedResponse {
    /// Fees, in base units of the dollar.
    pub fees: Uint128,
    /// Of each stream.
    pub rewards: Vec<EarnedReward>,
}

/// What a position has earned of a stream.
#[cw_serde]
pub struct EarnedReward {
    /// The stream.
    pub stream: StreamId,
    /// Who pays it out.
    pub distributor: Addr,
    /// Base units of the distributor's token.
    pub amount: Uint128,
}

/// Debt that nobody carries.
#[cw_serde]
pub struct UnassignedResponse {
    /// Where it is.
    pub at: Unassigned,
    /// Base units, rounded up; negative for profit that nobody has.
    pub amount: Int256,
}

/// A market contract in quarantine.
#[cw_serde]
pub struct QuarantineResponse {
    /// The market contract.
    pub contract: Addr,
    /// Its name for the one market that is in quarantine; none for all of them.
    #[serde(rename = "ref")]
    pub market_ref: Option<String>,
    /// Since when.
    pub since: u64,
    /// Why.
    pub reason: String,
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
