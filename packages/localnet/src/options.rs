//! What a network is made of.

use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    ports::{self, Ports},
    wasmd::Version,
};

/// The denom that validators bond and fees would be paid in.
pub const BOND_DENOM: &str = "stake";
/// How many validators a network may have.
pub const MAX_VALIDATORS: u8 = 8;
/// The test denoms of a network unless others are asked for.
pub const DEFAULT_DENOMS: [&str; 12] = [
    "ulife", "uatom", "uusdc", "uosmo", "ujuno", "uluna", "utia", "untrn", "udcm", "uweth",
    "uwbtc", "inj",
];

/// What is asked of a network. What is none stays as the network has it, or as a new one has it
/// by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The chain's id; `ballast-local-1`.
    pub chain_id: Option<String>,
    /// How many validators, each a node of its own; 1.
    pub validators: Option<u8>,
    /// Which wasmd; the newest that is built here.
    pub wasmd: Option<Version>,
    /// The first port of the network's block, see [`Ports`]; 17650.
    pub port_base: Option<u16>,
    /// Native denoms of which the faucet holds plenty, beside the one that is bonded; see
    /// [`DEFAULT_DENOMS`].
    pub denoms: Option<Vec<String>>,
    /// How long nodes wait after a block before the next, in milliseconds; 200.
    pub block_ms: Option<u32>,
}

/// What a network is made of, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The chain's id.
    pub chain_id: String,
    /// How many validators.
    pub validators: u8,
    /// Which wasmd.
    pub wasmd: Version,
    /// The first port of the network's block.
    pub port_base: u16,
    /// The faucet's denoms beside the one that is bonded.
    pub denoms: Vec<String>,
    /// How long nodes wait after a block before the next, in milliseconds.
    pub block_ms: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            chain_id: "ballast-local-1".to_owned(),
            validators: 1,
            wasmd: Version::default(),
            port_base: ports::DEFAULT_BASE,
            denoms: DEFAULT_DENOMS.map(str::to_owned).to_vec(),
            block_ms: 200,
        }
    }
}

impl Settings {
    /// These settings with what is asked for put over them.
    pub fn with(self, options: &Options) -> Result<Self> {
        let options = options.clone();
        let settings = Self {
            chain_id: options.chain_id.unwrap_or(self.chain_id),
            validators: options.validators.unwrap_or(self.validators),
            wasmd: options.wasmd.unwrap_or(self.wasmd),
            port_base: options.port_base.unwrap_or(self.port_base),
            denoms: options.denoms.unwrap_or(self.denoms),
            block_ms: options.block_ms.unwrap_or(self.block_ms),
        };
        settings.check()?;
        Ok(settings)
    }

    /// Refuses settings that differ from these in what the chain was made with.
    pub fn check_same_chain(&self, network: &str, wanted: &Self) -> Result<()> {
        let differs = |option, has: &dyn ToString, wanted: &dyn ToString| {
            let (has, wanted) = (has.to_string(), wanted.to_string());
            if has == wanted {
                return Ok(());
            }
            Err(Error::Differs {
                network: network.to_owned(),
                option,
                has,
                wanted,
            })
        };
        differs("chain id", &self.chain_id, &wanted.chain_id)?;
        differs("validators", &self.validators, &wanted.validators)?;
        differs("wasmd", &self.wasmd, &wanted.wasmd)?;
        differs("denoms", &self.denoms.join(","), &wanted.denoms.join(","))
    }

    /// The same for what only the nodes are told, which changes when they are started.
    pub fn check_same_nodes(&self, network: &str, wanted: &Self) -> Result<()> {
        let (option, has, wanted) = if self.port_base != wanted.port_base {
            let ports = (self.port_base.to_string(), wanted.port_base.to_string());
            ("port base", ports.0, ports.1)
        } else if self.block_ms != wanted.block_ms {
            let times = (self.block_ms.to_string(), wanted.block_ms.to_string());
            ("block time", times.0, times.1)
        } else {
            return Ok(());
        };
        Err(Error::Option(format!(
            "the network {network} runs with {option} {has}, not {wanted}; `ballast localnet stop` it first"
        )))
    }

    /// The ports of a node.
    pub fn ports(&self, node: usize) -> Result<Ports> {
        let node = self.node(node)?;
        Ports::of(self.port_base, node).ok_or_else(|| self.no_room())
    }

    /// The node, if the network has it.
    pub fn node(&self, node: usize) -> Result<usize> {
        if node < usize::from(self.validators) {
            return Ok(node);
        }
        Err(Error::NoNode {
            node,
            validators: self.validators,
        })
    }

    /// All nodes, counted from 0.
    pub fn nodes(&self) -> std::ops::Range<usize> {
        0..usize::from(self.validators)
    }

    fn no_room(&self) -> Error {
        Error::Option(format!(
            "from port base {} on there is no room for {} nodes",
            self.port_base, self.validators
        ))
    }

    fn check(&self) -> Result<()> {
        let refuse = |text: String| Err(Error::Option(text));
        if !is_chain_id(&self.chain_id) {
            return refuse(format!(
                "the chain id {:?} is not 1 to 50 letters, digits, - and _",
                self.chain_id
            ));
        }
        if !(1..=MAX_VALIDATORS).contains(&self.validators) {
            return refuse(format!(
                "{} validators: 1 to {MAX_VALIDATORS}",
                self.validators
            ));
        }
        if self.port_base < 1024 {
            return refuse(format!("port base {}: 1024 or more", self.port_base));
        }
        if Ports::of(self.port_base, usize::from(self.validators)).is_none() {
            return Err(self.no_room());
        }
        if self.block_ms < 1 {
            return refuse("a block time of 0 ms: 1 or more".to_owned());
        }
        for (index, denom) in self.denoms.iter().enumerate() {
            if !is_denom(denom) {
                return refuse(format!(
                    "the denom {denom:?} is not a letter and 2 to 127 of letters, digits, /, :, ., _ and -"
                ));
            }
            if denom == BOND_DENOM || self.denoms.iter().take(index).any(|other| other == denom) {
                return refuse(format!("the denom {denom} is there twice"));
            }
        }
        Ok(())
    }
}

fn is_chain_id(text: &str) -> bool {
    (1..=50).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// What the SDK takes for a denom.
fn is_denom(text: &str) -> bool {
    (3..=128).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/:._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn denoms(denoms: &[&str]) -> Options {
        Options {
            denoms: Some(denoms.iter().map(|denom| (*denom).to_owned()).collect()),
            ..Options::default()
        }
    }

    #[test]
    fn the_defaults_are_good() {
        let settings = Settings::default().with(&Options::default()).unwrap();
        assert_eq!(settings, Settings::default());
    }

    #[rstest]
    #[case(Options { validators: Some(0), ..Options::default() }, "0 validators")]
    #[case(Options { validators: Some(9), ..Options::default() }, "9 validators")]
    #[case(Options { port_base: Some(80), ..Options::default() }, "port base 80")]
    #[case(
        Options { port_base: Some(65_510), validators: Some(4), ..Options::default() },
        "no room for 4 nodes"
    )]
    #[case(Options { chain_id: Some("a b".into()), ..Options::default() }, "chain id")]
    #[case(Options { chain_id: Some(String::new()), ..Options::default() }, "chain id")]
    #[case(Options { block_ms: Some(0), ..Options::default() }, "block time")]
    #[case(denoms(&["1u"]), "\"1u\"")]
    #[case(denoms(&["u1"]), "\"u1\"")]
    #[case(denoms(&["ulife", "uatom", "ulife"]), "ulife is there twice")]
    #[case(denoms(&["stake"]), "stake is there twice")]
    fn nonsense_is_refused(#[case] options: Options, #[case] says: &str) {
        let error = Settings::default().with(&options).unwrap_err().to_string();
        assert!(error.starts_with("Option: "), "{error}");
        assert!(error.contains(says), "{error}");
    }

    #[rstest]
    #[case("ibc/27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2")]
    #[case("factory/wasm1abc/uDUCA")]
    fn denoms_of_real_chains_are_taken(#[case] denom: &str) {
        Settings::default().with(&denoms(&[denom])).unwrap();
    }

    #[rstest]
    #[case(Options { validators: Some(4), ..Options::default() }, "validators 1, not 4")]
    #[case(Options { chain_id: Some("x".into()), ..Options::default() }, "chain id ballast-local-1")]
    #[case(Options { wasmd: Some(Version::V0_54_9), ..Options::default() }, "not v0.54.9")]
    #[case(denoms(&["ulife"]), "not ulife")]
    fn a_chain_does_not_change(#[case] options: Options, #[case] says: &str) {
        let has = Settings::default();
        let wanted = has.clone().with(&options).unwrap();
        let error = has.check_same_chain("local", &wanted).unwrap_err();
        assert!(matches!(error, Error::Differs { .. }));
        assert!(error.to_string().contains(says), "{error}");
        has.check_same_nodes("local", &wanted).unwrap();
    }

    #[rstest]
    #[case(Options { port_base: Some(20_000), ..Options::default() }, "port base 17650, not 20000")]
    #[case(Options { block_ms: Some(1000), ..Options::default() }, "block time 200, not 1000")]
    fn nodes_change_when_they_stand(#[case] options: Options, #[case] says: &str) {
        let has = Settings::default();
        let wanted = has.clone().with(&options).unwrap();
        has.check_same_chain("local", &wanted).unwrap();
        let error = has.check_same_nodes("local", &wanted).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }

    #[test]
    fn nodes_are_counted_from_zero() {
        let settings = Settings::default();
        assert_eq!(settings.ports(0).unwrap().rpc, 17_650);
        assert_eq!(
            settings.ports(1).unwrap_err().to_string(),
            "NoNode: there is no node 1, the network has 1, counted from 0"
        );
    }
}
