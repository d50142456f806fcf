//! Callbacks that were refused: counted, so that somebody who tries, or a secret that was changed on
//! one side only, is noticed.

use std::sync::{Mutex, PoisonError};

use crate::clock::Time;

/// So many refusals within [`WINDOW_MS`] raise an alert, once in that time.
const MANY: u32 = 10;
/// An hour.
const WINDOW_MS: i64 = 3_600_000;

/// What this server has refused lately.
#[derive(Default)]
pub(crate) struct RefusedCallbacks(Mutex<Window>);

#[derive(Default)]
struct Window {
    since: Option<Time>,
    count: u32,
}

impl RefusedCallbacks {
    /// Counts one. Gives how many there were, if that is worth an alert.
    pub(super) fn count(&self, now: Time) -> Option<u32> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window
            .since
            .is_none_or(|since| now.ms_since(since) >= WINDOW_MS)
        {
            *window = Window {
                since: Some(now),
                count: 0,
            };
        }
        window.count = window.count.saturating_add(1);
        (window.count == MANY).then_some(MANY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenth_within_an_hour_is_told_once() {
        let refused = RefusedCallbacks::default();
        let at = |ms| refused.count(Time::from_ms(ms));
        let told: Vec<bool> = (0..30).map(|n| at(n).is_some()).collect();
        assert_eq!(told.iter().position(|told| *told), Some(9));
        assert_eq!(told.iter().filter(|told| **told).count(), 1);
        let again = (0..10).filter(|n| at(WINDOW_MS + n).is_some()).count();
        assert_eq!(again, 1);
    }
}
