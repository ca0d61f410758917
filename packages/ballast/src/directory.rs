//! Who and what there is on a chain: accounts, contracts, assets, by name and by address.

use std::collections::BTreeMap;

use ballast_sim::{ContractKind, Profile, profile::SourcesProfile};
use serde_json::Value;

/// What answers under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A user: has keys, sends messages.
    Account,
    /// The price oracle.
    Oracle,
    /// The debt registry.
    DebtRegistry,
    /// The synth minter.
    SynthMinter,
    /// The treasury.
    Treasury,
    /// The stability pool.
    StabilityPool,
    /// The pool manager.
    PoolManager,
    /// The pool lens.
    PoolLens,
    /// The rewards distributor.
    RewardsDistributor,
    /// The spot market.
    SpotMarket,
    /// A market that answers whatever it is told.
    HostileMarket,
    /// The cw20 of an asset.
    Cw20,
    /// A contract whose messages are not known here.
    Other,
}

impl Kind {
    /// What it is, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Account => "an account",
            Self::Oracle => "the oracle",
            Self::DebtRegistry => "the debt registry",
            Self::SynthMinter => "the synth minter",
            Self::Treasury => "the treasury",
            Self::StabilityPool => "the stability pool",
            Self::PoolManager => "the pool manager",
            Self::PoolLens => "the pool lens",
            Self::RewardsDistributor => "the rewards distributor",
            Self::SpotMarket => "the spot market",
            Self::HostileMarket => "a hostile market",
            Self::Cw20 => "a cw20 token",
            Self::Other => "a contract",
        }
    }
}

impl From<ContractKind> for Kind {
    fn from(kind: ContractKind) -> Self {
        match kind {
            ContractKind::Oracle => Self::Oracle,
            ContractKind::DebtRegistry => Self::DebtRegistry,
            ContractKind::SynthMinter => Self::SynthMinter,
            ContractKind::Treasury => Self::Treasury,
            ContractKind::StabilityPool => Self::StabilityPool,
            ContractKind::PoolManager => Self::PoolManager,
            ContractKind::PoolLens => Self::PoolLens,
            ContractKind::RewardsDistributor => Self::RewardsDistributor,
            ContractKind::SpotMarket => Self::SpotMarket,
            ContractKind::HostileMarket => Self::HostileMarket,
            ContractKind::Cw20 => Self::Cw20,
        }
    }
}

/// A name's address and kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its address.
    pub address: String,
    /// What it is.
    pub kind: Kind,
}

/// An asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Decimals of its token.
    pub decimals: u8,
    /// Where its units live; none for an asset that has a price and no token.
    pub token: Option<Token>,
    /// Who says its price, by name; nobody for an asset whose price never moves.
    pub feeders: Vec<String>,
}

/// Where the units of an asset live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// In the bank, under this denom.
    Native(String),
    /// In the cw20 at this address.
    Cw20(String),
}

impl From<ballast_types::Token> for Token {
    fn from(token: ballast_types::Token) -> Self {
        match token {
            ballast_types::Token::Native(denom) => Self::Native(denom),
            ballast_types::Token::Cw20(address) => Self::Cw20(address.into_string()),
        }
    }
}

/// Who and what there is on a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// Accounts, contracts and cw20 tokens by name.
    pub entries: BTreeMap<String, Entry>,
    /// Assets by id.
    pub assets: BTreeMap<String, Asset>,
    /// Id of the dollar synth in which debt is counted.
    pub dollar: Option<String>,
    /// Assets of the stability pool.
    pub pool: Option<PoolAssets>,
    /// Id of the pools' dollar.
    pub pools_dollar: Option<String>,
}

/// Ids of the assets of a stability pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolAssets {
    /// What DUCA is bought with.
    pub dcm: String,
    /// DUCA.
    pub duca: String,
    /// The pool's shares.
    pub lpd: String,
}

impl Directory {
    /// The directory of a deployed profile: its names, each with address and, for a contract,
    /// kind, and its tokens by asset.
    pub fn of<'a>(
        profile: &Profile,
        names: impl Iterator<Item = (&'a str, &'a str, Option<ContractKind>)>,
        token: impl Fn(&str) -> Option<ballast_types::Token>,
    ) -> Self {
        let entries = names
            .map(|(name, address, kind)| {
                let entry = Entry {
                    address: address.to_owned(),
                    kind: kind.map_or(Kind::Account, Kind::from),
                };
                (name.to_owned(), entry)
            })
            .collect();
        let assets = profile
            .assets()
            .into_iter()
            .map(|(id, decimals)| {
                let sources = profile.oracle.assets.get(id).map(|asset| &asset.sources);
                let feeders = match sources {
                    Some(SourcesProfile::Push(feeders)) => feeders.clone(),
                    Some(SourcesProfile::Fixed(_)) | None => Vec::new(),
                };
                let asset = Asset {
                    decimals,
                    token: token(id).map(Token::from),
                    feeders,
                };
                (id.to_owned(), asset)
            })
            .collect();
        Self {
            entries,
            assets,
            dollar: profile
                .minter
                .as_ref()
                .map(|minter| minter.dollar.asset.clone()),
            pool: profile.stability_pool.as_ref().map(|pool| PoolAssets {
                dcm: pool.dcm.asset.clone(),
                duca: pool.duca.asset.clone(),
                lpd: pool.lpd.asset.clone(),
            }),
            pools_dollar: profile
                .pool_manager
                .as_ref()
                .map(|pools| pools.dollar.asset.clone()),
        }
    }

    /// Names of all that `wanted` wants, sorted.
    pub fn names(&self, wanted: impl Fn(Kind) -> bool) -> Vec<&str> {
        self.entries
            .iter()
            .filter(|(_, entry)| wanted(entry.kind))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// Ids of the assets that have a token, sorted.
    pub fn tokens(&self) -> Vec<&str> {
        self.assets
            .iter()
            .filter(|(_, asset)| asset.token.is_some())
            .map(|(id, _)| id.as_str())
            .collect()
    }

    /// The name of an address.
    pub fn name_of(&self, address: &str) -> Option<&str> {
        self.entries
            .iter()
            .find(|(_, entry)| entry.address == address)
            .map(|(name, _)| name.as_str())
    }

    /// The synth minter: the contract that knows what accounts owe.
    pub fn minter(&self) -> Option<&Entry> {
        self.only(Kind::SynthMinter)
    }

    /// The stability pool.
    pub fn stability_pool(&self) -> Option<&Entry> {
        self.only(Kind::StabilityPool)
    }

    /// The lens, which knows what LPs have in pools.
    pub fn pool_lens(&self) -> Option<&Entry> {
        self.only(Kind::PoolLens)
    }

    fn only(&self, kind: Kind) -> Option<&Entry> {
        self.entries.values().find(|entry| entry.kind == kind)
    }

    /// The asset whose units are those of a denom.
    pub fn asset_of_denom(&self, denom: &str) -> Option<&str> {
        self.assets
            .iter()
            .find(|(_, asset)| asset.token == Some(Token::Native(denom.to_owned())))
            .map(|(id, _)| id.as_str())
    }

    /// A text with `@name` for every address in it.
    pub fn with_names(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for (name, entry) in &self.entries {
            if out.contains(&entry.address) {
                out = out.replace(&entry.address, &format!("@{name}"));
            }
        }
        out
    }

    /// JSON with `@name` for every address in it.
    pub fn json_with_names(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.with_names(text)),
            Value::Array(items) => items.iter().map(|v| self.json_with_names(v)).collect(),
            Value::Object(entries) => entries
                .iter()
                .map(|(key, v)| (self.with_names(key), self.json_with_names(v)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            other => other.clone(),
        }
    }
}
