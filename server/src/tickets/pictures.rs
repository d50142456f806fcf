//! Screenshots, drawn anew: what is kept is a PNG of the panel's own making, which has the picture that
//! was sent and nothing else of it: no metadata (phones write where they are), no bytes behind the
//! end, nothing that is another format as well.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Failure, Refusal, Result};

/// The largest screenshot, in bytes, as it is sent and as it is kept.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;

/// The largest one in pixels.
const MAX_PIXELS: u64 = 25_000_000;

/// What a picture may take when it is decoded, in bytes.
const MAX_MEMORY: u64 = 128 * 1024 * 1024;

/// How many are drawn at the same time: each takes a core, and its memory.
const TURNS: usize = 1;

/// How many may be under way at the same time, on the wire or waiting for their turn.
const SEATS: usize = 16;

/// What can be taken.
const EXPECTED: &str = "a whole PNG, JPEG or WebP picture of at most 25 million pixels (with 16 bits \
                        a channel, 16 million)";

/// Draws pictures anew, one at a time. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pictures {
    turns: Arc<Semaphore>,
    seats: Arc<Semaphore>,
}

/// The right to bring one picture, as long as it is kept.
pub(crate) struct Seat {
    _permit: OwnedSemaphorePermit,
}

impl Pictures {
    pub(crate) fn new() -> Pictures {
        Pictures {
            turns: Arc::new(Semaphore::new(TURNS)),
            seats: Arc::new(Semaphore::new(SEATS)),
        }
    }

    /// A seat for one picture, unless all are taken: so many bodies are in memory, and no more.
    pub(crate) fn seat(&self) -> Option<Seat> {
        let permit = self.seats.clone().try_acquire_owned().ok()?;
        Some(Seat { _permit: permit })
    }

    /// What is kept of the picture that was sent. Refused: [`Refusal::FieldInvalid`] for what is none.
    pub(super) async fn redraw(&self, sent: Bytes) -> Result<Vec<u8>> {
        let turn = self.turns.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Failure::Stopped)?;
        let drawing = tokio::task::spawn_blocking(move || {
            // Whoever asked may be gone: the turn is over when the work is.
            let _turn = turn;
            redraw(&sent)
        });
        let drawn = match drawing.await {
            Ok(drawn) => drawn,
            // What a decoder stumbles over is no picture.
            Err(fault) if fault.is_panic() => None,
            Err(_) => return Err(Failure::Stopped.into()),
        };
        Ok(drawn.ok_or(Refusal::FieldInvalid {
            field: "screenshot",
            expected: EXPECTED,
        })?)
    }
}

/// The format by the first bytes: whatever it is called, it is nothing else.
fn format_of(sent: &[u8]) -> Option<ImageFormat> {
    let is_webp = || sent.starts_with(b"RIFF") && sent.get(8..12) == Some(b"WEBP".as_slice());
    if sent.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(ImageFormat::Png)
    } else if sent.starts_with(b"\xff\xd8\xff") {
        Some(ImageFormat::Jpeg)
    } else if is_webp() {
        Some(ImageFormat::WebP)
    } else {
        None
    }
}

/// What is behind the end of a JPEG, if it has one: the decoder draws what is cut off in grey.
fn behind_jpeg(jpeg: &[u8]) -> Option<&[u8]> {
    let mut rest = jpeg.get(2..)?;
    loop {
        // Between markers there are segments, and data in which 0xff stands before 0 or a restart.
        let is_marker = |pair: &[u8]| matches!(pair, [0xff, 1..=0xcf | 0xd8..=0xfe]);
        let at = rest.windows(2).position(is_marker)?;
        let (marker, behind) = rest.get(at + 1..)?.split_first()?;
        if *marker == 0xd9 {
            return Some(behind);
        }
        let (length, _) = behind.split_first_chunk::<2>()?;
        rest = behind.get(usize::from(u16::from_be_bytes(*length))..)?;
    }
}

/// The picture in `sent` as a PNG, if there is one; halved as often as it has to be to fit.
fn redraw(sent: &[u8]) -> Option<Vec<u8>> {
    let mut picture = decode(sent)?;
    loop {
        let png = encode(&picture)?;
        if png.len() <= MAX_BYTES {
            return Some(png);
        }
        let half = |side: u32| (side / 2).max(1);
        picture = picture.thumbnail_exact(half(picture.width()), half(picture.height()));
    }
}

fn decode(sent: &[u8]) -> Option<DynamicImage> {
    let format = format_of(sent)?;
    if format == ImageFormat::Jpeg {
        behind_jpeg(sent)?;
    }
    let mut reader = ImageReader::with_format(Cursor::new(sent), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    // What it says of itself, before anything is decoded.
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if pixels > MAX_PIXELS || decoder.total_bytes() > MAX_MEMORY {
        return None;
    }
    // How it was held is in the metadata, which go.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Some(if picture.color().has_alpha() {
        DynamicImage::ImageRgba8(picture.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(picture.into_rgb8())
    })
}

fn encode(picture: &DynamicImage) -> Option<Vec<u8>> {
    let mut png = Vec::new();
    let (deflate, filter) = (CompressionType::Default, FilterType::Adaptive);
    let encoder = PngEncoder::new_with_quality(&mut png, deflate, filter);
    let (width, height) = (picture.width(), picture.height());
    let pixels = picture.as_bytes();
    encoder
        .write_image(pixels, width, height, picture.color().into())
        .ok()?;
    Some(png)
}

#[cfg(test)]
mod tests;
