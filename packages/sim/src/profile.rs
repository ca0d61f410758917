//! What is deployed, declared.
//!
//! A profile says everything that a deployment needs and nothing about how it is done. What
//! only makes sense on an embedded chain (start time, start prices, balances) is apart, under
//! `embedded`, so that the same file deploys to a real chain.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use ballast_types::{
    PenaltySplit, Terms, Token, is_asset_id,
    oracle::{MAX_SOURCES, Rule},
    stability_pool::Guards,
    synth_minter::{ExchangeParams, Params},
};
use cosmwasm_std::{Addr, Decimal, Uint128};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    amount::{self, AmountError},
    kind::ContractKind,
};

mod pools;

pub use pools::{
    DistributorProfile, HostileMarketProfile, PoolCollateralProfile, PoolManagerProfile,
    PoolParamsProfile, PoolTermsProfile, RewardTokenProfile, SpotMarketProfile, SpotProfile,
    SpotTermsProfile,
};

/// Profiles that are part of the program, by name.
const BUILT_IN: [(&str, &str); 6] = [
    ("devita", include_str!("../../../profiles/devita.yaml")),
    ("dynamo", include_str!("../../../profiles/dynamo.yaml")),
    ("guarded", include_str!("../../../profiles/guarded.yaml")),
    ("plain", include_str!("../../../profiles/plain.yaml")),
    ("pools", include_str!("../../../profiles/pools.yaml")),
    ("shared", include_str!("../../../profiles/shared.yaml")),
];

/// Whether a contract has this name in some deployment, so that nothing else may have it in any.
pub(crate) fn is_contract_name(name: &str) -> bool {
    ContractKind::ALL
        .into_iter()
        .any(|kind| kind != ContractKind::Cw20 && kind.name() == name)
}

/// Why a text is not a profile.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// The text is not YAML of the right shape; the error shows line and column.
    #[error("NotAProfile: {0}")]
    Yaml(#[from] Box<serde_saphyr::Error>),
    /// The file cannot be read.
    #[error("Unreadable: {path}: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// Something in it does not fit something else in it.
    #[error("Invalid: {at}: {problem}")]
    Invalid {
        /// Where, in words of the file.
        at: String,
        /// What.
        problem: String,
    },
    /// No built-in profile of that name, and no file.
    #[error("Unknown: there is no profile `{name}`; there are {known}, or a path to a file")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}

impl ProfileError {
    /// Line and column, from 1, where they are known.
    pub fn location(&self) -> Option<(u64, u64)> {
        match self {
            Self::Yaml(error) => error.location().map(|at| (at.line(), at.column())),
            _ => None,
        }
    }
}

/// A deployment of Ballast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What it is for, in a sentence.
    #[serde(default)]
    pub about: String,
    /// Account that owns every contract.
    #[serde(default = "owner")]
    pub owner: String,
    /// Account that may switch operations off.
    #[serde(default = "guardian")]
    pub guardian: Option<String>,
    /// Assets and their prices.
    pub oracle: OracleProfile,
    /// Issuance: collaterals, synths and their numbers. None deploys no minter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minter: Option<MinterProfile>,
    /// DUCA. None deploys no stability pool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stability_pool: Option<StabilityPoolProfile>,
    /// Pools. None deploys no pool manager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool_manager: Option<PoolManagerProfile>,
    /// Limits and insurance.
    #[serde(default)]
    pub treasury: TreasuryProfile,
    /// What only an embedded chain has.
    #[serde(default)]
    pub embedded: Embedded,
}

fn owner() -> String {
    "owner".into()
}

#[expect(clippy::unnecessary_wraps, reason = "the default of an optional field")]
fn guardian() -> Option<String> {
    Some("guardian".into())
}

/// Assets and their prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OracleProfile {
    /// The least seconds between two rounds of an asset.
    #[serde(default = "round_interval")]
    pub round_interval_secs: u64,
    /// What holds for every asset that does not say otherwise.
    #[serde(default)]
    pub rule: RuleProfile,
    /// By asset id.
    pub assets: BTreeMap<String, AssetProfile>,
}

const fn round_interval() -> u64 {
    5
}

/// An asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssetProfile {
    /// Decimals of its token.
    pub decimals: u8,
    /// Where its price comes from.
    #[serde(default)]
    pub sources: SourcesProfile,
    /// What differs from the rule of all assets.
    #[serde(default)]
    pub rule: RuleProfile,
}

/// Where a price comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourcesProfile {
    /// A price that never changes.
    Fixed(Decimal),
    /// Accounts that push it; each is the name of its source.
    Push(Vec<String>),
}

impl Default for SourcesProfile {
    fn default() -> Self {
        Self::Push(vec!["feeder".into()])
    }
}

impl SourcesProfile {
    /// How many there are.
    pub const fn count(&self) -> usize {
        match self {
            Self::Fixed(_) => 1,
            Self::Push(feeders) => feeders.len(),
        }
    }
}

/// The parts of an oracle rule that are said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleProfile {
    /// Live sources needed for a price; more than half of all by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_sources: Option<u8>,
    /// 600 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_secs: Option<u64>,
    /// 0.02 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_spread: Option<Decimal>,
    /// 0.01 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_confidence: Option<Decimal>,
    /// 1800 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ema_period_secs: Option<u64>,
    /// 0.25 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_deviation: Option<Decimal>,
    /// 600 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaker_window_secs: Option<u64>,
}

/// Collaterals, synths and the numbers of issuance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinterProfile {
    /// Its numbers.
    #[serde(default)]
    pub params: ParamsProfile,
    /// The synth that debt is counted in.
    pub dollar: SynthProfile,
    /// The other synths.
    #[serde(default)]
    pub synths: Vec<SynthProfile>,
    /// What may be staked.
    pub collaterals: Vec<CollateralProfile>,
}

/// The numbers of issuance, as in the minter's `Params`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ParamsProfile {
    /// From a flag to the first second of liquidation.
    pub grace_secs: u64,
    /// From the deadline until a flag expires.
    pub flag_expiry_secs: u64,
    /// For how long after a mint a burn may not go beyond the target.
    pub min_stake_secs: u64,
    /// The least debt after a mint: `10 LUSD`, or base units of the dollar synth.
    pub min_debt: String,
    /// Who gets which part of a penalty.
    pub penalty_split: SplitProfile,
    /// Fees of the exchange.
    pub exchange: ExchangeProfile,
}

impl Default for ParamsProfile {
    fn default() -> Self {
        Self {
            grace_secs: 259_200,
            flag_expiry_secs: 604_800,
            min_stake_secs: 86_400,
            min_debt: "0".into(),
            penalty_split: SplitProfile::default(),
            exchange: ExchangeProfile::default(),
        }
    }
}

/// Who gets which part of a penalty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SplitProfile {
    /// The address that repays.
    pub liquidator: Decimal,
    /// The address that raised the flag.
    pub flagger: Decimal,
    /// The treasury.
    pub treasury: Decimal,
}

impl Default for SplitProfile {
    fn default() -> Self {
        Self {
            liquidator: Decimal::percent(50),
            flagger: Decimal::percent(20),
            treasury: Decimal::percent(30),
        }
    }
}

/// Fees of the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExchangeProfile {
    /// What every exchange costs.
    pub base_fee: Decimal,
    /// A fee above it is refused …
    pub max_fee: Decimal,
    /// … except into the dollar synth.
    pub max_exit_fee: Decimal,
    /// The part of the fee that is simply not minted.
    pub unminted_part: Decimal,
}

impl Default for ExchangeProfile {
    fn default() -> Self {
        Self {
            base_fee: Decimal::permille(3),
            max_fee: Decimal::permille(15),
            max_exit_fee: Decimal::percent(10),
            unminted_part: Decimal::percent(50),
        }
    }
}

/// A synth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SynthProfile {
    /// Asset id.
    pub asset: String,
    /// Name of its cw20; the asset id by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Ticker of its cw20; the asset id by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// The most there may be: `1_000_000 LUSD`, or base units. 10¹² tokens by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<String>,
}

/// What may be staked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollateralProfile {
    /// Asset id.
    pub asset: String,
    /// Its token.
    pub token: TokenProfile,
    /// Its ratios and penalty.
    #[serde(default)]
    pub terms: TermsProfile,
    /// The most the minter takes: `1_000_000 ATOM`, or base units. 10¹² tokens by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<String>,
}

/// A token that the protocol takes and does not issue: a collateral, DCM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TokenProfile {
    /// A denom of the chain.
    Native(String),
    /// A cw20 that the deployment instantiates, with this name.
    Cw20(String),
    /// A cw20 that is there already, by address. Not on an embedded chain.
    Existing(String),
}

/// Ratios and penalty of a collateral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TermsProfile {
    /// Collateral value needed per dollar of debt.
    pub issuance_ratio: Decimal,
    /// At or below it the position may be flagged.
    pub flag_ratio: Decimal,
    /// What a liquidation takes beyond the debt.
    pub liquidation_penalty: Decimal,
}

impl Default for TermsProfile {
    fn default() -> Self {
        Self {
            issuance_ratio: Decimal::percent(450),
            flag_ratio: Decimal::percent(300),
            liquidation_penalty: Decimal::percent(10),
        }
    }
}

impl From<TermsProfile> for Terms {
    fn from(terms: TermsProfile) -> Self {
        Self {
            issuance_ratio: terms.issuance_ratio,
            flag_ratio: terms.flag_ratio,
            liquidation_penalty: terms.liquidation_penalty,
        }
    }
}

/// DCM, DUCA and the pool's shares, and the numbers of the pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StabilityPoolProfile {
    /// What DUCA is bought with.
    pub dcm: DcmProfile,
    /// The cw20 that the pool mints for DCM. Its price needs three live sources.
    pub duca: IssuedProfile,
    /// The cw20 of the pool's shares. It has the decimals of DCM, and no price.
    pub lpd: IssuedProfile,
    /// Asset id of what prices are against; one US dollar by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numeraire: Option<String>,
    /// Par at first: DUCA for one whole DCM.
    pub initial_par: Decimal,
    /// Accounts with the AMO role.
    #[serde(default)]
    pub amos: Vec<String>,
    /// What bounds swaps; none of it by default.
    #[serde(default)]
    pub guards: GuardsProfile,
}

/// What DUCA is bought with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DcmProfile {
    /// Asset id.
    pub asset: String,
    /// Its token. One that is a collateral too says the same there.
    pub token: TokenProfile,
}

/// A cw20 that the protocol makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuedProfile {
    /// Asset id.
    pub asset: String,
    /// Name of its cw20; the asset id by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Ticker of its cw20; the asset id by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
}

/// What bounds swaps, as in the stability pool's `Guards`; each is off when it is not said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GuardsProfile {
    /// The most that may be minted within 24 hours: `10_000 DUCA`, or base units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_minted: Option<String>,
    /// The most that swaps may take out of the pool within 24 hours: `10_000 DCM`, or base units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_paid_out: Option<String>,
    /// The most seigniorage within 24 hours, as a part of the pool's DCM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_seigniorage: Option<Decimal>,
    /// How far par may rise within 24 hours, as a part of what it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_par_rise: Option<Decimal>,
    /// How far a price may be from its average, as a part of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<Decimal>,
    /// The least price of DUCA at which it is minted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_mint_price: Option<Decimal>,
    /// The least market cover after a mint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_mint_cover: Option<Decimal>,
}

/// Limits and insurance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TreasuryProfile {
    /// The most that `spend` may pay, by asset.
    pub limits: BTreeMap<String, LimitProfile>,
    /// The most that bad debt of the minter is covered with; none leaves it uncovered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<LimitProfile>,
}

/// The most that may go out within any period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitProfile {
    /// `1_000 LUSD`, or base units.
    pub amount: String,
    /// Seconds.
    pub period_secs: u64,
}

/// What only an embedded chain has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Embedded {
    /// Block time at which everything is deployed, in seconds since 1970.
    pub start_time: u64,
    /// Prices that the feeders push first, by asset.
    pub prices: BTreeMap<String, Decimal>,
    /// What accounts have in their wallets: `9 LIFE`, or, for one that holds nothing, an empty
    /// list.
    pub accounts: BTreeMap<String, Vec<String>>,
}

impl Default for Embedded {
    fn default() -> Self {
        Self {
            // 2026-01-01T00:00:00Z
            start_time: 1_767_225_600,
            prices: BTreeMap::new(),
            accounts: BTreeMap::new(),
        }
    }
}

impl Profile {
    /// Reads a profile and checks that its parts fit each other.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let profile: Self = serde_saphyr::from_str(text).map_err(Box::new)?;
        profile.check()?;
        Ok(profile)
    }

    /// Reads a profile from a file.
    pub fn load(path: &Path) -> Result<Self, ProfileError> {
        let text = std::fs::read_to_string(path).map_err(|error| ProfileError::Unreadable {
            path: path.display().to_string(),
            error,
        })?;
        Self::parse(&text)
    }

    /// A built-in profile by name, or a file by path.
    pub fn find(name_or_path: &str) -> Result<Self, ProfileError> {
        if let Some((_, text)) = BUILT_IN.iter().find(|(name, _)| *name == name_or_path) {
            return Self::parse(text);
        }
        let path = Path::new(name_or_path);
        if path.exists() {
            return Self::load(path);
        }
        Err(ProfileError::Unknown {
            name: name_or_path.to_owned(),
            known: Self::names().collect::<Vec<_>>().join(", "),
        })
    }

    /// Names of the built-in profiles.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The text of a built-in profile.
    pub fn source(name: &str) -> Option<&'static str> {
        BUILT_IN
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| *text)
    }

    /// What is deployed, in the order in which codes are stored.
    pub fn kinds(&self) -> Vec<ContractKind> {
        let is_deployed = |kind: &ContractKind| match kind {
            ContractKind::DebtRegistry => self.minter.is_some() || self.pool_manager.is_some(),
            ContractKind::SynthMinter => self.minter.is_some(),
            ContractKind::StabilityPool => self.stability_pool.is_some(),
            ContractKind::PoolManager | ContractKind::PoolLens => self.pool_manager.is_some(),
            ContractKind::RewardsDistributor => self.distributor().is_some(),
            ContractKind::SpotMarket => {
                let pools = self.pool_manager.as_ref();
                pools.is_some_and(|pools| pools.spot_market.is_some())
            }
            ContractKind::HostileMarket => self.hostile_markets().next().is_some(),
            ContractKind::Oracle | ContractKind::Treasury | ContractKind::Cw20 => true,
        };
        ContractKind::ALL.into_iter().filter(is_deployed).collect()
    }

    /// Every asset with its decimals: those that have a price, LPD, and what incentives are paid
    /// in.
    pub fn assets(&self) -> BTreeMap<&str, u8> {
        let priced = self.oracle.assets.iter();
        let shares = self.stability_pool.iter().filter_map(|pool| {
            let dcm = self.oracle.assets.get(&pool.dcm.asset)?;
            Some((pool.lpd.asset.as_str(), dcm.decimals))
        });
        let rewards = self
            .reward_tokens()
            .map(|token| (token.asset.as_str(), token.decimals));
        priced
            .map(|(id, asset)| (id.as_str(), asset.decimals))
            .chain(shares)
            .chain(rewards)
            .collect()
    }

    /// Decimals of an asset.
    pub fn decimals(&self, asset: &str) -> Option<u8> {
        self.assets().get(asset).copied()
    }

    /// What incentives and cuts are paid by.
    pub fn distributor(&self) -> Option<&DistributorProfile> {
        self.pool_manager.as_ref()?.distributor.as_ref()
    }

    /// What incentives are paid in.
    pub fn reward_tokens(&self) -> impl Iterator<Item = &RewardTokenProfile> {
        self.distributor().into_iter().flat_map(|d| &d.tokens)
    }

    /// What may be delegated to pools.
    pub fn pool_collaterals(&self) -> impl Iterator<Item = &PoolCollateralProfile> {
        let pools = self.pool_manager.iter();
        pools.flat_map(|pools| &pools.collaterals)
    }

    /// Markets that answer whatever they are told.
    pub fn hostile_markets(&self) -> impl Iterator<Item = &HostileMarketProfile> {
        let pools = self.pool_manager.iter();
        pools.flat_map(|pools| &pools.hostile_markets)
    }

    /// What may be staked.
    pub fn collaterals(&self) -> impl Iterator<Item = &CollateralProfile> {
        self.minter.iter().flat_map(|minter| &minter.collaterals)
    }

    /// All synths of the minter, the dollar first.
    pub fn synths(&self) -> impl Iterator<Item = &SynthProfile> {
        self.minter
            .iter()
            .flat_map(|minter| std::iter::once(&minter.dollar).chain(&minter.synths))
    }

    /// Tokens that the protocol takes and does not issue, by asset: collaterals, DCM, and what
    /// incentives are paid in.
    pub fn taken(&self) -> BTreeMap<&str, &TokenProfile> {
        let collaterals = self
            .collaterals()
            .map(|collateral| (collateral.asset.as_str(), &collateral.token));
        let dcm = self
            .stability_pool
            .iter()
            .map(|pool| (pool.dcm.asset.as_str(), &pool.dcm.token));
        let delegated = self
            .pool_collaterals()
            .map(|collateral| (collateral.asset.as_str(), &collateral.token));
        let rewards = self
            .reward_tokens()
            .map(|reward| (reward.asset.as_str(), &reward.token));
        collaterals
            .chain(dcm)
            .chain(delegated)
            .chain(rewards)
            .collect()
    }

    /// Has the protocol take another token as an asset; false when it takes none of it.
    pub fn set_token(&mut self, asset: &str, token: &TokenProfile) -> bool {
        let collaterals = self
            .minter
            .iter_mut()
            .flat_map(|minter| &mut minter.collaterals)
            .map(|collateral| (&collateral.asset, &mut collateral.token));
        let dcm = self
            .stability_pool
            .iter_mut()
            .map(|pool| (&pool.dcm.asset, &mut pool.dcm.token));
        let pools = self.pool_manager.iter_mut().flat_map(|pools| {
            let delegated = pools
                .collaterals
                .iter_mut()
                .map(|collateral| (&collateral.asset, &mut collateral.token));
            let distributor = pools.distributor.iter_mut();
            let rewards = distributor
                .flat_map(|distributor| &mut distributor.tokens)
                .map(|reward| (&reward.asset, &mut reward.token));
            delegated.chain(rewards)
        });
        let mut found = false;
        let all = collaterals.chain(dcm).chain(pools);
        for (_, taken) in all.filter(|(id, _)| *id == asset) {
            *taken = token.clone();
            found = true;
        }
        found
    }

    /// Assets whose cw20 is made and minted by a contract of the protocol: synths, DUCA, LPD, the
    /// pools' dollar.
    pub fn issued(&self) -> impl Iterator<Item = &str> {
        let synths = self.synths().map(|synth| &synth.asset);
        let pool = self
            .stability_pool
            .iter()
            .flat_map(|pool| [&pool.duca.asset, &pool.lpd.asset]);
        let dollar = self.pool_manager.iter().map(|pools| &pools.dollar.asset);
        synths.chain(pool).chain(dollar).map(String::as_str)
    }

    /// Every account the profile names: owner, guardian, feeders, AMOs, who gets cuts, funders, and
    /// those with balances.
    pub fn accounts(&self) -> BTreeSet<&str> {
        let feeders = self
            .oracle
            .assets
            .values()
            .filter_map(|asset| match &asset.sources {
                SourcesProfile::Push(feeders) => Some(feeders),
                SourcesProfile::Fixed(_) => None,
            })
            .flatten();
        let amos = self.stability_pool.iter().flat_map(|pool| &pool.amos);
        std::iter::once(&self.owner)
            .chain(&self.guardian)
            .chain(feeders)
            .chain(amos)
            .chain(
                self.distributor()
                    .into_iter()
                    .flat_map(|d| d.recipients.keys().chain(&d.funders)),
            )
            .chain(self.embedded.accounts.keys())
            .map(String::as_str)
            .collect()
    }

    /// What wallets hold at the start: account, asset, base units.
    pub fn balances(&self) -> Result<Vec<(&str, String, Uint128)>, AmountError> {
        let accounts = self.embedded.accounts.iter();
        accounts
            .flat_map(|(account, balances)| balances.iter().map(move |text| (account, text)))
            .map(|(account, text)| {
                let amount = self.amount(text)?;
                let asset = amount.asset.ok_or_else(|| AmountError::NotAnAmount {
                    text: text.to_owned(),
                })?;
                Ok((account.as_str(), asset, amount.units))
            })
            .collect()
    }

    /// Every asset's token; `cw20` knows the address of one that is deployed with the profile.
    pub fn tokens<E>(
        &self,
        cw20: impl Fn(&str) -> Result<Addr, E>,
    ) -> Result<BTreeMap<String, Token>, E> {
        let taken = self.taken().into_iter().map(|(asset, token)| {
            let token = match token {
                TokenProfile::Native(denom) => Token::Native(denom.clone()),
                TokenProfile::Cw20(_) => Token::Cw20(cw20(asset)?),
                TokenProfile::Existing(address) => Token::Cw20(Addr::unchecked(address)),
            };
            Ok((asset.to_owned(), token))
        });
        let issued = self
            .issued()
            .map(|asset| Ok((asset.to_owned(), Token::Cw20(cw20(asset)?))));
        taken.chain(issued).collect()
    }

    /// Reads an amount of `asset`: base units, or `9 LIFE`.
    pub fn amount_of(&self, asset: &str, text: &str) -> Result<Uint128, ProfileError> {
        let parsed = self.amount(text).map_err(|error| invalid(asset, &error))?;
        match parsed.asset {
            Some(other) if other != asset => {
                Err(invalid(asset, &format!("`{text}` is an amount of {other}")))
            }
            _ => Ok(parsed.units),
        }
    }

    /// Reads `9 LIFE`, or base units.
    pub fn amount(&self, text: &str) -> Result<amount::Amount, AmountError> {
        amount::parse(text, |asset| self.decimals(asset))
    }

    /// The rule of an asset, with everything that is not said filled in.
    pub fn rule(&self, asset: &AssetProfile) -> Rule {
        let (own, all) = (&asset.rule, &self.oracle.rule);
        let sources = u8::try_from(asset.sources.count()).unwrap_or(u8::MAX);
        let majority = sources.saturating_div(2).saturating_add(1);
        Rule {
            min_sources: own
                .min_sources
                .unwrap_or_else(|| all.min_sources.unwrap_or(majority).min(sources)),
            max_age_secs: own.max_age_secs.or(all.max_age_secs).unwrap_or(600),
            max_spread: own
                .max_spread
                .or(all.max_spread)
                .unwrap_or(Decimal::percent(2)),
            max_confidence: own
                .max_confidence
                .or(all.max_confidence)
                .unwrap_or(Decimal::percent(1)),
            ema_period_secs: own.ema_period_secs.or(all.ema_period_secs).unwrap_or(1_800),
            max_deviation: own
                .max_deviation
                .or(all.max_deviation)
                .unwrap_or(Decimal::percent(25)),
            breaker_window_secs: own
                .breaker_window_secs
                .or(all.breaker_window_secs)
                .unwrap_or(600),
        }
    }

    /// The minter's numbers.
    pub fn params(&self, minter: &MinterProfile) -> Result<Params, ProfileError> {
        let params = &minter.params;
        let (split, exchange) = (params.penalty_split, params.exchange);
        Ok(Params {
            grace_secs: params.grace_secs,
            flag_expiry_secs: params.flag_expiry_secs,
            min_stake_secs: params.min_stake_secs,
            min_debt: self.amount_of(&minter.dollar.asset, &params.min_debt)?,
            penalty_split: PenaltySplit {
                liquidator: split.liquidator,
                flagger: split.flagger,
                treasury: split.treasury,
            },
            exchange: ExchangeParams {
                base_fee: exchange.base_fee,
                max_fee: exchange.max_fee,
                max_exit_fee: exchange.max_exit_fee,
                unminted_part: exchange.unminted_part,
            },
        })
    }

    /// The stability pool's guards.
    pub fn guards(&self, pool: &StabilityPoolProfile) -> Result<Guards, ProfileError> {
        let guards = &pool.guards;
        let units = |asset: &str, text: &Option<String>| {
            text.as_deref()
                .map(|text| self.amount_of(asset, text))
                .transpose()
        };
        Ok(Guards {
            max_minted: units(&pool.duca.asset, &guards.max_minted)?,
            max_paid_out: units(&pool.dcm.asset, &guards.max_paid_out)?,
            max_seigniorage: guards.max_seigniorage,
            max_par_rise: guards.max_par_rise,
            band: guards.band,
            min_mint_price: guards.min_mint_price,
            min_mint_cover: guards.min_mint_cover,
        })
    }

    /// The most there may be of an asset: what is said, or 10¹² tokens.
    pub fn most(&self, asset: &str, said: Option<&str>) -> Result<Uint128, ProfileError> {
        said.map_or_else(
            || {
                let decimals = self.decimals(asset).unwrap_or_default();
                amount::parse_units("1_000_000_000_000", decimals)
                    .map_err(|error| invalid(asset, &error))
            },
            |text| self.amount_of(asset, text),
        )
    }

    /// Whether the parts fit each other. What the contracts check themselves is left to them.
    fn check(&self) -> Result<(), ProfileError> {
        self.check_assets()?;
        self.check_names()?;
        if self.minter.is_none() && self.stability_pool.is_none() && self.pool_manager.is_none() {
            let problem = "there is neither a minter nor a stability_pool nor a pool_manager";
            return Err(invalid(&self.name, &problem));
        }
        if let Some(minter) = &self.minter {
            self.params(minter)?;
        }
        for synth in self.synths() {
            self.require_asset("minter.synths", &synth.asset)?;
            self.most(&synth.asset, synth.ceiling.as_deref())?;
        }
        for collateral in self.collaterals() {
            self.require_asset("minter.collaterals", &collateral.asset)?;
            self.most(&collateral.asset, collateral.cap.as_deref())?;
        }
        if let Some(pool) = &self.stability_pool {
            self.check_stability_pool(pool)?;
        }
        if let Some(pools) = &self.pool_manager {
            self.check_pools(pools)?;
        }
        for (asset, limit) in &self.treasury.limits {
            self.require_token("treasury.limits", asset)?;
            self.amount_of(asset, &limit.amount)?;
        }
        if let Some(cover) = &self.treasury.cover {
            let minter = self.minter.as_ref().ok_or_else(|| {
                invalid("treasury.cover", &"without a minter there is no bad debt")
            })?;
            self.amount_of(&minter.dollar.asset, &cover.amount)?;
        }
        self.check_embedded()
    }

    fn check_stability_pool(&self, pool: &StabilityPoolProfile) -> Result<(), ProfileError> {
        self.require_asset("stability_pool.dcm", &pool.dcm.asset)?;
        self.require_asset("stability_pool.duca", &pool.duca.asset)?;
        if let Some(numeraire) = &pool.numeraire {
            self.require_asset("stability_pool.numeraire", numeraire)?;
        }
        if self.oracle.assets.contains_key(&pool.lpd.asset) {
            let problem = format!("{} has no price of its own", pool.lpd.asset);
            return Err(invalid("stability_pool.lpd", &problem));
        }
        self.guards(pool)?;
        Ok(())
    }

    fn check_assets(&self) -> Result<(), ProfileError> {
        for (id, asset) in &self.oracle.assets {
            let at = format!("oracle.assets.{id}");
            if !is_asset_id(id) {
                return Err(invalid(&at, &"not an asset id"));
            }
            if !(1..=MAX_SOURCES).contains(&asset.sources.count()) {
                return Err(invalid(
                    &at,
                    &format!("1 to {MAX_SOURCES} sources are needed"),
                ));
            }
        }
        Ok(())
    }

    /// One name, one thing: accounts, contracts and tokens share their names in stories.
    fn check_names(&self) -> Result<(), ProfileError> {
        let hostile: Vec<&str> = self.hostile_markets().map(|h| h.name.as_str()).collect();
        for (place, name) in hostile.iter().enumerate() {
            let is_own = *name == ContractKind::HostileMarket.name();
            let is_there = hostile.iter().take(place).any(|other| other == name);
            if is_there || (is_contract_name(name) && !is_own) {
                return Err(invalid(name, &"is the name of another contract"));
            }
        }
        let is_contract = |name: &str| is_contract_name(name) || hostile.contains(&name);
        for name in self.accounts() {
            if is_contract(name) {
                return Err(invalid(
                    name,
                    &"is the name of a contract, not of an account",
                ));
            }
            if self.assets().contains_key(name) {
                return Err(invalid(name, &"is the name of an asset, not of an account"));
            }
        }
        for asset in self.issued().chain(self.taken().into_keys()) {
            if is_contract(asset) {
                return Err(invalid(
                    asset,
                    &"is the name of a contract, not of an asset",
                ));
            }
        }
        self.check_tokens()
    }

    /// One asset, one token. What the protocol issues is nothing else, and what several parts of it
    /// take is the same for each.
    fn check_tokens(&self) -> Result<(), ProfileError> {
        let mut seen = BTreeSet::new();
        let staked = self.collaterals().map(|c| c.asset.as_str());
        for asset in self.issued().chain(staked) {
            if !seen.insert(asset) {
                return Err(invalid(
                    asset,
                    &"is there twice among synths, DUCA, LPD and collaterals",
                ));
            }
        }
        let mut delegated = BTreeSet::new();
        for PoolCollateralProfile { asset, .. } in self.pool_collaterals() {
            if !delegated.insert(asset) {
                return Err(invalid(asset, &"is there twice among collaterals of pools"));
            }
        }
        let all = self.taken();
        let dcm = self.stability_pool.as_ref().map(|pool| &pool.dcm);
        let dcm = dcm.map(|dcm| (&dcm.asset, &dcm.token, "DCM"));
        let pools = self
            .pool_collaterals()
            .map(|c| (&c.asset, &c.token, "a collateral of pools"));
        let rewards = self
            .reward_tokens()
            .map(|r| (&r.asset, &r.token, "a reward"));
        let staked = self
            .collaterals()
            .map(|c| (&c.asset, &c.token, "a collateral"));
        for (asset, token, what) in staked.chain(dcm).chain(pools).chain(rewards) {
            if self.issued().any(|issued| issued == asset) {
                let problem = format!("is {what}, and issued by the protocol");
                return Err(invalid(asset, &problem));
            }
            if all.get(asset.as_str()).is_some_and(|other| *other != token) {
                let problem = format!("is one token as {what} and another elsewhere");
                return Err(invalid(asset, &problem));
            }
        }
        Ok(())
    }

    fn check_embedded(&self) -> Result<(), ProfileError> {
        for asset in self.embedded.prices.keys() {
            self.require_asset("embedded.prices", asset)?;
        }
        for (id, asset) in &self.oracle.assets {
            let pushed = matches!(asset.sources, SourcesProfile::Push(_));
            if pushed != self.embedded.prices.contains_key(id) {
                let problem = if pushed {
                    format!("no start price of {id}")
                } else {
                    format!("{id} is fixed, it has no start price")
                };
                return Err(invalid("embedded.prices", &problem));
            }
        }
        for (account, balances) in &self.embedded.accounts {
            let at = format!("embedded.accounts.{account}");
            for text in balances {
                let asset = self
                    .amount(text)
                    .map_err(|error| invalid(&at, &error))?
                    .asset
                    .ok_or_else(|| invalid(&at, &format!("`{text}`: of which asset?")))?;
                if !self.taken().contains_key(asset.as_str()) {
                    let problem = format!(
                        "{asset} is no collateral, not DCM and no reward; what the protocol issues \
                         has to be minted"
                    );
                    return Err(invalid(&at, &problem));
                }
            }
        }
        Ok(())
    }

    fn require_asset(&self, at: &str, asset: &str) -> Result<(), ProfileError> {
        if self.oracle.assets.contains_key(asset) {
            Ok(())
        } else {
            Err(invalid(at, &format!("{asset} is not among oracle.assets")))
        }
    }

    fn require_token(&self, at: &str, asset: &str) -> Result<(), ProfileError> {
        if self.taken().contains_key(asset) || self.issued().any(|issued| issued == asset) {
            Ok(())
        } else {
            Err(invalid(at, &format!("{asset} has no token")))
        }
    }
}

fn invalid(at: &str, problem: &impl ToString) -> ProfileError {
    ProfileError::Invalid {
        at: at.to_owned(),
        problem: problem.to_string(),
    }
}
