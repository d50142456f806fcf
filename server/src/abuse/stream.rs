//! The stream of facts: what happens is noted in memory and read by a worker of the same process.
//! Nobody waits: where more is noted than is read, facts are dropped and counted.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use ipnet::IpNet;
use metrics::Counter;

use super::blocks::Blocks;
use super::facts::{Event, Fact};
use super::shared::FactBus;
use super::work::Watching;
use crate::clock::{Clock, Time};
use crate::ids::KeyId;
use crate::limits::shared::Shared;
use crate::metrics::{Metrics, SharedMeter};

/// So many facts wait at most: some seconds of everything that a panel can answer.
pub(super) const MOST: usize = 65_536;

/// So many keys are told at most that they order twice.
const MOST_DOUBLING: usize = 10_000;
/// For how long they are told: a day.
const TOLD_MS: i64 = 24 * 3_600_000;

/// What one server notices of abuse. In memory; what must outlive it is in the database.
pub struct Abuse {
    clock: Clock,
    waiting: Mutex<Vec<Event>>,
    dropped: Counter,
    blocks: RwLock<Blocks>,
    /// Keys that order twice what they can have meant once, and until when they are told so.
    doubling: RwLock<HashMap<KeyId, Time>>,
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
            doubling: RwLock::default(),
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

    /// Whether `key` lately ordered the same twice within seconds, several times, without saying which
    /// request it repeats.
    pub fn orders_twice(&self, key: KeyId) -> bool {
        let doubling = self.doubling.read().unwrap_or_else(PoisonError::into_inner);
        // Nobody does, nearly always.
        let until = doubling.get(&key).copied();
        until.is_some_and(|until| self.clock.now() < until)
    }

    /// Notes that it does.
    pub(super) fn note_doubling(&self, key: KeyId) {
        let now = self.clock.now();
        let mut doubling = self
            .doubling
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        doubling.retain(|_, until| now < *until);
        if doubling.len() < MOST_DOUBLING {
            doubling.insert(key, now.plus_ms(TOLD_MS));
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
