//! The measure of "evidence before money": a real panel in front of providers whose truth is known.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, ensure};
use clap::{Parser, Subcommand};
use harness::database::{Database, run_on_threads};
use harness::replies::{self, BLOCK, Report};
use harness::truth::{Figures, Plan};

#[derive(Parser)]
#[command(name = "truth")]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lets a panel order from generated providers, kills it now and then, and judges every order
    Run(Run),
    /// Has generated replies read by the readers of what providers say
    Replies(Replies),
}

/// How many replies are read.
#[derive(clap::Args)]
struct Replies {
    /// Replies in all
    #[arg(long, default_value_t = 10_000_000)]
    count: u64,
    /// The seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads
    #[arg(long, default_value_t = 2)]
    threads: u64,
}

fn read_replies(options: &Replies) -> Result<()> {
    // A reader that panics is told with the reply; the place alone would be of no use.
    std::panic::set_hook(Box::new(|_| {}));
    let blocks = options.count.div_ceil(BLOCK);
    let tenth = blocks.div_ceil(10).max(1);
    let threads = options.threads.max(1);
    let parts: Vec<Report> = std::thread::scope(|scope| {
        let read = |thread: u64| {
            let mut report = Report::default();
            for block in (thread..blocks).step_by(usize::try_from(threads).unwrap_or(1)) {
                report.add(replies::read_block(options.seed, block));
                if block % tenth == 0 {
                    eprintln!("{} replies read", block * BLOCK);
                }
            }
            report
        };
        let running: Vec<_> = (0..threads).map(|n| scope.spawn(move || read(n))).collect();
        running
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect()
    });
    let mut whole = Report::default();
    for part in parts {
        whole.add(part);
    }
    println!("{} replies, each read by every reader", whole.replies);
    for (what, count) in &whole.read {
        println!("{count:>10} {what}");
    }
    for wrong in &whole.wrong {
        println!("{wrong}");
    }
    ensure!(
        whole.wrong.is_empty(),
        "{} readings are wrong",
        whole.wrong.len()
    );
    ensure!(whole.replies >= options.count, "a thread ended early");
    Ok(())
}

/// What is run.
#[derive(clap::Args)]
struct Run {
    /// Orders in all
    #[arg(long, default_value_t = 100_000)]
    orders: usize,
    /// Dialects in all
    #[arg(long, default_value_t = 500)]
    dialects: usize,
    /// Deaths of the panel in all
    #[arg(long, default_value_t = 50)]
    kills: usize,
    /// Into how many worlds they are divided, each with a panel of its own
    #[arg(long, default_value_t = 25)]
    worlds: usize,
    /// The seed of the first world
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A rule that is undone, such as undo_binding: the zeros are to rise
    #[arg(long)]
    undo: Vec<String>,
    /// How many cases of each kind are printed
    #[arg(long, default_value_t = 10)]
    cases: usize,
    /// Says how far it has come
    #[arg(long)]
    progress: bool,
}

fn measure(options: &Run) -> Result<()> {
    ensure!(options.worlds > 0, "at least one world");
    #[expect(
        clippy::disallowed_methods,
        reason = "it is about this run, not the panel"
    )]
    let began = Instant::now();
    let program = std::env::current_exe()?;
    let mut figures = Figures::default();
    for (world, seed) in (options.seed..).take(options.worlds).enumerate() {
        let part = |of: usize| of * (world + 1) / options.worlds - of * world / options.worlds;
        let plan = Plan {
            seed,
            dialects: part(options.dialects).max(2),
            orders: part(options.orders),
            kills: part(options.kills),
            undo: options.undo.clone(),
            program: program.clone(),
            progress: options.progress,
        };
        let mut of_world = None;
        run_on_threads(Database::Sqlite, async {
            of_world = Some(harness::truth::run(&plan).await);
        });
        let of_world = of_world.unwrap_or_default();
        eprintln!(
            "world {seed}: {} orders, {} twice, {} against, {} lost, {} s",
            of_world.orders,
            of_world.twice.len(),
            of_world.against.len(),
            of_world.lost.len(),
            began.elapsed().as_secs()
        );
        figures.add(of_world);
    }
    println!("{figures}");
    for (name, cases) in [
        ("delivered twice", &figures.twice),
        ("against the truth", &figures.against),
        ("lost", &figures.lost),
    ] {
        for case in cases.iter().take(options.cases) {
            println!("{name}: seed {} {}: {}\n", case.seed, case.link, case.what);
        }
    }
    for fault in &figures.check {
        println!("check: {fault}");
    }
    let wrong = figures.twice.len() + figures.against.len() + figures.lost.len();
    ensure!(wrong + figures.check.len() == 0, "a zero has risen");
    Ok(())
}

fn main() -> ExitCode {
    if let Some(stood) = harness::standing::asked() {
        return ended(stood);
    }
    let Options { command } = Options::parse();
    ended(match &command {
        Command::Run(options) => measure(options),
        Command::Replies(options) => read_replies(options),
    })
}

fn ended(how: Result<()>) -> ExitCode {
    match how {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("truth: {fault:#}");
            ExitCode::FAILURE
        }
    }
}
