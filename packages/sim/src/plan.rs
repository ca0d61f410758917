//! How a profile is deployed, as data.
//!
//! A [`Plan`] is a list of steps: codes to store, contracts to instantiate, messages to send,
//! answers to check. Addresses and code ids are not known before; a message names them
//! (`@treasury`, `@code/cw20`), and each name is filled in when its step runs. So one plan is
//! printed, run on an embedded chain, and run on a real one.

use std::{collections::BTreeMap, fmt};

use anyhow::{Context, bail};
use ballast_types::{
    MigrateMsg, TokenUnchecked, debt_registry, issuer,
    oracle::{self, Source, SourceKind},
    stability_pool::{self, DcmSpec, DucaSpec, TokenSpec},
    synth_minter,
    treasury::{self, CoverUnchecked, Limit},
};
use cosmwasm_std::Uint128;
use cw20::MinterResponse;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    kind::ContractKind,
    profile::{
        AssetProfile, IssuedProfile, LimitProfile, MinterProfile, Profile, ProfileError,
        SourcesProfile, StabilityPoolProfile, SynthProfile, TokenProfile,
    },
};

mod pools;

pub(crate) use pools::recipients;

/// One step of a deployment.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Stores a code; its id is `@code/<kind>` from then on.
    Store {
        /// Which.
        code: ContractKind,
    },
    /// Instantiates a contract, with its sender as admin; its address is `@<name>` from then on.
    Instantiate {
        /// Its name.
        name: String,
        /// Its code.
        code: ContractKind,
        /// Who sends it.
        sender: String,
        /// The message.
        msg: Value,
    },
    /// Sends a message.
    Execute {
        /// Who sends it.
        sender: String,
        /// Name of the contract.
        contract: String,
        /// The message.
        msg: Value,
    },
    /// Gives a contract another code.
    Migrate {
        /// Its admin, who sends it.
        sender: String,
        /// Name of the contract.
        contract: String,
        /// The new code.
        code: ContractKind,
        /// The message.
        msg: Value,
    },
    /// Asks for an address; it is `@<name>` from then on.
    Learn {
        /// The name.
        name: String,
        /// What kind of contract it is.
        code: ContractKind,
        /// Name of the contract that knows.
        contract: String,
        /// The question.
        query: Value,
        /// Where in the answer the address is, as a JSON pointer.
        pointer: String,
    },
    /// Asks, and goes on only if the answer is the right one.
    Check {
        /// Name of the contract.
        contract: String,
        /// The question.
        query: Value,
        /// Where in the answer to look, as a JSON pointer.
        pointer: String,
        /// What must be there.
        expected: Value,
    },
}

/// A deployment, step by step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// In this order.
    pub steps: Vec<Step>,
}

/// A chain that a plan can be run on. Senders are names of accounts.
pub trait Target {
    /// Stores a code and gives its id.
    fn store(&mut self, code: ContractKind) -> anyhow::Result<u64>;
    /// Instantiates a contract and gives its address.
    fn instantiate(
        &mut self,
        sender: &str,
        code_id: u64,
        label: &str,
        msg: &Value,
    ) -> anyhow::Result<String>;
    /// Sends a message to a contract by address.
    fn execute(&mut self, sender: &str, contract: &str, msg: &Value) -> anyhow::Result<()>;
    /// Gives a contract, by address, another code.
    fn migrate(
        &mut self,
        sender: &str,
        contract: &str,
        code_id: u64,
        msg: &Value,
    ) -> anyhow::Result<()>;
    /// Asks a contract by address.
    fn query(&mut self, contract: &str, msg: &Value) -> anyhow::Result<Value>;
    /// Address of an account.
    fn account(&mut self, name: &str) -> anyhow::Result<String>;
}

/// A contract of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Its address.
    pub address: String,
    /// What it is.
    pub kind: ContractKind,
}

impl Plan {
    /// What has to be done to deploy a profile.
    pub fn of(profile: &Profile) -> Result<Self, ProfileError> {
        let mut steps: Vec<Step> = profile
            .kinds()
            .into_iter()
            .map(|code| Step::Store { code })
            .collect();
        let composer = Composer { profile };
        steps.extend(composer.contracts()?);
        steps.extend(composer.assets());
        steps.extend(composer.tokens());
        if let Some(minter) = &profile.minter {
            steps.extend(composer.collaterals(minter)?);
            steps.extend(composer.synths(minter)?);
        }
        if let Some(pool) = &profile.stability_pool {
            steps.extend(composer.stability_pool(pool)?);
        }
        if let Some(pools) = &profile.pool_manager {
            steps.extend(composer.pools(pools)?);
        }
        steps.extend(composer.treasury()?);
        steps.extend(composer.registry_checks());
        if let Some(minter) = &profile.minter {
            steps.extend(composer.minter_checks(minter));
        }
        if let Some(pool) = &profile.stability_pool {
            steps.extend(composer.stability_pool_checks(pool));
        }
        if let Some(pools) = &profile.pool_manager {
            steps.extend(composer.pool_checks(pools));
        }
        Ok(Self { steps })
    }

    /// What has to be done to give contracts that are deployed, each the only one of its kind,
    /// a new code. Synths are not among them: nobody can migrate a synth.
    pub fn upgrade(profile: &Profile, kinds: &[ContractKind]) -> Self {
        let stores = kinds.iter().map(|code| Step::Store { code: *code });
        let migrations = kinds.iter().map(|code| Step::Migrate {
            sender: profile.owner.clone(),
            contract: code.name().to_owned(),
            code: *code,
            msg: json(&MigrateMsg {}),
        });
        Self {
            steps: stores.chain(migrations).collect(),
        }
    }

    /// Whether `@<name>` stands for something that a step of this plan makes.
    pub fn makes(&self, name: &str) -> bool {
        self.steps.iter().any(|step| match step {
            Step::Store { code } => name.strip_prefix("code/") == Some(code.name()),
            Step::Instantiate { name: made, .. } | Step::Learn { name: made, .. } => made == name,
            Step::Execute { .. } | Step::Migrate { .. } | Step::Check { .. } => false,
        })
    }

    /// Runs every step, and gives the contracts by name. `progress` hears of each step before
    /// it runs.
    pub fn run(
        &self,
        target: &mut impl Target,
        mut progress: impl FnMut(&Step),
    ) -> anyhow::Result<BTreeMap<String, Deployed>> {
        let mut names = Names::default();
        for step in &self.steps {
            progress(step);
            names.run(step, target).with_context(|| step.to_string())?;
        }
        Ok(names.contracts)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store { code } => write!(f, "store {code}"),
            Self::Instantiate { name, msg, .. } => write!(f, "instantiate {name} {msg}"),
            Self::Execute {
                sender,
                contract,
                msg,
            } => write!(f, "{sender} → {contract} {msg}"),
            Self::Migrate {
                sender,
                contract,
                code,
                msg,
            } => write!(f, "{sender} migrates {contract} to {code} {msg}"),
            Self::Learn {
                name,
                contract,
                query,
                pointer,
                ..
            } => write!(f, "{name} = {contract} ? {query}{pointer}"),
            Self::Check {
                contract,
                query,
                pointer,
                expected,
            } => write!(f, "{contract} ? {query}{pointer} = {expected}"),
        }
    }
}

/// What the names of a plan stand for, as far as it has run.
#[derive(Debug, Clone, Default)]
pub struct Names {
    codes: BTreeMap<ContractKind, u64>,
    contracts: BTreeMap<String, Deployed>,
}

impl Names {
    /// A code has been stored.
    pub fn store(&mut self, code: ContractKind, id: u64) {
        self.codes.insert(code, id);
    }

    /// A contract has got an address.
    pub fn learn(&mut self, name: &str, kind: ContractKind, address: String) {
        self.contracts
            .insert(name.to_owned(), Deployed { address, kind });
    }

    /// Id of a code.
    pub fn code_id(&self, code: ContractKind) -> anyhow::Result<u64> {
        let id = self.codes.get(&code).copied();
        id.with_context(|| format!("no code {code} yet"))
    }

    /// Address of a contract.
    pub fn address(&self, contract: &str) -> anyhow::Result<&str> {
        self.contracts
            .get(contract)
            .map(|deployed| deployed.address.as_str())
            .with_context(|| format!("no contract {contract} yet"))
    }

    /// A value with what stands for each `@name` in it; `account` knows the accounts.
    pub fn resolve(
        &self,
        value: &Value,
        account: &mut dyn FnMut(&str) -> anyhow::Result<String>,
    ) -> anyhow::Result<Value> {
        Ok(match value {
            Value::String(text) => match text.strip_prefix('@') {
                Some(name) => self.lookup(name, account)?,
                None => value.clone(),
            },
            Value::Array(items) => Value::Array(
                items
                    .iter()
                    .map(|item| self.resolve(item, account))
                    .collect::<anyhow::Result<_>>()?,
            ),
            Value::Object(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(key, field)| Ok((key.clone(), self.resolve(field, account)?)))
                    .collect::<anyhow::Result<_>>()?,
            ),
            _ => value.clone(),
        })
    }

    fn lookup(
        &self,
        name: &str,
        account: &mut dyn FnMut(&str) -> anyhow::Result<String>,
    ) -> anyhow::Result<Value> {
        if let Some(code) = name.strip_prefix("code/") {
            return self
                .codes
                .iter()
                .find(|(kind, _)| kind.name() == code)
                .map(|(_, id)| json!(id))
                .with_context(|| format!("no code {code} yet"));
        }
        match self.contracts.get(name) {
            Some(deployed) => Ok(json!(deployed.address)),
            None => Ok(json!(account(name)?)),
        }
    }

    fn run(&mut self, step: &Step, target: &mut impl Target) -> anyhow::Result<()> {
        match step {
            Step::Store { code } => {
                let id = target.store(*code)?;
                self.codes.insert(*code, id);
            }
            Step::Instantiate {
                name,
                code,
                sender,
                msg,
            } => {
                let msg = self.filled(msg, target)?;
                let code_id = self.code_id(*code)?;
                let address = target.instantiate(sender, code_id, name, &msg)?;
                self.learn(name, *code, address);
            }
            Step::Execute {
                sender,
                contract,
                msg,
            } => {
                let msg = self.filled(msg, target)?;
                target.execute(sender, self.address(contract)?, &msg)?;
            }
            Step::Migrate {
                sender,
                contract,
                code,
                msg,
            } => {
                let msg = self.filled(msg, target)?;
                let code_id = self.code_id(*code)?;
                target.migrate(sender, self.address(contract)?, code_id, &msg)?;
            }
            Step::Learn {
                name,
                code,
                contract,
                query,
                pointer,
            } => {
                let answer = self.ask(contract, query, pointer, target)?;
                let address = answer.as_str().context("not an address")?.to_owned();
                self.learn(name, *code, address);
            }
            Step::Check {
                contract,
                query,
                pointer,
                expected,
            } => {
                let answer = self.ask(contract, query, pointer, target)?;
                let expected = self.filled(expected, target)?;
                if answer != expected {
                    bail!("expected {expected}, got {answer}");
                }
            }
        }
        Ok(())
    }

    fn ask(
        &self,
        contract: &str,
        query: &Value,
        pointer: &str,
        target: &mut impl Target,
    ) -> anyhow::Result<Value> {
        let query = self.filled(query, target)?;
        let answer = target.query(self.address(contract)?, &query)?;
        answer
            .pointer(pointer)
            .cloned()
            .with_context(|| format!("no {pointer} in {answer}"))
    }

    fn filled(&self, value: &Value, target: &mut impl Target) -> anyhow::Result<Value> {
        self.resolve(value, &mut |name| target.account(name))
    }
}

/// Writes the steps of a profile.
pub(crate) struct Composer<'a> {
    pub(crate) profile: &'a Profile,
}

impl Composer<'_> {
    fn contracts(&self) -> Result<Vec<Step>, ProfileError> {
        let (owner, guardian) = self.roles();
        let oracle = oracle::InstantiateMsg {
            owner: owner.clone(),
            guardian: guardian.clone(),
            round_interval_secs: self.profile.oracle.round_interval_secs,
        };
        let treasury = treasury::InstantiateMsg {
            owner: owner.clone(),
            guardian: guardian.clone(),
        };
        let mut steps = vec![
            self.instantiate(ContractKind::Oracle, json(&oracle)),
            self.instantiate(ContractKind::Treasury, json(&treasury)),
        ];
        if self.profile.kinds().contains(&ContractKind::DebtRegistry) {
            let registry = debt_registry::InstantiateMsg {
                owner: owner.clone(),
                guardian: guardian.clone(),
                oracle: at("oracle"),
                treasury: at("treasury"),
                cw20_code_id: 0,
            };
            steps.push(self.instantiate(ContractKind::DebtRegistry, with_cw20_code(&registry)));
        }
        let Some(minter) = &self.profile.minter else {
            return Ok(steps);
        };
        let minter = synth_minter::InstantiateMsg {
            owner,
            guardian,
            oracle: at("oracle"),
            registry: at("debt-registry"),
            treasury: at("treasury"),
            params: self.profile.params(minter)?,
        };
        steps.push(self.instantiate(ContractKind::SynthMinter, json(&minter)));
        Ok(steps)
    }

    /// Owner and guardian.
    fn roles(&self) -> (String, Option<String>) {
        let guardian = self.profile.guardian.as_deref().map(at);
        (at(&self.profile.owner), guardian)
    }

    fn assets(&self) -> Vec<Step> {
        self.profile
            .oracle
            .assets
            .iter()
            .map(|(id, asset)| {
                self.execute(
                    "oracle",
                    &oracle::ExecuteMsg::AddAsset {
                        asset: id.clone(),
                        decimals: asset.decimals,
                        rule: self.profile.rule(asset),
                        sources: Self::sources(asset),
                    },
                )
            })
            .collect()
    }

    pub(crate) fn sources(asset: &AssetProfile) -> Vec<Source> {
        match &asset.sources {
            SourcesProfile::Fixed(price) => vec![Source {
                name: "fixed".into(),
                kind: SourceKind::Fixed { price: *price },
            }],
            SourcesProfile::Push(feeders) => feeders
                .iter()
                .map(|feeder| Source {
                    name: feeder.clone(),
                    kind: SourceKind::Push { feeder: at(feeder) },
                })
                .collect(),
        }
    }

    /// The cw20s that the protocol takes and does not issue.
    fn tokens(&self) -> Vec<Step> {
        let taken = self.profile.taken().into_iter();
        taken
            .filter_map(|(asset, token)| match token {
                TokenProfile::Cw20(name) => Some(self.taken_token(asset, name)),
                TokenProfile::Native(_) | TokenProfile::Existing(_) => None,
            })
            .collect()
    }

    fn collaterals(&self, minter: &MinterProfile) -> Result<Vec<Step>, ProfileError> {
        minter
            .collaterals
            .iter()
            .map(|collateral| {
                let asset = &collateral.asset;
                Ok(self.execute(
                    "synth-minter",
                    &synth_minter::ExecuteMsg::AddCollateral {
                        asset: asset.clone(),
                        token: self.token(asset),
                        terms: collateral.terms.into(),
                        cap: self.profile.most(asset, collateral.cap.as_deref())?,
                    },
                ))
            })
            .collect()
    }

    fn taken_token(&self, asset: &str, name: &str) -> Step {
        let msg = cw20_base::msg::InstantiateMsg {
            name: name.to_owned(),
            symbol: asset.to_owned(),
            decimals: self.profile.decimals(asset).unwrap_or_default(),
            initial_balances: vec![],
            mint: Some(MinterResponse {
                minter: at(&self.profile.owner),
                cap: None,
            }),
            marketing: None,
        };
        Step::Instantiate {
            name: asset.to_owned(),
            code: ContractKind::Cw20,
            sender: self.profile.owner.clone(),
            msg: json(&msg),
        }
    }

    fn synths(&self, minter: &MinterProfile) -> Result<Vec<Step>, ProfileError> {
        let mut steps = vec![self.execute(
            "debt-registry",
            &debt_registry::ExecuteMsg::AddIssuer {
                issuer: at("synth-minter"),
                dollar: self.synth(&minter.dollar)?,
                shared_debt: true,
            },
        )];
        for synth in &minter.synths {
            steps.push(self.execute(
                "debt-registry",
                &debt_registry::ExecuteMsg::AddSynth {
                    issuer: at("synth-minter"),
                    synth: self.synth(synth)?,
                },
            ));
        }
        steps.extend(self.profile.synths().map(learn_synth));
        Ok(steps)
    }

    pub(crate) fn synth(
        &self,
        synth: &SynthProfile,
    ) -> Result<debt_registry::SynthSpec, ProfileError> {
        let asset = &synth.asset;
        Ok(debt_registry::SynthSpec {
            synth: asset.clone(),
            name: synth.name.clone().unwrap_or_else(|| asset.clone()),
            symbol: synth.symbol.clone().unwrap_or_else(|| asset.clone()),
            ceiling: self.profile.most(asset, synth.ceiling.as_deref())?,
        })
    }

    /// The pool makes DUCA and LPD; then it is asked for their addresses.
    fn stability_pool(&self, pool: &StabilityPoolProfile) -> Result<Vec<Step>, ProfileError> {
        let (owner, guardian) = self.roles();
        let dcm = &pool.dcm.asset;
        let msg = stability_pool::InstantiateMsg {
            owner,
            guardian,
            oracle: at("oracle"),
            treasury: at("treasury"),
            cw20_code_id: 0,
            dcm: DcmSpec {
                asset: dcm.clone(),
                token: self.token(dcm),
            },
            duca: DucaSpec {
                asset: pool.duca.asset.clone(),
                token: issued(&pool.duca),
            },
            lpd: issued(&pool.lpd),
            numeraire: pool.numeraire.clone(),
            initial_par: pool.initial_par,
            guards: self.profile.guards(pool)?,
            amos: pool.amos.iter().map(|amo| at(amo)).collect(),
        };
        let learn = |asset: &str, pointer: &str| Step::Learn {
            name: asset.to_owned(),
            code: ContractKind::Cw20,
            contract: ContractKind::StabilityPool.name().to_owned(),
            query: json(&stability_pool::QueryMsg::Config {}),
            pointer: pointer.to_owned(),
        };
        Ok(vec![
            self.instantiate(ContractKind::StabilityPool, with_cw20_code(&msg)),
            learn(&pool.duca.asset, "/duca/token/cw20"),
            learn(&pool.lpd.asset, "/lpd"),
        ])
    }

    fn treasury(&self) -> Result<Vec<Step>, ProfileError> {
        let mut steps = vec![];
        if let (Some(cover), Some(minter)) = (&self.profile.treasury.cover, &self.profile.minter) {
            let dollar = &minter.dollar.asset;
            steps.push(self.execute(
                "treasury",
                &treasury::ExecuteMsg::Authorize {
                    contract: at("synth-minter"),
                    cover: CoverUnchecked {
                        registry: at("debt-registry"),
                        dollar: at(dollar),
                        limit: self.limit(dollar, cover)?,
                    },
                },
            ));
        }
        for (asset, limit) in &self.profile.treasury.limits {
            steps.push(self.execute(
                "treasury",
                &treasury::ExecuteMsg::SetLimit {
                    token: self.token(asset),
                    limit: Some(self.limit(asset, limit)?),
                },
            ));
        }
        Ok(steps)
    }

    pub(crate) fn limit(&self, asset: &str, limit: &LimitProfile) -> Result<Limit, ProfileError> {
        Ok(Limit {
            amount: self.profile.amount_of(asset, &limit.amount)?,
            period_secs: limit.period_secs,
        })
    }

    /// What a stability pool must answer: that it knows the others and its tokens.
    fn stability_pool_checks(&self, pool: &StabilityPoolProfile) -> Vec<Step> {
        let name = ContractKind::StabilityPool.name();
        let config = || json(&stability_pool::QueryMsg::Config {});
        let dcm = json(&self.token(&pool.dcm.asset));
        [
            ("/oracle", json!("@oracle")),
            ("/treasury", json!("@treasury")),
            ("/dcm/token", dcm),
        ]
        .into_iter()
        .map(|(pointer, expected)| check(name, config(), pointer, expected))
        .collect()
    }

    /// What the registry must answer: that it knows the others.
    fn registry_checks(&self) -> Vec<Step> {
        if !self.profile.kinds().contains(&ContractKind::DebtRegistry) {
            return vec![];
        }
        let config = || json(&debt_registry::QueryMsg::Config {});
        ["oracle", "treasury"]
            .map(|name| {
                check(
                    "debt-registry",
                    config(),
                    &format!("/{name}"),
                    json!(at(name)),
                )
            })
            .into()
    }

    /// What the minter must answer: that it knows the others, its synths and collaterals.
    fn minter_checks(&self, minter: &MinterProfile) -> Vec<Step> {
        let minter_config = || json(&synth_minter::QueryMsg::Config {});
        let dollar = &minter.dollar.asset;
        let known = issuer::NewSynth {
            synth: dollar.clone(),
            token: cosmwasm_std::Addr::unchecked(at(dollar)),
            decimals: self.profile.decimals(dollar).unwrap_or_default(),
            is_dollar: true,
        };
        let mut steps = vec![
            check("synth-minter", minter_config(), "/oracle", json!("@oracle")),
            check(
                "synth-minter",
                minter_config(),
                "/registry",
                json!("@debt-registry"),
            ),
            check(
                "synth-minter",
                minter_config(),
                "/treasury",
                json!("@treasury"),
            ),
            check("synth-minter", minter_config(), "/dollar", json(&known)),
        ];
        steps.extend(self.profile.synths().map(|synth| {
            let query = debt_registry::QueryMsg::Synth {
                synth: synth.asset.clone(),
            };
            check(
                "debt-registry",
                json(&query),
                "/issuer",
                json!("@synth-minter"),
            )
        }));
        steps.extend(minter.collaterals.iter().flat_map(|collateral| {
            let query = json(&synth_minter::QueryMsg::Collateral {
                asset: collateral.asset.clone(),
            });
            [
                check(
                    "synth-minter",
                    query.clone(),
                    "/token",
                    json(&self.token(&collateral.asset)),
                ),
                check("synth-minter", query, "/total", json(&Uint128::zero())),
            ]
        }));
        steps
    }

    /// The token of an asset.
    pub(crate) fn token(&self, asset: &str) -> TokenUnchecked {
        match self.profile.taken().get(asset) {
            Some(TokenProfile::Native(denom)) => TokenUnchecked::Native(denom.clone()),
            Some(TokenProfile::Existing(address)) => TokenUnchecked::Cw20(address.clone()),
            Some(TokenProfile::Cw20(_)) | None => TokenUnchecked::Cw20(at(asset)),
        }
    }

    fn instantiate(&self, code: ContractKind, msg: Value) -> Step {
        Step::Instantiate {
            name: code.name().to_owned(),
            code,
            sender: self.profile.owner.clone(),
            msg,
        }
    }

    fn execute(&self, contract: &str, msg: &impl Serialize) -> Step {
        Step::Execute {
            sender: self.profile.owner.clone(),
            contract: contract.to_owned(),
            msg: json(msg),
        }
    }
}

/// Asks the registry for the cw20 of a synth.
fn learn_synth(synth: &SynthProfile) -> Step {
    Step::Learn {
        name: synth.asset.clone(),
        code: ContractKind::Cw20,
        contract: "debt-registry".into(),
        query: json(&debt_registry::QueryMsg::Synth {
            synth: synth.asset.clone(),
        }),
        pointer: "/token".into(),
    }
}

fn check(contract: &str, query: Value, pointer: &str, expected: Value) -> Step {
    Step::Check {
        contract: contract.to_owned(),
        query,
        pointer: pointer.to_owned(),
        expected,
    }
}

/// Name and ticker of a cw20 that a contract makes.
pub(crate) fn issued(token: &IssuedProfile) -> TokenSpec {
    let asset = &token.asset;
    TokenSpec {
        name: token.name.clone().unwrap_or_else(|| asset.clone()),
        symbol: token.symbol.clone().unwrap_or_else(|| asset.clone()),
    }
}

/// A message with the code of the cw20s that its contract makes. A code id is a number; its name
/// takes the number's place in the JSON.
fn with_cw20_code(msg: &impl Serialize) -> Value {
    let mut msg = json(msg);
    if let Some(code_id) = msg.get_mut("cw20_code_id") {
        *code_id = json!("@code/cw20");
    }
    msg
}

/// The symbol of an address.
pub(crate) fn at(name: &str) -> String {
    format!("@{name}")
}

/// A message as JSON. Messages consist of strings, numbers, lists and maps with string keys,
/// all of which JSON has.
pub(crate) fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}
