//! The rewards distributor: it holds what a pool's LPs, its builders and others are to get, and pays
//! it out (DESIGN §7).
//!
//! Who has earned what is the pool manager's knowledge; the tokens are here. Anyone may instantiate
//! one. A pool's owner lets it open streams (`set_distributor`), and may give it a cut of the pool's
//! fees (`set_cut`), which it divides among its recipients.
//!
//! It never touches what LPs have delegated, and nothing that an LP needs to leave calls it.
//!
//! Amounts are base units.

use std::fmt;

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Api, Decimal, Uint128};
use cw_ownable::Action;
use cw20::Cw20ReceiveMsg;

use crate::{
    ControlsResponse, Token, TokenUnchecked,
    address::{self, InvalidAddress},
    pool_manager::{PoolId, Schedule, StreamId, Target},
};

/// The most recipients of a distributor.
pub const MAX_RECIPIENTS: usize = 16;
/// The most pools that one `divide` claims from.
pub const MAX_POOLS: usize = 16;

/// Sets up a distributor that holds nothing.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// Sets the recipients, the tokens that may be funded and who may open streams; opens streams.
    pub owner: String,
    /// May switch operations off.
    pub guardian: Option<String>,
    /// The pool manager, whose streams it pays.
    pub manager: String,
    /// Who gets the cuts. Their shares sum to one.
    pub recipients: Vec<RecipientUnchecked>,
}

/// What can be switched off. Claiming and paying out are always open.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Operation {
    /// `fund`.
    Fund,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fund => "fund",
        })
    }
}

/// One who gets a part of the cuts.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct RecipientBase<A> {
    /// An address, or the LPs of a vault or of a pool.
    pub to: Payee<A>,
    /// His part, above zero.
    pub share: Decimal,
}

/// An address, or LPs.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum Payee<A> {
    /// It claims here.
    Address(A),
    /// They claim at the pool manager, as gifts.
    Lps(Target),
}

/// As it arrives in a message.
pub type PayeeUnchecked = Payee<String>;

impl PayeeUnchecked {
    /// Validates an address. A target is taken as it is.
    pub fn check(&self, api: &dyn Api) -> Result<Payee<Addr>, InvalidAddress> {
        Ok(match self {
            Self::Address(address) => Payee::Address(address::valid(api, address)?),
            Self::Lps(target) => Payee::Lps(target.clone()),
        })
    }
}

impl<A: fmt::Display> fmt::Display for Payee<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(f, "address:{address}"),
            Self::Lps(Target { pool, asset: None }) => write!(f, "lps:{pool}"),
            Self::Lps(Target {
                pool,
                asset: Some(asset),
            }) => write!(f, "lps:{pool}:{asset}"),
        }
    }
}

/// As it arrives in a message.
pub type RecipientUnchecked = RecipientBase<String>;
/// With a valid address.
pub type Recipient = RecipientBase<Addr>;

/// What can be done.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ExecuteMsg {
    /// Opens a stream of the one native coin that is sent along, or gives it at once. A cw20 is sent
    /// with [`ReceiveMsg::Fund`]. Answers the manager's
    /// [`OpenStreamResponse`](crate::pool_manager::OpenStreamResponse), which a cw20 does not pass on:
    /// the event `funded` has the number too.
    ///
    /// A stream holds its lane until it ends, therefore not everyone may open one.
    ///
    /// *Who:* of a gift anyone, of a stream the owner and those whom he lists ([`Self::SetFunder`]).
    /// *Errors:* `Payment`, `TokenNotAllowed`, `NotAFunder`, `Controls`, and those of the manager's
    /// `open_stream`.
    Fund {
        /// For whom.
        target: Target,
        /// Its time; none for a gift.
        schedule: Option<Schedule>,
    },
    /// Claims what cuts of pools have earned and divides it: each recipient's part is rounded
    /// down, and the rest waits for the next time. Dollars that were sent here without a message are
    /// divided with it. LPs are given theirs at once; those who cannot be, for nobody has shares or
    /// the manager refuses, wait for the next time.
    ///
    /// A claim that fails, for nothing is due there, stops neither the others nor the division: an
    /// event names it.
    ///
    /// *Who:* anyone. *Errors:* `NothingDue` (no part is a whole base unit), `NoDollar`, `TooMany`
    /// (pools, at most 16).
    Divide {
        /// The pools.
        pools: Vec<PoolId>,
    },
    /// Pays a recipient what is due to him: an address in dollars, LPs by a gift at the manager.
    ///
    /// *Who:* anyone; it goes to the recipient. *Errors:* `NothingDue`, and for LPs those of the
    /// manager's `open_stream`.
    Claim {
        /// The recipient; the sender by default.
        recipient: Option<PayeeUnchecked>,
    },
    /// Pays what an account has earned of a stream of this distributor.
    ///
    /// *Who:* the pool manager. *Errors:* `Unauthorized`, `UnknownStream`, `ZeroAmount`,
    /// `ExceedsFunds`.
    Payout(Payout),
    /// Sets who gets the cuts, for what is divided from now on. What has arrived is divided among
    /// those of before first; what waits at the manager is not: `divide` it before.
    ///
    /// *Who:* the owner. *Errors:* `SharesDoNotSumToOne`, `ZeroShare`, `TooManyRecipients`,
    /// `DuplicateRecipient`.
    SetRecipients {
        /// All of them.
        recipients: Vec<RecipientUnchecked>,
    },
    /// Lets a token be funded, or no more: each one takes a lane of its target for ever. Streams that
    /// run are paid all the same.
    ///
    /// *Who:* the owner. *Errors:* `LabelTooLong` (its name with `native:` or `cw20:` exceeds 128
    /// bytes).
    SetToken {
        /// The token.
        token: TokenUnchecked,
        /// Whether it may.
        allowed: bool,
    },
    /// Lets somebody open streams, or no more. Streams that he has opened go on.
    ///
    /// *Who:* the owner.
    SetFunder {
        /// Who; of a cw20 the one who sends it here.
        funder: String,
        /// Whether he may.
        allowed: bool,
    },
    /// A cw20 arrives with a [`ReceiveMsg`].
    ///
    /// *Errors:* `UnknownHook`, `ZeroAmount`, and those of the hook.
    Receive(Cw20ReceiveMsg),
    /// Switches an operation off.
    ///
    /// *Who:* the guardian or the owner.
    SwitchOff {
        /// Which.
        operation: Operation,
    },
    /// Switches an operation on.
    ///
    /// *Who:* the owner.
    SwitchOn {
        /// Which.
        operation: Operation,
    },
    /// Names another guardian, or none.
    ///
    /// *Who:* the owner.
    SetGuardian {
        /// The new guardian.
        guardian: Option<String>,
    },
    /// Two-step change of the owner.
    ///
    /// *Who:* the owner, then the one he names.
    UpdateOwnership(Action),
}

/// What can be sent along with a cw20.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ReceiveMsg {
    /// Opens a stream of what was sent, or gives it at once. As [`ExecuteMsg::Fund`].
    ///
    /// *Who:* as there; the one who sends the cw20 counts. *Errors:* also `NotReceived`, when the token does not say that it is here.
    Fund {
        /// For whom.
        target: Target,
        /// Its time; none for a gift.
        schedule: Option<Schedule>,
    },
}

/// What the pool manager tells a distributor, which may be any contract that knows this message.
#[cw_serde]
pub enum DistributorMsg {
    /// Pays what an account has earned.
    Payout(Payout),
}

/// What an account has earned of a stream.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct Payout {
    /// The stream.
    pub stream: StreamId,
    /// Who has earned it, and gets it.
    pub account: String,
    /// Base units of the stream's token.
    pub amount: Uint128,
}

/// What can be asked.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Addresses and recipients.
    #[returns(ConfigResponse)]
    Config {},
    /// What is due to a recipient.
    #[returns(DueResponse)]
    Due {
        /// The recipient.
        recipient: PayeeUnchecked,
    },
    /// The tokens that may be funded, by name.
    #[returns(Vec<Token>)]
    Tokens {
        /// The last token of the page before.
        start_after: Option<TokenUnchecked>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// Who may open streams beside the owner, by address.
    #[returns(Vec<Addr>)]
    Funders {
        /// The last address of the page before.
        start_after: Option<String>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// The token and what is left of each stream, by number.
    #[returns(Vec<StreamResponse>)]
    Streams {
        /// The last stream of the page before.
        start_after: Option<StreamId>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// What is held, by token, and what of it the books owe. What is held of a token beyond that
    /// belongs to nobody, but of the pools' dollar it is divided next.
    #[returns(Vec<BalanceResponse>)]
    Balances {
        /// The last token of the page before.
        start_after: Option<TokenUnchecked>,
        /// At most 64; 10 by default.
        limit: Option<u32>,
    },
    /// Guardian and switches.
    #[returns(ControlsResponse<Operation>)]
    Controls {},
    /// The owner, and who may become it.
    #[returns(cw_ownable::Ownership<String>)]
    Ownership {},
}

/// Addresses and recipients.
#[cw_serde]
pub struct ConfigResponse {
    /// The pool manager.
    pub manager: Addr,
    /// The pools' dollar, in which cuts are paid; none until the manager has one.
    pub dollar: Option<Addr>,
    /// Who gets the cuts.
    pub recipients: Vec<Recipient>,
}

/// What is due to a recipient.
#[cw_serde]
pub struct DueResponse {
    /// Base units of the pools' dollar that he may claim.
    pub amount: Uint128,
}

/// A stream of this distributor.
#[cw_serde]
pub struct StreamResponse {
    /// Its number at the manager.
    pub stream: StreamId,
    /// For whom.
    pub target: Target,
    /// What it pays.
    pub token: Token,
    /// Base units that were put in.
    pub funded: Uint128,
    /// Base units that were paid out.
    pub paid: Uint128,
}

/// What is held of a token.
#[cw_serde]
pub struct BalanceResponse {
    /// The token.
    pub token: Token,
    /// Base units held; none when the token does not say.
    pub held: Option<Uint128>,
    /// Base units that are owed to streams and recipients.
    pub owed: Uint128,
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::{from_json, to_json_vec};

    /// Two recipients have the same name only if they are the same.
    #[test]
    fn names_of_recipients() {
        let lps = |pool: u64, asset: Option<&str>| {
            let asset = asset.map(str::to_owned);
            let pool = pool.into();
            PayeeUnchecked::Lps(Target { pool, asset }).to_string()
        };
        let address = PayeeUnchecked::Address("cosmwasm1x".into()).to_string();
        assert_eq!(address, "address:cosmwasm1x");
        assert_eq!(lps(1, None), "lps:1");
        assert_eq!(lps(1, Some("")), "lps:1:");
        assert_eq!(lps(1, Some("ATOM")), "lps:1:ATOM");
    }

    /// The manager speaks to a distributor in words that this one understands.
    #[test]
    fn what_the_manager_says_is_understood() {
        let payout = Payout {
            stream: 3u64.into(),
            account: "lp".into(),
            amount: Uint128::new(5),
        };
        let sent = to_json_vec(&DistributorMsg::Payout(payout.clone())).unwrap();
        let read: ExecuteMsg = from_json(sent).unwrap();
        assert_eq!(read, ExecuteMsg::Payout(payout));
    }
}
