//! A node that is none: real contracts on a chain in memory, behind CometBFT's JSON-RPC, with
//! every fault that a network can have; and a command that signs with no key.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
    thread,
    time::Duration,
};

use ballast_live::{Network, deploy::artifacts::file_name, tx};
use ballast_sim::ContractKind;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use cosmos_sdk_proto::{
    Any,
    cosmos::{
        auth::v1beta1::{BaseAccount, QueryAccountInfoRequest, QueryAccountInfoResponse},
        base::abci::v1beta1::{GasInfo, TxMsgData},
        tx::v1beta1::{AuthInfo, SimulateResponse, TxBody, TxRaw},
    },
    cosmwasm::wasm::v1::{
        CodeInfoResponse, ContractInfo, MsgExecuteContract, MsgInstantiateContract,
        MsgMigrateContract, MsgStoreCode, MsgStoreCodeResponse, QueryCodeRequest,
        QueryCodeResponse, QueryContractInfoRequest, QueryContractInfoResponse,
        QuerySmartContractStateRequest, QuerySmartContractStateResponse,
    },
    traits::{Message, Name},
};
use cosmwasm_std::{
    Addr, Binary, CosmosMsg, Empty, QueryRequest, WasmMsg, WasmQuery, testing::MockApi,
};
use cw_multi_test::App;
use flate2::read::GzDecoder;
use serde_json::{Value, json};

/// What befalls a transaction that is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection breaks before the node has it.
    LostOnTheWay,
    /// The node has it, and the connection breaks before it answers.
    AnswerLost,
    /// The node has it, and the answer is a page of HTML.
    Html,
    /// The node has it, and the answer ends in the middle.
    Truncated,
    /// The node has it, and answers as to a second copy of it.
    WrongSequence,
    /// The node takes it, and forgets it.
    Forgotten,
    /// So many blocks are made meanwhile that it comes too late.
    TooLate,
    /// The node has it, and takes longer than anybody waits.
    Slow,
}

impl Fault {
    pub const ALL: [Self; 8] = [
        Self::LostOnTheWay,
        Self::AnswerLost,
        Self::Html,
        Self::Truncated,
        Self::WrongSequence,
        Self::Forgotten,
        Self::TooLate,
        Self::Slow,
    ];
}

/// How the node behaves, and what it has seen.
#[derive(Default)]
pub struct Conduct {
    /// It answers so many requests more, and then none.
    pub answers_left: Option<usize>,
    /// What befalls which transaction, counted from 0 as they are handed over.
    pub faults: BTreeMap<usize, Fault>,
    /// It finds no transaction by its hash.
    pub no_index: bool,
    /// It answers every request with this.
    pub always: Option<String>,
    /// It makes a contract as old as can be, by address.
    pub age: Vec<String>,
    /// The chain it says it is of.
    pub chain_id: Option<String>,
    /// Whether it says that it is catching up.
    pub catching_up: bool,
    /// It has forgotten everything.
    pub wipe: bool,
    /// How many requests it has had.
    pub requests: usize,
    /// How many transactions have been handed over.
    pub broadcasts: usize,
    /// The messages of every transaction that has landed and was not refused.
    pub landed: Vec<Vec<String>>,
}

/// A node on a port of its own.
pub struct Node {
    pub address: String,
    conduct: Arc<Mutex<Conduct>>,
}

impl Node {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let conduct = Arc::new(Mutex::new(Conduct::default()));
        let shared = conduct.clone();
        thread::spawn(move || {
            let mut chain = Chain::new(shared);
            for stream in listener.incoming() {
                // A client that has gone away is no trouble of the node's.
                let _ = chain.serve(stream.unwrap());
            }
        });
        Self { address, conduct }
    }

    pub fn conduct(&self) -> MutexGuard<'_, Conduct> {
        self.conduct.lock().unwrap()
    }

    /// Every message that has landed, in order.
    pub fn landed(&self) -> Vec<String> {
        self.conduct().landed.concat()
    }
}

/// Addresses of names, as the command that signs gives them.
pub fn address(name: &str) -> String {
    MockApi::default().addr_make(name).into_string()
}

/// A network file of a node, and the command that signs, in a folder.
pub fn network(node: &Node, folder: &Path) -> Network {
    let names = [
        "owner", "guardian", "feeder", "feeder-a", "feeder-b", "feeder-c", "amo",
    ];
    let cases: String = names
        .iter()
        .map(|name| format!("{name}) echo {};;\n", address(name)))
        .collect();
    // `keys show NAME …` and `tx sign FILE … --sequence N … --output-document OUT`.
    let script = format!(
        r#"#!/bin/sh
case "$1 $2" in
"keys show")
    case "$3" in
    {cases}
    *) echo "Error: $3 is not a valid name or address" >&2; exit 1;;
    esac;;
"tx sign")
    while [ $# -gt 0 ]; do
        case "$1" in
        --sequence) sequence=$2;;
        --output-document) out=$2;;
        esac
        shift
    done
    cat >"$out" <<END
{{"auth_info": {{"signer_infos": [{{
    "public_key": {{"@type": "/cosmos.crypto.secp256k1.PubKey", "key": "AAAA"}},
    "mode_info": {{"single": {{"mode": "SIGN_MODE_DIRECT"}}}},
    "sequence": "$sequence"}}]}},
 "signatures": ["c2ln"]}}
END
    ;;
esac
"#
    );
    let binary = folder.join("chaind");
    fs::write(&binary, script).unwrap();
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
    let mut network = Network::parse(&format!(
        r#"
        chain_id = "fake-1"
        rpc = "{}"
        bech32_prefix = "cosmwasm"
        binary = "{}"
        home = "keys"
        keyring_backend = "test"
        profile = "devita"
        deployer = "owner"
        [limits]
        timeout_blocks = 6
        answer_secs = 1
        retries = 0
        patience_secs = 0
        "#,
        node.address,
        binary.display()
    ))
    .unwrap();
    network.name = "fake".into();
    network
}

/// Codes for that node: the name of its kind, and a number for a later build.
pub fn artifacts(folder: &Path, build: u32) -> ballast_live::deploy::Artifacts {
    fs::create_dir_all(folder.join("tools")).unwrap();
    for kind in ContractKind::ALL {
        fs::write(folder.join(file_name(kind)), format!("{kind} {build}")).unwrap();
    }
    ballast_live::deploy::Artifacts::load(folder).unwrap()
}

struct Chain {
    conduct: Arc<Mutex<Conduct>>,
    app: App,
    checksums: BTreeMap<u64, Vec<u8>>,
    sequences: BTreeMap<String, u64>,
    mempool: Vec<Vec<u8>>,
    /// Transactions with their results, by height from 1.
    blocks: Vec<Vec<(Vec<u8>, Value)>>,
}

/// What the node sends back.
enum Answer {
    Result(Value),
    Error(String),
    Text(String),
    Nothing,
}

impl Chain {
    fn new(conduct: Arc<Mutex<Conduct>>) -> Self {
        Self {
            conduct,
            app: App::default(),
            checksums: BTreeMap::new(),
            sequences: BTreeMap::new(),
            mempool: vec![],
            blocks: vec![vec![]],
        }
    }

    fn conduct(&self) -> MutexGuard<'_, Conduct> {
        self.conduct.lock().unwrap()
    }

    fn serve(&mut self, mut stream: TcpStream) -> std::io::Result<()> {
        let Some(body) = read_request(&mut stream)? else {
            return Ok(());
        };
        {
            let mut conduct = self.conduct();
            conduct.requests += 1;
            match &mut conduct.answers_left {
                Some(0) => return Ok(()),
                Some(left) => *left -= 1,
                None => {}
            }
            if conduct.wipe {
                conduct.wipe = false;
                drop(conduct);
                *self = Self::new(self.conduct.clone());
            }
        }
        let aged = std::mem::take(&mut self.conduct().age);
        for address in aged {
            let mut storage = self.app.contract_storage_mut(&Addr::unchecked(address));
            let mut version: Value =
                serde_json::from_slice(&storage.get(b"contract_info").unwrap()).unwrap();
            version["version"] = json!("0.0.1");
            storage.set(b"contract_info", version.to_string().as_bytes());
        }
        self.make_block();
        let request: Value = serde_json::from_slice(&body).unwrap();
        let always = self.conduct().always.clone();
        let answer = match always {
            Some(text) => Answer::Text(text),
            None => self.answer(request["method"].as_str().unwrap(), &request["params"]),
        };
        let text = match answer {
            Answer::Result(result) => json!({"jsonrpc": "2.0", "id": 1, "result": result}).to_string(),
            Answer::Error(data) => json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32603, "message": "Internal error", "data": data}}).to_string(),
            Answer::Text(text) => text,
            Answer::Nothing => return Ok(()),
        };
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
            text.len()
        )
    }

    fn height(&self) -> u64 {
        self.blocks.len() as u64
    }

    fn make_block(&mut self) {
        let height = self.height() + 1;
        let mut block = vec![];
        for bytes in std::mem::take(&mut self.mempool) {
            let (body, auth) = decode(&bytes);
            let sender = sender(&body);
            let sequence = self.sequences.entry(sender.clone()).or_default();
            let is_late = body.timeout_height != 0 && body.timeout_height < height;
            if is_late || *sequence != auth.signer_infos[0].sequence {
                continue;
            }
            *sequence += 1;
            let result = match self.run(&sender, &body.messages) {
                Ok(responses) => {
                    let words = body.messages.iter().map(words).collect();
                    self.conduct().landed.push(words);
                    let data = TxMsgData {
                        msg_responses: responses,
                        ..TxMsgData::default()
                    };
                    json!({"code": 0, "data": BASE64.encode(data.encode_to_vec()), "gas_wanted": "9", "gas_used": "7", "events": []})
                }
                Err(error) => {
                    let log = format!(
                        "failed to execute message; message index: 0: {error}: execute wasm contract failed"
                    );
                    json!({"code": 5, "codespace": "wasm", "log": log, "data": null, "gas_wanted": "9", "gas_used": "7", "events": []})
                }
            };
            block.push((bytes, result));
        }
        self.blocks.push(block);
    }

    fn run(&mut self, sender: &str, messages: &[Any]) -> Result<Vec<Any>, String> {
        if messages[0].type_url.ends_with("MsgStoreCode") {
            return Ok(messages.iter().map(|any| self.store(any)).collect());
        }
        let msgs = messages.iter().map(wasm_msg).collect();
        let sender = Addr::unchecked(sender);
        let answers = self.app.execute_multi(sender, msgs);
        let answers = answers.map_err(|error| format!("{}", error.root_cause()))?;
        Ok(answers
            .into_iter()
            .map(|answer| Any {
                type_url: String::new(),
                value: answer.data.unwrap_or_default().to_vec(),
            })
            .collect())
    }

    fn store(&mut self, any: &Any) -> Any {
        let msg = MsgStoreCode::decode(any.value.as_slice()).unwrap();
        let mut wasm = String::new();
        GzDecoder::new(msg.wasm_byte_code.as_slice())
            .read_to_string(&mut wasm)
            .unwrap();
        let name = wasm.split(' ').next().unwrap();
        let kind = ContractKind::ALL
            .into_iter()
            .find(|kind| kind.name() == name);
        let code_id = self.app.store_code(kind.unwrap().code());
        let checksum: Vec<u8> = hex(&tx::checksum(wasm.as_bytes()));
        self.checksums.insert(code_id, checksum.clone());
        let answer = MsgStoreCodeResponse { code_id, checksum };
        Any {
            type_url: String::new(),
            value: answer.encode_to_vec(),
        }
    }

    fn answer(&mut self, method: &str, params: &Value) -> Answer {
        let height = self.height();
        match method {
            "status" => {
                let conduct = self.conduct();
                let chain_id = conduct.chain_id.clone().unwrap_or_else(|| "fake-1".into());
                Answer::Result(json!({
                    "node_info": {"network": chain_id},
                    "sync_info": {
                        "latest_block_height": height.to_string(),
                        "latest_block_time": "2026-01-01T00:00:00.5Z",
                        "catching_up": conduct.catching_up,
                    },
                }))
            }
            "broadcast_tx_sync" => self.take(params["tx"].as_str().unwrap()),
            "tx" => {
                if self.conduct().no_index {
                    return Answer::Error("transaction indexing is disabled".into());
                }
                let hash = BASE64.decode(params["hash"].as_str().unwrap()).unwrap();
                let hash = tx::hex(&hash).to_uppercase();
                for (index, block) in self.blocks.iter().enumerate() {
                    for (bytes, result) in block {
                        if tx::hash(bytes) == hash {
                            return Answer::Result(json!({
                                "hash": hash,
                                "height": (index + 1).to_string(),
                                "tx": BASE64.encode(bytes),
                                "tx_result": result,
                            }));
                        }
                    }
                }
                Answer::Error(format!("tx ({hash}) not found"))
            }
            "block" => {
                let block = self.block(params);
                let txs: Vec<String> = block.iter().map(|(tx, _)| BASE64.encode(tx)).collect();
                Answer::Result(json!({"block": {"data": {"txs": txs}}}))
            }
            "block_results" => {
                let block = self.block(params);
                let results: Vec<&Value> = block.iter().map(|(_, result)| result).collect();
                Answer::Result(json!({ "txs_results": results }))
            }
            "abci_query" => {
                let data = hex(params["data"].as_str().unwrap());
                let response = match self.ask(params["path"].as_str().unwrap(), &data) {
                    Ok(value) => {
                        json!({"code": 0, "value": BASE64.encode(value), "height": height.to_string()})
                    }
                    Err(log) => {
                        json!({"code": 9, "codespace": "wasm", "log": log, "value": null, "height": height.to_string()})
                    }
                };
                Answer::Result(json!({ "response": response }))
            }
            other => Answer::Error(format!("no method {other}")),
        }
    }

    fn block(&self, params: &Value) -> &[(Vec<u8>, Value)] {
        let height: usize = params["height"].as_str().unwrap().parse().unwrap();
        &self.blocks[height - 1]
    }

    fn take(&mut self, tx: &str) -> Answer {
        let bytes = BASE64.decode(tx).unwrap();
        let fault = {
            let mut conduct = self.conduct();
            let number = conduct.broadcasts;
            conduct.broadcasts += 1;
            conduct.faults.get(&number).copied()
        };
        let taken = json!({"code": 0, "codespace": "", "log": "", "hash": tx::hash(&bytes)});
        match fault {
            Some(Fault::LostOnTheWay) => return Answer::Nothing,
            Some(Fault::Forgotten) => return Answer::Result(taken),
            Some(Fault::TooLate) => {
                for _ in 0..20 {
                    self.make_block();
                }
            }
            _ => {}
        }
        let (body, auth) = decode(&bytes);
        if body.timeout_height < self.height() {
            let log = "tx timeout height";
            return Answer::Result(json!({"code": 30, "codespace": "sdk", "log": log}));
        }
        let sender = sender(&body);
        let expected =
            self.sequences.get(&sender).copied().unwrap_or_default() + self.mempool.len() as u64;
        let wrong = |expected: u64, got: u64| {
            json!({"code": 32, "codespace": "sdk", "log": format!(
                "account sequence mismatch, expected {expected}, got {got}: incorrect account sequence"
            )})
        };
        let sequence = auth.signer_infos[0].sequence;
        if sequence != expected {
            return Answer::Result(wrong(expected, sequence));
        }
        self.mempool.push(bytes);
        match fault {
            Some(Fault::AnswerLost) => Answer::Nothing,
            Some(Fault::Html) => Answer::Text("<html><h1>502 Bad Gateway</h1></html>".into()),
            Some(Fault::Truncated) => Answer::Text("{\"jsonrpc\":\"2.0\",\"result\":{\"co".into()),
            Some(Fault::WrongSequence) => Answer::Result(wrong(expected + 1, sequence)),
            Some(Fault::Slow) => {
                thread::sleep(Duration::from_millis(1_300));
                Answer::Result(taken)
            }
            _ => Answer::Result(taken),
        }
    }

    fn ask(&self, path: &str, data: &[u8]) -> Result<Vec<u8>, String> {
        match path {
            "/cosmos.auth.v1beta1.Query/AccountInfo" => {
                let address = QueryAccountInfoRequest::decode(data).unwrap().address;
                let info = BaseAccount {
                    sequence: self.sequences.get(&address).copied().unwrap_or_default(),
                    address,
                    pub_key: None,
                    account_number: 1,
                };
                Ok(QueryAccountInfoResponse { info: Some(info) }.encode_to_vec())
            }
            "/cosmos.tx.v1beta1.Service/Simulate" => {
                let gas_info = GasInfo {
                    gas_wanted: 0,
                    gas_used: 100_000,
                };
                let answer = SimulateResponse {
                    gas_info: Some(gas_info),
                    result: None,
                };
                Ok(answer.encode_to_vec())
            }
            "/cosmwasm.wasm.v1.Query/Code" => {
                let code_id = QueryCodeRequest::decode(data).unwrap().code_id;
                let checksum = self
                    .checksums
                    .get(&code_id)
                    .ok_or("no such code: not found")?;
                let code_info = CodeInfoResponse {
                    code_id,
                    data_hash: checksum.clone(),
                    ..CodeInfoResponse::default()
                };
                let answer = QueryCodeResponse {
                    code_info: Some(code_info),
                    data: vec![],
                };
                Ok(answer.encode_to_vec())
            }
            "/cosmwasm.wasm.v1.Query/ContractInfo" => {
                let address = QueryContractInfoRequest::decode(data).unwrap().address;
                let known = self
                    .app
                    .contract_data(&Addr::unchecked(&address))
                    .map_err(|_| "no such contract: not found")?;
                let info = ContractInfo {
                    code_id: known.code_id,
                    creator: known.creator.into_string(),
                    admin: known.admin.map(Addr::into_string).unwrap_or_default(),
                    ..ContractInfo::default()
                };
                let answer = QueryContractInfoResponse {
                    address,
                    contract_info: Some(info),
                };
                Ok(answer.encode_to_vec())
            }
            "/cosmwasm.wasm.v1.Query/SmartContractState" => {
                let request = QuerySmartContractStateRequest::decode(data).unwrap();
                let query: QueryRequest<Empty> = WasmQuery::Smart {
                    contract_addr: request.address,
                    msg: Binary::new(request.query_data),
                }
                .into();
                let answer: Value = self
                    .app
                    .wrap()
                    .query(&query)
                    .map_err(|error| format!("{error}: query wasm contract failed"))?;
                let data = answer.to_string().into_bytes();
                Ok(QuerySmartContractStateResponse { data }.encode_to_vec())
            }
            other => Err(format!("unknown query path {other}")),
        }
    }
}

/// The sender of a message is its first field, whatever it is.
fn sender(body: &TxBody) -> String {
    let bytes = &body.messages[0].value;
    assert_eq!(bytes[0], 0x0a, "a text in the first field");
    let length = usize::from(bytes[1]);
    String::from_utf8(bytes[2..2 + length].to_vec()).unwrap()
}

/// What a message is, in a word or two, such that no two of a deployment are the same.
fn words(any: &Any) -> String {
    let bytes = any.value.as_slice();
    let (what, text) = match any.type_url.rsplit('.').next().unwrap() {
        MsgStoreCode::NAME => {
            let msg = MsgStoreCode::decode(bytes).unwrap();
            ("store", tx::checksum(&msg.wasm_byte_code))
        }
        MsgInstantiateContract::NAME => {
            let msg = MsgInstantiateContract::decode(bytes).unwrap();
            ("instantiate", msg.label)
        }
        MsgMigrateContract::NAME => {
            let msg = MsgMigrateContract::decode(bytes).unwrap();
            ("migrate", format!("{} {}", msg.contract, msg.code_id))
        }
        _ => {
            let msg = MsgExecuteContract::decode(bytes).unwrap();
            ("execute", String::from_utf8(msg.msg).unwrap())
        }
    };
    format!("{what} {text}")
}

fn wasm_msg(any: &Any) -> CosmosMsg {
    let bytes = any.value.as_slice();
    let msg = match any.type_url.rsplit('.').next().unwrap() {
        MsgInstantiateContract::NAME => {
            let msg = MsgInstantiateContract::decode(bytes).unwrap();
            WasmMsg::Instantiate {
                admin: Some(msg.admin),
                code_id: msg.code_id,
                msg: Binary::new(msg.msg),
                funds: vec![],
                label: msg.label,
            }
        }
        MsgMigrateContract::NAME => {
            let msg = MsgMigrateContract::decode(bytes).unwrap();
            WasmMsg::Migrate {
                contract_addr: msg.contract,
                new_code_id: msg.code_id,
                msg: Binary::new(msg.msg),
            }
        }
        _ => {
            let msg = MsgExecuteContract::decode(bytes).unwrap();
            WasmMsg::Execute {
                contract_addr: msg.contract,
                msg: Binary::new(msg.msg),
                funds: vec![],
            }
        }
    };
    msg.into()
}

fn decode(bytes: &[u8]) -> (TxBody, AuthInfo) {
    let raw = TxRaw::decode(bytes).unwrap();
    (
        TxBody::decode(raw.body_bytes.as_slice()).unwrap(),
        AuthInfo::decode(raw.auth_info_bytes.as_slice()).unwrap(),
    )
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap())
        .collect()
}

/// The body of a request; none when the connection ends before.
fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![];
    let mut part = [0; 65_536];
    loop {
        let read = stream.read(&mut part)?;
        if read == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&part[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .map_or(0, |length| length.trim().parse().unwrap());
        let body = &bytes[end + 4..];
        if body.len() >= length {
            return Ok(Some(body[..length].to_vec()));
        }
    }
}
