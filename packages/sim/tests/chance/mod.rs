//! What tests that live random lives have in common: numbers that are the same on every machine, a
//! tally of what was tried, and runs that a failure can name.

use std::{collections::BTreeMap, env};

use cosmwasm_std::Uint128;

pub fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().expect(name))
}

/// Plays runs with seeds that follow each other, as `BALLAST_SEED`, `BALLAST_RUNS` and
/// `BALLAST_STEPS` say or else so many, and adds up what they tried. Unless one seed is asked for,
/// or less than usual, every act has to have succeeded at least once.
pub fn runs(runs: u64, steps: u64, acts: &[&str], play: impl Fn(u64, u64) -> Tally) {
    let first = number("BALLAST_SEED").unwrap_or(1);
    let asked_runs = number("BALLAST_RUNS").unwrap_or(runs);
    let asked_steps = number("BALLAST_STEPS").unwrap_or(steps);
    let mut tally = Tally::default();
    for seed in first..first + asked_runs {
        tally.add(play(seed, asked_steps));
    }
    println!("{tally}");
    if number("BALLAST_SEED").is_none() && asked_runs * asked_steps >= runs * steps {
        tally.require_every_act(acts);
    }
}

/// Ends a run, and says how to play it again and what its last steps were.
pub fn fail(problem: &str, seed: u64, steps: u64, log: &[String]) -> ! {
    let from = log.len().saturating_sub(40);
    panic!(
        "\n{problem}\n\nagain with BALLAST_SEED={seed} BALLAST_RUNS=1 BALLAST_STEPS={steps}; \
         the last steps:\n{}\n",
        log[from..].join("\n")
    );
}

/// SplitMix64: the same numbers on every machine.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: u128) -> u128 {
        let wide = u128::from(self.next()) << 64 | u128::from(self.next());
        wide % end.max(1)
    }

    pub fn one_in(&mut self, n: u128) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len() as u128) as usize]
    }

    /// Of `most`: all, one unit, a little, a part; rarely more than there is.
    pub fn amount(&mut self, most: Uint128) -> Uint128 {
        let most = most.u128();
        Uint128::new(match self.below(20) {
            0..3 => most,
            3 => 1,
            4 => most.saturating_add(1),
            5 => most.saturating_sub(1),
            6..9 => self.below(most.saturating_add(1) / 1_000 + 1),
            9..13 => self.below(most / 10 + 1),
            _ => self.below(most.saturating_add(1)),
        })
    }
}

// ---------------------------------------------------------------- what happened

#[derive(Default)]
pub struct Tally {
    /// By act: how often it succeeded, and how often it was refused by which error.
    pub acts: BTreeMap<&'static str, (u64, BTreeMap<String, u64>)>,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        for (act, (done, refused)) in other.acts {
            let entry = self.acts.entry(act).or_default();
            entry.0 += done;
            for (name, count) in refused {
                *entry.1.entry(name).or_default() += count;
            }
        }
    }

    pub fn count(&mut self, act: &'static str, result: &Result<(), String>) {
        let entry = self.acts.entry(act).or_default();
        match result {
            Ok(()) => entry.0 += 1,
            Err(name) => *entry.1.entry(name.clone()).or_default() += 1,
        }
    }

    /// A test in which an act never succeeds says nothing about it.
    pub fn require_every_act(&self, must_be_tried: &[&str]) {
        for (act, (done, _)) in &self.acts {
            assert!(*done > 0 || *act == "nonsense", "{act} never succeeded");
        }
        for act in must_be_tried {
            assert!(self.acts.contains_key(act), "{act} was never tried");
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (act, (done, refused)) in &self.acts {
            writeln!(f, "{act:>20} {done:>6} done, refused: {refused:?}")?;
        }
        Ok(())
    }
}
