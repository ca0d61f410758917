//! The code of every kind of contract, as the embedded chain runs it.

use cosmwasm_std::Empty;
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
            Self::Cw20 => {
                use cw20_base::contract::{execute, instantiate, migrate, query};
                Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
            }
        }
    }
}
