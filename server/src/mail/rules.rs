//! When a mail is tried again. Pure.

/// The wait after the first try that failed; it doubles with each one.
const FIRST_BACKOFF_MS: i64 = 30 * 1_000;
/// The longest such wait.
pub(crate) const LONGEST_BACKOFF_MS: i64 = 30 * 60 * 1_000;
/// A mail is given up after so many tries: about a day.
pub(super) const MOST_TRIES: i64 = 50;
/// How long one server has for what it has taken: longer than sending all of it may last.
pub(super) const LEASE_MS: i64 = 15 * 60 * 1_000;
/// The same for others who have to know it.
pub(crate) const LONGEST_LEASE_MS: i64 = LEASE_MS;

/// How long to wait after so many tries.
pub(super) fn backoff_ms(tries: i64) -> i64 {
    let doubled = u32::try_from(tries.clamp(1, 20) - 1).unwrap_or_default();
    (FIRST_BACKOFF_MS << doubled).min(LONGEST_BACKOFF_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_for_about_a_day() {
        let waits = |tries: i64| backoff_ms(tries) / 1_000;
        assert_eq!(
            [1, 2, 3, 6, 7, 50].map(waits),
            [30, 60, 120, 960, 1_800, 1_800]
        );
        let all: i64 = (1..MOST_TRIES).map(backoff_ms).sum();
        let hours = all / 3_600_000;
        assert!((20..=24).contains(&hours), "{hours}");
    }
}
