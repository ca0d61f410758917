//! What the distributor remembers.

use ballast_kit::Controls;
use ballast_math::MathError;
use ballast_types::{
    Token,
    pool_manager::{self, StreamId, Target},
    rewards_distributor::{Operation, Payee, Recipient},
    stored_as_array,
};
use cosmwasm_std::{Addr, Deps, Empty, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::error::ContractError;

pub const CONTROLS: Controls<Operation> = Controls::new();

pub const MANAGER: Item<Addr> = Item::new("manager");
// the pools' dollar, once it was needed
const DOLLAR: Item<Addr> = Item::new("dollar");
pub const RECIPIENTS: Item<Vec<Recipient>> = Item::new("recipients");
// name of a token → the token, if it may be funded
pub const TOKENS: Map<&str, Token> = Map::new("token");
// who may open streams beside the owner
pub const FUNDERS: Map<&Addr, Empty> = Map::new("funder");
// number → what it has and has paid
pub const STREAMS: Map<u64, Stream> = Map::new("stream");
// name of a token → what is owed of it
pub const BOOKS: Map<&str, Book> = Map::new("book");
// recipient → what he may claim, in dollars
const DUE: Map<&str, Uint128> = Map::new("due");

/// A stream's tokens.
pub struct Stream {
    pub target: Target,
    pub token: Token,
    pub funded: Uint128,
    pub paid: Uint128,
}
stored_as_array!(Stream {
    target,
    token,
    funded,
    paid,
});

impl Stream {
    /// Takes out what is paid: of one stream never what another has.
    pub fn pay(&mut self, id: StreamId, amount: Uint128) -> Result<(), ContractError> {
        let left = self.funded.saturating_sub(self.paid);
        if amount > left {
            return Err(ContractError::ExceedsFunds {
                stream: id,
                left,
                amount,
            });
        }
        self.paid = self.paid.checked_add(amount)?;
        Ok(())
    }
}

/// All that is owed of a token, to streams and to recipients.
pub struct Book {
    pub token: Token,
    pub owed: Uint128,
}
stored_as_array!(Book { token, owed });

impl Book {
    pub fn load(storage: &dyn Storage, token: &Token) -> StdResult<Self> {
        let book = BOOKS.may_load(storage, &token.key())?;
        Ok(book.unwrap_or_else(|| Self {
            token: token.clone(),
            owed: Uint128::zero(),
        }))
    }

    /// Owes more, from now on.
    pub fn owe(
        storage: &mut dyn Storage,
        token: &Token,
        amount: Uint128,
    ) -> Result<Self, ContractError> {
        let mut book = Self::load(storage, token)?;
        book.owed = book.owed.checked_add(amount)?;
        BOOKS.save(storage, &token.key(), &book)?;
        Ok(book)
    }

    /// Owes less: `amount` is about to leave.
    pub fn settle(
        storage: &mut dyn Storage,
        token: &Token,
        amount: Uint128,
    ) -> Result<(), ContractError> {
        let mut book = Self::load(storage, token)?;
        book.owed = book.owed.checked_sub(amount)?;
        Ok(BOOKS.save(storage, &token.key(), &book)?)
    }
}

/// What a recipient may claim.
pub fn due(storage: &dyn Storage, recipient: &Payee<Addr>) -> StdResult<Uint128> {
    let due = DUE.may_load(storage, &recipient.to_string())?;
    Ok(due.unwrap_or_default())
}

/// Lets a recipient claim more.
pub fn add_due(
    storage: &mut dyn Storage,
    recipient: &Payee<Addr>,
    amount: Uint128,
) -> Result<(), ContractError> {
    let sum = due(storage, recipient)?
        .checked_add(amount)
        .map_err(MathError::from)?;
    Ok(DUE.save(storage, &recipient.to_string(), &sum)?)
}

/// Takes out all that a recipient may claim.
pub fn take_due(storage: &mut dyn Storage, recipient: &Payee<Addr>) -> StdResult<Uint128> {
    let due = due(storage, recipient)?;
    DUE.remove(storage, &recipient.to_string());
    Ok(due)
}

/// The pools' dollar. The manager never changes it, but may have none yet; one that does not answer
/// has none either, so that it stops nothing else here.
pub fn dollar(deps: Deps) -> StdResult<Option<Addr>> {
    if let Some(known) = DOLLAR.may_load(deps.storage)? {
        return Ok(Some(known));
    }
    let config = deps
        .querier
        .query_wasm_smart::<pool_manager::ConfigResponse>(
            MANAGER.load(deps.storage)?,
            &pool_manager::QueryMsg::Config {},
        );
    Ok(config
        .ok()
        .and_then(|config| config.dollar)
        .map(|dollar| dollar.token))
}

/// Keeps the dollar, so that the manager is not asked again.
pub fn keep_dollar(storage: &mut dyn Storage, dollar: &Addr) -> StdResult<()> {
    if !DOLLAR.exists(storage) {
        DOLLAR.save(storage, dollar)?;
    }
    Ok(())
}
