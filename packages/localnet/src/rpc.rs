//! The little that is asked of a node: CometBFT's RPC over plain HTTP on loopback.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use ureq::Agent;

use crate::error::{Error, Result};

const TIMEOUT: Duration = Duration::from_secs(5);

/// One node's RPC.
#[derive(Clone, Debug)]
pub struct Rpc {
    url: String,
    agent: Agent,
}

/// How far a node is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Sync {
    /// The newest block.
    #[serde(rename = "latest_block_height", deserialize_with = "number")]
    pub height: u64,
    /// The app hash in that block's header: of the state after the block before it.
    #[serde(rename = "latest_app_hash")]
    pub app_hash: String,
    /// Whether it still loads blocks that others have.
    pub catching_up: bool,
}

#[derive(Deserialize)]
struct Answer<T> {
    result: Option<T>,
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Status {
    sync_info: Sync,
}

#[derive(Deserialize)]
struct NetInfo {
    #[serde(deserialize_with = "number")]
    n_peers: u64,
}

#[derive(Deserialize)]
struct HeaderAnswer {
    header: Header,
}

#[derive(Deserialize)]
struct Header {
    app_hash: String,
}

impl Rpc {
    /// The RPC at this port.
    pub fn at(port: u16) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            // Whatever the environment says: this is loopback.
            .proxy(None)
            .build()
            .new_agent();
        Self {
            url: format!("http://127.0.0.1:{port}"),
            agent,
        }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How far the node is.
    pub fn sync(&self) -> Result<Sync> {
        let status: Status = self.get("status")?;
        Ok(status.sync_info)
    }

    /// With how many others it is connected.
    pub fn peers(&self) -> Result<u64> {
        let info: NetInfo = self.get("net_info")?;
        Ok(info.n_peers)
    }

    /// The app hash in the header of the block at this height, in capital hex digits.
    pub fn app_hash(&self, height: u64) -> Result<String> {
        let answer: HeaderAnswer = self.get(&format!("header?height={height}"))?;
        Ok(answer.header.app_hash)
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let url = format!("{}/{path}", self.url);
        let failed = |why: String| Error::Rpc {
            url: url.clone(),
            why,
        };
        let mut response = self
            .agent
            .get(&url)
            .call()
            .map_err(|error| failed(error.to_string()))?;
        let answer: Answer<T> = response
            .body_mut()
            .read_json()
            .map_err(|error| failed(error.to_string()))?;
        match answer {
            Answer {
                result: Some(result),
                ..
            } => Ok(result),
            Answer { error, .. } => Err(failed(
                error.map_or_else(|| "no result".to_owned(), |error| error.to_string()),
            )),
        }
    }
}

/// CometBFT writes numbers of 64 bits as texts.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
    };

    /// A port that answers one request with this body.
    fn answering(body: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).unwrap();
            let length = body.len();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
            write!(stream, "{head}\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
        });
        port
    }

    #[test]
    fn a_status_is_read() {
        let body = r#"{"jsonrpc":"2.0","id":-1,"result":{"node_info":{"id":"x"},"sync_info":
            {"latest_app_hash":"AB","latest_block_height":"17","catching_up":false}}}"#;
        let sync = Rpc::at(answering(body)).sync().unwrap();
        let expected = Sync {
            height: 17,
            app_hash: "AB".to_owned(),
            catching_up: false,
        };
        assert_eq!(sync, expected);
    }

    #[test]
    fn an_error_is_told() {
        let body = r#"{"jsonrpc":"2.0","id":-1,"error":{"code":-32603,"message":"Internal error",
            "data":"height 9 must be less than or equal to the current blockchain height 2"}}"#;
        let error = Rpc::at(answering(body)).app_hash(9).unwrap_err();
        assert!(error.to_string().contains("header?height=9"), "{error}");
        assert!(error.to_string().contains("current blockchain"), "{error}");
    }
}
