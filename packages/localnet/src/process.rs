//! A node as a process that is certainly ours.
//!
//! A process id alone says nothing once its process has ended, for the system gives it away
//! again. With the time at which the process began and the file it runs, it does.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use process_wrap::std::{CommandWrap, ProcessSession};
use serde::{Deserialize, Serialize};

use crate::error::{Doing, Error, Result};

/// How often is looked whether a process has ended.
const GLANCE: Duration = Duration::from_millis(20);
/// How long a process may take to end itself before it is killed.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A process that was started here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// Its id.
    pub pid: i32,
    /// When it began, in clock ticks since the machine did.
    pub started: u64,
    /// The file it runs.
    pub binary: PathBuf,
}

impl Process {
    /// Starts a program in a session of its own, so that it goes on when the terminal is closed.
    /// What it says is added to the log.
    pub fn start(mut command: Command, log: &Path) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let doing = || format!("start {program}");
        let output = File::options()
            .create(true)
            .append(true)
            .open(log)
            .doing(|| format!("open {}", log.display()))?;
        let errors = output.try_clone().doing(doing)?;
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        let mut child = CommandWrap::from(command)
            .wrap(ProcessSession)
            .spawn()
            .doing(doing)?;
        let pid = i32::try_from(child.id()).unwrap_or(0);
        let seen = Seen::of(pid);
        // A child that ends is there until somebody asks how it ended.
        thread::spawn(move || child.wait());
        let seen = seen.doing(doing)?;
        Ok(Self {
            pid,
            started: seen.started,
            binary: seen.binary,
        })
    }

    /// Whether it still runs, and is still the one that was started.
    pub fn runs(&self) -> bool {
        Seen::of(self.pid).is_ok_and(|seen| {
            !seen.ended && seen.started == self.started && seen.binary == self.binary
        })
    }

    /// Asks it to end, and kills it when it has not within [`PATIENCE`].
    pub fn stop(&self) -> Result<()> {
        self.signal(Signal::SIGTERM)?;
        if !self.ends_within(PATIENCE) {
            self.kill()?;
        }
        Ok(())
    }

    /// Kills it at once.
    pub fn kill(&self) -> Result<()> {
        self.signal(Signal::SIGKILL)?;
        if self.ends_within(PATIENCE) {
            return Ok(());
        }
        Err(Error::Command {
            command: format!("kill -9 {}", self.pid),
            output: "the process goes on".to_owned(),
        })
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        if !self.runs() {
            return Ok(());
        }
        match signal::kill(Pid::from_raw(self.pid), signal) {
            Ok(()) | Err(nix::Error::ESRCH) => Ok(()),
            Err(error) => {
                Err(io::Error::from(error)).doing(|| format!("send {signal} to {}", self.pid))
            }
        }
    }

    fn ends_within(&self, time: Duration) -> bool {
        let since = Instant::now();
        while self.runs() {
            if since.elapsed() > time {
                return false;
            }
            thread::sleep(GLANCE);
        }
        true
    }
}

/// What the system says of a process.
struct Seen {
    started: u64,
    ended: bool,
    binary: PathBuf,
}

impl Seen {
    fn of(pid: i32) -> io::Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let (started, ended) = read_stat(&stat)
            .ok_or_else(|| io::Error::other(format!("/proc/{pid}/stat says {stat:?}")))?;
        let binary = match fs::read_link(format!("/proc/{pid}/exe")) {
            Ok(binary) => without_mark(binary),
            // One that has ended runs no file.
            Err(_) if ended => PathBuf::new(),
            Err(error) => return Err(error),
        };
        Ok(Self {
            started,
            ended,
            binary,
        })
    }
}

/// The path of a file that is run, also when it was replaced since.
fn without_mark(binary: PathBuf) -> PathBuf {
    match binary
        .to_str()
        .and_then(|text| text.strip_suffix(" (deleted)"))
    {
        Some(path) => PathBuf::from(path),
        None => binary,
    }
}

/// When a process began and whether it has ended, of `/proc/<pid>/stat` (proc(5)): the 22nd and
/// the 3rd field. The 2nd is the program's name in brackets and may hold blanks and brackets.
fn read_stat(stat: &str) -> Option<(u64, bool)> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace();
    let state = fields.next()?;
    let started = fields.nth(18)?.parse().ok()?;
    Some((started, matches!(state, "Z" | "X" | "x")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    const STAT: &str = "S 32228 32228 15986 0 -1 4194304 100 0 0 0 0 0 0 0 20 0 1 0 93067 1 2 3";

    #[rstest]
    #[case(format!("42 (wasmd) {STAT}"), Some((93_067, false)))]
    #[case(format!("42 (a) b (c) {STAT}"), Some((93_067, false)))]
    #[case(format!("42 (wasmd) {}", STAT.replacen('S', "Z", 1)), Some((93_067, true)))]
    #[case("42 (wasmd) S 1".to_owned(), None)]
    #[case(String::new(), None)]
    fn stat(#[case] text: String, #[case] expected: Option<(u64, bool)>) {
        assert_eq!(read_stat(&text), expected);
    }

    fn sleeper(folder: &Path) -> Process {
        let mut command = Command::new("/bin/sleep");
        command.arg("600");
        Process::start(command, &folder.join("log")).unwrap()
    }

    #[rstest]
    #[case(Process::stop)]
    #[case(Process::kill)]
    fn it_ends(#[case] end: fn(&Process) -> Result<()>) {
        let folder = tempfile::tempdir().unwrap();
        let process = sleeper(folder.path());
        assert!(process.runs());
        end(&process).unwrap();
        assert!(!process.runs());
        end(&process).unwrap();
    }

    #[test]
    fn it_has_a_session_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let process = sleeper(folder.path());
        let stat = fs::read_to_string(format!("/proc/{}/stat", process.pid)).unwrap();
        let session = stat.split_ascii_whitespace().nth(5).unwrap().to_owned();
        process.kill().unwrap();
        assert_eq!(session, process.pid.to_string());
    }

    #[test]
    fn another_process_with_the_same_id_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let ours = sleeper(folder.path());
        let later = Process {
            started: ours.started.wrapping_sub(1),
            ..ours.clone()
        };
        let other_program = Process {
            binary: PathBuf::from("/usr/bin/wasmd"),
            ..ours.clone()
        };
        for stranger in [later, other_program] {
            assert!(!stranger.runs());
            stranger.stop().unwrap();
            stranger.kill().unwrap();
        }
        assert!(ours.runs());
        ours.kill().unwrap();
    }

    #[test]
    fn an_ended_child_nobody_asked_after_does_not_run() {
        let mut child = Command::new("/bin/true").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let since = Instant::now();
        let started = loop {
            let seen = Seen::of(pid).unwrap();
            if seen.ended || since.elapsed() > PATIENCE {
                break seen.started;
            }
            thread::sleep(GLANCE);
        };
        let process = Process {
            pid,
            started,
            binary: PathBuf::new(),
        };
        assert!(!process.runs());
        child.wait().unwrap();
    }

    #[test]
    fn a_program_that_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let command = Command::new("/no/wasmd");
        let error = Process::start(command, &folder.path().join("log")).unwrap_err();
        assert!(error.to_string().contains("start /no/wasmd"), "{error}");
    }
}
