//! What a trade is worth, and what it costs: pure arithmetic.

use ballast_math::{
    MathError, Value,
    rounding::mul_ceil,
    volatility::{ExchangeFee, exchange_fee},
};
use ballast_types::{
    oracle::PriceRecord,
    spot_market::{BuyPreview, SellPreview},
};
use cosmwasm_std::{Decimal, Uint128};

use crate::{ContractError, state::Market};

/// fee = ceil(usd · rate); units = floor((usd − fee) / price).
///
/// What is not worth a whole unit, and every other dust, stays with the pools.
pub fn buy(
    market: &Market,
    record: &PriceRecord,
    now: u64,
    usd: Uint128,
    dollar_decimals: u8,
) -> Result<BuyPreview, ContractError> {
    let price = record.strict(&market.asset, now)?;
    // Who knows the final price of a synth would take it.
    if record.only_leaves() {
        return Err(ContractError::Retiring {
            asset: market.asset.clone(),
        });
    }
    let fee_rate = match fee_rate(market, record, false) {
        ExchangeFee::Charged(fee) => fee,
        ExchangeFee::Refused(fee) => {
            return Err(ContractError::FeeTooHigh {
                fee,
                max: market.max_fee,
            });
        }
    };
    let fee = mul_ceil(usd, fee_rate)?;
    let net = usd.saturating_sub(fee);
    let units = Value::of_dollars(net, dollar_decimals)?.amount_floor(price, record.decimals)?;
    if units.is_zero() {
        return Err(ContractError::NothingBought { usd });
    }
    Ok(BuyPreview {
        units,
        fee,
        fee_rate,
        price,
    })
}

/// worth = floor(units · lower exit price); fee = ceil(worth · rate); the seller gets the rest.
pub fn sell(
    market: &Market,
    record: &PriceRecord,
    now: u64,
    units: Uint128,
    dollar_decimals: u8,
) -> Result<SellPreview, ContractError> {
    let price = record.exit(&market.asset, now)?.low;
    let (ExchangeFee::Charged(fee_rate) | ExchangeFee::Refused(fee_rate)) =
        fee_rate(market, record, true);
    let worth = Value::of(units, price, record.decimals)?.units_floor(dollar_decimals)?;
    let fee = mul_ceil(worth, fee_rate)?;
    Ok(SellPreview {
        usd: worth.saturating_sub(fee),
        fee,
        fee_rate,
        price,
    })
}

/// ceil(units · the higher exit price), whether or not the price is too old: what traders' units
/// are worth at most.
pub fn worth(
    record: &PriceRecord,
    asset: &str,
    units: Uint128,
    dollar_decimals: u8,
) -> Result<Uint128, ContractError> {
    let price = record.exit(asset, record.valid_until)?.high;
    Ok(Value::of(units, price, record.decimals)?.units_ceil(dollar_decimals)?)
}

/// ceil(worth · headroom).
pub fn headroom(market: &Market, worth: Uint128) -> Result<Uint128, MathError> {
    mul_ceil(worth, market.headroom)
}

/// base fee + volatility number: a price that moves may be known elsewhere before it is here.
fn fee_rate(market: &Market, record: &PriceRecord, into_dollars: bool) -> ExchangeFee {
    let (into, out_of) = (Decimal::zero(), record.volatility);
    let (max, max_exit) = (market.max_fee, market.max_exit_fee);
    exchange_fee(market.base_fee, out_of, into, into_dollars, max, max_exit)
}
