//! Messages, as protobuf for the chain and as JSON for its command.

use std::io::{self, Write};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use cosmos_sdk_proto::{
    Any,
    cosmos::{bank::v1beta1::MsgSend, base::v1beta1::Coin as ProtoCoin},
    cosmwasm::wasm::v1::{
        MsgExecuteContract, MsgInstantiateContract, MsgMigrateContract, MsgStoreCode,
        MsgUpdateAdmin,
    },
    traits::{Message, Name},
};
use cosmwasm_std::Coin;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

/// A message of a transaction. Addresses are addresses, not names.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// Stores a code.
    StoreCode {
        /// Who stores it.
        sender: String,
        /// The code, raw or gzipped.
        wasm: Vec<u8>,
    },
    /// Instantiates a contract.
    Instantiate {
        /// Who does, and becomes its creator.
        sender: String,
        /// Who may migrate it; nobody when it is none.
        admin: Option<String>,
        /// Its code.
        code_id: u64,
        /// What it is called in explorers.
        label: String,
        /// The message.
        msg: Value,
        /// What is sent along, sorted by denom.
        funds: Vec<Coin>,
    },
    /// Sends a message to a contract.
    Execute {
        /// Who sends it.
        sender: String,
        /// The contract.
        contract: String,
        /// The message.
        msg: Value,
        /// What is sent along, sorted by denom.
        funds: Vec<Coin>,
    },
    /// Gives a contract another code.
    Migrate {
        /// Its admin.
        sender: String,
        /// The contract.
        contract: String,
        /// The new code.
        code_id: u64,
        /// The message.
        msg: Value,
    },
    /// Makes somebody else the admin of a contract.
    UpdateAdmin {
        /// Its admin.
        sender: String,
        /// The contract.
        contract: String,
        /// Its admin to be.
        admin: String,
    },
    /// Sends native coins.
    BankSend {
        /// Who sends them.
        from: String,
        /// Who gets them.
        to: String,
        /// The coins, sorted by denom.
        coins: Vec<Coin>,
    },
}

impl Msg {
    /// A message to a contract.
    pub fn execute(
        sender: impl Into<String>,
        contract: impl Into<String>,
        msg: Value,
        funds: Vec<Coin>,
    ) -> Self {
        Self::Execute {
            sender: sender.into(),
            contract: contract.into(),
            msg,
            funds,
        }
    }

    /// As it goes over the wire.
    pub fn to_any(&self) -> Any {
        match self {
            Self::StoreCode { sender, wasm } => any(&MsgStoreCode {
                sender: sender.clone(),
                wasm_byte_code: wasm.clone(),
                instantiate_permission: None,
            }),
            Self::Instantiate {
                sender,
                admin,
                code_id,
                label,
                msg,
                funds,
            } => any(&MsgInstantiateContract {
                sender: sender.clone(),
                admin: admin.clone().unwrap_or_default(),
                code_id: *code_id,
                label: label.clone(),
                msg: bytes(msg),
                funds: proto_coins(funds),
            }),
            Self::Execute {
                sender,
                contract,
                msg,
                funds,
            } => any(&MsgExecuteContract {
                sender: sender.clone(),
                contract: contract.clone(),
                msg: bytes(msg),
                funds: proto_coins(funds),
            }),
            Self::Migrate {
                sender,
                contract,
                code_id,
                msg,
            } => any(&MsgMigrateContract {
                sender: sender.clone(),
                contract: contract.clone(),
                code_id: *code_id,
                msg: bytes(msg),
            }),
            Self::UpdateAdmin {
                sender,
                contract,
                admin,
            } => any(&MsgUpdateAdmin {
                sender: sender.clone(),
                new_admin: admin.clone(),
                contract: contract.clone(),
            }),
            Self::BankSend { from, to, coins } => any(&MsgSend {
                from_address: from.clone(),
                to_address: to.clone(),
                amount: proto_coins(coins),
            }),
        }
    }

    /// As the chain's command reads it in an unsigned transaction.
    pub fn to_json(&self) -> Value {
        match self {
            Self::StoreCode { sender, wasm } => json!({
                "@type": type_url::<MsgStoreCode>(),
                "sender": sender,
                "wasm_byte_code": BASE64.encode(wasm),
                "instantiate_permission": null,
            }),
            Self::Instantiate {
                sender,
                admin,
                code_id,
                label,
                msg,
                funds,
            } => json!({
                "@type": type_url::<MsgInstantiateContract>(),
                "sender": sender,
                "admin": admin.as_deref().unwrap_or_default(),
                "code_id": code_id.to_string(),
                "label": label,
                "msg": msg,
                "funds": funds,
            }),
            Self::Execute {
                sender,
                contract,
                msg,
                funds,
            } => json!({
                "@type": type_url::<MsgExecuteContract>(),
                "sender": sender,
                "contract": contract,
                "msg": msg,
                "funds": funds,
            }),
            Self::Migrate {
                sender,
                contract,
                code_id,
                msg,
            } => json!({
                "@type": type_url::<MsgMigrateContract>(),
                "sender": sender,
                "contract": contract,
                "code_id": code_id.to_string(),
                "msg": msg,
            }),
            Self::UpdateAdmin {
                sender,
                contract,
                admin,
            } => json!({
                "@type": type_url::<MsgUpdateAdmin>(),
                "sender": sender,
                "new_admin": admin,
                "contract": contract,
            }),
            Self::BankSend { from, to, coins } => json!({
                "@type": type_url::<MsgSend>(),
                "from_address": from,
                "to_address": to,
                "amount": coins,
            }),
        }
    }
}

/// A code as the chain stores it most cheaply: gzipped. The same code gives the same bytes.
pub fn gzipped(wasm: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(wasm)?;
    encoder.finish()
}

fn type_url<M: Name>() -> String {
    format!("/{}", M::full_name())
}

fn any<M: Message + Name>(msg: &M) -> Any {
    Any {
        type_url: type_url::<M>(),
        value: msg.encode_to_vec(),
    }
}

/// The bytes of a contract's message: the JSON on one line, as it stands in [`Msg::to_json`].
fn bytes(msg: &Value) -> Vec<u8> {
    msg.to_string().into_bytes()
}

pub(crate) fn proto_coins(coins: &[Coin]) -> Vec<ProtoCoin> {
    coins
        .iter()
        .map(|coin| ProtoCoin {
            denom: coin.denom.clone(),
            amount: coin.amount.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::coin;
    use rstest::rstest;

    fn execute() -> Msg {
        Msg::execute(
            "wasm1alice",
            "wasm1minter",
            json!({"zeta": {"b": "é\"<>", "a": 1}}),
            vec![coin(9_000_000, "ulife")],
        )
    }

    #[test]
    fn a_message_of_a_contract_goes_out_letter_by_letter() {
        let any = execute().to_any();
        assert_eq!(any.type_url, "/cosmwasm.wasm.v1.MsgExecuteContract");
        let sent = MsgExecuteContract::decode(any.value.as_slice()).unwrap();
        assert_eq!(sent.sender, "wasm1alice");
        assert_eq!(sent.contract, "wasm1minter");
        assert_eq!(
            String::from_utf8(sent.msg).unwrap(),
            r#"{"zeta":{"b":"é\"<>","a":1}}"#
        );
        assert_eq!(sent.funds[0].amount, "9000000");
        assert_eq!(sent.funds[0].denom, "ulife");
    }

    #[test]
    fn json_is_what_the_chains_command_reads() {
        assert_eq!(
            execute().to_json(),
            json!({
                "@type": "/cosmwasm.wasm.v1.MsgExecuteContract",
                "sender": "wasm1alice",
                "contract": "wasm1minter",
                "msg": {"zeta": {"b": "é\"<>", "a": 1}},
                "funds": [{"denom": "ulife", "amount": "9000000"}],
            })
        );
        let store = Msg::StoreCode {
            sender: "wasm1d".into(),
            wasm: vec![0, 255],
        };
        assert_eq!(store.to_json()["wasm_byte_code"], "AP8=");
        let instantiate = Msg::Instantiate {
            sender: "wasm1d".into(),
            admin: None,
            code_id: 7,
            label: "oracle".into(),
            msg: json!({}),
            funds: vec![],
        };
        assert_eq!(instantiate.to_json()["code_id"], "7");
        assert_eq!(instantiate.to_json()["admin"], "");
    }

    #[rstest]
    #[case(Msg::BankSend { from: "a".into(), to: "b".into(), coins: vec![] }, "/cosmos.bank.v1beta1.MsgSend")]
    #[case(Msg::UpdateAdmin { sender: "a".into(), contract: "c".into(), admin: "b".into() }, "/cosmwasm.wasm.v1.MsgUpdateAdmin")]
    #[case(Msg::Migrate { sender: "a".into(), contract: "c".into(), code_id: 1, msg: json!({}) }, "/cosmwasm.wasm.v1.MsgMigrateContract")]
    #[case(Msg::StoreCode { sender: "a".into(), wasm: vec![] }, "/cosmwasm.wasm.v1.MsgStoreCode")]
    fn both_forms_have_the_same_type(#[case] msg: Msg, #[case] url: &str) {
        assert_eq!(msg.to_any().type_url, url);
        assert_eq!(msg.to_json()["@type"], url);
    }

    #[test]
    fn gzip_is_the_same_each_time() {
        let wasm = b"\0asm\x01\0\0\0".repeat(100);
        let packed = gzipped(&wasm).unwrap();
        assert_eq!(packed, gzipped(&wasm).unwrap());
        assert!(packed.len() < wasm.len());
        assert_eq!(packed[..2], [0x1f, 0x8b]);
    }
}
