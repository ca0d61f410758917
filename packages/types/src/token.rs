//! A token that moves: a native denom or a cw20.

use std::fmt;

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Api, BankMsg, Binary, Coin, CosmosMsg, QuerierWrapper, StdResult, Uint128, WasmMsg,
    to_json_binary,
};
use cw20::{Cw20Coin, MinterResponse};

use crate::address::{self, InvalidAddress};

/// A native denom or a cw20 contract.
#[cw_serde]
#[derive(Eq, PartialOrd, Ord)]
pub enum TokenBase<A> {
    /// A denom of the chain's bank.
    Native(String),
    /// The address of a cw20 contract.
    Cw20(A),
}

/// A token as it arrives in a message.
pub type TokenUnchecked = TokenBase<String>;
/// A token whose address is known to be valid.
pub type Token = TokenBase<Addr>;

impl TokenUnchecked {
    /// Validates the address of a cw20. A denom is taken as it is.
    pub fn check(&self, api: &dyn Api) -> Result<Token, InvalidAddress> {
        Ok(match self {
            Self::Native(denom) => Token::Native(denom.clone()),
            Self::Cw20(address) => Token::Cw20(address::valid(api, address)?),
        })
    }
}

impl Token {
    /// The key under which a contract keeps what it knows of the token.
    pub fn key(&self) -> String {
        self.to_string()
    }

    /// Sends `amount` to `recipient`.
    pub fn transfer(&self, recipient: &Addr, amount: Uint128) -> StdResult<CosmosMsg> {
        Ok(match self {
            Self::Native(denom) => BankMsg::Send {
                to_address: recipient.to_string(),
                amount: vec![Coin {
                    denom: denom.clone(),
                    amount,
                }],
            }
            .into(),
            Self::Cw20(contract) => cw20_message(
                contract,
                &Cw20Msg::Transfer {
                    recipient: recipient.to_string(),
                    amount,
                },
            )?,
        })
    }

    /// Sends `amount` to a contract with a message: funds beside it for a native denom, a cw20
    /// `send` with `hook` else.
    pub fn send(
        &self,
        contract: &Addr,
        amount: Uint128,
        execute: Binary,
        hook: Binary,
    ) -> StdResult<CosmosMsg> {
        Ok(match self {
            Self::Native(denom) => WasmMsg::Execute {
                contract_addr: contract.to_string(),
                msg: execute,
                funds: vec![Coin {
                    denom: denom.clone(),
                    amount,
                }],
            }
            .into(),
            Self::Cw20(token) => cw20_message(
                token,
                &Cw20Msg::Send {
                    contract: contract.to_string(),
                    amount,
                    msg: hook,
                },
            )?,
        })
    }

    /// What `holder` has of it: one query of the bank or of the cw20.
    pub fn balance(&self, querier: &QuerierWrapper, holder: &Addr) -> StdResult<Uint128> {
        match self {
            Self::Native(denom) => Ok(querier.query_balance(holder, denom)?.amount),
            Self::Cw20(contract) => querier
                .query_wasm_smart::<cw20::BalanceResponse>(
                    contract,
                    &cw20::Cw20QueryMsg::Balance {
                        address: holder.to_string(),
                    },
                )
                .map(|response| response.balance),
        }
    }
}

/// What Ballast's contracts tell a cw20: the messages of these names in the standard's
/// [`Cw20ExecuteMsg`](cw20::Cw20ExecuteMsg). What they never send would be in their code all the same.
#[cw_serde]
pub enum Cw20Msg {
    /// Moves tokens.
    Transfer {
        /// Who gets them.
        recipient: String,
        /// Base units.
        amount: Uint128,
    },
    /// Moves tokens to a contract, with a message.
    Send {
        /// Who gets them.
        contract: String,
        /// Base units.
        amount: Uint128,
        /// What the contract is told.
        msg: Binary,
    },
    /// Makes tokens.
    Mint {
        /// Who gets them.
        recipient: String,
        /// Base units.
        amount: Uint128,
    },
    /// Ends tokens of the sender.
    Burn {
        /// Base units.
        amount: Uint128,
    },
}

/// A message to a cw20 without funds.
pub fn cw20_message(contract: &Addr, msg: &Cw20Msg) -> StdResult<CosmosMsg> {
    Ok(WasmMsg::Execute {
        contract_addr: contract.to_string(),
        msg: to_json_binary(msg)?,
        funds: vec![],
    }
    .into())
}

/// What cw20-base takes at its instantiation.
#[cw_serde]
pub struct Cw20Instantiate {
    /// 3 to 50 bytes.
    pub name: String,
    /// 3 to 12 letters or `-`.
    pub symbol: String,
    /// Its decimals.
    pub decimals: u8,
    /// Nobody's, here.
    pub initial_balances: Vec<Cw20Coin>,
    /// Who may mint.
    pub mint: Option<MinterResponse>,
}

impl Cw20Instantiate {
    /// A token that `minter` alone mints, without a cap.
    pub fn minted_by(minter: &Addr, name: String, symbol: String, decimals: u8) -> Self {
        Self {
            name,
            symbol,
            decimals,
            initial_balances: vec![],
            mint: Some(MinterResponse {
                minter: minter.to_string(),
                cap: None,
            }),
        }
    }

    /// The message that makes it. It has no admin: a token that can be migrated can be made to
    /// print.
    pub fn message(&self, code_id: u64, label: String) -> StdResult<WasmMsg> {
        Ok(WasmMsg::Instantiate {
            admin: None,
            code_id,
            msg: to_json_binary(self)?,
            funds: vec![],
            label,
        })
    }
}

/// Whether cw20-base takes this name. It says so too, but not of which token.
pub fn is_cw20_name(name: &str) -> bool {
    (3..=50).contains(&name.len())
}

/// Whether cw20-base takes this symbol.
pub fn is_cw20_symbol(symbol: &str) -> bool {
    (3..=12).contains(&symbol.len())
        && symbol
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
}

impl<A: fmt::Display> fmt::Display for TokenBase<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Native(denom) => write!(f, "native:{denom}"),
            Self::Cw20(address) => write!(f, "cw20:{address}"),
        }
    }
}
