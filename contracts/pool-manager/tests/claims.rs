//! A claim of fees saves the position alone: the links above keep what it was paid until the next act
//! on the pool.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::as_conversions,
    missing_docs
)]

mod common;

use common::*;

struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// Claims that save the position alone: the same random acts with and without claims in between give
/// everybody the same dollars, cuts, treasury.
#[test]
fn claims_in_between_change_nobodys_end() {
    let people = ["alice", "bob", "carol"];
    let vaults = [LIFE, WETH];
    for seed in 1..=10u64 {
        let mut ends = vec![];
        let mut claimed = 0;
        for claims in [false, true] {
            let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let mut claimer = Random(seed);
            let mut stage = Stage::new();
            stage
                .set_markets(1, &[weight(ETH, 3, 70), weight(SOL, 7, 90)])
                .unwrap();
            let second = stage.pool("paula", DAY);
            stage.set_markets(second, &[weight(ETH, 1, 50)]).unwrap();
            stage.lp("keeper", (second, "LIFE"), 200_000 * ONE);
            stage
                .mint("keeper", (second, "LIFE"), Some(90_000 * ONE))
                .unwrap();
            stage.give("keeper", "trader", 90_000 * ONE);
            stage.lp("alice", LIFE, 3_000 * ONE);
            stage.set_cut(1, "creator", None, 7).unwrap();
            stage.set_cut(1, "other", Some(ETH), 13).unwrap();
            for _ in 0..90 {
                let who = people[random.next(3) as usize];
                let vault = vaults[random.next(2) as usize];
                let amount = u128::from(1 + random.next(1_000_000_000));
                let market = if random.next(2) == 0 { ETH } else { SOL };
                let act = random.next(17);
                let pause = random.next(DAY);
                let _ = match act {
                    0 | 1 => {
                        let amount = if vault == WETH {
                            amount * ETHER / (2_000 * ONE)
                        } else {
                            amount
                        };
                        let _ = stage.deposit(who, vault.1, amount);
                        stage.delegate(who, vault, None)
                    }
                    2 => stage.undelegate(who, vault, None),
                    3 => stage.undelegate(who, vault, Some(amount / 7)),
                    4..=6 => {
                        let fee = amount / 3;
                        stage.margin("trader", market, fee).unwrap();
                        stage.pay_fees(market, fee, 0)
                    }
                    7 => stage.sync_pool(1),
                    8 => stage.sync_market(market),
                    9 => stage.claim_cut(1, "creator"),
                    10 => stage.set_cut(1, "creator", None, random.next(20)),
                    11 => {
                        stage.price("LIFE", ["0.9", "1", "1.1"][random.next(3) as usize]);
                        stage.sync_pool(1)
                    }
                    12 => stage.mint(who, vault, None),
                    13 => {
                        let _ = stage.mint(who, vault, None);
                        stage.price("LIFE", "0.7");
                        stage.price("WETH", "1400");
                        let done = match stage.liquidate("keeper", who, vault) {
                            Ok(done) => Ok(done),
                            Err(_) => stage.liquidate_last("trader", who, vault, amount, 0),
                        };
                        stage.price("LIFE", "1");
                        stage.price("WETH", "2000");
                        done
                    }
                    14 => stage.burn_for("trader", Some(who), vault, amount),
                    15 => stage.request_exit(who, vault),
                    _ => stage.pay_out(market, "bob", amount / 50, 0),
                };
                let _ = match act {
                    13 => stage.sync_market(market),
                    _ => stage.sync_market(ETH),
                };
                if random.next(3) == 0 {
                    stage.wait(pause);
                }
                for _ in 0..claimer.next(4) {
                    let who = people[claimer.next(3) as usize];
                    let mine = match claimer.next(4) {
                        0 => vec![LIFE, WETH],
                        1 => vec![LIFE, LIFE],
                        2 => vec![WETH],
                        _ => vec![LIFE],
                    };
                    if claims && stage.claim_fees(who, &mine).is_ok() {
                        claimed += 1;
                    }
                }
            }
            for who in people {
                for vault in vaults {
                    let _ = stage.claim_fees(who, &[vault]);
                }
            }
            for payee in ["creator", "other"] {
                let _ = stage.claim_cut(1, payee);
            }
            let end: Vec<u128> = people
                .iter()
                .chain(&["creator", "other"])
                .map(|who| stage.dollars(who))
                .collect();
            ends.push(end);
        }
        assert!(claimed > 0, "seed {seed}");
        for (without, with) in ends[0].iter().zip(&ends[1]) {
            assert!(without.abs_diff(*with) <= 4, "seed {seed}: {ends:?}");
        }
    }
}
