//! Two versions of the program on equal copies of one database, in turns within one run, so that
//! what the machine does meanwhile meets both: what remains is the ratio of each pair of turns.

use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::databases::{Databases, Place, is_same};
use crate::figures::{Figures, Memory, median};
use crate::furnish;
use crate::process::{self, bounded};
use crate::ratio::{Pair, Ratio, new_is_first, spread};
use crate::scenario::Scenario;
use crate::side::{Plan, Side};

/// Compare two programs: each scenario is measured with both in turns, and the ratios new/old of
/// all pairs of turns are printed
///
/// The old program makes the database itself, by its own commands: accounts, keys, services, and
/// orders that it places, sends to a provider and settles. Each program then gets a copy of its own
/// and brings its schema up to date by its own `migrate`; so the new one may have any later schema,
/// and this tool need not know either. Both serve at the same time, each with a provider of its own;
/// the one whose turn it is not sleeps (SIGSTOP). The order is swapped each round: A B, B A, A B.
///
/// A ratio above 1 is faster in requests/s; of p50, p99 and the processor's time for a request a
/// ratio below 1 is better. The processor's time hardly depends on who else uses the machine: trust it
/// where the ratios of requests/s spread. Compare a program with itself to learn how far the ratios
/// of a machine spread: what lies within is no difference. After each turn the wallets must hold
/// what the acknowledged orders say; at the end no order may have reached a provider twice, and both
/// programs' `check` must find nothing.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    /// The program to compare with
    #[arg(long, value_name = "PROGRAM")]
    old: PathBuf,
    /// The program to compare
    #[arg(long, value_name = "PROGRAM")]
    new: PathBuf,
    /// Fail if the median ratio of a scenario's requests/s is below this, such as 0.95
    #[arg(long, value_name = "RATIO")]
    least: Option<Ratio>,
    #[command(flatten)]
    plan: Plan,
    #[command(flatten)]
    place: Place,
}

/// The heading of the rows.
const HEADING: &str = "\
| scenario | old requests/s | new requests/s | new/old | lowest | highest | p50 new/old | p99 new/old | processor new/old | errors | old RSS now/peak MB | new RSS now/peak MB |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

pub(crate) async fn run(options: &Options) -> Result<()> {
    for program in [&options.old, &options.new] {
        process::program(Some(program))?;
    }
    let turns = options.plan.scenarios.len() * 2;
    bounded(options.plan.limit(turns), compare(options)).await
}

async fn compare(options: &Options) -> Result<()> {
    let Options { old, new, plan, .. } = options;
    if is_same(old, new) {
        eprintln!("both are one program: the ratios show how far those of this machine spread");
    }
    let databases = Databases::at(&options.place)?;
    let origin = databases.empty("origin").await?;
    let prepared = furnish::fill(old, &origin, plan.size()).await;
    let prepared = prepared.context("the old program's database")?;
    let old = Side::start("old", old, &databases, (&origin, &prepared)).await?;
    let new = Side::start("new", new, &databases, (&origin, &prepared)).await?;
    let mut compared: Vec<Compared> = plan.scenarios.iter().map(Compared::new).collect();
    for round in 0..plan.rounds {
        eprintln!("round {} of {}", round + 1, plan.rounds);
        for one in &mut compared {
            one.measure(round, [&old, &new], plan).await?;
        }
    }
    println!(
        "{}, {} orders and {} wallets stored, {} connections, {} pairs of turns",
        databases.kind(),
        plan.orders,
        plan.wallets,
        plan.connections,
        plan.rounds
    );
    println!("{HEADING}");
    let mut wrong = Vec::new();
    for one in &compared {
        println!("{one}");
        wrong.extend(one.faults(options.least));
    }
    old.finish().await?;
    new.finish().await?;
    if wrong.is_empty() {
        Ok(())
    } else {
        bail!("{}", wrong.join("; "))
    }
}

/// A scenario and what both have done in it.
struct Compared {
    scenario: Scenario,
    pairs: Vec<Pair>,
    old: Option<Memory>,
    new: Option<Memory>,
}

impl Compared {
    fn new(scenario: &Scenario) -> Compared {
        Compared {
            scenario: *scenario,
            pairs: Vec::new(),
            old: None,
            new: None,
        }
    }

    /// One pair of turns.
    async fn measure(&mut self, round: u32, sides: [&Side; 2], plan: &Plan) -> Result<()> {
        let [old_side, new_side] = sides;
        let (old, new);
        if new_is_first(round) {
            new = new_side.measure(self.scenario, round, plan).await?;
            old = old_side.measure(self.scenario, round, plan).await?;
        } else {
            old = old_side.measure(self.scenario, round, plan).await?;
            new = new_side.measure(self.scenario, round, plan).await?;
        }
        (self.old, self.new) = (old_side.memory(), new_side.memory());
        self.pairs.push(Pair { old, new });
        Ok(())
    }

    fn errors(&self) -> u64 {
        let errors = |pair: &Pair| pair.old.errors + pair.new.errors;
        self.pairs.iter().map(errors).sum()
    }

    /// What must not be.
    fn faults(&self, least: Option<Ratio>) -> Vec<String> {
        let (word, errors) = (self.scenario.word(), self.errors());
        let mut faults = Vec::new();
        if errors > 0 {
            faults.push(format!(
                "{errors} requests of {word} were not answered as they should be"
            ));
        }
        match spread(&self.pairs, |figures| figures.milli_rate) {
            None => faults.push(format!("nothing of {word} was answered")),
            Some(rates) => {
                if let Some(least) = least.filter(|least| rates.median < *least) {
                    let median = rates.median;
                    faults.push(format!(
                        "{word} is at {median} of the old program, below {least}"
                    ));
                }
            }
        }
        faults
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = |of: fn(&Pair) -> &Figures| {
            let runs = self.pairs.iter().map(|pair| of(pair).clone()).collect();
            median(runs).map_or(0, |run| run.per_second())
        };
        let (old, new) = (rate(|pair| &pair.old), rate(|pair| &pair.new));
        write!(f, "| {} | {old} | {new} | ", self.scenario.word())?;
        match spread(&self.pairs, |figures| figures.milli_rate) {
            Some(rates) => write!(
                f,
                "{} | {} | {} | ",
                rates.median, rates.lowest, rates.highest
            )?,
            None => f.write_str("- | - | - | ")?,
        }
        for figure in [
            |run: &Figures| run.p50.into(),
            |run: &Figures| run.p99.into(),
            |run: &Figures| run.processor,
        ] {
            match spread(&self.pairs, figure) {
                Some(times) => write!(f, "{} | ", times.median)?,
                None => f.write_str("- | ")?,
            }
        }
        write!(f, "{} |", self.errors())?;
        for memory in [self.old, self.new] {
            match memory {
                Some(memory) => write!(f, " {memory} |")?,
                None => f.write_str(" - |")?,
            }
        }
        Ok(())
    }
}
