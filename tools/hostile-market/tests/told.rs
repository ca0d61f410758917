//! It does as it is told.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use ballast_hostile_market::{
    Call, ExecuteMsg, InstantiateMsg, Mode, Question, ReceiveMsg, Script, execute, instantiate,
    query, reply,
};
use ballast_types::market::{
    Answer, DepositMarketUsd, ManagerHook, ManagerMsg, MarketQuery, NameResponse, PayFees, Report,
};
use cosmwasm_std::{
    Addr, Binary, CosmosMsg, MemoryStorage, OwnedDeps, Reply, Response, StdResult, SubMsgResponse,
    SubMsgResult, Uint128, WasmMsg, from_json,
    testing::{MockApi, MockQuerier, message_info, mock_dependencies, mock_env},
    to_json_binary,
};
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};
use rstest::rstest;

struct Market {
    deps: OwnedDeps<MemoryStorage, MockApi, MockQuerier>,
    manager: Addr,
    dollar: Addr,
}

impl Market {
    fn new() -> Self {
        let mut deps = mock_dependencies();
        let [manager, dollar] = ["manager", "dollar"].map(|name| deps.api.addr_make(name));
        let msg = InstantiateMsg {
            manager: manager.to_string(),
            dollar: dollar.to_string(),
        };
        let info = message_info(&manager, &[]);
        instantiate(deps.as_mut(), mock_env(), info, msg).unwrap();
        Self {
            deps,
            manager,
            dollar,
        }
    }

    fn told_by(&mut self, sender: &Addr, msg: ExecuteMsg) -> StdResult<Response> {
        let info = message_info(sender, &[]);
        execute(self.deps.as_mut(), mock_env(), info, msg)
    }

    fn tell(&mut self, msg: ExecuteMsg) -> Response {
        let anyone = self.deps.api.addr_make("anyone");
        self.told_by(&anyone, msg).unwrap()
    }

    fn script(&mut self, script: Script) {
        self.tell(ExecuteMsg::Play {
            scripts: vec![script],
            calls: vec![],
            on_reply: vec![],
        });
    }

    fn mode(&mut self, mode: Mode, to: Option<Question>) {
        self.tell(ExecuteMsg::SetMode { mode, to });
    }

    fn ask(&self, msg: MarketQuery) -> StdResult<Binary> {
        query(self.deps.as_ref(), mock_env(), msg)
    }

    fn debts(&self, refs: &[&str]) -> StdResult<Vec<Answer<Report>>> {
        let refs = refs.iter().map(ToString::to_string).collect();
        self.ask(MarketQuery::ReportedDebts { refs })
            .and_then(from_json)
    }

    fn minimums(&self, refs: &[&str]) -> StdResult<Vec<Answer<Uint128>>> {
        let refs = refs.iter().map(ToString::to_string).collect();
        self.ask(MarketQuery::MinimumCredits { refs })
            .and_then(from_json)
    }
}

fn script(market_ref: &str, debt: i128) -> Script {
    Script {
        market_ref: market_ref.into(),
        debt: debt.into(),
        stale: false,
        minimum_credit: Uint128::new(3),
        err: None,
    }
}

fn report(debt: i128) -> Answer<Report> {
    Answer::Ok(Report {
        debt: debt.into(),
        stale: false,
    })
}

#[test]
fn it_answers_scripts() {
    let mut market = Market::new();
    market.script(script("a", -7));
    market.script(Script {
        err: Some("no".into()),
        ..script("b", 7)
    });
    let no = Answer::Err("no".to_owned());
    let debts = market.debts(&["a", "b", "c"]).unwrap();
    assert_eq!(debts, [report(-7), no, report(0)]);
    let minimums = market.minimums(&["c", "a"]).unwrap();
    let expected = [0, 3].map(|credit| Answer::Ok(Uint128::new(credit)));
    assert_eq!(minimums, expected);
    let name = market.ask(MarketQuery::MarketName {
        market_ref: "a".into(),
    });
    let name: NameResponse = from_json(name.unwrap()).unwrap();
    assert_eq!(name.name, "Hostile a");
}

#[rstest]
#[case::errs(Mode::Errs {}, None)]
#[case::nonsense(Mode::Nonsense {}, None)]
#[case::bloats(Mode::Bloats { bytes: 100_000 }, None)]
#[case::asks(Mode::Asks { question: Binary::from(b"{}") }, None)]
#[case::loops(Mode::Loops {}, None)]
#[case::panics(Mode::Panics {}, None)]
#[case::too_few(Mode::TooFew {}, Some(1))]
#[case::too_many(Mode::TooMany {}, Some(3))]
#[case::scripted(Mode::Scripted {}, Some(2))]
fn it_answers_badly(#[case] mode: Mode, #[case] answers: Option<usize>) {
    let mut market = Market::new();
    market.mode(mode.clone(), Some(Question::ReportedDebts));
    let found = market.debts(&["a", "b"]).ok().map(|debts| debts.len());
    assert_eq!(found, answers);
    // The other question is answered well, until it is told otherwise.
    assert_eq!(market.minimums(&["a", "b"]).unwrap().len(), 2);
    market.mode(mode, None);
    let found = market.minimums(&["a", "b"]).ok().map(|list| list.len());
    assert_eq!(found, answers);
}

fn fees(amount: u128) -> ManagerMsg {
    ManagerMsg::PayFees(PayFees {
        market_ref: "a".into(),
        amount: amount.into(),
        or_less: false,
    })
}

/// The contract and the message of an execution.
fn sent(msg: &CosmosMsg) -> (&str, &Binary) {
    let CosmosMsg::Wasm(WasmMsg::Execute {
        contract_addr, msg, ..
    }) = msg
    else {
        panic!("{msg:?}");
    };
    (contract_addr, msg)
}

#[test]
fn it_makes_calls_and_others_in_between() {
    let mut market = Market::new();
    let deposit = Call::Deposit {
        market_ref: "a".into(),
        amount: Uint128::new(9),
    };
    let response = market.tell(ExecuteMsg::Play {
        scripts: vec![script("a", 5)],
        calls: vec![Call::Manager(fees(1)), deposit],
        on_reply: vec![Call::Manager(fees(2))],
    });
    assert_eq!(market.debts(&["a"]).unwrap(), [report(5)]);
    let [first, second] = &response.messages[..] else {
        panic!("{response:?}");
    };
    let expected = to_json_binary(&fees(1)).unwrap();
    assert_eq!(sent(&first.msg), (market.manager.as_str(), &expected));
    let (token, send) = sent(&second.msg);
    assert_eq!(token, market.dollar.as_str());
    let hook = ManagerHook::DepositMarketUsd(DepositMarketUsd {
        market_ref: "a".into(),
    });
    let expected = Cw20ExecuteMsg::Send {
        contract: market.manager.to_string(),
        amount: Uint128::new(9),
        msg: to_json_binary(&hook).unwrap(),
    };
    assert_eq!(from_json::<Cw20ExecuteMsg>(send).unwrap(), expected);

    #[allow(deprecated, reason = "a field of the answer")]
    let answered = |id, payload: &Binary| Reply {
        id,
        payload: payload.clone(),
        gas_used: 0,
        result: SubMsgResult::Ok(SubMsgResponse {
            events: vec![],
            data: None,
            msg_responses: vec![],
        }),
    };
    let between = answered(first.id, &first.payload);
    let between = reply(market.deps.as_mut(), mock_env(), between).unwrap();
    let expected = to_json_binary(&fees(2)).unwrap();
    assert_eq!(
        sent(&between.messages[0].msg),
        (market.manager.as_str(), &expected)
    );
    let after = answered(second.id, &second.payload);
    let after = reply(market.deps.as_mut(), mock_env(), after).unwrap();
    assert!(after.messages.is_empty());
}

#[test]
fn it_calls_from_deep_down() {
    let mut market = Market::new();
    let mut msg = ExecuteMsg::Deep {
        levels: 3,
        call: Call::Manager(fees(1)),
    };
    for _ in 0..3 {
        let response = market.tell(msg);
        let (contract, deeper) = sent(&response.messages[0].msg);
        assert_eq!(contract, mock_env().contract.address.as_str());
        msg = from_json(deeper).unwrap();
    }
    let response = market.tell(msg);
    assert_eq!(sent(&response.messages[0].msg).0, market.manager.as_str());
}

/// A trader's margin is burnt into the market, and reported.
#[test]
fn it_takes_margin() {
    let mut market = Market::new();
    market.script(script("a", 5));
    let received = |msg: Binary| {
        ExecuteMsg::Receive(Cw20ReceiveMsg {
            sender: "trader".into(),
            amount: Uint128::new(9),
            msg,
        })
    };
    let margin = to_json_binary(&ReceiveMsg::Margin {
        market_ref: "a".into(),
    })
    .unwrap();
    let dollar = market.dollar.clone();
    let response = market.told_by(&dollar, received(margin.clone())).unwrap();
    assert_eq!(sent(&response.messages[0].msg).0, dollar.as_str());
    assert_eq!(market.debts(&["a"]).unwrap(), [report(14)]);
    // Other tokens are none, and without the hook it keeps what comes.
    let other = market.manager.clone();
    assert!(market.told_by(&other, received(margin)).is_err());
    let kept = market.told_by(&dollar, received(Binary::default()));
    assert!(kept.unwrap().messages.is_empty());
    assert_eq!(market.debts(&["a"]).unwrap(), [report(14)]);
}

/// As a person writes it.
#[test]
fn calls_in_json() {
    let json = r#"{"play":{"scripts":[{"ref":"a","debt":"-5"}],"calls":[{"deposit":{"ref":"a","amount":"9"}}]}}"#;
    let msg: ExecuteMsg = from_json(json).unwrap();
    let ExecuteMsg::Play { scripts, calls, .. } = msg else {
        panic!("{msg:?}");
    };
    assert_eq!(scripts[0].debt.i128(), -5);
    assert!(matches!(&calls[0], Call::Deposit { market_ref, .. } if market_ref == "a"));
}
