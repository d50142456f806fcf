//! How much somebody may ask for, and who is not answered at all for a while.
//!
//! Six layers, from the outside to the inside; a request takes its way through them in this order, and
//! the first "no" ends it:
//!
//! | layer | counted by | who has gone too far is told |
//! |---|---|---|
//! | address ([`Limits::address`]) | address, of IPv6 its /64 | 429 |
//! | bodies (`Limits::room`) | bytes of all and of an address | 503; 408 for a slow one |
//! | wrong keys ([`Limits::key`]) | different wrong keys of an address; detectors | 429 for a while |
//! | action and cost points ([`Limits::key`]) | key or session | 429 |
//! | turns ([`Limits::key`]) | requests of a key at the same time | waits; 429 when too many wait |
//! | load ([`Limits::key`]) | requests of all at the same time | 503, orders last |
//!
//! Everything is in the memory of one server and bounded, and a restart forgets it; several servers share
//! the counts of addresses and keys by Redis ([`shared`]), where there is one. Guesses of
//! passwords are counted by [`accounts`](crate::accounts), with the same counters.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ipnet::IpNet;
use tokio::sync::OwnedSemaphorePermit;

use crate::clock::{Clock, Time};
use crate::config::Config;
use crate::networks::Networks;

mod bodies;
mod counts;
mod denied;
mod keyed;
mod known;
mod quota;
pub mod shared;
mod shares;
mod standing;
mod tier;
mod together;
mod turns;
mod wrong_keys;

pub(crate) use bodies::Room;
pub use denied::{Denied, Layer};
pub(crate) use keyed::Keyed;
pub use keyed::Who;
pub use known::Holder;
pub(crate) use known::network_of;
pub use quota::{Quota, Quotas};
pub use standing::Standing;
pub use tier::{Allowance, Kind, LimitTier, RESELLER, STARTER, constant};

use bodies::{Bodies, Sender};
use counts::Tier;
use known::{KnownAddresses, KnownKeys};
use shared::Shared;
use turns::{Load, Slot, Turns};
use wrong_keys::WrongKeys;

/// The name of the limit of addresses.
const ADDRESS: &str = "address";

/// How many times as much an address gets, if all beyond the limit come with keys that were good there: a
/// neighbour who floods the panel does not shut them out.
const CROWD: u32 = 5;

/// For how many bodies of the largest size there is memory at least.
const BODIES: usize = 4;

/// By how much a throttled key has less than its limits.
const THROTTLED: u32 = 4;

/// What a request asks for, as limits see it.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    /// What.
    pub kind: Kind,
    /// How many orders or ids it is about; 1 for what is about none.
    pub items: u32,
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy, Default)]
pub struct From {
    /// Its address, if that is known.
    pub address: Option<IpAddr>,
    /// Until when a detector blocks its network, if one does.
    pub blocked_until: Option<Time>,
    /// Whether it is known from elsewhere that its key was good from there before.
    pub is_known_there: bool,
}

/// A request that may go on: what it holds while it is worked on.
#[derive(Default)]
pub struct Pass {
    /// What its key has left; not known for a key that was not good lately, see [`Limits::settle`].
    pub standing: Option<Standing>,
    _turn: Option<OwnedSemaphorePermit>,
    _slot: Option<Slot>,
}

/// Every limit of the panel's faces.
pub struct Limits {
    clock: Clock,
    unlimited: Networks,
    address: Keyed,
    /// What an address gets beyond that, for keys that were good from there.
    crowd: Keyed,
    address_quotas: Quotas,
    address_policy: Arc<str>,
    wrong_keys: WrongKeys,
    keys: KnownKeys,
    /// From where keys were good lately.
    addresses: KnownAddresses,
    bodies: Bodies,
    reseller: Tier,
    starter: Tier,
    turns: Turns,
    load: Load,
    /// What several servers share, once the panel serves.
    shared: OnceLock<Shared>,
    /// Its keys are secret and new at every start: nobody can look for two that are one number.
    numbers: RandomState,
}

impl Limits {
    /// Nothing was asked yet; the figures are those of the settings.
    pub fn new(config: &Config, clock: &Clock) -> Limits {
        let blocks = [config.block_first_ms, config.block_max_ms];
        Limits {
            clock: clock.clone(),
            unlimited: config.unlimited_networks.clone(),
            address: Keyed::new(&config.limit_address, clock),
            crowd: Keyed::new(&config.limit_address.times(CROWD), clock),
            address_quotas: config.limit_address.clone(),
            address_policy: standing::policy(ADDRESS, &config.limit_address),
            wrong_keys: WrongKeys::new(&config.limit_failed_keys, blocks, clock),
            keys: KnownKeys::default(),
            addresses: KnownAddresses::default(),
            bodies: Bodies::new(
                config
                    .bodies_max_bytes
                    .max(config.body_max_bytes.saturating_mul(BODIES)),
            ),
            reseller: Tier::new(&config.limits_reseller, clock),
            starter: Tier::new(&config.limits_starter, clock),
            turns: Turns::default(),
            load: Load::new(config.requests_max),
            shared: OnceLock::new(),
            numbers: RandomState::new(),
        }
    }

    /// Counts together with other servers from now on.
    pub(crate) fn share(&self, shared: Shared) {
        self.shared.get_or_init(|| shared);
    }

    /// The number of an address among those who ask; `None` for one that has no limits, or that
    /// nobody knows.
    fn who(&self, address: Option<IpAddr>) -> Option<Who> {
        let address = address?;
        if self.unlimited.contains(address) {
            return None;
        }
        Some(self.numbers.hash_one(network_of(address)))
    }

    /// Counts a request of `address`, before anything else of it is looked at.
    pub fn address(&self, address: Option<IpAddr>) -> Result<(), Denied> {
        let Some(who) = self.who(address) else {
            return Ok(());
        };
        let taken = self.address.take(who, 1);
        taken.map(|_| ()).map_err(|wait| Denied::Limited {
            limit: ADDRESS,
            policy: self.address_policy.clone(),
            wait,
            full: self.address_quotas.until_full(),
        })
    }

    /// The same, for whoever may still turn out to come with a key that was good from there: then this
    /// gives what others are told.
    pub(crate) fn knock(&self, address: Option<IpAddr>) -> Result<Option<Denied>, Denied> {
        let Err(denied) = self.address(address) else {
            return Ok(None);
        };
        let who = self.who(address).unwrap_or_default();
        match self.crowd.take(who, 1) {
            Ok(_) => Ok(Some(denied)),
            Err(_) => Err(denied),
        }
    }

    /// Room for the body of a request of `address`, of which nothing is there yet; it may have at most
    /// `largest` bytes.
    pub(crate) fn room(&self, address: Option<IpAddr>, largest: usize) -> Room {
        let who = self.who(address);
        // Who has no limits counts as known: such networks are trusted.
        let is_good = who.is_none_or(|who| self.addresses.has(who, self.clock.now()));
        self.bodies.room(Sender { who, is_good }, largest)
    }

    /// How many bytes the bodies of requests take that are not answered yet.
    pub(crate) fn bodies_used(&self) -> usize {
        self.bodies.used()
    }

    /// Whether the key of this `print` was good before, from `address`.
    pub(crate) fn is_at_home(&self, print: u64, address: Option<IpAddr>) -> bool {
        let home = self.who(address).unwrap_or_default();
        self.keys.at_home(print, home).is_some()
    }

    /// Lets a request in that came with the key of this `print`, once it is its turn. What it gives is
    /// held until the request is answered.
    pub async fn key(&self, print: u64, from: From, ask: Ask) -> Result<Pass, Denied> {
        self.not_blocked(print, from)?;
        let mut pass = Pass::default();
        let home = self.who(from.address).unwrap_or_default();
        if let Some(holder) = self.keys.at_home(print, home) {
            let taken = self.take_together(holder, from, ask).await;
            pass.standing = taken.inspect_err(|_| self.keys.doubt(print, self.clock.now()))?;
            if let Some(tier) = self.tier(holder.tier) {
                let turn = self.turns.of(holder.who, &tier.allowance).await;
                let turn = turn.map_err(|_| Denied::Waiting {
                    waiting: tier.allowance.waiting,
                })?;
                pass._turn = Some(turn);
            }
        }
        let slot = self.load.take_up(ask.kind, self.who(from.address));
        pass._slot = Some(slot.ok_or(Denied::Busy)?);
        Ok(pass)
    }

    /// Lets a request in that came without a key.
    pub(crate) fn keyless(&self, address: Option<IpAddr>) -> Result<Pass, Denied> {
        let slot = self.load.take_up(Kind::Other, self.who(address));
        let slot = slot.ok_or(Denied::Busy)?;
        Ok(Pass {
            _slot: Some(slot),
            ..Pass::default()
        })
    }

    /// Whoever has tried many wrong keys is not told whether one is right, unless it was good from
    /// there before.
    fn not_blocked(&self, print: u64, from: From) -> Result<(), Denied> {
        let Some(who) = self.who(from.address) else {
            return Ok(());
        };
        let now = self.clock.now();
        let network = from.blocked_until.map(|until| left_until(until, now));
        match self.wrong_keys.blocked_for(who, now).max(network) {
            Some(wait) if !from.is_known_there && self.keys.at_home(print, who).is_none() => {
                Err(Denied::Blocked { wait })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Counts what a request costs that was let in as `first`, now that it is known to be `all`: a batch
    /// of orders. More than there can ever be takes all that there can be.
    pub(crate) async fn more(
        &self,
        holder: Holder,
        from: From,
        first: Ask,
        all: Ask,
    ) -> Result<Option<Standing>, Denied> {
        let Some(tier) = self.tier(holder.tier) else {
            return Ok(None);
        };
        tier.give_back(holder.who, first, self.factor(holder));
        self.take_together(holder, from, all).await
    }

    /// Notes that the key of this `print` is good; counts the request if it was not known before.
    pub fn settle(
        &self,
        print: u64,
        address: Option<IpAddr>,
        holder: Holder,
        pass: &mut Pass,
        ask: Ask,
    ) -> Result<(), Denied> {
        self.note(print, address, holder);
        if pass.standing.is_none() {
            pass.standing = self.take(holder, ask)?;
        }
        Ok(())
    }

    /// Notes that the key of this `print` is good.
    pub fn note(&self, print: u64, address: Option<IpAddr>, holder: Holder) {
        let (home, now) = (self.who(address).unwrap_or_default(), self.clock.now());
        self.keys.note(print, holder, home, now);
        self.addresses.note(home, now);
    }

    /// Notes that a key of this `print` is nobody's.
    pub fn wrong_key(&self, print: u64, address: Option<IpAddr>) {
        if let Some(who) = self.who(address) {
            let address = address.map(network_of);
            self.wrong_keys
                .count((who, address), print, self.clock.now());
        }
    }

    /// Lets `network` try keys again, as if it had not been blocked.
    pub(crate) fn forgive(&self, network: IpNet) {
        self.wrong_keys.forgive(network);
    }

    fn take(&self, holder: Holder, ask: Ask) -> Result<Option<Standing>, Denied> {
        let Some(tier) = self.tier(holder.tier) else {
            return Ok(None);
        };
        tier.take(holder.who, ask, self.factor(holder)).map(Some)
    }

    /// By how much the holder has less than its limits.
    fn factor(&self, holder: Holder) -> u32 {
        let is_throttled = |until| self.clock.now() < until;
        match holder.throttled_until.is_some_and(is_throttled) {
            true => THROTTLED,
            false => 1,
        }
    }

    /// Counts a request, together with other servers where they share.
    async fn take_together(
        &self,
        holder: Holder,
        from: From,
        ask: Ask,
    ) -> Result<Option<Standing>, Denied> {
        let Some(standing) = self.take(holder, ask)? else {
            return Ok(None);
        };
        let together = self.together(holder, from, ask, standing).await;
        if let (Err(_), Some(tier)) = (&together, self.tier(holder.tier)) {
            tier.give_back(holder.who, ask, self.factor(holder));
        }
        together.map(Some)
    }

    /// Counts a request that this server lets in together with the others', where they share.
    async fn together(
        &self,
        holder: Holder,
        from: From,
        ask: Ask,
        standing: Standing,
    ) -> Result<Standing, Denied> {
        let (Some(shared), Some(tier)) = (self.shared.get(), self.tier(holder.tier)) else {
            return Ok(standing);
        };
        let address = from.address.filter(|&at| !self.unlimited.contains(at));
        let counts = together::Counts::new(
            &tier.allowance,
            (&self.address_quotas, address),
            holder.who,
            (ask, self.factor(holder)),
        );
        match shared.take(&counts.takes()).await {
            Some(verdict) => counts.outcome(&verdict, standing, &self.address_policy),
            None => Ok(standing),
        }
    }

    fn tier(&self, tier: LimitTier) -> Option<&Tier> {
        match tier {
            LimitTier::Starter => Some(&self.starter),
            LimitTier::Reseller => Some(&self.reseller),
            LimitTier::Unlimited => None,
        }
    }

    /// Forgets what does not count any more; to be called every few seconds.
    pub fn forget_old(&self) {
        let now = self.clock.now();
        self.address.forget_old();
        self.crowd.forget_old();
        self.wrong_keys.forget_old(now);
        self.keys.forget_old(now);
        self.addresses.forget_old(now);
        self.reseller.forget_old();
        self.starter.forget_old();
        self.turns.forget_idle();
    }
}

/// The time from `now` until `until`.
fn left_until(until: Time, now: Time) -> Duration {
    let ms = u64::try_from(until.ms_since(now)).unwrap_or_default();
    Duration::from_millis(ms)
}

#[cfg(test)]
mod tests;
