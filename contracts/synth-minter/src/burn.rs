//! Dollar synth repays debt.

use ballast_math::MathError;
use ballast_types::{
    address, debt_registry::RepayResponse, issuer::SharedDebtMsg, synth_minter::BurnPreview,
};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Reply, Response, SubMsg, Uint128, to_json_binary};

use crate::{
    error::ContractError,
    events, flag,
    position::{self, Position},
    registry,
    reply::{ANSWER, Pending},
    state::{Account, CONFIG, Config},
};

/// What the answer of the registry is met with.
#[cosmwasm_schema::cw_serde]
pub struct Burning {
    account: Addr,
    payer: Addr,
    sent: Uint128,
    limits: Limits,
}

/// What a burn has to respect.
#[cosmwasm_schema::cw_serde]
#[derive(Default)]
struct Limits {
    /// Where to stop.
    down_to: Option<Uint128>,
    /// Within the minimum stake time: until when, and below which debt a burn may not go.
    lock: Option<Lock>,
    /// Debt at which a flag ends; none without a flag or without prices.
    cured_at: Option<Uint128>,
}

#[cosmwasm_schema::cw_serde]
struct Lock {
    until: u64,
    target: Uint128,
}

/// Repays the debt of `account` with what `payer` sent: all of it is burnt, and the registry
/// mints what is too much to him again.
pub fn burn(
    deps: DepsMut,
    env: Env,
    config: &Config,
    payer: Addr,
    sent: Uint128,
    account: Option<String>,
    to_target: bool,
) -> Result<Response, ContractError> {
    let address = address::valid_or(deps.api, account.as_deref(), &payer)?;
    let account = Account::load(deps.storage, &address)?;

    let now = env.block.time.seconds();
    // Most burns respect nothing, and what the collateral is worth does not matter to them.
    let limits = if to_target || account.flag.is_some() || locked_until(config, &account, now) > now
    {
        let position = Position::load(deps.as_ref(), &config.oracle, &account, now)?;
        Limits::of(&position, config, &account, to_target, now)?
    } else {
        Limits::default()
    };

    let dollar = config.dollar()?;
    let repay = SharedDebtMsg::Repay {
        account: address.to_string(),
        burnt: sent,
        down_to: limits.down_to,
        refund_to: payer.to_string(),
    };
    let pending = Pending::Burn(Burning {
        account: address,
        payer,
        sent,
        limits,
    });
    let submessage = SubMsg::reply_on_success(registry::message(config, &repay)?, ANSWER)
        .with_payload(to_json_binary(&pending)?);
    Ok(Response::new()
        .add_message(registry::burn(dollar, sent)?)
        .add_submessage(submessage))
}

/// The registry has taken the burn for a repayment: who owes nothing is free, and a flag may
/// end.
pub fn burnt(deps: DepsMut, reply: &Reply, pending: Burning) -> Result<Response, ContractError> {
    let Burning {
        account: address,
        payer,
        sent,
        limits,
    } = pending;
    let RepayResponse { amount, debt } = ballast_kit::reply::executed(reply)?;
    limits.require_kept(debt)?;
    let refund = sent.checked_sub(amount).map_err(MathError::from)?;

    let mut ended = None;
    if flag::is_cured(debt, limits.cured_at) {
        let mut account = Account::load(deps.storage, &address)?;
        if debt.is_zero() {
            account.minted_at = 0;
        }
        ended = flag::settle(deps.storage, &address, &mut account, debt, limits.cured_at);
        account.save(deps.storage, &address)?;
    }
    Ok(Response::new()
        .add_event(events::burn(&address, &payer, amount, refund, debt))
        .add_events(ended))
}

pub fn preview(
    deps: Deps,
    env: &Env,
    account: &str,
    sent: Uint128,
    to_target: bool,
) -> Result<BurnPreview, ContractError> {
    let address = address::valid(deps.api, account)?;
    if sent.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    let config = CONFIG.load(deps.storage)?;
    let account = Account::load(deps.storage, &address)?;
    let now = env.block.time.seconds();
    let position = Position::load(deps, &config.oracle, &account, now)?;
    let limits = Limits::of(&position, &config, &account, to_target, now)?;
    let RepayResponse { amount, debt } =
        registry::preview_repay(deps, env, &config, &address, sent, limits.down_to)?;
    limits.require_kept(debt)?;
    Ok(BurnPreview {
        amount,
        refund: sent.checked_sub(amount).map_err(MathError::from)?,
        after: position::after(debt, config.dollar()?.decimals, position.value()),
        cures: account.flag.is_some() && flag::is_cured(debt, limits.cured_at),
    })
}

/// Until when a burn may not go beyond the target. An account with a running flag may.
fn locked_until(config: &Config, account: &Account, now: u64) -> u64 {
    if account.minted_at == 0 || account.running_flag(now).is_some() {
        return 0;
    }
    account
        .minted_at
        .saturating_add(config.params.min_stake_secs)
}

impl Limits {
    fn of(
        position: &Position,
        config: &Config,
        account: &Account,
        to_target: bool,
        now: u64,
    ) -> Result<Self, ContractError> {
        let decimals = config.dollar()?.decimals;
        let until = locked_until(config, account, now);
        let down_to = to_target.then(|| position.target(decimals)).transpose()?;
        let lock = match until > now && !to_target {
            true => Some(Lock {
                until,
                target: position.locked_target(decimals)?,
            }),
            false => None,
        };
        let cured_at = match account.flag {
            Some(_) => position.cured_at(decimals).ok(),
            None => None,
        };
        Ok(Self {
            down_to,
            lock,
            cured_at,
        })
    }

    fn require_kept(&self, debt: Uint128) -> Result<(), ContractError> {
        match &self.lock {
            Some(Lock { until, target }) if debt < *target => {
                Err(ContractError::MinimumStakeTime {
                    until: *until,
                    target: *target,
                    debt,
                })
            }
            _ => Ok(()),
        }
    }
}
