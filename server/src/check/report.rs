//! What a check found, for programs and for people.

use std::collections::BTreeMap;
use std::fmt;

use super::{INVARIANTS, Invariant};

/// How many violations of one invariant are kept with their rows; all are counted.
const KEPT: u64 = 50;

/// How far a check has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The table that was just read from.
    pub table: &'static str,
    /// Rows read from it so far.
    pub rows: u64,
}

/// One row that breaks an invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The invariant's number in [`INVARIANTS`].
    pub invariant: u8,
    /// The invariant's sentence.
    pub name: &'static str,
    /// The row, such as `order 17`.
    pub row: String,
    /// What is wrong with it, with the numbers; amounts in nano-USD.
    pub what: String,
}

/// The outcome of a check. As text: what was read, each invariant with its verdict, and the rows
/// that break it.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The rows that break an invariant, at most 50 of each.
    pub violations: Vec<Violation>,
    /// How many violations there are of each invariant that is broken, by its number.
    pub found: BTreeMap<u8, u64>,
    /// How many rows were read, by table.
    pub read: BTreeMap<&'static str, u64>,
}

impl Report {
    /// True if nothing is violated.
    pub fn is_clean(&self) -> bool {
        self.found.is_empty()
    }

    /// Counts a violation and keeps its row if few are kept yet.
    pub(super) fn add(
        &mut self,
        (invariant, name): Invariant,
        row: fmt::Arguments<'_>,
        what: fmt::Arguments<'_>,
    ) {
        let count = self.found.entry(invariant).or_default();
        *count += 1;
        if *count <= KEPT {
            self.violations.push(Violation {
                invariant,
                name,
                row: row.to_string(),
                what: what.to_string(),
            });
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.row, self.what)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read: Vec<String> = self
            .read
            .iter()
            .map(|(table, rows)| format!("{rows} {table}"))
            .collect();
        writeln!(f, "read {}", read.join(", "))?;
        for (number, sentence) in INVARIANTS {
            let found = self.found.get(&number).copied().unwrap_or_default();
            let verdict = if found == 0 { "holds " } else { "BROKEN" };
            writeln!(f, "{number:>3}  {verdict}  {sentence}")?;
            let rows = self
                .violations
                .iter()
                .filter(|violation| violation.invariant == number);
            for violation in rows {
                writeln!(f, "               {violation}")?;
            }
            if found > KEPT {
                writeln!(f, "               and {} more", found - KEPT)?;
            }
        }
        match self.found.values().sum::<u64>() {
            0 => write!(f, "no violation"),
            1 => write!(f, "1 violation"),
            many => write!(f, "{many} violations"),
        }
    }
}
