//! The simulator: honest customers and attackers on a clock of their own, in front of the real limits
//! and the real detectors. It tells what is found, how soon, and what honest customers have to bear.
//!
//! Everything is drawn by lot from a seed: the same seed gives the same run.

use std::ops::RangeInclusive;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use smm_panel_server::abuse::findings::Detector;

mod attackers;
mod cost;
mod honest;
mod report;
mod runs;
#[cfg(test)]
mod tests;
mod world;

use attackers::Intensity;
use report::Row;
use runs::{HonestDays, Outcome};
use world::Guard;

/// Measures limits and detectors against simulated honest customers and attackers; prints Markdown.
#[derive(Parser)]
#[command(name = "simulator")]
struct Options {
    /// Honest keys
    #[arg(long, default_value_t = 500)]
    keys: i64,
    /// For how many days
    #[arg(long, default_value_t = 1)]
    days: i64,
    /// The most orders an hour of a panel; fewer make it faster
    #[arg(long, default_value_t = 2_000)]
    biggest: u32,
    /// The seeds of attacks, each tried once a detector and intensity
    #[arg(long, default_value = "51..=100", value_parser = seeds)]
    seeds: RangeInclusive<u64>,
    /// How many of these seeds have honest days too
    #[arg(long, default_value_t = 1)]
    honest_seeds: usize,
    /// Only attacks on this detector
    #[arg(long, value_parser = |word: &str| Detector::from_word(word).ok_or("no detector"))]
    only: Option<Detector>,
}

fn seeds(text: &str) -> Result<RangeInclusive<u64>> {
    let (first, last) = text
        .split_once("..=")
        .context("seeds are written 51..=100")?;
    let (first, last) = (first.parse()?, last.parse()?);
    ensure!(first <= last, "there is no seed in {text}");
    Ok(first..=last)
}

/// Honest keys around an attack.
const NEIGHBOURS: i64 = 6;

/// Every script at every intensity, once a seed; and the same by quotas of keys alone.
fn attacks(seeds: &[u64], only: Option<Detector>) -> (Vec<Row>, Vec<Outcome>) {
    let (mut rows, mut all) = (Vec::new(), Vec::new());
    for &detector in Detector::ALL {
        if only.is_some_and(|only| only != detector) {
            continue;
        }
        for intensity in Intensity::ALL {
            let run = |guard| {
                let each = seeds.iter();
                each.map(move |&seed| runs::attack(detector, intensity, seed, NEIGHBOURS, guard))
            };
            let outcomes: Vec<Outcome> = run(Guard::All).collect();
            let plain: Vec<Outcome> = run(Guard::Quotas).collect();
            rows.extend(Row::of(&outcomes, &plain));
            all.extend(outcomes);
        }
        eprintln!("{detector}: done");
    }
    (rows, all)
}

/// Honest days of each seed.
fn honest_days(seeds: &[u64], keys: i64, days: i64, biggest: u32) -> HonestDays {
    let mut all = HonestDays::default();
    for &seed in seeds {
        all.add(&runs::honest(seed, keys, days, biggest));
        eprintln!("honest days of seed {seed}: done");
    }
    all
}

fn run(options: &Options) -> Result<()> {
    println!("{}", cost::measure()?);
    let seeds: Vec<u64> = options.seeds.clone().collect();
    let (rows, outcomes) = attacks(&seeds, options.only);
    println!("{}", report::attacks(&rows));
    let honest = seeds
        .get(..options.honest_seeds.min(seeds.len()))
        .unwrap_or_default();
    let (keys, days) = (options.keys, options.days);
    let all = honest_days(honest, keys, days, options.biggest);
    println!("{}", report::honest(&all));
    println!("{}", report::precision(&outcomes, &all));
    for line in all.seen.iter().take(40) {
        println!("- {line}");
    }
    Ok(())
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("simulator: {fault:#}");
            ExitCode::FAILURE
        }
    }
}
