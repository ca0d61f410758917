//! A text that a person wrote, places in it, and what is wrong there.

use std::{fmt, ops::Range};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource};

/// A range of bytes of a [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// How many bytes.
    pub len: usize,
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self {
            start: range.start,
            len: range.end.saturating_sub(range.start),
        }
    }
}

/// A file, or a line typed in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What to call it: a path.
    pub name: String,
    /// What it says.
    pub text: String,
}

impl Source {
    /// Line and column of a byte, both from 1; columns count characters.
    pub fn position(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }
}

/// Something that is wrong in a [`Source`], and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// What was expected there.
    pub expected: Option<String>,
    /// Where.
    pub span: Span,
}

impl Mistake {
    /// A mistake without a word on what was expected.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            expected: None,
            span,
        }
    }

    /// Says what was expected.
    #[must_use]
    pub fn expected(mut self, what: impl Into<String>) -> Self {
        self.expected = Some(what.into());
        self
    }

    /// Says which of `names` were expected, the one most like `got` first.
    #[must_use]
    pub fn expected_one_of<S: AsRef<str>>(self, got: &str, names: &[S]) -> Self {
        match names {
            [] => return self.expected("expected nothing"),
            [one] => return self.expected(format!("expected `{}`", one.as_ref())),
            _ => {}
        }
        let list = names
            .iter()
            .map(|name| format!("`{}`", name.as_ref()))
            .collect::<Vec<_>>()
            .join(", ");
        let text = match nearest(got, names) {
            Some(name) => format!("did you mean `{name}`? expected one of {list}"),
            None => format!("expected one of {list}"),
        };
        self.expected(text)
    }

    /// The mistake as a person reads it: file, line, column, the line itself with a mark.
    pub fn report(&self, source: &Source, colour: bool) -> String {
        let diagnostic = Located {
            mistake: self,
            source: NamedSource::new(&source.name, source.text.clone()),
        };
        let mut theme = if colour {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::none()
        };
        if !colour {
            theme.characters = miette::ThemeCharacters::unicode();
        }
        let mut out = String::new();
        let drawn = GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .with_width(100)
            .render_report(&mut out, &diagnostic);
        if drawn.is_err() {
            let (line, column) = source.position(self.span.start);
            out = format!("{}:{line}:{column}: {}", source.name, self.message);
        }
        out
    }
}

/// A mistake on the command line, drawn below the text that it is in. What it says needs no
/// `error:` before it.
#[derive(Debug)]
pub struct Drawn(String);

impl Drawn {
    /// Draws a mistake.
    pub fn new(mistake: &Mistake, source: &Source, colour: bool) -> Self {
        Self(mistake.report(source, colour))
    }
}

impl fmt::Display for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Drawn {}

/// A mistake together with the text it is in.
#[derive(Debug)]
struct Located<'a> {
    mistake: &'a Mistake,
    source: NamedSource<String>,
}

impl fmt::Display for Located<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.mistake.message)
    }
}

impl std::error::Error for Located<'_> {}

impl Diagnostic for Located<'_> {
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        // A mark over several lines says less than one at the first of them.
        let Span { start, len } = self.mistake.span;
        let text = self.source.inner().get(start..start + len).unwrap_or("");
        let len = text.find('\n').unwrap_or(len);
        let label = LabeledSpan::new(Some("here".to_owned()), start, len);
        Some(Box::new(std::iter::once(label)))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let expected = self.mistake.expected.as_ref()?;
        Some(Box::new(expected))
    }
}

/// The name most like `got`, when one is near enough to be meant.
pub fn nearest<'a, S: AsRef<str>>(got: &str, names: &'a [S]) -> Option<&'a str> {
    names
        .iter()
        .map(|name| (distance(got, name.as_ref()), name.as_ref()))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must change, case aside.
fn distance(a: &str, b: &str) -> usize {
    let [a, b] = [a, b].map(|s| s.to_lowercase().chars().collect::<Vec<_>>());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
