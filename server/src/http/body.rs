//! Bodies of requests, read whole: within a limit, within the memory for all bodies, and not slower than
//! a client has to send.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use poem::Request;
use poem::http::header;

use super::server::Connection;
use crate::clock::Stopwatch;
use crate::limits::{Denied, Room};
use crate::panel::Panel;

/// How much of a body that is too large is read and thrown away, as a multiple of the limit: a
/// client that is still sending does not read its answer.
const THROWN_AWAY: usize = 16;

/// How many bytes a second a body has to bring on average, once it has taken its time.
const PER_SECOND: u64 = 500;

/// A body that is there.
pub(super) struct Whole {
    pub(super) bytes: Bytes,
    /// Its memory, to be held until the request is answered.
    pub(super) room: Option<Room>,
}

/// Why there is no body.
pub(super) enum NotRead {
    /// It is larger than the limit, or broken off.
    TooLarge,
    /// It is not waited for, or there is no room for it.
    Denied(Denied),
}

/// The whole body of `request`, which comes from `address`; at most `limit` bytes.
pub(super) async fn read(
    panel: &Panel,
    request: &mut Request,
    address: Option<IpAddr>,
    limit: usize,
) -> Result<Whole, NotRead> {
    let length = request.header(header::CONTENT_LENGTH);
    let length: Option<usize> = length.and_then(|length| length.parse().ok());
    let mut chunks = Box::pin(request.take_body().into_bytes_stream());
    let connection = request.data::<Arc<Connection>>();
    let _reading = connection.map(|connection| connection.reads_body());
    let grace = Duration::from_millis(panel.config.body_grace_ms.unsigned_abs());
    let since = Stopwatch::start();
    let expected = length.filter(|length| *length <= limit).unwrap_or_default();
    let (mut body, mut size) = (Vec::new(), 0_usize);
    let mut room = panel.limits.room(address, limit);
    loop {
        let patience = time_for(size, grace).saturating_sub(since.elapsed());
        let chunk = match tokio::time::timeout(patience, chunks.next()).await {
            Ok(Some(Ok(chunk))) => chunk,
            Ok(Some(Err(_))) => return Err(NotRead::TooLarge),
            Ok(None) => break,
            Err(_) => {
                return Err(NotRead::Denied(Denied::TooSlow {
                    grace,
                    per_second: PER_SECOND,
                }));
            }
        };
        size = size.saturating_add(chunk.len());
        if size > limit {
            if size > limit.saturating_mul(THROWN_AWAY) {
                return Err(NotRead::TooLarge);
            }
            body = Vec::new();
            room = panel.limits.room(address, limit);
            continue;
        }
        // Mostly the server has read all of it ahead, with the head.
        if length == Some(size) && body.is_empty() {
            return Ok(whole(chunk, None));
        }
        if !room.grow(chunk.len()) {
            return Err(NotRead::Denied(Denied::NoRoom));
        }
        body.reserve(expected.saturating_sub(body.len()).max(chunk.len()));
        body.extend_from_slice(&chunk);
    }
    if size > limit {
        return Err(NotRead::TooLarge);
    }
    Ok(whole(body.into(), Some(room)))
}

fn whole(bytes: Bytes, room: Option<Room>) -> Whole {
    Whole { bytes, room }
}

/// How long a body may have taken of which `size` bytes are there.
fn time_for(size: usize, grace: Duration) -> Duration {
    let size = u64::try_from(size).unwrap_or(u64::MAX);
    grace.max(Duration::from_millis(
        size.saturating_mul(1_000) / PER_SECOND,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_its_time_and_then_its_speed() {
        let grace = Duration::from_secs(15);
        for (size, seconds) in [(0, 15), (500, 15), (7_500, 15), (7_999, 15), (50_000, 100)] {
            assert_eq!(time_for(size, grace).as_secs(), seconds, "{size}");
        }
    }
}
