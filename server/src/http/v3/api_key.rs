//! Who calls: `Authorization: Bearer` and an API key or a session, looked up on every request before
//! anything else of it is read. The type in a handler's signature says what it must be good for.

use std::marker::PhantomData;

use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::{Value, json};

use crate::accounts::{self, Caller, Member, Scope};
use crate::actor::Actor;
use crate::error::{Error, Failure};
use crate::http::address::client_address;
use crate::http::documents::{each_operation, remark};
use crate::http::typed::problem::Problem;
use crate::http::typed::visit::{admitted, bearer};
use crate::ids::{AccountId, SessionId};
use crate::panel::Panel;

/// What a handler needs a key for.
pub(super) trait Need: Send + Sync + 'static {
    /// The scope that the key must have.
    const SCOPE: Scope;
}

/// Reading.
pub(super) struct Reads;

/// Placing orders and asking for refills.
pub(super) struct Places;

/// Canceling orders.
pub(super) struct Cancels;

impl Need for Reads {
    const SCOPE: Scope = Scope::Read;
}

impl Need for Places {
    const SCOPE: Scope = Scope::Order;
}

impl Need for Cancels {
    const SCOPE: Scope = Scope::Cancel;
}

/// A customer, by a key that is good for `N`, or by a session.
pub(super) struct ApiKey<N>(pub(super) Caller, PhantomData<N>);

/// Anybody with an account, customer or staff, by a key that is good for reading or by a session.
pub(super) struct Anybody(pub(super) AccountId);

/// Anybody who has signed in: a key is not enough.
pub(super) struct SignedIn {
    /// Who it is.
    pub(super) who: Member,
    /// As the audit log names them.
    pub(super) actor: Actor,
    /// The session.
    pub(super) session: SessionId,
}

/// The names of the schemes in the document.
const KEY_SCHEME: &str = "api_key";
const SESSION_SCHEME: &str = "session";

macro_rules! bearer_of {
    ([$($generics:tt)*] $type:ty, $scheme:ident, $($from:tt)+) => {
        impl<'a, $($generics)*> ApiExtractor<'a> for $type {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
            type ParamType = ();
            type ParamRawType = ();

            fn register(registry: &mut Registry) {
                registry.create_security_scheme($scheme, scheme($scheme));
            }

            fn security_schemes() -> Vec<&'static str> {
                vec![$scheme]
            }

            async fn from_request(
                request: &'a Request,
                _: &mut RequestBody,
                _: ExtractParamOptions<()>,
            ) -> poem::Result<$type> {
                Ok($($from)+(request).await?)
            }
        }
    };
}

bearer_of!([N: Need] ApiKey<N>, KEY_SCHEME, customer);
bearer_of!([] Anybody, KEY_SCHEME, anybody);
bearer_of!([] SignedIn, SESSION_SCHEME, signed_in);

/// One scheme in place of two: keys and sessions are sent alike, so whoever has given one of them to a
/// reader of the document has given it for every operation. Where a key is not enough, the operation says so.
pub(in crate::http) fn one_scheme(document: &mut Value) {
    let security = |scheme: &str| json!([{ scheme: [] }]);
    each_operation(document, &|operation| {
        if operation.get("security") == Some(&security(SESSION_SCHEME)) {
            operation.insert("security".to_owned(), security(KEY_SCHEME));
            remark(
                operation,
                "An API key is not enough: authorize with the session that `account_sign_in` gives.",
            );
        }
    });
    let schemes = document.pointer_mut("/components/securitySchemes");
    if let Some(schemes) = schemes.and_then(Value::as_object_mut) {
        schemes.remove(SESSION_SCHEME);
    }
}

fn scheme(name: &str) -> MetaSecurityScheme {
    let (description, format) = if name == KEY_SCHEME {
        (
            "Your API key is sent as a bearer token: `Authorization: Bearer smp_live_...`. The session \
             that `account_sign_in` gives works as well, and may do everything.",
            "smp_live_ or smp_session_ and 36 letters and digits",
        )
    } else {
        (
            "The session that `account_sign_in` gave is sent as a bearer token: `Authorization: Bearer \
             smp_session_...`. An API key is not enough.",
            "smp_session_ and 36 letters and digits",
        )
    };
    MetaSecurityScheme {
        ty: "http",
        description: Some(description),
        name: None,
        key_in: None,
        scheme: Some("bearer"),
        bearer_format: Some(format),
        flows: None,
        openid_connect_url: None,
    }
}

async fn customer<N: Need>(request: &Request) -> Result<ApiKey<N>, Problem> {
    let (panel, credential) = bearer(request)?;
    let caller = accounts::authenticate(panel, credential, N::SCOPE).await?;
    admitted(request, caller.account, caller.proof, caller.holder)?;
    Ok(ApiKey(caller, PhantomData))
}

async fn anybody(request: &Request) -> Result<Anybody, Problem> {
    Ok(Anybody(member(request).await?.account))
}

async fn signed_in(request: &Request) -> Result<SignedIn, Problem> {
    let who = member(request).await?;
    let panel = request
        .data::<Panel>()
        .ok_or_else(|| Error::from(Failure::Stopped))?;
    let address = client_address(request, &panel.config.trusted_proxies);
    let actor = Actor::account(who.account, who.role, address);
    Ok(SignedIn {
        actor: match who.confirmed_at {
            Some(confirmed_at) => actor.by_session(confirmed_at),
            None => actor,
        },
        session: who.proof.session().map_err(Error::from)?,
        who,
    })
}

async fn member(request: &Request) -> Result<Member, Problem> {
    let (panel, credential) = bearer(request)?;
    let who = accounts::authenticate_member(panel, credential, Scope::Read).await?;
    admitted(request, who.account, who.proof, who.holder)?;
    Ok(who)
}
