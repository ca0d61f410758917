//! The debt registry: the only minter of every synth (DESIGN §4).
//!
//! Every synth has exactly one issuer, a contract. An issuer with shared debt has a debt
//! pool: its value is the sum of supply × price over its synths, exact at each use, and its
//! accounts hold shares of it. Debt is counted in base units of the issuer's dollar synth,
//! which is one dollar by definition.
//!
//! An issuer without shared debt has its dollar alone, and keeps the debts of its accounts itself:
//! it has dollars minted and burnt, and the registry records how many there are.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Decimal, Uint128, Uint256};
use cw_ownable::Action;
use cw20::Cw20ReceiveMsg;

use crate::{ControlsResponse, Usd, issuer::IssuerReport};

/// The most synths an issuer may have.
pub const MAX_SYNTHS: usize = 64;

/// Sets up a registry without issuers.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// Adds issuers and synths, sets ceilings.
    pub owner: String,
    /// May switch operations off.
    pub guardian: Option<String>,
    /// Where prices are read.
    pub oracle: String,
    /// Gets the shares of a pool whose debt nobody owes.
    pub treasury: String,
    /// The code of every synth: cw20-base.
    pub cw20_code_id: u64,
}

/// What can be switched off. Repaying, liquidating, burning and donating are always open.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Operation {
    /// `issue` and `mint_usd`.
    Issue,
    /// `exchange`.
    Exchange,
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Issue => "issue",
            Self::Exchange => "exchange",
        })
    }
}

/// Which price of each synth counts.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Valuation {
    /// Live prices alone: to mint or withdraw.
    Strict,
    /// The larger price of each, however old: to repay.
    Repay,
    /// The lower exit price of each: to flag and liquidate.
    Liquidation,
}

/// A synth to add.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct SynthSpec {
    /// Asset id, known to the oracle, which also knows its decimals.
    pub synth: String,
    /// Name of the cw20.
    pub name: String,
    /// Ticker of the cw20: 3 to 12 letters or dashes, as cw20-base allows.
    pub symbol: String,
    /// The most base units there may be.
    pub ceiling: Uint128,
}

/// What can be done.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ExecuteMsg {
    /// Adds an issuer and its dollar synth: instantiates the cw20 and tells the issuer.
    ///
    /// *Who:* the owner. *Errors:* `DuplicateIssuer`, and as `add_synth`.
    AddIssuer {
        /// The issuing contract.
        issuer: String,
        /// Its dollar synth.
        dollar: SynthSpec,
        /// Whether its accounts share its debt, as shares of a debt pool that the registry keeps;
        /// so unless it is said otherwise. Without, the issuer keeps their debts itself, has its
        /// dollar alone, and only `mint_usd` and `burn_usd` are for it. It never changes.
        #[serde(default = "shared")]
        shared_debt: bool,
    },
    /// Adds a synth of an issuer with shared debt.
    ///
    /// *Who:* the owner. *Errors:* `UnknownIssuer`, `NoSharedDebt`, `UnknownAsset`,
    /// `DuplicateSynth`, `TooManySynths`, `InvalidAssetId`, `InvalidName`, `InvalidSymbol`.
    AddSynth {
        /// The issuing contract.
        issuer: String,
        /// The synth.
        synth: SynthSpec,
    },
    /// Sets the most base units of a synth there may be. Below its supply it stops minting
    /// and takes nothing back.
    ///
    /// *Who:* the owner. *Errors:* `UnknownSynth`.
    SetCeiling {
        /// Asset id.
        synth: String,
        /// The most base units.
        ceiling: Uint128,
    },
    /// Mints the sender's dollar synth to an account and gives the account shares for it:
    /// `amount`, or the most that `max_debt` allows. Answers [`IssueResponse`].
    ///
    /// *Who:* an issuer with shared debt. *Errors:* `UnknownIssuer`, `NoSharedDebt`,
    /// `ExceedsMaxDebt`, `NothingToIssue`, `BelowMinDebt`, `CeilingExceeded`, `Price`, `Controls`.
    Issue {
        /// Who owes, and gets the tokens.
        account: String,
        /// Base units; none for the most.
        amount: Option<Uint128>,
        /// The most debt that the account's collateral allows: debt before + amount ≤ it.
        max_debt: Uint128,
        /// The least debt that the issuer allows after.
        min_debt: Uint128,
    },
    /// Takes shares from an account for dollar synth that the sender has burnt at the cw20
    /// just before. With `down_to`, the least after which the debt is at most that. Never more
    /// than the debt: what was burnt beyond it is minted to `refund_to`. Answers
    /// [`RepayResponse`].
    ///
    /// *Who:* an issuer with shared debt. *Errors:* `UnknownIssuer`, `NoSharedDebt`, `NoDebt`,
    /// `NothingToRepay`, `NotBurnt`.
    Repay {
        /// Who owes.
        account: String,
        /// Base units that the sender has burnt: the most to repay.
        burnt: Uint128,
        /// Debt to stop at.
        down_to: Option<Uint128>,
        /// Who gets what is not needed.
        refund_to: String,
    },
    /// Takes the shares of `debt_closed` from an account for `paid` dollar synth that the
    /// sender has burnt at the cw20 just before. What is closed beyond what is paid is shared
    /// by the pool. Answers [`RepayResponse`].
    ///
    /// *Who:* an issuer with shared debt. *Errors:* `UnknownIssuer`, `NoSharedDebt`, `NoDebt`,
    /// `NothingToRepay`, `ExceedsDebt`, `NotBurnt`, `Price`.
    Liquidate {
        /// Who owes.
        account: String,
        /// Base units that the sender has burnt; may be zero.
        paid: Uint128,
        /// Debt to close, at least `paid` and at most the debt.
        debt_closed: Uint128,
    },
    /// Mints one synth for another that the sender has burnt at the cw20 just before. What is
    /// minted, the fee included, must not be worth more than what is burnt, at strict prices.
    ///
    /// *Who:* an issuer with shared debt. *Errors:* `UnknownIssuer`, `NoSharedDebt`,
    /// `UnknownSynth`, `NotTheIssuer`, `SameSynth`, `ZeroAmount`, `RaisesDebt`, `CeilingExceeded`,
    /// `RetiredSynth`, `NotBurnt`, `Price`, `Controls`.
    Exchange {
        /// The synth that was burnt.
        from: String,
        /// Base units that were burnt.
        amount: Uint128,
        /// The synth to mint.
        to: String,
        /// Who gets `out`.
        recipient: String,
        /// Base units to mint to him.
        out: Uint128,
        /// Base units due to the sender, for the treasury: recorded and owed from now on,
        /// minted by `mint_fees`.
        fee: Uint128,
    },
    /// Mints to the sender the fees that its exchanges have left in the books of each synth.
    /// Answers [`MintFeesResponse`].
    ///
    /// *Who:* an issuer with shared debt. *Errors:* `UnknownIssuer`, `NoSharedDebt`,
    /// `UnknownSynth`, `NotTheIssuer`, `NothingDue`.
    MintFees {
        /// Asset ids.
        synths: Vec<String>,
    },
    /// Mints the sender's dollar synth: `amount`, within its ceiling. No price is read.
    ///
    /// *Who:* an issuer without shared debt. *Errors:* `UnknownIssuer`, `SharedDebt`, `ZeroAmount`,
    /// `CeilingExceeded`, `Controls`.
    MintUsd {
        /// Who gets them.
        recipient: String,
        /// Base units.
        amount: Uint128,
    },
    /// Records that the sender has burnt `amount` of its dollar synth at the cw20 just before. No
    /// price is read.
    ///
    /// *Who:* an issuer without shared debt. *Errors:* `UnknownIssuer`, `SharedDebt`, `ZeroAmount`,
    /// `NotBurnt`.
    BurnUsd {
        /// Base units.
        amount: Uint128,
    },
    /// A synth of the registry arrives with a [`ReceiveMsg`].
    ///
    /// *Errors:* `UnknownToken`, and those of the hook.
    Receive(Cw20ReceiveMsg),
    /// Changes the addresses the registry relies on.
    ///
    /// *Who:* the owner.
    UpdateConfig {
        /// Where prices are read.
        oracle: Option<String>,
        /// Gets the shares of a pool whose debt nobody owes.
        treasury: Option<String>,
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

/// Unless it is said otherwise an issuer's accounts share its debt.
const fn shared() -> bool {
    true
}

/// What can be sent along with a synth.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ReceiveMsg {
    /// Burns what arrives and lowers the recorded supply: the pool's value falls by itself,
    /// for all.
    ///
    /// *Who:* anyone. *Errors:* `ZeroAmount`, `NoSharedDebt` for the dollar of an issuer whose accounts share
    /// no debt.
    Donate {},
}

/// What an `issue` did, as its response data.
#[cw_serde]
pub struct IssueResponse {
    /// Base units minted.
    pub amount: Uint128,
    /// Debt of the account after.
    pub debt: Uint128,
}

/// What a `repay` or `liquidate` did, as its response data.
#[cw_serde]
pub struct RepayResponse {
    /// Base units repaid.
    pub amount: Uint128,
    /// Debt of the account after.
    pub debt: Uint128,
}

/// What a `mint_fees` did, as its response data.
#[cw_serde]
pub struct MintFeesResponse {
    /// Base units minted of each synth, in the order asked.
    pub amounts: Vec<Uint128>,
}

/// What can be asked.
#[cw_serde]
#[derive(QueryResponses)]
#[serde(deny_unknown_fields)]
pub enum QueryMsg {
    /// The addresses it relies on.
    #[returns(ConfigResponse)]
    Config {},
    /// An issuer.
    #[returns(IssuerResponse)]
    Issuer {
        /// The issuing contract.
        issuer: String,
    },
    /// A synth.
    #[returns(SynthResponse)]
    Synth {
        /// Asset id.
        synth: String,
    },
    /// The synths of an issuer, by id.
    #[returns(Vec<SynthResponse>)]
    Synths {
        /// The issuing contract.
        issuer: String,
        /// The last id of the page before.
        start_after: Option<String>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// The debt pool of an issuer with each of its synths. Without shared debt it has no shares and
    /// owes the supply of the dollar.
    #[returns(PoolResponse)]
    Pool {
        /// The issuing contract.
        issuer: String,
        /// Which price of each synth counts.
        valuation: Valuation,
    },
    /// Debt of an account, in base units of the issuer's dollar synth. Without shares it is
    /// zero, and no price is read: so always of an issuer without shared debt, which is to be asked
    /// itself.
    #[returns(Uint128)]
    Debt {
        /// The issuing contract.
        issuer: String,
        /// The account.
        account: String,
        /// Which price of each synth counts.
        valuation: Valuation,
    },
    /// Debts of up to 64 accounts, in the order asked.
    #[returns(Vec<Uint128>)]
    Debts {
        /// The issuing contract.
        issuer: String,
        /// The accounts.
        accounts: Vec<String>,
        /// Which price of each synth counts.
        valuation: Valuation,
    },
    /// The accounts that hold shares of an issuer's debt, by address. Those whose shares have
    /// become void since are shown with none.
    #[returns(Vec<ShareholderResponse>)]
    Shareholders {
        /// The issuing contract.
        issuer: String,
        /// The last account of the page before.
        start_after: Option<String>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// What `issue` would do.
    #[returns(IssueResponse)]
    PreviewIssue {
        /// The issuing contract.
        issuer: String,
        /// Who would owe.
        account: String,
        /// Base units; none for the most.
        amount: Option<Uint128>,
        /// The most debt that the account's collateral allows.
        max_debt: Uint128,
        /// The least debt that the issuer allows after.
        min_debt: Uint128,
    },
    /// What `repay` would do.
    #[returns(RepayResponse)]
    PreviewRepay {
        /// The issuing contract.
        issuer: String,
        /// Who owes.
        account: String,
        /// The most base units to burn.
        amount: Uint128,
        /// Debt to stop at.
        down_to: Option<Uint128>,
    },
    /// What `liquidate` would do.
    #[returns(RepayResponse)]
    PreviewLiquidate {
        /// The issuing contract.
        issuer: String,
        /// Who owes.
        account: String,
        /// Base units that would be burnt.
        paid: Uint128,
        /// Debt that would be closed.
        debt_closed: Uint128,
        /// What insurance would then donate of the dollar synth.
        covered: Uint128,
    },
    /// Both synths after an `exchange`, the one that is burnt first. Errs as `exchange` would,
    /// except `NotBurnt`.
    #[returns(Vec<SynthResponse>)]
    PreviewExchange {
        /// The issuing contract.
        issuer: String,
        /// The synth to burn.
        from: String,
        /// Base units to burn.
        amount: Uint128,
        /// The synth to mint.
        to: String,
        /// Base units to mint to the recipient.
        out: Uint128,
        /// Base units due to the issuer.
        fee: Uint128,
    },
    /// The page a risk analyst reads: issuers by address.
    #[returns(Vec<SolvencyResponse>)]
    Solvency {
        /// The last issuer of the page before.
        start_after: Option<String>,
        /// At most 10; 5 by default.
        limit: Option<u32>,
    },
    /// Guardian and switches.
    #[returns(ControlsResponse<Operation>)]
    Controls {},
    /// The owner, and who may become it.
    #[returns(cw_ownable::Ownership<String>)]
    Ownership {},
}

/// The addresses the registry relies on.
#[cw_serde]
pub struct ConfigResponse {
    /// Where prices are read.
    pub oracle: Addr,
    /// Gets the shares of a pool whose debt nobody owes.
    pub treasury: Addr,
    /// The code of every synth.
    pub cw20_code_id: u64,
}

/// An issuer.
#[cw_serde]
pub struct IssuerResponse {
    /// The issuing contract.
    pub issuer: Addr,
    /// Asset id of its dollar synth.
    pub dollar: String,
    /// Decimals of its dollar synth.
    pub decimals: u8,
    /// How many synths it has.
    pub synths: u32,
    /// Whether its accounts share its debt.
    pub shared_debt: bool,
}

/// A synth.
#[cw_serde]
pub struct SynthResponse {
    /// Asset id.
    pub synth: String,
    /// Its issuer.
    pub issuer: Addr,
    /// Its cw20.
    pub token: Addr,
    /// Its decimals.
    pub decimals: u8,
    /// Base units as recorded: what the issuer's debtors owe.
    pub supply: Uint128,
    /// Fees among them, which are owed and not minted yet.
    pub fees_due: Uint128,
    /// The most base units there may be.
    pub ceiling: Uint128,
}

/// A debt pool.
#[cw_serde]
pub struct PoolResponse {
    /// What it owes.
    pub debt: Usd,
    /// What it owes in base units of the dollar synth, rounded up.
    pub debt_units: Uint128,
    /// All shares there are.
    pub total_shares: Uint256,
    /// How many times all shares have become void.
    pub epoch: u64,
    /// What it is made of.
    pub synths: Vec<PoolSynth>,
}

/// A synth within a pool.
#[cw_serde]
pub struct PoolSynth {
    /// Asset id.
    pub synth: String,
    /// Its cw20.
    pub token: Addr,
    /// Its decimals.
    pub decimals: u8,
    /// Base units as recorded.
    pub supply: Uint128,
    /// Fees among them, which are owed and not minted yet.
    pub fees_due: Uint128,
    /// The price that counts; none for a synth without supply and without a price.
    pub price: Option<Decimal>,
    /// Supply × price.
    pub value: Usd,
}

/// An account that holds shares.
#[cw_serde]
pub struct ShareholderResponse {
    /// The account.
    pub account: Addr,
    /// Its shares in the present epoch.
    pub shares: Uint256,
}

/// One issuer on the page of the risk analyst.
#[cw_serde]
pub struct SolvencyResponse {
    /// The issuing contract.
    pub issuer: Addr,
    /// Its synths, with supply and value.
    pub synths: Vec<PoolSynth>,
    /// What it owes, each synth at its larger price.
    pub debt: Usd,
    /// Whether its accounts share its debt.
    pub shared_debt: bool,
    /// What its accounts owe together with what nobody owes is `debt`: the part nobody owes.
    /// Without shared debt it is what the issuer reports, and zero without a report.
    pub unassigned_debt: Usd,
    /// The part the treasury owes: zero without shared debt.
    pub treasury_debt: Usd,
    /// What the issuer reports; none when it errs.
    pub report: Option<IssuerReport>,
    /// Collateral value / debt; none without debt or report.
    pub ratio: Option<Usd>,
}
