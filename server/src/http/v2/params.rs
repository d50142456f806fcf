//! Requests in every encoding that resellers' software uses, as parameters: form, multipart, JSON,
//! a missing or unknown media type (read as a form), and the query, which the body wins over.

use bytes::Bytes;
use futures::stream;
use poem::Request;
use poem::http::header;

use crate::protocol::{BadBody, Params};

/// The parameters of `request`, whose `body` is there.
pub(super) async fn params(request: &Request, body: Bytes) -> Result<Params, BadBody> {
    let query = Params::from_urlencoded(request.uri().query().unwrap_or_default().as_bytes())?;
    let media = request.header(header::CONTENT_TYPE).unwrap_or_default();
    let essence = media
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let params = match essence.as_str() {
        _ if body.is_empty() => Params::default(),
        "multipart/form-data" => multipart(media, body).await?,
        "application/json" => Params::from_json(&body)?,
        // Scripts that forget the media type of a JSON body are as common as those that forget
        // that of a form.
        _ if body.trim_ascii_start().starts_with(b"{") => Params::from_json(&body)?,
        _ => Params::from_urlencoded(&body)?,
    };
    Ok(params.or(query))
}

async fn multipart(media: &str, body: Bytes) -> Result<Params, BadBody> {
    let boundary = multer::parse_boundary(media).map_err(|_| BadBody::NotMultipart)?;
    let whole = stream::iter([Ok::<Bytes, std::io::Error>(body)]);
    let mut parts = multer::Multipart::new(whole, boundary);
    let mut params = Params::default();
    while let Some(part) = parts
        .next_field()
        .await
        .map_err(|_| BadBody::NotMultipart)?
    {
        let Some(name) = part.name().map(str::to_owned) else {
            continue;
        };
        let value = part.bytes().await.map_err(|_| BadBody::NotMultipart)?;
        let value = String::from_utf8(value.to_vec()).map_err(|_| BadBody::NotUtf8)?;
        params.push(&name, value)?;
    }
    Ok(params)
}
