//! Liquidation: a position to the peers of its vault, a last holder for dollars.

use ballast_math::{
    Accrued, Value,
    vault::{LiquidationTerms, is_liquidatable},
};
use ballast_types::{
    pool_lens::{LiquidationKind, LiquidationPreview},
    pool_manager::VaultKey,
};
use cosmwasm_std::{
    Addr, Deps, DepsMut, Env, Event, MessageInfo, QuerierWrapper, Response, Storage, Uint128,
};

use crate::{
    ContractError, Refusal,
    chain::Poll,
    dollar,
    position::{OpenPosition, Terms},
    state::{Free, HELD, Held},
};

/// A liquidation that is ready to be saved.
struct Liquidation<'a> {
    open: OpenPosition<'a>,
    preview: LiquidationPreview,
    /// What nobody could take.
    bad: Accrued,
}

/// Which way, and with how much.
#[derive(Clone, Copy)]
enum Way {
    /// To the vault's peers.
    ToPeers,
    /// For so many dollars.
    ForDollars(Uint128),
    /// Whichever applies, with the most that may be paid.
    Either,
}

/// Handles `liquidate`.
pub fn to_peers(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    account: Addr,
    key: &VaultKey,
) -> Result<Response, Refusal> {
    let liquidation = plan(deps.storage, deps.querier, env, key, account, Way::ToPeers)?;
    settle(deps, key, liquidation, &info.sender, Uint128::zero())
}

/// Handles the hook `liquidate_last_holder`.
pub fn last_holder(
    deps: DepsMut,
    env: &Env,
    payer: &Addr,
    arrived: Uint128,
    account: Addr,
    key: &VaultKey,
    min_received: Uint128,
) -> Result<Response, Refusal> {
    let way = Way::ForDollars(arrived);
    let liquidation = plan(deps.storage, deps.querier, env, key, account, way)?;
    let received = liquidation.preview.received;
    if received < min_received {
        return Err(ContractError::Slippage {
            received,
            min: min_received,
        }
        .into());
    }
    settle(deps, key, liquidation, payer, arrived)
}

/// What a liquidation would do; for a last holder with `amount` dollars, or the most.
pub fn preview(
    deps: Deps,
    env: &Env,
    account: Addr,
    key: &VaultKey,
    amount: Option<Uint128>,
) -> Result<LiquidationPreview, Refusal> {
    let way = amount.map_or(Way::Either, Way::ForDollars);
    Ok(plan(deps.storage, deps.querier, env, key, account, way)?.preview)
}

fn plan<'a>(
    storage: &dyn Storage,
    querier: QuerierWrapper<'a>,
    env: &Env,
    key: &VaultKey,
    account: Addr,
    way: Way,
) -> Result<Liquidation<'a>, Refusal> {
    let now = env.block.time.seconds();
    let open = OpenPosition::open(storage, querier, now, key, account, Poll::Reports)?;
    let terms = Terms::load(storage, key.pool.u64(), &key.asset)?;
    of(open, terms, way)
}

/// Whether an open position may be liquidated, and what the most that may be paid would do.
pub fn due(open: OpenPosition, terms: Terms) -> Result<LiquidationPreview, Refusal> {
    Ok(of(open, terms, Way::Either)?.preview)
}

fn of<'a>(mut open: OpenPosition<'a>, terms: Terms, way: Way) -> Result<Liquidation<'a>, Refusal> {
    let price = open.chain.prices.high(&open.vault.asset)?;
    let numbers = numbers(&terms, price, open.chain.dollar.decimals)?;
    let held = open.collateral()?;
    let value = Value::of(held, price, numbers.decimals)?;
    let debt = open.debt()?;
    let least = terms.collateral.terms.0.liquidation_ratio;
    if !is_liquidatable(value, debt, least, numbers.dollar_decimals)? {
        let ratio = open.ratio(price, numbers.decimals)?;
        return Err(ContractError::NotLiquidatable {
            ratio: ratio.map_or_else(|| "any amount".to_owned(), |ratio| ratio.to_string()),
            least,
        }
        .into());
    }
    let is_last = open
        .vault
        .record
        .vault
        .is_last_holder(&open.stake.position)?;
    let offered = match (way, is_last) {
        (Way::ToPeers, true) => return Err(ContractError::LastHolder {}.into()),
        (Way::ForDollars(_), false) => return Err(ContractError::NotLastHolder {}.into()),
        (Way::ForDollars(amount), true) => Some(amount),
        (Way::Either, true) => Some(debt),
        (Way::ToPeers | Way::Either, false) => None,
    };
    let mut bad = Accrued::ZERO;
    let vault = &mut open.vault.record.vault;
    let preview = match offered {
        None => {
            let done = vault.liquidate_to_peers(&mut open.stake.position, &numbers)?;
            LiquidationPreview {
                kind: LiquidationKind::ToPeers,
                paid: Uint128::zero(),
                received: done.reward,
                received_value: Value::of(done.reward, price, numbers.decimals)?.usd_floor()?,
                debt_closed: done.debt.owed_ceil()?,
                debt_left: Uint128::zero(),
            }
        }
        Some(offered) => {
            let position = &mut open.stake.position;
            let done = vault.liquidate_last_holder(position, offered, &numbers)?;
            open.chain.owes_less(done.paid)?;
            if done.debt_left.is_positive() {
                let left = done.debt_left;
                open.chain.books.chain.moved(left.checked_neg()?)?;
                bad = open.chain.spread_to_others(&mut open.vault, left)?;
            }
            let debt_left = done.debt_left.owed_ceil()?;
            LiquidationPreview {
                kind: LiquidationKind::LastHolder,
                paid: done.paid,
                received: done.taken,
                received_value: Value::of(done.taken, price, numbers.decimals)?.usd_floor()?,
                debt_closed: done.paid.checked_add(debt_left)?,
                debt_left,
            }
        }
    };
    open.close()?;
    Ok(Liquidation { open, preview, bad })
}

fn numbers(
    terms: &Terms,
    price: cosmwasm_std::Decimal,
    dollar_decimals: u8,
) -> Result<LiquidationTerms, Refusal> {
    let collateral = &terms.collateral;
    let of_all = &collateral.terms.0;
    Ok(LiquidationTerms {
        price,
        decimals: collateral.decimals,
        dollar_decimals,
        penalty: of_all.liquidation_penalty,
        keeper_part: of_all.keeper_part,
        max_keeper_reward: Value::of_usd(of_all.max_keeper_reward)?
            .amount_floor(price, collateral.decimals)?,
    })
}

fn settle(
    deps: DepsMut,
    key: &VaultKey,
    liquidation: Liquidation,
    keeper: &Addr,
    arrived: Uint128,
) -> Result<Response, Refusal> {
    let Liquidation { open, preview, bad } = liquidation;
    // Into the keeper's account: a token that fails to transfer stops no liquidation.
    let asset = &key.asset;
    let received = preview.received;
    let mut held = Held::load(deps.storage, asset)?;
    held.delegated = held.delegated.checked_sub(received)?;
    held.undelegated = held.undelegated.checked_add(received)?;
    let mut free = Free::load(deps.storage, keeper, asset)?;
    free.amount = free.amount.checked_add(received)?;
    let mut response = Response::new().add_event(
        Event::new("liquidate")
            .add_attribute("account", &open.account)
            .add_attribute("pool", key.pool)
            .add_attribute("asset", asset)
            .add_attribute("keeper", keeper)
            .add_attribute("paid", preview.paid)
            .add_attribute("received", preview.received)
            .add_attribute("debt_closed", preview.debt_closed)
            .add_attribute("debt_left", preview.debt_left),
    );
    if bad.is_positive() {
        response = response.add_event(
            Event::new("bad_debt")
                .add_attribute("account", &open.account)
                .add_attribute("pool", key.pool)
                .add_attribute("amount", bad.owed_ceil()?),
        );
    }
    let config = open.chain.config.clone();
    HELD.save(deps.storage, asset, &held)?;
    free.save(deps.storage, keeper, asset)?;
    let events = open.save(deps.storage)?;

    Ok(response
        .add_messages(dollar::burn(&config, preview.paid, arrived, keeper)?)
        .add_events(events))
}
