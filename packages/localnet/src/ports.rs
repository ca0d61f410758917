//! Where the nodes of a network listen: a block of ports, all on loopback.

use std::net::{Ipv4Addr, TcpListener};

use crate::error::{Error, Result};

/// The first port of a network's block unless another is asked for. Below the range from which
/// Linux gives ports to outgoing connections, and not one that is in common use.
pub const DEFAULT_BASE: u16 = 17_650;
/// How many ports lie between the first of one node and the first of the next.
pub const PER_NODE: u16 = 10;
/// Blocks for [`free_port_base`] are looked for from here…
const FIRST_FREE: u16 = 18_000;
/// …to here.
const LAST_FREE: u16 = 32_000;

/// The ports of one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// CometBFT's RPC: base + 10 × node.
    pub rpc: u16,
    /// Between nodes: one more.
    pub p2p: u16,
    /// The SDK's gRPC: two more.
    pub grpc: u16,
}

impl Ports {
    /// The ports of a node, counted from 0. None when they lie beyond the last port.
    pub fn of(base: u16, node: usize) -> Option<Self> {
        let offset = u16::try_from(node).ok()?.checked_mul(PER_NODE)?;
        let rpc = base.checked_add(offset)?;
        Some(Self {
            rpc,
            p2p: rpc.checked_add(1)?,
            grpc: rpc.checked_add(2)?,
        })
    }

    /// All of them.
    pub fn all(self) -> [u16; 3] {
        [self.rpc, self.p2p, self.grpc]
    }

    /// Refuses when somebody listens on one of them.
    pub fn check_free(self) -> Result<()> {
        match self.all().into_iter().find(|port| !is_free(*port)) {
            Some(port) => Err(Error::PortTaken { port }),
            None => Ok(()),
        }
    }
}

/// The first port of a block that is free at this moment for so many nodes. For networks that
/// run side by side; processes look from different places on, so that they rarely meet.
pub fn free_port_base(validators: u8) -> Result<u16> {
    let wanted = u16::from(validators).saturating_mul(PER_NODE);
    let blocks = LAST_FREE
        .saturating_sub(FIRST_FREE)
        .checked_div(wanted)
        .unwrap_or(0);
    let own = std::process::id()
        .checked_rem(u32::from(blocks))
        .and_then(|block| u16::try_from(block).ok())
        .unwrap_or(0);
    (own..blocks)
        .chain(0..own)
        .map(|block| FIRST_FREE.saturating_add(block.saturating_mul(wanted)))
        .find(|base| {
            (0..usize::from(validators))
                .all(|node| Ports::of(*base, node).is_some_and(|ports| ports.check_free().is_ok()))
        })
        .ok_or(Error::NoFreePorts { wanted })
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::collections::BTreeSet;

    #[rstest]
    #[case(17_650, 0, Some([17_650, 17_651, 17_652]))]
    #[case(17_650, 3, Some([17_680, 17_681, 17_682]))]
    #[case(65_533, 0, Some([65_533, 65_534, 65_535]))]
    #[case(65_534, 0, None)]
    #[case(65_500, 4, None)]
    #[case(1, usize::MAX, None)]
    fn layout(#[case] base: u16, #[case] node: usize, #[case] ports: Option<[u16; 3]>) {
        assert_eq!(Ports::of(base, node).map(Ports::all), ports);
    }

    #[test]
    fn no_two_nodes_share_a_port() {
        let all: Vec<u16> = (0..4)
            .filter_map(|node| Ports::of(DEFAULT_BASE, node))
            .flat_map(Ports::all)
            .collect();
        assert_eq!(all.len(), 12);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 12);
    }

    #[test]
    fn a_port_in_use_is_named() {
        let base = free_port_base(1).unwrap();
        let ports = Ports::of(base, 0).unwrap();
        ports.check_free().unwrap();
        let _listener = TcpListener::bind((Ipv4Addr::LOCALHOST, ports.p2p)).unwrap();
        let error = ports.check_free().unwrap_err();
        assert!(matches!(error, Error::PortTaken { port } if port == ports.p2p));
    }

    #[test]
    fn a_block_in_use_is_passed_over() {
        let base = free_port_base(4).unwrap();
        let third = Ports::of(base, 2).unwrap();
        let _listener = TcpListener::bind((Ipv4Addr::LOCALHOST, third.grpc)).unwrap();
        assert_ne!(free_port_base(4).unwrap(), base);
    }
}
