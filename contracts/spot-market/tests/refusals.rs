//! Every message with bad input: its own typed error, and storage byte for byte as it was. Who may do
//! what, queries, migration.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests"
)]

mod common;

use ballast_kit::ControlsError;
use ballast_spot_market::{ContractError, contract};
use ballast_types::token::Cw20Msg;
use ballast_types::{
    ControlsResponse, MigrateMsg,
    market::{Answer, NameResponse},
    oracle::PRICES,
    spot_market::{
        ConfigResponse, ExecuteMsg, MarketResponse, Operation, PositionRow, QueryMsg, ReceiveMsg,
        Terms,
    },
};
use common::*;
use cosmwasm_std::{
    Addr, Binary, Decimal, Reply, StdResult, SubMsgResult, Uint128, coins, testing, to_json_binary,
};
use cw_multi_test::Executor;
use cw_ownable::{Action, OwnershipError};
use cw_utils::PaymentError;
use cw20::{Cw20Coin, Cw20ReceiveMsg};
use rstest::rstest;

fn every_message(chain: &Chain) -> Vec<ExecuteMsg> {
    vec![
        sell_msg(None, 0),
        claim_msg(None),
        pay_fees_msg(),
        add_market("eth", "ETH"),
        set_terms(terms()),
        ExecuteMsg::SetOracle {
            oracle: chain.oracle.to_string(),
        },
        ExecuteMsg::Receive(received(&addr("alice"))),
        ExecuteMsg::SwitchOff {
            operation: Operation::Buy,
        },
        ExecuteMsg::SwitchOn {
            operation: Operation::Buy,
        },
        ExecuteMsg::SetGuardian { guardian: None },
        ExecuteMsg::UpdateOwnership(Action::AcceptOwnership),
    ]
}

fn received(sender: &Addr) -> Cw20ReceiveMsg {
    Cw20ReceiveMsg {
        sender: sender.to_string(),
        amount: Uint128::new(USD),
        msg: to_json_binary(&buy_hook(0)).unwrap(),
    }
}

/// No message takes coins.
#[test]
fn coins_are_refused() {
    let mut chain = Chain::new();
    let (owner, market) = (chain.owner.clone(), chain.market.clone());
    let funds = coins(5, "uatom");
    chain.app.init_modules(|router, _, storage| {
        router
            .bank
            .init_balance(storage, &owner, funds.clone())
            .unwrap();
    });
    let coins = ContractError::Payment(PaymentError::NonPayable {});
    for msg in every_message(&chain) {
        chain.refused(&coins, |chain| {
            let (app, owner, market) = (&mut chain.app, owner.clone(), market.clone());
            app.execute_contract(owner, market, &msg, &funds)
        });
    }
}

/// What the owner does, nobody else does.
#[test]
fn owner_only() {
    let mut chain = Chain::new();
    let not_owner = ContractError::Controls(ControlsError::Ownership(OwnershipError::NotOwner));
    let guardian = chain.guardian.clone();
    for msg in every_message(&chain) {
        let owners = matches!(
            msg,
            ExecuteMsg::AddMarket { .. }
                | ExecuteMsg::SetTerms { .. }
                | ExecuteMsg::SetOracle { .. }
                | ExecuteMsg::SwitchOn { .. }
                | ExecuteMsg::SetGuardian { .. }
        );
        if owners {
            chain.refuse(&addr("mallory"), &msg, &not_owner);
            chain.refuse(&guardian, &msg, &not_owner);
        }
    }
    let mallory = addr("mallory");
    let off = ExecuteMsg::SwitchOff {
        operation: Operation::Buy,
    };
    let neither = ContractError::Controls(ControlsError::NeitherGuardianNorOwner {
        sender: mallory.clone(),
    });
    chain.refuse(&mallory, &off, &neither);
}

#[test]
fn addresses_that_are_none() {
    let mut chain = Chain::new();
    let owner = chain.owner.clone();
    let nobody = Addr::unchecked("nobody!");
    for msg in [
        claim_msg(Some(&nobody)),
        ExecuteMsg::SetOracle {
            oracle: nobody.to_string(),
        },
    ] {
        let before = chain.dump();
        let error = chain.send(&owner, &msg).unwrap_err();
        assert!(matches!(typed(&error), ContractError::InvalidAddress(_)));
        assert_eq!(chain.dump(), before);
    }
}

fn named(market_ref: &str, name: &str, asset: &str) -> ExecuteMsg {
    ExecuteMsg::AddMarket {
        market_ref: market_ref.into(),
        name: name.into(),
        asset: asset.into(),
        terms: terms(),
    }
}

#[rstest]
#[case::no_ref(named("", "Spot", "ETH"), ContractError::InvalidRef { market_ref: String::new() })]
#[case::bad_ref(named("a b", "Spot", "ETH"), ContractError::InvalidRef { market_ref: "a b".into() })]
#[case::long_ref(named(&"a".repeat(33), "Spot", "ETH"), ContractError::InvalidRef { market_ref: "a".repeat(33) })]
#[case::no_name(named("eth", "", "ETH"), ContractError::InvalidName { name: String::new() })]
#[case::long_name(named("eth", &"a".repeat(65), "ETH"), ContractError::InvalidName { name: "a".repeat(65) })]
#[case::duplicate(named("btc", "Spot", "ETH"), ContractError::DuplicateMarket { market_ref: "btc".into() })]
#[case::unknown_asset(named("xyz", "Spot", "XYZ"), ContractError::UnknownAsset { asset: "XYZ".into() })]
fn bad_markets(#[case] msg: ExecuteMsg, #[case] expected: ContractError) {
    let mut chain = Chain::new();
    let owner = chain.owner.clone();
    chain.refuse(&owner, &msg, &expected);
}

#[rstest]
#[case::base_fee(Terms { base_fee: Decimal::percent(2), ..terms() }, "the base fee is above the highest")]
#[case::max_fee(Terms { max_fee: Decimal::percent(11), ..terms() }, "buying may cost more than selling")]
#[case::exit_fee(Terms { max_exit_fee: Decimal::percent(11), ..terms() }, "selling may cost more than a tenth")]
#[case::headroom(Terms { headroom: Decimal::percent(1_001), ..terms() }, "the headroom is above ten times the value")]
fn bad_terms(#[case] terms: Terms, #[case] reason: &'static str) {
    let mut chain = Chain::new();
    let owner = chain.owner.clone();
    let expected = ContractError::InvalidTerms { reason };
    chain.refuse(&owner, &set_terms(terms), &expected);
    let ExecuteMsg::AddMarket {
        market_ref,
        name,
        asset,
        ..
    } = add_market("eth", "ETH")
    else {
        panic!("not a market");
    };
    let msg = ExecuteMsg::AddMarket {
        market_ref,
        name,
        asset,
        terms,
    };
    chain.refuse(&owner, &msg, &expected);
}

#[test]
fn a_market_that_is_none() {
    let mut chain = Chain::new();
    let (owner, alice) = (chain.owner.clone(), addr("alice"));
    let unknown = ContractError::UnknownMarket {
        market_ref: "eth".into(),
    };
    let market_ref = "eth".to_owned();
    for msg in [
        ExecuteMsg::Sell {
            market_ref: market_ref.clone(),
            units: Some(Uint128::one()),
            min_usd: Uint128::zero(),
        },
        ExecuteMsg::Claim {
            market_ref: market_ref.clone(),
            account: None,
        },
        ExecuteMsg::PayFees {
            market_ref: market_ref.clone(),
        },
        ExecuteMsg::SetTerms {
            market_ref: market_ref.clone(),
            terms: terms(),
        },
    ] {
        chain.refuse(&owner, &msg, &unknown);
    }
    let hook = ReceiveMsg::Buy {
        market_ref,
        min_units: Uint128::zero(),
    };
    chain.refused(&unknown, |chain| chain.hook(&alice, USD, &hook));
}

/// A hook that is none, no dollars, dollars that buy nothing, and a cw20 of somebody else.
#[test]
fn dollars_that_are_none() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.refused(&ContractError::ZeroAmount {}, |chain| chain.buy(&alice, 0));
    // A unit of BTC is worth 500 base units of the dollar, and the fee is 2 of these.
    let nothing = |usd: u128| ContractError::NothingBought { usd: usd.into() };
    chain.refused(&nothing(1), |chain| chain.buy(&alice, 1));
    chain.refused(&nothing(501), |chain| chain.buy(&alice, 501));
    chain.buy(&alice, 502).unwrap();
    let before = chain.dump();
    let error = chain.hook(&alice, USD, &"buy").unwrap_err();
    assert!(matches!(typed(&error), ContractError::UnknownHook(_)));
    assert_eq!(chain.dump(), before);

    let spoofed = ExecuteMsg::Receive(received(&alice));
    let not_the_dollar = |token: &Addr| ContractError::NotTheDollar {
        token: token.clone(),
    };
    chain.refuse(&alice, &spoofed, &not_the_dollar(&alice));
    let own = cw20_base::msg::InstantiateMsg {
        name: "Pool Dollar".into(),
        symbol: "DUSD".into(),
        decimals: 6,
        initial_balances: vec![Cw20Coin {
            address: alice.to_string(),
            amount: Uint128::MAX,
        }],
        mint: None,
        marketing: None,
    };
    let code = chain.app.contract_data(&chain.dollar).unwrap().code_id;
    let fake = chain
        .app
        .instantiate_contract(code, alice.clone(), &own, &[], "fake", None)
        .unwrap();
    let send = Cw20Msg::Send {
        contract: chain.market.to_string(),
        amount: Uint128::new(USD),
        msg: to_json_binary(&buy_hook(0)).unwrap(),
    };
    chain.refused(&not_the_dollar(&fake), |chain| {
        chain
            .app
            .execute_contract(alice.clone(), fake.clone(), &send, &[])
    });
}

#[test]
fn units_that_are_none() {
    let mut chain = Chain::new();
    let [alice, bob] = ["alice", "bob"].map(addr);
    chain.buy(&alice, 1_000 * USD).unwrap();
    let nothing = ContractError::NothingToSell {};
    chain.refuse(&alice, &sell_msg(Some(0), 0), &nothing);
    chain.refuse(&bob, &sell_msg(None, 0), &nothing);
    let too_many = |held: u128, asked: u128| ContractError::InsufficientUnits {
        held: held.into(),
        asked: asked.into(),
    };
    let more = sell_msg(Some(1_994_001), 0);
    chain.refuse(&alice, &more, &too_many(1_994_000, 1_994_001));
    chain.refuse(&bob, &sell_msg(Some(1), 0), &too_many(0, 1));
}

/// At the limits results are typed errors, never a panic.
#[test]
fn the_largest_amounts() {
    let mut chain = Chain::new();
    let alice = addr("alice");
    chain.price("BTC", "1000000000000");
    let error = chain.sell(&alice, Some(u128::MAX)).unwrap_err();
    assert!(
        typed(&error).to_string().starts_with("OutOfRange: "),
        "{error:#}"
    );
    chain.price("BTC", "0.000000000001");
    let usd = Uint128::MAX;
    let market_ref = "btc".to_owned();
    let preview: StdResult<Binary> = chain.query(&QueryMsg::PreviewBuy { market_ref, usd });
    let refusal = preview.unwrap_err().to_string();
    assert!(refusal.contains("OutOfRange: "), "{refusal}");
}

// ------------------------------------------------------------------ what a pool asks

/// One market that cannot say does not silence the others, and a market without units needs no price.
#[test]
fn a_market_that_cannot_say() {
    let mut chain = Chain::new();
    let (owner, alice, oracle) = (chain.owner.clone(), addr("alice"), chain.oracle.clone());
    chain.send(&owner, &add_market("eth", "ETH")).unwrap();
    chain.buy(&alice, 1_000 * USD).unwrap();
    PRICES.remove(&mut *chain.app.contract_storage_mut(&oracle), "BTC");
    let refs = ["btc", "eth", "xyz"].map(str::to_owned).to_vec();
    let minimums: Vec<Answer<Uint128>> = chain.query(&QueryMsg::MinimumCredits { refs }).unwrap();
    assert!(matches!(&minimums[0], Answer::Err(why) if why.starts_with("NoPrice: ")));
    assert_eq!(minimums[1], Answer::Ok(Uint128::zero()));
    assert!(matches!(&minimums[2], Answer::Err(why) if why.starts_with("UnknownMarket: ")));
    // The market's own page is shown without.
    let market = chain.market();
    assert_eq!((market.report, market.minimum_credit), (None, None));
}

#[test]
fn at_most_sixteen_at_once() {
    let chain = Chain::new();
    let ask = |count: usize| -> StdResult<Vec<Answer<Uint128>>> {
        let refs = vec!["btc".to_owned(); count];
        chain.query(&QueryMsg::MinimumCredits { refs })
    };
    assert_eq!(ask(16).unwrap().len(), 16);
    let refusal = ask(17).unwrap_err().to_string();
    assert!(refusal.contains("TooMany: 17"), "{refusal}");
}

// ------------------------------------------------------------------ what else is asked

#[test]
fn pages() {
    let mut chain = Chain::new();
    let owner = chain.owner.clone();
    let added = chain.send(&owner, &add_market("eth", "ETH")).unwrap();
    assert_eq!(attribute(&added.events, "add_market", "asset"), "ETH");
    let markets = |start_after: Option<&str>, limit| -> Vec<String> {
        let question = QueryMsg::Markets {
            start_after: start_after.map(str::to_owned),
            limit,
        };
        let page: Vec<MarketResponse> = chain.query(&question).unwrap();
        page.into_iter().map(|market| market.market_ref).collect()
    };
    assert_eq!(markets(None, None), ["btc", "eth"]);
    assert_eq!(markets(None, Some(1)), ["btc"]);
    assert_eq!(markets(Some("btc"), None), ["eth"]);
    let name: NameResponse = chain
        .query(&QueryMsg::MarketName {
            market_ref: "eth".into(),
        })
        .unwrap();
    assert_eq!(name.name, "Spot ETH");

    for trader in ["alice", "bob"] {
        chain.buy(&addr(trader), 1_000 * USD).unwrap();
    }
    let positions = |start_after: Option<Addr>, limit| -> Vec<Addr> {
        let question = QueryMsg::Positions {
            market_ref: "btc".into(),
            start_after: start_after.map(Addr::into_string),
            limit,
        };
        let page: Vec<PositionRow> = chain.query(&question).unwrap();
        page.into_iter().map(|row| row.account).collect()
    };
    let all = positions(None, None);
    assert_eq!(all.len(), 2);
    assert_eq!(positions(None, Some(1)), all[..1]);
    assert_eq!(positions(Some(all[0].clone()), None), all[1..]);
    // Who has left is kept no longer.
    chain.sell(&all[0], None).unwrap();
    let question = QueryMsg::Positions {
        market_ref: "btc".into(),
        start_after: None,
        limit: None,
    };
    assert_eq!(chain.query::<Vec<PositionRow>>(&question).unwrap().len(), 1);
}

#[test]
fn what_it_relies_on_and_who_controls_it() {
    let mut chain = Chain::new();
    let owner = chain.owner.clone();
    let oracle = addr("another oracle");
    let set = ExecuteMsg::SetOracle {
        oracle: oracle.to_string(),
    };
    let response = chain.send(&owner, &set).unwrap();
    assert_eq!(
        attribute(&response.events, "set_oracle", "oracle"),
        oracle.to_string()
    );
    let config: ConfigResponse = chain.query(&QueryMsg::Config {}).unwrap();
    let expected = ConfigResponse {
        oracle,
        manager: chain.manager.clone(),
        dollar: chain.dollar.clone(),
        dollar_decimals: 6,
    };
    assert_eq!(config, expected);
    let controls: ControlsResponse<Operation> = chain.query(&QueryMsg::Controls {}).unwrap();
    assert_eq!(controls.guardian, Some(chain.guardian.to_string()));
    let ownership: cw_ownable::Ownership<String> = chain.query(&QueryMsg::Ownership {}).unwrap();
    assert_eq!(ownership.owner, Some(owner.to_string()));
}

#[test]
fn migrates_only_older_states_of_itself() {
    let mut deps = testing::mock_dependencies();
    for (name, from, ok) in [
        (contract::NAME, "0.0.1", true),
        (contract::NAME, env!("CARGO_PKG_VERSION"), false),
        ("somebody-elses", "0.0.1", false),
    ] {
        cw2::set_contract_version(&mut deps.storage, name, from).unwrap();
        let result = contract::migrate(deps.as_mut(), testing::mock_env(), MigrateMsg {});
        assert_eq!(result.is_ok(), ok, "{name} {from}");
    }
}

#[test]
fn a_reply_to_nothing() {
    let mut deps = testing::mock_dependencies();
    let reply = Reply {
        id: 7,
        payload: Binary::default(),
        gas_used: 0,
        result: SubMsgResult::Err("no".into()),
    };
    let error = contract::reply(deps.as_mut(), testing::mock_env(), reply).unwrap_err();
    assert_eq!(error, ContractError::UnknownReply { id: 7 });
}
