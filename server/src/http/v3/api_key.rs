//! Who calls: `Authorization: Bearer <API key>`, looked up on every request before anything else
//! of it is read.

use poem::http::header;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::accounts::{self, Caller, TokenDigest, TokenKind};
use crate::error::{Error, Failure, Refusal};
use crate::http::edge::note_account;
use crate::http::typed::problem::Problem;
use crate::panel::Panel;

/// The caller, by the key of the request.
pub(super) struct ApiKey(pub(super) Caller);

/// The scheme's name in the document.
const SCHEME: &str = "api_key";

impl<'a> ApiExtractor<'a> for ApiKey {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        let scheme = MetaSecurityScheme {
            ty: "http",
            description: Some(
                "Your API key as a bearer token: `Authorization: Bearer smp_live_...`",
            ),
            name: None,
            key_in: None,
            scheme: Some("bearer"),
            bearer_format: Some("smp_live_ and 36 letters and digits"),
            flows: None,
            openid_connect_url: None,
        };
        registry.create_security_scheme(SCHEME, scheme);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![SCHEME]
    }

    async fn from_request(
        request: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<ApiKey> {
        let caller = authenticate(request).await.map_err(Problem::from)?;
        note_account(request, caller.account);
        Ok(ApiKey(caller))
    }
}

async fn authenticate(request: &Request) -> Result<Caller, Error> {
    let panel = request.data::<Panel>().ok_or(Failure::Stopped)?;
    let header = request.header(header::AUTHORIZATION).unwrap_or_default();
    let (scheme, key) = header.split_once(' ').ok_or(Refusal::KeyInvalid)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::KeyInvalid.into());
    }
    let digest = TokenDigest::of(&panel.secrets, key.trim(), &[TokenKind::Key])?;
    accounts::authenticate(&panel.db, digest).await
}
