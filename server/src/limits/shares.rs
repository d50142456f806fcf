//! How much each address holds of something of which there is only so much.
//!
//! The counts stand in a table of fixed size: counting costs a few nanoseconds, and nobody makes it grow.
//! Two addresses in the same cell share what one may hold. Which these are depends on a secret that is
//! new at every start, so nobody can look for the cell of somebody else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::keyed::Who;

/// How many cells there are; a power of two.
const CELLS: usize = 4_096;

/// What each address holds. Cheap to clone.
#[derive(Clone)]
pub(super) struct Shares(Arc<[AtomicUsize]>);

/// What one address took; given back when it is dropped.
pub(super) struct Share {
    of: Shares,
    who: Who,
    held: usize,
}

impl Shares {
    pub(super) fn new() -> Shares {
        Shares((0..CELLS).map(|_| AtomicUsize::new(0)).collect())
    }

    /// Takes `more` for `who`, unless it would then hold more than `most`.
    pub(super) fn take(&self, who: Who, more: usize, most: usize) -> Option<Share> {
        let mut share = Share {
            of: self.clone(),
            who,
            held: 0,
        };
        share.grow(more, most).then_some(share)
    }

    fn cell(&self, who: Who) -> Option<&AtomicUsize> {
        let mask = u64::try_from(CELLS - 1).unwrap_or_default();
        self.0.get(usize::try_from(who & mask).unwrap_or_default())
    }
}

impl Share {
    /// Takes `more`, unless its address would then hold more than `most`.
    pub(super) fn grow(&mut self, more: usize, most: usize) -> bool {
        let Some(cell) = self.of.cell(self.who) else {
            return false;
        };
        let before = cell.fetch_add(more, Ordering::Relaxed);
        if before.saturating_add(more) > most {
            cell.fetch_sub(more, Ordering::Relaxed);
            return false;
        }
        self.held += more;
        true
    }

    /// Gives `less` of what was taken back.
    pub(super) fn shrink(&mut self, less: usize) {
        let less = less.min(self.held);
        self.held -= less;
        if let Some(cell) = self.of.cell(self.who) {
            cell.fetch_sub(less, Ordering::Relaxed);
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if let Some(cell) = self.of.cell(self.who) {
            cell.fetch_sub(self.held, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_its_share_and_others_theirs() {
        let shares = Shares::new();
        let mut first = shares.take(1, 6, 10).unwrap();
        assert!(shares.take(1, 5, 10).is_none());
        assert!(first.grow(4, 10));
        assert!(!first.grow(1, 10));
        assert!(shares.take(2, 10, 10).is_some());
        drop(first);
        assert!(shares.take(1, 10, 10).is_some());
    }
}
