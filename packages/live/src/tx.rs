//! Transactions before and after.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use cosmos_sdk_proto::{
    Any,
    cosmos::{
        base::abci::v1beta1::TxMsgData,
        crypto::secp256k1::PubKey,
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
        Some(decode(&self.bytes)?.messages)
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
        self.raw(None, SignMode::Direct, sequence, vec![])
    }

    /// As it goes over the wire: these very messages, under the signature and the public key of a
    /// JSON that the chain's command has signed. A signature of anything else does not fit, and
    /// the chain refuses it. An error names the part of the JSON that is not as it must be.
    pub fn signed(&self, json: &Value, sequence: u64) -> Result<Vec<u8>, &'static str> {
        let one = |pointer: &str| match json.pointer(pointer)?.as_array()?.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        };
        let signer = one("/auth_info/signer_infos").ok_or("signer")?;
        let text = |pointer: &str| signer.pointer(pointer).and_then(Value::as_str);
        if text("/sequence").and_then(|text| text.parse().ok()) != Some(sequence) {
            return Err("sequence");
        }
        let mode = text("/mode_info/single/mode")
            .and_then(SignMode::from_str_name)
            .ok_or("mode")?;
        let key = text("/public_key/key")
            .and_then(|key| BASE64.decode(key).ok())
            .ok_or("public key")?;
        let public_key = Any {
            type_url: text("/public_key/@type").ok_or("public key")?.to_owned(),
            // Public keys of one account have one field, whatever their curve.
            value: PubKey { key }.encode_to_vec(),
        };
        let signature = one("/signatures")
            .and_then(|signature| BASE64.decode(signature.as_str()?).ok())
            .ok_or("signature")?;
        Ok(self.raw(Some(public_key), mode, sequence, signature))
    }

    fn raw(
        &self,
        public_key: Option<Any>,
        mode: SignMode,
        sequence: u64,
        signature: Vec<u8>,
    ) -> Vec<u8> {
        let auth = AuthInfo {
            signer_infos: vec![SignerInfo {
                public_key,
                mode_info: Some(ModeInfo {
                    sum: Some(Sum::Single(Single { mode: mode.into() })),
                }),
                sequence,
            }],
            fee: Some(self.proto_fee()),
            ..AuthInfo::default()
        };
        TxRaw {
            body_bytes: self.body().encode_to_vec(),
            auth_info_bytes: auth.encode_to_vec(),
            signatures: vec![signature],
        }
        .encode_to_vec()
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

fn decode(bytes: &[u8]) -> Option<TxBody> {
    let raw = TxRaw::decode(bytes).ok()?;
    TxBody::decode(raw.body_bytes.as_slice()).ok()
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

    /// What `wasmd tx sign` made of it.
    fn signed_json() -> Value {
        json!({
            "body": {"messages": []},
            "auth_info": {
                "signer_infos": [{
                    "public_key": {
                        "@type": "/cosmos.crypto.secp256k1.PubKey",
                        "key": "Ak9OKtmcNNYLm6YoPJQxqEGK+GcyEpYfl6d7Y3f80Fti",
                    },
                    "mode_info": {"single": {"mode": "SIGN_MODE_DIRECT"}},
                    "sequence": "5",
                }],
            },
            "signatures": ["DF1Vs2eDDMosgc+Dle+ZjeCXLguIC1a27Fep7KFZuD8e3bNiqo5gO4LwK9CPR49vf6OViWe+ptFa5EXsOTvqnw=="],
        })
    }

    /// The bytes are those that `wasmd tx encode` makes of the signed JSON.
    #[test]
    fn a_signed_transaction_is_the_one_that_was_asked_for() {
        let faucet = "wasm19rl4cm2hmr8afy4kldpxz3fka4jguq0akuugk7";
        let tx = Unsigned {
            msgs: vec![Msg::BankSend {
                from: faucet.into(),
                to: faucet.into(),
                coins: vec![coin(1, "stake")],
            }],
            fee: vec![],
            gas_limit: 50_000_000,
            timeout_height: 900,
            memo: String::new(),
        };
        let encoded = "CowBCoYBChwvY29zbW9zLmJhbmsudjFiZXRhMS5Nc2dTZW5kEmYKK3dhc20xOXJsNGNtMmhtcjhhZnk0a2xkcHh6M2ZrYTRqZ3VxMGFrdXVnazcSK3dhc20xOXJsNGNtMmhtcjhhZnk0a2xkcHh6M2ZrYTRqZ3VxMGFrdXVnazcaCgoFc3Rha2USATEYhAcSWQpQCkYKHy9jb3Ntb3MuY3J5cHRvLnNlY3AyNTZrMS5QdWJLZXkSIwohAk9OKtmcNNYLm6YoPJQxqEGK+GcyEpYfl6d7Y3f80FtiEgQKAggBGAUSBRCA4esXGkAMXVWzZ4MMyiyBz4OV75mN4JcuC4gLVrbsV6nsoVm4Px7ds2KqjmA7gvAr0I9Hj29/o5WJZ76m0VrkRew5O+qf";
        let signed = tx.signed(&signed_json(), 5).unwrap();
        assert_eq!(BASE64.encode(signed), encoded);
    }

    #[rstest]
    #[case::sequence("/auth_info/signer_infos/0/sequence", json!("6"), "sequence")]
    #[case::signer("/auth_info/signer_infos", json!([]), "signer")]
    #[case::two("/signatures", json!(["AA==", "AA=="]), "signature")]
    #[case::no_base64("/signatures/0", json!("!"), "signature")]
    #[case::mode("/auth_info/signer_infos/0/mode_info", json!({"multi": {}}), "mode")]
    #[case::multisig("/auth_info/signer_infos/0/public_key", json!({"@type": "x", "public_keys": []}), "public key")]
    fn what_is_not_signed_as_it_must_be_is_named(
        #[case] pointer: &str,
        #[case] value: Value,
        #[case] part: &str,
    ) {
        let mut json = signed_json();
        *json.pointer_mut(pointer).unwrap() = value;
        assert_eq!(unsigned().signed(&json, 5), Err(part));
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
