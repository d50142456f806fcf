//! The header `Idempotency-Key`: a name of the client's for an order, by which a request can be
//! repeated without placing a second one.

use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaParamIn, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::http::typed::problem::Problem;

/// The header's name.
pub(super) const NAME: &str = "Idempotency-Key";
/// Printable ASCII; a space only inside, because HTTP drops it at the ends.
const PATTERN: &str = "^[!-~]([ -~]{0,62}[!-~])?$";

/// The key of a request, if it has one. One that cannot be read is refused: to take it for none
/// would place an order that cannot be repeated.
pub(super) struct IdempotencyKey(pub(super) Option<String>);

impl<'a> ApiExtractor<'a> for IdempotencyKey {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = String;
    type ParamRawType = String;

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(MetaSchemaRef::Inline(Box::new(MetaSchema {
            pattern: Some(PATTERN.to_owned()),
            ..MetaSchema::new("string")
        })))
    }

    async fn from_request(
        request: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<String>,
    ) -> poem::Result<IdempotencyKey> {
        let mut sent = request.headers().get_all(NAME).iter();
        let key = match (sent.next(), sent.next()) {
            (None, _) => return Ok(IdempotencyKey(None)),
            (Some(one), None) => one.to_str().ok().filter(|key| is_key(key)),
            (Some(_), Some(_)) => None,
        };
        let message = || format!("{NAME} must be one name of 1 to 64 printable ASCII characters");
        let key = key.ok_or_else(|| Problem::invalid(NAME, message()))?;
        Ok(IdempotencyKey(Some(key.to_owned())))
    }
}

fn is_key(text: &str) -> bool {
    let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    printable && (1..=64).contains(&text.len()) && text.trim() == text
}
