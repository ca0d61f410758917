//! Liquidity goes out. Nothing here reads a price, a guard or a switch.

use ballast_math::{StabilityPool, stability::Redemption};
use ballast_types::stability_pool::WithdrawPreview;
use cosmwasm_std::{Addr, Deps, DepsMut, Response, Uint128};

use crate::{
    error::ContractError,
    events, payment,
    state::{Books, CONFIG, Config},
};

/// Pays `holder` for the LPD that he has sent, which is burnt.
pub fn withdraw(
    deps: DepsMut,
    config: &Config,
    holder: &Addr,
    lpd: Uint128,
    min_dcm: Uint128,
    min_duca: Uint128,
) -> Result<Response, ContractError> {
    let mut books = Books::load(deps.storage)?;

    let paid = plan(deps.as_ref(), config, &books.pool, lpd)?;
    payment::require_least("DCM", paid.dcm, min_dcm)?;
    payment::require_least("DUCA", paid.duca, min_duca)?;
    books.pool.dcm = books.pool.dcm.checked_sub(paid.dcm)?;
    books.pool.duca = books.pool.duca.checked_sub(paid.duca)?;

    books.save(deps.storage)?;
    let mut response = Response::new().add_message(config.burn_lpd(lpd)?);
    if !paid.dcm.is_zero() {
        response = response.add_message(config.dcm.token.transfer(holder, paid.dcm)?);
    }
    if !paid.duca.is_zero() {
        response = response.add_message(config.send_duca(holder, paid.duca)?);
    }
    Ok(response.add_event(events::withdraw(holder, lpd, paid, &books.pool)))
}

pub fn preview(deps: Deps, lpd: Uint128) -> Result<WithdrawPreview, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let pool = Books::load(deps.storage)?.pool;
    let Redemption { dcm, duca } = plan(deps, &config, &pool, lpd)?;
    Ok(WithdrawPreview { dcm, duca })
}

fn plan(
    deps: Deps,
    config: &Config,
    pool: &StabilityPool,
    lpd: Uint128,
) -> Result<Redemption, ContractError> {
    let supply = config.lpd_supply(&deps.querier)?;
    if lpd.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    if lpd > supply {
        return Err(ContractError::ExceedsSupply { supply, lpd });
    }
    let paid = pool.redeem(lpd, supply)?;
    if paid.dcm.is_zero() && paid.duca.is_zero() {
        return Err(ContractError::NothingOut {});
    }
    Ok(paid)
}
