//! `cover`, `authorize` and `revoke`: insurance that meets bad debt.

use ballast_kit::controls::require_owner;
use ballast_types::{
    Token, address,
    debt_registry::ReceiveMsg,
    treasury::{Cover, CoverResponse, CoverUnchecked, Movement, Operation},
};
use cosmwasm_std::{
    Addr, Binary, DepsMut, Env, MessageInfo, Response, Storage, Uint128, to_json_binary,
};

use crate::{
    ContractError, events,
    state::{Book, CONTROLS, COVERED, COVERS, Outflow, append, require_valid},
};

/// What a cover does.
pub struct Donation {
    cover: Cover,
    book: Book,
    covered: Outflow,
    /// Base units donated.
    pub amount: Uint128,
}

/// Handles `cover`.
pub fn execute(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    amount: Uint128,
) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let contract = &info.sender;
    let donation = outcome(deps.storage, now, contract, amount)?;
    CONTROLS.require_on(deps.storage, &Operation::Cover)?;
    let response = Response::new()
        .set_data(to_json_binary(&CoverResponse {
            covered: donation.amount,
        })?)
        .add_event(events::cover(
            contract,
            amount,
            donation.amount,
            &donation.book,
        ));
    if donation.amount.is_zero() {
        return Ok(response);
    }
    let token = &donation.book.token;

    donation.book.save(deps.storage)?;
    COVERED.save(deps.storage, contract, &donation.covered)?;
    let movement = Movement::Covered {
        contract: contract.clone(),
    };
    append(deps.storage, now, movement, token, donation.amount)?;

    let hook = to_json_binary(&ReceiveMsg::Donate {})?;
    let registry = &donation.cover.registry;
    let donate = token.send(registry, donation.amount, Binary::default(), hook)?;
    Ok(response.add_message(donate))
}

/// `min(amount, held as insurance, what the limit allows)`: nothing is saved.
pub fn outcome(
    storage: &dyn Storage,
    now: u64,
    contract: &Addr,
    amount: Uint128,
) -> Result<Donation, ContractError> {
    let cover =
        COVERS
            .may_load(storage, contract)?
            .ok_or_else(|| ContractError::NotAuthorized {
                contract: contract.clone(),
            })?;
    let mut book = Book::load(storage, &Token::Cw20(cover.dollar.clone()))?;
    let mut covered = Outflow::over(COVERED.may_load(storage, contract)?, &cover.limit, now)?;
    let headroom = covered.headroom(&cover.limit, now)?;
    let amount = amount.min(book.insurance).min(headroom);
    book.cover(amount)?;
    covered.record(now, amount)?;
    Ok(Donation {
        cover,
        book,
        covered,
        amount,
    })
}

/// Handles `authorize`.
pub fn authorize(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    contract: &str,
    cover: &CoverUnchecked,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let contract = address::valid(deps.api, contract)?;
    require_valid(&cover.limit)?;
    let cover = Cover {
        registry: address::valid(deps.api, &cover.registry)?,
        dollar: address::valid(deps.api, &cover.dollar)?,
        limit: cover.limit,
    };
    let now = env.block.time.seconds();
    if let Some(covered) = COVERED.may_load(deps.storage, &contract)? {
        let covered = Outflow::over(Some(covered), &cover.limit, now)?;
        COVERED.save(deps.storage, &contract, &covered)?;
    }
    COVERS.save(deps.storage, &contract, &cover)?;
    Ok(Response::new().add_event(events::authorize(&contract, &cover)))
}

/// Handles `revoke`.
pub fn revoke(
    deps: DepsMut,
    info: &MessageInfo,
    contract: &str,
) -> Result<Response, ContractError> {
    require_owner(deps.storage, &info.sender)?;
    let contract = address::valid(deps.api, contract)?;
    if !COVERS.has(deps.storage, &contract) {
        return Err(ContractError::NotAuthorized { contract });
    }
    COVERS.remove(deps.storage, &contract);
    Ok(Response::new().add_event(events::revoke(&contract)))
}
