//! Figures of one run, and how they are printed. Whole numbers only: microseconds and requests.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result};

/// What one connection, or all of a run, have seen.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen {
    /// How long each answered request took, in microseconds.
    pub(crate) micros: Vec<u32>,
    /// Requests that were not answered as they should be.
    pub(crate) errors: u64,
    /// The first thing that was wrong.
    pub(crate) first_error: Option<String>,
}

impl Seen {
    /// Counts an answer.
    pub(crate) fn answered(&mut self, took: Duration) {
        self.micros
            .push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }

    /// Counts what was no good answer.
    pub(crate) fn failed(&mut self, why: impl fmt::Display) {
        self.errors += 1;
        self.first_error.get_or_insert_with(|| why.to_string());
    }

    /// Adds what another connection has seen.
    pub(crate) fn add(&mut self, other: Seen) {
        self.micros.extend(other.micros);
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
    }

    /// The figures of a run that took this long.
    pub(crate) fn over(mut self, took: Duration) -> Figures {
        self.micros.sort_unstable();
        let at = |percent: usize| {
            let last = self.micros.len().saturating_sub(1);
            self.micros.get(last * percent / 100).copied()
        };
        let count = u64::try_from(self.micros.len()).unwrap_or(u64::MAX);
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
        Figures {
            count,
            milli_rate: count.saturating_mul(1_000_000_000) / took,
            p50: at(50).unwrap_or(0),
            p99: at(99).unwrap_or(0),
            max: at(100).unwrap_or(0),
            processor: 0,
            errors: self.errors,
            first_error: self.first_error,
        }
    }
}

/// One run in figures; times in microseconds.
#[derive(Debug, Clone)]
pub(crate) struct Figures {
    /// How many were answered as they should be.
    count: u64,
    /// How many there were in 1,000 seconds.
    pub(crate) milli_rate: u64,
    /// What half of them took at most.
    pub(crate) p50: u32,
    /// What 99 of 100 took at most.
    pub(crate) p99: u32,
    max: u32,
    /// What 1,000,000 of them took of the processor's time, in ticks; 0 if it was not measured.
    pub(crate) processor: u64,
    /// Requests that were not answered as they should be.
    pub(crate) errors: u64,
    /// The first thing that was wrong.
    pub(crate) first_error: Option<String>,
}

impl Figures {
    /// The same, where the panel's process took so many ticks of the processor's time for all.
    pub(crate) fn with_ticks(self, ticks: u64) -> Figures {
        Figures {
            processor: ticks.saturating_mul(1_000_000) / self.count.max(1),
            ..self
        }
    }

    /// How many there were in a second.
    pub(crate) fn per_second(&self) -> u64 {
        self.milli_rate / 1000
    }

    /// The same, where each of what was counted stands for `units`; the times are still of one.
    pub(crate) fn times(self, units: u64) -> Figures {
        Figures {
            milli_rate: self.milli_rate.saturating_mul(units),
            ..self
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p99, max] = [self.p50, self.p99, self.max].map(ms);
        write!(
            f,
            "{} a second, p50 {p50}, p99 {p99}, max {max} ms",
            self.per_second()
        )
    }
}

/// The run with the middle rate; of an even number the lower one.
pub(crate) fn median(mut runs: Vec<Figures>) -> Option<Figures> {
    runs.sort_by_key(|run| run.milli_rate);
    let middle = runs.len().saturating_sub(1) / 2;
    runs.into_iter().nth(middle)
}

/// The heading of the rows.
pub(crate) const HEADING: &str = "\
| scenario | stored orders | connections | requests/s | p50 ms | p99 ms | max ms | errors | RSS now/peak MB |
|---|--:|--:|--:|--:|--:|--:|--:|--:|";

/// One row.
pub(crate) struct Row<'a> {
    /// What was done.
    pub(crate) scenario: &'a str,
    /// How many orders were in the database before.
    pub(crate) orders: usize,
    /// On how many connections.
    pub(crate) connections: usize,
    /// What came of it.
    pub(crate) figures: &'a Figures,
    /// The panel's memory, if it could be read.
    pub(crate) memory: Option<Memory>,
}

impl fmt::Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures {
            p50,
            p99,
            max,
            errors,
            ..
        } = self.figures;
        write!(
            f,
            "| {} | {} | {} | {} | {} | {} | {} | {errors} | ",
            self.scenario,
            self.orders,
            self.connections,
            self.figures.per_second(),
            ms(*p50),
            ms(*p99),
            ms(*max)
        )?;
        match self.memory {
            Some(memory) => write!(f, "{memory} |"),
            None => f.write_str("- |"),
        }
    }
}

/// Milliseconds with two decimals.
pub(crate) fn ms(micros: u32) -> String {
    format!("{}.{:02}", micros / 1000, micros % 1000 / 10)
}

/// Resident memory of a process in MB of 10^6 bytes, rounded up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// At this moment.
    pub(crate) now: u64,
    /// The most it ever had.
    pub(crate) peak: u64,
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.now, self.peak)
    }
}

impl Memory {
    /// Reads it from `/proc`.
    pub(crate) fn of(pid: u32) -> Result<Memory> {
        let path = format!("/proc/{pid}/status");
        let text = std::fs::read_to_string(&path).with_context(|| path.clone())?;
        let read = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name));
            let kib = line.and_then(|line| line.split_whitespace().nth(1));
            let kib = kib.and_then(|kib| kib.parse::<u64>().ok());
            kib.map(|kib| (kib * 1024).div_ceil(1_000_000))
                .with_context(|| format!("{path} has no {name}"))
        };
        Ok(Memory {
            now: read("VmRSS:")?,
            peak: read("VmHWM:")?,
        })
    }
}

/// What a process has had of the processor's time, in ticks (a hundredth of a second on Linux).
pub(crate) fn ticks(pid: u32) -> Result<u64> {
    let path = format!("/proc/{pid}/stat");
    let text = std::fs::read_to_string(&path).with_context(|| path.clone())?;
    ticks_in(&text).with_context(|| format!("{path} has no times"))
}

/// The 14th and the 15th field; the second is a name in parentheses, which may hold anything.
fn ticks_in(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let own: u64 = fields.next()?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    own.checked_add(kernel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processors_time_is_own_and_kernel() {
        let stat = "42 (a) b) R 1 42 42 0 -1 4194304 90 0 0 0 120 34 0 0 20 0 1 0 5 6 7";
        assert_eq!(ticks_in(stat), Some(154));
        assert_eq!(ticks_in("42 (cut"), None);
        assert!(ticks(std::process::id()).is_ok());
    }

    #[test]
    fn the_processors_time_is_of_each_request() {
        let mut seen = Seen::default();
        (0..200).for_each(|_| seen.answered(Duration::from_millis(1)));
        let figures = seen.over(Duration::from_secs(1)).with_ticks(50);
        assert_eq!((figures.processor, figures.per_second()), (250_000, 200));
    }
}
