//! What keepers can do.
//!
//! Weak accounts that nobody has flagged are found outside the chain: every act emits the
//! account, its debt and its collateral, and a keeper who follows prices asks `account` for
//! those near their line. A loop over all accounts has no place in a contract.

use ballast_kit::page;
use ballast_types::{
    address,
    debt_registry::Valuation,
    synth_minter::{AssetAmount, DueAct, DueCursor, DueFlag, DueResponse},
};
use cosmwasm_std::{Addr, Deps, Env, Order, StdResult, Uint128};
use cw_storage_plus::Bound;

use crate::{
    error::ContractError,
    flag,
    liquidate::Plan,
    position::{Book, Position},
    registry,
    state::{Account, CONFIG, Config, FLAGGED, Flag},
};

/// The most flags of one page: each needs a debt and a position.
const MAX_FLAGS: u32 = 30;

pub fn due(
    deps: Deps,
    env: &Env,
    start_after: Option<DueCursor>,
    limit: Option<u32>,
) -> Result<DueResponse, ContractError> {
    let start = start_after
        .map(|cursor| {
            Ok::<_, ContractError>((cursor.deadline, address::valid(deps.api, &cursor.account)?))
        })
        .transpose()?;
    let bound = start
        .as_ref()
        .map(|(deadline, account)| Bound::exclusive((*deadline, account)));
    let size = page::size(limit, MAX_FLAGS);
    let page: Vec<(u64, Addr)> = FLAGGED
        .keys(deps.storage, bound, None, Order::Ascending)
        .take(size)
        .collect::<StdResult<_>>()?;
    let next = page
        .last()
        .filter(|_| page.len() == size)
        .map(|(deadline, account)| DueCursor {
            deadline: *deadline,
            account: account.to_string(),
        });
    if page.is_empty() {
        return Ok(DueResponse {
            due: vec![],
            next: None,
        });
    }

    let config = CONFIG.load(deps.storage)?;
    let names: Vec<String> = page
        .iter()
        .map(|(_, account)| account.to_string())
        .collect();
    let to_repay = registry::debts(deps, env, &config, names.clone(), Valuation::Repay)?;
    // Without exit prices nothing can be liquidated, and flags may still expire or be repaid.
    let to_liquidate = registry::debts(deps, env, &config, names, Valuation::Liquidation).ok();

    let mut book = Book::new(deps, &config.oracle);
    let mut due = vec![];
    for (index, (_, address)) in page.iter().enumerate() {
        let account = Account::load(deps.storage, address)?;
        let Some(flag) = &account.flag else { continue };
        let position = Position::load_with(&mut book, &account, env.block.time.seconds())?;
        let debts = Debts {
            to_repay: to_repay.get(index).copied().unwrap_or_default(),
            to_liquidate: to_liquidate
                .as_ref()
                .and_then(|debts| debts.get(index))
                .copied(),
        };
        if let Some(act) = act(env, &config, address, flag, position, debts) {
            due.push(DueFlag {
                flag: flag.response(address),
                act,
            });
        }
    }
    Ok(DueResponse { due, next })
}

struct Debts {
    to_repay: Uint128,
    to_liquidate: Option<Uint128>,
}

fn act(
    env: &Env,
    config: &Config,
    address: &Addr,
    running: &Flag,
    position: Position,
    debts: Debts,
) -> Option<DueAct> {
    let now = env.block.time.seconds();
    let decimals = config.dollar().ok()?.decimals;
    if now >= running.expires_at {
        return Some(DueAct::Clear { expired: true });
    }
    if flag::is_cured(debts.to_repay, position.cured_at(decimals).ok()) {
        return Some(DueAct::Clear { expired: false });
    }
    if now < running.deadline {
        return None;
    }
    let plan = Plan::at(
        config,
        address,
        running,
        position,
        debts.to_liquidate?,
        None,
    )
    .ok()?;
    let reward = plan
        .seized
        .iter()
        .map(|seized| AssetAmount {
            asset: seized.asset.clone(),
            amount: seized.liquidator,
        })
        .collect();
    Some(DueAct::Liquidate {
        most: plan.most,
        reward,
        profit: plan
            .profit(decimals)
            .and_then(|profit| profit.usd_floor())
            .ok()?,
    })
}
