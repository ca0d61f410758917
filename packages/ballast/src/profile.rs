//! The profile a story is played on, with what the story changes of it.

use ballast_sim::{Profile, profile::ProfileError};

use crate::{
    source::{Drawn, Mistake, Source, Span},
    story::Word,
    text::Style,
    typed,
    yaml::{self, Node},
};

/// Finds a profile by name or path and lays `with` over it. A mistake stands in the story, at
/// the override that does not fit, or at the name when the profile itself is wrong.
pub fn load(word: &Word, with: Option<&Node>) -> Result<Profile, Mistake> {
    let name = &word.text;
    let text = match Profile::source(name) {
        Some(text) => text.to_owned(),
        None => std::fs::read_to_string(name).map_err(|error| unknown(word, &error))?,
    };
    let here = |text: String| Mistake::new(word.span, text);
    let base = yaml::parse(&text).map_err(|mistake| here(within(name, &text, &mistake)))?;
    if with.is_none() {
        typed::read_yaml::<Profile>(&base)
            .map_err(|mistake| here(within(name, &text, &mistake)))?;
    }
    let mut merged = Node::at(&base, word.span);
    if let Some(with) = with {
        merged.merge(with.clone());
    }
    let profile: Profile = typed::read_yaml(&merged)?;
    let span = with.map_or(word.span, |with| with.span);
    let whole = serde_json::to_string(&profile).map_err(|error| here(error.to_string()))?;
    Profile::parse(&whole).map_err(|error: ProfileError| {
        Mistake::new(span, format!("the profile does not fit together: {error}"))
    })
}

/// Finds the profile that was named on the command line.
pub fn find(name: &str, style: Style) -> anyhow::Result<Profile> {
    let word = Word {
        text: name.to_owned(),
        span: Span::from(0..name.len()),
    };
    load(&word, None).map_err(|mistake| {
        let source = Source {
            name: "the profile".to_owned(),
            text: name.to_owned(),
        };
        Drawn::new(&mistake, &source, style.colour).into()
    })
}

fn unknown(word: &Word, error: &std::io::Error) -> Mistake {
    let names: Vec<_> = Profile::names().collect();
    let name = &word.text;
    let is_path = name.contains('/') || name.contains('.');
    if is_path {
        return Mistake::new(
            word.span,
            format!("the profile `{name}` cannot be read: {error}"),
        )
        .expected("a path from where the command is run, or the name of a built-in profile");
    }
    Mistake::new(word.span, format!("there is no profile `{name}`")).expected_one_of(name, &names)
}

/// A mistake in the profile's own file.
fn within(name: &str, text: &str, mistake: &Mistake) -> String {
    let source = Source {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let (line, column) = source.position(mistake.span.start);
    let expected = mistake.expected.as_deref().unwrap_or_default();
    format!(
        "profile {name}, line {line}, column {column}: {}; {expected}",
        mistake.message
    )
}
