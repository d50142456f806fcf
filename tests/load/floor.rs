//! A panel beside what bounds it on the same machine in the same run: the disk, and its own HTTP.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::PathBuf;

use crate::databases::{Databases, Home, Place};
use crate::disk::Disk;
use crate::figures::{Figures, HEADING, Memory, Row, median};
use crate::furnish;
use crate::process::{self, bounded};
use crate::ratio::{Pair, new_is_first, spread};
use crate::scenario::Scenario;
use crate::side::{Plan, Side};

/// Measure a panel beside the limits of the machine, and print the ratios, which compare across
/// machines
///
/// In turns within one run: the raw limit of the disk in batches of 32 and of 256 orders, this
/// server's own `/health/live`, and the scenarios. The raw limit writes as many rows and index
/// entries as `add` does, by set-based statements on one connection: SQLite with a write-ahead log
/// and synchronous=FULL, PostgreSQL with fsync; its times are those of a batch. `/health/live` is
/// asked by the same client on as many connections. Each ratio is of two turns of one round; the
/// rounds go through the turns forth and back.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    /// The panel's program [default: smm-panel beside this one]
    #[arg(long, value_name = "PROGRAM")]
    panel: Option<PathBuf>,
    #[command(flatten)]
    plan: Plan,
    #[command(flatten)]
    place: Place,
}

/// The sizes of batches for which the raw limit is measured.
const BATCHES: [u32; 2] = [32, 256];

/// The heading of the ratios.
const RATIOS: &str = "\
| scenario | by | ratio | lowest | highest |
|---|---|--:|--:|--:|";

pub(crate) async fn run(options: &Options) -> Result<()> {
    let program = process::program(options.panel.as_ref())?;
    let turns = options.plan.scenarios.len() + 1 + BATCHES.len();
    let work = async {
        let plan = &options.plan;
        let databases = Databases::at(&options.place)?;
        let origin = databases.empty("origin").await?;
        let prepared = furnish::fill(&program, &origin, plan.size()).await;
        let prepared = prepared.context("the panel's database")?;
        let raw = databases.empty("raw").await?;
        let side = Side::start("panel", &program, &databases, (&origin, &prepared)).await?;
        let mut measured: Vec<Measured> = whats(&plan.scenarios).map(Measured::new).collect();
        for round in 0..plan.rounds {
            eprintln!("round {} of {}", round + 1, plan.rounds);
            let mut order: Vec<&mut Measured> = measured.iter_mut().collect();
            if new_is_first(round) {
                order.reverse();
            }
            for one in order {
                one.measure(round, &side, &raw, plan).await?;
            }
        }
        tell(databases.kind(), plan, &measured);
        side.finish().await?;
        let errors: u64 = measured.iter().map(Measured::errors).sum();
        if errors > 0 {
            bail!("{errors} requests were not answered as they should be");
        }
        Ok(())
    };
    bounded(options.plan.limit(turns), work).await
}

/// What one turn measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// The disk, in batches of so many orders.
    Raw(u32),
    /// The panel.
    Asked(Scenario),
}

/// The limits, then what is measured by them.
fn whats(scenarios: &[Scenario]) -> impl Iterator<Item = What> {
    let asked = scenarios.iter().copied();
    let asked = asked.filter(|scenario| *scenario != Scenario::Health);
    let limits = BATCHES.into_iter().map(What::Raw);
    limits
        .chain([What::Asked(Scenario::Health)])
        .chain(asked.map(What::Asked))
}

impl What {
    fn name(self) -> String {
        match self {
            What::Raw(batch) => format!("raw, batches of {batch}"),
            What::Asked(Scenario::Health) => "/health/live".to_owned(),
            What::Asked(scenario) => scenario.word().to_owned(),
        }
    }

    /// Whether `limit` bounds it: HTTP everything that is asked, the disk what places orders.
    fn is_bounded_by(self, limit: What) -> bool {
        let What::Asked(scenario) = self else {
            return false;
        };
        match limit {
            What::Raw(_) => scenario.adds(),
            What::Asked(limit) => limit == Scenario::Health && scenario != Scenario::Health,
        }
    }
}

/// All turns of one kind.
struct Measured {
    what: What,
    runs: Vec<Figures>,
    memory: Option<Memory>,
}

impl Measured {
    fn new(what: What) -> Measured {
        Measured {
            what,
            runs: Vec::new(),
            memory: None,
        }
    }

    async fn measure(&mut self, round: u32, side: &Side, raw: &Home, plan: &Plan) -> Result<()> {
        let figures = match self.what {
            What::Asked(scenario) => {
                let figures = side.measure(scenario, round, plan).await?;
                self.memory = side.memory();
                figures
            }
            What::Raw(batch) => {
                let disk = Disk {
                    home: raw,
                    wallets: plan.wallets,
                    orders: plan.orders,
                };
                let lasts = Duration::from_secs(plan.seconds);
                let measured = disk.measure(batch, lasts).await;
                let figures = measured.context("the raw limit")?;
                eprintln!("  {}: {figures}", self.what.name());
                figures
            }
        };
        self.runs.push(figures);
        Ok(())
    }

    fn errors(&self) -> u64 {
        self.runs.iter().map(|run| run.errors).sum()
    }
}

/// Prints the figures and the ratios.
fn tell(kind: &str, plan: &Plan, measured: &[Measured]) {
    println!("{kind}, {} rounds\n\n{HEADING}", plan.rounds);
    for one in measured {
        let Some(mut figures) = median(one.runs.clone()) else {
            continue;
        };
        figures.errors = one.errors();
        let connections = match one.what {
            What::Raw(_) => 1,
            What::Asked(_) => plan.connections(),
        };
        let row = Row {
            scenario: &one.what.name(),
            orders: plan.orders,
            connections,
            figures: &figures,
            memory: one.memory,
        };
        println!("{row}");
    }
    println!("\n{RATIOS}");
    for one in measured {
        for limit in measured {
            if !one.what.is_bounded_by(limit.what) {
                continue;
            }
            let rounds = limit.runs.iter().zip(&one.runs);
            let pairs = rounds.map(|(limit, run)| Pair {
                old: limit.clone(),
                new: run.clone(),
            });
            let pairs: Vec<Pair> = pairs.collect();
            let (name, by) = (one.what.name(), limit.what.name());
            match spread(&pairs, |figures| figures.milli_rate) {
                Some(ratios) => println!(
                    "| {name} | {by} | {} | {} | {} |",
                    ratios.median, ratios.lowest, ratios.highest
                ),
                None => println!("| {name} | {by} | - | - | - |"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_measured_by_what_bounds_it() {
        let all: Vec<What> = whats(&[Scenario::Balance, Scenario::Health, Scenario::Add]).collect();
        let bounds = |scenario| {
            let limits = all
                .iter()
                .filter(|limit| What::Asked(scenario).is_bounded_by(**limit));
            limits.map(|limit| limit.name()).collect::<Vec<_>>()
        };
        assert_eq!(all.len(), 5);
        assert_eq!(bounds(Scenario::Balance), ["/health/live"]);
        assert_eq!(
            bounds(Scenario::Add),
            ["raw, batches of 32", "raw, batches of 256", "/health/live"]
        );
        assert!(bounds(Scenario::Health).is_empty());
    }
}
