//! What a person should look at.

use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Tag;
use super::refusals::{Listing, Reading, WritingTicket};
use super::staff::Staff;
use crate::alerts::{self, AlertKind, AlertState, AlertView, Search};
use crate::clock::Time;
use crate::http::typed::paging::{cut, limit_of, number_of, page, period};
use crate::http::typed::payload::{Answer, JsonBody};
use crate::http::typed::problem::Fault;
use crate::ids::AlertId;
use crate::panel::Panel;

/// Serves the alerts.
pub(super) struct Alerts {
    pub(super) panel: Panel,
}

/// Something that a person should look at.
#[derive(Debug, Object, Serialize)]
struct Alert {
    /// Its number.
    alert_id: i64,
    /// What it is about, such as `parked`.
    kind: String,
    /// Of which thing, such as `dispatch 7`. Alerts of one kind with one cause are one, however often it
    /// is seen, until it has ended.
    cause: String,
    /// What happened, with the ids and numbers, as it was seen last.
    message: String,
    /// Where it stands.
    state: AlertState,
    /// How often it was seen.
    times_seen: i64,
    /// When it was seen first.
    created_at: Time,
    /// When it was seen last.
    last_seen_at: Time,
    /// Who of the staff has looked at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_at: Option<Time>,
    /// What they noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Time>,
}

impl From<AlertView> for Alert {
    fn from(alert: AlertView) -> Alert {
        let (acknowledged_by, acknowledged_at) = alert.acknowledged.unzip();
        Alert {
            alert_id: alert.id.0,
            kind: alert.kind,
            cause: alert.cause,
            message: alert.message,
            state: alert.state,
            times_seen: alert.times_seen,
            created_at: alert.created_at,
            last_seen_at: alert.last_seen_at,
            acknowledged_by,
            acknowledged_at,
            note: alert.note,
            ended_at: alert.ended_at,
        }
    }
}

/// A page of alerts.
#[derive(Debug, Object, Serialize)]
struct AlertPage {
    /// Newest first.
    alerts: Vec<Alert>,
    /// The `cursor` of the next page; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// That somebody has looked at an alert.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct AlertAcknowledgement {
    /// What is done about it: 1 to 2000 printable characters.
    note: Option<String>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Alerts")]
impl Alerts {
    /// List what a person should look at
    ///
    /// Newest first; filters are combined.
    #[oai(path = "/alerts", method = "get", operation_id = "alert_list")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn list(
        &self,
        _staff: Staff,
        /// Only those that stand so: `open` is what nobody has looked at.
        state: Query<Option<AlertState>>,
        /// Only those of this kind.
        kind: Query<Option<AlertKind>>,
        /// Only alerts that were seen first at this time or later.
        created_from: Query<Option<Time>>,
        /// Only alerts that were seen first before this time.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the page before.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// Alerts per page.
        #[oai(
            default = "page",
            validator(minimum(value = "1"), maximum(value = "1000"))
        )]
        limit: Query<i64>,
    ) -> Result<Answer<AlertPage>, Fault<Listing>> {
        let search = Search {
            state: state.0,
            kind: kind.0,
            created: period(created_from, created_before),
            before: cursor.0.map(|cursor| AlertId(number_of(Some(cursor)))),
        };
        let limit = limit_of(limit.0);
        let mut found = alerts::list(&self.panel.db, search, limit + 1).await?;
        let has_more = cut(&mut found, limit);
        let last = found.last().filter(|_| has_more).map(|last| last.id);
        Ok(Answer(AlertPage {
            next_cursor: last.map(|last| last.to_string()),
            alerts: found.into_iter().map(Alert::from).collect(),
        }))
    }

    /// Read an alert
    #[oai(
        path = "/alerts/:alert_id",
        method = "get",
        operation_id = "alert_view"
    )]
    async fn view(
        &self,
        _staff: Staff,
        /// The alert's number.
        alert_id: Path<i64>,
    ) -> Result<Answer<Alert>, Fault<Reading>> {
        let alert = alerts::view(&self.panel.db, AlertId(alert_id.0)).await?;
        Ok(Answer(alert.into()))
    }

    /// Acknowledge an alert
    ///
    /// Says to the rest of the staff that somebody looks after it. What merely happened ends by it. What
    /// lasts goes on as `acknowledged`, and ends when its cause does. The note is in the audit log.
    #[oai(
        path = "/alerts/:alert_id/acknowledgement",
        method = "post",
        operation_id = "alert_acknowledge"
    )]
    async fn acknowledge(
        &self,
        staff: Staff,
        /// The alert's number.
        alert_id: Path<i64>,
        body: JsonBody<AlertAcknowledgement>,
    ) -> Result<Answer<Alert>, Fault<WritingTicket>> {
        let (id, note) = (AlertId(alert_id.0), body.0.note.as_deref());
        let alert = alerts::acknowledge(&self.panel, &staff.actor, id, note).await?;
        Ok(Answer(alert.into()))
    }
}
