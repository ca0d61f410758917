//! Burn and contraction: the Reserve pays the pool for DUCA that disappears.

use ballast_math::stability::Burn;
use ballast_types::stability_pool::{
    BURN_INTERVAL_SECS, BurnKind, BurnRecord, NextBurnResponse, Operation,
};
use cosmwasm_std::{Deps, DepsMut, Env, Response};

use crate::{
    error::ContractError,
    events,
    market::Market,
    state::{BURNS, Books, CLOCKS, CONFIG, CONTROLS, Clocks, Config, StoredBurn},
};

pub fn burn(deps: DepsMut, env: &Env, kind: BurnKind) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let mut books = Books::load(deps.storage)?;
    let mut clocks = CLOCKS.load(deps.storage)?;
    let now = env.block.time.seconds();

    let burn = books.pool.burn(config.scale())?;
    require_due(deps.as_ref(), now, &config, &books, &clocks, kind, &burn)?;
    let supply = config.supply(&deps.querier)?;
    books.pool = books.pool.after_burn(&burn, supply, config.scale())?;
    let record = BurnRecord {
        sequence: clocks.entries,
        time: now,
        kind,
        amount: burn.amount,
        payment: burn.payment,
        supply: supply.checked_sub(burn.amount)?,
        par: books.pool.par,
    };
    *clocks.of_mut(kind) = Some(now);
    clocks.entries = clocks.entries.saturating_add(1);

    books.save(deps.storage)?;
    CLOCKS.save(deps.storage, &clocks)?;
    let event = events::burn(&record, &books.pool);
    BURNS.save(deps.storage, record.sequence, &StoredBurn(record))?;
    Ok(Response::new()
        .add_message(config.burn_duca(burn.amount)?)
        .add_event(event))
}

pub fn next(deps: Deps, env: &Env, kind: BurnKind) -> Result<NextBurnResponse, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let books = Books::load(deps.storage)?;
    let clocks = CLOCKS.load(deps.storage)?;
    let burn = books.pool.burn(config.scale())?;
    let now = env.block.time.seconds();
    let due = require_due(deps, now, &config, &books, &clocks, kind, &burn);
    Ok(NextBurnResponse {
        amount: burn.amount,
        payment: burn.payment,
        at: clocks.next(kind),
        problem: due.err().map(|error| error.to_string()),
    })
}

/// Refuses what its switch, its clock or its rule refuses.
fn require_due(
    deps: Deps,
    now: u64,
    config: &Config,
    books: &Books,
    clocks: &Clocks,
    kind: BurnKind,
    burn: &Burn,
) -> Result<(), ContractError> {
    CONTROLS.require_on(deps.storage, &operation(kind))?;
    let at = clocks.next(kind);
    if now < at {
        return Err(ContractError::TooEarly { at, now });
    }
    if burn.amount.is_zero() {
        return Err(ContractError::NothingToBurn {});
    }
    if kind == BurnKind::Contraction {
        let market = Market::load(deps.querier, config, now)?.dcm()?.spot;
        let (pool, scale) = (&books.pool, config.scale());
        if !pool.is_contraction_due(&market, scale)? {
            return Err(ContractError::NotInExcess {
                duca: pool.duca,
                dcm_in_duca: pool.dcm_in_duca(&market, scale)?,
            });
        }
    }
    Ok(())
}

const fn operation(kind: BurnKind) -> Operation {
    match kind {
        BurnKind::Burn => Operation::Burn,
        BurnKind::Contraction => Operation::Contract,
    }
}

impl Clocks {
    /// From when on the next one is allowed; at once when there was none.
    pub fn next(&self, kind: BurnKind) -> u64 {
        let last = match kind {
            BurnKind::Burn => self.burnt_at,
            BurnKind::Contraction => self.contracted_at,
        };
        last.map_or(0, |last| last.saturating_add(BURN_INTERVAL_SECS))
    }

    const fn of_mut(&mut self, kind: BurnKind) -> &mut Option<u64> {
        match kind {
            BurnKind::Burn => &mut self.burnt_at,
            BurnKind::Contraction => &mut self.contracted_at,
        }
    }
}
