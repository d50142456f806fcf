//! Bodies: what comes in is read strictly, with an error that names the place; what goes out is
//! written without a detour over a tree of values.

use bytes::Bytes;
use poem::http::{StatusCode, header};
use poem::{IntoResponse, Request, RequestBody, Response};
use poem_openapi::registry::{
    MetaMediaType, MetaRequest, MetaResponse, MetaResponses, MetaSchemaRef, Registry,
};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::code::Code;
use super::fault_words::in_plain_words;
use super::objects::Objects;
use super::problem::Problem;

const JSON: &str = "application/json";

/// A JSON body that is exactly a `T`: unknown fields are refused by name.
pub(in crate::http) struct JsonBody<T>(pub(in crate::http) T);

impl<'a, T: Type + DeserializeOwned> ApiExtractor<'a> for JsonBody<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: JSON,
                schema: T::schema_ref(),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<JsonBody<T>> {
        require_json(request)?;
        Ok(JsonBody(parse(&bytes_of(body).await?)?))
    }
}

/// The same where everything in it may be absent: an empty body is one without any field.
pub(in crate::http) struct OptionalJsonBody<T>(pub(in crate::http) T);

impl<'a, T: Type + DeserializeOwned + Default> ApiExtractor<'a> for OptionalJsonBody<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let meta = JsonBody::<T>::request_meta()?;
        Some(MetaRequest {
            required: false,
            ..meta
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<OptionalJsonBody<T>> {
        let bytes = bytes_of(body).await?;
        if bytes.is_empty() {
            return Ok(OptionalJsonBody(T::default()));
        }
        require_json(request)?;
        Ok(OptionalJsonBody(parse(&bytes)?))
    }
}

/// Refuses a body that does not say that it is JSON.
fn require_json(request: &Request) -> Result<(), Problem> {
    let media = request.header(header::CONTENT_TYPE).unwrap_or_default();
    let essence = media.split(';').next().unwrap_or_default().trim();
    match essence.eq_ignore_ascii_case(JSON) {
        true => Ok(()),
        false => Err(Problem::new(Code::MediaTypeUnsupported)),
    }
}

/// The body, which the edge has read.
pub(super) async fn bytes_of(body: &mut RequestBody) -> poem::Result<Bytes> {
    let bytes = body.take()?.into_bytes().await;
    Ok(bytes.map_err(|_| Problem::new(Code::RequestInvalid))?)
}

/// Reads JSON; the error says where it is not what it should be.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(Objects(&mut json)).map_err(|fault| {
        let path = fault.path().to_string();
        let place = if path == "." || path.ends_with('?') {
            ""
        } else {
            &path
        };
        Problem::invalid(place, said_of(fault.inner()))
    })?;
    json.end()
        .map_err(|fault| Problem::invalid("", said_of(&fault)))?;
    Ok(read)
}

/// What is wrong with a body. Where it is no JSON, the line and the column say where; where a value is
/// not the documented one, the path of its field does.
fn said_of(fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    let what = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(what, _)| what);
    match fault.classify() {
        Category::Data => format!("the body is not as documented: {}", in_plain_words(what)),
        Category::Syntax | Category::Eof | Category::Io => {
            let (line, column) = (fault.line(), fault.column());
            format!("the body is not JSON (line {line}, column {column}): {what}")
        }
    }
}

/// A JSON answer with the status `STATUS`.
pub(in crate::http) struct Answer<T, const STATUS: u16 = 200>(pub(in crate::http) T);

impl<T: Serialize, const STATUS: u16> IntoResponse for Answer<T, STATUS>
where
    T: Send,
{
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(json) => Response::builder()
                .status(StatusCode::from_u16(STATUS).unwrap_or_default())
                .header(header::CONTENT_TYPE, JSON)
                .body(json),
            Err(fault) => {
                tracing::error!(face = "v3", error = %fault, "an answer was not written");
                Problem::new(Code::Internal).into_response()
            }
        }
    }
}

impl<T: Type, const STATUS: u16> ApiResponse for Answer<T, STATUS> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![success(STATUS, T::schema_ref())],
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// How a success is documented.
pub(in crate::http) fn success(status: u16, schema: MetaSchemaRef) -> MetaResponse {
    MetaResponse {
        description: "The request succeeded; the body is its result.",
        status: Some(status),
        status_range: None,
        content: vec![MetaMediaType {
            content_type: JSON,
            schema,
        }],
        headers: Vec::new(),
    }
}
