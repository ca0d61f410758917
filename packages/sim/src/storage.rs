//! The storage under the chain: a map that many hands hold, and that counts what is asked of it.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    ops::Bound,
    rc::Rc,
};

use cosmwasm_std::{Order, Record, Storage};

/// What has been asked of the storage since the counts were reset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Keys read one by one.
    pub reads: u64,
    /// Keys written or removed.
    pub writes: u64,
    /// Records that range scans came past.
    pub scanned: u64,
}

/// What was done with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessKind {
    /// Read by its key, whether it is there or not.
    Read,
    /// Come past in a range scan.
    Scan,
    /// Written.
    Write,
    /// Removed.
    Remove,
}

/// One access to the storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// What was done.
    pub kind: AccessKind,
    /// The whole key, with what the chain puts before a contract's own.
    pub key: Vec<u8>,
    /// Length of the value: zero of one that is not there or is removed.
    pub value_bytes: usize,
}

/// A storage whose clones are the same storage, so that it can be dumped, replaced and counted
/// while the chain owns it.
#[derive(Debug, Clone, Default)]
pub struct SharedStorage(Rc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    records: RefCell<BTreeMap<Vec<u8>, Vec<u8>>>,
    reads: Cell<u64>,
    writes: Cell<u64>,
    scanned: Cell<u64>,
    /// None while nothing is recorded.
    record: RefCell<Option<Vec<Access>>>,
}

impl SharedStorage {
    /// All records.
    pub fn dump(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        self.0.records.borrow().clone()
    }

    /// Whether the records are exactly these: [`SharedStorage::dump`] without the copy.
    pub fn equals(&self, records: &BTreeMap<Vec<u8>, Vec<u8>>) -> bool {
        *self.0.records.borrow() == *records
    }

    /// Replaces all records.
    pub fn load(&self, records: BTreeMap<Vec<u8>, Vec<u8>>) {
        self.0.records.replace(records);
    }

    /// What has been asked since the last reset.
    pub fn counts(&self) -> Counts {
        Counts {
            reads: self.0.reads.get(),
            writes: self.0.writes.get(),
            scanned: self.0.scanned.get(),
        }
    }

    /// Starts counting from nothing.
    pub fn reset_counts(&self) {
        self.0.reads.set(0);
        self.0.writes.set(0);
        self.0.scanned.set(0);
    }

    /// Writes down every access from now on, until [`SharedStorage::take_record`].
    pub fn record(&self) {
        self.0.record.replace(Some(vec![]));
    }

    /// Every access since [`SharedStorage::record`], in order; nothing more is written down.
    pub fn take_record(&self) -> Vec<Access> {
        self.0.record.take().unwrap_or_default()
    }
}

impl Inner {
    fn note(&self, kind: AccessKind, key: &[u8], value_bytes: usize) {
        let counter = match kind {
            AccessKind::Read => &self.reads,
            AccessKind::Scan => &self.scanned,
            AccessKind::Write | AccessKind::Remove => &self.writes,
        };
        tick(counter);
        if let Some(record) = self.record.borrow_mut().as_mut() {
            record.push(Access {
                kind,
                key: key.to_vec(),
                value_bytes,
            });
        }
    }
}

fn tick(counter: &Cell<u64>) {
    counter.set(counter.get().saturating_add(1));
}

impl Storage for SharedStorage {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        let value = self.0.records.borrow().get(key).cloned();
        let value_bytes = value.as_ref().map_or(0, Vec::len);
        self.0.note(AccessKind::Read, key, value_bytes);
        value
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        Box::new(Scan {
            inner: &self.0,
            start: start.map_or(Bound::Unbounded, |key| Bound::Included(key.to_vec())),
            end: end.map_or(Bound::Unbounded, |key| Bound::Excluded(key.to_vec())),
            order,
        })
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.0.note(AccessKind::Write, key, value.len());
        self.0
            .records
            .borrow_mut()
            .insert(key.to_vec(), value.to_vec());
    }

    fn remove(&mut self, key: &[u8]) {
        self.0.note(AccessKind::Remove, key, 0);
        self.0.records.borrow_mut().remove(key);
    }
}

/// A scan that looks up one record at a time: what is not asked for is not counted.
struct Scan<'a> {
    inner: &'a Inner,
    start: Bound<Vec<u8>>,
    end: Bound<Vec<u8>>,
    order: Order,
}

impl Scan<'_> {
    /// A map panics when asked for a range that ends before it starts.
    fn is_empty(&self) -> bool {
        match (&self.start, &self.end) {
            (Bound::Included(start), Bound::Excluded(end)) => start >= end,
            (Bound::Excluded(start), Bound::Excluded(end)) => start >= end,
            _ => false,
        }
    }
}

impl Iterator for Scan<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        if self.is_empty() {
            return None;
        }
        let records = self.inner.records.borrow();
        let mut range = records.range::<Vec<u8>, _>((self.start.as_ref(), self.end.as_ref()));
        let (key, value) = match self.order {
            Order::Ascending => range.next(),
            Order::Descending => range.next_back(),
        }?;
        self.inner.note(AccessKind::Scan, key, value.len());
        match self.order {
            Order::Ascending => self.start = Bound::Excluded(key.clone()),
            Order::Descending => self.end = Bound::Excluded(key.clone()),
        }
        Some((key.clone(), value.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> SharedStorage {
        let mut storage = SharedStorage::default();
        for key in [b"a", b"b", b"c", b"d"] {
            storage.set(key, key);
        }
        storage.reset_counts();
        storage
    }

    #[test]
    fn scans_like_a_storage_should() {
        let storage = filled();
        let keys = |start: Option<&[u8]>, end: Option<&[u8]>, order| -> Vec<u8> {
            storage
                .range(start, end, order)
                .map(|(key, _)| key[0])
                .collect()
        };
        assert_eq!(keys(None, None, Order::Ascending), b"abcd");
        assert_eq!(keys(None, None, Order::Descending), b"dcba");
        assert_eq!(keys(Some(b"b"), Some(b"d"), Order::Ascending), b"bc");
        assert_eq!(keys(Some(b"b"), Some(b"d"), Order::Descending), b"cb");
        assert_eq!(keys(Some(b"c"), Some(b"b"), Order::Ascending), b"");
        assert_eq!(keys(Some(b"b"), Some(b"b"), Order::Descending), b"");
    }

    #[test]
    fn counts_what_is_asked_for_and_nothing_else() {
        let mut storage = filled();
        storage.get(b"a");
        storage.get(b"x");
        storage.set(b"x", b"1");
        storage.remove(b"x");
        let first = storage.range(None, None, Order::Ascending).next();
        assert_eq!(first, Some((b"a".to_vec(), b"a".to_vec())));
        let expected = Counts {
            reads: 2,
            writes: 2,
            scanned: 1,
        };
        assert_eq!(storage.counts(), expected);
    }

    #[test]
    fn records_between_its_start_and_its_end() {
        let mut storage = filled();
        storage.get(b"a");
        storage.record();
        storage.get(b"x");
        storage.set(b"x", b"12");
        let _ = storage.range(Some(b"c"), None, Order::Ascending).next();
        storage.remove(b"x");
        let seen: Vec<(AccessKind, Vec<u8>, usize)> = storage
            .take_record()
            .into_iter()
            .map(|access| (access.kind, access.key, access.value_bytes))
            .collect();
        let expected = [
            (AccessKind::Read, b"x".to_vec(), 0),
            (AccessKind::Write, b"x".to_vec(), 2),
            (AccessKind::Scan, b"c".to_vec(), 1),
            (AccessKind::Remove, b"x".to_vec(), 0),
        ];
        assert_eq!(seen, expected);
        storage.get(b"a");
        assert_eq!(storage.take_record(), []);
    }

    #[test]
    fn clones_are_the_same_storage() {
        let storage = filled();
        let mut other = storage.clone();
        other.set(b"e", b"e");
        assert_eq!(storage.get(b"e"), Some(b"e".to_vec()));
        let dump = storage.dump();
        assert!(other.equals(&dump));
        other.remove(b"e");
        assert!(!storage.equals(&dump));
        storage.load(dump);
        assert_eq!(other.get(b"e"), Some(b"e".to_vec()));
    }
}
