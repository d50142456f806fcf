//! `/operator/v1`: what the people who run the panel do. Only for staff: a customer's key is
//! refused and told nothing.
//!
//! The form is that of the typed API: the same errors, amounts and times. It has a section of its own
//! in the document for people, and none in that of the client library.

use std::collections::HashMap;

use poem::IntoEndpoint;
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem_openapi::registry::{MetaApi, Registry};
use poem_openapi::{OpenApi, OpenApiService, Tags};

use crate::orders::Placer;
use crate::panel::Panel;

mod me;
mod staff;

use me::Me;

/// The parts of the operator's API.
#[derive(Tags)]
enum Tag {
    /// For operators: who you are.
    #[oai(rename = "Operator")]
    Operator,
}

type Api = (Me, ());

/// What answers the operator's API.
pub(super) fn routes(
    panel: &Panel,
    _placer: Placer,
) -> impl IntoEndpoint<Endpoint = BoxEndpoint<'static>> + use<> {
    let of = || panel.clone();
    let api: Api = (Me { panel: of() }, ());
    service(api)
}

/// The document of the operator's API, as the libraries write it.
pub(super) fn document() -> String {
    service(Documented).spec()
}

fn service<T: OpenApi>(api: T) -> OpenApiService<T, ()> {
    OpenApiService::new(api, "smm-panel", env!("CARGO_PKG_VERSION"))
}

/// [`Api`] without a panel behind it: what it is documented from.
struct Documented;

impl OpenApi for Documented {
    fn meta() -> Vec<MetaApi> {
        Api::meta()
    }

    fn register(registry: &mut Registry) {
        Api::register(registry);
    }

    fn add_routes(self, _: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}
