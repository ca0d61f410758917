//! Entry points.

use ballast_kit::migrate as kit_migrate;
use ballast_types::{
    MigrateMsg, address,
    pool_lens::{InstantiateMsg, QueryMsg},
};
use cosmwasm_std::{Addr, Binary, Deps, DepsMut, Env, Event, MessageInfo, Response, entry_point};
use cw_storage_plus::Item;
use cw_utils::nonpayable;

use crate::{ContractError, remote::Remote};

const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Whose storage it reads.
const READS: &str = "ballast-pool-manager";

/// "manager": whose storage it is.
const MANAGER: Item<Addr> = Item::new("manager");

/// Sets up a lens on a manager of its own version.
#[entry_point]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    nonpayable(&info)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    let manager = address::valid(deps.api, &msg.manager)?;
    MANAGER.save(deps.storage, &manager)?;
    let event = Event::new("instantiate").add_attribute("manager", &manager);
    open(deps.as_ref(), manager)?;
    Ok(Response::new().add_event(event))
}

/// The manager's storage, if this lens can read it.
fn open(deps: Deps, manager: Addr) -> Result<Remote, ContractError> {
    let remote = Remote {
        querier: deps.querier,
        manager,
    };
    let found = cw2::CONTRACT.may_load(&remote)?;
    let found = found.map_or_else(
        || "no contract".to_owned(),
        |found| format!("{} {}", found.contract, found.version),
    );
    let expected = format!("{READS} {VERSION}");
    if found == expected {
        return Ok(remote);
    }
    Err(ContractError::NotTheManager {
        manager: remote.manager,
        found,
        expected,
    })
}

/// Answers a question as the manager would find it.
#[entry_point]
pub fn query(deps: Deps, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let manager = MANAGER.load(deps.storage)?;
    let remote = open(deps, manager.clone())?;
    let seen = Deps {
        storage: &remote,
        ..deps
    };
    Ok(ballast_pools::query::query(seen, &env, manager, msg)?)
}

/// Moves to a newer version of this code.
#[entry_point]
pub fn migrate(deps: DepsMut, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    let event = kit_migrate::migrate(deps.storage, NAME, VERSION)?;
    Ok(Response::new().add_event(event))
}
