//! The storage of another contract, as if it were one's own: to be read.

use ballast_types::pool_manager::{QueryMsg, StoredRow};
use cosmwasm_std::{Addr, Binary, Order, QuerierWrapper, Record, Storage};

/// Records that are fetched at once when many are ranged over.
const PAGE: u32 = 64;

/// What a manager remembers.
pub struct Remote<'a> {
    /// Asks the chain.
    pub querier: QuerierWrapper<'a>,
    /// Whose storage it is.
    pub manager: Addr,
}

impl Remote<'_> {
    fn page(&self, start: Option<&[u8]>, end: Option<&[u8]>, order: Order) -> Vec<StoredRow> {
        let question = QueryMsg::Rows {
            start: start.map(Binary::from),
            end: end.map(Binary::from),
            descending: order == Order::Descending,
            limit: Some(PAGE),
        };
        self.querier
            .query_wasm_smart(&self.manager, &question)
            .unwrap_or_default()
    }
}

impl Storage for Remote<'_> {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.querier
            .query_wasm_raw(&self.manager, key)
            .unwrap_or_default()
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        Box::new(Rows {
            remote: self,
            start: start.map(<[u8]>::to_vec),
            end: end.map(<[u8]>::to_vec),
            order,
            page: vec![].into_iter(),
            is_last: false,
        })
    }

    /// A lens sees and never touches: it is only lent to what reads.
    fn set(&mut self, _key: &[u8], _value: &[u8]) {}

    /// See [`Self::set`].
    fn remove(&mut self, _key: &[u8]) {}
}

/// Records, fetched in pages.
struct Rows<'a> {
    remote: &'a Remote<'a>,
    start: Option<Vec<u8>>,
    end: Option<Vec<u8>>,
    order: Order,
    page: std::vec::IntoIter<StoredRow>,
    is_last: bool,
}

impl Rows<'_> {
    fn fetch(&mut self) {
        let (start, end) = (self.start.as_deref(), self.end.as_deref());
        let rows = self.remote.page(start, end, self.order);
        self.is_last = u32::try_from(rows.len()).is_ok_and(|rows| rows < PAGE);
        if let Some(last) = rows.last() {
            let mut key = last.key.to_vec();
            match self.order {
                // The next key there can be.
                Order::Ascending => {
                    key.push(0);
                    self.start = Some(key);
                }
                Order::Descending => self.end = Some(key),
            }
        }
        self.page = rows.into_iter();
    }
}

impl Iterator for Rows<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        if self.page.len() == 0 && !self.is_last {
            self.fetch();
        }
        let row = self.page.next()?;
        Some((row.key.to_vec(), row.value.to_vec()))
    }
}
