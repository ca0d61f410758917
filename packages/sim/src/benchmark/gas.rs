//! What a message or a query would cost on a real chain: an estimate.
//!
//! The embedded chain runs contracts natively and has no gas. What gas is spent on is known,
//! though: loading codes, calling contracts, and reading and writing records. Every access to
//! the storage shows which contract was called and which of its records were touched, and each
//! of these has a price that was measured on wasmd (no pinned code, no fee).
//!
//! An [`Estimate`] leaves out a record that is read again after it was written in the same
//! transaction, and what is computed. [`Pace`] prices that, roughly, by the time it takes.

use std::{
    collections::{BTreeMap, BTreeSet},
    hint::black_box,
    time::{Duration, Instant},
};

use cosmwasm_std::Uint256;
use cw_multi_test::AppResponse;
use serde::Serialize;

use crate::{
    kind::ContractKind,
    storage::{Access, AccessKind},
    world::World,
};

/// An empty message, its code loaded. Measured on wasmd.
pub const EMPTY_EXECUTE: u64 = 96_464;
/// Each distinct code that is loaded. Measured on wasmd.
pub const CODE: u64 = 64_500;
/// Every further call to a code that is loaded, at another address too. Measured on wasmd.
pub const FURTHER_CALL: u64 = 5_840;
/// A submessage with a reply, over one without. Measured on wasmd.
pub const REPLY: u64 = 5_000;
/// A native coin attached or sent. Measured on wasmd.
pub const COIN: u64 = 20_000;
/// An attribute of an event. Measured on wasmd: 650 for ten.
pub const ATTRIBUTE: u64 = 65;
/// A record of [`RECORD_BYTES`] loaded by its key. Measured on wasmd.
pub const LOAD: u64 = 1_277;
/// The same within a range scan. Measured on wasmd.
pub const SCANNED: u64 = 307;
/// The same saved. Measured on wasmd: 5,900 for one loaded and saved.
pub const SAVE: u64 = 5_900 - LOAD;
/// A record removed. Not measured: what the Cosmos SDK asks by default.
pub const REMOVE: u64 = 1_000;
/// The record of those measurements, with its key: 1,277 is 1,000 and 3 for each byte, 307 is
/// 30 and 3 for each byte.
pub const RECORD_BYTES: u64 = 92;
/// Each byte that a record which is read is longer or shorter. What the Cosmos SDK asks by
/// default, and what the measurements above and below bear out.
pub const BYTE_READ: u64 = 3;
/// Each byte that a record which is written is longer or shorter. What the Cosmos SDK asks by
/// default; an item of 64 entries saved again was measured at 95,600.
pub const BYTE_WRITTEN: u64 = 30;
/// 1,000 multiplications and divisions of 256 bits. Measured on wasmd.
pub const THOUSAND_PRODUCTS: u64 = 2_947;
/// What wasmd puts before a contract's own key: one byte, and the 32 of its address.
const KEY_PREFIX_BYTES: u64 = 33;

/// The most gas that a query may use on wasmd as it comes.
pub const QUERY_LIMIT: u64 = 3_000_000;

/// What something would cost, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Estimate {
    /// All of it.
    pub gas: u64,
    /// Distinct codes that are loaded.
    pub codes: u64,
    /// What it is made of, the dearest first.
    pub parts: Vec<Part>,
}

/// One thing that gas is spent on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What it is: `oracle: price read`.
    pub what: String,
    /// How often.
    pub count: u64,
    /// What all of it costs.
    pub gas: u64,
}

impl Estimate {
    /// The estimate of a message, by the accesses that were recorded while it ran and by what
    /// it answered; without an answer, of a query.
    pub fn of(world: &World, record: &[Access], response: Option<&AppResponse>) -> Self {
        let mut bill = Bill::default();
        for access in record {
            bill.add_access(world, access);
        }
        bill.add_calls(response);
        bill.total()
    }

    /// The dearest parts in words.
    pub fn dearest(&self, parts: usize) -> String {
        self.parts
            .iter()
            .take(parts)
            .map(|part| format!("{} × {}", part.count, part.what))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// How much gas the computing of this machine is worth: what [`THOUSAND_PRODUCTS`] take here,
/// they cost on a real chain.
///
/// It is rough: the time of an act holds the embedded chain's own work as well, and not
/// everything is as much slower in Wasm as these products are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pace {
    /// Gas for what takes a microsecond here.
    pub gas_per_micro: f64,
}

impl Pace {
    /// Measures how fast this machine is.
    pub fn measure() -> Self {
        let quickest = (0..25).map(|_| thousand_products()).min();
        let micros = quickest.map_or(f64::NAN, |time| time.as_secs_f64() * 1e6);
        let gas = u32::try_from(THOUSAND_PRODUCTS).map_or(f64::NAN, f64::from);
        Self {
            gas_per_micro: gas / micros,
        }
    }
}

fn thousand_products() -> Duration {
    let [a, b, c] = [
        123_456_789_012_345_678_901_234_567_890_u128,
        987_654_321_098_765_432_109,
        31_415_926_535_897_932_384_626,
    ]
    .map(Uint256::from);
    let start = Instant::now();
    for _ in 0..1_000 {
        let product = black_box(a).checked_mul(black_box(b));
        let _ = black_box(product.map(|product| product.checked_div(black_box(c))));
    }
    start.elapsed()
}

/// Whose key it is.
enum Owner<'a> {
    /// What the chain knows of a contract: read once for each call to it.
    Call(&'a str),
    /// A contract's own record, by its own key.
    Contract(&'a str, &'a [u8]),
    /// The bank's.
    Bank,
    /// Anything else.
    Other,
}

impl<'a> Owner<'a> {
    fn of(key: &'a [u8]) -> Self {
        match split(key) {
            Some((b"bank", _)) => Self::Bank,
            Some((b"wasm", rest)) => Self::of_wasm(rest).unwrap_or(Self::Other),
            _ => Self::Other,
        }
    }

    fn of_wasm(rest: &'a [u8]) -> Option<Self> {
        let (namespace, key) = split(rest)?;
        if namespace == b"contracts" {
            return Some(Self::Call(str::from_utf8(key).ok()?));
        }
        let address = namespace.strip_prefix(b"contract_data/")?;
        Some(Self::Contract(str::from_utf8(address).ok()?, key))
    }
}

/// A namespace that is written behind its length of two bytes, and what follows it.
fn split(key: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = key.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// The name of the map or item that a contract's own key belongs to.
fn collection(key: &[u8]) -> String {
    let name = split(key).map_or(key, |(namespace, _)| namespace);
    String::from_utf8_lossy(name).into_owned()
}

#[derive(Default)]
struct Bill {
    calls: Vec<Option<ContractKind>>,
    /// A coin that moves writes the balances of two accounts.
    balances_written: u64,
    lines: BTreeMap<String, (u64, u64)>,
}

impl Bill {
    fn add(&mut self, what: String, count: u64, gas_each: u64) {
        if count == 0 {
            return;
        }
        let line = self.lines.entry(what).or_default();
        line.0 += count;
        line.1 += count * gas_each;
    }

    fn add_access(&mut self, world: &World, access: &Access) {
        let kind_of = |address: &str| {
            let name = world.name_of(address)?;
            world.contract_kind(name)
        };
        // A contract that is made is counted and written, and called afterwards.
        let is_read = access.kind == AccessKind::Read;
        let is_write = access.kind == AccessKind::Write;
        match Owner::of(&access.key) {
            Owner::Call(address) if is_read => self.calls.push(kind_of(address)),
            Owner::Bank if is_write => self.balances_written += 1,
            Owner::Call(_) | Owner::Bank | Owner::Other => {}
            Owner::Contract(address, key) => {
                let name = kind_of(address).map_or("contract", ContractKind::name);
                let (verb, gas) = price(access, key);
                self.add(format!("{name}: {} {verb}", collection(key)), 1, gas);
            }
        }
    }

    fn add_calls(&mut self, response: Option<&AppResponse>) {
        let mut replies = 0;
        if let Some(response) = response {
            let count = |found: usize| u64::try_from(found).unwrap_or(u64::MAX);
            replies = count(response.events.iter().filter(|e| e.ty == "reply").count());
            let attributes = response
                .events
                .iter()
                .filter(|event| event.ty.starts_with("wasm"))
                .map(|event| count(event.attributes.len()))
                .sum();
            self.add("transaction".into(), 1, EMPTY_EXECUTE - CODE);
            self.add("attribute".into(), attributes, ATTRIBUTE);
        }
        let calls = u64::try_from(self.calls.len()).unwrap_or(u64::MAX);
        let codes = self.codes();
        self.add("code loaded".into(), codes, CODE);
        self.add("reply".into(), replies, REPLY);
        let further = calls.saturating_sub(codes).saturating_sub(replies);
        self.add("further call".into(), further, FURTHER_CALL);
        self.add("coin moved".into(), self.balances_written / 2, COIN);
    }

    fn codes(&self) -> u64 {
        let codes: BTreeSet<_> = self.calls.iter().collect();
        u64::try_from(codes.len()).unwrap_or(u64::MAX)
    }

    fn total(self) -> Estimate {
        let codes = self.codes();
        let mut parts: Vec<Part> = self
            .lines
            .into_iter()
            .map(|(what, (count, gas))| Part { what, count, gas })
            .collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.gas));
        Estimate {
            gas: parts.iter().map(|part| part.gas).sum(),
            codes,
            parts,
        }
    }
}

/// What an access to a contract's own record costs.
fn price(access: &Access, key: &[u8]) -> (&'static str, u64) {
    let length = key.len() + access.value_bytes;
    let bytes = KEY_PREFIX_BYTES + u64::try_from(length).unwrap_or(u64::MAX);
    let scaled = |gas: u64, each: u64| gas + each * bytes - each * RECORD_BYTES;
    match access.kind {
        AccessKind::Read => ("read", scaled(LOAD, BYTE_READ)),
        AccessKind::Scan => ("scanned", scaled(SCANNED, BYTE_READ)),
        AccessKind::Write => ("saved", scaled(SAVE, BYTE_WRITTEN)),
        AccessKind::Remove => ("removed", REMOVE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn access(kind: AccessKind, value_bytes: usize) -> Access {
        Access {
            kind,
            key: vec![],
            value_bytes,
        }
    }

    #[rstest]
    #[case(AccessKind::Read, 49, 1_277)]
    #[case(AccessKind::Read, 149, 1_577)]
    #[case(AccessKind::Read, 0, 1_130)]
    #[case(AccessKind::Scan, 49, 307)]
    #[case(AccessKind::Write, 49, 4_623)]
    #[case(AccessKind::Write, 59, 4_923)]
    #[case(AccessKind::Remove, 0, 1_000)]
    fn prices(#[case] kind: AccessKind, #[case] value_bytes: usize, #[case] gas: u64) {
        assert_eq!(price(&access(kind, value_bytes), &[b'k'; 10]).1, gas);
    }

    #[test]
    fn keys_are_told_apart() {
        let call = b"\0\x04wasm\0\x09contractscosmwasm1a";
        assert!(matches!(Owner::of(call), Owner::Call("cosmwasm1a")));
        let own = b"\0\x04wasm\0\x18contract_data/cosmwasm1a\0\x05priceLIFE";
        let Owner::Contract("cosmwasm1a", key) = Owner::of(own) else {
            panic!("not a contract's");
        };
        assert_eq!(collection(key), "price");
        assert_eq!(collection(b"config"), "config");
        assert!(matches!(
            Owner::of(b"\0\x04bank\0\x08balances"),
            Owner::Bank
        ));
        assert!(matches!(Owner::of(b"\0\xffx"), Owner::Other));
    }
}
