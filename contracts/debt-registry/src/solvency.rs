//! The page a risk analyst reads.

use ballast_types::{
    Usd, Value,
    debt_registry::SolvencyResponse,
    issuer::{IssuerQuery, IssuerReport},
};
use cosmwasm_std::{Addr, Deps};

use crate::{ContractError, pool::ValuedPool, state::CONFIG};

/// One issuer on that page. Neither a dead feed nor an issuer that errs keeps it from the page.
pub fn of(deps: Deps, now: u64, issuer: &Addr) -> Result<SolvencyResponse, ContractError> {
    let pool = ValuedPool::load_for_report(deps, now, issuer)?;
    let treasury = CONFIG.load(deps.storage)?.treasury;
    let owed = pool
        .shares()
        .debt_of(pool.held_by(deps.storage, &treasury)?)?;
    let report: Option<IssuerReport> = deps
        .querier
        .query_wasm_smart(issuer, &IssuerQuery::IssuerReport {})
        .ok();
    let debt = pool.debt.usd_ceil()?;
    let shared_debt = pool.issuer.shared_debt;
    // What is not shared the issuer alone can say.
    let unassigned_debt = match (shared_debt, &report) {
        (true, _) => pool.unassigned().usd_ceil()?,
        (false, Some(report)) => report.unassigned_debt,
        (false, None) => Usd::zero(),
    };
    Ok(SolvencyResponse {
        issuer: issuer.clone(),
        debt,
        shared_debt,
        unassigned_debt,
        treasury_debt: Value::of_dollars(owed, pool.decimals())?.usd_ceil()?,
        ratio: report.as_ref().and_then(|report| ratio(report, debt)),
        report,
        synths: pool.into_views(deps.storage)?,
    })
}

/// Collateral value / debt, rounded down; none without debt.
fn ratio(report: &IssuerReport, debt: Usd) -> Option<Usd> {
    report.collateral_value.checked_div(debt).ok()
}
