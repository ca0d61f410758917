//! `spend` and `set_limit`: what goes out of what is not insurance.

use ballast_kit::controls::require_owner;
use ballast_types::{
    Token, TokenUnchecked, address,
    treasury::{Limit, Movement, Operation},
};
use cosmwasm_std::{
    Addr, Binary, CosmosMsg, DepsMut, Env, MessageInfo, Response, Storage, Uint128,
};

use crate::{
    ContractError, events,
    state::{Book, CONTROLS, LIMITS, Outflow, SPENT, append, require_valid},
};

/// What the owner pays.
pub struct Payment {
    /// The token.
    pub token: TokenUnchecked,
    /// Base units.
    pub amount: Uint128,
    /// Who gets it.
    pub recipient: String,
    /// Hook of a cw20 `send`.
    pub hook: Option<Binary>,
}

/// Handles `spend`.
pub fn execute(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    payment: Payment,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    CONTROLS.require_on(deps.storage, &Operation::Spend)?;
    let token = payment.token.check(deps.api)?;
    let recipient = address::valid(deps.api, &payment.recipient)?;
    let (now, amount) = (env.block.time.seconds(), payment.amount);
    let mut book = Book::load(deps.storage, &token)?;
    book.require_free(amount)?;
    let spent = within_limit(deps.storage, now, &token, amount)?;
    book.spend(amount)?;
    let message = message(&token, &recipient, amount, payment.hook)?;

    book.save(deps.storage)?;
    SPENT.save(deps.storage, &token.key(), &spent)?;
    let movement = Movement::Spent {
        recipient: recipient.clone(),
    };
    append(deps.storage, now, movement, &token, amount)?;

    Ok(Response::new()
        .add_message(message)
        .add_event(events::spend(&recipient, amount, &book)))
}

/// What went out lately together with `amount`, or why that is too much.
fn within_limit(
    storage: &dyn Storage,
    now: u64,
    token: &Token,
    amount: Uint128,
) -> Result<Outflow, ContractError> {
    let key = token.key();
    let limit = LIMITS
        .may_load(storage, &key)?
        .ok_or_else(|| ContractError::NoLimit {
            token: token.clone(),
        })?;
    let mut spent = Outflow::over(SPENT.may_load(storage, &key)?, &limit, now)?;
    let headroom = spent.headroom(&limit, now)?;
    if amount > headroom {
        return Err(ContractError::LimitExceeded {
            token: token.clone(),
            headroom,
            amount,
        });
    }
    spent.record(now, amount)?;
    Ok(spent)
}

fn message(
    token: &Token,
    recipient: &Addr,
    amount: Uint128,
    hook: Option<Binary>,
) -> Result<CosmosMsg, ContractError> {
    match (token, hook) {
        (_, None) => Ok(token.transfer(recipient, amount)?),
        (Token::Cw20(_), Some(hook)) => {
            Ok(token.send(recipient, amount, Binary::default(), hook)?)
        }
        (Token::Native(_), Some(_)) => Err(ContractError::HookNeedsCw20 {
            token: token.clone(),
        }),
    }
}

/// Handles `set_limit`.
pub fn set_limit(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    token: &TokenUnchecked,
    limit: Option<Limit>,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let token = token.check(deps.api)?;
    let key = token.key();
    let now = env.block.time.seconds();
    match &limit {
        None => LIMITS.remove(deps.storage, &key),
        Some(limit) => {
            require_valid(limit)?;
            if let Some(spent) = SPENT.may_load(deps.storage, &key)? {
                SPENT.save(deps.storage, &key, &Outflow::over(Some(spent), limit, now)?)?;
            }
            LIMITS.save(deps.storage, &key, limit)?;
        }
    }
    Ok(Response::new().add_event(events::set_limit(&token, limit.as_ref())))
}
