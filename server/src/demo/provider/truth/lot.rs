//! Chance that comes from a seed: what is drawn depends on what it is drawn for, never on the order
//! in which requests arrive, so that a run can be repeated.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};

/// A sequence of draws for one purpose.
pub(super) struct Lot(StdRng);

impl Lot {
    /// The draws for `purpose`, which is the same sequence for the same seed and purpose.
    pub(super) fn new(seed: u64, purpose: &[&str]) -> Lot {
        let mut hash = Sha256::new();
        hash.update(seed.to_be_bytes());
        for part in purpose {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        Lot(StdRng::from_seed(hash.finalize().into()))
    }

    /// True in `share` of 1,000 cases.
    pub(super) fn per_mille(&mut self, share: u32) -> bool {
        self.0.random_range(0..1_000) < share
    }

    /// One of the choices.
    pub(super) fn of<T: Copy, const N: usize>(&mut self, choices: [T; N]) -> T {
        choices[self.0.random_range(0..N)]
    }

    /// A whole number from `low` to `high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high.max(low))
    }
}
