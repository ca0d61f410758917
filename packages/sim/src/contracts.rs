//! The code of every kind of contract, as the embedded chain runs it.

use cosmwasm_std::{DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult};
use cw_multi_test::{Contract, ContractWrapper};

use crate::kind::ContractKind;

impl ContractKind {
    /// The code.
    pub fn code(self) -> Box<dyn Contract<Empty>> {
        match self {
            Self::Oracle => {
                use oracle::contract::{execute, instantiate, migrate, query};
                Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
            }
            Self::DebtRegistry => {
                use debt_registry::contract::{execute, instantiate, migrate, query, reply};
                Box::new(
                    ContractWrapper::new(execute, instantiate, query)
                        .with_reply(reply)
                        .with_migrate(migrate),
                )
            }
            Self::SynthMinter => {
                use synth_minter::contract::{execute, instantiate, migrate, query, reply};
                Box::new(
                    ContractWrapper::new(execute, instantiate, query)
                        .with_reply(reply)
                        .with_migrate(migrate),
                )
            }
            Self::Treasury => {
                use treasury::contract::{execute, instantiate, migrate, query};
                Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
            }
            Self::StabilityPool => {
                use stability_pool::contract::{execute, instantiate, migrate, query, reply};
                Box::new(
                    ContractWrapper::new(execute, instantiate, query)
                        .with_reply(reply)
                        .with_migrate(migrate),
                )
            }
            Self::PoolManager => {
                use pool_manager::contract::{execute, instantiate, migrate, query, reply};
                Box::new(
                    ContractWrapper::new(execute, instantiate, query)
                        .with_reply(reply)
                        .with_migrate(migrate),
                )
            }
            Self::PoolLens => {
                use pool_lens::contract::{instantiate, migrate, query};
                Box::new(ContractWrapper::new(no_execute, instantiate, query).with_migrate(migrate))
            }
            Self::RewardsDistributor => {
                use rewards_distributor::contract::{execute, instantiate, migrate, query, reply};
                Box::new(
                    ContractWrapper::new(execute, instantiate, query)
                        .with_reply(reply)
                        .with_migrate(migrate),
                )
            }
            Self::SpotMarket => {
                use spot_market::contract::{execute, instantiate, migrate, query, reply};
                Box::new(
                    ContractWrapper::new(execute, instantiate, query)
                        .with_reply(reply)
                        .with_migrate(migrate),
                )
            }
            Self::HostileMarket => {
                use hostile_market::contract::{execute, instantiate, query, reply};
                Box::new(ContractWrapper::new(execute, instantiate, query).with_reply(reply))
            }
            Self::Cw20 => {
                use cw20_base::contract::{execute, instantiate, migrate, query};
                Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
            }
        }
    }
}

/// The lens takes no messages; a chain says so in words of its own.
fn no_execute(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Err(StdError::generic_err("no entry point `execute`"))
}
