//! Records as bytes. What almost every act writes is stored as [`postcard`] writes it, without the
//! quotes, commas and base64 of JSON: a byte that is written costs 30 gas.

use std::any::type_name;

use cosmwasm_std::{Order, StdError, StdResult, Storage};
use cw_storage_plus::{
    Bound, KeyDeserialize, Map, Prefix, Prefixer, PrimaryKey, range_with_prefix,
};
use serde::{Serialize, de::DeserializeOwned};

/// A [`Map`] of such records.
pub struct PackedMap<K, T>(Map<K, T>);

/// Those of its records whose keys begin alike.
pub struct PackedRows<K: KeyDeserialize, T: Serialize + DeserializeOwned>(Prefix<K, T>);

impl<K, T> PackedMap<K, T> {
    /// The map in a namespace.
    pub const fn new(namespace: &'static str) -> Self {
        Self(Map::new(namespace))
    }
}

impl<'a, K, T> PackedMap<K, T>
where
    K: PrimaryKey<'a>,
    T: Serialize + DeserializeOwned,
{
    /// The record of a key.
    pub fn load(&self, storage: &dyn Storage, key: K) -> StdResult<T> {
        self.may_load(storage, key)?
            .ok_or_else(|| StdError::not_found(type_name::<T>()))
    }

    /// The record of a key; none where there is none.
    pub fn may_load(&self, storage: &dyn Storage, key: K) -> StdResult<Option<T>> {
        let stored = storage.get(&self.0.key(key));
        stored.map(|bytes| unpack(&bytes)).transpose()
    }

    /// Saves a record.
    pub fn save(&self, storage: &mut dyn Storage, key: K, record: &T) -> StdResult<()> {
        let bytes = postcard::to_allocvec(record)
            .map_err(|error| StdError::serialize_err(type_name::<T>(), error))?;
        storage.set(&self.0.key(key), &bytes);
        Ok(())
    }

    /// Removes the record of a key.
    pub fn remove(&self, storage: &mut dyn Storage, key: K) {
        self.0.remove(storage, key);
    }

    /// Records whose keys begin with a prefix.
    pub fn prefix(&self, prefix: K::Prefix) -> PackedRows<K::Suffix, T> {
        PackedRows(Prefix::new(self.0.namespace_bytes(), &prefix.prefix()))
    }
}

impl<'a, K, T> PackedMap<K, T>
where
    K: PrimaryKey<'a> + KeyDeserialize,
    T: Serialize + DeserializeOwned,
{
    /// All records, by key.
    pub fn range<'s>(
        &self,
        storage: &'s dyn Storage,
        min: Option<Bound<'a, K>>,
        max: Option<Bound<'a, K>>,
        order: Order,
    ) -> Box<dyn Iterator<Item = StdResult<(K::Output, T)>> + 's> {
        PackedRows(Prefix::<K, T>::new(self.0.namespace_bytes(), &[]))
            .range(storage, min, max, order)
    }
}

impl<'a, K, T> PackedRows<K, T>
where
    K: PrimaryKey<'a> + KeyDeserialize,
    T: Serialize + DeserializeOwned,
{
    /// These records, by the rest of their keys.
    pub fn range<'s>(
        &self,
        storage: &'s dyn Storage,
        min: Option<Bound<'a, K>>,
        max: Option<Bound<'a, K>>,
        order: Order,
    ) -> Box<dyn Iterator<Item = StdResult<(K::Output, T)>> + 's> {
        let [min, max] = [min, max].map(|bound| bound.map(|bound| bound.to_raw_bound()));
        let rows = range_with_prefix(storage, &self.0, min, max, order);
        Box::new(rows.map(|(key, bytes)| Ok((K::from_vec(key)?, unpack(&bytes)?))))
    }
}

fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> StdResult<T> {
    postcard::from_bytes(bytes).map_err(|error| StdError::parse_err(type_name::<T>(), error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ballast_math::stored::Compact;
    use cosmwasm_std::{Int256, Uint256, testing::MockStorage};
    use rstest::rstest;

    const ROWS: PackedMap<(u64, &str), (String, u64)> = PackedMap::new("rows");

    fn keys(rows: impl Iterator<Item = StdResult<((u64, String), (String, u64))>>) -> Vec<u64> {
        rows.map(|row| row.unwrap().1.1).collect()
    }

    #[test]
    fn kept_and_found() {
        let mut storage = MockStorage::new();
        for (pool, asset, number) in [(2, "b", 4), (1, "a", 1), (2, "a", 3), (1, "b", 2)] {
            let record = (asset.to_owned(), number);
            ROWS.save(&mut storage, (pool, asset), &record).unwrap();
        }
        assert_eq!(ROWS.load(&storage, (2, "a")).unwrap(), ("a".to_owned(), 3));
        let all = ROWS.range(&storage, None, None, Order::Ascending);
        assert_eq!(keys(all), [1, 2, 3, 4]);
        let after = Some(Bound::exclusive((1, "b")));
        let rest = ROWS.range(&storage, after, None, Order::Ascending);
        assert_eq!(keys(rest), [3, 4]);
        let first = ROWS.prefix(1);
        let before = Some(Bound::exclusive("b"));
        let row = first.range(&storage, None, before, Order::Descending);
        let row: Vec<_> = row.collect::<StdResult<_>>().unwrap();
        assert_eq!(row, [("a".to_owned(), ("a".to_owned(), 1))]);
        ROWS.remove(&mut storage, (1, "a"));
        assert_eq!(ROWS.may_load(&storage, (1, "a")).unwrap(), None);
        assert!(ROWS.load(&storage, (1, "a")).is_err());
    }

    /// Numbers of many digits are as many bytes as they need, and one for how many there are.
    #[rstest]
    #[case(Int256::zero(), 1)]
    #[case(Int256::from(127), 2)]
    #[case(Int256::from(128), 3)]
    #[case(Int256::from(-128), 2)]
    #[case(Int256::from(-129), 3)]
    #[case(Int256::MAX, 33)]
    #[case(Int256::MIN, 33)]
    fn numbers(#[case] number: Int256, #[case] length: usize) {
        const NUMBERS: PackedMap<u64, Compact<Int256>> = PackedMap::new("numbers");
        const SIZES: PackedMap<u64, Compact<Uint256>> = PackedMap::new("sizes");
        let mut storage = MockStorage::new();
        NUMBERS.save(&mut storage, 1, &Compact(number)).unwrap();
        assert_eq!(storage.get(&NUMBERS.0.key(1)).unwrap().len(), length);
        assert_eq!(NUMBERS.load(&storage, 1).unwrap().0, number);
        let size = number.unsigned_abs();
        SIZES.save(&mut storage, 1, &Compact(size)).unwrap();
        assert_eq!(SIZES.load(&storage, 1).unwrap().0, size);
    }

    /// A record that ends too early is an error, and no number made up.
    #[test]
    fn cut_short() {
        let mut storage = MockStorage::new();
        let record = ("asset".to_owned(), 1_000);
        ROWS.save(&mut storage, (1, "a"), &record).unwrap();
        let key = ROWS.0.key((1, "a"));
        let bytes = storage.get(&key).unwrap();
        assert_eq!(bytes.len(), 8);
        for length in 1..bytes.len() {
            storage.set(&key, &bytes[..length]);
            assert!(ROWS.load(&storage, (1, "a")).is_err());
        }
    }
}
