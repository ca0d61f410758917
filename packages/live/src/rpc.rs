//! JSON-RPC over HTTP.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

use crate::LiveError;

/// The most bytes of an answer: a block full of codes.
const MAX_ANSWER: u64 = 64 * 1024 * 1024;

/// A node's JSON-RPC.
pub(crate) struct Rpc {
    agent: Agent,
    address: String,
    time: Duration,
}

impl Rpc {
    pub fn new(address: &str, time: Duration) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(Some(time))
            // What a node has against a request stands in the body.
            .http_status_as_error(false)
            .build()
            .new_agent();
        Self {
            agent,
            address: address.to_owned(),
            time,
        }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Asks once.
    pub fn call(&self, method: &str, params: &Value) -> Result<Value, LiveError> {
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let mut answer = self
            .agent
            .post(&self.address)
            .send_json(&request)
            .map_err(|error| self.fault(method, &error))?;
        let status = answer.status();
        let text = answer
            .body_mut()
            .with_config()
            .limit(MAX_ANSWER)
            .read_to_string()
            .map_err(|error| self.fault(method, &error))?;
        let answer: Value = serde_json::from_str(&text).map_err(|error| {
            let problem = format!("not JSON ({error}), HTTP status {}", status.as_u16());
            self.nonsense(method, &text, &problem)
        })?;
        if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
            return Err(LiveError::NodeSaysNo {
                method: method.to_owned(),
                message: said(error),
            });
        }
        match answer {
            Value::Object(mut fields) if fields.contains_key("result") => {
                Ok(fields.remove("result").unwrap_or_default())
            }
            _ => Err(self.nonsense(method, &text, "it has no result")),
        }
    }

    /// An answer that is not what it should be.
    pub fn nonsense(&self, method: &str, answer: &str, problem: &str) -> LiveError {
        let shown: String = answer.chars().take(120).collect();
        LiveError::Nonsense {
            rpc: self.address.clone(),
            method: method.to_owned(),
            answer: format!("{shown:?}"),
            problem: problem.to_owned(),
        }
    }

    fn fault(&self, method: &str, error: &ureq::Error) -> LiveError {
        match error {
            ureq::Error::Timeout(_) => LiveError::Slow {
                rpc: self.address.clone(),
                method: method.to_owned(),
                secs: self.time.as_secs(),
            },
            ureq::Error::Protocol(_) => self.nonsense(method, "", &error.to_string()),
            other => LiveError::Unreachable {
                rpc: self.address.clone(),
                error: other.to_string(),
            },
        }
    }
}

/// `message: data` of a JSON-RPC error.
fn said(error: &Value) -> String {
    let part = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
    match (part("message"), part("data")) {
        ("", "") => error.to_string(),
        (message, "") => message.to_owned(),
        ("", data) => data.to_owned(),
        (message, data) => format!("{message}: {data}"),
    }
}
