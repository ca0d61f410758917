//! The two-step owner, the guardian who may only switch operations off, and the switches.

use std::fmt::Display;

use cosmwasm_std::{
    Addr, Api, BlockInfo, Deps, DepsMut, Event, MessageInfo, StdError, StdResult, Storage,
};
use cw_ownable::{Action, OwnershipError};
use cw_storage_plus::Item;
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

use ballast_types::{
    ControlsResponse,
    address::{self, InvalidAddress},
};

/// Why an operation or a change of the controls is refused.
#[derive(Error, Debug, PartialEq)]
pub enum ControlsError {
    /// A storage fault.
    #[error("{0}")]
    Std(#[from] StdError),
    /// The sender is not the owner, or nobody is.
    #[error("Ownership: {0}")]
    Ownership(#[from] OwnershipError),
    /// A text that is no address.
    #[error("{0}")]
    InvalidAddress(#[from] InvalidAddress),
    /// The operation is switched off.
    #[error("SwitchedOff: {operation} is switched off")]
    SwitchedOff {
        /// Which.
        operation: String,
    },
    /// The sender is neither the guardian nor the owner.
    #[error("NeitherGuardianNorOwner: {sender} is neither the guardian nor the owner")]
    NeitherGuardianNorOwner {
        /// Who sent the message.
        sender: Addr,
    },
    /// A renounced ownership would leave the contract without anyone to switch on again.
    #[error("CannotRenounce: the ownership cannot be renounced: switches would stay off for ever")]
    CannotRenounce {},
}

/// The storage of a contract's controls; `O` is its enum of operations.
pub struct Controls<O> {
    // "guardian": who may switch off
    guardian: Item<Addr>,
    // "switched_off": the operations that are off
    off: Item<Vec<O>>,
}

impl<O> Default for Controls<O> {
    fn default() -> Self {
        Self::new()
    }
}

impl<O> Controls<O> {
    /// The controls, at their place in the storage.
    pub const fn new() -> Self {
        Self {
            guardian: Item::new("guardian"),
            off: Item::new("switched_off"),
        }
    }

    /// Sets owner and guardian at instantiation.
    pub fn initialize(
        &self,
        storage: &mut dyn Storage,
        api: &dyn Api,
        owner: &str,
        guardian: Option<&str>,
    ) -> Result<(), ControlsError> {
        address::valid(api, owner)?;
        cw_ownable::initialize_owner(storage, api, Some(owner))?;
        self.save_guardian(storage, api, guardian)
    }

    /// Names another guardian, or none. *Who:* the owner.
    pub fn set_guardian(
        &self,
        deps: DepsMut,
        sender: &Addr,
        guardian: Option<&str>,
    ) -> Result<Event, ControlsError> {
        cw_ownable::assert_owner(deps.storage, sender)?;
        self.save_guardian(deps.storage, deps.api, guardian)?;
        Ok(Event::new("set_guardian").add_attribute("guardian", guardian.unwrap_or_default()))
    }

    /// Refuses unless the sender is the guardian or the owner.
    pub fn require_guardian(
        &self,
        storage: &dyn Storage,
        sender: &Addr,
    ) -> Result<(), ControlsError> {
        let is_guardian = self.guardian.may_load(storage)?.as_ref() == Some(sender);
        if is_guardian || cw_ownable::is_owner(storage, sender)? {
            return Ok(());
        }
        Err(ControlsError::NeitherGuardianNorOwner {
            sender: sender.clone(),
        })
    }

    /// The guardian.
    pub fn guardian(&self, storage: &dyn Storage) -> StdResult<Option<Addr>> {
        self.guardian.may_load(storage)
    }

    fn save_guardian(
        &self,
        storage: &mut dyn Storage,
        api: &dyn Api,
        guardian: Option<&str>,
    ) -> Result<(), ControlsError> {
        match guardian {
            Some(address) => Ok(self
                .guardian
                .save(storage, &address::valid(api, address)?)?),
            None => {
                self.guardian.remove(storage);
                Ok(())
            }
        }
    }
}

impl<O: Serialize + DeserializeOwned + PartialEq + Display> Controls<O> {
    /// Refuses an operation that is switched off.
    pub fn require_on(&self, storage: &dyn Storage, operation: &O) -> Result<(), ControlsError> {
        self.require_all_on(storage, std::slice::from_ref(operation))
    }

    /// Refuses the first operation that is switched off: one read for several.
    pub fn require_all_on(
        &self,
        storage: &dyn Storage,
        operations: &[O],
    ) -> Result<(), ControlsError> {
        let off = self.switched_off(storage)?;
        match operations.iter().find(|operation| off.contains(operation)) {
            Some(operation) => Err(ControlsError::SwitchedOff {
                operation: operation.to_string(),
            }),
            None => Ok(()),
        }
    }

    /// Switches an operation off. *Who:* the guardian or the owner.
    pub fn switch_off(
        &self,
        storage: &mut dyn Storage,
        sender: &Addr,
        operation: O,
    ) -> Result<Event, ControlsError> {
        self.require_guardian(storage, sender)?;
        let event = Event::new("switch_off").add_attribute("operation", operation.to_string());
        let mut off = self.switched_off(storage)?;
        if !off.contains(&operation) {
            off.push(operation);
            self.off.save(storage, &off)?;
        }
        Ok(event)
    }

    /// Switches an operation on. *Who:* the owner.
    pub fn switch_on(
        &self,
        storage: &mut dyn Storage,
        sender: &Addr,
        operation: O,
    ) -> Result<Event, ControlsError> {
        cw_ownable::assert_owner(storage, sender)?;
        let mut off = self.switched_off(storage)?;
        off.retain(|other| *other != operation);
        if off.is_empty() {
            self.off.remove(storage);
        } else {
            self.off.save(storage, &off)?;
        }
        Ok(Event::new("switch_on").add_attribute("operation", operation.to_string()))
    }

    /// Guardian and switches, for a query.
    pub fn view(&self, deps: Deps) -> StdResult<ControlsResponse<O>> {
        Ok(ControlsResponse {
            guardian: self.guardian(deps.storage)?.map(Addr::into_string),
            off: self.switched_off(deps.storage)?,
        })
    }

    fn switched_off(&self, storage: &dyn Storage) -> StdResult<Vec<O>> {
        Ok(self.off.may_load(storage)?.unwrap_or_default())
    }
}

/// Refuses unless the sender is the owner.
pub fn require_owner(storage: &dyn Storage, sender: &Addr) -> Result<(), ControlsError> {
    Ok(cw_ownable::assert_owner(storage, sender)?)
}

/// Two-step change of the owner. Renouncing is refused.
pub fn update_ownership(
    deps: DepsMut,
    block: &BlockInfo,
    info: &MessageInfo,
    action: Action,
) -> Result<Event, ControlsError> {
    if action == Action::RenounceOwnership {
        return Err(ControlsError::CannotRenounce {});
    }
    if let Action::TransferOwnership { new_owner, .. } = &action {
        address::valid(deps.api, new_owner)?;
    }
    let ownership = cw_ownable::update_ownership(deps, block, &info.sender, action)?;
    Ok(Event::new("update_ownership").add_attributes(ownership.into_attributes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_schema::cw_serde;
    use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

    #[cw_serde]
    enum Operation {
        Mint,
        Exchange,
    }

    impl Display for Operation {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(match self {
                Self::Mint => "mint",
                Self::Exchange => "exchange",
            })
        }
    }

    const CONTROLS: Controls<Operation> = Controls::new();

    #[test]
    fn the_guardian_switches_off_and_only_the_owner_on() {
        let mut deps = mock_dependencies();
        let [owner, guardian, other] =
            ["owner", "guardian", "other"].map(|n| deps.api.addr_make(n));
        let deps = deps.as_mut();
        CONTROLS
            .initialize(
                deps.storage,
                deps.api,
                owner.as_str(),
                Some(guardian.as_str()),
            )
            .unwrap();

        let refused = CONTROLS
            .switch_off(deps.storage, &other, Operation::Mint)
            .unwrap_err();
        assert_eq!(
            refused,
            ControlsError::NeitherGuardianNorOwner { sender: other }
        );
        CONTROLS
            .switch_off(deps.storage, &guardian, Operation::Mint)
            .unwrap();
        CONTROLS
            .switch_off(deps.storage, &owner, Operation::Mint)
            .unwrap();

        assert_eq!(
            CONTROLS.require_on(deps.storage, &Operation::Mint),
            Err(ControlsError::SwitchedOff {
                operation: "mint".to_owned()
            })
        );
        CONTROLS
            .require_on(deps.storage, &Operation::Exchange)
            .unwrap();

        let both = [Operation::Exchange, Operation::Mint];
        assert_eq!(
            CONTROLS.require_all_on(deps.storage, &both),
            CONTROLS.require_on(deps.storage, &Operation::Mint)
        );
        CONTROLS.require_all_on(deps.storage, &[]).unwrap();

        let refused = CONTROLS
            .switch_on(deps.storage, &guardian, Operation::Mint)
            .unwrap_err();
        assert_eq!(refused, ControlsError::Ownership(OwnershipError::NotOwner));
        CONTROLS
            .switch_on(deps.storage, &owner, Operation::Mint)
            .unwrap();
        CONTROLS.require_on(deps.storage, &Operation::Mint).unwrap();
    }

    #[test]
    fn ownership_moves_in_two_steps_and_is_never_renounced() {
        let mut deps = mock_dependencies();
        let [owner, next] = ["owner", "next"].map(|n| deps.api.addr_make(n));
        let block = mock_env().block;
        let mut deps = deps.as_mut();
        CONTROLS
            .initialize(deps.storage, deps.api, owner.as_str(), None)
            .unwrap();

        let from_owner = message_info(&owner, &[]);
        let action = Action::RenounceOwnership;
        let refused = update_ownership(deps.branch(), &block, &from_owner, action).unwrap_err();
        assert_eq!(refused, ControlsError::CannotRenounce {});

        let offer = Action::TransferOwnership {
            new_owner: next.to_string(),
            expiry: None,
        };
        update_ownership(deps.branch(), &block, &from_owner, offer).unwrap();
        require_owner(deps.storage, &owner).unwrap();
        update_ownership(
            deps.branch(),
            &block,
            &message_info(&next, &[]),
            Action::AcceptOwnership,
        )
        .unwrap();
        require_owner(deps.storage, &next).unwrap();
        assert!(require_owner(deps.storage, &owner).is_err());
    }

    #[test]
    fn a_guardian_can_be_taken_away() {
        let mut deps = mock_dependencies();
        let [owner, guardian] = ["owner", "guardian"].map(|n| deps.api.addr_make(n));
        let mut deps = deps.as_mut();
        CONTROLS
            .initialize(
                deps.storage,
                deps.api,
                owner.as_str(),
                Some(guardian.as_str()),
            )
            .unwrap();
        assert!(
            CONTROLS
                .set_guardian(deps.branch(), &guardian, None)
                .is_err()
        );
        CONTROLS.set_guardian(deps.branch(), &owner, None).unwrap();
        assert_eq!(CONTROLS.guardian(deps.storage).unwrap(), None);
        assert!(
            CONTROLS
                .switch_off(deps.storage, &guardian, Operation::Mint)
                .is_err()
        );
    }
}
