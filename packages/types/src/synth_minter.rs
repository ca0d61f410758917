//! The synth minter: stake collateral, mint the dollar synth against it, exchange it for the
//! other synths, and be liquidated by rule (DESIGN §5).
//!
//! The minter holds the collateral and knows what an account may owe; what it does owe is
//! the debt registry's knowledge. Debt is in base units of the dollar synth.
//!
//! A field that nobody knows is refused: with `amonut` misspelt, a withdrawal would else take
//! the most there is.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Decimal, Uint128};
use cw_ownable::Action;
use cw20::Cw20ReceiveMsg;

use crate::{
    ControlsResponse, LiquidationKind, PenaltySplit, Terms, Token, TokenUnchecked, Usd,
    issuer::{IssuerReport, NewSynth},
    read,
};

/// The most collaterals the minter may have.
pub const MAX_COLLATERALS: usize = 8;

/// Sets up a minter without collaterals and synths.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// Adds collaterals, sets parameters.
    pub owner: String,
    /// May switch operations off.
    pub guardian: Option<String>,
    /// Where prices are read.
    pub oracle: String,
    /// The only minter of its synths, and the keeper of its debts.
    pub registry: String,
    /// Gets fees and penalties, covers bad debt.
    pub treasury: String,
    /// The numbers of the protocol.
    pub params: Params,
}

/// The numbers of the protocol.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// From a flag to the first second of liquidation (259,200: three days).
    pub grace_secs: u64,
    /// From the deadline until a flag expires (604,800: seven days).
    pub flag_expiry_secs: u64,
    /// For how long after a mint a burn may not go beyond the target (86,400; may be 0).
    pub min_stake_secs: u64,
    /// The least debt an account may have after a mint.
    pub min_debt: Uint128,
    /// Who gets which part of a liquidation's penalty.
    pub penalty_split: PenaltySplit,
    /// Fees of the exchange.
    pub exchange: ExchangeParams,
}

/// Fees of the exchange.
#[cw_serde]
#[derive(Copy, Eq)]
#[serde(deny_unknown_fields)]
pub struct ExchangeParams {
    /// What every exchange costs, as a part of its value (0.003).
    pub base_fee: Decimal,
    /// A fee above this is refused (0.015) …
    pub max_fee: Decimal,
    /// … except into the dollar synth, where at most this is charged (0.1).
    pub max_exit_fee: Decimal,
    /// The part of the fee that is simply not minted, so that every staker's debt falls; the
    /// rest is minted to the treasury.
    pub unminted_part: Decimal,
}

/// What can be switched off. Burning, liquidating, clearing flags, adding collateral to an
/// existing position, and withdrawing without debt are always open.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Operation {
    /// `deposit` to an account that has neither collateral nor debt.
    Deposit,
    /// `withdraw` with debt.
    Withdraw,
    /// `mint`.
    Mint,
    /// `flag`.
    Flag,
    /// `exchange`.
    Exchange,
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Deposit => "deposit",
            Self::Withdraw => "withdraw",
            Self::Mint => "mint",
            Self::Flag => "flag",
            Self::Exchange => "exchange",
        })
    }
}

/// An amount of an asset.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct AssetAmount {
    /// Asset id.
    pub asset: String,
    /// Base units.
    pub amount: Uint128,
}

/// What can be done.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ExecuteMsg {
    /// Stakes the one native coin that is sent along. A cw20 is staked by sending it with
    /// [`ReceiveMsg::Deposit`]. Ends a flag when the account is back at its issuance ratio.
    ///
    /// The first of a collateral that an account stakes needs a live price and room under the
    /// cap; more of it needs neither.
    ///
    /// *Who:* anyone, for himself or for another. *Errors:* `Payment`, `UnknownCollateral`,
    /// `CollateralDisabled`, `CapExceeded`, `SwitchedOff`, and those of a price.
    Deposit {
        /// Who it is for; the sender by default.
        account: Option<String>,
    },
    /// Takes collateral out: `amount`, or the most that leaves the account at its issuance
    /// ratio. Without debt it needs no price and is always open. With debt, a collateral
    /// without a live price counts nothing.
    ///
    /// *Who:* its holder. *Errors:* `UnknownCollateral`, `NothingToWithdraw`,
    /// `InsufficientCollateral`, `BelowIssuanceRatio`, `Price`, `Controls`.
    Withdraw {
        /// Asset id.
        asset: String,
        /// Base units; none for the most.
        amount: Option<Uint128>,
    },
    /// Mints the dollar synth to the sender: `amount`, or the most his collateral allows.
    ///
    /// *Who:* the holder of the collateral. *Errors:* `NoDollar`, `ZeroAmount`,
    /// `BelowMinDebt`, `Price`, `Controls`, and the registry's `ExceedsMaxDebt`,
    /// `NothingToIssue`, `CeilingExceeded`.
    Mint {
        /// Base units; none for the most.
        amount: Option<Uint128>,
    },
    /// Flags a weak account: after the grace period it may be liquidated unless it is cured.
    /// The flagger is paid out of the penalty if that happens, and never before.
    ///
    /// *Who:* anyone. *Errors:* `NotWeak`, `AlreadyFlagged`, `Price`, `Controls`.
    #[serde(deserialize_with = "read::account")]
    Flag {
        /// The weak account.
        account: String,
    },
    /// Takes the flag off an account that is back at its issuance ratio, or whose flag has
    /// expired.
    ///
    /// *Who:* anyone. *Errors:* `NotFlagged`, `StillBelowIssuanceRatio`, `Price`.
    #[serde(deserialize_with = "read::account")]
    ClearFlag {
        /// The flagged account.
        account: String,
    },
    /// Sends what is due to the treasury of each asset, tagged with its source. At most 16
    /// assets.
    ///
    /// *Who:* anyone. *Errors:* `NothingDue`, `TooMany`.
    ForwardToTreasury {
        /// Asset ids, of collaterals or synths.
        assets: Vec<String>,
    },
    /// Pays out what waits for an account: the flagger's part of penalties, and what a
    /// liquidator has bought of a token that could not be sent. It is kept for him rather than
    /// sent in the liquidation, which no recipient and no token can block thus. At most 16
    /// assets.
    ///
    /// *Who:* anyone; it goes to the account itself. *Errors:* `NothingDue`, `TooMany`.
    ClaimRewards {
        /// Who earned it; the sender by default.
        account: Option<String>,
        /// Asset ids of collaterals.
        assets: Vec<String>,
    },
    /// A cw20 arrives with a [`ReceiveMsg`].
    ///
    /// *Errors:* `UnknownToken`, and those of the hook.
    Receive(Cw20ReceiveMsg),
    /// The registry has a new synth for this issuer.
    ///
    /// *Who:* the registry. *Errors:* `Unauthorized`, `DuplicateToken`.
    AcceptSynth(NewSynth),
    /// Adds a collateral.
    ///
    /// *Who:* the owner. *Errors:* `DuplicateCollateral`, `DuplicateToken`,
    /// `TooManyCollaterals`, `InvalidTerms`, `UnknownAsset`.
    AddCollateral {
        /// Asset id, known to the oracle, which also knows its decimals.
        asset: String,
        /// What is staked.
        token: TokenUnchecked,
        /// Its ratios and penalty.
        terms: Terms,
        /// The most base units the minter takes from accounts that have none staked; beyond it
        /// the collateral backs no new debt.
        cap: Uint128,
    },
    /// Changes a collateral. A flag that runs keeps the terms it was raised under.
    ///
    /// *Who:* the owner. *Errors:* `UnknownCollateral`, `InvalidTerms`.
    UpdateCollateral {
        /// Asset id.
        asset: String,
        /// New ratios and penalty.
        terms: Option<Terms>,
        /// New cap.
        cap: Option<Uint128>,
        /// Whether accounts that have none may stake it, and whether it backs new debt.
        enabled: Option<bool>,
    },
    /// Changes the numbers of the protocol. A flag that runs keeps its deadline and expiry.
    ///
    /// *Who:* the owner. *Errors:* `InvalidParams`.
    UpdateParams {
        /// All of them.
        params: Params,
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
    /// Stakes a cw20 collateral. As [`ExecuteMsg::Deposit`].
    Deposit {
        /// Who it is for; the sender by default.
        account: Option<String>,
    },
    /// Repays with the dollar synth: all that was sent, or down to the target, which is the
    /// debt at the issuance ratio. What exceeds that comes back in the same message. Ends a
    /// flag when the account is back at its issuance ratio.
    ///
    /// *Who:* anyone, for himself or for another. *Errors:* `NotTheDollar`,
    /// `MinimumStakeTime`, `ZeroAmount`, and the registry's `NoDebt`, `NothingToRepay`.
    Burn {
        /// Whose debt; the sender's by default.
        account: Option<String>,
        /// Stop at the issuance ratio.
        #[serde(default)]
        to_target: bool,
    },
    /// Repays the debt of a flagged account whose deadline has passed, and takes collateral
    /// and its part of the penalty. What exceeds the most that may be paid comes back. A
    /// collateral whose token fails waits for [`ExecuteMsg::ClaimRewards`].
    ///
    /// *Who:* anyone. *Errors:* `NotTheDollar`, `ZeroAmount`, `NotFlagged`, `InGrace`,
    /// `FlagExpired`, `NotWeak`, `Slippage` (a price moved, or another liquidator was first),
    /// `Price`.
    Liquidate {
        /// The flagged account.
        account: String,
        /// The least the sender wants of each asset; what is not named may be anything.
        #[serde(default)]
        min_received: Vec<AssetAmount>,
    },
    /// Exchanges one synth for another at the oracle's prices less the fee.
    ///
    /// *Who:* anyone. *Errors:* `NotASynth`, `SameSynth`, `ZeroAmount`, `FeeTooHigh` (a price
    /// has just moved; the way into the dollar synth stays open), `Slippage`, `RetiredSynth`,
    /// `Price`, `Controls`, and the registry's.
    Exchange {
        /// Asset id of the synth to get.
        to: String,
        /// The least to get.
        min_out: Uint128,
        /// Who gets it; the sender by default.
        recipient: Option<String>,
    },
}

/// What can be asked.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Addresses and numbers.
    #[returns(ConfigResponse)]
    #[serde(deserialize_with = "read::nothing")]
    Config {},
    /// A collateral.
    #[returns(CollateralResponse)]
    Collateral {
        /// Asset id.
        asset: String,
    },
    /// All collaterals, at most 8.
    #[returns(Vec<CollateralResponse>)]
    #[serde(deserialize_with = "read::nothing")]
    Collaterals {},
    /// Everything about one account in one call.
    #[returns(AccountResponse)]
    #[serde(deserialize_with = "read::account")]
    Account {
        /// The account.
        account: String,
    },
    /// Accounts and what they have staked, by address: for indexers that start anew.
    #[returns(Vec<StakedResponse>)]
    #[serde(deserialize_with = "read::page")]
    Accounts {
        /// The last account of the page before.
        start_after: Option<String>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// The account after a deposit.
    #[returns(DepositPreview)]
    PreviewDeposit {
        /// The account.
        account: String,
        /// Asset id.
        asset: String,
        /// Base units.
        amount: Uint128,
    },
    /// What a withdrawal would do; with no amount, the most there is to take.
    #[returns(WithdrawPreview)]
    PreviewWithdraw {
        /// The account.
        account: String,
        /// Asset id.
        asset: String,
        /// Base units; none for the most.
        amount: Option<Uint128>,
    },
    /// What a mint would do; with no amount, the most there is to mint.
    #[returns(MintPreview)]
    #[serde(deserialize_with = "read::account_and_amount")]
    PreviewMint {
        /// The account.
        account: String,
        /// Base units; none for the most.
        amount: Option<Uint128>,
    },
    /// What a burn would do.
    #[returns(BurnPreview)]
    PreviewBurn {
        /// Whose debt.
        account: String,
        /// Base units sent.
        amount: Uint128,
        /// Stop at the issuance ratio.
        to_target: bool,
    },
    /// What a flag would say. Errs as `flag` would.
    #[returns(FlagResponse)]
    #[serde(deserialize_with = "read::account")]
    PreviewFlag {
        /// The account.
        account: String,
    },
    /// Whether a flag may be cleared. Errs as `clear_flag` would.
    #[returns(ClearFlagPreview)]
    #[serde(deserialize_with = "read::account")]
    PreviewClearFlag {
        /// The account.
        account: String,
    },
    /// What a liquidation would do. Errs as `liquidate` would.
    #[returns(LiquidationPreview)]
    #[serde(deserialize_with = "read::account_and_amount")]
    PreviewLiquidate {
        /// The account.
        account: String,
        /// Base units sent; none for the most that may be paid.
        amount: Option<Uint128>,
    },
    /// What an exchange would give. Errs as `exchange` would.
    #[returns(ExchangePreview)]
    PreviewExchange {
        /// Asset id of the synth to give.
        from: String,
        /// Asset id of the synth to get.
        to: String,
        /// Base units of `from`.
        amount: Uint128,
    },
    /// The composition of the debt pool, and the exchanges that make a wallet mirror its
    /// share of it, so that its debt and its synths move together.
    #[returns(DebtHedgeResponse)]
    #[serde(deserialize_with = "read::account")]
    DebtHedge {
        /// The account.
        account: String,
    },
    /// For keepers: flags by deadline, with what can be done about each and what it pays.
    #[returns(DueResponse)]
    Due {
        /// `next` of the page before.
        start_after: Option<DueCursor>,
        /// At most 30; 10 by default.
        limit: Option<u32>,
    },
    /// What is due to the treasury and not yet forwarded, by asset id.
    #[returns(Vec<AssetAmount>)]
    #[serde(deserialize_with = "read::page")]
    TreasuryDue {
        /// The last asset of the page before.
        start_after: Option<String>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// What waits for an account and is not yet claimed: what it earned by flagging, and what
    /// could not be sent when it liquidated.
    #[returns(Vec<AssetAmount>)]
    #[serde(deserialize_with = "read::account")]
    Rewards {
        /// The account.
        account: String,
    },
    /// What stands behind the debt: asked by the registry.
    #[returns(IssuerReport)]
    #[serde(deserialize_with = "read::nothing")]
    IssuerReport {},
    /// Guardian and switches.
    #[returns(ControlsResponse<Operation>)]
    #[serde(deserialize_with = "read::nothing")]
    Controls {},
    /// The owner, and who may become it.
    #[returns(cw_ownable::Ownership<String>)]
    #[serde(deserialize_with = "read::nothing")]
    Ownership {},
}

/// Addresses and numbers.
#[cw_serde]
pub struct ConfigResponse {
    /// Where prices are read.
    pub oracle: Addr,
    /// The keeper of debts.
    pub registry: Addr,
    /// Gets fees and penalties, covers bad debt.
    pub treasury: Addr,
    /// The dollar synth, once the registry has made it.
    pub dollar: Option<NewSynth>,
    /// The numbers of the protocol.
    pub params: Params,
}

/// A collateral.
#[cw_serde]
pub struct CollateralResponse {
    /// Asset id.
    pub asset: String,
    /// What is staked.
    pub token: Token,
    /// Its decimals.
    pub decimals: u8,
    /// Its ratios and penalty.
    pub terms: Terms,
    /// The most base units the minter takes.
    pub cap: Uint128,
    /// Whether accounts without a position may stake it.
    pub enabled: bool,
    /// Base units staked by all accounts.
    pub total: Uint128,
}

/// What an account has staked.
#[cw_serde]
pub struct StakedResponse {
    /// The account.
    pub account: Addr,
    /// Its collateral.
    pub collateral: Vec<AssetAmount>,
    /// Its flag.
    pub flag: Option<FlagResponse>,
}

/// Everything about one account. Numbers that need a price that is not there are none.
#[cw_serde]
pub struct AccountResponse {
    /// The account.
    pub account: Addr,
    /// Its collateral, each with what it is worth and how much may leave.
    pub collateral: Vec<HoldingResponse>,
    /// What its collateral is worth.
    pub collateral_value: Option<Usd>,
    /// What it owes, at the larger price of each synth: what it takes to repay.
    pub debt: Uint128,
    /// Collateral value / debt; none without debt.
    pub c_ratio: Option<Usd>,
    /// The most it may owe after a mint or withdrawal.
    pub max_debt: Option<Uint128>,
    /// The most it may mint now.
    pub mintable: Option<Uint128>,
    /// What it must burn to be back at its issuance ratio.
    pub to_target: Option<Uint128>,
    /// Whether it may be flagged.
    pub weak: Option<bool>,
    /// Until when burns may not go beyond the target; none when they may.
    pub stake_locked_until: Option<u64>,
    /// Its flag.
    pub flag: Option<FlagResponse>,
}

/// One collateral of an account.
#[cw_serde]
pub struct HoldingResponse {
    /// Asset id.
    pub asset: String,
    /// Base units staked.
    pub amount: Uint128,
    /// The strict price.
    pub price: Option<Decimal>,
    /// Amount × price.
    pub value: Option<Usd>,
    /// The terms in force for it: those of the flag while one runs.
    pub terms: Terms,
    /// The most that may be withdrawn now.
    pub withdrawable: Option<Uint128>,
}

/// A flag.
#[cw_serde]
pub struct FlagResponse {
    /// The flagged account.
    pub account: Addr,
    /// Who gets the flagger's part of the penalty.
    pub flagger: Addr,
    /// From when on the account may be liquidated.
    pub deadline: u64,
    /// When the flag expires.
    pub expires_at: u64,
}

/// An account after an act.
#[cw_serde]
pub struct PositionAfter {
    /// What it owes.
    pub debt: Uint128,
    /// What its collateral is worth; none without prices.
    pub collateral_value: Option<Usd>,
    /// Collateral value / debt; none without debt or prices.
    pub c_ratio: Option<Usd>,
}

/// What a deposit would do.
#[cw_serde]
pub struct DepositPreview {
    /// Base units of the asset staked after.
    pub staked: Uint128,
    /// The account after.
    pub after: PositionAfter,
    /// Whether a flag would end.
    pub cures: bool,
}

/// What a withdrawal would do.
#[cw_serde]
pub struct WithdrawPreview {
    /// Base units that would leave.
    pub amount: Uint128,
    /// The account after.
    pub after: PositionAfter,
}

/// What a mint would do.
#[cw_serde]
pub struct MintPreview {
    /// Base units that would be minted.
    pub amount: Uint128,
    /// The account after.
    pub after: PositionAfter,
}

/// What a burn would do.
#[cw_serde]
pub struct BurnPreview {
    /// Base units that would be burnt.
    pub amount: Uint128,
    /// Base units that would come back.
    pub refund: Uint128,
    /// The account after.
    pub after: PositionAfter,
    /// Whether a flag would end.
    pub cures: bool,
}

/// What clearing a flag would do.
#[cw_serde]
pub struct ClearFlagPreview {
    /// Whether it ends because it expired rather than because the account is cured.
    pub expired: bool,
    /// The account now.
    pub now: PositionAfter,
}

/// What a liquidation would do.
#[cw_serde]
pub struct LiquidationPreview {
    /// How the account may be liquidated.
    pub kind: LiquidationKind,
    /// The most that may be paid.
    pub most: Uint128,
    /// Base units that would be burnt.
    pub paid: Uint128,
    /// Base units that would come back.
    pub refund: Uint128,
    /// Debt the account would lose.
    pub debt_closed: Uint128,
    /// Debt that nobody would pay for: covered by insurance, the rest shared by the pool.
    pub bad_debt: Uint128,
    /// What would be taken, for whom.
    pub seized: Vec<SeizedAsset>,
    /// The account after.
    pub after: PositionAfter,
}

/// What is taken of one collateral, for whom.
#[cw_serde]
pub struct SeizedAsset {
    /// Asset id.
    pub asset: String,
    /// Base units the account loses: the sum of the three below.
    pub taken: Uint128,
    /// For the address that repays.
    pub liquidator: Uint128,
    /// For the address that flagged.
    pub flagger: Uint128,
    /// For the treasury.
    pub treasury: Uint128,
}

/// What an exchange would give.
#[cw_serde]
pub struct ExchangePreview {
    /// Base units of the synth to get.
    pub out: Uint128,
    /// The fee as a part of the value.
    pub fee_rate: Decimal,
    /// Base units that would be minted for the treasury.
    pub fee_to_treasury: Uint128,
    /// Base units that would simply not be minted.
    pub fee_unminted: Uint128,
}

/// The composition of the debt pool beside a wallet.
#[cw_serde]
pub struct DebtHedgeResponse {
    /// The account's part of the pool's debt.
    pub share: Usd,
    /// What it owes.
    pub debt: Uint128,
    /// Each synth of the pool.
    pub synths: Vec<HedgeSynth>,
    /// Exchanges that make the wallet mirror its share, as far as what it holds allows, before
    /// fees.
    pub exchanges: Vec<HedgeExchange>,
}

/// A synth of the pool beside a wallet.
#[cw_serde]
pub struct HedgeSynth {
    /// Asset id.
    pub synth: String,
    /// Its part of the pool's value.
    pub weight: Usd,
    /// Base units with which the wallet mirrors the account's share of the pool, once the
    /// exchanges that lead there have changed the pool too.
    pub target: Uint128,
    /// Base units the wallet holds.
    pub held: Uint128,
}

/// One exchange of a hedge.
#[cw_serde]
pub struct HedgeExchange {
    /// Asset id of the synth to give.
    pub from: String,
    /// Asset id of the synth to get.
    pub to: String,
    /// Base units of `from`.
    pub amount: Uint128,
}

/// Where a page of `due` ends.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct DueCursor {
    /// Deadline of the last flag seen.
    pub deadline: u64,
    /// Its account.
    pub account: String,
}

/// A page of flags by deadline.
#[cw_serde]
pub struct DueResponse {
    /// Flags that a keeper can act on now.
    pub due: Vec<DueFlag>,
    /// Where the next page starts; none at the end.
    pub next: Option<DueCursor>,
}

/// A flag that a keeper can act on.
#[cw_serde]
pub struct DueFlag {
    /// The flag.
    pub flag: FlagResponse,
    /// What can be done.
    pub act: DueAct,
}

/// What can be done about a flag.
#[cw_serde]
pub enum DueAct {
    /// `liquidate`: the deadline has passed and the account is still weak.
    Liquidate {
        /// The most that may be paid.
        most: Uint128,
        /// What the liquidator gets for it.
        reward: Vec<AssetAmount>,
        /// What that is worth, less what is paid.
        profit: Usd,
    },
    /// `clear_flag`: the account is cured, or the flag has expired. Pays nothing.
    Clear {
        /// Whether it has expired.
        expired: bool,
    },
}
