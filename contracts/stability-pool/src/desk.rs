//! Swaps as they are calculated, for the act and for its quote.

use ballast_math::{Exact, StabilityPool, stability::DcmSwap};
use ballast_types::stability_pool::{
    BooksResponse, Guards, Offer, Operation, SwapQuote, SwapRequest,
};
use cosmwasm_std::{Deps, Storage, Uint128};

use crate::{
    error::ContractError,
    limiter::Limiter,
    market::Market,
    state::{Books, CONTROLS, Config, Totals},
};

/// Everything that swaps move, at one moment. One swap after another may be made here; what
/// they add up to is kept when it is saved.
pub struct Desk<'a> {
    config: &'a Config,
    market: Market<'a>,
    books: Books,
    supply: Uint128,
    limiter: Limiter,
}

impl<'a> Desk<'a> {
    pub fn open(deps: Deps<'a>, config: &'a Config, now: u64) -> Result<Self, ContractError> {
        let books = Books::load(deps.storage)?;
        Ok(Self {
            config,
            market: Market::load(deps.querier, config, now)?,
            supply: config.supply(&deps.querier)?,
            limiter: Limiter::load(deps.storage, &books, now)?,
            books,
        })
    }

    /// Makes a swap, unless a rule refuses it.
    pub fn swap(
        &mut self,
        storage: &dyn Storage,
        request: SwapRequest,
    ) -> Result<SwapQuote, ContractError> {
        if request.amount.is_zero() {
            return Err(ContractError::ZeroAmount {});
        }
        match request.offer {
            Offer::Dcm => self.swap_dcm(storage, request.amount),
            Offer::Duca => self.swap_duca(storage, request.amount),
        }
    }

    /// Books and limits as the swaps leave them.
    pub fn into_parts(self) -> (Books, Limiter) {
        (self.books, self.limiter)
    }

    fn swap_dcm(
        &mut self,
        storage: &dyn Storage,
        amount: Uint128,
    ) -> Result<SwapQuote, ContractError> {
        let (guards, scale) = (&self.config.guards, self.config.scale());
        let rate = self.market.dcm()?;
        let market = rate.bounds(guards.band)?.low;
        let pool = &self.books.pool;

        let swap = pool.swap_dcm(amount, &market, scale)?;
        CONTROLS.require_all_on(storage, operations(&swap))?;
        if swap.out.is_zero() {
            return Err(ContractError::NothingOut {});
        }
        let after = pool.after_dcm_swap(&swap, self.supply, scale)?;
        let supply = self.supply.checked_add(swap.minted)?;
        let mut duca_price = None;
        if !swap.minted.is_zero() {
            duca_price = self.require_price(guards)?;
            self.require_cover(guards, &after, &market, supply)?;
        }
        let counts = Totals {
            minted: swap.minted,
            paid_out: Uint128::zero(),
            seigniorage: swap.to_treasury,
        };
        self.settle(after, &counts)?;
        self.supply = supply;
        Ok(SwapQuote {
            out: swap.out,
            seigniorage: swap.to_treasury,
            minted: swap.minted,
            to_reserve: swap.to_reserve,
            to_pool: swap.to_pool,
            market: market.decimal_floor()?,
            duca_price: duca_price.as_ref().map(Exact::decimal_floor).transpose()?,
            after: self.after(&rate.spot)?,
        })
    }

    fn swap_duca(
        &mut self,
        storage: &dyn Storage,
        amount: Uint128,
    ) -> Result<SwapQuote, ContractError> {
        CONTROLS.require_on(storage, &Operation::SwapDuca)?;
        let (guards, scale) = (&self.config.guards, self.config.scale());
        let rate = self.market.dcm()?;
        let market = rate.bounds(guards.band)?.high;
        let duca_price = self.market.duca()?.bounds(guards.band)?.low;
        let pool = &self.books.pool;

        let swap = pool.swap_duca(amount, &market, &duca_price, scale)?;
        if swap.out.is_zero() {
            return Err(ContractError::NothingOut {});
        }
        let leaves = swap.leaves()?;
        if leaves >= pool.dcm {
            return Err(ContractError::EmptiesPool {
                leaves,
                held: pool.dcm,
            });
        }
        let after = pool.after_duca_swap(amount, &swap)?;
        let counts = Totals {
            minted: Uint128::zero(),
            paid_out: leaves,
            seigniorage: swap.to_treasury,
        };
        self.settle(after, &counts)?;
        Ok(SwapQuote {
            out: swap.out,
            seigniorage: swap.to_treasury,
            minted: Uint128::zero(),
            to_reserve: Uint128::zero(),
            to_pool: amount,
            market: market.decimal_floor()?,
            duca_price: Some(duca_price.decimal_floor()?),
            after: self.after(&rate.spot)?,
        })
    }

    /// The books after a swap, unless a limit refuses it.
    fn settle(&mut self, pool: StabilityPool, counts: &Totals) -> Result<(), ContractError> {
        let after = Books {
            pool,
            totals: self.books.totals.plus(counts)?,
        };
        self.limiter
            .require(&self.config.guards, &self.books, &after)?;
        self.books = after;
        Ok(())
    }

    /// D, where the guards ask for it: the feed of DUCA is no matter otherwise.
    fn require_price(&self, guards: &Guards) -> Result<Option<Exact>, ContractError> {
        let Some(least) = guards.min_mint_price else {
            return Ok(None);
        };
        let price = self.market.duca()?.bounds(guards.band)?.low;
        if price < Exact::try_from(least)? {
            return Err(ContractError::MintBelowPrice {
                price: price.decimal_floor()?,
                least,
            });
        }
        Ok(Some(price))
    }

    fn require_cover(
        &self,
        guards: &Guards,
        after: &StabilityPool,
        market: &Exact,
        supply: Uint128,
    ) -> Result<(), ContractError> {
        let Some(least) = guards.min_mint_cover else {
            return Ok(());
        };
        match after.market_cover(market, supply, self.config.scale())? {
            Some(cover) if cover < Exact::try_from(least)? => Err(ContractError::MintBelowCover {
                cover: cover.decimal_floor()?,
                least,
            }),
            _ => Ok(()),
        }
    }

    fn after(&self, market: &Exact) -> Result<BooksResponse, ContractError> {
        books_response(self.config, &self.books.pool, self.supply, Some(market))
    }
}

/// What must be on for a swap of DCM.
const fn operations(swap: &DcmSwap) -> &'static [Operation] {
    if swap.minted.is_zero() {
        &[Operation::SwapDcm]
    } else {
        &[Operation::SwapDcm, Operation::Mint]
    }
}

/// Books, par and covers for a query.
pub fn books_response(
    config: &Config,
    pool: &StabilityPool,
    supply: Uint128,
    market: Option<&Exact>,
) -> Result<BooksResponse, ContractError> {
    let scale = config.scale();
    let par_cover = pool.par_cover(supply, scale)?;
    let market_cover = market
        .map(|market| pool.market_cover(market, supply, scale))
        .transpose()?
        .flatten();
    Ok(BooksResponse {
        supply,
        pool_duca: pool.duca,
        pool_dcm: pool.dcm,
        reserve: pool.reserve,
        par: pool.par,
        par_cover: par_cover.as_ref().map(Exact::decimal_floor).transpose()?,
        market_cover: market_cover
            .as_ref()
            .map(Exact::decimal_floor)
            .transpose()?,
    })
}
