//! Collateral comes in.

use ballast_types::{
    Token, address,
    debt_registry::Valuation,
    oracle,
    synth_minter::{DepositPreview, Operation},
};
use cosmwasm_std::{Addr, Deps, DepsMut, Env, MessageInfo, Response, Uint128};
use cw_utils::one_coin;

use crate::{
    error::ContractError,
    events, flag,
    position::{self, Position},
    registry,
    state::{self, Account, Amounts, CONFIG, CONTROLS, Role, TOTALS},
};

pub fn deposit_native(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    account: Option<String>,
) -> Result<Response, ContractError> {
    let coin = one_coin(&info)?;
    let token = Token::Native(coin.denom);
    let Ok(Role::Collateral { asset }) = state::role(deps.storage, &token) else {
        return Err(ContractError::UnknownCollateral {
            collateral: token.to_string(),
        });
    };
    stake(deps, env, &asset, coin.amount, info.sender, account)
}

/// Stakes what `payer` sent for `account`, his own by default.
pub fn stake(
    deps: DepsMut,
    env: Env,
    asset: &str,
    amount: Uint128,
    payer: Addr,
    account: Option<String>,
) -> Result<Response, ContractError> {
    let address = address::valid_or(deps.api, account.as_deref(), &payer)?;
    let mut account = Account::load(deps.storage, &address)?;

    let totals = take_in(deps.as_ref(), &env, &mut account, asset, amount)?;
    let cured = is_cured(deps.as_ref(), &env, &address, &account);

    TOTALS.save(deps.storage, &totals)?;
    let ended = if cured {
        account
            .end_flag(deps.storage, &address)
            .map(|_| events::flag_ended(&address, "cured"))
    } else {
        None
    };
    account.save(deps.storage, &address)?;
    let staked = account.collateral.of(asset);
    let event = events::deposit(&address, &payer, asset, amount, staked);
    Ok(Response::new().add_event(event).add_events(ended))
}

pub fn preview(
    deps: Deps,
    env: &Env,
    account: &str,
    asset: &str,
    amount: Uint128,
) -> Result<DepositPreview, ContractError> {
    let address = address::valid(deps.api, account)?;
    let mut account = Account::load(deps.storage, &address)?;
    if amount.is_zero() {
        return Err(ContractError::ZeroAmount {});
    }
    take_in(deps, env, &mut account, asset, amount)?;

    let config = CONFIG.load(deps.storage)?;
    let debt = registry::debt(deps, env, &config, &address, &account, Valuation::Repay)?;
    let now = env.block.time.seconds();
    let position = Position::load(deps, &config.oracle, &account, now)?;
    let decimals = config
        .dollar()
        .map(|dollar| dollar.decimals)
        .unwrap_or_default();
    Ok(DepositPreview {
        staked: account.collateral.of(asset),
        after: position::after(debt, decimals, position.value()),
        cures: is_cured(deps, env, &address, &account),
    })
}

/// Adds to what the account has staked, and answers what all accounts then have.
///
/// Neither switch nor cap stops those who add to what they have staked: that can only make a
/// position safer. It backs no new debt meanwhile ([`Position::backing`]).
fn take_in(
    deps: Deps,
    env: &Env,
    account: &mut Account,
    asset: &str,
    amount: Uint128,
) -> Result<Amounts, ContractError> {
    let collateral = state::collateral(deps.storage, asset)?;
    if account.is_new() {
        CONTROLS.require_on(deps.storage, &Operation::Deposit)?;
    }
    let staked = account.collateral.of(asset);
    if staked.is_zero() {
        if !collateral.enabled {
            return Err(ContractError::CollateralDisabled {
                asset: asset.to_owned(),
            });
        }
        // A collateral nobody can price is not taken into a position it could then block.
        let oracle = CONFIG.load(deps.storage)?.oracle;
        oracle::record(&deps.querier, &oracle, asset)?.strict(asset, env.block.time.seconds())?;
    }
    let mut totals = state::totals(deps.storage)?;
    totals.add(asset, amount)?;
    if staked.is_zero() && totals.of(asset) > collateral.cap {
        return Err(ContractError::CapExceeded {
            asset: asset.to_owned(),
            staked: totals.of(asset),
            cap: collateral.cap,
        });
    }
    account.keep_terms(asset, collateral.version);
    account.collateral.add(asset, amount)?;
    Ok(totals)
}

/// Whether a flag of the account ends with what is staked now. Without prices it is not
/// known, and the flag stays: collateral may be added all the same.
fn is_cured(deps: Deps, env: &Env, address: &Addr, account: &Account) -> bool {
    account.flag.is_some()
        && CONFIG
            .load(deps.storage)
            .map_err(ContractError::from)
            .and_then(|config| flag::cure(deps, env, &config, address, account))
            .is_ok_and(|cure| cure.is_cured())
}
