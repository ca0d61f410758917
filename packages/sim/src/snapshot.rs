//! A world at rest.

use std::collections::BTreeMap;

use ballast_types::Token;
use cosmwasm_std::{Addr, Binary, BlockInfo};
use serde::{Deserialize, Serialize};

use crate::{feeds::Feeds, kind::ContractKind, profile::Profile};

/// Everything a [`World`](crate::World) needs to go on later, on this machine or another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub(crate) profile: Profile,
    pub(crate) block: BlockInfo,
    pub(crate) names: BTreeMap<String, Addr>,
    pub(crate) kinds: BTreeMap<String, ContractKind>,
    pub(crate) tokens: BTreeMap<String, Token>,
    pub(crate) feeds: Feeds,
    pub(crate) storage: Vec<(Binary, Binary)>,
}
