//! `play`, `check` and `list`.

use std::{
    cell::RefCell,
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use comfy_table::{Table, presets};

use crate::{
    chain::{Chain, Sort},
    cli::PlayArgs,
    directory::Directory,
    embedded::Embedded,
    files,
    live::{
        ground::Ground,
        together::{self, Piece},
    },
    play::{self, StoryReport},
    profile,
    progress::Progress,
    render::{Sum, json, table, trace},
    source::{Mistake, Source},
    story::{self, Story},
    text::{Style, count},
};

/// The exit status of an expectation that did not hold.
pub const FAILED: u8 = 1;
/// The exit status of a mistake in a story or on the command line.
pub const MISTAKEN: u8 = 2;

/// How much to show of a story.
#[derive(Clone, Copy, PartialEq)]
enum View {
    /// A table.
    Table,
    /// A line of JSON per step.
    Json,
    /// The tree of messages and events.
    Trace,
}

/// A story that is free of mistakes, and the chain it will be played on.
pub struct Ready {
    /// Its file.
    pub source: Source,
    /// The story.
    pub story: Story,
    /// The chain.
    pub chain: Embedded,
}

/// Reads and checks stories; none comes back when one has a mistake.
pub fn ready(paths: &[PathBuf], style: Style) -> anyhow::Result<Option<Vec<Ready>>> {
    let mut ready = Vec::new();
    let mut mistaken = 0_usize;
    for path in files::find(paths)? {
        let source = files::read(&path)?;
        match prepare(&source) {
            Ok((story, chain)) => ready.push(Ready {
                source,
                story,
                chain,
            }),
            Err(mistakes) => {
                mistaken += mistakes.len();
                for mistake in mistakes {
                    eprintln!("{}", mistake.report(&source, style.colour));
                }
            }
        }
    }
    if mistaken == 0 {
        return Ok(Some(ready));
    }
    eprintln!("{}", count(mistaken, "mistake"));
    Ok(None)
}

/// A story without mistakes, and a chain with its profile.
pub fn prepare(source: &Source) -> Result<(Story, Embedded), Vec<Mistake>> {
    let story = story::parse(&source.text)?;
    let profile = profile::load(&story.profile, story.with.as_ref()).map_err(|m| vec![m])?;
    let chain = Embedded::deploy(&profile).map_err(|error| {
        let span = story
            .with
            .as_ref()
            .map_or(story.profile.span, |with| with.span);
        let message = format!("this profile cannot be deployed: {error:#}");
        vec![Mistake::new(span, message)]
    })?;
    let mistakes = story::check(&story, chain.directory(), chain.clock());
    if mistakes.is_empty() {
        Ok((story, chain))
    } else {
        Err(mistakes)
    }
}

/// `ballast play`.
pub fn play(args: &PlayArgs, style: Style, bar: bool) -> anyhow::Result<ExitCode> {
    let Some(ready) = ready(&args.paths, style)? else {
        return Ok(ExitCode::from(MISTAKEN));
    };
    match &args.chain {
        None => on_embedded_chains(ready, Show::new(args, Sort::Embedded, style), bar),
        Some(chain) => {
            let mut say = |line: &str| eprintln!("{}", style.dim(line));
            let ground = Ground::open(chain, &args.artifacts, args.scale, &mut say)?;
            let show = Show::new(args, Sort::Live, style);
            on_a_live_chain(&ground, args.jobs, ready, show, bar)
        }
    }
}

fn on_embedded_chains(ready: Vec<Ready>, mut show: Show, bar: bool) -> anyhow::Result<ExitCode> {
    let (ready, others): (Vec<_>, Vec<_>) = ready
        .into_iter()
        .partition(|one| one.story.chains.has(Sort::Embedded));
    show.sum.other_stories = others.len();
    let steps = ready.iter().map(|one| one.story.steps.len()).sum();
    let mut progress = Progress::new(steps, bar);
    for one in ready {
        let Ready {
            source,
            story,
            mut chain,
        } = one;
        let report = play::play(&story, &source.name, &mut chain, |_| {
            progress.step(&story.title);
        })?;
        progress.hidden(|| show.story(&report, chain.directory()))?;
    }
    progress.finish();
    show.end()
}

fn on_a_live_chain(
    ground: &Ground,
    jobs: usize,
    ready: Vec<Ready>,
    mut show: Show,
    bar: bool,
) -> anyhow::Result<ExitCode> {
    let (ready, others): (Vec<_>, Vec<_>) = ready
        .into_iter()
        .partition(|one| one.story.chains.has(Sort::Live));
    show.sum.other_stories = others.len();
    let pieces: Vec<_> = ready
        .into_iter()
        .map(|one| Piece {
            file: one.source.name,
            profile: one.chain.profile().clone(),
            story: one.story,
        })
        .collect();
    let steps = pieces.iter().map(|piece| piece.story.steps.len()).sum();
    let progress = RefCell::new(Progress::new(steps, bar));
    let mut broken = false;
    together::play(
        ground,
        jobs,
        &pieces,
        |piece| progress.borrow_mut().step(&piece.story.title),
        |piece, played| {
            progress.borrow().hidden(|| match played {
                Ok((report, directory)) => show.story(&report, &directory),
                Err(error) => {
                    broken = true;
                    let file = &piece.file;
                    eprintln!("{} {file}: {error:#}", show.style.bad("error:"));
                    Ok(())
                }
            })
        },
    )?;
    progress.into_inner().finish();
    let code = show.end()?;
    Ok(if broken {
        ExitCode::from(MISTAKEN)
    } else {
        code
    })
}

/// Shows how stories went, one after the other, and counts.
struct Show {
    view: View,
    sort: Sort,
    style: Style,
    sum: Sum,
}

impl Show {
    fn new(args: &PlayArgs, sort: Sort, style: Style) -> Self {
        let view = match (args.json, args.trace) {
            (true, _) => View::Json,
            (_, true) => View::Trace,
            _ => View::Table,
        };
        Self {
            view,
            sort,
            style,
            sum: Sum::default(),
        }
    }

    fn story(&mut self, report: &StoryReport, directory: &Directory) -> io::Result<()> {
        self.sum.stories += 1;
        self.sum.held += report.held();
        self.sum.failed += report.failed();
        self.sum.other_steps += report.skipped();
        let text = match self.view {
            View::Table => table::story(report, directory, self.style) + "\n",
            View::Trace => trace::story(report, directory, self.style) + "\n",
            View::Json => report
                .steps
                .iter()
                .map(|step| json::step(report, step, directory) + "\n")
                .collect(),
        };
        io::stdout().write_all(text.as_bytes())
    }

    fn end(self) -> anyhow::Result<ExitCode> {
        let summary = self.sum.words(self.sort);
        let is_good = self.sum.failed == 0;
        let summary = if is_good {
            self.style.good(&summary)
        } else {
            self.style.bad(&summary)
        };
        if self.view == View::Json {
            eprintln!("{summary}");
        } else {
            writeln!(io::stdout(), "{summary}")?;
        }
        Ok(ExitCode::from(if is_good { 0 } else { FAILED }))
    }
}

/// `ballast check`.
pub fn check(paths: &[PathBuf], style: Style) -> anyhow::Result<ExitCode> {
    let Some(ready) = ready(paths, style)? else {
        return Ok(ExitCode::from(MISTAKEN));
    };
    let mut out = io::stdout().lock();
    for one in &ready {
        writeln!(
            out,
            "{} {}: {}, {}",
            style.good("✓"),
            one.source.name,
            count(one.story.steps.len(), "step"),
            count(one.story.expectations(), "expectation")
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `ballast list`.
pub fn list(paths: &[PathBuf], style: Style) -> anyhow::Result<ExitCode> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(
        [
            "file",
            "title",
            "profile",
            "chains",
            "steps",
            "expectations",
        ]
        .map(|heading| style.dim(heading)),
    );
    let mut code = ExitCode::SUCCESS;
    for path in files::find(paths)? {
        let source = files::read(&path)?;
        match story::parse(&source.text) {
            Ok(story) => {
                table.add_row([
                    style.name(&source.name),
                    style.bold(&story.title),
                    story.profile.text.clone(),
                    story.chains.to_string(),
                    story.steps.len().to_string(),
                    story.expectations().to_string(),
                ]);
            }
            Err(mistakes) => {
                code = ExitCode::from(MISTAKEN);
                for mistake in mistakes {
                    eprintln!("{}", mistake.report(&source, style.colour));
                }
            }
        }
    }
    writeln!(io::stdout(), "{}", table.trim_fmt())?;
    Ok(code)
}

/// Whether colours and bars are wanted: on a terminal, and unless somebody said no.
pub fn wants_colour(plain: bool) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !plain && !refused && io::stdout().is_terminal()
}
