//! Large answers that are the same for many requests: compressed once, and sent in pieces.

use std::io::{Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use futures::stream;
use poem::http::header;
use poem::{Body, Request, Response};

use crate::error::{Failure, Result};

/// The size of a piece of a large answer, in bytes.
const PIECE: usize = 32 * 1024;

/// A text as it is and compressed.
pub(super) struct Compressed {
    plain: Bytes,
    gzip: Bytes,
}

impl Compressed {
    /// Compresses `text`.
    pub(super) fn new(text: impl Into<Bytes>) -> Result<Compressed> {
        let plain = text.into();
        let gzip = compress(&plain)
            .map_err(|fault| Failure::Stored(format!("an answer not compressed: {fault}")))?;
        Ok(Compressed {
            plain,
            gzip: gzip.into(),
        })
    }

    /// `response` with the text as its body; compressed for a client that `zips`.
    pub(super) fn send(&self, mut response: Response, zips: bool) -> Response {
        let headers = response.headers_mut();
        headers.insert(
            header::VARY,
            header::HeaderValue::from_static("accept-encoding"),
        );
        if zips {
            let gzip = header::HeaderValue::from_static("gzip");
            headers.insert(header::CONTENT_ENCODING, gzip);
            in_pieces(response, &self.gzip)
        } else {
            in_pieces(response, &self.plain)
        }
    }
}

/// `response` with a body that is shared with other answers: each connection copies one piece of
/// it at a time, not the whole.
fn in_pieces(mut response: Response, bytes: &Bytes) -> Response {
    let whole = bytes.clone();
    let starts = (0..whole.len()).step_by(PIECE);
    let pieces = starts.map(move |start| {
        let end = whole.len().min(start + PIECE);
        Ok::<Bytes, std::io::Error>(whole.slice(start..end))
    });
    response.set_body(Body::from_bytes_stream(stream::iter(pieces)));
    let length = header::HeaderValue::from(bytes.len());
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length);
    response
}

/// Whether the client takes gzip.
pub(super) fn accepts_gzip(request: &Request) -> bool {
    let accepted = request.header(header::ACCEPT_ENCODING).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("gzip") && quality.trim() != "q=0"
    })
}

/// `bytes` as gzip.
pub(super) fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// What `gzip` holds.
pub(super) fn decompress(gzip: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut bytes)?;
    Ok(bytes)
}
