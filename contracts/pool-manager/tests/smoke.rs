#![allow(clippy::unwrap_used, missing_docs)]
mod common;
use common::*;

#[test]
fn smoke() {
    let mut stage = Stage::open();
    assert_eq!(stage.holds("bob", LIFE), (1_000 * ONE, 500 * ONE, 0));
    stage.margin("trader", ETH, 100 * ONE).unwrap();
    stage.pay_fees(ETH, 10 * ONE, 90_000_000).unwrap();
    stage.sync_pool(1).unwrap();
    assert_eq!(stage.fees("bob", LIFE), 2_500_000);
}
