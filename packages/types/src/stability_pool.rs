//! The stability pool: DUCA is minted against DCM, swapped, burnt and contracted by rule
//! (DESIGN §9).
//!
//! DUCA and LPD are cw20s that the pool instantiates and alone mints. Amounts of DCM and of
//! DUCA are base units of each; prices and par are DUCA or numeraire for one whole DCM.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Decimal, Decimal256, Uint128};
use cw_ownable::Action;
use cw20::Cw20ReceiveMsg;

use crate::{ControlsResponse, Token, TokenUnchecked};

/// The most swaps one `quote_swaps` may name.
pub const MAX_QUOTES: usize = 32;
/// Seconds between two burns, and between two contractions.
pub const BURN_INTERVAL_SECS: u64 = 86_400;
/// The rounds of the prices of one swap are at most this far apart.
pub const MAX_ROUND_GAP_SECS: u64 = 60;

/// Sets up a pool and instantiates DUCA and LPD.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// Grants the AMO role, sets the guards.
    pub owner: String,
    /// May switch operations off.
    pub guardian: Option<String>,
    /// Where prices and decimals are read.
    pub oracle: String,
    /// Gets the seigniorage.
    pub treasury: String,
    /// Code of the cw20 that DUCA and LPD are.
    pub cw20_code_id: u64,
    /// What DUCA is bought with.
    pub dcm: DcmSpec,
    /// The cw20 that is made, with the decimals that the oracle knows of its asset. The oracle's
    /// rule for it needs three sources or a pool with cumulative prices, whichever are live.
    pub duca: DucaSpec,
    /// The cw20 of the pool's shares, with the decimals of DCM.
    pub lpd: TokenSpec,
    /// Asset id of what prices are against; one US dollar by default.
    pub numeraire: Option<String>,
    /// P at first: DUCA for one whole DCM. It stands until a mint raises it, and the first mint
    /// above it raises it to the market price.
    pub initial_par: Decimal,
    /// What bounds swaps.
    pub guards: Guards,
    /// Addresses with the AMO role.
    pub amos: Vec<String>,
}

/// What DUCA is bought with.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct DcmSpec {
    /// Asset id at the oracle.
    pub asset: String,
    /// A native denom or a cw20.
    pub token: TokenUnchecked,
}

/// A cw20 that is made, with a price.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct DucaSpec {
    /// Asset id at the oracle.
    pub asset: String,
    /// Its cw20.
    pub token: TokenSpec,
}

/// A cw20 that is made.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct TokenSpec {
    /// 3 to 50 bytes.
    pub name: String,
    /// 3 to 12 letters or `-`.
    pub symbol: String,
}

/// What bounds swaps; each is off when it is none. They halt swaps and, where a price is
/// doubtful, deposits; never a withdrawal, a burn or a contraction.
///
/// The first four count what happened within any 24 hours.
#[cw_serde]
#[derive(Default)]
#[serde(deny_unknown_fields)]
pub struct Guards {
    /// The most DUCA that may be minted, in base units.
    pub max_minted: Option<Uint128>,
    /// The most DCM that swaps may take out of the pool, seigniorage included, in base units.
    pub max_paid_out: Option<Uint128>,
    /// The most seigniorage, as a part of the DCM that the pool has before the swap.
    pub max_seigniorage: Option<Decimal>,
    /// How far par may rise, as a part of what it was 24 hours ago.
    pub max_par_rise: Option<Decimal>,
    /// How far the last price may be from its average, as a part of that. Within the band the
    /// one that is worse for the swapper counts; outside it nobody swaps or deposits.
    pub band: Option<Decimal>,
    /// DUCA is minted only while its price is at least this (1).
    pub min_mint_price: Option<Decimal>,
    /// DUCA is minted only when market cover, M·(R + y)/N, is at least this after the swap.
    pub min_mint_cover: Option<Decimal>,
}

/// What can be switched off. Withdrawing liquidity and paying the treasury are always open.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Operation {
    /// Swaps of DCM for DUCA.
    SwapDcm,
    /// Swaps of DUCA for DCM.
    SwapDuca,
    /// The mint of what such a swap lacks.
    Mint,
    /// `provide`.
    Provide,
    /// `burn`.
    Burn,
    /// `contract`.
    Contract,
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::SwapDcm => "swap_dcm",
            Self::SwapDuca => "swap_duca",
            Self::Mint => "mint",
            Self::Provide => "provide",
            Self::Burn => "burn",
            Self::Contract => "contract",
        })
    }
}

/// What can be done.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ExecuteMsg {
    /// Swaps the native DCM that is sent along for DUCA. A cw20 DCM, and DUCA for DCM, is sent
    /// with [`ReceiveMsg::Swap`].
    ///
    /// DUCA out = floor(d·M). Below par, floor(d·(1 − M/P)) DCM is seigniorage. What the pool
    /// lacks of DUCA is minted, and the DCM that buys it goes to the Reserve.
    ///
    /// *Who:* an AMO. *Errors:* `NotAnAmo`, `Payment`, `NotNative`, `NothingOut`, `Slippage` (a
    /// price moved, or another swap was first), `Controls`, those of a price (`Price`,
    /// `Retiring`, `RoundsApart`), and those of the guards: `OutsideBand`, `LimitExceeded`,
    /// `ParLimitExceeded`, `MintBelowPrice`, `MintBelowCover`.
    Swap {
        /// The least DUCA to get.
        min_out: Uint128,
        /// Who gets it; the sender by default.
        recipient: Option<String>,
    },
    /// Deposits the native DCM that is sent along, for LPD. A cw20 DCM is sent with
    /// [`ReceiveMsg::Provide`].
    ///
    /// LPD = floor(d · LPD supply / (y + ceil(x / min(M, P)))); the first deposit gets its
    /// amount less 1,000 units, which are locked.
    ///
    /// *Who:* anyone. *Errors:* `Payment`, `NotNative`, `NoShares`, `Slippage`, `Controls`,
    /// `OutsideBand`, and those of a price.
    Provide {
        /// The least LPD to get.
        min_lpd: Uint128,
        /// Who gets it; the sender by default.
        recipient: Option<String>,
    },
    /// Gives the native DCM that is sent along to the pool, for all who hold LPD; before the
    /// first deposit, for nobody. A cw20 DCM and DUCA are sent with [`ReceiveMsg::Donate`].
    ///
    /// *Who:* anyone. *Errors:* `Payment`, `NotNative`.
    Donate {},
    /// A cw20 arrives with a [`ReceiveMsg`].
    ///
    /// *Errors:* `UnknownToken`, `ZeroAmount`, `UnknownHook`, and those of the hook.
    Receive(Cw20ReceiveMsg),
    /// Burns min(x, max(floor(x/10), 10,000)) of the pool's DUCA; the Reserve pays the pool for
    /// it at par. Once in 24 hours.
    ///
    /// *Who:* anyone. *Errors:* `TooEarly`, `NothingToBurn`, `Controls`.
    Burn {},
    /// The same size and payment on a clock of its own, when DUCA is more than a tenth of the
    /// pool's liquidity.
    ///
    /// *Who:* anyone. *Errors:* `TooEarly`, `NotInExcess`, `Controls`, and those of a price.
    Contract {},
    /// Sends the seigniorage that waits here to the treasury.
    ///
    /// *Who:* anyone. *Errors:* `NothingDue`.
    ForwardToTreasury {},
    /// Gives an address the AMO role.
    ///
    /// *Who:* the owner. *Errors:* `DuplicateAmo`, `InvalidAddress`.
    GrantAmo {
        /// A person, a multisig or a contract.
        address: String,
    },
    /// Takes the AMO role from an address.
    ///
    /// *Who:* the owner. *Errors:* `UnknownAmo`.
    RevokeAmo {
        /// Who has it.
        address: String,
    },
    /// Sets all guards. What happened in the last 24 hours counts against the new numbers.
    ///
    /// *Who:* the owner. *Errors:* `InvalidParams`.
    UpdateGuards {
        /// All of them.
        guards: Guards,
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
    /// Swaps what was sent: DCM for DUCA as [`ExecuteMsg::Swap`], or DUCA for DCM.
    ///
    /// For a DUCA: with s = max(0, 1 − D), floor((a − a·s)/M) DCM out of the pool, and
    /// floor(a·s/M) of it is seigniorage.
    ///
    /// *Who:* an AMO. *Errors:* as [`ExecuteMsg::Swap`], and `EmptiesPool`, `UnknownToken`
    /// (of LPD).
    Swap {
        /// The least to get.
        min_out: Uint128,
        /// Who gets it; the sender by default.
        recipient: Option<String>,
    },
    /// Deposits a cw20 DCM. As [`ExecuteMsg::Provide`].
    Provide {
        /// The least LPD to get.
        min_lpd: Uint128,
        /// Who gets it; the sender by default.
        recipient: Option<String>,
    },
    /// Burns the LPD that was sent and pays floor of 98 % of its part of the pool's DCM and DUCA
    /// to the sender. Needs no price and is always open.
    ///
    /// *Who:* anyone. *Errors:* `UnknownToken` (of anything but LPD), `NothingOut`, `Slippage`.
    Withdraw {
        /// The least DCM to get.
        #[serde(default)]
        min_dcm: Uint128,
        /// The least DUCA to get.
        #[serde(default)]
        min_duca: Uint128,
    },
    /// Gives DCM or DUCA to the pool. As [`ExecuteMsg::Donate`].
    ///
    /// *Who:* anyone for DCM, an AMO for DUCA: what DUCA lies in the pool the Reserve pays for
    /// when it is burnt. *Errors:* `NotAnAmo`, `UnknownToken` (of LPD).
    Donate {},
}

/// What can be asked.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Addresses, tokens and guards.
    #[returns(ConfigResponse)]
    Config {},
    /// Everything about the pool, the Reserve and par in one call.
    #[returns(StateResponse)]
    State {},
    /// What a swap would do. Errs as the swap would.
    #[returns(SwapQuote)]
    QuoteSwap {
        /// The swap.
        swap: SwapRequest,
    },
    /// What up to 32 swaps one after the other would do, each after those before it. Errs as the
    /// first that fails would.
    #[returns(Vec<SwapQuote>)]
    QuoteSwaps {
        /// The swaps, in their order.
        swaps: Vec<SwapRequest>,
    },
    /// What a deposit would do. Errs as `provide` would.
    #[returns(ProvidePreview)]
    PreviewProvide {
        /// Base units of DCM.
        amount: Uint128,
    },
    /// What a withdrawal would pay. Errs as `withdraw` would, and with `ExceedsSupply` of more
    /// LPD than there is.
    #[returns(WithdrawPreview)]
    PreviewWithdraw {
        /// Units of LPD.
        lpd: Uint128,
    },
    /// The next burn: its size, its time, or why there is none.
    #[returns(NextBurnResponse)]
    NextBurn {},
    /// The next contraction: its size, its time, or why there is none.
    #[returns(NextBurnResponse)]
    NextContraction {},
    /// What a provider has.
    #[returns(PositionResponse)]
    Position {
        /// The account.
        account: String,
    },
    /// Burns and contractions, newest first.
    #[returns(Vec<BurnRecord>)]
    Burns {
        /// The sequence of the last entry of the page before.
        start_after: Option<u64>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// Addresses with the AMO role.
    #[returns(Vec<Addr>)]
    Amos {
        /// The last address of the page before.
        start_after: Option<String>,
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

/// A direction of swaps, by what comes in.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Offer {
    /// DCM for DUCA.
    Dcm,
    /// DUCA for DCM.
    Duca,
}

/// A swap that is asked about.
#[cw_serde]
#[derive(Copy, Eq)]
#[serde(deny_unknown_fields)]
pub struct SwapRequest {
    /// What comes in.
    pub offer: Offer,
    /// Base units of it.
    pub amount: Uint128,
}

/// Addresses, tokens and guards.
#[cw_serde]
pub struct ConfigResponse {
    /// Where prices and decimals are read.
    pub oracle: Addr,
    /// Gets the seigniorage.
    pub treasury: Addr,
    /// What DUCA is bought with.
    pub dcm: AssetInfo,
    /// DUCA.
    pub duca: AssetInfo,
    /// The cw20 of the pool's shares; it has the decimals of DCM.
    pub lpd: Addr,
    /// Asset id of what prices are against; none for one US dollar.
    pub numeraire: Option<String>,
    /// What bounds swaps.
    pub guards: Guards,
}

/// A token with a price.
#[cw_serde]
pub struct AssetInfo {
    /// Asset id at the oracle.
    pub asset: String,
    /// The token.
    pub token: Token,
    /// Its decimals.
    pub decimals: u8,
}

/// Everything about the pool, the Reserve and par. Numbers that need a price that is not there
/// are none.
#[cw_serde]
pub struct StateResponse {
    /// The books and par.
    pub books: BooksResponse,
    /// Supply of LPD.
    pub lpd_supply: Uint128,
    /// Seigniorage that waits to be forwarded, in DCM.
    pub seigniorage_due: Uint128,
    /// M: the price of DCM against the numeraire.
    pub market: Option<Decimal256>,
    /// X: max(M, P).
    pub exchange_value: Option<Decimal256>,
    /// D: the price of DUCA against the numeraire.
    pub duca_price: Option<Decimal256>,
    /// Why there is no M or no D.
    pub problems: Vec<String>,
    /// What the limits still allow; none where there is no limit.
    pub headroom: Headroom,
    /// From when on a burn is allowed.
    pub next_burn_at: u64,
    /// From when on a contraction is allowed.
    pub next_contraction_at: u64,
}

/// The books, par and covers at one moment.
#[cw_serde]
pub struct BooksResponse {
    /// N: supply of DUCA.
    pub supply: Uint128,
    /// x: DUCA in the pool.
    pub pool_duca: Uint128,
    /// y: DCM in the pool.
    pub pool_dcm: Uint128,
    /// R: DCM in the Reserve.
    pub reserve: Uint128,
    /// P: DUCA for one whole DCM.
    pub par: Decimal256,
    /// P·R/N, rounded down: never below 1. None without DUCA.
    pub par_cover: Option<Decimal256>,
    /// M·(R + y)/N, rounded down: what all DCM here would fetch for each DUCA. None without DUCA
    /// or M.
    pub market_cover: Option<Decimal256>,
}

/// What the limits still allow now.
#[cw_serde]
#[derive(Default)]
pub struct Headroom {
    /// DUCA that may be minted.
    pub minted: Option<Uint128>,
    /// DCM that swaps may take out of the pool.
    pub paid_out: Option<Uint128>,
    /// Seigniorage, in DCM.
    pub seigniorage: Option<Uint128>,
    /// How much P may rise.
    pub par_rise: Option<Decimal256>,
}

/// What a swap does.
#[cw_serde]
pub struct SwapQuote {
    /// For the swapper: DUCA for DCM, DCM for DUCA.
    pub out: Uint128,
    /// DCM for the treasury.
    pub seigniorage: Uint128,
    /// DUCA that is minted.
    pub minted: Uint128,
    /// Of what comes in, for the Reserve.
    pub to_reserve: Uint128,
    /// Of what comes in, for the pool.
    pub to_pool: Uint128,
    /// M as the swap takes it, rounded down.
    pub market: Decimal256,
    /// D as the swap takes it, rounded down; none where it is not needed.
    pub duca_price: Option<Decimal256>,
    /// Books, par and covers after it.
    pub after: BooksResponse,
}

/// What a deposit does.
#[cw_serde]
pub struct ProvidePreview {
    /// LPD for the provider.
    pub lpd: Uint128,
    /// LPD that is locked for ever: by the first deposit alone.
    pub locked: Uint128,
    /// Supply of LPD after it.
    pub lpd_supply: Uint128,
}

/// What a withdrawal pays.
#[cw_serde]
#[derive(Default)]
pub struct WithdrawPreview {
    /// DCM.
    pub dcm: Uint128,
    /// DUCA.
    pub duca: Uint128,
}

/// The next burn or contraction.
#[cw_serde]
pub struct NextBurnResponse {
    /// DUCA that would be burnt as things stand.
    pub amount: Uint128,
    /// DCM that the Reserve would pay into the pool.
    pub payment: Uint128,
    /// From when on its clock allows it.
    pub at: u64,
    /// Why it would be refused now; none when it would not be.
    pub problem: Option<String>,
}

/// What a provider has.
#[cw_serde]
pub struct PositionResponse {
    /// Units of LPD.
    pub lpd: Uint128,
    /// Its part of all LPD, rounded down.
    pub share: Decimal256,
    /// What a withdrawal of all of it would pay.
    pub withdrawable: WithdrawPreview,
    /// What that is worth against the numeraire at M, DUCA at 1; none without M.
    pub value: Option<Decimal256>,
}

/// What made DUCA disappear.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum BurnKind {
    /// `burn`.
    Burn,
    /// `contract`.
    Contraction,
}

/// A burn or a contraction.
#[cw_serde]
pub struct BurnRecord {
    /// Its number, from 0.
    pub sequence: u64,
    /// Block time.
    pub time: u64,
    /// Which of both.
    pub kind: BurnKind,
    /// DUCA that was burnt.
    pub amount: Uint128,
    /// DCM that the Reserve paid into the pool.
    pub payment: Uint128,
    /// N after it.
    pub supply: Uint128,
    /// P after it.
    pub par: Decimal256,
}
