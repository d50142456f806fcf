//! Callbacks that were refused: counted, so that somebody who tries, or a secret that was changed on
//! one side only, is noticed.

use std::sync::{Mutex, PoisonError};

use crate::clock::Time;

/// So many refusals within [`WINDOW_MS`] raise an alert, once in that time.
pub(super) const MANY: u32 = 10;
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
    /// Counts one. Gives how many there were within the hour.
    pub(super) fn count(&self, now: Time) -> u32 {
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
        window.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_counted_by_the_hour() {
        let refused = RefusedCallbacks::default();
        let at = |ms| refused.count(Time::from_ms(ms));
        let counts: Vec<u32> = (0..30).map(at).collect();
        assert_eq!(counts, (1..=30).collect::<Vec<u32>>());
        assert_eq!(at(WINDOW_MS - 1), 31);
        assert_eq!(at(WINDOW_MS), 1);
    }
}
