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

use super::typed::FORM;
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

/// The groups of the operator's API.
#[derive(Tags)]
enum Tag {
    /// For staff: your own account and the confirmation of your identity.
    #[oai(rename = "Operator")]
    Operator,
    /// For staff: the services that are sold, their prices, and the providers that deliver them.
    #[oai(rename = "Operator: services")]
    Services,
    /// For staff: the provider panels to which orders are forwarded.
    #[oai(rename = "Operator: providers")]
    Providers,
    /// For staff: importing services from providers' catalogues, and following their changes.
    #[oai(rename = "Operator: catalogue")]
    Catalogue,
    /// For staff: suspended accounts, their forfeited funds, and chargebacks.
    #[oai(rename = "Operator: suspensions")]
    Suspensions,
    /// For operators: the members of the staff, their roles and passwords.
    #[oai(rename = "Operator: staff")]
    Staff,
    /// For staff: the audit log of all actions, and its verification.
    #[oai(rename = "Operator: audit log")]
    Audit,
    /// For staff: accounts, their wallets, their keys and their notices.
    #[oai(rename = "Operator: accounts")]
    Accounts,
    /// For staff: deposits, and payments that need a decision.
    #[oai(rename = "Operator: deposits")]
    Deposits,
    /// For staff: rate tiers, which add a percentage to the catalogue's rates.
    #[oai(rename = "Operator: tiers")]
    Tiers,
    /// For staff: orders of all accounts, and orders that are delivered by hand.
    #[oai(rename = "Operator: orders")]
    Orders,
    /// For staff: dispatches to providers that need a decision.
    #[oai(rename = "Operator: dispatches")]
    Dispatches,
    /// For staff: the sentences and status words of providers, what they mean, and the orders that wait on
    /// them.
    #[oai(rename = "Operator: phrases")]
    Phrases,
    /// For staff: customers' disputes about charges.
    #[oai(rename = "Operator: disputes")]
    Disputes,
    /// For staff: customers' tickets about their orders.
    #[oai(rename = "Operator: tickets")]
    Tickets,
    /// For staff: events and conditions that need attention.
    #[oai(rename = "Operator: alerts")]
    Alerts,
    /// For staff: cases of abuse that detectors opened, and the actions that were taken.
    #[oai(rename = "Operator: cases")]
    Cases,
}

/// What the document says before the form that the typed APIs share, and after it.
const ABOUT: [&str; 2] = [
    "\
The operator's API of a reseller panel for social-media marketing: what the people who run it do. \
Customers have [a document of their own](/docs), which has signing in too.

- **Key**: `Authorization: Bearer <key of staff>` on every request; the session that \
`POST /api/v3/account/sign-in` gives a member of the staff does as well. A key of staff has scopes, and \
each operation says which one it needs. Some operations want a session that was confirmed within the last \
10 minutes: by signing in, or by `operator_confirm`.
- **Roles**: support reads everything, proposes credits and refunds, and answers tickets; only operators \
change anything else.",
    "\
- **Audit log**: what is done stands in it, with who did it, from where, what was before and after, and \
the reason.
- **Lists** go a page at a time: `next_cursor` of an answer is the `cursor` of the next request.",
];

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
    let [opening, rest] = ABOUT;
    OpenApiService::new(api, "smm-panel: operator", env!("CARGO_PKG_VERSION"))
        .description([opening, FORM, rest].join("\n"))
        .license("MIT OR Apache-2.0")
        .server("/")
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
