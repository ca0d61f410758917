//! The protocol on a chain in memory.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow, bail};
use ballast_types::{
    Token,
    oracle::{ExecuteMsg as OracleMsg, MAX_BATCH, PricePush},
};
use cosmwasm_std::testing::MockApi;
use cosmwasm_std::{Addr, Binary, BlockInfo, Coin, Decimal, Timestamp, Uint128};
use cw_multi_test::{
    App, AppBuilder, AppResponse, BankKeeper, BankSudo, Executor, SudoMsg, no_init,
};
use cw20::{BalanceResponse, Cw20ExecuteMsg, Cw20QueryMsg};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    amount,
    feeds::{Feeds, push},
    kind::ContractKind,
    plan::{Plan, Step, Target},
    profile::{Profile, TokenProfile, is_contract_name},
    snapshot::Snapshot,
    storage::{Access, Counts, SharedStorage},
};

/// The embedded chain.
pub type Chain = App<BankKeeper, MockApi, SharedStorage>;

/// Seconds between two blocks.
const BLOCK_SECS: u64 = 5;

/// The protocol, deployed on an embedded chain, with accounts that have names and price feeds
/// that go on pushing while time passes.
pub struct World {
    /// The chain.
    pub app: Chain,
    storage: SharedStorage,
    profile: Profile,
    names: BTreeMap<String, Addr>,
    by_address: BTreeMap<String, String>,
    kinds: BTreeMap<String, ContractKind>,
    tokens: BTreeMap<String, Token>,
    feeds: Feeds,
}

impl World {
    /// Deploys a profile: its plan, then start prices and balances.
    pub fn deploy(profile: &Profile) -> anyhow::Result<Self> {
        Self::deploy_with(profile, |_| {})
    }

    /// As [`World::deploy`]; `progress` hears of each step of the plan before it runs.
    pub fn deploy_with(profile: &Profile, progress: impl FnMut(&Step)) -> anyhow::Result<Self> {
        let mut world = Self::empty(profile, Feeds::of(profile));
        world.set_block(1, profile.embedded.start_time);
        for name in profile.accounts() {
            world.account(name);
        }
        for (name, deployed) in Plan::of(profile)?.run(&mut world, progress)? {
            world.learn(&name, Addr::unchecked(deployed.address));
            world.kinds.insert(name, deployed.kind);
        }
        world.learn_tokens()?;
        world.push_feeds(true)?;
        for (account, asset, units) in profile.balances()? {
            let holder = world.account(account);
            world.fund(&holder, &asset, units)?;
        }
        world.reset_counts();
        Ok(world)
    }

    /// Goes on from a snapshot.
    pub fn from_snapshot(snapshot: &Snapshot) -> Self {
        let mut world = Self::empty(&snapshot.profile, Feeds::default());
        for kind in snapshot.profile.kinds() {
            world.app.store_code(kind.code());
        }
        world.restore(snapshot);
        world
    }

    fn empty(profile: &Profile, feeds: Feeds) -> Self {
        let storage = SharedStorage::default();
        Self {
            app: AppBuilder::new()
                .with_storage(storage.clone())
                .build(no_init),
            storage,
            profile: profile.clone(),
            names: BTreeMap::new(),
            by_address: BTreeMap::new(),
            kinds: BTreeMap::new(),
            tokens: BTreeMap::new(),
            feeds,
        }
    }

    fn learn_tokens(&mut self) -> anyhow::Result<()> {
        for (asset, token) in self.profile.taken() {
            if let TokenProfile::Existing(address) = token {
                bail!("{address} of {asset} is not on an embedded chain");
            }
        }
        self.tokens = self.profile.tokens(|asset| self.contract(asset))?;
        Ok(())
    }

    // ------------------------------------------------------------ names

    /// What was deployed.
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Address of an account (`alice`), a contract (`synth-minter`) or a cw20 by its asset
    /// (`LUSD`).
    pub fn address(&self, name: &str) -> Option<Addr> {
        self.names.get(name).cloned()
    }

    /// As [`World::address`], for a name that must be there.
    pub fn contract(&self, name: &str) -> anyhow::Result<Addr> {
        self.address(name)
            .with_context(|| format!("there is no contract {name}"))
    }

    /// Address of an account, which is made when it is new.
    pub fn account(&mut self, name: &str) -> Addr {
        if let Some(address) = self.address(name) {
            return address;
        }
        let address = self.app.api().addr_make(name);
        self.learn(name, address.clone());
        address
    }

    /// Name of an address.
    pub fn name_of(&self, address: &str) -> Option<&str> {
        self.by_address.get(address).map(String::as_str)
    }

    /// Every name with its address.
    pub fn names(&self) -> impl Iterator<Item = (&str, &Addr)> {
        self.names
            .iter()
            .map(|(name, address)| (name.as_str(), address))
    }

    /// What a contract is, and so which messages it takes; none for an account.
    pub fn contract_kind(&self, name: &str) -> Option<ContractKind> {
        self.kinds.get(name).copied()
    }

    fn learn(&mut self, name: &str, address: Addr) {
        self.by_address.insert(address.to_string(), name.to_owned());
        self.names.insert(name.to_owned(), address);
    }

    // ------------------------------------------------------------ messages and questions

    /// Sends a message.
    pub fn execute(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &(impl Serialize + ?Sized),
        funds: &[Coin],
    ) -> anyhow::Result<AppResponse> {
        let msg = serde_json::to_value(msg)?;
        self.app
            .execute_contract(sender.clone(), contract.clone(), &msg, funds)
    }

    /// Asks a contract.
    pub fn query<T: DeserializeOwned>(
        &self,
        contract: &Addr,
        msg: &(impl Serialize + ?Sized),
    ) -> anyhow::Result<T> {
        let msg = serde_json::to_value(msg)?;
        Ok(self.app.wrap().query_wasm_smart(contract, &msg)?)
    }

    /// Sends a cw20 to a contract with a message for it; `asset` is the cw20's.
    pub fn send(
        &mut self,
        sender: &Addr,
        asset: &str,
        amount: Uint128,
        contract: &Addr,
        hook: &(impl Serialize + ?Sized),
    ) -> anyhow::Result<AppResponse> {
        let token = self.contract(asset)?;
        let msg = Cw20ExecuteMsg::Send {
            contract: contract.to_string(),
            amount,
            msg: Binary::new(serde_json::to_vec(hook)?),
        };
        self.execute(sender, &token, &msg, &[])
    }

    /// Moves an asset from one wallet to another: no contract hears of it.
    pub fn transfer(
        &mut self,
        sender: &Addr,
        recipient: &Addr,
        asset: &str,
        amount: Uint128,
    ) -> anyhow::Result<AppResponse> {
        let msg = self.require_token(asset)?.transfer(recipient, amount)?;
        self.app.execute(sender.clone(), msg)
    }

    // ------------------------------------------------------------ time and prices

    /// Block time, in seconds.
    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    /// Lets time pass; then the feeds push their last prices again, except silent ones.
    pub fn wait(&mut self, secs: u64) {
        self.advance(secs);
        // A feed whose push is refused goes on, as a real one does.
        let _ = self.push_feeds(false);
    }

    /// Lets one round interval pass, and all feeders of an asset push a new price, which makes
    /// a round with it; the other feeds push again what they said.
    ///
    /// Feeders after the first have theirs stored just before, for a round is made by the first
    /// push after the interval, of what is there.
    pub fn set_price(&mut self, asset: &str, price: Decimal) -> anyhow::Result<AppResponse> {
        self.feeds.set(asset, None, price)?;
        let feeders = self.feeds.of_asset(asset);
        for (feeder, price) in feeders.iter().skip(1) {
            self.push(feeder, vec![push(asset, *price)])?;
        }
        self.advance(self.profile.oracle.round_interval_secs);
        let mut answers = feeders
            .iter()
            .map(|(feeder, price)| self.push(feeder, vec![push(asset, *price)]))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let _ = self.push_feeds(false);
        if answers.is_empty() {
            bail!("NoFeed: nobody pushes a price of {asset}");
        }
        Ok(answers.swap_remove(0))
    }

    /// Lets one round interval pass, and one feeder of an asset alone pushes a new price; the
    /// other feeds push again what they said. The feeder stays with its price.
    ///
    /// It pushes first, so that the round is made with its price among the others.
    pub fn push_price(
        &mut self,
        asset: &str,
        feeder: &str,
        price: Decimal,
    ) -> anyhow::Result<AppResponse> {
        self.feeds.set(asset, Some(feeder), price)?;
        self.advance(self.profile.oracle.round_interval_secs);
        let answer = self.push(feeder, vec![push(asset, price)])?;
        let _ = self.push_feeds(false);
        Ok(answer)
    }

    /// Stops the feeds of an asset, or lets them go on with the next wait.
    pub fn silence(&mut self, asset: &str, silent: bool) -> anyhow::Result<()> {
        self.feeds.silence(asset, silent)
    }

    fn advance(&mut self, secs: u64) {
        let BlockInfo { height, time, .. } = self.app.block_info();
        let blocks = secs.div_ceil(BLOCK_SECS).max(1);
        self.set_block(
            height.saturating_add(blocks),
            time.seconds().saturating_add(secs),
        );
    }

    fn set_block(&mut self, height: u64, secs: u64) {
        // A timestamp counts nanoseconds: time stands still where they end.
        let secs = secs.min(u64::MAX / 1_000_000_000);
        self.app.set_block(BlockInfo {
            height,
            time: Timestamp::from_seconds(secs),
            chain_id: "ballast-embedded".into(),
        });
    }

    /// Every feed that is not silent pushes, in as few messages as may be. `strict` makes a
    /// refused push an error.
    fn push_feeds(&mut self, strict: bool) -> anyhow::Result<()> {
        let live: Vec<(String, Vec<PricePush>)> = self
            .feeds
            .live()
            .into_iter()
            .map(|(feeder, prices)| (feeder.to_owned(), prices))
            .collect();
        for (feeder, prices) in live {
            for batch in prices.chunks(MAX_BATCH) {
                let pushed = self.push(&feeder, batch.to_vec());
                if pushed.is_ok() {
                    continue;
                }
                if strict {
                    pushed?;
                }
                // One asset is retired, say: the others are pushed one by one.
                for price in batch {
                    let _ = self.push(&feeder, vec![price.clone()]);
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, feeder: &str, prices: Vec<PricePush>) -> anyhow::Result<AppResponse> {
        let oracle = self.contract(ContractKind::Oracle.name())?;
        let feeder = self.account(feeder);
        self.execute(&feeder, &oracle, &OracleMsg::Push { prices }, &[])
    }

    // ------------------------------------------------------------ money

    /// The token of an asset.
    pub fn token(&self, asset: &str) -> Option<Token> {
        self.tokens.get(asset).cloned()
    }

    /// Every asset that has a token.
    pub fn tokens(&self) -> impl Iterator<Item = (&str, &Token)> {
        self.tokens
            .iter()
            .map(|(asset, token)| (asset.as_str(), token))
    }

    /// Decimals of an asset.
    pub fn decimals(&self, asset: &str) -> Option<u8> {
        self.profile.decimals(asset)
    }

    /// Reads an amount of `asset`: `9 LIFE`, or base units.
    pub fn amount(&self, asset: &str, text: &str) -> anyhow::Result<Uint128> {
        Ok(self.profile.amount_of(asset, text)?)
    }

    /// An amount of a native token as funds of a message.
    pub fn coins(&self, asset: &str, text: &str) -> anyhow::Result<Vec<Coin>> {
        match self.require_token(asset)? {
            Token::Native(denom) => Ok(vec![Coin {
                denom,
                amount: self.amount(asset, text)?,
            }]),
            Token::Cw20(_) => bail!("{asset} is a cw20: it is sent, not attached"),
        }
    }

    /// What a wallet holds of an asset.
    pub fn balance(&self, holder: &Addr, asset: &str) -> anyhow::Result<Uint128> {
        match self.require_token(asset)? {
            Token::Native(denom) => Ok(self.app.wrap().query_balance(holder, denom)?.amount),
            Token::Cw20(token) => {
                let address = holder.to_string();
                let answer: BalanceResponse =
                    self.query(&token, &Cw20QueryMsg::Balance { address })?;
                Ok(answer.balance)
            }
        }
    }

    /// Gives a wallet some of a collateral or of DCM out of nothing. What the protocol issues
    /// cannot be given: its contracts alone print it.
    pub fn fund(&mut self, holder: &Addr, asset: &str, amount: Uint128) -> anyhow::Result<()> {
        if !self.profile.taken().contains_key(asset) {
            bail!("{asset} is no collateral and not DCM, and nothing else can be given");
        }
        match self.require_token(asset)? {
            Token::Native(denom) => {
                self.app.sudo(SudoMsg::Bank(BankSudo::Mint {
                    to_address: holder.to_string(),
                    amount: vec![Coin { denom, amount }],
                }))?;
            }
            Token::Cw20(token) => {
                let owner = self.account(&self.profile.owner.clone());
                let recipient = holder.to_string();
                let msg = Cw20ExecuteMsg::Mint { recipient, amount };
                self.execute(&owner, &token, &msg, &[])?;
            }
        }
        Ok(())
    }

    /// Writes an amount for people: `4.5 LIFE`.
    pub fn format(&self, amount: Uint128, asset: &str) -> String {
        amount::format(amount, asset, self.decimals(asset).unwrap_or_default())
    }

    fn require_token(&self, asset: &str) -> anyhow::Result<Token> {
        self.token(asset)
            .with_context(|| format!("{asset} has no token"))
    }

    // ------------------------------------------------------------ state

    /// The whole state of the chain.
    pub fn dump(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        self.storage.dump()
    }

    /// Whether the state of the chain is exactly this dump.
    pub fn is_unchanged(&self, dump: &BTreeMap<Vec<u8>, Vec<u8>>) -> bool {
        self.storage.equals(dump)
    }

    /// Everything that is needed to go on from here.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            profile: self.profile.clone(),
            block: self.app.block_info(),
            names: self.names.clone(),
            kinds: self.kinds.clone(),
            tokens: self.tokens.clone(),
            feeds: self.feeds.clone(),
            storage: self
                .storage
                .dump()
                .into_iter()
                .map(|(key, value)| (Binary::new(key), Binary::new(value)))
                .collect(),
        }
    }

    /// Goes back, or on, to a snapshot.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        self.profile = snapshot.profile.clone();
        self.app.set_block(snapshot.block.clone());
        self.names = snapshot.names.clone();
        self.by_address = self
            .names
            .iter()
            .map(|(name, address)| (address.to_string(), name.clone()))
            .collect();
        self.kinds = snapshot.kinds.clone();
        self.tokens = snapshot.tokens.clone();
        self.feeds = snapshot.feeds.clone();
        self.storage.load(
            snapshot
                .storage
                .iter()
                .map(|(key, value)| (key.to_vec(), value.to_vec()))
                .collect(),
        );
    }

    /// What has been asked of the storage since the counts were reset.
    pub fn counts(&self) -> Counts {
        self.storage.counts()
    }

    /// Starts counting from nothing.
    pub fn reset_counts(&self) {
        self.storage.reset_counts();
    }

    /// Writes down every access to the storage from now on, until [`World::take_record`].
    pub fn record(&self) {
        self.storage.record();
    }

    /// Every access since [`World::record`], in order.
    pub fn take_record(&self) -> Vec<Access> {
        self.storage.take_record()
    }
}

impl Target for World {
    fn store(&mut self, code: ContractKind) -> anyhow::Result<u64> {
        Ok(self.app.store_code(code.code()))
    }

    fn instantiate(
        &mut self,
        sender: &str,
        code_id: u64,
        label: &str,
        msg: &Value,
    ) -> anyhow::Result<String> {
        let sender = self.account(sender);
        let admin = Some(sender.to_string());
        self.app
            .instantiate_contract(code_id, sender, msg, &[], label, admin)
            .map(|address| address.to_string())
    }

    fn execute(&mut self, sender: &str, contract: &str, msg: &Value) -> anyhow::Result<()> {
        let sender = self.account(sender);
        Self::execute(self, &sender, &Addr::unchecked(contract), msg, &[])?;
        Ok(())
    }

    fn migrate(
        &mut self,
        sender: &str,
        contract: &str,
        code_id: u64,
        msg: &Value,
    ) -> anyhow::Result<()> {
        let sender = self.account(sender);
        self.app
            .migrate_contract(sender, Addr::unchecked(contract), msg, code_id)?;
        Ok(())
    }

    fn query(&mut self, contract: &str, msg: &Value) -> anyhow::Result<Value> {
        // Answers are JSON texts; a `Value` keeps them as they are.
        Self::query(self, &Addr::unchecked(contract), msg)
    }

    fn account(&mut self, name: &str) -> anyhow::Result<String> {
        if is_contract_name(name) {
            return Err(anyhow!("{name} is not deployed yet"));
        }
        Ok(Self::account(self, name).to_string())
    }
}
