//! The chain's binary: built once from pinned sources, kept in the cache, run.

use std::{
    env,
    ffi::OsStr,
    fmt, fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    str::FromStr,
    time::Instant,
};

use serde::{Deserialize, Serialize};

use crate::{
    error::{Doing, Error, Result},
    folder,
};

/// Which wasmd.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// Cosmos SDK 0.53, CometBFT 0.38, wasmvm 3.0.
    #[default]
    #[serde(rename = "v0.61.14")]
    V0_61_14,
    /// Cosmos SDK 0.50, CometBFT 0.38, wasmvm 2.2: what Osmosis, Juno and Injective run.
    #[serde(rename = "v0.54.9")]
    V0_54_9,
}

impl Version {
    /// All that can be built.
    pub const ALL: [Self; 2] = [Self::V0_61_14, Self::V0_54_9];

    /// As its makers write it: `v0.61.14`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V0_61_14 => "v0.61.14",
            Self::V0_54_9 => "v0.54.9",
        }
    }

    /// The Go module that pins it and all it depends on: `go.mod` and `go.sum`.
    fn module(self) -> [(&'static str, &'static str); 2] {
        macro_rules! module {
            ($version:literal) => {
                ["go.mod", "go.sum"].into_iter().zip([
                    include_str!(concat!("../../../tools/wasmd/", $version, "/go.mod")),
                    include_str!(concat!("../../../tools/wasmd/", $version, "/go.sum")),
                ])
            };
        }
        let mut files = match self {
            Self::V0_61_14 => module!("v0.61.14"),
            Self::V0_54_9 => module!("v0.54.9"),
        };
        [(); 2].map(|()| files.next().unwrap_or_default())
    }

    /// The Go module of the VM, which brings the library that the binary needs to run.
    fn wasmvm(self) -> &'static str {
        match self {
            Self::V0_61_14 => "github.com/CosmWasm/wasmvm/v3",
            Self::V0_54_9 => "github.com/CosmWasm/wasmvm/v2",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|version| {
                version.name() == text || version.name().strip_prefix('v') == Some(text)
            })
            .ok_or_else(|| {
                let known = Self::ALL.map(Self::name).join(" and ");
                Error::Option(format!("wasmd {text} is not known here: {known} are"))
            })
    }
}

/// Where built binaries are kept: `BALLAST_CACHE`, else `.cache` in the checkout this was
/// compiled from, else in the current folder.
pub fn cache() -> PathBuf {
    if let Some(cache) = env::var_os("BALLAST_CACHE").filter(|cache| !cache.is_empty()) {
        return PathBuf::from(cache);
    }
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    match checkout {
        Some(checkout) if checkout.is_dir() => checkout.join(".cache"),
        _ => PathBuf::from(".cache"),
    }
}

/// The path of the binary, which is built if the cache has none of these sources. `say` hears
/// what is done.
pub fn binary(version: Version, say: &mut dyn FnMut(&str)) -> Result<PathBuf> {
    let kept = Kept::of(version)?;
    fs::create_dir_all(kept.module()).doing(|| format!("make {}", kept.module().display()))?;
    let _lock = folder::lock(&kept.folder.join("lock"))?;
    if !kept.is_fresh() {
        kept.build(say)?;
    }
    Ok(kept.binary())
}

/// The path of the binary, whether it is built or not.
pub fn path(version: Version) -> Result<PathBuf> {
    Ok(Kept::of(version)?.binary())
}

/// A binary in the cache.
struct Kept {
    version: Version,
    folder: PathBuf,
}

impl Kept {
    fn of(version: Version) -> Result<Self> {
        let cache = cache();
        let cache = std::path::absolute(&cache).doing(|| format!("find {}", cache.display()))?;
        Ok(Self {
            version,
            folder: cache.join(format!("wasmd-{version}")),
        })
    }

    fn binary(&self) -> PathBuf {
        self.folder.join("wasmd")
    }

    fn module(&self) -> PathBuf {
        self.folder.join("module")
    }

    /// Whether the binary is there, and was built from these sources.
    fn is_fresh(&self) -> bool {
        self.binary().is_file()
            && self.version.module().into_iter().all(|(name, text)| {
                fs::read_to_string(self.module().join(name)).is_ok_and(|kept| kept == text)
            })
    }

    fn build(&self, say: &mut dyn FnMut(&str)) -> Result<()> {
        let version = self.version;
        say(&format!(
            "building wasmd {version} into {}: once, 4 to 15 minutes, with up to 600 MB of downloads",
            self.folder.display()
        ));
        let since = Instant::now();
        match fs::remove_file(self.binary()) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).doing(|| format!("remove {}", self.binary().display()));
            }
            _ => {}
        }
        for (name, text) in version.module() {
            folder::write(&self.module().join(name), text.as_bytes())?;
        }
        let part = self.folder.join("wasmd.part");
        let number = version.name().trim_start_matches('v');
        let sdk = "github.com/cosmos/cosmos-sdk/version";
        // The VM's library is linked by its path in Go's cache, which may be cleaned: the binary
        // also looks for it beside itself.
        let flags = format!(
            "-w -s -X {sdk}.Name=wasm -X {sdk}.AppName=wasmd -X {sdk}.Version={number} -extldflags '-Wl,-rpath,$ORIGIN'"
        );
        self.go(&[
            "build".as_ref(),
            "-mod=readonly".as_ref(),
            "-trimpath".as_ref(),
            "-ldflags".as_ref(),
            flags.as_ref(),
            "-o".as_ref(),
            part.as_os_str(),
            "github.com/CosmWasm/wasmd/cmd/wasmd".as_ref(),
        ])?;
        self.keep_libraries()?;
        fs::rename(&part, self.binary()).doing(|| format!("keep {}", self.binary().display()))?;
        say(&format!(
            "built wasmd {version} in {} s",
            since.elapsed().as_secs()
        ));
        Ok(())
    }

    fn keep_libraries(&self) -> Result<()> {
        let list = ["list", "-m", "-f", "{{.Dir}}", self.version.wasmvm()];
        let module = self.go(&list.map(OsStr::new))?;
        let from = Path::new(module.trim()).join("internal/api");
        let doing = || format!("copy the VM's library from {}", from.display());
        for entry in fs::read_dir(&from).doing(doing)? {
            let path = entry.doing(doing)?.path();
            let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            if name.starts_with("libwasmvm.")
                && name.ends_with(&format!("{}.so", env::consts::ARCH))
            {
                let kept = self.folder.join(name);
                let bytes = fs::read(&path).doing(doing)?;
                folder::write(&kept, &bytes)?;
            }
        }
        Ok(())
    }

    fn go(&self, arguments: &[&OsStr]) -> Result<String> {
        let mut command = Command::new("go");
        command
            .args(arguments)
            .current_dir(self.module())
            .env("CGO_ENABLED", "1")
            .env("GOWORK", "off");
        run(&mut command, "").map_err(|error| match error {
            Error::Io { source, .. } if source.kind() == ErrorKind::NotFound => Error::Command {
                command: "go".to_owned(),
                output: "there is no Go on the path: wasmd is built with Go 1.24 or newer and a C compiler, see https://go.dev/doc/install".to_owned(),
            },
            error => error,
        })
    }
}

/// The binary with a home. It is told that the same folder is the person's own, for it makes and
/// reads settings there too, and would read those before the ones of its home.
pub(crate) fn command(binary: &Path, home: &Path) -> Command {
    let mut command = Command::new(binary);
    command.env("HOME", home).arg("--home").arg(home);
    command
}

/// Runs a program to its end with this as its input; what it writes is the result.
pub(crate) fn run(command: &mut Command, input: &str) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let doing = || format!("run {name}");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .doing(doing)?;
    if let Some(mut stdin) = child.stdin.take() {
        match stdin.write_all(input.as_bytes()) {
            // It did not want to hear all of it; its exit status tells whether that is bad.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            written => written.doing(doing)?,
        }
    }
    let output = child.wait_with_output().doing(doing)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let arguments: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    Err(Error::Command {
        command: format!("{name} {}", arguments.join(" ")),
        output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("v0.61.14", Some(Version::V0_61_14))]
    #[case("0.54.9", Some(Version::V0_54_9))]
    #[case("v0.70.3", None)]
    #[case("", None)]
    fn versions(#[case] text: &str, #[case] expected: Option<Version>) {
        assert_eq!(text.parse::<Version>().ok(), expected);
    }

    #[test]
    fn a_version_is_written_as_it_is_read() {
        for version in Version::ALL {
            assert_eq!(version.name().parse::<Version>().unwrap(), version);
            let json = serde_json::to_value(version).unwrap();
            assert_eq!(json, version.name());
        }
    }

    #[test]
    fn each_version_is_pinned() {
        for version in Version::ALL {
            let [(_, go_mod), (_, go_sum)] = version.module();
            let pin = format!("github.com/CosmWasm/wasmd {version}");
            assert!(go_mod.contains(&format!("require {pin}")), "{go_mod}");
            assert!(go_sum.contains(&format!("{pin} h1:")), "{version}");
            assert!(go_sum.contains(&format!("{} v", version.wasmvm())));
        }
    }

    #[test]
    fn a_binary_of_other_sources_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept {
            version: Version::V0_54_9,
            folder: folder.path().to_owned(),
        };
        assert!(!kept.is_fresh());
        fs::create_dir(kept.module()).unwrap();
        for (name, text) in kept.version.module() {
            fs::write(kept.module().join(name), text).unwrap();
        }
        assert!(!kept.is_fresh());
        fs::write(kept.binary(), "").unwrap();
        assert!(kept.is_fresh());
        fs::write(kept.module().join("go.sum"), "another").unwrap();
        assert!(!kept.is_fresh());
    }

    #[test]
    fn a_failure_says_what_was_run_and_why_it_failed() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "cat >&2; exit 3"]);
        let error = run(&mut command, "no").unwrap_err();
        assert_eq!(
            error.to_string(),
            "Command: /bin/sh -c cat >&2; exit 3 failed: no"
        );
    }
}
