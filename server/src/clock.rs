//! The only "now" of the program. Rules take the time as an argument; whoever must ask for it
//! holds a [`Clock`], which tests and the crash harness replace by one they move themselves.
//!
//! Several servers on one database keep its time: what one leases, another sees expire. A system
//! clock can be [set](Clock::follow) to the database's; in between it goes by the steady clock.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, UNIX_EPOCH};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time(i64);

impl Time {
    /// A time from milliseconds since the epoch, as the database stores it.
    pub const fn from_ms(ms: i64) -> Time {
        Time(ms)
    }

    /// Milliseconds since the epoch, as the database stores it.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339, such as `2026-11-01T00:00:00Z`, in any offset; `None` for anything else. Parts
    /// below the millisecond are dropped.
    pub fn parse(text: &str) -> Option<Time> {
        let time = chrono::DateTime::parse_from_rfc3339(text).ok()?;
        Some(Time(time.timestamp_millis()))
    }

    /// This time moved by `ms` milliseconds (negative: earlier), held at the ends of the range.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Time {
        Time(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this time; negative if it is later.
    pub const fn ms_since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A span of time, of which either end may be open. The default is all of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Period {
    /// From this time on.
    pub from: Option<Time>,
    /// Before this time.
    pub before: Option<Time>,
}

/// RFC 3339 in UTC, to the millisecond: `2026-11-01T00:00:00.000Z`. Times that no calendar names
/// are shown as the number they are.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match chrono::DateTime::from_timestamp_millis(self.0) {
            Some(time) => f.pad(&time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)),
            None => write!(f, "{} ms", self.0),
        }
    }
}

fn whole_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Where the time comes from: the system, perhaps corrected, or a hand-moved counter.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    /// Once it follows another: what that one showed at a moment of the steady clock. The system's
    /// clock may be set at any time, and all leases with it.
    System(Arc<RwLock<Option<(Instant, Time)>>>),
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Clock {
        Clock(Source::System(Arc::default()))
    }

    /// A clock that stands at `start` until [`Clock::advance_ms`] moves it. Clones move together.
    pub fn manual(start: Time) -> Clock {
        Clock(Source::Manual(Arc::new(AtomicI64::new(start.ms()))))
    }

    /// The present time.
    pub fn now(&self) -> Time {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the clock")]
            Source::System(followed) => {
                let followed = *followed.read().unwrap_or_else(PoisonError::into_inner);
                if let Some((moment, time)) = followed {
                    return time.plus_ms(whole_ms(moment.elapsed()));
                }
                let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH);
                Time(since.map_or(0, whole_ms))
            }
            Source::Manual(ms) => Time(ms.load(Ordering::SeqCst)),
        }
    }

    /// Sets a system clock, and its clones, to a time that another clock showed between `asked`
    /// and `answered` of this one. Gives by how many ms it was wrong, at least: nothing is changed
    /// for a difference that the way there and back explains. A manual clock does not listen.
    pub fn follow(&self, other: Time, asked: Time, answered: Time) -> i64 {
        let off = match other {
            early if early < asked => early.ms_since(asked),
            late if late > answered => late.ms_since(answered),
            _ => 0,
        };
        if let Source::System(followed) = &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the clock")]
            let (moment, time) = (Instant::now(), self.now().plus_ms(off));
            *followed.write().unwrap_or_else(PoisonError::into_inner) = Some((moment, time));
        }
        off
    }

    /// Moves a manual clock forward by `ms` milliseconds; a system clock does not listen.
    pub fn advance_ms(&self, ms: i64) {
        if let Source::Manual(now) = &self.0 {
            now.fetch_add(ms, Ordering::SeqCst);
        }
    }
}

/// How long something takes: for measuring only, nothing is decided by it.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// One that starts now.
    #[expect(
        clippy::disallowed_methods,
        reason = "durations are measured, never decided by"
    )]
    pub fn start() -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }

    /// The time since it was started.
    pub fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::System(_) => f.write_str("Clock::system"),
            Source::Manual(_) => write!(f, "Clock::manual at {:?}", self.now()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_follows_another_differs_by_no_more_than_the_way_to_it() {
        let hour = 3_600_000;
        for (skew, way) in [
            (hour, 0),
            (-hour, 0),
            (hour, 40),
            (-hour, 40),
            (30, 40),
            (0, 0),
        ] {
            let clock = Clock::system();
            let asked = clock.now();
            let answered = asked.plus_ms(way);
            let other = asked.plus_ms(way / 2 + skew);
            let off = clock.follow(other, asked, answered);
            assert!((skew - off).abs() <= way / 2, "{skew} {way}: {off}");
            assert!((skew.abs() > way / 2) == (off != 0), "{skew} {way}: {off}");
            let moved = clock.now().ms_since(asked) - off;
            assert!((0..hour).contains(&moved), "the clock is set: {moved}");
            assert_eq!(
                clock.clone().follow(other.plus_ms(-off), asked, answered),
                0
            );
        }
    }
}
