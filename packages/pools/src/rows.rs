//! Stored records as they are: how the lens sees what only the manager can range over.

use ballast_kit::page;
use ballast_types::pool_manager::StoredRow;
use cosmwasm_std::{Binary, Deps, Order};

/// A page of records, by key.
pub fn query(
    deps: Deps,
    start: Option<Binary>,
    end: Option<Binary>,
    descending: bool,
    limit: Option<u32>,
) -> Vec<StoredRow> {
    let order = match descending {
        true => Order::Descending,
        false => Order::Ascending,
    };
    deps.storage
        .range(start.as_deref(), end.as_deref(), order)
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|(key, value)| StoredRow {
            key: key.into(),
            value: value.into(),
        })
        .collect()
}
