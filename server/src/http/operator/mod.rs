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
use crate::provider::Client;

mod accounts;
mod adjustments;
mod alerts;
mod amounts;
mod audit_log;
mod cases;
mod catalog;
mod corrections;
mod count_checks;
mod deposits;
mod dispatches;
mod disputes;
mod invitations;
mod keys;
mod manual;
mod me;
mod notices;
mod order;
mod orders;
mod personal;
mod phrases;
mod providers;
mod reason;
mod refills;
mod refusals;
mod remarks;
pub(super) mod scopes;
mod services;
mod staff;
mod staffing;
mod suspensions;
mod tickets;
mod tiers;

use accounts::Accounts;
use adjustments::Adjustments;
use alerts::Alerts;
use audit_log::AuditLog;
use cases::Cases;
use catalog::Catalogue;
use corrections::Corrections;
use count_checks::CountChecks;
use deposits::Deposits;
use dispatches::Dispatches;
use disputes::Disputes;
use invitations::Invitations;
use keys::Keys;
use manual::Manual;
use me::Me;
use orders::Orders;
use personal::Personal;
use phrases::Phrases;
use providers::Providers;
use refills::Refills;
use services::Services;
use staffing::Staffing;
use suspensions::Suspensions;
use tickets::Tickets;
use tiers::Tiers;

/// The parts of the operator's API.
#[derive(Tags)]
enum Tag {
    /// For operators: who you are.
    #[oai(rename = "Operator")]
    Operator,
    /// For operators: what is sold, at which price, and by whom it is delivered.
    #[oai(rename = "Operator: services")]
    Services,
    /// For operators: the panels that orders are forwarded to.
    #[oai(rename = "Operator: providers")]
    Providers,
    /// For operators: selling what providers sell, and what changed there.
    #[oai(rename = "Operator: catalogue")]
    Catalogue,
    /// For operators: accounts that are stopped, and what they forfeit.
    #[oai(rename = "Operator: suspensions")]
    Suspensions,
    /// For operators: the people who run the panel.
    #[oai(rename = "Operator: staff")]
    Staff,
    /// For operators: what was done, and by whom.
    #[oai(rename = "Operator: audit log")]
    Audit,
    /// For operators: accounts, their wallets, and what they are told.
    #[oai(rename = "Operator: accounts")]
    Accounts,
    /// For operators: what arrived, and what has to be decided about it.
    #[oai(rename = "Operator: deposits")]
    Deposits,
    /// For operators: price lists of their own.
    #[oai(rename = "Operator: tiers")]
    Tiers,
    /// For operators: anybody's orders, and those that are delivered by hand.
    #[oai(rename = "Operator: orders")]
    Orders,
    /// For operators: what only a person can find out.
    #[oai(rename = "Operator: dispatches")]
    Dispatches,
    /// For operators: what providers say, what it means, and what waits on it.
    #[oai(rename = "Operator: phrases")]
    Phrases,
    /// For operators: what customers say is wrong about a charge.
    #[oai(rename = "Operator: disputes")]
    Disputes,
    /// For operators: what customers ask about their orders.
    #[oai(rename = "Operator: tickets")]
    Tickets,
    /// For operators: what a person should look at.
    #[oai(rename = "Operator: alerts")]
    Alerts,
    /// For operators: what detectors of abuse have found, and what was done about it.
    #[oai(rename = "Operator: cases")]
    Cases,
}

/// What is sold and who delivers it; accounts and money; orders.
type Api = (
    (Me, Staffing, Invitations, Alerts),
    (Services, Providers, Catalogue),
    (
        (Accounts, Keys, Personal),
        (Adjustments, Corrections),
        Deposits,
        Tiers,
        Suspensions,
        AuditLog,
        Cases,
    ),
    (
        Orders,
        CountChecks,
        Manual,
        (Dispatches, Phrases),
        Disputes,
        Tickets,
        Refills,
    ),
);

/// A panel, and what asks its providers.
#[derive(Clone)]
struct Asks {
    panel: Panel,
    client: Client,
}

/// What answers the operator's API.
pub(super) fn routes(
    panel: &Panel,
    _placer: Placer,
    client: Client,
) -> impl IntoEndpoint<Endpoint = BoxEndpoint<'static>> + use<> {
    let of = || panel.clone();
    let asks = || Asks {
        panel: panel.clone(),
        client: client.clone(),
    };
    let api: Api = (
        (
            Me { panel: of() },
            Staffing { panel: of() },
            Invitations { panel: of() },
            Alerts { panel: of() },
        ),
        (Services(asks()), Providers(asks()), Catalogue(asks())),
        (
            (
                Accounts { panel: of() },
                Keys { panel: of() },
                Personal { panel: of() },
            ),
            (Adjustments { panel: of() }, Corrections { panel: of() }),
            Deposits { panel: of() },
            Tiers { panel: of() },
            Suspensions { panel: of() },
            AuditLog { panel: of() },
            Cases { panel: of() },
        ),
        (
            Orders { panel: of() },
            CountChecks { panel: of() },
            Manual { panel: of() },
            (Dispatches { panel: of() }, Phrases { panel: of() }),
            Disputes { panel: of() },
            Tickets { panel: of() },
            Refills { panel: of() },
        ),
    );
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
