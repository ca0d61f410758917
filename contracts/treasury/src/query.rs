//! Answers.

use ballast_kit::page;
use ballast_types::{
    Token, TokenUnchecked, address,
    treasury::{
        AuthorizedResponse, BalanceResponse, Cover, CoverResponse, Entry, LedgerKey, LedgerRow,
        Operation, QueryMsg,
    },
};
use cosmwasm_std::{Addr, Binary, Deps, Env, Order, StdResult, Uint128, to_json_binary};
use cw_storage_plus::Bound;

use crate::{
    ContractError, cover,
    state::{
        BOOKS, Book, CONTROLS, COVERED, COVERS, ENTRIES, INFLOWS, LIMITS, Outflow, SPENT, tag_key,
    },
};

/// Dispatches a question.
pub fn query(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let now = env.block.time.seconds();
    let answer = match msg {
        QueryMsg::Ledger { start_after, limit } => {
            to_json_binary(&ledger(deps, start_after.as_ref(), limit)?)
        }
        QueryMsg::Entries { start_after, limit } => {
            to_json_binary(&entries(deps, start_after, limit)?)
        }
        QueryMsg::Balances { start_after, limit } => {
            to_json_binary(&balances(deps, now, start_after.as_ref(), limit)?)
        }
        QueryMsg::Balance { token } => {
            let book = Book::load(deps.storage, &token.check(deps.api)?)?;
            to_json_binary(&balance(deps, now, book)?)
        }
        QueryMsg::Authorized { start_after, limit } => {
            to_json_binary(&authorized(deps, now, start_after.as_deref(), limit)?)
        }
        QueryMsg::PreviewCover { contract, amount } => {
            let contract = address::valid(deps.api, &contract)?;
            to_json_binary(&preview_cover(deps, now, &contract, amount)?)
        }
        QueryMsg::Controls {} => to_json_binary(&CONTROLS.view(deps)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    };
    Ok(answer?)
}

fn ledger(
    deps: Deps,
    start_after: Option<&LedgerKey>,
    limit: Option<u32>,
) -> Result<Vec<LedgerRow>, ContractError> {
    let after = start_after
        .map(|key| -> Result<_, ContractError> {
            let source = address::valid(deps.api, &key.source)?;
            Ok((source, tag_key(key.tag), key.token.check(deps.api)?.key()))
        })
        .transpose()?;
    let after = after
        .as_ref()
        .map(|(source, tag, token)| Bound::exclusive((source, *tag, token.as_str())));
    INFLOWS
        .range(deps.storage, after, None, Order::Ascending)
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|row| {
            let ((source, _, _), inflow) = row?;
            Ok(LedgerRow {
                source,
                tag: inflow.tag,
                token: inflow.token,
                total: inflow.total,
            })
        })
        .collect()
}

fn entries(deps: Deps, start_after: Option<u64>, limit: Option<u32>) -> StdResult<Vec<Entry>> {
    let before = start_after.map(Bound::exclusive);
    ENTRIES
        .range(deps.storage, None, before, Order::Descending)
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|row| Ok(row?.1))
        .collect()
}

fn balances(
    deps: Deps,
    now: u64,
    start_after: Option<&TokenUnchecked>,
    limit: Option<u32>,
) -> Result<Vec<BalanceResponse>, ContractError> {
    let after = start_after
        .map(|token| token.check(deps.api).map(|token| Token::key(&token)))
        .transpose()?;
    BOOKS
        .range(
            deps.storage,
            after.as_deref().map(Bound::exclusive),
            None,
            Order::Ascending,
        )
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|row| balance(deps, now, row?.1))
        .collect()
}

fn balance(deps: Deps, now: u64, book: Book) -> Result<BalanceResponse, ContractError> {
    let key = book.token.key();
    let limit = LIMITS.may_load(deps.storage, &key)?;
    let headroom = match &limit {
        Some(limit) => {
            Outflow::over(SPENT.may_load(deps.storage, &key)?, limit, now)?.headroom(limit, now)?
        }
        None => Uint128::zero(),
    };
    Ok(BalanceResponse {
        spendable: headroom.min(book.free()),
        token: book.token,
        held: book.held,
        insurance: book.insurance,
        limit,
    })
}

fn authorized(
    deps: Deps,
    now: u64,
    start_after: Option<&str>,
    limit: Option<u32>,
) -> Result<Vec<AuthorizedResponse>, ContractError> {
    let after = start_after
        .map(|contract| address::valid(deps.api, contract))
        .transpose()?;
    COVERS
        .range(
            deps.storage,
            after.as_ref().map(Bound::exclusive),
            None,
            Order::Ascending,
        )
        .take(page::size(limit, page::MAX_LIMIT))
        .map(|row| {
            let (contract, cover): (Addr, Cover) = row?;
            let covered = COVERED.may_load(deps.storage, &contract)?;
            let headroom =
                Outflow::over(covered, &cover.limit, now)?.headroom(&cover.limit, now)?;
            Ok(AuthorizedResponse {
                contract,
                cover,
                headroom,
            })
        })
        .collect()
}

/// Never errs for a contract that would be refused, so that a liquidation that asks first is
/// not stopped by a switch: it would be given nothing.
fn preview_cover(
    deps: Deps,
    now: u64,
    contract: &Addr,
    amount: Uint128,
) -> Result<CoverResponse, ContractError> {
    let off = CONTROLS
        .require_on(deps.storage, &Operation::Cover)
        .is_err();
    if off || !COVERS.has(deps.storage, contract) {
        return Ok(CoverResponse {
            covered: Uint128::zero(),
        });
    }
    Ok(CoverResponse {
        covered: cover::outcome(deps.storage, now, contract, amount)?.amount,
    })
}
