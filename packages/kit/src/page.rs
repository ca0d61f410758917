//! How long a page of a query may be.

/// Rows of a page when nobody says how many.
pub const DEFAULT_LIMIT: u32 = 10;
/// The most rows of a page whose rows are cheap.
pub const MAX_LIMIT: u32 = 64;

/// The rows of a page: what was asked for, within `1..=max`.
pub fn size(limit: Option<u32>, max: u32) -> usize {
    usize::try_from(limit.unwrap_or(DEFAULT_LIMIT).clamp(1, max)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    #[test]
    fn pages_are_clamped() {
        let sizes = [None, Some(0), Some(7), Some(u32::MAX)].map(|l| super::size(l, 30));
        assert_eq!(sizes, [10, 1, 7, 30]);
    }
}
