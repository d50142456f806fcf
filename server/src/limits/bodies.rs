//! Memory for the bodies of requests that are not answered yet.
//!
//! | who | part of a body | how full the memory may be then |
//! |---|---|---|
//! | an address from which a key was good lately | its first 64 kB | full |
//! | the same | what is above | 7/8 |
//! | any other | its first 64 kB | 3/4 |
//! | the same | what is above | 1/2 |
//!
//! So somebody who sends large bodies without a key stops others who do the same, and nobody else. The
//! first 64 kB have the larger part because the panel protocol has its key in the body.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::keyed::Who;
use super::shares::{Share, Shares};

/// What everybody may send, in bytes: hardly any request has more.
pub(crate) const SMALL: usize = 64 * 1024;

/// The memory for all bodies.
pub(super) struct Bodies {
    most: usize,
    used: Arc<AtomicUsize>,
    shares: Shares,
}

/// Whose body it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sender {
    /// `None`: it has no share of its own, only the whole is a bound.
    pub(super) who: Option<Who>,
    /// Whether a key was good from there lately.
    pub(super) is_good: bool,
}

/// The memory that one body takes; free again when it is dropped.
pub(crate) struct Room {
    most: usize,
    most_of_one: usize,
    is_good: bool,
    held: usize,
    used: Arc<AtomicUsize>,
    share: Option<Share>,
}

impl Bodies {
    /// Memory for `most` bytes.
    pub(super) fn new(most: usize) -> Bodies {
        Bodies {
            most,
            used: Arc::default(),
            shares: Shares::new(),
        }
    }

    /// Room for a body of `sender` with at most `largest` bytes, of which nothing is there yet.
    pub(super) fn room(&self, sender: Sender, largest: usize) -> Room {
        // Six strangers leave room for the small bodies of a seventh.
        let parts = if sender.is_good { 4 } else { 16 };
        Room {
            most: self.most,
            most_of_one: largest.max(self.most / parts),
            is_good: sender.is_good,
            held: 0,
            used: self.used.clone(),
            share: sender
                .who
                .and_then(|who| self.shares.take(who, 0, usize::MAX)),
        }
    }

    /// How many bytes are taken.
    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}

/// How full the memory of `most` bytes may be once a body has `size` bytes.
const fn fill(most: usize, size: usize, is_good: bool) -> usize {
    let eighths = match (size <= SMALL, is_good) {
        (true, true) => 8,
        (false, true) => 7,
        (true, false) => 6,
        (false, false) => 4,
    };
    most / 8 * eighths
}

impl Room {
    /// Takes room for `more` bytes; `false` if there is none, and then nothing was taken.
    pub(crate) fn grow(&mut self, more: usize) -> bool {
        let fill = fill(self.most, self.held + more, self.is_good);
        let before = self.used.fetch_add(more, Ordering::Relaxed);
        let has_share = match &mut self.share {
            Some(share) => share.grow(more, self.most_of_one),
            None => true,
        };
        if !has_share || before.saturating_add(more) > fill {
            self.used.fetch_sub(more, Ordering::Relaxed);
            if let Some(share) = self.share.as_mut().filter(|_| has_share) {
                share.shrink(more);
            }
            return false;
        }
        self.held += more;
        true
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.used.fetch_sub(self.held, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KB: usize = 1024;
    const MB: usize = 1024 * KB;

    fn sender(who: Who, is_good: bool) -> Sender {
        Sender {
            who: Some(who),
            is_good,
        }
    }

    /// As many bodies of `size` as find room.
    fn fill_up(bodies: &Bodies, size: usize, senders: impl Iterator<Item = Sender>) -> Vec<Room> {
        let room = |sender| {
            let mut room = bodies.room(sender, size);
            room.grow(size).then_some(room)
        };
        senders.filter_map(room).collect()
    }

    #[test]
    fn strangers_leave_room_for_those_who_are_known() {
        let bodies = Bodies::new(32 * MB);
        let large = fill_up(&bodies, 4 * MB, (0..100).map(|who| sender(who, false)));
        assert_eq!((large.len(), bodies.used()), (4, 16 * MB));
        let small = fill_up(&bodies, 64 * KB, (0..1_000).map(|who| sender(who, false)));
        assert_eq!((small.len(), bodies.used()), (128, 24 * MB));
        let known = fill_up(&bodies, MB, (0..100).map(|who| sender(who, true)));
        assert_eq!((known.len(), bodies.used()), (4, 28 * MB));
        let last = fill_up(&bodies, 64 * KB, (0..1_000).map(|who| sender(who, true)));
        assert_eq!((last.len(), bodies.used()), (64, 32 * MB));
        drop((large, small));
        assert_eq!(bodies.used(), 8 * MB);
    }

    #[test]
    fn an_address_has_a_share_and_room_for_one_body_at_least() {
        let bodies = Bodies::new(32 * MB);
        let one = fill_up(&bodies, MB, (0..10).map(|_| sender(1, false)));
        assert_eq!((one.len(), bodies.used()), (2, 2 * MB));
        let trusted = Sender {
            who: None,
            is_good: false,
        };
        assert_eq!(fill_up(&bodies, MB, (0..100).map(|_| trusted)).len(), 14);
        let bodies = Bodies::new(MB);
        assert_eq!(
            fill_up(&bodies, MB / 2, [sender(1, false)].into_iter()).len(),
            1
        );
    }

    #[test]
    fn what_found_no_room_holds_nothing() {
        let bodies = Bodies::new(MB);
        let mut room = bodies.room(sender(1, false), 64 * KB);
        assert!(room.grow(60 * KB));
        assert!(!room.grow(60 * KB));
        assert!(room.grow(4 * KB));
        assert_eq!(bodies.used(), 64 * KB);
        drop(room);
        assert_eq!(bodies.used(), 0);
        assert!(bodies.shares.take(1, 64 * KB, 64 * KB).is_some());
    }
}
