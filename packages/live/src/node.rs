//! What a node answers.

use std::{thread, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use cosmos_sdk_proto::{
    cosmos::{
        auth::v1beta1::{BaseAccount, QueryAccountInfoRequest, QueryAccountInfoResponse},
        bank::v1beta1::{QueryBalanceRequest, QueryBalanceResponse},
        tx::v1beta1::{SimulateRequest, SimulateResponse},
    },
    cosmwasm::wasm::v1::{
        ContractInfo, QueryCodeRequest, QueryCodeResponse, QueryContractInfoRequest,
        QueryContractInfoResponse, QueryRawContractStateRequest, QueryRawContractStateResponse,
        QuerySmartContractStateRequest, QuerySmartContractStateResponse,
    },
    traits::Message,
};
use cosmwasm_std::Uint128;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    LiveError, Network, Refusal,
    rpc::Rpc,
    tx::{self, Landed},
};

/// How a node stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its chain.
    pub chain_id: String,
    /// The last block.
    pub height: u64,
    /// Its time, in seconds since 1970.
    pub time: u64,
    /// Whether the node is still learning old blocks.
    pub catching_up: bool,
}

/// An account as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its address.
    pub address: String,
    /// Its number.
    pub number: u64,
    /// How many transactions it has sent.
    pub sequence: u64,
    /// The height this is true of.
    pub height: u64,
}

/// What a node said when a transaction was handed to it.
#[derive(Debug)]
pub enum Broadcast {
    /// It took it.
    Taken,
    /// It refused it, and has not passed it on.
    Refused(Box<Refusal>),
    /// No answer, or none that makes sense: it may have taken it.
    Unclear(LiveError),
}

/// A CometBFT node with the Cosmos SDK behind it.
pub struct Node {
    rpc: Rpc,
    retries: u32,
}

/// An answer of the application.
struct Answer {
    value: Vec<u8>,
    height: u64,
}

impl Node {
    /// The node of a network. Nothing is asked yet.
    pub fn of(network: &Network) -> Self {
        Self {
            rpc: Rpc::new(&network.rpc, network.answer_time()),
            retries: network.limits.retries,
        }
    }

    /// Its address.
    pub fn address(&self) -> &str {
        self.rpc.address()
    }

    // ------------------------------------------------------------ the chain

    /// How it stands.
    pub fn status(&self) -> Result<Status, LiveError> {
        self.read("status", &json!({}), |answer| {
            let sync = answer.get("sync_info")?;
            Some(Status {
                chain_id: text(answer, "/node_info/network")?.to_owned(),
                height: text(sync, "/latest_block_height")?.parse().ok()?,
                time: seconds(text(sync, "/latest_block_time")?)?,
                catching_up: sync.get("catching_up")?.as_bool()?,
            })
        })
    }

    /// The time of a block, in seconds since 1970.
    pub fn block_time(&self, height: u64) -> Result<u64, LiveError> {
        let params = json!({"height": height.to_string()});
        self.read("block", &params, |answer| {
            seconds(text(answer, "/block/header/time")?)
        })
    }

    /// The transaction of a hash; none when the node does not know it (yet), or keeps no index.
    pub fn tx(&self, hash: &str) -> Result<Option<Landed>, LiveError> {
        let Some(bytes) = tx::hash_bytes(hash) else {
            return Ok(None);
        };
        let params = json!({"hash": BASE64.encode(bytes)});
        let found = self.read("tx", &params, |answer| {
            let bytes = BASE64.decode(text(answer, "/tx")?).ok()?;
            let height = text(answer, "/height")?.parse().ok()?;
            Landed::read(bytes, height, answer.get("tx_result")?)
        });
        match found {
            Ok(landed) => Ok(Some(landed)),
            Err(LiveError::NodeSaysNo { message, .. })
                if message.contains("not found") || message.contains("indexing is disabled") =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Looks for a transaction in a block itself, for nodes that keep no index.
    pub fn tx_in_block(&self, hash: &str, height: u64) -> Result<Option<Landed>, LiveError> {
        let params = json!({"height": height.to_string()});
        let txs: Vec<Vec<u8>> = self.read("block", &params, |answer| {
            let txs = answer.pointer("/block/data/txs")?;
            match txs {
                Value::Null => Some(vec![]),
                txs => txs
                    .as_array()?
                    .iter()
                    .map(|tx| BASE64.decode(tx.as_str()?).ok())
                    .collect(),
            }
        })?;
        let Some(index) = txs.iter().position(|bytes| tx::hash(bytes) == hash) else {
            return Ok(None);
        };
        let bytes = txs.into_iter().nth(index).unwrap_or_default();
        self.read("block_results", &params, |answer| {
            let result = answer.get("txs_results")?.get(index)?;
            Landed::read(bytes.clone(), height, result)
        })
        .map(Some)
    }

    /// Hands a transaction over, once.
    pub fn broadcast(&self, bytes: &[u8]) -> Broadcast {
        let params = json!({"tx": BASE64.encode(bytes)});
        match self.rpc.call("broadcast_tx_sync", &params) {
            Ok(answer) => {
                let code = answer.get("code").and_then(Value::as_u64);
                let Some(code) = code.and_then(|code| u32::try_from(code).ok()) else {
                    let shown = answer.to_string();
                    let error = self
                        .rpc
                        .nonsense("broadcast_tx_sync", &shown, "it has no code");
                    return Broadcast::Unclear(error);
                };
                if code == 0 {
                    return Broadcast::Taken;
                }
                let refusal = Refusal::new(
                    text(&answer, "/codespace").unwrap_or_default(),
                    code,
                    text(&answer, "/log").unwrap_or_default(),
                );
                if refusal.is_known() {
                    return Broadcast::Taken;
                }
                Broadcast::Refused(Box::new(refusal))
            }
            Err(LiveError::NodeSaysNo { message, .. }) if message.contains("already exists") => {
                Broadcast::Taken
            }
            Err(LiveError::NodeSaysNo { message, .. })
                if message.contains("too large") || message.contains("mempool is full") =>
            {
                Broadcast::Refused(Box::new(Refusal::new("comet", 1, &message)))
            }
            Err(error) => Broadcast::Unclear(error),
        }
    }

    // ------------------------------------------------------------ the application

    /// An account; none when the chain has never heard of it.
    pub fn account(&self, address: &str) -> Result<Option<Account>, LiveError> {
        let request = QueryAccountInfoRequest {
            address: address.to_owned(),
        };
        let path = "/cosmos.auth.v1beta1.Query/AccountInfo";
        let answer: (QueryAccountInfoResponse, u64) = match self.ask(path, &request, None)? {
            Ok(answer) => answer,
            Err(refusal) if refusal.log.contains("not found") => return Ok(None),
            Err(refusal) => return Err(no(path, &refusal)),
        };
        let (QueryAccountInfoResponse { info }, height) = answer;
        let BaseAccount {
            account_number,
            sequence,
            ..
        } = info.ok_or_else(|| LiveError::Incomplete(format!("{path} without info")))?;
        Ok(Some(Account {
            address: address.to_owned(),
            number: account_number,
            sequence,
            height,
        }))
    }

    /// What an address holds of a denom, now or at a height.
    pub fn balance(
        &self,
        address: &str,
        denom: &str,
        height: Option<u64>,
    ) -> Result<Uint128, LiveError> {
        let request = QueryBalanceRequest {
            address: address.to_owned(),
            denom: denom.to_owned(),
        };
        let path = "/cosmos.bank.v1beta1.Query/Balance";
        let (answer, _): (QueryBalanceResponse, u64) = self
            .ask(path, &request, height)?
            .map_err(|refusal| no(path, &refusal))?;
        answer
            .balance
            .map_or(Some(Uint128::zero()), |coin| coin.amount.parse().ok())
            .ok_or_else(|| LiveError::Incomplete(format!("{path} without a number")))
    }

    /// Asks a contract, now or at a height.
    pub fn smart(
        &self,
        contract: &str,
        query: &Value,
        height: Option<u64>,
    ) -> Result<Result<Value, Refusal>, LiveError> {
        let request = QuerySmartContractStateRequest {
            address: contract.to_owned(),
            query_data: query.to_string().into_bytes(),
        };
        let path = "/cosmwasm.wasm.v1.Query/SmartContractState";
        let answer: (QuerySmartContractStateResponse, u64) =
            match self.ask(path, &request, height)? {
                Ok(answer) => answer,
                Err(refusal) => return Ok(Err(refusal)),
            };
        serde_json::from_slice(&answer.0.data)
            .map(Ok)
            .map_err(|error| LiveError::Incomplete(format!("{contract} answers no JSON: {error}")))
    }

    /// What a contract has stored under a key, now or at a height; empty when there is nothing.
    pub fn raw(
        &self,
        contract: &str,
        key: &[u8],
        height: Option<u64>,
    ) -> Result<Vec<u8>, LiveError> {
        let request = QueryRawContractStateRequest {
            address: contract.to_owned(),
            query_data: key.to_vec(),
        };
        let path = "/cosmwasm.wasm.v1.Query/RawContractState";
        let (answer, _): (QueryRawContractStateResponse, u64) =
            self.ask(path, &request, height)?
                .map_err(|refusal| no(path, &refusal))?;
        Ok(answer.data)
    }

    /// Code, admin and label of a contract; none when there is no contract.
    pub fn contract(&self, address: &str) -> Result<Option<ContractInfo>, LiveError> {
        let request = QueryContractInfoRequest {
            address: address.to_owned(),
        };
        let path = "/cosmwasm.wasm.v1.Query/ContractInfo";
        let answer: (QueryContractInfoResponse, u64) = match self.ask(path, &request, None)? {
            Ok(answer) => answer,
            Err(refusal) if refusal.log.contains("no such contract") => return Ok(None),
            Err(refusal) => return Err(no(path, &refusal)),
        };
        Ok(answer.0.contract_info)
    }

    /// SHA-256 of a code, in lower-case hexadecimal digits; none when there is no such code.
    pub fn checksum(&self, code_id: u64) -> Result<Option<String>, LiveError> {
        let request = QueryCodeRequest { code_id };
        let path = "/cosmwasm.wasm.v1.Query/Code";
        let answer: (QueryCodeResponse, u64) = match self.ask(path, &request, None)? {
            Ok(answer) => answer,
            Err(refusal)
                if refusal.log.contains("no such code") || refusal.log.contains("not found") =>
            {
                return Ok(None);
            }
            Err(refusal) => return Err(no(path, &refusal)),
        };
        Ok(answer.0.code_info.map(|info| tx::hex(&info.data_hash)))
    }

    /// Gas that a transaction would use.
    pub fn simulate(&self, tx_bytes: Vec<u8>) -> Result<Result<u64, Refusal>, LiveError> {
        #[expect(deprecated, reason = "the message's other field")]
        let request = SimulateRequest { tx: None, tx_bytes };
        let path = "/cosmos.tx.v1beta1.Service/Simulate";
        let answer: (SimulateResponse, u64) = match self.ask(path, &request, None)? {
            Ok(answer) => answer,
            Err(refusal) if refusal.log.contains("unknown query path") => {
                return Err(LiveError::NoSimulation {
                    rpc: self.address().to_owned(),
                });
            }
            Err(refusal) => return Ok(Err(refusal)),
        };
        answer
            .0
            .gas_info
            .map(|info| Ok(info.gas_used))
            .ok_or_else(|| LiveError::Incomplete(format!("{path} without gas")))
    }

    /// Asks the application in protobuf; gives the height of the answer too.
    fn ask<A: Message + Default>(
        &self,
        path: &str,
        request: &impl Message,
        height: Option<u64>,
    ) -> Result<Result<(A, u64), Refusal>, LiveError> {
        let params = json!({
            "path": path,
            "data": tx::hex(&request.encode_to_vec()),
            "height": height.unwrap_or_default().to_string(),
            "prove": false,
        });
        let answer = self.read("abci_query", &params, |answer| {
            let response = answer.get("response")?;
            let code = response.get("code").map_or(Some(0), Value::as_u64)?;
            if code != 0 {
                let codespace = text(response, "/codespace").unwrap_or_default();
                let log = text(response, "/log").unwrap_or_default();
                return Some(Err(Refusal::new(codespace, u32::try_from(code).ok()?, log)));
            }
            let value = match response.get("value") {
                None | Some(Value::Null) => vec![],
                Some(value) => BASE64.decode(value.as_str()?).ok()?,
            };
            let height = text(response, "/height")?.parse().ok()?;
            Some(Ok(Answer { value, height }))
        })?;
        match answer {
            Ok(Answer { value, height }) => match A::decode(value.as_slice()) {
                Ok(answer) => Ok(Ok((answer, height))),
                Err(error) => Err(self
                    .rpc
                    .nonsense(path, &tx::hex(&value), &error.to_string())),
            },
            Err(refusal) if is_height(&refusal.log) => Err(no(path, &refusal)),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Asks, and asks again when no answer comes or it makes no sense.
    fn read<T>(
        &self,
        method: &str,
        params: &Value,
        pick: impl Fn(&Value) -> Option<T>,
    ) -> Result<T, LiveError> {
        let mut pause = Duration::from_millis(100);
        let mut left = self.retries;
        loop {
            let answer = self.rpc.call(method, params).and_then(|answer| {
                pick(&answer).ok_or_else(|| {
                    let shown = answer.to_string();
                    self.rpc.nonsense(method, &shown, "a part is missing")
                })
            });
            match answer {
                Err(
                    LiveError::Unreachable { .. }
                    | LiveError::Slow { .. }
                    | LiveError::Nonsense { .. },
                ) if left > 0 => {
                    left = left.saturating_sub(1);
                    thread::sleep(pause);
                    pause = pause.saturating_mul(2);
                }
                answer => return answer,
            }
        }
    }
}

/// Whether a refusal is about the height that was asked for rather than the question.
fn is_height(log: &str) -> bool {
    [
        "version does not exist",
        "height in the future",
        "failed to load state",
    ]
    .iter()
    .any(|words| log.contains(words))
}

fn no(path: &str, refusal: &Refusal) -> LiveError {
    LiveError::NodeSaysNo {
        method: path.to_owned(),
        message: refusal.log.clone(),
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

/// Seconds since 1970 of `2026-01-01T00:00:00.123Z`.
fn seconds(time: &str) -> Option<u64> {
    let time = OffsetDateTime::parse(time, &Rfc3339).ok()?;
    u64::try_from(time.unix_timestamp()).ok()
}

/// Reads an answer of a contract as a type.
pub fn typed<T: DeserializeOwned>(answer: Value) -> Result<T, LiveError> {
    serde_json::from_value(answer)
        .map_err(|error| LiveError::Incomplete(format!("an answer of another shape: {error}")))
}
