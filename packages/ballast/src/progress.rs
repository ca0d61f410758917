//! A progress bar that appears when something takes long.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// After how long a bar appears.
const PATIENCE: Duration = Duration::from_secs(2);

/// The progress of playing stories.
pub struct Progress {
    bar: Option<ProgressBar>,
    since: Instant,
    shown: bool,
}

impl Progress {
    /// Progress over so many steps; `wanted` is whether a bar may appear at all.
    pub fn new(steps: usize, wanted: bool) -> Self {
        let bar = wanted.then(|| {
            let length = u64::try_from(steps).ok();
            let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
            let template = "{bar:30} {pos}/{len} steps  {elapsed}  {msg}";
            match ProgressStyle::with_template(template) {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        Self {
            bar,
            since: Instant::now(),
            shown: false,
        }
    }

    /// One step of the story of this title is done.
    pub fn step(&mut self, title: &str) {
        let Some(bar) = &self.bar else { return };
        if !self.shown && self.since.elapsed() > PATIENCE {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            self.shown = true;
        }
        bar.set_message(title.to_owned());
        bar.inc(1);
    }

    /// Takes the bar away while something is written.
    pub fn hidden<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) if self.shown => bar.suspend(write),
            _ => write(),
        }
    }

    /// Takes the bar away.
    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
