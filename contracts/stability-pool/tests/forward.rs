//! Seigniorage reaches the treasury.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use ballast_types::{
    TokenUnchecked,
    treasury::{BalanceResponse, LedgerRow, QueryMsg, Tag},
};
use common::*;
use rstest::rstest;

#[rstest]
fn as_a_tagged_deposit(#[values(false, true)] cw20_dcm: bool) {
    let mut stage = Stage::with(|setup| setup.cw20_dcm = cw20_dcm).stock();
    stage.refused("NothingDue", Stage::forward);
    stage.price("DCM", "1.5");
    stage.swap_dcm("amo", 1_000 * ONE).unwrap();
    stage.price("DUCA", "0.9");
    stage.swap_duca("amo", 1_000 * ONE).unwrap();
    assert_eq!(stage.due(), 250 * ONE + 66_666_666);

    let done = stage.forward().unwrap();
    assert_eq!(stage.due(), 0);
    let treasury = stage.treasury.clone();
    for (key, text) in [("recipient", treasury.as_str()), ("amount", "316666666")] {
        assert_eq!(attribute(&stage, &done, "forward_to_treasury", key), text);
    }
    let token = match &stage.dcm {
        ballast_types::Token::Native(denom) => TokenUnchecked::Native(denom.clone()),
        ballast_types::Token::Cw20(token) => TokenUnchecked::Cw20(token.to_string()),
    };
    let balance: BalanceResponse = stage
        .app
        .wrap()
        .query_wasm_smart(&treasury, &QueryMsg::Balance { token })
        .unwrap();
    assert_eq!(balance.held.u128(), 316_666_666);
    assert_eq!(stage.held(&stage.dcm, &treasury), 316_666_666);
    let msg = QueryMsg::Ledger {
        start_after: None,
        limit: None,
    };
    let ledger: Vec<LedgerRow> = stage.app.wrap().query_wasm_smart(&treasury, &msg).unwrap();
    assert_eq!(ledger.len(), 1);
    assert_eq!(
        (ledger[0].tag, &ledger[0].source),
        (Tag::Seigniorage, &stage.pool)
    );
    stage.refused("NothingDue", Stage::forward);
}
