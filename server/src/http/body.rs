//! Bodies of requests, read whole within a limit.

use bytes::Bytes;
use futures::StreamExt;

/// How much of a body that is too large is read and thrown away, as a multiple of the limit: a
/// client that is still sending does not read its answer.
const THROWN_AWAY: usize = 16;

/// The whole body, or `None` if it is larger than `limit` or broken.
pub(super) async fn read(body: poem::Body, limit: usize) -> Option<Bytes> {
    let mut chunks = Box::pin(body.into_bytes_stream());
    let (mut whole, mut size) = (Vec::new(), 0_usize);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.ok()?;
        size = size.saturating_add(chunk.len());
        if size <= limit {
            whole.extend_from_slice(&chunk);
        } else if size > limit.saturating_mul(THROWN_AWAY) {
            return None;
        }
    }
    (size <= limit).then(|| whole.into())
}
