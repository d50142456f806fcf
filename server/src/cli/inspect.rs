//! `config` and `check`.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::Result;

use crate::check::{self, Progress};
use crate::clock::{Clock, Time};
use crate::config::Config;
use crate::db::Db;
use crate::secrets::Secrets;
use crate::{panel, telemetry};

pub(super) fn config(config: &Config) {
    for setting in config.describe() {
        let unit = if setting.unit.is_empty() {
            String::new()
        } else {
            format!(" ({})", setting.unit)
        };
        anstream::println!(
            "{:<26} = {:<32} # {}; {}{unit}",
            setting.name,
            setting.value,
            setting.source.word(),
            setting.doc,
        );
    }
}

/// Fails when an invariant is broken.
pub(super) async fn check(config: &Config) -> Result<ExitCode> {
    telemetry::start(config);
    let db = Db::open_existing(config.database_url.expose(), config.pools()).await?;
    db.require_current().await?;
    if let Some(warning) = db.open_to_others() {
        anstream::eprintln!("warning: {warning}");
    }
    let secrets = panel::secrets_to_read(&db, config).await?;
    let verdict = verdict(&db, &secrets).await?;
    db.close().await?;
    Ok(verdict)
}

/// Checks the database, what is sealed in it by `secrets`, prints the report and gives success if
/// nothing is broken.
pub(super) async fn verdict(db: &Db, secrets: &Secrets) -> Result<ExitCode> {
    let shows = std::io::stderr().is_terminal();
    let report = check::check(
        db.read(),
        secrets,
        Clock::system().now(),
        |Progress { table, rows }| {
            if shows {
                anstream::eprint!("\r{table}: {rows} rows\x1b[K");
            }
        },
    )
    .await?;
    if shows {
        anstream::eprint!("\r\x1b[K");
    }
    anstream::println!("{report}");
    Ok(if report.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A time as people write it: 2026-11-22 20:15:00 UTC.
pub(super) fn utc(time: Time) -> String {
    let known = chrono::DateTime::from_timestamp_millis(time.ms());
    known.map_or_else(
        || "-".to_owned(),
        |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}
