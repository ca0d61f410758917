//! Whether a story makes sense on a chain: every name, amount and message, before anything
//! runs.

use super::{Act, Answer, Check, Series, Step, Story, What, Word};
use crate::{
    amount,
    chain::Clock,
    contracts::Sort,
    directory::{Directory, Kind},
    resolve,
    source::Mistake,
    yaml::Node,
};

/// Says all that is wrong with a story that begins at this time on a chain where there is what
/// `directory` says.
pub fn check(story: &Story, directory: &Directory, clock: Clock) -> Vec<Mistake> {
    let checker = Checker { directory, clock };
    let series = story.series.iter().map(|series| checker.series(series));
    let steps = story.steps.iter().flat_map(|step| checker.step(step));
    series.filter_map(Result::err).chain(steps).collect()
}

struct Checker<'d> {
    directory: &'d Directory,
    clock: Clock,
}

impl Checker<'_> {
    fn step(&self, step: &Step) -> Vec<Mistake> {
        let act = step.act.as_ref().map_or(Ok(()), |act| self.act(act));
        let checks = step.checks.iter().map(|check| self.check(check));
        std::iter::once(act)
            .chain(checks)
            .filter_map(Result::err)
            .collect()
    }

    fn series(&self, series: &Series) -> Result<(), Mistake> {
        self.message(&series.to, &series.msg, Sort::Query)?;
        if !series.at.text.starts_with('/') {
            let message = format!("`{}` is no place in an answer", series.at.text);
            return Err(Mistake::new(series.at.span, message)
                .expected("expected a JSON pointer, such as `/books/par`"));
        }
        let assets = &self.directory.assets;
        match &series.of {
            Some(id) if !assets.contains_key(&id.text) => {
                let known: Vec<_> = assets.keys().collect();
                let message = format!("there is no asset `{}`", id.text);
                Err(Mistake::new(id.span, message).expected_one_of(&id.text, &known))
            }
            _ => Ok(()),
        }
    }

    fn act(&self, act: &Act) -> Result<(), Mistake> {
        match act {
            Act::Price(prices) => prices
                .iter()
                .try_for_each(|(asset, _)| self.feeders(asset).map(|_| ())),
            Act::Push { asset, source, .. } => self.feeder(asset, source),
            Act::Silence { assets, .. } => assets
                .iter()
                .try_for_each(|asset| self.feeders(asset).map(|_| ())),
            Act::Wait { .. } => Ok(()),
            Act::Send {
                from,
                to,
                msg,
                funds,
            } => {
                self.account(from)?;
                self.message(to, msg, Sort::Execute)?;
                resolve::coins(funds, self.directory).map(|_| ())
            }
            Act::Transfer { from, to, amount } => {
                self.account(from)?;
                self.anyone(to)?;
                self.token_amount(amount)
            }
        }
    }

    fn check(&self, check: &Check) -> Result<(), Mistake> {
        match &check.what {
            What::Query { to, msg, answer } => {
                self.message(to, msg, Sort::Query)?;
                match answer {
                    Answer::Gives { value, .. } => self.references(value),
                    Answer::Fails(_) => Ok(()),
                }
            }
            What::Balance { of, is, within } => {
                self.anyone(of)?;
                is.iter()
                    .chain(within)
                    .try_for_each(|n| self.token_amount(n))
            }
            What::Event {
                from, attributes, ..
            } => {
                from.iter()
                    .try_for_each(|name| self.contract(name).map(|_| ()))?;
                attributes
                    .iter()
                    .try_for_each(|(_, value)| self.references(value))
            }
            What::Error(_) => Ok(()),
        }
    }

    fn references(&self, node: &Node) -> Result<(), Mistake> {
        resolve::references(node, self.directory, self.clock).map(|_| ())
    }

    fn message(&self, to: &Word, msg: &Node, sort: Sort) -> Result<(), Mistake> {
        let kind = self.contract(to)?;
        resolve::words(msg, kind, sort, self.directory, self.clock).map(|_| ())
    }

    fn account(&self, name: &Word) -> Result<(), Mistake> {
        match self.kind(name) {
            Some(Kind::Account) => Ok(()),
            found => Err(self.nobody(name, found, "account", |kind| kind == Kind::Account)),
        }
    }

    fn contract(&self, name: &Word) -> Result<Kind, Mistake> {
        match self.kind(name) {
            Some(kind) if kind != Kind::Account => Ok(kind),
            found => Err(self.nobody(name, found, "contract", |kind| kind != Kind::Account)),
        }
    }

    fn anyone(&self, name: &Word) -> Result<(), Mistake> {
        match self.kind(name) {
            Some(_) => Ok(()),
            None => Err(self.nobody(name, None, "account or contract", |_| true)),
        }
    }

    fn kind(&self, name: &Word) -> Option<Kind> {
        let entry = self.directory.entries.get(&name.text)?;
        Some(entry.kind)
    }

    fn nobody(
        &self,
        name: &Word,
        found: Option<Kind>,
        wanted: &str,
        fits: impl Fn(Kind) -> bool,
    ) -> Mistake {
        let text = &name.text;
        let message = match found {
            Some(kind) => format!("`{text}` is {}", kind.words()),
            None => format!("there is no {wanted} `{text}`"),
        };
        let bare = text.strip_prefix('@').unwrap_or(text);
        Mistake::new(name.span, message).expected_one_of(bare, &self.directory.names(fits))
    }

    /// The feeders of an asset whose price can move.
    fn feeders(&self, id: &Word) -> Result<&[String], Mistake> {
        let assets = &self.directory.assets;
        let moving: Vec<_> = assets
            .iter()
            .filter(|(_, asset)| !asset.feeders.is_empty())
            .map(|(id, _)| id)
            .collect();
        let message = match assets.get(&id.text) {
            Some(asset) if !asset.feeders.is_empty() => return Ok(&asset.feeders),
            Some(_) => format!("the price of {} never moves", id.text),
            None => format!("there is no asset `{}`", id.text),
        };
        Err(Mistake::new(id.span, message).expected_one_of(&id.text, &moving))
    }

    fn feeder(&self, asset: &Word, source: &Word) -> Result<(), Mistake> {
        let feeders = self.feeders(asset)?;
        if feeders.contains(&source.text) {
            return Ok(());
        }
        let message = format!("`{}` does not push {}", source.text, asset.text);
        Err(Mistake::new(source.span, message).expected_one_of(&source.text, feeders))
    }

    fn token_amount(&self, node: &Node) -> Result<(), Mistake> {
        let (_, asset) = amount::read(node, self.directory)?;
        let tokens = self.directory.tokens();
        if tokens.contains(&asset.as_str()) {
            return Ok(());
        }
        let message = format!("{asset} has a price but no token here");
        Err(Mistake::new(node.span, message).expected_one_of(&asset, &tokens))
    }
}
