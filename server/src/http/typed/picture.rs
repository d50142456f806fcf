//! Pictures as bodies: what comes in is bytes, whatever they are called; what goes out is a PNG that
//! browsers save and never show as a page.

use bytes::Bytes;
use poem::http::header;
use poem::{IntoResponse, Request, RequestBody, Response};
use poem_openapi::registry::{
    MetaMediaType, MetaRequest, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions};

use super::code::Code;
use super::payload::bytes_of;
use super::problem::Problem;
use crate::error::{Error, Failure};
use crate::ids::TicketId;
use crate::panel::Panel;
use crate::tickets::{MAX_BYTES, Seat};

/// The media type of a picture that comes in: its own bytes say what it is.
const BYTES: &str = "application/octet-stream";
const PNG: &str = "image/png";

/// The largest body of `request`, in bytes: that of a picture where one is meant, else `others`.
pub(in crate::http) fn largest_body(request: &Request, others: usize) -> usize {
    let is_picture = request.header(header::CONTENT_TYPE) == Some(BYTES)
        && request.uri().path().ends_with("/screenshots");
    if is_picture { MAX_BYTES } else { others }
}

fn binary() -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary")))
}

/// A picture that comes in, within the limit.
pub(in crate::http) struct PictureBody {
    /// What was sent.
    pub(in crate::http) bytes: Bytes,
    /// Kept as long as they are.
    _seat: Seat,
}

impl<'a> ApiExtractor<'a> for PictureBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(_: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: Some("The bytes that the picture file has, at most 5242880."),
            content: vec![MetaMediaType {
                content_type: BYTES,
                schema: binary(),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<PictureBody> {
        if request.header(header::CONTENT_TYPE) != Some(BYTES) {
            return Err(Problem::new(Code::MediaTypeUnsupported).into());
        }
        let stopped = || Problem::from(Error::from(Failure::Stopped));
        let panel = request.data::<Panel>().ok_or_else(stopped)?;
        let busy = || {
            let mut busy = Problem::new(Code::Unavailable);
            busy.retry_after_s = Some(1);
            busy
        };
        let seat = panel.pictures.seat().ok_or_else(busy)?;
        Ok(PictureBody {
            bytes: bytes_of(body).await?,
            _seat: seat,
        })
    }
}

/// A picture that goes out.
pub(in crate::http) struct Picture {
    /// The name of the file that it is saved as.
    name: String,
    png: Vec<u8>,
}

impl Picture {
    /// A screenshot of a ticket.
    pub(in crate::http) fn of_ticket(ticket: TicketId, number: i64, png: Vec<u8>) -> Picture {
        Picture {
            name: format!("ticket-{ticket}-{number}.png"),
            png,
        }
    }
}

impl IntoResponse for Picture {
    fn into_response(self) -> Response {
        let saved = format!("attachment; filename=\"{}\"", self.name);
        Response::builder()
            .header(header::CONTENT_TYPE, PNG)
            .header(header::CONTENT_DISPOSITION, saved)
            .body(self.png)
    }
}

impl ApiResponse for Picture {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The picture as a PNG, which browsers save as a file.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: PNG,
                    schema: binary(),
                }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(_: &mut Registry) {}
}
