//! Faces: they turn requests into operations of the nouns and results into answers, and decide
//! nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::endpoint::BoxEndpoint;
use poem::error::NotFoundError;
use poem::{EndpointExt, IntoEndpoint, Response, Route, post};
use tokio::sync::watch;

use crate::error::Result;
use crate::heartbeat::Heartbeat;
use crate::metrics::Face;
use crate::orders::Placer;
use crate::panel::Panel;
use crate::provider::Client;

mod address;
mod body;
mod compression;
mod documented;
pub mod documents;
mod edge;
mod gateway;
mod health;
mod limited;
mod links;
mod listing;
mod measured;
mod operator;
mod pages;
mod seen;
mod server;
mod told;
mod typed;
mod v2;
mod v3;

use documented::DocumentedPaths;
use edge::Edge;
pub(crate) use server::{Bounds, IDLE, files_max, serve};

/// How long an operator's request may take at least: some wait for a provider.
const OPERATOR_LIMIT: Duration = Duration::from_secs(120);

/// What is served on the listener of the metrics.
pub fn metrics_routes(panel: &Panel, placer: Placer) -> BoxEndpoint<'static, Response> {
    measured::routes(panel, placer)
}

/// Every route of the panel, which says by `alive` whether it can write, and that it is not ready
/// once it stops, and which listens on `address`.
pub fn routes(
    panel: &Panel,
    placer: Placer,
    client: Client,
    alive: (Heartbeat, watch::Receiver<bool>),
    address: SocketAddr,
) -> Result<BoxEndpoint<'static, Response>> {
    let documented = Arc::new(DocumentedPaths::of(&documents::panel()?));
    let v2 = Arc::new(v2::Face::new(panel.clone(), placer.clone()));
    let routes = health::routes(Route::new(), panel, placer.clone(), alive);
    let limit = Duration::from_millis(panel.config.request_timeout_ms.unsigned_abs());
    let edge = |face, limit, inner: BoxEndpoint<'static>| Edge {
        face,
        panel: panel.clone(),
        documented: documented.clone(),
        limit,
        inner: inner.data(panel.clone()),
    };
    let callbacks = gateway::Callbacks {
        panel: panel.clone(),
    };
    let links = links::Links {
        panel: panel.clone(),
    };
    let typed = v3::routes(panel, placer.clone()).into_endpoint();
    let operator = operator::routes(panel, placer, client).into_endpoint();
    let routes = pages::routes(routes, &panel.config, address)
        // Both spellings without a redirect, which would turn a POST into a GET in many clients.
        .at("/api/v2", v2.clone())
        .at("/api/v2/", v2)
        .at("/gateway/nowpayments", post(callbacks))
        .at("/link/:token", links)
        .nest_no_strip("/api/v3", edge(Face::V3, limit, typed))
        .nest_no_strip(
            "/operator/v1",
            edge(Face::Operator, limit.max(OPERATOR_LIMIT), operator),
        )
        .catch_error(|_: NotFoundError| async { edge::unknown_route() });
    Ok(routes.map_to_response().boxed())
}
