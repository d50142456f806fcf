//! What is true of the panel now that a person should look at. An alert about something that lasts is
//! ended here when that is over, and raised here where nothing that happened raises it.
//!
//! Every server looks; each step is conditional, so that two of them do nothing twice.

use std::collections::HashSet;

use sea_orm::QueryResult;

use crate::accounts;
use crate::alerts::{self, Alert, AlertKind};
use crate::db::query;
use crate::error::Result;
use crate::ids::TicketId;
use crate::panel::Panel;
use crate::tickets;

mod balances;
mod disk;
mod statements;
mod workers;

use statements::LASTING;
pub use workers::{IdleWorker, look_at_workers};

/// Something that is true now.
struct Condition {
    /// What it is about, as alerts name it.
    cause: String,
    /// What an alert says; nothing where only what happened raises one.
    message: Option<String>,
}

/// Looks at everything once: ends the alerts whose cause is over, raises those that are missing, and has
/// mails sent about what is new. Gives how many were ended, raised or mailed.
pub async fn look(panel: &Panel) -> Result<usize> {
    let mut changed = alerts::fold(&panel.db).await?;
    for (kind, sql) in LASTING {
        changed += settle(panel, kind, read(panel, sql)).await;
    }
    changed += settle(panel, AlertKind::TicketDue, tickets_due(panel)).await;
    changed += settle(panel, AlertKind::ProviderBalanceLow, balances::low(panel)).await;
    changed += settle(panel, AlertKind::DiskNearlyFull, disk::nearly_full(panel)).await;
    changed += accounts::mail_news(panel).await?;
    Ok(changed)
}

/// Holds the open alerts of a kind against what is true. What is wrong with one kind keeps no other from
/// being told. Gives how many were ended and raised.
async fn settle(
    panel: &Panel,
    kind: AlertKind,
    true_now: impl Future<Output = Result<Vec<Condition>>>,
) -> usize {
    try_settle(panel, kind, true_now)
        .await
        .unwrap_or_else(|fault| {
            let kind = kind.word();
            tracing::error!(kind, error = %fault, "alerts were not held against what is true");
            0
        })
}

/// The same, or what is wrong. What is open is read first: what was raised
/// after that stands, whatever was true before.
async fn try_settle(
    panel: &Panel,
    kind: AlertKind,
    true_now: impl Future<Output = Result<Vec<Condition>>>,
) -> Result<usize> {
    let open = alerts::open_of_kind(&panel.db, kind).await?;
    let conditions = true_now.await?;
    let causes: HashSet<&str> = conditions.iter().map(|one| one.cause.as_str()).collect();
    let over: Vec<_> = open
        .into_iter()
        .filter(|open| !causes.contains(open.cause.as_str()))
        .collect();
    let now = panel.now();
    if !over.is_empty() {
        let tx = panel.db.begin().await?;
        alerts::end(&tx, now, kind, &over).await?;
        tx.commit().await?;
    }
    let lasting = conditions.into_iter().filter_map(|one| {
        let message = one.message?;
        Some(Alert::new(kind, one.cause, message))
    });
    let raised = alerts::raise_once(&panel.db, now, lasting.collect()).await?;
    Ok(over.len() + raised)
}

async fn read(panel: &Panel, sql: &str) -> Result<Vec<Condition>> {
    let read = |row: &QueryResult| -> Result<Condition> {
        Ok(Condition {
            cause: row.try_get("", "cause")?,
            message: row.try_get("", "message")?,
        })
    };
    let rows = query(panel.db.read(), sql, []).await?;
    rows.iter().map(read).collect()
}

/// "Review processes take 24-48 hours": tickets that are not decided after the first of them.
async fn tickets_due(panel: &Panel) -> Result<Vec<Condition>> {
    let search = tickets::Search {
        due: Some(true),
        ..tickets::Search::default()
    };
    let due = tickets::list(panel, search, TicketId(0), usize::MAX).await?;
    let told = due.into_iter().map(|ticket| {
        let (id, order) = (ticket.id, ticket.order);
        let message = format!(
            "ticket {id} about order {order} has not been decided within 24 hours: \
             `smm-panel ticket show {id}`"
        );
        Condition {
            cause: format!("ticket {id}"),
            message: Some(message),
        }
    });
    Ok(told.collect())
}
