//! `serve` and `migrate`.

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{self, Background};
use crate::config::Config;
use crate::db::Db;

pub(super) async fn serve(config: Config) -> Result<()> {
    let listen = config.listen;
    let panel = super::open(config, true).await?;
    let running = app::start(panel, listen, Background::Workers).await?;
    tracing::info!(
        "serving the panel protocol on http://{}/api/v2",
        running.address
    );
    stop_asked().await?;
    tracing::info!("stopping: answering what was asked, recording what was sent");
    Ok(running.stop().await?)
}

/// Waits for Ctrl-C or SIGTERM.
pub(crate) async fn stop_asked() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate()).context("signals cannot be received")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("signals cannot be received"),
        _ = terminated.recv() => Ok(()),
    }
}

pub(super) async fn migrate(config: &Config) -> Result<()> {
    let db = Db::open(config.database_url.expose(), config.pools()).await?;
    match db.migrate().await? {
        0 => anstream::println!("The schema is up to date."),
        changes => anstream::println!("The schema is up to date; {changes} change(s) applied."),
    }
    Ok(db.close().await?)
}
