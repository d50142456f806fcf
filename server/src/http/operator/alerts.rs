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

/// An alert: something that a member of the staff should look at.
#[derive(Debug, Object, Serialize)]
struct Alert {
    /// The number of the alert, unique in this panel.
    alert_id: i64,
    /// The kind of the alert, such as `parked`; the parameter `kind` of `alert_list` lists all kinds.
    kind: String,
    /// The object that the alert is about, such as `dispatch 7`. Until an alert has ended, there is only one
    /// for each kind and cause.
    cause: String,
    /// What happened, with its numbers, as of `last_seen_at`.
    message: String,
    /// The state of the alert: `open`, `acknowledged` or `ended`.
    state: AlertState,
    /// How often the cause of the alert was seen.
    times_seen: i64,
    /// When the cause was first seen, UTC.
    created_at: Time,
    /// When the cause was last seen, UTC.
    last_seen_at: Time,
    /// Who acknowledged the alert, such as `operator:3`; absent if nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_by: Option<String>,
    /// When the alert was acknowledged, UTC; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_at: Option<Time>,
    /// The note that was given with the acknowledgement; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// When the alert ended, UTC; absent while it has not ended.
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

/// One page of the list of alerts.
#[derive(Debug, Object, Serialize)]
struct AlertPage {
    /// The alerts of this page, newest first.
    alerts: Vec<Alert>,
    /// The `cursor` of the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The acknowledgement of an alert by a member of the staff.
#[derive(Debug, Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct AlertAcknowledgement {
    /// What is done about the alert: 1 to 2000 printable characters. It can be left out.
    note: Option<String>,
}

#[OpenApi(prefix_path = "/operator/v1", tag = "Tag::Alerts")]
impl Alerts {
    /// List alerts
    ///
    /// Newest first. Filters are combined.
    #[oai(path = "/alerts", method = "get", operation_id = "alert_list")]
    #[expect(clippy::too_many_arguments, reason = "one per filter")]
    async fn list(
        &self,
        _staff: Staff,
        /// Lists only alerts in this state: `open` alerts are those that nobody has acknowledged.
        state: Query<Option<AlertState>>,
        /// Lists only alerts of this kind.
        kind: Query<Option<AlertKind>>,
        /// Lists only alerts that were first seen at this time or later, UTC.
        created_from: Query<Option<Time>>,
        /// Lists only alerts that were first seen before this time, UTC.
        created_before: Query<Option<Time>>,
        /// The `next_cursor` of the previous page; absent for the first page.
        #[oai(validator(pattern = "^[0-9]{1,15}$"))]
        cursor: Query<Option<String>>,
        /// The maximum number of alerts in a page, from 1 to 1000; 100 if it is absent.
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
    ///
    /// Includes who acknowledged it, and the note.
    #[oai(
        path = "/alerts/:alert_id",
        method = "get",
        operation_id = "alert_view"
    )]
    async fn view(
        &self,
        _staff: Staff,
        /// The number of the alert, which `alert_list` gives as `alert_id`.
        alert_id: Path<i64>,
    ) -> Result<Answer<Alert>, Fault<Reading>> {
        let alert = alerts::view(&self.panel.db, AlertId(alert_id.0)).await?;
        Ok(Answer(alert.into()))
    }

    /// Acknowledge an alert
    ///
    /// Shows the rest of the staff that somebody works on it. An alert about a single event ends with the
    /// acknowledgement. An alert about a lasting condition becomes `acknowledged`, and ends when the
    /// condition ends. The audit log keeps the note.
    #[oai(
        path = "/alerts/:alert_id/acknowledgement",
        method = "post",
        operation_id = "alert_acknowledge"
    )]
    async fn acknowledge(
        &self,
        staff: Staff,
        /// The number of the alert, which `alert_list` gives as `alert_id`.
        alert_id: Path<i64>,
        body: JsonBody<AlertAcknowledgement>,
    ) -> Result<Answer<Alert>, Fault<WritingTicket>> {
        let (id, note) = (AlertId(alert_id.0), body.0.note.as_deref());
        let alert = alerts::acknowledge(&self.panel, &staff.actor, id, note).await?;
        Ok(Answer(alert.into()))
    }
}
