//! Every profile deploys, and a world that rests and goes on is the world that never rested.
#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use std::str::FromStr;

use ballast_sim::{
    ContractKind, Plan, Profile, Snapshot, World, error_name, invariants::Vigil, plan::Step,
    profile::HostileMarketProfile,
};
use ballast_types::{
    Token,
    debt_registry::{self, PoolResponse, SynthResponse, Valuation},
    oracle::{self, PriceView},
    pool_lens,
    synth_minter::{self, AccountResponse, CollateralResponse},
};
use cosmwasm_std::{Decimal, Uint128};
use rstest::rstest;
use serde_json::json;

fn world(profile: &str) -> World {
    World::deploy(&Profile::find(profile).unwrap()).unwrap()
}

fn view(world: &World, asset: &str) -> PriceView {
    let oracle = world.contract("oracle").unwrap();
    let msg = oracle::QueryMsg::Prices {
        assets: vec![asset.to_owned()],
    };
    let mut views: Vec<PriceView> = world.query(&oracle, &msg).unwrap();
    views.remove(0)
}

fn strict(world: &World, asset: &str) -> Option<Decimal> {
    view(world, asset).strict
}

fn dec(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap()
}

#[rstest]
fn every_profile_of_issuance_deploys(#[values("devita", "dynamo", "shared")] name: &str) {
    let profile = Profile::find(name).unwrap();
    assert_eq!(profile.name, name);
    let world = World::deploy(&profile).unwrap();
    let minter = world.contract("synth-minter").unwrap();
    let registry = world.contract("debt-registry").unwrap();

    let collaterals: Vec<CollateralResponse> = world
        .query(&minter, &synth_minter::QueryMsg::Collaterals {})
        .unwrap();
    assert_eq!(collaterals.len(), profile.collaterals().count());
    for collateral in collaterals {
        assert_eq!(world.token(&collateral.asset), Some(collateral.token));
        assert_eq!(world.decimals(&collateral.asset), Some(collateral.decimals));
    }
    let synths: Vec<SynthResponse> = world
        .query(
            &registry,
            &debt_registry::QueryMsg::Synths {
                issuer: minter.to_string(),
                start_after: None,
                limit: Some(64),
            },
        )
        .unwrap();
    assert_eq!(synths.len(), profile.synths().count());
    for synth in synths {
        assert_eq!(world.token(&synth.synth), Some(Token::Cw20(synth.token)));
        assert_eq!(world.contract_kind(&synth.synth), Some(ContractKind::Cw20));
    }
    for asset in profile.oracle.assets.keys() {
        let expected = profile.embedded.prices.get(asset).copied();
        let fixed = Decimal::one();
        assert_eq!(
            strict(&world, asset),
            Some(expected.unwrap_or(fixed)),
            "{asset}"
        );
    }
    for (account, balances) in &profile.embedded.accounts {
        let holder = world.address(account).unwrap();
        for text in balances {
            let amount = profile.amount(text).unwrap();
            let asset = amount.asset.unwrap();
            assert_eq!(world.balance(&holder, &asset).unwrap(), amount.units);
        }
    }
    world.check_invariants().unwrap();
}

#[test]
fn a_profile_survives_being_written() {
    for name in Profile::names() {
        let profile = Profile::find(name).unwrap();
        let text = serde_json::to_string(&profile).unwrap();
        // JSON is YAML.
        assert_eq!(Profile::parse(&text).unwrap(), profile);
    }
}

#[test]
fn a_plan_names_every_address_and_code() {
    let plan = Plan::of(&Profile::find("dynamo").unwrap()).unwrap();
    let text = serde_json::to_string(&plan).unwrap();
    assert!(text.contains("@code/cw20"), "{text}");
    assert!(!text.contains("cosmwasm1"), "{text}");
    let contracts: Vec<&str> = plan
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Instantiate { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let expected = [
        "oracle",
        "treasury",
        "debt-registry",
        "synth-minter",
        "WETH",
    ];
    assert_eq!(contracts, expected);
}

#[rstest]
#[case::unknown_field("oracle: {assets: {}}\nbalance: 1", "NotAProfile", Some(3))]
#[case::wrong_type("oracle: {assets: []}", "NotAProfile", Some(2))]
#[case::no_oracle("owner: me", "NotAProfile", Some(2))]
fn mistakes_have_a_place(#[case] text: &str, #[case] name: &str, #[case] line: Option<u64>) {
    let error = Profile::parse(&format!("name: x\n{text}\n")).unwrap_err();
    assert!(
        error.to_string().starts_with(&format!("{name}: ")),
        "{error}"
    );
    assert_eq!(error.location().map(|(line, _)| line), line, "{error}");
}

#[rstest]
#[case::unknown_asset("LIFE: 0.50", "GONE: 0.50", "embedded.prices: GONE is not among")]
#[case::no_price("LIFE: 0.50", "{}", "embedded.prices")]
#[case::balance("[9 LIFE]", "[9 GOLD]", "embedded.accounts.teddy: UnknownAsset")]
#[case::synth_balance("[9 LIFE]", "[9 LUSD]", "LUSD is no collateral")]
#[case::name_of_a_contract("teddy:", "treasury:", "treasury: is the name of a contract")]
#[case::name_of_an_asset("teddy:", "LIFE:", "LIFE: is the name of an asset")]
#[case::amount_of_another("min_debt: 0", "min_debt: 1 LIFE", "`1 LIFE` is an amount of LIFE")]
#[case::no_sources("push: [feeder-a, feeder-b, feeder-c]", "push: []", "1 to 8 sources")]
fn parts_must_fit(#[case] from: &str, #[case] to: &str, #[case] problem: &str) {
    refuses("devita", from, to, problem);
}

#[rstest]
#[case::no_price(
    "duca: { asset: DUCA,",
    "duca: { asset: DUC,",
    "DUC is not among oracle.assets"
)]
#[case::shares_with_a_price(
    "  assets:\n",
    "  assets:\n    LPD: { decimals: 6, sources: { fixed: 1.0 } }\n",
    "LPD has no price of its own"
)]
#[case::one_asset("duca: { asset: DUCA,", "duca: { asset: DCM,", "is DCM, and issued")]
#[case::issued(
    "alice: [1_000_000 DCM]",
    "alice: [1 DUCA]",
    "DUCA is no collateral, not DCM"
)]
#[case::shares(
    "alice: [1_000_000 DCM]",
    "alice: [1 LPD]",
    "LPD is no collateral, not DCM"
)]
#[case::numeraire(
    "initial_par: 2.0",
    "initial_par: 2.0\n  numeraire: EUR",
    "EUR is not among"
)]
#[case::amo("amos: [amo]", "amos: [LPD]", "LPD: is the name of an asset")]
#[case::contract("amos: [amo]", "amos: [stability-pool]", "is the name of a contract")]
#[case::limit(
    "max_minted: 100_000 DUCA",
    "max_minted: 100_000 DCM",
    "`100_000 DCM` is an amount of DCM"
)]
#[case::cover(
    "treasury:\n",
    "treasury:\n  cover: { amount: 1 DUCA, period_secs: 1 }\n",
    "without a minter there is no bad debt"
)]
#[case::two_tokens(
    "stability_pool:\n",
    "minter:\n  dollar: { asset: DUCA }\n  collaterals: [{ asset: DCM, token: { native: uother } }]\nstability_pool:\n",
    "twice among"
)]
fn parts_of_a_stability_pool_must_fit(#[case] from: &str, #[case] to: &str, #[case] problem: &str) {
    refuses("guarded", from, to, problem);
}

#[rstest]
#[case::no_price(
    "- asset: WETH",
    "- asset: WBTC",
    "pool_manager.collaterals: WBTC is not among oracle.assets"
)]
#[case::dollar(
    "    asset: dUSD",
    "    asset: eUSD",
    "pool_manager.dollar: eUSD is not among"
)]
#[case::issued(
    "maker: [1_000_000 ATOM]",
    "maker: [1 dUSD]",
    "dUSD is no collateral, not DCM and no reward"
)]
#[case::two_tokens(
    "decimals: 6, token: { native: uatom }",
    "decimals: 6, token: { native: uother }",
    "ATOM: is one token as a collateral of pools and another elsewhere"
)]
#[case::other_decimals(
    "ATOM, decimals: 6, token",
    "ATOM, decimals: 7, token",
    "ATOM has other decimals among oracle.assets"
)]
#[case::twice(
    "- asset: WETH\n      token: { cw20: Wrapped Ether }",
    "- asset: ATOM\n      token: { native: uatom }",
    "ATOM: is there twice among collaterals of pools"
)]
#[case::ceiling(
    "asset: BTC, ceiling: 1_000_000 dUSD",
    "asset: BTC, ceiling: 1 BTC",
    "`1 BTC` is an amount of BTC"
)]
#[case::contract(
    "- markets: {",
    "- name: pool-manager\n      markets: {",
    "pool-manager: is the name of another contract"
)]
#[case::two_contracts(
    "    - markets: { eth: 1_000_000 dUSD, sol: 1_000_000 dUSD }",
    "    - markets: { eth: 1 dUSD }\n    - markets: { sol: 1 dUSD }",
    "hostile-market: is the name of another contract"
)]
#[case::account(
    "- markets: {",
    "- name: trader\n      markets: {",
    "trader: is the name of a contract, not of an account"
)]
fn parts_of_pools_must_fit(#[case] from: &str, #[case] to: &str, #[case] problem: &str) {
    refuses("pools", from, to, problem);
}

/// A profile without distributor and markets deploys neither; hostile markets have names.
#[test]
fn what_stands_around_pools_is_optional() {
    let mut profile = Profile::find("pools").unwrap();
    let pools = profile.pool_manager.as_mut().unwrap();
    pools.distributor = None;
    pools.spot_market = None;
    pools.hostile_markets[0].name = "first".into();
    pools.hostile_markets.push(HostileMarketProfile {
        name: "second".into(),
        markets: [("eth".to_owned(), "5 dUSD".to_owned())].into(),
    });
    profile.embedded.accounts.remove("funder");
    let world = World::deploy(&profile).unwrap();
    for name in ["rewards-distributor", "spot-market", "hostile-market"] {
        assert_eq!(world.address(name), None, "{name}");
    }
    for name in ["first", "second"] {
        assert_eq!(world.contract_kind(name), Some(ContractKind::HostileMarket));
    }
    let lens = world.contract("pool-lens").unwrap();
    let third = json!({"market": {"market": "3"}});
    let market: pool_lens::MarketResponse = world.query(&lens, &third).unwrap();
    assert_eq!(market.contract, world.contract("second").unwrap());
    assert_eq!(market.ceiling.u128(), 5_000_000);
    assert_eq!(market.name.as_deref(), Some("Hostile eth"));
    world.check_invariants().unwrap();
}

#[test]
fn something_must_be_deployed() {
    let text = Profile::source("plain").unwrap();
    let (oracle, rest) = text.split_once("stability_pool:\n").unwrap();
    let (_, embedded) = rest.split_once("embedded:\n").unwrap();
    let text = format!("{oracle}embedded:\n{embedded}");
    let error = Profile::parse(&text).unwrap_err();
    assert!(
        error.to_string().contains("neither a minter nor"),
        "{error}"
    );
}

fn refuses(name: &str, from: &str, to: &str, problem: &str) {
    let text = Profile::source(name).unwrap();
    assert!(text.contains(from), "{from}");
    let error = Profile::parse(&text.replacen(from, to, 1)).unwrap_err();
    assert!(error.to_string().contains(problem), "{error}");
}

const BOTH: &str = "
name: both
oracle:
  assets:
    DCM: { decimals: 8 }
    USD: { decimals: 6, sources: { fixed: 1.0 } }
    LUSD: { decimals: 6, sources: { fixed: 1.0 } }
    DUCA: { decimals: 18, sources: { push: [a, b, c] }, rule: { min_sources: 3 } }
minter:
  dollar: { asset: LUSD }
  collaterals: [{ asset: DCM, token: { cw20: Decentral Money } }]
stability_pool:
  dcm: { asset: DCM, token: { cw20: Decentral Money } }
  duca: { asset: DUCA, symbol: DUC }
  lpd: { asset: LPD }
  numeraire: USD
  initial_par: 0.5
embedded:
  prices: { DCM: 0.5, DUCA: 1.0 }
  accounts: { alice: [100 DCM] }
";

/// DCM is a cw20 of eight decimals and a collateral too; prices are against an asset.
#[test]
fn both_machines_deploy_together() {
    let profile = Profile::parse(BOTH).unwrap();
    let mut world = World::deploy(&profile).unwrap();
    assert_eq!(world.decimals("LPD"), Some(8));
    let pool = world.contract("stability-pool").unwrap();
    let alice = world.account("alice");
    let amount = world.amount("DCM", "40 DCM").unwrap();
    let hook = json!({"provide": {"min_lpd": "0"}});
    world.send(&alice, "DCM", amount, &pool, &hook).unwrap();
    let lpd = world.balance(&alice, "LPD").unwrap();
    assert_eq!(world.format(lpd, "LPD"), "39.99999 LPD");
    let minter = world.contract("synth-minter").unwrap();
    let deposit = json!({"deposit": {}});
    world
        .send(&alice, "DCM", amount, &minter, &deposit)
        .unwrap();
    world.check_invariants().unwrap();

    let later = World::from_snapshot(&world.snapshot());
    assert_eq!(later.balance(&alice, "LPD").unwrap(), lpd);
    later.check_invariants().unwrap();
}

#[test]
fn a_par_that_falls_is_seen() {
    let mut world = world("plain");
    let (pool, amo) = (
        world.contract("stability-pool").unwrap(),
        world.account("amo"),
    );
    let swap = json!({"swap": {"min_out": "0"}});
    let funds = world.coins("DCM", "100 DCM").unwrap();
    world.execute(&amo, &pool, &swap, &funds).unwrap();
    let before = world.snapshot();
    world.set_price("DCM", dec("4")).unwrap();
    world.execute(&amo, &pool, &swap, &funds).unwrap();
    let mut vigil = Vigil::default();
    vigil.look(&world).unwrap();
    vigil.look(&world).unwrap();
    world.restore(&before);
    let broken = vigil.look(&world).unwrap_err();
    assert_eq!(broken.len(), 1, "{broken:?}");
    assert!(broken[0].starts_with("7: par fell"), "{broken:?}");
}

#[test]
fn a_machine_that_is_not_declared_is_not_deployed() {
    let world = world("plain");
    assert!(world.address("synth-minter").is_none());
    assert!(world.address("debt-registry").is_none());
    assert!(world.contract_kind("LPD") == Some(ContractKind::Cw20));
    world.check_invariants().unwrap();
    let standing = world.standing(&world.address("alice").unwrap()).unwrap();
    assert_eq!(standing.debt, Uint128::zero());
}

#[test]
fn an_unknown_profile_says_what_there_is() {
    let error = Profile::find("nowhere").unwrap_err().to_string();
    assert!(
        error.contains("devita, dynamo, guarded, plain, pools, shared"),
        "{error}"
    );
}

#[test]
fn names_go_both_ways() {
    let mut world = world("devita");
    let minter = world.contract("synth-minter").unwrap();
    assert_eq!(world.name_of(minter.as_str()), Some("synth-minter"));
    assert_eq!(
        world.contract_kind("synth-minter"),
        Some(ContractKind::SynthMinter)
    );
    assert_eq!(world.contract_kind("teddy"), None);
    assert_eq!(world.address("nobody"), None);
    let nobody = world.account("nobody");
    assert_eq!(world.address("nobody"), Some(nobody.clone()));
    assert_eq!(world.account("nobody"), nobody);
    assert_eq!(world.name_of(nobody.as_str()), Some("nobody"));
    assert!(
        world
            .names()
            .any(|(name, address)| name == "nobody" && *address == nobody)
    );
}

#[test]
fn a_price_moves_with_three_feeders_and_with_one() {
    let mut world = world("dynamo");
    let before = world.now();
    world.set_price("ATOM", dec("11")).unwrap();
    assert_eq!(strict(&world, "ATOM"), Some(dec("11")));
    assert_eq!(world.now(), before + 5);
    world.set_price("WETH", dec("2100")).unwrap();
    assert_eq!(strict(&world, "WETH"), Some(dec("2100")));
    assert_eq!(strict(&world, "ATOM"), Some(dec("11")));
    assert!(world.set_price("LUSD", dec("2")).is_err());
    assert!(world.set_price("GOLD", dec("2")).is_err());
}

#[test]
fn one_wrong_feeder_of_three_changes_nothing_and_stays_wrong() {
    let mut world = world("devita");
    world.push_price("LIFE", "feeder-b", dec("500")).unwrap();
    assert_eq!(strict(&world, "LIFE"), Some(dec("0.5")));
    world.wait(60);
    assert_eq!(strict(&world, "LIFE"), Some(dec("0.5")));
    world.push_price("LIFE", "feeder-c", dec("500")).unwrap();
    assert_eq!(strict(&world, "LIFE"), None, "×1000 trips the breaker");
    assert!(world.push_price("LIFE", "feeder-z", dec("1")).is_err());
}

#[test]
fn feeds_run_while_time_passes_and_stop_when_silent() {
    let mut world = world("dynamo");
    world.wait(1_000_000);
    assert_eq!(strict(&world, "WETH"), Some(dec("2000")));
    world.silence("WETH", true).unwrap();
    world.wait(601);
    assert_eq!(strict(&world, "WETH"), None);
    assert_eq!(strict(&world, "sETH"), Some(dec("2000")));
    world.silence("WETH", false).unwrap();
    assert_eq!(strict(&world, "WETH"), None);
    world.wait(5);
    assert_eq!(strict(&world, "WETH"), Some(dec("2000")));
    assert!(world.silence("LUSD", true).is_err());
}

#[test]
fn a_failing_message_changes_nothing_and_its_error_has_a_name() {
    let mut world = world("devita");
    let minter = world.contract("synth-minter").unwrap();
    let teddy = world.account("teddy");
    let before = world.dump();
    let error = world
        .execute(&teddy, &minter, &json!({"flag": {"account": teddy}}), &[])
        .unwrap_err();
    assert_eq!(error_name(&error), "NotWeak");
    let error = world
        .execute(&teddy, &minter, &json!({"deposit": {}}), &[])
        .unwrap_err();
    assert_eq!(error_name(&error), "Payment");
    // The registry's, from two contracts below.
    let funds = world.coins("LIFE", "9 LIFE").unwrap();
    assert!(world.is_unchanged(&before));
    world
        .execute(&teddy, &minter, &json!({"deposit": {}}), &funds)
        .unwrap();
    let before = world.dump();
    let mint = json!({"mint": {"amount": "1000001"}});
    let error = world.execute(&teddy, &minter, &mint, &[]).unwrap_err();
    assert_eq!(error_name(&error), "ExceedsMaxDebt");
    let error = world
        .query::<serde_json::Value>(&minter, &json!({"preview_flag": {"account": teddy}}))
        .unwrap_err();
    assert_eq!(error_name(&error), "NotWeak");
    assert!(world.is_unchanged(&before));
}

#[test]
fn only_collateral_can_be_given() {
    let mut world = world("dynamo");
    let dave = world.account("dave");
    world.fund(&dave, "WETH", Uint128::new(5)).unwrap();
    let hundred = 100 * 10u128.pow(18);
    assert_eq!(world.balance(&dave, "WETH").unwrap().u128(), hundred + 5);
    world.fund(&dave, "ATOM", Uint128::new(7)).unwrap();
    assert_eq!(world.balance(&dave, "ATOM").unwrap().u128(), 7);
    assert!(world.fund(&dave, "LUSD", Uint128::new(5)).is_err());
    assert_eq!(world.balance(&dave, "LUSD").unwrap().u128(), 0);
}

/// Something of everything: native and cw20 stakes, debt, synths, a silent feed, a flag.
fn play_first(world: &mut World) {
    let minter = world.contract("synth-minter").unwrap();
    let [alice, dave] = ["alice", "dave"].map(|name| world.account(name));
    let atoms = world.coins("ATOM", "900 ATOM").unwrap();
    world
        .execute(&alice, &minter, &json!({"deposit": {}}), &atoms)
        .unwrap();
    world
        .execute(&alice, &minter, &json!({"mint": {}}), &[])
        .unwrap();
    let weth = world.amount("WETH", "2 WETH").unwrap();
    world
        .send(&dave, "WETH", weth, &minter, &json!({"deposit": {}}))
        .unwrap();
    world
        .execute(
            &dave,
            &minter,
            &json!({"mint": {"amount": "500000000"}}),
            &[],
        )
        .unwrap();
    world.silence("sBTC", true).unwrap();
    world.set_price("ATOM", dec("6")).unwrap();
    world.wait(60);
    world
        .execute(&dave, &minter, &json!({"flag": {"account": alice}}), &[])
        .unwrap();
}

fn play_on(world: &mut World) {
    let minter = world.contract("synth-minter").unwrap();
    let [alice, dave, newcomer] = ["alice", "dave", "newcomer"].map(|name| world.account(name));
    world.wait(259_200);
    let lusd = world.amount("LUSD", "100 LUSD").unwrap();
    world.transfer(&dave, &newcomer, "LUSD", lusd).unwrap();
    let liquidate = json!({"liquidate": {"account": alice}});
    world
        .send(&newcomer, "LUSD", lusd, &minter, &liquidate)
        .unwrap();
    let gone = world.execute(&alice, &minter, &json!({"mint": {}}), &[]);
    assert!(gone.is_err());
}

#[test]
fn a_world_that_rested_goes_on_as_if_it_never_had() {
    let mut steady = world("dynamo");
    play_first(&mut steady);
    let snapshot = steady.snapshot();
    play_on(&mut steady);

    // Through a file, into another world.
    let text = serde_json::to_string(&snapshot).unwrap();
    let read: Snapshot = serde_json::from_str(&text).unwrap();
    assert_eq!(read, snapshot);
    let mut rested = World::from_snapshot(&read);
    assert_eq!(rested.snapshot(), snapshot);
    play_on(&mut rested);
    assert_eq!(rested.snapshot(), steady.snapshot());

    // And back in the same world.
    steady.restore(&snapshot);
    assert_eq!(steady.snapshot(), snapshot);
    assert_eq!(steady.address("newcomer"), None);
    play_on(&mut steady);
    assert_eq!(rested.dump(), steady.dump());
}

#[test]
fn counts_are_of_the_last_act_alone() {
    let mut world = world("devita");
    assert_eq!(world.counts(), ballast_sim::Counts::default());
    let minter = world.contract("synth-minter").unwrap();
    let teddy = world.account("teddy");
    let funds = world.coins("LIFE", "9 LIFE").unwrap();
    world
        .execute(&teddy, &minter, &json!({"deposit": {}}), &funds)
        .unwrap();
    let first = world.counts();
    assert!(first.reads > 0 && first.writes > 0, "{first:?}");
    world.reset_counts();
    let _: AccountResponse = world
        .query(&minter, &json!({"account": {"account": teddy}}))
        .unwrap();
    let asked = world.counts();
    assert!(asked.reads > 0 && asked.writes == 0, "{asked:?}");
}

/// DESIGN §4, to the unit.
#[test]
fn alice_bob_and_carol() {
    let mut world = world("shared");
    let minter = world.contract("synth-minter").unwrap();
    let registry = world.contract("debt-registry").unwrap();
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| world.account(name));
    let atoms = world.coins("ATOM", "1_000 ATOM").unwrap();
    let hundred = json!({"mint": {"amount": "100000000"}});
    for staker in [&alice, &bob, &carol] {
        world
            .execute(staker, &minter, &json!({"deposit": {}}), &atoms)
            .unwrap();
    }
    for staker in [&alice, &bob] {
        world.execute(staker, &minter, &hundred, &[]).unwrap();
        let amount = world.amount("dUSD", "100 dUSD").unwrap();
        let exchange = json!({"exchange": {"to": "sGOLD", "min_out": "100000000"}});
        world
            .send(staker, "dUSD", amount, &minter, &exchange)
            .unwrap();
    }
    world.set_price("sGOLD", dec("2")).unwrap();
    let debt = |world: &World, account: &cosmwasm_std::Addr| -> u128 {
        let msg = debt_registry::QueryMsg::Debt {
            issuer: minter.to_string(),
            account: account.to_string(),
            valuation: Valuation::Strict,
        };
        world.query::<Uint128>(&registry, &msg).unwrap().u128()
    };
    assert_eq!(
        [&alice, &bob].map(|who| debt(&world, who)),
        [200_000_000; 2]
    );
    world.execute(&carol, &minter, &hundred, &[]).unwrap();
    assert_eq!(debt(&world, &carol), 100_000_000);
    assert_eq!(debt(&world, &alice), 200_000_000);
    let pool: PoolResponse = world
        .query(
            &registry,
            &debt_registry::QueryMsg::Pool {
                issuer: minter.to_string(),
                valuation: Valuation::Strict,
            },
        )
        .unwrap();
    assert_eq!(pool.debt_units.u128(), 500_000_000);
}

/// The examples of profiles/README.md are profiles.
#[test]
fn the_readme_of_the_profiles_is_right() {
    let readme = include_str!("../../../profiles/README.md");
    let examples: Vec<&str> = readme
        .split("```yaml")
        .skip(1)
        .map(|block| block.split("```").next().unwrap())
        .collect();
    assert_eq!(examples.len(), 3);
    for example in examples {
        World::deploy(&Profile::parse(example).unwrap()).unwrap();
    }
    for name in Profile::names() {
        assert!(readme.contains(&format!("| `{name}` |")), "{name}");
    }
}
