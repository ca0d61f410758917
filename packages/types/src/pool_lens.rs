//! The pool lens: what people ask about pools (DESIGN §6).
//!
//! The lens holds nothing. It reads the pool manager's storage, and runs the manager's own steps over
//! it without saving anything, so that each number is the one that a message would find. It answers
//! for a manager of its own version alone, and is replaced together with it.

use ballast_math::market::Report;
use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Binary, Decimal, Int256, Uint128, Uint256};

use crate::{
    Token, Usd,
    pool_manager::{
        CollateralTerms, MarketId, MarketWeight, PoolCollateral, PoolId, Recognition, StreamId,
        Target, Unassigned, VaultKey,
    },
};

/// Sets up a lens on a manager.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// The pool manager.
    pub manager: String,
}

/// What can be asked. Numbers of pools, vaults and positions are those after a sync now, unless the
/// answer says otherwise.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// The manager it looks at.
    #[returns(ManagerResponse)]
    Manager {},
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
    /// Market contracts in quarantine, and single markets of others, by address and ref.
    #[returns(Vec<QuarantineResponse>)]
    Quarantines {
        /// The last of the page before.
        start_after: Option<QuarantineCursor>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
}

/// The manager that a lens looks at.
#[cw_serde]
pub struct ManagerResponse {
    /// The pool manager.
    pub manager: Addr,
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
    /// What the pool is ready to carry there, at the value of its vaults as of each one's last act.
    pub capacity: Usd,
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

/// A market's books, in base units of the pools' dollar, `capacity` in dollars. Collateral without a
/// live price counts nothing.
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
    /// K: what its pools are ready to carry.
    pub capacity: Usd,
    /// L: what they carry already.
    pub load: Uint128,
    /// max(0, K − L − what was given since each pool's last act).
    pub room: Uint128,
    /// What it may withdraw.
    pub credit: Uint128,
    /// When it was polled last.
    pub polled_at: u64,
    /// Whether it is in quarantine.
    pub quarantined: bool,
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
    /// Spread and not paid out, rounded down.
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
