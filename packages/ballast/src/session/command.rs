//! What a line does.

use std::path::Path;

use anyhow::{Context, anyhow};
use ballast_sim::Snapshot;
use ballast_types::stability_pool::PositionResponse;
use cosmwasm_std::Decimal;
use serde::{Deserialize, Serialize};

use super::help;
use crate::{
    amount,
    chain::{Chain, Execution, Outcome, Reaction},
    contracts::{self, Sort},
    directory::{Directory, Kind, PoolAssets},
    duration,
    embedded::Embedded,
    play::{self, InPools, Position, percent},
    resolve,
    source::{Mistake, Source, Span, nearest},
    story::Word,
    text::{self, Style},
    yaml::{self, Node, Tree},
};

/// What a line was answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was done.
    Said(String),
    /// It was not, for this reason.
    Refused(String),
    /// It was the last.
    Quit,
}

/// What a saved session is made of.
#[derive(Serialize, Deserialize)]
struct Saved {
    /// Who sends messages.
    account: Option<String>,
    /// When the session began.
    began: u64,
    /// The chain.
    world: Snapshot,
}

/// A session on an embedded chain.
pub struct Session {
    chain: Embedded,
    account: Option<String>,
    began: u64,
    last: Outcome,
    style: Style,
}

/// What goes wrong with a line.
enum Trouble {
    /// It says what makes no sense.
    Mistake(Mistake),
    /// Anything else.
    Other(anyhow::Error),
}

impl From<Mistake> for Trouble {
    fn from(mistake: Mistake) -> Self {
        Self::Mistake(mistake)
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

type Said = Result<String, Trouble>;

/// A line, word by word.
struct Line<'l> {
    text: &'l str,
    at: usize,
}

impl<'l> Line<'l> {
    fn rest(&self) -> &'l str {
        self.text[self.at..].trim()
    }

    fn skip_spaces(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn word(&mut self, what: &str) -> Result<Word, Mistake> {
        self.skip_spaces();
        let rest = &self.text[self.at..];
        let text: String = rest.chars().take_while(|c| !c.is_whitespace()).collect();
        let span = Span {
            start: self.at,
            len: text.len(),
        };
        self.at += text.len();
        if text.is_empty() {
            let message = "the line ends too early";
            return Err(Mistake::new(span, message).expected(format!("expected {what}")));
        }
        Ok(Word { text, span })
    }

    /// A JSON object, up to its closing brace. YAML's shorter way to write it will do.
    fn json(&mut self) -> Result<Node, Mistake> {
        self.skip_spaces();
        let start = self.at;
        let end = start + object(&self.text[start..]);
        if end == start {
            let span = Span { start, len: 1 };
            return Err(Mistake::new(span, "there is no message here")
                .expected("expected JSON, such as {\"mint\": {}}"));
        }
        self.at = end;
        // Spaces in front keep every place where it is.
        yaml::parse(&format!("{}{}", " ".repeat(start), &self.text[start..end]))
    }

    /// Amounts with commas between them, up to the end.
    fn amounts(&mut self) -> Vec<Node> {
        let start = self.at;
        self.at = self.text.len();
        let mut nodes = Vec::new();
        let mut at = start;
        for part in self.text[start..].split(',') {
            let text = part.trim();
            if !text.is_empty() {
                let from = at + part.len() - part.trim_start().len();
                nodes.push(Node {
                    span: Span::from(from..from + text.len()),
                    tree: Tree::Text(text.to_owned()),
                });
            }
            at += part.len() + 1;
        }
        nodes
    }

    fn end(&self) -> Result<(), Mistake> {
        let rest = self.rest();
        if rest.is_empty() {
            return Ok(());
        }
        let start = self.text.len() - self.text[self.at..].trim_start().len();
        let span = Span::from(start..start + rest.len());
        Err(Mistake::new(span, "this is too much").expected("expected the end of the line"))
    }
}

/// How long the JSON object at the start of a text is; all of the text when it never closes.
fn object(text: &str) -> usize {
    let (mut depth, mut quoted, mut escaped) = (0_i32, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' | '[' if !quoted => depth += 1,
            '}' | ']' if !quoted => {
                depth -= 1;
                if depth <= 0 {
                    return at + 1;
                }
            }
            _ if depth == 0 => return 0,
            _ => {}
        }
    }
    text.len()
}

impl Session {
    /// A session on a fresh chain.
    pub fn new(chain: Embedded, style: Style) -> Self {
        Self {
            began: chain.now(),
            chain,
            account: None,
            last: Outcome::default(),
            style,
        }
    }

    /// Goes on where a session was saved.
    pub fn load(path: &Path, style: Style) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let saved: Saved = serde_json::from_str(&text)
            .with_context(|| format!("{} is not a saved session", path.display()))?;
        Ok(Self {
            chain: Embedded::from_snapshot(&saved.world),
            account: saved.account,
            began: saved.began,
            last: Outcome::default(),
            style,
        })
    }

    /// Saves it, to go on later.
    pub fn save_to(&self, path: &Path) -> anyhow::Result<()> {
        let saved = Saved {
            account: self.account.clone(),
            began: self.began,
            world: self.chain.snapshot(),
        };
        super::write(path, &serde_json::to_string(&saved)?)
    }

    /// Its chain.
    pub fn chain(&self) -> &Embedded {
        &self.chain
    }

    /// Its chain, to be changed.
    pub fn chain_mut(&mut self) -> &mut Embedded {
        &mut self.chain
    }

    /// Who and what there is.
    pub fn directory(&self) -> &Directory {
        self.chain.directory()
    }

    /// Who sends messages.
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// Colours or none.
    pub fn style(&self) -> Style {
        self.style
    }

    /// Seconds since the session began.
    pub fn elapsed(&self) -> u64 {
        self.chain.now().saturating_sub(self.began)
    }

    /// Sends messages as this account from now on.
    pub fn become_account(&mut self, name: &str) -> anyhow::Result<()> {
        let word = Word {
            text: name.to_owned(),
            span: Span::default(),
        };
        self.kind(&word, "account", |kind| kind == Kind::Account)
            .map_err(|m| anyhow!("{}; {}", m.message, m.expected.unwrap_or_default()))?;
        self.account = Some(name.to_owned());
        Ok(())
    }

    /// Does what a line says.
    pub fn run(&mut self, text: &str) -> Answer {
        let text = text.trim_end();
        let mut line = Line { text, at: 0 };
        if line.rest().is_empty() || line.rest().starts_with('#') {
            return Answer::Said(String::new());
        }
        if matches!(line.rest(), "quit" | "exit") {
            return Answer::Quit;
        }
        match self.act(&mut line) {
            Ok(said) => Answer::Said(said),
            Err(Trouble::Mistake(mistake)) => {
                let source = Source {
                    name: "line".to_owned(),
                    text: text.to_owned(),
                };
                Answer::Refused(
                    mistake
                        .report(&source, self.style.colour)
                        .trim_end()
                        .to_owned(),
                )
            }
            Err(Trouble::Other(error)) => Answer::Refused(self.style.bad(&format!("{error:#}"))),
        }
    }

    fn act(&mut self, line: &mut Line<'_>) -> Said {
        let command = line.word("a command")?;
        match command.text.as_str() {
            "as" => self.switch(line),
            "send" => self.send(line),
            "query" => self.query(line),
            "transfer" => self.transfer(line),
            "price" => self.price(line),
            "push" => self.push(line),
            "silence" => self.silence(line, true),
            "unsilence" => self.silence(line, false),
            "wait" => self.wait(line),
            "time" => Ok(self.time()),
            "account" => self.show_account(line),
            "balances" => self.balances(line),
            "names" => Ok(self.names()),
            "messages" => self.messages(line),
            "events" => Ok(self.events()),
            "save" => self.save(line),
            "load" => self.load_here(line),
            "help" => Ok(help::text()),
            other => {
                let names: Vec<_> = help::COMMANDS.iter().map(|(name, ..)| *name).collect();
                let expected = match nearest(other, &names) {
                    Some(name) => format!("did you mean `{name}`? `help` lists all commands"),
                    None => "`help` lists all commands".to_owned(),
                };
                Err(
                    Mistake::new(command.span, format!("there is no command `{other}`"))
                        .expected(expected)
                        .into(),
                )
            }
        }
    }

    // ------------------------------------------------------------ acts

    fn switch(&mut self, line: &mut Line<'_>) -> Said {
        let name = line.word("an account")?;
        line.end()?;
        self.kind(&name, "account", |kind| kind == Kind::Account)?;
        self.account = Some(name.text.clone());
        Ok(format!("you are {}", self.style.name(&name.text)))
    }

    fn sender(&self) -> Result<String, Trouble> {
        let accounts = self.directory().names(|kind| kind == Kind::Account);
        self.account.clone().ok_or_else(|| {
            anyhow!(
                "who sends it? say `as ACCOUNT` first: {}",
                accounts.join(", ")
            )
            .into()
        })
    }

    fn send(&mut self, line: &mut Line<'_>) -> Said {
        let sender = self.sender()?;
        let to = line.word("a contract")?;
        let kind = self.contract(&to)?;
        let msg = line.json()?;
        let funds = line.amounts();
        let directory = self.directory();
        let execution = Execution {
            sender,
            contract: directory.entries[&to.text].address.clone(),
            msg: resolve::words(&msg, kind, Sort::Execute, directory, self.chain.clock())?,
            funds: resolve::coins(&funds, directory)?,
        };
        let reaction = self.chain.execute(&execution)?;
        self.react(reaction)
    }

    fn transfer(&mut self, line: &mut Line<'_>) -> Said {
        let sender = self.sender()?;
        let to = line.word("an account or a contract")?;
        self.kind(&to, "account or contract", |_| true)?;
        let amounts = line.amounts();
        let [tokens] = amounts.as_slice() else {
            return Err(anyhow!("expected one amount, such as `4.5 LIFE`").into());
        };
        amount::read(tokens, self.directory())?;
        let from = Word {
            text: sender,
            span: Span::default(),
        };
        let reaction = play::transfer(&from, &to, tokens, &mut self.chain)?;
        self.react(reaction)
    }

    fn query(&self, line: &mut Line<'_>) -> Said {
        let to = line.word("a contract")?;
        let kind = self.contract(&to)?;
        let msg = line.json()?;
        line.end()?;
        let directory = self.directory();
        let question = resolve::words(&msg, kind, Sort::Query, directory, self.chain.clock())?;
        let address = &directory.entries[&to.text].address;
        match self.chain.query(address, &question)? {
            Ok(answer) => {
                let answer = directory.json_with_names(&answer);
                let pretty = serde_json::to_string_pretty(&answer);
                Ok(pretty.unwrap_or_else(|_| text::json(&answer)))
            }
            Err(refusal) => Err(self.refused(&refusal.text).into()),
        }
    }

    fn price(&mut self, line: &mut Line<'_>) -> Said {
        let asset = self.asset(line)?;
        let price = decimal(line)?;
        line.end()?;
        let reaction = self.chain.set_price(&asset, price)?;
        self.react(reaction)
    }

    fn push(&mut self, line: &mut Line<'_>) -> Said {
        let asset = self.asset(line)?;
        let feeder = line.word("a feeder")?;
        let price = decimal(line)?;
        line.end()?;
        let reaction = self.chain.push_price(&asset, &feeder.text, price)?;
        self.react(reaction)
    }

    fn silence(&mut self, line: &mut Line<'_>, silent: bool) -> Said {
        let asset = self.asset(line)?;
        line.end()?;
        self.chain.silence(&asset, silent)?;
        let state = if silent { "silent" } else { "heard again" };
        Ok(format!("the feeders of {asset} are {state}"))
    }

    fn wait(&mut self, line: &mut Line<'_>) -> Said {
        let length = line.rest();
        let secs = duration::parse(length).ok_or_else(|| {
            let start = line.text.len() - length.len();
            let span = Span::from(start..line.text.len());
            Mistake::new(span, "this is no length of time")
                .expected("expected a number and a unit, such as `3 days 1 second`")
        })?;
        self.chain.wait(secs)?;
        Ok(self.time())
    }

    fn save(&self, line: &mut Line<'_>) -> Said {
        let path = line.word("a file")?;
        line.end()?;
        self.save_to(Path::new(&path.text))?;
        Ok(format!("saved to {}", path.text))
    }

    fn load_here(&mut self, line: &mut Line<'_>) -> Said {
        let path = line.word("a file")?;
        line.end()?;
        *self = Self::load(Path::new(&path.text), self.style)?;
        Ok(format!("loaded {}; {}", path.text, self.time()))
    }

    // ------------------------------------------------------------ looks

    fn time(&self) -> String {
        let elapsed = duration::clock(self.elapsed());
        format!("{elapsed} ({} seconds since 1970)", self.chain.now())
    }

    fn show_account(&self, line: &mut Line<'_>) -> Said {
        let name = self.own_or_named(line, "account", |kind| kind == Kind::Account)?;
        let mut out = vec![self.style.name(&name)];
        if let Some(position) = play::position(&name, &self.chain)? {
            out.extend(self.issuance(&position));
        }
        if let Some((position, assets)) = play::liquidity(&name, &self.chain)? {
            out.extend(self.liquidity(&position, &assets));
        }
        if let Some(pools) = play::in_pools(&name, &self.chain)? {
            out.extend(self.pools(&pools));
        }
        Ok(out.join("\n"))
    }

    fn liquidity(&self, position: &PositionResponse, assets: &PoolAssets) -> [String; 2] {
        let human = |units, asset| amount::human(units, asset, self.directory());
        let lpd = human(position.lpd, &assets.lpd);
        let dcm = human(position.withdrawable.dcm, &assets.dcm);
        let duca = human(position.withdrawable.duca, &assets.duca);
        [
            format!("  pool    {lpd}, {}", percent(position.share)),
            format!("  pays    {dcm}, {duca}"),
        ]
    }

    fn pools(&self, pools: &InPools) -> Vec<String> {
        let human = |units, asset: &str| amount::human(units, asset, self.directory());
        let mut out = Vec::new();
        for free in &pools.free {
            out.push(format!("  free    {}", human(free.amount, &free.asset)));
        }
        for (vault, position) in &pools.positions {
            let delegated = human(position.collateral, &vault.asset);
            out.push(format!("  pool {:<3}{delegated}", vault.pool.to_string()));
            out.push(format!("  debt    {}", human(position.debt, &pools.dollar)));
            if !position.credit.is_zero() {
                let credit = human(position.credit, &pools.dollar);
                out.push(format!("  credit  {credit}"));
            }
            let ratio = position.ratio.map(percent);
            out.push(format!(
                "  ratio   {}",
                ratio.unwrap_or_else(|| "–".to_owned())
            ));
            out.push(format!("  fees    {}", human(position.fees, &pools.dollar)));
        }
        out
    }

    fn issuance(&self, position: &Position) -> Vec<String> {
        let directory = self.directory();
        let mut out = Vec::new();
        for (asset, staked) in &position.collateral {
            out.push(format!(
                "  staked  {}",
                amount::human(*staked, asset, directory)
            ));
        }
        let debt = amount::human(position.debt, &position.dollar, directory);
        out.push(format!("  debt    {debt}"));
        let ratio = position.ratio.map_or_else(|| "–".to_owned(), percent);
        out.push(format!("  ratio   {ratio}"));
        if let Some(deadline) = position.deadline {
            let left = deadline.saturating_sub(self.chain.now());
            out.push(format!("  flag    deadline in {}", duration::words(left)));
        }
        out
    }

    fn balances(&self, line: &mut Line<'_>) -> Said {
        let name = self.own_or_named(line, "account or contract", |_| true)?;
        let directory = self.directory();
        let address = &directory.entries[&name].address;
        let mut out = vec![self.style.name(&name)];
        for asset in directory.tokens() {
            let held = self.chain.balance(address, asset)?;
            out.push(format!("  {}", amount::human(held, asset, directory)));
        }
        Ok(out.join("\n"))
    }

    fn names(&self) -> String {
        let directory = self.directory();
        let accounts = directory.names(|kind| kind == Kind::Account);
        let contracts = directory.names(|kind| !matches!(kind, Kind::Account | Kind::Cw20));
        let assets: Vec<_> = directory.assets.keys().map(String::as_str).collect();
        format!(
            "accounts   {}\ncontracts  {}\nassets     {}",
            accounts.join(", "),
            contracts.join(", "),
            assets.join(", ")
        )
    }

    fn messages(&self, line: &mut Line<'_>) -> Said {
        let name = line.word("a contract")?;
        line.end()?;
        let kind = self.contract(&name)?;
        let words = |sort| contracts::names(kind, sort).join(", ");
        let mut out = vec![
            format!("send   {}", words(Sort::Execute)),
            format!("query  {}", words(Sort::Query)),
        ];
        let hooks = words(Sort::Hook);
        if !hooks.is_empty() {
            out.push(format!("with a cw20  {hooks}"));
        }
        Ok(out.join("\n"))
    }

    fn events(&self) -> String {
        let directory = self.directory();
        let lines: Vec<_> = self
            .last
            .events
            .iter()
            .filter(|event| event.ty != "execute")
            .map(|event| {
                let from = play::contract_of(event)
                    .and_then(|address| directory.name_of(address))
                    .unwrap_or("bank");
                let said = directory.with_names(&play::line(event));
                format!("{}  {said}", self.style.name(from))
            })
            .collect();
        lines.join("\n")
    }

    // ------------------------------------------------------------ parts

    fn react(&mut self, reaction: Reaction) -> Said {
        match reaction {
            Ok(outcome) => {
                self.last = outcome;
                let own: Vec<_> = self
                    .last
                    .events
                    .iter()
                    .filter(|event| event.ty.starts_with("wasm-"))
                    .map(|event| self.directory().with_names(&play::line(event)))
                    .collect();
                let mark = self.style.good("✓");
                Ok(if own.is_empty() {
                    mark
                } else {
                    format!("{mark} {}", own.join("\n  "))
                })
            }
            Err(refusal) => Err(self.refused(&refusal.text).into()),
        }
    }

    fn refused(&self, text: &str) -> anyhow::Error {
        anyhow!("{}", self.directory().with_names(text))
    }

    fn own_or_named(
        &self,
        line: &mut Line<'_>,
        what: &str,
        fits: impl Fn(Kind) -> bool,
    ) -> Result<String, Trouble> {
        if line.rest().is_empty() {
            return self.sender();
        }
        let name = line.word(what)?;
        line.end()?;
        self.kind(&name, what, fits)?;
        Ok(name.text)
    }

    fn contract(&self, name: &Word) -> Result<Kind, Mistake> {
        self.kind(name, "contract", |kind| kind != Kind::Account)
    }

    fn kind(&self, name: &Word, what: &str, fits: impl Fn(Kind) -> bool) -> Result<Kind, Mistake> {
        let directory = self.directory();
        match directory.entries.get(&name.text) {
            Some(entry) if fits(entry.kind) => Ok(entry.kind),
            _ => {
                let message = format!("there is no {what} `{}`", name.text);
                let names = directory.names(fits);
                Err(Mistake::new(name.span, message).expected_one_of(&name.text, &names))
            }
        }
    }

    fn asset(&self, line: &mut Line<'_>) -> Result<String, Mistake> {
        let id = line.word("an asset")?;
        let assets = &self.directory().assets;
        if assets
            .get(&id.text)
            .is_some_and(|asset| !asset.feeders.is_empty())
        {
            return Ok(id.text);
        }
        let moving: Vec<_> = assets
            .iter()
            .filter(|(_, asset)| !asset.feeders.is_empty())
            .map(|(id, _)| id)
            .collect();
        let message = format!("nobody says a price of `{}`", id.text);
        Err(Mistake::new(id.span, message).expected_one_of(&id.text, &moving))
    }
}

fn decimal(line: &mut Line<'_>) -> Result<Decimal, Mistake> {
    let word = line.word("a price in USD")?;
    word.text.parse().map_err(|_| {
        Mistake::new(word.span, format!("`{}` is not a price", word.text))
            .expected("expected a decimal number, such as 0.25")
    })
}
