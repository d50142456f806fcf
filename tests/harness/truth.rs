//! The measure: a real panel in front of providers whose truth is known.
//!
//! Each world is a panel in a process of its own, with accounts that order and cancel, services that two
//! generated providers sell each, an operator who decides what a person has to, and deaths by SIGKILL.
//! In the end every order is held against what its providers really did.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

mod judge;
mod operator;
mod orders;
mod world;

pub use judge::Case;

/// What is run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The first seed; each world takes one.
    pub seed: u64,
    /// Dialects in each world.
    pub dialects: usize,
    /// Orders in each world.
    pub orders: usize,
    /// Deaths in each world.
    pub kills: usize,
    /// Rules that are undone in the panel: names of fail points.
    pub undo: Vec<String>,
    /// The program that is the panel: one that knows `stand-still`.
    pub program: PathBuf,
    /// Whether it is said how far a world has come.
    pub progress: bool,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Orders that were placed.
    pub orders: usize,
    /// Orders that the panel refused to place.
    pub not_placed: usize,
    /// Generated providers.
    pub dialects: usize,
    /// Deaths of the panel.
    pub kills: usize,
    /// Orders with which something went wrong at a provider, or in whose sending the panel died.
    pub with_fault: usize,
    /// Orders delivered twice.
    pub twice: Vec<Case>,
    /// Orders settled against their provider's final word.
    pub against: Vec<Case>,
    /// Orders that neither ended nor stand on a list of the operator's.
    pub lost: Vec<Case>,
    /// Orders on such a list at the end, by their reason.
    pub listed: BTreeMap<String, usize>,
    /// What `check` found.
    pub check: Vec<String>,
    /// Decisions about orders without a fault.
    pub decisions_plain: usize,
    /// Decisions about orders with one.
    pub decisions_fault: usize,
    /// Sentences and words that were sorted.
    pub sorted: usize,
    /// Orders without a fault that ended without a person.
    pub plain_alone: usize,
    /// Orders by status at the end.
    pub ends: BTreeMap<String, usize>,
    /// What went wrong at providers, and how often.
    pub faults: BTreeMap<String, usize>,
    /// Decisions by what the panel said of the dispatch.
    pub reasons: BTreeMap<String, usize>,
    /// Alerts by kind.
    pub alerts: BTreeMap<String, usize>,
    /// Days on the panel's clock that the longest world took.
    pub days: i64,
}

/// Runs one world.
pub async fn run(plan: &Plan) -> Figures {
    world::World::build(plan).await.live(plan).await
}

impl Figures {
    /// Orders without a fault.
    pub fn plain(&self) -> usize {
        self.orders - self.with_fault
    }

    /// The figures of both.
    pub fn add(&mut self, other: Figures) {
        self.orders += other.orders;
        self.not_placed += other.not_placed;
        self.dialects += other.dialects;
        self.kills += other.kills;
        self.with_fault += other.with_fault;
        self.twice.extend(other.twice);
        self.against.extend(other.against);
        self.lost.extend(other.lost);
        self.check.extend(other.check);
        self.decisions_plain += other.decisions_plain;
        self.decisions_fault += other.decisions_fault;
        self.sorted += other.sorted;
        self.plain_alone += other.plain_alone;
        self.days = self.days.max(other.days);
        for (mine, others) in [
            (&mut self.listed, other.listed),
            (&mut self.ends, other.ends),
            (&mut self.faults, other.faults),
            (&mut self.reasons, other.reasons),
            (&mut self.alerts, other.alerts),
        ] {
            for (what, count) in others {
                *mine.entry(what).or_default() += count;
            }
        }
    }
}

/// `part` of `whole` in units of 1 / `of`, with two decimals.
fn share(part: usize, whole: usize, of: usize) -> String {
    let hundredths = part * of * 100 / whole.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.plain();
        writeln!(
            f,
            "{} orders over {} dialects with {} kills, {} days at most; {} not placed",
            self.orders, self.dialects, self.kills, self.days, self.not_placed
        )?;
        writeln!(f, "delivered twice            {}", self.twice.len())?;
        writeln!(f, "settled against the truth  {}", self.against.len())?;
        writeln!(f, "neither ended nor listed   {}", self.lost.len())?;
        writeln!(f, "faults that `check` finds  {}", self.check.len())?;
        writeln!(f, "orders with a fault        {}", self.with_fault)?;
        let (per_plain, per_fault, alone) = (
            share(self.decisions_plain, plain, 1_000),
            share(self.decisions_fault, self.with_fault, 1),
            share(self.plain_alone, plain, 100),
        );
        writeln!(
            f,
            "decisions: {} sentences and words sorted; {per_plain} per 1,000 orders without a fault ({}); {per_fault} per order with one ({})",
            self.sorted, self.decisions_plain, self.decisions_fault
        )?;
        writeln!(
            f,
            "ended without a person, where there was no fault: {alone} %"
        )?;
        for (name, counts) in [
            ("ends", &self.ends),
            ("on a list at the end", &self.listed),
            ("faults of providers", &self.faults),
            ("decided dispatches said", &self.reasons),
            ("alerts", &self.alerts),
        ] {
            writeln!(f, "{name}:")?;
            for (what, count) in counts {
                writeln!(f, "  {count:>7} {what}")?;
            }
        }
        Ok(())
    }
}
