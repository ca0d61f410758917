//! A migration that checks the name and the version it comes from.

use cosmwasm_std::{Event, StdError, Storage};
use semver::Version;
use thiserror::Error;

/// Why a migration is refused.
#[derive(Error, Debug, PartialEq)]
pub enum MigrateError {
    /// A storage fault.
    #[error("{0}")]
    Std(#[from] StdError),
    /// The state belongs to another contract.
    #[error("OtherContract: this code is {expected}, the state belongs to {found}")]
    OtherContract {
        /// Name of the code.
        expected: String,
        /// Name in the state.
        found: String,
    },
    /// The state is not older than the code.
    #[error("NotOlder: the state is at version {from}, not older than {to}")]
    NotOlder {
        /// Version in the state.
        from: String,
        /// Version of the code.
        to: String,
    },
    /// A version that cannot be read.
    #[error("InvalidVersion: {version} is no version")]
    InvalidVersion {
        /// As found.
        version: String,
    },
}

/// Checks that the state belongs to an older version of the same contract and marks it as the
/// new one.
pub fn migrate(
    storage: &mut dyn Storage,
    name: &str,
    version: &str,
) -> Result<Event, MigrateError> {
    let stored = cw2::get_contract_version(storage)?;
    if stored.contract != name {
        return Err(MigrateError::OtherContract {
            expected: name.to_owned(),
            found: stored.contract,
        });
    }
    if parse(&stored.version)? >= parse(version)? {
        return Err(MigrateError::NotOlder {
            from: stored.version,
            to: version.to_owned(),
        });
    }
    cw2::set_contract_version(storage, name, version)?;
    Ok(Event::new("migrate")
        .add_attribute("from", stored.version)
        .add_attribute("to", version))
}

fn parse(version: &str) -> Result<Version, MigrateError> {
    Version::parse(version).map_err(|_| MigrateError::InvalidVersion {
        version: version.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::MockStorage;
    use rstest::rstest;

    #[rstest]
    #[case::older("ours", "0.9.9", true)]
    #[case::same("ours", "1.0.0", false)]
    #[case::newer("ours", "1.0.1", false)]
    #[case::a_prerelease_is_older("ours", "1.0.0-rc.1", true)]
    #[case::another("theirs", "0.9.0", false)]
    #[case::nonsense("ours", "yesterday", false)]
    fn only_older_states_of_the_same_contract(
        #[case] name: &str,
        #[case] from: &str,
        #[case] ok: bool,
    ) {
        let mut storage = MockStorage::new();
        cw2::set_contract_version(&mut storage, name, from).unwrap();
        assert_eq!(migrate(&mut storage, "ours", "1.0.0").is_ok(), ok);
        let stored = cw2::get_contract_version(&storage).unwrap();
        assert_eq!(stored.version, if ok { "1.0.0" } else { from });
    }
}
