//! Dollar synth repays debt.

use ballast_math::{MathError, Value};
use ballast_types::{
    address,
    debt_registry::{ExecuteMsg, RepayResponse},
    synth_minter::BurnPreview,
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
    decimals: u8,
    flagged: bool,
    limits: Limits,
}

/// What a burn has to respect.
#[cosmwasm_schema::cw_serde]
struct Limits {
    /// Where to stop.
    down_to: Option<Uint128>,
    /// Within the minimum stake time: until when, and below which debt a burn may not go.
    lock: Option<Lock>,
    /// Debt at which a flag ends; none without a flag or without prices.
    cured_at: Option<Uint128>,
    value: Option<Value>,
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
    payer: Addr,
    sent: Uint128,
    account: Option<String>,
    to_target: bool,
) -> Result<Response, ContractError> {
    let address = address::valid_or(deps.api, account.as_deref(), &payer)?;
    let config = CONFIG.load(deps.storage)?;
    let account = Account::load(deps.storage, &address)?;

    let limits = Limits::of(deps.as_ref(), &env, &config, &account, to_target)?;

    let repay = ExecuteMsg::Repay {
        account: address.to_string(),
        burnt: sent,
        down_to: limits.down_to,
        refund_to: payer.to_string(),
    };
    let dollar = config.dollar()?;
    let pending = Pending::Burn(Burning {
        account: address,
        payer,
        sent,
        decimals: dollar.decimals,
        flagged: account.flag.is_some(),
        limits,
    });
    let submessage = SubMsg::reply_on_success(registry::message(&config, &repay)?, ANSWER)
        .with_payload(to_json_binary(&pending)?);
    Ok(Response::new()
        .add_message(registry::burn(dollar, sent)?)
        .add_submessage(submessage))
}

/// The registry has taken the burn for a repayment: a flag may end.
pub fn burnt(deps: DepsMut, reply: &Reply, pending: Burning) -> Result<Response, ContractError> {
    let Burning {
        account: address,
        payer,
        sent,
        decimals,
        flagged,
        limits,
    } = pending;
    let RepayResponse { amount, debt } = ballast_kit::reply::executed(reply)?;
    limits.require_kept(debt)?;
    let refund = sent.checked_sub(amount).map_err(MathError::from)?;

    let mut ended = None;
    if debt.is_zero() || flagged && flag::is_cured(debt, limits.cured_at) {
        let mut account = Account::load(deps.storage, &address)?;
        if debt.is_zero() {
            account.minted_at = 0;
        }
        ended = flag::settle(deps.storage, &address, &mut account, debt, limits.cured_at);
        account.save(deps.storage, &address)?;
    }

    let after = position::after(debt, decimals, limits.value);
    Ok(Response::new()
        .add_event(events::burn(&address, &payer, amount, refund, &after))
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
    let limits = Limits::of(deps, env, &config, &account, to_target)?;
    let RepayResponse { amount, debt } =
        registry::preview_repay(deps, env, &config, &address, sent, limits.down_to)?;
    limits.require_kept(debt)?;
    Ok(BurnPreview {
        amount,
        refund: sent.checked_sub(amount).map_err(MathError::from)?,
        after: position::after(debt, config.dollar()?.decimals, limits.value),
        cures: account.flag.is_some() && flag::is_cured(debt, limits.cured_at),
    })
}

impl Limits {
    fn of(
        deps: Deps,
        env: &Env,
        config: &Config,
        account: &Account,
        to_target: bool,
    ) -> Result<Self, ContractError> {
        let now = env.block.time.seconds();
        let decimals = config.dollar()?.decimals;
        let position = Position::load(deps, &config.oracle, account, now)?;
        let until = account
            .minted_at
            .saturating_add(config.params.min_stake_secs);
        let locked = now < until && account.minted_at > 0 && account.running_flag(now).is_none();
        let down_to = to_target.then(|| position.target(decimals)).transpose()?;
        let lock = match locked && !to_target {
            true => Some(Lock {
                until,
                target: position.locked_target(decimals)?,
            }),
            false => None,
        };
        Ok(Self {
            down_to,
            lock,
            cured_at: position.cured_at(decimals).ok(),
            value: position.value(),
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
