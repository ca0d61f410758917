//! What is wrong with a story is said at its place.

use rstest::rstest;

use super::parse;
use crate::{commands, source::Source};

/// A story without mistakes, one line of which each case replaces.
const STORY: &str = r#"title: T
profile: devita
steps:
  - title: one
    send:
      from: alice
      to: synth-minter
      msg: {mint: {amount: "1"}}
      funds: 9 LIFE
    expect:
      - query: {to: oracle, msg: {price: {asset: LIFE}}, gives: {price: 1}}
      - balance: {of: alice, is: 9 LIFE}
      - error: NotWeak
  - price: {LIFE: 1}
  - wait: 3 days
"#;

/// `line:column: message | expected` of each mistake.
fn mistakes(text: &str) -> Vec<String> {
    let source = Source {
        name: "story.yaml".to_owned(),
        text: text.to_owned(),
    };
    let Err(mistakes) = commands::prepare(&source) else {
        return Vec::new();
    };
    mistakes
        .iter()
        .map(|mistake| {
            let (line, column) = source.position(mistake.span.start);
            let expected = mistake.expected.as_deref().unwrap_or("–");
            format!("{line}:{column}: {} | {expected}", mistake.message)
        })
        .collect()
}

#[test]
fn a_story_without_mistakes() {
    assert_eq!(mistakes(STORY), Vec::<String>::new());
}

#[rstest]
// the story
#[case(
    1,
    "titel: T",
    "1:1: a story has no `titel` | did you mean `title`? expected one of `title`, `about`, `profile`, `with`, `chains`, `series`, `steps`"
)]
#[case(
    1,
    "about: T",
    "1:1: a story has no `title` | expected `title: …` in it"
)]
#[case(1, "title: [T]", "1:8: this is a list | expected a text")]
#[case(
    2,
    "profile: devitta",
    "2:10: there is no profile `devitta` | did you mean `devita`? expected one of `devita`, `dynamo`, `guarded`, `plain`, `pools`, `shared`"
)]
#[case(
    2,
    "profile: ./nowhere.yaml",
    "2:10: the profile `./nowhere.yaml` cannot be read: No such file or directory (os error 2) | a path from where the command is run, or the name of a built-in profile"
)]
#[case(
    2,
    "profile: devita\nwith: {minter: {parms: {}}}",
    "3:17: unknown field `parms` | did you mean `params`? expected one of `params`, `dollar`, `synths`, `collaterals`"
)]
#[case(
    2,
    "profile: devita\nwith: {minter: {params: {grace_secs: long}}}",
    "3:38: this is string \"long\" | expected a whole number"
)]
#[case(
    2,
    "profile: devita\nwith: {embedded: {accounts: {dora: [9 ATOM]}}}",
    "3:7: the profile does not fit together: Invalid: embedded.accounts.dora: UnknownAsset: `ATOM` is no asset here | –"
)]
#[case(
    2,
    "profile: devita\nchains: [embedded, real]",
    "3:20: there are no real chains | expected `embedded`, `live`, or both as a list"
)]
#[case(
    2,
    "profile: devita\nchains: []",
    "3:9: no chain is named here | expected `embedded`, `live`, or both as a list"
)]
// steps
#[case(
    15,
    "  - {wait: 3 days, chains: {live: true}}",
    "15:28: this is a mapping | expected `embedded`, `live`, or both as a list"
)]
#[case(
    4,
    "  - note: one",
    "4:5: a step has no `note` | expected one of `title`, `chains`, `price`, `push`, `silence`, `unsilence`, `wait`, `send`, `transfer`, `expect`"
)]
#[case(
    15,
    "  - wait: soon",
    "15:11: `soon` is no length of time | expected a length of time, such as `3 days` or `1 hour 5 seconds`"
)]
#[case(
    15,
    "  - title: nothing",
    "15:5: nothing happens in this step | expected one of `title`, `chains`, `price`, `push`, `silence`, `unsilence`, `wait`, `send`, `transfer`, `expect`"
)]
#[case(
    15,
    "  - {wait: 1 day, price: {LIFE: 1}}",
    "15:19: `price` is a second thing in one step | expected a step of its own"
)]
#[case(
    15,
    "  - {wait: 1 day, expect: {error: NotWeak}}",
    "15:28: nothing in this step can fail with an error | expected beside `send`, `transfer`, `price` or `push`"
)]
#[case(
    14,
    "  - price: {LIVE: 1}",
    "14:13: there is no asset `LIVE` | expected `LIFE`"
)]
#[case(
    14,
    "  - price: {LUSD: 1}",
    "14:13: the price of LUSD never moves | expected `LIFE`"
)]
#[case(
    14,
    "  - price: {LIFE: cheap}",
    "14:19: `cheap` is not a number | expected a price in USD for one whole token, such as \"0.25\""
)]
#[case(
    14,
    "  - push: {asset: LIFE, source: feeder-x, price: 1}",
    "14:33: `feeder-x` does not push LIFE | did you mean `feeder-a`? expected one of `feeder-a`, `feeder-b`, `feeder-c`"
)]
#[case(
    14,
    "  - transfer: {from: alice, to: nobody, amount: 1 LIFE}",
    "14:33: there is no account or contract `nobody` | expected one of `LUSD`, `alice`, `bob`, `carol`, `debt-registry`, `feeder-a`, `feeder-b`, `feeder-c`, `guardian`, `keeper`, `oracle`, `owner`, `synth-minter`, `teddy`, `treasury`"
)]
// messages
#[case(
    6,
    "      from: alise",
    "6:13: there is no account `alise` | did you mean `alice`? expected one of `alice`, `bob`, `carol`, `feeder-a`, `feeder-b`, `feeder-c`, `guardian`, `keeper`, `owner`, `teddy`"
)]
#[case(
    6,
    "      from: oracle",
    "6:13: `oracle` is the oracle | expected one of `alice`, `bob`, `carol`, `feeder-a`, `feeder-b`, `feeder-c`, `guardian`, `keeper`, `owner`, `teddy`"
)]
#[case(
    7,
    "      to: minter",
    "7:11: there is no contract `minter` | expected one of `LUSD`, `debt-registry`, `oracle`, `synth-minter`, `treasury`"
)]
#[case(
    7,
    "      to: bob",
    "7:11: `bob` is an account | expected one of `LUSD`, `debt-registry`, `oracle`, `synth-minter`, `treasury`"
)]
#[case(
    8,
    "      msg: {mnt: {}}",
    "8:13: unknown message or value `mnt` | did you mean `mint`? expected one of `deposit`, `withdraw`, `mint`, `flag`, `clear_flag`, `forward_to_treasury`, `claim_rewards`, `receive`, `accept_synth`, `add_collateral`, `update_collateral`, `update_params`, `switch_off`, `switch_on`, `set_guardian`, `update_ownership`"
)]
#[case(
    8,
    "      msg: {mint: {amout: \"1\"}}",
    "8:20: unknown field `amout` | expected `amount`"
)]
#[case(
    8,
    "      msg: {mint: {amount: 1}}",
    "8:28: this is integer `1` | expected string-encoded integer: amounts, decimals and numbers of pools stand in quotes"
)]
#[case(
    8,
    "      msg: {mint: {amount: \"1.5\"}}",
    "8:28: `1.5` is not a whole number | expected base units in quotes, such as \"1000000\""
)]
#[case(
    8,
    "      msg: {flag: {account: \"@alise\"}}",
    "8:29: nobody is called `alise` | did you mean `alice`? expected one of `LUSD`, `alice`, `bob`, `carol`, `debt-registry`, `feeder-a`, `feeder-b`, `feeder-c`, `guardian`, `keeper`, `oracle`, `owner`, `synth-minter`, `teddy`, `treasury`"
)]
#[case(
    8,
    "      msg: {mint: {amount: \"@1 LUST\"}}",
    "8:28: there is no asset `LUST` | did you mean `LUSD`? expected one of `LIFE`, `LUSD`"
)]
#[case(
    9,
    "      funds: 9 LIVE",
    "9:14: there is no asset `LIVE` | did you mean `LIFE`? expected one of `LIFE`, `LUSD`"
)]
#[case(
    9,
    "      funds: 0.0000001 LIFE",
    "9:14: `0.0000001` is not an amount of LIFE | expected a number with at most 6 decimals"
)]
#[case(
    9,
    "      funds: 9",
    "9:14: `9` is not an amount | expected an amount and an asset, such as `4.5 LIFE`"
)]
#[case(
    9,
    "      funds: [1 LUSD]",
    "9:15: LUSD is not a native coin: it cannot be sent along | a native coin; a cw20 is sent by a `send` message to its own contract"
)]
// expectations
#[case(
    11,
    "      - qury: {}",
    "11:9: an expectation has no `qury` | did you mean `query`? expected one of `query`, `balance`, `event`, `no_event`, `error`"
)]
#[case(
    11,
    "      - query: {to: oracle, msg: {price: {asset: LIFE}}}",
    "11:16: the query expects nothing | expected `gives: {…}` or `error: …` in it"
)]
#[case(
    11,
    "      - query: {to: oracle, msg: {price: {}}, gives: {}}",
    "11:42: the field `asset` is missing | expected `asset: …` in it"
)]
#[case(
    11,
    "      - query: {to: oracle, msg: {price: {asset: LIFE}}, gives: {to: \"@x\"}}",
    "11:70: nobody is called `x` | expected one of `LUSD`, `alice`, `bob`, `carol`, `debt-registry`, `feeder-a`, `feeder-b`, `feeder-c`, `guardian`, `keeper`, `oracle`, `owner`, `synth-minter`, `teddy`, `treasury`"
)]
#[case(
    11,
    "      - query: {to: oracle, msg: {price: {asset: LIFE}}, gives: {price: \"@now - 36500 days\"}}",
    "11:73: `@now - 36500 days` lies before all time | –"
)]
#[case(
    12,
    "      - balance: {of: alice}",
    "12:18: a balance has no `is` | expected `is: …` in it"
)]
#[case(
    12,
    "      - balance: {of: alice, is: much}",
    "12:34: `much` is not an amount | expected an amount and an asset, such as `4.5 LIFE`"
)]
#[case(12, "      - error: Stale", "13:9: a step ends in one error only | –")]
#[case(
    13,
    "      - error: not weak",
    "13:16: `not weak` is not the name of an error | expected the name of an error, such as `NotWeak`"
)]
#[case(
    13,
    "      - event: {kind: mint}",
    "13:17: an event has no `kind` | expected one of `type`, `from`, `attributes`"
)]
// YAML
#[case(
    14,
    "  - price: {LIFE: 1, LIFE: 2}",
    "14:22: `LIFE` is here twice | each key once"
)]
fn a_mistake_is_said_at_its_place(
    #[case] number: usize,
    #[case] line: &str,
    #[case] expected: &str,
) {
    let mut lines: Vec<&str> = STORY.lines().collect();
    lines[number - 1] = line;
    assert_eq!(mistakes(&lines.join("\n")), [expected]);
}

/// A time of the past is a time: the check knows when the story begins.
#[test]
fn what_has_been_is_no_mistake() {
    let text = STORY.replace(
        "gives: {price: 1}",
        "gives: {published_at: \"@now - 3 days\"}",
    );
    assert_eq!(mistakes(&text), Vec::<String>::new());
}

/// A length of time is a number of seconds wherever one is wanted.
#[test]
fn a_length_of_time_is_a_number() {
    let text = STORY
        .replace("to: oracle", "to: synth-minter")
        .replace(
            "gives: {price: 1}",
            "gives: {params: {grace_secs: \"@3 days\"}}",
        )
        .replace("{price: {asset: LIFE}}", "{config: {}}");
    assert_eq!(mistakes(&text), Vec::<String>::new());
    let typo = text.replace("@3 days", "@3 dais");
    assert_eq!(mistakes(&typo).len(), 1);
}

#[test]
fn a_step_is_played_where_its_story_is() {
    let live = STORY.replace("  - wait: 3 days", "  - {wait: 3 days, chains: live}");
    assert_eq!(mistakes(&live), Vec::<String>::new());
    let nowhere = live.replace("profile: devita", "profile: devita\nchains: embedded");
    let expected = "16:5: the step is for live chains and the story for embedded ones | \
                    expected a step that is played";
    assert_eq!(mistakes(&nowhere), [expected]);
}

#[test]
fn stories_and_steps_say_where_they_are_played() {
    let chains = |story: &str, step: &str| {
        let text = STORY
            .replace("profile: devita", &format!("profile: devita\n{story}"))
            .replace("  - wait: 3 days", &format!("  - {{wait: 3 days{step}}}"));
        let story = parse(&text).unwrap();
        let step = story.steps.last().unwrap();
        format!("{}; {}", story.chains, step.chains)
    };
    assert_eq!(chains("", ""), "embedded, live; embedded, live");
    assert_eq!(
        chains("chains: [live, embedded]", ", chains: live"),
        "embedded, live; live"
    );
    assert_eq!(chains("chains: embedded", ""), "embedded; embedded, live");
}

#[test]
fn a_hook_is_checked_too() {
    let text = STORY
        .replace("to: synth-minter", "to: LUSD")
        .replace(
            "{mint: {amount: \"1\"}}",
            "{send: {contract: \"@synth-minter\", amount: \"1\", msg: {brn: {}}}}",
        )
        .replace("      funds: 9 LIFE\n", "");
    let expected = "8:66: unknown message or value `brn` | did you mean `burn`? \
                    expected one of `deposit`, `burn`, `liquidate`, `exchange`";
    assert_eq!(mistakes(&text), [expected]);
}

#[test]
fn all_mistakes_are_said_at_once() {
    let text = STORY
        .replace("from: alice", "from: x")
        .replace("asset: LIFE", "aset: LIFE")
        .replace("{LIFE: 1}", "{LUSD: 1}");
    let places: Vec<_> = mistakes(&text)
        .iter()
        .map(|mistake| mistake.split(": ").next().map(str::to_owned))
        .collect();
    let expected = ["6:13", "11:43", "14:13"].map(|place| Some(place.to_owned()));
    assert_eq!(places, expected);
}
