//! One synth for another at the oracle's prices.

use ballast_math::{
    MathError, Value,
    volatility::{ExchangeFee, exchange_fee},
};
use ballast_types::{
    address,
    issuer::{NewSynth, SharedDebtMsg},
    oracle,
    synth_minter::{ExchangeParams, ExchangePreview, Operation},
};
use cosmwasm_std::{Addr, Decimal, Deps, DepsMut, Env, Response, Uint128};

use crate::{
    error::ContractError,
    events, registry,
    state::{CONFIG, CONTROLS, Config, SYNTHS},
};

/// Exchanges what `payer` sent of `from` into `to`.
#[allow(clippy::too_many_arguments, reason = "each is a word of the message")]
pub fn exchange(
    deps: DepsMut,
    env: Env,
    payer: Addr,
    from: &NewSynth,
    amount: Uint128,
    to: &str,
    min_out: Uint128,
    recipient: Option<String>,
) -> Result<Response, ContractError> {
    let recipient = address::valid_or(deps.api, recipient.as_deref(), &payer)?;
    let config = CONFIG.load(deps.storage)?;
    let to = synth(deps.as_ref(), to)?;

    let quote = quote(deps.as_ref(), &env, &config, from, &to, amount)?;
    if quote.out < min_out {
        return Err(ContractError::Slippage {
            asset: to.synth,
            got: quote.out,
            min: min_out,
        });
    }

    let message = SharedDebtMsg::Exchange {
        from: from.synth.clone(),
        amount,
        to: to.synth.clone(),
        recipient: recipient.to_string(),
        out: quote.out,
        fee: quote.fee_to_treasury,
    };
    Ok(Response::new()
        .add_message(registry::burn(from, amount)?)
        .add_message(registry::message(&config, &message)?)
        .add_event(events::exchange(&events::Exchanged {
            account: &payer,
            recipient: &recipient,
            from: &from.synth,
            amount,
            to: &to.synth,
            out: quote.out,
            fee_rate: quote.fee_rate,
            fee_to_treasury: quote.fee_to_treasury,
            fee_unminted: quote.fee_unminted,
        })))
}

pub fn preview(
    deps: Deps,
    env: &Env,
    from: &str,
    to: &str,
    amount: Uint128,
) -> Result<ExchangePreview, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let (from, to) = (synth(deps, from)?, synth(deps, to)?);
    let quote = quote(deps, env, &config, &from, &to, amount)?;
    registry::preview_exchange(deps, env, &config, &from, &to, amount, &quote)?;
    Ok(quote)
}

fn synth(deps: Deps, id: &str) -> Result<NewSynth, ContractError> {
    SYNTHS
        .may_load(deps.storage, id)?
        .ok_or_else(|| ContractError::NotASynth {
            asset: id.to_owned(),
        })
}

fn quote(
    deps: Deps,
    env: &Env,
    config: &Config,
    from: &NewSynth,
    to: &NewSynth,
    amount: Uint128,
) -> Result<ExchangePreview, ContractError> {
    CONTROLS.require_on(deps.storage, &Operation::Exchange)?;
    if from.synth == to.synth {
        return Err(ContractError::SameSynth {
            synth: to.synth.clone(),
        });
    }
    let now = env.block.time.seconds();
    let from_side = Side::read(deps, config, from, now)?;
    let to_side = Side::read(deps, config, to, now)?;
    if to_side.only_leaves {
        return Err(ContractError::RetiredSynth {
            synth: to.synth.clone(),
        });
    }
    let fee_rate = fee_rate(&config.params.exchange, &from_side, &to_side)?;
    let quote = price(
        amount,
        &from_side,
        &to_side,
        fee_rate,
        config.params.exchange,
    )?;
    if quote.out.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    Ok(quote)
}

/// What an exchange needs to know of a synth.
struct Side {
    price: Decimal,
    volatility: Decimal,
    decimals: u8,
    retired: bool,
    only_leaves: bool,
    is_dollar: bool,
}

impl Side {
    /// The dollar synth is one dollar by definition and needs no reading.
    fn read(
        deps: Deps,
        config: &Config,
        synth: &NewSynth,
        now: u64,
    ) -> Result<Self, ContractError> {
        if synth.is_dollar {
            return Ok(Self {
                price: Decimal::one(),
                volatility: Decimal::zero(),
                decimals: synth.decimals,
                retired: false,
                only_leaves: false,
                is_dollar: true,
            });
        }
        let record = oracle::record(&deps.querier, &config.oracle, &synth.synth)?;
        Ok(Self {
            price: record.strict(&synth.synth, now)?,
            volatility: record.volatility,
            decimals: synth.decimals,
            retired: record.is_retired(),
            only_leaves: record.only_leaves(),
            is_dollar: false,
        })
    }
}

/// A retired synth is redeemed into the dollar at its final price, without a fee.
fn fee_rate(params: &ExchangeParams, from: &Side, to: &Side) -> Result<Decimal, ContractError> {
    if from.retired && to.is_dollar {
        return Ok(Decimal::zero());
    }
    let fee = exchange_fee(
        params.base_fee,
        from.volatility,
        to.volatility,
        to.is_dollar,
        params.max_fee,
        params.max_exit_fee,
    );
    match fee {
        ExchangeFee::Charged(fee) => Ok(fee),
        ExchangeFee::Refused(fee) => Err(ContractError::FeeTooHigh {
            fee,
            max: params.max_fee,
        }),
    }
}

/// `out = floor(amount · p_from · (1 − fee) / p_to)`; of the fee, the treasury's part rounds
/// down and the rest is simply not minted.
fn price(
    amount: Uint128,
    from: &Side,
    to: &Side,
    fee_rate: Decimal,
    params: ExchangeParams,
) -> Result<ExchangePreview, MathError> {
    let value = Value::of(amount, from.price, from.decimals)?;
    let kept = Decimal::one().checked_sub(fee_rate)?;
    let out = value.mul_floor(kept)?.amount_floor(to.price, to.decimals)?;
    let minted_part = Decimal::one().checked_sub(params.unminted_part)?;
    let fee_to_treasury = value
        .mul_floor(fee_rate)?
        .mul_floor(minted_part)?
        .amount_floor(to.price, to.decimals)?;
    let whole = value.amount_floor(to.price, to.decimals)?;
    Ok(ExchangePreview {
        out,
        fee_rate,
        fee_to_treasury,
        fee_unminted: whole.checked_sub(out)?.checked_sub(fee_to_treasury)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use std::str::FromStr;

    fn side(price: &str, decimals: u8) -> Side {
        Side {
            price: Decimal::from_str(price).unwrap(),
            volatility: Decimal::zero(),
            decimals,
            retired: false,
            only_leaves: false,
            is_dollar: false,
        }
    }

    fn params(unminted: u64) -> ExchangeParams {
        ExchangeParams {
            base_fee: Decimal::permille(3),
            max_fee: Decimal::permille(15),
            max_exit_fee: Decimal::percent(10),
            unminted_part: Decimal::percent(unminted),
        }
    }

    #[rstest]
    // 2,000 dollars into a synth of $2,000 with 18 decimals, 0.3 % fee, half of it unminted.
    #[case(
        side("1", 6),
        2_000_000_000,
        side("2000", 18),
        50,
        997_000_000_000_000_000,
        1_500_000_000_000_000,
        1_500_000_000_000_000
    )]
    // Back, all of the fee to the treasury.
    #[case(
        side("2000", 18),
        1_000_000_000_000_000_000,
        side("1", 6),
        0,
        1_994_000_000,
        6_000_000,
        0
    )]
    // Nothing of the fee is minted.
    #[case(side("1", 6), 1_000, side("1", 6), 100, 997, 0, 3)]
    // What rounding leaves is not minted: 999 · 0.997 = 996.003, of the fee of 2.997 a half.
    #[case(side("1", 6), 999, side("1", 6), 50, 996, 1, 2)]
    // Too little to give anything.
    #[case(side("1", 6), 1, side("2000", 6), 50, 0, 0, 0)]
    fn quotes(
        #[case] from: Side,
        #[case] amount: u128,
        #[case] to: Side,
        #[case] unminted: u64,
        #[case] out: u128,
        #[case] to_treasury: u128,
        #[case] not_minted: u128,
    ) {
        let fee = Decimal::permille(3);
        let quote = price(Uint128::new(amount), &from, &to, fee, params(unminted)).unwrap();
        assert_eq!(quote.out.u128(), out);
        assert_eq!(quote.fee_to_treasury.u128(), to_treasury);
        assert_eq!(quote.fee_unminted.u128(), not_minted);
    }

    fn moved(volatility: u64, side: Side) -> Side {
        Side {
            volatility: Decimal::permille(volatility),
            ..side
        }
    }

    fn dollar() -> Side {
        Side {
            is_dollar: true,
            ..side("1", 6)
        }
    }

    fn retired() -> Side {
        Side {
            retired: true,
            only_leaves: true,
            ..side("2", 6)
        }
    }

    #[rstest]
    #[case::calm(dollar(), side("2", 6), Some(3))]
    #[case::both_add(moved(4, side("2", 6)), moved(5, side("3", 6)), Some(12))]
    #[case::at_the_most(moved(12, side("2", 6)), side("3", 6), Some(15))]
    #[case::above_it(moved(13, side("2", 6)), side("3", 6), None)]
    #[case::above_it_into_the_dollar(moved(13, side("2", 6)), dollar(), Some(16))]
    #[case::never_more_than_a_tenth(moved(900, side("2", 6)), dollar(), Some(100))]
    #[case::redeemed(retired(), dollar(), Some(0))]
    #[case::retired_into_another(retired(), side("2", 6), Some(3))]
    fn fees(#[case] from: Side, #[case] to: Side, #[case] permille: Option<u64>) {
        let found = fee_rate(&params(50), &from, &to);
        match permille {
            Some(permille) => assert_eq!(found, Ok(Decimal::permille(permille))),
            None => assert!(matches!(found, Err(ContractError::FeeTooHigh { .. }))),
        }
    }

    proptest! {
        /// What is minted is never worth more than what is burnt.
        #[test]
        fn never_raises_the_debt(
            amount in 1u128..1 << 96, p in 1_000_000u128..1 << 90, q in 1_000_000u128..1 << 90,
            from_decimals in 0u8..=18, to_decimals in 0u8..=18, fee in 0u64..100, unminted in 0u64..=100,
        ) {
            let (p, q) = (Decimal::new(p.into()), Decimal::new(q.into()));
            let from = Side { price: p, ..side("1", from_decimals) };
            let to = Side { price: q, ..side("1", to_decimals) };
            let amount = Uint128::new(amount);
            if let Ok(quote) = price(amount, &from, &to, Decimal::permille(fee), params(unminted)) {
                let burnt = Value::of(amount, p, from_decimals).unwrap();
                let minted = quote.out + quote.fee_to_treasury;
                prop_assert!(Value::of(minted, q, to_decimals).unwrap() <= burnt);
            }
        }
    }
}
