//! What can be typed.

/// Each command: its name, how it is written, what it does.
pub const COMMANDS: [(&str, &str, &str); 21] = [
    (
        "as",
        "as ACCOUNT",
        "send messages as this account from now on",
    ),
    (
        "send",
        "send CONTRACT JSON [AMOUNT, …]",
        "send a message: send synth-minter {\"deposit\": {}} 9 LIFE",
    ),
    (
        "query",
        "query CONTRACT JSON",
        "ask: query synth-minter {\"account\": {\"account\": \"@teddy\"}}",
    ),
    (
        "transfer",
        "transfer TO AMOUNT",
        "send tokens without a message",
    ),
    ("price", "price ASSET USD", "all feeders say this price"),
    (
        "push",
        "push ASSET FEEDER USD",
        "one feeder says this price",
    ),
    (
        "silence",
        "silence ASSET",
        "the feeders of an asset fall silent",
    ),
    (
        "unsilence",
        "unsilence ASSET",
        "they speak again, from the next wait on",
    ),
    ("wait", "wait LENGTH", "let time pass: wait 3 days 1 second"),
    (
        "time",
        "time",
        "block time, and how long the session has lasted",
    ),
    (
        "account",
        "account [ACCOUNT]",
        "collateral, debt, ratio, flag; liquidity; what is in pools",
    ),
    (
        "balances",
        "balances [NAME]",
        "what an account or a contract holds",
    ),
    ("names", "names", "accounts, contracts, assets"),
    (
        "messages",
        "messages CONTRACT",
        "what a contract can be told and asked",
    ),
    ("events", "events", "the events of the last message"),
    ("save", "save FILE", "write everything to a file"),
    ("load", "load FILE", "go on from a file"),
    ("help", "help", "this"),
    ("exit", "exit", "leave"),
    ("quit", "quit", "leave"),
    ("#", "# …", "a remark"),
];

/// All of it.
pub fn text() -> String {
    let mut out = String::from(
        "In JSON, \"@teddy\" stands for an address, \"@0.5 LUSD\" for base units, \"@now + 1 day\" for a time.\n",
    );
    for (_, usage, words) in COMMANDS {
        out = format!("{out}  {usage:<32}{words}\n");
    }
    out.trim_end().to_owned()
}
