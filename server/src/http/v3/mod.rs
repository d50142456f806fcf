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

/// What the document says in front.
const ABOUT: &str = "\
The typed API of a reseller panel for social-media marketing.

- **Key**: send `Authorization: Bearer <API key>` with every request; the session that \
`account_sign_in` gives works as well. Keys are made and changed with a session only. A key may have \
fewer scopes (`read`, `order`, `cancel`), networks from which it works, an end, and a cap on what is \
ordered with it on one day (UTC), which refunds do not give back.
- **Money** is a decimal string in USD, exact to nine places; never a binary float.
- **Times** are RFC 3339 in UTC.
- **Errors** have one body: `code` from a closed list, `message`, `request_id`, and `details` with \
the numbers. 400: the request is not of the documented form; 401, 403: the key or the signing in is \
not accepted; 402: the wallet or a cap does not cover the charge; 404: the object does not exist or is \
not yours; 409: the state of the object does not allow it; 422: a rule refuses the request; 429: too \
many requests, see `Retry-After`; 503: repeat the request later.
- **Limits**: the header `RateLimit-Policy` of every answer has the limits of the key \
(`\"add\";q=600;w=60`: 600 orders in 60 seconds), `RateLimit` has what is left. Actions cost points, \
which all count together: an order, a cancel, a refill and any other change 5, the catalogue 10, any \
other reading 1. A request over the limit is refused before anything is done.
- **Refunds** follow a published policy, enforced by code: failed or canceled = 100 %, partial = \
`(remains / total_quantity) * charge`, completed = final. A charge can be disputed within 48 hours; a \
ticket asks the panel's staff to look into an order, at any time.
- **Repeating**: place orders with an `Idempotency-Key`; after a lost answer, the same request does not \
charge a second time.";

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
    OpenApiService::new(api, "smm-panel", env!("CARGO_PKG_VERSION"))
        .description(ABOUT)
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
