//! Who gets the cuts.

use std::collections::BTreeSet;

use ballast_kit::controls::require_owner;
use ballast_types::rewards_distributor::{MAX_RECIPIENTS, Recipient, RecipientUnchecked};
use cosmwasm_std::{Api, Decimal, DepsMut, Env, MessageInfo, Response};

use crate::{
    divide::divide_arrived,
    error::ContractError,
    events,
    state::{RECIPIENTS, dollar},
};

/// Handles `set_recipients`. As long as the manager names no dollar, none can have arrived.
pub fn set(
    mut deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    recipients: &[RecipientUnchecked],
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let recipients = checked(deps.api, recipients)?;
    let divided = match dollar(deps.as_ref())? {
        Some(dollar) => divide_arrived(deps.branch(), env, dollar)?,
        None => None,
    };

    RECIPIENTS.save(deps.storage, &recipients)?;

    Ok(divided
        .unwrap_or_default()
        .add_event(events::set_recipients(&recipients)))
}

/// At most 16 different ones, each with a share, and all of it shared.
pub fn checked(
    api: &dyn Api,
    recipients: &[RecipientUnchecked],
) -> Result<Vec<Recipient>, ContractError> {
    if recipients.len() > MAX_RECIPIENTS {
        return Err(ContractError::TooManyRecipients {
            given: recipients.len(),
            max: MAX_RECIPIENTS,
        });
    }
    let (mut sum, mut names) = (Decimal::zero(), BTreeSet::new());
    let mut checked = Vec::with_capacity(recipients.len());
    for recipient in recipients {
        let to = recipient.to.check(api)?;
        let name = to.to_string();
        if recipient.share.is_zero() {
            return Err(ContractError::ZeroShare { recipient: name });
        }
        if !names.insert(name.clone()) {
            return Err(ContractError::DuplicateRecipient { recipient: name });
        }
        sum = sum.saturating_add(recipient.share);
        checked.push(Recipient {
            to,
            share: recipient.share,
        });
    }
    if sum != Decimal::one() {
        return Err(ContractError::SharesDoNotSumToOne { sum });
    }
    Ok(checked)
}
