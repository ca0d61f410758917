//! Many stories at a time. Most of the time of a live chain is waiting for blocks.

use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Sender},
    },
    thread,
};

use anyhow::Context;
use ballast_sim::Profile;

use super::ground::Ground;
use crate::{
    chain::Chain,
    directory::Directory,
    play::{self, StoryReport},
    story::Story,
};

/// A story, and what it is played on.
pub struct Piece {
    /// The file it stands in.
    pub file: String,
    /// The story.
    pub story: Story,
    /// The profile it is played on.
    pub profile: Profile,
}

/// A story that was played, and who is who in its report.
pub type Played = (StoryReport, Directory);

/// What comes from those who play.
pub enum News {
    /// A step of the story at this place is over.
    Step(usize),
    /// The story at this place is over, or broke off.
    End(usize, anyhow::Result<Played>),
}

/// Plays stories, so many at a time; `step` hears of every step as it is over, and `end` of every
/// story, in the order of the stories. Why one broke off does not end the others.
pub fn play<E>(
    ground: &Ground,
    jobs: usize,
    pieces: &[Piece],
    mut step: impl FnMut(&Piece),
    mut end: impl FnMut(&Piece, anyhow::Result<Played>) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let (sender, news) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, pieces.len().max(1)) {
            let sender = sender.clone();
            scope.spawn(|| work(ground, pieces, &next, sender));
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut turn = 0;
        for word in news {
            match word {
                News::Step(place) => step(&pieces[place]),
                News::End(place, played) => {
                    waiting.insert(place, played);
                }
            }
            while let Some(played) = waiting.remove(&turn) {
                end(&pieces[turn], played)?;
                turn += 1;
            }
        }
        Ok(())
    })
}

/// Takes one story after the other until there are no more.
fn work(ground: &Ground, pieces: &[Piece], next: &AtomicUsize, news: Sender<News>) {
    loop {
        let place = next.fetch_add(1, Ordering::Relaxed);
        let Some(piece) = pieces.get(place) else {
            return;
        };
        let played = one(ground, piece, || {
            // Whoever listens no more hears no end either, and that counts.
            let _ = news.send(News::Step(place));
        });
        if news.send(News::End(place, played)).is_err() {
            return;
        }
    }
}

fn one(ground: &Ground, piece: &Piece, mut step: impl FnMut()) -> anyhow::Result<Played> {
    let mut chain = ground
        .deploy(&piece.profile)
        .with_context(|| format!("{} cannot be deployed", piece.profile.name))?;
    let report = play::play(&piece.story, &piece.file, &mut chain, |_| step())?;
    Ok((report, chain.directory().clone()))
}
