//! Running the chain's own command.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Read, Seek},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::LiveError;

/// How long a command may take that asks nobody anything.
const TIME: Duration = Duration::from_secs(60);

/// Runs a command and gives its standard output. One that is `interactive` may ask for a
/// passphrase on the terminal, and takes as long as that takes.
pub(crate) fn run<A: AsRef<OsStr>>(
    binary: &Path,
    args: &[A],
    interactive: bool,
) -> Result<String, LiveError> {
    let failed = |error: String| LiveError::CommandFailed {
        call: call(binary, args),
        error,
    };
    let cannot = |error: io::Error| LiveError::NoCommand {
        binary: binary.to_owned(),
        error,
    };
    let mut out = tempfile::tempfile().map_err(cannot)?;
    let mut err = tempfile::tempfile().map_err(cannot)?;
    let mut command = Command::new(binary);
    command
        .args(args)
        // These are Go programs that end at once: half of their time went into looking for
        // memory to give back.
        .env("GOGC", "off")
        .stdout(Stdio::from(out.try_clone().map_err(cannot)?));
    if interactive {
        command.stdin(Stdio::inherit()).stderr(Stdio::inherit());
    } else {
        command
            .stdin(Stdio::null())
            .stderr(Stdio::from(err.try_clone().map_err(cannot)?));
    }
    let mut child = command.spawn().map_err(cannot)?;
    let start = Instant::now();
    let mut pause = Duration::from_millis(2);
    let status = loop {
        if let Some(status) = child.try_wait().map_err(cannot)? {
            break status;
        }
        if !interactive && start.elapsed() > TIME {
            let _ = child.kill();
            let _ = child.wait();
            return Err(failed(format!("it took more than {} s", TIME.as_secs())));
        }
        thread::sleep(pause);
        pause = Duration::from_millis(10);
    };
    let read = |file: &mut File| -> io::Result<String> {
        let mut text = String::new();
        file.rewind()?;
        file.read_to_string(&mut text)?;
        Ok(text)
    };
    if status.success() {
        return read(&mut out).map_err(|error| failed(error.to_string()));
    }
    let said = read(&mut err).unwrap_or_default();
    Err(failed(
        last_words(&said).unwrap_or_else(|| status.to_string()),
    ))
}

fn call<A: AsRef<OsStr>>(binary: &Path, args: &[A]) -> String {
    let words: Vec<_> = args
        .iter()
        .map(|arg| arg.as_ref().to_string_lossy())
        .collect();
    format!("{} {}", binary.display(), words.join(" "))
}

/// The line that says what was wrong: commands print it before, or instead of, their usage.
fn last_words(said: &str) -> Option<String> {
    let said = without_colours(said);
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let logged = |line: &str| {
        let (_, error) = line.split_once("err=")?;
        Some(error.trim_matches('"').to_owned())
    };
    lines()
        .find(|line| line.starts_with("Error:") || line.starts_with("panic:"))
        .map(str::to_owned)
        .or_else(|| lines().find_map(logged))
        .or_else(|| lines().next_back().map(str::to_owned))
}

/// A text without the terminal's colours.
fn without_colours(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| {
        out + part.split_once('m').map_or(part, |(_, rest)| rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Result<String, LiveError> {
        run(Path::new("sh"), &["-c", script], false)
    }

    #[test]
    fn what_it_prints_comes_back_whole() {
        let long = sh("head -c 300000 /dev/zero | tr '\\0' x").unwrap();
        assert_eq!(long.len(), 300_000);
    }

    #[test]
    fn its_error_is_the_reason() {
        let error = sh("echo 'Error: no such key' >&2; echo Usage: >&2; exit 1").unwrap_err();
        assert!(error.to_string().ends_with("Error: no such key"), "{error}");
        let logged = "printf '\\033[90m3:04PM\\033[0m ERR failed \\033[36merr=\\033[0m\"no such key\"' >&2; exit 1";
        let error = sh(logged).unwrap_err();
        assert!(error.to_string().ends_with(": no such key"), "{error}");
        let error = sh("exit 3").unwrap_err();
        assert!(error.to_string().contains("3"), "{error}");
    }

    #[test]
    fn a_command_that_is_not_there_is_named() {
        let error = run(Path::new("/nowhere/wasmd"), &["x"], false).unwrap_err();
        assert!(matches!(error, LiveError::NoCommand { .. }));
        assert!(error.to_string().contains("/nowhere/wasmd"), "{error}");
    }
}
