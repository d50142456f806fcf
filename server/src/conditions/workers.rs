//! Workers that stand still. Only their own server knows that; of a server that is gone nothing stands
//! still any more.

use crate::alerts::{self, Alert, AlertKind};
use crate::error::Result;
use crate::heartbeat;
use crate::panel::Panel;

/// A worker that has not ended a step for longer than one may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdleWorker {
    /// Its name.
    pub name: &'static str,
    /// For how many minutes.
    pub minutes: u64,
}

/// Holds the open alerts about workers against the workers of `server` that stand still, and against the
/// servers that there are. Gives how many were ended and raised.
pub async fn look_at_workers(
    panel: &Panel,
    server: &str,
    standing_still: &[IdleWorker],
) -> Result<usize> {
    let kind = AlertKind::WorkerStandsStill;
    let open = alerts::open_of_kind(&panel.db, kind).await?;
    let servers = heartbeat::list_servers(&panel.db).await?;
    let still: Vec<String> = standing_still
        .iter()
        .map(|worker| cause_of(server, worker.name))
        .collect();
    let lasts = |cause: &str| match server_of(cause) {
        Some(of) if of == server => still.iter().any(|one| one == cause),
        Some(of) => servers.iter().any(|known| known == of),
        None => false,
    };
    let over: Vec<_> = open.into_iter().filter(|one| !lasts(&one.cause)).collect();
    let now = panel.now();
    if !over.is_empty() {
        let tx = panel.db.begin().await?;
        alerts::end(&tx, now, kind, &over).await?;
        tx.commit().await?;
    }
    let alerts = standing_still.iter().map(|IdleWorker { name, minutes }| {
        let message = format!(
            "the worker {name} of server {server} has ended no step for {minutes} minutes: its log says \
             what it fails on; restarting that server loses nothing"
        );
        Alert::new(kind, cause_of(server, name), message)
    });
    let raised = alerts::raise_once(&panel.db, now, alerts.collect()).await?;
    Ok(over.len() + raised)
}

fn cause_of(server: &str, worker: &str) -> String {
    format!("server {server}, worker {worker}")
}

/// The server of a cause.
fn server_of(cause: &str) -> Option<&str> {
    let (server, _) = cause.strip_prefix("server ")?.split_once(", worker ")?;
    Some(server)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_names_its_server() {
        assert_eq!(server_of(&cause_of("5f3a", "mail")), Some("5f3a"));
        assert_eq!(server_of("worker mail"), None);
    }
}
