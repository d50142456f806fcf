//! How much somebody may ask for, as settings say it: `600/min burst 320`, or several one after the
//! other, such as `5/15min, 20/d`.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// The units of time and their seconds, the longest first.
const UNITS: [(&str, u32); 4] = [("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", 1)];

/// So many in so long. They come back evenly, one after the other; `burst` is how many there are at
/// most at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many in `per_s` seconds.
    pub count: NonZeroU32,
    /// In how many seconds.
    pub per_s: NonZeroU32,
    /// How many at one moment.
    pub burst: NonZeroU32,
}

impl Quota {
    /// The longest time of a quota: 30 days.
    const LONGEST_S: u32 = 30 * DAY;
    /// The most of a quota.
    const MOST: u32 = 10_000_000;

    /// So many in so many seconds, as many of them at one moment; `None` out of the range that
    /// settings have: 1 to 10,000,000 in 1 second to 30 days.
    pub fn new(count: u32, per_s: u32) -> Option<Quota> {
        Quota::bursting(count, per_s, count)
    }

    /// The same with `burst` at one moment.
    pub fn bursting(count: u32, per_s: u32, burst: u32) -> Option<Quota> {
        let within = |number, most| NonZeroU32::new(number).filter(|_| number <= most);
        Some(Quota {
            count: within(count, Quota::MOST)?,
            per_s: within(per_s, Quota::LONGEST_S)?,
            burst: within(burst, Quota::MOST)?,
        })
    }

    /// The time in which one of them comes back.
    pub fn each(&self) -> Duration {
        Duration::from_secs(self.per_s.get().into()) / self.count.get()
    }

    /// Reads `COUNT/TIME`, perhaps followed by `burst COUNT`.
    fn parse(text: &str) -> Option<Quota> {
        let mut words = text.split_whitespace();
        let (count, time) = words.next()?.split_once('/')?;
        let count = count.parse().ok()?;
        let digits = time.find(|c: char| !c.is_ascii_digit())?;
        let (many, unit) = time.split_at(digits);
        let many: u32 = if many.is_empty() {
            1
        } else {
            many.parse().ok()?
        };
        let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let burst = match (words.next(), words.next(), words.next()) {
            (None, None, None) => count,
            (Some("burst"), Some(burst), None) => burst.parse().ok()?,
            _ => return None,
        };
        Quota::bursting(count, many.checked_mul(*seconds)?, burst)
    }
}

/// As it is written in the settings.
impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.per_s.get();
        let whole = |(_, unit): &&(&str, u32)| seconds.is_multiple_of(*unit);
        let (name, unit) = UNITS.iter().find(whole).copied().unwrap_or(("s", 1));
        let many = match seconds / unit {
            1 => String::new(),
            many => many.to_string(),
        };
        write!(f, "{}/{many}{name}", self.count)?;
        if self.burst != self.count {
            write!(f, " burst {}", self.burst)?;
        }
        Ok(())
    }
}

/// Quotas that hold together; none is no limit at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quotas(Vec<Quota>);

impl Quotas {
    /// No limit.
    pub const fn none() -> Quotas {
        Quotas(Vec::new())
    }

    /// Those of `quotas` that are within range: for the defaults of settings, which a test reads.
    pub fn of(quotas: &[Option<Quota>]) -> Quotas {
        Quotas(quotas.iter().copied().flatten().collect())
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Quota> {
        self.0.iter()
    }

    /// Whether there is no limit.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// The one of the shortest time alone.
    pub fn shortest(&self) -> Quotas {
        let shortest = self.iter().min_by_key(|quota| quota.per_s);
        Quotas(shortest.copied().into_iter().collect())
    }

    /// The same with `times` as many of each.
    pub fn times(&self, times: u32) -> Quotas {
        let more = |quota: &Quota| {
            let many = |number: NonZeroU32| number.get().saturating_mul(times).min(Quota::MOST);
            Quota::bursting(many(quota.count), quota.per_s.get(), many(quota.burst))
        };
        Quotas(self.iter().filter_map(more).collect())
    }

    /// The longest time in which one of them that is used up is whole again.
    pub fn until_full(&self) -> Duration {
        let full = |quota: &Quota| quota.each().saturating_mul(quota.burst.get());
        self.iter().map(full).max().unwrap_or_default()
    }

    /// Reads quotas with commas between them, or `none`.
    pub fn parse(text: &str) -> Option<Quotas> {
        if text.trim() == "none" {
            return Some(Quotas::none());
        }
        let quotas: Option<Vec<Quota>> = text.split(',').map(Quota::parse).collect();
        quotas.map(Quotas)
    }
}

/// As they are written in the settings.
impl fmt::Display for Quotas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_none() {
            return f.write_str("none");
        }
        for (index, quota) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { ", " };
            write!(f, "{gap}{quota}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_are_read_and_shown() {
        for text in [
            "600/min burst 320",
            "120/h",
            "5/15min, 10/2h, 20/d",
            "1/s",
            "7/90s burst 9",
            "none",
        ] {
            assert_eq!(Quotas::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Quotas::parse(" 60/1min ").unwrap().to_string(), "60/min");
        for wrong in [
            "",
            "600",
            "0/min",
            "600/week",
            "600/min burst",
            "600/min burst 0",
            "600/min burst 3 4",
            "600/min,",
            "1/31d",
            "10000001/s",
            "x/min",
            "1/",
        ] {
            assert_eq!(Quotas::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn they_come_back_evenly() {
        let quota = Quota::bursting(600, 60, 320).unwrap();
        assert_eq!(quota.each(), Duration::from_millis(100));
    }
}
