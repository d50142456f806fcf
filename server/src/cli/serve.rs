//! `serve` and `migrate`.

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};

use crate::accounts;
use crate::app::{self, Background};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;

pub(super) async fn serve(config: Config) -> Result<()> {
    let listen = config.listen;
    let panel = super::open(config, true).await?;
    let db = panel.db.clone();
    if let Some(warning) = db.open_to_others() {
        tracing::warn!("{warning}");
    }
    // Before anybody can know that it serves.
    let stop = stop_asked()?;
    let running = app::start(panel, listen, Background::Workers).await?;
    tracing::info!(
        "serving the panel protocol on http://{}/api/v2",
        running.address
    );
    tokio::select! {
        () = stop => {}
        // At once: nothing that is under way could be kept.
        lost = db.file_lost() => {
            db.keep_writer().await;
            return Err(lost.into());
        }
    }
    tracing::info!("stopping: answering what was asked, recording what was sent");
    Ok(running.stop().await?)
}

/// What ends with Ctrl-C or SIGTERM. From this call on neither kills the process, even if nobody
/// waits yet.
pub(crate) fn stop_asked() -> Result<impl Future<Output = ()>> {
    let listen = |kind| signal(kind).context("signals cannot be received");
    let mut interrupted = listen(SignalKind::interrupt())?;
    let mut terminated = listen(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Fails if the schema is not that of this program; changes nothing.
pub(super) async fn migrated(config: &Config) -> Result<()> {
    let db = Db::open_existing(config.database_url.expose(), config.pools()).await?;
    db.require_migrated().await?;
    anstream::println!("The schema is up to date.");
    Ok(db.close().await?)
}

pub(super) async fn migrate(config: &Config) -> Result<()> {
    let db = Db::open(config.database_url.expose(), config.pools()).await?;
    match db.migrate().await? {
        0 => anstream::println!("The schema is up to date."),
        changes => anstream::println!("The schema is up to date; {changes} change(s) applied."),
    }
    accounts::key_names(&db, Clock::system().now()).await?;
    Ok(db.close().await?)
}
