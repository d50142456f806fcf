//! What is kept in memory about those who ask to be let in.

use super::foreign_keys::ForeignKeys;
use super::last_use::LastUses;
use super::password::Hasher;
use super::throttle::Throttle;
use crate::clock::Clock;
use crate::config::Config;

/// Turns at hashing, counts of guesses, and what was used lately. One per panel; nothing of it
/// decides about money, and a restart may forget it.
pub(crate) struct Gate {
    pub(super) hasher: Hasher,
    pub(super) throttle: Throttle,
    pub(super) last_uses: LastUses,
    pub(super) foreign_keys: ForeignKeys,
}

impl Gate {
    pub(crate) fn new(config: &Config, clock: &Clock) -> Gate {
        Gate {
            hasher: Hasher::new(),
            throttle: Throttle::new(config, clock),
            last_uses: LastUses::default(),
            foreign_keys: ForeignKeys::default(),
        }
    }

    /// Forgets who has not tried for long.
    pub(crate) fn forget_old_attempts(&self) {
        self.throttle.forget_old();
    }
}
