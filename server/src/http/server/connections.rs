//! Which connections there may be at the same time.
//!
//! The number of connections is bounded in all and for each address. Where there is no room for a new
//! one, one of those makes room on which nothing is worked on: of the address itself if it has its share,
//! else of the address with the most. If there is none, the new one is closed.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics::{Counter, Gauge};
use tokio::sync::Notify;

use crate::clock::Stopwatch;
use crate::limits::network_of;
use crate::networks::Networks;

/// The bounds of the connections of one listener.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    /// Of all addresses together.
    pub(crate) all: usize,
    /// Of one address.
    pub(crate) address: usize,
    /// Who has no bound of its own: whoever is behind a proxy comes from its address.
    pub(crate) unbounded: Networks,
    /// From the first byte of a request's head to its last.
    pub(crate) head: Duration,
    /// Between two requests.
    pub(crate) idle: Duration,
}

/// One connection: what is going on there. Times are ms since the listener was opened.
pub(crate) struct Connection {
    opened_by: IpAddr,
    /// When the last request ended, or something was sent.
    idle_since: AtomicU64,
    /// When the head that is being read began; 0 is none.
    head_since: AtomicU64,
    /// Requests whose head is there.
    requests: AtomicUsize,
    /// Those of them whose body is not.
    bodies: AtomicUsize,
    /// Whether several requests are on their way at a time: then what is read is no head.
    is_multiplexed: AtomicBool,
    /// Told when the connection is to be closed.
    closing: Notify,
}

/// The connections of one listener.
pub(super) struct Connections {
    bounds: Bounds,
    opened: Stopwatch,
    table: Mutex<HashMap<IpAddr, Vec<Arc<Connection>>>>,
    count: AtomicUsize,
    open: Gauge,
    refused: Counter,
}

/// A request of a connection; ended when it is dropped.
pub(super) struct UnderWay {
    connection: Arc<Connection>,
    connections: Arc<Connections>,
}

/// The body of a request that is being read, until this is dropped.
pub(in crate::http) struct ReadingBody<'c>(&'c Connection);

impl Connection {
    fn new(opened_by: IpAddr, now: u64) -> Connection {
        Connection {
            opened_by,
            idle_since: AtomicU64::new(now),
            head_since: AtomicU64::new(0),
            requests: AtomicUsize::new(0),
            bodies: AtomicUsize::new(0),
            is_multiplexed: AtomicBool::new(false),
            closing: Notify::new(),
        }
    }

    /// The body of one of its requests is being read.
    pub(in crate::http) fn reads_body(&self) -> ReadingBody<'_> {
        self.bodies.fetch_add(1, Ordering::Relaxed);
        ReadingBody(self)
    }

    /// Whether nothing is worked on: nothing is lost but time if it is closed.
    pub(super) fn is_waiting(&self) -> bool {
        self.requests.load(Ordering::Relaxed) <= self.bodies.load(Ordering::Relaxed)
    }

    /// Since when it waits for something of its client.
    fn waits_since(&self) -> u64 {
        self.idle_since.load(Ordering::Relaxed)
    }

    /// Whether its client has taken too long at `now`. Slow bodies are ended by who reads them.
    fn is_overdue(&self, now: u64, bounds: &Bounds) -> bool {
        if self.requests.load(Ordering::Relaxed) > 0 {
            return false;
        }
        let is_over = |since: u64, time: Duration| {
            let since = Duration::from_millis(now.saturating_sub(since));
            since >= time
        };
        let head = self.head_since.load(Ordering::Relaxed);
        let is_head = head > 0 && !self.is_multiplexed.load(Ordering::Relaxed);
        is_head && is_over(head, bounds.head) || is_over(self.waits_since(), bounds.idle)
    }

    /// Bytes have come in at `now`: the beginning of a head, if no request is under way.
    pub(super) fn has_read(&self, now: u64) {
        // Both are written by the task of the connection only.
        let is_first = self.head_since.load(Ordering::Relaxed) == 0;
        if is_first && self.requests.load(Ordering::Relaxed) == 0 {
            self.head_since.store(now.max(1), Ordering::Relaxed);
        }
    }

    /// Bytes have gone out at `now`.
    pub(super) fn has_written(&self, now: u64) {
        self.idle_since.store(now, Ordering::Relaxed);
    }

    /// Resolves when it is to be closed.
    pub(super) async fn closed(&self) {
        self.closing.notified().await;
    }
}

impl Drop for ReadingBody<'_> {
    fn drop(&mut self) {
        self.0.bodies.fetch_sub(1, Ordering::Relaxed);
    }
}

impl UnderWay {
    /// The head of a request is there.
    pub(super) fn begin(
        connections: &Arc<Connections>,
        connection: &Arc<Connection>,
        is_multiplexed: bool,
    ) -> UnderWay {
        connection.requests.fetch_add(1, Ordering::Relaxed);
        connection.head_since.store(0, Ordering::Relaxed);
        if is_multiplexed {
            connection.is_multiplexed.store(true, Ordering::Relaxed);
        }
        UnderWay {
            connection: connection.clone(),
            connections: connections.clone(),
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let now = self.connections.now();
        self.connection.idle_since.store(now, Ordering::Relaxed);
        self.connection.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connections {
    /// None yet; `open` shows how many there are, `refused` counts those that found no room.
    pub(super) fn new(bounds: Bounds, open: Gauge, refused: Counter) -> Connections {
        Connections {
            bounds,
            opened: Stopwatch::start(),
            table: Mutex::default(),
            count: AtomicUsize::new(0),
            open,
            refused,
        }
    }

    /// Milliseconds since the listener was opened.
    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn table(&self) -> MutexGuard<'_, HashMap<IpAddr, Vec<Arc<Connection>>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a new connection of `peer` in; `None` if there is no room for it.
    pub(super) fn open(&self, peer: IpAddr, now: u64) -> Option<Arc<Connection>> {
        let of = network_of(peer);
        let mut table = self.table();
        let is_bounded = !self.bounds.unbounded.contains(peer);
        let held = table.get(&of).map_or(0, Vec::len);
        let makes_room = if is_bounded && held >= self.bounds.address {
            Some(longest_waiting(table.get(&of)))
        } else if self.count.load(Ordering::Relaxed) >= self.bounds.all {
            Some(longest_waiting_of_greediest(&table))
        } else {
            None
        };
        if let Some(found) = makes_room {
            let Some(found) = found else {
                self.refused.increment(1);
                return None;
            };
            self.remove(&mut table, &found);
            found.closing.notify_one();
        }
        let connection = Arc::new(Connection::new(of, now));
        table.entry(of).or_default().push(connection.clone());
        self.count.fetch_add(1, Ordering::Relaxed);
        self.open.increment(1.0);
        Some(connection)
    }

    /// It is closed.
    pub(super) fn close(&self, connection: &Arc<Connection>) {
        self.remove(&mut self.table(), connection);
    }

    fn remove(
        &self,
        table: &mut HashMap<IpAddr, Vec<Arc<Connection>>>,
        connection: &Arc<Connection>,
    ) {
        let Some(of_address) = table.get_mut(&connection.opened_by) else {
            return;
        };
        let found = of_address
            .iter()
            .position(|one| Arc::ptr_eq(one, connection));
        if let Some(index) = found {
            of_address.swap_remove(index);
            self.count.fetch_sub(1, Ordering::Relaxed);
            self.open.decrement(1.0);
        }
        if of_address.is_empty() {
            table.remove(&connection.opened_by);
        }
    }

    /// Has those closed whose clients have taken too long at `now`.
    pub(super) fn close_overdue(&self, now: u64) {
        let table = self.table();
        let all = table.values().flatten();
        for connection in all.filter(|one| one.is_overdue(now, &self.bounds)) {
            connection.closing.notify_one();
        }
    }
}

/// The connection that has waited longest among those on which nothing is worked on.
fn longest_waiting(connections: Option<&Vec<Arc<Connection>>>) -> Option<Arc<Connection>> {
    let waiting = connections?.iter().filter(|one| one.is_waiting());
    waiting.min_by_key(|one| one.waits_since()).cloned()
}

/// The same of the address with the most connections that has such a one.
fn longest_waiting_of_greediest(
    table: &HashMap<IpAddr, Vec<Arc<Connection>>>,
) -> Option<Arc<Connection>> {
    let mut addresses: Vec<_> = table.values().collect();
    addresses.sort_unstable_by_key(|connections| std::cmp::Reverse(connections.len()));
    addresses
        .into_iter()
        .find_map(|connections| longest_waiting(Some(connections)))
}

#[cfg(test)]
mod tests;
