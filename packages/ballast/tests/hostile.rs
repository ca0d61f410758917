//! Market contracts that do not work, where gas is real: on both wasmd. What errs or talks nonsense is
//! tried on the embedded chain as well; what burns gas, stops or bloats only here. They need what
//! `faults` needs: `cargo test --release -p ballast --test hostile -- --ignored --test-threads 1`.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic
)]

mod real;

use ballast::{
    chain::Chain,
    live::{Live, ground::Ground},
};
use ballast_live::{Gas, Msg, Outcome};
use ballast_localnet::Version;
use ballast_sim::Profile;
use ballast_types::market::MAX_ANSWER;
use cosmwasm_std::{Coin, Int128, to_json_binary};
use rstest::rstest;
use serde_json::{Value, json};

use real::{address, ground, network, send};

const MANAGER: &str = "pool-manager";
const MARKET: &str = "hostile-market";
/// More than any message here takes.
const PLENTY: u64 = 40_000_000;
/// What a check may take beside `poll_gas`.
const CHECK: u64 = 300_000;

/// Alice's 100 ATOM in pool 1, behind both markets of the hostile contract.
struct Stage<'g> {
    ground: &'g Ground,
    chain: Live<'g>,
    poll_gas: u64,
}

impl<'g> Stage<'g> {
    fn new(ground: &'g Ground) -> Self {
        let mut profile = Profile::find("pools").unwrap();
        let pools = profile.pool_manager.as_mut().unwrap();
        pools.params.min_delegation_secs = 1;
        let poll_gas = pools.params.poll_gas;
        let mut chain = ground.deploy(&profile).unwrap();
        let cap = json!({"cap": "1000000000000", "enabled": true});
        let weight = |market| json!({"market": market, "weight": "1", "max_debt": "1"});
        let atom = Coin::new(100_000_000_u128, "uatom");
        for (sender, msg, funds) in [
            (
                "maker",
                json!({"create_pool": {"name": "First", "delegation_secs": 1}}),
                vec![],
            ),
            (
                "maker",
                json!({"set_pool_collateral": {"pool": "1", "asset": "ATOM", "terms": cap}}),
                vec![],
            ),
            (
                "maker",
                json!({"set_pool_markets": {"pool": "1", "markets": [weight("2"), weight("3")]}}),
                vec![],
            ),
            ("alice", json!({"deposit": {}}), vec![atom]),
            (
                "alice",
                json!({"delegate": {"pool": "1", "asset": "ATOM"}}),
                vec![],
            ),
        ] {
            send(&mut chain, sender, MANAGER, msg, funds);
        }
        chain.wait(1).unwrap();
        Self {
            ground,
            chain,
            poll_gas,
        }
    }

    fn msg(&self, sender: &str, contract: &str, msg: Value) -> Msg {
        let [sender, contract] = [sender, contract].map(|name| address(&self.chain, name));
        Msg::execute(&sender, &contract, msg, vec![])
    }

    fn send(&self, sender: &str, msgs: Vec<Msg>, gas: u64) -> Outcome {
        let key = self.chain.key(sender).unwrap();
        let client = self.ground.client();
        client.send(key, msgs, Gas::Limit(gas)).unwrap()
    }

    fn ask(&self, question: &Value) -> Value {
        let lens = address(&self.chain, "pool-lens");
        let answer = self.ground.client().query(&lens, question, None);
        answer.unwrap().unwrap()
    }

    fn mode(&self, mode: Value) {
        let msg = json!({"set_mode": {"mode": mode}});
        let msg = self.msg("trader", MARKET, msg);
        self.send("trader", vec![msg], PLENTY).unwrap();
    }

    fn checking(&self) -> Value {
        json!({"check_market": {"pool": "1", "contract": address(&self.chain, MARKET)}})
    }

    fn check(&self) -> Msg {
        self.msg("alice", MANAGER, self.checking())
    }

    /// Takes one ATOM out of the pool.
    fn exit(&self) -> Msg {
        let exit = json!({"undelegate": {"pool": "1", "asset": "ATOM", "amount": "1000000"}});
        self.msg("alice", MANAGER, exit)
    }

    /// What Alice has delegated, in ATOM.
    fn delegated(&self) -> u128 {
        let vault = json!({"pool": "1", "asset": "ATOM"});
        let position =
            json!({"position": {"account": address(&self.chain, "alice"), "vault": vault}});
        let collateral = self.ask(&position)["collateral"].clone();
        collateral.as_str().unwrap().parse::<u128>().unwrap() / 1_000_000
    }

    /// `[contract's ref, reason]` of each; the whole contract has no ref.
    fn quarantines(&self) -> Vec<(Value, String)> {
        let all = self.ask(&json!({"quarantines": {}}));
        let of = |row: &Value| {
            (
                row["ref"].clone(),
                row["reason"].as_str().unwrap().to_owned(),
            )
        };
        all.as_array().unwrap().iter().map(of).collect()
    }

    fn end_quarantine(&self, gas: u64) -> Outcome {
        let end = json!({"end_quarantine": {"contract": address(&self.chain, MARKET)}});
        self.send("owner", vec![self.msg("owner", MANAGER, end)], gas)
    }

    /// It answers again, and is out.
    fn mend(&self) {
        self.mode(json!({"scripted": {}}));
        self.end_quarantine(PLENTY).unwrap();
        assert_eq!(self.quarantines(), []);
    }

    fn is_in_quarantine(&self, reason: &str) {
        let found = self.quarantines();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].0.is_null() && found[0].1.contains(reason),
            "{found:?}"
        );
    }
}

fn out_of_gas(outcome: Outcome) -> bool {
    let refusal = outcome.unwrap_err();
    // The second where the VM that ran out was asked within the message.
    refusal.is_out_of_gas() || refusal.log.contains("Ran out of gas")
}

/// What fails at once, or bloats: exits quarantine it themselves.
fn failures(stage: &Stage) {
    for (mode, reason) in [
        (json!({"errs": {}}), "it does not want to"),
        (json!({"nonsense": {}}), "parsing"),
        (json!({"panics": {}}), "code: 29"),
        (json!({"too_few": {}}), "not one answer"),
        (json!({"too_many": {}}), "not one answer"),
        (json!({"bloats": {"bytes": 5_000}}), "more than 4096 bytes"),
        (
            json!({"bloats": {"bytes": 1_000_000}}),
            "more than 4096 bytes",
        ),
        (json!({"bloats": {"bytes": 40_000_000}}), "code: 29"),
    ] {
        let before = stage.delegated();
        stage.mode(mode.clone());
        stage.send("alice", vec![stage.exit()], PLENTY).unwrap();
        assert_eq!(stage.delegated(), before - 1, "{mode}");
        stage.is_in_quarantine(reason);
        stage.end_quarantine(PLENTY).unwrap_err();
        stage.mend();
    }
}

/// What burns all gas blocks exits until it is checked: in the exit's own transaction, say.
fn burns_gas(stage: &Stage) {
    let before = stage.delegated();
    stage.mode(json!({"loops": {}}));
    assert!(out_of_gas(stage.send("alice", vec![stage.exit()], PLENTY)));
    // With less than it is given to burn nothing is learnt of it.
    for gas in [stage.poll_gas / 2, stage.poll_gas] {
        assert!(out_of_gas(stage.send("alice", vec![stage.check()], gas)));
    }
    assert_eq!(stage.quarantines(), []);
    let enough = stage.poll_gas + CHECK;
    let done = stage.send("alice", vec![stage.check()], enough).unwrap();
    assert!(done.gas_used > stage.poll_gas, "{}", done.gas_used);
    stage.is_in_quarantine("out of gas");
    assert!(out_of_gas(stage.end_quarantine(PLENTY)));
    stage.send("alice", vec![stage.exit()], PLENTY).unwrap();
    stage.mend();

    // What an exit costs besides is little beside what was burnt.
    for mode in [
        json!({"loops": {}}),
        json!({"bloats": {"bytes": 6_000_000}}),
    ] {
        stage.mode(mode);
        let both = vec![stage.check(), stage.exit()];
        stage.send("alice", both, enough + CHECK).unwrap();
        stage.is_in_quarantine("out of gas");
        stage.mend();
    }
    assert_eq!(stage.delegated(), before - 3);
}

/// Whatever gas a check of a market that works is given, it ends well or not at all; most of all where
/// the market's work is paid for and its answer is not.
fn too_little_gas(stage: &Stage) {
    // Two answers as long as they may be: the first market's is not wrong, and nothing is owed.
    let debt = json!({"ok": {"debt": Int128::MIN, "stale": false}}).to_string();
    let around = format!("[{debt},{}]", json!({"err": ""})).len();
    let scripts = json!([
        {"ref": "eth", "debt": Int128::MIN},
        {"ref": "sol", "err": "x".repeat(MAX_ANSWER - around)},
    ]);
    let play = stage.msg("trader", MARKET, json!({"play": {"scripts": scripts}}));
    stage.send("trader", vec![play], PLENTY).unwrap();
    let client = stage.ground.client();
    for (act, steps) in [(stage.check(), 250), (stage.exit(), 1_000)] {
        let key = stage.chain.key("alice").unwrap();
        let needed = client.simulate(key, vec![act.clone()]).unwrap().unwrap();
        // Before the first question the contract is not loaded yet.
        let coarse = (1..20).map(|part| needed * part / 20);
        let fine = (needed - 60 * steps..needed - steps).step_by(usize::try_from(steps).unwrap());
        for gas in coarse.chain(fine) {
            let outcome = stage.send("alice", vec![act.clone()], gas);
            assert!(out_of_gas(outcome), "{gas} of {needed}");
        }
        assert_eq!(stage.quarantines(), []);
    }
    let done = stage.send("alice", vec![stage.check()], PLENTY);
    done.unwrap();
    let [(market_ref, _)] = &stage.quarantines()[..] else {
        panic!("{:?}", stage.quarantines())
    };
    assert_eq!(market_ref, "sol");
    let nothing = json!({"play": {"scripts": [{"ref": "eth"}, {"ref": "sol"}]}});
    let play = stage.msg("trader", MARKET, nothing);
    stage.send("trader", vec![play], PLENTY).unwrap();
    stage.mend();
}

/// From the deepest call that a chain allows, and one less deep, a check and a sync of a market that
/// works end well or not at all.
fn too_deep_a_call(stage: &Stage) {
    let deep = |levels: u32, msg: &Value| {
        let execute = json!({
            "contract_addr": address(&stage.chain, MANAGER),
            "msg": to_json_binary(msg).unwrap(),
            "funds": [],
        });
        let call = json!({"other": {"wasm": {"execute": execute}}});
        let msg = stage.msg(
            "alice",
            MARKET,
            json!({"deep": {"levels": levels, "call": call}}),
        );
        stage.send("alice", vec![msg], PLENTY)
    };
    for msg in [stage.checking(), json!({"sync_pool": {"pool": "1"}})] {
        let (mut works, mut fails) = (1, 1_000);
        while fails - works > 1 {
            let levels = (works + fails) / 2;
            match deep(levels, &msg) {
                Ok(_) => works = levels,
                Err(refusal) => {
                    assert!(!refusal.is_out_of_gas(), "{levels}: {}", refusal.log);
                    fails = levels;
                }
            }
            assert_eq!(stage.quarantines(), [], "{levels}");
        }
        for levels in works..fails + 3 {
            assert_eq!(deep(levels, &msg).is_ok(), levels < fails);
            assert_eq!(stage.quarantines(), [], "{levels}");
        }
    }
}

fn on(wasmd: Version, play: impl Fn(&Stage)) {
    let place = network("hostile", 1, wasmd);
    play(&Stage::new(&ground(&place)));
}

#[rstest]
#[ignore = "needs wasmd and artifacts"]
fn a_market_that_does_not_work_holds_nobody(
    #[values(Version::V0_61_14, Version::V0_54_9)] wasmd: Version,
) {
    on(wasmd, |stage| {
        failures(stage);
        burns_gas(stage);
    });
}

#[rstest]
#[ignore = "needs wasmd and artifacts"]
fn a_market_that_works_is_framed_by_nobody(
    #[values(Version::V0_61_14, Version::V0_54_9)] wasmd: Version,
) {
    on(wasmd, |stage| {
        too_little_gas(stage);
        too_deep_a_call(stage);
    });
}
