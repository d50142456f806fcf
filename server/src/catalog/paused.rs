//! Since when and why a provider is paused, from what was recorded when it was: the alert, or the audit
//! log where an operator did it.

use super::{Pause, Provider};
use crate::alerts::{self, Alert, AlertKind};
use crate::audit::{self, Deed};
use crate::clock::Time;
use crate::db::Db;
use crate::error::Result;
use crate::ids::ProviderId;

/// How many of the newest changes of a provider are looked at for who paused it.
const CHANGES: usize = 1_000;

/// When a provider was paused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseRecord {
    /// When.
    pub since: Time,
    /// What it said, or what was seen, or who did it.
    pub why: String,
}

/// Tells a person that `provider` is paused; of what an operator does nobody is told.
pub(crate) fn pause_alert(pause: Pause, provider: ProviderId, why: &str) -> Option<Alert> {
    let (kind, before) = alert_of(pause, provider)?;
    Some(Alert::new(kind, cause(provider), format!("{before}{why}")))
}

/// What alerts of a provider's pause are about.
fn cause(provider: ProviderId) -> String {
    format!("provider {provider}")
}

/// The kind of a pause's alert, and what stands before the reason in its message.
fn alert_of(pause: Pause, provider: ProviderId) -> Option<(AlertKind, String)> {
    match pause {
        Pause::Trouble => Some((
            AlertKind::ProviderTrouble,
            format!("provider {provider} is paused: "),
        )),
        Pause::CircuitOpen => Some((
            AlertKind::CircuitOpen,
            format!("nothing is sent to provider {provider} until it answers again: "),
        )),
        Pause::Unsorted => Some((
            AlertKind::UnlistedRefusal,
            format!("nothing is sent to provider {provider} until its sentences are sorted: "),
        )),
        Pause::ByOperator => None,
    }
}

/// When `provider` was paused and why; nothing if it is not, or if nothing was recorded of it.
pub async fn pause_record(db: &Db, provider: &Provider) -> Result<Option<PauseRecord>> {
    let Some(pause) = provider.pause else {
        return Ok(None);
    };
    let Some((kind, before)) = alert_of(pause, provider.id) else {
        return by_operator(db, provider.id).await;
    };
    let found = alerts::newest(db, kind, &cause(provider.id)).await?;
    Ok(found.map(|alert| PauseRecord {
        // Paused once more since somebody last looked, it is one alert.
        since: alert.last_seen_at,
        why: alert.message.trim_start_matches(&before).to_owned(),
    }))
}

/// The operator's pause that lasts: the newest change that made one of something else.
async fn by_operator(db: &Db, provider: ProviderId) -> Result<Option<PauseRecord>> {
    let filter = audit::Filter {
        subject: Some(format!("provider:{provider}")),
        deed: Some(Deed::ProviderChanged),
        ..audit::Filter::default()
    };
    let changes = audit::list(db, &filter, None, CHANGES).await?;
    let is_pause = |text: &Option<String>| {
        let json = text.as_deref().unwrap_or_default();
        let json = serde_json::from_str::<serde_json::Value>(json).unwrap_or_default();
        json["pause"] == Pause::ByOperator.word()
    };
    let mut rows = changes.into_iter().map(|change| change.row);
    let begun = rows.find(|row| is_pause(&row.became) && !is_pause(&row.was));
    Ok(begun.map(|row| PauseRecord {
        since: row.created_at,
        why: format!("by {}", row.actor),
    }))
}
