//! Streams and gifts at the pool manager, and its answers.
//!
//! What is given is owed already when the manager is asked; its answer only says to which stream. What
//! the answer needs to know travels in the payload of the submessage.

use ballast_kit::reply as answer;
use ballast_types::{
    Token,
    pool_manager::{ExecuteMsg, OpenStreamResponse, Schedule, StreamId, Target},
    rewards_distributor::Payee,
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    DepsMut, Reply, Response, StdResult, Storage, SubMsg, SubMsgResult, Uint128, WasmMsg,
    from_json, to_json_binary,
};

use crate::{
    error::ContractError,
    events::{self, Gift},
    state::{MANAGER, STREAMS, Stream, add_due},
};

/// The reply to a stream or gift without which nothing happens.
pub const OPENED: u64 = 1;
/// The reply to a gift that may fail.
pub const GIVEN: u64 = 2;

/// What the manager is told of.
#[cw_serde]
pub struct Opening {
    pub target: Target,
    pub token: Token,
    pub amount: Uint128,
}

impl Opening {
    /// Opens it, or fails together with what it belongs to.
    pub fn must(self, storage: &dyn Storage, schedule: Option<Schedule>) -> StdResult<SubMsg> {
        let message = self.message(storage, schedule)?;
        Ok(SubMsg::reply_on_success(message, OPENED).with_payload(to_json_binary(&self)?))
    }

    /// Gives it, and lets it wait if that fails.
    pub fn may(self, storage: &dyn Storage) -> StdResult<SubMsg> {
        let message = self.message(storage, None)?;
        Ok(SubMsg::reply_always(message, GIVEN).with_payload(to_json_binary(&self)?))
    }

    fn message(&self, storage: &dyn Storage, schedule: Option<Schedule>) -> StdResult<WasmMsg> {
        let open = ExecuteMsg::OpenStream {
            target: self.target.clone(),
            label: self.token.key(),
            amount: self.amount,
            schedule,
        };
        Ok(WasmMsg::Execute {
            contract_addr: MANAGER.load(storage)?.into_string(),
            msg: to_json_binary(&open)?,
            funds: vec![],
        })
    }

    pub const fn gift(&self) -> Gift<'_> {
        Gift {
            target: &self.target,
            token: &self.token,
            amount: self.amount,
        }
    }

    /// Books it where the manager says. One that names a stream of another target or token is
    /// not believed.
    fn book(&self, storage: &mut dyn Storage, reply: &Reply) -> Result<StreamId, ContractError> {
        let OpenStreamResponse { stream: id } =
            answer::executed(reply).map_err(|error| ContractError::BadAnswer {
                reason: error.to_string(),
            })?;
        let mut stream = STREAMS
            .may_load(storage, id.u64())?
            .unwrap_or_else(|| Stream {
                target: self.target.clone(),
                token: self.token.clone(),
                funded: Uint128::zero(),
                paid: Uint128::zero(),
            });
        if stream.target != self.target || stream.token != self.token {
            return Err(ContractError::StreamMismatch { stream: id });
        }
        stream.funded = stream.funded.checked_add(self.amount)?;
        STREAMS.save(storage, id.u64(), &stream)?;
        Ok(id)
    }
}

pub fn opened(deps: DepsMut, reply: &Reply) -> Result<Response, ContractError> {
    let opening: Opening = from_json(&reply.payload)?;
    let stream = opening.book(deps.storage, reply)?;
    Ok(Response::new()
        .set_data(to_json_binary(&OpenStreamResponse { stream })?)
        .add_event(events::funded(stream, &opening.gift())))
}

/// Never fails for what the manager says: one that is broken stops no division.
pub fn given(deps: DepsMut, reply: &Reply) -> Result<Response, ContractError> {
    let opening: Opening = from_json(&reply.payload)?;
    let booked = match &reply.result {
        SubMsgResult::Ok(_) => opening
            .book(deps.storage, reply)
            .map_err(|error| error.to_string()),
        SubMsgResult::Err(reason) => Err(reason.clone()),
    };
    let event = match booked {
        Ok(stream) => events::funded(stream, &opening.gift()),
        Err(reason) => {
            let lps = Payee::Lps(opening.target.clone());
            add_due(deps.storage, &lps, opening.amount)?;
            events::gift_waits(&opening.gift(), &reason)
        }
    };
    Ok(Response::new().add_event(event))
}
