//! A weak account whose grace has passed is liquidated, whole or in parts.

use ballast_math::{
    MathError, Value,
    liquidation::{Fill, Liquidation},
    position::{self as terms, Holding},
};
use ballast_types::{
    Token, address,
    debt_registry::{RepayResponse, Valuation},
    issuer::SharedDebtMsg,
    synth_minter::{AssetAmount, LiquidationPreview, SeizedAsset},
    treasury::{self, CoverResponse},
};
use cosmwasm_std::{
    Addr, Deps, DepsMut, Env, Event, Reply, Response, Storage, SubMsg, SubMsgResult, Uint128,
    WasmMsg, to_json_binary,
};

use crate::{
    error::ContractError,
    events,
    position::{self, Position, Staked, Under},
    registry,
    reply::{ANSWER, Pending},
    state::{self, Account, CONFIG, Config, Flag, TOTALS, TREASURY_DUE},
};

/// What the answer of the registry is met with.
#[cosmwasm_schema::cw_serde]
pub struct Liquidating {
    account: Addr,
    liquidator: Addr,
    flagger: Addr,
    paid: Uint128,
    refund: Uint128,
    debt_closed: Uint128,
    seized: Vec<SeizedAsset>,
    decimals: u8,
    value_left: Value,
}

impl Liquidating {
    /// Debt that is closed and not paid for.
    const fn bad_debt(&self) -> Uint128 {
        Uint128::new(self.debt_closed.u128().saturating_sub(self.paid.u128()))
    }
}

/// What is met with when a token fails.
#[cosmwasm_schema::cw_serde]
pub struct Delivering {
    recipient: Addr,
    asset: String,
    amount: Uint128,
}

/// Repays the debt of `account` with what `liquidator` sent, and pays him in collateral.
pub fn liquidate(
    deps: DepsMut,
    env: Env,
    config: &Config,
    liquidator: Addr,
    sent: Uint128,
    account: &str,
    min_received: &[AssetAmount],
) -> Result<Response, ContractError> {
    let address = address::valid(deps.api, account)?;
    let mut account = Account::load(deps.storage, &address)?;

    let plan = Plan::of(deps.as_ref(), &env, config, &address, &account, Some(sent))?;
    plan.require_received(min_received)?;

    let ended = plan.apply(deps.storage, &address, &mut account)?;
    account.save(deps.storage, &address)?;

    let dollar = config.dollar()?;
    let paid = plan.fill.paid;
    let refund = sent.checked_sub(paid).map_err(MathError::from)?;
    let mut response = Response::new();
    if !paid.is_zero() {
        response = response.add_message(registry::burn(dollar, paid)?);
    }
    response = response
        .add_submessage(plan.close(config, &address, &liquidator, refund)?)
        .add_events(ended);
    for (staked, seized) in plan.position.staked.iter().zip(&plan.seized) {
        if !seized.liquidator.is_zero() {
            response = response.add_submessage(deliver(staked, &liquidator, seized)?);
        }
    }
    if !refund.is_zero() {
        let token = Token::Cw20(dollar.token.clone());
        response = response.add_message(token.transfer(&liquidator, refund)?);
    }
    Ok(response)
}

/// The registry has closed the debt: what is left of it is known now, unless insurance is
/// still to cover a part that nobody paid.
pub fn liquidated(
    deps: DepsMut,
    reply: &Reply,
    pending: Box<Liquidating>,
) -> Result<Response, ContractError> {
    let RepayResponse { debt, .. } = ballast_kit::reply::executed(reply)?;
    if pending.bad_debt().is_zero() {
        return Ok(Response::new().add_event(pending.event(debt)));
    }
    let config = CONFIG.load(deps.storage)?;
    Ok(Response::new().add_submessage(cover(&config, pending)?))
}

/// The treasury has covered what it could, or failed: the pool shares the rest by itself. Both
/// change what the account owes of a debt that was closed in part.
pub fn covered(
    deps: Deps,
    env: &Env,
    reply: &Reply,
    pending: &Liquidating,
) -> Result<Response, ContractError> {
    let covered = match &reply.result {
        SubMsgResult::Ok(_) => ballast_kit::reply::executed::<CoverResponse>(reply)
            .map(|answer| answer.covered)
            .unwrap_or_default(),
        SubMsgResult::Err(_) => Uint128::zero(),
    };
    let config = CONFIG.load(deps.storage)?;
    let valuation = Valuation::Liquidation;
    let debt = registry::recorded_debt(deps, env, &config, &pending.account, valuation)?;
    let (bad_debt, shared) = (
        pending.bad_debt(),
        pending.bad_debt().saturating_sub(covered),
    );
    Ok(Response::new()
        .add_event(pending.event(debt))
        .add_event(events::bad_debt(
            &pending.account,
            bad_debt,
            covered,
            shared,
        )))
}

impl Liquidating {
    fn event(&self, debt: Uint128) -> Event {
        let after = position::after(debt, self.decimals, Some(self.value_left));
        events::liquidate(&events::Liquidated {
            account: &self.account,
            liquidator: &self.liquidator,
            flagger: &self.flagger,
            paid: self.paid,
            refund: self.refund,
            debt_closed: self.debt_closed,
            seized: &self.seized,
            after: &after,
        })
    }
}

pub fn preview(
    deps: Deps,
    env: &Env,
    account: &str,
    amount: Option<Uint128>,
) -> Result<LiquidationPreview, ContractError> {
    let address = address::valid(deps.api, account)?;
    let config = CONFIG.load(deps.storage)?;
    let account = Account::load(deps.storage, &address)?;
    if amount == Some(Uint128::zero()) {
        return Err(ContractError::ZeroAmount {});
    }
    let plan = Plan::of(deps, env, &config, &address, &account, amount)?;
    let covered = match plan.fill.bad_debt() {
        none if none.is_zero() => none,
        bad_debt => preview_cover(deps, env, &config, bad_debt),
    };
    let after = registry::preview_liquidate(deps, env, &config, &address, &plan.fill, covered)?;
    plan.preview(amount, after.debt, config.dollar()?.decimals)
}

/// All that a liquidation does, before it is done.
pub struct Plan {
    flag: Flag,
    position: Position,
    holdings: Vec<Holding>,
    debt: Uint128,
    kind: ballast_types::LiquidationKind,
    pub most: Uint128,
    fill: Fill,
    pub seized: Vec<SeizedAsset>,
}

impl Plan {
    /// Refuses unless the account is flagged, past its deadline and still weak.
    fn of(
        deps: Deps,
        env: &Env,
        config: &Config,
        address: &Addr,
        account: &Account,
        offered: Option<Uint128>,
    ) -> Result<Self, ContractError> {
        let now = env.block.time.seconds();
        let flag = account
            .flag
            .as_ref()
            .ok_or_else(|| ContractError::NotFlagged {
                account: address.clone(),
            })?;
        if now < flag.deadline {
            return Err(ContractError::InGrace {
                deadline: flag.deadline,
                now,
            });
        }
        if now >= flag.expires_at {
            return Err(ContractError::FlagExpired {
                expires_at: flag.expires_at,
                now,
            });
        }
        let debt = registry::debt(deps, env, config, address, account, Valuation::Liquidation)?;
        let position = Position::load(deps, &config.oracle, account, now)?;
        Self::at(config, address, flag, position, debt, offered)
    }

    /// The same for an account whose flag, position and debt are known.
    pub fn at(
        config: &Config,
        address: &Addr,
        flag: &Flag,
        position: Position,
        debt: Uint128,
        offered: Option<Uint128>,
    ) -> Result<Self, ContractError> {
        let decimals = config.dollar()?.decimals;
        let holdings = position.seizable(Under::Flag)?;
        if !terms::is_weak(&holdings, debt, decimals)? {
            return Err(ContractError::NotWeak {
                account: address.clone(),
                debt,
            });
        }
        let params = &config.params;
        let liquidation = Liquidation::new(
            &holdings,
            debt,
            decimals,
            params.penalty_split,
            params.min_debt,
        )?;
        let (kind, most) = (liquidation.kind(), liquidation.most());
        let fill = liquidation.fill(offered.unwrap_or(most))?;
        let seized = position
            .staked
            .iter()
            .zip(&fill.seizures)
            .map(|(staked, seizure)| SeizedAsset {
                asset: staked.asset.clone(),
                taken: seizure.taken,
                liquidator: seizure.liquidator,
                flagger: seizure.flagger,
                treasury: seizure.treasury,
            })
            .collect();
        Ok(Self {
            flag: flag.clone(),
            position,
            holdings,
            debt,
            kind,
            most,
            fill,
            seized,
        })
    }

    fn require_received(&self, min_received: &[AssetAmount]) -> Result<(), ContractError> {
        for AssetAmount { asset, amount: min } in min_received {
            let got = self
                .seized
                .iter()
                .find(|seized| seized.asset == *asset)
                .map(|seized| seized.liquidator)
                .unwrap_or_default();
            if got < *min {
                return Err(ContractError::Slippage {
                    asset: asset.clone(),
                    got,
                    min: *min,
                });
            }
        }
        Ok(())
    }

    /// Takes the collateral out of the books. A liquidation that was not a part of one ends
    /// the flag; a part leaves it.
    fn apply(
        &self,
        storage: &mut dyn Storage,
        address: &Addr,
        account: &mut Account,
    ) -> Result<Option<Event>, ContractError> {
        let mut rewards = state::rewards(storage, &self.flag.flagger)?;
        let mut due = state::treasury_due(storage)?;
        let mut totals = state::totals(storage)?;
        for seized in &self.seized {
            account.collateral.reduce(&seized.asset, seized.taken)?;
            totals.reduce(&seized.asset, seized.taken)?;
            rewards.add(&seized.asset, seized.flagger)?;
            due.add(&seized.asset, seized.treasury)?;
        }
        state::save_rewards(storage, &self.flag.flagger, &rewards)?;
        TREASURY_DUE.save(storage, &due)?;
        TOTALS.save(storage, &totals)?;
        if self.fill.debt_closed == self.debt {
            account.minted_at = 0;
        }
        if self.fill.paid < self.most {
            return Ok(None);
        }
        Ok(account
            .end_flag(storage, address)
            .map(|_| events::flag_ended(address, "liquidated")))
    }

    fn close(
        &self,
        config: &Config,
        address: &Addr,
        liquidator: &Addr,
        refund: Uint128,
    ) -> Result<SubMsg, ContractError> {
        let close = SharedDebtMsg::Liquidate {
            account: address.to_string(),
            paid: self.fill.paid,
            debt_closed: self.fill.debt_closed,
        };
        let pending = Pending::Liquidate(Box::new(Liquidating {
            account: address.clone(),
            liquidator: liquidator.clone(),
            flagger: self.flag.flagger.clone(),
            paid: self.fill.paid,
            refund,
            debt_closed: self.fill.debt_closed,
            seized: self.seized.clone(),
            decimals: config.dollar()?.decimals,
            value_left: self.value_left()?,
        }));
        Ok(
            SubMsg::reply_on_success(registry::message(config, &close)?, ANSWER)
                .with_payload(to_json_binary(&pending)?),
        )
    }

    fn value_left(&self) -> Result<Value, ContractError> {
        let left = self
            .holdings
            .iter()
            .zip(&self.seized)
            .map(|(holding, seized)| {
                let amount = holding.amount.checked_sub(seized.taken)?;
                Ok(Holding { amount, ..*holding })
            })
            .collect::<Result<Vec<_>, MathError>>()?;
        Ok(terms::total_value(&left)?)
    }

    fn preview(
        &self,
        offered: Option<Uint128>,
        debt_after: Uint128,
        decimals: u8,
    ) -> Result<LiquidationPreview, ContractError> {
        let Fill {
            paid, debt_closed, ..
        } = self.fill;
        Ok(LiquidationPreview {
            kind: self.kind,
            most: self.most,
            paid,
            refund: offered.unwrap_or(paid).saturating_sub(paid),
            debt_closed,
            bad_debt: self.fill.bad_debt(),
            seized: self.seized.clone(),
            after: position::after(debt_after, decimals, Some(self.value_left()?)),
        })
    }

    /// What the liquidator's part is worth beyond what he pays, at the prices of the plan.
    pub fn profit(&self, decimals: u8) -> Result<Value, MathError> {
        let received = self.holdings.iter().zip(&self.seized).try_fold(
            Value::ZERO,
            |sum, (holding, seized)| {
                sum.checked_add(
                    Holding {
                        amount: seized.liquidator,
                        ..*holding
                    }
                    .value()?,
                )
            },
        )?;
        Ok(received.saturating_sub(Value::of_dollars(self.fill.paid, decimals)?))
    }
}

/// Pays the liquidator his part of one collateral. A token that fails must not guard a debt: it
/// fails alone, and its part waits for him like a reward.
fn deliver(
    staked: &Staked,
    liquidator: &Addr,
    seized: &SeizedAsset,
) -> Result<SubMsg, ContractError> {
    let transfer = staked
        .collateral
        .token
        .transfer(liquidator, seized.liquidator)?;
    let pending = Pending::Deliver(Delivering {
        recipient: liquidator.clone(),
        asset: seized.asset.clone(),
        amount: seized.liquidator,
    });
    Ok(SubMsg::reply_on_error(transfer, ANSWER).with_payload(to_json_binary(&pending)?))
}

/// The token has failed: what could not be delivered waits.
pub fn undelivered(
    storage: &mut dyn Storage,
    pending: &Delivering,
) -> Result<Response, ContractError> {
    let Delivering {
        recipient,
        asset,
        amount,
    } = pending;
    let mut rewards = state::rewards(storage, recipient)?;
    rewards.add(asset, *amount)?;
    state::save_rewards(storage, recipient, &rewards)?;
    Ok(Response::new().add_event(events::undelivered(recipient, asset, *amount)))
}

/// Asks the treasury to cover bad debt. Whatever it answers, the liquidation stands.
fn cover(config: &Config, pending: Box<Liquidating>) -> Result<SubMsg, ContractError> {
    let amount = pending.bad_debt();
    let message = WasmMsg::Execute {
        contract_addr: config.treasury.to_string(),
        msg: to_json_binary(&treasury::ExecuteMsg::Cover { amount })?,
        funds: vec![],
    };
    Ok(SubMsg::reply_always(message, ANSWER)
        .with_payload(to_json_binary(&Pending::Cover(pending))?))
}

/// What the treasury would cover; nothing when it cannot say.
fn preview_cover(deps: Deps, env: &Env, config: &Config, bad_debt: Uint128) -> Uint128 {
    deps.querier
        .query_wasm_smart::<CoverResponse>(
            &config.treasury,
            &treasury::QueryMsg::PreviewCover {
                contract: env.contract.address.to_string(),
                amount: bad_debt,
            },
        )
        .map(|answer| answer.covered)
        .unwrap_or_default()
}
