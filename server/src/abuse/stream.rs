//! The stream of facts: what happens is noted in memory and read by a worker of the same process.
//! Nobody waits: where more is noted than is read, facts are dropped and counted.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use ipnet::IpNet;
use metrics::Counter;

use super::blocks::Blocks;
use super::facts::{Event, Fact};
use super::findings::Detector;
use super::shared::FactBus;
use super::work::Watching;
use crate::clock::{Clock, Time};
use crate::ids::KeyId;
use crate::limits::shared::Shared;
use crate::metrics::{Metrics, SharedMeter};

/// So many facts wait at most: some seconds of everything that a panel can answer.
pub(super) const MOST: usize = 65_536;

/// So many keys are advised at most.
const MOST_ADVISED: usize = 10_000;
/// For how long they are: a day.
const TOLD_MS: i64 = 24 * 3_600_000;

/// What a customer's software had better do otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Advice {
    /// It lately ordered the same twice within seconds, several times, without saying which request it
    /// repeats.
    NameRequests,
    /// It lately asked far more often than anything changes.
    AskInBatches,
}

impl Advice {
    /// What helps against what a detector remarks.
    pub(super) const fn of(detector: Detector) -> Option<Advice> {
        match detector {
            Detector::DoubleSubmit => Some(Advice::NameRequests),
            Detector::Polling => Some(Advice::AskInBatches),
            Detector::KeyStuffing
            | Detector::LeakedKey
            | Detector::ForeignIds
            | Detector::SharedLink
            | Detector::CancelLoop
            | Detector::RefundFarming
            | Detector::PriceRacing
            | Detector::DepositAbuse
            | Detector::DisputeAbuse
            | Detector::HostileLinks => None,
        }
    }
}

/// What one server notices of abuse. In memory; what must outlive it is in the database.
pub struct Abuse {
    clock: Clock,
    waiting: Mutex<Vec<Event>>,
    dropped: Counter,
    blocks: RwLock<Blocks>,
    /// Keys whose software had better do otherwise, and until when they are told so.
    advised: RwLock<HashMap<(KeyId, Advice), Time>>,
    /// What tells other servers, once the panel serves and where they share.
    bus: OnceLock<FactBus>,
    /// What the worker knows: nothing until its first step.
    pub(super) watching: tokio::sync::Mutex<Option<Watching>>,
}

impl Abuse {
    /// One that has noticed nothing yet.
    pub fn new(clock: &Clock, metrics: &Metrics) -> Abuse {
        Abuse {
            clock: clock.clone(),
            waiting: Mutex::default(),
            dropped: metrics.facts_dropped(),
            blocks: RwLock::default(),
            advised: RwLock::default(),
            bus: OnceLock::new(),
            watching: tokio::sync::Mutex::default(),
        }
    }

    /// Notes that something happened, now. Cheap; to be called once it is true, after the commit.
    pub fn note(&self, fact: Fact) {
        let event = Event {
            at: self.clock.now(),
            fact,
        };
        if let Some(bus) = self.bus.get() {
            bus.publish(event.clone());
        }
        self.add(event);
    }

    /// Adds what happened here, or what another server has told.
    fn add(&self, event: Event) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST {
            waiting.push(event);
        } else {
            self.dropped.increment(1);
        }
    }

    /// Tells other servers from now on, and takes what they tell.
    pub(crate) fn share(self: &Arc<Abuse>, shared: &Shared, meter: SharedMeter) {
        let (bus, mut told) = FactBus::start(shared, meter);
        if self.bus.set(bus).is_err() {
            return;
        }
        let here = Arc::downgrade(self);
        tokio::spawn(async move {
            while let (Some(event), Some(here)) = (told.recv().await, here.upgrade()) {
                here.add(event);
            }
        });
    }

    /// Until when the network of `address` is blocked, if it is.
    pub fn blocked_until(&self, address: IpAddr) -> Option<Time> {
        let blocks = self.blocks.read().unwrap_or_else(PoisonError::into_inner);
        blocks.of(address, self.clock.now())
    }

    /// Whether this is advised to whoever uses `key`.
    pub fn is_advised(&self, key: KeyId, advice: Advice) -> bool {
        let advised = self.advised.read().unwrap_or_else(PoisonError::into_inner);
        let until = advised.get(&(key, advice));
        until.is_some_and(|until| self.clock.now() < *until)
    }

    /// From now on this is advised to whoever uses `key`, for a day.
    pub(super) fn advise(&self, key: KeyId, advice: Advice) {
        let now = self.clock.now();
        let mut advised = self.advised.write().unwrap_or_else(PoisonError::into_inner);
        advised.retain(|_, until| now < *until);
        if advised.len() < MOST_ADVISED {
            advised.insert((key, advice), now.plus_ms(TOLD_MS));
        }
    }

    /// What was noted since it was last asked for.
    pub(super) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts facts that nobody reads any more.
    pub(super) fn count_dropped(&self, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.dropped.increment(count);
    }

    /// Takes over which networks are blocked; gives those that were, and somebody has let in again.
    pub(super) fn set_blocks(&self, blocked: Vec<(IpNet, Time)>) -> Vec<IpNet> {
        let newer = Blocks::new(blocked);
        let mut blocks = self.blocks.write().unwrap_or_else(PoisonError::into_inner);
        let lifted = blocks.lifted_in(&newer, self.clock.now());
        *blocks = newer;
        lifted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::AccountId;

    #[test]
    fn more_than_fits_is_dropped_and_nothing_waits() {
        let clock = Clock::manual(Time::from_ms(7));
        let abuse = Abuse::new(&clock, &Metrics::new(false));
        let account = AccountId(1);
        for _ in 0..MOST + 10 {
            abuse.note(Fact::PaidInPart { account });
        }
        let taken = abuse.take();
        assert_eq!(taken.len(), MOST);
        assert_eq!(taken.first().unwrap().at, Time::from_ms(7));
        assert!(abuse.take().is_empty());
    }
}
