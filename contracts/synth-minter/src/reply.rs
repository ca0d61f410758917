//! Answers of the contracts that were asked. What the answer is for travels in the payload of
//! the submessage, so nothing is kept in storage meanwhile.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{DepsMut, Env, Reply, Response, from_json};

use crate::{
    burn::{self, Burning},
    error::ContractError,
    liquidate::{self, Delivering, Liquidating},
    mint::{self, Minting},
    payouts::{self, Forwarding},
};

/// The id of every submessage that waits for an answer.
pub const ANSWER: u64 = 1;

/// What waits for an answer.
#[cw_serde]
pub enum Pending {
    Mint(Minting),
    Burn(Burning),
    Liquidate(Box<Liquidating>),
    Cover(Box<Liquidating>),
    Deliver(Delivering),
    Forward(Forwarding),
}

pub fn reply(deps: DepsMut, env: Env, reply: Reply) -> Result<Response, ContractError> {
    if reply.id != ANSWER {
        return Err(ContractError::UnknownReply { id: reply.id });
    }
    match from_json(&reply.payload)? {
        Pending::Mint(pending) => mint::minted(deps, &reply, &pending),
        Pending::Burn(pending) => burn::burnt(deps, &reply, pending),
        Pending::Liquidate(pending) => liquidate::liquidated(deps, &reply, pending),
        Pending::Deliver(pending) => liquidate::undelivered(deps.storage, &pending),
        Pending::Forward(pending) => payouts::fees_minted(deps.as_ref(), &reply, pending),
        Pending::Cover(pending) => liquidate::covered(deps.as_ref(), &env, &reply, &pending),
    }
}
