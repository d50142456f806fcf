//! Faces: they turn requests into operations of the nouns and results into answers, and decide
//! nothing.

use std::sync::Arc;
use std::time::Duration;

use poem::endpoint::BoxEndpoint;
use poem::error::NotFoundError;
use poem::{EndpointExt, IntoEndpoint, Response, Route};

use crate::error::{Failure, Result};
use crate::orders::Placer;
use crate::panel::Panel;

mod body;
mod compression;
pub mod documents;
mod edge;
mod listing;
mod pages;
mod v2;
mod v3;

use edge::Edge;

/// Every route of the panel.
pub fn routes(panel: &Panel, placer: Placer) -> Result<BoxEndpoint<'static, Response>> {
    let document = documents::panel()?;
    let v2 = Arc::new(v2::Face::new(panel.clone(), placer.clone()));
    let edge = Edge {
        methods: documents::methods(&document),
        limit: Duration::from_millis(panel.config.request_timeout_ms.unsigned_abs()),
        inner: v3::routes(panel, placer)
            .into_endpoint()
            .data(panel.clone()),
    };
    let text = serde_json::to_vec(&document)
        .map_err(|fault| Failure::Stored(format!("the document: {fault}")))?;
    let routes = pages::routes(Route::new(), text.into())
        // Both spellings without a redirect, which would turn a POST into a GET in many clients.
        .at("/api/v2", v2.clone())
        .at("/api/v2/", v2)
        .nest_no_strip("/api/v3", edge)
        .catch_error(|_: NotFoundError| async { edge::unknown_route() });
    Ok(routes.map_to_response().boxed())
}
