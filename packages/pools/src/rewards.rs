//! Streams and gifts: indices and what is earned are here, tokens at the distributor.

use ballast_math::{Accrued, MathError, fees::Stream};
use ballast_types::{
    address,
    pool_lens::{EarnedResponse, EarnedReward, StreamResponse},
    pool_manager::{
        MAX_LABEL, MAX_STREAM_SECS, MAX_STREAMS, OpenStreamResponse, Schedule, StreamId, Target,
        VaultKey,
    },
    rewards_distributor::{DistributorMsg, Payout},
};
use cosmwasm_std::{
    Addr, Deps, DepsMut, Env, Event, MessageInfo, Response, Storage, Uint128, WasmMsg,
    to_json_binary,
};

use crate::{
    ContractError, Refusal,
    chain::Poll,
    lanes::{OpenLanes, load_claims},
    position::OpenPosition,
    state::{
        BOOKS, Books, CLAIMS, Claims, DISTRIBUTORS, LANE_COUNT, LANE_IDS, LANES, Lane, LaneOwner,
        POOL_LANES, Stake, StoredTarget, VAULTS, VaultRecord, VaultTerms, next,
    },
};

/// What may be put into a lane, in all: an index that cannot hold it would err in every act of those
/// who earn of it, and no distributor may block an exit.
const MOST_FUNDED: Uint128 = Uint128::new(1 << 96);

/// The lanes of a target, opened to take a stream or a gift.
struct OpenTarget {
    books: Books,
    vault: Option<(String, VaultRecord)>,
    lanes: OpenLanes,
}

impl OpenTarget {
    fn load(storage: &dyn Storage, now: u64, target: &Target) -> Result<Self, Refusal> {
        let pool = target.pool.u64();
        let books = Books::load(storage, pool)?;
        let Some(asset) = &target.asset else {
            let mut lanes = OpenLanes {
                pool: POOL_LANES.may_load(storage, pool)?.unwrap_or_default(),
                vault: Default::default(),
            };
            for lane in &mut lanes.pool {
                lane.stream.accrue(now, &books.chain.vaults)?;
            }
            return Ok(Self {
                books,
                vault: None,
                lanes,
            });
        };
        VaultTerms::load(storage, pool, asset)?;
        let vault = VAULTS.may_load(storage, (pool, asset))?.unwrap_or_default();
        let mut lanes = OpenLanes::load(storage, pool, &books, asset, &vault)?;
        lanes.accrue(now, &books, &vault)?;
        Ok(Self {
            books,
            vault: Some((asset.clone(), vault)),
            lanes,
        })
    }

    fn lanes(&mut self) -> &mut Vec<Lane> {
        match self.vault {
            Some(_) => &mut self.lanes.vault.own,
            None => &mut self.lanes.pool,
        }
    }

    fn save(mut self, storage: &mut dyn Storage, pool: u64) -> Result<(), Refusal> {
        let count = u8::try_from(self.lanes().len()).unwrap_or(u8::MAX);
        match self.vault {
            Some((asset, mut vault)) => {
                vault.lanes = count;
                VAULTS.save(storage, (pool, &asset), &vault)?;
                self.lanes.save(storage, pool, &asset)?;
            }
            None => {
                self.books.lanes = count;
                BOOKS.save(storage, pool, &self.books)?;
                POOL_LANES.save(storage, pool, &self.lanes.pool)?;
            }
        }
        Ok(())
    }
}

/// Handles `open_stream`.
pub fn open(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    target: Target,
    label: String,
    amount: Uint128,
    schedule: Option<Schedule>,
) -> Result<Response, Refusal> {
    let (pool, now) = (target.pool.u64(), env.block.time.seconds());
    let sender = &info.sender;
    if !DISTRIBUTORS.has(deps.storage, (pool, sender)) {
        Books::load(deps.storage, pool)?;
        return Err(ContractError::NotADistributor {
            pool,
            sender: sender.clone(),
        }
        .into());
    }
    if amount.is_zero() {
        return Err(ContractError::ZeroAmount {}.into());
    }
    if !(1..=MAX_LABEL).contains(&label.len()) {
        return Err(ContractError::InvalidLabel {}.into());
    }
    let mut open = OpenTarget::load(deps.storage, now, &target)?;
    let holders = match &open.vault {
        Some((_, vault)) => vault.vault.accounts().clone(),
        None => open.books.chain.vaults.clone(),
    };
    let asset = target.asset.clone().unwrap_or_default();
    let key = (sender, (label.as_str(), pool, asset.as_str()));
    let known = LANE_IDS.may_load(deps.storage, key)?;
    let id = match known {
        Some(id) => id,
        None => {
            let id = next(deps.storage, &LANE_COUNT)?;
            LANE_IDS.save(deps.storage, key, &id)?;
            let lanes = open.lanes();
            lanes.push(Lane {
                id,
                stream: Stream::new(Uint128::zero(), now, 0, &holders),
                funded: Uint128::zero(),
                paid: Uint128::zero(),
            });
            if lanes.len() > MAX_STREAMS {
                return Err(ContractError::TooManyStreams { max: MAX_STREAMS }.into());
            }
            let owner = LaneOwner {
                distributor: sender.clone(),
                label: label.clone(),
                target: StoredTarget(target.clone()),
            };
            LANES.save(deps.storage, id, &owner)?;
            id
        }
    };
    let lane = open
        .lanes()
        .iter_mut()
        .find(|lane| lane.id == id)
        .ok_or(ContractError::UnknownStream { stream: id })?;
    lane.funded = lane.funded.checked_add(amount)?;
    if lane.funded > MOST_FUNDED {
        let operation = "all that a lane was given";
        return Err(MathError::OutOfRange { operation }.into());
    }
    match schedule {
        None => {
            if holders.is_empty() {
                return Err(ContractError::NoShares {}.into());
            }
            let gift = Accrued::from_units(amount)?;
            lane.stream.give_floor(gift, &holders)?;
        }
        Some(schedule) => run(lane, amount, schedule, now)?,
    }
    let event = Event::new("open_stream")
        .add_attribute("stream", id.to_string())
        .add_attribute("distributor", sender)
        .add_attribute("label", label)
        .add_attribute("pool", target.pool)
        .add_attribute("asset", asset)
        .add_attribute("amount", amount)
        .add_attribute("ends_at", lane.stream.ends_at(now).to_string());
    open.save(deps.storage, pool)?;
    let stream = id.into();
    Ok(Response::new()
        .add_event(event)
        .set_data(to_json_binary(&OpenStreamResponse { stream })?))
}

fn run(lane: &mut Lane, amount: Uint128, schedule: Schedule, now: u64) -> Result<(), Refusal> {
    let start = schedule.start.unwrap_or(now);
    if start < now {
        return Err(ContractError::StartInPast { start, now }.into());
    }
    if schedule.duration_secs == 0 {
        return Err(ContractError::ZeroDuration {}.into());
    }
    let waits = start.saturating_sub(now);
    if schedule.duration_secs > MAX_STREAM_SECS || waits > MAX_STREAM_SECS {
        return Err(ContractError::TooLong {
            max: MAX_STREAM_SECS,
        }
        .into());
    }
    if !lane.stream.is_spent() {
        return Err(ContractError::StreamRuns { stream: lane.id }.into());
    }
    Ok(lane.stream.run(amount, start, schedule.duration_secs)?)
}

/// Handles `claim_rewards`. It polls nothing and flushes no debt: rewards follow shares alone.
pub fn claim(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    account: Option<&str>,
    key: &VaultKey,
    streams: &[StreamId],
) -> Result<Response, Refusal> {
    if streams.len() > MAX_STREAMS {
        return Err(ContractError::TooMany {
            given: streams.len(),
            max: MAX_STREAMS,
        }
        .into());
    }
    let account = address::valid_or(deps.api, account, &info.sender)?;
    let (pool, asset) = (key.pool.u64(), key.asset.as_str());
    let (mut lanes, mut claims) = earned(deps.as_ref(), env, key, &account)?;
    let mut response = Response::new();
    let mut sum = Uint128::zero();
    for stream in streams {
        let id = stream.u64();
        let claim = claims
            .iter_mut()
            .find(|(lane, _)| *lane == id)
            .ok_or(ContractError::UnknownStream { stream: id })?;
        let amount = claim.1.take_floor()?;
        if amount.is_zero() {
            continue;
        }
        sum = sum.checked_add(amount)?;
        lanes.pay(id, amount)?;
        let owner = LANES.load(deps.storage, id)?;
        let payout = DistributorMsg::Payout(Payout {
            stream: *stream,
            account: account.to_string(),
            amount,
        });
        response = response
            .add_message(WasmMsg::Execute {
                contract_addr: owner.distributor.to_string(),
                msg: to_json_binary(&payout)?,
                funds: vec![],
            })
            .add_event(
                Event::new("claim_rewards")
                    .add_attribute("account", &account)
                    .add_attribute("pool", key.pool)
                    .add_attribute("asset", asset)
                    .add_attribute("stream", *stream)
                    .add_attribute("amount", amount),
            );
    }
    if sum.is_zero() {
        return Err(ContractError::NothingDue {}.into());
    }
    lanes.save(deps.storage, pool, asset)?;
    CLAIMS.save(deps.storage, (pool, asset, &account), &claims)?;
    Ok(response)
}

/// The lanes of a vault and an account's claims on them, up to now.
fn earned(
    deps: Deps,
    env: &Env,
    key: &VaultKey,
    account: &Addr,
) -> Result<(OpenLanes, Claims), Refusal> {
    let (pool, asset) = (key.pool.u64(), key.asset.as_str());
    let books = Books::load(deps.storage, pool)?;
    let vault = VAULTS
        .may_load(deps.storage, (pool, asset))?
        .unwrap_or_default();
    let stake = Stake::load(deps.storage, pool, asset, account)?;
    let mut lanes = OpenLanes::load(deps.storage, pool, &books, asset, &vault)?;
    lanes.accrue(env.block.time.seconds(), &books, &vault)?;
    let mut claims = load_claims(deps.storage, pool, asset, account)?;
    lanes.settle(&mut claims, &stake)?;
    Ok((lanes, claims))
}

/// What a position has earned.
pub fn query_earned(
    deps: Deps,
    env: &Env,
    account: Addr,
    key: &VaultKey,
) -> Result<EarnedResponse, Refusal> {
    let (_, claims) = earned(deps, env, key, &account)?;
    let now = env.block.time.seconds();
    let open = OpenPosition::open(deps.storage, deps.querier, now, key, account, Poll::Nothing)?;
    let rewards = claims
        .into_iter()
        .map(|(id, mut claim)| {
            Ok(EarnedReward {
                stream: id.into(),
                distributor: LANES.load(deps.storage, id)?.distributor,
                amount: claim.take_floor()?,
            })
        })
        .collect::<Result<_, Refusal>>()?;
    Ok(EarnedResponse {
        fees: open.stake.position.fees().take_floor()?,
        rewards,
    })
}

/// The lanes of a vault or of a pool, by number.
pub fn query_streams(
    deps: Deps,
    env: &Env,
    target: Target,
    start_after: Option<StreamId>,
    limit: usize,
) -> Result<Vec<StreamResponse>, Refusal> {
    let now = env.block.time.seconds();
    let mut open = OpenTarget::load(deps.storage, now, &target)?;
    let after = start_after.map_or(0, |id| id.u64());
    open.lanes()
        .iter()
        .filter(|lane| lane.id > after)
        .take(limit)
        .map(|lane| {
            let owner = LANES.load(deps.storage, lane.id)?;
            let runs = !lane.stream.is_spent();
            let mut spread =
                Accrued::from_units(lane.funded)?.checked_sub(lane.stream.unspread()?)?;
            Ok(StreamResponse {
                stream: lane.id.into(),
                distributor: owner.distributor,
                label: owner.label,
                target: owner.target.0,
                amount: lane.funded,
                ends_at: runs.then(|| lane.stream.ends_at(now)),
                unclaimed: spread.take_floor()?.checked_sub(lane.paid)?,
            })
        })
        .collect()
}
