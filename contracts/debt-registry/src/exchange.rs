//! `exchange`: mints one synth for another that the issuer has burnt.

use ballast_math::MathError;
use ballast_types::{Value, debt_registry::Operation, oracle};
use cosmwasm_std::{Addr, Decimal, Deps, DepsMut, Env, MessageInfo, Response, Storage, Uint128};

use crate::{
    ContractError, events,
    state::{CONFIG, CONTROLS, Issuer, Supply, Synth},
    tokens,
};

/// What an issuer asks for.
pub struct Swap {
    /// The synth it has burnt.
    pub from: String,
    /// Base units it has burnt.
    pub amount: Uint128,
    /// The synth to mint.
    pub to: String,
    /// Who gets `out`.
    pub recipient: Addr,
    /// Base units to mint to him.
    pub out: Uint128,
    /// Base units to keep in the books until `mint_fees`.
    pub fee: Uint128,
}

/// One synth of an exchange.
pub struct Leg {
    /// Its cw20 and its ceiling.
    pub synth: Synth,
    /// How much there is of it.
    pub supply: Supply,
}

impl Leg {
    fn load(
        storage: &dyn Storage,
        issuer: &Issuer,
        address: &Addr,
        id: &str,
    ) -> Result<Self, ContractError> {
        Ok(Self {
            synth: issuer.synth(storage, address, id)?,
            supply: issuer.supply(storage, id)?,
        })
    }
}

/// An exchange, before it is done.
pub struct Exchange {
    /// The issuer.
    pub issuer: Issuer,
    /// How much there was of what is burnt.
    pub before: Supply,
    /// What is burnt, after.
    pub from: Leg,
    /// What is minted, after.
    pub to: Leg,
}

/// Handles the message.
pub fn execute(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    swap: &Swap,
) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let Exchange {
        issuer,
        before,
        from,
        to,
    } = outcome(deps.as_ref(), now, &info.sender, swap)?;
    let (querier, synth) = (&deps.querier, &from.synth);
    tokens::require_burnt(querier, synth, &before, &swap.from, swap.amount)?;

    issuer.save_supply(deps.storage, &swap.from, &from.supply)?;
    issuer.save_supply(deps.storage, &swap.to, &to.supply)?;

    Ok(Response::new()
        .add_message(tokens::mint(&to.synth, &swap.recipient, swap.out)?)
        .add_event(events::exchange(
            &info.sender,
            swap,
            &from.supply,
            &to.supply,
        )))
}

/// Both synths after the exchange: nothing is saved.
pub fn outcome(
    deps: Deps,
    now: u64,
    address: &Addr,
    swap: &Swap,
) -> Result<Exchange, ContractError> {
    let issuer = Issuer::load_shared(deps.storage, address)?;
    CONTROLS.require_on(deps.storage, &Operation::Exchange)?;
    let mut from = Leg::load(deps.storage, &issuer, address, &swap.from)?;
    let mut to = Leg::load(deps.storage, &issuer, address, &swap.to)?;
    if swap.from == swap.to {
        return Err(ContractError::SameSynth {
            synth: swap.to.clone(),
        });
    }
    if swap.amount.is_zero() || swap.out.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    let minted = swap.out.checked_add(swap.fee).map_err(MathError::from)?;
    let oracle = CONFIG.load(deps.storage)?.oracle;
    let price = |id: &str, side| strict_price(deps, now, &oracle, &issuer, id, side);
    require_no_more_value(
        Value::of(
            swap.amount,
            price(&swap.from, Side::Burnt)?,
            from.supply.decimals,
        )?,
        Value::of(minted, price(&swap.to, Side::Minted)?, to.supply.decimals)?,
    )?;
    let before = from.supply;
    from.supply.burn(swap.amount)?;
    // The way into the dollar is the way to repay: no ceiling closes it, for the pool owes no
    // more than before.
    if swap.to == issuer.dollar {
        to.supply.mint_beyond_ceiling(minted)?;
    } else {
        to.supply.mint(&swap.to, minted, to.synth.ceiling)?;
    }
    // Never above what is recorded, of which it is a part.
    to.supply.fees_due = to.supply.fees_due.saturating_add(swap.fee);
    Ok(Exchange {
        issuer,
        before,
        from,
        to,
    })
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
