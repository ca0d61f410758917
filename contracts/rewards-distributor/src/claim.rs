//! `claim`: what is due to a recipient.

use ballast_types::{
    Token,
    rewards_distributor::{Payee, PayeeUnchecked},
};
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use crate::{
    error::ContractError,
    events,
    open::Opening,
    state::{Book, dollar, take_due},
};

/// Handles the message.
pub fn execute(
    deps: DepsMut,
    info: &MessageInfo,
    recipient: Option<&PayeeUnchecked>,
) -> Result<Response, ContractError> {
    let recipient = match recipient {
        Some(recipient) => recipient.check(deps.api)?,
        None => Payee::Address(info.sender.clone()),
    };
    let amount = take_due(deps.storage, &recipient)?;
    if amount.is_zero() {
        return Err(ContractError::NothingDue {
            whom: recipient.to_string(),
        });
    }
    let token = Token::Cw20(dollar(deps.as_ref())?.ok_or(ContractError::NoDollar {})?);
    let response = Response::new().add_event(events::claim(&recipient, amount));
    match recipient {
        Payee::Address(address) => {
            Book::settle(deps.storage, &token, amount)?;
            Ok(response.add_message(token.transfer(&address, amount)?))
        }
        Payee::Lps(target) => {
            let opening = Opening {
                target,
                token,
                amount,
            };
            Ok(response.add_submessage(opening.must(deps.storage, None)?))
        }
    }
}
