//! Faces: they turn requests into operations of the nouns and results into answers, and decide
//! nothing.

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::http::StatusCode;
use poem::{EndpointExt, Response, Route};

use crate::orders::Placer;
use crate::panel::Panel;

mod v2;

/// Every route of the panel.
pub fn routes(panel: &Panel, placer: Placer) -> BoxEndpoint<'static, Response> {
    let v2 = Arc::new(v2::Face::new(panel.clone(), placer));
    Route::new()
        // Both spellings without a redirect, which would turn a POST into a GET in many clients.
        .at("/api/v2", v2.clone())
        .at("/api/v2/", v2)
        .catch_all_error(|fault: poem::Error| async move {
            let status = fault.status();
            let known = status.is_client_error();
            Response::builder()
                .status(if known {
                    status
                } else {
                    StatusCode::INTERNAL_SERVER_ERROR
                })
                .body(())
        })
        .map_to_response()
        .boxed()
}
