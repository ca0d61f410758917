//! What the contract tells the pool manager, and what it does with the answers.
//!
//! What is to be paid is taken out of the books before the message leaves. What the manager did not
//! pay, for want of credit or because it refused, the reply writes back.

use ballast_kit::reply;
use ballast_math::MathError;
use ballast_types::{
    market::{DepositMarketUsd, ManagerHook, ManagerMsg, Paid, PayFees, WithdrawMarketUsd},
    pool_manager::{CreditResponse, QueryMsg},
    token::{Cw20Msg, cw20_message},
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, CosmosMsg, DepsMut, Env, QuerierWrapper, Reply, ReplyOn, Response, StdResult, SubMsg,
    SubMsgResult, Uint128, WasmMsg, from_json, to_json_binary,
};

use crate::{
    ContractError, events,
    state::{Books, Config, Position},
};

/// The reply to a payment.
pub const PAYMENT: u64 = 1;

/// To whom something is paid.
#[cw_serde]
pub enum Payee {
    /// A trader, what he is owed.
    Trader(Addr),
    /// The pools, fees.
    Pools,
}

/// A payment that the manager was asked for: it travels with the submessage, not through the storage.
#[cw_serde]
pub struct Payment {
    /// The market.
    pub market_ref: String,
    /// To whom.
    pub payee: Payee,
    /// What was taken out of the books.
    pub amount: Uint128,
    /// Whether the message was sent for this alone, and fails where nothing is paid.
    pub alone: bool,
}

impl Payment {
    /// The submessage, or none when there is nothing to pay.
    ///
    /// One that goes with a sale never fails it: closing needs neither credit nor a manager that
    /// is willing.
    pub fn message(&self, config: &Config) -> StdResult<Option<SubMsg>> {
        if self.amount.is_zero() {
            return Ok(None);
        }
        let (market_ref, amount) = (self.market_ref.clone(), self.amount);
        let msg = match &self.payee {
            Payee::Trader(account) => ManagerMsg::WithdrawMarketUsd(WithdrawMarketUsd {
                market_ref,
                amount,
                recipient: account.to_string(),
                or_less: true,
            }),
            Payee::Pools => ManagerMsg::PayFees(PayFees {
                market_ref,
                amount,
                or_less: true,
            }),
        };
        let execute = WasmMsg::Execute {
            contract_addr: config.manager.to_string(),
            msg: to_json_binary(&msg)?,
            funds: vec![],
        };
        let reply_on = if self.alone {
            ReplyOn::Success
        } else {
            ReplyOn::Always
        };
        let message = SubMsg {
            reply_on,
            ..SubMsg::reply_always(execute, PAYMENT)
        };
        Ok(Some(message.with_payload(to_json_binary(self)?)))
    }
}

/// The manager has answered: what it did not pay is owed again.
pub fn paid(deps: DepsMut, reply: &Reply) -> Result<Response, ContractError> {
    let payment: Payment = from_json(&reply.payload)?;
    let paid = match &reply.result {
        SubMsgResult::Ok(_) => reply::executed::<Paid>(reply)?.amount.min(payment.amount),
        SubMsgResult::Err(_) => Uint128::zero(),
    };
    if payment.alone && paid.is_zero() {
        return Err(ContractError::NothingPaid {
            owed: payment.amount,
        });
    }
    let left = payment.amount.saturating_sub(paid);
    if !left.is_zero() {
        owe_again(deps, &payment, left)?;
    }
    Ok(Response::new().add_event(events::paid(&payment, paid, left)))
}

fn owe_again(deps: DepsMut, payment: &Payment, left: Uint128) -> Result<(), ContractError> {
    let market_ref = &payment.market_ref;
    let mut books = Books::load(deps.storage, market_ref)?;
    match &payment.payee {
        Payee::Trader(account) => {
            let mut position = Position::load(deps.storage, market_ref, account)?;
            position.owed = position.owed.checked_add(left).map_err(MathError::from)?;
            books.owed = books.owed.checked_add(left).map_err(MathError::from)?;
            position.save(deps.storage, market_ref, account)?;
        }
        Payee::Pools => {
            books.fees_owed = books.fees_owed.checked_add(left).map_err(MathError::from)?;
        }
    }
    Ok(books.save(deps.storage, market_ref)?)
}

/// Burns dollars into the market.
pub fn deposit(config: &Config, market_ref: &str, amount: Uint128) -> StdResult<CosmosMsg> {
    let hook = ManagerHook::DepositMarketUsd(DepositMarketUsd {
        market_ref: market_ref.to_owned(),
    });
    let send = Cw20Msg::Send {
        contract: config.manager.to_string(),
        amount,
        msg: to_json_binary(&hook)?,
    };
    cw20_message(&config.dollar, &send)
}

/// What the market may withdraw now. Never asked while a pool is being answered.
pub fn credit(
    querier: &QuerierWrapper,
    env: &Env,
    config: &Config,
    market_ref: &str,
) -> StdResult<Uint128> {
    let question = QueryMsg::Credit {
        contract: env.contract.address.to_string(),
        market_ref: market_ref.to_owned(),
    };
    let answer: CreditResponse = querier.query_wasm_smart(&config.manager, &question)?;
    Ok(answer.credit)
}
