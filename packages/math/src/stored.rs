//! Records as they are stored.
//!
//! A byte that is written costs 30 gas and one that is read 3, so the names of its fields would be
//! most of the price of a record. What is kept in storage is therefore an array of its fields;
//! what a query answers keeps their names. Where a record is stored as bytes, without JSON, its
//! fields follow each other.

/// Stores a struct as the array of its fields, in the order in which they are given.
///
/// ```
/// use ballast_math::stored_as_array;
///
/// #[derive(Debug, PartialEq)]
/// struct Point { x: u32, y: u32 }
/// stored_as_array!(Point { x, y });
///
/// let json = cosmwasm_std::to_json_vec(&Point { x: 3, y: 4 })?;
/// assert_eq!(json, b"[3,4]");
/// assert_eq!(cosmwasm_std::from_json::<Point>(json)?, Point { x: 3, y: 4 });
/// # Ok::<(), cosmwasm_std::StdError>(())
/// ```
///
/// Where a query answers the same struct with its names, a struct around it is what is stored:
/// `stored_as_array!(StoredPoint(Point) { x, y })`.
#[macro_export]
macro_rules! stored_as_array {
    ($stored:ident($record:ident) { $($field:ident),+ $(,)? }) => {
        impl $crate::stored::Serialize for $stored {
            fn serialize<S: $crate::stored::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                $crate::stored::Serialize::serialize(&($(&self.0.$field,)+), serializer)
            }
        }

        impl<'de> $crate::stored::Deserialize<'de> for $stored {
            fn deserialize<D: $crate::stored::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let ($($field,)+) = $crate::stored::Deserialize::deserialize(deserializer)?;
                Ok(Self($record { $($field),+ }))
            }
        }
    };
    ($record:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::stored::Serialize for $record {
            fn serialize<S: $crate::stored::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                $crate::stored::Serialize::serialize(&($(&self.$field,)+), serializer)
            }
        }

        impl<'de> $crate::stored::Deserialize<'de> for $record {
            fn deserialize<D: $crate::stored::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let ($($field,)+) = $crate::stored::Deserialize::deserialize(deserializer)?;
                Ok(Self { $($field),+ })
            }
        }
    };
}

pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

use cosmwasm_std::{Binary, Int256, Uint256};
use serde::de::Error;

/// A number of many digits as it is stored: its bytes in two's complement, without those that only
/// repeat the sign; in JSON their base64. Its decimals would be half as long again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compact<T>(pub T);

const SIZE: usize = 32;

/// The bytes that matter: those after which `filler` alone stands in front, and the sign stays.
fn significant(bytes: &[u8], filler: u8, signed: bool) -> &[u8] {
    let keeps_sign = |next: u8| !signed || (next & 0x80 == 0) == (filler == 0);
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        let next = tail.first().copied();
        if *first != filler || !next.map_or(filler == 0, keeps_sign) {
            break;
        }
        rest = tail;
    }
    rest
}

fn padded<E: Error>(bytes: &[u8], signed: bool) -> Result<[u8; SIZE], E> {
    let is_negative = signed && bytes.first().is_some_and(|first| first & 0x80 != 0);
    let mut all = [if is_negative { 0xff } else { 0 }; SIZE];
    let start = SIZE.checked_sub(bytes.len());
    let place = start.and_then(|start| all.get_mut(start..));
    let place = place.ok_or_else(|| E::custom("a number of more than 32 bytes"))?;
    place.copy_from_slice(bytes);
    Ok(all)
}

impl Serialize for Compact<Int256> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = self.0.to_be_bytes();
        let filler = if self.0.is_negative() { 0xff } else { 0 };
        Binary::from(significant(&bytes, filler, true)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Compact<Int256> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = Binary::deserialize(deserializer)?;
        Ok(Self(Int256::from_be_bytes(padded(&bytes, true)?)))
    }
}

impl Serialize for Compact<Uint256> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = self.0.to_be_bytes();
        Binary::from(significant(&bytes, 0, false)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Compact<Uint256> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = Binary::deserialize(deserializer)?;
        Ok(Self(Uint256::from_be_bytes(padded(&bytes, false)?)))
    }
}

/// Stores a struct around one number of many digits as that number, compactly.
#[macro_export]
macro_rules! stored_compactly {
    ($record:ident) => {
        impl $crate::stored::Serialize for $record {
            fn serialize<S: $crate::stored::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                $crate::stored::Serialize::serialize(&$crate::stored::Compact(self.0), serializer)
            }
        }

        impl<'de> $crate::stored::Deserialize<'de> for $record {
            fn deserialize<D: $crate::stored::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let number: $crate::stored::Compact<_> =
                    $crate::stored::Deserialize::deserialize(deserializer)?;
                Ok(Self(number.0))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::{from_json, to_json_vec};
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, r#""""#)]
    #[case(1, r#""AQ==""#)]
    #[case(127, r#""fw==""#)]
    #[case(128, r#""AIA=""#)]
    #[case(-1, r#""/w==""#)]
    #[case(-128, r#""gA==""#)]
    #[case(-129, r#""/38=""#)]
    fn signed(#[case] number: i128, #[case] json: &str) {
        let stored = Compact(Int256::from(number));
        assert_eq!(to_json_vec(&stored).unwrap(), json.as_bytes());
        assert_eq!(from_json::<Compact<Int256>>(json).unwrap(), stored);
    }

    #[rstest]
    #[case(0, r#""""#)]
    #[case(128, r#""gA==""#)]
    #[case(256, r#""AQA=""#)]
    fn unsigned(#[case] number: u128, #[case] json: &str) {
        let stored = Compact(Uint256::from(number));
        assert_eq!(to_json_vec(&stored).unwrap(), json.as_bytes());
        assert_eq!(from_json::<Compact<Uint256>>(json).unwrap(), stored);
    }

    #[test]
    fn the_ends() {
        for number in [Int256::MIN, Int256::MAX] {
            let json = to_json_vec(&Compact(number)).unwrap();
            assert_eq!(from_json::<Compact<Int256>>(json).unwrap().0, number);
        }
        let json = to_json_vec(&Compact(Uint256::MAX)).unwrap();
        assert_eq!(from_json::<Compact<Uint256>>(json).unwrap().0, Uint256::MAX);
        let long = to_json_vec(&Binary::from([1; 33])).unwrap();
        assert!(from_json::<Compact<Uint256>>(long).is_err());
        assert!(from_json::<Compact<Uint256>>(br#""?""#).is_err());
    }

    proptest! {
        #[test]
        fn there_and_back(bytes in prop::array::uniform32(any::<u8>()), kept in 0usize..33) {
            let mut bytes = bytes;
            let sign = if bytes[0] & 0x80 == 0 { 0 } else { 0xff };
            bytes[..32 - kept].fill(sign);
            let signed = Compact(Int256::from_be_bytes(bytes));
            prop_assert_eq!(from_json::<Compact<Int256>>(to_json_vec(&signed).unwrap()).unwrap(), signed);
            let unsigned = Compact(Uint256::from_be_bytes(bytes));
            prop_assert_eq!(from_json::<Compact<Uint256>>(to_json_vec(&unsigned).unwrap()).unwrap(), unsigned);
        }
    }
}
