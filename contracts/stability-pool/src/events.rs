//! One chain event per act, built here and nowhere else.

use ballast_math::{
    StabilityPool,
    stability::{NewShares, Redemption},
};
use ballast_types::stability_pool::{BurnKind, BurnRecord, Guards, Offer, SwapQuote, SwapRequest};
use cosmwasm_std::{Addr, Event, Uint128};

use crate::state::Config;

pub fn instantiate(config: &Config) -> Event {
    let event = Event::new("instantiate")
        .add_attribute("duca", &config.duca.token)
        .add_attribute("lpd", &config.lpd)
        .add_attribute("dcm", config.dcm.token.to_string())
        .add_attribute("oracle", &config.oracle)
        .add_attribute("treasury", &config.treasury);
    with_guards(event, &config.guards)
}

pub fn swap(payer: &Addr, recipient: &Addr, request: SwapRequest, swap: &SwapQuote) -> Event {
    let event = Event::new("swap")
        .add_attribute("payer", payer)
        .add_attribute("recipient", recipient)
        .add_attribute("offer", offer(request.offer))
        .add_attribute("amount", request.amount)
        .add_attribute("out", swap.out)
        .add_attribute("minted", swap.minted)
        .add_attribute("seigniorage", swap.seigniorage)
        .add_attribute("to_reserve", swap.to_reserve)
        .add_attribute("to_pool", swap.to_pool)
        .add_attribute("market", swap.market.to_string())
        .add_attribute("pool_dcm", swap.after.pool_dcm)
        .add_attribute("pool_duca", swap.after.pool_duca)
        .add_attribute("reserve", swap.after.reserve)
        .add_attribute("supply", swap.after.supply)
        .add_attribute("par", swap.after.par.to_string());
    match swap.duca_price {
        Some(price) => event.add_attribute("duca_price", price.to_string()),
        None => event,
    }
}

pub fn provide(
    payer: &Addr,
    recipient: &Addr,
    amount: Uint128,
    shares: NewShares,
    pool: &StabilityPool,
) -> Event {
    let event = Event::new("provide")
        .add_attribute("payer", payer)
        .add_attribute("recipient", recipient)
        .add_attribute("amount", amount)
        .add_attribute("lpd", shares.provider)
        .add_attribute("locked", shares.locked);
    with_pool(event, pool.dcm, pool.duca)
}

pub fn withdraw(holder: &Addr, lpd: Uint128, paid: Redemption, pool: &StabilityPool) -> Event {
    let event = Event::new("withdraw")
        .add_attribute("holder", holder)
        .add_attribute("lpd", lpd)
        .add_attribute("dcm", paid.dcm)
        .add_attribute("duca", paid.duca);
    with_pool(event, pool.dcm, pool.duca)
}

pub fn donate(donor: &Addr, what: Offer, amount: Uint128, dcm: Uint128, duca: Uint128) -> Event {
    let event = Event::new("donate")
        .add_attribute("donor", donor)
        .add_attribute("asset", offer(what))
        .add_attribute("amount", amount);
    with_pool(event, dcm, duca)
}

pub fn burn(record: &BurnRecord, pool: &StabilityPool) -> Event {
    let name = match record.kind {
        BurnKind::Burn => "burn",
        BurnKind::Contraction => "contract",
    };
    let event = Event::new(name)
        .add_attribute("sequence", record.sequence.to_string())
        .add_attribute("amount", record.amount)
        .add_attribute("payment", record.payment)
        .add_attribute("supply", record.supply)
        .add_attribute("par", record.par.to_string())
        .add_attribute("reserve", pool.reserve);
    with_pool(event, pool.dcm, pool.duca)
}

pub fn forward_to_treasury(treasury: &Addr, amount: Uint128) -> Event {
    Event::new("forward_to_treasury")
        .add_attribute("recipient", treasury)
        .add_attribute("amount", amount)
}

pub fn grant_amo(address: &Addr) -> Event {
    Event::new("grant_amo").add_attribute("address", address)
}

pub fn revoke_amo(address: &Addr) -> Event {
    Event::new("revoke_amo").add_attribute("address", address)
}

pub fn update_guards(guards: &Guards) -> Event {
    with_guards(Event::new("update_guards"), guards)
}

fn with_pool(event: Event, dcm: Uint128, duca: Uint128) -> Event {
    event
        .add_attribute("pool_dcm", dcm)
        .add_attribute("pool_duca", duca)
}

fn with_guards(event: Event, guards: &Guards) -> Event {
    fn number(guard: Option<impl ToString>) -> String {
        guard.map_or_else(|| "off".to_owned(), |number| number.to_string())
    }
    event
        .add_attribute("max_minted", number(guards.max_minted))
        .add_attribute("max_paid_out", number(guards.max_paid_out))
        .add_attribute("max_seigniorage", number(guards.max_seigniorage))
        .add_attribute("max_par_rise", number(guards.max_par_rise))
        .add_attribute("band", number(guards.band))
        .add_attribute("min_mint_price", number(guards.min_mint_price))
        .add_attribute("min_mint_cover", number(guards.min_mint_cover))
}

const fn offer(offer: Offer) -> &'static str {
    match offer {
        Offer::Dcm => "dcm",
        Offer::Duca => "duca",
    }
}
