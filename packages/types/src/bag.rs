//! One reader for all messages of the pool manager.
//!
//! A variant that is read by a function of its own costs a contract a kilobyte or two, and the pool
//! manager has forty. A bag has every field that any of them has; a message takes its own out of it,
//! and refuses what is missing and what is left. Neither JSON nor schema differ from what a derived
//! reader would take.

use std::fmt;

use cosmwasm_std::{Decimal, Uint64, Uint128};
use cw_ownable::Action;
use serde::{
    Deserialize, Deserializer,
    de::{EnumAccess, Error, MapAccess, VariantAccess, Visitor},
};

use crate::{
    TokenUnchecked, Usd,
    market::{DepositMarketUsd, PayFees, WithdrawMarketUsd},
    pool_manager::{
        CollateralTerms, ExecuteMsg, MarketWeight, Operation, Params, PoolCollateral, ReceiveMsg,
        Recognition, Schedule, Target, Unassigned, VaultKey,
    },
};

/// What a field is called on the wire.
macro_rules! name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident, $name:literal) => {
        $name
    };
}

/// Declares the bag, its reader, and the function that finds what nobody took.
///
/// The reader is no derived one: that has a variable or three for each field, and a chain takes no
/// function with more than a hundred.
macro_rules! bag {
    ($($field:ident $(as $name:literal)?: $type:ty),+ $(,)?) => {
        /// Fields of a message.
        #[derive(Default)]
        struct Bag {
            $($field: Option<$type>,)+
        }

        impl Bag {
            fn fill<'de, M: MapAccess<'de>>(
                &mut self,
                field: &str,
                map: &mut M,
            ) -> Result<(), M::Error> {
                match field {
                    $(name!($field $(, $name)?) => put(&mut self.$field, map),)+
                    _ => Err(unknown(field)),
                }
            }

            /// Refuses a field that the message does not have.
            fn require_empty<E: Error>(&self) -> Result<(), E> {
                $(if self.$field.is_some() {
                    return Err(unknown(name!($field $(, $name)?)));
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
    enabled: bool,
    guardian: String,
    label: String,
    market: Uint64,
    markets: Vec<MarketWeight>,
    min_received: Uint128,
    name: String,
    operation: Operation,
    or_less: bool,
    payee: String,
    pool: Uint64,
    rate: Decimal,
    recipient: String,
    recognition: Recognition,
    market_ref as "ref": String,
    schedule: Schedule,
    streams: Vec<Uint64>,
    target: Target,
    terms: AnyTerms,
    to: Unassigned,
    token: TokenUnchecked,
    vault: VaultKey,
    vaults: Vec<VaultKey>,
}

/// Reads a bag; with the fields that the message has, to say which one was meant.
struct Fields(&'static [&'static str]);

impl<'de> Visitor<'de> for Fields {
    type Value = Bag;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("fields of a message")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Bag, M::Error> {
        let mut bag = Bag::default();
        while let Some(field) = map.next_key::<String>()? {
            if !self.0.is_empty() && !self.0.contains(&field.as_str()) {
                return Err(M::Error::unknown_field(&field, self.0));
            }
            bag.fill(&field, &mut map)?;
        }
        Ok(bag)
    }
}

#[inline(never)]
fn put<'de, T: Deserialize<'de>, M: MapAccess<'de>>(
    place: &mut Option<T>,
    map: &mut M,
) -> Result<(), M::Error> {
    if place.is_some() {
        return Err(M::Error::custom("duplicate field"));
    }
    *place = map.next_value()?;
    Ok(())
}

/// Terms of a collateral in all pools, or what one pool takes of it.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct AnyTerms {
    cap: Option<Uint128>,
    enabled: Option<bool>,
    issuance_ratio: Option<Decimal>,
    keeper_part: Option<Decimal>,
    liquidation_penalty: Option<Decimal>,
    liquidation_ratio: Option<Decimal>,
    max_keeper_reward: Option<Usd>,
    min_ratio: Option<Decimal>,
}

#[cold]
fn unknown<E: Error>(field: &str) -> E {
    E::custom(format_args!("unknown field `{field}`"))
}

/// Off the chain, where names are known, a message that there is not is told before its fields.
fn require_known<E: Error>(name: &str, known: &'static [&'static str]) -> Result<(), E> {
    if known.is_empty() || known.contains(&name) {
        return Ok(());
    }
    Err(E::unknown_variant(name, known))
}

fn required<T, E: Error>(value: &mut Option<T>, field: &'static str) -> Result<T, E> {
    value.take().ok_or_else(|| E::missing_field(field))
}

fn of_all<E: Error>(mut terms: AnyTerms) -> Result<CollateralTerms, E> {
    if terms.enabled.is_some() {
        return Err(unknown("enabled"));
    }
    if terms.min_ratio.is_some() {
        return Err(unknown("min_ratio"));
    }
    Ok(CollateralTerms {
        issuance_ratio: required(&mut terms.issuance_ratio, "issuance_ratio")?,
        liquidation_ratio: required(&mut terms.liquidation_ratio, "liquidation_ratio")?,
        liquidation_penalty: required(&mut terms.liquidation_penalty, "liquidation_penalty")?,
        keeper_part: required(&mut terms.keeper_part, "keeper_part")?,
        max_keeper_reward: required(&mut terms.max_keeper_reward, "max_keeper_reward")?,
        cap: required(&mut terms.cap, "cap")?,
    })
}

fn of_pool<E: Error>(mut terms: AnyTerms) -> Result<PoolCollateral, E> {
    let of_all = [
        terms.issuance_ratio.map(|_| "issuance_ratio"),
        terms.keeper_part.map(|_| "keeper_part"),
        terms.liquidation_penalty.map(|_| "liquidation_penalty"),
        terms.liquidation_ratio.map(|_| "liquidation_ratio"),
        terms.max_keeper_reward.map(|_| "max_keeper_reward"),
    ];
    if let Some(field) = of_all.into_iter().flatten().next() {
        return Err(unknown(field));
    }
    Ok(PoolCollateral {
        min_ratio: terms.min_ratio,
        cap: required(&mut terms.cap, "cap")?,
        enabled: required(&mut terms.enabled, "enabled")?,
    })
}

fn take<E: Error>(name: &str, bag: &mut Bag) -> Result<ExecuteMsg, E> {
    Ok(match name {
        "deposit" => ExecuteMsg::Deposit {
            account: bag.account.take(),
        },
        "withdraw" => ExecuteMsg::Withdraw {
            asset: required(&mut bag.asset, "asset")?,
            amount: bag.amount.take(),
        },
        "delegate" => ExecuteMsg::Delegate {
            pool: required(&mut bag.pool, "pool")?,
            asset: required(&mut bag.asset, "asset")?,
            amount: bag.amount.take(),
        },
        "request_exit" => ExecuteMsg::RequestExit {
            pool: required(&mut bag.pool, "pool")?,
            asset: required(&mut bag.asset, "asset")?,
        },
        "undelegate" => ExecuteMsg::Undelegate {
            pool: required(&mut bag.pool, "pool")?,
            asset: required(&mut bag.asset, "asset")?,
            amount: bag.amount.take(),
        },
        "mint_usd" => ExecuteMsg::MintUsd {
            pool: required(&mut bag.pool, "pool")?,
            asset: required(&mut bag.asset, "asset")?,
            amount: bag.amount.take(),
        },
        "claim_fees" => ExecuteMsg::ClaimFees {
            account: bag.account.take(),
            vaults: required(&mut bag.vaults, "vaults")?,
        },
        "claim_cut" => ExecuteMsg::ClaimCut {
            pool: required(&mut bag.pool, "pool")?,
            payee: required(&mut bag.payee, "payee")?,
        },
        "claim_rewards" => ExecuteMsg::ClaimRewards {
            account: bag.account.take(),
            vault: required(&mut bag.vault, "vault")?,
            streams: required(&mut bag.streams, "streams")?,
        },
        "liquidate" => ExecuteMsg::Liquidate {
            account: required(&mut bag.account, "account")?,
            pool: required(&mut bag.pool, "pool")?,
            asset: required(&mut bag.asset, "asset")?,
        },
        "create_pool" => ExecuteMsg::CreatePool {
            name: required(&mut bag.name, "name")?,
            delegation_secs: required(&mut bag.delegation_secs, "delegation_secs")?,
        },
        "update_pool_ownership" => ExecuteMsg::UpdatePoolOwnership {
            pool: required(&mut bag.pool, "pool")?,
            action: required(&mut bag.action, "action")?,
        },
        "set_pool_name" => ExecuteMsg::SetPoolName {
            pool: required(&mut bag.pool, "pool")?,
            name: required(&mut bag.name, "name")?,
        },
        "set_delegation_time" => ExecuteMsg::SetDelegationTime {
            pool: required(&mut bag.pool, "pool")?,
            delegation_secs: required(&mut bag.delegation_secs, "delegation_secs")?,
        },
        "set_pool_collateral" => ExecuteMsg::SetPoolCollateral {
            pool: required(&mut bag.pool, "pool")?,
            asset: required(&mut bag.asset, "asset")?,
            terms: of_pool(required(&mut bag.terms, "terms")?)?,
        },
        "set_pool_markets" => ExecuteMsg::SetPoolMarkets {
            pool: required(&mut bag.pool, "pool")?,
            markets: required(&mut bag.markets, "markets")?,
        },
        "set_cut" => ExecuteMsg::SetCut {
            pool: required(&mut bag.pool, "pool")?,
            payee: required(&mut bag.payee, "payee")?,
            market: bag.market.take(),
            rate: required(&mut bag.rate, "rate")?,
        },
        "set_distributor" => ExecuteMsg::SetDistributor {
            pool: required(&mut bag.pool, "pool")?,
            distributor: required(&mut bag.distributor, "distributor")?,
            allowed: required(&mut bag.allowed, "allowed")?,
        },
        "sync_pool" => ExecuteMsg::SyncPool {
            pool: required(&mut bag.pool, "pool")?,
        },
        "open_stream" => ExecuteMsg::OpenStream {
            target: required(&mut bag.target, "target")?,
            label: required(&mut bag.label, "label")?,
            amount: required(&mut bag.amount, "amount")?,
            schedule: bag.schedule.take(),
        },
        "withdraw_market_usd" => ExecuteMsg::WithdrawMarketUsd(WithdrawMarketUsd {
            market_ref: required(&mut bag.market_ref, "ref")?,
            amount: required(&mut bag.amount, "amount")?,
            recipient: required(&mut bag.recipient, "recipient")?,
            or_less: bag.or_less.take().unwrap_or_default(),
        }),
        "pay_fees" => ExecuteMsg::PayFees(PayFees {
            market_ref: required(&mut bag.market_ref, "ref")?,
            amount: required(&mut bag.amount, "amount")?,
            or_less: bag.or_less.take().unwrap_or_default(),
        }),
        "sync_market" => ExecuteMsg::SyncMarket {
            market: required(&mut bag.market, "market")?,
        },
        "check_market" => ExecuteMsg::CheckMarket {
            pool: required(&mut bag.pool, "pool")?,
            contract: required(&mut bag.contract, "contract")?,
        },
        "poll_for_check" => ExecuteMsg::PollForCheck {
            pool: required(&mut bag.pool, "pool")?,
            contract: required(&mut bag.contract, "contract")?,
        },
        "register_market" => ExecuteMsg::RegisterMarket {
            contract: required(&mut bag.contract, "contract")?,
            market_ref: required(&mut bag.market_ref, "ref")?,
            ceiling: required(&mut bag.ceiling, "ceiling")?,
        },
        "set_market_ceiling" => ExecuteMsg::SetMarketCeiling {
            market: required(&mut bag.market, "market")?,
            ceiling: required(&mut bag.ceiling, "ceiling")?,
        },
        "quarantine" => ExecuteMsg::Quarantine {
            contract: required(&mut bag.contract, "contract")?,
        },
        "end_quarantine" => ExecuteMsg::EndQuarantine {
            contract: required(&mut bag.contract, "contract")?,
        },
        "recognize_pool" => ExecuteMsg::RecognizePool {
            pool: required(&mut bag.pool, "pool")?,
            recognition: bag.recognition.take(),
        },
        "add_collateral" => ExecuteMsg::AddCollateral {
            asset: required(&mut bag.asset, "asset")?,
            token: required(&mut bag.token, "token")?,
            terms: of_all(required(&mut bag.terms, "terms")?)?,
        },
        "update_collateral" => ExecuteMsg::UpdateCollateral {
            asset: required(&mut bag.asset, "asset")?,
            terms: bag.terms.take().map(of_all).transpose()?,
            enabled: bag.enabled.take(),
        },
        "forward_to_treasury" => ExecuteMsg::ForwardToTreasury {},
        "switch_off" => ExecuteMsg::SwitchOff {
            operation: required(&mut bag.operation, "operation")?,
        },
        "switch_on" => ExecuteMsg::SwitchOn {
            operation: required(&mut bag.operation, "operation")?,
        },
        "set_guardian" => ExecuteMsg::SetGuardian {
            guardian: bag.guardian.take(),
        },
        _ => return Err(E::unknown_variant(name, MESSAGES)),
    })
}

fn take_hook<E: Error>(name: &str, bag: &mut Bag) -> Result<ReceiveMsg, E> {
    Ok(match name {
        "deposit" => ReceiveMsg::Deposit {
            account: bag.account.take(),
        },
        "burn_usd" => ReceiveMsg::BurnUsd {
            account: bag.account.take(),
            pool: required(&mut bag.pool, "pool")?,
            asset: required(&mut bag.asset, "asset")?,
        },
        "liquidate_last_holder" => ReceiveMsg::LiquidateLastHolder {
            account: required(&mut bag.account, "account")?,
            pool: required(&mut bag.pool, "pool")?,
            asset: required(&mut bag.asset, "asset")?,
            min_received: bag.min_received.take().unwrap_or_default(),
        },
        "deposit_market_usd" => ReceiveMsg::DepositMarketUsd(DepositMarketUsd {
            market_ref: required(&mut bag.market_ref, "ref")?,
        }),
        "donate" => ReceiveMsg::Donate {
            to: required(&mut bag.to, "to")?,
        },
        _ => return Err(E::unknown_variant(name, HOOKS)),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewParams {
    params: Params,
}

struct Message;

impl<'de> Visitor<'de> for Message {
    type Value = ExecuteMsg;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a message of the pool manager")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, message: A) -> Result<ExecuteMsg, A::Error> {
        let (name, content) = message.variant::<String>()?;
        Ok(match name.as_str() {
            "accept_synth" => ExecuteMsg::AcceptSynth(content.newtype_variant()?),
            "receive" => ExecuteMsg::Receive(content.newtype_variant()?),
            "update_ownership" => ExecuteMsg::UpdateOwnership(content.newtype_variant::<Action>()?),
            "update_params" => {
                let NewParams { params } = content.newtype_variant()?;
                ExecuteMsg::UpdateParams { params }
            }
            name => {
                require_known(name, MESSAGES)?;
                let fields = fields(name);
                let mut bag = content.struct_variant(fields, Fields(fields))?;
                let message = take(name, &mut bag)?;
                bag.require_empty()?;
                message
            }
        })
    }
}

impl<'de> Deserialize<'de> for ExecuteMsg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("ExecuteMsg", MESSAGES, Message)
    }
}

struct Hook;

impl<'de> Visitor<'de> for Hook {
    type Value = ReceiveMsg;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a hook of the pool manager")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, hook: A) -> Result<ReceiveMsg, A::Error> {
        let (name, content) = hook.variant::<String>()?;
        require_known(&name, HOOKS)?;
        let fields = hook_fields(&name);
        let mut bag = content.struct_variant(fields, Fields(fields))?;
        let hook = take_hook(&name, &mut bag)?;
        bag.require_empty()?;
        Ok(hook)
    }
}

impl<'de> Deserialize<'de> for ReceiveMsg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("ReceiveMsg", HOOKS, Hook)
    }
}

#[cfg(not(target_arch = "wasm32"))]
use names::{HOOKS, MESSAGES, fields, hook_fields};
#[cfg(target_arch = "wasm32")]
use no_names::{HOOKS, MESSAGES, fields, hook_fields};

/// A contract reads what it is told, and tells nobody what it could have been told.
#[cfg(target_arch = "wasm32")]
mod no_names {
    pub const MESSAGES: &[&str] = &[];
    pub const HOOKS: &[&str] = &[];

    pub fn fields(_message: &str) -> &'static [&'static str] {
        &[]
    }

    pub fn hook_fields(_hook: &str) -> &'static [&'static str] {
        &[]
    }
}

/// What messages and their fields are called: the `ballast` command lists them, and says which one
/// was meant.
#[cfg(not(target_arch = "wasm32"))]
mod names {
    /// All messages.
    pub const MESSAGES: &[&str] = &[
        "deposit",
        "withdraw",
        "delegate",
        "request_exit",
        "undelegate",
        "mint_usd",
        "claim_fees",
        "claim_cut",
        "claim_rewards",
        "liquidate",
        "create_pool",
        "update_pool_ownership",
        "set_pool_name",
        "set_delegation_time",
        "set_pool_collateral",
        "set_pool_markets",
        "set_cut",
        "set_distributor",
        "sync_pool",
        "open_stream",
        "withdraw_market_usd",
        "pay_fees",
        "sync_market",
        "check_market",
        "poll_for_check",
        "register_market",
        "set_market_ceiling",
        "quarantine",
        "end_quarantine",
        "recognize_pool",
        "add_collateral",
        "update_collateral",
        "update_params",
        "forward_to_treasury",
        "accept_synth",
        "receive",
        "switch_off",
        "switch_on",
        "set_guardian",
        "update_ownership",
    ];

    /// All hooks.
    pub const HOOKS: &[&str] = &[
        "burn_usd",
        "deposit",
        "deposit_market_usd",
        "donate",
        "liquidate_last_holder",
    ];

    /// Fields of a message.
    pub fn fields(message: &str) -> &'static [&'static str] {
        match message {
            "deposit" => &["account"],
            "withdraw" => &["amount", "asset"],
            "delegate" => &["amount", "asset", "pool"],
            "request_exit" => &["asset", "pool"],
            "undelegate" => &["amount", "asset", "pool"],
            "mint_usd" => &["amount", "asset", "pool"],
            "claim_fees" => &["account", "vaults"],
            "claim_cut" => &["payee", "pool"],
            "claim_rewards" => &["account", "streams", "vault"],
            "liquidate" => &["account", "asset", "pool"],
            "create_pool" => &["delegation_secs", "name"],
            "update_pool_ownership" => &["action", "pool"],
            "set_pool_name" => &["name", "pool"],
            "set_delegation_time" => &["delegation_secs", "pool"],
            "set_pool_collateral" => &["asset", "pool", "terms"],
            "set_pool_markets" => &["markets", "pool"],
            "set_cut" => &["market", "payee", "pool", "rate"],
            "set_distributor" => &["allowed", "distributor", "pool"],
            "sync_pool" => &["pool"],
            "open_stream" => &["amount", "label", "schedule", "target"],
            "withdraw_market_usd" => &["amount", "or_less", "recipient", "ref"],
            "pay_fees" => &["amount", "or_less", "ref"],
            "sync_market" => &["market"],
            "check_market" => &["contract", "pool"],
            "poll_for_check" => &["contract", "pool"],
            "register_market" => &["ceiling", "contract", "ref"],
            "set_market_ceiling" => &["ceiling", "market"],
            "quarantine" => &["contract"],
            "end_quarantine" => &["contract"],
            "recognize_pool" => &["pool", "recognition"],
            "add_collateral" => &["asset", "terms", "token"],
            "update_collateral" => &["asset", "enabled", "terms"],
            "forward_to_treasury" => &[],
            "switch_off" => &["operation"],
            "switch_on" => &["operation"],
            "set_guardian" => &["guardian"],
            _ => &[],
        }
    }

    /// Fields of a hook.
    pub fn hook_fields(message: &str) -> &'static [&'static str] {
        match message {
            "burn_usd" => &["account", "asset", "pool"],
            "deposit" => &["account"],
            "deposit_market_usd" => &["ref"],
            "donate" => &["to"],
            "liquidate_last_holder" => &["account", "asset", "min_received", "pool"],
            _ => &[],
        }
    }
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
    #[case::two_messages(br#"{"forward_to_treasury":{},"sync_pool":{"pool":"1"}}"#, false)]
    #[case::twice(br#"{"mint_usd":{"pool":"1","pool":"2","asset":"ATOM"}}"#, false)]
    #[case::nothing(br#"{"forward_to_treasury":{}}"#, true)]
    #[case::something(br#"{"forward_to_treasury":{"pool":"1"}}"#, false)]
    fn messages(#[case] json: &[u8], #[case] ok: bool) {
        assert_eq!(from_json::<ExecuteMsg>(json).is_ok(), ok);
    }

    /// What is read is what the schema says.
    #[test]
    fn names_are_those_of_the_schema() {
        use super::names::{HOOKS, MESSAGES, fields, hook_fields};
        use crate::pool_manager::ReceiveMsg;
        use cosmwasm_schema::{schema_for, schemars::schema::RootSchema};
        type Known = fn(&str) -> &'static [&'static str];

        let check = |schema: RootSchema, names: &[&str], known: Known| {
            let json: serde_json::Value = serde_json::to_value(schema).unwrap();
            let variants = json["oneOf"].as_array().unwrap();
            assert_eq!(variants.len(), names.len());
            for variant in variants {
                let name = variant["required"][0].as_str().unwrap();
                assert!(names.contains(&name), "{name}");
                let content = &variant["properties"][name];
                if let Some(properties) = content["properties"].as_object() {
                    let mut of_schema: Vec<_> = properties.keys().map(String::as_str).collect();
                    of_schema.sort_unstable();
                    if name != "update_params" {
                        assert_eq!(known(name), of_schema, "{name}");
                    }
                }
            }
        };
        check(schema_for!(ExecuteMsg), MESSAGES, fields);
        check(schema_for!(ReceiveMsg), HOOKS, hook_fields);
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
