//! The last lines of a log, and those that follow.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    thread,
    time::Duration,
};

/// How much of a log is read at once, from its end.
const PIECE: u64 = 64 * 1024;
/// How often is looked whether there is more.
const GLANCE: Duration = Duration::from_millis(200);

/// The last lines of a file.
pub fn last_lines(path: &Path, lines: usize) -> io::Result<String> {
    Ok(tail(path, lines)?.0)
}

/// Writes the last lines of a file, and then what is added to it, until nobody reads any more.
pub fn follow(path: &Path, lines: usize, out: &mut impl Write) -> io::Result<()> {
    let (text, mut read) = tail(path, lines)?;
    out.write_all(text.as_bytes())?;
    loop {
        out.flush()?;
        thread::sleep(GLANCE);
        let mut file = File::open(path)?;
        // A chain that was wiped begins a new log.
        if file.metadata()?.len() < read {
            read = 0;
        }
        file.seek(SeekFrom::Start(read))?;
        read = read.saturating_add(io::copy(&mut file, out)?);
    }
}

/// The last lines, and how long the file was when they were read.
fn tail(path: &Path, lines: usize) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut from = length;
    let mut bytes = Vec::new();
    while from > 0 && newlines(&bytes) <= lines {
        let before = from.saturating_sub(PIECE);
        file.seek(SeekFrom::Start(before))?;
        let mut piece = Vec::new();
        Read::take(&mut file, from.saturating_sub(before)).read_to_end(&mut piece)?;
        piece.append(&mut bytes);
        bytes = piece;
        from = before;
    }
    let text = String::from_utf8_lossy(&bytes);
    let skip = text.lines().count().saturating_sub(lines);
    let tail = text.split_inclusive('\n').skip(skip).collect();
    Ok((tail, length))
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::fs;

    #[rstest]
    #[case("", 3, "")]
    #[case("a\nb\nc\n", 2, "b\nc\n")]
    #[case("a\nb\nc", 2, "b\nc")]
    #[case("a\nb\n", 5, "a\nb\n")]
    #[case("a\nb\n", 0, "")]
    fn the_end_of_a_log(#[case] text: &str, #[case] lines: usize, #[case] expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, text).unwrap();
        assert_eq!(last_lines(&path, lines).unwrap(), expected);
    }

    #[test]
    fn the_end_of_a_long_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let all: Vec<String> = (0..30_000).map(|line| format!("line {line} ü\n")).collect();
        fs::write(&path, all.concat()).unwrap();
        let last = all.iter().skip(10_000).map(String::as_str);
        assert_eq!(last_lines(&path, 20_000).unwrap(), last.collect::<String>());
    }

    /// Takes so much, and then breaks as a closed pipe does.
    struct Reader {
        text: Vec<u8>,
        wants: usize,
        more: Box<dyn FnMut(usize)>,
    }

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.text.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            if self.text.len() >= self.wants {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            (self.more)(self.text.len());
            Ok(())
        }
    }

    #[test]
    fn what_is_added_follows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "a\nb\n").unwrap();
        let log = path.clone();
        let mut reader = Reader {
            text: Vec::new(),
            wants: 6,
            more: Box::new(move |had| match had {
                2 => fs::write(&log, "a\nb\nc\n").unwrap(),
                // Wiped and begun anew.
                _ => fs::write(&log, "d\n").unwrap(),
            }),
        };
        let error = follow(&path, 1, &mut reader).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(String::from_utf8(reader.text).unwrap(), "b\nc\nd\n");
    }
}
