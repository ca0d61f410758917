//! `exchange`: burns one synth that the issuer holds and mints another for it.

use ballast_types::{Value, debt_registry::Operation, oracle};
use cosmwasm_std::{Addr, Decimal, Deps, DepsMut, Env, MessageInfo, Response, Uint128};

use crate::{
    ContractError, events,
    state::{CONFIG, CONTROLS, Issuer, SYNTHS, Synth},
    tokens,
};

/// What an issuer asks for.
pub struct Swap {
    /// The synth to burn.
    pub from: String,
    /// Base units to burn.
    pub amount: Uint128,
    /// The synth to mint.
    pub to: String,
    /// Who gets `out`.
    pub recipient: Addr,
    /// Base units to mint to him.
    pub out: Uint128,
    /// Base units to mint to the issuer.
    pub fee: Uint128,
}

/// Handles the message.
pub fn execute(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    swap: &Swap,
) -> Result<Response, ContractError> {
    let issuer = &info.sender;
    let (from, to) = outcome(deps.as_ref(), env.block.time.seconds(), issuer, swap)?;
    tokens::require_held(&deps.querier, &from, &swap.from, issuer, swap.amount)?;

    SYNTHS.save(deps.storage, (issuer, &swap.from), &from)?;
    SYNTHS.save(deps.storage, (issuer, &swap.to), &to)?;

    let mut response = Response::new()
        .add_message(tokens::burn_from(&from, issuer, swap.amount)?)
        .add_message(tokens::mint(&to, &swap.recipient, swap.out)?);
    if !swap.fee.is_zero() {
        response = response.add_message(tokens::mint(&to, issuer, swap.fee)?);
    }
    Ok(response.add_event(events::exchange(issuer, swap, &from, &to)))
}

/// Both synths after the exchange: nothing is saved.
pub fn outcome(
    deps: Deps,
    now: u64,
    address: &Addr,
    swap: &Swap,
) -> Result<(Synth, Synth), ContractError> {
    let issuer = Issuer::load(deps.storage, address)?;
    CONTROLS.require_on(deps.storage, &Operation::Exchange)?;
    let mut from = Synth::load(deps.storage, address, &swap.from)?;
    let mut to = Synth::load(deps.storage, address, &swap.to)?;
    if swap.from == swap.to {
        return Err(ContractError::SameSynth {
            synth: swap.to.clone(),
        });
    }
    if swap.amount.is_zero() || swap.out.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    let minted = swap
        .out
        .checked_add(swap.fee)
        .map_err(ballast_math::MathError::from)?;
    let oracle = CONFIG.load(deps.storage)?.oracle;
    let price = |id: &str, side| strict_price(deps, now, &oracle, &issuer, id, side);
    require_no_more_value(
        Value::of(swap.amount, price(&swap.from, Side::Burnt)?, from.decimals)?,
        Value::of(minted, price(&swap.to, Side::Minted)?, to.decimals)?,
    )?;
    from.burn(swap.amount)?;
    // The way into the dollar is the way to repay: no ceiling closes it, for the pool owes no
    // more than before.
    if swap.to == issuer.dollar {
        to.mint_beyond_ceiling(minted)?;
    } else {
        to.mint(&swap.to, minted)?;
    }
    Ok((from, to))
}

#[derive(PartialEq)]
enum Side {
    Burnt,
    Minted,
}

/// The dollar synth is one dollar by definition. A synth that is retired, or whose retirement is
/// announced, is burnt and never minted: whoever knows its final price would take it.
fn strict_price(
    deps: Deps,
    now: u64,
    oracle: &Addr,
    issuer: &Issuer,
    id: &str,
    side: Side,
) -> Result<Decimal, ContractError> {
    if id == issuer.dollar {
        return Ok(Decimal::one());
    }
    let record = oracle::record(&deps.querier, oracle, id)?;
    if side == Side::Minted && record.only_leaves() {
        return Err(ContractError::RetiredSynth {
            synth: id.to_owned(),
        });
    }
    Ok(record.strict(id, now)?)
}

fn require_no_more_value(burnt: Value, minted: Value) -> Result<(), ContractError> {
    if minted <= burnt {
        return Ok(());
    }
    Err(ContractError::RaisesDebt {
        burnt: burnt.usd_floor()?,
        minted: minted.usd_ceil()?,
    })
}
