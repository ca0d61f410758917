//! One reader for the fields of all of a contract's messages.
//!
//! A variant that is read by a function of its own costs a contract about two kilobytes, and the pool
//! manager has forty. A [`Bag`] has every field that any of them has; a variant takes its own out of
//! it, and refuses what is missing and what is left. Neither JSON nor schema change.

use cosmwasm_std::{Decimal, Uint64, Uint128};
use cw_ownable::Action;
use serde::{Deserialize, Deserializer, de::Error};

use crate::pool_manager::{MarketWeight, Operation, Recognition, Schedule, Target, VaultKey};

/// Declares the bag, and the function that finds what nobody took.
macro_rules! bag {
    ($($field:ident: $type:ty),+ $(,)?) => {
        /// Fields of a message.
        #[derive(Deserialize, Default)]
        #[serde(deny_unknown_fields, default)]
        struct Bag {
            $($field: Option<$type>,)+
        }

        impl Bag {
            /// Refuses a field that the message does not have.
            fn require_empty<E: Error>(&self) -> Result<(), E> {
                $(if self.$field.is_some() {
                    return Err(unknown(stringify!($field)));
                })+
                Ok(())
            }
        }
    };
}

bag! {
    account: String,
    action: Action,
    allowed: bool,
    amount: Uint128,
    asset: String,
    ceiling: Uint128,
    contract: String,
    delegation_secs: u64,
    distributor: String,
    guardian: String,
    label: String,
    market: Uint64,
    markets: Vec<MarketWeight>,
    name: String,
    operation: Operation,
    payee: String,
    pool: Uint64,
    rate: Decimal,
    recognition: Recognition,
    r#ref: String,
    schedule: Schedule,
    streams: Vec<Uint64>,
    target: Target,
    vault: VaultKey,
    vaults: Vec<VaultKey>,
}

fn open<'de, D: Deserializer<'de>>(from: D) -> Result<Box<Bag>, D::Error> {
    Bag::deserialize(from).map(Box::new)
}

fn unknown<E: Error>(field: &str) -> E {
    E::custom(format_args!("unknown field `{field}`"))
}

fn required<T, E: Error>(value: &mut Option<T>, field: &'static str) -> Result<T, E> {
    value.take().ok_or_else(|| E::missing_field(field))
}

/// Declares a reader: `must` is what a message has, `may` what it may have, and then what the
/// variant holds, in its order.
macro_rules! reader {
    ($name:ident, must($($must:ident),*), may($($may:ident),*), $of:ty = $out:expr) => {
        pub(crate) fn $name<'de, D: Deserializer<'de>>(from: D) -> Result<$of, D::Error> {
            let mut bag = open(from)?;
            $(let $must = required(&mut bag.$must, stringify!($must))?;)*
            $(let $may = bag.$may.take();)*
            bag.require_empty()?;
            Ok($out)
        }
    };
}

reader!(optional_account, must(), may(account), Option<String> = account);
reader!(asset_and_amount, must(asset), may(amount), (String, Option<Uint128>) = (asset, amount));
reader!(vault_and_amount, must(pool, asset), may(amount), (Uint64, String, Option<Uint128>) = (pool, asset, amount));
reader!(
    vault,
    must(pool, asset),
    may(),
    (Uint64, String) = (pool, asset)
);
reader!(account_and_vaults, must(vaults), may(account), (Option<String>, Vec<VaultKey>) = (account, vaults));
reader!(
    pool_and_payee,
    must(pool, payee),
    may(),
    (Uint64, String) = (pool, payee)
);
reader!(rewards, must(vault, streams), may(account), (Option<String>, VaultKey, Vec<Uint64>) = (account, vault, streams));
reader!(
    account_and_vault,
    must(account, pool, asset),
    may(),
    (String, Uint64, String) = (account, pool, asset)
);
reader!(
    new_pool,
    must(name, delegation_secs),
    may(),
    (String, u64) = (name, delegation_secs)
);
reader!(
    pool_and_action,
    must(pool, action),
    may(),
    (Uint64, Action) = (pool, action)
);
reader!(
    pool_and_name,
    must(pool, name),
    may(),
    (Uint64, String) = (pool, name)
);
reader!(
    pool_and_time,
    must(pool, delegation_secs),
    may(),
    (Uint64, u64) = (pool, delegation_secs)
);
reader!(pool_and_markets, must(pool, markets), may(), (Uint64, Vec<MarketWeight>) = (pool, markets));
reader!(cut, must(pool, payee, rate), may(market), (Uint64, String, Option<Uint64>, Decimal) = (pool, payee, market, rate));
reader!(
    pool_and_distributor,
    must(pool, distributor, allowed),
    may(),
    (Uint64, String, bool) = (pool, distributor, allowed)
);
reader!(pool, must(pool), may(), Uint64 = pool);
reader!(stream, must(target, label, amount), may(schedule), (Target, String, Uint128, Option<Schedule>) = (target, label, amount, schedule));
reader!(market, must(market), may(), Uint64 = market);
reader!(
    pool_and_contract,
    must(pool, contract),
    may(),
    (Uint64, String) = (pool, contract)
);
reader!(
    new_market,
    must(contract, r#ref, ceiling),
    may(),
    (String, String, Uint128) = (contract, r#ref, ceiling)
);
reader!(
    market_and_ceiling,
    must(market, ceiling),
    may(),
    (Uint64, Uint128) = (market, ceiling)
);
reader!(contract, must(contract), may(), String = contract);
reader!(pool_and_recognition, must(pool), may(recognition), (Uint64, Option<Recognition>) = (pool, recognition));
reader!(operation, must(operation), may(), Operation = operation);
reader!(optional_guardian, must(), may(guardian), Option<String> = guardian);

/// A message without fields.
pub(crate) fn nothing<'de, D: Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    open(from)?.require_empty()
}

#[cfg(test)]
mod tests {
    use crate::pool_manager::ExecuteMsg;
    use cosmwasm_std::{Uint128, from_json};
    use rstest::rstest;

    #[rstest]
    #[case::all(br#"{"mint_usd":{"pool":"1","asset":"ATOM","amount":"5"}}"#, true)]
    #[case::without_an_optional(br#"{"mint_usd":{"pool":"1","asset":"ATOM"}}"#, true)]
    #[case::null(br#"{"mint_usd":{"pool":"1","asset":"ATOM","amount":null}}"#, true)]
    #[case::missing(br#"{"mint_usd":{"asset":"ATOM","amount":"5"}}"#, false)]
    #[case::of_another_message(br#"{"mint_usd":{"pool":"1","asset":"ATOM","market":"5"}}"#, false)]
    #[case::unknown(br#"{"mint_usd":{"pool":"1","asset":"ATOM","amonut":"5"}}"#, false)]
    #[case::twice(br#"{"mint_usd":{"pool":"1","pool":"2","asset":"ATOM"}}"#, false)]
    #[case::nothing(br#"{"forward_to_treasury":{}}"#, true)]
    #[case::something(br#"{"forward_to_treasury":{"pool":"1"}}"#, false)]
    fn messages(#[case] json: &[u8], #[case] ok: bool) {
        assert_eq!(from_json::<ExecuteMsg>(json).is_ok(), ok);
    }

    #[test]
    fn fields_arrive_where_they_belong() {
        let json = br#"{"open_stream":{"amount":"7","label":"native:uatom","target":{"pool":"1","asset":null}}}"#;
        let ExecuteMsg::OpenStream {
            label,
            amount,
            schedule,
            ..
        } = from_json(json).unwrap()
        else {
            panic!("another message");
        };
        assert_eq!(
            (label.as_str(), amount, schedule),
            ("native:uatom", Uint128::new(7), None)
        );
    }
}
