//! `/api/v3`: the typed API. It says what the panel protocol cannot: why money came back, by which
//! numbers, and when.
//!
//! Every operation has one success body and one error body ([`problem`]); amounts are decimal
//! text, times RFC 3339 in UTC. The OpenAPI document is written from the types here, so it says
//! what the code does.

use std::collections::HashMap;

use poem::IntoEndpoint;
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem_openapi::registry::{MetaApi, Registry};
use poem_openapi::{OpenApi, OpenApiService, Tags};

use super::typed::FORM;
use crate::orders::Placer;
use crate::panel::Panel;

mod account;
mod api_key;
pub(super) mod deposits;
pub(super) mod disputes;
mod idempotency_key;
pub(super) mod keys;
mod new_order;
mod notices;
mod order;
mod orders;
mod recovery;
pub(super) mod refills;
pub(super) mod refunds;
mod services;
pub(super) mod tickets;
mod totp;
mod wallet;

use account::Accounts;
pub(super) use api_key::one_scheme;
use deposits::Deposits;
use disputes::Disputes;
use keys::Keys;
use notices::Notices;
use orders::Orders;
use recovery::Recovery;
use refills::Refills;
use refunds::Refunds;
use services::Services;
use tickets::Tickets;
use totp::Codes;
use wallet::Wallets;

/// The parts of the typed API.
#[derive(Tags)]
enum Tag {
    /// The catalogue lists the services that can be ordered.
    Services,
    /// Orders are placed, followed, canceled and refilled.
    Orders,
    /// Refunds say why an amount was returned, and how much.
    Refunds,
    /// A dispute says what is wrong with a charge; it is decided on the records of the panel.
    Disputes,
    /// A ticket asks the panel's staff to look into an order.
    Tickets,
    /// The wallet shows what the account has, and every movement of it.
    Wallet,
    /// Deposits bring money into the wallet.
    Deposits,
    /// An account is opened and signed in to; it has API keys, and gets notices of the panel.
    Account,
}

/// What the document says before the form that the typed APIs share, and after it.
const ABOUT: [&str; 2] = [
    "\
The typed API of a reseller panel for social-media marketing.

- **Key**: send `Authorization: Bearer <API key>` with every request; the session that \
`account_sign_in` gives works as well. Keys are made and changed with a session only. A key may have \
fewer scopes (`read`, `order`, `cancel`), networks from which it works, an end, and a cap on what is \
ordered with it on one day (UTC), which refunds do not give back.",
    "\
- **Refunds** follow a published policy, enforced by code: failed or canceled = 100 %, partial = \
`(remains / total_quantity) * charge`, completed = final. A charge can be disputed within 48 hours; a \
ticket asks the panel's staff to look into an order, at any time.
- **Repeating**: place orders with an `Idempotency-Key`; after a lost answer, the same request does not \
charge a second time.",
];

type Api = (
    (
        Services,
        Orders,
        Refills,
        Refunds,
        Disputes,
        Tickets,
        Wallets,
        Deposits,
    ),
    (Accounts, Recovery, Codes, Keys, Notices),
);

/// What answers the typed API.
pub(super) fn routes(
    panel: &Panel,
    placer: Placer,
) -> impl IntoEndpoint<Endpoint = BoxEndpoint<'static>> + use<> {
    let of = || panel.clone();
    let api: Api = (
        (
            Services::new(of()),
            Orders {
                panel: of(),
                placer,
            },
            Refills { panel: of() },
            Refunds { panel: of() },
            Disputes { panel: of() },
            Tickets { panel: of() },
            Wallets { panel: of() },
            Deposits { panel: of() },
        ),
        (
            Accounts { panel: of() },
            Recovery { panel: of() },
            Codes { panel: of() },
            Keys { panel: of() },
            Notices { panel: of() },
        ),
    );
    service(api)
}

/// The document of the typed API, as the libraries write it.
pub(super) fn document() -> String {
    service(Documented).spec()
}

fn service<T: OpenApi>(api: T) -> OpenApiService<T, ()> {
    let [opening, rest] = ABOUT;
    OpenApiService::new(api, "smm-panel", env!("CARGO_PKG_VERSION"))
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
