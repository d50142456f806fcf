//! Load on a panel that serves already.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::client::Target;
use crate::figures::{Figures, HEADING, Memory, Row, median};
use crate::prepared::Prepared;
use crate::scenario::Scenario;
use crate::turn::{Ends, Turn};

#[derive(Args)]
pub(crate) struct Options {
    /// The folder that `prepare` has filled
    #[arg(long)]
    data: PathBuf,
    /// The panel's address [default: the one that was prepared]; of several servers on one
    /// database, the connections go to each in turn
    #[arg(long)]
    url: Vec<String>,
    /// What is asked for
    #[arg(long, value_enum, default_value = "all")]
    scenario: Scenario,
    /// Connections that ask at the same time
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// How long each run asks; requests under way then are still awaited
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Runs of each scenario; the one with the middle rate is printed
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// The panel's process, to read its memory after each scenario
    #[arg(long)]
    pid: Option<u32>,
}

pub(crate) async fn run(options: &Options) -> Result<()> {
    let prepared = Rc::new(Prepared::read(&options.data)?);
    let given = if options.url.is_empty() {
        std::slice::from_ref(&prepared.url)
    } else {
        &options.url
    };
    let targets: Vec<Target> = given
        .iter()
        .map(|url| Target::parse(url))
        .collect::<Result<_>>()?;
    let scenarios = if options.scenario == Scenario::All {
        Scenario::EACH.to_vec()
    } else {
        vec![options.scenario]
    };
    println!("{HEADING}");
    let (mut errors, mut wrong) = (0, 0);
    for scenario in scenarios {
        let (figures, wallets) = measure(options, scenario, &targets, &prepared).await?;
        let row = Row {
            scenario: scenario.word(),
            orders: prepared.orders,
            connections: options.connections,
            figures: &figures,
            memory: options.pid.and_then(|pid| Memory::of(pid).ok()),
        };
        println!("{row}");
        if let Some(why) = &figures.first_error {
            eprintln!("  first error: {why}");
        }
        errors += figures.errors;
        wrong += wallets;
    }
    if errors > 0 || wrong > 0 {
        bail!("{errors} requests were not answered as they should be, {wrong} wallets are wrong");
    }
    Ok(())
}

/// Runs a scenario as often as asked for; gives the median, with all errors, and how many wallets
/// were wrong.
async fn measure(
    options: &Options,
    scenario: Scenario,
    targets: &[Target],
    prepared: &Rc<Prepared>,
) -> Result<(Figures, usize)> {
    let (mut runs, mut wrong) = (Vec::with_capacity(options.runs), 0);
    let (mut errors, mut first_error) = (0, None);
    for first in 0..options.runs.max(1) {
        let turn = Turn {
            scenario,
            connections: options.connections,
            ends: Ends::After(Duration::from_secs(options.seconds)),
            targets,
            prepared,
            first,
        };
        let (figures, wallets) = turn.run().await?;
        wrong += wallets;
        errors += figures.errors;
        first_error = first_error.or(figures.first_error.clone());
        runs.push(figures);
    }
    let mut figures = median(runs).context("no run")?;
    (figures.errors, figures.first_error) = (errors, first_error);
    Ok((figures, wrong))
}
