//! The load tool: fills a database, offers requests to a running panel, and prints what it
//! measured as rows of a Markdown table.
//!
//! It shares the machine with the panel that it measures, so it must cost little: one thread, one
//! hand-made HTTP client per connection ([`client`]), requests put together from prepared bytes.
//! What it measures is the time from a request's first byte (in [`end_to_end`]: from the moment at
//! which it was due) to its answer's last.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod attack;
mod client;
mod compare;
mod databases;
mod disk;
mod end_to_end;
mod figures;
mod floor;
mod furnish;
mod prepare;
mod prepared;
mod process;
mod ratio;
mod run;
mod scenario;
mod sdk;
mod settled;
mod side;
mod sign_in;
mod sync;
mod turn;

/// Measures a panel: fills a database, offers load over real HTTP, prints Markdown rows.
///
/// Build both programs first, one after the other: built together, the server would have the
/// failpoints of the tests compiled in.
///
///   cargo build --release -p smm-panel-server
///   cargo build --release -p smm-panel-tests --bin load
///   target/release/load prepare --data /tmp/load --wallets 1000 --orders 1000000
///   target/release/smm-panel serve --config /tmp/load/smm-panel.toml &
///   target/release/load run --data /tmp/load --scenario all --pid $!
///   target/release/load sdk --data /tmp/load
///   target/release/smm-panel check --config /tmp/load/smm-panel.toml
///   target/release/load end-to-end --data /tmp/load-e2e --rate 1500 --seconds 60
///   target/release/load sync --data /tmp/load-sync --services 10000
///
/// What signing in costs the others: prepare with --people 200, then
///
///   target/release/load sign-in --data /tmp/load --pid $!
///
/// Whether a change made it slower, and how near it is to what the machine gives (both prepare and
/// serve by themselves; add --postgres for PostgreSQL):
///
///   target/release/load compare --old /tmp/smm-panel-before --new target/release/smm-panel
///   target/release/load floor
///
/// Whether somebody who sends slowly, or too much, takes the panel away from others:
///
///   target/release/load attack
///
/// To see whether the figures fall as orders pile up, do the same with --orders 10000. For
/// `services` as long as a real catalogue, give `prepare` the file of a panel's answer to
/// action=services (--catalogue), or a number of made-up ones (--services).
#[derive(Parser)]
#[command(name = "load", verbatim_doc_comment, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build a database with accounts, keys, services and orders in the past, and its settings
    /// file
    Prepare(prepare::Options),
    /// Offer requests to a running panel on as many connections as given, each asking again as
    /// soon as it is answered
    Run(run::Options),
    /// Compare reading through the SDK with the same calls by plain reqwest
    Sdk(sdk::Options),
    /// Measure balances while others sign in
    SignIn(sign_in::Options),
    /// Offer orders at a fixed rate to a panel whose provider answers at once, all three in
    /// processes of their own; fails if the queue grows or an order is lost
    EndToEnd(end_to_end::Options),
    /// Measure the import and the synchronisation of a provider's long catalogue, and what they do
    /// to orders that are placed meanwhile
    Sync(sync::Options),
    // Described with their options.
    Attack(attack::Options),
    Compare(compare::Options),
    Floor(floor::Options),
    /// The provider of end-to-end, in its own process
    #[command(hide = true)]
    Provider,
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = runtime.map_err(anyhow::Error::from).and_then(|runtime| {
        runtime.block_on(async {
            match command {
                Command::Prepare(options) => prepare::prepare(&options).await,
                Command::Run(options) => run::run(&options).await,
                Command::Sdk(options) => sdk::run(&options).await,
                Command::SignIn(options) => sign_in::run(&options).await,
                Command::EndToEnd(options) => end_to_end::run(&options).await,
                Command::Sync(options) => sync::run(&options).await,
                Command::Attack(options) => attack::run(&options).await,
                Command::Compare(options) => compare::run(&options).await,
                Command::Floor(options) => floor::run(&options).await,
                Command::Provider => process::provide().await,
            }
        })
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("load: {fault:#}");
            ExitCode::FAILURE
        }
    }
}
