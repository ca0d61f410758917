//! The settings of a node, put over what `wasmd init` writes.

use std::{fs, path::Path};

use toml_edit::{Array, DocumentMut, Item, Table, value};

use crate::{
    error::{Doing, Error, Result},
    folder,
    options::{BOND_DENOM, Settings},
    ports::Ports,
};

/// A setting by its place in the file.
type Setting = (&'static str, &'static str, Item);

/// The settings of a node. The peers are `id@host:port`, with commas between.
pub(crate) fn node(home: &Path, settings: &Settings, ports: Ports, peers: &str) -> Result<()> {
    patch(
        &home.join("config/config.toml"),
        comet(settings, ports, peers),
    )?;
    patch(&home.join("config/app.toml"), app(ports))
}

fn comet(settings: &Settings, ports: Ports, peers: &str) -> Vec<Setting> {
    vec![
        // A line per block, and what goes wrong.
        ("", "log_level", value("server:info,state:info,*:error")),
        ("rpc", "laddr", value(loopback(ports.rpc))),
        ("rpc", "pprof_laddr", value("")),
        // A page served from anywhere may talk to the chain: it has nothing of worth.
        (
            "rpc",
            "cors_allowed_origins",
            value(Array::from_iter(["*"])),
        ),
        ("p2p", "laddr", value(loopback(ports.p2p))),
        ("p2p", "persistent_peers", value(peers)),
        ("p2p", "pex", value(false)),
        // All nodes have the same address.
        ("p2p", "addr_book_strict", value(false)),
        ("p2p", "allow_duplicate_ip", value(true)),
        (
            "consensus",
            "timeout_commit",
            value(format!("{}ms", settings.block_ms)),
        ),
        // So that one that is down costs a second where it would propose, not three.
        ("consensus", "timeout_propose", value("1s")),
        ("consensus", "timeout_prevote", value("500ms")),
        ("consensus", "timeout_precommit", value("500ms")),
    ]
}

fn app(ports: Ports) -> Vec<Setting> {
    vec![
        ("", "minimum-gas-prices", value(format!("0{BOND_DENOM}"))),
        ("api", "enable", value(false)),
        ("grpc", "enable", value(true)),
        (
            "grpc",
            "address",
            value(format!("127.0.0.1:{}", ports.grpc)),
        ),
        ("grpc-web", "enable", value(false)),
    ]
}

fn loopback(port: u16) -> String {
    format!("tcp://127.0.0.1:{port}")
}

fn patch(path: &Path, settings: Vec<Setting>) -> Result<()> {
    let text = fs::read_to_string(path).doing(|| format!("read {}", path.display()))?;
    let patched = patched(&text, settings).map_err(|why| Error::Malformed {
        what: path.display().to_string(),
        why,
    })?;
    folder::write(path, patched.as_bytes())
}

fn patched(text: &str, settings: Vec<Setting>) -> std::result::Result<String, String> {
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| error.to_string())?;
    for (section, key, item) in settings {
        let table = if section.is_empty() {
            document.as_table_mut()
        } else {
            document
                .entry(section)
                .or_insert_with(|| Item::Table(Table::new()))
                .as_table_mut()
                .ok_or_else(|| format!("{section} is no table"))?
        };
        // Not `insert`, which would take the comment above the key away.
        *table.entry(key).or_insert(Item::None) = item;
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const INITIAL: &str = "# About nodes\nlog_level = \"info\"\n\n[rpc]\n# Where it listens\nladdr = \"tcp://0.0.0.0:26657\"\nunsafe = false\n";

    fn all() -> String {
        let settings = Settings::default();
        let ports = settings.ports(0).unwrap();
        let one = patched(INITIAL, comet(&settings, ports, "id@127.0.0.1:9")).unwrap();
        one + &patched("", app(ports)).unwrap()
    }

    #[test]
    fn only_what_is_set_changes() {
        let text = all();
        assert!(
            text.starts_with("# About nodes\nlog_level = \"server:info"),
            "{text}"
        );
        assert!(
            text.contains(
                "[rpc]\n# Where it listens\nladdr = \"tcp://127.0.0.1:17650\"\nunsafe = false\n"
            ),
            "{text}"
        );
        assert!(text.contains("timeout_commit = \"200ms\""), "{text}");
        assert!(
            text.contains("persistent_peers = \"id@127.0.0.1:9\""),
            "{text}"
        );
    }

    #[test]
    fn everything_listens_on_loopback_alone() {
        let text = all();
        assert!(!text.contains("0.0.0.0"), "{text}");
        assert!(text.contains("address = \"127.0.0.1:17652\""), "{text}");
    }

    #[test]
    fn a_file_that_is_none_is_refused() {
        patched("= 1", Vec::new()).unwrap_err();
        patched("rpc = 1", vec![("rpc", "laddr", value("x"))]).unwrap_err();
    }
}
