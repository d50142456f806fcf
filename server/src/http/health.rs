//! `/health/live` and `/health/ready`, for service managers and load balancers: closed words only,
//! no key, and nothing of what a fault said.

use std::time::Duration;

use poem::http::{StatusCode, header};
use poem::{Endpoint, Request, Response, Route, endpoint, get};
use serde_json::json;
use tokio::sync::watch;

use crate::batcher::Condition;
use crate::db::OpenError;
use crate::heartbeat::{Heartbeat, Writes};
use crate::orders::{self, Placer};
use crate::panel::Panel;

/// How long the database has for its answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Says whether this server can take requests.
struct Ready {
    panel: Panel,
    placer: Placer,
    heartbeat: Heartbeat,
    stopping: watch::Receiver<bool>,
}

/// Adds the two to `routes`. The panel is not ready any more once `stopping` is true.
pub(super) fn routes(
    routes: Route,
    panel: &Panel,
    placer: Placer,
    (heartbeat, stopping): (Heartbeat, watch::Receiver<bool>),
) -> Route {
    let live = endpoint::make_sync(|_| answer(StatusCode::OK, &json!({"status": "live"})));
    let ready = Ready {
        panel: panel.clone(),
        placer,
        heartbeat,
        stopping,
    };
    routes
        .at("/health/live", get(live))
        .at("/health/ready", get(ready))
}

impl Endpoint for Ready {
    type Output = Response;

    async fn call(&self, _: Request) -> poem::Result<Response> {
        let stopping = if *self.stopping.borrow() { "yes" } else { "no" };
        let batcher = match self.placer.condition() {
            Condition::Open => "ok",
            Condition::Full => "full",
            Condition::Ended => "ended",
        };
        let asked = tokio::time::timeout(PATIENCE, self.database());
        let (asked, written) = tokio::join!(asked, self.heartbeat.beat(PATIENCE));
        let (database, migrations) = asked.unwrap_or(("unreachable", "unchecked"));
        let writes = match written {
            Writes::Ok => "ok",
            Writes::Failing => "failing",
        };
        let said = [database, writes, migrations, batcher];
        let is_ready = stopping == "no" && said.iter().all(|word| *word == "ok");
        let (code, status) = if is_ready {
            (StatusCode::OK, "ready")
        } else {
            tracing::debug!(stopping, batcher, database, writes, migrations, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not_ready")
        };
        let body = json!({
            "status": status,
            "database": database,
            "writes": writes,
            "migrations": migrations,
            "batcher": batcher,
            "stopping": stopping,
        });
        Ok(answer(code, &body))
    }
}

impl Ready {
    /// Whether the database answers, and whether its schema is this program's.
    async fn database(&self) -> (&'static str, &'static str) {
        let db = &self.panel.db;
        if db.answers().await.is_err() {
            return ("unreachable", "unchecked");
        }
        let migrations = match db.pending_now().await {
            // Until the orders have the keys of its own rules of links it places none.
            Ok(0) => match orders::has_keys_of_now(db).await {
                Ok(true) => "ok",
                Ok(false) => "unknown",
                Err(_) => "unchecked",
            },
            Ok(_) | Err(OpenError::Older(_)) => "pending",
            Err(OpenError::Newer(_)) => "unknown",
            Err(
                OpenError::Scheme
                | OpenError::Missing(_)
                | OpenError::Unreachable(_)
                | OpenError::Refused { .. },
            ) => "unchecked",
        };
        ("ok", migrations)
    }
}

fn answer(code: StatusCode, body: &serde_json::Value) -> Response {
    Response::builder()
        .status(code)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CACHE_CONTROL, "no-store")
        .body(body.to_string())
}
