//! `backup`: a copy of the SQLite database, beside a running panel.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::backup;
use crate::config::Config;
use crate::telemetry;

/// Back up the SQLite database, as it is at one moment, into a new folder
///
/// The panel may go on serving meanwhile. FOLDER must not exist; it is made for its owner alone, and has
/// smm-panel.db in the end. If the backup fails, no folder is left. The disk needs as much room as the
/// database has. An older or newer schema is backed up as it is. A PostgreSQL database is refused: pg_dump
/// copies it.
///
/// The README says how a backup is put back (`restore mark`).
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Options {
    /// The folder to make
    folder: PathBuf,
    /// Copy the secrets file too, as smm-panel.secrets; keep it apart from what leaves the machine
    #[arg(long)]
    with_secrets: bool,
}

/// Backs the database up and prints where the backup is.
pub(super) async fn backup(config: &Config, options: &Options) -> Result<()> {
    telemetry::start(config);
    let made = backup::back_up(config, &options.folder, options.with_secrets).await?;
    anstream::println!(
        "The database is backed up: {}, {} bytes.",
        made.database.display(),
        made.bytes
    );
    if let Some(secrets) = made.secrets {
        anstream::println!("The secrets file is copied: {}.", secrets.display());
    } else if options.with_secrets {
        anstream::println!("There is no secrets file to copy.");
    }
    Ok(())
}
