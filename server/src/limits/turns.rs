//! How many requests are worked on at the same time: of one key, where more wait for their turn, and of
//! all, where what can be asked again is given up first.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use dashmap::DashMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::keyed::Who;
use super::shares::{Share, Shares};
use super::{Allowance, Kind};

/// The turns of one key.
struct Row {
    seats: Arc<Semaphore>,
    waiting: AtomicU32,
}

/// The turns of all keys.
#[derive(Default)]
pub(super) struct Turns(DashMap<Who, Arc<Row>>);

/// So many of the key's requests wait already.
pub(super) struct TooMany;

/// Somebody who waits; counted until it ends, however it does.
struct Waiting<'r>(&'r AtomicU32);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Turns {
    /// Waits for `who`'s turn.
    pub(super) async fn of(
        &self,
        who: Who,
        allowance: &Allowance,
    ) -> Result<OwnedSemaphorePermit, TooMany> {
        let seats = usize::try_from(allowance.at_once).unwrap_or(Semaphore::MAX_PERMITS);
        let row = || {
            Arc::new(Row {
                seats: Arc::new(Semaphore::new(seats)),
                waiting: AtomicU32::new(0),
            })
        };
        let row = self.0.entry(who).or_insert_with(row).clone();
        if let Ok(seat) = row.seats.clone().try_acquire_owned() {
            return Ok(seat);
        }
        let before = row.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&row.waiting);
        if before >= allowance.waiting {
            return Err(TooMany);
        }
        // It is never closed.
        row.seats.clone().acquire_owned().await.map_err(|_| TooMany)
    }

    /// Forgets keys of which nothing is worked on.
    pub(super) fn forget_idle(&self) {
        self.0
            .retain(|_, row| Arc::strong_count(row) > 1 || Arc::strong_count(&row.seats) > 1);
        self.0.shrink_to_fit();
    }
}

/// What part of all places one address may hold.
const ADDRESS_PART: usize = 4;

/// What this server works on.
pub(super) struct Load {
    most: usize,
    now: Arc<AtomicUsize>,
    shares: Shares,
}

/// One of the requests that are worked on.
pub(crate) struct Slot {
    now: Arc<AtomicUsize>,
    _share: Option<Share>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.now.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Load {
    pub(super) fn new(most: usize) -> Load {
        Load {
            most,
            now: Arc::default(),
            shares: Shares::new(),
        }
    }

    /// Takes up a request, if there is room for its kind: "services/status shed at 80 % of workers,
    /// `add` last". Its body is there: nobody holds a place who sends slowly. No address has more than
    /// a quarter of the places; `None` has no limit.
    pub(super) fn take_up(&self, kind: Kind, who: Option<Who>) -> Option<Slot> {
        let part = (self.most / ADDRESS_PART).max(1);
        let share = match who {
            Some(who) => Some(self.shares.take(who, 1, part)?),
            None => None,
        };
        let room = match kind {
            Kind::Services | Kind::Status => self.most.saturating_mul(4) / 5,
            Kind::Balance | Kind::Change | Kind::Other => self.most.saturating_mul(19) / 20,
            Kind::Add => self.most,
        };
        let before = self.now.fetch_add(1, Ordering::Relaxed);
        let slot = Slot {
            now: self.now.clone(),
            _share: share,
        };
        (before < room).then_some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{RESELLER, constant};

    #[tokio::test]
    async fn more_than_may_be_worked_on_wait_and_more_than_may_wait_are_told() {
        let turns = Turns::default();
        let mut allowance = constant(RESELLER);
        (allowance.at_once, allowance.waiting) = (2, 1);
        let one = turns.of(1, &allowance).await.ok().unwrap();
        let _two = turns.of(1, &allowance).await.ok().unwrap();
        let waits = turns.of(1, &allowance);
        tokio::pin!(waits);
        assert!(futures::poll!(&mut waits).is_pending());
        assert!(turns.of(1, &allowance).await.is_err());
        // Others are not touched.
        assert!(turns.of(2, &allowance).await.is_ok());
        turns.forget_idle();
        assert_eq!(turns.0.len(), 1);
        drop(one);
        assert!(waits.await.is_ok());
    }

    #[test]
    fn orders_are_given_up_last() {
        let load = Load::new(20);
        let taken: Vec<_> = (0..16)
            .filter_map(|_| load.take_up(Kind::Status, None))
            .collect();
        assert_eq!(taken.len(), 16);
        let room = || {
            Kind::ALL
                .iter()
                .filter(|kind| load.take_up(**kind, None).is_some())
                .count()
        };
        assert_eq!(room(), 4);
        let more: Vec<_> = (0..3)
            .filter_map(|_| load.take_up(Kind::Balance, None))
            .collect();
        assert_eq!((more.len(), room()), (3, 1));
        let last = load.take_up(Kind::Add, None);
        assert_eq!((last.is_some(), room()), (true, 0));
        drop(taken);
        assert_eq!(room(), 6);
    }

    #[test]
    fn an_address_has_a_quarter_of_the_places() {
        let load = Load::new(20);
        let taken: Vec<_> = (0..9)
            .filter_map(|_| load.take_up(Kind::Add, Some(1)))
            .collect();
        assert_eq!(taken.len(), 5);
        assert!(load.take_up(Kind::Status, Some(2)).is_some());
        drop(taken);
        assert!(load.take_up(Kind::Status, Some(1)).is_some());
    }
}
