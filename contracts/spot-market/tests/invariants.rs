//! Whatever traders do at whatever prices, the books add up.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod common;

use ballast_types::spot_market::{PositionRow, QueryMsg};
use common::*;
use cosmwasm_std::{Int256, Uint128};
use proptest::{prelude::*, test_runner::FileFailurePersistence};

#[derive(Debug, Clone)]
enum Act {
    Price(u64),
    Room(u64),
    Refuse(bool),
    Buy(usize, u64),
    Sell(usize, u8),
    Claim(usize),
    PayFees,
    Flush,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => (1u64..9_000_000_000).prop_map(Act::Price),
        1 => (0u64..200_000).prop_map(Act::Room),
        1 => any::<bool>().prop_map(Act::Refuse),
        4 => (0usize..2, 1u64..20_000_000_000).prop_map(|(who, usd)| Act::Buy(who, usd)),
        4 => (0usize..2, 1u8..=4).prop_map(|(who, quarters)| Act::Sell(who, quarters)),
        2 => (0usize..2).prop_map(Act::Claim),
        1 => Just(Act::PayFees),
        1 => Just(Act::Flush),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    /// Σ positions = the books; at an unchanged price no trade raises the market's debt, and lowers it
    /// by the rounding of a unit of the asset at most; what traders could take is never more than what is reported; the dollars
    /// there are, with the fees that pools were paid, are the first ones and net issuance.
    #[test]
    fn the_books_add_up(acts in prop::collection::vec(act(), 1..40)) {
        let mut chain = Chain::new();
        let traders = ["alice", "bob"].map(addr);
        let first = 200_000 * USD;
        // A base unit of BTC at 50,000 dollars, in base units of the dollar.
        let mut unit = 500;
        for act in acts {
            let debt = |chain: &Chain| chain.books().net_issuance() + Int256::from(chain.reports().0);
            let before = debt(&chain);
            let at_a_price = matches!(act, Act::Buy(..) | Act::Sell(..) | Act::Claim(..) | Act::PayFees);
            match act {
                Act::Price(micro) => {
                    unit = micro.div_ceil(100_000_000);
                    chain.price("BTC", &format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000));
                }
                Act::Room(dollars) => {
                    chain.tell_pool(&PoolMsg::Room(Uint128::new(u128::from(dollars) * USD))).unwrap();
                }
                Act::Refuse(refuses) => {
                    chain.tell_pool(&PoolMsg::Refuse(refuses)).unwrap();
                }
                // What is refused is refused by a rule, and leaves no trace.
                Act::Buy(who, usd) => drop(chain.buy(&traders[who], u128::from(usd))),
                Act::Sell(who, quarters) => {
                    let units = chain.units(&traders[who]) * u128::from(quarters) / 4;
                    let sold = chain.sell(&traders[who], Some(units));
                    prop_assert_eq!(sold.is_ok(), units > 0, "closing needs nothing but a price");
                }
                Act::Claim(who) => drop(chain.send(&traders[who], &claim_msg(None))),
                Act::PayFees => drop(chain.send(&traders[0], &pay_fees_msg())),
                Act::Flush => chain.flush(),
            }
            if at_a_price {
                let moved = debt(&chain) - before;
                prop_assert!(moved <= Int256::zero() && moved >= -Int256::from(unit), "{}", moved);
            }
            let market = chain.market();
            let rows: Vec<PositionRow> = chain.query(&QueryMsg::Positions {
                market_ref: "btc".into(), start_after: None, limit: None,
            }).unwrap();
            let units: u128 = rows.iter().map(|row| row.units.u128()).sum();
            let owed: u128 = rows.iter().map(|row| row.owed.u128()).sum();
            prop_assert_eq!((units, owed), (market.units.u128(), market.owed.u128()));
            let sells_for: u128 = traders.iter()
                .map(|who| chain.position(who))
                .map(|position| position.owed.u128() + position.sells_for.unwrap_or_default().u128())
                .sum();
            let reported = chain.reports().0;
            prop_assert!(sells_for + market.fees_owed.u128() <= reported as u128);
            let held: u128 = traders.iter().map(|who| chain.balance(who)).sum();
            let supply = Int256::from(held + chain.fees());
            prop_assert_eq!(supply, Int256::from(first) + chain.books().net_issuance());
            prop_assert_eq!(chain.balance(&chain.market.clone()), 0);
        }
    }
}
