//! Raw reads of the protocol's own cw20s.
//!
//! Every synth is a cw20-base that the registry instantiated, DUCA and LPD are ones that the
//! stability pool did: their storage layout is known, and a raw read costs a sixtieth of the
//! first smart query. Never use these on a token that somebody else instantiated.

use cosmwasm_std::{Addr, QuerierWrapper, StdResult, Uint128};
use cw_storage_plus::{Item, Map};

const BALANCES: Map<&Addr, Uint128> = Map::new("balance");
const TOKEN_INFO: Item<TokenInfo> = Item::new("token_info");

/// The part of cw20-base's token info that is read here.
#[derive(serde::Serialize, serde::Deserialize)]
struct TokenInfo {
    total_supply: Uint128,
}

/// Tokens that `holder` has.
pub fn balance(querier: &QuerierWrapper, token: &Addr, holder: &Addr) -> StdResult<Uint128> {
    Ok(BALANCES
        .query(querier, token.clone(), holder)?
        .unwrap_or_default())
}

/// Tokens there are.
pub fn total_supply(querier: &QuerierWrapper, token: &Addr) -> StdResult<Uint128> {
    Ok(TOKEN_INFO.query(querier, token.clone())?.total_supply)
}
