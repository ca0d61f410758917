//! Transactions before and after.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use cosmos_sdk_proto::{
    Any,
    cosmos::{
        base::abci::v1beta1::TxMsgData,
        tx::{
            signing::v1beta1::SignMode,
            v1beta1::{
                AuthInfo, Fee, ModeInfo, SignerInfo, TxBody, TxRaw,
                mode_info::{Single, Sum},
            },
        },
    },
    cosmwasm::wasm::v1::{MsgInstantiateContractResponse, MsgStoreCodeResponse},
    traits::Message,
};
use cosmwasm_std::{Coin, Event};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{Msg, Refusal, refusal::RefusedTx};

/// A transaction that landed and did what it says, or one that was refused.
pub type Outcome = Result<TxResult, Refusal>;

/// A transaction that landed and did what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct TxResult {
    /// Its hash, in upper-case hexadecimal digits.
    pub hash: String,
    /// The block it landed in.
    pub height: u64,
    /// Gas it might have used.
    pub gas_wanted: u64,
    /// Gas it used.
    pub gas_used: u64,
    /// What happened in its messages, in order.
    pub events: Vec<MsgEvent>,
    /// What each message answered, in protobuf.
    pub responses: Vec<Any>,
}

/// An event of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct MsgEvent {
    /// Which message of the transaction; none for fees and signatures.
    pub msg_index: Option<usize>,
    /// What happened.
    pub event: Event,
}

impl TxResult {
    /// What happened in all messages, in order, without fees and signatures.
    pub fn msg_events(&self) -> Vec<Event> {
        self.events
            .iter()
            .filter(|event| event.msg_index.is_some())
            .map(|event| event.event.clone())
            .collect()
    }

    /// Id of the code that a message stored.
    pub fn code_id(&self, msg_index: usize) -> Option<u64> {
        let answer = self.responses.get(msg_index)?;
        let answer = MsgStoreCodeResponse::decode(answer.value.as_slice()).ok()?;
        Some(answer.code_id)
    }

    /// Address of the contract that a message instantiated.
    pub fn address(&self, msg_index: usize) -> Option<String> {
        let answer = self.responses.get(msg_index)?;
        let answer = MsgInstantiateContractResponse::decode(answer.value.as_slice()).ok()?;
        Some(answer.address)
    }
}

/// A transaction that has been signed, and may be on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Its hash, in upper-case hexadecimal digits.
    pub hash: String,
    /// Address of its sender.
    pub sender: String,
    /// Which of its sender's transactions it is.
    pub sequence: u64,
    /// The last block when it was signed.
    pub sent_height: u64,
    /// The last block it can land in.
    pub timeout_height: u64,
}

/// A transaction that is in a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Landed {
    /// As it went over the wire.
    pub bytes: Vec<u8>,
    /// What came of it.
    pub outcome: Outcome,
}

impl Landed {
    /// From the result that a node gives.
    pub(crate) fn read(bytes: Vec<u8>, height: u64, result: &Value) -> Option<Self> {
        let number = |key: &str| match result.get(key) {
            Some(Value::String(text)) => text.parse().ok(),
            Some(number) => number.as_u64(),
            None => Some(0),
        };
        let text = |key: &str| {
            result
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let code = u32::try_from(number("code")?).ok()?;
        let hash = hash(&bytes);
        if code != 0 {
            let refusal = Refusal {
                landed: Some(Box::new(RefusedTx {
                    hash,
                    height,
                    gas_wanted: number("gas_wanted")?,
                    gas_used: number("gas_used")?,
                })),
                ..Refusal::new(&text("codespace"), code, &text("log"))
            };
            return Some(Self {
                bytes,
                outcome: Err(refusal),
            });
        }
        let data = BASE64.decode(text("data")).ok()?;
        let data = TxMsgData::decode(data.as_slice()).ok()?;
        let events = match result.get("events") {
            None | Some(Value::Null) => vec![],
            Some(events) => events
                .as_array()?
                .iter()
                .map(msg_event)
                .collect::<Option<_>>()?,
        };
        let result = TxResult {
            hash,
            height,
            gas_wanted: number("gas_wanted")?,
            gas_used: number("gas_used")?,
            events,
            responses: data.msg_responses,
        };
        Some(Self {
            bytes,
            outcome: Ok(result),
        })
    }

    /// Its messages.
    pub fn messages(&self) -> Option<Vec<Any>> {
        Some(decode(&self.bytes)?.0.messages)
    }
}

fn msg_event(event: &Value) -> Option<MsgEvent> {
    let mut msg_index = None;
    let mut out = Event::new(event.get("type")?.as_str()?);
    let attributes = event.get("attributes").and_then(Value::as_array);
    for attribute in attributes.into_iter().flatten() {
        let key = attribute.get("key")?.as_str()?;
        let value = attribute.get("value").and_then(Value::as_str);
        let value = value.unwrap_or_default();
        if key == "msg_index" {
            msg_index = value.parse().ok();
        } else {
            // Some keys of the chain begin with `_`, which `add_attribute` refuses.
            out.attributes.push(cosmwasm_std::Attribute {
                key: key.to_owned(),
                value: value.to_owned(),
            });
        }
    }
    Some(MsgEvent {
        msg_index,
        event: out,
    })
}

/// A transaction that is not signed yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Unsigned {
    /// Its messages.
    pub msgs: Vec<Msg>,
    /// What it pays.
    pub fee: Vec<Coin>,
    /// Gas it may use.
    pub gas_limit: u64,
    /// The last block it may land in; 0 for any.
    pub timeout_height: u64,
    /// A note that everybody can read.
    pub memo: String,
}

impl Unsigned {
    /// As the chain's command reads it.
    pub fn to_json(&self) -> Value {
        let msgs: Vec<Value> = self.msgs.iter().map(Msg::to_json).collect();
        json!({
            "body": {
                "messages": msgs,
                "memo": self.memo,
                "timeout_height": self.timeout_height.to_string(),
                "extension_options": [],
                "non_critical_extension_options": [],
            },
            "auth_info": {
                "signer_infos": [],
                "fee": {
                    "amount": self.fee,
                    "gas_limit": self.gas_limit.to_string(),
                    "payer": "",
                    "granter": "",
                },
            },
            "signatures": [],
        })
    }

    /// As a simulation takes it: with an empty signature.
    pub fn to_simulate(&self, sequence: u64) -> Vec<u8> {
        let mode = Single {
            mode: SignMode::Direct.into(),
        };
        let auth = AuthInfo {
            signer_infos: vec![SignerInfo {
                public_key: None,
                mode_info: Some(ModeInfo {
                    sum: Some(Sum::Single(mode)),
                }),
                sequence,
            }],
            fee: Some(self.proto_fee()),
            ..AuthInfo::default()
        };
        TxRaw {
            body_bytes: self.body().encode_to_vec(),
            auth_info_bytes: auth.encode_to_vec(),
            signatures: vec![vec![]],
        }
        .encode_to_vec()
    }

    /// Whether a signed transaction is this one, as that transaction of its sender; else what
    /// differs.
    pub fn matches(&self, signed: &[u8], sequence: u64) -> Result<(), &'static str> {
        let (body, auth) = decode(signed).ok_or("form")?;
        let wanted = self.body();
        if body.messages != wanted.messages {
            return Err("message");
        }
        if body != wanted {
            return Err("timeout or memo");
        }
        if auth.fee != Some(self.proto_fee()) {
            return Err("fee");
        }
        match auth.signer_infos.as_slice() {
            [signer] if signer.sequence == sequence => Ok(()),
            _ => Err("sequence"),
        }
    }

    fn body(&self) -> TxBody {
        TxBody {
            messages: self.msgs.iter().map(Msg::to_any).collect(),
            memo: self.memo.clone(),
            timeout_height: self.timeout_height,
            ..TxBody::default()
        }
    }

    fn proto_fee(&self) -> Fee {
        Fee {
            amount: crate::msg::proto_coins(&self.fee),
            gas_limit: self.gas_limit,
            payer: String::new(),
            granter: String::new(),
        }
    }
}

fn decode(bytes: &[u8]) -> Option<(TxBody, AuthInfo)> {
    let raw = TxRaw::decode(bytes).ok()?;
    let body = TxBody::decode(raw.body_bytes.as_slice()).ok()?;
    let auth = AuthInfo::decode(raw.auth_info_bytes.as_slice()).ok()?;
    Some((body, auth))
}

/// The hash by which the chain knows a transaction: SHA-256, in upper-case hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)).to_uppercase()
}

/// SHA-256 of a code, in lower-case hexadecimal digits.
pub fn checksum(wasm: &[u8]) -> String {
    hex(&Sha256::digest(wasm))
}

/// Bytes in lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a hash; none when it is none.
pub(crate) fn hash_bytes(hash: &str) -> Option<Vec<u8>> {
    if hash.len() != 64 || !hash.is_ascii() {
        return None;
    }
    (0..32)
        .map(|at: usize| {
            let from = at.saturating_mul(2);
            let digits = hash.get(from..from.saturating_add(2))?;
            u8::from_str_radix(digits, 16).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::coin;
    use rstest::rstest;

    fn unsigned() -> Unsigned {
        Unsigned {
            msgs: vec![Msg::execute("a", "c", json!({"x": {}}), vec![])],
            fee: vec![coin(5, "ustake")],
            gas_limit: 200_000,
            timeout_height: 77,
            memo: String::new(),
        }
    }

    #[test]
    fn json_has_numbers_as_texts() {
        let json = unsigned().to_json();
        assert_eq!(json["body"]["timeout_height"], "77");
        assert_eq!(json["auth_info"]["fee"]["gas_limit"], "200000");
        assert_eq!(
            json["auth_info"]["fee"]["amount"],
            json!([{"denom": "ustake", "amount": "5"}])
        );
        assert_eq!(json["body"]["messages"][0]["msg"], json!({"x": {}}));
    }

    #[rstest]
    #[case::same(|_: &mut Unsigned| {}, 3, Ok(()))]
    #[case::message(|tx: &mut Unsigned| tx.msgs = vec![Msg::execute("a", "c", json!({"y": {}}), vec![])], 3, Err("message"))]
    #[case::twice(|tx: &mut Unsigned| { let msg = tx.msgs[0].clone(); tx.msgs.push(msg); }, 3, Err("message"))]
    #[case::timeout(|tx: &mut Unsigned| tx.timeout_height = 0, 3, Err("timeout or memo"))]
    #[case::memo(|tx: &mut Unsigned| tx.memo = "x".into(), 3, Err("timeout or memo"))]
    #[case::fee(|tx: &mut Unsigned| tx.fee = vec![coin(6, "ustake")], 3, Err("fee"))]
    #[case::gas(|tx: &mut Unsigned| tx.gas_limit = 1, 3, Err("fee"))]
    #[case::sequence(|_: &mut Unsigned| {}, 4, Err("sequence"))]
    fn what_was_signed_is_compared_with_what_was_asked(
        #[case] change: impl FnOnce(&mut Unsigned),
        #[case] sequence: u64,
        #[case] verdict: Result<(), &str>,
    ) {
        let mut other = unsigned();
        change(&mut other);
        let signed = other.to_simulate(sequence);
        assert_eq!(unsigned().matches(&signed, 3), verdict);
    }

    #[test]
    fn rubbish_is_no_transaction() {
        assert_eq!(unsigned().matches(b"\xff\xff", 3), Err("form"));
    }

    #[test]
    fn a_hash_and_back() {
        let hash = hash(b"abc");
        assert_eq!(
            hash,
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
        );
        assert_eq!(hex(&hash_bytes(&hash).unwrap()), hash.to_lowercase());
        assert_eq!(hash_bytes("abc"), None);
        assert_eq!(hash_bytes(&"é".repeat(32)), None);
    }

    #[test]
    fn a_result_is_read() {
        let data = TxMsgData {
            msg_responses: vec![Any {
                type_url: "/cosmwasm.wasm.v1.MsgStoreCodeResponse".into(),
                value: MsgStoreCodeResponse {
                    code_id: 9,
                    checksum: vec![1],
                }
                .encode_to_vec(),
            }],
            ..TxMsgData::default()
        };
        let result = json!({
            "code": 0,
            "data": BASE64.encode(data.encode_to_vec()),
            "gas_wanted": "10",
            "gas_used": "7",
            "events": [
                {"type": "tx", "attributes": [{"key": "fee", "value": null, "index": true}]},
                {"type": "wasm", "attributes": [
                    {"key": "_contract_address", "value": "c"},
                    {"key": "msg_index", "value": "0"},
                ]},
            ],
        });
        let landed = Landed::read(vec![1, 2], 5, &result).unwrap();
        let result = landed.outcome.unwrap();
        assert_eq!(
            (result.height, result.gas_used, result.gas_wanted),
            (5, 7, 10)
        );
        assert_eq!(result.code_id(0), Some(9));
        assert_eq!(result.code_id(1), None);
        let events = result.msg_events();
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].attributes.len(), 1);
        assert_eq!(result.events[0].msg_index, None);
    }

    #[test]
    fn a_refused_one_says_where_it_landed() {
        let result = json!({
            "code": 5, "codespace": "wasm", "gas_used": "99", "gas_wanted": "100", "data": null,
            "log": "failed to execute message; message index: 0: NotWeak: x: execute wasm contract failed",
        });
        let landed = Landed::read(vec![1], 5, &result).unwrap();
        let refusal = landed.outcome.unwrap_err();
        assert_eq!(refusal.name.as_deref(), Some("NotWeak"));
        let at = refusal.landed.unwrap();
        assert_eq!((at.height, at.gas_used, at.gas_wanted), (5, 99, 100));
        assert_eq!(at.hash, hash(&[1]));
    }
}
