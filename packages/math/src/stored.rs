//! Records as they are stored.
//!
//! A byte that is written costs 30 gas and one that is read 3, so the names of its fields would be
//! most of the price of a record. What is kept in storage is therefore an array of its fields;
//! what a query answers keeps their names.

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
