//! Who calls: `Authorization: Bearer` and a key or a session of staff. The types in a handler's signature say
//! who may call it.

use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::scopes;
use crate::accounts;
use crate::actor::{Actor, Role};
use crate::audit::{self, Deed};
use crate::error::{Error, Failure, Refusal};
use crate::http::address::client_address;
use crate::http::typed::problem::Problem;
use crate::http::typed::visit::{admitted, bearer};
use crate::ids::SessionId;
use crate::panel::Panel;

/// Anybody of the staff.
pub(super) struct Staff {
    /// Who it is.
    pub(super) who: accounts::Member,
    /// As the audit log names them.
    pub(super) actor: Actor,
}

/// An operator.
pub(super) struct Operator(pub(super) Actor);

/// An operator who has signed in, and has proved lately who they are: a key is not enough.
pub(super) struct ConfirmedOperator(pub(super) Actor);

/// Anybody of the staff who has signed in: a key is not enough.
pub(super) struct SignedIn {
    /// Who it is.
    pub(super) who: accounts::Member,
    /// As the audit log names them.
    pub(super) actor: Actor,
    /// The session.
    pub(super) session: SessionId,
}

/// The scheme's name in the document.
const SCHEME: &str = "operator_key";

macro_rules! staff_only {
    ($type:ty, $from:expr) => {
        impl<'a> ApiExtractor<'a> for $type {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
            type ParamType = ();
            type ParamRawType = ();

            fn register(registry: &mut Registry) {
                registry.create_security_scheme(SCHEME, scheme());
            }

            fn security_schemes() -> Vec<&'static str> {
                vec![SCHEME]
            }

            async fn from_request(
                request: &'a Request,
                _: &mut RequestBody,
                _: ExtractParamOptions<()>,
            ) -> poem::Result<$type> {
                let staff = authenticate(request).await.map_err(Problem::from)?;
                let who = &staff.who;
                admitted(request, who.account, who.proof, who.holder)?;
                Ok($from(request, staff).await.map_err(Problem::from)?)
            }
        }
    };
}

staff_only!(Staff, anybody);
staff_only!(Operator, operator);
staff_only!(ConfirmedOperator, confirmed_operator);
staff_only!(SignedIn, signed_in);

fn scheme() -> MetaSecurityScheme {
    MetaSecurityScheme {
        ty: "http",
        description: Some(
            "A key of staff or the session of a member of the staff as a bearer token: \
             `Authorization: Bearer smp_op_...`. `POST /api/v3/account/sign-in` gives a session.",
        ),
        name: None,
        key_in: None,
        scheme: Some("bearer"),
        bearer_format: Some("smp_op_ or smp_session_ and 36 letters and digits"),
        flows: None,
        openid_connect_url: None,
    }
}

#[expect(clippy::unused_async, reason = "its sibling writes to the audit log")]
async fn anybody(_: &Request, staff: Staff) -> Result<Staff, Error> {
    Ok(staff)
}

async fn operator(request: &Request, staff: Staff) -> Result<Operator, Error> {
    if staff.who.role == Role::Operator {
        return Ok(Operator(staff.actor));
    }
    let panel = request.data::<Panel>().ok_or(Failure::Stopped)?;
    let asked = format!("{} {}", request.method(), request.original_uri().path());
    audit::record(panel, &staff.actor, Deed::Forbidden, &asked).await?;
    Err(Refusal::Forbidden.into())
}

async fn confirmed_operator(request: &Request, staff: Staff) -> Result<ConfirmedOperator, Error> {
    let Operator(actor) = operator(request, staff).await?;
    let panel = request.data::<Panel>().ok_or(Failure::Stopped)?;
    actor.only_confirmed(panel.now())?;
    Ok(ConfirmedOperator(actor))
}

#[expect(clippy::unused_async, reason = "its sibling writes to the audit log")]
async fn signed_in(_: &Request, staff: Staff) -> Result<SignedIn, Error> {
    Ok(SignedIn {
        session: staff.who.proof.session()?,
        who: staff.who,
        actor: staff.actor,
    })
}

async fn authenticate(request: &Request) -> Result<Staff, Error> {
    let (panel, credential) = bearer(request)?;
    let path = request.original_uri().path();
    let need = scopes::needed(request.method(), path).ok_or_else(|| {
        let method = request.method();
        Failure::Stored(format!("no scope is known for {method} {path}"))
    })?;
    let who = accounts::authenticate_staff(panel, credential, need).await?;
    let address = client_address(request, &panel.config.trusted_proxies);
    let actor = Actor::account(who.account, who.role, address);
    let actor = match who.confirmed_at {
        Some(confirmed_at) => actor.by_session(confirmed_at),
        None => actor.by_key(who.action_limit),
    };
    Ok(Staff { who, actor })
}
