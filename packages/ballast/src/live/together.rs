//! Many stories at a time. Most of the time of a live chain is waiting for blocks.

use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
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

/// Plays stories, so many at a time, each on a deployment of its own. `step` hears of every step
/// as it is over, and `end` of every story, in the order of the stories. Why one broke off does
/// not end the others.
pub fn play<E>(
    ground: &Ground,
    jobs: usize,
    pieces: &[Piece],
    step: impl FnMut(&Piece),
    end: impl FnMut(&Piece, anyhow::Result<Played>) -> Result<(), E>,
) -> Result<(), E> {
    in_order(
        jobs,
        pieces,
        |piece, step| one(ground, piece, step),
        step,
        end,
    )
}

fn one(ground: &Ground, piece: &Piece, step: &mut dyn FnMut()) -> anyhow::Result<Played> {
    let mut chain = ground
        .deploy(&piece.profile)
        .with_context(|| format!("{} cannot be deployed", piece.profile.name))?;
    let report = play::play(&piece.story, &piece.file, &mut chain, |_| step())?;
    Ok((report, chain.directory().clone()))
}

/// What comes from those who work.
enum News<R> {
    /// A step of the task at this place is over.
    Step(usize),
    /// The task at this place is over.
    End(usize, R),
}

/// Does tasks, so many at a time. `step` hears of every step as it is over, and `end` of what
/// came of each task, in the order of the tasks.
fn in_order<T: Sync, R: Send, E>(
    jobs: usize,
    tasks: &[T],
    work: impl Fn(&T, &mut dyn FnMut()) -> R + Sync,
    mut step: impl FnMut(&T),
    mut end: impl FnMut(&T, R) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let (teller, news) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, tasks.len().max(1)) {
            let (teller, next, work) = (teller.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(task) = tasks.get(place) else {
                        return;
                    };
                    let came = work(task, &mut || {
                        // Whoever listens no more hears no end either, and that counts.
                        let _ = teller.send(News::Step(place));
                    });
                    if teller.send(News::End(place, came)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(teller);
        let mut early = BTreeMap::new();
        let mut turn = 0;
        for word in news {
            match word {
                News::Step(place) => step(&tasks[place]),
                News::End(place, came) => {
                    early.insert(place, came);
                }
            }
            while let Some(came) = early.remove(&turn) {
                end(&tasks[turn], came)?;
                turn += 1;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::{sync::Barrier, time::Duration};

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::one_by_one(1)]
    #[case::side_by_side(3)]
    #[case::more_than_there_are(9)]
    #[case::nobody(0)]
    fn what_came_is_told_in_order(#[case] jobs: usize) {
        let tasks = [30_u64, 20, 10, 0, 5];
        let (mut steps, mut ends) = (0, Vec::new());
        let done: Result<(), ()> = in_order(
            jobs,
            &tasks,
            |millis, step| {
                step();
                thread::sleep(Duration::from_millis(*millis));
                step();
                millis * 2
            },
            |_| steps += 1,
            |millis, came| {
                ends.push((*millis, came));
                Ok(())
            },
        );
        assert_eq!(done, Ok(()));
        assert_eq!(steps, 10);
        assert_eq!(ends, tasks.map(|millis| (millis, millis * 2)));
    }

    /// Each waits for the other: one at a time, this would not end.
    #[test]
    fn two_work_at_the_same_time() {
        let both = Barrier::new(2);
        let done: Result<(), ()> =
            in_order(2, &[(), ()], |(), _| both.wait(), |()| (), |(), _| Ok(()));
        assert_eq!(done, Ok(()));
    }

    #[test]
    fn nothing_new_begins_when_the_end_of_one_cannot_be_told() {
        let begun = AtomicUsize::new(0);
        let tasks = [0; 1_000];
        let done = in_order(
            1,
            &tasks,
            |_, _| {
                thread::sleep(Duration::from_millis(1));
                begun.fetch_add(1, Ordering::Relaxed)
            },
            |_| (),
            |_, came| {
                if came == 2 {
                    Err("broken pipe")
                } else {
                    Ok(())
                }
            },
        );
        assert_eq!(done, Err("broken pipe"));
        assert!(begun.load(Ordering::Relaxed) < tasks.len());
    }

    #[test]
    fn nothing_to_do_is_done() {
        let none: [(); 0] = [];
        let done: Result<(), ()> = in_order(4, &none, |(), _| (), |()| (), |(), ()| Err(()));
        assert_eq!(done, Ok(()));
    }
}
