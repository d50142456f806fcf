//! `/metrics`, on a listener of its own.

use poem::endpoint::BoxEndpoint;
use poem::http::{StatusCode, header};
use poem::{Endpoint, EndpointExt, Request, Response, Route, get};

use crate::orders::Placer;
use crate::panel::Panel;

/// The format of the text, as Prometheus names it.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Shows what is measured.
struct Measured {
    panel: Panel,
    placer: Placer,
}

/// Every route of the listener.
pub(super) fn routes(panel: &Panel, placer: Placer) -> BoxEndpoint<'static, Response> {
    let measured = Measured {
        panel: panel.clone(),
        placer,
    };
    let routes = Route::new().at("/metrics", get(measured));
    routes.map_to_response().boxed()
}

impl Endpoint for Measured {
    type Output = Response;

    async fn call(&self, _: Request) -> poem::Result<Response> {
        let waiting = self.placer.waiting();
        let text = self.panel.metrics.render(&self.panel, waiting).await;
        let response = Response::builder().header(header::CACHE_CONTROL, "no-store");
        Ok(match text {
            Some(text) => response.header(header::CONTENT_TYPE, TEXT).body(text),
            None => response.status(StatusCode::NOT_FOUND).body(()),
        })
    }
}
