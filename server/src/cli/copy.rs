//! `copy`: the whole panel into another database.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use crate::clock::Clock;
use crate::config::Config;
use crate::copy::{self, Copied, Doing, Progress};
use crate::{panel, telemetry};

/// Copy a stopped panel, all of it, into another database
///
/// From SQLite to PostgreSQL, or any other way. Stop `smm-panel serve` first: a source on which a
/// server lives is refused. Every row of every table is copied, ids included, in one transaction:
/// if the copy fails or is stopped, the target is as empty as before, and the source is never
/// changed. Before anything is kept, the source is read again from end to end while nobody may
/// write to it, and must not have changed; then each database counts and sums every column by
/// itself, and all figures must agree. At the end the copy goes through `smm-panel check`, which
/// opens what is sealed: the secrets must be at hand.
///
/// The target must exist (`createdb panel`; a SQLite file is made) and hold no rows; its tables are
/// made if it has none. A password need not be in the URL: PGPASSWORD and ~/.pgpass are read.
///
/// Afterwards set database_url to the new URL, keep the secrets (secrets_file, or pepper and
/// master_key: they belong to the data), and start the panel.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Options {
    /// The database to copy, such as sqlite:smm-panel.db; it is left as it is
    #[arg(long, value_name = "URL")]
    from: SecretString,
    /// The empty database to copy to, such as postgres://panel@db.example/panel
    #[arg(long, value_name = "URL")]
    to: SecretString,
}

/// Copies, prints what was copied and what to do next, and checks the copy; fails when an
/// invariant is broken.
pub(super) async fn copy(config: &Config, options: &Options) -> Result<ExitCode> {
    telemetry::start(config);
    let (clock, began) = (Clock::system(), Clock::system().now().ms());
    let ends = copy::open(options.from.expose_secret(), options.to.expose_secret()).await?;
    let secrets = panel::secrets_to_read(&ends.from, config).await?;
    let screen = Screen::new();
    let copied = copy::copy(&ends, &clock, |progress| screen.show(progress)).await;
    screen.clear();
    summarize(&copied?, (clock.now().ms() - began) / 1000);
    let verdict = super::inspect::verdict(&ends.to, &secrets).await?;
    ends.close().await?;
    if verdict == ExitCode::SUCCESS {
        anstream::println!(
            "\nNext: set database_url to the new database and start the panel. Keep the secrets \
             (secrets_file, or pepper and master_key): they belong to the data."
        );
    } else {
        anstream::println!(
            "\nThe copy is what the source is, so `smm-panel check` fails there too: look into it \
             before you start either."
        );
    }
    Ok(verdict)
}

fn summarize(copied: &Copied, seconds: i64) {
    let (tables, rows) = (copied.tables.len(), copied.rows());
    anstream::println!("Copied {rows} rows of {tables} tables in {seconds} s; all sums agree.");
    if copied.replaced > 0 {
        anstream::println!(
            "{} character(s) U+0000, which PostgreSQL cannot hold, became U+FFFD.",
            copied.replaced
        );
    }
}

/// A bar that is redrawn on a terminal; a line for each table when it is piped.
struct Screen {
    live: bool,
}

/// How wide the bar is.
const BAR: u64 = 24;

impl Screen {
    fn new() -> Screen {
        Screen {
            live: std::io::stderr().is_terminal(),
        }
    }

    fn show(&self, progress: Progress<'_>) {
        let Progress {
            doing,
            table,
            rows,
            of,
            all_rows,
            all_of,
        } = progress;
        let word = match doing {
            Doing::Copying => "copying",
            Doing::Comparing => "comparing",
        };
        let (full, percent) = (part(all_rows, all_of, BAR), part(all_rows, all_of, 100));
        if self.live {
            let bar: String = (0..BAR).map(|n| if n < full { '=' } else { ' ' }).collect();
            anstream::eprint!(
                "\r{word} [{bar}] {percent:>3} %  {table}: {rows} of {of} rows\x1b[K"
            );
        } else if rows == of && doing == Doing::Copying {
            anstream::eprintln!("{percent:>3} %  {table}: {rows} rows");
        }
    }

    fn clear(&self) {
        if self.live {
            anstream::eprint!("\r\x1b[K");
        }
    }
}

/// How much of `whole` is done, where `rows` of `of` are.
fn part(rows: u64, of: u64, whole: u64) -> u64 {
    (rows.saturating_mul(whole))
        .checked_div(of)
        .unwrap_or(whole)
}
